"""D9, D12 and D13: each number counted again from the files of the plan folder, every phrase of their lines covered."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from supercargo.app.deliverables import ReportAsked, hold, make_documents
from supercargo.measure.control_charts import individuals_chart
from supercargo.measure.practice import practices_of
from supercargo.report.blocks import Decision, Document, Figure, Missing, Number, Table, numbers_of
from supercargo.report.coverage import coverage_of
from supercargo.report.deliverables.held import Held
from tests.cli_runner import run
from tests.plans import a_plan

IDS = ("D9", "D12", "D13")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = tmp_path_factory.mktemp("documents")
    assert run("new", str(at / "tiny"), "--from", "tiny").code == 0
    assert run("plan", str(at / "tiny"), "--out", str(at / "plan")).code == 0
    return at / "plan"


@pytest.fixture(scope="module")
def held(folder: Path) -> Held:
    return hold(ReportAsked(folder, runs=5, workers=1))


@pytest.fixture(scope="module")
def documents(held: Held) -> dict[str, Document]:
    return {one.doc_id: one for one in make_documents(held, IDS)}


def rows_of(folder: Path, file: str) -> list[dict[str, str]]:
    with (folder / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def numbers(document: Document) -> dict[str, float | None]:
    return {one.key: one.value for one in numbers_of(document)}


def table_of(document: Document, title: str) -> Table:
    """A table, or the data of a figure, by how its title begins."""
    for block in document.blocks:
        if isinstance(block, Table) and block.title.startswith(title):
            return block
        if isinstance(block, Figure) and block.data is not None and block.data.title.startswith(title):
            return block.data
    raise AssertionError(f"{document.doc_id} has no table {title!r}")


def service(folder: Path) -> Counter[str]:
    """What the service pays by account, in cents, from costs.csv as it stands."""
    sums: Counter[str] = Counter()
    for row in rows_of(folder, "costs.csv"):
        if row["paid_by"] == "service" and not row["account"].startswith("revenue"):
            sums[row["account"]] += round(float(row["plan_usd"]) * 100)
    return sums


def test_what_three_flights_to_one_place_tell_is_covered_and_each_document_asks_for_a_decision(
    documents: dict[str, Document],
) -> None:
    bare = {name: [one.phrase_id for one in coverage_of(documents[name]) if not one.blocks] for name in IDS}
    assert bare == {"D9": [], "D12": [], "D13": ["D13.1", "D13.3"]}, (
        "too few points for a chart, no second place to learn from"
    )
    assert all(any(isinstance(block, Decision) for block in documents[name].blocks) for name in ("D9", "D12", "D13"))


def test_what_a_plan_cannot_know_is_said_and_not_padded(documents: dict[str, Document]) -> None:
    missing = {name: [block.what for block in documents[name].blocks if isinstance(block, Missing)] for name in IDS}
    assert any("K2" in what for what in missing["D9"])
    assert any("saved so far" in what for what in missing["D12"])
    assert any("short-processing" in what for what in missing["D12"])
    assert {"whether a change has helped", "lessons on record"} <= set(missing["D13"])


def test_numbers_of_d9_are_those_of_kpis_csv(folder: Path, documents: dict[str, Document]) -> None:
    kpis = rows_of(folder, "kpis.csv")
    told = numbers(documents["D9"])
    assert told["analytics.met"] == sum(row["met"] == "true" for row in kpis)
    assert told["analytics.missed"] == sum(row["met"] == "false" for row in kpis)
    assert told["analytics.unknown"] == sum(row["value"] == "" for row in kpis)
    counted = 0
    for row in kpis:
        if row["value"]:
            assert told[f"plan.{row['kpi_id']}"] == pytest.approx(float(row["value"]), abs=5e-7)
            counted += 1
    assert counted >= 7
    board = {line[0]: line[1] for line in table_of(documents["D9"], "Scoreboard").rows}
    for row in kpis:
        shown = board[f"{row['kpi_id']} {row['name']}"]
        assert (shown == "not known") == (row["value"] == "")


def test_trends_of_d9_are_counted_again_from_the_manifest(folder: Path, documents: dict[str, Document]) -> None:
    launches = Counter(row["launch_utc"][:7] for row in rows_of(folder, "missions.csv"))
    told = {row[0]: row[2] for row in table_of(documents["D9"], "K5 by month").rows}
    assert told == dict(launches)


def test_numbers_of_d12_are_counted_again_from_costs_csv(folder: Path, documents: dict[str, Document]) -> None:
    sums, told = service(folder), numbers(documents["D12"])
    whole = sum(sums.values())
    revenue = sum(
        round(float(row["plan_usd"]) * 100) for row in rows_of(folder, "costs.csv") if row["account"].startswith("revenue")
    )
    assert told["programme.service_usd"] == whole / 100
    assert told["programme.target_usd"] == pytest.approx(0.15 * whole / 100)
    assert told["plan.revenue_usd"] == pytest.approx(revenue / 100)
    assert told["plan.margin_percent"] == pytest.approx(100 * (revenue - whole) / revenue)
    prep, docked = sums["cargo preparation"] / 100, sums["mission control"] / 100
    saved = {
        "integration-once": 0.2 * sums["mission integration"] / 100,
        "data-sheets": 0.25 * sums["line engineering"] / 100,
        "shared-consoles": 0.3 * docked,
        "insurance-tender": 0.15 * sums["cargo insurance"] / 100,
        "kits": 0.12 * prep,
        "bag-robots": 0.1 * prep,
        "block-launches": 0.06 * sums["launch"] / 100,
        "flown-spacecraft": 0.08 * sums["spacecraft"] / 100,
    }
    for name, usd in saved.items():
        assert told[f"programme.{name}.saving_usd_millions"] == pytest.approx(usd / 1e6, abs=1e-6), name
    alone = sum(saved.values())
    together = alone - prep * (0.12 + 0.1 - (1 - 0.88 * 0.9))
    assert told["programme.alone_usd"] == pytest.approx(alone, abs=1)
    assert told["programme.together_usd"] == pytest.approx(together, abs=1)
    assert told["programme.gap_usd"] == pytest.approx(max(0.0, 0.15 * whole / 100 - together), abs=1)
    assert told["programme.together_percent"] == pytest.approx(100 * together / (whole / 100), abs=1e-4)


def test_margins_by_customer_add_up_to_what_the_service_earns_on_loads(folder: Path, documents: dict[str, Document]) -> None:
    rows = table_of(documents["D12"], "Margin by customer").rows
    for row in rows:
        assert isinstance(row[2], float)
        assert isinstance(row[3], float)
        assert row[4] == pytest.approx(row[2] - row[3])
    up: dict[str, float] = defaultdict(float)
    for line in rows_of(folder, "manifest.csv"):
        if line["mission_id"] and line["direction"] == "up":
            up[line["customer"]] += float(line["mass_kg"])
    assert {row[0]: row[1] for row in rows if row[1]} == pytest.approx(dict(up))


def test_drivers_of_d12_move_by_a_tenth_of_their_account(folder: Path, documents: dict[str, Document]) -> None:
    sums = service(folder)
    whole = sum(sums.values()) / 100
    for row in table_of(documents["D12"], "Each price and rate").rows:
        assert row[2] == pytest.approx(whole - sums[str(row[1])] / 1000, abs=0.06)
        assert row[3] == pytest.approx(whole + sums[str(row[1])] / 1000, abs=0.06)


def test_places_below_full_cost_are_those_whose_loads_earn_less_than_they_cost(
    held: Held, documents: dict[str, Document]
) -> None:
    told = numbers(documents["D12"])
    served = [one for one in held.costs.by["destination"] if one.lines_count]
    below = [one for one in served if (one.margin_usd or 0.0) < 0]
    assert told["prices.places"] == len(served)
    assert told["prices.below_cost_places"] == len(below)
    asked = [block for block in documents["D12"].blocks if isinstance(block, Decision) and "below full cost" in block.question]
    assert bool(asked) == bool(below)


def test_numbers_of_d13_are_counted_again(folder: Path, held: Held, documents: dict[str, Document]) -> None:
    told = numbers(documents["D13"])
    kpis = rows_of(folder, "kpis.csv")
    assert told["improvement.missed"] == sum(row["met"] == "false" for row in kpis)
    assert told["improvement.lessons_open"] == told["improvement.lessons_closed"] == 0
    assert told["programme.initiatives"] == 11
    assert told["programme.together_usd"] == numbers(documents["D12"])["programme.together_usd"]
    assert told["improvement.charts"] == sum(bool(chart.points) for chart in held.improvement.charts)
    states = {str(row[0]): (row[1], row[2]) for row in table_of(documents["D13"], "Ideas by how far").rows}
    assert {state: count for state, (count, _) in states.items()} == {"idea": 5, "approved": 3, "running": 3, "done": 0}
    sums = service(folder)
    running = 0.2 * sums["mission integration"] + 0.12 * sums["cargo preparation"] + 0.15 * sums["cargo insurance"]
    assert states["running"][1] == pytest.approx(running / 100, abs=1)
    missed = table_of(documents["D13"], "Figures that miss")
    assert [row[1] for row in missed.rows] == pytest.approx([float(row["value"]) for row in kpis if row["met"] == "false"])
    when = {row[0]: row[3] for row in table_of(documents["D13"], "When each works").rows}
    start = held.plan.scenario.settings.start_utc
    assert when["kits"] == datetime(start.year + start.month // 12, start.month % 12 + 1, start.day, tzinfo=start.tzinfo)


def test_a_number_that_stands_in_two_documents_is_the_same(documents: dict[str, Document]) -> None:
    seen: dict[str, Number] = {}
    shared = 0
    for document in documents.values():
        for number in numbers_of(document):
            before = seen.setdefault(number.key, number)
            shared += before is not number
            assert (before.value, before.unit) == (number.value, number.unit), number.key
    assert shared > 3


def test_practices_compare_places_of_two_flights_and_the_best_stands_first() -> None:
    plan = a_plan()
    (other,) = {one.destination for one in plan.missions if one.mission_id == "M4"}
    moved = tuple(replace(one, destination=other) if one.mission_id == "M3" else one for one in plan.missions)
    assert practices_of(plan) == (), "one place of several flights teaches nobody"
    found = {one.name: one for one in practices_of(replace(plan, missions=moved))}
    docked = found["days docked for each flight"]
    by_hand = defaultdict(list)
    for one in moved:
        assert one.arrive_utc is not None
        assert one.depart_utc is not None
        by_hand[one.destination].append((one.depart_utc - one.arrive_utc).total_seconds() / 86400)
    assert {one.destination: one.value for one in docked.places} == pytest.approx(
        {place: sum(days) / len(days) for place, days in by_hand.items()}
    )
    assert docked.best.value <= docked.mean <= docked.worst.value
    assert found["share of room taken"].best.value >= found["share of room taken"].worst.value
    worth = found["work of the service for each kilogram moved"].worth_usd
    assert worth is not None
    assert worth >= 0


def test_no_limit_of_a_share_lies_where_no_share_can_and_a_cut_one_is_told(held: Held) -> None:
    chart = individuals_chart(
        "K5 share of room taken, by flight",
        "percent",
        [(str(n), value) for n, value in enumerate([99.9, 97.0] * 10)],
        within=(0.0, 100.0),
    )
    changed = replace(held, improvement_held=replace(held.improvement, charts=(chart,)))
    (document,) = make_documents(changed, ("D13",))
    figures = [block for block in document.blocks if isinstance(block, Figure) and block.title.startswith("K5 share")]
    assert figures
    for figure in figures:
        assert "above cut at 100 %, the most that can be" in figure.source
        assert figure.data is not None
        assert all(isinstance(row[4], float) and row[4] <= 100.0 for row in figure.data.rows)
    for one in held.improvement.charts:
        assert all(point.upper <= 100.0 for point in one.points if one.unit == "percent" and one.kind == "individuals")
