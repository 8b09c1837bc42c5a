"""Documents of fleet, supply, logistics and inventory, and the two commands beside them: figures recounted from the files."""

from __future__ import annotations

import csv
import json
import shutil
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from supercargo.app.deliverables import ReportAsked, hold, make_documents
from supercargo.report.blocks import Decision, Document, Figure, Missing, Text, numbers_of
from supercargo.report.coverage import coverage_of
from supercargo.report.deliverables.held import Held
from tests.cli_runner import run

IDS = ("D2", "D6", "D7", "D8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("strategy")
    for words in (("new", str(place / "tiny"), "--from", "tiny"), ("plan", str(place / "tiny"), "--out", str(place / "plan"))):
        told = run(*words)
        assert told.code == 0, told.err
    return place / "plan"


@pytest.fixture(scope="module")
def held(folder: Path) -> Held:
    return hold(ReportAsked(folder, runs=0))


@pytest.fixture(scope="module")
def documents(held: Held) -> tuple[Document, ...]:
    return make_documents(held, IDS)


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def recounted(folder: Path) -> dict[str, float]:
    """Numbers of the documents by nothing but sums over the files of the plan folder."""
    missions, manifest = rows_of(folder, "missions.csv"), rows_of(folder, "manifest.csv")
    tails, stock = rows_of(folder, "scenario/tails.csv"), rows_of(folder, "scenario/stock.csv")
    suppliers, inventory = rows_of(folder, "scenario/suppliers.csv"), rows_of(folder, "inventory.csv")
    up = [row for row in manifest if row["direction"] == "up"]
    offered = {word for row in suppliers for word in row["classes"].split(";")}
    held: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in inventory:
        held[row["destination"], row["class"]].append(row)
    used, mean = 0.0, 0.0
    for row in stock:
        own = sorted(held[row["destination"], row["class"]], key=lambda day: day["day_utc"])
        came = sum(float(day["inbound_kg"]) for day in own)
        used += float(row["on_hand_kg"]) + came - float(own[-1]["on_hand_kg"])
        mean += sum(float(day["on_hand_kg"]) for day in own) / len(own)
    flown = {row["vehicle_id"] for row in missions}
    fills = [(float(row["upmass_kg"]), float(row["upmass_capacity_kg"])) for row in missions]
    days = len({row["day_utc"] for row in inventory})
    return {
        "fleet.tails": len(tails),
        "fleet.types": len({row["vehicle_type"] for row in tails}),
        "fleet.flights": len(missions),
        "fleet.unused": sum(row["vehicle_id"] not in flown for row in tails),
        "fleet.left_after": sum(float(row["flights_left"]) for row in tails) - len(missions),
        "fleet.mass_percent": 100 * sum(a for a, _ in fills) / sum(b for _, b in fills),
        "fleet.capacity_kg": sum(b for _, b in fills),
        "fleet.demand_kg": sum(float(row["mass_kg"]) for row in up),
        "fleet.left_kg": sum(float(row["mass_kg"]) for row in up if not row["mission_id"]),
        "fleet.maintenance_percent": next(float(row["value"]) for row in rows_of(folder, "kpis.csv") if row["kpi_id"] == "K6"),
        "supply.sourced_kg": sum(float(row["mass_kg"]) for row in up if row["mission_id"] and row["class"] in offered),
        "supply.stocks": len(stock),
        "supply.use_kg": used,
        "supply.stock_kg": mean,
        "supply.turnover": 365 * used / days / mean,
        "supply.reserve_kg": sum(float(row["reserve_kg"]) for row in stock),
    }


def test_numbers_are_those_that_the_plan_folder_adds_up_to(folder: Path, documents: tuple[Document, ...]) -> None:
    told = {number.key: number.value for document in documents for number in numbers_of(document)}
    for key, value in recounted(folder).items():
        assert told[key] == pytest.approx(value, rel=1e-6, abs=0.02), key


@pytest.mark.parametrize("doc_id", IDS)
def test_every_phrase_is_covered_and_a_decision_is_asked_for(documents: tuple[Document, ...], doc_id: str) -> None:
    document = next(one for one in documents if one.doc_id == doc_id)
    assert [one.phrase for one in coverage_of(document) if not one.blocks] == []
    asked = any(isinstance(block, Decision) for block in document.blocks)
    texts = [block.words for block in document.blocks if isinstance(block, Text)]
    said = any(words.startswith("Nothing is to be decided here") for words in texts)
    assert asked != said
    assert asked or doc_id == "D2", "every spacecraft of the tiny year is its customer's"
    assert sum(isinstance(block, Figure) for block in document.blocks) >= 3
    assert all(block.needs == "report with --runs above 0" for block in document.blocks if isinstance(block, Missing))


def test_what_a_scenario_does_not_hold_is_named_and_covers_nothing(held: Held) -> None:
    bare = replace(held.supply, stocks=(), sensitivity=(), policies=(), forecast=())
    inventory = make_documents(replace(held, supply_held=bare), ["D8"])[0]
    assert [one.phrase_id for one in coverage_of(inventory) if not one.blocks] == ["D8.1", "D8.2", "D8.3", "D8.4"]
    assert any(isinstance(block, Missing) and "stock.csv" in block.needs for block in inventory.blocks)
    none = replace(bare, shipments=(), purchases=(), sourcing=replace(bare.sourcing, consignments=()))
    ground = make_documents(replace(held, supply_held=none), ["D7"])[0]
    assert [one.phrase_id for one in coverage_of(ground) if not one.blocks] == ["D7.1", "D7.2", "D7.3"]
    assert all(len(one.blocks) for one in make_documents(replace(held, supply_held=none), ["D6"]))


def test_figures_have_their_data_beside_them(documents: tuple[Document, ...]) -> None:
    for document in documents:
        for block in document.blocks:
            if isinstance(block, Figure):
                assert block.data is not None, block.title


def test_fleet_tells_and_writes_what_json_holds(folder: Path, tmp_path: Path) -> None:
    told = json.loads(run("fleet", str(folder), "--json").out)
    assert sum(row["flights_count"] for row in told["tails"]) == len(rows_of(folder, "missions.csv"))
    words = run("fleet", str(folder), "--out", str(tmp_path / "f.html"), "--xlsx", str(tmp_path / "f.xlsx"))
    assert words.code == 0, words.err
    assert f"{told['utilisation_percent']:.1f} % full by mass" in words.out
    page = (tmp_path / "f.html").read_text()
    assert "<script" not in page
    assert "What this document covers" not in page
    assert (tmp_path / "f.xlsx").read_bytes()[:2] == b"PK"
    assert run("fleet", str(folder), "--out", str(tmp_path / "f.html")).code == 4


def test_supply_follows_the_policy_that_is_asked_for(folder: Path) -> None:
    told = json.loads(run("supply", str(folder), "--sourcing", "one source", "--json").out)
    assert told["policy"] == "one source"
    assert told["advised"] in {row["policy"] for row in told["options"]}
    first: dict[str, set[str]] = defaultdict(set)
    for row in told["consignments"]:
        first[row["supply_class"]].add(row["supplier"])
    assert {len(names) for names in first.values()} == {1}
    for row in told["consignments"]:
        order, leaves, due = (datetime.fromisoformat(row[name]) for name in ("order_utc", "dispatch_utc", "turnover_utc"))
        assert order <= leaves <= due


def test_supply_writes_the_same_bytes_twice(folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        words = run("supply", str(folder), "--out", str(tmp_path / f"{name}.html"), "--xlsx", str(tmp_path / f"{name}.xlsx"))
        assert words.code == 0, words.err
    for ending in ("html", "xlsx"):
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("supply", "PLAN", "--sourcing", "by lot"), "one source, two sources, free split"),
        (("supply", "PLAN", "--out", "x.txt"), "ends in .html"),
        (("fleet", "PLAN", "--xlsx", "x.csv"), "ends in .xlsx"),
        (("fleet", "nowhere"), "nowhere"),
    ],
)
def test_what_can_not_be_meant_is_refused_with_a_fix(folder: Path, words: tuple[str, ...], said: str) -> None:
    told = run(*(str(folder) if word == "PLAN" else word for word in words))
    assert told.code == 2
    assert said in told.err


