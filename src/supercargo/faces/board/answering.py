"""Words between a customer and the company: complaints, what is done about them, how content the customer is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from supercargo.app.operations.parties import (
    AnswerComplaint,
    AnswerSurvey,
    AskSurvey,
    CloseComplaint,
    OpenComplaint,
    PartyCommand,
)
from supercargo.faces.board.forms import Asking, Field, TypedWords, choices_of
from supercargo.kernel import ScenarioError

__all__ = ["answer_forms", "customer_forms", "customers_words", "words_said"]

_ACTION = "/customer/words#complaints"


def answer_forms(who: str, complaints: Sequence[Mapping[str, Any]]) -> tuple[Asking, ...]:
    """The forms by which complaints are answered and closed, as they stand, and a survey is asked."""
    given, forms = (("name", who),), []
    for state, name, legend, label in (
        ("opened", "answer", "Answer a complaint", "What is done about it"),
        ("answered", "close", "Close a complaint", "Finding"),
    ):
        waiting = [row["complaint"] for row in complaints if row["state"] == state]
        if waiting:
            which = Field(name="complaint", label="Complaint", kind="choice", choices=choices_of(waiting))
            forms.append(
                Asking(
                    name=name, action=_ACTION, legend=legend, given=given, timed=False,
                    buttons=((name, "Answer" if name == "answer" else "Close it"),),
                    fields=(which, Field(name="word", label=label, needed=True)),
                )
            )  # fmt: skip
    ask = Asking(
        name="ask", action=_ACTION, legend="Ask how content the customer is", given=given, timed=False,
        buttons=(("ask", "Ask"),),
        fields=(
            Field(name="survey", label="Name of the survey", needed=True),
            Field(name="about", label="About a flight or an item, empty for the service as a whole"),
            Field(name="most", label="From 0 to", kind="number", value="10", needed=True),
        ),
    )  # fmt: skip
    return (*forms, ask)


def customer_forms(who: str, surveys: Sequence[Mapping[str, Any]]) -> tuple[Asking, tuple[Asking, ...]]:
    """The forms by which a customer complains, and answers each survey that it has not answered."""
    complain = Asking(
        name="complain", action="/customer/complaint#form-complain", legend="Complain", given=(("name", who),), timed=False,
        buttons=(("complain", "Complain"),),
        fields=(
            Field(name="about", label="About a flight or an item, empty for the service as a whole"),
            Field(name="text", label="What is wrong", kind="words", needed=True),
        ),
    )  # fmt: skip
    waiting = [row for row in surveys if row["score"] is None]
    return complain, tuple(_survey(who, number, row) for number, row in enumerate(waiting, start=1))


def _survey(who: str, number: int, row: Mapping[str, Any]) -> Asking:
    about = f", about {row['about']}" if row["about"] else ""
    return Asking(
        name=f"survey-{number}", action=f"/customer/survey#form-survey-{number}", legend=f"{row['survey']}{about}",
        given=(("name", who), ("survey", row["survey"])), timed=False, buttons=(("answer-survey", "Answer"),),
        fields=(
            Field(name="score", label=f"From 0 (not at all) to {row['most']:g}", kind="number", needed=True),
            Field(name="text", label="In your own words", kind="words"),
        ),
    )  # fmt: skip


def customers_words(typed: TypedWords, name: str) -> OpenComplaint | AnswerSurvey:
    """What a customer says: a complaint of that name, or, where a survey is named, its answer.

    Raises ScenarioError for an answer without a score.
    """
    if "survey" not in typed:
        return OpenComplaint(complaint=name, text=typed["text"].strip(), about=typed["about"].strip())
    score = typed.number("score")
    if score is None:
        raise ScenarioError("no score is given", fix="give a number on the survey's scale", where="score")
    return AnswerSurvey(survey=typed["survey"], score=score, text=typed["text"].strip())


def words_said(typed: TypedWords) -> PartyCommand:
    """What a form says to a customer. Raises ScenarioError for one that says nothing known."""
    match typed["do"]:
        case "answer":
            return AnswerComplaint(complaint=typed["complaint"], answer=typed["word"].strip())
        case "close":
            return CloseComplaint(complaint=typed["complaint"], finding=typed["word"].strip())
        case "ask":
            most = typed.number("most") or 0.0
            return AskSurvey(survey=typed["survey"].strip(), about=typed["about"].strip(), most=most)
        case _:
            raise ScenarioError("the form asks for nothing known", fix="open the page again", where="do")
