"""The year as a timeline: missions by place, ports, crews, pads and facilities; what moving a mission would bring about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from supercargo.app.board.overtaken import overtaken, replaced_since, slips_said
from supercargo.app.board.proposals import ProposalAsked, proposal_named, propose
from supercargo.app.board.ripple import as_it_stands, fix_of, moved_plan, sentence_of
from supercargo.app.board.scenario import flying_of
from supercargo.app.board.shelf import KeptPlan
from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.operations.asking import mission_board
from supercargo.app.operations.typed import ActWords, do_mission
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.forms import Told, Typed, TypedWords, form_id, refusal, refused
from supercargo.faces.board.frame import now_of, page, refuse_unknown
from supercargo.faces.board.moving import moving_of
from supercargo.kernel import Refused, ScenarioError, format_utc
from supercargo.model import OperationsPlan, Violation
from supercargo.report.calendar import CalendarAsked, calendar_blocks, draw_calendar
from supercargo.report.lanes import Block, timeline_blocks

__all__ = ["year_pages"]

_COMPANY = Rule("read", "company")
_FIRST_YEAR, _LAST_YEAR = 1950, 2200
_MISSION = Rule("mission", "company")
_LOOK_AGAIN = "look at the move as it would be now, below, and ask again if you still want it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What of the year is asked for: span, place, folded blocks, and a mission that is moved."""

    start: str = ""
    end: str = ""
    place: str = ""
    mission: str = ""
    days: float | None = None
    proposal: str = ""
    shut: str = ""


def year_pages() -> APIRouter:
    """The routes of the timeline."""
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
        days: str = "",
        proposal: str = "",
        shut: str = "",
    ) -> Response:
        """The plan in force from one day to another, of all places or one; a mission moved by days, and what that would do."""
        typed = TypedWords(form="moving", days=days.strip(), start=start, end=end)
        wanted = _Wanted(start=start, end=end, place=place, mission=mission, proposal=proposal, shut=shut)
        try:
            return _year(request, asked, replace(wanted, days=_days_asked(typed)))
        except ScenarioError as error:  # the same page, as it stands without what can't be shown
            if error.where in ("start", "end"):
                wanted, typed["form"] = replace(wanted, start="", end=""), "span"
            return refused(_year(request, asked, wanted, refusal(error, typed)), error)

    @router.post("/year", openapi_extra=_MISSION.mark)
    def moved(request: Request, asked: Annotated[Asked, rule_of(_MISSION)], typed: Typed) -> Response:
        """Record the slip of a mission, or let it be planned anew as a proposal; or show why it was refused."""
        try:
            where = _propose(request, asked, typed) if typed["do"] == "propose" else _slip(request, asked, typed)
        except (Refused, ScenarioError) as error:
            days = _days_of(typed)
            wanted = _Wanted(mission=typed["mission"], days=days)
            return refused(_year(request, asked, wanted, refusal(error, typed)), error)
        return RedirectResponse(where, status_code=303)

    return router


def _days_asked(typed: TypedWords) -> float | None:
    """By how many days a mission is to be moved, None where it is not said. Raises ScenarioError for no such number."""
    try:
        days = typed.number("days")
    except ScenarioError:  # its own words are a link's: they stand in the field, not in what the page says
        raise ScenarioError("that is no number of days", fix="write it as 21", where="days") from None
    if days is not None and not -400 <= days <= 400:
        raise ScenarioError("nothing is moved so far", fix="give -400 to 400 days", where="days")
    return days


def _days_of(typed: TypedWords) -> float:
    try:
        number = typed.number("days") or 0.0
    except ScenarioError:
        return 0.0
    return min(400.0, max(-400.0, number)) if number == number else 0.0


def _slip(request: Request, asked: Asked, typed: TypedWords) -> str:
    if typed["do"] != "slip":
        raise ScenarioError("the form asks for nothing known", fix="open the page again", where="do")
    words = ActWords(
        by=asked.principal.name, at="", now_utc=now_of(request, asked), command_id=form_id(asked, typed), word=typed["word"],
        to=typed["to"], seen=typed["seen"],
    )  # fmt: skip
    store, name = desk_of(request).store, typed["mission"]
    try:
        do_mission(store, name, "slip", words)
    except Refused as error:
        causes = (*error.causes, *slips_said(store, name)[-1:])
        raise Refused(error.what, fix=error.fix, where=error.where, causes=causes) from error
    return f"/missions/{quote(name, safe='')}"


