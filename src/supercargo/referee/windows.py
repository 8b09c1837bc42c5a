"""Windows: each chance to lift off brings the pad under the plane of its place, or is a listed opportunity."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from supercargo.astro.frames import beta_deg, pad_direction, teme
from supercargo.astro.timescales import EARTH_TURN_RAD_S, Floats
from supercargo.kernel import ScenarioError
from supercargo.model import Launcher, LaunchWindow, Orbit, Pad, Site, TransferWindow
from supercargo.referee.case import TIME_TOLERANCE_S, Case, day_word, stamp, when
from supercargo.referee.planes import EARTH_TURN_DEG_S, PHASE_EDGE, Plane, plane_of
from supercargo.referee.rule import Finding
from supercargo.referee.ways import lead_of

__all__ = [
    "window_azimuth",
    "window_light",
    "window_listed",
    "window_offset",
    "window_phase",
    "window_plane",
    "window_sigma",
    "window_steering",
    "window_uncertain",
]

_J2000_S = 946_728_000  # 2000-01-01T12:00:00Z, since 1970
_CROSSING_DEG = 0.02
_AZIMUTH_DEG = 1.5  # the speed at burn-out, which turns the azimuth, is the launcher's own secret
_BETA_DEG = 0.1
_PHASE_DEG = 0.1
_LEVEL = 0.2  # nearer to due east or west a pass may be called either
_SIGMA_FLOOR_S = 10.0
_CELL = 1e-3  # what a rounded cell may differ from what it stands for
_PARKING_KM_S = 7.79  # circular at about 200 km
_EQUATOR_KM = 6378.137


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows for one place, pad and launcher whose plane is known; arrays are [row]."""

    rows: tuple[LaunchWindow, ...]
    pad: Pad
    site: Site | None
    launcher: Launcher
    plane: Plane
    launch_s: Floats  # since 2000-01-01T12:00:00Z
    lead_s: Floats  # of the launcher, with the mission that uses the row
    normal: Floats  # TEME, at lift-off [row, axis]
    offset_deg: Floats  # pad out of the plane at lift-off
    crossing_deg: Floats  # pad out of the plane when the launcher's lead is over
    node_sigma_deg: Floats

    @property
    def doubt_deg(self) -> Floats:
        """Three sigma of the node, seen across the plane [deg]."""
        return np.asarray(3.0 * self.node_sigma_deg * math.sin(math.radians(self.plane.inclination_deg)) + _CROSSING_DEG)


_Key = tuple[str, str, str, str]  # place, site, pad, launcher


def _name(row: LaunchWindow) -> str:
    return f"{row.destination}/{row.site}/{row.pad}/{row.launcher}/{when(stamp(row.launch_utc))}"


def _place_kind(case: Case, kind: str) -> set[str]:
    return {place.destination for place in case.scenario.destinations if place.window_kind == kind}


def _offsets_deg(pad: Pad, normal: Floats, at_s: Floats) -> Floats:
    direction = teme(pad_direction(pad.latitude_deg, pad.longitude_deg), at_s)
    return np.asarray(np.degrees(np.arcsin(np.clip(np.sum(normal * direction, axis=-1), -1.0, 1.0))))


def _groups(case: Case) -> tuple[_Group, ...]:
    """The plane windows by place, pad and launcher."""
    return case.once(_work_out)


def _work_out(case: Case) -> tuple[_Group, ...]:
    return tuple(_each_group(case))


def _each_group(case: Case) -> Iterator[_Group]:
    scenario = case.scenario
    planes = {name: _planes(scenario.orbits_of[name]) for name in _place_kind(case, "plane") & set(scenario.orbits_of)}
    pads = {(pad.site, pad.pad): pad for pad in scenario.pads}
    sites = {site.site: site for site in scenario.sites}
    for key, rows in sorted(_rows_by_pad(case).items()):
        destination, site, pad_name, launcher_name = key
        pad, launcher = pads.get((site, pad_name)), scenario.launcher_named.get(launcher_name)
        if not (pad and launcher):
            continue
        for plane, near in _by_epoch(planes.get(destination, ()), rows):
            leads_s = np.array([lead_of(case, row, launcher) for row in near], dtype=np.float64)
            group = _group(near, plane, _Stack(pad, launcher, sites.get(site)), leads_s)
            if group:
                yield group


def _planes(orbits: tuple[Orbit, ...]) -> tuple[Plane, ...]:
    """The planes of a place's orbits, in order of epoch; none at all if one of them can't be worked out."""
    found = [plane_of(orbit) for orbit in orbits]
    return tuple(plane for plane in found if plane) if all(found) else ()


