"""How reliable a flight is by its record: the mean and interval of Jeffreys' posterior."""

from __future__ import annotations

import math

from supercargo.measure.estimates import Interval
from supercargo.model import Chances, OperationsPlan, PlannedMission
from supercargo.model.fleet import Reliability

__all__ = ["beta_interval", "beta_share", "loss_probability", "reliability_of"]

_STEPS = 200


def beta_share(at: float, a: float, b: float) -> float:
    """Share of a beta distribution below `at`: the regularised incomplete beta function.

    By Lentz's continued fraction (Abramowitz and Stegun 26.5.8).

    >>> round(beta_share(0.5, 2, 3), 4)
    0.6875
    """
    if at <= 0.0 or at >= 1.0:
        return 0.0 if at <= 0.0 else 1.0
    if at > (a + 1.0) / (a + b + 2.0):
        return 1.0 - beta_share(1.0 - at, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(at) + b * math.log1p(-at)) / a
    return front * _fraction(at, a, b)


def _fraction(at: float, a: float, b: float) -> float:
    tiny = 1e-300
    d = 1.0 - (a + b) * at / (a + 1.0)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    c, value = 1.0, d
    for m in range(1, 10_000):
        even = m * (b - m) * at / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * at / ((a + 2 * m) * (a + 2 * m + 1.0))
        for step in (even, odd):
            d = 1.0 + step * d
            d = 1.0 / (d if abs(d) > tiny else tiny)
            c = 1.0 + step / c
            c = c if abs(c) > tiny else tiny
            value *= d * c
        if abs(d * c - 1.0) < 1e-14:
            break
    return value


def beta_interval(hits: float, trials: float, *, confidence: float = 0.9) -> Interval:
    """Equal-tailed interval of a share, hits over trials, by Jeffreys' prior Beta(1/2, 1/2).

    No hits: the lower end is 0, no misses: the upper is 1 (Brown, Cai and DasGupta, Statistical Science 16 (2001), 101-133).
    Raises ValueError for more hits than trials, or no trials.

    >>> low, high = beta_interval(1, 10, confidence=0.95)
    >>> round(low, 3), round(high, 3)
    (0.011, 0.381)
    """
    if not 0 <= hits <= trials or trials <= 0:
        raise ValueError(f"{hits} of {trials} is no share")
    tail = (1.0 - confidence) / 2.0
    a, b = hits + 0.5, trials - hits + 0.5
    low = 0.0 if hits == 0 else _quantile(tail, a, b)
    return low, 1.0 if hits == trials else _quantile(1.0 - tail, a, b)


def _quantile(share: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if beta_share(middle, a, b) < share else (low, middle)
    return (low + high) / 2.0


def loss_probability(chances: Chances, mission: PlannedMission) -> float:
    """Mean probability that a mission is lost before docking; 0 where no chance says that it can be."""
    row = chances.row_for("loss", mission.launcher, mission.vehicle_type)
    return row.mean_probability if row is not None else 0.0


def reliability_of(plan: OperationsPlan, chances: Chances) -> tuple[Reliability, ...]:
    """Each type that flies, with the record that speaks of it: a type with two launchers has a row for each record."""
    flights: dict[tuple[str, str], list[PlannedMission]] = {}
    for mission in plan.missions:
        row = chances.row_for("loss", mission.launcher, mission.vehicle_type)
        flights.setdefault((mission.vehicle_type, row.applies_to if row else "-"), []).append(mission)
    found = []
    for (vehicle_type, record), missions in sorted(flights.items()):
        row = chances.row_for("loss", missions[0].launcher, vehicle_type)
        if row is None:
            continue
        counted = row.beta is not None and row.trials_count is not None and row.hits_count is not None
        low, high = beta_interval(row.hits_count or 0.0, row.trials_count or 1.0) if counted else (None, None)
        lost = row.mean_probability
        found.append(
            Reliability(
                vehicle_type=vehicle_type,
                record=record,
                trials_count=row.trials_count if counted else None,
                losses_count=row.hits_count if counted else None,
                reliability=1.0 - lost,
                low=None if high is None else 1.0 - high,
                high=None if low is None else 1.0 - low,
                flights_count=len(missions),
                expected_losses=lost * len(missions),
                all_dock=(1.0 - lost) ** len(missions),
                evidence=row.evidence,
            )
        )
    return tuple(found)
