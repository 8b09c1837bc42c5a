"""The gate on 82 public element sets, true and altered: 66 of the ISS are a day apart, from February to April 2016."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from supercargo.astro.element_gate import judge_element_sets
from supercargo.kernel import ScenarioError, days_between
from supercargo.model.element_sets import ElementSet, element_set_checksum, read_element_set
from tests.against.test_astro_sources import data_folder

Lines = tuple[str, str]


@cache
def public_lines() -> tuple[Lines, ...]:
    with (data_folder() / "catalogue" / "station_tles.csv").open(newline="") as lines:
        return tuple((row["tle_line1"], row["tle_line2"]) for row in csv.DictReader(lines))


@cache
def daily() -> tuple[Lines, ...]:
    """The sets of 2016, by epoch."""
    found = [lines for lines in public_lines() if lines[0][18:20] == "16"]
    return tuple(sorted(found, key=lambda lines: read_element_set(*lines).epoch_utc))


def repaired(line: str) -> str:
    return line[:68] + str(element_set_checksum(line))


def altered(lines: Lines, line: int, place: int, digit: int) -> Lines:
    """One digit changed and the checksum repaired, as an invented set has it; `place` counts from 0."""
    both = [*lines]
    both[line - 1] = repaired(both[line - 1][:place] + str(digit) + both[line - 1][place + 1 :])
    return both[0], both[1]


def read(lines: Lines) -> ElementSet:
    return read_element_set(*lines)


def turned(told: ElementSet, degrees: float) -> ElementSet:
    return replace(told, raan_deg=round((told.raan_deg + degrees) % 360.0, 4))


def test_every_public_set_passes_and_the_daily_ones_have_witnesses() -> None:
    assert len(daily()) == 66
    verdicts = judge_element_sets([read(lines) for lines in public_lines()], as_of_utc=datetime(2026, 11, 1, tzinfo=UTC))
    assert len(verdicts) == 82
    assert [verdict.reasons for verdict in verdicts if not verdict.accepted] == []
    of_2016 = [verdict.witnesses_count for verdict in verdicts if verdict.element_set.epoch_utc.year == 2016]
    assert min(of_2016) >= 20


def test_the_set_of_the_ephemeris_stands_with_no_neighbour() -> None:
    _, line1, line2 = (data_folder() / "astro" / "iss_2025-057.tle").read_text().splitlines()[:3]
    (verdict,) = judge_element_sets([read((line1, line2))])
    assert (verdict.accepted, verdict.witnesses_count) == (True, 0)


def fives() -> Iterator[tuple[list[ElementSet], set[int], random.Random]]:
    """Each five sets in a row, three of which are to be spoilt."""
    sets = [read(lines) for lines in daily()]
    for start in range(len(sets) - 4):
        rng = random.Random(start)
        yield sets[start : start + 5], set(rng.sample(range(5), 3)), rng


def test_of_five_sets_of_a_week_three_with_another_node_are_named_in_every_week() -> None:
    """As it was found in public: nodes 26 to 149 degrees off, layout and checksum right."""
    weeks = 0
    for week, wrong, rng in fives():
        spoilt = [
            turned(each, rng.uniform(26.0, 149.0) * rng.choice((1, -1))) if k in wrong else each for k, each in enumerate(week)
        ]
        verdicts = judge_element_sets(spoilt)
        assert {k for k, verdict in enumerate(verdicts) if not verdict.accepted} == wrong
        assert all("RAAN is" in verdicts[k].reasons[0] for k in wrong)
        weeks += 1
    assert weeks == 62


def test_of_five_sets_of_a_week_three_of_another_day_are_named_in_every_week() -> None:
    for week, wrong, rng in fives():
        slips = [
            timedelta(hours=rng.uniform(2.0, 60.0) * rng.choice((1, -1))) if k in wrong else timedelta(0) for k in range(5)
        ]
        verdicts = judge_element_sets(
            [replace(each, epoch_utc=each.epoch_utc + slip) for each, slip in zip(week, slips, strict=True)]
        )
        assert {k for k, verdict in enumerate(verdicts) if not verdict.accepted} == wrong
        assert all("RAAN is" in verdicts[k].reasons[0] or "place along" in verdicts[k].reasons[0] for k in wrong)


FIELDS = {
    # line, first and last place of the field, what the last digit is worth; the smallest error that is promised to be found
    "RAAN": (2, 17, 25, 0.0001, 0.1),
    "inclination": (2, 8, 16, 0.0001, 0.02),
    "epoch": (1, 20, 32, 1e-8, 120.0 / 86_400.0),
    "mean anomaly": (2, 43, 51, 0.0001, 3.0),
    "argument of perigee": (2, 34, 42, 0.0001, 3.0),
}


def spoilt_sets(field: str, place: int) -> Iterator[tuple[Lines, float]]:
    """The set at `place` with each digit of a field changed to each other one, and by how much the field changes."""
    line, first, last, unit, _ = FIELDS[field]
    lines = daily()[place]
    digits = [k for k in range(first, last) if lines[line - 1][k].isdigit()]
    for rank, k in enumerate(reversed(digits)):
        for digit in range(10):
            if digit != int(lines[line - 1][k]):
                yield altered(lines, line, k, digit), abs(digit - int(lines[line - 1][k])) * 10.0**rank * unit


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_a_digit_altered_under_a_repaired_checksum_is_found_and_the_true_sets_pass(field: str) -> None:
    """Every digit of the field in 58 sets, each with its four neighbours on either side."""
    found = told = 0
    for place in range(4, 62):
        near = [read(lines) for lines in daily()[place - 4 : place + 5]]
        for lines, error in spoilt_sets(field, place):
            if error < FIELDS[field][4]:
                continue
            told += 1
            try:
                spoilt = read(lines)
            except ScenarioError:
                found += 1  # no such day or angle
                continue
            verdicts = judge_element_sets([*near[:4], spoilt, *near[5:]])
            good = [verdict.accepted for k, verdict in enumerate(verdicts) if k != 4]
            apart_d = min(abs(days_between(spoilt.epoch_utc, each.epoch_utc)) for k, each in enumerate(near) if k != 4)
            alone = apart_d > 30.0  # an epoch months away has no neighbour there, and no witness
            assert all(good)
            assert not verdicts[4].accepted or (alone and verdicts[4].witnesses_count == 0), (field, lines, error)
            found += 1
    assert found == told >= 1000


def test_an_epoch_months_away_is_found_by_its_age() -> None:
    lines = altered(daily()[30], 1, 20, 1)  # day 186 instead of 86
    verdict = judge_element_sets([read(each) for each in (*daily()[:30], lines)], as_of_utc=datetime(2016, 5, 1, tzinfo=UTC))[
        30
    ]
    assert not verdict.accepted
    assert "up to which facts are known" in verdict.reasons[0]


def test_small_errors_that_no_neighbour_can_show_pass() -> None:
    """What the gate does not promise: an error within the drift's own spread."""
    near = [read(lines) for lines in daily()[10:19]]
    near[4] = replace(near[4], raan_deg=near[4].raan_deg + 0.01, epoch_utc=near[4].epoch_utc + timedelta(seconds=2))
    assert all(verdict.accepted for verdict in judge_element_sets(near))
