"""Reference scenarios, written from the catalogue and a seed: a whole year, and a tiny one."""

from supercargo.app.reference.tiny import tiny
from supercargo.app.reference.year import reference_year

__all__ = ["reference_year", "tiny"]
