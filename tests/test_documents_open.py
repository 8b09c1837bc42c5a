"""What the executive's document says is open: stocks that futures empty, orders and gates that were due, every KPI."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.deliverables import ReportAsked, hold, make_documents
from supercargo.report.blocks import Decision, Document, Option, Table, Text, numbers_of
from supercargo.report.deliverables.held import Held
from tests.cli_runner import run

AS_OF = datetime(2027, 5, 20, tzinfo=UTC)
"""Amid the year of the small scenario, so that some gates and orders were due before and some come after."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("open")
    assert run("new", str(place / "tiny"), "--from", "tiny").code == 0
    file = place / "tiny" / "scenario.toml"
    file.write_text(re.sub(r"as_of_utc = \S+", f"as_of_utc = {AS_OF:%Y-%m-%dT%H:%M:%SZ}", file.read_text()))
    assert run("plan", str(place / "tiny"), "--out", str(place / "plan")).code == 0
    return place / "plan"


@pytest.fixture(scope="module")
def held(folder: Path) -> Held:
    return hold(ReportAsked(folder, runs=20, workers=1))


@pytest.fixture(scope="module")
def documents(held: Held) -> Mapping[str, Document]:
    return {one.doc_id: one for one in make_documents(held, ("D1", "D8"))}


def figures(document: Document) -> dict[str, float | None]:
    return {number.key: number.value for number in numbers_of(document)}


def decision(document: Document, question: str) -> Decision:
    return next(one for one in document.blocks if isinstance(one, Decision) and question in one.question)


def words(document: Document) -> str:
    return " ".join(one.words for one in document.blocks if isinstance(one, Text))


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def test_the_stocks_likeliest_to_run_out_stand_in_d1_with_the_figures_of_d8(held: Held) -> None:
    assert held.simulated is not None
    shares = (0.1, 0.68, 0.5, 0.4)
    stocks = tuple(
        replace(held.simulated.stocks[0], supply_class=f"c{at}", below_zero_probability=share)
        for at, share in enumerate(shares)
    )
    changed = replace(held, simulated_held=replace(held.simulated, stocks=stocks))
    first, inventory = (figures(one) for one in make_documents(changed, ("D1", "D8")))
    place = stocks[0].destination
    for at, share in enumerate(shares):
        key = f"simulated.runs_out.{place}.c{at}"
        assert first[key] == inventory[key] == pytest.approx(100 * share)
    assert first["simulated.stocks_out_half"] == 2
    assert f"{place}: c1 {{}}, c2 {{}}, c3 {{}}, c0 {{}}." in words(make_documents(changed, ("D1",))[0])


def test_a_year_in_which_no_stock_runs_out_is_told_as_such(held: Held) -> None:
    assert held.simulated is not None
    full = tuple(replace(row, below_zero_probability=0.0, below_zero_d=0.0) for row in held.simulated.stocks)
    (document,) = make_documents(replace(held, simulated_held=replace(held.simulated, stocks=full)), ("D1",))
    assert "In none of these futures does a stock run out." in words(document)


def test_gates_due_before_the_facts_are_counted_from_the_plans_files(folder: Path, documents: Mapping[str, Document]) -> None:
    gates = [
        (row["gate"], float(row["before_launch_d"]))
        for row in rows_of(folder / "scenario" / "gates.csv")
        if not row["vehicle_types"] and not row["destinations"]
    ]
    assert len(gates) == len(rows_of(folder / "scenario" / "gates.csv")), "all are for all missions"
    launches = [datetime.fromisoformat(row["launch_utc"]) for row in rows_of(folder / "missions.csv")]
    due = Counter(gate for gate, days in gates for at in launches if at > AS_OF and at - timedelta(days=days) <= AS_OF)
    told = {
        key.removeprefix("plan.gates_due."): value for key, value in figures(documents["D1"]).items() if "gates_due" in key
    }
    assert due
    assert told == due
    asked = decision(documents["D1"], "released for operations").options[0]
    assert all(gate in asked.effect for gate in due)


def test_cargo_without_a_known_order_stands_in_the_release(held: Held, documents: Mapping[str, Document]) -> None:
    asked = decision(documents["D1"], "released for operations")
    had = sum(one.mass_kg for one in held.supply.sourcing.consignments if one.order_utc < AS_OF)
    assert had > 0.0
    (told,) = [one for one in asked.options[0].numbers if one.key == "supply.ordered_kg"]
    assert told.value == pytest.approx(had)
    assert "have no known order" in asked.options[0].effect
    assert "Confirm first what is open" in asked.advice


