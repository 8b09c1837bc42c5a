"""Years of operations under two planners on one self-contained page."""

from __future__ import annotations

from collections.abc import Sequence

from supercargo.model import POLICIES, ClosedLoop, PairRow, YearRow
from supercargo.report.svg import PALETTE, escaped, points
from supercargo.report.templating import template_of

__all__ = ["pair_verdict", "render_years", "shown_value"]

WIDTH_PX, HEIGHT_PX, LEFT_PX, TOP_PX, FOOT_PX = 420, 190, 64, 22, 24
DRAWN = (
    ("K1 mission success, percent", "k1_percent"),
    ("K3 on-time delivery, percent", "k3_percent"),
    ("K10 margin, percent", "k10_percent"),
    ("cargo delivered, kg", "delivered_kg"),
    ("cost of a delivered kg, USD", "usd_per_kg"),
    ("days below reserve", "below_reserve_d"),
)


def render_years(found: ClosedLoop) -> str:
    """The page. It needs nothing from outside and runs no script; the same years give the same bytes."""
    return template_of("years.html", {"v": shown_value}).render(
        found=found,
        palette=PALETTE,
        policies=POLICIES,
        pairs=[(row, pair_verdict(row)) for row in found.pairs],
        pictures=[_picture(found.rows, title, field, found.years) for title, field in DRAWN],
        count=len(found.seeds) * found.years,
    )


def shown_value(value: float | None, unit: str = "") -> str:
    """A figure as it is read: dollars in millions, shares with a decimal.

    >>> shown_value(1_234_567.0, "USD"), shown_value(None), shown_value(3.14159, "percent")
    ('1.2 M', '-', '3.1')
    """
    if value is None:
        return "-"
    return f"{value / 1e6:,.1f} M" if unit == "USD" else f"{value:,.1f}" if abs(value) < 1000 else f"{value:,.0f}"


def pair_verdict(row: PairRow) -> str:
    """Which planner is better, if the interval over years leaves no doubt; over chains too where there are enough."""
    if row.low is None or row.high is None or not row.better:
        return ""
    if row.low <= 0.0 <= row.high:
        return "no difference shown"
    ahead = (row.difference > 0.0) == (row.better == "more")
    firm = row.chains_low is not None and row.chains_high is not None and not row.chains_low <= 0.0 <= row.chains_high
    return f"{'planner' if ahead else 'first come'} better{'' if firm else ', over years alone'}"


def _picture(rows: Sequence[YearRow], title: str, field: str, years: int) -> str:
    """Mean of the chains in each year, a line for each planner."""
    means: list[list[tuple[int, float]]] = []
    for policy in POLICIES:
        line = []
        for year in range(1, years + 1):
            values = [
                float(value)
                for row in rows
                if (row.policy, row.year) == (policy, year) and (value := getattr(row, field)) is not None
            ]
            if values:
                line.append((year, sum(values) / len(values)))
        means.append(line)
    levels = [value for line in means for _, value in line] or [0.0]
    low, high = min(0.0, *levels), max(1e-9, *levels) * 1.05

    def at(year: int, value: float) -> tuple[float, float]:
        x = LEFT_PX + (WIDTH_PX - LEFT_PX - 12) * ((year - 1) / (years - 1) if years > 1 else 0.5)
        return x, TOP_PX + (HEIGHT_PX - TOP_PX - FOOT_PX) * (high - value) / (high - low)

    label = escaped(f"{title}: mean of the chains by year")
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH_PX} {HEIGHT_PX}" width="{WIDTH_PX}" height="{HEIGHT_PX}" role="img" '
        f'aria-label="{label}"><title>{label}</title><text class="tick" x="4" y="14">{escaped(title)}</text>'
    ]
    for value in (low, high / 1.05):
        y = at(1, value)[1]
        parts.append(f'<path class="grid" d="M{LEFT_PX} {y:.1f}H{WIDTH_PX - 12}"/>')
        parts.append(f'<text class="side" x="{LEFT_PX - 5}" y="{y + 4:.1f}">{value:,.0f}</text>')
    ticks = ((year, at(year, low)[0] - 3) for year in range(1, years + 1))
    parts += [f'<text class="tick" x="{x:.1f}" y="{HEIGHT_PX - 7}">{year}</text>' for year, x in ticks]
    for name, line in zip(("real", "without"), means, strict=True):
        parts.append(f'<polyline class="{name}" points="{points([at(*one) for one in line])}"/>')
    return "".join([*parts, "</svg>"])
