"""What may be said of a party: complaints taken, answered and closed; surveys asked and answered; recognition given."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from supercargo.kernel import Refused
from supercargo.track.acts import Act, drafts_of, need, not_before
from supercargo.track.envelope import Draft, Recorded
from supercargo.track.parties import events as told

__all__ = [
    "AnswerComplaint",
    "AnswerSurvey",
    "AskSurvey",
    "CloseComplaint",
    "Complaint",
    "GiveRecognition",
    "OpenComplaint",
    "PartyCommand",
    "PartyState",
    "Survey",
    "decide_party",
    "evolve_party",
    "party_of",
]

LARGEST_SCALE = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenComplaint:
    """Take a customer's complaint about a mission, a line, or (empty) the service as a whole."""

    complaint: str
    text: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerComplaint:
    """Tell the customer what is done about it."""

    complaint: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseComplaint:
    """Close an answered complaint, as another person than the one who took it."""

    complaint: str
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSurvey:
    """Ask a customer how content it is, on a scale from 0 to `most`."""

    survey: str
    about: str = ""
    most: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSurvey:
    """Record the customer's answer."""

    survey: str
    score: float
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveRecognition:
    """Record an award, a certificate or a citation that the party gave, with its date and what shows it."""

    title: str
    given_utc: datetime
    evidence: str


PartyCommand = OpenComplaint | AnswerComplaint | CloseComplaint | AskSurvey | AnswerSurvey | GiveRecognition


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A complaint as it stands: opened, answered or closed."""

    complaint: str
    about: str
    text: str
    state: str
    opened_by: str
    opened_utc: datetime
    since_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A question to a customer; `score` is None until it is answered."""

    survey: str
    about: str
    most: float
    asked_utc: datetime
    score: float | None = None
    text: str = ""
    answered_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyState:
    """What was said of a party; `version` counts every event of its stream, those of other areas too."""

    party: str
    version: int = 0
    complaints: Mapping[str, Complaint] = field(default_factory=dict)
    surveys: Mapping[str, Survey] = field(default_factory=dict)
    recognitions: tuple[str, ...] = ()


def party_of(party: str, events: Iterable[Recorded]) -> PartyState:
    """The state after a stream's events."""
    state = PartyState(party=party)
    for event in events:
        state = evolve_party(state, event)
    return state


def evolve_party(state: PartyState, event: Recorded) -> PartyState:
    """The state after one more event; kinds of other areas change nothing but the version."""
    said, at = told.PARTY_KINDS.read(event), event.occurred_utc
    state = replace(state, version=event.version)
    match said:
        case told.ComplaintOpened(complaint=name, about=about, text=text):
            opened = Complaint(
                complaint=name, about=about, text=text, state="opened", opened_by=event.by, opened_utc=at, since_utc=at
            )
            return replace(state, complaints={**state.complaints, name: opened})
        case told.ComplaintAnswered(complaint=name) | told.ComplaintClosed(complaint=name):
            stage = "closed" if isinstance(said, told.ComplaintClosed) else "answered"
            moved = replace(state.complaints[name], state=stage, since_utc=at)
            return replace(state, complaints={**state.complaints, name: moved})
        case told.SurveyAsked(survey=name, about=about, most=most):
            asked = Survey(survey=name, about=about, most=most, asked_utc=at)
            return replace(state, surveys={**state.surveys, name: asked})
        case told.SurveyAnswered(survey=name, score=score, text=text):
            answered = replace(state.surveys[name], score=score, text=text, answered_utc=at)
            return replace(state, surveys={**state.surveys, name: answered})
        case told.RecognitionGiven(title=title):
            return replace(state, recognitions=(*state.recognitions, title))
    return state


