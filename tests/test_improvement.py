"""Improvement: what weighs most, processes out of control, before and after, initiatives measured, lessons that change."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.improving import improvement_of, known_of_plan, measured_programme
from supercargo.app.operations.commands import AREAS
from supercargo.app.operations.lessons import record_lesson
from supercargo.kernel import Refused, ScenarioError
from supercargo.measure.before_after import compare_pairs, compare_samples, compare_shares
from supercargo.measure.control_charts import individuals_chart, rate_chart, share_chart
from supercargo.measure.improvement import charts_of, cost_paretos
from supercargo.measure.measuring import measure_plan
from supercargo.measure.pareto import pareto_of
from supercargo.measure.plan_facts import facts_of_plan
from supercargo.measure.programme import measure_programme, month_start
from supercargo.measure.progress import measure_progress
from supercargo.model import (
    Initiative,
    Invoice,
    OperationsPlan,
    Scenario,
    cells_of,
    lever_of,
    pulled,
    rows_worded,
)
from supercargo.plan.recosting import coster, is_priced, recosted
from supercargo.store import digest_of_plan, read_initiatives, read_plan, read_scenario, write_rows, write_scenario
from supercargo.track.lessons.deciding import CloseLesson, DropLesson, OpenLesson
from tests.builders import FACT, a_scenario
from tests.cli_runner import run
from tests.operations import DIGEST, MemoryOperations, act, released
from tests.plans import a_plan

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
RATE = "cost_rates.csv/mission integration/mission/usd"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny scenario as it is planned."""
    at = tmp_path_factory.mktemp("improve")
    assert run("new", str(at / "tiny"), "--from", "tiny").code == 0
    assert run("plan", str(at / "tiny"), "--out", str(at / "plan")).code == 0
    return at / "plan"


@pytest.fixture(scope="module")
def tiny(folder: Path) -> OperationsPlan:
    return read_plan(folder)


def an_initiative(*changes: str, **more: Any) -> Initiative:
    base: dict[str, Any] = {
        "initiative_id": "A", "title": "cheaper", "aim": "cost", "changes": changes, "one_off_usd": 1e6, "start_month": 1,
        "owner": "director",
    }  # fmt: skip
    return Initiative(**{**base, **FACT, **more})


def programme_of(plan: OperationsPlan, *initiatives: Initiative) -> Any:
    return measure_programme(plan, initiatives, coster(plan), is_priced)


def paid(plan: OperationsPlan, account: str = "", missions: frozenset[str] | None = None) -> float:
    """What costs.csv says that the service pays, added up by hand."""
    return sum(
        row.plan_usd
        for row in plan.costs
        if row.paid_by == "service"
        and not row.account.startswith("revenue")
        and account in ("", row.account)
        and (missions is None or row.mission_id in missions)
    )


# parameters


def test_a_parameter_is_named_by_file_row_and_column_and_has_its_value() -> None:
    scenario = a_scenario()
    rate = scenario.cost_rates[0]
    assert cells_of(scenario, f"cost_rates.csv/{rate.account}/{rate.driver}/usd") == (
        (f"{rate.account}/{rate.driver}", rate.usd),
    )
    assert cells_of(scenario, "scenario.toml/limits/packing_fraction") == (
        ("limits", scenario.settings.limits.packing_fraction),
    )


@pytest.mark.parametrize(
    ("word", "what"),
    [
        ("cost_rates.csv", "is no change of a parameter"),
        ("cost_rates.csv/x/usd=3", "is no change of a parameter"),
        ("cost_rates.csv/x/usd*", "is no change of a parameter"),
        ("nothing.csv/x/usd*2", "has no file 'nothing.csv'"),
        ("cost_rates.csv/nobody/mission/usd*2", "has no row 'nobody/mission'"),
        ("cost_rates.csv/*/dollars*2", "there is no column 'dollars'"),
        ("cost_rates.csv/*/account*2", "account is no number"),
        ("scenario.toml/horizon/start_utc*2", "has no section 'horizon'"),
    ],
)
def test_what_names_no_parameter_is_refused(word: str, what: str) -> None:
    with pytest.raises(ScenarioError) as told:
        pulled(a_scenario(), [(lever_of(word), 1.0)])
    assert what in str(told.value)


