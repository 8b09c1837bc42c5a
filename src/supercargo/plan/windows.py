"""Launch windows: when each pad can send each place's missions, from plane crossings or from listed opportunities."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from supercargo.astro.crossings import (
    Crossings,
    MovingPlane,
    crossing_sigma_s,
    find_crossings,
    launch_azimuth_deg,
    lift_offs,
    moving_plane,
    normals,
)
from supercargo.astro.frames import pad_direction, teme
from supercargo.astro.timescales import Floats, Truths, instant_at, seconds_since_j2000
from supercargo.kernel import ScenarioError, Watch, as_written, seconds, silent
from supercargo.model import (
    Flight,
    Launcher,
    LaunchWindow,
    MissionRequest,
    Pad,
    PlannedMission,
    Scenario,
    Site,
    TransferWindow,
)

__all__ = [
    "azimuth_lawful",
    "find_windows",
    "launchers_serving",
    "lift_off_window",
    "own_window",
    "pass_window",
    "planes_held",
    "window_key",
    "with_lift_offs",
]

_DAY = timedelta(days=1)
_PASS_S = 7200.0  # a pass of the same kind comes back after most of a day

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stand:
    """A launcher on a pad that can serve some missions of one place, and the spans in which they may lift off."""

    destination: str
    site: Site
    pad: Pad
    launcher: Launcher
    spans: tuple[Span, ...]  # in order of time, apart from each other


def launchers_serving(scenario: Scenario, request: MissionRequest) -> tuple[str, ...]:
    """A mission can go on each launcher that lifts one of its spacecraft types and that the request lets in; sorted."""
    lifting = {
        launcher
        for vehicle in scenario.vehicles
        if vehicle.vehicle_type in request.vehicle_types
        for launcher in vehicle.launchers
        if not request.launchers or launcher in request.launchers
    }
    return tuple(sorted(lifting))


def azimuth_lawful(site: Site, azimuth_deg: Floats) -> Truths:
    """Range safety lets a launcher fly only between two azimuths [deg]; a range from 300 to 60 holds north."""
    width = site.azimuth_max_deg - site.azimuth_min_deg
    if abs(width) >= 360.0:
        return np.full(azimuth_deg.shape, True)
    return (azimuth_deg - site.azimuth_min_deg) % 360.0 <= width % 360.0


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans that touch become one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start <= end:
            joined.append((start, end))
    return tuple(joined)


def _stands(scenario: Scenario, destination: str) -> tuple[_Stand, ...]:
    """Each launcher on each pad that can serve at least one mission of the place, in order of site, pad, launcher."""
    sites = {site.site: site for site in scenario.sites}
    asked: dict[tuple[str, str, str], list[Span]] = {}
    for request in scenario.missions:
        if request.destination != destination:
            continue
        lifting = launchers_serving(scenario, request)
        for pad in scenario.pads:
            if request.sites and pad.site not in request.sites:
                continue
            for launcher in lifting:
                if launcher in pad.launchers:
                    key = (pad.site, pad.pad, launcher)
                    asked.setdefault(key, []).append((request.earliest_utc, request.latest_utc))
    pads = {(pad.site, pad.pad): pad for pad in scenario.pads}
    return tuple(
        _Stand(
            destination=destination,
            site=sites[site],
            pad=pads[site, pad],
            launcher=scenario.launcher_named[launcher],
            spans=_joined(spans),
        )
        for (site, pad, launcher), spans in sorted(asked.items())
    )


def _within(spans: tuple[Span, ...], launch_s: Floats) -> Truths:
    """Which lift-offs lie in one of the spans, ends included."""
    inside = np.full(launch_s.shape, False)
    for start, end in spans:
        inside |= (launch_s >= seconds_since_j2000(start)) & (launch_s <= seconds_since_j2000(end))
    return inside


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _plane_rows(stand: _Stand, plane: MovingPlane, passes: Crossings, held_s: tuple[float, float]) -> Iterator[LaunchWindow]:
    """Rows of one launcher on one pad from the pad's passes: lawful azimuth, lift-off a lead ahead of the crossing."""
    planned_s = np.rint(passes.at_s - stand.launcher.lead_s)
    lawful = azimuth_lawful(stand.site, passes.azimuth_deg) & _within(stand.spans, planned_s)
    kept = np.flatnonzero(lawful & (planned_s > held_s[0]) & (planned_s <= held_s[1]))
    yield from _rows_at(
        stand, plane, planned_s[kept], _Passes(passes.sigma_s[kept], passes.ascending[kept], passes.azimuth_deg[kept])
    )


