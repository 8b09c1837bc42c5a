"""The command that reviews strategy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["strategy", "strategy_app"]

strategy_app = typer.Typer(add_completion=False, rich_markup_mode=None)


@strategy_app.command(epilog="Example: supercargo strategy work/plan --runs 20 --out work/strategy.html")
def strategy(
    folder: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder.", show_default=False)],
    *,
    only: Annotated[
        str, typer.Option("--only", metavar="PART,...", help="Of roadmap, partners, market.", show_default="all")
    ] = "",
    runs: Annotated[int, typer.Option("--runs", help="Courses of the year to draw.", min=1, max=100_000)] = 100,
    demands: Annotated[int, typer.Option("--demands", help="Futures of demand to draw.", min=2, max=1_000_000)] = 4000,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of both.", min=0, show_default="the plan's")] = None,
    budget: Annotated[
        float, typer.Option("--budget", metavar="USD", help="Money for new technologies.", min=0.0, max=1e12)
    ] = 120e6,
    at_once: Annotated[int, typer.Option("--at-once", help="Technologies introduced at a time.", min=1, max=100)] = 3,
    discount: Annotated[
        float, typer.Option("--discount", help="What money costs a year, of the roadmap.", min=0.0, max=1.0)
    ] = 0.08,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.html", help="Write a page.", show_default=False)] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE.xlsx", help="Write a workbook.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Review technologies, partners and the market.

    Technologies are valued on drawn courses of the plan's year, chosen under a budget, and laid on 24 months. Partners are
    scored, with what hangs on each. The market is told by segment, with the best prices and what options to grow are worth.
    """
    from supercargo.app.strategy import StrategyAsked
    from supercargo.faces import strategy_words

    parts = tuple(word.strip() for word in only.split(",") if word.strip())
    asked = StrategyAsked(
        folder, parts, runs=runs, demands=demands, seed=seed, budget_usd=budget, at_once=at_once, discount=discount, out=out,
        xlsx=xlsx, force=force,
    )  # fmt: skip
    strategy_words.strategy(asked, as_json=json)
