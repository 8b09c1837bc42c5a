"""A scenario beyond low Earth orbit, from flights that each take one of the computed routes: the frame of two scenarios."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np

from supercargo.app.reference import freedom, parties, promises, supplies
from supercargo.app.reference.draws import quotas
from supercargo.app.reference.lifts import listed_lift_kg, nominal_lift_kg
from supercargo.app.reference.mix import Seat, Slot
from supercargo.app.reference.returns import return_lines
from supercargo.app.reference.timetable import Ground, NominalFlight, Timetable, build_timetable
from supercargo.app.reference.upload import Room, UpLine, up_lines
from supercargo.app.reference.year import numbered
from supercargo.kernel import as_written, days_between, stream
from supercargo.model import (
    SCENARIO_TABLES,
    Bay,
    Destination,
    MissionRequest,
    Port,
    Price,
    Scenario,
    Settings,
    TransferWindow,
)

__all__ = ["Programme", "Voyage", "programme_scenario"]

GOOD_SHARE = 0.9
"""A flight is reckoned by a route that lifts at least so much of the most that its season allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voyage:
    """One contracted flight: who flies where, about when it arrives, for how long, and by which route it is reckoned."""

    prefix: str
    place: str
    port: str
    arrive_d: float
    docked_d: float
    seat: Seat
    route: str
    """Beginning of the name of the routes that it is reckoned by; the planner may choose any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What a scenario beyond low Earth orbit is made of."""

    name: str
    as_of_utc: datetime
    start_utc: datetime
    end_utc: datetime
    price_year: int
    places: tuple[Destination, ...]
    ports: tuple[Port, ...]
    prices: tuple[Price, ...]
    windows: tuple[TransferWindow, ...]
    voyages: tuple[Voyage, ...]
    lines: int
    trash_lines: int
    revenue_usd: float
    longest_stay: Mapping[str, float] = field(default_factory=dict)
    """Place -> days that no stay exceeds."""

    @property
    def horizon_d(self) -> float:
        """Days of the horizon."""
        return days_between(self.start_utc, self.end_utc)


def _slots(bare: Scenario, programme: Programme, rng: np.random.Generator) -> list[Slot]:
    """Flights to be placed, each with the listed windows of its route that lift about the most."""
    found = []
    for voyage in programme.voyages:
        vehicle = bare.vehicle_types[voyage.seat.types[0]]
        launcher = (voyage.seat.launchers or vehicle.launchers)[0]
        rows = [
            (row, listed_lift_kg(bare, vehicle, row, launcher))
            for row in programme.windows
            if row.destination == voyage.place and row.route.startswith(voyage.route)
        ]
        most = max((kg for _, kg in rows), default=0.0)
        own = tuple(
            (days_between(programme.start_utc, row.launch_utc), row.transit_d) for row, kg in rows if kg >= GOOD_SHARE * most
        )
        found.append(
            Slot(
                prefix=voyage.prefix,
                place=voyage.place,
                port=voyage.port,
                seat=voyage.seat,
                arrive_d=voyage.arrive_d + float(rng.uniform(-3.0, 3.0)),
                docked_d=round(voyage.docked_d * float(rng.uniform(0.97, 1.03)), 1),
                tight=False,
                copy=0,
                windows=own,
            )
        )
    return found


def _part(catalogue: Mapping[str, tuple[Any, ...]], programme: Programme) -> dict[str, Any]:
    """The catalogue's records that the programme's places, spacecraft and pads need."""
    part: dict[str, Any] = {table.attribute: tuple(catalogue.get(table.attribute, ())) for table in SCENARIO_TABLES}
    flown = {kind for voyage in programme.voyages for kind in voyage.seat.types}
    named = {place.destination for place in programme.places}
    for name in ("vehicles", "bays"):
        part[name] = tuple(one for one in part[name] if one.vehicle_type in flown)
    used = {launcher for vehicle in part["vehicles"] for launcher in vehicle.launchers}
    for name in ("launchers", "launch_energies"):
        part[name] = tuple(one for one in part[name] if one.launcher in used)
    part["pads"] = tuple(
        replace(one, launchers=tuple(name for name in one.launchers if name in used))
        for one in part["pads"]
        if used & set(one.launchers)
    )
    sites = {pad.site for pad in part["pads"]}
    for name in ("sites", "facilities"):
        part[name] = tuple(one for one in part[name] if one.site in sites)
    here = (replace(one, destinations=tuple(p for p in one.destinations if p in named)) for one in part["rates"]
            if not one.destinations or named & set(one.destinations))  # fmt: skip
    return part | {
        "rates": tuple(here),
        "destinations": programme.places,
        "ports": programme.ports,
        "orbits": (),
        "profiles": (),
        "transfer_windows": programme.windows,
        "prices": programme.prices,
    }


