"""All that is made from the log alone: every program that writes to a store keeps the same views of it."""

from __future__ import annotations

from supercargo.track.cargo.views import CARGO, NON_CONFORMANCES
from supercargo.track.contracts.booking import LEDGER
from supercargo.track.coordination.log import COORDINATION
from supercargo.track.costs.view import COSTS
from supercargo.track.lessons.view import LESSONS
from supercargo.track.maintenance.view import WORK
from supercargo.track.missions.view import MISSIONS
from supercargo.track.parties.view import PARTIES
from supercargo.track.risks.view import RISKS
from supercargo.track.views import Projection

__all__ = ["PROJECTIONS"]

PROJECTIONS: tuple[Projection, ...] = (
    CARGO, NON_CONFORMANCES, MISSIONS, WORK, COORDINATION, LEDGER, RISKS, COSTS, PARTIES, LESSONS,
)  # fmt: skip
"""The views of operations; a new one is a new row, and `supercargo track rebuild` makes it from the events there are."""
