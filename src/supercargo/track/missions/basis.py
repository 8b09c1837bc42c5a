"""What KPIs are held against: the time, the resources, the fleet, the markets and the costs that a released plan rests on."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from supercargo.model import Blackout, CostRow, OperationsPlan, Scenario

__all__ = [
    "AccountCost",
    "Market",
    "OwnedTail",
    "PlanBasis",
    "PlannedCost",
    "Shut",
    "UsedResource",
    "Waiting",
    "basis_of",
    "costs_by_mission",
]

SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """A time in which a resource is closed."""

    from_utc: datetime
    to_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedResource:
    """A port (DESTINATION/PORT), pad (SITE/PAD) or facility: when it is in service, and the days it needs after each use."""

    kind: str
    resource: str
    capacity: float = 1.0
    turnaround_d: float = 0.0
    from_utc: datetime | None = None
    to_utc: datetime | None = None
    closed: tuple[Shut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedTail:
    """A spacecraft: when it is ready, and the flights that are left to it."""

    vehicle_id: str
    vehicle_type: str
    ready_utc: datetime
    flights_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Mass that all suppliers bring up to a place in a year [kg]."""

    destination: str
    market_kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCost:
    """What an account of a SCOR process is planned to cost the service [USD]."""

    account: str
    service_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCost:
    """What a SCOR process is planned to cost [USD]: the service, and customers that furnish launches and spacecraft.

    `accounts` part what the service pays, so that invoices can take the place of planned amounts one by one; releases of
    older versions do not tell them.
    """

    process: str
    service_usd: float
    furnished_usd: float = 0.0
    accounts: tuple[AccountCost, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A contracted mission that the plan does not fly, and why."""

    mission_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBasis:
    """All of it; `costs` are those of no single mission, `years` the length of the horizon [a]."""

    years: float
    currency_year: int
    resources: tuple[UsedResource, ...] = ()
    tails: tuple[OwnedTail, ...] = ()
    markets: tuple[Market, ...] = ()
    costs: tuple[PlannedCost, ...] = ()
    unflown: tuple[Waiting, ...] = ()


def costs_by_mission(rows: Iterable[CostRow]) -> dict[str, tuple[PlannedCost, ...]]:
    """Planned costs by mission (empty: of none), process and account, revenue left out, in whole cents."""
    sums: dict[str, dict[str, dict[str, tuple[list[float], list[float]]]]] = defaultdict(dict)
    for row in rows:
        if not (row.account == "revenue" or row.account.startswith("revenue:")):
            kept = sums[row.mission_id].setdefault(row.scor_process, {}).setdefault(row.account, ([], []))
            kept[row.paid_by != SERVICE].append(row.plan_usd)
    return {
        mission: tuple(_process_cost(process, accounts) for process, accounts in sorted(processes.items()))
        for mission, processes in sums.items()
    }


def _process_cost(process: str, accounts: Mapping[str, tuple[list[float], list[float]]]) -> PlannedCost:
    return PlannedCost(
        process=process,
        service_usd=round(math.fsum(usd for own, _ in accounts.values() for usd in own), 2),
        furnished_usd=round(math.fsum(usd for _, furnished in accounts.values() for usd in furnished), 2),
        accounts=tuple(
            AccountCost(account=account, service_usd=round(math.fsum(own), 2))
            for account, (own, _) in sorted(accounts.items())
            if own
        ),
    )


def basis_of(plan: OperationsPlan) -> PlanBasis:
    """The basis of a plan, from its scenario and its costs."""
    scenario = plan.scenario
    named = {one.mission_id: one.reason for one in plan.unflown}
    waiting = [name for name in scenario.requests if name not in plan.mission_named]
    return PlanBasis(
        years=scenario.settings.years,
        currency_year=scenario.settings.currency_year,
        resources=tuple(_resources(scenario)),
        tails=tuple(
            OwnedTail(
                vehicle_id=tail.vehicle_id,
                vehicle_type=tail.vehicle_type,
                ready_utc=tail.ready_utc,
                flights_left=int(tail.flights_left),
            )
            for tail in scenario.tails
        ),
        markets=tuple(
            Market(destination=place.destination, market_kg=place.market_kg)
            for place in scenario.destinations
            if place.market_kg
        ),
        costs=costs_by_mission(plan.costs).get("", ()),
        unflown=tuple(Waiting(mission_id=name, reason=named.get(name, "the plan does not fly it")) for name in waiting),
    )


def _shut(blackouts: Iterable[Blackout], kind: str, name: str) -> tuple[Shut, ...]:
    return tuple(
        Shut(from_utc=shut.from_utc, to_utc=shut.to_utc) for shut in blackouts if (shut.kind, shut.object) == (kind, name)
    )


def _resources(scenario: Scenario) -> Iterable[UsedResource]:
    for port in scenario.ports:
        name = f"{port.destination}/{port.port}"
        shut = _shut(scenario.blackouts, "port", name)
        yield UsedResource(kind="ports", resource=name, from_utc=port.from_utc, to_utc=port.to_utc, closed=shut)
    for pad in scenario.pads:
        yield UsedResource(kind="pads", resource=f"{pad.site}/{pad.pad}", turnaround_d=pad.turnaround_d)
    for facility in scenario.facilities:
        shut = _shut(scenario.blackouts, "facility", facility.facility_id)
        name = facility.facility_id
        yield UsedResource(kind="facilities", resource=name, capacity=facility.capacity, closed=shut)
