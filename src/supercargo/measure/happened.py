"""What became of a service by its record: flights, lines and money, in all and for each customer, and plans released."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from supercargo.measure.facts import Facts, LineFact
from supercargo.measure.measured import Counted
from supercargo.measure.scored import score_on_time
from supercargo.track.missions.release import PlanMadeCurrent

__all__ = ["Happened", "Released", "Served", "happened_of", "releases_of"]

_TAKEN = ("revenue:penalty", "revenue:left-behind", "revenue:re-flight")


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A plan that was released, by whom and when."""

    digest: str
    by: str
    at_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Lines and money of one customer, or of all (empty name), by the record.

    `dated_count` are up lines whose date has come, as K3 counts them; `late_count` of them came late, `open_count` did
    not come. `earned_usd` is booked before what is taken off it; `taken_usd`: penalties, lines left behind, re-flights.
    """

    customer: str
    lines_count: int
    delivered_count: int
    dated_count: int
    on_time_count: int
    within_count: int
    late_count: int
    open_count: int
    earned_usd: float
    taken_usd: float

    @property
    def on_time_percent(self) -> float | None:
        """Share of the dated lines that came by their date."""
        return 100.0 * self.on_time_count / self.dated_count if self.dated_count else None

    @property
    def within_percent(self) -> float | None:
        """Share of the dated lines that came within the tolerance of their contract."""
        return 100.0 * self.within_count / self.dated_count if self.dated_count else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What became of the service up to `as_of_utc`."""

    as_of_utc: datetime
    flown_count: int
    lost_count: int
    waiting_count: int
    whole: Served
    customers: tuple[Served, ...]


def releases_of(register: Iterable[tuple[PlanMadeCurrent, datetime]]) -> tuple[Released, ...]:
    """Plans in the order of their release; the last one is in force."""
    return tuple(Released(digest=said.digest, by=said.by, at_utc=at) for said, at in register)


def happened_of(facts: Facts) -> Happened:
    """What the facts of a record add up to, customers by name."""
    scored = score_on_time(facts).rows
    names = sorted({line.customer for line in facts.lines} | {one.customer for one in facts.revenue} - {""})
    states = [one.state for one in facts.missions]
    return Happened(
        as_of_utc=facts.as_of_utc,
        flown_count=states.count("flown"),
        lost_count=states.count("lost"),
        waiting_count=states.count("due"),
        whole=_served(facts, scored, None),
        customers=tuple(_served(facts, scored, name) for name in names),
    )


def _served(facts: Facts, scored: Iterable[Counted], customer: str | None) -> Served:
    lines: list[LineFact] = [one for one in facts.lines if customer in (None, one.customer)]
    rows = [one for one in scored if customer in (None, one.customer)]
    money = [one for one in facts.revenue if customer in (None, one.customer)]
    return Served(
        customer=customer or "",
        lines_count=len(lines),
        delivered_count=sum(one.whole for one in lines),
        dated_count=len(rows),
        on_time_count=sum(one.hit > 0 for one in rows),
        within_count=sum((one.lenient or 0) > 0 for one in rows),
        late_count=sum(one.counted == "late" for one in rows),
        open_count=sum(one.counted in ("left behind", "not delivered") for one in rows),
        earned_usd=math.fsum(one.usd for one in money if one.account not in _TAKEN),
        taken_usd=-math.fsum(one.usd for one in money if one.account in _TAKEN),
    )
