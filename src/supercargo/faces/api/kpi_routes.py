"""KPIs and SCOR metrics of what has happened, each only what is its own to see."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from supercargo.app.kpis import KpiShown, Wanted, kpi_ids, kpis_seen
from supercargo.faces.api.problems import Problem, problem_answers
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.kernel import ScenarioError

__all__ = ["kpi_router"]

_OWN = Rule("read", "own")
Period = Annotated[str, Query(pattern="^(month|quarter)$", description="period of the trend: month or quarter")]


def kpi_router() -> APIRouter:
    """Routes by which the figures are read; a customer's are over its own lines, orders, surveys and complaints alone."""
    router = APIRouter(prefix="/v1")

    @router.get("/kpis", openapi_extra=_OWN.mark, responses=problem_answers(401, 403, 409, 422), tags=["kpis"])
    def kpis(
        request: Request,
        asked: Annotated[Asked, rule_of(_OWN)],
        *,
        trend: Period = "month",
        scor: Annotated[bool, Query(description="SCOR metrics too")] = False,
    ) -> list[KpiShown]:
        """The KPIs of operations with target, interval, causes and trend."""
        wanted = Wanted(scor=scor, period=trend)
        return list(kpis_seen(desk_of(request).store, asked.principal, wanted))

    @router.get("/kpis/{kpi_id}", openapi_extra=_OWN.mark, responses=problem_answers(401, 403, 404, 409, 422), tags=["kpis"])
    def kpi(
        request: Request,
        asked: Annotated[Asked, rule_of(_OWN)],
        kpi_id: Annotated[str, Path(max_length=40, description="K1 to K16, or a SCOR metric")],
        *,
        trend: Period = "month",
        limit: Annotated[int, Query(ge=0, le=100_000, description="most objects behind it")] = 1000,
    ) -> KpiShown:
        """One KPI or SCOR metric with the objects behind it, those that weigh against it first."""
        try:
            ids = kpi_ids((kpi_id,))
        except ScenarioError as error:
            raise Problem(404, error.what, fix=error.fix, where="kpi_id") from None
        wanted = Wanted(ids=ids, period=trend)
        return kpis_seen(desk_of(request).store, asked.principal, wanted, most=limit)[0]

    return router
