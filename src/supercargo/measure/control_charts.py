"""Control charts: individuals with moving range, shares (p), counts by their exposure (u), and the Western Electric rules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "LEAST_POINTS",
    "WESTERN_ELECTRIC",
    "ChartPoint",
    "ControlChart",
    "Signal",
    "completed",
    "individuals_chart",
    "moving_range_chart",
    "rate_chart",
    "share_chart",
    "western_electric",
]

LEAST_POINTS = 8
"""A chart of fewer points says nothing of a process: its own points make its limits."""

WESTERN_ELECTRIC: dict[int, tuple[str, int, int, float]] = {
    1: ("one point beyond 3 sigma", 1, 1, 3.0),
    2: ("two of three points beyond 2 sigma on one side", 2, 3, 2.0),
    3: ("four of five points beyond 1 sigma on one side", 4, 5, 1.0),
    4: ("eight points in a row on one side", 8, 8, 0.0),
}
"""The four rules of the Western Electric handbook (1956): words, so many points, of so many, beyond so many sigma."""

D2, D3, D4 = 1.128, 0.8525, 3.267
"""Of ranges of two: mean and spread in sigma, and the upper limit in mean ranges (Montgomery, appendix VI)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPoint:
    """A point with its own limits; `sigma` is the spread that is expected of it, `count` what it rests on."""

    label: str
    value: float
    centre: float
    lower: float
    upper: float
    sigma: float
    count: float = 1.0

    @property
    def distance(self) -> float:
        """How far it lies from the centre [sigma]; of no spread, 0 on the centre and infinite elsewhere."""
        if self.sigma > 0:
            return (self.value - self.centre) / self.sigma
        off = self.value - self.centre
        return math.copysign(math.inf, off) if abs(off) > 1e-12 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A rule that is met, the point that completes it, all the points that meet it, and on which side."""

    rule: int
    words: str
    at: str
    side: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChart:
    """A process over time: points with limits and what the rules find; `missing` says why there is no chart."""

    kind: str
    name: str
    unit: str
    points: tuple[ChartPoint, ...] = ()
    signals: tuple[Signal, ...] = ()
    centre: float = 0.0
    missing: str = ""

    @property
    def steady(self) -> bool:
        """There are enough points, and no rule finds anything."""
        return not self.missing and not self.signals


def completed(distances: Sequence[float]) -> tuple[int, ...]:
    """The rules that the last of some points completes; distances from the centre are in sigma."""
    last = distances[-1]
    return tuple(
        number
        for number, (_, least, window, beyond) in WESTERN_ELECTRIC.items()
        if _out(last, beyond, last) and sum(_out(one, beyond, last) for one in distances[-window:]) >= least
    )


def _out(distance: float, beyond: float, side: float) -> bool:
    return distance > beyond if side > 0 else distance < -beyond


def western_electric(points: Sequence[ChartPoint]) -> tuple[Signal, ...]:
    """What the four rules find, in order of the point that completes it.

    A point on the centre line is on neither side. Each further point that keeps a rule met is told again.
    """
    distances = [point.distance for point in points]
    found = []
    for at in range(len(points)):
        for rule in completed(distances[: at + 1]):
            words, _, window, beyond = WESTERN_ELECTRIC[rule]
            first = max(0, at + 1 - window)
            mine = [points[n].label for n in range(first, at + 1) if _out(distances[n], beyond, distances[at])]
            side = "above" if distances[at] > 0 else "below"
            found.append(Signal(rule=rule, words=words, at=points[at].label, side=side, points=tuple(mine)))
    return tuple(found)


def _chart(kind: str, name: str, unit: str, points: Sequence[ChartPoint]) -> ControlChart:
    if len(points) < LEAST_POINTS:
        missing = f"{len(points)} points, and {LEAST_POINTS} are the least that limits can be drawn from"
        return ControlChart(kind=kind, name=name, unit=unit, points=(), missing=missing)
    signals = western_electric(points)
    return ControlChart(kind=kind, name=name, unit=unit, points=tuple(points), signals=signals, centre=points[0].centre)


def individuals_chart(
    name: str, unit: str, values: Sequence[tuple[str, float]], *, within: tuple[float, float] = (-math.inf, math.inf)
) -> ControlChart:
    """Single values in order of time; the spread is that of the moving range of two, over 1.128.

    Limits stay within what a value can be.
    """
    numbers = [value for _, value in values]
    if len(numbers) < LEAST_POINTS:
        return _chart("individuals", name, unit, [_point(label, value, 0.0, 0.0) for label, value in values])
    centre = math.fsum(numbers) / len(numbers)
    sigma = _mean_range(numbers) / D2
    return _chart("individuals", name, unit, [_point(label, one, centre, sigma, within=within) for label, one in values])


def moving_range_chart(name: str, unit: str, values: Sequence[tuple[str, float]]) -> ControlChart:
    """Steps from one value to the next; only the first rule is asked, because neighbouring ranges share a value."""
    ranges = [(values[n][0], abs(values[n][1] - values[n - 1][1])) for n in range(1, len(values))]
    if len(ranges) < LEAST_POINTS - 1:
        missing = f"{len(values)} points, and {LEAST_POINTS} are the least that limits can be drawn from"
        return ControlChart(kind="moving range", name=name, unit=unit, missing=missing)
    centre = _mean_range([value for _, value in values])
    points = [
        ChartPoint(label=label, value=one, centre=centre, lower=0.0, upper=D4 * centre, sigma=D3 / D2 * centre)
        for label, one in ranges
    ]
    above = tuple(
        Signal(rule=1, words=WESTERN_ELECTRIC[1][0], at=one.label, side="above", points=(one.label,))
        for one in points
        if one.value > one.upper
    )
    return ControlChart(kind="moving range", name=name, unit=unit, points=tuple(points), signals=above, centre=centre)


def share_chart(name: str, values: Sequence[tuple[str, float, float]]) -> ControlChart:
    """Shares of objects, as (label, hits, objects): limits of the binomial, each by its own number of objects (p chart).

    Values, centre and limits are fractions. Periods without objects are left out.
    """
    kept = [(label, hit, whole) for label, hit, whole in values if whole > 0]
    whole = math.fsum(one[2] for one in kept)
    centre = math.fsum(one[1] for one in kept) / whole if whole else 0.0
    points = [
        _point(label, hit / count, centre, math.sqrt(centre * (1.0 - centre) / count), count, (0.0, 1.0))
        for label, hit, count in kept
    ]
    return _chart("p", name, "fraction", points)


def rate_chart(name: str, unit: str, values: Sequence[tuple[str, float, float]]) -> ControlChart:
    """Events by exposure, as (label, events, exposure): limits of the Poisson, each by its own exposure (u chart).

    Periods without exposure are left out; with an exposure of 1 each it is a c chart.
    """
    kept = [(label, count, exposed) for label, count, exposed in values if exposed > 0]
    exposed = math.fsum(one[2] for one in kept)
    centre = math.fsum(one[1] for one in kept) / exposed if exposed else 0.0
    points = [
        _point(label, count / exposed, centre, math.sqrt(centre / exposed), exposed, (0.0, math.inf))
        for label, count, exposed in kept
    ]
    return _chart("u", name, unit, points)


def _mean_range(values: Sequence[float]) -> float:
    return math.fsum(abs(values[n] - values[n - 1]) for n in range(1, len(values))) / (len(values) - 1)


def _point(
    label: str,
    value: float,
    centre: float,
    sigma: float,
    count: float = 1.0,
    within: tuple[float, float] = (-math.inf, math.inf),
) -> ChartPoint:
    return ChartPoint(
        label=label,
        value=value,
        centre=centre,
        lower=max(within[0], centre - 3.0 * sigma),
        upper=min(within[1], centre + 3.0 * sigma),
        sigma=sigma,
        count=count,
    )