def test_a_release_is_due_before_each_order_that_waits_for_it(held: Held) -> None:
    began = held.plan.scenario.settings
    ahead = datetime(2026, 1, 1, tzinfo=UTC)
    early = replace(held.plan, scenario=replace(held.plan.scenario, settings=replace(began, as_of_utc=ahead)))
    goods = tuple(replace(one, state="open") for one in held.supply.sourcing.consignments)
    supply = replace(held.supply, sourcing=replace(held.supply.sourcing, consignments=goods))
    (document,) = make_documents(replace(held, plan=early, supply_held=supply), ("D1",))
    first = min(goods, key=lambda one: (one.order_utc, one.supplier))
    starts = min(one.start_utc for one in held.plan.activities)
    assert ahead < first.order_utc < starts
    due = decision(document, "released for operations").due
    assert due == f"{first.order_utc:%Y-%m-%d}, the first order that hangs on it, with {first.supplier}"


def with_contingency(held: Held, **changes: Any) -> tuple[Option, str]:
    one = replace(held.review.contingencies[0], **changes)
    (document,) = make_documents(replace(held, review_held=replace(held.review, contingencies=(one,))), ("D1",))
    asked = decision(document, "paid for against slips")
    return asked.options[0], asked.advice


def test_a_contingency_without_a_price_says_so_and_how_many_short_days_it_saves(held: Held) -> None:
    told, advice = with_contingency(
        held, avoided_usd=0.0, net_usd=-18e6, short_d_before=700.0, short_d_after=61.2, verdict="not worth it"
    )
    assert "avoids no loss that has a price; {} less of stocks below reserve, and short stock has no price" in told.effect
    assert told.numbers[-1].value == pytest.approx(638.8)
    assert told.numbers[-1].unit == "d"
    assert "days of short stock have no price in it" in advice


def test_a_contingency_that_costs_more_loss_adds_it(held: Held) -> None:
    told, _ = with_contingency(held, avoided_usd=-304_354.0, verdict="not worth it")
    assert "adds {} of loss a year" in told.effect
    assert all(one.value is None or one.value >= 0.0 for one in told.numbers)


@pytest.mark.parametrize(("verdict", "advised"), [("worth it", True), ("not told apart", False), ("not worth it", False)])
def test_only_a_contingency_that_is_told_apart_from_nothing_is_advised(held: Held, verdict: str, advised: bool) -> None:
    told, advice = with_contingency(held, avoided_usd=1e6, net_usd=2e5, verdict=verdict)
    assert advice.startswith("Pay for") == advised
    assert ("not told apart" in told.effect) == (verdict == "not told apart")


def test_each_kpi_stands_once_in_what_is_said_of_targets(held: Held, documents: Mapping[str, Document]) -> None:
    (said,) = [one for one in documents["D1"].blocks if isinstance(one, Text) and one.words.startswith("KPIs as planned")]
    assert sorted(re.findall(r"\bK\d+\b", said.words)) == sorted(kpi.kpi_id for kpi in held.plan.kpis)
    missed = [kpi for kpi in held.plan.kpis if kpi.met is False]
    assert missed
    told = {one.key: one.value for one in said.numbers}
    for kpi in missed:
        assert (told[f"plan.{kpi.kpi_id}"], told[f"plan.{kpi.kpi_id}.target"]) == (kpi.value, kpi.target)


def test_a_stock_is_never_less_than_nothing_but_lacks(held: Held) -> None:
    assert held.simulated is not None
    low = tuple(replace(row, lowest_p05_kg=-166.0) for row in held.simulated.stocks)
    (document,) = make_documents(replace(held, simulated_held=replace(held.simulated, stocks=low)), ("D8",))
    table = next(one for one in document.blocks if isinstance(one, Table) and one.title.startswith("What futures do"))
    heads = [column.name for column in table.columns]
    lowest, lacking = heads.index("lowest, 1 in 20"), heads.index("lacking, 1 in 20")
    assert {(row[lowest], row[lacking]) for row in table.rows} == {(0.0, 166.0)}


def test_a_mean_slip_and_a_delay_say_over_which_futures_they_are(documents: Mapping[str, Document]) -> None:
    table = next(one for one in documents["D1"].blocks if isinstance(one, Table) and one.title == "Missions to watch")
    heads = [column.name for column in table.columns]
    assert "own slip, mean of all futures" in heads
    assert "delay if it flies in time, 1 in 20" in heads
    assert "beyond the horizon counts in the mean and not in the delay" in table.note
