"""What technologies are worth: the same courses of a plan's year, with and without each."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from supercargo.kernel import Watch, silent
from supercargo.measure.contingencies import NO_EFFECT, Effect
from supercargo.measure.courses import Courses, Toll
from supercargo.measure.tails import Z_90
from supercargo.model import Chances, OperationsPlan, TechnologyWorth
from supercargo.simulate.courses import Drawing, draw_courses

__all__ = ["HALF", "MORE", "TOGETHER", "Valued", "value_technologies", "value_together"]

HALF, MORE = 0.5, 1.5
"""How many times as strong the effects are for the sensitivity."""


TOGETHER = "together"
"""Name of the worth of several technologies at once."""


@dataclass(frozen=True, kw_only=True)
class Valued:
    """Worth of each technology in the order asked for, and the courses without any."""

    worths: tuple[TechnologyWorth, ...]
    courses: Courses


def value_technologies(
    plan: OperationsPlan,
    chances: Chances,
    effects: Mapping[str, Effect],
    drawing: Drawing,
    *,
    watch: Watch = silent,
) -> Valued:
    """Each technology's worth a year by common random numbers, and at half and one and a half times the effect assumed.

    The sensitivity is drawn on a quarter of the courses, at least 20 and no more than there are. The horizon of the plan is
    taken for a year: its savings are divided by its length in years.
    """
    years = plan.scenario.settings.years
    few = min(drawing.runs, max(20, drawing.runs // 4))
    strong = list(effects.values())
    work = drawing.runs * (1 + len(strong)) + few * (1 + 2 * len(strong))
    first = drawing.runs * (1 + len(strong)) / work
    courses, tolls = draw_courses(plan, chances, strong, drawing, watch=lambda done: watch(first * done))
    scaled = [effect.scaled(share) for share in (HALF, MORE) for effect in strong]
    base, others = draw_courses(
        plan, chances, scaled, replace(drawing, runs=few), watch=lambda done: watch(first + (1.0 - first) * done)
    )
    means = [float((base.loss_usd - toll.loss_usd).mean()) / years for toll in others]
    return Valued(
        worths=tuple(
            replace(_worth(name, courses, toll, years), half_usd=half, more_usd=more, sensitivity_count=few)
            for name, toll, half, more in zip(effects, tolls, *_halves(means, len(strong)), strict=True)
        ),
        courses=courses,
    )


def value_together(
    plan: OperationsPlan, chances: Chances, effects: Sequence[Effect], drawing: Drawing, *, watch: Watch = silent
) -> TechnologyWorth:
    """What several technologies are worth a year when all are in place, on the same courses as each alone."""
    joint = functools.reduce(Effect.joined, effects, NO_EFFECT)
    courses, (toll,) = draw_courses(plan, chances, [joint], drawing, watch=watch)
    return _worth(TOGETHER, courses, toll, plan.scenario.settings.years)


def _halves(means: Sequence[float], count: int) -> tuple[list[float], list[float]]:
    rounded = [round(mean, 2) for mean in means]
    return rounded[:count], rounded[count:]


def _worth(name: str, before: Toll, after: Toll, years: float) -> TechnologyWorth:
    saved = (before.loss_usd - after.loss_usd) / years
    mean = float(saved.mean())
    half = Z_90 * float(saved.std(ddof=1)) / math.sqrt(before.count) if before.count > 1 else 0.0
    short = float((before.below_reserve_d - after.below_reserve_d).sum(axis=1).mean()) / years
    return TechnologyWorth(
        technology_id=name,
        yearly_usd=round(mean, 2),
        yearly_low_usd=round(mean - half, 2),
        yearly_high_usd=round(mean + half, 2),
        short_d_saved=round(short, 4),
        samples_count=before.count,
    )
