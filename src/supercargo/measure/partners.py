"""Partners of the service: what each carries and earns, how it does, and what hangs on it alone."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from supercargo.measure.concentration import concentration_of
from supercargo.measure.cost_objects import USED, Share, attribute_costs, attribute_revenue
from supercargo.measure.courses import Courses
from supercargo.measure.deliveries import LineFate, line_fates, line_name
from supercargo.measure.money import SERVICE
from supercargo.model import (
    Chances,
    ConcentrationRow,
    ManifestRow,
    MissionRequest,
    OperationsPlan,
    PartnerRow,
    PlannedMission,
)

__all__ = ["LATE_D", "MARKS", "Partners", "concentrations", "score_partners"]

LATE_D = 30.0
"""A flight that lifts off later than planned by more than this counts as late."""

MARKS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "customer": (("margin", 0.4), ("weight", 0.3), ("on time", 0.3)),
    "": (("on time", 0.3), ("not late", 0.25), ("not lost", 0.25), ("undamaged", 0.1), ("cost", 0.1)),
}
"""Weights of the marks of a customer, and of all others: assumptions. A mark that nothing is known of is left out.

margin: attributed margin in percent of revenue, 40 or more is full. weight: its margin by that of the best customer. on time:
lines on time in percent. not late, not lost: percent of its flights in the courses drawn. undamaged: 100 less ten times the
expected percent of damage. cost: the lowest cost of a kilogram in its role by its own."""

_DIRECT = "up"


@dataclass(frozen=True)
class Partners:
    """A plan seen by its partners, with the courses drawn of it, if any, and what may happen to cargo."""

    plan: OperationsPlan
    chances: Chances
    courses: Courses | None = None

    @cached_property
    def revenue(self) -> tuple[Share, ...]:
        """Revenue by load and customer."""
        return attribute_revenue(self.plan)

    @cached_property
    def costs(self) -> tuple[Share, ...]:
        """Costs of the service by load."""
        return tuple(share for share in attribute_costs(self.plan) if share.paid_by == SERVICE)

    @cached_property
    def up(self) -> tuple[ManifestRow, ...]:
        """Loads up aboard a flight."""
        return tuple(row for row in self.plan.manifest if row.direction == _DIRECT and row.mission_id)

    @cached_property
    def dated(self) -> tuple[LineFate, ...]:
        """Lines up with a due date, the parts of a line as one."""
        fates = line_fates(self.plan)
        return tuple(one for one in fates if one.line.direction == _DIRECT and one.line.due_utc is not None)

    @cached_property
    def contracted(self) -> Mapping[str, str]:
        """Customer of each flight: who furnishes it, else who has it under contract."""
        scenario = self.plan.scenario
        found = {}
        for one in self.plan.missions:
            contract = scenario.contract_named.get(scenario.requests[one.mission_id].contract_id)
            found[one.mission_id] = one.furnished_by or (contract.customer if contract else "")
        return found

    @cached_property
    def damage(self) -> Mapping[str, float]:
        """Expected share of a line's cargo that is damaged, by class of supply."""
        found = {}
        for name in {row.supply_class for row in self.up}:
            row = self.chances.row_for("damage", name)
            mean = (row.least_value + row.likely_value + row.most_value) / 3.0 if row else 0.0
            found[name] = mean * row.mean_probability if row else 0.0
        return found

    @cached_property
    def spare_tails(self) -> Mapping[str, float]:
        """Flights left of all tails of a type that the plan does not use."""
        left: dict[str, float] = defaultdict(float)
        for tail in self.plan.scenario.tails:
            left[tail.vehicle_type] += tail.flights_left
        used = Counter(one.vehicle_type for one in self.plan.missions)
        return {name: count - used[name] for name, count in left.items()}

    @cached_property
    def supplier_of(self) -> Mapping[str, tuple[str, ...]]:
        """Suppliers of each class, in the order of the file: the first supplies it."""
        found: dict[str, list[str]] = defaultdict(list)
        for one in self.plan.scenario.suppliers:
            for name in one.classes:
                found[name].append(one.supplier)
        return {name: tuple(suppliers) for name, suppliers in found.items()}

    def operators(self, one: PlannedMission) -> Mapping[str, str]:
        """Who serves a flight, by role."""
        scenario = self.plan.scenario
        return {
            "spacecraft": scenario.vehicle_types[one.vehicle_type].operator,
            "launch": scenario.launcher_named[one.launcher].operator,
            "site": one.site,
            "facility": one.facility_id,
        }

    def ways_without(self, one: PlannedMission, role: str, partner: str) -> bool:
        """True if the request of a flight leaves a way that does without a partner: spacecraft, launcher, site and facility.

        A spacecraft of another type needs a tail that the plan does not use. Dates, ports and how many flights share what is
        left are not looked at: each flight is asked alone.
        """
        return any(
            {"spacecraft": flier, "launch": lifter, "site": site, "facility": facility}[role] != partner
            for flier, lifter, site, facility in self._ways(self.plan.scenario.requests[one.mission_id], one)
        )

    def _ways(self, request: MissionRequest, one: PlannedMission) -> Iterator[tuple[str, str, str, str]]:
        scenario = self.plan.scenario
        for name in request.vehicle_types or tuple(scenario.vehicle_types):
            vehicle = scenario.vehicle_types[name]
            if name != one.vehicle_type and self.spare_tails.get(name, 0.0) < 1:
                continue
            for pad in scenario.pads:
                lifters = [word for word in pad.launchers if word in vehicle.launchers]
                lifters = [word for word in lifters if not request.launchers or word in request.launchers]
                if request.sites and pad.site not in request.sites:
                    continue
                for facility in scenario.facilities:
                    if facility.site == pad.site and (not facility.vehicle_types or name in facility.vehicle_types):
                        for word in lifters:
                            yield vehicle.operator, scenario.launcher_named[word].operator, pad.site, facility.facility_id


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """One partner with the flights and loads that are its own, and those that go with it."""

    role: str
    partner: str
    missions: frozenset[str]
    loads: tuple[ManifestRow, ...]
    gone_missions: frozenset[str]
    gone_items: frozenset[str]


