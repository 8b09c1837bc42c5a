"""What happens to a batch inside its transaction: who is refused, what is stored, and how the views follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, Connection, bindparam, func, insert, select, update

from supercargo.kernel import Refused, StoreError
from supercargo.store.log.prepared import Prepared
from supercargo.store.log.rows import event_of_row, row_of
from supercargo.store.log.tables import cursor, event
from supercargo.store.log.views import SqlView
from supercargo.store.log.writer import Request
from supercargo.track.envelope import Draft, Head, Receipt, Recorded, receipt_of, recorded_from, same_statement
from supercargo.track.event_store import EventIdReused, StreamMoved
from supercargo.track.views import Projection, project_all

__all__ = ["VIEWS", "Batch", "Follower", "head_of", "since", "store_batch"]

VIEWS = "views"
"""The name of the views' cursor."""

_ASKED_AT_ONCE = 512
_COUNTS = (1, 4, 16, 32, 64, 128, 256, _ASKED_AT_ONCE)
_PAGE = 2_000

_HEAD = Prepared(select(event.c.position, event.c.hash).order_by(event.c.position.desc()).limit(1))
_SINCE = Prepared(
    select(event).where(event.c.position > bindparam("after")).order_by(event.c.position).limit(bindparam("most"))
)
_CURSOR = Prepared(
    select(cursor.c.position, cursor.c.generation, cursor.c.declared).where(cursor.c.name == bindparam("cursor_name"))
)
_ADD = Prepared(insert(event).values({column.key: bindparam(column.key) for column in event.c}))
_MOVE_CURSOR = Prepared(
    update(cursor).where(cursor.c.name == bindparam("cursor_name")).values(position=bindparam("position_now"))
)


def head_of(connection: Connection) -> Head:
    """The end of the log."""
    row = _HEAD.run(connection).one_or_none()
    return Head() if row is None else Head(position=row[0], hash=row[1])


def since(connection: Connection, position: int, limit: int) -> tuple[Recorded, ...]:
    """The next events behind a position."""
    return tuple(event_of_row(row) for row in _SINCE.run(connection, {"after": position, "most": limit}))


@dataclass(slots=True)
class Batch:
    """The log as it stands for the next request of a batch: its end, the streams' versions, and events by name."""

    head: Head
    at: datetime
    known: dict[str, Recorded]
    versions: dict[str, int]
    added: list[Recorded] = field(default_factory=list)
    bodies: dict[str, str] = field(default_factory=dict)

    def take(self, request: Request) -> tuple[Receipt, ...]:
        """Add the drafts of one request, all or none. Raises StreamMoved or EventIdReused."""
        head, fresh, versions = self.head, dict[str, Recorded](), dict[str, int]()
        receipts = []
        for draft, body in zip(request.drafts, request.bodies, strict=True):
            stored = fresh.get(draft.event_id) or self.known.get(draft.event_id)
            if stored is not None:
                _refuse_other_content(stored, draft)
                receipts.append(receipt_of(stored, repeated=True))
                continue
            version = versions.get(draft.stream, self.versions.get(draft.stream, 0))
            _refuse_moved(draft, version)
            stored = recorded_from(draft, head, version=version + 1, recorded_utc=self.at, body=body)
            self.bodies[draft.event_id] = body
            head = Head(position=stored.position, hash=stored.hash)
            versions[draft.stream] = stored.version
            fresh[draft.event_id] = stored
            receipts.append(receipt_of(stored))
        self.head = head
        self.known |= fresh
        self.versions |= versions
        self.added += fresh.values()
        return tuple(receipts)


def _refuse_other_content(stored: Recorded, draft: Draft) -> None:
    if not same_statement(stored, draft):
        raise EventIdReused(
            f"event {draft.event_id} is stored with another content",
            fix="give each event a name of its own; a correction is a new event",
            where=draft.stream,
        )


def _refuse_moved(draft: Draft, version: int) -> None:
    if draft.expected_version is not None and draft.expected_version != version:
        raise StreamMoved(
            f"{draft.stream} is at version {version}, the writer knew version {draft.expected_version}",
            fix="read the stream again and decide anew",
            where=draft.event_id,
        )


