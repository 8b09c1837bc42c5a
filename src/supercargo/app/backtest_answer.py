"""Answer of `backtest`, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from supercargo.model import BandRow, CoverageRow, HeldRow, StandRow

__all__ = ["BackTestAnswer"]


class BackTestAnswer(TypedDict):
    """Answer of `backtest`: figures that happened beside their bands, cover of stock, and what each lost flight held."""

    folder: str
    report: str
    as_of_utc: datetime
    until_utc: datetime
    runs: int
    seed: int
    bands: list[BandRow]
    cover: list[CoverageRow]
    held: list[HeldRow]
    series: list[StandRow]
    assumptions: list[str]
