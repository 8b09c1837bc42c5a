"""A message taken apart but not yet believed: what either notation says, with the line of each word, before it is checked.

KVN and XML both become drafts; `assembly` makes messages of them. So each rule of content is written once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from supercargo.kernel import Fault, ScenarioError

__all__ = ["Columns", "Draft", "DraftBlock", "DraftSegment", "Entry", "Findings", "shown"]

_MOST_FAULTS = 100
_MOST_SHOWN = 40


def shown(text: str) -> str:
    """A word of the input for a person's eye: quoted, and cut where it is endless."""
    return repr(text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "...")


class Findings:
    """The faults of one text, with their lines, the first hundred of them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._faults: list[Fault] = []
        self._more = 0

    def __len__(self) -> int:
        return len(self._faults) + self._more

    @property
    def full(self) -> bool:
        """Whether further faults are only counted, so that finding their lines is lost work."""
        return len(self._faults) >= _MOST_FAULTS

    def add(self, line: int, keyword: str, what: str, fix: str) -> None:
        """Note one fault; line 0 is the whole text."""
        if len(self._faults) < _MOST_FAULTS:
            self._faults.append(Fault(self.file, line, keyword[:_MOST_SHOWN], what, fix))
        else:
            self._more += 1

    def refuse(self) -> None:
        """Raise ScenarioError with all faults, if there are any."""
        if self._faults:
            more = [Fault(self.file, 0, "", f"and {self._more} more faults", "mend those listed first")] if self._more else []
            raise ScenarioError.of(sorted(self._faults) + more, where=self.file)


@dataclass(slots=True)
class Entry:
    """A keyword and its text; `unit` is None where it may still stand in brackets behind the value."""

    keyword: str
    text: str
    unit: str | None
    line: int


@dataclass(slots=True)
class DraftBlock:
    """Keywords that belong together, under the name that XML gives them."""

    name: str
    line: int
    comments: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Columns:
    """A run of states: epochs, and `width` numbers for each, as text."""

    width: int
    epochs: list[str]
    numbers: list[str]
    line_of: Callable[[int], int]


@dataclass(slots=True)
class DraftSegment:
    """Metadata and what follows it."""

    line: int
    metadata: DraftBlock
    comments: list[str] = field(default_factory=list)
    states: list[Columns] = field(default_factory=list)
    blocks: list[DraftBlock] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """One message: its kind is OEM, OPM or OMM."""

    kind: str
    version: str
    line: int
    header: DraftBlock
    segments: list[DraftSegment] = field(default_factory=list)
