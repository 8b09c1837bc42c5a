"""What a new plan changes, in words: who moves, who pays, what stands in the way of the old one."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from supercargo.app.answers import ReplanAnswer
from supercargo.app.replan_options import Options, options_folder
from supercargo.app.replanning import Answer, ReplanAsked, ReplanDone, figures_of, replan_folder
from supercargo.faces.commands import VIOLATIONS_FOUND, answering, print_json, tell
from supercargo.faces.memory import seldom_collected
from supercargo.faces.progress import REPLAN_SHARES, Progress
from supercargo.faces.words import count, printable
from supercargo.kernel import format_utc
from supercargo.model import DEPARTURE_PARTS, Change, Disturbance, OperationsPlan, RankedOption

__all__ = ["options", "options_lines", "replan", "replan_lines"]

_MOST_LISTED = 8
_PERIOD = ("earliest_utc", "latest_utc")


def replan(asked: ReplanAsked, *, as_json: bool) -> None:
    """Plan anew, write it, and tell what changes; exit 3 if the new plan breaks a promise or a hard rule."""
    began = time.monotonic()
    with answering(as_json=as_json), seldom_collected(), Progress(shares=REPLAN_SHARES) as watch:
        done = replan_folder(asked, watch=watch, tell=lambda first: _tell_first(first, time.monotonic() - began))
    made, disturbance = done.plan, done.disturbance
    report = asked.out / "report.html"
    if as_json:
        print_json(_answer(made, done, (asked.out, report), None, asked.conflict))
    else:
        lines = [*replan_lines(made, disturbance), ("Answers", _answers(done)), ("Report", [str(report)])]
        tell("".join(f"{line}\n" for line in _set_out(lines)))
    if made.causes or any(violation.hard for violation in made.violations):
        raise SystemExit(VIOLATIONS_FOUND)


def _answer(
    plan: OperationsPlan, done: ReplanDone, places: tuple[Path, Path], made: Options | None, conflict: str
) -> ReplanAnswer:
    """The answer as one object; `places` are the plan's folder and the page to read first."""
    return {
        "folder": str(places[0]),
        "report": str(places[1]),
        "disturbance": done.disturbance,
        "first": done.first,
        "final": done.final,
        "moved_percent": round(done.disturbance.moved_percent, 2),
        "changes": list(plan.changes),
        "causes": list(plan.causes),
        "violations": list(plan.violations),
        "stages": list(plan.stages),
        "conflict": conflict,
        "options": list(made.rows) if made else [],
        "tried": list(made.tried) if made else [],
    }


def options(asked: ReplanAsked, *, as_json: bool) -> None:
    """Answer in several ways, write them, and tell how they rank; exit 3 if the first in rank breaks a hard rule."""
    began = time.monotonic()
    with answering(as_json=as_json), seldom_collected(), Progress() as watch:
        made = options_folder(asked, watch=watch, tell=lambda first: _tell_first(first, time.monotonic() - began))
    page = asked.out / "options.html"
    if as_json:
        best = made.answers[0]
        done = ReplanDone(best.plan, best.disturbance, made.first, figures_of(best))
        print_json(_answer(best.plan, done, (asked.out / made.rows[0].option, page), made, asked.conflict))
    else:
        lines = [*options_lines(made), ("Page", [str(page)])]
        tell("".join(f"{line}\n" for line in _set_out(lines)))
    if made.rows[0].hard_count:
        raise SystemExit(VIOLATIONS_FOUND)


def options_lines(made: Options) -> list[tuple[str, list[str]]]:
    """Subjects, each with its lines: events, each option with its price and why it ranks there, and what gave none."""
    told = made.answers[0].disturbance
    told_of = zip(made.rows, made.answers, strict=True)
    rows = [(row.option.capitalize(), _option(row, answer.disturbance)) for row, answer in told_of]
    tried = [f"{one.way}: {one.title}: {one.why}" for one in made.tried]
    head = f"known {format_utc(told.as_of_utc)}; {count(told.flown_count, 'mission')} flown before"
    return [("Events", [*told.events, head]), *rows, *([("Not shown", tried)] if tried else [])]


def _option(row: RankedOption, told: Disturbance) -> list[str]:
    law = f"{count(row.hard_count, 'hard rule')} broken" if row.hard_count else "no hard rule broken"
    parts = ", ".join(f"{words} {getattr(row, part):,.0f}" for part, words in DEPARTURE_PARTS.items() if getattr(row, part))
    moves = f"{count(row.moved_count, 'other mission')} moved, {count(row.consent_count, 'customer')} to ask"
    lines = f"{row.lines_moved_count} lines on other missions, {row.lines_left_count} left behind, {row.lines_late_count} late"
    return [
        *_some(list(told.unflown_why)),
        f"{row.way}: {row.title}",
        f"  {row.price_usd:,.0f} USD ({parts}); {law}",
        f"  {moves}; {lines}",
        f"  {row.why}",
    ]


