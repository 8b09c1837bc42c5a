"""Element sets: read field by field, and believed only in agreement with their neighbours."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.astro.ccsds.epochs import Epoch
from supercargo.astro.ccsds.mean_elements import element_set_of, mean_elements_message
from supercargo.astro.ccsds.messages import Header, OrbitMeanElementsMessage
from supercargo.astro.ccsds.reading import parse_message
from supercargo.astro.ccsds.writing import write_kvn, write_xml
from supercargo.astro.element_gate import GateTolerances, judge_element_sets
from supercargo.astro.elements import elements_of_set, satellite_from_elements
from supercargo.kernel import ScenarioError, SupercargoError
from supercargo.model.element_sets import (
    ElementSet,
    catalogue_number,
    element_set_checksum,
    element_set_faults,
    read_element_set,
    read_element_sets,
)
from tests.ccsds_texts import OMM

LINE1 = "1 25544U 98067A   25057.69551956  .00051272  00000-0  91556-3 0  9991"
LINE2 = "2 25544  51.6387 134.2889 0005831 315.8203 179.6729 15.49515680498024"
ISS = read_element_set(LINE1, LINE2, name="ISS")


def repaired(line: str) -> str:
    return line[:68] + str(element_set_checksum(line))


# reading


def test_an_element_set_is_read_field_by_field() -> None:
    read = ElementSet(
        name="ISS", catalogue_number=25544, designator="98067A",
        epoch_utc=datetime(2025, 2, 26, 16, 41, 32, 889_984, tzinfo=UTC),
        inclination_deg=51.6387, raan_deg=134.2889, eccentricity=0.0005831, arg_perigee_deg=315.8203,
        mean_anomaly_deg=179.6729, mean_motion_rev_d=15.4951568, bstar=0.91556e-3,
    )  # fmt: skip
    assert read == replace(ISS, bstar=round(ISS.bstar, 12))


@pytest.mark.parametrize(
    ("written", "number"),
    [("00005", 5), ("    5", 5), ("25544", 25544), ("A0000", 100_000), ("E8493", 148_493), ("J2931", 182_931),
     ("P4018", 234_018), ("Z9999", 339_999)],
)  # fmt: skip
def test_a_letter_in_the_catalogue_number_stands_for_two_digits(written: str, number: int) -> None:
    assert catalogue_number(written) == number
    line1, line2 = (repaired(line[:2] + written + line[7:]) for line in (LINE1, LINE2))
    assert read_element_set(line1, line2).catalogue_number == number


@pytest.mark.parametrize(
    "written", ["I0000", "O0000", "a0000", "AA000", "2554", "+2554", "", "     ", "A00", "٣5544", "1234A"]
)
def test_other_signs_are_no_catalogue_number(written: str) -> None:
    if written == "2554":
        assert catalogue_number(written) == 2554
        return
    with pytest.raises(ValueError, match="is no catalogue number"):
        catalogue_number(written)


def changed(line: int, start: int, new: str) -> tuple[str, str]:
    lines = [LINE1, LINE2]
    lines[line - 1] = repaired(lines[line - 1][: start - 1] + new + lines[line - 1][start - 1 + len(new) :])
    return lines[0], lines[1]


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (changed(1, 3, "I5544"), "name two satellites"),
        (changed(1, 21, "000.69551956"), "the epoch is day"),
        (changed(1, 21, "366.00000000"), "the epoch is day"),
        (changed(1, 21, "5a7.69551956"), "the epoch is"),
        (changed(1, 54, " 9x556-3"), "the drag term is"),
        (changed(1, 54, " 9155633"), "the drag term is"),
        (changed(2, 9, "181.0000"), "not one of an orbit: inclination_deg is 181.0"),
        (changed(2, 9, "     nan"), "the inclination is"),
        (changed(2, 9, " 5_1.638"), "the inclination is"),
        (changed(2, 9, "-51.6387"), "not one of an orbit"),
        (changed(2, 18, "360.0001"), "not one of an orbit"),
        (changed(2, 53, "19.49515680"), "not one of an orbit"),
        (changed(2, 27, "00-5831"), "the eccentricity is"),
        ((LINE1[:-1], LINE2[:30]), "68 signs instead of 69"),
        ((LINE2, LINE1), "starts with '2 '"),
        ((LINE1[:-1] + "x", LINE2), "ends in 'x', its checksum is 1"),
        ((LINE1[:20] + "٣" + LINE1[21:], LINE2), "not ASCII"),
    ],
)
def test_a_broken_set_is_refused_by_line_and_field(lines: tuple[str, str], what: str) -> None:
    faults = element_set_faults(*lines)
    assert any(what in told and fix for _, told, fix in faults)
    with pytest.raises(ScenarioError, match="element set") as caught:
        read_element_set(*lines, where="here")
    assert caught.value.where == "here"


def test_faults_of_both_lines_are_told_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        read_element_set(LINE1[:-1] + "2", LINE2[:-1] + "5")
    assert [fault.column for fault in caught.value.faults] == ["line 1", "line 2"]


def test_a_text_of_many_sets_is_read_with_and_without_names_and_any_line_end() -> None:
    text = f"0 ISS (ZARYA)\n{LINE1}\n{LINE2}\n\n{LINE1}\r\n{LINE2}\r\nHUB\n{LINE1}\n{LINE2}"
    assert [each.name for each in read_element_sets(text)] == ["ISS (ZARYA)", "", "HUB"]


def test_all_faults_of_a_text_are_told_with_their_rows() -> None:
    text = f"{LINE2}\nISS\n{LINE1}\n{LINE2[:-1]}5\nA\nB\n{LINE1}\nC\n"
    with pytest.raises(ScenarioError) as caught:
        read_element_sets(text, where="sets.tle")
    assert [fault.row for fault in caught.value.faults] == [1, 4, 6, 8]


@pytest.mark.parametrize("text", ["", "\n\n", "ISS", "a\nb\nc"])
def test_a_text_without_sets_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        read_element_sets(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.lists(st.sampled_from([LINE1, LINE2, LINE1[:40], "ISS", ""]), max_size=9).map("\n".join))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        found = read_element_sets(text)
    except SupercargoError as error:
        if not error.fix:
            raise
    else:
        assert found


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 2), st.integers(0, 68), st.characters(min_codepoint=32, max_codepoint=126))
def test_a_set_with_one_sign_changed_and_the_checksum_repaired_is_read_or_refused_in_words(
    line: int, place: int, sign: str
) -> None:
    lines = [LINE1, LINE2]
    lines[line - 1] = repaired(lines[line - 1][:place] + sign + lines[line - 1][place + 1 :])
    try:
        assert read_element_set(*lines).epoch_utc.year
    except ScenarioError as error:
        if not error.fix:
            raise


# the same in a message


def test_an_element_set_survives_the_way_through_a_message() -> None:
    header = Header(creation_date=Epoch.of(ISS.epoch_utc), originator="TEST")
    message = mean_elements_message(ISS, header)
    assert message.metadata.object_id == "1998-067A"
    for text in (write_kvn(message), write_xml(message)):
        read = parse_message(text.encode())
        assert isinstance(read, OrbitMeanElementsMessage)
        assert element_set_of(read) == replace(ISS, designator="1998-067A")


def test_elements_of_another_theory_are_no_element_set() -> None:
    message: Any = parse_message(OMM.encode())
    assert element_set_of(message).catalogue_number == 23581
    other = replace(message, metadata=replace(message.metadata, mean_element_theory="DSST"))
    with pytest.raises(ScenarioError, match="of the theory 'DSST'"):
        element_set_of(other)
    nameless = replace(message, tle=replace(message.tle, norad_cat_id=None))
    with pytest.raises(ScenarioError, match="no catalogue number"):
        element_set_of(nameless)


# the gate


def drifted(days: float, **changes: Any) -> ElementSet:
    """A true neighbour of the ISS set, by SGP4's own paces."""
    satellite: Any = satellite_from_elements(elements_of_set(ISS))
    turned = 180.0 / 3.141592653589793 * 1440.0 * days
    base = {
        "epoch_utc": ISS.epoch_utc + timedelta(days=days),
        "raan_deg": (ISS.raan_deg + satellite.nodedot * turned) % 360.0,
        "arg_perigee_deg": (ISS.arg_perigee_deg + satellite.argpdot * turned) % 360.0,
        "mean_anomaly_deg": (ISS.mean_anomaly_deg + satellite.mdot * turned) % 360.0,
    }
    return replace(ISS, **{**base, **changes})


