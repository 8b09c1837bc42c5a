"""The command that stands on a past day and looks ahead."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["backtest", "backtest_app"]

backtest_app = typer.Typer(add_completion=False, rich_markup_mode=None)

_FORM = ["%Y-%m-%d"]
Day = Annotated[
    datetime, typer.Option("--as-of", metavar="DATE", formats=_FORM, help="Day to stand on.", show_default="2014-10-27")
]
Until = Annotated[
    datetime, typer.Option("--until", metavar="DATE", formats=_FORM, help="Last day to look at.", show_default="2015-12-31")
]


@backtest_app.command(epilog="Example: supercargo backtest --runs 200 --out work/backtest")
def backtest(
    *,
    as_of: Day = datetime(2014, 10, 27),
    until: Until = datetime(2015, 12, 31),
    records: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Records of past flights instead of the package's own.", show_default=False),
    ] = None,
    runs: Annotated[int, typer.Option(metavar="N", help="Futures to draw.", min=20, max=100_000)] = 2000,
    seed: Annotated[int, typer.Option(metavar="K", help="Seed of the futures.", min=0)] = 1,
    series: Annotated[bool, typer.Option("--series", help="Stand on each 1 January and 1 July of 2008 to 2020 too.")] = False,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace the folder, whole, if it exists.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Stand on a past day, simulate what may come, and hold it against what came.

    Draws arrivals at the station from what was known on that day and nothing later: losses with stand-downs by family,
    slips, cadence. Tells which gaps between arrivals lie inside the 90 % band, and what the losses did to stock. DIR has
    tables and backtest.html.
    """
    from supercargo.app.backtesting import BackTestAsked
    from supercargo.faces import backtest_words

    asked = BackTestAsked(
        out=out,
        as_of=as_of.date(),
        until=until.date(),
        records=records,
        runs=runs,
        seed=seed,
        series=series,
        force=force,
    )
    backtest_words.backtest(asked, as_json=json)