def test_assumptions_of_the_scenario_count_before_the_template(folder: Path, tmp_path: Path) -> None:
    year = tmp_path / "year"
    shutil.copytree(folder / "scenario", year)
    head = "vehicle_type,life_flights,new_usd,refurbish_usd,extension_flights,extension_usd,extension_years,"
    head += "source,as_of,evidence\n"
    name = rows_of(folder, "missions.csv")[0]["vehicle_type"]
    (year / "lives.csv").write_text(head + f"{name},3,9000000,0,2,1000000,4,a test,2026-12-01,assumption\n", encoding="utf-8")
    assert run("check", str(year)).code == 0
    (year / "lives.csv").write_text(head + f"{name},3,9000000,0,2,1000000,0,a test,2026-12-01,assumption\n", encoding="utf-8")
    told = run("check", str(year))
    assert told.code == 2
    assert "holds for no time" in told.err + told.out
    terms = "class,bought,capital_fraction,storage_usd_per_kg_d,service_fraction,source,as_of,evidence\n"
    (year / "lives.csv").unlink()
    (year / "stock_terms.csv").write_text(terms + "fod,true,0.1,0,0.95,a test,2026-12-01,assumption\n", encoding="utf-8")
    wrong = run("check", str(year))
    assert wrong.code == 2
    assert "did you mean 'food'" in wrong.err + wrong.out
