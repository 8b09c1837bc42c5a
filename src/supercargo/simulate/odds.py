"""The odds of a plan: for each mission, port, stock and line what may befall it, looked up once for all futures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from supercargo.kernel import days_between
from supercargo.model import Chance, Chances, ManifestRow, OperationsPlan, PlannedMission, Scenario
from supercargo.model.chances import is_of_family
from supercargo.plan.demand import MONTH_D, YEAR_D, crew_by_day
from supercargo.simulate.slips import SlipPaths

__all__ = ["Months", "Odds", "Risk", "StockUse", "odds_of"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Risk:
    """One chance over a row of objects: how likely at each, and the triangle of its size; zeros where it can't happen."""

    probability: Floats  # [object]
    least: Floats  # [object]
    likely: Floats  # [object]
    most: Floats  # [object]

    @cached_property
    def _turn(self) -> tuple[Floats, Floats, Floats]:
        """[object] share below the likeliest size, and the products that the inverse takes the root of."""
        span, rise = self.most - self.least, self.likely - self.least
        share = np.divide(rise, span, out=np.zeros_like(span), where=span > 0.0)
        return share, span * rise, span * (span - rise)

    def sizes(self, uniform: Floats) -> Floats:
        """Sizes by the inverse of the triangle's distribution, one for each uniform number."""
        share, below, above = self._turn
        rising = self.least + np.sqrt(uniform * below)
        falling = self.most - np.sqrt((1.0 - uniform) * above)
        found: Floats = np.where(uniform < share, rising, falling)
        return found


@dataclass(frozen=True, kw_only=True)
class Months:
    """What makes use stray from month to month, for all stocks at once."""

    crew_kg: Floats  # [stock, month] kg
    steady_kg: Floats  # [stock, month] kg by plan
    spread: Floats  # [stock, 1] of the crew's use in a month
    expected_kg: Floats  # [stock, month] kg; 1 where nothing is used
    part_stock: npt.NDArray[np.int64]  # [part]
    part_kg: Floats  # [part, 1]
    part_failures: Floats  # [part, 1] in a month


@dataclass(frozen=True, kw_only=True)
class StockUse:
    """What draws on one stock [kg in each 30 days]: by crew (with its spread), by failing parts, and by plan."""

    destination: str
    supply_class: str
    mean_kg: Floats  # [day] kg, all together
    crew_kg: Floats  # [month] kg
    spread_fraction: float  # of the crew's use in a month
    other_kg: Floats  # [month] kg
    parts: tuple[tuple[float, float], ...]  # (mass of a part kg, failures a month)


@dataclass(frozen=True, kw_only=True)
class Odds:
    """A plan with its chances, ready to be drawn from."""

    plan: OperationsPlan
    chances: Chances
    missions: tuple[PlannedMission, ...]  # in order of lift-off
    ahead: npt.NDArray[np.bool_]  # [mission] still to lift off when the facts are known
    lines: tuple[ManifestRow, ...]  # up rows aboard a mission
    ports: tuple[tuple[str, str], ...]
    uses: tuple[StockUse, ...]
    months: Months
    slip: Risk  # [mission] sizes are factors
    paths: SlipPaths
    path_heap: Floats  # [mission, path] probability heaped up
    path_stretch: Floats  # [mission, path]
    path_delay_d: Floats  # [path]
    loss_rows: tuple[Chance, ...]
    loss_row: npt.NDArray[np.int64]  # [mission] place in loss_rows; -1: can't be lost
    families: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]  # [mission] family, its launchers, its types
    standdown: Risk  # [mission] days
    port_out: Risk  # [port] days; probability over the horizon
    overrun: Risk  # [mission] days
    damage: Risk  # [line] share
    demand: Risk  # [stock] factor
    supplier_delay: Risk  # [line] days

    @property
    def as_of_utc(self) -> datetime:
        """Instant from which futures differ."""
        return self.plan.scenario.settings.as_of_utc


