"""Bands of many futures, and whether what happened lies inside."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from supercargo.model import BandRow

__all__ = ["SHARE", "arrival_fan", "band_rows", "quantile"]

SHARE = 0.9
"""Share of the futures that a band holds; what is outside is halved between its two sides."""

_LOW, _HIGH = (1 - SHARE) / 2, (1 + SHARE) / 2


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value with at least a share of all values up to it (inverse of the empirical distribution).

    >>> quantile([4.0, 1.0, 3.0, 2.0], 0.5)
    2.0
    """
    return sorted(values)[max(0, math.ceil(share * len(values) - 1e-9) - 1)]


def band_rows(
    futures: Sequence[Sequence[int]], real: Sequence[tuple[int, str]], *, last_day: int, until_d: int
) -> tuple[BandRow, ...]:
    """Gaps and arrivals that happened beside the band of the futures.

    Arrivals are days, in order, of `real` with the mission's name; the first gap begins with the last arrival known, on
    `last_day`. A k-th gap or arrival is looked for beyond `until_d` too, so that no future is left out for being slow.
    """
    days_real = [day for day, _ in real]
    rows = []
    for kind in ("gap", "arrival"):
        for place, (day, mission) in enumerate(real):
            before = days_real[place - 1] if place else last_day
            drawn = [_figure(kind, days, place, last_day) for days in futures]
            rows.append(_row(kind, place + 1, mission, day - before if kind == "gap" else day, drawn))
    within = [[day for day in days if day <= until_d] for days in futures]
    sorted_real = sorted(_gaps(days_real, last_day), reverse=True)
    sorted_drawn = [sorted(_gaps(days, last_day), reverse=True) for days in within]
    for place, gap in enumerate(sorted_real):
        rows.append(_row("sorted gap", place + 1, "", gap, [one[place] if place < len(one) else 0 for one in sorted_drawn]))
    if sorted_real:
        rows.append(_row("longest gap", 1, "", sorted_real[0], [one[0] if one else 0 for one in sorted_drawn]))
    rows.append(_row("arrivals", 1, "", len(real), [len(days) for days in within]))
    return tuple(rows)


def _gaps(days: Sequence[int], last_day: int) -> list[int]:
    return [day - before for before, day in zip([last_day, *days], days, strict=False)]


def _figure(kind: str, days: Sequence[int], place: int, last_day: int) -> float:
    """The k-th gap or arrival of a future; infinite where it has none in all the time simulated."""
    if place >= len(days):
        return math.inf
    before = days[place - 1] if place else last_day
    return days[place] - before if kind == "gap" else days[place]


def _row(kind: str, number: int, mission: str, real: float, drawn: Sequence[float]) -> BandRow:
    low, middle, high = (quantile(drawn, share) for share in (_LOW, 0.5, _HIGH))
    return BandRow(
        kind=kind,
        number=number,
        mission=mission,
        real=float(real),
        p05=_finite(low),
        p50=_finite(middle),
        p95=_finite(high),
        inside=low <= real <= high,
    )


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def arrival_fan(futures: Sequence[Sequence[int]], real: Sequence[int], until_d: int) -> tuple[tuple[int, int, int, int], ...]:
    """Arrivals so far at the end of each day: 5, 50 and 95 percent of the futures, and what happened."""
    counts: npt.NDArray[np.int64] = np.zeros((len(futures), until_d + 1), dtype=np.int64)  # [future, day]
    for row, days in zip(counts, futures, strict=True):
        for day in days:
            if day <= until_d:
                row[max(day, 0)] += 1
    reached = np.sort(np.cumsum(counts, axis=1), axis=0)
    happened = np.searchsorted(np.sort(np.asarray(real, dtype=np.int64)), np.arange(until_d + 1), side="right")
    places = [max(0, math.ceil(share * len(futures) - 1e-9) - 1) for share in (_LOW, 0.5, _HIGH)]
    return tuple(
        (int(reached[places[0], day]), int(reached[places[1], day]), int(reached[places[2], day]), int(happened[day]))
        for day in range(until_d + 1)
    )
