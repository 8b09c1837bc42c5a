"""Ways to spoil lines, loads and stowage."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

from supercargo.kernel import days
from supercargo.model import CargoLine, OperationsPlan, Placement, PlannedMission
from tests.mutation_victims import Spoil, aboard, changed, line_of, mission_of, pick, put, scene

__all__ = [
    "bag_outside",
    "bag_split",
    "bay_grown",
    "bay_hidden",
    "bay_overloaded",
    "blocked",
    "box_floats",
    "box_out_of_bay",
    "box_shrunk",
    "box_tipped",
    "boxes_overlap",
    "bulk_evaporated",
    "cutoff_missed",
    "due_date_moved",
    "hazards_on_the_way_back",
    "hazards_together",
    "hours_back_over",
    "hours_over",
    "item_twice",
    "late_load_buried",
    "line_forgotten",
    "mission_column",
    "moved",
    "moved_elsewhere",
    "moved_in_place",
    "must_line_left",
    "neighbours",
    "not_ready_to_leave",
    "order_gap",
    "out_of_balance",
    "outlets_short",
    "overloaded",
    "piece_lightened",
    "piece_missing",
    "piece_twice",
    "reason_missing",
    "shrunk",
    "too_big_to_return",
]

# lines and loads


def item_twice(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(aboard(plan), "load")
    return put(plan, "manifest", victim, victim, replace(victim, mission_id="", delivered_utc=None, reason="no room"))


def line_forgotten(plan: OperationsPlan) -> OperationsPlan:
    return put(plan, "manifest", pick((row for row in plan.manifest if not row.mission_id), "line left behind"))


def bulk_evaporated(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(aboard(plan, lambda line: line.form == "bulk"), "bulk load")
    return changed(plan, "manifest", victim, mass_kg=victim.mass_kg - 1.0)


def bag_split(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(aboard(plan, lambda line: line.form == "bag"), "bag")
    halves = [replace(victim, item_id=f"{victim.item_id}#{part}", mass_kg=victim.mass_kg / 2.0) for part in (1, 2)]
    return put(plan, "manifest", victim, *halves)


def due_date_moved(plan: OperationsPlan) -> OperationsPlan:
    victim = pick((row for row in plan.manifest if row.due_utc), "line with a due date")
    assert victim.due_utc is not None
    return changed(plan, "manifest", victim, due_utc=victim.due_utc + timedelta(days=30))


def reason_missing(plan: OperationsPlan) -> OperationsPlan:
    return changed(
        plan, "manifest", pick((row for row in plan.manifest if not row.mission_id), "line left behind"), reason=" "
    )


def moved(plan: OperationsPlan, lawful: Callable[[CargoLine, PlannedMission], bool], what: str) -> OperationsPlan:
    """Move a load to a mission where `lawful` says that it breaks a rule."""
    found = (
        (row, mission)
        for row in aboard(plan)
        for mission in plan.missions
        if mission.mission_id != row.mission_id and lawful(line_of(plan, row), mission)
    )
    row, mission = pick(found, what)
    return changed(plan, "manifest", row, mission_id=mission.mission_id)


def moved_in_place(plan: OperationsPlan) -> OperationsPlan:
    def lawful(line: CargoLine, mission: PlannedMission) -> bool:
        return line.destination == mission.destination and line.direction == "up" and line.form != "bulk"

    return moved(plan, lawful, "second mission to one place")


def moved_elsewhere(plan: OperationsPlan) -> OperationsPlan:
    return moved(plan, lambda line, mission: line.destination != mission.destination, "second place")


def cutoff_missed(plan: OperationsPlan) -> OperationsPlan:
    def lawful(line: CargoLine, mission: PlannedMission) -> bool:
        vehicle = plan.scenario.vehicle_types[mission.vehicle_type]
        cutoff_d = vehicle.late_cutoff_d if line.late_load else vehicle.cargo_cutoff_d
        late = line.release_utc + days(cutoff_d) > mission.launch_utc + timedelta(seconds=1)
        return line.direction == "up" and late

    return moved(plan, lawful, "line released after a mission's cut-off")


def not_ready_to_leave(plan: OperationsPlan) -> OperationsPlan:
    return moved(
        plan,
        lambda line, mission: line.direction != "up" and line.release_utc > mission.docked_utc[1],
        "line ready after a departure",
    )


def must_line_left(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(aboard(plan, lambda line: line.must), "must line aboard")
    return changed(plan, "manifest", victim, mission_id="", delivered_utc=None, on_time=False, reason="no room")


def overloaded(field: str, lawful: Callable[[CargoLine], bool]) -> Spoil:
    """Raise one load so that a limit is passed by one kilogram."""

    def spoil(plan: OperationsPlan) -> OperationsPlan:
        victim = pick(aboard(plan, lawful), f"load under {field}")
        vehicle = plan.scenario.vehicle_types[mission_of(plan, victim.mission_id).vehicle_type]
        loads = [row for row in aboard(plan, lawful) if row.mission_id == victim.mission_id]
        room_kg: float = getattr(vehicle, field) - math.fsum(row.mass_kg for row in loads)
        return changed(plan, "manifest", victim, mass_kg=victim.mass_kg + room_kg + 1.0)

    return spoil


def shrunk(field: str, to: Any, lawful: Callable[[CargoLine], bool]) -> Spoil:
    """Take from a spacecraft what one of its loads needs."""

    def spoil(plan: OperationsPlan) -> OperationsPlan:
        victim = pick(aboard(plan, lawful), f"load under {field}")
        vehicle = plan.scenario.vehicle_types[mission_of(plan, victim.mission_id).vehicle_type]
        return scene(plan, "vehicles", vehicle, **{field: to})

    return spoil


def hours_over(plan: OperationsPlan) -> OperationsPlan:
    """Each load takes a year of the crew's time."""
    victim = pick(aboard(plan, lambda line: line.direction == "up" and line.form != "bulk"), "load up")
    return scene(plan, "destinations", plan.scenario.places[line_of(plan, victim).destination], hours_per_piece=8_760.0)


