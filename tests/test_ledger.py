"""What contracts bring is booked from events by their terms, and a year flown as planned books the plan's own cents."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supercargo.app.operations.asking import ledger_seen
from supercargo.app.operations.cargo import opening_drafts, record_cargo
from supercargo.app.operations.collecting import collect_deliveries
from supercargo.app.operations.recording import record_contract, record_deliveries, record_mission
from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario
from supercargo.kernel import Refused, days
from supercargo.model import CargoLine, OperationsPlan, Term
from supercargo.plan.costing import cost_missions, late_penalty_usd
from supercargo.track.cargo.steps import Dock, Launch, Load, Receive, Step, Stow, Transfer
from supercargo.track.contracts.booking import Entry, book
from supercargo.track.contracts.deciding import Adjust, ContractCommand, Deliver, Settle
from supercargo.track.contracts.events import ContractTerms, Promise, Tariff, TermAgreed
from supercargo.track.contracts.pricing import late_usd, line_order, price_usd
from supercargo.track.missions import commands as asked
from supercargo.track.missions.release import REGISTER, Standing, decide_release, register_of
from supercargo.track.missions.state import mission_of
from tests.builders import START, a_line, a_scenario, on_day
from tests.operations import DIGEST, LATE, MemoryOperations, act, an_order, arrive, fly, ready, released
from tests.plans import a_plan
from tests.test_manifest import ONE

PLAN = a_plan()
Account = tuple[str, str, str, str]


def booked(entries: tuple[Entry, ...]) -> dict[Account, int]:
    """Cents of each account of a mission, customer and place."""
    found: dict[Account, int] = defaultdict(int)
    for one in entries:
        if one.account.startswith("revenue"):
            found[one.mission_id, one.customer, one.destination, one.account] += round(one.usd * 100)
    return {key: cents for key, cents in found.items() if cents}


def planned(plan: OperationsPlan) -> dict[Account, int]:
    return {
        (row.mission_id, row.customer, row.destination, row.account): round(row.plan_usd * 100)
        for row in plan.costs
        if row.account.startswith("revenue")
    }


def entries_of(store: MemoryOperations) -> tuple[Entry, ...]:
    return book(store.since(0, limit=1_000_000))


@cache
def flown() -> MemoryOperations:
    store = released(PLAN)
    fly(store, PLAN)
    return store


@pytest.fixture(scope="module")
def tiny_plan(tmp_path_factory: pytest.TempPathFactory) -> OperationsPlan:
    folder: Path = tmp_path_factory.mktemp("tiny")
    new_scenario(folder / "year", NewScenario("tiny"))
    return plan_scenario(folder / "year", folder / "plan")


def test_a_year_flown_as_planned_books_the_plans_revenue_and_penalties_to_the_cent() -> None:
    assert booked(entries_of(flown())) == planned(PLAN)


def test_the_tiny_year_flown_as_planned_books_the_plans_revenue_to_the_cent(tiny_plan: OperationsPlan) -> None:
    store = released(tiny_plan)
    fly(store, tiny_plan)
    assert booked(entries_of(store)) == planned(tiny_plan)
    k9 = next(kpi.value for kpi in tiny_plan.kpis if kpi.kpi_id == "K9")
    assert k9 is not None
    assert ledger_seen(store.view)["revenue_usd"] == round(k9, 2)


def test_revenue_of_the_flown_year_is_k9_of_the_plan() -> None:
    k9 = next(kpi.value for kpi in PLAN.kpis if kpi.kpi_id == "K9")
    assert ledger_seen(flown().view)["revenue_usd"] == k9


def test_the_plan_of_the_flown_year_has_each_kind_of_revenue() -> None:
    accounts = {account for _, _, _, account in planned(PLAN)}
    assert {
        "revenue:up",
        "revenue:down",
        "revenue:disposal",
        "revenue:penalty",
        "revenue:milestone",
        "revenue:left-behind",
    } == (accounts)


@given(
    kg=st.lists(st.integers(1, 900_000), min_size=1, max_size=12),
    tariff=st.integers(1, 9_999_999),
    late=st.lists(st.integers(-3, 40), min_size=12, max_size=12),
    terms=st.tuples(st.integers(0, 10), st.integers(0, 300), st.integers(0, 40)),
)
def test_any_loads_book_what_costing_counts(kg: list[int], tariff: int, late: list[int], terms: tuple[int, int, int]) -> None:
    lines = tuple(a_line(item_id=f"X{n}", mass_kg=grams / 1000, due_utc=on_day(42 - late[n])) for n, grams in enumerate(kg))
    told = zip(("due_tolerance", "penalty_per_day", "penalty_cap"), terms, ("d", "percent", "percent"), strict=True)
    scenario = replace(
        a_scenario(),
        cargo=lines,
        terms=tuple(Term(contract_id="C1", term=name, value=value / (100 if name == "penalty_per_day" else 1), unit=unit)
                    for name, value, unit in told),
        prices=tuple(replace(price, usd_per_kg=tariff / 100) for price in a_scenario().prices),
    )  # fmt: skip
    rows = tuple(
        replace(PLAN.manifest[0], item_id=line.item_id, mission_id="M1", direction="up", mass_kg=line.mass_kg, customer="ACME",
                contract_id="C1", destination="Hub", due_utc=line.due_utc, delivered_utc=on_day(42))
        for line in lines
    )  # fmt: skip
    plan = replace(PLAN, scenario=scenario, manifest=rows, missions=(PLAN.mission_named["M1"],))
    store = released(plan)
    arrive(store, plan, "M1")
    deliveries = [(Deliver(item_id=row.item_id, evidence="receipt"), act(on_day(42))) for row in reversed(rows)]
    record_deliveries(store, "C1", deliveries)
    want = {
        row.account: round(row.plan_usd * 100)
        for row in cost_missions(scenario, ONE, rows)
        if row.account in ("revenue:up", "revenue:penalty")
    }
    assert {account: cents for (_, _, _, account), cents in booked(entries_of(store)).items()} == want


@given(
    mass=st.integers(1, 10_000_000), part=st.integers(1, 100), tariff=st.integers(0, 9_999_999),
    late_s=st.integers(-9_000_000, 9_000_000), tolerance=st.integers(0, 10), share=st.integers(0, 300), cap=st.integers(0, 40),
)  # fmt: skip
def test_price_and_lateness_are_those_of_costing(
    mass: int, part: int, tariff: int, late_s: int, tolerance: int, share: int, cap: int
) -> None:
    line: CargoLine = a_line(mass_kg=mass / 1000, due_utc=on_day(50))
    values = {"due_tolerance": (tolerance, "d"), "penalty_per_day": (share / 100, "percent"), "penalty_cap": (cap, "percent")}
    scenario = replace(
        a_scenario(),
        cargo=(line,),
        terms=tuple(Term(contract_id="C1", term=name, value=value, unit=unit) for name, (value, unit) in values.items()),
        prices=tuple(replace(price, usd_per_kg=tariff / 100) for price in a_scenario().prices),
    )
    terms = ContractTerms(
        contract_id="C1", customer="ACME", from_utc=START, to_utc=on_day(365),
        terms=tuple(TermAgreed(term=name, value=value, unit=unit) for name, (value, unit) in values.items()),
        tariffs=(Tariff(destination="Hub", direction="up", usd_per_kg=tariff / 100),),
    )  # fmt: skip
    kg = round(mass / 1000 * part / 100, 3)
    promise = Promise(
        item_id="I1", customer="ACME", mission_id="M1", destination="Hub", direction="up", mass_kg=kg, line_kg=line.mass_kg,
        due_utc=line.due_utc,
    )  # fmt: skip
    at = on_day(50) + timedelta(seconds=late_s)
    price = scenario.price_usd(line) * kg / line.mass_kg
    assert price_usd(terms, promise) == price
    assert late_usd(terms, promise, at) == late_penalty_usd(scenario, line, at, price)


def test_lines_stand_in_the_order_of_the_plan() -> None:
    assert sorted(["W1#10", "W1#2", "A", "W1"], key=line_order) == ["A", "W1", "W1#2", "W1#10"]


def with_reflight(count: float = 1.0) -> OperationsPlan:
    terms = (*PLAN.scenario.terms, Term(contract_id="C1", term="free_reflight", value=count, unit="count"))
    return replace(PLAN, scenario=replace(PLAN.scenario, terms=terms))


def lost(plan: OperationsPlan) -> MemoryOperations:
    """M1 is lost under way."""
    store = released(plan)
    ready(store, "M1", plan.scenario.settings.as_of_utc)
    at = plan.mission_named["M1"].launch_utc
    record_mission(store, "M1", asked.Launch(), act(at))
    record_mission(store, "M1", asked.EnterPhase(phase="lost", evidence="telemetry"), act(at))
    return store


def sum_of(entries: tuple[Entry, ...], account: str, customer: str = "ACME") -> float:
    return math.fsum(one.usd for one in entries if one.account == account and one.customer == customer)


def test_a_lost_mission_earns_nothing_and_its_lines_are_owed_a_flight_where_the_contract_says_so() -> None:
    entries = entries_of(lost(with_reflight()))
    rows = [row for row in PLAN.manifest if row.mission_id == "M1"]
    acme = math.fsum(row.mass_kg for row in rows if row.customer == "ACME") * 10_000
    assert sum_of(entries, "credit:re-flight") == acme
    assert [one for one in entries if one.customer == "BETA"] == []
    assert [one for one in entries if one.account.startswith("revenue")] == []
    assert entries_of(lost(PLAN)) == ()


def test_a_lost_line_flown_again_brings_nothing_and_uses_up_the_credit() -> None:
    plan = with_reflight()
    store = lost(plan)
    again = replace(
        plan, manifest=tuple(replace(row, mission_id="M2") if row.mission_id == "M1" else row for row in plan.manifest)
    )
    streams = {one.mission_id: store.stream(f"mission/{one.mission_id}") for one in plan.missions}
    missions = {name: state for name, events in streams.items() if (state := mission_of(events)) is not None}
    contracts = {name: len(store.stream(f"contract/{name}")) for name in ("C1", "C2")}
    standing = Standing(released=register_of(store.stream(REGISTER)), missions=missions, contracts=contracts)
    at = plan.mission_named["M1"].launch_utc
    store.append(decide_release(again, an_order(again, digest="f" * 64, at_utc=at), standing))
    arrive(store, again, "M2")
    before = sum_of(entries_of(store), "credit:re-flight")
    record_contract(store, "C1", Deliver(item_id="F1", evidence="receipt"), act(on_day(111)))
    entries = entries_of(store)
    price = 120.0 * 10_000
    assert sum_of(entries, "revenue:up") == price
    assert sum_of(entries, "revenue:re-flight") == -price
    assert sum_of(entries, "credit:re-flight") == before - price


REFUSALS: tuple[tuple[str, ContractCommand, datetime, str], ...] = (
    ("not a line", Deliver(item_id="Q9", evidence="x"), LATE, "give a line of the released plan"),
    ("no evidence", Deliver(item_id="F1", evidence=""), LATE, "state the evidence that F1 is delivered"),
    ("no mission", Deliver(item_id="Z1", evidence="x"), LATE, "name the mission that brought it"),
    ("settled ahead", Settle(until_utc=LATE + days(1), evidence="x"), LATE, "settle when the time is over"),
    ("settled without evidence", Settle(until_utc=LATE, evidence=""), LATE, "evidence of the settlement"),
    ("no such account", Adjust(account="gift", usd=1.0, reason="x"), LATE, "use revenue:... or credit:..."),
    ("no amount", Adjust(account="credit:goodwill", usd=0.0, reason="x"), LATE, "whole cents, not 0"),
    ("too much", Adjust(account="credit:goodwill", usd=1e18, reason="x"), LATE, "at most 1,000,000,000,000 USD"),
    ("half a cent", Adjust(account="credit:goodwill", usd=0.005, reason="x"), LATE, "whole cents, not 0"),
    ("no number", Adjust(account="credit:goodwill", usd=math.nan, reason="x"), LATE, "whole cents, not 0"),
    ("no reason", Adjust(account="credit:goodwill", usd=1.0, reason=" "), LATE, "state the reason of the amount"),
)


@pytest.mark.parametrize(("command", "at_utc", "fix"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_what_a_contract_does_not_let_through_is_refused_with_its_fix(
    command: ContractCommand, at_utc: datetime, fix: str
) -> None:
    store = released(PLAN)
    head = store.head()
    with pytest.raises(Refused) as refused:
        record_contract(store, "C1", command, act(at_utc))
    assert fix in str(refused.value)
    assert store.head() == head


def test_a_line_is_booked_once_and_a_time_is_settled_once() -> None:
    store = released(PLAN)
    arrive(store, PLAN, "M1")
    record_contract(store, "C1", Deliver(item_id="F1", evidence="x"), act(LATE))
    with pytest.raises(Refused, match="it is booked once"):
        record_contract(store, "C1", Deliver(item_id="F1", evidence="x"), act(LATE))
    record_contract(store, "C1", Settle(until_utc=on_day(300), evidence="x"), act(LATE))
    with pytest.raises(Refused, match="settle to a later instant"):
        record_contract(store, "C1", Settle(until_utc=on_day(299), evidence="x"), act(LATE))
    with pytest.raises(Refused, match="release a plan that works under it"):
        record_contract(store, "C9", Settle(until_utc=on_day(299), evidence="x"), act(LATE))


def test_many_deliveries_are_stored_together_or_not_at_all() -> None:
    store = released(PLAN)
    arrive(store, PLAN, "M1", back=True)
    head = store.head()
    told = [(Deliver(item_id=name, evidence="x"), act(LATE)) for name in ("F1", "U1", "F1")]
    with pytest.raises(Refused, match="it is booked once"):
        record_deliveries(store, "C1", told)
    assert store.head() == head
    first = record_deliveries(store, "C1", told[:2])
    assert [one.repeated for one in record_deliveries(store, "C1", told[:2])] == [True, True]
    assert store.head().position == first[-1].position


def test_what_is_booked_for_a_customer_is_that_customers_to_see() -> None:
    events = flown().since(0, limit=1_000_000)
    tenants = {event.stream: event.tenant for event in events if event.stream.startswith("contract/")}
    assert tenants == {"contract/C1": "ACME", "contract/C2": "BETA"}


def test_an_amount_that_a_named_person_books_stands_in_the_ledger() -> None:
    store = released(PLAN)
    record_contract(
        store, "C1", Adjust(account="revenue:goodwill", usd=-12.34, reason="late call", mission_id="M1"), act(LATE)
    )
    (entry,) = entries_of(store)
    told: dict[str, Any] = {"usd": -12.34, "customer": "ACME", "mission_id": "M1", "destination": "Hub", "basis": "late call"}
    assert {name: getattr(entry, name) for name in told} == told
    assert ledger_seen(store.view, "C1")["revenue_usd"] == -12.34
    assert DIGEST[:12] == ledger_seen(store.view, "C1")["contracts"][0]["plan"]


def lived(*steps: Step) -> MemoryOperations:
    """A released plan in which things happened to an item and its spacecraft."""
    store = released(PLAN)
    at = PLAN.scenario.settings.as_of_utc
    store.append(opening_drafts(PLAN, store, by="kim", opened_utc=at, digest=DIGEST))
    record_cargo(steps, store)
    return store


def test_what_the_cargos_record_shows_to_be_delivered_is_booked_once_with_its_step_as_evidence() -> None:
    mission = PLAN.mission_named["M1"]
    vehicle, port = f"container/{mission.vehicle_id}", f"port/{mission.destination}/{mission.port}"
    assert mission.arrive_utc is not None
    stowed_utc = next(row.delivered_utc for row in PLAN.manifest if row.item_id == "F1")
    assert stowed_utc is not None

    def told(number: int, thing: str, at: datetime, where: str) -> dict[str, Any]:
        return {"command_id": f"s{number}", "thing": thing, "at_utc": at, "by": "kim", "where": where}

    before, f1 = mission.launch_utc - days(20), "cargo/F1"
    steps: tuple[Step, ...] = (
        Receive(**told(1, f1, before, f"site/{mission.site}"), pieces=6, mass_kg=120.0, taker="Cargo"),
        Load(**told(2, f1, before, vehicle), taker="Test"),
        Launch(**told(3, vehicle, mission.launch_utc, "flight/M1")),
        Dock(**told(4, vehicle, mission.arrive_utc, port)),
        Transfer(**told(5, f1, stowed_utc - timedelta(hours=1), f"place/{mission.destination}"), taker="crew"),
    )
    store = lived(*steps)
    arrive(store, PLAN, "M1")
    assert collect_deliveries(store, "C1", by="ann", now_utc=LATE) == ()
    record_cargo((Stow(**told(6, f1, stowed_utc, f"place/{mission.destination}")),), store)
    assert collect_deliveries(store, "C1", by="ann", now_utc=stowed_utc - days(1)) == ()
    (receipt,) = collect_deliveries(store, "C1", by="ann", now_utc=LATE)
    event = store.since(receipt.position - 1)[0]
    assert (event.kind, event.body["item_id"], event.body["evidence"]) == ("LineDelivered", "F1", "event s6")
    assert (event.occurred_utc, event.by) == (stowed_utc, "ann")
    assert sum_of(entries_of(store), "revenue:up") == 120.0 * 10_000
    assert collect_deliveries(store, "C1", by="ann", now_utc=LATE) == ()


def test_nothing_is_delivered_by_a_mission_that_has_not_docked_or_not_come_back() -> None:
    mission = PLAN.mission_named["M1"]
    assert mission.arrive_utc is not None
    down = next(r.item_id for r in PLAN.manifest if (r.mission_id, r.direction, r.customer) == ("M1", "down", "ACME"))
    up, back = (Deliver(item_id=name, evidence="receipt") for name in ("F1", down))
    store = released(PLAN)
    with pytest.raises(Refused, match="M1 is planned: it has not docked"):
        record_contract(store, "C1", up, act(LATE))
    with pytest.raises(Refused, match="no mission M99 is open"):
        record_contract(store, "C1", replace(up, mission_id="M99"), act(LATE))
    arrive(store, PLAN, "M1")
    head = store.head()
    with pytest.raises(Refused, match="the delivery is before it"):
        record_contract(store, "C1", up, act(mission.arrive_utc - timedelta(seconds=1)))
    with pytest.raises(Refused, match="the delivery is before it"):
        record_deliveries(store, "C1", [(up, act(mission.launch_utc - days(9)))])
    with pytest.raises(Refused, match="it has not come back"):
        record_contract(store, "C1", back, act(LATE))
    assert store.head() == head
    record_contract(store, "C1", up, act(mission.arrive_utc))


def test_what_the_cargos_record_shows_is_not_booked_while_its_mission_stands_on_the_ground() -> None:
    store, vehicle = released(PLAN), f"container/{PLAN.mission_named['M1'].vehicle_id}"
    at = PLAN.scenario.settings.as_of_utc
    store.append(opening_drafts(PLAN, store, by="kim", opened_utc=at, digest=DIGEST))

    def told(number: int, thing: str, where: str) -> dict[str, Any]:
        return {
            "command_id": f"s{number}",
            "thing": thing,
            "at_utc": at + timedelta(hours=number),
            "by": "kim",
            "where": where,
        }

    steps: tuple[Step, ...] = (
        Receive(**told(1, "cargo/F1", "site/Cape"), pieces=6, mass_kg=120.0, taker="Cargo"),
        Load(**told(2, "cargo/F1", vehicle), taker="Test"),
        Launch(**told(3, vehicle, "flight/M1")),
        Dock(**told(4, vehicle, "port/Hub/A")),
        Transfer(**told(5, "cargo/F1", "place/Hub"), taker="crew"),
        Stow(**told(6, "cargo/F1", "place/Hub")),
    )
    record_cargo(steps, store)
    with pytest.raises(Refused, match="M1 is planned: it has not docked"):
        collect_deliveries(store, "C1", by="ann", now_utc=LATE)
