"""What stands on the load sheet of a mission: every line up, in unload order, and every line back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from supercargo.model import ManifestRow, OperationsPlan, Placement

__all__ = ["CargoRow", "CargoSheet", "cargo_sheets"]


@dataclass(frozen=True, slots=True)
class CargoRow:
    """One line, or part of a line, aboard."""

    row: ManifestRow
    turns: str  # numbers in the unload order, such as 1–3
    bays: str
    late: bool
    first_turn: float  # bulk, which stands in no bay, comes last


@dataclass(frozen=True, slots=True)
class CargoSheet:
    """One mission's lines: up in unload order, then down and trash by name."""

    mission_id: str
    up: tuple[CargoRow, ...]
    back: tuple[CargoRow, ...]


def cargo_sheets(plan: OperationsPlan) -> dict[str, CargoSheet]:
    """A sheet for each mission, by its name."""
    placed: dict[tuple[str, str], list[Placement]] = defaultdict(list)
    for placement in plan.stowage:
        placed[placement.mission_id, placement.item_id].append(placement)
    aboard: dict[str, list[CargoRow]] = defaultdict(list)
    for row in plan.manifest:
        if row.mission_id:
            aboard[row.mission_id].append(_cargo_row(row, placed[row.mission_id, row.item_id]))
    sheets = {}
    for mission in plan.missions:
        rows = sorted(aboard[mission.mission_id], key=lambda one: (one.first_turn, one.row.direction, one.row.item_id))
        up = tuple(one for one in rows if one.row.direction == "up")
        back = tuple(one for one in reversed(rows) if one.row.direction != "up")
        sheets[mission.mission_id] = CargoSheet(mission.mission_id, up, tuple(sorted(back, key=_by_direction)))
    return sheets


def _by_direction(one: CargoRow) -> tuple[bool, str]:
    return one.row.direction != "down", one.row.item_id


def _cargo_row(row: ManifestRow, pieces: list[Placement]) -> CargoRow:
    turns = sorted(piece.unload_order for piece in pieces)
    bays = list(dict.fromkeys(piece.bay for piece in sorted(pieces, key=lambda one: one.unload_order)))
    late = _is_late(row.due_utc, row.delivered_utc)
    return CargoRow(row, _runs(turns), ", ".join(bays), late, turns[0] if turns else float("inf"))


def _is_late(due: datetime | None, delivered: datetime | None) -> bool:
    return due is not None and delivered is not None and delivered > due


def _runs(numbers: list[int]) -> str:
    """Numbers in rising order, neighbours joined.

    >>> _runs([1, 2, 3, 7])
    '1–3, 7'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
