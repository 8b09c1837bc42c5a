"""Lambert's problem and porkchops timed beside pykep and satkit, one core, in one run.

A peer runs in the Python that `peer_python` names. One that can't be started gives rows whose peer is "skipped: NAME".
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np

from supercargo.app.transfers import transfer_catalogue
from supercargo.astro.ephemeris import small_body_states
from supercargo.astro.impulses import RADIUS_KM, escape_burn_km_s
from supercargo.astro.lambert import Engine, LambertBatch, solve_lambert
from supercargo.astro.porkchop import compute_porkchop, date_axis
from supercargo.astro.timescales import Floats, seconds_since_j2000
from supercargo.bench.results import Result
from supercargo.bench.rivals import Rival, compare_times, peak_mb, rival, skipped

__all__ = ["PEERS", "bench_lambert", "bench_porkchop", "heliocentric_problems"]

PEERS = ("pykep", "satkit")
SUN_KM3_S2 = 132_712_440_018.0
AU_KM = 149_597_870.7
AGREED_KM_S = 1e-9
_SEASON = ((2036, 1), (2037, 1), (2037, 3), (2039, 1))  # first and last month of departure, of arrival
_PARKING_KM = RADIUS_KM["Earth"] + 400.0
FULL_SIDE = 1000
_BARS = {("pykep", Engine.NUMPY): 4.0, ("satkit", Engine.NUMPY): 2.3, ("pykep", Engine.COMPILED): 10.0}
_CHART_BARS_S = {Engine.NUMPY: 1.2, Engine.COMPILED: 0.5}

_Problems: TypeAlias = tuple[Floats, Floats, Floats]

_PEER = """
import sys, time
import numpy as np
name, folder = sys.argv[1:]
r1, r2, tof, mu = (np.load(f"{folder}/{part}.npy") for part in ("r1", "r2", "tof", "mu"))
mu = float(mu)
if name == "pykep":
    import pykep
    def solve():
        found = [pykep.lambert_problem(a, b, t, mu, False, 0) for a, b, t in zip(r1, r2, times)]
        return found, lambda: [(one.v0[0], one.v1[0]) for one in found]
elif name == "satkit":
    import satkit
    r1, r2, mu = r1 * 1e3, r2 * 1e3, mu * 1e9
    def solve():
        found = [satkit.lambert(a, b, t, mu) for a, b, t in zip(r1, r2, times)]
        return found, lambda: [one[0] for one in found]
else:
    sys.exit(f"no peer is called {name}")
times = tof.tolist()
r1, r2 = list(r1), list(r2)
print("ready", flush=True)
for line in sys.stdin:
    begun = time.process_time()
    found, speeds = solve()
    print(time.process_time() - begun, flush=True)
