"""The year as a timeline: missions by place, ports, pads and facilities; each bar leads to its mission."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from supercargo.app.board.standing import plan_in_force
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.frame import now_of, page
from supercargo.report.calendar import CalendarAsked, draw_calendar

__all__ = ["year_pages"]

_COMPANY = Rule("read", "company")


def year_pages() -> APIRouter:
    """The route of the timeline."""
    router = APIRouter(include_in_schema=False)

    @router.get("/year", openapi_extra=_COMPANY.mark)
    def year(
        request: Request,
        asked: Annotated[Asked, rule_of(_COMPANY)],
        *,
        start: str = "",
        end: str = "",
        place: str = "",
        mission: str = "",
    ) -> Response:
        """The plan in force from one day to another, of all places or one."""
        desk, now = desk_of(request), now_of(request, asked)
        kept = plan_in_force(desk.store, desk.shelf)
        if kept is None:
            return page(request, asked, "year.html", title="Year", kept=None)
        settings = kept.plan.scenario.settings
        first, last = _day(start) or settings.start_utc, _day(end) or settings.end_utc
        if first >= last:
            raise Problem(422, f"{start} is not before {end}", fix="give a day and a later one", where="start")
        wanted = CalendarAsked(start=first, end=last, place=place, mission=mission, instant=now)
        return page(
            request, asked, "year.html", title="Year", kept=kept, start=first, end=last, place=place, mission=mission,
            timeline=Markup(draw_calendar(kept.plan, wanted)),
            destinations=[one.destination for one in kept.plan.scenario.destinations], zooms=_zooms(first, last),
            months=list(_months(settings.start_utc, settings.end_utc)),
        )  # fmt: skip

    return router


def _day(word: str) -> datetime | None:
    if not word:
        return None
    try:
        return datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise Problem(422, f"{word[:40]!r} is no day", fix="write it as 2027-03-01", where="start") from None


def _zooms(first: datetime, last: datetime) -> list[tuple[str, str, str]]:
    """Nearer, farther, earlier, later: the words, and the first and last day that each shows."""
    span, middle = last - first, first + (last - first) / 2
    near, far = span / 4, span
    ways = (
        ("Nearer", middle - near, middle + near),
        ("Farther", middle - far, middle + far),
        ("Earlier", first - span / 2, last - span / 2),
        ("Later", first + span / 2, last + span / 2),
    )
    return [(words, f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}") for words, start, end in ways if end - start >= timedelta(days=6)]


def _months(first: datetime, last: datetime) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    at = first.replace(day=1)
    while at < last and len(found) < 60:
        after = (at + timedelta(days=32)).replace(day=1)
        found.append((f"{at:%b %Y}", f"{at:%Y-%m-%d}", f"{after:%Y-%m-%d}"))
        at = after
    return found
