"""What the event log costs: confirmed events beside the disk's own syncs, a year's views, where an item is, kills."""

from __future__ import annotations

import os
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from supercargo.app.operations.cargo import where_is
from supercargo.app.operations.projections import PROJECTIONS
from supercargo.bench.log_http import HTTP_LOADS, confirmed_over_http, served
from supercargo.bench.log_kills import KillReport, kill_at_random
from supercargo.bench.log_views import BENCH_VIEWS, a_move
from supercargo.bench.log_year import EVENTS_EACH, item_named, year_of_cargo
from supercargo.bench.results import Result
from supercargo.store.log import SqlStore, open_log

__all__ = ["bench_log", "log_lines"]

Watch = Callable[[str, float], None]

ROUNDS = 3
ROUND_S = 2.0
WRITERS = (1, 16, 64)
LEAST_RATIO = 0.4
KILLS = 200
YEAR = 500_000
REBUILD_S = 120.0
LOOK_UP_S = 0.02
_A_REQUEST = 500


def bench_log(*, events: int, kills: int = KILLS, out: Path | None = None, watch: Watch) -> list[Result]:
    """Measure a log of `events` events in a folder of its own beneath `out`, or where drafts are written.

    Syncs of the disk and appends take turns in one run, because the same disk is another one a minute later.
    """
    watch = _seldom(watch)
    with _folder(out) as folder:
        results = _appends(folder, watch)
        results += _over_http(folder, watch)
        results += _year(folder, events, watch)
        watch(f"killing the writer {kills} times", 0.8)
        results.append(_killed(kill_at_random(str(folder / "kills.sqlite"), folder, kills=kills)))
    watch("measured", 1.0)
    return results


def _seldom(watch: Watch) -> Watch:
    """Hears of a page of events, tells of a twentieth of the whole."""
    told: list[tuple[str, float]] = [("", 0.0)]

    def tell(doing: str, share: float) -> None:
        if doing != told[0][0] or share >= told[0][1] + 0.05:
            told[0] = (doing, share)
            watch(doing, share)

    return tell


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="supercargo-log-", dir=out) as made:
        yield Path(made)


def _now() -> datetime:
    return datetime.now(UTC)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


# Appends beside the disk


def _appends(folder: Path, watch: Watch) -> list[Result]:
    """Single events by some writers at once, each waiting for its receipt; ratio: appends for each sync of the disk alone."""
    raw: list[float] = []
    rates: dict[int, list[float]] = {writers: [] for writers in WRITERS}
    waits: dict[int, list[float]] = {writers: [] for writers in WRITERS}
    with open_log(folder / "appends.sqlite", BENCH_VIEWS, _now) as store:
        for turn in range(ROUNDS):
            for number, writers in enumerate(WRITERS):
                watch("appending beside the disk's own syncs", 0.2 * (turn + number / len(WRITERS)) / ROUNDS)
                raw.append(_sync_rate(folder / "raw"))
                rate, waited = _append_rate(store, writers, f"{turn}-{writers}")
                rates[writers].append(rate)
                waits[writers] += waited
    return [
        _append_result(
            f"1,000 single appends, {writers} writer{'s' if writers > 1 else ''}", rates[writers], waits[writers], raw
        )
        for writers in WRITERS
    ]


def _append_result(instance: str, rates: Sequence[float], waits: Sequence[float], raw: Sequence[float]) -> Result:
    rate, syncs = statistics.median(rates), statistics.median(raw)
    p99_s = sorted(waits)[int(0.99 * len(waits))]
    return Result(
        name="store",
        instance=instance,
        status="feasible",
        objective=p99_s,
        bound=None,
        seconds=1000.0 / rate,
        peak_mb=_peak_mb(),
        peer="fdatasync",
        peer_seconds=1000.0 / syncs,
        ratio=rate / syncs,
        bar_ratio=LEAST_RATIO,
    )


def _sync_rate(file: Path) -> float:
    """Writes of an event's size, each put on the disk before the next [1/s]."""
    line = b"x" * 700
    count, began = 0, time.perf_counter()
    descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        while time.perf_counter() - began < ROUND_S / 2:
            os.write(descriptor, line)
            os.fdatasync(descriptor)
            count += 1
    finally:
        os.close(descriptor)
    return count / (time.perf_counter() - began)


