"""What may be done next to a mission: what its forms offer. The log alone decides; this spares people what it would refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from supercargo.app.operations.asking import MissionSeen
from supercargo.track.missions.commands import POLL_POSITIONS
from supercargo.track.missions.phases import ASCENT, GROUND_PHASES, NEXT_PHASES, PHASES

__all__ = ["COMING_PHASES", "PHASE_NAMES", "Lawful", "lawful_next", "poll_shown"]

COMING_PHASES = GROUND_PHASES
"""Phases in which lift-off is still ahead."""

PHASE_NAMES = PHASES
"""Every phase that a mission can be in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lawful:
    """What a mission lets people do as it stands; an empty part is nothing of that sort.

    `clock` holds the words of the T- clock that may follow: countdown, hold, resume, recycle. `steps` are those that are due
    of each procedure.
    """

    on_ground: bool
    launch_utc: str
    gates: tuple[str, ...]
    asked: tuple[str, ...]
    positions: tuple[str, ...]
    steps: Mapping[str, tuple[str, ...]]
    clock: tuple[str, ...]
    may_launch: bool
    phases: tuple[str, ...]
    incidents: tuple[str, ...]


_CLOCK: Mapping[str, tuple[str, ...]] = {"": ("countdown",), "running": ("hold",), "held": ("resume", "recycle")}


def lawful_next(seen: MissionSeen) -> Lawful:
    """What may follow what is recorded of one mission."""
    row = seen["missions"][0]
    on_ground = row["phase"] in GROUND_PHASES
    after = NEXT_PHASES[row["phase"]]
    steps: dict[str, tuple[str, ...]] = {}
    for one in sorted(seen["steps"], key=lambda step: (step["procedure"], step["number"])):
        if one["state"] == "due":
            steps[one["procedure"]] = (*steps.get(one["procedure"], ()), one["step"])
    poll = poll_shown(seen["polls"])
    return Lawful(
        on_ground=on_ground,
        launch_utc=row["launch_utc"],
        gates=tuple(gate["gate"] for gate in seen["gates"] if gate["state"] in ("open", "failed")) if on_ground else (),
        asked=tuple(one["position"] for one in poll if not one["void"]) if on_ground else (),
        positions=POLL_POSITIONS,
        steps=steps,
        clock=_CLOCK.get(row["countdown"], ()) if ASCENT in after else (),
        may_launch=ASCENT in after,
        phases=tuple(phase for phase in after if phase != ASCENT),
        incidents=tuple(one["incident"] for one in seen["incidents"] if one["state"] == "open"),
    )


def poll_shown(polls: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The answers of the poll that was opened last."""
    last = max((one["number"] for one in polls), default="")
    return [one for one in polls if one["number"] == last]
