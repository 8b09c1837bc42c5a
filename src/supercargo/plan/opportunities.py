"""Computed routes as rows of transfer_windows.csv: when to lift off for a place at the Moon or for an asteroid, and how."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from supercargo.astro.moon import sun_elevation_deg
from supercargo.astro.three_body import nrho_9_2
from supercargo.astro.timescales import Floats, seconds_since_j2000
from supercargo.kernel import DAY_S, ScenarioError, as_written, days
from supercargo.model import CislunarLeg, LunarFlight, SmallBody, TransferRequest, TransferStudy, TransferWindow
from supercargo.plan.lunar_transfers import SOUTH_POLE_DEG, LunarRoute, lunar_flights, lunar_place, lunar_routes
from supercargo.plan.transfers import Catalogue, study_transfer

__all__ = ["ASTEROID_CORRECTIONS_M_S", "ASTEROID_ROUTE", "HALO_EPOCH_UTC", "Listing", "list_opportunities", "lunar_row"]

HALO_EPOCH_UTC = datetime(2027, 1, 1, tzinfo=UTC)
"""Gateway passes the point of its orbit where the ways from the Earth join it, then and every 6.562 d: assumption."""

RENDEZVOUS_D = 1.0
"""From the burn into a lunar orbit to contact with what flies there: assumption."""

ASTEROID_CORRECTIONS_M_S = 60.0
"""Course corrections and the approach to an asteroid: assumption."""

ASTEROID_ROUTE = "direct, season of"
"""How the name of a route to an asteroid begins."""

EITHER_SIDE = timedelta(hours=1)
"""Lift-off may come so much earlier or later, and the spacecraft makes up for it: assumption."""

CHART_STEP_D = 2.0
MOST_DATES = 2000
SEASON_D = 60.0
"""A season's best departure is the cheapest of so many days before and after it."""

WORTH = 1.3
"""A season is listed if its best flight costs at most so many times that of the cheapest season."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What is listed: how often, how dear, in what light."""

    every_d: float = 3.0
    """Days between two rows of a route that could be flown on any day."""
    within: float = 1.06
    """A departure to an asteroid is listed if it costs at most so many times the best of its season, both burns together."""
    sun_min_deg: float = 0.0
    """Landings with a lower Sun, at arrival or in the days after it, are left out."""
    lit_d: float = 30.0
    """Days after a landing through which the Sun stays as high."""


def list_opportunities(
    asked: TransferRequest, catalogue: Catalogue, destination: str, *, listing: Listing | None = None
) -> tuple[TransferWindow, ...]:
    """Lift-offs for a place beyond low Earth orbit, in order of time, each with its route, transit, energy and manoeuvres.

    `asked` tells origin and target, lift-offs (`depart`), arrivals and days under way; `destination` is the place of the
    scenario that the rows are for. To the Moon: fast and low-energy ways, for places on or by way of Gateway's orbit one a
    revolution of it, else every `listing.every_d` days; landings only in light. To an asteroid: about the best departure of
    each season. No two rows share a lift-off. delta_v_m_s holds every manoeuvre after the launcher lets go.

    Raises ScenarioError for a way that does not begin at the Earth or ends at no asteroid and no place of the Moon, and for
    dates that are back to front or outside the ephemeris.
    """
    how = listing or Listing()
    if asked.origin.strip().casefold() != "earth":
        raise ScenarioError("listed opportunities begin at the Earth", fix="use --from Earth", where="--from")
    place = lunar_place(asked.destination)
    found = _lunar(place, asked, catalogue, how) if place else _solar(asked, catalogue, how)
    return tuple(as_written(replace(row, destination=destination)) for row in sorted(_apart(found), key=_order))


def _order(row: TransferWindow) -> tuple[datetime, float, str]:
    return row.launch_utc, row.transit_d, row.route


