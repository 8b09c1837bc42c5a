"""The plan that operations follow now, as far as it is kept."""

from __future__ import annotations

from supercargo.app.board.shelf import KeptPlan, Shelf, plans_released
from supercargo.store.log import SqlStore

__all__ = ["plan_in_force"]


def plan_in_force(store: SqlStore, shelf: Shelf) -> KeptPlan | None:
    """The plan released last; None where none is released, or its folder is not on the shelf."""
    released = plans_released(store, shelf)
    return shelf.plan(released[-1].digest[:12]) if released else None