def score_partners(held: Partners) -> tuple[PartnerRow, ...]:
    """Every partner by role, the largest share first; a loss takes the flights that nothing else could fly.

    Held fixed when one goes: the other flights fly as planned with what they carry, nobody takes up what is left on the
    ground, and the cost attributed to what does not fly is saved. With a customer go its loads and the flights it furnishes.
    """
    rows = [_row(held, group) for group in _groups(held)]
    rows = [_scored(row, rows) for row in rows]
    roles = [row.role for row in rows]
    order = {role: at for at, role in enumerate(dict.fromkeys(roles))}
    return tuple(sorted(rows, key=lambda row: (order[row.role], -row.up_kg, row.partner)))


def _groups(held: Partners) -> Iterator[_Group]:
    yield from _customers(held)
    aboard: dict[str, list[ManifestRow]] = defaultdict(list)
    for row in held.up:
        aboard[row.mission_id].append(row)
    for role in ("spacecraft", "launch", "site", "facility"):
        flights: dict[str, list[PlannedMission]] = defaultdict(list)
        for one in held.plan.missions:
            flights[held.operators(one)[role]].append(one)
        for partner, missions in sorted(flights.items()):
            alone = frozenset(one.mission_id for one in missions if not held.ways_without(one, role, partner))
            yield _Group(
                role=role,
                partner=partner,
                missions=frozenset(one.mission_id for one in missions),
                loads=tuple(row for one in missions for row in aboard[one.mission_id]),
                gone_missions=alone,
                gone_items=frozenset(),
            )
    yield from _suppliers(held)


def _customers(held: Partners) -> Iterator[_Group]:
    furnished: dict[str, set[str]] = defaultdict(set)
    contracted: dict[str, set[str]] = defaultdict(set)
    for one in held.plan.missions:
        furnished[one.furnished_by].add(one.mission_id)
        contracted[held.contracted[one.mission_id]].add(one.mission_id)
    own: dict[str, list[ManifestRow]] = defaultdict(list)
    items: dict[str, set[str]] = defaultdict(set)
    for row in held.plan.manifest:
        items[row.customer].add(row.item_id)
        if row.direction == _DIRECT and row.mission_id:
            own[row.customer].append(row)
    for name in sorted({*items, *contracted} - {""}):
        yield _Group(
            role="customer",
            partner=name,
            missions=frozenset(contracted[name]),
            loads=tuple(own[name]),
            gone_missions=frozenset(furnished[name]),
            gone_items=frozenset(items[name]),
        )


