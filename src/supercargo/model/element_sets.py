"""Element sets: the two lines that public sources give an orbit in, read with suspicion, field by field.

The one place that knows the columns, so that scenario files and orbit mechanics agree on what a line says. A layout that
looks right proves little: invented sets circulate (astro/element_gate.py judges what a single set can't show). Sources: Hoots
and Roehrich, Spacetrack Report No. 3 (1980); the column table of CelesTrak's "NORAD Two-Line Element Set Format"; the Alpha-5
numbers of Space-Track.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from supercargo.kernel import Fault, ScenarioError, check_quantities, quantity, text

__all__ = [
    "ElementSet",
    "catalogue_number",
    "element_set_checksum",
    "element_set_faults",
    "read_element_set",
    "read_element_sets",
]

_LENGTH = 69
_DAY_US = 86_400_000_000
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_EXPONENT = re.compile(r"[-+ ]?\d{5}[-+ ]\d", re.ASCII)
_DAY = re.compile(r" {0,2}(\d{1,3})(?:\.(\d*))? *", re.ASCII)
_ALPHA_5 = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I, no O
_MOST_CHARACTERS = 16 * 1024 * 1024
_MOST_FAULTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementSet:
    """Mean elements of one object as SGP4 means them, at the epoch to which they were fitted."""

    name: str = text("name of the object", default="")
    catalogue_number: int = quantity("count", "number in the public catalogue", ge=0, le=999_999_999)
    designator: str = text("international designator", default="")
    epoch_utc: datetime = text("epoch, to the microsecond")
    inclination_deg: float = quantity("deg", "inclination, mean, TEME", ge=0, le=180)
    raan_deg: float = quantity("deg", "right ascension of the ascending node, mean, TEME", ge=0, le=360)
    eccentricity: float = quantity("1", "eccentricity", ge=0, le=0.9999999)
    arg_perigee_deg: float = quantity("deg", "argument of perigee", ge=0, le=360)
    mean_anomaly_deg: float = quantity("deg", "mean anomaly", ge=0, le=360)
    mean_motion_rev_d: float = quantity("rev/d", "mean motion, Kozai's", ge=0, le=18)
    bstar: float = quantity("1/R", "SGP4 drag term", ge=-10, le=10)

    def __post_init__(self) -> None:
        check_quantities(self)
        if self.epoch_utc.tzinfo is None:
            raise ScenarioError("the epoch has no time zone", fix="give an aware UTC instant", where="ElementSet")


def element_set_checksum(line: str) -> int:
    """The last digit of an element set's line is the sum of its digits, a minus counting 1, modulo 10.

    >>> element_set_checksum("1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  292")
    7
    """
    return sum(int(sign) if sign in "0123456789" else sign == "-" for sign in line[: _LENGTH - 1]) % 10


def catalogue_number(written: str) -> int:
    """Five signs name an object; from 100,000 on the first is a letter that stands for two digits, I and O left out.

    >>> catalogue_number("25544"), catalogue_number("A0000"), catalogue_number("Z9999")
    (25544, 100000, 339999)

    Raises ValueError for anything else.
    """
    trimmed = written.strip(" ")
    if trimmed.isascii() and trimmed.isdigit():
        return int(trimmed)
    if trimmed.isascii() and len(trimmed) == 5 and trimmed[0] in _ALPHA_5 and trimmed[1:].isdigit():
        return (10 + _ALPHA_5.index(trimmed[0])) * 10_000 + int(trimmed[1:])
    raise ValueError(f"{written!r} is no catalogue number")


def element_set_faults(line1: str, line2: str) -> tuple[tuple[int, str, str], ...]:
    """Each thing wrong with the form of an element set: line number, what, fix."""
    lines = (line1.rstrip(), line2.rstrip())
    faults = [(number, *fault) for number, line in enumerate(lines, start=1) for fault in _line_faults(line, number)]
    if not faults:
        faults += _field_faults(*lines)
    return tuple(faults)


def _line_faults(line: str, number: int) -> Iterator[tuple[str, str]]:
    name = f"line {number} of the element set"
    if not line.isascii():
        yield f"{name} has a sign that is not ASCII", "copy the line again from the issuing source"
    elif len(line) != _LENGTH:
        what = f"{name} has {len(line)} signs instead of {_LENGTH}"
        yield what, "copy the line whole, blanks included, from the issuing source"
    elif line[:2] != f"{number} ":
        yield f"{name} starts with {line[:2]!r}", f"start it with {f'{number} '!r}; the two lines may be swapped"
    elif line[-1] != str(element_set_checksum(line)):
        what = f"{name} ends in {line[-1]!r}, its checksum is {element_set_checksum(line)}"
        yield what, "copy the line again from the issuing source; a digit was altered, or a character is wrong"


def _field_faults(line1: str, line2: str) -> Iterator[tuple[int, str, str]]:
    if line1[2:7] != line2[2:7]:
        what = f"the element set's lines name two satellites, {line1[2:7]} and {line2[2:7]}"
        yield 2, what, "take both lines from the same element set"
        return
    try:
        _read(line1, line2, "")
    except ValueError as error:
        yield 2, f"a field of the element set can't be read: {error}", "copy both lines again from the issuing source"
    except ScenarioError as error:
        yield 2, f"the element set is not one of an orbit: {error.what}", "copy both lines again from the issuing source"


def _number(written: str, what: str) -> float:
    trimmed = written.strip(" ")
    if _NUMBER.fullmatch(trimmed) is None:
        raise ValueError(f"{what} is {written!r}")
    return float(trimmed)


def _with_exponent(written: str) -> float:
    """A number written ` 12345-6`, meaning 0.12345e-6; blank means 0."""
    if not written.strip(" "):
        return 0.0
    if _EXPONENT.fullmatch(written.strip(" ").rjust(8)) is None:
        raise ValueError(f"the drag term is {written!r}")
    mantissa, exponent = written[:-2].strip(" "), written[-2:].replace(" ", "")
    sign = -1.0 if mantissa.startswith("-") else 1.0
    return sign * float("0." + mantissa.lstrip("+-")) * 10.0 ** int(exponent)


def _epoch(year: str, day: str) -> datetime:
    """Years 57 to 99 are of the last century; the day of the year counts from 1, its fraction is kept to the microsecond."""
    found = _DAY.fullmatch(day)
    year = year.strip(" ")
    if found is None or not (year.isdigit() and year.isascii()):
        raise ValueError(f"the epoch is {year + day!r}")
    start = datetime(int(year) + (1900 if int(year) >= 57 else 2000), 1, 1, tzinfo=UTC)
    digits = found[2] or "0"
    since_us = (int(found[1]) - 1) * _DAY_US + (int(digits) * _DAY_US * 2 + 10 ** len(digits)) // (2 * 10 ** len(digits))
    epoch = start + timedelta(microseconds=since_us)
    if int(found[1]) < 1 or epoch.year != start.year:
        raise ValueError(f"the epoch is day {day.strip()} of the year")
    return epoch


def _read(line1: str, line2: str, name: str) -> ElementSet:
    return ElementSet(
        name=name,
        catalogue_number=catalogue_number(line1[2:7]),
        designator=line1[9:17].strip(" "),
        epoch_utc=_epoch(line1[18:20], line1[20:32]),
        inclination_deg=_number(line2[8:16], "the inclination"),
        raan_deg=_number(line2[17:25], "the right ascension of the node"),
        eccentricity=_number("0." + line2[26:33].replace(" ", "0"), "the eccentricity"),
        arg_perigee_deg=_number(line2[34:42], "the argument of perigee"),
        mean_anomaly_deg=_number(line2[43:51], "the mean anomaly"),
        mean_motion_rev_d=_number(line2[52:63], "the mean motion"),
        bstar=_with_exponent(line1[53:61]),
    )


def read_element_set(line1: str, line2: str, *, name: str = "", where: str = "element set") -> ElementSet:
    """A two-line set is two lines of 69 signs, numbered 1 and 2, of one object, each with its checksum.

    Raises ScenarioError naming each line or field that breaks the form.
    """
    faults = element_set_faults(line1, line2)
    if faults:
        _, what, fix = faults[0]
        more = [Fault(where, 0, f"line {line}", *rest) for line, *rest in faults] if len(faults) > 1 else []
        raise ScenarioError(what, fix=fix, where=where, faults=more)
    return _read(line1.rstrip(), line2.rstrip(), name)


def read_element_sets(content: str, *, where: str = "element sets") -> tuple[ElementSet, ...]:
    """A text lists element sets one under the other, two lines each, with or without a line that names the object.

    Raises ScenarioError with every fault and its row; nothing is half read.
    """
    if len(content) > _MOST_CHARACTERS:
        what = f"the text has {len(content)} signs, more than {_MOST_CHARACTERS}"
        raise ScenarioError(what, fix="split the file", where=where)
    rows = [(row, line.rstrip()) for row, line in enumerate(content.splitlines(), start=1) if line.strip()]
    found: list[ElementSet] = []
    faults: list[Fault] = []
    name, place = "", 0
    while place < len(rows) and len(faults) < _MOST_FAULTS:
        row, line = rows[place]
        if not line.startswith("1 ") or len(line) < 24:
            if name or line.startswith("2 "):
                faults.append(Fault(where, row, "", "the line belongs to no element set", "put line 1 and line 2 together"))
            name = "" if line.startswith("2 ") else line.removeprefix("0 ").strip()[:24]
            place += 1
            continue
        line2 = rows[place + 1][1] if place + 1 < len(rows) else ""
        told = element_set_faults(line, line2)
        faults += [Fault(where, row + number - 1, f"line {number}", what, fix) for number, what, fix in told]
        if not told:
            found.append(_read(line, line2, name))
        name, place = "", place + (2 if line2.startswith("2 ") else 1)
    if name and not faults:
        faults.append(Fault(where, rows[-1][0], "", "a name stands without its element set", "add its two lines"))
    if not found and not faults:
        faults.append(Fault(where, 0, "", "the text holds no element set", "give two lines for each object"))
    if faults:
        raise ScenarioError.of(faults, where=where)
    return tuple(found)
