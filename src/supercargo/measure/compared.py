"""What a comparison of plans is made of: one figure in every plan, and the things it is a figure of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import days_between, text
from supercargo.measure.lift_offs import LiftOff
from supercargo.model import InventoryRow, Table

__all__ = [
    "COMPARISON_TABLE",
    "MISSION_CHANGES",
    "SENSES",
    "Arrival",
    "ComparedKpi",
    "ComparedLiftOffs",
    "ComparedLines",
    "ComparedMission",
    "ComparedPlace",
    "ComparedPlan",
    "ComparedPort",
    "ComparedStock",
    "ComparedThing",
    "ComparedValue",
    "Comparison",
    "Figure",
    "LineChange",
    "LineGroup",
    "Stay",
    "Value",
]

Value = float | str | bool | datetime | None
"""A figure in one plan; None where that plan has none."""

SENSES = ("more", "less", "")
"""Which way a figure is better; empty where neither is."""

MISSION_CHANGES = (
    "state",
    "vehicle_type",
    "pad",
    "launch_utc",
    "port",
    "attached_d",
    "upmass_kg",
    "service_cost_usd",
    "price_usd",
)
"""Figures of a mission whose change is counted."""
_OF_STAYS = ("port", "attached_d")

_TOLERANCES = {"kg": 0.01, "USD": 0.01, "d": 1e-4, "m3": 1e-4, "percent": 1e-6}
_SMALLEST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedValue:
    """One figure of one plan beside the same figure of the base, in long form."""

    subject: str = text("what kind of thing: input, headline, kpi, rule, mission, port, place, stock, lines or account")
    object: str = text("which one; empty: the whole plan")
    field: str = text("which figure")
    unit: str = text("unit of value and difference; a difference of instants is in days")
    plan: str = text("name of the plan")
    value: str = text("the figure; empty: this plan has none")
    difference: str = text("value less the base's, where both are numbers or instants; empty in the base itself")


COMPARISON_TABLE = Table(
    file="compare.csv", noun=ComparedValue, attribute="figures", key=("subject", "object", "field", "plan"), required=True
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of one thing in every plan; the first plan is the base that the others are held against."""

    subject: str
    object: str
    field: str
    values: tuple[Value, ...]  # [plan]
    unit: str = ""
    sense: str = ""  # one of SENSES

    @property
    def differences(self) -> tuple[float | None, ...]:
        """Each plan's value less the base's, instants in days; None where they can't be subtracted."""
        return tuple(_difference(value, self.values[0]) for value in self.values)

    @property
    def changed(self) -> tuple[bool, ...]:
        """True for each plan whose value is not the base's, within the precision of files."""
        return tuple(self._is_another(value) for value in self.values)

    @property
    def differs(self) -> bool:
        """Some plan's value is not the base's."""
        return any(self.changed)

    def _is_another(self, value: Value) -> bool:
        base = self.values[0]
        if _is_number(value) and _is_number(base):
            return abs(_difference(value, base) or 0.0) > _TOLERANCES.get(self.unit, _SMALLEST)
        return value != base


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _difference(value: Value, base: Value) -> float | None:
    if isinstance(value, datetime) and isinstance(base, datetime):
        return days_between(base, value)
    if isinstance(value, int | float) and isinstance(base, int | float) and _is_number(value) and _is_number(base):
        return float(value) - float(base)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedPlan:
    """One of the plans: what it is called here and where it comes from."""

    letter: str
    name: str
    scenario: str
    scenario_digest: str
    seed: int
    made: str  # optimised; first come, first served; as flown
    start_utc: datetime
    end_utc: datetime
    currency_year: int
    remarks: tuple[str, ...]  # what the scenario tells its readers
    recorded: bool  # a year that has been flown
    causes: tuple[str, ...]  # promises that the plan can't keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A spacecraft at a docking place: from arrival to departure, and its way there from lift-off on."""

    mission_id: str
    destination: str
    port: str
    launch_utc: datetime
    arrive_utc: datetime
    depart_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An arrival at a place, and the days since the one before it; None for the first."""

    mission_id: str
    arrive_utc: datetime
    gap_d: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedThing:
    """A thing of any of the plans, figure by figure."""

    figures: tuple[Figure, ...]

    @property
    def differs(self) -> bool:
        """Some figure of it is not the same in every plan."""
        return any(figure.differs for figure in self.figures)

    def figure(self, field: str) -> Figure:
        """The figure of that name."""
        return next(one for one in self.figures if one.field == field)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedMission(ComparedThing):
    """A mission of any of the plans, figure by figure."""

    mission_id: str
    destination: str
    flown: tuple[bool, ...]  # [plan]
    lost: tuple[bool, ...]  # [plan]
    launches: tuple[datetime | None, ...]  # [plan]
    stays: tuple[Stay | None, ...]  # [plan]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedPort(ComparedThing):
    """A docking place of any of the plans."""

    destination: str
    port: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedPlace(ComparedThing):
    """A destination with its arrivals in each plan."""

    destination: str
    arrivals: tuple[tuple[Arrival, ...], ...]  # [plan]

    @property
    def differs(self) -> bool:
        """Some figure of it, or some arrival, is not the same in every plan."""
        return any(figure.differs for figure in self.figures) or any(one != self.arrivals[0] for one in self.arrivals)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedStock(ComparedThing):
    """A class of supply at a place with its curve in each plan."""

    destination: str
    supply_class: str
    curves: tuple[tuple[InventoryRow, ...], ...]  # [plan], by day; empty where the plan tracks no such stock


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedKpi:
    """A KPI in every plan, with what weighs most in it."""

    kpi_id: str
    name: str
    unit: str
    target: tuple[float | None, ...]  # [plan]
    met: tuple[bool | None, ...]  # [plan]
    causes: tuple[str, ...]  # [plan]
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """A cargo line that flies otherwise than in the base."""

    item_id: str
    customer: str
    destination: str
    direction: str
    supply_class: str
    mass_kg: float  # what flies otherwise
    priority: float
    base_missions: str
    missions: str
    moved_d: float | None  # delivery later (or, below zero, earlier) than in the base; None if not delivered in both


@dataclass(frozen=True, slots=True, kw_only=True)
class LineGroup:
    """Lines that differ from the base in one way."""

    kind: str
    lines_count: int
    mass_kg: float
    customers: tuple[str, ...]
    changes: tuple[LineChange, ...]  # largest first


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLines:
    """What became otherwise of the cargo lines in one plan than in the base."""

    plan: str
    groups: tuple[LineGroup, ...]

    @property
    def lines_count(self) -> int:
        """Lines that differ in any way."""
        return sum(group.lines_count for group in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLiftOffs:
    """A lift-off that has happened, against the nearest launch window of each plan; None where the plan lists none."""

    mission_id: str
    launch_utc: datetime
    windows: tuple[LiftOff | None, ...]  # [plan]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Plans side by side; the first is the base. Axis [plan] is the order in which they were given."""

    plans: tuple[ComparedPlan, ...]
    inputs: tuple[Figure, ...]
    headline: tuple[Figure, ...]
    kpis: tuple[ComparedKpi, ...]
    rules: tuple[Figure, ...]
    missions: tuple[ComparedMission, ...]
    ports: tuple[ComparedPort, ...]
    places: tuple[ComparedPlace, ...]
    stocks: tuple[ComparedStock, ...]
    lines: tuple[ComparedLines, ...]  # one for each plan but the base
    accounts: tuple[Figure, ...]
    lift_offs: tuple[ComparedLiftOffs, ...]  # of the first plan that is a year as flown; none without one

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, in reading order."""
        parts = (self.missions, self.ports, self.places, self.stocks)
        of_things = [figure for part in parts for one in part for figure in one.figures]
        of_kpis = [kpi.figure for kpi in self.kpis]
        return (*self.inputs, *self.headline, *of_kpis, *self.rules, *of_things, *self.line_figures, *self.accounts)

    @property
    def line_figures(self) -> tuple[Figure, ...]:
        """Lines and mass that fly otherwise than in the base, by kind of change."""
        kinds = list(dict.fromkeys(group.kind for lines in self.lines for group in lines.groups))
        found = []
        for kind in kinds:
            groups = [next((one for one in lines.groups if one.kind == kind), None) for lines in self.lines]
            counts = tuple(float(group.lines_count) if group else 0.0 for group in groups)
            masses = tuple(group.mass_kg if group else 0.0 for group in groups)
            found.append(Figure(subject="lines", object=kind, field="lines", unit="count", values=(0.0, *counts)))
            found.append(Figure(subject="lines", object=kind, field="mass_kg", unit="kg", values=(0.0, *masses)))
        return tuple(found)

    def missions_changed(self, place: int) -> dict[str, tuple[str, ...]]:
        """Missions that are not as in the base in the plan at `place`, by what differs; one may stand in several.

        Of a mission that only one of the two flies, only its state is said to differ.
        """
        found = {}
        for field in MISSION_CHANGES:
            names = tuple(
                one.mission_id
                for one in self.missions
                if one.figure(field).changed[place]
                and (field == "state" or (one.flown[0] and one.flown[place]))
                and (field not in _OF_STAYS or (one.stays[0] and one.stays[place]))
            )
            if names:
                found[field] = names
        return found

    def stocks_short(self, place: int) -> int:
        """Stocks that fall below their reserve on some day in the plan at `place`."""
        return sum(1 for stock in self.stocks if stock.figure("below_reserve_utc").values[place] is not None)

    def stocks_nearer(self, place: int) -> tuple[tuple[float, str, str], ...]:
        """Stocks that come nearer to their reserve than in the base: by how much less [kg], class and destination."""
        found = []
        for stock in self.stocks:
            cover = stock.figure("cover_least_kg")
            change_kg = cover.differences[place]
            if change_kg is not None and cover.changed[place] and change_kg < 0:
                found.append((change_kg, stock.supply_class, stock.destination))
        return tuple(sorted(found))

    @property
    def same_inputs(self) -> bool:
        """Every plan was made from the same scenario files."""
        return len({plan.scenario_digest for plan in self.plans}) == 1 and bool(self.plans[0].scenario_digest)

    @property
    def differs(self) -> bool:
        """Some figure, or some line's delivery, is not the same in every plan."""
        return any(figure.differs for figure in self.figures) or any(lines.lines_count for lines in self.lines)
