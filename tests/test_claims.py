"""Policies and claims in operations: only a loss on record is claimed, once, and never more is paid than is owed."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.app.operations.asking import ledger_seen
from supercargo.app.operations.cargo import opening_drafts, record_cargo
from supercargo.app.operations.commands import AREAS
from supercargo.app.operations.insuring import record_claim, record_policy
from supercargo.app.operations.projections import PROJECTIONS
from supercargo.app.operations.recording import record_mission
from supercargo.faces.api.forms import word_of
from supercargo.kernel import Refused, ScenarioError
from supercargo.model import OperationsPlan
from supercargo.track.acts import Act
from supercargo.track.cargo.steps import Receive, ReportDamage
from supercargo.track.event_store import StreamMoved
from supercargo.track.missions import commands as asked
from supercargo.track.people import Principal, may_hear
from supercargo.track.risks.claims import (
    Agree,
    AssessLoss,
    ClaimState,
    CloseSubrogation,
    Document,
    Notify,
    Pay,
    Refuse,
    claim_of,
)
from supercargo.track.risks.events import Lot
from supercargo.track.risks.policies import BindPolicy, PayPremium, policy_of
from supercargo.track.views import MemoryView, project_all
from tests.operations import DIGEST, MemoryOperations, act, arrive, ready, released
from tests.plans import a_plan

PLAN: OperationsPlan = a_plan()
LOST = PLAN.missions[0].mission_id
FLOWN = PLAN.missions[1].mission_id
BOUND = PLAN.scenario.settings.as_of_utc
LIFT_OFF = PLAN.mission_named[LOST].launch_utc
GONE = LIFT_OFF + timedelta(hours=1)
LATER = GONE + timedelta(days=3)


def a_cover(**changes: Any) -> BindPolicy:
    base: dict[str, Any] = {
        "mission_id": LOST, "insurer": "Lloyd's", "insured_usd": 1_000_000.0, "cover_fraction": 0.8, "limit_usd": 600_000.0,
        "deductible_usd": 50_000.0, "premium_usd": 60_000.0,
    }  # fmt: skip
    return BindPolicy(**{**base, **changes})


def insured(**changes: Any) -> MemoryOperations:
    """A store with a released plan and a policy P1 for the mission that will be lost."""
    store = released(PLAN)
    record_policy(store, "P1", a_cover(**changes), act(BOUND))
    return store


def lose(store: MemoryOperations) -> None:
    """Launch the insured mission and lose it an hour later."""
    ready(store, LOST, BOUND)
    record_mission(store, LOST, asked.Launch(), act(LIFT_OFF))
    record_mission(store, LOST, asked.EnterPhase(phase="lost", evidence="telemetry ended"), act(GONE))


def notify(store: MemoryOperations, claim: str = "C1", **changes: Any) -> None:
    command = Notify(**{"policy": "P1", "loss": f"mission/{LOST}", "text": "lost after lift-off", **changes})
    record_claim(store, claim, command, act(LATER))


def state(store: MemoryOperations, claim: str = "C1") -> ClaimState:
    found = claim_of(store.stream(f"claim/{claim}"))
    assert found is not None
    return found


def settle(store: MemoryOperations, usd: float, *, loss: float = 900_000.0, claim: str = "C1") -> None:
    for command in (
        Document(claimed_usd=loss, evidence=("mishap report",)),
        AssessLoss(assessor="Surveyor", loss_usd=loss, finding="all of it"),
        Agree(usd=usd, agreed_with="underwriter"),
        Pay(evidence="bank 7"),
    ):
        record_claim(store, claim, command, act(LATER))


@pytest.fixture
def lost() -> MemoryOperations:
    store = insured()
    lose(store)
    notify(store)
    return store


def test_a_claim_goes_from_loss_to_settlement_and_the_ledger_holds_what_was_paid(lost: MemoryOperations) -> None:
    record_policy(lost, "P1", PayPremium(evidence="bank 3"), act(LATER))
    settle(lost, 550_000.0)  # min(.8 x 900,000, 600,000) - 50,000
    record_claim(lost, "C1", CloseSubrogation(against="nobody", evidence="waived at launch"), act(LATER))
    assert (state(lost).state, state(lost).paid_usd) == ("closed", 550_000.0)
    seen = ledger_seen(lost.view)
    sums = {row["account"]: row["usd"] for row in seen["accounts"] if row["account"].startswith("insurance")}
    assert sums == {"insurance:premium": -60_000.0, "insurance:recovery": 550_000.0}
    assert seen["revenue_usd"] == 0.0
    rows = list(lost.view.find("ledger", "account", "insurance:recovery"))
    assert [(row["mission_id"], row["customer"], row["usd"]) for row in rows] == [(LOST, "", 550_000.0)]


def test_not_a_cent_more_than_is_owed_is_agreed(lost: MemoryOperations) -> None:
    with pytest.raises(Refused, match=r"agree on at most that: 0\.8 of 900,000\.00 USD within a limit of 600,000\.00 USD"):
        settle(lost, 550_000.01)
    assert state(lost).state == "assessed"


def test_a_claim_on_a_mission_that_is_not_lost_is_refused() -> None:
    store = insured(mission_id=FLOWN)
    arrive(store, PLAN, FLOWN)
    before = store.head()
    with pytest.raises(Refused, match="record the loss first"):
        record_claim(store, "C1", Notify(policy="P1", loss=f"mission/{FLOWN}", text="x"), act(LATER + timedelta(days=99)))
    assert store.head() == before


def test_one_loss_is_claimed_once_under_whatever_name(lost: MemoryOperations) -> None:
    before = lost.head()
    with pytest.raises(Refused, match="go on with that claim"):
        notify(lost, "C2")
    with pytest.raises(Refused, match="give the new one another name"):
        notify(lost, "C1")
    assert lost.head() == before


def test_two_claims_at_once_for_one_loss_do_not_both_hold() -> None:
    """Both read the policy before either is written: the second finds that the policy's stream has moved."""
    store = insured()
    lose(store)
    known = policy_of(store.stream("policy/P1"))
    notify(store, "C1")
    from supercargo.track.missions.state import mission_of
    from supercargo.track.risks.claims import decide_claim

    mission = mission_of(store.stream(f"mission/{LOST}"))
    late = Notify(policy="P1", loss=f"mission/{LOST}", text="x")
    drafts = decide_claim("C2", None, late, act(LATER), policy=known, lost=mission)
    with pytest.raises(StreamMoved):
        store.append(drafts)
    assert store.stream("claim/C2") == ()


