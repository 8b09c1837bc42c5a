"""A figure and all that is behind it: objects counted, trend, interval, largest causes; one way to add up for every basis."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import quantity, text
from supercargo.measure.estimates import bootstrap, poisson, wilson

__all__ = [
    "METHODS",
    "PERIODS",
    "Cause",
    "Counted",
    "Measured",
    "TrendPoint",
    "amount_of",
    "largest_causes",
    "lenient_of",
    "limits_of",
    "period_of",
    "trend_of",
]

METHODS = {
    "share": "Wilson, 95 %",
    "rate": "Poisson (Garwood), 95 %",
    "count": "Poisson (Garwood), 95 %",
    "mean": "bootstrap over objects, 95 %",
    "ratio": "bootstrap over objects, 95 %",
    "sum": "",
    "census": "",
}
"""How the objects of a figure are added up, and what its interval is made by; sums and censuses are no estimates."""

PERIODS: dict[str, Callable[[datetime], str]] = {
    "month": lambda at: f"{at.year:04d}-{at.month:02d}",
    "quarter": lambda at: f"{at.year:04d}-Q{(at.month + 2) // 3}",
}
"""Calendar periods of a trend, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One object as a figure counts it: a row of a drill-down."""

    kpi_id: str = text("figure")
    object: str = text("line, mission, order, resource or event")
    counted: str = text("what it is counted as")
    hit: float = quantity("value", "what it adds above the fraction line")
    whole: float = quantity("value", "what it adds below it; 0 in sums and counts", default=0.0)
    lenient: float | None = quantity("value", "what it adds by the contract's terms; empty: as strictly", default=None)
    why: str = text("why it counts against the target, or what it is", default="")
    at_utc: datetime | None = text("when it counts", default=None)
    position: int | None = quantity("count", "place of the event in the log; empty: a plan's, or none yet", default=None)
    customer: str = text("whose it is; empty: the company's own", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What weighs in a figure: how many objects, and their share of the weight of all, in what it measures [percent]."""

    why: str
    count: int
    percent: float
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """A figure in one period; `count` is how many objects it rests on."""

    period: str
    value: float | None
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A KPI or metric with what it rests on; without evidence value and met are None, and `note` says what is missing.

    `strict` and `contractual` stand side by side; `value` is the strict one. `edition` names the standard of a SCOR metric.
    """

    kpi_id: str
    name: str
    formula: str
    unit: str
    sense: str
    target: float | None
    value: float | None
    met: bool | None
    basis: str
    note: str
    contractual: float | None = None
    low: float | None = None
    high: float | None = None
    interval: str = ""
    trend: tuple[TrendPoint, ...] = ()
    causes: tuple[Cause, ...] = ()
    rows: tuple[Counted, ...] = ()
    edition: str = ""

    @property
    def known(self) -> bool:
        """There is evidence for a value."""
        return self.value is not None


def period_of(at_utc: datetime, period: str) -> str:
    """The name of the month or quarter in which an instant lies.

    >>> from datetime import UTC
    >>> period_of(datetime(2027, 5, 3, tzinfo=UTC), "quarter")
    '2027-Q2'
    """
    return PERIODS[period](at_utc)


def amount_of(rows: Iterable[Counted], way: str, scale: float = 1.0) -> float | None:
    """The figure of its objects: their sum, or sum over sum times `scale`; None where there is nothing below the line."""
    listed = tuple(rows)
    hit = math.fsum(row.hit for row in listed)
    if way in ("sum", "count"):
        return hit
    whole = math.fsum(row.whole for row in listed)
    return scale * hit / whole if whole > 0 else None


def lenient_of(rows: Iterable[Counted], way: str, scale: float = 1.0) -> float | None:
    """The figure by the contract's terms; None where no object counts otherwise by them."""
    listed = tuple(rows)
    if all(row.lenient is None for row in listed):
        return None
    hit = math.fsum(row.hit if row.lenient is None else row.lenient for row in listed)
    if way in ("sum", "count"):
        return hit
    whole = math.fsum(row.whole for row in listed)
    return scale * hit / whole if whole > 0 else None


def limits_of(rows: Sequence[Counted], way: str, name: str, scale: float = 1.0) -> tuple[float, float] | None:
    """The interval of a figure by the method of its way; None for sums, censuses and samples too small."""
    hit, whole = math.fsum(row.hit for row in rows), math.fsum(row.whole for row in rows)
    if way == "share" and whole > 0 and 0 <= hit <= whole:
        low, high = wilson(hit, whole)
    elif way == "rate" and whole > 0:
        low, high = (end / whole for end in poisson(round(hit)))
    elif way == "count":
        low, high = poisson(round(hit))
    elif way in ("mean", "ratio"):
        pairs = _pairs(rows)
        found = bootstrap([pair[0] for pair in pairs], [pair[1] for pair in pairs], name)
        if found is None:
            return None
        low, high = found
    else:
        return None
    factor = 1.0 if way == "count" else scale
    return low * factor, high * factor


def _pairs(rows: Iterable[Counted]) -> list[tuple[float, float]]:
    """What is above and below the line, added up by object, in order of name: the order of rows does not matter."""
    sums: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for row in sorted(rows, key=lambda row: (row.object, row.hit, row.whole)):
        hit, whole = sums[row.object]
        sums[row.object] = (hit + row.hit, whole + row.whole)
    return [sums[name] for name in sorted(sums)]


def trend_of(rows: Iterable[Counted], way: str, name: str, period: str, scale: float = 1.0) -> tuple[TrendPoint, ...]:
    """The figure of each period in which something counts, in order; objects without an instant are in none."""
    groups: dict[str, list[Counted]] = defaultdict(list)
    for row in rows:
        if row.at_utc is not None:
            groups[period_of(row.at_utc, period)].append(row)
    points = []
    for key in sorted(groups):
        listed = groups[key]
        value = amount_of(listed, way, scale)
        limits = limits_of(listed, way, f"{name} {key}", scale) if value is not None else None
        low, high = limits or (None, None)
        points.append(TrendPoint(period=key, value=value, low=low, high=high, count=len(listed)))
    return tuple(points)


def largest_causes(rows: Iterable[Counted], *, by: str = "objects") -> tuple[Cause, ...]:
    """What is said of objects that weigh, from the heaviest to the lightest, each with the object that weighs most in it.

    `by` says in what: `objects` count alike; `hit`: by what each adds above the fraction line, whichever sign, be it money or
    pieces.
    """
    groups: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for row in rows:
        if row.why:
            groups[row.why].append((1.0 if by == "objects" else abs(row.hit), row.object))
    weights = {why: math.fsum(weight for weight, _ in found) for why, found in groups.items()}
    total = math.fsum(weights.values())
    ranked = sorted(groups.items(), key=lambda one: (-weights[one[0]], one[0]))
    return tuple(
        Cause(
            why=why,
            count=len(found),
            percent=100.0 * weights[why] / total if total else 0.0,
            example=min(found, key=lambda one: (-one[0], one[1]))[1],
        )
        for why, found in ranked
    )