def _suppliers(held: Partners) -> Iterator[_Group]:
    """A supplier has the lines of the classes that it is first to supply; alone it is where nobody else does."""
    for one in held.plan.scenario.suppliers:
        first = {name for name, others in held.supplier_of.items() if others[0] == one.supplier}
        alone = {name for name in first if held.supplier_of[name] == (one.supplier,)}
        loads = tuple(row for row in held.up if row.supply_class in first)
        yield _Group(
            role="supplier",
            partner=one.supplier,
            missions=frozenset(row.mission_id for row in loads),
            loads=loads,
            gone_missions=frozenset(),
            gone_items=frozenset(row.item_id for row in loads if row.supply_class in alone),
        )


def _row(held: Partners, group: _Group) -> PartnerRow:
    kg = math.fsum(row.mass_kg for row in group.loads)
    whole_kg = math.fsum(row.mass_kg for row in held.up)
    revenue, cost = _money(held, _own(group))
    gone_revenue, gone_cost = _money(held, _gone(group))
    late, lost = _fates(held.courses, group.missions)
    gone = [row for row in held.up if row.mission_id in group.gone_missions or row.item_id in group.gone_items]
    room = math.fsum(one.upmass_capacity_kg for one in held.plan.missions)
    mine = math.fsum(one.upmass_capacity_kg for one in held.plan.missions if one.mission_id in group.missions)
    return PartnerRow(
        role=group.role,
        partner=group.partner,
        missions_count=len(group.missions),
        up_kg=round(kg, 3),
        share_percent=round(100.0 * kg / whole_kg, 4) if whole_kg else 0.0,
        capacity_percent=round(100.0 * mine / room, 4) if room else 0.0,
        revenue_usd=revenue,
        cost_usd=cost,
        margin_usd=round(revenue - cost, 2),
        usd_per_kg=round(cost / kg, 2) if kg else None,
        on_time_percent=_on_time_percent(held, group),
        late_percent=late,
        lost_percent=lost,
        damage_percent=_damage_percent(held, group.loads),
        alone_count=len(group.gone_missions),
        alone_kg=round(math.fsum(row.mass_kg for row in gone), 3),
        alone_revenue_usd=gone_revenue,
        loss_usd=round(gone_revenue - gone_cost, 2),
        keep_usd=_worth_keeping(held, _gone(group)),
    )


def _on_time_percent(held: Partners, group: _Group) -> float | None:
    """Lines with a due date that are on time [%]: a customer's all, left behind or not; of others what they have a hand in."""
    if group.role == "customer":
        kept = [one.on_time is True for one in held.dated if one.line.customer == group.partner]
    else:
        parts: dict[str, list[bool]] = defaultdict(list)
        for row in group.loads:
            if row.on_time is not None:
                parts[line_name(held.plan.scenario, row.item_id)].append(row.on_time)
        kept = [all(own) for own in parts.values()]
    return round(100.0 * sum(kept) / len(kept), 4) if kept else None


def _own(group: _Group) -> Callable[[Share, bool], bool]:
    """Which shares of revenue and cost are a partner's: a customer's own, a supplier's loads, else its flights'."""
    items = {row.item_id for row in group.loads}
    if group.role == "customer":
        return lambda share, earned: share.customer == group.partner and (earned or share.kind == USED)
    if group.role == "supplier":
        return lambda share, earned: share.item_id in items
    return lambda share, earned: share.mission_id in group.missions


def _gone(group: _Group) -> Callable[[Share, bool], bool]:
    """Which shares go with a partner; a customer's revenue goes whether a load earns it or not."""
    customer = group.partner if group.role == "customer" else None

    def _goes(share: Share, earned: bool) -> bool:
        if share.mission_id in group.gone_missions or share.item_id in group.gone_items:
            return True
        return earned and customer is not None and share.customer == customer

    return _goes


