"""Workbooks that come in: what a file would record is shown first, then all of it is one act; mappings are kept."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest

from supercargo.app.intake.mapping import UNITS, MappedColumn, conversions, guessed, read_mapping_text
from supercargo.app.intake.tables import INTAKES, Intake, intake_named
from supercargo.app.operations.desk import Desk
from supercargo.app.operations.recording import record_party
from supercargo.store.accounts import Person
from supercargo.track.acts import Act
from supercargo.track.parties.deciding import AskSurvey
from tests.intake_files import ORDER, alerts, as_shown, book, csv_of, looked, posted, recorded, words_of
from tests.test_board import NOW, WORD, client_of, desk

__all__ = ["desk"]  # the store of the pages' tests

THEIRS = ("Item", "Weight (lbs)", "Customer", "Vendor", "PO", "Qty", "Date")


def saved(made: Any) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_file_is_looked_at_first_and_then_recorded_whole_as_one_act(desk: Desk) -> None:
    client, before = client_of(desk, "cora"), desk.store.head().position
    first, second = (
        ("W1", 100, "UNI-LAKE", "Acme", "7", 2, datetime(2027, 1, 5)),
        ("W2", 50.5, "UNI-LAKE", "Acme", "8", 1, None),
    )
    rows = [THEIRS, first, second]
    place, text = looked(client, "orders", "from-acme.xlsx", book(rows))
    assert desk.store.head().position == before
    assert "Weight (lbs): 1 lb is 0.45359237 kg" in words_of(text)
    assert "2 new, 0 changed" in words_of(text)
    status, done = recorded(client, place)
    assert status == 303
    events = desk.store.since(before)
    assert [event.stream for event in events] == ["cargo/W1", "cargo/W2", "intake/orders"]
    assert [event.body.get("mass_kg") for event in events[:2]] == [45.359, 22.906]
    assert events[0].occurred_utc == datetime(2027, 1, 5, tzinfo=UTC)
    assert {event.by for event in events} == {"cora"}
    assert "from-acme.xlsx is recorded: 2 new of 2 rows, as one act, by cora" in words_of(client.get(done).text)


def test_a_form_sent_twice_is_one_act_and_a_file_sent_twice_is_refused_as_the_same(desk: Desk) -> None:
    client = client_of(desk, "cora")
    rows = [ORDER, ("T1", "UNI-LAKE", "S", "1", 1, 2)]
    place, text = looked(client, "orders", "a.csv", csv_of(rows))
    answers = [client.post(place, data=as_shown(text)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    head = desk.store.head().position
    for name, content in (("a.csv", csv_of(rows)), ("other-name.csv", csv_of(rows)), ("b.xlsx", book(rows))):
        place, text = looked(client, "orders", name, content)
        assert "the same was taken in by cora at 2027-01-10 12:00 UTC, from a.csv" in alerts(text), name
        status, told = recorded(client, place)
        assert (status, "the same was taken in" in told) == (409, True), name
    assert desk.store.head().position == head


def test_every_bad_row_is_told_at_once_with_row_column_and_fix_and_nothing_is_recorded(desk: Desk) -> None:
    client, before = client_of(desk, "cora"), desk.store.head().position
    rows = [
        ORDER,
        ("B1", "UNI-LAKE", "S", "1", 1, 2),
        ("B2", "NOBODY", "S", "1", 1, 2),  # no contract names it
        ("B3", "UNI-LAKE", "S", "1", -1, 2),
        ("B4", "UNI-LAKE", "S", "1", 1, "two"),
        ("", "UNI-LAKE", "S", "1", 1, 2),
        ("B1", "UNI-LAKE", "S", "1", 1, 2),
    ]
    place, text = looked(client, "orders", "bad.xlsx", book(rows))
    told = re.findall(
        r'<tr><th scope="row" class="n">(\d+)</th><td>([^<]*)</td><td><span class="bad">(.*?)</span></td><td>(.+?)</td>', text
    )
    assert [(int(row), column) for row, column, _, _ in told] == [
        (3, "–"), (4, "pieces"), (5, "mass_kg"), (6, "item_id"), (7, "item_id"),
    ]  # fmt: skip
    assert all(fix.strip("–") for *_, fix in told)
    status, told_again = recorded(client, place)
    assert (status, desk.store.head().position) == (422, before)
    assert "5 faults" in told_again


def test_the_workbook_comes_back_with_faults_beside_its_rows_and_is_taken_once_mended(desk: Desk) -> None:
    client = client_of(desk, "cora")
    rows = [ORDER, ("M1", "UNI-LAKE", "S", "1", 1, 2), ("M2", "UNI-LAKE", "S", "1", 1, "two")]
    place, _ = looked(client, "orders", "mend.csv", csv_of(rows))
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{place}?book=faults").content))["rows"]
    assert [cell.value for cell in sheet[1]] == [*ORDER, "fault"]
    assert sheet.cell(2, 7).value in (None, "")
    assert "mass_kg: 'two' is not a number; write kilograms" in str(sheet.cell(3, 7).value)
    sheet.cell(3, 6).value = 2.5
    place, text = looked(client, "orders", "mended.xlsx", saved(sheet.parent))
    assert "2 new" in words_of(text)
    assert recorded(client, place)[0] == 303


def test_columns_with_foreign_names_are_mapped_by_hand_kept_and_suggested_the_next_time(desk: Desk) -> None:
    client = client_of(desk, "cora")
    header = ("Osa", "Asiakas", "Toimittaja", "Tilaus", "Kpl", "Paino")
    place, text = looked(client, "orders", "g.csv", csv_of([header, ("G1", "UNI-LAKE", "S", "1", "1", "2")]))
    assert "no column gives item_id" in text
    ours = dict(enumerate(ORDER))
    typed = {f"c{at}": name for at, name in ours.items()} | {"u5": "g", "comma": "yes"}
    answer = client.post(place, data={**typed, "key": "k" * 12, "do": "keep", "name": "Acme's list"})
    assert answer.status_code == 303
    text = client.get(place).text
    assert "Paino: 1 g is 0.001 kg" in words_of(text)
    assert "Its columns go by the kept mapping Acme's list (Osa = item_id; " in words_of(text)
    assert "Paino = mass_kg [g]; numbers as 1.234,56)." in words_of(text)
    for other in ({"u5": "oz"}, {"comma": ""}):  # what goes otherwise does not go by it
        otherwise = {name: word for name, word in {**typed, **other}.items() if word}
        assert client.post(place, data={**otherwise, "key": "k" * 12, "do": "look"}).status_code == 303
        assert "kept mapping Acme" not in words_of(client.get(place).text), other
    assert client.post(place, data={**typed, "key": "k" * 12, "do": "look"}).status_code == 303
    assert "kept mapping Acme" in words_of(client.get(place).text)
    second = csv_of([header, ("G2", "UNI-LAKE", "S", "1", "1", "1.234,5")], ";")
    place, text = looked(client, "orders", "g2.csv", second)
    assert "go by the kept mapping Acme's list" in words_of(text)
    assert recorded(client, place)[0] == 303
    assert desk.store.stream("cargo/G2")[0].body["mass_kg"] == 1.234  # 1234.5 g, at three decimals, half to even
    page = client.get("/intake/orders").text
    assert "Acme's list 6 columns, kept by cora 2027-01-10 12:00 UTC" in words_of(page)


def test_a_kept_mapping_that_leaves_needed_columns_open_is_completed_by_their_names(desk: Desk) -> None:
    client = client_of(desk, "cora")
    keep = {"name": "part", "columns": "Sack = item_id\nWeight = mass_kg [lb]", "do": "keep", "key": "mapping-part"}
    assert client.post("/intake/orders/mappings", data=keep).status_code == 303
    header = ("Sack", "Customer", "Vendor", "PO", "Qty", "Weight", "Note")
    _, text = looked(client, "orders", "p.csv", csv_of([header, ("PX", "UNI-LAKE", "S", "1", 1, 2, "left out")]))
    assert "2 of its 6 mapped columns go by the kept mapping part (Sack = item_id; Weight = mass_kg [lb])" in words_of(text)
    assert "the others by their names or as chosen below" in words_of(text)
    assert "1 new" in words_of(text)
    assert "passed over: Note" in words_of(text)


def test_a_kept_mapping_is_edited_and_deleted_and_the_log_says_by_whom(desk: Desk) -> None:
    client = client_of(desk, "cora")
    keep = {"name": "short", "columns": "Ding = item_id\nWeight = mass_kg [lbs]", "do": "keep"}
    for number, more in enumerate(({}, {"columns": "Ding = item_id\nWeight = mass_kg [oz]"}, {"do": "drop"})):
        answer = client.post("/intake/counts/mappings", data={**keep, **more, "key": f"mapping-{number}"})
        assert answer.status_code == 303, answer.text
    events = desk.store.stream("mapping/counts")
    assert [event.kind for event in events] == ["MappingSaved", "MappingSaved", "MappingDropped"]
    assert [event.body["columns"][1]["unit"] for event in events[:2]] == ["lb", "oz"]
    assert {event.by for event in events} == {"cora"}
    assert "short" not in words_of(client.get("/intake/counts").text)
    again = client.post("/intake/counts/mappings", data={**keep, "do": "drop", "key": "other"})
    assert again.status_code == 409
    wrongs = {
        "no line": "maps no column", "A = nothing": "no column here", "A = item_id [lb]": "is not converted",
        "A = item_id\nA = pieces": "stands twice", "A = item_id\nB = item_id": "two columns give", "": "names no column",
    }  # fmt: skip
    for columns, word in wrongs.items():
        wrong = client.post("/intake/counts/mappings", data={**keep, "columns": columns, "key": "wrong"})
        assert wrong.status_code in (409, 422)
        assert word in alerts(wrong.text), columns
    assert desk.store.stream("mapping/counts") == events


def test_a_table_that_was_taken_out_is_edited_and_put_back_and_only_what_differs_is_recorded(desk: Desk) -> None:
    client = client_of(desk, "cora")
    header = ("item_id", "where", "taker", "pieces", "mass_kg")
    came = [(f"R00000{n}", "place/hangar", "cora", 1, 4 + n) for n in (1, 2, 3)]
    place, text = looked(client, "receipts", "came.csv", csv_of([header, *came]))
    assert recorded(client, place)[0] == 303, words_of(text)
    made = openpyxl.load_workbook(io.BytesIO(client.get("/intake/counts?xlsx=counts").content))
    sheet = made["counts"]
    assert [cell.value for cell in sheet[1]] == ["item_id", "pieces", "mass_kg", "at_utc", "note"]
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == ["R000001", "R000002", "R000003"]
    sheet.cell(3, 3).value = 7.5
    place, text = looked(client, "counts", "counted.xlsx", saved(made))
    assert "1 new, 0 changed; 2 say what is on record already" in words_of(text), words_of(text)
    before = desk.store.head().position
    assert recorded(client, place)[0] == 303
    told = desk.store.since(before)
    assert "1 non-conformance will be opened by it" in words_of(text)
    assert [event.kind for event in told] == ["inspected", "ncr_opened", "FileTaken"]
    assert told[0].stream == "cargo/R000002"
    assert told[0].body["mass_kg"] == 7.5


def test_the_table_of_the_cargo_page_goes_in_again_by_its_own_headings(desk: Desk) -> None:
    client = client_of(desk, "cora")
    text = client.get("/cargo").text
    assert 'href="/intake/counts"' in text
    rows = openpyxl.load_workbook(io.BytesIO(client.get("/cargo?inside=place/hangar&xlsx=cargo").content))
    sheet = rows["cargo"]
    assert sheet.max_row > 1
    at = [cell.value for cell in sheet[1]].index("Mass [kg]") + 1
    sheet.cell(2, at).value = 99.5
    _, text = looked(client, "counts", "cargo.xlsx", saved(rows))
    assert "1 new, 0 changed" in words_of(text), words_of(text)


def test_invoices_are_booked_corrected_with_a_reason_and_left_where_they_are_the_same(desk: Desk) -> None:
    client = client_of(desk, "dora")
    header = ("invoice_id", "date", "account", "amount_usd")
    place, _ = looked(
        client,
        "invoices",
        "i.csv",
        csv_of([header, ("I1", "2027-01-02", "launch", "10.50"), ("I2", "2027-01-02", "launch", "20")]),
    )
    assert recorded(client, place)[0] == 303
    made = openpyxl.load_workbook(io.BytesIO(client.get("/intake/invoices?xlsx=invoices").content))
    sheet = made["invoices"]
    at = [cell.value for cell in sheet[1]].index("amount_usd") + 1
    sheet.cell(2, at).value = 11.5
    place, text = looked(client, "invoices", "i.xlsx", saved(made))
    assert "0 new, 1 changed; 1 say what is on record already" in words_of(text), alerts(text)
    assert recorded(client, place)[0] == 409
    assert recorded(client, place, reason="credit agreed")[0] == 303
    assert desk.store.stream("cost/I1")[-1].body["reason"] == "credit agreed"
    assert len(desk.store.stream("cost/I2")) == 1
    _, text = looked(client, "invoices", "c.csv", csv_of([header, ("I3", "2027-01-02", "launch", "1.005")]))
    assert "is not in whole cents" in text


def test_complaints_surveys_partners_budget_and_receipts_come_in_too(desk: Desk) -> None:
    desk.accounts.add(person("quinn", ("quality",)), WORD)
    asked = Act(command_id="ask-survey", by="quinn", at_utc=NOW - timedelta(hours=1))
    record_party(desk.store, "UNI-LAKE", AskSurvey(survey="S1"), asked)
    quinn, dora, cora = (client_of(desk, name) for name in ("quinn", "dora", "cora"))
    sent = (
        (quinn, "complaints", ("customer", "complaint", "text"), ("UNI-LAKE", "K1", "too late"), "party/UNI-LAKE"),
        (quinn, "surveys", ("customer", "survey", "score"), ("UNI-LAKE", "S1", "8"), "party/UNI-LAKE"),
        (
            quinn,
            "partners",
            ("party", "status", "reason", "valid until"),
            ("Acme", "approved", "audit 4", "2028-01-01"),
            "party/Acme",
        ),
        (dora, "budget", ("line", "owner", "account", "budget_usd"), ("L1", "dora", "launch", "1000"), "budget/L1"),
        (cora, "receipts", ("item_id", "where", "taker"), ("HOSTILE", "place/hangar", "cora"), "cargo/HOSTILE"),
    )
    for client, table, header, row, stream in sent:
        place, text = looked(client, table, "x.csv", csv_of([header, row]))
        before = len(desk.store.stream(stream))
        assert recorded(client, place)[0] == 303, (table, alerts(text), words_of(text)[:1500])
        assert len(desk.store.stream(stream)) == before + 1, table
        assert desk.store.stream(f"intake/{table}")[-1].kind == "FileTaken"
        more = csv_of([(*header, "at_utc"), (*row, "")])
        _, text = looked(client, table, "again.csv", more)
        assert "the same was taken in" in alerts(text), table


def person(name: str, roles: tuple[str, ...]) -> Person:
    return Person(name=name, roles=roles, customer="", enabled=True, created_utc=NOW)


def test_a_line_is_delivered_only_once_its_mission_has_flown(desk: Desk) -> None:
    client = client_of(desk, "dora")
    made = openpyxl.load_workbook(io.BytesIO(client.get("/intake/deliveries?xlsx=deliveries").content))
    sheet = made["deliveries"]
    at = [cell.value for cell in sheet[1]].index("evidence") + 1
    sheet.cell(2, at).value = "signed sheet 7"
    _, text = looked(client, "deliveries", "d.xlsx", saved(made))
    assert "it has not docked, so nothing is delivered" in text


def test_each_table_asks_for_the_scope_of_what_its_rows_record(desk: Desk) -> None:
    rows = csv_of([ORDER, ("Z1", "UNI-LAKE", "S", "1", 1, 2)])
    may = {"cora": {"cargo"}, "dora": {"contract", "comply"}, "ann": set(), "ada": set()}
    for name, scopes in may.items():
        client = client_of(desk, name)
        for one in INTAKES:
            want = 200 if one.scope in scopes else 403
            assert client.get(f"/intake/{one.name}").status_code == want, (name, one.name)
            if want == 403:
                assert posted(client, one.name, "o.csv", rows)[0] == 403
    customer = client_of(desk, "esa")
    assert {customer.get(path).status_code for path in ("/intake", "/intake/orders")} == {403}
    assert client_of(desk, "cora").get("/intake/nothing").status_code == 404


def test_a_file_waits_for_who_sent_it_and_for_no_other(desk: Desk) -> None:
    desk.accounts.add(person("carl", ("controller",)), WORD)
    place, _ = looked(client_of(desk, "cora"), "orders", "o.csv", csv_of([ORDER, ("Z2", "UNI-LAKE", "S", "1", 1, 2)]))
    other = client_of(desk, "carl")
    assert other.get(place).status_code == 404
    assert other.post(place, data={"key": "k" * 12, "do": "record"}).status_code == 404


@pytest.mark.parametrize("one", INTAKES, ids=lambda one: one.name)
def test_a_tables_own_headings_name_its_columns(one: Intake) -> None:
    header = [column.name for column in one.columns]
    assert [column.ours for column in guessed(header, one)] == header


def test_a_mapping_that_was_changed_or_dropped_meanwhile_is_no_more_said_to_be_gone_by(desk: Desk) -> None:
    client = client_of(desk, "cora")
    keep = {"name": "brief", "columns": "Bag = item_id\nWeight = mass_kg [lb]", "do": "keep"}
    assert client.post("/intake/counts/mappings", data={**keep, "key": "brief-1"}).status_code == 303
    place, text = looked(client, "counts", "b.csv", csv_of([("Bag", "Weight"), ("HOSTILE", "2")]))
    assert "go by the kept mapping brief" in words_of(text)
    changed = {**keep, "columns": "Bag = item_id\nWeight = mass_kg [g]", "key": "brief-2"}
    assert client.post("/intake/counts/mappings", data=changed).status_code == 303
    assert "kept mapping brief" not in words_of(client.get(place).text)
    assert "Weight: 1 lb is 0.45359237 kg" in words_of(client.get(place).text)


def test_a_unit_for_a_column_that_has_none_is_refused_and_no_mapping_is_kept_without_it(desk: Desk) -> None:
    client, before = client_of(desk, "cora"), desk.store.head()
    place, _ = looked(client, "counts", "u.csv", csv_of([("item_id", "pieces"), ("HOSTILE", "2")]))
    typed = {"c0": "item_id", "c1": "pieces", "u1": "lb", "key": "k" * 12, "do": "keep", "name": "odd unit"}
    answer = client.post(place, data=typed)
    assert answer.status_code == 422
    assert "the unit 'lb' is not converted: pieces has no other unit" in alerts(answer.text)
    assert desk.store.head() == before


@pytest.mark.parametrize(
    ("heading", "ours", "unit"),
    [("Masse (kg)", "mass_kg", "kg"), ("Weight in pounds", "mass_kg", "lb"), ("Weight (lb)", "mass_kg", "lb"),
     ("Weight (lbs)", "mass_kg", "lb"), ("Bruttogewicht in kg", "mass_kg", "kg"), ("Gewicht [Gramm]", "mass_kg", "g"),
     ("Gross wt, oz", "mass_kg", "oz"), ("GEWICHT", "mass_kg", ""), ("Stück", "pieces", ""), ("Stu\u0308ck", "pieces", ""),
     ("STÜCKZAHL", "pieces", ""), ("Anzahl (Stk)", "pieces", ""), ("Quantity pcs", "pieces", ""), ("Qty [ea]", "pieces", ""),
     ("Menge", "pieces", ""), ("Kunde", "customer", ""), ("Lieferant", "supplier", ""), ("Best.-Nr.", "order_no", ""),
     ("Datum", "at_utc", ""), ("Artikel-Nr.", "item_id", ""), ("Bemerkung", "note", "")],
)  # fmt: skip
def test_usual_headings_in_english_and_german_are_known_with_the_unit_that_they_state(
    heading: str, ours: str, unit: str
) -> None:
    orders = intake_named("orders")
    assert orders is not None
    assert [(one.ours, one.unit) for one in guessed([heading], orders)] == [(ours, unit)]


@pytest.mark.parametrize("heading", ["Net weight (kg)", "Weight (stone)", "Pieces [kg]", "Gewichtung", "Pounds", "in kg"])
def test_headings_that_mean_something_else_are_left_to_a_person(heading: str) -> None:
    orders = intake_named("orders")
    assert orders is not None
    assert guessed([heading], orders) == ()


@pytest.mark.parametrize("one", INTAKES, ids=lambda one: one.name)
def test_no_other_name_stands_for_two_columns_of_a_table(one: Intake) -> None:
    names = [name for column, others in one.aliases.items() for name in {*others, column}]
    assert {name for name in names if names.count(name) > 1} == set()


def test_a_heading_that_states_another_unit_than_is_read_is_said_to() -> None:
    orders = intake_named("orders")
    assert orders is not None

    def said(heading: str, unit: str) -> tuple[str, ...]:
        return conversions([MappedColumn(theirs=heading, ours="mass_kg", unit=unit)], orders)

    assert said("Weight (lb)", "") == ("Weight (lb) is read in kg, though its heading says lb",)
    assert said("Weight (kgs)", "") == ()
    assert said("Weight in kilograms", "") == ()
    assert said("Weight", "") == ("Weight is read in kg, which its heading does not say",)
    assert said("Weight (kg)", "g") == ("Weight (kg): 1 g is 0.001 kg", "Weight (kg) is read in g, though its heading says kg")


def test_headings_with_an_unknown_unit_are_left_to_a_person() -> None:
    orders = intake_named("orders")
    assert orders is not None
    assert guessed(["Mass [stone]", "Pieces [kg]"], orders) == ()
    assert [one.unit for one in guessed(["gross weight oz", "x"], orders)] == ["oz"]
    assert read_mapping_text("A = b = mass_kg [lbs]")[0].theirs == "A = b"


def test_pound_and_ounce_are_those_of_the_international_agreement_of_1959() -> None:
    assert UNITS["kg"]["lb"] == 0.45359237  # NIST SP 811, B.8
    assert UNITS["kg"]["oz"] == pytest.approx(0.45359237 / 16, rel=1e-15)


def test_two_who_record_the_same_order_at_once_get_one_record_and_one_refusal(desk: Desk) -> None:
    client = client_of(desk, "cora")
    first, _ = looked(client, "orders", "1.csv", csv_of([ORDER, ("R1X", "UNI-LAKE", "S", "1", 1, 2)]))
    second, _ = looked(client, "orders", "2.csv", csv_of([ORDER, ("R1X", "UNI-LAKE", "S", "1", 1, 3)]))
    assert recorded(client, first)[0] == 303
    status, told = recorded(client, second)
    assert status in (409, 422)
    assert len(desk.store.stream("cargo/R1X")) == 1
    assert 'role="alert"' in told
