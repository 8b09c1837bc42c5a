"""Drawings of improvement: Pareto, control chart, tornado; each says in words what it shows."""

from __future__ import annotations

import math
from collections.abc import Sequence

from supercargo.measure.control_charts import ControlChart
from supercargo.measure.pareto import Pareto
from supercargo.report.svg import escaped, points

__all__ = ["draw_control_chart", "draw_pareto", "draw_tornado"]

_MOST_BARS = 10
WIDE_PX, LEFT_PX, BARS_PX = 860, 250, 340


def _head(kind: str, height: float, told: str) -> str:
    words = escaped(told)
    return f'<svg class="{kind}" viewBox="0 0 {WIDE_PX} {height:g}" role="img" aria-label="{words}"><title>{words}</title>'


def draw_pareto(told: Pareto) -> str:
    """Causes as bars, the largest first, each with its share and the share of all down to it; the vital few are dark."""
    rows = told.rows[:_MOST_BARS]
    parts = [_head("pareto", 26 * len(rows) + 12, f"{told.name}: the largest of {len(told.rows)}")]
    most = max((row.amount for row in rows), default=1.0)
    for n, row in enumerate(rows):
        y = 6 + 26 * n
        amount = f"{row.amount / 1e6:,.1f} MUSD" if told.unit == "USD" else f"{row.amount:,.0f}"
        words = f"{amount}, {100 * row.share:.1f} % (to here {100 * row.cumulative:.1f} %)"
        parts.append(f'<text class="side" x="{LEFT_PX - 8}" y="{y + 14}">{escaped(row.name, 40)}</text>')
        looks = "vital" if row.vital else "many"
        parts.append(f'<rect class="{looks}" x="{LEFT_PX}" y="{y}" width="{BARS_PX * row.amount / most:.1f}" height="18"/>')
        parts.append(f'<text x="{LEFT_PX + BARS_PX * row.amount / most + 8:.1f}" y="{y + 14}">{escaped(words)}</text>')
    return "".join([*parts, "</svg>"])


def draw_control_chart(chart: ControlChart) -> str:
    """Points in order with centre line and limits; points that meet a rule are marked by the rule's number."""
    left, top, wide, high = 70.0, 14.0, 760.0, 170.0
    ends = [value for point in chart.points for value in (point.value, point.lower, point.upper) if math.isfinite(value)]
    low, span = min(ends), (max(ends) - min(ends)) or 1.0
    step = wide / max(1, len(chart.points) - 1)

    def y(value: float) -> float:
        return top + high * (1.0 - (value - low) / span)

    told = f"{chart.name}: {len(chart.points)} points, {len(chart.signals)} signals"
    parts = [_head("control", top + high + 40, told)]
    for name in ("lower", "centre", "upper"):
        path = points([(left + n * step, y(getattr(point, name))) for n, point in enumerate(chart.points)])
        parts.append(f'<polyline class="{name}" points="{path}"/>')
        last = getattr(chart.points[0], name)
        parts.append(f'<text class="side" x="{left - 6}" y="{y(last) + 4:.1f}">{last:,.4g}</text>')
    parts.append(
        f'<polyline class="run" points="{points([(left + n * step, y(p.value)) for n, p in enumerate(chart.points)])}"/>'
    )
    rules: dict[str, str] = {}
    for signal in chart.signals:
        rules[signal.at] = f"{rules.get(signal.at, '')}{signal.rule}"
    for n, point in enumerate(chart.points):
        x, words = (
            left + n * step,
            escaped(f"{point.label}: {point.value:,.4g}, limits {point.lower:,.4g} to {point.upper:,.4g}"),
        )
        looks = "signal" if point.label in rules else "calm"
        parts.append(f'<circle class="{looks}" cx="{x:.1f}" cy="{y(point.value):.1f}" r="3.5"><title>{words}</title></circle>')
        if point.label in rules:
            parts.append(f'<text class="mark" x="{x:.1f}" y="{y(point.value) - 7:.1f}">{rules[point.label]}</text>')
    parts.append(f'<text x="{left}" y="{top + high + 26}">{escaped(chart.points[0].label)}</text>')
    parts.append(f'<text class="side" x="{left + wide}" y="{top + high + 26}">{escaped(chart.points[-1].label)}</text>')
    return "".join([*parts, "</svg>"])


def draw_tornado(told: str, rows: Sequence[tuple[str, float, float]], middle: float) -> str:
    """Bars from a low to a high figure around one in the middle, the widest first [USD]."""
    shown = rows[:_MOST_BARS]
    ends = [middle, *(end for _, low, high in shown for end in (low, high))]
    low, span = min(ends), (max(ends) - min(ends)) or 1.0

    def x(usd: float) -> float:
        return LEFT_PX + BARS_PX * (usd - low) / span

    height = 26 * len(shown) + 12
    parts = [_head("tornado", height, told), f'<path class="zero" d="M{x(middle):.1f} 0V{height}"/>']
    for n, (name, one, two) in enumerate(shown):
        y, first, last = 6 + 26 * n, min(one, two), max(one, two)
        parts.append(f'<text class="side" x="{LEFT_PX - 8}" y="{y + 14}">{escaped(name, 44)}</text>')
        parts.append(f'<rect class="vital" x="{x(first):.1f}" y="{y}" width="{x(last) - x(first):.1f}" height="18"/>')
        words = f"{first / 1e6:,.1f} to {last / 1e6:,.1f} MUSD"
        parts.append(f'<text x="{LEFT_PX + BARS_PX + 12}" y="{y + 14}">{words}</text>')
    return "".join([*parts, "</svg>"])
