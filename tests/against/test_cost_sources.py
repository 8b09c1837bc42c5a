"""Variances and earned value held to worked cases of textbooks and tutors; what was written down from memory says so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from supercargo.measure.cost_earned import WorkPackage, earned
from supercargo.measure.cost_standards import Standard
from supercargo.measure.cost_variance import Measured, variances

DAY = [datetime(2027, 1, day, tzinfo=UTC) for day in range(1, 6)]


def measured(account: str, **told: float | None) -> Measured:
    """A line in whole USD: budget price and quantity, output planned and done, quantity and cost in fact."""
    price, planned, done = told["price"] or 0.0, told["planned"] or 0.0, told["done"] or 0.0
    per_unit = told.get("per_unit") or 1.0
    units = planned * per_unit
    return Measured(
        mission_id="", destination="", account=account, scor_process="make", budget_cents=round(price * units * 100),
        budget_units=units, planned_output=planned, actual_output=done, actual_units=told.get("used"),
        actual_cents=round((told["paid"] or 0.0) * 100),
    )  # fmt: skip


def usd(cents: int | None) -> float:
    assert cents is not None
    return cents / 100


def test_agrees_with_horngren_webb_company() -> None:
    """C. T. Horngren, S. M. Datar, M. V. Rajan, "Cost Accounting", chapter 7 (written down from memory).

    12,000 jackets budgeted, 10,000 made. Cloth 2 sq yd at 30 USD; 22,200 sq yd at 28 USD used. Labour 0.8 h at 20 USD; 9,000 h
    at 22.
    """
    cloth, labour = variances(
        (
            measured("cloth", price=30.0, per_unit=2.0, planned=12_000, done=10_000, used=22_200, paid=621_600),
            measured("labour", price=20.0, per_unit=0.8, planned=12_000, done=10_000, used=9_000, paid=198_000),
        )
    )
    assert (usd(cloth.price), usd(cloth.usage)) == (-44_400, 66_000)
    assert (usd(labour.price), usd(labour.usage)) == (18_000, 20_000)
    assert (usd(cloth.volume), usd(labour.volume)) == (-120_000, -32_000)
    assert (cloth.mix, labour.mix) == (0, 0)


def test_agrees_with_the_tennis_racquet_case() -> None:
    """Static and flexible budget of "Strategic Performance Management" (I. Miroir Lair, 2019; studylib.net/doc/25984152).

    30,000 racquets budgeted, 24,000 sold; variable cost 88 USD: 2,640,000 static, 2,112,000 flexible, 2,280,240 actual.
    """
    budget = {"material": (60.0, 1_491_840), "labour": (16.0, 475_200), "overhead": (12.0, 313_200)}
    rows = variances(
        [measured(name, price=price, planned=30_000, done=24_000, paid=paid) for name, (price, paid) in budget.items()]
    )
    assert usd(sum(row.plan for row in rows)) == 2_640_000
    assert usd(sum(row.plan + row.volume + row.mix for row in rows)) == 2_112_000
    assert usd(sum(row.actual for row in rows)) == 2_280_240
    assert usd(sum(row.price + row.usage for row in rows)) == 168_240


def test_agrees_with_materials_usage_of_nolan() -> None:
    """Standard 5.3 kg at 6 USD for 2,100 units, 10,860 kg used: usage 1,620 USD favourable (brainmass.com, problem 460270)."""
    (row,) = variances((measured("material", price=6.0, per_unit=5.3, planned=2_100, done=2_100, used=10_860, paid=65_160),))
    assert usd(row.usage) == -1_620


@pytest.mark.parametrize(
    ("budget", "actual", "worth", "quantity", "mix"),
    [
        # opentuition.com, ACCA PM: "variances F5": X 7,000 at 9 and Y 3,000 at 12 budgeted; 8,000 and 7,000 sold
        ((7_000, 3_000), (8_000, 7_000), (9.0, 12.0), 49_500, 7_500),
        # opentuition.com, "sales quantity variance (2)": 500 and 500 at 5 and 10; 550 and 650 sold
        ((500, 500), (550, 650), (5.0, 10.0), 1_500, 250),
        # opentuition.com, BPP revision kit 2020, no. 178: quantity variance 1,325 adverse of a volume variance of 2,800
        ((800, 1_000, 600), (700, 1_200, 350), (10.0, 6.0, 12.0), -1_325, -1_475),
    ],
)
def test_agrees_with_quantity_and_mix_of_tutors(
    budget: tuple[int, ...], actual: tuple[int, ...], worth: tuple[float, ...], quantity: float, mix: float
) -> None:
    rows = variances(
        [
            measured("product", price=price, planned=planned, done=done, paid=price * done)
            for planned, done, price in zip(budget, actual, worth, strict=True)
        ]
    )
    assert usd(sum(row.volume for row in rows)) == pytest.approx(quantity, abs=0.02)
    assert usd(sum(row.mix for row in rows)) == pytest.approx(mix, abs=0.02)
    assert sum(row.volume + row.mix for row in rows) == sum(row.actual - row.plan for row in rows)


def package(usd: float, due: datetime, done: datetime | None) -> WorkPackage:
    standard = Standard(
        mission_id="", destination="", account="fence", scor_process="make", driver="", cents=round(usd * 100), units=1.0
    )
    return WorkPackage(standard=standard, due_utc=due, done_utc=done)


def test_agrees_with_the_fence_of_earned_value() -> None:
    """Four sides of a fence at 1,000 USD, a day each, seen at the end of day 3, side 3 half done.

    PMP Exam Prep, page 210, as quoted at studylib.net/doc/5898152: PV 3,000, EV 2,500, AC 2,800, CV -300, CPI .893, SV -500,
    SPI .833, EAC 4,479, ETC 1,679, VAC -479.
    """
    sides = (
        package(1_000, DAY[0], DAY[0]),
        package(1_000, DAY[1], DAY[2]),
        package(500, DAY[2], DAY[2]),
        package(500, DAY[2], None),
        package(1_000, DAY[3], None),
    )
    spent = [(DAY[0], 100_000), (DAY[2], 120_000), (DAY[2], 60_000), (DAY[4], 999_999)]
    told = earned("fence", sides, spent, DAY[2])
    found = (told.bac, told.pv, told.ev, told.ac, told.cv, told.sv)
    assert [usd(cents) for cents in found] == [
        4_000,
        3_000,
        2_500,
        2_800,
        -300,
        -500,
    ]
    assert told.cpi == pytest.approx(0.893, abs=5e-4)
    assert told.spi == pytest.approx(0.833, abs=5e-4)
    # the source divides by its rounded CPI of .893
    assert usd(told.eac) == pytest.approx(4_479, abs=2)
    assert usd(told.etc) == pytest.approx(1_679, abs=2)
    assert usd(told.vac) == pytest.approx(-479, abs=2)
    assert told.tcpi == pytest.approx((4_000 - 2_500) / (4_000 - 2_800))


def test_agrees_with_to_complete_of_the_bread_project() -> None:
    """400 breads for 8 USD: after 3 hours EV 1.6, PV 2.4, AC 3: SV -0.8, CV -1.4, SPI 0.67, CPI 0.53, TCPI 1.28
    (geocities.ws/projectmanagementquestpond/earnedvalue.htm; its SPI of 0.6 is cut short)."""
    breads = (package(1.6, DAY[0], DAY[0]), package(0.8, DAY[0], None), package(5.6, DAY[3], None))
    told = earned("bread", breads, [(DAY[0], 300)], DAY[0])
    assert (usd(told.sv), usd(told.cv)) == (-0.8, -1.4)
    assert told.cpi == pytest.approx(0.533, abs=1e-3)
    assert told.tcpi == pytest.approx(1.28)
