"""Statements that are made once and run often: what SQLAlchemy compiles them to is kept, because compiling costs more than asking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult

__all__ = ["Prepared"]


class Prepared:
    """A statement whose every value is a named parameter of text or whole numbers, compiled at its first run.

    One belongs to one database: what it was compiled to is of that dialect.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: tuple[str, tuple[str, ...] | None] | None = None

    def run(self, connection: Connection, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Run it once."""
        words, names = self._words(connection)
        return connection.exec_driver_sql(words, _given(values, names))

    def run_all(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each row of values."""
        words, names = self._words(connection)
        connection.exec_driver_sql(words, [_given(row, names) for row in rows])

    def _words(self, connection: Connection) -> tuple[str, tuple[str, ...] | None]:
        if self._compiled is None:
            compiled = self._statement.compile(dialect=connection.dialect)
            names = compiled.positiontup
            self._compiled = (str(compiled), None if names is None else tuple(names))
        return self._compiled


def _given(values: Mapping[str, Any], names: tuple[str, ...] | None) -> Any:
    return dict(values) if names is None else tuple([values[name] for name in names])
