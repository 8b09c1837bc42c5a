"""Form: rows appear once and every name in them is known."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from supercargo.kernel import format_utc
from supercargo.model import PLAN_TABLES, SCENARIO_TABLES
from supercargo.referee.case import Case
from supercargo.referee.rule import Finding

__all__ = ["known_name", "number_bound", "row_once"]

_MOST = 1e15


def _word(value: Any) -> str:
    if isinstance(value, datetime):
        return format_utc(value.replace(microsecond=0)) if value.tzinfo else value.isoformat()
    return str(value)


def row_once(case: Case) -> Iterator[Finding]:
    """A row has one name; two rows of one name leave open which holds."""
    for table in PLAN_TABLES:
        rows = getattr(case.plan, table.attribute)
        counted = Counter(tuple(getattr(row, name) for name in table.key) for row in rows)
        for key in sorted((key for key, count in counted.items() if count > 1), key=lambda key: tuple(map(_word, key))):
            name = "/".join(_word(part) for part in key)
            yield f"{table.file}/{name}", f"{table.file} has {counted[key]} rows named {name}; one is lawful"


def number_bound(case: Case) -> Iterator[Finding]:
    """Numbers stay below a thousand million million of any unit: more is no cargo, and sums of it mean nothing."""
    for tables, holder in ((SCENARIO_TABLES, case.scenario), (PLAN_TABLES, case.plan)):
        for table in tables:
            names = [field.name for field in dataclasses.fields(table.noun) if "unit" in field.metadata]
            for number, row in enumerate(getattr(holder, table.attribute), start=1):
                for name in names:
                    value = getattr(row, name)
                    if value is not None and not -_MOST <= value <= _MOST:
                        yield f"{table.file}/{number}/{name}", f"{table.file}, row {number}: {name} is {value:g}"


def known_name(case: Case) -> Iterator[Finding]:
    """A plan speaks only of missions, lines, places and resources that exist."""
    yield from _unknown_of_missions(case)
    yield from _unknown_missions(case)
    yield from _unknown_lines(case)
    yield from _unknown_of_windows(case)


def _unknown_of_missions(case: Case) -> Iterator[Finding]:
    scenario = case.scenario
    known = {
        "vehicle_id": {tail.vehicle_id for tail in scenario.tails},
        "vehicle_type": set(scenario.vehicle_types),
        "launcher": set(scenario.launcher_named),
        "site": {site.site for site in scenario.sites},
        "facility_id": {facility.facility_id for facility in scenario.facilities},
        "destination": set(scenario.places),
    }
    pads = {(pad.site, pad.pad) for pad in scenario.pads}
    ports = {(port.destination, port.port) for port in scenario.ports}
    for mission in case.missions.values():
        name = mission.mission_id
        for field, names in known.items():
            if getattr(mission, field) not in names:
                yield f"{name}/{field}", f"mission {name}: {field} {getattr(mission, field)!r} is not in the scenario"
        if (mission.site, mission.pad) not in pads:
            yield f"{name}/pad", f"mission {name}: {mission.site} has no pad {mission.pad!r}"
        if (mission.destination, mission.port) not in ports and not (mission.lost and not mission.port):
            yield f"{name}/port", f"mission {name}: {mission.destination} has no port {mission.port!r}"


def _unknown_missions(case: Case) -> Iterator[Finding]:
    plan, known = case.plan, case.missions
    named = (
        ("activities.csv", {row.mission_id for row in plan.activities}),
        ("windows.csv", {row.used_by for row in plan.windows} - {""}),
        ("manifest.csv", {row.mission_id for row in plan.manifest} - {""}),
        ("stowage.csv", {row.mission_id for row in plan.stowage}),
        ("bays.csv", {row.mission_id for row in plan.bays}),
        ("costs.csv", {row.mission_id for row in plan.costs} - {""}),
    )
    for file, names in named:
        for name in sorted(names - set(known)):
            yield f"{file}/{name}", f"{file} speaks of mission {name!r}, which missions.csv doesn't hold"


def _unknown_lines(case: Case) -> Iterator[Finding]:
    for item in case.items:
        if item.line is None:
            name = item.row.item_id
            yield name, f"manifest.csv: {name!r} is neither a line of cargo.csv nor a part of one"
    for item_id in sorted({row.item_id for row in case.plan.stowage} - set(case.scenario.lines)):
        yield item_id, f"stowage.csv: {item_id!r} is not a line of cargo.csv"


def _unknown_of_windows(case: Case) -> Iterator[Finding]:
    scenario = case.scenario
    pads = {(pad.site, pad.pad): pad for pad in scenario.pads}
    seen = {(row.destination, row.site, row.pad, row.launcher) for row in case.plan.windows}
    for destination, site, pad, launcher in sorted(seen):
        name = f"{destination}/{site}/{pad}/{launcher}"
        if destination not in scenario.places:
            yield name, f"windows.csv: {destination!r} is not a place of the scenario"
        if launcher not in scenario.launcher_named:
            yield name, f"windows.csv: {launcher!r} is not a launcher of the scenario"
        if (site, pad) not in pads:
            yield name, f"windows.csv: {site} has no pad {pad!r}"
        elif launcher not in pads[site, pad].launchers:
            yield name, f"windows.csv: pad {site}/{pad} does not serve {launcher}"
