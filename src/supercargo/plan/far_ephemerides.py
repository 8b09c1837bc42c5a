"""Messages of flights beyond low Earth orbit: to the Moon by a computed fast route, to asteroids along a Lambert arc.

A flight whose listed window does not fit a computed way gets no message, and the reason is told: rather none than a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from supercargo.astro.cislunar import QUICK_TILT_DEG
from supercargo.astro.ephemeris import GM_KM3_S2, Ephemeris, small_body_states
from supercargo.astro.kepler import propagate_conic
from supercargo.astro.lambert import solve_lambert
from supercargo.astro.timescales import Floats, instant_at, seconds_since_j2000
from supercargo.kernel import DAY_S, format_utc
from supercargo.model import CislunarLeg, LaunchWindow, OperationsPlan, PlannedMission, SmallBody, Untraced
from supercargo.plan.lunar_ephemerides import PARKING_KM, MoonBound
from supercargo.plan.lunar_transfers import LunarRoute, lunar_routes
from supercargo.plan.oem_segments import Stretch, message_text, plain
from supercargo.plan.transfers import Catalogue

__all__ = ["far_message"]

MOON_C3_KM2_S2 = 0.1
"""So far the stated launch energy may be from the ellipse's: an hour of lift-off and another parking height are within."""

SUN_C3_KM2_S2 = 0.05

EARLY_D, MEETING_D = 0.01, 2.0
"""A mission arrives no sooner than its route ends, and meets what flies there within two days of it."""

Told = tuple[tuple[str, ...], tuple[Stretch, ...]]


def far_message(plan: OperationsPlan, mission: PlannedMission, window: LaunchWindow, catalogue: Catalogue) -> str | Untraced:
    """The text of the message of a flight in a listed window, or why there is none.

    An asteroid is known by the destination's name, or its designation; `window` is the one that the mission uses.
    """
    sky = catalogue.ephemeris
    sought = mission.destination.casefold()
    body = next((one for one in catalogue.small_bodies if sought in (one.body.casefold(), one.designation.casefold())), None)
    found: Told | str
    if not sky.first_utc < mission.launch_utc < mission.docked_utc[1] < sky.last_utc:
        found = f"its dates are outside the ephemeris, {sky.first_utc:%Y-%m-%d} to {sky.last_utc:%Y-%m-%d}"
    elif body:
        found = _to_asteroid(mission, window, body, sky)
    elif plan.scenario.places[mission.destination].body == "Moon":
        ascent_s = plan.scenario.launcher_named[mission.launcher].insertion_s
        found = _to_moon(mission, window, ascent_s, catalogue)
    else:
        found = f"the catalogue has no elements of {mission.destination}"
    if isinstance(found, str):
        return Untraced(mission_id=mission.mission_id, reason=found)
    place = plain(mission.destination)
    route = f" by the route {plain(window.route)}" if window.route else ""
    first = f"Plan of {plain(mission.mission_id)} to {place}{route}: neither measured nor what will be flown."
    return message_text(plan, mission, (first, *found[0]), found[1])


def _apart(stated: float | None, computed: float, most: float) -> str:
    """The reason that refuses a way whose launch energy is not the stated one; empty if it is, or none is stated."""
    if stated is None or abs(stated - computed) <= most:
        return ""
    return f"no conic closes its listed window: it states C3 {stated:g} km2/s2, the way between its ends has {computed:.2f}"


# to the Moon


def _named(route: str, published: tuple[CislunarLeg, ...]) -> tuple[str, LunarRoute] | None:
    """The place where a route ends, and the route."""
    places = ("NRHO", "LLO", "South pole")
    return next(((place, one) for place in places for one in lunar_routes(place, published) if one.name == route), None)


def _to_moon(mission: PlannedMission, window: LaunchWindow, ascent_s: float, catalogue: Catalogue) -> Told | str:
    if not window.route:
        return "its listed window names no route, so its days under way stand for no computed trajectory"
    found = _named(window.route, catalogue.legs)
    if found is None:
        return f"its route, {window.route}, is none that is computed"
    place, route = found
    if route.apogee_km is not None:
        return "its low-energy route is not computed: days and burns are from a table, and no trajectory stands behind them"
    launch_s, arrive_s, depart_s = (seconds_since_j2000(at) for at in (mission.launch_utc, *mission.docked_utc))
    late_d = (arrive_s - launch_s) / DAY_S - route.days
    if not -EARLY_D <= late_d <= MEETING_D:
        takes = f"the route takes {route.days:.2f} d and the flight {route.days + late_d:.2f} d"
        return f"no conic closes its listed window: {takes}"
    flight = MoonBound(
        sky=catalogue.ephemeris,
        launch_s=launch_s,
        ascent_s=ascent_s,
        meet_s=launch_s + round(route.transit_d * DAY_S),
        arrive_s=arrive_s,
        depart_s=depart_s,
        tilt_deg=QUICK_TILT_DEG if route.captures else 0.0,
    )
    if why := _apart(window.c3_km2_s2, flight.c3_km2_s2(), MOON_C3_KM2_S2):
        return why
    stretches = [flight.from_earth()]
    if not route.captures:
        arc = flight.flyby()
        if arc is None:
            return "no arc joins the lunar flyby and Gateway's orbit on its date"
        stretches.append(flight.from_flyby(arc))
    stretches += [flight.on_halo()] if place == "NRHO" else [flight.on_ground()] if place == "South pole" else []
    return tuple(_moon_words(flight, window, place)), tuple(stretches)


