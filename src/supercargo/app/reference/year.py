"""The reference year: 48 flights, 5,000 cargo lines and all that a planner needs, from the catalogue and a seed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from supercargo.app.reference import freedom, mix, parties, promises, supplies
from supercargo.app.reference.draws import quotas
from supercargo.app.reference.lifts import nominal_lift_kg
from supercargo.app.reference.returns import return_lines
from supercargo.app.reference.timetable import Ground, NominalFlight, Timetable, build_timetable
from supercargo.app.reference.upload import Room, UpLine, in_tanks, up_lines
from supercargo.kernel import ScenarioError, as_written, stream
from supercargo.model import SCENARIO_TABLES, Bay, CargoLine, MissionRequest, Scenario, Settings

__all__ = [
    "AS_OF_UTC",
    "BASE_LINES",
    "END_UTC",
    "PRICE_YEAR",
    "REUSABLE",
    "START_UTC",
    "blank_scenario",
    "nominal_timetable",
    "numbered",
    "reference_year",
    "with_cargo",
    "with_flights",
]

START_UTC = datetime(2027, 1, 1, tzinfo=UTC)
END_UTC = datetime(2028, 1, 1, tzinfo=UTC)
AS_OF_UTC = datetime(2026, 12, 1, tzinfo=UTC)
PRICE_YEAR = 2026
BASE_LINES = 5_000
DOWN_LINES, TRASH_LINES = 0.11, 0.14  # shares of all lines
REVENUE_USD = 1.80e9  # of 48 flights
REUSABLE = {"Dragon 2 Cargo": 4, "Dream Chaser + Shooting Star": 2}
MOST_MISSIONS = 480


def nominal_timetable(catalogue: Mapping[str, tuple[Any, ...]], *, seed: int, missions: int) -> tuple[Ground, Timetable]:
    """The timetable about which a year is built, and the ground it stands on; for tests and calibration."""
    copies = math.ceil(missions / mix.BASE_MISSIONS)
    ground = Ground.of(catalogue, START_UTC, REUSABLE, copies)
    clearance = {place: record.clearance_d for place, record in ground.places.items()}
    return ground, build_timetable(ground, mix.slots(missions, clearance, stream(seed, "reference-mix")))


def numbered(lines: Sequence[CargoLine], rng: np.random.Generator) -> tuple[CargoLine, ...]:
    """Names in random order, so that a name tells nothing of the flight a line was cut for."""
    order = rng.permutation(len(lines)).tolist()
    return tuple(as_written(replace(lines[index], item_id=f"R{place:06d}")) for place, index in enumerate(order, start=1))


def _up(
    catalogue: Mapping[str, tuple[Any, ...]], ground: Ground, flights: Sequence[NominalFlight], count: int, scenario: Scenario
) -> list[UpLine]:
    bays, requests, seed = _bays(catalogue), dict(scenario.requests), scenario.settings.seed
    rooms = [
        Room.of(one.vehicle, bays.get(one.vehicle.vehicle_type, []), lift_kg=nominal_lift_kg(scenario, one)) for one in flights
    ]
    wanted = quotas(flights, requests, ground, catalogue["rates"], in_tanks=in_tanks(flights, rooms))
    cut = up_lines(
        flights, ground, rooms, bags=catalogue["bags"], count=count, wanted=wanted, rng=stream(seed, "reference-upload")
    )
    return promises.promised_lines(cut, requests, START_UTC, stream(seed, "reference-must"))


def _bays(catalogue: Mapping[str, tuple[Any, ...]]) -> dict[str, list[Bay]]:
    found: dict[str, list[Bay]] = {}
    for bay in catalogue["bays"]:
        found.setdefault(bay.vehicle_type, []).append(bay)
    return found


def blank_scenario(catalogue: Mapping[str, tuple[Any, ...]], settings: Settings) -> Scenario:
    """The catalogue's records under the head of a scenario, with nothing contracted yet."""
    records: dict[str, Any] = {table.attribute: tuple(catalogue.get(table.attribute, ())) for table in SCENARIO_TABLES}
    return Scenario(settings=settings, **records)


