"""The frame that every page stands in: where one can go, who one is, what time it is, and tables that can be taken out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from supercargo.app.board.tables import Table, workbook_of
from supercargo.app.operations.people import Principal
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of, store_now
from supercargo.faces.api.rules import OWN_PLACE, Asked
from supercargo.faces.board.assets import asset_href
from supercargo.faces.board.rows import instant_said, number_said, rows_of

__all__ = [
    "LOOKS", "LOOK_COOKIE", "PLACES", "XLSX", "Place", "bare_page", "error_page", "now_of", "page",
    "refuse_unknown", "safe_next",
]  # fmt: skip

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""What a workbook is to a browser."""

LOOKS = ("auto", "light", "dark", "contrast")
"""How pages may look; auto follows the machine."""

_CUTS = (200, 80, 60, 40)
"""So many signs of a wrong word are quoted, by one error or another."""

LOOK_COOKIE = "supercargo_look"
"""Where a browser keeps how the pages look."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page that can be gone to: by whom it is seen is the rule of its route."""

    path: str
    title: str
    scope: str = "read"
    seen: str = "company"


PLACES: tuple[Place, ...] = (
    Place("/", "Today"),
    Place("/year", "Year"),
    Place("/missions", "Missions"),
    Place("/cargo", "Cargo", seen="own"),
    Place("/stock", "Stock"),
    Place("/plans", "Plans"),
    Place("/scenario", "Scenario", "mission"),
    Place("/conflicts", "Conflicts"),
    Place("/quality", "Quality"),
    Place("/orbit", "Orbit"),
    Place("/kpis", "KPIs", seen="own"),
    Place("/risk", "Risk"),
    Place("/cost", "Cost", "money"),
    Place("/customers", "Customers", seen="own"),
    Place("/compliance", "Compliance"),
    Place("/intake", "Take in"),
    Place("/audit", "Audit", "audit"),
    Place("/admin", "Admin", "admin"),
)
"""The navigation, in its order."""


def _places(principal: Principal) -> tuple[Place, ...]:
    if principal.password_due:
        return ()
    return tuple(
        place for place in PLACES if place.scope in principal.scopes and (place.seen == "own" or not principal.customer)
    )


@cache
def _environment() -> Environment:
    pages = Environment(
        loader=PackageLoader("supercargo.faces.board", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    pages.filters |= {"instant": instant_said, "number": number_said, "path": lambda word: quote(str(word), safe="")}
    pages.globals |= {"asset": asset_href, "looks": LOOKS, "rows_of": rows_of}
    return pages


def now_of(request: Request, asked: Asked) -> datetime:
    """What time it is for operations: that of the machine, or of a year that was flown in the store ahead of it."""
    return store_now(request, asked)


def refuse_unknown(where: str, word: str, known: Collection[str], *, what: str) -> None:
    """Raises Problem 404 for a word of an address that names nothing there is, with the list of what there is."""
    if word and word not in known:
        names = ", ".join(sorted(known)) or "there is none yet"
        raise Problem(404, f"{what} {word[:60]!r}", fix=f"use one of: {names}", where=where)


def page(
    request: Request, asked: Asked, template: str, *, title: str, tables: Sequence[Table] = (), **content: Any
) -> Response:
    """A page, or, where `?xlsx=NAME` asks for one of its tables, that table as a workbook.

    Templates get `tables` by name, `now_utc`, `principal`, `here` (the address) and what `content` gives.
    """
    named = {table.name: table for table in tables}
    wanted = request.query_params.get("xlsx", "")
    if wanted in named:
        book = workbook_of(f"{title}: {wanted}", [named[wanted]], as_of_utc=now_of(request, asked))
        file = f"{wanted}.xlsx"
        return Response(book, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{file}"'})
    found = _environment().get_template(template)
    known = {
        "title": title,
        "tables": named,
        "principal": asked.principal,
        "places": _places(asked.principal),
        "now_utc": now_of(request, asked),
        "here": request.url.path,
        "xlsx_of": lambda name: _with(request, xlsx=name),
        "with_query": lambda **more: _with(request, **more),
        "look": _look(request),
        "position": desk_of(request).store.head().position,
    }
    body = found.render(**known, **content)
    return HTMLResponse(body, headers={"Cache-Control": "no-store"})


def _with(request: Request, **more: Any) -> str:
    """The address of this page with other words in its query; None takes one out."""
    query = {name: value for name, value in request.query_params.items() if name != "xlsx"}
    query |= {name: str(value) for name, value in more.items() if value is not None}
    query = {name: value for name, value in query.items() if not (name in more and more[name] is None)}
    return request.url.path + (f"?{urlencode(query)}" if query else "")


def _look(request: Request) -> str:
    look = request.cookies.get(LOOK_COOKIE, "auto")
    return look if look in LOOKS else "auto"


def error_page(request: Request, told: Mapping[str, Any]) -> Response:
    """What a browser is shown of an error; who is not known is sent to log in first, who has no own password to choose one."""
    if told["status"] == 401 and request.method == "GET":
        return RedirectResponse(f"/login?{urlencode({'next': _here(request)})}", status_code=303)
    if told["status"] == 403 and told["where"] == OWN_PLACE and request.method == "GET":
        return RedirectResponse(OWN_PLACE, status_code=303)
    if request.method == "GET":
        told = {**told, **{name: _without_sentences(request, str(told[name])) for name in ("detail", "fix", "where")}}
    faults = told.get("faults", ())[:50]
    return bare_page(
        request, "error.html", title=told["title"], status=told["status"], told=told, faults=faults, back=_back(request)
    )


def _without_sentences(request: Request, words: str) -> str:
    """An error's words without what a link says in its address: names have no blanks, what has some is there to be read."""
    said = [*request.query_params.values(), *unquote(request.url.path).split("/")]
    for one in (one for one in said if " " in one.strip()):
        for cut in (one, *(one[:most] for most in _CUTS)):
            words = words.replace(repr(cut), "that").replace(cut, "that")
    return words


def _back(request: Request) -> str:
    """The page of ours that a form was sent from; empty where none is told."""
    came = urlsplit(request.headers.get("Referer", ""))
    ours = came.netloc == request.headers.get("Host", "")
    return safe_next(came.path + (f"?{came.query}" if came.query else "")) if ours and request.method == "POST" else ""


def bare_page(request: Request, template: str, *, title: str, status: int = 200, **content: Any) -> HTMLResponse:
    """A page for one who is not known yet: no navigation, nothing of operations."""
    found = _environment().get_template(template)
    body = found.render(title=title, look=_look(request), here=_here(request), **content)
    return HTMLResponse(body, status_code=status, headers={"Cache-Control": "no-store"})


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def safe_next(word: str) -> str:
    """Where to go after log-in: a path of ours, or the first page."""
    return word if word.startswith("/") and not word.startswith(("//", "/\\")) and word.isprintable() else "/"
