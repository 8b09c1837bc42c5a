"""Quality: non-conformances from finding to close, work orders from issue to the second signature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from supercargo.app.board.quality import CASE_WORDS, DISPOSALS, WORK_WORDS, QualitySeen, quality_seen
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.operations.commands import AREAS, Act
from supercargo.app.operations.recording import first_told_utc
from supercargo.app.operations.typed import WorkWords, do_work
from supercargo.faces.api.forms import word_of
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.forms import Asking, Field, Told, Typed, TypedWords, choices_of, form_id, refusal, refused
from supercargo.faces.board.frame import now_of, page
from supercargo.kernel import Refused, ScenarioError, parse_utc

__all__ = ["quality_pages"]

_COMPANY = Rule("read", "company")
_QUALITY = Rule("quality", "company")
_WORK = Rule("maintenance", "company")
_SHOWN = 60
_CASES = next(area for area in AREAS if area.name == "non-conformances")
_CASE_COMMANDS = {word_of(command): command for command in _CASES.commands}
_CASE_FIELDS: Mapping[str, tuple[Field, ...]] = {
    "dispose": (
        Field(name="disposition", label="What is done with it", kind="choice", choices=choices_of(DISPOSALS)),
        Field(name="said", label="Why", needed=True),
    ),
    "plan_action": (
        Field(name="action", label="Corrective action, or why none", needed=True),
        Field(name="owner", label="Who does it", needed=True),
        Field(name="due_utc", label="By when", unit="UTC", kind="instant"),
    ),
    "close_case": (Field(name="said", label="What shows that it is done", needed=True),),
}
_CASE_BUTTONS = {"dispose": "Decide", "plan_action": "Set the action", "close_case": "Close"}
_LIMIT = (
    Field(name="due", label="Due", unit="UTC", kind="instant"),
    Field(name="hours", label="or at", unit="h", kind="number"),
    Field(name="cycles", label="or at", unit="cycles", kind="number"),
)
_WORK_FIELDS: Mapping[str, tuple[Field, ...]] = {
    "start": (Field(name="word", label="Note"),),
    "sign": (Field(name="word", label="Evidence", needed=True),),
    "finish": (Field(name="word", label="Note"),),
    "defer": (*_LIMIT, Field(name="word", label="Reason", needed=True)),
    "cancel": (Field(name="word", label="Reason", needed=True),),
}
_WORK_BUTTONS = {"start": "Start", "sign": "Sign", "finish": "Finish", "defer": "Defer", "cancel": "Cancel"}


def quality_pages() -> APIRouter:
    """The routes about quality."""
    router = APIRouter(include_in_schema=False)

    @router.get("/quality", openapi_extra=_COMPANY.mark)
    def quality(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)]) -> Response:
        """What is not as it should be, and what work is due."""
        return _quality(request, asked)

    @router.post("/quality/cases", openapi_extra=_QUALITY.mark)
    def case(request: Request, asked: Annotated[Asked, rule_of(_QUALITY)], typed: Typed) -> Response:
        """Record a step of a non-conformance, or show why it was refused."""
        return _done(request, asked, typed, _record_case)

    @router.post("/quality/orders", openapi_extra=_WORK.mark)
    def order(request: Request, asked: Annotated[Asked, rule_of(_WORK)], typed: Typed) -> Response:
        """Record a step of a work order, or show why it was refused."""
        return _done(request, asked, typed, _record_order)

    return router


def _done(request: Request, asked: Asked, typed: TypedWords, record: Any) -> Response:
    try:
        record(request, asked, typed)
    except (Refused, ScenarioError) as error:
        return refused(_quality(request, asked, refusal(error, typed)), error)
    return RedirectResponse(f"/quality#{quote(typed['name'])}", status_code=303)


def _record_case(request: Request, asked: Asked, typed: TypedWords) -> None:
    store, name, command_id = desk_of(request).store, typed["name"].strip(), form_id(asked, typed)
    if typed["do"] not in _CASE_COMMANDS or not name:
        raise ScenarioError("the form names no case or no step", fix=f"use one of: {', '.join(_CASE_COMMANDS)}", where="do")
    at = typed.instant("at")
    instant = parse_utc(at) if at else first_told_utc(store, command_id, now_of(request, asked))
    act = Act(command_id=command_id, by=asked.principal.name, at_utc=instant)
    said: dict[str, Any] = {
        field: typed[field] for field in ("about", "said", "customer", "disposition", "action", "owner") if field in typed
    }
    if "due_utc" in typed:
        due = typed.instant("due_utc")
        said["due_utc"] = parse_utc(due) if due else None
    try:
        _CASES.record(store, (asked.principal, act), _CASE_COMMANDS[typed["do"]], name, said)
    except TypeError:
        raise ScenarioError("the form does not say what this step takes", fix="open the page again", where="do") from None


def _record_order(request: Request, asked: Asked, typed: TypedWords) -> None:
    words = WorkWords(
        by=asked.principal.name, at=typed.instant("at"), now_utc=now_of(request, asked), command_id=form_id(asked, typed),
        asset=typed["asset"], word=typed["word"], hours=typed.number("hours"),
        cycles=typed.count("cycles") if typed["cycles"].strip() else None, due=typed.instant("due"),
    )  # fmt: skip
    do_work(desk_of(request).store, typed["name"].strip(), typed["do"], words)


def _quality(request: Request, asked: Asked, told: Told | None = None) -> Response:
    with desk_of(request).views() as view:
        seen = quality_seen(view, now_of(request, asked))
    scopes = asked.principal.scopes
    cases = [(row, list(_case_forms(row)) if "quality" in scopes else []) for row in seen.cases if row["stage"] in CASE_WORDS]
    orders = [
        (row, list(_order_forms(row)) if "maintenance" in scopes else []) for row in seen.orders if row["state"] in WORK_WORDS
    ]
    return page(
        request, asked, "quality.html", title="Quality", told=told, cases=cases[:_SHOWN], orders=orders[:_SHOWN], use=seen.use,
        tables=[_cases(seen), _orders(seen), _lessons(seen)],
        cases_left=max(0, len(cases) - _SHOWN), orders_left=max(0, len(orders) - _SHOWN),
        new_case=_new_case() if "quality" in scopes else None, new_order=_new_order(seen) if "maintenance" in scopes else None,
    )  # fmt: skip


def _case_forms(row: Mapping[str, Any]) -> Iterator[Asking]:
    for word in CASE_WORDS[row["stage"]]:
        yield Asking(
            name=f"{word}-{row['case_id']}", action="/quality/cases", buttons=((word, _CASE_BUTTONS[word]),),
            fields=_CASE_FIELDS[word], given=(("name", row["case_id"]),), legend=_CASE_BUTTONS[word],
        )  # fmt: skip


def _order_forms(row: Mapping[str, Any]) -> Iterator[Asking]:
    for word in WORK_WORDS[row["state"]]:
        yield Asking(
            name=f"{word}-{row['work_order']}", action="/quality/orders", buttons=((word, _WORK_BUTTONS[word]),),
            fields=_WORK_FIELDS[word], given=(("name", row["work_order"]),), legend=_WORK_BUTTONS[word],
        )  # fmt: skip


def _new_case() -> Asking:
    return Asking(
        name="case-new", action="/quality/cases", legend="Something is not as it should be", buttons=(("open_case", "Open"),),
        fields=(
            Field(name="name", label="Name of the case", needed=True),
            Field(name="about", label="About (cargo/ITEM or container/ID)", needed=True),
            Field(name="said", label="What is wrong", needed=True),
            Field(name="customer", label="Whose it is (empty: the company's)"),
        ),
    )  # fmt: skip


def _new_order(seen: QualitySeen) -> Asking:
    return Asking(
        name="order-new", action="/quality/orders", legend="Order work", buttons=(("issue", "Issue"),),
        fields=(
            Field(name="name", label="Name of the order", needed=True),
            Field(name="asset", label="On", kind="choice", choices=choices_of(seen.assets)),
            Field(name="word", label="What is to be done", needed=True), *_LIMIT,
        ),
    )  # fmt: skip


def _cases(seen: QualitySeen) -> Table:
    return Table(
        name="cases",
        caption="Non-conformances",
        columns=(Column("Case"), Column("About"), Column("Stage"), Column("Cause"), Column("Opened", "UTC"), Column("By"),
                 Column("Disposition"), Column("Action"), Column("Owner"), Column("Due", "UTC"), Column("Closed by")),
        rows=[
            (row["case_id"], Cell(row["about"], _about(row)),
             Cell(row["stage"], look="good" if row["stage"] == "closed" else ""), row["said"] or row["cause"],
             _at(row["opened_utc"]), row["opened_by"], row["disposition"], row["action"],
             row["owner"], _at(row["due_utc"]), row["closed_by"])
            for row in seen.cases
        ],
        empty="No non-conformance was opened.",
    )  # fmt: skip


def _about(row: Mapping[str, Any]) -> str:
    return f"/cargo/{quote(str(row['about']).removeprefix('cargo/'))}"


def _at(written: str) -> Any:
    return parse_utc(written) if written else None


def _orders(seen: QualitySeen) -> Table:
    return Table(
        name="orders",
        caption="Work orders",
        columns=(Column("Order"), Column("Asset"), Column("Task"), Column("State"), Column("Due", "UTC"),
                 Column("Due at", "h"), Column("Due at", "cycles"), Column("Used", "h", 1), Column("Used", "cycles"),
                 Column("Signed by"), Column("Deferred"), Column("Why")),
        rows=[
            (row["work_order"], row["asset"], row["task"],
             Cell("overdue" if row["overdue"] else row["state"], look="bad" if row["overdue"] else ""), _at(row["due_utc"]),
             row["due_hours"], row["due_cycles"], seen.use.get(row["asset"], {}).get("hours"),
             seen.use.get(row["asset"], {}).get("cycles"), ", ".join(row["signed_by"]), row["deferrals_count"], row["why"])
            for row in seen.orders
        ],
        empty="No work was ordered.",
    )  # fmt: skip


def _lessons(seen: QualitySeen) -> Table:
    return Table(
        name="lessons",
        caption="Lessons: closed only by a changed rule or parameter that a released plan carries",
        columns=(Column("Lesson"), Column("State"), Column("What"), Column("From"), Column("Owner"), Column("Opened", "UTC"),
                 Column("Changed"), Column("Old"), Column("New"), Column("Plan"), Column("Closed by")),
        rows=[
            (row["lesson"], Cell(row["state"], look="good" if row["state"] == "closed" else ""), row["text"], row["about"],
             row["owner"], _at(row["opened_utc"]), row["change"], row["old"], row["new"], row["digest"][:12], row["closed_by"])
            for row in seen.lessons
        ],
        empty="No lesson was opened.",
    )  # fmt: skip
