from __future__ import annotations

import math
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.kernel import Status
from supercargo.solve.integer import (
    Effort,
    IntegerProgram,
    Search,
    SparseRows,
    improve,
    minimise,
    objective_of,
    relax,
    restrict,
    search,
    tighten,
)


def a_program(
    cost: list[float], rows: list[list[float]], limits: list[tuple[float, float]], **changes: list[float] | list[bool]
) -> IntegerProgram:
    """Zero-one columns unless `integral`, `lower`, `upper` or `price` say otherwise."""
    matrix = np.array(rows, dtype=np.float64).reshape(len(limits), len(cost))
    at_row, at_column = np.nonzero(matrix)
    return IntegerProgram(
        cost=np.array(cost),
        lower=np.array(changes.get("lower", [0.0] * len(cost)), dtype=np.float64),
        upper=np.array(changes.get("upper", [1.0] * len(cost)), dtype=np.float64),
        integral=np.array(changes.get("integral", [True] * len(cost)), dtype=np.bool_),
        rows=SparseRows.of_entries(at_row, at_column, matrix[at_row, at_column], len(limits)),
        row_lower=np.array([low for low, _ in limits]),
        row_upper=np.array([high for _, high in limits]),
        row_price=np.array(changes.get("price", [math.inf] * len(limits)), dtype=np.float64),
    )


def by_trying_all(program: IntegerProgram) -> float:
    return min(objective_of(program, np.array(values)) for values in product((0.0, 1.0), repeat=program.column_count))


@st.composite
def programs(draw: st.DrawFn) -> IntegerProgram:
    columns, rows = draw(st.integers(1, 7)), draw(st.integers(1, 4))
    whole = st.integers(0, 9).map(float)
    cost = [-draw(whole) for _ in range(columns)]
    matrix = [[draw(whole) for _ in range(columns)] for _ in range(rows)]
    limits = [(-math.inf, float(draw(st.integers(0, 20)))) for _ in range(rows)]
    matrix.append([1.0] * columns)
    limits.append((float(draw(st.integers(0, 3))), math.inf))
    return a_program(cost, matrix, limits, price=[math.inf] * rows + [50.0])


@settings(max_examples=25, deadline=None)
@given(programs())
def test_branch_and_bound_finds_the_least_of_all_answers(program: IntegerProgram) -> None:
    found = minimise(program, Effort())
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(by_trying_all(program), abs=1e-6)
    assert found.bound <= found.objective + 1e-6


