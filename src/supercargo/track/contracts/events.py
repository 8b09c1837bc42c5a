"""What is agreed with a customer and what of it has come true, as events of the contract's stream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.track.bodies import Kinds

__all__ = [
    "CONTRACT_KINDS",
    "AmountAdjusted",
    "ContractAmended",
    "ContractOpened",
    "ContractSettled",
    "ContractTerms",
    "LineDelivered",
    "LinesPromised",
    "Promise",
    "Tariff",
    "TermAgreed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermAgreed:
    """A term as terms.csv of the scenario has it."""

    term: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What a kilogram costs to or from a place [USD]."""

    destination: str
    direction: str
    usd_per_kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTerms:
    """A contract: customer, time in force, terms and the tariff that prices it."""

    contract_id: str
    customer: str
    from_utc: datetime
    to_utc: datetime
    terms: tuple[TermAgreed, ...]
    tariffs: tuple[Tariff, ...]

    def value(self, term: str) -> float:
        """Value of a term; 0 where nothing is agreed."""
        return next((one.value for one in self.terms if one.term == term), 0.0)

    def usd_per_kg(self, destination: str, direction: str) -> float:
        """Price of a kilogram [USD]; 0 where the tariff names none."""
        return next(
            (one.usd_per_kg for one in self.tariffs if (one.destination, one.direction) == (destination, direction)), 0.0
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A line, or part of one, that the plan promises: on which mission (empty: none), what is priced, when it is due.

    `line_kg` is the mass of the whole line, which `mass_kg` is a part of. `released_utc` is when its customer hands it over,
    `planned_utc` when the plan delivers it. What later releases tell of a line is None or empty in older ones.
    """

    item_id: str
    customer: str
    mission_id: str
    destination: str
    direction: str
    mass_kg: float
    line_kg: float
    due_utc: datetime | None
    pieces: float | None = None
    volume_m3: float | None = None
    must: bool | None = None
    supply_class: str = ""
    released_utc: datetime | None = None
    planned_utc: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractOpened:
    """A released plan works under a contract."""

    plan: str
    terms: ContractTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractAmended:
    """A later plan, with the terms that hold from then; what was promised and not delivered is promised anew."""

    plan: str
    terms: ContractTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesPromised:
    """Lines of the contract in the plan."""

    plan: str
    lines: tuple[Promise, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDelivered:
    """A line or part is delivered, on evidence; its price, and what lateness takes off it, are booked."""

    item_id: str
    mission_id: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSettled:
    """Lines due by an instant that no mission carries are settled at the penalty's cap."""

    until_utc: datetime
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountAdjusted:
    """A named person books an amount that no term foresees, such as a credit; negative takes from the customer's debt."""

    account: str
    mission_id: str
    usd: float
    reason: str


CONTRACT_KINDS = Kinds((ContractOpened, ContractAmended, LinesPromised, LineDelivered, ContractSettled, AmountAdjusted))
"""Every kind of event of a contract's stream."""
