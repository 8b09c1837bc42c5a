"""Documents of blocks: what they claim, how they are written, and that their numbers are those of the plan folder."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from supercargo.app.deliverables import ReportAsked, hold, make_documents, numbers_csv
from supercargo.kernel import Refused
from supercargo.report.blocks import (
    Block,
    Column,
    Decision,
    Document,
    Evidence,
    Figure,
    Footer,
    Heading,
    KpiBlock,
    Missing,
    Number,
    Option,
    Table,
    Text,
    number_words,
)
from supercargo.report.charts import Bar, Series, bars, columns, control_chart, lines, matrix, ticks
from supercargo.report.coverage import LINES, coverage_of
from supercargo.report.deliverables.table import DELIVERABLES
from supercargo.report.document_html import render_document
from supercargo.report.document_md import drawings_of, render_markdown
from supercargo.report.document_pdf import render_pdf
from supercargo.report.drawing import STYLES, svg_of
from tests.cli_runner import run
from tests.plans import a_plan

EVIL = "<script>alert('x')</script> | * _a_ [b](c) `d`"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("documents")
    for words in (("new", str(place / "tiny"), "--from", "tiny"), ("plan", str(place / "tiny"), "--out", str(place / "plan"))):
        told = run(*words)
        assert told.code == 0, told.err
    return place / "plan"


@pytest.fixture(scope="module")
def documents(folder: Path) -> tuple[Document, ...]:
    return make_documents(hold(ReportAsked(folder, runs=20, workers=1)), [line.doc_id for line in LINES])


def number(value: float | None = 3.0, **changes: str) -> Number:
    words = {"key": "k", "unit": "kg", "source": "plan: x.csv", **changes}
    return Number(key=words["key"], unit=words["unit"], source=words["source"], value=value)


def a_document(*blocks: Block) -> Document:
    footer = Footer(digest="d" * 64, scenario_digest="s" * 64, seed=1, runs=5, version="0", as_of="2026-12-01T00:00:00Z")
    return Document(doc_id="D2", title="T", of="tiny", question="why?", blocks=blocks, footer=footer)


def every_block() -> tuple[Block, ...]:
    table = Table(
        title=f"table {EVIL}",
        source="plan: t.csv",
        columns=(Column(name=EVIL), Column(name="mass", unit="kg")),
        rows=((EVIL, 1234.5), ("b", None)),
        covers=("D2.1",),
    )
    return (
        Heading(words=EVIL),
        Text(words=f"{EVIL} weighs {{}}.", numbers=(number(),), points=(EVIL,)),
        table,
        Figure(
            title=EVIL, source="plan: f.csv", drawing=bars(EVIL, [Bar(EVIL, 2.0)], unit=EVIL), data=table, covers=("D2.2",)
        ),
        KpiBlock(title=EVIL, source="plan: kpis.csv", kpis=(replace(a_plan().kpis[0], causes=EVIL),)),
        Decision(
            question=EVIL,
            owner=EVIL,
            due=EVIL,
            options=(Option(name=EVIL, effect="{} more", numbers=(number(),)),),
            advice=EVIL,
        ),
        Evidence(claim=EVIL, rests_on=(EVIL,)),
        Missing(what=EVIL, needs=EVIL),
    )


def test_a_text_has_a_place_for_each_number() -> None:
    with pytest.raises(ValueError, match="1 places and 0 numbers"):
        Text(words="{} kg")
    with pytest.raises(ValueError, match="0 places and 1 numbers"):
        Option(name="a", effect="none", numbers=(number(),))


def test_a_row_has_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        Table(title="t", source="s", columns=(Column(name="a"),), rows=(("x", "y"),))


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (None, "kg", "not known"), (float("nan"), "kg", "not known"), (96.74, "percent", "96.7 %"),
        (1.8e9, "USD", "1,800.0 M USD"),
        (-2.5e6, "USD", "-2.5 M USD"), (12.4, "USD", "12 USD"),
        (48, "count", "48"), (-0.4, "kg", "0 kg"), (5, "", "5"),
        (1.25, "m3", "1.2 m³"), (0.5, "km", "0.50 km"),
    ],
)  # fmt: skip
def test_numbers_are_told_with_their_unit(value: float | None, unit: str, words: str) -> None:
    assert number_words(value, unit) == words


def test_every_phrase_of_the_fifteen_lines_has_an_id_and_only_blocks_with_content_cover_it() -> None:
    assert [line.doc_id for line in LINES] == [f"D{index}" for index in range(1, 16)]
    assert all(len(line.phrases) == 4 for line in LINES)
    empty = (
        Table(title="t", source="s", columns=(Column(name="a"),), rows=(), covers=("D2.1",)),
        Figure(title="f", source="s", drawing=bars("none", [], unit="kg"), covers=("D2.2",)),
        KpiBlock(title="k", source="s", kpis=(), covers=("D2.3",)),
        Evidence(claim="c", rests_on=(), covers=("D2.4",)),
    )
    assert [one.blocks for one in coverage_of(a_document(*empty))] == [()] * 4
    told = coverage_of(a_document(*every_block()))
    assert [bool(one.blocks) for one in told] == [True, True, False, False]
    assert told[0].blocks[0][0] == 3
    with pytest.raises(ValueError, match=r"covers D9.1, which its line hasn't"):
        coverage_of(a_document(Text(words="x", covers=("D9.1",))))


def test_markup_in_any_block_is_shown_and_never_obeyed() -> None:
    document = a_document(*every_block())
    covered = coverage_of(document)
    page = render_document(document, covered)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 10
    text = render_markdown(document, covered, "D02")
    assert "<script" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ") and "1,23" in line]
    assert rows
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 3 for row in rows)
    (picture,) = drawings_of(document, "D02").values()
    assert "<script" not in picture


def test_a_pdf_is_the_same_bytes_twice_and_names_letters_it_lacks() -> None:
    document = a_document(*every_block(), Text(words="Ж and 中 are no Latin letters"))
    first = render_pdf(document, coverage_of(document))
    assert first.startswith(b"%PDF")
    assert first == render_pdf(document, coverage_of(document))


def test_a_pdf_has_the_data_of_its_figures_and_says_where_the_rest_of_a_long_one_stands() -> None:
    def written(*cells: str) -> bytes:
        data = Table(title="t", source="plan: t.csv", columns=(Column(name="a"),), rows=tuple((cell,) for cell in cells))
        drawing = bars("f", [Bar("b", 2.0)], unit="kg")
        document = a_document(Figure(title="f", source="plan: f.csv", drawing=drawing, data=data))
        return render_pdf(document, coverage_of(document))

    many = [str(number) for number in range(60)]
    assert written("x", "y") != written("x", "z")
    assert written(*many[:-1], "x") != written(*many[:-1], "y")
    assert written(*many) != written(*many, "x") == written(*many, "y")


def block_with(name: str, place: str) -> Block:
    """A block of a kind that says a name in each of its places."""
    columns = (Column(name="line"), *(Column(name=f"c{index}", unit="kg") for index in range(9)))
    match place:
        case "heading":
            return Heading(words=name)
        case "text":
            return Text(words=f"{name} weighs {{}}.", numbers=(number(),), points=(name,))
        case "table":
            return Table(title=name, source=name, columns=columns, rows=((name, *(1.0,) * 9),) * 3, note=name)
        case "cells":
            return Table(title="t", source="s", columns=columns, rows=((name,) * 10,))
        case "head":
            return Table(
                title="t", source="s", columns=tuple(Column(name=name, unit="kg") for _ in range(9)), rows=((1.0,) * 9,)
            )
        case "kpis":
            return KpiBlock(title=name, source=name, kpis=(replace(a_plan().kpis[0], name=name, causes=name),))
        case "decision":
            options = (Option(name=name, effect="{} more", numbers=(number(),)),)
            return Decision(question=name, owner=name, due=name, options=options, advice=name)
        case "evidence":
            return Evidence(claim=name, rests_on=(name, name))
        case _:
            return Missing(what=name, needs=name)


@pytest.mark.parametrize("place", ["heading", "text", "table", "cells", "head", "kpis", "decision", "evidence", "missing"])
@pytest.mark.parametrize("name", ["x" * 5000, "a name " * 700], ids=["one word", "words"])
def test_a_name_longer_than_a_page_stands_in_a_pdf_in_any_place(name: str, place: str) -> None:
    document = a_document(Text(words="before " * 300), block_with(name, place), Text(words="after"))
    assert render_pdf(document, ()).startswith(b"%PDF")


def test_a_drawing_taller_than_a_page_is_made_to_fit() -> None:
    drawing = bars("masses", [Bar(f"place {index}", 4.0) for index in range(90)], unit="t")
    assert drawing.height > 1000
    document = a_document(Figure(title="masses", source="plan: f.csv", drawing=drawing))
    assert render_pdf(document, ()).startswith(b"%PDF")


def test_drawings_tell_their_data_and_leave_nothing_where_there_is_nothing() -> None:
    drawn = svg_of(bars("masses", [Bar("a", 4.0), Bar("b", -2.0)], unit="t", target=3.0))
    assert "a: 4" in drawn
    assert 'aria-label="masses"' in drawn
    assert not bars("none", [], unit="t").shapes
    assert not columns("none", [], {}, unit="t").shapes
    assert not lines("none", [Series("a", ())], unit="t").shapes
    assert not matrix("none", (), (), {}, across_name="", down_name="").shapes
    chart = svg_of(control_chart("c", [1.0, 2.0, 9.0], centre=2.0, sigma=1.0, unit="d", signals={2: "rule 1"}))
    assert "rule 1" in chart


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.0, 0.0), (-3.0, 7.2), (5e8, 2e9), (0.0, 1e-9)])
def test_ticks_span_what_is_drawn_in_even_steps(low: float, high: float) -> None:
    marks = ticks(low, high)
    assert marks[0] <= low
    assert marks[-1] >= high
    assert 2 <= len(marks) <= 12
    steps = [two - one for one, two in pairwise(marks)]
    assert max(steps) == pytest.approx(min(steps), rel=1e-6)


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2, 1.4.3 (definition of relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_neighbours_in_a_stack_differ_in_grey() -> None:
    fills = [luminance(STYLES[name].fill) for name in ("one", "two", "three", "four", "five", "six")]
    contrasts = [(max(a, b) + 0.05) / (min(a, b) + 0.05) for a, b in pairwise(fills)]
    assert min(contrasts) > 1.3


def test_every_deliverable_covers_its_phrases_or_says_what_is_missing(documents: tuple[Document, ...]) -> None:
    assert [document.doc_id for document in documents] == list(DELIVERABLES)
    for document in documents:
        missing = [block for block in document.blocks if isinstance(block, Missing)]
        bare = [one.phrase for one in coverage_of(document) if not one.blocks]
        assert len(bare) <= len(missing), (document.doc_id, bare)


def test_a_number_that_stands_twice_is_one_number(documents: tuple[Document, ...]) -> None:
    rows = list(csv.DictReader(numbers_csv(documents).decode().splitlines()))
    told = {(row["key"], row["value"], row["unit"]) for row in rows}
    assert len(told) == len({row["key"] for row in rows})
    assert all(row["source"] for row in rows)
    shared = Counter(row["key"] for row in rows)
    assert shared["plan.left_lines"] >= 3


def test_report_writes_the_same_bytes_twice_and_nothing_without_need(folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        words = ("report", str(folder), "D1", "d10", "--out", str(tmp_path / name), "--format", "html,md,pdf", "--runs", "10")
        told = run(*words)
        assert told.code == 0, told.err
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert {"index.html", "coverage.csv", "numbers.csv", "D01-mission-operations-plan.pdf"} <= {str(file) for file in files}
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file
    page = (tmp_path / "a" / "D01-mission-operations-plan.html").read_text()
    assert "<script" not in page
    assert re.search(r"(src|href)=\"(https?:)?//", page) is None
    again = run("report", str(folder), "--out", str(tmp_path / "a"))
    assert again.code == 4


def test_a_report_replaces_what_a_report_wrote_and_leaves_and_names_the_rest(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ("report", str(folder), "--out", str(out), "--runs", "0")
    assert run(*asked, "D1", "D3", "--format", "md").code == 0
    for name, text in (
        ("notes.txt", "mine"),
        ("figures/own.svg", "<svg/>"),
        ("minutes/may.md", "said"),
        ("D09-mine.MD", "my own"),
    ):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text(text)
    (out / "link").symlink_to(folder, target_is_directory=True)
    told = run(*asked, "D1", "--force")
    assert told.code == 0, told.err
    assert "no report wrote them: D09-mine.MD, figures/own.svg, link, minutes/may.md, notes.txt" in told.out
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "link").is_symlink()
    assert (folder / "plan.json").is_file()
    there = {path.name for path in out.iterdir()}
    assert there == {
        "D01-mission-operations-plan.html", "index.html", "coverage.csv", "numbers.csv", "files.txt", "figures", "link",
        "minutes", "notes.txt", "D09-mine.MD",
    }  # fmt: skip
    (out / "D03-cargo-management-system.html").write_text("my own page")
    told = run(*asked, "D3", "--force")
    assert (told.code, "D03-cargo-management-system.html would be replaced" in told.err) == (4, True)
    assert (out / "D03-cargo-management-system.html").read_text() == "my own page"
    (out / "files.txt").unlink()
    (out / "D03-cargo-management-system.html").unlink()
    assert json.loads(run(*asked, "D3", "--force", "--json").out)["kept"] == [
        "D09-mine.MD", "figures/own.svg", "link", "minutes/may.md", "notes.txt",
    ]  # fmt: skip


def test_report_names_every_phrase_and_what_covers_it(folder: Path) -> None:
    told = json.loads(run("report", str(folder), "--runs", "0", "--json").out)
    assert len(told["coverage"]) == 4 * len(told["documents"])
    shown = run("report", str(folder), "D3", "--runs", "0", "--coverage")
    assert "D3.3   tracking systems: Stages of an item's life" in shown.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("D16",), "there is no document 'D16'"),
        (("--format", "docx"), "can't be written as 'docx'"),
        (("--format", ""), "as ''"),
    ],
)
def test_what_report_can_not_make_is_refused_with_what_it_can(folder: Path, words: tuple[str, ...], said: str) -> None:
    told = run("report", str(folder), *words)
    assert told.code == 2
    assert said in told.err


LATE = """initiative_id,title,aim,changes,least_fraction,most_fraction,\
one_off_usd,start_month,owner,state,source,as_of,evidence
A,dearer,cost,cost_rates.csv/mission integration/mission/usd+4800000,1,1,0,12,a,idea,s,2026-11-26,assumption
B,dearer,cost,cost_rates.csv/mission integration/mission/usd+4800000,1,1,0,12,a,idea,s,2026-11-26,assumption
C,cheaper,cost,cost_rates.csv/mission integration/mission/usd+-4800000,1,1,0,1,a,idea,s,2026-11-26,assumption
D,cheaper,cost,cost_rates.csv/mission integration/mission/usd+-4800000,1,1,0,1,a,idea,s,2026-11-26,assumption
"""
"""Initiatives that are lawful each alone and all together, and not in the months in which C and D work before A and B do."""


def test_what_is_found_wrong_late_stops_the_documents_that_need_it_and_no_other(tmp_path: Path) -> None:
    assert run("new", str(tmp_path / "tiny"), "--from", "tiny").code == 0
    (tmp_path / "tiny" / "initiatives.csv").write_text(LATE)
    assert run("plan", str(tmp_path / "tiny"), "--out", str(tmp_path / "plan")).code == 0
    told = run("report", str(tmp_path / "plan"), "--out", str(tmp_path / "out"), "--runs", "0", "--format", "md")
    assert told.code == 2
    assert "D13  Continuous Improvement System: could not be made, and says why" in told.out
    assert "D9, D12, D13 could not be made: changes: 1 fault in the input" in told.out
    assert "cost_rates.csv/mission integration/mission/usd would be -3.6e+06" in told.out
    assert "D1   Mission Operations Plan: 4 of 4 phrases covered" in told.out
    page = (tmp_path / "out" / "D12-cost-optimization-program.md").read_text()
    assert "could not be made" in page
    assert "would be -3.6e+06" in page
    answer = run("report", str(tmp_path / "plan"), "D1", "D12", "--runs", "0", "--json")
    assert answer.code == 2
    assert [one["document"] for one in json.loads(answer.out)["unmade"]] == ["D12"]
    assert run("report", str(tmp_path / "plan"), "D1", "--runs", "0").code == 0


def cut_a_mission(folder: Path) -> str:
    file = folder / "missions.csv"
    file.write_text("".join(line for index, line in enumerate(file.read_text().splitlines(True)) if index != 1))
    return "missions.csv was changed after the plan was written"


def cut_a_load(folder: Path) -> str:
    file = folder / "manifest.csv"
    file.write_text("".join(file.read_text().splitlines(True)[:-1]))
    return "manifest.csv was changed after the plan was written"


def raise_every_price(folder: Path) -> str:
    file = folder / "costs.csv"
    file.write_text(re.sub(r"(\d\.\d+)", r"1\1", file.read_text()))
    return "costs.csv was changed after the plan was written"


def lose_a_scenario_file(folder: Path) -> str:
    (folder / "scenario" / "lanes.csv").unlink()
    return "scenario/lanes.csv is missing"


@pytest.mark.parametrize("change", [cut_a_mission, cut_a_load, raise_every_price, lose_a_scenario_file])
def test_a_folder_that_is_not_as_the_referee_judged_it_gets_no_document(
    folder: Path, tmp_path: Path, change: Callable[[Path], str]
) -> None:
    shutil.copytree(folder, tmp_path / "plan")
    assert run("report", str(tmp_path / "plan"), "D1", "--runs", "0").code == 0
    why = change(tmp_path / "plan")
    told = run("report", str(tmp_path / "plan"), "D1", "D3", "--runs", "0", "--out", str(tmp_path / "out"))
    assert told.code == 4, told.out
    assert why in told.err
    assert "plan again; `supercargo verify` judges the folder as it is now" in told.err
    assert not (tmp_path / "out").exists()


def test_every_file_that_was_changed_is_named_at_once(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "plan")
    whys = [cut_a_mission(tmp_path / "plan"), cut_a_load(tmp_path / "plan")]
    with pytest.raises(Refused) as told:
        hold(ReportAsked(tmp_path / "plan", runs=0))
    assert all(why in str(told.value) for why in whys)


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def recounted(folder: Path) -> dict[str, float]:
    """Numbers of the documents, counted again from the plan folder's own files by nothing but sums."""
    manifest, missions = rows_of(folder, "manifest.csv"), rows_of(folder, "missions.csv")
    costs, cargo = rows_of(folder, "costs.csv"), rows_of(folder, "scenario/cargo.csv")
    lines = {row["item_id"] for row in cargo}
    for row in manifest:  # a part counts as its line
        row["item_id"] = row["item_id"] if row["item_id"] in lines else re.sub(r"#[0-9]+$", "", row["item_id"])
    stowage, kpis = rows_of(folder, "stowage.csv"), {row["kpi_id"]: row for row in rows_of(folder, "kpis.csv")}
    up = [row for row in manifest if row["direction"] == "up" and row["due_utc"]]
    gone = {row["item_id"] for row in manifest if not row["mission_id"]}
    late = {row["item_id"] for row in up if row["mission_id"] and row["delivered_utc"] > row["due_utc"]}
    dated = {row["item_id"] for row in up}
    earned = [float(row["plan_usd"]) for row in costs if row["account"].startswith("revenue") and row["paid_by"] == "service"]
    spent = [
        float(row["plan_usd"]) for row in costs if not row["account"].startswith("revenue") and row["paid_by"] == "service"
    ]
    flights: dict[str, set[str]] = {}
    for row in manifest:
        if row["mission_id"]:
            flights.setdefault(row["item_id"], set()).add(row["mission_id"])
    return {
        "plan.missions_flown": len(missions),
        "plan.missions_due": len(rows_of(folder, "scenario/missions.csv")),
        "plan.lines": len(cargo),
        "plan.left_lines": len(gone),
        "plan.left_t": sum(float(row["mass_kg"]) for row in manifest if not row["mission_id"]) / 1000,
        "plan.flying_lines": len(flights),
        "plan.split_lines": sum(len(missions) > 1 for missions in flights.values()),
        "plan.partly_left_lines": len(gone & set(flights)),
        "plan.dated_lines": len(dated),
        "plan.dated_left_lines": len(dated & gone),
        "plan.late_lines": len(late - gone),
        "plan.on_time_lines": len(dated - gone - late),
        "plan.revenue_usd": sum(earned),
        "plan.service_cost_usd": sum(spent),
        "plan.margin_percent": 100 * (sum(earned) - sum(spent)) / sum(earned),
        "plan.penalties_usd": -sum(usd for usd in earned if usd < 0),
        "plan.K3": float(kpis["K3"]["value"]),
        "plan.K5": float(kpis["K5"]["value"]),
        "plan.customers": len({row["customer"] for row in manifest}),
        "plan.pieces_up": len(stowage),
    }


def test_numbers_of_the_documents_are_those_that_the_plan_folder_adds_up_to(
    folder: Path, documents: tuple[Document, ...]
) -> None:
    told = {row["key"]: row for row in csv.DictReader(numbers_csv(documents).decode().splitlines())}
    again = recounted(folder)
    for key in sorted(set(told) & set(again)):
        assert float(told[key]["value"]) == pytest.approx(again[key], abs=0.005, rel=1e-9), key
    assert len(set(told) & set(again)) >= 15
