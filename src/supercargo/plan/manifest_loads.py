"""From shares to loads: masses exact to 0.001 kg, bulk in parts worth pumping, no room left that a line could use."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from supercargo.model import CargoLine, Load, Manifest, Scenario
from supercargo.plan.manifest_model import ManifestModel
from supercargo.plan.manifest_offers import Offers
from supercargo.plan.manifest_room import NO_FILL, Rooms

__all__ = ["SMALLEST_PART_G", "Lading", "Parts", "grams", "loads_of", "manifest_of", "parts_of", "values_of"]

Floats = npt.NDArray[np.float64]

SMALLEST_PART_G = 1000
"""A bulk line is not split for less than a kilogram."""

Parts = dict[str, int]
"""Grams of one line by mission."""


def grams(mass_kg: float) -> int:
    """Mass in whole grams, the smallest that files carry."""
    return round(mass_kg * 1000.0)


class Lading:
    """Lines going aboard one after another: the room they leave, and the grams of each by mission."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.parts: dict[str, Parts] = {}

    def put(self, line: CargoLine, taken: Floats, mission_id: str, part_g: int) -> None:
        """Put `part_g` grams of a line aboard, beside what already flies there; `taken` is the whole line's."""
        self.rooms.put(line, taken * (part_g / grams(line.mass_kg)), mission_id)
        mine = self.parts.setdefault(line.item_id, {})
        mine[mission_id] = mine.get(mission_id, 0) + part_g

    def rest_g(self, line: CargoLine) -> int:
        """Grams of a line that are not aboard yet."""
        return grams(line.mass_kg) - sum(self.parts.get(line.item_id, {}).values())

    def part_with_room_g(self, line: CargoLine, taken: Floats, mission_id: str) -> int:
        """Grams of a line for which a mission has room, none where a hazard class aboard forbids it."""
        if self.rooms.foe_aboard(line, mission_id):
            return 0
        return math.floor(self.rooms.share(taken, mission_id) * grams(line.mass_kg))


def parts_of(
    scenario: Scenario, model: ManifestModel, values: Floats, fill: Mapping[str, float] = NO_FILL
) -> dict[str, Parts]:
    """Grams of each line by mission from the shares of the program, with leftover room given to what stayed behind."""
    offers = model.offers
    lading = Lading(Rooms(scenario, offers.flights, fill))
    pumped: dict[int, list[tuple[str, float]]] = {}
    for pair in np.flatnonzero(values[: len(offers.pair_line)] > 1e-7):
        i, flight = int(offers.pair_line[pair]), offers.flights[offers.pair_flight[pair]]
        line = offers.lines[i]
        if line.form == "bulk":
            pumped.setdefault(i, []).append((flight.mission_id, float(values[pair])))
        else:
            lading.put(line, offers.taken[i], flight.mission_id, grams(line.mass_kg))
    for i, shares in sorted(pumped.items()):
        _pump(lading, offers, i, shares)
    _top_up(lading, model)
    return lading.parts


def _pump(lading: Lading, offers: Offers, i: int, shares: list[tuple[str, float]]) -> None:
    """Put the shares of a bulk line aboard in whole grams; slivers go to its largest part."""
    line, taken = offers.lines[i], offers.taken[i]
    total = grams(line.mass_kg)
    left = total - min(total, math.floor(sum(share for _, share in shares) * total + 0.5))
    order = sorted(shares, key=lambda pair: (-pair[1], pair[0]))
    for mission_id, share in order:
        part_g = min(math.floor(share * total + 1e-6), lading.part_with_room_g(line, taken, mission_id))
        if part_g >= min(SMALLEST_PART_G, total):
            lading.put(line, taken, mission_id, part_g)
    for mission_id in [name for name, _ in order if name in lading.parts.get(line.item_id, {})]:
        more = min(lading.rest_g(line) - left, lading.part_with_room_g(line, taken, mission_id))
        if more > 0:
            lading.put(line, taken, mission_id, more)


def _top_up(lading: Lading, model: ManifestModel) -> None:
    """Give leftover room to lines left behind, the dearest pair first."""
    offers = model.offers
    for pair in np.argsort(-model.worth, kind="stable"):
        i, mission_id = int(offers.pair_line[pair]), offers.flights[offers.pair_flight[pair]].mission_id
        line, taken = offers.lines[i], offers.taken[i]
        rest = lading.rest_g(line)
        if rest <= 0 or model.program.cost[pair] > 0.0:  # room is no reason to fly at a loss
            continue
        part_g = min(rest, lading.part_with_room_g(line, taken, mission_id))
        if part_g == rest or (line.form == "bulk" and part_g >= SMALLEST_PART_G):
            lading.put(line, taken, mission_id, part_g)


def loads_of(line: CargoLine, parts: Parts, order: Mapping[str, int]) -> tuple[Load, ...]:
    """Loads of one line: parts by lift-off, what stays behind last; a line in one piece has part 0."""
    flown = sorted(((name, part_g) for name, part_g in parts.items() if part_g), key=lambda pair: (order[pair[0]], pair[0]))
    rest = grams(line.mass_kg) - sum(part_g for _, part_g in flown)
    rows = [*flown, ("", rest)] if rest > 0 else flown
    if len(rows) == 1:
        return (Load(item_id=line.item_id, part=0, mission_id=rows[0][0], mass_kg=line.mass_kg),)
    return tuple(
        Load(item_id=line.item_id, part=k, mission_id=name, mass_kg=part_g / 1000.0)
        for k, (name, part_g) in enumerate(rows, 1)
    )


def manifest_of(scenario: Scenario, parts: Mapping[str, Parts], order: Mapping[str, int]) -> Manifest:
    """A manifest that names every line of the scenario once, by item_id; `order` ranks missions by lift-off."""
    lines = sorted(scenario.cargo, key=lambda line: line.item_id)
    return Manifest(loads=tuple(load for line in lines for load in loads_of(line, parts.get(line.item_id, {}), order)))


def values_of(model: ManifestModel, manifest: Manifest) -> Floats:
    """The program's columns that stand for a manifest; loads without a lawful pair are left out."""
    offers = model.offers
    share: dict[tuple[str, str], float] = {}
    for load in manifest.loads:
        if load.mission_id:
            share[load.item_id, load.mission_id] = load.mass_kg
    values = np.zeros(model.program.column_count)
    aboard: set[tuple[int, bool, str]] = set()
    named = [flight.mission_id for flight in offers.flights]
    for pair, (i, f) in enumerate(zip(offers.pair_line.tolist(), offers.pair_flight.tolist(), strict=True)):
        line = offers.lines[i]
        mass_kg = share.get((line.item_id, named[f]), 0.0)
        if mass_kg:
            values[pair] = min(1.0, mass_kg / line.mass_kg)
            aboard.add((int(f), line.direction == "up", line.hazard))
    for k, switch in enumerate(model.switches):
        values[len(offers.pair_line) + k] = float(switch in aboard)
    return values