def _by_epoch(planes: tuple[Plane, ...], rows: tuple[LaunchWindow, ...]) -> Iterator[tuple[Plane, tuple[LaunchWindow, ...]]]:
    """Rows by the plane whose epoch is nearest to the lift-off, the earlier one at equal distance."""
    if not planes:
        return
    epochs_s = np.array([plane.epoch_s for plane in planes])
    launch_s = np.array([stamp(row.launch_utc) - _J2000_S for row in rows], dtype=np.float64)
    nearest = np.argmin(np.abs(launch_s[:, None] - epochs_s[None, :]), axis=1)  # [row]
    for index in np.unique(nearest):
        yield planes[int(index)], tuple(rows[int(row)] for row in np.flatnonzero(nearest == index))


@dataclass(frozen=True, slots=True)
class _Stack:
    """A launcher on its pad."""

    pad: Pad
    launcher: Launcher
    site: Site | None


def _group(rows: tuple[LaunchWindow, ...], plane: Plane, stack: _Stack, lead_s: Floats) -> _Group | None:
    launch_s = np.array([stamp(row.launch_utc) - _J2000_S for row in rows], dtype=np.float64)
    try:
        normal, later = plane.normals(launch_s), plane.normals(launch_s + lead_s)
    except ScenarioError:
        return None
    return _Group(
        rows=rows,
        pad=stack.pad,
        site=stack.site,
        launcher=stack.launcher,
        plane=plane,
        launch_s=launch_s,
        lead_s=lead_s,
        normal=normal,
        offset_deg=_offsets_deg(stack.pad, normal, launch_s),
        crossing_deg=_offsets_deg(stack.pad, later, launch_s + lead_s),
        node_sigma_deg=plane.node_sigma_deg(launch_s),
    )


