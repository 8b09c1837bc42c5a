"""The main job on the full reference year: planned, judged, spoilt, planned again.

Seed 1 runs always; `SUPERCARGO_SEEDS=1-20` runs more of them.
"""

from __future__ import annotations

import csv
import io
import json
import os
import time
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from supercargo.app.deliverables import ReportAsked, write_documents
from supercargo.app.reference import reference_year
from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario, verify_plan
from supercargo.kernel import days_between, parse_utc, stream
from supercargo.measure.compliance import Facts, measure_compliance
from supercargo.measure.kpis import measure_kpis
from supercargo.model import OperationsPlan, Scenario
from supercargo.plan.demand import forecast_demand
from supercargo.plan.needs import stock_needs
from supercargo.plan.pipeline import BASELINE, OPTIMISED, plan_year
from supercargo.plan.schedule import schedule_missions
from supercargo.plan.windows import find_windows
from supercargo.referee import judge
from supercargo.store import plan_files, read_catalogue, read_plan, write_plan
from tests.builders import a_licence, a_requirement, a_team
from tests.cost_recount import recount_cost, recount_variances
from tests.mutations import MUTATIONS, Mutation


def seeds() -> list[int]:
    first, _, last = os.environ.get("SUPERCARGO_SEEDS", "1").partition("-")
    return list(range(int(first), int(last or first) + 1))


def unwatched(stage: str, share: float) -> None:
    """Nobody listens."""


def planned(scenario: Scenario, planner: object = OPTIMISED) -> OperationsPlan:
    plan = plan_year(scenario, planner=planner, watch=unwatched)  # type: ignore[arg-type]
    return replace(plan, kpis=measure_kpis(plan))


@pytest.fixture(scope="module", params=seeds(), ids=lambda seed: f"seed{seed}")
def year(request: pytest.FixtureRequest) -> OperationsPlan:
    return planned(reference_year(read_catalogue(), seed=request.param))


def kpi(plan: OperationsPlan, kpi_id: str) -> float:
    value = next(row.value for row in measure_kpis(plan) if row.kpi_id == kpi_id)
    assert value is not None
    return value


def test_year_has_the_size_and_variety_it_claims(year: OperationsPlan) -> None:
    scenario = year.scenario
    assert (len(scenario.missions), len(scenario.cargo)) == (48, 5000)
    assert len(scenario.customers) >= 20
    assert len({mission.vehicle_type for mission in year.missions}) >= 10
    assert len({mission.site for mission in year.missions}) >= 6
    kinds = {place.kind for place in scenario.destinations}
    assert kinds == {"station", "gateway", "surface", "asteroid", "platform", "depot"}
    assert sum(place.kind == "station" for place in scenario.destinations) >= 4  # the ISS and three commercial ones


def test_year_is_planned_without_a_hard_fault(year: OperationsPlan) -> None:
    assert [violation for violation in judge(year) if violation.hard] == []
    assert year.causes == ()
    assert year.unflown == ()


def rows_of(year: OperationsPlan, file: str) -> list[dict[str, str]]:
    """Rows of a file of the plan folder, as they are written."""
    return list(csv.DictReader(io.StringIO(plan_files(year)[file].decode())))


