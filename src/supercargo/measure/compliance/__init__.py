"""Whether what has to be shown is shown: requirements held against a plan and against the record of operations."""

from supercargo.measure.compliance.measuring import CHECKS, STATES, Compliance, Review, measure_compliance
from supercargo.measure.compliance.seeing import Facts

__all__ = ["CHECKS", "STATES", "Compliance", "Facts", "Review", "measure_compliance"]
