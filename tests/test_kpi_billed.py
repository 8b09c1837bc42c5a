"""K10 and K15 of operations by what is billed: counted again from raw events and the plan's own rows of cost."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

import pytest

from supercargo.measure.facts import Facts
from supercargo.measure.measured import Measured
from supercargo.measure.measuring import measure_facts
from supercargo.measure.operations import facts_of_log
from supercargo.measure.plan_facts import facts_of_plan
from supercargo.measure.scored_money import base_year_of
from supercargo.track.costs.deciding import BookInvoice, CancelInvoice, CorrectInvoice, decide_invoice, invoice_of
from supercargo.track.envelope import Recorded
from tests import kpi_log
from tests.operations import MemoryOperations, act
from tests.recount import Recount

Key = tuple[str, str]


def planned() -> dict[Key, float]:
    """What the service pays by the plan, by mission and account [USD], read off the rows of its costs."""
    found: dict[Key, float] = defaultdict(float)
    for row in kpi_log.gated_plan().costs:
        if not row.account.startswith("revenue") and row.paid_by == "service":
            found[row.mission_id, row.account] += row.plan_usd
    return dict(found)


def flown() -> MemoryOperations:
    store = MemoryOperations()
    kpi_log.fly_with_faults(store, kpi_log.gated_plan())
    return store


def bill(store: MemoryOperations, name: str, command: BookInvoice | CorrectInvoice | CancelInvoice) -> None:
    state = invoice_of(store.stream(f"cost/{name}"))
    store.append(decide_invoice(name, state, command, act(kpi_log.END)))


def booked(mission: str, account: str, usd: float) -> BookInvoice:
    return BookInvoice(date="2027-06-01", account=account, amount_usd=usd, mission_id=mission)


def measured(store: MemoryOperations, kpi_id: str) -> Measured:
    (found,) = measure_facts(facts_of_log(store, store.view), only=(kpi_id,))
    return found


def recounted(store: MemoryOperations) -> tuple[float, float]:
    """Revenue and cost of the service [USD], by the raw events: an account that is billed as billed, else as planned."""
    events: tuple[Recorded, ...] = store.since(0, limit=1_000_000)
    bills: dict[str, tuple[str, str, float]] = {}
    launched = {event.stream.partition("/")[2] for event in events if event.kind == "MissionLaunched"}
    for event in events:
        if event.kind in ("InvoiceBooked", "InvoiceCorrected"):
            said = event.body["bill"]
            bills[event.stream] = (said["mission_id"], said["account"], said["amount_usd"])
        elif event.kind == "InvoiceCancelled":
            del bills[event.stream]
    billed: dict[Key, float] = defaultdict(float)
    for mission, account, usd in bills.values():
        billed[mission, account] += usd
    costs = {**planned(), **billed}
    spent = math.fsum(usd for (mission, _), usd in costs.items() if mission in launched or not mission)
    return float(Recount.of(events).revenue_usd()), spent


@pytest.fixture(scope="module")
def some() -> Key:
    """A mission and one of its accounts, the dearest."""
    named = [key for key in planned() if key[0] == "M1"]
    return max(named, key=lambda key: planned()[key])


def test_an_invoice_takes_the_place_of_its_own_account_and_of_no_other(some: Key) -> None:
    assert len([key for key in planned() if key[0] == some[0]]) > 1, "another account of the mission must stay as planned"
    store = flown()
    before, (revenue, spent) = measured(store, "K10"), recounted(store)
    assert before.value == pytest.approx(100 * (revenue - spent) / revenue, rel=1e-9)
    bill(store, "INV-1", booked(*some, planned()[some] + 1_000_000.0))
    after, (revenue, more) = measured(store, "K10"), recounted(store)
    assert more == pytest.approx(spent + 1_000_000.0)
    assert after.value == pytest.approx(100 * (revenue - more) / revenue, rel=1e-9)
    assert after.value == pytest.approx((before.value or 0.0) - 1e8 / revenue)
    assert "actual for 1 missions" in after.note


def test_positions_add_up_are_corrected_and_taken_back_as_the_record_says(some: Key) -> None:
    store = flown()
    bill(store, "INV-1", booked(*some, 400_000.0))
    bill(store, "INV-2", booked(*some, 250_000.25))
    bill(store, "INV-3", booked("M2", "no account of the plan", 77_000.0))
    bill(store, "INV-4", booked("", "training", 12_345.67))
    bill(
        store,
        "INV-2",
        CorrectInvoice(reason="typed", date="2027-06-02", account=some[1], amount_usd=300_000.0, mission_id="M1"),
    )
    bill(store, "INV-5", booked("M3", "no account of the plan", 5e6))
    bill(store, "INV-5", CancelInvoice(reason="of another year"))
    revenue, spent = recounted(store)
    k10 = measured(store, "K10")
    assert k10.value == pytest.approx(100 * (revenue - spent) / revenue, rel=1e-9)
    assert math.fsum(row.hit for row in k10.rows) == pytest.approx(revenue - spent, abs=0.01)
    facts = facts_of_log(store, store.view)
    assert facts.actual_usd.keys() == {"M1", "M2"}
    assert dict(facts.billed_usd) == {"training": 12_345.67}


def test_k15_holds_what_was_billed_against_the_base_year(some: Key) -> None:
    store = flown()
    plan = facts_of_plan(kpi_log.gated_plan())
    base = base_year_of(plan, "plan")
    assert base is not None

    def fall(facts: Facts) -> float:
        (k15,) = measure_facts(facts, base=base, only=("K15",))
        assert k15.value is not None
        return k15.value

    before = fall(facts_of_log(store, store.view))
    bill(store, "INV-1", booked(*some, planned()[some] + 3e6))
    after = fall(facts_of_log(store, store.view))
    up: dict[str, float] = defaultdict(float)
    for line in facts_of_log(store, store.view).lines:
        up[line.destination] += math.fsum(kg for _, _, kg in line.deliveries) if line.direction == "up" else 0.0
    would = math.fsum(up[one.destination] * one.cost_usd / one.up_kg for one in base.places if up[one.destination] > 0)
    assert after == pytest.approx(before - 100 * 3e6 / would)


def test_invoices_of_a_release_that_did_not_tell_its_accounts_are_left_out_and_said_so(some: Key) -> None:
    store = flown()
    before = measured(store, "K10")
    bill(store, "INV-1", booked(*some, 1.0))
    facts = facts_of_log(store, store.view)
    old = replace(
        facts,
        actual_usd={},
        unparted=frozenset({"M1"}),
        missions=tuple(replace(one, costs=tuple(replace(cost, accounts=()) for cost in one.costs)) for one in facts.missions),
    )
    (k10,) = measure_facts(old, only=("K10",))
    assert k10.value == pytest.approx(before.value)
    assert "invoices of 1 of these are left out" in k10.note


def test_a_release_tells_what_each_account_is_planned_to_cost() -> None:
    events = flown().since(0, limit=1_000_000)
    flights = [event.body["flight"] for event in events if event.kind == "MissionOpened"]
    told = [cost for flight in flights for cost in flight["costs"]]
    assert told
    for cost in told:
        assert math.fsum(one["service_usd"] for one in cost["accounts"]) == pytest.approx(cost["service_usd"], abs=0.01)