@dataclass(frozen=True, slots=True)
class _Passes:
    """The passes that belong to lift-offs; arrays are [lift-off]."""

    sigma_s: Floats
    ascending: Truths
    azimuth_deg: Floats


def _rows_at(stand: _Stand, plane: MovingPlane, launch_s: Floats, passes: _Passes) -> Iterator[LaunchWindow]:
    """Rows of lift-offs [s since 2000-01-01T12:00:00Z], each with the geometry of its instant."""
    view = lift_offs(plane, stand.pad.latitude_deg, stand.pad.longitude_deg, launch_s)
    steering = seconds(stand.launcher.steering_s)
    columns = (
        launch_s,
        np.rint(passes.sigma_s * 10.0) / 10.0,
        passes.ascending,
        np.round(passes.azimuth_deg, 4) % 360.0,
        np.round(view.offset_deg, 4),
        np.round(view.phase_deg, 4) % 360.0,
        np.round(view.beta_deg, 4),
    )
    for at_s, sigma_s, ascending, azimuth, offset, phase, beta in zip(*(c.tolist() for c in columns), strict=True):
        launch = instant_at(at_s)
        yield as_written(
            LaunchWindow(
                destination=stand.destination,
                site=stand.pad.site,
                pad=stand.pad.pad,
                launcher=stand.launcher.launcher,
                launch_utc=launch,
                opens_utc=launch - steering,
                closes_utc=launch + steering,
                sigma_s=sigma_s,
                node="ascending" if ascending else "descending",
                azimuth_deg=azimuth,
                plane_offset_deg=offset + 0.0,
                phase_deg=_known(phase),
                beta_deg=beta + 0.0,
            )
        )


def planes_held(scenario: Scenario, destination: str) -> tuple[tuple[MovingPlane, float, float], ...]:
    """Each orbit of a place with the span (after, until] of lift-offs to which its epoch is the nearest [s since J2000]."""
    planes = [moving_plane(orbit) for orbit in scenario.orbits_of.get(destination, ())]
    if not planes:
        raise ScenarioError(
            f"{destination} is reached by plane crossing and has no orbit",
            fix=f"add a row for {destination} to orbits.csv, or set its window_kind to catalogue and list transfer windows",
            where="orbits.csv",
        )
    middles = [(one.epoch_s + later.epoch_s) / 2.0 for one, later in pairwise(planes)]
    return tuple(zip(planes, [-math.inf, *middles], [*middles, math.inf], strict=True))


def _by_plane(scenario: Scenario, destination: str, stands: tuple[_Stand, ...]) -> Iterator[LaunchWindow]:
    """Rows of a place that is reached by crossing its orbit plane; each pad's passes are found once for all launchers."""
    held = planes_held(scenario, destination)
    passes: dict[tuple[float, float, int], Crossings] = {}
    start = min((stand.spans[0][0] for stand in stands), default=scenario.settings.start_utc)
    end = max((stand.spans[-1][1] for stand in stands), default=start)
    lead_s = max((abs(stand.launcher.lead_s) for stand in stands), default=0.0) + 1.0
    first_s, last_s = seconds_since_j2000(start) - lead_s, seconds_since_j2000(end) + lead_s
    for stand in stands:
        place = (stand.pad.latitude_deg, stand.pad.longitude_deg)
        for number, (plane, after_s, until_s) in enumerate(held):
            span_s = (max(first_s, after_s - lead_s), min(last_s, until_s + lead_s))
            if span_s[0] > span_s[1]:
                continue
            if (*place, number) not in passes:
                passes[*place, number] = find_crossings(plane, *place, span_s)
            yield from _plane_rows(stand, plane, passes[*place, number], (after_s, until_s))


