"""Launch windows with their ways to dock: rows, refusals, the command, its table and its picture."""

from __future__ import annotations

import csv
import io
import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from supercargo.faces.window_words import window_lines
from supercargo.kernel import ScenarioError, parse_utc
from supercargo.model import Blackout, PortTaken, Scenario, WindowQuery, WindowsFound
from supercargo.plan.arrivals import list_arrivals
from supercargo.plan.windows import find_windows
from supercargo.report.window_chart import render_windows
from supercargo.store import write_plan, write_scenario
from tests import plans, test_store_plan
from tests.builders import START, a_mission, a_scenario, a_vehicle, on_day
from tests.cli_runner import run


def asked(scenario: Scenario | None = None, **changes: Any) -> WindowsFound:
    """Windows of a scenario whose types fly by every profile."""
    base: dict[str, Any] = {"destination": "Hub", "site": "Cape", "start_utc": START, "end_utc": on_day(7)}
    scenario = scenario or a_scenario()
    every = tuple(profile.profile for profile in scenario.profiles)
    flying = replace(scenario, vehicles=tuple(replace(vehicle, profiles=every) for vehicle in scenario.vehicles))
    return list_arrivals(flying, WindowQuery(**{**base, **changes}))


def usual_ways(scenario: Scenario, **changes: Any) -> WindowsFound:
    """Windows as asked, of types as they are."""
    base: dict[str, Any] = {"destination": "Hub", "site": "Cape", "start_utc": START, "end_utc": on_day(7)}
    return list_arrivals(scenario, WindowQuery(**{**base, **changes}))


@pytest.mark.parametrize("profiles", [(), a_scenario().profiles])
def test_a_type_without_profiles_arrives_by_its_own_days_under_way(profiles: tuple[Any, ...]) -> None:
    scenario = a_scenario(
        profiles=profiles, vehicles=(a_vehicle(phasing_d=1.6), a_vehicle(vehicle_type="Robin", profiles=("2-day",)))
    )
    found = usual_ways(scenario if profiles else replace(scenario, vehicles=scenario.vehicles[:1]))
    usual = [row for row in found.arrivals if not row.profile]
    assert [row.launch_utc for row in usual] == [window.launch_utc for window in found.windows]
    assert {row.vehicle_type for row in usual} == {"Wren"}
    place = scenario.places["Hub"]
    for row in usual:
        assert row.dock_utc - row.lift_off_utc == timedelta(days=1.6)
        assert row.lift_off_utc == row.launch_utc
        assert row.stands
        assert row.delta_v_m_s == place.delta_v_m_s
        loaded_kg = 4000.0 + 1000.0 + 1200.0
        assert row.propellant_kg == pytest.approx(loaded_kg * -math.expm1(-place.delta_v_m_s / (300.0 * 9.80665)), abs=0.1)


def test_a_usual_way_is_refused_in_a_blackout_short_of_propellant_and_where_the_question_asks_for_light() -> None:
    closed = Blackout(kind="destination", object="Hub", from_utc=on_day(2), to_utc=on_day(4), reason="spacewalk")
    base = a_scenario(profiles=(), blackouts=(closed,))
    rows = usual_ways(base).arrivals
    assert {("spacewalk" in row.refused) is (on_day(2) <= row.dock_utc < on_day(4)) for row in rows} == {True}
    assert {row.stands for row in rows} == {True, False}
    poor = usual_ways(replace(base, vehicles=(a_vehicle(propellant_kg=100.0),))).arrivals
    assert all("propellant short" in row.refused for row in poor)
    bound = replace(base, vehicles=(a_vehicle(daylight=True, beta_limit_deg=0.0),))
    assert not any("beta" in row.refused or "dark" in row.refused for row in usual_ways(bound).arrivals)
    assert all("beta cut-out" in row.refused for row in usual_ways(base, beta_limit_deg=0.0).arrivals)


