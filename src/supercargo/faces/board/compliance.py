"""Compliance: what has to be shown to whom, and whether it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.frame import now_of, page

__all__ = ["compliance_pages"]

_COMPANY = Rule("read", "company")
_PAGE_S, _BOOK_S = 0.3, 60.0  # how long a page and a workbook wait for what is counted
_LOOKS = {"met": "good", "unmet": "bad", "no evidence": "warn", "waived": ""}


def compliance_pages() -> APIRouter:
    """The route of compliance; the whole is counted beside the page, which says so."""
    router = APIRouter(include_in_schema=False)

    @router.get("/compliance", openapi_extra=_COMPANY.mark)
    def compliance(
        request: Request, asked: Annotated[Asked, rule_of(_COMPANY)], *, framework: str = "", state: str = ""
    ) -> Response:
        """Each requirement with its state, what was found or is missing, and who answers for it."""
        desk, now = desk_of(request), now_of(request, asked)
        kept = plan_in_force(desk.store, desk.shelf)
        waits_s = _BOOK_S if "xlsx" in request.query_params else _PAGE_S
        known = desk.reviewer.ask(kept, now, wait_s=waits_s)
        review = known.value
        rows = review.rows if review else ()
        chosen = [row for row in rows if framework in ("", row.framework) and state in ("", row.state)]
        table = Table(
            name="requirements",
            caption="What has to be shown",
            columns=(Column("Requirement"), Column("Pack"), Column("State"), Column("Of"), Column("Found, or missing"),
                     Column("Shown by"), Column("Due", "UTC"), Column("Answers for it")),
            rows=[
                (Cell(row.requirement_id, note=row.clause), row.framework, Cell(row.state, look=_LOOKS[row.state]), row.object,
                 row.words, row.proof, row.due_utc, row.owner)
                for row in chosen
            ],
            empty="Nothing has to be shown by these.",
        )  # fmt: skip
        return page(
            request, asked, "compliance.html", title="Compliance", tables=[table] if review else [], review=review,
            counting=known.counting, framework=framework,
            state=state, states=list(_LOOKS),
        )  # fmt: skip

    return router
