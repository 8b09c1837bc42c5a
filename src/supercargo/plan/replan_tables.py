"""Edited tables of a scenario that is being flown: what may not be edited any more, and whose place was edited away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import format_utc
from supercargo.model import Event, OperationsPlan, PlannedMission, RowChange, Scenario, TablesEdited

__all__ = ["TableFault", "edited_lines", "table_faults"]

_YEAR = ("horizon.start_utc", "horizon.end_utc", "as_of_utc", "currency_year")
_PUT_BACK = "put it back as the plan's own scenario has it"
_FOR_ALL = ("cost_rates.csv", "bags.csv")


@dataclass(frozen=True, slots=True, order=True)
class TableFault:
    """What is wrong with one row that was edited, and the fix; `column` is the first that was edited, empty: the whole row."""

    file: str
    key: str
    column: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


def table_faults(plan: OperationsPlan, event: TablesEdited, as_of_utc: datetime) -> Iterator[TableFault]:
    """Edits that contradict what has flown by an instant, ask for what is past, or make another year of it."""
    flown = {mission.mission_id: mission for mission in plan.missions if mission.launch_utc <= as_of_utc}
    edits = {(one.file, one.key): one for one in reversed(event.changes)}
    for (file, key), one in sorted(edits.items()):
        if file == "scenario.toml" and key in _YEAR:
            yield _fault(one, f"{key} is edited, which makes another year", f"{_PUT_BACK}; a new year is a new plan")
    yield from _of_missions(event, edits, flown, as_of_utc)
    aboard = {row.item_id.partition("#")[0]: row.mission_id for row in plan.manifest if row.mission_id in flown}
    for (file, key), one in sorted(edits.items()):
        if file == "cargo.csv" and key in aboard:
            fix = f"{_PUT_BACK}; give what is to fly later as a line of its own"
            yield _fault(one, f"{key} is edited, but it has lifted off on {aboard[key]} by the instant of the event", fix)
    used = _used(plan.scenario, flown, aboard)
    for place, one in sorted(edits.items()):
        if (place in used or (place[0] in _FOR_ALL and flown)) and not one.came:
            by = used.get(place, f"{len(flown)} missions")
            done = "taken out" if one.went else "edited"
            fix = f"{_PUT_BACK}; give what holds from now on as a row of its own, and let it be used by what is to fly"
            yield _fault(one, f"{one.key} is {done}, but {by} flew with it by the instant of the event", fix)


def _fault(edit: RowChange, what: str, fix: str) -> TableFault:
    return TableFault(edit.file, edit.key, edit.column, what, fix)


def _of_missions(
    event: TablesEdited,
    edits: Mapping[tuple[str, str], RowChange],
    flown: Mapping[str, PlannedMission],
    as_of_utc: datetime,
) -> Iterator[TableFault]:
    for (file, key), one in sorted(edits.items()):
        if file != "missions.csv":
            continue
        request = event.scenario.requests.get(key)
        if key in flown:
            yield _fault(one, f"{key} is edited, but it has lifted off by the instant of the event", _PUT_BACK)
        elif request is not None and request.latest_utc <= as_of_utc:
            what = f"{key} is to lift off by {format_utc(request.latest_utc)}, which is past at {format_utc(as_of_utc)}"
            yield TableFault(file, key, "latest_utc", what, "give it a later latest_utc")


def _used(scenario: Scenario, flown: Mapping[str, PlannedMission], aboard: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """File and row of all that flights which have lifted off hold, carry and are paid by, with one mission that does."""
    found: dict[tuple[str, str], str] = {}
    for name, mission in sorted(flown.items(), reverse=True):
        bays = (f"{bay.vehicle_type} {bay.bay}" for bay in scenario.bays if bay.vehicle_type == mission.vehicle_type)
        found |= {("bays.csv", key): name for key in bays}
        found |= dict.fromkeys(
            (
                ("destinations.csv", mission.destination),
                ("ports.csv", f"{mission.destination} {mission.port}"),
                ("vehicles.csv", mission.vehicle_type),
                ("launchers.csv", mission.launcher),
                ("sites.csv", mission.site),
                ("pads.csv", f"{mission.site} {mission.pad}"),
                ("facilities.csv", mission.facility_id),
                ("tails.csv", mission.vehicle_id),
                ("profiles.csv", mission.profile),
            ),
            name,
        )
    for item_id, name in aboard.items():
        line = scenario.lines[item_id]
        contract_id = scenario.contract_id(line)
        contract = scenario.contract_named.get(contract_id)
        tariff = contract.price_basis if contract else ""
        found[("contracts.csv", contract_id)] = name
        found[("prices.csv", f"{tariff} {line.destination} {line.direction}")] = name
    contracts = {key: name for (file, key), name in found.items() if file == "contracts.csv"}
    terms = ((term, contracts[term.contract_id]) for term in scenario.terms if term.contract_id in contracts)
    return found | {("terms.csv", f"{term.contract_id} {term.term}"): name for term, name in terms}


def edited_lines(events: Iterable[Event]) -> frozenset[str]:
    """Lines of cargo.csv that were edited, added or taken out: none keeps the place that it had."""
    return frozenset(name for event in events if isinstance(event, TablesEdited) for name in event.names("cargo.csv"))
