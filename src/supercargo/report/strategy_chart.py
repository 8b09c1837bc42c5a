"""Pictures of a review of strategy: the roadmap by months, budgets and their worth, prices, what options hang on."""

from __future__ import annotations

from collections.abc import Sequence

from supercargo.model import TIMELINE_MONTHS, FrontierRow, PricePoint, PriceRow, RoadmapRow, SpendingRow, TornadoRow
from supercargo.report.svg import escaped, points

__all__ = ["draw_frontier", "draw_prices", "draw_roadmap", "draw_tornado"]

_PHASES = ((1, 8), (9, 18), (19, 24))


def _open(kind: str, told: str, size: tuple[float, float]) -> str:
    words = escaped(told)
    box = f"0 0 {size[0]:g} {size[1]:g}"
    return f'<svg class="{kind}" viewBox="{box}" role="img" aria-label="{words}"><title>{words}</title>'


def draw_roadmap(rows: Sequence[RoadmapRow], spent: Sequence[SpendingRow]) -> str:
    """Introductions as bars over 24 months in three phases, what is spent in each month as columns beneath."""
    chosen = [row for row in rows if row.chosen]
    left, month_px, row_px = 190.0, 26.0, 26.0
    height = 40 + row_px * len(chosen) + 90
    parts = [_open("roadmap", "Months in which each technology is introduced", (left + 24 * month_px + 20, height))]
    for number, (first, last) in enumerate(_PHASES, 1):
        x = left + (first - 1) * month_px
        parts.append(
            f'<rect class="phase{number % 2}" x="{x}" y="24" width="{(last - first + 1) * month_px}" height="{height - 44}"/>'
        )
        parts.append(f'<text class="foot" x="{x + (last - first + 1) * month_px / 2}" y="16">phase {number}</text>')
    for at, row in enumerate(chosen):
        y = 30 + at * row_px
        start, ready = row.start_month or 1, row.ready_month or 1
        x = left + (start - 1) * month_px
        parts.append(f'<text class="side" x="{left - 8}" y="{y + 14}">{escaped(row.technology_id, 26)}</text>')
        parts.append(f'<rect class="bar" x="{x}" y="{y + 2}" width="{(ready - start + 1) * month_px - 2}" height="16"/>')
        parts.append(
            f'<text class="told" x="{x + (ready - start + 1) * month_px + 4}" y="{y + 14}">{row.cost_usd / 1e6:,.0f}</text>'
        )
    base = height - 24
    most = max([1.0, *(row.spent_usd for row in spent)])
    parts.append(f'<text class="side" x="{left - 8}" y="{base - 22}">MUSD a month, most {most / 1e6:.1f}</text>')
    for one in spent:
        x, tall = left + (one.month - 1) * month_px, 50 * one.spent_usd / most
        parts.append(f'<rect class="spent" x="{x + 3}" y="{base - tall:.1f}" width="{month_px - 8}" height="{tall:.1f}"/>')
    parts += [
        f'<text class="foot" x="{left + (month - 0.5) * month_px}" y="{height - 6}">{month}</text>'
        for month in range(1, TIMELINE_MONTHS + 1)
    ]
    return "".join([*parts, "</svg>"])


def draw_frontier(rows: Sequence[FrontierRow], budget_usd: float) -> str:
    """Net present value of the best roadmap over the budget; a ring stands at the budget asked for."""
    if not rows:
        return ""
    left, wide, top, tall = 110.0, 600.0, 14.0, 200.0
    most_x = max(1.0, *(row.budget_usd for row in rows))
    most_y = max(1.0, *(row.worth_usd for row in rows))

    def place(row: FrontierRow) -> tuple[float, float]:
        return left + wide * row.budget_usd / most_x, top + tall * (1.0 - max(0.0, row.worth_usd) / most_y)

    parts = [_open("frontier", "Worth of the best roadmap under each budget", (left + wide + 90, top + tall + 46))]
    parts.append(f'<path class="axis" d="M{left} {top}V{top + tall}H{left + wide}"/>')
    parts.append(f'<polyline class="line" points="{points([place(row) for row in rows])}"/>')
    for row in rows:
        x, y = place(row)
        looks = "asked" if abs(row.budget_usd - budget_usd) < 0.5 else "point"
        words = escaped(f"{row.budget_usd:,.0f} USD: {row.worth_usd:,.0f} USD, {', '.join(row.technologies) or 'nothing'}")
        parts.append(f'<circle class="{looks}" cx="{x:.1f}" cy="{y:.1f}" r="5"><title>{words}</title></circle>')
        if looks == "asked":
            continue  # its neighbours carry the figures; they would stand in each other
        parts.append(f'<text class="foot" x="{x:.1f}" y="{top + tall + 18}">{row.budget_usd / 1e6:,.0f}</text>')
        parts.append(f'<text class="told" x="{x + 7:.1f}" y="{y + 14:.1f}">{row.worth_usd / 1e6:,.0f}</text>')
    parts.append(f'<text class="foot" x="{left + wide / 2}" y="{top + tall + 38}">budget, MUSD</text>')
    parts.append(f'<text class="side" x="{left - 8}" y="{top + 12}">worth, MUSD</text>')
    return "".join([*parts, "</svg>"])


