"""KPIs and SCOR metrics as one self-contained page: value, target, interval, trend, causes, and the objects behind each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from typing import Any

from supercargo.kernel import format_utc
from supercargo.measure.kpi_tables import KpiStudy
from supercargo.measure.measured import Counted, Measured, TrendPoint
from supercargo.report.svg import PALETTE, points
from supercargo.report.templating import template_of

__all__ = ["MOST_OBJECTS", "interval_words", "render_kpis", "shown_value", "sparkline", "target_words"]

MOST_OBJECTS = 200
"""Objects behind a figure that the page lists, those that weigh against it first; the CSV file has all."""

_SIGNS = {"above": ">", "below": "<", "at least": "≥", "exactly": "="}
_UNITS = {"percent": " %", "d": " d", "1/a": " a year"}
WIDTH_PX, HEIGHT_PX, EDGE_PX = 168.0, 34.0, 4.0


def shown_value(value: float | None, unit: str) -> str:
    """A figure in words; a dash where there is none."""
    if value is None:
        return "–"
    if unit == "USD":
        return f"{value / 1e6:,.2f} MUSD" if abs(value) >= 1e5 else f"{value:,.2f} USD"
    if unit == "count":
        return f"{value:,.4g}"
    return f"{value:,.2f}{_UNITS.get(unit, ' ' + unit)}"


def target_words(one: Measured) -> str:
    """The target with its sign; empty where there is none."""
    return "" if one.target is None else f"{_SIGNS.get(one.sense, one.sense)} {shown_value(one.target, one.unit)}"


def interval_words(one: Measured) -> str:
    """The interval and how it was made; empty where there is none."""
    if one.low is None or one.high is None:
        return ""
    return f"{shown_value(one.low, one.unit)} to {shown_value(one.high, one.unit)} ({one.interval})"


def sparkline(trend: Sequence[TrendPoint], unit: str, target: float | None) -> str:
    """A trend as a small line, its intervals as a band, the target dashed; each point tells its figure when pointed at."""
    known = [(at, point) for at, point in enumerate(trend) if point.value is not None]
    if len(known) < 2:
        return ""
    levels = [point.value for _, point in known if point.value is not None]
    levels += [end for _, point in known for end in (point.low, point.high) if end is not None]
    levels += [target] if target is not None and unit != "USD" else []
    low, high = min(levels), max(levels)
    span = high - low or 1.0
    step = (WIDTH_PX - 2 * EDGE_PX) / (len(trend) - 1)

    def place(at: int, value: float) -> tuple[float, float]:
        return EDGE_PX + at * step, HEIGHT_PX - EDGE_PX - (HEIGHT_PX - 2 * EDGE_PX) * (value - low) / span

    line = [place(at, point.value) for at, point in known if point.value is not None]
    banded = [(at, point.low, point.high) for at, point in known if point.low is not None and point.high is not None]
    edge = [place(at, top) for at, _, top in banded] + [place(at, foot) for at, foot, _ in reversed(banded)]
    name = escape(f"trend, {trend[0].period} to {trend[-1].period}: " + ", ".join(shown_value(p.value, unit) for p in trend))
    parts = [
        f'<svg class="spark" viewBox="0 0 {WIDTH_PX:.0f} {HEIGHT_PX:.0f}" width="{WIDTH_PX:.0f}" height="{HEIGHT_PX:.0f}" '
        f'role="img" aria-label="{name}">'
    ]
    if len(banded) > 1:
        parts.append(f'<polygon class="band" points="{points(edge)}"/>')
    if target is not None and unit != "USD":
        y = place(0, target)[1]
        parts.append(f'<line class="goal" x1="{EDGE_PX}" y1="{y:.1f}" x2="{WIDTH_PX - EDGE_PX}" y2="{y:.1f}"/>')
    parts.append(f'<polyline class="run" points="{points(line)}"/>')
    for (x, y), (_, point) in zip(line, known, strict=True):
        told = escape(f"{point.period}: {shown_value(point.value, unit)}, {point.count} objects")
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2"><title>{told}</title></circle>')
    return "".join([*parts, "</svg>"])


def _objects(one: Measured) -> list[Counted]:
    return sorted(one.rows, key=lambda row: (not row.why, row.object, row.counted))[:MOST_OBJECTS]


def _amount(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _day(instant: datetime | None) -> str:
    return "" if instant is None else format_utc(instant)[:10]


def render_kpis(study: KpiStudy) -> str:
    """The page; every word of others is escaped, nothing is fetched, and no script runs."""
    met = [one for one in study.kpis if one.met]
    missed = [one for one in study.kpis if one.met is False]
    unknown = [one for one in study.kpis if one.value is None]
    groups = [("KPIs", "kpis", study.kpis), ("SCOR metrics", "scor", study.scor)]
    filters: dict[str, Callable[..., Any]] = {"day": _day, "instant": format_utc, "amount": _amount}
    return template_of("kpi_page.html", filters).render(
        study=study,
        groups=[group for group in groups if group[2]],
        verdict=f"{len(met)} targets met, {len(missed)} missed, {len(unknown)} without evidence",
        bad=bool(missed),
        shown=shown_value,
        target=target_words,
        interval=interval_words,
        spark=sparkline,
        objects=_objects,
        most=MOST_OBJECTS,
        palette=PALETTE,
    )
