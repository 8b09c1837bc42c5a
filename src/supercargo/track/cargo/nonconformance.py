"""Non-conformances: opened where a count, a mass, a seal or a thing is not as it should be, and closed by a second person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from supercargo.kernel import Refused, ScenarioError, check_quantities, format_utc, text
from supercargo.track.cargo.life import Thing
from supercargo.track.cargo.steps import CheckSeal, Counted, ReportDamage, ReportLoss, Step
from supercargo.track.envelope import Draft, Recorded

__all__ = [
    "DISPOSITIONS",
    "MASS_TOLERANCE_FRACTION",
    "MASS_TOLERANCE_KG",
    "NCR_STAGES",
    "Case",
    "CaseStep",
    "CloseCase",
    "Dispose",
    "OpenCase",
    "PlanAction",
    "case_of",
    "decide_case",
    "findings_of",
    "opened_by",
]

MASS_TOLERANCE_KG = 0.05
"""Two scales differ by so much without a fault, or by the fraction below if that is more. An assumption, not a standard."""
MASS_TOLERANCE_FRACTION = 0.005
DISPOSITIONS = ("use_as_is", "rework", "repair", "return_to_supplier", "scrap", "search")
NCR_STAGES = ("opened", "dispositioned", "corrective_action", "closed")

Finding = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """Something that somebody does about a non-conformance."""

    kind: ClassVar[str] = ""
    command_id: str = text("name of the event, made by who tells it")
    case_id: str = text("non-conformance")
    at_utc: datetime = text("when")
    by: str = text("person")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase(CaseStep):
    """Somebody finds something that is not as it should be."""

    kind: ClassVar[str] = "ncr_opened"
    about: str = text("thing: cargo/ITEM or container/ID")
    said: str = text("what is wrong")
    customer: str = text("whose cargo it is; empty: the company's own", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispose(CaseStep):
    """What is done with the thing."""

    kind: ClassVar[str] = "ncr_dispositioned"
    disposition: str = text("what is done with it", choices=DISPOSITIONS)
    said: str = text("why")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAction(CaseStep):
    """What is done that it does not come again, by whom and when; or why nothing is needed."""

    kind: ClassVar[str] = "ncr_action_set"
    action: str = text("corrective action, or why none is needed")
    owner: str = text("who does it")
    due_utc: datetime | None = text("by when", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCase(CaseStep):
    """A person who did not open it sees that all is done."""

    kind: ClassVar[str] = "ncr_closed"
    said: str = text("what shows that it is done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A non-conformance as it stands."""

    case_id: str
    stage: str = ""
    about: str = ""
    opened_by: str = ""
    tenant: str = ""
    version: int = 0


_LEADS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "ncr_opened": (("",), "opened"),
    "ncr_dispositioned": (("opened", "dispositioned", "corrective_action"), "dispositioned"),
    "ncr_action_set": (("dispositioned", "corrective_action"), "corrective_action"),
    "ncr_closed": (("corrective_action",), "closed"),
}


def case_of(case_id: str, events: Iterable[Recorded]) -> Case:
    """A non-conformance from its stream."""
    case = Case(case_id=case_id)
    for event in events:
        case = replace(case, stage=_LEADS[event.kind][1], version=event.version, tenant=event.tenant)
        if event.kind == "ncr_opened":
            case = replace(case, about=event.body["about"], opened_by=event.by)
    return case


def decide_case(case: Case, step: CaseStep) -> tuple[Draft, ...]:
    """What is written for a step of a non-conformance.

    Raises ScenarioError for a step out of form, Refused where the case is not so far or the opener wants to close it.
    """
    check_quantities(step)
    before, _ = _LEADS[step.kind]
    if case.stage not in before:
        lawful = ", ".join(kind for kind, (stages, _) in _LEADS.items() if case.stage in stages) or "nothing more"
        what = f"non-conformance {case.case_id} is {case.stage or 'not known'}, so it can't be {step.kind}"
        raise Refused(what, fix=f"lawful now: {lawful}", where=step.command_id)
    if step.kind == "ncr_closed" and step.by == case.opened_by:
        what = f"{step.by} opened non-conformance {case.case_id}"
        raise Refused(what, fix="let another person close it", where=step.command_id)
    body = {
        name: value for name in ("about", "said", "disposition", "action", "owner") if (value := getattr(step, name, "")) != ""
    }
    for name, value in body.items():
        if not str(value).strip():
            raise ScenarioError(f"{name} is blank", fix="say it in words", where=step.command_id)
    if isinstance(step, OpenCase):
        body |= {"cause": "told", "findings": []}
    if isinstance(step, PlanAction) and step.due_utc is not None:
        body["due_utc"] = format_utc(step.due_utc)
    tenant = step.customer if isinstance(step, OpenCase) else case.tenant
    return (
        Draft(
            event_id=step.command_id, stream=f"ncr/{case.case_id}", kind=step.kind, body=body, occurred_utc=step.at_utc,
            by=step.by, tenant=tenant, expected_version=case.version,
        ),
    )  # fmt: skip


def findings_of(step: Step, before: Thing) -> tuple[Finding, ...]:
    """What does not agree at a step: pieces or mass against what was known, a seal, damage, loss."""
    if isinstance(step, Counted) and before.sort == "item":
        return tuple(_miscounted(step, before))
    if isinstance(step, CheckSeal):
        on = ", ".join(before.seals)
        wrong = step.number not in before.seals or step.found != "intact" or step.seen not in ("", step.number)
        seen = f"{step.found} {step.seen}".strip()
        return ({"what": "seal", "expected": on or "none", "found": seen, "number": step.number},) if wrong else ()
    if isinstance(step, ReportDamage):
        return ({"what": "damage", "expected": "sound", "found": step.note or "damaged"},)
    if isinstance(step, ReportLoss):
        return ({"what": "loss", "expected": "at hand", "found": step.note or "lost"},)
    return ()


def _miscounted(step: Counted, before: Thing) -> Iterable[Finding]:
    if step.pieces is not None and step.pieces != before.pieces:
        yield {"what": "pieces", "expected": before.pieces, "found": float(step.pieces)}
    allowed_kg = max(MASS_TOLERANCE_KG, MASS_TOLERANCE_FRACTION * before.mass_kg)
    if step.mass_kg is not None and abs(step.mass_kg - before.mass_kg) > allowed_kg:
        yield {"what": "mass_kg", "expected": before.mass_kg, "found": float(step.mass_kg)}


def opened_by(step: Step, findings: tuple[Finding, ...], *, tenant: str) -> Draft:
    """The non-conformance that a step opens by itself; it is named by the step's event."""
    causes = sorted({str(finding["what"]) for finding in findings})
    return Draft(
        event_id=f"{step.command_id}/ncr",
        stream=f"ncr/{step.command_id}",
        kind="ncr_opened",
        body={
            "about": step.thing,
            "said": "; ".join(f"{one['what']}: expected {one['expected']}, found {one['found']}" for one in findings),
            "cause": ",".join(causes),
            "findings": [dict(finding) for finding in findings],
            "event_id": step.command_id,
        },
        occurred_utc=step.at_utc,
        by=step.by,
        tenant=tenant,
        expected_version=0,
    )
