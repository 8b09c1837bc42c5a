"""How boxes lie to each other, and how planes drift: the referee's own arithmetic against plainer arithmetic."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.astro.elements import satellite_of
from supercargo.astro.frames import pad_direction, teme
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.model import CargoLine, Placement
from supercargo.referee.boxes import BayLoad, overlap_pairs, resting_share, stacked_pairs
from supercargo.referee.case import up_to_second, when
from supercargo.referee.planes import Plane, plane_of
from tests.builders import a_bay, a_line, a_scenario, on_day

_CORNER = st.integers(0, 8)
_EDGE = st.integers(1, 4)
_BOX = st.tuples(_CORNER, _CORNER, _CORNER, _EDGE, _EDGE, _EDGE)


def _a_load(boxes: list[tuple[int, int, int, int, int, int]]) -> BayLoad:
    rows = tuple(
        Placement(
            mission_id="M1", item_id="I1", piece=number + 1, bay="A", x_m=x / 10, y_m=y / 10, z_m=z / 10, dx_m=dx / 10,
            dy_m=dy / 10, dz_m=dz / 10, mass_kg=1.0, unload_order=number + 1,
        )
        for number, (x, y, z, dx, dy, dz) in enumerate(boxes)
    )  # fmt: skip
    lines: tuple[CargoLine, ...] = (a_line(),) * len(rows)
    low = np.array([(row.x_m, row.y_m, row.z_m) for row in rows])
    size = np.array([(row.dx_m, row.dy_m, row.dz_m) for row in rows])
    return BayLoad("M1", a_bay(), rows, lines, low, size)


def _cells(box: tuple[int, int, int, int, int, int]) -> set[tuple[int, int, int]]:
    x, y, z, dx, dy, dz = box
    return {(i, j, k) for i in range(x, x + dx) for j in range(y, y + dy) for k in range(z, z + dz)}


def _base(box: tuple[int, int, int, int, int, int]) -> set[tuple[int, int]]:
    return {(i, j) for i, j, _ in _cells(box)}


@settings(max_examples=150, deadline=None)
@given(st.lists(_BOX, min_size=1, max_size=12))
def test_overlaps_are_those_found_by_counting_cells(boxes: list[tuple[int, int, int, int, int, int]]) -> None:
    cells = [_cells(box) for box in boxes]
    shared = {(i, j) for i in range(len(boxes)) for j in range(i + 1, len(boxes)) if cells[i] & cells[j]}
    assert set(overlap_pairs(_a_load(boxes))) == shared


@settings(max_examples=150, deadline=None)
@given(st.lists(_BOX, min_size=1, max_size=12))
def test_what_lies_above_is_found_by_counting_columns(boxes: list[tuple[int, int, int, int, int, int]]) -> None:
    above = {
        (i, j)
        for i, j in permutations(range(len(boxes)), 2)
        if boxes[i][2] >= boxes[j][2] + boxes[j][5] and _base(boxes[i]) & _base(boxes[j])
    }
    assert set(stacked_pairs(_a_load(boxes))) == above


@settings(max_examples=150, deadline=None)
@given(st.lists(_BOX, min_size=1, max_size=12))
def test_support_is_the_share_of_the_base_on_tops_directly_below(boxes: list[tuple[int, int, int, int, int, int]]) -> None:
    apart: list[tuple[int, int, int, int, int, int]] = []
    for box in boxes:
        if not any(_cells(box) & _cells(other) for other in apart):
            apart.append(box)
    shares = resting_share(_a_load(apart))
    for index, box in enumerate(apart):
        tops = {cell for other in apart if other[2] + other[5] == box[2] for cell in _base(other)}
        truth = 1.0 if box[2] == 0 else len(_base(box) & tops) / len(_base(box))
        assert math.isclose(shares[index], truth, abs_tol=1e-9)


# planes


def _a_plane() -> Plane:
    plane = plane_of(a_scenario().orbits[0])
    assert plane is not None
    return plane


def test_node_rate_agrees_with_sgp4s_own_secular_rate() -> None:
    for inclination_deg in (28.5, 51.6, 97.8):
        orbit = replace(a_scenario().orbits[0], inclination_deg=inclination_deg)
        plane = plane_of(orbit)
        assert plane is not None
        assert math.isclose(plane.drift.rate_rad_s, satellite_of(orbit).nodedot / 60.0, rel_tol=1e-6)


def test_a_stations_node_moves_five_degrees_west_a_day() -> None:
    rate_deg_d = math.degrees(_a_plane().drift.rate_rad_s) * 86_400.0
    assert -5.1 < rate_deg_d < -4.9


def test_the_drifted_plane_meets_sgp4s_at_two_weeks() -> None:
    plane = _a_plane()
    edge_s = plane.epoch_s + 14 * 86_400.0
    near, far = plane.normals(np.array([edge_s - 1.0])), plane.normals(np.array([edge_s + 1.0]))
    apart_deg = math.degrees(math.acos(min(1.0, float(np.sum(near * far)))))
    assert apart_deg < 0.1  # short-period motion of the node, and drag


def test_doubt_of_the_node_grows_with_age_alone() -> None:
    plane = _a_plane()
    days = np.array([0.0, 10.0, 20.0, -20.0]) * 86_400.0
    sigma = plane.node_sigma_deg(plane.epoch_s + days)
    assert sigma[0] == 0.0
    assert math.isclose(sigma[2], 2.0 * sigma[1])
    assert sigma[2] == sigma[3]


def test_a_pad_crosses_the_plane_again_after_a_day_less_some_minutes() -> None:
    plane, pad = _a_plane(), pad_direction(28.5619, -80.5774)
    at_s = seconds_since_j2000(on_day(100)) + np.arange(0.0, 3 * 86_400.0, 20.0)
    height = np.sum(plane.normals(at_s) * teme(pad, at_s), axis=-1)
    falling = at_s[1:][(height[:-1] > 0) & (height[1:] <= 0)]
    steps_min = np.diff(falling) / 60.0
    assert all(abs(1440.0 - step - 23.9) < 0.7 for step in steps_min)


# words and spans


def test_work_is_rounded_up_to_the_second_begun_and_no_further() -> None:
    assert up_to_second(8.0, 8.0) == 86_400
    assert up_to_second(0.4 * 3, 8.0) == 12_960
    assert up_to_second(1.0, 7.0) == math.ceil(86_400 / 7)
    assert up_to_second(0.0, 0.0) == 0
    assert up_to_second(1.0, 0.0) > 10**9


def test_instants_out_of_the_calendar_are_still_told() -> None:
    assert when(0.0) == "1970-01-01T00:00:00Z"
    assert when(1e15).startswith("second ")