def odds_of(plan: OperationsPlan, chances: Chances) -> Odds:
    """Look up for each object of a plan which row of the chances holds for it."""
    scenario = plan.scenario
    missions = tuple(sorted(plan.missions, key=lambda one: (one.launch_utc, one.mission_id)))
    lines = tuple(row for row in plan.manifest if row.direction == "up" and row.mission_id in plan.mission_named)
    ports = tuple(sorted((port.destination, port.port) for port in scenario.ports))
    uses = _uses(plan)
    names = [(mission.launcher, mission.vehicle_type) for mission in missions]
    loss = [chances.row_for("loss", *pair) for pair in names]
    loss_rows = tuple(sorted({row.applies_to: row for row in loss if row}.values(), key=lambda row: row.applies_to))
    supplied = [_supplier(scenario, row.supply_class) for row in lines]
    years = scenario.settings.years
    paths = SlipPaths.of(slip for slip in chances.slips if not slip.struck)
    leads_d = [days_between(scenario.settings.as_of_utc, mission.launch_utc) for mission in missions]
    ahead = np.array([not one.outcome and one.launch_utc > scenario.settings.as_of_utc for one in missions], dtype=bool)
    coming = {one.mission_id for one, waits in zip(missions, ahead, strict=True) if waits}
    return Odds(
        plan=plan,
        chances=chances,
        missions=missions,
        ahead=ahead,
        lines=lines,
        ports=ports,
        uses=uses,
        months=_months(uses),
        slip=_risk([chances.row_for("slip", *pair) for pair in names]),
        paths=paths,
        path_heap=_heaped(paths, leads_d),
        path_stretch=np.array([paths.stretch(lead_d) for lead_d in leads_d]).reshape(len(missions), len(paths.paths)),
        path_delay_d=np.array([path.delay_d for path in paths.paths]),
        loss_rows=loss_rows,
        loss_row=np.array([loss_rows.index(row) if row else -1 for row in loss], dtype=np.int64),
        families=tuple(_family(scenario, one, row) for one, row in zip(missions, loss, strict=True)),
        standdown=_risk(
            [chances.row_for("standdown", *pair) if waits else None for pair, waits in zip(names, ahead, strict=True)]
        ),
        port_out=_risk([chances.row_for("port_out", f"{place}/{port}", place) for place, port in ports], _over(years)),
        overrun=_risk([chances.row_for("overrun", *pair) for pair in names]),
        damage=_risk([chances.row_for("damage", row.supply_class) if row.mission_id in coming else None for row in lines]),
        demand=_risk([chances.row_for("demand", f"{u.supply_class}@{u.destination}", u.destination) for u in uses]),
        supplier_delay=_risk(
            [
                chances.row_for("supplier_delay", *names) if row.mission_id in coming else None
                for row, names in zip(lines, supplied, strict=True)
            ]
        ),
    )


def _heaped(paths: SlipPaths, leads_d: Sequence[float]) -> Floats:
    """[mission, path] probabilities of the paths heaped up, the last one a whole."""
    if not paths.paths:
        return np.zeros((len(leads_d), 0))
    heaps = np.cumsum(np.array([paths.weights(lead_d) for lead_d in leads_d]).reshape(-1, len(paths.paths)), axis=1)
    heaps[:, -1] = 1.0
    return heaps


def _over(years: float) -> Callable[[float], float]:
    return lambda probability: float(1.0 - (1.0 - probability) ** years)


def _risk(rows: Sequence[Chance | None], changed: Callable[[float], float] = float) -> Risk:
    return Risk(
        probability=np.array([changed(row.mean_probability) if row else 0.0 for row in rows], dtype=np.float64),
        least=np.array([row.least_value if row else 0.0 for row in rows], dtype=np.float64),
        likely=np.array([row.likely_value if row else 0.0 for row in rows], dtype=np.float64),
        most=np.array([row.most_value if row else 0.0 for row in rows], dtype=np.float64),
    )


