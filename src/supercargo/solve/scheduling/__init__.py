"""Interval scheduling with dated alternatives (problem, crowds, parts, CP-SAT), and projects of works with lags."""

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
from supercargo.solve.scheduling.project import (
    Lag,
    Project,
    Work,
    earliest_starts,
    end_of,
    faults_of_starts,
    handed_on,
    lateness_of,
    latest_starts,
    starts_value,
)
from supercargo.solve.scheduling.projecting import plan_project
from supercargo.solve.scheduling.rows import Crowd, crowds

__all__ = [
    "FOREVER",
    "Alternative",
    "Block",
    "Cover",
    "Crowd",
    "DatedChoice",
    "Effort",
    "Lag",
    "Part",
    "Project",
    "Use",
    "Work",
    "choose",
    "crowds",
    "earliest_starts",
    "end_of",
    "faults_of_choice",
    "faults_of_starts",
    "handed_on",
    "independent_parts",
    "lateness_of",
    "latest_starts",
    "plan_project",
    "starts_value",
    "value_of",
]
