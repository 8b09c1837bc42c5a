"""Words of the command `windows`: what was asked, and launch windows with each spacecraft's ways to dock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from supercargo.faces.words import count
from supercargo.kernel import ScenarioError, days, format_utc, plain
from supercargo.model import Arrival, LaunchWindow, RouteArrival, WindowQuery, WindowsFound

__all__ = ["WindowsAsked", "day_of", "query_of", "window_lines", "windows_told"]


@dataclass(frozen=True, slots=True)
class WindowsAsked:
    """What a person asks of `windows`."""

    folder: Path
    destination: str
    site: str
    start: str
    days: float
    vehicles: tuple[str, ...] = ()
    beta_limit_deg: float | None = None
    daylight: bool = False
    planned: Path | None = None
    out: Path | None = None
    picture: Path | None = None
    force: bool = False


def query_of(asked: WindowsAsked) -> WindowQuery:
    """The question in the planner's terms. Raises ScenarioError for a day that can't be read."""
    start = day_of(asked.start)
    return WindowQuery(
        destination=asked.destination,
        site=asked.site,
        start_utc=start,
        end_utc=start + days(asked.days),
        vehicle_types=asked.vehicles,
        beta_limit_deg=asked.beta_limit_deg,
        daylight=asked.daylight,
    )


def windows_told(asked: WindowsAsked, query: WindowQuery, found: WindowsFound) -> dict[str, Any]:
    """The answer as one object."""
    files = {name: str(path) for name, path in (("out", asked.out), ("picture", asked.picture)) if path}
    return {
        "destination": query.destination,
        "site": query.site,
        "from_utc": format_utc(query.start_utc),
        "to_utc": format_utc(query.end_utc),
        **files,
        "windows": plain(found.windows),
        "arrivals": plain(found.arrivals),
        "routes": plain(found.routes),
        "reasons": list(found.reasons),
    }


def day_of(written: str) -> datetime:
    """A day or an instant in UTC. Raises ScenarioError for what is neither."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        fix = "write a day as 2027-03-01, or an instant as 2027-03-01T12:00:00Z"
        raise ScenarioError(f"{written!r} is no day", fix=fix, where="--start") from None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if not 1990 <= at.year <= 2090:
        raise ScenarioError(f"{at.year} is no year to plan for", fix="give a day from 1990 to 2090", where="--start")
    return at - timedelta(microseconds=at.microsecond)


def window_lines(query: WindowQuery, found: WindowsFound) -> Iterator[str]:
    """One block a window: the instant and its geometry, then a line for each spacecraft and profile."""
    span = f"{format_utc(query.start_utc)[:16]}Z to {format_utc(query.end_utc)[:16]}Z"
    yield f"{query.destination} from {query.site}, {span}: {count(len(found.windows), 'window')}"
    yield from (f"  none: {reason}" for reason in found.reasons)
    of_window = {key: list(rows) for key, rows in groupby(found.arrivals, key=_window_key)}
    for window in () if found.routes else found.windows:
        block = of_window.get(_window_key(window), [])
        yield from _window_head(block[0] if block else window)
        if not block:
            yield "  no spacecraft has a way to dock from it"
        for _, ways in groupby(block, key=lambda row: row.vehicle_type):
            yield from _vehicle_lines(list(ways))
    for _, routes in groupby(found.routes, key=lambda row: (row.launch_utc, row.pad, row.launcher)):
        yield from _route_lines(list(routes))


def _window_key(row: LaunchWindow | Arrival) -> tuple[datetime, str, str]:
    return row.launch_utc, row.pad, row.launcher


def _route_lines(rows: Sequence[RouteArrival]) -> Iterator[str]:
    """A listed window: the instant, its route, and a line for each spacecraft."""
    first = rows[0]
    width_s = (first.closes_utc - first.opens_utc).total_seconds() / 2.0
    stack = f"{first.launcher} from pad {first.pad}, steers +-{width_s:.0f} s"
    energy = "C3 not given" if first.c3_km2_s2 is None else f"C3 {first.c3_km2_s2:.2f} km2/s2"
    sun = "Sun not known" if first.sun_elevation_deg is None else f"Sun {first.sun_elevation_deg:+.1f} deg"
    arrival = f"arrives {format_utc(first.arrive_utc)} after {first.transit_d:.2f} d"
    yield ""
    yield f"{format_utc(first.launch_utc)}  {stack}, {first.route or 'listed'}"
    yield f"  {arrival}, {energy}, {first.delta_v_m_s:.1f} m/s, {sun}"
    yield from (f"  note: {remark}" for remark in sorted({row.remark for row in rows if row.remark}))
    for row in rows:
        cost = f"{row.propellant_kg or 0.0:,.0f} kg of propellant, {row.margin_kg or 0.0:,.0f} kg left"
        told = f"lifts {row.lift_kg:,.0f} kg ({row.limited_by}); {cost}" if row.stands else f"refused: {row.refused}"
        yield f"    {row.vehicle_type:<22} {told}"


def _window_head(row: LaunchWindow | Arrival) -> Iterator[str]:
    width_s = (row.closes_utc - row.opens_utc).total_seconds() / 2.0
    yield ""
    yield (
        f"{format_utc(row.launch_utc)}  {row.launcher} from pad {row.pad}, {row.node}, steers +-{width_s:.0f} s, "
        f"sigma {row.sigma_s:.0f} s"
    )
    phase = "phase not known so far ahead" if row.phase_deg is None else f"phase {row.phase_deg:.1f} deg"
    range_deg = f" ({row.azimuth_min_deg:g} to {row.azimuth_max_deg:g} allowed)" if isinstance(row, Arrival) else ""
    night = f", night {100 * row.eclipse_fraction:.0f} %" if isinstance(row, Arrival) else ""
    yield (
        f"  azimuth {row.azimuth_deg or 0.0:.1f} deg{range_deg}, plane offset {row.plane_offset_deg or 0.0:+.2f} deg, "
        f"{phase}, beta {row.beta_deg or 0.0:+.1f} deg{night}"
    )


def _vehicle_lines(ways: list[Any]) -> Iterator[str]:
    yield f"  {ways[0].vehicle_type}"
    for row in ways:
        if row.stands:
            own = "" if row.lift_off_utc == row.launch_utc else f"lifts off {format_utc(row.lift_off_utc)[11:]}, "
            known = "light unknown so far from the epoch" if row.dock_light == "unknown" else row.dock_light
            light = f"{known}, beta {row.dock_beta_deg:+.1f}"
            cost = f"{row.delta_v_m_s:.1f} m/s, {row.propellant_kg:.0f} kg, {row.margin_kg:.0f} kg left"
            yield f"    {row.profile or 'usual':<8} {own}docks {format_utc(row.dock_utc)}, {light}; {cost}"
        else:
            yield f"    {row.profile or 'usual':<8} refused: {row.refused}"
