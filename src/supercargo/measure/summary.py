"""The year in numbers a manager reads: what the command line prints and the report page shows."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from supercargo.measure.deliveries import LineFate, line_fates, line_name, reason_kinds
from supercargo.measure.money import AccountSum, Money, accounts, money_by, whole_money
from supercargo.measure.occupancy import FleetDays, PortUse, ResourceUse, fleet_days, port_use, resource_use
from supercargo.model import (
    DIRECTIONS,
    InventoryRow,
    ManifestRow,
    OperationsPlan,
    PlannedMission,
    Scenario,
    Unflown,
    Violation,
)

__all__ = [
    "FULL_PERCENT",
    "CustomerFigures",
    "DirectionFigures",
    "LeftBehind",
    "MissionFigures",
    "OnTime",
    "PlaceFigures",
    "StockFigures",
    "StockOut",
    "Summary",
    "is_waived",
    "summarise",
]

FULL_PERCENT = 97.0
"""A mission, or its late load, is called full from this share of capacity on."""
MASS_TOLERANCE_KG = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTime:
    """Up lines with a due date, and those delivered by it: strictly, and within the contract's tolerance."""

    lines_count: int
    strict_count: int
    contractual_count: int
    left_behind_count: int

    @property
    def strict_percent(self) -> float | None:
        """Delivered by due_utc [percent]; None without such lines."""
        return 100.0 * self.strict_count / self.lines_count if self.lines_count else None

    @property
    def contractual_percent(self) -> float | None:
        """Delivered by due_utc + due_tolerance [percent]; None without such lines."""
        return 100.0 * self.contractual_count / self.lines_count if self.lines_count else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionFigures:
    """Cargo in one direction: asked for and delivered; a line counts as delivered when all its parts are."""

    direction: str
    lines_count: int
    delivered_lines_count: int
    asked_kg: float
    delivered_kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFigures:
    """One destination's year."""

    destination: str
    due_count: int  # missions contracted
    flown_count: int
    up_kg: float
    down_kg: float
    disposal_kg: float
    on_time: OnTime
    left_lines_count: int
    money: Money

    @property
    def usd_per_kg(self) -> float | None:
        """Every cost for each kilogram delivered up [USD]; None without up mass."""
        return self.money.whole_cost_usd / self.up_kg if self.up_kg > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFigures:
    """One customer's year."""

    customer: str
    lines_count: int
    left_lines_count: int
    delivered_kg: float
    up_kg: float
    on_time: OnTime
    money: Money

    @property
    def usd_per_kg(self) -> float | None:
        """Every cost on the customer's account for each kilogram delivered up [USD]; None without up mass."""
        return self.money.whole_cost_usd / self.up_kg if self.up_kg > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionFigures:
    """How full one mission is, up and back."""

    mission_id: str
    destination: str
    mass_percent: float
    volume_percent: float
    late_load_percent: float | None  # None where the type takes no late load
    lines_count: int  # up
    pieces_count: int  # up
    late_lines_count: int  # up, delivered after due_utc
    room_left_kg: float
    usd_per_kg: float | None  # every cost for each kilogram up; None without up mass
    classes_kg: tuple[tuple[str, float], ...]  # class of supply and its mass up, by name

    @property
    def fill_percent(self) -> float:
        """The larger of mass share and volume share [percent]."""
        return max(self.mass_percent, self.volume_percent)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOut:
    """A class of supply at a place that falls below its reserve on some day."""

    destination: str
    supply_class: str
    below_reserve_count: int  # days
    below_zero_count: int  # days
    first_utc: datetime
    lowest_kg: float
    reserve_kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StockFigures:
    """A class of supply at a place over the year: opened with, got, used, kept, and how near it came to its reserve."""

    destination: str
    supply_class: str
    opening_kg: float
    delivered_kg: float
    used_kg: float
    closing_kg: float
    reserve_kg: float  # on the tightest day
    tightest_kg: float  # on hand on the day with the least stock above reserve
    tightest_utc: datetime
    alone_until_utc: datetime | None  # first day below reserve if nothing were delivered; None: not within the horizon
    cover_d: float | None  # days from the horizon's end to the reserve, at the year's mean use; None without use


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """Lines (or parts of them) that stay on the ground or at the place, by kind of reason."""

    reason: str
    lines_count: int
    mass_kg: float
    must_count: int
    priorities: tuple[int, int, int, int, int]  # lines of priority 1 to 5
    example: str  # one reason in full

    @property
    def worst_priority(self) -> int:
        """The most urgent priority among them, 1 to 5; 0 if there are none."""
        return next((rank for rank, count in enumerate(self.priorities, start=1) if count), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A plan in figures; percents are None where there is nothing to count."""

    name: str
    scenario_digest: str
    seed: int
    baseline: bool
    due_count: int  # missions contracted
    flown_count: int  # lifted off, lost ones too
    lost_missions: tuple[str, ...]  # lost before docking
    recorded: bool  # a year that has been flown
    unflown: tuple[Unflown, ...]
    places: tuple[PlaceFigures, ...]
    directions: tuple[DirectionFigures, ...]
    on_time: OnTime
    missions: tuple[MissionFigures, ...]
    utilisation_percent: float | None  # mean of fill_percent
    full_missions: tuple[str, ...]
    late_load_full_missions: tuple[str, ...]
    tracked_stocks_count: int
    stock_outs: tuple[StockOut, ...]
    stocks: tuple[StockFigures, ...]
    money: Money
    accounts: tuple[AccountSum, ...]
    customers: tuple[CustomerFigures, ...]
    left_behind: tuple[LeftBehind, ...]
    flying_lines_count: int  # aboard, whole or in part
    split_lines_count: int  # aboard more than one mission
    left_lines_count: int  # whole or in part
    partly_left_lines_count: int  # of the lines left behind, those of which a part flies
    left_kg: float
    ports: tuple[PortUse, ...]
    resources: tuple[ResourceUse, ...]
    fleet: tuple[FleetDays, ...]
    hard_violations_count: int  # not waived
    waived_violations_count: int
    soft_violations_count: int

    @property
    def usd_per_kg(self) -> float | None:
        """Every cost for each kilogram delivered up [USD]; None without up mass."""
        up_kg = self.delivered_kg("up")
        return self.money.whole_cost_usd / up_kg if up_kg > 0 else None

    def delivered_kg(self, direction: str) -> float:
        """Mass delivered in a direction [kg]."""
        return math.fsum(figures.delivered_kg for figures in self.directions if figures.direction == direction)


def _on_time(fates: Iterable[LineFate]) -> OnTime:
    dated = [fate for fate in fates if fate.line.direction == "up" and fate.line.due_utc is not None]
    return OnTime(
        lines_count=len(dated),
        strict_count=sum(1 for fate in dated if fate.on_time),
        contractual_count=sum(1 for fate in dated if fate.within_tolerance),
        left_behind_count=sum(1 for fate in dated if not fate.whole),
    )


def _kg(fates: Iterable[LineFate], direction: str) -> float:
    return math.fsum(fate.delivered_kg for fate in fates if fate.line.direction == direction)


def _directions(fates: tuple[LineFate, ...]) -> tuple[DirectionFigures, ...]:
    rows = []
    for direction in DIRECTIONS:
        those = [fate for fate in fates if fate.line.direction == direction]
        rows.append(
            DirectionFigures(
                direction=direction,
                lines_count=len(those),
                delivered_lines_count=sum(1 for fate in those if fate.whole),
                asked_kg=math.fsum(fate.line.mass_kg for fate in those),
                delivered_kg=math.fsum(fate.delivered_kg for fate in those),
            )
        )
    return tuple(rows)


def _places(plan: OperationsPlan, fates: tuple[LineFate, ...]) -> tuple[PlaceFigures, ...]:
    money = money_by(plan, fates, lambda row: row.destination, lambda fate: fate.line.destination)
    lines: dict[str, list[LineFate]] = defaultdict(list)
    for fate in fates:
        lines[fate.line.destination].append(fate)
    nothing = Money(revenue_usd=0.0, service_cost_usd=0.0, whole_cost_usd=0.0, catalogue_usd=0.0)
    rows = []
    for place in plan.scenario.destinations:
        name = place.destination
        due_count = sum(1 for request in plan.scenario.missions if request.destination == name)
        flown_count = sum(1 for mission in plan.missions if mission.destination == name)
        if due_count or flown_count or lines[name]:
            rows.append(
                PlaceFigures(
                    destination=name,
                    due_count=due_count,
                    flown_count=flown_count,
                    up_kg=_kg(lines[name], "up"),
                    down_kg=_kg(lines[name], "down"),
                    disposal_kg=_kg(lines[name], "disposal"),
                    on_time=_on_time(lines[name]),
                    left_lines_count=sum(1 for fate in lines[name] if not fate.whole),
                    money=money.get(name, nothing),
                )
            )
    return tuple(rows)


def _customers(plan: OperationsPlan, fates: tuple[LineFate, ...]) -> tuple[CustomerFigures, ...]:
    lines: dict[str, list[LineFate]] = defaultdict(list)
    for fate in fates:
        lines[fate.line.customer].append(fate)
    return tuple(
        CustomerFigures(
            customer=name,
            lines_count=len(lines[name]),
            left_lines_count=sum(1 for fate in lines[name] if not fate.whole),
            delivered_kg=math.fsum(fate.delivered_kg for fate in lines[name]),
            up_kg=_kg(lines[name], "up"),
            on_time=_on_time(lines[name]),
            money=money,
        )
        for name, money in money_by(plan, fates, lambda row: row.customer, lambda fate: fate.line.customer).items()
    )


def _share_percent(part: float, whole: float) -> float:
    return 100.0 * part / whole if whole > 0 else 0.0


def _mission(scenario: Scenario, mission: PlannedMission, rows: list[ManifestRow]) -> MissionFigures:
    up = [row for row in rows if row.direction == "up"]
    late = {
        line_name(scenario, row.item_id) for row in up if row.due_utc and row.delivered_utc and row.delivered_utc > row.due_utc
    }
    late_capacity_kg = mission.late_load_capacity_kg
    return MissionFigures(
        mission_id=mission.mission_id,
        destination=mission.destination,
        mass_percent=_share_percent(mission.upmass_kg, mission.upmass_capacity_kg),
        volume_percent=_share_percent(mission.upvolume_m3, mission.upvolume_capacity_m3),
        late_load_percent=_share_percent(mission.late_load_kg, late_capacity_kg) if late_capacity_kg > 0 else None,
        lines_count=len({line_name(scenario, row.item_id) for row in up}),
        pieces_count=round(sum(row.pieces for row in up if row.form != "bulk")),
        late_lines_count=len(late),
        room_left_kg=max(0.0, mission.upmass_capacity_kg - mission.upmass_kg),
        usd_per_kg=mission.cost_usd / mission.upmass_kg if mission.upmass_kg > 0 else None,
        classes_kg=tuple(
            (name, math.fsum(row.mass_kg for row in up if row.supply_class == name))
            for name in sorted({row.supply_class for row in up})
        ),
    )


def _missions(plan: OperationsPlan) -> tuple[MissionFigures, ...]:
    aboard: dict[str, list[ManifestRow]] = defaultdict(list)
    for row in plan.manifest:
        aboard[row.mission_id].append(row)
    return tuple(_mission(plan.scenario, mission, aboard[mission.mission_id]) for mission in plan.missions)


def _stocks(plan: OperationsPlan) -> tuple[StockFigures, ...]:
    series: dict[tuple[str, str], list[InventoryRow]] = defaultdict(list)
    for row in plan.inventory:
        series[row.destination, row.supply_class].append(row)
    held_kg = {(stock.destination, stock.supply_class): stock.on_hand_kg for stock in plan.scenario.stock}
    order = {place.destination: n for n, place in enumerate(plan.scenario.destinations)}
    names = sorted(series, key=lambda name: (order.get(name[0], len(order)), name))
    return tuple(_stock(sorted(series[name], key=lambda row: row.day_utc), held_kg.get(name)) for name in names)


def _stock(rows: list[InventoryRow], held_kg: float | None) -> StockFigures:
    first, last = rows[0], rows[-1]
    opening_kg = first.on_hand_kg - first.inbound_kg if held_kg is None else held_kg
    got_kg, alone_until = 0.0, None
    for row in rows:
        got_kg += row.inbound_kg
        if alone_until is None and row.on_hand_kg - got_kg < row.reserve_kg - MASS_TOLERANCE_KG:
            alone_until = row.day_utc
    used_kg = opening_kg + got_kg - last.on_hand_kg
    tightest = min(rows, key=lambda row: (row.on_hand_kg - row.reserve_kg, row.day_utc))
    spare_kg = max(0.0, last.on_hand_kg - last.reserve_kg)
    return StockFigures(
        destination=first.destination,
        supply_class=first.supply_class,
        opening_kg=opening_kg,
        delivered_kg=got_kg,
        used_kg=used_kg,
        closing_kg=last.on_hand_kg,
        reserve_kg=tightest.reserve_kg,
        tightest_kg=tightest.on_hand_kg,
        tightest_utc=tightest.day_utc,
        alone_until_utc=alone_until,
        cover_d=spare_kg * len(rows) / used_kg if used_kg > MASS_TOLERANCE_KG else None,
    )


def _stock_outs(plan: OperationsPlan) -> tuple[tuple[StockOut, ...], int]:
    low: dict[tuple[str, str], list[tuple[datetime, float, float]]] = {}
    for row in plan.inventory:
        days_below = low.setdefault((row.destination, row.supply_class), [])
        if row.on_hand_kg < row.reserve_kg - MASS_TOLERANCE_KG:
            days_below.append((row.day_utc, row.on_hand_kg, row.reserve_kg))
    return tuple(
        StockOut(
            destination=place,
            supply_class=supply_class,
            below_reserve_count=len(below),
            below_zero_count=sum(1 for _, on_hand_kg, _ in below if on_hand_kg < -MASS_TOLERANCE_KG),
            first_utc=min(day for day, _, _ in below),
            lowest_kg=min(on_hand_kg for _, on_hand_kg, _ in below),
            reserve_kg=max(reserve_kg for _, _, reserve_kg in below),
        )
        for (place, supply_class), below in sorted(low.items())
        if below
    ), len(low)


def _left_behind(plan: OperationsPlan, fates: tuple[LineFate, ...]) -> tuple[LeftBehind, ...]:
    kinds = reason_kinds(plan, tuple(fate.reason for fate in fates if not fate.whole))
    groups: dict[str, list[LineFate]] = defaultdict(list)
    for fate in fates:
        if not fate.whole:
            groups[kinds[fate.reason]].append(fate)
    rows = []
    for kind, those in groups.items():
        ranks = [round(fate.line.priority) for fate in those]
        counts = [ranks.count(rank) for rank in range(1, 6)]
        rows.append(
            LeftBehind(
                reason=kind,
                lines_count=len(those),
                mass_kg=math.fsum(fate.left_kg for fate in those),
                must_count=sum(1 for fate in those if fate.line.must),
                priorities=(counts[0], counts[1], counts[2], counts[3], counts[4]),
                example=those[0].reason,
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.lines_count, row.reason)))


def _unflown(plan: OperationsPlan) -> tuple[Unflown, ...]:
    said = {one.mission_id: one for one in plan.unflown}
    flown = plan.mission_named
    return tuple(
        said.get(request.mission_id, Unflown(mission_id=request.mission_id, reason="the plan gives no reason"))
        for request in plan.scenario.missions
        if request.mission_id not in flown
    )


def is_waived(plan: OperationsPlan, violation: Violation) -> bool:
    """A named person has accepted this rule broken for this object, or for all (`*`)."""
    return any(waiver.rule == violation.rule and waiver.object in (violation.object, "*") for waiver in plan.waivers)


def summarise(plan: OperationsPlan) -> Summary:
    """A year of cargo flights in figures: missions, mass, punctuality, fill, stock, money, and what stayed behind.

    Masses in kg, money in USD of the scenario's price year, shares in percent. Counts every line of the scenario once.
    """
    fates = line_fates(plan)
    missions = _missions(plan)
    stock_outs, tracked_count = _stock_outs(plan)
    hard = [violation for violation in plan.violations if violation.hard]
    waived_count = sum(1 for violation in hard if is_waived(plan, violation))
    fills = [mission.fill_percent for mission in missions]
    return Summary(
        name=plan.scenario.settings.name,
        scenario_digest=plan.scenario.digest,
        seed=plan.seed,
        baseline=plan.baseline,
        due_count=len(plan.scenario.missions),
        flown_count=len(plan.missions),
        lost_missions=tuple(mission.mission_id for mission in plan.missions if mission.lost),
        recorded=plan.recorded,
        unflown=_unflown(plan),
        places=_places(plan, fates),
        directions=_directions(fates),
        on_time=_on_time(fates),
        missions=missions,
        utilisation_percent=math.fsum(fills) / len(fills) if fills else None,
        full_missions=tuple(one.mission_id for one in missions if one.fill_percent >= FULL_PERCENT),
        late_load_full_missions=tuple(one.mission_id for one in missions if (one.late_load_percent or 0.0) >= FULL_PERCENT),
        tracked_stocks_count=tracked_count,
        stock_outs=stock_outs,
        stocks=_stocks(plan),
        money=whole_money(plan, plan.costs, fates),
        accounts=accounts(plan),
        customers=_customers(plan, fates),
        left_behind=_left_behind(plan, fates),
        flying_lines_count=sum(1 for fate in fates if fate.missions),
        split_lines_count=sum(1 for fate in fates if len(fate.missions) > 1),
        left_lines_count=sum(1 for fate in fates if not fate.whole),
        partly_left_lines_count=sum(1 for fate in fates if fate.missions and not fate.whole),
        left_kg=math.fsum(fate.left_kg for fate in fates if not fate.whole),
        ports=port_use(plan),
        resources=resource_use(plan),
        fleet=fleet_days(plan),
        hard_violations_count=len(hard) - waived_count,
        waived_violations_count=waived_count,
        soft_violations_count=sum(1 for violation in plan.violations if not violation.hard),
    )
