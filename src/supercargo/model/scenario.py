"""The scenario: everything a planner is given, validated and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from supercargo.kernel import ScenarioError, check_quantities, days_between, quantity, text
from supercargo.model.catalogue import (
    Bag,
    Bay,
    CostRate,
    Destination,
    Facility,
    GateTemplate,
    HazardPair,
    LaunchEnergy,
    Launcher,
    Orbit,
    Pad,
    Port,
    Profile,
    Rate,
    Site,
    TransferWindow,
    VehicleType,
)
from supercargo.model.chances import Chance, SlipRecord
from supercargo.model.demand import (
    Blackout,
    CargoLine,
    Contract,
    CrewStay,
    Customer,
    Demand,
    Lane,
    MissionRequest,
    Price,
    Spare,
    Stock,
    Supplier,
    Tail,
    Term,
)
from supercargo.model.initiatives import Initiative
from supercargo.model.permits import Licence, Requirement, Staff
from supercargo.model.programme import GateCheck, ProgrammeResource, ProgrammeTask
from supercargo.model.risks import Contingency, InsuranceOffer, Risk
from supercargo.model.strategy import CapacityOption, Competitor, MarketSegment, PartnerCandidate, Technology
from supercargo.model.supply_terms import FleetLife, GroundLeg, StockTerm, SupplierTerm

__all__ = ["Limits", "Scenario", "Service", "Settings"]

_YEAR_D = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the planner weighs when not all can be served."""

    on_time_target_percent: float = quantity("percent", "target of K3", ge=0, le=100, default=95.0)
    priority_usd: tuple[float, ...] = text(
        "worth of serving a line of priority 1 to 5, beside its price", default=(400e3, 200e3, 100e3, 50e3, 25e3)
    )
    on_time_share: float = quantity(
        "fraction", "share of that worth that is lost when the line is late", ge=0, le=1, default=0.6
    )
    mission_usd: float = quantity("USD", "worth of flying a contracted mission at all", ge=0, default=50e6)

    def __post_init__(self) -> None:
        check_quantities(self)
        if len(self.priority_usd) != 5 or any(not 0 <= usd < 1e12 for usd in self.priority_usd):
            raise ScenarioError(
                "priority_usd needs five amounts of 0 or more",
                fix="give one for each priority 1 to 5",
                where="scenario.toml [service]",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much work the solvers may do: counts first, so that the same input gives the same bytes."""

    schedule_work: float = quantity("count", "deterministic time units of the schedule solver", ge=0.1, default=8.0)
    schedule_gap: float = quantity("fraction", "proven gap at which the schedule may stop", ge=0, le=1, default=0.01)
    manifest_gap: float = quantity("fraction", "proven gap at which the manifest may stop", ge=0, le=1, default=0.003)
    manifest_nodes: float = quantity("count", "branch-and-bound nodes for each group of places", ge=1, default=2000)
    stowage_rounds: float = quantity("count", "rounds between manifest and stowage", ge=1, le=50, default=4)
    stowage_tries: float = quantity("count", "packing orders tried for each mission", ge=1, default=60)
    packing_fraction: float = quantity("fraction", "share of bay volume the manifest may fill", ge=0, le=1, default=0.82)
    demand_samples: float = quantity("count", "futures drawn for the demand bands", ge=10, default=400)

    def __post_init__(self) -> None:
        check_quantities(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The head of a scenario: name, what is known when, the year planned, prices, seed, service levels and limits."""

    name: str = text("name of the scenario")
    as_of_utc: datetime = text("instant up to which facts are known")
    start_utc: datetime = text("start of the horizon")
    end_utc: datetime = text("end of the horizon")
    currency_year: int = quantity("year", "price year of all money", ge=1950, le=2100)
    seed: int = quantity("count", "seed of every random stream", ge=0)
    service: Service = field(default_factory=Service)
    limits: Limits = field(default_factory=Limits)
    remarks: tuple[str, ...] = text("what a reader of a plan has to know of the scenario, a sentence each", default=())

    def __post_init__(self) -> None:
        check_quantities(self)
        if self.end_utc <= self.start_utc:
            raise ScenarioError("the horizon ends before it starts", fix="set end_utc after start_utc", where="scenario.toml")

    @property
    def horizon_days(self) -> int:
        """Whole days of the horizon."""
        return round(days_between(self.start_utc, self.end_utc))

    @property
    def years(self) -> float:
        """Length of the horizon in years, to scale figures a year; within a day and a half of whole years it is whole."""
        length_d = days_between(self.start_utc, self.end_utc)
        whole = round(length_d / _YEAR_D)
        return float(whole) if whole and abs(length_d - whole * _YEAR_D) <= 1.5 else length_d / _YEAR_D

    @property
    def span(self) -> str:
        """What the horizon is called: `year` where it is one calendar year, else `horizon`."""
        return "year" if self.years == 1.0 and (self.start_utc.month, self.start_utc.day) == (1, 1) else "horizon"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Everything a planner is given. `digest` names the exact files it was read from."""

    settings: Settings
    missions: tuple[MissionRequest, ...]
    cargo: tuple[CargoLine, ...]
    customers: tuple[Customer, ...]
    contracts: tuple[Contract, ...]
    terms: tuple[Term, ...]
    prices: tuple[Price, ...]
    suppliers: tuple[Supplier, ...]
    lanes: tuple[Lane, ...]
    destinations: tuple[Destination, ...]
    ports: tuple[Port, ...]
    orbits: tuple[Orbit, ...]
    transfer_windows: tuple[TransferWindow, ...]
    vehicles: tuple[VehicleType, ...]
    tails: tuple[Tail, ...]
    bays: tuple[Bay, ...]
    bags: tuple[Bag, ...]
    launchers: tuple[Launcher, ...]
    sites: tuple[Site, ...]
    pads: tuple[Pad, ...]
    facilities: tuple[Facility, ...]
    blackouts: tuple[Blackout, ...]
    stock: tuple[Stock, ...]
    demand: tuple[Demand, ...]
    crew: tuple[CrewStay, ...]
    rates: tuple[Rate, ...]
    spares: tuple[Spare, ...]
    hazard_pairs: tuple[HazardPair, ...]
    cost_rates: tuple[CostRate, ...]
    profiles: tuple[Profile, ...] = ()
    gates: tuple[GateTemplate, ...] = ()
    launch_energies: tuple[LaunchEnergy, ...] = ()
    licences: tuple[Licence, ...] = ()
    staff: tuple[Staff, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    risks: tuple[Risk, ...] = ()
    contingencies: tuple[Contingency, ...] = ()
    insurance: tuple[InsuranceOffer, ...] = ()
    initiatives: tuple[Initiative, ...] = ()
    chances: tuple[Chance, ...] = ()
    slip_records: tuple[SlipRecord, ...] = ()
    programme_tasks: tuple[ProgrammeTask, ...] = ()
    programme_resources: tuple[ProgrammeResource, ...] = ()
    programme_gates: tuple[GateCheck, ...] = ()
    lives: tuple[FleetLife, ...] = ()
    stock_terms: tuple[StockTerm, ...] = ()
    supplier_terms: tuple[SupplierTerm, ...] = ()
    ground_legs: tuple[GroundLeg, ...] = ()
    technologies: tuple[Technology, ...] = ()
    partner_candidates: tuple[PartnerCandidate, ...] = ()
    market_segments: tuple[MarketSegment, ...] = ()
    competitors: tuple[Competitor, ...] = ()
    capacity_options: tuple[CapacityOption, ...] = ()
    none_of: tuple[str, ...] = ()  # files with a header and no rows, by which a person says: none, and no template either
    digest: str = ""

    @cached_property
    def lines(self) -> Mapping[str, CargoLine]:
        """Cargo lines by item."""
        return {line.item_id: line for line in self.cargo}

    @cached_property
    def requests(self) -> Mapping[str, MissionRequest]:
        """Contracted flights by mission."""
        return {request.mission_id: request for request in self.missions}

    @cached_property
    def vehicle_types(self) -> Mapping[str, VehicleType]:
        """Spacecraft types by name."""
        return {vehicle.vehicle_type: vehicle for vehicle in self.vehicles}

    @cached_property
    def launcher_named(self) -> Mapping[str, Launcher]:
        """Launchers by name."""
        return {launcher.launcher: launcher for launcher in self.launchers}

    @cached_property
    def profile_named(self) -> Mapping[str, Profile]:
        """Ways to a place in low Earth orbit by name."""
        return {profile.profile: profile for profile in self.profiles}

    @cached_property
    def energies_of(self) -> Mapping[str, tuple[LaunchEnergy, ...]]:
        """Rows of launch energy by launcher, in order of energy; a launcher without a table is not among them."""
        rows: dict[str, list[LaunchEnergy]] = {}
        for row in sorted(self.launch_energies, key=lambda row: row.c3_km2_s2):
            rows.setdefault(row.launcher, []).append(row)
        return {launcher: tuple(found) for launcher, found in rows.items()}

    @cached_property
    def places(self) -> Mapping[str, Destination]:
        """Destinations by name."""
        return {place.destination: place for place in self.destinations}

    @cached_property
    def contract_named(self) -> Mapping[str, Contract]:
        """Contracts by name."""
        return {contract.contract_id: contract for contract in self.contracts}

    @cached_property
    def orbits_of(self) -> Mapping[str, tuple[Orbit, ...]]:
        """Orbits by place, in order of epoch: each holds for the instants nearest to its own."""
        orbits: dict[str, list[Orbit]] = {}
        for orbit in sorted(self.orbits, key=lambda orbit: orbit.epoch_utc):
            orbits.setdefault(orbit.destination, []).append(orbit)
        return {destination: tuple(found) for destination, found in orbits.items()}

    @cached_property
    def bays_of(self) -> Mapping[str, tuple[Bay, ...]]:
        """Bays by spacecraft type, in file order."""
        bays: dict[str, list[Bay]] = {}
        for bay in self.bays:
            bays.setdefault(bay.vehicle_type, []).append(bay)
        return {vehicle_type: tuple(found) for vehicle_type, found in bays.items()}

    @cached_property
    def term_values(self) -> Mapping[tuple[str, str], float]:
        """Value of each (contract, term)."""
        return {(term.contract_id, term.term): term.value for term in self.terms}

    @cached_property
    def tariffs(self) -> Mapping[tuple[str, str, str], float]:
        """USD per kg of each (tariff, destination, direction)."""
        return {(price.tariff, price.destination, price.direction): price.usd_per_kg for price in self.prices}

    @cached_property
    def contract_of_customer(self) -> Mapping[str, str]:
        """First contract of each customer, for lines that name none."""
        first: dict[str, str] = {}
        for contract in self.contracts:
            first.setdefault(contract.customer, contract.contract_id)
        return first

    def contract_id(self, line: CargoLine) -> str:
        """Contract that prices a line; empty if its customer has none."""
        return line.contract_id or self.contract_of_customer.get(line.customer, "")

    def price_usd(self, line: CargoLine) -> float:
        """Price of a whole line when delivered [USD], by its contract's tariff."""
        contract = self.contract_named.get(self.contract_id(line))
        tariff = contract.price_basis if contract else ""
        return line.mass_kg * self.tariffs.get((tariff, line.destination, line.direction), 0.0)
