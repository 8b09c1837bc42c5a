"""The use case of replanning: a plan folder and events to another plan folder, a first answer on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from supercargo.app.event_words import instant_of, read_events
from supercargo.app.metering import FuseClock, Meter, StageWatch, unwatched
from supercargo.app.replan_figures import AnswerFigures
from supercargo.app.transfers import transfer_catalogue
from supercargo.app.use_cases import refusal_of
from supercargo.kernel import ScenarioError, digest_of_files, format_utc
from supercargo.measure.kpis import measure_kpis
from supercargo.measure.risk_register import register_risks
from supercargo.measure.summary import summarise
from supercargo.model import Disturbance, OperationsPlan, StageReport, Violation
from supercargo.plan.ephemerides import ephemerides_of
from supercargo.plan.replan import Replanned, first_answer, held_answer, way_answer
from supercargo.plan.replan_upset import Upset, upset_by
from supercargo.plan.replan_ways import LEAST
from supercargo.referee import judge, unwaived
from supercargo.report.front import front_figures
from supercargo.report.page import render_report
from supercargo.store import (
    PLAN_FILE,
    folder_files,
    old_calendar,
    read_plan,
    read_risks,
    refuse_existing,
    refuse_unwritable,
    refuse_within,
    scenario_files,
)
from supercargo.store.folders import write_whole

__all__ = [
    "Answer",
    "ReplanAsked",
    "ReplanDone",
    "Tell",
    "answer_files",
    "figures_of",
    "judged",
    "listed_first",
    "replan_folder",
    "upset_of",
]

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class ReplanAsked:
    """What a person asks of `replan`: the old plan, events in words, when they are known (empty: as early as can be).

    `conflict` names the one of the coordination log that the new plan is to resolve; `options` is how many answers are wanted,
    none: only the best.
    """

    folder: Path
    out: Path
    events: Sequence[str]
    as_of: str = ""
    limit_s: float | None = None
    partial: bool = False
    force: bool = False
    conflict: str = ""
    options: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A new plan as the referee has judged it, with how far it departs from the old one."""

    plan: OperationsPlan
    disturbance: Disturbance

    @property
    def broken(self) -> tuple[Violation, ...]:
        """Hard rules that it breaks and nobody has waived."""
        return tuple(found for found in unwaived(self.plan.violations, self.plan.waivers) if found.hard)

    @property
    def rank(self) -> tuple[int, float]:
        """Fewer hard rules broken come first, then the lower price [USD]."""
        return len(self.broken), self.disturbance.departure.total_usd


@dataclass(frozen=True, slots=True)
class ReplanDone:
    """The plan that was written, how far it departs from the old one, and the first and the last answer in figures."""

    plan: OperationsPlan
    disturbance: Disturbance
    first: AnswerFigures
    final: AnswerFigures


Tell = Callable[[Answer], None]
"""Told of the first answer as soon as it is found."""


def _untold(_: Answer) -> None:
    """Nobody is told."""


def replan_folder(asked: ReplanAsked, *, watch: StageWatch = unwatched, tell: Tell = _untold) -> ReplanDone:
    """Plan anew what an event has upset, into a plan folder, judged by the referee before it is written.

    A first answer is told as soon as it is found; the one that is written is never dearer. Their figures come with the plan.
    Raises ScenarioError for a faulty folder and for every fault of the events, Refused for an `out` that exists, and NoPlan,
    with the binding causes, where a promise can't be kept unless a partial plan is asked for.
    """
    meter, fuse = Meter(watch), FuseClock(asked.limit_s)
    upset = upset_of(asked, like=PLAN_FILE, meter=meter)
    first = judged(first_answer(upset, watch=_during("first answer", meter), conflict=asked.conflict))
    first_s = meter.so_far()
    tell(first)
    made = way_answer(upset, LEAST, watch=meter, fuse=fuse, conflict=asked.conflict)
    found = [judged(made)]
    if fuse() > 0.0:
        found.append(judged(held_answer(upset, made, watch=_during("cargo held", meter), conflict=asked.conflict)))
    meter("judging", 0.0)
    best = min(*found, listed_first(first, found[0]), key=lambda answer: answer.rank)
    if best.broken and not asked.partial:
        raise refusal_of(best.plan, best.broken, str(asked.folder))
    best = best if best.broken else replace(best, plan=replace(best.plan, causes=()))
    meter("writing", 0.0)
    plan, files = answer_files(best, {"first_answer": first_s}, meter, replaced=asked.out if asked.force else None)
    write_whole(asked.out, files, force=asked.force)
    return ReplanDone(plan, best.disturbance, figures_of(first), figures_of(best))


