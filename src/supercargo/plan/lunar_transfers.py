"""A question for flights to the Moon answered: routes, dates, burns, light at the landing place, masses delivered."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from supercargo.astro.cislunar import FAST_D, QUICK_TILT_DEG, Leg, approach, cislunar_legs, lunar_capture_km_s, transit_ellipse
from supercargo.astro.deliveries import deliveries
from supercargo.astro.ephemeris import GM_KM3_S2
from supercargo.astro.impulses import RADIUS_KM, circular_km_s
from supercargo.astro.moon import sun_elevation_deg, sunlit_share
from supercargo.astro.porkchop import date_axis
from supercargo.astro.timescales import instant_at, seconds_since_j2000
from supercargo.kernel import DAY_S, ScenarioError
from supercargo.model import CislunarLeg, DeliveredMass, LegRow, LunarFlight, LunarStudy, TransferRequest
from supercargo.plan.transfers import Catalogue

__all__ = [
    "LUNAR_PLACES",
    "SOUTH_POLE_DEG",
    "LunarRoute",
    "lunar_flights",
    "lunar_place",
    "lunar_routes",
    "study_lunar",
]

SOUTH_POLE_DEG = (-89.67, 129.78)
"""Latitude and east longitude of the landing place: a rim of Shackleton crater."""

CORRECTIONS_M_S = 20.0
"""Course corrections on the way to the Moon: assumption."""

SLOW_APOGEE_KM = 1.3e6
"""Top of the low-energy way, where the Sun raises its perigee to the Moon (CAPSTONE's)."""

APART_D = 3.0
"""Best flights of one route lie so many days apart."""

LIGHT_D, LIGHT_STEP_D = 14.0, 0.25

LUNAR_PLACES = {
    "nrho": "NRHO",
    "gateway": "NRHO",
    "llo": "LLO",
    "low lunar orbit": "LLO",
    "moon": "LLO",
    "lunar south pole": "South pole",
    "south pole": "South pole",
}
"""Names by which the Moon's places are asked for, in lower case."""


@dataclass(frozen=True, slots=True)
class LunarRoute:
    """A way to the Moon: what follows the departure burn, and how long it takes."""

    name: str
    transit_d: float
    days: float
    after_m_s: float
    captures: bool
    """Whether the burn into low lunar orbit is computed for each date and added."""
    evidence: str
    apogee_km: float | None = None
    """Top of the departure ellipse of a low-energy way; fast ones just reach the Moon in their time."""


def lunar_place(name: str) -> str | None:
    """The place at the Moon that a name stands for; None if it stands for none.

    >>> lunar_place("Gateway")
    'NRHO'
    """
    return LUNAR_PLACES.get(name.strip().casefold())


def study_lunar(asked: TransferRequest, catalogue: Catalogue) -> LunarStudy:
    """Flights to Gateway's orbit, low lunar orbit or the south pole within dates, fast and low-energy.

    Raises ScenarioError for a way that does not begin at the Earth, dates back to front, or outside the ephemeris.
    """
    place = lunar_place(asked.destination)
    if place is None or asked.origin.strip().casefold() != "earth":
        raise ScenarioError("flights to the Moon begin at the Earth", fix="use --from Earth", where="--from")
    if asked.stay_d is not None:
        fix = "leave --stay and --back out; legs.csv holds the legs home"
        raise ScenarioError("a way back from the Moon is not searched", fix=fix, where="--stay")
    for dates, where in ((asked.depart, "--depart"), (asked.arrive, "--arrive")):
        if dates[1] < dates[0]:
            raise ScenarioError("the dates are back to front", fix="give the earlier one first: A..B", where=where)
    first_s, last_s = (seconds_since_j2000(at) for at in asked.depart)
    departures = np.round(date_axis(first_s, last_s, asked.grid))
    catalogue.ephemeris.refuse_outside(departures)
    catalogue.ephemeris.refuse_outside(np.array([seconds_since_j2000(at) for at in asked.arrive]))
    every = tuple(
        flight
        for route in lunar_routes(place, catalogue.legs)
        if asked.duration_d[0] <= route.days <= asked.duration_d[1]
        for at_s in departures.tolist()
        for flight in lunar_flights(route, at_s, place, asked, catalogue)
    )
    best = _best(every, asked.best)
    return LunarStudy(
        origin="Earth",
        destination=asked.destination.strip(),
        flights=best,
        every=every,
        delivered=_delivered(best[0], catalogue) if best else (),
        legs=tuple(_leg_rows(catalogue.legs)),
        reason="" if best else "no route keeps to the dates and days: fast ones take 4 to 7 days, low-energy ones 105",
        assumptions=_assumptions(asked, place),
    )


def lunar_routes(place: str, published: tuple[CislunarLeg, ...]) -> Iterator[LunarRoute]:
    """Ways to a place at the Moon as `lunar_place` names it: fast ones and the low-energy one."""
    legs = {(leg.start, leg.end): leg for leg in cislunar_legs()}
    table = {(leg.start, leg.end): leg for leg in published}
    nrho, capture = legs["TLI", "NRHO"], legs["TLI", "LLO 100 km"]
    low, down = legs["NRHO", "LLO 100 km"], legs["LLO 100 km", "Lunar surface"]
    slow, meet = table["TLI", "NRHO low-energy"], table["RPOD", "any"]
    slow_d = float(np.mean([float(word) for word in slow.days.split("-")]))
    fast_m_s, slow_m_s = nrho.delta_v_m_s + CORRECTIONS_M_S, slow.net_m_s + CORRECTIONS_M_S
    if place == "NRHO":
        yield LunarRoute("fast to NRHO", FAST_D, nrho.duration_d, fast_m_s + meet.net_m_s, False, "assumption")
        yield LunarRoute("low-energy to NRHO", FAST_D, slow_d, slow_m_s + meet.net_m_s, False, "assumption", SLOW_APOGEE_KM)
        return
    landing = down.delta_v_m_s if place == "South pole" else 0.0
    end = "LLO, south pole" if landing else "LLO"
    onward_d = low.duration_d + (down.duration_d if landing else 0.0)
    yield LunarRoute(
        f"fast to {end}",
        capture.duration_d,
        capture.duration_d + (1.0 if landing else 0.0),
        landing + CORRECTIONS_M_S,
        True,
        "assumption",
    )
    onward_m_s = low.delta_v_m_s + landing
    yield LunarRoute(f"fast to NRHO, {end}", FAST_D, nrho.duration_d + onward_d, fast_m_s + onward_m_s, False, "assumption")
    yield LunarRoute(
        f"low-energy to NRHO, {end}", FAST_D, slow_d + onward_d, slow_m_s + onward_m_s, False, "assumption", SLOW_APOGEE_KM
    )


def lunar_flights(
    route: LunarRoute, at_s: float, place: str, asked: TransferRequest, catalogue: Catalogue
) -> Iterator[LunarFlight]:
    """The flight of a route that leaves low Earth orbit at an instant [s since 2000-01-01T12:00:00Z]; none outside the dates
    of arrival that are asked for."""
    arrive_s = round(at_s + route.days * DAY_S)
    if not asked.arrive[0] <= instant_at(arrive_s) <= asked.arrive[1]:
        return
    moon = catalogue.ephemeris.states("Moon", np.array([at_s + route.transit_d * DAY_S]), centre="Earth")
    far_km = float(np.linalg.norm(moon.position_km))
    level = np.cross(moon.position_km[0], moon.velocity_km_s[0])
    along_km_s = float(np.linalg.norm(level)) / far_km
    low_km = RADIUS_KM["Earth"] + asked.parking_km
    top_km = route.apogee_km
    half_axis = transit_ellipse(low_km, far_km, route.transit_d) if top_km is None else 0.5 * (low_km + top_km)
    mu = GM_KM3_S2["Earth"]
    leave_m_s = 1e3 * (math.sqrt(mu * (2.0 / low_km - 1.0 / half_axis)) - circular_km_s("Earth", low_km))
    after_m_s = route.after_m_s
    if route.captures:
        meeting = approach(route.transit_d, tilt_deg=QUICK_TILT_DEG, distance_km=far_km, moon_km_s=along_km_s)
        meeting[0] -= float(moon.position_km[0] @ moon.velocity_km_s[0]) / far_km
        after_m_s += 1e3 * lunar_capture_km_s(float(np.linalg.norm(meeting)))
    light = _light(arrive_s, catalogue) if place == "South pole" else (None, None)
    yield LunarFlight(
        route=route.name,
        depart_utc=instant_at(at_s),
        arrive_utc=instant_at(arrive_s),
        duration_d=route.days,
        c3_km2_s2=-mu / half_axis,
        departure_burn_m_s=leave_m_s,
        arrival_burn_m_s=after_m_s,
        delta_v_m_s=leave_m_s + after_m_s,
        moon_distance_km=far_km,
        sun_elevation_deg=light[0],
        sunlit_fraction=light[1],
        evidence=route.evidence,
    )


def _light(arrive_s: float, catalogue: Catalogue) -> tuple[float, float]:
    instants = arrive_s + DAY_S * np.arange(0.0, LIGHT_D, LIGHT_STEP_D)
    height = sun_elevation_deg(catalogue.ephemeris, instants, *SOUTH_POLE_DEG)
    return float(height[0]), sunlit_share(height)


def _best(every: tuple[LunarFlight, ...], count: int) -> tuple[LunarFlight, ...]:
    """For each route its best dates, lit landings first, some days apart; then all by cost."""
    chosen: list[LunarFlight] = []
    for route in dict.fromkeys(flight.route for flight in every):
        mine: list[LunarFlight] = []
        some = [flight for flight in every if flight.route == route]
        for flight in sorted(some, key=lambda one: (_dark(one), one.delta_v_m_s, one.depart_utc)):
            if len(mine) < count and all(abs(flight.depart_utc - one.depart_utc) >= timedelta(days=APART_D) for one in mine):
                mine.append(flight)
        chosen += mine
    return tuple(sorted(chosen, key=lambda one: (_dark(one), one.delta_v_m_s, one.depart_utc)))


def _dark(flight: LunarFlight) -> bool:
    return flight.sun_elevation_deg is not None and flight.sun_elevation_deg < 0.0


def _delivered(flight: LunarFlight, catalogue: Catalogue) -> tuple[DeliveredMass, ...]:
    return deliveries(
        catalogue.vehicles,
        catalogue.launchers,
        catalogue.energies,
        c3_km2_s2=flight.c3_km2_s2,
        burns_m_s=(flight.departure_burn_m_s, flight.arrival_burn_m_s),
    )


def _leg_rows(published: tuple[CislunarLeg, ...]) -> Iterator[LegRow]:
    computed = {(leg.start, leg.end): leg for leg in cislunar_legs()}
    for record in published:
        leg: Leg | None = computed.get((record.start, record.end))
        yield LegRow(
            start=record.start,
            end=record.end,
            delta_v_m_s=leg.delta_v_m_s if leg else None,
            published_m_s=record.net_m_s,
            days=f"{leg.duration_d:.1f}" if leg else record.days,
            basis=leg.how if leg else f"table: {record.source}",
            evidence="assumption" if leg and leg.assumed else record.evidence,
        )


def _assumptions(asked: TransferRequest, place: str) -> tuple[str, ...]:
    words = [
        f"departure from a circle {asked.parking_km:g} km up about the Earth, in the plane of the transfer; patched conics",
        f"course corrections {CORRECTIONS_M_S:.0f} m/s: assumption",
        "the low-energy way (ballistic lunar transfer) is looked up, not computed: 70 m/s and 90 to 120 days, from memory",
    ]
    if place == "NRHO":
        words.append(
            "meeting and docking 45 m/s (table); the halo orbit's phase is taken as met, dates within its 6.6 d are equal"
        )
    if place == "South pole":
        latitude, east = SOUTH_POLE_DEG
        words.append(
            f"landing at {latitude:g} deg, {east:g} deg east; light over the mean sphere: no terrain, so a rim sees more and "
            "a pit less; one day in low lunar orbit before landing on the fast way"
        )
    return tuple(words)
