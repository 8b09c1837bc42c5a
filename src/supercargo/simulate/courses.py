"""Courses of a plan's year, with and without contingencies, on the same random numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from supercargo.kernel import DAY_S, Watch, silent, stream
from supercargo.measure.contingencies import NO_EFFECT, Effect
from supercargo.measure.courses import Courses, Toll
from supercargo.measure.insured import lots_aboard
from supercargo.measure.money import SERVICE
from supercargo.model import Chance, Chances, OperationsPlan
from supercargo.simulate.course import Course, Money, Timing
from supercargo.simulate.draws import drawn_numbers
from supercargo.simulate.monte_carlo import Case, Order, Sample, fly_futures, fly_unharmed
from supercargo.simulate.odds import Odds, odds_of
from supercargo.simulate.outcomes import METRICS

__all__ = ["Drawing", "changed_chances", "draw_courses", "draw_losses"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def changed_chances(chances: Chances, effect: Effect) -> Chances:
    """The chances with a contingency: sizes and probabilities multiplied, shares and probabilities never above 1."""
    rows = chances.rows
    for name, part, factor in effect.factors:
        rows = tuple(_changed(row, part, factor) if row.chance == name else row for row in rows)
    return replace(chances, rows=rows)


def _changed(row: Chance, part: str, factor: float) -> Chance:
    if part == "size":
        most = 1.0 if row.chance == "damage" else 5000.0
        sizes = ("least_value", "likely_value", "most_value")
        return replace(row, **{name: min(most, getattr(row, name) * factor) for name in sizes})
    if row.beta is None:
        return replace(row, probability=min(1.0, row.mean_probability * factor))
    trials = row.trials_count or 0.0
    hits = min(trials, max(0.0, (row.mean_probability * factor) * (trials + 1.0) - 0.5))
    return replace(row, hits_count=hits)  # a record stays one: its rate is drawn from what it leaves open


def draw_losses(plan: OperationsPlan, chances: Chances, *, seed: int, count: int) -> tuple[tuple[str, ...], Bools]:
    """Missions, and in which of so many courses each is lost if all fly; for covers, which want many courses of losses alone.

    The rate of a family is drawn once a course from what its record leaves open, so that losses of a family go together.
    """
    odds, rng = odds_of(plan, chances), stream(seed, "cover")
    columns = [rng.beta(*row.beta, size=count) if row.beta else np.full(count, row.mean_probability) for row in odds.loss_rows]
    rates = np.stack([*columns, np.zeros(count)], axis=1)  # [course, row]; the last: can't be lost
    lost = (rng.random((count, len(odds.missions))) < rates[:, odds.loss_row]) & odds.ahead
    return tuple(one.mission_id for one in odds.missions), lost


@dataclass(frozen=True, slots=True)
class Drawing:
    """Seed, number of courses, and processes; the figures are the same for any number of processes."""

    seed: int
    runs: int
    workers: int = 1


def draw_courses(
    plan: OperationsPlan, chances: Chances, effects: Sequence[Effect], drawing: Drawing, *, watch: Watch = silent
) -> tuple[Courses, tuple[Toll, ...]]:
    """Courses of a plan's year, and what they cost with each of several contingencies in place.

    Each is flown by the rule of dispatch, without a new plan. What it costs the service is the margin that the plan as it
    stands would have brought and it does not, and the declared value of cargo that is lost or damaged.
    """
    cases = [_case(plan, chances, effect) for effect in (NO_EFFECT, *effects)]
    orders = [Order(case=case, seed=drawing.seed, runs=drawing.runs) for case in cases]
    samples = [sample for sample, _ in fly_futures(orders, workers=drawing.workers, watch=watch)]
    worth = _Worth.of(cases[0])
    base = _courses(cases[0], samples[0], worth, drawing)
    damaged = base.damaged_usd.sum(axis=1)
    tolls = []
    for case, sample, effect in zip(cases[1:], samples[1:], effects, strict=True):
        alike = not any(name == "damage" for name, _, _ in effect.factors)
        own = damaged if alike else _damaged(case.odds, worth, drawing).sum(axis=1)
        tolls.append(Toll(loss_usd=worth.loss_usd(sample, own, effect), below_reserve_d=sample.short_d.astype(np.float64)))
    return base, tuple(tolls)


def _case(plan: OperationsPlan, chances: Chances, effect: Effect) -> Case:
    case = Case.of(plan, changed_chances(chances, effect))
    course = case.course
    more_d = np.array([sum(d for place, d in effect.stock_d if place in ("*", use.destination)) for use in case.odds.uses])
    if more_d.any():
        more = course.stocks._replace(on_hand=course.stocks.on_hand + more_d * course.stocks.use.mean(axis=1))
        course = replace(course, stocks=more)
    if effect.accounts:
        course = replace(course, money=_cheaper(plan, course, effect))
    if effect.turnarounds:
        course = replace(course, timing=_quicker(course.timing, effect))
    return case if course is case.course else replace(case, course=course)


def _cheaper(plan: OperationsPlan, course: Course, effect: Effect) -> Money:
    """Money with accounts of the service multiplied; what a load left behind saves stays as it was."""
    at = {name: place for place, name in enumerate(course.missions)}
    kept = dict.fromkeys((account for account, _ in effect.accounts), 1.0)
    for account, factor in effect.accounts:
        kept[account] *= factor
    saved = np.zeros(len(at))
    for row in plan.costs:
        if row.account in kept and row.paid_by == SERVICE and row.mission_id in at:
            saved[at[row.mission_id]] += (1.0 - kept[row.account]) * row.plan_usd
    by_day = {rate.account for rate in plan.scenario.cost_rates if rate.driver == "docked_d"}
    days_factor = math.prod(factor for account, factor in kept.items() if account in by_day)
    money = course.money
    return money._replace(service=money.service - saved, whole=money.whole - saved, docked=money.docked * days_factor)


def _quicker(timing: Timing, effect: Effect) -> Timing:
    """Timing with the time that tails, pads or processing need multiplied."""
    fields = {"tail": "tail_turn", "pad": "pad_turn", "processing": "processing"}
    for what, factor in effect.turnarounds:
        spans = np.rint(getattr(timing, fields[what]) * factor).astype(np.int64)
        timing = timing._replace(**{fields[what]: spans})
    return timing


@dataclass(frozen=True, kw_only=True)
class _Worth:
    """What a plan brings as it stands, and what its missions and lines are worth [USD]."""

    margin_usd: float
    cargo_usd: Floats  # [mission] declared value aboard, up
    earned_usd: Floats  # [mission] what the service earns with it
    line_usd: Floats  # [up load of the odds] declared value
    classes: Mapping[str, npt.NDArray[np.bool_]]  # class -> [up load of the odds]

    @classmethod
    def of(cls, case: Case) -> _Worth:
        odds = case.odds
        lots = lots_aboard(odds.plan)
        value = {lot.item_id: lot.usd for rows in lots.values() for lot in rows}
        names = sorted({row.supply_class for row in odds.lines})
        return cls(
            margin_usd=float(fly_unharmed(case)[0][_MARGIN]),
            cargo_usd=np.array([sum(lot.usd for lot in lots.get(one.mission_id, ())) for one in odds.missions]),
            earned_usd=np.array([max(0.0, one.price_usd) for one in odds.missions]),
            line_usd=np.array([value.get(row.item_id, 0.0) for row in odds.lines]),
            classes={name: np.array([row.supply_class == name for row in odds.lines], dtype=np.bool_) for name in names},
        )

    def loss_usd(self, sample: Sample, damaged_usd: Floats, effect: Effect) -> Floats:
        """[course] what each course costs."""
        saved = (1.0 - effect.loss_factor) * (sample.lost @ (self.cargo_usd + self.earned_usd))
        return self.margin_usd - sample.numbers[:, _MARGIN] + sample.lost @ self.cargo_usd + damaged_usd - saved


_MARGIN = [name for name, _ in METRICS].index("margin")


def _courses(case: Case, sample: Sample, worth: _Worth, drawing: Drawing) -> Courses:
    odds, course, horizon_s = case.odds, case.course, case.course.timing.end
    drawn = [drawn_numbers(odds, seed=drawing.seed, index=index) for index in range(drawing.runs)]
    outs = np.clip(np.array([one.port_out_s for one in drawn]), 0, horizon_s)
    damaged = _by_class(np.array([one.damage for one in drawn]), worth)
    late = (np.minimum(sample.when, horizon_s) - course.timing.launch) / DAY_S
    return Courses(
        missions=course.missions,
        ports=odds.ports,
        classes=tuple(worth.classes),
        stocks=course.stock_names,
        lost=sample.lost,
        slip_d=late,
        overrun_d=np.array([one.overrun_s for one in drawn]) / DAY_S,
        port_out_d=(outs[:, :, 1] - outs[:, :, 0]) / DAY_S,
        damaged_usd=damaged,
        demand_fraction=np.array([one.demand for one in drawn]) - 1.0,
        supplier_delay_d=np.array([one.supplier_delay_s.max(initial=0) for one in drawn]) / DAY_S,
        below_reserve_d=sample.short_d.astype(np.float64),
        below_zero_d=sample.empty_d.astype(np.float64),
        loss_usd=worth.loss_usd(sample, damaged.sum(axis=1), NO_EFFECT),
    )


def _damaged(odds: Odds, worth: _Worth, drawing: Drawing) -> Floats:
    drawn = [drawn_numbers(odds, seed=drawing.seed, index=index).damage for index in range(drawing.runs)]
    return _by_class(np.array(drawn), worth)


def _by_class(damage: Floats, worth: _Worth) -> Floats:
    """[course, class] declared value damaged."""
    values = damage * worth.line_usd
    return np.stack([values @ own for own in worth.classes.values()], axis=1) if worth.classes else np.zeros((len(damage), 0))
