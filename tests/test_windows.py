"""Launch windows of a scenario: which rows there are, and what each says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.astro.crossings import moving_plane, normals
from supercargo.astro.frames import pad_direction, teme
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.kernel import ScenarioError, as_written
from supercargo.model import Blackout, Destination, LaunchWindow, Scenario, TransferWindow
from supercargo.plan.windows import azimuth_lawful, find_windows, launchers_serving
from tests.builders import FACT, START, a_mission, a_scenario, a_vehicle, on_day


def a_listed_window(**changes: Any) -> TransferWindow:
    base: dict[str, Any] = {
        "destination": "Far", "opens_utc": on_day(100), "launch_utc": on_day(103.3), "closes_utc": on_day(107),
        "transit_d": 5.0, **FACT,
    }  # fmt: skip
    return TransferWindow(**{**base, **changes})


def a_far_scenario(*listed: TransferWindow, **mission: Any) -> Scenario:
    base = a_scenario()
    far: Destination = replace(base.destinations[0], destination="Far", body="Moon", kind="gateway", window_kind="catalogue")
    request = a_mission(**{"destination": "Far", "earliest_utc": on_day(90), "latest_utc": on_day(120), **mission})
    return replace(base, destinations=(far,), missions=(request,), orbits=(), transfer_windows=listed)


def with_pads(*pads: dict[str, Any], **changes: Any) -> Scenario:
    base = a_scenario()
    return a_scenario(pads=tuple(replace(base.pads[0], **pad) for pad in pads), **changes)


def key(row: LaunchWindow) -> tuple[str, datetime, str, str, str]:
    return (row.destination, row.launch_utc, row.site, row.pad, row.launcher)


def nearest(rows: Sequence[LaunchWindow], instant: datetime) -> LaunchWindow:
    return min(rows, key=lambda row: abs(row.launch_utc - instant))


# plane crossings


def test_a_lead_after_each_lift_off_the_pad_lies_in_the_plane() -> None:
    scenario = a_scenario(missions=(a_mission(earliest_utc=START, latest_utc=on_day(365)),))
    rows = find_windows(scenario)
    pad, plane = scenario.pads[0], moving_plane(scenario.orbits[0])
    crossing_s = np.array([seconds_since_j2000(row.launch_utc) for row in rows]) + scenario.launchers[0].lead_s
    place = teme(pad_direction(pad.latitude_deg, pad.longitude_deg), crossing_s)
    away_deg = np.degrees(np.arcsin(np.sum(normals(plane, crossing_s) * place, axis=-1)))
    assert np.abs(away_deg).max() < 0.01


def test_a_year_from_the_cape_to_a_station_has_one_lawful_window_a_day() -> None:
    rows = find_windows(a_scenario(missions=(a_mission(earliest_utc=START, latest_utc=on_day(365)),)))
    assert 369 <= len(rows) <= 372  # 365 days, each window 23.4 minutes earlier
    assert {row.node for row in rows} == {"ascending"}
    steps_min = np.diff([row.launch_utc.timestamp() for row in rows[40:]]) / 60 - 1440
    assert np.allclose(steps_min, -23.4, atol=0.05)


def test_every_row_lies_in_the_time_of_a_mission() -> None:
    scenario = a_scenario()
    for row in find_windows(scenario):
        assert any(request.earliest_utc <= row.launch_utc <= request.latest_utc for request in scenario.missions)


def test_no_window_of_a_mission_s_time_is_missing() -> None:
    whole_year = find_windows(a_scenario(missions=(a_mission(earliest_utc=START, latest_utc=on_day(365)),)))
    scenario = a_scenario()
    wanted = {
        row.launch_utc.date()
        for row in whole_year
        for request in scenario.missions
        if request.earliest_utc + timedelta(minutes=2) <= row.launch_utc <= request.latest_utc - timedelta(minutes=2)
    }
    assert wanted <= {row.launch_utc.date() for row in find_windows(scenario)}


def test_overlapping_missions_share_their_windows() -> None:
    one = find_windows(a_scenario(missions=(a_mission(),)))
    two = find_windows(a_scenario(missions=(a_mission(), a_mission(mission_id="M2"))))
    assert one == two


def test_the_steering_window_lies_about_the_lift_off() -> None:
    for row in find_windows(a_scenario()):
        assert row.launch_utc - row.opens_utc == row.closes_utc - row.launch_utc == timedelta(seconds=300)


def test_a_longer_lead_moves_the_lift_off_and_not_the_crossing() -> None:
    base = a_scenario()
    early = find_windows(replace(base, launchers=(replace(base.launchers[0], lead_s=630.0),)))
    usual_rows = find_windows(base)
    assert abs(len(early) - len(usual_rows)) <= 3
    for row in early[2:-2]:
        usual = nearest(usual_rows, row.launch_utc)
        assert abs((usual.launch_utc - row.launch_utc).total_seconds() - 300) <= 1
        assert row.azimuth_deg == usual.azimuth_deg


def test_a_narrow_azimuth_range_shuts_a_pass_out() -> None:
    base = a_scenario()
    wide = replace(base.sites[0], azimuth_min_deg=0.0, azimuth_max_deg=360.0)
    both = find_windows(replace(base, sites=(wide,)))
    south = find_windows(replace(base, sites=(replace(wide, azimuth_min_deg=120.0, azimuth_max_deg=150.0),)))
    assert {row.node for row in both} == {"ascending", "descending"}
    assert south == tuple(row for row in both if row.node == "descending")
    assert find_windows(replace(base, sites=(replace(wide, azimuth_min_deg=60.0, azimuth_max_deg=120.0),))) == ()


@pytest.mark.parametrize(("low", "high", "lawful"), [(300, 60, [True, True, False, True]), (0, 360, [True] * 4),
                                                      (35, 120, [False, True, True, False])])  # fmt: skip
def test_an_azimuth_range_may_hold_north(low: float, high: float, lawful: list[bool]) -> None:
    site = replace(a_scenario().sites[0], azimuth_min_deg=low, azimuth_max_deg=high)
    assert azimuth_lawful(site, np.array([0.0, 50.0, 100.0, 330.0])).tolist() == lawful


def test_a_pad_north_of_the_inclination_has_no_window() -> None:
    assert find_windows(with_pads({"latitude_deg": 60.0})) == ()


def test_each_pad_of_a_site_has_its_own_instants() -> None:
    rows = find_windows(with_pads({}, {"pad": "P2", "longitude_deg": -81.5774}))
    first, second = ([row for row in rows if row.pad == pad] for pad in ("P1", "P2"))
    for row in second[2:-2]:  # one degree west is 236 s later
        assert (row.launch_utc - nearest(first, row.launch_utc).launch_utc).total_seconds() == pytest.approx(236, abs=8)


def test_pads_at_one_place_share_their_instants() -> None:
    rows = find_windows(with_pads({}, {"pad": "P2"}))
    assert [row.launch_utc for row in rows if row.pad == "P1"] == [row.launch_utc for row in rows if row.pad == "P2"]


def test_only_launchers_that_lift_the_type_and_are_let_in_serve() -> None:
    scenario = a_scenario(
        vehicles=(a_vehicle(launchers=("Lark", "Kite")), a_vehicle(vehicle_type="Heron", launchers=("Owl",)))
    )
    assert launchers_serving(scenario, a_mission()) == ("Kite", "Lark")
    assert launchers_serving(scenario, a_mission(launchers=("Kite", "Owl"))) == ("Kite",)
    assert launchers_serving(scenario, a_mission(vehicle_types=("Wren", "Heron"))) == ("Kite", "Lark", "Owl")


def test_a_mission_s_sites_and_launchers_bound_its_windows() -> None:
    assert find_windows(a_scenario(missions=(a_mission(sites=("Elsewhere",)),))) == ()
    assert find_windows(a_scenario(missions=(a_mission(launchers=("Kite",)),))) == ()
    assert find_windows(a_scenario(missions=(a_mission(sites=("Cape",), launchers=("Lark",)),)))


def test_a_pad_serves_only_its_launchers() -> None:
    assert find_windows(with_pads({"launchers": ("Kite",)})) == ()


def test_blackouts_are_left_to_the_schedule() -> None:

    closed = Blackout(kind="site", object="Cape", from_utc=START, to_utc=on_day(365))
    assert find_windows(a_scenario(blackouts=(closed,))) == find_windows(a_scenario())


def test_the_phase_is_stated_near_the_epoch_only() -> None:
    rows = find_windows(a_scenario(missions=(a_mission(earliest_utc=START, latest_utc=on_day(60)),)))
    assert [row.phase_deg is not None for row in rows] == [row.launch_utc < on_day(12.18) for row in rows]


def test_uncertainty_never_falls_with_age() -> None:
    sigmas = [row.sigma_s for row in find_windows(a_scenario())]
    assert sigmas == sorted(sigmas)
    assert sigmas[0] > 15.0


def test_a_place_without_an_orbit_is_refused_with_its_fix() -> None:
    with pytest.raises(ScenarioError, match=r"add a row for Hub to orbits\.csv"):
        find_windows(a_scenario(orbits=()))


def test_a_broken_element_set_names_its_place() -> None:
    base = a_scenario()
    orbit = replace(base.orbits[0], kind="tle", tle_line1="1 25544U", tle_line2="2 25544")
    with pytest.raises(ScenarioError, match=r"orbits\.csv, Hub: line 1 of the element set has 8 signs"):
        find_windows(replace(base, orbits=(orbit,)))


# listed windows


def test_a_listed_window_gives_one_lift_off_a_day_at_its_best_time() -> None:
    rows = find_windows(a_far_scenario(a_listed_window()))
    assert [row.launch_utc for row in rows] == [on_day(day + 0.3) for day in range(100, 107)]
    assert {(row.node, row.sigma_s, row.transit_d) for row in rows} == {("catalogue", 0.0, 5.0)}
    assert all(row.azimuth_deg is row.beta_deg is row.phase_deg is None for row in rows)


def test_a_best_lift_off_outside_its_own_listed_days_is_kept() -> None:
    rows = find_windows(a_far_scenario(a_listed_window(opens_utc=on_day(104), closes_utc=on_day(104.2))))
    assert [row.launch_utc for row in rows] == [on_day(103.3)]


def test_of_two_listed_windows_at_one_instant_the_faster_counts() -> None:
    slow, fast = a_listed_window(transit_d=100.0), a_listed_window(launch_utc=on_day(104.3), transit_d=5.0)
    for listed in ((slow, fast), (fast, slow)):
        rows = find_windows(a_far_scenario(*listed))
        assert len({key(row) for row in rows}) == len(rows) == 7
        assert {row.transit_d for row in rows} == {5.0}


def test_a_listed_route_comes_whole_with_each_of_its_lift_offs() -> None:
    told = {"route": "fast to NRHO", "delta_v_m_s": 430.5, "c3_km2_s2": -1.9, "sun_elevation_deg": 1.2}
    rows = find_windows(a_far_scenario(a_listed_window(**told)))
    assert len(rows) == 7
    for name, value in told.items():
        assert {getattr(row, name) for row in rows} == {value}


def test_listed_windows_outside_the_mission_s_time_are_left_out() -> None:
    rows = find_windows(a_far_scenario(a_listed_window(), earliest_utc=on_day(104), latest_utc=on_day(105.3)))
    assert [row.launch_utc for row in rows] == [on_day(104.3), on_day(105.3)]


def test_a_far_place_without_listed_windows_is_refused_with_its_fix() -> None:
    with pytest.raises(ScenarioError, match=r"add a row for Far to transfer_windows\.csv"):
        find_windows(a_far_scenario())


# all rows


def test_a_place_without_missions_needs_no_orbit() -> None:
    base = a_scenario()
    idle = replace(base.destinations[0], destination="Idle")
    assert find_windows(replace(base, destinations=(*base.destinations, idle))) == find_windows(base)


def test_rows_come_sorted_unique_and_as_files_carry_them() -> None:
    rows = find_windows(with_pads({"pad": "P2", "latitude_deg": 30.0}, {}))
    assert list(rows) == sorted(rows, key=key)
    assert len({key(row) for row in rows}) == len(rows)
    assert all(as_written(row) is row and row.launch_utc.microsecond == 0 for row in rows)


def test_the_order_of_the_input_does_not_matter() -> None:
    base = with_pads({}, {"pad": "P2", "latitude_deg": 30.0})
    turned = replace(base, pads=base.pads[::-1], missions=base.missions[::-1])
    assert find_windows(base) == find_windows(turned)


def test_the_watch_is_told_from_start_to_end() -> None:
    told: list[float] = []
    find_windows(a_scenario(), watch=told.append)
    assert told[0] == 0.0
    assert told[-1] == 1.0
    assert told == sorted(told)


@settings(max_examples=25, deadline=None)
@given(
    inclination=st.floats(30.0, 100.0),
    raan=st.floats(0.0, 360.0),
    lead=st.floats(-600.0, 900.0),
    start=st.integers(-30, 300),
    length=st.integers(0, 40),
)
def test_lift_offs_stay_in_time_and_plane_for_any_orbit_and_lead(
    inclination: float, raan: float, lead: float, start: int, length: int
) -> None:
    base = a_scenario(missions=(a_mission(earliest_utc=on_day(start), latest_utc=on_day(start + length)),))
    scenario = replace(
        base,
        orbits=(replace(base.orbits[0], inclination_deg=inclination, raan_deg=raan),),
        launchers=(replace(base.launchers[0], lead_s=lead),),
        sites=(replace(base.sites[0], azimuth_min_deg=0.0, azimuth_max_deg=360.0),),
    )
    rows = find_windows(scenario)
    assert 2 * length - 2 <= len(rows) <= 2 * length * 1.05 + 3
    for row in rows:
        assert on_day(start) <= row.launch_utc <= on_day(start + length)
        assert row.plane_offset_deg is not None
        # the pad moves at most a quarter of a degree a minute
        assert abs(row.plane_offset_deg) <= abs(lead) / 239 * math.cos(math.radians(28.4)) + 0.01
