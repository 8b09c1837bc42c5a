"""Views from the log alone: into fresh tables, which then take the place of the old ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection, Engine, delete, insert, select

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
    """
    declared = tables_of(projections)
    with engine.begin() as connection:
        lock(connection)
        generation = generation_of(connection) + 1
        drop_tables(connection, FRESH)
        create_tables(connection, declared, prefix=FRESH, generation=generation)
    view = SqlView(declared, prefix=FRESH, generation=generation, empty=True)
    position, end = 0, 0
    while True:
        with engine.begin() as connection:
            lock(connection)
            page = since(connection, position, _PAGE)
            end = max(end, head_of(connection).position) if position % (20 * _PAGE) == 0 else end
            view.bind(connection)
            project_all(projections, page, view)
            view.flush()
            position = page[-1].position if page else position
            if len(page) < _PAGE:
                _change_places(connection, declared, generation, (position, declared_digest(projections)))
                return position
        watch("rebuilding", position / max(end, position))


def _change_places(connection: Connection, declared: Iterable[str], generation: int, at: tuple[int, str]) -> None:
    drop_tables(connection, LIVE)
    for name in declared:
        connection.exec_driver_sql(f'ALTER TABLE "{FRESH}{name}" RENAME TO "{LIVE}{name}"')
    connection.execute(delete(cursor).where(cursor.c.name == VIEWS))
    connection.execute(insert(cursor).values(name=VIEWS, position=at[0], generation=generation, declared=at[1]))
