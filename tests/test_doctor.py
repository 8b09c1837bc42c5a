"""The doctor finds what is planted, names the fix, and is quiet about what is well."""

from __future__ import annotations

import importlib
import importlib.metadata
import itertools
import json
import math
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from supercargo.app import doctor
from supercargo.app.doctor import CHECKS, Check, Surroundings, examine
from supercargo.kernel import StoreError
from supercargo.solve import trials
from tests.cli_runner import run

NOW = datetime(2026, 11, 26, tzinfo=UTC)
WELL: dict[str, Any] = {"memory_mb": (8_000.0, 4_000.0), "free_mb": lambda folder: 9_000.0, "cores": 2, "environment": {}}


def a_place(tmp_path: Path, **changes: Any) -> Surroundings:
    return Surroundings(**{"now": NOW, "encoding": "utf-8", "folders": (tmp_path,), **WELL, **changes})


def found(place: Surroundings, name: str) -> Check:
    """The worst finding of that name."""
    named = [check for check in examine(place) if check.name == name]
    return max(named, key=lambda check: ("ok", "warning", "fault").index(check.state))


def test_a_sound_installation_is_well_and_every_check_speaks(tmp_path: Path) -> None:
    checks = examine(a_place(tmp_path))
    assert [check for check in checks if check.state != "ok"] == []
    assert {"python", "highspy", "numba", "HiGHS", "CP-SAT", "catalogue", "clock", "folder", "disk"} <= {
        c.name for c in checks
    }
    assert {"memory", "cores", "terminal", "evidence"} <= {check.name for check in checks}
    assert list(tmp_path.iterdir()) == []
    assert all(any(check(a_place(tmp_path))) for check in CHECKS)


def missing(name: str) -> str:
    if name == "numpy":
        raise importlib.metadata.PackageNotFoundError(name)
    return importlib.metadata.version(name)


def broken(name: str) -> Any:
    if name == "highspy":
        raise ImportError("libhighs.so.1: cannot open shared object file")
    return importlib.import_module(name)


@pytest.mark.parametrize(
    ("changes", "name", "state", "fix"),
    [
        ({"python": (3, 10, 4)}, "python", "fault", "install Python 3.11"),
        ({"requirements": None}, "package", "fault", "make setup"),
        ({"version_of": missing}, "numpy", "fault", "make setup"),
        ({"version_of": lambda name: "1.14.0"}, "highspy", "fault", "constraints.txt"),
        ({"version_of": lambda name: "9.11"}, "ortools", "fault", "constraints.txt"),
        ({"load": broken}, "highspy", "fault", "make setup"),
        ({"requirements": ("python-calamine>=0.4",), "version_of": missing, "load": broken}, "python-calamine", "ok", ""),
        ({"free_mb": lambda folder: 300.0}, "disk", "warning", "free 500 MB"),
        ({"free_mb": lambda folder: 10.0}, "disk", "fault", "free 500 MB"),
        ({"memory_mb": (1_000.0, 400.0)}, "memory", "warning", "close other programs"),
        ({"memory_mb": (1_000.0, 100.0)}, "memory", "fault", "close other programs"),
        ({"memory_mb": (None, None)}, "memory", "warning", "by hand"),
        ({"memory_mb": (8_000.0, None)}, "memory", "ok", ""),
        ({"cores": None}, "cores", "warning", "a plan uses one"),
        ({"encoding": "ascii"}, "terminal", "warning", "PYTHONIOENCODING=utf-8"),
        ({"encoding": ""}, "terminal", "warning", "PYTHONIOENCODING=utf-8"),
        ({"encoding": "latin-1"}, "terminal", "warning", "PYTHONIOENCODING=utf-8"),
        ({"now": datetime(1970, 1, 1, tzinfo=UTC)}, "clock", "warning", "set the clock"),
        ({"now": datetime(2600, 1, 1, tzinfo=UTC)}, "clock", "warning", "set the clock"),
        ({"environment": {"SUPERCARGO_DATA": "/no/such/folder"}}, "evidence", "warning", "unset SUPERCARGO_DATA"),
        ({"environment": {"SUPERCARGO_DATA": "/"}}, "evidence", "ok", ""),
    ],
)
def test_each_planted_fault_is_found_with_its_fix(
    changes: dict[str, Any], name: str, state: str, fix: str, tmp_path: Path
) -> None:
    if name == "python-calamine":
        pytest.importorskip("python_calamine")
    check = found(a_place(tmp_path, **changes), name)
    assert (check.state, fix in check.fix, bool(check.fix)) == (state, True, bool(fix)), check


