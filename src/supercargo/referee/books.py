"""What each account of each mission must hold, worked out afresh from loads, tariffs, terms and rates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from supercargo.kernel import DAY_S
from supercargo.referee.case import Aboard, Case, Voyage, span_s, stamp

__all__ = ["Account", "books_of", "line_price_usd", "owed_left_behind"]

_OWN_DRIVERS = ("up_kg", "down_kg", "disposal_kg", "up_line", "insured_usd")


@dataclass
class Account:
    """What an account must hold: in all and for each customer; `counts` is how many amounts were rounded to cents."""

    total_usd: float = 0.0
    counts: int = 1
    by_customer: dict[str, float] = field(default_factory=dict)

    def add(self, customer: str, usd: float) -> None:
        """Book an amount [USD] for a customer."""
        self.total_usd += usd
        self.counts += 1
        self.by_customer[customer] = self.by_customer.get(customer, 0.0) + usd


Books = Mapping[tuple[str, str], Account]  # (mission, account)


def line_price_usd(case: Case, load: Aboard) -> float:
    """Price of a load [USD]: its mass by its contract's tariff."""
    contract = case.scenario.contract_named.get(case.scenario.contract_id(load.line))
    tariff = contract.price_basis if contract else ""
    return load.row.mass_kg * case.scenario.tariffs.get((tariff, load.line.destination, load.line.direction), 0.0)


def _term(case: Case, load: Aboard, term: str) -> float:
    return case.scenario.term_values.get((case.scenario.contract_id(load.line), term), 0.0)


def _penalty_usd(case: Case, load: Aboard) -> float:
    """What lateness takes off a load's price [USD]."""
    if load.line.due_utc is None or load.row.delivered_utc is None:
        return 0.0
    late_s = stamp(load.row.delivered_utc) - stamp(load.line.due_utc) - span_s(_term(case, load, "due_tolerance"))
    days_late = math.ceil(late_s / DAY_S - 1e-6)
    if days_late <= 0:
        return 0.0
    percent = min(_term(case, load, "penalty_cap"), _term(case, load, "penalty_per_day") * days_late)
    return line_price_usd(case, load) * percent / 100.0


def _units(load: Aboard, driver: str) -> float:
    """Units of a cost driver that one load causes."""
    direction = load.line.direction
    if driver in ("up_kg", "down_kg", "disposal_kg"):
        return load.row.mass_kg if f"{direction}_kg" == driver else 0.0
    if direction != "up":
        return 0.0
    return 1.0 if driver == "up_line" else load.line.declared_usd * load.share


def _contract_customer(case: Case, voyage: Voyage) -> str:
    contract = case.scenario.contract_named.get(voyage.request.contract_id)
    return contract.customer if contract else voyage.request.furnished_by


def _shares(case: Case, voyage: Voyage) -> Mapping[str, float]:
    """Each customer's share of the up mass aboard; the contract's customer bears all where nothing flies up."""
    mass: dict[str, float] = {}
    for load in case.up(voyage.mission_id):
        mass[load.line.customer] = mass.get(load.line.customer, 0.0) + load.row.mass_kg
    total = math.fsum(mass.values())
    if total <= 0:
        return {_contract_customer(case, voyage): 1.0}
    return {customer: kg / total for customer, kg in sorted(mass.items())}


def books_of(case: Case) -> Books:
    """The accounts of all missions whose names are known."""
    found: dict[tuple[str, str], Account] = {}
    for voyage in case.voyages.values():
        _book_costs(case, voyage, found)
        _book_revenue(case, voyage, found)
    return found


def _account(found: dict[tuple[str, str], Account], voyage: Voyage, name: str) -> Account:
    return found.setdefault((voyage.mission_id, name), Account())


def _book_costs(case: Case, voyage: Voyage, found: dict[tuple[str, str], Account]) -> None:
    shares = _shares(case, voyage)
    shared = [("launch", voyage.launcher.price_usd), ("spacecraft", voyage.vehicle.price_usd)]
    spans = {
        "mission": 1.0,
        "docked_d": (voyage.depart_s - voyage.arrive_s) / DAY_S,
        "processing_d": span_s(voyage.vehicle.processing_d) / DAY_S,
    }
    for rate in case.scenario.cost_rates:
        if rate.driver in spans:
            shared.append((rate.account, spans[rate.driver] * rate.usd))
            continue
        account = _account(found, voyage, rate.account)
        for load in case.aboard[voyage.mission_id]:
            if units := _units(load, rate.driver):
                account.add(load.line.customer, units * rate.usd)
    for name, usd in shared:
        account = _account(found, voyage, name)
        for customer, share in shares.items():
            account.add(customer, usd * share)


def _book_revenue(case: Case, voyage: Voyage, found: dict[tuple[str, str], Account]) -> None:
    if not voyage.docks:
        return  # nothing was delivered, so nothing is earned
    for load in case.aboard[voyage.mission_id]:
        customer = load.line.customer
        _account(found, voyage, f"revenue:{load.line.direction}").add(customer, line_price_usd(case, load))
        if penalty_usd := _penalty_usd(case, load):
            _account(found, voyage, "revenue:penalty").add(customer, -penalty_usd)
    milestone_usd = case.scenario.term_values.get((voyage.request.contract_id, "milestone"), 0.0)
    _account(found, voyage, "revenue:milestone").add(_contract_customer(case, voyage), milestone_usd)


def owed_left_behind(case: Case) -> Mapping[tuple[str, str], Account]:
    """What is owed for lines left behind whose due date lies in the horizon, by customer and place."""
    found: dict[tuple[str, str], Account] = {}
    for item in case.items:
        line = item.line
        if line is None or item.row.mission_id or line.due_utc is None:
            continue
        if case.start_s <= stamp(line.due_utc) <= case.end_s:
            load = Aboard(item.row, line)
            owed_usd = line_price_usd(case, load) * _term(case, load, "penalty_cap") / 100.0
            found.setdefault((line.customer, line.destination), Account()).add(line.customer, -owed_usd)
    return found
