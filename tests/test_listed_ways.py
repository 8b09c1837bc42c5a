"""Listed ways are held against what their named routes come to."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.reference import asteroid, lunar
from supercargo.app.transfers import transfer_catalogue
from supercargo.model import Scenario, TransferWindow
from supercargo.plan.ephemerides import ephemerides_of
from supercargo.plan.listed_ways import contradictions, remarks_on_listed
from supercargo.plan.pipeline import OPTIMISED, plan_year
from supercargo.plan.transfers import Catalogue
from supercargo.store import read_catalogue, write_scenario
from tests.cli_runner import run

MAKERS = {"lunar": lunar, "asteroid": asteroid}


@cache
def catalogue() -> Catalogue:
    return transfer_catalogue()


@cache
def scenario(name: str) -> Scenario:
    return MAKERS[name](dict(read_catalogue()), catalogue(), seed=1)


def a_row(name: str, route: str) -> TransferWindow:
    return next(row for row in scenario(name).transfer_windows if row.route.startswith(route))


def told(name: str, row: TransferWindow, **changes: Any) -> list[str]:
    return [*contradictions(replace(row, **changes), scenario(name).places[row.destination], catalogue())]


@pytest.mark.parametrize("name", MAKERS)
def test_rows_that_were_computed_contradict_nothing(name: str) -> None:
    rows = scenario(name).transfer_windows
    assert len({row.route for row in rows}) >= 3
    assert remarks_on_listed(scenario(name), catalogue()) == ()


def test_the_shipped_rows_of_places_that_are_flown_to_contradict_nothing() -> None:
    shipped = read_catalogue()["transfer_windows"]
    lists = {one.destination for one in scenario("lunar").missions} & {row.destination for row in shipped}
    assert lists
    assert remarks_on_listed(replace(scenario("lunar"), transfer_windows=shipped), catalogue()) == ()


@pytest.mark.parametrize(
    ("field", "factor", "off"),
    [("transit_d", 1.06, True), ("transit_d", 1.04, False), ("delta_v_m_s", 0.94, True), ("delta_v_m_s", 0.96, False)],
)
def test_a_lunar_row_is_told_beyond_five_percent(field: str, factor: float, off: bool) -> None:
    row = a_row("lunar", "fast to NRHO")
    words = told("lunar", row, **{field: factor * getattr(row, field)})
    assert [one.split()[0] for one in words] == ([field] if off else [])


@pytest.mark.parametrize(("name", "route"), [("lunar", "fast to NRHO"), ("asteroid", "direct, season of")])
@pytest.mark.parametrize(("shift", "off"), [(0.6, True), (-0.6, True), (0.4, False)])
def test_a_launch_energy_is_told_beyond_half_a_unit(name: str, route: str, shift: float, off: bool) -> None:
    row = a_row(name, route)
    assert row.c3_km2_s2 is not None
    words = told(name, row, c3_km2_s2=row.c3_km2_s2 + shift)
    assert [one.split()[0] for one in words] == (["c3_km2_s2"] if off else [])


@pytest.mark.parametrize(("shift", "off"), [(0.6, True), (0.4, False)])
def test_a_stated_sun_is_told_beyond_half_a_degree_from_the_computed_one(shift: float, off: bool) -> None:
    row = next(row for row in scenario("lunar").transfer_windows if row.sun_elevation_deg is not None)
    assert row.sun_elevation_deg is not None
    words = told("lunar", row, sun_elevation_deg=row.sun_elevation_deg + shift)
    assert [one.split()[0] for one in words] == (["sun_elevation_deg"] if off else [])


def test_a_route_that_nobody_computes_is_passed_over() -> None:
    assert told("lunar", a_row("lunar", "fast to NRHO"), route="by sail", transit_d=300.0, c3_km2_s2=5.0) == []


def test_check_tells_what_a_listed_way_contradicts_and_finds_no_fault_in_it(tmp_path: Path) -> None:
    row = a_row("lunar", "fast to NRHO")
    rows = (replace(row, delta_v_m_s=5.0), *(one for one in scenario("lunar").transfer_windows if one != row))
    write_scenario(replace(scenario("lunar"), transfer_windows=rows), tmp_path / "s")
    told = run("check", str(tmp_path / "s"))
    assert told.code == 0
    assert "remark: transfer_windows.csv, Gateway, lift-off" in told.out
    assert "delta_v_m_s is 5, computed" in told.out


def test_a_flight_by_a_contradicted_row_has_no_trajectory_and_says_why() -> None:
    given = scenario("lunar")
    wrong = replace(
        given,
        transfer_windows=tuple(
            replace(row, delta_v_m_s=0.5 * (row.delta_v_m_s or 0.0)) if row.route.startswith("fast") else row
            for row in given.transfer_windows
        ),
    )
    plan = plan_year(wrong, planner=OPTIMISED, watch=lambda stage, share: None)
    untold = {one.mission_id: one.reason for one in ephemerides_of(plan, catalogue()).untraced}
    assert any("contradicts the route it names: delta_v_m_s is" in reason for reason in untold.values()), untold
