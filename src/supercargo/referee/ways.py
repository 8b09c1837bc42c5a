"""Ways up as the referee sees them: which profiles a type may fly, when they dock, what they cost, where the Sun stands.

Nothing of the planner's phasing is used: the length of a way follows from the place's own motion, its manoeuvres from the
energy of each ellipse (Vallado, Fundamentals of Astrodynamics, section 1.3 and algorithm 36).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from supercargo.astro.elements import elements_of, satellite_of, states
from supercargo.astro.frames import beta_deg, sun_direction
from supercargo.astro.timescales import EARTH_TURN_RAD_S
from supercargo.kernel import DAY_S, ScenarioError
from supercargo.model import Launcher, LaunchWindow, Profile
from supercargo.referee.case import Case, Voyage
from supercargo.referee.planes import PHASE_EDGE, Plane, plane_of
from supercargo.referee.rule import Finding

__all__ = [
    "WAY_TOLERANCE_M_S",
    "WAY_TOLERANCE_S",
    "WayUp",
    "beta_cutout",
    "daylight_docking",
    "lead_of",
    "profile_lawful",
    "profile_phase",
    "way_up",
]

WAY_TOLERANCE_S = 300.0
"""How far a docking by a profile may be from the referee's own reckoning [s]."""

WAY_TOLERANCE_M_S = 0.5
"""How far the manoeuvres of a way up may be from the referee's own sum [m/s]."""

_J2000_S = 946_728_000  # 2000-01-01T12:00:00Z, since 1970
_MU_KM3_S2 = 398_600.4418
_EQUATOR_KM = 6378.137
_UNDER_KM = 5.0  # nearer under the place the approach has begun
_RANGE_DEG = 0.5  # doubt of a phase against the edges of a profile's range
_BETA_DEG = 0.25
_NODE_POWER = -3.5  # of the radius, in the rate at which the Earth's bulge turns a node
_POLAR_SHARE = 1.0 - 1.0 / 298.257  # of the equator's radius: the smallest shadow
_SUN_HALF_DEG = 0.267
_DARK_DEG = 0.5  # so far behind the limb the Sun is down, whatever the air does and whoever reckons


@dataclass(frozen=True, slots=True)
class WayUp:
    """A mission's way by its profile, reckoned anew."""

    way_s: float  # lift-off to contact
    delta_v_m_s: float
    ahead_deg: float | None  # place ahead at insertion; None where not known
    range_deg: tuple[float, float]  # what the profile closes
    closes: bool
    slip_s: float | None  # by which its node's slip shortens the launcher's lead; None where the phase is not known


def _period_s(axis_km: float) -> float:
    return 2.0 * math.pi * math.sqrt(axis_km**3 / _MU_KM3_S2)


def _speed_m_s(radius_km: float, axis_km: float) -> float:
    return 1e3 * math.sqrt(_MU_KM3_S2 * (2.0 / radius_km - 1.0 / axis_km))


def _first_km(launcher: Launcher) -> float:
    """Mean radius of the orbit in which a launcher lets go."""
    return _EQUATOR_KM + (launcher.insertion_perigee_km + launcher.insertion_apogee_km) / 2.0


def _legs(profile: Profile, first_km: float, place_km: float, cruise_km: float) -> tuple[tuple[float, float], ...]:
    """From insertion to the place's height by a cruise at a radius: mean radius [km] and length [s] of each leg."""
    cruise = profile.revolutions - profile.coast_revolutions - 1.0
    shapes = (
        (first_km, profile.coast_revolutions),
        ((first_km + cruise_km) / 2.0, 0.5),
        (cruise_km, cruise),
        ((cruise_km + place_km) / 2.0, 0.5),
    )
    return tuple((axis_km, revolutions * _period_s(axis_km)) for axis_km, revolutions in shapes)


def _legs_s(profile: Profile, first_km: float, place_km: float, cruise_km: float) -> float:
    """From insertion to the place's height by a cruise at a radius [s]."""
    return math.fsum(length_s for _, length_s in _legs(profile, first_km, place_km, cruise_km))


