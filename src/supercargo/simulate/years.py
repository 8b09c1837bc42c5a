"""A year of operations with a planner in the loop: plan, fly, learn of slips, losses and ports that are out, plan anew.

Whoever plans meets the same future: it is drawn once for the year, from a plan that neither made. Times at which news comes
do not depend on who plans, except that news of a mission comes at the latest as it is about to lift off.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from supercargo.kernel import DAY_S, NoPlan, as_written, days, stream
from supercargo.measure.kpis import measure_kpis
from supercargo.model import (
    Event,
    Future,
    Load,
    Loss,
    Manifest,
    OperationsPlan,
    PortOut,
    Scenario,
    Schedule,
    Slip,
    SlipNews,
    StowagePlan,
    Unflown,
    YearRow,
)
from supercargo.plan.assembly import assemble_year
from supercargo.plan.demand import forecast_demand
from supercargo.simulate.years_carry import Carried, carried_over

__all__ = ["CONFERENCE_D", "LARGE_SLIP_D", "FlownYear", "Policy", "fly_year", "year_row"]

CONFERENCE_D = 14.0
"""Days between two looks at the news; a loss, a port that is out and a scrub are dealt with at once."""

LARGE_SLIP_D = 7.0
"""A slip that is smaller than this beside the plan waits until the mission is about to lift off [d]."""

_LATE_D, _SCRUB, _OVERRUN_TOLD_D = 1.0, timedelta(hours=1), 5.0
_MOST_SLIP_D = 400.0


@dataclass(frozen=True)
class Policy:
    """Who plans: a year at first, and again from an instant on."""

    name: str
    plan: Callable[[Scenario], OperationsPlan]
    again: Callable[[OperationsPlan, Sequence[Event], datetime], OperationsPlan]


@dataclass(frozen=True)
class FlownYear:
    """A year as it was flown: the plan as it stood at the end, what was committed at first, and what is left on board."""

    plan: OperationsPlan
    committed: Mapping[str, datetime]
    replans: int
    carried: Carried  # what it leaves to the next year
    below_reserve_d: int
    empty_d: int


def fly_year(scenario: Scenario, future: Future, policy: Policy, *, mark: str = "+") -> FlownYear:
    """A year planned and flown under one future, planned anew when news asks for it.

    What it leaves to the next year bears `mark` behind its name.
    """
    first = _planned(scenario, policy)
    year = _Year(policy, future, first, {one.mission_id: one.launch_utc for one in first.missions})
    for at in iter(year.next_news, None):
        year.learn(at)
    left, below, empty = _stocks(year.plan, future)
    ready = {name: launch + timedelta(seconds=year.late_s(name)) for name, launch in year.committed.items()}
    over = carried_over(first, year.plan, future, ready, mark=mark)
    return FlownYear(year.plan, year.committed, year.replans, replace(over, left_kg=left), below, empty)


def _planned(scenario: Scenario, policy: Policy) -> OperationsPlan:
    """The year as planned; where nothing at all can fly, as in a long stand-down, a year in which everything waits."""
    try:
        return policy.plan(scenario)
    except NoPlan as told:
        unflown = tuple(Unflown(mission_id=one.mission_id, reason=told.what) for one in scenario.missions)
        loads = tuple(
            Load(item_id=line.item_id, part=0, mission_id="", mass_kg=line.mass_kg, reason="no mission can fly")
            for line in scenario.cargo
        )
        forecast = forecast_demand(scenario, rng=stream(scenario.settings.seed, "demand"))
        nothing = Schedule(flights=(), unflown=unflown), Manifest(loads=loads), StowagePlan(placements=())
        return assemble_year(scenario, *nothing, windows=(), forecast=forecast)


@dataclass
class _Year:
    policy: Policy
    future: Future
    plan: OperationsPlan
    committed: Mapping[str, datetime]
    replans: int = 0
    now: datetime = field(init=False)
    _lost: set[str] = field(default_factory=set)
    _ports: list[PortOut] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = self.plan.scenario.settings
        self.now = settings.as_of_utc
        self.end_utc = settings.end_utc
        self.conference = settings.start_utc
        self.slips: dict[str, list[SlipNews]] = {}
        for news in self.future.slips:
            self.slips.setdefault(news.mission_id, []).append(news)
        self._ports = sorted(self.future.port_outs, key=lambda one: (one.from_utc, one.destination, one.port))

    def next_news(self) -> datetime | None:
        """When operations next have something to decide; None when the year is over."""
        while self.conference < self.end_utc and self.conference <= self.now:
            self.conference += days(CONFERENCE_D)
        times = [self.conference, *(one.from_utc for one in self._ports[:1])]
        for mission in self.plan.missions:
            if mission.launch_utc > self.now and self._slip_s(mission.mission_id, None) > 0:
                times.append(mission.launch_utc - _SCRUB)
            if mission.launch_utc >= self.now and self._is_lost(mission.mission_id):
                times.append(mission.launch_utc)
        at = max(self.now, min(times))
        return at if at < self.end_utc else None

    def learn(self, at: datetime) -> None:
        """What is told at an instant, and the plan that answers it."""
        self.now = at
        events = [*self._losses(at), *self._outs(at), *self._slips(at)]
        if events:
            self.plan = self.policy.again(self.plan, events, at)
            self.replans += 1

    def _is_lost(self, mission_id: str) -> bool:
        return mission_id in self.future.lost and mission_id not in self._lost

    def _losses(self, at: datetime) -> Iterator[Event]:
        for mission in self.plan.missions:
            if mission.launch_utc == at and self._is_lost(mission.mission_id):
                self._lost.add(mission.mission_id)
                yield Loss(mission_id=mission.mission_id)
                grounding = self.future.grounding_of.get(mission.mission_id)
                if grounding is not None and grounding.lasts_s > 0:
                    yield grounding.standdown(at)

    def _outs(self, at: datetime) -> Iterator[Event]:
        while self._ports and self._ports[0].from_utc <= at:
            out = self._ports.pop(0)
            if out.to_utc > at:
                yield out

    def _slips(self, at: datetime) -> Iterator[Event]:
        """Slips that are told: large ones at a conference, any as the mission is about to lift off."""
        for mission in self.plan.missions:
            name, launch = mission.mission_id, mission.launch_utc
            if launch <= at:
                continue
            about_to = launch - _SCRUB <= at
            delay_s = self._slip_s(name, None if about_to else at)
            if (about_to and delay_s > 0) or delay_s >= LARGE_SLIP_D * DAY_S:
                yield Slip(mission_id=name, delay_s=min(delay_s, round(_MOST_SLIP_D * DAY_S)))

    def _slip_s(self, mission_id: str, at: datetime | None) -> int:
        """How much later than it stands in the plan a mission lifts off by the news of an instant, or by all news [s]."""
        first = self.committed.get(mission_id)
        if first is None:
            return 0
        launch = self.plan.mission_named[mission_id].launch_utc
        late_s = round((first - launch).total_seconds()) + self.late_s(mission_id, at)
        return late_s if late_s >= _LATE_D * DAY_S else 0

    def late_s(self, mission_id: str, at: datetime | None = None) -> int:
        """Delay against the committed lift-off by the news known at an instant, or by all news [s]."""
        told = [news.delay_s for news in self.slips.get(mission_id, ()) if at is None or news.known_utc <= at]
        known = at is None or self.committed[mission_id] - days(_OVERRUN_TOLD_D) <= at
        return (told[-1] if told else 0) + (self.future.overruns_s.get(mission_id, 0) if known else 0)


def _stocks(plan: OperationsPlan, future: Future) -> tuple[dict[tuple[str, str], float], int, int]:
    """Stock at the end with the use that came true, and days below reserve and days with nothing, over all stocks."""
    left: dict[tuple[str, str], float] = {}
    below = empty = 0
    opening = {(row.destination, row.supply_class): row.on_hand_kg for row in plan.scenario.stock}
    expected = dict(opening)
    level = dict(opening)
    start = plan.scenario.settings.start_utc
    for row in sorted(plan.inventory, key=lambda one: (one.destination, one.supply_class, one.day_utc)):
        key = row.destination, row.supply_class
        use = max(0.0, expected[key] + row.inbound_kg - row.on_hand_kg)
        expected[key] = row.on_hand_kg
        months = future.monthly.get(key, ())
        month = min((row.day_utc - start).days // 30, len(months) - 1)
        factor = future.demand.get(key, 1.0) * (months[month] if months else 1.0)
        wanted = level[key] + row.inbound_kg - use * factor
        below += wanted < row.reserve_kg - 0.01
        empty += wanted < 0.0
        level[key] = max(0.0, wanted)
        left[key] = level[key]
    for key, mass_kg in _under_way(plan).items():
        if key in left:
            left[key] += mass_kg
    return left, below, empty


def _under_way(plan: OperationsPlan) -> dict[tuple[str, str], float]:
    """Cargo of missions that lifted off in the year and that is unloaded after it, by place and class [kg]."""
    end, found = plan.scenario.settings.end_utc, dict[tuple[str, str], float]()
    lifted = {one.mission_id for one in plan.missions if one.launch_utc < end}
    for row in plan.manifest:
        if row.direction == "up" and row.mission_id in lifted and row.delivered_utc is not None and row.delivered_utc >= end:
            line = plan.scenario.lines[row.item_id.partition("#")[0]]
            key = line.destination, line.supply_class
            found[key] = found.get(key, 0.0) + row.mass_kg
    return found


def year_row(flown: FlownYear, *, seed: int, year: int, policy: str) -> YearRow:
    """What a year came to: KPIs of the plan as it was flown, lift-offs beside those committed, stock with its real use."""
    plan = flown.plan
    kpi = {one.kpi_id: one.value for one in measure_kpis(plan)}
    lifted = [one for one in plan.missions if one.launch_utc < plan.scenario.settings.end_utc]
    late = [one for one in lifted if one.launch_utc > flown.committed.get(one.mission_id, one.launch_utc) + days(_LATE_D)]
    delivered_kg = math.fsum(row.mass_kg for row in plan.manifest if row.direction == "up" and row.delivered_utc is not None)
    cost = math.fsum(one.cost_usd for one in plan.missions)
    return as_written(
        YearRow(
            seed=seed,
            year=year,
            policy=policy,
            due=len(plan.scenario.missions),
            flown=len(lifted),
            lost=sum(one.lost for one in plan.missions),
            replans=flown.replans,
            k1_percent=kpi["K1"],
            k2_percent=100.0 * len(late) / len(lifted) if lifted else None,
            k3_percent=kpi["K3"],
            k5_percent=kpi["K5"],
            k9_usd=kpi["K9"],
            k10_percent=kpi["K10"],
            delivered_kg=delivered_kg,
            usd_per_kg=cost / delivered_kg if delivered_kg else None,
            below_reserve_d=float(flown.below_reserve_d),
            empty_d=float(flown.empty_d),
        )
    )