class Follower:
    """The views of one opened store, and how far this program knows them to have followed the log."""

    def __init__(self, projections: Iterable[Projection], declared: str, view: SqlView) -> None:
        self.projections, self.declared, self.view = tuple(projections), declared, view
        self._known: tuple[int, int] | None = None
        self._behind = False

    def follow(self, connection: Connection, head: Head) -> None:
        """Bring the views to `head`, which stands before what this batch adds: other programs may have written since.

        Raises StoreError where another program has made the views anew under other declarations.
        """
        self.view.bind(connection)
        if not self.projections:
            return
        position, generation, declared = _CURSOR.run(connection, {"cursor_name": VIEWS}).one()
        if declared != self.declared:
            fix = "end the other one, or use the same version of both"
            raise StoreError("another version of the program has made the views anew", fix=fix, where="views")
        if self._known != (position, generation):
            self.view.forget()
        self._behind = position < head.position
        while position < head.position:
            page = since(connection, position, _PAGE)
            project_all(self.projections, page, self.view)
            position = page[-1].position
        self._known = (position, generation)

    def add(self, connection: Connection, events: Sequence[Recorded]) -> None:
        """Project what the batch adds, and note how far the views have come."""
        if not self.projections or not (events or self._behind):
            return
        project_all(self.projections, events, self.view)
        self.view.flush()
        assert self._known is not None
        position = events[-1].position if events else self._known[0]
        _MOVE_CURSOR.run(connection, {"cursor_name": VIEWS, "position_now": position})
        self._known = (position, self._known[1])

    def forget(self) -> None:
        """A transaction was taken back: what is at hand may never have been stored."""
        self._known = None
        self.view.forget()


def store_batch(
    connection: Connection, requests: Sequence[Request], follower: Follower, clock: Callable[[], datetime]
) -> tuple[list[tuple[Receipt, ...] | Refused], Sequence[Recorded]]:
    """Store what can be stored of a batch, inside the caller's transaction; of a request that is refused, nothing is.

    Gives what to answer to each request once the transaction has ended well, and the events that it adds.
    """
    head = head_of(connection)
    follower.follow(connection, head)
    drafts = [draft for request in requests for draft in request.drafts]
    batch = Batch(
        head=head,
        at=clock().replace(microsecond=0),
        known=_known(connection, [draft.event_id for draft in drafts]),
        versions=_versions(connection, [draft.stream for draft in drafts]),
    )
    answers = [_taken(batch, request) for request in requests]
    if batch.added:
        _ADD.run_all(connection, [row_of(added, batch.bodies[added.event_id]) for added in batch.added])
    follower.add(connection, batch.added)
    return answers, batch.added


def _taken(batch: Batch, request: Request) -> tuple[Receipt, ...] | Refused:
    try:
        return batch.take(request)
    except Refused as refusal:
        return refusal


def _known(connection: Connection, names: Sequence[str]) -> dict[str, Recorded]:
    found: dict[str, Recorded] = {}
    for some in _slices(names):
        rows = _by_id(len(some)).run(connection, some)
        found |= {stored.event_id: stored for stored in map(event_of_row, rows)}
    return found


def _versions(connection: Connection, streams: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in _slices(streams):
        found |= {str(row[0]): int(row[1]) for row in _last(len(some)).run(connection, some)}
    return found


@cache
def _by_id(count: int) -> Prepared:
    return Prepared(select(event).where(event.c.event_id.in_(_names(count))))


@cache
def _last(count: int) -> Prepared:
    wanted = select(event.c.stream, func.max(event.c.version)).where(event.c.stream.in_(_names(count)))
    return Prepared(wanted.group_by(event.c.stream))


def _names(count: int) -> list[BindParameter[str]]:
    return [bindparam(f"name_{number}") for number in range(count)]


def _slices(names: Sequence[str]) -> list[dict[str, str]]:
    """Names by the parameters of a statement that asks for so many: the last again, so that few statements are made."""
    wanted = list(dict.fromkeys(names))
    slices = [wanted[at : at + _ASKED_AT_ONCE] for at in range(0, len(wanted), _ASKED_AT_ONCE)]
    counts = [next(count for count in _COUNTS if count >= len(some)) for some in slices]
    return [
        {f"name_{number}": some[min(number, len(some) - 1)] for number in range(count)}
        for some, count in zip(slices, counts, strict=True)
    ]
