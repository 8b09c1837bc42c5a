"""What was known on a day of the past, and nothing that came later.

`known_on` is the one gate: what it lets through is all that a back-test draws from. Each fact counts from its own day on:
a lift-off from its instant, a docking, a loss or an end from theirs, a report from the day after its date.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from supercargo.app.history.flights import PastFlight, past_flights
from supercargo.app.history.lines import Hold, lines_of
from supercargo.app.history.masses import Mass, loads_of
from supercargo.app.history.stocks import era_rates
from supercargo.kernel import Fault, ScenarioError, days
from supercargo.model import CargoBreakdown, FamilyStanddown, KnownRow, LaunchReport, Programme, Rate, Records
from supercargo.simulate.ahead import Ahead, FamilyAhead, Planned

__all__ = [
    "LATE_PLAN_D",
    "RECENT_D",
    "REPORT_GOOD_D",
    "Known",
    "ahead_of",
    "family_of",
    "flight_loads_kg",
    "known_on",
    "known_rows",
]

LATE_PLAN_D = 7
"""Days before the date of launch_slips.csv from which that date counts as known: an assumption, "days to weeks"."""

REPORT_GOOD_D = 180
"""Days for which a report of planned dates is believed: an assumption."""

RECENT_D = 5 * 365
"""Days before the one stood on whose gaps and phasings are a family's way of flying now: an assumption."""

_FEWEST_GAPS, _LOADS_COUNT, _A_YEAR = 3, 5, 1.0
_NUMBER = re.compile(r"-(\d+)", re.ASCII)
_FAMILY = {"Dragon 1": "Dragon", "Dragon 2 Cargo": "Dragon"}


def family_of(flight: PastFlight) -> str:
    """Family of spacecraft whose flights follow one another; both Dragons are one."""
    return _FAMILY.get(flight.record.vehicle, flight.record.vehicle)


@dataclass(frozen=True, kw_only=True)
class Known:
    """The facts of a day: flights that had lifted off, with what was known of them, and dates as then planned."""

    as_of_utc: datetime
    flights: tuple[PastFlight, ...]  # in order of lift-off; of one on its way dock and undock are None
    lost: frozenset[str]  # known to be lost
    breakdowns: tuple[CargoBreakdown, ...]
    reports: tuple[LaunchReport, ...]
    late_plans: Mapping[str, date]  # by flight: planned date of launch_slips.csv
    standdowns: tuple[FamilyStanddown, ...]
    programmes: Mapping[str, Programme]

    @property
    def families(self) -> Mapping[str, str]:
        """Family of each flight that any fact names."""
        return {flight.name: family_of(flight) for flight in self.flights} | {
            report.mission: report.family for report in self.reports
        }

    def day(self, instant: datetime | date) -> int:
        """Calendar days from the one stood on."""
        on = instant.date() if isinstance(instant, datetime) else instant
        return (on - self.as_of_utc.date()).days


def known_on(records: Records, as_of_utc: datetime) -> Known:
    """The facts that were known at an instant. Raises ScenarioError for records whose dates can't be read."""
    today = as_of_utc.date()
    dates = _Dates()
    reports = [one for one in records.reports if dates.read("launch_reports.csv", one.mission, "report_date", one) < today]
    for one in reports:
        dates.read("launch_reports.csv", one.mission, "planned_date", one)
    standdowns = [one for one in records.standdowns if dates.read("standdowns.csv", one.family, "returned_date", one) < today]
    for stood in standdowns:
        dates.read("standdowns.csv", stood.family, "lost_date", stood)
    programmes = [one for one in records.programmes if dates.read("programmes.csv", one.family, "known_date", one) < today]
    plans = {one.mission: dates.read("launch_slips.csv", one.mission, "planned_date", one) for one in records.slips}
    dates.refuse()
    flights = tuple(_as_known(flight, as_of_utc) for flight in past_flights(records) if flight.launch_utc < as_of_utc)
    names = {flight.name for flight in flights}
    return Known(
        as_of_utc=as_of_utc,
        flights=flights,
        lost=frozenset(flight.name for flight in flights if flight.record.lost),
        breakdowns=tuple(one for one in records.breakdowns if one.mission in names),
        reports=tuple(sorted(reports, key=lambda one: (one.report_date, one.mission))),
        late_plans={name: on for name, on in sorted(plans.items()) if on - timedelta(days=LATE_PLAN_D) < today},
        standdowns=tuple(standdowns),
        programmes={one.family: one for one in sorted(programmes, key=lambda one: one.known_date)},
    )


