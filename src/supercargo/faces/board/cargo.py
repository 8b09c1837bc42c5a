"""Cargo: search, where it is, what happened to it, who held it; a customer sees its own alone."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from supercargo.app.board.lines import lines_standing
from supercargo.app.board.searching import items_near
from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.operations.boards import things_seen
from supercargo.app.operations.cargo import history, named_thing, where_is
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.frame import now_of, page
from supercargo.kernel import ScenarioError

__all__ = ["cargo_pages"]

_OWN = Rule("read", "own")
_ROWS = 100


def cargo_pages() -> APIRouter:
    """The routes about cargo."""
    router = APIRouter(include_in_schema=False)

    @router.get("/cargo", openapi_extra=_OWN.mark)
    def cargo(
        request: Request,
        asked: Annotated[Asked, rule_of(_OWN)],
        *,
        q: str = "",
        mission: str = "",
        inside: str = "",
        after: str = "",
    ) -> Response:
        """Things by name, of a mission, or in something; a name that is given whole leads to its page."""
        desk = desk_of(request)
        said, near = "", tuple[str, ...]()
        if word := q.strip()[:200]:
            try:
                with desk.views() as view:
                    name = named_thing(view, word, asked.principal)
                return RedirectResponse(_href(name), status_code=303)
            except ScenarioError as error:
                said = f"Nothing has this name: {error.fix}"  # its own words are a link's, and stand in the field alone
                if "did you mean" not in error.fix:
                    near = items_near(plan_in_force(desk.store, desk.shelf), word, asked.principal.customer)
        sought = ("mission", mission) if mission else ("where", inside) if inside else ("", "")
        found = things_seen(desk.store, asked.principal, sought, after=after, limit=_ROWS)
        tables = [_things(found.rows, back="cargo" in asked.principal.scopes)]
        return page(
            request, asked, "cargo.html", title="Cargo", tables=tables, q=q, said=said, near=near, mission=mission,
            inside=inside, next_after=found.next_after,
        )  # fmt: skip

    @router.get("/cargo/{name:path}", openapi_extra=_OWN.mark)
    def thing(request: Request, asked: Annotated[Asked, rule_of(_OWN)], name: str) -> Response:
        """One thing: where it is, its history, its custody."""
        desk, now = desk_of(request), now_of(request, asked)
        kept = plan_in_force(desk.store, desk.shelf)
        try:
            with desk.views() as view:
                full = named_thing(view, name, asked.principal)
                item = full.removeprefix("cargo/")
                seen, told = where_is(view, full, now, asked.principal), history(view, full, asked.principal)
                planned = lines_standing(kept, desk.store, view, item, now) if kept else ()
        except ScenarioError as error:
            raise Problem(404, error.what, fix=error.fix, where=name[:80]) from error
        return page(
            request, asked, "thing.html", title=item, seen=seen, planned=planned,
            tables=[_happenings(told), _custody(told), _contents(seen)],
        )  # fmt: skip

    return router


def _href(name: str) -> str:
    """The page of a thing; a name may hold signs that an address keeps for itself, such as the # of parts."""
    return f"/cargo/{quote(name.removeprefix('cargo/'))}"


def _things(rows: Any, *, back: bool) -> Table:
    return Table(
        name="cargo",
        caption="Cargo and containers by name",
        columns=(Column("Name"), Column("Sort"), Column("Stage"), Column("Where"), Column("Held by"), Column("Mission"),
                 Column("Customer"), Column("Pieces"), Column("Mass", "kg", 3)),
        rows=[
            (Cell(row["name"], _href(row["name"])), row["sort"], row["stage"], row["where"],
             row["custodian"], row["mission"], row["tenant"], row["pieces"], row["mass_kg"])
            for row in rows
        ],
        empty="Nothing is known by that: order it on the page Take in, under orders (or release a plan, or take in events "
        "with `supercargo track import`).",
        back_href="/intake/counts" if back else "",
    )  # fmt: skip


def _happenings(told: Any) -> Table:
    return Table(
        name="history",
        caption="What happened",
        columns=(Column("When", "UTC"), Column("What"), Column("Where"), Column("By"), Column("Through"), Column("Holds")),
        rows=[
            (one.at_utc, one.kind, one.where, one.by, one.via, Cell(one.stands, look="" if one.stands else "bad"))
            for one in told.happenings
        ],
        empty="Nothing was told of it.",
    )  # fmt: skip


def _custody(told: Any) -> Table:
    return Table(
        name="custody",
        caption="Who held it",
        columns=(Column("Custodian"), Column("From", "UTC"), Column("To", "UTC")),
        rows=[
            (Cell(one.custodian or "nobody", look="" if one.custodian else "bad"), one.from_utc, one.to_utc)
            for one in told.custody
        ],
        empty="Nobody has held it yet.",
    )


def _contents(seen: Any) -> Table:
    return Table(
        name="contents",
        caption="What is in it",
        columns=(Column("Thing"), Column("Directly in"), Column("Since", "UTC")),
        rows=[(Cell(one.thing, _href(one.thing)), one.where, one.from_utc) for one in seen.contents],
        empty="Nothing is in it.",
    )