def _money(held: Partners, belongs: Callable[[Share, bool], bool]) -> tuple[float, float]:
    """Revenue and cost [USD] of the shares that belong, in whole cents until they are told."""
    earned = sum(share.cents for share in held.revenue if belongs(share, True))
    spent = sum(share.cents for share in held.costs if belongs(share, False))
    return earned / 100, spent / 100


def _worth_keeping(held: Partners, belongs: Callable[[Share, bool], bool]) -> float:
    """Margin of the flights that bring more than they cost, of what belongs [USD]."""
    margins: dict[str, int] = defaultdict(int)
    for share in held.revenue:
        if belongs(share, True):
            margins[share.mission_id] += share.cents
    for share in held.costs:
        if belongs(share, False):
            margins[share.mission_id] -= share.cents
    return sum(cents for name, cents in margins.items() if name and cents > 0) / 100


def _fates(courses: Courses | None, missions: Iterable[str]) -> tuple[float | None, float | None]:
    """Percent of a partner's flights that are late, and lost, over the courses drawn; None where none were."""
    if courses is None:
        return None, None
    own = np.isin(np.array(courses.missions), sorted(missions))
    if not own.any():
        return None, None
    late = float((courses.slip_d[:, own] > LATE_D).mean())
    return round(100.0 * late, 4), round(100.0 * float(courses.lost[:, own].mean()), 4)


def _damage_percent(held: Partners, loads: Iterable[ManifestRow]) -> float:
    rows = list(loads)
    kg = math.fsum(row.mass_kg for row in rows)
    damaged = math.fsum(row.mass_kg * held.damage[row.supply_class] for row in rows)
    return round(100.0 * damaged / kg, 6) if kg else 0.0


def _scored(row: PartnerRow, rows: Iterable[PartnerRow]) -> PartnerRow:
    if not row.up_kg:
        return row
    alike = [one for one in rows if one.role == row.role]
    marks = dict(_marks(row, alike))
    weights = dict(MARKS.get(row.role, MARKS[""]))
    known = {name: weight for name, weight in weights.items() if marks.get(name) is not None}
    whole = math.fsum(known.values())
    score = math.fsum(weight * (marks[name] or 0.0) for name, weight in known.items()) / whole if whole else 0.0
    return replace(row, score=round(score, 2))


def _marks(row: PartnerRow, alike: list[PartnerRow]) -> Iterator[tuple[str, float | None]]:
    """Marks from 0 to 100; None where nothing is known."""
    best = max(one.margin_usd for one in alike)
    cheapest = min((one.usd_per_kg for one in alike if one.usd_per_kg), default=None)
    yield "margin", _within(250.0 * row.margin_usd / row.revenue_usd) if row.revenue_usd > 0 else None
    yield "weight", _within(100.0 * row.margin_usd / best) if best > 0 else None
    yield "on time", row.on_time_percent
    yield "not late", None if row.late_percent is None else 100.0 - row.late_percent
    yield "not lost", None if row.lost_percent is None else 100.0 - row.lost_percent
    yield "undamaged", _within(100.0 - 10.0 * row.damage_percent)
    yield "cost", _within(100.0 * cheapest / row.usd_per_kg) if cheapest and row.usd_per_kg else None


def _within(mark: float) -> float:
    return min(100.0, max(0.0, mark))


def concentrations(rows: Iterable[PartnerRow]) -> tuple[ConcentrationRow, ...]:
    """The index of each role by cargo up, and of customers by revenue too."""
    listed = tuple(rows)
    found = []
    for role in dict.fromkeys(row.role for row in listed):
        measures = {"cargo up": {row.partner: row.up_kg for row in listed if row.role == role}}
        if role == "customer":
            measures["revenue"] = {row.partner: row.revenue_usd for row in listed if row.role == role}
        for measure, amounts in measures.items():
            told = concentration_of(role, measure, amounts)
            if told is not None:
                found.append(ConcentrationRow(**{name: getattr(told, name) for name in told.__slots__}))
    return tuple(found)
