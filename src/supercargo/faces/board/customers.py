"""Customers: each its own cargo with the range in which it arrives, its complaints, and one page of questions."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from supercargo.app.board.customers import ArrivalRange, Delays, arrivals_of, customer_seen, customers_known, delays_of
from supercargo.app.board.slow import Slow
from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.operations.asking import mission_board
from supercargo.app.operations.commands import Act
from supercargo.app.operations.desk import Desk
from supercargo.app.operations.parties import OpenComplaint, about_own, record_party
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.answering import answer_forms, customer_forms, customers_words, words_said
from supercargo.faces.board.forms import Told, Typed, TypedWords, form_id, refusal
from supercargo.faces.board.forms import refused as refused_page
from supercargo.faces.board.frame import now_of, page
from supercargo.kernel import Refused, ScenarioError

__all__ = ["customer_pages"]

_OWN = Rule("read", "own")
_QUALITY = Rule("quality", "company")
_SHOWN = 500


def customer_pages() -> APIRouter:
    """The routes of customers: the company's people see each, a customer's person its own."""
    router = APIRouter(include_in_schema=False)
    counted: Slow[Delays] = Slow()
    _one(router, counted)
    _words(router, counted)

    @router.get("/customers", openapi_extra=_OWN.mark)
    def customers(request: Request, asked: Annotated[Asked, rule_of(_OWN)]) -> Response:
        """Every customer; a customer's person is led to its own page."""
        if asked.principal.customer:
            return RedirectResponse("/customer", status_code=303)
        with desk_of(request).views() as view:
            names = customers_known(view)
            seen = {name: customer_seen(view, name) for name in names}
        table = Table(
            name="customers",
            caption="Customers with a contract",
            columns=(Column("Customer"), Column("Open complaints"), Column("Surveys asked"), Column("Answered")),
            rows=[
                (
                    Cell(name, f"/customer?{urlencode({'name': name})}"),
                    sum(row["state"] != "closed" for row in seen[name].complaints),
                    len(seen[name].surveys),
                    sum(row["score"] is not None for row in seen[name].surveys),
                )
                for name in names
            ],
            empty="No contract is open: release a plan.",
        )
        return page(request, asked, "customers.html", title="Customers", tables=[table])

    return router


def _one(router: APIRouter, counted: Slow[Delays]) -> None:
    @router.get("/customer", openapi_extra=_OWN.mark)
    def customer(request: Request, asked: Annotated[Asked, rule_of(_OWN)], name: str = "", flight: str = "") -> Response:
        """One customer's lines, complaints and surveys."""
        return _customer(request, asked, counted, name, flight=flight)

    @router.post("/customer/words", openapi_extra=_QUALITY.mark)
    def words(request: Request, asked: Annotated[Asked, rule_of(_QUALITY)], typed: Typed) -> Response:
        """Answer or close a complaint, or ask how content the customer is; or show why that was refused."""
        _refuse_unknown(desk_of(request), typed["name"])
        try:
            act = Act(command_id=form_id(asked, typed), by=asked.principal.name, at_utc=now_of(request, asked))
            record_party(desk_of(request).store, typed["name"], words_said(typed), act)
        except (Refused, ScenarioError) as error:
            shown = _customer(request, asked, counted, typed["name"], told=refusal(error, typed))
            return refused_page(shown, error)
        return RedirectResponse(f"/customer?{urlencode({'name': typed['name']})}#complaints", status_code=303)


