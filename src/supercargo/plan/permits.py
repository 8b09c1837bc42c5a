"""What licences, station agreements, export permits and training let be done when; without rows nothing is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from supercargo.model import CargoLine, Flight, Launcher, LaunchWindow, Licence, Scenario, Staff, VehicleType
from supercargo.plan.schedule_instants import Course

__all__ = ["PERMITS", "Permits", "may_load", "needs_permit"]

PERMITS = ("launch", "station", "staff")
"""What an option has to show, in this order."""


def _allows(words: tuple[str, ...], word: str) -> bool:
    return not words or word in words


class Permits:
    """The dated permissions of a scenario, asked by the options of its missions."""

    def __init__(self, scenario: Scenario) -> None:
        self._launch = tuple(row for row in scenario.licences if row.kind == "launch")
        self._station = tuple(row for row in scenario.licences if row.kind == "station")
        self._staff = scenario.staff
        self._places = scenario.places

    def passed(self, vehicle: VehicleType, launcher: Launcher, window: LaunchWindow, course: Course) -> int:
        """How many of PERMITS a lift-off with its course has, before the first that it lacks."""
        if not (self._launch or self._station or self._staff):
            return len(PERMITS)

        def at(after_s: int) -> datetime:
            return window.launch_utc + timedelta(seconds=after_s)

        if not self._may_launch(vehicle, launcher, window):
            return 0
        if not self._may_arrive(vehicle, window, at(course.arrive_s)):
            return 1
        hours_d = min(vehicle.unload_h_d, self._places[window.destination].handling_h_d)
        work = [(course.unload_start_s, course.unload_end_s), (course.load_start_s, course.load_end_s)]
        here = [row for row in self._staff if row.role == "transfer" and _allows(row.destinations, window.destination)]
        hands = all(_on_hand(here, at(start), at(end), hours_d) for start, end in work if here)
        ground = [row for row in self._staff if row.role == "processing" and _allows(row.sites, window.site)]
        prepared = not ground or _on_hand(ground, at(course.processing_s), at(course.pad_s), 0.0)
        return len(PERMITS) if hands and prepared else 2

    def _may_launch(self, vehicle: VehicleType, launcher: Launcher, window: LaunchWindow) -> bool:
        def asked(row: Licence) -> bool:
            return row.holder == launcher.operator or window.site in row.sites or not (row.holder or row.sites)

        concerned = [row for row in self._launch if asked(row)]
        return not concerned or any(
            row.holder in ("", launcher.operator) and _covers(row, vehicle, window, window.launch_utc) for row in concerned
        )

    def _may_arrive(self, vehicle: VehicleType, window: LaunchWindow, arrive_utc: datetime) -> bool:
        def asked(row: Licence) -> bool:
            return window.destination in row.destinations or (not row.destinations and row.holder in ("", vehicle.operator))

        concerned = [row for row in self._station if asked(row)]
        return not concerned or any(
            row.holder in ("", vehicle.operator) and _covers(row, vehicle, window, arrive_utc) for row in concerned
        )


def _covers(row: Licence, vehicle: VehicleType, window: LaunchWindow, at_utc: datetime) -> bool:
    where = _allows(row.launchers, window.launcher) and _allows(row.sites, window.site)
    what = _allows(row.vehicle_types, vehicle.vehicle_type) and _allows(row.destinations, window.destination)
    return where and what and row.state == "granted" and row.from_utc <= at_utc <= row.to_utc


def _on_hand(staff: Iterable[Staff], start_utc: datetime, end_utc: datetime, hours_d: float) -> bool:
    """Whether those whose training holds can give `hours_d` hours a day [h] at each instant of a span."""
    if start_utc >= end_utc:
        return True
    able = [row for row in staff if row.from_utc < end_utc and row.to_utc > start_utc]
    turns = {start_utc, *(row.from_utc for row in able), *(row.to_utc for row in able)}
    for turn in sorted(turn for turn in turns if start_utc <= turn < end_utc):
        there = [row for row in able if row.from_utc <= turn < row.to_utc]
        enough = any(row.shift_h_d is None for row in there) or sum(row.shift_h_d or 0.0 for row in there) >= hours_d - 1e-9
        if not there or not enough:
            return False
    return True


def needs_permit(scenario: Scenario, line: CargoLine) -> tuple[Licence, ...]:
    """Export permits that name what a line is: it flies up only under one of them; none are needed where there are none."""
    if line.direction != "up":
        return ()
    return tuple(
        row
        for row in scenario.licences
        if row.kind == "export"
        and row.holder in ("", line.customer)
        and _allows(row.classes, line.supply_class)
        and _allows(row.hazards, line.hazard)
    )


def may_load(permits: tuple[Licence, ...], flight: Flight, at_utc: datetime) -> bool:
    """Whether one of the permits that a line needs covers a flight and is in force when the line is loaded."""
    return not permits or any(
        row.state == "granted"
        and row.from_utc <= at_utc <= row.to_utc
        and _allows(row.launchers, flight.launcher)
        and _allows(row.vehicle_types, flight.vehicle_type)
        and _allows(row.sites, flight.site)
        and _allows(row.destinations, flight.destination)
        for row in permits
    )
