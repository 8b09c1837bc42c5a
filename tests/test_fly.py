"""A plan flown as live operations: every doing by the rules, seeded, resumed without a word told twice, recounted."""

from __future__ import annotations

import csv
import json
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from supercargo.app.flying import FlyAsked, fly_plan
from supercargo.app.flying_figures import FlownFigures
from supercargo.app.kpis import KpiAsked, measure_kpi_study
from supercargo.app.operations.log import open_operations, rebuild_store, verify_store
from supercargo.app.operations.releasing import ReleaseAsked, release_plan, release_read
from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario
from supercargo.faces.fly_words import pace_of
from supercargo.kernel import Refused, ScenarioError, days
from supercargo.model import CHANCES, OperationsPlan
from supercargo.simulate.flight_state import KEEP, REPLAN
from supercargo.store import read_plan
from supercargo.store.log import SqlStore, read_log
from supercargo.track.envelope import Recorded
from tests import cli_runner
from tests.recount import Recount

HEADER = "chance,applies_to,probability,trials_count,hits_count,least_value,likely_value,most_value,unit,source,as_of,evidence"
UNITS = {"slip": "factor", "standdown": "d", "port_out": "d", "overrun": "d", "damage": "fraction", "demand": "factor",
         "supplier_delay": "d"}  # fmt: skip


def a_plan_where(folder: Path, **happens: float) -> Path:
    """The tiny year planned, with chances of its own: those named happen for certain at that size, the others never."""
    new_scenario(folder / "year", NewScenario("tiny"))
    rows = [HEADER]
    for chance in CHANCES:
        size, sure = happens.get(chance, 0.0), int(chance in happens)
        rows.append(
            f"{chance},,{sure},,,{size},{size},{size},{UNITS.get(chance, '')},invented for a test,2026-11-27,assumption"
        )
    (folder / "year" / "chances.csv").write_text("\n".join(rows) + "\n")
    plan_scenario(folder / "year", folder / "plan")
    return folder / "plan"


def flown(plan: Path, store: Path, **asked: object) -> FlownFigures:
    told: dict[str, object] = {"by": "kim", "planner": KEEP, **asked}
    return fly_plan(FlyAsked(folder=plan, store=str(store), **told))  # type: ignore[arg-type]


def events_of(store: Path) -> tuple[Recorded, ...]:
    log = read_log(str(store))
    try:
        return log.since(0, limit=1_000_000)
    finally:
        log.close()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    new_scenario(folder / "year", NewScenario("tiny"))
    plan_scenario(folder / "year", folder / "plan")
    return folder / "plan"


