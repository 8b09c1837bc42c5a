"""The stage that decides which line flies on which mission, and which stays behind and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from supercargo.kernel import Fuse, Outcome, Status, Watch, never, silent
from supercargo.model import Flight, Manifest, Scenario, Schedule, StockNeed
from supercargo.plan.manifest_before import NOTHING_BEFORE, Before
from supercargo.plan.manifest_loads import Parts, grams, manifest_of, parts_of, values_of
from supercargo.plan.manifest_model import ManifestModel, manifest_model, minimum_contracts
from supercargo.plan.manifest_offers import offers_at
from supercargo.plan.manifest_room import NO_FILL
from supercargo.plan.reasons import with_reasons
from supercargo.solve.integer import SAME, Search, objective_of, restrict, search

__all__ = ["fill_manifest", "kept_loads", "lost_usd", "refill"]

NODES_SHARED = 100
"""Branch and bounds among which the nodes of a group of places are shared out."""

FLIGHTS_AT_ONCE = 24
"""Most flights that the first answer fills together: the work for each stays the same, however many there are."""

REFILL_GAP = 2e-4
"""Gap at which a refill may stop: it mends a manifest and need not be nearer to its bound than that is."""

NOTHING_BARRED: frozenset[tuple[str, str]] = frozenset()


def fill_manifest(
    scenario: Scenario,
    schedule: Schedule,
    needs: tuple[StockNeed, ...],
    *,
    barred: frozenset[tuple[str, str]] = NOTHING_BARRED,
    fill: Mapping[str, float] = NO_FILL,
    before: Before = NOTHING_BEFORE,
    watch: Watch = silent,
    fuse: Fuse = never,
) -> Outcome[Manifest]:
    """A year's cargo is put on a year's flights at once, so that a late flight's room is not sold to what could go early.

    `barred` holds (mission_id, item_id) that stowage refused; `fill` [1] overrides the packing fraction of a mission.
    The objective is what is lost [USD]: minus the worth of the loads, plus penalties of lines left behind, plus the price
    of broken promises; the bound is proven by the linear relaxation or by branch and bound. See docs/manifest.md. Lines
    stay where they were `before`, as far as that pays.
    """
    groups = _groups(scenario)
    parts: dict[str, Parts] = {}
    objective = bound = 0.0
    status = Status.OPTIMAL
    for k, places in enumerate(groups):
        model = manifest_model(scenario, offers_at(scenario, schedule, places, barred, fill), needs, before)

        def part(share: float, k: int = k) -> None:
            watch((k + share) / len(groups))

        near, far = _neighbourhoods(model), _blocks(model)
        start = values_of(model, before.manifest) if before.manifest.loads else None
        found = search(model.program, near, _search(scenario, fuse), blocks=far, start=start, watch=part)
        if found.best is None:
            return Outcome(found.status, None, math.inf, found.bound)
        mine = parts_of(scenario, model, found.best, fill)
        parts.update(mine)
        lost = _objective(scenario, schedule, model, mine)
        objective, bound = objective + lost, bound + min(found.bound, lost)
        proven = found.status is Status.OPTIMAL and lost - found.bound <= SAME * abs(lost) + 1e-9  # grams may cost a little
        status = status if proven else Status.FEASIBLE
    manifest = with_reasons(scenario, schedule, _manifest(scenario, schedule, parts), barred=barred, fill=fill)
    watch(1.0)
    return Outcome(status, manifest, objective, min(bound, objective))


def _objective(scenario: Scenario, schedule: Schedule, model: ManifestModel, parts: Mapping[str, Parts]) -> float:
    return objective_of(model.program, values_of(model, _manifest(scenario, schedule, parts)))


def lost_usd(
    scenario: Scenario,
    schedule: Schedule,
    needs: tuple[StockNeed, ...],
    manifest: Manifest,
    before: Before = NOTHING_BEFORE,
) -> float:
    """What a manifest loses [USD], reckoned as `fill_manifest` does before anything is barred, so that its bound compares."""
    models = (manifest_model(scenario, offers_at(scenario, schedule, places), needs, before) for places in _groups(scenario))
    return math.fsum(objective_of(model.program, values_of(model, manifest)) for model in models)


def _search(scenario: Scenario, fuse: Fuse) -> Search:
    limits = scenario.settings.limits
    return Search(gap=limits.manifest_gap, nodes=max(1, round(limits.manifest_nodes / NODES_SHARED)), fuse=fuse)


def _groups(scenario: Scenario) -> tuple[frozenset[str], ...]:
    """Places that a contract's minimum links are planned together; any other place stands alone."""
    least = minimum_contracts(scenario)
    linked: dict[str, set[str]] = {}
    for line in scenario.cargo:
        contract_id = scenario.contract_id(line)
        if line.direction == "up" and contract_id in least:
            linked.setdefault(contract_id, set()).add(line.destination)
    groups = [{place.destination} for place in scenario.destinations]
    for _, places in sorted(linked.items()):
        joined = set().union(*(group for group in groups if group & places))
        groups = [*(group for group in groups if not group & places), joined]
    return tuple(sorted((frozenset(group) for group in groups), key=min))


