"""Cargo lines and contracts: each line has the sizes of its form, dates that can be kept, and a contract that prices it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from supercargo.kernel import Fault
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
    counted = (("cargo", "pieces"), ("cargo", "priority"), ("crew", "crew_count"), ("tails", "flights_left"))
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


def _contracts_of_lines(sheets: Sheets) -> Iterator[Fault]:
    """A line is priced by a contract of its own customer."""
    if not sheets.sound("contracts"):
        return
    holders = {contract.customer for contract in sheets.records("contracts")}
    contracts = sheets.lawful["contracts"]
    for row, line in sheets.rows("cargo"):
        contract = contracts.get(line.contract_id)
        if contract is not None and contract.customer != line.customer:
            what = f"contract {line.contract_id!r} is of {contract.customer!r}, the line of {line.customer!r}"
            yield sheets.fault("cargo", row, "contract_id", what, "name a contract of the line's customer")
        if not line.contract_id and line.customer not in holders and sheets.knows("customers", line.customer):
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


LOAD_CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (
    _forms_and_sizes,
    _whole_counts,
    _due_in_horizon,
    _term_units,
    _contracts_of_lines,
    _tariffs_of_contracts,
)
"""Checks of cargo, contracts and tariffs."""
