"""Control charts and comparisons against worked examples that are published, and the known false-alarm rate of the rules."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from supercargo.measure.before_after import compare_samples, compare_shares
from supercargo.measure.control_charts import (
    completed,
    individuals_chart,
    moving_range_chart,
    rate_chart,
    share_chart,
)

FLOWRATE = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)
"""NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, ten batches."""

JUICE = (
    12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6,
)  # fmt: skip
"""Montgomery, Introduction to Statistical Quality Control, chapter on charts for attributes: 30 samples of 50 cans."""

WAFERS = (16, 14, 28, 16, 12, 20, 10, 12, 10, 17, 19, 17, 14, 16, 15, 13, 14, 16, 11, 20, 11, 19, 16, 31, 13)
"""NIST/SEMATECH e-Handbook, 6.3.3.1, counts control charts: defects of 25 wafers."""


def named(values: Sequence[float]) -> list[tuple[str, float]]:
    return [(str(number), value) for number, value in enumerate(values, 1)]


def test_the_individuals_chart_has_the_limits_of_the_handbook() -> None:
    chart = individuals_chart("flowrate", "l/min", named(FLOWRATE))
    assert chart.centre == pytest.approx(50.81, abs=0.005)
    assert chart.points[0].upper == pytest.approx(55.8041, abs=0.001)
    assert chart.points[0].lower == pytest.approx(45.8159, abs=0.001)
    assert not any(one.rule == 1 for one in chart.signals), "the handbook finds no point beyond the limits"
    ranges = moving_range_chart("flowrate", "l/min", named(FLOWRATE))
    assert ranges.centre == pytest.approx(1.8778, abs=5e-5)


def test_the_p_chart_has_the_limits_and_the_two_points_of_montgomery() -> None:
    chart = share_chart("cans", [(str(number), hit, 50) for number, hit in enumerate(JUICE, 1)])
    assert chart.centre == pytest.approx(0.2313, abs=5e-5)
    assert chart.points[0].upper == pytest.approx(0.4102, abs=5e-5)
    assert chart.points[0].lower == pytest.approx(0.0524, abs=5e-5)
    assert [one.at for one in chart.signals if one.rule == 1] == ["15", "23"]


def test_the_u_chart_with_one_wafer_each_is_the_c_chart_of_the_handbook() -> None:
    chart = rate_chart("wafers", "defects", [(str(number), count, 1) for number, count in enumerate(WAFERS, 1)])
    assert chart.centre == 16
    assert (chart.points[0].lower, chart.points[0].upper) == (4, 28)
    assert [one.at for one in chart.signals if one.rule == 1] == ["24"]


def zones() -> list[tuple[float, float]]:
    """A value for each of the eight zones of the chart, with the chance of a normal process in control to lie in it."""

    def below(z: float) -> float:
        return 0.5 * math.erfc(-z / math.sqrt(2))

    edges = (0, 1, 2, 3, math.inf)
    half = [(low + 0.5, below(high) - below(low)) for low, high in pairwise(edges)]
    return half + [(-value, chance) for value, chance in half]


def canonical(past: Sequence[float]) -> tuple[float, ...]:
    """The last four points and the length of the run on one side are all that the rules look back to."""
    run = 0
    for value in reversed(past):
        if value * past[-1] <= 0:
            break
        run += 1
    run, last = min(run, 7), tuple(past[-4:])
    side = math.copysign(0.5, past[-1]) if past else 0.5
    return (side,) * (run - len(last)) + last if run > len(last) else last


def average_run_length(rules: Sequence[int]) -> float:
    """Points until a rule is met, of a process in control, exactly, by the Markov chain of all that the rules can see."""
    states: dict[tuple[float, ...], int] = {(): 0}
    todo: deque[tuple[float, ...]] = deque([()])
    moves: list[tuple[int, int, float]] = []
    while todo:
        state = todo.popleft()
        for value, chance in zones():
            past = (*state, value)
            if set(completed(past)) & set(rules):
                continue
            after = canonical(past)
            if after not in states:
                states[after] = len(states)
                todo.append(after)
            moves.append((states[state], states[after], chance))
    chain = np.zeros((len(states), len(states)))
    for start, end, share in moves:
        chain[start, end] += share
    return float(np.linalg.solve(np.eye(len(states)) - chain, np.ones(len(states)))[0])


@pytest.mark.parametrize(
    ("rules", "published"), [((1,), 370.40), ((1, 2), 225.44), ((1, 3), 166.05), ((1, 4), 152.73), ((1, 2, 3, 4), 91.75)]
)
def test_rules_raise_a_false_alarm_as_often_as_champ_and_woodall_say(rules: tuple[int, ...], published: float) -> None:
    """Champ and Woodall, Technometrics 29 (1987) 393, table 1, shift 0."""
    assert average_run_length(rules) == pytest.approx(published, abs=0.01)


def test_the_difference_of_shares_has_newcombes_interval() -> None:
    """Newcombe 1998, table II, case (a), method 10: 56 of 70 against 48 of 80."""
    told = compare_shares("case a", (48, 80), (56, 70), better="above")
    assert told.change == pytest.approx(0.2)
    assert (told.low, told.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert told.verdict == "better"


def test_fishers_tea_lady_has_his_probability() -> None:
    """Fisher, The Design of Experiments (1935), chapter 2: 3 of 4 right has a two-sided probability of 34/70."""
    told = compare_shares("tea", (1, 4), (3, 4), better="above")
    assert told.p == pytest.approx(34 / 70)
    assert told.verdict == "cannot tell"


def test_exact_permutations_count_every_split() -> None:
    """Of four values on each side that lie wholly apart, 2 of the 70 splits are as far apart."""
    told = compare_samples("apart", "d", (1.0, 2.0, 3.0, 4.0), (11.0, 12.0, 13.0, 14.0), better="below")
    assert told.p == pytest.approx(2 / 70)
    assert told.verdict == "worse"
