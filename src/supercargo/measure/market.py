"""Our part of the market by segment, and how it answers our price: a logit of us, the rivals and nobody."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from supercargo.measure.concentration import band_of_index, herfindahl
from supercargo.measure.cost_objects import USED
from supercargo.measure.partners import Partners
from supercargo.measure.plan_facts import facts_of_plan
from supercargo.measure.scored_money import score_market
from supercargo.model import Competitor, MarketSegment, PricePoint, PriceRow, RivalRow, SegmentRow

__all__ = ["ALL", "Logit", "logit_of", "price_curve", "price_segments", "rivals_of", "segments_of"]

ALL = "all"
"""Name of the row of the whole market."""


def segments_of(
    held: Partners, segments: Iterable[MarketSegment], competitors: Iterable[Competitor]
) -> tuple[SegmentRow, ...]:
    """Size, share, price and room of each segment, and of all: the last is K13, from the same rows.

    Places whose market figure does not hold our own delivery are left out of market and share, as K13 leaves them out.
    """
    market, ours = _by_place(held)
    rivals = tuple(competitors)
    rows = [_segment(held, one, (market, ours), rivals) for one in segments]
    whole = _plain(held, ALL, tuple(sorted(market)), (market, ours))
    return (*rows, whole)


def _by_place(held: Partners) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Market and own delivery by place [kg in the horizon], as K13 counts them."""
    market: dict[str, list[float]] = {}
    ours: dict[str, list[float]] = {}
    for row in score_market(facts_of_plan(held.plan)).rows:
        if row.whole:
            market.setdefault(row.object, []).append(row.whole)
        ours.setdefault(row.object, []).append(row.hit)
    sums = {place: math.fsum(parts) for place, parts in market.items()}
    return sums, {place: math.fsum(ours.get(place, ())) for place in sums}


def _segment(
    held: Partners,
    one: MarketSegment,
    by_place: tuple[Mapping[str, float], Mapping[str, float]],
    competitors: Iterable[Competitor],
) -> SegmentRow:
    row = _plain(held, one.segment, one.destinations, by_place)
    if row.share_percent is None:
        return row
    rest = 100.0 - row.share_percent
    shares = {rival.competitor: rest * rival.rest_fraction for rival in competitors if rival.segment == one.segment}
    served = math.fsum((row.share_percent, *shares.values()))
    if served <= 0:
        return row
    index = herfindahl({"": row.share_percent, **shares})
    return replace(row, index=round(index, 1), band=band_of_index(index))


def rivals_of(rows: Iterable[SegmentRow], competitors: Iterable[Competitor]) -> tuple[RivalRow, ...]:
    """Each rival beside us, by segment; those of segments without a market figure or a price of ours are left out."""
    named = {row.segment: row for row in rows}
    found = []
    for one in competitors:
        row = named.get(one.segment)
        if row is None or row.share_percent is None or not row.usd_per_kg:
            continue
        dearer = 100.0 * (row.usd_per_kg / one.usd_per_kg - 1.0) if one.usd_per_kg else None
        found.append(
            RivalRow(
                segment=one.segment,
                competitor=one.competitor,
                share_percent=round((100.0 - row.share_percent) * one.rest_fraction, 6),
                ours_percent=row.share_percent,
                usd_per_kg=one.usd_per_kg,
                ours_usd_per_kg=row.usd_per_kg,
                dearer_percent=None if dearer is None else round(dearer, 4),
            )
        )
    return tuple(found)