def _family(scenario: Scenario, mission: PlannedMission, row: Chance | None) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """What a loss grounds: the launchers of the family; spacecraft where the row of the loss names spacecraft."""
    name = row.applies_to if row else ""
    if name and not is_of_family(mission.launcher, name):
        types = tuple(sorted(one for one in scenario.vehicle_types if is_of_family(one, name)))
        return name, (), types
    family = name or mission.launcher
    return family, tuple(sorted(one for one in scenario.launcher_named if is_of_family(one, family))), ()


def _supplier(scenario: Scenario, supply_class: str) -> tuple[str, ...]:
    """The first supplier of a class; nobody where the sender brings it."""
    return tuple(one.supplier for one in scenario.suppliers if supply_class in one.classes)[:1]


def _uses(plan: OperationsPlan) -> tuple[StockUse, ...]:
    scenario = plan.scenario
    means: dict[tuple[str, str], list[float]] = {}
    before: dict[tuple[str, str], float] = {(s.destination, s.supply_class): s.on_hand_kg for s in scenario.stock}
    for row in sorted(plan.inventory, key=lambda one: (one.destination, one.supply_class, one.day_utc)):
        key = row.destination, row.supply_class
        means.setdefault(key, []).append(max(before[key] + row.inbound_kg - row.on_hand_kg, 0.0))
        before[key] = row.on_hand_kg
    return tuple(_use(scenario, key, np.array(mean_kg)) for key, mean_kg in sorted(means.items()))


def _months(uses: Sequence[StockUse]) -> Months:
    count = len(uses[0].crew_kg) if uses else 0
    parts = [(at, mass_kg, failures) for at, use in enumerate(uses) for mass_kg, failures in use.parts]
    expected = np.array([use.crew_kg + use.other_kg for use in uses]).reshape(len(uses), count)
    for at, mass_kg, failures in parts:
        expected[at] += mass_kg * failures
    return Months(
        crew_kg=np.array([use.crew_kg for use in uses]).reshape(len(uses), count),
        steady_kg=np.array([use.other_kg for use in uses]).reshape(len(uses), count),
        spread=np.array([use.spread_fraction for use in uses]).reshape(-1, 1),
        expected_kg=expected,
        part_stock=np.array([at for at, _, _ in parts], dtype=np.int64),
        part_kg=np.array([mass_kg for _, mass_kg, _ in parts]).reshape(-1, 1),
        part_failures=np.array([failures for _, _, failures in parts]).reshape(-1, 1),
    )


def _use(scenario: Scenario, key: tuple[str, str], mean_kg: Floats) -> StockUse:
    place, supply_class = key
    crew = crew_by_day(scenario, place)
    rates = [
        (crew * rate.kg_per_crew_d * (1.0 - rate.recovered_fraction), rate.spread_fraction)
        for rate in scenario.rates
        if rate.supply_class == supply_class and (not rate.destinations or place in rate.destinations)
    ]
    by_crew = sum((use for use, _ in rates), np.zeros(len(mean_kg)))
    strayed = sum(float(use.sum() * spread) ** 2 for use, spread in rates) ** 0.5
    parts = [one for one in scenario.spares if (one.destination, one.supply_class) == key]
    failing_kg = sum(part.mass_kg * part.failures_per_year for part in parts) / YEAR_D
    starts = range(0, len(mean_kg), MONTH_D)
    return StockUse(
        destination=place,
        supply_class=supply_class,
        mean_kg=mean_kg,
        crew_kg=np.array([by_crew[at : at + MONTH_D].sum() for at in starts]),
        spread_fraction=strayed / float(by_crew.sum()) if by_crew.sum() > 0.0 else 0.0,
        other_kg=np.array([max((mean_kg - by_crew)[at : at + MONTH_D].sum() - failing_kg * MONTH_D, 0.0) for at in starts]),
        parts=tuple(sorted((part.mass_kg, part.failures_per_year * MONTH_D / YEAR_D) for part in parts)),
    )
