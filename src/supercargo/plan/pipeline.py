"""The main job, from scenario to plan: the table of contents of this room."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from supercargo.kernel import Fuse, NoPlan, Outcome, Status, Watch, never, stream
from supercargo.model import (
    Flight,
    LaunchWindow,
    Manifest,
    ManifestRow,
    OperationsPlan,
    Scenario,
    Schedule,
    StageReport,
    StockNeed,
    StowagePlan,
)
from supercargo.plan.assembly import assemble_year
from supercargo.plan.demand import forecast_demand
from supercargo.plan.loading import load_first_come, load_missions
from supercargo.plan.manifest import lost_usd
from supercargo.plan.manifest_promises import unkept_promises
from supercargo.plan.needs import stock_needs
from supercargo.plan.schedule import priced_first_come, schedule_missions
from supercargo.plan.windows import find_windows, own_window, window_key, with_lift_offs

__all__ = [
    "BASELINE",
    "OPTIMISED",
    "Planner",
    "StageWatch",
    "answer_of",
    "plan_year",
    "share_of",
    "stage_report",
    "stowage_report",
    "used_windows",
]

StageWatch = Callable[[str, float], None]
"""Called with the stage's name and the share of it that is done."""


@dataclass(frozen=True)
class Planner:
    """The two stages in which planners differ: who flies when, and what flies with whom."""

    name: str
    schedule: Callable[[Scenario, tuple[LaunchWindow, ...], tuple[StockNeed, ...], Watch, Fuse], Outcome[Schedule]]
    load: Callable[[Scenario, Schedule, tuple[StockNeed, ...], Watch, Fuse], tuple[Outcome[Manifest], StowagePlan]]


def plan_year(scenario: Scenario, *, planner: Planner, watch: StageWatch, fuse: Fuse = never) -> OperationsPlan:
    """A year of cargo flights is planned in one pass, with one loop between manifest and stowage.

    Raises NoPlan where no mission at all can be scheduled. Promises that the plan does not keep are named in
    `OperationsPlan.causes`; the caller decides whether a partial plan is wanted. When the `fuse` blows, schedule and manifest
    stop with the best they have.
    """
    windows = find_windows(scenario, watch=share_of(watch, "windows"))
    forecast = forecast_demand(scenario, rng=stream(scenario.settings.seed, "demand"))
    needs = stock_needs(scenario, forecast)
    scheduled = planner.schedule(scenario, windows, needs, share_of(watch, "schedule"), fuse)
    schedule = answer_of(scheduled, "schedule")
    reports = [stage_report("schedule", scheduled, fuse)]
    loaded, stowage = planner.load(scenario, schedule, needs, share_of(watch, "manifest"), fuse)
    manifest = answer_of(loaded, "manifest")
    reports.append(stage_report("manifest", loaded, fuse))
    plan = assemble_year(
        scenario, schedule, manifest, stowage, windows=used_windows(scenario, windows, schedule.flights), forecast=forecast
    )
    plan = replace(
        plan,
        stages=(*reports, stowage_report(stowage, plan.manifest)),
        baseline=planner is BASELINE,
        causes=unkept_promises(scenario, schedule, needs, manifest),
    )
    watch("assembly", 1.0)
    return plan


def share_of(watch: StageWatch, stage: str) -> Watch:
    """A watch of one stage, which begins."""
    watch(stage, 0.0)
    return lambda share: watch(stage, share)


A = TypeVar("A", Schedule, Manifest)


def answer_of(outcome: Outcome[A], stage: str) -> A:
    """What a stage has found; raises NoPlan where that is nothing."""
    if outcome.best is None:
        raise NoPlan(
            f"the {stage} found no plan ({outcome.status})",
            fix="widen earliest_utc and latest_utc, add ports or tails, or raise limits.schedule_work in scenario.toml",
        )
    return outcome.best


def used_windows(
    scenario: Scenario, windows: tuple[LaunchWindow, ...], flights: Iterable[Flight], others: Iterable[LaunchWindow] = ()
) -> tuple[LaunchWindow, ...]:
    """The windows with each flight's marked, and one more for each flight with a lift-off of its own; `others` are marked."""
    named = {window_key(window): window for window in windows}
    used = list(others)
    for flight in flights:
        window = named[window_key(replace(flight, launch_utc=flight.window_utc or flight.launch_utc))]
        row = own_window(scenario, window, flight) if flight.window_utc else window
        used.append(replace(row, used_by=flight.mission_id))
    return with_lift_offs(windows, used)


def stage_report(stage: str, outcome: Outcome[Schedule] | Outcome[Manifest], fuse: Fuse) -> StageReport:
    """How well a stage did."""
    proven = math.isfinite(outcome.bound)
    return StageReport(
        stage=stage,
        status=outcome.status,
        objective=round(outcome.objective, 2),
        bound=round(outcome.bound, 2) if proven else None,
        gap=round(outcome.gap, 6) if proven else None,
        unit="USD",
        fuse_blown=fuse() <= 0.0,
    )


def stowage_report(stowage: StowagePlan, rows: tuple[ManifestRow, ...]) -> StageReport:
    """How many lines found no place in 3D."""
    refused = sum("in 3D" in row.reason for row in rows)
    return StageReport(
        stage="stowage",
        status=Status.FEASIBLE,
        objective=float(refused),
        bound=0.0,
        unit="lines",
        note=f"a heuristic: {len(stowage.placements)} pieces placed, {refused} lines left behind for want of room; "
        "no proof that they can't fit",
    )


def _optimised_schedule(
    scenario: Scenario, windows: tuple[LaunchWindow, ...], needs: tuple[StockNeed, ...], watch: Watch, fuse: Fuse
) -> Outcome[Schedule]:
    return schedule_missions(scenario, windows, needs, watch=watch, fuse=fuse)


def _optimised_load(
    scenario: Scenario, schedule: Schedule, needs: tuple[StockNeed, ...], watch: Watch, fuse: Fuse
) -> tuple[Outcome[Manifest], StowagePlan]:
    return load_missions(scenario, schedule, needs, watch=watch, fuse=fuse)


def _first_come_schedule(
    scenario: Scenario, windows: tuple[LaunchWindow, ...], needs: tuple[StockNeed, ...], watch: Watch, fuse: Fuse
) -> Outcome[Schedule]:
    outcome = priced_first_come(scenario, windows, needs)
    watch(1.0)
    return outcome


def _first_come_load(
    scenario: Scenario, schedule: Schedule, needs: tuple[StockNeed, ...], watch: Watch, fuse: Fuse
) -> tuple[Outcome[Manifest], StowagePlan]:
    manifest, stowage = load_first_come(scenario, schedule, watch=watch)
    objective = lost_usd(scenario, schedule, needs, manifest)
    return Outcome(Status.FEASIBLE, manifest, objective, -math.inf), stowage


OPTIMISED = Planner("optimised", _optimised_schedule, _optimised_load)
BASELINE = Planner("first come, first served", _first_come_schedule, _first_come_load)
