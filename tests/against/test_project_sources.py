"""Projects of a book and of the public library of instances: lengths, slacks and critical paths that others published."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from supercargo.kernel import Status
from supercargo.solve.scheduling import (
    Effort,
    Lag,
    Project,
    Work,
    earliest_starts,
    end_of,
    faults_of_starts,
    latest_starts,
    plan_project,
)

FOLDER = os.environ.get("SUPERCARGO_DATA", "")

RELIABLE = {
    # F. S. Hillier, G. J. Lieberman, "Introduction to Operations Research", ch. "Project Management with PERT/CPM",
    # Reliable Construction Co.: activity -> (weeks, immediate predecessors)
    "A": (2, ""), "B": (4, "A"), "C": (10, "B"), "D": (6, "C"), "E": (4, "C"), "F": (5, "E"), "G": (7, "D"),
    "H": (9, "EG"), "I": (7, "C"), "J": (8, "FI"), "K": (4, "J"), "L": (5, "J"), "M": (2, "H"), "N": (6, "KL"),
}  # fmt: skip


def reliable() -> Project:
    names = list(RELIABLE)
    lags = [
        Lag(names.index(before), names.index(name), RELIABLE[before][0])
        for name, (_, leading) in RELIABLE.items()
        for before in leading
    ]
    return Project(tuple(Work(weeks) for weeks, _ in RELIABLE.values()), tuple(lags), ())


def test_length_slack_and_critical_path_agree_with_hillier_and_lieberman() -> None:
    project = reliable()
    early = earliest_starts(project)
    late = latest_starts(project, end_of(project, early))
    slack = {name: last - first for name, first, last in zip(RELIABLE, early, late, strict=True)}
    assert end_of(project, early) == 44
    assert "".join(name for name, weeks in slack.items() if not weeks) == "ABCEFJLN"
    assert {name: weeks for name, weeks in slack.items() if weeks} == {"D": 4, "G": 4, "H": 4, "I": 2, "K": 1, "M": 4}
    assert plan_project(project, Effort(work=1.0, gap=0.0)).objective == 44


def psplib(file: Path) -> Project:
    """An instance of PSPLIB (R. Kolisch, A. Sprecher, EJOR 96 (1997) 205-216)."""
    lines = file.read_text().splitlines()
    at = {line.split(":")[0].strip(): number for number, line in enumerate(lines)}
    count = int(lines[at["jobs (incl. supersource/sink )"]].split(":")[1])
    follow = [list(map(int, line.split())) for line in lines[at["PRECEDENCE RELATIONS"] + 2 :][:count]]
    asked = [list(map(int, line.split())) for line in lines[at["REQUESTS/DURATIONS"] + 3 :][:count]]
    room = tuple(map(int, lines[at["RESOURCEAVAILABILITIES"] + 2].split()))
    lengths = [row[2] for row in asked]
    works = tuple(Work(row[2], needs=tuple(enumerate(row[3:]))) for row in asked)
    lags = tuple(Lag(row[0] - 1, after - 1, lengths[row[0] - 1]) for row in follow for after in row[3:])
    return Project(works, lags, room)


@pytest.mark.skipif(not FOLDER, reason="SUPERCARGO_DATA names no folder with bench/psplib")
@pytest.mark.parametrize(("name", "optimum"), [("j301_1", 43), ("j301_2", 47), ("j302_1", 38), ("j305_1", 53)])
def test_makespan_agrees_with_the_optima_of_kolisch_and_sprecher(name: str, optimum: int) -> None:
    project = psplib(Path(FOLDER) / "bench" / "psplib" / "j30" / f"{name}.sm")
    found = plan_project(project, Effort(work=10.0, gap=0.0))
    assert (found.status, found.objective, found.bound) == (Status.OPTIMAL, optimum, optimum)
    assert found.best is not None
    assert not list(faults_of_starts(project, found.best))
