"""What the places of the reference year use day by day, and how much of it each flight should bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from supercargo.app.reference.freedom import firm_d
from supercargo.app.reference.timetable import Ground, NominalFlight
from supercargo.model import MissionRequest, Rate

__all__ = ["BAGGED", "CREW", "DRAWS", "SPARES", "YEAR_D", "Days", "Quotas", "daily_use", "quotas"]

YEAR_D = 365
BAGGED = ("food", "water", "hygiene", "clothing", "crew items", "spares")  # stock classes that come in bags and boxes
COVER = 1.3  # mass sent for a kilogram of use until the next flight

Days = npt.NDArray[np.float64]
Quotas = Mapping[tuple[str, str], float]
"""Mass of a class that a flight should bring, by (mission, class) [kg]."""

CREW: Mapping[str, tuple[tuple[float, float], ...]] = {
    # people from each day on
    "ISS": ((0.0, 7.0), (72.0, 11.0), (78.0, 7.0), (250.0, 11.0), (257.0, 7.0)),
    "Axiom Station": ((0.0, 4.0), (130.0, 6.0), (144.0, 4.0)),
    "Starlab": ((0.0, 4.0),),
    "Orbital Reef": ((0.0, 4.0), (200.0, 6.0), (214.0, 4.0)),
    "Haven-1": ((0.0, 3.0), (150.0, 4.0), (180.0, 3.0)),
    "Gateway": ((0.0, 0.0), (270.0, 4.0), (330.0, 0.0)),
    "Lunar South Pole": ((0.0, 0.0), (276.0, 2.0), (288.0, 0.0)),
}
DRAWS: tuple[tuple[str, str, float, str], ...] = (
    ("LEO Depot", "propellant", 56.0, "boil-off and customers' refuelling: scenario assumption"),
    ("ISS", "water", 1.0, "payload water, 1 L/d (ISS consumables planning rate)"),
    ("ISS", "oxygen", 0.12, "leakage: scenario assumption"),
)
SPARES: tuple[tuple[str, str, float, float], ...] = (
    # place, part, kilograms, failures a year: scenario assumptions
    ("ISS", "pump package valve", 38.0, 6.0),
    ("ISS", "treadmill belt", 22.0, 4.0),
    ("ISS", "carbon dioxide removal blower", 17.0, 9.0),
    ("ISS", "waste pump separator", 26.0, 8.0),
    ("ISS", "laptop and display set", 6.0, 25.0),
    ("ISS", "water filter bed", 32.0, 12.0),
    ("ISS", "charcoal bed", 29.0, 6.0),
    ("ISS", "battery charge unit", 55.0, 4.0),
    ("ISS", "exercise cylinder", 41.0, 3.0),
    ("ISS", "fan and smoke detector set", 8.0, 14.0),
    ("Axiom Station", "fan assembly", 9.0, 8.0),
    ("Axiom Station", "condensate separator", 24.0, 6.0),
    ("Axiom Station", "water filter bed", 32.0, 5.0),
    ("Starlab", "fan assembly", 9.0, 8.0),
    ("Starlab", "incubator controller", 14.0, 6.0),
    ("Starlab", "water filter bed", 32.0, 5.0),
    ("Orbital Reef", "fan assembly", 9.0, 8.0),
    ("Orbital Reef", "docking seal kit", 31.0, 3.0),
    ("Orbital Reef", "water filter bed", 32.0, 5.0),
    ("Haven-1", "air filter pack", 7.0, 12.0),
    ("Haven-1", "fan assembly", 9.0, 6.0),
    ("Haven-1", "water filter bed", 32.0, 4.0),
)


def daily_use(place: str, supply_class: str, ground: Ground, rates: Sequence[Rate]) -> Days:
    """Use of each day of the horizon [day] kg."""
    use = np.zeros(ground.use_d)
    steps = CREW.get(place, ())
    for rate in rates:
        if rate.supply_class != supply_class or (rate.destinations and place not in rate.destinations):
            continue
        for index, (day, count) in enumerate(steps):
            end = steps[index + 1][0] if index + 1 < len(steps) else ground.use_d
            use[int(day) : int(end)] += count * ground.copies * rate.kg_per_crew_d * (1.0 - rate.recovered_fraction)
    use += sum(kg * ground.copies for where, name, kg, _ in DRAWS if (where, name) == (place, supply_class))
    if supply_class == "spares":
        use += sum(kg * rate * ground.copies / YEAR_D for where, _, kg, rate in SPARES if where == place)
    return use


def _between(use: Days, from_d: float, to_d: float) -> float:
    """Use from one day to another; beyond the days drawn it goes on at their mean [kg]."""
    drawn_d = len(use)
    inside = float(use[int(min(from_d, drawn_d)) : int(min(to_d, drawn_d))].sum())
    return inside + float(use.mean()) * max(0.0, to_d - max(from_d, float(drawn_d)))


def quotas(
    flights: Sequence[NominalFlight],
    requests: Mapping[str, MissionRequest],
    ground: Ground,
    rates: Sequence[Rate],
    *,
    in_tanks: Quotas,
) -> dict[tuple[str, str], float]:
    """Mass of each stock class that each flight should bring, so that it lasts until the next one can be counted on [kg].

    `in_tanks`: what tanks bring [kg], by (mission, class); bags bring the rest, or nothing where tanks suffice for the year.
    """
    found: dict[tuple[str, str], float] = {}
    for place in sorted({flight.slot.place for flight in flights}):
        here = [flight for flight in flights if flight.slot.place == place]
        days = sorted((firm_d(flight, requests[flight.mission_id], ground.start_utc), flight.mission_id) for flight in here)
        last = days[0][0] + ground.use_d  # the first flight after them
        for supply_class in BAGGED:
            use = daily_use(place, supply_class, ground, rates)
            tanks = {mission: in_tanks.get((mission, supply_class), 0.0) for _, mission in days}
            if use.sum() <= 0.0 or sum(tanks.values()) >= use.sum():
                continue
            visited = float(use[0]) == 0.0  # stores for a visit come before it, in equal shares
            for (day, mission), (following, _) in pairwise([*days, (last, "")]):
                wanted = float(use.sum()) / len(days) if visited else _between(use, day, following)
                found[mission, supply_class] = max(0.0, COVER * wanted - tanks[mission])
    return found
