"""Ways to spoil what a plan may do: licences, agreements, permits and training that end too early or hold elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from supercargo.model import OperationsPlan, PlannedMission
from tests.builders import a_licence, a_team
from tests.mutation_victims import Spoil, pick

__all__ = ["permit_elsewhere", "run_out", "training_lapsed", "withdrawn"]


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
