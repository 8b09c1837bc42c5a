"""Epochs of messages: what is written is kept to the last digit, and what can't be is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import erfa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supercargo.astro.ccsds.epochs import LEAP_SECOND_DAYS, Epoch, Epochs, comparable, elapsed_s, parse_epoch

EPOCHS = st.builds(
    Epoch,
    st.integers(-600_000, 2_900_000),
    st.integers(0, 86_399),
    st.integers(0, 10**18 - 1) | st.sampled_from([0, 10**17, 5 * 10**14]),
)


@given(EPOCHS)
def test_an_epoch_survives_writing_and_reading_to_the_attosecond(epoch: Epoch) -> None:
    assert parse_epoch(str(epoch)) == epoch
    assert parse_epoch(str(epoch) + "Z") == epoch


@given(st.lists(EPOCHS, min_size=1, max_size=20))
def test_a_column_is_read_like_its_epochs_one_by_one(epochs: list[Epoch]) -> None:
    written = [str(epoch)[:19] + ".250" for epoch in epochs]
    assert Epochs.parse(written) == Epochs.of(parse_epoch(text) for text in written)
    assert Epochs.parse([str(epoch) for epoch in epochs]) == Epochs.of(epochs)


@given(st.datetimes(datetime(1960, 1, 1), datetime(2100, 1, 1)), st.sampled_from(["%Y-%m-%d", "%Y-%j"]))
def test_calendar_and_day_of_year_name_the_same_epoch(instant: datetime, date_form: str) -> None:
    aware = instant.replace(tzinfo=UTC)
    text = instant.strftime(f"{date_form}T%H:%M:%S.%f")
    assert parse_epoch(text) == Epoch.of(aware)
    assert Epochs.parse([text, text]) == Epochs.of([aware, aware])


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2027-02-29T00:00:00", "a day that does not exist"),
        ("2027-366T00:00:00", "a day that does not exist"),
        ("2027-000T00:00:00", "a day that does not exist"),
        ("2027-13-01T00:00:00", "a day that does not exist"),
        ("0000-01-01T00:00:00", "a day that does not exist"),
        ("2027-01-01T24:00:00", "a time of day that does not exist"),
        ("2027-01-01T00:60:00", "a time of day that does not exist"),
        ("2027-01-01T00:00:60", "a time of day that does not exist"),
        ("2027-01-01T23:59:61", "a time of day that does not exist"),
        ("2027-01-01T23:59:60", "a leap second on a day that had none"),
        ("2016-06-30T23:59:60", "a leap second on a day that had none"),
        ("2027-01-01T00:00:00.1234567890123456789", "more than 18 digits"),
        ("2027-01-01 00:00:00", "is not of the form"),
        ("2027-01-01T00:00:00+01:00", "is not of the form"),
        ("27-01-01T00:00:00", "is not of the form"),
        ("٢٠٢٧-01-01T00:00:00", "is not of the form"),
        ("", "is not of the form"),
    ],
)
def test_an_epoch_that_is_none_is_refused_in_a_column_too(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_epoch(written)
    with pytest.raises(ValueError, match=why):
        Epochs.parse([written, written])


def test_a_leap_second_is_kept_and_lies_between_its_neighbours() -> None:
    leap = Epochs.parse(["2016-12-31T23:59:59.5", "2016-12-31T23:59:60.5", "2017-01-01T00:00:00.5"])
    assert [str(leap.at(place))[11:] for place in range(3)] == ["23:59:59.500", "23:59:60.500", "00:00:00.500"]
    assert leap.steps_back().size == 0
    assert elapsed_s(leap, leap.at(0), time_system="UTC").tolist() == [0.0, 1.0, 2.0]


def test_only_utc_has_leap_seconds() -> None:
    with pytest.raises(ValueError, match="a leap second, which TAI has not"):
        parse_epoch("2016-12-31T23:59:60", "TAI")


def test_a_leap_second_announced_since_counts_as_one() -> None:
    later = Epochs.parse(["2035-12-31T23:59:60", "2036-01-01T00:00:00"])
    assert elapsed_s(later, parse_epoch("2035-12-31T23:59:59"), time_system="UTC").tolist() == [1.0, 2.0]


def test_the_leap_seconds_are_those_of_erfa() -> None:
    table = erfa.leap_seconds.get()
    steps = [int(erfa.cal2jd(row["year"], row["month"], 1)[1]) - 1 for row in table if row["year"] >= 1972][1:]
    assert list(LEAP_SECOND_DAYS) == steps


@pytest.mark.parametrize("day", [41_317, 45_000, 50_082, 57_753, 57_754, 60_000])
def test_time_systems_differ_as_erfa_says(day: int) -> None:
    utc = Epochs.of([Epoch(day, 43_200)])
    year, month, date, _ = erfa.jd2cal(2_400_000.5, day)
    whole, part = erfa.utctai(*erfa.dtf2d("UTC", year, month, date, 12, 0, 0.0))  # a leap second stretches its whole day
    tt = erfa.taitt(whole, part)
    lead_s = round((((tt[0] - 2_400_000.5 - day) + tt[1] - 0.5) * 86_400), 3)
    in_tt = Epochs.of([Epoch(day, 43_200 + int(lead_s), round((lead_s % 1) * 1000) * 10**15)])
    assert elapsed_s(utc, in_tt.at(0), time_system="UTC", since_system="TT")[0] == 0.0
    in_tai = Epoch(day, 43_200 + round(lead_s - 32.184))
    assert elapsed_s(utc, in_tai, time_system="UTC", since_system="TAI")[0] == 0.0
    in_gps = Epoch(day, 43_200 + round(lead_s - 51.184))
    assert elapsed_s(utc, in_gps, time_system="UTC", since_system="GPS")[0] == 0.0


def test_systems_that_need_a_table_are_not_compared() -> None:
    assert not comparable("UTC", "UT1")
    assert comparable("TDB", "TDB")
    epochs = Epochs.of([Epoch(60_000, 0)])
    with pytest.raises(ValueError, match="UT1 can't be compared with UTC"):
        elapsed_s(epochs, Epoch(60_000, 0), time_system="UT1", since_system="UTC")


@given(st.floats(-1e9, 3e9))
def test_a_count_of_seconds_becomes_an_epoch_to_the_nanosecond(count_s: float) -> None:
    epochs = Epochs.of_count_s(np.array([count_s]))
    noon = Epoch.of(datetime(2000, 1, 1, 12, tzinfo=UTC))
    seconds = (int(epochs.day[0]) - noon.day) * 86_400 + int(epochs.second[0]) - noon.second
    assert 0 <= epochs.second[0] < 86_400
    assert seconds + epochs.attosecond[0] * 1e-18 == pytest.approx(count_s, abs=1e-6, rel=1e-15)


def test_an_instant_counts_as_its_utc_and_needs_a_zone() -> None:
    east = datetime(2027, 1, 1, 5, tzinfo=timezone(timedelta(hours=5)))
    assert Epoch.of(east) == parse_epoch("2027-01-01T00:00:00")
    with pytest.raises(ValueError, match="has no time zone"):
        Epoch.of(datetime(2027, 1, 1))


@pytest.mark.parametrize(
    "parts", [(60_000, -1, 0), (60_000, 86_401, 0), (60_000, 0, 10**18), (60_000, 0, -1), (3_000_000, 0, 0)]
)
def test_an_epoch_refuses_to_exist_wrong(parts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="is no epoch"):
        Epoch(*parts)
    if parts[0] == 60_000:
        with pytest.raises(ValueError, match="out of range"):
            Epochs(*(np.array([part]) for part in parts))


def test_epochs_can_not_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Epochs.of([Epoch(60_000, 0)]).second[0] = 1