def _rows_by_pad(case: Case) -> Mapping[_Key, tuple[LaunchWindow, ...]]:
    places = _place_kind(case, "plane")
    found: dict[_Key, list[LaunchWindow]] = {}
    for row in case.plan.windows:
        if row.destination in places:
            found.setdefault((row.destination, row.site, row.pad, row.launcher), []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def _wrong(group: _Group, faulty: npt.NDArray[np.bool_]) -> Iterator[tuple[int, LaunchWindow]]:
    for index in np.flatnonzero(faulty):
        yield int(index), group.rows[int(index)]


def _column(group: _Group, field: str) -> Floats:
    """A column that may be empty, as NaN where it is."""
    values = (getattr(row, field) for row in group.rows)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def window_plane(case: Case) -> Iterator[Finding]:
    """At lift-off plus the lead of launcher and way the pad lies in the plane of its place, within steering and drift."""
    judged = {row.destination for group in _groups(case) for row in group.rows}
    rows = {row.destination for row in case.plan.windows}
    for place in sorted(_place_kind(case, "plane") & rows - judged):
        yield place, f"the plane of {place} can't be worked out from its orbit and pads, so its windows can't be true"
    for group in _groups(case):
        steering_deg = group.launcher.steering_s * EARTH_TURN_DEG_S * math.sin(math.radians(group.plane.inclination_deg))
        lawful = group.doubt_deg + steering_deg
        for index, row in _wrong(group, np.abs(group.crossing_deg) > lawful):
            off, most = abs(group.crossing_deg[index]), lawful[index]
            yield _name(row), f"the pad lies {off:.2f} deg out of the plane of {row.destination}, lawful is {most:.2f} deg"


def window_offset(case: Case) -> Iterator[Finding]:
    """The stated angle between pad and plane at lift-off is true, as sure as the drift allows."""
    for group in _groups(case):
        said = _column(group, "plane_offset_deg")
        with np.errstate(invalid="ignore"):
            faulty = np.abs(said - group.offset_deg) > group.doubt_deg + 0.03
        for index, row in _wrong(group, faulty | np.isnan(said)):
            yield _name(row), f"plane_offset_deg says {row.plane_offset_deg}, the pad is {group.offset_deg[index]:.3f} deg off"


def _azimuths_deg(group: _Group) -> Floats:
    """Azimuth over the ground that puts a launcher into the plane [deg] (Vallado, eq. 6-38 to 6-40)."""
    pad = teme(pad_direction(group.pad.latitude_deg, group.pad.longitude_deg), group.launch_s + group.lead_s)
    forward = np.cross(group.normal, pad)
    forward /= np.linalg.norm(forward, axis=-1, keepdims=True)
    level = np.hypot(pad[:, 0], pad[:, 1])
    north = forward[:, 2] / level  # the pole's direction has this part along the meridian
    east = (pad[:, 0] * forward[:, 1] - pad[:, 1] * forward[:, 0]) / level
    ground_km_s = EARTH_TURN_RAD_S * _EQUATOR_KM * level
    return np.asarray(np.degrees(np.arctan2(_PARKING_KM_S * east - ground_km_s, _PARKING_KM_S * north)) % 360.0)


def window_azimuth(case: Case) -> Iterator[Finding]:
    """The launch azimuth and the pass are true, and the azimuth is inside the range that the site allows."""
    for group in _groups(case):
        said, true = _column(group, "azimuth_deg"), _azimuths_deg(group)
        turn = (said - true + 180.0) % 360.0 - 180.0
        # near the top of a plane's reach a small doubt of the node turns the azimuth fast
        slope = 1.0 / np.maximum(np.cos(np.radians(group.pad.latitude_deg)), 0.05)
        with np.errstate(invalid="ignore"):
            faulty = np.abs(turn) > _AZIMUTH_DEG + 3.0 * group.node_sigma_deg * slope
        for _, row in _wrong(group, faulty | np.isnan(said)):
            yield _name(row), f"azimuth_deg says {row.azimuth_deg}, which does not lead into the plane of {row.destination}"
        yield from _wrong_pass(group, true)
        yield from _out_of_range(group, said)


def _wrong_pass(group: _Group, true_deg: Floats) -> Iterator[Finding]:
    northward = np.cos(np.radians(true_deg))
    for index, row in _wrong(group, np.abs(northward) > _LEVEL):
        node = "ascending" if northward[index] > 0 else "descending"
        if row.node != node:
            yield _name(row), f"node says {row.node}, the pass is {node}"


def _out_of_range(group: _Group, said_deg: Floats) -> Iterator[Finding]:
    if group.site is None:
        return
    low, high = group.site.azimuth_min_deg, group.site.azimuth_max_deg
    with np.errstate(invalid="ignore"):
        below, above = said_deg < low - 1e-3, said_deg > high + 1e-3
    for _, row in _wrong(group, below | above if low <= high else below & above):
        yield _name(row), f"azimuth {row.azimuth_deg} deg is outside {row.site}'s range, {low:g} to {high:g} deg"


def window_steering(case: Case) -> Iterator[Finding]:
    """A plane window opens and closes as far from the planned lift-off as the launcher can steer."""
    for group in _groups(case):
        half_s = round(group.launcher.steering_s)
        for row in group.rows:
            launch_s = stamp(row.launch_utc)
            before_s, after_s = launch_s - stamp(row.opens_utc), stamp(row.closes_utc) - launch_s
            if max(abs(before_s - half_s), abs(after_s - half_s)) > TIME_TOLERANCE_S:
                words = f"opens {before_s} s before and closes {after_s} s after lift-off"
                yield _name(row), f"the window {words}; {row.launcher} steers {half_s} s"


def window_sigma(case: Case) -> Iterator[Finding]:
    """The stated uncertainty of a window follows from the drift of the node: not less than half of it, not more than twice."""
    for group in _groups(case):
        turn = EARTH_TURN_DEG_S - math.degrees(group.plane.drift.rate_rad_s)
        sigma_s = group.node_sigma_deg / turn
        said = _column(group, "sigma_s")
        for index, row in _wrong(group, (said < 0.5 * sigma_s - 1.0) | (said > 2.0 * sigma_s + _SIGMA_FLOOR_S)):
            yield _name(row), f"sigma_s says {row.sigma_s:g}, by the drift of the node it is {sigma_s[index]:.1f} s"


def window_light(case: Case) -> Iterator[Finding]:
    """The stated height of the Sun over the plane is true."""
    for group in _groups(case):
        beta = beta_deg(group.normal, group.launch_s)
        said = _column(group, "beta_deg")
        with np.errstate(invalid="ignore"):
            faulty = np.abs(said - beta) > _BETA_DEG + group.doubt_deg  # an empty cell claims nothing
        for index, row in _wrong(group, faulty):
            yield _name(row), f"beta_deg says {row.beta_deg}, the Sun stands {beta[index]:.2f} deg over the plane"


def window_phase(case: Case) -> Iterator[Finding]:
    """How far the place is ahead of the pad is stated where it is known, and only there, and is true."""
    for group in _groups(case):
        said, doubt = _column(group, "phase_deg"), group.plane.phase_doubt(group.launch_s)
        stated = ~np.isnan(said)
        for index, row in _wrong(group, (stated != (doubt < 1.0)) & (np.abs(doubt - 1.0) > PHASE_EDGE)):
            words = "so far from the epoch it is not known" if stated[index] else "it is known and not stated"
            yield _name(row), f"phase_deg says {row.phase_deg}; {words}"
        near = np.flatnonzero(stated & (doubt < 1.0 + PHASE_EDGE))
        if near.size:
            yield from _wrong_phases(group, near, said[near])


def _wrong_phases(group: _Group, near: npt.NDArray[np.intp], said_deg: Floats) -> Iterator[Finding]:
    try:
        true_deg = group.plane.phases_deg(group.pad.latitude_deg, group.pad.longitude_deg, group.launch_s[near])
    except ScenarioError:
        return  # window-plane tells of an orbit that can't be worked out
    off_deg = (said_deg - true_deg + 180.0) % 360.0 - 180.0
    for place in np.flatnonzero(np.abs(off_deg) > _PHASE_DEG):
        row = group.rows[int(near[place])]
        yield _name(row), f"phase_deg says {row.phase_deg}, {row.destination} is {true_deg[place]:.2f} deg ahead of the pad"


def window_listed(case: Case) -> Iterator[Finding]:
    """A window to a place beyond low Earth orbit lies in a listed opportunity: its transit, route, delta-v, energy and Sun."""
    listed: dict[str, list[TransferWindow]] = {}
    for known in case.scenario.transfer_windows:
        listed.setdefault(known.destination, []).append(known)
    places = _place_kind(case, "catalogue")
    for row in case.plan.windows:
        if row.destination not in places:
            if row.transit_d is not None:
                yield _name(row), f"{row.destination} has no listed transits, the row claims one of {row.transit_d:g} d"
            elif row.route or (row.delta_v_m_s, row.c3_km2_s2, row.sun_elevation_deg) != (None, None, None):
                yield (
                    _name(row),
                    f"{row.destination} has no listed routes, the row claims one: {row.route or 'without a name'}",
                )
            continue
        launch_s = stamp(row.launch_utc)
        if not stamp(row.opens_utc) <= launch_s <= stamp(row.closes_utc):
            yield (
                _name(row),
                f"the lift-off is outside its own window, {when(stamp(row.opens_utc))} to {when(stamp(row.closes_utc))}",
            )
        lawful = [known for known in listed.get(row.destination, ()) if _open_at(known, launch_s)]
        if not lawful:
            yield _name(row), f"no listed opportunity to {row.destination} is open at {when(launch_s)}"
        elif not any(_same(row.transit_d, known.transit_d) for known in lawful):
            told = " or ".join(f"{known.transit_d:g}" for known in lawful)
            yield _name(row), f"transit_d says {row.transit_d}, listed is {told} d"
        elif not any(_same_route(row, known) for known in lawful):
            yield _name(row), f"it says {_route_told(row)}; listed is {' or '.join(_route_told(known) for known in lawful)}"


def _open_at(listed: TransferWindow, at_s: int) -> bool:
    return stamp(listed.opens_utc) - TIME_TOLERANCE_S <= at_s <= stamp(listed.closes_utc) + TIME_TOLERANCE_S


def _same(said: float | None, true: float | None) -> bool:
    """Two cells that agree to what a file carries, empty ones included."""
    if said is None or true is None:
        return said is true
    return abs(said - true) <= _CELL


def _same_route(row: LaunchWindow, listed: TransferWindow) -> bool:
    """The row has the transit, route, delta-v, energy and Sun of one listed opportunity, all of the same."""
    numbers = ("transit_d", "delta_v_m_s", "c3_km2_s2", "sun_elevation_deg")
    return row.route == listed.route and all(_same(getattr(row, name), getattr(listed, name)) for name in numbers)


def _route_told(row: LaunchWindow | TransferWindow) -> str:
    numbers = ((row.delta_v_m_s, "m/s"), (row.c3_km2_s2, "km2/s2"), (row.sun_elevation_deg, "deg of Sun"))
    told = ", ".join("no " + unit if number is None else f"{number:g} {unit}" for number, unit in numbers)
    return f"{row.route or 'no route'}, {told}"


def window_uncertain(case: Case) -> Iterator[Finding]:
    """A flight whose window is less sure than its launcher can steer will have to be shifted nearer the day."""
    for name, window in sorted(case.window_of.items()):
        launcher = case.scenario.launcher_named.get(window.launcher)
        if launcher and window.sigma_s > launcher.steering_s:
            said = f"{day_word(window.sigma_s)} (one sigma), {launcher.launcher} steers {day_word(launcher.steering_s)}"
            yield name, f"the lift-off of {name} is known to {said}"
