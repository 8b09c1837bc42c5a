"""The manifest as an integer program: one column a lawful pair of line and mission, one row a rule."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from supercargo.kernel import days_between
from supercargo.model import CargoLine, Flight, Scenario, StockNeed
from supercargo.plan.manifest_before import NOTHING_BEFORE, Before, loyalty_usd
from supercargo.plan.manifest_offers import Offers
from supercargo.plan.manifest_room import MEASURES, ROOM_TOLERANCE
from supercargo.plan.manifest_worth import left_behind_usd, worths_usd
from supercargo.solve.integer import IntegerProgram, SparseRows

__all__ = ["NEED_MARGIN_KG", "ManifestModel", "check_days", "delivery_day", "manifest_model", "minimum_contracts"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NO_PAIRS: Ints = np.zeros(0, dtype=np.int64)

NEED_MARGIN_KG = 0.01
"""Added to each need and minimum, so that masses rounded to 0.001 kg still keep it."""

PROMISE_FACTOR = 10.0
"""A promise weighs so many times the dearest cargo that could push it out."""

CLASSES_ENUMERATED = 14


@dataclass(frozen=True)
class ManifestModel:
    """The program with the meaning of its columns: pairs first, then one switch for each hazard class of a flight's side."""

    offers: Offers
    program: IntegerProgram
    worth: Floats  # [pair] USD of the whole line
    switches: tuple[tuple[int, bool, str], ...]  # [switch] flight, up, hazard class
    flight_of_column: Ints  # [column]


class _Rows:
    """Rows as they are found."""

    def __init__(self) -> None:
        self.row: list[Ints] = []
        self.column: list[Ints] = []
        self.value: list[Floats] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.price: list[float] = []

    def at_most(self, columns: Ints, values: Floats, limit: float) -> None:
        self._add(columns, values, (-np.inf, limit, np.inf))

    def at_least(self, columns: Ints, values: Floats, limit: float, price: float) -> None:
        self._add(columns, values, (limit, np.inf, price))

    def _add(self, columns: Ints, values: Floats, limits: tuple[float, float, float]) -> None:
        self.row.append(np.full(len(columns), len(self.lower), dtype=np.int64))
        self.column.append(np.asarray(columns, dtype=np.int64))
        self.value.append(np.asarray(values, dtype=np.float64))
        self.lower.append(limits[0])
        self.upper.append(limits[1])
        self.price.append(limits[2])

    def matrix(self) -> SparseRows:
        if not self.row:
            nothing = np.zeros(0, dtype=np.int64)
            return SparseRows.of_entries(nothing, nothing, np.zeros(0), 0)
        parts = (np.concatenate(self.row), np.concatenate(self.column), np.concatenate(self.value))
        return SparseRows.of_entries(*parts, len(self.lower))


def manifest_model(
    scenario: Scenario, offers: Offers, needs: Sequence[StockNeed], before: Before = NOTHING_BEFORE
) -> ManifestModel:
    """Minimise what is lost: worth not earned, penalties of lines left behind, promises broken (at a high price) [USD].

    A column's value is the share of the line on the flight: 0 or 1, or between for bulk. Rows: a line flies once, each
    measure of each flight, hazard classes apart, must lines, stock needs and contract minimums. What is owed to the manifest
    `before` is part of a pair's worth; a line that stays as it was loses nothing by it.
    """
    plain, loyalty = worths_usd(scenario, offers), loyalty_usd(before, offers)
    worth = plain + loyalty
    left = np.array([left_behind_usd(scenario, line) for line in offers.lines])
    switches = _switches(scenario, offers)
    rows = _Rows()
    _once(rows, offers)
    _measures(rows, offers)
    _hazards(rows, scenario, offers, switches)
    owed = left[offers.pair_line]
    _promises(rows, scenario, offers, needs, (plain + owed, worth + owed))
    pairs, bulk = len(worth), np.array([line.form == "bulk" for line in offers.lines], dtype=np.bool_)
    idle = np.zeros(len(switches))
    program = IntegerProgram(
        cost=np.concatenate((-(worth + owed), idle)),
        lower=np.zeros(pairs + len(switches)),
        upper=np.ones(pairs + len(switches)),
        integral=np.concatenate((~bulk[offers.pair_line], np.ones(len(switches), dtype=np.bool_))),
        rows=rows.matrix(),
        row_lower=np.array(rows.lower),
        row_upper=np.array(rows.upper),
        row_price=np.array(rows.price),
        offset=float(left.sum()) + _most_loyal_usd(offers, loyalty),
    )
    places = np.concatenate((offers.pair_flight, np.array([f for f, _, _ in switches], dtype=np.int64)))
    return ManifestModel(offers, program, worth, switches, places)


