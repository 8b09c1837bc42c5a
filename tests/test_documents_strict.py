"""Documents of scenarios that lack something: what is not known is said, nothing of zeros counts, no date is past unsaid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path as Folder

import pytest

from supercargo.app.deliverables import ReportAsked, hold, made_or_why, make_documents
from supercargo.measure.kpis import KPIS
from supercargo.report.blocks import (
    Cell,
    Column,
    Decision,
    Document,
    Evidence,
    Figure,
    KpiBlock,
    Missing,
    Number,
    Table,
    Text,
    cell_words,
    covering,
    number_words,
)
from supercargo.report.charts import Bar, bars
from supercargo.report.coverage import LINES, Covered, coverage_of
from supercargo.report.deliverables.dues import due_words
from supercargo.report.deliverables.held import Held
from supercargo.report.document_md import render_markdown
from supercargo.report.drawing import Path, Words
from tests.cli_runner import run
from tests.plans import a_plan

ALL = tuple(line.doc_id for line in LINES)


def planned(place: Folder, change: str) -> Folder:
    """A plan of the small scenario: whole, bare (without suppliers and stocks), or late (facts known amid the horizon)."""
    assert run("new", str(place / "tiny"), "--from", "tiny").code == 0
    if change == "bare":
        for name in ("suppliers.csv", "stock.csv"):
            file = place / "tiny" / name
            file.write_text(file.read_text().splitlines()[0] + "\n")
    if change == "late":
        file = place / "tiny" / "scenario.toml"
        file.write_text(re.sub(r"as_of_utc = \S+", "as_of_utc = 2027-05-20T00:00:00Z", file.read_text()))
    assert run("plan", str(place / "tiny"), "--out", str(place / "plan")).code == 0
    return place / "plan"


@pytest.fixture(scope="module")
def helds(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Held]:
    found = {}
    for name, runs in (("whole", 5), ("bare", 0), ("late", 0)):
        folder = planned(tmp_path_factory.mktemp(name), name)
        found[name] = hold(ReportAsked(folder, runs=runs, workers=1))
    return found


@pytest.fixture(scope="module")
def documents(helds: Mapping[str, Held]) -> Mapping[str, tuple[Document, ...]]:
    return {name: make_documents(held, ALL) for name, held in helds.items()}


def open_phrases(documents: tuple[Document, ...]) -> dict[str, Covered]:
    return {one.phrase_id: one for document in documents for one in coverage_of(document) if not one.blocks}


# what covers a phrase


def test_zeros_cover_nothing() -> None:
    def number(value: float | None) -> Number:
        return Number(key="k", value=value, unit="kg", source="s")

    def figure(*cells: Cell) -> Figure:
        data = Table(title="t", source="s", columns=(Column(name="a"), Column(name="b")), rows=tuple(("x", c) for c in cells))
        return Figure(title="f", source="s", drawing=bars("f", [Bar("x", 1.0)], unit="kg"), data=data, covers=("D6.1",))

    assert covering(Text(words="{} and {}", numbers=(number(0.0), number(None)), covers=("D6.1",))) == ()
    assert covering(Text(words="{} and {}", numbers=(number(0.0), number(2.0)), covers=("D6.1",))) == ("D6.1",)
    assert covering(figure(0.0, None)) == ()
    assert covering(figure(0.0, 1.0)) == ("D6.1",)
    assert covering(figure("word")) == ("D6.1",)
    unknown = tuple(kpi for kpi in a_plan().kpis if kpi.value is None)
    assert covering(KpiBlock(title="k", source="s", kpis=unknown, covers=("D9.1",))) == ()


def test_what_is_left_open_says_what_is_missing_and_what_it_needs(documents: Mapping[str, tuple[Document, ...]]) -> None:
    for made in documents.values():
        for phrase_id, one in open_phrases(made).items():
            assert one.missing, phrase_id
            assert all("; it needs " in words for words in one.missing)


def test_without_suppliers_and_stocks_no_phrase_of_supply_is_covered(documents: Mapping[str, tuple[Document, ...]]) -> None:
    left = set(open_phrases(documents["bare"]))
    assert {"D6.1", "D6.2", "D6.3", "D6.4", "D7.1", "D7.2", "D7.3", "D8.1", "D8.2", "D8.3", "D8.4"} <= left
    assert "suppliers.csv" in open_phrases(documents["bare"])["D6.1"].missing[0]


def test_without_futures_nothing_that_only_they_tell_is_covered(documents: Mapping[str, tuple[Document, ...]]) -> None:
    assert {"D10.3", "D11.1", "D11.4", "D14.3"} <= set(open_phrases(documents["bare"]))


def test_without_a_record_neither_satisfaction_nor_influence_is_covered(documents: Mapping[str, tuple[Document, ...]]) -> None:
    left = open_phrases(documents["whole"])
    assert {"D10.4", "D15.3"} <= set(left)
    assert set(left) <= {"D10.4", "D13.1", "D13.3", "D15.3"}
    assert "--store" in left["D10.4"].missing[0]


def test_coverage_lists_what_is_not_known_yet_and_how_to_get_it(tmp_path: Folder) -> None:
    folder = planned(tmp_path, "bare")
    told = run("report", str(folder), "D6", "--runs", "0", "--coverage", "--out", str(tmp_path / "out"))
    assert "D6.1   end-to-end supply chain design: not known yet; who supplies what is carried" in told.out
    assert "it needs suppliers.csv" in told.out
    assert "it needs suppliers.csv" in (tmp_path / "out" / "coverage.csv").read_text()


# by when


def test_a_date_that_is_not_ahead_is_overdue() -> None:
    as_of = datetime(2026, 12, 1, tzinfo=UTC)
    assert due_words(as_of, datetime(2026, 12, 2, tzinfo=UTC)) == "2026-12-02"
    assert (
        due_words(as_of, datetime(2026, 12, 1, 9, tzinfo=UTC), "the gate opens") == "overdue since 2026-12-01, the gate opens"
    )


def test_each_decision_has_a_date_ahead_of_what_is_known_or_says_that_it_is_overdue(
    helds: Mapping[str, Held], documents: Mapping[str, tuple[Document, ...]]
) -> None:
    overdue = 0
    for name, made in documents.items():
        as_of = helds[name].plan.scenario.settings.as_of_utc
        for block in (block for document in made for block in document.blocks if isinstance(block, Decision)):
            match = re.match(r"(overdue since )?(\d{4}-\d\d-\d\d)(, |$)", block.due)
            assert match, (name, block.due)
            assert (f"{as_of:%Y-%m-%d}" >= match[2]) == bool(match[1]), (name, block.question, block.due)
            overdue += bool(match[1])
    assert overdue, "the late scenario has some"


def test_owners_begin_with_a_capital_letter(documents: Mapping[str, tuple[Document, ...]]) -> None:
    owners = [
        block.owner for made in documents.values() for one in made for block in one.blocks if isinstance(block, Decision)
    ]
    assert owners
    assert [owner for owner in owners if not owner[:1].isupper()] == []


def test_no_decision_is_asked_for_in_two_documents(documents: Mapping[str, tuple[Document, ...]]) -> None:
    asked = [block.question for one in documents["whole"] for block in one.blocks if isinstance(block, Decision)]
    assert len(asked) == len(set(asked))


# what documents say of each other


def pages(made: tuple[Document, ...]) -> dict[str, str]:
    return {one.doc_id: render_markdown(one, coverage_of(one), one.doc_id) for one in made}


def test_a_document_names_only_those_of_its_run_or_says_that_they_are_none(helds: Mapping[str, Held]) -> None:
    for wanted in (ALL, ("D4",), ("D6", "D12"), ("D4", "D5")):
        for doc_id, page in pages(make_documents(helds["whole"], wanted)).items():
            for other in re.finditer(r"\b(D(?:1[0-5]|[1-9]))\b(?!\.\d)", page):
                if other[1] in (doc_id, *wanted):
                    continue
                after = page[other.start() : other.start() + 90]
                assert "not part of this run" in after or "is not among the documents made" in after, (doc_id, after)


def test_a_gate_that_asks_for_a_document_finds_it_in_the_same_run(helds: Mapping[str, Held]) -> None:
    def gate(wanted: tuple[str, ...]) -> list[str]:
        made, _ = made_or_why(helds["whole"], wanted)
        (page,) = [page for doc_id, page in pages(made).items() if doc_id == "D4"]
        return [
            line for line in page.splitlines() if line.startswith("| ") and "Safety and quality management is written" in line
        ]

    assert "D5 is complete" in gate(("D4", "D5"))[0]
    assert "D5 is not among the documents made" in gate(("D4",))[0]


def test_what_a_document_asks_for_is_said_with_what_mends_it(documents: Mapping[str, tuple[Document, ...]]) -> None:
    blocks = [block for made in documents.values() for one in made for block in one.blocks]
    assert all(block.needs.strip() for block in blocks if isinstance(block, Missing))
    assert all(block.rests_on for block in blocks if isinstance(block, Evidence))


# how figures and words are told


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(0.04, "t", "40 kg"), (0.9996, "t", "1,000 kg"), (1.0, "t", "1.0 t"), (0.0, "t", "0 kg"), (-0.2, "t", "-200 kg")],
)
def test_less_than_a_tonne_is_told_in_kilograms(value: float, unit: str, words: str) -> None:
    assert number_words(value, unit) == words


def test_a_column_of_tonnes_shows_kilograms_where_rounding_would_show_nothing() -> None:
    assert cell_words(0.04, Column(name="up", unit="t", digits=1)) == "0.040"
    assert cell_words(0.0, Column(name="up", unit="t", digits=1)) == "0.0"


def test_no_document_speaks_of_one_thing_in_the_plural(documents: Mapping[str, tuple[Document, ...]]) -> None:
    """Words that end in s behind a lone 1, save those that are no plurals, and verbs that miss their s."""
    for made in documents.values():
        for doc_id, page in pages(made).items():
            plain = re.sub(r"\[\^\d+\]|[*>]", "", page)
            for match in re.finditer(r"(?<![\w.,/:-])1 (?:dated |hard |control |docking )?([a-z]+s)\b(?! \|)", plain):
                assert match[1] in ("is", "has", "was", "days", "hours", "process", "this"), (doc_id, match[0])
            assert not re.search(r"(?<![\w.,/:-])1 [a-z]+ (are|have|share|fly) ", plain), doc_id


def test_kpis_say_in_sentences_what_they_count(documents: Mapping[str, tuple[Document, ...]]) -> None:
    for made in documents.values():
        for doc_id, page in pages(made).items():
            for shorthand in ("denominator:", "excused: none", "strict = contractual", "| date: "):
                assert shorthand not in page, (doc_id, shorthand)


def test_all_sixteen_kpis_stand_in_one_document_and_others_show_what_they_need(
    documents: Mapping[str, tuple[Document, ...]],
) -> None:
    full = [
        (one.doc_id, block.title)
        for one in documents["whole"]
        for block in one.blocks
        if isinstance(block, KpiBlock) and len(block.kpis) > 8
    ]
    assert {doc_id for doc_id, _ in full} == {"D9"}


def test_a_header_without_tasks_is_told_as_such(tmp_path: Folder) -> None:
    assert run("new", str(tmp_path / "tiny"), "--from", "tiny").code == 0
    template = resources.files("supercargo") / "catalogue" / "strategy"
    for name in ("programme_tasks.csv", "programme_gates.csv"):
        text = (template / name).read_text()
        (tmp_path / "tiny" / name).write_text(text.splitlines()[0] + "\n" if "tasks" in name else text)
    told = run("check", str(tmp_path / "tiny"))
    assert "programme_tasks.csv is missing, or has a header and no tasks" in told.err
    assert "put the programme's tasks into programme_tasks.csv" in told.err


def test_a_number_beyond_all_meaning_is_refused_with_the_range_of_its_column(tmp_path: Folder) -> None:
    assert run("new", str(tmp_path / "tiny"), "--from", "tiny").code == 0
    template = resources.files("supercargo") / "catalogue" / "strategy"
    for name in ("programme_tasks.csv", "programme_resources.csv", "programme_gates.csv"):
        (tmp_path / "tiny" / name).write_text(
            (template / name).read_text().replace("analysis,1,2,30,", "analysis,1,2,99999999,")
        )
    told = run("check", str(tmp_path / "tiny"))
    assert told.code == 2
    assert "duration_d is 1e+08 d, which can't be meant" in told.err
    assert "give at most 4,000 d" in told.err


# pages


def test_the_scoreboard_names_its_kpis_in_full(documents: Mapping[str, tuple[Document, ...]]) -> None:
    (board,) = [
        block
        for one in documents["whole"]
        for block in one.blocks
        if isinstance(block, Figure) and block.title.startswith("The scoreboard")
    ]
    names = [shape.words for shape in board.drawing.shapes if isinstance(shape, Words)]
    assert {f"{kpi.kpi_id} {kpi.name}" for kpi in KPIS} <= set(names)
    assert not [name for name in names if "…" in name]


def test_a_month_in_which_nothing_counts_leaves_its_gap_on_the_axis(helds: Mapping[str, Held]) -> None:
    one = next(one for one in helds["whole"].improvement.figures if one.kpi_id == "K3")
    sparse = replace(one, trend=tuple(replace(one.trend[0], period=period) for period in ("2027-01", "2027-02", "2027-06")))
    improvement = replace(helds["whole"].improvement, figures=(sparse,))
    (document,) = make_documents(replace(helds["whole"], improvement_held=improvement), ["D9"])
    (figure,) = [block for block in document.blocks if isinstance(block, Figure) and block.title.startswith("K3 ")]
    at = {shape.words: shape.x for shape in figure.drawing.shapes if isinstance(shape, Words)}
    assert at["2027-06"] - at["2027-02"] == pytest.approx(4 * (at["2027-02"] - at["2027-01"]))
    lines = [shape for shape in figure.drawing.shapes if isinstance(shape, Path) and shape.style == "line"]
    assert max(len(line.points) for line in lines) == 2, "no line runs over the months between"


def test_no_table_stands_twice_in_a_document(documents: Mapping[str, tuple[Document, ...]]) -> None:
    for one in documents["whole"]:
        tables = [block for block in one.blocks if isinstance(block, Table)]
        tables += [block.data for block in one.blocks if isinstance(block, Figure) and block.data is not None]
        told = [(table.title, table.rows) for table in tables if table.rows]
        assert [title for index, (title, rows) in enumerate(told) if (title, rows) in told[:index]] == [], one.doc_id