@pytest.fixture(scope="module")
def year(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[FlownFigures, Path]:
    """The tiny year flown with seed 1 and a planner in the loop."""
    store = tmp_path_factory.mktemp("flown") / "log.sqlite"
    return flown(tiny, store, planner=REPLAN, out=store.parent / "last"), store


def k9_of(plan: OperationsPlan) -> float:
    value = next(kpi.value for kpi in plan.kpis if kpi.kpi_id == "K9")
    assert value is not None
    return value


def test_a_year_in_which_nothing_befalls_books_the_plans_own_revenue_to_the_cent(tmp_path: Path) -> None:
    plan = a_plan_where(tmp_path)
    made = flown(plan, tmp_path / "log.sqlite", planner=REPLAN)
    assert (made.flown_count, made.slips_count, made.replans, made.late_count) == (3, 0, (), 0)
    assert made.delivered_count == made.lines_count == 24
    assert made.revenue_usd == round(k9_of(read_plan(plan)), 2)


def test_one_seed_tells_the_same_events_and_another_seed_others(
    tiny: Path, year: tuple[FlownFigures, Path], tmp_path: Path
) -> None:
    again = flown(tiny, tmp_path / "again.sqlite", planner=REPLAN)
    assert replace(again, folder="") == replace(year[0], folder="")
    other = flown(tiny, tmp_path / "other.sqlite", planner=REPLAN, seed=2)
    assert other.log_hash != again.log_hash
    assert other.slipped or other.slips_count or other.late_count != again.late_count


class Interrupting:
    """A pace that lets so many doings pass and is then broken off."""

    def __init__(self, after: int) -> None:
        self._left = after

    def __call__(self, at_utc: datetime) -> None:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("planner", [KEEP, REPLAN])
def test_a_year_broken_off_goes_on_where_it_was_and_stores_nothing_twice(tiny: Path, planner: str, tmp_path: Path) -> None:
    whole = flown(tiny, tmp_path / "whole.sqlite", planner=planner)
    asked = FlyAsked(folder=tiny, store=str(tmp_path / "broken.sqlite"), by="kim", planner=planner)
    for after in (3, 90, 60):
        with pytest.raises(KeyboardInterrupt):
            fly_plan(asked, pace=Interrupting(after))
        assert verify_store(asked.store, receipts=None, watch=lambda stage, share: None).findings_count == 0
    made = fly_plan(asked)
    assert made.repeated_count > 150
    assert (made.log_hash, made.events_count) == (whole.log_hash, whole.events_count)
    once_more = fly_plan(asked)
    assert (once_more.log_hash, once_more.repeated_count) == (whole.log_hash, once_more.told_count)


def test_the_log_is_sound_and_its_views_are_made_anew_alike(year: tuple[FlownFigures, Path]) -> None:
    _, store = year
    assert verify_store(str(store), receipts=None, watch=lambda stage, share: None).findings_count == 0
    rebuilt = rebuild_store(str(store), watch=lambda stage, share: None)
    assert rebuilt.digest == rebuilt.digest_before
    assert rebuilt.events_count == year[0].events_count


def test_the_summary_equals_a_recount_from_raw_events(year: tuple[FlownFigures, Path]) -> None:
    made, store = year
    count = Recount.of(events_of(store))
    assert made.flown_count == len(count.launched)
    assert list(made.slipped) == sorted(name for name, at in count.launched.items() if at > count.committed[name])
    assert set(made.lost) == count.lost
    assert made.delivered_count == len(count.delivered)
    assert made.late_count == len(count.late_lines())
    assert made.damaged_count == len(count.damaged)
    assert Decimal(str(made.revenue_usd)) == count.revenue_usd()


def test_kpis_of_the_record_equal_a_recount_from_raw_events(year: tuple[FlownFigures, Path], tiny: Path) -> None:
    count, plan = Recount.of(events_of(year[1])), read_plan(tiny)
    told = {one.kpi_id: one.value for one in measure_kpi_study(KpiAsked(store=str(year[1]))).kpis}
    must = [line.item_id for line in plan.scenario.cargo if line.must]
    assert told["K1"] == pytest.approx(count.k1_percent(must, plan.mission_named), abs=1e-9)
    assert told["K2"] == pytest.approx(count.k2_percent(), abs=1e-9)
    assert told["K3"] == pytest.approx(count.k3_percent(), abs=1e-9)
    assert told["K4"] == pytest.approx(count.k4_percent(), abs=1e-9)
    assert Decimal(str(told["K9"])) == count.revenue_usd()


def test_kpis_recounted_from_the_log_are_those_of_a_year_flown_as_planned(tmp_path: Path) -> None:
    folder = a_plan_where(tmp_path)
    flown(folder, tmp_path / "log.sqlite")
    count, plan = Recount.of(events_of(tmp_path / "log.sqlite")), read_plan(folder)
    named = {kpi.kpi_id: kpi.value for kpi in plan.kpis}
    must = [line.item_id for line in plan.scenario.cargo if line.must]
    assert count.k1_percent(must, plan.mission_named) == named["K1"] == 100.0
    assert count.k2_percent() == 0.0
    assert count.k3_percent() == pytest.approx(named["K3"])
    assert count.k4_percent() == 0.0
    assert float(count.revenue_usd()) == round(k9_of(plan), 2)


def test_no_line_is_delivered_or_stowed_twice(year: tuple[FlownFigures, Path]) -> None:
    count = Recount.of(events_of(year[1]))
    assert len(count.deliveries) == len(set(count.deliveries)) > 0
    assert len(count.stowed) == len(set(count.stowed)) > 0


def test_a_loss_grounds_its_family_and_nothing_of_it_lifts_off_until_the_stand_down_is_over(tmp_path: Path) -> None:
    plan = a_plan_where(tmp_path, loss=1.0, standdown=120.0)
    made = flown(plan, tmp_path / "log.sqlite")
    count = Recount.of(events_of(tmp_path / "log.sqlite"))
    assert made.lost
    assert set(made.lost) == count.lost
    lifted = sorted(count.lifted)
    for at, name, launcher, _ in lifted:
        for later, other, their, _ in lifted:
            if name in count.lost and other != name and their == launcher and later > at:
                assert later >= at + timedelta(days=120)
    assert made.standdowns_count == len(made.lost)
    assert len(made.grounded) + made.flown_count == 3
    assert made.revenue_usd <= 0.0


def test_a_planner_in_the_loop_plans_anew_after_a_loss(tmp_path: Path) -> None:
    plan = a_plan_where(tmp_path, loss=1.0, standdown=30.0)
    made = flown(plan, tmp_path / "log.sqlite", planner=REPLAN, out=tmp_path / "last")
    assert made.replans[0].released
    assert made.lost[0] in made.replans[0].why
    last = read_plan(tmp_path / "last")
    assert last.mission_named[made.lost[0]].outcome == "lost"
    assert [row.risk_id for row in last.risks]  # a plan made on the way has a register, as the first one has
    count = Recount.of(events_of(tmp_path / "log.sqlite"))
    assert Decimal(str(made.revenue_usd)) == count.revenue_usd()


def test_every_damaged_line_has_a_non_conformance_that_two_people_bring_to_its_end(tmp_path: Path) -> None:
    plan = a_plan_where(tmp_path, damage=0.5)
    made = flown(plan, tmp_path / "log.sqlite")
    events = events_of(tmp_path / "log.sqlite")
    opened = {event.stream: event.by for event in events if event.kind == "ncr_opened"}
    closed = {event.stream: event.by for event in events if event.kind == "ncr_closed"}
    assert made.damaged_count == len(opened) == 20
    assert opened.keys() == closed.keys()
    assert all(opened[name] != closed[name] for name in opened)
    count = Recount.of(events)
    came = {item for _, item in count.delivered}
    up = {item for (_, item), line in count.promises.items() if line["direction"] == "up"} & came
    assert up == count.damaged & came
    assert count.k4_percent() == pytest.approx(
        100.0 * sum(count.pieces[item] for item in up) / sum(count.pieces[item] for item in came)
    )


def test_a_line_that_comes_too_late_for_its_ship_goes_on_a_later_one(tmp_path: Path) -> None:
    plan = a_plan_where(tmp_path, supplier_delay=40.0)
    made = flown(plan, tmp_path / "log.sqlite")
    assert made.missed_count > 0
    assert made.rebooked_count > 0
    count = Recount.of(events_of(tmp_path / "log.sqlite"))
    planned = {row.item_id: row.mission_id for row in read_plan(plan).manifest}
    on_another = {item for (_, item), (_, mission) in count.delivered.items() if mission != planned[item]}
    assert len(on_another) == made.rebooked_count
    assert len(count.deliveries) == len(set(count.deliveries))


def test_use_above_forecast_uses_up_more_than_the_forecast(tmp_path: Path) -> None:
    (tmp_path / "calm").mkdir()
    (tmp_path / "more").mkdir()
    calm = flown(a_plan_where(tmp_path / "calm"), tmp_path / "calm.sqlite")
    more = flown(a_plan_where(tmp_path / "more", demand=1.5), tmp_path / "more.sqlite")
    assert more.consumed_kg + more.short_kg > 1.2 * (calm.consumed_kg + calm.short_kg)


def test_an_overrun_moves_a_lift_off_by_itself_and_is_an_incident(tmp_path: Path) -> None:
    plan = a_plan_where(tmp_path, overrun=9.0)
    made = flown(plan, tmp_path / "log.sqlite")
    assert (made.overruns_count, made.incidents_count, len(made.slipped)) == (3, 3, 3)
    count = Recount.of(events_of(tmp_path / "log.sqlite"))
    assert all(at >= count.committed[name] + timedelta(days=9) for name, at in count.launched.items())


def test_a_port_that_is_out_takes_nobody(tmp_path: Path) -> None:
    plan = a_plan_where(tmp_path, port_out=60.0)
    made = flown(plan, tmp_path / "log.sqlite")
    assert made.port_outs_count > 0
    docked = [event for event in events_of(tmp_path / "log.sqlite") if event.kind == "docked"]
    assert len(docked) == made.flown_count


def test_it_stops_where_it_is_told_to_and_goes_on_from_there(tiny: Path, tmp_path: Path) -> None:
    until = read_plan(tiny).scenario.settings.start_utc + days(90)
    part = flown(tiny, tmp_path / "log.sqlite", until_utc=until)
    assert max(event.occurred_utc for event in events_of(tmp_path / "log.sqlite")) <= until
    assert part.flown_count < 3
    assert flown(tiny, tmp_path / "log.sqlite").log_hash == flown(tiny, tmp_path / "whole.sqlite").log_hash


def test_the_last_plan_is_written_out_and_is_the_one_in_force(year: tuple[FlownFigures, Path], tiny: Path) -> None:
    made, store = year
    supersedes = [event for event in events_of(store) if event.kind == "PlanMadeCurrent"]
    assert len(supersedes) == 1 + sum(one.released for one in made.replans)
    with (store.parent / "last" / "missions.csv").open() as file:
        assert {row["mission_id"] for row in csv.DictReader(file)} <= set(read_plan(tiny).mission_named)


WRONG: Sequence[tuple[str, dict[str, object], str]] = (
    ("a negative seed", {"seed": -1}, "give 0 or a larger whole number"),
    ("no name", {"by": " "}, "say who releases and decides"),
    ("no such planner", {"planner": "hope"}, "use one of: replan, keep"),
    ("an end before the beginning", {"until_utc": datetime.fromisoformat("2020-01-01T00:00:00Z")}, "give a later instant"),
)


@pytest.mark.parametrize(("asked", "fix"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_can_not_be_meant_is_refused_with_its_fix(tiny: Path, asked: dict[str, object], fix: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=fix):
        flown(tiny, tmp_path / "log.sqlite", **asked)
    assert not (tmp_path / "log.sqlite").exists()


@pytest.mark.parametrize("speed", ["0", "-3", "nan", "inf", "fast"])
def test_a_speed_that_is_none_is_refused(speed: str) -> None:
    with pytest.raises(ScenarioError, match="or max"):
        pace_of(speed)


def test_a_plan_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="supercargo plan"):
        flown(tmp_path / "nowhere", tmp_path / "log.sqlite")


def test_a_store_of_another_year_or_seed_or_of_other_people_is_refused(tiny: Path, tmp_path: Path) -> None:
    store = tmp_path / "log.sqlite"
    flown(tiny, store, until_utc=read_plan(tiny).scenario.settings.start_utc)
    before = events_of(store)
    with pytest.raises(Refused, match="flown with --seed 1 --planner keep"):
        flown(tiny, store, seed=2)
    (tmp_path / "other").mkdir()
    with pytest.raises(Refused, match="the store flies plan"):
        flown(a_plan_where(tmp_path / "other"), store)
    assert events_of(store) == before
    late = read_plan(tiny).missions[0].launch_utc + days(1)
    with open_operations(str(tmp_path / "late.sqlite"), lambda: late) as log:
        release_plan(tiny, log, ReleaseAsked(by="kim", at_utc=late))
    with pytest.raises(Refused, match="should have lifted off"):
        flown(tiny, tmp_path / "late.sqlite")


def test_a_year_at_a_speed_waits_for_the_clock() -> None:
    pace, start = pace_of("86400"), datetime.fromisoformat("2027-01-01T00:00:00Z")
    assert pace is not None
    began = time.monotonic()
    pace(start)
    pace(start + timedelta(hours=4))
    assert time.monotonic() - began >= 4 / 24
    assert pace_of("max") is None


def test_the_command_tells_what_came_of_the_year(tiny: Path, tmp_path: Path) -> None:
    store = str(tmp_path / "log.sqlite")
    asked = ("fly", str(tiny), "--store", store, "--by", "kim", "--planner", "keep")
    told = cli_runner.run(*asked)
    assert told.code == 0, told.err
    again = cli_runner.run(*asked, "--json")
    answer = json.loads(again.out)["flown"]
    assert answer["repeated_count"] == answer["told_count"] > 0
    assert f"{answer['flown_count']} of 3 lifted off" in told.out
    for wrong, fix in (("--speed=0", "or max"), ("--seed=-1", "larger whole number"), ("--until=never", "give a UTC day")):
        refused = cli_runner.run(*asked, wrong)
        assert refused.code == 2
        assert fix in refused.err


def test_a_loss_in_a_flown_year_is_insured_claimed_and_paid_by_the_command_line(tiny: Path, tmp_path: Path) -> None:
    flown(tiny, tmp_path / "whole.sqlite")
    events = events_of(tmp_path / "whole.sqlite")
    lift_off = next(event for event in events if event.kind == "MissionLaunched")
    polled = max(e.occurred_utc for e in events if e.stream == lift_off.stream and e.kind == "PollOpened")
    name, plan, store = lift_off.stream.partition("/")[2], read_plan(tiny), str(tmp_path / "log.sqlite")
    flown(tiny, Path(store), until_utc=polled + timedelta(minutes=1))  # polled, and no T- clock runs yet

    def told(*words: str, say: Sequence[str] = ()) -> None:
        done = cli_runner.run(*words, *(w for one in say for w in ("--say", one)), "--by", "Kim", "--store", store)
        assert done.code == 0, done.err

    aboard = {row.item_id.partition("#")[0] for row in plan.manifest if row.mission_id == name and row.direction == "up"}
    value = sum(round(100 * plan.scenario.lines[item].declared_usd) for item in aboard) / 100
    terms = (f"insured_usd={value}", "cover_fraction=0.5", f"limit_usd={value}", "deductible_usd=100", "premium_usd=16000")
    told("record", "policies", "P-1", "bind_policy", say=(f"mission_id={name}", "insurer=Our Mutual", *terms))
    told("record", "policies", "P-1", "pay_premium", say=["evidence=transfer 1"])
    told("act", name, "launch")
    told("act", name, "phase", "--name", "lost", "--word", "telemetry ended")
    told("record", "claims", "C-1", "notify", say=("policy=P-1", f"loss=mission/{name}", "text=lost in ascent"))
    told("record", "claims", "C-1", "document", say=(f"claimed_usd={value}", "evidence=packing list;invoices"))
    found = ("assessor=Lloyd", f"loss_usd={value}", "finding=nothing was saved")
    told("record", "claims", "C-1", "assess_loss", say=found)
    owed = (round(value * 100) // 2 - 10_000) / 100  # half the loss, less the deductible
    told("record", "claims", "C-1", "agree", say=(f"usd={owed}", "agreed_with=Our Mutual"))
    told("record", "claims", "C-1", "pay", say=["evidence=transfer 2"])
    rows = json.loads(cli_runner.run("board", "claims", "--store", store, "--json").out)["rows"]
    assert [(row["claim"], row["state"], row["agreed_usd"]) for row in rows] == [("C-1", "paid", owed)]
    own = [event for event in events_of(Path(store)) if event.by == "Kim"]
    assert len(own) >= 9
    assert {event.recorded_utc for event in own} == {event.occurred_utc for event in own} == {polled}


def test_two_runs_on_one_store_end_with_one_told_that_another_writes_it(tiny: Path, tmp_path: Path) -> None:
    store, others = tmp_path / "log.sqlite", list[FlownFigures]()

    def other(at_utc: datetime) -> None:
        if not others:
            others.append(flown(tiny, store, until_utc=at_utc + timedelta(days=60)))

    asked = FlyAsked(folder=tiny, store=str(store), by="kim", planner=KEEP)
    with pytest.raises(Refused, match="another run of fly writes this store"):
        fly_plan(asked, pace=other)
    assert flown(tiny, store).log_hash == flown(tiny, tmp_path / "whole.sqlite").log_hash


def test_a_release_that_another_run_made_meanwhile_is_told_as_that(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(plan: OperationsPlan, folder: Path, log: SqlStore, asked: ReleaseAsked) -> None:
        release_read(plan, folder, log, asked)
        release_read(plan, folder, log, replace(asked, by="lee"))

    monkeypatch.setattr("supercargo.app.flying.release_read", late)
    with pytest.raises(Refused, match="another run of fly writes this store"):
        flown(tiny, tmp_path / "log.sqlite")


def test_a_half_flown_year_is_held_to_who_flew_it_and_to_how_far(tiny: Path, tmp_path: Path) -> None:
    store, spring = tmp_path / "log.sqlite", datetime.fromisoformat("2027-03-01T00:00:00Z")
    flown(tiny, store, until_utc=spring)
    before = events_of(store)
    with pytest.raises(Refused, match="flown by kim so far, not by joe"):
        flown(tiny, store, by="joe")
    with pytest.raises(Refused, match=r"the year is flown to 2027-02-.* already"):
        flown(tiny, store, until_utc=spring - timedelta(days=59))
    assert events_of(store) == before
    assert flown(tiny, store, until_utc=spring).told_count > 0


def test_who_breaks_a_flight_off_is_told_how_far_it_came_and_that_it_goes_on(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supercargo.faces.fly_words.pace_of", lambda word: Interrupting(40))
    told = cli_runner.run("fly", str(tiny), "--store", str(tmp_path / "log.sqlite"), "--by", "kim", "--planner", "keep")
    assert told.code == 130
    assert re.search(r"^stopped at 20\d\d-\d\d-\d\d; what was told is stored, and the same command goes on$", told.err, re.M)
    assert "nothing was written" not in told.err
