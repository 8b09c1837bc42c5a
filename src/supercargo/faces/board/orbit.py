"""Orbits: the track over the ground, the Sun over the plane, launch windows with who uses them, the way to the port."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from supercargo.app.board.orbit import OrbitSeen, orbit_seen
from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.frame import now_of, page
from supercargo.model import OperationsPlan
from supercargo.report.ground_track import draw_track
from supercargo.report.sun_chart import render_beta

__all__ = ["orbit_pages"]

_COMPANY = Rule("read", "company")
_SHOWN = 200


def orbit_pages() -> APIRouter:
    """The route of orbits."""
    router = APIRouter(include_in_schema=False)

    @router.get("/orbit", openapi_extra=_COMPANY.mark)
    def orbit(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)], *, place: str = "") -> Response:
        """One place's orbit from now on."""
        desk, now = desk_of(request), now_of(request, asked)
        kept = plan_in_force(desk.store, desk.shelf)
        if kept is None:
            return page(request, asked, "orbit.html", title="Orbit", kept=None)
        plan = kept.plan
        names = [one.destination for one in plan.scenario.destinations]
        place = place or names[0]
        if place not in names:
            raise Problem(404, f"no place is called {place[:60]!r}", fix=f"use one of: {', '.join(names)}", where="place")
        seen = orbit_seen(plan, place, now)
        sun = Markup(render_beta(seen.sun, seen.sun[0].at_utc, seen.sun[-1].at_utc)) if len(seen.sun) > 1 else None
        return page(
            request, asked, "orbit.html", title="Orbit", kept=kept, place=place, destinations=names, seen=seen, sun=sun,
            track=_picture(plan, seen), tables=[_windows(seen), _beta(seen), _positions(seen), _ways(plan, place)],
        )  # fmt: skip

    return router


def _picture(plan: OperationsPlan, seen: OrbitSeen) -> Markup | None:
    if seen.track is None:
        return None
    path = [(one.latitude_deg, one.longitude_deg) for one in seen.track.points]
    sites = [(one.site, one.latitude_deg, one.longitude_deg) for one in plan.scenario.sites]
    first = seen.track.points[0].at_utc
    title = f"{seen.destination} over the ground, two revolutions from {first:%Y-%m-%d %H:%M} UTC"
    return Markup(draw_track(path, sites, title))


def _positions(seen: OrbitSeen) -> Table:
    shown = seen.track.points[::10] if seen.track else ()
    return Table(
        name="track",
        caption="The track as numbers, every five minutes",
        columns=(Column("When", "UTC"), Column("Latitude", "deg", 1), Column("Longitude", "deg", 1), Column("Height", "km")),
        rows=[(one.at_utc, one.latitude_deg, one.longitude_deg, one.height_km) for one in shown],
        empty="Where it is over the ground is not known: it circles no Earth, or has no elements.",
    )


def _windows(seen: OrbitSeen) -> Table:
    return Table(
        name="windows",
        caption="Launch windows of the plan from now on: sixty days, and all that a mission uses",
        columns=(Column("Lift-off", "UTC"), Column("Site"), Column("Launcher"), Column("Mission"), Column("Uncertain by", "s"),
                 Column("Azimuth", "deg", 1), Column("Plane offset", "deg", 2), Column("Phase", "deg", 1),
                 Column("Beta", "deg", 1)),
        rows=[
            (row.launch_utc, f"{row.site}/{row.pad}", row.launcher,
             Cell(row.used_by, f"/missions/{row.used_by}") if row.used_by else "", row.sigma_s, row.azimuth_deg,
             row.plane_offset_deg, row.phase_deg, row.beta_deg)
            for row in seen.windows[:_SHOWN]
        ],
        unshown_count=max(0, len(seen.windows) - _SHOWN),
        empty="The plan lists no window from now on.",
    )  # fmt: skip


def _beta(seen: OrbitSeen) -> Table:
    return Table(
        name="beta",
        caption="Sun over the plane, every ten days",
        columns=(Column("Day", "UTC"), Column("Beta", "deg", 1), Column("Night, share of a revolution", "", 2),
                 Column("Uncertain by", "deg", 1)),
        rows=[(one.at_utc, one.beta_deg, one.night_fraction, one.sigma_deg) for one in seen.sun[::10]],
        empty="It is known only of places that circle the Earth.",
    )  # fmt: skip


def _ways(plan: OperationsPlan, place: str) -> Table:
    """How each mission to the place gets there, as it is planned."""
    rows = sorted((row for row in plan.missions if row.destination == place), key=lambda row: row.launch_utc)
    return Table(
        name="rendezvous",
        caption="Ways to the port",
        columns=(Column("Mission"), Column("Profile"), Column("Lift-off", "UTC"), Column("Docking", "UTC"),
                 Column("Phasing", "h", 1),
                 Column("Delta-v", "m/s"), Column("Propellant", "kg")),
        rows=[
            (Cell(row.mission_id, f"/missions/{row.mission_id}"), row.profile, row.launch_utc, row.arrive_utc,
             None if row.arrive_utc is None else (row.arrive_utc - row.launch_utc).total_seconds() / 3600.0, row.delta_v_m_s,
             row.propellant_kg)
            for row in rows
        ],
        empty="No mission of the plan flies there.",
    )  # fmt: skip
