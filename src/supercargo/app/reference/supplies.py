"""Crews, stocks, draws, spares and the ground chain of the reference year: scenario assumptions on catalogue rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from supercargo.app.reference.draws import CREW, DRAWS, SPARES, Days, daily_use
from supercargo.app.reference.freedom import day_utc, firm_d
from supercargo.app.reference.timetable import Ground
from supercargo.app.reference.upload import CONSUMABLES, UpLine
from supercargo.model import CrewStay, Demand, Lane, MissionRequest, Rate, Spare, Stock, Supplier

__all__ = ["Supplies", "lanes", "suppliers", "supplies"]

RESERVE_D = 45.0  # days of use that must stay on board; ISS practice
CRITICAL_D = 20.0
SURE_SHARE = 0.85  # of a flight's nominal mass of a class that a sensible plan surely brings
MARGIN_D = 3.0  # days of use added to the stock at the start


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplies:
    """Crews, stocks, draws and spares."""

    crew: tuple[CrewStay, ...]
    stock: tuple[Stock, ...]
    demand: tuple[Demand, ...]
    spares: tuple[Spare, ...]


def _crew(ground: Ground, places: Sequence[str]) -> tuple[CrewStay, ...]:
    found = []
    for place, steps in CREW.items():
        if place not in places:
            continue
        ends = [*(day for day, _ in steps[1:]), float(ground.use_d)]
        found += [
            CrewStay(
                destination=place,
                from_utc=day_utc(ground.start_utc, day),
                to_utc=day_utc(ground.start_utc, end),
                crew_count=count * ground.copies,
            )
            for (day, count), end in zip(steps, ends, strict=True)
            if count
        ]
    return tuple(found)


def _arrivals(
    place: str, supply_class: str, lines: Sequence[UpLine], requests: Mapping[str, MissionRequest], ground: Ground
) -> Days:
    """Mass surely delivered by the end of each day: each flight's share on its firm day [day] kg."""
    done = np.zeros(ground.use_d)
    for one in lines:
        if one.line.destination == place and one.line.supply_class == supply_class and not one.spare:
            day = int(firm_d(one.flight, requests[one.flight.mission_id], ground.start_utc) + 1.0)
            done[min(day, ground.use_d) :] += one.line.mass_kg * SURE_SHARE
    return done


def supplies(
    lines: Sequence[UpLine], requests: Mapping[str, MissionRequest], ground: Ground, rates: Sequence[Rate]
) -> Supplies:
    """Stock at the start of the year lasts until deliveries can be counted on, and hardly longer: need dates bind."""
    places = sorted({one.line.destination for one in lines})
    found = []
    for place in places:
        for supply_class in (*CONSUMABLES, "spares", "propellant"):
            use = daily_use(place, supply_class, ground, rates)
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
        Demand(destination=place, supply_class=name, from_utc=ground.start_utc, to_utc=day_utc(ground.start_utc, ground.use_d),
               kg_per_d=kg * ground.copies, basis=basis)
        for place, name, kg, basis in DRAWS if place in places
    )  # fmt: skip
    spares = tuple(
        Spare(destination=place, part=part, supply_class="spares", mass_kg=kg, failures_per_year=rate * ground.copies)
        for place, part, kg, rate in SPARES
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
    ("Rhine Instruments (invented)", ("science", "payloads", "equipment"), "Bremen", 150.0, 8800.0),
    ("Kansai Modules (invented)", ("science", "payloads", "spares", "equipment"), "Nagoya", 140.0, 7600.0),
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
