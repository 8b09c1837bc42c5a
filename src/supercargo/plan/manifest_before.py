"""What a manifest owes the one that it follows: lines keep their mission, urgent ones take the first that can carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from supercargo.model import Manifest, Placement
from supercargo.plan.manifest_offers import Offers

__all__ = ["LINE_MOVED_USD", "NOTHING_BEFORE", "SENT_AHEAD_USD", "URGENT_STEP_USD", "Before", "loyalty_usd"]

LINE_MOVED_USD = 20_000.0
"""Price of taking a line off the mission that it was booked on: below the worth of serving any line at all."""

URGENT_STEP_USD = 3_000_000.0
"""What an urgent line is worth more on a mission than on the next one that could take it: far above any line's own worth."""

SENT_AHEAD_USD = 100_000.0
"""What a line that is to leave a struck mission is worth more on any other: it takes room that no promise needs."""


@dataclass(frozen=True)
class Before:
    """An old manifest with the places of its pieces by mission, and the lines that have become urgent.

    `fill` [1] is the share of the bays that was filled where more had not gone in, by mission. Lines that `leave` missions
    are sent on any other that pays.
    """

    manifest: Manifest = Manifest(loads=())
    placements: Mapping[str, tuple[Placement, ...]] = field(default_factory=dict)
    fill: Mapping[str, float] = field(default_factory=dict)
    urgent: frozenset[str] = frozenset()
    leave: frozenset[str] = frozenset()


NOTHING_BEFORE = Before()


def loyalty_usd(before: Before, offers: Offers) -> npt.NDArray[np.float64]:
    """What each pair of line and flight is worth for the sake of what was promised before [pair] USD."""
    extra = np.zeros(len(offers.pair_line))
    if not (before.manifest.loads or before.urgent):
        return extra
    booked = {(load.item_id, load.mission_id) for load in before.manifest.loads if load.mission_id}
    leaving = {load.item_id for load in before.manifest.loads if load.mission_id in before.leave}
    urgent_at: dict[int, list[int]] = {}
    for pair, (i, f) in enumerate(zip(offers.pair_line.tolist(), offers.pair_flight.tolist(), strict=True)):
        item_id, mission_id = offers.lines[i].item_id, offers.flights[f].mission_id
        if item_id in leaving:
            extra[pair] = SENT_AHEAD_USD * (mission_id not in before.leave)
        elif (item_id, mission_id) in booked:
            extra[pair] = LINE_MOVED_USD
        if item_id in before.urgent:
            urgent_at.setdefault(i, []).append(pair)
    for pairs in urgent_at.values():
        ordered = sorted(pairs, key=lambda pair: offers.flights[int(offers.pair_flight[pair])].unload_end_utc)
        extra[ordered] += URGENT_STEP_USD * np.arange(len(ordered), 0, -1)
    return extra
