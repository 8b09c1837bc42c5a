"""Invoices from files: previewed, booked once, corrected by a new event, told with every bad row at once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from supercargo.app.costing import CostAsked, ImportAsked, cost_of, import_invoices, milestones_reached
from supercargo.app.operations.booking import booked_invoices, record_budget, record_invoice
from supercargo.app.operations.log import open_operations
from supercargo.app.operations.releasing import ReleaseAsked, release_plan
from supercargo.kernel import Refused, ScenarioError
from supercargo.measure.cost_report import Books, cost_report
from supercargo.model import Invoice
from supercargo.store import write_plan, write_rows
from supercargo.store.invoices import read_invoices, read_mapping
from supercargo.track.costs.deciding import BookInvoice, CancelInvoice, CorrectInvoice, SetBudget
from supercargo.track.people import Principal, may_hear
from tests.cli_runner import run
from tests.invented_actuals import invented_invoices
from tests.operations import LATE, MemoryOperations, act, arrive, released
from tests.plans import a_plan

TYPES = tuple(one if one.vehicle_type == "Wren" else replace(one, unpressurised_kg=0.0) for one in a_plan().scenario.vehicles)
PLAN = replace(a_plan(), scenario=replace(a_plan().scenario, vehicles=TYPES))
NOON = datetime(2027, 6, 1, 12, tzinfo=UTC)
HEADER = "invoice_id,date,mission_id,account,supplier,quantity,unit,unit_price_usd,amount_usd,currency,note"
GOOD = "I1,2027-05-01,M1,mission control,Acme,2,docked_d,100,200,USD,"


def a_file(folder: Path, *rows: str, name: str = "in.csv", header: str = HEADER) -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_plan(PLAN, tmp_path / "plan", run={}, report_html="", force=False)
    return tmp_path


def asked(path: Path, folder: Path, **changes: object) -> ImportAsked:
    told: dict[str, object] = {"by": "kim", "plan": folder / "plan", **changes}
    return ImportAsked(path, str(folder / "log.sqlite"), **told)  # type: ignore[arg-type]


def booked(folder: Path) -> tuple[Invoice, ...]:
    with open_operations(str(folder / "log.sqlite"), lambda: NOON) as log, log.reading() as view:
        return booked_invoices(view)


def test_a_preview_books_nothing_and_says_what_it_would(folder: Path) -> None:
    path = a_file(folder, GOOD, GOOD.replace("I1", "I2"))
    told = import_invoices(asked(path, folder, preview=True), now_utc=NOON)
    assert (told.new, told.booked, told.receipts) == (("I1", "I2"), False, ())
    assert [(one.account, one.before_usd, one.after_usd) for one in told.accounts] == [("mission control", 0.0, 400.0)]
    assert not (folder / "log.sqlite").exists()


def test_a_file_told_twice_is_booked_once_and_a_correction_is_a_new_event(folder: Path) -> None:
    path = a_file(folder, GOOD)
    assert import_invoices(asked(path, folder), now_utc=NOON).new == ("I1",)
    again = import_invoices(asked(path, folder), now_utc=NOON + timedelta(days=1))
    assert (again.new, again.changed, again.same, again.receipts) == ((), (), ("I1",), ())
    dearer = a_file(folder, "I1,2027-05-01,M1,mission control,Acme,3,docked_d,100,300,USD,", name="dearer.csv")
    told = import_invoices(asked(dearer, folder), now_utc=NOON + timedelta(days=2))
    assert told.changed == ("I1",)
    assert [(one.before_usd, one.after_usd, one.change_usd) for one in told.accounts] == [(200.0, 300.0, 100.0)]
    back = import_invoices(asked(path, folder), now_utc=NOON + timedelta(days=3))
    assert back.changed == ("I1",)
    assert [one.amount_usd for one in booked(folder)] == [200.0]
    with open_operations(str(folder / "log.sqlite"), lambda: NOON) as log:
        kinds = [event.kind for event in log.stream("cost/I1")]
    assert kinds == ["InvoiceBooked", "InvoiceCorrected", "InvoiceCorrected"]


BAD = (
    "I2,2027-13-01,M1,mission control,,,,,1,,",
    "I3,2027-05-01,M9,mission control,,,,,1,,",
    "I4,2027-05-01,M1,mission controll,,,,,1,,",
    "I5,2027-05-01,M1,mission control,,2,docked_d,100,201,,",
    "I6,2027-05-01,M1,mission control,,,,,x,,",
    "I7,2027-05-01,M1,mission control,,,,,1,EUR,",
    "I8,2027-05-01,M1,mission control,,2,hours,,1,,",
    "I9,2027-05-01,M1,revenue:up,,,,,1,,",
    "I10,2027-05-01,M1,mission control,,,,,1.005,,",
    "I1,2027-05-01,M1,mission control,,,,,7,,",
    "I11,2027-05-01,M1,mission control,,,,,,,",
)


def test_all_bad_rows_are_told_at_once_with_their_numbers_and_nothing_is_booked(folder: Path) -> None:
    path = a_file(folder, GOOD, *BAD)
    with pytest.raises(ScenarioError) as error:
        import_invoices(asked(path, folder), now_utc=NOON)
    told = {(fault.row, fault.column) for fault in error.value.faults}
    assert told == {
        (2, "invoice_id"), (3, "date"), (4, "mission_id"), (5, "account"), (6, "amount_usd"), (7, "amount_usd"),
        (8, "currency"), (9, "unit"), (10, "account"), (11, "amount_usd"), (12, "invoice_id"), (13, "amount_usd"),
    }  # fmt: skip
    assert booked(folder) == ()
    text = str(error.value)
    assert "use one of: M" in text
    assert "use one of: mission control" in text
    assert "convert the amount to USD" in text
    assert "--bad FILE" in text


@pytest.mark.parametrize("name", ["bad.csv", "bad.xlsx"])
def test_bad_rows_come_back_in_the_same_columns_and_reimport_once_mended(folder: Path, name: str) -> None:
    path = a_file(folder, GOOD, BAD[0], BAD[3])
    bad = folder / name
    told = import_invoices(asked(path, folder, bad=bad), now_utc=NOON)
    assert (told.new, told.bad_rows) == (("I1",), (3, 4))
    sheet = read_invoices(bad, {}, decimal_comma=False)
    assert sheet.header == (*HEADER.split(","), "fault")
    assert [cells[0] for _, cells in sheet.lines] == ["I2", "I5"]
    assert "2027-13-01" in sheet.lines[0][1]
    assert "no day" in sheet.lines[0][1][-1]
    mended = [",".join(cells[:-1]).replace("2027-13-01", "2027-12-01").replace(",201,", ",200,") for _, cells in sheet.lines]
    more = import_invoices(asked(a_file(folder, *mended, name="mended.csv"), folder), now_utc=NOON)
    assert more.new == ("I2", "I5")
    assert len(booked(folder)) == 3


def test_a_file_of_bad_rows_holds_nothing_that_a_spreadsheet_computes_and_comes_back_as_it_was(folder: Path) -> None:
    name = "=cmd|' /C calc'!A0"
    path = a_file(folder, GOOD, GOOD.replace("I1", name).replace(",200,", ",-200,").replace(",2,", ",-2,"))
    told = import_invoices(asked(path, folder, bad=folder / "bad.csv"), now_utc=NOON)
    assert told.bad_rows == (3,)
    row = (folder / "bad.csv").read_text().splitlines()[1]
    assert row.startswith(f"'{name},")
    assert ",-2,docked_d,100,-200," in row  # numbers stay numbers
    assert [cells[0] for _, cells in read_invoices(folder / "bad.csv", {}, decimal_comma=False).lines] == [name]


def test_their_columns_commas_and_days_are_read_and_the_mapping_is_kept(folder: Path) -> None:
    header = "Beleg;Datum;mission_id;account;Betrag;Menge"
    path = a_file(folder, "R-7;31.5.2027;M1;mission control;1.234,50;2", header=header)
    names = ("Beleg=invoice_id", "Datum=date", "Betrag=amount_usd", "Menge=quantity")
    saved = folder / "mapping.csv"
    first = asked(path, folder, columns=names, save_mapping=saved, decimal_comma=True)
    assert import_invoices(first, now_utc=NOON).new == ("R-7",)
    (one,) = booked(folder)
    assert (one.invoice_id, one.date, one.amount_usd, one.billed) == ("R-7", "2027-05-31", 1234.5, 2.0)
    assert read_mapping(saved)["Betrag"] == "amount_usd"
    again = import_invoices(asked(path, folder, mapping=saved, decimal_comma=True), now_utc=NOON)
    assert again.same == ("R-7",)
    with pytest.raises(ScenarioError, match="no column 'Summe'"):
        import_invoices(asked(path, folder, columns=("Summe=amount_usd",)), now_utc=NOON)
    with pytest.raises(ScenarioError, match="no column of invoices"):
        import_invoices(asked(path, folder, columns=("Betrag=amount_eur",)), now_utc=NOON)
    with pytest.raises(ScenarioError, match="mapped to one"):
        import_invoices(asked(path, folder, columns=("Betrag=amount_usd", "Menge=amount_usd")), now_utc=NOON)


def test_a_workbook_is_read_with_its_dates_and_numbers(folder: Path) -> None:
    path = folder / "in.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Mai")
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_row(0, 0, ["Beleg", "date", "mission_id", "account", "amount_usd", "quantity"])
        sheet.write_string(1, 0, "X1")
        sheet.write_datetime(1, 1, datetime(2027, 5, 3), day)
        sheet.write_row(1, 2, ["M1", "mission control", 1234.5, 1.234])
    told = import_invoices(asked(path, folder, columns=("Beleg=invoice_id",), decimal_comma=True), now_utc=NOON)
    assert told.new == ("X1",)
    (one,) = booked(folder)
    assert (one.date, one.amount_usd, one.billed) == ("2027-05-03", 1234.5, 1.234)


@given(st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=20))
def test_sums_by_account_are_those_of_the_file_to_the_cent(cents: list[int]) -> None:
    store = MemoryOperations()
    for number, one in enumerate(cents):
        command = BookInvoice(date="2027-05-01", account="mission control", amount_usd=one / 100)
        record_invoice(store, f"I{number}", command, act(NOON))
    assert sum(round(one.amount_usd * 100) for one in booked_invoices(store.view)) == sum(cents)


def test_a_position_is_booked_once_corrected_with_a_reason_and_taken_back_with_one() -> None:
    store = MemoryOperations()
    said = {"date": "2027-05-01", "account": "mission control", "amount_usd": 5.0}
    record_invoice(store, "I1", BookInvoice(**said), act(NOON))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="correct it, with a reason"):
        record_invoice(store, "I1", BookInvoice(**said), act(NOON))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="says that already"):
        record_invoice(store, "I1", CorrectInvoice(**said, reason="typo"), act(NOON))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="reason of the correction"):
        record_invoice(store, "I1", CorrectInvoice(**{**said, "amount_usd": 6.0}, reason=""), act(NOON))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="book it"):
        record_invoice(store, "I2", CorrectInvoice(**said, reason="typo"), act(NOON))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="as 2027-03-01"):
        record_invoice(store, "I2", BookInvoice(**{**said, "date": "1.5.2027"}), act(NOON))  # type: ignore[arg-type]
    record_invoice(store, "I1", CancelInvoice(reason="sent to the wrong house"), act(NOON))
    assert booked_invoices(store.view) == ()
    row = store.view.get("invoices", ("I1",))
    assert row is not None
    assert (row["state"], row["reason"]) == ("cancelled", "sent to the wrong house")


def test_costs_are_the_companys_own_and_of_those_who_may_see_money() -> None:
    money = frozenset({"read", "money"})
    assert may_hear(Principal(name="dora", scopes=money), "", "cost/I1")
    assert may_hear(Principal(name="dora", scopes=money), "", "budget/fuel")
    assert not may_hear(Principal(name="vic", scopes=frozenset({"read"})), "", "cost/I1")
    assert not may_hear(Principal(name="esa", scopes=money, customer="ESA"), "", "cost/I1")


def test_a_budget_needs_an_owner() -> None:
    store = MemoryOperations()
    with pytest.raises(Refused, match="who answers for the line"):
        record_budget(store, "control", SetBudget(owner=" "), act(NOON))
    record_budget(store, "control", SetBudget(owner="Kim", account="mission control", budget_usd=5.0), act(NOON))
    record_budget(store, "control", SetBudget(owner="Lou", account="mission control", budget_usd=7.0), act(NOON))
    row = store.view.get("budgets", ("control",))
    assert row is not None
    assert (row["owner"], row["budget_usd"]) == ("Lou", 7.0)


def test_a_store_and_a_file_of_the_same_invoices_tell_the_same(folder: Path) -> None:
    path = folder / "all.csv"
    path.write_bytes(write_rows(invented_invoices(PLAN, seed=2), Invoice))
    import_invoices(asked(path, folder), now_utc=NOON)
    of_file = cost_of(CostAsked(folder / "plan", actuals=path))
    of_store = cost_of(CostAsked(folder / "plan", store=str(folder / "log.sqlite")))
    assert of_file.invoices_count == len(invented_invoices(PLAN, seed=2))
    assert (of_file.steps, of_file.causes, of_file.whole) == (of_store.steps, of_store.causes, of_store.whole)


def test_page_and_workbook_are_written_whole_and_alike_each_time(folder: Path) -> None:
    path = folder / "all.csv"
    path.write_bytes(write_rows(invented_invoices(PLAN, seed=2), Invoice))
    for name in ("a", "b"):
        cost_of(CostAsked(folder / "plan", actuals=path, out=folder / f"{name}.html", xlsx=folder / f"{name}.xlsx"))
    page = (folder / "a.html").read_text("utf-8")
    assert (folder / "a.html").read_bytes() == (folder / "b.html").read_bytes()
    assert (folder / "a.xlsx").read_bytes() == (folder / "b.xlsx").read_bytes()
    assert "<script" not in page
    assert "http" not in page
    assert page.count("<svg") == 1
    with pytest.raises(Refused, match="exists"):
        cost_of(CostAsked(folder / "plan", out=folder / "a.html"))


def test_a_budget_for_what_the_plan_has_not_is_refused(folder: Path) -> None:
    path = a_file(folder, "one,mision control,,Kim,5,", header="line,account,destination,owner,budget_usd,alarm_percent")
    with pytest.raises(ScenarioError, match="use one of: mission control"):
        cost_of(CostAsked(folder / "plan", budget=path))


def test_the_command_tells_codes_and_json(folder: Path) -> None:
    plan, log = str(folder / "plan"), str(folder / "log.sqlite")
    good, bad = a_file(folder, GOOD), a_file(folder, GOOD, BAD[0], name="bad.csv")
    assert run("cost", "import", str(bad), "--store", log, "--by", "kim").code == 2
    assert "row 3 column date" in run("cost", "import", str(bad), "--store", log, "--preview").out
    assert run("cost", "import", str(good), "--store", log).code == 4
    assert json.loads(run("cost", "import", str(good), "--store", log, "--by", "kim", "--json").out)["new"] == ["I1"]
    told = json.loads(run("cost", plan, "--store", log, "--by", "process", "--json").out)
    assert {row["name"] for row in told["rows"]} == {"make", "deliver"}
    assert told["report"]["invoices_count"] == 1
    assert run("cost", plan, "--by", "colour").code == 2
    assert run("cost", plan, "--as-of", "May").code == 2
    assert (
        run("cost", "quote", plan, "--destination", "Hub", "--kg", "5", "--declared-usd", "1000000", "--price-usd", "0").code
        == 4
    )
    reason = ("--say", "reason=sent to the wrong house", "--by", "kim", "--store", log)
    assert run("record", "invoices", "I1", "cancel_invoice", *reason).code == 0
    assert json.loads(run("cost", plan, "--store", log, "--json").out)["report"]["invoices_count"] == 0


def test_work_is_earned_by_the_milestones_that_operations_tell() -> None:
    store = released(PLAN)
    arrive(store, PLAN, "M1", back=True)
    one = PLAN.mission_named["M1"]
    reached = milestones_reached(store.view.rows["missions"].values())
    assert reached["M1"]["launched"] == one.launch_utc
    assert reached["M1"]["ended"] == one.end_utc
    assert reached["M2"] == {}
    invoices = invented_invoices(PLAN, seed=1)
    told = cost_report(PLAN, Books(invoices=invoices, progress=reached, as_of_utc=LATE))
    alone = cost_report(PLAN, Books(invoices=invoices, as_of_utc=LATE))
    value = {row.name: row for row in told.earned_missions}
    assert value["M1"].ev_usd == value["M1"].bac_usd == value["M1"].pv_usd
    assert (value["M2"].ev_usd, value["M2"].sv_usd) == (0.0, -value["M2"].bac_usd)
    assert alone.whole.sv_usd == 0.0


def test_of_two_rows_under_one_name_neither_is_booked_and_a_faulty_file_makes_no_store(tmp_path: Path) -> None:
    file, store = tmp_path / "two.csv", tmp_path / "log.sqlite"
    head = "invoice_id,date,mission_id,account,supplier,quantity,unit,unit_price_usd,amount_usd"
    file.write_text(
        f"{head}\nI-1,2027-02-01,,insurance,S,,,,5\nI-1,2027-02-01,,insurance,S,,,,7\nI-2,2027-02-01,,insurance,S,,,,9\n"
    )
    refused = run("cost", "import", str(file), "--store", str(store), "--by", "kim")
    assert refused.code == 2
    assert "I-1 is given again in row 3" in refused.err
    assert not list(tmp_path.glob("log.sqlite*"))
    bad = tmp_path / "bad.csv"
    booked = run("cost", "import", str(file), "--store", str(store), "--by", "kim", "--bad", str(bad), "--json")
    assert json.loads(booked.out)["new"] == ["I-2"]
    assert bad.read_text().count("I-1") >= 2
    assert "I-2" not in bad.read_text()
    missing = run("cost", "import", str(tmp_path / "no.csv"), "--store", str(tmp_path / "f.sqlite"), "--by", "kim")
    assert missing.code == 2
    assert not list(tmp_path.glob("f.sqlite*"))


def test_days_that_no_flight_can_be_billed_at_are_told_by_row_with_a_plan_and_with_a_store(folder: Path) -> None:
    settings = PLAN.scenario.settings
    first, last = settings.start_utc - timedelta(days=1098), settings.end_utc + timedelta(days=732)
    dates = (
        first,
        first - timedelta(days=1),
        last,
        last + timedelta(days=1),
        first.replace(year=1900),
        last.replace(year=2099),
    )
    rows = [GOOD.replace("I1", f"I{n}").replace("2027-05-01", f"{day:%Y-%m-%d}") for n, day in enumerate(dates)]
    path = a_file(folder, *rows)
    told = import_invoices(asked(path, folder, preview=True), now_utc=NOON)
    assert (told.new, told.bad_rows) == (("I0", "I2"), (3, 5, 6, 7))
    assert {fault.column for fault in told.faults} == {"date"}
    assert f"billed from {first:%Y-%m-%d} to {last:%Y-%m-%d}" in told.faults[0].what
    with open_operations(str(folder / "log.sqlite"), lambda: NOON) as log:
        release_plan(folder / "plan", log, ReleaseAsked(by="kim", at_utc=settings.as_of_utc))
    by_store = import_invoices(asked(path, folder, plan=None, preview=True), now_utc=NOON)
    assert {6, 7} <= set(by_store.bad_rows)


def test_without_a_pace_above_zero_there_is_no_forecast_and_it_says_why(folder: Path) -> None:
    credit = GOOD.replace(",2,", ",-75,").replace(",200,", ",-7500,")
    path = a_file(folder, credit)
    told = run("cost", "show", str(folder / "plan"), "--actuals", str(path))
    assert "Forecast     no forecast: more is credited than billed, planned" in told.out
    assert "CPI none" in told.out
    page = folder / "cost.html"
    report = cost_of(CostAsked(folder / "plan", actuals=path, out=page))
    assert (report.whole.eac_usd, report.whole.cpi, report.whole.vac_usd) == (None, None, None)
    assert "no forecast: more is credited than billed" in page.read_text()
    early = Books(invoices=(Invoice(invoice_id="I", date="2027-05-01", mission_id="", account="training", amount_usd=5.0),))
    assert cost_report(PLAN, early).whole.no_forecast == "nothing of what is billed is earned yet"
