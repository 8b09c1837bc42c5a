"""Transfers in words: the question from what was typed, the answer as lines or as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from supercargo.app.transfer_answer import TransferAnswer
from supercargo.kernel import ScenarioError
from supercargo.model import (
    DeliveredMass,
    LegRow,
    LunarFlight,
    LunarStudy,
    TransferFlight,
    TransferRequest,
    TransferStudy,
    TransferWindow,
)

__all__ = [
    "TransferWords",
    "Wanted",
    "dates_of",
    "numbers_of",
    "request_of",
    "rows_lines",
    "rows_path",
    "study_lines",
    "study_told",
]


@dataclass(frozen=True, slots=True)
class TransferWords:
    """The question as typed."""

    origin: str
    destination: str
    depart: str
    arrive: str
    duration: str = ""
    stay: str = ""
    back: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much of an answer is wanted."""

    parking_km: float
    grid: int
    best: int
    rows: Path | None = None
    """File for rows of transfer_windows.csv, and the place of a scenario that they are for."""
    rows_for: str = ""
    lit_d: float = 30.0
    scenario: Path | None = None
    """Scenario whose places `rows_for` may name; without it, the catalogue's."""


def rows_path(wanted: Wanted) -> Path | None:
    """The file of rows that is wanted, None for none; raises ScenarioError for a file without a place or the reverse."""
    if (wanted.rows is None) == bool(wanted.rows_for.strip()):
        fix = "give both: --rows FILE.csv --for DESTINATION"
        raise ScenarioError("rows need a file and the place they are for", fix=fix, where="--rows, --for")
    if wanted.scenario is not None and wanted.rows is None:
        raise ScenarioError("a scenario only serves rows", fix="give --rows and --for, too", where="--scenario")
    return wanted.rows


def request_of(words: TransferWords, wanted: Wanted) -> TransferRequest:
    """The question; raises ScenarioError for words that make none."""
    if bool(words.stay) != bool(words.back):
        raise ScenarioError("a way back needs both --stay and --back", fix="give both, or neither", where="--stay")
    return TransferRequest(
        origin=words.origin,
        destination=words.destination,
        depart=dates_of(words.depart, "--depart"),
        arrive=dates_of(words.arrive, "--arrive"),
        duration_d=numbers_of(words.duration, "--days") if words.duration else (0.0, math.inf),
        stay_d=numbers_of(words.stay, "--stay") if words.stay else None,
        back=dates_of(words.back, "--back") if words.back else None,
        parking_km=wanted.parking_km,
        grid=wanted.grid,
        best=wanted.best,
    )


def dates_of(words: str, where: str) -> tuple[datetime, datetime]:
    """Two dates written A..B; one alone stands for both.

    >>> [date.year for date in dates_of("2030-01-01..2031-01-01", "--depart")]
    [2030, 2031]
    """
    first, _, last = words.partition("..")
    try:
        ends = [datetime.strptime(word.strip(), "%Y-%m-%d").replace(tzinfo=UTC) for word in (first, last or first)]
    except ValueError:
        fix = "write them as 2036-01-01..2037-06-30"
        raise ScenarioError(f"{words!r} is no range of dates", fix=fix, where=where) from None
    return ends[0], ends[1]


def numbers_of(words: str, where: str) -> tuple[float, float]:
    """Two numbers written N..M, the smaller first.

    >>> numbers_of("60..460", "--days")
    (60.0, 460.0)
    """
    first, _, last = words.partition("..")
    fix = "write it as 60..460"
    try:
        low, high = float(first), float(last)
    except ValueError:
        raise ScenarioError(f"{words!r} is no range of days", fix=fix, where=where) from None
    if not (0.0 <= low <= high < math.inf):
        raise ScenarioError(f"{words!r} is no range of days", fix=fix, where=where)
    return low, high


def study_told(
    study: TransferStudy | LunarStudy, out: Path | None, windows: tuple[TransferWindow, ...] = ()
) -> TransferAnswer:
    """The answer for a program."""
    lunar = study if isinstance(study, LunarStudy) else None
    solar = study if isinstance(study, TransferStudy) else None
    return {
        "origin": study.origin,
        "destination": study.destination,
        "flights": list(solar.flights) if solar else [],
        "round_trips": list(solar.round_trips) if solar else [],
        "lunar_flights": list(lunar.flights) if lunar else [],
        "legs": list(lunar.legs) if lunar else [],
        "delivered": list(study.delivered),
        "reason": study.reason,
        "assumptions": list(study.assumptions),
        "folder": str(out) if out else None,
        "windows": list(windows),
    }


def rows_lines(wanted: Wanted, rows: tuple[TransferWindow, ...]) -> Iterator[str]:
    """What was written for a scenario, for a person."""
    if rows:
        yield f"Written: {wanted.rows}, {len(rows)} lift-offs for {wanted.rows_for}"
    for route in dict.fromkeys(row.route for row in rows):
        burns = [row.delta_v_m_s or 0.0 for row in rows if row.route == route]
        yield f"  {len(burns):4}  {route}: {min(burns):,.0f} to {max(burns):,.0f} m/s by the spacecraft"


