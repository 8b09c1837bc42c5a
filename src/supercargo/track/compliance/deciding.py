"""What is lawful to add to what is shown, and how it stands in its stream afterwards."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any

from supercargo.kernel import Refused, check_quantities, format_utc, plain
from supercargo.track.compliance.commands import (
    AddEvidence,
    Command,
    EditRequirement,
    HoldDrill,
    RegisterRisk,
    SetPartnerStatus,
    WaiveRequirement,
)
from supercargo.track.envelope import Draft, Statement

__all__ = ["COMPLIANCE_KINDS", "Dossier", "decide", "dossier_of", "evolve", "stream_of"]

COMPLIANCE_KINDS: tuple[str, ...] = tuple(
    command.kind for command in (AddEvidence, WaiveRequirement, EditRequirement, HoldDrill, SetPartnerStatus, RegisterRisk)
)
"""Every kind of event that a command of this area writes."""

_NOT_SAID = frozenset({"command_id", "by", "at_utc"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A stream of requirement/ID or party/ID as it stands: its version, its edits, the last status of a partner."""

    version: int = 0
    edits: tuple[tuple[str, str], ...] = ()
    status: str = ""


def stream_of(command: Command) -> str:
    """The stream that a command writes to."""
    if isinstance(command, SetPartnerStatus):
        return f"party/{command.party}"
    name: str = getattr(command, "requirement_id", "")
    return f"requirement/{name}"


def evolve(state: Dossier, event: Statement) -> Dossier:
    """The dossier after an event; kinds of other areas change nothing but the version."""
    after = replace(state, version=state.version + 1)
    if event.kind == EditRequirement.kind:
        edits = {**dict(state.edits), str(event.body.get("field", "")): str(event.body.get("value", ""))}
        return replace(after, edits=tuple(sorted(edits.items())))
    if event.kind == SetPartnerStatus.kind:
        return replace(after, status=str(event.body.get("status", "")))
    return after


def dossier_of(events: Iterable[Statement]) -> Dossier:
    """A stream folded from its start."""
    return reduce(evolve, events, Dossier())


def decide(state: Dossier, command: Command) -> tuple[Draft, ...]:
    """The event that a command leads to.

    Raises ScenarioError for a word that is no choice, Refused for a command without a name, a reason or an end that it needs,
    for one that would end before it begins, and for one that changes nothing.
    """
    check_quantities(command)
    _refuse_silence(command)
    _JUDGES.get(command.kind, _nothing)(state, command)
    body = {
        field.name: plain(getattr(command, field.name)) for field in dataclasses.fields(command) if field.name not in _NOT_SAID
    }
    draft = Draft(
        event_id=command.command_id,
        stream=stream_of(command),
        kind=command.kind,
        body=body,
        occurred_utc=command.at_utc,
        by=command.by,
        expected_version=state.version,
    )
    return (draft,)


def _refuse_silence(command: Command) -> None:
    """Who, what and why are said in words; only an object may be left open."""
    for field in dataclasses.fields(command):
        value = getattr(command, field.name)
        if isinstance(value, str) and not value.strip() and field.name != "object":
            raise Refused(
                f"{command.kind} says no {field.name}", fix=f"give {field.metadata['doc']}", where=command.command_id
            )


def _refuse_past(command: Command, until_utc: datetime | None, what: str) -> None:
    if until_utc is not None and until_utc <= command.at_utc:
        told = f"{what} {format_utc(until_utc)} is not after the command's own instant {format_utc(command.at_utc)}"
        raise Refused(told, fix="give a later instant", where=command.command_id)


def _nothing(state: Dossier, command: Any) -> None:
    return None


def _judge_evidence(state: Dossier, command: AddEvidence) -> None:
    _refuse_past(command, command.valid_until_utc, "the evidence's end")


def _judge_waiver(state: Dossier, command: WaiveRequirement) -> None:
    _refuse_past(command, command.until_utc, "the waiver's end")


def _judge_edit(state: Dossier, command: EditRequirement) -> None:
    if dict(state.edits).get(command.field) == command.value:
        raise Refused(f"{command.field} says that already", fix="change nothing, or another field", where=command.command_id)


def _judge_partner(state: Dossier, command: SetPartnerStatus) -> None:
    _refuse_past(command, command.valid_until_utc, "the status's end")


def _judge_risk(state: Dossier, command: RegisterRisk) -> None:
    _refuse_past(command, command.review_utc, "the review")


_JUDGES: Mapping[str, Callable[[Dossier, Any], None]] = {
    AddEvidence.kind: _judge_evidence,
    WaiveRequirement.kind: _judge_waiver,
    EditRequirement.kind: _judge_edit,
    SetPartnerStatus.kind: _judge_partner,
    RegisterRisk.kind: _judge_risk,
    HoldDrill.kind: _nothing,
}