def _apart(rows: Iterable[TransferWindow]) -> Iterator[TransferWindow]:
    """Routes never share a lift-off, which is the key of a row: the longer way goes an hour after the shorter one."""
    taken: set[datetime] = set()
    for row in sorted(rows, key=_order):
        late = timedelta(0)
        while row.launch_utc + late in taken:
            late += EITHER_SIDE
        taken.add(row.launch_utc + late)
        opens, launch, closes = (at + late for at in (row.opens_utc, row.launch_utc, row.closes_utc))
        yield replace(row, opens_utc=opens, launch_utc=launch, closes_utc=closes)


# to the Moon


def _lunar(place: str, asked: TransferRequest, catalogue: Catalogue, how: Listing) -> Iterator[TransferWindow]:
    first_s, last_s = (seconds_since_j2000(at) for at in asked.depart)
    ends = np.array([first_s, last_s, *(seconds_since_j2000(at) for at in asked.arrive)])
    if first_s > last_s or ends[2] > ends[3]:
        raise ScenarioError("the dates are back to front", fix="give the earlier one first: A..B", where="--depart, --arrive")
    catalogue.ephemeris.refuse_outside(ends)
    dark_s = _dark_s(asked, catalogue, how) if place == "South pole" else np.empty(0)
    for route in lunar_routes(place, catalogue.legs):
        if not asked.duration_d[0] <= route.days <= asked.duration_d[1]:
            continue
        for at_s in _departures(route, first_s, last_s, how).tolist():
            for flight in lunar_flights(route, at_s, place, asked, catalogue):
                row = lunar_row(flight, place, catalogue.legs)
                arrive_s = seconds_since_j2000(flight.arrive_utc)
                if not np.any((dark_s >= arrive_s) & (dark_s <= arrive_s + how.lit_d * DAY_S)):
                    yield row


def _departures(route: LunarRoute, first_s: float, last_s: float, how: Listing) -> Floats:
    """Departures of a route [s]: where it joins the halo orbit one a revolution, when Gateway is there; else now and then."""
    if "NRHO" not in route.name:
        return np.round(np.arange(first_s, last_s + 1.0, how.every_d * DAY_S))
    period_s = nrho_9_2().period_d * DAY_S
    start_s = seconds_since_j2000(HALO_EPOCH_UTC) - route.days * DAY_S
    number = np.arange(math.ceil((first_s - start_s) / period_s), math.floor((last_s - start_s) / period_s) + 1)
    return np.round(start_s + number * period_s)


def _dark_s(asked: TransferRequest, catalogue: Catalogue, how: Listing) -> Floats:
    """Instants, every three hours, at which the Sun is lower than asked over the landing place [s]."""
    ends = [seconds_since_j2000(at) for at in asked.arrive]
    at_s = np.arange(ends[0], ends[1] + how.lit_d * DAY_S, DAY_S / 8.0)
    catalogue.ephemeris.refuse_outside(at_s)
    return np.asarray(at_s[sun_elevation_deg(catalogue.ephemeris, at_s, *SOUTH_POLE_DEG) < how.sun_min_deg])


def lunar_row(flight: LunarFlight, place: str, legs: Sequence[CislunarLeg]) -> TransferWindow:
    """The row that lists a flight to a place of the Moon, as `lunar_place` names it; its destination is left empty."""
    meeting = next(leg for leg in legs if leg.start == "RPOD")
    meets = {"NRHO": 0.0, "LLO": meeting.net_m_s}.get(place, 0.0)  # a way to the halo orbit counts its meeting itself
    low = "low-energy" in flight.route
    words = ["computed: JPL DE440, patched conics, legs as in cislunar_legs.csv; corrections"]
    words += ["phase of the halo orbit"] if "NRHO" in flight.route else []
    words += ["a day to meet"] if place != "South pole" else []
    said = ", ".join(words) + ": assumption"
    if low:
        said += "; low-energy leg: memory"
    return TransferWindow(
        source=said,
        as_of=max(leg.as_of for leg in legs),
        evidence=flight.evidence,
        destination="",
        opens_utc=flight.depart_utc - EITHER_SIDE,
        launch_utc=flight.depart_utc,
        closes_utc=flight.depart_utc + EITHER_SIDE,
        transit_d=flight.duration_d + (RENDEZVOUS_D if place != "South pole" else 0.0),
        c3_km2_s2=flight.c3_km2_s2,
        route=flight.route,
        delta_v_m_s=flight.arrival_burn_m_s + meets,
        sun_elevation_deg=flight.sun_elevation_deg,
    )


