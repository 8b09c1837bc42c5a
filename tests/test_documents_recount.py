"""Ten numbers and more of each document, counted again from the files of the plan folder by nothing but sums."""

from __future__ import annotations

import csv
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.deliverables import ReportAsked, hold, make_documents
from supercargo.measure.summary import summarise
from supercargo.model import OperationsPlan
from supercargo.report.blocks import Column, Decision, Document, Figure, Number, Table, cell_words, numbers_of
from supercargo.report.deliverables.held import Held
from tests.cli_runner import run

IDS = ("D1", "D2", "D3", "D5", "D6", "D7", "D8", "D9", "D10", "D11", "D13", "D14", "D15")
"""Documents that are counted again here; D4 and D12 are in the tests of what they are made from."""

LEAST = 10

Key = tuple[str, ...]
"""Of a number its key; of a cell the table's title, the first cell of its row (or first two) and the column."""

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("recount")
    for words in (("new", str(place / "tiny"), "--from", "tiny"), ("plan", str(place / "tiny"), "--out", str(place / "plan"))):
        told = run(*words)
        assert told.code == 0, told.err
    return place / "plan"


@pytest.fixture(scope="module")
def held(folder: Path) -> Held:
    return hold(ReportAsked(folder, runs=10, workers=1))


@pytest.fixture(scope="module")
def documents(held: Held) -> dict[str, Document]:
    return {document.doc_id: document for document in make_documents(held, IDS)}


def shown(document: Document) -> dict[Key, Any]:
    """Every number and every cell of a table of a document."""
    told: dict[Key, Any] = {(number.key,): number.value for number in numbers_of(document)}
    for block in document.blocks:
        table = block if isinstance(block, Table) else block.data if isinstance(block, Figure) else None
        for row in table.rows if table else ():
            assert table is not None
            for cell, column in zip(row[1:], table.columns[1:], strict=True):
                value = cell.value if isinstance(cell, Number) else cell
                first, second = (cell_words(one, Column(name="")) for one in row[:2])
                told[table.title, first, column.name] = value
                told[table.title, f"{first} {second}", column.name] = value
    return told


def line_named(written: str, lines: Collection[str]) -> str:
    """The line of a row: the name itself, or what stands before the number of a part."""
    return written if written in lines else re.sub(r"#[0-9]+$", "", written)


