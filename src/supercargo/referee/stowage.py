"""Stowage: every piece stands once, whole, in a bay of its kind, held from below, and the spacecraft stays in balance."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np

from supercargo.model import CargoLine, Placement
from supercargo.referee.boxes import BayLoad, bay_loads, overlap_pairs, resting_share, stacked_pairs
from supercargo.referee.case import GRAM_KG, MASS_TOLERANCE_KG, SIZE_TOLERANCE_M, Case
from supercargo.referee.rule import Finding

__all__ = [
    "stow_balance",
    "stow_bay",
    "stow_bay_mass",
    "stow_complete",
    "stow_inside",
    "stow_late_load",
    "stow_mass",
    "stow_overlap",
    "stow_powered",
    "stow_size",
    "stow_support",
    "unload_blocked",
    "unload_order",
]

_SUPPORT = 0.70
_CARRIED = 10_000  # pieces a line can have; more numbers than that are not counted out


def _piece(name: str, row: Placement) -> str:
    return f"{name}/{row.item_id}/{row.piece}"


def stow_complete(case: Case) -> Iterator[Finding]:
    """Each piece of a bag, box or unpressurised line that flies up is placed once, and nothing else is."""
    for name in case.missions:
        aboard = {load.line.item_id: round(min(load.line.pieces, _CARRIED)) for load in case.up(name) if load.placed}
        counted = Counter((row.item_id, row.piece) for row in case.placements.get(name, ()))
        for item_id, pieces in sorted(aboard.items()):
            for piece in range(1, pieces + 1):
                if not counted[item_id, piece]:
                    yield f"{name}/{item_id}/{piece}", f"piece {piece} of {item_id} is aboard {name} and stands nowhere"
        for (item_id, piece), count in sorted(counted.items()):
            if count > 1:
                yield f"{name}/{item_id}/{piece}", f"piece {piece} of {item_id} stands in {count} places"
            if piece > aboard.get(item_id, 0):
                yield (
                    f"{name}/{item_id}/{piece}",
                    f"piece {piece} of {item_id} is placed and is not aboard {name} on the way up",
                )


def _turns(line: CargoLine) -> tuple[tuple[float, float, float], ...]:
    """Sizes as a piece may stand (dx, dy, dz) [m]."""
    if line.dx_m is None or line.dy_m is None or line.dz_m is None:
        return ()
    x, y, z = line.dx_m, line.dy_m, line.dz_m
    if line.orientation == "fixed":
        return ((x, y, z),)
    if line.orientation == "upright":
        return ((x, y, z), (y, x, z))
    return ((x, y, z), (y, x, z), (x, z, y), (z, x, y), (y, z, x), (z, y, x))


def stow_size(case: Case) -> Iterator[Finding]:
    """A piece has its line's size, turned as its orientation allows."""
    for name in case.missions:
        for row, line in case.stands(name):
            size = (row.dx_m, row.dy_m, row.dz_m)
            if not any(max(abs(a - b) for a, b in zip(size, turn, strict=True)) <= SIZE_TOLERANCE_M for turn in _turns(line)):
                words = f"piece {row.piece} of {row.item_id} stands as {row.dx_m:g} x {row.dy_m:g} x {row.dz_m:g} m"
                true = f"its size is {line.dx_m or 0:g} x {line.dy_m or 0:g} x {line.dz_m or 0:g} m, turned {line.orientation}"
                yield _piece(name, row), f"{words}; {true}"


def stow_mass(case: Case) -> Iterator[Finding]:
    """A piece has its share of its line's mass."""
    for name in case.missions:
        for row, line in case.stands(name):
            true_kg = line.mass_kg / line.pieces
            if abs(row.mass_kg - true_kg) > MASS_TOLERANCE_KG:
                words = f"piece {row.piece} of {row.item_id} is stowed with {row.mass_kg:.3f} kg, its mass is {true_kg:.3f} kg"
                yield _piece(name, row), words


def stow_bay(case: Case) -> Iterator[Finding]:
    """Bags and boxes stand in pressurised bays of the spacecraft, unpressurised cargo in the others."""
    for name, voyage in case.voyages.items():
        bays = {bay.bay: bay for bay in case.scenario.bays_of.get(voyage.vehicle.vehicle_type, ())}
        for row, line in case.stands(name):
            if row.bay not in bays:
                yield _piece(name, row), f"a {voyage.vehicle.vehicle_type} has no bay {row.bay!r}"
            elif bays[row.bay].pressurised != (line.form in ("bag", "box")):
                kind = "pressurised" if bays[row.bay].pressurised else "unpressurised"
                yield _piece(name, row), f"{row.item_id} is {line.form} cargo and stands in bay {row.bay}, which is {kind}"


def stow_inside(case: Case) -> Iterator[Finding]:
    """A piece stands inside its bay."""
    for load in bay_loads(case):
        room = np.array([load.bay.dx_m, load.bay.dy_m, load.bay.dz_m])
        out_m = np.maximum(np.max(load.high_m - room, axis=1), np.max(-load.low_m, axis=1))
        for index in np.flatnonzero(out_m > SIZE_TOLERANCE_M):
            row = load.rows[index]
            yield (
                _piece(load.mission_id, row),
                f"piece {row.piece} of {row.item_id} stands {out_m[index]:.4f} m out of {row.bay}",
            )


