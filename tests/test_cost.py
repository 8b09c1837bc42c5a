"""Cost: every cent attributed once, every departure from plan explained once, whatever the numbers are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supercargo.kernel import Refused, ScenarioError
from supercargo.measure.cents import cents_of, split_cents
from supercargo.measure.cost_activities import ACTIVITIES, DRIVERS, activities_of, lift_share
from supercargo.measure.cost_budget import budget_states, plan_budget
from supercargo.measure.cost_earned import work_packages
from supercargo.measure.cost_objects import RESIDUAL, UNUSED, USED, attribute_costs, attribute_revenue, total_of
from supercargo.measure.cost_pricing import QuoteAsked, hold_price, quote
from supercargo.measure.cost_report import Books, cost_report
from supercargo.measure.cost_standards import billed_lines, standards_of
from supercargo.measure.cost_to_serve import BY, cost_to_serve
from supercargo.measure.cost_variance import CAUSES, Measured, variances
from supercargo.measure.money import is_revenue
from supercargo.model import BudgetLine, CostRow, Invoice, OperationsPlan
from tests.invented_actuals import invented_invoices
from tests.plans import a_plan

PLAN = a_plan()
LATE = datetime(2030, 1, 1, tzinfo=UTC)

money = st.integers(-(10**15), 10**15)
weight = st.floats(0, 1e9, allow_nan=False)
units = st.floats(0, 1e7, allow_nan=False)


def bill(**changes: object) -> Invoice:
    told: dict[str, object] = {
        "invoice_id": "I1", "date": "2027-05-01", "mission_id": "M1", "account": "mission control", "amount_usd": 1000.0
    }  # fmt: skip
    return Invoice(**{**told, **changes})  # type: ignore[arg-type]


@given(money, st.dictionaries(st.text(max_size=4), weight, min_size=1, max_size=30))
def test_split_cents_add_up_and_none_is_a_cent_off_its_share(total: int, weights: dict[str, float]) -> None:
    if not any(weights.values()):
        with pytest.raises(ValueError, match="not negative"):
            split_cents(total, weights)
        return
    parts = split_cents(total, weights)
    assert sum(parts.values()) == total
    whole = sum(weights.values())
    for name, part in parts.items():
        assert abs(part - total * weights[name] / whole) <= 1 + 1e-9 * abs(total)


def costs_by_pool(plan: OperationsPlan) -> dict[tuple[str, str, str], int]:
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in plan.costs:
        if not is_revenue(row):
            found[row.mission_id, row.account, row.paid_by] += cents_of(row.plan_usd)
    return found


def check_attributed(plan: OperationsPlan) -> None:
    """Costs of each flight, account and payer, and revenue of each customer, are those of costs.csv to the cent."""
    costs, revenue = attribute_costs(plan), attribute_revenue(plan)
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for share in costs:
        found[share.mission_id, share.account, share.paid_by] += share.cents
        assert share.scor_process in ("plan", "source", "make", "deliver", "return", "enable")
    assert {key: cents for key, cents in found.items() if cents} == {key: c for key, c in costs_by_pool(plan).items() if c}
    earned: dict[str, int] = defaultdict(int)
    for share in revenue:
        earned[share.customer] += share.cents
    booked: dict[str, int] = defaultdict(int)
    for row in plan.costs:
        if is_revenue(row):
            booked[row.customer] += cents_of(row.plan_usd)
    assert {k: v for k, v in earned.items() if v} == {k: v for k, v in booked.items() if v}
    for by in BY:
        rows = cost_to_serve(by, costs, revenue, plan.manifest)
        assert sum(cents_of(row.total_usd) for row in rows) == total_of(costs), by


def test_every_cent_is_attributed_once() -> None:
    check_attributed(PLAN)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 10**12)), max_size=12))
def test_any_costs_are_attributed_to_the_cent(drawn: list[tuple[int, int, int]]) -> None:
    accounts = ("launch", "mission control", "cargo insurance", "an account of ours")
    flights = ("M1", "M2", "", "M9")
    rows = tuple(
        CostRow(
            mission_id=flights[flight], customer="ACME", destination="Hub", account=accounts[account], scor_process="make",
            plan_usd=cents / 100, basis="drawn", paid_by="service",
        )
        for flight, account, cents in drawn
    )  # fmt: skip
    check_attributed(replace(PLAN, costs=rows))


def test_room_that_nobody_used_is_no_customers() -> None:
    costs = attribute_costs(PLAN)
    for mission in PLAN.missions:
        paid = sum(one.cents for one in costs if (one.mission_id, one.account) == (mission.mission_id, "spacecraft"))
        unused = [
            one for one in costs if one.kind == UNUSED and (one.mission_id, one.account) == (mission.mission_id, "spacecraft")
        ]
        share = max(mission.upmass_kg / mission.upmass_capacity_kg, mission.upvolume_m3 / mission.upvolume_capacity_m3)
        assert sum(one.cents for one in unused) == paid - round(paid * min(1.0, share))
        assert {one.customer for one in unused} == {""}


def test_half_the_cargo_does_not_make_a_kilogram_dearer() -> None:
    """The launch of a kilogram costs the same on a flight half as full: what is not flown is unused room."""

    def lift_usd_per_kg(plan: OperationsPlan) -> float:
        shares = [
            one for one in attribute_costs(plan) if one.kind == USED and one.mission_id == "M1" and one.account == "launch"
        ]
        return (
            total_of(shares)
            / 100
            / sum(one.mass_kg for one in plan.manifest if one.mission_id == "M1" and one.direction == "up")
        )

    half = tuple(
        replace(row, mass_kg=row.mass_kg / 2, volume_m3=row.volume_m3 / 2) if row.mission_id == "M1" else row
        for row in PLAN.manifest
    )
    missions = tuple(
        replace(one, upmass_kg=one.upmass_kg / 2, upvolume_m3=one.upvolume_m3 / 2) if one.mission_id == "M1" else one
        for one in PLAN.missions
    )
    assert lift_usd_per_kg(replace(PLAN, manifest=half, missions=missions)) == pytest.approx(lift_usd_per_kg(PLAN), rel=1e-6)


def test_an_empty_flight_is_paid_by_no_load() -> None:
    plan = replace(PLAN, manifest=tuple(row for row in PLAN.manifest if row.mission_id != "M1"))
    check_attributed(plan)
    kinds = {one.kind for one in attribute_costs(plan) if one.mission_id == "M1"}
    assert kinds <= {UNUSED, RESIDUAL}


def test_volume_binds_where_it_is_fuller_than_mass() -> None:
    light = replace(PLAN.missions[0], upmass_kg=10.0, upmass_capacity_kg=100.0, upvolume_m3=9.0, upvolume_capacity_m3=10.0)
    assert lift_share(light) == (0.9, "up_m3")
    assert lift_share(replace(light, upmass_kg=95.0)) == (0.95, "up_kg")


def test_activities_name_known_drivers_and_each_account_once() -> None:
    assert {one.driver for one in ACTIVITIES} <= {*DRIVERS, "lift"}
    assert len({(one.account, one.name) for one in ACTIVITIES}) == len(ACTIVITIES)
    (own,) = activities_of("an account of ours", ())
    assert (own.name, own.driver) == ("an account of ours", "moved_kg")


line = st.builds(
    Measured,
    mission_id=st.sampled_from(("M1", "M2")),
    destination=st.just("Hub"),
    account=st.sampled_from(("launch", "control")),
    scor_process=st.just("make"),
    budget_cents=money,
    budget_units=units,
    planned_output=units,
    actual_output=units,
    actual_units=st.none() | units,
    actual_cents=money,
)


@given(st.lists(line, max_size=20))
def test_any_variances_add_up_to_actual_less_plan_to_the_cent(lines: list[Measured]) -> None:
    for told, row in zip(lines, variances(lines), strict=True):
        assert sum(getattr(row, cause) for cause in CAUSES) == told.actual_cents - told.budget_cents
        assert (row.plan, row.actual) == (told.budget_cents, told.actual_cents)


@given(st.integers(1, 50), st.integers(0, 10**6), st.integers(1, 400))
def test_invoices_and_what_is_open_explain_the_whole_plan(seed: int, extra_cents: int, day: int) -> None:
    when = datetime.fromtimestamp(datetime(2027, 1, 1, tzinfo=UTC).timestamp() + 86_400 * day, UTC)
    invoices = (*invented_invoices(PLAN, seed=seed, until_utc=when), bill(amount_usd=extra_cents / 100, mission_id=""))
    told = billed_lines(PLAN, invoices, when)
    planned = sum(one.cents for one in standards_of(PLAN).values())
    assert sum(one.budget_cents for one in told.lines) + sum(one.cents for one in told.open) == planned
    rows = variances(told.lines)
    moved = sum(getattr(row, cause) for row in rows for cause in CAUSES)
    actual = sum(cents_of(one.amount_usd) for one in invoices)
    assert planned - sum(one.cents for one in told.open) + moved == actual


def test_steps_from_plan_to_actual_meet() -> None:
    report = cost_report(PLAN, Books(invoices=invented_invoices(PLAN, seed=3)))
    at = 0
    for step in report.steps:
        assert step.whole or cents_of(step.from_usd) == at
        at = cents_of(step.usd) if step.whole else at + cents_of(step.usd)
    assert at == sum(cents_of(one.amount_usd) for one in invented_invoices(PLAN, seed=3))
    assert cents_of(report.steps[0].usd) == cents_of(report.service_usd)


def test_a_rate_that_is_dearer_is_price_and_longer_stays_are_usage() -> None:
    standard = standards_of(PLAN)["M1", "mission control"]
    days, usd = standard.units, standard.cents / 100
    told = cost_report(PLAN, Books(invoices=(bill(billed=days, amount_usd=round(1.1 * usd, 2)),), as_of_utc=LATE))
    assert told.accounts[0].price_usd == pytest.approx(0.1 * usd, abs=0.01)
    assert told.accounts[0].usage_usd == 0.0
    told = cost_report(PLAN, Books(invoices=(bill(billed=2 * days, amount_usd=round(2 * usd, 2)),), as_of_utc=LATE))
    assert told.accounts[0].usage_usd == pytest.approx(usd, abs=0.02)
    assert told.accounts[0].price_usd == pytest.approx(0.0, abs=0.02)


def test_a_part_billed_before_the_flight_is_over_leaves_the_rest_open() -> None:
    standard = standards_of(PLAN)["M1", "mission control"]
    half = bill(billed=standard.units / 2, amount_usd=round(standard.cents / 200, 2), date="2026-12-02")
    early = datetime(2026, 12, 3, tzinfo=UTC)
    told = billed_lines(PLAN, (half,), early)
    (rest,) = [one for one in told.open if (one.mission_id, one.account) == ("M1", "mission control")]
    assert told.lines[0].budget_cents + rest.cents == standard.cents
    assert abs(variances(told.lines)[0].total) <= 1


def test_what_no_plan_foresees_is_unplanned() -> None:
    told = cost_report(PLAN, Books(invoices=(bill(mission_id="", amount_usd=77.5),)))
    assert told.accounts[0].unplanned_usd == 77.5
    assert told.accounts[0].price_usd == 0.0


def test_work_that_was_not_done_earns_nothing() -> None:
    packages = work_packages(PLAN, (), {"M1": {"launched": PLAN.missions[0].launch_utc}})
    done = {(one.standard.mission_id, one.standard.account) for one in packages if one.done_utc}
    assert ("M1", "cargo processing") in done
    assert not {name for name, _ in done} - {"M1"}
    assert ("M1", "mission control") not in done


def test_a_budget_line_alarms_at_its_threshold_and_is_over_when_it_is_spent() -> None:
    packages = work_packages(PLAN, (), None)
    whole = sum(one.standard.cents for one in packages if one.standard.account == "mission control") / 100
    lines = tuple(
        BudgetLine(line=name, account="mission control", owner="Kim", budget_usd=usd, alarm_percent=alarm)
        for name, usd, alarm in (("wide", 2 * whole, 90.0), ("near", whole, 100.0), ("small", 10.0, 90.0))
    )
    spent = (bill(amount_usd=20.0),)
    states = {one.line: one for one in budget_states(lines, work_packages(PLAN, spent, {}), spent, LATE)}
    assert {name: one.state for name, one in states.items()} == {"wide": "ok", "near": "alarm", "small": "over"}
    assert states["small"].left_usd == -10.0
    assert {one.account for one in plan_budget(packages)} == {one.standard.account for one in packages}


def test_marginal_cost_is_rates_alone_where_there_is_room() -> None:
    mission = max(PLAN.missions, key=lambda one: one.upmass_capacity_kg - one.upmass_kg)
    told = quote(PLAN, attribute_costs(PLAN), QuoteAsked(destination=mission.destination, kg=1.0, declared_usd=1000.0))
    rates = {rate.driver: rate.usd for rate in PLAN.scenario.cost_rates}
    want = rates.get("up_kg", 0.0) + rates.get("up_line", 0.0) + 1000.0 * rates.get("insured_usd", 0.0)
    assert told.marginal_usd == pytest.approx(want, abs=0.02)
    assert told.displaced == ()


def test_a_full_flight_adds_what_the_displaced_loads_bring() -> None:
    full = replace(PLAN, missions=tuple(replace(one, upmass_capacity_kg=max(1.0, one.upmass_kg)) for one in PLAN.missions))
    told = quote(full, attribute_costs(full), QuoteAsked(destination="Hub", kg=1.0))
    assert told.displaced
    assert told.displaced_usd >= 0
    assert told.marginal_usd == pytest.approx(told.rates_usd + told.displaced_usd, abs=0.001)
    assert not {name for name in told.displaced if PLAN.scenario.lines[name.partition("#")[0]].must}


def test_a_price_below_marginal_cost_is_refused_unless_somebody_approves_it() -> None:
    told = quote(PLAN, attribute_costs(PLAN), QuoteAsked(destination="Hub", kg=5.0, declared_usd=1e6, price_usd=0.0))
    assert told.verdict == "below marginal cost"
    with pytest.raises(Refused, match="--approved-by NAME --reason TEXT"):
        hold_price(told, approved_by="", reason="a first flight")
    with pytest.raises(Refused, match="name who approves it"):
        hold_price(told, approved_by="Kim", reason=" ")
    hold_price(told, approved_by="Kim", reason="a first flight")


@pytest.mark.parametrize(
    ("asked", "fix"),
    [
        (QuoteAsked(destination="Hbu", kg=1.0), "the plan serves: "),
        (QuoteAsked(destination="Hub", kg=0.0), "give a mass above 0"),
        (QuoteAsked(destination="Hub", kg=float("nan")), "give a mass above 0"),
        (QuoteAsked(destination="Hub", kg=1e6), "part it"),
    ],
)
def test_a_load_that_no_flight_can_take_is_told(asked: QuoteAsked, fix: str) -> None:
    with pytest.raises(ScenarioError) as error:
        quote(PLAN, attribute_costs(PLAN), asked)
    assert fix in error.value.fix