@pytest.mark.parametrize(
    ("latitude_deg", "reason"),
    [
        (28.6, "lies 28.44 deg from the equator, and the plane reaches 0.00 deg"),
        (0.0, "lies in the plane all day, so that no crossing sets an instant"),
        (-90.0, "lies 90.00 deg from the equator, and the plane reaches 0.00 deg"),
    ],
)
def test_an_equatorial_plane_has_no_windows_and_says_why(latitude_deg: float, reason: str) -> None:
    base = a_scenario()
    flat = replace(
        base,
        orbits=(replace(base.orbits[0], inclination_deg=0.0),),
        pads=(replace(base.pads[0], latitude_deg=latitude_deg),),
    )
    found = asked(flat, start_utc=on_day(30), end_utc=on_day(37))
    assert found.windows == ()
    assert [reason in told for told in found.reasons] == [True]


def test_windows_are_those_that_the_planner_would_find() -> None:
    scenario = a_scenario(missions=(a_mission(earliest_utc=START, latest_utc=on_day(7)),))
    assert asked(scenario).windows == find_windows(scenario)


def test_each_window_has_every_profile_of_every_spacecraft_that_its_launcher_lifts() -> None:
    scenario = a_scenario(
        vehicles=(a_vehicle(), a_vehicle(vehicle_type="Robin"), a_vehicle(vehicle_type="Owl", launchers=("Other",)))
    )
    found = asked(scenario)
    assert len(found.windows) == 7
    assert {(row.vehicle_type, row.profile) for row in found.arrivals} == {
        (vehicle, profile) for vehicle in ("Wren", "Robin") for profile in ("2-orbit", "4-orbit", "1-day", "2-day", "3-day")
    }
    assert len(found.arrivals) == 7 * 10
    assert {row.vehicle_type for row in asked(scenario, vehicle_types=("Robin",)).arrivals} == {"Robin"}


def test_a_row_tells_geometry_light_and_burns_that_add_up() -> None:
    for row in asked().arrivals:
        assert row.azimuth_min_deg <= row.azimuth_deg <= row.azimuth_max_deg
        assert row.opens_utc < row.launch_utc < row.closes_utc
        assert row.launch_utc < row.dock_utc < row.launch_utc + timedelta(days=4)
        assert 0.2 < row.eclipse_fraction < 0.4
        assert row.stands is (row.refused == "")
        parts = [part.rsplit(" ", 4) for part in row.burns.split("; ")]
        assert [part[0] for part in parts] == [
            "insertion correction", "phasing 1", "phasing 2", "plane correction", "transfer 1", "transfer 2", "approach",
        ]  # fmt: skip
        assert math.fsum(float(part[1]) for part in parts) == pytest.approx(row.delta_v_m_s, abs=0.4)
        assert math.fsum(float(part[3]) for part in parts) == pytest.approx(row.propellant_kg, abs=0.4)


def test_a_fast_profile_stands_exactly_where_its_phase_range_holds_the_phase() -> None:
    near = [(row, row.insertion_phase_deg) for row in asked(end_utc=on_day(10)).arrivals]
    assert len([phase for _, phase in near if phase is not None]) >= 20
    for row, phase in near:
        if phase is None:
            continue
        closable = any(row.needed_min_deg <= phase + 360.0 * turn <= row.needed_max_deg for turn in range(4))
        assert row.stands is closable, row


def test_far_from_the_epoch_only_profiles_for_any_phase_stand_and_the_light_is_not_known() -> None:
    far = asked(start_utc=on_day(100), end_utc=on_day(103)).arrivals
    assert {row.profile for row in far if row.stands} == {"2-day", "3-day"}
    assert {row.dock_light for row in far} == {"unknown"}
    assert all("not known so far ahead" in row.refused for row in far if not row.stands)


def test_light_near_the_epoch_is_known() -> None:
    assert {row.dock_light for row in asked().arrivals} == {"lit", "dark"}


