"""Cargo lines and contracts: each line has the sizes of its form, dates that can be kept, and a contract that prices it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from typing import Any

from supercargo.kernel import Fault
from supercargo.store.columns import CEILINGS
from supercargo.store.sheets import Sheets

__all__ = ["LOAD_CHECKS"]

_TERM_UNITS = {
    "due_tolerance": "d",
    "penalty_per_day": "percent",
    "penalty_cap": "percent",
    "minimum_kg": "kg",
    "option_kg": "kg",
    "milestone": "USD",
    "free_reflight": "count",
}
_SIZES = ("dx_m", "dy_m", "dz_m")
_COUNTED = (("facilities", "capacity"), ("vehicles", "powered_slots"), ("bays", "powered_slots"))
_MOST_PERCENT = 1_000.0


def _forms_and_sizes(sheets: Sheets) -> Iterator[Fault]:
    """Pieces have three sizes; bulk is pumped, has none, and counts as one piece."""
    for row, line in sheets.rows("cargo"):
        for field in _SIZES:
            given = getattr(line, field) is not None
            if line.form == "bulk" and given:
                yield sheets.fault("cargo", row, field, "bulk cargo has no sizes", f"empty {field}, or give another form")
            elif line.form != "bulk" and not given:
                what = f"a {line.form} piece needs its size"
                yield sheets.fault("cargo", row, field, what, f"give {field} in m, or set form to bulk")
        if line.form == "bulk" and line.pieces != 1:
            yield sheets.fault("cargo", row, "pieces", "bulk cargo is one piece", "set pieces to 1")


def _whole_counts(sheets: Sheets) -> Iterator[Fault]:
    """Pieces, priorities, crews and flights are counted in whole numbers."""
    counted = (("cargo", "pieces"), ("cargo", "priority"), ("crew", "crew_count"), ("tails", "flights_left"), *_COUNTED)
    for attribute, field in counted:
        for row, record in sheets.rows(attribute):
            value = getattr(record, field)
            if not float(value).is_integer():
                yield sheets.fault(attribute, row, field, f"{field} is {value:g}", "give a whole number")


def _due_in_horizon(sheets: Sheets) -> Iterator[Fault]:
    """A line due before the year begins can't be planned in it."""
    if sheets.settings is None:
        return
    for row, line in sheets.rows("cargo"):
        if line.due_utc is not None and line.due_utc < sheets.settings.start_utc:
            fix = "move due_utc into the horizon of scenario.toml, or take the line away"
            yield sheets.fault("cargo", row, "due_utc", "the line is due before the horizon begins", fix)


def _term_units(sheets: Sheets) -> Iterator[Fault]:
    """Each term of a contract is counted in its own unit."""
    for row, term in sheets.rows("terms"):
        unit = _TERM_UNITS[term.term]
        if term.unit != unit:
            what = f"{term.term} is counted in {unit}, not {term.unit}"
            yield sheets.fault("terms", row, "unit", what, f"give the value in {unit}")
        most = _MOST_PERCENT if unit == "percent" else CEILINGS[unit]
        if term.value > most:
            what = f"{term.term} is {term.value:g} {unit}, which can't be meant"
            yield sheets.fault("terms", row, "value", what, f"give at most {most:,.0f} {unit}")


def _contracts_of_lines(sheets: Sheets) -> Iterator[Fault]:
    """A line is priced by a contract of its own customer."""
    if not sheets.sound("contracts"):
        return
    holders = {contract.customer for contract in sheets.records("contracts")}
    contracts, customers = sheets.lawful["contracts"], sheets.tables["customers"].key_words
    for row, line in sheets.rows("cargo"):
        contract = contracts.get(line.contract_id)
        known = sheets.knows("customers", line.customer)
        if contract is not None and contract.customer != line.customer and known and contract.customer in customers:
            what = f"contract {line.contract_id!r} is of {contract.customer!r}, the line of {line.customer!r}"
            yield sheets.fault("cargo", row, "contract_id", what, "name a contract of the line's customer")
        if not line.contract_id and line.customer not in holders and known:
            what = f"{line.customer!r} has no contract"
            yield sheets.fault("cargo", row, "customer", what, "add a contract of this customer to contracts.csv")


