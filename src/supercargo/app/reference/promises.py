"""What the service has promised: must lines, contract terms with minimum masses, tariffs that add up to the year's revenue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from supercargo.app.reference.freedom import latest_d
from supercargo.app.reference.parties import CONTRACTS, ContractRow
from supercargo.app.reference.upload import CONSUMABLES, UpLine
from supercargo.kernel import days_between
from supercargo.model import CargoLine, MissionRequest, Price, Scenario, Term

__all__ = ["BASE_PLACES", "Money", "promised_lines", "tariff_prices", "terms"]

MUST_SHARE = 0.085  # of up lines, the marks wanted; fewer where dates leave no room
MUST_MASS_SHARE = 0.10  # of a nominal flight's own lines, at most
MINIMUM_SHARE = 0.50  # of a contract's nominal mass that its minimum asks for

_UP_USD_KG: Mapping[str, float] = {
    # relative worth of a kilogram up; the whole table is scaled to the revenue
    "ISS": 5.6, "Axiom Station": 6.0, "Starlab": 6.0, "Orbital Reef": 6.4, "Haven-1": 6.0, "Gateway": 14.0,
    "Lunar South Pole": 26.0, "Bennu": 40.0, "Skyforge Platform": 8.0, "Meridian Platform": 10.0, "LEO Depot": 0.7,
}  # fmt: skip
BASE_PLACES = tuple(_UP_USD_KG)
_BEYOND_USD_KG: Mapping[str, float] = {"LLO Depot": 18.0, "Ryugu": 40.0, "Itokawa": 44.0}
_TARIFFS: Mapping[str, float] = {"agency": 0.95, "commercial": 1.05, "academic": 0.85}
_DIRECTIONS: Mapping[str, float] = {"up": 1.0, "down": 1.3, "disposal": 0.12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """Revenue wanted in the year, and how it comes in."""

    revenue_usd: float
    milestone_share: float = 0.50
    delivered_share: float = 0.93  # of the lines' worth that a good plan delivers
    late_share: float = 0.006  # of the lines' worth that goes in penalties


def promised_lines(
    lines: Sequence[UpLine],
    requests: Mapping[str, MissionRequest],
    start_utc: datetime,
    rng: np.random.Generator,
    *,
    mass_share: float = MUST_MASS_SHARE,
) -> list[UpLine]:
    """Mark must lines: due, released before the earliest lift-off of their nominal flight, at most `mass_share` of it."""
    cap: dict[str, float] = {}
    for one in lines:
        cap[one.flight.mission_id] = cap.get(one.flight.mission_id, 0.0) + mass_share * one.line.mass_kg
    wanted = round(MUST_SHARE * len(lines))
    chosen: dict[int, CargoLine] = {}
    for index in rng.permutation(len(lines)).tolist():
        one, request = lines[index], requests[lines[index].flight.mission_id]
        first = days_between(start_utc, request.earliest_utc) - one.flight.vehicle.cargo_cutoff_d - 3.0
        ready = days_between(start_utc, one.line.release_utc) <= first
        plain = not (one.spare or one.line.late_load or one.line.cold or one.line.hazard or one.line.power_w)
        likely = one.line.supply_class in (*CONSUMABLES, "spares") or rng.random() < 0.3
        sure = one.line.form != "unpressurised" or len(request.vehicle_types) == 1  # not every type has open bays
        if not (ready and plain and likely and sure) or one.line.mass_kg > cap[one.flight.mission_id]:
            continue
        cap[one.flight.mission_id] -= one.line.mass_kg
        chosen[index] = replace(one.line, must=True, priority=1)
        if len(chosen) >= wanted:
            break
    return [replace(one, line=chosen.get(index, one.line)) for index, one in enumerate(lines)]


def _minimums(lines: Sequence[UpLine], requests: Mapping[str, MissionRequest], scenario: Scenario) -> dict[str, float]:
    """Mass that each contract can count on within the year, from flights that surely deliver in it [kg]."""
    sure: dict[str, float] = {}
    for one in lines:
        stay = one.flight.unload_end_d - one.flight.launch_d
        latest = latest_d(requests[one.flight.mission_id], scenario.settings.start_utc)
        if not one.spare and latest + stay < scenario.settings.horizon_days - 10:
            sure[one.line.contract_id] = sure.get(one.line.contract_id, 0.0) + one.line.mass_kg
    return {contract: round(mass * MINIMUM_SHARE / 10.0) * 10.0 for contract, mass in sure.items()}


def terms(
    scenario: Scenario,
    lines: Sequence[UpLine],
    requests: Mapping[str, MissionRequest],
    money: Money,
    rng: np.random.Generator,
    *,
    table: Sequence[ContractRow] = CONTRACTS,
) -> tuple[Term, ...]:
    """Terms of every contract; milestones add up to their share of the revenue."""
    flown: dict[str, int] = {}
    for request in scenario.missions:
        flown[request.contract_id] = flown.get(request.contract_id, 0) + 1
    weight = sum(weight * flown.get(name, 0) for name, _, _, weight in table)
    unit = money.revenue_usd * money.milestone_share / weight if weight else 0.0
    minimums = _minimums(lines, requests, scenario)
    found = []
    for name, _, tariff, stone in table:
        academic = tariff == "academic"
        rows = [
            ("due_tolerance", float(rng.integers(3, 11)), "d"),
            ("penalty_per_day", round(float(rng.uniform(0.3, 1.2)), 2), "percent"),
            ("penalty_cap", float(rng.integers(8, 21)), "percent"),
            ("free_reflight", 0.0 if academic else 1.0, "count"),
        ]
        if minimums.get(name, 0.0) > 0:
            rows += [("minimum_kg", minimums[name], "kg"), ("option_kg", round(minimums[name] * 0.2, 0), "kg")]
        if stone and flown.get(name):
            rows.append(("milestone", round(unit * stone, 2), "USD"))
        found += [Term(contract_id=name, term=term, value=value, unit=unit_) for term, value, unit_ in rows]
    return tuple(found)


def tariff_prices(
    lines: Sequence[CargoLine],
    price_year: int,
    money: Money,
    *,
    table: Sequence[ContractRow] = CONTRACTS,
    places: Iterable[str] = BASE_PLACES,
) -> tuple[Price, ...]:
    """The service's tariffs, scaled so that the lines a good plan delivers bring their share of the revenue."""
    tariff_of = {name: tariff for name, _, tariff, _ in table}
    worth = sum(_relative(tariff_of[line.contract_id], line.destination, line.direction) * line.mass_kg for line in lines)
    wanted = money.revenue_usd * (1.0 - money.milestone_share)
    scale = wanted / (worth * (money.delivered_share - money.late_share)) if worth else 0.0
    return tuple(
        Price(
            tariff=tariff,
            destination=place,
            direction=direction,
            usd_per_kg=round(scale * _relative(tariff, place, direction), 2),
            price_year=price_year,
            basis="scenario assumption, scaled to the year's revenue",
        )
        for tariff in _TARIFFS
        for place in places
        for direction in _DIRECTIONS
    )


def _relative(tariff: str, place: str, direction: str) -> float:
    return _TARIFFS[tariff] * {**_UP_USD_KG, **_BEYOND_USD_KG}[place] * _DIRECTIONS[direction]
