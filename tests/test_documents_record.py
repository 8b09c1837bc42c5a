"""Documents of a plan with a record: what has happened stands beside what is planned, and what is past is not asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from supercargo.app.deliverables import ReportAsked, hold, make_documents
from supercargo.measure.facts import Facts
from supercargo.measure.happened import Released, happened_of
from supercargo.measure.operations import facts_of_log
from supercargo.report.blocks import Decision, Document, Table, Text, numbers_of
from supercargo.report.deliverables.held import Held
from tests import kpi_log
from tests.cli_runner import run
from tests.operations import MemoryOperations

LATER = Released(digest="e" * 64, by="lou", at_utc=kpi_log.END - timedelta(days=200))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("record")
    for words in (("new", str(place / "tiny"), "--from", "tiny"), ("plan", str(place / "tiny"), "--out", str(place / "plan"))):
        told = run(*words)
        assert told.code == 0, told.err
    return place / "plan"


@pytest.fixture(scope="module")
def facts() -> Facts:
    store = MemoryOperations()
    kpi_log.fly_with_faults(store, kpi_log.gated_plan())
    return facts_of_log(store, store.view)


@pytest.fixture(scope="module")
def held(folder: Path, facts: Facts) -> Held:
    """The tiny plan beside the record of another service: what a document tells of each must stay apart."""
    plain = hold(ReportAsked(folder, runs=0))
    own = Released(digest=plain.footer.digest, by="kim", at_utc=plain.plan.scenario.settings.as_of_utc)
    return replace(plain, recorded=facts, happened=happened_of(facts), releases=(own, LATER))


def asked(document: Document) -> list[str]:
    return [block.question for block in document.blocks if isinstance(block, Decision)]


def words(document: Document) -> str:
    return " ".join(block.words for block in document.blocks if isinstance(block, Text))


def test_what_has_happened_is_counted_again_from_the_facts(held: Held, facts: Facts) -> None:
    (document,) = make_documents(held, ["D10"])
    told = {one.key: one.value for one in numbers_of(document)}
    dated = [one for one in facts.lines if one.direction == "up" and one.due_utc and one.due_utc <= facts.as_of_utc]
    late = [one for one in dated if one.due_utc and one.delivered_utc and one.delivered_utc > one.due_utc]
    assert late
    assert (told["record.dated_lines"], told["record.late_lines"]) == (len(dated), len(late))
    assert told["record.taken_usd"] == pytest.approx(-sum(one.usd for one in facts.revenue if one.usd < 0))
    (table,) = [one for one in document.blocks if isinstance(one, Table) and one.title.endswith("as it happened")]
    assert sum(row[4] for row in table.rows if isinstance(row[4], int)) == len(late)
    assert sum(row[9] for row in table.rows if isinstance(row[9], float)) == pytest.approx(told["record.taken_usd"])


def test_a_plan_that_is_not_in_force_is_told_as_such_before_all_else(held: Held) -> None:
    for document in make_documents(held, ["D1", "D10", "D14"]):
        first = document.blocks[0]
        assert isinstance(first, Text)
        assert "not the one in force" in first.words
        assert LATER.digest[:12] in first.words
    (document,) = make_documents(replace(held, releases=held.releases[:1]), ["D1"])
    assert "not the one in force" not in words(document)
    (document,) = make_documents(replace(held, releases=(LATER,)), ["D1"])
    assert "never been released there" in words(document)


def test_nothing_is_asked_for_whose_date_is_past(held: Held) -> None:
    before = make_documents(replace(held, recorded=None, happened=None, releases=()), ["D1", "D8"])
    assert all(asked(document) for document in before)
    after = make_documents(held, ["D1", "D8"])
    assert not any(asked(document) for document in after)
    assert "released on" in words(after[0])
    assert asked(before[1])[0] in words(after[1])


def test_a_decision_whose_date_is_ahead_is_asked_for_with_a_record_too(held: Held) -> None:
    assert held.happened is not None
    early = replace(held.happened, as_of_utc=held.plan.scenario.settings.as_of_utc)
    with_record = make_documents(replace(held, happened=early), ["D8"])
    without = make_documents(replace(held, happened=None, recorded=None, releases=()), ["D8"])
    assert asked(with_record[0]) == asked(without[0]) != []


def test_a_plan_released_in_a_store_is_not_asked_to_be_released(folder: Path, tmp_path: Path) -> None:
    log = f"sqlite:///{tmp_path / 'log.sqlite'}"
    told = run("release", str(folder), "--by", "kim", "--store", log)
    assert told.code == 0, told.err
    (document,) = make_documents(hold(ReportAsked(folder, runs=0, store=log)), ["D1"])
    assert "Is this plan released for operations?" not in asked(document)
    assert "It is in force." in words(document)
    assert "not the one in force" not in words(document)
