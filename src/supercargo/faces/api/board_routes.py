"""What stands: missions, gates, incidents, non-conformances, work orders, conflicts, the ledger."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from supercargo.app.operations.boards import BOARDS, Board, board_rows
from supercargo.faces.api.problems import problem_answers
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of

__all__ = ["board_router"]


def board_router() -> APIRouter:
    """Routes by which the company's own people read how things stand."""
    router = APIRouter(prefix="/v1")
    for board in BOARDS:
        _add(router, board)
    return router


def _add(router: APIRouter, board: Board) -> None:
    rule = Rule(board.scope, "company")

    def rows(request: Request, asked: Any, column: str = "", value: str = "", limit: int = 200) -> list[dict[str, Any]]:
        return board_rows(desk_of(request).store, board, column, value, limit=limit)

    rows.__annotations__ |= {
        "request": Request,
        "asked": Annotated[Asked, rule_of(rule)],
        "column": Annotated[str, Query(max_length=40, description=f"one of: {', '.join(board.columns)}; empty: all rows")],
        "value": Annotated[str, Query(max_length=200, description="what stands in it")],
        "limit": Annotated[int, Query(ge=1, le=1000)],
        "return": list[dict[str, Any]],
    }
    router.add_api_route(
        f"/{board.name}", rows, methods=["GET"], summary=board.told, operation_id=f"list_{board.name.replace('-', '_')}",
        openapi_extra=rule.mark, responses=problem_answers(401, 403, 422), tags=[board.name],
    )  # fmt: skip
