"""Events in words: `slip:MISSION=+21d` and its kin, read beside the plan that they befall."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from supercargo.kernel import Fault, ScenarioError, parse_utc
from supercargo.model import (
    SCENARIO_TABLES,
    CargoLine,
    DemandShift,
    Event,
    Loss,
    OperationsPlan,
    PortOut,
    Scenario,
    Slip,
    Standdown,
    TablesEdited,
    Urgent,
)
from supercargo.store import read_edited, read_scenario, read_table, rows_edited

__all__ = ["EVENT_FORMS", "instant_of", "read_events"]

EVENT_FORMS: Mapping[str, str] = {
    "slip": "slip:MISSION=+21d",
    "loss": "loss:MISSION",
    "standdown": "standdown:FAMILY=2027-05-01..2027-07-01",
    "port-out": "port-out:DESTINATION/PORT=2027-05-01..2027-07-01",
    "urgent": "urgent:ITEMS.csv",
    "demand": "demand:CLASS@DESTINATION=+20%",
    "tables": "tables:SCENARIO",
}
"""The kinds of event by name, each with an example of its words."""

_UNIT_S: Mapping[str, int] = {"h": 3600, "d": 86_400, "w": 604_800}
_MOST_DELAY_S = 400 * 86_400
_MOST_SPAN_D = 1100
_MOST_PERCENT = 500.0
_CARGO = next(table for table in SCENARIO_TABLES if table.attribute == "cargo")


class _Wrong(Exception):
    """What is wrong with the words of an event, and the fix."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def instant_of(written: str) -> datetime:
    """An instant `YYYY-MM-DDTHH:MM:SSZ`, or the start of a day `YYYY-MM-DD`; raises ValueError for anything else."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
        return datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC)
    return parse_utc(written)


def read_events(plan: OperationsPlan, words: Sequence[str]) -> tuple[Event, ...]:
    """The events of a command line; raises ScenarioError with every fault of every event."""
    if not words:
        raise ScenarioError("no event is given", fix=f"give one, as {', '.join(EVENT_FORMS.values())}", where="--event")
    faults: list[Fault] = []
    events: list[Event] = []
    for number, written in enumerate(words, 1):
        try:
            events.append(_read(plan, written, faults))
        except _Wrong as wrong:
            faults.append(Fault(f"event {number} {written[:80]!r}", 0, "", wrong.what, wrong.fix))
    if faults:
        raise ScenarioError.of(faults, where="--event")
    return tuple(events)


def _read(plan: OperationsPlan, written: str, faults: list[Fault]) -> Event:
    kind, colon, rest = written.partition(":")
    readers: Mapping[str, Callable[[OperationsPlan, str], Event]] = {
        "slip": _slip,
        "loss": _loss,
        "standdown": _standdown,
        "port-out": _port_out,
        "demand": _demand,
    }
    if kind == "urgent" and colon:
        return _urgent(plan, rest, faults)
    if kind == "tables" and colon:
        return _tables(plan, rest, faults)
    if kind not in readers or not colon:
        close = difflib.get_close_matches(kind[:40], EVENT_FORMS, n=1)
        forms = [EVENT_FORMS[name] for name in close] or list(EVENT_FORMS.values())
        raise _Wrong(f"{kind[:40]!r} is no kind of event", f"write it as {', '.join(forms)}")
    return readers[kind](plan, rest)


def _parted(rest: str, kind: str) -> tuple[str, str]:
    subject, equals, value = rest.rpartition("=")
    if not equals or not subject.strip() or not value.strip():
        raise _Wrong("the words are not complete", f"write it as {EVENT_FORMS[kind]}")
    return subject.strip(), value.strip()


def _one_of(word: str, known: Iterable[str], what: str, file: str) -> str:
    names = sorted(set(known))
    if word in names:
        return word
    close = difflib.get_close_matches(word[:80], names, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"use one that stands in {file}: {', '.join(names[:8]) or 'none does'}"
    raise _Wrong(f"the {what} {word[:80]!r} is not in the plan", hint)


def _slip(plan: OperationsPlan, rest: str) -> Slip:
    name, value = _parted(rest, "slip")
    _one_of(name, plan.mission_named, "mission", "missions.csv")
    found = re.fullmatch(r"\+?(\d{1,9}(?:\.\d{1,6})?)([hdw])", value)
    if found is None:
        raise _Wrong(
            f"{value[:40]!r} is no delay", "give hours, days or weeks after the planned lift-off, above zero: +36h, +21d, +3w"
        )
    delay_s = round(float(found[1]) * _UNIT_S[found[2]])
    if not 0 < delay_s <= _MOST_DELAY_S:
        raise _Wrong(f"a delay of {value} is out of range", "give more than 0 and at most 400 days")
    return Slip(mission_id=name, delay_s=delay_s)


def _loss(plan: OperationsPlan, rest: str) -> Loss:
    return Loss(mission_id=_one_of(rest.strip(), plan.mission_named, "mission", "missions.csv"))


def _span(value: str) -> tuple[datetime, datetime]:
    first, _, last = value.partition("..")
    try:
        start, end = instant_of(first.strip()), instant_of(last.strip())
    except ValueError:
        raise _Wrong(
            f"{value[:60]!r} is no span", "give two UTC days or instants, as 2027-05-01..2027-07-01T12:00:00Z"
        ) from None
    if end <= start:
        raise _Wrong(f"the span {value} ends before it begins", "give the earlier instant first")
    if (end - start).days > _MOST_SPAN_D:
        raise _Wrong(f"the span {value} is out of range", f"give at most {_MOST_SPAN_D} days")
    return start, end


def _standdown(plan: OperationsPlan, rest: str) -> Standdown:
    family, value = _parted(rest, "standdown")
    start, end = _span(value)
    scenario = plan.scenario
    launchers = _family(family, scenario.launcher_named)
    types = _family(family, scenario.vehicle_types)
    if not launchers and not types:
        _one_of(family, (*scenario.launcher_named, *scenario.vehicle_types), "family", "launchers.csv or vehicles.csv")
    return Standdown(family=family, launchers=launchers, vehicle_types=types, from_utc=start, to_utc=end)


def _family(family: str, names: Iterable[str]) -> tuple[str, ...]:
    """Names that are the family's, or begin with it and go on with something that is no letter or digit."""
    wanted = family.lower()
    return tuple(
        sorted(name for name in names if name.lower().startswith(wanted) and not name[len(wanted) : len(wanted) + 1].isalnum())
    )


