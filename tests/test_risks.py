"""The register with figures: what is counted and what is said, contingencies on the same courses, files with faults."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from supercargo.kernel import ScenarioError
from supercargo.measure.contingencies import NO_EFFECT, Effect, effect_of, value_contingencies
from supercargo.measure.courses import Courses, Toll
from supercargo.measure.insured import lots_aboard
from supercargo.measure.risk_register import register_risks
from supercargo.measure.risk_review import IMPACT_BANDS_USD, PROBABILITY_BANDS, band_of, severity_of
from supercargo.model import CHANCES, RISK_CLASSES, RISK_DRIVERS, Chance, Chances, Contingency, Risk
from supercargo.simulate.courses import Drawing, changed_chances, draw_courses, draw_losses
from supercargo.store import read_chances, read_plan, read_risks, read_scenario, write_rows, write_scenario
from tests.builders import FACT, a_scenario
from tests.cli_runner import run
from tests.plans import a_plan

PLAN = a_plan()
MISSIONS = tuple(mission.mission_id for mission in PLAN.missions)


def a_risk(**changes: Any) -> Risk:
    base: dict[str, Any] = {
        "risk_id": "R1", "risk_class": "mission", "title": "a mission is lost", "driver": "judged", "probability": 0.1,
        "impact_usd": 1e6, "impact_d": 10.0, "owner": "director", "mitigation": "a spare", "residual_probability": 0.05,
        "residual_impact_usd": 5e5,
    }  # fmt: skip
    return Risk(**{**base, **FACT, **changes})


def a_contingency(*changes: str, **more: Any) -> Contingency:
    base: dict[str, Any] = {"contingency_id": "K", "title": "a spare", "cost_usd": 1e6, "changes": changes}
    return Contingency(**{**base, **FACT, **more})


def some_courses(count: int = 4, **changes: Any) -> Courses:
    """Courses in which nothing happens but what is told."""
    shapes = {"port_out_d": 1, "damaged_usd": 1, "demand_fraction": 2, "below_reserve_d": 2, "below_zero_d": 2}
    base: dict[str, Any] = {
        "missions": MISSIONS, "ports": (("Hub", "A"),), "classes": ("food",), "stocks": (("Hub", "food"), ("Hub", "water")),
        "lost": np.zeros((count, len(MISSIONS)), dtype=bool), "slip_d": np.zeros((count, len(MISSIONS))),
        "overrun_d": np.zeros((count, len(MISSIONS))), "supplier_delay_d": np.zeros(count), "loss_usd": np.zeros(count),
        **{name: np.zeros((count, width)) for name, width in shapes.items()},
    }  # fmt: skip
    return Courses(**{**base, **changes})


def only(risk: Risk, courses: Courses | None = None) -> Any:
    (row,) = register_risks(PLAN, [risk], courses)
    return row


def test_the_eight_classes_are_those_of_the_source_document() -> None:
    assert RISK_CLASSES == ("mission", "spacecraft", "cargo", "coordination", "customer", "competition", "cost", "market")


def test_the_template_has_a_risk_of_every_class_and_calls_itself_an_assumption() -> None:
    tables = read_risks(a_scenario())
    assert {risk.risk_class for risk in tables.risks} == set(RISK_CLASSES)
    assert {risk.evidence for risk in tables.risks} == {"assumption"}
    assert tables.templates == ("risks.csv", "contingencies.csv", "insurance.csv")
    assert all(effect_of(one, CHANCES, ("Hub",)) != NO_EFFECT for one in tables.contingencies)


def test_a_scenarios_own_rows_stand_in_place_of_the_template() -> None:
    own = read_risks(a_scenario(risks=(a_risk(),)))
    assert [risk.risk_id for risk in own.risks] == ["R1"]
    assert own.templates == ("contingencies.csv", "insurance.csv")


def test_a_persons_word_is_told_as_an_assumption() -> None:
    row = only(a_risk())
    assert (row.basis, row.impact_basis, row.samples_count, row.expected_usd) == ("assumption", "assumption", 0, 1e5)
    assert (row.residual_expected_usd, row.probability_low) == (25_000.0, None)


def test_a_loss_is_counted_with_cargo_and_revenue_of_the_missions_lost() -> None:
    lost = np.zeros((4, len(MISSIONS)), dtype=bool)
    lost[0, 0] = lost[1, 0] = lost[1, 1] = True
    courses = some_courses(lost=lost)
    row = only(a_risk(driver="loss"), courses)
    lots = lots_aboard(PLAN)
    worth = [
        math.fsum(lot.usd for lot in lots.get(name, ())) + max(0.0, PLAN.mission_named[name].price_usd) for name in MISSIONS
    ]
    assert (row.probability, row.basis, row.samples_count) == (0.5, "simulation", 4)
    assert row.impact_usd == pytest.approx((worth[0] + worth[0] + worth[1]) / 2, abs=0.01)
    assert row.probability_low < 0.5 < row.probability_high
    assert only(a_risk(driver="two-losses"), courses).probability == 0.25
    assert only(a_risk(driver="loss", object=MISSIONS[1]), courses).probability == 0.25


@pytest.mark.parametrize(
    ("driver", "word", "changes", "probability", "days"),
    [
        ("slip", "30", {"slip_d": np.array([[31.0, 0], [30.0, 0], [0, 90.0], [0, 0]])}, 0.5, 60.5),
        ("overrun", "", {"overrun_d": np.array([[3.0, 5.0], [0, 0], [0, 1.0], [0, 0]])}, 0.5, 3.0),
        ("port-out", "Hub", {"port_out_d": np.array([[4.0], [0], [0], [0]])}, 0.25, 4.0),
        ("supplier-delay", "10", {"supplier_delay_d": np.array([11.0, 10.0, 0, 0])}, 0.25, 11.0),
        ("reserve", "Hub/food", {"below_reserve_d": np.array([[2.0, 9], [0, 9], [0, 9], [0, 9]])}, 0.25, 2.0),
        ("reserve", "", {"below_reserve_d": np.array([[2.0, 9], [0, 9], [0, 9], [0, 9]])}, 1.0, 9.0),
        ("shortage", "Hub", {"below_zero_d": np.array([[1.0, 0], [0, 0], [0, 0], [0, 5.0]])}, 0.5, 3.0),
        ("demand", "20", {"demand_fraction": np.array([[0.2, 0.0], [0.21, 0], [0, 0], [0, 0]])}, 0.25, 10.0),
    ],
)
def test_each_driver_counts_the_courses_in_which_it_happens(
    driver: str, word: str, changes: dict[str, Any], probability: float, days: float
) -> None:
    wide: dict[str, Any] = {
        name: np.pad(value, ((0, 0), (0, len(MISSIONS) - 2))) if name in ("slip_d", "overrun_d") else value
        for name, value in changes.items()
    }
    row = only(a_risk(driver=driver, object=word), some_courses(**wide))
    assert (row.probability, row.impact_d, row.basis, row.impact_basis) == (probability, days, "simulation", "assumption")


def test_damage_is_counted_at_its_declared_value() -> None:
    courses = some_courses(damaged_usd=np.array([[100.0], [0], [300.0], [0]]))
    row = only(a_risk(driver="damage", object="food"), courses)
    assert (row.probability, row.impact_usd, row.impact_basis) == (0.5, 200.0, "simulation")


def test_what_is_not_in_the_plan_is_not_counted_as_never_happening() -> None:
    row = only(a_risk(driver="loss", object="Dodo"), some_courses())
    assert (row.basis, row.probability) == ("assumption", 0.1)


def test_a_share_of_an_account_is_counted_from_costs_csv_to_the_cent() -> None:
    service = [row for row in PLAN.costs if row.paid_by == "service"]
    launch = round(sum(row.plan_usd for row in service if row.account.startswith("launch")), 2)
    row = only(a_risk(driver="account", object="launch", impact_usd=None, impact_fraction=0.1))
    assert (row.impact_usd, row.impact_basis) == (round(launch * 0.1, 2), "plan")
    revenue = round(sum(row.plan_usd for row in service if row.account.startswith("revenue")), 2)
    lost = only(a_risk(driver="customer", impact_usd=None, impact_fraction=1.0))
    assert lost.impact_usd == max(0.0, revenue)


def test_what_a_mitigation_leaves_keeps_its_share_of_what_was_counted() -> None:
    lost = np.zeros((4, len(MISSIONS)), dtype=bool)
    lost[:2, 0] = True
    row = only(a_risk(driver="loss"), some_courses(lost=lost))  # said: .1 to .05 and 1 MUSD to .5 MUSD
    assert row.residual_probability == 0.25
    assert row.residual_impact_usd == pytest.approx(row.impact_usd / 2, abs=0.01)


def test_the_dearest_risk_comes_first_and_closed_ones_do_not_count() -> None:
    risks = [a_risk(risk_id="A"), a_risk(risk_id="B", impact_usd=2e6), a_risk(risk_id="C", impact_usd=9e9, state="closed")]
    rows = register_risks(PLAN, risks)
    assert [(row.rank, row.risk_id) for row in rows] == [(1, "B"), (2, "A")]


def test_bands_grade_a_risk() -> None:
    assert [band_of(p, PROBABILITY_BANDS) for p in (0.0, 0.01, 0.011, 0.5, 1.0)] == [0, 0, 1, 3, 4]
    assert band_of(1e6, IMPACT_BANDS_USD) == 0
    grades = [severity_of(only(a_risk(probability=p, impact_usd=usd))) for p, usd in ((0.005, 1e5), (0.1, 5e6), (0.9, 9e8))]
    assert grades == ["low", "medium", "extreme"]


# contingencies


def test_changes_are_read_and_every_fault_of_them_is_named() -> None:
    read = effect_of(a_contingency("standdown.size*0.5", "stock/*+15", "loss_usd*0.9", "loss.probability*2"), CHANCES, ())
    assert read == Effect(
        factors=(("standdown", "size", 0.5), ("loss", "probability", 2.0)), stock_d=(("*", 15.0),), loss_factor=0.9
    )
    bad = ("standdown*0.5", "storm.size*0.5", "stock/Nowhere+5", "loss_usd*-1", "overrun.size*x", "loss_usd*nan")
    with pytest.raises(ScenarioError) as caught:
        effect_of(a_contingency(*bad), CHANCES, ("Hub",))
    assert len(caught.value.faults) == len(bad)
    with pytest.raises(ScenarioError, match="changes nothing"):
        effect_of(a_contingency(), CHANCES, ("Hub",))


def test_a_chance_is_multiplied_and_never_leaves_its_range() -> None:
    rows = (
        Chance(chance="loss", trials_count=99, hits_count=4.5, **FACT),
        Chance(chance="damage", probability=0.6, least_value=0.4, likely_value=0.5, most_value=0.9, unit="fraction", **FACT),
    )
    after = changed_chances(Chances(rows=rows), Effect(factors=(("loss", "probability", 0.5), ("damage", "size", 2.0))))
    assert after.rows[0].mean_probability == pytest.approx(rows[0].mean_probability / 2)
    assert (after.rows[1].least_value, after.rows[1].likely_value, after.rows[1].most_value) == (0.8, 1.0, 1.0)
    doubled = changed_chances(Chances(rows=rows), Effect(factors=(("damage", "probability", 2.0),)))
    assert doubled.rows[1].mean_probability == 1.0


def test_a_contingency_is_worth_the_mean_of_what_it_avoids_less_its_cost() -> None:
    before = some_courses(
        loss_usd=np.array([10e6, 0.0, 4e6, 2e6]), below_reserve_d=np.array([[1.0, 0], [1, 1], [0, 0], [0, 0]])
    )
    after = replace(before, loss_usd=before.loss_usd / 2, below_reserve_d=np.zeros((4, 2)))
    (row,) = value_contingencies([a_contingency("loss_usd*0.5")], before, [after])
    avoided = np.array([5e6, 0.0, 2e6, 1e6])
    half = 1.6448536269514722 * avoided.std(ddof=1) / 2
    assert (row.avoided_usd, row.net_usd) == (2e6, 1e6)
    assert (row.net_low_usd, row.net_high_usd) == (round(1e6 - half, 2), round(1e6 + half, 2))
    assert (row.reserve_before, row.reserve_after, row.verdict) == (0.5, 0.0, "not told apart")


@pytest.mark.parametrize(("cost", "verdict"), [(0.0, "worth it"), (3e6, "not worth it")])
def test_a_net_value_on_one_side_of_zero_is_said_so(cost: float, verdict: str) -> None:
    before = some_courses(loss_usd=np.full(4, 2e6))
    (row,) = value_contingencies([a_contingency("loss_usd*0", cost_usd=cost)], before, [replace(before, loss_usd=np.zeros(4))])
    assert (row.verdict, row.net_usd) == (verdict, 2e6 - cost)


def test_contingencies_are_ranked_by_net_value() -> None:
    before = some_courses(loss_usd=np.full(4, 2e6))
    offers = [
        a_contingency("loss_usd*0", contingency_id=name, cost_usd=cost) for name, cost in (("dear", 3e6), ("cheap", 1e6))
    ]
    rows = value_contingencies(offers, before, [replace(before, loss_usd=np.zeros(4))] * 2)
    assert [(row.rank, row.contingency_id) for row in rows] == [(1, "cheap"), (2, "dear")]


# courses


def drawn(*effects: Effect, runs: int = 40, workers: int = 1) -> tuple[Courses, tuple[Toll, ...]]:
    return draw_courses(PLAN, read_chances(PLAN.scenario), effects, Drawing(seed=7, runs=runs, workers=workers))


def test_a_change_of_nothing_draws_the_very_same_courses() -> None:
    base, (same,) = drawn(Effect(factors=(("overrun", "size", 1.0), ("damage", "size", 1.0))))
    assert np.array_equal(same.loss_usd, base.loss_usd)
    assert np.array_equal(same.below_reserve_d, base.below_reserve_d)


def test_the_number_of_processes_changes_no_figure() -> None:
    one, (toll,) = drawn(Effect(factors=(("overrun", "size", 0.5),)), runs=300)
    two, (other,) = drawn(Effect(factors=(("overrun", "size", 0.5),)), runs=300, workers=2)
    assert np.array_equal(one.loss_usd, two.loss_usd)
    assert np.array_equal(toll.loss_usd, other.loss_usd)


def test_more_stock_never_makes_a_day_below_reserve() -> None:
    bare, (more,) = drawn(Effect(stock_d=(("*", 15.0),)))
    assert (more.below_reserve_d <= bare.below_reserve_d).all()
    assert more.below_reserve_d.sum() < bare.below_reserve_d.sum()
    assert np.array_equal(more.loss_usd, bare.loss_usd)


def test_a_lost_missions_cargo_and_revenue_are_what_a_factor_on_losses_saves() -> None:
    bare, (half,) = drawn(Effect(loss_factor=0.5), runs=200)
    lots = lots_aboard(PLAN)
    worth = np.array(
        [
            math.fsum(lot.usd for lot in lots.get(name, ())) + max(0.0, PLAN.mission_named[name].price_usd)
            for name in bare.missions
        ]
    )
    assert bare.lost.any()
    assert np.allclose(bare.loss_usd - half.loss_usd, 0.5 * (bare.lost @ worth))


def test_without_chances_nothing_is_lost_and_nothing_is_late() -> None:
    still, _ = draw_courses(PLAN, Chances(rows=()), (), Drawing(seed=1, runs=3))
    assert not still.lost.any()
    assert np.allclose(still.loss_usd, 0.0, atol=0.01)
    assert still.slip_d.max() == 0.0


def test_losses_alone_come_as_often_as_the_binomial_says() -> None:
    p, count = 0.05, 40_000
    chances = Chances(rows=(Chance(chance="loss", probability=p, **FACT),))
    missions, lost = draw_losses(PLAN, chances, seed=3, count=count)
    assert missions == MISSIONS
    n = len(missions)
    for k in range(n + 1):
        expected = math.comb(n, k) * p**k * (1 - p) ** (n - k)
        spread = math.sqrt(expected * (1 - expected) / count)
        assert float((lost.sum(axis=1) == k).mean()) == pytest.approx(expected, abs=5 * spread + 1e-9)


# files


def spoilt(tmp_path: Path, noun: Any, file: str, **cells: str) -> list[tuple[str, str]]:
    """Column and fix of the faults of a scenario whose file has one row with these cells."""
    folder = tmp_path / "year"
    write_scenario(a_scenario(), folder)
    rows = list(csv.DictReader(io.StringIO(write_rows((noun,), type(noun)).decode())))
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerow({**rows[0], **cells})
    (folder / file).write_text(out.getvalue())
    with pytest.raises(ScenarioError) as refused:
        read_scenario(folder)
    assert {fault.file for fault in refused.value.faults} == {file}
    return sorted((fault.column, fault.fix) for fault in refused.value.faults)


def test_numbers_and_words_of_a_risk_that_can_not_be_are_all_named_at_once(tmp_path: Path) -> None:
    cells = {
        "probability": "1.2", "impact_usd": "-5", "impact_d": "-1", "class": "weather", "driver": "storm",
        "residual_probability": "nan", "state": "lost",
    }  # fmt: skip
    faults = spoilt(tmp_path, a_risk(), "risks.csv", **cells)
    assert {column for column, _ in faults} == set(cells)
    assert ("class", f"use one of: {', '.join(RISK_CLASSES)}") in faults
    assert ("driver", f"use one of: {', '.join(RISK_DRIVERS)}") in faults


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ({"owner": " ", "title": ""}, {"owner", "title"}),
        ({"probability": "", "impact_usd": ""}, {"probability", "impact_usd"}),
        ({"driver": "loss", "object": "Dodo", "impact_fraction": "0.1"}, {"object", "impact_fraction"}),
        ({"driver": "slip", "object": "long"}, {"object"}),
        ({"driver": "reserve", "object": "Nowhere/food"}, {"object"}),
        ({"driver": "customer", "object": "ACNE"}, {"object"}),
        ({"state": "mitigating", "mitigation": ""}, {"mitigation"}),
    ],
)
def test_a_risk_that_says_too_little_or_names_what_is_not_there_is_refused(
    tmp_path: Path, changes: dict[str, str], columns: set[str]
) -> None:
    assert {column for column, _ in spoilt(tmp_path, a_risk(), "risks.csv", **changes)} == columns


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        (
            {"cover_fraction": "-0.5", "limit_usd": "-1", "rate_fraction": "1.5"},
            {"cover_fraction", "limit_usd", "rate_fraction"},
        ),
        ({"cover_fraction": "0"}, {"cover_fraction"}),
        ({"limit_usd": "0"}, {"limit_usd"}),
        ({"deductible_usd": "2000000000"}, {"deductible_usd"}),
        ({"missions": "M99"}, {"missions"}),
    ],
)
def test_an_offer_that_covers_nothing_or_nobody_is_refused(tmp_path: Path, changes: dict[str, str], columns: set[str]) -> None:
    from tests.test_insurance import an_offer

    assert {column for column, _ in spoilt(tmp_path, an_offer(), "insurance.csv", **changes)} == columns


# the command


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("risk")
    assert run("new", str(root / "year"), "--from", "tiny").code == 0
    assert run("plan", str(root / "year"), "--out", str(root / "plan")).code == 0
    return root / "plan"


def test_a_plan_holds_its_register_and_the_command_counts_it(tiny: Path, tmp_path: Path) -> None:
    plan = read_plan(tiny)
    assert {row.risk_class for row in plan.risks} == set(RISK_CLASSES)
    assert {row.basis for row in plan.risks} == {"assumption"}
    page, book = tmp_path / "r.html", tmp_path / "r.xlsx"
    words = ("risk", str(tiny), "--runs", "40", "--out", str(page), "--xlsx", str(book), "--json")
    told = json.loads(run(*words).out)
    assert {row["basis"] for row in told["risks"]} == {"assumption", "simulation"}
    assert {row["samples_count"] for row in told["risks"] if row["basis"] == "simulation"} == {40}
    assert [row["rank"] for row in told["contingencies"]] == [1, 2, 3, 4, 5, 6]
    assert len(told["covers"]) == told["portfolio"]["exposures_count"]
    assert told["portfolio"]["bound_usd"] <= told["portfolio"]["objective_usd"]
    text = page.read_text()
    assert text.count("<svg") == 3
    assert "<script" not in text
    assert "http://" not in text
    first = page.read_bytes(), book.read_bytes()
    assert run(*words[:-1]).code == 4
    assert run(*words, "--force").code == 0
    assert (page.read_bytes(), book.read_bytes()) == first


def test_the_same_seed_gives_the_same_answer_and_another_does_not(tiny: Path) -> None:
    one, two, three = (run("risk", str(tiny), "--runs", "25", "--seed", seed, "--json").out for seed in ("5", "5", "6"))
    assert one == two
    assert one != three


def test_without_a_plan_or_a_store_or_with_the_wrong_kind_of_file_it_is_refused(tiny: Path, tmp_path: Path) -> None:
    assert run("risk").code == 2
    assert run("risk", str(tiny), "--runs", "1", "--out", str(tmp_path / "x.txt")).code == 2
    assert run("risk", str(tiny), "--bind", "--by", "kim").code == 2
    assert run("risk", str(tmp_path / "none")).code == 2


def test_without_courses_every_probability_is_a_persons_word(tiny: Path) -> None:
    told = json.loads(run("risk", str(tiny), "--runs", "0", "--json").out)
    assert {row["basis"] for row in told["risks"]} == {"assumption"}
    assert (told["covers"], told["portfolio"], told["seed"]) == ([], None, None)


def test_covers_that_are_bought_are_bound_once_in_the_record(tiny: Path, tmp_path: Path) -> None:
    store = str(tmp_path / "log.sqlite")
    assert run("release", str(tiny), "--store", store, "--by", "kim").code == 0
    words = ("risk", str(tiny), "--store", store, "--runs", "5", "--capital", "1", "--tail", "0.999", "--bind", "--by", "kim")
    first = json.loads(run(*words, "--json").out)
    bought = [row for row in first["covers"] if row["decision"] == "buy"]
    assert bought
    assert len(first["receipts"]) == len(first["policies"]) == len(bought)
    policies = {row["policy"]: row for row in first["policies"]}
    for row in bought:
        policy = policies[f"{row['mission_id']}-{row['covers']}"]
        assert (policy["premium_usd"], policy["insured_usd"]) == (row["premium_usd"], row["value_usd"])
    again = json.loads(run(*words, "--json").out)
    assert (again["receipts"], len(again["policies"])) == ([], len(bought))
    assert "policy" in run("risk", "--store", store).out