def stow_overlap(case: Case) -> Iterator[Finding]:
    """No two pieces are in the same place."""
    for load in bay_loads(case):
        for first, second in overlap_pairs(load):
            names = f"{load.name(first)} and {load.name(second)}"
            yield f"{load.mission_id}/{load.name(first)}/{load.name(second)}", f"{names} overlap in bay {load.bay.bay}"


def stow_support(case: Case) -> Iterator[Finding]:
    """A piece stands on the floor, or on other pieces with at least 70 % of its base."""
    for load in bay_loads(case):
        shares = resting_share(load)
        for index in np.flatnonzero(shares < _SUPPORT - 1e-6):
            row = load.rows[index]
            words = f"rests on {100 * shares[index]:.1f} % of its base at {row.z_m:g} m above the floor of {row.bay}"
            yield _piece(load.mission_id, row), f"piece {row.piece} of {row.item_id} {words}, 70 % are needed"


def _masses(load: BayLoad) -> list[float]:
    return [line.mass_kg / line.pieces for line in load.lines]


def stow_bay_mass(case: Case) -> Iterator[Finding]:
    """A bay carries no more than its largest mass."""
    for load in bay_loads(case):
        total_kg = math.fsum(_masses(load))
        if total_kg > load.bay.max_mass_kg + MASS_TOLERANCE_KG + GRAM_KG * len(load.rows):
            words = f"bay {load.bay.bay} of {load.mission_id} carries {total_kg:.3f} kg, it bears {load.bay.max_mass_kg:g} kg"
            yield f"{load.mission_id}/{load.bay.bay}", words


def stow_powered(case: Case) -> Iterator[Finding]:
    """Powered pieces in a bay have an outlet each."""
    for load in bay_loads(case):
        count = sum(line.power_w > 0 for line in load.lines)
        if count > load.bay.powered_slots + 1e-9:
            words = (
                f"bay {load.bay.bay} of {load.mission_id} holds {count} powered pieces, outlets: {load.bay.powered_slots:g}"
            )
            yield f"{load.mission_id}/{load.bay.bay}", words


def stow_balance(case: Case) -> Iterator[Finding]:
    """The centre of mass of all placed cargo lies in the box that the spacecraft's control allows."""
    by_mission: dict[str, list[BayLoad]] = {}
    for load in bay_loads(case):
        by_mission.setdefault(load.mission_id, []).append(load)
    for name, loads in by_mission.items():
        corners = [np.array([load.bay.x0_m, load.bay.y0_m, load.bay.z0_m]) for load in loads]
        centres = np.concatenate(
            [load.low_m + load.size_m / 2.0 + corner for load, corner in zip(loads, corners, strict=True)]
        )  # [piece, axis] m, vehicle frame
        masses = np.array([mass for load in loads for mass in _masses(load)])
        total_kg = float(masses.sum())
        centre = masses @ centres / total_kg
        # what masses rounded to a gram can move it
        doubt = SIZE_TOLERANCE_M + GRAM_KG * np.abs(centres - centre).sum(axis=0) / total_kg
        bay = loads[0].bay
        limits = (
            ("x", bay.cg_x_min_m, bay.cg_x_max_m),
            ("y", bay.cg_y_min_m, bay.cg_y_max_m),
            ("z", bay.cg_z_min_m, bay.cg_z_max_m),
        )
        for axis, (letter, low, high) in enumerate(limits):
            if not low - doubt[axis] <= centre[axis] <= high + doubt[axis]:
                words = f"the cargo's centre of mass lies at {letter} = {centre[axis]:.4f} m, lawful is {low:g} to {high:g} m"
                yield f"{name}/{letter}", f"mission {name}: {words}"


def stow_late_load(case: Case) -> Iterator[Finding]:
    """Late-load pieces were loaded last, so nothing that was loaded before lies above one."""
    for load in bay_loads(case):
        if not any(line.late_load for line in load.lines):
            continue
        for upper, lower in stacked_pairs(load):
            if load.lines[lower].late_load and not load.lines[upper].late_load:
                words = f"{load.name(upper)} lies above the late load {load.name(lower)} in bay {load.bay.bay}"
                yield f"{load.mission_id}/{load.name(upper)}/{load.name(lower)}", words


def unload_order(case: Case) -> Iterator[Finding]:
    """The pieces of a mission are taken out one after another, numbered from 1 without gaps."""
    for name in case.missions:
        rows = case.placements.get(name, ())
        counted = Counter(row.unload_order for row in rows)
        for row in rows:
            if row.unload_order > len(rows):
                yield (
                    _piece(name, row),
                    f"piece {row.piece} of {row.item_id} is taken out as {row.unload_order} of {len(rows)}",
                )
            elif counted[row.unload_order] > 1:
                words = f"piece {row.piece} of {row.item_id} shares unload_order {row.unload_order} with another"
                yield _piece(name, row), words


def unload_blocked(case: Case) -> Iterator[Finding]:
    """A piece that lies above another is taken out before it."""
    for load in bay_loads(case):
        for upper, lower in stacked_pairs(load):
            if load.rows[upper].unload_order > load.rows[lower].unload_order:
                words = f"{load.name(lower)} is taken out while {load.name(upper)} lies above it in bay {load.bay.bay}"
                yield f"{load.mission_id}/{load.name(upper)}/{load.name(lower)}", words
