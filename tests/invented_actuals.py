"""Invoices that nobody wrote: drawn by a seed about a plan's standards, for tests and docs. Every figure is invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from supercargo.kernel import stream
from supercargo.measure.cost_standards import DAYS_USED, invoiced_utc, milestone_of, planned_instants, standards_of
from supercargo.model import Invoice, OperationsPlan

__all__ = ["invented_invoices"]

SUPPLIER = "Invented Works"


def invented_invoices(plan: OperationsPlan, *, seed: int, until_utc: datetime | None = None) -> tuple[Invoice, ...]:
    """An invoice for each account of each flight, some days after its milestone, dearer or cheaper by a few percent."""
    drawn = _drawn(plan, seed)
    return tuple(one for one in drawn if until_utc is None or invoiced_utc(one) <= until_utc)


def _drawn(plan: OperationsPlan, seed: int) -> Iterator[Invoice]:
    rng = stream(seed, "invented invoices")
    due = {mission.mission_id: planned_instants(mission) for mission in plan.missions}
    number = 0
    for standard in standards_of(plan).values():
        if standard.mission_id not in due or not standard.cents:
            continue
        number += 1
        at = due[standard.mission_id][milestone_of(standard.account, standard.scor_process)]
        at += timedelta(days=int(rng.integers(1, 30)))
        factor = 1 + (0.06 if standard.driver in DAYS_USED else 0.02) * float(rng.standard_normal())
        counts = standard.driver in ("mission", "launch", "flight")
        units = 1.0 if counts else round(standard.units * max(0.5, factor), 4)
        price = round(standard.cents / 100 / standard.units * (1 + 0.03 * float(rng.standard_normal())), 4)
        yield Invoice(
            invoice_id=f"INV-{number:04d}",
            date=at.date().isoformat(),
            mission_id=standard.mission_id,
            account=standard.account,
            supplier=SUPPLIER,
            billed=units,
            unit=standard.driver,
            unit_price_usd=price,
            amount_usd=round(units * price, 2),
            note="invented",
        )
    yield Invoice(
        invoice_id="INV-9001",
        date=plan.scenario.settings.start_utc.date().isoformat(),
        account="mission control",
        supplier=SUPPLIER,
        amount_usd=250_000.0,
        note="invented: training of no single flight",
    )
