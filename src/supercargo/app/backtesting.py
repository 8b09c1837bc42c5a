"""The use case of a back-test: stand on a day of the past, simulate what may come, and hold it against what came."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from supercargo.app.history.flights import PastFlight, past_flights
from supercargo.app.history.knowledge import (
    LATE_PLAN_D,
    RECENT_D,
    REPORT_GOOD_D,
    Known,
    ahead_of,
    family_of,
    flight_loads_kg,
    known_on,
    known_rows,
)
from supercargo.app.history.stocks import RESERVE_D, SPARE_D, era_rates
from supercargo.kernel import ScenarioError, Watch, as_written, canonical_json, plain, silent
from supercargo.model import (
    BackTest,
    BandRow,
    CoverageRow,
    CrewStay,
    HeldRow,
    KnownRow,
    Rate,
    Records,
    StandRow,
    StockBandRow,
)
from supercargo.report.backtest import render_backtest
from supercargo.simulate.ahead import Ahead, Coming, draw_arrivals
from supercargo.simulate.ahead_stock import Cover, Use, cover_of, covers_of, drawn_levels, level_of, opening_of
from supercargo.simulate.bands import arrival_fan, band_rows
from supercargo.store import read_past_catalogue, read_records, refuse_existing, refuse_unwritable, write_rows
from supercargo.store.folders import write_whole

__all__ = ["PAGE_FILE", "SERIES_MONTHS", "BackTestAsked", "backtest_files", "backtest_folder", "backtest_of"]

PAGE_FILE, JSON_FILE = "backtest.html", "backtest.json"

_BEYOND_D = 400  # simulated beyond the end, so that a slow future has a k-th arrival too
_BEFORE_D = 365  # days before the one stood on that tell what was on board
_LONGEST_D = 3 * 366

SERIES_MONTHS = 14
"""Months that each day of the series is simulated for."""

_SERIES = tuple(datetime(year, month, 1, tzinfo=UTC) for year in range(2008, 2021) for month in (1, 7))


@dataclass(frozen=True, slots=True, kw_only=True)
class BackTestAsked:
    """What a person asks of `backtest`."""

    out: Path
    as_of: date = date(2014, 10, 27)
    until: date = date(2015, 12, 31)
    records: Path | None = None
    runs: int = 2000
    seed: int = 1
    series: bool = False
    force: bool = False


def backtest_folder(asked: BackTestAsked, *, watch: Watch = silent) -> BackTest:
    """A back-test, written as a folder of tables and a page.

    Raises ScenarioError for records, days or a span that can't be used, Refused for an `out` that exists unless `force`.
    """
    if not asked.as_of < asked.until <= asked.as_of + timedelta(days=_LONGEST_D):
        what = f"{asked.until} does not lie within three years after {asked.as_of}"
        raise ScenarioError(what, fix="give a later day, at most three years on", where="--until")
    refuse_existing(asked.out, force=asked.force, like=[PAGE_FILE])
    refuse_unwritable(asked.out)
    found = backtest_of(read_records(asked.records), read_past_catalogue(), asked, watch=watch)
    write_whole(asked.out, backtest_files(found), force=asked.force)
    return found


def backtest_files(found: BackTest) -> dict[str, bytes]:
    """The page, tables and JSON of a back-test, by file name."""
    return {
        PAGE_FILE: render_backtest(found).encode(),
        JSON_FILE: canonical_json(plain(found)).encode(),
        "bands.csv": write_rows(found.bands, BandRow),
        "known.csv": write_rows(found.known, KnownRow),
        "stock.csv": write_rows(found.stock, StockBandRow),
        "cover.csv": write_rows(found.cover, CoverageRow),
        "lost.csv": write_rows(found.held, HeldRow),
        "series.csv": write_rows(found.series, StandRow),
    }


def backtest_of(
    records: Records, catalogue: Mapping[str, tuple[Any, ...]], asked: BackTestAsked, *, watch: Watch = silent
) -> BackTest:
    """A back-test: what is drawn comes from `known_on` alone; what happened is laid beside it afterwards."""
    stand = _Stand(records, catalogue, _start(asked.as_of), _start(asked.until))
    share = 1.0 if not asked.series else 0.25
    futures = stand.futures(asked.runs, asked.seed, lambda done: watch(done * share))
    stock = _Stock(stand, futures)
    series = []
    for place, at in enumerate(_SERIES if asked.series else ()):
        series.append(_stood(records, catalogue, at, asked))
        watch(share + (1 - share) * (place + 1) / len(_SERIES))
    return BackTest(
        as_of_utc=stand.as_of_utc,
        until_utc=stand.until_utc,
        runs=asked.runs,
        seed=asked.seed,
        bands=stand.bands(futures),
        known=known_rows(stand.known, stand.ahead),
        stock=tuple(stock.rows()),
        cover=tuple(stock.covers()),
        held=tuple(stock.held()),
        series=tuple(series),
        fan=arrival_fan([[one.day for one in future] for future in futures], [day for day, _ in stand.real()], stand.until_d),
        assumptions=_assumptions(stand),
    )


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@dataclass
class _Stand:
    """A day stood on: what is known, what is drawn, and, apart from both, what happened."""

    records: Records
    catalogue: Mapping[str, tuple[Any, ...]]
    as_of_utc: datetime
    until_utc: datetime

    def __post_init__(self) -> None:
        self.known: Known = known_on(self.records, self.as_of_utc)
        self.ahead: Ahead = ahead_of(self.known, self.catalogue)
        self.until_d: int = self.known.day(self.until_utc)
        self.flights: tuple[PastFlight, ...] = past_flights(self.records)
        self.rates: tuple[Rate, ...] = era_rates(self.catalogue["rates"], self.as_of_utc)

    def futures(self, runs: int, seed: int, watch: Watch) -> list[tuple[Coming, ...]]:
        found = []
        for index in range(runs):
            found.append(draw_arrivals(self.ahead, seed=seed, index=index, until_d=self.until_d + _BEYOND_D))
            if index % 50 == 0:
                watch(index / runs)
        return found

    def real(self) -> list[tuple[int, str]]:
        """Arrivals that happened: day and flight."""
        return sorted(
            (self.known.day(one.dock_utc), one.name)
            for one in self.flights
            if one.dock_utc is not None and one.dock_utc >= self.as_of_utc and self.known.day(one.dock_utc) <= self.until_d
        )

    def lost(self) -> list[PastFlight]:
        """Flights lost from the day stood on until the end."""
        return [
            one
            for one in self.flights
            if one.record.lost and one.end_utc >= self.as_of_utc and self.known.day(one.launch_utc) <= self.until_d
        ]

    def bands(self, futures: Sequence[Sequence[Coming]]) -> tuple[BandRow, ...]:
        drawn = [[one.day for one in future] for future in futures]
        return band_rows(drawn, self.real(), last_day=self.ahead.last_arrival_day, until_d=self.until_d)


def _stood(records: Records, catalogue: Mapping[str, tuple[Any, ...]], at: datetime, asked: BackTestAsked) -> StandRow:
    month = at.month - 1 + SERIES_MONTHS
    stand = _Stand(records, catalogue, at, datetime(at.year + month // 12, month % 12 + 1, 1, tzinfo=UTC))
    rows = stand.bands(stand.futures(asked.runs, asked.seed, silent))
    longest = next((row for row in rows if row.kind == "longest gap"), None)
    return StandRow(
        as_of_utc=at,
        until_utc=stand.until_utc,
        arrivals=len(stand.real()),
        gaps_inside=sum(row.inside for row in rows if row.kind == "gap"),
        arrivals_inside=sum(row.inside for row in rows if row.kind == "arrival"),
        longest_real=longest.real if longest else 0.0,
        longest_p05=longest.p05 if longest else None,
        longest_p95=longest.p95 if longest else None,
        longest_inside=longest.inside if longest else True,
    )


@dataclass
class _Stock:
    """Stocks from the day stood on: drawn, as it happened, and without the losses. All three begin alike."""

    stand: _Stand
    futures: Sequence[Sequence[Coming]]

    def __post_init__(self) -> None:
        stand = self.stand
        self.drawn_use = tuple(self._use(rate, [self._crew(0)] * (stand.until_d + 1)) for rate in stand.rates)
        crew = [self._crew(day) for day in range(stand.until_d + 1)]
        self.real_use = tuple(
            replace(use, kg_d=tuple(people * _each_kg(rate) for people in crew))
            for use, rate in zip(self.drawn_use, stand.rates, strict=True)
        )
        self.drawn = {use.supply_class: drawn_levels(stand.ahead, use, self.futures) for use in self.drawn_use}
        came = [(day, self._loads(self._flight(name))) for day, name in stand.real()]
        missed = [(self._would_dock(one), self._loads(one)) for one in stand.lost()]
        self.real = {use.supply_class: level_of(use, _sum(came, use.supply_class)) for use in self.real_use}
        self.without = {use.supply_class: level_of(use, _sum([*came, *missed], use.supply_class)) for use in self.real_use}

    def _crew(self, day: int) -> int:
        at = self.stand.as_of_utc + timedelta(days=day)
        stays: Sequence[CrewStay] = self.stand.catalogue["crew"]
        return round(sum(stay.crew_count for stay in stays if stay.destination == "ISS" and stay.from_utc <= at < stay.to_utc))

    def _use(self, rate: Rate, crew: Sequence[int]) -> Use:
        """Use by the crew of the day stood on, and the stock that the flights of the year before kept up."""
        known, catalogue = self.stand.known, self.stand.catalogue
        arrived: dict[int, float] = {}
        for flight in known.flights:
            day = known.day(flight.dock_utc) + _BEFORE_D if flight.dock_utc is not None else -1
            if 0 <= day < _BEFORE_D:
                loads = flight_loads_kg(
                    flight,
                    known.flights,
                    catalogue,
                    self.stand.rates,
                    breakdowns=known.breakdowns,
                    programmes=known.programmes,
                )
                arrived[day] = arrived.get(day, 0.0) + loads.get(rate.supply_class, 0.0)
        each = crew[0] * _each_kg(rate)
        opening = opening_of(each, _BEFORE_D, arrived, least_d=RESERVE_D + SPARE_D)
        kg_d = tuple(people * _each_kg(rate) for people in crew)
        return Use(supply_class=rate.supply_class, on_hand_kg=opening, kg_d=kg_d, reserve_d=RESERVE_D)

    def _flight(self, name: str) -> PastFlight:
        return next(one for one in self.stand.flights if one.name == name)

    def _loads(self, flight: PastFlight) -> dict[str, float]:
        """What a flight carried, as is known today."""
        return flight_loads_kg(
            flight,
            self.stand.flights,
            self.stand.catalogue,
            self.stand.rates,
            breakdowns=self.stand.records.breakdowns,
            programmes=self.stand.known.programmes,
        )

    def _would_dock(self, lost: PastFlight) -> int:
        """Day on which a lost flight would have docked: its lift-off and the family's median way."""
        ways = [
            (one.dock_utc.date() - one.launch_utc.date()).days
            for one in self.stand.flights
            if one.dock_utc is not None and family_of(one) == family_of(lost)
        ]
        return self.stand.known.day(lost.launch_utc) + round(statistics.median(ways))

    def rows(self) -> list[StockBandRow]:
        found = []
        for use, real in zip(self.drawn_use, self.real_use, strict=True):
            name, levels = use.supply_class, np.sort(self.drawn[use.supply_class], axis=0)
            places = [max(0, int(np.ceil(share * len(levels) - 1e-9)) - 1) for share in (0.05, 0.5, 0.95)]
            for day in range(self.stand.until_d + 1):
                low, middle, high = (float(levels[place, day]) for place in places)
                found.append(
                    as_written(
                        StockBandRow(
                            supply_class=name,
                            day_utc=self.stand.as_of_utc + timedelta(days=day),
                            p05_kg=low,
                            p50_kg=middle,
                            p95_kg=high,
                            real_kg=float(self.real[name][day]),
                            without_losses_kg=float(self.without[name][day]),
                            reserve_kg=RESERVE_D * real.kg_d[day],
                        )
                    )
                )
        return found

    def covers(self) -> list[CoverageRow]:
        found = []
        for use, real in zip(self.drawn_use, self.real_use, strict=True):
            name = use.supply_class
            for case, cover in (
                ("as happened", cover_of(real, self.real[name])),
                ("without the losses", cover_of(real, self.without[name])),
                ("half of the futures", covers_of(use, self.drawn[name], 0.5)),
                ("worst twentieth", covers_of(use, self.drawn[name], 0.05)),
            ):
                found.append(self._cover(name, case, cover))
        return found

    def _cover(self, name: str, case: str, cover: Cover) -> CoverageRow:
        def on(day: int | None) -> str:
            return "" if day is None or day < 0 else f"{(self.stand.as_of_utc + timedelta(days=day)).date()}"

        row = CoverageRow(
            supply_class=name,
            case=case,
            lowest_kg=cover.lowest_kg,
            lowest_d=cover.lowest_d,
            lowest_date=on(cover.lowest_day),
            below_reserve_d=float(cover.below_d),
            first_below_date=on(cover.first_below),
            at_end_kg=cover.at_end_kg,
        )
        return as_written(row)

    def held(self) -> list[HeldRow]:
        found = []
        for flight in self.stand.lost():
            loads, day = self._loads(flight), self.stand.known.day(flight.launch_utc)
            for use in self.real_use:
                mass = loads.get(use.supply_class, 0.0)
                if mass > 0:
                    found.append(
                        as_written(
                            HeldRow(
                                mission=flight.name,
                                lost_date=f"{flight.launch_utc.date()}",
                                supply_class=use.supply_class,
                                mass_kg=mass,
                                use_d=mass / use.kg_d[max(0, day)],
                            )
                        )
                    )
        return found