def _slip_s(plane: Plane, legs: tuple[tuple[float, float], ...], place_km: float) -> float:
    """How much later the Earth brings a pad to the node that has slipped behind the place's, leg by leg [s]."""
    rate = plane.drift.rate_rad_s
    behind = math.fsum(abs(rate) * ((axis_km / place_km) ** _NODE_POWER - 1.0) * length_s for axis_km, length_s in legs)
    return behind / (EARTH_TURN_RAD_S - rate)


def _cruise_km(profile: Profile, first_km: float, place_km: float, legs_s: float) -> float:
    """The radius of the cruise that takes just so long; the higher, the longer."""
    low, high = first_km, place_km
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _legs_s(profile, first_km, place_km, middle) < legs_s else (low, middle)
    return (low + high) / 2.0


def _sum_m_s(voyage: Voyage, place_km: float, cruise_km: float) -> float:
    """The manoeuvres of a way, one after another, from the speeds before and after each."""
    heights_km = sorted((voyage.launcher.insertion_perigee_km, voyage.launcher.insertion_apogee_km))
    low_km, high_km = (_EQUATOR_KM + height_km for height_km in heights_km)
    raised, rising = (low_km + cruise_km) / 2.0, (cruise_km + place_km) / 2.0
    raise_m_s = abs(_speed_m_s(low_km, raised) - _speed_m_s(low_km, (low_km + high_km) / 2.0))
    round_m_s = abs(_speed_m_s(cruise_km, cruise_km) - _speed_m_s(cruise_km, raised))
    leave_m_s = abs(_speed_m_s(cruise_km, rising) - _speed_m_s(cruise_km, cruise_km))
    match_m_s = abs(_speed_m_s(place_km, place_km) - _speed_m_s(place_km, rising))
    plane_m_s = 2.0 * _speed_m_s(cruise_km, cruise_km) * math.sin(math.radians(voyage.launcher.plane_error_deg) / 2.0)
    mended_m_s = voyage.launcher.correction_m_s + plane_m_s
    return raise_m_s + round_m_s + mended_m_s + leave_m_s + match_m_s + voyage.vehicle.approach_m_s


def _planes(case: Case) -> dict[str, tuple[Plane, ...]]:
    places = [place.destination for place in case.scenario.destinations if place.window_kind == "plane"]
    found = {name: [plane_of(orbit) for orbit in case.scenario.orbits_of.get(name, ())] for name in places}
    return {name: tuple(plane for plane in planes if plane) for name, planes in found.items()}


def _plane_at(case: Case, destination: str, at_s: float) -> Plane | None:
    """The plane of a place's orbit whose epoch is the nearest, the earlier one at equal distance."""
    planes = case.once(_planes).get(destination, ())
    return min(planes, key=lambda plane: (abs(at_s - plane.epoch_s), plane.epoch_s), default=None)


def way_up(case: Case, voyage: Voyage) -> WayUp | None:
    """The way of a mission by the profile that it names; None without one, or where the place's orbit can't be worked out."""
    ways: dict[str, WayUp | None] = case.once(_ways)
    return ways.get(voyage.mission_id)


def _ways(case: Case) -> dict[str, WayUp | None]:
    return {name: _reckoned(case, voyage) for name, voyage in case.voyages.items()}


