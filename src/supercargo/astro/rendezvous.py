"""Rendezvous: by which profile a spacecraft launched at a given phase can dock, when, with which burns, or why not.

A spacecraft flies lower than the station and gains on it. Its profile fixes how many revolutions it has; the phasing height
that closes the gap in just these follows from Kepler's third law. Method and figures: docs/rendezvous.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from supercargo.astro.manoeuvres import (
    EARTH_KM,
    Burn,
    PaidBurn,
    hohmann_m_s,
    mean_motion_rad_s,
    paid,
    plane_turn_m_s,
    speed_km_s,
)
from supercargo.kernel import ScenarioError

__all__ = [
    "PROFILES",
    "ArrivalOption",
    "Busy",
    "Chaser",
    "DockLight",
    "Insertion",
    "Meeting",
    "Profile",
    "Slip",
    "arrival_options",
    "light_reasons",
    "phase_at_insertion_deg",
    "phase_range_deg",
    "phasing_height_km",
]

_CLOSEST_KM = 5.0
"""Least height of the station over the last phasing orbit: nearer, the approach has begun."""

_SETTLED_KM = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A way to the station: how many revolutions, how many of them on the insertion orbit, how long the last approach."""

    name: str
    revolutions: float  # of the spacecraft, from insertion to the start of the approach
    coast_revolutions: float  # before the first phasing burn
    approach_s: float = 2700.0  # from the station's height to contact, fly-around and holds included


PROFILES = (
    Profile(name="2-orbit", revolutions=1.75, coast_revolutions=0.5),
    Profile(name="4-orbit", revolutions=3.45, coast_revolutions=1.0),
    Profile(name="1-day", revolutions=15.8, coast_revolutions=1.5),
    Profile(name="2-day", revolutions=32.6, coast_revolutions=2.5),
    Profile(name="3-day", revolutions=48.5, coast_revolutions=2.5),
)
"""Profiles as flown: 3.4 to 3.7 h, 6 h, a day, 34 orbits (50 h), 50 orbits; revolutions fitted to these times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """Where a launcher lets go: as Soyuz does unless told otherwise (200 by 242 km, nine minutes, 15.5 deg from the pad)."""

    after_s: float = 528.0
    arc_deg: float = 15.5  # pad to insertion along the orbit
    perigee_km: float = 200.0
    apogee_km: float = 242.0
    correction_m_s: float = 3.0  # what the launcher's spread costs, one burn
    plane_error_deg: float = 0.02  # left by the launcher's guidance


@dataclass(frozen=True, slots=True, kw_only=True)
class Chaser:
    """The spacecraft on its way up, loaded."""

    mass_kg: float  # at insertion, cargo and propellant included
    propellant_kg: float  # usable
    isp_s: float
    kept_kg: float = 0.0  # for the departure and as reserve
    approach_m_s: float = 15.0  # closing in, fly-around, holding and contact
    beta_limit_deg: float = 60.0  # docking and docked stay are cut out when the Sun stands higher over the plane
    needs_light: bool = False  # docks only in sunlight


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """How a flight's own lift-off moves with what it gains on the station, since its node drifts faster meanwhile."""

    without_gain_s: float  # own lift-off after the window's for a flight that gains nothing
    s_per_deg: float  # later for each degree gained
    phase_deg_s: float  # how fast the station runs ahead of the pad along its orbit


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """The station at lift-off: its height, where it is, and how far the pad is out of its plane beyond what is steered."""

    lift_off_s: float  # since 2000-01-01T12:00:00Z
    height_km: float  # mean, over the equator's radius
    phase_deg: float | None  # station ahead of the pad along its orbit; None where not known so far ahead
    plane_offset_deg: float = 0.0  # left to the spacecraft after the launcher has steered
    slip: Slip | None = None  # None: every flight lifts off at one instant


