"""What is where now, what was where when, who held it, which seal was on it: tables made from the log alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from supercargo.kernel import format_utc
from supercargo.track.cargo.life import Fact, Thing, applied, comes_late, fact_of, standing_facts
from supercargo.track.cargo.stages import EXPECTED
from supercargo.track.envelope import Recorded
from supercargo.track.event_store import View
from supercargo.track.views import Projection, ViewTable

__all__ = ["CARGO", "NON_CONFORMANCES", "facts_in", "spelling_of", "thing_in"]

FACT = ViewTable(
    name="fact",
    key=("thing", "version"),
    columns=("event_id", "kind", "body", "at_utc", "recorded_utc", "by"),
    indexed=("thing",),
)
UNIT = ViewTable(
    name="unit",
    key=("name",),
    columns=(
        *(field.name for field in dataclasses.fields(Thing) if field.name not in ("name", "journey")),
        "inside", "name_head", "name_tail", "version", "stays_count", "custody_count",
    ),
    indexed=("where", "tenant", "mission", "sort", "name_head", "name_tail"),
)  # fmt: skip
JOURNEY = ViewTable(name="journey", key=("thing",), columns=("steps",))
STAY = ViewTable(
    name="stay",
    key=("thing", "number"),
    columns=("where", "from_utc", "to_utc", "event_id"),
    indexed=("thing", "where"),
)
CUSTODY = ViewTable(
    name="custody",
    key=("thing", "number"),
    columns=("custodian", "giver", "from_utc", "to_utc", "event_id"),
    indexed=("thing",),
)
SEAL = ViewTable(
    name="seal",
    key=("thing", "number"),
    columns=("state", "put_utc", "put_by", "checked_utc", "checked_by", "found", "off_utc", "off_by"),
    indexed=("thing", "number", "state"),
)
NCR = ViewTable(
    name="ncr",
    key=("case_id",),
    columns=(
        "about", "tenant", "stage", "cause", "said", "opened_utc", "opened_by", "disposition", "action", "owner", "due_utc",
        "closed_utc", "closed_by",
    ),
    indexed=("about", "stage", "tenant"),
)  # fmt: skip


def _number(count: int) -> str:
    """A running number that sorts as a word."""
    return f"{count:09d}"


def spelling_of(name: str) -> dict[str, str]:
    """A name without its last and its first two letters or digits: what a name with one slip shares with the right one.

    >>> spelling_of("cargo/R-000132")
    {'name_head': 'r0001', 'name_tail': '00132'}
    """
    signs = "".join(sign for sign in name.partition("/")[2].casefold() if sign.isalnum())
    return {"name_head": signs[:-2], "name_tail": signs[2:]}


def thing_in(view: View, name: str) -> Thing | None:
    """A thing as the view has it; None if it is not known."""
    row = view.get("unit", (name,))
    if row is None:
        return None
    told = view.get("journey", (name,)) if row["direction"] else None
    return _thing(row, () if told is None else tuple(told["steps"]))


_COLUMNS = tuple(field.name for field in dataclasses.fields(Thing) if field.name != "journey")
_INSTANTS = ("stage_utc", "since_utc", "held_utc", "told_utc")
_values = attrgetter(*_COLUMNS)


def _instant(written: str) -> datetime | None:
    """An instant of a row; reads what `format_utc` wrote, which needs no more than this."""
    return datetime.fromisoformat(written) if written else None


def _thing(row: Mapping[str, Any], journey: tuple[Mapping[str, str], ...] = ()) -> Thing:
    values = {name: row[name] for name in _COLUMNS}
    for name in _INSTANTS:
        values[name] = _instant(values[name])
    values["seals"] = tuple(values["seals"])
    return Thing(**values, journey=journey)


def _unit_row(thing: Thing, before: Thing | None = None, old: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The row of a thing; what is as `before` is taken over from the `old` row, not written anew."""
    row = dict(zip(_COLUMNS, _values(thing), strict=True))
    for name in _INSTANTS:
        instant = row[name]
        row[name] = old[name] if old and instant is getattr(before, name) else format_utc(instant) if instant else ""
    row["seals"] = list(thing.seals)
    row["inside"] = thing.inside
    spelt = old or spelling_of(thing.name)
    row["name_head"], row["name_tail"] = spelt["name_head"], spelt["name_tail"]
    return row


def facts_in(view: View, name: str) -> tuple[Fact, ...]:
    """All that was told of a thing, in the order of its stream."""
    return tuple(
        Fact(
            event_id=row["event_id"],
            kind=row["kind"],
            body=row["body"],
            at_utc=datetime.fromisoformat(row["at_utc"]),
            by=row["by"],
            version=int(row["version"]),
            recorded_utc=datetime.fromisoformat(row["recorded_utc"]),
        )
        for row in view.find("fact", "thing", name)
    )


def _project(event: Recorded, view: View) -> None:
    if not event.stream.startswith(("cargo/", "container/")):
        return
    fact = fact_of(event)
    view.put("fact", (event.stream, _number(event.version)), _fact_row(event))
    row = view.get("unit", (event.stream,))
    before = Thing(name=event.stream, tenant=event.tenant) if row is None else _thing(row)
    if fact.kind == "corrected" or comes_late(before, fact):
        _project_anew(event, view)
        return
    now = applied(before, fact, tenant=event.tenant)
    counts = _NONE if row is None else {name: row[name] for name in _NONE}
    counts = _put_spans(view, before, now, fact, counts)
    view.put("unit", (now.name,), {**_unit_row(now, before, row), "version": event.version, **counts})
    _put_seal(view, now.name, fact)
    if fact.kind == "planned":
        _put_journey(view, now)


