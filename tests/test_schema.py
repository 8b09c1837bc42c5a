"""The schemas say what the files and answers are: real ones pass, wrong ones are refused, and no change goes unnoticed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import pytest
from jsonschema import Draft202012Validator

from supercargo.app.answers import ANSWERS
from supercargo.app.schemas import all_schemas, schema_named
from supercargo.bench.results import Result, StageCost
from supercargo.faces.cli import app
from supercargo.kernel import ScenarioError, format_utc, plain
from supercargo.measure.compared import COMPARISON_TABLE
from supercargo.model import PLAN_TABLES, SCENARIO_TABLES, OperationsPlan, Table
from supercargo.store import read_plan, read_rows, read_scenario, write_rows
from supercargo.store.columns import columns_of
from supercargo.store.json_types import schema_of
from supercargo.store.log import open_log
from supercargo.store.schemas import SCHEMA_VERSION, row_objects
from tests.cargo_files import a_file
from tests.cli_runner import run
from tests.event_logs import a_draft, noon
from tests.schema_lines import DOCS, broken_by, lines_of, listed, notes, renew

SCHEMAS = all_schemas()
TABLES = [("scenario", table) for table in SCENARIO_TABLES] + [("plan", table) for table in PLAN_TABLES]


@dataclass(frozen=True)
class Made:
    folder: Path
    year: Path
    plan: OperationsPlan


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The tiny scenario, planned."""
    root = tmp_path_factory.mktemp("schema")
    assert run("new", str(root / "year"), "--from", "tiny").code == 0
    assert run("plan", str(root / "year"), "--out", str(root / "plan")).code == 0
    return Made(root / "plan", root / "year", read_plan(root / "plan"))


def faults(name: str, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMAS[name]).iter_errors(value)]


