"""The windows command beyond low Earth orbit: each listed window with every spacecraft's lift, or why it can't go."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from supercargo.kernel import ScenarioError
from supercargo.model import Blackout, LaunchEnergy, PortTaken, RouteArrival, Scenario, WindowQuery, WindowsFound
from supercargo.plan.arrivals import list_arrivals
from supercargo.plan.pipeline import OPTIMISED, plan_year
from supercargo.report.route_chart import render_routes
from supercargo.store import write_scenario
from tests.builders import FACT, a_vehicle, on_day
from tests.cli_runner import run
from tests.test_lift import FAST, SLOW, at, bags, far


def moon(**changes: Any) -> Scenario:
    """A fast way on day 100 with the Sun up at arrival, a slow one on day 110 into the night; Lark sends 5,500 kg off."""
    return far(
        at(100.3, {**FAST, "c3_km2_s2": -0.6, "sun_elevation_deg": 2.5}),
        at(110.3, {**SLOW, "c3_km2_s2": -0.6, "sun_elevation_deg": -1.5}),
        **{"launch_energies": (LaunchEnergy(launcher="Lark", c3_km2_s2=0.0, payload_kg=5_500.0, **FACT),), **changes},
    )


def asked(scenario: Scenario, **changes: Any) -> WindowsFound:
    base: dict[str, Any] = {"destination": "Far", "site": "Cape", "start_utc": on_day(90), "end_utc": on_day(120)}
    return list_arrivals(scenario, WindowQuery(**{**base, **changes}))


def row(found: WindowsFound, route: str) -> RouteArrival:
    (one,) = (row for row in found.routes if row.route == route)
    return one


def test_each_listed_window_comes_with_its_route_and_the_lift_of_what_its_launcher_lifts() -> None:
    found = asked(moon())
    assert [window.route for window in found.windows] == ["fast", "low-energy"]
    assert (found.arrivals, found.reasons) == ((), ())
    fast = row(found, "fast")
    assert (fast.vehicle_type, fast.transit_d, fast.delta_v_m_s, fast.c3_km2_s2) == ("Wren", 5.0, 550.0, -0.6)
    assert fast.arrive_utc == on_day(105.3)
    # 5,500 kg sent, less 550 m/s at 300 s, 4,000 kg dry and 186.677 kg kept: worked with bc
    assert fast.lift_kg == pytest.approx(5_500.0 / 1.20556456076252859900 - 4_000.0 - 186.677157440, abs=1e-3)
    assert (fast.limited_by, fast.stands) == ("launcher", True)
    assert row(found, "low-energy").lift_kg == pytest.approx(780.126326175, abs=1e-3)


def test_propellant_and_margin_are_those_of_a_plan_that_is_full_to_the_lift() -> None:
    scenario = moon(launch_energies=())
    fast = row(asked(scenario), "fast")
    assert fast.limited_by == "propellant"
    assert fast.margin_kg == pytest.approx(0.0, abs=0.01)
    assert fast.propellant_kg == pytest.approx(1_200.0 - 186.677, abs=0.01)
    assert fast.remark == "what Lark sends off at a launch energy is not known: it sets no limit"
    full = replace(scenario, transfer_windows=scenario.transfer_windows[:1], cargo=bags(10, None, mass_kg=fast.lift_kg / 10.0))
    (mission,) = plan_year(full, planner=OPTIMISED, watch=lambda stage, share: None).missions
    assert mission.upmass_kg == pytest.approx(fast.lift_kg, abs=0.01)
    assert mission.upmass_capacity_kg == fast.lift_kg
    assert mission.arrive_utc == fast.arrive_utc


def refused(found: WindowsFound, route: str) -> str:
    one = row(found, route)
    assert one.stands == (not one.refused)
    return one.refused


def test_a_route_that_lifts_nothing_is_refused_with_what_binds() -> None:
    weak = asked(moon(vehicles=(a_vehicle(propellant_kg=900.0),)))
    assert refused(weak, "fast").startswith("no lift: the tanks of a Wren hold 900 kg of propellant, too little even")
    assert row(weak, "fast").lift_kg == 0.0
    assert row(weak, "fast").propellant_kg is None
    assert refused(weak, "low-energy") == ""


def test_a_dark_arrival_is_refused_where_light_is_asked_for_and_only_there() -> None:
    assert refused(asked(moon()), "low-energy") == ""
    lit = asked(moon(), daylight=True)
    assert refused(lit, "low-energy") == "dark at arrival, the Sun stands -1.5 deg over the horizon"
    assert refused(lit, "fast") == ""
    assert refused(asked(moon(vehicles=(a_vehicle(daylight=True),))), "low-energy").startswith("dark at arrival")


def test_a_port_or_place_closed_at_arrival_weeks_after_lift_off_refuses_it() -> None:
    assert refused(asked(moon()), "low-energy") == ""  # arrives on day 170.3
    shut = Blackout(kind="destination", object="Far", from_utc=on_day(170), to_utc=on_day(171), reason="eclipse")
    assert refused(asked(moon(blackouts=(shut,))), "low-energy") == "no arrival: blackout of Far: eclipse"
    ports = moon().ports
    taken = tuple(
        PortTaken(destination="Far", port=port.port, arrive_utc=on_day(160), depart_utc=on_day(180), mission_id="MX")
        for port in ports
    )
    assert "taken by MX" in refused(asked(moon(), taken=taken), "low-energy")
    assert refused(asked(moon(), taken=taken[:1]), "low-energy") == ""
    retired = tuple(replace(port, to_utc=on_day(150)) for port in ports)
    assert "no longer in service" in refused(asked(moon(ports=retired)), "low-energy")
    assert refused(asked(moon(ports=retired)), "fast") == ""


def test_a_blackout_of_the_pad_at_lift_off_refuses_the_launch() -> None:
    shut = Blackout(kind="pad", object="Cape/P1", from_utc=on_day(100), to_utc=on_day(101), reason="repair")
    found = asked(moon(blackouts=(shut,)))
    assert refused(found, "fast") == "no launch: blackout of Cape/P1: repair"
    assert refused(found, "low-energy") == ""


def test_a_window_without_a_delta_v_has_that_of_the_place_and_says_so() -> None:
    plain = far(at(100.3, {"transit_d": 5.0}))
    (one,) = asked(plain).routes
    assert (one.delta_v_m_s, one.lift_kg, one.limited_by) == (150.0, 1000.0, "upmass")
    assert "the window gives no delta-v" in one.remark
    (short,) = asked(replace(plain, vehicles=(a_vehicle(propellant_kg=300.0),))).routes
    assert short.refused.startswith("propellant short by ")


def test_where_no_window_is_listed_in_the_span_the_nearest_are_told() -> None:
    found = asked(moon(), start_utc=on_day(101), end_utc=on_day(105))
    assert found.routes == ()
    (told,) = found.reasons
    assert "the last before it lifts off 2027-04-11" in told
    assert "the next after it 2027-04-21" in told
    crow = asked(moon(vehicles=(a_vehicle(docking_system="probe"),)))
    assert crow.reasons == ("no spacecraft that docks at Far is lifted by a launcher of Cape",)


def test_a_limit_of_beta_is_refused_at_a_place_without_an_orbit_plane() -> None:
    with pytest.raises(ScenarioError, match="no beta limits an arrival there"):
        asked(moon(), beta_limit_deg=60.0)


def test_the_picture_has_a_mark_for_each_window_hollow_where_nothing_can_go() -> None:
    routes = asked(moon(), daylight=True).routes
    drawn = ElementTree.fromstring(render_routes(routes, on_day(90), on_day(120)))
    marks = [mark for group in drawn.iter("{http://www.w3.org/2000/svg}g") for mark in group if mark.tag.endswith("circle")]
    assert len(marks) == 2
    assert [mark.get("fill") == "#ffffff" for mark in marks] == [False, True]
    assert "no window" in render_routes((), on_day(90), on_day(120))


WORDS = ("--destination", "Far", "--site", "Cape", "--start", "2027-04-01", "--days", "30")


def test_the_command_tells_writes_and_draws_the_routes(tmp_path: Path) -> None:
    write_scenario(moon(cargo=bags(2, None)), tmp_path / "s")
    told = run("windows", str(tmp_path / "s"), *WORDS, "--daylight")
    assert told.code == 0, told.err
    assert told.out.startswith("Far from Cape, 2027-04-01T00:00Z to 2027-05-01T00:00Z: 2 windows\n")
    assert "Lark from pad P1, steers +-300 s, fast\n" in told.out
    assert "after 5.00 d, C3 -0.60 km2/s2, 550.0 m/s, Sun +2.5 deg" in told.out
    assert "lifts 376 kg (launcher)" in told.out
    assert "refused: dark at arrival" in told.out
    files = ("--out", str(tmp_path / "w.csv"), "--picture", str(tmp_path / "w.svg"))
    answer = json.loads(run("windows", str(tmp_path / "s"), *WORDS, *files, "--json").out)
    assert [one["route"] for one in answer["routes"]] == ["fast", "low-energy"]
    assert answer["arrivals"] == []
    with (tmp_path / "w.csv").open(encoding="utf-8", newline="") as rows:
        written = list(csv.DictReader(rows))
    assert [one["lift_kg"] for one in written] == [f"{one['lift_kg']:g}" for one in answer["routes"]]
    assert (tmp_path / "w.svg").read_text(encoding="utf-8").startswith("<svg")
