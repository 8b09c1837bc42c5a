"""How far lift-offs move: the record of past missions, each resampled whole, stretched to the lead time that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from supercargo.kernel import days_between
from supercargo.model import SlipRecord

__all__ = ["KERNEL_WIDTH", "LEAD_OFFSET_D", "SlipPath", "SlipPaths"]

LEAD_OFFSET_D = 30.0
"""Two leads are as alike as their logarithms once so many days are added: 10 days and 20 days before, much is the same."""

KERNEL_WIDTH = 0.5
"""Width of the Gaussian weight over that distance. Both numbers were chosen by leaving out one mission at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipPath:
    """What became of a mission from one report on: when later reports came, and what delay each of them told."""

    mission: str
    lead_d: float
    known_d: tuple[float, ...]  # after the first report
    told_d: tuple[float, ...]  # whole delay against its planned lift-off; the last is what came true

    @property
    def delay_d(self) -> float:
        """Delay that came true [d], not below zero."""
        return self.told_d[-1]


@dataclass(frozen=True, kw_only=True)
class SlipPaths:
    """All paths on record. A mission weighs by its most alike report, so that one with many reports does not count more."""

    paths: tuple[SlipPath, ...]

    @classmethod
    def of(cls, records: Iterable[SlipRecord]) -> SlipPaths:
        """The paths of a record of slips, one for each report."""
        missions: dict[str, list[SlipRecord]] = {}
        for record in sorted(records, key=lambda one: (one.mission, one.reported_utc)):
            missions.setdefault(record.mission, []).append(record)
        paths = [_path(reports[at:]) for reports in missions.values() for at in range(len(reports))]
        return cls(paths=tuple(paths))

    @cached_property
    def _leads_d(self) -> npt.NDArray[np.float64]:
        return np.array([path.lead_d for path in self.paths])

    @cached_property
    def _groups(self) -> tuple[tuple[int, int], ...]:
        """First and last place (not included) of each mission's paths."""
        names = [path.mission for path in self.paths]
        starts = [at for at, name in enumerate(names) if at == 0 or names[at - 1] != name]
        return tuple(zip(starts, [*starts[1:], len(names)], strict=True))

    def weights(self, lead_d: float) -> npt.NDArray[np.float64]:
        """Probability of each path for a lift-off `lead_d` days away; they add up to one."""
        apart = np.log((self._leads_d + LEAD_OFFSET_D) / (max(lead_d, 0.0) + LEAD_OFFSET_D)) / KERNEL_WIDTH
        exponent = -0.5 * apart**2
        alike = np.exp(exponent - exponent.max())
        weight = np.empty(len(alike))
        for first, last in self._groups:
            share = alike[first:last]
            total = share.sum()
            weight[first:last] = share * (share.max() / total) if total > 0.0 else 0.0
        found: npt.NDArray[np.float64] = weight / weight.sum()
        return found

    def stretch(self, lead_d: float) -> npt.NDArray[np.float64]:
        """Factor on times and delays of each path, so that it fits a lift-off `lead_d` days away."""
        factors: npt.NDArray[np.float64] = (max(lead_d, 0.0) + LEAD_OFFSET_D) / (self._leads_d + LEAD_OFFSET_D)
        return factors

    def quantiles_d(self, lead_d: float, shares: Sequence[float]) -> npt.NDArray[np.float64]:
        """Quantiles of the delay of a lift-off `lead_d` days away [d]."""
        delays = self.stretch(lead_d) * np.array([path.delay_d for path in self.paths])
        order = np.argsort(delays, kind="stable")
        heaped = np.cumsum(self.weights(lead_d)[order])
        places = np.searchsorted(heaped / heaped[-1], np.asarray(shares) - 1e-12)
        found: npt.NDArray[np.float64] = delays[order][np.minimum(places, len(delays) - 1)]
        return found


def _path(reports: Sequence[SlipRecord]) -> SlipPath:
    """The path from the first of a mission's reports; the truth is known half-way from the last report to its planned date."""
    first = reports[0]
    known = [days_between(first.reported_utc, report.reported_utc) for report in reports[1:]]
    told = [max(days_between(first.planned_utc, report.planned_utc), 0.0) for report in reports[1:]]
    last = reports[-1]
    ahead_d = min(last.lead_d, days_between(last.reported_utc, last.lifted_utc))
    known.append(days_between(first.reported_utc, last.reported_utc) + ahead_d / 2.0)
    told.append(max(days_between(first.planned_utc, last.lifted_utc), 0.0))
    return SlipPath(mission=first.mission, lead_d=first.lead_d, known_d=tuple(known), told_d=tuple(told))
