"""Seconds, processor time and peak memory of each stage, kept apart from the plan because they differ between runs."""

from __future__ import annotations

import math
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

__all__ = ["FuseClock", "Meter", "StageWatch", "peak_mb", "unwatched"]

StageWatch = Callable[[str, float], None]


def unwatched(stage: str, share: float) -> None:
    """A stage watch that tells nobody."""


class FuseClock:
    """Seconds left of a limit given by a person; None is no limit."""

    def __init__(self, limit_s: float | None) -> None:
        self._ends = math.inf if limit_s is None else time.perf_counter() + limit_s

    def __call__(self) -> float:
        """Seconds left, infinite without a limit."""
        return self._ends - time.perf_counter() if math.isfinite(self._ends) else math.inf


def peak_mb() -> float:
    """Largest resident memory of this process so far [MB]."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1024.0), 1)


class Meter:
    """A stage watch that passes on what it is told and keeps each stage's seconds, processor time and peak memory."""

    def __init__(self, watch: StageWatch) -> None:
        self._watch = watch
        self._began = self._since = time.perf_counter()
        self._cpu_began = self._cpu_since = time.process_time()
        self._stage = "reading"
        self._stages: list[dict[str, Any]] = []

    def __call__(self, stage: str, share: float) -> None:
        """Note the stage and pass it on."""
        if stage != self._stage:
            self._close()
            self._stage = stage
        self._watch(stage, share)

    def _close(self) -> None:
        now, cpu = time.perf_counter(), time.process_time()
        spent = {"seconds": round(now - self._since, 3), "cpu_seconds": round(cpu - self._cpu_since, 3)}
        self._stages.append({"stage": self._stage, **spent, "peak_mb": peak_mb()})
        self._since, self._cpu_since = now, cpu

    def so_far(self) -> dict[str, float]:
        """Seconds and processor seconds since the meter began [s]."""
        return {
            "seconds": round(time.perf_counter() - self._began, 3),
            "cpu_seconds": round(time.process_time() - self._cpu_began, 3),
        }

    def run(self) -> dict[str, Any]:
        """Close the last stage and return the content of run.json."""
        self._close()
        return {
            "stages": self._stages,
            "seconds": round(time.perf_counter() - self._began, 3),
            "cpu_seconds": round(time.process_time() - self._cpu_began, 3),
            "peak_mb": peak_mb(),
            "machine": {
                "system": platform.system(),
                "processor": platform.machine(),
                "cores": os.cpu_count(),
                "python": platform.python_version(),
            },
        }
