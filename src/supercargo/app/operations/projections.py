"""All that is made from the log of operations, in one visible tuple."""

from __future__ import annotations

from supercargo.track.contracts.booking import LEDGER
from supercargo.track.coordination.log import COORDINATION
from supercargo.track.maintenance.view import WORK
from supercargo.track.missions.view import MISSIONS
from supercargo.track.views import Projection

__all__ = ["PROJECTIONS"]

PROJECTIONS: tuple[Projection, ...] = (MISSIONS, WORK, COORDINATION, LEDGER)
"""Every projection; a store that is opened with them brings its views up to date by itself."""
