"""The command kpi: a plan or a store, files, bad input; the page; the API with what each may see."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from supercargo.app.operations.desk import open_desk
from supercargo.app.operations.recording import record_party
from supercargo.faces.api.application import create_app
from supercargo.measure.measured import TrendPoint
from supercargo.report.kpis import sparkline
from supercargo.store.accounts import Person
from supercargo.track.parties.deciding import OpenComplaint
from tests import kpi_log
from tests.cli_runner import run
from tests.kpi_log import END
from tests.operations import act

python_calamine = pytest.importorskip("python_calamine")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("kpi") / "log.sqlite"
    with open_desk(str(place), lambda: END) as desk:
        kpi_log.fly_with_faults(desk.store, kpi_log.gated_plan())
    return place


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("planned")
    assert run("new", str(place / "year"), "--from", "tiny").code == 0
    assert run("plan", str(place / "year"), "--out", str(place / "plan")).code == 0
    return place / "plan"


def told(*words: str) -> Any:
    ran = run("kpi", *words, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_a_plan_and_a_store_answer_all_sixteen_and_say_what_they_rest_on(plan: Path, store: Path) -> None:
    planned, flown = told(str(plan)), told("--store", str(store))
    assert (
        [one["kpi_id"] for one in planned["kpis"]]
        == [one["kpi_id"] for one in flown["kpis"]]
        == [f"K{n}" for n in range(1, 17)]
    )
    assert (planned["basis"], flown["basis"], flown["store"]) == ("plan", "operations", str(store))
    assert {one["basis"] for one in flown["kpis"]} <= {"operations", ""}
    assert planned["scor"] == flown["scor"] == []


def test_a_plans_figures_are_those_of_its_kpis_csv(plan: Path) -> None:
    rows = {row["kpi_id"]: row for row in csv.DictReader((plan / "kpis.csv").read_text().splitlines())}
    for one in told(str(plan))["kpis"]:
        row = rows[one["kpi_id"]]
        assert (one["value"], one["causes"]) == (float(row["value"]) if row["value"] else None, row["causes"])
        if row["low"]:
            assert (one["low"], one["high"]) == pytest.approx((float(row["low"]), float(row["high"])), abs=1e-3)
            assert one["interval"] == row["interval"] != ""


def test_the_store_of_a_year_is_the_base_year_of_itself_and_costs_as_much(store: Path) -> None:
    (k15,) = told("--store", str(store), "--base", str(store), "--kpi", "K15")["kpis"]
    assert (k15["value"], k15["met"], k15["basis"]) == (pytest.approx(0.0, abs=1e-9), False, "operations")
    assert str(store) in k15["causes"]


def test_one_figure_with_the_objects_behind_it(store: Path) -> None:
    (k3,) = told("--store", str(store), "--kpi", "k3", "--drill", "--trend", "quarter")["kpis"]
    assert len(k3["objects"]) == k3["objects_count"] > 20
    assert [point["period"][4:6] for point in k3["trend"]] == ["-Q"] * len(k3["trend"])
    late = [row for row in k3["objects"] if row["why"]]
    assert k3["objects"][: len(late)] == late  # what weighs against it comes first
    words = run("kpi", "--store", str(store), "--kpi", "K3", "--drill", "--trend", "quarter").out
    assert "causes: " in words
    assert "trend: 2027-Q1" in words
    assert "X5 late: Hub: delivered late" in words


def test_scor_is_told_where_it_is_asked_for(store: Path) -> None:
    assert len(told("--store", str(store), "--scor")["scor"]) > 30
    alone = told("--store", str(store), "--kpi", "rl.1.1")
    assert ([one["kpi_id"] for one in alone["scor"]], alone["kpis"]) == (["RL.1.1"], [])
    assert alone["scor"][0]["edition"] == "SCOR 10/11"
    assert "(SCOR 10/11)" in run("kpi", "--store", str(store), "--kpi", "RL.1.1").out


def test_files_hold_what_was_told(store: Path, tmp_path: Path) -> None:
    out, objects, book = tmp_path / "k.html", tmp_path / "k.csv", tmp_path / "k.xlsx"
    answer = told("--store", str(store), "--drill", "--out", str(out), "--csv", str(objects), "--xlsx", str(book))
    rows = list(csv.DictReader(io.StringIO(objects.read_text())))
    every = [*answer["kpis"], *answer["scor"]]
    assert len(rows) >= sum(one["objects_count"] for one in answer["kpis"])
    assert list(rows[0]) == ["kpi_id", "object", "counted", "hit", "whole", "lenient", "why", "at_utc", "position", "customer"]
    sheets = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book.read_bytes()))
    assert sheets.sheet_names == ["figures", "trend", "causes", "objects"]
    figures = sheets.get_sheet_by_name("figures").to_python()
    named = {str(row[0]): row for row in figures[1:]}
    for one in every:
        cell = named[one["kpi_id"]][2]
        assert cell == ("" if one["value"] is None else pytest.approx(one["value"], abs=1e-5)), one["kpi_id"]
    again = run("kpi", "--store", str(store), "--csv", str(objects))
    assert (again.code, "exists" in again.err) == (4, True)
    assert run("kpi", "--store", str(store), "--csv", str(objects), "--force").code == 0
    assert objects.read_text().startswith("kpi_id,name,value,contractual")


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_stands_alone_and_can_be_read_without_scripts(store: Path, tmp_path: Path) -> None:
    assert run("kpi", "--store", str(store), "--out", str(tmp_path / "k.html")).code == 0
    text = (tmp_path / "k.html").read_text()
    page = _Page(text)
    names = [tag for tag, _ in page.tags]
    assert "script" not in names
    outside = [attrs.get("href") or attrs.get("src") for tag, attrs in page.tags if tag in ("a", "link", "img")]
    assert all(word and word.startswith(("#", "data:")) for word in outside)
    ids = {attrs["id"] for _, attrs in page.tags if attrs.get("id")}
    assert {(attrs.get("href") or "")[1:] for tag, attrs in page.tags if tag == "a"} <= ids  # each drill-down is there
    assert names.count("svg") > 8
    assert all(attrs.get("aria-label") for tag, attrs in page.tags if tag == "svg")
    for word in ("prefers-color-scheme: dark", "@media print", "weather at the range", "RL.1.1", "missing: a base year"):
        assert word in text, word
    assert "url(" not in text.replace("url(#", "")


def test_words_of_others_are_escaped_on_the_page(tmp_path: Path) -> None:
    place, evil = tmp_path / "log.sqlite", "<script>alert(1)</script>"
    with open_desk(str(place), lambda: END) as desk:
        kpi_log.fly_with_faults(desk.store, kpi_log.gated_plan())
        record_party(desk.store, "ACME", OpenComplaint(complaint=evil, text=evil, about=evil), act(END))
    assert run("kpi", "--store", str(place), "--out", str(tmp_path / "k.html")).code == 0
    page = (tmp_path / "k.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    spark = sparkline([TrendPoint(period=evil, value=1.0, low=None, high=None, count=1)] * 2, "percent", None)
    assert "<script" not in spark


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "nothing is named to be measured"),
        (("PLAN", "--store", "STORE"), 2, "a plan and a store are both named"),
        (("PLAN", "--kpi", "K17"), 2, "no KPI or metric is called 'K17'"),
        (("PLAN", "--trend", "week"), 2, "'week' is no period of a trend"),
        (("PLAN", "--given", "dso=3", "--given", "dpo_d=x"), 2, "'dso=3' is not known"),
        (("PLAN", "--given", "dso=3", "--given", "dpo_d=x"), 2, "'x' is no number"),
        (("PLAN", "--given", "dso_d=nan"), 2, "dso_d"),
        (("none",), 2, "none"),
        (("PLAN", "--base", "none"), 2, "none"),
        (("--store", "nowhere.sqlite"), 5, "there is no such store"),
    ],
)
def test_bad_input_is_named_with_the_fix(plan: Path, store: Path, words: tuple[str, ...], code: int, said: str) -> None:
    given = [{"PLAN": str(plan), "STORE": str(store)}.get(word, word) for word in words]
    ran = run("kpi", *given)
    assert (ran.code, said in ran.err) == (code, True), ran.err


def test_a_store_without_a_plan_is_refused(tmp_path: Path) -> None:
    with open_desk(str(tmp_path / "log.sqlite"), lambda: END):
        pass
    ran = run("kpi", "--store", str(tmp_path / "log.sqlite"))
    assert (ran.code, "no plan is released in this store" in ran.err) == (4, True)


def test_the_base_year_makes_k15(plan: Path, store: Path) -> None:
    (without,) = told(str(plan), "--kpi", "K15")["kpis"]
    (with_base,) = told(str(plan), "--kpi", "K15", "--base", str(plan))["kpis"]
    assert without["value"] is None
    (of_store,) = told("--store", str(store), "--kpi", "K15")["kpis"]
    for one, words in ((without, (str(plan),)), (of_store, ("--store", str(store)))):
        assert "give one with --base PLAN" in run("kpi", *words, "--kpi", "K15").out
        assert "--base" not in one["causes"]  # pages tell it too, and have no options
    assert with_base["value"] == pytest.approx(0.0, abs=1e-9)  # beside itself nothing has become cheaper
    assert with_base["met"] is False


# the API


@pytest.fixture(scope="module")
def client(store: Path) -> Iterator[tuple[TestClient, dict[str, dict[str, str]]]]:
    with open_desk(str(store), lambda: END) as desk, TestClient(create_app(desk, lambda: END)) as client:
        keys = {}
        for who, role, customer in (
            ("viewer", "viewer", ""),
            ("director", "director", ""),
            ("acme", "customer", "ACME"),
            ("beta", "customer", "BETA"),
        ):
            person = Person(name=who, roles=(role,), customer=customer, enabled=True, created_utc=END)
            desk.accounts.add(person, "a word of twenty chars")
            key = desk.accounts.issue_key(who, sorted(person.scopes), expires_utc=END + timedelta(days=1))
            keys[who] = {"Authorization": f"Bearer {key.secret}"}
        yield client, keys


def asked(client: tuple[TestClient, dict[str, dict[str, str]]], who: str, path: str, **query: Any) -> Any:
    answer = client[0].get(f"/v1/{path}", headers=client[1][who], params=query)
    return answer.json() if answer.status_code == 200 else answer.status_code


def test_the_api_tells_the_figures_of_the_command(client: Any, store: Path) -> None:
    seen = {one["kpi_id"]: one for one in asked(client, "director", "kpis")}
    for one in told("--store", str(store))["kpis"]:
        assert seen[one["kpi_id"]]["value"] == one["value"], one["kpi_id"]
    k2 = asked(client, "director", "kpis/K2", trend="quarter", limit=1)
    assert (k2["objects_count"], len(k2["objects"]), k2["objects"][0]["why"]) == (4, 1, "weather at the range")
    assert asked(client, "director", "kpis/K99") == 404
    assert asked(client, "director", "kpis", trend="week") == 422


def test_money_is_told_to_those_who_may_see_money(client: Any) -> None:
    seen = {one["kpi_id"]: one for one in asked(client, "viewer", "kpis", scor=True)}
    for kpi_id in ("K9", "K10", "K15", "CO.1.1"):
        assert (seen[kpi_id]["value"], seen[kpi_id]["causes"]) == (None, "not shown: it takes the scope 'money'")
    assert seen["K1"]["value"] == 75.0
    assert asked(client, "viewer", "kpis/K9")["objects"] == []


def test_a_customer_hears_of_its_own_alone(client: Any) -> None:
    for who, other in (("acme", "BETA"), ("beta", "ACME")):
        answers = [
            asked(client, who, "kpis", scor=True),
            *(asked(client, who, f"kpis/{name}") for name in ("K3", "K4", "K9", "K11", "K12", "OTIF")),
        ]
        assert other not in json.dumps(answers)
        hidden = {one["kpi_id"] for one in answers[0] if one["causes"].startswith("not shown")}
        assert {"K1", "K6", "K7", "K9", "K10", "K13", "K16", "CO.1.1"} <= hidden
    own = asked(client, "beta", "kpis/K3")
    assert {row["customer"] for row in own["objects"]} == {"BETA"}
    assert asked(client, "acme", "kpis/K12")["value"] != asked(client, "beta", "kpis/K12")["value"]
