"""Technologies, candidates, segments, rivals and options to grow: each row names what is there, and none in a circle."""

from __future__ import annotations

import difflib
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from supercargo.kernel import Fault
from supercargo.model import BOUGHT_ACCOUNTS, CHANCES, Known, Scenario, StrategyTables, change_faults
from supercargo.store.sheets import Sheets

__all__ = ["STRATEGY_ATTRIBUTES", "STRATEGY_CHECKS", "fitting_strategy"]

STRATEGY_ATTRIBUTES = ("technologies", "partner_candidates", "market_segments", "competitors", "capacity_options")
"""The scenario's tables of strategy."""


def _needs(sheets: Sheets) -> Iterator[Fault]:
    """What a technology needs stands in the file, does not need it in turn, and both fit the timeline."""
    needs = {one.technology_id: one.needs for one in sheets.records("technologies")}
    for row, one in sheets.rows("technologies"):
        for need in one.needs:
            if not sheets.knows("technologies", need):
                yield _unknown(sheets, "technologies", row, "needs", need, needs)
            elif one.technology_id in _behind(need, needs):
                what = f"{one.technology_id} and {need} need each other"
                yield sheets.fault("technologies", row, "needs", what, "take one of the two needs away")


def _behind(name: str, needs: dict[str, tuple[str, ...]]) -> set[str]:
    """A technology and all that it needs, however far."""
    found: set[str] = set()
    left = [name]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += needs.get(one, ())
    return found


def _changes(sheets: Sheets) -> Iterator[Fault]:
    """What a technology or a contingency changes is there, by the rules by which it is flown."""
    places = tuple(place.destination for place in sheets.records("destinations"))
    if not sheets.sound("destinations"):
        return
    accounts = tuple(sorted({*BOUGHT_ACCOUNTS, *(rate.account for rate in sheets.records("cost_rates"))}))
    known = {
        "technologies": Known(CHANCES, places, accounts if sheets.sound("cost_rates") else None),
        "contingencies": Known(CHANCES, places),
    }
    for table, names in known.items():
        key = {"technologies": "technology_id", "contingencies": "contingency_id"}[table]
        for row, one in sheets.rows(table):
            for what, fix in change_faults(getattr(one, key), one.changes, names):
                yield sheets.fault(table, row, "changes", what, fix)


def _candidates(sheets: Sheets) -> Iterator[Fault]:
    """A candidate says what its role is asked for."""
    operators = {record.operator for name in ("vehicles", "launchers") for record in sheets.records(name)}
    for row, one in sheets.rows("partner_candidates"):
        if one.role == "customer":
            for field in ("destinations", "up_kg", "usd_per_kg"):
                if not getattr(one, field):
                    yield sheets.fault("partner_candidates", row, field, f"a customer without {field}", f"give {field}")
        elif one.stands_in_for not in operators:
            yield _unknown(sheets, "partner_candidates", row, "stands_in_for", one.stands_in_for, operators)


def _segments(sheets: Sheets) -> Iterator[Fault]:
    """A place lies in one segment; a rival and an option are in one that is there; rivals share no more than the rest."""
    seen: dict[str, str] = {}
    for row, one in sheets.rows("market_segments"):
        if not one.destinations:
            yield sheets.fault("market_segments", row, "destinations", f"{one.segment} has no place", "name its places")
        for place in one.destinations:
            if place in seen:
                what = f"{place} lies in {seen[place]} already"
                yield sheets.fault("market_segments", row, "destinations", what, "leave it in one segment")
            seen[place] = one.segment
    shares: dict[str, list[float]] = defaultdict(list)
    for row, one in sheets.rows("competitors"):
        shares[one.segment].append(one.rest_fraction)
        if math.fsum(shares[one.segment]) > 1.0 + 1e-9:
            what = f"rivals in {one.segment} share {math.fsum(shares[one.segment]):g} of what we do not carry"
            yield sheets.fault("competitors", row, "rest_fraction", what, "lower them to 1 or less together")


def _unknown(sheets: Sheets, table: str, row: int, field: str, word: str, known: Iterable[str]) -> Fault:
    names = sorted(known)
    close = difflib.get_close_matches(word[:80], names, n=1, cutoff=0.5)
    fix = f"did you mean {close[0]!r}?" if close else f"use one of: {', '.join(names)[:200]}"
    return sheets.fault(table, row, field, f"there is no {word[:60]!r}", fix)


STRATEGY_CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (_needs, _changes, _candidates, _segments)
"""Checks of the tables of strategy, and of what technologies and contingencies change."""


def fitting_strategy(tables: StrategyTables, scenario: Scenario) -> StrategyTables:
    """Without the rows of templates whose places, segments or operators a scenario lacks; its own rows stay as they are."""
    flown = {request.destination for request in scenario.missions}
    operators = {one.operator for one in scenario.vehicles} | {one.operator for one in scenario.launchers}

    def among(places: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(place for place in places if place in flown)

    def is_template(file: str) -> bool:
        return file in tables.templates

    segments, candidates = tables.market_segments, tables.partner_candidates
    if is_template("market_segments.csv"):
        here = [replace(one, destinations=among(one.destinations)) for one in segments]
        segments = tuple(one for one in here if one.destinations)
    if is_template("partner_candidates.csv"):
        there = [replace(one, destinations=among(one.destinations)) for one in candidates]
        candidates = tuple(
            one for one in there if (one.destinations if one.role == "customer" else one.stands_in_for in operators)
        )
    known = {one.segment for one in segments}
    rivals, options = tables.competitors, tables.capacity_options
    if is_template("competitors.csv"):
        rivals = tuple(one for one in rivals if one.segment in known)
    if is_template("capacity_options.csv"):
        options = tuple(one for one in options if one.segment in known)
    return replace(
        tables, market_segments=segments, partner_candidates=candidates, competitors=rivals, capacity_options=options
    )
