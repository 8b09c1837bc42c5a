"""SCOR metrics of 500 orders with planted faults, counted again from the raw events; and of a plan."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from supercargo.kernel import parse_utc
from supercargo.measure.facts import Facts
from supercargo.measure.measured import Measured
from supercargo.measure.operations import facts_of_log
from supercargo.measure.orders import orders_of
from supercargo.measure.plan_facts import facts_of_plan
from supercargo.measure.scor import Given, measure_scor
from supercargo.measure.scor_table import SCOR_METRICS, describe_scor
from tests.big_plan import a_big_plan
from tests.operations import MemoryOperations
from tests.scor_orders import TOLERANCE_D, a_log

DOCS = Path(__file__).parent.parent / "docs" / "scor.md"
PARTS = ("RL.2.1", "RL.2.2", "RL.2.3", "RL.2.4")


@dataclass
class Recount:
    """An order as a person with a pencil counts it."""

    full: bool
    on_time: bool
    on_time_by_contract: bool
    papers: bool
    unpacked: bool
    sound: bool
    cycle_s: float | None
    net_s: float | None


def recount(store: MemoryOperations) -> dict[str, Recount]:
    """Orders by contract and mission, from nothing but kinds and bodies of events."""
    events = store.since(0, limit=1_000_000)
    promised: dict[str, Any] = {}
    contract_of: dict[str, str] = {}
    received: dict[str, datetime] = {}
    delivered: dict[str, tuple[datetime, str]] = {}
    waived, damaged, stowed = set(), set(), set()
    for event in events:
        if event.kind == "LinesPromised":
            for line in event.body["lines"]:
                promised[line["item_id"]] = line
                contract_of[line["item_id"]] = event.stream
                received[line["item_id"]] = event.occurred_utc
        elif event.kind == "LineDelivered":
            delivered[event.body["item_id"]] = (event.occurred_utc, event.body["evidence"])
        elif event.kind == "GateWaived":
            waived.add(event.stream.split("/")[1])
        elif event.kind == "ncr_opened":
            damaged.add(event.body["about"].split("/")[1])
        elif event.kind == "stowed":
            stowed.add(event.stream.split("/")[1])
    orders: dict[str, list[str]] = defaultdict(list)
    for name, line in promised.items():
        orders[f"{contract_of[name]} {line['mission_id']}"].append(name)
    return {key: _one(names, promised, received, delivered, (waived, damaged, stowed)) for key, names in orders.items()}


def _one(names: list[str], promised: Any, received: Any, delivered: Any, marks: Any) -> Recount:
    waived, damaged, stowed = marks
    full = all(name in delivered for name in names)
    ends: dict[str, datetime | None] = {}
    for line in {name.split("#")[0] for name in names}:
        parts = [name for name in names if name.split("#")[0] == line]
        ends[line] = max(delivered[part][0] for part in parts) if all(part in delivered for part in parts) else None
    first = {name.split("#")[0]: promised[name] for name in names}
    dates = {line: parse_utc(said["due_utc"] or said["planned_utc"]) for line, said in first.items()}
    kept = all((end := ends[line]) is not None and end <= dates[line] for line in ends)
    lenient = timedelta(days=TOLERANCE_D)
    kept_by_contract = all((end := ends[line]) is not None and end <= dates[line] + lenient for line in ends)
    begun = min(received[name] for name in names)
    last = max(at for name in names for at in [delivered[name][0]]) if full else None
    handed = max(parse_utc(promised[name]["released_utc"]) for name in names)
    return Recount(
        full=full,
        on_time=kept,
        on_time_by_contract=kept_by_contract,
        papers=full and promised[names[0]]["mission_id"] not in waived and all(delivered[name][1] for name in names),
        unpacked=any(name in stowed or name in damaged for name in names),
        sound=not any(name in damaged for name in names),
        cycle_s=(last - begun).total_seconds() if last else None,
        net_s=(last - max(begun, handed)).total_seconds() if last else None,
    )


@pytest.fixture(scope="module")
def store() -> MemoryOperations:
    return a_log()


@pytest.fixture(scope="module")
def facts(store: MemoryOperations) -> Facts:
    return facts_of_log(store, store.view)


@pytest.fixture(scope="module")
def scor(facts: Facts) -> dict[str, Measured]:
    return {one.kpi_id: one for one in measure_scor(facts)}


@pytest.fixture(scope="module")
def counted(store: MemoryOperations) -> list[Recount]:
    return list(recount(store).values())


def test_the_fixture_has_500_orders_and_every_fault(counted: list[Recount]) -> None:
    assert len(counted) == 500
    for fault in ("full", "on_time", "papers", "unpacked", "sound"):
        wrong = sum(not getattr(one, fault) for one in counted)
        assert 10 < wrong < 200, fault
    assert any(one.on_time_by_contract and not one.on_time for one in counted)


def share(good: int, whole: int) -> float:
    return 100.0 * good / whole


def test_reliability_equals_the_recount_exactly(scor: dict[str, Measured], counted: list[Recount]) -> None:
    seen = [one for one in counted if one.unpacked]
    assert scor["RL.2.1"].value == share(sum(one.full for one in counted), 500)
    assert scor["RL.2.2"].value == share(sum(one.on_time for one in counted), 500)
    assert scor["RL.2.2"].contractual == share(sum(one.on_time_by_contract for one in counted), 500)
    assert scor["RL.2.3"].value == share(sum(one.papers for one in counted), 500)
    assert scor["RL.2.4"].value == share(sum(one.sound for one in seen), len(seen))
    assert scor["OTIF"].value == share(sum(one.full and one.on_time for one in counted), 500)


def test_causes_of_papers_and_of_condition_are_papers_and_damage_whatever_else_is_wrong(scor: dict[str, Measured]) -> None:
    for metric, cause in (("RL.2.3", "papers incomplete"), ("RL.2.4", "damaged")):
        said = [one.why for one in scor[metric].causes]
        assert said
        assert all(cause in why for why in said), (metric, said)


def test_perfect_order_equals_the_recount_exactly_and_is_no_product(scor: dict[str, Measured], counted: list[Recount]) -> None:
    failed = [one for one in counted if not (one.full and one.on_time and one.papers) or (one.unpacked and not one.sound)]
    known = [one for one in counted if one in failed or one.unpacked]
    perfect = [one for one in known if one.full and one.on_time and one.papers and one.sound]
    assert scor["RL.1.1"].value == share(len(perfect), len(known))
    values = [scor[part].value for part in PARTS]
    least = min(value for value in values if value is not None)
    assert scor["RL.1.1"].value <= least
    product = 100.0
    for value in values:
        product *= (value or 0.0) / 100.0
    assert scor["RL.1.1"].value != pytest.approx(product, abs=0.1)


def test_cycle_times_equal_the_recount_exactly(scor: dict[str, Measured], counted: list[Recount]) -> None:
    gross = [one.cycle_s for one in counted if one.cycle_s is not None]
    net = [one.net_s for one in counted if one.net_s is not None]
    assert scor["RS.1.1"].value == pytest.approx(sum(gross) / len(gross) / 86_400, rel=1e-12)
    assert scor["RS.1.1 net"].value == pytest.approx(sum(net) / len(net) / 86_400, rel=1e-12)
    assert scor["RS.2.2"].value == 20.0  # processing begins twenty days before each lift-off
    assert len(scor["RS.2.2"].rows) == 50


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_perfect_order_is_at_most_the_least_of_its_parts_in_other_years(seed: int) -> None:
    other = a_log(seed)
    found = {one.kpi_id: one.value for one in measure_scor(facts_of_log(other, other.view))}
    assert found["RL.1.1"] is not None
    assert all(found["RL.1.1"] <= (found[part] or 0.0) for part in PARTS)
    assert found["RL.1.1"] <= (found["OTIF"] or 0.0)


def test_an_order_that_is_not_due_yet_is_not_decided(facts: Facts) -> None:
    early = replace(facts, as_of_utc=facts.start_utc + timedelta(days=100))
    decided = [one for one in orders_of(early) if one.decided]
    assert 0 < len(decided) < 500
    assert all(one.due_utc is not None and one.due_utc <= early.as_of_utc for one in decided)


def test_every_metric_states_edition_and_evidence_and_what_is_missing_where_it_has_no_value(scor: dict[str, Measured]) -> None:
    assert list(scor) == [one.metric_id for one in SCOR_METRICS]
    assert all(one.edition in ("SCOR 10/11", "none") for one in SCOR_METRICS)
    assert all(one.evidence.startswith(("source:", "memory:", "own:")) for one in SCOR_METRICS)
    for one in scor.values():
        assert (one.value is None) == one.note.startswith("missing: "), one.kpi_id
        assert one.met is None


def test_the_documented_table_is_the_table_of_the_code() -> None:
    assert describe_scor() in DOCS.read_text(encoding="utf-8")


def test_a_plan_knows_neither_papers_nor_condition_nor_who_paid_when() -> None:
    found = {one.kpi_id: one for one in measure_scor(facts_of_plan(a_big_plan(12, 200)))}
    for metric in ("RL.1.1", "RL.2.3", "RL.2.4", "AM.1.1", "AG.1.4"):
        assert found[metric].value is None, metric
    assert found["OTIF"].value is not None
    assert f"at most on time in full: {found['OTIF'].value:.1f} %" in found["RL.1.1"].note


def test_costs_by_process_add_up_to_the_whole_and_equal_costs_csv() -> None:
    plan = a_big_plan(12, 200)
    found = {one.kpi_id: one.value or 0.0 for one in measure_scor(facts_of_plan(plan))}
    rows = [row for row in plan.costs if not row.account.startswith("revenue") and row.paid_by == "service" and row.mission_id]
    level_two = [found[f"CO.2.{number}"] for number in range(1, 6)] + [found["CO.2 enable"]]
    assert found["CO.1.1"] == pytest.approx(sum(row.plan_usd for row in rows), abs=0.5)
    assert found["CO.1.1"] == pytest.approx(sum(level_two), rel=1e-12)
    direct = [row.plan_usd for row in rows if row.scor_process in ("source", "make", "deliver")]
    assert found["CO.1.2"] == pytest.approx(sum(direct), abs=0.5)


def test_what_the_books_give_makes_the_rest() -> None:
    facts = facts_of_plan(a_big_plan(12, 200))
    given = Given(
        dso_d=45.0, dpo_d=30.0, capital_percent=8.0, storage_percent=1.0, obsolescence_percent=2.0, insurance_percent=1.0,
        value_at_risk_usd=3e6,
    )  # fmt: skip
    found = {one.kpi_id: one for one in measure_scor(facts, given=given)}
    assert found["AG.1.4"].value == 3e6
    if found["SUPPLY"].value is not None:
        assert found["AM.1.1"].value == pytest.approx(found["SUPPLY"].value + 15.0)
        assert found["SUPPLY"].value == pytest.approx(365.0 / (found["TURNS"].value or 1.0))
    else:
        assert "stock" in found["TURNS"].note