def study_lines(study: TransferStudy | LunarStudy, out: Path | None) -> Iterator[str]:
    """The answer for a person."""
    yield from _lunar(study) if isinstance(study, LunarStudy) else _solar(study)
    yield from _masses(study)
    yield ""
    yield from (f"Assumed: {words}" for words in study.assumptions)
    if out is not None:
        yield f"Written: {out}"


def _lunar(study: LunarStudy) -> Iterator[str]:
    if not study.flights:
        yield f"{study.origin} to {study.destination}: no flight: {study.reason}"
    else:
        yield f"{study.origin} to {study.destination}, cheapest flights of each route (km/s)"
        yield "      departure     arrival   days  leave burn  arrive burn  delta-v   Sun  lit 14 d  route"
        yield from (_moonbound(number, flight) for number, flight in enumerate(study.flights, start=1))
    yield ""
    yield "Legs (m/s): computed, published without reserve"
    yield from (_leg(leg) for leg in study.legs)


def _moonbound(number: int, one: LunarFlight) -> str:
    light = f"{one.sun_elevation_deg:5.1f}" if one.sun_elevation_deg is not None else "    -"
    share = f"{100 * one.sunlit_fraction:6.0f} %" if one.sunlit_fraction is not None else "       -"
    return (
        f"{number:3}  {one.depart_utc:%Y-%m-%d}  {one.arrive_utc:%Y-%m-%d} {one.duration_d:6.1f} "
        f"{one.departure_burn_m_s / 1e3:11.3f} {one.arrival_burn_m_s / 1e3:12.3f} {one.delta_v_m_s / 1e3:8.3f} "
        f"{light}  {share}  {one.route}"
    )


def _leg(leg: LegRow) -> str:
    ours = "    -" if leg.delta_v_m_s is None else f"{leg.delta_v_m_s:5.0f}"
    theirs = "    -" if leg.published_m_s is None else f"{leg.published_m_s:5.0f}"
    return f"  {ours} {theirs}  {leg.start} to {leg.end}, {leg.days} d: {leg.basis}"


def _solar(study: TransferStudy) -> Iterator[str]:
    if not study.flights:
        yield f"{study.origin} to {study.destination}: no transfer: {study.reason}"
    else:
        yield f"{study.origin} to {study.destination}, cheapest flights (km/s, C3 in km2/s2)"
        yield "      departure     arrival   days     C3   v-inf out    in   decl  leave burn  arrive burn  delta-v"
        yield from (_flight(number, flight) for number, flight in enumerate(study.flights, start=1))
    if study.round_trips:
        yield ""
        yield "There and back"
        yield "      departure     arrival   stay       leaves        home   delta-v   entry"
        for trip in study.round_trips:
            out_leg, back_leg = trip.out, trip.back
            yield (
                f"     {out_leg.depart_utc:%Y-%m-%d}  {out_leg.arrive_utc:%Y-%m-%d} {trip.stay_d:6.0f}   "
                f"{back_leg.depart_utc:%Y-%m-%d}  {back_leg.arrive_utc:%Y-%m-%d} {trip.delta_v_m_s / 1e3:9.3f} "
                f"{trip.entry_m_s / 1e3:7.2f}"
            )


def _flight(number: int, one: TransferFlight) -> str:
    return (
        f"{number:3}  {one.depart_utc:%Y-%m-%d}  {one.arrive_utc:%Y-%m-%d} {one.duration_d:6.0f} {one.c3_km2_s2:6.1f} "
        f"{one.departure_v_infinity_m_s / 1e3:11.3f} {one.arrival_v_infinity_m_s / 1e3:5.2f} {one.declination_deg:6.1f} "
        f"{one.departure_burn_m_s / 1e3:11.3f} {one.arrival_burn_m_s / 1e3:12.3f} {one.delta_v_m_s / 1e3:8.3f}"
    )


def _masses(study: TransferStudy | LunarStudy) -> Iterator[str]:
    if not study.delivered:
        return
    carriers = [one for one in study.delivered if one.cargo_kg > 0.0]
    yield ""
    yield "Cargo delivered on flight 1" if carriers else "No spacecraft of the catalogue brings cargo on flight 1"
    yield from (_mass(one) for one in carriers)
    rest = {one.vehicle_type for one in study.delivered} - {one.vehicle_type for one in carriers}
    if carriers and rest:
        yield f"     none: {', '.join(sorted(rest))}"


def _mass(one: DeliveredMass) -> str:
    carrier = f"{one.vehicle_type} on {one.launcher}"
    return f"  {one.cargo_kg:8,.0f} kg  {carrier} ({one.evidence}; limited by {one.limited_by}): {one.why}"
