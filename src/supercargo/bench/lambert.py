"""Lambert's problem and porkchops timed beside pykep and satkit, one core, in one run.

A peer runs in a process of its own, by default in this Python; `peer_python` names another one that has it installed. Each
round times ours and then the peer in seconds of the processor, so that a busy machine is as unkind to both; the best of each
counts. A peer that can't be started gives a row with the peer "skipped".
"""

from __future__ import annotations

import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from supercargo.app.transfers import transfer_catalogue
from supercargo.astro.ephemeris import small_body_states
from supercargo.astro.impulses import RADIUS_KM, escape_burn_km_s
from supercargo.astro.lambert import Engine, LambertBatch, solve_lambert
from supercargo.astro.porkchop import compute_porkchop, date_axis
from supercargo.astro.timescales import Floats, seconds_since_j2000

__all__ = ["PEERS", "bench_lambert", "bench_porkchop", "heliocentric_problems"]

PEERS = ("pykep", "satkit")
SUN_KM3_S2 = 132_712_440_018.0
AU_KM = 149_597_870.7
AGREED_KM_S = 1e-9
_SEASON = ((2036, 1), (2037, 1), (2037, 3), (2039, 1))  # first and last month of departure, of arrival
_PARKING_KM = RADIUS_KM["Earth"] + 400.0

_PEER = """
import json, sys, time
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


def heliocentric_problems(count: int, seed: int = 1) -> tuple[Floats, Floats, Floats]:
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
    *, count: int = 100_000, rounds: int = 9, peers: tuple[str, ...] = PEERS, peer_python: str = sys.executable
) -> list[dict[str, Any]]:
    """Rows of ours against each peer: NumPy and compiled, flights without revolutions; `ratio` is peer's seconds over ours."""
    problems = heliocentric_problems(count)
    rows: list[dict[str, Any]] = []
    for peer in peers:
        with contextlib.ExitStack() as stack:
            rival = stack.enter_context(_rival(peer, problems, peer_python))
            some = [_row(engine, problems, rounds, rival, peer) for engine in Engine]
            for row in some:
                _compare(row, rival)
            rows += some
    return rows


def _row(
    engine: Engine, problems: tuple[Floats, Floats, Floats], rounds: int, rival: _Rival | None, peer: str
) -> dict[str, Any]:
    found = solve_lambert(*problems, SUN_KM3_S2, engine=engine)  # compiles, and warms the caches
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_seconds(lambda: solve_lambert(*problems, SUN_KM3_S2, engine=engine)))
        if rival is not None:
            theirs.append(rival.round())
    return {
        "name": "lambert",
        "instance": f"heliocentric-{problems[2].size}-{engine.value}",
        "status": "feasible" if bool(found.solved.all()) else "unknown",
        "objective": None,
        "bound": None,
        "best_known": None,
        "seconds": min(ours),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
        "peer": peer if rival is not None else "skipped",
        "peer_objective": None,
        "peer_seconds": min(theirs) if theirs else None,
        "ratio": min(theirs) / min(ours) if theirs else None,
        "found": found,
    }


def _seconds(work: Callable[[], object]) -> float:
    """Seconds of the processor: what else runs on the machine is not counted."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _compare(row: dict[str, Any], rival: _Rival | None) -> None:
    """The objective is the largest difference of a velocity from the peer's [km/s]; optimal where it is within 1e-9."""
    found: LambertBatch = row.pop("found")
    if rival is None:
        return
    theirs = rival.answer()
    apart = max(float(np.max(np.abs(found.v1_km_s - theirs[:, 0]))), float(np.max(np.abs(found.v2_km_s - theirs[:, 1]))))
    row.update(objective=apart, peer_objective=0.0, best_known=0.0)
    row["status"] = "optimal" if apart <= AGREED_KM_S else "unknown"


def bench_porkchop(*, side: int = 1000, rounds: int = 5) -> list[dict[str, Any]]:
    """Rows of a chart of `side` squared flights from the Earth to Bennu, ephemerides included; no peer draws one.

    The objective is the cheapest flight of the chart [km/s], C3 burn from 400 km and arrival together.
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
        seconds = min(_seconds(work) for _ in range(rounds))
        total = escape_burn_km_s(np.sqrt(chart.c3_km2_s2), "Earth", _PARKING_KM) + chart.arrival_km_s
        row = dict.fromkeys(("bound", "best_known", "peer", "peer_objective", "peer_seconds", "ratio"))
        row |= {"name": "lambert", "instance": f"porkchop-bennu-{side}x{side}-{engine.value}", "seconds": seconds}
        row |= {"status": "feasible" if bool(chart.solved.all()) else "unknown", "objective": float(np.nanmin(total))}
        rows.append({**row, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0})
    return rows


class _Rival:
    """A peer that waits in its own process."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder = process, folder
        self._found: Floats | None = None

    def round(self) -> float:
        """Seconds of one pass over all problems."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("again\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def answer(self) -> Floats:
        """Its velocities [problem, end, axis] km/s, after which it has gone home."""
        if self._found is None:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.close()
            self._process.stdout.readline()
            self._found = np.load(self._folder / "found.npy")
        return self._found


@contextlib.contextmanager
def _rival(peer: str, problems: tuple[Floats, Floats, Floats], python: str) -> Iterator[_Rival | None]:
    """The peer ready to run, or None where it does not start."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part, content in zip(("r1", "r2", "tof", "mu"), (*problems, np.array(SUN_KM3_S2)), strict=True):
            np.save(folder / f"{part}.npy", content)
        (folder / "rival.py").write_text(_PEER)
        words = [python, str(folder / "rival.py"), peer, name]
        pipe = subprocess.PIPE
        with subprocess.Popen(words, text=True, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as process:
            try:
                assert process.stdout is not None
                yield _Rival(process, folder) if process.stdout.readline().strip() == "ready" else None
            finally:
                process.kill()


def _main() -> None:
    """Print the rows as JSON; the first word, if any, names the peers' Python."""
    rows = bench_lambert(peer_python=sys.argv[1] if len(sys.argv) > 1 else sys.executable)
    print(json.dumps([*rows, *bench_porkchop()], indent=1))


if __name__ == "__main__":
    _main()
