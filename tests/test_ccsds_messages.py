"""Orbit messages: read in either notation they say the same, and written they lose nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.astro.ccsds.blocks import fields_of
from supercargo.astro.ccsds.epochs import Epoch, Epochs, parse_epoch
from supercargo.astro.ccsds.messages import (
    Covariance,
    EphemerisMetadata,
    EphemerisSegment,
    Header,
    KeplerianElements,
    Maneuver,
    Message,
    OrbitEphemerisMessage,
    OrbitMeanElementsMessage,
    OrbitParameterMessage,
    Spacecraft,
    UserDefined,
)
from supercargo.astro.ccsds.reading import parse_message, parse_messages
from supercargo.astro.ccsds.writing import write_kvn, write_ndm, write_oem_kvn, write_xml
from supercargo.kernel import ScenarioError
from tests.ccsds_texts import OEM, OMM, OPM

TEXTS = {"OEM": OEM, "OPM": OPM, "OMM": OMM}


def read(text: str) -> Any:
    return parse_message(text.encode())


def oem(text: str = OEM) -> OrbitEphemerisMessage:
    message = read(text)
    assert isinstance(message, OrbitEphemerisMessage)
    return message


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_a_message_survives_both_notations_bit_by_bit(kind: str) -> None:
    message = read(TEXTS[kind])
    assert read(write_kvn(message)) == message
    assert read(write_xml(message)) == message
    assert write_kvn(read(write_xml(message))) == write_kvn(message)
    assert write_xml(read(write_kvn(message))) == write_xml(message)


def test_an_ndm_holds_several_messages() -> None:
    messages = tuple(read(text) for text in TEXTS.values())
    assert parse_messages(write_ndm(messages).encode()) == messages
    with pytest.raises(ScenarioError, match="holds 3 messages") as caught:
        read(write_ndm(messages))
    assert "read all of them" in caught.value.fix


def test_every_part_of_an_ephemeris_is_read() -> None:
    message = oem()
    first, second = message.segments
    assert (message.header.version, message.header.classification, message.header.message_id) == ("3.0", "public", "OEM-7")
    assert message.header.creation_date == parse_epoch("2027-03-01T08:00:00.5")
    assert message.header.comments == ("made for the tests",)
    assert first.metadata.comments == ("first leg",)
    assert first.metadata.useable == (parse_epoch("2027-03-01T00:01:00"), parse_epoch("2027-03-01T00:04:00"))
    assert (first.metadata.interpolation, first.metadata.interpolation_degree) == ("HERMITE", 5)
    assert first.comments == (" kept  with its blanks",)
    assert first.epochs.at(2) == parse_epoch("2027-03-01T00:02:00")
    assert first.states[4].tolist() == [6330.0, 1395.0, 1764.0, -2.46875, 4.53125, 5.65625]
    assert first.position_km.shape == first.velocity_km_s.shape == (5, 3)
    assert first.accelerations_km_s2 is None
    assert second.accelerations_km_s2 is not None
    assert second.accelerations_km_s2[1].tolist() == [-0.0075, 0.0015, -0.0025]
    (covariance,) = first.covariances
    assert covariance.cov_ref_frame == "RTN"
    assert covariance.comments == ("after the burn",)
    assert covariance.matrix[5, 1] == covariance.matrix[1, 5] == 4e-9
    assert second.covariances == ()


def test_every_part_of_an_orbit_parameter_message_is_read() -> None:
    message = read(OPM)
    assert isinstance(message, OrbitParameterMessage)
    assert message.metadata.comments == ("who",)
    assert message.metadata.ref_frame_epoch == parse_epoch("2027-01-01T00:00:00")
    assert message.state.comments == ("where",)
    assert message.state.at.attosecond == 123456789012345678
    assert message.state.y_dot_km_s == 0.47042605
    assert message.keplerian is not None
    assert (message.keplerian.true_anomaly_deg, message.keplerian.mean_anomaly_deg) == (41.922339, None)
    assert message.spacecraft is not None
    assert message.spacecraft.drag_coeff == 2.3
    assert message.covariance is not None
    assert message.covariance.matrix[4, 3] == 8e-8
    burn, impulse = message.maneuvers
    assert (burn.comments, burn.duration_s, burn.delta_mass_kg) == (("two burns",), 132.6, -18.418)
    assert (impulse.duration_s, impulse.ref_frame, impulse.dv_2_km_s) == (0.0, "RTN", -0.001873)
    assert message.user_defined == UserDefined(parameters=(("EARTH_MODEL", "WGS-84"), ("PAD_3", "A & B < C")))


def test_every_part_of_a_mean_elements_message_is_read() -> None:
    message = read(OMM)
    assert isinstance(message, OrbitMeanElementsMessage)
    assert message.metadata.mean_element_theory == "SGP/SGP4"
    assert message.elements.at == parse_epoch("2027-03-05T10:34:41.4264")
    assert message.elements.mean_motion_rev_d == 1.00273272
    assert message.tle is not None
    assert (message.tle.norad_cat_id, message.tle.element_set_no, message.tle.bstar_per_er) == (23581, 925, 1e-4)
    assert message.tle.mean_motion_dot_rev_d2 == -1.13e-6


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\r"])
@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_line_ends_of_every_system_are_the_same(kind: str, end: str) -> None:
    assert read(TEXTS[kind].replace("\n", end)) == read(TEXTS[kind])


def test_mixed_line_ends_and_a_byte_order_mark_do_no_harm() -> None:
    lines = OEM.split("\n")
    mixed = "".join(line + ("\r\n", "\n", "\r")[place % 3] for place, line in enumerate(lines[:-1]))
    assert parse_message(b"\xef\xbb\xbf" + mixed.encode()) == read(OEM)


def test_xml_is_read_in_its_plain_and_its_qualified_form() -> None:
    text = write_xml(read(OPM))
    qualified = re.sub(r"<opm [^>]*>", '<n:opm xmlns:n="urn:ccsds:schema:ndmxml" id="CCSDS_OPM_VERS" version="3.0">', text)
    assert read(qualified.replace("</opm>", "</n:opm>")) == read(OPM)
    assert read(text.replace("\n", "\r\n")) == read(OPM)
    assert read(re.sub(r">\s+<", "><", text)) == read(OPM)


def test_states_of_another_layout_are_read_the_long_way_and_say_the_same() -> None:
    text = write_xml(oem())
    for changed in (
        text.replace('<X units="km">', '<X units = "km" >'),
        text.replace("<stateVector>", "<stateVector ><!-- one more -->"),
        text.replace("<X units", "<!-- x --><X units", 1),
        text.replace('<Y_DOT units="km/s">', "<Y_DOT>"),
        text.replace('<?xml version="1.0" encoding="UTF-8"?>\n', ""),
    ):
        assert changed != text
        assert read(changed) == oem()


def test_public_mean_elements_without_date_and_originator_are_read_but_not_written() -> None:
    bare = re.sub(r"<(CREATION_DATE|ORIGINATOR)>[^<]*</\1>", r"<\1/>", write_xml(read(OMM)))
    message = read(bare)
    assert message.header.creation_date is None
    assert message.elements == read(OMM).elements
    with pytest.raises(ScenarioError, match="when and by whom") as caught:
        write_kvn(message)
    assert "give creation_date and originator" in caught.value.fix


FINITE = st.floats(-1e9, 1e9) | st.sampled_from([0.0, -0.0, 5e-324, 1.7976931348623157e308, 1e16, 1e-5, 0.1])
STATES = st.lists(st.lists(FINITE, min_size=6, max_size=6), min_size=1, max_size=6)
COMMENTS = st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60), max_size=3).map(tuple)


def a_segment(states: Any, **changes: Any) -> EphemerisSegment:
    epochs = Epochs.of(Epoch(61_000 + place, 17, 10**18 // 7 * (place % 7)) for place in range(len(states)))
    metadata = EphemerisMetadata(
        object_name="TUG 1", object_id="UNKNOWN", center_name="EARTH", ref_frame="GCRF", time_system="TDB",
        start_time=epochs.at(0), stop_time=epochs.at(-1),
    )  # fmt: skip
    return EphemerisSegment(**{"metadata": metadata, "epochs": epochs, "states": np.array(states), **changes})


def a_message(*segments: EphemerisSegment) -> OrbitEphemerisMessage:
    return OrbitEphemerisMessage(header=Header(creation_date=Epoch(61_000, 0), originator="TEST"), segments=segments)


@settings(max_examples=60, deadline=None)
@given(STATES, COMMENTS)
def test_any_state_and_comment_survives_both_notations(states: list[list[float]], comments: tuple[str, ...]) -> None:
    message = a_message(a_segment(states, comments=comments))
    assert parse_message(write_oem_kvn(message).encode()) == message
    assert parse_message(write_xml(message).encode()) == message


def test_negative_zero_is_not_zero() -> None:
    assert a_segment([[0.0] * 6]) != a_segment([[-0.0] * 6])
    assert a_segment([[0.0] * 6]) == a_segment([[0.0] * 6])


def test_a_message_shares_no_array_with_its_maker() -> None:
    states = np.ones((1, 6))
    segment = a_segment(states)
    states[0, 0] = 7.0
    assert segment.states[0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        segment.states[0, 0] = 7.0


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: a_segment([[np.nan] * 6]), "a state is not finite"),
        (lambda: a_segment([[1.0] * 5]), "states and epochs do not match"),
        (lambda: a_message(), "the message has no segment"),
        (lambda: replace(oem(), header=replace(oem().header, version="4.0")), "version '4.0' of the OEM is not known"),
        (lambda: replace(read(OPM), header=replace(read(OPM).header, version="")), "version '' of the OPM"),
        (lambda: replace(read(OMM), header=replace(read(OMM).header, version="1.0")), "version '1.0' of the OMM"),
        (lambda: a_segment([[1.0] * 6], comments=("two\nlines",)), "a comment has the sign"),
        (lambda: replace(oem().segments[0].metadata, interpolation_degree=None), "without its degree"),
        (lambda: replace(oem().segments[0].metadata, stop_time=Epoch(0, 0)), "out of order"),
        (lambda: replace(oem().segments[0].metadata, object_name=" "), "OBJECT_NAME is empty"),
        (lambda: replace(oem().segments[0].metadata, time_system="LST"), "'LST', which is not known"),
        (lambda: a_message(oem().segments[0], a_segment([[1.0] * 6])), "the segments are in TDB and UTC"),
        (lambda: a_message(*reversed(oem().segments)), "let useable spans share an endpoint"),
        (lambda: Covariance(matrix=np.ones((3, 3))), "a matrix of 6 by 6"),
        (lambda: Covariance(matrix=np.tri(6)), "not finite and symmetric"),
        (lambda: Covariance(matrix=-np.eye(6)), "a variance is negative"),
        (lambda: replace(read(OPM), spacecraft=Spacecraft(drag_coeff=2.0)), "without the spacecraft's mass"),
        (lambda: replace(read(OPM).maneuvers[0], delta_mass_kg=1.0), "outside \\[-inf, 0\\]"),
        (lambda: replace(read(OPM).keplerian, mean_anomaly_deg=1.0), "not exactly one of the two anomalies"),
        (lambda: replace(read(OPM).keplerian, inclination_deg=181.0), "outside \\[0, 180\\]"),
        (lambda: replace(read(OMM).elements, semi_major_axis_km=7000.0), "not exactly one of mean motion"),
        (lambda: replace(read(OMM), tle=None), "no drag term"),
        (lambda: replace(read(OMM).tle, bterm_m2_kg=0.02), "BSTAR and BTERM are both given"),
        (lambda: replace(read(OMM), metadata=replace(read(OMM).metadata, ref_frame="GCRF")), "means TEME"),
        (lambda: UserDefined(parameters=(("earth model", "x"),)), "is no keyword"),
    ],
)
def test_a_noun_refuses_to_exist_wrong(make: Any, what: str) -> None:
    with pytest.raises(ScenarioError, match=what):
        make()


def test_a_comment_longer_than_a_line_is_refused_in_kvn_and_written_in_xml() -> None:
    message = a_message(a_segment([[1.0] * 6], comments=("x" * 300,)))
    with pytest.raises(ScenarioError, match="308 signs") as caught:
        write_oem_kvn(message)
    assert "break the comment" in caught.value.fix
    assert parse_message(write_xml(message).encode()) == message


@pytest.mark.parametrize("kind", [KeplerianElements, Maneuver, Spacecraft])
def test_the_name_of_a_number_ends_in_the_unit_that_is_written(kind: type) -> None:
    for each in fields_of(kind):
        if each.kind == "number" and each.unit:
            assert each.attribute.endswith("_" + each.unit.replace("**", "").replace("/", "_"))


def test_messages_of_all_kinds_are_told_apart() -> None:
    messages: list[Message] = [read(text) for text in TEXTS.values()]
    assert [message.title for message in messages] == list(TEXTS)
    assert messages[0] != messages[1]