def test_a_blackout_of_the_place_refuses_what_would_dock_in_it() -> None:
    closed = Blackout(kind="destination", object="Hub", from_utc=on_day(2), to_utc=on_day(4), reason="spacewalk")
    for row in asked(a_scenario(blackouts=(closed,))).arrivals:
        assert ("no arrival: blackout of Hub: spacewalk" in row.refused) is (on_day(2) <= row.dock_utc <= on_day(4))


def test_ports_refuse_only_when_all_of_them_are_closed() -> None:
    fore = Blackout(kind="port", object="Hub/fore", from_utc=on_day(0), to_utc=on_day(20), reason="repair")
    assert not any("port" in row.refused for row in asked(a_scenario(blackouts=(fore,))).arrivals)
    base = a_scenario(blackouts=(fore,))
    late = replace(base, ports=(base.ports[0], replace(base.ports[1], from_utc=on_day(5))))
    for row in asked(late).arrivals:
        closed = "port fore repair; port aft not yet in service" in row.refused
        assert closed is (row.dock_utc <= on_day(5))


def test_a_port_taken_by_a_planned_mission_refuses_with_its_clearance() -> None:
    base = a_scenario()
    alone = replace(base, ports=base.ports[:1])
    stands = PortTaken(destination="Hub", port="fore", arrive_utc=on_day(3), depart_utc=on_day(6), mission_id="M7")
    for row in asked(alone, taken=(stands,)).arrivals:
        assert ("no arrival: port fore taken by M7" in row.refused) is (on_day(2) <= row.dock_utc <= on_day(7))
    assert not any("M7" in row.refused for row in asked(base, taken=(stands,)).arrivals)


@pytest.mark.parametrize(("kind", "name"), [("site", "Cape"), ("pad", "Cape/P1")])
def test_a_blackout_of_site_or_pad_refuses_every_way_of_its_windows(kind: str, name: str) -> None:
    closed = Blackout(kind=kind, object=name, from_utc=on_day(2), to_utc=on_day(4), reason="storm")
    for row in asked(a_scenario(blackouts=(closed,))).arrivals:
        assert row.refused.startswith(f"no launch: blackout of {name}: storm") is (on_day(2) <= row.launch_utc <= on_day(4))


def test_beta_and_darkness_refuse_where_the_vehicle_asks() -> None:
    strict = asked(beta_limit_deg=0.0, daylight=True).arrivals
    assert all("beta cut-out" in row.refused for row in strict)
    assert all(("only in sunlight" in row.refused) is (row.dock_light == "dark") for row in strict)


def test_a_type_has_its_own_limit_of_beta_its_own_need_of_light_and_its_own_approach() -> None:
    careful = a_vehicle(vehicle_type="Robin", beta_limit_deg=0.0, daylight=True, approach_m_s=25.0)
    rows = asked(a_scenario(vehicles=(a_vehicle(), careful))).arrivals
    wren, robin = ([row for row in rows if row.vehicle_type == name] for name in ("Wren", "Robin"))
    assert not any("beta" in row.refused or "sunlight" in row.refused for row in wren)
    assert all("the vehicle docks up to 0" in row.refused for row in robin)
    assert all(("only in sunlight" in row.refused) is (row.dock_light == "dark") for row in robin)
    assert all(mine.delta_v_m_s - theirs.delta_v_m_s == pytest.approx(10.0) for mine, theirs in zip(robin, wren, strict=True))


def test_a_launcher_that_lets_go_higher_leaves_less_to_close_and_less_to_pay() -> None:
    base = a_scenario()
    high = replace(base, launchers=(replace(base.launchers[0], insertion_perigee_km=300.0, insertion_apogee_km=320.0),))
    for low_row, high_row in zip(asked(base).arrivals, asked(high).arrivals, strict=True):
        assert high_row.needed_max_deg < low_row.needed_max_deg
        assert high_row.delta_v_m_s < low_row.delta_v_m_s