def _moon_words(flight: MoonBound, window: LaunchWindow, place: str) -> Iterator[str]:
    """What a reader has to know before he uses the states."""
    yield "Patched conics between the Earth and Moon of JPL DE440. Not for navigation, not for conjunction assessment."
    gap_min = (flight.injection_s - flight.launch_s) / 60.0
    yield f"Lift-off: {format_utc(window.launch_utc)}. Ascent and the parking orbit, {PARKING_KM:g} km up, are not in here:"
    yield f"the states begin after the injection burn, {gap_min:.0f} min later (half a revolution or more: assumption)."
    tilt = f"tilted {flight.tilt_deg:g} deg to" if flight.tilt_deg else "that of"
    yield f"The plane of the transfer is {tilt} the Moon's motion, as its burns are counted; the pad need not lie in it."
    stated = "" if window.c3_km2_s2 is None else f" The listed window, counted from lift-off, states {window.c3_km2_s2:g}."
    yield f"C3 at injection is {flight.c3_km2_s2():.4f} km2/s2.{stated}"
    if place == "NRHO":
        yield "Where Gateway is on its orbit is taken as met by the date of the window."
    else:
        yield "Low lunar orbit, and the ways into and out of it, are not in the file: the plan does not decide its plane."
    yield "The way back is not in the file."


# to an asteroid


def _to_asteroid(mission: PlannedMission, window: LaunchWindow, body: SmallBody, sky: Ephemeris) -> Told | str:
    launch_s, arrive_s, depart_s = (seconds_since_j2000(at) for at in (mission.launch_utc, *mission.docked_utc))
    if window.c3_km2_s2 is None:
        return "its listed window states no launch energy to hold a conic against"
    if window.transit_d is None or abs(arrive_s - launch_s - window.transit_d * DAY_S) > EARLY_D * DAY_S:
        return "it arrives on another day than its listed window states"
    there = partial(small_body_states, body)
    earth, goal = sky.states("Earth", np.array([launch_s])), there(np.array([arrive_s]))
    sun = GM_KM3_S2["Sun"]
    arc = solve_lambert(earth.position_km, goal.position_km, arrive_s - launch_s, sun)
    if not arc.solved.all():
        return f"no conic of less than one revolution joins the Earth and {body.body} on its dates"
    c3_km2_s2 = float(np.sum((arc.v1_km_s - earth.velocity_km_s) ** 2))
    if why := _apart(window.c3_km2_s2, c3_km2_s2, SUN_C3_KM2_S2):
        return why
    after_s = _daily(0.0, arrive_s - launch_s)
    at, speed = (np.broadcast_to(part, (after_s.size, 3)) for part in (earth.position_km, arc.v1_km_s))
    name = plain(body.body)
    way = (f"arc about the Sun from the Earth to {name}, between the departure burn and the burn beside the body",)
    stay = (f"beside {name}, on the body's own orbit: station-keeping is not in it",)
    at_s = _daily(arrive_s, depart_s)
    held = there(at_s)
    stretches = (
        Stretch(way, "SUN", "ICRF", launch_s + after_s, _rounded(*propagate_conic(at, speed, after_s, sun))),
        Stretch(stay, "SUN", "ICRF", at_s, _rounded(held.position_km, held.velocity_km_s)),
    )
    return tuple(_sun_words(body, c3_km2_s2, launch_s)), stretches


def _sun_words(body: SmallBody, c3_km2_s2: float, launch_s: float) -> Iterator[str]:
    name = plain(body.body)
    yield f"Two-body motion about the Sun between the Earth of JPL DE440 and {name} on the ellipse of its elements of"
    yield f"JD {body.epoch_tdb_jd:.1f} TDB; years from then the body may be 100,000 km off and more. Not for navigation."
    at = format_utc(instant_at(launch_s))
    yield f"The first state, at lift-off ({at}), lies at the Earth's centre: ascent and escape are not in the file."
    yield f"C3 of the departure, the square of the speed against the Earth there, is {c3_km2_s2:.4f} km2/s2."
    yield "The way back is not in the file."


def _daily(first_s: float, last_s: float) -> Floats:
    """Instants a day apart, ends included."""
    return np.unique(np.append(np.arange(first_s, last_s, DAY_S), last_s))


def _rounded(position_km: Floats, velocity_km_s: Floats) -> Floats:
    return np.concatenate([np.round(position_km, 3), np.round(velocity_km_s, 9)], axis=1) + 0.0