class _Dates:
    """Reads bare dates; every one that can't be read is told at once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def read(self, file: str, name: str, column: str, noun: Any) -> date:
        written = getattr(noun, column)
        try:
            return datetime.strptime(written, "%Y-%m-%d").date()
        except ValueError:
            self.faults.append(Fault(file, 0, column, f"of {name}: {written[:40]!r} is no date", "write YYYY-MM-DD"))
            return date.max

    def refuse(self) -> None:
        if self.faults:
            raise ScenarioError.of(sorted(self.faults), where="records of past flights")


def _as_known(flight: PastFlight, as_of_utc: datetime) -> PastFlight:
    """The flight without what had not happened yet; a loss that was still to come is none."""
    record, ended = flight.record, flight.end_utc < as_of_utc
    docked = flight.dock_utc is not None and flight.dock_utc < as_of_utc
    left = flight.undock_utc is not None and flight.undock_utc < as_of_utc
    record = replace(
        record,
        capture_utc="",
        dock_utc=record.dock_utc if docked else "",
        port=record.port if docked else "",
        undock_utc=record.undock_utc if left else "",
        mission_end_utc=record.mission_end_utc if ended else "",
        return_kg=record.return_kg if ended else None,
        disposal_kg=record.disposal_kg if ended else None,
        outcome=record.outcome if ended else "success",
    )
    return replace(
        flight,
        record=record,
        nominal_utc=flight.launch_utc,
        dock_utc=flight.dock_utc if docked else None,
        undock_utc=flight.undock_utc if left else None,
        end_utc=flight.end_utc if ended else as_of_utc,
    )


def ahead_of(known: Known, catalogue: Mapping[str, tuple[Any, ...]]) -> Ahead:
    """What a back-test draws from. Raises ScenarioError where nothing had flown yet, or no stand-down was on record."""
    docked = [flight for flight in known.flights if flight.dock_utc is not None]
    if not docked:
        what, fix = "no flight on record had docked by then", "stand on a later day, or give records that reach further back"
        raise ScenarioError(what, fix=fix, where="--as-of")
    names = sorted(set(known.families.values()))
    standdowns = tuple(sorted([*_standdowns_read(known), *(one for name in names for one in _standdowns_d(known, name))]))
    if not standdowns:
        what = "no stand-down after a loss had ended by then, so nobody could say how long one lasts"
        raise ScenarioError(what, fix="add one to standdowns.csv of the records, or stand on a later day", where="--as-of")
    rates = era_rates(catalogue["rates"], known.as_of_utc)
    return Ahead(
        families=tuple(_family(known, name, catalogue, rates) for name in names),
        standdowns_d=standdowns,
        delays=tuple(_delays(known)),
        last_arrival_day=max(known.day(flight.dock_utc) for flight in docked if flight.dock_utc),
    )


def _standdowns_read(known: Known) -> Iterator[int]:
    for one in known.standdowns:
        yield (date.fromisoformat(one.returned_date) - date.fromisoformat(one.lost_date)).days


def _standdowns_d(known: Known, name: str) -> tuple[int, ...]:
    """Days from each loss of a family to its next lift-off, if there was one."""
    pairs = pairwise(_own(known, name))
    return tuple((after.launch_utc.date() - lost.launch_utc.date()).days for lost, after in pairs if lost.name in known.lost)


def _own(known: Known, name: str) -> tuple[PastFlight, ...]:
    return tuple(flight for flight in known.flights if family_of(flight) == name)


def _delays(known: Known) -> Iterator[tuple[tuple[int, int], ...]]:
    """Lead and delay of every report of a mission that had lifted off, mission by mission."""
    lifted = {flight.name: flight.launch_utc.date() for flight in known.flights}
    for mission in sorted({one.mission for one in known.reports} & lifted.keys()):
        reports = [one for one in known.reports if one.mission == mission and one.report_date < f"{lifted[mission]}"]
        rows = []
        for one in reports:
            planned = date.fromisoformat(one.planned_date)
            lead = (planned - date.fromisoformat(one.report_date)).days
            rows.append((lead, (lifted[mission] - planned).days))
        if rows:
            yield tuple(rows)


def _family(known: Known, name: str, catalogue: Mapping[str, tuple[Any, ...]], rates: Sequence[Rate]) -> FamilyAhead:
    own, gaps, programme = _own(known, name), _gaps_d(known, name), known.programmes.get(name)
    agreed = programme.flights_a_year_count if programme and programme.flights_a_year_count else _A_YEAR
    gaps += (round(365 / agreed),) * (_FEWEST_GAPS - len(gaps))
    phasing = [
        (flight.dock_utc.date() - flight.launch_utc.date()).days
        for flight in own
        if flight.dock_utc is not None and known.day(flight.launch_utc) >= -RECENT_D
    ]
    docked = sum(flight.dock_utc is not None for flight in own)
    lost = sum(flight.name in known.lost for flight in own)
    total = programme.flights_total_count if programme else None
    return FamilyAhead(
        family=name,
        last_day=known.day(own[-1].launch_utc) if own else -1,
        last_lost=bool(own) and own[-1].name in known.lost,
        gaps_d=gaps,
        phasing_d=tuple(phasing) or (2,),
        planned=tuple(_planned(known, name)),
        underway=tuple(
            known.day(flight.launch_utc) for flight in own if flight.dock_utc is None and flight.name not in known.lost
        ),
        left_count=None if total is None else max(0, round(total) - len(own)),
        flown_count=docked + lost,
        lost_count=lost,
        standdowns_d=_standdowns_d(known, name),
        loads_kg=_typical_loads_kg(known, own, catalogue, rates),
    )


def _gaps_d(known: Known, name: str) -> tuple[int, ...]:
    """Days between lift-offs of a family lately, or ever where these are few, without those in which it stood down."""
    pairs = [(before, after) for before, after in pairwise(_own(known, name)) if before.name not in known.lost]
    recent = [(before, after) for before, after in pairs if known.day(after.launch_utc) >= -RECENT_D]
    chosen = recent if len(recent) >= _FEWEST_GAPS else pairs
    return tuple((after.launch_utc.date() - before.launch_utc.date()).days for before, after in chosen)


def _planned(known: Known, name: str) -> Iterator[Planned]:
    """Dated flights of a family that had not lifted off, each by the latest word on it, in order of date."""
    lifted = {flight.name for flight in known.flights}
    families = known.families
    dated: dict[str, tuple[int, int]] = {}
    for one in known.reports:
        if one.mission not in lifted and one.family == name:
            told, planned = date.fromisoformat(one.report_date), date.fromisoformat(one.planned_date)
            if known.day(told) >= -REPORT_GOOD_D:
                dated[one.mission] = (known.day(planned), (planned - told).days)
    for mission, planned in known.late_plans.items():
        if mission not in lifted and _family_by_name(mission, families) == name:
            dated[mission] = (known.day(planned), LATE_PLAN_D)
    plans = [Planned(mission=mission, day=day, lead_d=lead) for mission, (day, lead) in dated.items()]
    plans.sort(key=lambda one: (one.day, one.mission))
    own = _own(known, name)
    before = (own[-1].name, known.day(own[-1].launch_utc)) if own else ("", 0)
    for plan in plans:
        yield from _between(before, plan)
        yield plan
        before = (plan.mission, plan.day)


def _between(before: tuple[str, int], planned: Planned) -> Iterator[Planned]:
    """Flights whose numbers a plan skips, evenly between their neighbours: SpX-8 and SpX-10 tell of SpX-9."""
    numbers = [_NUMBER.search(name) for name in (before[0], planned.mission)]
    if None in numbers:
        return
    first, last = (int(found[1]) for found in numbers if found)
    for number in range(first + 1, last):
        day = before[1] + round((planned.day - before[1]) * (number - first) / (last - first))
        name = _NUMBER.sub(f"-{number}", planned.mission, count=1)
        yield Planned(mission=name, day=day, lead_d=planned.lead_d - (planned.day - day))


def _family_by_name(mission: str, families: Mapping[str, str]) -> str:
    """Family of a flight that has not flown: as a report names it, else by the first letters of its name."""
    if mission in families:
        return families[mission]
    first = mission.replace("-", " ").split(" ")[0]
    return {"SpX": "Dragon"}.get(first, first)


def _typical_loads_kg(
    known: Known, own: Sequence[PastFlight], catalogue: Mapping[str, tuple[Any, ...]], rates: Sequence[Rate]
) -> tuple[tuple[str, float], ...]:
    """Median mass of each class of supply on the family's latest flights; nothing where none has flown."""
    latest = [
        flight_loads_kg(flight, known.flights, catalogue, rates, breakdowns=known.breakdowns, programmes=known.programmes)
        for flight in own[-_LOADS_COUNT:]
    ]
    classes = sorted({name for loads in latest for name in loads})
    return tuple((name, statistics.median(loads.get(name, 0.0) for loads in latest)) for name in classes)


