"""Back-tests: what is drawn knows nothing of what came later, and what came is laid beside it as it was."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.backtesting import BackTestAsked, backtest_files, backtest_of
from supercargo.app.history.flights import past_flights
from supercargo.app.history.knowledge import LATE_PLAN_D, ahead_of, known_on, known_rows
from supercargo.kernel import ScenarioError
from supercargo.model import BackTest, FlownFlight, LaunchReport, Records
from supercargo.simulate.ahead import Ahead, FamilyAhead, Planned, draw_arrivals
from supercargo.simulate.ahead_stock import Use, cover_of, level_of, opening_of
from supercargo.simulate.bands import arrival_fan, band_rows, quantile
from supercargo.store import read_past_catalogue, read_records
from tests.cli_runner import run

STAND = datetime(2014, 10, 27, tzinfo=UTC)
STANDS = (
    datetime(2009, 3, 1, tzinfo=UTC),
    STAND,
    datetime(2015, 5, 2, tzinfo=UTC),  # Progress M-27M is in orbit, and not yet lost
    datetime(2016, 12, 5, tzinfo=UTC),
    datetime(2019, 7, 26, tzinfo=UTC),  # SpX-18 is on its way
)


@cache
def records() -> Records:
    return read_records()


@cache
def catalogue() -> dict[str, Any]:
    return read_past_catalogue()


@cache
def the_backtest() -> BackTest:
    return backtest_of(records(), catalogue(), asked(runs=600))


def asked(**wishes: Any) -> BackTestAsked:
    return BackTestAsked(out=Path("out"), **wishes)


def later(written: str, by_d: int) -> str:
    """A date or instant of the record moved by days."""
    if not written:
        return ""
    return f"{date.fromisoformat(written[:10]) + timedelta(days=by_d)}{written[10:]}"


def otherwise(flight: FlownFlight, at: datetime) -> FlownFlight | None:
    """The flight as if all of it that came after an instant had come otherwise; None where it never flew."""
    day = f"{at.date()}"
    if flight.launch_utc >= at:
        if sum(map(ord, flight.mission)) % 3 == 0:
            return None
        won = flight.lost  # the lost ones docked, the others were lost
        launch = flight.launch_utc + timedelta(days=400 + len(flight.mission))
        after = [f"{(launch + timedelta(days=n)).date()}" for n in (3, 40, 41)]
        return replace(
            flight,
            launch_utc=launch,
            dock_utc=after[0] if won else "",
            port="Pirs nadir" if won else "",
            undock_utc=after[1] if won else "",
            mission_end_utc=after[2],
            outcome="success" if won else "launch failure",
            total_up_kg=9_999.0,
            pressurised_up_kg=9_000.0,
            water_up_kg=None,
            gas_up_kg=None,
            propellant_up_kg=None,
            unpressurised_up_kg=None,
        )
    moved: dict[str, Any] = {
        name: later(getattr(flight, name), 9)
        for name in ("dock_utc", "undock_utc", "mission_end_utc")
        if getattr(flight, name)[:10] >= day
    }
    if moved:
        moved |= {"return_kg": 7.0, "disposal_kg": 7.0}
    return replace(flight, **moved)


def altered(at: datetime) -> Records:
    """The record with everything that is dated at or after an instant changed, taken away or added."""
    day, whole = f"{at.date()}", records()
    flights = tuple(new for flight in whole.flights if (new := otherwise(flight, at)) is not None)
    gone = {flight.mission for flight in whole.flights if flight.launch_utc >= at}
    invented = LaunchReport(mission="SpX-99", family="Dragon", report_date=day, planned_date=later(day, 50))
    return replace(
        whole,
        flights=flights,
        breakdowns=tuple(row for row in whole.breakdowns if row.mission not in gone),
        slips=tuple(
            replace(row, planned_date=later(row.planned_date, 77)) if later(row.planned_date, -LATE_PLAN_D) >= day else row
            for row in whole.slips
        ),
        reports=(*(row for row in whole.reports if row.report_date < day), invented),
        standdowns=tuple(row for row in whole.standdowns if row.returned_date < day),
        programmes=tuple(row if row.known_date < day else replace(row, flights_total_count=1.0) for row in whole.programmes),
    )


@pytest.mark.parametrize("at", STANDS, ids=lambda at: f"{at.date()}")
def test_no_record_dated_after_the_day_stood_on_changes_a_byte_of_what_is_drawn(at: datetime) -> None:
    assert sum(new is not flight for new, flight in zip(altered(at).flights, records().flights, strict=False)) > 5
    told = []
    for each in (records(), altered(at)):
        known = known_on(each, at)
        ahead = ahead_of(known, catalogue())
        futures = [draw_arrivals(ahead, seed=1, index=index, until_d=500) for index in range(60)]
        told.append((repr(ahead), repr(known_rows(known, ahead)), repr(futures)))
    assert told[0] == told[1]


def test_the_bands_of_arrivals_and_stock_keep_their_bytes_whatever_came_later() -> None:
    both = [backtest_of(each, catalogue(), asked(runs=40)) for each in (records(), altered(STAND))]
    for field in ("p05_kg", "p50_kg", "p95_kg"):
        assert [getattr(row, field) for row in both[0].stock] == [getattr(row, field) for row in both[1].stock]
    assert [day[:3] for day in both[0].fan] == [day[:3] for day in both[1].fan]
    assert both[0].known == both[1].known
    assert [row.real for row in both[0].bands] != [row.real for row in both[1].bands]  # what happened did change


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: replace(whole, flights=tuple(one for one in whole.flights if one.mission != "Progress M-20M")),
        lambda whole: replace(
            whole,
            flights=tuple(
                replace(one, outcome="launch failure", dock_utc="", port="") if one.mission == "SpX-4" else one
                for one in whole.flights
            ),
        ),
        lambda whole: replace(whole, reports=tuple(row for row in whole.reports if row.report_date != "2014-09-25")),
        lambda whole: replace(whole, standdowns=whole.standdowns[1:]),
        lambda whole: replace(whole, programmes=tuple(one for one in whole.programmes if one.flights_total_count != 5.0)),
    ],
)
def test_a_record_dated_before_it_does_change_what_is_drawn(change: Callable[[Records], Records]) -> None:
    assert repr(ahead_of(known_on(change(records()), STAND), catalogue())) != repr(
        ahead_of(known_on(records(), STAND), catalogue())
    )


def test_the_three_losses_are_unknown_on_the_day_and_one_of_2011_is_known() -> None:
    known = known_on(records(), STAND)
    assert known.lost == {"Progress M-12M"}
    assert {"Cygnus Orb-3", "Progress M-27M", "SpX-7"}.isdisjoint(flight.name for flight in known.flights)
    dragon = next(one for one in ahead_of(known, catalogue()).families if one.family == "Dragon")
    assert [(one.mission, one.day) for one in dragon.planned][:3] == [("SpX-5", 35), ("SpX-6", 100), ("SpX-7", 229)]


def test_a_flight_lost_after_the_day_counts_as_on_its_way() -> None:
    known = known_on(records(), datetime(2015, 5, 2, tzinfo=UTC))
    on_its_way = [flight.name for flight in known.flights if flight.dock_utc is None and flight.name not in known.lost]
    assert on_its_way == ["Progress M-27M"]


def test_the_gaps_that_happened_lie_inside_the_band() -> None:
    gaps = [row for row in the_backtest().bands if row.kind == "gap"]
    assert [round(row.real) for row in gaps] == [36, 75, 36, 59, 79, 50, 38, 69, 14]
    assert all(row.inside for row in gaps)
    longest = next(row for row in the_backtest().bands if row.kind == "longest gap")
    assert longest.inside
    assert longest.p95 is not None
    assert longest.p95 < 150  # a band that holds everything would say nothing


def test_over_thirteen_years_a_band_of_ninety_percent_holds_about_ninety_percent() -> None:
    series = backtest_of(records(), catalogue(), asked(runs=150, series=True)).series
    arrivals = sum(row.arrivals for row in series)
    assert (len(series), arrivals) == (26, 229)
    assert 0.80 <= sum(row.gaps_inside for row in series) / arrivals <= 0.97
    assert 0.80 <= sum(row.arrivals_inside for row in series) / arrivals <= 0.97
    assert 0.80 <= sum(row.longest_inside for row in series) / len(series) <= 0.97


def test_without_the_losses_there_is_more_by_just_what_the_lost_flights_held() -> None:
    found = the_backtest()
    assert {row.mission for row in found.held} == {"Cygnus Orb-3", "Progress M-27M", "SpX-7"}
    for name in ("food", "water", "oxygen"):
        last = [row for row in found.stock if row.supply_class == name][-1]
        held = sum(row.mass_kg for row in found.held if row.supply_class == name)
        assert last.without_losses_kg - last.real_kg == pytest.approx(held, abs=0.01)
    happened, without = (
        next(row for row in found.cover if (row.supply_class, row.case) == ("food", case))
        for case in ("as happened", "without the losses")
    )
    assert happened.lowest_d < without.lowest_d


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    one, again, other = (backtest_files(backtest_of(records(), catalogue(), asked(runs=30, seed=seed))) for seed in (1, 1, 2))
    assert one == again
    assert one["bands.csv"] != other["bands.csv"]


def test_a_future_is_the_same_in_whatever_company_it_is_drawn() -> None:
    ahead = ahead_of(known_on(records(), STAND), catalogue())
    alone = draw_arrivals(ahead, seed=5, index=17, until_d=400)
    assert [draw_arrivals(ahead, seed=5, index=index, until_d=400) for index in range(18)][17] == alone


# drawing


def family(**wishes: Any) -> FamilyAhead:
    told: dict[str, Any] = {
        "family": "Kite",
        "last_day": -10,
        "last_lost": False,
        "gaps_d": (50,),
        "phasing_d": (2,),
        "planned": (),
        "underway": (),
        "left_count": None,
        "flown_count": 10**9,
        "lost_count": 0,
        "standdowns_d": (),
    }
    return FamilyAhead(**(told | wishes))


def ahead_with(one: FamilyAhead, **wishes: Any) -> Ahead:
    told: dict[str, Any] = {"families": (one,), "standdowns_d": (100,), "delays": (), "last_arrival_day": -8}
    return Ahead(**(told | wishes))


def days_of(ahead: Ahead, index: int = 0, until_d: int = 400) -> list[int]:
    return [one.day for one in draw_arrivals(ahead, seed=1, index=index, until_d=until_d)]


def test_a_dated_flight_comes_by_its_date_its_delay_and_its_way() -> None:
    planned = (Planned(mission="K-2", day=30, lead_d=60),)
    ahead = ahead_with(family(planned=planned, left_count=1, last_day=-100), delays=(((60, 7),),))
    assert days_of(ahead) == [30 + 7 + 2]


def test_delays_are_those_of_missions_at_a_like_lead() -> None:
    planned = (Planned(mission="K-2", day=40, lead_d=40),)
    ahead = ahead_with(family(planned=planned, left_count=1), delays=(((40, 5),), ((4000, 900),)))
    late = [days_of(ahead, index, until_d=2000)[0] for index in range(50)]
    assert late.count(47) == 50


def test_a_mission_with_many_reports_weighs_as_one() -> None:
    planned = (Planned(mission="K-2", day=40, lead_d=40),)
    ahead = ahead_with(family(planned=planned, left_count=1), delays=(((40, 5),), tuple((40, 90) for _ in range(30))))
    late = [days_of(ahead, index, until_d=2000)[0] for index in range(400)]
    assert 150 < late.count(47) < 250


def test_nothing_lifts_off_before_the_day_stood_on() -> None:
    planned = (Planned(mission="K-2", day=-3, lead_d=20),)
    ahead = ahead_with(family(planned=planned, last_day=-300), delays=(((20, 0),), ((20, 1),)))
    assert min(min(days_of(ahead, index), default=2) for index in range(50)) >= 2


def test_a_family_that_has_just_lost_a_flight_stands_down() -> None:
    ahead = ahead_with(family(last_lost=True, last_day=-5))
    assert min(days_of(ahead, index)[0] for index in range(50)) >= 95 + 2


def test_a_family_that_loses_every_flight_brings_none_and_one_that_ends_brings_no_more() -> None:
    assert days_of(ahead_with(family(lost_count=10**9))) == []
    assert len(days_of(ahead_with(family(left_count=2)))) == 2
    assert days_of(ahead_with(family(left_count=0, underway=(-1,)))) == [1]


def test_a_loss_costs_the_family_a_stand_down() -> None:
    """Every second flight is lost: between two arrivals lie a gap of some 50 days or a stand-down of 400."""
    ahead = ahead_with(family(flown_count=10**9, lost_count=10**9 // 2), standdowns_d=(400,))
    arrivals = [days_of(ahead, index, until_d=3000) for index in range(30)]
    gaps = [after - before for days in arrivals for before, after in pairwise(days)]
    assert {gap < 100 or gap >= 400 for gap in gaps} == {True}
    assert any(gap >= 400 for gap in gaps)


# bands and stock


def test_a_quantile_is_a_value_that_was_drawn() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (quantile(values, 0.05), quantile(values, 0.5), quantile(values, 0.95)) == (5.0, 50.0, 95.0)


def test_bands_of_gaps_by_hand() -> None:
    futures = [[10, 30, 100], [20, 30], [10, 50, 60]]
    rows = band_rows(futures, [(15, "A"), (60, "B")], last_day=0, until_d=90)
    told = {(row.kind, row.number): (row.real, row.p05, row.p50, row.p95, row.inside) for row in rows}
    assert told["gap", 1] == (15, 10, 10, 20, True)
    assert told["gap", 2] == (45, 10, 20, 40, False)
    assert told["arrival", 2] == (60, 30, 30, 50, False)
    assert told["longest gap", 1] == (45, 20, 20, 40, False)
    assert told["arrivals", 1] == (2, 2, 2, 3, True)


def test_a_future_without_a_k_th_arrival_counts_as_slow() -> None:
    rows = band_rows([[10], [10], [10]], [(12, "A"), (20, "B")], last_day=0, until_d=90)
    second = next(row for row in rows if (row.kind, row.number) == ("gap", 2))
    assert (second.p95, second.inside) == (None, False)
    assert arrival_fan([[1], [3]], [2], 3) == ((0, 0, 0, 0), (0, 0, 1, 0), (0, 0, 1, 1), (1, 1, 1, 1))


def test_stock_falls_by_use_and_rises_the_day_after_docking() -> None:
    use = Use(supply_class="food", on_hand_kg=100.0, kg_d=(10.0,) * 5, reserve_d=8.0)
    level = level_of(use, {1: 25.0})
    assert level.tolist() == [90.0, 80.0, 95.0, 85.0, 75.0]
    cover = cover_of(use, level)
    assert (cover.lowest_kg, cover.lowest_d, cover.lowest_day, cover.below_d, cover.first_below) == (75.0, 7.5, 4, 1, 4)
    assert opening_of(10.0, 3, {2: 30.0}, least_d=5.0) == 50.0 + 20.0 + 0.0


# the command and what it refuses


def test_the_command_writes_tables_and_a_page_that_say_the_same(tmp_path: Path) -> None:
    out = tmp_path / "back"
    told = run("backtest", "--runs", "50", "--out", str(out), "--json")
    assert told.code == 0
    answer = json.loads(told.out)
    with (out / "bands.csv").open(newline="") as source:
        rows = list(csv.DictReader(source))
    assert [float(row["real"]) for row in rows] == [row["real"] for row in answer["bands"]]
    page = (out / "backtest.html").read_text()
    assert "Progress M-27M" in page
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert run("backtest", "--runs", "50", "--out", str(out)).code == 4


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (("--until", "2014-10-27"), "give a later day"),
        (("--until", "2019-10-27"), "at most three years on"),
        (("--as-of", "2000-01-01", "--until", "2001-01-01"), "stand on a later day"),
    ],
)
def test_days_that_can_not_be_stood_on_are_refused_with_a_fix(words: tuple[str, ...], fix: str, tmp_path: Path) -> None:
    told = run("backtest", *words, "--out", str(tmp_path / "b"))
    assert told.code == 2
    assert fix in told.err
    assert not (tmp_path / "b").exists()


def test_every_date_that_can_not_be_read_is_named() -> None:
    reports = tuple(replace(row, planned_date="soon") if place < 2 else row for place, row in enumerate(records().reports))
    stood = (replace(records().standdowns[0], returned_date="never"), *records().standdowns[1:])
    with pytest.raises(ScenarioError) as told:
        known_on(replace(records(), reports=reports, standdowns=stood), STAND)
    assert sorted((fault.file, fault.column) for fault in told.value.faults) == [
        ("launch_reports.csv", "planned_date"),
        ("launch_reports.csv", "planned_date"),
        ("standdowns.csv", "returned_date"),
    ]
    assert all(fault.fix == "write YYYY-MM-DD" for fault in told.value.faults)


def test_reports_name_flights_as_the_record_does_once_they_have_flown() -> None:
    flown = {flight.name for flight in past_flights(records())}
    assert {row.mission for row in records().reports} <= flown
