"""Where a plan's cargo comes from, how it travels on the ground, what is kept of it, and what other policies are worth."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from functools import cache
from statistics import NormalDist
from typing import Any

import pytest

from supercargo.kernel import ScenarioError, days, days_between
from supercargo.measure.safety_stock import Supply, safety_kg, service_of, spread_kg
from supercargo.measure.stock_plan import Tweak, stock_planner, supply_of
from supercargo.measure.supply import review_supply
from supercargo.measure.supply_policies import spread_service
from supercargo.model import (
    GateTemplate,
    GroundLeg,
    Lane,
    OperationsPlan,
    StockTerm,
    Supplier,
    SupplierTerm,
    SupplyTables,
)
from supercargo.model.chances import Chance, Chances
from supercargo.model.supply import SOURCING_POLICIES, StockPlan, SupplyReport
from supercargo.plan.ground import HELD_MOST_D, find_routes, ship, value_of_together
from supercargo.plan.pipeline import OPTIMISED, plan_year
from supercargo.plan.sourcing import cells_of, source_supplies
from supercargo.report.stock_blocks import reserve_decision
from tests.builders import FACT, a_scenario

SAFE = Chances(rows=())
NORTH = Supplier(supplier="North", classes=("food", "spares"), place="Oslo", lead_time_d=40, usd_per_kg=100)
SOUTH = Supplier(supplier="South", classes=("food", "water", "science"), place="Rome", lead_time_d=20, usd_per_kg=130)
LANES = (
    Lane(from_place="Oslo", to_place="Cape", mode="sea", transit_d=20, usd_per_kg=1),
    Lane(from_place="Oslo", to_place="Cape", mode="air", transit_d=2, usd_per_kg=9),
    Lane(from_place="Rome", to_place="Oslo", mode="road", transit_d=3, usd_per_kg=20),
)


def a_leg(start: str, end: str, mode: str = "road", **changes: Any) -> GroundLeg:
    base: dict[str, Any] = {"transit_d": 2, "usd_per_kg": 1, "usd_per_shipment": 1000, "shipment_kg": 500}
    return GroundLeg(from_place=start, to_place=end, mode=mode, **{**base, **FACT, **changes})


def a_term(name: str, **changes: Any) -> StockTerm:
    base: dict[str, Any] = {"bought": True, "capital_fraction": 0.1, "storage_usd_per_kg_d": 0.0, "service_fraction": 0.95}
    return StockTerm(supply_class=name, **{**base, **FACT, **changes})


def a_supplier_term(name: str, **changes: Any) -> SupplierTerm:
    base: dict[str, Any] = {"order_usd": 500.0, "on_time_fraction": 0.9, "late_d": 5.0, "late_usd_per_kg": 10.0}
    return SupplierTerm(supplier=name, **{**base, **FACT, **changes})


TABLES = SupplyTables(
    lives=(),
    stock_terms=(a_term("food", shelf_life_d=200), a_term("science", bought=False, value_usd_per_kg=9000)),
    supplier_terms=(a_supplier_term("North"), a_supplier_term("South", on_time_fraction=1.0)),
    ground_legs=(a_leg("Rome", "Cape", "air", transit_d=1, usd_per_kg=8), a_leg("Oslo", "Cape", "sea", transit_d=20)),
)


@cache
def flown() -> OperationsPlan:
    return plan_year(a_scenario(suppliers=(NORTH, SOUTH), lanes=LANES), planner=OPTIMISED, watch=lambda stage, share: None)


@cache
def reviewed(tables: SupplyTables = TABLES, policy: str = "") -> SupplyReport:
    plan = flown()
    sourcing = source_supplies(plan, tables, policy=policy)
    moved = ship(plan.scenario, tables, sourcing.consignments, sourcing.routes)
    assert moved.best is not None
    value = value_of_together(plan.scenario, tables, sourcing.consignments, sourcing.routes)
    return review_supply(plan, tables, SAFE, sourcing, (moved.best.shipments, [value]))


def test_cargo_is_needed_at_the_site_before_its_cut_off() -> None:
    for cell in cells_of(flown()):
        assert days_between(cell.turnover_utc, cell.launch_utc) == (1.0 if cell.late_load else 10.0)
    gate = GateTemplate(gate="turnover", before_launch_d=15, owner="cargo", proof="paper", **FACT)
    gated = replace(flown(), scenario=replace(flown().scenario, gates=(gate,)))
    early = {days_between(cell.turnover_utc, cell.launch_utc) for cell in cells_of(gated) if not cell.late_load}
    assert early == {15.0}


def test_cells_hold_all_that_is_carried_up() -> None:
    carried = sum(row.mass_kg for row in flown().manifest if row.direction == "up" and row.mission_id)
    assert sum(cell.mass_kg for cell in cells_of(flown())) == pytest.approx(carried)


def test_the_cheapest_way_comes_first_and_lanes_fill_in_where_legs_say_nothing() -> None:
    routes = find_routes(flown().scenario, TABLES, {("South", "Cape"): 100.0, ("North", "Cape"): 100.0})
    ways = {(way.supplier, way.rank): way for way in routes}
    assert ways["South", 1].path == "Rome -air- Cape"
    assert ways["South", 1].typical_usd == pytest.approx(1000 + 800 + 100 * (10 + 130 * 0.12 + 900) / 3 / 365)
    assert ways["North", 1].path == "Oslo -air- Cape"  # of lanes.csv, with no cost of a vehicle
    assert ways["North", 2].path == "Oslo -sea- Cape"
    assert ways["South", 2].path == "Rome -road- Oslo -air- Cape"
    assert ways["South", 2].days_d == 5.0


def test_larger_shipments_take_the_way_with_the_cheaper_kilogram() -> None:
    routes = find_routes(flown().scenario, TABLES, {("North", "Cape"): 450.0})
    assert routes[0].path == "Oslo -sea- Cape"
    assert routes[0].typical_usd < routes[1].typical_usd


def test_a_place_without_a_way_has_no_route() -> None:
    bare = replace(flown().scenario, lanes=())
    assert find_routes(bare, replace(TABLES, ground_legs=()), {("South", "Cape"): 10.0}) == ()


@pytest.mark.parametrize("policy", SOURCING_POLICIES)
def test_every_policy_sources_what_is_offered_and_proves_its_bound(policy: str) -> None:
    sourcing = source_supplies(flown(), TABLES, policy=policy)
    option = next(one for one in sourcing.options if one.policy == policy)
    assert option.bound_usd <= option.objective_usd
    assert option.unsourced_kg == pytest.approx(0.0, abs=0.01)
    got: dict[tuple[str, str, bool], float] = defaultdict(float)
    for one in sourcing.consignments:
        got[one.supply_class, one.mission_id, one.late_load] += one.mass_kg
    offered = {*NORTH.classes, *SOUTH.classes}
    wanted = {(c.supply_class, c.mission_id, c.late_load): c.mass_kg for c in cells_of(flown()) if c.supply_class in offered}
    assert got == pytest.approx(wanted, abs=0.01)


def test_policies_cost_what_their_freedom_is_worth() -> None:
    cost = {one.policy: one.objective_usd for one in source_supplies(flown(), TABLES).options}
    assert cost["free split"] <= cost["two sources"] * (1 + 2e-3)
    assert cost["free split"] <= cost["one source"] * (1 + 2e-3)


def test_shares_are_kept_with_two_sources_and_not_exceeded_with_one() -> None:
    for policy, most in (("two sources", 0.6), ("one source", 1.0)):
        mass: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for one in source_supplies(flown(), TABLES, policy=policy, most_share=0.6).consignments:
            mass[one.supply_class][one.supplier] += one.mass_kg
        assert max(mass["food"].values()) <= most * sum(mass["food"].values()) + 0.01
        assert len(mass["food"]) == (2 if policy == "two sources" else 1)


def test_a_supplier_dispatches_no_more_in_a_month_than_it_can() -> None:
    full = replace(TABLES, supplier_terms=(a_supplier_term("North", capacity_kg_month=60.0), a_supplier_term("South")))
    months: dict[tuple[int, int], float] = defaultdict(float)
    for one in source_supplies(flown(), full).consignments:
        if one.supplier == "North":
            months[one.dispatch_utc.year, one.dispatch_utc.month] += one.mass_kg
    assert months
    assert max(months.values()) <= 60.0 + 0.01


def test_what_nobody_has_room_for_is_told() -> None:
    full = replace(TABLES, supplier_terms=tuple(a_supplier_term(n, capacity_kg_month=20.0) for n in ("North", "South")))
    for option in source_supplies(flown(), full).options:
        assert option.unsourced_kg > 100.0


def test_goods_of_an_owner_cost_nothing_to_buy() -> None:
    own = [one for one in source_supplies(flown(), TABLES).consignments if one.supply_class == "science"]
    assert own
    assert {one.usd for one in own} == {0.0}


def test_dates_run_backwards_from_the_launch() -> None:
    for one in source_supplies(flown(), TABLES).consignments:
        assert one.order_utc < one.dispatch_utc < one.turnover_utc < one.launch_utc
        lead = {"North": 40.0, "South": 20.0}[one.supplier]
        assert days_between(one.order_utc, one.dispatch_utc) == pytest.approx(lead + 5.0)  # earlier by what it is late
    late = {one.state for one in source_supplies(flown(), TABLES).consignments if one.mission_id == "M1"}
    assert "open" in late or "on order" in late


@pytest.mark.parametrize(("words", "fix"), [({"policy": "by lot"}, "one source"), ({"most_share": 0.3}, "0.5 to 1")])
def test_a_policy_that_is_not_known_is_refused(words: dict[str, Any], fix: str) -> None:
    with pytest.raises(ScenarioError, match=fix):
        source_supplies(flown(), TABLES, **words)


def test_shipments_carry_each_consignment_once_and_in_time() -> None:
    report = reviewed()
    names = [name for shipment in report.shipments for name in shipment.consignments]
    assert sorted(names) == sorted(one.consignment_id for one in report.sourcing.consignments)
    by_name = {one.consignment_id: one for one in report.sourcing.consignments}
    for shipment in report.shipments:
        for name in shipment.consignments:
            assert shipment.depart_utc <= by_name[name].dispatch_utc
            assert shipment.arrive_utc <= by_name[name].turnover_utc
            assert by_name[name].dispatch_utc - shipment.depart_utc <= days(HELD_MOST_D)


def test_travelling_together_never_costs_more_than_alone() -> None:
    value = next(row for row in reviewed().policies if row.policy == "shipments together")
    assert value.saving_usd >= 0.0
    assert value.low_usd <= value.saving_usd <= value.high_usd
    spent = sum(one.freight_usd + one.keeping_usd for one in reviewed().shipments)
    assert value.after_usd == pytest.approx(spent)


def test_dear_goods_don_t_wait_for_cheap_vehicles() -> None:
    dear = replace(TABLES, stock_terms=tuple(a_term(n, value_usd_per_kg=1e7) for n in ("food", "science", "water", "spares")))
    assert len(reviewed(dear).shipments) >= len(reviewed().shipments)
    assert sum(one.keeping_usd for one in reviewed(dear).shipments) == pytest.approx(0.0, abs=1.0)


def test_purchases_are_the_consignments_by_month() -> None:
    report = reviewed()
    assert sum(row.mass_kg for row in report.purchases) == pytest.approx(sum(c.mass_kg for c in report.sourcing.consignments))
    assert sum(row.usd for row in report.purchases) == pytest.approx(report.chosen.purchase_usd, rel=1e-6)
    assert {row.ordered for row in report.purchases if row.first_utc >= report.as_of_utc} <= {False}


def test_scores_add_up_and_name_what_rests_on_one_supplier() -> None:
    scores = {row.supplier: row for row in reviewed().suppliers}
    assert sum(row.share_percent for row in scores.values()) == pytest.approx(100.0)
    assert scores["North"].alone_for == ("spares",)
    assert scores["South"].alone_for == ("water", "science")


def food() -> StockPlan:
    return reviewed().stocks[0]


def test_use_is_what_leaves_the_stock() -> None:
    rows = [row for row in flown().inventory if row.supply_class == "food"]
    came = sum(row.inbound_kg for row in rows)
    assert food().use_kg == pytest.approx(700.0 + came - rows[-1].on_hand_kg)
    assert food().use_kg_d == pytest.approx(1.83, abs=0.01)
    assert food().lowest_kg == min(row.on_hand_kg for row in rows)
    assert food().reserve_d == pytest.approx(300.0 / 1.83, rel=0.01)
    assert food().turnover == pytest.approx(365 * food().use_kg_d / food().mean_kg)


def test_safety_covers_the_service_that_is_wanted() -> None:
    row = food()
    assert row.safety_kg == pytest.approx(safety_kg(supply_of(row), 0.95))
    assert row.advised_kg == max(150.0, row.safety_kg)


def test_losses_slips_and_service_raise_the_safety_stock() -> None:
    sourcing = reviewed().sourcing
    risk = Chance(chance="loss", trials_count=20, hits_count=2, **FACT)
    base = stock_planner(flown(), TABLES, SAFE, sourcing)(Tweak())[0].safety_kg
    risky = stock_planner(flown(), TABLES, Chances(rows=(risk,)), sourcing)
    assert risky(Tweak())[0].safety_kg > base
    assert risky(Tweak(loss=2.0))[0].safety_kg > risky(Tweak())[0].safety_kg
    assert risky(Tweak(service=lambda row: 0.99))[0].safety_kg > risky(Tweak())[0].safety_kg


def test_food_that_is_older_than_it_keeps_is_counted() -> None:
    brief = replace(TABLES, stock_terms=(a_term("food", shelf_life_d=30),))
    assert food().expired_kg < reviewed(brief).stocks[0].expired_kg <= food().use_kg
    assert any("older than they keep" in remark for remark in reviewed(brief).remarks)
    long = replace(TABLES, stock_terms=(a_term("food"),))
    assert reviewed(long).stocks[0].expired_kg == 0.0


def test_forecast_of_the_months_is_the_use_of_the_year() -> None:
    months = reviewed().forecast
    assert len(months) == 12
    assert sum(row.use_kg for row in months) == pytest.approx(food().use_kg)
    assert all(row.low_kg <= row.use_kg <= row.high_kg for row in months)
    assert months[-1].end_kg == [row for row in flown().inventory if row.supply_class == "food"][-1].on_hand_kg


def test_mean_mass_of_a_position_is_flow_times_stay() -> None:
    for row in reviewed().positions:
        assert row.mean_kg == pytest.approx(row.throughput_kg * row.mean_d / 365.0)
    carried = sum(row.mass_kg for row in flown().manifest if row.direction == "up" and row.mission_id)
    assert reviewed().over_all("aboard").throughput_kg == pytest.approx(carried)
    assert reviewed().over_all("at the station").mean_kg == pytest.approx(food().mean_kg)


def test_a_kilogram_costs_more_the_farther_it_has_come() -> None:
    ground, site, aboard = (
        reviewed().over_all(p).usd_per_kg for p in ("on the way to the site", "at the launch site", "aboard")
    )
    assert 0.0 < ground < site < aboard


def test_safety_moved_to_where_it_costs_least_keeps_the_expected_stock_outs() -> None:
    one = food()
    rows = [
        replace(one, destination=f"P{n}", gap_d=gap, lift_usd_per_kg=lift, spread_kg_d=spread, gap_spread_d=5.0)
        for n, (gap, lift, spread) in enumerate(((30.0, 5e4, 2.0), (40.0, 5e4, 2.0), (50.0, 6e4, 2.0)))
    ]
    levels = spread_service(rows, TABLES)
    before = sum(365 / row.gap_d * (1 - row.service) for row in rows)
    after = sum(365 / row.gap_d * (1 - levels[row.destination, row.supply_class]) for row in rows)
    assert after == pytest.approx(before, rel=1e-6)

    def capital(service: dict[tuple[str, str], float]) -> float:
        factors = {key: NormalDist().inv_cdf(level) for key, level in service.items()}
        return math.fsum(
            factors[row.destination, row.supply_class]
            * spread_kg(supply_of(row))
            * (row.earth_usd_per_kg + row.lift_usd_per_kg)
            for row in rows
        )

    best = capital(dict(levels))
    assert all(0.85 < level < 0.999 for level in levels.values())
    assert best < capital({(row.destination, row.supply_class): row.service for row in rows})
    for give, take in ((0, 1), (1, 2), (2, 0)):  # a small move of stock-outs from one to another saves nothing
        moved = dict(levels)
        step = 1e-6
        moved[f"P{give}", "food"] -= step * rows[give].gap_d
        moved[f"P{take}", "food"] += step * rows[take].gap_d
        assert capital(moved) >= best - 1e-9 * best


def test_every_policy_tells_its_interval_and_what_it_hinges_on() -> None:
    names = {row.policy for row in reviewed().policies}
    assert {"reserves by safety stock", "safety where it costs least", "routes: cheapest, not fastest"} <= names
    assert sum(name.startswith("sourcing: ") for name in names) == len(SOURCING_POLICIES) - 1
    for row in reviewed().policies:
        assert row.low_usd - 1e-6 <= row.saving_usd <= row.high_usd + 1e-6, row.policy
        assert row.saving_usd == pytest.approx(row.before_usd - row.after_usd)
        assert all((row.hinges_on, row.basis, row.gives))


RESERVES = (
    "reserves by safety stock",
    "safety where it costs least",
    "safety where it costs least, at the wanted service",
    "lift-offs slip half as much",
    "lead times a quarter shorter",
)


def test_policies_of_reserves_are_measured_from_the_reserves_that_stand_and_by_one_model() -> None:
    report = reviewed()
    found = {row.policy: row for row in report.policies}
    stands_usd = math.fsum(
        row.reserve_kg * (row.earth_usd_per_kg + row.lift_usd_per_kg) * TABLES.stock_term(row.supply_class).capital_fraction
        for row in report.stocks
    )
    outs = math.fsum(365.0 / row.gap_d * (1.0 - service_of(supply_of(row), row.reserve_kg)) for row in report.stocks)
    assert stands_usd > 0.0
    for name in RESERVES:
        assert found[name].before_usd == pytest.approx(stands_usd), name
        assert found[name].stock_outs_before == pytest.approx(outs), name
    for name in ("safety where it costs least", "lift-offs slip half as much", "lead times a quarter shorter"):
        assert (found[name].stock_outs_after or 0.0) <= outs + 1e-6, name
    wanted = math.fsum(365.0 / row.gap_d * (1.0 - row.service) for row in report.stocks)
    assert (found["reserves by safety stock"].stock_outs_after or 0.0) <= wanted + 1e-6


def test_advice_on_reserves_is_never_dearer_than_what_stands() -> None:
    report = reviewed()
    least = next(row for row in report.policies if row.policy == "safety where it costs least")
    for saving in (5e6, -5e6):
        changed = replace(least, after_usd=least.before_usd - saving, saving_usd=saving, low_usd=saving, high_usd=saving)
        others = tuple(changed if row is least else row for row in report.policies)
        asked = reserve_decision(replace(report, policies=others), "2027-01-01")
        assert asked is not None
        assert asked.advice.startswith("Move safety" if saving > 0 else "Keep the reserves")


@pytest.mark.parametrize("service", [0.6, 0.8, 0.95, 0.999])
@pytest.mark.parametrize("loss", [0.0, 0.02, 0.2])
def test_the_service_of_a_safety_stock_is_the_one_that_it_was_made_for(service: float, loss: float) -> None:
    supply = Supply(use_kg_d=20.0, spread_kg_d=9.0, gap_d=40.0, gap_spread_d=15.0, lead_d=50.0, loss_probability=loss)
    kg = safety_kg(supply, service)
    assert kg == 0.0 or service_of(supply, kg) == pytest.approx(service, abs=1e-6)
    assert service_of(supply, kg + 100.0) > service_of(supply, kg)


def test_sensitivity_moves_the_way_it_must() -> None:
    found = {row.assumption: row for row in reviewed().sensitivity}
    base = found["as the plan assumes"].safety_kg
    assert found["service 0.99 for all"].safety_kg > base > found["service 0.90 for all"].safety_kg
    assert found["spread of use a quarter more"].safety_kg >= base
    assert found["capital a quarter dearer"].carrying_usd == pytest.approx(1.25 * found["as the plan assumes"].carrying_usd)


def test_a_plan_without_suppliers_or_stock_is_reviewed() -> None:
    bare = replace(flown(), scenario=replace(flown().scenario, suppliers=(), stock=()), inventory=())
    sourcing = source_supplies(bare, TABLES)
    report = review_supply(bare, TABLES, SAFE, sourcing, ((), ()))
    assert (report.stocks, report.shipments, report.sensitivity) == ((), (), ())
    assert any("No supplier offers" in remark for remark in report.remarks)
    assert math.isfinite(report.chosen.objective_usd)
