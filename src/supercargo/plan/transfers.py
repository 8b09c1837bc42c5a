"""A question for transfers answered: chart, best flights, masses delivered, round trips, and what was assumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np

from supercargo.astro.deliveries import deliveries
from supercargo.astro.ephemeris import GM_KM3_S2, Ephemeris, States, small_body_states
from supercargo.astro.impulses import RADIUS_KM, escape_burn_km_s
from supercargo.astro.lambert import Engine
from supercargo.astro.porkchop import (
    NOT_ASKED,
    Cell,
    Porkchop,
    best_cells,
    best_round_trips,
    compute_porkchop,
    date_axis,
)
from supercargo.astro.timescales import Floats, instant_at, seconds_since_j2000
from supercargo.kernel import DAY_S, ScenarioError
from supercargo.model import (
    CislunarLeg,
    DeliveredMass,
    LaunchEnergy,
    Launcher,
    RoundTripFlight,
    SmallBody,
    TransferChart,
    TransferFlight,
    TransferRequest,
    TransferStudy,
    VehicleType,
)

__all__ = ["Catalogue", "study_transfer"]

WORTH = 3.0
"""A local minimum of the chart is listed if it costs at most so many times the cheapest."""

MANY_CELLS = 400_000
"""Charts beyond it are worth the wait for the compiler, or for its stored code."""

ENTRY_KM = 125.0
"""Height above the Earth at which an entry begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The records and the ephemeris that a study reads."""

    ephemeris: Ephemeris
    small_bodies: tuple[SmallBody, ...]
    vehicles: tuple[VehicleType, ...]
    launchers: tuple[Launcher, ...]
    energies: tuple[LaunchEnergy, ...]
    legs: tuple[CislunarLeg, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    states: Callable[[Floats], States]
    record: SmallBody | None


def study_transfer(asked: TransferRequest, catalogue: Catalogue) -> TransferStudy:
    """The cheapest transfers between two bodies of the Sun's family within dates, and what the catalogue's craft deliver.

    Raises ScenarioError for bodies that are not known or the same, dates back to front, or outside the ephemeris.
    """
    leave, reach = (_place(name, catalogue) for name in (asked.origin, asked.destination))
    if leave.name == reach.name:
        raise ScenarioError(f"{leave.name} is both ends of the transfer", fix="name two bodies", where="--to")
    depart_s, arrive_s = _axis(asked.depart, asked.grid, "--depart"), _axis(asked.arrive, asked.grid, "--arrive")
    for axis in (depart_s, arrive_s):
        catalogue.ephemeris.refuse_outside(axis)
    engine = Engine.COMPILED if depart_s.size * arrive_s.size > MANY_CELLS else Engine.NUMPY
    chart = compute_porkchop(leave.states, reach.states, depart_s, arrive_s, duration_d=asked.duration_d, engine=engine)
    burns = _burns(chart, leave, reach, asked.parking_km)
    total = burns[0] + burns[1]
    cells = [cell for cell in best_cells(chart, total, asked.best) if cell.total_km_s <= WORTH * float(np.nanmin(total))]
    flights = tuple(_flight(cell, chart, burns) for cell in cells)
    trips = _round_trips(asked, catalogue, (leave, reach), (chart, total), engine)
    return TransferStudy(
        origin=leave.name,
        destination=reach.name,
        chart=_chart(chart, burns),
        flights=flights,
        delivered=_delivered(flights[0], catalogue) if flights and leave.name == "Earth" else (),
        round_trips=tuple(trips),
        reason="" if flights else _reason(chart, asked),
        assumptions=_assumptions(asked, leave, reach),
    )


def _place(name: str, catalogue: Catalogue) -> _Place:
    """A planet of the ephemeris or a small body of the catalogue, by name in any case or by designation."""
    sought = name.strip().casefold()
    for body in RADIUS_KM:
        if body.casefold() == sought and body != "Moon":
            return _Place(body, partial(catalogue.ephemeris.states, body), None)
    for record in catalogue.small_bodies:
        if sought in (record.body.casefold(), record.designation.casefold()):
            return _Place(record.body, partial(small_body_states, record), record)
    known = [body for body in RADIUS_KM if body != "Moon"] + [record.body for record in catalogue.small_bodies]
    known += ["NRHO", "Gateway", "LLO", "Lunar South Pole"]  # plan/lunar_transfers.py has them with their other names
    raise ScenarioError(f"no body is called {name!r}", fix=f"use one of: {', '.join(known)}", where="--from or --to")


def _axis(dates: tuple[datetime, datetime], count: int, where: str) -> Floats:
    first_s, last_s = (seconds_since_j2000(at) for at in dates)
    if last_s < first_s:
        raise ScenarioError("the dates are back to front", fix="give the earlier one first: A..B", where=where)
    return np.round(date_axis(first_s, last_s, count))


def _burns(chart: Porkchop, leave: _Place, reach: _Place, parking_km: float) -> tuple[Floats, Floats]:
    """Burns at departure and arrival of every cell [km/s]. [departure, arrival]"""
    out = np.sqrt(chart.c3_km2_s2)
    departure = escape_burn_km_s(out, leave.name, RADIUS_KM[leave.name] + parking_km) if leave.record is None else out
    if reach.name == "Earth":
        return departure, np.where(chart.solved, 0.0, np.nan)  # the air brakes
    if reach.record is not None:
        return departure, chart.arrival_km_s
    return departure, escape_burn_km_s(chart.arrival_km_s, reach.name, RADIUS_KM[reach.name] + parking_km)


def _flight(cell: Cell, chart: Porkchop, burns: tuple[Floats, Floats]) -> TransferFlight:
    row = int(np.searchsorted(chart.depart_s, cell.depart_s))
    column = int(np.searchsorted(chart.arrive_s, cell.arrive_s))
    departure, arrival = (1e3 * float(burn[row, column]) for burn in burns)
    return TransferFlight(
        depart_utc=instant_at(cell.depart_s),
        arrive_utc=instant_at(cell.arrive_s),
        duration_d=cell.duration_d,
        c3_km2_s2=cell.c3_km2_s2,
        declination_deg=cell.declination_deg,
        departure_v_infinity_m_s=1e3 * cell.departure_km_s,
        arrival_v_infinity_m_s=1e3 * cell.arrival_km_s,
        departure_burn_m_s=departure,
        arrival_burn_m_s=arrival,
        delta_v_m_s=departure + arrival,
    )


def _chart(chart: Porkchop, burns: tuple[Floats, Floats]) -> TransferChart:
    return TransferChart(
        depart_utc=tuple(map(instant_at, chart.depart_s.tolist())),
        arrive_utc=tuple(map(instant_at, chart.arrive_s.tolist())),
        c3_km2_s2=chart.c3_km2_s2,
        declination_deg=chart.declination_deg,
        arrival_v_infinity_m_s=1e3 * chart.arrival_km_s,
        departure_burn_m_s=1e3 * burns[0],
        arrival_burn_m_s=1e3 * burns[1],
    )


def _delivered(flight: TransferFlight, catalogue: Catalogue) -> tuple[DeliveredMass, ...]:
    burns_m_s = (flight.departure_burn_m_s, flight.arrival_burn_m_s)
    return deliveries(
        catalogue.vehicles, catalogue.launchers, catalogue.energies, c3_km2_s2=flight.c3_km2_s2, burns_m_s=burns_m_s
    )


def _round_trips(
    asked: TransferRequest,
    catalogue: Catalogue,
    places: tuple[_Place, _Place],
    out: tuple[Porkchop, Floats],
    engine: Engine,
) -> list[RoundTripFlight]:
    if asked.stay_d is None or asked.back is None:
        return []
    leave, reach = places
    home_s = _axis(asked.back, asked.grid, "--back")
    catalogue.ephemeris.refuse_outside(home_s)
    last_s = float(out[0].arrive_s[-1]) + asked.stay_d[1] * DAY_S
    away_s = date_axis(float(out[0].arrive_s[0]) + asked.stay_d[0] * DAY_S, min(last_s, float(home_s[-1])), asked.grid)
    catalogue.ephemeris.refuse_outside(away_s)
    back = compute_porkchop(reach.states, leave.states, np.round(away_s), home_s, duration_d=asked.duration_d, engine=engine)
    burns = _burns(back, reach, leave, asked.parking_km)
    home_km_s = burns[0] + burns[1]
    if leave.name == "Earth":
        home_km_s = np.where(_entry_km_s(back.arrival_km_s) <= asked.entry_max_m_s / 1e3, home_km_s, np.inf)
    trips = best_round_trips(out, (back, home_km_s), asked.stay_d, asked.best)
    out_burns = _burns(out[0], leave, reach, asked.parking_km)
    return [
        RoundTripFlight(
            out=_flight(trip.out, out[0], out_burns),
            back=_flight(trip.back, back, burns),
            stay_d=trip.stay_d,
            entry_m_s=1e3 * float(_entry_km_s(np.array(trip.back.arrival_km_s))) if leave.name == "Earth" else 0.0,
            delta_v_m_s=1e3 * trip.total_km_s,
        )
        for trip in trips
    ]


def _entry_km_s(v_infinity_km_s: Floats) -> Floats:
    """Speed at the top of the Earth's air [km/s]."""
    return np.sqrt(v_infinity_km_s * v_infinity_km_s + 2.0 * GM_KM3_S2["Earth"] / (RADIUS_KM["Earth"] + ENTRY_KM))


def _reason(chart: Porkchop, asked: TransferRequest) -> str:
    if chart.arrive_s[-1] <= chart.depart_s[0]:
        return "every arrival date lies before every departure date"
    if np.all((chart.status == NOT_ASKED) | (chart.duration_d <= 0.0)):
        low, high = asked.duration_d
        return f"no pair of dates is {low:g} to {high:g} days apart"
    return "no pair of dates is joined by a conic of less than one revolution"


def _assumptions(asked: TransferRequest, leave: _Place, reach: _Place) -> tuple[str, ...]:
    words = ["burns are instantaneous, spheres of influence are points (patched conics), less than one revolution"]
    for place in (leave, reach):
        if place.record is not None:
            words.append(
                f"{place.name} moves on a fixed ellipse from elements of JD {place.record.epoch_tdb_jd:.1f} "
                f"({place.record.source}); it has no gravity: the burn is the whole speed against it"
            )
        elif place is reach and place.name == "Earth":
            words.append("arrival at the Earth is a direct entry: no burn")
        else:
            words.append(f"the parking orbit about {place.name} is a circle {asked.parking_km:g} km up, in the right plane")
    return tuple(words)
