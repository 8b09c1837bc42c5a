"""Work orders and the coordination log: what is lawful, what is missing, and what the log tells of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.app.operations.asking import conflicts_seen, work_seen
from supercargo.app.operations.projections import PROJECTIONS
from supercargo.app.operations.recording import record_conflict, record_use, record_work
from supercargo.kernel import Refused, days
from supercargo.track.coordination import log as talk
from supercargo.track.maintenance import orders as asked
from supercargo.track.maintenance.events import Limit
from supercargo.track.maintenance.view import overdue_work
from supercargo.track.views import MemoryView, project_all
from tests.builders import START
from tests.operations import MemoryOperations, act

ISSUE = asked.IssueWork(order="W1", asset_kind="tail", asset="W1", task="change the seal", limit=Limit(cycles=2))
TAIL = ("tail/W1",)
SEE = talk.SeeConflict(conflict="K1", kind="ports", objects=("M1", "M2"), text="both want fore")


def work(store: MemoryOperations, command: asked.WorkCommand, by: str = "kim", at_utc: datetime = START) -> None:
    record_work(store, "W1", command, act(at_utc, by))


def say(store: MemoryOperations, command: talk.CoordinationCommand, by: str = "kim", at_utc: datetime = START) -> None:
    record_conflict(store, "K1", command, act(at_utc, by))


def after(*commands: Any, by: str = "kim") -> MemoryOperations:
    """A store after commands on the order W1 or the conflict K1."""
    store = MemoryOperations()
    for command in commands:
        (say if isinstance(command, talk.CoordinationCommand) else work)(store, command, by)
    return store


def test_work_is_issued_started_signed_by_two_and_done() -> None:
    store = after(ISSUE, asked.StartWork(), asked.SignWork(evidence="photo"))
    work(store, asked.SignWork(evidence="measured"), "ann")
    work(store, asked.FinishWork())
    (row,) = work_seen(store.view, "W1")["orders"]
    assert (row["state"], row["signed_by"]) == ("done", ["kim", "ann"])


def use(**more: Any) -> asked.RecordUse:
    return asked.RecordUse(asset_kind="tail", asset="W1", **more)


@pytest.mark.parametrize(
    ("limit", "used", "now_d", "due"),
    [
        (Limit(cycles=2), use(cycles=1), 0, False),
        (Limit(cycles=2), use(cycles=2), 0, True),
        (Limit(hours=10.5), use(hours=10.4), 0, False),
        (Limit(hours=10.5), use(hours=10.5), 0, True),
        (Limit(due_utc=START + days(5)), use(cycles=9), 4.9, False),
        (Limit(due_utc=START + days(5)), use(cycles=9), 5, True),
        (Limit(hours=100, cycles=2), use(hours=1, cycles=3), 0, True),
    ],
)
def test_work_is_due_by_hours_cycles_or_date_whichever_comes_first(
    limit: Limit, used: asked.RecordUse, now_d: float, due: bool
) -> None:
    store = after(asked.IssueWork(order="W1", asset_kind="tail", asset="W1", task="x", limit=limit))
    record_use(store, used, act(START))
    assert bool(overdue_work(TAIL, store.view, START + days(now_d))) is due
    assert overdue_work(("tail/W2",), store.view, START + days(900)) == ()


def test_work_under_way_keeps_the_tail_on_the_ground_and_work_that_is_done_does_not() -> None:
    store = after(ISSUE, asked.StartWork())
    assert overdue_work(TAIL, store.view, START) == ("work order W1 on tail W1 is under way",)
    work(store, asked.SignWork(evidence="a"), "kim")
    work(store, asked.SignWork(evidence="b"), "ann")
    work(store, asked.FinishWork())
    record_use(store, use(cycles=50), act(START))
    assert overdue_work(TAIL, store.view, START) == ()


def test_a_deferral_carries_its_name_reason_and_new_limit() -> None:
    store = after(ISSUE)
    record_use(store, use(cycles=2), act(START))
    assert len(overdue_work(TAIL, store.view, START)) == 1
    work(store, asked.DeferWork(limit=Limit(cycles=4), reason="the part is late"), "ann")
    assert overdue_work(TAIL, store.view, START) == ()
    (row,) = work_seen(store.view)["orders"]
    assert (row["deferred_by"], row["why"], row["due_cycles"], row["deferrals_count"]) == ("ann", "the part is late", 4, 1)


WORK_REFUSALS: tuple[tuple[str, tuple[Any, ...], asked.WorkCommand, str, str], ...] = (
    ("not issued", (), asked.StartWork(), "kim", "issue it first"),
    ("nobody", (), ISSUE, "", "state the name of the person"),
    ("issued twice", (ISSUE,), ISSUE, "kim", "give the new one another name"),
    ("no such asset", (), asked.IssueWork(order="W1", asset_kind="crane", asset="A", task="x", limit=Limit(cycles=1)), "kim",
     "use one of: tail, pad, facility"),
    ("no asset", (), asked.IssueWork(order="W1", asset_kind="pad", asset="", task="x", limit=Limit(cycles=1)), "kim",
     "state the name of the asset"),
    ("no task", (), asked.IssueWork(order="W1", asset_kind="pad", asset="A", task="", limit=Limit(cycles=1)), "kim",
     "state what is to be done"),
    ("no limit", (), asked.IssueWork(order="W1", asset_kind="pad", asset="A", task="x", limit=Limit()), "kim",
     "give hours, cycles or a date"),
    ("hours below nothing", (ISSUE,), asked.DeferWork(limit=Limit(hours=-1), reason="x"), "kim", "give 0 to"),
    ("cycles below nothing", (ISSUE,), asked.DeferWork(limit=Limit(cycles=-1), reason="x"), "kim", "give 0 to"),
    ("two names", (), asked.IssueWork(order="W2", asset_kind="pad", asset="A", task="x", limit=Limit(cycles=1)), "kim", "one"),
    ("signed before it is started", (ISSUE,), asked.SignWork(evidence="x"), "kim", "start it first"),
    ("started twice", (ISSUE, asked.StartWork()), asked.StartWork(), "kim", "sign it when it is good"),
    ("signed without evidence", (ISSUE, asked.StartWork()), asked.SignWork(evidence=""), "kim", "the evidence of the work"),
    ("signed twice by one", (ISSUE, asked.StartWork(), asked.SignWork(evidence="x")), asked.SignWork(evidence="x"), "kim",
     "let another person sign: it takes two"),
    ("done with one signature", (ISSUE, asked.StartWork(), asked.SignWork(evidence="x")), asked.FinishWork(), "kim",
     "let two different people sign it"),
    ("done before it is started", (ISSUE,), asked.FinishWork(), "kim", "let two different people sign it"),
    ("deferred without reason", (ISSUE,), asked.DeferWork(limit=Limit(cycles=9), reason=""), "kim", "reason of the deferral"),
    ("deferred by nobody", (ISSUE,), asked.DeferWork(limit=Limit(cycles=9), reason="x"), " ", "state the name of the person"),
    ("deferred without limit", (ISSUE,), asked.DeferWork(limit=Limit(), reason="x"), "kim", "give hours, cycles or a date"),
    ("deferred under way", (ISSUE, asked.StartWork()), asked.DeferWork(limit=Limit(cycles=9), reason="x"), "kim", "finish it"),
    ("cancelled under way", (ISSUE, asked.StartWork()), asked.CancelWork(reason="x"), "kim", "finish it"),
    ("cancelled without reason", (ISSUE,), asked.CancelWork(reason=""), "kim", "state the reason"),
    ("started when cancelled", (ISSUE, asked.CancelWork(reason="x")), asked.StartWork(), "kim", "issue a new one"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "command", "by", "fix"), [row[1:] for row in WORK_REFUSALS], ids=[r[0] for r in WORK_REFUSALS]
)
def test_work_that_is_not_lawful_is_refused_with_its_fix(
    before: tuple[Any, ...], command: asked.WorkCommand, by: str, fix: str
) -> None:
    store = after(*before)
    head = store.head()
    with pytest.raises(Refused) as refused:
        work(store, command, by)
    assert fix in str(refused.value)
    assert store.head() == head


def test_work_is_told_in_the_order_in_which_it_was_done() -> None:
    store = after(ISSUE)
    with pytest.raises(Refused, match="state an instant after it"):
        work(store, asked.StartWork(), at_utc=START - days(1))


@pytest.mark.parametrize("wrong", [use(), use(hours=-1.0), use(hours=float("inf")), use(cycles=-3)])
def test_what_is_no_use_is_refused(wrong: asked.RecordUse) -> None:
    with pytest.raises(Refused, match="give hours or cycles above 0"):
        record_use(MemoryOperations(), wrong, act(START))


def test_a_conflict_goes_from_seen_to_closed_with_who_chose_and_why() -> None:
    store = after(SEE, talk.Offer(option="wait", text="M2 waits", delay_d=3.0), talk.Offer(option="aft", text="M2 goes aft"))
    states = []
    for command, by in (
        (talk.Choose(option="aft", why="costs nothing"), "ann"),
        (talk.Tell(party="ACME"), "ann"),
        (talk.Tell(party="crew"), "ann"),
        (talk.Acknowledge(party="ACME"), "zoe"),
        (talk.Acknowledge(party="crew"), "bob"),
    ):
        say(store, command, by)
        states += [row["state"] for row in conflicts_seen(store.view, "K1")]
    assert states == ["chosen", "told", "told", "told", "closed"]
    (row,) = conflicts_seen(store.view)
    assert (row["chosen"], row["chosen_by"], row["why"]) == ("aft", "ann", "costs nothing")
    assert [(one["party"], one["acknowledged_by"]) for one in row["told"]] == [("ACME", "zoe"), ("crew", "bob")]


def test_another_choice_is_told_anew() -> None:
    store = after(SEE, talk.Offer(option="a", text="x"), talk.Offer(option="b", text="x"), talk.Choose(option="a", why="x"))
    say(store, talk.Tell(party="ACME"))
    say(store, talk.Choose(option="b", why="a is gone"))
    assert conflicts_seen(store.view)[0]["told"] == []
    say(store, talk.Tell(party="ACME"))


OFFER = talk.Offer(option="aft", text="M2 goes aft")
CHOOSE = talk.Choose(option="aft", why="costs nothing")
TALK_REFUSALS: tuple[tuple[str, tuple[Any, ...], talk.CoordinationCommand, str], ...] = (
    ("not seen", (), OFFER, "state the conflict first"),
    ("seen twice", (SEE,), SEE, "give the new one another name"),
    ("two names", (), talk.SeeConflict(conflict="K2", kind="ports", objects=("M1",), text="x"), "give one"),
    ("no such kind", (), talk.SeeConflict(conflict="K1", kind="moods", objects=("M1",), text="x"), "use one of: ports"),
    ("of nothing", (), talk.SeeConflict(conflict="K1", kind="ports", objects=(), text="x"), "name missions, ports"),
    ("of no name", (), talk.SeeConflict(conflict="K1", kind="ports", objects=("",), text="x"), "state the name of what"),
    ("without words", (), talk.SeeConflict(conflict="K1", kind="ports", objects=("M1",), text=""), "what the conflict is"),
    ("offered twice", (SEE, OFFER), OFFER, "give the new one another name"),
    ("offered without words", (SEE,), talk.Offer(option="aft", text=""), "state what the option is"),
    ("beyond measure", (SEE,), talk.Offer(option="aft", text="x", cost_usd=float("nan")), "give USD and days"),
    ("nothing to choose", (SEE,), CHOOSE, "offer it first"),
    ("not offered", (SEE, OFFER), talk.Choose(option="fore", why="x"), "use one of: aft"),
    ("chosen without why", (SEE, OFFER), talk.Choose(option="aft", why=" "), "state why it was chosen"),
    ("chosen twice", (SEE, OFFER, CHOOSE), CHOOSE, "choose another, or leave it"),
    ("told of nothing", (SEE, OFFER), talk.Tell(party="ACME"), "choose an option first"),
    ("told nobody", (SEE, OFFER, CHOOSE), talk.Tell(party=""), "state the name of who was told"),
    ("told twice", (SEE, OFFER, CHOOSE, talk.Tell(party="ACME")), talk.Tell(party="ACME"), "wait for the acknowledgement"),
    ("noted untold", (SEE, OFFER, CHOOSE), talk.Acknowledge(party="ACME"), "tell it first; told were: nobody"),
    ("noted twice", (SEE, OFFER, CHOOSE, talk.Tell(party="ACME"), talk.Acknowledge(party="ACME")),
     talk.Acknowledge(party="ACME"), "leave it"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "command", "fix"), [row[1:] for row in TALK_REFUSALS], ids=[row[0] for row in TALK_REFUSALS]
)
def test_coordination_that_is_not_lawful_is_refused_with_its_fix(
    before: tuple[Any, ...], command: talk.CoordinationCommand, fix: str
) -> None:
    store = after(*before)
    head = store.head()
    with pytest.raises(Refused) as refused:
        say(store, command)
    assert fix in str(refused.value)
    assert store.head() == head


def test_what_is_asked_for_and_does_not_exist_is_refused_with_its_fix() -> None:
    view = MemoryOperations().view
    with pytest.raises(Refused, match="issue it first"):
        work_seen(view, "W9")
    with pytest.raises(Refused, match="state it first"):
        conflicts_seen(view, "K9")


LIMITS = st.sampled_from((Limit(), Limit(cycles=1), Limit(hours=3.0)))
ANYTHING = st.one_of(
    st.just(ISSUE),
    st.just(asked.StartWork()),
    st.just(asked.SignWork(evidence="photo")),
    st.just(asked.FinishWork()),
    st.builds(asked.DeferWork, limit=LIMITS, reason=st.sampled_from(("", "late part"))),
    st.just(asked.CancelWork(reason="not needed")),
    st.just(SEE),
    st.builds(talk.Offer, option=st.sampled_from(("a", "b")), text=st.just("x")),
    st.builds(talk.Choose, option=st.sampled_from(("a", "b")), why=st.just("x")),
    st.builds(talk.Tell, party=st.sampled_from(("ACME", "crew"))),
    st.builds(talk.Acknowledge, party=st.sampled_from(("ACME", "crew"))),
)


@settings(max_examples=150)
@given(told=st.lists(st.tuples(ANYTHING, st.sampled_from(("kim", "ann"))), max_size=25))
def test_whatever_is_asked_work_is_done_by_two_and_the_log_replays_to_the_same_rows(told: list[tuple[Any, str]]) -> None:
    store = MemoryOperations()
    for command, by in told:
        head = store.head()
        try:
            (say if isinstance(command, talk.CoordinationCommand) else work)(store, command, by)
        except Refused:
            assert store.head() == head
    row = store.view.get("work_orders", ("W1",))
    if row is not None and row["state"] == "done":
        assert len(set(row["signed_by"])) == 2
    anew = MemoryView.of(PROJECTIONS)
    project_all(PROJECTIONS, store.since(0, limit=1000), anew)
    assert anew.rows == store.view.rows
