"""Student's t against its closed forms for one and two degrees of freedom and the printed table of every textbook."""

from __future__ import annotations

import math

import pytest

from supercargo.measure.paired import student_quantile

TABLE = {  # degrees of freedom: t of 0.95, 0.975, 0.99, 0.995 (Fisher and Yates, table III)
    3: (2.353, 3.182, 4.541, 5.841),
    5: (2.015, 2.571, 3.365, 4.032),
    9: (1.833, 2.262, 2.821, 3.250),
    10: (1.812, 2.228, 2.764, 3.169),
    29: (1.699, 2.045, 2.462, 2.756),
    30: (1.697, 2.042, 2.457, 2.750),
    120: (1.658, 1.980, 2.358, 2.617),
}
SHARES = (0.95, 0.975, 0.99, 0.995)


@pytest.mark.parametrize("freedom", TABLE)
def test_agrees_with_the_printed_table(freedom: int) -> None:
    assert [round(student_quantile(share, freedom), 3) for share in SHARES] == list(TABLE[freedom])


@pytest.mark.parametrize("share", [0.6, 0.9, 0.975, 0.999])
def test_agrees_with_the_closed_forms_of_one_and_two_degrees(share: float) -> None:
    assert student_quantile(share, 1) == pytest.approx(math.tan(math.pi * (share - 0.5)), rel=1e-9)
    two = (2 * share - 1) / math.sqrt(2 * share * (1 - share))
    assert student_quantile(share, 2) == pytest.approx(two, rel=1e-9)
