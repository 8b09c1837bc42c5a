"""Many futures of a plan, flown in blocks: the same numbers whatever the number of workers.

A block is a fixed run of futures; blocks are added up in their order, so that not even the rounding of sums can differ.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from supercargo.kernel import ScenarioError
from supercargo.model import Chances, OperationsPlan
from supercargo.simulate.course import Course, course_of
from supercargo.simulate.dispatch import GROUNDED, dispatch
from supercargo.simulate.draws import drawn_numbers
from supercargo.simulate.odds import Odds, odds_of
from supercargo.simulate.outcomes import METRICS, Hazards, deliver_loads, draw_stock

__all__ = ["BLOCK", "Case", "Grid", "Order", "Sample", "fly_futures", "fly_unharmed", "quantiles_by_day", "refuse_counts"]

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

BLOCK = 250
"""Futures in a block."""

BINS = 384
"""Bins of a stock's histogram on one day: three times the range of the first block."""

MOST_RUNS, MOST_WORKERS = 1_000_000, 256


@dataclass(frozen=True, kw_only=True)
class Case:
    """A plan, ready to be flown through futures, with what may happen to it."""

    odds: Odds
    course: Course

    @classmethod
    def of(cls, plan: OperationsPlan, chances: Chances) -> Case:
        """Prepare a plan once for all its futures."""
        odds = odds_of(plan, chances)
        return cls(odds=odds, course=course_of(odds))