def test_a_claim_told_again_is_the_same_claim(lost: MemoryOperations) -> None:
    told = Act(command_id="again", by="kim", at_utc=LATER)
    command = Document(claimed_usd=10.0, evidence=("a",))
    first = record_claim(lost, "C1", command, told)
    second = record_claim(lost, "C1", command, told)
    assert [one.position for one in first] == [one.position for one in second]
    assert all(one.repeated for one in second)


def test_a_notification_told_again_is_the_same_one() -> None:
    store = insured()
    lose(store)
    told = Act(command_id="again", by="kim", at_utc=LATER)
    command = Notify(policy="P1", loss=f"mission/{LOST}", text="x")
    first = record_claim(store, "C1", command, told)
    second = record_claim(store, "C1", command, told)
    assert len(first) == len(second) == 2
    assert all(one.repeated for one in second)


@pytest.mark.parametrize(
    ("changes", "fix"),
    [
        ({"cover_fraction": -0.1}, "give a share above 0, to 1"),
        ({"cover_fraction": 1.1}, "give a share above 0, to 1"),
        ({"cover_fraction": math.nan}, "give a share above 0, to 1"),
        ({"limit_usd": -1.0}, "give an amount from 0"),
        ({"limit_usd": 0.0}, "give an amount above 0"),
        ({"deductible_usd": -5.0}, "give an amount from 0"),
        ({"premium_usd": 0.001}, "give whole cents"),
        ({"insured_usd": math.inf}, "give an amount from 0"),
        ({"covers": "hull"}, "use one of: cargo, flight"),
        ({"insurer": " "}, "state insurer"),
        ({"lots": (Lot(item_id="A", usd=600_000.0), Lot(item_id="B", usd=600_000.0))}, "raise insured_usd"),
        ({"lots": (Lot(item_id="A", usd=1.0), Lot(item_id="A", usd=1.0))}, "name each lot once"),
    ],
)
def test_a_faulty_cover_is_named_and_nothing_is_bound(changes: dict[str, Any], fix: str) -> None:
    store = released(PLAN)
    before = store.head()
    with pytest.raises(ScenarioError, match=fix):
        record_policy(store, "P1", a_cover(**changes), act(BOUND))
    assert store.head() == before