def _port_out(plan: OperationsPlan, rest: str) -> PortOut:
    name, value = _parted(rest, "port-out")
    start, end = _span(value)
    ports = {f"{port.destination}/{port.port}": port for port in plan.scenario.ports}
    port = ports[_one_of(name, ports, "port", "ports.csv as DESTINATION/PORT")]
    return PortOut(destination=port.destination, port=port.port, from_utc=start, to_utc=end)


def _demand(plan: OperationsPlan, rest: str) -> DemandShift:
    name, value = _parted(rest, "demand")
    stocks = {f"{stock.supply_class}@{stock.destination}": stock for stock in plan.scenario.stock}
    stock = stocks[_one_of(name, stocks, "stock", "stock.csv as CLASS@DESTINATION")]
    found = re.fullmatch(r"([+-])(\d{1,4}(?:\.\d{1,4})?)\s?%", value)
    if found is None:
        raise _Wrong(f"{value[:40]!r} is no change", "give a sign, a number and a percent sign: +20%, -5%")
    percent = float(found[1] + found[2])
    if percent == 0.0 or not -100.0 <= percent <= _MOST_PERCENT:
        raise _Wrong(f"a change of {value} is out of range", f"give -100 % to +{_MOST_PERCENT:g} %, not zero")
    return DemandShift(supply_class=stock.supply_class, destination=stock.destination, share=percent / 100.0)


def _urgent(plan: OperationsPlan, rest: str, faults: list[Fault]) -> Urgent:
    """Lines of a file with the columns of cargo.csv; its faults, and names that the plan does not know, go to `faults`."""
    path, before = Path(rest.strip()), len(faults)
    if path.is_dir():
        raise _Wrong(f"{rest.strip()[:120]!r} is a folder", "give a CSV file with the columns of cargo.csv")
    if not path.is_file():
        raise _Wrong(f"the file {rest.strip()[:120]!r} does not exist", "give a CSV file with the columns of cargo.csv")
    told: list[Fault] = []
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _Wrong(f"{path} can't be read: {error.strerror}", "let it be read, or give another file") from None
    table = read_table(content, _CARGO, told)
    faults += [Fault(str(path), fault.row, fault.column, fault.what, fault.fix) for fault in told]
    lines: tuple[CargoLine, ...] = table.records
    for row, line in table.numbered():
        faults += [Fault(str(path), row, *fault) for fault in _strangers(plan, line)]
    if len(faults) == before and not lines:
        raise _Wrong(f"{path} has no lines", "add rows beneath the header, with the columns of cargo.csv")
    return Urgent(file=path.name, lines=lines)


def _tables(plan: OperationsPlan, rest: str, faults: list[Fault]) -> TablesEdited:
    """The plan's scenario as somebody has edited it, folder or workbook; its faults go to `faults`."""
    path = Path(rest.strip())
    if not path.exists():
        what = f"the scenario {rest.strip()[:120]!r} does not exist"
        raise _Wrong(what, "give the plan's scenario as you edited it, a folder or a workbook .xlsx")
    try:
        edited = _edited(plan, path)
    except ScenarioError as error:
        faults += [Fault(f"{path}: {one.file}", one.row, one.column, one.what, one.fix) for one in error.faults]
        if not error.faults:
            raise _Wrong(f"{path}: {error.what}", error.fix) from None
        return TablesEdited(source=path.name, scenario=plan.scenario, changes=())
    changes = rows_edited(plan.scenario, edited)
    if not changes:
        raise _Wrong(
            f"{path} says what the plan's scenario says", "edit a row of it; the plan's own stands in its folder scenario"
        )
    return TablesEdited(source=path.name, scenario=edited, changes=changes)


def _edited(plan: OperationsPlan, path: Path) -> Scenario:
    """A whole scenario folder, or what a workbook or one table's file has in place of the plan's own tables."""
    if path.is_dir():
        return read_scenario(path)
    read = read_edited(path, plan.scenario)
    if read.scenario is None:
        raise ScenarioError.of(read.faults, where=str(path))
    return read.scenario


def _strangers(plan: OperationsPlan, line: CargoLine) -> Iterable[tuple[str, str, str]]:
    """Column, fault and fix of each name of a line that the scenario does not know."""
    scenario = plan.scenario
    asked = (
        ("destination", line.destination, set(scenario.places)),
        ("customer", line.customer, {customer.customer for customer in scenario.customers}),
        ("contract_id", line.contract_id, {"", *scenario.contract_named}),
    )
    for column, word, known in asked:
        if word not in known:
            yield column, f"{word!r} is not known to the plan", f"use one of {', '.join(sorted(known)[:8])}"
    if line.due_utc is not None and line.due_utc <= line.release_utc:
        yield "due_utc", "due_utc does not come after release_utc", "set due_utc after release_utc"
