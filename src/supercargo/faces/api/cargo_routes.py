"""Cargo: steps recorded, where is it, what happened to it, what was where when; EPCIS documents in and out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import AwareDatetime, BaseModel

from supercargo.app.operations.boards import things_seen
from supercargo.app.operations.cargo import history, named_thing, seen_at, where_is
from supercargo.app.operations.commands import CARGO_STEPS, Correct, Step
from supercargo.app.operations.epcis import epcis_of, import_epcis
from supercargo.app.operations.recording import first_told_utc
from supercargo.faces.api.command_routes import Name, ReceiptShown, shown
from supercargo.faces.api.forms import form_of, forms_of, instant_of, said_in
from supercargo.faces.api.problems import Problem, problem_answers
from supercargo.faces.api.requests import IDEMPOTENCY, CommandId, desk_of, store_now
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.api.swift import SwiftRoute
from supercargo.kernel import ScenarioError, plain

__all__ = ["EPCIS", "STEPS_MOST", "Captured", "ThingPage", "cargo_router"]

_OWN = Rule("read", "own")
_RECORD = Rule("cargo", "company")
_GIVEN = ("command_id", "thing", "at_utc", "by")

EPCIS = "application/ld+json"

STEPS_MOST = 500
"""Steps that one request may record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingPage:
    """Things in order of name; `next_after` is the name to go on behind, empty at the end."""

    things: list[dict[str, Any]]
    next_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """What a document brought."""

    steps_count: int
    stored_count: int
    repeated_count: int
    non_conformances: list[str]


def _forms(given: tuple[str, ...]) -> Mapping[str, type[BaseModel]]:
    """A form for each kind of step; what a correction puts in place of an event is a step of its own, by its kind."""
    plain_forms = {
        kind: form_of(step, action=kind, without=given) for kind, step in CARGO_STEPS.items() if step is not Correct
    }
    instead = (dict[str, Any] | None, None)
    return {
        **plain_forms,
        Correct.kind: form_of(Correct, action=Correct.kind, without=(*given, "instead"), more={"instead": instead}),
    }


_FORMS = _forms(_GIVEN)
_ANY: Any = forms_of(list(_FORMS.values()))
_ANY_NAMED: Any = forms_of(list(_forms(tuple(name for name in _GIVEN if name != "thing")).values()))


def _step(form: BaseModel, given: dict[str, Any]) -> Step:
    """The step that a form says. Raises ScenarioError for an unlawful step inside a correction."""
    said = said_in(form)
    kind: str = form.command  # type: ignore[attr-defined]
    told = getattr(form, "at_utc", None)
    given = given if told is None else {**given, "at_utc": instant_of(told)}
    if kind == Correct.kind and said["instead"] is not None:
        inner = dict(said["instead"])
        wanted = _FORMS.get(str(inner.get("command", "")))
        if wanted is None or inner.get("command") == Correct.kind:
            fix = f"give its command, one of: {', '.join(sorted(set(_FORMS) - {Correct.kind}))}"
            raise ScenarioError("what happened instead is no step", fix=fix, where="instead")
        said["instead"] = _step(wanted.model_validate(inner), given)
    return CARGO_STEPS[kind](**said, **given)


def cargo_router() -> APIRouter:
    """Routes about cargo and what it is in."""
    router = APIRouter(prefix="/v1")
    _ask(router)
    _record_many(router)
    _record(router)
    _epcis(router)
    return router