def test_a_later_insertion_puts_the_place_further_ahead() -> None:
    base = a_scenario()
    late = replace(base, launchers=(replace(base.launchers[0], insertion_s=628.0),))
    for early_row, late_row in zip(asked(base).arrivals, asked(late).arrivals, strict=True):
        if early_row.insertion_phase_deg is not None and late_row.insertion_phase_deg is not None:
            gained = (late_row.insertion_phase_deg - early_row.insertion_phase_deg) % 360.0
            assert gained == pytest.approx(100.0 * 360.0 * 15.5 / 86_400.0, abs=0.01)


def test_with_a_lead_without_slip_each_way_has_its_own_lift_off_and_without_one_the_windows() -> None:
    base = a_scenario()
    assert all(row.lift_off_utc == row.launch_utc for row in asked(base).arrivals)
    known = replace(base, launchers=(replace(base.launchers[0], let_go_lead_s=400.0),))
    near = [row for row in asked(known).arrivals if row.phase_deg is not None and row.stands]
    slips = [(row.lift_off_utc - row.launch_utc).total_seconds() for row in near]
    assert len({round(slip) for slip in slips}) > 3
    assert all(-70.0 < slip < 180.0 for slip in slips)
    far = asked(known, start_utc=on_day(100), end_utc=on_day(103)).arrivals
    assert all(row.lift_off_utc == row.launch_utc for row in far)


def test_a_spacecraft_without_propellant_is_refused_with_the_kilograms_short() -> None:
    poor = a_scenario(vehicles=(a_vehicle(propellant_kg=300.0),))
    rows = asked(poor).arrivals
    assert all("propellant short by" in row.refused for row in rows)
    assert all(row.margin_kg < 0.0 for row in rows)


def a_site(**changes: Any) -> Scenario:
    base = a_scenario()
    pad = {key: changes.pop(key) for key in ("latitude_deg", "launchers") if key in changes}
    return replace(base, sites=(replace(base.sites[0], **changes),), pads=(replace(base.pads[0], **pad),))


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        (a_site(latitude_deg=62.9), " deg from the equator, and the plane reaches 51.60 deg"),
        (a_site(azimuth_min_deg=90.0, azimuth_max_deg=110.0), "and the range allows 90 to 110"),
        (a_site(launchers=("Other",)), "no spacecraft that docks at Hub is lifted by a launcher of Cape"),
        (a_scenario(pads=()), "Cape has no pad"),
        (a_scenario(vehicles=(a_vehicle(docking_system="CBM"),)), "no spacecraft that docks at Hub"),
    ],
)
def test_an_empty_list_says_why(scenario: Scenario, reason: str) -> None:
    found = asked(scenario)
    assert (found.windows, found.arrivals) == ((), ())
    assert any(reason in told for told in found.reasons), found.reasons