WEEK = [drifted(days) for days in (0.0, 1.1, 2.9, 4.2, 6.0)]


def accepted(sets: list[ElementSet], **told: Any) -> list[bool]:
    return [verdict.accepted for verdict in judge_element_sets(sets, **told)]


def shifted(sets: list[ElementSet], shifts: dict[int, float]) -> list[ElementSet]:
    return [replace(each, raan_deg=(each.raan_deg + shifts.get(place, 0.0)) % 360.0) for place, each in enumerate(sets)]


def test_three_of_five_sets_of_a_week_may_be_wrong_and_are_named() -> None:
    verdicts = judge_element_sets(shifted(WEEK, {0: 26.0, 2: 149.0, 3: -73.0}))
    assert [verdict.accepted for verdict in verdicts] == [False, True, False, False, True]
    assert [verdict.witnesses_count for verdict in verdicts] == [0, 1, 0, 0, 1]
    assert "RAAN is +26.000 deg off the drift of -4.95" in verdicts[0].reasons[0]
    assert "RAAN is +149.000 deg off" in verdicts[2].reasons[0]


def test_where_two_stand_against_two_nobody_is_believed() -> None:
    verdicts = judge_element_sets(shifted(WEEK[:4], {1: 40.0, 3: 40.0}))
    assert not any(verdict.accepted for verdict in verdicts)
    assert all(verdict.reasons[-1].startswith("nothing tells which of them is wrong") for verdict in verdicts)


