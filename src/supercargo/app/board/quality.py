"""Quality: non-conformances with what may follow in each, work orders that are due, and what work may be ordered on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from supercargo.app.operations.asking import mission_board, work_seen
from supercargo.kernel import parse_utc
from supercargo.track.cargo.nonconformance import DISPOSITIONS, NCR_STAGES
from supercargo.track.coordination.log import CONFLICT_KINDS
from supercargo.track.event_store import View

__all__ = ["CASE_WORDS", "CONFLICT_SORTS", "DISPOSALS", "WORK_WORDS", "QualitySeen", "quality_seen"]

DISPOSALS = DISPOSITIONS
"""What can be done with a thing that is not as it should be."""

CONFLICT_SORTS = CONFLICT_KINDS
"""What missions are in each other's way about."""

CASE_WORDS: Mapping[str, tuple[str, ...]] = {
    "opened": ("dispose",),
    "dispositioned": ("dispose", "plan_action"),
    "corrective_action": ("dispose", "plan_action", "close_case"),
}
"""What may follow at each stage of a non-conformance."""

WORK_WORDS: Mapping[str, tuple[str, ...]] = {"issued": ("start", "defer", "cancel"), "started": ("sign", "finish")}
"""What may follow in each state of a work order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualitySeen:
    """Non-conformances, work orders and lessons, open ones first; assets, as KIND/NAME, on which work may be ordered."""

    cases: tuple[Mapping[str, Any], ...]
    orders: tuple[Mapping[str, Any], ...]
    use: Mapping[str, Mapping[str, Any]]
    assets: tuple[str, ...]
    lessons: tuple[Mapping[str, Any], ...] = ()


def quality_seen(view: View, now_utc: datetime) -> QualitySeen:
    """All that is known of quality; each order tells whether it is `overdue` by its date."""
    cases = [row for stage in NCR_STAGES for row in view.find("ncr", "stage", stage)]
    work = work_seen(view)
    orders = [{**row, "overdue": _overdue(row, now_utc)} for row in work["orders"]]
    missions = mission_board(view)["missions"]
    assets = {f"tail/{row['vehicle_id']}" for row in missions} | {f"pad/{row['pad']}" for row in missions}
    assets |= {f"facility/{row['facility_id']}" for row in missions if row["facility_id"]}
    return QualitySeen(
        cases=tuple(sorted(cases, key=lambda row: (row["stage"] == "closed", row["opened_utc"], row["case_id"]))),
        orders=tuple(
            sorted(orders, key=lambda row: (row["state"] not in WORK_WORDS, row["due_utc"] or "~", row["work_order"]))
        ),
        use={row["asset"]: row for row in work["use"]},
        assets=tuple(sorted(assets)),
        lessons=tuple(row for state in ("open", "closed", "dropped") for row in view.find("lessons", "state", state)),
    )


def _overdue(row: Mapping[str, Any], now_utc: datetime) -> bool:
    return row["state"] in WORK_WORDS and bool(row["due_utc"]) and parse_utc(row["due_utc"]) <= now_utc
