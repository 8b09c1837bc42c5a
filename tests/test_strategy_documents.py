"""Documents of strategy: every phrase covered, and their numbers counted again from the files of the plan folder."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from importlib import resources
from pathlib import Path

import pytest

from supercargo.app.deliverables import ReportAsked, hold, make_documents
from supercargo.report.blocks import Decision, Document, Missing, numbers_of
from supercargo.report.coverage import coverage_of
from supercargo.report.deliverables import d11
from supercargo.report.deliverables.held import Held
from supercargo.report.deliverables.strategy_parts import change_words
from supercargo.store import read_initiatives, read_risks, read_scenario, read_strategy, write_scenario
from tests.cli_runner import run

NAMES = ("D11", "D14", "D15")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("strategy-documents")
    for words in (("new", str(place / "tiny"), "--from", "tiny"), ("plan", str(place / "tiny"), "--out", str(place / "plan"))):
        assert run(*words).code == 0
    return place / "plan"


@pytest.fixture(scope="module")
def held(folder: Path) -> Held:
    return hold(ReportAsked(folder, runs=20, workers=1))


@pytest.fixture(scope="module")
def documents(held: Held) -> dict[str, Document]:
    return {document.doc_id: document for document in make_documents(held, NAMES)}


def rows(folder: Path, file: str) -> list[dict[str, str]]:
    with (folder / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def told(document: Document) -> dict[str, float | None]:
    return {number.key: number.value for number in numbers_of(document)}


def template(file: str) -> list[dict[str, str]]:
    content = (resources.files("supercargo") / "catalogue" / "strategy" / file).read_text("utf-8")
    return list(csv.DictReader(content.splitlines()))


def up(folder: Path) -> list[dict[str, str]]:
    return [row for row in rows(folder, "manifest.csv") if row["direction"] == "up" and row["mission_id"]]


@pytest.mark.parametrize("name", NAMES)
def test_every_phrase_is_covered_but_what_only_the_record_tells_and_a_decision_asked_for(
    documents: dict[str, Document], name: str
) -> None:
    bare = [one.phrase for one in coverage_of(documents[name]) if not one.blocks]
    assert bare == (["industry influence"] if name == "D15" else []), "no recognition of the trade is on record"
    assert [block for block in documents[name].blocks if isinstance(block, Decision)]


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_a_source_and_stands_once_for_each_key(documents: dict[str, Document], name: str) -> None:
    seen: dict[str, float | None] = {}
    for number in numbers_of(documents[name]):
        assert number.source.split(":")[0] in {"plan", "simulation", "assumption", "scenario", "market"}, number
        assert seen.setdefault(number.key, number.value) == number.value


def test_the_numbers_of_the_roadmap_are_those_of_its_files(folder: Path, documents: dict[str, Document], held: Held) -> None:
    found = told(documents["D11"])
    assert held.strategy is not None
    chosen = {row.technology_id for row in held.strategy.technologies if row.chosen}
    costs = {row["technology_id"]: float(row["cost_usd"]) for row in template("technologies.csv")}
    kinds = {row["technology_id"]: row["kind"] for row in template("technologies.csv")}
    assert found["strategy.technologies"] == len(costs)
    assert found["strategy.chosen"] == len(chosen)
    assert found["strategy.roadmap.spent_usd"] == pytest.approx(sum(costs[name] for name in chosen))
    for kind, mates in (
        ("automation", ("automation", "robotics", "autonomy")),
        ("tracking", ("tracking",)),
        ("communication", ("communication",)),
    ):
        own = sum(costs[name] for name in chosen if kinds[name] in mates)
        assert found[f"strategy.kind.{kind}.cost_usd"] == pytest.approx(own)
    assert found["plan.up_pieces"] == pytest.approx(sum(float(row["pieces"]) for row in up(folder)))
    whole = sum(costs.values())
    assert found[f"strategy.frontier.{whole:.0f}.budget_usd"] == pytest.approx(whole)
    assert found["strategy.frontier.0.spent_usd"] == found["strategy.frontier.0.worth_usd"] == 0.0
    worths = [row.worth_usd for row in held.strategy.technologies if row.chosen]
    assert found["strategy.roadmap.worth_usd"] == pytest.approx(math.fsum(worths), abs=1.0)
    assert (found["strategy.roadmap.bound_usd"] or 0.0) >= (found["strategy.roadmap.worth_usd"] or 0.0) - 0.01


def test_the_numbers_of_partnership_are_those_of_the_plans_files(folder: Path, documents: dict[str, Document]) -> None:
    found = told(documents["D14"])
    revenue: dict[str, float] = defaultdict(float)
    for row in rows(folder, "costs.csv"):
        if row["account"].startswith("revenue"):
            revenue[row["customer"]] += float(row["plan_usd"])
    for customer, usd in revenue.items():
        assert found[f"strategy.customer.{customer}.revenue_usd"] == pytest.approx(usd, abs=0.05)
    assert found["plan.revenue_usd"] == pytest.approx(sum(revenue.values()), abs=0.05)
    positive = {name: usd for name, usd in revenue.items() if usd > 0}
    whole = sum(positive.values())
    index = sum((100 * usd / whole) ** 2 for usd in positive.values())
    assert found["strategy.index.customer.revenue"] == pytest.approx(index, abs=0.06)
    assert found["strategy.largest.customer.revenue"] == pytest.approx(100 * max(positive.values()) / whole, abs=0.006)
    operator = {row["vehicle_type"]: row["operator"] for row in rows(folder / "scenario", "vehicles.csv")}
    lifter = {row["launcher"]: row["operator"] for row in rows(folder / "scenario", "launchers.csv")}
    mission = {row["mission_id"]: row for row in rows(folder, "missions.csv")}
    for role, names, column in (("spacecraft", operator, "vehicle_type"), ("launch", lifter, "launcher")):
        kg: dict[str, float] = defaultdict(float)
        for row in up(folder):
            kg[names[mission[row["mission_id"]][column]]] += float(row["mass_kg"])
        index = sum((100 * part / sum(kg.values())) ** 2 for part in kg.values())
        assert found[f"strategy.index.{role}.cargo up"] == pytest.approx(index, abs=0.06)
    for row in template("partner_candidates.csv"):
        key = f"strategy.candidate.{row['candidate']}.cost_usd"
        assert found.get(key, float(row["cost_usd"])) == float(row["cost_usd"])


def test_the_numbers_of_the_market_are_those_of_the_plans_files(
    folder: Path, documents: dict[str, Document], held: Held
) -> None:
    found = told(documents["D15"])
    assert held.strategy is not None
    (k13,) = [row["value"] for row in rows(folder, "kpis.csv") if row["kpi_id"] == "K13"]
    assert found["plan.K13"] == pytest.approx(float(k13))
    assert found["plan.K13"] == pytest.approx(found["strategy.share.all"], abs=1e-5)
    end = rows(folder / "scenario", "contracts.csv")[0]["to_utc"]
    market = {row["destination"]: float(row["market_kg"] or 0) for row in rows(folder / "scenario", "destinations.csv")}
    checked = 0
    for segment in held.strategy.segments[:-1]:
        own = [row for row in up(folder) if row["destination"] in segment.destinations]
        kg = sum(float(row["mass_kg"]) for row in own)
        earned = sum(
            float(row["plan_usd"])
            for row in rows(folder, "costs.csv")
            if row["account"].startswith("revenue") and row["destination"] in segment.destinations
        )
        arrived = sum(float(row["mass_kg"]) for row in own if row["delivered_utc"] and row["delivered_utc"] < end)
        size = sum(market[place] for place in segment.destinations)
        assert found[f"strategy.share.{segment.segment}"] == pytest.approx(100 * arrived / size, abs=1e-4)
        key = f"strategy.price.{segment.segment}.usd_per_kg"
        if key in found:
            assert found[key] == pytest.approx(earned / kg, abs=0.01)
            checked += 1
    assert checked
    for row in template("capacity_options.csv"):
        key = f"strategy.option.{row['option']}.capex_usd"
        assert found.get(key, float(row["capex_usd"])) == float(row["capex_usd"])


def test_capacity_is_valued_at_the_prices_that_are_asked_for_and_costs_what_the_table_of_segments_says(
    documents: dict[str, Document], held: Held
) -> None:
    assert held.strategy is not None
    prices = {row.segment: row for row in held.strategy.prices}
    segments = {row.segment: row for row in held.strategy.segments}
    assumed = {row["option"]: float(row["usd_per_kg"]) for row in template("capacity_options.csv")}
    found = told(documents["D15"])
    assert held.strategy.options
    for row in held.strategy.options:
        price = prices[row.segment]
        gains = price.room_margin_usd > price.margin_usd
        assert row.price_usd_per_kg == (price.room_usd_per_kg if gains else price.usd_per_kg)
        assert row.cost_usd_per_kg == max(assumed[row.option], segments[row.segment].cost_usd_per_kg or 0.0)
        for name in ("price_usd_per_kg", "cost_usd_per_kg", "today_usd"):
            assert found[f"strategy.option.{row.option}.{name}"] == getattr(row, name)
    asked = [block for block in documents["D15"].blocks if isinstance(block, Decision)]
    assert asked[-1].advice.startswith("Decide prices first")
    (d12,) = make_documents(held, ("D12",))
    assert found["programme.together_usd"] == told(d12)["programme.together_usd"]


def test_without_futures_the_roadmap_says_what_it_needs(folder: Path) -> None:
    calm = hold(ReportAsked(folder, runs=0, workers=1))
    document = d11.document(calm)
    assert [block.needs for block in document.blocks if isinstance(block, Missing)]
    made = make_documents(calm, NAMES)
    assert [one.doc_id for one in made] == list(NAMES)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("cost/mission control*0.75", "mission control costs 25 % less"),
        ("turnaround/tail*0.7", "tail turned round 30 % sooner"),
        ("supplier_delay.probability*0.5", "late suppliers 50 % rarer"),
        ("loss_usd*0.85", "losses 15 % cheaper"),
        ("stock/Starlab+10", "Starlab: 10 d more stock"),
    ],
)
def test_a_change_is_told_in_words(change: str, words: str) -> None:
    assert change_words(change) == words


NONE_MEANT = {"risks": "register", "initiatives": "strategy", "technologies": "strategy", "capacity_options": "strategy"}


def test_a_header_without_rows_means_none_and_a_missing_file_the_template(tmp_path: Path) -> None:
    assert run("new", str(tmp_path / "tiny"), "--from", "tiny").code == 0
    before = read_scenario(tmp_path / "tiny")
    tables = read_strategy(before)
    assert before.none_of == ()
    assert tables.technologies
    assert tables.capacity_options
    assert read_risks(before).risks
    assert read_initiatives(before)[0]
    for name, folder in NONE_MEANT.items():
        head = (resources.files("supercargo") / "catalogue" / folder / f"{name}.csv").read_text().splitlines()[0]
        (tmp_path / "tiny" / f"{name}.csv").write_text(head + "\n")
    write_scenario(read_scenario(tmp_path / "tiny"), tmp_path / "again")
    for place in ("tiny", "again"):
        after = read_scenario(tmp_path / place)
        told = read_strategy(after)
        assert (told.technologies, told.capacity_options, read_risks(after).risks) == ((), (), ())
        assert read_initiatives(after) == ((), False)
        assert not set(told.templates) & {"technologies.csv", "capacity_options.csv"}
        assert told.market_segments, "what is missing still has its template"
        assert after.digest != before.digest


def test_documents_are_made_of_a_scenario_that_says_none(tmp_path: Path) -> None:
    assert run("new", str(tmp_path / "tiny"), "--from", "tiny").code == 0
    for name, folder in NONE_MEANT.items():
        head = (resources.files("supercargo") / "catalogue" / folder / f"{name}.csv").read_text().splitlines()[0]
        (tmp_path / "tiny" / f"{name}.csv").write_text(head + "\n")
    assert run("plan", str(tmp_path / "tiny"), "--out", str(tmp_path / "plan")).code == 0
    told = hold(ReportAsked(tmp_path / "plan", runs=2, workers=1))
    made = {one.doc_id: one for one in make_documents(told, ("D5", "D11", "D12", "D13", "D15"))}
    figures = {number.key: number.value for document in made.values() for number in numbers_of(document)}
    assert figures["strategy.technologies"] == 0
    assert told.improvement.programme.savings == ()
    assert not told.improvement.programme.template
    assert told.review.risks == ()
    assert told.strategy is not None
    assert told.strategy.options == ()
