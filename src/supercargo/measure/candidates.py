"""What winning a partner is worth: a customer's cargo in the room that is left, or a second source for a carrier."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from supercargo.measure.cost_objects import USED
from supercargo.measure.partners import Partners
from supercargo.model import CandidateRow, PartnerCandidate, PartnerRow

__all__ = ["value_candidates"]


def value_candidates(
    held: Partners, candidates: Iterable[PartnerCandidate], rows: Iterable[PartnerRow]
) -> tuple[CandidateRow, ...]:
    """Each candidate's worth in the horizon, the largest first; `rows` are the partners as scored.

    A customer's cargo fills the room that the planned flights to its places have left, at the cost of the service attributed
    to a kilogram there. A second source averts the margin that its forerunner alone carries, times how likely that one fails;
    flights that cost more than they bring are not counted, since nobody has to save them.
    """
    scored = tuple(rows)
    found = [_customer(held, one) if one.role == "customer" else _source(one, scored) for one in candidates]
    found.sort(key=lambda row: (-row.worth_usd, row.candidate))
    return tuple(replace(row, rank=rank) for rank, row in enumerate(found, 1))


def _customer(held: Partners, one: PartnerCandidate) -> CandidateRow:
    flights = [mission for mission in held.plan.missions if mission.destination in one.destinations]
    room = math.fsum(max(0.0, mission.upmass_capacity_kg - mission.upmass_kg) for mission in flights)
    kg = math.fsum(row.mass_kg for row in held.up if row.destination in one.destinations)
    cost = sum(
        share.cents
        for share in held.costs
        if share.kind == USED and share.direction == "up" and share.destination in one.destinations
    )
    usd_per_kg = cost / 100 / kg if kg else 0.0
    carried = min(one.up_kg, room)
    each = one.usd_per_kg - usd_per_kg
    return _row(
        one,
        kg=(one.up_kg, carried),
        usd=(carried * each, one.up_kg * each),
        how=f"{one.usd_per_kg:,.0f} USD/kg paid, {usd_per_kg:,.0f} USD/kg attributed there; {room:,.0f} kg of room left",
    )


def _source(one: PartnerCandidate, rows: tuple[PartnerRow, ...]) -> CandidateRow:
    own = [row for row in rows if row.role == one.role and row.partner == one.stands_in_for]
    kg = math.fsum(row.alone_kg for row in own)
    keep_usd = math.fsum(row.keep_usd for row in own)
    usd = one.outage_probability * keep_usd
    return _row(
        one,
        kg=(kg, kg),
        usd=(usd, usd),
        how=f"{one.outage_probability:g} x {keep_usd:,.0f} USD, margin of flights that bring more than they cost and "
        f"that only {one.stands_in_for} can fly",
    )


def _row(one: PartnerCandidate, *, kg: tuple[float, float], usd: tuple[float, float], how: str) -> CandidateRow:
    """A row from (asked, carried) [kg] and margin of (what is carried, all) [USD]."""
    return CandidateRow(
        rank=1,
        candidate=one.candidate,
        role=one.role,
        asked_kg=round(kg[0], 3),
        carried_kg=round(kg[1], 3),
        margin_usd=round(usd[0], 2),
        cost_usd=one.cost_usd,
        worth_usd=round(usd[0] - one.cost_usd, 2),
        worth_with_room_usd=round(usd[1] - one.cost_usd, 2),
        even_years=round(one.cost_usd / usd[0], 2) if usd[0] > 0 else None,
        how=how,
        evidence=one.evidence,
    )
