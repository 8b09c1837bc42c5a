"""Plans side by side: what differs is told, and what does not is not."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from supercargo.app.comparing import comparison_content, comparison_files, plan_names
from supercargo.measure.compared import ComparedMission, Comparison, Figure
from supercargo.measure.compared_flights import is_lost, stay_of
from supercargo.measure.comparison import compare_plans, letter_of, long_form
from supercargo.model import OperationsPlan, PlannedMission, Violation
from supercargo.report.compare import render_comparison
from supercargo.report.compare_pictures import draw_docked
from supercargo.report.compare_words import inputs_sentence, label, money_sentence, shown, signed, verdict, weight
from supercargo.store import write_plan
from tests import plans, test_store_plan
from tests.big_plan import a_big_plan
from tests.cli_runner import run
from tests.test_report import HOSTILE, Page


def compared(*several: OperationsPlan) -> Comparison:
    return compare_plans([(f"plan {n}", plan) for n, plan in enumerate(several)])


def changed(plan: OperationsPlan, mission_id: str, **changes: Any) -> OperationsPlan:
    missions = tuple(replace(one, **changes) if one.mission_id == mission_id else one for one in plan.missions)
    return replace(plan, missions=missions)


def docked(mission: PlannedMission) -> tuple[datetime, datetime]:
    """Arrival and departure of a mission that docks."""
    stay = stay_of(mission)
    assert stay is not None
    return stay.arrive_utc, stay.depart_utc


def figure_of(comparison: Comparison, subject: str, thing: str, field: str) -> Figure:
    (found,) = [f for f in comparison.figures if (f.subject, f.object, f.field) == (subject, thing, field)]
    return found


def mission_of(comparison: Comparison, mission_id: str) -> ComparedMission:
    return next(one for one in comparison.missions if one.mission_id == mission_id)


@pytest.fixture(scope="module")
def year() -> OperationsPlan:
    return a_big_plan(12, 300)


@pytest.fixture(scope="module")
def other() -> OperationsPlan:
    """The same question answered otherwise: other lines aboard, one mission slipped, one at the other port, one not flown."""
    plan = a_big_plan(12, 300, seed=2)
    slipped = changed(plan, "M01", launch_utc=plan.missions[1].launch_utc + timedelta(days=5))
    ported = changed(slipped, "M02", port="aft" if plan.missions[2].port == "fore" else "fore")
    return replace(ported, missions=tuple(one for one in ported.missions if one.mission_id != "M03"))


def test_a_verdict_names_broken_promises_first(year: OperationsPlan, other: OperationsPlan) -> None:
    broken = Violation(rule="port-double-use", object="M01", text="two at once", hard=True)
    told = verdict(compared(replace(year, violations=()), replace(other, violations=(broken, replace(broken, object="M02")))))
    assert told.startswith("Hard rules broken: A 0, B 2. ")
    assert verdict(compared(replace(year, violations=()), replace(other, violations=()))).startswith(tuple("123456789"))


def test_the_same_plan_twice_shows_no_difference(year: OperationsPlan) -> None:
    comparison = compared(year, year)
    assert not comparison.differs
    assert verdict(comparison).startswith("No difference")
    assert not any(figure.differs for figure in comparison.figures)
    assert {row.difference for row in long_form(comparison)} <= {"", "0"}
    assert all(lines.groups == () for lines in comparison.lines)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"vehicle_type": "Heron"}, "vehicle_type"),
        ({"pad": "elsewhere"}, "pad"),
        ({"upmass_kg": 12.5}, "upmass_kg"),
        ({"service_cost_usd": 17.0}, "service_cost_usd"),
        ({"price_usd": -1.0}, "price_usd"),
    ],
)
def test_one_changed_figure_of_one_mission_is_the_only_one_told(changes: Any, field: str, year: OperationsPlan) -> None:
    comparison = compared(year, changed(year, "M04", **changes))
    assert comparison.missions_changed(1) == {field: ("M04",)}
    assert [one.mission_id for one in comparison.missions if one.differs] == ["M04"]
    assert comparison.differs


def test_differences_smaller_than_files_carry_are_none(year: OperationsPlan) -> None:
    up_kg = year.missions[4].upmass_kg
    assert not compared(year, changed(year, "M04", upmass_kg=up_kg + 0.004)).differs
    assert compared(year, changed(year, "M04", upmass_kg=up_kg + 0.02)).differs


def test_days_moved_and_port_are_those_of_the_rows(year: OperationsPlan, other: OperationsPlan) -> None:
    comparison = compared(year, other)
    assert mission_of(comparison, "M01").figure("launch_utc").differences == (0.0, 5.0)
    assert comparison.missions_changed(1)["port"] == ("M02",)
    assert comparison.missions_changed(1)["state"] == ("M03",)
    gone = mission_of(comparison, "M03")
    assert gone.flown == (True, False)
    assert gone.figure("state").values == ("flown", "not flown")
    assert gone.figure("launch_utc").values[1] is None
    assert "M03" not in comparison.missions_changed(1)["launch_utc"]


def test_why_a_mission_is_not_flown_and_which_promises_are_broken_is_told(year: OperationsPlan) -> None:
    broken = replace(year, causes=("F1 <has> no mission",))
    comparison = compared(year, broken)
    unflown = year.unflown[0]
    assert mission_of(comparison, unflown.mission_id).figure("why_not_flown").values == (unflown.reason,) * 2
    html = render_comparison(comparison)
    assert f"<strong>{unflown.mission_id}</strong> in A: {unflown.reason}" in html
    assert "F1 &lt;has&gt; no mission" in html
    assert comparison.plans[1].causes == broken.causes


def test_money_of_other_price_years_is_told_as_such(year: OperationsPlan) -> None:
    settings = replace(year.scenario.settings, currency_year=2031)
    costs = tuple(replace(row, plan_usd=row.plan_usd * 2) for row in year.costs)
    later = replace(year, scenario=replace(year.scenario, settings=settings), costs=costs)
    assert "B of 2031" in money_sentence(compared(year, later), 1)
    assert "prices of" not in money_sentence(compared(year, replace(year, costs=costs)), 1)


def test_a_mission_of_one_plan_only_stands_in_the_comparison_whichever_plan_is_the_base(year: OperationsPlan) -> None:
    fewer = replace(year, missions=year.missions[:-1])
    name = year.missions[-1].mission_id
    assert mission_of(compared(year, fewer), name).flown == (True, False)
    assert mission_of(compared(fewer, year), name).flown == (False, True)


def test_gaps_between_arrivals_are_those_counted_by_hand(year: OperationsPlan) -> None:
    comparison = compared(year, year)
    for place in comparison.places:
        instants = sorted(docked(one)[0] for one in year.missions if one.destination == place.destination)
        gaps = [(b - a).total_seconds() / 86_400 for a, b in pairwise(instants)]
        assert [one.gap_d for one in place.arrivals[0]] == [None, *(pytest.approx(gap) for gap in gaps)]
        figures = {figure.field: figure.values[0] for figure in place.figures}
        assert figures["gap_largest_d"] == (pytest.approx(max(gaps)) if gaps else None)
        assert figures["gap_mean_d"] == (pytest.approx(sum(gaps) / len(gaps)) if gaps else None)


def test_visits_to_ports_are_all_dockings(year: OperationsPlan) -> None:
    comparison = compared(year, year)
    visits = {(p.destination, p.port): p.figures[0].values[0] for p in comparison.ports}
    counted: dict[tuple[str, str], float] = {}
    for mission in year.missions:
        counted[mission.destination, mission.port] = counted.get((mission.destination, mission.port), 0.0) + 1
    assert visits == counted


def lost(mission: PlannedMission) -> PlannedMission:
    """The mission as a flown year tells of it: no port, no arrival, no departure."""
    return replace(mission, port="", arrive_utc=None, depart_utc=None, outcome="lost")


def test_a_lost_mission_never_docks_and_is_told_as_lost(year: OperationsPlan) -> None:
    flown = replace(year, missions=tuple(lost(one) if one.mission_id == "M05" else one for one in year.missions))
    comparison = compared(year, flown)
    mission = mission_of(comparison, "M05")
    assert (mission.lost, mission.stays[1]) == ((False, True), None)
    assert mission.figure("state").values == ("flown", "lost")
    assert figure_of(comparison, "headline", "", "missions_lost").values == (0, 1)
    assert figure_of(comparison, "headline", "", "missions_docked").differences[1] == -1.0
    assert "M05" not in comparison.missions_changed(1).get("port", ())
    drawn = draw_docked(comparison)
    assert "Lifted off and never docked" in drawn
    assert "M05 lost" in drawn
    assert render_comparison(comparison).count("M05 lost") >= 1
    assert [plan.made for plan in comparison.plans] == ["optimised", "optimised"]


def test_a_year_whose_every_mission_says_what_became_of_it_is_told_as_flown(year: OperationsPlan) -> None:
    flown = replace(year, missions=tuple(lost(one) for one in year.missions))
    comparison = compared(replace(year, baseline=True), flown)
    assert [plan.made for plan in comparison.plans] == ["first come, first served", "as flown"]


def test_a_mission_without_port_arrival_or_departure_has_no_stay(year: OperationsPlan) -> None:
    mission = year.missions[0]
    assert stay_of(mission) is not None
    assert not is_lost(mission)
    for absent in ({"port": ""}, {"arrive_utc": None}, {"depart_utc": None}):
        assert stay_of(replace(mission, **absent)) is None


def test_each_line_changes_in_one_way_and_masses_are_those_of_the_manifests(
    year: OperationsPlan, other: OperationsPlan
) -> None:
    (lines,) = compared(year, other).lines
    names = [change.item_id for group in lines.groups for change in group.changes]
    assert len(names) == len(set(names)) == lines.lines_count
    flies = [{row.item_id: row.mission_id for row in plan.manifest} for plan in (year, other)]
    for group in lines.groups:
        told = {change.item_id for change in group.changes}
        if group.kind.startswith("left behind here"):
            assert told == {name for name in flies[0] if flies[0][name] and not flies[1][name]}
        if group.kind == "on another mission":
            assert told == {n for n in flies[0] if flies[0][n] and flies[1][n] and flies[0][n] != flies[1][n]}
        assert group.mass_kg == pytest.approx(sum(change.mass_kg for change in group.changes))
        assert [change.mass_kg for change in group.changes] == sorted((c.mass_kg for c in group.changes), reverse=True)
    assert {group.kind for group in lines.groups} >= {"on another mission", "left behind here, aboard in the base"}


def test_lines_that_only_one_scenario_asks_for_are_named_so(year: OperationsPlan) -> None:
    fewer = replace(
        year, scenario=replace(year.scenario, cargo=year.scenario.cargo[1:], digest="1" * 64), manifest=year.manifest[1:]
    )
    comparison = compared(year, fewer)
    (group,) = [one for one in comparison.lines[0].groups if one.kind == "asked for in the base only"]
    assert [change.item_id for change in group.changes] == [year.scenario.cargo[0].item_id]
    assert not comparison.same_inputs
    assert "cargo.csv" in inputs_sentence(comparison)
    assert figure_of(comparison, "input", "cargo.csv", "rows_unlike_base").values == (0, 1)


def test_stock_below_reserve_is_first_told_on_its_first_day(year: OperationsPlan) -> None:
    rows = list(year.inventory)
    thing = (rows[0].destination, rows[0].supply_class)
    mine = [n for n, row in enumerate(rows) if (row.destination, row.supply_class) == thing]
    rows[mine[9]] = replace(rows[mine[9]], on_hand_kg=rows[mine[9]].reserve_kg - 5.0)
    rows[mine[20]] = replace(rows[mine[20]], on_hand_kg=-1.0)
    comparison = compared(year, replace(year, inventory=tuple(rows)))
    name = f"{thing[0]}/{thing[1]}"
    least = min(rows[n].on_hand_kg - rows[n].reserve_kg for n in mine)
    assert figure_of(comparison, "stock", name, "cover_least_kg").values[1] == least
    days = figure_of(comparison, "stock", name, "below_reserve_days")
    assert days.values[1] == sum(1 for n in mine if rows[n].on_hand_kg < rows[n].reserve_kg - 0.01)
    assert figure_of(comparison, "stock", name, "below_zero_utc").values[1] == rows[mine[20]].day_utc
    assert comparison.stocks_short(1) - comparison.stocks_short(0) == (days.values[0] == 0)
    assert [(one, where) for _, one, where in comparison.stocks_nearer(1)] == [(thing[1], thing[0])]
    assert comparison.stocks_nearer(0) == ()
    assert [one for one in comparison.stocks if one.differs] == [
        s for s in comparison.stocks if f"{s.destination}/{s.supply_class}" == name
    ]


def test_accounts_add_up_to_the_service_s_revenue_and_cost() -> None:
    plan = plans.a_plan()
    comparison = compared(plan, plan)
    revenue = sum(float(str(f.values[0])) for f in comparison.accounts if f.object.startswith("revenue"))
    cost = sum(
        float(str(f.values[0])) for f in comparison.accounts if not f.object.startswith("revenue") and f.field == "service_usd"
    )
    assert figure_of(comparison, "headline", "", "revenue_usd").values[0] == pytest.approx(revenue)
    assert figure_of(comparison, "headline", "", "service_cost_usd").values[0] == pytest.approx(cost)


def test_the_money_sentence_says_which_way_it_goes(year: OperationsPlan, other: OperationsPlan) -> None:
    costs = tuple(replace(row, plan_usd=row.plan_usd * 2) for row in year.costs if not row.account.startswith("revenue"))
    revenue = tuple(row for row in year.costs if row.account.startswith("revenue"))
    dearer = compared(year, replace(year, costs=(*costs, *revenue)))
    assert re.search(r"B earns 0 USD less than A, costs the service [\d,.]+ MUSD more", money_sentence(dearer, 1))
    assert money_sentence(compared(year, year), 1) == "B earns and costs what A does."


def test_long_form_has_a_row_for_every_figure_and_plan_and_reads_back(year: OperationsPlan, other: OperationsPlan) -> None:
    comparison = compared(year, other, year)
    rows = list(csv.DictReader(io.StringIO(comparison_files(comparison)["compare.csv"].decode(), newline="")))
    assert len(rows) == 3 * len(comparison.figures)
    assert {row["plan"] for row in rows} == {"plan 0", "plan 1", "plan 2"}
    assert all(row["difference"] == "" for row in rows if row["plan"] == "plan 0")
    launch = next(row for row in rows if (row["object"], row["field"], row["plan"]) == ("M01", "launch_utc", "plan 1"))
    assert launch["difference"] == "5"
    keys = [(row["subject"], row["object"], row["field"], row["plan"]) for row in rows]
    assert len(keys) == len(set(keys))


def test_json_has_a_value_and_a_difference_for_every_plan(year: OperationsPlan, other: OperationsPlan) -> None:
    content = json.loads(json.dumps(comparison_content(compared(year, other)), allow_nan=False))
    assert (content["differs"], content["same_inputs"]) == (True, True)
    assert all(len(one["values"]) == len(one["differences"]) == 2 for one in content["figures"])
    assert [plan["letter"] for plan in content["plans"]] == ["A", "B"]


def test_the_page_is_well_formed_accessible_and_needs_nothing_from_outside(
    year: OperationsPlan, other: OperationsPlan
) -> None:
    html = render_comparison(compared(year, other))
    page = Page(html)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {str(attributes["href"]).removeprefix("#") for attributes in page.tags("a")}
    assert links <= set(ids)
    assert len(page.tags("table")) == len(page.tags("caption"))
    assert all(attributes.get("scope") in ("col", "row", "rowgroup") for attributes in page.tags("th"))
    boxes = [one for one in page.tags("div") if "scroll" in (one.get("class") or "").split()]
    assert all(one.get("tabindex") == "0" and one.get("aria-label") for one in boxes)
    assert not re.search(r"https?:|//[a-z]|@import|<script|<img|\son\w+=", html)
    for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        ElementTree.fromstring(svg)


def test_the_page_follows_light_and_dark(year: OperationsPlan) -> None:
    html = render_comparison(compared(year, year))
    assert "prefers-color-scheme: dark" in html
    assert "color-scheme" in html


def test_a_bar_is_marked_by_what_differs_of_its_stay(year: OperationsPlan) -> None:
    arrive, depart = docked(year.missions[4])
    week = timedelta(days=7)
    moved = changed(year, "M04", arrive_utc=arrive + week, depart_utc=depart + week)
    assert "M04 +7 d" in draw_docked(compared(year, moved))
    longer = changed(year, "M04", depart_utc=depart + week)
    assert "M04 leaves +7 d" in draw_docked(compared(year, longer))
    ported = changed(year, "M04", port="other")
    assert "M04 ⇄" in draw_docked(compared(year, ported))
    assert "M04 not in base" in draw_docked(compared(replace(year, missions=year.missions[:4]), year))
    same = draw_docked(compared(year, year))
    assert not re.search(r'class="(moved|ported|only|gone)"', same)


def test_names_from_anyone_s_files_stay_text(year: OperationsPlan) -> None:
    odd = changed(year, "M04", vehicle_type=HOSTILE, port=HOSTILE)
    html = render_comparison(compare_plans([(HOSTILE, year), ("b", odd)]))
    assert HOSTILE not in html
    assert Page(html).open == []


def test_the_same_comparison_gives_the_same_bytes(year: OperationsPlan, other: OperationsPlan) -> None:
    assert comparison_files(compared(year, other)) == comparison_files(compared(year, other))


def test_an_empty_plan_can_stand_beside_a_full_one(year: OperationsPlan) -> None:
    empty = replace(year, missions=(), activities=(), manifest=(), stowage=(), bays=(), inventory=(), costs=(), kpis=())
    for pair in ((empty, year), (year, empty), (empty, empty)):
        assert Page(render_comparison(compared(*pair))).open == []
    assert not compared(empty, empty).differs


def test_another_horizon_is_told_and_both_years_are_drawn(year: OperationsPlan) -> None:
    ahead = timedelta(days=365)
    settings = year.scenario.settings
    later = replace(settings, start_utc=settings.start_utc + ahead, end_utc=settings.end_utc + ahead)
    moved = replace(year, scenario=replace(year.scenario, settings=later, digest="2" * 64))
    comparison = compared(year, moved)
    assert "horizon from" in inputs_sentence(comparison)
    assert "Jan 2028" in draw_docked(comparison)


def test_words_of_values() -> None:
    assert (shown(1_234_567.0, "USD"), shown(1234.0, "kg"), shown(None, "kg")) == ("1.23 MUSD", "1,234 kg", "–")
    assert (signed(0.004, "kg"), signed(-12.25, "d"), signed(1.0, "percent")) == ("+0.004 kg", "−12.2 d", "+1.0 points")
    assert label("gap_largest_d") == "largest gap"
    worse = Figure(subject="headline", object="", field="x", unit="kg", sense="more", values=(2.0, 1.0))
    assert (weight(worse, 1), weight(replace(worse, sense=""), 1), weight(replace(worse, sense="less"), 1)) == (
        "worse",
        "",
        "better",
    )


def test_letters_go_on_after_the_alphabet() -> None:
    assert [letter_of(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_plans_are_named_by_what_tells_their_folders_apart() -> None:
    assert plan_names([Path("w/one"), Path("w/two")]) == ("one", "two")
    assert plan_names([Path("a/x/plan"), Path("b/x/plan")]) == ("a/x/plan", "b/x/plan")
    assert len(set(plan_names([Path("p"), Path("p"), Path("q/p")]))) == 3


def written(folder: Path, plan: OperationsPlan) -> Path:
    write_plan(plan, folder, run={}, report_html="", force=False)
    return folder


def test_compare_tells_and_writes_and_leaves_the_plans_alone(tmp_path: Path) -> None:
    plan = test_store_plan.a_plan()
    one = written(tmp_path / "one", plan)
    two = written(tmp_path / "two", replace(plan, seed=9))
    out = tmp_path / "out"
    told = run("compare", str(one), str(two), "--out", str(out))
    assert told.code == 0
    assert "A one:" in told.out
    assert "from different inputs" not in told.out
    assert sorted(path.name for path in out.iterdir()) == ["compare.csv", "compare.html", "compare.json"]
    answer = json.loads(run("compare", str(one), str(two), "--json").out)
    assert answer == json.loads((out / "compare.json").read_text())
    again = run("compare", str(one), str(two), "--out", str(out))
    assert (again.code, "--force" in again.err) == (4, True)
    assert run("compare", str(one), str(two), "--out", str(out), "--force").code == 0


def test_the_same_folder_twice_is_no_difference(tmp_path: Path) -> None:
    one = written(tmp_path / "one", test_store_plan.a_plan())
    told = run("compare", str(one), str(one))
    assert told.code == 0
    assert "No difference" in told.out
    assert "one (2)" in told.out


def test_how_a_plan_was_made_is_not_invented() -> None:
    plan = a_big_plan(3, 30)
    compared = compare_plans((("told", plan), ("untold", replace(plan, stages=()))))
    assert [one.made for one in compared.plans] == ["optimised", "–"]


def test_a_folder_that_is_no_plan_is_a_fault_with_a_fix(tmp_path: Path) -> None:
    one = written(tmp_path / "one", test_store_plan.a_plan())
    missing = run("compare", str(one), str(tmp_path / "none"))
    assert (missing.code, "give the folder that `supercargo plan` wrote" in missing.err) == (2, True)
    (tmp_path / "empty").mkdir()
    assert run("compare", str(one), str(tmp_path / "empty"), "--json").code == 2
    assert run("compare", str(one)).code == 2


def test_a_comparison_never_stands_in_or_over_a_plan(tmp_path: Path) -> None:
    one = written(tmp_path / "one", test_store_plan.a_plan())
    for out in (one, one / "compared", tmp_path):
        told = run("compare", str(one), str(one), "--out", str(out), "--force")
        assert (told.code, "choose another folder for --out" in told.err) == (4, True)
    assert (one / "plan.json").exists()
