"""The company's words to a customer: what is done about a complaint, why it is closed, how content the customer is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from supercargo.app.operations.parties import AnswerComplaint, AskSurvey, CloseComplaint, PartyCommand
from supercargo.faces.board.forms import Asking, Field, TypedWords, choices_of
from supercargo.kernel import ScenarioError

__all__ = ["answer_forms", "words_said"]

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
