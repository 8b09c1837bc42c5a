"""What is done with cargo: received, packed, sealed, loaded, flown, carried across the hatch, stowed, brought back, burnt."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from supercargo.model import ManifestRow
from supercargo.simulate import flight_quality as quality
from supercargo.simulate import flight_room as room
from supercargo.simulate.flight_doings import Flown, OnCargo, OnDeliveries, Told
from supercargo.simulate.flight_state import RANK, Call, Craft, Parcel, Year
from supercargo.track.acts import Act
from supercargo.track.cargo import steps
from supercargo.track.contracts.deciding import Deliver

__all__ = [
    "CARGO_HANDS",
    "Bench",
    "come_back",
    "delivered_utc",
    "dock",
    "expect",
    "launch",
    "leave",
    "load",
    "load_back",
    "load_late",
    "lose",
    "ready_utc",
    "receive",
    "schedule_unloading",
    "take_out",
]

CARGO_HANDS = "cargo operations"
"""Who holds cargo from its receipt until it is loaded."""

_MOST_STEPS = 1500
_HALF_HOUR = timedelta(minutes=30)


class Bench:
    """Steps that are told together; each is named after its thing, what is done, and when."""

    def __init__(self, year: Year, by: str) -> None:
        self._year, self._by = year, by
        self.steps: list[steps.Step] = []

    def add(self, kind: type[steps.Step], thing: str, at: datetime, **said: Any) -> str:
        """Add a step; gives its name."""
        name = self._year.names.name(thing.replace("/", ":", 1), kind.kind, f"{at:%Y%m%dT%H%M%S}")
        again = self._year.used[name] = self._year.used.get(name, 0) + 1
        name = f"{name}.{again}" if again > 1 else name
        self.steps.append(kind(command_id=name, thing=thing, at_utc=at, by=self._by, **said))
        return name

    def tell(self, at: datetime) -> Iterator[Told]:
        """The steps in parts that a request holds."""
        for first in range(0, len(self.steps), _MOST_STEPS):
            yield Told(at, OnCargo(steps=tuple(self.steps[first : first + _MOST_STEPS])))


def _operator(year: Year, craft: Craft) -> str:
    return year.plan.scenario.vehicle_types[craft.row.vehicle_type].operator


def _vehicle(craft: Craft) -> str:
    return f"container/{craft.row.vehicle_id}"


def _hold(year: Year, craft: Craft, row: ManifestRow) -> str:
    """The bay that a row is planned into, or the spacecraft."""
    bay = year.bay_of.get((craft.name, row.item_id), "")
    return f"{_vehicle(craft)}/{bay}" if bay else _vehicle(craft)


def _box(year: Year, craft: Craft, row: ManifestRow) -> str:
    """The box that a row is packed into: one for each customer and bay; empty: it is loaded as it is."""
    late = year.plan.scenario.lines[row.item_id.partition("#")[0]].late_load
    bay = year.bay_of.get((craft.name, row.item_id), "")
    return f"container/{craft.name}-{row.customer}-{bay}" if row.form in ("bag", "box") and bay and not late else ""


# --- on the ground


def expect(year: Year, row: ManifestRow, now: datetime) -> None:
    """Have a line come to the launch site when it is released, or as much later as its supplier delays."""
    year.parcels[row.item_id] = Parcel(row=row)
    if row.direction == "up" and row.form != "bulk":
        heapq.heappush(year.coming, (max(now, ready_utc(year, row)), row.item_id))


def ready_utc(year: Year, row: ManifestRow) -> datetime:
    """When a line is at the launch site."""
    line = year.plan.scenario.lines[row.item_id.partition("#")[0]]
    late_s = year.future.supplier_delays_s.get(row.item_id, 0)
    return max(year.start_utc, year.released.get(row.item_id, line.release_utc)) + timedelta(seconds=late_s)


def receive(year: Year, at: datetime, _: str = "") -> Flown:
    """Count in and inspect what has come since; then the next midnight after something comes."""
    yield from _receive_due(year, at)
    if year.coming:
        day = year.coming[0][0].replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        year.push(max(day, at + timedelta(hours=1)), RANK["receive"], receive)


def _receive_due(year: Year, at: datetime) -> Iterator[Told]:
    """Count in and inspect what has come until now."""
    bench = Bench(year, "receiving inspector")
    while year.coming and year.coming[0][0] <= at:
        came, name = heapq.heappop(year.coming)
        parcel = year.parcels[name]
        if parcel.state == "expected":
            _receive(bench, year, parcel, came, _site(year, parcel))
    yield from bench.tell(at)


def _site(year: Year, parcel: Parcel) -> str:
    craft = year.crafts.get(parcel.row.mission_id)
    return craft.row.site if craft else parcel.site or year.first_site


def _receive(bench: Bench, year: Year, parcel: Parcel, at: datetime, site: str) -> None:
    thing, row = f"cargo/{parcel.item_id}", parcel.row
    counted = {"pieces": row.pieces, "mass_kg": row.mass_kg}
    bench.add(steps.Receive, thing, at, where=f"site/{site}", taker=CARGO_HANDS, **counted)
    bench.add(steps.Inspect, thing, at, **counted)
    parcel.state, parcel.site, parcel.mass_kg, parcel.told_utc = "received", site, row.mass_kg, at


def load(year: Year, at: datetime, name: str) -> Flown:
    """What is at hand is packed in boxes, sealed and loaded; what is not stays, and others may take its room."""
    yield from _receive_due(year, at)
    craft = year.crafts[name]
    rows = [row for row in year.aboard(name, "up") if not _late(year, row)]
    missing = [row for row in rows if not _at_hand(year, row, at)]
    if missing:
        room.leave_off(year, missing)
    if year.waiting:
        room.rebook(year, craft)
    bench = Bench(year, "cargo lead")
    for row in [row for row in year.aboard(name, "up") if not _late(year, row)]:
        _stage(bench, year, craft, row, at)
    for box in [box for box, place in year.boxes.items() if not place and year.box_of[box] == name]:
        _load_box(bench, year, craft, box, at)
    yield from bench.tell(at)


def load_late(year: Year, at: datetime, name: str) -> Flown:
    """Late-load cargo goes aboard in the last day, without a box."""
    yield from _receive_due(year, at)
    craft = year.crafts[name]
    rows = [row for row in year.aboard(name, "up") if _late(year, row)]
    missing = [row for row in rows if not _at_hand(year, row, at)]
    if missing:
        room.leave_off(year, missing)
    bench = Bench(year, "late-load team")
    for row in rows:
        if row not in missing:
            _stage(bench, year, craft, row, at)
    yield from bench.tell(at)


def _late(year: Year, row: ManifestRow) -> bool:
    return year.plan.scenario.lines[row.item_id.partition("#")[0]].late_load


def _at_hand(year: Year, row: ManifestRow, at: datetime) -> bool:
    state = year.parcels[row.item_id].state
    return state != "expected" or (row.form == "bulk" and ready_utc(year, row) <= at)


def _stage(bench: Bench, year: Year, craft: Craft, row: ManifestRow, at: datetime) -> None:
    """A line into its box, or aboard."""
    parcel = year.parcels[row.item_id]
    if parcel.state not in ("expected", "received"):
        return
    thing, site = f"cargo/{row.item_id}", craft.row.site
    if parcel.state == "expected" or parcel.site != site:
        _receive(bench, year, parcel, max(parcel.told_utc or year.start_utc, at - _HALF_HOUR), site)
    packed = max(at - _HALF_HOUR, parcel.told_utc or at)
    box = _box(year, craft, row)
    parcel.mission_id, parcel.told_utc = craft.name, packed
    if not box:
        parcel.state, parcel.place, parcel.told_utc = "loaded", _hold(year, craft, row), at
        bench.add(steps.Load, thing, at, where=parcel.place, taker=_operator(year, craft))
        return
    if box not in year.boxes:
        bench.add(steps.Register, box, packed, sort="box", where=f"site/{site}", custodian=CARGO_HANDS)
        year.boxes[box], year.box_of[box], year.told[box] = "", craft.name, packed
    if box in year.sealed:
        bench.add(steps.Unseal, box, max(packed, year.told[box]), number=year.sealed.pop(box))
    holder = _operator(year, craft) if year.boxes[box] else CARGO_HANDS
    parcel.told_utc = max(packed, year.told[box])
    bench.add(steps.Pack, thing, parcel.told_utc, where=box, taker=holder)
    parcel.state, parcel.box = "packed", box
    if year.boxes[box]:
        _seal(bench, year, box, at)


def _seal(bench: Bench, year: Year, box: str, at: datetime) -> None:
    year.seals_count += 1
    year.sealed[box] = f"S{year.seals_count:05d}"
    year.told[box] = at
    bench.add(steps.Seal, box, at, number=year.sealed[box])


def _load_box(bench: Bench, year: Year, craft: Craft, box: str, at: datetime) -> None:
    inside = [parcel for parcel in year.parcels.values() if parcel.box == box and parcel.state == "packed"]
    if not inside:
        return
    if box not in year.sealed:
        _seal(bench, year, box, max(at - _HALF_HOUR / 2, year.told[box]))
    year.boxes[box], year.told[box] = _hold(year, craft, inside[0].row), at
    bench.add(steps.Load, box, at, where=year.boxes[box], taker=_operator(year, craft))


def take_out(year: Year, at: datetime, old_holds: dict[str, str]) -> Flown:
    """After a new plan: what is packed or loaded for another mission, spacecraft or bay than it is planned on comes out.

    `old_holds` are the spacecraft that missions had, as containers.
    """
    bench = Bench(year, "cargo lead")
    opened: set[str] = set()
    for parcel in list(year.parcels.values()):
        craft = year.crafts.get(parcel.mission_id)
        if parcel.state not in ("packed", "loaded") or craft is None or craft.name not in old_holds:
            continue
        stays = parcel.row.mission_id == craft.name and craft.on_ground
        if stays and parcel.box and _box(year, craft, parcel.row) == parcel.box:
            continue
        if stays and not parcel.box and parcel.place == _hold(year, craft, parcel.row):
            continue
        if parcel.box in year.sealed:
            bench.add(steps.Unseal, parcel.box, at, number=year.sealed.pop(parcel.box))
            opened.add(parcel.box)
        bench.add(steps.Unload, f"cargo/{parcel.item_id}", at, where=f"site/{parcel.site}", taker=CARGO_HANDS)
        parcel.state, parcel.box, parcel.place, parcel.mission_id, parcel.told_utc = "received", "", "", "", at
    for box in sorted(opened):
        if year.boxes[box] and any(parcel.box == box for parcel in year.parcels.values()):
            _seal(bench, year, box, at)
    for box, place in list(year.boxes.items()):
        craft = year.crafts[year.box_of[box]]
        if place and craft.name in old_holds and _vehicle(craft) != old_holds[craft.name]:
            bench.add(steps.Unload, box, at, where=f"site/{craft.row.site}", taker=CARGO_HANDS)
            year.boxes[box], year.told[box] = "", at
    yield from bench.tell(at)


# --- under way


def launch(year: Year, craft: Craft, at: datetime) -> Flown:
    """The spacecraft lifts off with all inside."""
    bench = Bench(year, "launch director")
    bench.add(steps.Launch, _vehicle(craft), at, where=f"flight/{craft.name}")
    yield from bench.tell(at)


def lose(year: Year, craft: Craft, at: datetime) -> Flown:
    """The spacecraft is lost with all inside."""
    bench = Bench(year, "mission control")
    name = bench.add(steps.ReportLoss, _vehicle(craft), at, note=f"{craft.name} lost in ascent")
    yield from bench.tell(at)
    for row in year.aboard(craft.name, "up"):
        year.parcels[row.item_id].state = "gone"
    quality.follow(year, name, at, "scrap", f"lost with {craft.name}")


def dock(year: Year, craft: Craft, at: datetime) -> Flown:
    """The spacecraft is at its port."""
    bench = Bench(year, "mission control")
    bench.add(steps.Dock, _vehicle(craft), at, where=f"port/{craft.row.destination}/{craft.row.port}")
    yield from bench.tell(at)


def delivered_utc(craft: Craft, row: ManifestRow) -> datetime:
    """When a row is delivered, by the mission's date as it stands."""
    planned = row.delivered_utc or (craft.row.docked_utc[0] if row.direction == "up" else craft.row.end_utc)
    return planned + craft.late


