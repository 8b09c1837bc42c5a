"""Documents that speak of one thing say the same of it: masses, shares on time, advice, dates and owners."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files

import pytest

from supercargo.app.deliverables import ReportAsked, hold, make_documents
from supercargo.measure.partners import Partners, score_partners
from supercargo.measure.summary import LeftBehind, summarise
from supercargo.model import InitiativeSaving
from supercargo.model.fleet import LifeOption
from supercargo.report.blocks import Decision, Document, Table, Text
from supercargo.report.deliverables.dues import before_contracts, before_next_plan
from supercargo.report.deliverables.held import Held, Unmade
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


def test_the_same_work_has_one_title_and_one_price_in_technologies_and_initiatives() -> None:
    place = files("supercargo") / "catalogue" / "strategy"
    told: dict[str, set[float]] = {}
    for file, price in (("technologies.csv", "cost_usd"), ("initiatives.csv", "one_off_usd")):
        for row in csv.DictReader((place / file).read_text(encoding="utf-8").splitlines()):
            told.setdefault(row["title"], set()).add(float(row[price]))
    assert len(told) > 20
    assert [title for title, prices in told.items() if len(prices) > 1] == []


def saving(name: str, payback_d: float | None, state: str = "idea") -> InitiativeSaving:
    return InitiativeSaving(
        rank=1, initiative_id=name, changes=(), accounts=(),
        title=name, aim="cost", way="recosted", owner="x", state=state, start_month=1, one_off_usd=10.0,
        payback_d=payback_d, saving_usd=5.0, evidence="assumption",
    )  # fmt: skip


def test_d5_says_what_a_contingency_avoids_and_what_the_account_of_insurance_is(held: Held) -> None:
    (document,) = make_documents(held, ["D5"])
    assert "is not in this column" in table(document, "Contingencies and what they are worth").note
    said = " ".join(block.words for block in document.blocks if isinstance(block, Text))
    assert ("the account of cargo insurance" in said) == (held.review.portfolio is not None)
    for one in document.blocks:
        if isinstance(one, Decision):
            state = {row.state for row in held.comply.rows if row.requirement_id in one.question}
            counts = {number.key.split(".")[1]: number.value for number in one.options[0].numbers}
            assert {name for name, count in counts.items() if count} == state & {"unmet", "no evidence"}


def test_only_what_pays_back_within_a_year_is_advised(held: Held) -> None:
    assert not isinstance(held.improvement_held, Unmade)
    rows = (saving("quick", 90.0), saving("slow", 900.0), saving("begun", 900.0, "approved"))
    programme = replace(held.improvement.programme, savings=rows)
    one = replace(held, improvement_held=replace(held.improvement, programme=programme))
    advice = decision(one, "D12", "Are the ideas approved").advice
    assert "Approve those that pay back within a year at what is meant: quick;" in advice
    assert "do not spend more on what does not pay back within a year: begun." in advice
    assert "slow" not in advice


def test_the_words_on_the_margin_of_futures_fit_its_sign(held: Held) -> None:
    assert held.simulated is not None
    planned = held.summary.money.margin_percent
    assert planned is not None
    for margin, has, lacks in ((planned - 5, "margin that is lower", "no gain"), (planned + 5, "no gain", "win back, and")):
        spreads = tuple(replace(one, mean=margin) if one.metric == "K10" else one for one in held.simulated.spreads)
        one = replace(held, simulated_held=replace(held.simulated, spreads=spreads))
        (document,) = make_documents(one, ["D1"])
        said = " ".join(block.words for block in document.blocks if isinstance(block, Text))
        assert has in said
        assert lacks not in said


def life(name: str) -> LifeOption:
    return LifeOption(
        vehicle_type=name, tails_count=1, flights_a_year=1.0, left_after_count=0.0, wanted_count=1.0, extended_count=1,
        gained_count=1.0, avoided_usd=9.0, cost_usd=1.0, net_usd=8.0, net_low_usd=5.0, net_high_usd=9.0,
        loss_probability=0.01, verdict="extend", evidence="assumption",
    )  # fmt: skip


def test_spacecraft_that_customers_bring_are_not_the_services_to_extend(held: Held) -> None:
    names = sorted({one.vehicle_type for one in held.plan.missions} | {"Spare"})
    fleet = replace(held.fleet, lives=tuple(life(name) for name in names))
    theirs = names[0]
    missions = tuple(replace(one, furnished_by="ACME" if one.vehicle_type == theirs else "") for one in held.plan.missions)
    one = replace(held, fleet_held=fleet, plan=replace(held.plan, missions=missions))
    asked = decision(one, "D2", "Which spacecraft")
    assert not any(option.name.startswith(theirs) for option in asked.options)
    assert f"Not the service's to extend, though it would pay: {theirs} (brought by ACME)" in asked.advice


def test_room_that_is_asked_for_where_loads_lose_money_is_told_in_both_documents(held: Held) -> None:
    first, *others = held.costs.by["destination"]
    losing = replace(first, revenue_usd=0.0, margin_usd=-first.service_usd)
    costs = replace(held.costs, by={**held.costs.by, "destination": (losing, *others)})
    gaps = tuple(
        replace(row, destination=losing.name, kind="pressurised", verdict="too little", left_kg=9e6)
        for row in held.fleet.gaps[:1]
    )
    one = replace(held, costs_held=costs, fleet_held=replace(held.fleet, gaps=(*held.fleet.gaps, *gaps)))
    assert f"Loads to {losing.name} pay less than they cost" in decision(one, "D2", "Where is room").advice
    assert "D2" in decision(one, "D12", "What is done about prices").advice


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
