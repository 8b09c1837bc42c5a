"""The tiny scenario: three flights to one station and some 25 lines, for a first look and for quick tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from supercargo.app.reference import freedom, parties, promises, supplies
from supercargo.app.reference.draws import quotas
from supercargo.app.reference.mix import Seat, Slot
from supercargo.app.reference.returns import return_line
from supercargo.app.reference.shapes import bag_shape
from supercargo.app.reference.timetable import Ground, Timetable, build_timetable
from supercargo.app.reference.upload import Room, UpLine, up_lines
from supercargo.app.reference.year import AS_OF_UTC, END_UTC, PRICE_YEAR, START_UTC, numbered
from supercargo.kernel import as_written, stream
from supercargo.model import SCENARIO_TABLES, Bag, CargoLine, Scenario, Settings

__all__ = ["tiny"]

PLACE = "Starlab"
LAUNCHER = "Falcon 9"
SITES = ("Cape Canaveral", "Kennedy Space Center")
TYPES = ("Cygnus XL", "Nyx", "Cygnus Enhanced")
REVENUE_USD = 3.3e7
UP_LINES = 20
ROOM = Room(pressurised_kg=520.0, unpressurised_kg=0.0, late_kg=70.0, bulk=())
SLOTS = tuple(
    Slot(prefix="TN", place=PLACE, port=port, arrive_d=day, docked_d=stay, tight=False, copy=0,
         seat=Seat(types=types, docked_d=stay, contract="STARLAB-MAIN", furnished_by=payer, must=must))
    for port, day, stay, types, payer, must in (
        ("Bus nadir", 30.0, 55.0, ("Cygnus XL",), "STARLAB", True),
        ("Bus forward", 120.0, 60.0, ("Nyx",), "STARLAB", False),
        ("Bus nadir", 215.0, 60.0, ("Cygnus Enhanced", "Cygnus XL"), "STARLAB", False),
    )
)  # fmt: skip


def _part(catalogue: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
    """The catalogue's records that one station, three types and two pads need."""
    part: dict[str, Any] = {**{table.attribute: () for table in SCENARIO_TABLES}, **catalogue, "transfer_windows": ()}
    for name in ("vehicles", "bays"):
        part[name] = tuple(one for one in catalogue[name] if one.vehicle_type in TYPES)
    for name in ("sites", "pads", "facilities"):
        part[name] = tuple(one for one in catalogue[name] if one.site in SITES)
    for name in ("destinations", "ports", "orbits", "prices"):
        part[name] = tuple(one for one in catalogue[name] if one.destination == PLACE)
    here = [one for one in catalogue["rates"] if not one.destinations or PLACE in one.destinations]
    part["rates"] = tuple(replace(one, destinations=(PLACE,)) for one in here)
    for name in ("launchers", "launch_energies"):
        part[name] = tuple(one for one in catalogue[name] if one.launcher == LAUNCHER)
    part["vehicles"] = tuple(replace(one, launchers=(LAUNCHER,)) for one in part["vehicles"])
    part["pads"] = tuple(replace(one, launchers=(LAUNCHER,)) for one in part["pads"] if LAUNCHER in one.launchers)
    return part


def _returns(table: Timetable, ground: Ground, bags: Sequence[Bag], rng: np.random.Generator) -> list[CargoLine]:
    ways = [(flight, "disposal") for flight in table.flights]
    ways += [(flight, "down") for flight in table.flights if flight.vehicle.downmass_kg]
    return [return_line(flight, bag_shape(bags, 40.0, 1.0, rng), way, ground, rng) for flight, way in ways]


def tiny(catalogue: Mapping[str, tuple[Any, ...]], *, seed: int) -> Scenario:
    """Three flights to one station, two ports, two pads and some 25 lines: small enough to read whole.

    The same seed gives the same scenario. Facts come from `catalogue`, all else is assumed (docs/reference-year.md).
    """
    part = _part(catalogue)
    ground = Ground.of(part, START_UTC, {}, 1)
    table = build_timetable(ground, list(SLOTS))
    rng = stream(seed, "tiny")
    requests = tuple(map(as_written, freedom.requests(table, ground, rng)))
    named = {request.mission_id: request for request in requests}
    wanted = quotas(table.flights, named, ground, part["rates"], in_tanks={})
    rooms = [ROOM] * len(table.flights)
    cut = up_lines(table.flights, ground, rooms, bags=part["bags"], count=UP_LINES, wanted=wanted, rng=rng)
    up = promises.promised_lines(cut, named, START_UTC, rng, mass_share=0.25)
    cargo = numbered([one.line for one in up] + _returns(table, ground, part["bags"], rng), rng)
    settings = Settings(
        name="tiny", as_of_utc=AS_OF_UTC, start_utc=START_UTC, end_utc=END_UTC, currency_year=PRICE_YEAR, seed=seed
    )
    stocked = supplies.supplies(up, named, ground, part["rates"])
    scenario = Scenario(
        settings=settings,
        **{
            **part,
            "missions": requests,
            "cargo": cargo,
            "tails": tuple(tail for tail in freedom.tails(table, ground, rng) if not tail.vehicle_id.endswith("SPARE")),
            "crew": stocked.crew,
            "stock": stocked.stock,
            "demand": stocked.demand,
            "spares": stocked.spares,
            "suppliers": supplies.suppliers(),
            "lanes": tuple(lane for lane in supplies.lanes() if lane.to_place in (*SITES, "Houston")),
        },
    )
    return _with_money(scenario, up, rng)


def _with_money(scenario: Scenario, up: list[UpLine], rng: np.random.Generator) -> Scenario:
    money = promises.Money(revenue_usd=REVENUE_USD)
    named = dict(scenario.requests)
    used = {line.contract_id for line in scenario.cargo} | {request.contract_id for request in scenario.missions}
    contracts = tuple(one for one in parties.contracts(START_UTC, END_UTC) if one.contract_id in used)
    customers = {one.customer for one in contracts} | {request.furnished_by for request in scenario.missions}
    return replace(
        scenario,
        contracts=contracts,
        customers=tuple(one for one in parties.customers() if one.customer in customers),
        terms=tuple(as_written(term) for term in promises.terms(scenario, up, named, money, rng) if term.contract_id in used),
        prices=(
            *scenario.prices,
            *(row for row in promises.tariff_prices(scenario.cargo, PRICE_YEAR, money) if row.destination == PLACE),
        ),
    )
