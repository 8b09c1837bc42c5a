"""`cost` in words: who costs what, what departs from plan and why, what a file of invoices would book, what a load costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from supercargo.app.cost_answers import CostAnswer, CostImportAnswer, CostQuoteAnswer
from supercargo.app.costing import (
    TOLD_BY,
    CostAsked,
    CostReport,
    ImportAsked,
    InvoicesTold,
    Quote,
    QuoteWords,
    Served,
    cost_of,
    import_invoices,
    quote_of,
)
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.faces.progress import patience
from supercargo.faces.words import count
from supercargo.kernel import ScenarioError, format_utc, parse_utc

__all__ = ["CostWords", "import_", "quote", "show"]

BAD_INPUT = 2
_MOST_LISTED = 15


@dataclass(frozen=True, slots=True)
class CostWords:
    """What a person asks of `cost show`, as written."""

    folder: Path
    store: str
    actuals: Path | None
    budget: Path | None
    as_of: str = ""
    out: Path | None = None
    xlsx: Path | None = None
    force: bool = False


def show(words: CostWords, by: str, *, as_json: bool) -> None:
    """Tell cost to serve, and actual against plan where something is billed."""
    with answering(as_json=as_json), patience("attributing cost"):
        asked = CostAsked(
            words.folder, words.store, words.actuals, words.budget, _day(words.as_of), words.out, words.xlsx, words.force
        )
        if by not in TOLD_BY:
            raise ScenarioError(f"cost is not told by {by[:40]!r}", fix=f"use one of: {', '.join(TOLD_BY)}", where="--by")
        report = cost_of(asked)
    if as_json:
        told: CostAnswer = {"folder": str(words.folder), "by": by, "rows": list(report.by[by]), "report": report}
        print_json(told)
        return
    lines = [*_serve_lines(report, by), *(_actual_lines(report) if report.invoices_count else _plan_lines(report))]
    lines += [f"{head:<12} {path}" for head, path in (("Page", words.out), ("Workbook", words.xlsx)) if path is not None]
    tell_lines(lines)


def _day(written: str) -> datetime | None:
    if not written:
        return None
    try:
        return parse_utc(written if "T" in written else f"{written}T23:59:59Z")
    except ValueError:
        raise ScenarioError(f"{written[:40]!r} is no day", fix="write it as 2027-03-01", where="--as-of") from None


def _serve_lines(report: CostReport, by: str) -> Iterator[str]:
    yield f"{'Cost':<12} {report.planned_usd:,.2f} USD planned, {report.service_usd:,.2f} of it paid by the service"
    unused = f"{report.unused_usd:,.2f} USD, {report.service_unused_usd:,.2f} of it the service's; loaded onto no customer"
    yield f"{'Unused room':<12} {unused}"
    yield f"{'Margin':<12} {report.margin_usd:,.2f} USD of {report.revenue_usd:,.2f} USD revenue"
    yield f"{'By ' + by:<28} {'kg moved':>12} {'service USD':>18} {'furnished USD':>18} {'unused USD':>16} {'USD/kg':>12}"
    rows = report.by[by]
    for row in rows[:_MOST_LISTED]:
        yield _served(row)
    if len(rows) > _MOST_LISTED:
        yield f"  and {len(rows) - _MOST_LISTED} more: see --out, --xlsx or --json"


def _served(row: Served) -> str:
    kg = row.up_kg + row.down_kg + row.disposal_kg
    per_kg = "" if row.service_usd_per_kg is None else f"{row.service_usd_per_kg:,.2f}"
    money = f"{row.service_usd:>18,.2f} {row.furnished_usd:>18,.2f} {row.unused_usd:>16,.2f}"
    return f"  {row.name:<26} {kg:>12,.0f} {money} {per_kg:>12}"


def _plan_lines(report: CostReport) -> Iterator[str]:
    yield f"{'Actual':<12} no invoice is known as of {format_utc(report.as_of_utc)[:10]}"


def _actual_lines(report: CostReport) -> Iterator[str]:
    head = f"{count(report.invoices_count, 'invoice position')} as of {format_utc(report.as_of_utc)[:10]}"
    yield f"{'Actual':<12} {head}"
    for step in report.steps:
        yield f"  {step.name:<16} {step.usd:>18,.2f} USD"
    yield "Causes"
    for one in report.causes[:8]:
        where = f"{one.account} at {one.destination or 'all places'}"
        most = f"most: {one.mission_id or 'no single flight'} {one.mission_usd:+,.2f}"
        yield f"  {one.cause:<10} {one.usd:>+18,.2f} USD  {where} ({most})"
    whole = report.whole
    pace = f"CPI {_ratio(whole.cpi)}, SPI {_ratio(whole.spi)}, to complete {_ratio(whole.tcpi)}"
    comes = f"no forecast: {whole.no_forecast}" if whole.eac_usd is None else f"{whole.eac_usd:,.2f} USD at completion"
    yield f"{'Forecast':<12} {comes}, planned {whole.bac_usd:,.2f}; {pace}"
    alarms = [one for one in report.budget if one.state != "ok"]
    yield f"{'Budget':<12} {len(alarms)} of {count(len(report.budget), 'line')} alarm"
    for line in alarms[:8]:
        forecast = "no" if line.forecast_usd is None else f"{line.forecast_usd:,.2f}"
        used = f"{line.actual_usd:,.2f} of {line.budget_usd:,.2f} USD spent, {forecast} forecast"
        yield f"  {line.state:<6} {line.line}: {used}; {line.owner or 'nobody named'}"


def _ratio(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def import_(asked: ImportAsked, *, as_json: bool) -> None:
    """Book invoices, or tell what would be booked; exit 2 if a row is bad."""
    with answering(as_json=as_json), patience("reading invoices"):
        told = import_invoices(asked, now_utc=datetime.now(UTC).replace(microsecond=0))
    if as_json:
        answer: CostImportAnswer = {
            "file": str(asked.file),
            "store": asked.store,
            "booked": told.booked,
            "new": list(told.new),
            "changed": list(told.changed),
            "same": list(told.same),
            "bad_rows": list(told.bad_rows),
            "faults": list(told.faults),
            "accounts": list(told.accounts),
            "receipts": list(told.receipts),
        }
        print_json(answer)
    else:
        tell_lines(_import_lines(told, asked))
    if told.bad_rows or told.faults:
        raise SystemExit(BAD_INPUT)


def _import_lines(told: InvoicesTold, asked: ImportAsked) -> Iterator[str]:
    numbers = f"{len(told.new)} new, {len(told.changed)} changed, {len(told.same)} booked already, {len(told.bad_rows)} bad"
    yield f"{'Booked' if told.booked else 'Preview':<12} {numbers}"
    for word, names in (("changed", told.changed), ("same", told.same)):
        if names:
            yield f"  {word}: {', '.join(names[:_MOST_LISTED])}{', ...' if len(names) > _MOST_LISTED else ''}"
    if told.accounts:
        yield f"  {'account':<26} {'rows':>6} {'booked before USD':>20} {'then USD':>20} {'change USD':>20}"
    for one in told.accounts:
        money = f"{one.before_usd:>20,.2f} {one.after_usd:>20,.2f} {one.change_usd:>+20,.2f}"
        yield f"  {one.account:<26} {one.rows_count:>6} {money}"
    for fault in told.faults:
        yield from f"{fault}".split("\n")
    if told.bad_rows and asked.bad is not None:
        yield f"{'To mend':<12} {count(len(told.bad_rows), 'row')} in {asked.bad}"
    if not told.booked:
        yield "nothing was booked; leave --preview out to book"


def quote(words: QuoteWords, *, as_json: bool) -> None:
    """Tell what a load costs; a price below marginal cost that nobody approved is refused."""
    with answering(as_json=as_json), patience("pricing"):
        told = quote_of(words)
    if as_json:
        answer: CostQuoteAnswer = {"folder": str(words.folder), "quote": told}
        print_json(answer)
        return
    tell_lines(_quote_lines(told, words))


def _quote_lines(told: Quote, words: QuoteWords) -> Iterator[str]:
    where = f"{told.destination} on {told.mission_id}, which has room for {told.room_kg:,.3f} kg"
    yield f"{'Load':<12} {told.kg:,.3f} kg to {where}"
    yield f"{'Marginal':<12} {told.marginal_usd:,.2f} USD: rates {told.rates_usd:,.2f}, displaced {told.displaced_usd:,.2f}"
    if told.displaced:
        names = ", ".join(told.displaced[:_MOST_LISTED]) + (", ..." if len(told.displaced) > _MOST_LISTED else "")
        yield f"{'Displaces':<12} {names}"
    yield f"{'Full cost':<12} {told.full_usd:,.2f} USD, unused room left out"
    yield f"{'Cost plus':<12} {told.cost_plus_usd:,.2f} USD with {words.asked.markup_percent:g} percent"
    if told.price_usd is not None:
        approved = f", approved by {words.approved_by}: {words.reason}" if told.verdict == "below marginal cost" else ""
        yield f"{'Price':<12} {told.price_usd:,.2f} USD: {told.verdict}{approved}"
