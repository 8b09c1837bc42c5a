"""Where each part of a cargo line stands against its date: delivered by the record, or still to be, and why it is late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from supercargo.app.board.shelf import KeptPlan
from supercargo.app.operations.collecting import DELIVERED_BY
from supercargo.app.operations.slipping import MissionDelay, delay_told
from supercargo.kernel import parse_utc
from supercargo.measure.deliveries import line_name
from supercargo.model import ManifestRow, PlannedMission
from supercargo.store.log import SqlStore
from supercargo.track.cargo.asking import history_of
from supercargo.track.event_store import View
from supercargo.track.missions.phases import LOST, WITHDRAWN

__all__ = ["LineStands", "lines_standing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStands:
    """A part of a line: `expected_utc` is the plan's delivery and what its mission has slipped since; None: none is known.

    `delivered_utc` is when the record says that it was delivered, None where it says nothing; `overdue`: it says nothing and
    the expected instant has passed. `late` is past its date, as it stands; `delay` is what its mission has slipped, and
    `by_slip` whether it would be in time without that. `grounded` is the phase of a mission that takes it nowhere: lost or
    withdrawn.
    """

    item_id: str
    mission_id: str
    mass_kg: float
    due_utc: datetime | None
    expected_utc: datetime | None
    delivered_utc: datetime | None
    late: bool
    overdue: bool
    by_slip: bool
    delay: MissionDelay | None
    grounded: str
    reason: str


def lines_standing(kept: KeptPlan, store: SqlStore, view: View, item_id: str, now_utc: datetime) -> tuple[LineStands, ...]:
    """Every part of the line that an item is, or is a part of, in the plan's order."""
    scenario = kept.plan.scenario
    line = line_name(scenario, item_id)
    rows = (row for row in kept.plan.manifest if line_name(scenario, row.item_id) == line)
    return tuple(_stands(kept.plan.mission_named.get(row.mission_id), store, view, row, now_utc) for row in rows)


def _stands(planned: PlannedMission | None, store: SqlStore, view: View, row: ManifestRow, now_utc: datetime) -> LineStands:
    known = view.get("missions", (row.mission_id,)) if row.mission_id else None
    grounded = known["phase"] if known and known["phase"] in (LOST, WITHDRAWN) else ""
    expected = None
    if planned is not None and row.delivered_utc is not None and not grounded:
        expected = row.delivered_utc + _moved(planned, known)
    delivered = next(_deliveries(view, row, now_utc), None)
    delay = delay_told(row.mission_id, store.stream(f"mission/{row.mission_id}")) if row.mission_id else None
    stands = delivered or expected
    overdue = delivered is None and expected is not None and expected < now_utc
    late = row.due_utc is not None and ((now_utc if overdue or stands is None else stands) > row.due_utc)
    return LineStands(
        item_id=row.item_id, mission_id=row.mission_id, mass_kg=row.mass_kg, due_utc=row.due_utc, expected_utc=expected,
        delivered_utc=delivered, late=late, overdue=overdue, delay=delay, grounded=grounded, reason=row.reason,
        by_slip=late and _by_slip(row.due_utc, stands, delay),
    )  # fmt: skip


def _by_slip(due_utc: datetime | None, at_utc: datetime | None, delay: MissionDelay | None) -> bool:
    """It is past its date, and would not be without what its mission has slipped."""
    if due_utc is None or at_utc is None or delay is None:
        return False
    return at_utc - delay.later <= due_utc < at_utc


def _moved(planned: PlannedMission, known: dict[str, Any] | None) -> timedelta:
    """By how much a mission is later than the plan has it: by its docking once it has docked, else by its lift-off."""
    if known is None:
        return timedelta(0)
    if known["docked_utc"] and planned.arrive_utc is not None:
        return parse_utc(known["docked_utc"]) - planned.arrive_utc
    return parse_utc(known["launched_utc"] or known["launch_utc"]) - planned.launch_utc


def _deliveries(view: View, row: ManifestRow, now_utc: datetime) -> Iterator[datetime]:
    kinds = DELIVERED_BY[row.direction]
    for one in history_of(view, f"cargo/{row.item_id}"):
        if one.stands and one.kind in kinds and one.at_utc <= now_utc:
            yield one.at_utc