def draw_prices(row: PriceRow, curve: Sequence[PricePoint]) -> str:
    """Margin over the price of one segment, with today's price and the best one."""
    own = [point for point in curve if point.segment == row.segment]
    if len(own) < 2:
        return ""
    left, wide, top, tall = 80.0, 330.0, 22.0, 130.0
    low, high = own[0].usd_per_kg, own[-1].usd_per_kg
    ends = [0.0, *(point.margin_usd for point in own)]
    least, most = min(ends), max(ends)
    span = (most - least) or 1.0

    def place(price: float, margin: float) -> tuple[float, float]:
        return left + wide * (price - low) / ((high - low) or 1.0), top + tall * (most - margin) / span

    parts = [_open("prices", f"Margin of {row.segment} over the price", (left + wide + 30, top + tall + 44))]
    zero = place(low, 0.0)[1]
    parts.append(f'<text class="told" x="{left}" y="14">{escaped(row.segment)}</text>')
    parts.append(f'<path class="zero" d="M{left} {zero:.1f}H{left + wide}"/>')
    parts.append(f'<text class="side" x="{left - 6}" y="{zero + 4:.1f}">0</text>')
    parts.append(f'<text class="side" x="{left - 6}" y="{top + 8}">{most / 1e6:,.0f} MUSD</text>')
    parts.append(f'<polyline class="line" points="{points([place(p.usd_per_kg, p.margin_usd) for p in own])}"/>')
    for looks, price, margin in (
        ("point", row.usd_per_kg, row.margin_usd),
        ("asked", row.best_usd_per_kg, row.best_margin_usd),
    ):
        x, y = place(price, margin)
        parts.append(f'<circle class="{looks}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>')
    foot = f"price, USD/kg: {low:,.0f} to {high:,.0f}; full today {row.usd_per_kg:,.0f}, ring best {row.best_usd_per_kg:,.0f}"
    parts.append(f'<text class="told" x="{left - 60}" y="{top + tall + 30}">{foot}</text>')
    return "".join([*parts, "</svg>"])


def draw_tornado(rows: Sequence[TornadoRow]) -> str:
    """What each assumption moves, the widest first, about the net present value as assumed."""
    if not rows:
        return ""
    ends = [usd for row in rows for usd in (row.low_usd, row.high_usd, row.base_usd)]
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0
    left, wide, row_px = 150.0, 420.0, 22.0
    height = 24 + row_px * len(rows) + 26

    def x(usd: float) -> float:
        return left + wide * (usd - low) / span

    parts = [_open("tornado", f"What moves the net present value of {rows[0].of}", (left + wide + 190, height))]
    parts.append(
        f'<text class="told" x="{left}" y="14">{escaped(rows[0].of)}: {rows[0].base_usd / 1e6:,.1f} MUSD as assumed</text>'
    )
    for at, row in enumerate(rows):
        y = 24 + at * row_px
        for looks, usd in (("lower", row.low_usd), ("higher", row.high_usd)):
            first, last = sorted((x(usd), x(row.base_usd)))
            parts.append(
                f'<rect class="{looks}" x="{first:.1f}" y="{y + 3}" width="{max(1.0, last - first):.1f}" height="14"/>'
            )
        parts.append(f'<text class="side" x="{left - 8}" y="{y + 15}">{escaped(row.assumption)}</text>')
        words = f"{row.low_usd / 1e6:,.1f} to {row.high_usd / 1e6:,.1f} MUSD"
        parts.append(f'<text class="told" x="{left + wide + 8}" y="{y + 15}">{words}</text>')
    middle = x(rows[0].base_usd)
    parts.append(f'<path class="axis" d="M{middle:.1f} 22V{height - 22}"/>')
    parts.append(
        f'<text class="told" x="{left}" y="{height - 6}">dark: a fifth lower; light, hatched edge: a fifth higher</text>'
    )
    return "".join([*parts, "</svg>"])
