"""A million states of a station among the stars, beside SGP4 alone, which stops at its own frame, and beside Skyfield."""

from __future__ import annotations

import gc
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from supercargo.astro.celestial import gcrs_states
from supercargo.astro.elements import parse_tle, satellite_from_tle
from supercargo.astro.timescales import Floats, instant_at, julian_dates, seconds_since_j2000
from supercargo.bench.results import Result
from supercargo.bench.rivals import compare_times, peak_mb, processor_seconds, rival, skipped

__all__ = ["SKYFIELD", "bench_sgp4"]

_ELEMENT_SET = (
    "1 25544U 98067A   25057.69551956  .00051272  00000-0  91556-3 0  9991",
    "2 25544  51.6387 134.2889 0005831 315.8203 179.6729 15.49515680498024",
)
_STEP_S = 2.0  # a million states over 23 days
_ROUNDS = 5
_SKYFIELDS = 20_000  # it makes some ten thousand states a second
SKYFIELD = "skyfield"
_BAR, _APART_M = 0.7, 1.5

_PEER = """
import json, sys, time
import numpy as np
from skyfield import api
folder, told = sys.argv[1], json.loads(sys.argv[2])
seconds = np.load(folder + "/seconds.npy").tolist()
scale = api.load.timescale(builtin=True)
satellite = api.EarthSatellite(*told[0], "ISS", scale)
def run():
    return satellite.at(scale.utc(*told[1], seconds)).position.km.T
found = run()
print("ready", flush=True)
for line in sys.stdin:
    begun = time.process_time()
    found = run()
    print(time.process_time() - begun, flush=True)
np.save(folder + "/found.npy", found)
print("saved", flush=True)
"""


def _row(count: int, seconds: float, peer: str, peer_seconds: float | None, **told: Any) -> Result:
    return Result(
        name="sgp4",
        instance=f"iss-{count}-gcrs",
        seconds=seconds,
        cpu_seconds=seconds,
        peak_mb=peak_mb(),
        peer=peer,
        peer_seconds=peer_seconds,
        ratio=None if peer_seconds is None else peer_seconds / seconds,
        **{"status": "feasible", "objective": None, "bound": None, **told},
    )


def _instants_s(count: int) -> Floats:
    return np.asarray(seconds_since_j2000(parse_tle(*_ELEMENT_SET).epoch_utc) + _STEP_S * np.arange(count), dtype=np.float64)


def _beside_sgp4(count: int) -> Result:
    """Position and velocity among the stars, against SGP4's compiled array call on the same instants."""
    satellite, at_s = satellite_from_tle(*_ELEMENT_SET), _instants_s(count)
    whole, part = julian_dates(at_s)
    ours, theirs = [], []
    for _ in range(_ROUNDS + 1):
        gc.collect()
        ours.append(processor_seconds(lambda: gcrs_states(satellite, at_s)))
        theirs.append(processor_seconds(lambda: satellite.sgp4_array(whole, part)))
    return _row(count, min(ours[1:]), "sgp4 array, own frame", min(theirs[1:]), bar_ratio=_BAR)  # the first round warms up


def _beside_skyfield(count: int, peer_python: str) -> Result:
    """Positions among the stars on instants not seen before; the objective is the largest distance between the two [m]."""
    satellite, at_s = satellite_from_tle(*_ELEMENT_SET), np.rint(_instants_s(count))
    first = instant_at(float(at_s[0]))
    calendar = [first.year, first.month, first.day, first.hour, first.minute]
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "seconds.npy", first.second + at_s - at_s[0])
        with rival(SKYFIELD, peer_python, _PEER, [folder, json.dumps([_ELEMENT_SET, calendar])]) as theirs:
            gcrs_states(satellite, at_s)
            seconds, peer_seconds = compare_times(lambda: gcrs_states(satellite, at_s), theirs, 2)
            if theirs is None:
                return _row(count, seconds, skipped(SKYFIELD), None)
            theirs.last()
            found = np.load(Path(folder) / "found.npy")
    apart_m = float(np.linalg.norm(gcrs_states(satellite, at_s)[0] - found, axis=-1).max()) * 1e3
    status = "feasible" if apart_m <= _APART_M else "unknown"
    return _row(count, seconds, SKYFIELD, peer_seconds, status=status, objective=apart_m)


def bench_sgp4(*, count: int = 1_000_000, peer_python: str | None = None) -> list[Result]:
    """Rows of SGP4 with frames beside SGP4 alone and, if a Python is named, beside the Skyfield that it has.

    `ratio` is the peer's seconds over ours: 1 means that the frames of the stars cost nothing.
    """
    rows = [_beside_sgp4(count)]
    if peer_python is not None:
        rows.append(_beside_skyfield(min(count, _SKYFIELDS), peer_python))
    return rows
