"""HiGHS behind arrays: relax a program, or minimise it, on one thread and by counted work."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from supercargo.kernel import Fuse, Outcome, Status, never
from supercargo.solve.integer.program import Bools, Floats, IntegerProgram, SparseRows, objective_of, restrict

__all__ = ["SAME", "Effort", "Relaxation", "minimise", "relax", "settle"]

SAME = 1e-6
"""Share of an objective by which it may miss its bound and still be called optimal."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long a search may work: branch-and-bound nodes, and the gap at which it may stop (absolute, relative); a fuse."""

    nodes: int = 2000
    gap: float = 1e-6
    gap_absolute: float = 1e-9
    stall_nodes: int = 1_000_000
    heuristic_share: float = 0.05
    fuse: Fuse = never


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Optimum of a program without integrality: values, objective and what a unit more of each column or limit would cost."""

    values: Floats  # [column]
    objective: float
    reduced_cost: Floats  # [column]
    row_dual: Floats  # [row]


def relax(program: IntegerProgram) -> Relaxation | None:
    """Solve the linear relaxation by the dual simplex method; None where even that has no answer."""
    if not program.column_count:
        return Relaxation(np.zeros(0), objective_of(program, np.zeros(0)), np.zeros(0), np.zeros(len(program.row_lower)))
    solver, scale = _solver(program, np.zeros(program.column_count, dtype=np.bool_))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution, count = solver.getSolution(), program.column_count
    return Relaxation(
        values=np.asarray(solution.col_value, dtype=np.float64)[:count],
        objective=solver.getObjectiveValue() * scale,
        reduced_cost=np.asarray(solution.col_dual, dtype=np.float64)[:count] * scale,
        row_dual=np.asarray(solution.row_dual, dtype=np.float64) * scale,
    )


def minimise(program: IntegerProgram, effort: Effort, start: Floats | None = None) -> Outcome[Floats]:
    """Branch and bound from an optional start; the best answer has its integer columns exactly whole.

    Returns status, values, objective and proven lower bound; an answer that is only within `effort.gap` of its bound is
    feasible, not optimal. The start is kept if nothing better is found.
    """
    if not program.column_count:
        objective = objective_of(program, np.zeros(0))
        found = math.isfinite(objective)
        return Outcome(Status.OPTIMAL if found else Status.INFEASIBLE, np.zeros(0) if found else None, objective, objective)
    solver, scale = _solver(program, program.integral)
    solver.setOptionValue("mip_max_nodes", effort.nodes)
    solver.setOptionValue("mip_max_stall_nodes", effort.stall_nodes)
    solver.setOptionValue("mip_rel_gap", effort.gap)
    solver.setOptionValue("mip_abs_gap", effort.gap_absolute / scale)
    solver.setOptionValue("mip_heuristic_effort", effort.heuristic_share)
    if math.isfinite(left_s := effort.fuse()):
        solver.setOptionValue("time_limit", max(left_s, 0.1))
    if start is not None:
        _give_start(solver, program, start)
    solver.run()
    return _outcome(solver, program, scale, start)


def _solver(program: IntegerProgram, integral: Bools) -> tuple[Any, float]:
    """A HiGHS model with one more column for each priced row, costs scaled near 1."""
    elastic = np.flatnonzero(np.isfinite(program.row_price))
    sizes = np.abs(program.cost[program.cost != 0.0])
    scale = float(2.0 ** round(math.log2(float(np.median(sizes))))) if len(sizes) else 1.0
    count = program.column_count
    rows = _with_shortfalls(program, elastic)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count + len(elastic), len(program.row_lower)
    lp.col_cost_ = np.concatenate((program.cost, program.row_price[elastic])) / scale
    lp.col_lower_ = np.concatenate((program.lower, np.zeros(len(elastic))))
    lp.col_upper_ = np.concatenate((program.upper, np.full(len(elastic), highspy.kHighsInf)))
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.offset_ = program.offset / scale
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = rows.starts.astype(np.int32), rows.columns.astype(np.int32)
    lp.a_matrix_.value_ = rows.values
    if np.any(integral):
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(whole)] for whole in integral] + [kinds[0]] * len(elastic)
    solver = highspy.Highs()
    for option, setting in (
        ("output_flag", False), ("threads", 1), ("parallel", "off"), ("random_seed", 0),
        ("mip_feasibility_tolerance", 1e-8), ("primal_feasibility_tolerance", 1e-8),
    ):  # fmt: skip
        solver.setOptionValue(option, setting)
    solver.passModel(lp)
    return solver, scale


def _with_shortfalls(program: IntegerProgram, elastic: Any) -> SparseRows:
    columns = program.column_count + np.arange(len(elastic))
    return SparseRows.of_entries(
        np.concatenate((program.rows.row_of_entry, elastic)),
        np.concatenate((program.rows.columns, columns)),
        np.concatenate((program.rows.values, np.ones(len(elastic)))),
        len(program.row_lower),
    )


def _give_start(solver: Any, program: IntegerProgram, start: Floats) -> None:
    elastic = np.flatnonzero(np.isfinite(program.row_price))
    short = np.maximum(0.0, program.row_lower - program.rows.times(start))[elastic]
    solution = highspy.HighsSolution()
    solution.col_value = np.concatenate((start, short))
    solver.setSolution(solution)


def _outcome(solver: Any, program: IntegerProgram, scale: float, start: Floats | None) -> Outcome[Floats]:
    status, info = solver.getModelStatus(), solver.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Outcome(Status.INFEASIBLE, None, math.inf, math.inf)
    bound = info.mip_dual_bound * scale if np.any(program.integral) else solver.getObjectiveValue() * scale
    best, objective = start, math.inf if start is None else objective_of(program, start)
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        found = settle(program, np.asarray(solver.getSolution().col_value, dtype=np.float64)[: program.column_count])
        if found is not None and (value := objective_of(program, found)) < objective:
            best, objective = found, value
    if best is None or math.isinf(objective):
        return Outcome(Status.UNDECIDED, None, math.inf, bound)
    proven = status == highspy.HighsModelStatus.kOptimal and objective - bound <= SAME * abs(objective) + 1e-9
    return Outcome(Status.OPTIMAL if proven else Status.FEASIBLE, best, objective, min(bound, objective))


def settle(program: IntegerProgram, values: Floats) -> Floats | None:
    """Make integer columns exactly whole; if that breaks a row, let the other columns give way."""
    whole = np.where(program.integral, np.round(values), np.clip(values, program.lower, program.upper))
    if math.isfinite(objective_of(program, whole)):
        return whole
    loose = np.flatnonzero(~program.integral)
    rest = relax(restrict(program, loose, whole)) if len(loose) else None
    if rest is None:
        return None
    whole[loose] = rest.values
    return whole if math.isfinite(objective_of(program, whole)) else None
