"""KPIs with targets, intervals, trends and causes; each leads to the objects that it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from supercargo.app.board.slow import Slow
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.kpis import KpiShown, Wanted, kpi_ids, kpis_seen
from supercargo.app.operations.events import log_head
from supercargo.app.operations.people import Principal
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.frame import page
from supercargo.kernel import ScenarioError
from supercargo.report.kpis import shown_value, sparkline

__all__ = ["kpi_pages"]

_OWN = Rule("read", "own")
_SHOWN = 300
Period = Annotated[str, Query(pattern="^(month|quarter)$")]
Kpis = tuple[KpiShown, ...]


def kpi_pages() -> APIRouter:
    """The routes of the KPIs; a customer's are over its own lines, orders, surveys and complaints."""
    router = APIRouter(include_in_schema=False)
    counted: Slow[Kpis] = Slow()

    def told(request: Request, principal: Principal, wanted: Wanted, most: int) -> tuple[Kpis, bool]:
        desk = desk_of(request)
        seen = (principal.customer, "money" in principal.scopes, wanted.ids, wanted.scor, wanted.period, most)
        found = counted.ask(
            seen, log_head(desk).position, lambda: kpis_seen(desk.store, principal, wanted, most=most), wait_s=0.1
        )
        return found.value or (), found.counting

    @router.get("/kpis", openapi_extra=_OWN.mark)
    def kpis(
        request: Request, asked: Annotated[Asked, rule_of(_OWN)], *, trend: Period = "month", scor: bool = False
    ) -> Response:
        """Every KPI, and the SCOR metrics where they are asked for."""
        found, counting = told(request, asked.principal, Wanted(scor=scor, period=trend), 0)
        return page(
            request,
            asked,
            "kpis.html",
            title="KPIs",
            tables=[_table(found)],
            counting=counting,
            found=found,
            scor=scor,
            trend=trend,
            lines={one.kpi_id: Markup(sparkline(one.trend, one.unit, one.target)) for one in found},
        )

    @router.get("/kpis/{kpi_id}", openapi_extra=_OWN.mark)
    def kpi(request: Request, asked: Annotated[Asked, rule_of(_OWN)], kpi_id: str, *, trend: Period = "month") -> Response:
        """One figure with the objects behind it, those that weigh against it first."""
        try:
            ids = kpi_ids((kpi_id,))
        except ScenarioError as error:
            raise Problem(404, error.what, fix=error.fix, where=kpi_id[:40]) from None
        found, counting = told(request, asked.principal, Wanted(ids=ids, period=trend), 100_000)
        one = found[0] if found else None
        tables = [] if one is None else [_objects(one, company=not asked.principal.customer), _trend(one), _causes(one)]
        line = Markup(sparkline(one.trend, one.unit, one.target)) if one else ""
        title = f"{one.kpi_id} {one.name}" if one else ids[0]
        return page(
            request, asked, "kpi.html", title=title, tables=tables, counting=counting, one=one, line=line, value=shown_value
        )

    return router


def _table(found: Sequence[KpiShown]) -> Table:
    return Table(
        name="kpis",
        caption="KPIs with target and interval",
        columns=(
            Column("KPI"),
            Column("Name"),
            Column("Value"),
            Column("Target"),
            Column("Met"),
            Column("Interval"),
            Column("Objects"),
            Column("What weighs most, or is missing"),
        ),
        rows=[
            (
                Cell(one.kpi_id, f"/kpis/{one.kpi_id}"),
                one.name,
                shown_value(one.value, one.unit),
                f"{one.sense} {shown_value(one.target, one.unit)}" if one.target is not None else "",
                "" if one.met is None else Cell("met" if one.met else "missed", look="good" if one.met else "bad"),
                f"{shown_value(one.low, one.unit)} to {shown_value(one.high, one.unit)}" if one.low is not None else "",
                one.objects_count,
                _weighs(one),
            )
            for one in found
        ],
    )


def _weighs(one: KpiShown) -> str:
    """The largest cause; of a figure without a value what is missing. How it is counted stands on its own page."""
    if one.largest:
        return one.largest[0].why
    return one.causes if one.value is None else ""


def _objects(one: KpiShown, *, company: bool) -> Table:
    def href(name: str) -> str:
        if not company:
            return ""
        return f"/missions/{name}" if "-" in name and name.partition("-")[2].isdigit() else ""

    return Table(
        name="objects",
        caption="What is counted, that which weighs against the target first",
        columns=(
            Column("Object"),
            Column("Counted as"),
            Column("Adds"),
            Column("Of"),
            Column("Why"),
            Column("When", "UTC"),
            Column("Event"),
            Column("Customer"),
        ),
        rows=[
            (
                Cell(row.object, href(row.object)),
                row.counted,
                f"{row.hit:g}",
                f"{row.whole:g}",
                row.why,
                row.at_utc.replace("T", " ").removesuffix("Z"),
                "" if row.position is None else Cell(str(row.position), f"/audit/{row.position}" if company else ""),
                row.customer,
            )
            for row in one.objects[:_SHOWN]
        ],
        unshown_count=max(0, one.objects_count - _SHOWN),
        empty="Nothing is counted yet.",
    )


def _trend(one: KpiShown) -> Table:
    return Table(
        name="trend",
        caption="Trend",
        columns=(Column("Period"), Column("Value"), Column("From"), Column("To"), Column("Objects")),
        rows=[
            (row.period, *(shown_value(value, one.unit) for value in (row.value, row.low, row.high)), row.count)
            for row in one.trend
        ],
        empty="There is no period with evidence yet.",
    )


def _causes(one: KpiShown) -> Table:
    return Table(
        name="causes",
        caption="What weighs most",
        columns=(Column("Why"), Column("Objects"), Column("Share", "percent", 1), Column("Such as")),
        rows=[(row.why, row.count, row.percent, row.example) for row in one.largest],
        empty="Nothing weighs against it.",
    )
