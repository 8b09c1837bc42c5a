"""What a slip brings a mission into conflict with: another at its port, and the period in which it was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from supercargo.kernel import format_utc
from supercargo.track.acts import Act
from supercargo.track.coordination.log import SeeConflict, decide_coordination
from supercargo.track.envelope import Draft, Head, recorded_from
from supercargo.track.missions.phases import DEPARTED, LOST, RETURNED, WITHDRAWN
from supercargo.track.missions.state import MissionState, evolve

__all__ = ["slip_conflicts", "slip_overtaken", "slip_streams"]

_GONE = (DEPARTED, RETURNED, LOST, WITHDRAWN)
_NAME = re.compile(r"slip-(?P<mission>.+)-(?P<version>\d+)-(?P<kind>ports|windows)")


def slip_streams(state: MissionState) -> tuple[str, str]:
    """Streams of the conflicts that the next event of a mission, a slip, can open: about ports and about windows."""
    name = f"coordination/slip-{state.mission_id}-{state.version + 1}"
    return f"{name}-ports", f"{name}-windows"


def slip_conflicts(
    state: MissionState, slip: Sequence[Draft], others: Iterable[MissionState], act: Act
) -> tuple[Draft, ...]:  # fmt: skip
    """The conflicts that a slip opens, as drafts to be stored with it.

    A port is in conflict where another mission that has not left it is there, by its plan as it stands, while this one would
    be; the period where lift-off comes after the last instant that was asked for.
    """
    moved: MissionState | None = state
    for draft in slip:
        moved = evolve(moved, recorded_from(draft, Head(), version=state.version + 1, recorded_utc=act.at_utc))
    assert moved is not None
    found = zip(slip_streams(state), (_at_port(moved, others), _too_late(moved)), strict=True)
    return tuple(draft for stream, seen in found for draft in _drafts(stream, seen, act))


def slip_overtaken(conflict: str, others: Iterable[str], states: Mapping[str, MissionState]) -> str:
    """Why a conflict that a slip opened asks for no decision any more, or nothing where it stands or no slip opened it.

    `others` are the names of all conflicts, `states` the missions that this one is about, each as it stands now.
    """
    opened = _NAME.fullmatch(conflict)
    state = states.get(opened["mission"]) if opened else None
    if opened is None or state is None:
        return ""
    later = (_NAME.fullmatch(one) for one in others)
    same = [one for one in later if one and (one["mission"], one["kind"]) == (opened["mission"], opened["kind"])]
    last = max(same, key=lambda one: int(one["version"]), default=opened)
    lift_off = format_utc(state.launch_utc)
    if int(last["version"]) > int(opened["version"]):
        return f"{state.mission_id} slipped again, to {lift_off} as it stands now; what that is in conflict with is {last[0]}"
    if state.phase in _GONE:
        return f"{state.mission_id} is {state.phase}"
    if opened["kind"] == "windows" and state.launched_utc is not None:
        return f"{state.mission_id} lifted off at {format_utc(state.launched_utc)}"
    found = _too_late(state) if opened["kind"] == "windows" else _at_port(state, states.values())
    if found is not None:
        return ""
    free = "no later than was asked for" if opened["kind"] == "windows" else "and none of the others is at its port then"
    return f"the lift-off of {state.mission_id} is at {lift_off} now, {free}"


def _drafts(stream: str, seen: tuple[str, tuple[str, ...], str] | None, act: Act) -> Iterator[Draft]:
    if seen is None:
        return
    kind, objects, text = seen
    name = stream.partition("/")[2]
    own = Act(command_id=f"{act.command_id}.{kind}", by=act.by, at_utc=act.at_utc)
    yield from decide_coordination(None, SeeConflict(conflict=name, kind=kind, objects=objects, text=text), own)


def _at_port(moved: MissionState, others: Iterable[MissionState]) -> tuple[str, tuple[str, ...], str] | None:
    flight = moved.flight
    if flight.arrive_utc is None or flight.depart_utc is None:
        return None
    there = []
    for other in others:
        theirs = other.flight
        same = (theirs.destination, theirs.port) == (flight.destination, flight.port) and other.phase not in _GONE
        if not same or other.mission_id == moved.mission_id or theirs.arrive_utc is None or theirs.depart_utc is None:
            continue
        if theirs.arrive_utc < flight.depart_utc and flight.arrive_utc < theirs.depart_utc:
            there.append((other.mission_id, f"{format_utc(theirs.arrive_utc)} to {format_utc(theirs.depart_utc)}"))
    if not there:
        return None
    port = f"{flight.destination}/{flight.port}"
    own = f"{format_utc(flight.arrive_utc)} to {format_utc(flight.depart_utc)}"
    listed = ", ".join(f"{name} {span}" for name, span in sorted(there))
    text = f"after the slip {moved.mission_id} is at {port} from {own}; also there: {listed}"
    return "ports", (moved.mission_id, *sorted(name for name, _ in there), port), text


def _too_late(moved: MissionState) -> tuple[str, tuple[str, ...], str] | None:
    latest = moved.flight.latest_utc
    if latest is None or moved.launch_utc <= latest:
        return None
    text = f"lift-off at {format_utc(moved.launch_utc)} is after the last that was asked for, {format_utc(latest)}"
    return "windows", (moved.mission_id,), text