def test_a_star_fits_every_row_and_a_part_of_a_key_every_row_with_the_others() -> None:
    scenario = a_scenario()
    halved = pulled(scenario, [(lever_of("vehicles.csv/*/price_usd*0.5"), 1.0)])
    assert [one.price_usd for one in halved.vehicles] == [one.price_usd / 2 for one in scenario.vehicles]
    up = pulled(scenario, [(lever_of("prices.csv/*/*/up/usd_per_kg+100"), 0.5)])
    for old, new in zip(scenario.prices, up.prices, strict=True):
        assert new.usd_per_kg == old.usd_per_kg + (50 if old.direction == "up" else 0)


def test_a_changed_scenario_bears_no_digest_and_the_old_one_stays_as_it_was() -> None:
    scenario = replace(a_scenario(), digest="abc")
    changed = pulled(scenario, [(lever_of("vehicles.csv/*/turnaround_d*0.5"), 1.0)])
    assert (changed.digest, scenario.digest) == ("", "abc")
    assert changed.vehicles != scenario.vehicles


def test_a_change_beyond_the_lawful_range_is_refused_with_the_parameter() -> None:
    with pytest.raises(ScenarioError, match=r"packing_fraction"):
        pulled(a_scenario(), [(lever_of("scenario.toml/limits/packing_fraction*3"), 1.0)])
    with pytest.raises(ScenarioError, match=r"vehicles\.csv/\*/price_usd would be"):
        pulled(a_scenario(), [(lever_of("vehicles.csv/*/price_usd+-99999999999"), 1.0)])


# the programme


def test_a_plan_costed_again_at_its_own_prices_costs_what_it_did(tiny: OperationsPlan) -> None:
    assert recosted(tiny, tiny.scenario) == tiny.costs


def test_a_tenth_off_a_rate_saves_a_tenth_of_its_account(tiny: OperationsPlan) -> None:
    (row,) = programme_of(tiny, an_initiative(f"{RATE}*0.9")).savings
    assert row.saving_usd == pytest.approx(0.1 * paid(tiny, "mission integration"))
    assert row.accounts == ("mission integration",)
    assert (row.way, row.last_usd) == ("recosted", row.saving_usd)
    assert row.least_usd == pytest.approx(row.saving_usd / 2)
    assert row.most_usd == pytest.approx(row.saving_usd * 1.2)


def test_two_on_one_rate_save_less_together_and_the_interaction_is_told(tiny: OperationsPlan) -> None:
    both = programme_of(tiny, an_initiative(f"{RATE}*0.9"), an_initiative(f"{RATE}*0.8", initiative_id="B"))
    whole = paid(tiny, "mission integration")
    assert both.together_usd == pytest.approx(0.28 * whole)
    assert both.alone_usd == pytest.approx(0.30 * whole)
    (pair,) = both.interactions
    assert pair.usd == pytest.approx(-0.02 * whole)
    assert {row.initiative_id: row.last_usd for row in both.savings} == pytest.approx({"A": 0.08 * whole, "B": 0.18 * whole})


def test_in_the_horizon_only_flights_from_the_month_on_count(tiny: OperationsPlan) -> None:
    lifts = sorted(mission.launch_utc for mission in tiny.missions)
    start = tiny.scenario.settings.start_utc
    month = next(number for number in range(1, 40) if month_start(start, number) > lifts[0])
    late = frozenset(one.mission_id for one in tiny.missions if one.launch_utc >= month_start(start, month))
    told = programme_of(tiny, an_initiative(f"{RATE}*0.9", start_month=month))
    expected = 0.1 * paid(tiny, "mission integration", late)
    assert told.savings[0].horizon_usd == pytest.approx(expected)
    assert told.horizon_usd == pytest.approx(expected)
    assert expected < told.together_usd


def test_stopped_initiatives_save_nothing_and_are_not_listed(tiny: OperationsPlan) -> None:
    told = programme_of(tiny, an_initiative(f"{RATE}*0.9", state="stopped"))
    assert (told.savings, told.together_usd, told.one_off_usd) == ((), 0.0, 0.0)
    assert told.gap_usd == pytest.approx(0.15 * told.service_usd)


