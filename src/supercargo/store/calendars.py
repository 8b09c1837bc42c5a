"""schedule.ics: the plan as a calendar (RFC 5545), whose events keep their names when the year is planned anew."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from supercargo.kernel import Fault, Refused, format_utc
from supercargo.model import Activity, LaunchWindow, OperationsPlan, PlannedMission
from supercargo.store.folders import read_within

__all__ = ["CALENDAR_FILE", "EVENT_KINDS", "calendar_text", "old_calendar", "unfolded"]

CALENDAR_FILE = "schedule.ics"

EVENT_KINDS = ("launch", "dock", "docked", "unload", "load", "undock", "end")
"""What stands in the calendar of each mission: instants to be awake at, and spans in which a port or a crew is taken."""

LINE_OCTETS = 75
"""Longest line before it must be folded (RFC 5545, 3.1)."""
LARGEST_SEQUENCE = 2**31 - 1
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "supercargo schedule")
_REVISION = ("DTSTAMP", "SEQUENCE")
"""Properties that say how new an event is, not what it says."""

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Event:
    """One thing in the calendar before it has a revision."""

    kind: str
    mission_id: str
    start: datetime
    end: datetime | None
    summary: str
    location: str
    told: tuple[str, ...]


def calendar_text(plan: OperationsPlan, before: Mapping[str, Lines] | None = None) -> bytes:
    """The calendar of a plan; `before` are the events of the calendar that it replaces, by UID.

    An event that says what it said keeps its SEQUENCE, one that says something else has it raised by one, and one that is gone
    stays with STATUS:CANCELLED, so that a program that has read the old calendar takes the change over. DTSTAMP is the
    scenario's as_of_utc. Without `before` the same plan gives the same bytes; with it, planning the same again does.
    """
    settings = plan.scenario.settings
    old = before or {}
    stamp = f"DTSTAMP:{_instant(settings.as_of_utc)}"
    events = sorted(_events(plan), key=lambda one: (one.start, one.mission_id, EVENT_KINDS.index(one.kind)))
    fresh = {_uid(settings.name, event): _content(event) for event in events} or _nothing_flies(plan)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//supercargo//schedule//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{_escaped(settings.name)}",
        f"X-WR-CALNAME:{_escaped(settings.name)}",
    ]
    for uid, content in fresh.items():
        lines += _component(uid, stamp, _sequence(content, old.get(uid)), content)
    for uid in sorted(old.keys() - fresh.keys()):
        content = _cancelled(_content_of(old[uid]))
        lines += _component(uid, stamp, _sequence(content, old[uid]), content)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _cancelled(content: Lines) -> Lines:
    if not any(_name(line) == "STATUS" for line in content):
        return (*content, "STATUS:CANCELLED")
    return tuple("STATUS:CANCELLED" if _name(line) == "STATUS" else line for line in content)


def _component(uid: str, stamp: str, sequence: int, content: Lines) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{uid}", stamp, f"SEQUENCE:{sequence}", *content, "END:VEVENT")


def _sequence(content: Lines, old: Lines | None) -> int:
    if old is None:
        return 0
    number = int(next((_value(line) for line in old if _name(line) == "SEQUENCE"), "0"))
    return number if _content_of(old) == content else number + 1


def _content_of(event: Lines) -> Lines:
    return tuple(line for line in event if _name(line) not in (*_REVISION, "UID"))


def _name(line: str) -> str:
    return re.split(r"[;:]", line, maxsplit=1)[0].upper()


def _value(line: str) -> str:
    return line.partition(":")[2]


def _uid(scenario: str, event: _Event) -> str:
    """Made from names alone, so that a mission that moves is the same event. Names hold no line break."""
    return str(uuid.uuid5(_NAMESPACE, "\n".join((scenario, event.mission_id, event.kind))))


def _nothing_flies(plan: OperationsPlan) -> dict[str, Lines]:
    """A calendar must hold something (RFC 5545, 3.6): a plan without missions says so on its first day."""
    settings = plan.scenario.settings
    event = _Event("launch", "", settings.start_utc, None, f"{settings.name}: no mission flies", "", ())
    return {_uid(settings.name, event): _content(event)}


def _content(event: _Event) -> Lines:
    """What an event says, without its name and revision."""
    lines = [f"DTSTART:{_instant(event.start)}"]
    if event.end is not None and event.end > event.start:
        lines.append(f"DTEND:{_instant(event.end)}")
    lines.append(f"SUMMARY:{_escaped(event.summary)}")
    if event.location:
        lines.append(f"LOCATION:{_escaped(event.location)}")
    if event.told:
        lines.append("DESCRIPTION:" + "\\n".join(_escaped(sentence) for sentence in event.told))
    lines += [f"CATEGORIES:{event.kind.upper()}", "STATUS:CONFIRMED"]
    lines.append(f"TRANSP:{'TRANSPARENT' if event.kind == 'docked' else 'OPAQUE'}")
    return tuple(lines)


def _instant(instant: datetime) -> str:
    return format_utc(instant).replace("-", "").replace(":", "")


def _escaped(words: str) -> str:
    """TEXT (RFC 5545, 3.3.11); signs that no text may hold are shown as `?`."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in words)
    return re.sub(r"([\\;,])", r"\\\1", plain)


def _folded(line: str) -> bytes:
    """The line in pieces of at most LINE_OCTETS octets; no letter is cut in two."""
    pieces: list[bytes] = []
    piece = b""
    for sign in line:
        octets = sign.encode("utf-8", "replace")
        room = LINE_OCTETS if not pieces else LINE_OCTETS - 1
        if len(piece) + len(octets) > room:
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece])