def test_a_trusted_set_decides() -> None:
    sets = shifted(WEEK[:4], {1: 40.0, 3: 40.0})
    assert accepted(sets, trusted=[WEEK[4]]) == [True, False, True, False]
    assert accepted(shifted(WEEK, dict.fromkeys(range(4), 40.0))[:4], trusted=[WEEK[4]]) == [False] * 4


def test_sets_of_other_objects_or_too_far_apart_bear_no_witness() -> None:
    other = replace(ISS, catalogue_number=48274, raan_deg=10.0)
    late = drifted(31.0, raan_deg=10.0)
    verdicts = judge_element_sets([ISS, other, late])
    assert [(verdict.accepted, verdict.witnesses_count) for verdict in verdicts] == [(True, 0)] * 3
    assert accepted([ISS, late], tolerances=GateTolerances(horizon_d=40.0)) == [False, False]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"inclination_deg": 51.66}, "inclination differs by +0.02"),
        ({"eccentricity": 0.0036}, "eccentricity differs by +0.003"),
        ({"mean_motion_rev_d": 15.6}, "mean motion differs by +0.10"),
        ({"mean_anomaly_deg": (WEEK[2].mean_anomaly_deg + 8.0) % 360.0}, "place along the orbit is +8.00 deg off"),
        ({"epoch_utc": WEEK[2].epoch_utc + timedelta(minutes=3)}, "place along the orbit is -11.6"),
        ({"epoch_utc": WEEK[2].epoch_utc + timedelta(days=1)}, "RAAN is +4.9"),
        ({"mean_motion_rev_d": 17.4}, "perigee is at -"),
        ({"mean_motion_rev_d": 0.01}, "none of an orbit of the Earth"),
        ({"bstar": 0.9}, "drag term of 0.9 is beyond 0.5"),
    ],
)
def test_one_altered_field_is_found_and_named(changes: dict[str, Any], reason: str) -> None:
    sets = [*WEEK[:2], replace(WEEK[2], **changes), *WEEK[3:]]
    verdicts = judge_element_sets(sets)
    assert [verdict.accepted for verdict in verdicts] == [True, True, False, True, True]
    assert any(reason in told for told in verdicts[2].reasons)


def test_an_old_set_and_one_of_the_future_are_refused_where_the_instant_is_given() -> None:
    as_of = ISS.epoch_utc + timedelta(days=5)
    verdicts = judge_element_sets(WEEK, as_of_utc=as_of, oldest_d=3.0)
    assert [verdict.accepted for verdict in verdicts] == [False, False, True, True, False]
    assert "lies 5.0 days back, more than 3" in verdicts[0].reasons[0]
    assert "lies 1.00 days after" in verdicts[4].reasons[0]


def test_the_order_of_the_sets_does_not_matter() -> None:
    sets = shifted(WEEK, {0: 26.0, 2: 149.0, 3: -73.0})
    assert accepted(sets[::-1]) == accepted(sets)[::-1]


def test_sets_that_all_contradict_each_other_are_judged_in_seconds_and_endless_ones_are_refused() -> None:
    sets = [replace(ISS, raan_deg=place * 0.36) for place in range(1001)]
    start = time.perf_counter()
    assert not any(accepted(sets[:300]))
    assert time.perf_counter() - start < 20.0
    with pytest.raises(ScenarioError, match="1001 element sets of object 25544 make 500500 pairs") as caught:
        judge_element_sets(sets)
    assert "a shorter horizon" in caught.value.fix


def test_years_of_sets_are_judged() -> None:
    sets = [replace(ISS, epoch_utc=ISS.epoch_utc + timedelta(days=40.0 * place)) for place in range(1200)]
    assert all(accepted(sets))
