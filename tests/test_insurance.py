"""Covers: what a policy owes to the cent, what a bad year costs, and the choice that costs least."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.kernel import ScenarioError, Status
from supercargo.measure.insured import Exposure, cover_rows, exposures, lots_aboard, portfolio_of
from supercargo.measure.tails import compound_losses, tail_mean_usd, tail_mean_weighted_usd, value_at_risk_usd, wilson
from supercargo.model import InsuranceOffer
from supercargo.plan.cover import Appetite, Choice, choose_cover, cost_of_choice
from supercargo.track.risks.recovery import Terms, cents, recovery_cents
from tests.builders import FACT
from tests.plans import a_plan

MONEY = st.integers(0, 10**13)
FRACTION = st.integers(0, 1000).map(lambda n: n / 1000)


def an_offer(**changes: Any) -> InsuranceOffer:
    base: dict[str, Any] = {
        "offer": "full", "insurer": "market", "covers": "cargo", "cover_fraction": 1.0, "limit_usd": 1e9,
        "deductible_usd": 0.0, "rate_fraction": 0.1,
    }  # fmt: skip
    return InsuranceOffer(**{**base, **FACT, **changes})


def terms(cover: float = 1.0, limit: float = 1e9, deductible: float = 0.0) -> Terms:
    return Terms(cover_fraction=cover, limit_usd=limit, deductible_usd=deductible)


@pytest.mark.parametrize(
    ("policy", "loss", "owed"),
    [
        (terms(), 12_345, 12_345),
        (terms(limit=100.0), 12_345, 10_000),
        (terms(deductible=23.45), 12_345, 10_000),
        (terms(limit=100.0, deductible=30.0), 12_345, 7_000),
        (terms(cover=0.5, limit=100.0, deductible=30.0), 12_345, 3_172),  # 61.725 is rounded down, then 30 less
        (terms(deductible=200.0), 12_345, 0),
        (terms(cover=0.1), 3, 0),
    ],
)
def test_a_policy_owes_the_sum_counted_by_hand(policy: Terms, loss: int, owed: int) -> None:
    assert recovery_cents(policy, loss) == owed


@given(MONEY, MONEY, MONEY, FRACTION)
def test_no_policy_owes_more_than_limit_or_loss_less_its_deductible(
    loss: int, limit: int, deductible: int, cover: float
) -> None:
    policy = terms(cover, limit / 100, deductible / 100)
    owed = recovery_cents(policy, loss)
    assert 0 <= owed <= max(0, min(limit, loss) - deductible)


@given(MONEY, MONEY, MONEY, st.integers(0, 10**13))
def test_several_claims_together_never_exceed_the_limit(one: int, two: int, limit: int, deductible: int) -> None:
    policy = terms(1.0, limit / 100, deductible / 100)
    first = recovery_cents(policy, one)
    used = first + (deductible if first else 0)
    assert first + recovery_cents(policy, two, used_cents=used) <= limit


@given(st.integers(-(10**15), 10**15))
def test_whole_cents_survive_as_usd(count: int) -> None:
    assert cents(count / 100) == count


def test_tail_mean_of_equal_values_lost_agrees_with_the_binomial_counts() -> None:
    count, p, value = 48, 0.04, 10.0
    found = compound_losses([value] * count, [p] * count, step_usd=value)
    exact = [math.comb(count, k) * p**k * (1 - p) ** (count - k) for k in range(count + 1)]
    assert np.allclose(found, exact, atol=1e-15)
    mean = float(found @ (np.arange(count + 1) * value))
    assert mean == pytest.approx(count * p * value)
    level, left, tail = 0.99, 0.01, 0.0
    for k in range(count, -1, -1):  # the worst hundredth, by hand
        taken = min(left, exact[k])
        tail, left = tail + taken * k * value, left - taken
    weighted = tail_mean_weighted_usd(np.arange(count + 1, dtype=np.float64) * value, found, level)
    assert weighted == pytest.approx(tail / 0.01)


def test_different_values_and_chances_add_up_to_every_subset() -> None:
    values, chances = [3.0, 5.0, 7.0], [0.1, 0.2, 0.3]
    found = compound_losses(values, chances, step_usd=1.0)
    by_hand = np.zeros(16)
    for subset in itertools.product((0, 1), repeat=3):
        weight = math.prod(p if s else 1 - p for s, p in zip(subset, chances, strict=True))
        by_hand[round(sum(s * v for s, v in zip(subset, values, strict=True)))] += weight
    assert np.allclose(found, by_hand)


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=60), st.floats(0.5, 0.999))
def test_the_tail_mean_lies_between_value_at_risk_and_the_worst(losses: list[float], level: float) -> None:
    values = np.array(losses)
    tail = tail_mean_usd(values, level)
    assert value_at_risk_usd(values, level) <= tail * (1 + 1e-9) + 1e-6
    assert tail <= values.max() * (1 + 1e-9) + 1e-6


def test_a_share_never_seen_is_not_called_impossible() -> None:
    low, high = wilson(0, 500)
    assert low == 0.0
    assert 0.003 < high < 0.006
    assert wilson(500, 500)[1] == 1.0


def some_choices(rng: np.random.Generator, count: int) -> list[Choice]:
    values = rng.uniform(1e6, 9e6, count)
    return [
        Choice(float(v), tuple((float(rng.uniform(0.01, 0.2) * v), float(rng.uniform(0.2, 1.0) * v)) for _ in range(2)))
        for v in values
    ]


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_no_choice_of_covers_costs_less_than_the_one_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    choices, lost = some_choices(rng, 5), rng.random((300, 5)) < 0.1
    appetite = Appetite(level=0.95, capital_fraction=float(rng.uniform(0, 0.8)), gap=0.0)
    found = choose_cover(choices, lost, appetite)
    best = min(cost_of_choice(choices, each, lost, appetite) for each in itertools.product((-1, 0, 1), repeat=5))
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(best, rel=1e-6)
    assert found.bound <= best * (1 + 1e-6)


def test_cover_at_its_mean_price_is_bought_and_far_above_it_is_not() -> None:
    lost = np.random.default_rng(1).random((5000, 1)) < 0.05
    share = float(lost.mean())

    def chosen(premium: float) -> tuple[int, ...] | None:
        return choose_cover([Choice(1e8, ((premium, 1e8),))], lost, Appetite(capital_fraction=0.1)).best

    assert chosen(share * 1e8) == (0,)
    assert chosen(3e7) == (-1,)


def test_without_courses_or_offers_nothing_is_bought() -> None:
    nothing = choose_cover([], np.zeros((10, 0), dtype=bool), Appetite())
    assert nothing.best == ()
    no_offer = choose_cover([Choice(5.0, ())], np.ones((10, 1), dtype=bool), Appetite(capital_fraction=0.0))
    assert no_offer.best == (-1,)
    assert no_offer.objective == pytest.approx(5.0)


def found_exposures(*offers: InsuranceOffer) -> tuple[Exposure, ...]:
    return exposures(a_plan(), offers)


def test_lots_of_a_mission_are_the_declared_values_aboard_to_the_cent() -> None:
    plan = a_plan()
    lots = lots_aboard(plan)
    for mission in plan.missions:
        rows = [row for row in plan.manifest if row.mission_id == mission.mission_id and row.direction == "up"]
        whole = [row for row in rows if plan.scenario.lines[row.item_id.partition("#")[0]].mass_kg == row.mass_kg]
        told = {lot.item_id: lot.usd for lot in lots.get(mission.mission_id, ())}
        for row in whole:
            assert told.get(row.item_id, 0.0) == plan.scenario.lines[row.item_id].declared_usd
    declared = math.fsum(line.declared_usd for line in plan.scenario.cargo)
    assert declared > 0
    assert sum(cents(lot.usd) for rows in lots.values() for lot in rows) <= cents(declared)


def test_the_premium_is_the_rate_on_what_can_be_paid_rounded_up() -> None:
    (one, *_) = found_exposures(an_offer(limit_usd=1000.0, rate_fraction=0.033333, deductible_usd=100.0))
    (option,) = one.options
    assert option.premium_usd == 33.34
    assert option.recovery_usd == 900.0


def test_an_offer_is_only_for_what_it_names() -> None:
    plan = a_plan()
    name = plan.missions[0].mission_id
    found = exposures(plan, [an_offer(missions=(name,)), an_offer(offer="flight", covers="flight", vehicle_types=("none",))])
    assert {one.mission_id for one in found if one.options} == {name}
    assert {one.covers for one in found} == {"cargo", "flight"}


def test_rows_of_covers_add_up_to_the_portfolio_to_the_cent() -> None:
    found = found_exposures(an_offer(rate_fraction=0.01), an_offer(offer="half", cover_fraction=0.5, deductible_usd=7.77))
    lost = np.random.default_rng(3).random((400, len(found))) < 0.1
    chosen = [n % 3 - 1 for n in range(len(found))]
    appetite = (0.95, 0.2)
    rows = cover_rows(found, chosen, lost, appetite=appetite)
    whole = portfolio_of(found, chosen, lost, appetite=appetite, bound_usd=0.0)
    assert round(sum(row.premium_usd for row in rows), 2) == whole.premium_usd
    assert round(sum(row.value_usd for row in rows), 2) == whole.value_usd
    for row in rows:
        assert cents(row.recovery_usd) + cents(row.retained_usd) == cents(row.value_usd)
        assert (row.decision == "buy") == bool(row.offer)
    by_rows = sum(row.premium_usd + row.retained_usd * float(lost[:, n].mean()) for n, row in enumerate(rows))
    assert whole.premium_usd + whole.retained_usd == pytest.approx(by_rows)
    choices = [Choice(one.value_usd, tuple((o.premium_usd, o.recovery_usd) for o in one.options)) for one in found]
    cost = cost_of_choice(choices, chosen, lost, Appetite(level=0.95, capital_fraction=0.2))
    assert whole.objective_usd == pytest.approx(cost, abs=0.02)


def test_full_cover_at_the_break_even_rate_costs_what_it_saves() -> None:
    found = found_exposures()
    lost = np.random.default_rng(4).random((600, len(found))) < 0.1
    none = [-1] * len(found)
    rows = cover_rows(found, none, lost, appetite=(0.95, 0.3))
    rate = rows[0].break_even_fraction or 0.0
    assert rate > 0.05
    choices = [Choice(one.value_usd, ((rate * one.value_usd, one.value_usd),)) for one in found]
    appetite = Appetite(level=0.95, capital_fraction=0.3)
    bought = cost_of_choice(choices, [0, *none[1:]], lost, appetite)
    assert bought == pytest.approx(cost_of_choice(choices, none, lost, appetite), rel=1e-5)


def test_a_cover_row_refuses_numbers_below_zero() -> None:
    found = found_exposures()
    lost = np.zeros((9, len(found)), dtype=bool)
    (row, *_) = cover_rows(found, [-1] * len(found), lost, appetite=(0.9, 0.1))
    with pytest.raises(ScenarioError, match="give a finite number"):
        replace(row, premium_usd=-1.0)
