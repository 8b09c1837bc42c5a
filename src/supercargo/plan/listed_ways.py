"""Whether the listed ways of a scenario are what their routes come to: transit, manoeuvres, launch energy and the Sun."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from supercargo.astro.ephemeris import GM_KM3_S2, small_body_states
from supercargo.astro.lambert import solve_lambert
from supercargo.astro.moon import sun_elevation_deg
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.kernel import DAY_S, format_utc
from supercargo.model import Destination, Scenario, SmallBody, TransferRequest, TransferWindow
from supercargo.plan.lunar_transfers import SOUTH_POLE_DEG, lunar_flights, lunar_place, lunar_routes
from supercargo.plan.opportunities import ASTEROID_CORRECTIONS_M_S, ASTEROID_ROUTE, lunar_row
from supercargo.plan.transfers import Catalogue

__all__ = ["contradictions", "remarks_on_listed"]

SHARE = 0.05
"""Transit and manoeuvres may be so far from what is computed."""

C3_KM2_S2 = 0.5
SUN_DEG = 0.5


def remarks_on_listed(scenario: Scenario, catalogue: Catalogue) -> tuple[str, ...]:
    """A sentence for each value of a listed way, to a place that is flown to, that is not what its named route comes to.

    Routes are those that `list_opportunities` writes; others, and dates outside the ephemeris, are passed over.
    """
    flown = {request.destination for request in scenario.missions}
    return tuple(
        f"transfer_windows.csv, {row.destination}, lift-off {format_utc(row.launch_utc)}: {words}"
        for row in scenario.transfer_windows
        if row.destination in flown and row.destination in scenario.places
        for words in contradictions(row, scenario.places[row.destination], catalogue)
    )


def contradictions(row: TransferWindow, place: Destination, catalogue: Catalogue) -> Iterator[str]:
    """What a row states of a computed route that is not what is computed for its lift-off; nothing for other routes."""
    launch_s = seconds_since_j2000(row.launch_utc)
    arrive_s = launch_s + row.transit_d * DAY_S
    first, last = (seconds_since_j2000(at) for at in (catalogue.ephemeris.first_utc, catalogue.ephemeris.last_utc))
    if not first < launch_s <= arrive_s < last:
        return
    body = _small_body(place.destination, catalogue.small_bodies)
    if body is not None and row.route.startswith(ASTEROID_ROUTE):
        yield from _solar(row, body, (launch_s, arrive_s), catalogue)
    elif place.body == "Moon":
        yield from _lunar(row, launch_s, catalogue)
        at_pole = row.route.endswith("south pole") or lunar_place(place.destination) == "South pole"
        if at_pole and row.sun_elevation_deg is not None:
            height = float(sun_elevation_deg(catalogue.ephemeris, np.array([arrive_s]), *SOUTH_POLE_DEG)[0])
            if abs(height - row.sun_elevation_deg) > SUN_DEG:
                yield f"sun_elevation_deg is {row.sun_elevation_deg:g}, computed at arrival {height:.2f}"


def _small_body(name: str, bodies: Sequence[SmallBody]) -> SmallBody | None:
    sought = name.casefold()
    return next((one for one in bodies if sought in (one.body.casefold(), one.designation.casefold())), None)


def _lunar(row: TransferWindow, launch_s: float, catalogue: Catalogue) -> Iterator[str]:
    places = ("NRHO", "LLO", "South pole")
    named = [(goal, one) for goal in places for one in lunar_routes(goal, catalogue.legs) if one.name == row.route]
    for goal, route in named[:1]:
        dates = (catalogue.ephemeris.first_utc, catalogue.ephemeris.last_utc)
        asked = TransferRequest(origin="Earth", destination=goal, depart=dates, arrive=dates)
        for flight in lunar_flights(route, launch_s, goal, asked, catalogue):
            meant = lunar_row(flight, goal, catalogue.legs)
            yield from _apart("transit_d", row.transit_d, meant.transit_d, SHARE * meant.transit_d)
            yield from _against(row, meant.c3_km2_s2 or 0.0, meant.delta_v_m_s or 0.0)


def _solar(row: TransferWindow, body: SmallBody, dates_s: tuple[float, float], catalogue: Catalogue) -> Iterator[str]:
    launch_s, arrive_s = dates_s
    there = partial(small_body_states, body)
    earth, goal = catalogue.ephemeris.states("Earth", np.array([launch_s])), there(np.array([arrive_s]))
    if arrive_s <= launch_s:
        return
    arc = solve_lambert(earth.position_km, goal.position_km, arrive_s - launch_s, GM_KM3_S2["Sun"])
    if not arc.solved.all():
        yield f"transit_d is {row.transit_d:g}, in which no conic of less than one revolution reaches {body.body}"
        return
    c3_km2_s2 = float(np.sum((arc.v1_km_s - earth.velocity_km_s) ** 2))
    burn_m_s = 1e3 * math.sqrt(float(np.sum((arc.v2_km_s - goal.velocity_km_s) ** 2)))
    yield from _against(row, c3_km2_s2, burn_m_s + ASTEROID_CORRECTIONS_M_S)


def _against(row: TransferWindow, c3_km2_s2: float, delta_v_m_s: float) -> Iterator[str]:
    yield from _apart("c3_km2_s2", row.c3_km2_s2, c3_km2_s2, C3_KM2_S2)
    yield from _apart("delta_v_m_s", row.delta_v_m_s, delta_v_m_s, SHARE * delta_v_m_s)


def _apart(field: str, stated: float | None, computed: float, most: float) -> Iterator[str]:
    if stated is not None and abs(stated - computed) > most:
        yield f"{field} is {stated:g}, computed {computed:,.2f}"