def test_what_changes_the_plan_is_not_measured_without_a_new_plan_and_with_one_it_is(tiny: OperationsPlan) -> None:
    one = an_initiative("vehicles.csv/*/turnaround_d*0.5", f"{RATE}*0.9")
    (row,) = programme_of(tiny, one).savings
    assert (row.way, row.saving_usd, row.accounts) == ("not measured", None, ())
    asked: list[Scenario] = []

    def replan(scenario: Scenario) -> OperationsPlan:
        asked.append(scenario)
        return replace(tiny, scenario=scenario)

    told = measure_programme(tiny, (one,), coster(tiny, replan), lambda lever: True)
    assert told.savings[0].way == "replanned"
    assert told.savings[0].saving_usd == pytest.approx(0.1 * paid(tiny, "mission integration"))
    assert len(asked) == 3, "as meant, at the least and at the most: each is planned once"
    halves = {one.vehicle_type: one.turnaround_d / 2 for one in tiny.scenario.vehicles}
    assert {one.vehicle_type: one.turnaround_d for one in asked[0].vehicles} == pytest.approx(halves)
    with pytest.raises(ValueError, match="turnaround_d"):
        coster(tiny)([(lever_of("vehicles.csv/*/turnaround_d*0.5"), 1.0)])


def test_a_price_changes_revenue_and_margin_and_saves_no_cost(tiny: OperationsPlan) -> None:
    told = programme_of(tiny, an_initiative("prices.csv/*/*/*/usd_per_kg*1.1", aim="margin"))
    tariffs = sum(row.plan_usd for row in tiny.costs if row.account in ("revenue:up", "revenue:down", "revenue:disposal"))
    assert told.together_usd == 0
    assert told.together_revenue_usd == pytest.approx(0.1 * tariffs, rel=0.02), "penalties go with prices"
    before, after = told.margin_percent
    assert after > before


def test_k15_of_the_programme_is_the_fall_of_the_chains_cost_of_a_kilogram(tiny: OperationsPlan) -> None:
    told = programme_of(tiny, an_initiative("vehicles.csv/*/price_usd*0.5", "launchers.csv/*/price_usd*0.5"))
    bought = sum(row.plan_usd for row in tiny.costs if row.account in ("launch", "spacecraft"))
    chain = sum(row.plan_usd for row in tiny.costs if not row.account.startswith("revenue"))
    assert told.together_chain_usd == pytest.approx(bought / 2)
    assert told.k15_percent == pytest.approx(100 * bought / 2 / chain)


def test_drivers_are_ranked_by_what_a_tenth_moves(tiny: OperationsPlan) -> None:
    drivers = programme_of(tiny).drivers
    assert [row.swing_usd for row in drivers] == sorted((row.swing_usd for row in drivers), reverse=True)
    for row in drivers:
        if row.account not in ("launch", "spacecraft"):
            assert row.swing_usd == pytest.approx(0.2 * paid(tiny, row.account), abs=0.05)
            assert row.share == pytest.approx(paid(tiny, row.account) / paid(tiny), rel=1e-6)


def test_progress_is_planned_less_billed_and_says_when_it_cannot_tell(tiny: OperationsPlan) -> None:
    one = an_initiative(f"{RATE}*0.9", state="running")
    savings = programme_of(tiny, one).savings
    assert measure_progress(tiny, (), (one,), savings).missing.startswith("no invoice is booked")
    bills = [
        Invoice(
            invoice_id=f"I{number}", date="2028-06-01", mission_id=mission.mission_id, account="mission integration",
            amount_usd=round(0.95 * paid(tiny, "mission integration", frozenset({mission.mission_id})), 2),
        )
        for number, mission in enumerate(tiny.missions)
    ]  # fmt: skip
    told = measure_progress(tiny, bills, (one,), savings)
    whole = paid(tiny, "mission integration")
    assert told.reduction_percent == pytest.approx(5.0)
    (worked,) = told.initiatives
    assert worked.saved_usd == pytest.approx(0.05 * whole)
    assert worked.expected_usd == pytest.approx(0.1 * whole)
    assert worked.test.verdict == "cannot tell", "the tiny year has too few flights for a verdict"
    assert told.points[-1].planned_usd == pytest.approx(whole)