@pytest.mark.parametrize("supply_class", ["water", "oxygen", "food"])
def test_station_reserves_are_those_of_the_written_inventory(year: OperationsPlan, supply_class: str) -> None:
    checks = ("stock-reserve", "stock-critical", "stock-days", "skip-cycle")
    asked = tuple(a_requirement(requirement_id=check, check=check, parameters=(f"class={supply_class}",)) for check in checks)
    found = {
        (row.requirement_id, row.object.partition("/")[0]): row
        for row in measure_compliance(asked, Facts(year.scenario.settings.as_of_utc, year))
    }
    days: dict[str, list[dict[str, float]]] = defaultdict(list)
    for row in rows_of(year, "inventory.csv"):
        if row["class"] == supply_class:
            numbers = ("on_hand_kg", "p05_kg", "reserve_kg", "inbound_kg")
            days[row["destination"]].append({name: float(row[name]) for name in numbers})
    critical = {
        row["destination"]: float(row["critical_kg"])
        for row in rows_of(year, "scenario/stock.csv")
        if row["class"] == supply_class
    }
    assert days
    for place, told in days.items():
        kg = [day["on_hand_kg"] for day in told]
        used = [0.0, *(kg[n - 1] + told[n]["inbound_kg"] - kg[n] for n in range(1, len(kg)))]
        cover = min(kg[n] - sum(used[n + 1 : n + 46]) for n in range(len(kg) - 45))
        truths = {
            "stock-reserve": all(day["on_hand_kg"] >= day["reserve_kg"] for day in told),
            "stock-critical": all(day["p05_kg"] >= critical[place] for day in told),
            "stock-days": cover >= -0.01,
            "skip-cycle": _survives_each_loss(year, place, supply_class, kg, critical[place]),
        }
        assert {check: found[check, place].state == "met" for check in checks} == truths, place
        low = min(range(len(kg)), key=lambda n: kg[n] - told[n]["reserve_kg"])
        assert f"lowest {kg[low]:,.1f} kg" in found["stock-reserve", place].words


def _survives_each_loss(year: OperationsPlan, place: str, supply_class: str, kg: list[float], critical: float) -> bool:
    """Without the cargo of any one mission the stock stays above the critical level for 45 days, recounted from the files."""
    brought: dict[str, list[tuple[int, float]]] = defaultdict(list)
    start = year.scenario.settings.start_utc
    for row in rows_of(year, "manifest.csv"):
        mine = (row["destination"], row["class"], row["direction"]) == (place, supply_class, "up")
        if mine and row["delivered_utc"]:
            day = (parse_utc(row["delivered_utc"]) - start).days
            brought[row["mission_id"]].append((day, float(row["mass_kg"])))
    for parts in brought.values():
        first = min(day for day, _ in parts)
        for day in range(first, min(first + 45, len(kg))):
            if kg[day] - sum(mass for when, mass in parts if when <= day) < critical - 0.01:
                return False
    return True


def test_providers_of_the_year_are_as_punctual_as_its_files_say(year: OperationsPlan) -> None:
    operator = {row["vehicle_type"]: row["operator"] for row in rows_of(year, "scenario/vehicles.csv")}
    flown = {row["mission_id"]: operator[row["vehicle_type"]] for row in rows_of(year, "missions.csv")}
    kept: dict[str, list[bool]] = defaultdict(list)
    for row in rows_of(year, "manifest.csv"):
        if row["direction"] == "up" and row["due_utc"] and row["mission_id"]:
            kept[flown[row["mission_id"]]].append(row["delivered_utc"] <= row["due_utc"])
    asked = a_requirement(check="provider-on-time", parameters=("percent=95",))
    told = {row.object: row for row in measure_compliance((asked,), Facts(year.scenario.settings.as_of_utc, year))}
    assert set(told) == set(kept)
    for name, lines in kept.items():
        percent = 100 * sum(lines) / len(lines)
        assert told[name].words.startswith(f"{percent:.1f} % of {len(lines)} dated lines planned on time")


def test_costs_of_the_year_carry_processes_of_the_chain_that_add_up(year: OperationsPlan) -> None:
    asked = a_requirement(check="cost-process", parameters=())
    told = measure_compliance((asked,), Facts(year.scenario.settings.as_of_utc, year))
    assert {row.state for row in told} == {"met"}
    spent = sum(float(row["plan_usd"]) for row in rows_of(year, "costs.csv") if not row["account"].startswith("revenue"))
    assert sum(float(row.words.split(" USD")[0].replace(",", "")) for row in told) == pytest.approx(spent, abs=len(told))