def upset_of(asked: ReplanAsked, *, like: str, meter: Meter) -> Upset:
    """The old plan and its events, read and held against each other, once it is sure that there is room for the answer.

    Raises as `replan_folder` does; `like` is a file that tells an earlier output from other people's folders.
    """
    refuse_within(asked.out, asked.folder, fix="choose another folder for --out")
    refuse_existing(asked.out, force=asked.force, like=[like])
    refuse_unwritable(asked.out)
    if like == PLAN_FILE:
        old_calendar(asked.out)
    _refuse_name(asked.conflict)
    old = read_plan(asked.folder)
    return upset_by(old, read_events(old, asked.events), _as_of(old, asked.as_of), meter)


def _refuse_name(conflict: str) -> None:
    if conflict and (len(conflict) > LONGEST_NAME or not conflict.isprintable() or conflict != conflict.strip()):
        what = f"{conflict[:40]!r} is no name of a conflict"
        raise ScenarioError(what, fix="give the name that `supercargo conflict` shows", where="--conflict")


def _during(stage: str, watch: StageWatch) -> StageWatch:
    """What is done on the way to a first answer counts as one stage."""
    return lambda _, share: watch(stage, share)


def judged(made: Replanned) -> Answer:
    """An answer with its KPIs and what the referee finds in it."""
    scenario = made.plan.scenario
    plan = replace(made.plan, scenario=replace(scenario, digest=digest_of_files(scenario_files(scenario))))
    plan = replace(plan, kpis=measure_kpis(plan), risks=register_risks(plan, read_risks(plan.scenario).risks))
    return Answer(replace(plan, violations=judge(plan)), made.disturbance)


def listed_first(first: Answer, found: Answer) -> Answer:
    """The first answer with the bound of the schedule that the search has proven for all."""
    (schedule, *others), proven = first.plan.stages, found.plan.stages[0].bound
    if proven is None or schedule.objective is None:
        return first
    gap = (schedule.objective - proven) / max(abs(schedule.objective), 1e-9)
    bounded = replace(schedule, bound=proven, gap=round(max(0.0, gap), 6))
    return replace(first, plan=replace(first.plan, stages=(bounded, *others)))


def figures_of(answer: Answer) -> AnswerFigures:
    """An answer in figures that are the same on every run."""
    stages: dict[str, StageReport] = {stage.stage: stage for stage in answer.plan.stages}
    schedule, manifest = stages["schedule"], stages["manifest"]
    return {
        "price_usd": answer.disturbance.departure.total_usd,
        "departure": answer.disturbance.departure,
        "hard_count": len(answer.broken),
        "moved_count": len(answer.disturbance.moved),
        "schedule_usd": schedule.objective,
        "schedule_bound_usd": schedule.bound,
        "manifest_usd": manifest.objective,
        "manifest_bound_usd": manifest.bound,
    }


def answer_files(
    answer: Answer, seconds: Mapping[str, Any], meter: Meter, *, replaced: Path | None = None
) -> tuple[OperationsPlan, dict[str, bytes]]:
    """The plan as it is written, and every file of its folder; `seconds` are added to run.json.

    A calendar in the folder that is `replaced` is continued.
    """
    told = ephemerides_of(answer.plan, transfer_catalogue())
    plan = replace(answer.plan, untraced=told.untraced)
    summary = summarise(plan)
    files = folder_files(
        plan,
        run={**meter.run(), **seconds},
        report_html=render_report(plan, summary, answer.disturbance),
        ephemerides=told.messages,
        front=front_figures(plan, summary),
        replaced=old_calendar(replaced) if replaced else None,
    )
    return plan, files


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
