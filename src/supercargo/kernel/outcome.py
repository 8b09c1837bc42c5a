"""An optimiser's answer: status, best found, objective and proven bound travel together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

__all__ = ["Fuse", "Outcome", "Status", "Watch", "never", "silent"]

T = TypeVar("T")

Watch = Callable[[float], None]
"""Called with the share of work done, 0 to 1."""

Fuse = Callable[[], float]
"""Returns the seconds left before a stage must stop with what it has; the face owns the clock behind it."""


def never() -> float:
    """A fuse that never blows."""
    return math.inf


def silent(share: float) -> None:
    """A watch that tells nobody."""


class Status(StrEnum):
    """What is known of an answer."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """The answer of an optimising stage; everything is minimised, `best` is None where there is no plan."""

    status: Status
    best: T | None
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """Proven share by which the objective may be improved, 0 when optimal, infinite without answer or bound."""
        if self.best is None or not math.isfinite(self.bound):
            return math.inf
        distance = max(0.0, self.objective - self.bound)
        return 0.0 if distance <= 1e-9 else distance / max(abs(self.objective), 1e-9)
