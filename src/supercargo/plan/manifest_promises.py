"""Promises that a manifest can't keep, each with the cause that binds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from supercargo.kernel import format_utc
from supercargo.model import CargoLine, Flight, Manifest, Scenario, Schedule, StockNeed
from supercargo.plan.manifest_model import NEED_MARGIN_KG, check_days, delivery_day, minimum_contracts
from supercargo.plan.manifest_offers import Hindrance
from supercargo.plan.reasons import Standing, reason_left_behind, standing

__all__ = ["unkept_promises"]


def unkept_promises(
    scenario: Scenario, schedule: Schedule, needs: tuple[StockNeed, ...], manifest: Manifest
) -> tuple[str, ...]:
    """A plan that leaves a must line, starves a station or undercuts a contract minimum is no plan: say what binds.

    Sentences for must missions that do not fly, must lines left behind, stock below reserve (by the end of unloading set
    aside for each flight, never later than the true one) and contract minimums [kg].
    """
    stands = standing(scenario, schedule, manifest)
    return (
        *_must_missions(scenario, schedule),
        *_must_lines(scenario, stands, manifest),
        *_reserves(scenario, stands, needs, manifest),
        *_minimums(scenario, schedule, manifest),
    )


def _must_missions(scenario: Scenario, schedule: Schedule) -> Iterator[str]:
    why = {unflown.mission_id: unflown.reason for unflown in schedule.unflown}
    for request in sorted(scenario.missions, key=lambda request: request.mission_id):
        if request.must and request.mission_id not in schedule.flight_of:
            yield f"must mission {request.mission_id} does not fly: {why.get(request.mission_id) or 'it is not scheduled'}"


def _must_lines(scenario: Scenario, stands: Standing, manifest: Manifest) -> Iterator[str]:
    flown: dict[str, list[str]] = {}
    for load in manifest.loads:
        if load.mission_id:
            flown.setdefault(load.item_id, []).append(load.mission_id)
    for load in manifest.left_behind:
        if scenario.lines[load.item_id].must:
            mine = tuple(flown.get(load.item_id, ()))
            reason = reason_left_behind(stands, load, frozenset(), mine)
            yield f"must line {load.written_id} ({load.mass_kg:g} kg) stays behind: {load.reason or reason}"


def _reserves(scenario: Scenario, stands: Standing, needs: tuple[StockNeed, ...], manifest: Manifest) -> Iterator[str]:
    for need in sorted(needs, key=lambda need: (need.destination, need.supply_class)):
        flights = stands.flights_to.get(need.destination, [])
        sent: dict[str, float] = {}
        for load in manifest.loads:
            if load.mission_id and _serves(scenario.lines[load.item_id], need):
                sent[load.mission_id] = sent.get(load.mission_id, 0.0) + load.mass_kg
        worst = _worst_day(scenario, need, flights, sent)
        if worst is not None:
            yield _reserve_said(scenario, stands, need, worst)


def _serves(line: CargoLine, need: StockNeed) -> bool:
    return line.direction == "up" and line.destination == need.destination and line.supply_class == need.supply_class


def _worst_day(
    scenario: Scenario, need: StockNeed, flights: list[Flight], sent: dict[str, float]
) -> tuple[int, float, float] | None:
    """First day on which too little has come, the largest shortage of any day [kg], and what came by that first day [kg]."""
    arrived = np.zeros(len(need.need_kg))
    for flight in flights:
        day = delivery_day(scenario, flight)
        if day < len(arrived):
            arrived[max(day, 0) :] += sent.get(flight.mission_id, 0.0)
    short = need.need_kg - arrived
    if short.max(initial=0.0) <= 0.5 * NEED_MARGIN_KG:
        return None
    first = int(np.argmax(short > 0.5 * NEED_MARGIN_KG))
    return first, float(short.max()), float(arrived[first])


def _reserve_said(scenario: Scenario, stands: Standing, need: StockNeed, worst: tuple[int, float, float]) -> str:
    first, short_kg, came_kg = worst
    on = format_utc(scenario.settings.start_utc + timedelta(days=first))[:10]
    flights = stands.flights_to.get(need.destination, [])
    early = [flight for flight in flights if delivery_day(scenario, flight) <= first]
    lines = [line for line in scenario.cargo if _serves(line, need)]
    offered = [line for line in lines if any(stands.obstacle(line, f, frozenset())[0] is Hindrance.NONE for f in early)]
    offered_kg = sum(line.mass_kg for line in offered)
    said = (
        f"stock of {need.supply_class} at {need.destination} falls below its reserve of {need.reserve_kg:g} kg from {on},"
        f" by up to {short_kg:.0f} kg: {need.need_kg[first]:.0f} kg must have come by then, {came_kg:.0f} kg have"
    )
    if not early:
        return f"{said}; no flight is unloaded there before that day"
    if offered_kg < need.need_kg[first]:
        return f"{said}; the lines that could fly before offer only {offered_kg:.0f} kg"
    last_day = max((day for day in check_days(scenario, flights)), default=first)
    late = "" if last_day <= first else f", the next flight comes too late or has no more lines of {need.supply_class}"
    return f"{said}; lines offer {offered_kg:.0f} kg, but the {len(early)} flights before have no more room for them{late}"


def _minimums(scenario: Scenario, schedule: Schedule, manifest: Manifest) -> Iterator[str]:
    for contract_id, least_kg in minimum_contracts(scenario).items():
        mine = {
            line.item_id for line in scenario.cargo if line.direction == "up" and scenario.contract_id(line) == contract_id
        }
        carried = 0.0
        for load in manifest.loads:
            flight = schedule.flight_of.get(load.mission_id)
            if load.item_id in mine and flight is not None and flight.unload_end_utc < scenario.settings.end_utc:
                carried += load.mass_kg
        if carried >= least_kg - 0.5 * NEED_MARGIN_KG:
            continue
        offered_kg = sum(scenario.lines[item_id].mass_kg for item_id in sorted(mine))
        cause = (
            f"its lines offer only {offered_kg:.0f} kg"
            if offered_kg < least_kg
            else f"its lines offer {offered_kg:.0f} kg, the rest found no flight or comes after the horizon"
        )
        yield f"contract {contract_id} promises {least_kg:g} kg up in the horizon, {carried:.0f} kg are delivered: {cause}"
