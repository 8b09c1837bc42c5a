"""Scenario: the tables that the plan in force was made of, to be taken out, edited, put back and planned anew."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from supercargo.app.board.overtaken import overtaken, replaced_since
from supercargo.app.board.proposals import ProposalAsked, proposal_named, propose
from supercargo.app.board.scenario import (
    Drafts,
    EditedDraft,
    Flying,
    draft_of,
    faults_book_of,
    flying_of,
    scenario_tables,
    table_shown,
    tables_book_of,
)
from supercargo.app.board.shelf import KeptPlan
from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.operations.asking import mission_board
from supercargo.app.operations.desk import Desk
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.forms import Asking, Told, Typed, form_id, refusal, refused
from supercargo.faces.board.frame import XLSX, now_of, page
from supercargo.faces.board.intake import Sent
from supercargo.kernel import Refused, ScenarioError
from supercargo.model import Table as Noun

__all__ = ["scenario_pages"]

_AGAIN = "send them again at /scenario; they wait for two hours"
_PLANNERS = Rule("mission", "company")
_CHANGES_SHOWN, _FAULTS_SHOWN = 300, 200


def scenario_pages() -> APIRouter:
    """The routes about the tables of the scenario."""
    router = APIRouter(include_in_schema=False)
    drafts = Drafts()
    _standing(router, drafts)
    _edited(router, drafts)
    return router


def _standing(router: APIRouter, drafts: Drafts) -> None:
    @router.get("/scenario", openapi_extra=_PLANNERS.mark)
    def tables(request: Request, asked: Annotated[Asked, rule_of(_PLANNERS)], proposal: str = "") -> Response:
        """Every table that the plan in force was made of, where edited ones are sent, and what became of them."""
        return _scenario(request, asked, proposal)

    @router.post("/scenario", openapi_extra=_PLANNERS.mark)
    def sent(request: Request, asked: Annotated[Asked, rule_of(_PLANNERS)], sent: Sent) -> Response:
        """Take edited tables to be looked at, or say why not."""
        typed, name, content = sent
        desk, now = desk_of(request), now_of(request, asked)
        try:
            kept = _kept(desk)
            flying = _flying(desk, kept, now)
            draft = draft_of(desk.shelf, kept, (name, content), asked.principal, flying=flying, now_utc=now)
        except (Refused, ScenarioError) as error:
            return refused(_scenario(request, asked, told=refusal(error, typed)), error)
        drafts.put(draft)
        return RedirectResponse(f"/scenario/drafts/{draft.token}", status_code=303)

    @router.get("/scenario/book", openapi_extra=_PLANNERS.mark)
    def book(request: Request, asked: Annotated[Asked, rule_of(_PLANNERS)], table: str = "") -> Response:
        """All tables, or one, as a workbook that can be put back."""
        kept = _kept(desk_of(request))
        wanted = (_known(asked, table),) if table else scenario_tables(asked.principal)
        name = table or "scenario"
        book = tables_book_of(kept.plan.scenario, wanted, plan=kept.digest[:12])
        headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
        return Response(book, media_type=XLSX, headers=headers)

    @router.get("/scenario/tables/{table}", openapi_extra=_PLANNERS.mark)
    def rows(
        request: Request,
        asked: Annotated[Asked, rule_of(_PLANNERS)],
        table: str,
        first: Annotated[int, Query(ge=1, le=10_000_000)] = 1,
    ) -> Response:
        """The rows of one table."""
        kept, noun = _kept(desk_of(request)), _known(asked, table)
        shown = table_shown(kept.plan.scenario, noun, first)
        return page(request, asked, "scenario_table.html", title=f"Scenario: {table}", tables=[shown], noun=noun, kept=kept)


def _edited(router: APIRouter, drafts: Drafts) -> None:
    @router.get("/scenario/drafts/{token}", openapi_extra=_PLANNERS.mark)
    def looked(request: Request, asked: Annotated[Asked, rule_of(_PLANNERS)], token: str) -> Response:
        """What is edited in tables that were sent, and what is wrong with it."""
        draft = _waiting(drafts, asked, token)
        if request.query_params.get("book") == "faults" and (content := faults_book_of(draft)) is not None:
            headers = {"Content-Disposition": 'attachment; filename="tables-to-mend.xlsx"'}
            return Response(content, media_type=XLSX, headers=headers)
        return _draft(request, asked, draft)

    @router.post("/scenario/drafts/{token}", openapi_extra=_PLANNERS.mark)
    def act(request: Request, asked: Annotated[Asked, rule_of(_PLANNERS)], token: str, typed: Typed) -> Response:
        """Plan edited tables anew as a proposal, or leave them."""
        draft = _waiting(drafts, asked, token)
        if typed["do"] == "leave":
            drafts.drop(token)
            return RedirectResponse("/scenario", status_code=303)
        try:
            name = _propose(request, asked, draft, form_id(asked, typed)[:16])
        except (Refused, ScenarioError) as error:
            return refused(_draft(request, asked, draft, refusal(error, typed)), error)
        return RedirectResponse(f"/scenario?proposal={name}#proposal", status_code=303)


def _propose(request: Request, asked: Asked, draft: EditedDraft, name: str) -> str:
    """Begin to plan edited tables upon the plan in force; raises Refused where that is another since they were sent."""
    desk, now = desk_of(request), now_of(request, asked)
    if proposal_named(desk.shelf, name) is not None:
        return name
    if draft.faults:
        raise ScenarioError.of(draft.faults, where=draft.name)
    if replaced := replaced_since(desk.store, desk.shelf, draft.base):
        fix = "send the tables again: they are held against the plan in force"
        raise Refused("the plan in force is another since you sent them", fix=fix, where=draft.name, causes=(replaced,))
    kept = _kept(desk)
    flying = _flying(desk, kept, now)
    wanted = ProposalAsked(
        name=name, mission_id="", days=0.0, base=draft.base, by=asked.principal.name, at_utc=now, slips=flying.slips,
        flown=flying.flown, known_utc=flying.known_utc, source=draft.name, tables=(draft.file, draft.content),
    )  # fmt: skip
    return propose(desk.shelf, wanted).name


def _kept(desk: Desk) -> KeptPlan:
    kept = plan_in_force(desk.store, desk.shelf)
    if kept is None:
        raise Refused("no plan is in force here", fix="release one, or propose it at Plans", where="plan")
    return kept


def _flying(desk: Desk, kept: KeptPlan, now_utc: datetime) -> Flying:
    with desk.views() as view:
        return flying_of(kept.plan, mission_board(view)["missions"], now_utc)


def _known(asked: Asked, table: str) -> Noun:
    for one in scenario_tables(asked.principal):
        if one.file == f"{table}.csv":
            return one
    raise Problem(404, f"no table {table[:40]!r} is shown to you", fix="choose one of /scenario", where="table")


def _waiting(drafts: Drafts, asked: Asked, token: str) -> EditedDraft:
    found = drafts.get(token, asked.principal.name)
    if found is None:
        raise Problem(
            404, "no such tables of yours wait", fix="send them again at /scenario; they wait for two hours", where="file"
        )
    return found


def _scenario(request: Request, asked: Asked, proposal: str = "", told: Told | None = None) -> Response:
    desk = desk_of(request)
    kept = plan_in_force(desk.store, desk.shelf)
    made = proposal_named(desk.shelf, proposal) if proposal else None
    behind = None
    if made is not None:
        with desk.views() as view:
            behind = overtaken(desk.store, desk.shelf, made, mission_board(view)["missions"])
    tables = [] if kept is None else [_tables(kept, asked)]
    return page(
        request, asked, "scenario.html", title="Scenario", tables=tables, kept=kept, told=told, proposal=made, behind=behind
    )


def _tables(kept: KeptPlan, asked: Asked) -> Table:
    scenario = kept.plan.scenario
    return Table(
        name="tables",
        caption=f"Tables that plan {kept.digest[:12]} was made of",
        columns=(Column("Table"), Column("Rows"), Column("A row is"), Column("To edit")),
        rows=[
            (
                Cell(name, f"/scenario/tables/{name}"),
                len(getattr(scenario, table.attribute)),
                (table.noun.__doc__ or "").partition("\n")[0].replace("`", ""),
                Cell(f"{name}.xlsx", f"/scenario/book?table={name}"),
            )
            for table in scenario_tables(asked.principal)
            for name in (table.file.removesuffix(".csv"),)
        ],
    )


def _draft(request: Request, asked: Asked, draft: EditedDraft, told: Told | None = None) -> Response:
    edited = Counter(file for file, _ in {(one.file, one.key) for one in draft.changes})
    form = Asking(
        name="tables", action=f"/scenario/drafts/{draft.token}", timed=False,
        legend="See what the planner makes of it (a minute or so; kept as a proposal)",
        buttons=(("propose", "Plan it anew"), ("leave", "Leave it")),
    )  # fmt: skip
    leave = Asking(
        name="leave", action=f"/scenario/drafts/{draft.token}", timed=False, buttons=(("leave", "Leave it"),), legend="",
    )  # fmt: skip
    return page(
        request, asked, "scenario_draft.html", title="Edited tables", draft=draft, told=told, edited=sorted(edited.items()),
        form=leave if draft.faults else form, tables=[_changes(draft), _faults(draft)], is_book=draft.file.endswith(".xlsx"),
    )  # fmt: skip


def _changes(draft: EditedDraft) -> Table:
    return Table(
        name="edits",
        caption=f"What is edited, cell by cell: {len(draft.changes):,}",
        columns=(Column("Table"), Column("Row"), Column("Column"), Column("In the plan in force"), Column("As sent")),
        rows=[
            (
                one.file.removesuffix(".csv"), one.key, one.column or "the whole row",
                "–" if one.came else "there" if one.went else one.before,
                Cell("taken out", look="warn") if one.went else Cell("new", look="good") if one.came else one.after,
            )
            for one in draft.changes[:_CHANGES_SHOWN]
        ],
        unshown_count=max(0, len(draft.changes) - _CHANGES_SHOWN),
        empty="Nothing can be told before its faults are mended.",
    )  # fmt: skip


def _faults(draft: EditedDraft) -> Table:
    return Table(
        name="faults",
        caption=f"What is wrong: {len(draft.faults):,}",
        columns=(Column("Table"), Column("Row"), Column("Column"), Column("What is wrong"), Column("How to mend it")),
        rows=[
            (one.file, one.row or None, one.column, Cell(one.what, look="bad"), one.fix)
            for one in draft.faults[:_FAULTS_SHOWN]
        ],
        unshown_count=max(0, len(draft.faults) - _FAULTS_SHOWN),
        empty="Nothing is wrong.",
    )
