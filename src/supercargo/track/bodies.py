"""What an event says, as a noun in memory and as the body that is stored: one declaration serves both."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from supercargo.kernel import format_utc, parse_utc, plain
from supercargo.track.envelope import Statement

__all__ = ["Kinds", "Upcaster", "noun_of", "word_of"]

Upcaster = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From the body of one version of a kind to that of the next."""


@cache
def _hints(noun: type) -> dict[str, Any]:
    return get_type_hints(noun)


def noun_of(noun: Any, body: Mapping[str, Any]) -> Any:
    """The noun that a body tells of; words that the noun does not know are passed over, such as those of a newer writer."""
    hints = _hints(noun)
    return noun(**{one.name: _value(hints[one.name], body[one.name]) for one in dataclasses.fields(noun) if one.name in body})


def _value(hint: Any, told: Any) -> Any:
    if told is None:
        return None
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _value(next(part for part in get_args(hint) if part is not type(None)), told)
    if origin is tuple:
        return tuple(_value(get_args(hint)[0], part) for part in told)
    if hint is datetime:
        return parse_utc(told)
    if hint is float:
        return float(told)
    return noun_of(hint, told) if dataclasses.is_dataclass(hint) else told


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

    @property
    def _named(self) -> dict[str, type]:
        return _by_name(self.nouns)


@cache
def _by_name(nouns: tuple[type, ...]) -> dict[str, type]:
    return {noun.__name__: noun for noun in nouns}
