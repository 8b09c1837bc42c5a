"""A plan, or the record of a flown year, as the facts that figures are measured from."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from supercargo.kernel import days
from supercargo.measure.deliveries import LineFate, line_fates
from supercargo.measure.facts import Facts, LineFact, MissionFact, MoneyFact, WorkFact
from supercargo.measure.intervals import Span
from supercargo.measure.money import is_revenue
from supercargo.model import OperationsPlan, PlannedMission
from supercargo.track.missions.basis import basis_of, costs_by_mission

__all__ = ["facts_of_plan"]


def facts_of_plan(plan: OperationsPlan) -> Facts:
    """What a plan says will have happened by the end of its horizon and after; orders are received at its `as_of_utc`."""
    settings = plan.scenario.settings
    ends = [settings.end_utc, *(one.end_utc for one in plan.missions)]
    ends += [row.delivered_utc for row in plan.manifest if row.delivered_utc is not None]
    loaded: dict[str, tuple[float, float]] = {one.mission_id: (one.upmass_kg, one.upvolume_m3) for one in plan.missions}
    return Facts(
        basis="operations" if plan.recorded else "plan",
        of=settings.name,
        start_utc=settings.start_utc,
        end_utc=settings.end_utc,
        as_of_utc=max(ends),
        held=basis_of(plan),
        missions=tuple(_missions(plan)),
        lines=tuple(_line(plan, fate) for fate in line_fates(plan)),
        revenue=tuple(_revenue(plan)),
        work=tuple(_turnarounds(plan)),
        loaded=loaded,
        stock_kg=_stock_kg(plan),
    )


def _stock_kg(plan: OperationsPlan) -> dict[str, float]:
    """Mean stock of all classes at each place over the days that are projected; a shortage counts as nothing at hand."""
    days_of: dict[str, set[datetime]] = defaultdict(set)
    held: dict[str, list[float]] = defaultdict(list)
    for row in plan.inventory:
        days_of[row.destination].add(row.day_utc)
        held[row.destination].append(max(0.0, row.on_hand_kg))
    return {place: math.fsum(held[place]) / len(days_of[place]) for place in sorted(held)}


def _missions(plan: OperationsPlan) -> Iterator[MissionFact]:
    costs = costs_by_mission(plan.costs)
    spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for activity in plan.activities:
        spans[activity.mission_id, activity.kind].append((activity.start_utc, activity.end_utc))
    reasons = {one.mission_id: one.reason for one in plan.unflown}
    for name in plan.scenario.requests:
        flown = plan.mission_named.get(name)
        if flown is None:
            yield MissionFact(mission_id=name, state="unflown", reason=reasons.get(name, "the plan does not fly it"))
            continue
        places = (tuple(spans.get((name, "processing"), ())), tuple(spans.get((name, "pad"), ())))
        request = plan.scenario.requests[name]
        contract = plan.scenario.contract_named.get(request.contract_id)
        docked = flown.docked_utc
        yield MissionFact(
            mission_id=name,
            state="lost" if flown.lost else "flown",
            customer=contract.customer if contract else flown.furnished_by,
            contract_id=request.contract_id,
            destination=flown.destination,
            port=flown.port,
            pad=f"{flown.site}/{flown.pad}",
            facility_id=flown.facility_id,
            vehicle_id=flown.vehicle_id,
            vehicle_type=flown.vehicle_type,
            latest_utc=request.latest_utc,
            launched_utc=flown.launch_utc,
            docked_utc=None if flown.lost else docked[0],
            departed_utc=None if flown.lost else docked[1],
            ended_utc=flown.end_utc,
            reason="lost before docking" if flown.lost else "",
            upmass_capacity_kg=flown.upmass_capacity_kg,
            upvolume_capacity_m3=flown.upvolume_capacity_m3,
            costs=costs.get(name, ()),
            processing=places[0],
            on_pad=places[1],
        )


def _line(plan: OperationsPlan, fate: LineFate) -> LineFact:
    scenario, line = plan.scenario, fate.line
    contract_id = scenario.contract_id(line)
    aboard = [row for row in fate.rows if row.mission_id]
    parts = [(row.mission_id, row.delivered_utc, row.mass_kg) for row in aboard if row.delivered_utc is not None]
    missions = tuple(sorted({row.mission_id for row in aboard}))
    return LineFact(
        item_id=line.item_id,
        contract_id=contract_id,
        customer=line.customer,
        destination=line.destination,
        direction=line.direction,
        mass_kg=line.mass_kg,
        due_utc=line.due_utc,
        tolerance_d=scenario.term_values.get((contract_id, "due_tolerance"), 0.0),
        must=line.must,
        pieces=float(line.pieces),
        committed_mission=missions[0] if missions else "",
        missions=missions,
        received_utc=scenario.settings.as_of_utc,
        released_utc=line.release_utc,
        planned_utc=fate.delivered_utc,
        delivered_utc=fate.delivered_utc,
        delivered_kg=fate.delivered_kg,
        delivered_pieces=sum(row.pieces for row in aboard if row.delivered_utc is not None),
        deliveries=tuple((mission, at, kg) for mission, at, kg in parts),
        left=not fate.whole,
        lost=any(plan.mission_named[row.mission_id].lost for row in aboard if row.mission_id in plan.mission_named),
        reason=fate.reason,
    )


def _revenue(plan: OperationsPlan) -> Iterator[MoneyFact]:
    """Revenue of a mission counts on the day it lifts off; of no mission, at the end of the horizon."""
    for row in plan.costs:
        if is_revenue(row):
            mission: PlannedMission | None = plan.mission_named.get(row.mission_id)
            yield MoneyFact(
                account=row.account,
                usd=row.plan_usd,
                at_utc=mission.launch_utc if mission else None,
                mission_id=row.mission_id,
                customer=row.customer,
                destination=row.destination,
            )


def _turnarounds(plan: OperationsPlan) -> Iterator[WorkFact]:
    """A tail is in maintenance for its type's turnaround after each landing but the last of its life."""
    flights: dict[str, list[PlannedMission]] = defaultdict(list)
    for mission in sorted(plan.missions, key=lambda one: (one.end_utc, one.mission_id)):
        flights[mission.vehicle_id].append(mission)
    for tail in plan.scenario.tails:
        flown = flights[tail.vehicle_id]
        kept = flown[:-1] if flown and len(flown) >= tail.flights_left else flown
        for mission in kept:
            vehicle = plan.scenario.vehicle_types.get(mission.vehicle_type)
            rest = days(vehicle.turnaround_d if vehicle else 0.0)
            yield WorkFact(
                order=f"after {mission.mission_id}",
                asset=f"tail/{tail.vehicle_id}",
                task="turnaround",
                span=(mission.end_utc, mission.end_utc + rest),
            )