def test_the_template_holds_for_every_scenario_and_leaves_out_what_it_has_not(tiny: OperationsPlan) -> None:
    rows, template = read_initiatives(tiny.scenario)
    assert template
    assert {row.evidence for row in rows} == {"assumption"}
    bare = replace(tiny.scenario, cost_rates=())
    assert {row.initiative_id for row in read_initiatives(bare)[0]} < {row.initiative_id for row in rows}
    own = replace(tiny.scenario, initiatives=(an_initiative(f"{RATE}*0.9"),))
    assert read_initiatives(own) == (own.initiatives, False)


def test_all_that_is_wrong_with_initiatives_is_told_at_once(tmp_path: Path) -> None:
    write_scenario(a_scenario(), tmp_path / "year")
    rows = [
        an_initiative("vehicles.csv/*/price_usd*0.9", initiative_id="good"),
        an_initiative("nothing.csv/x/usd*2", initiative_id="file"),
        an_initiative("vehicles.csv/nobody/price_usd*2", initiative_id="row"),
        an_initiative("vehicles.csv/*/price*2", initiative_id="column"),
        an_initiative("vehicles.csv/*/price_usd*-1", initiative_id="sign"),
        an_initiative(initiative_id="nothing"),
        an_initiative("vehicles.csv/*/price_usd*0.9", initiative_id="owner", owner=" "),
    ]
    (tmp_path / "year" / "initiatives.csv").write_bytes(write_rows(rows, Initiative))
    with pytest.raises(ScenarioError) as told:
        read_scenario(tmp_path / "year")
    assert sorted((fault.row, fault.column) for fault in told.value.faults) == [
        (3, "changes"), (4, "changes"), (5, "changes"), (6, "changes"), (7, "changes"), (8, "owner"),
    ]  # fmt: skip
    text = str(told.value)
    assert "a saving can't be entered, it is measured" in text
    assert "use the key of a row" in text


def test_an_initiative_that_makes_a_value_unlawful_at_any_strength_is_named_before_it_is_measured(tmp_path: Path) -> None:
    write_scenario(a_scenario(), tmp_path / "year")
    free = "vehicles.csv/*/price_usd"
    rows = [
        an_initiative(f"{free}*0", initiative_id="free", most_fraction=1.2),
        an_initiative(f"{free}*0", initiative_id="just-free", most_fraction=1.0),
        an_initiative(f"{free}+-1e12", initiative_id="below-zero"),
        an_initiative(f"{free}*1e999", initiative_id="endless"),
        an_initiative(f"{free}*0", initiative_id="not-done", most_fraction=1.2, state="stopped"),
    ]
    (tmp_path / "year" / "initiatives.csv").write_bytes(write_rows(rows, Initiative))
    with pytest.raises(ScenarioError) as told:
        read_scenario(tmp_path / "year")
    found = {(fault.row, fault.column): fault for fault in told.value.faults}
    assert set(found) == {(2, "most_fraction"), (4, "changes"), (5, "changes"), (6, "most_fraction")}
    assert found[2, "most_fraction"].what.startswith("free at most_fraction 1.2: vehicles.csv/*/price_usd would be -")
    assert "lower most_fraction" in found[2, "most_fraction"].fix
    assert "below-zero" in found[4, "changes"].what


def test_initiatives_that_are_lawful_alone_and_unlawful_together_are_named_with_each_other(tmp_path: Path) -> None:
    scenario = a_scenario()
    write_scenario(scenario, tmp_path / "year")
    less = 0.6 * min(one.price_usd for one in scenario.vehicles if one.price_usd)
    rows = [
        an_initiative(f"vehicles.csv/*/price_usd+-{less:.0f}", initiative_id=name, least_fraction=1.0, most_fraction=1.0)
        for name in ("first", "second")
    ]
    (tmp_path / "year" / "initiatives.csv").write_bytes(write_rows(rows[:1], Initiative))
    read_scenario(tmp_path / "year")
    (tmp_path / "year" / "initiatives.csv").write_bytes(write_rows(rows, Initiative))
    with pytest.raises(ScenarioError, match="second, as it is meant, after first"):
        read_scenario(tmp_path / "year")


# what weighs most, and processes


