"""The programme: tasks wait for tasks that stand there and need no more than there is; what is on record can have been."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from supercargo.kernel import Fault, ScenarioError
from supercargo.model import After, GateCheck, Need, ProgrammeTask
from supercargo.store.sheets import Sheets

__all__ = ["PROGRAMME_CHECKS"]

_TASKS, _RESOURCES, _GATES = "programme_tasks", "programme_resources", "programme_gates"
_DOCUMENT = re.compile(r"D(1[0-5]|[1-9])", re.ASCII)
_KPI = re.compile(r"K(1[0-6]|[1-9])", re.ASCII)


def _unknown(sheets: Sheets, at: tuple[str, int, str], word: str, known: Iterable[str]) -> Fault:
    attribute, row, field = at
    names = sorted(known)
    close = difflib.get_close_matches(word[:80], names, n=1, cutoff=0.5)
    fix = f"did you mean {close[0]!r}?" if close else f"use one of: {', '.join(names)[:200]}"
    if not names:
        file = "programme_resources.csv" if field == "needs" else "programme_tasks.csv"
        fix = f"add a row for it to {file}, or leave it out"
    return sheets.fault(attribute, row, field, f"{word[:60]!r} stands nowhere in the programme", fix)


def _links(sheets: Sheets) -> Iterator[Fault]:
    """A task waits for tasks that there are."""
    known = sheets.tables[_TASKS].key_words
    for row, task in sheets.rows(_TASKS):
        for words in task.after:
            try:
                link = After.of(words)
            except ScenarioError as error:
                yield sheets.fault(_TASKS, row, "after", error.what, error.fix)
                continue
            if not sheets.knows(_TASKS, link.task):
                yield _unknown(sheets, (_TASKS, row, "after"), link.task, known)
    for row, check in sheets.rows(_GATES):
        for field in ("after", "before"):
            for name in getattr(check, field):
                if not sheets.knows(_TASKS, name):
                    yield _unknown(sheets, (_GATES, row, field), name, known)


def _needs(sheets: Sheets) -> Iterator[Fault]:
    """A task needs resources that there are, and no more of them than there is."""
    room: Mapping[str, int] = {one.resource: one.capacity_count for one in sheets.records(_RESOURCES)}
    for row, task in sheets.rows(_TASKS):
        asked: dict[str, int] = {}
        for words in task.needs:
            try:
                need = Need.of(words)
            except ScenarioError as error:
                yield sheets.fault(_TASKS, row, "needs", error.what, error.fix)
                continue
            if not sheets.knows(_RESOURCES, need.resource):
                yield _unknown(sheets, (_TASKS, row, "needs"), need.resource, room)
            asked[need.resource] = asked.get(need.resource, 0) + need.units_count
        for name, units in asked.items():
            if name in room and units > room[name]:
                what = f"it needs {units} of {name}, of which there are {room[name]}"
                yield sheets.fault(_TASKS, row, "needs", what, "lower the units or raise capacity_count")


def _dates(sheets: Sheets) -> Iterator[Fault]:
    """Lengths are whole days, months run forward, and progress on record can have happened."""
    for row, task in sheets.rows(_TASKS):
        for field, what, fix in _faults_of_task(task):
            yield sheets.fault(_TASKS, row, field, what, fix)
    held = {name for check in sheets.records(_GATES) for name in check.before}
    for row, task in sheets.rows(_TASKS):
        free = not task.after and task.task_id not in held
        if free and task.not_before_utc is None and task.actual_start_utc is None:
            what = "it waits for nothing, and nobody says when it may begin"
            yield sheets.fault(_TASKS, row, "not_before_utc", what, "give an instant, or a task that it comes after")


def _faults_of_task(task: ProgrammeTask) -> Iterator[tuple[str, str, str]]:
    if task.duration_d != int(task.duration_d):
        yield "duration_d", f"{task.duration_d:g} d is no number of whole days", "round it"
    if task.last_month < task.first_month:
        yield "last_month", f"month {task.last_month} comes before month {task.first_month}", "set it to first_month or later"
    start, end, done = task.actual_start_utc, task.actual_end_utc, task.done_fraction
    if end is not None and (start is None or end < start):
        yield "actual_end_utc", "it ended before it was begun", "set actual_start_utc to an earlier instant"
    if (done == 1.0) != (end is not None):
        what = "it is done, and nobody says when" if end is None else f"it has ended with {done:g} of it done"
        yield "done_fraction", what, "give actual_end_utc and 1, or neither"
    elif done > 0.0 and start is None and end is None:
        yield (
            "actual_start_utc",
            f"{done:g} of it is done, and it was never begun",
            "give actual_start_utc, or set done_fraction to 0",
        )


def _circles(sheets: Sheets) -> Iterator[Fault]:
    """No task waits for itself, be it through others or through a gate."""
    if not sheets.sound(_TASKS, _GATES):
        return
    waits: dict[str, set[str]] = {task.task_id: set() for task in sheets.records(_TASKS)}
    for task in sheets.records(_TASKS):
        for words in task.after:
            try:
                waits[task.task_id].add(After.of(words).task)
            except ScenarioError:
                return  # told by another check
    gates: dict[str, list[GateCheck]] = {}
    for check in sheets.records(_GATES):
        gates.setdefault(check.gate, []).append(check)
    for checks in gates.values():
        for name in {name for check in checks for name in check.before} & waits.keys():
            waits[name] |= {before for check in checks for before in check.after}
    free: set[str] = set()
    while ready := {name for name in waits.keys() - free if waits[name] & waits.keys() <= free}:
        free |= ready
    for row, task in sheets.rows(_TASKS):
        if task.task_id not in free:
            what = "it waits for itself, through what it comes after, or for tasks that do"
            yield sheets.fault(_TASKS, row, "after", what, "take one link of the circle away")


def _checks(sheets: Sheets) -> Iterator[Fault]:
    """A computed check names what is computed; a recorded one has both day and proof."""
    for row, check in sheets.rows(_GATES):
        for field, what, fix in _faults_of_check(check):
            yield sheets.fault(_GATES, row, field, what, fix)
        for name in check.missions:
            if name != "*" and not sheets.knows("missions", name):
                missions = sheets.tables["missions"].key_words
                yield _unknown(sheets, (_GATES, row, "missions"), name, ["*", *missions])


def _faults_of_check(check: GateCheck) -> Iterator[tuple[str, str, str]]:
    if check.kind == "kpi" and not _KPI.fullmatch(check.object):
        yield "object", f"{check.object[:40]!r} is no KPI", "give K1 to K16"
    if check.kind == "document" and not _DOCUMENT.fullmatch(check.object):
        yield "object", f"{check.object[:40]!r} is no document", "give D1 to D15"
    if check.kind in ("record", "no-violation") and check.object:
        yield "object", f"a check of kind {check.kind} asks nothing by name", "empty it"
    if check.kind != "record" and (check.passed_utc or check.proof):
        field = "passed_utc" if check.passed_utc else "proof"
        yield field, f"a check of kind {check.kind} is computed, not recorded", "empty it, or set kind to record"
    if check.kind == "record" and (check.passed_utc is None) == bool(check.proof.strip()):
        field = "proof" if check.passed_utc else "passed_utc"
        yield field, "a check is passed on a day and with a proof", f"give {field}, or neither"


def _alone(sheets: Sheets) -> Iterator[Fault]:
    """Gates and resources of no task would be the template's with other tasks."""
    if sheets.tables[_TASKS].whole and not sheets.tables[_TASKS].key_words:
        for attribute, field in ((_RESOURCES, "resource"), (_GATES, "gate")):
            for row, _ in list(sheets.rows(attribute))[:1]:
                what = "it stands without a programme: programme_tasks.csv is missing, or has a header and no tasks"
                fix = "put the programme's tasks into programme_tasks.csv, one a row, or take this file away"
                yield sheets.fault(attribute, row, field, what, fix)


PROGRAMME_CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (_links, _needs, _dates, _circles, _checks, _alone)
"""Checks of the programme's files."""
