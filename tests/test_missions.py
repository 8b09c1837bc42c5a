"""A mission does what is lawful and says what is missing; what it is follows from its events alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.app.operations.projections import PROJECTIONS
from supercargo.app.operations.recording import record_mission, record_work
from supercargo.kernel import Refused, days, format_utc
from supercargo.model import GateTemplate
from supercargo.track.event_store import EventIdReused
from supercargo.track.maintenance.events import Limit
from supercargo.track.maintenance.orders import DeferWork, IssueWork
from supercargo.track.missions import commands as asked
from supercargo.track.missions.events import FlightPlan, Step
from supercargo.track.missions.gates import gates_for
from supercargo.track.missions.phases import GROUND_PHASES, NEXT_PHASES
from supercargo.track.missions.state import MissionState, mission_of
from supercargo.track.views import MemoryView, project_all
from tests.builders import FACT
from tests.operations import MemoryOperations, act, ready, released
from tests.plans import a_plan

PLAN = a_plan()
M1 = PLAN.mission_named["M1"]
START = PLAN.scenario.settings.as_of_utc
L0 = M1.launch_utc
STEPS = (Step(step="1", text="open the valve"), Step(step="2", text="arm", people_count=2))


def state_of(store: MemoryOperations, mission_id: str = "M1") -> MissionState:
    state = mission_of(store.stream(f"mission/{mission_id}"))
    assert state is not None
    return state


def do(store: MemoryOperations, command: asked.MissionCommand, at_utc: datetime = START, by: str = "kim") -> None:
    record_mission(store, "M1", command, act(at_utc, by))


def with_gates(days_before: Sequence[float] = (30.0, 2.0)) -> MemoryOperations:
    """A released plan whose missions have gates."""
    gates = tuple(
        GateTemplate(gate=f"gate {n}", before_launch_d=d, owner="cargo", proof="a record", **FACT)
        for n, d in enumerate(days_before)
    )
    return released(replace(PLAN, scenario=replace(PLAN.scenario, gates=gates)))


def on_pad() -> MemoryOperations:
    store = with_gates()
    ready(store, "M1", START)
    return store


def counting(t_minus_s: float = 600.0) -> MemoryOperations:
    store = on_pad()
    do(store, asked.StartCountdown(t_minus_s=t_minus_s), L0 - timedelta(seconds=t_minus_s))
    return store


def flying() -> MemoryOperations:
    store = on_pad()
    do(store, asked.Launch(), L0)
    return store


def with_incident(severity: int = 3) -> MemoryOperations:
    store = on_pad()
    do(store, asked.OpenIncident(incident="I1", severity=severity, text="a leak"))
    return store


def with_procedure() -> MemoryOperations:
    store = on_pad()
    do(store, asked.OpenProcedure(procedure="P1", steps=STEPS))
    return store


def polled() -> MemoryOperations:
    store = with_gates()
    do(store, asked.OpenPoll(positions=("range", "cargo")))
    return store


def test_a_mission_goes_from_its_plan_to_its_return() -> None:
    store = counting()
    do(store, asked.Launch(), L0)
    for hour, phase in enumerate(("phasing", "docked", "unloading", "loading", "departed", "returned"), start=1):
        do(store, asked.EnterPhase(phase=phase, evidence="report"), L0 + timedelta(hours=hour))
    state = state_of(store)
    assert (state.phase, state.launched_utc, state.docked_utc) == ("returned", L0, L0 + timedelta(hours=2))


REFUSALS: tuple[tuple[str, Any, asked.MissionCommand, datetime, str, str], ...] = (
    ("unknown gate", with_gates, asked.PassGate(gate="paint", evidence="x"), START, "kim", "use one of: gate 0, gate 1"),
    ("gate without evidence", with_gates, asked.PassGate(gate="gate 0", evidence=" "), START, "kim", "state the evidence"),
    ("failure without finding", with_gates, asked.FailGate(gate="gate 0", finding=""), START, "kim", "state what was found"),
    ("waiver without reason", with_gates, asked.WaiveGate(gate="gate 0", reason=""), START, "kim", "reason of the waiver"),
    ("nobody", with_gates, asked.PassGate(gate="gate 0", evidence="x"), START, " ", "state the name of the person"),
    ("gate again", on_pad, asked.PassGate(gate="gate 0", evidence="x"), START, "kim", "leave it; what was wrong"),
    ("gate in flight", flying, asked.FailGate(gate="gate 0", finding="x"), L0, "kim", "record what has happened"),
    ("poll of nobody", with_gates, asked.OpenPoll(positions=()), START, "kim", "name the positions"),
    ("poll asks twice", with_gates, asked.OpenPoll(positions=("a", "a")), START, "kim", "each position once"),
    ("no poll", with_gates, asked.AnswerPoll(position="range", answer="go"), START, "kim", "open a poll"),
    ("position not asked", polled, asked.AnswerPoll(position="x", answer="go"), START, "kim", "use one of: range, cargo"),
    ("no such answer", polled, asked.AnswerPoll(position="range", answer="maybe"), START, "kim", "go, no-go, absent"),
    ("no-go without reason", polled, asked.AnswerPoll(position="range", answer="no-go"), START, "kim", "reason for no-go"),
    ("answer too early", polled, asked.AnswerPoll(position="range", answer="go"), START - days(1), "kim", "the release"),
    ("earlier lift-off", with_gates, asked.Slip(launch_utc=L0, reason="x"), START, "kim", "state a later instant"),
    ("slip into the past", with_gates, asked.Slip(launch_utc=L0 + days(1), reason="x"), L0 + days(2), "kim", "still ahead"),
    ("slip without reason", with_gates, asked.Slip(launch_utc=L0 + days(1), reason=""), START, "kim", "reason of the slip"),
    (
        "slip from a lift-off that is not so", with_gates,
        asked.Slip(launch_utc=L0 + days(9), reason="x", from_utc=L0 - days(1)), START, "kim", "slip it from there",
    ),
    (
        "window closes before lift-off", with_gates,
        asked.Slip(launch_utc=L0 + days(2), reason="x", closes_utc=L0 + days(1)), START, "kim", "when the window",
    ),
    ("slip in flight", flying, asked.Slip(launch_utc=L0 + days(1), reason="x"), L0, "kim", "record what has happened"),
    ("phase out of order", on_pad, asked.EnterPhase(phase="docked", evidence="x"), START, "kim", "from on pad it may become"),
    ("lift-off as a phase", on_pad, asked.EnterPhase(phase="ascent"), START, "kim", "use the command that launches"),
    ("phase before the last", flying, asked.EnterPhase(phase="phasing"), L0 - days(1), "kim", "in the order in which"),
    ("loss without evidence", flying, asked.EnterPhase(phase="lost"), L0, "kim", "evidence that it is lost"),
    ("launch not ready", with_gates, asked.Launch(), L0, "kim", "pass or waive the gates"),
    ("launch before T-0", counting, asked.Launch(), L0 - timedelta(seconds=1), "kim", "at T-0 or after it"),
    ("launch after the window", on_pad, asked.Launch(), L0 + days(1), "kim", "another window"),
    ("countdown in processing", with_gates, asked.StartCountdown(t_minus_s=60), START, "kim", "bring it to the pad"),
    ("countdown of nothing", on_pad, asked.StartCountdown(t_minus_s=0), START, "kim", "give seconds above 0"),
    ("countdown twice", counting, asked.StartCountdown(t_minus_s=60), L0, "kim", "hold and recycle it"),
    ("hold of nothing", on_pad, asked.Hold(reason="x"), START, "kim", "start or resume it first"),
    ("hold after T-0", counting, asked.Hold(reason="x"), L0 + timedelta(seconds=1), "kim", "state lift-off, or slip"),
    ("hold before the start", counting, asked.Hold(reason="x"), START, "kim", "after it"),
    ("hold without reason", counting, asked.Hold(reason=""), L0 - timedelta(seconds=9), "kim", "reason of the hold"),
    ("resume a running clock", counting, asked.Resume(), L0 - timedelta(seconds=9), "kim", "hold it first"),
    ("procedure without steps", on_pad, asked.OpenProcedure(procedure="P1", steps=()), START, "kim", "each step a name"),
    (
        "step signed by nobody", on_pad,
        asked.OpenProcedure(procedure="P1", steps=(Step(step="1", text="x", people_count=0),)), START, "kim", "1 to 9 people",
    ),
    ("procedure twice", with_procedure, asked.OpenProcedure(procedure="P1", steps=STEPS), START, "kim", "another name"),
    ("no such procedure", on_pad, asked.SignStep(procedure="P9", step="1", evidence="x"), START, "kim", "use one of: none"),
    ("step out of order", with_procedure, asked.SignStep(procedure="P1", step="2", evidence="x"), START, "kim", "sign step"),
    ("step without evidence", with_procedure, asked.SignStep(procedure="P1", step="1", evidence=""), START, "kim", "evidence"),
    ("severity 5", on_pad, asked.OpenIncident(incident="I1", severity=5, text="x"), START, "kim", "1 (gravest) to 4"),
    ("incident twice", with_incident, asked.OpenIncident(incident="I1", severity=2, text="x"), START, "kim", "another name"),
    ("no such incident", on_pad, asked.CloseIncident(incident="I9", finding="x"), START, "kim", "use one of: none"),
    ("closed by its opener", with_incident, asked.CloseIncident(incident="I1", finding="x"), START, "kim", "another person"),
    ("closed without finding", with_incident, asked.CloseIncident(incident="I1", finding=""), START, "ann", "what was found"),
    ("closed before it opened", with_incident, asked.CloseIncident(incident="I1", finding="x"), START - days(1), "ann", "aft"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("made", "command", "at_utc", "by", "fix"), [row[1:] for row in REFUSALS], ids=[r[0] for r in REFUSALS]
)
def test_what_is_not_lawful_is_refused_with_its_fix_and_stores_nothing(
    made: Any, command: asked.MissionCommand, at_utc: datetime, by: str, fix: str
) -> None:
    store = made()
    before = store.head()
    with pytest.raises(Refused) as refused:
        do(store, command, at_utc, by)
    assert fix in str(refused.value)
    assert store.head() == before


def test_a_mission_that_no_plan_flies_is_refused() -> None:
    with pytest.raises(Refused, match="release a plan that flies it"):
        record_mission(with_gates(), "M99", asked.Resume(), act(START))


def test_gates_move_with_the_slip_and_passed_ones_stay_passed() -> None:
    store = with_gates()
    do(store, asked.PassGate(gate="gate 0", evidence="record 7"))
    do(store, asked.Slip(launch_utc=L0 + days(10), reason="weather"))
    rows = {row["gate"]: row for row in store.view.find("gates", "mission_id", "M1")}
    assert rows["gate 0"]["due_utc"] == format_utc(L0 + days(10 - 30))
    assert rows["gate 1"]["due_utc"] == format_utc(L0 + days(10 - 2))
    assert (rows["gate 0"]["state"], rows["gate 0"]["said"], rows["gate 1"]["state"]) == ("passed", "record 7", "open")


def test_what_follows_lift_off_moves_with_the_slip() -> None:
    store = with_gates()
    do(store, asked.Slip(launch_utc=L0 + days(10), reason="weather"))
    flight = state_of(store).flight
    assert M1.arrive_utc is not None
    assert (flight.arrive_utc, flight.end_utc) == (M1.arrive_utc + days(10), M1.end_utc + days(10))
    assert state_of(store).planned_utc == L0


def test_a_slip_asks_for_a_fresh_poll() -> None:
    store = on_pad()
    do(store, asked.Slip(launch_utc=L0 + days(1), reason="weather"))
    with pytest.raises(Refused) as refused:
        do(store, asked.Launch(), L0 + days(1))
    assert refused.value.causes == ("the poll was for another lift-off",)
    with pytest.raises(Refused, match="open a poll for the lift-off as it stands"):
        do(store, asked.AnswerPoll(position="range", answer="go"))
    do(store, asked.OpenPoll(positions=("range",)))
    do(store, asked.AnswerPoll(position="range", answer="go"))
    do(store, asked.Launch(), L0 + days(1))
    assert state_of(store).launched_utc == L0 + days(1)


@pytest.mark.parametrize("answer", ["no-go", "absent"])
def test_one_position_that_is_not_go_keeps_the_mission_on_the_ground(answer: str) -> None:
    store = on_pad()
    do(store, asked.AnswerPoll(position="range", answer=answer, reason="boats"), START, "range")
    with pytest.raises(Refused) as refused:
        do(store, asked.Launch(), L0)
    assert refused.value.causes == (f"poll, range: {answer}",)


def test_a_position_may_change_its_word_and_nobody_speaks_for_two() -> None:
    store = polled()
    do(store, asked.AnswerPoll(position="range", answer="no-go", reason="boats"), START, "ann")
    do(store, asked.AnswerPoll(position="range", answer="go"), START, "ann")
    with pytest.raises(Refused, match="let another person answer"):
        do(store, asked.AnswerPoll(position="cargo", answer="go"), START, "ann")
    do(store, asked.AnswerPoll(position="cargo", answer="go"), START, "bob")
    poll = state_of(store).poll
    assert poll is not None
    assert poll.go


def test_everything_that_is_missing_for_lift_off_is_told_at_once() -> None:
    store = with_gates()
    do(store, asked.OpenIncident(incident="I1", severity=2, text="a leak"))
    do(store, asked.OpenProcedure(procedure="P1", steps=STEPS))
    record_work(
        store,
        "W1",
        IssueWork(order="W1", asset_kind="tail", asset=M1.vehicle_id, task="check", limit=Limit(cycles=0)),
        act(START),
    )
    with pytest.raises(Refused) as refused:
        do(store, asked.Launch(), L0)
    assert refused.value.causes == (
        "it is planned, not on the pad",
        "gate gate 0: open, owner cargo",
        "gate gate 1: open, owner cargo",
        "no go/no-go poll",
        "procedure P1: step 1 is not signed",
        "incident I1 of severity 2 is open",
        f"work order W1 on tail {M1.vehicle_id} was due at 0 cycles, it has 0",
    )


@pytest.mark.parametrize("asset", [("tail", M1.vehicle_id), ("pad", f"{M1.site}/{M1.pad}"), ("facility", M1.facility_id)])
def test_overdue_work_keeps_the_mission_on_the_ground_until_a_named_person_defers_it(asset: tuple[str, str]) -> None:
    store = on_pad()
    issue = IssueWork(order="W1", asset_kind=asset[0], asset=asset[1], task="check", limit=Limit(due_utc=L0))
    record_work(store, "W1", issue, act(START))
    with pytest.raises(Refused, match="not ready"):
        do(store, asked.Launch(), L0)
    record_work(store, "W1", DeferWork(limit=Limit(due_utc=L0 + days(9)), reason="parts on the way"), act(START, "ann"))
    do(store, asked.Launch(), L0)
    assert store.view.get("asset_use", (f"{asset[0]}/{asset[1]}",)) == {"asset": "/".join(asset), "hours": 0.0, "cycles": 1}


@pytest.mark.parametrize(("severity", "flies"), [(1, False), (2, False), (3, True), (4, True)])
def test_a_grave_open_incident_keeps_the_mission_on_the_ground(severity: int, flies: bool) -> None:
    store = with_incident(severity)
    if not flies:
        with pytest.raises(Refused) as refused:
            do(store, asked.Launch(), L0)
        assert refused.value.causes == (f"incident I1 of severity {severity} is open",)
        do(store, asked.UpdateIncident(incident="I1", severity=severity, text="mended"), START, "kim")
        do(store, asked.CloseIncident(incident="I1", finding="a seal was old"), START, "ann")
    do(store, asked.Launch(), L0)


def test_a_step_for_two_takes_two_people() -> None:
    store = with_procedure()
    do(store, asked.SignStep(procedure="P1", step="1", evidence="photo"))
    do(store, asked.SignStep(procedure="P1", step="2", evidence="photo"))
    with pytest.raises(Refused, match="let another person sign: it takes two"):
        do(store, asked.SignStep(procedure="P1", step="2", evidence="photo"))
    with pytest.raises(Refused, match="state when it happened, after the release"):
        do(store, asked.SignStep(procedure="P1", step="2", evidence="photo"), START - days(1), "ann")
    do(store, asked.SignStep(procedure="P1", step="2", evidence="photo"), START, "ann")
    with pytest.raises(Refused, match="open another procedure"):
        do(store, asked.SignStep(procedure="P1", step="3", evidence="photo"))
    states = [row["state"] for row in store.view.find("procedure_steps", "mission_id", "M1")]
    assert states == ["signed", "signed"]


def test_the_t_clock_stands_in_a_hold_and_the_l_clock_does_not() -> None:
    store = counting(600.0)
    do(store, asked.Hold(reason="a valve"), L0 - timedelta(seconds=200))
    with pytest.raises(Refused, match="go back to an earlier point"):
        do(store, asked.Recycle(t_minus_s=100.0, reason="x"), L0 - timedelta(seconds=200))
    do(store, asked.Resume(), L0 - timedelta(seconds=150))
    row = store.view.get("missions", ("M1",))
    assert row is not None
    assert row["t_zero_utc"] == format_utc(L0 + timedelta(seconds=50))
    assert row["launch_utc"] == format_utc(L0)


def test_a_hold_that_outlasts_the_window_ends_in_a_slip() -> None:
    closes = state_of(counting()).flight.closes_utc
    assert closes is not None
    store = counting(600.0)
    do(store, asked.Hold(reason="a valve"), L0 - timedelta(seconds=60))
    do(store, asked.Recycle(t_minus_s=300.0, reason="to the last safe point"), L0)
    with pytest.raises(Refused, match="slip to a lift-off in another window"):
        do(store, asked.Resume(), closes - timedelta(seconds=299))
    do(store, asked.Slip(launch_utc=L0 + days(1), reason="out of window"), closes)
    assert state_of(store).countdown.state == ""


def test_a_command_told_twice_is_one_event_and_with_other_words_is_refused() -> None:
    store = with_gates()
    told = act(START)
    first = record_mission(store, "M1", asked.PassGate(gate="gate 0", evidence="x"), told)
    do(store, asked.PassGate(gate="gate 1", evidence="y"))
    again = record_mission(store, "M1", asked.PassGate(gate="gate 0", evidence="x"), told)
    assert again[0].position == first[0].position
    assert again[0].repeated
    with pytest.raises(EventIdReused):
        record_mission(store, "M1", asked.PassGate(gate="gate 0", evidence="z"), told)


def a_flight(**changes: Any) -> FlightPlan:
    return replace(state_of(with_gates()).flight, **changes)


def test_the_gate_that_names_most_of_a_mission_holds() -> None:
    def one(d: float, types: tuple[str, ...] = (), places: tuple[str, ...] = ()) -> GateTemplate:
        words: dict[str, Any] = {"gate": "labels", "owner": "cargo", "proof": "record", **FACT}
        return GateTemplate(before_launch_d=d, vehicle_types=types, destinations=places, **words)

    templates = (one(1), one(2, ("Wren",)), one(3, ("Wren",), ("Hub",)), one(4, (), ("Hub",)), one(5, ("Rook",)))
    flight = a_flight(vehicle_type="Wren", destination="Hub")
    assert [due.before_launch_d for due in gates_for(flight, templates)] == [3]
    assert [due.before_launch_d for due in gates_for(a_flight(destination="Gate"), templates)] == [2]
    assert [due.before_launch_d for due in gates_for(a_flight(vehicle_type="Tern", destination="Gate"), templates)] == [1]


PEOPLE = ("kim", "ann", "bob")
COMMANDS: st.SearchStrategy[asked.MissionCommand] = st.one_of(
    st.builds(asked.PassGate, gate=st.sampled_from(("gate 0", "gate 1", "no gate")), evidence=st.sampled_from(("", "record"))),
    st.builds(asked.FailGate, gate=st.sampled_from(("gate 0", "gate 1")), finding=st.just("cracked")),
    st.builds(asked.WaiveGate, gate=st.sampled_from(("gate 0", "gate 1")), reason=st.just("not needed")),
    st.just(asked.OpenPoll(positions=("range", "cargo"))),
    st.builds(
        asked.AnswerPoll,
        position=st.sampled_from(("range", "cargo")),
        answer=st.sampled_from(("go", "go", "no-go")),
        reason=st.just("said"),
    ),
    st.builds(asked.Slip, launch_utc=st.integers(0, 20).map(lambda d: L0 + days(d)), reason=st.just("weather")),
    st.builds(asked.StartCountdown, t_minus_s=st.sampled_from((0.0, 60.0, 3600.0))),
    st.just(asked.Hold(reason="a valve")),
    st.just(asked.Resume()),
    st.builds(asked.Recycle, t_minus_s=st.sampled_from((10.0, 1200.0)), reason=st.just("back")),
    st.just(asked.Launch()),
    st.builds(asked.EnterPhase, phase=st.sampled_from(tuple(NEXT_PHASES)), evidence=st.just("report")),
    st.just(asked.OpenProcedure(procedure="P1", steps=STEPS)),
    st.builds(asked.SignStep, procedure=st.just("P1"), step=st.sampled_from(("1", "2")), evidence=st.just("photo")),
    st.builds(asked.OpenIncident, incident=st.sampled_from(("I1", "I2")), severity=st.integers(1, 4), text=st.just("a leak")),
    st.builds(asked.CloseIncident, incident=st.sampled_from(("I1", "I2")), finding=st.just("a seal")),
)


@settings(max_examples=150)
@given(
    start=st.sampled_from((with_gates, on_pad, flying)),
    told=st.lists(st.tuples(COMMANDS, st.integers(0, 30_000), st.sampled_from(PEOPLE)), max_size=30),
)
def test_whatever_is_asked_the_log_tells_of_a_lawful_mission_and_replays_to_the_same_rows(
    start: Any, told: list[tuple[asked.MissionCommand, int, str]]
) -> None:
    store, at = start(), L0 - timedelta(hours=2)
    for command, later_s, by in told:
        at += timedelta(seconds=later_s)
        before = state_of(store)
        head = store.head()
        try:
            do(store, command, at, by)
        except Refused:
            assert store.head() == head
            continue
        after = state_of(store)
        told_of = [event.stream.partition("/")[0] for event in store.since(head.position)]
        assert told_of.count("mission") == 1
        assert set(told_of) <= ({"mission", "coordination"} if isinstance(command, asked.Slip) else {"mission"})
        assert after.phase == before.phase or after.phase in NEXT_PHASES[before.phase]
        assert {gate.gate for gate in before.gates if gate.done} <= {gate.gate for gate in after.gates if gate.done}
        if after.phase == "ascent" and before.phase != "ascent":
            assert before.poll is not None
            assert before.poll.go
            assert all(gate.done for gate in before.gates)
            assert before.poll.launch_utc == before.launch_utc
        if after.launch_utc != before.launch_utc:
            assert before.phase in GROUND_PHASES
            assert after.poll is None or after.poll.void
    anew = MemoryView.of(PROJECTIONS)
    project_all(PROJECTIONS, store.since(0, limit=10_000), anew)
    assert anew.rows == store.view.rows
