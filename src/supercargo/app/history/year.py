"""One past year: the scenario as it could be planned, and the same year as it was flown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from supercargo.app.history.fleet import Fleet, fleet_of
from supercargo.app.history.flights import FIRST_YEAR, PastFlight, past_flights
from supercargo.app.history.lines import AGENCY_OF, FREEDOM_D, Hold, lines_of
from supercargo.app.history.masses import Loads, loads_of
from supercargo.app.history.orbits import known_orbit
from supercargo.app.history.remarks import planner_remarks
from supercargo.app.history.stocks import era_rates, stocks
from supercargo.kernel import ScenarioError, as_written, days
from supercargo.model import (
    SCENARIO_TABLES,
    Blackout,
    CargoLine,
    Contract,
    Customer,
    MissionRequest,
    Price,
    Records,
    Scenario,
    Settings,
    Tail,
)

__all__ = ["PRICE_YEAR", "PastYear", "past_year"]

PRICE_YEAR = 2018
"""Price year of the past: that of the audit whose prices per kilogram are used."""

USD_PER_KG: Mapping[str, float] = {"up": 63_220.0, "down": 40_000.0, "disposal": 20_000.0}
_PRICE_BASIS: Mapping[str, str] = {
    "up": "CRS-1: 5930 MUSD / 93800 kg (NASA OIG IG-18-016)",
    "down": "NASA commercial price policy 2021, taken as 2018 money (assumption)",
    "disposal": "NASA commercial price policy 2021, taken as 2018 money (assumption)",
}
_AGENCIES: Mapping[str, str] = {"NASA": "NASA", "ROSCOSMOS": "Roscosmos", "ESA": "European Space Agency", "JAXA": "JAXA"}


@dataclass(frozen=True, kw_only=True)
class PastYear:
    """A year of the record: its flights with their loads, and the scenario in which they can be planned."""

    year: int
    flights: tuple[PastFlight, ...]  # lifted off in the year
    loads: Mapping[str, Loads]  # by flight
    lines: Mapping[str, tuple[CargoLine, ...]]  # by flight
    fleet: Fleet
    records: Records
    scenario: Scenario


def past_year(records: Records, catalogue: Mapping[str, tuple[Any, ...]], year: int) -> PastYear:
    """The fleet, launches and ports of a year on record, with loads filled where the record is silent.

    Raises ScenarioError for a year without flights and for records that can't be read.
    """
    everything = past_flights(records)
    flights = tuple(flight for flight in everything if flight.launch_utc.year == year)
    if year < FIRST_YEAR or not flights:
        years = sorted({flight.launch_utc.year for flight in everything if flight.launch_utc.year >= FIRST_YEAR})
        known = f"{years[0]} to {years[-1]}" if years else "none"
        what, fix = f"no flight to the station is on record for {year}", f"choose a year of the record: {known}"
        raise ScenarioError(what, fix=fix, where=f"--from iss-{year}")
    fleet = fleet_of(catalogue, everything, flights, year)
    bags = tuple(bag for bag in catalogue["bags"] if bag.ctbe in (1.0, 2.0, 3.0))
    start_utc = datetime(year, 1, 1, tzinfo=UTC)
    rates = era_rates(catalogue["rates"], start_utc)
    loads: dict[str, Loads] = {}
    lines: dict[str, tuple[CargoLine, ...]] = {}
    for flight in flights:
        vehicle = next(one for one in fleet.vehicles if one.vehicle_type == flight.vehicle_type)
        hold = Hold(vehicle, tuple(bay for bay in fleet.bays if bay.vehicle_type == flight.vehicle_type), bags)
        loads[flight.name] = loads_of(flight, everything, vehicle)
        lines[flight.name] = lines_of(flight, loads[flight.name], hold, records.breakdowns, rates)
    past = PastYear(
        year=year,
        flights=flights,
        loads=loads,
        lines=lines,
        fleet=fleet,
        records=records,
        scenario=_scenario(catalogue, fleet, flights, lines, records),
    )
    settings = replace(past.scenario.settings, remarks=planner_remarks(past.flights, past.loads, past.scenario))
    return replace(past, scenario=replace(past.scenario, settings=settings))


def _scenario(
    catalogue: Mapping[str, tuple[Any, ...]],
    fleet: Fleet,
    flights: tuple[PastFlight, ...],
    lines: Mapping[str, tuple[CargoLine, ...]],
    records: Records,
) -> Scenario:
    year = flights[0].launch_utc.year
    start_utc, end_utc = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    cargo = tuple(line for flight in flights for line in lines[flight.name])
    agencies = tuple(sorted({line.customer for line in cargo}))
    rates = era_rates(catalogue["rates"], start_utc)
    crew = tuple(stay for stay in catalogue["crew"] if stay.from_utc < end_utc and stay.to_utc > start_utc)
    promised: dict[str, list[CargoLine]] = {}
    for line in cargo:
        if line.direction == "up":
            promised.setdefault(line.supply_class, []).append(line)
    tables: dict[str, Any] = {table.attribute: () for table in SCENARIO_TABLES}
    tables |= {
        "missions": tuple(_request(flight, fleet, (start_utc, end_utc)) for flight in flights),
        "cargo": cargo,
        "customers": tuple(Customer(customer=name, name=_AGENCIES[name], kind="agency") for name in agencies),
        "contracts": tuple(
            Contract(contract_id=f"{name}-STATION", customer=name, from_utc=start_utc, to_utc=end_utc, price_basis="catalogue")
            for name in agencies
        ),
        "prices": tuple(
            Price(
                tariff="catalogue",
                destination="ISS",
                direction=way,
                usd_per_kg=usd,
                price_year=PRICE_YEAR,
                basis=_PRICE_BASIS[way],
            )
            for way, usd in USD_PER_KG.items()
        ),
        "destinations": catalogue["destinations"],
        "gates": catalogue["gates"],
        "ports": fleet.ports,
        "orbits": (known_orbit(records, start_utc),),
        "vehicles": fleet.vehicles,
        "tails": tuple(_tail(flight, fleet) for flight in flights),
        "bays": fleet.bays,
        "bags": catalogue["bags"],
        "launchers": fleet.launchers,
        "sites": fleet.sites,
        "pads": fleet.pads,
        "facilities": fleet.facilities,
        "blackouts": tuple(_docked_before(flight, start_utc) for flight in fleet.docked_before),
        "stock": stocks((start_utc, end_utc), crew, rates, promised),
        "crew": crew,
        "rates": rates,
        "cost_rates": tuple(replace(rate, price_year=float(PRICE_YEAR)) for rate in catalogue["cost_rates"]),
    }
    settings = Settings(
        name=f"iss-{year}", as_of_utc=start_utc, start_utc=start_utc, end_utc=end_utc, currency_year=PRICE_YEAR, seed=year
    )
    return Scenario(settings=settings, **tables)


def _request(flight: PastFlight, fleet: Fleet, span: tuple[datetime, datetime]) -> MissionRequest:
    start_utc, end_utc = span
    agency = AGENCY_OF[flight.record.vehicle]
    shortest_d, longest_d = fleet.stays_d[flight.vehicle_type]
    return as_written(
        MissionRequest(
            mission_id=flight.name,
            destination="ISS",
            vehicle_types=(flight.vehicle_type,),
            launchers=(flight.record.launch_vehicle,),
            sites=(flight.record.launch_site,),
            earliest_utc=max(start_utc, flight.nominal_utc - days(FREEDOM_D)),
            latest_utc=min(end_utc - timedelta(days=1), flight.nominal_utc + days(FREEDOM_D)),
            docked_min_d=shortest_d,
            docked_max_d=longest_d,
            contract_id=f"{agency}-STATION",
            furnished_by=agency,
            must=True,
        )
    )


def _tail(flight: PastFlight, fleet: Fleet) -> Tail:
    vehicle = next(one for one in fleet.vehicles if one.vehicle_type == flight.vehicle_type)
    ready = min(flight.nominal_utc - days(FREEDOM_D), flight.launch_utc) - days(vehicle.processing_d + 10.0)
    return Tail(vehicle_id=flight.name, vehicle_type=flight.vehicle_type, ready_utc=ready, flights_left=1.0)


def _docked_before(flight: PastFlight, start_utc: datetime) -> Blackout:
    assert flight.undock_utc is not None  # chosen among those that docked
    reason = f"{flight.name} is docked there since the year before"
    return Blackout(
        kind="port", object=f"ISS/{flight.record.port}", from_utc=start_utc, to_utc=flight.undock_utc, reason=reason
    )
