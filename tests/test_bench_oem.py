"""The benchmark of reading ephemeris messages."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest

from supercargo.astro.ccsds.reading import parse_message
from supercargo.astro.ccsds.writing import write_xml
from supercargo.bench.oem import bench_oem, station_ephemeris
from supercargo.kernel import ScenarioError
from tests.ccsds_texts import OPM

COLUMNS = {"name", "instance", "status", "objective", "bound", "best_known", "seconds", "peak_mb", "peer", "peer_objective",
           "peer_seconds", "ratio"}  # fmt: skip


def test_rows_have_the_columns_of_every_benchmark_and_a_missing_peer_is_skipped() -> None:
    rows = bench_oem(rounds=1, peer_python="/no/such/python")
    assert [(row["instance"], row["peer"]) for row in rows] == [
        ("station-5413.xml", "skipped"), ("station-5413.xml", "ElementTree, tree only"), ("station-5413.kvn", "skipped")
    ]  # fmt: skip
    assert all(set(row) == COLUMNS and row["objective"] == 5413 and row["seconds"] > 0 for row in rows)


def test_reading_costs_no_more_than_one_and_a_half_bare_parsings() -> None:
    row = bench_oem(rounds=5, peer_python="/no/such/python")[1]
    assert row["ratio"] >= 1 / 1.5


def test_a_file_of_ones_own_is_timed_too(tmp_path: Path) -> None:
    message = station_ephemeris(20)
    path = tmp_path / "mine.xml.gz"
    path.write_bytes(gzip.compress(write_xml(message).encode()))
    rows = bench_oem(instances=[path], rounds=1, peer_python=sys.executable)
    assert [(row["instance"], row["objective"]) for row in rows] == [("mine.xml", 20)] * 2


def test_a_file_that_is_no_ephemeris_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.opm"
    path.write_text(OPM)
    with pytest.raises(ScenarioError, match="no ephemeris"):
        bench_oem(instances=[path], rounds=1, peer_python="/no/such/python")
    with pytest.raises(ScenarioError, match="can't be read"):
        bench_oem(instances=[tmp_path / "none"], rounds=1)


def test_a_peer_that_reads_other_numbers_is_told(tmp_path: Path) -> None:
    """A stand-in for the peer's module, found by its Python, that drops one state."""
    package = tmp_path / "ccsds_ndm"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "ndm_io.py").write_text(
        "import types as t\n"
        "class NdmIo:\n"
        "    def from_bytes(self, content):\n"
        "        v = t.SimpleNamespace(**{a: t.SimpleNamespace(value=1.0) for a in ('x','y','z','x_dot','y_dot','z_dot')})\n"
        "        data = t.SimpleNamespace(state_vector=[v] * (content.count(b'<stateVector>') - 1))\n"
        "        return t.SimpleNamespace(body=t.SimpleNamespace(segment=[t.SimpleNamespace(data=data)]))\n"
    )
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    path = tmp_path / "mine.xml"
    path.write_text(write_xml(station_ephemeris(5)))
    row = bench_oem(instances=[path], rounds=1, peer_python=str(python))[0]
    assert (row["status"], row["objective"], row["peer_objective"], row["peer"]) == ("unknown", 5, 4, "ccsds-ndm")
    assert row["ratio"] > 0


def test_the_made_ephemeris_is_read_as_it_was_made() -> None:
    message = station_ephemeris(50)
    assert parse_message(write_xml(message).encode()) == message
