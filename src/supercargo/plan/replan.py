"""A plan that an event has upset, planned anew from there on: the table of contents of replanning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from supercargo.kernel import Fuse, Outcome, never
from supercargo.model import (
    Disturbance,
    Event,
    LaunchWindow,
    Manifest,
    OperationsPlan,
    Scenario,
    Schedule,
    StowagePlan,
)
from supercargo.plan.assembly import assemble_year
from supercargo.plan.manifest_promises import unkept_promises
from supercargo.plan.part_names import named_as_before
from supercargo.plan.pipeline import StageWatch, answer_of, share_of, stage_report, stowage_report, used_windows
from supercargo.plan.replan_changes import changes_of, disturbance_of
from supercargo.plan.replan_flown import old_manifest
from supercargo.plan.replan_loads import before_of, each_reason, hold_loads, reload
from supercargo.plan.replan_reasons import Reasons
from supercargo.plan.replan_schedule import Resettled, first_choice, settled_by
from supercargo.plan.replan_tables import edited_lines
from supercargo.plan.replan_upset import Upset, agreed, upset_by
from supercargo.plan.replan_ways import LEAST, Loading, NoWay, Way, settle_by

__all__ = ["Replanned", "Tried", "first_answer", "held_answer", "replan_year", "way_answer"]

Tried = dict[tuple[tuple[int, ...], Loading], str]
"""Names of ways by the flights that they chose and how they load."""


@dataclass(frozen=True)
class Replanned:
    """A new plan and how far it departs from the old one."""

    plan: OperationsPlan
    disturbance: Disturbance
    settled: Resettled


def replan_year(
    plan: OperationsPlan,
    events: Sequence[Event],
    *,
    as_of_utc: datetime | None = None,
    watch: StageWatch,
    fuse: Fuse = never,
) -> Replanned:
    """When a launch slips, the rest of the year is planned anew with the least disturbance that pays.

    What has lifted off by `as_of_utc` stays as it was. See docs/replan.md for what a departure from the old plan costs.

    Raises ScenarioError with every event that can't have happened to this plan, NoPlan where nothing can fly at all.
    """
    return way_answer(upset_by(plan, events, as_of_utc, watch), LEAST, watch=watch, fuse=fuse)


def first_answer(upset: Upset, *, watch: StageWatch, conflict: str = "") -> Replanned:
    """A first answer without a search: who can keep the old flight does, and cargo stays on its mission.

    Raises NoPlan where nothing can fly at all.
    """
    chosen = first_choice(upset.left, upset.priced, upset.old, upset.struck)
    settled = settled_by(upset.left, upset.priced, upset.old, chosen)
    return _answer(upset, settled, "keep", conflict, watch)


def way_answer(
    upset: Upset, way: Way, *, watch: StageWatch, fuse: Fuse = never, conflict: str = "", tried: Tried | None = None
) -> Replanned:
    """The cheapest answer of a kind; what was `tried` before, by choice of flights and loading, is written into.

    Raises NoWay where the events leave no room for that kind, or it flies and loads as another did; NoPlan where nothing can
    fly at all.
    """
    settled = settle_by(way, upset, watch=share_of(watch, "schedule"), fuse=fuse)
    if tried is not None:
        known = tried.setdefault((settled.chosen, way.loading), way.name)
        if known != way.name:
            raise NoWay(f"it comes to what {known!r} does")
    return _answer(upset, settled, way.loading, conflict, watch, fuse)


def held_answer(upset: Upset, made: Replanned, *, watch: StageWatch, conflict: str = "") -> Replanned:
    """The flights of another answer with cargo held to its missions: only those that fly otherwise are filled anew.

    Urgent lines take the room of what can best give way on the first missions that can carry them.
    """
    return _answer(upset, made.settled, "hold", conflict, watch)


def _answer(
    upset: Upset, settled: Resettled, loading: Loading, conflict: str, watch: StageWatch, fuse: Fuse = never
) -> Replanned:
    """A schedule that was settled is loaded, written out in full, and told apart from the old plan."""
    schedule = answer_of(settled.outcome, "schedule")
    scenario = agreed(upset.scenario, schedule)
    loaded, stowage = _loaded(upset, scenario, schedule, loading, watch, fuse)
    named = named_as_before(answer_of(loaded, "manifest"), old_manifest(upset.plan).loads)
    manifest = each_reason(scenario, schedule, named, upset.urgent, upset.flown)
    used = _windows_used(upset, scenario, schedule)
    new = assemble_year(scenario, schedule, manifest, stowage, windows=used, forecast=upset.forecast)
    reports = (stage_report("schedule", settled.outcome, fuse), stage_report("manifest", loaded, fuse))
    new = replace(
        new,
        stages=(*reports, stowage_report(stowage, new.manifest)),
        causes=unkept_promises(scenario, schedule, upset.needs, manifest),
        waivers=upset.plan.waivers,
    )
    reasons = Reasons(upset.scenario, upset.events, upset.old, settled)
    new = replace(new, changes=changes_of(upset.plan, new, upset.events, reasons, conflict=conflict))
    watch("assembly", 1.0)
    return Replanned(new, disturbance_of(upset.plan, new, upset.events, reasons), settled)


def _loaded(
    upset: Upset, scenario: Scenario, schedule: Schedule, loading: Loading, watch: StageWatch, fuse: Fuse
) -> tuple[Outcome[Manifest], StowagePlan]:
    """Cargo is held to its missions, sent ahead of the struck ones, or settled anew where that pays."""
    edited = edited_lines(upset.events)
    before = before_of(upset.plan, schedule, upset.flown, urgent=upset.urgent, edited=edited)
    part = share_of(watch, "manifest")
    if loading in ("keep", "hold"):
        searched = loading == "hold"
        return hold_loads(scenario, schedule, upset.needs_left, before, upset.old, searched=searched, watch=part)
    if loading == "split":
        before = replace(before, leave=upset.struck)
    return reload(scenario, schedule, upset.needs_left, before, upset.flown, watch=part, fuse=fuse)


def _windows_used(upset: Upset, scenario: Scenario, schedule: Schedule) -> tuple[LaunchWindow, ...]:
    """Windows with those of the new flights marked, and those that flown ones took as they were."""
    flown = upset.flown.names
    later = [flight for flight in schedule.flights if flight.mission_id not in flown]
    taken = [row for row in upset.plan.windows if row.used_by in flown]
    return used_windows(scenario, upset.windows, later, taken)
