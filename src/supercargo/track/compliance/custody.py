"""Custody and seals of one thing, folded from what was said of it: who holds it, and what is not as it should be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

__all__ = ["Custody", "custody_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """Who holds a thing, how often it was handed over, the seals it bears, gaps of custody and faults of seals in words."""

    holder: str = ""
    handed_count: int = 0
    checked_count: int = 0
    seals: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    seal_faults: tuple[str, ...] = ()


def custody_of(facts: Iterable[Mapping[str, str]]) -> Custody:
    """The custody that facts lead to, in the order in which they happened (of two at one instant the first told comes first).

    A thing that leaves a container is held by whoever held that: its own event says who.
    A gap is a hand-over by another than the holder, or to nobody.
    """
    found = Custody()
    for fact in sorted(facts, key=lambda fact: fact["at_utc"]):
        kind = fact["kind"]
        if kind == "handed_over":
            found = _handed(found, fact)
        elif kind in ("sealed", "unsealed", "seal_checked"):
            found = _sealed(found, fact)
        elif holder := fact.get("taker") or fact.get("holder"):
            passed = 1 if fact.get("giver") else 0  # with a move, where taker and holder before it differ
            found = replace(found, holder=holder, handed_count=found.handed_count + passed)
    return found


def _handed(now: Custody, fact: Mapping[str, str]) -> Custody:
    giver, taker, at = fact.get("giver", ""), fact.get("taker", ""), fact["at_utc"]
    gaps = now.gaps
    if now.holder and giver != now.holder:
        gaps = (*gaps, f"{at}: {giver or 'nobody'} hands over what {now.holder} held")
    if not taker:
        gaps = (*gaps, f"{at}: handed over to nobody")
    return replace(now, holder=taker, handed_count=now.handed_count + 1, gaps=gaps)


def _sealed(now: Custody, fact: Mapping[str, str]) -> Custody:
    number, at = fact.get("number", ""), fact["at_utc"]
    if fact["kind"] == "sealed":
        return replace(now, seals=tuple(sorted({*now.seals, number})))
    if fact["kind"] == "unsealed":
        left = tuple(seal for seal in now.seals if seal != number)
        fault = () if number in now.seals else (f"{at}: seal {number} is taken off and was never put on",)
        return replace(now, seals=left, seal_faults=(*now.seal_faults, *fault))
    found, seen = fact.get("found", ""), fact.get("seen", "")
    faults = now.seal_faults
    if number not in now.seals:
        faults = (*faults, f"{at}: seal {number} is looked for and was never put on")
    if found != "intact" or (seen and seen != number):
        faults = (*faults, f"{at}: seal {number} is found {found or 'unknown'}{f' and reads {seen}' if seen else ''}")
    return replace(now, checked_count=now.checked_count + 1, seal_faults=faults)
