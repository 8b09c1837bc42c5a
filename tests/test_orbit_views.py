"""What an orbit allows, read off a scenario: rows, refusals, the commands and their tables."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from supercargo.kernel import ScenarioError
from supercargo.model import Antenna, DisposalCorridor, LandingZone, ReturnChance, Scenario
from supercargo.plan.orbit_views import antennas_of, beta_days, hold_safety, station_passes, ways_home
from tests.builders import START, a_scenario, a_vehicle, on_day
from tests.cli_runner import run

MONTHS = ("Jan 2027", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SPAN = (START, on_day(3))


def a_yard() -> Scenario:
    """A spaceplane that brings cargo back, a capsule that does, a type that doesn't say how, and one that brings nothing."""
    return a_scenario(
        vehicles=(
            a_vehicle(lands="runway"),
            a_vehicle(vehicle_type="Bell", lands="sea"),
            a_vehicle(vehicle_type="Seed"),
            a_vehicle(vehicle_type="Moth", downmass_kg=0.0),
            a_vehicle(vehicle_type="Beetle", docking_system="landing", downmass_kg=0.0),
        )
    )


def return_chances(*asked: Any, **changes: Any) -> tuple[ReturnChance, ...]:
    rows = ways_home(*asked, **changes).rows
    return tuple(row for row in rows if isinstance(row, ReturnChance))


def test_beta_swings_through_the_year_within_inclination_and_obliquity() -> None:
    rows = beta_days(a_scenario(), "Hub", (START, on_day(365)))
    beta = [row.beta_deg for row in rows]
    assert len(rows) == 366
    assert -75.1 <= min(beta) <= -60.0
    assert 60.0 <= max(beta) <= 75.1
    for row in rows:
        assert 0.0 <= row.night_fraction < 0.4
        assert abs(row.beta_deg) < 71.0 or row.night_fraction == 0.0
        assert abs(row.beta_deg) > 68.0 or row.night_fraction > 0.0