def _propose(request: Request, asked: Asked, typed: TypedWords) -> str:
    shelf, name = desk_of(request).shelf, form_id(asked, typed)[:16]
    made = proposal_named(shelf, name) or propose(shelf, _proposal_asked(request, asked, typed, name))
    return f"/year?{urlencode({'mission': made.mission_id, 'days': f'{made.days:g}', 'proposal': made.name})}#move"


def _proposal_asked(request: Request, asked: Asked, typed: TypedWords, name: str) -> ProposalAsked:
    """What is to be planned anew. Raises Refused where a plan was released or the mission slipped since who asks looked."""
    desk, days, mission = desk_of(request), typed.number("days") or 0.0, typed["mission"]
    kept = plan_in_force(desk.store, desk.shelf)
    if kept is None or mission not in kept.plan.mission_named:
        raise Refused("the plan in force flies no such mission", fix="choose another", where=mission[:80])
    if not 0 < days <= 400:
        raise ScenarioError(f"{days:g} d is no slip", fix="give 1 to 400 days", where="days")
    if typed["base"] and (replaced := replaced_since(desk.store, desk.shelf, typed["base"])):
        raise Refused("the plan in force is another since you looked", fix=_LOOK_AGAIN, where=mission, causes=(replaced,))
    now = now_of(request, asked)
    with desk.views() as view:
        flying = flying_of(kept.plan, mission_board(view)["missions"], now, mission)
    stands = kept.plan.mission_named[mission].launch_utc + timedelta(seconds=flying.slips.get(mission, 0.0))
    if typed["seen"] and typed["seen"] != format_utc(stands):
        said = slips_said(desk.store, mission)[-1:]
        raise Refused(f"{mission} was moved since you looked", fix=_LOOK_AGAIN, where=mission, causes=said)
    return ProposalAsked(
        name=name, mission_id=mission, days=days, base=kept.digest[:12], by=asked.principal.name, at_utc=now,
        slips=flying.slips, flown=flying.flown, known_utc=flying.known_utc,
    )  # fmt: skip


def _year(request: Request, asked: Asked, wanted: _Wanted, told: Told | None = None) -> Response:
    desk, now = desk_of(request), now_of(request, asked)
    kept = plan_in_force(desk.store, desk.shelf)
    if kept is None:
        return page(request, asked, "year.html", title="Year", kept=None)
    with desk.views() as view:
        rows = mission_board(view)["missions"]
        found = view.find("gates", "mission_id", wanted.mission) if wanted.mission else ()
        gates = [gate for gate in found if gate["state"] in ("open", "failed")]
    stands = as_it_stands(kept.plan, rows)
    if told is None:
        known = {*stands.mission_named, *(row["mission_id"] for row in rows)}
        refuse_unknown("mission", wanted.mission, known, what="no mission is called")
    refuse_unknown("place", wanted.place, [one.destination for one in stands.scenario.destinations], what="no place is called")
    shown, moving = stands, None
    if wanted.mission in stands.mission_named and wanted.days is not None:
        moved, shown = moved_plan(stands, wanted.mission, wanted.days)
        moving = moving_of((stands, shown), moved, gates, (asked, desk.store, now), base=kept.digest[:12])
    blocks = timeline_blocks(shown)
    span, proposal = _span(stands, wanted), proposal_named(desk.shelf, wanted.proposal) if wanted.proposal else None
    return page(
        request, asked, "year.html", title="Year", kept=kept, start=span[0], end=span[1], place=wanted.place, told=told,
        mission=wanted.mission if wanted.mission in stands.mission_named else "", days=wanted.days, moving=moving,
        timeline=Markup(draw_calendar(shown, _drawn(kept, wanted, span, now), blocks)), folds=_folds(blocks, wanted.shut),
        destinations=[one.destination for one in stands.scenario.destinations], zooms=_zooms(*span),
        months=list(_months(stands.scenario.settings.start_utc, stands.scenario.settings.end_utc)),
        names=[row.mission_id for row in stands.missions], base=kept.digest[:12],
        proposal=proposal, behind=overtaken(desk.store, desk.shelf, proposal, rows) if proposal else None,
        tables=[*_violations(kept), _crew(shown, wanted.place, span), *(moving.tables if moving else ())],
    )  # fmt: skip


