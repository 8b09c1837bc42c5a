"""What has to be shown is held against a plan folder and the record of operations; what is added to that record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from supercargo.app.operations.known import not_absurdly_early
from supercargo.kernel import ScenarioError, canonical_json, format_utc, plain
from supercargo.measure.compliance import Compliance, Facts, Review, measure_compliance
from supercargo.model import OperationsPlan, Requirement
from supercargo.report.compliance import render_compliance
from supercargo.store import read_plan, read_requirement_packs, refuse_existing, refuse_unwritable, refuse_within, write_rows
from supercargo.store.folders import write_whole
from supercargo.track.compliance.commands import Command
from supercargo.track.compliance.deciding import decide, dossier_of, stream_of
from supercargo.track.compliance.record import COMPLIANCE
from supercargo.track.envelope import Receipt, Recorded
from supercargo.track.event_store import EventStore
from supercargo.track.people import Principal, permit
from supercargo.track.views import MemoryView, project_all

__all__ = [
    "JSON_FILE",
    "PAGE_FILE",
    "TABLE_FILE",
    "ComplyRequest",
    "compliance_content",
    "compliance_files",
    "comply",
    "record_compliance",
    "requirements_of",
    "view_of",
]

PAGE_FILE, TABLE_FILE, JSON_FILE = "comply.html", "comply.csv", "comply.json"
EVENTS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class ComplyRequest:
    """What a person asks of `comply`: a plan folder, a store, or both; packs (all if none are named); as things stood when."""

    folder: Path | None = None
    store: str = ""
    frameworks: tuple[str, ...] = ()
    as_of_utc: datetime | None = None
    out: Path | None = None
    force: bool = False


def comply(asked: ComplyRequest, *, now_utc: datetime) -> Review:
    """Review what has to be shown; with `out`, write it as a page, a table and JSON too.

    As of the instant asked for; else, with a store, of now, and with a plan alone of the plan's own.
    Raises ScenarioError where neither a plan nor a store is named, or a pack is not known; Refused for an `out` that exists.
    """
    if asked.folder is None and not asked.store:
        raise ScenarioError("nothing is named to be reviewed", fix="give a plan folder, or --store, or both", where="comply")
    if asked.out is not None:
        if asked.folder is not None:
            refuse_within(asked.out, asked.folder, fix="choose another folder for --out")
        refuse_existing(asked.out, force=asked.force, like=[PAGE_FILE])
        refuse_unwritable(asked.out)
    plan = read_plan(asked.folder) if asked.folder is not None else None
    wanted = _of_frameworks(requirements_of(plan), asked.frameworks)
    as_of_utc = asked.as_of_utc or (plan.scenario.settings.as_of_utc if plan and not asked.store else now_utc)
    view = view_of(_events(asked.store), as_of_utc) if asked.store else None
    named = [plan.scenario.settings.name] if plan else []
    review = Review(
        of=" and ".join([*named, *(["the record of operations"] if asked.store else [])]),
        as_of_utc=as_of_utc,
        rows=measure_compliance(wanted, Facts(as_of_utc=as_of_utc, plan=plan, view=view)),
    )
    if asked.out is not None:
        write_whole(asked.out, compliance_files(review), force=asked.force)
    return review


def requirements_of(plan: OperationsPlan | None) -> tuple[Requirement, ...]:
    """What the shipped packs ask for, with the rows of the plan's own requirements.csv in the place of those of their name."""
    found = {one.requirement_id: one for one in read_requirement_packs()}
    if plan is not None:
        found |= {one.requirement_id: one for one in plan.scenario.requirements}
    return tuple(found.values())


def _of_frameworks(requirements: tuple[Requirement, ...], frameworks: tuple[str, ...]) -> tuple[Requirement, ...]:
    known = sorted({one.framework for one in requirements})
    odd = [name for name in frameworks if name not in known]
    if odd:
        raise ScenarioError(f"no pack is called {odd[0]!r}", fix=f"use one of: {', '.join(known)}", where="--framework")
    return tuple(one for one in requirements if not frameworks or one.framework in frameworks)


def _events(url: str) -> Iterator[Recorded]:
    from supercargo.store.log import read_log  # its libraries load only for those who have a store

    with closing(read_log(url)) as log:
        position = 0
        while told := log.since(position, limit=EVENTS_AT_ONCE):
            yield from told
            position = told[-1].position


def view_of(events: Iterator[Recorded], as_of_utc: datetime) -> MemoryView:
    """What the log proves of compliance by what had happened at an instant."""
    view = MemoryView.of((COMPLIANCE,))
    project_all((COMPLIANCE,), (event for event in events if event.occurred_utc <= as_of_utc), view)
    return view


def compliance_content(review: Review) -> dict[str, Any]:
    """A review as one object."""
    counts = {state.replace(" ", "_"): count for state, count in review.counts().items()}
    told: dict[str, Any] = plain({"of": review.of, "as_of_utc": format_utc(review.as_of_utc), **counts, "rows": review.rows})
    return told


def compliance_files(review: Review) -> dict[str, bytes]:
    """The page, the table and JSON, by file name."""
    return {
        PAGE_FILE: render_compliance(review).encode(),
        TABLE_FILE: write_rows(review.rows, Compliance),
        JSON_FILE: canonical_json(compliance_content(review)).encode(),
    }


def record_compliance(store: EventStore, principal: Principal, command: Command) -> tuple[Receipt, ...]:
    """Add evidence, a waiver, an edit, a drill, a partner's status or a risk to the record.

    Raises Refused for a principal without the scope, for an instant that lies years back, and for what `decide` refuses.
    """
    permit(principal, command.scope)
    not_absurdly_early(store, command)
    events = store.stream(stream_of(command))
    known = [event for event in events if event.event_id == command.command_id]
    before = events[: known[0].version - 1] if known else events  # a repeat is decided as it was, and told as a repeat
    return store.append(decide(dossier_of(before), command))