# to an asteroid


def _solar(asked: TransferRequest, catalogue: Catalogue, how: Listing) -> Iterator[TransferWindow]:
    span_d = max((end - start) / days(1.0) for start, end in (asked.depart, asked.arrive))
    grid = min(MOST_DATES, max(2, math.ceil(span_d / CHART_STEP_D) + 1))
    study = study_transfer(replace(asked, grid=grid), catalogue)
    body = next((one for one in catalogue.small_bodies if one.body == study.destination), None)
    if body is None:
        what = f"opportunities are listed for asteroids and the Moon's places, not for {study.destination}"
        raise ScenarioError(what, fix="ask for the chart alone, without rows", where="--to")
    return _seasons(study, body, how)


def _seasons(study: TransferStudy, body: SmallBody, how: Listing) -> Iterator[TransferWindow]:
    """Rows about the best departure of each season that is worth it, every few days while it costs little more."""
    chart = study.chart
    flies = np.isfinite(chart.delta_v_m_s)
    cost = np.where(flies, chart.delta_v_m_s, np.inf)  # [departure, arrival]
    cheapest = cost.min(axis=1)  # [departure]
    day = np.array([(at - chart.depart_utc[0]) / days(1.0) for at in chart.depart_utc])
    step = max(1, round(how.every_d / (day[1] - day[0]))) if day.size > 1 else 1
    taken: set[int] = set()  # two seasons that run into each other share no day: it is the cheaper one's
    for best in sorted(_best_departures(day, cheapest), key=lambda number: cheapest[number]):
        if best in taken:
            continue
        run = {best, *_while_cheap(cheapest, best, how.within, 1), *_while_cheap(cheapest, best, how.within, -1)} - taken
        for number in sorted(run):
            if (number - best) % step == 0:
                yield _solar_row(study, body, (number, int(np.argmin(cost[number]))), chart.depart_utc[best])
        taken |= run


def _while_cheap(cheapest: Floats, best: int, within: float, way: int) -> Iterator[int]:
    """Departures on one side of the best one, up to the first that costs too much."""
    number = best + way
    while 0 <= number < cheapest.size and cheapest[number] <= within * cheapest[best]:
        yield number
        number += way


def _best_departures(day: Floats, cheapest: Floats) -> Iterator[int]:
    """The best departure of each season: none within two months is cheaper, and it lies inside the dates asked for."""
    if not np.isfinite(cheapest).any():
        return
    for number in np.flatnonzero(cheapest <= WORTH * cheapest.min()).tolist():
        near = np.abs(day - day[number]) <= SEASON_D
        if number == int(np.flatnonzero(near)[np.argmin(cheapest[near])]):
            yield number


def _solar_row(study: TransferStudy, body: SmallBody, cell: tuple[int, int], best_utc: datetime) -> TransferWindow:
    chart = study.chart
    depart, arrive = chart.depart_utc[cell[0]], chart.arrive_utc[cell[1]]
    said = f"computed: Lambert between JPL DE440 and the ellipse of {body.body} in small_bodies.csv; corrections: assumption"
    return TransferWindow(
        source=said,
        as_of=body.as_of,
        evidence="assumption",
        destination="",
        opens_utc=depart - EITHER_SIDE,
        launch_utc=depart,
        closes_utc=depart + EITHER_SIDE,
        transit_d=(arrive - depart) / days(1.0),
        c3_km2_s2=float(chart.c3_km2_s2[cell]),
        route=f"{ASTEROID_ROUTE} {best_utc:%Y-%m}",
        delta_v_m_s=float(chart.arrival_burn_m_s[cell]) + ASTEROID_CORRECTIONS_M_S,
    )
