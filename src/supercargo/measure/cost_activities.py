"""What is done for the money: each account is one activity or several, each with the driver by which cargo takes it up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from supercargo.kernel import days_between
from supercargo.model import Activity, CostRate, ManifestRow, PlannedMission, Scenario

__all__ = [
    "ACTIVITIES",
    "DRIVERS",
    "CostActivity",
    "activities_of",
    "activity_hours",
    "describe_activities",
    "lift_share",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostActivity:
    """An activity: whose account pays it, by which hours it shares that account, and by what cargo takes it up.

    `level` is what causes it: a unit of cargo, or the whole flight (a batch). `capacity` is True where what is bought is room
    to lift: the part that nobody uses is then no customer's.
    """

    account: str
    name: str
    level: str
    driver: str
    hours: tuple[str, ...] = ()
    capacity: bool = False


ACTIVITIES: tuple[CostActivity, ...] = (
    CostActivity(account="launch", name="launch", level="flight", driver="lift", capacity=True),
    CostActivity(account="spacecraft", name="provide the spacecraft", level="flight", driver="lift", capacity=True),
    CostActivity(account="mission integration", name="integrate the mission", level="flight", driver="up_line"),
    CostActivity(
        account="launch site services",
        name="process the spacecraft",
        level="flight",
        driver="up_m3",
        hours=("processing",),
    ),
    CostActivity(account="launch site services", name="stand on the pad", level="flight", driver="up_kg", hours=("pad",)),
    CostActivity(account="cargo preparation", name="prepare cargo", level="unit", driver="up_kg"),
    CostActivity(account="line engineering", name="engineer a line", level="unit", driver="up_line"),
    CostActivity(account="mission control", name="fly to the place", level="flight", driver="up_kg", hours=("phasing",)),
    CostActivity(
        account="mission control",
        name="watch while docked",
        level="flight",
        driver="moved_kg",
        hours=("dock", "-unload", "-load"),
    ),
    CostActivity(account="mission control", name="unload with the crew", level="flight", driver="up_kg", hours=("unload",)),
    CostActivity(account="mission control", name="load with the crew", level="flight", driver="back_kg", hours=("load",)),
    CostActivity(account="mission control", name="fly back", level="flight", driver="back_kg", hours=("undock", "return")),
    CostActivity(account="cargo insurance", name="insure cargo", level="unit", driver="insured_usd"),
    CostActivity(account="return logistics", name="take over returned cargo", level="unit", driver="down_kg"),
    CostActivity(account="trash handling", name="handle trash", level="unit", driver="disposal_kg"),
)
"""Accounts of the catalogue. Any other account of cost_rates.csv is one activity of its own name, with its own driver."""

_RATE_DRIVERS = {"mission": "up_line", "docked_d": "moved_kg", "processing_d": "up_m3"}


def activities_of(account: str, rates: Iterable[CostRate]) -> tuple[CostActivity, ...]:
    """Activities of an account; one that no table names is taken up as its rate is counted, or else by mass moved."""
    known = tuple(one for one in ACTIVITIES if one.account == account)
    if known:
        return known
    counted = next((rate.driver for rate in rates if rate.account == account), "docked_d")
    level = "flight" if counted in _RATE_DRIVERS else "unit"
    return (CostActivity(account=account, name=account, level=level, driver=_RATE_DRIVERS.get(counted, counted)),)


def activity_hours(activity: CostActivity, planned: Iterable[Activity]) -> float:
    """Hours of a mission's rows of activities.csv that an activity takes [h]; kinds with a minus are taken off."""
    hours: dict[str, float] = {}
    for row in planned:
        hours[row.kind] = hours.get(row.kind, 0.0) + 24.0 * days_between(row.start_utc, row.end_utc)
    signed = (-hours.get(kind[1:], 0.0) if kind.startswith("-") else hours.get(kind, 0.0) for kind in activity.hours)
    return max(0.0, math.fsum(signed))


def lift_share(mission: PlannedMission) -> tuple[float, str]:
    """The share of a mission's room to lift that cargo takes, and what binds: mass, or volume where that is fuller."""
    mass = mission.upmass_kg / mission.upmass_capacity_kg if mission.upmass_capacity_kg > 0 else 1.0
    volume = mission.upvolume_m3 / mission.upvolume_capacity_m3 if mission.upvolume_capacity_m3 > 0 else 0.0
    return min(1.0, max(mass, volume)), "up_kg" if mass >= volume else "up_m3"


def _up(value: float, row: ManifestRow) -> float:
    return value if row.direction == "up" else 0.0


def _insured(row: ManifestRow, scenario: Scenario) -> float:
    line = scenario.lines[row.item_id.partition("#")[0]]
    return _up(line.declared_usd * row.mass_kg / line.mass_kg, row)


DRIVERS: Mapping[str, Callable[[ManifestRow, Scenario], float]] = {
    "up_kg": lambda row, _: _up(row.mass_kg, row),
    "up_m3": lambda row, _: _up(row.volume_m3, row),
    "up_line": lambda row, _: _up(1.0, row),
    "down_kg": lambda row, _: row.mass_kg if row.direction == "down" else 0.0,
    "disposal_kg": lambda row, _: row.mass_kg if row.direction == "disposal" else 0.0,
    "back_kg": lambda row, _: 0.0 if row.direction == "up" else row.mass_kg,
    "moved_kg": lambda row, _: row.mass_kg,
    "insured_usd": _insured,
}
"""How much of a driver a row of the manifest takes; `lift` is up_kg or up_m3, whichever fills the spacecraft more."""


def describe_activities() -> list[str]:
    """The table of activities, as the docs have it."""
    hours = {one: ", ".join(one.hours).replace("-", "less ") or "all of it" for one in ACTIVITIES}
    rows = [f"| {one.account} | {one.name} | {one.level} | {hours[one]} | `{one.driver}` |" for one in ACTIVITIES]
    head = [
        "| account | activity | caused by a | hours that share the account | taken up by |",
        "| --- | --- | --- | --- | --- |",
    ]
    return [*head, *rows]
