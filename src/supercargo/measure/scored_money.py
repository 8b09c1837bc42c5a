"""What the KPIs of money and markets count: revenue, margin, market share, cost of a kilogram against a base year."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import days_between
from supercargo.measure.billed import cost_with_bills, parted
from supercargo.measure.facts import Facts, MissionFact
from supercargo.measure.measured import Counted
from supercargo.measure.scored import Scored
from supercargo.measure.use import months_of

__all__ = [
    "BaseYear",
    "PlaceCost",
    "base_year_of",
    "mission_cost_usd",
    "score_cost",
    "score_margin",
    "score_market",
    "score_revenue",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCost:
    """What a place cost the whole chain [USD], and the mass that was delivered up to it [kg]."""

    destination: str
    cost_usd: float
    up_kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseYear:
    """The year that a later one's cost is held against, place by place, and the price year of its money."""

    name: str
    currency_year: int
    places: tuple[PlaceCost, ...]


def mission_cost_usd(facts: Facts, one: MissionFact, *, whole: bool) -> float:
    """What a mission costs the service, or with `whole` everybody [USD]: actual where known, else as planned."""
    planned = math.fsum(cost.service_usd + (cost.furnished_usd if whole else 0.0) for cost in one.costs)
    furnished = math.fsum(cost.furnished_usd for cost in one.costs) if whole else 0.0
    actual = facts.actual_usd.get(one.mission_id)
    return planned if actual is None else actual + furnished


def _launched(facts: Facts) -> list[MissionFact]:
    return [one for one in facts.missions if one.launched_utc is not None]


def _basis_words(facts: Facts) -> str:
    known = sum(1 for one in _launched(facts) if one.mission_id in facts.actual_usd)
    if facts.basis == "plan":
        return "cost as planned"
    words = f"cost: actual for {known} missions (accounts without an invoice as planned), as planned for the other "
    words += f"{len(_launched(facts)) - known}"
    old = sum(1 for one in _launched(facts) if one.mission_id in facts.unparted)
    why = "the plan was released by a version that did not tell planned cost account by account"
    return f"{words}; invoices of {old} of these are left out: {why}" if old else words


def _span_words(facts: Facts) -> str:
    return f"booked from {facts.start_utc:%Y-%m-%d} to {facts.known_span[1]:%Y-%m-%d}"


def score_revenue(facts: Facts) -> Scored:
    """K9: what is booked to accounts `revenue:...`, penalties included."""
    rows = tuple(_revenue(facts, "K9"))
    if not rows:
        return Scored(missing="revenue: nothing is booked" if facts.basis != "plan" else "revenue rows")
    owed = math.fsum(row.hit for row in rows if row.hit < 0)
    note = (
        f"date: the booked event ({_span_words(facts)}); denominator: none; excused: none; strict = contractual (after "
        f"penalties); "
        f"before penalties and what else was taken off {math.fsum(row.hit for row in rows) - owed:,.2f} USD"
    )
    return Scored(way="sum", rows=rows, note=note, scale=1.0, weighed_by="hit")


def _revenue(facts: Facts, kpi_id: str) -> Iterator[Counted]:
    for money in facts.revenue:
        yield Counted(
            kpi_id=kpi_id,
            object=money.mission_id or "no mission",
            counted=money.account,
            hit=money.usd,
            why=money.account if money.usd < 0 else "",
            at_utc=money.at_utc,
            position=money.position,
            customer=money.customer,
        )


def score_margin(facts: Facts) -> Scored:
    """K10: revenue less cost over revenue, mission by mission, for the service."""
    earned: dict[str, float] = defaultdict(float)
    for money in facts.revenue:
        earned[money.mission_id] += money.usd
    revenue = math.fsum(money.usd for money in facts.revenue)
    if revenue <= 0:
        return Scored(missing="revenue: nothing is booked")
    launched = {one.mission_id: one for one in _launched(facts)}
    if facts.basis != "plan" and not any(one.costs for one in launched.values()) and not facts.actual_usd:
        return Scored(missing="costs: none is imported, and the plan was released by a version that did not tell them")
    rows = []
    for name in sorted({*earned, *launched, ""}):
        mission = launched.get(name)
        cost = mission_cost_usd(facts, mission, whole=False) if mission else _shared_usd(facts) if name == "" else 0.0
        usd = earned.get(name, 0.0)
        if not (usd or cost):
            continue
        rows.append(
            Counted(
                kpi_id="K10",
                object=name or "no mission",
                counted=f"revenue {usd:,.2f}, cost {cost:,.2f} USD",
                hit=usd - cost,
                whole=usd,
                why=(f"to {mission.destination}: costs more than it earns" if mission else "of no mission")
                if usd < cost
                else "",
                at_utc=mission.launched_utc if mission else None,
                customer=mission.customer if mission else "",
            )
        )
    costs = revenue - math.fsum(row.hit for row in rows)
    note = (
        f"date: lift-off; denominator: revenue {revenue:,.2f} USD; excused: what furnishing customers pay; strict = "
        f"contractual; costs of the service {costs:,.2f} USD; {_basis_words(facts)}"
    )
    return Scored(way="ratio", rows=tuple(rows), note=note, weighed_by="hit")


def _shared_usd(facts: Facts) -> float:
    """Costs of no single mission: as billed, and accounts without an invoice as planned for the horizon that is over."""
    planned = facts.held.costs if facts.held is not None else ()
    span = days_between(facts.start_utc, facts.end_utc)
    share = days_between(*facts.known_span) / span if span > 0 else 1.0
    if not parted(planned):
        return share * math.fsum(cost.service_usd for cost in planned)
    return cost_with_bills(planned, facts.billed_usd, share=share)


