"""What may go wrong and what is done about it: the register of risks, contingencies that can be bought, insurance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Checked, _Record

__all__ = [
    "CHANGE_FORMS",
    "COVERED",
    "RISK_BASES",
    "RISK_CLASSES",
    "RISK_DRIVERS",
    "RISK_STATES",
    "TURNAROUNDS",
    "Contingency",
    "ContingencyValue",
    "CoverRow",
    "InsuranceOffer",
    "Risk",
    "RiskRow",
    "RiskTables",
]

RISK_CLASSES = ("mission", "spacecraft", "cargo", "coordination", "customer", "competition", "cost", "market")
"""Four of operations and technology, four of business and market."""

RISK_STATES = ("open", "mitigating", "accepted", "closed")
"""closed: it can't happen any more, or did; the others count."""

RISK_DRIVERS: dict[str, str] = {
    "loss": "a mission is lost; object: first words of spacecraft or launcher, a mission, or empty for any",
    "two-losses": "two missions or more are lost; object as of loss",
    "slip": "a mission lifts off more than so many days late; object: the days",
    "port-out": "a port can't be used; object: the place, or empty for any",
    "overrun": "processing takes longer than planned; object: first words of the spacecraft, or empty for any",
    "damage": "cargo is damaged; object: the class of supply, or empty for any",
    "demand": "a place uses more than expected by so many percent; object: the percent",
    "supplier-delay": "a supplier is late; object: so many days",
    "reserve": "stock falls below its reserve; object: PLACE or PLACE/CLASS, or empty for any",
    "shortage": "stock falls below zero; object as of reserve",
    "account": "a share of an account of costs.csv is added; object: first words of the account, or empty for all costs",
    "customer": "a share of the revenue with a customer is lost; object: the customer, or empty for all",
    "judged": "people judge it; object: free",
}
"""What a risk hangs on, and how its object is read."""

RISK_BASES = ("assumption", "plan", "simulation")
"""assumption: a person's word; plan: counted from the plan; simulation: counted over drawn courses of the year."""

COVERED = ("cargo", "flight")
"""cargo: declared value of what is aboard, up; flight: what the service pays for launch, spacecraft and the rest."""

CHANGE_FORMS = (
    "CHANCE.size*FACTOR",
    "CHANCE.probability*FACTOR",
    "stock/PLACE+DAYS",
    "loss_usd*FACTOR",
    "cost/ACCOUNT*FACTOR",
    "turnaround/WHAT*FACTOR",
)
"""How a contingency or a technology changes what may happen: a chance of chances.csv multiplied, days of use more in stock at
a place, the cost of a lost mission multiplied, an account of the service multiplied, the time that a tail, a pad or processing
needs multiplied."""