def schedule_unloading(year: Year, craft: Craft) -> None:
    """Day by day what is unloaded is carried across, unpacked and stowed; at the end of it the lines are booked."""
    listed = sorted((delivered_utc(craft, row), row.item_id) for row in year.aboard(craft.name, "up"))
    for _, some in groupby(listed, key=lambda one: one[0].date()):
        group = tuple(some)
        year.push(group[-1][0], RANK["unload"], _unloading(group), craft.name)
    if listed:
        year.push(listed[-1][0], RANK["deliver"], _booking("up"), craft.name)


def _unloading(listed: Sequence[tuple[datetime, str]]) -> Call:
    def unloading(year: Year, at: datetime, name: str) -> Flown:
        craft = year.crafts[name]
        bench = Bench(year, "crew")
        found: list[tuple[str, Parcel]] = []
        for when, item_id in listed:
            parcel = year.parcels[item_id]
            row = parcel.row
            _across(bench, year, craft, parcel, when)
            parcel.stowed_by = bench.add(
                steps.Stow, f"cargo/{row.item_id}", when, where=f"place/{row.destination}", taker=_crew(craft)
            )
            parcel.state, parcel.box, parcel.place, parcel.delivered_utc = "stowed", "", "", when
            _count(year, row, when)
            if (share := year.future.damaged.get(row.item_id, 0.0)) > 0.0:
                note = f"{share:.0%} found damaged at unpacking"
                found.append((bench.add(steps.ReportDamage, f"cargo/{row.item_id}", when, note=note), parcel))
        yield from bench.tell(at)
        for event, parcel in found:
            parcel.damaged = True
            year.tally.damaged.add(parcel.item_id)
            quality.follow(year, event, at, "use_as_is", "what is sound is used, the rest is scrapped")

    return unloading


