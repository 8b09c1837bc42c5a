"""Cost to serve, departures from plan, forecast and budget on one self-contained page, and as blocks for a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, get_type_hints

from supercargo.kernel import format_utc
from supercargo.measure.cost_budget import BudgetState
from supercargo.measure.cost_report import Cause, CostReport, EarnedTold, Step, VarianceTold
from supercargo.measure.cost_to_serve import Served
from supercargo.model import Figure, Figures
from supercargo.report.svg import PALETTE, escaped
from supercargo.report.templating import template_of

__all__ = ["cost_figures", "draw_waterfall", "render_cost"]

MISSIONS_SHOWN = 100
_WIDTH, _HEIGHT, _LEFT, _TOP, _BAR = 980, 356, 86, 42, 62


def render_cost(report: CostReport) -> str:
    """A cost report as one HTML page that needs nothing from outside and runs no script; every word of others is escaped."""
    return template_of("cost.html", {"usd": _usd, "kg": _kg, "ratio": _ratio, "day": lambda at: format_utc(at)[:10]}).render(
        report=report,
        waterfall=draw_waterfall(report.steps) if report.steps else "",
        tables=(
            ("customer", "Customer", "customers"),
            ("destination", "Destination", "destinations"),
            ("class", "Class of supply", "classes"),
            ("kg", "A kilogram", "kilograms"),
            ("mission", "Flight", "flights"),
            ("activity", "Activity", "activities"),
            ("account", "Account", "accounts"),
            ("process", "SCOR process", "processes"),
        ),
        earned=(("Quarter", report.quarters), ("Flight", report.earned_missions)),
        alarms=sum(one.state != "ok" for one in report.budget),
        palette=PALETTE,
    )


def _usd(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}".replace("-", "−")


def _kg(value: float) -> str:
    return f"{value:,.0f}"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def draw_waterfall(steps: Sequence[Step]) -> str:
    """The way from plan to actual: each step hangs between where it starts and where it ends, with its sign beside it."""
    ends = [(one.from_usd, one.from_usd + one.usd) for one in steps]
    low, high = min(0.0, *(min(pair) for pair in ends)), max(1.0, *(max(pair) for pair in ends))
    moved = [end for step, pair in zip(steps, ends, strict=True) if not step.whole for end in pair if step.usd]
    if moved and low >= 0:  # small steps on large bars: the axis starts near them, and says so
        low = max(0.0, min(moved) - 2 * (max(moved) - min(moved) or 1.0))
    span = high - low or 1.0

    def y(usd: float) -> float:
        return _TOP + (_HEIGHT - _TOP - 62) * (high - usd) / span

    pitch = (_WIDTH - _LEFT - 20) / len(steps)
    parts = [_ticks(low, high, y)]
    for at, (step, (start, end)) in enumerate(zip(steps, ends, strict=True)):
        x = _LEFT + pitch * at + (pitch - _BAR) / 2
        top, bottom = y(max(start, end)), y(max(low, min(start, end)))
        kind = "whole" if step.whole else "same" if not step.usd else "dearer" if step.usd > 0 else "cheaper"
        amount = _amount(step)
        parts.append(
            f'<g class="{kind}"><title>{escaped(step.name)}: {step.usd:,.2f} USD</title>'
            f'<rect x="{x:.1f}" y="{top:.1f}" width="{_BAR}" height="{max(1.0, bottom - top):.1f}"/>'
            f'<text x="{x + _BAR / 2:.1f}" y="{top - 6:.1f}">{amount.replace("-", "−")}</text>'
            f'<text class="name" x="{x + _BAR / 2:.1f}" y="{_HEIGHT - 12}">{escaped(step.name)}</text></g>'
        )
        if at + 1 < len(steps):
            parts.append(f'<path class="link" d="M{x + _BAR:.1f} {y(end):.1f}H{x + pitch:.1f}"/>')
    words = ", ".join(f"{step.name} {step.usd:,.0f} USD" for step in steps)
    label = f'role="img" aria-label="From plan to actual: {escaped(words, 600)}"'
    return f'<svg class="fall" viewBox="0 0 {_WIDTH} {_HEIGHT}" {label}>{"".join(parts)}</svg>'


def _amount(step: Step) -> str:
    """Millions, or whole USD where millions would show nothing."""
    if step.whole:
        return f"{step.usd / 1e6:,.2f}"
    return "0" if not step.usd else f"{step.usd / 1e6:+,.2f}" if abs(step.usd) >= 5000 else f"{step.usd:+,.2f} USD"


def _ticks(low: float, high: float, y: Any) -> str:
    lines = []
    for at in range(5):
        usd = low + (high - low) * at / 4
        lines.append(
            f'<path class="grid" d="M{_LEFT} {y(usd):.1f}H{_WIDTH - 10}"/>'
            f'<text class="tick" x="{_LEFT - 8}" y="{y(usd) + 4:.1f}">{usd / 1e6:,.1f}</text>'
        )
    head = "million USD" if low == 0 else "million USD; the axis does not start at 0"
    return f'<text class="unit" x="{_LEFT}" y="14">{head}</text>' + "".join(lines)


def cost_figures(report: CostReport) -> tuple[Figures, ...]:
    """Every table of a cost report as a block; sums in them are those of the page to the cent."""
    head = Figures(
        title="summary",
        heads=("what", "value"),
        units=("", "USD"),
        rows=(
            ("planned cost, whoever pays", report.planned_usd),
            ("planned cost of the service", report.service_usd),
            ("of it room to lift that nobody used", report.service_unused_usd),
            ("room to lift that nobody used, whoever pays", report.unused_usd),
            ("paid for what no cargo causes", report.residual_usd),
            ("revenue", report.revenue_usd),
            ("margin of the service", report.margin_usd),
            ("not billed yet", report.open_usd),
        ),
    )
    blocks = [head]
    blocks += [_block(f"by {name}", rows, Served) for name, rows in report.by.items()]
    blocks += [
        _block("plan to actual", report.steps, Step),
        _block("variance by account", report.accounts, VarianceTold),
        _block("variance by place", report.places, VarianceTold),
        _block("variance by flight", report.missions, VarianceTold),
        _block("causes", report.causes, Cause),
        _block("earned value", (report.whole, *report.quarters, *report.earned_missions), EarnedTold),
        _block("budget", report.budget, BudgetState),
    ]
    return tuple(block for block in blocks if block.rows)


def _block(title: str, rows: Sequence[Any], noun: Any) -> Figures:
    hints = get_type_hints(noun)
    names = [one.name for one in fields(noun)]
    table: tuple[tuple[Figure, ...], ...] = tuple(tuple(getattr(row, name) for name in names) for row in rows)
    units = tuple(_unit(name) if hints[name] is not str else "" for name in names)
    return Figures(title=title, heads=tuple(names), units=units, rows=table)


def _unit(name: str) -> str:
    if "usd" in name:
        return "USD"
    ends = {"kg": "kg", "percent": "percent", "count": "count"}
    return ends.get(name.rpartition("_")[2], "ratio" if name in ("cpi", "spi", "tcpi") else "")
