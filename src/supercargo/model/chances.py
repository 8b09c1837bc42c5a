"""What may happen to a plan and how likely it is: rows that a person can edit, and the record of past slips."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from supercargo.kernel import Fault, ScenarioError, days_between, quantity, text
from supercargo.model.catalogue import _Record

__all__ = [
    "CHANCES",
    "CHANCE_UNITS",
    "Chance",
    "Chances",
    "SlipRecord",
    "chance_faults",
    "is_of_family",
    "slip_faults",
]

CHANCES = ("slip", "loss", "standdown", "port_out", "overrun", "damage", "demand", "supplier_delay")
"""slip: the date of a lift-off moves. loss: a mission is lost before docking. standdown: its family is grounded after that.

port_out: a port can't be used. overrun: processing takes longer. damage: a line arrives damaged. demand: a place uses more or
less of a class than forecast. supplier_delay: a line comes to the launch site later.
"""

CHANCE_UNITS: Mapping[str, str] = MappingProxyType(
    {
        "slip": "factor",
        "loss": "",
        "standdown": "d",
        "port_out": "d",
        "overrun": "d",
        "damage": "fraction",
        "demand": "factor",
        "supplier_delay": "d",
    }
)
"""What the size of each chance is counted in. A slip's factor multiplies the delays of the record."""

BY_FAMILY = ("slip", "loss", "standdown", "overrun")
"""Chances that befall a family of launchers or spacecraft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance(_Record):
    """What may happen, to whom, how likely at each trial, and how large it is.

    A trial is a mission (slip, loss, overrun), a loss (standdown), a port and year (port_out), a line (damage,
    supplier_delay), or a stock and the horizon (demand). Sizes are drawn from a triangle between least and most value.
    """

    chance: str = text("what may happen", choices=CHANCES)
    applies_to: str = text(
        "slip, loss, standdown, overrun: family; port_out: PLACE or PLACE/PORT; damage: class; demand: PLACE or CLASS@PLACE; "
        "supplier_delay: supplier; empty: all that no other row names",
        default="",
    )
    probability: float | None = quantity(
        "probability", "that it happens at one trial; empty: follows from trials and hits", ge=0, le=1, default=None
    )
    trials_count: float | None = quantity("count", "trials on record", ge=1, le=1e6, default=None)
    hits_count: float | None = quantity("count", "how often it happened in them", ge=0, le=1e6, default=None)
    least_value: float = quantity("value", "smallest size", ge=0, le=5000, default=0.0)
    likely_value: float = quantity("value", "likeliest size", ge=0, le=5000, default=0.0)
    most_value: float = quantity("value", "largest size", ge=0, le=5000, default=0.0)
    unit: str = text("what the size is counted in", choices=("", "d", "factor", "fraction"), default="")

    @property
    def mean_probability(self) -> float:
        """Probability at one trial; of a record (hits + 1/2) / (trials + 1), the mean of Jeffreys' posterior.

        >>> row = Chance(chance="loss", trials_count=134, hits_count=5, source="", as_of="", evidence="sourced")
        >>> round(row.mean_probability, 4)
        0.0407
        """
        if self.probability is not None:
            return self.probability
        return ((self.hits_count or 0.0) + 0.5) / ((self.trials_count or 0.0) + 1.0)

    @property
    def beta(self) -> tuple[float, float] | None:
        """Parameters of Jeffreys' posterior of the probability; None where it is given as known."""
        if self.probability is not None or self.trials_count is None or self.hits_count is None:
            return None
        return self.hits_count + 0.5, self.trials_count - self.hits_count + 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipRecord(_Record):
    """What a report said of the date of a past mission, and when it lifted off in the end."""

    mission: str = text("past mission")
    family: str = text("its spacecraft")
    reported_utc: datetime = text("date of the report")
    planned_utc: datetime = text("lift-off planned by the report")
    lifted_utc: datetime = text("lift-off as it was")
    struck: bool = text(
        "a loss in between grounded its family: not resampled, since stand-downs are drawn apart", default=False
    )

    @property
    def lead_d(self) -> float:
        """From the report to the lift-off that it planned [d]."""
        return days_between(self.reported_utc, self.planned_utc)

    @property
    def delay_d(self) -> float:
        """From the planned to the real lift-off [d]; below zero where it came earlier."""
        return days_between(self.planned_utc, self.lifted_utc)


def is_of_family(name: str, family: str) -> bool:
    """True if a launcher or spacecraft bears the family's name, or a name that begins with it and a sign or blank.

    >>> is_of_family("Falcon 9", "falcon"), is_of_family("Falconet", "falcon")
    (True, False)
    """
    rest = name[len(family) : len(family) + 1]
    return name.lower().startswith(family.lower()) and not rest.isalnum()


