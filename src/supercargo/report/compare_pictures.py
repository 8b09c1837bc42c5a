"""Plans drawn above each other: who is docked where and when, and how stocks run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from supercargo.kernel import days, days_between
from supercargo.measure.compared import ComparedMission, ComparedStock, Comparison, Stay
from supercargo.report.lanes import Bar, Lane
from supercargo.report.svg import CalendarAxis, clip, escaped, points, short_utc
from supercargo.report.timeline import HATCH, HEADING_PX, LABEL_PX, LANE_PX, WIDTH_PX, grid_parts, lane_parts

__all__ = ["SAME_D", "StockOverlay", "draw_docked", "draw_overlays"]

SAME_D = 1.0
"""A stay that begins and ends within so many days of the base's is drawn as the same."""
AFTER_D = 45
STYLES_COUNT = 6
STOCK_WIDTH_PX, STOCK_HEIGHT_PX = 300, 128
LEFT_PX, TOP_PX, BOTTOM_PX = 44, 22, 104


@dataclass(frozen=True, slots=True)
class StockOverlay:
    """One destination's stocks that differ, every plan's curve in one picture for each class of supply."""

    destination: str
    pictures: tuple[str, ...]


def _axis(comparison: Comparison) -> CalendarAxis:
    start = min(plan.start_utc for plan in comparison.plans)
    year_ends = max(plan.end_utc for plan in comparison.plans)
    stays = [stay for mission in comparison.missions for stay in mission.stays if stay]
    latest = max((stay.depart_utc for stay in stays), default=year_ends)
    end = min(max(latest, year_ends), year_ends + timedelta(days=AFTER_D))
    return CalendarAxis(start, end, LABEL_PX, WIDTH_PX - LABEL_PX - 4)


def draw_docked(comparison: Comparison) -> str:
    """One SVG: for each port a lane for each plan, one above the other; what differs from the base is marked and labelled."""
    axis = _axis(comparison)
    body: list[str] = []
    y = 22
    for heading, lanes in _blocks(comparison):
        body.append(f'<text class="head" x="4" y="{y + 18}">{escaped(heading, 90)}</text>')
        y += HEADING_PX
        for n, lane in enumerate(lanes):
            if n // len(comparison.plans) % 2 == 0:
                body.append(f'<rect class="band" x="0" y="{y}" width="{WIDTH_PX:.0f}" height="{LANE_PX}"/>')
            body.extend(lane_parts(axis, lane, y))
            y += LANE_PX
    height = y + 6
    year_ends = max(plan.end_utc for plan in comparison.plans)
    name = escaped("Timeline of every port, the plans above each other: " + ", ".join(plan.name for plan in comparison.plans))
    return (
        f'<svg class="timeline" viewBox="0 0 {WIDTH_PX:.0f} {height}" width="{WIDTH_PX:.0f}" height="{height}" role="group" '
        f'aria-label="{name}">{HATCH}{"".join(grid_parts(axis, year_ends, height))}{"".join(body)}</svg>'
    )


def _blocks(comparison: Comparison) -> Iterator[tuple[str, list[Lane]]]:
    """Places with the lanes of their ports; last the missions that never docked."""
    places = list(dict.fromkeys(place.destination for place in comparison.places))
    for place in places:
        ports = [port.port for port in comparison.ports if port.destination == place]
        lanes = [_port_lane(comparison, n, place, port) for port in ports for n in range(len(comparison.plans))]
        yield place, lanes
    adrift = [_adrift_lane(comparison, n) for n in range(len(comparison.plans))]
    if any(lane.bars for lane in adrift):
        yield "Lifted off and never docked", adrift


def _port_lane(comparison: Comparison, place: int, destination: str, port: str) -> Lane:
    bars: list[Bar] = []
    for mission in comparison.missions:
        stay = mission.stays[place]
        if stay and (stay.destination, stay.port) == (destination, port):
            bars += _stay_bars(mission, stay, place)
    letter = comparison.plans[place].letter
    return Lane(f"{letter}  {port}", tuple(sorted(bars, key=lambda bar: (bar.start, bar.title))))


def _stay_bars(mission: ComparedMission, stay: Stay, place: int) -> Iterator[Bar]:
    look, words = _compared(mission, stay, place)
    span = f"{short_utc(stay.arrive_utc)} to {short_utc(stay.depart_utc)} UTC"
    lift = f"{stay.mission_id} lifts off {short_utc(stay.launch_utc)} UTC"
    yield Bar(stay.launch_utc, stay.arrive_utc, "", lift, "way")
    label = stay.mission_id + (f" {words}" if words else "")
    yield Bar(stay.arrive_utc, stay.depart_utc, label, f"{label} docked at {stay.destination}/{stay.port}: {span}", look)


def _compared(mission: ComparedMission, stay: Stay, place: int) -> tuple[str, str]:
    """Look and words of a stay as it stands to the base's; the base itself shows what the others lack."""
    base = mission.stays[0]
    if place == 0:
        alone = any(other is None for other in mission.stays)
        return ("only", "not in all") if alone else ("dock", "")
    if base is None:
        return "only", "not in base"
    moved_d = days_between(base.arrive_utc, stay.arrive_utc)
    left_d = days_between(base.depart_utc, stay.depart_utc)
    days_moved = f"{moved_d:+.0f} d".replace("-", "\u2212") if abs(moved_d) >= SAME_D else ""
    if (base.destination, base.port) != (stay.destination, stay.port):
        return "ported", f"⇄ {days_moved}".strip()
    if days_moved:
        return "moved", days_moved
    return ("moved", f"leaves {left_d:+.0f} d".replace("-", "\u2212")) if abs(left_d) >= SAME_D else ("same", "")