def _plain(
    held: Partners, name: str, places: tuple[str, ...], by_place: tuple[Mapping[str, float], Mapping[str, float]]
) -> SegmentRow:
    market, ours = by_place
    market_kg = math.fsum(market.get(place, 0.0) for place in places)
    ours_kg = math.fsum(ours.get(place, 0.0) for place in places)
    flights = [one for one in held.plan.missions if one.destination in places]
    up_kg = math.fsum(row.mass_kg for row in held.up if row.destination in places)
    revenue = sum(share.cents for share in held.revenue if share.destination in places) / 100
    cost = sum(share.cents for share in held.costs if share.kind == USED and share.destination in places) / 100
    return SegmentRow(
        segment=name,
        destinations=places,
        market_kg=round(market_kg, 3),
        ours_kg=round(ours_kg, 3),
        share_percent=round(100.0 * ours_kg / market_kg, 6) if market_kg > 0 else None,
        revenue_usd=revenue,
        up_kg=round(up_kg, 3),
        capacity_kg=round(math.fsum(one.upmass_capacity_kg for one in flights), 3),
        usd_per_kg=round(revenue / up_kg, 2) if up_kg else None,
        cost_usd_per_kg=round(cost / up_kg, 2) if up_kg else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Logit:
    """A multinomial logit of one segment: u = taste - answer x price for each who offers, and 0 for nobody.

    Share of who offers = exp(u) / (1 + sum of exp(u)): McFadden, "Conditional logit analysis of qualitative choice behavior",
    1974; tastes are set so that today's shares come out (Werden and Froeb, J. Law, Economics and Organization 10 (1994)).
    """

    mass_kg: float
    taste: float
    answer_per_usd: float
    others: float  # sum of exp(u) of the rivals and of nobody
    cost_usd_per_kg: float

    def share(self, price: float) -> float:
        """Our share of the mass at a price."""
        ours = self.taste - self.answer_per_usd * price - math.log(self.others)
        return 1.0 / (1.0 + math.exp(-ours)) if ours > -700.0 else 0.0

    def margin_usd(self, price: float) -> float:
        """Margin at a price [USD]."""
        return self.mass_kg * self.share(price) * (price - self.cost_usd_per_kg)

    def elasticity(self, price: float) -> float:
        """Own-price elasticity of the mass that we carry: - answer x price x (1 - share)."""
        return -self.answer_per_usd * price * (1.0 - self.share(price))

    def best_price(self) -> float:
        """The price of the largest margin: where price - cost = 1 / (answer x (1 - share)), found by bisection.

        The right side falls and the left rises with the price, so that there is one; the margin's second derivative there is
        - answer x share x mass, below zero.
        """
        low = self.cost_usd_per_kg + 1.0 / self.answer_per_usd
        high = low + (1.0 + math.exp(min(700.0, self._ease(low)))) / self.answer_per_usd
        for _ in range(200):
            middle = 0.5 * (low + high)
            if self.answer_per_usd * (1.0 - self.share(middle)) * (middle - self.cost_usd_per_kg) < 1.0:
                low = middle
            else:
                high = middle
        return 0.5 * (low + high)

    def _ease(self, price: float) -> float:
        return self.taste - self.answer_per_usd * price - math.log(self.others)

    def price_of_share(self, share: float) -> float:
        """The price at which we have a share between 0 and 1."""
        return (self.taste - math.log(self.others) - math.log(share / (1.0 - share))) / self.answer_per_usd


def logit_of(row: SegmentRow, elasticity: float, rivals: Iterable[Competitor]) -> Logit | None:
    """The logit that has today's shares and elasticity; None where we have no price, no share, or all of it.

    What neither we nor rivals carry goes with nobody. Nobody at all is taken as a thousandth of the rest.
    """
    if row.share_percent is None or not row.usd_per_kg or row.cost_usd_per_kg is None:
        return None
    share = row.share_percent / 100.0
    if not 0.0 < share < 1.0:
        return None
    rest = 1.0 - share
    taken = math.fsum(one.rest_fraction for one in rivals if one.segment == row.segment)
    nobody = rest * max(1.0 - taken, 1e-3)
    answer = -elasticity / (row.usd_per_kg * rest)
    return Logit(
        mass_kg=row.market_kg,
        taste=math.log(share / nobody) + answer * row.usd_per_kg,
        answer_per_usd=answer,
        others=rest / nobody,
        cost_usd_per_kg=row.cost_usd_per_kg,
    )


def price_segments(
    rows: Iterable[SegmentRow], segments: Iterable[MarketSegment], competitors: Iterable[Competitor]
) -> tuple[PriceRow, ...]:
    """Today's price of each segment and the best one, with any capacity and within that of the planned flights.

    `rows` are the segments as planned, with the whole market as the last.

    Held fixed: the rivals' prices, the cost of a kilogram, and the segment's mass.
    """
    named, rivals = {row.segment: row for row in rows}, tuple(competitors)
    found = []
    for one in segments:
        row = named[one.segment]
        logits = [logit_of(row, factor * one.elasticity, rivals) for factor in (1.0, 1.5, 0.75)]
        logit, steeper, flatter = logits
        if logit is not None and steeper is not None and flatter is not None:
            price = _price(row, one, logit, (steeper.best_price(), flatter.best_price()))
            found.append(_beside_all(price, row, named[ALL]))
    return tuple(found)


def _price(row: SegmentRow, one: MarketSegment, logit: Logit, others: tuple[float, float]) -> PriceRow:
    today, best = row.usd_per_kg or 0.0, logit.best_price()
    room_share = min(row.capacity_kg, row.market_kg * 0.999999) / logit.mass_kg
    room = max(best, logit.price_of_share(room_share)) if room_share > 0.0 else best
    slope, curvature = _derivatives(logit, best)
    return PriceRow(
        segment=row.segment,
        usd_per_kg=round(today, 2),
        cost_usd_per_kg=round(logit.cost_usd_per_kg, 2),
        elasticity=one.elasticity,
        share_percent=round(100.0 * logit.share(today), 6),
        margin_usd=round(logit.margin_usd(today), 2),
        best_usd_per_kg=round(best, 2),
        best_share_percent=round(100.0 * logit.share(best), 6),
        best_margin_usd=round(logit.margin_usd(best), 2),
        best_elasticity=round(logit.elasticity(best), 6),
        slope=round(slope, 6),
        curvature=round(curvature, 6),
        room_usd_per_kg=round(room, 2),
        room_margin_usd=round(logit.margin_usd(room), 2),
        room_share_percent=round(100.0 * logit.share(room), 6),
        room_whole_percent=0.0,
        whole_percent=0.0,
        missing_kg=round(max(0.0, logit.mass_kg * logit.share(best) - row.capacity_kg), 3),
        steeper_usd_per_kg=round(others[0], 2),
        flatter_usd_per_kg=round(others[1], 2),
    )


def _beside_all(price: PriceRow, row: SegmentRow, whole: SegmentRow) -> PriceRow:
    """The same with K13 today, and with this segment alone at its best price within the room."""
    if not whole.market_kg:
        return price
    change_kg = row.market_kg * (price.room_share_percent - price.share_percent) / 100.0
    return replace(
        price,
        whole_percent=whole.share_percent or 0.0,
        room_whole_percent=round(100.0 * max(0.0, whole.ours_kg + change_kg) / whole.market_kg, 6),
    )


def _derivatives(logit: Logit, price: float) -> tuple[float, float]:
    """First and second derivative of the margin by central differences, without dimension: by margin, price and answer."""
    step = 1e-3 / logit.answer_per_usd
    low, here, high = (logit.margin_usd(price + side * step) for side in (-1.0, 0.0, 1.0))
    scale = max(abs(here), 1e-9)
    first = (high - low) / (2e-3 * scale)
    second = (high - 2.0 * here + low) / (1e-6 * scale)
    return first, second


def price_curve(
    row: PriceRow, segment: SegmentRow, competitors: Iterable[Competitor], points: int = 41
) -> tuple[PricePoint, ...]:
    """Share and margin over prices from half of today's to twice the best."""
    logit = logit_of(segment, row.elasticity, competitors)
    if logit is None:
        return ()
    low, high = 0.5 * min(row.usd_per_kg, row.best_usd_per_kg), 2.0 * max(row.usd_per_kg, row.best_usd_per_kg)
    return tuple(
        PricePoint(
            segment=row.segment,
            usd_per_kg=round(float(price), 2),
            share_percent=round(100.0 * logit.share(float(price)), 6),
            margin_usd=round(logit.margin_usd(float(price)), 2),
        )
        for price in np.linspace(low, high, points)
    )
