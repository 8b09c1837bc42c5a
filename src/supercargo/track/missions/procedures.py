"""Procedures signed step by step, and the log of incidents."""

from __future__ import annotations

from typing import Any

from supercargo.kernel import Refused, format_utc
from supercargo.track.acts import Act, need
from supercargo.track.missions import commands as asked
from supercargo.track.missions import events as told
from supercargo.track.missions.state import Incident, MissionState

__all__ = ["LOG_COMMANDS", "logged"]

LOG_COMMANDS = (asked.OpenProcedure, asked.SignStep, asked.OpenIncident, asked.UpdateIncident, asked.CloseIncident)
MOST_PEOPLE = 9


def _refuse(state: MissionState, what: str, fix: str) -> Refused:
    return Refused(what, fix=fix, where=f"mission/{state.mission_id}")


def logged(state: MissionState, command: Any, act: Act) -> Any:
    """What a command to procedures or incidents leads to. Raises Refused with what is missing."""
    match command:
        case asked.OpenProcedure():
            return _open(state, command)
        case asked.SignStep():
            return _sign(state, command, act)
        case asked.OpenIncident(incident=name, severity=severity, text=text):
            name = need(name, "the name of the incident")
            if any(one.incident == name for one in state.incidents):
                raise _refuse(state, f"incident {name} is open already", "update it, or give the new one another name")
            _lawful(state, severity, lowest=1)
            return told.IncidentOpened(incident=name, severity=severity, text=need(text, "what happened", where=name))
        case asked.UpdateIncident(incident=name, severity=severity, text=text):
            one = _open_incident(state, name, act)
            _lawful(state, severity, lowest=0)
            text = need(text, "what is known now", where=name)
            return told.IncidentUpdated(incident=name, severity=severity or one.severity, text=text)
        case asked.CloseIncident(incident=name, finding=finding):
            one = _open_incident(state, name, act)
            if one.opened_by == act.by:
                raise _refuse(state, f"{act.by} opened incident {name}", "let another person close it")
            return told.IncidentClosed(incident=name, finding=need(finding, "what was found", where=name))
    raise TypeError(f"{command!r} is no command to procedures or incidents")


def _open(state: MissionState, command: asked.OpenProcedure) -> told.ProcedureOpened:
    name = need(command.procedure, "the name of the procedure")
    if any(one.procedure == name for one in state.procedures):
        raise _refuse(state, f"procedure {name} is open already", "sign its steps, or give the new one another name")
    steps = [step.step for step in command.steps]
    if not steps or len(set(steps)) < len(steps) or not all(step.strip() for step in steps):
        raise _refuse(state, f"procedure {name} has no steps, or two of one name", "give each step a name of its own")
    if odd := [step.step for step in command.steps if not 1 <= step.people_count <= MOST_PEOPLE]:
        raise _refuse(state, f"step {odd[0]} is signed by nobody or by a crowd", f"ask for 1 to {MOST_PEOPLE} people")
    return told.ProcedureOpened(procedure=name, steps=command.steps)


def _sign(state: MissionState, command: asked.SignStep, act: Act) -> told.StepSigned:
    found = next((one for one in state.procedures if one.procedure == command.procedure), None)
    if found is None:
        known = ", ".join(one.procedure for one in state.procedures) or "none"
        raise _refuse(state, f"no procedure {command.procedure!r} is open", f"use one of: {known}")
    step = found.next_step
    if step is None:
        raise _refuse(state, f"every step of {found.procedure} is signed", "open another procedure")
    if step.step != command.step:
        raise _refuse(state, f"step {command.step!r} is not next in {found.procedure}", f"sign step {step.step!r} first")
    if act.by in found.signers(step.step):
        raise _refuse(state, f"{act.by} has signed step {step.step}", "let another person sign: it takes two")
    if found.signed and act.at_utc < found.signed[-1].at_utc:
        last = found.signed[-1]
        what = f"step {last.step} was signed at {format_utc(last.at_utc)}, this one is stated before that"
        raise _refuse(state, what, "state the instant at which it was done")
    evidence = need(command.evidence, "the evidence of the step", where=step.step)
    return told.StepSigned(procedure=found.procedure, step=step.step, evidence=evidence)


def _lawful(state: MissionState, severity: int, *, lowest: int) -> None:
    if not lowest <= severity <= 4:
        raise _refuse(state, f"severity {severity} is not known", "give 1 (gravest) to 4 (least)")


def _open_incident(state: MissionState, name: str, act: Act) -> Incident:
    one = next((one for one in state.incidents if one.incident == name), None)
    if one is None:
        known = ", ".join(one.incident for one in state.incidents if one.closed_utc is None) or "none"
        raise _refuse(state, f"no incident is called {name!r}", f"use one of: {known}")
    if one.closed_utc is not None:
        raise _refuse(state, f"incident {name} was closed by {one.closed_by}", "open a new one that names it")
    if act.at_utc < one.opened_utc:
        raise _refuse(state, f"incident {name} was opened at {format_utc(one.opened_utc)}", "state an instant after it")
    return one
