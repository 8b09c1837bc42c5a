"""Published problems whose best values are known: multi-dimensional knapsacks, and a year of manifests."""

from __future__ import annotations

import csv
import gzip
import math
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from supercargo.solve.integer import Effort, IntegerProgram, Search, SparseRows, minimise, search

DATA = os.environ.get("SUPERCARGO_DATA", "")
pytestmark = pytest.mark.skipif(not DATA, reason="SUPERCARGO_DATA names no folder with bench/")

DIMENSIONS = ("mass_kg", "volume_m3", "power_w", "late_load", "cold_m3", "crew_h")
FOES = ((1, 2), (1, 3), (2, 4), (3, 5), (4, 5))

Row = tuple[list[int], list[float], float]


def zero_one(cost: npt.NDArray[np.float64], rows: list[Row]) -> IntegerProgram:
    sizes = [len(columns) for columns, _, _ in rows]
    at_row = np.repeat(np.arange(len(rows)), sizes)
    at_column = np.concatenate([np.array(columns, dtype=np.int64) for columns, _, _ in rows])
    values = np.concatenate([np.array(value, dtype=np.float64) for _, value, _ in rows])
    return IntegerProgram(
        cost=cost,
        lower=np.zeros(len(cost)),
        upper=np.ones(len(cost)),
        integral=np.ones(len(cost), dtype=np.bool_),
        rows=SparseRows.of_entries(at_row, at_column, values, len(rows)),
        row_lower=np.full(len(rows), -math.inf),
        row_upper=np.array([limit for _, _, limit in rows]),
        row_price=np.full(len(rows), math.inf),
    )


def knapsacks(path: Path, count: int) -> Iterator[IntegerProgram]:
    numbers = iter(path.read_text().split())
    next(numbers)
    for _ in range(count):
        items, rows = int(next(numbers)), int(next(numbers))
        next(numbers)
        profit = np.array([float(next(numbers)) for _ in range(items)])
        weights = [[float(next(numbers)) for _ in range(items)] for _ in range(rows)]
        limits = [float(next(numbers)) for _ in range(rows)]
        yield zero_one(-profit, [(list(range(items)), row, limit) for row, limit in zip(weights, limits, strict=True)])


@pytest.mark.parametrize(("problem", "best_known"), [(0, 24381.0), (1, 24274.0)])
def test_agrees_with_the_best_known_of_chu_and_beasley_1998_mknapcb1(problem: int, best_known: float) -> None:
    program = list(knapsacks(Path(DATA) / "bench/mknap/mknapcb1.txt", problem + 1))[problem]
    found = minimise(program, Effort(nodes=20_000))
    assert -found.objective == best_known
    assert -found.bound >= best_known - 1e-6


def table(name: str, place: str) -> list[dict[str, str]]:
    with gzip.open(Path(DATA) / f"bench/manifest/m48-n1000-a/{name}.csv.gz", "rt", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["destination"] == place]


def pair_worth(item: dict[str, str], day: int) -> int:
    release, due = int(item["release_day"]), int(item["due_day"])
    if not release <= day <= due + 84:
        return 0
    return (2 * (int(item["value"]) * (140 - max(0, day - due)) - 4 * (day - max(release, 0))) + 140) // 280


def a_place(place: str) -> tuple[IntegerProgram, list[npt.NDArray[np.int64]]]:
    """The problem of one place of the instance, with windows of three missions that follow each other."""
    missions, items = sorted(table("missions", place), key=lambda row: int(row["day"])), table("items", place)
    pairs = [
        (i, m, pair_worth(item, int(mission["day"]))) for i, item in enumerate(items) for m, mission in enumerate(missions)
    ]
    pairs = [pair for pair in pairs if pair[2] >= 1]
    switch = {(m, c): len(pairs) + 5 * m + c - 1 for m in range(len(missions)) for c in range(1, 6)}
    rows: list[Row] = []
    starts = [k for k, pair in enumerate(pairs) if not k or pair[0] != pairs[k - 1][0]]
    rows += [(list(range(a, b)), [1.0] * (b - a), 1.0) for a, b in pairwise([*starts, len(pairs)])]
    for m, mission in enumerate(missions):
        mine = [k for k, pair in enumerate(pairs) if pair[1] == m]
        rows += [(mine, [float(items[pairs[k][0]][name]) for k in mine], float(mission[name])) for name in DIMENSIONS]
        rows += [([switch[m, a], switch[m, b]], [1.0, 1.0], 1.0) for a, b in FOES]
        rows.append(([switch[m, c] for c in range(1, 6)], [1.0] * 5, 2.0))
    for k, (i, m, _) in enumerate(pairs):
        if hazard := int(items[i]["hazard"]):
            rows.append(([k, switch[m, hazard]], [1.0, -1.0], 0.0))
    program = zero_one(np.array([-float(worth) for _, _, worth in pairs] + [0.0] * len(switch)), rows)
    flight = np.array([m for _, m, _ in pairs] + [m for m, _ in switch])
    return program, [np.flatnonzero((flight >= m) & (flight < m + 3)) for m in range(max(1, len(missions) - 2))]


def test_one_place_of_the_manifest_instance_of_1000_lines_comes_within_one_percent_of_its_bound() -> None:
    program, windows = a_place("LUNAR-ORBIT")
    found = search(program, windows, Search(gap=0.01))
    assert found.gap <= 0.01
