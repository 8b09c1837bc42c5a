"""Records of what has flown: flights, the planned dates before them, what they carried, and element sets of those years.

These records are evidence, not input of a plan: a scenario of a past year is made from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Checked

__all__ = [
    "FLIGHT_OUTCOMES",
    "CargoBreakdown",
    "ElementSet",
    "FamilyStanddown",
    "FlownFlight",
    "LaunchReport",
    "LaunchSlip",
    "Programme",
    "Records",
]

FLIGHT_OUTCOMES = ("success", "launch failure", "spacecraft lost before docking")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlownFlight(_Checked):
    """An uncrewed cargo flight that has lifted off, as far as the record goes; dates without a time are only dates."""

    mission: str = text("name of the flight")
    iss_flight_no: str = text("short name by which the station counts it", default="")
    vehicle: str = text("family of spacecraft")
    variant: str = text("variant of the family")
    launch_vehicle: str = text("launcher")
    launch_site: str = text("site")
    launch_pad: str = text("pad")
    launch_utc: datetime = text("lift-off")
    capture_utc: str = text("capture by the arm, date or instant; empty: docked by itself, or never there", default="")
    dock_utc: str = text("docking, or end of berthing, date or instant; empty: never there", default="")
    port: str = text("docking place; empty: never there", default="")
    undock_utc: str = text("undocking, date or instant", default="")
    mission_end_utc: str = text("landing, entry or loss, date or instant", default="")
    pressurised_up_kg: float | None = quantity("kg", "pressurised cargo", ge=0, default=None)
    unpressurised_up_kg: float | None = quantity("kg", "unpressurised cargo", ge=0, default=None)
    total_up_kg: float | None = quantity("kg", "all cargo, tanks included", ge=0, default=None)
    return_kg: float | None = quantity("kg", "cargo brought back", ge=0, default=None)
    disposal_kg: float | None = quantity("kg", "trash taken away", ge=0, default=None)
    propellant_up_kg: float | None = quantity("kg", "propellant for the station", ge=0, default=None)
    water_up_kg: float | None = quantity("kg", "water", ge=0, default=None)
    gas_up_kg: float | None = quantity("kg", "oxygen and air", ge=0, default=None)
    outcome: str = text("what became of it", choices=FLIGHT_OUTCOMES)
    cargo_source: str = text("where the masses come from", default="")

    @property
    def lost(self) -> bool:
        """True for a flight that never docked."""
        return self.outcome != "success"


@dataclass(frozen=True, slots=True, kw_only=True)
class CargoBreakdown(_Checked):
    """What a flight carried by the agency's categories."""

    mission: str = text("name of the flight")
    direction: str = text("way", choices=("up", "return"))
    crew_supplies_kg: float | None = quantity("kg", "food, clothing, hygiene and the like", ge=0, default=None)
    science_kg: float | None = quantity("kg", "science", ge=0, default=None)
    vehicle_hardware_kg: float | None = quantity("kg", "station hardware", ge=0, default=None)
    spacewalk_equipment_kg: float | None = quantity("kg", "spacewalk equipment", ge=0, default=None)
    computer_resources_kg: float | None = quantity("kg", "computers", ge=0, default=None)
    russian_hardware_kg: float | None = quantity("kg", "hardware of the Russian segment", ge=0, default=None)
    other_kg: float | None = quantity("kg", "all else inside", ge=0, default=None)
    source: str = text("where the figures come from", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchSlip(_Checked):
    """The last date planned for a flight before the slip that moved it."""

    mission: str = text("name of the flight")
    planned_date: str = text("date planned, YYYY-MM-DD")
    source: str = text("where the date comes from", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementSet(_Checked):
    """A two-line element set of a station, as it was published."""

    station: str = text("station")
    tle_line1: str = text("first line")
    tle_line2: str = text("second line")
    source: str = text("where it was found", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchReport(_Checked):
    """The date planned for a flight, as a report of a day told it."""

    mission: str = text("name of the flight, as the record has it once it has flown")
    family: str = text("family of spacecraft")
    report_date: str = text("day of the report, YYYY-MM-DD")
    planned_date: str = text("date planned then, YYYY-MM-DD")
    source: str = text("where the date comes from", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyStanddown(_Checked):
    """A family of launchers or spacecraft that stood still after a loss."""

    family: str = text("launcher or spacecraft")
    lost_date: str = text("day of the loss, YYYY-MM-DD")
    returned_date: str = text("day of its next lift-off, YYYY-MM-DD")
    source: str = text("where the dates come from", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme(_Checked):
    """What is known of a family of spacecraft from a day on: how many will fly, and what one typically carries."""

    family: str = text("family of spacecraft")
    known_date: str = text("day from which it is known, YYYY-MM-DD")
    flights_total_count: float | None = quantity("count", "flights in all; empty: no end is known", ge=1, default=None)
    flights_a_year_count: float | None = quantity("count", "flights a year as agreed", ge=0.1, le=50, default=None)
    dry_kg: float | None = quantity("kg", "pressurised cargo of a flight, where the record is silent", ge=0, default=None)
    water_kg: float | None = quantity("kg", "water of a flight, where the record is silent", ge=0, default=None)
    gas_kg: float | None = quantity("kg", "oxygen and air of a flight, where the record is silent", ge=0, default=None)
    source: str = text("where it comes from", default="")


@dataclass(frozen=True, kw_only=True)
class Records:
    """All that is known of past flights."""

    flights: tuple[FlownFlight, ...]
    breakdowns: tuple[CargoBreakdown, ...] = ()
    slips: tuple[LaunchSlip, ...] = ()
    element_sets: tuple[ElementSet, ...] = ()
    reports: tuple[LaunchReport, ...] = ()
    standdowns: tuple[FamilyStanddown, ...] = ()
    programmes: tuple[Programme, ...] = ()