np.save(f"{folder}/found.npy", np.array(speeds()) * (1.0 if name == "pykep" else 1e-3))
print("saved", flush=True)
"""


def heliocentric_problems(count: int, seed: int = 1) -> _Problems:
    """Departures at 1 AU, arrivals at 0.8 to 1.7 AU [problem, axis] km, flights of 90 to 450 days [problem] s."""
    rng = np.random.default_rng(seed)

    def places(radius_au: Floats, slope_deg: float) -> Floats:
        turn, rise = rng.uniform(0.0, 2.0 * np.pi, count), np.radians(rng.uniform(-slope_deg, slope_deg, count))
        unit = np.stack([np.cos(turn) * np.cos(rise), np.sin(turn) * np.cos(rise), np.sin(rise)], axis=-1)
        return np.asarray(AU_KM * radius_au[:, None] * unit)

    r1 = places(rng.uniform(0.98, 1.02, count), 5.0)
    r2 = places(rng.uniform(0.8, 1.7, count), 8.0)
    return r1, r2, rng.uniform(90.0, 450.0, count) * 86_400.0


def bench_lambert(
    *,
    count: int = 100_000,
    rounds: int = 9,
    peers: tuple[str, ...] = PEERS,
    peer_python: str | None = None,
    watch: Callable[[str, float], None] = lambda doing, share: None,
) -> list[Result]:
    """Rows of flights without revolutions, NumPy and compiled: beside each peer of `peer_python`, if one is named, else alone.

    The objective is the largest difference of a velocity from the peer's [km/s]; within 1e-9 the status is optimal.
    """
    problems = heliocentric_problems(count)
    if peer_python is None:
        return [_row(engine, problems, rounds) for engine in Engine]
    rows: list[Result] = []
    for at, peer in enumerate(peers):
        watch(f"timing Lambert's problem beside {peer}", at / len(peers))
        rows += _beside(peer, peer_python, problems, rounds)
    return rows


def _beside(peer: str, peer_python: str, problems: _Problems, rounds: int) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        for part, content in zip(("r1", "r2", "tof", "mu"), (*problems, np.array(SUN_KM3_S2)), strict=True):
            np.save(Path(folder) / f"{part}.npy", content)
        with rival(peer, peer_python, _PEER, [peer, folder]) as theirs:
            rows = [_row(engine, problems, rounds, theirs, peer) for engine in Engine]
            if theirs is None:
                yield from rows
                return
            theirs.last()
            found = np.load(Path(folder) / "found.npy")
    for engine, row in zip(Engine, rows, strict=True):
        yield _agreed(row, solve_lambert(*problems, SUN_KM3_S2, engine=engine), found)


def _row(engine: Engine, problems: _Problems, rounds: int, theirs: Rival | None = None, peer: str = "") -> Result:
    found = solve_lambert(*problems, SUN_KM3_S2, engine=engine)  # compiles, and warms the caches
    seconds, peer_seconds = compare_times(lambda: solve_lambert(*problems, SUN_KM3_S2, engine=engine), theirs, rounds)
    return Result(
        name="lambert",
        instance=f"heliocentric-{problems[2].size}-{engine.value}",
        status="feasible" if bool(found.solved.all()) else "unknown",
        objective=None,
        bound=None,
        seconds=seconds,
        cpu_seconds=seconds,
        peak_mb=peak_mb(),
        peer=skipped(peer) if peer and theirs is None else peer,
        peer_seconds=peer_seconds,
        ratio=None if peer_seconds is None else peer_seconds / seconds,
        bar_ratio=_BARS.get((peer, engine)),
    )


def _agreed(row: Result, found: LambertBatch, theirs: Floats) -> Result:
    """The row with how far our velocities and the peer's [problem, end, axis] km/s are apart."""
    apart = max(float(np.max(np.abs(found.v1_km_s - theirs[:, 0]))), float(np.max(np.abs(found.v2_km_s - theirs[:, 1]))))
    return replace(row, objective=apart, status="optimal" if apart <= AGREED_KM_S else "unknown")


def bench_porkchop(*, side: int = FULL_SIDE, rounds: int = 5) -> list[Result]:
    """Rows of a chart of `side` squared flights from the Earth to Bennu, ephemerides included; no peer draws one.

    The objective is the cheapest flight of the chart [km/s], C3 burn from 400 km and arrival together; the bars are those of
    a million flights.
    """
    catalogue = transfer_catalogue()
    bennu = next(body for body in catalogue.small_bodies if body.body == "Bennu")
    ends = [seconds_since_j2000(datetime(year, month, 1, tzinfo=UTC)) for year, month in _SEASON]
    axes = date_axis(ends[0], ends[1], side), date_axis(ends[2], ends[3], side)
    bodies = partial(catalogue.ephemeris.states, "Earth"), partial(small_body_states, bennu)
    rows = []
    for engine in Engine:
        work = partial(compute_porkchop, *bodies, *axes, engine=engine)
        chart = work()  # compiles
        seconds, _ = compare_times(work, None, rounds)
        total = escape_burn_km_s(np.sqrt(chart.c3_km2_s2), "Earth", _PARKING_KM) + chart.arrival_km_s
        rows.append(
            Result(
                name="lambert",
                instance=f"porkchop-bennu-{side}x{side}-{engine.value}",
                status="feasible" if bool(chart.solved.all()) else "unknown",
                objective=float(np.nanmin(total)),
                bound=None,
                seconds=seconds,
                cpu_seconds=seconds,
                peak_mb=peak_mb(),
                bar_seconds=_CHART_BARS_S[engine] if side == FULL_SIDE else None,
            )
        )
    return rows