def permitted(scenario: Scenario, gap: tuple[datetime, datetime], operator: str) -> Scenario:
    """The year with licences and staff as an office would keep them; the launch licence of one operator has a gap."""
    end = scenario.settings.end_utc + timedelta(days=200)
    launch = [a_licence("launch", licence_id=f"L-{name}", holder=name, to_utc=end) for name in operators(scenario)]
    held = [row for row in launch if row.holder != operator]
    broken = next(row for row in launch if row.holder == operator)
    held += [replace(broken, to_utc=gap[0]), replace(broken, licence_id="renewed", from_utc=gap[1])]
    station = [
        a_licence("station", licence_id=f"S-{place.destination}", destinations=(place.destination,), to_utc=end)
        for place in scenario.destinations
    ]
    export = [
        a_licence("export", licence_id=f"E-{hazard}", hazards=(hazard,), to_utc=end)
        for hazard in sorted({line.hazard for line in scenario.cargo} - {""})
    ]
    middle = scenario.settings.start_utc + timedelta(days=180)
    staff = (
        a_team("transfer", to_utc=middle + timedelta(days=10)),
        a_team("transfer", staff_id="second crew", from_utc=middle, to_utc=end),
        a_team("processing", to_utc=end),
    )
    return replace(scenario, licences=(*held, *station, *export), staff=staff)


def operators(scenario: Scenario) -> list[str]:
    return sorted({launcher.operator for launcher in scenario.launchers})


def test_a_year_with_licences_is_planned_around_a_gap_in_one_of_them() -> None:
    free = planned(reference_year(read_catalogue(), seed=1, missions=12))
    assert [violation for violation in judge(free) if violation.hard] == []
    first = next(mission for mission in free.missions if mission.launcher.startswith("Falcon"))
    operator = free.scenario.launcher_named[first.launcher].operator
    gap = (first.launch_utc - timedelta(days=1), first.launch_utc + timedelta(days=1))
    licensed = permitted(free.scenario, gap, operator)
    broken = {violation.rule for violation in judge(replace(free, scenario=licensed)) if violation.hard}
    assert broken == {"launch-licensed"}
    around = planned(licensed)
    assert [violation for violation in judge(around) if violation.hard] == []
    assert around.unflown == ()
    assert not gap[0] < around.mission_named[first.mission_id].launch_utc < gap[1]


def test_gaps_of_the_year_are_proven(year: OperationsPlan) -> None:
    gaps = {stage.stage: stage.gap for stage in year.stages}
    assert gaps["schedule"] is not None
    assert gaps["schedule"] <= 0.02
    assert gaps["manifest"] is not None
    assert gaps["manifest"] <= 0.01


def test_two_ports_are_taken_85_percent_of_the_year(year: OperationsPlan) -> None:
    settings = year.scenario.settings
    taken_d: dict[tuple[str, str], float] = defaultdict(float)
    for mission in year.missions:
        until = min(mission.docked_utc[1], settings.end_utc)
        taken_d[mission.destination, mission.port] += max(0.0, days_between(mission.docked_utc[0], until))
    assert sum(days / settings.horizon_days >= 0.85 for days in taken_d.values()) >= 2


def test_missions_are_full_and_late_load_is_short(year: OperationsPlan) -> None:
    shares = [max(m.upmass_kg / m.upmass_capacity_kg, m.upvolume_m3 / m.upvolume_capacity_m3) for m in year.missions]
    assert sum(share >= 0.97 for share in shares) >= 8
    late = [m.late_load_kg / m.late_load_capacity_kg for m in year.missions if m.late_load_capacity_kg]
    assert sum(share >= 0.97 for share in late) >= 5


def test_revenue_is_that_of_the_service_and_leaves_its_margin(year: OperationsPlan) -> None:
    assert kpi(year, "K9") == pytest.approx(1.8e9, rel=0.03)
    assert kpi(year, "K10") > 20.0


def test_first_come_first_served_is_ten_points_worse(year: OperationsPlan) -> None:
    baseline = planned(year.scenario, BASELINE)
    assert kpi(year, "K3") - kpi(baseline, "K3") >= 10.0
    promises = {"must-line", "must-mission", "stock-reserve", "contract-minimum"}
    assert {violation.rule for violation in judge(baseline) if violation.hard} <= promises


