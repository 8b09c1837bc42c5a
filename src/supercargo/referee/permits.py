"""Permits: nobody lifts off, arrives, loads or works outside the dates of a licence, agreement, permit or training.

A scenario that lists none asks for none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from supercargo.model import CargoLine, Licence, Staff
from supercargo.referee.case import TIME_TOLERANCE_S, Case, Voyage, span_s, stamp, when
from supercargo.referee.rule import Finding

__all__ = ["arrival_agreed", "export_permitted", "launch_licensed", "staff_trained"]


def _of_kind(case: Case, kind: str) -> tuple[Licence, ...]:
    return tuple(row for row in case.scenario.licences if row.kind == kind)


def _covering(rows: Sequence[Licence], voyage: Voyage) -> list[Licence]:
    """Rows whose launcher, type, site and place let this mission be."""
    mission = voyage.mission
    flown = (
        ("launchers", mission.launcher),
        ("vehicle_types", mission.vehicle_type),
        ("sites", mission.site),
        ("destinations", mission.destination),
    )
    return [row for row in rows if all(not (named := getattr(row, column)) or word in named for column, word in flown)]


def _in_force(rows: Sequence[Licence], at_s: int) -> bool:
    return any(
        row.state == "granted" and stamp(row.from_utc) - TIME_TOLERANCE_S <= at_s <= stamp(row.to_utc) + TIME_TOLERANCE_S
        for row in rows
    )


def _shown(rows: Sequence[Licence]) -> str:
    """What there is, in words, when nothing in force covers the case."""
    if not rows:
        return "none covers it"
    told = [f"{row.licence_id} ({row.state}, {when(stamp(row.from_utc))} to {when(stamp(row.to_utc))})" for row in rows[:3]]
    return "there is " + ", ".join(sorted(told)) + (f" and {len(rows) - 3} more" if len(rows) > 3 else "")


def launch_licensed(case: Case) -> Iterator[Finding]:
    """A launcher lifts off under a launch licence in force, where its operator or the site has any to keep."""
    licences = _of_kind(case, "launch")
    for name, voyage in case.voyages.items() if licences else ():
        operator, site = voyage.launcher.operator, voyage.mission.site
        asked = [row for row in licences if row.holder == operator or site in row.sites or not (row.holder or row.sites)]
        held = [row for row in _covering(asked, voyage) if row.holder in ("", operator)]
        if asked and not _in_force(held, voyage.launch_s):
            words = f"mission {name} lifts off {when(voyage.launch_s)} on {voyage.mission.launcher} of {operator} from {site}"
            yield name, f"{words} without a launch licence in force: {_shown(held)}"


def arrival_agreed(case: Case) -> Iterator[Finding]:
    """A spacecraft arrives under an agreement in force, where its place or its operator has any to keep."""
    agreements = _of_kind(case, "station")
    for name, voyage in case.arrivals.items() if agreements else ():
        operator, place = voyage.vehicle.operator, voyage.mission.destination
        asked = [
            row for row in agreements if place in row.destinations or (not row.destinations and row.holder in ("", operator))
        ]
        held = [row for row in _covering(asked, voyage) if row.holder in ("", operator)]
        if asked and not _in_force(held, voyage.arrive_s):
            words = f"mission {name} brings a {voyage.mission.vehicle_type} of {operator} to {place} {when(voyage.arrive_s)}"
            yield name, f"{words} without an agreement in force: {_shown(held)}"


def _names(row: Licence, line: CargoLine) -> bool:
    """Whether an export permit is about cargo like this line."""
    if row.holder and row.holder != line.customer:
        return False
    return (not row.classes or line.supply_class in row.classes) and (not row.hazards or line.hazard in row.hazards)


def export_permitted(case: Case) -> Iterator[Finding]:
    """Cargo up that an export permit names is loaded, at the latest at its cut-off, under one that is in force."""
    permits = _of_kind(case, "export")
    for name, voyage in case.voyages.items() if permits else ():
        for load in case.up(name):
            named = [row for row in permits if _names(row, load.line)]
            cutoff_d = voyage.vehicle.late_cutoff_d if load.line.late_load else voyage.vehicle.cargo_cutoff_d
            loaded_s = voyage.launch_s - span_s(cutoff_d)
            held = _covering(named, voyage)
            if named and not _in_force(held, loaded_s):
                item_id = load.row.item_id
                words = f"line {item_id} of {load.line.customer} is loaded for {name} {when(loaded_s)}"
                yield item_id, f"{words} without an export permit in force: {_shown(held)}"


def _unmanned_s(staff: Sequence[Staff], start_s: int, end_s: int, hours_d: float) -> int | None:
    """First instant of a span at which the trained can't give the hours a day that the work takes [s], or None."""
    edges = {start_s} | {edge for row in staff for edge in (stamp(row.from_utc), stamp(row.to_utc))}
    for edge in sorted(edge for edge in edges if start_s <= edge < end_s - TIME_TOLERANCE_S):
        # within the tolerance of its end a span is over, and whoever begins within it has begun
        there = [row for row in staff if stamp(row.from_utc) <= edge + TIME_TOLERANCE_S and stamp(row.to_utc) > edge]
        given = [row.shift_h_d for row in there]
        short = None not in given and sum(hours for hours in given if hours is not None) < hours_d - 1e-6
        if not there or short:
            return edge
    return None


def staff_trained(case: Case) -> Iterator[Finding]:
    """Spacecraft are prepared, unloaded and loaded by people whose training holds, where any are listed."""
    staff = case.scenario.staff
    for name, voyage in case.voyages.items() if staff else ():
        mission = voyage.mission
        ground = [row for row in staff if row.role == "processing" and (not row.sites or mission.site in row.sites)]
        here = [
            row
            for row in staff
            if row.role == "transfer" and (not row.destinations or mission.destination in row.destinations)
        ]
        spans = [("processing", mission.site, ground, voyage.processing_s, voyage.pad_s, 0.0)]
        if voyage.docks:
            rate = voyage.rate_h_d
            spans.append(("unload", mission.destination, here, voyage.unload_start_s, voyage.unload_end_s, rate))
            spans.append(("load", mission.destination, here, voyage.load_start_s, voyage.load_end_s, rate))
        for kind, where, those, start_s, end_s, hours_d in spans:
            short_s = _unmanned_s(those, start_s, end_s, hours_d) if those else None
            if short_s is not None:
                lack = f"{hours_d:g} h a day of trained people" if hours_d else "trained people"
                yield f"{name}-{kind}", f"{kind} of {name} at {where} has not the {lack} it takes at {when(short_s)}"
