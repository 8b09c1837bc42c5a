"""A back-test on one self-contained page: arrivals, gaps with their bands, stock with and without the losses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from supercargo.kernel import days_between
from supercargo.model import BackTest, BandRow, StockBandRow
from supercargo.report.svg import PALETTE, CalendarAxis, escaped, points
from supercargo.report.templating import template_of

__all__ = ["inside_sentence", "render_backtest", "series_sentence", "stock_words"]

WIDTH_PX, FAN_PX, STOCK_PX = 860, 300, 190
LEFT_PX, RIGHT_PX, TOP_PX, FOOT_PX = 46, 10, 14, 22
ROW_PX, NAME_PX = 22, 190
SHOWN = ("food", "water", "oxygen")
"""Classes that the page draws first; the others stand in the table and in the files."""


def render_backtest(found: BackTest) -> str:
    """The page. It needs nothing from outside and runs no script; the same back-test gives the same bytes."""
    classes = list(dict.fromkeys(row.supply_class for row in found.stock))
    ordered = [name for name in SHOWN if name in classes] + [name for name in classes if name not in SHOWN]
    return template_of("backtest.html", {"d": _days, "kg": _kg, "stock": stock_words}).render(
        found=found,
        palette=PALETTE,
        verdict=inside_sentence(found),
        all_inside=all(row.inside for row in found.bands if row.kind in ("gap", "longest gap")),
        kinds=[(kind, words, [row for row in found.bands if row.kind == kind]) for kind, words in _KINDS],
        fan=_fan(found),
        gaps=_gaps([row for row in found.bands if row.kind == "gap"]),
        stocks=[(name, _stock(found, [row for row in found.stock if row.supply_class == name])) for name in ordered],
        covers=[(name, [row for row in found.cover if row.supply_class == name]) for name in ordered],
        planned=[row for row in found.known if row.kind == "planned"],
        cadence=[row for row in found.known if row.kind == "cadence"],
        series_share=series_sentence(found),
    )


_KINDS = (
    ("gap", "k-th gap between arrivals"),
    ("sorted gap", "k-th longest gap"),
    ("longest gap", "the longest gap"),
    ("arrival", "k-th arrival, days from the day stood on"),
    ("arrivals", "number of arrivals"),
)


def inside_sentence(found: BackTest) -> str:
    """How many gaps lie inside the band, and which do not."""
    rows = [row for row in found.bands if row.kind == "gap"]
    outside = [row for row in rows if not row.inside]
    longest = next((row for row in found.bands if row.kind == "longest gap"), None)
    words = f"{len(rows) - len(outside)} of {len(rows)} gaps between arrivals lie inside the 90 % band"
    if outside:
        words += "; outside: " + ", ".join(f"before {row.mission} ({row.real:g} d, band {_band(row)})" for row in outside)
    if longest is not None:
        words += f"; the longest, {longest.real:g} d, lies {'inside' if longest.inside else 'outside'} {_band(longest)}"
    return words


def _band(row: BandRow) -> str:
    return f"{_days(row.p05)} to {_days(row.p95)} d"


def _days(value: float | None) -> str:
    return "beyond" if value is None else f"{value:,.0f}"


def stock_words(value: float, unit: str) -> str:
    """A stock, or its cover, in words: below zero it is what was lacking.

    >>> stock_words(-4.6, "kg"), stock_words(12.2, "kg"), stock_words(-0.2, "d")
    ('5 kg lacking', '12', '0')
    """
    whole = round(value)
    return f"{-whole:,} {unit} lacking" if whole < 0 else f"{whole:,}"


def _kg(value: float) -> str:
    return f"{value:,.0f}"


def series_sentence(found: BackTest) -> str:
    """How many figures lay inside their bands over all days stood on; empty where no other day was stood on."""
    arrivals = sum(row.arrivals for row in found.series)
    if not arrivals:
        return ""
    gaps, firsts = (sum(getattr(row, field) for row in found.series) for field in ("gaps_inside", "arrivals_inside"))
    longest = sum(row.longest_inside for row in found.series)
    return (
        f"Over {len(found.series)} days stood on: {gaps} of {arrivals} gaps inside ({100 * gaps / arrivals:.1f} %), "
        f"{firsts} of {arrivals} arrivals ({100 * firsts / arrivals:.1f} %), the longest gap on {longest} days "
        f"({100 * longest / len(found.series):.1f} %)."
    )


def _frame(name: str, height_px: int) -> str:
    label = escaped(name)
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH_PX} {height_px}" width="{WIDTH_PX}" height="{height_px}" role="img" '
        f'aria-label="{label}"><title>{label}</title>'
    )


def _axis(found: BackTest) -> CalendarAxis:
    return CalendarAxis(found.as_of_utc, found.until_utc, LEFT_PX, WIDTH_PX - LEFT_PX - RIGHT_PX)


def _months(axis: CalendarAxis, height_px: int) -> Iterator[str]:
    for first, month in axis.months():
        x = axis.x(first)
        yield f'<path class="grid" d="M{x:.1f} {TOP_PX}V{height_px - FOOT_PX}"/>'
        yield f'<text class="tick" x="{x + 2:.1f}" y="{height_px - 7}">{month}</text>'


def _scale(high: float, low: float, y: Callable[[float], float]) -> Iterator[str]:
    for value in (low, 0.0, high) if low < 0 else (0.0, high / 2, high):
        yield f'<path class="grid" d="M{LEFT_PX} {y(value):.1f}H{WIDTH_PX - RIGHT_PX}"/>'
        if value < 0:  # only stock has a side below zero
            yield f'<text class="tick" x="{LEFT_PX + 4}" y="{y(value) - 3:.1f}">{stock_words(value, "kg")}</text>'
        else:
            yield f'<text class="side" x="{LEFT_PX - 5}" y="{y(value) + 4:.1f}">{value:,.0f}</text>'


def _fan(found: BackTest) -> str:
    """Arrivals so far: the band of the futures, its middle, and what happened as a staircase."""
    axis, high = _axis(found), max(max(row) for row in found.fan) or 1

    def y(count: float) -> float:
        return TOP_PX + (FAN_PX - TOP_PX - FOOT_PX) * (1 - count / high)

    at = [axis.x(found.as_of_utc + timedelta(days=day)) for day in range(len(found.fan))]
    low, middle, top, real = ([(x, y(row[place])) for x, row in zip(at, found.fan, strict=True)] for place in range(4))
    return "".join(
        [
            _frame("Arrivals so far: band of the futures and what happened", FAN_PX),
            *_months(axis, FAN_PX),
            *_scale(high, 0.0, y),
            f'<polygon class="spread" points="{points(_steps(top) + _steps(low)[::-1])}"/>',
            f'<polyline class="middle" points="{points(_steps(middle))}"/>',
            f'<polyline class="real" points="{points(_steps(real))}"/></svg>',
        ]
    )


def _steps(path: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """A staircase through points, without those inside a level stretch."""
    found = [path[0]]
    for x, y in path[1:]:
        if y != found[-1][1]:
            found += [(x, found[-1][1]), (x, y)]
    return [*found, (path[-1][0], found[-1][1])]


def _gaps(rows: Sequence[BandRow]) -> str:
    """A bar from p05 to p95 for each gap, with its middle and what happened."""
    height = TOP_PX + ROW_PX * len(rows) + FOOT_PX
    high = max([1.0, *(value for row in rows for value in (row.real, row.p95 or row.real))]) * 1.06
    room = WIDTH_PX - NAME_PX - 60

    def x(gap_d: float) -> float:
        return NAME_PX + room * gap_d / high

    parts = [_frame("Gaps between arrivals: band of the futures and what happened", height)]
    for step in range(0, int(high) + 1, 20):
        parts.append(f'<path class="grid" d="M{x(step):.1f} {TOP_PX}V{height - FOOT_PX}"/>')
        parts.append(f'<text class="tick" x="{x(step) - 6:.1f}" y="{height - 7}">{step}</text>')
    for place, row in enumerate(rows):
        top = TOP_PX + ROW_PX * place + 4
        low, far = x(row.p05 or 0.0), x(high if row.p95 is None else row.p95)
        parts += [
            f'<text class="name" x="{NAME_PX - 8}" y="{top + 11}">{escaped(f"{row.number}. to {row.mission}", 30)}</text>',
            f'<rect class="spread" x="{low:.1f}" y="{top}" width="{max(1.0, far - low):.1f}" height="13"/>',
            "" if row.p50 is None else f'<path class="middle" d="M{x(row.p50):.1f} {top}v13"/>',
            f'<circle class="{"dot" if row.inside else "dot out"}" cx="{x(row.real):.1f}" cy="{top + 6.5}" r="5"/>',
            f'<text class="tick" x="{max(far, x(row.real)) + 9:.1f}" y="{top + 11}">{row.real:g} d</text>',
        ]
    return "".join([*parts, "</svg>"])


def _stock(found: BackTest, rows: Sequence[StockBandRow]) -> str:
    """One class: the band of the futures, what happened, the same without the losses, and reserve."""
    axis = _axis(found)
    high = max(max(row.p95_kg, row.real_kg, row.without_losses_kg, row.reserve_kg) for row in rows) * 1.04 or 1.0
    low = min(0.0, *(min(row.p05_kg, row.real_kg) for row in rows))

    def y(mass_kg: float) -> float:
        return TOP_PX + (STOCK_PX - TOP_PX - FOOT_PX) * (high - mass_kg) / (high - low)

    at = [axis.x(row.day_utc) for row in rows]

    def path(field: str) -> list[tuple[float, float]]:
        return [(x, y(getattr(row, field))) for x, row in zip(at, rows, strict=True)]

    name = f"{rows[0].supply_class}: stock, kg, over {days_between(found.as_of_utc, found.until_utc):.0f} days"
    least = min(row.real_kg for row in rows)
    name += f", as it happened {stock_words(least, 'kg')} at its lowest" if round(least) < 0 else ""
    return "".join(
        [
            _frame(name, STOCK_PX),
            *_months(axis, STOCK_PX),
            *_scale(high, low, y),
            f'<polygon class="spread" points="{points(path("p95_kg") + path("p05_kg")[::-1])}"/>',
            f'<polyline class="middle" points="{points(path("p50_kg"))}"/>',
            f'<polyline class="reserve" points="{points(path("reserve_kg"))}"/>',
            f'<polyline class="without" points="{points(path("without_losses_kg"))}"/>',
            f'<polyline class="real" points="{points(path("real_kg"))}"/></svg>',
        ]
    )
