"""What an event says, as a noun in memory and as the body that is stored: one declaration serves both."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property, lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from supercargo.kernel import format_utc, parse_utc, plain
from supercargo.track.envelope import Statement

__all__ = ["Kinds", "Upcaster", "noun_of", "word_of"]

Upcaster = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From the body of one version of a kind to that of the next."""


Reader = Callable[[Any], Any]

_instant = lru_cache(maxsize=8192)(parse_utc)  # many lines share their dates, and reading one takes 30 microseconds


def noun_of(noun: Any, body: Mapping[str, Any]) -> Any:
    """The noun that a body tells of; words that the noun does not know are passed over, such as those of a newer writer."""
    return noun(**{name: read(body[name]) if read else body[name] for name, read in _readers(noun) if name in body})


@cache
def _readers(noun: Any) -> tuple[tuple[str, Reader | None], ...]:
    """Each word of a noun with what makes its value of what JSON carries; None: it is carried as it is."""
    hints = get_type_hints(noun)
    return tuple((one.name, _reader(hints[one.name])) for one in dataclasses.fields(noun))


def _reader(hint: Any) -> Reader | None:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = _reader(next(part for part in get_args(hint) if part is not type(None)))
        return None if inner is None else lambda told: None if told is None else inner(told)
    if origin is tuple:
        part = _reader(get_args(hint)[0])
        return tuple if part is None else lambda told: tuple(map(part, told))
    if hint is datetime:
        return _instant
    if hint is float:
        return float
    if dataclasses.is_dataclass(hint):
        return lambda told: noun_of(hint, told)
    return None


def word_of(instant: datetime | None) -> str:
    """An instant as a word, empty where there is none."""
    return "" if instant is None else format_utc(instant)


@dataclass(frozen=True)
class Kinds:
    """The kinds of event of one area, each a noun whose name is the kind's; older bodies are lifted before they are read.

    An upcaster stands under (kind, version) and makes of that version's body the body of the next.
    """

    nouns: tuple[type, ...]
    upcasters: Mapping[tuple[str, int], Upcaster] = field(default_factory=dict)

    def read(self, event: Statement) -> Any:
        """What the event says, or None for a kind of another area."""
        noun = self._named.get(event.kind)
        if noun is None:
            return None
        body, schema = event.body, event.schema
        while (lift := self.upcasters.get((event.kind, schema))) is not None:
            body, schema = lift(body), schema + 1
        return noun_of(noun, body)

    def schema(self, kind: str) -> int:
        """The version in which bodies of a kind are written today."""
        return 1 + max((version for name, version in self.upcasters if name == kind), default=0)

    def body(self, said: Any) -> tuple[str, dict[str, Any], int]:
        """Kind, body and version of what is said."""
        kind = type(said).__name__
        if kind not in self._named:
            raise TypeError(f"{kind} is no kind of this area")
        return kind, plain(said), self.schema(kind)

    @cached_property
    def _named(self) -> dict[str, type]:
        return {noun.__name__: noun for noun in self.nouns}
