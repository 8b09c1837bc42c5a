"""A risk in operations: identified, assessed, mitigated or accepted by a named person, reviewed, drilled, closed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from supercargo.kernel import Fault, Refused, ScenarioError, format_utc, text
from supercargo.model import RISK_BASES, RISK_CLASSES, RISK_DRIVERS
from supercargo.track.acts import Act, drafts_of, need, not_before
from supercargo.track.envelope import Draft, Recorded
from supercargo.track.risks import events as told

__all__ = [
    "Accept",
    "Assess",
    "Close",
    "Drill",
    "Identify",
    "Mitigate",
    "Review",
    "RiskCommand",
    "RiskState",
    "decide_risk",
    "evolve_risk",
    "risk_of",
]

MOST_USD, MOST_D = 1e12, 4000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify:
    """Put a risk on the register."""

    risk_class: str = text(f"one of: {', '.join(RISK_CLASSES)}")
    title: str = text("what may happen, and to what")
    driver: str = text(f"what it hangs on: {', '.join(RISK_DRIVERS)}", default="judged")
    object: str = text("of what", default="")
    owner: str = text("role that answers for it")
    review_utc: datetime = text("to be looked at again by")
    security: bool = text("one of the security of the chain", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assess:
    """Say how likely and how bad it is."""

    probability: float = text("that it happens in the horizon, 0 to 1")
    impact_usd: float = text("what it costs if it happens")
    impact_d: float = text("days of delay if it happens", default=0.0)
    basis: str = text(f"what it rests on: {', '.join(RISK_BASES)}", default="assumption")
    samples_count: int = text("courses of the year drawn; 0: none", default=0)
    why: str = text("on what grounds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mitigate:
    """Say what is done about it, by whom and by when, and what is left then."""

    mitigation: str = text("what is done")
    owner: str = text("role that does it")
    due_utc: datetime = text("in place by")
    residual_probability: float = text("that it happens then, 0 to 1")
    residual_impact_usd: float = text("what it costs then")
    residual_impact_d: float = text("days of delay then", default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """Let the risk be, in one's own name, for a reason and for a time."""

    reason: str = text("why")
    until_utc: datetime = text("until when")


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Look at the risk again."""

    finding: str = text("what was found")
    review_utc: datetime = text("to be looked at again by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """Exercise the plan for the day on which it happens."""

    drill: str = text("what was exercised")
    finding: str = text("what was learned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Take the risk off the register."""

    reason: str = text("why")


RiskCommand = Identify | Assess | Mitigate | Accept | Review | Drill | Close


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskState:
    """A risk as it stands."""

    risk: str
    version: int
    risk_class: str
    title: str
    driver: str
    object: str
    owner: str
    security: bool
    identified_by: str
    identified_utc: datetime
    since_utc: datetime
    review_utc: datetime
    state: str = "open"
    probability: float | None = None
    impact_usd: float | None = None
    impact_d: float | None = None
    basis: str = ""
    samples_count: int = 0
    mitigation: str = ""
    due_utc: datetime | None = None
    residual_probability: float | None = None
    residual_impact_usd: float | None = None
    residual_impact_d: float | None = None
    accepted_by: str = ""
    accepted_until_utc: datetime | None = None
    why: str = ""
    drilled_utc: datetime | None = None


def risk_of(events: Iterable[Recorded]) -> RiskState | None:
    """The state after a stream's events; None for a risk that nobody has put on the register."""
    state: RiskState | None = None
    for event in events:
        state = evolve_risk(state, event)
    return state


def evolve_risk(state: RiskState | None, event: Recorded) -> RiskState | None:
    """The state after one more event."""
    said, at = told.RISK_KINDS.read(event), event.occurred_utc
    if isinstance(said, told.RiskIdentified):
        return RiskState(
            risk=said.risk,
            version=event.version,
            risk_class=said.risk_class,
            title=said.title,
            driver=said.driver,
            object=said.object,
            owner=said.owner,
            security=said.security,
            identified_by=event.by,
            identified_utc=at,
            since_utc=at,
            review_utc=said.review_utc,
        )
    if state is None:
        return None
    state = replace(state, version=event.version, since_utc=at)
    match said:
        case told.RiskAssessed():
            names = ("probability", "impact_usd", "impact_d", "basis", "samples_count", "why")
            return replace(state, **{name: getattr(said, name) for name in names})
        case told.RiskMitigated():
            names = ("mitigation", "owner", "due_utc", "residual_probability", "residual_impact_usd", "residual_impact_d")
            return replace(state, state="mitigating", **{name: getattr(said, name) for name in names})
        case told.RiskAccepted(reason=reason, until_utc=until):
            return replace(state, state="accepted", accepted_by=event.by, accepted_until_utc=until, why=reason)
        case told.RiskReviewed(finding=finding, review_utc=review):
            return replace(state, review_utc=review, why=finding)
        case told.RiskDrilled():
            return replace(state, drilled_utc=at)
        case told.RiskClosed(reason=reason):
            return replace(state, state="closed", why=reason)
    return state