def _rooms(scenario: Scenario, flights: Sequence[NominalFlight]) -> list[Room]:
    """What each flight takes up by the route that it is reckoned by."""
    bays = _bays(scenario)
    return [
        Room.of(one.vehicle, bays.get(one.vehicle.vehicle_type, []), lift_kg=nominal_lift_kg(scenario, one)) for one in flights
    ]


def _bays(scenario: Scenario) -> dict[str, list[Bay]]:
    return {kind: list(bays) for kind, bays in scenario.bays_of.items()}


def programme_scenario(catalogue: Mapping[str, tuple[Any, ...]], programme: Programme, *, seed: int) -> Scenario:
    """A scenario beyond low Earth orbit: requests with freedom about a hidden timetable, and cargo cut to what each flight
    lifts by its route, with a little more than fits.

    The same seed gives the same scenario. Raises NoPlan if the flights find no timetable.
    """
    part = _part(catalogue, programme)
    ground = replace(Ground.of(part, programme.start_utc, {}, 1, horizon_d=programme.horizon_d), shares=parties.BEYOND_SHARES)
    settings = Settings(
        name=programme.name, as_of_utc=programme.as_of_utc, start_utc=programme.start_utc, end_utc=programme.end_utc,
        currency_year=programme.price_year, seed=seed,
    )  # fmt: skip
    bare = Scenario(settings=settings, **part)
    table = build_timetable(ground, _slots(bare, programme, stream(seed, f"{programme.name}-mix")))
    rng = stream(seed, f"{programme.name}-freedom")
    suppliers = supplies.suppliers()
    reached = {pad.site for pad in bare.pads} | {supplier.place for supplier in suppliers}
    scenario = replace(
        bare,
        missions=tuple(_stay_kept(request, programme) for request in freedom.requests(table, ground, rng)),
        tails=freedom.tails(table, ground, rng),
        facilities=freedom.scaled_facilities(table, ground),
        blackouts=freedom.range_closures(table, ground, rng),
        suppliers=suppliers,
        lanes=tuple(lane for lane in supplies.lanes() if lane.to_place in reached),
    )
    return _with_money(*_with_cargo(scenario, programme, ground, table))


def _stay_kept(request: MissionRequest, programme: Programme) -> MissionRequest:
    """No stay is longer than the programme allows: at the south pole, than the light that its landings are listed for."""
    longest = max(request.docked_min_d, min(request.docked_max_d, programme.longest_stay.get(request.destination, math.inf)))
    return as_written(replace(request, docked_max_d=longest))


def _with_cargo(
    scenario: Scenario, programme: Programme, ground: Ground, table: Timetable
) -> tuple[Scenario, Programme, list[UpLine]]:
    """Cargo and stocks of a programme whose flights stand."""
    seed, name = scenario.settings.seed, programme.name
    requests, rates = dict(scenario.requests), scenario.rates
    rooms = _rooms(scenario, table.flights)
    returned = return_lines(
        table.flights, ground, _bays(scenario), bags=scenario.bags, counts=(0, programme.trash_lines),
        rng=stream(seed, f"{name}-returns"),
    )  # fmt: skip
    cut = up_lines(
        table.flights, ground, rooms, bags=scenario.bags, count=programme.lines - len(returned),
        wanted=quotas(table.flights, requests, ground, rates, in_tanks={}), rng=stream(seed, f"{name}-upload"),
    )  # fmt: skip
    up = promises.promised_lines(cut, requests, programme.start_utc, stream(seed, f"{name}-must"))
    stocked = supplies.supplies(up, requests, ground, rates)
    cargo = numbered([one.line for one in up] + returned, stream(seed, f"{name}-names"))
    whole = replace(
        scenario, cargo=cargo, crew=stocked.crew, stock=stocked.stock, demand=stocked.demand, spares=stocked.spares
    )
    return whole, programme, up


def _with_money(scenario: Scenario, programme: Programme, up: Sequence[UpLine]) -> Scenario:
    """Contracts, customers, terms and tariffs of those who send something or furnish a flight."""
    money = promises.Money(revenue_usd=programme.revenue_usd)
    requests = dict(scenario.requests)
    used = {line.contract_id for line in scenario.cargo} | {request.contract_id for request in scenario.missions}
    rows = tuple(row for row in parties.BEYOND_CONTRACTS if row[0] in used)
    contracts = parties.contracts(programme.start_utc, programme.end_utc, table=rows)
    known = {one.customer for one in contracts} | {request.furnished_by for request in scenario.missions}
    rng = stream(scenario.settings.seed, f"{programme.name}-terms")
    places = [place.destination for place in programme.places]
    return replace(
        scenario,
        contracts=contracts,
        customers=tuple(one for one in parties.customers(beyond=True) if one.customer in known),
        terms=tuple(map(as_written, promises.terms(scenario, up, requests, money, rng, table=rows))),
        prices=(
            *scenario.prices,
            *promises.tariff_prices(scenario.cargo, programme.price_year, money, table=rows, places=places),
        ),
    )
