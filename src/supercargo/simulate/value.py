"""What a change is worth: a chance switched off or an other plan, in the same futures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from supercargo.model import Chances, Difference, OperationsPlan
from supercargo.simulate.monte_carlo import Case, Order, Sample, fly_futures
from supercargo.simulate.outcomes import METRICS
from supercargo.simulate.spreads import difference_of

__all__ = ["MEASURES", "differences", "measures_of", "value_of"]

Floats = npt.NDArray[np.float64]

MEASURES = (
    *METRICS,
    ("stock days below reserve", "d"),
    ("stock days below zero", "d"),
)
"""What a change is measured by: the figures of each future, and days summed over all stocks."""


def measures_of(sample: Sample) -> dict[str, Floats]:
    """The measures of each future, by name."""
    found = {name: sample.numbers[:, at] for at, (name, _) in enumerate(METRICS)}
    found["stock days below reserve"] = sample.short_d.sum(axis=1).astype(np.float64)
    found["stock days below zero"] = sample.empty_d.sum(axis=1).astype(np.float64)
    return found


def differences(with_it: Sample, without: Sample) -> tuple[Difference, ...]:
    """How two samples of the same futures differ, measure by measure."""
    count = min(len(with_it.numbers), len(without.numbers))
    one, other = measures_of(with_it), measures_of(without)
    return tuple(difference_of(name, unit, one[name][:count], other[name][:count]) for name, unit in MEASURES)


def value_of(
    before: tuple[OperationsPlan, Chances],
    after: tuple[OperationsPlan, Chances],
    *,
    seed: int,
    runs: int = 1000,
    workers: int = 1,
    watch: Callable[[float], None] = lambda share: None,
) -> tuple[Difference, ...]:
    """What a contingency or a changed chance brings: `after` less `before` in the same futures, with standard errors.

    Futures are the same where the plans have the same missions, ports, stocks and up loads in the same order: change stock,
    reserves, terms, turnarounds, a port's docking system, or a row of the chances. Raises ScenarioError as `fly_futures`.
    """
    orders = [Order(case=Case.of(*one), seed=seed, runs=runs) for one in (before, after)]
    (old, _), (new, _) = fly_futures(orders, workers=workers, watch=watch)
    return differences(new, old)
