"""Complaints, surveys and recognition as tables, made from the log alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from supercargo.kernel import format_utc
from supercargo.track.envelope import Recorded
from supercargo.track.event_store import View
from supercargo.track.parties import events as told
from supercargo.track.views import Projection, ViewTable

__all__ = ["PARTIES", "PARTY_TABLES"]

COMPLAINTS = ViewTable(
    name="complaints",
    key=("customer", "complaint"),
    columns=("about", "text", "state", "opened_utc", "opened_by", "answer", "finding", "closed_utc", "closed_by", "position"),
    indexed=("customer", "state"),
)
SURVEYS = ViewTable(
    name="surveys",
    key=("customer", "survey"),
    columns=("about", "most", "score", "text", "state", "asked_utc", "answered_utc", "position"),
    indexed=("customer", "state"),
)
RECOGNITIONS = ViewTable(
    name="recognitions",
    key=("party", "title"),
    columns=("given_utc", "evidence", "recorded_by", "position", "state"),
    indexed=("party", "state"),
)

PARTY_TABLES: Mapping[str, tuple[str, ...]] = {
    COMPLAINTS.name: ("opened", "answered", "closed"),
    SURVEYS.name: ("asked", "answered"),
    RECOGNITIONS.name: ("given",),
}
"""The tables, each with the states by which its rows are sought."""


def _project(event: Recorded, view: View) -> None:
    said = told.PARTY_KINDS.read(event)
    if said is None:
        return
    party, at = event.stream.partition("/")[2], format_utc(event.occurred_utc)
    match said:
        case told.ComplaintOpened(complaint=name, about=about, text=text):
            row: dict[str, Any] = dict.fromkeys((*COMPLAINTS.key, *COMPLAINTS.columns), "")
            row |= {"customer": party, "complaint": name, "about": about, "text": text, "state": "opened"}
            row |= {"opened_utc": at, "opened_by": event.by, "position": event.position}
            view.put(COMPLAINTS.name, (party, name), row)
        case told.ComplaintAnswered(complaint=name, answer=answer):
            _more(view, COMPLAINTS.name, (party, name), state="answered", answer=answer)
        case told.ComplaintClosed(complaint=name, finding=finding):
            closed = {"finding": finding, "closed_utc": at, "closed_by": event.by}
            _more(view, COMPLAINTS.name, (party, name), state="closed", **closed)
        case told.SurveyAsked(survey=name, about=about, most=most):
            row = {
                "customer": party,
                "survey": name,
                "about": about,
                "most": most,
                "score": None,
                "text": "",
                "state": "asked",
            }
            view.put(SURVEYS.name, (party, name), {**row, "asked_utc": at, "answered_utc": "", "position": event.position})
        case told.SurveyAnswered(survey=name, score=score, text=text):
            words = {"score": score, "text": text, "answered_utc": at, "position": event.position}
            _more(view, SURVEYS.name, (party, name), state="answered", **words)
        case told.RecognitionGiven(title=title, given_utc=given, evidence=evidence):
            row = {"party": party, "title": title, "given_utc": format_utc(given), "evidence": evidence, "state": "given"}
            row |= {"recorded_by": event.by, "position": event.position}
            view.put(RECOGNITIONS.name, (party, title), row)


def _more(view: View, table: str, key: tuple[str, ...], **words: Any) -> None:
    row = view.get(table, key)
    if row is not None:
        view.put(table, key, {**row, **words})


PARTIES = Projection(name="parties", tables=(COMPLAINTS, SURVEYS, RECOGNITIONS), project=_project)
"""What customers said, and what others recognised."""
