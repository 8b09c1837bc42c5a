"""Crews, stocks, draws, spares and the ground chain of the reference year: scenario assumptions on catalogue rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from supercargo.app.reference.freedom import day_utc, latest_d
from supercargo.app.reference.timetable import Ground
from supercargo.app.reference.upload import CONSUMABLES, UpLine
from supercargo.model import CrewStay, Demand, Lane, MissionRequest, Rate, Spare, Stock, Supplier

__all__ = ["Supplies", "lanes", "suppliers", "supplies"]

RESERVE_D = 45.0  # days of use that must stay on board; ISS practice
CRITICAL_D = 20.0
SURE_SHARE = 0.55  # of a flight's nominal mass of a class that a sensible plan surely brings
MARGIN_D = 12.0  # days of use added to the stock at the start
YEAR_D = 365

Days = npt.NDArray[np.float64]

_CREW: Mapping[str, tuple[tuple[float, float], ...]] = {
    # people from each day on
    "ISS": ((0.0, 7.0), (72.0, 11.0), (78.0, 7.0), (250.0, 11.0), (257.0, 7.0)),
    "Axiom Station": ((0.0, 4.0), (130.0, 6.0), (144.0, 4.0)),
    "Starlab": ((0.0, 4.0),),
    "Orbital Reef": ((0.0, 4.0), (200.0, 6.0), (214.0, 4.0)),
    "Haven-1": ((0.0, 3.0), (150.0, 4.0), (180.0, 3.0)),
}
_DRAWS: tuple[tuple[str, str, float, str], ...] = (
    ("LEO Depot", "propellant", 42.0, "boil-off and customers' refuelling: scenario assumption"),
    ("ISS", "water", 1.0, "payload water, 1 L/d (ISS consumables planning rate)"),
    ("ISS", "oxygen", 0.12, "leakage: scenario assumption"),
)
_SPARES: tuple[tuple[str, str, float, float], ...] = (
    ("ISS", "pump package valve", 38.0, 2.0),
    ("ISS", "treadmill belt", 22.0, 1.5),
    ("ISS", "carbon dioxide removal blower", 17.0, 3.0),
    ("ISS", "waste pump separator", 26.0, 2.5),
    ("ISS", "laptop and display set", 6.0, 8.0),
    ("Axiom Station", "fan assembly", 9.0, 3.0),
    ("Axiom Station", "condensate separator", 24.0, 1.0),
    ("Starlab", "fan assembly", 9.0, 3.0),
    ("Starlab", "incubator controller", 14.0, 2.0),
    ("Orbital Reef", "fan assembly", 9.0, 3.0),
    ("Orbital Reef", "docking seal kit", 31.0, 0.7),
    ("Haven-1", "air filter pack", 7.0, 4.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplies:
    """Crews, stocks, draws and spares."""

    crew: tuple[CrewStay, ...]
    stock: tuple[Stock, ...]
    demand: tuple[Demand, ...]
    spares: tuple[Spare, ...]


def _crew(ground: Ground, places: Sequence[str]) -> tuple[CrewStay, ...]:
    found = []
    for place, steps in _CREW.items():
        if place not in places:
            continue
        ends = [*(day for day, _ in steps[1:]), float(YEAR_D)]
        found += [
            CrewStay(
                destination=place,
                from_utc=day_utc(ground.start_utc, day),
                to_utc=day_utc(ground.start_utc, end),
                crew_count=count * ground.copies,
            )
            for (day, count), end in zip(steps, ends, strict=True)
        ]
    return tuple(found)


def _use(place: str, supply_class: str, ground: Ground, rates: Sequence[Rate]) -> Days:
    """Use of each day of the horizon [day] kg."""
    use = np.zeros(YEAR_D)
    steps = _CREW.get(place, ())
    for rate in rates:
        if rate.supply_class != supply_class or (rate.destinations and place not in rate.destinations):
            continue
        for index, (day, count) in enumerate(steps):
            end = steps[index + 1][0] if index + 1 < len(steps) else YEAR_D
            use[int(day) : int(end)] += count * ground.copies * rate.kg_per_crew_d * (1.0 - rate.recovered_fraction)
    use += sum(kg * ground.copies for where, name, kg, _ in _DRAWS if (where, name) == (place, supply_class))
    if supply_class == "spares":
        use += sum(kg * rate * ground.copies / YEAR_D for where, _, kg, rate in _SPARES if where == place)
    return use


def _arrivals(
    place: str, supply_class: str, lines: Sequence[UpLine], requests: Mapping[str, MissionRequest], ground: Ground
) -> Days:
    """Mass surely delivered by each day: each flight's share, as late as the next flight's latest day [day] kg."""
    mass: dict[str, float] = {}
    stay: dict[str, float] = {}
    for one in lines:
        if one.line.destination == place and not one.spare:
            stay[one.flight.mission_id] = one.flight.unload_end_d - one.flight.launch_d
            carried = one.line.mass_kg if one.line.supply_class == supply_class else 0.0
            mass[one.flight.mission_id] = mass.get(one.flight.mission_id, 0.0) + carried * SURE_SHARE
    order = sorted(mass, key=lambda mission: (latest_d(requests[mission], ground.start_utc), mission))
    done = np.zeros(YEAR_D)
    for mission, following in pairwise(order):
        day = int(latest_d(requests[following], ground.start_utc) + stay[following] + 4.0)
        done[min(day, YEAR_D) :] += mass[mission]
    return done


def supplies(
    lines: Sequence[UpLine], requests: Mapping[str, MissionRequest], ground: Ground, rates: Sequence[Rate]
) -> Supplies:
    """Stock at the start of the year covers use until well after the second delivery could come at the latest."""
    places = sorted({one.line.destination for one in lines})
    found = []
    for place in places:
        for supply_class in (*CONSUMABLES, "spares", "propellant"):
            use = _use(place, supply_class, ground, rates)
            carried = any(one.line.destination == place and one.line.supply_class == supply_class for one in lines)
            if not carried or use.sum() <= 0:
                continue
            daily = float(use.mean())
            short = float(np.max(np.cumsum(use) - _arrivals(place, supply_class, lines, requests, ground)))
            reserve = round(RESERVE_D * daily, 1)
            found.append(
                Stock(
                    destination=place,
                    supply_class=supply_class,
                    on_hand_kg=round(reserve + max(short, 0.0) + MARGIN_D * daily, 1),
                    reserve_kg=reserve,
                    critical_kg=round(CRITICAL_D * daily, 1),
                )
            )
    demand = tuple(
        Demand(destination=place, supply_class=name, from_utc=ground.start_utc, to_utc=day_utc(ground.start_utc, YEAR_D),
               kg_per_d=kg * ground.copies, basis=basis)
        for place, name, kg, basis in _DRAWS if place in places
    )  # fmt: skip
    spares = tuple(
        Spare(destination=place, part=part, supply_class="spares", mass_kg=kg, failures_per_year=rate * ground.copies)
        for place, part, kg, rate in _SPARES
        if place in places
    )
    return Supplies(crew=_crew(ground, places), stock=tuple(found), demand=demand, spares=spares)


_SUPPLIERS: tuple[tuple[str, tuple[str, ...], str, float, float], ...] = (
    ("Gulf Space Provisions (invented)", ("food", "hygiene", "clothing", "crew items"), "Houston", 45.0, 160.0),
    ("Prairie Packaged Foods (invented)", ("food",), "Omaha", 60.0, 120.0),
    ("Inland Gases (invented)", ("oxygen", "nitrogen", "water"), "Huntsville", 20.0, 40.0),
    ("Lowland Fluids (invented)", ("propellant", "water"), "Toulouse", 30.0, 90.0),
    ("Steppe Propellants (invented)", ("propellant", "oxygen", "nitrogen", "water"), "Samara", 35.0, 60.0),
    ("Precision Spares (invented)", ("spares", "equipment"), "Denver", 120.0, 5200.0),
    ("Rhine Instruments (invented)", ("science", "equipment"), "Bremen", 150.0, 8800.0),
    ("Kansai Modules (invented)", ("science", "spares", "equipment"), "Nagoya", 140.0, 7600.0),
)
_LANES: tuple[tuple[str, str, str, float, float], ...] = (
    ("Houston", "Cape Canaveral", "road", 3.0, 1.1),
    ("Houston", "Kennedy Space Center", "road", 3.0, 1.1),
    ("Houston", "Starbase", "road", 1.5, 0.7),
    ("Houston", "Wallops", "road", 4.0, 1.4),
    ("Omaha", "Houston", "road", 2.0, 0.8),
    ("Huntsville", "Cape Canaveral", "road", 2.0, 0.9),
    ("Huntsville", "Wallops", "road", 2.0, 1.0),
    ("Denver", "Cape Canaveral", "air", 1.0, 4.5),
    ("Denver", "Vandenberg", "road", 3.0, 1.2),
    ("Denver", "Houston", "road", 2.0, 0.9),
    ("Bremen", "Kourou", "sea", 16.0, 2.2),
    ("Bremen", "Cape Canaveral", "air", 3.0, 7.5),
    ("Toulouse", "Kourou", "sea", 18.0, 2.0),
    ("Nagoya", "Tanegashima", "sea", 3.0, 1.5),
    ("Nagoya", "Cape Canaveral", "air", 3.0, 8.5),
    ("Samara", "Baikonur", "rail", 4.0, 0.6),
)


def suppliers() -> tuple[Supplier, ...]:
    """Who delivers goods to the launch sites: invented firms, prices and lead times assumed."""
    return tuple(
        Supplier(supplier=name, classes=classes, place=place, lead_time_d=lead, usd_per_kg=usd)
        for name, classes, place, lead, usd in _SUPPLIERS
    )


def lanes() -> tuple[Lane, ...]:
    """Ground routes from suppliers to launch sites: days and freight are assumptions."""
    return tuple(
        Lane(from_place=start, to_place=end, mode=mode, transit_d=transit, usd_per_kg=usd)
        for start, end, mode, transit, usd in _LANES
    )
