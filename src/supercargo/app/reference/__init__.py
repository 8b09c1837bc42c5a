"""Reference scenarios, written from the catalogue and a seed: a whole year, its ramp, a tiny one, and two far out."""

from supercargo.app.reference.asteroid import asteroid
from supercargo.app.reference.lunar import lunar
from supercargo.app.reference.ramp import ramp
from supercargo.app.reference.tiny import tiny
from supercargo.app.reference.year import reference_year

__all__ = ["asteroid", "lunar", "ramp", "reference_year", "tiny"]
