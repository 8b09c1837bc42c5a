"""Reference scenarios, written from the catalogue and a seed: a whole year, a tiny one, and two beyond low Earth orbit."""

from supercargo.app.reference.asteroid import asteroid
from supercargo.app.reference.lunar import lunar
from supercargo.app.reference.tiny import tiny
from supercargo.app.reference.year import reference_year

__all__ = ["asteroid", "lunar", "reference_year", "tiny"]