@settings(max_examples=20, deadline=None)
@given(programs())
def test_search_answers_within_its_bound_and_never_below_the_optimum(program: IntegerProgram) -> None:
    halves = [np.arange(0, max(1, program.column_count // 2)), np.arange(program.column_count // 3, program.column_count)]
    found = search(program, halves, Search(gap=0.0, whole_below=0))
    assert found.best is not None
    assert objective_of(program, found.best) == found.objective
    assert found.bound <= by_trying_all(program) + 1e-6 <= found.objective + 2e-6


@settings(max_examples=20, deadline=None)
@given(programs())
def test_tightening_shuts_out_no_answer(program: IntegerProgram) -> None:
    assert by_trying_all(tighten(program)) == by_trying_all(program)


@settings(max_examples=20, deadline=None)
@given(programs(), st.integers(0, 127), st.integers(0, 127))
def test_a_restricted_program_costs_the_same_as_the_whole(program: IntegerProgram, mask: int, bits: int) -> None:
    values = np.array([float(bits >> k & 1) for k in range(program.column_count)])
    free = np.array([k for k in range(program.column_count) if mask >> k & 1], dtype=np.int64)
    rest = restrict(program, free, values)
    whole = objective_of(program, values)
    if math.isfinite(whole):
        assert objective_of(rest, values[free]) == pytest.approx(whole)


def test_a_priced_row_falls_short_rather_than_leave_no_answer() -> None:
    program = a_program([1.0, 1.0], [[1.0, 1.0], [1.0, 1.0]], [(3.0, math.inf), (-math.inf, 1.0)], price=[10.0, math.inf])
    found = minimise(program, Effort())
    assert found.objective == pytest.approx(1.0 + 2 * 10.0)


def test_a_hard_row_that_no_answer_keeps_is_called_infeasible() -> None:
    program = a_program([1.0, 1.0], [[1.0, 1.0]], [(3.0, math.inf)])
    for found in (minimise(program, Effort()), search(program, [], Search())):
        assert found.status is Status.INFEASIBLE
        assert found.best is None
        assert found.gap == math.inf


def test_a_program_without_columns_costs_its_offset_and_shortfalls() -> None:
    program = a_program([], [], [(2.0, math.inf)], price=[5.0])
    assert minimise(program, Effort()).objective == 10.0
    relaxed = relax(program)
    assert relaxed is not None
    assert relaxed.objective == 10.0


def test_whole_columns_come_out_exactly_whole_beside_shares() -> None:
    # HiGHS 1.14.0 calls (0, 0, 1) optimal here: its presolve goes wrong where a share stands beside whole columns.
    program = a_program(
        [-3.0, -2.0, -1.0], [[2.0, 2.0, 3.0]], [(-math.inf, 4.5)], integral=[True, True, False], upper=[1.0, 1.0, 1.0]
    )
    found = minimise(program, Effort())
    assert found.best is not None
    assert found.best[:2].tolist() == [1.0, 1.0]
    assert found.best[2] == pytest.approx(0.5 / 3.0)


def a_hard_knapsack(seed: int) -> IntegerProgram:
    rng = np.random.default_rng(seed)
    weights = rng.integers(10, 99, (4, 60)).astype(np.float64)
    return a_program(
        (-weights.mean(axis=0) - rng.integers(1, 30, 60)).tolist(),
        weights.tolist(),
        [(-math.inf, float(row.sum() // 3)) for row in weights],
    )


def windows(count: int, width: int) -> list[npt.NDArray[np.int64]]:
    return [np.arange(start, min(count, start + width)) for start in range(0, count, width // 2)]


def test_the_same_program_gives_the_same_bytes_twice() -> None:
    answers = [search(a_hard_knapsack(3), windows(60, 20), Search(gap=0.0, nodes=20, whole_below=0)) for _ in range(2)]
    first, second = answers
    assert first.best is not None
    assert second.best is not None
    assert first.best.tobytes() == second.best.tobytes()
    assert (first.objective, first.bound) == (second.objective, second.bound)


def test_improving_never_makes_an_answer_worse() -> None:
    program = a_hard_knapsack(5)
    relaxed = relax(program)
    assert relaxed is not None
    poor = np.zeros(60)
    better = improve(program, poor, windows(60, 20), Search(gap=0.0, nodes=10), relaxed=relaxed)
    assert relaxed.objective <= objective_of(program, better) < objective_of(program, poor)


def test_an_answer_within_the_gap_allowed_is_not_called_optimal() -> None:
    cost = [-10.0, -9.0, -8.0, -7.0, -6.0, -5.0]
    program = a_program(cost, [[5.0, 4.0, 3.0, 5.0, 2.0, 4.0]], [(-math.inf, 10.0)])
    start = np.array([0.0, 0.0, 0.0, 0.0, 1.0, 1.0])
    loose = minimise(program, Effort(gap=10.0, nodes=1), start)
    assert (loose.status is Status.OPTIMAL) == (loose.gap <= 1e-6)
    assert minimise(program, Effort()).status is Status.OPTIMAL


def test_without_a_relaxation_nothing_is_called_infeasible_that_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supercargo.solve.integer.neighbourhoods.relax", lambda program: None)
    program = a_program([-1.0, -2.0], [[1.0, 1.0]], [(-math.inf, 1.0)])
    assert search(program, [], Search()).objective == -2.0
    shut = a_program([1.0], [[1.0]], [(2.0, 3.0)])
    assert search(shut, [], Search()).status is Status.INFEASIBLE


def test_a_start_is_kept_when_no_work_is_allowed_to_beat_it() -> None:
    program = a_hard_knapsack(7)
    best = search(program, [], Search(gap=0.0, nodes=100)).best
    assert best is not None
    again = minimise(program, Effort(nodes=0), best)
    assert again.best is not None
    assert again.objective <= objective_of(program, best)


def test_progress_only_grows() -> None:
    shares: list[float] = []
    search(a_hard_knapsack(1), windows(60, 20), Search(gap=0.0, nodes=5, whole_below=0), watch=shares.append)
    assert shares == sorted(shares)
    assert all(0.0 <= share <= 1.0 for share in shares)
