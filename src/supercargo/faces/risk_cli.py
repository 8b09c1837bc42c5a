"""The command that reviews risks, contingencies and insurance."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["risk", "risk_app"]

risk_app = typer.Typer(add_completion=False, rich_markup_mode=None)


@risk_app.command(epilog="Example: supercargo risk work/plan --runs 200 --out work/risks.html")
def risk(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[PLAN]", help="Plan folder; left out: only the record.", show_default=False)
    ] = None,
    *,
    store: Annotated[str, typer.Option("--store", metavar="URL", help="Record of operations too.", show_default=False)] = "",
    runs: Annotated[int, typer.Option("--runs", help="Courses of the year to draw; 0: none.", min=0, max=100_000)] = 500,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of the courses.", min=0, show_default="the plan's")] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", metavar="N", help="Processes; the figures are the same.", min=1, max=256, show_default="all cores"
        ),
    ] = None,
    tail: Annotated[float, typer.Option("--tail", help="Years beyond this share are bad ones.", min=0.5, max=0.999)] = 0.99,
    capital: Annotated[
        float, typer.Option("--capital", help="What a USD held for bad years costs a year.", min=0.0, max=1.0)
    ] = 0.1,
    bind: Annotated[bool, typer.Option("--bind", help="Bind the covers chosen, in the record.")] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="--bind: who does it.", show_default=False)] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.html", help="Write a page.", show_default=False)] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE.xlsx", help="Write a workbook.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Review risks, contingencies and insurance.

    Of a plan: the register in eight classes with probability and cost, counted over drawn courses of the year where that can
    be; what each contingency is worth on the same courses; and for each mission whether to retain or insure its loss. Of a
    store: register, policies and claims. Risks and claims are recorded by `supercargo record`.
    """
    from supercargo.app.risks import RiskAsked
    from supercargo.faces import risk_words

    asked = RiskAsked(
        folder, store, runs=runs, seed=seed, workers=workers, tail=tail, capital=capital, bind=bind, by=by, out=out, xlsx=xlsx,
        force=force,
    )  # fmt: skip
    risk_words.risk(asked, as_json=json)
