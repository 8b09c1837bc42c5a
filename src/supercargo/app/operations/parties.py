"""What customers say for themselves, as the pages record it."""

from __future__ import annotations

from supercargo.app.operations import recording
from supercargo.track.parties import deciding

__all__ = ["AnswerSurvey", "OpenComplaint", "record_party"]

OpenComplaint = deciding.OpenComplaint
AnswerSurvey = deciding.AnswerSurvey
record_party = recording.record_party
