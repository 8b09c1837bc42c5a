"""What moving a mission would bring about, before anything is saved: rules it would break, gates, lines that would be late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from supercargo.app.operations.recording import Operations, conflicts_foreseen
from supercargo.kernel import Refused, days, parse_utc
from supercargo.model import ManifestRow, OperationsPlan, PlannedMission, Violation
from supercargo.referee import RULES, judge
from supercargo.track.acts import Act
from supercargo.track.missions.commands import Slip
from supercargo.track.missions.phases import GROUND_PHASES

__all__ = ["Moved", "Ripple", "as_it_stands", "fix_of", "moved_plan", "ripple_of", "sentence_of", "slips_standing"]

SLIP_RULES = frozenset(
    (
        "launch-period", "beta-cutout", "daylight-docking", "pad-free", "range-spacing", "facility-capacity", "tail-ready",
        "tail-turnaround", "port-service", "port-free", "arrival-spacing", "handling-hours", "blackout", "launch-licensed",
        "arrival-agreed", "staff-trained",
    )
)  # fmt: skip
"""Rules that the dates of a mission alone can break."""

_FIXES: Mapping[str, str] = {
    "late-line": "put it on an earlier mission, or agree another day with the customer",
    "low-fill": "let it take more, or fly it together with another",
    "window-uncertain": "work the window out anew from newer elements",
    "propellant-short": "take less up, or a lower arrival",
    "launch-period": "agree a later last day with the customer, or move it less",
    "pad-free": "move it until the pad is made ready, or take another pad",
    "range-spacing": "move it by the hours that are short",
    "port-free": "move it until the port is left, or take another port",
    "arrival-spacing": "move the arrival by the hours that are short",
    "handling-hours": "spread the unloading, or move the mission",
    "blackout": "move it out of the closed time",
    "facility-capacity": "process it elsewhere, or move it",
}
_FIX_ELSE = "plan anew, or waive it by name when the plan is released"
_SENTENCES: Mapping[str, str] = {rule.rule_id: rule.sentence for rule in RULES}


def sentence_of(rule: str) -> str:
    """The sentence of a rule of the referee."""
    return _SENTENCES.get(rule, rule)


def fix_of(rule: str) -> str:
    """What mends a broken rule."""
    return _FIXES.get(rule, _FIX_ELSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A mission moved: from its lift-off as it stands to another, that of a listed launch window where one is near."""

    mission_id: str
    from_utc: datetime
    to_utc: datetime
    in_window: bool

    @property
    def later(self) -> timedelta:
        """By how much it is moved; below zero it is earlier."""
        return self.to_utc - self.from_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Ripple:
    """What a move brings about: rules that it newly breaks and those it mends, gates with their due instants, lines late.

    `opened` are the conflicts that recording it would open; `refused` is why it could not be recorded.
    """

    moved: Moved
    broken: tuple[Violation, ...]
    mended: tuple[Violation, ...]
    gates: tuple[tuple[str, datetime, datetime], ...]
    late: tuple[ManifestRow, ...]
    opened: tuple[str, ...]
    refused: str


def _shifted(plan: OperationsPlan, by: Mapping[str, timedelta]) -> OperationsPlan:
    """The plan with missions moved as they are, ports and pads kept; a mission that arrives nowhere keeps that."""
    if not by:
        return plan

    def flight(row: PlannedMission) -> PlannedMission:
        later = by.get(row.mission_id)
        if later is None:
            return row
        arrive, depart = (None if at is None else at + later for at in (row.arrive_utc, row.depart_utc))
        return replace(
            row, launch_utc=row.launch_utc + later, arrive_utc=arrive, depart_utc=depart, end_utc=row.end_utc + later
        )

    activities = tuple(
        replace(one, start_utc=one.start_utc + by[one.mission_id], end_utc=one.end_utc + by[one.mission_id])
        if one.mission_id in by
        else one
        for one in plan.activities
    )
    return replace(plan, missions=tuple(map(flight, plan.missions)), activities=activities)


def as_it_stands(plan: OperationsPlan, rows: Sequence[Mapping[str, Any]]) -> OperationsPlan:
    """The plan in force with the slips that were recorded of missions which have not lifted off."""
    return _shifted(plan, slips_standing(plan, rows))


def slips_standing(plan: OperationsPlan, rows: Sequence[Mapping[str, Any]]) -> dict[str, timedelta]:
    """By how much missions that have not lifted off were slipped from where the plan has them."""
    by = {}
    for row in rows:
        planned = plan.mission_named.get(row["mission_id"])
        if planned is not None and row["phase"] in GROUND_PHASES:
            later = parse_utc(row["launch_utc"]) - planned.launch_utc
            if later:
                by[planned.mission_id] = later
    return by


def moved_plan(plan: OperationsPlan, mission_id: str, wanted_d: float) -> tuple[Moved, OperationsPlan]:
    """A mission moved by so many days: to the first listed launch window of its pad and launcher from then on, within 4 d.

    Later is later and earlier is earlier: the window that it has is none of them.

    Where none is listed so near, it is moved by the days and no more.
    """
    row = plan.mission_named[mission_id]
    wanted = row.launch_utc + days(wanted_d)
    alike = (row.destination, row.site, row.pad, row.launcher)
    near = [
        one.launch_utc
        for one in plan.windows
        if (one.destination, one.site, one.pad, one.launcher) == alike
        and timedelta(0) <= one.launch_utc - wanted + timedelta(hours=12) <= days(4)
        and (one.launch_utc - row.launch_utc) * wanted_d >= timedelta(0)
        and (one.launch_utc != row.launch_utc or not wanted_d)
    ]
    to_utc = min(near, default=wanted)
    moved = Moved(mission_id=mission_id, from_utc=row.launch_utc, to_utc=to_utc, in_window=bool(near))
    return moved, _shifted(plan, {mission_id: moved.later} if moved.later else {})


def ripple_of(
    plan: OperationsPlan, after: OperationsPlan, moved: Moved, gates: Sequence[Mapping[str, Any]], told: tuple[Operations, Act]
) -> Ripple:
    """What a move brings about, judged by the referee on the plan as it stands and as it would be."""
    before_broken, after_broken = judge(plan, only=SLIP_RULES), judge(after, only=SLIP_RULES)
    opened, refused = _foreseen(moved, *told)
    return Ripple(
        moved=moved,
        broken=tuple(one for one in after_broken if one not in before_broken),
        mended=tuple(one for one in before_broken if one not in after_broken),
        gates=tuple((one["gate"], parse_utc(one["due_utc"]), parse_utc(one["due_utc"]) + moved.later) for one in gates),
        late=tuple(row for row in plan.manifest if row.mission_id == moved.mission_id and _newly_late(row, moved.later)),
        opened=opened,
        refused=refused,
    )


def _newly_late(row: ManifestRow, later: timedelta) -> bool:
    if row.due_utc is None or row.delivered_utc is None:
        return False
    return row.delivered_utc <= row.due_utc < row.delivered_utc + later


def _foreseen(moved: Moved, store: Operations, act: Act) -> tuple[tuple[str, ...], str]:
    """The conflicts that a slip would open in the log, or why it would be refused."""
    slip = Slip(launch_utc=moved.to_utc, reason="foreseen")
    try:
        return conflicts_foreseen(store, moved.mission_id, slip, act), ""
    except Refused as error:
        return (), f"{error.what}: {error.fix}"
