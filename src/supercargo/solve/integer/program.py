"""The shape of a mixed integer program: costs, bounds, sparse rows, and rows that may fall short at a price."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

__all__ = ["Bools", "Floats", "IntegerProgram", "Ints", "SparseRows", "objective_of", "restrict", "tighten"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ROW_TOLERANCE = 1e-6
"""Absolute slack that a rounded answer may take in a row, beside 1e-9 of the row's limit."""


@dataclass(frozen=True)
class SparseRows:
    """A sparse matrix by rows: entry k of row r stands at starts[r] <= k < starts[r + 1]."""

    starts: Ints  # [row + 1]
    columns: Ints  # [entry]
    values: Floats  # [entry]

    @classmethod
    def of_entries(cls, rows: Ints, columns: Ints, values: Floats, row_count: int) -> SparseRows:
        """Sort entries by row, then column; a place is given at most once."""
        order = np.lexsort((columns, rows))
        counts = np.bincount(rows, minlength=row_count)
        starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        return cls(starts=starts, columns=columns[order].astype(np.int64), values=values[order].astype(np.float64))

    @property
    def row_of_entry(self) -> Ints:
        """Row of each entry."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts)).astype(np.int64)

    def times(self, values: Floats) -> Floats:
        """Activity of each row for one value a column."""
        weights = self.values * values[self.columns]
        activity = np.bincount(self.row_of_entry, weights=weights, minlength=len(self.starts) - 1)
        return np.asarray(activity, dtype=np.float64)


@dataclass(frozen=True)
class IntegerProgram:
    """Minimise cost over columns within bounds and rows; a row with a finite price may fall short of its lower limit."""

    cost: Floats  # [column]
    lower: Floats  # [column]
    upper: Floats  # [column]
    integral: Bools  # [column]
    rows: SparseRows
    row_lower: Floats  # [row]
    row_upper: Floats  # [row]
    row_price: Floats  # [row] for each unit below row_lower; infinite: never
    offset: float = 0.0

    @property
    def column_count(self) -> int:
        """Number of columns."""
        return len(self.cost)


def objective_of(program: IntegerProgram, values: Floats) -> float:
    """Cost of an answer with the price of its shortfalls; infinite where it breaks a bound or a hard row.

    >>> rows = SparseRows.of_entries(np.array([0]), np.array([0]), np.array([2.0]), 1)
    >>> one = np.array([1.0])
    >>> program = IntegerProgram(one, 0 * one, one, one > 0, rows, 3 * one, 9 * one, 5 * one)
    >>> objective_of(program, one)
    6.0
    """
    activity = program.rows.times(values)
    reach = ROW_TOLERANCE + 1e-9 * np.abs(np.where(np.isfinite(program.row_upper), program.row_upper, 0.0))
    short = np.maximum(0.0, program.row_lower - activity)
    hard = np.isinf(program.row_price)
    if np.any(activity > program.row_upper + reach) or np.any(short[hard] > reach[hard]):
        return float("inf")
    if np.any(values < program.lower - ROW_TOLERANCE) or np.any(values > program.upper + ROW_TOLERANCE):
        return float("inf")
    priced = short[~hard] @ program.row_price[~hard]
    return float(program.cost @ values + priced + program.offset)


def restrict(program: IntegerProgram, free: Ints, values: Floats) -> IntegerProgram:
    """The program left over the columns `free` when every other column keeps its value."""
    mask = np.zeros(program.column_count, dtype=np.bool_)
    mask[free] = True
    new_column = np.cumsum(mask) - 1
    held = np.where(mask, 0.0, values)
    activity = program.rows.times(held)
    kept = mask[program.rows.columns]
    row_of = program.rows.row_of_entry[kept]
    present = np.zeros(len(activity), dtype=np.bool_)
    present[row_of] = True
    new_row = np.cumsum(present) - 1
    columns, entries = new_column[program.rows.columns[kept]], program.rows.values[kept]
    absent_short = np.maximum(0.0, program.row_lower - activity)
    priced = ~present & np.isfinite(program.row_price)
    return replace(
        program,
        cost=program.cost[mask],
        lower=program.lower[mask],
        upper=program.upper[mask],
        integral=program.integral[mask],
        rows=SparseRows.of_entries(new_row[row_of], columns, entries, int(present.sum())),
        row_lower=(program.row_lower - activity)[present],
        row_upper=_not_just_below_zero(program.row_upper - activity)[present],
        row_price=program.row_price[present],
        offset=float(program.offset + program.cost @ held + absent_short[priced] @ program.row_price[priced]),
    )


def _not_just_below_zero(room: Floats) -> Floats:
    """Room that only rounding has overdrawn counts as none, not as a fault."""
    return np.where((room < 0.0) & (room > -10.0 * ROW_TOLERANCE), 0.0, room)


def tighten(program: IntegerProgram) -> IntegerProgram:
    """Close each whole column that alone overfills a row of nothing but non-negative entries.

    The relaxation would take a fraction of such a column; without it the bound is sharper.
    """
    rows, row_of = program.rows, program.rows.row_of_entry
    plain = np.ones(len(program.row_upper), dtype=np.bool_)
    plain[row_of[(rows.values < 0.0) | (program.lower[rows.columns] < 0.0)]] = False
    limit = program.row_upper + ROW_TOLERANCE + 1e-9 * np.abs(program.row_upper)
    over = plain[row_of] & program.integral[rows.columns] & (rows.values > limit[row_of])
    upper = program.upper.copy()
    upper[rows.columns[over]] = np.minimum(upper[rows.columns[over]], 0.0)
    return replace(program, upper=upper)
