"""Names that differ by one slip of the pen from names that are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

__all__ = ["NearNames"]


class NearNames:
    """Known names, found again by a name with one sign too many, too few, another, or two exchanged; case does not count.

    >>> NearNames(["4711", "4812"]).near("4711x")
    ('4711',)
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._found: dict[str, set[str]] = defaultdict(set)
        for name in names:
            for form in _forms(name):
                self._found[form].add(name)

    def near(self, word: str) -> tuple[str, ...]:
        """Up to three known names that are near, in order."""
        near = {name for form in _forms(word) for name in self._found.get(form, ())}
        return tuple(sorted(near - {word}))[:3]


def _forms(name: str) -> Iterator[str]:
    """The name and what is left of it without each one of its signs: names with one slip share one of these."""
    folded = name.casefold()
    yield folded
    for at in range(len(folded)):
        yield folded[:at] + folded[at + 1 :]
