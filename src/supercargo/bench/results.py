"""What every benchmark tells: one result an instance, in the fields that programs read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from supercargo.kernel import ScenarioError

__all__ = ["Result", "StageCost", "with_best_known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCost:
    """What a stage cost: seconds by the clock and of the processor, the process's peak memory at its end, its proof."""

    stage: str
    seconds: float
    cpu_seconds: float
    peak_mb: float
    status: str = ""
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One instance solved; `ratio` is peer_seconds / seconds, or objective / peer_objective where the time is not compared.

    Where it is known what is good enough, `bar_ratio` is the least ratio and `bar_seconds` the most seconds.
    """

    name: str
    instance: str
    status: str
    objective: float | None
    bound: float | None
    seconds: float
    peak_mb: float
    best_known: float | None = None
    peer: str = ""
    peer_objective: float | None = None
    peer_seconds: float | None = None
    ratio: float | None = None
    bar_ratio: float | None = None
    bar_seconds: float | None = None
    cpu_seconds: float = 0.0
    warm_up_seconds: float = 0.0
    missions: int = 0
    lines: int = 0
    stages: tuple[StageCost, ...] = ()


def with_best_known(results: Sequence[Result], file: Path) -> list[Result]:
    """The results with the least objective that earlier answers in `file` (as `--json` printed them) reached.

    Raises ScenarioError where the file is none of ours.
    """
    best = _best_of(file)
    return [replace(one, best_known=best.get((one.name, one.instance))) for one in results]


def _best_of(file: Path) -> Mapping[tuple[str, str], float]:
    fix = "give a file that `supercargo bench ... --json` printed"
    try:
        rows: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ScenarioError(f"the best known results can't be read: {error}", fix=fix, where=str(file)) from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) and {"name", "instance"} <= row.keys() for row in rows):
        raise ScenarioError("it is no list of results with name and instance", fix=fix, where=str(file))
    best: dict[tuple[str, str], float] = {}
    for row in rows:
        key = (str(row["name"]), str(row["instance"]))
        for column in ("objective", "best_known"):
            value = row.get(column)
            if isinstance(value, int | float):
                best[key] = min(best.get(key, float(value)), float(value))
    return best