def _tell_first(first: Answer, seconds: float) -> None:
    """The first lawful answer, on standard error as soon as it is found."""
    told, hard = first.disturbance, len(first.broken)
    law = f"breaks {count(hard, 'hard rule')}" if hard else "breaks no hard rule"
    price = f"{told.departure.total_usd:,.0f} USD of departure from the old plan"
    grounded = f"{count(len(told.unflown), 'mission')} no longer flown ({', '.join(told.unflown)}), " if told.unflown else ""
    moves = f"{grounded}{count(len(told.struck), 'mission')} struck, {len(told.moved)} others move"
    sys.stderr.write(f"first answer after {seconds:.1f} s: {price}, {moves}, {law}; looking for a better one\n")
    sys.stderr.flush()


def _answers(done: ReplanDone) -> list[str]:
    first, final = done.first, done.final
    rows = [f"  {DEPARTURE_PARTS[part]:<22} {getattr(final['departure'], part):>16,.0f} USD" for part in DEPARTURE_PARTS]
    head = f"{final['price_usd']:,.0f} USD of departure from the old plan; the first answer was {first['price_usd']:,.0f} USD"
    return [head, *rows]


def _set_out(subjects: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    return [printable(f"{title if i == 0 else '':<12} {line}") for title, lines in subjects for i, line in enumerate(lines)]


def replan_lines(plan: OperationsPlan, told: Disturbance) -> list[tuple[str, list[str]]]:
    """Subjects, each with its lines."""
    hard = sum(violation.hard for violation in plan.violations)
    return [
        ("Events", [*told.events, f"known {format_utc(told.as_of_utc)}; {count(told.flown_count, 'mission')} flown before"]),
        *([("Not flown", _some(list(told.unflown_why)))] if told.unflown else []),
        ("Missions", _missions(plan, told)),
        ("In the way", _some(list(told.conflicts)) or ["nothing"]),
        *([("Urgent", _some(list(told.placed)))] if told.placed else []),
        ("Cargo", _cargo(told)),
        (
            "On time",
            [f"{_percent(told.on_time_before_percent)} of lines up before, {_percent(told.on_time_after_percent)} now"],
        ),
        ("Money", _money(told)),
        ("Promises", [*plan.causes] or ["all kept"]),
        ("Referee", [f"{count(hard, 'hard rule')} broken" if hard else "no hard rule is broken"]),
        ("Solvers", [f"{stage.stage}: {stage.status}" for stage in plan.stages]),
    ]


def _missions(plan: OperationsPlan, told: Disturbance) -> list[str]:
    names = {name: [row for row in plan.changes if row.object == name] for name in sorted({*told.struck, *told.moved})}
    head = f"{len(told.struck)} struck by the event, {len(told.moved)} others of {told.later_count} yet to fly move"
    lines = [f"{head} ({told.moved_percent:.0f} %)"]
    lines += _some([f"  {name}: {_change(rows)}" for name, rows in names.items()])
    lines += [f"  {name} leaves its contracted period: its customer has to agree" for name in told.consents]
    return [*lines, told.why_more] if told.why_more else lines


def _change(rows: Sequence[Change]) -> str:
    told = [f"{row.field} {row.before or 'none'} -> {row.after or 'none'}" for row in rows if row.field not in _PERIOD]
    return ", ".join(told) or "stays as it was"


def _cargo(told: Disturbance) -> list[str]:
    moved, left, gained = (count(n, "line") for n in (told.lines_moved_count, told.lines_left_count, told.lines_gained_count))
    return [f"{moved} on other missions, {left} left behind, {gained} that stayed behind now fly"]


def _money(told: Disturbance) -> list[str]:
    word = "loses" if told.cost_usd >= 0 else "gains"
    lines = [f"the service {word} {abs(told.cost_usd):,.0f} USD of margin; by customer:"] if told.customers_usd else []
    rows = [f"  {customer:<20} {usd:>14,.0f} USD" for customer, usd in told.customers_usd]
    return [*lines, *_some(rows)] or ["nothing is lost or gained"]


def _some(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_LISTED
    return lines if more <= 0 else [*lines[:_MOST_LISTED], f"  and {more} more, see changes.csv"]


def _percent(value: float | None) -> str:
    return "no evidence" if value is None else f"{value:.1f} %"
