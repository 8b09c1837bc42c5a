"""`supercargo bench`: the table, its options, and the script that mends a peer's wheel."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from supercargo.astro.ccsds.writing import write_xml
from supercargo.bench import earth_orbit, lambert, oem, sgp4
from supercargo.bench.comparisons import comparison_lines
from supercargo.bench.oem import station_ephemeris
from supercargo.bench.pykep_files import put_in
from supercargo.bench.results import Result
from supercargo.bench.table import BENCHMARKS
from tests.cli_runner import run
from tests.stand_ins import python_with


def _result(**told: Any) -> Result:
    common: dict[str, Any] = {"name": "lambert", "instance": "some", "status": "feasible", "objective": None, "bound": None}
    return Result(**{**common, "seconds": 0.5, "peak_mb": 1234.0, **told})


@pytest.mark.parametrize(
    ("told", "cells"),
    [
        ({}, ["some", "feasible", "0.500", "1,234", "-", "-", "-", "-"]),
        (
            {"peer": "pykep", "peer_seconds": 2.5, "ratio": 5.0, "bar_ratio": 4.0},
            ["some", "feasible", "0.500", "1,234", "pykep", "2.50", "5.00", "at least 4: met"],
        ),
        (
            {"peer": "pykep", "peer_seconds": 0.00025, "ratio": 0.0005, "bar_ratio": 0.7},
            ["some", "feasible", "0.500", "1,234", "pykep", "0.000250", "0.000500", "at least 0.7: missed"],
        ),
        (
            {"peer": "skipped: pykep", "bar_ratio": 4.0},
            ["some", "feasible", "0.500", "1,234", "skipped: pykep", "-", "-", "at least 4: not compared"],
        ),
        ({"bar_seconds": 0.5}, ["some", "feasible", "0.500", "1,234", "-", "-", "-", "at most 0.5 s: met"]),
        ({"bar_seconds": 0.4}, ["some", "feasible", "0.500", "1,234", "-", "-", "-", "at most 0.4 s: missed"]),
    ],
)
def test_a_line_of_the_table_tells_peer_ratio_and_whether_the_bar_is_met(told: dict[str, Any], cells: list[str]) -> None:
    _, heads, line = comparison_lines([_result(**told)])
    assert [cell.strip() for cell in line.split("  ") if cell] == cells
    assert heads.split() == ["instance", "status", "seconds", "peak", "MB", "peer", "peer", "seconds", "ratio", "bar"]


def test_oem_reads_the_files_and_folders_it_is_given(tmp_path: Path) -> None:
    for name, count in (("b.xml", 30), ("a.xml", 20)):
        (tmp_path / name).write_text(write_xml(station_ephemeris(count)))
    words = ("bench", "oem", "--instances", str(tmp_path), "--json")
    rows = json.loads(run(*words).out)
    assert [(row["instance"], row["objective"]) for row in rows] == [("a.xml", 20), ("b.xml", 30)]
    assert [row["instance"] for row in json.loads(run(*words, "--limit", "1").out)] == ["a.xml"]
    told = run("bench", "oem", "--instances", str(tmp_path / "b.xml"))
    assert told.code == 0
    assert "ElementTree, tree only" in told.out
    assert "reading b.xml: 0 % done" in told.err


def test_a_peers_python_without_the_peer_gives_rows_that_say_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(write_xml(station_ephemeris(20)))
    python = python_with(tmp_path, {"ccsds_ndm.py": "raise ImportError"})
    told = run("bench", "oem", "--instances", str(tmp_path / "a.xml"), "--peers", "--peer-python", python)
    assert told.code == 0
    assert "skipped: ccsds-ndm" in told.out
    assert "not compared" in told.out


def test_lambert_and_sgp4_each_run_their_two_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lambert, "bench_lambert", partial(lambert.bench_lambert, count=500, rounds=1))
    monkeypatch.setattr(lambert, "bench_porkchop", partial(lambert.bench_porkchop, side=20, rounds=1))
    monkeypatch.setattr(sgp4, "bench_sgp4", partial(sgp4.bench_sgp4, count=500))
    monkeypatch.setattr(earth_orbit, "bench_earth_orbit", partial(earth_orbit.bench_earth_orbit, days=3.0, rounds=1))
    flights = json.loads(run("bench", "lambert", "--json").out)
    assert [row["instance"].rsplit("-", 1)[0] for row in flights] == ["heliocentric-500"] * 2 + ["porkchop-bennu-20x20"] * 2
    states = json.loads(run("bench", "sgp4", "--json").out)
    assert [row["instance"] for row in states] == ["iss-500-gcrs", "station-events-3-days"]
    assert {row["name"] for row in flights} == {"lambert"}
    assert {row["name"] for row in states} == {"sgp4"}


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("lambert", "--missions", "12"), "--missions does nothing in the benchmark lambert"),
        (("sgp4", "--seconds", "0", "--limit", "2"), "--limit, --seconds do nothing in the benchmark sgp4"),
        (("lambert", "--instances", "x"), "--instances does nothing in the benchmark lambert"),
        (("oem", "--out", "x", "--best", "y"), "--best, --out do nothing in the benchmark oem"),
        (("plan", "--peers", "--peer-python", sys.executable), "--peer-python does nothing in the benchmark plan"),
        (("oem", "--peer-python", sys.executable), "--peer-python does nothing without --peers"),
        (("oem", "--limit", "1"), "--limit does nothing without --instances"),
        (("oem", "--peers", "--peer-python", "/no/such/python"), "no Python can be run at '/no/such/python'"),
        (("oem", "--instances", "/no/such/file"), "the file can't be read"),
        (("orbits",), "use one of: plan, lambert, sgp4, oem"),
    ],
)
def test_what_would_do_nothing_or_is_not_there_is_refused_in_words(words: tuple[str, ...], what: str) -> None:
    told = run("bench", *words)
    assert told.code == 2
    assert what in " ".join(told.err.split())


def test_an_empty_folder_of_instances_is_refused(tmp_path: Path) -> None:
    told = run("bench", "oem", "--instances", str(tmp_path))
    assert told.code == 2
    assert "the folder has no files" in told.err


def test_help_names_every_benchmark() -> None:
    shown = run("bench", "--help").out
    assert ", ".join(benchmark.name for benchmark in BENCHMARKS) in shown


def test_a_benchmark_that_is_not_run_is_not_imported() -> None:
    """They bring compiled solvers and ephemerides that another one should not wait for."""
    others = "{'supercargo.bench.lambert', 'supercargo.bench.sgp4', 'supercargo.bench.oem', 'supercargo.bench.earth_orbit'}"
    code = f"import sys, supercargo.faces.benches; print(*sorted({others} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""


PYKEP = """
from pathlib import Path
for name in ("one.json", "two.json"):
    (Path(__file__).parent / "tops" / name).read_text()
