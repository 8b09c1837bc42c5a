"""The command that flies a plan through many futures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["simulate", "simulate_app"]

simulate_app = typer.Typer(add_completion=False, rich_markup_mode=None)


@simulate_app.command(epilog="Example: supercargo simulate work/plan --runs 1000 --out work/risk")
def simulate(
    folder: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder.", show_default=False)],
    *,
    runs: Annotated[int, typer.Option("--runs", metavar="N", help="Futures to fly.")] = 1000,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", help="Processes; the figures are the same.", show_default="all cores"),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="K", help="Seed of the futures.", min=0, show_default="the scenario's")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder to write.", show_default=False)] = None,
    chances: Annotated[
        Path | None,
        typer.Option(
            "--chances", metavar="FOLDER", help="chances.csv, slips.csv instead of the scenario's.", show_default=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the folder, whole, if it exists.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Fly a plan through many futures and tell what is at risk.

    Slips, losses and stand-downs, ports out, overruns, damage, use and late suppliers are drawn by chances.csv; missions move
    right, and nothing is planned anew. Tells how KPIs, money, delivery and stock spread, how likely each stock falls below
    its reserve and below zero, and what drives it. DIR has tables, risk.json and risk.html.
    """
    from supercargo.app.simulating import SimulationAsked
    from supercargo.faces import simulate_words

    asked = SimulationAsked(folder, runs=runs, workers=workers, seed=seed, out=out, chances=chances, force=force)
    simulate_words.simulate(asked, as_json=json)
