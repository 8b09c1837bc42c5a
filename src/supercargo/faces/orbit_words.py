"""Words of the commands under `orbit`: what was asked, and rows of beta, passes, returns and holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supercargo.faces.window_words import day_of
from supercargo.faces.words import count
from supercargo.kernel import ScenarioError, days, format_utc
from supercargo.model import Antenna, DisposalCorridor, LandingZone, OrbitFound, OrbitQuery

__all__ = ["OrbitAsked", "orbit_lines", "orbit_query"]


@dataclass(frozen=True, slots=True)
class OrbitAsked:
    """What a person asks of `orbit`."""

    view: str
    folder: Path
    destination: str
    start: str = "2000-01-01"
    days: float = 1.0
    vehicle: str = ""
    stations: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    corridor: str = ""
    picture: Path | None = None
    out: Path | None = None
    force: bool = False


def orbit_query(asked: OrbitAsked) -> OrbitQuery:
    """The question in the planner's terms. Raises ScenarioError for a day or a station that can't be read."""
    start = day_of(asked.start)
    return OrbitQuery(
        destination=asked.destination,
        start_utc=start,
        end_utc=start + days(asked.days),
        vehicle_type=asked.vehicle,
        antennas=tuple(map(_antenna, asked.stations)),
        zones=tuple(map(_zone, asked.zones)),
        corridor=_corridor(asked.corridor) if asked.corridor else None,
    )


def _named_numbers(written: str, counts: range) -> tuple[str, list[float]] | None:
    """A name and some numbers between commas, or None."""
    name, *numbers = (part.strip() for part in written.split(","))
    try:
        values = [float(number) for number in numbers]
    except ValueError:
        return None
    return (name, values) if name and len(values) in counts and all(map(math.isfinite, values)) else None


def _antenna(written: str) -> Antenna:
    """A station from `NAME,LATITUDE,LONGITUDE[,LEAST ELEVATION]`."""
    read = _named_numbers(written, range(2, 4))
    if read is None:
        fix = "write NAME,LATITUDE,LONGITUDE or NAME,LATITUDE,LONGITUDE,LEAST_ELEVATION in degrees"
        raise ScenarioError(f"{written!r} is no station", fix=fix, where="--station")
    name, values = read
    latitude, longitude, least = (*values, 5.0)[:3]
    _within("--station", name, "latitude", latitude, (-90.0, 90.0))
    _within("--station", name, "longitude", longitude, (-180.0, 180.0))
    _within("--station", name, "least elevation", least, (0.0, 89.0))
    return Antenna(name=name, latitude_deg=latitude, longitude_deg=longitude, least_elevation_deg=least)


def _within(option: str, name: str, word: str, value: float, bounds: tuple[float, float]) -> None:
    """Refuses a number out of range in the words of the option that it was given with."""
    if not bounds[0] <= value <= bounds[1]:
        fix = f"give a {word} from {bounds[0]:g} to {bounds[1]:g}"
        raise ScenarioError(f"{name} has the {word} {value:g}", fix=fix, where=option)


def _zone(written: str) -> str | LandingZone:
    """A zone by its name, or described as `NAME,LATITUDE,LONGITUDE,REACH_KM`."""
    if "," not in written:
        return written
    read = _named_numbers(written, range(3, 4))
    if read is None:
        fix = "write NAME,LATITUDE,LONGITUDE,REACH_KM, or the name of a known zone"
        raise ScenarioError(f"{written!r} is no zone", fix=fix, where="--zone")
    name, (latitude, longitude, reach) = read
    _within("--zone", name, "latitude", latitude, (-90.0, 90.0))
    _within("--zone", name, "longitude", longitude, (-180.0, 180.0))
    _within("--zone", name, "reach in km", reach, (0.0, 3000.0))
    return LandingZone(name=name, latitude_deg=latitude, longitude_deg=longitude, reach_km=reach)


def _corridor(written: str) -> DisposalCorridor:
    """A corridor from `NAME,SOUTH,NORTH,WEST,EAST`."""
    read = _named_numbers(written, range(4, 5))
    if read is None:
        raise ScenarioError(
            f"{written!r} is no corridor", fix="write NAME,SOUTH,NORTH,WEST,EAST in degrees", where="--corridor"
        )
    name, (south, north, west, east) = read
    for word, value in (("southern parallel", south), ("northern parallel", north)):
        _within("--corridor", name, word, value, (-90.0, 90.0))
    for word, value in (("western meridian", west), ("eastern meridian", east)):
        _within("--corridor", name, word, value, (-180.0, 180.0))
    return DisposalCorridor(name=name, south_deg=south, north_deg=north, west_deg=west, east_deg=east)


def orbit_lines(asked: OrbitAsked, found: OrbitFound) -> Iterator[str]:
    """A head, what has to be said beside the rows, and one line a row."""
    rows: Sequence[Any] = found.rows
    one, many, line = _LINES[asked.view]
    yield f"{asked.destination}: {count(len(rows), one)}" if len(rows) == 1 else f"{asked.destination}: {len(rows):,} {many}"
    yield from (f"  note: {remark}" for remark in found.remarks)
    yield from map(line, rows)


_LOST_DEG = 30.0
"""Sigma of beta beyond which a row says no more than the season."""


def _beta_line(row: Any) -> str:
    night = f"night {100 * row.night_fraction:4.1f} %"
    lost = "  the node is lost: any beta may hold" if row.sigma_deg > _LOST_DEG else ""
    return f"  {format_utc(row.at_utc)}  beta {row.beta_deg:+6.1f} deg  {night}  sigma {row.sigma_deg:.1f} deg{lost}"


def _pass_line(row: Any) -> str:
    light = "lit" if row.lit else "dark"
    seen = f"  {format_utc(row.rise_utc)} to {format_utc(row.set_utc)[11:]}  {row.station:<22}"
    top = f"highest {row.highest_deg:4.1f} deg at {format_utc(row.highest_utc)[11:]}, {light}"
    return f"{seen} {top}, azimuth {row.rise_azimuth_deg:.0f} to {row.set_azimuth_deg:.0f}, sigma {row.sigma_s:.0f} s"


def _return_line(row: Any) -> str:
    cost = f"{row.delta_v_m_s:.1f} m/s, {row.propellant_kg:.0f} kg"
    head = f"  undock {format_utc(row.undock_utc)}, burn {format_utc(row.burn_utc)}"
    if row.kind == "disposal":
        return f"{head} to {format_utc(row.burn_until_utc)[11:]}, {row.zone} {format_utc(row.ground_utc)}; {cost}"
    light = "by day" if row.by_day else "by night"
    end = f"{row.kind} {row.zone} {format_utc(row.ground_utc)} {light} (Sun {row.sun_deg:+.0f} deg)"
    return f"{head}, {end}, {row.off_track_km:.0f} km off track; {cost}"


def _hold_line(row: Any) -> str:
    safe = "safe" if row.safe else "not safe"
    head = f"  {row.hold:<16} {safe}: {row.nearest_m:,.0f} m at the nearest in 24 h without engines"
    if not row.abort:
        return f"{head}; no single burn up to 3 m/s keeps clear"
    abort = f"abort {row.abort_m_s:g} m/s {row.abort}, then {row.abort_nearest_m:,.0f} m at the nearest"
    if row.retry_h is None:
        return f"{head}; {abort}; no second chance can be paid"
    chances = f"again after {row.retry_h:.1f} h for {row.retry_m_s:.1f} m/s, {row.left_kg:.0f} kg then left"
    return f"{head}; {abort}; {chances} ({count(row.retries_count, 'chance')} in 27 h)"


_LINES: Mapping[str, tuple[str, str, Callable[[Any], str]]] = {
    "beta": ("day", "days", _beta_line),
    "passes": ("pass", "passes", _pass_line),
    "returns": ("way home", "ways home", _return_line),
    "holds": ("hold point", "hold points", _hold_line),
}
