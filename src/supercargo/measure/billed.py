"""What missions cost by their invoices: an account that is billed as billed, every other as planned."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from supercargo.track.missions.basis import PlannedCost

__all__ = ["billed_by_account", "cost_with_bills", "parted"]


def billed_by_account(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """USD of booked positions by mission (empty: of no single one) and account; what was taken back is not among them."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[str(row["mission_id"])][str(row["account"])].append(float(row["amount_usd"]))
    return {
        mission: {account: round(math.fsum(usd), 2) for account, usd in sorted(accounts.items())}
        for mission, accounts in sorted(found.items())
    }


def parted(planned: Sequence[PlannedCost]) -> bool:
    """Whether planned costs are told account by account."""
    return all(cost.accounts or not cost.service_usd for cost in planned)


def cost_with_bills(planned: Sequence[PlannedCost], billed: Mapping[str, float], *, share: float = 1.0) -> float:
    """Cost to the service [USD]: invoices, and `share` of the planned cost of each account that has none."""
    open_usd = [one.service_usd for cost in planned for one in cost.accounts if one.account not in billed]
    return round(math.fsum(billed.values()) + share * math.fsum(open_usd), 2)
