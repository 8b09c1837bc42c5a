"""Stocks: curves of the plan in force with bands and reserves, how long they last, and what mends a shortage."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.stock import StockSeen, ended_utc, stocks_seen
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.frame import now_of, page, refuse_unknown
from supercargo.model import InventoryRow

__all__ = ["stock_pages"]

_COMPANY = Rule("read", "company")
_COMING_SHOWN = 3
_SHOWN_KG = 0.05


def stock_pages() -> APIRouter:
    """The route of stocks."""
    router = APIRouter(include_in_schema=False)

    @router.get("/stock", openapi_extra=_COMPANY.mark)
    def stock(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)], *, place: str = "", supply: str = "") -> Response:
        """Every stock, or those of a place or a class; with both named, every day of it."""
        desk = desk_of(request)
        kept = plan_in_force(desk.store, desk.shelf)
        if kept is None:
            return page(request, asked, "stock.html", title="Stock", kept=None)
        plan = kept.plan
        refuse_unknown("place", place, {row.destination for row in plan.inventory}, what="no stock is kept at a place called")
        refuse_unknown("supply", supply, {row.supply_class for row in plan.inventory}, what="no stock is of a class called")
        now = now_of(request, asked)
        seen, ended = stocks_seen(plan, now, place=place, supply_class=supply), ended_utc(plan, now)
        chosen = {(one.destination, one.supply_class) for one in seen}
        curves: dict[str, list[Markup]] = {}
        for (destination, name), picture in kept.curves.items():
            if (destination, name) in chosen:
                curves.setdefault(destination, []).append(Markup(picture))
        tables = [_stocks(seen, ended)]
        if place and supply:
            rows = [row for row in plan.inventory if (row.destination, row.supply_class) == (place, supply)]
            tables.append(_days(sorted(rows, key=lambda row: row.day_utc)))
        return page(
            request, asked, "stock.html", title="Stock", kept=kept, tables=tables, seen=seen, place=place, supply=supply,
            destinations=sorted({destination for destination, _ in kept.curves}), curves=curves,
            supplies=sorted({name for _, name in kept.curves}), ended=ended, past_d=(now - ended).days if ended else 0,
        )  # fmt: skip

    return router


def _stocks(seen: tuple[StockSeen, ...], ended: datetime | None) -> Table:
    when = f" on its last day, {ended:%Y-%m-%d}" if ended else ""
    return Table(
        name="stocks",
        caption=f"Stocks by the plan in force{when}, the soonest below its reserve first",
        columns=(
            Column("Class"), Column("Place"), Column("On hand", "kg", 1), Column("Lacking", "kg", 1),
            Column("Reserve", "kg", 1),
            Column("Lasts without deliveries", "d"), Column("Below reserve from", "UTC"), Column("Lowest", "kg", 1),
            Column("At reserve again", "UTC"), Column("What is coming"),
        ),
        rows=[
            (
                Cell(one.supply_class, f"/stock?{urlencode({'place': one.destination, 'supply': one.supply_class})}"),
                one.destination, one.on_hand_kg, _lacking(one.lacking_kg), one.reserve_kg,
                round(one.cover_d, 1) if one.cover_d is not None else "the plan has ended" if ended else "beyond the plan",
                Cell(one.below_utc, look="bad") if one.below_utc else "never",
                Cell(max(0.0, one.lowest_kg), look="bad" if one.below_utc else "",
                     note=f"({-one.lowest_kg:,.1f} kg lacking)" if one.lowest_kg <= -_SHOWN_KG else ""),
                one.fixed_utc if one.fixed_utc else Cell("not in this plan", look="bad") if one.below_utc else "",
                _coming(one),
            )
            for one in seen
        ],
        empty="The plan in force tracks no such stock: choose another place or class.",
    )  # fmt: skip


def _lacking(kg: float) -> Cell:
    """What is missing, empty where nothing is."""
    return Cell(kg if kg >= _SHOWN_KG else None, look="bad" if kg >= _SHOWN_KG else "")


def _coming(one: StockSeen) -> Cell:
    """The next deliveries of the class; the first of them leads to its mission."""
    if not one.coming:
        return Cell("nothing in this plan", look="bad" if one.below_utc else "")
    words = [f"{next_.mission_id} {next_.mass_kg:,.0f} kg on {next_.delivered_utc:%Y-%m-%d}" for next_ in one.coming]
    more = f", {len(words) - _COMING_SHOWN} more" if len(words) > _COMING_SHOWN else ""
    return Cell(words[0], f"/missions/{one.coming[0].mission_id}", note="; ".join(words[1:_COMING_SHOWN]) + more)


def _days(rows: list[InventoryRow]) -> Table:
    return Table(
        name="days",
        caption="Every day of this stock",
        columns=(Column("Day", "UTC"), Column("On hand", "kg", 1), Column("5 % fall below", "kg", 1),
                 Column("95 % stay below", "kg", 1), Column("Reserve", "kg", 1), Column("Comes in", "kg", 1),
                 Column("Lacking", "kg", 1)),
        rows=[
            (row.day_utc, Cell(max(0.0, row.on_hand_kg), look="bad" if row.on_hand_kg < row.reserve_kg - 0.01 else ""),
             row.p05_kg, row.p95_kg, row.reserve_kg, row.inbound_kg, _lacking(-row.on_hand_kg))
            for row in rows
        ],
    )  # fmt: skip
