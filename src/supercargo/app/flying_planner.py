"""The planner in the loop: what has happened becomes a new plan, judged, waived by name where it must be, and released."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from supercargo.app.board.shelf import Shelf
from supercargo.app.metering import StageWatch
from supercargo.app.operations.releasing import NEVER_WAIVED, ReleaseAsked, release_read
from supercargo.app.transfers import transfer_catalogue
from supercargo.kernel import NoPlan, digest_of_files
from supercargo.measure.kpis import measure_kpis
from supercargo.measure.risk_register import register_risks
from supercargo.measure.summary import summarise
from supercargo.model import Limits, OperationsPlan, Waiver
from supercargo.plan.ephemerides import ephemerides_of
from supercargo.plan.replan import replan_year
from supercargo.referee import judge
from supercargo.report.front import front_figures
from supercargo.report.page import render_report
from supercargo.simulate.flight_doings import Replan
from supercargo.store import digest_of_plan, read_plan, read_risks, scenario_files, write_plan
from supercargo.store.log import SqlStore
from supercargo.track.missions.release import REGISTER, register_of

__all__ = ["MOST_DROPPED", "LivePlanner", "hasty"]

MOST_DROPPED = 2
"""Missions that fly as the plan stands and that a new one may leave out; a schedule without more of them was cut short."""

_LONGEST_REASON = 400


class LivePlanner:
    """Plans anew and releases what comes out; `last` is the folder of the plan in force, None where it is the first one."""

    def __init__(self, by: str, store: SqlStore, shelf: Shelf, *, drafts: Path, watch: StageWatch) -> None:
        self._by, self._store, self._shelf, self._drafts, self._watch = by, store, shelf, drafts, watch
        self.last: Path | None = None

    def __call__(self, wanted: Replan) -> OperationsPlan | None:
        """The plan in force from now on; None where none could be made that can be released.

        One that an earlier run of the same year has released is taken from the shelf.
        """
        released = {said.digest for said, at in register_of(self._store.stream(REGISTER))[1:] if at == wanted.opened_utc}
        for digest in sorted(released):
            kept = self._shelf.plan(digest[:12])
            if kept is not None:
                self.last = kept.folder
                return kept.plan
        made = self._planned(wanted)
        if made is None:
            return None
        folder = self._drafts / f"plan-{wanted.number}"
        _write(made, folder)
        plan = read_plan(folder)
        if digest_of_plan(folder) not in released:
            release_read(plan, folder, self._store, ReleaseAsked(by=self._by, at_utc=wanted.opened_utc))
        self._shelf.keep(folder)
        self.last = folder
        return plan

    def _planned(self, wanted: Replan) -> OperationsPlan | None:
        """The rest of the year planned anew; what it breaks is waived by the planner, None where that can't be."""
        try:
            made = replan_year(
                _limited(wanted.plan, hasty(wanted.plan.scenario.settings.limits)),
                wanted.events,
                as_of_utc=wanted.opened_utc,
                watch=self._tell,
            ).plan
        except NoPlan:
            return None
        if len(_dropped(wanted, made)) > MOST_DROPPED:
            return None
        plan = _limited(made, wanted.plan.scenario.settings.limits)
        plan = replace(plan, scenario=replace(plan.scenario, digest=digest_of_files(scenario_files(plan.scenario))))
        plan = replace(plan, kpis=measure_kpis(plan), risks=register_risks(plan, read_risks(plan.scenario).risks))
        plan = replace(plan, violations=judge(plan), causes=())
        hard = {(one.rule, one.object) for one in plan.violations if one.hard}
        if any(rule in NEVER_WAIVED for rule, _ in hard):
            return None
        reason = f"after: {wanted.why}"[:_LONGEST_REASON]
        waivers = (
            Waiver(rule=rule, object=thing, name=self._by, reason=reason, at_utc=wanted.opened_utc)
            for rule, thing in sorted(hard)
        )
        return replace(plan, waivers=tuple(waivers))

    def _tell(self, stage: str, share: float) -> None:
        self._watch(f"planning anew: {stage}", -1.0)


def _dropped(wanted: Replan, made: OperationsPlan) -> tuple[str, ...]:
    """Missions that would have flown in the year by the plan as it stands, and would not by the new one."""
    end_utc = made.scenario.settings.end_utc
    due = (one for one in wanted.plan.missions if wanted.opened_utc < one.launch_utc < end_utc)
    return tuple(one.mission_id for one in due if one.mission_id not in made.mission_named)


def hasty(limits: Limits) -> Limits:
    """Limits of work for a plan that is wanted at once: more for the schedule, and a manifest within 2 % of its bound will do.

    After a loss the gap of a year's first plan may be out of reach, and the search for it takes minutes.
    """
    return replace(
        limits,
        schedule_work=max(limits.schedule_work, 24.0),
        manifest_gap=max(limits.manifest_gap, 0.02),
        manifest_nodes=min(limits.manifest_nodes, 300),
        stowage_rounds=min(limits.stowage_rounds, 2),
    )


def _limited(plan: OperationsPlan, limits: Limits) -> OperationsPlan:
    scenario = plan.scenario
    return replace(plan, scenario=replace(scenario, settings=replace(scenario.settings, limits=limits)))


def _write(plan: OperationsPlan, folder: Path) -> None:
    told = ephemerides_of(plan, transfer_catalogue())
    plan = replace(plan, untraced=told.untraced)
    summary = summarise(plan)
    pages: dict[str, Any] = {"report_html": render_report(plan, summary), "front": front_figures(plan, summary)}
    write_plan(plan, folder, run={}, ephemerides=told.messages, **pages, force=False)