def _most_loyal_usd(offers: Offers, loyalty: Floats) -> float:
    """What lines that stay as they were are worth for that [USD], so that it is the departure that costs."""
    most = np.zeros(len(offers.lines))
    np.maximum.at(most, offers.pair_line, loyalty)
    return float(most.sum())


def _once(rows: _Rows, offers: Offers) -> None:
    for columns in _by(offers.pair_line, len(offers.lines)):
        if len(columns) > 1:
            rows.at_most(columns, np.ones(len(columns)), 1.0)


def _by(keys: Ints, count: int) -> list[Ints]:
    """Positions of each key."""
    order = np.argsort(keys, kind="stable")
    return np.split(order, np.cumsum(np.bincount(keys, minlength=count))[:-1]) if count else []


def _measures(rows: _Rows, offers: Offers) -> None:
    for f, columns in enumerate(_by(offers.pair_flight, len(offers.flights))):
        taken = offers.taken[offers.pair_line[columns]]  # [pair of the flight, measure]
        for k in range(len(MEASURES)):
            some = taken[:, k] > 0.0
            if taken[:, k].sum() > offers.held[f, k] + ROOM_TOLERANCE:
                rows.at_most(columns[some], taken[some, k], float(offers.held[f, k]))


def _foes(scenario: Scenario) -> set[tuple[str, str]]:
    pairs = {(pair.hazard_a, pair.hazard_b) for pair in scenario.hazard_pairs}
    return pairs | {(b, a) for a, b in pairs}


def _switches(scenario: Scenario, offers: Offers) -> tuple[tuple[int, bool, str], ...]:
    """A switch for each hazard class that could meet a foe on a flight's side."""
    present: set[tuple[int, bool, str]] = set()
    hazardous = np.array([bool(line.hazard) for line in offers.lines], dtype=np.bool_)
    pairs = np.flatnonzero(hazardous[offers.pair_line]) if len(offers.lines) else NO_PAIRS
    for i, f in zip(offers.pair_line[pairs].tolist(), offers.pair_flight[pairs].tolist(), strict=True):
        line = offers.lines[i]
        present.add((f, line.direction == "up", line.hazard))
    foes = _foes(scenario)
    return tuple(sorted(p for p in present if any((p[2], q) in foes and (p[0], p[1], q) in present for _, q in sorted(foes))))


def _hazards(rows: _Rows, scenario: Scenario, offers: Offers, switches: tuple[tuple[int, bool, str], ...]) -> None:
    foes, first = _foes(scenario), len(offers.pair_line)
    column = {switch: first + k for k, switch in enumerate(switches)}
    alike: dict[tuple[int, bool, str], list[int]] = {}
    hazardous = np.array([bool(line.hazard) for line in offers.lines], dtype=np.bool_)
    for pair in np.flatnonzero(hazardous[offers.pair_line]).tolist() if len(offers.lines) else ():
        i, f = int(offers.pair_line[pair]), int(offers.pair_flight[pair])
        line = offers.lines[i]
        switch = (int(f), line.direction == "up", line.hazard)
        if switch in column:
            rows.at_most(np.array([pair, column[switch]]), np.array([1.0, -1.0]), 0.0)
        if (line.hazard, line.hazard) in foes:
            alike.setdefault(switch, []).append(pair)
    for _, pairs in sorted(alike.items()):
        rows.at_most(np.array(pairs), np.ones(len(pairs)), 1.0)
    sides: dict[tuple[int, bool], list[str]] = {}
    for f, up, hazard in switches:
        sides.setdefault((f, up), []).append(hazard)
    for (f, up), classes in sorted(sides.items()):
        for a, b in combinations(classes, 2):
            if (a, b) in foes:
                rows.at_most(np.array([column[f, up, a], column[f, up, b]]), np.ones(2), 1.0)
        if 2 < len(classes) <= CLASSES_ENUMERATED:
            columns = np.array([column[f, up, hazard] for hazard in classes])
            rows.at_most(columns, np.ones(len(classes)), float(_most_together(classes, foes)))


