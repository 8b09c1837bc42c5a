"""The mission board and what hangs on it, made from the log: gates with their due instants, polls, steps, incidents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from supercargo.kernel import plain
from supercargo.track.bodies import noun_of, word_of
from supercargo.track.envelope import Recorded
from supercargo.track.event_store import View
from supercargo.track.missions.events import MISSION_KINDS
from supercargo.track.missions.state import MissionState, evolve
from supercargo.track.views import Projection, ViewTable

__all__ = ["MISSIONS", "board_rows"]

STATES = ViewTable(name="mission_states", key=("mission_id",), columns=("state",))
BOARD = ViewTable(
    name="missions",
    key=("mission_id",),
    columns=(
        "plan",
        "destination",
        "port",
        "vehicle_id",
        "vehicle_type",
        "pad",
        "facility_id",
        "customer",
        "phase",
        "since_utc",
        "planned_utc",
        "launch_utc",
        "launched_utc",
        "closes_utc",
        "docked_utc",
        "end_utc",
        "slips_count",
        "next_gate",
        "next_gate_due_utc",
        "gates_done_count",
        "gates_count",
        "poll",
        "countdown",
        "t_zero_utc",
        "t_minus_s",
        "open_incidents_count",
        "worst_open_severity",
    ),
    indexed=("phase", "destination", "vehicle_id"),
)
GATES = ViewTable(
    name="gates",
    key=("mission_id", "gate"),
    columns=("before_launch_d", "due_utc", "owner", "proof", "state", "by", "at_utc", "said"),
    indexed=("mission_id", "state", "owner"),
)
POLLS = ViewTable(
    name="polls",
    key=("mission_id", "number", "position"),
    columns=("launch_utc", "void", "answer", "by", "at_utc", "reason"),
    indexed=("mission_id",),
)
STEPS = ViewTable(
    name="procedure_steps",
    key=("mission_id", "procedure", "number"),
    columns=("step", "text", "people_count", "signed_by", "signed_utc", "evidence", "state"),
    indexed=("mission_id", "state"),
)
INCIDENTS = ViewTable(
    name="incidents",
    key=("mission_id", "incident"),
    columns=("severity", "text", "notes", "opened_by", "opened_utc", "closed_by", "closed_utc", "state"),
    indexed=("mission_id", "state"),
)

_Rows = dict[tuple[str, tuple[str, ...]], dict[str, Any]]


def _project(event: Recorded, view: View) -> None:
    if MISSION_KINDS.read(event) is None:
        return
    key = (event.stream.partition("/")[2],)
    held = view.get(STATES.name, key)
    before: MissionState | None = noun_of(MissionState, held["state"]) if held else None
    after = evolve(before, event)
    if after is None:
        return
    old, new = board_rows(before), board_rows(after)
    for table, row_key in old.keys() - new.keys():
        view.drop(table, row_key)
    for (table, row_key), row in new.items():
        if old.get((table, row_key)) != row:
            view.put(table, row_key, row)
    view.put(STATES.name, key, {"mission_id": key[0], "state": plain(after)})


def board_rows(state: MissionState | None) -> _Rows:
    """Every row that tells of a mission, by table and key."""
    if state is None:
        return {}
    found: _Rows = {(BOARD.name, (state.mission_id,)): _board(state)}
    for table, row in _details(state):
        found[table.name, tuple(row[name] for name in table.key)] = row
    return found


def _board(state: MissionState) -> dict[str, Any]:
    flight, clock, gate = state.flight, state.countdown, state.next_gate
    poll = state.poll
    open_ones = [one.severity for one in state.incidents if one.closed_utc is None]
    return {
        "mission_id": state.mission_id,
        "plan": flight.plan,
        "destination": flight.destination,
        "port": flight.port,
        "vehicle_id": flight.vehicle_id,
        "vehicle_type": flight.vehicle_type,
        "pad": f"{flight.site}/{flight.pad}",
        "facility_id": flight.facility_id,
        "customer": flight.customer,
        "phase": state.phase,
        "since_utc": word_of(state.since_utc),
        "planned_utc": word_of(state.planned_utc),
        "launch_utc": word_of(state.launch_utc),
        "launched_utc": word_of(state.launched_utc),
        "closes_utc": word_of(flight.closes_utc),
        "docked_utc": word_of(state.docked_utc),
        "end_utc": word_of(flight.end_utc),
        "slips_count": state.slips_count,
        "next_gate": gate.gate if gate else "",
        "next_gate_due_utc": word_of(state.due_utc(gate)) if gate else "",
        "gates_done_count": sum(gate.done for gate in state.gates),
        "gates_count": len(state.gates),
        "poll": "none" if poll is None else "void" if poll.void else "go" if poll.go else "open",
        "countdown": clock.state,
        "t_zero_utc": word_of(clock.t_zero_utc),
        "t_minus_s": clock.t_minus_s,
        "open_incidents_count": len(open_ones),
        "worst_open_severity": min(open_ones, default=0),
    }


def _details(state: MissionState) -> Iterator[tuple[ViewTable, dict[str, Any]]]:
    own = {"mission_id": state.mission_id}
    for gate in state.gates:
        yield GATES, {**own, **plain(gate), "at_utc": word_of(gate.at_utc), "due_utc": word_of(state.due_utc(gate))}
    if state.poll is not None:
        told = {"number": f"{state.poll.number:03d}", "launch_utc": word_of(state.poll.launch_utc), "void": state.poll.void}
        for answer in state.poll.answers:
            yield POLLS, {**own, **told, **plain(answer), "at_utc": word_of(answer.at_utc)}
    for procedure in state.procedures:
        for number, step in enumerate(procedure.steps, start=1):
            signed = [one for one in procedure.signed if one.step == step.step]
            yield (
                STEPS,
                {
                    **own,
                    "procedure": procedure.procedure,
                    "number": f"{number:03d}",
                    **plain(step),
                    "signed_by": [one.by for one in signed],
                    "signed_utc": word_of(signed[-1].at_utc) if signed else "",
                    "evidence": [one.evidence for one in signed],
                    "state": "signed" if len(signed) >= step.people_count else "due",
                },
            )
    for one in state.incidents:
        closed = {"closed_utc": word_of(one.closed_utc), "state": "closed" if one.closed_utc else "open"}
        yield INCIDENTS, {**own, **plain(one), **closed}


MISSIONS = Projection(name="missions", tables=(STATES, BOARD, GATES, POLLS, STEPS, INCIDENTS), project=_project)
"""The mission board, gates, polls, procedures and incidents."""