def flight_loads_kg(
    flight: PastFlight,
    flights: Sequence[PastFlight],
    catalogue: Mapping[str, tuple[Any, ...]],
    rates: Sequence[Rate],
    *,
    breakdowns: Sequence[CargoBreakdown],
    programmes: Mapping[str, Programme],
) -> dict[str, float]:
    """Mass of each class of supply that a flight carried up [kg].

    As recorded, else the median of its kind among `flights`, else as its programme's makers say.
    """
    vehicle = next(one for one in catalogue["vehicles"] if one.vehicle_type == flight.vehicle_type)
    bays = tuple(bay for bay in catalogue["bays"] if bay.vehicle_type == flight.vehicle_type)
    bags = tuple(bag for bag in catalogue["bags"] if bag.ctbe in (1.0, 2.0, 3.0))
    loads = loads_of(flight, flights, vehicle)
    said = programmes.get(family_of(flight))
    if said is not None:
        loads = replace(
            loads,
            pressurised=_or_said(loads.pressurised, said.dry_kg),
            water=_or_said(loads.water, said.water_kg),
            gas=_or_said(loads.gas, said.gas_kg),
        )
    found: dict[str, float] = {}
    for line in lines_of(flight, loads, Hold(vehicle, bays, bags), breakdowns, rates):
        if line.direction == "up":
            found[line.supply_class] = found.get(line.supply_class, 0.0) + line.mass_kg
    return found