TURNAROUNDS = ("tail", "pad", "processing")
"""What needs time before it serves the next mission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk(_Record):
    """Something that may go wrong in the horizon: how likely, how bad, who answers for it, and what is done about it."""

    risk_id: str = text("name of the risk")
    risk_class: str = text("class of the risk", column="class", choices=RISK_CLASSES)
    title: str = text("what may happen, and to what")
    driver: str = text("what it hangs on", choices=tuple(RISK_DRIVERS))
    object: str = text("of what; how it is read follows from the driver", default="")
    probability: float | None = quantity(
        "probability", "that it happens in the horizon, by a person's word; empty: only counted", ge=0, le=1, default=None
    )
    impact_usd: float | None = quantity(
        "USD", "what it costs if it happens, by a person's word; empty: only counted", ge=0, le=1e12, default=None
    )
    impact_d: float | None = quantity("d", "delay if it happens; empty: only counted", ge=0, le=4000, default=None)
    impact_fraction: float | None = quantity(
        "fraction", "account, customer: share of it that is lost or added; empty: impact_usd holds", ge=0, le=10, default=None
    )
    owner: str = text("role that answers for it")
    mitigation: str = text("what is done about it")
    residual_probability: float = quantity("probability", "that it happens with the mitigation in place", ge=0, le=1)
    residual_impact_usd: float = quantity("USD", "what it costs then", ge=0, le=1e12)
    residual_impact_d: float = quantity("d", "delay then", ge=0, le=4000, default=0.0)
    due_utc: datetime | None = text("mitigation in place by", default=None)
    state: str = text("how far it has come", choices=RISK_STATES, default="open")


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRow(_Checked):
    """A risk with its figures, the dearest first: counted where that can be, else as a person has said; it says which."""

    rank: int = quantity("count", "1: the largest expected loss", ge=1)
    risk_id: str = text("name of the risk")
    risk_class: str = text("class of the risk", column="class", choices=RISK_CLASSES)
    title: str = text("what may happen, and to what")
    driver: str = text("what it hangs on", choices=tuple(RISK_DRIVERS))
    object: str = text("of what", default="")
    probability: float = quantity("probability", "that it happens in the horizon", ge=0, le=1)
    probability_low: float | None = quantity(
        "probability", "lower end of the 90 % interval of a simulated one", ge=0, le=1, default=None
    )
    probability_high: float | None = quantity("probability", "its upper end", ge=0, le=1, default=None)
    impact_usd: float = quantity("USD", "mean cost where it happens", ge=0)
    impact_d: float = quantity("d", "mean delay where it happens", ge=0)
    expected_usd: float = quantity("USD", "probability times impact", ge=0)
    basis: str = text("what the probability rests on", choices=RISK_BASES)
    impact_basis: str = text("what the impact rests on", choices=RISK_BASES)
    samples_count: int = quantity("count", "courses of the year drawn; 0: none", ge=0)
    how: str = text("how it was counted, or whose word it is")
    owner: str = text("role that answers for it")
    mitigation: str = text("what is done about it")
    residual_probability: float = quantity("probability", "that it happens with the mitigation in place", ge=0, le=1)
    residual_impact_usd: float = quantity("USD", "what it costs then", ge=0)
    residual_impact_d: float = quantity("d", "delay then", ge=0)
    residual_expected_usd: float = quantity("USD", "residual probability times residual impact", ge=0)
    due_utc: datetime | None = text("mitigation in place by", default=None)
    state: str = text("how far it has come", choices=RISK_STATES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contingency(_Record):
    """Something that can be bought against what may happen: what it costs in the horizon and what it changes."""

    contingency_id: str = text("name of the contingency")
    title: str = text("what is bought")
    cost_usd: float = quantity("USD", "what it costs in the horizon, whether it is used or not", ge=0, le=1e12)
    changes: tuple[str, ...] = text(
        "what it changes: CHANCE.size*FACTOR, CHANCE.probability*FACTOR, stock/PLACE+DAYS (stock/*+DAYS: all), "
        "loss_usd*FACTOR, cost/ACCOUNT*FACTOR, turnaround/WHAT*FACTOR (tail, pad, processing)"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContingencyValue(_Checked):
    """What a contingency is worth: the expected loss that it avoids on the same courses of the year, less its cost."""

    rank: int = quantity("count", "1: the largest net value", ge=1)
    contingency_id: str = text("name of the contingency")
    title: str = text("what is bought")
    cost_usd: float = quantity("USD", "what it costs in the horizon", ge=0)
    avoided_usd: float = quantity("USD", "mean loss avoided")
    net_usd: float = quantity("USD", "avoided less cost; below zero: it costs more than it avoids")
    net_low_usd: float = quantity("USD", "lower end of the 90 % interval of the net value")
    net_high_usd: float = quantity("USD", "its upper end")
    reserve_before: float = quantity("probability", "that some stock falls below its reserve, without it", ge=0, le=1)
    reserve_after: float = quantity("probability", "the same with it", ge=0, le=1)
    short_d_before: float = quantity("d", "mean days below reserve, all stocks together, without it", ge=0)
    short_d_after: float = quantity("d", "the same with it", ge=0)
    samples_count: int = quantity("count", "courses of the year drawn, the same with and without it", ge=1)
    verdict: str = text("worth it, not worth it, or not told apart", choices=("worth it", "not worth it", "not told apart"))
    evidence: str = text("weakest evidence of cost and effect")


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceOffer(_Record):
    """A cover that can be bought for a mission: what of a loss it pays, and its price."""

    offer: str = text("name of the offer")
    insurer: str = text("who bears the risk; a market, where no insurer is named")
    covers: str = text("what is insured", choices=COVERED, default="cargo")
    missions: tuple[str, ...] = text("missions it is for; empty: all", default=())
    vehicle_types: tuple[str, ...] = text("spacecraft it is for; empty: all", default=())
    destinations: tuple[str, ...] = text("places it is for; empty: all", default=())
    cover_fraction: float = quantity("fraction", "share of a loss that it pays for", ge=0, le=1)
    limit_usd: float = quantity("USD", "most that it pays for one mission", ge=0, le=1e12)
    deductible_usd: float = quantity("USD", "taken off each claim", ge=0, le=1e12)
    rate_fraction: float = quantity("fraction", "premium for each USD of the sum insured", ge=0, le=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverRow(_Checked):
    """A mission's value and what is done about its loss: the offer that is bought, or nothing."""

    mission_id: str = text("mission")
    covers: str = text("what is insured", choices=COVERED)
    value_usd: float = quantity("USD", "what is lost with the mission", ge=0)
    loss_probability: float = quantity("probability", "that the mission is lost", ge=0, le=1)
    decision: str = text("buy or retain", choices=("buy", "retain"))
    offer: str = text("offer that is bought; empty: none", default="")
    insurer: str = text("who bears the risk; empty: the service", default="")
    insured_usd: float = quantity("USD", "most that is paid before the deductible", ge=0)
    deductible_usd: float = quantity("USD", "taken off each claim", ge=0)
    premium_usd: float = quantity("USD", "premium", ge=0)
    recovery_usd: float = quantity("USD", "paid for a total loss", ge=0)
    retained_usd: float = quantity("USD", "borne by the service in a total loss", ge=0)
    covered_fraction: float = quantity("fraction", "share of a total loss that is covered", ge=0, le=1)
    expected_usd: float = quantity("USD", "premium and expected retained loss", ge=0)
    break_even_fraction: float | None = quantity(
        "fraction", "largest rate at which full cover pays, all else as chosen; empty: not counted", ge=0, default=None
    )
    lots_count: int = quantity("count", "cargo lots aboard with a declared value", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTables:
    """The risks, contingencies and offers of a scenario; `templates` names files that it lacks, for which templates stand."""

    risks: tuple[Risk, ...]
    contingencies: tuple[Contingency, ...]
    insurance: tuple[InsuranceOffer, ...]
    templates: tuple[str, ...] = ()
