"""What a mission's loss costs, what an offer of insurance would pay for it, and the table of what is bought."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from supercargo.measure.tails import tail_mean_usd, value_at_risk_usd
from supercargo.model import CoverRow, InsuranceOffer, OperationsPlan, PlannedMission
from supercargo.track.risks.events import Lot
from supercargo.track.risks.recovery import Terms, cents, recovery_cents

__all__ = ["Exposure", "Option", "Portfolio", "cover_rows", "exposures", "lots_aboard", "portfolio_of", "retained_usd"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An offer for one mission: premium and what it pays for a total loss [USD]."""

    offer: InsuranceOffer
    premium_usd: float
    recovery_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What is lost with a mission, and the offers for it; the cargo and the flight of a mission are apart."""

    mission_id: str
    covers: str
    value_usd: float
    lots: tuple[Lot, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """What a choice of covers costs in a year [USD], over the courses that were drawn."""

    bought_count: int
    exposures_count: int
    value_usd: float
    premium_usd: float
    recovered_usd: float  # mean
    retained_usd: float  # mean
    tail_level: float
    value_at_risk_usd: float  # of what is retained
    tail_usd: float  # mean of the worst share 1 - tail_level of what is retained
    capital_fraction: float
    capital_usd: float  # cost of the capital held against the tail
    objective_usd: float  # premium + retained + capital
    bound_usd: float  # no choice costs less
    samples_count: int


def lots_aboard(plan: OperationsPlan) -> Mapping[str, tuple[Lot, ...]]:
    """Cargo lots with a declared value by the mission that brings them up; a part of a line has its share by mass."""
    found: dict[str, list[Lot]] = {}
    for row in plan.manifest:
        line = plan.scenario.lines.get(row.item_id.partition("#")[0])
        if row.direction != "up" or not row.mission_id or line is None or not line.declared_usd:
            continue
        share = Fraction(row.mass_kg) / Fraction(line.mass_kg) if line.mass_kg else Fraction(1)
        usd = math.floor(cents(line.declared_usd) * min(share, Fraction(1))) / 100
        found.setdefault(row.mission_id, []).append(Lot(item_id=row.item_id, usd=usd))
    return {mission_id: tuple(lots) for mission_id, lots in found.items()}


def exposures(plan: OperationsPlan, offers: Sequence[InsuranceOffer]) -> tuple[Exposure, ...]:
    """What can be insured of each mission, in order of lift-off: its cargo, and its flight where an offer is for flights."""
    lots = lots_aboard(plan)
    sorts = [sort for sort in ("cargo", "flight") if sort == "cargo" or any(offer.covers == sort for offer in offers)]
    found = []
    for mission in plan.missions:
        for sort in sorts:
            aboard = lots.get(mission.mission_id, ()) if sort == "cargo" else ()
            value = sum(cents(lot.usd) for lot in aboard) if sort == "cargo" else cents(mission.service_cost_usd)
            if value:
                own = tuple(_option(offer, value) for offer in offers if offer.covers == sort and _is_for(offer, mission))
                found.append(
                    Exposure(mission_id=mission.mission_id, covers=sort, value_usd=value / 100, lots=aboard, options=own)
                )
    return tuple(found)


def _is_for(offer: InsuranceOffer, mission: PlannedMission) -> bool:
    narrowed = (
        (offer.missions, mission.mission_id),
        (offer.vehicle_types, mission.vehicle_type),
        (offer.destinations, mission.destination),
    )
    return all(not words or word in words for words, word in narrowed)


def _option(offer: InsuranceOffer, value_cents: int) -> Option:
    """The premium is asked for the most that can be paid before the deductible, rounded up to the cent."""
    insured = _insured_cents(offer, value_cents)
    premium = math.ceil(Fraction(repr(offer.rate_fraction)) * insured)
    return Option(offer=offer, premium_usd=premium / 100, recovery_usd=recovery_cents(_terms(offer), value_cents) / 100)


def _terms(offer: InsuranceOffer) -> Terms:
    return Terms(cover_fraction=offer.cover_fraction, limit_usd=offer.limit_usd, deductible_usd=offer.deductible_usd)


def _insured_cents(offer: InsuranceOffer, value_cents: int) -> int:
    return min(math.floor(Fraction(repr(offer.cover_fraction)) * value_cents), cents(offer.limit_usd))


def retained_usd(found: Sequence[Exposure], chosen: Sequence[int], lost: Bools) -> Floats:
    """What the service bears in each course of the year [USD]; `chosen` is an option of each exposure, -1 for none.

    `lost`: [course, exposure] whether the mission is lost.
    """
    kept = [one.value_usd - (one.options[n].recovery_usd if n >= 0 else 0.0) for one, n in zip(found, chosen, strict=True)]
    return np.asarray(lost @ np.array(kept, dtype=np.float64), dtype=np.float64)


def portfolio_of(
    found: Sequence[Exposure], chosen: Sequence[int], lost: Bools, *, appetite: tuple[float, float], bound_usd: float
) -> Portfolio:
    """What a choice costs; `appetite` is the level of the tail and the price of a USD of capital a year."""
    level, price = appetite
    premium = math.fsum(one.options[n].premium_usd for one, n in zip(found, chosen, strict=True) if n >= 0)
    kept = retained_usd(found, chosen, lost)
    whole = retained_usd(found, [-1] * len(found), lost)
    mean, tail = float(kept.mean()), tail_mean_usd(kept, level)
    capital = price * (tail - mean)
    return Portfolio(
        bought_count=sum(n >= 0 for n in chosen),
        exposures_count=len(found),
        value_usd=round(math.fsum(one.value_usd for one in found), 2),
        premium_usd=round(premium, 2),
        recovered_usd=round(float(whole.mean()) - mean, 2),
        retained_usd=round(mean, 2),
        tail_level=level,
        value_at_risk_usd=round(value_at_risk_usd(kept, level), 2),
        tail_usd=round(tail, 2),
        capital_fraction=price,
        capital_usd=round(capital, 2),
        objective_usd=round(premium + mean + capital, 2),
        bound_usd=round(bound_usd, 2),
        samples_count=len(lost),
    )


def _break_even(found: Sequence[Exposure], chosen: Sequence[int], lost: Bools, appetite: tuple[float, float]) -> list[float]:
    """For each exposure the rate at which full cover of it costs what it saves, all else as chosen.

    What full cover saves is the mean of what it pays, and the price of the capital that the tail then needs less.
    """
    level, price = appetite
    kept = retained_usd(found, chosen, lost)
    rates = []
    for column, (one, n) in enumerate(zip(found, chosen, strict=True)):
        own = one.value_usd - (one.options[n].recovery_usd if n >= 0 else 0.0)
        bare = kept + lost[:, column] * (one.value_usd - own)
        full = kept - lost[:, column] * own
        saved = (1.0 - price) * float((bare - full).mean()) + price * (tail_mean_usd(bare, level) - tail_mean_usd(full, level))
        rates.append(max(0.0, saved / one.value_usd))
    return rates


def cover_rows(
    found: Sequence[Exposure], chosen: Sequence[int], lost: Bools, *, appetite: tuple[float, float]
) -> tuple[CoverRow, ...]:
    """The table of covers, a mission a row: what is bought, and what of a total loss it pays."""
    chance, rates = lost.mean(axis=0), _break_even(found, chosen, lost, appetite)
    rows = []
    for column, (one, n) in enumerate(zip(found, chosen, strict=True)):
        option = one.options[n] if n >= 0 else None
        recovery, premium = (option.recovery_usd, option.premium_usd) if option else (0.0, 0.0)
        kept = (cents(one.value_usd) - cents(recovery)) / 100
        insured = _insured_cents(option.offer, cents(one.value_usd)) / 100 if option else 0.0
        rows.append(
            CoverRow(
                mission_id=one.mission_id,
                covers=one.covers,
                value_usd=one.value_usd,
                loss_probability=round(float(chance[column]), 6),
                decision="buy" if option else "retain",
                offer=option.offer.offer if option else "",
                insurer=option.offer.insurer if option else "",
                insured_usd=insured,
                deductible_usd=option.offer.deductible_usd if option else 0.0,
                premium_usd=premium,
                recovery_usd=recovery,
                retained_usd=kept,
                covered_fraction=round(recovery / one.value_usd, 6),
                expected_usd=round(premium + float(chance[column]) * kept, 2),
                break_even_fraction=round(rates[column], 6),
                lots_count=len(one.lots),
            )
        )
    return tuple(rows)
