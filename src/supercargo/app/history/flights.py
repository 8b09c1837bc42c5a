"""Flights of the record with instants in place of dates, and which of them belong to a year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from supercargo.kernel import Fault, ScenarioError, days_between, parse_utc
from supercargo.model import FlownFlight, Records

__all__ = ["FIRST_YEAR", "TYPE_OF", "PastFlight", "past_flights"]

FIRST_YEAR = 2001
"""The first whole year of cargo flights to the station."""

TYPE_OF: Mapping[tuple[str, str], str] = {
    ("Progress", "M1"): "Progress M",
    ("Progress", "M"): "Progress M",
    ("Progress", "M-M"): "Progress M-M",
    ("Progress", "MS"): "Progress MS",
    ("ATV", "ATV"): "ATV",
    ("HTV", "HTV"): "HTV",
    ("Dragon 1", "COTS demo"): "Dragon 1",
    ("Dragon 1", "CRS"): "Dragon 1",
    ("Dragon 2 Cargo", "CRS-2"): "Dragon 2 Cargo",
    ("Cygnus", "Standard"): "Cygnus Standard",
    ("Cygnus", "Enhanced"): "Cygnus Enhanced",
}
"""Type in vehicles.csv of each family and variant of the record."""

DOCKING_TIME, LEAVING_TIME, ENDING_TIME = time(18, tzinfo=UTC), time(12, tzinfo=UTC), time(18, tzinfo=UTC)
"""Time of day that stands for a bare date: assumptions."""

_SHORTEST_FLIGHT = timedelta(minutes=10)
_FILE = "iss_cargo_missions.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastFlight:
    """A flight of the record; of a lost one dock and undock are None."""

    record: FlownFlight
    vehicle_type: str
    nominal_utc: datetime  # last lift-off planned before it slipped, at the time of day at which it flew
    dock_utc: datetime | None
    undock_utc: datetime | None
    end_utc: datetime

    @property
    def name(self) -> str:
        """Name of the flight."""
        return self.record.mission

    @property
    def launch_utc(self) -> datetime:
        """Lift-off."""
        return self.record.launch_utc

    @property
    def slip_d(self) -> float:
        """Last planned date to lift-off [d]."""
        return days_between(self.nominal_utc, self.launch_utc)

    @property
    def phasing_d(self) -> float | None:
        """Lift-off to docking [d]; None if it never docked."""
        return None if self.dock_utc is None else days_between(self.launch_utc, self.dock_utc)

    @property
    def docked_d(self) -> float | None:
        """Docking to undocking [d]; None if it never docked."""
        return None if self.dock_utc is None or self.undock_utc is None else days_between(self.dock_utc, self.undock_utc)

    @property
    def return_d(self) -> float | None:
        """Undocking to the end [d]; None if it never docked."""
        return None if self.undock_utc is None else days_between(self.undock_utc, self.end_utc)


def past_flights(records: Records) -> tuple[PastFlight, ...]:
    """Every flight of the record in order of lift-off.

    Raises ScenarioError with a fault for each row whose dates can't be read or do not follow each other.
    """
    faults: list[Fault] = []
    planned = {slip.mission: slip.planned_date for slip in records.slips}
    found = [
        _past(number, flight, planned.get(flight.mission, ""), faults) for number, flight in enumerate(records.flights, 2)
    ]
    if faults:
        raise ScenarioError.of(sorted(faults), where="records of past flights")
    return tuple(sorted((flight for flight in found if flight), key=lambda flight: (flight.launch_utc, flight.name)))


def _past(row: int, record: FlownFlight, planned: str, faults: list[Fault]) -> PastFlight | None:
    before = len(faults)
    vehicle_type = TYPE_OF.get((record.vehicle, record.variant))
    if vehicle_type is None:
        what = f"no type of spacecraft stands for {record.vehicle!r}, variant {record.variant!r}"
        known = ", ".join(sorted({f"{vehicle} {variant}" for vehicle, variant in TYPE_OF}))
        faults.append(Fault(_FILE, row, "variant", what, f"use one of: {known}"))
    dock, undock, end = (
        _instant(row, column, getattr(record, column), at, faults)
        for column, at in (("dock_utc", DOCKING_TIME), ("undock_utc", LEAVING_TIME), ("mission_end_utc", ENDING_TIME))
    )
    nominal = _nominal(record, planned, faults)
    if len(faults) > before or vehicle_type is None:
        return None
    last = undock or record.launch_utc + _SHORTEST_FLIGHT
    flight = PastFlight(
        record=record,
        vehicle_type=vehicle_type,
        nominal_utc=nominal,
        dock_utc=None if record.lost else dock,
        undock_utc=None if record.lost else undock,
        end_utc=max(end or last, last),
    )
    faults += [Fault(_FILE, row, column, what, fix) for column, what, fix in _disorder(flight)]
    return flight


def _instant(row: int, column: str, written: str, at: time, faults: list[Fault]) -> datetime | None:
    """An instant as written, or a bare date at a time of day."""
    if not written:
        return None
    try:
        return parse_utc(written) if "T" in written else datetime.combine(datetime.strptime(written, "%Y-%m-%d").date(), at)
    except ValueError:
        what, fix = f"{written[:40]!r} is neither a date nor an instant", "write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ"
        faults.append(Fault(_FILE, row, column, what, fix))
        return None


def _nominal(record: FlownFlight, planned: str, faults: list[Fault]) -> datetime:
    if not planned:
        return record.launch_utc
    try:
        day = datetime.strptime(planned, "%Y-%m-%d").date()
    except ValueError:
        what = f"the planned date of {record.mission} is {planned[:40]!r}"
        faults.append(Fault("launch_slips.csv", 0, "planned_date", what, "write YYYY-MM-DD"))
        return record.launch_utc
    return min(datetime.combine(day, record.launch_utc.timetz()), record.launch_utc)


def _disorder(flight: PastFlight) -> Iterator[tuple[str, str, str]]:
    if flight.record.lost:
        return
    if flight.dock_utc is None or flight.undock_utc is None:
        yield (
            "dock_utc",
            f"{flight.name} was no loss, and its docking or undocking is missing",
            "give both, or say how it was lost",
        )
    elif not flight.launch_utc < flight.dock_utc < flight.undock_utc:
        yield "dock_utc", f"lift-off, docking and undocking of {flight.name} do not follow each other", "correct the dates"
    if not flight.record.port:
        yield "port", f"{flight.name} docked, and its port is missing", "name the port"