def _or_said(mass: Mass, said_kg: float | None) -> Mass:
    return Mass(said_kg, "memory", "makers' description") if mass.kg == 0 and said_kg else mass


def known_rows(known: Known, ahead: Ahead) -> tuple[KnownRow, ...]:
    """Every fact that the futures are drawn from, with the day since when it is known."""
    today = known.as_of_utc.date()
    rows = [
        KnownRow(
            kind="lost" if flight.name in known.lost else "on its way" if flight.dock_utc is None else "docked",
            object=flight.name,
            known_date=f"{(flight.dock_utc or (flight.end_utc if flight.name in known.lost else flight.launch_utc)).date()}",
            value=f"lifted off {flight.launch_utc.date()}",
            source="iss_cargo_missions.csv",
        )
        for flight in known.flights
    ]
    for family in ahead.families:
        for one in family.planned:
            told = today + timedelta(days=one.day - one.lead_d)
            value = f"planned for {today + timedelta(days=one.day)}, {one.lead_d} d ahead"
            source = "launch_slips.csv" if one.mission in known.late_plans else "launch_reports.csv"
            rows.append(KnownRow(kind="planned", object=one.mission, known_date=f"{told}", value=value, source=source))
        gaps = sorted(family.gaps_d)
        value = f"gaps between lift-offs {gaps[0]} to {gaps[-1]} d, median {statistics.median(gaps):g} d, {len(gaps)} of them"
        rows.append(KnownRow(kind="cadence", object=family.family, known_date=f"{today - days(1)}", value=value))
    for stood in known.standdowns:
        away = (date.fromisoformat(stood.returned_date) - date.fromisoformat(stood.lost_date)).days
        value = f"{away} d after the loss of {stood.lost_date}"
        rows.append(
            KnownRow(
                kind="stand-down", object=stood.family, known_date=stood.returned_date, value=value, source="standdowns.csv"
            )
        )
    for name, programme in sorted(known.programmes.items()):
        count = programme.flights_total_count
        value = "no end is known" if count is None else f"{count:g} flights in all"
        rows.append(
            KnownRow(kind="programme", object=name, known_date=programme.known_date, value=value, source="programmes.csv")
        )
    return tuple(rows)