def chance_faults(row: Chance) -> Iterator[tuple[str, str, str]]:
    """Yield (field, what, fix) for each thing that a row of chances says and can't mean."""
    due = CHANCE_UNITS[row.chance]
    if row.unit != due:
        yield "unit", f"a {row.chance} is not counted in {row.unit or 'nothing'!r}", f"set unit to {due or '(empty)'}"
    if row.least_value > row.likely_value:
        yield "least_value", "least_value is above likely_value", "give least, likely and most in rising order"
    if row.likely_value > row.most_value:
        yield "most_value", "most_value is below likely_value", "give least, likely and most in rising order"
    counted = row.trials_count is not None and row.hits_count is not None
    if (row.trials_count is None) != (row.hits_count is None):
        yield "hits_count", "trials and hits are not both given", "give both, or neither and a probability"
    if row.probability is None and not counted:
        yield "probability", "the row says not how likely it is", "give a probability from 0 to 1, or trials and hits"
    if row.probability is not None and counted:
        yield "probability", "the row says twice how likely it is", "give a probability, or trials and hits"
    if row.chance == "demand" and row.most_value == 0.0 and row.mean_probability > 0.0:
        yield "most_value", "a factor of 0 on demand would end all use", "give factors about 1, such as 0.8, 1 and 1.3"
    if row.trials_count is not None and row.hits_count is not None and row.hits_count > row.trials_count:
        yield "hits_count", f"{row.hits_count:g} hits in {row.trials_count:g} trials", "give no more hits than trials"
    if row.chance == "damage" and row.most_value > 1.0:
        yield "most_value", "more than the whole of a line can't be damaged", "give shares from 0 to 1"


def slip_faults(row: SlipRecord) -> Iterator[tuple[str, str, str]]:
    """Yield (field, what, fix) for each duration of a slip's record that would be negative."""
    if row.planned_utc < row.reported_utc:
        yield "planned_utc", "the lead is negative: planned before it was reported", "set planned_utc after reported_utc"
    if row.lifted_utc < row.reported_utc:
        yield "lifted_utc", "it had lifted off before the report", "set lifted_utc after reported_utc"


@dataclass(frozen=True, kw_only=True)
class Chances:
    """Everything that may happen, with the record of slips; refuses rows that can't be meant, all at once."""

    rows: tuple[Chance, ...]
    slips: tuple[SlipRecord, ...] = ()

    def __post_init__(self) -> None:
        faults = []
        seen: set[tuple[str, str]] = set()
        for number, row in enumerate(self.rows, 2):
            faults += [Fault("chances.csv", number, *fault) for fault in chance_faults(row)]
            if (row.chance, row.applies_to) in seen:
                what = f"{row.chance} of {row.applies_to or 'all'!r} is given twice"
                faults.append(Fault("chances.csv", number, "chance", what, "keep one of the rows"))
            seen.add((row.chance, row.applies_to))
        for number, record in enumerate(self.slips, 2):
            faults += [Fault("slips.csv", number, *fault) for fault in slip_faults(record)]
        if not self.slips and any(row.chance == "slip" for row in self.rows):
            what = "a slip may happen, but no slip is on record"
            faults.append(Fault("slips.csv", 0, "", what, "give rows of slips.csv, or take the slip out of chances.csv"))
        if faults:
            raise ScenarioError.of(sorted(faults), where="chances")

    @cached_property
    def by_chance(self) -> Mapping[str, tuple[Chance, ...]]:
        """Rows of each chance, the longest name first, so that the first that fits holds."""
        ordered = sorted(self.rows, key=lambda row: (-len(row.applies_to), row.applies_to))
        return {chance: tuple(row for row in ordered if row.chance == chance) for chance in CHANCES}

    def row_for(self, chance: str, *names: str) -> Chance | None:
        """The row that holds for an object of these names: the one that names most of it; None: it can't happen."""
        for row in self.by_chance[chance]:
            named = is_of_family if chance in BY_FAMILY else str.__eq__
            if not row.applies_to or any(named(name, row.applies_to) for name in names):
                return row
        return None

    def known_by(self, at: datetime) -> Chances:
        """What could be known at an instant: of the record of slips the missions that had lifted off by then.

        Counts of losses stand in rows and are not looked through; put in those of the time.
        """
        return replace(self, slips=tuple(slip for slip in self.slips if slip.lifted_utc <= at))

    def without(self, chances: Iterable[str]) -> Chances:
        """The same with some chances switched off. Raises ScenarioError for a chance that is not known."""
        off = tuple(chances)
        for name in off:
            if name not in CHANCES:
                fix = f"use one of: {', '.join(CHANCES)}"
                raise ScenarioError(f"there is no chance {name!r}", fix=fix, where="chances")
        return replace(self, rows=tuple(row for row in self.rows if row.chance not in off))
