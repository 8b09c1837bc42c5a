"""One mission flies, two missions fly: words behind a count agree with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

__all__ = ["agreed", "agreed_parts", "causes_words", "singular"]

_VERBS = {
    "are": "is", "have": "has", "were": "was", "share": "shares", "fly": "flies", "hold": "holds", "miss": "misses",
    "lie": "lies", "fall": "falls", "use": "uses", "run": "runs", "earn": "earns", "serve": "serves", "lift": "lifts",
    "end": "ends", "stay": "stays", "save": "saves", "need": "needs", "carry": "carries", "gain": "gains",
    "stand": "stands", "bring": "brings", "wait": "waits", "go": "goes", "come": "comes", "buy": "buys", "make": "makes",
}  # fmt: skip
_LIKE = frozenset({"days", "hours", "process", "access", "always", "this", "is", "has", "its", "as", "less", "was", "series"})
"""Words in s that are no plural, or belong to a measure such as one day more."""

_AFTER = re.compile(
    r"^(?P<gap> |-)(?P<before>(?:(?:dated|hard|soft|large|control|docking|urgent|open|other|shared|drawn) ){0,2})"
    r"(?P<noun>[a-z]+s)\b(?P<verb> [a-z]+)?"
)
_ONE = re.compile(r"(?<![\w.,/*:-])1(?= [a-z])")


class _Counted(Protocol):
    @property
    def value(self) -> float | None: ...

    @property
    def unit(self) -> str: ...


def singular(noun: str) -> str:
    """A noun of the trade in the singular.

    >>> [singular(noun) for noun in ("missions", "policies", "boxes", "losses", "places")]
    ['mission', 'policy', 'box', 'loss', 'place']
    """
    if noun.endswith("ies"):
        return f"{noun[:-3]}y"
    return noun[:-2] if noun.endswith(("xes", "sses", "ches", "shes")) else noun[:-1]


def _begun(rest: str) -> str:
    """What follows a one, in the singular."""
    match = _AFTER.match(rest)
    if match is None or match["noun"] in _LIKE or match["noun"].endswith("ss"):
        return rest
    verb = match["verb"] or ""
    one = f" {_VERBS[verb[1:]]}" if verb[1:] in _VERBS else verb
    return f"{match['gap']}{match['before']}{singular(match['noun'])}{one}{rest[match.end() :]}"


def agreed(words: str) -> str:
    """Words in which each 1 is followed by the singular.

    >>> agreed("1 missions are lost, 21 missions fly")
    '1 mission is lost, 21 missions fly'
    """
    parts = _ONE.split(words)
    return parts[0] + "".join("1" + _begun(part) for part in parts[1:])


def agreed_parts(words: str, numbers: Sequence[_Counted]) -> list[str]:
    """Words before, between and behind numbers that stand in their places `{}`; those behind a count of one are singular."""
    parts = [agreed(part) for part in words.split("{}")]
    for at, number in enumerate(numbers, start=1):
        if number.value == 1 and number.unit in ("count", ""):
            parts[at] = _begun(parts[at])
    return parts


_SPELT = (
    (re.compile(r"^date: (.*)$"), r"dated by \1"),
    (re.compile(r"^denominator: none$"), "a sum, not a share"),
    (re.compile(r"^denominator: (.*)$"), r"counted out of \1"),
    (re.compile(r"^excused: none in the strict value$"), "the strict value excuses nothing"),
    (re.compile(r"^excused: none$"), "nothing is excused"),
    (re.compile(r"^excused: (.*)$"), r"left out as excused: \1"),
    (re.compile(r"^strict = contractual$"), "contracts' terms change nothing"),
    (re.compile(r"^strict = contractual (.*)$"), r"contracts' terms change nothing: \1"),
    (re.compile(r"^strict (.*?), contractual (.*)$"), r"strictly \1, by the contracts' terms \2"),
    (re.compile(r"^value: (.*)$"), r"the value is that of \1"),
)


def causes_words(causes: str) -> str:
    """What stands with a KPI, as sentences: how it is dated, out of what it is counted, what is excused, what weighs most.

    >>> causes_words("date: lift-off; denominator: 1 missions flown; excused: none; strict = contractual")
    "Dated by lift-off. Counted out of 1 mission flown. Nothing is excused. Contracts' terms change nothing."
    """
    told = []
    for part in causes.split("; "):
        for form, spelt in _SPELT:
            if form.match(part):
                part = form.sub(spelt, part)
                break
        if part:
            told.append(agreed(f"{part[0].upper()}{part[1:]}"))
    return ". ".join(told) + ("." if told and not told[-1].endswith(".") else "")