def _span(plan: OperationsPlan, wanted: _Wanted) -> tuple[datetime, datetime]:
    settings = plan.scenario.settings
    first, last = _day(wanted.start) or settings.start_utc, _day(wanted.end) or settings.end_utc
    if first >= last:
        raise ScenarioError(f"{first:%Y-%m-%d} is not before {last:%Y-%m-%d}", fix="give a day and a later one", where="start")
    return first, last


def _drawn(kept: KeptPlan, wanted: _Wanted, span: tuple[datetime, datetime], now: datetime) -> CalendarAsked:
    marks: dict[str, str] = {}
    for one in kept.plan.violations:
        for name in one.object.split("/") if one.hard else ():
            if name in kept.plan.mission_named:
                marks[name] = f"{marks[name]}; {one.rule}" if name in marks else f"{one.rule}: {one.text}"
    return CalendarAsked(
        start=span[0], end=span[1], place=wanted.place, mission=wanted.mission, instant=now, marks=marks,
        shut=frozenset(wanted.shut.split(";")),
    )  # fmt: skip


def _folds(blocks: Sequence[Block], shut: str) -> list[tuple[str, bool, str]]:
    """Each block, whether it is folded, and what is folded after its link was followed."""
    folded = [name for name in shut.split(";") if name]
    return [
        (
            name,
            name in folded,
            ";".join(one for one in folded if one != name) if name in folded else ";".join([*folded, name]),
        )
        for name in calendar_blocks(blocks)
    ]


def _violations(kept: KeptPlan) -> tuple[Table, Table]:
    """Rules that are broken, and beside them what the referee notes though no rule forbids it."""

    def told(name: str, caption: str, found: Sequence[Violation], empty: str) -> Table:
        return Table(
            name=name,
            caption=f"{caption}: {len(found):,}",
            columns=(Column("Rule"), Column("Of"), Column("What"), Column("The rule says"), Column("What mends it")),
            rows=[
                (one.rule, _object(kept.plan.mission_named, one.object), one.text, sentence_of(one.rule), fix_of(one.rule))
                for one in sorted(found, key=lambda one: (one.rule, one.object))
            ],
            empty=empty,
        )

    hard, soft = ([one for one in kept.plan.violations if one.hard is kind] for kind in (True, False))
    return (
        told("violations", "Rules that the plan in force breaks", hard, "It breaks none."),
        told("notes", "Notes: lawful, and a cost, a penalty or a risk", soft, "Nothing is noted."),
    )


def _crew(plan: OperationsPlan, place: str, span: tuple[datetime, datetime]) -> Table:
    """What the crew of each place gives to cargo in the span, as the plan's activities know it."""
    hours_d = {one.destination: one.handling_h_d for one in plan.scenario.destinations}
    works = [
        one for one in plan.activities
        if one.kind in ("unload", "load") and one.end_utc > span[0] and one.start_utc < span[1]
        and place in ("", one.resource_id)
    ]  # fmt: skip
    return Table(
        name="crew",
        caption="Crew time for cargo",
        columns=(Column("Place"), Column("From", "UTC"), Column("To", "UTC"), Column("Mission"), Column("Work"),
                 Column("Crew hours a day", "h", 1), Column("There are", "h", 1)),
        rows=[
            (one.resource_id, one.start_utc, one.end_utc, Cell(one.mission_id, f"/missions/{one.mission_id}"), one.kind,
             one.units, hours_d.get(one.resource_id))
            for one in sorted(works, key=lambda one: (one.resource_id, one.start_utc, one.mission_id))
        ],
        empty="Nothing is unloaded or loaded in this span.",
    )  # fmt: skip


def _object(missions: Mapping[str, Any], name: str) -> Cell:
    return Cell(name, f"/missions/{name}" if name in missions else "")


def _day(word: str) -> datetime | None:
    if not word:
        return None
    try:
        day = datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise ScenarioError("that is no day", fix="write it as 2027-03-01", where="start") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        what = f"{word} lies outside {_FIRST_YEAR} to {_LAST_YEAR}"
        raise ScenarioError(what, fix="give a day of these years", where="start")
    return day


def _zooms(first: datetime, last: datetime) -> Sequence[tuple[str, str, str]]:
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
