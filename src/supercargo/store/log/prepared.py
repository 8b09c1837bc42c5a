"""Statements that are made once and run often: what SQLAlchemy makes of them is kept: making costs more than asking."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

__all__ = ["Prepared"]


@dataclass(frozen=True, slots=True)
class _Made:
    """What a statement was compiled to: words, what picks the values of its parameters, own values."""

    words: str
    pick: Callable[[Mapping[str, Any]], Any]
    own: Mapping[str, Any]

    def given(self, values: Mapping[str, Any]) -> Any:
        return self.pick({**self.own, **values} if self.own else values)


def _picker(names: tuple[str, ...] | None) -> Callable[[Mapping[str, Any]], Any]:
    """What takes a statement's values out of a mapping in its order; None: the statement names them itself."""
    if names is None:
        return dict
    if len(names) > 1:
        return itemgetter(*names)
    return lambda told: tuple([told[name] for name in names])


class Prepared:
    """A statement whose every value is text or a whole number; compiled once for each dialect."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._made: dict[str, _Made] = {}

    def run(self, connection: Connection, values: Mapping[str, Any] = MappingProxyType({})) -> Any:
        """Run it once; gives its rows as SQLAlchemy does."""
        made = self._for(connection)
        return connection.exec_driver_sql(made.words, made.given(values))

    def run_all(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each row of values."""
        made = self._for(connection)
        connection.exec_driver_sql(made.words, [made.given(row) for row in rows])

    def _for(self, connection: Connection) -> _Made:
        made = self._made.get(connection.dialect.name)
        if made is None:
            compiled = self._statement.compile(dialect=connection.dialect)
            names = None if compiled.positiontup is None else tuple(compiled.positiontup)
            own = {name: value for name, value in compiled.params.items() if value is not None}
            made = self._made[connection.dialect.name] = _Made(str(compiled), _picker(names), own)
        return made
