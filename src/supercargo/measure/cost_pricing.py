"""What one more load costs on flights that have room, and what price it can be sold at."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from supercargo.kernel import Refused, ScenarioError
from supercargo.measure.cents import cents_of, usd_of
from supercargo.measure.cost_objects import USED, Share
from supercargo.measure.money import SERVICE
from supercargo.model import ManifestRow, OperationsPlan, PlannedMission

__all__ = ["Quote", "QuoteAsked", "hold_price", "quote"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteAsked:
    """A load up that somebody asks a price for, and the price offered for it, if any."""

    destination: str
    kg: float
    declared_usd: float = 0.0
    mission_id: str = ""
    markup_percent: float = 10.0
    price_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a load costs by three measures [USD], the cheapest flight for it, and how the price offered stands to them.

    `marginal_usd` is what the service would not spend without the load: rates by mass, line and insured value, and on a full
    flight what the loads it displaces would have brought beyond their own rates. `full_usd` is the same mass at what up cargo
    of the place costs the service on average, unused room left out. `cost_plus_usd` adds the markup to it.
    """

    destination: str
    mission_id: str
    kg: float
    room_kg: float
    displaced: tuple[str, ...]
    displaced_usd: float
    rates_usd: float
    marginal_usd: float
    full_usd: float
    cost_plus_usd: float
    price_usd: float | None
    verdict: str


def quote(plan: OperationsPlan, costs: Iterable[Share], asked: QuoteAsked) -> Quote:
    """Price a load. Raises ScenarioError for a place or flight that the plan does not serve, or a mass that none can take."""
    if not (math.isfinite(asked.kg) and asked.kg > 0):
        raise ScenarioError(f"{asked.kg:g} kg is no load", fix="give a mass above 0", where="--kg")
    flights = [
        one
        for one in plan.missions
        if one.destination == asked.destination and asked.mission_id in ("", one.mission_id) and not one.lost
    ]
    if not flights:
        known = ", ".join(sorted({one.destination for one in plan.missions}))
        named = f" {asked.mission_id}" if asked.mission_id else ""
        raise ScenarioError(
            f"no flight{named} goes to {asked.destination!r}", fix=f"the plan serves: {known}", where="--destination"
        )
    found = [one for flight in flights if (one := _displacing(plan, flight, asked.kg)) is not None]
    if not found:
        most = max(one.upmass_capacity_kg for one in flights)
        what = f"no flight to {asked.destination} can take {asked.kg:g} kg, whatever stays behind"
        raise ScenarioError(what, fix=f"part it: the largest lifts {most:g} kg, must lines included", where="--kg")
    displaced_cents, flight, displaced = min(found, key=lambda one: (one[0], one[1].launch_utc, one[1].mission_id))
    rates = _rates(plan, asked.kg, asked.declared_usd)
    full = _full(plan.manifest, costs, asked)
    marginal = rates + displaced_cents
    return Quote(
        destination=asked.destination,
        mission_id=flight.mission_id,
        kg=asked.kg,
        room_kg=round(max(0.0, flight.upmass_capacity_kg - flight.upmass_kg), 3),
        displaced=tuple(row.item_id for row in displaced),
        displaced_usd=usd_of(displaced_cents),
        rates_usd=usd_of(rates),
        marginal_usd=usd_of(marginal),
        full_usd=usd_of(full),
        cost_plus_usd=usd_of(full + round(full * asked.markup_percent / 100)),
        price_usd=asked.price_usd,
        verdict=_verdict(asked.price_usd, marginal, full),
    )


def _verdict(price_usd: float | None, marginal: int, full: int) -> str:
    if price_usd is None:
        return "no price offered"
    cents = cents_of(price_usd)
    if cents < marginal:
        return "below marginal cost"
    return "below full cost" if cents < full else "covers full cost"


def hold_price(told: Quote, *, approved_by: str, reason: str) -> None:
    """Let a price pass that covers what the load adds, or that somebody answers for by name and reason. Raises Refused."""
    if told.verdict != "below marginal cost" or (approved_by.strip() and reason.strip()):
        return
    asked = f"{told.price_usd:,.2f} USD for {told.kg:g} kg to {told.destination}"
    raise Refused(
        f"{asked} is below the {told.marginal_usd:,.2f} USD that the load adds",
        fix="ask for more, or name who approves it and why: --approved-by NAME --reason TEXT",
        where="--price-usd",
    )


def _rates(plan: OperationsPlan, kg: float, declared_usd: float) -> int:
    """What rates by unit of cargo add [cents]: mass, one line, insured value. Rates by flight are paid without it."""
    counts = {"up_kg": kg, "up_line": 1.0, "insured_usd": declared_usd}
    return sum(cents_of(rate.usd * counts.get(rate.driver, 0.0)) for rate in plan.scenario.cost_rates)


def _displacing(
    plan: OperationsPlan, flight: PlannedMission, kg: float
) -> tuple[int, PlannedMission, tuple[ManifestRow, ...]] | None:
    """The loads that stay behind for `kg` more, cheapest first, and what they would have brought [cents]; None: too heavy."""
    lacking = kg - (flight.upmass_capacity_kg - flight.upmass_kg)
    if lacking <= 1e-9:
        return 0, flight, ()
    lines = plan.scenario.lines
    movable: list[tuple[float, str, ManifestRow, int]] = []
    for row in plan.manifest:
        line = lines[row.item_id.partition("#")[0]]
        if row.mission_id == flight.mission_id and row.direction == "up" and not line.must and row.mass_kg > 0:
            price = cents_of(plan.scenario.price_usd(line) * row.mass_kg / line.mass_kg)
            brings = max(0, price - _rates(plan, row.mass_kg, line.declared_usd * row.mass_kg / line.mass_kg))
            movable.append((brings / row.mass_kg, row.item_id, row, brings))
    chosen: list[ManifestRow] = []
    lost = 0
    for _, _, row, brings in sorted(movable, key=lambda one: one[:2]):
        chosen.append(row)
        lost += brings
        lacking -= row.mass_kg
        if lacking <= 1e-9:
            return lost, flight, tuple(chosen)
    return None


def _full(manifest: Sequence[ManifestRow], costs: Iterable[Share], asked: QuoteAsked) -> int:
    """What the service pays on average for so many kg up to the place, by what loads take up [cents]."""
    cents = sum(
        share.cents
        for share in costs
        if share.kind == USED
        and share.destination == asked.destination
        and share.direction == "up"
        and share.paid_by == SERVICE
    )
    grams = sum(
        round(row.mass_kg * 1000)
        for row in manifest
        if row.mission_id and row.direction == "up" and row.destination == asked.destination
    )
    return round(cents * asked.kg * 1000 / grams) if grams else 0
