"""NASA's own ephemeris of the ISS, read, written, read again, and interpolated where states were taken out."""

from __future__ import annotations

import gzip
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from supercargo.astro.ccsds.epochs import Epochs, elapsed_s, parse_epoch
from supercargo.astro.ccsds.interpolation import interpolate
from supercargo.astro.ccsds.messages import OrbitEphemerisMessage
from supercargo.astro.ccsds.reading import parse_message
from supercargo.astro.ccsds.writing import write_kvn, write_oem_kvn, write_xml
from tests.against.test_astro_sources import data_folder, nasa_ephemeris


@cache
def nasa_text() -> bytes:
    return gzip.decompress((data_folder() / "astro" / "iss_oem_2025-057_nasa_jsc.xml.gz").read_bytes())


@cache
def nasa() -> OrbitEphemerisMessage:
    message = parse_message(nasa_text())
    assert isinstance(message, OrbitEphemerisMessage)
    return message


def test_reads_nasas_file_within_its_ndm() -> None:
    message = nasa()
    (segment,) = message.segments
    assert (message.header.originator, message.header.version) == ("JSC", "2.0")
    assert message.header.creation_date == parse_epoch("2025-02-26T18:18:07.83")
    assert (segment.metadata.object_id, segment.metadata.ref_frame) == ("1998-067-A", "EME2000")
    assert len(segment.epochs) == 5413
    assert len(segment.comments) == 30
    assert segment.comments[6] == "Orbits start at the ascending node epoch "
    assert segment.comments[16].startswith(" 91P Launch            058:21:24:27.000")
    assert segment.states[0].tolist() == [
        236.607189722756, -5167.4525798095301, 4405.8223442860099, 6.3567712722254601, -2.60482660992353, -3.3862048965773899
    ]  # fmt: skip
    assert str(segment.epochs.at(-1)) == "2025-03-13T12:00:00.000"


def test_reads_the_numbers_that_another_reading_of_the_file_finds() -> None:
    truth = nasa_ephemeris()
    (segment,) = nasa().segments
    assert np.array_equal(segment.position_km, truth.position_km)
    assert np.array_equal(segment.velocity_km_s, truth.velocity_km_s)
    since_s = elapsed_s(segment.epochs, segment.epochs.at(0), time_system="UTC")
    assert np.abs(since_s - (truth.at_s - truth.at_s[0])).max() < 1e-6


def test_writes_and_reads_nasas_file_again_bit_by_bit_in_both_notations() -> None:
    for text in (write_oem_kvn(nasa()), write_xml(nasa())):
        again = parse_message(text.encode())
        assert again == nasa()
        assert again.segments[0].states.tobytes() == nasa().segments[0].states.tobytes()  # type: ignore[union-attr]  # equal to an OEM
        assert (write_kvn(again) if text.startswith("CCSDS") else write_xml(again)) == text


def test_the_long_way_finds_the_same_as_the_short_one() -> None:
    assert parse_message(nasa_text().replace(b"<stateVector>", b"<stateVector >")) == nasa()


def thinned(message: OrbitEphemerisMessage) -> OrbitEphemerisMessage:
    (segment,) = message.segments
    keep = np.unique(np.append(np.arange(0, len(segment.epochs), 2), len(segment.epochs) - 1))
    thin = replace(segment, epochs=segment.epochs.every(keep), states=segment.states[keep])
    return replace(message, segments=(thin,))


DOCKING = parse_epoch("2025-03-13T11:50:00")


def test_states_taken_out_are_found_again_within_2_m_at_480_s() -> None:
    """Up to the docking that ends the file: from there its epochs, rounded to 1 ms at 7.7 km/s, scatter the states by 8 m."""
    (segment,) = nasa().segments
    before = elapsed_s(segment.epochs, DOCKING, time_system="UTC") < 0.0
    assert before.sum() == 5401
    position, velocity = interpolate(thinned(nasa()), segment.epochs)
    error_m = np.linalg.norm(position - segment.position_km, axis=1)[before] * 1e3
    assert error_m.max() <= 2.0
    assert np.percentile(error_m, 99.0) <= 1.3
    assert np.linalg.norm(velocity - segment.velocity_km_s, axis=1)[before].max() * 1e3 <= 0.007


def test_even_at_the_rounded_epochs_of_the_docking_the_thinned_file_is_within_50_m() -> None:
    (segment,) = nasa().segments
    position, _ = interpolate(thinned(nasa()), segment.epochs)
    assert np.linalg.norm(position - segment.position_km, axis=1).max() == pytest.approx(0.0500, abs=0.0005)


def test_lagrange_would_miss_by_more() -> None:
    """The reason for Hermite: eight positions alone miss the same states by 78 m."""
    (segment,) = nasa().segments
    (thin,) = thinned(nasa()).segments
    grid_s = elapsed_s(thin.epochs, thin.epochs.at(0), time_system="UTC")
    at_s = elapsed_s(segment.epochs, thin.epochs.at(0), time_system="UTC")[9:4001:2]
    worst = 0.0
    for place, each_s in zip(range(9, 4001, 2), at_s, strict=True):
        first = int(np.searchsorted(grid_s, each_s)) - 4
        nodes = grid_s[first : first + 8]
        ahead = (each_s - nodes)[None, :] / (nodes[:, None] - nodes[None, :] + np.eye(8))
        weights = np.prod(np.where(np.eye(8, dtype=bool), 1.0, ahead), axis=1)
        error = weights @ thin.position_km[first : first + 8] - segment.position_km[place]
        worst = max(worst, float(np.linalg.norm(error)) * 1e3)
    assert worst == pytest.approx(78.1, abs=0.1)


def test_agrees_with_oem_0_4_5_on_interpolated_states() -> None:
    """Made with oem 0.4.5 (PyPI, MIT) on this file as written here in KVN with INTERPOLATION = HERMITE of degree 7:
    `OrbitEphemerisMessage.open(path)(Time(t, scale="utc"))`, position and velocity by repr. It can't read the file itself.
    """
    theirs = {
        "2025-02-26T12:01:00": (617.1833092262768, -5311.827914434604, 4192.719727583369,
                                6.324270242703256, -2.2058464671369684, -3.714509546920688),
        "2025-03-01T00:00:00": (-5070.521558587167, 2996.181101050364, 3380.612815286932,
                                -0.4796553507312433, -6.0707418575857925, 4.655361103900929),
        "2025-03-05T06:07:08.900": (-3369.0311976949297, 5135.870159939621, 2894.082020198566,
                                    -3.074314560686326, -4.872595650174559, 5.058112706806619),
        "2025-03-13T11:00:00": (-4732.531555006808, -687.2758797177898, 4819.0512080759445,
                                -1.604660948537156, -7.0404239509187825, -2.566801960507715),
    }  # fmt: skip
    position, velocity = interpolate(nasa(), Epochs.of(parse_epoch(text) for text in theirs))
    ours = np.concatenate([position, velocity], axis=1)
    assert np.abs(ours - np.array(list(theirs.values())))[:, :3].max() <= 1e-9
    assert np.abs(ours - np.array(list(theirs.values())))[:, 3:].max() <= 1e-11
