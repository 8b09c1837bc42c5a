"""The forms of a mission: gates, polls, procedures, clock, phases, incidents; each offers what is lawful now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from supercargo.app.board.lawful import Lawful
from supercargo.app.operations.typed import ActWords
from supercargo.faces.board.forms import Asking, Field, TypedWords, choices_of

__all__ = ["mission_forms", "mission_words"]

_SEVERITIES = (("1", "1 gravest"), ("2", "2"), ("3", "3"), ("4", "4 least"))
_CLOCK_WORDS = {"countdown": "Start the countdown", "hold": "Hold", "resume": "Resume", "recycle": "Recycle"}


def mission_forms(name: str, may: Lawful) -> dict[str, list[Asking]]:
    """The forms of each part of a mission's page."""
    action = f"/missions/{name}"
    return {
        "gates": list(_gates(action, may)),
        "poll": list(_poll(action, may)),
        "procedures": list(_procedures(action, may)),
        "flight": list(_flight(action, may)),
        "incidents": list(_incidents(action, may)),
    }


def _gates(action: str, may: Lawful) -> Iterator[Asking]:
    if may.gates:
        yield Asking(
            name="gate", action=f"{action}#gates", legend="A gate",
            buttons=(("gate-pass", "Pass"), ("gate-waive", "Waive"), ("gate-fail", "Not passed")),
            fields=(
                Field(name="name", label="Gate", kind="choice", choices=choices_of(may.gates)),
                Field(name="word", label="Evidence, reason or finding", needed=True),
            ),
        )  # fmt: skip


def _poll(action: str, may: Lawful) -> Iterator[Asking]:
    if may.asked:
        yield Asking(
            name="answer", action=f"{action}#poll", legend="Answer for one position",
            buttons=(("poll-go", "Go"), ("poll-no-go", "No-go"), ("poll-absent", "Absent")),
            fields=(
                Field(name="name", label="Position", kind="choice", choices=choices_of(may.asked)),
                Field(name="word", label="Reason (for all but go)"),
            ),
        )  # fmt: skip
    if may.on_ground:
        yield Asking(
            name="poll", action=f"{action}#poll", legend="Open a poll", buttons=(("poll-open", "Ask"),),
            fields=(Field(name="name", label="Positions, between semicolons", value="; ".join(may.positions)),),
        )  # fmt: skip


def _procedures(action: str, may: Lawful) -> Iterator[Asking]:
    for number, (procedure, steps) in enumerate(may.steps.items(), start=1):
        yield Asking(
            name=f"sign-{number}", action=f"{action}#procedures", legend=f"Sign in {procedure}", buttons=(("sign", "Sign"),),
            given=(("name", procedure),),
            fields=(
                Field(name="step", label="Step", kind="choice", choices=choices_of(steps)),
                Field(name="word", label="Evidence", needed=True),
            ),
        )  # fmt: skip
    yield Asking(
        name="procedure", action=f"{action}#procedures", legend="Open a procedure", buttons=(("procedure-open", "Open"),),
        fields=(
            Field(name="name", label="Procedure", needed=True),
            Field(name="lines", label="Steps, a line each: STEP | TEXT | PEOPLE", kind="words", needed=True),
        ),
    )  # fmt: skip


def _flight(action: str, may: Lawful) -> Iterator[Asking]:
    for word in may.clock:
        fields: tuple[Field, ...] = ()
        if word in ("countdown", "recycle"):
            fields = (Field(name="seconds", label="T-", unit="s", kind="number", needed=True),)
        if word in ("hold", "recycle"):
            fields = (*fields, Field(name="word", label="Reason", needed=True))
        yield Asking(
            name=word, action=f"{action}#flight", legend="Clock", buttons=((word, _CLOCK_WORDS[word]),), fields=fields
        )
    if may.may_launch:
        yield Asking(name="launch", action=f"{action}#flight", legend="Lift-off", buttons=(("launch", "It has lifted off"),))
    if may.phases:
        yield Asking(
            name="phase", action=f"{action}#flight", legend="Next phase", buttons=(("phase", "It is so"),),
            fields=(
                Field(name="name", label="Phase", kind="choice", choices=choices_of(may.phases)),
                Field(name="word", label="Evidence (needed for docking)"),
            ),
        )  # fmt: skip
    if may.on_ground:
        yield Asking(
            name="slip", action=f"{action}#flight", legend="Slip", buttons=(("slip", "Record the slip"),),
            given=(("seen", may.launch_utc),),
            fields=(
                Field(name="to", label="New lift-off", unit="UTC", kind="instant", needed=True),
                Field(name="word", label="Reason", needed=True),
            ),
        )  # fmt: skip


def _incidents(action: str, may: Lawful) -> Iterator[Asking]:
    if may.incidents:
        yield Asking(
            name="incident", action=f"{action}#incidents", legend="An open incident",
            buttons=(("incident-update", "Add"), ("incident-close", "Close it")),
            fields=(
                Field(name="name", label="Incident", kind="choice", choices=choices_of(may.incidents)),
                Field(name="severity", label="Severity", kind="choice", choices=(("0", "as it is"), *_SEVERITIES)),
                Field(name="word", label="What is known, or the finding", needed=True),
            ),
        )  # fmt: skip
    yield Asking(
        name="incident-new", action=f"{action}#incidents", legend="Something went wrong",
        buttons=(("incident-open", "Open an incident"),),
        fields=(
            Field(name="name", label="Incident", needed=True),
            Field(name="severity", label="Severity", kind="choice", value="3", choices=_SEVERITIES),
            Field(name="word", label="What happened", needed=True),
        ),
    )  # fmt: skip


def mission_words(typed: TypedWords, *, by: str, now_utc: datetime, command_id: str) -> ActWords:
    """What a form says, as it is typed to `act`. Raises ScenarioError for words out of form."""
    return ActWords(
        by=by, at=typed.instant("at"), now_utc=now_utc, command_id=command_id, name=typed["name"], word=typed["word"],
        to=typed.instant("to"), seconds=typed.number("seconds"), step=typed["step"], lines=typed["lines"],
        severity=typed.count("severity"), seen=typed["seen"],
    )  # fmt: skip