def _each_kg(rate: Rate) -> float:
    """What one person uses of a class in a day, without what is won back [kg]."""
    return rate.kg_per_crew_d * (1.0 - rate.recovered_fraction)


def _sum(flights: Sequence[tuple[int, Mapping[str, float]]], supply_class: str) -> dict[int, float]:
    found: dict[int, float] = {}
    for day, loads in flights:
        found[day] = found.get(day, 0.0) + loads.get(supply_class, 0.0)
    return found


def _assumptions(stand: _Stand) -> tuple[str, ...]:
    return (
        f"Known is what lies before {stand.as_of_utc.date()} 00:00 UTC: a lift-off, docking, loss or end at its own "
        "instant, a report from the day after its date.",
        f"A date of launch_slips.csv counts as known {LATE_PLAN_D} days before it; a report of dates is believed for "
        f"{REPORT_GOOD_D} days.",
        "A dated flight slips as one of the missions flown by then did at a like lead: a mission is drawn, not a report. "
        "A flight whose number the plans skip lies evenly between its neighbours.",
        f"Other flights follow at gaps like those of their own family in the {RECENT_D // 365} years before, a family of few "
        "flights at the pace agreed for it.",
        "Each family has its own chance of a loss, drawn once a future from its own record (Jeffreys). After a loss the "
        "family stands down as long as one did on record.",
        "A family's first flight is not foreseen unless a report names it.",
        f"What was on board is not on record: it is the least with which the flights of the {_BEFORE_D} days before kept up "
        f"{RESERVE_D + SPARE_D:g} days of use.",
        "The crew of that day stays in the futures; what happened has the crew of the record. Rates and shares recovered "
        "are those of past years' scenarios.",
        "A drawn flight brings the median of its family's latest flights. One that happened brings what the record says, or "
        "the median of its kind.",
        "Without the losses all else stays as it happened, also flights that were moved up because of them.",
    )