_NONE: Mapping[str, int] = {"stays_count": 0, "custody_count": 0}


def _fact_row(event: Recorded) -> dict[str, Any]:
    return {
        "thing": event.stream,
        "version": _number(event.version),
        "event_id": event.event_id,
        "kind": event.kind,
        "body": dict(event.body),
        "at_utc": format_utc(event.occurred_utc),
        "recorded_utc": format_utc(event.recorded_utc),
        "by": event.by,
    }


def _put_journey(view: View, thing: Thing) -> None:
    view.put("journey", (thing.name,), {"thing": thing.name, "steps": [dict(step) for step in thing.journey]})


def _put_spans(view: View, before: Thing, now: Thing, fact: Fact, counts: Mapping[str, int]) -> dict[str, int]:
    """Close and open the stay and the custody that a fact ends and begins; how many there are then."""
    stays, held = counts["stays_count"], counts["custody_count"]
    at = format_utc(fact.at_utc)
    # a plan alone put it where it is, and was released later: that stay never was
    unreal = bool(before.where and before.stage in EXPECTED and before.stage_utc and fact.at_utc < before.stage_utc)
    if now.where != before.where or (unreal and "where" in fact.body):
        if not unreal:
            _close(view, "stay", now.name, stays, at)
            stays += 1
        row = {"where": now.where, "event_id": fact.event_id}
        _open(view, "stay", now.name, stays, {**row, "from_utc": at})
    if now.custodian != before.custodian:
        _close(view, "custody", now.name, held, at)
        held += 1
        giver = str(fact.body.get("after", {}).get("giver", before.custodian))
        row = {"custodian": now.custodian, "giver": giver, "event_id": fact.event_id}
        _open(view, "custody", now.name, held, {**row, "from_utc": at})
    if now.stage in _ENDS and before.stage not in _ENDS:
        _close(view, "stay", now.name, stays, at)
        _close(view, "custody", now.name, held, at)
    return {"stays_count": stays, "custody_count": held}


_ENDS = frozenset({"consumed", "destroyed", "lost"})
"""Stages with which a thing is nowhere and with nobody any more."""


def _open(view: View, table: str, name: str, number: int, row: Mapping[str, Any]) -> None:
    view.put(table, (name, _number(number)), {"thing": name, "number": _number(number), "to_utc": "", **row})


def _close(view: View, table: str, name: str, number: int, at: str) -> None:
    row = view.get(table, (name, _number(number)))
    if row is not None and not row["to_utc"]:
        view.put(table, (name, _number(number)), {**row, "to_utc": at})


def _put_seal(view: View, name: str, fact: Fact) -> None:
    if fact.kind not in {"sealed", "unsealed", "seal_checked"}:
        return
    number, at = fact.body["number"], format_utc(fact.at_utc)
    empty = dict.fromkeys(SEAL.columns, "")
    row = view.get("seal", (name, number)) or {"thing": name, "number": number, **empty, "state": "unknown"}
    if fact.kind == "sealed":
        row |= {"state": "on", "put_utc": at, "put_by": fact.by, "off_utc": "", "off_by": ""}
    elif fact.kind == "unsealed":
        row |= {"state": "off", "off_utc": at, "off_by": fact.by}
    elif row["checked_utc"] <= at:
        row |= {"checked_utc": at, "checked_by": fact.by, "found": fact.body["found"]}
        if fact.body["found"] != "intact":
            row |= {"state": fact.body["found"]}
    view.put("seal", (name, number), row)


def _project_anew(event: Recorded, view: View) -> None:
    """Write a thing's rows from all its standing facts: something was corrected or came late."""
    name = event.stream
    for table in ("stay", "custody", "seal"):
        for row in tuple(view.find(table, "thing", name)):
            view.drop(table, (name, row["number"]))
    tenant = next((row["tenant"] for row in [view.get("unit", (name,))] if row), event.tenant)
    now, counts = Thing(name=name, tenant=tenant), dict(_NONE)
    for fact in standing_facts(facts_in(view, name)):
        after = applied(now, fact)
        counts = _put_spans(view, now, after, fact, counts)
        _put_seal(view, name, fact)
        now = after
    view.put("unit", (name,), {**_unit_row(now), "version": event.version, **counts})
    if now.direction or view.get("journey", (name,)) is not None:
        _put_journey(view, now)


def _project_case(event: Recorded, view: View) -> None:
    if not event.stream.startswith("ncr/"):
        return
    case_id = event.stream.removeprefix("ncr/")
    row = view.get("ncr", (case_id,)) or {"case_id": case_id, **dict.fromkeys(NCR.columns, "")}
    at = format_utc(event.occurred_utc)
    if event.kind == "ncr_opened":
        said = {name: event.body[name] for name in ("about", "cause", "said")}
        row |= {**said, "tenant": event.tenant, "stage": "opened", "opened_utc": at, "opened_by": event.by}
    elif event.kind == "ncr_dispositioned":
        row |= {"stage": "dispositioned", "disposition": event.body["disposition"]}
    elif event.kind == "ncr_action_set":
        row |= {"stage": "corrective_action", **{name: event.body.get(name, "") for name in ("action", "owner", "due_utc")}}
    elif event.kind == "ncr_closed":
        row |= {"stage": "closed", "closed_utc": at, "closed_by": event.by}
    view.put("ncr", (case_id,), row)


CARGO = Projection(name="cargo", tables=(FACT, UNIT, JOURNEY, STAY, CUSTODY, SEAL), project=_project)
"""Things, their stays, custody and seals."""

NON_CONFORMANCES = Projection(name="ncr", tables=(NCR,), project=_project_case)
"""Non-conformances."""
