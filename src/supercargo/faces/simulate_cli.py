"""The command that flies a plan through many futures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["simulate", "simulate_app"]

simulate_app = typer.Typer(add_completion=False, rich_markup_mode=None)


@simulate_app.command(epilog="Example: supercargo simulate work/plan --runs 1000 --out work/risk")
def simulate(
    folder: Annotated[
        Path, typer.Argument(metavar="PLAN", help="Plan folder; with --years a scenario too.", show_default=False)
    ],
    *,
    runs: Annotated[
        int | None,
        typer.Option("--runs", metavar="N", help="Futures to fly; chains of years.", show_default="1000; with --years 1"),
    ] = None,
    years: Annotated[
        int | None,
        typer.Option("--years", metavar="Y", help="Fly so many years with the planner in the loop.", show_default=False),
    ] = None,
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

    With --years, of a PLAN or SCENARIO: years of operations with the planner in the loop, who plans anew when news asks for
    it, beside first come, first served under the same futures. DIR has years.csv, pairs.csv and years.html.
    """
    shared: dict[str, Any] = {"workers": workers, "seed": seed, "chances": chances, "force": force}
    if years is None:
        from supercargo.app.simulating import SimulationAsked
        from supercargo.faces import simulate_words

        asked = SimulationAsked(folder, runs=1000 if runs is None else runs, out=out, **shared)
        simulate_words.simulate(asked, as_json=json)
        return
    from supercargo.app.closed_loop import YearsAsked
    from supercargo.faces import years_words

    if out is None:
        raise typer.BadParameter("years are written to a folder: give --out")
    wanted = YearsAsked(folder=folder, out=out, years=years, runs=1 if runs is None else runs, **shared)
    years_words.simulate_years(wanted, as_json=json)
