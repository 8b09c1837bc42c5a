"""Intervals held to published tables and to another program."""

from __future__ import annotations

import pytest

from supercargo.measure.estimates import bootstrap, poisson, wilson


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_newcombe_1998_table_1_method_3(hits: int, trials: int, low: float, high: float) -> None:
    found = wilson(hits, trials)
    assert (round(found[0], 4), round(found[1], 4)) == (low, high)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.69), (1, 0.03, 5.57), (2, 0.24, 7.22), (3, 0.62, 8.77), (5, 1.62, 11.67), (10, 4.80, 18.39),
     (20, 12.22, 30.89), (50, 37.11, 65.92), (100, 81.36, 121.63)],
)  # fmt: skip
def test_poisson_agrees_with_the_exact_limits_of_garwood_as_tabled_by_ulm_1990(count: int, low: float, high: float) -> None:
    assert poisson(count) == pytest.approx((low, high), abs=0.006)


def test_bootstrap_of_a_large_sample_agrees_with_the_normal_interval_of_its_mean() -> None:
    parts = [float(n % 17) for n in range(2000)]
    mean = sum(parts) / len(parts)
    deviation = (sum((one - mean) ** 2 for one in parts) / (len(parts) - 1)) ** 0.5
    half = 1.96 * deviation / len(parts) ** 0.5
    found = bootstrap(parts, [1.0] * len(parts), "oracle")
    assert found is not None
    assert found[0] == pytest.approx(mean - half, abs=0.15 * half)
    assert found[1] == pytest.approx(mean + half, abs=0.15 * half)


def test_the_same_sample_has_the_same_interval_and_another_name_another() -> None:
    sample = ([n**0.5 for n in range(1, 40)], [float(n) for n in range(1, 40)])
    assert bootstrap(*sample, "a") == bootstrap(*sample, "a")
    assert bootstrap(*sample, "a") != bootstrap(*sample, "b")
    assert bootstrap([1.0], [1.0], "a") is None


def test_what_is_no_share_and_no_count_is_refused() -> None:
    for hits, trials in ((3, 2), (-1, 2), (0, 0)):
        with pytest.raises(ValueError, match="is no share"):
            wilson(hits, trials)
    with pytest.raises(ValueError, match="is no count"):
        poisson(-1)