def test_one_port_fewer_makes_the_schedule_worse(year: OperationsPlan) -> None:
    scenario = year.scenario

    def objective(tried: Scenario) -> float:
        needs = stock_needs(tried, forecast_demand(tried, rng=stream(tried.settings.seed, "demand")))
        return schedule_missions(tried, find_windows(tried), needs).bound

    ports = tuple(port for port in scenario.ports if (port.destination, port.port) != ("ISS", "Harmony nadir"))
    assert len(ports) == len(scenario.ports) - 1
    reported = next(stage.objective for stage in year.stages if stage.stage == "schedule")
    assert reported is not None
    assert objective(replace(scenario, ports=ports)) > 1.5 * reported


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "-"))
def test_referee_names_what_was_spoilt_in_the_year(year: OperationsPlan, mutation: Mutation) -> None:
    try:
        spoilt = mutation.spoil(year)
    except LookupError as error:
        pytest.skip(f"{mutation.name}: {error}")
    assert mutation.rule in {violation.rule for violation in judge(spoilt)}


def test_order_of_rows_does_not_matter(year: OperationsPlan) -> None:
    shuffled: dict[str, Any] = {}
    for name in (
        "missions",
        "cargo",
        "ports",
        "pads",
        "tails",
        "facilities",
        "stock",
        "spares",
        "vehicles",
        "orbits",
        "blackouts",
    ):
        rows = list(getattr(year.scenario, name))
        Random(5).shuffle(rows)
        shuffled[name] = tuple(rows)
    again = planned(replace(year.scenario, **shuffled))
    mine, theirs = plan_files(year), plan_files(again)
    differing = {name for name in mine if mine[name] != theirs[name] and not name.startswith("scenario/")}
    assert differing <= {"plan.json"}


def folder_bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_tiny_gives_the_same_bytes_twice_and_is_judged_from_its_folder(tmp_path: Path) -> None:
    new_scenario(tmp_path / "tiny", NewScenario("tiny", seed=4))
    plans = [tmp_path / "one", tmp_path / "two"]
    for out in plans:
        plan_scenario(tmp_path / "tiny", out)
    first, second = (folder_bytes(out) for out in plans)
    assert {name for name in first if first[name] != second.get(name)} <= {"run.json"}
    assert first.keys() == second.keys()
    assert [violation for violation in verify_plan(plans[0]) if violation.hard] == []
    head = json.loads(first["plan.json"])
    assert head["fuse_blown"] is False
    assert not set(head["not_yet"]) & set(first)
    assert len(read_plan(plans[0]).kpis) == 16


def test_a_blown_fuse_is_owned_up_to(tmp_path: Path) -> None:
    new_scenario(tmp_path / "tiny", NewScenario("tiny", seed=4))
    plan_scenario(tmp_path / "tiny", tmp_path / "out", limit_s=0.001)
    assert json.loads((tmp_path / "out" / "plan.json").read_text())["fuse_blown"] is True
    assert [violation for violation in verify_plan(tmp_path / "out") if violation.hard] == []


def test_cost_of_the_year_is_that_of_an_independent_recount(year: OperationsPlan) -> None:
    """Cost to serve counted anew from the rows of the files, by fractions instead of cents and without the product's code."""
    recount_cost(year)


def test_departures_of_the_year_from_plan_are_those_of_an_independent_recount(year: OperationsPlan) -> None:
    """Price is (AP - SP) x AQ and usage (AQ - SQ) x SP, line by line, of invoices that a seed drew."""
    recount_variances(year, seed=1)


DOCUMENTS_S = 90.0
"""Seconds in which all fifteen deliverables of the reference year have to be made."""


def test_the_fifteen_deliverables_of_the_year_are_made_in_time_and_name_what_a_plan_alone_can_not_cover(
    year: OperationsPlan, tmp_path: Path
) -> None:
    write_plan(year, tmp_path / "plan", run={}, report_html="", force=False)
    began = time.process_time()
    made = write_documents(
        ReportAsked(tmp_path / "plan", out=tmp_path / "out", formats=("html", "pdf", "md"), runs=100, workers=1)
    )
    assert time.process_time() - began < DOCUMENTS_S
    assert [document.doc_id for document in made.documents] == [f"D{index}" for index in range(1, 16)]
    # how content customers are, and awards, are on record in operations or nowhere
    assert [one.phrase_id for _, covered in made.coverage for one in covered if not one.blocks] == ["D10.4", "D15.3"]
    assert sum(name.endswith(".pdf") for name in made.files) == 15
