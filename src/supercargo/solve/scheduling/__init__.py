"""Interval scheduling with dated alternatives: problem, crowds, independent parts, CP-SAT."""

from supercargo.solve.scheduling.chooser import choose
from supercargo.solve.scheduling.effort import Effort
from supercargo.solve.scheduling.parts import Part, independent_parts
from supercargo.solve.scheduling.problem import (
    FOREVER,
    Alternative,
    Block,
    Cover,
    DatedChoice,
    Use,
    faults_of_choice,
    value_of,
)
from supercargo.solve.scheduling.rows import Crowd, crowds

__all__ = [
    "FOREVER",
    "Alternative",
    "Block",
    "Cover",
    "Crowd",
    "DatedChoice",
    "Effort",
    "Part",
    "Use",
    "choose",
    "crowds",
    "faults_of_choice",
    "independent_parts",
    "value_of",
]
