"""`record` and `board`: any command by its form, any board as a table."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from tests.cli_runner import run

KIM = ("--by", "Kim Doe", "--at", "2026-03-01T12:00:00Z")
ORDER = ("--say", "customer=ESA", "--say", "supplier=S", "--say", "order_no=7", "--say", "pieces=2", "--say", "mass_kg=10")


@pytest.fixture
def store(tmp_path: Path) -> tuple[str, str]:
    kept = ("--store", str(tmp_path / "log.sqlite"))
    assert run("record", "things", "cargo/R1", "ordered", *ORDER, *KIM, *kept).code == 0
    return kept


def test_a_miscount_opens_a_case_that_is_disposed_of_and_closed_by_another(store: tuple[str, str]) -> None:
    received = ("--say", "where=place/Cape", "--say", "taker=cargo", "--say", "pieces=1")
    assert run("record", "things", "cargo/R1", "received", *received, "--id", "r1", *KIM, *store).code == 0
    assert "case_id r1" in run("board", "non-conformances", "--where", "stage=opened", *store).out
    disposed = ("dispose", "--say", "disposition=use_as_is", "--say", "said=one was never sent")
    assert run("record", "non-conformances", "r1", *disposed, *KIM, *store).code == 0
    acted = ("plan_action", "--say", "action=count at the supplier", "--say", "owner=quality")
    assert run("record", "non-conformances", "r1", *acted, *KIM, *store).code == 0
    own = run("record", "non-conformances", "r1", "close_case", "--say", "said=done", *KIM, *store)
    assert (own.code, "let another person close it" in own.err) == (4, True)
    other = ("--by", "Lee Roe", "--at", "2026-03-02T12:00:00Z")
    assert run("record", "non-conformances", "r1", "close_case", "--say", "said=done", *other, *store).code == 0
    rows = json.loads(run("board", "non-conformances", *store, "--json").out)["rows"]
    assert [(row["case_id"], row["stage"], row["closed_by"]) for row in rows] == [("r1", "closed", "Lee Roe")]


def test_the_same_act_told_twice_is_stored_once(store: tuple[str, str]) -> None:
    words = ("record", "partners", "S", "set_partner_status", "--say", "status=approved", "--say", "reason=audit 7")
    until = ("--say", "valid_until_utc=2028-01-01T00:00:00Z", "--id", "p1")
    first, second = (json.loads(run(*words, *until, *KIM, *store, "--json").out)["receipts"] for _ in range(2))
    assert [one["repeated"] for one in (*first, *second)] == [False, True]
    assert first[0]["hash"] == second[0]["hash"]


def test_evidence_and_waivers_of_compliance_are_recorded(store: tuple[str, str]) -> None:
    told = run("record", "requirements", "station-labels", "add_evidence", "--say", "reference=record 7", *KIM, *store)
    assert told.code == 0
    assert "requirement/station-labels" in told.out


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (("nothing", "x", "y"), "use one of: things, missions"),
        (("missions", "TN-01", "fly"), "use one of: pass_gate"),
        (("things", "cargo/R1", "received"), "it says: "),
        (("things", "cargo/R1", "received", "--say", "where=place/Cape", "--say", "pieces=many"), "(pieces)"),
        (("things", "cargo/R1", "received", "--say", "where"), "write --say NAME=VALUE"),
        (("things", "cargo/R1", "received", "--say", "where=a", "--say", "where=b"), "once for each"),
        (("things", "cargo/R1", "received", "--say", "colour=red", "--say", "where=place/Cape"), "it says: "),
    ],
)
def test_what_is_out_of_form_is_told_with_what_the_command_says(
    store: tuple[str, str], words: tuple[str, ...], fix: str
) -> None:
    told = run("record", *words, *KIM, *store)
    assert (told.code, fix in told.err) == (2, True), told.err


def test_nobody_and_no_instant_are_refused(store: tuple[str, str]) -> None:
    words = ("record", "things", "cargo/R1", "observed")
    assert "--by NAME" in run(*words, "--by", " ", *store).err
    assert "2027-03-01T12:00:00Z" in run(*words, "--by", "kim", "--at", "today", *store).err


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (("everything",), "use one of: missions"),
        (("gates", "--where", "colour=red"), "use one of: mission_id"),
        (("gates", "--where", "mission_id"), "the columns are: mission_id"),
    ],
)
def test_board_that_is_not_known_is_told_with_those_that_are(store: tuple[str, str], words: tuple[str, ...], fix: str) -> None:
    told = run("board", *words, *store)
    assert (told.code, fix in told.err) == (2, True), told.err


def test_board_without_rows_says_so(store: tuple[str, str]) -> None:
    assert run("board", "incidents", *store).out == "no incidents yet\n"


def test_views_of_another_program_are_not_read_by_boards_costs_and_previews(store: tuple[str, str], tmp_path: Path) -> None:
    invoices, document = tmp_path / "in.csv", tmp_path / "in.json"
    invoices.write_text("invoice_id,date,account,amount_usd\nI1,2027-05-01,training,5\n")
    things = run("track", "epcis", "cargo/R1", "--out", str(document), *store)
    asked = [
        ("board", "non-conformances"),
        ("cost", "import", str(invoices), "--preview"),
        ("track", "import", str(document), "--by", "kim", "--dry-run"),
    ]
    assert things.code == 0, things.err
    assert [run(*words, *store).code for words in asked] == [0, 0, 0]
    with closing(connect(store[1])) as base, base:
        base.execute("update cursor set declared = 'other'")
    for words in asked:
        told = run(*words, *store)
        assert (told.code, "supercargo track rebuild" in told.err) == (5, True), words