def _most_together(classes: list[str], foes: set[tuple[str, str]]) -> int:
    """Most hazard classes of which no two are foes: with it the relaxation can't mix five classes by halves."""
    for count in range(len(classes), 1, -1):
        for chosen in combinations(classes, count):
            if not any(pair in foes for pair in combinations(chosen, 2)):
                return count
    return 1


def delivery_day(scenario: Scenario, flight: Flight) -> int:
    """Day of the horizon (0: the first) in which a flight's cargo is unloaded for certain."""
    return int(days_between(scenario.settings.start_utc, flight.unload_end_utc) // 1)


def check_days(scenario: Scenario, flights: Sequence[Flight]) -> tuple[int, ...]:
    """Days after which stock is lowest: each day before a delivery, and the last."""
    last = scenario.settings.horizon_days - 1
    arrivals = (delivery_day(scenario, flight) - 1 for flight in flights)
    return tuple(sorted({last, *(day for day in arrivals if 0 <= day < last)}))


def minimum_contracts(scenario: Scenario) -> Mapping[str, float]:
    """Contracts with a least up mass, by name [kg]."""
    found = ((term.contract_id, term.value) for term in scenario.terms if term.term == "minimum_kg" and term.value > 0.0)
    return dict(sorted(found))


def _promises(
    rows: _Rows, scenario: Scenario, offers: Offers, needs: Sequence[StockNeed], gains: tuple[Floats, Floats]
) -> None:
    """`gains` are those by the rules of a year, and with what is owed to an older manifest [pair] USD."""
    gain, whole_gain = gains
    if not len(gain):
        return
    mass = np.array([line.mass_kg for line in offers.lines])[offers.pair_line]
    usd_per_kg = PROMISE_FACTOR * float(np.max(gain / np.maximum(mass, 1.0)))
    usd_per_line = PROMISE_FACTOR * float(whole_gain.max())
    for i, columns in enumerate(_by(offers.pair_line, len(offers.lines))):
        if offers.lines[i].must and len(columns):
            price = usd_per_line + 2.0 * usd_per_kg * offers.lines[i].mass_kg
            rows.at_least(columns, np.ones(len(columns)), 1.0, price)
    _needs(rows, scenario, offers, needs, usd_per_kg)
    _minimums(rows, scenario, offers, 0.5 * usd_per_kg)


def _needs(rows: _Rows, scenario: Scenario, offers: Offers, needs: Sequence[StockNeed], usd_per_kg: float) -> None:
    day = np.array([delivery_day(scenario, flight) for flight in offers.flights])
    pairs = _pairs_up(offers, lambda line: (line.destination, line.supply_class))
    for need in sorted(needs, key=lambda need: (need.destination, need.supply_class)):
        columns = pairs.get((need.destination, need.supply_class), NO_PAIRS)
        flights = [flight for flight in offers.flights if flight.destination == need.destination]
        for d in check_days(scenario, flights):
            there = columns[day[offers.pair_flight[columns]] <= d]
            if need.need_kg[d] > 0.0 and len(there):
                rows.at_least(there, _mass_of(offers, there), float(need.need_kg[d]) + NEED_MARGIN_KG, usd_per_kg)


def _minimums(rows: _Rows, scenario: Scenario, offers: Offers, usd_per_kg: float) -> None:
    ends = scenario.settings.end_utc
    ready = np.array([flight.unload_end_utc < ends for flight in offers.flights])
    pairs = _pairs_up(offers, scenario.contract_id)
    for contract_id, least_kg in minimum_contracts(scenario).items():
        columns = pairs.get(contract_id, NO_PAIRS)
        columns = columns[ready[offers.pair_flight[columns]]]
        if len(columns):
            rows.at_least(columns, _mass_of(offers, columns), least_kg + NEED_MARGIN_KG, usd_per_kg)


def _pairs_up(offers: Offers, key: Callable[[CargoLine], Hashable]) -> dict[Hashable, Ints]:
    """Pairs of lines that go up, by a key of the line."""
    keys = [key(line) if line.direction == "up" else None for line in offers.lines]
    found: dict[Hashable, list[int]] = {}
    for pair, i in enumerate(offers.pair_line.tolist()):
        if keys[i] is not None:
            found.setdefault(keys[i], []).append(pair)
    return {name: np.array(pairs, dtype=np.int64) for name, pairs in found.items()}


def _mass_of(offers: Offers, pairs: Ints) -> Floats:
    return np.array([line.mass_kg for line in offers.lines])[offers.pair_line[pairs]]
