"""Whether something is better after a change than before: the difference, its interval, and when it can't be told."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from supercargo.kernel import stream
from supercargo.measure.estimates import wilson
from supercargo.measure.paired import paired_interval

__all__ = ["CANNOT_TELL", "BeforeAfter", "compare_pairs", "compare_samples", "compare_shares"]

CANNOT_TELL = "cannot tell"
RESAMPLES = 4000
EXACT_SPLITS = 20_000
"""Up to so many ways to split the values in two, all of them are counted; beyond, they are drawn with a seed."""
LEAST_EACH = 4
"""Of fewer values on a side no permutation can be rarer than one in twenty: nothing can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter:
    """Values before and after; `low` to `high` holds the true change with 95 % confidence, `p` is two-sided."""

    name: str
    unit: str
    way: str
    before: float | None
    after: float | None
    before_count: int
    after_count: int
    change: float | None
    low: float | None
    high: float | None
    p: float | None
    seed: int | None
    verdict: str


def _verdict(low: float | None, high: float | None, better: str, *, p: float | None = None) -> str:
    """Better or worse only where the whole interval lies on one side, and the test of a difference agrees."""
    if low is None or high is None or low <= 0.0 <= high or (p is not None and p > 0.05):
        return CANNOT_TELL
    return "better" if (low > 0) == (better == "above") else "worse"


def compare_pairs(name: str, unit: str, pairs: Sequence[tuple[float, float]], *, better: str) -> BeforeAfter:
    """The same things before and after, by the differences of the pairs (Student's t); `better` is above or below."""
    differences = [after - before for before, after in pairs]
    span = paired_interval(differences) if len(pairs) >= LEAST_EACH else None
    low, high = span or (None, None)
    return BeforeAfter(
        name=name,
        unit=unit,
        way="paired, Student's t",
        before=statistics.fmean(before for before, _ in pairs) if pairs else None,
        after=statistics.fmean(after for _, after in pairs) if pairs else None,
        before_count=len(pairs),
        after_count=len(pairs),
        change=statistics.fmean(differences) if differences else None,
        low=low,
        high=high,
        p=None,
        seed=None,
        verdict=_verdict(low, high, better),
    )


def compare_samples(
    name: str, unit: str, before: Sequence[float], after: Sequence[float], *, better: str, seed: int = 1
) -> BeforeAfter:
    """Different things before and after: the change of the mean, its bootstrap interval, and a permutation test.

    The test is exact where the values can be split in at most 20,000 ways; else splits are drawn with the seed.
    """
    change = statistics.fmean(after) - statistics.fmean(before) if before and after else None
    low = high = p = None
    exact = False
    if change is not None and min(len(before), len(after)) >= LEAST_EACH:
        rng = stream(seed, f"before and after {name}")
        one, two = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
        drawn = rng.choice(two, (RESAMPLES, two.size)).mean(axis=1) - rng.choice(one, (RESAMPLES, one.size)).mean(axis=1)
        low, high = (float(end) for end in np.quantile(drawn, (0.025, 0.975)))
        exact = math.comb(len(before) + len(after), len(after)) <= EXACT_SPLITS
        p = _exact_p(one, two) if exact else _drawn_p(one, two, rng)
    return BeforeAfter(
        name=name,
        unit=unit,
        way="two samples, too few" if p is None else f"two samples, bootstrap, {'exact' if exact else 'drawn'} permutations",
        before=statistics.fmean(before) if before else None,
        after=statistics.fmean(after) if after else None,
        before_count=len(before),
        after_count=len(after),
        change=change,
        low=low,
        high=high,
        p=p,
        seed=seed,
        verdict=_verdict(low, high, better, p=p),
    )


def _exact_p(before: np.ndarray, after: np.ndarray) -> float:
    """Share of all splits of the values whose means differ as much as those that were seen."""
    both = np.concatenate([before, after])
    seen = abs(after.mean() - before.mean()) - 1e-12 * (1.0 + float(np.abs(both).max()))
    whole, count = both.sum(), both.size
    size = after.size
    sums = np.fromiter((both[list(chosen)].sum() for chosen in itertools.combinations(range(count), size)), dtype=float)
    apart = np.abs(sums / size - (whole - sums) / (count - size))
    return float((apart >= seen).mean())


def _drawn_p(before: np.ndarray, after: np.ndarray, rng: np.random.Generator) -> float:
    both = np.concatenate([before, after])
    seen = abs(after.mean() - before.mean()) - 1e-12 * (1.0 + float(np.abs(both).max()))
    hits = 0
    for _ in range(RESAMPLES):
        mixed = rng.permutation(both)
        hits += abs(mixed[before.size :].mean() - mixed[: before.size].mean()) >= seen
    return float((hits + 1) / (RESAMPLES + 1))


def compare_shares(name: str, before: tuple[float, float], after: tuple[float, float], *, better: str) -> BeforeAfter:
    """Shares before and after, each as (hits, objects): Newcombe's interval of the difference, Fisher's exact test.

    Newcombe, Statistics in Medicine 17 (1998) 873, method 10: from Wilson's intervals of both shares. Values are fractions.
    """
    (hit_1, whole_1), (hit_2, whole_2) = before, after
    low = high = p = change = None
    if whole_1 > 0 and whole_2 > 0:
        share_1, share_2 = hit_1 / whole_1, hit_2 / whole_2
        change = share_2 - share_1
        (low_1, high_1), (low_2, high_2) = wilson(hit_1, whole_1), wilson(hit_2, whole_2)
        low = change - math.hypot(share_2 - low_2, high_1 - share_1)
        high = change + math.hypot(high_2 - share_2, share_1 - low_1)
        p = _fisher_p(round(hit_1), round(whole_1), round(hit_2), round(whole_2))
    return BeforeAfter(
        name=name,
        unit="fraction",
        way="two shares, Newcombe, Fisher's exact test",
        before=hit_1 / whole_1 if whole_1 > 0 else None,
        after=hit_2 / whole_2 if whole_2 > 0 else None,
        before_count=round(whole_1),
        after_count=round(whole_2),
        change=change,
        low=low,
        high=high,
        p=p,
        seed=None,
        verdict=_verdict(low, high, better, p=p),
    )


def _fisher_p(hit_1: int, whole_1: int, hit_2: int, whole_2: int) -> float:
    """Two-sided: all tables with the same margins that are no likelier than the one that was seen."""
    hits, whole = hit_1 + hit_2, whole_1 + whole_2

    def log_of(first: int) -> float:
        return _log_comb(whole_1, first) + _log_comb(whole_2, hits - first) - _log_comb(whole, hits)

    logs = [log_of(first) for first in range(max(0, hits - whole_2), min(whole_1, hits) + 1)]
    seen = log_of(hit_1) + 1e-9
    return min(1.0, math.fsum(math.exp(one) for one in logs if one <= seen))


def _log_comb(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)
