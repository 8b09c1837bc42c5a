"""The manifest after an event: what has flown stays aboard, other lines keep their mission as far as that pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from supercargo.kernel import Fuse, Outcome, Watch, never, silent
from supercargo.model import (
    CargoLine,
    Flight,
    Load,
    Manifest,
    OperationsPlan,
    Placement,
    Scenario,
    Schedule,
    StockNeed,
    StowagePlan,
)
from supercargo.plan.bays import bay_volume_m3, bays_of_type
from supercargo.plan.loading import load_missions, without_refused
from supercargo.plan.manifest import kept_loads, lost_usd, refill
from supercargo.plan.manifest_before import Before
from supercargo.plan.manifest_loads import Parts, grams, manifest_of
from supercargo.plan.manifest_offers import offers_at
from supercargo.plan.reasons import mission_reasons, standing
from supercargo.plan.replan_flown import Flown, old_manifest, terms_left
from supercargo.plan.replan_schedule import Old
from supercargo.plan.stowage import stow

__all__ = ["FIRST_FLIGHTS", "before_of", "booked_before", "each_reason", "hold_loads", "reload", "scenario_left"]

FIRST_FLIGHTS = 2
"""So many of the first missions that can take an urgent line are filled anew for it."""

_WELL_FILLED = 0.6  # a hold filled less than this was not full by its volume
_A_LITTLE = 1e-6


def scenario_left(scenario: Scenario, flown: Flown) -> Scenario:
    """The scenario with the cargo that has not flown: whole lines, and what is left of lines in bulk."""
    gone: dict[str, int] = {}
    for load in flown.loads:
        gone[load.item_id] = gone.get(load.item_id, 0) + grams(load.mass_kg)
    cargo = tuple(line for whole in scenario.cargo if (line := _rest(whole, gone.get(whole.item_id, 0))) is not None)
    return replace(scenario, cargo=cargo, terms=terms_left(scenario, flown))


def _rest(line: CargoLine, gone_g: int) -> CargoLine | None:
    if not gone_g:
        return line
    left_g = grams(line.mass_kg) - gone_g
    return replace(line, mass_kg=left_g / 1000.0) if left_g > 0 else None


def booked_before(plan: OperationsPlan, flown: Flown, edited: frozenset[str]) -> dict[str, dict[str, float]]:
    """Share of each line that the old plan has on each mission which has not flown, of what is left of it.

    Lines that were `edited` are booked nowhere.
    """
    gone: dict[str, float] = {}
    for load in flown.loads:
        gone[load.item_id] = gone.get(load.item_id, 0.0) + load.mass_kg
    booked: dict[str, dict[str, float]] = {}
    for load in old_manifest(plan).loads:
        left_kg = plan.scenario.lines[load.item_id].mass_kg - gone.get(load.item_id, 0.0)
        if load.mission_id and load.mission_id not in flown.names and load.item_id not in edited and left_kg > 0.0:
            aboard = booked.setdefault(load.mission_id, {})
            aboard[load.item_id] = min(1.0, aboard.get(load.item_id, 0.0) + load.mass_kg / left_kg)
    return booked


def before_of(
    plan: OperationsPlan, schedule: Schedule, flown: Flown, *, urgent: frozenset[str], edited: frozenset[str]
) -> Before:
    """What the old plan had aboard missions that have not flown, and where, as far as they keep their spacecraft.

    Lines that were `edited` had no place.
    """
    loads = tuple(
        load
        for load in old_manifest(plan).loads
        if load.mission_id and load.mission_id not in flown.names and load.item_id not in edited
    )
    placements: dict[str, list[Placement]] = {}
    for row in plan.stowage:
        if row.item_id in edited:
            continue
        flight = schedule.flight_of.get(row.mission_id)
        if flight is not None and flight.vehicle_type == plan.mission_named[row.mission_id].vehicle_type:
            placements.setdefault(row.mission_id, []).append(row)
    kept = {name: tuple(rows) for name, rows in placements.items() if name not in flown.names}
    return Before(Manifest(loads=loads), kept, _fill(plan, kept), urgent)


def _fill(plan: OperationsPlan, kept: Mapping[str, tuple[Placement, ...]]) -> dict[str, float]:
    """Share of the pressurised bays that was filled on each mission that was well filled: more had not gone in."""
    found: dict[str, float] = {}
    most = plan.scenario.settings.limits.packing_fraction
    for name, rows in sorted(kept.items()):
        inside = [row for row in rows if plan.scenario.lines[row.item_id].form != "unpressurised"]
        room = bay_volume_m3(bays_of_type(plan.scenario, plan.mission_named[name].vehicle_type), pressurised=True)
        share = sum(row.dx_m * row.dy_m * row.dz_m for row in inside) / room if room > 0.0 else 0.0
        if share >= _WELL_FILLED:
            found[name] = min(most, share + _A_LITTLE)
    return found


def reload(
    scenario: Scenario,
    schedule: Schedule,
    needs: tuple[StockNeed, ...],
    before: Before,
    flown: Flown,
    *,
    watch: Watch = silent,
    fuse: Fuse = never,
) -> tuple[Outcome[Manifest], StowagePlan]:
    """Fill the missions that have not flown; with what is aboard those that have, it is the manifest of the year.

    `scenario` is the whole one, `needs` those that flown missions leave.
    """
    left, later = scenario_left(scenario, flown), _later(schedule, flown)
    outcome, stowage = load_missions(left, later, needs, before=before, watch=watch, fuse=fuse)
    return _whole(scenario, schedule, flown, outcome, stowage)


def hold_loads(
    scenario: Scenario,
    schedule: Schedule,
    needs: tuple[StockNeed, ...],
    before: Before,
    old: Old,
    *,
    searched: bool = True,
    watch: Watch = silent,
) -> tuple[Outcome[Manifest], StowagePlan]:
    """Lines keep their mission; only missions that fly otherwise than the old flights are filled anew, with what waits.

    Unless it is `searched`, those too keep what is still lawful. Scenario and needs are those of `reload`. Nothing is proven.
    """
    left, later = scenario_left(scenario, old.flown), _later(schedule, old.flown)
    flights = {flight.mission_id: flight for flight in later.flights}
    otherwise = frozenset(name for name, flight in flights.items() if _filled_anew(flight, old.flights.get(name)))
    if searched:
        otherwise |= _first_for(left, later, before.urgent)
    filled = refill if searched else kept_loads
    held = filled(left, later, needs, before.manifest, missions=otherwise, fill=before.fill, before=before)
    watch(0.6)
    manifest = held.best or Manifest(loads=())
    stowage = stow(left, later, manifest, keep=before.placements)
    watch(0.9)
    if stowage.refused:
        manifest = without_refused(left, later, manifest, stowage)
        held = replace(held, objective=lost_usd(left, later, needs, manifest, before))
    return _whole(scenario, schedule, old.flown, replace(held, best=manifest), replace(stowage, refused=()))


def _first_for(scenario: Scenario, later: Schedule, urgent: frozenset[str]) -> frozenset[str]:
    """The first missions that can take each urgent line at all."""
    found: dict[str, list[tuple[datetime, str]]] = {}
    places = frozenset(line.destination for line in scenario.cargo if line.item_id in urgent)
    for place in sorted(places):
        offers = offers_at(scenario, later, frozenset({place}))
        for i, f in zip(offers.pair_line.tolist(), offers.pair_flight.tolist(), strict=True):
            if offers.lines[i].item_id in urgent:
                flight = offers.flights[f]
                found.setdefault(offers.lines[i].item_id, []).append((flight.unload_end_utc, flight.mission_id))
    return frozenset(name for rows in found.values() for _, name in sorted(rows)[:FIRST_FLIGHTS])


def each_reason(scenario: Scenario, schedule: Schedule, manifest: Manifest, urgent: frozenset[str], flown: Flown) -> Manifest:
    """An urgent line that stays behind says of each mission yet to fly why that one does not take it."""
    if not any(load.item_id in urgent and not load.mission_id for load in manifest.loads):
        return manifest
    stands = standing(scenario, _later(schedule, flown), manifest)

    def told(load: Load) -> Load:
        if load.mission_id or load.item_id not in urgent:
            return load
        each = mission_reasons(stands, load)
        return replace(load, reason=f"{load.reason}; mission by mission: {'; '.join(each)}") if each else load

    return Manifest(loads=tuple(told(load) for load in manifest.loads))


def _later(schedule: Schedule, flown: Flown) -> Schedule:
    flights = tuple(flight for flight in schedule.flights if flight.mission_id not in flown.names)
    return Schedule(flights=flights, unflown=schedule.unflown)


def _filled_anew(flight: Flight, old: Flight | None) -> bool:
    """Whether a flight's dates, ship or lift differ from the old one's, so that its cargo has to be looked at again."""
    if old is None:
        return True
    was, now = (
        (one.launch_utc, one.unload_end_utc, one.end_utc, one.vehicle_type, one.launcher, one.lift_kg) for one in (old, flight)
    )
    return was != now


def _whole(
    scenario: Scenario, schedule: Schedule, flown: Flown, outcome: Outcome[Manifest], stowage: StowagePlan
) -> tuple[Outcome[Manifest], StowagePlan]:
    """Loads and places of later missions with those of flown ones."""
    if outcome.best is None:
        return outcome, stowage
    manifest = _joined(scenario, schedule, flown, outcome.best)
    placements = (*flown.placements, *stowage.placements)
    return replace(outcome, best=manifest), StowagePlan(placements=placements)


def _joined(scenario: Scenario, schedule: Schedule, flown: Flown, loaded: Manifest) -> Manifest:
    """One manifest of flown and later loads; parts of a line are in order of lift-off."""
    parts: dict[str, Parts] = {}
    for load in (*flown.loads, *loaded.loads):
        if load.mission_id:
            mine = parts.setdefault(load.item_id, {})
            mine[load.mission_id] = mine.get(load.mission_id, 0) + grams(load.mass_kg)
    reasons = {load.item_id: load.reason for load in loaded.loads if not load.mission_id}
    order = {flight.mission_id: place for place, flight in enumerate(schedule.flights)}
    whole = manifest_of(scenario, parts, order)
    return Manifest(loads=tuple(_reasoned(load, reasons) for load in whole.loads))


def _reasoned(load: Load, reasons: Mapping[str, str]) -> Load:
    return load if load.mission_id else replace(load, reason=reasons.get(load.item_id, ""))