def _append_rate(store: SqlStore, writers: int, mark: str) -> tuple[float, list[float]]:
    """Confirmed events in a second, and how long each was waited for [s]."""
    end = time.perf_counter() + ROUND_S
    waits: list[list[float]] = [[] for _ in range(writers)]

    def write(name: int) -> None:
        number = 0
        at = _now().replace(microsecond=0)
        while (before := time.perf_counter()) < end:
            store.append([a_move(number * writers + name, at, items_count=5_000, event_id=f"{mark}-{name}-{number}")])
            waits[name].append(time.perf_counter() - before)
            number += 1

    threads = [threading.Thread(target=write, args=(name,)) for name in range(writers)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waited = [wait for some in waits for wait in some]
    return len(waited) / (time.perf_counter() - began), waited


# Over HTTP


def _over_http(folder: Path, watch: Watch) -> list[Result]:
    """Steps of cargo told to `supercargo serve` by clients of another process, in turns with the disk's own syncs."""
    raw: list[float] = []
    rates: dict[tuple[int, int], list[float]] = {load: [] for load in HTTP_LOADS}
    waits: dict[tuple[int, int], list[float]] = {load: [] for load in HTTP_LOADS}
    with served(folder / "http.sqlite") as at:
        for turn in range(ROUNDS):
            for number, load in enumerate(HTTP_LOADS):
                watch("recording over HTTP", 0.2 + 0.1 * (turn + number / len(HTTP_LOADS)) / ROUNDS)
                raw.append(_sync_rate(folder / "raw"))
                report = confirmed_over_http(at, load, ROUND_S, f"{turn}-{load[0]}")
                rates[load].append(report.confirmed_count / report.seconds)
                waits[load] += report.waits_s
    return [
        _append_result(f"1,000 steps over HTTP, {load[1]} a request, {load[0]} clients at once", rates[load], waits[load], raw)
        for load in HTTP_LOADS
    ]


# A year


def _year(folder: Path, events: int, watch: Watch) -> list[Result]:
    at = _now().replace(microsecond=0) - timedelta(days=1)
    drafts = year_of_cargo(events, at)
    with open_log(folder / "year.sqlite", PROJECTIONS, _now) as store:
        began, done = time.perf_counter(), 0
        while page := tuple(islice(drafts, _A_REQUEST)):
            watch(f"storing {events:,} events", 0.3 + 0.3 * done / events)
            store.append(page)
            done += len(page)
        stored_s = time.perf_counter() - began
        live = store.digest()
        began, used = time.perf_counter(), time.process_time()
        store.rebuild(watch=lambda stage, share: watch(f"rebuilding from {events:,} events", 0.6 + 0.2 * share))
        rebuilt_s, used_s = time.perf_counter() - began, time.process_time() - used
        same = store.digest() == live
        look_up_s = _look_up(store, max(1, (events - 3) // EVENTS_EACH))
    return [
        _timed(f"{events:,} events stored, {_A_REQUEST} a request", stored_s, kept=True),
        replace(
            _timed(
                f"all views of {events:,} events made anew", rebuilt_s, kept=same, bar_s=REBUILD_S * max(1.0, events / YEAR)
            ),
            cpu_seconds=used_s,
        ),
        _timed(f"where an item is, among {events:,} events, p99", look_up_s, kept=True, bar_s=LOOK_UP_S),
    ]


def _look_up(store: SqlStore, items: int) -> float:
    """Seconds of the slowest but one percent of a thousand questions, each for another item, over the database."""
    waits = []
    for number in range(1_000):
        name = item_named(number * 7919 % items)
        before = time.perf_counter()
        with store.reading() as view:
            seen = where_is(view, name, _now())
        waits.append(time.perf_counter() - before)
        assert seen.found.thing == f"cargo/{name}"
    return sorted(waits)[990]


def _timed(instance: str, seconds: float, *, kept: bool, bar_s: float | None = None) -> Result:
    return Result(
        name="store",
        instance=instance,
        status="feasible" if kept else "unsat",
        objective=None,
        bound=None,
        seconds=seconds,
        peak_mb=_peak_mb(),
        bar_seconds=bar_s,
    )


def _killed(report: KillReport) -> Result:
    wrong = report.lost_count + report.doubled_count + report.findings_count + report.views_differ
    said = f"{report.confirmed_count:,} confirmed, {report.lost_count} lost, {report.doubled_count} doubled"
    return Result(
        name="store",
        instance=f"{report.kills_count} kills, {report.at_work_count} of them at work: {said}",
        status="feasible" if report.kept else "unsat",
        objective=float(wrong),
        bound=0.0,
        seconds=report.seconds,
        peak_mb=_peak_mb(),
    )


# Words


def log_lines(results: Sequence[Result]) -> list[str]:
    """A line a measurement, with its bar and whether it is met."""
    return [_line(one) for one in results] or ["nothing was measured"]


def _line(one: Result) -> str:
    if one.ratio is not None and one.peer_seconds is not None:
        rates = f"{1000.0 / one.seconds:,.0f} a second, the disk alone syncs {1000.0 / one.peer_seconds:,.0f} times"
        verdict = "met" if one.bar_ratio is None or one.ratio >= one.bar_ratio else "missed"
        p99 = f"p99 {1000.0 * (one.objective or 0.0):.1f} ms"
        return f"{one.instance}: {rates}, ratio {one.ratio:.2f} (at least {one.bar_ratio}: {verdict}), {p99}"
    used = f", {one.cpu_seconds:,.3g} s of the processor" if one.cpu_seconds else ""
    told = f"{one.instance}: {one.seconds:,.4g} s{used}" + ("" if one.status == "feasible" else ", A PROMISE IS BROKEN")
    if one.bar_seconds is None:
        return told
    return f"{told} (at most {one.bar_seconds:.3g} s: {'met' if one.seconds <= one.bar_seconds else 'missed'})"
