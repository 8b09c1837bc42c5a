"""Lines: every line of cargo appears once, as it was asked for, on a flight of its own place, or stays with a reason."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from supercargo.model import CargoLine, ManifestRow
from supercargo.referee.case import MASS_TOLERANCE_KG, TIME_TOLERANCE_S, Case, Item, day_word, span_s, stamp, when
from supercargo.referee.rule import Finding

__all__ = [
    "line_cutoff",
    "line_once",
    "line_place",
    "line_reason",
    "line_release",
    "line_split",
    "line_true",
    "must_line",
]


def _by_line(case: Case) -> Mapping[str, tuple[Item, ...]]:
    found: dict[str, list[Item]] = {name: [] for name in sorted(case.scenario.lines)}
    for item in case.items:
        if item.line:
            found[item.line.item_id].append(item)
    return {name: tuple(items) for name, items in found.items()}


def line_once(case: Case) -> Iterator[Finding]:
    """A line of cargo appears exactly once, whole or in parts that add up to it."""
    for name, items in case.once(_by_line).items():
        line = case.scenario.lines[name]
        whole = [item for item in items if not item.part]
        if not items:
            yield name, f"line {name} is neither aboard a mission nor left behind"
        elif len(whole) > 1 or (whole and len(items) > 1):
            yield name, f"line {name} appears {len(items)} times; a line travels or stays once"
        else:
            total_kg = math.fsum(item.row.mass_kg for item in items)
            if abs(total_kg - line.mass_kg) > MASS_TOLERANCE_KG:
                yield name, f"line {name} adds up to {total_kg:.3f} kg, its mass is {line.mass_kg:.3f} kg"


def line_split(case: Case) -> Iterator[Finding]:
    """Only bulk is split, into parts numbered once each."""
    for name, items in case.once(_by_line).items():
        parts = [item.part for item in items if item.part]
        if parts and case.scenario.lines[name].form != "bulk":
            yield name, f"line {name} is split into {len(parts)} parts; only bulk can be"
        if len(set(parts)) < len(parts):
            yield name, f"line {name} has two parts of one number"


def _differences(row: ManifestRow, line: CargoLine, contract_id: str) -> Iterator[str]:
    words = (
        ("direction", row.direction, line.direction),
        ("form", row.form, line.form),
        ("customer", row.customer, line.customer),
        ("destination", row.destination, line.destination),
        ("class", row.supply_class, line.supply_class),
        ("contract_id", row.contract_id, contract_id),
    )
    for column, said, true in words:
        if said != true:
            yield f"{column} says {said!r}, the line says {true!r}"
    if (row.due_utc is None) != (line.due_utc is None):
        yield f"due_utc is {'empty' if row.due_utc is None else 'given'}, the line says otherwise"
    elif row.due_utc and line.due_utc and abs(stamp(row.due_utc) - stamp(line.due_utc)) > TIME_TOLERANCE_S:
        yield f"due_utc says {when(stamp(row.due_utc))}, the line is due {when(stamp(line.due_utc))}"
    if abs(row.volume_m3 - line.volume_m3) > 1e-3:
        yield f"volume_m3 says {row.volume_m3:.4f}, the line takes {line.volume_m3:.4f} m3"
    if abs(row.pieces - line.pieces) > 1e-9:
        yield f"pieces says {row.pieces:g}, the line has {line.pieces:g}"


def line_true(case: Case) -> Iterator[Finding]:
    """A row of the manifest says of its line what the scenario says."""
    for item in case.items:
        if item.line:
            for words in _differences(item.row, item.line, case.scenario.contract_id(item.line)):
                yield item.row.item_id, f"line {item.row.item_id}: {words}"


def line_reason(case: Case) -> Iterator[Finding]:
    """What is left behind has a reason that a person can read; what is aboard has none, unless it was lost on the way."""
    lost = {name for name, voyage in case.voyages.items() if voyage.mission.lost}
    for item in case.items:
        row = item.row
        if not row.mission_id and not row.reason.strip():
            yield row.item_id, f"line {row.item_id} is left behind without a reason"
        if row.mission_id and row.mission_id not in lost and row.reason.strip():
            yield row.item_id, f"line {row.item_id} flies on {row.mission_id} and has a reason for being left behind"


def line_place(case: Case) -> Iterator[Finding]:
    """A line flies only to, or from, its own place."""
    for name, loads in case.aboard.items():
        place = case.missions[name].destination
        for load in loads:
            if load.line.destination != place:
                way = "from" if load.back else "to"
                yield (
                    load.row.item_id,
                    f"line {load.row.item_id} travels {way} {load.line.destination}, {name} flies to {place}",
                )


def line_cutoff(case: Case) -> Iterator[Finding]:
    """Cargo up is handed over before the cut-off of its spacecraft; late-load cargo has a later one."""
    for name, voyage in case.voyages.items():
        for load in case.up(name):
            cutoff_d = voyage.vehicle.late_cutoff_d if load.line.late_load else voyage.vehicle.cargo_cutoff_d
            late_s = stamp(load.line.release_utc) + span_s(cutoff_d) - voyage.launch_s
            if late_s > TIME_TOLERANCE_S:
                words = f"line {load.row.item_id} is released {when(stamp(load.line.release_utc))}"
                yield load.row.item_id, f"{words}, {day_word(late_s)} after the cut-off of {name}"


def line_release(case: Case) -> Iterator[Finding]:
    """What comes back is ready at the place before loading starts."""
    for name, voyage in case.voyages.items():
        for load in case.back(name):
            if not voyage.docks:
                yield load.row.item_id, f"line {load.row.item_id} can't come back with {name}, which never docked"
                continue
            late_s = stamp(load.line.release_utc) - voyage.load_start_s
            if late_s > TIME_TOLERANCE_S:
                words = f"line {load.row.item_id} is ready {when(stamp(load.line.release_utc))}"
                yield load.row.item_id, f"{words}, {day_word(late_s)} after loading of {name} starts"


def must_line(case: Case) -> Iterator[Finding]:
    """A must line is aboard, every part of it."""
    for name, items in case.once(_by_line).items():
        line = case.scenario.lines[name]
        if line.must and not (items and all(item.row.mission_id in case.missions for item in items)):
            yield name, f"must line {name} ({line.supply_class}, {line.mass_kg:g} kg for {line.destination}) is left behind"
