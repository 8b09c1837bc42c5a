"""Views from the log alone: into fresh tables, which then take the place of the old ones."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection, Engine, delete, insert, select

from supercargo.kernel import StoreError
from supercargo.store.log.appending import VIEWS, head_of, since
from supercargo.store.log.engines import lock
from supercargo.store.log.tables import FRESH, LIVE, cursor, declared_digest, tables_of
from supercargo.store.log.views import SqlView, create_tables, drop_tables
from supercargo.track.views import Projection, project_all

__all__ = ["generation_of", "rebuild_views", "views_are_current", "views_position"]

_PAGE = 5_000


def generation_of(connection: Connection) -> int:
    """How often the views were made anew; 0 where there are none."""
    found = connection.execute(select(cursor.c.generation).where(cursor.c.name == VIEWS)).scalar()
    return int(found or 0)


def views_position(connection: Connection) -> int:
    """The position up to which the views follow the log."""
    return int(connection.execute(select(cursor.c.position).where(cursor.c.name == VIEWS)).scalar() or 0)


def views_are_current(connection: Connection, projections: Sequence[Projection]) -> bool:
    """Whether the views were made under these declarations; they may be behind the log."""
    found = connection.execute(select(cursor.c.declared).where(cursor.c.name == VIEWS)).scalar()
    return found == declared_digest(projections)


def rebuild_views(
    engine: Engine, projections: Sequence[Projection], *, watch: Callable[[str, float], None] = lambda stage, share: None
) -> int:
    """Make the views anew while the old ones serve; gives the events that were read.

    Events may be appended meanwhile: the store is held for a page at a time, and for the change of places at the end.
    Where another program makes the same views anew at the same time, the first that comes to the end has made them.
    """
    declared = tables_of(projections)
    mark = uuid.uuid4().hex[:8]
    prefix = f"{FRESH}{mark}_"
    with engine.begin() as connection:
        lock(connection)
        generation = generation_of(connection)
        create_tables(connection, declared, prefix=prefix, mark=mark)
    view = SqlView(declared, prefix=prefix, empty=True)
    position, end, done = 0, 1, False
    while not done:
        with engine.begin() as connection:
            lock(connection)
            if generation_of(connection) != generation:
                return _made_by_another(connection, projections)
            page = since(connection, position, _PAGE)
            view.bind(connection)
            project_all(projections, page, view)
            view.flush()
            position = page[-1].position if page else position
            done = len(page) < _PAGE
            if done:
                _change_places(connection, declared, prefix, (position, generation + 1, declared_digest(projections)))
            elif position > end:
                end = head_of(connection).position
        watch("rebuilding", 1.0 if done else position / end)
    return position


def _made_by_another(connection: Connection, projections: Sequence[Projection]) -> int:
    if not views_are_current(connection, projections):
        fix = "end the other one, or use the same version of both"
        raise StoreError("another version of the program has made the views anew", fix=fix, where="views")
    return views_position(connection)


def _change_places(connection: Connection, declared: Iterable[str], prefix: str, at: tuple[int, int, str]) -> None:
    drop_tables(connection, LIVE)
    for name in declared:
        connection.exec_driver_sql(f'ALTER TABLE "{prefix}{name}" RENAME TO "{LIVE}{name}"')
    drop_tables(connection, FRESH)  # what rebuilds that were cut short have left
    connection.execute(delete(cursor).where(cursor.c.name == VIEWS))
    connection.execute(insert(cursor).values(name=VIEWS, position=at[0], generation=at[1], declared=at[2]))
