"""Answers about cargo, in words or as one JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from supercargo.app.answers import CargoAtAnswer, CargoHistoryAnswer, CargoImportAnswer, CargoWhereAnswer, EpcisAnswer
from supercargo.app.operations import cargo
from supercargo.app.operations import epcis as documents
from supercargo.app.operations.clocks import now_in
from supercargo.app.operations.log import current_log, open_operations
from supercargo.app.operations.slipping import MissionDelay, delay_told
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.faces.words import count
from supercargo.kernel import DAY_S, ScenarioError, format_utc, parse_utc

__all__ = ["at", "epcis", "history", "take_in", "where"]


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def take_in(file: Path, store: str, by: str, *, dry_run: bool, as_json: bool) -> None:
    """Take in a document and tell what it brought."""
    with answering(as_json=as_json):
        content, person = documents.epcis_content(file), cargo.as_person(by)
        if dry_run:
            imported = documents.judge_epcis(content, store, person, where=file.name)
        else:
            with open_operations(store, _now) as log:
                imported = documents.import_epcis(content, log, person, where=file.name)
    told: CargoImportAnswer = {"file": str(file), "store": store, "imported": imported}
    if as_json:
        print_json(told)
        return
    verb = "would be stored" if dry_run else "stored"
    known = f", {imported.repeated_count} known before" if imported.repeated_count else ""
    lines = [f"{file}: {count(imported.steps_count, 'step')}; {count(imported.stored_count, 'event')} {verb}{known}"]
    tell_lines(lines + [f"opened non-conformance {case}" for case in imported.non_conformances])


def where(thing: str, store: str, *, as_json: bool) -> None:
    """Tell where a thing is."""
    with answering(as_json=as_json), current_log(store) as log, log.reading() as view:
        seen = cargo.where_is(view, thing, now_in(log, _now()))
        mission = seen.found.mission if seen.expected is not None else ""
        slipped = delay_told(mission, log.stream(f"mission/{mission}")) if mission else None
    told: CargoWhereAnswer = {"store": store, "seen": seen, "slipped": slipped}
    if as_json:
        print_json(told)
        return
    lines = [_place(seen.found), *_state(seen.found, seen.meaning)]
    if seen.expected is not None:
        late = f", {seen.expected.late_d:.1f} days late" if seen.expected.late_d > 0 else ""
        lines.append(f"next by plan: {seen.expected.step} at {seen.expected.where}, {format_utc(seen.expected.at_utc)}{late}")
    if slipped is not None:
        lines.append(_slipped(slipped))
    tell_lines(lines + _open_cases(seen.concerns))


def _slipped(told: MissionDelay) -> str:
    last = f"{told.slips_count} slips, the longest, {told.longest_d:.1f} days, by " if told.slips_count > 1 else ""
    span = f"{format_utc(told.from_utc)} to {format_utc(told.to_utc)}, {told.later.total_seconds() / DAY_S:.1f} days"
    return f"{told.mission_id} slipped from {span} ({last}{told.by}: {told.reason})"


def _open_cases(concerns: Sequence[Any]) -> list[str]:
    """Seals, damage and open non-conformances of a thing's containers and of itself."""
    lines = []
    for one in concerns:
        about = f" of {one.thing}"
        lines += [f"seal {number}{about}: {state}" for number, state in one.seals.items()]
        lines += [f"damage{about} is reported"] if one.damaged else []
        lines += [f"open non-conformance {case}{about}: {said}" for case, said in one.cases.items()]
    return lines


def _place(found: Any) -> str:
    inside = "".join(f" in {name}" for name in found.containers)
    return f"{found.thing}:{inside} at {found.place or 'no known place'}"


def _state(found: Any, meaning: str) -> Iterator[str]:
    since = f" since {format_utc(found.stage_utc)}" if found.stage_utc else ""
    yield f"{found.stage}{since} ({meaning}), held by {found.custodian or 'nobody known'}"
    if found.sort == "item":
        yield f"{found.pieces:g} pieces, {found.mass_kg:.3f} kg, of {found.tenant or 'the company'}"


def history(thing: str, store: str, *, as_json: bool) -> None:
    """Tell what happened to a thing."""
    with answering(as_json=as_json), current_log(store) as log, log.reading() as view:
        found = cargo.history(view, thing)
    told: CargoHistoryAnswer = {"store": store, "history": found}
    if as_json:
        print_json(told)
        return
    tell_lines(
        [found.thing, *map(_line, found.happenings), "custody:", *map(_held, found.custody), *_open_cases(found.concerns)]
    )


def _line(told: Any) -> str:
    via = f" with {told.via}" if told.via else ""
    where = f" {told.where}" if told.where else ""
    mark = "" if told.stands else "correction: " if told.kind == "corrected" else "declared wrong: "
    claim = f", told by {told.body['claim']} as the document says" if told.body.get("claim") else ""
    said = _SAYS.get(told.kind, "")
    word = f": {told.body[said]}" if told.body.get(said) else ""
    return f"  {format_utc(told.at_utc)}  {mark}{told.kind}{where}{via}{word}, by {told.by}{claim}"


_SAYS = {"corrected": "reason", "seal_checked": "found", "sealed": "number", "unsealed": "number", "damaged": "note"}
"""What a line of a history says beside where, by kind of step."""


def _held(span: Any) -> str:
    end = format_utc(span.to_utc) if span.to_utc else "now"
    return f"  {format_utc(span.from_utc)} to {end}  {span.custodian or 'nobody: a gap'}"


def at(instant: str, thing: str, store: str, *, as_json: bool) -> None:
    """Tell what was where at an instant."""
    with answering(as_json=as_json):
        then = _instant(instant)
        with current_log(store) as log, log.reading() as view:
            seen = cargo.seen_at(view, then, thing)
    told: CargoAtAnswer = {"store": store, "at_utc": format_utc(then), "seen": list(seen)}
    if as_json:
        print_json(told)
        return
    lines = []
    for one in seen:
        lines += [f"{_place(one.found)}, {one.found.stage}, held by {one.found.custodian or 'nobody known'}"]
        lines += [f"  {held.thing} in {held.where} since {format_utc(held.from_utc)}" for held in one.contents]
    tell_lines(lines or ["nothing was known then"])


def _instant(written: str) -> datetime:
    try:
        return parse_utc(written)
    except ValueError as error:
        fix = "write it as 2027-03-01T12:00:00Z"
        raise ScenarioError(f"{written[:40]!r} is no instant", fix=fix, where="INSTANT") from error


def epcis(things: Sequence[str], out: Path, store: str, *, force: bool, as_json: bool) -> None:
    """Write what happened to things as an EPCIS document."""
    with answering(as_json=as_json):
        events_count = documents.write_epcis(store, things, out, _now(), force=force)
    told: EpcisAnswer = {"store": store, "file": str(out), "events_count": events_count}
    if as_json:
        print_json(told)
    else:
        tell_lines([f"{out}: {count(events_count, 'event')}"])
