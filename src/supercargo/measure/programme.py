"""The cost programme: what drives cost, what initiatives save alone and together, how near that is to the target."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from supercargo.measure.cents import cents_of, usd_of
from supercargo.measure.kpis import KPIS
from supercargo.measure.measuring import measure_facts
from supercargo.measure.money import SERVICE, is_revenue
from supercargo.measure.plan_facts import facts_of_plan
from supercargo.measure.scored_money import BaseYear, base_year_of
from supercargo.model import CostRow, Initiative, InitiativeSaving, Lever, OperationsPlan, cells_of, lever_of

__all__ = [
    "COST_TARGET_PERCENT",
    "DRIVER_SWING",
    "CostFunction",
    "Driver",
    "Interaction",
    "Programme",
    "Sensitivity",
    "measure_programme",
    "month_start",
]

COST_TARGET_PERCENT = next(one.target for one in KPIS if one.kpi_id == "K15") or 0.0
"""What K15 asks for a year [percent]."""

DRIVER_SWING = 0.1
"""Each parameter is moved down and up by this share."""

CostFunction = Callable[[Sequence[tuple[Lever, float]]], tuple[CostRow, ...]]
"""Rows of costs.csv of the plan with parameters changed, each to its share."""

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A price or rate of the scenario moved down and up by a tenth: what the service's cost becomes [USD]."""

    rank: int
    parameter: str
    account: str
    low_usd: float
    high_usd: float
    swing_usd: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """Two initiatives that together save more (above 0) or less than the sum of both alone [USD]."""

    first: str
    second: str
    usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """The saving of the whole programme where one initiative reaches its least and its most, all others as meant [USD]."""

    rank: int
    initiative_id: str
    least_usd: float
    most_usd: float
    swing_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The cost programme of a plan; money in USD of its price year, shares in percent, over the whole horizon.

    `target_usd` is what the target asks of the service's cost; `committed_usd` what those
    save that are no mere ideas. K15 counts the whole chain, furnished flights included:
    `k15_percent` is that figure for the plan with all initiatives against the plan without them, `since_base_percent` for the
    plan as it stands against a base year (None without one).
    """

    name: str
    price_year: int
    years: float
    target_percent: float
    service_usd: float
    chain_usd: float
    revenue_usd: float
    up_kg: float
    together_usd: float
    alone_usd: float
    least_usd: float
    most_usd: float
    committed_usd: float
    committed_once_usd: float
    horizon_usd: float
    together_revenue_usd: float
    together_chain_usd: float
    one_off_usd: float
    k15_percent: float | None
    since_base_percent: float | None
    base_name: str
    template: bool
    replanned: bool
    drivers: tuple[Driver, ...]
    savings: tuple[InitiativeSaving, ...]
    interactions: tuple[Interaction, ...]
    sensitivity: tuple[Sensitivity, ...]

    @property
    def target_usd(self) -> float:
        """What the target asks to be saved of the service's cost in the horizon [USD]."""
        return self.service_usd * self.target_percent / 100.0

    @property
    def together_percent(self) -> float:
        """What all initiatives save of the service's cost [percent]."""
        return 100.0 * self.together_usd / self.service_usd if self.service_usd else 0.0

    @property
    def gap_usd(self) -> float:
        """What is missing to the target [USD]; 0 where it is reached."""
        return max(0.0, self.target_usd - self.together_usd)

    @property
    def interaction_usd(self) -> float:
        """What all save together beyond the sum of each alone [USD]."""
        return self.together_usd - self.alone_usd

    @property
    def margin_percent(self) -> tuple[float | None, float | None]:
        """Margin of the service without and with all initiatives [percent]; None without revenue."""
        earned = self.revenue_usd + self.together_revenue_usd
        before = 100.0 * (1.0 - self.service_usd / self.revenue_usd) if self.revenue_usd > 0 else None
        after = 100.0 * (1.0 - (self.service_usd - self.together_usd) / earned) if earned > 0 else None
        return before, after


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums of rows of costs.csv in cents."""

    service: int
    chain: int
    revenue: int
    accounts: dict[str, int]
    missions: dict[str, int]  # what the service pays


def _sums(rows: Iterable[CostRow]) -> _Sums:
    service = chain = revenue = 0
    accounts: dict[str, int] = defaultdict(int)
    missions: dict[str, int] = defaultdict(int)
    for row in rows:
        cents = cents_of(row.plan_usd)
        accounts[row.account] += cents
        if is_revenue(row):
            revenue += cents
            continue
        chain += cents
        if row.paid_by == SERVICE:
            service += cents
            missions[row.mission_id] += cents
    return _Sums(service, chain, revenue, dict(accounts), dict(missions))


def month_start(start_utc: datetime, month: int) -> datetime:
    """The instant at which a month of the horizon begins; 1 is the first, which begins with the horizon.

    >>> from datetime import UTC
    >>> month_start(datetime(2027, 11, 1, tzinfo=UTC), 3).isoformat()[:10]
    '2028-01-01'
    """
    years, months = divmod(start_utc.month - 1 + month - 1, 12)
    return start_utc.replace(year=start_utc.year + years, month=months + 1, day=min(start_utc.day, 28))


@dataclass(frozen=True)
class _Runs:
    """Runs of the cost model, each made once."""

    cost: CostFunction
    made: dict[tuple[tuple[Lever, float], ...], _Sums]

    def of(self, pairs: Iterable[tuple[Initiative, float]]) -> _Sums:
        pulls = _pulls(pairs)
        if pulls not in self.made:
            self.made[pulls] = _sums(self.cost(pulls))
        return self.made[pulls]


def _pulls(pairs: Iterable[tuple[Initiative, float]]) -> tuple[tuple[Lever, float], ...]:
    return tuple((lever_of(word), share) for one, share in pairs for word in one.changes)


def measure_programme(
    plan: OperationsPlan,
    initiatives: tuple[Initiative, ...],
    cost: CostFunction,
    can: Callable[[Lever], bool],
    *,
    base: BaseYear | None = None,
    template: bool = False,
) -> Programme:
    """Measure initiatives on a plan: the cost function with and without each, alone, together and with one left out.

    `can` tells which changes the cost function can run; an initiative with another is told as not measured. Stopped ones are
    left out. Raises ScenarioError for a change of what the scenario has not.
    """
    live = [one for one in initiatives if one.state != "stopped"]
    held = [one for one in live if all(can(lever_of(word)) for word in one.changes)]
    committed = [one for one in held if one.state != "idea"]
    runs = _Runs(cost, {})
    before, after = runs.of([]), runs.of(_all(held))
    savings = _ranked([_saving(plan, one, held, runs) for one in live])
    known = [row for row in savings if row.saving_usd is not None]
    settings = plan.scenario.settings
    facts = facts_of_plan(plan)
    least = before.service - runs.of([(one, one.least_fraction) for one in held]).service
    most = before.service - runs.of([(one, one.most_fraction) for one in held]).service
    return Programme(
        name=settings.name,
        price_year=settings.currency_year,
        years=settings.years,
        target_percent=COST_TARGET_PERCENT,
        service_usd=usd_of(before.service),
        chain_usd=usd_of(before.chain),
        revenue_usd=usd_of(before.revenue),
        up_kg=math.fsum(kg for line in facts.lines if line.direction == "up" for _, _, kg in line.deliveries),
        together_usd=usd_of(before.service - after.service),
        alone_usd=math.fsum(row.saving_usd or 0.0 for row in known),
        least_usd=usd_of(least),
        most_usd=usd_of(most),
        committed_usd=usd_of(before.service - runs.of(_all(committed)).service),
        committed_once_usd=math.fsum(one.one_off_usd for one in committed),
        horizon_usd=usd_of(_horizon_cents(plan, held, runs)),
        together_revenue_usd=usd_of(after.revenue - before.revenue),
        together_chain_usd=usd_of(before.chain - after.chain),
        one_off_usd=math.fsum(one.one_off_usd for one in held),
        k15_percent=_k15(plan, cost(_pulls(_all(held)))),
        since_base_percent=_k15_value(plan, base),
        base_name=base.name if base else "",
        template=template,
        replanned=any(row.way == "replanned" for row in savings),
        drivers=_drivers(plan, cost, before),
        savings=savings,
        interactions=_interactions(held, runs, before, savings),
        sensitivity=_sensitivity(held, runs, before),
    )


def _all(held: Iterable[Initiative]) -> list[tuple[Initiative, float]]:
    return [(one, 1.0) for one in held]


def _k15(plan: OperationsPlan, rows: tuple[CostRow, ...]) -> float | None:
    """K15 of the plan at other costs, against the plan at its own."""
    return _k15_value(replace(plan, costs=rows), base_year_of(facts_of_plan(plan), "the plan without initiatives"))


def _k15_value(plan: OperationsPlan, base: BaseYear | None) -> float | None:
    if base is None:
        return None
    (told,) = measure_facts(facts_of_plan(plan), base=base, only=("K15",))
    return told.value


def _saving(plan: OperationsPlan, one: Initiative, held: Sequence[Initiative], runs: _Runs) -> InitiativeSaving:
    told = InitiativeSaving(
        rank=1,
        initiative_id=one.initiative_id,
        title=one.title,
        aim=one.aim,
        way="not measured",
        changes=one.changes,
        accounts=(),
        one_off_usd=one.one_off_usd,
        start_month=one.start_month,
        owner=one.owner,
        state=one.state,
        evidence=one.evidence,
    )
    if one not in held:
        return told
    before, alone = runs.of([]), runs.of([(one, 1.0)])
    rest = runs.of(_all(other for other in held if other is not one))
    saved, earned = before.service - alone.service, alone.revenue - before.revenue
    worth = usd_of(saved + earned) / plan.scenario.settings.years
    moved = {name for name in {*before.accounts, *alone.accounts} if before.accounts.get(name) != alone.accounts.get(name)}
    return replace(
        told,
        way=_way(one),
        accounts=tuple(sorted(moved)),
        saving_usd=usd_of(saved),
        least_usd=usd_of(before.service - runs.of([(one, one.least_fraction)]).service),
        most_usd=usd_of(before.service - runs.of([(one, one.most_fraction)]).service),
        last_usd=usd_of(rest.service - runs.of(_all(held)).service),
        horizon_usd=usd_of(_late_cents(plan, one, before, alone)),
        revenue_usd=usd_of(earned),
        chain_usd=usd_of(before.chain - alone.chain),
        payback_d=round(one.one_off_usd / worth * _DAYS_A_YEAR, 1) if worth > 0 else None,
    )


_PRICE_COLUMNS = ("usd", "price_usd", "usd_per_kg", "value", "declared_usd")


def _way(one: Initiative) -> str:
    priced = all(lever_of(word).column in _PRICE_COLUMNS for word in one.changes)
    return "recosted" if priced else "replanned"


def _late_cents(plan: OperationsPlan, one: Initiative, before: _Sums, alone: _Sums) -> int:
    """Saved on flights that lift off once the initiative works."""
    works = month_start(plan.scenario.settings.start_utc, one.start_month)
    names = [mission.mission_id for mission in plan.missions if mission.launch_utc >= works]
    return sum(before.missions.get(name, 0) - alone.missions.get(name, 0) for name in names)


def _horizon_cents(plan: OperationsPlan, held: Sequence[Initiative], runs: _Runs) -> int:
    """Saved in the horizon by all together: each flight is costed with those initiatives that work when it lifts off."""
    start, before, saved = plan.scenario.settings.start_utc, runs.of([]), 0
    for mission in plan.missions:
        working = [one for one in held if mission.launch_utc >= month_start(start, one.start_month)]
        saved += before.missions.get(mission.mission_id, 0) - runs.of(_all(working)).missions.get(mission.mission_id, 0)
    return saved


def _ranked(savings: Sequence[InitiativeSaving]) -> tuple[InitiativeSaving, ...]:
    def worth(row: InitiativeSaving) -> tuple[bool, float, str]:
        known = row.saving_usd is not None
        return not known, -((row.saving_usd or 0.0) + (row.revenue_usd or 0.0)), row.initiative_id

    return tuple(replace(row, rank=rank) for rank, row in enumerate(sorted(savings, key=worth), 1))


def _interactions(
    held: Sequence[Initiative], runs: _Runs, before: _Sums, savings: Sequence[InitiativeSaving]
) -> tuple[Interaction, ...]:  # fmt: skip
    """Pairs among those whose saving depends on the others, the largest first."""
    mixed = {row.initiative_id for row in savings if row.saving_usd != row.last_usd}
    found = []
    for one, two in itertools.combinations([one for one in held if one.initiative_id in mixed], 2):
        both = before.service - runs.of([(one, 1.0), (two, 1.0)]).service
        alone = sum(before.service - runs.of([(single, 1.0)]).service for single in (one, two))
        if both != alone:
            found.append(Interaction(first=one.initiative_id, second=two.initiative_id, usd=usd_of(both - alone)))
    return tuple(sorted(found, key=lambda row: (-abs(row.usd), row.first, row.second)))


def _sensitivity(held: Sequence[Initiative], runs: _Runs, before: _Sums) -> tuple[Sensitivity, ...]:
    found = []
    for one in held:
        if runs.of([(one, 1.0)]).service == before.service:
            continue
        ends = [
            before.service - runs.of([(other, share if other is one else 1.0) for other in held]).service
            for share in (one.least_fraction, one.most_fraction)
        ]
        found.append((abs(ends[1] - ends[0]), one.initiative_id, ends[0], ends[1]))
    found.sort(key=lambda row: (-row[0], row[1]))
    return tuple(
        Sensitivity(rank=rank, initiative_id=name, least_usd=usd_of(low), most_usd=usd_of(high), swing_usd=usd_of(swing))
        for rank, (swing, name, low, high) in enumerate(found, 1)
    )


def _drivers(plan: OperationsPlan, cost: CostFunction, before: _Sums) -> tuple[Driver, ...]:
    """Each rate, and the price of launches and of spacecraft that the service buys, moved by a tenth; the widest first."""
    scenario = plan.scenario
    cells = [(f"cost_rates.csv/{rate.account}/{rate.driver}/usd", rate.account) for rate in scenario.cost_rates]
    cells += [("launchers.csv/*/price_usd", "launch"), ("vehicles.csv/*/price_usd", "spacecraft")]
    found = []
    for cell, account in cells:
        cells_of(scenario, cell)
        ends = []
        for factor in (1.0 - DRIVER_SWING, 1.0 + DRIVER_SWING):
            lever = lever_of(f"{cell}*{factor:.6f}")
            ends.append(_sums(cost([(lever, 1.0)])).service)
        found.append((ends[1] - ends[0], cell, account, ends))
    found.sort(key=lambda row: (-row[0], row[1]))
    return tuple(
        Driver(
            rank=rank,
            parameter=cell,
            account=account,
            low_usd=usd_of(ends[0]),
            high_usd=usd_of(ends[1]),
            swing_usd=usd_of(swing),
            share=swing / (2.0 * DRIVER_SWING * before.service) if before.service else 0.0,
        )
        for rank, (swing, cell, account, ends) in enumerate(found, 1)
        if swing
    )