def _crew(craft: Craft) -> str:
    return f"crew of {craft.row.destination}"


def _across(bench: Bench, year: Year, craft: Craft, parcel: Parcel, when: datetime) -> None:
    """A line is carried across the hatch, or its box is and is opened there."""
    place = f"place/{craft.row.destination}"
    if not parcel.box:
        bench.add(steps.Transfer, f"cargo/{parcel.item_id}", when, where=place, taker=_crew(craft))
        return
    if parcel.box in year.sealed:
        at = max(craft.dated.there[0], when - _HALF_HOUR)
        bench.add(steps.CheckSeal, parcel.box, at, number=year.sealed[parcel.box], found="intact")
        bench.add(steps.Transfer, parcel.box, at, where=place, taker=_crew(craft))
        bench.add(steps.Stow, parcel.box, at, where=place, taker=_crew(craft))
        bench.add(steps.Unseal, parcel.box, at, number=year.sealed.pop(parcel.box))


def _count(year: Year, row: ManifestRow, when: datetime) -> None:
    year.tally.delivered[row.item_id] = when
    if row.due_utc is not None and when > row.due_utc:
        year.tally.late.add(row.item_id)
    stock = year.stocks.get((row.destination, row.supply_class))
    if stock is not None and row.direction == "up":
        stock.lots.append(row.item_id)