@dataclass(frozen=True, slots=True, kw_only=True)
class DockLight:
    """Light at a docking: the Sun over the plane, and whether it is up; None where the place on the orbit is not known."""

    beta_deg: float
    lit: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """A span in which the port or the whole place takes no arrival, and why."""

    from_s: float
    to_s: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalOption:
    """One profile for one lift-off: when it docks and what it takes, or the reasons why it is refused."""

    profile: str
    lift_off_s: float  # its own, since 2000-01-01T12:00:00Z: the window's moved by the node's slip, to the whole second
    dock_s: float  # since 2000-01-01T12:00:00Z
    needed_deg: tuple[float, float]  # range of the phase at insertion that the profile can close; turns add to it
    insertion_phase_deg: float | None  # station ahead at insertion, 0 to 360
    phasing_km: float | None  # height of the phasing orbit; None where the phase is not known or can't be closed
    burns: tuple[PaidBurn, ...]
    margin_kg: float  # propellant left beyond what is kept; negative if short
    light: DockLight | None
    refused: tuple[str, ...]  # empty: the option stands

    @property
    def delta_v_m_s(self) -> float:
        """All burns together [m/s]."""
        return math.fsum(burn.delta_v_m_s for burn in self.burns)

    @property
    def propellant_kg(self) -> float:
        """All burns together [kg]."""
        return math.fsum(burn.propellant_kg for burn in self.burns)


def phase_at_insertion_deg(phase_deg: float, height_km: float, insertion: Insertion) -> float:
    """While the launcher climbs, the station runs on: phase at insertion from the phase at lift-off [deg], -180 to 180.

    >>> round(phase_at_insertion_deg(-5.0, 420.0, Insertion()), 1)  # 595 km short of the pad at lift-off
    13.6
    """
    gone = math.degrees(mean_motion_rad_s(EARTH_KM + height_km)) * insertion.after_s
    return (phase_deg + gone - insertion.arc_deg + 180.0) % 360.0 - 180.0


def _legs(profile: Profile, insertion: Insertion, station_km: float, phasing_km: float) -> list[tuple[float, float]]:
    """Legs of a profile: revolutions on a semi-major axis [km]."""
    first = EARTH_KM + (insertion.perigee_km + insertion.apogee_km) / 2.0
    phasing, last = EARTH_KM + phasing_km, EARTH_KM + station_km
    cruise = profile.revolutions - profile.coast_revolutions - 1.0
    return [
        (profile.coast_revolutions, first),
        (0.5, (first + phasing) / 2.0),
        (cruise, phasing),
        (0.5, (phasing + last) / 2.0),
    ]


def _flight(profile: Profile, insertion: Insertion, station_km: float, phasing_km: float) -> tuple[float, float]:
    """Insertion to the start of the approach [s], and what the spacecraft gains on the station meanwhile [deg]."""
    legs = _legs(profile, insertion, station_km, phasing_km)
    flown_s = math.fsum(revolutions * 2.0 * math.pi / mean_motion_rad_s(axis) for revolutions, axis in legs)
    station_deg = math.degrees(mean_motion_rad_s(EARTH_KM + station_km)) * flown_s
    return flown_s, 360.0 * profile.revolutions - station_deg


def _lowest_km(insertion: Insertion) -> float:
    return (insertion.perigee_km + insertion.apogee_km) / 2.0


def _check(profile: Profile, insertion: Insertion, station_km: float) -> None:
    if profile.revolutions - profile.coast_revolutions < 1.0:
        what = f"profile {profile.name} has no room for its two transfers of half a revolution each"
        raise ScenarioError(what, fix="give it at least one revolution beyond its coast", where="rendezvous")
    if _lowest_km(insertion) >= station_km - _CLOSEST_KM:
        what = f"an insertion orbit at {_lowest_km(insertion):g} km is not under a station at {station_km:g} km"
        raise ScenarioError(what, fix="give an insertion orbit below the station", where="rendezvous")


def phase_range_deg(profile: Profile, insertion: Insertion, station_km: float) -> tuple[float, float]:
    """A profile closes only gaps between what it gains just under the station and what it gains at insertion height [deg].

    Raises ScenarioError for a profile without room for its transfers, or an insertion orbit not below the station's.
    """
    _check(profile, insertion, station_km)
    least = _flight(profile, insertion, station_km, station_km - _CLOSEST_KM)[1]
    most = _flight(profile, insertion, station_km, _lowest_km(insertion))[1]
    return least, most