def _tariffs_of_contracts(sheets: Sheets) -> Iterator[Fault]:
    """A contract's tariff has a price for each place and direction of its lines."""
    if not sheets.sound("contracts", "prices", "cargo"):
        return
    prices = {(price.tariff, price.destination, price.direction) for price in sheets.records("prices")}
    tariffs = {price.tariff for price in sheets.records("prices")}
    wanted = _wanted_prices(sheets)
    for row, contract in sheets.rows("contracts"):
        if contract.price_basis not in tariffs:
            what = f"the tariff {contract.price_basis!r} does not stand in prices.csv"
            yield sheets.fault("contracts", row, "price_basis", what, "add its prices, or name a tariff that stands there")
            continue
        for place, direction in sorted(wanted.get(contract.contract_id, set())):
            if (contract.price_basis, place, direction) not in prices:
                what = f"the tariff {contract.price_basis!r} has no price for {direction} cargo of {place!r}"
                yield sheets.fault("contracts", row, "price_basis", what, "add the price to prices.csv")


def _wanted_prices(sheets: Sheets) -> dict[str, set[tuple[str, str]]]:
    """Places and directions of the lines of each contract."""
    first: dict[str, Any] = {}
    for contract in sheets.records("contracts"):
        first.setdefault(contract.customer, contract.contract_id)
    wanted: dict[str, set[tuple[str, str]]] = {}
    for line in sheets.records("cargo"):
        contract_id = line.contract_id or first.get(line.customer, "")
        if sheets.knows("destinations", line.destination):
            wanted.setdefault(contract_id, set()).add((line.destination, line.direction))
    return wanted


def _hazard_words(sheets: Sheets) -> Iterator[Fault]:
    """A hazard class misspelt would fly beside what it must be kept from."""
    known = sorted({word for pair in sheets.records("hazard_pairs") for word in (pair.hazard_a, pair.hazard_b)})
    odd = {line.hazard for line in sheets.records("cargo")} - {"", *known}
    meant = {word: close[0] for word in sorted(odd) if (close := difflib.get_close_matches(word[:80].lower(), known, 1, 0.8))}
    for row, line in sheets.rows("cargo"):
        if line.hazard in meant:
            fix = f"did you mean {meant[line.hazard]!r}? else give the class a name less like it"
            yield sheets.fault("cargo", row, "hazard", f"{line.hazard[:40]!r} is in no pair of hazard_pairs.csv", fix)


def _rates_once(sheets: Sheets) -> Iterator[Fault]:
    """A person's use of a class has one rate at a place; two would be added."""
    first: dict[tuple[str, str], int] = {}
    places = sorted(sheets.tables["destinations"].key_words)
    for row, rate in sheets.rows("rates"):
        for place in rate.destinations or places:
            before = first.setdefault((rate.supply_class, place), row)
            if before != row:
                what = f"{rate.supply_class!r} has a rate at {place!r} in row {before} already"
                yield sheets.fault("rates", row, "destinations", what, "name each place in one row of a class")
                break


def _insured_values(sheets: Sheets) -> Iterator[Fault]:
    """Insurance is a share of the declared value."""
    for row, rate in sheets.rows("cost_rates"):
        if rate.driver == "insured_usd" and rate.usd > 1:
            what = f"{rate.account!r} costs {rate.usd:g} USD for each USD declared"
            yield sheets.fault("cost_rates", row, "usd", what, "give a share between 0 and 1")


LOAD_CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (
    _forms_and_sizes,
    _whole_counts,
    _due_in_horizon,
    _term_units,
    _contracts_of_lines,
    _tariffs_of_contracts,
    _hazard_words,
    _rates_once,
    _insured_values,
)
"""Checks of cargo, contracts and tariffs."""
