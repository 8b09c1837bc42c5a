"""The baseline that many desks run by hand: who is ready first takes the first flight with room."""

from __future__ import annotations

from collections.abc import Mapping

from supercargo.model import Manifest, Scenario, Schedule
from supercargo.plan.manifest_loads import SMALLEST_PART_G, Lading, manifest_of
from supercargo.plan.manifest_offers import offers_at
from supercargo.plan.manifest_room import NO_FILL, Rooms
from supercargo.plan.reasons import with_reasons

__all__ = ["manifest_first_come"]

RIVALS = "lines released earlier"


def manifest_first_come(
    scenario: Scenario,
    schedule: Schedule,
    *,
    barred: frozenset[tuple[str, str]] = frozenset(),
    fill: Mapping[str, float] = NO_FILL,
) -> Manifest:
    """Lines board by release, ties by item_id, the first mission by lift-off with room; due dates are not looked at.

    All rules hold (capacities, hazard pairs, cut-offs); bulk goes in parts of a kilogram or more. Nothing moves afterwards.
    """
    offers = offers_at(scenario, schedule, frozenset(scenario.places), barred, fill)
    lading = Lading(Rooms(scenario, offers.flights, fill))
    choices: dict[int, list[int]] = {}
    for i, f in zip(offers.pair_line.tolist(), offers.pair_flight.tolist(), strict=True):
        choices.setdefault(i, []).append(f)
    for i in sorted(choices, key=lambda i: (offers.lines[i].release_utc, offers.lines[i].item_id)):
        line, taken = offers.lines[i], offers.taken[i]
        for f in sorted(choices[i]):
            mission_id, rest = offers.flights[f].mission_id, lading.rest_g(line)
            part_g = min(rest, lading.part_with_room_g(line, taken, mission_id))
            if rest > 0 and (part_g == rest or (line.form == "bulk" and part_g >= SMALLEST_PART_G)):
                lading.put(line, taken, mission_id, part_g)
    flights = sorted(schedule.flights, key=lambda flight: (flight.launch_utc, flight.mission_id))
    order = {flight.mission_id: k for k, flight in enumerate(flights)}
    return with_reasons(
        scenario, schedule, manifest_of(scenario, lading.parts, order), barred=barred, fill=fill, rivals=RIVALS
    )
