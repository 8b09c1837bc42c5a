"""Stock curves of a destination: expected stock with its band against the reserve, deliveries as ticks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from supercargo.kernel import days
from supercargo.model import InventoryRow, OperationsPlan
from supercargo.report.svg import CalendarAxis, escaped, points

__all__ = ["StockCurves", "draw_stocks"]

WIDTH_PX, HEIGHT_PX = 300, 128
LEFT_PX, TOP_PX, BOTTOM_PX = 44, 20, 104


@dataclass(frozen=True, slots=True)
class StockCurves:
    """One destination's small multiples, one picture for each class of supply."""

    destination: str
    pictures: tuple[str, ...]


def draw_stocks(
    plan: OperationsPlan, *, states: Mapping[tuple[str, str], tuple[str, bool]] = MappingProxyType({})
) -> tuple[StockCurves, ...]:
    """Curves for each tracked stock, places in the scenario's order.

    `states` has words for the corner of a (place, class) and whether they are bad news; else they tell days below reserve.
    """
    series: dict[str, dict[str, list[InventoryRow]]] = defaultdict(lambda: defaultdict(list))
    for row in plan.inventory:
        series[row.destination][row.supply_class].append(row)
    known = [place.destination for place in plan.scenario.destinations if place.destination in series]
    return tuple(
        StockCurves(
            place,
            tuple(
                _picture(plan, sorted(rows, key=lambda row: row.day_utc), states.get((place, name)))
                for name, rows in sorted(series[place].items())
            ),
        )
        for place in [*known, *sorted(series.keys() - set(known))]
    )


def _picture(plan: OperationsPlan, rows: list[InventoryRow], told: tuple[str, bool] | None) -> str:
    settings, place, supply_class = plan.scenario.settings, rows[0].destination, rows[0].supply_class
    axis = CalendarAxis(settings.start_utc, settings.end_utc, LEFT_PX, WIDTH_PX - LEFT_PX - 6)
    high_kg = max(max(row.p95_kg, row.reserve_kg, row.on_hand_kg) for row in rows) * 1.05 or 1.0
    low_kg = min(0.0, *(min(row.p05_kg, row.on_hand_kg) for row in rows))

    def y(mass_kg: float) -> float:
        return BOTTOM_PX - (BOTTOM_PX - TOP_PX) * (mass_kg - low_kg) / (high_kg - low_kg)

    below = sum(1 for row in rows if row.on_hand_kg < row.reserve_kg - 0.01)
    state, bad = told or (f"{below} days below reserve" if below else "never below reserve", below > 0)
    name = escaped(f"{supply_class} at {place}: {state}, lowest {min(row.on_hand_kg for row in rows):,.0f} kg")
    parts = [
        f'<svg class="stock{" short" if bad else ""}" viewBox="0 0 {WIDTH_PX} {HEIGHT_PX}" width="{WIDTH_PX}" '
        f'height="{HEIGHT_PX}" role="img" aria-label="{name}"><title>{name}</title>',
        f'<text class="stockname" x="4" y="13">{escaped(supply_class, 24)}</text>',
        f'<text class="state" x="{WIDTH_PX - 6}" y="13">{state}</text>',
        *_axes(axis, y(0.0), y(high_kg / 1.05), high_kg / 1.05),
    ]
    ends = [(axis.x(row.day_utc + days(1)), row) for row in rows]
    band = [(x, y(row.p95_kg)) for x, row in ends] + [(x, y(row.p05_kg)) for x, row in reversed(ends)]
    parts.append(f'<polygon class="spread" points="{points(band)}"/>')
    parts.append(f'<polyline class="reserve" points="{points(_corners([(x, y(row.reserve_kg)) for x, row in ends]))}"/>')
    parts.append(f'<polyline class="hand" points="{points([(x, y(row.on_hand_kg)) for x, row in ends])}"/>')
    ticks = "".join(f"M{x:.1f} {BOTTOM_PX + 1}v6" for x, row in ends if row.inbound_kg > 0)
    parts.append(f'<path class="inbound" d="{ticks}"/></svg>')
    return "".join(parts)


def _corners(path: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The path without points in the middle of a level stretch."""
    kept = [
        point
        for n, point in enumerate(path)
        if n in (0, len(path) - 1) or not path[n - 1][1] == point[1] == path[n + 1][1]
    ]  # fmt: skip
    return kept


def _axes(axis: CalendarAxis, zero_px: float, top_px: float, top_kg: float) -> Iterator[str]:
    yield f'<path class="axis" d="M{LEFT_PX} {zero_px:.1f}H{WIDTH_PX - 6}"/>'
    yield f'<text class="tick" x="{LEFT_PX - 4}" y="{zero_px + 3:.1f}">0</text>'
    yield f'<text class="tick" x="{LEFT_PX - 4}" y="{top_px + 5:.1f}">{top_kg:,.0f}</text>'
    for n, (first, month) in enumerate(axis.months()):
        x = axis.x(first)
        yield f'<path class="axis" d="M{x:.1f} {BOTTOM_PX}v3"/>'
        if n % 3 == 0:
            yield f'<text class="mon" x="{x:.1f}" y="{HEIGHT_PX - 6}">{month[:3]}</text>'
