"""The use case of options: one event, several answers that differ in kind, ranked, each as a whole plan folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from supercargo.app.comparing import comparison_files
from supercargo.app.metering import FuseClock, Meter, StageWatch, unwatched
from supercargo.app.operations.offering import OPTIONS_FILE
from supercargo.app.replan_figures import AnswerFigures, TriedWay
from supercargo.app.replanning import Answer, ReplanAsked, Tell, answer_files, figures_of, judged, upset_of
from supercargo.app.use_cases import refusal_of
from supercargo.kernel import canonical_json, plain
from supercargo.measure.comparison import compare_plans
from supercargo.measure.kpis import measure_kpis
from supercargo.measure.replan_ranking import are_alike, rank_options
from supercargo.model import OperationsPlan, RankedOption
from supercargo.plan.replan import Tried, first_answer, way_answer
from supercargo.plan.replan_upset import Upset
from supercargo.plan.replan_ways import WAYS, NoWay, Way
from supercargo.referee import judge
from supercargo.report.options import render_options
from supercargo.store import write_rows
from supercargo.store.folders import write_whole

__all__ = ["MOST_OPTIONS", "Options", "options_folder"]

MOST_OPTIONS = 8
"""Most options that are written."""

OPTIONS_TABLE, OPTIONS_PAGE = "options.csv", "options.html"


@dataclass(frozen=True, slots=True)
class Options:
    """Options in order of rank with their plans, and the kinds of answer that gave none."""

    conflict: str
    rows: tuple[RankedOption, ...]
    answers: tuple[Answer, ...]
    tried: tuple[TriedWay, ...]
    first: AnswerFigures


def options_folder(asked: ReplanAsked, *, watch: StageWatch = unwatched, tell: Tell | None = None) -> Options:
    """Answer events in several ways, and write the best `asked.options` of those that differ, ranked, beneath one folder.

    Each is a whole plan folder `option-1` and so on; options.html, options.csv and options.json set them side by side, and
    compare/ holds the comparison with the old plan. Raises as `replan_folder` does; NoPlan where every option breaks promises.
    """
    meter, fuse = Meter(watch), FuseClock(asked.limit_s)
    upset = upset_of(asked, like=OPTIONS_FILE, meter=meter)
    first = judged(first_answer(upset, watch=meter, conflict=asked.conflict))
    first_s = meter.so_far()
    if tell is not None:
        tell(first)
    found, tried = _tried(upset, first, lambda way, known: judged(
        way_answer(upset, way, watch=meter, fuse=fuse, conflict=asked.conflict, tried=known)
    ))  # fmt: skip
    rows, answers, beyond = _ranked(found, asked.options, upset.struck - upset.flown.names)
    if answers[0].broken and not asked.partial:
        raise refusal_of(answers[0].plan, answers[0].broken, str(asked.folder))
    meter("writing", 0.0)
    options = Options(asked.conflict, rows, answers, (*tried, *beyond), figures_of(first))
    files = _files(upset.plan, options, {"first_answer": first_s}, meter)
    write_whole(asked.out, files, force=asked.force)
    return options


_HELD = Way(
    "keep",
    "keep every flight and line that is still lawful; the struck mission takes what is free",
    None,
    "keep",
    beside="keep every flight and line that is still lawful",
)


def _tried(
    upset: Upset, first: Answer, answer: Callable[[Way, Tried], Answer]
) -> tuple[list[tuple[Way, Answer]], tuple[TriedWay, ...]]:
    """Answers of all kinds that differ; of two that are alike the one that ranks first."""
    struck = upset.struck - upset.flown.names
    found: list[tuple[Way, Answer]] = [(_HELD, first)]
    left: list[TriedWay] = []
    known: Tried = {}
    for way in WAYS:
        try:
            made = answer(way, known)
        except NoWay as none:
            left.append(TriedWay(way.name, way.said_of(struck), str(none)))
            continue
        place = next((at for at, (_, other) in enumerate(found) if are_alike(other.plan, made.plan)), None)
        if place is None:
            found.append((way, made))
            continue
        twin, other = found[place]
        better = made.rank < other.rank or (twin is _HELD and made.rank == other.rank)
        (loser, lost), (winner, _) = ((twin, other), (way, made)) if better else ((way, made), (twin, other))
        found[place] = (way, made) if better else (twin, other)
        title = loser.said_of(struck, lost.disturbance.unflown)
        left.append(TriedWay(loser.name, title, f"it comes to what {winner.name!r} does, or nearly"))
    return found, tuple(left)


def _ranked(
    found: Sequence[tuple[Way, Answer]], most: int, struck: frozenset[str]
) -> tuple[tuple[RankedOption, ...], tuple[Answer, ...], tuple[TriedWay, ...]]:
    """The best options in order, and those that rank behind them."""
    titles = [way.said_of(struck, answer.disturbance.unflown) for way, answer in found]
    told = [(way.name, title, one.plan, one.disturbance) for (way, one), title in zip(found, titles, strict=True)]
    ranked = rank_options(told, [len(answer.broken) for _, answer in found], most=most)
    beyond = tuple(TriedWay(row.way, row.title, row.why) for _, row in ranked[most:])
    kept = ranked[:most]
    return tuple(row for _, row in kept), tuple(_clean(found[at][1]) for at, _ in kept), beyond


def _clean(answer: Answer) -> Answer:
    """Causes are told of plans that break a promise, and of no others."""
    return answer if answer.broken else replace(answer, plan=replace(answer.plan, causes=()))


def _files(old: OperationsPlan, options: Options, seconds: Mapping[str, Any], meter: Meter) -> dict[str, bytes]:
    """Every file beneath the folder of options."""
    files: dict[str, bytes] = {}
    for row, answer in zip(options.rows, options.answers, strict=True):
        _, own = answer_files(answer, seconds, meter)
        files |= {f"{row.option}/{name}": content for name, content in own.items()}
    before = replace(old, kpis=measure_kpis(old))
    plans = [("old", replace(before, violations=judge(before)))]
    plans += [(row.option, answer.plan) for row, answer in zip(options.rows, options.answers, strict=True)]
    comparison = compare_plans(tuple(plans))
    files |= {f"compare/{name}": content for name, content in comparison_files(comparison).items()}
    page = render_options(old, options.rows, tuple(one.disturbance for one in options.answers), _told(options), comparison)
    content = {"conflict": options.conflict, "options": plain(options.rows), "tried": plain(options.tried)}
    files |= {OPTIONS_PAGE: page.encode(), OPTIONS_TABLE: write_rows(options.rows, RankedOption)}
    files[OPTIONS_FILE] = canonical_json(content).encode()
    return files


def _told(options: Options) -> tuple[tuple[str, str], ...]:
    return tuple((one.title, one.why) for one in options.tried)
