"""What a contingency or a technology changes, as it is written: CHANCE.size*FACTOR, stock/PLACE+DAYS and others."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from supercargo.model.risks import CHANGE_FORMS, TURNAROUNDS

__all__ = ["BOUGHT_ACCOUNTS", "CHANGED_PARTS", "Known", "change_faults", "change_of"]

BOUGHT_ACCOUNTS = ("launch", "spacecraft")
"""Accounts of flights that the service buys; all other costs are those of cost_rates.csv."""

CHANGED_PARTS = ("size", "probability")
"""What a change can multiply of a chance."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a change can name: chances, places, and accounts of costs.csv (None: any)."""

    chances: tuple[str, ...]
    places: tuple[str, ...]
    accounts: tuple[str, ...] | None = None


def change_of(word: str) -> tuple[str, str, float]:
    """(chance, place, account or what turns round; part; number); the part is empty where the word is out of form.

    >>> change_of("cost/mission control*0.75")
    ('mission control', 'cost', 0.75)
    """
    head, star, factor = word.strip().partition("*")
    if word.strip().startswith("stock/"):
        place, _, days = word.strip().removeprefix("stock/").rpartition("+")
        return place, "stock" if place else "", _number(days)
    if head == "loss_usd":
        return "", "loss_usd" if star else "", _number(factor)
    kind, slash, what = head.partition("/")
    if slash and kind in ("cost", "turnaround"):
        return what.strip(), kind if star and what.strip() else "", _number(factor)
    name, _, part = head.rpartition(".")
    return name, part if part in CHANGED_PARTS and star else "", _number(factor)


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return math.nan


def change_faults(name: str, changes: Collection[str], known: Known) -> Iterator[tuple[str, str]]:
    """Pairs of what is wrong with the changes of a row, and how to mend it; a row that changes nothing is wrong too."""
    if not changes:
        yield f"{name} changes nothing", f"write one of: {', '.join(CHANGE_FORMS)}"
    for word in changes:
        yield from ((f"{name}: {what}", fix) for what, fix in _faults(word, known))


def _faults(word: str, known: Known) -> Iterator[tuple[str, str]]:
    name, part, number = change_of(word)
    if not part:
        yield f"{word[:40]!r} is no change", f"write one of: {', '.join(CHANGE_FORMS)}"
        return
    if not (math.isfinite(number) and 0 <= number <= 1000):
        yield f"{word[:40]!r} has no number from 0 to 1000", "write a factor, or days of stock"
    if part in CHANGED_PARTS and name not in known.chances:
        yield f"there is no chance {name!r}", f"use one of: {', '.join(known.chances)}"
    if part == "stock" and name != "*" and name not in known.places:
        yield f"there is no place {name!r}", f"use one of: {', '.join(known.places)}, or *"
    if part == "cost" and known.accounts is not None and name not in known.accounts:
        yield f"there is no account {name!r}", f"use one of: {', '.join(known.accounts)}"
    if part == "turnaround" and name not in TURNAROUNDS:
        yield f"{name!r} is not turned round", f"use one of: {', '.join(TURNAROUNDS)}"