def decide_risk(name: str, state: RiskState | None, command: RiskCommand, act: Act) -> tuple[Draft, ...]:
    """A command on a risk becomes a draft of its stream.

    Raises ScenarioError with every number and word that is not lawful, Refused with what is missing and for a command that
    the risk's state does not allow; nothing is stored then.
    """
    where = f"risk/{need(name, 'the name of the risk')}"
    if faults := sorted(_faults(where, command, act)):
        raise ScenarioError.of(faults, where=where)
    if isinstance(command, Identify):
        if state is not None and state.state != "closed":
            what = f"the risk is on the register since {format_utc(state.identified_utc)}, by {state.identified_by}"
            raise Refused(what, fix="review it, or give the new one another name", where=where)
        version = state.version if state else 0
        return drafts_of(act, told.RISK_KINDS, where, (_identified(name, command),), version=version)
    if state is None:
        raise Refused("no such risk is on the register", fix="identify it first, or give another name", where=where)
    if state.state == "closed":
        raise Refused("the risk is closed", fix="identify it anew if it can happen again", where=where)
    not_before(state.since_utc, "the risk", act, where)
    if isinstance(command, Accept) and state.probability is None:
        raise Refused("the risk has not been assessed", fix="assess it before somebody accepts it", where=where)
    return drafts_of(act, told.RISK_KINDS, where, (_said(command),), version=state.version)


def _identified(name: str, command: Identify) -> told.RiskIdentified:
    return told.RiskIdentified(
        risk=name,
        risk_class=command.risk_class,
        title=command.title.strip(),
        driver=command.driver,
        object=command.object.strip(),
        owner=command.owner.strip(),
        review_utc=command.review_utc,
        security=command.security,
    )


def _said(command: Assess | Mitigate | Accept | Review | Drill | Close) -> object:
    match command:
        case Assess():
            return told.RiskAssessed(
                probability=command.probability,
                impact_usd=command.impact_usd,
                impact_d=command.impact_d,
                basis=command.basis,
                samples_count=command.samples_count,
                why=command.why.strip(),
            )
        case Mitigate():
            return told.RiskMitigated(
                mitigation=command.mitigation.strip(),
                owner=command.owner.strip(),
                due_utc=command.due_utc,
                residual_probability=command.residual_probability,
                residual_impact_usd=command.residual_impact_usd,
                residual_impact_d=command.residual_impact_d,
            )
        case Accept(reason=reason, until_utc=until):
            return told.RiskAccepted(reason=reason.strip(), until_utc=until)
        case Review(finding=finding, review_utc=review):
            return told.RiskReviewed(finding=finding.strip(), review_utc=review)
        case Drill(drill=drill, finding=finding):
            return told.RiskDrilled(drill=drill.strip(), finding=finding.strip())
        case Close(reason=reason):
            return told.RiskClosed(reason=reason.strip())


_WORDS: dict[type, tuple[tuple[str, str], ...]] = {
    Identify: (("title", "what may happen"), ("owner", "the role that answers for it")),
    Assess: (("why", "the grounds of the assessment"),),
    Mitigate: (("mitigation", "what is done about it"), ("owner", "the role that does it")),
    Accept: (("reason", "the reason"),),
    Review: (("finding", "what was found"),),
    Drill: (("drill", "what was exercised"), ("finding", "what was learned")),
    Close: (("reason", "the reason"),),
}
_CHOICES = (("risk_class", RISK_CLASSES), ("driver", tuple(RISK_DRIVERS)), ("basis", RISK_BASES))
_RANGES = (
    ("probability", 1.0), ("residual_probability", 1.0), ("impact_usd", MOST_USD), ("residual_impact_usd", MOST_USD),
    ("impact_d", MOST_D), ("residual_impact_d", MOST_D), ("samples_count", 1e9),
)  # fmt: skip
_LATER = (("review_utc", "the next review"), ("until_utc", "the end of the acceptance"))


def _faults(where: str, command: RiskCommand, act: Act) -> Iterator[Fault]:
    """Every word, choice, number and date of a command that is not lawful."""
    if not act.by.strip():
        yield Fault(where, 0, "by", "the name of the person is missing", "say who does it")
    for name, what in _WORDS[type(command)]:
        if not getattr(command, name).strip():
            yield Fault(where, 0, name, f"{what} is missing", f"state {what}")
    for name, choices in _CHOICES:
        word = getattr(command, name, None)
        if word is not None and word not in choices:
            yield Fault(where, 0, name, f"{word!r} is not known", f"use one of: {', '.join(choices)}")
    for name, most in _RANGES:
        value = getattr(command, name, None)
        if value is not None and not (math.isfinite(value) and 0 <= value <= most):
            yield Fault(where, 0, name, f"{name} is {value:g}", f"give a number from 0 to {most:g}")
    for name, what in _LATER:
        instant = getattr(command, name, None)
        if instant is not None and instant <= act.at_utc:
            yield Fault(where, 0, name, f"{what} is not after {format_utc(act.at_utc)}", "give a later instant")
    if isinstance(command, Assess) and (command.basis == "simulation") != (command.samples_count > 0):
        what = f"basis {command.basis} goes with {command.samples_count} courses of the year"
        yield Fault(where, 0, "samples_count", what, "give the number of courses with basis simulation, and 0 with any other")
