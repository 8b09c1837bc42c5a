"""What `simulate` answers with `--json`, and risk.json."""

from __future__ import annotations

from typing import TypedDict

from supercargo.model import Chance, Driver, Kpi, MissionRisk, Spread, StockRisk

__all__ = ["SimulateAnswer"]


class SimulateAnswer(TypedDict):
    """Answer of `simulate`, and risk.json: what many futures of a plan come to. The bands of stock stand in inventory.csv.

    `margins` are the bars of a histogram: from and to in USD, and how many futures lie between.
    """

    scenario: str
    plan_digest: str
    as_of_utc: str
    seed: int
    runs: int
    driver_runs: int
    kpis: list[Kpi]
    spreads: list[Spread]
    stocks: list[StockRisk]
    drivers: list[Driver]
    missions: list[MissionRisk]
    margins: list[tuple[float, float, int]]
    chances: list[Chance]
    rules: list[str]
