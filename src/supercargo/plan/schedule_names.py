"""Dealing the members of a pool to the uses that were counted: as few as can be get another member than they had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from supercargo.kernel import NoPlan

__all__ = ["BREADTH", "Turn", "deal"]

BREADTH = 400
"""Ways of dealing that are followed at once; the cheapest are kept."""


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A use of a pool [s from the start of the horizon), of an option or, with index -1, of what can't be moved.

    `wish` is the member that it had; empty: none.
    """

    start: int
    end: int
    index: int
    wish: str = ""


@dataclass(frozen=True, slots=True)
class _Dealt:
    cost: int
    free_from: tuple[int, ...]
    slots: tuple[int, ...]


def deal(turns: Iterable[Turn], members: Sequence[str], free_from: tuple[int, ...]) -> list[tuple[Turn, str]]:
    """Pair each use with a member that is free, in order of start; the least number of wishes is denied.

    `free_from` is when each member is free first [s]. Without wishes each use gets the first member that is free.
    What can't be moved gets what it has. Raises NoPlan where it can't be kept.
    """
    ordered = sorted(turns)
    breadth = BREADTH if any(turn.wish for turn in ordered) else 1
    states = [_Dealt(0, free_from, ())]
    for turn in ordered:
        states = _next(states, turn, members)[:breadth]
        if not states:
            raise NoPlan(
                f"no free member of {', '.join(sorted(set(members)))} is left beside what is in use",
                fix="free a pad, facility, port or tail, or give a later instant with --as-of",
            )
    best = min(states, key=lambda state: (state.cost, state.slots))
    return [(turn, members[slot]) for turn, slot in zip(ordered, best.slots, strict=True)]


def _next(states: Sequence[_Dealt], turn: Turn, members: Sequence[str]) -> list[_Dealt]:
    found: dict[tuple[int, ...], _Dealt] = {}
    for state in states:
        for slot, name in enumerate(members):
            denied = bool(turn.wish) and name != turn.wish
            if state.free_from[slot] > turn.start or (denied and turn.index < 0):
                continue
            free_from = (*state.free_from[:slot], turn.end, *state.free_from[slot + 1 :])
            dealt = _Dealt(state.cost + denied, free_from, (*state.slots, slot))
            known = found.get(free_from)
            if known is None or (dealt.cost, dealt.slots) < (known.cost, known.slots):
                found[free_from] = dealt
    return sorted(found.values(), key=lambda state: (state.cost, state.slots))
