"""Proposals: a slip planned anew in the background, its plan kept on the shelf; nothing of it is in force until released."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from supercargo.app.board.shelf import Shelf
from supercargo.app.replanning import ReplanAsked, replan_folder
from supercargo.kernel import DAY_S, Refused, SupercargoError, canonical_json, format_utc, parse_utc
from supercargo.model import OperationsPlan

__all__ = ["Proposal", "ProposalAsked", "proposal_named", "proposals_made", "propose"]

_ASKED, _STANDS = "asked.json", "stands.json"
_TOLD_EVERY_S = 0.3
_BEGINNING_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAsked:
    """What somebody wants to see planned upon which plan: a mission so many days later, or tables as they were edited.

    `name` makes it one however often. `slips` are what was recorded of missions since the plan was released [s], and are
    planned with it. Missions that have `flown` must stay; `known_utc` is up to when flights of the plan have flown.
    """

    name: str
    mission_id: str
    days: float
    base: str
    by: str
    at_utc: datetime
    slips: Mapping[str, float] = field(default_factory=dict)
    flown: tuple[str, ...] = ()
    known_utc: datetime | None = None
    source: str = ""
    tables: tuple[str, bytes] | None = None  # name of the file and what it holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal as it stands: `state` is working, made, none (no such plan) or stopped; `plan` stands on the shelf.

    It moves a mission, or it plans the tables that were sent as `source`.
    """

    name: str
    mission_id: str
    days: float
    base: str
    by: str
    asked_utc: datetime
    state: str
    stage: str = ""
    share: float = 0.0
    told: str = ""
    plan: str = ""
    slips: Mapping[str, float] = field(default_factory=dict)
    source: str = ""

    @property
    def title(self) -> str:
        """What it proposes, in a few words."""
        if self.source:
            return f"tables of {self.source}"
        near = f"{self.days:+.1f} d" if abs(self.days) >= 1.0 else f"{24.0 * self.days:+.1f} h"
        return f"{self.mission_id} {near.replace('.0 ', ' ')}"


def propose(shelf: Shelf, asked: ProposalAsked) -> Proposal:
    """Begin to plan the slip anew in a process of its own; asked again under the same name, it is the same.

    Raises Refused where a proposal is at work, where the plan is not kept, or where the store keeps no plans.
    """
    place = shelf.proposals
    if place is None or not shelf.has(asked.base):
        raise Refused("the plan is not kept here", fix="release it with `supercargo release`", where=asked.base)
    if (known := proposal_named(shelf, asked.name)) is not None:
        return known
    for one in proposals_made(shelf):
        if one.state == "working":
            what = f"{one.title} is being planned"
            raise Refused(what, fix="wait until it is done", where=one.name)
    folder = place / asked.name
    folder.mkdir(parents=True)
    said = {"mission_id": asked.mission_id, "days": asked.days, "base": asked.base, "by": asked.by, "slips": asked.slips}
    said |= {"source": asked.source}
    if asked.tables is not None:
        (folder / asked.tables[0]).write_bytes(asked.tables[1])
    _write(folder / _ASKED, {**said, "asked_utc": format_utc(asked.at_utc)})
    work = multiprocessing.get_context("spawn").Process(target=_work, args=(shelf.place, asked), daemon=True)
    work.start()
    made = proposal_named(shelf, asked.name)
    assert made is not None
    return made


def proposals_made(shelf: Shelf) -> tuple[Proposal, ...]:
    """Every proposal, the newest first."""
    if shelf.proposals is None or not shelf.proposals.is_dir():
        return ()
    found = (proposal_named(shelf, folder.name) for folder in shelf.proposals.iterdir())
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.asked_utc, one.name), reverse=True))


def proposal_named(shelf: Shelf, name: str) -> Proposal | None:
    """A proposal by its name; None where there is none."""
    if shelf.proposals is None or not name.isalnum() or not (shelf.proposals / name / _ASKED).is_file():
        return None
    folder = shelf.proposals / name
    said = json.loads((folder / _ASKED).read_text("utf-8"))
    stands = folder / _STANDS
    told: dict[str, Any] = {"state": "working", "stage": "beginning"}
    if stands.is_file():
        told = json.loads(stands.read_text("utf-8"))
    if told["state"] == "working" and not _at_work(told.pop("pid", 0), folder):
        told = {"state": "stopped", "told": "the work ended before there was a plan: ask again"}
    told.pop("pid", None)
    return Proposal(name=name, **{**said, "asked_utc": parse_utc(said["asked_utc"])}, **told)


def _at_work(pid: int, folder: Path) -> bool:
    multiprocessing.active_children()  # takes in those that have ended
    if not pid:
        return time.time() - (folder / _ASKED).stat().st_mtime < _BEGINNING_S
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _work(place: Path, asked: ProposalAsked) -> None:
    """Plan anew in this process, tell how far it is, and keep the plan on the shelf."""
    folder, shelf = place / "proposals" / asked.name, Shelf(place)
    os.nice(5)
    last_s = 0.0

    def watch(stage: str, share: float) -> None:
        nonlocal last_s
        if time.monotonic() - last_s >= _TOLD_EVERY_S:
            last_s = time.monotonic()
            _write(folder / _STANDS, {"state": "working", "stage": stage, "share": round(share, 3), "pid": os.getpid()})

    watch("reading", 0.0)
    known = format_utc(asked.known_utc) if asked.known_utc else ""
    wanted = ReplanAsked(
        folder=place / asked.base, out=folder / "plan", events=_events(asked, folder), as_of=known, partial=True
    )
    try:
        plan = replan_folder(wanted, watch=watch).plan
        _refuse_past(plan, asked.flown)
        kept = shelf.keep(folder / "plan")
    except SupercargoError as error:
        _write(folder / _STANDS, {"state": "none", "told": f"{error.what}: {error.fix}"})
        return
    causes = "; ".join(plan.causes)
    told = f"{len(plan.changes)} changes" + (f"; promises it can't keep: {causes}" if causes else "")
    _write(folder / _STANDS, {"state": "made", "told": told, "share": 1.0, "plan": kept})


def _events(asked: ProposalAsked, folder: Path) -> tuple[str, ...]:
    later_s = dict(asked.slips)
    if asked.mission_id:
        later_s[asked.mission_id] = later_s.get(asked.mission_id, 0.0) + asked.days * DAY_S
    slips = tuple(f"slip:{name}=+{late_s / 3600.0:.6f}h" for name, late_s in sorted(later_s.items()))
    return slips if asked.tables is None else (*slips, f"tables:{folder / asked.tables[0]}")


def _refuse_past(plan: OperationsPlan, flown: tuple[str, ...]) -> None:
    """Raise Refused where a plan moves what has lifted off: it was not to be told from what the plan knew to have flown."""
    moved = sorted({row.object for row in plan.changes if row.object in flown and row.field in ("launch_utc", "flies")})
    if moved:
        what = f"it would move {', '.join(moved[:5])}, which have lifted off"
        raise Refused(what, fix="let a plan be released that has them where they flew, then ask again", where="plan")


def _write(file: Path, said: dict[str, object]) -> None:
    draft = file.with_suffix(".draft")
    draft.write_text(canonical_json(said), "utf-8")
    draft.replace(file)
