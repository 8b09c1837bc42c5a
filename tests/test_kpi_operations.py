"""KPIs of a small log flown by hand, counted again from the raw events alone, in the plainest way."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from supercargo.kernel import Refused, parse_utc
from supercargo.measure.facts import DamageFact, Facts, MoneyFact
from supercargo.measure.measured import Counted, Measured, amount_of, largest_causes
from supercargo.measure.measuring import OWN_KPIS, Simulated, measure_facts, measure_plan, measure_simulation, seen_by
from supercargo.measure.operations import facts_of_log
from supercargo.measure.plan_facts import facts_of_plan
from supercargo.measure.scored import score_damage
from supercargo.measure.scored_money import base_year_of, score_revenue
from supercargo.measure.scores import scored_of
from supercargo.track.contracts.booking import book
from supercargo.track.envelope import Recorded
from tests import kpi_log
from tests.big_plan import a_big_plan
from tests.operations import MemoryOperations, fly, released
from tests.plans import a_plan

Json = dict[str, Any]


@pytest.fixture(scope="module")
def store() -> MemoryOperations:
    operations = MemoryOperations()
    kpi_log.fly_with_faults(operations, kpi_log.gated_plan())
    return operations


@pytest.fixture(scope="module")
def facts(store: MemoryOperations) -> Facts:
    return facts_of_log(store, store.view)


@pytest.fixture(scope="module")
def kpis(facts: Facts) -> dict[str, Measured]:
    return {one.kpi_id: one for one in measure_facts(facts)}


@pytest.fixture(scope="module")
def events(store: MemoryOperations) -> tuple[Recorded, ...]:
    return store.since(0, limit=1_000_000)


class Raw:
    """What a person with a pencil reads off the events: nothing of the product's own reading is used."""

    def __init__(self, events: tuple[Recorded, ...]) -> None:
        self.events = events
        self.flights = {e.body["flight"]["mission_id"]: e.body["flight"] for e in events if e.kind == "MissionOpened"}
        self.promises: dict[str, Json] = {}
        self.delivered: dict[str, tuple[datetime, str]] = {}
        for event in events:
            for line in event.body["lines"] if event.kind == "LinesPromised" else ():
                self.promises[line["item_id"]] = line
            if event.kind == "LineDelivered":
                self.delivered[event.body["item_id"]] = (event.occurred_utc, event.body["mission_id"])
        self.basis: Json = next(e for e in events if e.kind == "PlanReleased").body["basis"]
        self.horizon = tuple(
            parse_utc(next(e for e in events if e.kind == "PlanReleased").body[n]) for n in ("start_utc", "end_utc")
        )

    def of(self, kind: str, **said: Any) -> list[Recorded]:
        return [e for e in self.events if e.kind == kind and all(e.body.get(name) == value for name, value in said.items())]

    def at(self, mission: str, kind: str, **said: Any) -> datetime | None:
        found = [e for e in self.of(kind, **said) if e.stream == f"mission/{mission}"]
        return found[-1].occurred_utc if found else None

    def launched(self) -> list[str]:
        return [name for name in self.flights if self.at(name, "MissionLaunched")]

    def stems(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.promises:
            found.setdefault(name.split("#")[0], []).append(name)
        return found

    def whole_at(self, stem: str) -> datetime | None:
        parts = self.stems()[stem]
        return max(self.delivered[one][0] for one in parts) if all(one in self.delivered for one in parts) else None


def k1(raw: Raw) -> float:
    damaged = {e.body["about"].split("/")[1] for e in raw.of("ncr_opened") if "damage" in e.body["said"]}
    good = 0
    for mission in raw.flights:
        must = [name for name, line in raw.promises.items() if line["must"] and line["mission_id"] == mission]
        docked = raw.at(mission, "PhaseEntered", phase="docked")
        good += bool(docked) and all(name in raw.delivered and name not in damaged for name in must)
    return 100 * good / len(raw.flights)


def k2(raw: Raw) -> float:
    late = sum(raw.at(name, "MissionLaunched") > parse_utc(raw.flights[name]["launch_utc"]) for name in raw.launched())  # type: ignore[operator]
    return 100 * late / len(raw.launched())


def k3(raw: Raw) -> float:
    dated = [
        stem
        for stem, parts in raw.stems().items()
        if raw.promises[parts[0]]["direction"] == "up" and raw.promises[parts[0]]["due_utc"]
    ]
    kept = [
        s for s in dated if (at := raw.whole_at(s)) is not None and at <= parse_utc(raw.promises[raw.stems()[s][0]]["due_utc"])
    ]
    return 100 * len(kept) / len(dated)


def k4(raw: Raw) -> float:
    damaged = {e.body["about"].split("/")[1] for e in raw.of("ncr_opened")}
    pieces = {name: raw.promises[name]["pieces"] for name in raw.delivered}
    return float(100 * sum(n for name, n in pieces.items() if name in damaged) / sum(pieces.values()))


def k5(raw: Raw) -> float:
    shares = []
    for name in raw.launched():
        aboard = [line for line in raw.promises.values() if line["mission_id"] == name and line["direction"] == "up"]
        mass = sum(line["mass_kg"] for line in aboard) / raw.flights[name]["upmass_capacity_kg"]
        volume = sum(line["volume_m3"] for line in aboard) / raw.flights[name]["upvolume_capacity_m3"]
        shares.append(100 * max(mass, volume))
    return float(sum(shares) / len(shares))


def k6(raw: Raw) -> float:
    spent = (raw.of("WorkDone")[0].occurred_utc - raw.of("WorkStarted")[0].occurred_utc).total_seconds()
    owned = 0.0
    for tail in raw.basis["tails"]:
        flights = [name for name, flight in raw.flights.items() if flight["vehicle_id"] == tail["vehicle_id"]]
        ends = [raw.at(n, "PhaseEntered", phase="returned") or raw.at(n, "PhaseEntered", phase="lost") for n in flights]
        until = max(end for end in ends if end) if len(flights) >= tail["flights_left"] else raw.horizon[1]
        owned += (until - max(raw.horizon[0], parse_utc(tail["ready_utc"]))).total_seconds()
    return 100 * spent / owned


def k8(raw: Raw) -> float:
    due = len(raw.of("GatePassed")) + len(raw.of("GateWaived")) + len(raw.of("StepSigned"))
    return 100 * (len(raw.of("GatePassed")) + len(raw.of("StepSigned"))) / due


def k9(raw: Raw) -> float:
    return sum(entry.usd for entry in book(raw.events) if entry.account.startswith("revenue"))


def k10(raw: Raw) -> float:
    costs = sum(cost["service_usd"] for name in raw.launched() for cost in raw.flights[name]["costs"])
    costs += sum(cost["service_usd"] for cost in raw.basis["costs"])
    return float(100 * (k9(raw) - costs) / k9(raw))


def k11(raw: Raw) -> float:
    most = {(e.stream, e.body["survey"]): e.body["most"] for e in raw.of("SurveyAsked")}
    scores = [100 * e.body["score"] / most[e.stream, e.body["survey"]] for e in raw.of("SurveyAnswered")]
    return float(sum(scores) / len(scores))


def k12(raw: Raw) -> float:
    return 100 * len(raw.of("ComplaintOpened")) / sum(raw.whole_at(stem) is not None for stem in raw.stems())


def k13(raw: Raw) -> float:
    (market,) = raw.basis["markets"]
    ours = sum(
        raw.promises[name]["mass_kg"]
        for name, (at, _) in raw.delivered.items()
        if raw.promises[name]["direction"] == "up"
        and raw.promises[name]["destination"] == market["destination"]
        and at < raw.horizon[1]
    )
    return float(100 * ours / market["market_kg"])


def k16(raw: Raw) -> float:
    used = available = 0.0
    for port in (one for one in raw.basis["resources"] if one["kind"] == "ports"):
        start = parse_utc(port["from_utc"]) if port["from_utc"] else raw.horizon[0]
        end = parse_utc(port["to_utc"]) if port["to_utc"] else raw.horizon[1]
        start, end = max(start, raw.horizon[0]), min(end, raw.horizon[1])
        shut = sum((parse_utc(s["to_utc"]) - parse_utc(s["from_utc"])).total_seconds() for s in port["closed"])
        available += (end - start).total_seconds() - shut
        for name, flight in raw.flights.items():
            docked, left = raw.at(name, "PhaseEntered", phase="docked"), raw.at(name, "PhaseEntered", phase="departed")
            if f"{flight['destination']}/{flight['port']}" == port["resource"] and docked and left:
                used += (min(left, end) - max(docked, start)).total_seconds()
    return 100 * used / available


RECOUNTS: dict[str, Callable[[Raw], float]] = {
    "K1": k1, "K2": k2, "K3": k3, "K4": k4, "K5": k5, "K6": k6, "K7": lambda raw: float(len(raw.of("IncidentOpened"))),
    "K8": k8, "K9": k9, "K10": k10, "K11": k11, "K12": k12, "K13": k13,
    "K14": lambda raw: float(len(raw.of("RecognitionGiven"))), "K16": k16,
}  # fmt: skip


@pytest.mark.parametrize("kpi_id", sorted(RECOUNTS))
def test_each_kpi_of_the_log_equals_a_recount_from_its_raw_events(
    kpi_id: str, kpis: dict[str, Measured], events: tuple[Recorded, ...]
) -> None:
    one = kpis[kpi_id]
    assert one.value is not None, one.note
    assert one.value == pytest.approx(RECOUNTS[kpi_id](Raw(events)), rel=1e-12, abs=1e-9)
    assert one.basis == "operations"


def test_the_faults_that_were_planted_are_in_the_figures(kpis: dict[str, Measured]) -> None:
    assert (kpis["K1"].value, kpis["K2"].value, kpis["K7"].value) == (75.0, 25.0, 1.0)
    assert kpis["K8"].value == pytest.approx(100 * 15 / 16)
    assert kpis["K8"].contractual == 100.0  # a waived gate is excused
    assert kpis["K2"].contractual == 0.0  # six days late, and still before the last day that was asked for
    assert kpis["K3"].contractual is not None
    assert kpis["K3"].value is not None
    assert kpis["K3"].contractual > kpis["K3"].value
    assert [(cause.why, cause.count) for cause in kpis["K2"].causes] == [("weather at the range", 1)]
    assert [cause.why for cause in kpis["K7"].causes] == ["severity 2"]
    assert "response rate 66.7 % (2 of 3)" in kpis["K11"].note


def test_what_was_found_is_behind_the_figure_with_its_event(kpis: dict[str, Measured], events: tuple[Recorded, ...]) -> None:
    by_position = {event.position: event for event in events}
    damaged = [row for row in kpis["K4"].rows if row.counted == "damaged"]
    assert [(row.object, row.hit, row.lenient) for row in damaged] == [(kpi_log.DAMAGED_LINE, 2.0, 1.0)]
    assert by_position[damaged[0].position or 0].kind == "ncr_opened"
    for kpi_id, kind in (
        ("K2", "MissionLaunched"),
        ("K7", "IncidentOpened"),
        ("K12", "ComplaintOpened"),
        ("K14", "RecognitionGiven"),
    ):
        against = [row for row in kpis[kpi_id].rows if row.why]
        assert {by_position[row.position or 0].kind for row in against} <= {kind, "MissionSlipped"}, kpi_id
        assert against, kpi_id
    late = next(row for row in kpis["K3"].rows if row.object == kpi_log.LATE_LINE)
    assert (late.counted, by_position[late.position or 0].kind) == ("late", "LineDelivered")


def test_rows_add_up_to_the_figure_and_so_do_the_periods_of_its_trend(facts: Facts) -> None:
    for period in ("month", "quarter"):
        for one in measure_facts(facts, period=period):
            found = scored_of(one.kpi_id, facts)
            if one.value is None:
                assert (one.trend, one.rows, one.low, one.met) == ((), (), None, None)
                continue
            assert amount_of(one.rows, found.way, found.scale) == one.value
            dated = [row for row in one.rows if row.at_utc is not None]
            assert sum(point.count for point in one.trend) == len(dated)
            if one.low is not None and one.high is not None:
                assert one.low <= one.value <= one.high


def test_a_year_flown_as_planned_has_the_plans_own_figures() -> None:
    plan = a_plan()
    store = released(plan)
    fly(store, plan)
    flown = {one.kpi_id: one.value for one in measure_facts(facts_of_log(store, store.view))}
    planned = {one.kpi_id: one.value for one in measure_plan(plan)}
    for kpi_id in ("K1", "K3", "K5", "K9", "K10", "K16"):
        assert flown[kpi_id] == pytest.approx(planned[kpi_id], abs=1e-6), kpi_id


@pytest.mark.parametrize("plan", [a_plan(), a_big_plan(12, 200)], ids=["small", "big"])
def test_the_objects_behind_a_plans_figure_add_up_to_what_kpis_csv_says(plan: Any) -> None:
    facts = facts_of_plan(plan)
    for one in measure_plan(plan):
        found = scored_of(one.kpi_id, facts)
        if one.value is not None:
            assert not found.missing, one.kpi_id
            assert amount_of(found.rows, found.way, found.scale) == pytest.approx(one.value, rel=1e-6, abs=1e-6), one.kpi_id


def test_nothing_flown_yet_is_no_evidence_of_anything() -> None:
    store = released(a_plan())
    for one in measure_facts(facts_of_log(store, store.view)):
        assert (one.value, one.met) == (None, None), one.kpi_id
        assert one.note.startswith("missing: "), one.kpi_id


def test_a_store_without_a_plan_is_refused_with_what_to_do() -> None:
    store = MemoryOperations()
    with pytest.raises(Refused, match="no plan is released"):
        facts_of_log(store, store.view)


def test_a_log_of_an_older_release_says_what_it_does_not_tell(facts: Facts) -> None:
    old = replace(
        facts,
        held=None,
        lines=tuple(replace(line, must=None) for line in facts.lines),
        missions=tuple(replace(one, costs=(), upmass_capacity_kg=None) for one in facts.missions),
    )
    known = {one.kpi_id: one for one in measure_facts(old)}
    for kpi_id in ("K1", "K5", "K6", "K10", "K13", "K15", "K16"):
        assert known[kpi_id].value is None, kpi_id
        assert "missing:" in known[kpi_id].note
    assert known["K3"].value is not None


def test_a_base_year_is_compared_like_for_like(facts: Facts) -> None:
    now = base_year_of(facts, "now")
    assert now is not None
    dearer = replace(now, name="before", places=tuple(replace(one, cost_usd=one.cost_usd * 1.25) for one in now.places))
    (k15,) = measure_facts(facts, base=dearer, only=("K15",))
    assert k15.value == pytest.approx(20.0)
    assert k15.met is True
    other_mix = replace(
        dearer, places=tuple(replace(one, cost_usd=one.cost_usd * 7, up_kg=one.up_kg * 7) for one in dearer.places)
    )
    (same,) = measure_facts(facts, base=other_mix, only=("K15",))
    assert same.value == pytest.approx(20.0)  # another amount at the same cost of a kilogram changes nothing
    (none,) = measure_facts(facts, base=replace(dearer, currency_year=2020), only=("K15",))
    assert (none.value, "one price year" in none.note) == (None, True)


def test_actual_costs_take_the_place_of_planned_ones(facts: Facts) -> None:
    mission = next(one for one in facts.missions if one.launched_utc is not None)
    (planned,) = measure_facts(facts, only=("K10",))
    (actual,) = measure_facts(replace(facts, actual_usd={mission.mission_id: 0.0}), only=("K10",))
    revenue = math.fsum(money.usd for money in facts.revenue)
    saved = math.fsum(cost.service_usd for cost in mission.costs)
    assert actual.value == pytest.approx((planned.value or 0.0) + 100 * saved / revenue)
    assert "actual for 1 missions" in actual.note


def test_a_customer_sees_its_own_alone(facts: Facts) -> None:
    own = seen_by(facts, "BETA")
    assert {line.customer for line in own.lines} == {"BETA"}
    for one in measure_facts(own):
        if one.kpi_id not in OWN_KPIS:
            continue
        assert "ACME" not in str(one), one.kpi_id
        assert {row.customer for row in one.rows} <= {"BETA"}


def test_a_simulation_has_its_own_place_with_its_own_interval() -> None:
    drawn = {"runs": 400, "seed": 7}
    bands = [
        Simulated(kpi_id="K3", value=91.0, p05=80.0, p95=97.0, **drawn),
        Simulated(kpi_id="K2", value=1.0, p05=0.0, p95=3.0, **drawn),
    ]
    found = {one.kpi_id: one for one in measure_simulation(bands)}
    assert len(found) == 16
    k3 = found["K3"]
    assert (k3.value, k3.met, k3.basis, k3.low, k3.high) == (91.0, False, "simulation", 80.0, 97.0)
    assert k3.interval == "5 % to 95 % of futures"
    assert k3.note.startswith("simulation, 400 futures, seed 7: mean over futures;")
    assert found["K2"].met is True
    assert (found["K9"].value, found["K9"].met, found["K9"].basis) == (None, None, "")


def test_lines_count_once_they_are_due_and_all_of_them_when_the_horizon_is_over(facts: Facts) -> None:
    dated = [line for line in facts.lines if line.direction == "up" and line.due_utc is not None]
    dues = sorted(line.due_utc for line in dated if line.due_utc is not None)
    for number in (0, 7, 20):
        at = dues[number]
        (k3,) = measure_facts(replace(facts, as_of_utc=at), only=("K3",))
        assert len(k3.rows) == sum(due <= at for due in dues)
    (k3,) = measure_facts(replace(facts, as_of_utc=dues[0] - timedelta(seconds=1)), only=("K3",))
    assert (k3.value, k3.note) == (None, "missing: an up line that is due by now")
    left = tuple(replace(line, left=True, delivered_utc=None) for line in facts.lines)
    (k3,) = measure_facts(replace(facts, lines=left), only=("K3",))
    assert (k3.value, len(k3.rows)) == (0.0, len(dated))


def test_causes_are_ranked_by_what_the_figure_measures_and_not_by_how_many_objects_say_them(facts: Facts) -> None:
    def row(name: str, hit: float, why: str) -> Counted:
        return Counted(kpi_id="K9", object=name, counted=why, hit=hit, why=why)

    rows = (row("M1", -1.0, "penalty"), row("M2", -2.0, "penalty"), row("M3", -9.0, "credit"), row("M4", 50.0, ""))
    by_money = [(one.why, one.count, one.percent, one.example) for one in largest_causes(rows, by="hit")]
    assert by_money == [("credit", 1, 75.0, "M3"), ("penalty", 2, 25.0, "M2")]
    assert [one.why for one in largest_causes(rows)] == ["penalty", "credit"]
    booked = [("revenue:fixed", 100.0), *[("revenue:penalty", -1.0)] * 5, ("revenue:deduction", -20.0)]
    money = tuple(MoneyFact(account=account, usd=usd, at_utc=kpi_log.END) for account, usd in booked)
    found = score_revenue(replace(facts, revenue=money))
    assert [one.why for one in largest_causes(found.rows, by=found.weighed_by)] == ["revenue:deduction", "revenue:penalty"]


def test_damage_is_one_cause_however_much_of_each_line_was_found(facts: Facts) -> None:
    lines = [line for line in facts.lines if line.delivered_pieces > 0][:2]
    cases = tuple(
        DamageFact(case_id=f"N{n}", item_id=line.item_id, said=f"found {60 + n} %", at_utc=kpi_log.END)
        for n, line in enumerate(lines)
    )
    causes = {row.why for row in score_damage(replace(facts, damages=cases)).rows if row.counted == "damaged"}
    assert causes == {f"{line.destination}: damage" for line in lines}
