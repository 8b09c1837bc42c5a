"""Cost of a plan: read with what is billed, attributed, compared, written as a page and a workbook; invoices booked."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from supercargo.app.operations.booking import (
    SAME,
    Booking,
    Streams,
    bill_of,
    book_invoices,
    booked_invoices,
    bookings_of,
    budget_lines,
)
from supercargo.app.pages import write_pages
from supercargo.kernel import Fault, Refused, ScenarioError, parse_utc
from supercargo.measure import cost_pricing, cost_report, cost_to_serve
from supercargo.measure.cents import cents_of, usd_of
from supercargo.measure.cost_objects import attribute_costs
from supercargo.measure.cost_standards import invoiced_utc, standards_of
from supercargo.measure.money import is_revenue
from supercargo.model import BudgetLine, Invoice, OperationsPlan
from supercargo.report.cost import cost_figures, render_cost
from supercargo.store import read_plan, refuse_outputs
from supercargo.store.book.figures import figures_book
from supercargo.store.folders import write_file
from supercargo.store.invoices import InvoiceSheet, bad_rows, mapping_file, read_budget, read_invoices, read_mapping
from supercargo.track.costs.deciding import bill_fault
from supercargo.track.envelope import Receipt
from supercargo.track.memory import MemoryStore
from supercargo.track.missions.phases import DEPARTED, RETURNED

if TYPE_CHECKING:  # its libraries load only for those who have a store
    from supercargo.store.log import LogReader, SqlStore

__all__ = [
    "TOLD_BY",
    "AccountBooked",
    "CostAsked",
    "CostReport",
    "ImportAsked",
    "InvoicesTold",
    "Quote",
    "QuoteAsked",
    "QuoteWords",
    "Served",
    "cost_of",
    "cost_of_kept",
    "import_invoices",
    "milestones_reached",
    "quote_of",
]

CostReport = cost_report.CostReport
Quote = cost_pricing.Quote
QuoteAsked = cost_pricing.QuoteAsked
Served = cost_to_serve.Served
TOLD_BY: tuple[str, ...] = tuple(cost_to_serve.BY)
"""What cost is told by."""

ALL_ROWS = 1_000_000

MOST_BEFORE, MOST_AFTER = timedelta(days=3 * 366), timedelta(days=2 * 366)
"""How long before the first flights their launches may be billed, and how long after the last ones anything may."""

NO_FLIGHTS: Mapping[str, datetime] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CostAsked:
    """What a person asks of `cost`: a plan, with what is billed in a store or a file, and where to write it."""

    folder: Path
    store: str = ""
    actuals: Path | None = None
    budget: Path | None = None
    as_of_utc: datetime | None = None
    out: Path | None = None
    xlsx: Path | None = None
    force: bool = False


def cost_of(asked: CostAsked) -> CostReport:
    """Cost of a plan folder, written as a page and a workbook where names for them are given.

    Raises ScenarioError for faulty input with every fault at once, Refused for outputs that exist unless `force`.
    """
    refuse_outputs((asked.out, asked.xlsx), (asked.folder, asked.actuals, asked.budget), force=asked.force)
    if asked.store and asked.actuals is not None:
        raise ScenarioError("invoices are in a store and in a file", fix="give --store or --actuals", where="--actuals")
    plan = read_plan(asked.folder)
    report = cost_report.cost_report(plan, _books(plan, asked))
    title = f"cost of {report.name}"
    write_pages(asked, lambda: render_cost(report), lambda: figures_book(title, cost_figures(report), report.as_of_utc))
    return report


def cost_of_kept(plan: OperationsPlan, log: LogReader) -> CostReport:
    """Cost of a plan with what an open store has of invoices, budgets and milestones."""
    return cost_report.cost_report(plan, _billed(log, cost_report.Books()))


def _billed(log: LogReader, books: cost_report.Books) -> cost_report.Books:
    with log.reading() as view:
        invoices = booked_invoices(view)
    lines = budget_lines(log.page("budgets", limit=ALL_ROWS))
    progress = milestones_reached(log.page("missions", limit=ALL_ROWS))
    return replace(books, invoices=invoices, budget=books.budget or lines, progress=progress or None)


def _books(plan: OperationsPlan, asked: CostAsked) -> cost_report.Books:
    budget = read_budget(asked.budget) if asked.budget is not None else ()
    if asked.budget is not None:
        _known_lines(plan, budget, asked.budget)
    books = cost_report.Books(budget=budget, as_of_utc=asked.as_of_utc)
    if asked.actuals is not None:
        sheet = _checked(read_invoices(asked.actuals, {}, decimal_comma=False), plan)
        if sheet.faults:
            raise ScenarioError.of(sheet.faults, where=str(asked.actuals))
        return replace(books, invoices=tuple(sheet.rows.values()))
    if not asked.store:
        return books
    from supercargo.app.operations.log import current_log  # its libraries load only for those who have a store

    with current_log(asked.store) as log:
        return _billed(log, books)


def _known_lines(plan: OperationsPlan, budget: Iterable[BudgetLine], path: Path) -> None:
    """A line for an account or a place that the plan has not would never alarm: refused."""
    accounts = {key[1] for key in standards_of(plan)}
    places = {mission.destination for mission in plan.missions}
    faults = []
    for number, line in enumerate(budget, 2):
        for column, known in (("account", accounts), ("destination", places)):
            word = str(getattr(line, column))
            if word and word not in known:
                faults.append(Fault(path.name, number, column, f"the plan has no {column} {word!r}", _near(word, known)))
    if faults:
        raise ScenarioError.of(faults, where=str(path))


def milestones_reached(rows: Iterable[Mapping[str, object]]) -> dict[str, dict[str, datetime]]:
    """Milestones that flights have reached, as the mission board tells."""
    found: dict[str, dict[str, datetime]] = {}
    for row in rows:
        reached: dict[str, datetime] = {}
        since = row["since_utc"]
        if row["launched_utc"]:
            reached["launched"] = parse_utc(str(row["launched_utc"]))
        if row["docked_utc"] and row["phase"] in (DEPARTED, RETURNED):
            reached["departed"] = parse_utc(str(since))
        if row["docked_utc"] and row["phase"] == RETURNED:
            reached["ended"] = parse_utc(str(since))
        found[str(row["mission_id"])] = reached
    return found


def _checked(sheet: InvoiceSheet, plan: OperationsPlan | None, missions: Mapping[str, datetime] = NO_FLIGHTS) -> InvoiceSheet:
    """A sheet of invoices held to what can be known: days, sums, and the plan's flights, accounts and units.

    `missions` are the flights open in a store with their planned lift-offs, for where there is no plan.
    """
    standards = standards_of(plan) if plan is not None else {}
    accounts = {row.account for row in plan.costs if not is_revenue(row)} if plan is not None else set()
    flights = {one.mission_id for one in plan.missions} if plan is not None else set(missions)
    units = {one.account: one.driver for one in standards.values()}
    days = tuple(missions.values())
    if plan is not None:
        days = (plan.scenario.settings.start_utc, plan.scenario.settings.end_utc)
    faults: list[Fault] = []
    for number, row in sheet.rows.items():
        fault = bill_fault(bill_of(row)) or _far_off(row, days)
        if fault:
            faults.append(Fault(sheet.file, number, *fault))
        if flights and row.mission_id and row.mission_id not in flights:
            what = f"no flight is called {row.mission_id!r}"
            faults.append(Fault(sheet.file, number, "mission_id", what, _near(row.mission_id, flights)))
        if accounts and row.account not in accounts and not row.account.startswith("revenue"):
            what = f"the plan has no account {row.account!r}"
            faults.append(Fault(sheet.file, number, "account", what, _near(row.account, accounts)))
        expected = units.get(row.account, "")
        if row.billed is not None and row.unit and expected and row.unit != expected:
            what = f"{row.account} is counted in {expected}, not in {row.unit!r}"
            faults.append(Fault(sheet.file, number, "unit", what, f"give the quantity in {expected}, or leave it empty"))
    return sheet.with_faults(faults)


def _far_off(row: Invoice, days: tuple[datetime, ...]) -> tuple[str, str, str] | None:
    """The fault of an invoice whose day no account of these flights can have."""
    if not days:
        return None
    first, last = min(days) - MOST_BEFORE, max(days) + MOST_AFTER
    if first.date() <= invoiced_utc(row).date() <= last.date():
        return None
    what = f"{row.date} is far from the flights, which are billed from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    return "date", what, "give the day of the invoice"


def _near(word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=3, cutoff=0.5) or names[:6]
    return f"use one of: {', '.join(near)}{', ...' if len(names) > len(near) else ''}"


@dataclass(frozen=True, slots=True)
class ImportAsked:
    """What a person asks of `cost import`: a file, the store it goes to, and how its columns and numbers are written."""

    file: Path
    store: str
    by: str = ""
    preview: bool = False
    plan: Path | None = None
    columns: tuple[str, ...] = ()
    mapping: Path | None = None
    save_mapping: Path | None = None
    decimal_comma: bool = False
    bad: Path | None = None
    reason: str = ""
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBooked:
    """What a file moves in one account [USD]."""

    account: str
    rows_count: int
    before_usd: float
    after_usd: float
    change_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicesTold:
    """What a file of invoices holds against the log, and what was booked of it; nothing in a preview."""

    booked: bool
    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    bad_rows: tuple[int, ...]
    faults: tuple[Fault, ...]
    accounts: tuple[AccountBooked, ...]
    receipts: tuple[Receipt, ...]


def import_invoices(asked: ImportAsked, *, now_utc: datetime) -> InvoicesTold:
    """Check a file of invoices against the log and the plan, and book it unless it is a preview.

    Rows that fail stop all the others, unless `bad` names a file that they are written to. Raises ScenarioError with all
    faults, Refused where nobody is named or an output exists.
    """
    refuse_outputs((asked.bad, asked.save_mapping), (asked.file, asked.mapping), force=asked.force)
    mapping = _mapping(asked)
    plan = read_plan(asked.plan) if asked.plan is not None else None
    sheet = read_invoices(asked.file, mapping, decimal_comma=asked.decimal_comma)
    _refuse_faults(_checked(sheet, plan), asked)  # before a store is made for them
    if not asked.preview and not asked.by.strip():
        raise Refused("nobody is named", fix="say who books: --by NAME", where="--by")
    with _log_of(asked, now_utc) as (log, writing, missions):
        sheet = _checked(sheet, plan, missions)
        bookings = bookings_of(log, sheet.rows.values())
        _refuse_faults(sheet, asked)
        receipts: tuple[Receipt, ...] = ()
        if writing is not None:
            reason = asked.reason.strip() or f"told anew by {asked.file.name}"
            receipts = book_invoices(writing, bookings, by=asked.by.strip(), now_utc=writing.now_utc(), reason=reason)
    if asked.bad is not None and sheet.bad_rows:
        write_file(asked.bad, bad_rows(sheet, asked.bad), force=asked.force)
    if asked.save_mapping is not None:
        write_file(asked.save_mapping, mapping_file(mapping), force=asked.force)
    return _told(sheet, bookings, receipts, booked=not asked.preview)


def _refuse_faults(sheet: InvoiceSheet, asked: ImportAsked) -> None:
    if sheet.faults and not asked.preview and (asked.bad is None or not sheet.lines):
        error = ScenarioError.of(sheet.faults, where=str(asked.file))
        error.fix = "mend each line listed; nothing was booked. With --bad FILE they are written there, the others booked"
        raise error


@contextmanager
def _log_of(asked: ImportAsked, now_utc: datetime) -> Iterator[tuple[Streams, SqlStore | None, Mapping[str, datetime]]]:
    """The log, again if it may be written to, and the flights open in it.

    A preview writes to none and makes none: where there is no store, nothing is booked yet.
    """
    from supercargo.app.operations.log import current_log, open_operations  # loads only for those who have a store

    if asked.preview and "://" not in asked.store and not Path(asked.store).exists():
        yield MemoryStore(lambda: now_utc), None, NO_FLIGHTS
    elif asked.preview:
        with current_log(asked.store) as reader:
            yield reader, None, _flights(reader)
    else:
        with open_operations(asked.store, lambda: now_utc) as store:
            yield store, store, _flights(store)


def _flights(log: LogReader) -> dict[str, datetime]:
    return {str(row["mission_id"]): parse_utc(str(row["planned_utc"])) for row in log.page("missions", limit=ALL_ROWS)}


def _told(sheet: InvoiceSheet, bookings: tuple[Booking, ...], receipts: tuple[Receipt, ...], *, booked: bool) -> InvoicesTold:
    def named(state: str) -> tuple[str, ...]:
        return tuple(one.invoice.invoice_id for one in bookings if one.state == state)

    return InvoicesTold(
        booked=booked,
        new=named("new"),
        changed=named("changed"),
        same=named(SAME),
        bad_rows=sheet.bad_rows,
        faults=sheet.faults,
        accounts=_accounts(bookings),
        receipts=receipts,
    )


def _accounts(bookings: Iterable[Booking]) -> tuple[AccountBooked, ...]:
    rows: dict[str, list[Booking]] = {}
    for one in bookings:
        rows.setdefault(one.invoice.account, []).append(one)
    return tuple(_account(name, found) for name, found in sorted(rows.items()))


def _account(name: str, found: list[Booking]) -> AccountBooked:
    before = sum(cents_of(one.before_usd) for one in found)
    after = sum(cents_of(one.invoice.amount_usd) for one in found)
    return AccountBooked(
        account=name,
        rows_count=len(found),
        before_usd=usd_of(before),
        after_usd=usd_of(after),
        change_usd=usd_of(after - before),
    )


def _mapping(asked: ImportAsked) -> dict[str, str]:
    mapping = read_mapping(asked.mapping) if asked.mapping is not None else {}
    for words in asked.columns:
        theirs, equals, ours = words.rpartition("=")
        if not (equals and theirs.strip() and ours.strip()):
            raise ScenarioError(f"{words[:60]!r} is no THEIRS=OURS", fix="write --map 'Betrag=amount_usd'", where="--map")
        mapping[theirs.strip()] = ours.strip()
    if len(set(mapping.values())) < len(mapping):
        raise ScenarioError("two columns are mapped to one", fix="name each of ours once", where="--map")
    return mapping


@dataclass(frozen=True, slots=True)
class QuoteWords:
    """What a person asks of `cost quote`: a load for a plan, and who answers for a price below what it adds."""

    folder: Path
    asked: QuoteAsked
    approved_by: str = ""
    reason: str = ""


def quote_of(words: QuoteWords) -> Quote:
    """Price a load by a plan folder. Raises ScenarioError for what no flight can take, Refused for a price nobody approved."""
    plan = read_plan(words.folder)
    told = cost_pricing.quote(plan, attribute_costs(plan), words.asked)
    cost_pricing.hold_price(told, approved_by=words.approved_by, reason=words.reason)
    return told
