"""Epochs as CCSDS messages write them, kept exactly: a day, a second of that day, and a fraction in attoseconds.

A label is not a count: 23:59:60 stands for itself, so no table of leap seconds is needed to read or write one, and no digit
is lost. Only the time between two epochs, or between two time systems, asks the table. Form: CCSDS 502.0-B-3, 7.5.10.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from supercargo.astro.timescales import Floats

__all__ = ["LEAP_SECOND_DAYS", "TIME_SYSTEMS", "Epoch", "Epochs", "Whole", "comparable", "elapsed_s", "parse_epoch"]

Whole = npt.NDArray[np.int64]

TIME_SYSTEMS = ("UTC", "TAI", "TT", "GPS", "TDB", "TCB", "TCG", "UT1", "GMST", "MET", "MRT", "SCLK")
"""Time systems that messages may name (CCSDS 502.0-B-3, 3.2.3.2)."""

_DAY_S = 86_400
_ATTO = 10**18
_MJD_OF_YEAR_1 = date(1858, 11, 17).toordinal()
_FRACTION_DIGITS = 18
_FORM = re.compile(r"(\d{4})-(?:(\d\d)-(\d\d)|(\d{3}))T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,40}))?Z?", re.ASCII)
# TAI's lead over UTC in ticks of one attosecond relative to TAI itself, for the systems that tick with it
_BEHIND_TAI_ATTO = {"TAI": 0, "TT": 32_184 * 10**15, "GPS": -19 * _ATTO}


def _mjd(year: int, month: int, day: int) -> int:
    return date(year, month, day).toordinal() - _MJD_OF_YEAR_1


_JUNES = (1972, 1981, 1982, 1983, 1985, 1992, 1993, 1994, 1997, 2012, 2015)
_DECEMBERS = (1972, 1973, 1974, 1975, 1976, 1977, 1978, 1979, 1987, 1989, 1990, 1995, 1998, 2005, 2008, 2016)
LEAP_SECOND_DAYS = tuple(sorted([_mjd(y, 6, 30) for y in _JUNES] + [_mjd(y, 12, 31) for y in _DECEMBERS]))
"""Days [MJD] that ended with a leap second, from IERS Bulletin C; TAI was 10 s ahead of UTC before the first."""


@dataclass(frozen=True, slots=True, order=True)
class Epoch:
    """One instant of some time system: Modified Julian Day, second of the day, attosecond; 86,400 is a leap second."""

    day: int
    second: int
    attosecond: int = 0

    def __post_init__(self) -> None:
        lawful = 1 <= self.day + _MJD_OF_YEAR_1 <= date.max.toordinal()
        if not (lawful and 0 <= self.second <= _DAY_S and 0 <= self.attosecond < _ATTO):
            raise ValueError(f"day {self.day}, second {self.second}, attosecond {self.attosecond} is no epoch")

    def __str__(self) -> str:
        """The calendar form, with as many digits as the fraction needs and three at least."""
        at = date.fromordinal(self.day + _MJD_OF_YEAR_1)
        second = min(self.second, _DAY_S - 1)
        hour, minute, rest = second // 3600, second // 60 % 60, second % 60 + (self.second - second)
        fraction = f"{self.attosecond:018d}".rstrip("0").ljust(3, "0")
        return f"{at.year:04d}-{at.month:02d}-{at.day:02d}T{hour:02d}:{minute:02d}:{rest:02d}.{fraction}"

    @classmethod
    def of(cls, instant: datetime) -> Epoch:
        """The epoch, in UTC, of an aware instant.

        >>> str(Epoch.of(datetime(2025, 2, 26, 12, 0, 0, 250_000, tzinfo=UTC)))
        '2025-02-26T12:00:00.250'
        """
        if instant.tzinfo is None:
            raise ValueError(f"{instant!r} has no time zone; give an aware UTC instant")
        at = instant.astimezone(UTC)
        second = at.hour * 3600 + at.minute * 60 + at.second
        return cls(at.toordinal() - _MJD_OF_YEAR_1, second, at.microsecond * 10**12)

    def as_utc(self) -> datetime:
        """The instant of an epoch in UTC, to the nearest microsecond; a leap second counts as the next day's first.

        >>> Epoch(60_732, 43_200, 1_500_000_000_000).as_utc().isoformat()
        '2025-02-26T12:00:00.000002+00:00'
        """
        start = datetime.fromordinal(self.day + _MJD_OF_YEAR_1).replace(tzinfo=UTC)
        return start + timedelta(seconds=self.second, microseconds=round(self.attosecond / 10**12))


def parse_epoch(written: str, time_system: str = "UTC") -> Epoch:
    """An epoch is written by calendar date or day of the year, with or without a fraction and a closing Z.

    >>> parse_epoch("2025-057T12:00:00.000Z") == parse_epoch("2025-02-26T12:00:00")
    True
    >>> parse_epoch("2016-12-31T23:59:60.5").second
    86400

    Raises ValueError, in words, for another form, a date or hour that does not exist, more than 18 digits of a second,
    and for a 60th second where the time system or the day has none.
    """
    found = _FORM.fullmatch(written)
    if found is None:
        raise ValueError("is not of the form YYYY-MM-DDThh:mm:ss.d or YYYY-DDDThh:mm:ss.d")
    year, month, day, of_year, hour, minute, second, fraction = found.groups()
    digits = (fraction or "").rstrip("0")
    if len(digits) > _FRACTION_DIGITS:
        raise ValueError(f"has more than {_FRACTION_DIGITS} digits of a second")
    mjd = _day_of(int(year), month, day, of_year)
    clock = (int(hour), int(minute), int(second))
    if clock == (23, 59, 60):
        _refuse_no_leap_second(mjd, time_system)
    elif clock[0] > 23 or clock[1] > 59 or clock[2] > 59:
        raise ValueError("names a time of day that does not exist")
    return Epoch(mjd, clock[0] * 3600 + clock[1] * 60 + clock[2], int(digits.ljust(_FRACTION_DIGITS, "0")))


def _day_of(year: int, month: str | None, day: str | None, of_year: str | None) -> int:
    try:
        if of_year is None:
            return _mjd(year, int(month or 0), int(day or 0))
        mjd = _mjd(year, 1, 1) + int(of_year) - 1
        if of_year == "000" or date.fromordinal(mjd + _MJD_OF_YEAR_1).year != year:
            raise ValueError
    except (ValueError, OverflowError):
        raise ValueError("names a day that does not exist") from None
    return mjd


def _refuse_no_leap_second(mjd: int, time_system: str) -> None:
    """A day after the table's end may carry a leap second that was announced since, at the end of June or December."""
    at = date.fromordinal(mjd + _MJD_OF_YEAR_1)
    announced = mjd > LEAP_SECOND_DAYS[-1] and (at.month, at.day) in {(6, 30), (12, 31)}
    if time_system != "UTC":
        raise ValueError(f"names a leap second, which {time_system} has not")
    if mjd not in LEAP_SECOND_DAYS and not announced:
        raise ValueError("names a leap second on a day that had none")