def _plane_rows_of(scenario: Scenario, row: Flight | LaunchWindow) -> tuple[_Stand, MovingPlane, Floats]:
    """Stand, plane and lift-off [s since 2000-01-01T12:00:00Z] of a row at a place reached by plane crossing."""
    pad = next(pad for pad in scenario.pads if (pad.site, pad.pad) == (row.site, row.pad))
    site = next(site for site in scenario.sites if site.site == row.site)
    launcher = scenario.launcher_named[row.launcher]
    launch_s = seconds_since_j2000(row.launch_utc)
    held = planes_held(scenario, row.destination)
    plane = next(plane for plane, after_s, until_s in held if after_s < launch_s <= until_s)
    stand = _Stand(destination=row.destination, site=site, pad=pad, launcher=launcher, spans=())
    return stand, plane, np.array([launch_s])


def own_window(scenario: Scenario, window: LaunchWindow, flight: Flight) -> LaunchWindow:
    """A flight whose way moves its lift-off uses the same pass of the plane as its window, at its own instant.

    Azimuth, pass and sigma stay those of the pass; the rest is of the flight's lift-off, and so is the steering about it.
    """
    stand, plane, launch_s = _plane_rows_of(scenario, flight)
    passes = _Passes(np.array([window.sigma_s]), np.array([window.node == "ascending"]), np.array([window.azimuth_deg or 0.0]))
    return next(_rows_at(stand, plane, launch_s, passes))


def pass_window(scenario: Scenario, row: LaunchWindow) -> LaunchWindow:
    """The window of the pass that a row uses: where the row is a flight's own lift-off, the window that it was moved from.

    It is the row itself where the pad has no such pass within two hours.
    """
    stand, plane, launch_s = _plane_rows_of(scenario, row)
    middle_s = float(launch_s[0]) + stand.launcher.lead_s
    span_s = (middle_s - _PASS_S, middle_s + _PASS_S)
    found = find_crossings(plane, stand.pad.latitude_deg, stand.pad.longitude_deg, span_s)
    near = np.flatnonzero(found.ascending == (row.node == "ascending"))
    if not near.size:
        return row
    best = near[[int(np.argmin(np.abs(found.at_s[near] - middle_s)))]]
    planned_s = np.rint(found.at_s[best] - stand.launcher.lead_s)
    return next(
        _rows_at(stand, plane, planned_s, _Passes(found.sigma_s[best], found.ascending[best], found.azimuth_deg[best]))
    )


def window_key(row: LaunchWindow | Flight | PlannedMission) -> tuple[str, str, str, str, datetime]:
    """What a window and the flight that uses it have in common: place, site, pad, launcher and instant."""
    return row.destination, row.site, row.pad, row.launcher, row.launch_utc


def with_lift_offs(windows: Iterable[LaunchWindow], used: Iterable[LaunchWindow]) -> tuple[LaunchWindow, ...]:
    """Windows with one more for each lift-off, which takes the place of one at the same second; in the order of windows."""
    taken = {window_key(row): row for row in used}
    rows = [*(row for row in windows if window_key(row) not in taken), *taken.values()]
    return tuple(sorted(rows, key=lambda row: (row.destination, row.launch_utc, row.site, row.pad, row.launcher)))


