"""Every cent of costs.csv to what takes it up: a load of a customer, room that nobody used, or what no load causes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from supercargo.measure.cents import cents_of, split_cents
from supercargo.measure.cost_activities import DRIVERS, CostActivity, activities_of, activity_hours, lift_share
from supercargo.measure.money import SERVICE, is_revenue
from supercargo.model import CostRow, ManifestRow, OperationsPlan, PlannedMission

__all__ = ["RESIDUAL", "UNUSED", "USED", "Share", "attribute_costs", "attribute_revenue", "total_of"]

USED, UNUSED, RESIDUAL = "used", "unused", "residual"
"""Taken up by a load; room to lift that nobody used; paid for a flight that carries nothing which takes it up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Cents of one account that one load takes up, or of one customer's revenue; `item_id` is empty where no load does."""

    kind: str
    mission_id: str
    item_id: str
    customer: str
    destination: str
    supply_class: str
    direction: str
    account: str
    activity: str
    scor_process: str
    paid_by: str
    cents: int


Pool = tuple[str, str, str, str, str]  # mission, destination, account, SCOR process, who pays


@dataclass(frozen=True)
class _Plan:
    """A plan by mission."""

    plan: OperationsPlan

    @cached_property
    def aboard(self) -> Mapping[str, tuple[ManifestRow, ...]]:
        found: dict[str, list[ManifestRow]] = defaultdict(list)
        for row in self.plan.manifest:
            if row.mission_id:
                found[row.mission_id].append(row)
        return {name: tuple(rows) for name, rows in found.items()}

    @cached_property
    def missions(self) -> Mapping[str, PlannedMission]:
        return {mission.mission_id: mission for mission in self.plan.missions}

    @cached_property
    def row_of(self) -> Mapping[str, ManifestRow]:
        return {row.item_id: row for row in self.plan.manifest}

    def weights(self, mission_id: str, driver: str) -> dict[str, float]:
        """Loads of a mission by what they take of a driver; without those that take nothing."""
        taken = ((row.item_id, DRIVERS[driver](row, self.plan.scenario)) for row in self.aboard.get(mission_id, ()))
        return {name: weight for name, weight in taken if weight > 0}


def attribute_costs(plan: OperationsPlan) -> tuple[Share, ...]:
    """Costs by activity to loads, in order of mission, account and load; they add up to costs.csv for each of them.

    An account of a mission is split to its activities by their hours in activities.csv, an activity to loads by its driver.
    Room to lift that nobody used is kept apart: loading it onto customers would make a kilogram dearer as the flight empties
    (Cooper and Kaplan, "Activity-Based Systems: Measuring the Costs of Resource Usage", 1992; from memory).
    """
    held = _Plan(plan)
    pools: dict[Pool, int] = defaultdict(int)
    for row in plan.costs:
        if not is_revenue(row):
            key = (row.mission_id, row.destination, row.account, row.scor_process, row.paid_by)
            pools[key] += cents_of(row.plan_usd)
    return tuple(share for pool, cents in sorted(pools.items()) for share in _of_pool(held, pool, cents))


def _of_pool(held: _Plan, pool: Pool, cents: int) -> Iterator[Share]:
    mission_id, _, account, _, _ = pool
    chosen = activities_of(account, held.plan.scenario.cost_rates)
    rows = [row for row in held.plan.activities if row.mission_id == mission_id] if len(chosen) > 1 else []
    hours = {str(at): activity_hours(one, rows) for at, one in enumerate(chosen)}
    if not any(hours.values()):
        hours = {str(at): float(at == 0) for at in range(len(chosen))}
    for at, part in sorted(split_cents(cents, hours).items()):
        if part:
            yield from _of_activity(held, pool, chosen[int(at)], part)


def _of_activity(held: _Plan, pool: Pool, activity: CostActivity, cents: int) -> Iterator[Share]:
    mission = held.missions.get(pool[0])
    driver = activity.driver
    if driver == "lift":
        share, driver = lift_share(mission) if mission else (1.0, "up_kg")
        unused = cents - round(cents * share) if activity.capacity else 0
        cents -= unused
        if unused:
            yield _share(held, pool, activity.name, UNUSED, "", unused)
    for name in dict.fromkeys((driver, "up_kg", "moved_kg")):
        weights = held.weights(pool[0], name)
        if weights:
            for item_id, part in split_cents(cents, weights).items():
                if part:
                    yield _share(held, pool, activity.name, USED, item_id, part)
            return
    if cents:
        yield _share(held, pool, activity.name, RESIDUAL, "", cents)


def _share(held: _Plan, pool: Pool, activity: str, kind: str, item_id: str, cents: int) -> Share:
    mission_id, destination, account, process, paid_by = pool
    row = held.row_of.get(item_id)
    return Share(
        kind=kind,
        mission_id=mission_id,
        item_id=item_id,
        customer=row.customer if row else "",
        destination=destination,
        supply_class=row.supply_class if row else "",
        direction=row.direction if row else "",
        account=account,
        activity=activity,
        scor_process=process,
        paid_by=paid_by,
        cents=cents,
    )


def attribute_revenue(plan: OperationsPlan) -> tuple[Share, ...]:
    """Revenue to the loads that earn it: prices by tariff, penalties by late loads, milestones by a customer's mass aboard.

    What no load earns (left behind, or a milestone of a flight with nothing of the customer) stays with the customer.
    """
    held = _Plan(plan)
    return tuple(share for row in sorted(plan.costs, key=_order) if is_revenue(row) for share in _of_revenue(held, row))


def _order(row: CostRow) -> tuple[str, ...]:
    return row.mission_id, row.account, row.customer, row.destination, row.basis


def _of_revenue(held: _Plan, row: CostRow) -> Iterator[Share]:
    pool = (row.mission_id, row.destination, row.account, row.scor_process, row.paid_by or SERVICE)
    mine = [one for one in held.aboard.get(row.mission_id, ()) if one.customer == row.customer]
    weights = {one.item_id: weight for one in mine if (weight := _earning(held, row.account, one)) > 0}
    cents = cents_of(row.plan_usd)
    if not weights:
        weights = {one.item_id: one.mass_kg for one in mine if one.mass_kg > 0 and row.account != "revenue:left-behind"}
    if weights:
        for item_id, part in split_cents(cents, weights).items():
            if part:
                yield _share(held, pool, row.account, USED, item_id, part)
    elif cents:
        made = _share(held, pool, row.account, RESIDUAL, "", cents)
        yield Share(**{name: getattr(made, name) for name in Share.__slots__} | {"customer": row.customer})


def _earning(held: _Plan, account: str, row: ManifestRow) -> float:
    kind = account.partition(":")[2]
    line = held.plan.scenario.lines[row.item_id.partition("#")[0]]
    price = held.plan.scenario.price_usd(line) * row.mass_kg / line.mass_kg
    if kind in ("up", "down", "disposal"):
        return price if row.direction == kind else 0.0
    if kind == "penalty":
        return price if row.on_time is False else 0.0
    return row.mass_kg if row.direction == "up" else 0.0


def total_of(shares: Iterable[Share]) -> int:
    """Cents that shares add up to."""
    return sum(share.cents for share in shares)