def name_of(room: str, table: Table) -> str:
    return f"{room}/{table.file.removesuffix('.csv')}"


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_schema_is_lawful_and_its_id_carries_version_and_name(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$id"] == f"supercargo:schema/{SCHEMA_VERSION}/{name}"


def test_every_file_of_scenario_and_plan_has_a_schema() -> None:
    files = {schema["x-file"] for name, schema in SCHEMAS.items() if not name.startswith("answer/")}
    tables = {table.file for table in (*SCENARIO_TABLES, *PLAN_TABLES)}
    assert files == tables | {"scenario.toml", "plan.json", "run.json", "compare.csv", "compare.json"}


@pytest.mark.parametrize(("room", "table"), TABLES, ids=lambda part: getattr(part, "file", part))
def test_rows_of_a_real_scenario_and_plan_pass(room: str, table: Table, made: Made) -> None:
    owner = made.plan.scenario if room == "scenario" else made.plan
    rows = row_objects(getattr(owner, table.attribute), table.noun)
    assert faults(name_of(room, table), rows) == []
    may_be_empty = {"transfer_windows.csv", "launch_energy.csv", "blackouts.csv", "waivers.csv", "demand.csv"}
    assert rows or table.sparse or table.file in may_be_empty
    assert SCHEMAS[name_of(room, table)]["x-columns"] == [column.name for column in columns_of(table.noun)]


def wrong_cells(table: Table, name: str) -> Iterator[tuple[str, Any]]:
    """For each column, values that the reader of files refuses too."""
    for column, said in SCHEMAS[name]["items"]["properties"].items():
        kinds = said["type"] if isinstance(said["type"], list) else [said["type"]]
        if "number" in kinds or "integer" in kinds:
            yield column, "12 kg"
            yield column, True
            yield column, 1e16
            if "minimum" in said:
                yield column, said["minimum"] - 1
            if "null" not in kinds:
                yield column, None
        elif "boolean" in kinds:
            yield column, "yes"
        elif "array" in kinds:
            yield column, "one;two"
            yield column, ["one;two"]
            yield column, [""]
        elif "pattern" in said and "T" in said["pattern"]:
            yield column, "2027-01-01"
            yield column, "2027-01-01T00:00:00+01:00"
        else:
            yield column, 7
            if "enum" in said:
                yield column, "nothing of the kind"


@pytest.mark.parametrize(("room", "table"), TABLES, ids=lambda part: getattr(part, "file", part))
def test_a_wrong_cell_in_any_column_is_refused_at_that_column(room: str, table: Table, made: Made) -> None:
    name = name_of(room, table)
    owner = made.plan.scenario if room == "scenario" else made.plan
    rows = row_objects(getattr(owner, table.attribute), table.noun)[:1]
    if not rows:
        rows = [dict.fromkeys(SCHEMAS[name]["x-columns"])]
    for column, value in wrong_cells(table, name):
        wrong = deepcopy(rows)
        wrong[0][column] = value
        assert any(f"[0].{column}" in said for said in faults(name, wrong)), (column, value)


@pytest.mark.parametrize(("room", "table"), TABLES, ids=lambda part: getattr(part, "file", part))
def test_a_missing_column_is_refused_exactly_where_the_reader_refuses_it(room: str, table: Table) -> None:
    required = set(SCHEMAS[name_of(room, table)]["items"]["required"])
    header = [column.name for column in columns_of(table.noun)]
    for column in header:
        told: list[Any] = []
        read_rows(",".join(one for one in header if one != column) + "\n", table, told)
        assert bool(told) == (column in required), column


def test_numbers_that_the_reader_refuses_are_out_of_range_of_the_schema_too(made: Made) -> None:
    """The range of each number of a scenario is the one that the reader holds: a step beyond is refused by both."""
    for table in SCENARIO_TABLES:
        records = getattr(made.plan.scenario, table.attribute)
        if not records:
            continue
        lines = write_rows(records[:1], table.noun).decode().splitlines()
        header = lines[0].split(",")
        for column, said in SCHEMAS[name_of("scenario", table)]["items"]["properties"].items():
            if '"' in lines[1] or "maximum" not in said:
                continue
            cells = lines[1].split(",")
            cells[header.index(column)] = repr(said["maximum"] * 1.001 + 1.0)
            told: list[Any] = []
            read_rows(f"{lines[0]}\n{','.join(cells)}\n", table, told)
            assert told, (table.file, column)


def test_names_that_the_reader_refuses_are_refused() -> None:
    schema = Draft202012Validator(SCHEMAS["scenario/customers"]["items"]["properties"]["customer"])
    for bad in ("", "a;b", "a#1", "=1+1", "+a", "-a", "@a", " a", "a ", "a" * 121, "a\nb"):
        assert not schema.is_valid(bad), bad
    for good in ("a", "Ä b", "a-b", "a" * 120, "7"):
        assert schema.is_valid(good), good


def test_keys_and_references_are_named() -> None:
    cargo = SCHEMAS["scenario/cargo"]
    assert cargo["x-key"] == ["item_id"]
    assert cargo["items"]["properties"]["destination"]["x-refers"] == "destinations.csv#destination"
    assert cargo["items"]["properties"]["mass_kg"]["x-unit"] == "kg"
    for table in SCENARIO_TABLES:
        for field, file in table.refers:
            column = next(c.name for c in columns_of(table.noun) if c.field == field)
            refers = SCHEMAS[name_of("scenario", table)]["items"]["properties"][column]["x-refers"]
            other = SCHEMAS[f"scenario/{file.removesuffix('.csv')}"]
            assert refers == f"{file}#{other['x-columns'][other['x-columns'].index(other['x-key'][0])]}"


def as_json(value: Any) -> Any:
    """A TOML document as JSON has it."""
    if isinstance(value, dict):
        return {key: as_json(part) for key, part in value.items()}
    if isinstance(value, datetime):
        return format_utc(value)
    return [as_json(part) for part in value] if isinstance(value, list) else value


def test_scenario_toml_passes_and_its_faults_are_refused(made: Made) -> None:
    content = as_json(tomllib.loads((made.year / "scenario.toml").read_text()))
    assert faults("scenario/scenario", content) == []
    del content["service"], content["limits"]
    assert faults("scenario/scenario", content) == []
    for key, value in (("seed", -1), ("seed", 1.5), ("as_of_utc", "today"), ("currency_year", 1900), ("nonsense", 1)):
        assert faults("scenario/scenario", {**content, key: value}), key
    assert faults("scenario/scenario", {**content, "limits": {"stowage_rounds": 51}})
    assert faults("scenario/scenario", {**content, "limits": {"stowage_tries": 1.5}})
    assert faults("scenario/scenario", {**content, "limits": {"speed": 1}})
    assert faults("scenario/scenario", {key: value for key, value in content.items() if key != "horizon"})


def test_plan_json_and_run_json_pass(made: Made) -> None:
    for file in ("plan", "run"):
        assert faults(f"plan/{file}", json.loads((made.folder / f"{file}.json").read_text())) == []


def test_the_answer_of_every_command_passes_and_every_command_has_one(made: Made, tmp_path: Path) -> None:
    folder, year = str(made.folder), str(made.year)
    asked = {
        "new": ("new", str(tmp_path / "n"), "--from", "tiny", "--json"),
        "check": ("check", year, "--json"),
        "plan": ("plan", year, "--out", str(tmp_path / "p"), "--json"),
        "workbook": ("workbook", year, "--out", str(tmp_path / "year.xlsx"), "--json"),
        "verify": ("verify", folder, "--json"),
        "kpi": ("kpi", folder, "--json"),
        "report": ("report", folder, "--runs", "5", "--json"),
        "compare": ("compare", folder, folder, "--json"),
        "backtest": ("backtest", "--runs", "20", "--out", str(tmp_path / "b"), "--json"),
        "windows": (
            "windows",
            year,
            "--destination",
            "Starlab",
            "--site",
            "Cape Canaveral",
            "--start",
            "2027-03-01",
            "--days",
            "2",
            "--json",
        ),
        "orbit": ("orbit", "beta", year, "--destination", "Starlab", "--start", "2027-03-01", "--days", "3", "--json"),
        "transfer": (
            "transfer",
            "--from",
            "Earth",
            "--to",
            "Mars",
            "--depart",
            "2026-10-01..2026-10-20",
            "--arrive",
            "2027-08-01..2027-08-20",
            "--json",
        ),
        "comply": ("comply", folder, "--json"),
        "risk": ("risk", folder, "--runs", "5", "--json"),
        "programme": ("programme", folder, "--json"),
        "fleet": ("fleet", folder, "--json"),
        "supply": ("supply", folder, "--json"),
        "strategy": ("strategy", folder, "--runs", "5", "--demands", "50", "--json"),
        "improve": ("improve", folder, "--json"),
        "replan": ("replan", folder, "--event", "slip:TN-02=+7d", "--out", str(tmp_path / "replanned"), "--json"),
        "simulate": ("simulate", folder, "--runs", "20", "--workers", "1", "--json"),
        "simulate-years": ("simulate", year, "--years", "1", "--workers", "1", "--out", str(tmp_path / "y"), "--json"),
        "schema": ("schema", "--json"),
        "doctor": ("doctor", "--json"),
        "error": ("check", str(tmp_path / "none"), "--json"),
    }
    log = str(tmp_path / "log.sqlite")
    with open_log(log, (), noon) as store:
        store.append([a_draft()])
    asked |= {
        "track-verify-log": ("track", "verify-log", "--store", log, "--json"),
        "track-export": ("track", "export", "--store", log, "--out", str(tmp_path / "export"), "--json"),
        "track-rebuild": ("track", "rebuild", "--store", log, "--json"),
        "track-backup": ("track", "backup", "--store", log, "--out", str(tmp_path / "backup"), "--json"),
        "track-restore": ("track", "restore", str(tmp_path / "backup"), "--store", str(tmp_path / "new.sqlite"), "--json"),
    }
    cargo = str(tmp_path / "cargo.sqlite")
    asked |= {
        "track-import": ("track", "import", str(a_file(tmp_path)), "--store", cargo, "--json"),
        "track-where": ("track", "where", "WATER-1", "--store", cargo, "--json"),
        "track-history": ("track", "history", "WATER-1", "--store", cargo, "--json"),
        "track-at": ("track", "at", "2025-01-01T15:00:00Z", "BAG-7", "--store", cargo, "--json"),
        "track-epcis": ("track", "epcis", "WATER-1", "--out", str(tmp_path / "w.jsonld"), "--store", cargo, "--json"),
    }
    kept = ("--store", str(tmp_path / "operations.sqlite"), "--json")
    kim = (*kept, "--by", "kim")
    flown = ("--store", str(tmp_path / "flown.sqlite"), "--json", "--by", "kim")
    asked |= {
        "fly": ("fly", folder, "--planner", "keep", *flown),
        "release": ("release", folder, *kim),
        "mission": ("mission", "TN-01", *kept),
        "act": ("act", "TN-01", "gate-pass", "--name", "labels", "--word", "record 7", *kim),
        "work": ("work", "W-1", "issue", "--asset", "tail/CXL-001", "--word", "wash it", "--cycles", "5", *kim),
        "conflict": ("conflict", "K-1", "see", "--kind", "ports", "--object", "TN-01", "--word", "both want it", *kim),
        "ledger": ("ledger", "STARLAB-MAIN", "adjust", "--account", "credit:x", "--usd", "1", "--word", "x", *kim),
    }
    asked |= {
        "record": ("record", "partners", "S1", "set_partner_status", "--say", "status=approved", "--say", "reason=audit",
                   "--say", "valid_until_utc=2099-01-01T00:00:00Z", *kim),
        "board": ("board", "gates", "--where", "mission_id=TN-01", *kept),
        "password": ("password", "admin", *kim),
    }  # fmt: skip
    bills = tmp_path / "invoices.csv"
    bills.write_text("invoice_id,date,mission_id,account,amount_usd\nI1,2027-02-01,TN-01,mission control,1000\n", "utf-8")
    asked |= {
        "cost-show": ("cost", folder, "--actuals", str(bills), "--json"),
        "cost-import": ("cost", "import", str(bills), "--preview", *kept),
        "cost-quote": ("cost", "quote", folder, "--destination", "Starlab", "--kg", "10", "--json"),
    }
    opened = ("record", "lessons", "L-1", "open_lesson", "--say", "text=x", "--say", "owner=lee")
    shutil.copytree(folder, tmp_path / "before")
    rates = tmp_path / "before" / "scenario" / "cost_rates.csv"
    rates.write_text(rates.read_text("utf-8").replace(",20000,", ",25000,"), "utf-8")
    changed = ("--change", "cost_rates.csv/mission control/docked_d/usd")
    asked |= {
        "lesson": ("lesson", "L-1", str(tmp_path / "before"), folder, *changed, *kept, "--by", "lou"),
    }
    assert {*asked, "bench", "serve"} == set(ANSWERS)
    cost = StageCost(stage="manifest", seconds=1.0, cpu_seconds=0.9, peak_mb=200.0)
    row = Result(
        name="plan", instance="12", status="feasible", objective=1.0, bound=None, seconds=2.0, peak_mb=210.0, stages=(cost,)
    )
    assert faults("answer/bench", plain([row])) == []
    commands = {command.callback.__name__ for command in app.registered_commands if command.callback}
    for group in app.registered_groups:
        nested = group.typer_instance.registered_commands if group.typer_instance else []
        whole = group.name in ANSWERS
        names = [command.name or command.callback.__name__ for command in nested if command.callback]
        commands |= {str(group.name)} if whole else {f"{group.name}-{name}" for name in names}
    assert set(ANSWERS) - {"error", "simulate-years"} == commands
    for name, words in asked.items():
        if name == "lesson":
            assert run(*opened, *kim).code == 0
        assert faults(f"answer/{name}", json.loads(run(*words).out)) == [], name


def test_the_error_of_each_kind_passes(tmp_path: Path) -> None:
    refused = run("new", str(tmp_path), "--from", "tiny", "--json")
    assert refused.code == 4
    assert faults("answer/error", json.loads(refused.out)) == []


def test_comparison_files_pass(made: Made, tmp_path: Path) -> None:
    assert run("compare", str(made.folder), str(made.folder), "--out", str(tmp_path / "c")).code == 0
    assert faults("comparison/figures", json.loads((tmp_path / "c" / "compare.json").read_text())) == []
    told: list[Any] = []
    rows = read_rows(tmp_path / "c" / "compare.csv", COMPARISON_TABLE, told)
    assert (told, faults("comparison/compare", row_objects(rows, COMPARISON_TABLE.noun))) == ([], [])


def test_a_row_written_and_read_is_the_same_object(made: Made) -> None:
    again = read_scenario(made.year)
    for table in SCENARIO_TABLES:
        first = row_objects(getattr(made.plan.scenario, table.attribute), table.noun)
        assert row_objects(getattr(again, table.attribute), table.noun) == first


def test_schema_prints_one_by_any_of_its_names() -> None:
    for word in ("scenario/cargo", "scenario/cargo.csv", "cargo.csv", "cargo"):
        assert json.loads(run("schema", word).out) == SCHEMAS["scenario/cargo"]
    assert schema_named("plan.json")["$id"].endswith("/plan/plan")
    assert schema_named("run.json")["$id"].endswith("/plan/run")


def test_schema_asks_which_one_is_meant_and_helps_with_a_slip() -> None:
    both = run("schema", "missions.csv")
    assert (both.code, "use one of: scenario/missions, plan/missions" in both.err) == (2, True)
    slip = run("schema", "scenario/carg")
    assert (slip.code, "scenario/cargo" in slip.err) == (2, True)
    with pytest.raises(ScenarioError, match="no schema is called"):
        schema_named("qqqq")


def test_schema_lists_all_and_writes_all(tmp_path: Path) -> None:
    told = run("schema").out
    assert all(name in told for name in SCHEMAS)
    assert run("schema", "--out", str(tmp_path / "s")).code == 0
    files = {p.relative_to(tmp_path / "s").as_posix(): json.loads(p.read_text()) for p in (tmp_path / "s").rglob("*.json")}
    assert files == {f"{name}.json": schema for name, schema in SCHEMAS.items()}
    assert run("schema", "--out", str(tmp_path / "s")).code == 4
    assert run("schema", "cargo", "--out", str(tmp_path / "s"), "--force").code == 0
    assert [p.name for p in (tmp_path / "s").rglob("*.json")] == ["cargo.json"]


class _Inner(TypedDict):
    """An answer."""

    at: datetime | None
    rest: NotRequired[dict[str, tuple[int, ...]]]


class _Colour(Enum):
    RED = "red"


def test_types_become_schemas() -> None:
    inner = Draft202012Validator(schema_of(_Inner))
    assert inner.is_valid({"at": None, "rest": {"a": [1, 2]}})
    assert inner.is_valid({"at": "2027-01-01T00:00:00Z"})
    for bad in ({}, {"at": "now"}, {"at": None, "rest": {"a": ["x"]}}, {"at": None, "more": 1}):
        assert not inner.is_valid(bad)
    assert schema_of(_Colour) == {"type": "string", "enum": ["red"]}
    pair = Draft202012Validator(schema_of(tuple[str, float]))
    assert pair.is_valid(["a", 1.0])
    assert not pair.is_valid(["a"])
    assert not pair.is_valid(["a", 1.0, 2])
    with pytest.raises(TypeError, match="no JSON form"):
        schema_of(set[int])


def test_the_list_of_the_version_is_what_the_schemas_say() -> None:
    _, lines = listed(DOCS / "schema", SCHEMA_VERSION)
    assert lines == lines_of(SCHEMAS), "run: python -m tests.schema_lines"


def test_every_version_up_to_now_has_its_list_and_its_notes() -> None:
    page = (DOCS / "schema.md").read_text()
    assert {path.name for path in (DOCS / "schema").iterdir()} == {f"{n + 1}.txt" for n in range(SCHEMA_VERSION)}
    for version in range(1, SCHEMA_VERSION + 1):
        assert notes(page, version) == listed(DOCS / "schema", version)[0]


@pytest.mark.parametrize(
    ("change", "breaks"),
    [
        (lambda s: s["items"]["properties"].pop("mass_kg"), True),
        (lambda s: s["items"]["properties"]["mass_kg"].update(type="string"), True),
        (lambda s: s["items"]["properties"]["mass_kg"].update({"x-unit": "g"}), True),
        (lambda s: s["items"]["properties"]["priority"].update(maximum=9), True),
        (lambda s: s["items"]["required"].remove("mass_kg"), True),
        (lambda s: s["x-key"].append("customer"), True),
        (lambda s: (s["items"]["properties"].update(new={"type": "string"}), s["items"]["required"].append("new")), True),
        (lambda s: s["items"]["properties"].update(new={"type": "string", "default": ""}), False),
        (lambda s: s.update(description="other words"), False),
    ],
)
def test_a_change_of_a_column_is_refused_without_a_new_version_or_a_note(change: Any, breaks: bool, tmp_path: Path) -> None:
    page = tmp_path / "schema.md"
    page.write_text("# versions\n")
    old = {"scenario/cargo": SCHEMAS["scenario/cargo"]}
    assert renew(tmp_path / "lists", page, lines_of(old), "") == ""
    new = deepcopy(old)
    change(new["scenario/cargo"])
    assert bool(broken_by(lines_of(old), lines_of(new))) == breaks
    told = renew(tmp_path / "lists", page, lines_of(new), "")
    assert ("raise SCHEMA_VERSION" in told) == breaks
    if breaks:
        assert listed(tmp_path / "lists", SCHEMA_VERSION)[1] == lines_of(old)
        assert renew(tmp_path / "lists", page, lines_of(new), "nobody relied on it") == ""
    assert listed(tmp_path / "lists", SCHEMA_VERSION) == (int(breaks), lines_of(new))
    assert notes(page.read_text(), SCHEMA_VERSION) == int(breaks)


def test_the_example_of_the_page_finds_a_planted_fault(made: Made, tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "schema.md").read_text(), re.DOTALL)
    (tmp_path / "work" / "year").mkdir(parents=True)
    file = tmp_path / "work" / "year" / "cargo.csv"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

    def told() -> str:
        words = [sys.executable, "-c", code]
        env = {**os.environ, "PATH": path}
        return subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, check=True).stdout

    sound = (made.year / "cargo.csv").read_text()
    file.write_text(sound)
    assert told() == ""
    header, first, *rest = sound.splitlines()
    cells = first.split(",")
    cells[header.split(",").index("priority")] = "9"
    file.write_text("\n".join([header, ",".join(cells), *rest]) + "\n")
    assert told().startswith("$[0].priority 9")