def test_all_faults_of_a_cover_are_named_at_once() -> None:
    faulty = a_cover(cover_fraction=2.0, limit_usd=-1.0, deductible_usd=-2.0, premium_usd=-3.0, insurer="")
    with pytest.raises(ScenarioError) as caught:
        record_policy(released(PLAN), "P1", faulty, act(BOUND, by=""))
    columns = {fault.column for fault in caught.value.faults}
    assert columns == {"cover_fraction", "limit_usd", "deductible_usd", "premium_usd", "insurer", "by"}


def test_a_mission_is_insured_before_it_lifts_off_and_only_one_that_is_open() -> None:
    store = released(PLAN)
    lose(store)
    with pytest.raises(Refused, match="insure a mission before it lifts off"):
        record_policy(store, "P1", a_cover(), act(LATER))
    with pytest.raises(Refused, match="release a plan that flies it"):
        record_policy(store, "P1", a_cover(mission_id="M99"), act(LATER))


def test_a_premium_is_paid_once() -> None:
    store = insured()
    record_policy(store, "P1", PayPremium(evidence="bank 3"), act(LATER))
    with pytest.raises(Refused, match="it is booked once"):
        record_policy(store, "P1", PayPremium(evidence="bank 4"), act(LATER))


@pytest.mark.parametrize(
    ("command", "fix"),
    [
        (AssessLoss(assessor="S", loss_usd=1.0, finding="x"), "lawful now: document, refuse"),
        (Agree(usd=1.0, agreed_with="u"), "lawful now: document, refuse"),
        (Pay(evidence="x"), "lawful now: document, refuse"),
        (CloseSubrogation(against="x", evidence="x"), "lawful now: document, refuse"),
    ],
)
def test_a_claim_takes_its_steps_in_order(lost: MemoryOperations, command: Any, fix: str) -> None:
    with pytest.raises(Refused, match=fix):
        record_claim(lost, "C1", command, act(LATER))


def test_no_more_is_claimed_than_declared_nor_found_than_claimed_nor_recovered_than_paid(lost: MemoryOperations) -> None:
    with pytest.raises(Refused, match="claim at most the declared value"):
        record_claim(lost, "C1", Document(claimed_usd=1_000_000.01, evidence=("x",)), act(LATER))
    record_claim(lost, "C1", Document(claimed_usd=500.0, evidence=("x",)), act(LATER))
    with pytest.raises(Refused, match="document the larger loss first"):
        record_claim(lost, "C1", AssessLoss(assessor="S", loss_usd=500.01, finding="x"), act(LATER))
    settle(lost, 0.0, loss=500.0)
    with pytest.raises(Refused, match="at most what it paid"):
        record_claim(lost, "C1", CloseSubrogation(against="x", recovered_usd=0.01, evidence="x"), act(LATER))


def test_a_claim_before_the_loss_and_a_step_before_the_last_are_refused(lost: MemoryOperations) -> None:
    early = insured()
    lose(early)
    with pytest.raises(Refused, match="not earlier"):
        record_claim(early, "C1", Notify(policy="P1", loss=f"mission/{LOST}", text="x"), act(GONE - timedelta(seconds=1)))
    with pytest.raises(Refused, match="state an instant after it"):
        record_claim(lost, "C1", Document(claimed_usd=1.0, evidence=("x",)), act(LATER - timedelta(seconds=1)))


def test_a_refused_claim_pays_nothing(lost: MemoryOperations) -> None:
    record_claim(lost, "C1", Refuse(reason="war clause"), act(LATER))
    with pytest.raises(Refused, match="nothing more"):
        record_claim(lost, "C1", Pay(evidence="x"), act(LATER))
    assert list(lost.view.find("ledger", "account", "insurance:recovery")) == []


def test_numbers_and_words_that_say_nothing_are_named_together(lost: MemoryOperations) -> None:
    with pytest.raises(ScenarioError) as caught:
        record_claim(lost, "C1", Document(claimed_usd=-1.0, evidence=()), act(LATER, by=" "))
    assert {fault.column for fault in caught.value.faults} == {"claimed_usd", "evidence", "by"}


