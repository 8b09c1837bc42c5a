"""Routes that many scanners write to: a request that is plainly in order is read in one go; any other takes the usual way."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from typing import Any, get_args

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

from supercargo.faces.api.requests import IDEMPOTENCY, command_id_of
from supercargo.faces.api.rules import Rule

__all__ = ["SwiftRoute"]

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_JSON = re.compile(r"application/json(; ?charset=utf-8)?", re.IGNORECASE)
_NAME_MOST = 160


class SwiftRoute(APIRoute):
    """A route of an async function of `request`, `asked`, `said`, `command_id` and, where the path has it, `name`.

    Rule, form, names and answers are those that the function declares. What is not plainly in order goes to FastAPI's own
    handler, which refuses it in its own words or finds it in order after all: there is one law, and two ways to it.
    """

    def get_route_handler(self) -> Handler:
        """What answers a request."""
        usual = super().get_route_handler()
        said_as, rule = _declared(self.endpoint)
        record, answer_as = self.endpoint, TypeAdapter(self.endpoint.__annotations__["return"])
        status, named = self.status_code or 200, "name" in self.param_convertors

        async def answer(request: Request) -> Response:
            asked = await rule(request)
            given = {"name": request.path_params["name"]} if named else {}
            key = request.headers.get(IDEMPOTENCY)
            command_id = await command_id_of(request, key)
            if command_id is None or not _plain(request, given.get("name", "-")):
                return await usual(request)
            try:
                said = said_as.validate_json(await request.body())
            except ValidationError:
                return await usual(request)
            told = await record(request=request, asked=asked, said=said, command_id=command_id, **given)
            return Response(answer_as.dump_json(told), status_code=status, media_type="application/json")

        return answer


def _declared(endpoint: Callable[..., Any]) -> tuple[TypeAdapter[Any], Rule]:
    told = endpoint.__annotations__
    rule = get_args(told["asked"])[1].dependency
    assert isinstance(rule, Rule)
    return TypeAdapter(told["said"]), rule


def _plain(request: Request, name: str) -> bool:
    return 1 <= len(name) <= _NAME_MOST and _JSON.fullmatch(request.headers.get("content-type", "")) is not None
