"""Missions: the board of all, and one with its clocks, gates, poll, procedure, cargo and stowage."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from supercargo.app.board.lawful import PHASE_NAMES, lawful_next, poll_shown
from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.operations.asking import mission_board, mission_seen
from supercargo.app.operations.typed import do_mission
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.forms import Told, Typed, form_id, refusal, refused
from supercargo.faces.board.frame import now_of, page, refuse_unknown
from supercargo.faces.board.mission_forms import mission_forms, mission_words
from supercargo.faces.board.stowing import stowage_of
from supercargo.kernel import Refused, ScenarioError, parse_utc
from supercargo.model import OperationsPlan

__all__ = ["mission_pages"]

_COMPANY = Rule("read", "company")
_MISSION = Rule("mission", "company")
_LINES_SHOWN = 400


def mission_pages() -> APIRouter:
    """The routes about missions."""
    router = APIRouter(include_in_schema=False)

    @router.get("/missions", openapi_extra=_COMPANY.mark)
    def missions(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)], phase: str = "", place: str = "") -> Response:
        """Every mission, by lift-off."""
        with desk_of(request).views() as view:
            rows = mission_board(view)["missions"]
        refuse_unknown("phase", phase, PHASE_NAMES, what="no phase of a mission is called")
        refuse_unknown("place", place, {row["destination"] for row in rows}, what="no mission flies to")
        chosen = [row for row in rows if phase in ("", row["phase"]) and place in ("", row["destination"])]
        return page(
            request, asked, "missions.html", title="Missions", tables=[_board(chosen)], phase=phase, place=place,
            phases=sorted({row["phase"] for row in rows}), destinations=sorted({row["destination"] for row in rows}),
        )  # fmt: skip

    @router.get("/missions/{name}", openapi_extra=_COMPANY.mark)
    def mission(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)], name: str) -> Response:
        """One mission with all that hangs on it."""
        return _mission(request, asked, name)

    @router.post("/missions/{name}", openapi_extra=_MISSION.mark)
    def acted(request: Request, asked: Annotated[Asked, rule_of(_MISSION)], name: str, typed: Typed) -> Response:
        """Record what a form says of a mission, or show why it was refused."""
        try:
            words = mission_words(
                typed, by=asked.principal.name, now_utc=now_of(request, asked), command_id=form_id(asked, typed)
            )
            do_mission(desk_of(request).store, name, typed["do"], words)
        except (Refused, ScenarioError) as error:
            return refused(_mission(request, asked, name, refusal(error, typed)), error)
        return RedirectResponse(f"/missions/{quote(name, safe='')}", status_code=303)

    return router


def _mission(request: Request, asked: Asked, name: str, told: Told | None = None) -> Response:
    desk, now = desk_of(request), now_of(request, asked)
    try:
        with desk.views() as view:
            seen = mission_seen(view, name)
    except Refused as error:
        raise Problem(404, error.what, fix=error.fix, where=name[:80]) from error
    row = seen["missions"][0]
    kept = plan_in_force(desk.store, desk.shelf)
    plan = kept.plan if kept is not None and name in kept.plan.mission_named else None
    may_act = "mission" in asked.principal.scopes
    return page(
        request, asked, "mission.html", title=name, row=row, seen=seen, clocks=_clocks(row, now), told=told,
        tables=[_gates(seen["gates"], now), _steps(seen["steps"]), *_cargo(plan, name)], stowage=stowage_of(plan, name),
        planned=None if plan is None else plan.mission_named[name], poll=poll_shown(seen["polls"]),
        forms=mission_forms(quote(name, safe=""), lawful_next(seen)) if may_act else {},
    )  # fmt: skip


def _board(rows: list[dict[str, Any]]) -> Table:
    return Table(
        name="missions",
        caption="Missions by lift-off",
        columns=(
            Column("Mission"), Column("Destination"), Column("Spacecraft"), Column("Phase"), Column("Lift-off", "UTC"),
            Column("Slips"), Column("Gates done"), Column("Next gate"), Column("Poll"), Column("Open incidents"),
        ),
        rows=[
            (
                Cell(row["mission_id"], f"/missions/{row['mission_id']}"), f"{row['destination']}/{row['port']}",
                row["vehicle_type"], row["phase"], _at(row["launched_utc"] or row["launch_utc"]), row["slips_count"],
                f"{row['gates_done_count']} of {row['gates_count']}", row["next_gate"], row["poll"],
                Cell(row["open_incidents_count"], look="bad" if row["open_incidents_count"] else ""),
            )
            for row in rows
        ],
        empty="No mission is open: release a plan with `supercargo release PLAN --store STORE --by NAME`.",
    )  # fmt: skip


def _at(written: str) -> datetime | None:
    return parse_utc(written) if written else None


def _clocks(row: dict[str, Any], now: datetime) -> list[tuple[str, str]]:
    """The L- clock, which never stops, and the T- clock, as they stand."""
    launch = _at(row["launched_utc"] or row["launch_utc"])
    clocks = [] if launch is None else [("L", _span((now - launch).total_seconds()))]
    if row["countdown"] == "running":
        zero = _at(row["t_zero_utc"])
        clocks += [] if zero is None else [("T", _span((now - zero).total_seconds()))]
    elif row["countdown"] == "held":
        clocks.append(("T", f"{_span(-float(row['t_minus_s']))} (held)"))
    return clocks


def _span(past_s: float) -> str:
    """A span as clocks write it: -3 d 04:05:06 before, + after."""
    sign, left = ("+" if past_s >= 0 else "−"), abs(round(past_s))
    days, rest = divmod(left, 86_400)
    return f"{sign}{f'{days} d ' if days else ''}{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"


def _gates(rows: list[dict[str, Any]], now: datetime) -> Table:
    def look(row: dict[str, Any]) -> str:
        if row["state"] != "open":
            return "bad" if row["state"] == "failed" else "good"
        due = _at(row["due_utc"])
        return "bad" if due is not None and due < now else ""

    return Table(
        name="gates",
        caption="Integration gates",
        columns=(Column("Gate"), Column("State"), Column("Due", "UTC"), Column("Owner"), Column("Shown by"), Column("Said")),
        rows=[
            (row["gate"], Cell(row["state"], look=look(row)), _at(row["due_utc"]), row["owner"], row["proof"],
             f"{row['by']}: {row['said']}" if row["by"] else "")
            for row in rows
        ],
        empty="This mission has no gates.",
    )  # fmt: skip


def _steps(rows: list[dict[str, Any]]) -> Table:
    return Table(
        name="procedure",
        caption="Procedures with their signatures",
        columns=(Column("Procedure"), Column("Step"), Column("Text"), Column("State"), Column("Signed by"),
                 Column("Evidence")),
        rows=[
            (row["procedure"], row["step"], row["text"], Cell(row["state"], look="good" if row["state"] == "signed" else ""),
             ", ".join(row["signed_by"]), ", ".join(row["evidence"]))
            for row in rows
        ],
        empty="No procedure is open.",
    )  # fmt: skip


def _cargo(plan: OperationsPlan | None, name: str) -> list[Table]:
    if plan is None:
        return []
    rows = [row for row in plan.manifest if row.mission_id == name]
    shown = sorted(rows, key=lambda row: (row.direction, row.item_id))
    return [
        Table(
            name="manifest",
            caption=f"Manifest: {len(rows)} loads, each a line or a part of one",
            columns=(
                Column("Item"), Column("Direction"), Column("Customer"), Column("Mass", "kg", 1), Column("Due", "UTC"),
                Column("Delivered in the plan", "UTC"), Column("On time"),
            ),
            rows=[
                (Cell(row.item_id, f"/cargo/{quote(row.item_id)}"), row.direction, row.customer, row.mass_kg, row.due_utc,
                 row.delivered_utc, row.on_time)
                for row in shown[:_LINES_SHOWN]
            ],
            unshown_count=max(0, len(shown) - _LINES_SHOWN),
            empty="The plan in force puts nothing aboard.",
        )
    ]  # fmt: skip
