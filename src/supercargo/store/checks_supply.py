"""Assumptions of fleet and supply: what each row says can be meant, and names what the scenario has."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator

from supercargo.kernel import Fault
from supercargo.store.sheets import Sheets

__all__ = ["SUPPLY_CHECKS"]


def _classes(sheets: Sheets) -> Iterator[Fault]:
    """A class that nobody sends, keeps or sells would change nothing, and nobody would be told."""
    known = {line.supply_class for line in sheets.records("cargo")} | {row.supply_class for row in sheets.records("stock")}
    known |= {word for supplier in sheets.records("suppliers") for word in supplier.classes}
    for row, term in sheets.rows("stock_terms"):
        if term.supply_class not in known and sheets.sound("cargo", "stock", "suppliers"):
            close = difflib.get_close_matches(term.supply_class[:80], sorted(known), n=1, cutoff=0.5)
            fix = f"did you mean {close[0]!r}?" if close else f"use one of: {', '.join(sorted(known))[:200]}"
            yield sheets.fault("stock_terms", row, "supply_class", f"the scenario has no {term.supply_class[:60]!r}", fix)


def _lives(sheets: Sheets) -> Iterator[Fault]:
    """Work without an occasion is never done; an extension that holds for no time adds nothing."""
    for row, life in sheets.rows("lives"):
        if life.inspection_work_d and life.inspection_flights is None and life.inspection_every_d is None:
            what = "an inspection takes days and is never due"
            fix = "give inspection_flights or inspection_every_d, or set inspection_work_d to 0"
            yield sheets.fault("lives", row, "inspection_work_d", what, fix)
        if life.extension_flights and not life.extension_years:
            what = "an extension adds flights and holds for no time"
            yield sheets.fault("lives", row, "extension_years", what, "give years above 0, or set extension_flights to 0")


def _legs(sheets: Sheets) -> Iterator[Fault]:
    """A leg joins two places."""
    for row, leg in sheets.rows("ground_legs"):
        if leg.from_place == leg.to_place:
            what = f"{leg.from_place!r} is joined to itself"
            yield sheets.fault("ground_legs", row, "to_place", what, "name two different places, or take the row away")


SUPPLY_CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (_classes, _lives, _legs)
"""Checks of lives.csv, stock_terms.csv and ground_legs.csv; suppliers of supplier_terms.csv are checked as references."""
