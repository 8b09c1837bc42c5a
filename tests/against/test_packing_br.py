"""Container loading against Bischoff & Ratcliff's sets: packed volume over container volume.

E. E. Bischoff, M. S. W. Ratcliff, "Issues in the development of approaches to container loading", Omega 23 (1995) 377-390.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from supercargo.solve.packing import Bin, Kind, orders, pack, turns_of
from tests.stowage_rules import box_faults

FOLDER = os.environ.get("SUPERCARGO_DATA", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="SUPERCARGO_DATA names no folder with bench/br")

Problem = tuple[Bin, list[Kind]]


def problems(name: str, count: int) -> list[Problem]:
    words = iter((Path(FOLDER) / "bench" / "br" / f"{name}.txt").read_text().split())

    def take(n: int) -> list[int]:
        return [int(next(words)) for _ in range(n)]

    found = []
    for _ in range(min(count, take(1)[0])):
        _, _, length, width, height, kinds = take(6)
        found.append((Bin(length, width, height), [kind_of(take(8)) for _ in range(kinds)]))
    return found


def kind_of(row: list[int]) -> Kind:
    _, a, stands_a, b, stands_b, c, stands_c, count = row
    upright = [axis for axis, stands in enumerate((stands_a, stands_b, stands_c)) if stands]
    return Kind(a, b, c, count, turns_of((a, b, c), upright))


def best_fill(problem: Problem, tries: int, support_percent: int) -> float:
    room, kinds = problem
    best = max((pack([room], kinds, o, support_percent=support_percent) for o in orders(tries)), key=lambda p: p.volume)
    boxes = [(b[2], b[3], b[4], b[5], b[6], b[7]) for b in best.boxes.tolist()]
    assert not list(box_faults(boxes, (room.dx, room.dy, room.dz), support_percent))
    for number, kind in enumerate(kinds):
        mine = best.boxes[best.boxes[:, 0] == number]
        assert len(mine) + best.left[number] == kind.count
        upright = {(kind.dx, kind.dy, kind.dz)[(2, 2, 1, 1, 0, 0)[turn]] for turn in kind.turns}
        assert set(mine[:, 7].tolist()) <= upright
    return best.volume / room.volume


@pytest.mark.parametrize(("name", "support_percent", "floor"), [
    ("BR1", 100, 0.90), ("BR7", 100, 0.90), ("BR1", 70, 0.90), ("BR7", 70, 0.905),
])  # fmt: skip
def test_mean_fill_of_ten_problems_reaches(name: str, support_percent: int, floor: float) -> None:
    fills = [best_fill(problem, 60, support_percent) for problem in problems(name, 10)]
    assert sum(fills) / len(fills) >= floor
