"""Technologies, partners and the market: the best roadmap, what hangs on whom, shares that are K13's, options that add up."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from supercargo.kernel import ScenarioError, Status
from supercargo.measure.candidates import value_candidates
from supercargo.measure.contingencies import NO_EFFECT, Effect, read_changes
from supercargo.measure.market import ALL, logit_of, price_curve, price_segments, segments_of
from supercargo.measure.partners import Partners, concentrations, score_partners
from supercargo.model import (
    CHANCES,
    TIMELINE_MONTHS,
    CapacityOption,
    Chances,
    Competitor,
    Known,
    MarketSegment,
    PartnerCandidate,
    SegmentRow,
    Technology,
)
from supercargo.plan.roadmap import (
    RoadmapTerms,
    choose_roadmap,
    frontier,
    phase_of,
    spending,
    worth_from,
    worth_of_roadmap,
)
from supercargo.report.deliverables.strategy_parts import budget_number
from supercargo.simulate.capacity import Demand, tornado_of, value_options
from supercargo.simulate.courses import Drawing
from supercargo.simulate.technologies import value_technologies, value_together
from supercargo.store import read_chances, read_plan, read_scenario, read_strategy, write_scenario
from tests.builders import FACT, a_scenario
from tests.cli_runner import run
from tests.plans import a_plan

PLAN = a_plan()
KNOWN = Known(CHANCES, ("Hub",), ("launch", "mission control"))


def a_technology(**changes: Any) -> Technology:
    base: dict[str, Any] = {
        "technology_id": "T", "title": "tags", "kind": "tracking", "changes": ("loss_usd*0.9",), "cost_usd": 10e6,
        "running_usd": 1e6, "introduction_months": 6, "earliest_month": 1, "life_years": 5.0,
    }  # fmt: skip
    return Technology(**{**base, **FACT, **changes})


def a_segment(**changes: Any) -> MarketSegment:
    base: dict[str, Any] = {
        "segment": "stations", "destinations": ("Hub",), "elasticity": -2.0, "growth_fraction": 0.1, "spread_fraction": 0.2,
    }  # fmt: skip
    return MarketSegment(**{**base, **FACT, **changes})


def an_option(**changes: Any) -> CapacityOption:
    base: dict[str, Any] = {
        "option": "hall", "title": "a hall", "segment": "stations", "capacity_kg": 1000.0, "capex_usd": 5e6, "fixed_usd": 0.0,
        "usd_per_kg": 2000.0, "build_years": 0, "life_years": 3, "wait_years": 2, "discount_fraction": 0.1,
        "riskfree_fraction": 0.03,
    }  # fmt: skip
    return CapacityOption(**{**base, **FACT, **changes})


def partners() -> Partners:
    return Partners(PLAN, read_chances(PLAN.scenario))


# --- what a technology changes


def test_a_change_of_an_account_or_a_turnaround_is_read_beside_those_of_contingencies() -> None:
    effect = read_changes("T", ("cost/launch*0.9", "turnaround/tail*0.5", "slip.size*0.8"), KNOWN, file="technologies.csv")
    assert effect == Effect(factors=(("slip", "size", 0.8),), accounts=(("launch", 0.9),), turnarounds=(("tail", 0.5),))


def test_every_change_that_can_not_be_read_is_named_with_its_file() -> None:
    words = ("cost/tea*0.9", "turnaround/crew*0.5", "cost/launch", "turnaround/tail*-1", "nonsense")
    with pytest.raises(ScenarioError) as refused:
        read_changes("T", words, KNOWN, file="technologies.csv")
    assert len(refused.value.faults) == 5
    assert {fault.file for fault in refused.value.faults} == {"technologies.csv"}
    with pytest.raises(ScenarioError, match="changes nothing"):
        read_changes("T", (), KNOWN, file="technologies.csv")


OPTIONS = (
    "option,title,segment,capacity_kg,capex_usd,fixed_usd,usd_per_kg,build_years,life_years,wait_years,discount_fraction,"
    "riskfree_fraction,source,as_of,evidence\n"
    "hall,a hall,{},20000,55000000,9000000,5200,1,8,3,0.1,0.03,s,2026-11-27,assumption\n"
)


def test_an_option_may_name_a_segment_of_the_template_that_stands_for_the_scenarios_own(tmp_path: Path) -> None:
    assert run("new", str(tmp_path / "tiny"), "--from", "tiny").code == 0
    (tmp_path / "tiny" / "capacity_options.csv").write_text(OPTIONS.format("commercial stations"))
    told = run("check", str(tmp_path / "tiny"))
    assert told.code == 0, told.err
    scenario = read_scenario(tmp_path / "tiny")
    tables = read_strategy(scenario)
    assert [one.option for one in tables.capacity_options] == ["hall"]
    assert tables.capacity_options[0].segment in {one.segment for one in tables.market_segments}


def test_an_option_of_a_segment_that_neither_the_scenario_nor_its_template_has_is_a_fault(tmp_path: Path) -> None:
    assert run("new", str(tmp_path / "tiny"), "--from", "tiny").code == 0
    (tmp_path / "tiny" / "capacity_options.csv").write_text(OPTIONS.format("Moon"))
    told = run("check", str(tmp_path / "tiny"))
    assert told.code == 2
    assert "'Moon' does not stand in market_segments.csv" in told.err


def test_check_names_every_change_of_technologies_and_contingencies_that_can_not_be_read(tmp_path: Path) -> None:
    write_scenario(a_scenario(), tmp_path / "year")
    words = ("bogus*0.9", "cost/launch*nan;cost/launch*-1", "cost/launch*5000", "", "cost/tea*0.5", "cost/launch*0.9")
    head = "title,changes,cost_usd,introduction_months,earliest_month,life_years,source,as_of,evidence,technology_id,kind\n"
    rows = "".join(f"t,{word},1,5,3,8,s,2026-12-01,assumption,T{at},tracking\n" for at, word in enumerate(words))
    (tmp_path / "year" / "technologies.csv").write_text(head + rows)
    head = "contingency_id,title,changes,cost_usd,source,as_of,evidence\n"
    (tmp_path / "year" / "contingencies.csv").write_text(head + "C,t,storm.size*0.5,1,s,2026-12-01,assumption\n")
    told = run("check", str(tmp_path / "year"))
    assert told.code == 2
    for row, name in enumerate(("T0: 'bogus*0.9'", "T1: 'cost/launch*", "T2: 'cost/l", "T3 changes nothing", "T4: there"), 2):
        assert f"technologies.csv row {row} column changes: {name}" in told.err
    assert told.err.count("technologies.csv row") == 6
    assert "contingencies.csv row 2 column changes: C: there is no chance 'storm'" in told.err


def test_half_an_effect_twice_over_is_weaker_than_the_whole_and_joined_effects_multiply() -> None:
    whole = Effect(accounts=(("launch", 0.8),), loss_factor=0.5, stock_d=(("*", 4.0),))
    assert whole.scaled(0.5) == Effect(accounts=(("launch", 0.9),), loss_factor=0.75, stock_d=(("*", 2.0),))
    assert whole.scaled(3.0).loss_factor == 0.0
    assert whole.joined(whole).loss_factor == 0.25
    assert whole.joined(NO_EFFECT) == whole


def test_a_cheaper_account_saves_its_share_of_what_the_service_pays_when_nothing_happens() -> None:
    account = next(row.account for row in PLAN.costs if row.paid_by == "service" and not row.account.startswith("revenue"))
    paid = sum(row.plan_usd for row in PLAN.costs if row.account == account and row.paid_by == "service" and row.mission_id)
    effects = {"T": Effect(accounts=((account, 0.75),)), "none": NO_EFFECT}
    valued = value_technologies(PLAN, Chances(rows=()), effects, Drawing(1, 2))
    cheaper, nothing = valued.worths
    assert cheaper.yearly_usd == pytest.approx(0.25 * paid, abs=0.02)
    assert cheaper.half_usd == pytest.approx(0.125 * paid, abs=0.02)
    assert nothing.yearly_usd == nothing.yearly_low_usd == nothing.yearly_high_usd == 0.0


def test_together_technologies_save_what_their_factors_leave_of_an_account() -> None:
    one = Effect(accounts=(("launch", 0.8),))
    alone = value_technologies(PLAN, Chances(rows=()), {"T": one}, Drawing(1, 2)).worths[0].yearly_usd
    both = value_together(PLAN, Chances(rows=()), [one, one], Drawing(1, 2)).yearly_usd
    assert alone > 0
    assert both == pytest.approx(alone / 0.2 * (1 - 0.8 * 0.8), abs=0.05)


def test_a_quicker_turnaround_never_makes_a_mission_later() -> None:
    chances = read_chances(PLAN.scenario)
    quick = Effect(turnarounds=(("tail", 0.0), ("pad", 0.0), ("processing", 0.0)))
    drawing = Drawing(3, 40)
    valued = value_technologies(PLAN, chances, {"quick": quick}, drawing)
    assert valued.worths[0].short_d_saved >= 0.0


# --- the roadmap


def brute_force(technologies: list[Technology], yearly: dict[str, float], terms: RoadmapTerms) -> float:
    """The largest worth over every set and every start month, by looking at them all."""
    best = 0.0
    starts = [[None, *range(one.earliest_month, TIMELINE_MONTHS - one.introduction_months + 2)] for one in technologies]
    for picked in itertools.product(*starts):
        roadmap = {one.technology_id: month for one, month in zip(technologies, picked, strict=True) if month is not None}
        chosen = [one for one in technologies if one.technology_id in roadmap]
        if sum(one.cost_usd for one in chosen) > terms.budget_usd:
            continue
        ready = {one.technology_id: roadmap[one.technology_id] + one.introduction_months for one in chosen}
        if any(need not in ready or ready[need] > roadmap[one.technology_id] for one in chosen for need in one.needs):
            continue
        busy = [
            sum(roadmap[one.technology_id] <= month < ready[one.technology_id] for one in chosen) for month in range(1, 25)
        ]
        if max(busy) > terms.at_once_count:
            continue
        best = max(best, worth_of_roadmap(technologies, yearly, roadmap, terms))
    return best


@pytest.mark.parametrize("seed", range(6))
def test_the_roadmap_is_the_best_of_all_that_there_are(seed: int) -> None:
    rng = np.random.default_rng(seed)
    technologies = [
        a_technology(
            technology_id=name,
            cost_usd=float(rng.integers(2, 20)) * 1e6,
            running_usd=0.0,
            introduction_months=int(rng.integers(8, 13)),
            earliest_month=int(rng.integers(1, 8)),
            needs=needs,
        )
        for name, needs in (("A", ()), ("B", ("A",)), ("C", ()), ("D", ("C",)))
    ]
    yearly = {one.technology_id: float(rng.integers(0, 9)) * 1e6 for one in technologies}
    terms = RoadmapTerms(budget_usd=float(rng.integers(15, 45)) * 1e6, at_once_count=int(rng.integers(1, 3)))
    outcome = choose_roadmap(technologies, yearly, terms)
    assert outcome.status == Status.OPTIMAL
    assert -outcome.objective == pytest.approx(brute_force(technologies, yearly, terms), abs=1.0)
    assert outcome.bound == pytest.approx(outcome.objective, abs=1.0)


def test_a_worth_is_the_sum_of_its_discounted_months() -> None:
    one = a_technology(cost_usd=12e6, running_usd=0.0, introduction_months=2, life_years=0.25)
    terms = RoadmapTerms(budget_usd=1e9, discount_fraction=0.21)
    flows = [-6e6, -6e6, 1e6, 1e6, 1e6]
    by_hand = sum(flow / 1.21 ** ((at + 0.5) / 12) for at, flow in enumerate(flows))
    assert worth_from(one, 12e6, 1, terms) == pytest.approx(by_hand)
    assert worth_from(one, 12e6, 1, replace(terms, discount_fraction=0.0)) == pytest.approx(-9e6)


def test_more_money_never_makes_the_best_roadmap_worse_and_none_introduces_nothing() -> None:
    technologies = [a_technology(technology_id=name, cost_usd=cost) for name, cost in (("A", 4e6), ("B", 9e6), ("C", 12e6))]
    rows = frontier(technologies, {"A": 3e6, "B": 5e6, "C": 8e6}, RoadmapTerms(budget_usd=13e6))
    worths = [row.worth_usd for row in rows]
    assert worths == sorted(worths)
    assert (rows[0].budget_usd, rows[0].technologies) == (0.0, ())
    assert all(row.spent_usd <= row.budget_usd and row.worth_usd <= row.bound_usd + 0.01 for row in rows)
    assert 13e6 in [row.budget_usd for row in rows]


def test_each_budget_of_the_frontier_has_a_number_of_its_own_however_small() -> None:
    cheap = [a_technology(technology_id="A", cost_usd=0.0), a_technology(technology_id="B", cost_usd=1.0)]
    rows = frontier(cheap, {"A": 3e6, "B": 5e6}, RoadmapTerms(budget_usd=0.5))
    keys = [budget_number(row, "budget").key for row in rows]
    assert len(set(keys)) == len(rows) == 9
    assert keys[0] == "strategy.frontier.0.budget_usd"
    assert keys[1] == "strategy.frontier.0.12.budget_usd"


def test_what_is_spent_by_month_adds_up_to_what_the_roadmap_costs() -> None:
    technologies = [a_technology(technology_id="A", cost_usd=7e6), a_technology(technology_id="B", introduction_months=3)]
    rows = spending(technologies, {"A": 2, "B": 6})
    assert len(rows) == TIMELINE_MONTHS
    assert math.fsum(row.spent_usd for row in rows) == pytest.approx(17e6, abs=1.0)
    assert [row.month for row in rows if row.under_way_count == 2] == [6, 7]
    assert phase_of(24) == 3


def test_what_can_not_be_ready_in_time_is_not_started() -> None:
    late = a_technology(introduction_months=12, earliest_month=14)
    outcome = choose_roadmap([late], {"T": 1e9}, RoadmapTerms(budget_usd=1e9))
    assert (outcome.best, outcome.objective) == ({}, 0.0)


# --- partners


def test_revenue_and_cargo_of_the_carriers_of_each_role_add_up_to_the_plan() -> None:
    rows = score_partners(partners())
    up = sum(row.mass_kg for row in PLAN.manifest if row.direction == "up" and row.mission_id)
    flown = sum(row.plan_usd for row in PLAN.costs if row.account.startswith("revenue") and row.mission_id)
    for role in ("spacecraft", "launch", "site", "facility"):
        own = [row for row in rows if row.role == role]
        assert sum(row.up_kg for row in own) == pytest.approx(up, abs=0.01)
        assert sum(row.revenue_usd for row in own) == pytest.approx(flown, abs=0.05)
        assert sum(row.capacity_percent for row in own) == pytest.approx(100.0, abs=0.01)
        assert sum(row.missions_count for row in own) == len(PLAN.missions)


def test_with_the_only_carrier_everything_that_it_flies_goes_to_the_cent() -> None:
    rows = {(row.role, row.partner): row for row in score_partners(partners())}
    (carrier,) = [row for (role, _), row in rows.items() if role == "spacecraft"]
    assert carrier.alone_count == len(PLAN.missions)
    margin = sum(
        row.plan_usd if row.account.startswith("revenue") else -row.plan_usd if row.paid_by == "service" else 0.0
        for row in PLAN.costs
        if row.mission_id
    )
    assert carrier.loss_usd == pytest.approx(margin, abs=0.05)
    assert carrier.keep_usd >= carrier.loss_usd - 0.01


def test_a_flight_with_another_way_does_not_hang_on_its_site() -> None:
    scenario = PLAN.scenario
    pads = (*scenario.pads, replace(scenario.pads[0], site="Elsewhere", pad="1"))
    rooms = (*scenario.facilities, replace(scenario.facilities[0], facility_id="Hall E", site="Elsewhere"))
    open_requests = tuple(replace(one, sites=()) for one in scenario.missions)
    wide = replace(PLAN, scenario=replace(scenario, pads=pads, facilities=rooms, missions=open_requests))
    held = Partners(wide, read_chances(scenario))
    site = [row for row in score_partners(held) if row.role == "site"]
    assert [row.alone_count for row in site] == [0]
    assert site[0].missions_count == len(PLAN.missions)


def test_scores_lie_between_0_and_100_and_an_idle_supplier_has_none() -> None:
    rows = score_partners(partners())
    assert all(0 <= row.score <= 100 for row in rows if row.score is not None)
    assert all((row.score is None) == (row.up_kg == 0) for row in rows)


def test_concentration_of_one_carrier_is_ten_thousand() -> None:
    told = {(row.role, row.measure): row for row in concentrations(score_partners(partners()))}
    assert told["spacecraft", "cargo up"].index == 10_000.0
    assert told["spacecraft", "cargo up"].index_without_largest is None
    assert told["customer", "revenue"].band


def test_a_customer_brings_what_finds_room_and_no_more() -> None:
    held = partners()
    base: dict[str, Any] = {
        "candidate": "N",
        "role": "customer",
        "destinations": ("Hub",),
        "usd_per_kg": 99_000.0,
        "cost_usd": 0.0,
    }
    small, large = (PartnerCandidate(**{**base, **FACT, "up_kg": kg, "cost_usd": 0.0}) for kg in (1.0, 1e9))
    room = sum(one.upmass_capacity_kg - one.upmass_kg for one in PLAN.missions if one.destination == "Hub")
    (one,), (other,) = (value_candidates(held, [candidate], ()) for candidate in (small, large))
    assert one.carried_kg == 1.0
    assert other.carried_kg == pytest.approx(room, abs=0.01)
    assert one.worth_usd == one.worth_with_room_usd
    assert one.worth_usd < other.worth_usd < other.worth_with_room_usd


def test_a_second_source_averts_its_chance_of_the_margin_that_hangs_on_the_first() -> None:
    held = partners()
    rows = score_partners(held)
    (carrier,) = [row for row in rows if row.role == "spacecraft"]
    candidate = PartnerCandidate(
        candidate="S", role="spacecraft", stands_in_for=carrier.partner, outage_probability=0.1, cost_usd=1000.0, **FACT
    )
    (row,) = value_candidates(held, [candidate], rows)
    assert row.worth_usd == pytest.approx(0.1 * carrier.keep_usd - 1000.0, abs=0.01)


# --- the market


def test_the_whole_market_has_the_share_of_k13(tiny: Path) -> None:
    plan = read_plan(tiny)
    tables = read_strategy(plan.scenario)
    rows = segments_of(Partners(plan, read_chances(plan.scenario)), tables.market_segments, tables.competitors)
    (k13,) = [kpi for kpi in plan.kpis if kpi.kpi_id == "K13"]
    assert rows[-1].segment == ALL
    assert rows[-1].share_percent == pytest.approx(k13.value, abs=1e-5)
    parts = [row for row in rows if row.segment != ALL]
    assert sum(row.ours_kg for row in parts) == pytest.approx(rows[-1].ours_kg, abs=0.01)


def a_market_row(**changes: Any) -> SegmentRow:
    base: dict[str, Any] = {
        "segment": "stations", "destinations": ("Hub",), "market_kg": 100_000.0, "ours_kg": 40_000.0, "share_percent": 40.0,
        "revenue_usd": 4e8, "up_kg": 40_000.0, "capacity_kg": 41_000.0, "usd_per_kg": 10_000.0, "cost_usd_per_kg": 6000.0,
    }  # fmt: skip
    return SegmentRow(**{**base, **changes})


WHOLE = a_market_row(segment=ALL, market_kg=200_000.0, ours_kg=100_000.0, share_percent=50.0)
RIVALS = [Competitor(segment="stations", competitor="R", rest_fraction=0.5, usd_per_kg=9000.0, **FACT)]


def test_a_logit_gives_back_the_share_and_elasticity_that_it_was_set_to() -> None:
    logit = logit_of(a_market_row(), -2.0, RIVALS)
    assert logit is not None
    assert logit.share(10_000.0) == pytest.approx(0.4)
    assert logit.elasticity(10_000.0) == pytest.approx(-2.0)
    assert logit.share(logit.price_of_share(0.25)) == pytest.approx(0.25)
    assert logit_of(a_market_row(share_percent=0.0, ours_kg=0.0), -2.0, RIVALS) is None
    assert logit_of(a_market_row(share_percent=100.0), -2.0, RIVALS) is None


def test_the_best_price_is_a_top_and_within_the_room_no_lower() -> None:
    (row,) = price_segments([a_market_row(), WHOLE], [a_segment()], RIVALS)
    assert abs(row.slope) < 1e-4
    assert row.curvature < 0
    assert row.best_margin_usd >= row.room_margin_usd >= row.margin_usd - 1.0
    assert row.room_usd_per_kg >= row.best_usd_per_kg
    assert row.steeper_usd_per_kg < row.best_usd_per_kg < row.flatter_usd_per_kg
    assert row.whole_percent == 50.0
    assert row.room_whole_percent == pytest.approx(50.0 + (row.room_share_percent - 40.0) / 2, abs=1e-5)
    curve = price_curve(row, a_market_row(), RIVALS)
    assert max(point.margin_usd for point in curve) <= row.best_margin_usd + 0.01


def test_a_price_that_would_bring_more_than_flights_can_carry_is_told_with_what_is_missing() -> None:
    (row,) = price_segments([a_market_row(cost_usd_per_kg=1000.0), WHOLE], [a_segment(elasticity=-4.0)], RIVALS)
    assert row.missing_kg > 0
    logit = logit_of(a_market_row(cost_usd_per_kg=1000.0), -4.0, RIVALS)
    assert logit is not None
    assert logit.mass_kg * logit.share(row.room_usd_per_kg) == pytest.approx(41_000.0, rel=1e-4)


DEMAND = Demand(ours_kg=5000.0, capacity_kg=5000.0, usd_per_kg=8000.0, growth_fraction=0.1, spread_fraction=0.0)


def test_an_option_without_spread_is_worth_its_discounted_flows() -> None:
    (row,) = value_options([an_option()], {"stations": DEMAND}, seed=1, count=50)
    sold = [min(1000.0, 5000.0 * 1.1**year - 5000.0) for year in (1, 2, 3)]
    by_hand = sum(kg * 6000.0 / 1.1**year for year, kg in enumerate(sold, 1)) - 5e6
    assert row.worth_usd == pytest.approx(by_hand, abs=0.05)
    assert row.worth_low_usd == row.worth_high_usd == row.p05_usd == row.tail_usd == row.worth_usd


def test_drawn_demand_grows_by_its_mean_and_strays_by_its_spread() -> None:
    normals = np.random.default_rng(5).standard_normal((40_000, 3))
    kg = replace(DEMAND, spread_fraction=0.3).paths(normals)
    assert kg.mean(axis=0) == pytest.approx(5000.0 * np.array([1.1, 1.21, 1.331]), rel=0.01)
    assert np.log(kg[:, 0]).std() == pytest.approx(0.3, rel=0.02)


def test_the_right_to_wait_is_worth_no_less_than_beginning_and_more_spread_makes_it_dearer() -> None:
    calm, wild = (
        value_options([an_option(capex_usd=12e6)], {"stations": replace(DEMAND, spread_fraction=spread)}, seed=1, count=2000)[
            0
        ]
        for spread in (0.1, 0.5)
    )
    for row in (calm, wild):
        assert row.wait_usd >= max(0.0, row.worth_usd) - 0.01
        assert row.p05_usd <= row.p50_usd <= row.p95_usd
        assert row.tail_usd <= row.p05_usd
    assert wild.volatility > calm.volatility


def test_what_costs_more_than_it_can_ever_earn_is_left() -> None:
    (row,) = value_options([an_option(usd_per_kg=9000.0)], {"stations": DEMAND}, seed=1, count=100)
    assert (row.verdict, row.wait_usd) == ("leave", 0.0)


def test_an_option_is_never_valued_on_a_cheaper_kilogram_than_the_plans_own() -> None:
    dear = replace(DEMAND, cost_usd_per_kg=7000.0)
    (row,) = value_options([an_option()], {"stations": dear}, seed=1, count=50)
    sold = [min(1000.0, 5000.0 * 1.1**year - 5000.0) for year in (1, 2, 3)]
    assert row.cost_usd_per_kg == 7000.0
    assert row.worth_usd == pytest.approx(sum(kg * 1000.0 / 1.1**year for year, kg in enumerate(sold, 1)) - 5e6, abs=0.05)
    (own,) = value_options([an_option()], {"stations": replace(DEMAND, cost_usd_per_kg=1.0)}, seed=1, count=50)
    assert own.cost_usd_per_kg == an_option().usd_per_kg
    rows = {one.assumption: one for one in tornado_of([an_option()], {"stations": dear}, seed=1, count=50)}
    assert rows["cost of a kilogram"].base_usd == row.worth_usd


def test_a_price_that_empties_a_segment_leaves_nothing_for_an_option_to_carry() -> None:
    (price,) = price_segments([a_market_row(), WHOLE], [a_segment()], RIVALS)
    asked = replace(
        price, room_usd_per_kg=9500.0, room_share_percent=price.share_percent / 4, room_margin_usd=price.margin_usd + 1
    )
    priced = DEMAND.priced(asked)
    assert priced.ours_kg == pytest.approx(1250.0)
    assert priced.usd_per_kg == 9500.0
    (row,) = value_options([an_option()], {"stations": priced}, seed=1, count=50, today={"stations": DEMAND})
    assert (row.verdict, row.fill_percent, row.price_usd_per_kg) == ("leave", 0.0, 9500.0)
    (before,) = value_options([an_option()], {"stations": DEMAND}, seed=1, count=50)
    assert row.today_usd == before.worth_usd > 0
    assert DEMAND.priced(replace(asked, room_margin_usd=price.margin_usd - 1)) == DEMAND
    assert DEMAND.priced(None) == DEMAND


def test_assumptions_move_the_worth_the_way_they_must_and_the_widest_stands_first() -> None:
    demand = replace(DEMAND, spread_fraction=0.2)
    rows = tornado_of([an_option()], {"stations": demand}, seed=1, count=500)
    swings = [row.swing_usd for row in rows]
    assert swings == sorted(swings, reverse=True)
    named = {row.assumption: row for row in rows}
    assert named["capital"].low_usd - named["capital"].high_usd == pytest.approx(0.4 * 5e6, abs=0.05)
    assert named["price"].low_usd < named["price"].base_usd < named["price"].high_usd
    assert named["cost of a kilogram"].low_usd > named["cost of a kilogram"].high_usd
    (row,) = value_options([an_option()], {"stations": demand}, seed=1, count=500)
    assert row.worth_usd == named["price"].base_usd


# --- files and the command


def test_templates_hold_assumptions_alone_and_only_what_the_scenario_has() -> None:
    tables = read_strategy(a_scenario())
    assert [*tables.market_segments, *tables.competitors, *tables.capacity_options] == []
    assert {one.evidence for one in tables.technologies} == {"assumption"}
    assert len(tables.templates) == 5
    own = read_strategy(a_scenario(technologies=(a_technology(),)))
    assert [one.technology_id for one in own.technologies] == ["T"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("strategy")
    assert run("new", str(root / "year"), "--from", "tiny").code == 0
    assert run("plan", str(root / "year"), "--out", str(root / "plan")).code == 0
    return root / "plan"


def test_own_tables_are_written_and_read_again(tmp_path: Path) -> None:
    scenario = a_scenario(technologies=(a_technology(),), market_segments=(a_segment(),), capacity_options=(an_option(),))
    write_scenario(scenario, tmp_path / "year")
    again = read_scenario(tmp_path / "year")
    assert again.technologies == scenario.technologies
    assert again.market_segments == scenario.market_segments
    assert again.capacity_options == scenario.capacity_options


def test_needs_in_a_circle_segments_that_overlap_and_rivals_that_share_too_much_are_named_at_once(tmp_path: Path) -> None:
    scenario = a_scenario(
        technologies=(
            a_technology(technology_id="A", needs=("B",)),
            a_technology(technology_id="B", needs=("A",)),
            a_technology(technology_id="C", needs=("Z",)),
        ),
        market_segments=(a_segment(), a_segment(segment="others")),
        competitors=(RIVALS[0], replace(RIVALS[0], competitor="Q", rest_fraction=0.6)),
        partner_candidates=(
            PartnerCandidate(candidate="N", role="customer", cost_usd=0.0, **FACT),
            PartnerCandidate(candidate="S", role="launch", stands_in_for="Nobody", cost_usd=0.0, **FACT),
        ),
    )
    write_scenario(scenario, tmp_path / "year")
    with pytest.raises(ScenarioError) as refused:
        read_scenario(tmp_path / "year")
    told = [(fault.file, fault.column) for fault in refused.value.faults]
    assert told.count(("technologies.csv", "needs")) == 3
    assert ("market_segments.csv", "destinations") in told
    assert ("competitors.csv", "rest_fraction") in told
    assert {("partner_candidates.csv", name) for name in ("destinations", "up_kg", "usd_per_kg", "stands_in_for")} <= set(told)


def test_the_command_tells_all_parts_and_writes_page_and_workbook(tiny: Path, tmp_path: Path) -> None:
    words = ("strategy", str(tiny), "--runs", "10", "--demands", "200", "--out", str(tmp_path / "s.html"), "--xlsx",
             str(tmp_path / "s.xlsx"), "--json")  # fmt: skip
    told = json.loads(run(*words).out)
    assert told["roadmap"]["status"] == "optimal"
    assert told["roadmap"]["spent_usd"] <= told["roadmap"]["budget_usd"]
    assert all(told[part] for part in ("partners", "segments", "frontier"))
    assert len(told["spending"]) == TIMELINE_MONTHS
    page = (tmp_path / "s.html").read_text()
    assert [word for word in ("<script", "https://") if word in page] == []
    assert (tmp_path / "s.xlsx").stat().st_size > 1000
    assert run(*words).code == 4
    assert run(*words, "--force").code == 0


def test_only_one_part_is_reviewed_where_one_is_asked_for(tiny: Path) -> None:
    told = json.loads(run("strategy", str(tiny), "--only", "market", "--demands", "50", "--json").out)
    assert told["segments"]
    assert (told["partners"], told["roadmap"], told["samples_count"]) == ([], None, 0)
    assert run("strategy", str(tiny), "--only", "weather").code == 2
    assert run("strategy", str(tiny), "--out", "x.txt").code == 2


def test_the_same_seed_gives_the_same_answer_and_another_does_not(tiny: Path) -> None:
    words = ("strategy", str(tiny), "--runs", "8", "--demands", "100", "--json", "--seed")
    one, two, three = (run(*words, seed).out for seed in ("5", "5", "6"))
    assert one == two
    one_worth, other_worth = ([row["yearly_usd"] for row in json.loads(told)["technologies"]] for told in (one, three))
    assert one_worth != other_worth