def reference_year(catalogue: Mapping[str, tuple[Any, ...]], *, seed: int, missions: int = mix.BASE_MISSIONS) -> Scenario:
    """A contracted year of cargo flights, with the demand on it a little above what the flights can carry.

    `missions` flights (12 or more; lines, crews, ports, pads and revenue grow with it). The same seed gives the same
    scenario. Facts come from `catalogue`; demand, prices, contracts and dates are scenario assumptions
    (docs/reference-year.md).

    Raises ScenarioError for fewer than 12 or more than 480 flights, NoPlan if the flights find no timetable.
    """
    if not 12 <= missions <= MOST_MISSIONS:
        raise ScenarioError(
            f"{missions} missions are asked for", fix=f"ask for 12 to {MOST_MISSIONS}", where="reference-year --missions"
        )
    ground, table = nominal_timetable(catalogue, seed=seed, missions=missions)
    rng = stream(seed, "reference-freedom")
    requests = tuple(map(as_written, freedom.requests(table, ground, rng)))
    named = {request.mission_id: request for request in requests}
    settings = Settings(
        name="reference-year", as_of_utc=AS_OF_UTC, start_utc=START_UTC, end_utc=END_UTC, currency_year=PRICE_YEAR, seed=seed
    )
    blank = blank_scenario(catalogue, settings)
    return with_cargo(with_flights(blank, ground, table, requests, rng), catalogue, ground, table, named)


def with_flights(
    blank: Scenario, ground: Ground, table: Timetable, requests: tuple[MissionRequest, ...], rng: np.random.Generator
) -> Scenario:
    """Contracted flights with the tails, closures, pads, ports and parties that a scenario of the reference has."""
    settings = blank.settings
    return replace(
        blank,
        missions=requests,
        tails=freedom.tails(table, ground, rng),
        blackouts=freedom.blackouts(table, ground, blank.orbits, rng),
        facilities=freedom.scaled_facilities(table, ground),
        ports=freedom.scaled_ports(blank.ports, ground.copies),
        pads=freedom.scaled_pads(blank.pads, ground.copies),
        destinations=tuple(replace(one, handling_h_d=one.handling_h_d * ground.copies) for one in blank.destinations),
        customers=parties.customers(),
        contracts=parties.contracts(settings.start_utc, settings.end_utc),
        suppliers=supplies.suppliers(),
        lanes=supplies.lanes(),
    )


def with_cargo(
    scenario: Scenario, catalogue: Mapping[str, tuple[Any, ...]], ground: Ground, table: Timetable,
    named: Mapping[str, MissionRequest],
) -> Scenario:  # fmt: skip
    """Cargo, stocks and money of a scenario whose flights stand."""
    seed, missions = scenario.settings.seed, len(scenario.missions)
    total = round(BASE_LINES * missions / mix.BASE_MISSIONS)
    backs = (round(DOWN_LINES * total), round(TRASH_LINES * total))
    returned = return_lines(
        table.flights, ground, _bays(catalogue), bags=catalogue["bags"], counts=backs, rng=stream(seed, "reference-returns")
    )
    up = _up(catalogue, ground, table.flights, total - len(returned), scenario)
    cargo = numbered([one.line for one in up] + returned, stream(seed, "reference-names"))
    stocked = supplies.supplies(up, named, ground, catalogue["rates"])
    money = promises.Money(revenue_usd=REVENUE_USD * missions / mix.BASE_MISSIONS)
    return replace(
        scenario,
        cargo=cargo,
        crew=stocked.crew,
        stock=stocked.stock,
        demand=stocked.demand,
        spares=stocked.spares,
        terms=tuple(map(as_written, promises.terms(scenario, up, named, money, stream(seed, "reference-terms")))),
        prices=(*scenario.prices, *promises.tariff_prices(cargo, PRICE_YEAR, money)),
    )
