"""The first page: what needs a decision, and the next events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.board.today import DECISION_KINDS, Decision, decisions_of
from supercargo.app.operations.asking import mission_board
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.frame import now_of, page, refuse_unknown

__all__ = ["today_pages"]

_OWN = Rule("read", "own")
_SHOWN = 50
_NEXT = 8


def today_pages() -> APIRouter:
    """The route of the first page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/", openapi_extra=_OWN.mark)
    def today(request: Request, asked: Annotated[Asked, rule_of(_OWN)], *, kind: str = "", all: bool = False) -> Response:
        """What waits for somebody, the gravest first; a customer is led to its own cargo."""
        if asked.principal.customer:
            return RedirectResponse("/cargo", status_code=303)
        desk, now = desk_of(request), now_of(request, asked)
        kept = plan_in_force(desk.store, desk.shelf)
        with desk.views() as view:
            found = decisions_of(view, kept, now, asked.principal.scopes)
            missions = mission_board(view)["missions"]
        refuse_unknown("kind", kind, DECISION_KINDS, what="no decision is of the kind")
        kinds = sorted({one.kind for one in found})
        chosen = [one for one in found if kind in ("", one.kind)]
        shown = chosen if all else chosen[:_SHOWN]
        coming = [row for row in missions if row["phase"] in ("planned", "processing", "on pad")][:_NEXT]
        flying = [row for row in missions if row["phase"] not in ("planned", "processing", "returned", "withdrawn", "lost")]
        return page(
            request, asked, "today.html", title="Today", tables=[_table(chosen)], shown=shown, kinds=kinds, kind=kind,
            unshown_count=len(chosen) - len(shown), coming=coming, flying=flying, kept=kept, found_count=len(found),
        )  # fmt: skip

    return router


def _table(found: list[Decision]) -> Table:
    return Table(
        name="decisions",
        caption="What needs a decision",
        columns=(Column("What"), Column("Kind"), Column("Why"), Column("Due", "UTC"), Column("What can be done")),
        rows=[
            (Cell(one.what, one.href), one.kind, one.why, one.due_utc, "; ".join(choice.words for choice in one.choices))
            for one in found
        ],
    )
