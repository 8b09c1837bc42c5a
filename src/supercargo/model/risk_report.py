"""What many futures of a plan come to: spreads, stocks at risk, and what drives them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Checked
from supercargo.model.chances import Chance
from supercargo.model.plan import InventoryRow, Kpi
from supercargo.model.tables import Table

__all__ = ["RISK_TABLES", "Difference", "Driver", "MissionRisk", "RiskReport", "Spread", "StockRisk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread(_Checked):
    """How a figure spreads over the futures, beside the plan's own; each estimate with its standard error."""

    metric: str = text("what is measured")
    object: str = text("place, stock or mission that it is about; empty: the whole plan")
    unit: str = text("its unit")
    plan: float | None = quantity("value", "if nothing happens; empty: not defined", default=None)
    mean: float | None = quantity("value", "mean over the futures", default=None)
    mean_error: float | None = quantity("value", "its standard error", default=None)
    p05: float | None = quantity("value", "5 % quantile", default=None)
    p05_error: float | None = quantity("value", "its standard error", default=None)
    p50: float | None = quantity("value", "median", default=None)
    p50_error: float | None = quantity("value", "its standard error", default=None)
    p95: float | None = quantity("value", "95 % quantile", default=None)
    p95_error: float | None = quantity("value", "its standard error", default=None)
    runs: int = quantity("count", "futures in which it is defined", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRisk(_Checked):
    """How likely a stock falls below its reserve, and below zero, on some day of the horizon."""

    destination: str = text("place")
    supply_class: str = text("class of supply", column="class")
    below_reserve_probability: float = quantity("probability", "of a day below reserve", ge=0, le=1)
    below_reserve_error: float = quantity("value", "its standard error", ge=0)
    below_zero_probability: float = quantity("probability", "of a day below zero", ge=0, le=1)
    below_zero_error: float = quantity("value", "its standard error", ge=0)
    below_reserve_d: float = quantity("d", "mean days below reserve", ge=0)
    below_zero_d: float = quantity("d", "mean days below zero", ge=0)
    lowest_p05_kg: float = quantity("kg", "5 % quantile of the lowest stock of the horizon")
    lowest_p50_kg: float = quantity("kg", "its median")
    plan_lowest_kg: float = quantity("kg", "lowest stock if nothing happens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(_Checked):
    """What a change brings: the same futures with it and without it, so that chance cancels out."""

    metric: str = text("what is measured")
    unit: str = text("its unit")
    without: float | None = quantity("value", "mean as it was", default=None)
    with_it: float | None = quantity("value", "mean with the change", default=None)
    effect: float | None = quantity("value", "with less without, mean over the same futures", default=None)
    effect_error: float | None = quantity("value", "its standard error", default=None)
    runs: int = quantity("count", "futures in which both are defined", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver(_Checked):
    """What one chance does to a figure: the futures as they are less the same futures without it."""

    chance: str = text("what may happen")
    metric: str = text("what is measured")
    unit: str = text("its unit")
    effect: float | None = quantity("value", "with it less without it, mean over the same futures", default=None)
    effect_error: float | None = quantity("value", "its standard error", default=None)
    runs: int = quantity("count", "futures flown both ways", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionRisk(_Checked):
    """What the futures do to one mission, and what its slips do to the whole."""

    mission_id: str = text("mission")
    destination: str = text("place")
    launch_utc: datetime = text("planned lift-off")
    flown_probability: float = quantity("probability", "that it lifts off in the horizon", ge=0, le=1)
    lost_probability: float = quantity("probability", "that it lifts off and is lost", ge=0, le=1)
    slip_d: float = quantity("d", "mean slip of its own", ge=0)
    delay_p50_d: float | None = quantity("d", "median delay where it flies, whatever the cause", default=None)
    delay_p95_d: float | None = quantity("d", "95 % quantile of it", default=None)
    margin_share: float = quantity("fraction", "squared correlation of its slip with the margin", ge=0, le=1)
    on_time_share: float = quantity("fraction", "squared correlation of its slip with the lines on time", ge=0, le=1)
    stock_share: float = quantity("fraction", "squared correlation of its slip with the stock days below reserve", ge=0, le=1)


@dataclass(frozen=True, kw_only=True)
class RiskReport:
    """A plan flown through many futures by the rule of dispatch; nothing is planned anew in them."""

    scenario: str
    plan_digest: str
    as_of_utc: datetime
    seed: int
    runs: int
    driver_runs: int
    spreads: tuple[Spread, ...]
    stocks: tuple[StockRisk, ...]
    bands: tuple[InventoryRow, ...]
    drivers: tuple[Driver, ...]  # the largest effect on the margin first
    missions: tuple[MissionRisk, ...]  # whose slip explains most of the stock days below reserve first
    kpis: tuple[Kpi, ...]
    margins_usd: tuple[tuple[float, float, int], ...]  # histogram: from, to, futures
    chances: tuple[Chance, ...]
    rules: tuple[str, ...]  # what the simulation does and leaves out, a sentence each

    def spread(self, metric: str, about: str = "") -> Spread:
        """The spread of a figure; raises KeyError if there is none."""
        for one in self.spreads:
            if (one.metric, one.object) == (metric, about):
                return one
        raise KeyError((metric, about))


RISK_TABLES: tuple[Table, ...] = (
    Table(file="spreads.csv", noun=Spread, attribute="spreads", key=("metric", "object")),
    Table(file="stock_risk.csv", noun=StockRisk, attribute="stocks", key=("destination", "supply_class")),
    Table(file="inventory.csv", noun=InventoryRow, attribute="bands", key=("destination", "supply_class", "day_utc")),
    Table(file="drivers.csv", noun=Driver, attribute="drivers", key=("chance", "metric")),
    Table(file="mission_risk.csv", noun=MissionRisk, attribute="missions", key=("mission_id",)),
    Table(file="kpis.csv", noun=Kpi, attribute="kpis", key=("kpi_id",)),
)
"""The tables of a simulation's folder."""