def _reckoned(case: Case, voyage: Voyage) -> WayUp | None:
    profile = case.scenario.profile_named.get(voyage.mission.profile)
    at_s = float(voyage.launch_s - _J2000_S)
    plane = _plane_at(case, voyage.mission.destination, at_s)
    if profile is None or plane is None:
        return None
    motion_rev_d = elements_of(plane.orbit).mean_motion_rev_d
    place_km = (_MU_KM3_S2 * (DAY_S / motion_rev_d / 2.0 / math.pi) ** 2) ** (1.0 / 3.0)
    first_km, ascent_s = _first_km(voyage.launcher), voyage.launcher.insertion_s
    turn_deg_s = 360.0 / _period_s(place_km)

    def gain_deg(cruise_km: float) -> float:
        return 360.0 * profile.revolutions - turn_deg_s * _legs_s(profile, first_km, place_km, cruise_km)

    least, most = gain_deg(place_km - _UNDER_KM), gain_deg(first_km)
    ahead_deg = _ahead_deg(case, voyage, plane)
    if ahead_deg is None:
        cruise_km = (first_km + place_km) / 2.0
        legs_s, closes = _legs_s(profile, first_km, place_km, cruise_km), most - least >= 360.0
    else:
        ahead_deg = (ahead_deg + turn_deg_s * ascent_s - voyage.launcher.insertion_arc_deg) % 360.0
        # the fewest turns that the profile can close; at the lower edge of its range that may be one of two numbers
        gaps_deg = [ahead_deg + 360.0 * math.ceil((least + edge - ahead_deg) / 360.0) for edge in (-_RANGE_DEG, _RANGE_DEG)]
        if voyage.launcher.let_go_lead_s is not None:  # with the turn goes the lift-off, by as much as the node slips more
            slips_s = [
                _slip_s(plane, _legs(profile, first_km, place_km, _cruise_km(profile, first_km, place_km, length_s)), place_km)
                for length_s in ((360.0 * profile.revolutions - gap) / turn_deg_s for gap in (least, min(least + 360.0, most)))
            ]
            moved_deg = turn_deg_s * (slips_s[1] - slips_s[0]) + 2.0 * _RANGE_DEG
            gaps_deg += [gap + 360.0 for gap in gaps_deg if gap < least + moved_deg]
        said_s = voyage.arrive_s - voyage.launch_s - ascent_s - profile.approach_h * 3600.0
        legs_s, gap_deg = min(
            (((360.0 * profile.revolutions - gap) / turn_deg_s, gap) for gap in gaps_deg),
            key=lambda pair: abs(pair[0] - said_s),
        )
        closes = gap_deg <= most + _RANGE_DEG
        cruise_km = _cruise_km(profile, first_km, place_km, legs_s)
    way_s = ascent_s + legs_s + profile.approach_h * 3600.0
    legs = _legs(profile, first_km, place_km, cruise_km)
    slip_s = None if ahead_deg is None else _slip_s(plane, legs, place_km)
    return WayUp(way_s, _sum_m_s(voyage, place_km, cruise_km), ahead_deg, (least, most), closes, slip_s)


def lead_of(case: Case, window: LaunchWindow, launcher: Launcher) -> float:
    """How long before the pad is in the plane a window's launcher lifts off [s].

    For a mission by a profile it is the lead without the node's slip less the slip of its own way, where both are known.
    """
    voyage = case.voyages.get(window.used_by)
    if voyage is None or launcher.let_go_lead_s is None or case.window_of.get(window.used_by) is not window:
        return launcher.lead_s
    way = way_up(case, voyage)
    return launcher.lead_s if way is None or way.slip_s is None else launcher.let_go_lead_s - way.slip_s


def _ahead_deg(case: Case, voyage: Voyage, plane: Plane) -> float | None:
    """The place ahead of the pad at lift-off [deg]; at the edge of what is known the window's row says whether it is."""
    at_s = np.array([float(voyage.launch_s - _J2000_S)])
    doubt = float(plane.phase_doubt(at_s)[0])
    known = doubt < 1.0
    if abs(doubt - 1.0) < PHASE_EDGE:
        window = case.window_of.get(voyage.mission_id)
        known = window is not None and window.phase_deg is not None
    pads = (pad for pad in case.scenario.pads if (pad.site, pad.pad) == (voyage.mission.site, voyage.mission.pad))
    pad = next(pads, None)
    if not known or pad is None:
        return None
    try:
        return float(plane.phases_deg(pad.latitude_deg, pad.longitude_deg, at_s)[0])
    except ScenarioError:
        return None