def test_the_vital_few_reach_four_fifths_and_no_cause_more_is_among_them() -> None:
    told = pareto_of("faults", "count", {"a": 50, "b": 30, "c": 15, "d": 5, "none": 0, "credit": -4})
    assert [(row.name, row.vital) for row in told.rows] == [("a", True), ("b", True), ("c", False), ("d", False)]
    assert told.rows[-1].cumulative == pytest.approx(1.0)
    assert pareto_of("faults", "count", {}).missing == "nothing is recorded"


def test_cost_paretos_add_up_to_what_the_service_pays(tiny: OperationsPlan) -> None:
    for told in cost_paretos(tiny):
        assert told.total == pytest.approx(paid(tiny), abs=0.01)


def test_a_chart_of_few_points_says_so_instead_of_drawing_limits() -> None:
    for chart in (
        individuals_chart("x", "d", [("a", 1.0)] * 7),
        share_chart("x", [("a", 1, 2)] * 7),
        rate_chart("x", "count", [("a", 1, 2)] * 7 + [("b", 0, 0)]),
    ):
        assert "7 points" in chart.missing
        assert chart.points == ()
        assert not chart.steady


def test_a_process_without_spread_signals_only_what_departs_from_it() -> None:
    assert individuals_chart("x", "d", [(str(n), 3.0) for n in range(20)]).signals == ()
    perfect = share_chart("x", [(str(n), 10, 10) for n in range(12)])
    assert perfect.steady
    assert (perfect.points[0].lower, perfect.points[0].upper) == (1.0, 1.0)


def test_limits_of_a_share_end_at_what_it_can_be_and_rules_ask_for_the_distance_all_the_same() -> None:
    values = [(str(n), value) for n, value in enumerate([99.9, 97.0] * 10)]
    free, kept = individuals_chart("x", "percent", values), individuals_chart("x", "percent", values, within=(0.0, 100.0))
    assert free.points[0].upper > 100.0
    assert all(
        point.upper == 100.0 and point.lower == other.lower for point, other in zip(kept.points, free.points, strict=True)
    )
    assert [point.distance for point in kept.points] == [point.distance for point in free.points]
    assert kept.signals == free.signals


def test_each_rule_is_told_with_its_points_and_its_side() -> None:
    calm = [0.0, 1.0] * 10
    shifted = individuals_chart("x", "d", [(f"p{n}", value) for n, value in enumerate([*calm, *([0.6, 0.9] * 5)])])
    eight = [one for one in shifted.signals if one.rule == 4]
    assert len(eight[0].points) == 8
    assert eight[0].side == "above"
    assert eight[0].points[-1] == eight[0].at


def test_limits_of_shares_follow_the_number_of_objects() -> None:
    chart = share_chart("x", [(str(n), 5, 10) for n in range(8)] + [("large", 500, 1000)])
    assert chart.points[-1].sigma == pytest.approx(chart.points[0].sigma / 10)


def test_a_plan_knows_no_delays_and_its_charts_say_what_is_missing() -> None:
    plan = a_plan()
    charts = {chart.name: chart for chart in charts_of(measure_plan(plan), facts_of_plan(plan), ())}
    assert "give a store" in charts["K7 incidents for each flight, by month"].missing
    assert "fly the plan" in charts["K2 missions late, by month"].missing


# before and after


@pytest.mark.parametrize(
    ("better", "verdict"), [("above", "better"), ("below", "worse")]
)  # fmt: skip
def test_pairs_that_all_rise_are_better_or_worse_by_what_is_wanted(better: str, verdict: str) -> None:
    told = compare_pairs("x", "d", [(1, 2.0), (2, 3.1), (3, 4.0), (4, 5.2), (5, 6.1)], better=better)
    assert told.verdict == verdict
    assert told.low is not None
    assert 0 < told.low < 1.08 < (told.high or 0)


def test_what_differs_by_chance_or_is_too_little_cannot_be_told() -> None:
    noise = [5.0, 7.0, 3.0, 6.0, 4.0, 5.5]
    assert compare_samples("x", "d", noise, [one + 0.1 for one in noise], better="above").verdict == "cannot tell"
    assert compare_samples("x", "d", [1.0, 1.1, 1.2], [9.0, 9.1, 9.2], better="above").verdict == "cannot tell"
    assert compare_samples("x", "d", [], [1.0], better="above").change is None
    assert compare_shares("x", (0, 0), (3, 4), better="above").verdict == "cannot tell"
    assert compare_pairs("x", "d", [(1, 9)], better="above").verdict == "cannot tell"


