"""The rules of stowage once more, in exact whole millimetres, straight from the text; shares no code with the planner."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations, permutations

from supercargo.model import Bay, CargoLine, Placement

Box = tuple[int, int, int, int, int, int]  # x, y, z, dx, dy, dz


def box_of(row: Placement) -> Box:
    x, y, z, dx, dy, dz = (round(side * 1000) for side in (row.x_m, row.y_m, row.z_m, row.dx_m, row.dy_m, row.dz_m))
    return x, y, z, dx, dy, dz


def shared(a: Box, b: Box, axis: int) -> int:
    return min(a[axis] + a[axis + 3], b[axis] + b[axis + 3]) - max(a[axis], b[axis])


def box_faults(boxes: list[Box], room: tuple[int, int, int], support_percent: int) -> Iterator[str]:
    """Faults of boxes in one bin: outside, overlapping, hanging in the air."""
    for box in boxes:
        if any(box[a] < 0 or box[a] + box[a + 3] > room[a] for a in range(3)):
            yield f"{box} sticks out of {room}"
        if box[2]:
            rest = sum(max(0, shared(box, low, 0)) * max(0, shared(box, low, 1)) for low in boxes if low[2] + low[5] == box[2])
            if rest * 100 < support_percent * box[3] * box[4]:
                yield f"{box} rests on {rest} of {box[3] * box[4]}"
    for a, b in combinations(boxes, 2):
        if all(shared(a, b, axis) > 0 for axis in range(3)):
            yield f"{a} overlaps {b}"


def lawful_turns(line: CargoLine) -> set[tuple[int, int, int]]:
    x, y, z = (round((side or 0) * 1000) for side in (line.dx_m, line.dy_m, line.dz_m))
    if line.orientation == "fixed":
        return {(x, y, z)}
    return {(x, y, z), (y, x, z)} if line.orientation == "upright" else {(a, b, c) for a, b, c in permutations((x, y, z))}


def mission_faults(rows: list[Placement], lines: list[CargoLine], bays: tuple[Bay, ...]) -> Iterator[str]:
    """Faults of one mission's stowage; `lines` are those that must be placed, whole."""
    named, rooms = {line.item_id: line for line in lines}, {bay.bay: bay for bay in bays}
    found = Counter((row.item_id, row.piece) for row in rows)
    wanted = {(line.item_id, piece + 1) for line in lines for piece in range(round(line.pieces))}
    if set(found) != wanted or any(count > 1 for count in found.values()):
        yield "the pieces placed are not the pieces asked for"
    masses: dict[str, float] = defaultdict(float)
    for row in rows:
        masses[row.item_id] += row.mass_kg
        line, bay = named[row.item_id], rooms[row.bay]
        if box_of(row)[3:] not in lawful_turns(line):
            yield f"{row.item_id} is turned unlawfully"
        if bay.pressurised == (line.form == "unpressurised"):
            yield f"{row.item_id} is in a bay of the wrong sort"
    for item_id, line in named.items():
        if abs(masses[item_id] - line.mass_kg) > 0.0005:
            yield f"{item_id} weighs {masses[item_id]}, not {line.mass_kg}"
    if sorted(row.unload_order for row in rows) != list(range(1, len(rows) + 1)):
        yield "unload_order has gaps"
    for bay in bays:
        yield from bay_faults([row for row in rows if row.bay == bay.bay], named, bay)
    yield from centre_faults(rows, rooms)


def bay_faults(rows: list[Placement], lines: dict[str, CargoLine], bay: Bay) -> Iterator[str]:
    room = (int(bay.dx_m * 1000 + 1e-6), int(bay.dy_m * 1000 + 1e-6), int(bay.dz_m * 1000 + 1e-6))
    yield from box_faults([box_of(row) for row in rows], room, 70)
    if sum(row.mass_kg for row in rows) > bay.max_mass_kg + 1e-6:
        yield f"bay {bay.bay} is too heavy"
    if sum(lines[row.item_id].power_w > 0 for row in rows) > bay.powered_slots:
        yield f"bay {bay.bay} has too few powered slots"
    for low in rows:
        for high in rows:
            a, b = box_of(low), box_of(high)
            if b[2] > a[2] and shared(a, b, 0) > 0 and shared(a, b, 1) > 0:
                if high.unload_order > low.unload_order:
                    yield f"{low.item_id} is taken out from under {high.item_id}"
                if lines[low.item_id].late_load and not lines[high.item_id].late_load:
                    yield f"{high.item_id} lies above late-load {low.item_id}"


def centre_faults(rows: list[Placement], rooms: dict[str, Bay]) -> Iterator[str]:
    total = sum(row.mass_kg for row in rows)
    if not total:
        return
    bay = next(iter(rooms.values()))
    for low, high, corner, at, side in (
        (bay.cg_x_min_m, bay.cg_x_max_m, "x0_m", "x_m", "dx_m"),
        (bay.cg_y_min_m, bay.cg_y_max_m, "y0_m", "y_m", "dy_m"),
        (bay.cg_z_min_m, bay.cg_z_max_m, "z0_m", "z_m", "dz_m"),
    ):
        moment = sum(
            row.mass_kg * (getattr(rooms[row.bay], corner) + getattr(row, at) + getattr(row, side) / 2) for row in rows
        )
        if not low - 1e-9 <= moment / total <= high + 1e-9:
            yield f"centre of mass {at[0]} = {moment / total:.4f} outside [{low}, {high}]"