def _events(plan: OperationsPlan) -> Iterator[_Event]:
    windows = {window.used_by: window for window in plan.windows if window.used_by}
    spans: dict[tuple[str, str], Activity] = {}
    for activity in plan.activities:
        spans.setdefault((activity.mission_id, activity.kind), activity)
    for mission in {one.mission_id: one for one in plan.missions}.values():
        yield _launch(mission, windows.get(mission.mission_id))
        yield from _at_the_port(mission)
        for kind, words in (("unload", "unloading"), ("load", "loading return cargo and trash")):
            span = spans.get((mission.mission_id, kind))
            if span is not None:
                told = f"Set aside at {span.resource_id}: {span.units:g} crew hours a day"
                summary = f"{mission.mission_id} {words}"
                yield _Event(kind, mission.mission_id, span.start_utc, span.end_utc, summary, _port(mission), (told,))
        end_utc: datetime | None = mission.end_utc
        if end_utc is not None:
            yield _Event("end", mission.mission_id, end_utc, None, f"{mission.mission_id} ends", "", (_returned(mission),))


def _port(mission: PlannedMission) -> str:
    return f"{mission.destination}/{mission.port}"


def _returned(mission: PlannedMission) -> str:
    return (
        f"Landing or entry of {mission.vehicle_id}; {mission.downmass_kg:,.0f} kg back, {mission.disposal_kg:,.0f} kg of trash"
    )


def _launch(mission: PlannedMission, window: LaunchWindow | None) -> _Event:
    bought = f", furnished by {mission.furnished_by}" if mission.furnished_by else ""
    told = [f"{mission.vehicle_type} ({mission.vehicle_id}) on {mission.launcher}{bought}"]
    if window is not None:
        opens, closes = format_utc(window.opens_utc), format_utc(window.closes_utc)
        told.append(f"Window opens {opens}, closes {closes}; instant known to {window.sigma_s:,.0f} s (one sigma)")
    told.append(f"{mission.upmass_kg:,.0f} kg up to {mission.destination}")
    summary = f"{mission.mission_id} lifts off to {mission.destination}"
    place = f"{mission.site}/{mission.pad}"
    return _Event("launch", mission.mission_id, mission.launch_utc, None, summary, place, tuple(told))


def _at_the_port(mission: PlannedMission) -> Iterator[_Event]:
    """Docking, stay and undocking; nothing for a mission that never docks."""
    arrive_utc: datetime | None = mission.arrive_utc
    depart_utc: datetime | None = mission.depart_utc
    if not mission.port or arrive_utc is None or depart_utc is None:
        return
    name, port = mission.mission_id, _port(mission)
    told = (f"{mission.vehicle_type} ({mission.vehicle_id})",)
    yield _Event("dock", name, arrive_utc, None, f"{name} docks at {port}", port, told)
    yield _Event("docked", name, arrive_utc, depart_utc, f"{name} at {port}", port, told)
    yield _Event("undock", name, depart_utc, None, f"{name} undocks from {port}", port, told)


def old_calendar(folder: Path) -> dict[str, Lines]:
    """Events by UID of the calendar that stands in a folder which is to be replaced; none where there is no calendar.

    Raises Refused if it can't be read: then its numbers can't be continued, and readers would take no change over.
    """
    if not (folder / CALENDAR_FILE).is_file():
        return {}
    faults: list[Fault] = []
    content = read_within(folder, CALENDAR_FILE, faults)
    try:
        return _read(unfolded(content or b""))
    except ValueError as error:
        what = f"the calendar that is to be replaced can't be read: {error}"
        fix = f"take {CALENDAR_FILE} out of the folder; events are then numbered from the beginning"
        raise Refused(what, fix=fix, where=str(folder / CALENDAR_FILE)) from error


def unfolded(content: bytes) -> list[str]:
    """Content lines of a calendar, folds taken out. Raises ValueError if the bytes are not UTF-8."""
    whole = re.sub(rb"\r?\n[ \t]", b"", content)
    return [line for line in re.split("\r?\n", whole.decode("utf-8")) if line]


def _read(lines: Sequence[str]) -> dict[str, Lines]:
    if not lines or lines[0].upper() != "BEGIN:VCALENDAR" or lines[-1].upper() != "END:VCALENDAR":
        raise ValueError("it does not begin and end as a calendar")
    events: dict[str, Lines] = {}
    for event in _split(lines):
        uid = next((_value(line) for line in event if _name(line) == "UID"), "")
        sequence = next((_value(line) for line in event if _name(line) == "SEQUENCE"), "0")
        if not uid or not sequence.isdecimal() or int(sequence) >= LARGEST_SEQUENCE:
            raise ValueError(f"an event has no UID, or its SEQUENCE is {sequence[:20]!r}")
        events[uid] = event
    return events


def _split(lines: Iterable[str]) -> Iterator[Lines]:
    """Lines of each event, without BEGIN and END; parts inside an event, such as alarms, stay with it."""
    event: list[str] | None = None
    for line in lines:
        if line.upper() == "BEGIN:VEVENT":
            if event is not None:
                raise ValueError("an event begins inside another")
            event = []
        elif line.upper() == "END:VEVENT":
            if event is None:
                raise ValueError("an event ends that never began")
            yield tuple(event)
            event = None
        elif event is not None:
            event.append(line)
    if event is not None:
        raise ValueError("an event never ends")