def phasing_height_km(profile: Profile, insertion: Insertion, station_km: float, phase_deg: float) -> float | None:
    """The height at which a spacecraft gains just the phase at insertion in the revolutions it has [km], or None.

    `phase_deg`: station ahead at insertion; whole turns are added while the profile can still close them, the fewest first.
    Raises ScenarioError as `phase_range_deg` does.
    """
    least, _ = phase_range_deg(profile, insertion, station_km)
    return _closing_km(profile, insertion, station_km, phase_deg + 360.0 * math.ceil((least - phase_deg) / 360.0))


def _closing_km(profile: Profile, insertion: Insertion, station_km: float, gain_deg: float) -> float | None:
    """The phasing height that gains so much, whole turns included, or None."""
    least, most = phase_range_deg(profile, insertion, station_km)
    if not least <= gain_deg <= most:
        return None
    low, high = _lowest_km(insertion), station_km - _CLOSEST_KM  # the gain falls with height
    while high - low > _SETTLED_KM:
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        if _flight(profile, insertion, station_km, middle)[1] > gain_deg:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _burns(meeting: Meeting, insertion: Insertion, chaser: Chaser, phasing_km: float) -> list[Burn]:
    """From the insertion ellipse to the phasing circle, its plane mended, up to the station, and in."""
    perigee, apogee = EARTH_KM + insertion.perigee_km, EARTH_KM + insertion.apogee_km
    phasing = EARTH_KM + phasing_km
    raised = (perigee + phasing) / 2.0
    raise_m_s = 1e3 * abs(speed_km_s(perigee, raised) - speed_km_s(perigee, (perigee + apogee) / 2.0))
    round_m_s = 1e3 * abs(speed_km_s(phasing, phasing) - speed_km_s(phasing, raised))
    leave_m_s, arrive_m_s = hohmann_m_s(phasing_km, meeting.height_km)
    plane_deg = math.hypot(insertion.plane_error_deg, meeting.plane_offset_deg)
    return [
        Burn(name="insertion correction", delta_v_m_s=insertion.correction_m_s),
        Burn(name="phasing 1", delta_v_m_s=raise_m_s),
        Burn(name="phasing 2", delta_v_m_s=round_m_s),
        Burn(name="plane correction", delta_v_m_s=plane_turn_m_s(phasing_km, plane_deg)),
        Burn(name="transfer 1", delta_v_m_s=leave_m_s),
        Burn(name="transfer 2", delta_v_m_s=arrive_m_s),
        Burn(name="approach", delta_v_m_s=chaser.approach_m_s),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One profile fitted to one lift-off."""

    lift_off_s: float
    ahead_deg: float | None  # at insertion, for its own lift-off
    height_km: float | None  # of the phasing orbit
    lasts_s: float  # lift-off to contact


def _own_lift_off(meeting: Meeting, insertion: Insertion, least_deg: float) -> tuple[float, float] | None:
    """The flight's own lift-off and what it then has to gain, or None where the phase is not known.

    The gain decides the lift-off and the lift-off the gain; both are straight lines, so they meet once for each whole turn.
    The fewest turns are taken that reach what the profile gains at least. A lift-off is a whole second, and the gain its own.
    """
    if meeting.phase_deg is None:
        return None
    ahead = phase_at_insertion_deg(meeting.phase_deg, meeting.height_km, insertion)
    slip = meeting.slip or Slip(without_gain_s=0.0, s_per_deg=0.0, phase_deg_s=0.0)
    share = 1.0 - slip.phase_deg_s * slip.s_per_deg
    start = ahead + slip.phase_deg_s * slip.without_gain_s
    gain = (start + 360.0 * math.ceil((least_deg * share - start) / 360.0)) / share
    exact_s = slip.without_gain_s + slip.s_per_deg * gain
    moved_s = math.ceil(exact_s) if gain + slip.phase_deg_s * (round(exact_s) - exact_s) < least_deg else round(exact_s)
    return meeting.lift_off_s + moved_s, gain + slip.phase_deg_s * (moved_s - exact_s)


def _way(meeting: Meeting, insertion: Insertion, profile: Profile, least_deg: float) -> _Way:
    """Own lift-off, phasing height if phase and profile have one, and duration.

    Without a height the duration is that of a flight half-way up, some minutes off.
    """
    own = _own_lift_off(meeting, insertion, least_deg)
    height = None if own is None else _closing_km(profile, insertion, meeting.height_km, own[1])
    assumed = (_lowest_km(insertion) + meeting.height_km) / 2.0 if height is None else height
    flown_s, _ = _flight(profile, insertion, meeting.height_km, assumed)
    return _Way(
        lift_off_s=meeting.lift_off_s if own is None else own[0],
        ahead_deg=None if own is None else own[1],
        height_km=height,
        lasts_s=insertion.after_s + flown_s + profile.approach_s,
    )


def arrival_options(
    meeting: Meeting,
    insertion: Insertion,
    chaser: Chaser,
    profiles: Sequence[Profile] = PROFILES,
    *,
    light_of: Callable[[float], DockLight] | None = None,
    busy: Sequence[Busy] = (),
) -> tuple[ArrivalOption, ...]:
    """Each profile for one lift-off: when it docks, with which burns and margin, and each reason that forbids it.

    `light_of` gives the light at an instant [s since 2000-01-01T12:00:00Z]; `busy` are spans without arrivals.

    Raises
    ------
    ScenarioError
        for a profile without room for its transfers, or an insertion orbit that is not below the station's.
    """
    return tuple(_option(meeting, insertion, chaser, profile, light_of, tuple(busy)) for profile in profiles)


def _option(
    meeting: Meeting,
    insertion: Insertion,
    chaser: Chaser,
    profile: Profile,
    light_of: Callable[[float], DockLight] | None,
    busy: tuple[Busy, ...],
) -> ArrivalOption:
    needed = phase_range_deg(profile, insertion, meeting.height_km)
    way = _way(meeting, insertion, profile, needed[0])
    ahead, height, dock_s = way.ahead_deg, way.height_km, way.lift_off_s + way.lasts_s
    light = light_of(dock_s) if light_of else None
    assumed = (_lowest_km(insertion) + meeting.height_km) / 2.0 if height is None else height
    burns = paid(_burns(meeting, insertion, chaser, assumed), chaser.mass_kg, chaser.isp_s)
    margin_kg = chaser.propellant_kg - chaser.kept_kg - math.fsum(burn.propellant_kg for burn in burns)
    refused = [
        *_phase_reasons(profile, ahead, height, needed),
        *light_reasons(chaser, light),
        *(f"no arrival: {span.why}" for span in busy if span.from_s <= dock_s < span.to_s),
        *([f"propellant short by {-margin_kg:.0f} kg"] if margin_kg < 0.0 else []),
    ]
    return ArrivalOption(
        profile=profile.name,
        lift_off_s=way.lift_off_s,
        dock_s=dock_s,
        needed_deg=needed,
        insertion_phase_deg=None if ahead is None else ahead % 360.0,
        phasing_km=height,
        burns=burns,
        margin_kg=margin_kg,
        light=light,
        refused=tuple(refused),
    )


def _phase_reasons(profile: Profile, ahead: float | None, height: float | None, needed: tuple[float, float]) -> list[str]:
    least, most = needed
    if ahead is None:
        unknown = "where the station will be on its orbit is not known so far ahead"
        return [] if most - least >= 360.0 else [unknown]
    if height is None:
        stands = f"the station is {ahead % 360.0:.1f} deg ahead at insertion"
        return [f"phase out of range: {stands}, {profile.name} closes {least:.1f} to {most:.1f} deg"]
    return []


def light_reasons(chaser: Chaser, light: DockLight | None) -> list[str]:
    """What forbids a docking in a light: the Sun too high over the plane, or night for a type that needs the Sun."""
    if light is None:
        return []
    reasons = []
    if abs(light.beta_deg) > chaser.beta_limit_deg:
        reasons.append(f"beta cut-out: {light.beta_deg:.1f} deg, the vehicle docks up to {chaser.beta_limit_deg:g}")
    if chaser.needs_light and light.lit is False:
        reasons.append("dark at docking, and the vehicle docks only in sunlight")
    return reasons
