"""A rule of the referee: its id, whether a plan may break it, the sentence people read, and what finds the breaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from supercargo.model import Violation
from supercargo.referee.case import Case

__all__ = ["Finder", "Finding", "Rule"]

Finding = tuple[str, str]
"""What breaks the rule (a mission, item or other name) and the sentence that says how."""

Finder = Callable[[Case], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise that every plan keeps; a soft one is a note to the planner, a hard one makes the plan no plan."""

    rule_id: str
    hard: bool
    sentence: str
    find: Finder

    def violations(self, case: Case) -> Iterator[Violation]:
        """Yield one violation for each breach found in `case`; names from the plan can't forge another line."""
        for name, words in self.find(case):
            yield Violation(rule=self.rule_id, object=_token(name), text=_plain(words), hard=self.hard)


def _plain(words: str) -> str:
    if words.isprintable():
        return words
    return "".join(letter if letter.isprintable() else "?" for letter in words)


def _token(name: str) -> str:
    return "_".join(_plain(name).split()) or "plan"