@dataclass(frozen=True, slots=True, eq=False)
class Epochs:
    """Many epochs of one time system, in arrays that can't be written to: [instant]."""

    day: Whole
    second: Whole
    attosecond: Whole

    def __post_init__(self) -> None:
        if np.any((self.second < 0) | (self.second > _DAY_S) | (self.attosecond < 0) | (self.attosecond >= _ATTO)):
            raise ValueError("a second of the day or a fraction of a second is out of range")
        for part in (self.day, self.second, self.attosecond):
            part.setflags(write=False)

    def __len__(self) -> int:
        return int(self.day.size)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Epochs):
            return NotImplemented
        ours, theirs = (self.day, self.second, self.attosecond), (other.day, other.second, other.attosecond)
        return all(np.array_equal(mine, its) for mine, its in zip(ours, theirs, strict=True))

    __hash__ = None  # type: ignore[assignment]  # holds arrays, so it is no key of a dict

    def at(self, index: int) -> Epoch:
        """One of the epochs."""
        return Epoch(int(self.day[index]), int(self.second[index]), int(self.attosecond[index]))

    def every(self, step: slice | Whole) -> Epochs:
        """Some of the epochs."""
        return Epochs(self.day[step], self.second[step], self.attosecond[step])

    def steps_back(self) -> Whole:
        """Indices of the epochs that do not lie after the one before."""
        day, second, atto = (np.diff(part) for part in (self.day, self.second, self.attosecond))
        later = (day > 0) | ((day == 0) & ((second > 0) | ((second == 0) & (atto > 0))))
        return np.flatnonzero(~later).astype(np.int64) + 1

    @classmethod
    def of(cls, epochs: Iterable[Epoch | datetime]) -> Epochs:
        """Epochs from single ones; an aware instant counts as its UTC."""
        single = [each if isinstance(each, Epoch) else Epoch.of(each) for each in epochs]
        parts = np.array([(each.day, each.second, each.attosecond) for each in single], dtype=np.int64).reshape(-1, 3)
        return cls(parts[:, 0].copy(), parts[:, 1].copy(), parts[:, 2].copy())

    @classmethod
    def of_count_s(cls, count_s: Floats) -> Epochs:
        """Epochs from UTC seconds since 2000-01-01T12:00:00Z, each day having 86,400 of them, to the nearest nanosecond."""
        whole = np.floor(count_s)
        nano = np.rint((count_s - whole) * 1e9).astype(np.int64)
        second = whole.astype(np.int64) + _DAY_S // 2 + nano // 10**9
        return cls(_mjd(2000, 1, 1) + second // _DAY_S, second % _DAY_S, nano % 10**9 * 10**9)

    @classmethod
    def parse(cls, written: Sequence[str], time_system: str = "UTC") -> Epochs:
        """Epochs from text; a column of equal layout, the common case, is read all at once.

        Raises ValueError as `parse_epoch` does, for the first that is wrong.
        """
        found = _parse_column(written)
        return found if found is not None else cls.of(parse_epoch(text, time_system) for text in written)


_ZERO = ord("0")
_CLOCK = r"T\d\d:\d\d:\d\d(?:\.\d{1,18})?Z?"
_LAYOUTS = (re.compile(r"\d{4}-\d\d-\d\d" + _CLOCK), re.compile(r"\d{4}-\d{3}" + _CLOCK))


def _parse_column(written: Sequence[str]) -> Epochs | None:
    """All epochs at once if each has the first one's layout and an ordinary time of day; None where one by one is safer."""
    if not written:
        return None
    layout = next((place for place, form in enumerate(_LAYOUTS) if form.fullmatch(written[0])), None)
    size = len(written[0])
    column = "".join(written)
    if layout is None or not column.isascii() or len(column) != size * len(written):
        return None
    signs = np.frombuffer(column.encode("ascii"), dtype=np.uint8).reshape(-1, size)
    shape = np.frombuffer(written[0].encode("ascii"), dtype=np.uint8)
    is_digit = (shape >= _ZERO) & (shape <= _ZERO + 9)
    digits = signs[:, is_digit]
    if np.any(signs[:, ~is_digit] != shape[~is_digit]) or np.any((digits < _ZERO) | (digits > _ZERO + 9)):
        return None
    if any(len(text) != size for text in written):
        return None
    return _from_digits((digits - _ZERO).astype(np.int64), by_day_of_year=layout == 1)


def _number(digits: Whole, first: int, count: int) -> Whole:
    return digits[:, first : first + count] @ 10 ** np.arange(count - 1, -1, -1, dtype=np.int64)


def _from_digits(digits: Whole, *, by_day_of_year: bool) -> Epochs | None:
    """Columns of digits YYYY DDD or MM DD, hh mm ss and the fraction; None if any names no ordinary date and time."""
    year = _number(digits, 0, 4)
    clock = 7 if by_day_of_year else 8
    hour, minute, second = (_number(digits, clock + 2 * part, 2) for part in range(3))
    if np.any((year < 1) | (hour > 23) | (minute > 59) | (second > 59)):
        return None
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    if by_day_of_year:
        of_year = _number(digits, 4, 3)
        day = first.astype(np.int64) + of_year - 1
        lawful = (of_year >= 1) & (day.astype("datetime64[D]").astype("datetime64[Y]") == first.astype("datetime64[Y]"))
    else:
        month, of_month = _number(digits, 4, 2), _number(digits, 6, 2)
        start = first.astype("datetime64[M]").astype(np.int64) + month - 1
        day = start.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + of_month - 1
        lawful = (month >= 1) & (month <= 12) & (day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) == start)
    if not np.all(lawful):
        return None
    places = digits.shape[1] - clock - 6
    atto = _number(digits, clock + 6, places) * 10 ** (_FRACTION_DIGITS - places) if places else np.zeros_like(day)
    return Epochs(day + _mjd(1970, 1, 1), hour * 3600 + minute * 60 + second, atto)