def profile_lawful(case: Case) -> Iterator[Finding]:
    """A mission arrives by a profile of its type or by its window's route; by none where neither is to be had."""
    for name, voyage in case.voyages.items():
        profile, window = voyage.mission.profile, case.window_of.get(name)
        free = voyage.request.phasing_d is None and voyage.place.window_kind == "plane" and not voyage.mission.lost
        lawful = voyage.vehicle.profiles if free else ()
        if window is not None and window.transit_d is not None:
            lawful = (window.route,)
        if profile not in (lawful or ("",)):
            told = ", ".join(lawful) or "none"
            yield name, f"mission {name} arrives by {profile or 'no profile'}; lawful is {told}"


def profile_phase(case: Case) -> Iterator[Finding]:
    """The place is where the profile can catch up with it; where that is not known, the profile closes any phase."""
    for name, voyage in case.arrivals.items():
        way = way_up(case, voyage)
        if way is None or way.closes:
            continue
        least, most = way.range_deg
        where = "not known so far ahead" if way.ahead_deg is None else f"{way.ahead_deg:.1f} deg ahead at insertion"
        words = f"{voyage.mission.profile} closes {least:.1f} to {most:.1f} deg"
        yield name, f"mission {name}: {voyage.mission.destination} is {where}, {words}"


def beta_cutout(case: Case) -> Iterator[Finding]:
    """By a profile a spacecraft docks only while the Sun stands no higher over the orbit plane than its type bears."""
    for name, voyage in case.arrivals.items():
        limit_deg = voyage.vehicle.beta_limit_deg
        plane = _plane_at(case, voyage.mission.destination, float(voyage.launch_s - _J2000_S))
        if plane is None or not voyage.mission.profile:
            continue
        at_s = np.array([float(voyage.arrive_s - _J2000_S)])
        try:
            beta = float(beta_deg(plane.normals(at_s), at_s)[0])
        except ScenarioError:
            continue  # window-plane tells of an orbit that can't be worked out
        if abs(beta) > limit_deg + _BETA_DEG:
            yield (
                name,
                f"mission {name} docks at a beta of {beta:.1f} deg, a {voyage.vehicle.vehicle_type} up to {limit_deg:g}",
            )


def _sun_down_deg(plane: Plane, at_s: float) -> float | None:
    """How far the Sun's upper limb stands under the Earth's as seen from a place [deg]; None where the place is not known."""
    at = np.array([at_s])
    if plane.phase_doubt(at)[0] >= 1.0:
        return None
    try:
        position, _ = states(satellite_of(plane.orbit), at)
    except ScenarioError:
        return None  # window-plane tells of an orbit that can't be worked out
    away_km = float(np.linalg.norm(position[0]))
    from_centre_deg = math.degrees(math.acos(-float(position[0] @ sun_direction(at)[0]) / away_km))
    limb_deg = math.degrees(math.asin(min(1.0, _EQUATOR_KM * _POLAR_SHARE / away_km)))
    return limb_deg - from_centre_deg - _SUN_HALF_DEG


def daylight_docking(case: Case) -> Iterator[Finding]:
    """A type that docks only in sunlight does not arrive, by a profile or a listed route, while the Sun is known down."""
    for name, voyage in case.arrivals.items():
        window = case.window_of.get(name)
        sun_deg = window.sun_elevation_deg if window and voyage.vehicle.daylight else None
        if sun_deg is not None and sun_deg < 0.0:
            words = f"the Sun stands {sun_deg:.1f} deg over the horizon"
            yield name, f"mission {name} arrives in the dark, {words}; a {voyage.vehicle.vehicle_type} docks only in sunlight"
        way = way_up(case, voyage) if voyage.vehicle.daylight else None
        plane = _plane_at(case, voyage.mission.destination, float(voyage.launch_s - _J2000_S))
        if way is None or way.ahead_deg is None or plane is None:
            continue
        down_deg = _sun_down_deg(plane, float(voyage.arrive_s - _J2000_S))
        if down_deg is not None and down_deg > _DARK_DEG:
            words = f"the Sun stands {down_deg:.1f} deg under the limb"
            yield name, f"mission {name} docks in the dark, {words}; a {voyage.vehicle.vehicle_type} docks only in sunlight"
