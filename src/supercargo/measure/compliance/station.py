"""Checks of a station's supplies, trash and visitors, from the rows of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from supercargo.kernel import days_between, format_utc
from supercargo.measure.compliance.seeing import Facts, Given, Seen
from supercargo.model import InventoryRow, Licence, PlannedMission

__all__ = ["crew_trained", "licensed", "skip_cycle", "stock_critical", "stock_days", "stock_reserve", "trash_planned"]

Floats = npt.NDArray[np.float64]
TOLERANCE_KG = 0.01


def _crewed(facts: Facts) -> list[str]:
    return sorted({stay.destination for stay in facts.year.scenario.crew if stay.crew_count > 0})


def _stocks(facts: Facts, supply_class: str) -> dict[str, tuple[InventoryRow, ...]]:
    """Days of the stock of a class by place, in their order; empty for a crewed place that keeps none."""
    found: dict[str, list[InventoryRow]] = {place: [] for place in _crewed(facts)}
    for row in facts.year.inventory:
        if row.supply_class == supply_class:
            found.setdefault(row.destination, []).append(row)
    return {place: tuple(sorted(rows, key=lambda row: row.day_utc)) for place, rows in sorted(found.items())}


def _untold(place: str, supply_class: str) -> Seen:
    return Seen(object=f"{place}/{supply_class}", met=None, words=f"stock.csv has no {supply_class} of {place}")


def stock_reserve(facts: Facts, given: Given) -> Iterator[Seen]:
    """The expected stock of a class stays at or above its reserve on every day."""
    supply_class = given.word("class")
    for place, rows in _stocks(facts, supply_class).items():
        if not rows:
            yield _untold(place, supply_class)
            continue
        low = min(rows, key=lambda row: (row.on_hand_kg - row.reserve_kg, row.day_utc))
        words = f"lowest {low.on_hand_kg:,.1f} kg on {format_utc(low.day_utc)[:10]}, reserve {low.reserve_kg:,.1f} kg"
        yield Seen(object=f"{place}/{supply_class}", met=low.on_hand_kg >= low.reserve_kg - TOLERANCE_KG, words=words)


def _critical(facts: Facts, supply_class: str) -> Mapping[str, float]:
    stock = facts.year.scenario.stock
    return {row.destination: row.critical_kg for row in stock if row.supply_class == supply_class}


def stock_critical(facts: Facts, given: Given) -> Iterator[Seen]:
    """Even the 5 % quantile of the stock of a class stays at or above its critical level on every day."""
    supply_class = given.word("class")
    critical = _critical(facts, supply_class)
    for place, rows in _stocks(facts, supply_class).items():
        if not rows or place not in critical:
            yield _untold(place, supply_class)
            continue
        low = min(rows, key=lambda row: (row.p05_kg, row.day_utc))
        words = f"5 % quantile {low.p05_kg:,.1f} kg on {format_utc(low.day_utc)[:10]}, critical {critical[place]:,.1f} kg"
        yield Seen(object=f"{place}/{supply_class}", met=low.p05_kg >= critical[place] - TOLERANCE_KG, words=words)


def _used(rows: tuple[InventoryRow, ...]) -> tuple[Floats, Floats]:
    """Stock at the end of each day and what was used in it [day] kg; the first day's use is taken to be the second's."""
    on_hand = np.array([row.on_hand_kg for row in rows])
    inbound = np.array([row.inbound_kg for row in rows])
    used = np.zeros(len(rows))
    used[1:] = on_hand[:-1] + inbound[1:] - on_hand[1:]
    used[:1] = used[1:2]
    return on_hand, used


def stock_days(facts: Facts, given: Given) -> Iterator[Seen]:
    """The stock of a class at the end of every day covers the use of so many days to come without any delivery."""
    supply_class, span = given.word("class"), round(given.number("days"))
    for place, rows in _stocks(facts, supply_class).items():
        if len(rows) <= span:
            yield _untold(place, supply_class)
            continue
        on_hand, used = _used(rows)
        total = np.concatenate(([0.0], np.cumsum(used)))
        ahead = total[1 + span :] - total[1 : len(rows) - span + 1]  # [day] kg used in the days after it
        spare = on_hand[: len(ahead)] - ahead
        low = int(np.argmin(spare))
        day = format_utc(rows[low].day_utc)[:10]
        words = f"{on_hand[low]:,.1f} kg on {day} against {ahead[low]:,.1f} kg used in the next {span} days"
        yield Seen(object=f"{place}/{supply_class}", met=bool(spare[low] >= -TOLERANCE_KG), words=words)


def _delivered(facts: Facts, place: str, supply_class: str, count: int) -> Mapping[str, Floats]:
    """Of each mission, kg of the class that it has brought to a place by the end of each day of the horizon [day] kg."""
    start = facts.year.scenario.settings.start_utc
    found: dict[str, Floats] = {}
    for row in facts.year.manifest:
        alike = row.direction == "up" and (row.destination, row.supply_class) == (place, supply_class)
        day = int(days_between(start, row.delivered_utc)) if row.delivered_utc is not None else count
        if alike and row.mission_id and day < count:
            found.setdefault(row.mission_id, np.zeros(count))[day:] += row.mass_kg
    return found


def skip_cycle(facts: Facts, given: Given) -> Iterator[Seen]:
    """With any one flight lost, the stock of a class stays at or above its critical level for so many days afterwards."""
    supply_class, span = given.word("class"), round(given.number("days"))
    critical = _critical(facts, supply_class)
    for place, rows in _stocks(facts, supply_class).items():
        if not rows or place not in critical:
            yield _untold(place, supply_class)
            continue
        on_hand = np.array([row.on_hand_kg for row in rows])
        left = {
            mission_id: float(np.min((on_hand - brought)[brought > 0.0][:span]))
            for mission_id, brought in _delivered(facts, place, supply_class, len(rows)).items()
        }
        if not left:
            yield Seen(object=f"{place}/{supply_class}", met=None, words=f"no flight brings {supply_class} to {place}")
            continue
        worst = min(left, key=lambda mission_id: (left[mission_id], mission_id))
        words = f"without {worst} {left[worst]:,.1f} kg within {span} days, critical {critical[place]:,.1f} kg"
        yield Seen(object=f"{place}/{supply_class}", met=left[worst] >= critical[place] - TOLERANCE_KG, words=words)


def trash_planned(facts: Facts, given: Given) -> Iterator[Seen]:
    """Of the trash of every crewed place so many percent of the mass is booked on a flight away from it that is not lost."""
    lost = {mission.mission_id for mission in facts.year.missions if mission.lost}
    asked: dict[str, float] = dict.fromkeys(_crewed(facts), 0.0)
    for line in facts.year.scenario.cargo:
        if line.direction == "disposal":
            asked[line.destination] = asked.get(line.destination, 0.0) + line.mass_kg
    booked: dict[str, float] = {}
    for row in facts.year.manifest:
        if row.direction == "disposal" and row.mission_id and row.mission_id not in lost:
            booked[row.destination] = booked.get(row.destination, 0.0) + row.mass_kg
    for place, kg in sorted(asked.items()):
        if kg <= 0.0:
            yield Seen(object=place, met=None, words=f"cargo.csv has no disposal line of {place}, where people live")
            continue
        share = 100.0 * booked.get(place, 0.0) / kg
        words = f"{booked.get(place, 0.0):,.0f} of {kg:,.0f} kg of trash booked, {share:.1f} %"
        yield Seen(object=place, met=share >= given.number("percent") - 1e-6, words=words)


def licensed(facts: Facts, given: Given) -> Iterator[Seen]:
    """Every mission has a permission of a kind in force when it lifts off (launch) or arrives (station)."""
    kind = given.word("kind")
    rows = [row for row in facts.year.scenario.licences if row.kind == kind]
    if not rows:
        yield Seen(object="", met=None, words=f"licences.csv lists no permission of the kind {kind}")
        return
    for operator, missions in facts.missions_of.items():
        bare = [mission.mission_id for mission in missions if not any(_covers(facts, row, mission) for row in rows)]
        words = f"none in force for {_some(bare)}" if bare else f"in force for {_flights(len(missions))}"
        yield Seen(object=operator, met=not bare, words=words)


def _covers(facts: Facts, row: Licence, mission: PlannedMission) -> bool:
    at = mission.launch_utc if row.kind == "launch" else mission.docked_utc[0]
    launcher = facts.year.scenario.launcher_named.get(mission.launcher)
    holder = (
        facts.operator_of.get(mission.vehicle_type, "") if row.kind == "station" else launcher.operator if launcher else ""
    )
    named = (
        (row.launchers, mission.launcher),
        (row.vehicle_types, mission.vehicle_type),
        (row.sites, mission.site),
        (row.destinations, mission.destination),
        ((row.holder,) if row.holder else (), holder),
    )
    return row.state == "granted" and row.from_utc <= at <= row.to_utc and all(not a or b in a for a, b in named)


def crew_trained(facts: Facts, given: Given) -> Iterator[Seen]:
    """At every place somebody is listed whose training in cargo work holds at each arrival of the plan."""
    staff = [row for row in facts.year.scenario.staff if row.role == "transfer"]
    if not staff:
        yield Seen(object="", met=None, words="staff.csv lists nobody who unloads and loads")
        return
    for place in sorted({mission.destination for mission in facts.year.missions}):
        here = [row for row in staff if not row.destinations or place in row.destinations]
        docked = [mission for mission in facts.year.missions if mission.destination == place and not mission.lost]
        bare = [
            mission.mission_id
            for mission in docked
            if not any(row.from_utc <= mission.docked_utc[0] < row.to_utc for row in here)
        ]
        words = f"nobody trained when {_some(bare)} arrives" if bare else f"{len(here)} listed for {_flights(len(docked))}"
        yield Seen(object=place, met=not bare, words=words)


def _flights(count: int) -> str:
    return f"{count} flight{'' if count == 1 else 's'}"


def _some(names: list[str]) -> str:
    """The first names of a list, and how many more there are."""
    told = ", ".join(names[:4])
    return f"{told} and {len(names) - 4} more" if len(names) > 4 else told