def test_free_space_that_can_not_be_read_is_a_warning(tmp_path: Path) -> None:
    def unknown(folder: Path) -> float:
        raise OSError(5, "Input/output error")

    assert found(a_place(tmp_path, free_mb=unknown), "disk").state == "warning"


def test_a_folder_that_can_not_be_written_is_a_fault(tmp_path: Path) -> None:
    assert found(a_place(tmp_path, folders=(tmp_path / "absent",)), "folder").state == "fault"


def test_a_folder_in_which_nothing_can_be_renamed_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(self: Path, target: Path) -> Path:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "rename", refuses)
    check = found(a_place(tmp_path), "folder")
    assert (check.state, "cross-device" in check.what) == ("fault", True)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_gives_back_other_bytes_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda self: b"rot")
    assert found(a_place(tmp_path), "folder").state == "fault"


@pytest.mark.parametrize(("name", "trial", "_thing"), doctor.TRIALS)
def test_a_solver_that_answers_wrongly_or_not_at_all_is_a_fault(
    name: str, trial: str, _thing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, trial, lambda: trials.Trial(found=1.0, right=2.0))
    wrong = found(a_place(tmp_path), name)
    assert (wrong.state, "gives 1, right is 2" in wrong.what) == ("fault", True)

    def fails() -> trials.Trial:
        raise RuntimeError("cannot cache function")

    monkeypatch.setattr(trials, trial, fails)
    none = found(a_place(tmp_path), name)
    assert (none.state, "cannot cache function" in none.what) == ("fault", True)


def test_a_faulty_catalogue_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty() -> Any:
        raise StoreError("the catalogue is faulty\nvehicles.csv row 2", fix="install the package again")

    monkeypatch.setattr(doctor, "read_catalogue", faulty)
    check = found(a_place(tmp_path), "catalogue")
    assert (check.state, check.fix) == ("fault", "install the package again")


def test_the_answers_of_the_trials_are_right_by_enumeration() -> None:
    things = ((5, 10), (6, 13), (4, 7))
    packs = [
        pick
        for pick in itertools.product((0, 1), repeat=3)
        if sum(w * n for (w, _), n in zip(things, pick, strict=True)) <= 10
    ]
    best = max(sum(v * n for (_, v), n in zip(things, pick, strict=True)) for pick in packs)
    assert trials.integer_trial() == trials.Trial(found=-best, right=-best)
    dated: dict[int, list[tuple[int, int]]] = {0: [(1, 0), (4, 6)], 1: [(2, 2), (7, 9)], 2: [(3, 12)]}
    costs = []
    for chosen in itertools.product(*[[None, *dated[job]] for job in dated]):
        starts = sorted(one[1] for one in chosen if one)
        if all(b - a >= 4 for a, b in itertools.pairwise(starts)):
            costs.append(sum(one[0] if one else 50 for one in chosen))
    assert trials.schedule_trial() == trials.Trial(found=min(costs), right=min(costs))
    assert trials.compiler_trial().passed
    assert not trials.Trial(found=math.nan, right=0.0).passed


@pytest.mark.parametrize(
    ("version", "asked", "fits"),
    [
        ("1.13.1", "<1.14,>=1.12", True),
        ("1.14", "<1.14,>=1.12", False),
        ("1.12.0", ">=1.12", True),
        ("1.9", ">=1.12", False),
        ("10.0", "<10", False),
        ("9.15.6755", "<10,>=9.12", True),
        ("2.0rc1", "!=2.0", False),
        ("2.1", "==2.1.0", True),
        ("3", "", True),
    ],
)
def test_versions_are_held_against_the_range_as_numbers(version: str, asked: str, fits: bool) -> None:
    assert doctor._within(version, asked) == fits


def test_doctor_ends_with_5_if_something_is_at_fault_and_tells_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "integer_trial", lambda: trials.Trial(found=1.0, right=2.0))
    told = run("doctor")
    assert told.code == 5
    assert "fault   HiGHS" in told.out
    assert "fix: install the versions of constraints.txt" in told.out
    answer = json.loads(run("doctor", "--json").out)
    assert (answer["well"], answer["fault_count"]) == (False, 1)


def test_doctor_is_well_here_and_takes_at_most_three_seconds(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "supercargo", "doctor", "--json"]
    subprocess.run(words, cwd=tmp_path, capture_output=True, check=True)  # the first run may compile
    began = time.monotonic()
    told = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout)["well"] is True
    assert time.monotonic() - began < 3.0 * 3  # three times what it may take: the machine that tests is shared


def test_a_warning_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERCARGO_DATA", str(tmp_path / "absent"))
    told = run("doctor")
    assert told.code == 0
    assert "warning evidence" in told.out
