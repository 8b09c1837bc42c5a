"""Delivery: when each load reaches its place follows from the order in which pieces are moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from supercargo.model import ManifestRow
from supercargo.referee.case import TIME_TOLERANCE_S, Case, Item, Voyage, day_word, span_s, stamp, up_to_second, when
from supercargo.referee.rule import Finding

__all__ = ["delivered_true", "late_line", "on_time_true"]


def _unloaded(case: Case, voyage: Voyage) -> Mapping[str, int]:
    """End of unloading of each up load of a mission [s since 1970], by the row's name."""
    place, name = voyage.place, voyage.mission_id
    hours_to: dict[str, float] = {}
    rows = sorted(case.placements.get(name, ()), key=lambda row: (row.unload_order, row.item_id, row.piece))
    for count, row in enumerate(rows, start=1):
        hours_to[row.item_id] = count * place.hours_per_piece
    hours = len(rows) * place.hours_per_piece
    for load in case.up(name):
        if load.line.form == "bulk":
            hours += load.row.mass_kg / 1000.0 * place.hours_per_bulk_t
            hours_to[load.row.item_id] = hours
    return {item_id: voyage.unload_start_s + up_to_second(h, voyage.rate_h_d) for item_id, h in hours_to.items()}


def _instants(case: Case) -> Mapping[tuple[str, str], int]:
    """When each load aboard is delivered [s since 1970], by mission and row."""
    found: dict[tuple[str, str], int] = {}
    for name, voyage in case.arrivals.items():
        unloaded = _unloaded(case, voyage)
        for load in case.aboard[name]:
            item_id = load.row.item_id
            if load.back:
                found[name, item_id] = voyage.end_s
            elif item_id in unloaded:
                found[name, item_id] = unloaded[item_id]
    return found


def delivered_true(case: Case) -> Iterator[Finding]:
    """What flies up is delivered when its last piece is moved, what comes back when the mission ends, what is lost never."""
    instants = case.once(_instants)
    lost = set(case.voyages) - set(case.arrivals)
    for item in case.items:
        row = item.row
        true_s = instants.get((row.mission_id, row.item_id))
        if row.mission_id in lost:
            if row.delivered_utc is not None:
                yield row.item_id, f"line {row.item_id} was lost with {row.mission_id} and is called delivered"
        elif not row.mission_id and row.delivered_utc is not None:
            yield row.item_id, f"line {row.item_id} is left behind and called delivered {when(stamp(row.delivered_utc))}"
        elif row.mission_id and row.delivered_utc is None:
            yield row.item_id, f"line {row.item_id} flies on {row.mission_id} and has no instant of delivery"
        elif true_s is not None and row.delivered_utc is not None:
            early_s = true_s - stamp(row.delivered_utc)
            if abs(early_s) > TIME_TOLERANCE_S:
                words = f"line {row.item_id} is called delivered {when(stamp(row.delivered_utc))}"
                yield row.item_id, f"{words}, by the order of unloading it is {when(true_s)} ({day_word(early_s)} later)"


def _on_time(case: Case, item: Item) -> tuple[bool | None, ...]:
    """What on_time may say of a row."""
    line, row = item.line, item.row
    if line is None:
        return (True, False, None)
    if line.due_utc is None:
        return (None,)
    if not row.mission_id:
        return (False, None)
    true_s = case.once(_instants).get((row.mission_id, row.item_id))
    if true_s is None:
        true_s = _said_s(row)
    if true_s is None:
        return (False, None)
    late_s = true_s - stamp(line.due_utc)
    return (True, False) if 0 <= late_s <= TIME_TOLERANCE_S else (late_s < 0,)


def _said_s(row: ManifestRow) -> int | None:
    return None if row.delivered_utc is None else stamp(row.delivered_utc)


def on_time_true(case: Case) -> Iterator[Finding]:
    """A line is on time if it is delivered by its due date; without a date nothing is said."""
    for item in case.items:
        lawful = _on_time(case, item)
        if item.row.on_time not in lawful:
            words = {True: "on time", False: "late", None: "neither on time nor late"}
            row = item.row
            yield row.item_id, f"line {row.item_id} is called {words[row.on_time]}, it is {words[lawful[0]]}"


def late_line(case: Case) -> Iterator[Finding]:
    """Lines that reach their place after due date and tolerance cost penalties; counted by mission."""
    instants = case.once(_instants)
    for name in case.voyages:
        late: list[tuple[int, str]] = []
        for load in case.aboard[name]:
            at_s = instants.get((name, load.row.item_id))
            if load.line.due_utc is None or at_s is None:
                continue
            tolerance_d = case.scenario.term_values.get((case.scenario.contract_id(load.line), "due_tolerance"), 0.0)
            late_s = at_s - stamp(load.line.due_utc) - span_s(tolerance_d)
            if late_s > TIME_TOLERANCE_S:
                late.append((late_s, load.row.item_id))
        if late:
            worst_s, worst = max(late)
            count = f"{len(late)} line{'s' if len(late) > 1 else ''}"
            yield name, f"mission {name} delivers {count} after due date and tolerance, {worst} by {day_word(worst_s)}"