def test_the_doubt_of_beta_is_that_of_the_node_and_stays_within_a_circle() -> None:
    scenario = a_scenario()
    (orbit,) = scenario.orbits
    near = beta_days(scenario, "Hub", (START, on_day(60)))
    loose = replace(scenario, orbits=(replace(orbit, sigma_altitude_km=2.0 * orbit.sigma_altitude_km),))
    for row, doubled in zip(near, beta_days(loose, "Hub", (START, on_day(60))), strict=True):
        assert doubled.sigma_deg == pytest.approx(2.0 * row.sigma_deg, rel=0.1, abs=0.02)
    assert near[0].sigma_deg < 0.05 < near[-1].sigma_deg < 2.0
    far = beta_days(scenario, "Hub", (on_day(20_000), on_day(20_060)))
    assert all(25.0 < row.sigma_deg < 100.0 for row in far)
    moved = replace(
        scenario, orbits=(replace(orbit, mean_motion_rev_d=orbit.mean_motion_rev_d * (1.0 - 1.5 * 2.0 / 6_798.0)),)
    )
    there = beta_days(moved, "Hub", (START, on_day(60)))  # 2 km higher: the node itself, not its sigma
    ratios = [
        abs(one.beta_deg - other.beta_deg) / (row.sigma_deg * 2.0 / orbit.sigma_altitude_km)
        for one, other, row in zip(there, near, near, strict=True)
        if row.sigma_deg > 0.15
    ]
    assert 0.6 < sorted(ratios)[len(ratios) // 2] < 1.4


def test_a_place_about_another_body_is_refused_for_its_body_not_for_a_missing_row() -> None:
    base = a_scenario()
    far = replace(base, destinations=tuple(replace(place, body="Moon") for place in base.destinations))
    with pytest.raises(ScenarioError, match="Hub is not in Earth orbit, its body is Moon") as told:
        beta_days(far, "Hub", SPAN)
    assert "add a row" not in told.value.fix


def test_passes_come_in_order_with_their_stations_and_a_growing_doubt() -> None:
    high = Antenna(name="Ridge", latitude_deg=45.0, longitude_deg=7.0, least_elevation_deg=30.0)
    low = replace(high, name="Shore", least_elevation_deg=5.0)
    rows = station_passes(a_scenario(), "Hub", (low, high), SPAN)
    assert [row.rise_utc for row in rows] == sorted(row.rise_utc for row in rows)
    assert all(row.rise_utc <= row.highest_utc <= row.set_utc for row in rows)
    ridge = {row.highest_utc for row in rows if row.station == "Ridge"}
    assert ridge
    assert ridge < {row.highest_utc for row in rows if row.station == "Shore"}
    sigma_s = [row.sigma_s for row in rows]
    assert sigma_s == sorted(sigma_s)
    assert {row.lit for row in rows} == {True, False}


def test_without_an_antenna_each_launch_site_has_one() -> None:
    assert [antenna.name for antenna in antennas_of(a_scenario())] == ["Cape"]


def test_a_type_that_brings_cargo_back_lands_and_any_other_ends_in_the_ocean() -> None:
    landings = return_chances(a_yard(), "Hub", "Wren", SPAN)
    disposals = return_chances(a_yard(), "Hub", "Moth", SPAN)
    assert {row.kind for row in landings} <= {"landing", "splashdown"}
    assert {row.zone for row in disposals} == {"South Pacific"}
    for row in (*landings, *disposals):
        assert row.undock_utc <= row.burn_utc <= row.burn_until_utc
        assert row.burn_utc < row.ground_utc
        assert SPAN[0] <= row.burn_utc <= SPAN[1]
    assert all(row.by_day is ((row.sun_deg or 0.0) > 0.0) for row in landings)
    assert landings[0].delta_v_m_s < disposals[0].delta_v_m_s


LONG = (START, on_day(12))


@pytest.mark.parametrize(
    ("vehicle", "zones"),
    [
        ("Wren", {"Kennedy Space Center"}),
        ("Bell", {"Pensacola", "Tampa", "Jacksonville", "Pacific off Long Beach"}),
        ("Seed", {"Kazakhstan steppe", "Pensacola", "Tampa", "Jacksonville", "Pacific off Long Beach"}),
    ],
)
def test_a_type_lands_only_where_its_kind_can(vehicle: str, zones: set[str]) -> None:
    rows = return_chances(a_yard(), "Hub", vehicle, LONG)
    assert rows
    assert {row.zone for row in rows} <= zones
    assert vehicle == "Wren" or max(row.off_track_km or 0.0 for row in rows) <= 60.0


def test_a_zone_that_a_type_can_t_use_is_named_and_so_is_a_silent_record() -> None:
    found = ways_home(a_yard(), "Hub", "Bell", SPAN, zones=("Kennedy Space Center",))
    assert found.rows == ()
    assert found.remarks[0] == "not for Bell, which comes down at sea: Kennedy Space Center, for landings on a runway"
    assert "describe one with --zone" in found.remarks[-1]
    assert "lands is empty" in ways_home(a_yard(), "Hub", "Seed", SPAN).remarks[0]


def test_no_way_home_says_how_near_the_track_passes() -> None:
    far = LandingZone(name="Needle", latitude_deg=40.1, longitude_deg=-113.0, reach_km=0.0)
    found = ways_home(a_yard(), "Hub", "Bell", SPAN, zones=(far,))
    assert found.rows == ()
    told = [remark for remark in found.remarks if remark.startswith("the track passes Needle at ")]
    near_km = float(told[0].split()[5].replace(",", ""))
    reached = replace(far, reach_km=near_km + 1.0)
    assert len(return_chances(a_yard(), "Hub", "Bell", (on_day(-1), SPAN[1]), zones=(reached,))) == 1


def test_undocking_before_the_span_is_not_listed_and_the_remark_counts_it() -> None:
    slow = replace(a_yard(), vehicles=(a_vehicle(lands="runway", return_d=1.5),))
    found = ways_home(slow, "Hub", "Wren", SPAN)
    left = return_chances(slow, "Hub", "Wren", SPAN)
    assert left
    assert all(row.undock_utc >= START for row in left)
    every = return_chances(a_yard(), "Hub", "Wren", (on_day(-2), SPAN[1]))
    gone = [row for row in every if row.burn_utc >= START and row.ground_utc < on_day(1) + timedelta(days=0.5)]
    assert gone
    assert found.remarks[-1].startswith(f"{len(gone)} of {len(gone) + len(left)} ways left out")


def test_a_type_that_brings_nothing_back_says_so_and_one_that_can_t_dock_is_refused() -> None:
    said = ways_home(a_yard(), "Hub", "Moth", SPAN).remarks[0]
    assert said == "Moth brings nothing back (downmass_kg is 0): it ends in the South Pacific"
    with pytest.raises(ScenarioError, match="Beetle can't be at Hub: it docks by landing") as told:
        ways_home(a_yard(), "Hub", "Beetle", SPAN)
    assert "a type that docks there" in told.value.fix


def test_zones_narrow_down_where_a_spacecraft_lands() -> None:
    every = return_chances(a_yard(), "Hub", "Wren", SPAN)
    one = return_chances(a_yard(), "Hub", "Wren", SPAN, zones=("Kennedy Space Center",))
    assert one
    assert one == tuple(row for row in every if row.zone == "Kennedy Space Center")


def test_a_zone_and_a_corridor_may_be_described() -> None:
    utah = LandingZone(name="Utah", latitude_deg=40.1, longitude_deg=-113.0, reach_km=300.0)
    assert {row.zone for row in return_chances(a_yard(), "Hub", "Wren", SPAN, zones=(utah,))} == {"Utah"}
    indian = DisposalCorridor(name="Indian Ocean", south_deg=-50.0, north_deg=-20.0, west_deg=60.0, east_deg=100.0)
    rows = return_chances(a_yard(), "Hub", "Moth", SPAN, corridor=indian)
    assert {row.zone for row in rows} == {"Indian Ocean"}
    assert {row.burn_utc for row in rows}.isdisjoint(row.burn_utc for row in return_chances(a_yard(), "Hub", "Moth", SPAN))
    with pytest.raises(ScenarioError, match="northern parallel"):
        return_chances(a_yard(), "Hub", "Moth", SPAN, corridor=replace(indian, north_deg=-60.0))


def test_holds_are_judged_with_the_propellant_that_the_way_up_leaves() -> None:
    rows = {row.hold: row for row in hold_safety(a_scenario(), "Hub", "Wren")}
    assert [name for name, row in rows.items() if row.safe] == ["1 km below", "250 m below"]
    poor = hold_safety(a_scenario(vehicles=(a_vehicle(propellant_kg=300.0),)), "Hub", "Wren")
    assert all((row.left_kg or 0.0) < (rows[row.hold].left_kg or 0.0) for row in poor)


@pytest.mark.parametrize(
    ("view", "changes", "fix"),
    [
        ("beta", {"destination": "Moon"}, "use one of: Hub"),
        ("passes", {"destination": "Moon"}, "use one of: Hub"),
        ("returns", {"vehicle": "Crow"}, "use one of: Beetle, Bell, Moth, Seed, Wren"),
        ("returns", {"zones": ("Mars",)}, "use one of: Jacksonville"),
        ("passes", {"span": (on_day(100), on_day(101))}, "newer elements"),
        ("returns", {"span": (on_day(100), on_day(101))}, "newer elements"),
        ("passes", {"span": (START, START)}, "at least an hour"),
        ("beta", {"span": (START, START)}, "at least one day"),
        ("holds", {"vehicle": "Crow"}, "use one of: Beetle, Bell, Moth, Seed, Wren"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_the_fix(view: str, changes: dict[str, Any], fix: str) -> None:
    given: dict[str, Any] = {"destination": "Hub", "vehicle": "Wren", "span": SPAN, "zones": (), **changes}
    asked: dict[str, Callable[[], object]] = {
        "beta": lambda: beta_days(a_yard(), given["destination"], given["span"]),
        "passes": lambda: station_passes(a_yard(), given["destination"], antennas_of(a_yard()), given["span"]),
        "returns": lambda: return_chances(a_yard(), "Hub", given["vehicle"], given["span"], zones=given["zones"]),
        "holds": lambda: hold_safety(a_yard(), given["destination"], given["vehicle"]),
    }
    with pytest.raises(ScenarioError) as told:
        asked[view]()
    assert fix in told.value.fix


def test_a_place_without_orbit_is_refused_with_the_fix() -> None:
    with pytest.raises(ScenarioError, match="has no orbit"):
        beta_days(replace(a_scenario(), orbits=()), "Hub", SPAN)


def test_the_command_says_where_the_node_is_lost(scenario_folder: Path) -> None:
    near, far = (
        run("orbit", "beta", str(scenario_folder), "--destination", "Hub", "--start", start, "--days", "1").out
        for start in ("2027-01-01", "2085-01-01")
    )
    assert ("the node is lost" in near, "the node is lost" in far) == (False, True)


COMMON = ("--destination", "Hub", "--start", "2027-01-01", "--days", "2")


@pytest.mark.parametrize(
    ("view", "words", "said"),
    [
        ("beta", COMMON, "Hub: 3 days\n  2027-01-01T00:00:00Z  beta "),
        ("passes", (*COMMON, "--station", "Turin,45,7.6,10"), "Turin                  highest "),
        (
            "returns",
            (*COMMON[:-1], "8", "--vehicle", "Wren", "--zone", "Cape,28.6,-80.7,900"),
            "note: vehicles.csv does not say how Wren lands",
        ),
        ("holds", ("--destination", "Hub", "--vehicle", "Wren"), "1 km below       safe: 990 m at the nearest"),
    ],
)
def test_the_command_tells_its_rows_in_words_json_and_a_table(
    scenario_folder: Path, tmp_path: Path, view: str, words: tuple[str, ...], said: str
) -> None:
    out = tmp_path / "rows.csv"
    told = run("orbit", view, str(scenario_folder), *words, "--out", str(out))
    assert (told.code, said in told.out) == (0, True), told.out
    answer = json.loads(run("orbit", view, str(scenario_folder), *words, "--json").out)
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert (answer["view"], len(answer["rows"])) == (view, len(rows))
    assert set(rows[0]) == set(answer["rows"][0])
    assert run("orbit", view, str(scenario_folder), *words, "--out", str(out)).code == 4


@pytest.mark.parametrize("station", ["Turin", "Turin,45", "Turin,45,east", ",45,7", "Turin,nan,7", "Turin,1,2,3,4"])
def test_a_station_that_can_t_be_read_is_refused_with_the_fix(scenario_folder: Path, station: str) -> None:
    told = run("orbit", "passes", str(scenario_folder), *COMMON, "--station", station)
    assert told.code == 2
    assert "NAME,LATITUDE,LONGITUDE" in told.err


def test_a_station_off_the_globe_is_refused(scenario_folder: Path) -> None:
    told = run("orbit", "passes", str(scenario_folder), *COMMON, "--station", "Turin,145,7.6")
    assert told.code == 2
    assert "Turin has the latitude 145" in told.err
    assert "--station" in told.err
    assert "latitude_deg" not in told.err


@pytest.mark.parametrize("command", [("orbit", "passes"), ("orbit", "beta"), ("windows",)])
def test_days_that_are_no_number_are_refused_by_the_option(scenario_folder: Path, command: tuple[str, ...]) -> None:
    site = ("--site", "Cape") if command == ("windows",) else ()
    words = ("--destination", "Hub", "--start", "2027-01-01", *site, "--days", "nan")
    told = run(*command, str(scenario_folder), *words)
    assert (told.code, "--days" in told.err, "_utc" in told.err) == (2, True, False)


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (("--zone", "Utah,40"), "NAME,LATITUDE,LONGITUDE,REACH_KM"),
        (("--zone", "Utah,140,-113,300"), "give a latitude from -90 to 90"),
        (("--corridor", "Sea,-50,-20,190,100"), "give a western meridian from -180 to 180"),
        (("--corridor", "Sea,1,2,3"), "NAME,SOUTH,NORTH,WEST,EAST"),
    ],
)
def test_a_zone_or_corridor_that_can_t_be_read_is_refused_with_the_fix(
    scenario_folder: Path, words: tuple[str, ...], fix: str
) -> None:
    told = run("orbit", "returns", str(scenario_folder), *COMMON, "--vehicle", "Wren", *words)
    assert told.code == 2
    assert fix in told.err


@pytest.mark.parametrize("days", ["2", "20", "90", "365"])
def test_the_picture_of_beta_is_sound_and_its_axis_is_marked(scenario_folder: Path, tmp_path: Path, days: str) -> None:
    picture = tmp_path / "beta.svg"
    words = ("--destination", "Hub", "--start", "2027-01-01", "--days", days)
    assert run("orbit", "beta", str(scenario_folder), *words, "--picture", str(picture)).code == 0
    drawn = ET.parse(picture).getroot()
    told = [text.text or "" for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert told[0].startswith("Sun over Hub, 2027-01-01 to ")
    assert 2 <= len([words for words in told if (words[:2].isdigit() and "-" in words) or words in MONTHS]) <= 18
    curves = [line.get("points", "") for line in drawn.iter("{http://www.w3.org/2000/svg}polyline")]
    assert [len(curve.split()) for curve in curves] == [int(days) + 1] * 2
