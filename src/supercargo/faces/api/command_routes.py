"""Commands on missions, work orders, assets, conflicts and contracts: one route an area, one form a command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from supercargo.app.operations.commands import AREAS, Act, Area
from supercargo.app.operations.recording import first_told_utc
from supercargo.faces.api.forms import form_of, forms_of, instant_of, said_in, word_of
from supercargo.faces.api.problems import problem_answers
from supercargo.faces.api.requests import CommandId, desk_of, store_now
from supercargo.faces.api.rules import Asked, Rule, rule_of

__all__ = ["Name", "ReceiptShown", "command_router", "shown"]

Name = Annotated[str, Path(min_length=1, max_length=160, description="name of the thing")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptShown:
    """What the writer of an event keeps; `repeated` where the same had been stored before."""

    event_id: str
    stream: str
    version: int
    position: int
    hash: str
    repeated: bool


def shown(receipts: Any) -> list[ReceiptShown]:
    """Receipts as they are answered."""
    return [
        ReceiptShown(
            event_id=one.event_id, stream=one.stream, version=one.version, position=one.position, hash=one.hash,
            repeated=one.repeated,
        )
        for one in receipts
    ]  # fmt: skip


def command_router() -> APIRouter:
    """Routes by which the company's own people record what they do."""
    router = APIRouter(prefix="/v1")
    for area in AREAS:
        _add(router, area)
    return router


def _add(router: APIRouter, area: Area) -> None:
    rule = Rule(area.scope, "company")
    forms = {word_of(one): form_of(one, action=word_of(one), without=area.given) for one in area.commands}
    commands = {word_of(command): command for command in area.commands}
    form: Any = forms_of(list(forms.values()))

    def record(request: Request, asked: Any, name: str, said: Any, command_id: str) -> list[ReceiptShown]:
        store = desk_of(request).store
        at = first_told_utc(store, command_id, store_now(request, asked)) if said.at_utc is None else instant_of(said.at_utc)
        act = Act(command_id=command_id, by=asked.principal.name, at_utc=at)
        who = (asked.principal, act)
        return shown(area.record(store, who, commands[said.command], name, said_in(said)))

    record.__annotations__ |= {
        "asked": Annotated[Asked, rule_of(rule)],
        "name": Name,
        "said": form,
        "command_id": CommandId,
        "request": Request,
        "return": list[ReceiptShown],
    }
    router.add_api_route(
        f"/{area.name}/{{name}}/commands",
        record,
        methods=["POST"],
        status_code=201,
        summary=f"Record a command on one of the {area.name.replace('-', ' ')}",
        operation_id=f"command_{area.name.replace('-', '_')}",
        openapi_extra=rule.mark,
        responses=problem_answers(400, 401, 403, 409, 413, 422, 503),
        tags=[area.name],
    )
