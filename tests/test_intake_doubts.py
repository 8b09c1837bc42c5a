"""What is recorded is what was shown; rows that can't be are refused by name, odd ones only once somebody agrees to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from supercargo.app.board.standing import plan_in_force
from supercargo.app.intake.near import NearNames
from supercargo.app.intake.signs import PARTS, changes_between, sign_of
from supercargo.app.operations.desk import Desk
from supercargo.kernel import format_utc
from supercargo.model import CargoLine
from supercargo.store.accounts import Person
from tests.intake_files import ORDER, alerts, as_shown, csv_of, looked, recorded, words_of
from tests.page_forms import page_seen
from tests.test_board import NOW, WORD, client_of, desk

__all__ = ["desk"]  # the store of the pages' tests


def line_of(desk: Desk) -> CargoLine:
    """A line that goes up in the plan in force and that nobody has ordered."""
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    with desk.views() as view:
        rows = {str(row["name"]): row for row in view.find("unit", "sort", "item") if row["stage"] == "planned"}
    return next(one for one in kept.plan.scenario.cargo if f"cargo/{one.item_id}" in rows and one.direction == "up")


def order_of(line: CargoLine, **other: Any) -> list[Any]:
    row = {"item_id": line.item_id, "customer": line.customer, "supplier": "S", "order_no": "1", "pieces": line.pieces,
           "mass_kg": line.mass_kg}  # fmt: skip
    return list((row | other).values())


def test_the_first_tab_does_not_record_what_the_second_has_chosen(desk: Desk) -> None:
    client = client_of(desk, "cora")
    place, first = looked(client, "orders", "tabs.csv", csv_of([ORDER, ("TAB1", "UNI-LAKE", "S", "1", 1, "117.9")]))
    assert "117.900" in words_of(first)
    chosen = {f"c{at}": ours for at, ours in enumerate(ORDER)} | {"u5": "lb", "key": "k" * 12, "do": "look"}
    assert client.post(place, data=chosen).status_code == 303  # in the second tab
    before = desk.store.head()
    answer = client.post(place, data=as_shown(first))
    assert answer.status_code == 409
    assert "is not what the page showed: its columns or their units go otherwise; its rows say something else" in answer.text
    assert "53.479" in words_of(answer.text)
    assert desk.store.head() == before
    assert client.post(place, data=as_shown(answer.text)).status_code == 303  # what is shown now
    assert desk.store.stream("cargo/TAB1")[0].body["mass_kg"] == pytest.approx(53.479, abs=1e-3)


def test_a_form_without_the_sign_of_a_preview_records_nothing(desk: Desk) -> None:
    client, before = client_of(desk, "cora"), desk.store.head()
    place, text = looked(client, "orders", "nosign.csv", csv_of([ORDER, ("NS1", "UNI-LAKE", "S", "1", 1, 1)]))
    for sign in ("", "x", ".".join(["0" * 16] * len(PARTS))):
        assert client.post(place, data={**as_shown(text), "sign": sign}).status_code == 409, sign
    assert desk.store.head() == before


def test_what_others_record_between_the_look_and_the_act_is_told_and_looked_at_again(desk: Desk) -> None:
    client = client_of(desk, "cora")
    rows = [ORDER, ("BT1", "UNI-LAKE", "S", "1", 1, 1), ("BT2", "UNI-LAKE", "S", "1", 1, 1)]
    place, text = looked(client, "orders", "two.csv", csv_of(rows))
    other, _ = looked(client, "orders", "one.csv", csv_of(rows[:2]))
    assert recorded(client, other)[0] == 303
    answer = client.post(place, data=as_shown(text))
    assert answer.status_code == 409, words_of(answer.text)[300:1500]
    assert "what its rows are to the record has changed" in answer.text
    assert "1 new, 0 changed; 1 say what is on record already" in words_of(answer.text)
    done = client.get(recorded(client, place)[1]).text
    assert "two.csv is recorded: 1 new, 1 on record already or with nothing to record of 2 rows" in words_of(done)


@pytest.mark.parametrize("part", PARTS)
def test_a_sign_differs_by_exactly_the_part_that_differs(part: str) -> None:
    shown = dict.fromkeys(PARTS, "as it was")
    assert changes_between(sign_of(shown), sign_of(shown)) == ()
    assert changes_between(sign_of(shown), sign_of({**shown, part: "another"})) == (PARTS[part],)


@pytest.mark.parametrize(
    ("days", "words"), [(9, "has not come yet"), (-28_000, "is more than five years before the first event of the store")]
)
def test_an_instant_that_can_not_be_is_named_in_the_preview_by_row_and_column(days: float, words: str, desk: Desk) -> None:
    client, before = client_of(desk, "cora"), desk.store.head()
    at = format_utc(NOW + timedelta(days=days))
    rows = [(*ORDER, "Ordered on"), ("FU1", "UNI-LAKE", "S", "1", 1, 1, ""), ("FU2", "UNI-LAKE", "S", "1", 1, 1, at)]
    place, _ = looked(client, "orders", "when.csv", csv_of(rows))
    chosen = {f"c{n}": ours for n, ours in enumerate((*ORDER, "at_utc"))} | {"key": "k" * 12, "do": "look"}
    assert client.post(place, data=chosen).status_code == 303
    text = client.get(place).text
    assert "1 fault: mend the file" in words_of(text)
    assert f"3 Ordered on {at} {words}" in words_of(text)
    status, told = recorded(client, place)
    assert (status, words in told) == (422, True)
    assert desk.store.head() == before


def test_figures_names_and_items_that_the_plan_does_not_have_are_asked_and_recorded_only_once_agreed_to(desk: Desk) -> None:
    client, line, before = client_of(desk, "cora"), line_of(desk), desk.store.head()
    wrong = f"{line.item_id}x"
    rows = [ORDER, order_of(line, pieces=line.pieces + 297), order_of(line, item_id=wrong)]
    place, text = looked(client, "orders", "odd.csv", csv_of(rows))
    told = words_of(text)
    assert f"{line.pieces + 297:g} pieces of {line.item_id}, the plan has {line.pieces:g}" in told
    assert f"item {wrong} is not in the plan: did you mean {line.item_id}?" in told
    form = next(one for one in page_seen(text).forms if one.name == "form-record")
    assert set(form.ticks) == {"accept-amount", "accept-item"} <= form.needed
    said = as_shown(text)
    for left in ("accept-amount", "accept-item"):
        answer = client.post(place, data={name: word for name, word in said.items() if name != left})
        assert answer.status_code == 409
        assert "not agreed to:" in alerts(answer.text)
    assert desk.store.head() == before
    assert client.post(place, data=said).status_code == 303
    kept = desk.store.stream("intake/orders")[-1].body["accepted"]
    assert [one.partition(":")[0] for one in kept] == ["row 2", "row 3"]


def test_a_row_that_says_what_the_plan_says_is_not_asked_about(desk: Desk) -> None:
    client, line = client_of(desk, "cora"), line_of(desk)
    _, text = looked(client, "orders", "sound.csv", csv_of([ORDER, order_of(line)]))
    assert "1 new" in words_of(text)
    form = next(one for one in page_seen(text).forms if one.name == "form-record")
    assert form.ticks == {}


def test_places_of_no_plan_are_asked_about_and_unknown_kinds_of_place_are_refused(desk: Desk) -> None:
    client, line = client_of(desk, "cora"), line_of(desk)
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    site = kept.plan.scenario.sites[0].site
    header = ("item_id", "where", "taker")
    for where, odd in (
        (f"site/{site}", ""),
        ("place/Atlantis", "place/Atlantis is in no plan"),
        (f"site/{site}x", "did you mean"),
    ):
        _, text = looked(client, "receipts", "r.csv", csv_of([header, (line.item_id, where, "cora")]))
        assert (odd in words_of(text), 'name="accept-place"' in text) == (True, bool(odd)), where
    _, text = looked(client, "receipts", "r.csv", csv_of([header, (line.item_id, "planet/Mars", "cora")]))
    assert "1 fault" in words_of(text)
    assert "&#39;planet/Mars&#39; is no place that a thing is received at" in text


def test_an_item_that_is_not_known_can_not_come_in_and_what_may_be_meant_is_named(desk: Desk) -> None:
    line = line_of(desk)
    rows = [("item_id", "where", "taker"), (f"x{line.item_id}", "place/hangar", "cora")]
    _, text = looked(client_of(desk, "cora"), "receipts", "u.csv", csv_of(rows))
    assert "1 fault" in words_of(text)
    assert f"did you mean {line.item_id}?" in words_of(text)
    known = [("item_id", "where", "taker"), (line.item_id, "planet/Mars", "cora")]
    _, text = looked(client_of(desk, "cora"), "receipts", "k.csv", csv_of(known))
    assert "1 fault" in words_of(text)
    assert "did you mean" not in words_of(text)


def test_counts_far_from_the_record_partners_that_have_run_out_and_unknown_missions_are_asked_about(desk: Desk) -> None:
    desk.accounts.add(Person(name="quest", roles=("quality", "director"), customer="", enabled=True, created_utc=NOW), WORD)
    cora, quest, line = client_of(desk, "cora"), client_of(desk, "quest"), line_of(desk)
    place, _ = looked(cora, "receipts", "in.csv", csv_of([
        ("item_id", "where", "taker", "pieces"), (line.item_id, "place/hangar", "cora", line.pieces)]))  # fmt: skip
    assert recorded(cora, place)[0] == 303
    early = format_utc(NOW - timedelta(days=800))
    sent: tuple[tuple[Any, str, tuple[str, ...], tuple[Any, ...], str], ...] = (
        (cora, "counts", ("item_id", "mass_kg"), (line.item_id, 100 * line.mass_kg), "accept-amount"),
        (quest, "partners", ("party", "status", "reason", "valid_until_utc", "at_utc"),
         ("Acme", "approved", "x", format_utc(NOW - timedelta(days=2)), format_utc(NOW - timedelta(days=9))), "accept-when"),
        (quest, "complaints", ("customer", "complaint", "text", "about"), ("UNI-LAKE", "K9", "late", "TN-77"), "accept-name"),
        (quest, "complaints", ("customer", "complaint", "text", "at"), ("UNI-LAKE", "K8", "late", early), "accept-when"),
        (quest, "invoices", ("invoice_id", "date", "account", "amount_usd", "mission_id"),
         ("I9", "2026-12-01", "launch", "1", "TN-77"), "accept-name"),
        (quest, "invoices", ("invoice_id", "date", "account", "amount_usd"), ("I8", "2031-12-01", "launch", "1"),
         "accept-when"),
        (quest, "budget", ("line", "owner", "destination", "budget_usd"), ("L9", "dora", "Atlantis", "1"), "accept-name"),
    )  # fmt: skip
    for client, table, header, row, box in sent:
        place, text = looked(client, table, "odd.csv", csv_of([header, row]))
        assert f'name="{box}"' in text, (table, alerts(text), words_of(text)[400:1200])
        said = as_shown(text)
        del said[box]
        assert client.post(place, data=said).status_code == 409, table
        assert recorded(client, place)[0] == 303, table


def test_what_is_stated_in_the_year_one_is_refused_of_cases_incidents_complaints_and_partners(desk: Desk) -> None:
    desk.accounts.add(Person(name="olde", roles=("quality", "controller"), customer="", enabled=True, created_utc=NOW), WORD)
    client, before = client_of(desk, "olde"), desk.store.head()
    typed = {"do": "open_case", "form": "case-new", "name": "N1", "about": "cargo/HOSTILE", "said": "wet"}
    for at in ("0001-01-01T00:00", "1951-05-05T10:00"):
        answer = client.post("/quality/cases", data={**typed, "at": at, "key": "n" * 12})
        assert answer.status_code == 409, at
        assert "is more than five years before the first event of the store" in answer.text
        incident = {"do": "incident-open", "form": "incident-new", "name": "I1", "severity": "3", "word": "x", "at": at}
        assert client.post("/missions/TN-01", data={**incident, "key": "i" * 12}).status_code == 409, at
    rows = [("party", "status", "reason", "valid until", "at"), ("Acme", "approved", "a", "2028-01-01", "1951-01-01")]
    desk.accounts.add(Person(name="dire", roles=("director",), customer="", enabled=True, created_utc=NOW), WORD)
    _, text = looked(client_of(desk, "dire"), "partners", "p.csv", csv_of(rows))
    assert "is more than five years before" in words_of(text)
    assert desk.store.head() == before


@pytest.mark.parametrize("slip", ["471", "47111", "4721", "4171", "4711X", "x4711"])
def test_a_name_with_one_slip_is_near(slip: str) -> None:
    known = NearNames(["4711", "98765"])
    assert known.near(slip) == ("4711",)
    assert known.near("4711") == ()
    assert known.near("something else") == ()
