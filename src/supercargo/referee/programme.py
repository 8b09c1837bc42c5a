"""The programme: nobody lifts off before the gate that the mission hangs on can be open, even by links alone.

A scenario without a programme of its own holds no mission back. Resources are not counted: the planner may only be later.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from supercargo.kernel import ScenarioError
from supercargo.model import After, GateCheck, ProgrammeTask, Scenario
from supercargo.referee.case import TIME_TOLERANCE_S, Case, span_s, stamp, when
from supercargo.referee.rule import Finding

__all__ = ["gate_open"]

_DAY_S = 86_400


def gate_open(case: Case) -> Iterator[Finding]:
    """A mission to come lifts off no earlier than each gate of the programme that it hangs on can be open, by links alone."""
    gates: dict[str, list[GateCheck]] = {}
    for check in case.scenario.programme_gates:
        gates.setdefault(check.gate, []).append(check)
    held = {name: {one for row in rows for one in row.missions} for name, rows in gates.items()}
    if not case.scenario.programme_tasks or not any(held.values()):
        return
    opens_s = _openings(case.scenario, gates)
    known_s = stamp(case.scenario.settings.as_of_utc)
    for name, voyage in case.voyages.items():
        for gate, missions in held.items():
            hangs = "*" in missions or name in missions
            if hangs and known_s <= voyage.launch_s < opens_s[gate] - TIME_TOLERANCE_S:
                words = f"mission {name} lifts off {when(voyage.launch_s)}, and gate {gate} of the programme can't be open"
                yield name, f"{words} before {when(opens_s[gate])}"


def _openings(scenario: Scenario, gates: Mapping[str, list[GateCheck]]) -> dict[str, int]:
    """Instant before which a gate can't be open [s]: whole days from the programme's first."""
    tasks = {task.task_id: task for task in scenario.programme_tasks}
    named = [stamp(one) for task in tasks.values() for one in (task.not_before_utc, task.actual_start_utc) if one is not None]
    known_s = stamp(scenario.settings.as_of_utc)
    zero_s = min(named, default=known_s) // _DAY_S * _DAY_S
    today = _days(known_s - zero_s)
    starts = {name: _first_day(task, zero_s, known_s) for name, task in tasks.items()}
    lengths = {name: _length(task, starts[name], zero_s, known_s) for name, task in tasks.items()}
    pinned = {name for name, task in tasks.items() if task.actual_start_utc and stamp(task.actual_start_utc) <= known_s}
    opens = {gate: _gate_day(rows, tasks, zero_s, known_s, today) for gate, rows in gates.items()}
    for _ in range(len(tasks) + len(gates) + 1):  # a circle never settles: so many rounds, then what they gave
        for gate, rows in gates.items():
            after = [one for row in rows for one in row.after if one in tasks]
            opens[gate] = max([opens[gate], *(starts[one] + lengths[one] for one in after)])
            for one in (one for row in rows for one in row.before if one in tasks and one not in pinned):
                starts[one] = max(starts[one], opens[gate])
        for name, task in tasks.items():
            if name not in pinned:
                starts[name] = max([starts[name], *_after(task, starts, lengths)])
    return {gate: zero_s + day * _DAY_S for gate, day in opens.items()}


def _days(seconds: int) -> int:
    return max(0, math.ceil(seconds / _DAY_S))


def _first_day(task: ProgrammeTask, zero_s: int, known_s: int) -> int:
    if task.actual_start_utc and stamp(task.actual_start_utc) <= known_s:
        return max(0, (stamp(task.actual_start_utc) - zero_s) // _DAY_S)
    wished = _days(stamp(task.not_before_utc) - zero_s) if task.not_before_utc else 0
    return max(wished, _days(known_s - zero_s))


def _length(task: ProgrammeTask, start: int, zero_s: int, known_s: int) -> int:
    """Days that a task takes; of one under way those that are over and the rest of its length."""
    begun_s = stamp(task.actual_start_utc) if task.actual_start_utc else None
    if begun_s is None or begun_s > known_s:
        return span_s(task.duration_d) // _DAY_S
    ended_s = stamp(task.actual_end_utc) if task.actual_end_utc else None
    if ended_s is not None and ended_s <= known_s:
        return max(0, _days(ended_s - zero_s) - start)
    done = task.done_fraction if ended_s is None else (known_s - begun_s) / max(1, ended_s - begun_s)
    left = max(1, math.ceil((1.0 - done) * task.duration_d - 1e-9))
    return max(_days(known_s - zero_s), start) - start + left


def _after(task: ProgrammeTask, starts: Mapping[str, int], lengths: Mapping[str, int]) -> Iterator[int]:
    """Days before which a task can't start, by each of its links that can be read."""
    for words in task.after:
        try:
            link = After.of(words)
        except ScenarioError:
            continue  # a link that can't be read binds nobody; the scenario's checks refuse it
        if link.task in starts:
            offsets = {"FS": lengths[link.task], "SS": 0, "FF": lengths[link.task] - lengths[task.task_id]}
            yield starts[link.task] + offsets[link.form] + link.lag_d


def _gate_day(rows: list[GateCheck], tasks: Mapping[str, ProgrammeTask], zero_s: int, known_s: int, today: int) -> int:
    """Day on which the last check on record was passed; a gate that is not open yet waits for the day the facts are known."""
    on_record = [stamp(row.passed_utc) for row in rows if row.passed_utc and stamp(row.passed_utc) <= known_s]
    after = [tasks[one] for row in rows for one in row.after if one in tasks]
    done = all(task.actual_end_utc and stamp(task.actual_end_utc) <= known_s for task in after)
    passed = max((_days(one - zero_s) for one in on_record), default=0)
    open_now = done and all(row.kind == "record" for row in rows) and len(on_record) == len(rows)
    return passed if open_now else max(passed, today)