def score_market(facts: Facts) -> Scored:
    """K13: our up mass delivered in the horizon over all suppliers' mass to the same places in the time that is known."""
    if facts.held is None or not facts.held.markets:
        return Scored(missing="any market figure (market_kg)")
    ours = _delivered_kg(facts)
    start, end = facts.known_span
    whole_d = days_between(facts.start_utc, facts.end_utc)
    years = facts.held.years * (days_between(start, end) / whole_d if whole_d > 0 else 0.0)
    given = [(one.destination, one.market_kg * years) for one in facts.held.markets]
    known = [(place, kg) for place, kg in given if math.fsum(part for _, part, _ in ours[place]) <= kg]
    small = [place for place, _ in given if place not in {name for name, _ in known}]
    rows: list[Counted] = []
    for place, kg in known:
        for month in months_of((start, end)):
            part = kg * days_between(*month) / days_between(start, end)
            rows.append(Counted(kpi_id="K13", object=place, counted="market", hit=0.0, whole=part, at_utc=month[0]))
        for item, part, at in ours[place]:
            rows.append(Counted(kpi_id="K13", object=place, counted=f"our {item}", hit=part, why=f"{place}: ours", at_utc=at))
    told = ", ".join(
        f"{place} {100 * math.fsum(part for _, part, _ in ours[place]) / kg:.0f} % of {kg:,.0f} kg"
        for place, kg in known
        if kg > 0
    )
    note = (
        f"date: delivered within the horizon; denominator: {math.fsum(kg for _, kg in known):,.0f} kg up, all suppliers, over "
        f"{len(known)} places with a market figure; excused: none; strict = contractual; by place: {told}; figure below "
        f"our own delivery, left out: {', '.join(small) or 'none'}"
    )
    if not math.fsum(kg for _, kg in known) > 0:
        return Scored(missing="a market figure (market_kg) that holds our own delivery")
    return Scored(way="census", rows=tuple(rows), note=note)


def _delivered_kg(facts: Facts) -> dict[str, list[tuple[str, float, datetime]]]:
    """Parts delivered up in the horizon, by place: line, mass [kg], instant."""
    found: dict[str, list[tuple[str, float, datetime]]] = defaultdict(list)
    for line in facts.lines:
        for _, at, kg in line.deliveries if line.direction == "up" else ():
            if at < facts.end_utc:
                found[line.destination].append((line.item_id, kg, at))
    return found


def base_year_of(facts: Facts, name: str) -> BaseYear | None:
    """What each place cost and was brought, to hold a later year against; None where no kilogram or no cost is known."""
    if facts.held is None:
        return None
    up: dict[str, float] = defaultdict(float)
    for line in facts.lines:
        if line.direction == "up":
            up[line.destination] += math.fsum(kg for _, _, kg in line.deliveries)
    costs: dict[str, float] = defaultdict(float)
    for one in _launched(facts):
        costs[one.destination] += mission_cost_usd(facts, one, whole=True)
    places = tuple(
        PlaceCost(destination=place, cost_usd=round(costs[place], 2), up_kg=up[place])
        for place in sorted(up)
        if up[place] > 0 and costs[place] > 0
    )
    return BaseYear(name=name, currency_year=facts.held.currency_year, places=places) if places else None


def score_cost(facts: Facts, base: BaseYear | None) -> Scored:
    """K15: how far the year's delivered mass costs less than it would have cost at the base year's cost of a kilogram.

    Like for like: place by place, with this year's mass as weight, over places that both years deliver to, in one price year.
    """
    now = base_year_of(facts, facts.of)
    if now is None:
        return Scored(missing="a base year, and any up mass delivered with a known cost")
    up_kg, usd = math.fsum(one.up_kg for one in now.places), math.fsum(one.cost_usd for one in now.places)
    own = f"this horizon: {usd / up_kg:,.0f} USD/kg whole chain over {up_kg:,.0f} kg up; {_basis_words(facts)}"
    if base is None:
        return Scored(missing=f"a base year to hold it against; {own}")
    if base.currency_year != now.currency_year:
        words = f"one price year: {base.name} is in {base.currency_year}, this horizon in {now.currency_year}"
        return Scored(missing=f"{words}; {own}")
    before = {one.destination: one for one in base.places}
    alike = [(one, before[one.destination]) for one in now.places if one.destination in before]
    if not alike:
        return Scored(missing=f"a place that both years deliver to; {own}")
    rows = []
    for one, old in alike:
        would = one.up_kg * old.cost_usd / old.up_kg
        counted = f"{one.cost_usd / one.up_kg:,.0f} USD/kg, {old.cost_usd / old.up_kg:,.0f} in {base.name}"
        why = f"{one.destination}: dearer than in {base.name}" if one.cost_usd > would else ""
        rows.append(
            Counted(kpi_id="K15", object=one.destination, counted=counted, hit=would - one.cost_usd, whole=would, why=why)
        )
    left = sorted({one.destination for one in now.places} - set(before))
    note = (
        f"date: lift-off; denominator: what this year's mass would have cost at the cost of a kilogram of {base.name}; "
        f"excused: none; like for like over {len(alike)} places, left out: {', '.join(left) or 'none'}; price year "
        f"{now.currency_year}; {own}"
    )
    return Scored(way="census", rows=tuple(rows), note=note)
