"""What customers say for themselves, as the pages record it."""

from __future__ import annotations

from supercargo.app.operations import recording
from supercargo.track.parties import deciding

__all__ = ["AnswerComplaint", "AnswerSurvey", "AskSurvey", "CloseComplaint", "OpenComplaint", "PartyCommand", "record_party"]

OpenComplaint = deciding.OpenComplaint
AnswerComplaint = deciding.AnswerComplaint
CloseComplaint = deciding.CloseComplaint
AskSurvey = deciding.AskSurvey
PartyCommand = deciding.PartyCommand
AnswerSurvey = deciding.AnswerSurvey
record_party = recording.record_party
