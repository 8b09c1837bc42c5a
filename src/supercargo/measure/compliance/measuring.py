"""The visible table of checks, and requirements held against facts: met, unmet, no evidence or waived."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from supercargo.kernel import Fault, ScenarioError, parse_utc, text
from supercargo.measure.compliance import providers, scor, security, station
from supercargo.measure.compliance.due import ANCHORS, due_utc, lawful_due
from supercargo.measure.compliance.seeing import Check, Facts, Finder, Given, Seen
from supercargo.model import Requirement

__all__ = ["CHECKS", "STATES", "Compliance", "Review", "measure_compliance"]

STATES = ("unmet", "no evidence", "waived", "met")
"""States of a requirement for an object, the worst first."""

_NONE: Mapping[str, float | str | None] = MappingProxyType({})
_SCOR: Mapping[str, float | str | None] = {"processes": "plan,source,make,deliver,return,enable", "edition": "SCOR 12"}


def _check(name: str, reads: str, find: Finder, parameters: Mapping[str, float | str | None] = _NONE) -> Check:
    return Check(name=name, reads=reads, find=find, parameters=parameters)


CHECKS: Mapping[str, Check] = {
    check.name: check
    for check in (
        _check("stock-reserve", "plan", station.stock_reserve, {"class": None}),
        _check("stock-critical", "plan", station.stock_critical, {"class": None}),
        _check("stock-days", "plan", station.stock_days, {"class": None, "days": 45.0}),
        _check("skip-cycle", "plan", station.skip_cycle, {"class": None, "days": 45.0}),
        _check("trash-planned", "plan", station.trash_planned, {"percent": 100.0}),
        _check("licensed", "plan", station.licensed, {"kind": None}),
        _check("crew-trained", "plan", station.crew_trained),
        _check("milestone-docked", "plan", providers.milestone_docked),
        _check("milestone-shown", "operations", providers.milestone_shown),
        _check("gate-passed", "operations", providers.gate_passed, {"gate": None}),
        _check("provider-on-time", "plan", providers.provider_on_time, {"percent": 95.0}),
        _check("provider-lost", "plan", providers.provider_lost, {"percent": 0.0}),
        _check("provider-slips", "operations", providers.provider_slips, {"days": 30.0}),
        _check("custody-whole", "operations", security.custody_whole),
        _check("seals-whole", "operations", security.seals_whole),
        _check("partners-known", "operations", security.partners_known),
        _check("risks-kept", "operations", security.risks_kept, {"least": 1.0}),
        _check("drills-held", "operations", security.drills_held, {"days": 365.0}),
        _check("cases-closed", "operations", security.cases_closed, {"days": 30.0}),
        _check("evidence-given", "operations", security.evidence_given),
        _check("cost-process", "plan", scor.cost_process, _SCOR),
        _check("lost-days-process", "plan", scor.lost_days_process, _SCOR),
    )
}
"""Every check by its name; a requirement names one of them."""

_MISSING = {"plan": "a plan: give the plan folder", "operations": "the record of operations: give --store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """One requirement for one object: whether it is met, what shows it or what is missing, by when and who answers for it."""

    requirement_id: str = text("requirement")
    framework: str = text("pack it belongs to")
    clause: str = text("what is asked for")
    object: str = text("of what; empty: the whole")
    state: str = text("whether it is met", choices=STATES)
    words: str = text("what was found, or what is missing")
    proof: str = text("what shows that it is met")
    due_utc: datetime | None = text("by when; empty: what it counts from is not known", default=None)
    overdue: bool = text("not met, and the date is past")
    owner: str = text("role that answers for it")
    waived_by: str = text("who waives it", default="")
    waiver_reason: str = text("why", default="")
    waived_until_utc: datetime | None = text("until when", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A review of compliance: of what, as it stood when, and its rows."""

    of: str
    as_of_utc: datetime
    rows: tuple[Compliance, ...]

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Packs reviewed, in order of name."""
        return tuple(sorted({row.framework for row in self.rows}))

    def of_framework(self, framework: str) -> tuple[Compliance, ...]:
        """Rows of one pack, the unmet first."""
        return tuple(row for row in self.rows if row.framework == framework)

    def counts(self, framework: str = "") -> dict[str, int]:
        """How many rows are in each state, of one pack or of all."""
        rows = self.of_framework(framework) if framework else self.rows
        return {state: sum(row.state == state for row in rows) for state in STATES}


def measure_compliance(requirements: Iterable[Requirement], facts: Facts) -> tuple[Compliance, ...]:
    """Each requirement for each object it holds for, by framework and requirement, the unmet first.

    Edits in the log change the requirements first. Raises ScenarioError with every requirement that names an unknown check,
    parameter or date.
    """
    asked = [_edited(one, facts) for one in sorted(requirements, key=lambda one: (one.framework, one.requirement_id))]
    faults = [fault for one in asked for fault in _faults(one)]
    if faults:
        raise ScenarioError.of(faults, where="requirements")
    rows = [row for one in asked for row in _rows(one, facts)]
    return tuple(sorted(rows, key=lambda row: (row.framework, STATES.index(row.state), row.requirement_id, row.object)))


def _edited(one: Requirement, facts: Facts) -> Requirement:
    for row in sorted(facts.listed("comply_edits"), key=lambda row: (row["at_utc"], row["event_id"])):
        if row["requirement_id"] == one.requirement_id:
            old, told = getattr(one, row["field"], None), str(row["value"])
            value = tuple(word.strip() for word in told.split(";") if word.strip()) if isinstance(old, tuple) else told
            changes: dict[str, Any] = {row["field"]: value} if old is not None else {}
            one = replace(one, **changes)
    return one


def _given(one: Requirement) -> dict[str, str]:
    return {name.strip(): value.strip() for name, _, value in (word.partition("=") for word in one.parameters)}


def _faults(one: Requirement) -> Iterator[Fault]:
    def fault(column: str, what: str, fix: str) -> Fault:
        return Fault("requirements.csv", 0, column, f"{one.requirement_id}: {what}", fix)

    if not lawful_due(one.due):
        yield fault("due", f"{one.due!r} is no date", f"use one of {', '.join(ANCHORS)}, with days such as end-30d")
    check = CHECKS.get(one.check)
    if check is None:
        yield fault("check", f"{one.check!r} is no check", f"use one of: {', '.join(sorted(CHECKS))}")
        return
    given = _given(one)
    for name in sorted(set(given) - set(check.parameters)):
        takes = ", ".join(check.parameters) or "none"
        yield fault("parameters", f"{check.name} takes no parameter {name!r}", f"it takes: {takes}")
    for name, default in check.parameters.items():
        if default is None and not given.get(name):
            yield fault("parameters", f"{check.name} needs the parameter {name}", f"add {name}=VALUE")
        elif isinstance(default, float) and name in given and not _is_number(given[name]):
            yield fault("parameters", f"{name}={given[name]} is no number of 0 or more", f"write {name}={default:g}")


def _is_number(word: str) -> bool:
    return word.isascii() and word.replace(".", "", 1).isdigit() and float(word) < 1e6


def _rows(one: Requirement, facts: Facts) -> Iterator[Compliance]:
    check = CHECKS[one.check]
    words = {name: str(default) for name, default in check.parameters.items() if default is not None} | _given(one)
    there = facts.plan is not None if check.reads == "plan" else facts.view is not None
    seen: Sequence[Seen] = (Seen(object="", met=None, words=f"missing: {_MISSING[check.reads]}"),)
    if there:
        seen = [one_seen for one_seen in check.find(facts, Given(one.requirement_id, words)) if _applies(one, one_seen)]
        seen = seen or (Seen(object="", met=None, words=f"nothing found of {', '.join(one.applies_to)}"),)
    due = due_utc(one.due, facts)
    for found in seen:
        found = _shown(one, found, facts)
        state = {True: "met", False: "unmet", None: "no evidence"}[found.met]
        row = Compliance(
            requirement_id=one.requirement_id,
            framework=one.framework,
            clause=one.clause,
            object=found.object,
            state=state,
            words=found.words,
            proof=one.proof,
            due_utc=due,
            overdue=not found.met and due is not None and due < facts.as_of_utc,
            owner=one.owner,
        )
        yield row if found.met else _waived(one, row, facts)


def _applies(one: Requirement, found: Seen) -> bool:
    """An object is named whole, or by its first part: ISS stands for ISS/water."""
    return not one.applies_to or found.object in one.applies_to or found.object.partition("/")[0] in one.applies_to


def _shown(one: Requirement, found: Seen, facts: Facts) -> Seen:
    """Where nothing is known, evidence that somebody has added counts; it does not outweigh what was found to be amiss."""
    if found.met is not None:
        return found
    for row in facts.listed("comply_evidence"):
        mine = row["requirement_id"] == one.requirement_id and row["object"] in ("", found.object)
        if mine and (not row["valid_until_utc"] or parse_utc(row["valid_until_utc"]) >= facts.as_of_utc):
            return Seen(object=found.object, met=True, words=f"{row['reference']}, added by {row['by']} on {row['at_utc']}")
    return found


def _waivers(one: Requirement, found: Compliance, facts: Facts) -> Iterator[tuple[str, str, datetime]]:
    """Who waives a requirement for an object, why and until when."""
    if one.waived_by and one.waiver_reason and one.waived_until_utc:
        yield one.waived_by, one.waiver_reason, one.waived_until_utc
    for row in facts.listed("comply_waivers"):
        if row["requirement_id"] == one.requirement_id and row["object"] in ("", found.object):
            yield row["by"], row["reason"], parse_utc(row["until_utc"])


def _waived(one: Requirement, found: Compliance, facts: Facts) -> Compliance:
    waivers = sorted(_waivers(one, found, facts), key=lambda waiver: waiver[2])
    if not waivers:
        return found
    by, reason, until = waivers[-1]
    told = replace(found, waived_by=by, waiver_reason=reason, waived_until_utc=until)
    if until >= facts.as_of_utc:
        return dataclasses.replace(told, state="waived", overdue=False)
    return dataclasses.replace(told, words=f"{found.words}; the waiver has run out")
