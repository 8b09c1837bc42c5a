"""The benchmark of reading ephemeris messages."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from supercargo.astro.ccsds.reading import parse_message
from supercargo.astro.ccsds.writing import write_xml
from supercargo.bench.oem import bench_oem, station_ephemeris
from supercargo.kernel import ScenarioError
from tests.ccsds_texts import OPM
from tests.stand_ins import python_with

NOWHERE = "/no/such/python"


def test_a_missing_peer_is_skipped_by_name_and_what_needs_none_is_timed() -> None:
    rows = bench_oem(rounds=1, peer_python=NOWHERE)
    assert [(row.instance, row.peer) for row in rows] == [
        ("station-5413.xml", "skipped: ccsds-ndm"),
        ("station-5413.xml", "ElementTree, tree only"),
        ("station-5413.kvn", "skipped: ccsds-ndm"),
    ]
    assert all(row.objective == 5413 and row.seconds > 0 for row in rows)
    assert [row.ratio is None for row in rows] == [True, False, True]


def test_without_a_peers_python_none_is_spoken_of() -> None:
    assert [(row.instance, row.peer) for row in bench_oem(rounds=1)] == [
        ("station-5413.xml", "ElementTree, tree only"),
        ("station-5413.kvn", ""),
    ]


def test_reading_costs_no_more_than_one_and_a_half_bare_parsings() -> None:
    row = bench_oem(rounds=5)[0]
    assert row.bar_ratio == pytest.approx(1 / 1.5)
    assert row.ratio is not None
    assert row.ratio >= 1 / 1.5


def test_files_of_ones_own_are_timed_and_told_apart_even_by_one_name(tmp_path: Path) -> None:
    for folder, count in (("a", 20), ("b", 30)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.xml.gz").write_bytes(gzip.compress(write_xml(station_ephemeris(count)).encode()))
    paths = [tmp_path / folder / "mine.xml.gz" for folder in "ab"]
    rows = bench_oem(instances=paths, rounds=1)
    assert [(row.instance, row.objective) for row in rows] == [
        ("mine.xml", 20),
        ("mine.xml", 30),
    ]


def test_a_file_that_is_no_ephemeris_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.opm"
    path.write_text(OPM)
    with pytest.raises(ScenarioError, match="no ephemeris"):
        bench_oem(instances=[path], rounds=1)
    with pytest.raises(ScenarioError, match="can't be read"):
        bench_oem(instances=[tmp_path / "none"], rounds=1)


def test_a_peer_that_reads_other_numbers_is_told(tmp_path: Path) -> None:
    """A stand-in for the peer's module, found by its Python, that drops one state."""
    module = (
        "import types as t\n"
        "class NdmIo:\n"
        "    def from_bytes(self, content):\n"
        "        v = t.SimpleNamespace(**{a: t.SimpleNamespace(value=1.0) for a in ('x','y','z','x_dot','y_dot','z_dot')})\n"
        "        data = t.SimpleNamespace(state_vector=[v] * (content.count(b'<stateVector>') - 1))\n"
        "        return t.SimpleNamespace(body=t.SimpleNamespace(segment=[t.SimpleNamespace(data=data)]))\n"
    )
    python = python_with(tmp_path, {"ccsds_ndm/__init__.py": "", "ccsds_ndm/ndm_io.py": module})
    path = tmp_path / "mine.xml"
    path.write_text(write_xml(station_ephemeris(5)))
    row = bench_oem(instances=[path], rounds=1, peer_python=python)[0]
    assert (row.status, row.objective, row.peer_objective, row.peer) == ("unknown", 5, 4, "ccsds-ndm")
    assert row.peer_seconds is not None
    assert row.ratio == row.peer_seconds / row.seconds


def test_the_made_ephemeris_is_read_as_it_was_made() -> None:
    message = station_ephemeris(50)
    assert parse_message(write_xml(message).encode()) == message