def _neighbourhoods(model: ManifestModel, width: int = 3) -> list[npt.NDArray[np.int64]]:
    """Columns of flights of one place that follow each other, in overlapping windows."""
    places: dict[str, list[int]] = {}
    for f, flight in enumerate(model.offers.flights):
        places.setdefault(flight.destination, []).append(f)
    windows = []
    for _, flights in sorted(places.items()):
        for start in range(0, max(1, len(flights) - width + 1)):
            inside = np.isin(model.flight_of_column, flights[start : start + width])
            windows.append(np.flatnonzero(inside).astype(np.int64))
    return windows


def _blocks(model: ManifestModel) -> list[npt.NDArray[np.int64]]:
    """Every column once: flights place by place, in order of lift-off, cut into equal runs."""
    flights = model.offers.flights
    order = sorted(range(len(flights)), key=lambda f: (flights[f].destination, f))
    runs = np.array_split(np.array(order, dtype=np.int64), max(1, -(-len(order) // FLIGHTS_AT_ONCE)))
    return [np.flatnonzero(np.isin(model.flight_of_column, run)).astype(np.int64) for run in runs]


def _order(flights: Sequence[Flight]) -> Mapping[str, int]:
    ordered = sorted(flights, key=lambda flight: (flight.launch_utc, flight.mission_id))
    return {flight.mission_id: k for k, flight in enumerate(ordered)}


def _manifest(scenario: Scenario, schedule: Schedule, parts: Mapping[str, Parts]) -> Manifest:
    return manifest_of(scenario, parts, _order(schedule.flights))


def refill(
    scenario: Scenario,
    schedule: Schedule,
    needs: tuple[StockNeed, ...],
    manifest: Manifest,
    *,
    missions: frozenset[str],
    barred: frozenset[tuple[str, str]] = NOTHING_BARRED,
    fill: Mapping[str, float] = NO_FILL,
    before: Before = NOTHING_BEFORE,
    bound: float = -math.inf,
) -> Outcome[Manifest]:
    """When stowage refuses a line, only the flights it concerns are filled again; all other loads stay where they are.

    Free are the lines left behind and those aboard `missions`. `bound` [USD] is that of the manifest first filled: barring
    pairs and lowering `fill` only take away, so it holds on. Without it the outcome has no bound and its gap is infinite.
    """
    parts: dict[str, Parts] = {}
    for load in manifest.loads:
        if load.mission_id:
            parts.setdefault(load.item_id, {})[load.mission_id] = grams(load.mass_kg)
    objective = 0.0
    for places in _groups(scenario):
        model = manifest_model(scenario, offers_at(scenario, schedule, places, barred, fill), needs, before)
        values = values_of(model, manifest)
        if any(flight.mission_id in missions for flight in model.offers.flights):
            values = _freed(model, values, missions)
        mine = parts_of(scenario, model, values, fill)
        for line in model.offers.lines:
            parts.pop(line.item_id, None)
        parts.update(mine)
        objective += _objective(scenario, schedule, model, mine)
    renewed = with_reasons(scenario, schedule, _manifest(scenario, schedule, parts), barred=barred, fill=fill)
    return Outcome(Status.FEASIBLE, renewed, objective, min(bound, objective))


def kept_loads(
    scenario: Scenario,
    schedule: Schedule,
    needs: tuple[StockNeed, ...],
    manifest: Manifest,
    *,
    missions: frozenset[str],
    fill: Mapping[str, float] = NO_FILL,
    before: Before = NOTHING_BEFORE,
) -> Outcome[Manifest]:
    """Every line stays on its mission where that is still lawful, and leftover room goes to what waits, without a search.

    Only where the loads break a limit are `missions` filled again, as `refill` does. Nothing is proven of the answer.
    """
    parts: dict[str, Parts] = {}
    objective = 0.0
    for places in _groups(scenario):
        model = manifest_model(scenario, offers_at(scenario, schedule, places, NOTHING_BARRED, fill), needs, before)
        values = values_of(model, manifest)
        if not math.isfinite(objective_of(model.program, values)):
            values = _freed(model, values, missions)
        mine = parts_of(scenario, model, values, fill)
        parts.update(mine)
        objective += _objective(scenario, schedule, model, mine)
    kept = with_reasons(scenario, schedule, _manifest(scenario, schedule, parts), barred=NOTHING_BARRED, fill=fill)
    return Outcome(Status.FEASIBLE, kept, objective, -math.inf)


def _freed(model: ManifestModel, values: npt.NDArray[np.float64], missions: frozenset[str]) -> npt.NDArray[np.float64]:
    """Empty the named flights and share them and all leftover room among the lines that are free.

    A must line that stowage has put off may need the room of flights nobody named: those are emptied with them.
    """
    offers, pairs = model.offers, len(model.offers.pair_line)
    named = np.array([flight.mission_id in missions for flight in offers.flights], dtype=np.bool_)
    named |= _wanted_by_must_lines(model, values)
    emptied = values.copy()
    emptied[named[model.flight_of_column]] = 0.0
    flown = _flown(model, emptied)
    free = np.zeros(len(values), dtype=np.bool_)
    free[:pairs] = flown[offers.pair_line] < 1.0 - 1e-9
    free[:pairs] &= (emptied[:pairs] == 0.0) | named[offers.pair_flight]
    free[pairs:] = named[model.flight_of_column[pairs:]]
    columns = np.flatnonzero(free).astype(np.int64)
    start = values[columns] if math.isfinite(objective_of(model.program, values)) else None
    rest = restrict(model.program, columns, emptied)
    far, near = _within(columns, _blocks(model)), _within(columns, _neighbourhoods(model))
    found = search(rest, near, Search(gap=REFILL_GAP, nodes=20, patience=1), blocks=far, start=start)
    if found.best is None:
        return emptied
    renewed = emptied.copy()
    renewed[columns] = found.best
    return renewed


def _within(columns: npt.NDArray[np.int64], groups: list[npt.NDArray[np.int64]]) -> list[npt.NDArray[np.int64]]:
    """The groups' columns by their place among `columns`, groups without any left out."""
    found = (np.flatnonzero(np.isin(columns, group)).astype(np.int64) for group in groups)
    return [places for places in found if len(places)]


def _flown(model: ManifestModel, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Share of each line that is aboard something [line]."""
    offers = model.offers
    shares = np.bincount(offers.pair_line, weights=values[: len(offers.pair_line)], minlength=len(offers.lines))
    return shares.astype(np.float64)


def _wanted_by_must_lines(model: ManifestModel, values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Flights that a must line not wholly aboard could take [flight]."""
    offers = model.offers
    waiting = np.array([line.must for line in offers.lines], dtype=np.bool_) & (_flown(model, values) < 1.0 - 1e-9)
    wanted = np.zeros(len(offers.flights), dtype=np.bool_)
    wanted[offers.pair_flight[waiting[offers.pair_line]]] = True
    return wanted