@dataclass(kw_only=True)
class Sample:
    """What came of a row of futures."""

    numbers: Floats  # [future, metric]
    arrived: Floats  # [future, place] kg unloaded in the horizon
    slip_s: Whole  # [future, mission]
    when: Whole  # [future, mission] lift-off since the start of the horizon; GROUNDED: not in it
    lost: npt.NDArray[np.bool_]  # [future, mission] lifted off and lost
    short_d: Whole  # [future, stock] days below reserve
    empty_d: Whole  # [future, stock] days below zero
    lowest: Floats  # [future, stock] kg
    stock_sum: Floats = field(default_factory=lambda: np.zeros((0, 0)))  # [stock, day] kg
    inbound_sum: Floats = field(default_factory=lambda: np.zeros((0, 0)))  # [stock, day] kg
    heaps: npt.NDArray[np.unsignedinteger] | None = None  # [stock, day, bin] futures


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Where the bins of each stock and day lie."""

    low: Floats  # [stock, day] kg
    width: Floats  # [stock, day] kg


@dataclass(frozen=True, kw_only=True)
class Order:
    """Futures 0 to runs - 1 of a case; `banded` also heaps the stock of each day."""

    case: Case
    seed: int
    runs: int
    banded: bool = False


def refuse_counts(runs: int, workers: int) -> None:
    """Raises ScenarioError for no or too many runs or workers."""
    for name, asked, most in (("runs", runs, MOST_RUNS), ("workers", workers, MOST_WORKERS)):
        if not 1 <= asked <= most:
            raise ScenarioError(f"{asked:,} {name} can't be flown", fix=f"give 1 to {most:,}", where=f"--{name}")


def fly_futures(
    orders: Sequence[Order], *, workers: int = 1, watch: Callable[[float], None] = lambda share: None
) -> list[tuple[Sample, Grid | None]]:
    """What comes of each order, with the grid of its heaps where it is banded; all share the same workers.

    Raises ScenarioError for no or too many runs or workers.
    """
    for order in orders:
        refuse_counts(order.runs, workers)
    jobs = tuple(_Job(order.case, order.seed, _grid(order) if order.banded else None) for order in orders)
    blocks = [
        (number, first, min(first + BLOCK, order.runs))
        for number, order in enumerate(orders)
        for first in range(0, order.runs, BLOCK)
    ]
    samples: list[list[Sample]] = [[] for _ in orders]
    sums: list[Sample | None] = [None for _ in orders]
    with _flown(jobs, blocks, min(workers, len(blocks))) as coming:
        for done, (block, sample) in enumerate(zip(blocks, coming, strict=True), 1):
            number = block[0]
            sums[number] = _add_sums(sums[number], sample)
            samples[number].append(sample)
            watch(done / len(blocks))
    return [(_joined(samples[at], sums[at]), job.grid) for at, job in enumerate(jobs)]


def fly_unharmed(case: Case) -> tuple[Floats, Floats, Floats]:
    """Numbers, kg by place, and stock [stock, day] of the plan when nothing happens to it."""
    calm = Case.of(case.odds.plan, Chances(rows=()))
    course = calm.course
    count = len(course.missions)
    none = np.zeros(count, dtype=np.int64)
    when, _ = dispatch(course.timing, none, course.lost, none, np.zeros((len(course.ports), 2), dtype=np.int64))
    inbound = np.zeros(course.stocks.use.shape)
    arrived = np.zeros(_places(course))
    up = len(calm.odds.lines)
    hazards = Hazards(when, course.lost, np.zeros(up), np.zeros(up, dtype=np.int64))
    numbers = deliver_loads(course.timing, course.goods, course.money, hazards, (inbound, arrived))
    ones = np.ones((len(inbound), int(course.stocks.month.max(initial=0)) + 1))
    return numbers, arrived, draw_stock(course.stocks, np.ones(len(inbound)), ones, inbound)


def quantiles_by_day(sample: Sample, grid: Grid, shares: Sequence[float]) -> list[Floats]:
    """Quantiles of the stock of each day [stock, day] kg, to within a bin; a bin is 1/128 of the range of the first block."""
    heaps = sample.heaps
    if heaps is None:
        raise ValueError("the stock of each day was not heaped")
    total = np.cumsum(heaps, axis=2, dtype=np.int64)
    runs = int(total[0, 0, -1]) if total.size else 0
    found = []
    for share in shares:
        wanted = share * (runs - 1) + 0.5
        place = np.minimum((total < wanted).sum(axis=2), BINS - 1)
        here = np.take_along_axis(heaps, place[:, :, None], axis=2)[:, :, 0].astype(np.float64)
        before = np.take_along_axis(total, place[:, :, None], axis=2)[:, :, 0] - here
        inside = np.divide(wanted - before, here, out=np.full(here.shape, 0.5), where=here > 0.0)
        found.append(grid.low + grid.width * (place + inside))
    return found


@dataclass(frozen=True, slots=True)
class _Job:
    case: Case
    seed: int
    grid: Grid | None


_JOBS: list[_Job] = []


def _take_jobs(jobs: tuple[_Job, ...]) -> None:
    """A worker keeps its jobs; the blocks then are all that is sent."""
    _JOBS[:] = jobs


def _work(block: tuple[int, int, int]) -> Sample:
    number, first, last = block
    return _fly(_JOBS[number], first, last)


@contextmanager
def _flown(jobs: tuple[_Job, ...], blocks: Sequence[tuple[int, int, int]], workers: int) -> Iterator[Iterable[Sample]]:
    """Samples of the blocks in their order, flown here or by processes of our own, which end with us."""
    if workers == 1:
        yield (_fly(jobs[number], first, last) for number, first, last in blocks)
        return
    # An executor, not a pool: where a process can't start, it says so instead of starting another one for ever.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=_take_jobs, initargs=(jobs,)) as pool:
        try:
            yield pool.map(_work, blocks)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _fly(job: _Job, first: int, last: int) -> Sample:
    """One block."""
    course, count = job.case.course, last - first
    stocks, days = course.stocks.use.shape
    missions = len(course.missions)
    sample = Sample(
        numbers=np.empty((count, len(METRICS))),
        arrived=np.zeros((count, _places(course))),
        slip_s=np.empty((count, missions), dtype=np.int64),
        when=np.empty((count, missions), dtype=np.int64),
        lost=np.empty((count, missions), dtype=bool),
        short_d=np.empty((count, stocks), dtype=np.int64),
        empty_d=np.empty((count, stocks), dtype=np.int64),
        lowest=np.empty((count, stocks)),
        stock_sum=np.zeros((stocks, days)),
        inbound_sum=np.zeros((stocks, days)),
        heaps=None if job.grid is None else np.zeros((stocks, days, BINS), dtype=np.uint16),
    )
    for at in range(count):
        there = _fly_one(job, first + at, sample, at)
        sample.stock_sum += there
        if job.grid is not None and sample.heaps is not None:
            _heap(sample.heaps, there, job.grid)
    return sample


def _fly_one(job: _Job, index: int, sample: Sample, at: int) -> Floats:
    """One future into its row of the sample; returns its stock [stock, day] kg."""
    course = job.case.course
    drawn = drawn_numbers(job.case.odds, seed=job.seed, index=index)
    delay = np.maximum(drawn.slip_s, drawn.overrun_s)
    lost = drawn.lost | course.lost
    when, _ = dispatch(course.timing, delay, lost, drawn.grounded_s, drawn.port_out_s)
    inbound = np.zeros(course.stocks.use.shape)
    hazards = Hazards(when, lost, drawn.damage, drawn.supplier_delay_s)
    sample.numbers[at] = deliver_loads(course.timing, course.goods, course.money, hazards, (inbound, sample.arrived[at]))
    there = draw_stock(course.stocks, drawn.demand, drawn.monthly, inbound)
    sample.slip_s[at], sample.when[at] = drawn.slip_s, when
    sample.lost[at] = lost & (when < GROUNDED)
    sample.short_d[at] = (there < course.stocks.reserve[:, None]).sum(axis=1)
    sample.empty_d[at] = (there < 0.0).sum(axis=1)
    sample.lowest[at] = there.min(axis=1, initial=np.inf)
    sample.inbound_sum += inbound
    return there


def _places(course: Course) -> int:
    return int(course.timing.place.max(initial=-1)) + 1


def _heap(heaps: npt.NDArray[np.unsignedinteger], there: Floats, grid: Grid) -> None:
    place = np.clip((there - grid.low) / grid.width, 0, BINS - 1).astype(np.int64)
    stock, day = np.arange(there.shape[0])[:, None], np.arange(there.shape[1])[None, :]
    heaps[stock, day, place] += 1


def _grid(order: Order) -> Grid:
    """Bins from the range of the first block, widened on both sides by its own width."""
    course = order.case.course
    job = _Job(order.case, order.seed, None)
    scratch = _fly(job, 0, 1)
    low = np.full(course.stocks.use.shape, np.inf)
    high = np.full(course.stocks.use.shape, -np.inf)
    for index in range(min(order.runs, BLOCK)):
        there = _fly_one(job, index, scratch, 0)
        low, high = np.minimum(low, there), np.maximum(high, there)
    span = np.maximum(high - low, 1.0)
    return Grid(low=low - span, width=3.0 * span / BINS)


def _add_sums(whole: Sample | None, sample: Sample) -> Sample:
    """Sums and heaps so far; a sample's own are dropped once they are added."""
    if whole is None:
        heaps = None if sample.heaps is None else sample.heaps.astype(np.uint32)
        whole = Sample(
            **{name: getattr(sample, name) for name in _ROWS},
            stock_sum=sample.stock_sum.copy(),
            inbound_sum=sample.inbound_sum.copy(),
            heaps=heaps,
        )
    else:
        whole.stock_sum += sample.stock_sum
        whole.inbound_sum += sample.inbound_sum
        if whole.heaps is not None and sample.heaps is not None:
            whole.heaps += sample.heaps
    sample.heaps = None
    return whole


_ROWS = ("numbers", "arrived", "slip_s", "when", "lost", "short_d", "empty_d", "lowest")


def _joined(samples: Sequence[Sample], sums: Sample | None) -> Sample:
    if sums is None:
        raise ValueError("no block was flown")
    rows = {name: np.concatenate([getattr(sample, name) for sample in samples]) for name in _ROWS}
    return Sample(**rows, stock_sum=sums.stock_sum, inbound_sum=sums.inbound_sum, heaps=sums.heaps)
