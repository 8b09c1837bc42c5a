"""A million states of a station among the stars, beside SGP4 alone, which stops at its own frame, and beside Skyfield."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import resource
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np

from supercargo.astro.celestial import gcrs_states
from supercargo.astro.elements import parse_tle, satellite_from_tle
from supercargo.astro.timescales import Floats, instant_at, julian_dates, seconds_since_j2000

__all__ = ["bench_sgp4"]

_ELEMENT_SET = (
    "1 25544U 98067A   25057.69551956  .00051272  00000-0  91556-3 0  9991",
    "2 25544  51.6387 134.2889 0005831 315.8203 179.6729 15.49515680498024",
)
_STEP_S = 2.0  # a million states over 23 days
_ROUNDS = 5
_SKYFIELDS = 20_000  # it makes some ten thousand states a second


def _least_s(*works: Callable[[], object], rounds: int = _ROUNDS) -> list[float]:
    """The shortest of some runs of each work [s], taken in turns so that a busy machine hits them alike."""
    least = [float("inf")] * len(works)
    for work in works:
        work()  # what is compiled or kept once is so before the clock starts
    for _ in range(rounds):
        for k, work in enumerate(works):
            gc.collect()
            start_s = time.perf_counter()
            work()
            least[k] = min(least[k], time.perf_counter() - start_s)
    return least


def _row(instance: str, seconds: float, **told: Any) -> dict[str, Any]:
    blank = dict.fromkeys(("objective", "bound", "best_known", "peer", "peer_objective", "peer_seconds", "ratio"))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    return {
        "name": "sgp4",
        "instance": instance,
        "status": "feasible",
        "seconds": seconds,
        "peak_mb": peak_mb,
        **blank,
        **told,
    }


def _instants_s(count: int) -> Floats:
    return np.asarray(seconds_since_j2000(parse_tle(*_ELEMENT_SET).epoch_utc) + _STEP_S * np.arange(count), dtype=np.float64)


def _beside_sgp4(count: int) -> dict[str, Any]:
    """Position and velocity among the stars, against SGP4's compiled array call on the same instants."""
    satellite, at_s = satellite_from_tle(*_ELEMENT_SET), _instants_s(count)
    whole, part = julian_dates(at_s)

    seconds, peer_seconds = _least_s(lambda: gcrs_states(satellite, at_s), lambda: satellite.sgp4_array(whole, part))
    ratio = peer_seconds / seconds
    return _row(f"iss-{count}-gcrs", seconds, peer="sgp4 array, own frame", peer_seconds=peer_seconds, ratio=ratio)


def _beside_skyfield(count: int) -> dict[str, Any]:
    """Positions among the stars on instants not seen before; the objective is the largest distance between the two [m]."""
    api: Any = importlib.import_module("skyfield.api")
    scale = api.load.timescale(builtin=True)
    satellite, at_s = satellite_from_tle(*_ELEMENT_SET), np.rint(_instants_s(count))
    theirs = api.EarthSatellite(*_ELEMENT_SET, "ISS", scale)
    first = instant_at(float(at_s[0]))
    seconds_gone = [first.second + float(gone) for gone in at_s - at_s[0]]

    def peer() -> Any:
        whole = first - timedelta(seconds=first.second)
        times = scale.utc(whole.year, whole.month, whole.day, whole.hour, whole.minute, seconds_gone)
        return theirs.at(times).position.km.T

    def ours() -> Floats:
        return gcrs_states(satellite, at_s)[0]

    seconds, peer_seconds = _least_s(ours, peer, rounds=2)
    apart_m = float(np.linalg.norm(ours() - peer(), axis=-1).max()) * 1e3
    return _row(
        f"iss-{count}-gcrs", seconds, objective=apart_m, bound=1.5,
        peer="skyfield", peer_seconds=peer_seconds, ratio=peer_seconds / seconds,
    )  # fmt: skip


def bench_sgp4(*, count: int = 1_000_000) -> list[dict[str, Any]]:
    """Rows of SGP4 with frames beside SGP4 alone, and beside Skyfield where it is installed.

    `ratio` is the peer's seconds over ours: 1 means that the frames of the stars cost nothing.
    """
    rows = [_beside_sgp4(count)]
    if importlib.util.find_spec("skyfield"):
        rows.append(_beside_skyfield(min(count, _SKYFIELDS)))
    return rows
