"""The command that measures KPIs and SCOR metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["kpi", "kpi_app"]

kpi_app = typer.Typer(add_completion=False, rich_markup_mode=None)

Base = Annotated[
    Path | None,
    typer.Option(
        "--base", metavar="PLAN|FILE", help="Base year of K15: a plan folder, or a store's file.", show_default=False
    ),
]
Simulated = Annotated[bool, typer.Option("--simulated", help="Over many futures of the plan, as `simulate` flies them.")]
Runs = Annotated[int | None, typer.Option("--runs", metavar="N", help="Futures, with --simulated.", show_default="1000")]
Seed = Annotated[
    int | None, typer.Option("--seed", metavar="K", help="Seed of the futures.", min=0, show_default="the scenario's")
]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", help="Processes; the figures are the same.", show_default="all cores")
]


@kpi_app.command(epilog="Example: supercargo kpi work/plan --kpi K3 --trend quarter --drill")
def kpi(
    folder: Annotated[Path | None, typer.Argument(metavar="[PLAN]", help="Plan folder.", show_default=False)] = None,
    *,
    store: Annotated[
        str, typer.Option("--store", metavar="FILE|URL", help="Record of operations, instead of a plan.", show_default=False)
    ] = "",
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--kpi", metavar="ID", help="Only this: K1 to K16, or a SCOR metric; may be repeated.", show_default=False
        ),
    ] = None,
    scor: Annotated[bool, typer.Option("--scor", help="SCOR metrics of level 1 and 2 too.")] = False,
    drill: Annotated[bool, typer.Option("--drill", help="List the objects behind each figure.")] = False,
    trend: Annotated[
        str, typer.Option("--trend", metavar="month|quarter", help="Show the trend by this period.", show_default=False)
    ] = "",
    base: Base = None,
    simulated: Simulated = False,
    runs: Runs = None,
    seed: Seed = None,
    workers: Workers = None,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--given", metavar="NAME=VALUE", help="What the books give, as dso_d=30; may be repeated.", show_default=False
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.html", help="Page to write.", show_default=False)] = None,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE.csv", help="Table to write; with --drill, the objects.", show_default=False),
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE.xlsx", help="Workbook to write.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Measure the KPIs of a plan, of many of its futures, or of what has happened.

    Each with its target, interval, contractual value, largest causes and, asked for, the objects behind it. A figure
    without evidence has no number: what is missing is told. SCOR metrics name their edition.

    With --simulated each is a mean over futures, with the values between which it lies in 90 % of them.
    """
    from supercargo.app.kpis import Futures
    from supercargo.faces import kpi_words

    if not simulated and (runs, seed, workers) != (None, None, None):
        raise typer.BadParameter("--runs, --seed and --workers are of futures: give --simulated too")
    if simulated and trend:
        raise typer.BadParameter("futures are told over the whole horizon: leave --trend out")
    futures = Futures(runs=1000 if runs is None else runs, seed=seed, workers=workers) if simulated else None
    shown: dict[str, Any] = {"scor": scor, "drill": drill, "trend": trend}
    words = kpi_words.KpiWords(folder, store, tuple(only or ()), base=base, futures=futures, **shown)
    files = kpi_words.KpiFiles(page=out, csv=csv, xlsx=xlsx, force=force)
    kpi_words.kpi(words, files, given=tuple(given or ()), as_json=json)
