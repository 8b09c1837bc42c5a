"""Errors in one shape: problem+json with what is wrong, where, and how to mend it (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Scope

from supercargo.faces.api.wire import BODY_MOST
from supercargo.kernel import NoPlan, Refused, ScenarioError, StoreError, SupercargoError

__all__ = ["PROBLEM", "PageOfProblem", "Problem", "answer_problems", "page_too_large", "problem_answers", "problem_of"]

PROBLEM = "application/problem+json"

_STATUS: tuple[tuple[type[SupercargoError], int, str], ...] = (
    (ScenarioError, 422, "The input is wrong"),
    (NoPlan, 409, "There is no plan"),
    (Refused, 409, "Refused"),
    (StoreError, 503, "The store can't write or read"),
)

_TITLES = {
    400: "The request is out of form",
    401: "Nobody is known by this",
    403: "Not allowed",
    404: "Not found",
    405: "Not done here",
    409: "Refused",
    413: "Too large",
    415: "Not this kind of document",
    422: "The input is wrong",
    429: "Too many tries",
    503: "The store can't write or read",
}


PageOfProblem = Callable[[Request, Mapping[str, Any]], Response]
"""Makes of an error what a browser shows; an app that has pages keeps one in its state as `page_of_problem`."""


class Problem(Exception):
    """An answer that is an error: status, what is wrong and how to mend it."""

    def __init__(self, status: int, detail: str, *, fix: str, where: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.fix, self.where = status, detail, fix, where


def _body(status: int, title: str, detail: str, fix: str, where: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "fix": fix, "where": where}


def _answer(request: Request, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    page: PageOfProblem | None = getattr(request.app.state, "page_of_problem", None)
    if page is not None and not request.url.path.startswith("/v1/"):
        return page(request, body)
    return _as_json(body, headers)


def _as_json(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(dict(body), status_code=body["status"], media_type=PROBLEM, headers=dict(headers or {}))


def page_too_large(scope: Scope, told: Mapping[str, Any]) -> Response | None:
    """What a browser is shown of a body that is too large to be read; None for what is no page's."""
    page: PageOfProblem | None = getattr(scope["app"].state, "page_of_problem", None)
    if page is None or scope["path"].startswith("/v1/"):
        return None
    what = f"what was sent has more than {BODY_MOST // 1024**2} MiB, and was not read"
    fix = "a file may have 4 MB, a text 4,000 signs: go back, split or shorten it, and send it again"
    return page(Request(scope), {**told, "detail": what, "fix": fix, "where": ""})


def problem_of(error: SupercargoError) -> JSONResponse:
    """The answer to what the use cases refuse."""
    return _as_json(_of_error(error))


def _of_error(error: SupercargoError) -> dict[str, Any]:
    status, title = next((status, title) for kind, status, title in _STATUS if isinstance(error, kind))
    body = _body(status, title, error.what, error.fix, error.where)
    if isinstance(error, ScenarioError) and error.faults:
        body["faults"] = [
            {"file": f.file, "row": f.row, "column": f.column, "what": f.what, "fix": f.fix} for f in error.faults
        ]
    return body


def _of_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, SupercargoError)
    return _answer(request, _of_error(error))


def _of_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return _answer(request, _body(error.status, _TITLES[error.status], error.detail, error.fix, error.where), headers)


def _of_form(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [
        {
            "where": "/".join(str(part) for part in fault["loc"]),
            "what": str(fault["msg"]),
            "fix": "see the schema of the request",
        }
        for fault in error.errors()
    ]
    count = len(faults)
    words = f"{count} fault{'s' if count != 1 else ''} in the request"
    body = _body(422, _TITLES[422], words, "mend each fault listed; nothing was stored", faults[0]["where"] if faults else "")
    return _answer(request, {**body, "faults": faults})


def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title = _TITLES.get(error.status_code, "The request failed")
    fixes = {404: "look at /v1/openapi.json for what there is", 405: "use a method that /v1/openapi.json names for this path"}
    fix = fixes.get(error.status_code, "look at the request")
    return _answer(request, _body(error.status_code, title, str(error.detail), fix, ""), error.headers)


def _of_text(request: Request, error: Exception) -> Response:
    return _answer(
        request,
        _body(422, _TITLES[422], "a text has signs that are no Unicode", "send whole characters, no half pairs", "body"),
    )


def _of_fault(request: Request, error: Exception) -> Response:
    """A fault of ours: what it was stands in the server's own log, not in the answer."""
    fix = "try again; if it stays, tell an administrator when it happened"
    return _answer(request, _body(500, "A fault of the service", f"{type(error).__name__} in the service", fix, ""))


def answer_problems(app: FastAPI) -> None:
    """Let every error of an app be answered in the one shape."""
    app.add_exception_handler(SupercargoError, _of_ours)
    app.add_exception_handler(Problem, _of_problem)
    app.add_exception_handler(RequestValidationError, _of_form)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(UnicodeEncodeError, _of_text)
    app.add_exception_handler(Exception, _of_fault)


def problem_answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route declares in the description of the API."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {status: {"description": _TITLES[status], "content": {PROBLEM: {"schema": schema}}} for status in statuses}
