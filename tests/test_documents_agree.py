"""Documents that speak of one thing say the same of it: masses, shares on time, advice, dates and owners."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from supercargo.app.deliverables import ReportAsked, hold, make_documents
from supercargo.measure.partners import Partners, score_partners
from supercargo.measure.summary import LeftBehind, summarise
from supercargo.report.blocks import Decision, Document, Table
from supercargo.report.deliverables.dues import before_contracts, before_next_plan
from supercargo.report.deliverables.held import Held
from supercargo.store import read_chances
from tests.cli_runner import run


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    place = tmp_path_factory.mktemp("agree")
    for words in (("new", str(place / "tiny"), "--from", "tiny"), ("plan", str(place / "tiny"), "--out", str(place / "plan"))):
        told = run(*words)
        assert told.code == 0, told.err
    return hold(ReportAsked(place / "plan", runs=10, workers=1))


def table(document: Document, title: str) -> Table:
    (found,) = [block for block in document.blocks if isinstance(block, Table) and block.title == title]
    return found


def column(told: Table, name: str) -> dict[str, object]:
    at = [one.name for one in told.columns].index(name)
    return {str(row[0]): row[at] for row in told.rows}


def decision(held: Held, doc_id: str, question: str) -> Decision:
    (document,) = make_documents(held, [doc_id])
    (found,) = [block for block in document.blocks if isinstance(block, Decision) and block.question.startswith(question)]
    return found


def test_d14_tells_the_mass_that_d6_draws_from_each_supplier_beside_its_own(held: Held) -> None:
    d14, d6 = make_documents(held, ["D14", "D6"])
    drawn = column(table(d6, "Suppliers"), "mass")
    assert column(table(d14, "How suppliers do"), "supplies by D6") == drawn
    assert any(isinstance(mass, float) and mass > 0 for mass in drawn.values())


def test_a_customers_share_on_time_is_of_lines_and_counts_those_left_behind(held: Held) -> None:
    rows = list(held.plan.manifest)
    at = next(n for n, row in enumerate(rows) if row.direction == "up" and row.due_utc and row.mission_id)
    rows[at] = replace(rows[at], mission_id="", delivered_utc=None, reason="flights full")
    plan = replace(held.plan, manifest=tuple(rows))
    partners = score_partners(Partners(plan, read_chances(plan.scenario)))
    told = {one.partner: one.on_time_percent for one in partners if one.role == "customer"}
    service = {one.customer: one.on_time.strict_percent for one in summarise(plan).customers}
    assert service[rows[at].customer] != 100.0
    for customer, percent in service.items():
        assert told[customer] == (None if percent is None else pytest.approx(percent, abs=1e-3))


def left(reason: str) -> LeftBehind:
    return LeftBehind(reason=reason, lines_count=2, mass_kg=50.0, must_count=0, priorities=(2, 0, 0, 0, 0), example="x")


@pytest.mark.parametrize(
    ("reasons", "has", "lacks"),
    [
        (("a piece fits no bay",), "smaller pieces", "Swap"),
        (("flights full",), "Swap first", "smaller pieces"),
        (("more than a flight can take",), "split", "Swap"),
        (("a piece fits no bay", "flights full"), "Swap the others", "Swap first"),
    ],
)
def test_a_swap_is_advised_only_for_lines_that_would_fit(held: Held, reasons: tuple[str, ...], has: str, lacks: str) -> None:
    summary = replace(held.summary, left_behind=tuple(left(one) for one in reasons))
    advice = decision(replace(held, summary=summary), "D1", "What happens to the urgent lines").advice
    assert has in advice
    assert lacks not in advice


def test_prices_are_decided_before_what_hangs_on_them_and_by_one_owner(held: Held) -> None:
    price, capacity = decision(held, "D15", "Which price"), decision(held, "D15", "Which capacity")
    assert datetime.fromisoformat(price.due[:10]) <= datetime.fromisoformat(capacity.due[:10])
    assert before_contracts(held)[:10] <= before_next_plan(held)[:10]
    below = [
        one for one in make_documents(held, ["D12"])[0].blocks if isinstance(one, Decision) and "below full" in one.question
    ]
    assert {one.owner for one in below} <= {price.owner}


def test_a_contract_that_ends_before_the_next_plan_sets_the_date(held: Held) -> None:
    scenario = held.plan.scenario
    early = scenario.settings.start_utc + timedelta(days=90)
    contracts = tuple(replace(one, to_utc=early) for one in scenario.contracts)
    plan = replace(held.plan, scenario=replace(scenario, contracts=contracts))
    assert before_contracts(replace(held, plan=plan)).startswith(f"{early:%Y-%m-%d}")
