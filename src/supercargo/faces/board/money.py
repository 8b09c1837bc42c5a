"""Cost and risk: what each customer, place and kilogram costs, what is billed, what may go wrong and what is claimed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from supercargo.app.board.slow import Slow
from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.costing import TOLD_BY, CostReport, Served, cost_of_kept
from supercargo.app.operations.asking import ledger_seen
from supercargo.app.operations.boards import board_named
from supercargo.app.operations.events import log_head
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.frame import page
from supercargo.model import RiskRow
from supercargo.report.cost import draw_waterfall
from supercargo.report.risk_chart import draw_heat_map

__all__ = ["money_pages"]

_MONEY = Rule("money", "company")
_COMPANY = Rule("read", "company")
_NO_PLAN = (
    "No plan is in force: the register is a released plan's. Release one on the page Plans, or with "
    "`supercargo release PLAN --store STORE --by NAME`."
)
_NO_REGISTER = (
    "Plan {} is in force and has no register: its risks.csv has no row. `supercargo risk PLAN` counts one, from the risks.csv "
    "of the plan's scenario or from the catalogue's template; plans made by `supercargo plan` and `supercargo replan` have it."
)


def money_pages() -> APIRouter:
    """The routes of cost and risk."""
    router = APIRouter(include_in_schema=False)
    counted: Slow[CostReport] = Slow()

    @router.get("/cost", openapi_extra=_MONEY.mark)
    def cost(request: Request, asked: Annotated[Asked, rule_of(_MONEY)], *, by: str = "customer") -> Response:
        """What is planned, billed and earned, and what each object costs."""
        if by not in TOLD_BY:
            raise Problem(422, f"cost is not told by {by[:40]!r}", fix=f"use one of: {', '.join(TOLD_BY)}", where="by")
        desk = desk_of(request)
        kept = plan_in_force(desk.store, desk.shelf)
        report, counting = None, False
        if kept is not None:
            state = (kept.digest, log_head(desk).position)
            known = counted.ask("cost", state, lambda: cost_of_kept(kept.plan, desk.store), wait_s=0.1)
            report, counting = known.value, known.counting
        with desk.views() as view:
            ledger = ledger_seen(view)
        tables = [_ledger(ledger["accounts"]), *([_served(report.by[by], by), _steps(report)] if report else [])]
        return page(
            request,
            asked,
            "cost.html",
            title="Cost",
            tables=tables,
            kept=kept,
            report=report,
            counting=counting,
            by=by,
            ways=TOLD_BY,
            revenue_usd=ledger["revenue_usd"],
            waterfall=Markup(draw_waterfall(report.steps)) if report and report.steps else "",
        )

    _risks(router)
    return router


def _risks(router: APIRouter) -> None:
    @router.get("/risk", openapi_extra=_COMPANY.mark)
    def risk(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)]) -> Response:
        """The register of the plan in force and of operations; policies and claims for those who see money."""
        desk = desk_of(request)
        kept = plan_in_force(desk.store, desk.shelf)
        rows = kept.plan.risks if kept else ()
        planned = Table(
            name="risks",
            caption="Risks of the plan in force, the largest expected loss first",
            columns=(
                Column("Rank"),
                Column("Risk"),
                Column("Class"),
                Column("What may happen"),
                Column("Probability", "", 3),
                Column("Impact", "USD"),
                Column("Expected", "USD"),
                Column("Basis"),
                Column("Owner"),
                Column("Mitigation"),
                Column("Left", "USD"),
                Column("Due", "UTC"),
                Column("State"),
            ),
            rows=[
                (
                    row.rank,
                    row.risk_id,
                    row.risk_class,
                    row.title,
                    row.probability,
                    row.impact_usd,
                    row.expected_usd,
                    Cell(row.basis, note=row.how),
                    row.owner,
                    row.mitigation,
                    row.residual_expected_usd,
                    row.due_utc,
                    row.state,
                )
                for row in rows
            ],
            empty=_NO_PLAN if kept is None else _NO_REGISTER.format(kept.digest[:12]),
        )
        boards = ["risks", *(["policies", "claims"] if "money" in asked.principal.scopes else [])]
        recorded = [board_named(desk.store, name) for name in boards]
        tables = [planned, *(_recorded(told, found) for told, found in recorded)]
        heat = Markup(draw_heat_map(rows)) if rows else ""
        return page(
            request, asked, "risk.html", title="Risk", tables=tables, heat=heat, shown=tables[1:], kept=kept,
            of_template=_of_template(rows), flights_count=len(kept.plan.missions) if kept else 0,
        )  # fmt: skip


def _of_template(rows: Sequence[RiskRow]) -> bool:
    """Whether the register's chances of a loss are the template's, which were made for a year of 48 flights."""
    return any(one.driver in ("loss", "two-losses") and one.basis == "assumption" and "template" in one.how for one in rows)


def _ledger(rows: list[dict[str, object]]) -> Table:
    return Table(
        name="ledger",
        caption="Booked from events",
        columns=(Column("Customer"), Column("Account"), Column("Amount", "USD", 2)),
        rows=[(str(row["customer"]), str(row["account"]), row["usd"]) for row in rows],  # type: ignore[misc]
        empty="Nothing is booked yet: deliveries and milestones are booked when they are recorded.",
    )


def _served(rows: tuple[Served, ...], by: str) -> Table:
    return Table(
        name="served",
        caption=f"Cost by {by}, as planned",
        columns=(
            Column(by.capitalize()),
            Column("Lines"),
            Column("Up", "kg"),
            Column("Down", "kg"),
            Column("Service's", "USD"),
            Column("Furnished", "USD"),
            Column("Unused room", "USD"),
            Column("Total", "USD"),
            Column("For a kilogram", "USD"),
            Column("Revenue", "USD"),
            Column("Margin", "percent", 1),
        ),
        rows=[
            (
                row.name,
                row.lines_count,
                row.up_kg,
                row.down_kg,
                row.service_usd,
                row.furnished_usd,
                row.unused_usd,
                row.total_usd,
                row.usd_per_kg,
                row.revenue_usd,
                Cell(row.margin_percent, look="bad" if row.margin_percent is not None and row.margin_percent < 0 else ""),
            )
            for row in rows
        ],
    )


def _steps(report: CostReport) -> Table:
    return Table(
        name="variance",
        caption="From the plan to what is billed",
        columns=(Column("Cause"), Column("Account"), Column("Destination"), Column("Amount", "USD", 2), Column("Most by")),
        rows=[
            (one.cause, one.account, one.destination, one.usd, Cell(one.mission_id, f"/missions/{one.mission_id}"))
            for one in report.causes
        ],
        empty="Nothing is billed yet: take invoices in on the page Take in, under invoices (or with "
        "`supercargo cost import FILE --store STORE`).",
    )


def _recorded(told: str, rows: list[dict[str, object]]) -> Table:
    names = [name for name in (rows[0] if rows else {}) if not isinstance(rows[0][name], dict | list)]
    return Table(
        name=told.partition(":")[0].casefold().replace(" ", "-")[:24],
        caption=told,
        columns=tuple(Column(name.replace("_", " ")) for name in names),
        rows=[[_plain(row[name]) for name in names] for row in rows],
        empty="Nothing is recorded.",
    )


def _plain(value: object) -> str | float | int | None:
    return value if isinstance(value, str | float | int) else None
