"""How a mission is stowed: turned, drawn apart by the order of unloading, unloaded step by step, and as a table."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.frame import page
from supercargo.model import OperationsPlan, Placement
from supercargo.report.stowage import StowageSeen, class_colours, draw_stowage

__all__ = ["stowage_of", "stowing_pages"]

_COMPANY = Rule("read", "company")


def stowing_pages() -> APIRouter:
    """The route of a mission's stowage."""
    router = APIRouter(include_in_schema=False)

    @router.get("/missions/{name}/stowage", openapi_extra=_COMPANY.mark)
    def stowage(
        request: Request,
        asked: Annotated[Asked, rule_of(_COMPANY)],
        name: str,
        *,
        turn: Annotated[int, Query(ge=0, le=7)] = 0,
        explode: Annotated[int, Query(ge=0, le=100)] = 0,
        step: Annotated[int, Query(ge=0, le=100_000)] = 0,
    ) -> Response:
        """The bays of a mission as the plan in force stows them."""
        desk = desk_of(request)
        kept = plan_in_force(desk.store, desk.shelf)
        if kept is None or name not in kept.plan.mission_named:
            raise Problem(404, "the plan in force flies no such mission", fix="choose one of /missions", where=name[:80])
        placed = sorted(
            (one for one in kept.plan.stowage if one.mission_id == name), key=lambda one: (one.unload_order, one.item_id)
        )
        step = min(step, len(placed))
        seen = StowageSeen(turn=turn, apart_fraction=explode / 100, taken_count=step)
        shown = stowage_of(kept.plan, name, seen)
        return page(
            request, asked, "stowage.html", title=f"Stowage of {name}", name=name, stowage=shown, turn=turn, explode=explode,
            step=step, pieces_count=len(placed), due=placed[step] if step < len(placed) else None,
            tables=[_boxes(kept.plan, placed, step)],
        )  # fmt: skip

    return router


def stowage_of(plan: OperationsPlan | None, name: str, seen: StowageSeen | None = None) -> dict[str, Any] | None:
    """The pictures of a mission's bays with their key; None where nothing is placed."""
    if plan is None:
        return None
    colours = class_colours(plan)
    found = next((one for one in draw_stowage(plan, colours, only=name, seen=seen or StowageSeen())), None)
    if found is None:
        return None
    return {"pictures": [Markup(one) for one in found.svgs], "note": found.note, "colours": colours}


def _boxes(plan: OperationsPlan, placed: list[Placement], step: int) -> Table:
    lines = plan.scenario.lines

    def supply_class(item: str) -> str:
        line = lines.get(item) or lines.get(item.partition("#")[0])
        return line.supply_class if line else ""

    return Table(
        name="boxes",
        caption="Every piece, in the order of unloading",
        columns=(
            Column("Unloaded as"), Column("Item"), Column("Piece"), Column("Class"), Column("Bay"), Column("Mass", "kg", 1),
            Column("x", "m", 3), Column("y", "m", 3), Column("z", "m", 3), Column("dx", "m", 3), Column("dy", "m", 3),
            Column("dz", "m", 3), Column("Standing"),
        ),
        rows=[
            (one.unload_order, Cell(one.item_id, f"/cargo/{quote(one.item_id)}"), one.piece, supply_class(one.item_id),
             one.bay, one.mass_kg, one.x_m, one.y_m, one.z_m, one.dx_m, one.dy_m, one.dz_m,
             "out" if one.unload_order <= step else "aboard")
            for one in placed
        ],
        empty="The plan in force places no pieces in the bays of this mission.",
    )  # fmt: skip
