"""Integer programs: arrays in, an `Outcome` out; HiGHS on one thread, limited by counted work."""

from supercargo.solve.integer.highs import SAME, Effort, Relaxation, minimise, relax
from supercargo.solve.integer.neighbourhoods import Search, improve, search
from supercargo.solve.integer.program import IntegerProgram, SparseRows, objective_of, restrict, tighten

__all__ = [
    "SAME",
    "Effort",
    "IntegerProgram",
    "Relaxation",
    "Search",
    "SparseRows",
    "improve",
    "minimise",
    "objective_of",
    "relax",
    "restrict",
    "search",
    "tighten",
]