def test_a_comparison_has_the_same_figures_for_the_same_seed_and_others_for_another() -> None:
    before, after = [math.sin(n) for n in range(40)], [math.sin(n) + 0.8 for n in range(30)]
    one, two, other = (compare_samples("x", "d", before, after, better="above", seed=seed) for seed in (1, 1, 2))
    assert one == two
    assert one.verdict == "better"
    assert (one.low, one.high) != (other.low, other.high)


# lessons


@pytest.fixture
def store() -> MemoryOperations:
    made = released(a_plan())
    record_lesson(made, "L1", OpenLesson(text="gates come too late", owner="lee", about="mission/M1"), act(NOON))
    return made


def closing(**changes: Any) -> CloseLesson:
    told = {"change": "gates.csv/labels/*/*/days", "old": "10", "new": "14", "digest": DIGEST, "scenario_digest": "5" * 64}
    return CloseLesson(**{**told, **changes})


def test_a_lesson_closes_on_a_change_that_a_released_plan_carries(store: MemoryOperations) -> None:
    record_lesson(store, "L1", closing(), act(NOON + timedelta(hours=1), "lou"))
    row = store.view.get("lessons", ("L1",))
    assert row is not None
    assert (row["state"], row["change"], row["old"], row["new"], row["digest"], row["closed_by"]) == (
        "closed", "gates.csv/labels/*/*/days", "10", "14", DIGEST, "lou",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("command", "by", "what", "fix"),
    [
        (closing(new="10"), "lou", "nothing was changed", "drop the lesson"),
        (closing(digest="0" * 64), "lou", "no plan with digest 000000000000 is released", "release the plan"),
        (closing(digest=""), "lou", "no plan with digest (none) is released", "release the plan"),
        (closing(change=" "), "lou", "parameter that was changed is missing", "state"),
        (closing(), "kim", "kim opened lesson/L1", "another person"),
        (DropLesson(reason=" "), "lou", "the reason is missing", "state"),
        (OpenLesson(text="x", owner="y"), "lou", "known already", "another name"),
    ],
)
def test_a_lesson_without_a_change_in_a_released_plan_stays_open(
    store: MemoryOperations, command: Any, by: str, what: str, fix: str
) -> None:
    before = store.head()
    with pytest.raises(Refused) as told:
        record_lesson(store, "L1", command, act(NOON + timedelta(hours=1), by))
    assert what in told.value.what
    assert fix in told.value.fix
    assert store.head() == before


def test_a_dropped_lesson_is_not_closed_and_nobody_closes_one_by_words(store: MemoryOperations) -> None:
    record_lesson(store, "L1", DropLesson(reason="seen once"), act(NOON + timedelta(hours=1)))
    row = store.view.get("lessons", ("L1",))
    assert row is not None
    assert (row["state"], row["change"]) == ("dropped", "")
    with pytest.raises(Refused, match="is dropped"):
        record_lesson(store, "L1", closing(), act(NOON + timedelta(hours=2), "lou"))
    (area,) = (area for area in AREAS if area.name == "lessons")
    assert CloseLesson not in area.commands, "old and new are read from plans, so no form takes them"


def test_lesson_reads_old_and_new_from_the_plans_and_refuses_alike_ones(folder: Path, tmp_path: Path) -> None:
    log = str(tmp_path / "log.sqlite")
    scenario = read_plan(folder).scenario
    dearer = tmp_path / "year"
    write_scenario(pulled(scenario, [(lever_of(f"{RATE}*0.9"), 1.0)]), dearer)
    assert run("plan", str(dearer), "--out", str(tmp_path / "next")).code == 0
    assert run("release", str(tmp_path / "next"), "--by", "kim", "--store", log).code == 0
    opened = ("record", "lessons", "L1", "open_lesson", "--say", "text=integration is paid twice", "--say", "owner=lee")
    assert run(*opened, "--by", "kim", "--store", log).code == 0
    closing = ("--change", RATE, "--by", "lou", "--store", log)
    alike = run("lesson", "L1", str(tmp_path / "next"), str(tmp_path / "next"), *closing)
    assert (alike.code, "nothing was changed" in alike.err) == (4, True)
    assert run("lesson", "L1", str(tmp_path / "next"), str(folder), *closing).code == 4, "the first plan was never released"
    told = json.loads(run("lesson", "L1", str(folder), str(tmp_path / "next"), *closing, "--json").out)
    assert len(told["receipts"]) == 1
    (row,) = json.loads(run("improve", str(folder), "--store", log, "--json").out)["lessons"]
    assert (row["state"], row["old"], row["new"]) == ("closed", "6000000.0", "5400000.0")
    assert row["digest"] == digest_of_plan(tmp_path / "next")


