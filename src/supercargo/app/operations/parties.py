"""What customers say for themselves, as the pages record it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from supercargo.app.operations import recording
from supercargo.kernel import ScenarioError
from supercargo.track.event_store import View
from supercargo.track.parties import deciding

__all__ = [
    "AnswerComplaint",
    "AnswerSurvey",
    "AskSurvey",
    "CloseComplaint",
    "OpenComplaint",
    "PartyCommand",
    "about_own",
    "record_party",
]

OpenComplaint = deciding.OpenComplaint
AnswerComplaint = deciding.AnswerComplaint
CloseComplaint = deciding.CloseComplaint
AskSurvey = deciding.AskSurvey
PartyCommand = deciding.PartyCommand
AnswerSurvey = deciding.AnswerSurvey
record_party = recording.record_party


def about_own(view: View, customer: str, complaint: OpenComplaint, whose: str) -> OpenComplaint:
    """A complaint about the service as a whole, or an item or flight of the customer's, named as it is on record.

    `whose` names the cargo in the refusal. Raises ScenarioError for anything else, in the same words whether it is another
    customer's or is not there at all.
    """
    about = complaint.about.strip()
    if not about:
        return complaint
    sought = about.removeprefix("mission/").removeprefix("cargo/").casefold()
    found = next((name for name in _own_names(view, customer) if name.casefold() == sought), None)
    if found is None:
        fix = "name an item or a flight as the list of lines does, or leave it empty for the service as a whole"
        raise ScenarioError(f"{about[:60]!r} is not among {whose}", fix=fix, where="about")
    return replace(complaint, about=found)


def _own_names(view: View, customer: str) -> Iterator[str]:
    """Items of a customer, lines too of which parts fly, and the flights that carry or carried them."""
    for row in view.find("unit", "tenant", customer):
        item = str(row["name"]).removeprefix("cargo/")
        yield from (item, item.partition("#")[0], str(row["mission"] or ""))
    for row in view.find("promises", "customer", customer):
        item = str(row["item_id"])
        yield from (item, item.partition("#")[0], str(row["mission_id"] or ""))