def damaged(store: MemoryOperations, at: datetime) -> str:
    """An item aboard the insured mission that is found damaged; gives its name."""
    row = next(row for row in PLAN.manifest if row.mission_id == LOST and row.direction == "up")
    name = f"cargo/{row.item_id}"
    store.append(opening_drafts(PLAN, store, by="kim", opened_utc=BOUND, digest=DIGEST))
    received = Receive(command_id="r1", thing=name, at_utc=at, by="cora", where="site/Cape", taker="Cargo Co")
    record_cargo([received], store)
    record_cargo([ReportDamage(command_id="d1", thing=name, at_utc=at, by="cora", note="dented")], store)
    return name


def test_only_an_item_that_is_damaged_on_record_opens_a_claim_for_its_lot() -> None:
    item = next(row for row in PLAN.manifest if row.mission_id == LOST and row.direction == "up").item_id
    store = insured(lots=(Lot(item_id=item, usd=200_000.0),))
    with pytest.raises(Refused, match="record the damage first"):
        notify(store, loss=f"cargo/{item}")
    name = damaged(store, BOUND + timedelta(days=1))
    notify(store, loss=name)
    assert state(store).value_usd == 200_000.0
    with pytest.raises(Refused, match="claim at most the declared value"):
        record_claim(store, "C1", Document(claimed_usd=200_000.01, evidence=("photo",)), act(LATER))
    settle(store, 110_000.0, loss=200_000.0)
    lose(store)
    notify(store, "C2")
    assert state(store, "C2").value_usd == 800_000.0
    settle(store, 390_000.0, loss=800_000.0, claim="C2")  # the limit has 600,000 - 110,000 - 50,000 left, less 50,000
    policy = policy_of(store.stream("policy/P1"))
    assert policy is not None
    assert sum(policy.agreed.values()) == 500_000.0


def test_a_lot_is_not_claimed_apart_once_the_whole_mission_is(lost: MemoryOperations) -> None:
    name = damaged(lost, BOUND + timedelta(days=1))
    with pytest.raises(Refused, match="the whole mission is claimed"):
        notify(lost, "C2", loss=name)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 10**8), st.integers(1, 10**8), st.integers(0, 10**8), st.integers(1, 1000), st.integers(0, 10**8))
def test_whatever_the_terms_a_payment_never_exceeds_limit_or_loss_less_deductible(
    value: int, limit: int, deductible: int, cover: int, over: int
) -> None:
    usd = [cents / 100 for cents in (value, limit, deductible)]
    store = insured(insured_usd=usd[0], limit_usd=usd[1], deductible_usd=usd[2], cover_fraction=cover / 1000)
    lose(store)
    notify(store)
    most = max(0, min(value * cover // 1000, limit) - deductible)
    with pytest.raises(Refused, match="more than the"):
        settle(store, (most + 1 + over) / 100, loss=usd[0])
    record_claim(store, "C1", Agree(usd=most / 100, agreed_with="u"), act(LATER))
    record_claim(store, "C1", Pay(evidence="x"), act(LATER))
    paid = state(store).paid_usd
    assert paid == most / 100
    assert round((paid or 0) * 100) <= max(0, min(limit, value) - deductible)


def test_views_made_anew_from_the_log_are_the_same(lost: MemoryOperations) -> None:
    settle(lost, 550_000.0)
    anew = MemoryView.of(PROJECTIONS)
    project_all(PROJECTIONS, lost.since(0, limit=100_000), anew)
    for table in ("policies", "claims", "risk_register", "ledger"):
        assert anew.rows.get(table) == lost.view.rows.get(table)


@pytest.mark.parametrize("stream", ["policy/P1", "claim/C1"])
def test_policies_and_claims_are_heard_only_by_those_who_may_see_money(stream: str) -> None:
    viewer = Principal(name="vic", scopes=frozenset({"read"}))
    assert not may_hear(viewer, "", stream)
    assert may_hear(replace(viewer, scopes=frozenset({"read", "money"})), "", stream)
    assert not may_hear(replace(viewer, customer="ESA"), "", stream)


def test_the_words_of_policies_and_claims_are_those_of_the_command_line_and_the_api() -> None:
    words = {area.name: {word_of(command) for command in area.commands} for area in AREAS}
    assert words["policies"] == {"bind_policy", "pay_premium"}
    assert words["claims"] == {"notify", "document", "assess_loss", "agree", "pay", "refuse", "close_subrogation"}
    scopes = {area.name: area.scope for area in AREAS}
    assert (scopes["policies"], scopes["claims"]) == ("contract", "contract")