def lift_off_window(scenario: Scenario, flight: Flight) -> LaunchWindow:
    """The window of a lift-off that has happened, at a place reached by plane crossing: its instant is given, not sought.

    Azimuth and pass are those of a crossing when the launcher's lead is over. Raises ScenarioError for a place without orbit.
    """
    stand, plane, launch_s = _plane_rows_of(scenario, flight)
    pad, over_s = stand.pad, launch_s + stand.launcher.lead_s
    azimuth = launch_azimuth_deg(normals(plane, over_s), teme(pad_direction(pad.latitude_deg, pad.longitude_deg), over_s))
    passes = _Passes(crossing_sigma_s(plane, over_s), np.cos(np.radians(azimuth)) > 0.0, azimuth)
    return next(_rows_at(stand, plane, launch_s, passes))


def _listed_instants(listed: TransferWindow) -> list[datetime]:
    """One lift-off a day from opens_utc to closes_utc at the best lift-off's time of day, and the best one itself."""
    before = (listed.launch_utc - listed.opens_utc) // _DAY
    after = (listed.closes_utc - listed.launch_utc) // _DAY
    return [listed.launch_utc + k * _DAY for k in range(min(-before, 0), max(after, 0) + 1)]


def _by_catalogue(scenario: Scenario, destination: str, stands: tuple[_Stand, ...]) -> Iterator[LaunchWindow]:
    """Rows of a place beyond low Earth orbit; of two listed windows that share an instant the faster transit counts."""
    listed = [row for row in scenario.transfer_windows if row.destination == destination]
    if not listed:
        raise ScenarioError(
            f"{destination} is reached in listed windows and none is listed",
            fix=f"add a row for {destination} to transfer_windows.csv, or set its window_kind to plane and give an orbit",
            where="transfer_windows.csv",
        )
    chances: dict[datetime, TransferWindow] = {}
    for row in sorted(listed, key=lambda row: (-row.transit_d, row.route, row.launch_utc)):
        chances.update(dict.fromkeys(_listed_instants(row), row))
    for stand in stands:
        steering = seconds(stand.launcher.steering_s)
        for launch, chance in sorted(chances.items(), key=lambda pair: pair[0]):
            if any(start <= launch <= end for start, end in stand.spans):
                yield as_written(
                    LaunchWindow(
                        destination=destination,
                        site=stand.pad.site,
                        pad=stand.pad.pad,
                        launcher=stand.launcher.launcher,
                        launch_utc=launch,
                        opens_utc=launch - steering,
                        closes_utc=launch + steering,
                        sigma_s=0.0,
                        node="catalogue",
                        transit_d=chance.transit_d,
                        route=chance.route,
                        delta_v_m_s=chance.delta_v_m_s,
                        c3_km2_s2=chance.c3_km2_s2,
                        sun_elevation_deg=chance.sun_elevation_deg,
                    )
                )


def find_windows(scenario: Scenario, *, watch: Watch = silent) -> tuple[LaunchWindow, ...]:
    """A launcher can reach an orbit only about the instants at which its pad crosses the orbit's plane.

    For each place with missions: every pad and launcher that could serve one of them, every crossing with a lawful azimuth
    whose lift-off lies in the time of such a mission; beyond low Earth orbit, the listed windows day by day. Lift-off is the
    crossing less the launcher's lead; opens_utc and closes_utc are the launcher's steering window [s] about it. Blackouts
    are left to the schedule. Sorted by place, lift-off, site, pad and launcher. Method: docs/windows.md.

    Raises
    ------
    ScenarioError
        for a place with missions and no orbit or listed window, and for elements that are broken or decay.
    """
    flown = sorted({request.destination for request in scenario.missions})
    rows: list[LaunchWindow] = []
    for done, destination in enumerate(flown):
        watch(done / len(flown))
        stands = tuple(stand for stand in _stands(scenario, destination) if stand.spans)
        by_plane = scenario.places[destination].window_kind == "plane"
        rows.extend((_by_plane if by_plane else _by_catalogue)(scenario, destination, stands))
    watch(1.0)
    return tuple(sorted(rows, key=lambda row: (row.destination, row.launch_utc, row.site, row.pad, row.launcher)))
