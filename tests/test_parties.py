"""Complaints, surveys and recognition: what may be said, by whom, in which order, and who sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from supercargo.app.operations.recording import record_party
from supercargo.kernel import Refused
from supercargo.track.parties import deciding as said
from tests.operations import MemoryOperations, act, released
from tests.plans import a_plan

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store() -> MemoryOperations:
    return MemoryOperations()


def do(store: MemoryOperations, command: said.PartyCommand, by: str = "kim", hours: float = 0.0, party: str = "ACME") -> None:
    record_party(store, party, command, act(NOON + timedelta(hours=hours), by))


def test_a_complaint_is_taken_answered_and_closed_by_another(store: MemoryOperations) -> None:
    do(store, said.OpenComplaint(complaint="A", text="late", about="X5"))
    do(store, said.AnswerComplaint(complaint="A", answer="sorry"), hours=1)
    do(store, said.CloseComplaint(complaint="A", finding="credit"), by="lee", hours=2)
    row = store.view.get("complaints", ("ACME", "A"))
    assert row is not None
    assert (row["state"], row["about"], row["closed_by"], row["position"]) == ("closed", "X5", "lee", 1)
    assert [event.tenant for event in store.stream("party/ACME")] == ["ACME"] * 3


@pytest.mark.parametrize(
    ("command", "by", "what", "fix"),
    [
        (said.OpenComplaint(complaint="A", text="x"), "kim", "known already", "another name"),
        (said.OpenComplaint(complaint="B", text=" "), "kim", "the complaint is missing", "state the complaint"),
        (said.OpenComplaint(complaint="", text="x"), "kim", "the name of the complaint is missing", "state"),
        (said.AnswerComplaint(complaint="C", answer="x"), "kim", "no complaint is called 'C'", "use one of: A"),
        (said.AnswerComplaint(complaint="A", answer=""), "kim", "the answer is missing", "state the answer"),
        (said.CloseComplaint(complaint="A", finding="x"), "lee", "complaint A is opened", "answer it first"),
        (said.AskSurvey(survey="S"), "kim", "asked already", "another name"),
        (said.AskSurvey(survey="T", most=0.0), "kim", "a scale from 0 to 0 is none", "more than 0"),
        (said.AskSurvey(survey="T", most=float("nan")), "kim", "a scale from 0 to nan is none", "more than 0"),
        (said.AnswerSurvey(survey="S", score=10.5), "kim", "a score of 10.5 is off the scale", "give 0 to 10"),
        (said.AnswerSurvey(survey="S", score=float("nan")), "kim", "off the scale", "give 0 to 10"),
        (said.AnswerSurvey(survey="U", score=1.0), "kim", "no survey is called 'U'", "asked are: S"),
        (said.GiveRecognition(title="ISO", given_utc=NOON, evidence=""), "kim", "the evidence of it is missing", "state"),
        (
            said.GiveRecognition(title="ISO", given_utc=NOON + timedelta(days=9), evidence="x"),
            "kim",
            "later than now",
            "when it",
        ),
    ],
)
def test_what_is_not_lawful_is_refused_with_the_fix_and_nothing_is_stored(
    store: MemoryOperations, command: said.PartyCommand, by: str, what: str, fix: str
) -> None:
    do(store, said.OpenComplaint(complaint="A", text="late"))
    do(store, said.AskSurvey(survey="S"))
    before = store.head()
    with pytest.raises(Refused) as told:
        do(store, command, by, hours=3)
    assert what in told.value.what
    assert fix in told.value.fix
    assert store.head() == before


def test_who_took_a_complaint_does_not_close_it_and_a_closed_one_stays_closed(store: MemoryOperations) -> None:
    do(store, said.OpenComplaint(complaint="A", text="late"))
    do(store, said.AnswerComplaint(complaint="A", answer="sorry"), hours=1)
    with pytest.raises(Refused, match="kim took complaint A"):
        do(store, said.CloseComplaint(complaint="A", finding="x"), hours=2)
    do(store, said.CloseComplaint(complaint="A", finding="x"), by="lee", hours=2)
    for again in (said.AnswerComplaint(complaint="A", answer="x"), said.CloseComplaint(complaint="A", finding="x")):
        with pytest.raises(Refused, match="closed"):
            do(store, again, by="lee", hours=3)


def test_nothing_happens_before_what_it_answers(store: MemoryOperations) -> None:
    do(store, said.OpenComplaint(complaint="A", text="late"))
    do(store, said.AskSurvey(survey="S"))
    for early in (said.AnswerComplaint(complaint="A", answer="x"), said.AnswerSurvey(survey="S", score=1.0)):
        with pytest.raises(Refused, match="has stood as it is since"):
            do(store, early, hours=-1)


def test_a_survey_is_answered_once_and_told_twice_it_is_one(store: MemoryOperations) -> None:
    do(store, said.AskSurvey(survey="S", most=5.0))
    once = act(NOON)
    first = record_party(store, "ACME", said.AnswerSurvey(survey="S", score=4.0, text="good"), once)
    again = record_party(store, "ACME", said.AnswerSurvey(survey="S", score=4.0, text="good"), once)
    assert [one.repeated for one in (*first, *again)] == [False, True]
    with pytest.raises(Refused, match="survey S is answered"):
        do(store, said.AnswerSurvey(survey="S", score=2.0), hours=1)
    row = store.view.get("surveys", ("ACME", "S"))
    assert row is not None
    assert (row["score"], row["most"], row["text"], row["state"]) == (4.0, 5.0, "good", "answered")


def test_recognition_is_the_companys_own_and_counts_once(store: MemoryOperations) -> None:
    given = said.GiveRecognition(title="ISO 28000", given_utc=NOON, evidence="certificate 12")
    do(store, given, party="TUV")
    assert [event.tenant for event in store.stream("party/TUV")] == [""]
    with pytest.raises(Refused, match="known already"):
        do(store, given, party="TUV")


def test_only_customers_of_a_released_plan_complain_or_are_asked() -> None:
    store = released(a_plan())
    for command in (said.OpenComplaint(complaint="A", text="late"), said.AskSurvey(survey="S")):
        with pytest.raises(Refused, match="no contract of a released plan is with ACMEE"):
            do(store, command, party="ACMEE")
    do(store, said.OpenComplaint(complaint="A", text="late"))
    do(store, said.GiveRecognition(title="prize", given_utc=NOON, evidence="x"), party="AIAA")
