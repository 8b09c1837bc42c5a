"""Safety stock, lots and intervals against examples of books and papers, closed forms, and drawn courses."""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from supercargo.measure.reliability import beta_interval, beta_share
from supercargo.measure.safety_stock import Supply, normal_safety_kg, safety_kg, spread_kg
from supercargo.solve.lot_sizing import group_in_order


def test_agrees_with_a_book_on_safety_stock_for_a_known_lead_time() -> None:
    """Chopra and Meindl, Supply Chain Management: 2,500 a week, deviation 500, two weeks, cycle service 0.90: 707 and 906."""
    lego = Supply(use_kg_d=2500, spread_kg_d=500, gap_d=0, gap_spread_d=0, lead_d=2)
    assert spread_kg(lego) == pytest.approx(707, abs=0.5)
    assert normal_safety_kg(lego, 0.90) == pytest.approx(906, abs=0.5)


def test_agrees_with_a_book_on_periodic_review() -> None:
    """The same book: reviewed every four weeks, two weeks of lead: deviation 1,225, safety stock 1,570."""
    lego = Supply(use_kg_d=2500, spread_kg_d=500, gap_d=4, gap_spread_d=0, lead_d=2)
    assert spread_kg(lego) == pytest.approx(1225, abs=0.5)
    assert normal_safety_kg(lego, 0.90) == pytest.approx(1570, abs=0.5)


def test_agrees_with_a_book_on_an_uncertain_lead_time() -> None:
    """The same book: 2,500 a day, deviation 500, lead 7 days with deviation 7, cycle service 0.90: 17,550 and 22,491."""
    drives = Supply(use_kg_d=2500, spread_kg_d=500, gap_d=0, gap_spread_d=0, lead_d=7, lead_spread_d=7)
    assert spread_kg(drives) == pytest.approx(17_550, abs=1)
    assert normal_safety_kg(drives, 0.90) == pytest.approx(22_491, abs=1)


def test_without_losses_is_the_textbooks_formula() -> None:
    supply = Supply(use_kg_d=8, spread_kg_d=3, gap_d=60, gap_spread_d=20, lead_d=100)
    assert safety_kg(supply, 0.98) == pytest.approx(normal_safety_kg(supply, 0.98), rel=1e-6)


@pytest.mark.parametrize(("lost", "service"), [(0.04, 0.95), (0.04, 0.98), (0.2, 0.9), (0.5, 0.95)])
def test_drawn_courses_last_to_the_next_delivery_as_often_as_was_wanted(lost: float, service: float) -> None:
    supply = Supply(use_kg_d=8, spread_kg_d=3, gap_d=60, gap_spread_d=15, lead_d=40, loss_probability=lost)
    rng, count = np.random.default_rng(5), 200_000
    gaps = rng.geometric(1 - lost, count)
    time = rng.normal(gaps * 60 + 40, np.sqrt(gaps) * 15).clip(min=0.0)
    used = rng.normal(8 * time, 3 * np.sqrt(time))
    mean = 8 * (60 / (1 - lost) + 40)
    covered = float((used <= mean + safety_kg(supply, service)).mean())
    assert covered == pytest.approx(service, abs=4 * math.sqrt(service * (1 - service) / count) + 1e-3)


def test_a_delivery_that_may_be_lost_asks_for_more() -> None:
    sure = Supply(use_kg_d=8, spread_kg_d=3, gap_d=60, gap_spread_d=0)
    risky = Supply(use_kg_d=8, spread_kg_d=3, gap_d=60, gap_spread_d=0, loss_probability=0.05)
    assert safety_kg(risky, 0.97) > 5 * safety_kg(sure, 0.97)  # the next gap has to be bridged too


def test_agrees_with_wagner_and_whitin() -> None:
    """Their example of twelve months, Management Science 5 (1958), table 1: the cheapest plan costs 864."""
    demand = [69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56]
    setup = [85, 102, 102, 101, 98, 114, 105, 86, 119, 110, 98, 114]

    def cost(first: int, last: int) -> float:
        return setup[first] + sum((k - first) * demand[k] for k in range(first, last))

    total, runs = group_in_order(12, cost)
    assert total == 864
    assert runs[0] == (0, 2)
    assert [first for first, _ in runs] == sorted({first for first, _ in runs})


def _entry(table: npt.NDArray[np.float64], first: int, last: int) -> float:
    return float(table[first, last])


def test_cuts_of_a_list_cover_it_once_and_none_is_cheaper() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        table = rng.integers(1, 30, (7, 8)).astype(float)
        total, runs = group_in_order(6, partial(_entry, table))
        assert [a for a, _ in runs] == [0, *(b for _, b in runs[:-1])]
        assert runs[-1][1] == 6
        cuts = ([0, *(k for k in range(1, 6) if mask >> (k - 1) & 1), 6] for mask in range(32))
        assert total == min(sum(table[a, b] for a, b in pairwise(cut)) for cut in cuts)


def test_needs_that_nobody_can_serve_are_refused() -> None:
    with pytest.raises(ValueError, match="neither alone nor with others"):
        group_in_order(2, lambda a, b: math.inf)


def test_beta_agrees_with_closed_forms() -> None:
    for x in (0.03, 0.25, 0.5, 0.8, 0.97):
        assert beta_share(x, 1, 7) == pytest.approx(1 - (1 - x) ** 7, rel=1e-12)
        assert beta_share(x, 0.5, 0.5) == pytest.approx(2 / math.pi * math.asin(math.sqrt(x)), rel=1e-12)
        binomial = sum(math.comb(20, k) * x**k * (1 - x) ** (20 - k) for k in range(4, 21))
        assert beta_share(x, 4, 17) == pytest.approx(binomial, rel=1e-10)


def test_intervals_agree_with_a_published_table() -> None:
    """Brown, Cai and DasGupta (2001), limits of the modified Jeffreys interval of 95 % for n = 10."""
    for hits, low, high in ((1, 0.011, 0.381), (2, 0.044, 0.503), (3, 0.093, 0.606), (5, 0.224, 0.776)):
        assert list(beta_interval(hits, 10, confidence=0.95)) == pytest.approx([low, high], abs=6e-4)
    assert beta_interval(0, 10, confidence=0.95)[0] == 0.0
    assert beta_interval(10, 10, confidence=0.95)[1] == 1.0


def test_interval_refuses_more_losses_than_flights() -> None:
    with pytest.raises(ValueError, match="no share"):
        beta_interval(3, 2)