"""


def test_files_that_a_peers_import_asks_for_are_put_in_once(tmp_path: Path) -> None:
    python = python_with(tmp_path, {"pykep/__init__.py": PYKEP})
    made = put_in(python)
    assert [path.name for path in made] == ["one.json", "two.json"]
    assert all(json.loads(path.read_text()) == {} for path in made)
    assert put_in(python) == []


@pytest.mark.parametrize(
    ("text", "what"), [("open('/no/such/file.json')", "file.json"), ("import no_such_thing", "no_such_thing")]
)
def test_an_import_that_fails_for_another_reason_is_told(tmp_path: Path, text: str, what: str) -> None:
    python = python_with(tmp_path, {"pykep/__init__.py": text})
    with pytest.raises(RuntimeError, match=what):
        put_in(python)


ROOT = Path(__file__).parents[1]


def test_peers_are_pinned_apart_and_the_program_depends_on_none() -> None:
    """One is under the GPL; all are heavy. What is ours to install must not name them."""
    peers = {*lambert.PEERS, sgp4.SKYFIELD, oem.PEER}
    pins = (ROOT / "constraints-peers.txt").read_text()
    assert peers <= set(re.findall(r"^([\w.-]+)==[\w.]+$", pins, re.MULTILINE))
    (named,) = re.findall(r"for peer in (.*); do", (ROOT / "Makefile").read_text())
    assert set(named.split()) == peers
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [*project["dependencies"], *(one for some in project["optional-dependencies"].values() for one in some)]
    needed += (ROOT / "constraints.txt").read_text().splitlines()
    assert peers & {re.split(r"[<>=\[ ]", line)[0] for line in needed} == set()
