"""The register in operations: who keeps a risk, what is done about it, and what that proves to an auditor."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.compliance import requirements_of, view_of
from supercargo.app.operations.insuring import record_risk
from supercargo.kernel import Refused, ScenarioError
from supercargo.measure.compliance import Compliance, Facts, measure_compliance
from supercargo.track.acts import Act
from supercargo.track.people import ROLE_SCOPES
from supercargo.track.risks.register import Accept, Assess, Close, Drill, Identify, Mitigate, Review, RiskState, risk_of
from tests.cli_runner import run
from tests.event_logs import NOON
from tests.operations import MemoryOperations, act


def after(count_d: float) -> datetime:
    return NOON + timedelta(days=count_d)


def an_identify(**changes: Any) -> Identify:
    base: dict[str, Any] = {
        "risk_class": "cargo", "title": "theft at the site", "owner": "site manager", "review_utc": after(90),
        "driver": "judged",
    }  # fmt: skip
    return Identify(**{**base, **changes})


def an_assess(**changes: Any) -> Assess:
    return Assess(**{"probability": 0.1, "impact_usd": 1e6, "why": "two cases in twenty years", **changes})


def a_mitigate(**changes: Any) -> Mitigate:
    base: dict[str, Any] = {
        "mitigation": "second guard", "owner": "guard chief", "due_utc": after(30), "residual_probability": 0.02,
        "residual_impact_usd": 5e5,
    }  # fmt: skip
    return Mitigate(**{**base, **changes})


@pytest.fixture
def store() -> MemoryOperations:
    made = MemoryOperations()
    record_risk(made, "R1", an_identify(), act(NOON))
    return made


def state(store: MemoryOperations, risk: str = "R1") -> RiskState:
    found = risk_of(store.stream(f"risk/{risk}"))
    assert found is not None
    return found


def test_a_risk_lives_from_its_identification_to_its_end(store: MemoryOperations) -> None:
    steps: list[tuple[Any, str]] = [
        (an_assess(), "open"),
        (a_mitigate(), "mitigating"),
        (Review(finding="guards in place", review_utc=after(200)), "mitigating"),
        (Drill(drill="gate forced at night", finding="call list was old"), "mitigating"),
        (Accept(reason="what is left is small", until_utc=after(300)), "accepted"),
        (Close(reason="the site is given up"), "closed"),
    ]
    for day, (command, expected) in enumerate(steps, 1):
        record_risk(store, "R1", command, act(after(day), by="lee"))
        assert state(store).state == expected
    assert (state(store).accepted_by, state(store).probability, state(store).owner) == ("lee", 0.1, "guard chief")
    row = store.view.get("risk_register", ("R1",))
    assert row is not None
    assert (row["state"], row["residual_probability"], row["drilled_utc"]) == ("closed", 0.02, "2027-03-05T12:00:00Z")


def test_a_closed_risk_takes_nothing_but_a_new_identification(store: MemoryOperations) -> None:
    record_risk(store, "R1", Close(reason="gone"), act(after(1)))
    with pytest.raises(Refused, match="identify it anew"):
        record_risk(store, "R1", an_assess(), act(after(2)))
    record_risk(store, "R1", an_identify(), act(after(2)))
    assert state(store).state == "open"


@pytest.mark.parametrize(
    ("command", "fix"),
    [
        (an_identify(risk_class="weather"), "use one of: mission, spacecraft, cargo"),
        (an_identify(driver="storm"), "use one of: loss, two-losses"),
        (an_identify(owner=" "), "state the role that answers for it"),
        (an_identify(title=""), "state what may happen"),
        (an_identify(review_utc=NOON), "give a later instant"),
        (an_assess(probability=1.01), "give a number from 0 to 1"),
        (an_assess(probability=math.nan), "give a number from 0 to 1"),
        (an_assess(impact_usd=-1.0), "give a number from 0"),
        (an_assess(impact_d=-0.5), "give a number from 0"),
        (an_assess(why=""), "state the grounds"),
        (an_assess(basis="guess"), "use one of: assumption, plan, simulation"),
        (an_assess(basis="simulation"), "the number of courses with basis simulation"),
        (an_assess(samples_count=7), "the number of courses with basis simulation"),
        (a_mitigate(residual_probability=2.0), "give a number from 0 to 1"),
        (a_mitigate(owner=""), "state the role that does it"),
        (Accept(reason=" ", until_utc=after(9)), "state the reason"),
        (Accept(reason="x", until_utc=NOON), "give a later instant"),
        (Drill(drill="x", finding=""), "state what was learned"),
        (Close(reason=""), "state the reason"),
    ],
)
def test_a_faulty_command_is_named_and_nothing_is_stored(store: MemoryOperations, command: Any, fix: str) -> None:
    before = store.head()
    name = "R9" if isinstance(command, Identify) else "R1"
    with pytest.raises(ScenarioError, match=fix):
        record_risk(store, name, command, act(after(1)) if not isinstance(command, Identify) else act(NOON))
    assert store.head() == before


def test_all_faults_of_a_command_are_named_at_once(store: MemoryOperations) -> None:
    faulty = an_assess(probability=3.0, impact_usd=-1.0, impact_d=-1.0, why="", basis="guess")
    with pytest.raises(ScenarioError) as caught:
        record_risk(store, "R1", faulty, act(after(1), by=""))
    assert {fault.column for fault in caught.value.faults} == {"probability", "impact_usd", "impact_d", "why", "basis", "by"}


def test_what_is_not_on_the_register_or_not_assessed_or_early_is_refused(store: MemoryOperations) -> None:
    with pytest.raises(Refused, match="identify it first"):
        record_risk(store, "R2", an_assess(), act(after(1)))
    with pytest.raises(Refused, match="assess it before"):
        record_risk(store, "R1", Accept(reason="x", until_utc=after(9)), act(after(1)))
    with pytest.raises(Refused, match="state an instant after it"):
        record_risk(store, "R1", an_assess(), act(after(-1)))
    with pytest.raises(Refused, match="give the new one another name"):
        record_risk(store, "R1", an_identify(), act(after(1)))


def test_a_command_told_again_is_one(store: MemoryOperations) -> None:
    told = Act(command_id="again", by="kim", at_utc=after(1))
    first, second = (record_risk(store, "R1", an_assess(), told) for _ in range(2))
    assert first[0].position == second[0].position
    assert second[0].repeated


# evidence for ISO 28000


def rows(store: MemoryOperations, requirement: str, day: float = 10) -> list[Compliance]:
    wanted = [one for one in requirements_of(None) if one.requirement_id == requirement]
    at = after(day)
    view = view_of(iter(store.since(0, limit=10_000)), at)
    return list(measure_compliance(wanted, Facts(as_of_utc=at, view=view)))


def test_the_register_is_evidence_once_a_risk_is_treated_and_until_its_review_is_over(store: MemoryOperations) -> None:
    (bare,) = rows(store, "SE-8.3")
    assert (bare.state, bare.object) == ("unmet", "risk/R1")
    assert "nothing is done about it yet" in bare.words
    record_risk(store, "R1", a_mitigate(), act(after(2)))
    (treated,) = rows(store, "SE-8.3")
    assert treated.state == "met"
    assert "second guard; guard chief reviews by" in treated.words
    (late,) = rows(store, "SE-8.3", day=91)
    assert late.state == "unmet"
    record_risk(store, "R1", Review(finding="as before", review_utc=after(400)), act(after(80)))
    assert [row.state for row in rows(store, "SE-8.3", day=91)] == ["met"]
    record_risk(store, "R1", Close(reason="gone"), act(after(92)))
    assert [row.state for row in rows(store, "SE-8.3", day=93)] == ["no evidence"]


def test_an_accepted_risk_names_who_accepts_it(store: MemoryOperations) -> None:
    record_risk(store, "R1", an_assess(), act(after(1)))
    record_risk(store, "R1", Accept(reason="small", until_utc=after(99)), act(after(2), by="Dana Roe"))
    (row,) = rows(store, "SE-8.3")
    assert (row.state, "accepted by Dana Roe" in row.words) == ("met", True)


@pytest.mark.parametrize(("security", "expected"), [(True, "met"), (False, "no evidence")])
def test_only_a_drill_of_a_security_risk_is_a_drill_of_the_security_plans(security: bool, expected: str) -> None:
    store = MemoryOperations()
    record_risk(store, "R1", an_identify(security=security), act(NOON))
    record_risk(store, "R1", Drill(drill="seal broken", finding="list was old"), act(after(1)))
    assert [row.state for row in rows(store, "SE-8.6")] == [expected]
    assert [row.state for row in rows(store, "SE-8.6", day=370)] == ["unmet" if security else "no evidence"]


# faces


def test_the_command_line_records_and_shows_the_register(tmp_path: Path) -> None:
    store = ("--store", str(tmp_path / "log.sqlite"))
    said = ("risk_class=cargo", "title=theft", "owner=site manager", "review_utc=2099-01-01T00:00:00Z", "security=true")
    words = [word for one in said for word in ("--say", one)]
    assert run("record", "risks", "R1", "identify", *words, *store, "--by", "kim").code == 0
    board = json.loads(run("board", "risks", "--where", "risk_class=cargo", *store, "--json").out)
    assert [(row["risk"], row["state"], row["security"]) for row in board["rows"]] == [("R1", "open", True)]
    told = json.loads(run("risk", *store, "--json").out)
    assert [row["risk"] for row in told["register"]] == ["R1"]
    faulty = run("record", "risks", "R1", "assess", "--say", "probability=1.5", "--say", "impact_usd=-2", "--say", "why=x",
                 *store, "--by", "kim")  # fmt: skip
    assert faulty.code == 2
    assert "probability" in faulty.err
    assert "impact_usd" in faulty.err


def test_the_register_is_kept_by_those_who_plan_direct_or_answer_for_quality_and_safety() -> None:
    assert {role for role, scopes in ROLE_SCOPES.items() if "risk" in scopes} == {"planner", "quality", "safety", "director"}


def test_a_command_whose_name_is_the_beginning_of_anothers_is_decided_on_all_that_was_told(store: MemoryOperations) -> None:
    first = Act(command_id="visit.2", by="kim", at_utc=NOON)
    second = Act(command_id="visit", by="kim", at_utc=NOON)
    record_risk(store, "R1", an_assess(), first)
    record_risk(store, "R1", an_assess(probability=0.2), second)
    assert state(store).version == 3
