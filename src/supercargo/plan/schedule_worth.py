"""What a launch date costs: the cargo that would be late or left, and the price of the ways that could be chosen.

Which line flies on which mission is the manifest's business. The schedule only needs to know what hangs on a date, so
each place's lines are shared out over its missions as if cargo were fluid: in nominal order of the missions, what is
worth carrying at all first, what is still in time first, earliest due date first, until the spacecraft is full.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from supercargo.kernel import DAY_S
from supercargo.model import CargoLine, MissionRequest, Scenario, VehicleType
from supercargo.plan.bays import bay_volume_m3, bays_of_type
from supercargo.plan.schedule_instants import seconds_of
from supercargo.plan.schedule_options import Market, Option

__all__ = ["FURNISHED_WEIGHT", "MUST_WEIGHT", "NOT_BOOKED", "Booked", "mission_worth_usd", "option_costs_usd"]

FURNISHED_WEIGHT = 0.01
"""Share of a furnished launch's or spacecraft's price that counts: the customer's money breaks ties, no more."""

MUST_WEIGHT = 20.0
"""How much more a must mission weighs than another when left out."""

Floats = npt.NDArray[np.float64]

Booked = Mapping[str, Mapping[str, float]]
"""Share of each line that is booked on a mission, by mission and line."""

NOT_BOOKED: Booked = {}


@dataclass(frozen=True)
class _Lines:
    """Up lines of one place as columns, in order of item."""

    item_id: tuple[str, ...]
    release_s: Floats  # [line] s from the start of the horizon
    due_s: Floats  # [line] s, infinite without a date
    tolerance_s: Floats  # [line] s
    late_load: npt.NDArray[np.bool_]  # [line]
    price_usd: Floats  # [line]
    service_usd: Floats  # [line] worth of service beside the price
    promise_usd: Floats  # [line] what a must line weighs beside both
    percent_day: Floats  # [line] percent of the price for each day late
    percent_cap: Floats  # [line] percent
    usage: Floats  # [line, limit]
    bulk_class: tuple[str, ...]  # class of a bulk line, else empty

    @property
    def worth_usd(self) -> Floats:
        """What is lost if the line does not fly [line]."""
        return self.price_usd + self.service_usd + self.promise_usd


def _usage(scenario: Scenario, line: CargoLine) -> tuple[float, ...]:
    place = scenario.places[line.destination]
    bulk, outside = line.form == "bulk", line.form == "unpressurised"
    inside = not bulk and not outside
    hours = line.mass_kg / 1000.0 * place.hours_per_bulk_t if bulk else line.pieces * place.hours_per_piece
    mass, volume = line.mass_kg, line.volume_m3
    return (
        mass,
        mass * inside,
        mass * outside,
        mass * bulk,
        mass * line.late_load,
        mass * line.cold,
        volume * inside,
        volume * outside,
        hours,
    )


def _room(scenario: Scenario, vehicle: VehicleType, lift_kg: float) -> Floats:
    """Limits of a type with its lift, in the order of `_usage`."""
    fill = scenario.settings.limits.packing_fraction
    bays = bays_of_type(scenario, vehicle.vehicle_type)
    return np.array(
        [
            lift_kg,
            vehicle.pressurised_kg,
            vehicle.unpressurised_kg,
            vehicle.bulk_kg,
            vehicle.late_load_kg,
            vehicle.cold_kg,
            fill * bay_volume_m3(bays, pressurised=True),
            fill * bay_volume_m3(bays, pressurised=False),
            vehicle.unload_h,
        ]
    )


def _lines_of(scenario: Scenario, destination: str) -> _Lines:
    start_utc, service = scenario.settings.start_utc, scenario.settings.service
    lines = sorted(
        (line for line in scenario.cargo if line.destination == destination and line.direction == "up"),
        key=lambda line: line.item_id,
    )

    def term(name: str) -> Floats:
        return np.array([scenario.term_values.get((scenario.contract_id(line), name), 0.0) for line in lines])

    due = [np.inf if line.due_utc is None else float(seconds_of(line.due_utc - start_utc)) for line in lines]
    worth = [scenario.price_usd(line) + service.priority_usd[int(line.priority) - 1] for line in lines]
    return _Lines(
        item_id=tuple(line.item_id for line in lines),
        release_s=np.array([float(seconds_of(line.release_utc - start_utc)) for line in lines]),
        due_s=np.array(due),
        tolerance_s=term("due_tolerance") * DAY_S,
        late_load=np.array([line.late_load for line in lines], dtype=np.bool_),
        price_usd=np.array([scenario.price_usd(line) for line in lines]),
        service_usd=np.array([service.priority_usd[int(line.priority) - 1] for line in lines]),
        promise_usd=np.array([MUST_WEIGHT * usd * line.must for usd, line in zip(worth, lines, strict=True)]),
        percent_day=term("penalty_per_day"),
        percent_cap=term("penalty_cap"),
        usage=np.array([_usage(scenario, line) for line in lines]).reshape(len(lines), 9),
        bulk_class=tuple(line.supply_class if line.form == "bulk" else "" for line in lines),
    )


