"""What others did meanwhile: plans released and slips recorded since somebody looked, so that none of it is undone unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from supercargo.app.board.proposals import Proposal
from supercargo.app.board.ripple import slips_standing
from supercargo.app.board.shelf import Shelf, plans_released
from supercargo.kernel import DAY_S, days
from supercargo.model import OperationsPlan
from supercargo.store.log import SqlStore
from supercargo.track.missions.events import MISSION_KINDS, MissionSlipped
from supercargo.track.missions.phases import GROUND_PHASES

__all__ = ["Overtaken", "overtaken", "replaced_since", "slips_said"]

_MOVES_SHOWN = 6
_SAME_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken:
    """Why a proposal may not come into force any more, and by how much its mission is to be moved from where it stands [d].

    `anew_d` is None where the mission already flies as late as that, or flies no more.
    """

    why: tuple[str, ...]
    anew_d: float | None


def overtaken(store: SqlStore, shelf: Shelf, made: Proposal, rows: Sequence[Mapping[str, Any]]) -> Overtaken | None:
    """What was released or slipped since a proposal was asked for; None where it stands upon what is in force."""
    current = shelf.plan(plans_released(store, shelf)[-1].digest[:12])
    why = [replaced] if (replaced := replaced_since(store, shelf, made.base)) else []
    if current is None:
        return Overtaken(why=tuple(why), anew_d=None) if why else None
    stands = slips_standing(current.plan, rows)
    if not why:
        ground = {row["mission_id"] for row in rows if row["phase"] in GROUND_PHASES}
        why += [word for name in _slipped(made.slips, stands) if name in ground for word in slips_said(store, name)[-1:]]
    return Overtaken(why=tuple(why), anew_d=_anew(shelf, made, current.plan, stands)) if why else None


def replaced_since(store: SqlStore, shelf: Shelf, base: str) -> str:
    """Which plan took the place of another, by whom and with what other lift-offs; empty where that plan is in force."""
    last = plans_released(store, shelf)[-1]
    if last.digest.startswith(base) and base:
        return ""
    told = f"{last.by} released plan {last.digest[:12]} on {last.released_utc:%Y-%m-%d %H:%M} UTC in place of {base[:12]}"
    old, new = shelf.plan(base), shelf.plan(last.digest[:12])
    if old is None or new is None:
        return told
    moves = list(_moves(old.plan, new.plan))
    more = f", {len(moves) - _MOVES_SHOWN} more" if len(moves) > _MOVES_SHOWN else ""
    return f"{told}: {', '.join(moves[:_MOVES_SHOWN])}{more}" if moves else f"{told}, with the same lift-offs"


def _moves(old: OperationsPlan, new: OperationsPlan) -> Iterator[str]:
    for name in sorted(old.mission_named.keys() | new.mission_named.keys()):
        before, after = old.mission_named.get(name), new.mission_named.get(name)
        if before is None:
            yield f"{name} is new"
        elif after is None:
            yield f"{name} does not fly"
        elif before.launch_utc != after.launch_utc:
            yield f"{name} {(after.launch_utc - before.launch_utc).total_seconds() / DAY_S:+.1f} d"


def _slipped(before: Mapping[str, float], after: Mapping[str, timedelta]) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        if abs(after.get(name, timedelta(0)).total_seconds() - before.get(name, 0.0)) > _SAME_S:
            yield name


def slips_said(store: SqlStore, mission_id: str) -> tuple[str, ...]:
    """Each slip of a mission in words, in their order: who, to when, why."""
    told = ((event, MISSION_KINDS.read(event)) for event in store.stream(f"mission/{mission_id}"))
    return tuple(
        f"{event.by} slipped {mission_id} to {said.launch_utc:%Y-%m-%d %H:%M} UTC: {said.reason}"
        for event, said in told
        if isinstance(said, MissionSlipped)
    )


def _anew(shelf: Shelf, made: Proposal, current: OperationsPlan, stands: Mapping[str, timedelta]) -> float | None:
    base, now = shelf.plan(made.base), current.mission_named.get(made.mission_id)
    if base is None or now is None or made.mission_id not in base.plan.mission_named:
        return None
    wanted = base.plan.mission_named[made.mission_id].launch_utc + days(made.days)
    wanted += timedelta(seconds=made.slips.get(made.mission_id, 0.0))
    later = wanted - now.launch_utc - stands.get(made.mission_id, timedelta(0))
    return later.total_seconds() / DAY_S if later.total_seconds() > _SAME_S else None