def decide_party(state: PartyState, command: PartyCommand, act: Act) -> tuple[Draft, ...]:
    """A command on a party becomes a draft of its stream; complaints and surveys are the customer's own to see.

    Raises Refused with what is missing.
    """
    need(act.by, "the name of the person")
    where = f"party/{need(state.party, 'the name of the party')}"
    tenant = "" if isinstance(command, GiveRecognition) else state.party
    said = _said(state, command, act, where)
    return drafts_of(act, told.PARTY_KINDS, where, (said,), version=state.version, tenant=tenant)


def _said(state: PartyState, command: PartyCommand, act: Act, where: str) -> Any:
    match command:
        case OpenComplaint(complaint=name, about=about, text=text):
            name = need(name, "the name of the complaint", where=where)
            if name in state.complaints:
                raise Refused(f"complaint {name} is known already", fix="give the new one another name", where=where)
            return told.ComplaintOpened(complaint=name, about=about.strip(), text=need(text, "the complaint", where=where))
        case AnswerComplaint(complaint=name, answer=answer):
            one = _complaint(state, name, act, where)
            if one.state == "closed":
                raise Refused(f"complaint {name} is closed", fix="open a new one that names it", where=where)
            return told.ComplaintAnswered(complaint=name, answer=need(answer, "the answer", where=where))
        case CloseComplaint(complaint=name, finding=finding):
            one = _complaint(state, name, act, where)
            if one.state != "answered":
                fix = "answer it first" if one.state == "opened" else "open a new one that names it"
                raise Refused(f"complaint {name} is {one.state}", fix=fix, where=where)
            if one.opened_by == act.by:
                raise Refused(f"{act.by} took complaint {name}", fix="let another person close it", where=where)
            return told.ComplaintClosed(complaint=name, finding=need(finding, "what was found", where=where))
        case AskSurvey(survey=name, about=about, most=most):
            name = need(name, "the name of the survey", where=where)
            if name in state.surveys:
                raise Refused(f"survey {name} was asked already", fix="give the new one another name", where=where)
            if not (math.isfinite(most) and 0 < most <= LARGEST_SCALE):
                raise Refused(
                    f"a scale from 0 to {most:g} is none", fix=f"give more than 0, to {LARGEST_SCALE:g}", where=where
                )
            return told.SurveyAsked(survey=name, about=about.strip(), most=most)
        case AnswerSurvey():
            return _answer(state, command, act, where)
        case GiveRecognition(title=title, given_utc=given, evidence=evidence):
            title = need(title, "the title of the award or certificate", where=where)
            if title in state.recognitions:
                raise Refused(f"{title!r} by {state.party} is known already", fix="leave it; it counts once", where=where)
            if given > act.at_utc:
                raise Refused("it is to be given later than now", fix="record it when it was given", where=where)
            evidence = need(evidence, "the evidence of it", where=where)
            return told.RecognitionGiven(title=title, given_utc=given, evidence=evidence)


def _complaint(state: PartyState, name: str, act: Act, where: str) -> Complaint:
    one = state.complaints.get(name)
    if one is None:
        known = ", ".join(sorted(state.complaints)) or "none"
        raise Refused(f"no complaint is called {name!r}", fix=f"use one of: {known}", where=where)
    not_before(one.since_utc, f"complaint {name}", act, where)
    return one


def _answer(state: PartyState, command: AnswerSurvey, act: Act, where: str) -> told.SurveyAnswered:
    one = state.surveys.get(command.survey)
    if one is None:
        known = ", ".join(sorted(state.surveys)) or "none"
        raise Refused(f"no survey is called {command.survey!r}", fix=f"ask it first; asked are: {known}", where=where)
    if one.score is not None:
        raise Refused(f"survey {one.survey} is answered", fix="ask a new one", where=where)
    not_before(one.asked_utc, f"survey {one.survey}", act, where)
    if not (math.isfinite(command.score) and 0 <= command.score <= one.most):
        raise Refused(f"a score of {command.score:g} is off the scale", fix=f"give 0 to {one.most:g}", where=where)
    return told.SurveyAnswered(survey=one.survey, score=command.score, text=command.text)