def _cutoff_s(lines: _Lines, vehicle: VehicleType) -> Floats:
    return np.where(lines.late_load, vehicle.late_cutoff_d, vehicle.cargo_cutoff_d) * DAY_S


def _poured(lines: _Lines, order: list[int], left: Floats, room: Floats) -> Floats:
    """Share of each line taken aboard [line], pouring in the order given until `room` (changed in place) is used up."""
    taken = np.zeros(len(left))
    ashore = left > 1e-9
    for i in order:
        if not ashore[i]:
            continue
        uses = lines.usage[i]
        needed = uses > 0
        share = min(float(left[i]), float((room[needed] / uses[needed]).min(initial=1.0)))
        if share > 1e-9:
            taken[i] = share
            np.maximum(room - share * uses, 0.0, out=room)
    return taken


def _density(lines: _Lines) -> Floats:
    return lines.worth_usd / np.maximum(lines.usage[:, 0], 1e-3)  # [line] USD/kg


def _wanted(lines: _Lines, capacity_kg: float) -> npt.NDArray[np.bool_]:
    """Lines worth carrying when all capacity is filled with the best paid first."""
    best = np.argsort(-_density(lines), kind="stable")
    kept = np.zeros(len(best), dtype=np.bool_)
    kept[best] = np.cumsum(lines.usage[best, 0]) <= capacity_kg
    return kept


@dataclass(frozen=True, slots=True)
class _Turn:
    """A mission's place in the sharing: its options and the one nearest the middle of its freedom."""

    mission: int
    options: tuple[int, ...]
    middle: Option
    latest_launch_s: int
    roomiest: VehicleType
    lift_kg: float  # the roomiest type's greatest


def _turns(scenario: Scenario, market: Market) -> list[_Turn]:
    """Missions with options, in order of the launch nearest the middle of their freedom (which no port or pad moves)."""
    own: dict[int, list[int]] = {}
    for index, option in enumerate(market.options):
        own.setdefault(option.mission, []).append(index)
    start_utc = scenario.settings.start_utc
    turns = []
    for mission, indices in own.items():
        request, options = market.missions[mission], [market.options[index] for index in indices]
        twice_middle_s = seconds_of(request.earliest_utc - start_utc) + seconds_of(request.latest_utc - start_utc)
        middle = min(options, key=lambda option: (abs(2 * option.launch_s - twice_middle_s), option.key))
        latest_s = max(option.launch_s for option in options)
        roomiest = max(options, key=lambda option: (option.lift_kg, option.vehicle.vehicle_type))
        turns.append(_Turn(mission, tuple(indices), middle, latest_s, roomiest.vehicle, roomiest.lift_kg))
    return sorted(turns, key=lambda turn: (turn.middle.launch_s, turn.mission))


def _shared_out(scenario: Scenario, lines: _Lines, turns: list[_Turn], shares: list[Floats]) -> list[Floats]:
    """Share of each line on each mission of a place, in the order of `turns`; `shares` are aboard already.

    What is still ashore after all missions is poured into the room left on missions that could wait for it.
    """
    kept = _wanted(lines, sum(turn.lift_kg for turn in turns))
    left = np.maximum(0.0, np.ones(len(kept)) - sum(shares, np.zeros(len(kept))))
    rooms = [
        np.maximum(0.0, _room(scenario, turn.roomiest, turn.lift_kg) - share @ lines.usage)
        for turn, share in zip(turns, shares, strict=True)
    ]
    for latest in (False, True):
        for turn, room, share in zip(turns, rooms, shares, strict=True):
            order = _boarding_order(lines, turn, kept, turn.latest_launch_s if latest else turn.middle.launch_s)
            taken = _poured(lines, _taken_by(lines, order, turn.roomiest), left, room)
            left -= taken
            share += taken
    return shares


def _held(lines: _Lines, aboard: Mapping[str, float]) -> Floats:
    return np.array([aboard.get(item_id, 0.0) for item_id in lines.item_id])


def _boarding_order(lines: _Lines, turn: _Turn, kept: npt.NDArray[np.bool_], launch_s: int) -> list[int]:
    """Lines handed over in time for a lift-off: worth carrying first, then still in time, then by due date and worth."""
    late = lines.due_s < launch_s + turn.middle.course.unload_end_s
    ready = lines.release_s + _cutoff_s(lines, turn.roomiest) <= launch_s
    return [i for i in np.lexsort((-_density(lines), lines.due_s, late, ~kept)).tolist() if ready[i]]


