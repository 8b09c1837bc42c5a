"""Plans: what was released, when and by whom; what is proposed; any two side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from supercargo.app.board.overtaken import Overtaken, overtaken
from supercargo.app.board.proposals import Proposal, proposals_made
from supercargo.app.board.shelf import KeptPlan, PlanReleased, plans_released
from supercargo.app.board.side_by_side import side_by_side
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.operations.asking import mission_board
from supercargo.app.operations.desk import Desk
from supercargo.app.operations.releasing import ReleaseAsked, release_plan
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.forms import Asking, Field, Told, Typed, form_id, refusal, refused
from supercargo.faces.board.frame import now_of, page
from supercargo.kernel import Refused, ScenarioError
from supercargo.model import OperationsPlan

__all__ = ["plan_pages"]

_COMPANY = Rule("read", "company")
_RELEASE = Rule("release", "company")
_CHANGES_SHOWN = 300


def plan_pages() -> APIRouter:
    """The routes about plans."""
    router = APIRouter(include_in_schema=False)

    @router.get("/plans", openapi_extra=_COMPANY.mark)
    def plans(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)], a: str = "", b: str = "") -> Response:
        """Every plan that was released or proposed, and two of them side by side where they are named."""
        return _plans(request, asked, (a, b))

    @router.post("/plans", openapi_extra=_RELEASE.mark)
    def released(request: Request, asked: Annotated[Asked, rule_of(_RELEASE)], typed: Typed) -> Response:
        """Release a plan that stands on the shelf, in place of the plan in force, or show why it was refused."""
        desk, name = desk_of(request), typed["plan"]
        kept = _kept(desk, name)
        if [one.digest for one in plans_released(desk.store, desk.shelf)][-1:] == [kept.digest]:
            return RedirectResponse("/plans", status_code=303)  # the form was sent twice
        waive = tuple(line.strip() for line in typed["waive"].splitlines() if line.strip())
        try:
            form_id(asked, typed)
            base = _still_upon(desk, name)
            supersedes = typed["supersedes"] or base
            order = ReleaseAsked(by=asked.principal.name, at_utc=now_of(request, asked), waive=waive, supersedes=supersedes)
            release_plan(kept.folder, desk.store, order)
        except (Refused, ScenarioError) as error:
            told = refusal(error, typed)
            return refused(_plans(request, asked, (typed["a"], typed["b"]), told), error)
        return RedirectResponse("/plans", status_code=303)

    return router


def _proposed(desk: Desk, plan: str) -> tuple[Proposal | None, Overtaken | None]:
    """The proposal that a plan was made for, that which nobody came before where there are more, and who came before it."""
    made = [one for one in proposals_made(desk.shelf) if one.plan == plan]
    with desk.views() as view:
        rows = mission_board(view)["missions"]
    found = [(one, overtaken(desk.store, desk.shelf, one, rows)) for one in made]
    return next((pair for pair in found if pair[1] is None), found[0] if found else (None, None))


def _still_upon(desk: Desk, plan: str) -> str:
    """The plan that a proposal was made upon, empty for other plans. Raises Refused where others came before it."""
    made, behind = _proposed(desk, plan)
    if behind is not None:
        again = "send the tables again" if made and made.source else "leave it, or move another mission in the year"
        fix = "plan it anew upon what is in force" if behind.anew_d else again
        what = f"plan {plan} was made before others changed what it was made upon"
        raise Refused(what, fix=fix, where=plan, causes=behind.why)
    return made.base if made else ""


def _kept(desk: Desk, name: str) -> KeptPlan:
    kept = desk.shelf.plan(name)
    if kept is None:
        raise Problem(404, "no such plan is kept here", fix="choose one of /plans", where=name[:80])
    return kept


def _plans(request: Request, asked: Asked, pair: tuple[str, str], told: Told | None = None) -> Response:
    desk = desk_of(request)
    released = plans_released(desk.store, desk.shelf)
    proposals = proposals_made(desk.shelf)
    tables = [_versions(released), _proposals(proposals, _standings(desk, proposals, released))]
    scopes = asked.principal.scopes
    costs = bool(scopes & {"money", "mission", "release"})  # who decides sees what it costs
    beside, form, behind = None, None, None
    if all(pair):
        base, other = (_kept(desk, name) for name in pair)
        beside = side_by_side(desk.shelf.compared(base, other), money="money" in scopes, costs=costs)
        tables += [_changes(other.plan, costs=costs), *beside.tables]
        made, behind = _proposed(desk, pair[1]) if _is_new(released, pair[1]) else (None, None)
        form = _anew_form(asked, made, behind, released) if made and behind else _release_form(asked, released, pair)
    names = [one.digest[:12] for one in reversed(released) if one.kept]
    names += [one.plan for one in proposals if one.plan and one.plan not in names]
    return page(
        request, asked, "plans.html", title="Plans", tables=tables, pair=pair, names=names, beside=beside, told=told,
        form=form, behind=behind, picture=Markup(beside.picture) if beside else "", shown=[table.name for table in tables[2:]],
    )  # fmt: skip


def _is_new(released: tuple[PlanReleased, ...], name: str) -> bool:
    """Whether a plan could take the place of one that was released."""
    return bool(released) and name not in [one.digest[:12] for one in released]


def _anew_form(asked: Asked, made: Proposal, behind: Overtaken, released: tuple[PlanReleased, ...]) -> Asking | None:
    """The form by which a proposal that others came before is planned anew upon what they did, where that may be."""
    if "mission" not in asked.principal.scopes or behind.anew_d is None:
        return None
    given = (("mission", made.mission_id), ("days", f"{behind.anew_d:.6f}"), ("base", released[-1].digest[:12]))
    return Asking(
        name="propose", action="/year#move", legend=f"{made.mission_id} {behind.anew_d:+.1f} d from where it stands now",
        buttons=(("propose", f"Plan it anew upon {released[-1].digest[:12]}"),), given=given, timed=False,
    )  # fmt: skip


def _release_form(asked: Asked, released: tuple[PlanReleased, ...], pair: tuple[str, str]) -> Asking | None:
    """The form by which the second plan comes into force, where that may be and who asks may."""
    digests = [one.digest[:12] for one in released]
    if "release" not in asked.principal.scopes or not _is_new(released, pair[1]):
        return None
    given = (("plan", pair[1]), ("supersedes", released[-1].digest), ("a", pair[0]), ("b", pair[1]))
    return Asking(
        name="release", action="/plans", legend=f"Plan {pair[1]} in place of {digests[-1]}", given=given,
        buttons=(("release", "Release it"),), timed=False,
        fields=(Field(name="waive", label="Waivers where it needs them, a line each: RULE:OBJECT=REASON", kind="words"),),
    )  # fmt: skip


def _versions(released: tuple[PlanReleased, ...]) -> Table:
    last = released[-1] if released else None
    return Table(
        name="versions",
        caption="Plans that were released, the last first",
        columns=(Column("Plan"), Column("Released", "UTC"), Column("By"), Column("In place of"), Column("Standing"),
                 Column("Kept here"), Column("Digest")),
        rows=[
            (
                Cell(one.digest[:12], f"/plans?a={one.supersedes[:12]}&b={one.digest[:12]}" if one.supersedes else ""),
                one.released_utc, one.by, one.supersedes[:12],
                Cell("in force", look="good") if one is last else "superseded", one.kept, one.digest,
            )
            for one in reversed(released)
        ],
        empty="No plan was released: release one with `supercargo release PLAN --store STORE --by NAME`.",
    )  # fmt: skip


def _standings(desk: Desk, proposals: tuple[Proposal, ...], released: tuple[PlanReleased, ...]) -> dict[str, Cell]:
    """What each proposal has come to, by its name."""
    known = [one.digest[:12] for one in released]
    with desk.views() as view:
        rows = mission_board(view)["missions"]
    return {one.name: _standing(desk, one, known, rows) for one in proposals}


def _standing(desk: Desk, one: Proposal, known: list[str], rows: Sequence[Mapping[str, Any]]) -> Cell:
    if one.state == "working":
        return Cell(f"{one.stage}, {one.share:.0%}")
    if one.state != "made":
        return Cell("no such plan" if one.state == "none" else one.state, look="bad")
    if one.plan in known:
        return Cell("released, in force", look="good") if one.plan == known[-1] else Cell("released, replaced since")
    if known and overtaken(desk.store, desk.shelf, one, rows):
        return Cell("overtaken: plan it anew", look="warn")
    return Cell("waits to be released", look="good")


def _proposals(proposals: tuple[Proposal, ...], standings: Mapping[str, Cell]) -> Table:
    return Table(
        name="proposals",
        caption="Proposals, the newest first",
        columns=(Column("Proposal"), Column("Asked", "UTC"), Column("By"), Column("Upon plan"), Column("Standing"),
                 Column("Plan"), Column("Told")),
        rows=[
            (
                Cell(one.title, _where(one)),
                one.asked_utc, one.by, one.base, standings[one.name],
                Cell(one.plan, f"/plans?a={one.base}&b={one.plan}" if one.plan else ""), one.told,
            )
            for one in proposals
        ],
        empty="Nothing is proposed: move a mission in the year.",
    )  # fmt: skip


def _where(made: Proposal) -> str:
    """Where a proposal is shown as it goes on."""
    if made.source:
        return f"/scenario?proposal={made.name}"
    return f"/year?mission={made.mission_id}&days={made.days:g}&proposal={made.name}"


def _changes(plan: OperationsPlan, *, costs: bool) -> Table:
    return Table(
        name="changes",
        caption=f"What plan B changes in the plan it was made from: {len(plan.changes):,}",
        columns=(Column("What"), Column("Field"), Column("Before"), Column("After"), Column("Why"), Column("Whose"),
                 *([Column("Cost", "USD")] if costs else [])),
        rows=[
            (one.object, one.field, one.before, one.after, one.why, one.customer, *([one.cost_usd] if costs else []))
            for one in sorted(plan.changes, key=lambda one: -abs(one.cost_usd))[:_CHANGES_SHOWN]
        ],
        unshown_count=max(0, len(plan.changes) - _CHANGES_SHOWN),
        empty="Plan B was not made from another plan.",
    )  # fmt: skip
