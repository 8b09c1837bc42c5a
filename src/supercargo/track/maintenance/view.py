"""Work orders and the use of assets, made from the log."""

from __future__ import annotations

from datetime import datetime

from supercargo.kernel import plain
from supercargo.track.bodies import noun_of, word_of
from supercargo.track.envelope import Recorded
from supercargo.track.event_store import View
from supercargo.track.maintenance.events import WORK_KINDS, UseRecorded
from supercargo.track.maintenance.orders import OrderState, Use, evolve_order, overdue_reason
from supercargo.track.missions.events import MISSION_KINDS, MissionLaunched
from supercargo.track.views import Projection, ViewTable

__all__ = ["WORK", "overdue_work", "use_of"]

ORDERS = ViewTable(
    name="work_orders",
    key=("work_order",),
    columns=(
        "asset",
        "task",
        "state",
        "due_hours",
        "due_cycles",
        "due_utc",
        "issued_by",
        "signed_by",
        "deferred_by",
        "deferrals_count",
        "why",
        "since_utc",
        "held",
    ),
    indexed=("asset", "state"),
)
USE = ViewTable(name="asset_use", key=("asset",), columns=("hours", "cycles"))


def _project(event: Recorded, view: View) -> None:
    launched = MISSION_KINDS.read(event)
    if isinstance(launched, MissionLaunched):
        for asset in (f"tail/{launched.vehicle_id}", f"pad/{launched.pad}", f"facility/{launched.facility_id}"):
            _used(asset, Use(cycles=1), view)
        return
    said = WORK_KINDS.read(event)
    if isinstance(said, UseRecorded):
        _used(f"{said.asset_kind}/{said.asset}", Use(hours=said.hours, cycles=said.cycles), view)
    elif said is not None:
        key = (event.stream.partition("/")[2],)
        row = view.get(ORDERS.name, key)
        after = evolve_order(noun_of(OrderState, row["held"]) if row else None, event)
        if after is not None:
            view.put(ORDERS.name, key, _row(after))


def _used(asset: str, more: Use, view: View) -> None:
    use = use_of(asset, view)
    row = {"asset": asset, "hours": round(use.hours + more.hours, 3), "cycles": use.cycles + more.cycles}
    view.put(USE.name, (asset,), row)


def _row(state: OrderState) -> dict[str, object]:
    return {
        "work_order": state.order,
        "asset": f"{state.asset_kind}/{state.asset}",
        "task": state.task,
        "state": state.state,
        "due_hours": state.limit.hours,
        "due_cycles": state.limit.cycles,
        "due_utc": word_of(state.limit.due_utc),
        "issued_by": state.issued_by,
        "signed_by": list(state.signed_by),
        "deferred_by": state.deferred_by,
        "deferrals_count": state.deferrals_count,
        "why": state.why,
        "since_utc": word_of(state.since_utc),
        "held": plain(state),
    }


def use_of(asset: str, view: View) -> Use:
    """Use of an asset, named KIND/NAME."""
    row = view.get(USE.name, (asset,))
    return Use(hours=row["hours"], cycles=row["cycles"]) if row else Use()


def overdue_work(assets: tuple[str, ...], view: View, now_utc: datetime) -> tuple[str, ...]:
    """A sentence for each order that keeps one of the assets, named KIND/NAME, on the ground at an instant."""
    reasons = (
        overdue_reason(noun_of(OrderState, row["held"]), use_of(asset, view), now_utc)
        for asset in assets
        for row in view.find(ORDERS.name, "asset", asset)
    )
    return tuple(reason for reason in reasons if reason)


WORK = Projection(name="work", tables=(ORDERS, USE), project=_project)
"""Work orders, and hours and cycles of each asset."""