def _adrift_lane(comparison: Comparison, place: int) -> Lane:
    bars = []
    for mission in comparison.missions:
        launch = mission.launches[place]
        if mission.flown[place] and mission.stays[place] is None and launch:
            words = f"{mission.mission_id} {'lost' if mission.lost[place] else 'never docks'}"
            bars.append(Bar(launch, launch, words, f"{words}: lifts off {short_utc(launch)} UTC", "gone"))
    return Lane(f"{comparison.plans[place].letter}  never docked", tuple(sorted(bars, key=lambda bar: (bar.start, bar.title))))


def draw_overlays(comparison: Comparison) -> tuple[StockOverlay, ...]:
    """Curves of each stock that differs between the plans, with the base's reserve; places in the scenario's order."""
    start = min(plan.start_utc for plan in comparison.plans)
    end = max(plan.end_utc for plan in comparison.plans)
    axis = CalendarAxis(start, end, LEFT_PX, STOCK_WIDTH_PX - LEFT_PX - 6)
    pictures: dict[str, list[str]] = {}
    for stock in comparison.stocks:
        if stock.differs:
            pictures.setdefault(stock.destination, []).append(_overlay(comparison, stock, axis))
    return tuple(StockOverlay(place, tuple(found)) for place, found in pictures.items())


def _overlay(comparison: Comparison, stock: ComparedStock, axis: CalendarAxis) -> str:
    rows = [row for curve in stock.curves for row in curve]
    high_kg = max(max(row.reserve_kg, row.on_hand_kg) for row in rows) * 1.05 or 1.0
    low_kg = min(0.0, *(row.on_hand_kg for row in rows))

    def y(mass_kg: float) -> float:
        return BOTTOM_PX - (BOTTOM_PX - TOP_PX) * (mass_kg - low_kg) / (high_kg - low_kg)

    least = next(figure for figure in stock.figures if figure.field == "cover_least_kg")
    told = ", ".join(
        f"{plan.letter} {value:,.0f} kg" if isinstance(value, float) else f"{plan.letter} not tracked"
        for plan, value in zip(comparison.plans, least.values, strict=True)
    )
    name = escaped(f"{stock.supply_class} at {stock.destination}, least above reserve: {told}")
    short = any(isinstance(value, float) and value < -0.01 for value in least.values)
    parts = [
        f'<svg class="stock{" short" if short else ""}" viewBox="0 0 {STOCK_WIDTH_PX} {STOCK_HEIGHT_PX}" '
        f'width="{STOCK_WIDTH_PX}" height="{STOCK_HEIGHT_PX}" role="img" aria-label="{name}"><title>{name}</title>',
        f'<text class="stockname" x="4" y="13">{escaped(stock.supply_class, 20)}</text>',
        f'<text class="state" x="{STOCK_WIDTH_PX - 6}" y="13">{escaped(clip(f"least: {told}", 36))}</text>',
        *_axes(axis, (y(0.0), y(high_kg / 1.05)), high_kg / 1.05),
    ]
    base = next(curve for curve in stock.curves if curve)
    reserve = _corners([(axis.x(row.day_utc + days(1)), y(row.reserve_kg)) for row in base])
    parts.append(f'<polyline class="reserve" points="{points(reserve)}"/>')
    for n, curve in enumerate(stock.curves):
        path = _corners([(axis.x(row.day_utc + days(1)), y(row.on_hand_kg)) for row in curve])
        if path:
            parts.append(f'<polyline class="hand s{n % STYLES_COUNT}" points="{points(path)}"/>')
    return "".join([*parts, "</svg>"])


def _corners(path: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The path without points in the middle of a level stretch."""
    inner = range(1, len(path) - 1)
    kept = [path[n] for n in inner if not path[n - 1][1] == path[n][1] == path[n + 1][1]]
    return [*path[:1], *kept, *path[1:][-1:]]


def _axes(axis: CalendarAxis, heights_px: tuple[float, float], top_kg: float) -> Iterator[str]:
    zero_px, top_px = heights_px
    yield f'<path class="axis" d="M{LEFT_PX} {zero_px:.1f}H{STOCK_WIDTH_PX - 6}"/>'
    yield f'<text class="tick" x="{LEFT_PX - 4}" y="{zero_px + 3:.1f}">0</text>'
    yield f'<text class="tick" x="{LEFT_PX - 4}" y="{top_px + 5:.1f}">{top_kg:,.0f}</text>'
    months: list[tuple[datetime, str]] = list(axis.months())
    every = max(3, len(months) // 4)
    for n, (first, month) in enumerate(months):
        x = axis.x(first)
        yield f'<path class="axis" d="M{x:.1f} {BOTTOM_PX}v3"/>'
        if n % every == 0:
            yield f'<text class="mon" x="{x:.1f}" y="{STOCK_HEIGHT_PX - 6}">{month[:3]}</text>'
