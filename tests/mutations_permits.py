"""Ways to spoil what a plan may do: licences, agreements, permits and training that end too early or hold elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from supercargo.model import GateCheck, OperationsPlan, PlannedMission, ProgrammeTask
from tests.builders import FACT, a_licence, a_team
from tests.mutation_victims import Spoil, pick

__all__ = ["gate_later", "permit_elsewhere", "run_out", "training_lapsed", "withdrawn"]


def _scene(plan: OperationsPlan, **tables: Any) -> OperationsPlan:
    return replace(plan, scenario=replace(plan.scenario, **tables))


def _last(plan: OperationsPlan) -> PlannedMission:
    return pick(sorted(plan.missions, key=lambda mission: mission.launch_utc, reverse=True), "mission")


def run_out(kind: str) -> Spoil:
    """The licence ends an hour before the last lift-off."""

    def spoil(plan: OperationsPlan) -> OperationsPlan:
        return _scene(plan, licences=(a_licence(kind, to_utc=_last(plan).launch_utc - timedelta(hours=1)),))

    return spoil


def withdrawn(kind: str) -> Spoil:
    def spoil(plan: OperationsPlan) -> OperationsPlan:
        return _scene(plan, licences=(a_licence(kind, state="withdrawn"),))

    return spoil


def permit_elsewhere(plan: OperationsPlan) -> OperationsPlan:
    return _scene(plan, licences=(a_licence("export", sites=("Elsewhere",)),))


def training_lapsed(plan: OperationsPlan) -> OperationsPlan:
    """The team's training ends in the middle of the first unloading."""
    work = pick((row for row in plan.activities if row.kind == "unload" and row.end_utc > row.start_utc), "unloading")
    return _scene(plan, staff=(a_team("transfer", to_utc=work.start_utc + (work.end_utc - work.start_utc) / 2),))


def gate_later(plan: OperationsPlan) -> OperationsPlan:
    """The gate that every mission hangs on opens days after the first lift-off."""
    first = min(mission.launch_utc for mission in plan.missions)
    task = ProgrammeTask(
        task_id="build", phase="one", title="the service is built", first_month=1, last_month=24, duration_d=90.0,
        not_before_utc=first - timedelta(days=80), owner="director", **FACT,
    )  # fmt: skip
    gate = GateCheck(
        gate="launch", check="review", title="all is ready", kind="record", after=("build",), missions=("*",),
        owner="director", **FACT,
    )  # fmt: skip
    return _scene(plan, programme_tasks=(task,), programme_gates=(gate,))
