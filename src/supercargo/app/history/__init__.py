"""A past year of the station as a scenario, and beside it the same year as it was flown."""

from supercargo.app.history.flights import FIRST_YEAR
from supercargo.app.history.year import PastYear, past_year

__all__ = ["FIRST_YEAR", "PastYear", "past_year"]
