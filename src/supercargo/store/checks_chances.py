"""Chances and the record of slips: each row names what the scenario has, and says what can be meant."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from supercargo.kernel import Fault
from supercargo.model import Chance, Scenario
from supercargo.model.chances import BY_FAMILY, chance_faults, is_of_family, slip_faults
from supercargo.store.sheets import Sheets

__all__ = ["CHANCE_CHECKS", "fitting"]

_FILES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(BY_FAMILY, ("launchers", "vehicles")),
    "port_out": ("destinations", "ports"),
    "damage": ("cargo",),
    "demand": ("destinations", "stock"),
    "supplier_delay": ("suppliers",),
}


def _meaning(sheets: Sheets) -> Iterator[Fault]:
    """Sizes rise, probabilities are told once, and no duration is negative."""
    asked: tuple[tuple[str, Callable[[Any], Iterator[tuple[str, str, str]]]], ...] = (
        ("chances", chance_faults),
        ("slip_records", slip_faults),
    )
    rows = tuple(sheets.rows("chances"))
    if rows and all(one.probability is None and one.trials_count is None and one.hits_count is None for _, one in rows):
        what = "no row says how likely it is: the column is missing or empty"
        yield sheets.fault("chances", 1, "probability", what, "give probability, or trials_count and hits_count, in every row")
        return
    for attribute, faults in asked:
        for row, record in sheets.rows(attribute):
            for fault in faults(record):
                yield sheets.fault(attribute, row, *fault)


def _subjects(sheets: Sheets) -> Iterator[Fault]:
    """A family, place, class, stock or supplier that the scenario lacks would let nothing happen, and nobody would be told."""
    for row, chance in sheets.rows("chances"):
        if not chance.applies_to or not sheets.sound(*_FILES[chance.chance]):
            continue
        known = sorted(_known(sheets.records, chance.chance))
        if _names(chance, known):
            continue
        close = difflib.get_close_matches(chance.applies_to[:80], known, n=1, cutoff=0.6)
        meant = f"did you mean {close[0]!r}?" if close else f"use one of: {', '.join(known)[:200]}"
        what = f"{chance.applies_to!r} is no {_word(chance.chance)} of the scenario"
        yield sheets.fault("chances", row, "applies_to", what, f"{meant} or leave it empty for all")


def _word(chance: str) -> str:
    if chance in BY_FAMILY:
        return "family"
    return {"port_out": "place or port", "damage": "class", "demand": "place or stock", "supplier_delay": "supplier"}[chance]


def _names(chance: Chance, known: Iterable[str]) -> bool:
    """True if a row names something that is known."""
    named = is_of_family if chance.chance in BY_FAMILY else str.__eq__
    return any(named(name, chance.applies_to) for name in known)


def fitting(chances: Iterable[Chance], scenario: Scenario) -> tuple[Chance, ...]:
    """The rows that can hold for something in a scenario: the catalogue speaks of families that not every scenario has."""

    def records(attribute: str) -> tuple[Any, ...]:
        found: tuple[Any, ...] = getattr(scenario, attribute)
        return found

    return tuple(row for row in chances if not row.applies_to or _names(row, _known(records, row.chance)))


def _known(records: Callable[[str], tuple[Any, ...]], chance: str) -> set[str]:
    """Names that a chance may apply to."""
    if chance in BY_FAMILY:
        return {one.launcher for one in records("launchers")} | {one.vehicle_type for one in records("vehicles")}
    places = {place.destination for place in records("destinations")}
    if chance == "port_out":
        return places | {f"{port.destination}/{port.port}" for port in records("ports")}
    if chance == "demand":
        return places | {f"{stock.supply_class}@{stock.destination}" for stock in records("stock")}
    if chance == "damage":
        return {line.supply_class for line in records("cargo")}
    return {supplier.supplier for supplier in records("suppliers")}


CHANCE_CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (_meaning, _subjects)
"""Checks of chances.csv and slips.csv."""