def _booking(*directions: str) -> Call:
    def booking(year: Year, at: datetime, name: str) -> Flown:
        parcels = [year.parcels[row.item_id] for row in year.aboard(name, *directions) if row.contract_id]
        parcels.sort(key=lambda one: (one.row.contract_id, one.delivered_utc or at, one.item_id))
        for contract_id, some in groupby(parcels, key=lambda one: one.row.contract_id):
            yield Told(at, OnDeliveries(contract_id=contract_id, deliveries=tuple(_deliveries(year, name, some, at))))

    return booking


def _deliveries(year: Year, mission_id: str, parcels: Iterable[Parcel], at: datetime) -> Iterator[tuple[Deliver, Act]]:
    for parcel in parcels:
        act = year.names.act(parcel.delivered_utc or at, "accounts", "deliver", parcel.item_id)
        yield Deliver(item_id=parcel.item_id, evidence=f"event {parcel.stowed_by}", mission_id=mission_id), act


# --- on the way back


def load_back(year: Year, at: datetime, name: str) -> Flown:
    """Return cargo and trash go aboard."""
    craft = year.crafts[name]
    bench = Bench(year, "crew")
    for row in year.aboard(name, "down", "disposal"):
        kind = steps.Load if row.direction == "down" else steps.Trash
        bench.add(kind, f"cargo/{row.item_id}", at, where=_vehicle(craft), taker=_operator(year, craft))
        year.parcels[row.item_id].state = "loaded"
    yield from bench.tell(at)


def _comes_back(year: Year, craft: Craft) -> bool:
    """Landers stay where they have landed; all others leave their port."""
    kind = year.plan.scenario.places[craft.row.destination].kind
    return kind not in ("surface", "asteroid") or bool(year.aboard(craft.name, "down", "disposal"))


def leave(year: Year, craft: Craft, at: datetime) -> Flown:
    """The spacecraft leaves its port."""
    if _comes_back(year, craft):
        bench = Bench(year, "mission control")
        bench.add(steps.Undock, _vehicle(craft), at, where=f"flight/{craft.name}")
        yield from bench.tell(at)


def come_back(year: Year, craft: Craft, at: datetime) -> Flown:
    """What was brought back is handed to its customers; what burns is gone."""
    if not _comes_back(year, craft):
        return
    bench = Bench(year, "recovery team")
    vehicle, site = _vehicle(craft), f"site/{craft.row.site}"
    lands = year.plan.scenario.vehicle_types[craft.row.vehicle_type].downmass_kg > 0.0
    if lands:
        ended = bench.add(steps.Land, vehicle, at, where=site)
    else:
        ended = bench.add(steps.Enter, vehicle, at, where=f"entry/{craft.name}")
    for row in year.aboard(craft.name, "down", "disposal"):
        parcel, thing = year.parcels[row.item_id], f"cargo/{row.item_id}"
        parcel.state, parcel.stowed_by, parcel.delivered_utc = "gone", ended, at
        year.tally.delivered[row.item_id] = at
        if row.due_utc is not None and at > row.due_utc:
            year.tally.late.add(row.item_id)
        if lands:
            bench.add(steps.Unload, thing, at, where=site, taker=CARGO_HANDS)
            down = row.direction == "down"
            where, taker = (f"customer/{row.customer}", row.customer) if down else (site, "waste contractor")
            parcel.stowed_by = bench.add(steps.Return, thing, at, where=where, taker=taker)
    yield from bench.tell(at)
    yield from _booking("down", "disposal")(year, at, craft.name)
