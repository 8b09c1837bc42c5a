"""Conflicts: what missions want at once, the ways out with their cost, who chose and why, who was told and took note."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from supercargo.app.board.conflicts import OPEN_STATES, overtaken_conflicts
from supercargo.app.board.quality import CONFLICT_SORTS
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.operations.asking import conflicts_seen
from supercargo.app.operations.typed import ConflictWords, do_conflict
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.forms import Asking, Field, Told, Typed, TypedWords, choices_of, form_id, refusal, refused
from supercargo.faces.board.frame import now_of, page
from supercargo.kernel import Refused, ScenarioError, parse_utc

__all__ = ["conflict_pages"]

_COMPANY = Rule("read", "company")
_MISSION = Rule("mission", "company")


def conflict_pages() -> APIRouter:
    """The routes about conflicts."""
    router = APIRouter(include_in_schema=False)

    @router.get("/conflicts", openapi_extra=_COMPANY.mark)
    def conflicts(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)]) -> Response:
        """Every conflict."""
        return _all(request, asked)

    @router.post("/conflicts", openapi_extra=_MISSION.mark)
    def state(request: Request, asked: Annotated[Asked, rule_of(_MISSION)], typed: Typed) -> Response:
        """State a conflict, or show why it was refused."""
        name = typed["name"].strip()
        try:
            _record(request, asked, name, typed)
        except (Refused, ScenarioError) as error:
            return refused(_all(request, asked, refusal(error, typed)), error)
        return RedirectResponse(f"/conflicts/{quote(name, safe='')}", status_code=303)

    @router.get("/conflicts/{name}", openapi_extra=_COMPANY.mark)
    def conflict(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)], name: str) -> Response:
        """One conflict with its ways out."""
        return _one(request, asked, name)

    @router.post("/conflicts/{name}", openapi_extra=_MISSION.mark)
    def act(request: Request, asked: Annotated[Asked, rule_of(_MISSION)], name: str, typed: Typed) -> Response:
        """Record what happens to a conflict, or show why it was refused."""
        try:
            _record(request, asked, name, typed)
        except (Refused, ScenarioError) as error:
            return refused(_one(request, asked, name, refusal(error, typed)), error)
        return RedirectResponse(f"/conflicts/{quote(name, safe='')}", status_code=303)

    return router


def _record(request: Request, asked: Asked, name: str, typed: TypedWords) -> None:
    words = ConflictWords(
        by=asked.principal.name, at=typed.instant("at"), now_utc=now_of(request, asked), command_id=form_id(asked, typed),
        kind=typed["kind"], objects=typed.listed("objects"), option=typed["option"], party=typed["party"], word=typed["word"],
        cost_usd=typed.number("cost_usd") or 0.0, delay_d=typed.number("delay_d") or 0.0,
    )  # fmt: skip
    do_conflict(desk_of(request).store, name, typed["do"], words)


def _all(request: Request, asked: Asked, told: Told | None = None) -> Response:
    with desk_of(request).views() as view:
        rows = conflicts_seen(view)
        overtaken = overtaken_conflicts(view, rows)
    new = Asking(
        name="see", action="/conflicts", legend="State a conflict", buttons=(("see", "State it"),),
        fields=(
            Field(name="name", label="Name", needed=True),
            Field(name="kind", label="About", kind="choice", choices=choices_of(CONFLICT_SORTS)),
            Field(name="objects", label="Missions, ports, pads or lines, between semicolons", needed=True),
            Field(name="word", label="What the conflict is", needed=True),
        ),
    )  # fmt: skip
    form = new if "mission" in asked.principal.scopes else None
    return page(request, asked, "conflicts.html", title="Conflicts", tables=[_table(rows, overtaken)], form=form, told=told)


def _table(rows: list[dict[str, Any]], overtaken: Mapping[str, str]) -> Table:
    def state(row: Mapping[str, Any]) -> Cell:
        if why := overtaken.get(row["conflict"]):
            return Cell("overtaken", note=why)
        return Cell(row["state"], look="warn" if row["state"] in OPEN_STATES else "good")

    def place(row: Mapping[str, Any]) -> tuple[bool, bool, str, str]:
        return row["state"] not in OPEN_STATES, row["conflict"] in overtaken, row["seen_utc"], row["conflict"]

    return Table(
        name="conflicts",
        caption="Conflicts, those without a choice first",
        columns=(Column("Conflict"), Column("About"), Column("State"), Column("What"), Column("Seen", "UTC"), Column("By"),
                 Column("Ways out"), Column("Chosen"), Column("By"), Column("Why")),
        rows=[
            (Cell(row["conflict"], f"/conflicts/{quote(row['conflict'], safe='')}"), row["kind"],
             state(row), row["text"], parse_utc(row["seen_utc"]),
             row["seen_by"], len(row["options"]), row["chosen"], row["chosen_by"], row["why"])
            for row in sorted(rows, key=place)
        ],
        empty="Nobody has seen a conflict.",
    )  # fmt: skip


def _one(request: Request, asked: Asked, name: str, told: Told | None = None) -> Response:
    try:
        with desk_of(request).views() as view:
            row = conflicts_seen(view, name)[0]
            overtaken = overtaken_conflicts(view, conflicts_seen(view)).get(name, "")
    except Refused as error:
        raise Problem(404, error.what, fix=error.fix, where=name[:80]) from error
    forms = list(_forms(row)) if "mission" in asked.principal.scopes else []
    return page(request, asked, "conflict.html", title=name, row=row, forms=forms, told=told, tables=[_options(row)],
                overtaken=overtaken)  # fmt: skip


def _options(row: Mapping[str, Any]) -> Table:
    return Table(
        name="options",
        caption="Ways out",
        columns=(Column("Option"), Column("What"), Column("Cost", "USD"), Column("Delay", "d", 1), Column("Offered by"),
                 Column("Chosen")),
        rows=[
            (one["option"], one["text"], Cell(one["cost_usd"], note="(it saves)" if one["cost_usd"] < 0 else ""),
             one["delay_d"], one["by"],
             Cell("chosen", look="good") if one["option"] == row["chosen"] else "")
            for one in row["options"]
        ],
        empty="No way out was offered yet.",
    )  # fmt: skip


def _forms(row: Mapping[str, Any]) -> Iterator[Asking]:
    action = f"/conflicts/{quote(row['conflict'], safe='')}"
    free = [one["option"] for one in row["options"] if one["option"] != row["chosen"]]
    if free:
        yield Asking(
            name="choose", action=action, legend="Choose", buttons=(("choose", "Choose it"),),
            fields=(Field(name="option", label="Option", kind="choice", choices=choices_of(free)),
                    Field(name="word", label="Why", needed=True)),
        )  # fmt: skip
    yield Asking(
        name="offer", action=action, legend="Offer a way out", buttons=(("offer", "Offer it"),),
        fields=(
            Field(name="option", label="Option", needed=True), Field(name="word", label="What it is", needed=True),
            Field(name="cost_usd", label="Cost", unit="USD", kind="number"),
            Field(name="delay_d", label="Delay", unit="d", kind="number"),
        ),
    )  # fmt: skip
    if row["chosen"]:
        yield Asking(
            name="tell", action=action, legend="Tell of the choice", buttons=(("tell", "It was told"),),
            fields=(Field(name="party", label="Who was told", needed=True),),
        )  # fmt: skip
    waiting = [one["party"] for one in row["told"] if not one["acknowledged_by"]]
    if waiting:
        yield Asking(
            name="acknowledge", action=action, legend="Take note", buttons=(("acknowledge", "Noted"),),
            fields=(Field(name="party", label="As", kind="choice", choices=choices_of(waiting)),),
        )  # fmt: skip
