"""Items of the plan in force whose names are near to what somebody looks for."""

from __future__ import annotations

from supercargo.app.board.shelf import KeptPlan
from supercargo.app.intake.near import NearNames

__all__ = ["items_near"]


def items_near(kept: KeptPlan | None, word: str, customer: str) -> tuple[str, ...]:
    """Up to three items that differ from a word by one slip of the pen; to a customer's person its own alone."""
    if kept is None:
        return ()
    names = {row.item_id.partition("#")[0] for row in kept.plan.manifest if customer in ("", row.customer)}
    return NearNames(names).near(word.removeprefix("cargo/"))
