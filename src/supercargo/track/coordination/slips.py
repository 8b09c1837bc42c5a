"""What a slip brings a mission into conflict with: another at its port, and the period in which it was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from supercargo.kernel import format_utc
from supercargo.track.acts import Act
from supercargo.track.coordination.log import SeeConflict, decide_coordination
from supercargo.track.envelope import Draft, Head, recorded_from
from supercargo.track.missions.phases import DEPARTED, LOST, RETURNED, WITHDRAWN
from supercargo.track.missions.state import MissionState, evolve

__all__ = ["slip_conflicts", "slip_streams"]

_GONE = (DEPARTED, RETURNED, LOST, WITHDRAWN)


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
