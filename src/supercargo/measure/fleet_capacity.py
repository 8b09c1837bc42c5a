"""Capacity of a fleet against what is asked, by month, place and kind of cargo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from supercargo.measure.use import months_of
from supercargo.model import ManifestRow, OperationsPlan, PlannedMission, Scenario, VehicleType
from supercargo.model.fleet import CAPACITY_KINDS, CapacityGap, CapacityRow, SmallerVehicle

__all__ = ["TIGHT_PERCENT", "WASTEFUL_PERCENT", "capacity_gaps", "capacity_rows", "line_id", "smaller_vehicles"]

TIGHT_PERCENT = 97.0
"""Capacity used beyond this leaves no room for a line that comes late."""

WASTEFUL_PERCENT = 60.0
"""Capacity asked for below this is more than the place needs."""

_SMALL_SHARE = 0.005
_BACK = ("down", "disposal")


def line_id(row: ManifestRow, scenario: Scenario) -> str:
    """The line of the scenario of which a row of the manifest is the whole or a part."""
    return row.item_id if row.item_id in scenario.lines else row.item_id.rpartition("#")[0]


def _kind_of(row: ManifestRow) -> str:
    if row.direction != "up":
        return row.direction
    return row.form if row.form in ("unpressurised", "bulk") else "pressurised"


def _offered(plan: OperationsPlan, mission: PlannedMission) -> dict[str, float]:
    """Largest mass of each kind that a mission could carry [kg]."""
    vehicle = plan.scenario.vehicle_types.get(mission.vehicle_type)
    if vehicle is None:
        return dict.fromkeys(CAPACITY_KINDS, 0.0) | {"up": mission.upmass_capacity_kg}
    most = mission.upmass_capacity_kg
    return {
        "up": most,
        "pressurised": min(most, vehicle.pressurised_kg),
        "unpressurised": min(most, vehicle.unpressurised_kg),
        "bulk": min(most, vehicle.bulk_kg),
        "down": vehicle.downmass_kg,
        "disposal": vehicle.disposal_kg,
    }


def _month(instant: datetime) -> datetime:
    return datetime(instant.year, instant.month, 1, tzinfo=UTC)


class _Sums:
    """Kilograms by (place, kind, month) and over all; the place "" is all places together."""

    def __init__(self) -> None:
        self.kg: dict[tuple[str, str, datetime | None], float] = defaultdict(float)

    def add(self, place: str, kind: str, at: datetime, amount: float) -> None:
        for where in (place, ""):
            for month in (_month(at), None):
                self.kg[where, kind, month] += amount

    def of(self, place: str, kind: str, month: datetime | None = None) -> float:
        return self.kg.get((place, kind, month), 0.0)


class _Ledger:
    """What is offered, asked, carried and left behind."""

    def __init__(self, plan: OperationsPlan) -> None:
        self.offered, self.flights, self.asked, self.carried, self.left = (_Sums() for _ in range(5))
        self.undated = _Sums()
        missions = {mission.mission_id: mission for mission in plan.missions}
        for mission in plan.missions:
            for kind, amount in _offered(plan, mission).items():
                if amount:
                    self.offered.add(mission.destination, kind, _comes(mission, kind), amount)
                    self.flights.add(mission.destination, kind, _comes(mission, kind), 1.0)
        for row in plan.manifest:
            line = plan.scenario.lines.get(line_id(row, plan.scenario))
            wanted = row.due_utc or (line.release_utc if line else plan.scenario.settings.start_utc)
            mission_of = missions.get(row.mission_id)
            for kind in (_kind_of(row), "up") if row.direction == "up" else (row.direction,):
                self.asked.add(row.destination, kind, wanted, row.mass_kg)
                if row.due_utc is None:
                    self.undated.add(row.destination, kind, wanted, row.mass_kg)
                if mission_of is None:
                    self.left.add(row.destination, kind, wanted, row.mass_kg)
                else:
                    self.carried.add(row.destination, kind, _comes(mission_of, kind), row.mass_kg)


def _comes(mission: PlannedMission, kind: str) -> datetime:
    return mission.end_utc if kind in _BACK else mission.docked_utc[0]


def _places(plan: OperationsPlan) -> tuple[str, ...]:
    return ("", *sorted({mission.destination for mission in plan.missions} | {row.destination for row in plan.manifest}))


def capacity_rows(plan: OperationsPlan) -> tuple[CapacityRow, ...]:
    """Each month of the horizon for each place and kind that is offered or asked there; first all places together."""
    ledger, settings = _Ledger(plan), plan.scenario.settings
    months = [_month(start) for start, _ in months_of((settings.start_utc, settings.end_utc))]
    rows: list[CapacityRow] = []
    for place in _places(plan):
        for kind in CAPACITY_KINDS:
            if ledger.offered.of(place, kind) or ledger.asked.of(place, kind):
                rows += _rows(ledger, place, kind, months)
    return tuple(rows)


def _rows(ledger: _Ledger, place: str, kind: str, months: list[datetime]) -> Iterator[CapacityRow]:
    ahead = 0.0
    for month in months:
        capacity, demand = ledger.offered.of(place, kind, month), ledger.asked.of(place, kind, month)
        ahead += capacity - demand
        yield CapacityRow(
            month_utc=month,
            destination=place,
            kind=kind,
            flights_count=round(ledger.flights.of(place, kind, month)),
            capacity_kg=capacity,
            demand_kg=demand,
            undated_kg=ledger.undated.of(place, kind, month),
            carried_kg=ledger.carried.of(place, kind, month),
            ahead_kg=ahead,
        )


def capacity_gaps(plan: OperationsPlan, rows: tuple[CapacityRow, ...]) -> tuple[CapacityGap, ...]:
    """Each place and kind over all flights and lines, with the month in which demand runs furthest ahead of capacity."""
    ledger = _Ledger(plan)
    found = []
    for place in _places(plan):
        for kind in CAPACITY_KINDS:
            capacity, demand = ledger.offered.of(place, kind), ledger.asked.of(place, kind)
            if not capacity and not demand:
                continue
            months = [row for row in rows if (row.destination, row.kind) == (place, kind)]
            worst = min(months, key=lambda row: row.ahead_kg, default=None)
            behind = max(0.0, -worst.ahead_kg) if worst else 0.0
            left, carried = ledger.left.of(place, kind), ledger.carried.of(place, kind)
            found.append(
                CapacityGap(
                    destination=place,
                    kind=kind,
                    flights_count=round(ledger.flights.of(place, kind)),
                    capacity_kg=capacity,
                    demand_kg=demand,
                    carried_kg=carried,
                    left_kg=left,
                    worst_month_utc=worst.month_utc if worst and behind else None,
                    worst_kg=behind,
                    verdict=_verdict(capacity, demand, carried, left),
                )
            )
    return tuple(found)


def _verdict(capacity: float, demand: float, carried: float, left: float) -> str:
    if demand > capacity or left > _SMALL_SHARE * demand:
        return "too little"
    if 100.0 * carried > TIGHT_PERCENT * capacity:
        return "tight"
    return "too much" if 100.0 * demand < WASTEFUL_PERCENT * capacity else "balanced"


def smaller_vehicles(plan: OperationsPlan) -> tuple[SmallerVehicle, ...]:
    """Missions whose load a cheaper type that flies to the same place would carry, the largest saving first.

    The load counts by mass of each kind and by volume at the planner's packing share; prices are those of the catalogue for
    spacecraft and its cheapest launcher.
    """
    scenario = plan.scenario
    types_to: dict[str, set[str]] = defaultdict(set)
    for request in scenario.missions:
        types_to[request.destination] |= set(request.vehicle_types)
    found = []
    for mission in plan.missions:
        flies = scenario.vehicle_types.get(mission.vehicle_type)
        asked = scenario.requests.get(mission.mission_id)
        if flies is None or asked is None:
            continue
        loads = _loads(plan, mission)
        for name in types_to[mission.destination] - {mission.vehicle_type}:
            other = scenario.vehicle_types[name]
            saving = _price(scenario, flies) - _price(scenario, other)
            if saving > 0.0 and _carries(scenario, other, loads, mission.upvolume_m3):
                found.append(
                    SmallerVehicle(
                        mission_id=mission.mission_id,
                        vehicle_type=mission.vehicle_type,
                        other_type=name,
                        load_kg=mission.upmass_kg,
                        other_kg=other.upmass_kg,
                        saving_usd=saving,
                        allowed=name in asked.vehicle_types,
                    )
                )
    return tuple(sorted(found, key=lambda row: (-row.saving_usd, row.mission_id, row.other_type)))


def _loads(plan: OperationsPlan, mission: PlannedMission) -> dict[str, float]:
    loads: dict[str, float] = defaultdict(float)
    for row in plan.manifest:
        if row.mission_id == mission.mission_id:
            loads[_kind_of(row)] += row.mass_kg
    loads["up"] = mission.upmass_kg
    return loads


def _price(scenario: Scenario, vehicle: VehicleType) -> float:
    launchers = [scenario.launcher_named[name].price_usd for name in vehicle.launchers if name in scenario.launcher_named]
    return vehicle.price_usd + min(launchers, default=0.0)


def _carries(scenario: Scenario, vehicle: VehicleType, loads: dict[str, float], volume_m3: float) -> bool:
    room = {
        "up": vehicle.upmass_kg,
        "pressurised": vehicle.pressurised_kg,
        "unpressurised": vehicle.unpressurised_kg,
        "bulk": vehicle.bulk_kg,
        "down": vehicle.downmass_kg,
        "disposal": vehicle.disposal_kg,
    }
    bays = sum(bay.dx_m * bay.dy_m * bay.dz_m for bay in scenario.bays_of.get(vehicle.vehicle_type, ()))
    fits = all(amount <= room[kind] + 1e-6 for kind, amount in loads.items())
    return fits and volume_m3 <= bays * scenario.settings.limits.packing_fraction
