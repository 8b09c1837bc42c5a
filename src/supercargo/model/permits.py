"""Dated permissions and those who are trained: what may be done only between two dates, and what has to be shown to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Record

__all__ = ["LICENCE_KINDS", "LICENCE_STATES", "STAFF_ROLES", "Licence", "Requirement", "Staff"]

LICENCE_KINDS = ("launch", "station", "export")
"""launch: to lift off. station: agreement to arrive at a place. export: permit to load cargo that needs one."""

LICENCE_STATES = ("granted", "applied", "suspended", "withdrawn")
"""Only what is granted lets anything be done."""

STAFF_ROLES = ("transfer", "processing")
"""transfer: unloads and loads at a place. processing: prepares spacecraft at a launch site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence(_Record):
    """A dated permission to launch, to arrive at a place or to load cargo; an empty column leaves open what it narrows."""

    licence_id: str = text("name of the licence, agreement or permit")
    kind: str = text("what it lets be done", choices=LICENCE_KINDS)
    holder: str = text("operator of launcher (launch) or spacecraft (station), customer (export); empty: anyone", default="")
    launchers: tuple[str, ...] = text("launchers it covers; empty: any", default=())
    vehicle_types: tuple[str, ...] = text("spacecraft it covers; empty: any", default=())
    sites: tuple[str, ...] = text("launch sites it covers; empty: any", default=())
    destinations: tuple[str, ...] = text("places it covers; empty: any", default=())
    classes: tuple[str, ...] = text("export: classes of supply that need it; empty: any", default=())
    hazards: tuple[str, ...] = text("export: hazard classes that need it; empty: any or none", default=())
    authority: str = text("who gives it")
    from_utc: datetime = text("in force from")
    to_utc: datetime = text("in force until")
    state: str = text("how far it has come; only a granted one counts", choices=LICENCE_STATES, default="granted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff(_Record):
    """A person or team that is trained for a kind of work between two dates."""

    staff_id: str = text("name of the person or team; a role, not a private name")
    role: str = text("work it does", choices=STAFF_ROLES)
    destinations: tuple[str, ...] = text("transfer: places where it works; empty: any", default=())
    sites: tuple[str, ...] = text("processing: launch sites where it works; empty: any", default=())
    qualification: str = text("what it is trained in")
    from_utc: datetime = text("training holds from")
    to_utc: datetime = text("training holds until")
    shift_h_d: float | None = quantity("h", "hours of work a day on its shifts; empty: as many as asked", ge=0, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement(_Record):
    """Something that has to be shown, to whom, by when and by what; the words are the user's to edit."""

    requirement_id: str = text("name of the requirement")
    framework: str = text("pack it belongs to, such as station, cots, iso28000, scor")
    clause: str = text("what is asked for, in own words; a number of a standard may be named")
    applies_to: tuple[str, ...] = text("objects it holds for, such as places or operators; empty: all", default=())
    check: str = text("how it is checked: a name of the list of checks")
    parameters: tuple[str, ...] = text("numbers and words of the check, each NAME=VALUE", default=())
    proof: str = text("what shows that it is met")
    due: str = text("by when: start, end, as-of, first-launch or last-end, with days added or taken away, such as start-30d")
    owner: str = text("role that answers for it")
    waived_by: str = text("named person who waives it; empty: not waived", default="")
    waiver_reason: str = text("why it is waived", default="")
    waived_until_utc: datetime | None = text("waived until; needed for a waiver", default=None)