def _taken_by(lines: _Lines, order: list[int], vehicle: VehicleType) -> list[int]:
    """Lines of an order that a type can take at all: its tanks hold only some classes."""
    return [i for i in order if not lines.bulk_class[i] or lines.bulk_class[i] in vehicle.bulk_classes]


def _cargo_costs(scenario: Scenario, lines: _Lines, share: Floats, options: list[Option]) -> Floats:
    """Worth lost on each option of one mission, type and lift [option] USD."""
    vehicle, lift_kg = options[0].vehicle, options[0].lift_kg
    order = [i for i in np.argsort(lines.due_s, kind="stable").tolist() if share[i] > 0]
    aboard = _poured(lines, _taken_by(lines, order, vehicle), share, _room(scenario, vehicle, lift_kg))
    no_room = float(np.sum((share - aboard) * lines.worth_usd))
    flown = np.flatnonzero(aboard > 0)
    launch = np.array([float(option.launch_s) for option in options])[:, None]  # [option, 1] s
    unloaded = np.array([float(option.launch_s + option.course.unload_end_s) for option in options])[:, None]
    missed = launch < (lines.release_s + _cutoff_s(lines, vehicle))[flown]  # [option, line]
    late = unloaded > lines.due_s[flown]
    late_d = np.ceil(np.maximum(unloaded - lines.due_s[flown] - lines.tolerance_s[flown], 0.0) / DAY_S)
    percent = np.minimum(lines.percent_cap[flown], lines.percent_day[flown] * late_d)
    fine = lines.price_usd[flown] * percent / 100.0
    fine = fine + np.where(late, scenario.settings.service.on_time_share * lines.service_usd[flown], 0.0)
    lost = np.where(missed, lines.worth_usd[flown], fine)
    return np.asarray(no_room + lost @ aboard[flown], dtype=np.float64)


def _way_usd(scenario: Scenario, request: MissionRequest, option: Option) -> float:
    """Price of the chosen launch and spacecraft and cost of its days at the port and in processing [USD]."""
    course = option.course
    driven_d = {
        "docked_d": (course.depart_s - course.arrive_s) / DAY_S,
        "processing_d": (course.pad_s - course.processing_s) / DAY_S,
    }
    running = sum(rate.usd * driven_d.get(rate.driver, 0.0) for rate in scenario.cost_rates)
    weight = FURNISHED_WEIGHT if request.furnished_by else 1.0
    return weight * (option.launcher.price_usd + option.vehicle.price_usd) + running


def option_costs_usd(scenario: Scenario, market: Market, booked: Booked = NOT_BOOKED) -> tuple[Floats, Floats]:
    """Cost of each option [option] and worth of the cargo shared out to each mission [mission], both in USD.

    Cargo that is `booked` on a mission hangs on that one; only the rest is shared out. The cheapest way of a mission costs
    nothing: prices that no choice can change stay out of the objective.
    """
    costs = np.zeros(len(market.options))
    worth = np.zeros(len(market.missions))
    turns_at: dict[str, list[_Turn]] = {}
    for turn in _turns(scenario, market):
        turns_at.setdefault(turn.middle.window.destination, []).append(turn)
        ways = [_way_usd(scenario, market.missions[turn.mission], market.options[index]) for index in turn.options]
        costs[list(turn.options)] = np.array(ways) - min(ways)
    for destination, turns in sorted(turns_at.items()):
        lines = _lines_of(scenario, destination)
        held = [_held(lines, booked.get(market.missions[turn.mission].mission_id, {})) for turn in turns]
        for turn, share in zip(turns, _shared_out(scenario, lines, turns, held), strict=True):
            worth[turn.mission] = float(share @ lines.worth_usd)
            alike: dict[tuple[str, float], list[int]] = {}
            for index in turn.options:
                option = market.options[index]
                alike.setdefault((option.vehicle.vehicle_type, option.lift_kg), []).append(index)
            for indices in alike.values():
                costs[indices] += _cargo_costs(scenario, lines, share, [market.options[index] for index in indices])
    return costs, worth


def mission_worth_usd(scenario: Scenario, request: MissionRequest, cargo_usd: float) -> float:
    """What is lost when a contracted mission does not fly: its worth as a promise, its milestone and its cargo [USD]."""
    promise = scenario.settings.service.mission_usd * (MUST_WEIGHT if request.must else 1.0)
    return promise + scenario.term_values.get((request.contract_id, "milestone"), 0.0) + cargo_usd
