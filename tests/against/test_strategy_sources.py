"""The right to wait, concentration and the answer to prices, against books, closed forms and published examples."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import pytest

from supercargo.measure.concentration import band_of_index, herfindahl
from supercargo.measure.lattice import Right, value_right
from supercargo.measure.market import Logit


@pytest.mark.parametrize(("steps", "published"), [(5, 4.49), (30, 4.263), (50, 4.272), (100, 4.278), (500, 4.283)])
def test_the_lattice_gives_the_american_put_of_the_textbook(steps: int, published: float) -> None:
    """Hull, "Options, Futures, and Other Derivatives", basic numerical procedures: S = K = 50, r = 10 %, 40 %, 5 months."""
    right = Right(spot=50.0, strike=50.0, years=5 / 12, rate=0.1, volatility=0.4, put=True)
    assert value_right(right, steps=steps) == pytest.approx(published, abs=0.5 * 10.0 ** -(2 if steps == 5 else 3))


def _black_scholes(right: Right) -> float:
    """Black and Scholes (1973) with Merton's yield, in closed form."""
    spread = right.volatility * math.sqrt(right.years)
    first = (math.log(right.spot / right.strike) + (right.rate - right.leak) * right.years) / spread + spread / 2
    normal = NormalDist().cdf
    spot, strike = right.spot * math.exp(-right.leak * right.years), right.strike * math.exp(-right.rate * right.years)
    if right.put:
        return strike * normal(spread - first) - spot * normal(-first)
    return spot * normal(first) - strike * normal(first - spread)


@pytest.mark.parametrize("put", [False, True])
@pytest.mark.parametrize("leak", [0.0, 0.03, 0.12])
def test_a_right_that_waits_to_its_end_tends_to_the_closed_form(leak: float, put: bool) -> None:
    right = Right(spot=42.0, strike=40.0, years=0.5, rate=0.1, volatility=0.2, leak=leak, put=put, early=False)
    assert value_right(right, steps=2000) == pytest.approx(_black_scholes(right), abs=2e-3)


def test_the_closed_form_is_that_of_the_textbook() -> None:
    """Hull, example of the Black-Scholes-Merton chapter: call 4.76, put 0.81."""
    right = Right(spot=42.0, strike=40.0, years=0.5, rate=0.1, volatility=0.2, early=False)
    assert _black_scholes(right) == pytest.approx(4.76, abs=0.005)
    put = Right(spot=42.0, strike=40.0, years=0.5, rate=0.1, volatility=0.2, early=False, put=True)
    assert _black_scholes(put) == pytest.approx(0.81, abs=0.005)


def test_nobody_takes_early_what_pays_nothing_before_and_somebody_does_what_leaks() -> None:
    """Merton, Bell Journal of Economics 4 (1973): an American call without a dividend is worth the European one."""
    terms: dict[str, Any] = {"spot": 90.0, "strike": 100.0, "years": 3.0, "rate": 0.05, "volatility": 0.3}
    assert value_right(Right(**terms)) == pytest.approx(value_right(Right(**terms, early=False)), rel=1e-12)
    assert value_right(Right(**terms, leak=0.1)) > value_right(Right(**terms, leak=0.1, early=False)) + 0.1


def test_a_right_without_spread_is_worth_what_is_sure() -> None:
    right = Right(spot=100.0, strike=90.0, years=2.0, rate=0.05, volatility=0.0)
    assert value_right(right) == pytest.approx(100.0 - 90.0 * math.exp(-0.1), rel=1e-12)
    leaking = Right(spot=100.0, strike=90.0, years=2.0, rate=0.0, leak=0.1, volatility=1e-5)
    assert value_right(leaking) == pytest.approx(10.0)
    assert value_right(Right(spot=100.0, strike=90.0, years=0.0, rate=0.05, volatility=0.3)) == 10.0
    with pytest.raises(ValueError, match="0 or more"):
        value_right(Right(spot=-1.0, strike=90.0, years=1.0, rate=0.05, volatility=0.3))


def test_the_index_is_that_of_the_departments_example() -> None:
    """U.S. Department of Justice, "Herfindahl-Hirschman Index": shares of 30, 30, 20 and 20 percent give 2,600."""
    assert herfindahl({"a": 3.0, "b": 3.0, "c": 2.0, "d": 2.0}) == pytest.approx(2600.0)
    assert herfindahl({"a": 40.0, "b": 30.0, "c": 20.0, "d": 10.0}) == pytest.approx(3000.0)
    assert herfindahl({"alone": 7.0}) == 10_000.0
    assert herfindahl({str(n): 1.0 for n in range(50)}) == pytest.approx(200.0)
    assert [band_of_index(value) for value in (999.9, 1000.0, 1800.0, 1800.1)] == [
        "not concentrated", "moderately concentrated", "moderately concentrated", "highly concentrated",
    ]  # fmt: skip


LOGITS = [
    Logit(mass_kg=90_000.0, taste=3.2, answer_per_usd=4e-4, others=1.7, cost_usd_per_kg=3900.0),
    Logit(mass_kg=1500.0, taste=0.1, answer_per_usd=2e-5, others=6.0, cost_usd_per_kg=40_000.0),
    Logit(mass_kg=60_000.0, taste=9.0, answer_per_usd=3e-3, others=2.0, cost_usd_per_kg=0.0),
]


@pytest.mark.parametrize("logit", LOGITS)
@pytest.mark.parametrize("price", [900.0, 5000.0, 14_000.0])
def test_the_elasticity_is_the_derivative_of_the_share(logit: Logit, price: float) -> None:
    """Train, "Discrete Choice Methods with Simulation", 3.6: - b p (1 - s)."""
    step = 1e-4 * price
    slope = (math.log(logit.share(price + step)) - math.log(logit.share(price - step))) / (2 * step / price)
    assert logit.elasticity(price) == pytest.approx(slope, rel=1e-5)
    assert logit.elasticity(price) == pytest.approx(-logit.answer_per_usd * price * (1 - logit.share(price)))


@pytest.mark.parametrize("logit", LOGITS)
def test_no_price_of_a_fine_grid_brings_more_than_the_best_one(logit: Logit) -> None:
    best = logit.best_price()
    top = logit.margin_usd(best)
    assert max(logit.margin_usd(best * n / 2000) for n in range(1, 8000)) <= top * (1 + 1e-12)
    # the mark-up of a logit: Anderson, de Palma and Thisse, "Discrete Choice Theory of Product Differentiation", 6.3
    assert best - logit.cost_usd_per_kg == pytest.approx(1 / (logit.answer_per_usd * (1 - logit.share(best))), rel=1e-9)


@pytest.mark.parametrize("logit", LOGITS)
def test_the_second_derivative_at_the_best_price_is_minus_answer_share_mass(logit: Logit) -> None:
    best, step = logit.best_price(), 1e-2 / logit.answer_per_usd
    low, here, high = (logit.margin_usd(best + side * step) for side in (-1, 0, 1))
    curved = (high - 2 * here + low) / step**2
    assert curved == pytest.approx(-logit.answer_per_usd * logit.share(best) * logit.mass_kg, rel=1e-3)