@pytest.mark.parametrize(
    ("changes", "fix"),
    [
        ({"destination": "Moon"}, "use one of: Hub"),
        ({"site": "Kourou"}, "use one of: Cape"),
        ({"vehicle_types": ("Crow",)}, "use one of: Wren"),
        ({"end_utc": START}, "at least one day"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_the_fix(changes: dict[str, Any], fix: str) -> None:
    with pytest.raises(ScenarioError) as told:
        asked(**changes)
    assert fix in told.value.fix


def test_a_place_without_listed_windows_or_without_orbit_is_refused_with_the_fix() -> None:
    base = a_scenario()
    unlisted = replace(base, destinations=(replace(base.destinations[0], window_kind="catalogue"),))
    with pytest.raises(ScenarioError, match=r"add a row for Hub to transfer_windows\.csv"):
        asked(unlisted)
    with pytest.raises(ScenarioError, match=r"add a row for Hub to orbits\.csv"):
        asked(replace(base, orbits=()))


# the command


WORDS = ("--destination", "Hub", "--site", "Cape", "--start", "2027-01-01", "--days", "3")


def test_the_command_tells_each_window_with_its_options(scenario_folder: Path) -> None:
    told = run("windows", str(scenario_folder), *WORDS)
    assert told.code == 0
    assert told.out.startswith("Hub from Cape, 2027-01-01T00:00Z to 2027-01-04T00:00Z: 3 windows\n")
    assert "Lark from pad P1, ascending, steers +-300 s" in told.out
    assert "2-day    docks 2027-01-0" in told.out
    assert "refused: phase out of range" in told.out


def test_the_command_lists_windows_and_usual_ways_of_a_scenario_without_profiles(tmp_path: Path) -> None:
    write_scenario(a_scenario(profiles=()), tmp_path / "plain")
    told = run("windows", str(tmp_path / "plain"), *WORDS)
    assert told.out.startswith("Hub from Cape, 2027-01-01T00:00Z to 2027-01-04T00:00Z: 3 windows\n")
    assert told.out.count("Lark from pad P1, ascending") == told.out.count("    usual    docks 2027-01-0") == 3
    assert told.out.count("plane offset") == 3


def test_windows_without_a_way_to_dock_are_listed_all_the_same() -> None:
    found = replace(asked(), arrivals=())
    query = WindowQuery(destination="Hub", site="Cape", start_utc=START, end_utc=on_day(7))
    lines = list(window_lines(query, found))
    assert len([line for line in lines if "azimuth" in line and "beta" in line]) == len(found.windows) == 7
    assert lines.count("  no spacecraft has a way to dock from it") == 7


def test_the_words_say_that_light_is_unknown_so_far_from_the_epoch() -> None:
    query = WindowQuery(destination="Hub", site="Cape", start_utc=on_day(100), end_utc=on_day(103))
    told = "\n".join(window_lines(query, asked(start_utc=on_day(100), end_utc=on_day(103))))
    assert "light unknown so far from the epoch, beta" in told
    assert ", unknown" not in told


def test_the_command_takes_the_ports_of_a_plan(tmp_path: Path) -> None:
    flown = plans.a_plan().missions[0]
    planned = replace(test_store_plan.a_plan(), missions=(flown,))
    write_plan(planned, tmp_path / "plan", run={}, report_html="", force=False)
    base = a_scenario()
    write_scenario(replace(base, ports=tuple(port for port in base.ports if port.port == flown.port)), tmp_path / "one")
    start = f"{flown.arrive_utc:%Y-%m-%d}"
    words = ("--destination", flown.destination, "--site", flown.site, "--start", start, "--days", "2", "--json")
    told = json.loads(run("windows", str(tmp_path / "one"), *words, "--plan", str(tmp_path / "plan")).out)
    assert any(f"taken by {flown.mission_id}" in row["refused"] for row in told["arrivals"])
    free = json.loads(run("windows", str(tmp_path / "one"), *words).out)
    assert free["arrivals"]
    assert not any("taken by" in row["refused"] for row in free["arrivals"])


def test_a_plan_of_another_scenario_takes_no_ports(tmp_path: Path, scenario_folder: Path) -> None:
    plan = test_store_plan.a_plan()
    head = replace(plan.scenario.settings, name="another")
    other = replace(plan, scenario=replace(plan.scenario, settings=head))
    write_plan(other, tmp_path / "plan", run={}, report_html="", force=False)
    told = run("windows", str(scenario_folder), *WORDS, "--plan", str(tmp_path / "plan"))
    assert told.code == 2
    assert "the plan is of another scenario, 'another': it has another name" in told.err


def test_the_command_as_json_and_its_table_say_the_same(scenario_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "windows.csv"
    told = run("windows", str(scenario_folder), *WORDS, "--json", "--out", str(out))
    answer = json.loads(told.out)
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert (told.code, answer["out"], answer["reasons"]) == (0, str(out), [])
    assert [row["dock_utc"] for row in rows] == [row["dock_utc"] for row in answer["arrivals"]]
    assert [row["launch_utc"] for row in answer["windows"]] == sorted({row["launch_utc"] for row in rows})
    assert {row["stands"] for row in rows} == {"true", "false"}


def test_the_same_question_gives_the_same_bytes(scenario_folder: Path, tmp_path: Path) -> None:
    files = [(tmp_path / f"{k}.csv", tmp_path / f"{k}.svg") for k in range(2)]
    for table, picture in files:
        run("windows", str(scenario_folder), *WORDS, "--out", str(table), "--picture", str(picture))
    assert files[0][0].read_bytes() == files[1][0].read_bytes()
    assert files[0][1].read_bytes() == files[1][1].read_bytes()


def test_a_file_that_exists_is_kept_unless_forced(scenario_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "windows.csv"
    out.write_text("mine")
    told = run("windows", str(scenario_folder), *WORDS, "--out", str(out))
    assert (told.code, out.read_text()) == (4, "mine")
    assert run("windows", str(scenario_folder), *WORDS, "--out", str(out), "--force").code == 0
    assert out.read_text().startswith("destination,site,pad")


def test_a_file_that_cannot_be_written_is_told(scenario_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "no").write_text("a file where a folder is wanted")
    told = run("windows", str(scenario_folder), *WORDS, "--picture", str(tmp_path / "no" / "w.svg"))
    assert told.code == 5
    assert "check the path" in told.err


@pytest.mark.parametrize(("day", "fix"), [("tomorrow", "write a day as 2027-03-01"), ("3027-01-01", "from 1990 to 2090")])
def test_a_day_that_is_none_is_refused_with_the_fix(scenario_folder: Path, day: str, fix: str) -> None:
    told = run("windows", str(scenario_folder), *WORDS[:4], "--start", day)
    assert told.code == 2
    assert fix in told.err


def test_a_site_without_windows_is_told_with_the_reason_and_is_no_fault(tmp_path: Path) -> None:
    write_scenario(a_site(azimuth_min_deg=90.0, azimuth_max_deg=110.0), tmp_path / "s")
    told = run("windows", str(tmp_path / "s"), *WORDS)
    assert told.code == 0
    assert "0 windows\n  none: pad P1 would need an azimuth of" in told.out


# the picture


def test_the_picture_is_sound_and_has_a_mark_for_each_window() -> None:
    found = asked()
    drawn = ET.fromstring(render_windows(found.arrivals, START, on_day(7)))
    titles = [title.text or "" for title in drawn.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[0] == "Launch windows, Hub from Cape, 2027-01-01 to 2027-01-08"
    assert len(titles) - 1 == len(found.windows)
    assert all(any(told.startswith(f"{window.launch_utc:%Y-%m-%dT%H:%M:%SZ}") for told in titles) for window in found.windows)


def test_a_picture_of_nothing_has_empty_axes() -> None:
    drawn = ET.fromstring(render_windows((), START, on_day(7)))
    assert "no window" in (drawn[0].text or "")


def test_names_that_look_like_markup_are_harmless_in_the_picture() -> None:
    rows = [replace(row, site="<b>&", launcher='"x"') for row in asked().arrivals]
    assert "<b>" not in render_windows(rows, START, on_day(7))
    ET.fromstring(render_windows(rows, START, on_day(7)))


def test_windows_of_a_day_are_asked_for_by_instants_too(scenario_folder: Path) -> None:
    first = run("windows", str(scenario_folder), *WORDS, "--json")
    launch = parse_utc(json.loads(first.out)["windows"][0]["launch_utc"])
    later = (launch + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    second = run("windows", str(scenario_folder), *WORDS[:4], "--start", later, "--days", "2", "--json")
    assert all(parse_utc(window["launch_utc"]) > launch for window in json.loads(second.out)["windows"])