class Files:
    """The plan folder, file by file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest, self.missions, self.costs = self.rows("manifest"), self.rows("missions"), self.rows("costs")
        lines = {row["item_id"] for row in self.rows("scenario/cargo")}
        for row in self.manifest:
            row["line"] = line_named(row["item_id"], lines)
        self.kpis = {row["kpi_id"]: row for row in self.rows("kpis")}
        self.head = json.loads((folder / "plan.json").read_text())
        self.stocks: dict[tuple[str, str], Rows] = defaultdict(list)
        for row in self.rows("inventory"):
            self.stocks[row["destination"], row["class"]].append(row)

    def rows(self, name: str) -> Rows:
        with (self.folder / f"{name}.csv").open(newline="", encoding="utf-8") as opened:
            return list(csv.DictReader(opened))

    def catalogue(self, name: str) -> Rows:
        place = Path(__file__).parents[1] / "src/supercargo/catalogue/strategy" / f"{name}.csv"
        with place.open(newline="", encoding="utf-8") as opened:
            return list(csv.DictReader(opened))

    def up(self, mission: str = "") -> Rows:
        return [
            row
            for row in self.manifest
            if row["direction"] == "up" and row["mission_id"] and mission in ("", row["mission_id"])
        ]

    def whole_usd(self) -> float:
        return sum(float(row["plan_usd"]) for row in self.costs if not row["account"].startswith("revenue"))


def kg(rows: Rows) -> float:
    return sum(float(row["mass_kg"]) for row in rows)


def d1(files: Files) -> dict[Key, float]:
    earned = sum(float(row["plan_usd"]) for row in files.costs if row["account"].startswith("revenue"))
    spent = sum(
        float(row["plan_usd"])
        for row in files.costs
        if not row["account"].startswith("revenue") and row["paid_by"] == "service"
    )
    gone = {row["line"] for row in files.manifest if not row["mission_id"]}
    counted: dict[Key, float] = {
        ("plan.missions_flown",): len(files.missions),
        ("plan.missions_due",): len(files.rows("scenario/missions")),
        ("plan.left_lines",): len(gone),
        ("plan.revenue_usd",): earned,
        ("plan.margin_percent",): 100 * (earned - spent) / earned,
        ("plan.usd_per_kg",): files.whole_usd() / kg(files.up()),
        ("plan.hard_violations",): sum(row["hard"] for row in files.head["violations"]),
        ("plan.stocks",): len(files.stocks),
    }
    for row in files.missions:
        counted["Every mission", row["mission_id"], "up"] = float(row["upmass_kg"])
    return counted


def d2(files: Files) -> dict[Key, float]:
    tails = files.rows("scenario/tails")
    flown = {row["vehicle_id"] for row in files.missions}
    asked = [row for row in files.manifest if row["direction"] == "up"]
    capacity = sum(float(row["upmass_capacity_kg"]) for row in files.missions)
    ready = {row["item_id"]: row["release_utc"] for row in files.rows("scenario/cargo")}
    months: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in asked:
        months[(row["due_utc"] or ready[row["line"]])[:7]][not row["due_utc"]] += float(row["mass_kg"])
    counted: dict[Key, float] = {}
    for month, (dated, undated) in months.items():
        if month.startswith(files.rows("missions")[0]["launch_utc"][:4]):
            counted["Months, up", month, "due, or ready if undated"] = dated + undated
            counted["Months, up", month, "of it undated"] = undated
    return counted | {
        ("fleet.tails",): len(tails),
        ("fleet.types",): len({row["vehicle_type"] for row in tails}),
        ("fleet.flights",): len(files.missions),
        ("fleet.unused",): sum(row["vehicle_id"] not in flown for row in tails),
        ("fleet.left_after",): sum(float(row["flights_left"]) for row in tails) - len(files.missions),
        ("fleet.mass_percent",): 100 * sum(float(row["upmass_kg"]) for row in files.missions) / capacity,
        ("fleet.capacity_kg",): capacity,
        ("fleet.demand_kg",): kg(asked),
        ("fleet.left_kg",): kg([row for row in asked if not row["mission_id"]]),
        ("plan.K6",): float(files.kpis["K6"]["value"]),
        ("plan.K5",): float(files.kpis["K5"]["value"]),
    }


def d3(files: Files) -> dict[Key, float]:
    placed = Counter(row["mission_id"] for row in files.rows("stowage"))
    flights: dict[str, set[str]] = defaultdict(set)
    for row in files.manifest:
        if row["mission_id"]:
            flights[row["line"]].add(row["mission_id"])
    gone = {row["line"] for row in files.manifest if not row["mission_id"]}
    counted: dict[Key, float] = {
        ("plan.lines",): len(files.rows("scenario/cargo")),
        ("plan.flying_lines",): len(flights),
        ("plan.split_lines",): sum(len(missions) > 1 for missions in flights.values()),
        ("plan.left_lines",): len(gone),
        ("plan.partly_left_lines",): len(gone & set(flights)),
        ("plan.left_t",): kg([row for row in files.manifest if not row["mission_id"]]) / 1000,
        ("plan.pieces_up",): sum(placed.values()),
    }
    for row in files.missions:
        name, title = row["mission_id"], "Room on each mission"
        counted[title, name, "lines up"] = len({one["line"] for one in files.up(name)})
        counted[title, name, "pieces up"] = placed[name]
        counted[title, name, "mass"] = 100 * float(row["upmass_kg"]) / float(row["upmass_capacity_kg"])
    return counted


def d5(files: Files) -> dict[Key, float]:
    flying = {row["line"] for row in files.manifest if row["mission_id"]}
    hazards = Counter(row["hazard"] for row in files.rows("scenario/cargo") if row["hazard"] and row["item_id"] in flying)
    pairs = {row[name] for row in files.rows("scenario/hazard_pairs") for name in ("hazard_a", "hazard_b")}
    counted: dict[Key, float] = {
        ("Hazard classes aboard and what they never fly with", name, "lines that fly"): hazards[name]
        for name in {*hazards, *pairs}
    }
    risks = files.rows("risks")
    counted["plan.risks.expected_usd",] = sum(float(row["expected_usd"]) for row in risks)
    counted["plan.risks.residual_usd",] = sum(float(row["residual_expected_usd"]) for row in risks)
    for row in risks:
        title, name = "Each risk as said and as counted", f"{row['risk_id']} {row['title']}"
        counted[title, name, "expected, as said"] = float(row["expected_usd"])
    for name, count in Counter(row["rule"] for row in files.head["violations"]).items():
        counted["Rules with findings", name, "findings"] = count
    for row in files.rows("scenario/gates"):
        title = "No lift-off before each gate is passed with evidence"
        counted[title, row["gate"], "before lift-off"] = float(row["before_launch_d"])
    return counted


def _stock(own: Rows) -> tuple[float, float, float]:
    """Mean stock, use and lowest stock of a stock [kg]."""
    held = [float(row["on_hand_kg"]) for row in sorted(own, key=lambda row: row["day_utc"])]
    return math.fsum(held) / len(held), sum(float(row["inbound_kg"]) for row in own) - held[-1], min(held)


def d6(files: Files) -> dict[Key, float]:
    offered = {word for row in files.rows("scenario/suppliers") for word in row["classes"].split(";")}
    counted: dict[Key, float] = {
        ("supply.sourced_kg",): kg([row for row in files.up() if row["class"] in offered]),
        ("supply.stocks",): len(files.stocks),
    }
    for row in files.rows("scenario/suppliers"):
        counted["Suppliers", row["supplier"], "lead time"] = float(row["lead_time_d"])
    for (_, name), own in files.stocks.items():
        counted["Classes of supply", name, "mean stock"] = _stock(own)[0]
    return counted


def d7(files: Files) -> dict[Key, float | str]:
    offered = {word for row in files.rows("scenario/suppliers") for word in row["classes"].split(";")}
    counted: dict[Key, float | str] = {}
    for row in files.missions:
        name, title = row["mission_id"], "Dates that each mission needs on the ground"
        goods = [one for one in files.up(name) if one["class"] in offered]
        if goods:
            counted[title, name, "goods"] = kg(goods)
            counted[title, name, "lift-off"] = row["launch_utc"][:10]
            counted[title, name, "site"] = row["site"]
    sites: dict[str, float] = defaultdict(float)
    for row in files.missions:
        sites[row["site"]] += kg([one for one in files.up(row["mission_id"]) if one["class"] in offered])
    for name, mass in sites.items():
        counted["Ground cost by site", name, "mass"] = mass
    for name in {row["destination"] for row in files.missions}:
        counted["Cost of a kilogram by destination", name, "up"] = kg(
            [row for row in files.up() if row["destination"] == name]
        )
    return counted


def d8(files: Files) -> dict[Key, float]:
    counted: dict[Key, float] = {}
    opening = {(row["destination"], row["class"]): float(row["on_hand_kg"]) for row in files.rows("scenario/stock")}
    for (place, name), own in files.stocks.items():
        mean, used, lowest = _stock(own)
        counted["Carrying cost of each stock", f"{place} {name}", "mean stock"] = mean
        counted["Demand of each stock", f"{place} {name}", "in the horizon"] = opening[place, name] + used
        counted["Safety stock of each class at each place", f"{place} {name}", "lowest in plan"] = lowest
        reserve = max(float(row["reserve_kg"]) for row in own)
        counted["Safety stock of each class at each place", f"{place} {name}", "reserve now"] = reserve
    return counted


def d9(files: Files) -> dict[Key, float]:
    counted: dict[Key, float] = {(f"plan.{name}",): float(row["value"]) for name, row in files.kpis.items() if row["value"]}
    accounts: dict[str, float] = defaultdict(float)
    for row in files.costs:
        if not row["account"].startswith("revenue") and row["paid_by"] == "service":
            accounts[row["account"]] += float(row["plan_usd"])
    for name, usd in accounts.items():
        counted["Cost of the service by account, all", name, "amount"] = usd
        counted["Cost of the service by account, all", name, "share"] = 100 * usd / sum(accounts.values())
    months: dict[str, list[float]] = defaultdict(list)
    for row in files.missions:
        mass = float(row["upmass_kg"]) / float(row["upmass_capacity_kg"])
        months[row["launch_utc"][:7]].append(max(mass, float(row["upvolume_m3"]) / float(row["upvolume_capacity_m3"])))
    for month, shares in months.items():
        counted["K5 by month", month, "spacecraft utilisation"] = 100 * math.fsum(shares) / len(shares)
    return counted


def d10(files: Files) -> dict[Key, float]:
    names = {row["customer"]: row["name"] for row in files.rows("scenario/customers")}
    earned = [float(row["plan_usd"]) for row in files.costs if row["account"].startswith("revenue")]
    counted: dict[Key, float] = {
        ("plan.gross_revenue_usd",): sum(usd for usd in earned if usd > 0),
        ("plan.penalties_usd",): -sum(usd for usd in earned if usd < 0),
        ("plan.revenue_usd",): sum(earned),
    }
    title = "Service by customer"
    for customer in {row["customer"] for row in files.manifest}:
        own = [row for row in files.manifest if row["customer"] == customer]
        gone = {row["line"] for row in own if not row["mission_id"]}
        dated = {row["line"] for row in own if row["direction"] == "up" and row["due_utc"]}
        late = {row["line"] for row in own if row["delivered_utc"] > row["due_utc"]}
        counted[title, names[customer], "lines"] = len({row["line"] for row in own})
        counted[title, names[customer], "left behind"] = len(gone)
        counted[title, names[customer], "dated lines"] = len(dated)
        if dated:
            counted[title, names[customer], "on time"] = 100 * len(dated - gone - late) / len(dated)
    return counted


def d11(files: Files) -> dict[Key, float]:
    titles = {
        "automation": "What machines take over", "robotics": "What machines take over",
        "autonomy": "What machines take over",
        "tracking": "What follows cargo", "communication": "What links flights and people",
    }  # fmt: skip
    return {
        (titles.get(row["kind"], "Spacecraft and analytics"), row["title"], "costs"): float(row["cost_usd"]) / 1e6
        for row in files.catalogue("technologies")
    }


def d13(files: Files) -> dict[Key, float]:
    counted: dict[Key, float] = {}
    for row in files.kpis.values():
        if row["met"] == "false":
            name = f"{row['kpi_id']} {row['name']}"
            counted["Figures that miss their target, and how far", name, "value"] = float(row["value"])
            counted["Figures that miss their target, and how far", name, "target"] = float(row["target"])
    for stage in files.head["stages"]:
        counted["How good the plan is, by proof", stage["stage"], "objective"] = stage["objective"]
        counted["How good the plan is, by proof", stage["stage"], "bound"] = stage["bound"]
    return counted


def d14(files: Files) -> dict[Key, float]:
    earned: dict[str, float] = defaultdict(float)
    for row in files.costs:
        if row["account"].startswith("revenue"):
            earned[row["customer"]] += float(row["plan_usd"])
    counted: dict[Key, float] = {(f"strategy.customer.{name}.revenue_usd",): usd for name, usd in earned.items()}
    counted["plan.revenue_usd",] = sum(earned.values())
    counted["plan.missions_flown",] = len(files.missions)
    positive = [usd for usd in earned.values() if usd > 0]
    counted["strategy.largest.customer.revenue",] = 100 * max(positive) / sum(positive)
    return counted


def d15(files: Files) -> dict[Key, float]:
    ours = kg([row for row in files.up() if row["delivered_utc"] < files.rows("scenario/contracts")[0]["to_utc"]])
    flown = {row["destination"] for row in files.missions}
    market = sum(float(row["market_kg"]) for row in files.rows("scenario/destinations") if row["destination"] in flown)
    counted: dict[Key, float] = {(f"plan.{name}",): float(files.kpis[name]["value"]) for name in ("K1", "K3", "K5", "K13")}
    for name in ("all", "commercial stations"):  # the small scenario has one place, so one segment is all
        counted["Share by segment", name, "ours"] = ours
        counted["Share by segment", name, "market"] = market
        counted["Share by segment", name, "share"] = 100 * ours / market
    earned = sum(float(row["plan_usd"]) for row in files.costs if row["account"].startswith("revenue"))
    counted["strategy.price.commercial stations.usd_per_kg",] = round(earned / kg(files.up()), 2)
    return counted


COUNTS: Mapping[str, Callable[[Files], Mapping[Key, float | str]]] = {
    "D1": d1,
    "D2": d2,
    "D3": d3,
    "D5": d5,
    "D6": d6,
    "D7": d7,
    "D8": d8,
    "D9": d9,
    "D10": d10,
    "D11": d11,
    "D13": d13,
    "D14": d14,
    "D15": d15,
}


@pytest.mark.parametrize("doc_id", IDS)
def test_ten_numbers_of_a_document_are_what_the_plan_folder_adds_up_to(
    doc_id: str, folder: Path, documents: dict[str, Document]
) -> None:
    told, counted = shown(documents[doc_id]), COUNTS[doc_id](Files(folder))
    assert len(counted) >= LEAST
    for key, value in counted.items():
        assert key in told, key
        seen = told[key]
        if isinstance(value, str):
            assert (f"{seen:%Y-%m-%d}" if isinstance(seen, datetime) else seen) == value, key
        else:
            assert seen == pytest.approx(value, rel=1e-6, abs=0.005), key


def split(plan: OperationsPlan) -> OperationsPlan:
    """The plan with three lines of its manifest in parts: on one mission, on two, and one of them left behind."""
    whole = [row for row in plan.manifest if row.mission_id and row.direction == "up" and row.due_utc][:3]
    other = next(one.mission_id for one in plan.missions if one.mission_id != whole[1].mission_id)
    left = {"mission_id": "", "delivered_utc": None, "on_time": False, "reason": "all flights are full"}
    seconds: tuple[dict[str, Any], ...] = ({}, {"mission_id": other}, left)
    parts = [
        replace(row, item_id=f"{row.item_id}#{part}", mass_kg=row.mass_kg / 2, **changes)
        for row, second in zip(whole, seconds, strict=True)
        for part, changes in ((1, {}), (2, second))
    ]
    return replace(plan, manifest=(*(row for row in plan.manifest if row not in whole), *parts))


def test_parts_of_a_line_count_as_one_line_in_every_document(held: Held) -> None:
    plan = split(held.plan)
    made = make_documents(replace(held, plan=plan, summary=summarise(plan)), ("D1", "D3", "D5", "D10"))
    told = {number.key: number.value for document in made for number in numbers_of(document)}
    lines = [row.item_id for row in plan.scenario.cargo]
    aboard = {line_named(row.item_id, lines) for row in plan.manifest if row.mission_id}
    assert len(plan.manifest) == len(lines) + 3
    assert told["plan.lines"] == told["plan.flying_lines"] == len(aboard) == len(lines)
    assert (told["plan.split_lines"], told["plan.left_lines"], told["plan.partly_left_lines"]) == (1, 1, 1)
    rooms = shown(made[1])
    for mission in plan.missions:
        rows = [row for row in plan.manifest if row.mission_id == mission.mission_id and row.direction == "up"]
        named = {line_named(row.item_id, lines) for row in rows}
        assert rooms["Room on each mission", mission.mission_id, "lines up"] == len(named)
    hazards = Counter(line.hazard for line in plan.scenario.cargo if line.hazard)
    for hazard, count in hazards.items():
        assert shown(made[2])["Hazard classes aboard and what they never fly with", hazard, "lines that fly"] == count
    served = shown(made[3])
    assert sum(value for key, value in served.items() if key[0] == "Service by customer" and key[-1] == "left behind") >= 1


def test_what_is_expected_to_be_lost_is_told_as_said_and_as_counted_with_what_makes_the_difference(held: Held) -> None:
    (document,) = make_documents(held, ("D5",))
    told, cells = {number.key: number.value for number in numbers_of(document)}, shown(document)
    title = "Each risk as said and as counted"
    names = [f"{risk.risk_id} {risk.title}" for risk in held.review.risks]
    assert told["risk.expected_usd"] == pytest.approx(sum(cells[title, name, "expected, here"] for name in names))
    kinds = {name: cells[title, name, "likelihood here is"] for name in names}
    assert told["risk.counted"] == sum(kind == "counted" for kind in kinds.values()) > 0
    gap = sum(cells[title, name, "expected, here"] - cells[title, name, "expected, as said"] for name in kinds)
    assert (told["risk.expected_usd"] or 0.0) - (told["plan.risks.expected_usd"] or 0.0) == pytest.approx(gap)
    same = [name for name, kind in kinds.items() if kind == "said"]
    assert all(cells[title, name, "expected, here"] == cells[title, name, "expected, as said"] for name in same)
    no_file = replace(held, plan=replace(held.plan, risks=()))
    assert "plan.risks.expected_usd" not in {number.key for number in numbers_of(make_documents(no_file, ("D5",))[0])}


def test_revenue_stands_before_penalties_and_after_them_and_penalties_are_taken_once(held: Held) -> None:
    row = next(row for row in held.plan.costs if row.account.startswith("revenue"))
    fined = replace(held.plan, costs=(*held.plan.costs, replace(row, account="revenue:penalty", plan_usd=-1234.5)))
    (document,) = make_documents(replace(held, plan=fined, summary=summarise(fined)), ("D10",))
    told = {number.key: number.value or 0.0 for number in numbers_of(document)}
    assert told["plan.penalties_usd"] >= 1234.5
    assert told["plan.gross_revenue_usd"] - told["plan.penalties_usd"] == pytest.approx(told["plan.revenue_usd"])
    assert told["plan.gross_revenue_usd"] == pytest.approx(
        sum(one.plan_usd for one in fined.costs if one.account.startswith("revenue") and one.plan_usd > 0)
    )
    assert "so far" not in str([block for block in document.blocks if isinstance(block, Decision)])


def test_what_loads_cost_and_room_that_nobody_used_make_up_what_the_service_pays(folder: Path, held: Held) -> None:
    (document,) = make_documents(held, ("D12",))
    told = {number.key: number.value or 0.0 for number in numbers_of(document)}
    whole = sum(
        float(row["plan_usd"])
        for row in Files(folder).costs
        if not row["account"].startswith("revenue") and row["paid_by"] == "service"
    )
    assert told["plan.service_cost_usd"] == pytest.approx(whole)
    assert told["costs.loads_service_usd"] + told["costs.service_unused_usd"] == pytest.approx(whole, abs=0.05)
    cells = shown(document)
    served = {
        key[1]: value for key, value in cells.items() if key[0] == "Margin by customer" and key[2] == "costs the service"
    }
    names = {one.name for one in held.costs.by["customer"]}
    assert sum(usd for name, usd in served.items() if name in names) == pytest.approx(
        told["costs.loads_service_usd"], abs=0.05
    )
