"""Tail means against distributions whose tail mean is known in closed form, and intervals against a published table."""

from __future__ import annotations

import math

import numpy as np
import pytest

from supercargo.measure.tails import compound_losses, tail_mean_usd, tail_mean_weighted_usd, value_at_risk_usd, wilson


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_agrees_with_the_exponential_distribution(level: float) -> None:
    """TVaR = (1 - ln(1 - level)) / rate: McNeil, Frey and Embrechts, "Quantitative Risk Management", by memoryless excess."""
    rate, count = 0.25, 400_000
    midpoints = -np.log1p(-(np.arange(count) + 0.5) / count) / rate
    assert value_at_risk_usd(midpoints, level) == pytest.approx(-math.log(1 - level) / rate, rel=1e-4)
    assert tail_mean_usd(midpoints, level) == pytest.approx((1 - math.log(1 - level)) / rate, rel=1e-3)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_agrees_with_the_normal_distribution(level: float) -> None:
    """TVaR = mean + sigma phi(z) / (1 - level): Rockafellar and Uryasev, J. Risk 2 (2000), section 5, table of k factors."""
    from statistics import NormalDist

    standard = NormalDist()
    count, mean, sigma = 200_000, 100.0, 15.0
    samples = np.array([standard.inv_cdf((n + 0.5) / count) for n in range(count)]) * sigma + mean
    density = math.exp(-(standard.inv_cdf(level) ** 2) / 2) / math.sqrt(2 * math.pi)
    assert tail_mean_usd(samples, level) == pytest.approx(mean + sigma * density / (1 - level), rel=1e-4)


def test_simulated_compound_binomial_agrees_with_its_exact_tail() -> None:
    values, chances = [40.0, 40.0, 25.0, 10.0, 5.0] * 4, [0.04, 0.02, 0.05, 0.03, 0.1] * 4
    exact = compound_losses(values, chances, step_usd=5.0)
    rng = np.random.default_rng(11)
    drawn = (rng.random((200_000, len(values))) < chances) @ np.array(values)
    losses = np.arange(len(exact), dtype=np.float64) * 5.0
    assert float(drawn.mean()) == pytest.approx(float(exact @ losses), rel=0.01)
    assert tail_mean_usd(drawn, 0.99) == pytest.approx(tail_mean_weighted_usd(losses, exact, 0.99), rel=0.01)


def test_agrees_with_the_loss_counts_of_the_research_notes() -> None:
    """48 flights at .04: P(no loss) = .141, P(no loss) = (1 - p)^48."""
    counts = compound_losses([1.0] * 48, [0.04] * 48, step_usd=1.0)
    assert counts[0] == pytest.approx(0.141, abs=0.0005)


def test_agrees_with_wilsons_interval_as_brown_cai_and_dasgupta_give_it() -> None:
    """Wilson's interval solves |share - p| = z sqrt(p (1 - p) / n): "Interval estimation", Stat. Sci. 16 (2001), eq. 4."""
    for count, samples in ((7, 100), (50, 100), (99, 100)):
        for end in wilson(count, samples):
            half = 1.6448536269514722 * math.sqrt(end * (1 - end) / samples)
            assert abs(count / samples - end) == pytest.approx(half, abs=1e-12)