def comparable(one: str, other: str) -> bool:
    """Whether epochs of two time systems can be told apart without an Earth orientation table or a clock's calibration."""
    return one == other or {one, other} <= {"UTC", *_BEHIND_TAI_ATTO}


def _ticks(epochs: Epochs, time_system: str, leap_days: Whole) -> tuple[Whole, Whole]:
    """Seconds and attoseconds since MJD 0: of TAI where the system ticks with it, of the system itself otherwise."""
    seconds = epochs.day * _DAY_S + epochs.second
    if time_system == "UTC":
        return seconds + 10 + np.searchsorted(leap_days, epochs.day, side="left"), epochs.attosecond
    behind = _BEHIND_TAI_ATTO.get(time_system, 0)
    atto = epochs.attosecond - behind % _ATTO
    return seconds - behind // _ATTO + atto // _ATTO, atto % _ATTO


def elapsed_s(epochs: Epochs, since: Epoch, *, time_system: str, since_system: str = "") -> Floats:
    """Seconds that went by between two epochs [s], leap seconds counted; `since_system` is `time_system` if not given.

    UTC before 1972 counts as if its seconds had been even. Source of leap seconds: IERS Bulletin C.

    >>> leap = Epochs.of([parse_epoch("2017-01-01T00:00:00")])
    >>> float(elapsed_s(leap, parse_epoch("2016-12-31T23:59:59"), time_system="UTC")[0])
    2.0

    Raises ValueError if the two time systems can't be compared.
    """
    since_system = since_system or time_system
    if not comparable(time_system, since_system):
        raise ValueError(f"epochs in {time_system} can't be compared with {since_system}")
    start = Epochs.of([since])
    leaps = [epochs.day[epochs.second >= _DAY_S] if time_system == "UTC" else (), start.day[start.second >= _DAY_S]]
    leap_days = np.unique(np.concatenate([np.array(LEAP_SECOND_DAYS, dtype=np.int64), *(np.asarray(each) for each in leaps)]))
    second, atto = _ticks(epochs, time_system, leap_days.astype(np.int64))
    since_second, since_atto = _ticks(start, since_system, leap_days.astype(np.int64))
    return np.asarray((second - since_second) + (atto - since_atto) * 1e-18)