def _customer(
    request: Request,
    asked: Asked,
    counted: Slow[Delays],
    name: str,
    *,
    flight: str = "",
    told: Told | None = None,
) -> Response:
    who = _whose(asked, name)
    desk = desk_of(request)
    kept = plan_in_force(desk.store, desk.shelf)
    if not asked.principal.customer:
        _refuse_unknown(desk, who)
    with desk.views() as view:
        seen = customer_seen(view, who)
        standing = {row["mission_id"]: row["launched_utc"] or row["launch_utc"] for row in mission_board(view)["missions"]}
    lines: tuple[ArrivalRange, ...] = ()
    counting = False
    if kept is not None:
        known = counted.ask(kept.digest, kept.digest, lambda: delays_of(kept), wait_s=0.1)
        counting = known.counting
        lines = arrivals_of(kept, who, known.value or {}, standing)
    shown = [row for row in lines if flight in ("", row.mission_id)]
    complain, surveys = customer_forms(who, seen.surveys)
    may_answer = "quality" in asked.principal.scopes and not asked.principal.customer
    return page(
        request, asked, "customer.html", title=who, tables=[_arrivals(shown)], seen=seen, who=who, counting=counting,
        flights=sorted({row.mission_id for row in lines if row.mission_id}), flight=flight, told=told,
        complain=complain, surveys=surveys, forms=answer_forms(who, seen.complaints) if may_answer else (),
    )  # fmt: skip


def _refuse_unknown(desk: Desk, who: str) -> None:
    with desk.views() as view:
        known = customers_known(view)
    if who not in known:
        raise Problem(404, f"no customer is called {who[:60]!r}", fix="choose one of /customers", where="name")


def _whose(asked: Asked, name: str) -> str:
    """Whose page it is: a customer's person has one; another's is not there for it."""
    own = asked.principal.customer
    if own and name not in ("", own):
        raise Problem(404, f"no customer is called {name[:60]!r}", fix="open your own page", where="name")
    return own or name


def _words(router: APIRouter, counted: Slow[Delays]) -> None:
    @router.post("/customer/complaint", openapi_extra=_OWN.mark)
    def complain(request: Request, asked: Annotated[Asked, rule_of(_OWN)], typed: Typed) -> Response:
        """Take a complaint in the customer's own words, or show why it was refused."""
        typed.setdefault("form", "complain")
        return _said(request, asked, typed, counted)

    @router.post("/customer/survey", openapi_extra=_OWN.mark)
    def answer(request: Request, asked: Annotated[Asked, rule_of(_OWN)], typed: Typed) -> Response:
        """Record what the customer answers, or show why it was refused."""
        return _said(request, asked, typed, counted)


def _said(request: Request, asked: Asked, typed: TypedWords, counted: Slow[Delays]) -> Response:
    """Record it once, and lead back; what is refused is told beside its form with what was typed."""
    who = _whose(asked, typed["name"])
    try:
        act = Act(command_id=form_id(asked, typed), by=asked.principal.name, at_utc=now_of(request, asked))
        command = customers_words(typed, f"C-{(typed['key'] if typed['key'].isalnum() else act.command_id)[:12]}")
        if isinstance(command, OpenComplaint):
            with desk_of(request).views() as view:
                whose = "your cargo" if asked.principal.customer else f"the cargo of {who}"
                command = about_own(view, who, command, whose)
        record_party(desk_of(request).store, who, command, act)
    except (Refused, ScenarioError) as error:
        return refused_page(_customer(request, asked, counted, who, told=refusal(error, typed)), error)
    query = {} if asked.principal.customer else {"name": who}
    return RedirectResponse(f"/customer?{urlencode(query)}".rstrip("?") + "#complaints", status_code=303)


def _arrivals(rows: list[ArrivalRange]) -> Table:
    return Table(
        name="arrivals",
        caption="Lines, with the span in which each arrives nine times of ten",
        columns=(
            Column("Item"),
            Column("Flight"),
            Column("Place"),
            Column("Direction"),
            Column("Mass", "kg", 1),
            Column("Due", "UTC"),
            Column("Expected", "UTC"),
            Column("Not before", "UTC"),
            Column("Not after", "UTC"),
            Column("Why so"),
        ),
        rows=[
            (
                Cell(row.item_id, f"/cargo/{quote(row.item_id)}"),
                row.mission_id,
                row.destination,
                row.direction,
                row.mass_kg,
                row.due_utc,
                Cell(row.planned_utc, look="bad" if row.due_utc and row.planned_utc and row.planned_utc > row.due_utc else ""),
                row.early_utc,
                row.late_utc,
                row.reason,
            )
            for row in rows[:_SHOWN]
        ],
        unshown_count=max(0, len(rows) - _SHOWN),
        empty="The plan in force has no line of this customer.",
    )