def test_a_refused_lesson_makes_no_store_and_no_keys(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (("--store", "log.sqlite"), ()):
        told = run("lesson", "L1", str(folder), str(folder), "--change", RATE, "--by", "lou", *words)
        assert told.code == 5
        assert "there is no such store" in told.err
        assert "made by the first command that records something" in told.err
    bad = run(
        "lesson", "L1", str(folder), str(folder), "--change", "nothing.csv/x/usd", "--by", "lou", "--store", "log.sqlite"
    )
    assert (bad.code, "a scenario has no file 'nothing.csv'" in bad.err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_words_of_several_rows_carry_their_keys() -> None:
    words = rows_worded(a_scenario(), "vehicles.csv/*/operator")
    assert all("=" in one for one in words.split("; ")) or ";" not in words


# the command


def test_improve_tells_the_same_in_words_json_page_and_workbook(folder: Path, tmp_path: Path) -> None:
    page, book = tmp_path / "i.html", tmp_path / "i.xlsx"
    told = json.loads(run("improve", str(folder), "--out", str(page), "--xlsx", str(book), "--json").out)
    words = run("improve", str(folder), "--since", "2027-04-01").out
    together = told["programme"]["together_usd"]
    assert f"{together / 1e6:,.2f}" in words
    assert f"{together / 1e6:,.2f}" in page.read_text()
    assert told["gap_usd"] == pytest.approx(max(0.0, told["target_usd"] - together))
    assert told["files"] == [str(page), str(book)]
    assert book.read_bytes()[:2] == b"PK"
    assert "Before and after 2027-04-01" in words
    assert "cannot tell" in words


@pytest.mark.parametrize(
    ("day", "said"), [("1800-01-01", "nothing that counts lies before"), ("2990-01-01", "from 2990-01-01 on")]
)
def test_a_day_with_nothing_on_one_of_its_sides_is_refused_with_the_days_between(folder: Path, day: str, said: str) -> None:
    told = run("improve", str(folder), "--since", day)
    assert (told.code, said in told.err) == (2, True)
    assert re.search(r"give a day after 202\d-\d\d-\d\d and not after 202\d-\d\d-\d\d", told.err)


def test_the_page_escapes_the_words_of_others(tiny: OperationsPlan) -> None:
    from supercargo.report.improve import render_improvement

    evil = an_initiative(f"{RATE}*0.9", title="<script>alert(1)</script>", initiative_id="<b>x</b>")
    plan = replace(tiny, scenario=replace(tiny.scenario, initiatives=(evil,)))
    page = render_improvement(improvement_of(plan, known_of_plan(plan), measured_programme(plan)))
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x" in page


@pytest.mark.parametrize(
    ("words", "what"), [(("--since", "yesterday"), "is no day"), (("--out", "page.txt"), "another kind of name")]
)
def test_what_cannot_be_meant_is_told(folder: Path, words: tuple[str, ...], what: str) -> None:
    told = run("improve", str(folder), *words)
    assert told.code == 2
    assert what in told.err


def test_workbooks_of_initiatives_are_read_as_they_were_written(tmp_path: Path) -> None:
    own = replace(a_scenario(), initiatives=(an_initiative("vehicles.csv/*/price_usd*0.9"),))
    write_scenario(own, tmp_path / "year")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "year" / "initiatives.csv").read_text())))
    assert rows[0]["changes"] == "vehicles.csv/*/price_usd*0.9"
    assert read_scenario(tmp_path / "year").initiatives == own.initiatives
