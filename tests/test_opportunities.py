"""Computed lift-offs as rows for a scenario: how often, in what light, about which season, and as a person asks for them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from supercargo.app.transfers import transfer_catalogue
from supercargo.astro.impulses import G0_M_S2
from supercargo.astro.moon import sun_elevation_deg
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.kernel import DAY_S, Fault, ScenarioError, days_between
from supercargo.model import SCENARIO_TABLES, TransferRequest, TransferWindow
from supercargo.plan.lunar_transfers import SOUTH_POLE_DEG
from supercargo.plan.opportunities import HALO_EPOCH_UTC, Listing, list_opportunities
from supercargo.plan.transfers import Catalogue
from supercargo.store import read_catalogue
from supercargo.store.rows import read_rows
from tests.cli_runner import run


def day(year: int, month: int = 1, date: int = 1) -> datetime:
    return datetime(year, month, date, tzinfo=UTC)


@cache
def catalogue() -> Catalogue:
    return transfer_catalogue()


def asked(target: str, **changes: Any) -> TransferRequest:
    request = TransferRequest(
        origin="Earth", destination=target, depart=(day(2028), day(2029)), arrive=(day(2028), day(2029, 5))
    )
    return replace(request, **changes)


@cache
def listed(target: str, lit_d: float = 30.0) -> tuple[TransferWindow, ...]:
    return list_opportunities(asked(target), catalogue(), target, listing=Listing(lit_d=lit_d))


def test_gateway_has_one_chance_of_each_route_a_revolution_of_its_orbit() -> None:
    routes = {row.route for row in listed("Gateway")}
    assert routes == {"fast to NRHO", "low-energy to NRHO"}
    for route in routes:
        own = [row for row in listed("Gateway") if row.route == route]
        assert len(own) >= 55
        for first, second in pairwise(own):
            assert days_between(first.launch_utc, second.launch_utc) == pytest.approx(6.562, abs=1e-3)


def test_every_route_meets_gateway_at_the_phase_that_is_assumed() -> None:
    for row in listed("Gateway"):
        met = row.launch_utc + timedelta(days=row.transit_d - 1.0)  # a day is for the rendezvous
        turns = days_between(HALO_EPOCH_UTC, met) / 6.56235
        assert turns == pytest.approx(round(turns), abs=2e-3)


@pytest.mark.parametrize("target", ["Gateway", "LLO", "Lunar South Pole", "Bennu"])
def test_no_two_rows_of_a_place_share_a_lift_off(target: str) -> None:
    request = (
        asked(target) if target != "Bennu" else asked(target, depart=(day(2030), day(2031)), arrive=(day(2030), day(2032)))
    )
    rows = list_opportunities(request, catalogue(), target)
    instants = [row.launch_utc for row in rows]
    assert instants == sorted(set(instants))
    assert all(row.opens_utc < row.launch_utc < row.closes_utc for row in rows)


def test_routes_that_would_share_a_lift_off_are_moved_an_hour_apart() -> None:
    by_gateway = next(row for row in listed("LLO") if row.route == "fast to NRHO, LLO")
    near = (by_gateway.launch_utc - timedelta(seconds=2), by_gateway.launch_utc + timedelta(seconds=2))
    rows = list_opportunities(asked("LLO", depart=near), catalogue(), "LLO", listing=Listing(every_d=1.0 / DAY_S))
    told = [(row.route, row.launch_utc) for row in rows]
    assert told[:5] == [("fast to LLO", near[0] + timedelta(seconds=number)) for number in range(5)]
    assert told[5:] == [("fast to NRHO, LLO", by_gateway.launch_utc + timedelta(hours=1))]


@pytest.mark.parametrize("lit_d", [10.0, 45.0])
def test_landings_are_lit_from_arrival_through_the_stay(lit_d: float) -> None:
    rows = listed("Lunar South Pole", lit_d)
    assert len({row.route for row in rows}) == 3
    for row in rows:
        landing_s = seconds_since_j2000(row.launch_utc) + row.transit_d * DAY_S
        heights = sun_elevation_deg(catalogue().ephemeris, landing_s + np.arange(0.0, lit_d, 0.125) * DAY_S, *SOUTH_POLE_DEG)
        assert row.sun_elevation_deg == pytest.approx(float(heights[0]), abs=1e-3)
        assert float(heights.min()) > -0.01  # rows are searched every three hours


def test_lunar_night_of_2028_has_no_landing_and_its_day_has_many() -> None:
    landings = [row.launch_utc + timedelta(days=row.transit_d) for row in listed("Lunar South Pole")]
    assert not [at for at in landings if day(2028, 2, 1) < at < day(2028, 7, 15)]
    assert len([at for at in landings if day(2028, 7, 15) < at < day(2028, 12, 1)]) > 60


def test_longer_light_and_a_higher_sun_leave_fewer_landings() -> None:
    high = list_opportunities(asked("Lunar South Pole"), catalogue(), "pole", listing=Listing(sun_min_deg=0.8))
    assert 0 < len(high) < len(listed("Lunar South Pole"))
    assert all(row.sun_elevation_deg is not None and row.sun_elevation_deg >= 0.79 for row in high)
    assert len(listed("Lunar South Pole", 45.0)) < len(listed("Lunar South Pole", 10.0))


def test_seasons_of_an_asteroid_hold_only_departures_near_their_best() -> None:
    request = asked("Itokawa", depart=(day(2029, 7), day(2031)), arrive=(day(2030), day(2032, 7)))
    rows = list_opportunities(request, catalogue(), "Itokawa", listing=Listing(within=1.04))
    assert rows
    seasons = {row.route for row in rows}
    assert all(route.startswith("direct, season of 2030-") for route in seasons)
    wider = list_opportunities(request, catalogue(), "Itokawa", listing=Listing(within=1.10))
    assert len(wider) > len(rows)
    for route in seasons:
        own = [row.launch_utc for row in rows if row.route == route]
        assert min(days_between(first, second) for first, second in pairwise(own)) == pytest.approx(3.0, abs=1.1)


@pytest.mark.parametrize(
    ("target", "changes", "words"),
    [
        ("Gateway", {"origin": "Mars"}, "begin at the Earth"),
        ("Gateway", {"depart": (day(2029), day(2028))}, "back to front"),
        ("Lunar South Pole", {"depart": (day(2028), day(2060))}, "outside the ephemeris"),
        (
            "Mars",
            {"depart": (day(2028, 9), day(2029)), "arrive": (day(2029, 6), day(2030))},
            "asteroids and the Moon's places",
        ),
        ("Vulcan", {}, "no body is called 'Vulcan'"),
    ],
)
def test_question_without_rows_says_what_to_change(target: str, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words) as refused:
        list_opportunities(asked(target, **changes), catalogue(), target)
    assert refused.value.fix


WORDS = ("--depart", "2028-07-01..2028-10-01", "--arrive", "2028-07-01..2028-11-01", "--grid", "3")


def test_rows_of_the_command_are_rows_of_transfer_windows(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    told = run("transfer", "--from", "Earth", "--to", "NRHO", *WORDS, "--rows", str(path), "--for", "Gateway")
    assert told.code == 0, told.err
    table = next(one for one in SCENARIO_TABLES if one.noun is TransferWindow)
    faults: list[Fault] = []
    rows = read_rows(path.read_bytes(), table, faults)
    assert not faults
    assert f"Written: {path}, {len(rows)} lift-offs for Gateway" in told.out
    assert {row.destination for row in rows} == {"Gateway"}
    assert {row.route for row in rows} == {"fast to NRHO", "low-energy to NRHO"}
    assert "--force" in run("transfer", "--from", "Earth", "--to", "NRHO", *WORDS, "--rows", str(path), "--for", "A").err


@pytest.mark.parametrize(
    ("target", "place", "words"),
    [
        ("Bennu", "ISS", "ISS is flown to by plane crossing"),
        ("Bennu", "Foo bar", "no place of the catalogue is called 'Foo bar'"),
        ("Bennu", "Gateway", "Gateway is at the body Moon, and Bennu is not"),
        ("NRHO", "Bennu", "Bennu is at the body Sun, and NRHO is not"),
    ],
)
def test_rows_for_a_place_that_never_reads_them_are_refused(target: str, place: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    told = run("transfer", "--from", "Earth", "--to", target, *WORDS, "--rows", str(path), "--for", place)
    assert (told.code, path.exists()) == (2, False)
    assert words in told.err
    assert "use one of: " in told.err


def test_rows_can_be_for_a_place_of_a_scenario_that_still_lacks_them(tmp_path: Path, scenario_folder: Path) -> None:
    listed = scenario_folder / "destinations.csv"
    head, first = listed.read_text().split("\n")[:2]
    cells = dict(zip(head.split(","), first.split(","), strict=True))
    own = {**cells, "destination": "Outpost", "body": "Moon", "window_kind": "catalogue"}
    listed.write_text("\n".join((head, first, ",".join(own.values()), "")))
    words = ("transfer", "--from", "Earth", "--to", "NRHO", *WORDS, "--rows", str(tmp_path / "rows.csv"), "--for", "Outpost")
    assert "--scenario" in run(*words).err
    told = run(*words, "--scenario", str(scenario_folder))
    assert (told.code, "lift-offs for Outpost" in told.out) == (0, True), told.err


def test_a_body_that_is_not_known_is_answered_with_the_moons_places_too() -> None:
    told = run("transfer", "--from", "Earth", "--to", "Foo", *WORDS)
    assert told.code == 2
    assert all(name in told.err for name in ("NRHO", "Gateway", "LLO", "Lunar South Pole", "Bennu", "Mars"))


@pytest.mark.parametrize("given", [("--rows", "x.csv"), ("--for", "Gateway")])
def test_rows_without_a_place_and_a_place_without_rows_are_refused(given: tuple[str, str]) -> None:
    told = run("transfer", "--from", "Earth", "--to", "NRHO", *WORDS, *given)
    assert told.code == 2
    assert "--rows FILE.csv --for DESTINATION" in told.err


def test_dates_without_light_give_no_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    dates = ("--depart", "2028-03-01..2028-03-20", "--arrive", "2028-03-01..2028-04-01", "--grid", "3")
    told = run(
        "transfer", "--from", "Earth", "--to", "Lunar South Pole", *dates, "--rows", str(path), "--for", "Lunar South Pole"
    )
    assert told.code == 2
    assert "--lit-days" in told.err
    assert not path.exists()


@pytest.mark.parametrize("target", ["Gateway", "Lunar South Pole"])
def test_rows_of_the_catalogue_are_those_that_the_command_of_its_page_computes(target: str) -> None:
    request = asked(target, depart=(day(2027), day(2028)), arrive=(day(2027), day(2028, 2)))
    shipped = tuple(row for row in read_catalogue()["transfer_windows"] if row.destination == target)
    assert shipped == list_opportunities(request, catalogue(), target)


def test_bennus_real_season_of_2027_is_beyond_the_carrier_and_the_catalogue_says_that_its_own_is_invented() -> None:
    request = asked("Bennu", depart=(day(2027), day(2028)), arrive=(day(2027, 3), day(2030)), duration_d=(60.0, 700.0))
    carrier = next(one for one in read_catalogue()["vehicles"] if one.vehicle_type == "Asteroid Cargo Carrier")
    most_m_s = carrier.isp_s * G0_M_S2 * math.log1p(carrier.propellant_kg / carrier.dry_mass_kg)
    real = list_opportunities(request, catalogue(), "Bennu")
    assert real
    assert all(row.delta_v_m_s is not None and row.delta_v_m_s > 1.7 * most_m_s for row in real)
    shipped = [row for row in read_catalogue()["transfer_windows"] if row.destination == "Bennu"]
    assert all("moved to 2027: assumption" in row.source for row in shipped)
