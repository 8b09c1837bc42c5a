"""What the files of a scenario must say together: each check yields every fault it finds, with file, row, column and fix."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator

from supercargo.kernel import Fault
from supercargo.model import SCENARIO_TABLES
from supercargo.store.catalogue import read_segments_template
from supercargo.store.checks_chances import CHANCE_CHECKS
from supercargo.store.checks_flights import FLIGHT_CHECKS
from supercargo.store.checks_initiatives import INITIATIVE_CHECKS
from supercargo.store.checks_loads import LOAD_CHECKS
from supercargo.store.checks_orbits import ORBIT_CHECKS
from supercargo.store.checks_permits import PERMIT_CHECKS
from supercargo.store.checks_programme import PROGRAMME_CHECKS
from supercargo.store.checks_risks import RISK_CHECKS
from supercargo.store.checks_strategy import STRATEGY_CHECKS
from supercargo.store.checks_supply import SUPPLY_CHECKS
from supercargo.store.sheets import Sheets

__all__ = ["CHECKS", "cross_faults"]

_INTERVALS = (
    ("ports", "from_utc", "to_utc"),
    ("blackouts", "from_utc", "to_utc"),
    ("contracts", "from_utc", "to_utc"),
    ("demand", "from_utc", "to_utc"),
    ("crew", "from_utc", "to_utc"),
    ("licences", "from_utc", "to_utc"),
    ("staff", "from_utc", "to_utc"),
    ("transfer_windows", "opens_utc", "launch_utc"),
    ("transfer_windows", "launch_utc", "closes_utc"),
    ("missions", "earliest_utc", "latest_utc"),
    ("cargo", "release_utc", "due_utc"),
)
_MAY_BE_EQUAL = ("transfer_windows", "missions")
_LIMITS = (
    ("missions", "docked_min_d", "docked_max_d"),
    ("bays", "cg_x_min_m", "cg_x_max_m"),
    ("bays", "cg_y_min_m", "cg_y_max_m"),
    ("bays", "cg_z_min_m", "cg_z_max_m"),
    ("stock", "reserve_kg", "on_hand_kg"),
    ("stock", "critical_kg", "reserve_kg"),
    ("bags", "typical_kg", "max_kg"),
    ("launchers", "insertion_perigee_km", "insertion_apogee_km"),
)
_UNLIKE = (("lanes", "from_place", "to_place"), ("hazard_pairs", "hazard_a", "hazard_b"))


def _references(sheets: Sheets) -> Iterator[Fault]:
    """Every name that refers to another file stands there."""
    attribute_of = {table.file: table.attribute for table in SCENARIO_TABLES}
    for table in SCENARIO_TABLES:
        for field, file in table.refers:
            target = attribute_of[file]
            template = _template_words(sheets, target) if sheets.records(table.attribute) else frozenset()
            known = sorted(sheets.tables[target].key_words | template)
            for row, record in sheets.rows(table.attribute):
                value = getattr(record, field)
                for word in (value,) if isinstance(value, str) else value:
                    if word and word not in template and not sheets.knows(target, word):
                        what = f"{word!r} does not stand in {file}"
                        yield sheets.fault(table.attribute, row, field, what, _fix_of(word, known, file))


def _template_words(sheets: Sheets, target: str) -> frozenset[str]:
    """Segments of the catalogue that stand for those of a scenario which has none of its own, of places that it flies to."""
    if target != "market_segments" or sheets.tables[target].key_words:
        return frozenset()
    flown = {request.destination for request in sheets.records("missions")}
    return frozenset(one.segment for one in read_segments_template() if flown & set(one.destinations))


def _fix_of(word: str, known: list[str], file: str) -> str:
    close = difflib.get_close_matches(word[:80], known, n=1, cutoff=0.6)
    return (
        f"did you mean {close[0]!r}? else add it to {file}" if close else f"add it to {file}, or use a name that stands there"
    )


def _intervals(sheets: Sheets) -> Iterator[Fault]:
    """What begins ends later."""
    for attribute, first, last in _INTERVALS:
        for row, record in sheets.rows(attribute):
            start, end = getattr(record, first), getattr(record, last)
            if start is None or end is None or start < end or (start == end and attribute in _MAY_BE_EQUAL):
                continue
            yield sheets.fault(attribute, row, last, f"{last} does not come after {first}", f"set {last} after {first}")


def _ordered_limits(sheets: Sheets) -> Iterator[Fault]:
    """A lower limit does not exceed its upper one."""
    for attribute, low, high in _LIMITS:
        for row, record in sheets.rows(attribute):
            least, most = getattr(record, low), getattr(record, high)
            if least > most:
                what = f"{low} is {least:g}, above {high}, which is {most:g}"
                yield sheets.fault(attribute, row, low, what, f"lower {low} or raise {high}")


def _unlike(sheets: Sheets) -> Iterator[Fault]:
    """A lane joins two places, and a hazard pair two classes."""
    for attribute, one, other in _UNLIKE:
        for row, record in sheets.rows(attribute):
            if getattr(record, one) == getattr(record, other):
                what = f"{getattr(record, one)!r} is paired with itself"
                yield sheets.fault(attribute, row, other, what, "name two different ones, or take the row away")


CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (
    _references,
    _intervals,
    _ordered_limits,
    _unlike,
    *ORBIT_CHECKS,
    *FLIGHT_CHECKS,
    *LOAD_CHECKS,
    *PERMIT_CHECKS,
    *RISK_CHECKS,
    *PROGRAMME_CHECKS,
    *SUPPLY_CHECKS,
    *INITIATIVE_CHECKS,
    *CHANCE_CHECKS,
    *STRATEGY_CHECKS,
)
"""Every check across files, in the order in which they are made."""


def cross_faults(sheets: Sheets) -> list[Fault]:
    """All faults that the files of a scenario have together."""
    return [fault for check in CHECKS for fault in check(sheets)]