def _ask(router: APIRouter) -> None:
    errors = problem_answers(401, 403, 404, 422)

    @router.get("/things", openapi_extra=_OWN.mark, responses=problem_answers(401, 403, 422), tags=["cargo"])
    def things(
        request: Request,
        asked: Annotated[Asked, rule_of(_OWN)],
        *,
        mission: Annotated[str, Query(max_length=160)] = "",
        inside: Annotated[str, Query(max_length=160, description="container or place they are directly in")] = "",
        after: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> ThingPage:
        """Cargo and containers that may be seen, by name: all, those of a mission, or what is directly in something."""
        sought = ("mission", mission) if mission else ("where", inside) if inside else ("", "")
        page = things_seen(desk_of(request).store, asked.principal, sought, after=after, limit=limit)
        return ThingPage(things=[plain(row) for row in page.rows], next_after=page.next_after)

    @router.get("/things/{name:path}/history", openapi_extra=_OWN.mark, responses=errors, tags=["cargo"])
    def story(request: Request, asked: Annotated[Asked, rule_of(_OWN)], name: Name) -> dict[str, Any]:
        """What happened to a thing and to what it was in, and who held it."""
        with desk_of(request).views() as view:
            _known(view, name, asked)
            told: dict[str, Any] = plain(history(view, name, asked.principal))
        return told

    @router.get("/things/{name:path}/at", openapi_extra=_OWN.mark, responses=errors, tags=["cargo"])
    def at(
        request: Request, asked: Annotated[Asked, rule_of(_OWN)], name: Name, instant_utc: Annotated[AwareDatetime, Query()]
    ) -> dict[str, Any]:
        """Where a thing was at an instant, and what was in it."""
        with desk_of(request).views() as view:
            _known(view, name, asked)
            (seen,) = seen_at(view, instant_of(instant_utc), name, asked.principal)
        told: dict[str, Any] = plain(seen)
        return told

    @router.get("/things/{name:path}", openapi_extra=_OWN.mark, responses=errors, tags=["cargo"])
    def where(request: Request, asked: Annotated[Asked, rule_of(_OWN)], name: Name) -> dict[str, Any]:
        """Where a thing is, what it is in, who holds it, and what the plan expects next of it."""
        with desk_of(request).views() as view:
            _known(view, name, asked)
            told: dict[str, Any] = plain(where_is(view, name, store_now(request, asked), asked.principal))
        return told


def _known(view: Any, name: str, asked: Asked) -> None:
    try:
        named_thing(view, name, asked.principal)
    except ScenarioError as error:
        raise Problem(404, error.what, fix=error.fix, where=name[:80]) from error


async def _at(request: Request, asked: Asked, command_id: str) -> datetime:
    """When something happened that names no instant: now, or, asked for again by its key, when it was told first."""
    if IDEMPOTENCY not in request.headers:
        return store_now(request, asked)
    return await asyncio.to_thread(first_told_utc, desk_of(request).store, command_id, store_now(request, asked))


async def _recorded(request: Request, steps: Sequence[Step], principal: Any) -> Any:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def tell(answer: Any) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(_fill, future, answer)

    desk_of(request).recorder.send(steps, principal, tell)
    answer = await future
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _fill(future: asyncio.Future[Any], answer: Any) -> None:
    if not future.done():  # whoever asked may have stopped waiting
        future.set_result(answer)


def _record(router: APIRouter) -> None:
    async def record(request: Request, asked: Any, name: str, said: Any, command_id: str) -> list[ReceiptShown]:
        """Record what happened to a thing; a count or a seal that is not as it should be opens a non-conformance."""
        thing = name if name.startswith(("cargo/", "container/")) else f"cargo/{name}"
        at = await _at(request, asked, command_id)
        given = {"command_id": command_id, "thing": thing, "at_utc": at, "by": asked.principal.name}
        return shown(await _recorded(request, [_step(said, given)], asked.principal))

    record.__annotations__ |= {
        "request": Request, "asked": Annotated[Asked, rule_of(_RECORD)], "name": Name, "said": _ANY, "command_id": CommandId,
        "return": list[ReceiptShown],
    }  # fmt: skip
    router.add_api_route(
        "/things/{name:path}/steps", record, methods=["POST"], status_code=201, openapi_extra=_RECORD.mark,
        responses=problem_answers(400, 401, 403, 409, 413, 422, 503), tags=["cargo"], route_class_override=SwiftRoute,
    )  # fmt: skip


def _record_many(router: APIRouter) -> None:
    async def record(request: Request, asked: Any, said: Any, command_id: str) -> list[ReceiptShown]:
        """Record steps of several things in their order, all or none: what a scanner has kept while it was off line."""
        who = {"at_utc": await _at(request, asked, command_id), "by": asked.principal.name}
        steps = [_step(one, {**who, "command_id": f"{command_id}.{number}"}) for number, one in enumerate(said, start=1)]
        return shown(await _recorded(request, steps, asked.principal))

    record.__annotations__ |= {
        "request": Request,
        "asked": Annotated[Asked, rule_of(_RECORD)],
        "said": Annotated[list[_ANY_NAMED], Body(min_length=1, max_length=STEPS_MOST)],
        "command_id": CommandId,
        "return": list[ReceiptShown],
    }
    router.add_api_route(
        "/things/steps", record, methods=["POST"], status_code=201, openapi_extra=_RECORD.mark,
        responses=problem_answers(400, 401, 403, 409, 413, 422, 503), tags=["cargo"], route_class_override=SwiftRoute,
    )  # fmt: skip


def _epcis(router: APIRouter) -> None:
    body = {"requestBody": {"required": True, "content": {EPCIS: {"schema": {"type": "object"}}}}}

    @router.post(
        "/epcis/capture",
        status_code=201,
        openapi_extra={**_RECORD.mark, **body},
        responses=problem_answers(400, 401, 403, 409, 413, 415, 422, 503),
        tags=["epcis"],
    )
    async def capture(request: Request, asked: Annotated[Asked, rule_of(_RECORD)]) -> Captured:
        """Take in an EPCIS 2.0 document in JSON-LD, whole or not at all; an event told again is stored once."""
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind not in (EPCIS, "application/json"):
            raise Problem(415, f"{kind or 'nothing'} is no EPCIS document", fix=f"send {EPCIS}", where="Content-Type")
        content = await request.body()
        brought = await asyncio.to_thread(import_epcis, content, desk_of(request).store, asked.principal, where="body")
        return Captured(
            steps_count=brought.steps_count, stored_count=brought.stored_count, repeated_count=brought.repeated_count,
            non_conformances=list(brought.non_conformances),
        )  # fmt: skip

    @router.get(
        "/epcis/things/{name:path}", openapi_extra=_OWN.mark, responses=problem_answers(401, 403, 404, 422), tags=["epcis"]
    )
    def document(request: Request, asked: Annotated[Asked, rule_of(_OWN)], name: Name) -> Response:
        """The events of a thing as an EPCIS 2.0 document."""
        desk = desk_of(request)
        with desk.views() as view:
            _known(view, name, asked)
            thing = named_thing(view, name, asked.principal)
        told = epcis_of(desk.store, [thing], asked.principal, created_utc=asked.at_utc)
        return Response(json.dumps(told, sort_keys=True, ensure_ascii=False), media_type=EPCIS)
