"""The use case of replanning: a plan folder and events to another plan folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from supercargo.app.event_words import instant_of, read_events
from supercargo.app.metering import FuseClock, Meter, StageWatch, unwatched
from supercargo.app.transfers import transfer_catalogue
from supercargo.app.use_cases import refusal_of
from supercargo.kernel import ScenarioError, digest_of_files, format_utc
from supercargo.measure.kpis import measure_kpis
from supercargo.measure.risk_register import register_risks
from supercargo.measure.summary import summarise
from supercargo.model import Disturbance, OperationsPlan
from supercargo.plan.ephemerides import ephemerides_of
from supercargo.plan.replan import replan_year
from supercargo.referee import judge, unwaived
from supercargo.report.front import front_figures
from supercargo.report.page import render_report
from supercargo.store import (
    PLAN_FILE,
    old_calendar,
    read_plan,
    read_risks,
    refuse_existing,
    refuse_unwritable,
    refuse_within,
    scenario_files,
    write_plan,
)

__all__ = ["ReplanAsked", "replan_folder"]


@dataclass(frozen=True, slots=True)
class ReplanAsked:
    """What a person asks of `replan`: the old plan, events in words, when they are known (empty: as early as can be)."""

    folder: Path
    out: Path
    events: Sequence[str]
    as_of: str = ""
    limit_s: float | None = None
    partial: bool = False
    force: bool = False


def replan_folder(asked: ReplanAsked, *, watch: StageWatch = unwatched) -> tuple[OperationsPlan, Disturbance]:
    """Plan anew what an event has upset, into a plan folder, judged by the referee before it is written.

    Raises ScenarioError for a faulty folder and for every fault of the events, Refused for an `out` that exists, and NoPlan,
    with the binding causes, where a promise can't be kept unless a partial plan is asked for.
    """
    refuse_within(asked.out, asked.folder, fix="choose another folder for --out")
    refuse_existing(asked.out, force=asked.force, like=[PLAN_FILE])
    refuse_unwritable(asked.out)
    old_calendar(asked.out)
    meter, fuse = Meter(watch), FuseClock(asked.limit_s)
    old = read_plan(asked.folder)
    events = read_events(old, asked.events)
    as_of_utc = _as_of(old, asked.as_of)
    made = replan_year(old, events, as_of_utc=as_of_utc, watch=meter, fuse=fuse)
    scenario = made.plan.scenario
    plan = replace(made.plan, scenario=replace(scenario, digest=digest_of_files(scenario_files(scenario))))
    meter("judging", 0.0)
    plan = replace(plan, kpis=measure_kpis(plan), risks=register_risks(plan, read_risks(scenario).risks))
    plan = replace(plan, violations=judge(plan))
    broken = tuple(found for found in unwaived(plan.violations, plan.waivers) if found.hard)
    if not broken:
        plan = replace(plan, causes=())
    elif not asked.partial:
        raise refusal_of(plan, broken, str(asked.folder))
    meter("writing", 0.0)
    told = ephemerides_of(plan, transfer_catalogue())
    plan = replace(plan, untraced=told.untraced)
    summary = summarise(plan)
    page = render_report(plan, summary, made.disturbance)
    pages: dict[str, Any] = {"report_html": page, "front": front_figures(plan, summary)}
    write_plan(plan, asked.out, run=meter.run(), ephemerides=told.messages, **pages, force=asked.force)
    return plan, made.disturbance


def _as_of(old: OperationsPlan, written: str) -> datetime | None:
    """The instant at which the events are known, within what is left to plan; None where none is given."""
    if not written:
        return None
    settings = old.scenario.settings
    try:
        at = instant_of(written)
    except ValueError:
        fix = "give a UTC day or instant, as 2027-03-01 or 2027-03-01T12:00:00Z"
        raise ScenarioError(f"{written[:40]!r} is no instant", fix=fix, where="--as-of") from None
    if not settings.as_of_utc <= at < settings.end_utc:
        first, last = format_utc(settings.as_of_utc), format_utc(settings.end_utc)
        what = f"{format_utc(at)} lies outside {first}, to which the plan knows its facts, and {last}, the end of its year"
        raise ScenarioError(what, fix="give an instant between them", where="--as-of")
    return at
