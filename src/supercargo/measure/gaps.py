"""How long a place waits for its next delivery, and how often losses come in a row, in closed form."""

from __future__ import annotations

import math

from supercargo.kernel import ScenarioError

__all__ = ["loss_run_probability", "no_loss_probability", "skip_gap_probability"]


def skip_gap_probability(
    reserve_d: float, *, cycle_d: float, loss_probability: float, on_time_probability: float, weibull: tuple[float, float]
) -> float:
    """Probability that the gap between two arrivals is longer than a reserve lasts.

    Missions come every `cycle_d` [d]; each is lost with `loss_probability`, and the one that arrives is late by nothing with
    `on_time_probability`, else by a Weibull delay of `weibull` (shape, scale [d]): the sum over k losses in a row of
    p^k (1 - p) P((k + 1) T + D > R). Losses and delays are independent: no stand-down.

    >>> gap = {"cycle_d": 60, "loss_probability": 0.02, "on_time_probability": 0.143, "weibull": (1.022, 26.5)}
    >>> round(skip_gap_probability(180, **gap), 5)
    0.0098

    Raises ScenarioError for a probability outside [0, 1) or a length that is not above zero.
    """
    shape, scale_d = weibull
    if not (0.0 <= loss_probability < 1.0 and 0.0 <= on_time_probability <= 1.0 and min(cycle_d, shape, scale_d) > 0.0):
        fix = "give probabilities from 0 to less than 1, and lengths above zero"
        raise ScenarioError("the gap of such missions is not defined", fix=fix, where="skip gap")
    total, lost, missions = 0.0, 1.0, 1
    while missions * cycle_d <= reserve_d:
        late_d = reserve_d - missions * cycle_d
        later = (1.0 - on_time_probability) * math.exp(-((late_d / scale_d) ** shape))
        total += lost * (1.0 - loss_probability) * later
        lost *= loss_probability
        missions += 1
    return total + lost  # after so many losses every arrival is too late


def no_loss_probability(flights: int, loss_probability: float) -> float:
    """Probability that none of so many flights is lost."""
    return (1.0 - loss_probability) ** flights


def loss_run_probability(flights: int, loss_probability: float, run: int) -> float:
    """Probability that somewhere among so many flights `run` or more in a row are lost, flights being independent.

    >>> round(loss_run_probability(2, 0.1, 2), 4)
    0.01
    """
    runs = [1.0] + [0.0] * (run - 1)  # [losses in a row so far] while no run is whole
    for _ in range(flights):
        kept = sum(runs) * (1.0 - loss_probability)
        runs = [kept, *(share * loss_probability for share in runs[:-1])]
    return 1.0 - sum(runs)