def hours_back_over(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(aboard(plan, lambda line: line.direction != "up" and line.form != "bulk"), "load back")
    return scene(plan, "destinations", plan.scenario.places[line_of(plan, victim).destination], hours_per_piece=8_760.0)


def hazards_together(plan: OperationsPlan) -> OperationsPlan:
    pairs = {(pair.hazard_a, pair.hazard_b) for pair in plan.scenario.hazard_pairs}
    rows = [row for row in aboard(plan) if line_of(plan, row).hazard and line_of(plan, row).direction == "up"]
    found = ((a, b) for a, b in permutations(rows, 2) if (line_of(plan, a).hazard, line_of(plan, b).hazard) in pairs)
    first, second = pick(found, "two hazards of a forbidden pair")
    return changed(plan, "manifest", second, mission_id=first.mission_id)


def hazards_on_the_way_back(plan: OperationsPlan) -> OperationsPlan:
    """Two return lines of one mission turn out to be a forbidden pair."""
    pair = pick(plan.scenario.hazard_pairs, "hazard pair")
    rows = list(aboard(plan, lambda line: line.direction != "up"))
    found = ((a, b) for a, b in permutations(rows, 2) if a.mission_id == b.mission_id)
    first, second = pick(found, "mission with two return lines")
    plan = scene(plan, "cargo", line_of(plan, first), hazard=pair.hazard_a)
    return scene(plan, "cargo", line_of(plan, second), hazard=pair.hazard_b)


def too_big_to_return(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(aboard(plan, lambda line: line.direction != "up" and line.form != "bulk"), "load back")
    return scene(plan, "cargo", line_of(plan, victim), dx_m=20.0, dy_m=20.0, dz_m=20.0)


def mission_column(column: str, change: Callable[[float], float]) -> Spoil:
    def spoil(plan: OperationsPlan) -> OperationsPlan:
        victim = pick((row for row in plan.missions if getattr(row, column)), f"mission with {column}")
        return changed(plan, "missions", victim, **{column: change(getattr(victim, column))})

    return spoil


# stowage


def bay_grown(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(plan.bays, "bay")
    return changed(plan, "bays", victim, dz_m=2.0 * victim.dz_m)


def bay_hidden(plan: OperationsPlan) -> OperationsPlan:
    return put(plan, "bays", pick(plan.bays, "bay"))


def piece_missing(plan: OperationsPlan) -> OperationsPlan:
    return put(plan, "stowage", pick(plan.stowage, "piece"))


def piece_twice(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(plan.stowage, "piece")
    return put(plan, "stowage", victim, victim, replace(victim, unload_order=len(plan.stowage) + 1))


def box_shrunk(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(plan.stowage, "piece")
    return changed(plan, "stowage", victim, dx_m=0.9 * victim.dx_m)


def box_tipped(plan: OperationsPlan) -> OperationsPlan:
    """An upright or fixed piece is laid on its side."""
    lines = plan.scenario.lines
    found = (
        row
        for row in plan.stowage
        if lines[row.item_id].orientation != "any" and abs(row.dx_m - row.dz_m) > 1e-3 and abs(row.dy_m - row.dz_m) > 1e-3
    )
    victim = pick(found, "piece that may not be tipped")
    return changed(plan, "stowage", victim, dx_m=victim.dz_m, dz_m=victim.dx_m)


def piece_lightened(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(plan.stowage, "piece")
    return changed(plan, "stowage", victim, mass_kg=victim.mass_kg / 2.0)


def bag_outside(plan: OperationsPlan) -> OperationsPlan:
    found = (
        (row, bay)
        for row in plan.stowage
        if plan.scenario.lines[row.item_id].form == "bag"
        for bay in plan.scenario.bays_of[mission_of(plan, row.mission_id).vehicle_type]
        if not bay.pressurised
    )
    victim, bay = pick(found, "unpressurised bay on a mission with bags")
    return changed(plan, "stowage", victim, bay=bay.bay)


def box_out_of_bay(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(plan.stowage, "piece")
    return changed(plan, "stowage", victim, x_m=victim.x_m + 10.0)


def neighbours(plan: OperationsPlan) -> Iterator[tuple[Placement, Placement]]:
    """Pairs of pieces in one bay of one mission."""
    bays: dict[tuple[str, str], list[Placement]] = {}
    for row in plan.stowage:
        bays.setdefault((row.mission_id, row.bay), []).append(row)
    return (pair for rows in bays.values() for pair in permutations(rows, 2))


def boxes_overlap(plan: OperationsPlan) -> OperationsPlan:
    first, second = pick(neighbours(plan), "two pieces in one bay")
    return changed(plan, "stowage", second, x_m=first.x_m, y_m=first.y_m, z_m=first.z_m)


def box_floats(plan: OperationsPlan) -> OperationsPlan:
    victim = pick((row for row in plan.stowage if row.z_m == 0.0), "piece on the floor")
    return changed(plan, "stowage", victim, z_m=0.013)


def bay_overloaded(plan: OperationsPlan) -> OperationsPlan:
    """A line weighs more than any bay bears; plan and scenario agree about it."""
    victim = pick(plan.stowage, "piece")
    return scene(plan, "cargo", plan.scenario.lines[victim.item_id], mass_kg=1e6)


def outlets_short(plan: OperationsPlan) -> OperationsPlan:
    victim = pick((row for row in plan.stowage if plan.scenario.lines[row.item_id].power_w > 0), "powered piece")
    bays = plan.scenario.bays_of[mission_of(plan, victim.mission_id).vehicle_type]
    return scene(plan, "bays", pick((bay for bay in bays if bay.bay == victim.bay), "bay"), powered_slots=0)


def out_of_balance(plan: OperationsPlan) -> OperationsPlan:
    """Everything stands in the corner of the bay that lies furthest from the axis."""
    for mission in plan.missions:
        bays = plan.scenario.bays_of[mission.vehicle_type]
        corners = [
            (x, y, bay)
            for bay in bays
            for x in (bay.x0_m, bay.x0_m + bay.dx_m)
            for y in (bay.y0_m, bay.y0_m + bay.dy_m)
            if not (bay.cg_x_min_m - 1 < x < bay.cg_x_max_m + 1 and bay.cg_y_min_m - 1 < y < bay.cg_y_max_m + 1)
            or not (bay.cg_x_min_m <= x <= bay.cg_x_max_m and bay.cg_y_min_m <= y <= bay.cg_y_max_m)
        ]
        if corners and any(row.mission_id == mission.mission_id for row in plan.stowage):
            x, y, bay = max(corners, key=lambda corner: (abs(corner[0]) + abs(corner[1]), corner[2].bay))
            rows = tuple(
                replace(row, bay=bay.bay, x_m=max(0.0, x - bay.x0_m - row.dx_m), y_m=max(0.0, y - bay.y0_m - row.dy_m))
                if row.mission_id == mission.mission_id
                else row
                for row in plan.stowage
            )
            return replace(plan, stowage=rows)
    raise LookupError("the plan has no mission whose bays reach out of its balance box")


def late_load_buried(plan: OperationsPlan) -> OperationsPlan:
    lines = plan.scenario.lines
    found = ((a, b) for a, b in neighbours(plan) if lines[a.item_id].late_load and not lines[b.item_id].late_load)
    late, other = pick(found, "late load with a neighbour")
    return changed(plan, "stowage", other, x_m=late.x_m, y_m=late.y_m, z_m=late.z_m + late.dz_m)


def order_gap(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(plan.stowage, "piece")
    return changed(plan, "stowage", victim, unload_order=len(plan.stowage) + 7)


def blocked(plan: OperationsPlan) -> OperationsPlan:
    """A piece and the one that stands on it change their places in the order."""

    def above(a: Placement, b: Placement) -> bool:
        across = min(a.x_m + a.dx_m, b.x_m + b.dx_m) - max(a.x_m, b.x_m)
        along = min(a.y_m + a.dy_m, b.y_m + b.dy_m) - max(a.y_m, b.y_m)
        return a.z_m >= b.z_m + b.dz_m - 1e-6 and across > 1e-3 and along > 1e-3

    upper, lower = pick(((a, b) for a, b in neighbours(plan) if above(a, b)), "piece on another")
    plan = changed(plan, "stowage", upper, unload_order=lower.unload_order)
    return changed(plan, "stowage", lower, unload_order=upper.unload_order)
