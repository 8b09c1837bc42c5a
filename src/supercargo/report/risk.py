"""The page of a simulation: spreads, bands of stock, the histogram of the margin, drivers and missions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from supercargo.model import Driver, OperationsPlan, RiskReport, Spread
from supercargo.report.stock import draw_stocks
from supercargo.report.svg import PALETTE, escaped
from supercargo.report.templating import template_of

__all__ = ["draw_drivers", "draw_margins", "render_risk"]

WIDE, HIGH, LEFT, FOOT = 760.0, 220.0, 70.0, 42.0
_LIKELY = 0.05
_SHOWN = ("K1", "K2", "K3", "K4", "K5", "K9", "K10", "K10 chain", "K13", "K16")


@dataclass(frozen=True, slots=True)
class _Row:
    spread: Spread
    name: str


def render_risk(plan: OperationsPlan, report: RiskReport) -> str:
    """One self-contained page of a simulation."""
    names = {kpi.kpi_id: kpi.name for kpi in report.kpis}
    whole = [one for one in report.spreads if not one.object]
    kpis = [_Row(one, f"{one.metric} {names.get(one.metric.split()[0], '')}") for one in whole if one.metric in _SHOWN]
    sums = [_Row(one, one.metric) for one in whole if one.metric not in _SHOWN]
    places = [_Row(one, one.object) for one in report.spreads if one.metric == "delivered in the horizon"]
    bands = replace(plan, inventory=tuple(replace(row, inbound_kg=0.0) for row in report.bands))
    stocks = sorted(report.stocks, key=lambda one: (-one.below_zero_probability, -one.below_reserve_probability))
    states = {
        (one.destination, one.supply_class): (
            f"below zero in {_percent(one.below_zero_probability)}",
            one.below_zero_probability >= _LIKELY,
        )
        for one in stocks
    }
    return template_of("risk.html", {"figure": _figure, "percent": _percent}).render(
        report=report,
        settings=plan.scenario.settings,
        palette=PALETTE,
        tables=(("KPIs", kpis), ("Money and delivery", sums), ("Delivered by place in the horizon", places)),
        stocks=stocks,
        curves=draw_stocks(bands, states=states),
        margins=draw_margins(report),
        drivers=draw_drivers(report.drivers),
        driver_rows=_by_chance(report.drivers),
        worst=[one for one in stocks if one.below_zero_probability >= _LIKELY],
    )


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:,.2f}"


def _percent(value: float) -> str:
    return f"{100.0 * value:.1f} %"


def _by_chance(drivers: Sequence[Driver]) -> list[tuple[str, list[Driver]]]:
    names = dict.fromkeys(one.chance for one in drivers)
    return [(name, [one for one in drivers if one.chance == name]) for name in names]


def draw_margins(report: RiskReport) -> str:
    """Histogram of the margin over the futures, with the margin of the plan; empty where no future has one."""
    bars = report.margins_usd
    if not bars:
        return ""
    plan_usd = report.spread("margin").plan
    marks = [bars[0][0], bars[-1][1], *([plan_usd] if plan_usd is not None else [])]
    low, high, most = min(marks), max(marks), max(count for _, _, count in bars)
    span = (high - low) or 1.0

    def x(usd: float) -> float:
        return LEFT + WIDE * (usd - low) / span

    body = [
        f'<rect x="{x(first):.1f}" y="{HIGH - 180 * count / most:.1f}" width="{max(x(last) - x(first) - 1, 0.5):.1f}" '
        f'height="{180 * count / most:.1f}" fill="{PALETTE[4]}" stroke="{PALETTE[0]}"><title>{count:,} futures from '
        f"{first / 1e6:,.0f} to {last / 1e6:,.0f} MUSD</title></rect>"
        for first, last, count in bars
    ]
    body += [f'<line x1="{LEFT}" x2="{LEFT + WIDE}" y1="{HIGH}" y2="{HIGH}" stroke="#16212b"/>']
    for usd in _ticks(low, high):
        body.append(f'<text x="{x(usd):.1f}" y="{HIGH + 18}" text-anchor="middle" font-size="12">{usd / 1e6:,.0f}</text>')
    body.append(f'<text x="{LEFT + WIDE}" y="{HIGH + 36}" text-anchor="end" font-size="12">margin of the service, MUSD</text>')
    if plan_usd is not None:
        body.append(
            f'<line x1="{x(plan_usd):.1f}" x2="{x(plan_usd):.1f}" y1="20" y2="{HIGH}" stroke="{PALETTE[5]}" stroke-width="2" '
            f'stroke-dasharray="6 3"/><text x="{x(plan_usd) - 6:.1f}" y="30" text-anchor="end" font-size="12">the plan: '
            f"{plan_usd / 1e6:,.0f}</text>"
        )
    return _svg(body, HIGH + FOOT, "Histogram of the margin over the futures")


def draw_drivers(drivers: Sequence[Driver]) -> str:
    """What each chance does to the margin, as bars to either side of nothing, with two standard errors."""
    rows = [one for one in drivers if one.metric == "margin" and one.effect is not None]
    if not rows:
        return ""
    reach = max(abs(one.effect or 0.0) + 2 * (one.effect_error or 0.0) for one in rows) or 1.0
    left, wide = LEFT + 80, WIDE - 80

    def x(usd: float) -> float:
        return left + wide * (usd + reach) / (2 * reach)

    body: list[str] = []
    for number, one in enumerate(rows):
        y, effect, error = 16 + 28 * number, one.effect or 0.0, 2 * (one.effect_error or 0.0)
        first, last = sorted((x(0.0), x(effect)))
        colour = PALETTE[5] if effect < 0 else PALETTE[2]
        body.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end" font-size="13">{escaped(one.chance)}</text>')
        body.append(f'<rect x="{first:.1f}" y="{y}" width="{max(last - first, 1):.1f}" height="18" fill="{colour}"/>')
        body.append(
            f'<line x1="{x(effect - error):.1f}" x2="{x(effect + error):.1f}" y1="{y + 9}" y2="{y + 9}" stroke="#16212b"/>'
        )
        side = x(effect + error) + 6 if effect >= 0 else x(effect - error) - 6
        anchor = "start" if effect >= 0 else "end"
        if abs(side - left) < 70 or abs(side - left - wide) < 70:
            side, anchor = x(0.0) + (6 if effect < 0 else -6), "start" if effect < 0 else "end"
        body.append(f'<text x="{side:.1f}" y="{y + 13}" text-anchor="{anchor}" font-size="12">{effect / 1e6:+,.1f}</text>')
    foot = 16 + 28 * len(rows)
    body.append(f'<line x1="{x(0.0):.1f}" x2="{x(0.0):.1f}" y1="8" y2="{foot}" stroke="#16212b"/>')
    body.append(f'<text x="{left + wide}" y="{foot + 18}" text-anchor="end" font-size="12">margin, MUSD</text>')
    return _svg(body, foot + 28.0, "What each chance does to the margin")


def _ticks(low: float, high: float) -> Iterator[float]:
    step = 10.0 ** math.floor(math.log10(max(high - low, 1.0)))
    step = next((step * part for part in (0.2, 0.5, 1.0, 2.0) if (high - low) / (step * part) <= 8), step * 2.0)
    at = math.ceil(low / step) * step
    while at <= high:
        yield at
        at += step


def _svg(body: Sequence[str], height: float, name: str) -> str:
    return (
        f'<svg viewBox="0 0 {LEFT + WIDE + 30:.0f} {height:.0f}" width="{LEFT + WIDE + 30:.0f}" role="img" '
        f'aria-label="{escaped(name)}">{"".join(body)}</svg>'
    )
