"""The referee: rules from a plan to violations. It never sees a solver and trusts nobody."""

from supercargo.referee.rule import Rule
from supercargo.referee.table import RULES, judge, unwaived

__all__ = ["RULES", "Rule", "judge", "unwaived"]
