"""The log itself, for those who audit it: what was told, by whom, and whether the chain holds."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.operations.events import EventShown, events_since, log_head
from supercargo.app.operations.log import verify_opened
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.frame import page

__all__ = ["audit_pages"]

_AUDIT = Rule("audit", "company")
_SHOWN = 200
Position = Annotated[int, Path(ge=1, le=2**53)]


def audit_pages() -> APIRouter:
    """The routes of the log."""
    router = APIRouter(include_in_schema=False)

    @router.get("/audit", openapi_extra=_AUDIT.mark)
    def audit(
        request: Request,
        asked: Annotated[Asked, rule_of(_AUDIT)],
        *,
        before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
        area: Annotated[str, Query(max_length=40)] = "",
        by: Annotated[str, Query(max_length=200)] = "",
        verify: bool = False,
    ) -> Response:
        """The latest events, or those before a position; of one area or person within them."""
        desk = desk_of(request)
        head = log_head(desk)
        last = min(before - 1, head.position) if before is not None else head.position
        batch = events_since(desk, asked.principal, max(last - _SHOWN, 0), limit=min(_SHOWN, last)) if last > 0 else None
        events = list(reversed(batch.events)) if batch else []
        areas = sorted({one.stream.partition("/")[0] for one in events})
        people = sorted({one.by for one in events})
        chosen = [one for one in events if area in ("", one.stream.partition("/")[0]) and by in ("", one.by)]
        report = verify_opened(desk.store) if verify else None
        earlier = max(last - _SHOWN, 0) + 1 if last > _SHOWN else None
        return page(
            request, asked, "audit.html", title="Audit", tables=[_table(chosen)], head=head, areas=areas, people=people,
            area=area, by=by, report=report, earlier=earlier,
        )  # fmt: skip

    @router.get("/audit/{position}", openapi_extra=_AUDIT.mark)
    def event(request: Request, asked: Annotated[Asked, rule_of(_AUDIT)], position: Position) -> Response:
        """One event with all that it says and its place in the chain."""
        batch = events_since(desk_of(request), asked.principal, max(position - 1, 0), limit=1)
        found = next((one for one in batch.events if one.position == position), None)
        if found is None:
            raise Problem(404, f"there is no event {position}", fix="go back to the log", where=str(position))
        return page(request, asked, "event.html", title=f"Event {position}", event=found, body=_lines(found.body))

    return router


def _table(events: list[EventShown]) -> Table:
    return Table(
        name="events",
        caption="Events, the latest first",
        columns=(Column("Position"), Column("Kind"), Column("Stream"), Column("Happened", "UTC"), Column("Recorded", "UTC"),
                 Column("By"), Column("Customer"), Column("Hash")),
        rows=[
            (Cell(one.position, f"/audit/{one.position}"), one.kind, one.stream, _short(one.occurred_utc),
             _short(one.recorded_utc), one.by, one.tenant, one.hash[:12])
            for one in events
        ],
        empty="No event of these.",
    )  # fmt: skip


def _short(written: str) -> str:
    return written.replace("T", " ").removesuffix("Z")


def _lines(body: dict[str, Any], before: str = "") -> list[tuple[str, str]]:
    """What a body says, a line for each word of it."""
    found: list[tuple[str, str]] = []
    for name, value in body.items():
        if isinstance(value, dict):
            found += _lines(value, f"{before}{name}.")
        else:
            found.append((f"{before}{name}", str(value)))
    return found
