"""KVN, the notation of `KEYWORD = value` lines, taken apart (CCSDS 502.0-B-3, sections 7.3 to 7.8)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from supercargo.astro.ccsds.blocks import fields_of
from supercargo.astro.ccsds.drafts import Columns, Draft, DraftBlock, DraftSegment, Entry, Findings, shown
from supercargo.astro.ccsds.messages import (
    COVARIANCE_KEYWORDS,
    Covariance,
    EphemerisMetadata,
    Header,
    KeplerianElements,
    Maneuver,
    MeanElementsBlock,
    MeanElementsMetadata,
    ParameterMetadata,
    Spacecraft,
    StateVector,
    TleParameters,
)

__all__ = ["LONGEST_LINE", "draft_of_kvn"]

LONGEST_LINE = 254
"""Signs in a line (502.0-B-3, 7.3.2)."""

_VERSION = re.compile(r" *CCSDS_(O[EPM]M)_VERS *= *(\S*) *")
_KEYWORD = re.compile(r"[A-Z0-9_]{1,80}")
_COV = [keyword for keyword, _ in COVARIANCE_KEYWORDS]


def _keywords(kind: type) -> list[str]:
    return [each.keyword for each in fields_of(kind)]


_SECTIONS: dict[str, tuple[tuple[str, list[str]], ...]] = {
    "OPM": (
        ("header", _keywords(Header)),
        ("metadata", _keywords(ParameterMetadata)),
        ("stateVector", _keywords(StateVector)),
        ("keplerianElements", _keywords(KeplerianElements)),
        ("spacecraftParameters", _keywords(Spacecraft)),
        ("covarianceMatrix", [each for each in _keywords(Covariance) if each != "EPOCH"] + _COV),
        ("maneuverParameters", _keywords(Maneuver)),
    ),
    "OMM": (
        ("header", _keywords(Header)),
        ("metadata", _keywords(MeanElementsMetadata)),
        ("meanElements", _keywords(MeanElementsBlock)),
        ("spacecraftParameters", _keywords(Spacecraft)),
        ("tleParameters", _keywords(TleParameters)),
        ("covarianceMatrix", [each for each in _keywords(Covariance) if each != "EPOCH"] + _COV),
    ),
}
_OEM_METADATA = set(_keywords(EphemerisMetadata))


def draft_of_kvn(text: str, findings: Findings) -> Draft | None:
    """The draft of a message in KVN; what does not fit is noted in `findings`. None where there is no version line."""
    lines = text.replace("\r\n", "\n").replace("\n\r", "\n").replace("\r", "\n").split("\n")
    first = next((place for place, line in enumerate(lines) if line.strip(" ")), None)
    found = _VERSION.fullmatch(lines[first]) if first is not None and len(lines[first]) <= LONGEST_LINE else None
    if first is None or found is None:
        fix = "begin with CCSDS_OEM_VERS, CCSDS_OPM_VERS or CCSDS_OMM_VERS; other messages are not read"
        findings.add((first or 0) + 1, "", "the text is not an orbit message: it has no version line that is known", fix)
        return None
    draft = Draft(found[1], found[2], first + 1, DraftBlock("header", first + 1))
    walker = _EphemerisWalker(draft, findings) if draft.kind == "OEM" else _KeywordWalker(draft, findings)
    for number, line in enumerate(lines[first + 1 :], start=first + 2):
        if len(line) > LONGEST_LINE:
            what = f"the line has {len(line)} signs, more than {LONGEST_LINE}"
            findings.add(number, "", what, "break the comment, or write the numbers shorter")
        elif line and not line.isspace():
            walker.take(line, number)
    walker.close()
    return draft


def _entry(line: str, number: int, findings: Findings) -> Entry | None:
    keyword, equals, value = line.partition("=")
    keyword = keyword.strip(" ")
    if not equals or _KEYWORD.fullmatch(keyword) is None:
        what = f"the line {shown(line.strip())} is not of the form KEYWORD = value"
        findings.add(number, "", what, "write the keyword in capitals, an equals sign and the value")
        return None
    return Entry(keyword, value.strip(" "), None, number)


def _comment(line: str) -> str | None:
    """The text of a comment line: all behind the keyword and one blank; None for another line."""
    stripped = line.lstrip(" ")
    if stripped == "COMMENT" or stripped.startswith("COMMENT "):
        return stripped[len("COMMENT ") :]
    return None


class _KeywordWalker:
    """Line by line through an OPM or OMM: blocks follow one another in the order of the standard's table."""

    def __init__(self, draft: Draft, findings: Findings) -> None:
        self.draft, self.findings = draft, findings
        self.sections = (*_SECTIONS[draft.kind], ("userDefinedParameters", []))
        self.place = 0
        self.block = draft.header
        self.pending: list[str] = []

    def take(self, line: str, number: int) -> None:
        comment = _comment(line)
        if comment is not None:
            self.pending.append(comment)
            return
        entry = _entry(line, number, self.findings)
        if entry is None:
            return
        place = self._section(entry)
        if place is None:
            what = f"{shown(entry.keyword)} is no keyword of an {self.draft.kind}, or not of this place in it"
            self.findings.add(number, entry.keyword, what, "take it out, or put it where the standard's table has it")
            return
        again = self.sections[place][0] == "maneuverParameters" and entry.keyword == "MAN_EPOCH_IGNITION"
        if place != self.place or (again and self.block.entries):
            self._open(place, number)
        self.block.comments += self.pending
        self.pending = []
        self.block.entries.append(entry)

    def _section(self, entry: Entry) -> int | None:
        """The place of the block, this one or a later one, that the keyword belongs to."""
        for place in range(self.place, len(self.sections)):
            if entry.keyword in self.sections[place][1]:
                return place
        return len(self.sections) - 1 if entry.keyword.startswith("USER_DEFINED_") else None

    def _open(self, place: int, number: int) -> None:
        self.place = place
        self.block = DraftBlock(self.sections[place][0], number)
        if place == 1:
            self.draft.segments.append(DraftSegment(number, self.block))
        else:
            if not self.draft.segments:
                self.draft.segments.append(DraftSegment(number, DraftBlock("metadata", number)))
            self.draft.segments[0].blocks.append(self.block)

    def close(self) -> None:
        self.block.comments += self.pending


class _EphemerisWalker:
    """Line by line through an OEM: header, then metadata, states and covariance of each segment."""

    def __init__(self, draft: Draft, findings: Findings) -> None:
        self.draft, self.findings = draft, findings
        self.stage = "header"  # then metadata, states, covariance
        self.pending: list[str] = []
        self.lines: list[int] = []
        self.rows = 0  # of the matrix being read

    def take(self, line: str, number: int) -> None:
        stripped = line.strip(" ")
        comment = _comment(line)
        if comment is not None:
            self._take_comment(comment)
        elif stripped in {"META_START", "META_STOP", "COVARIANCE_START", "COVARIANCE_STOP"}:
            self._take_mark(stripped, number)
        elif self.stage == "states":
            self._take_state(stripped.split(), number)
        elif self.stage == "covariance" and "=" not in stripped:
            self._take_matrix_row(stripped.split(), number)
        else:
            self._take_entry(line, number)

    def _take_comment(self, comment: str) -> None:
        if self.stage == "header":
            self.draft.header.comments.append(comment)
        elif self.stage == "metadata":
            self.draft.segments[-1].metadata.comments.append(comment)
        elif self.stage == "states":
            self.draft.segments[-1].comments.append(comment)
        else:
            self.pending.append(comment)

    def _take_mark(self, mark: str, number: int) -> None:
        lawful = {
            "META_START": self.stage in {"header", "states"},
            "META_STOP": self.stage == "metadata",
            "COVARIANCE_START": self.stage == "states",
            "COVARIANCE_STOP": self.stage == "covariance",
        }
        if not lawful[mark]:
            what = f"{mark} stands in the {self.stage} part"
            self.findings.add(number, mark, what, "put the markers in pairs, in their order")
            return
        self.stage = {"META_START": "metadata", "COVARIANCE_START": "covariance"}.get(mark, "states")
        if mark == "COVARIANCE_STOP" and self.pending and self.draft.segments[-1].blocks:
            self.draft.segments[-1].blocks[-1].comments += self.pending
        self.pending, self.rows = [], 0
        if mark == "META_START":
            self.draft.segments.append(DraftSegment(number, DraftBlock("metadata", number)))
            self.lines = []

    def _take_entry(self, line: str, number: int) -> None:
        entry = _entry(line, number, self.findings)
        if entry is None:
            return
        if self.stage == "header":
            if entry.keyword in _OEM_METADATA:
                self.findings.add(number, entry.keyword, "metadata stands outside of its markers", "add META_START before it")
            else:
                self.draft.header.entries.append(entry)
        elif self.stage == "metadata":
            self.draft.segments[-1].metadata.entries.append(entry)
        else:
            self._take_matrix_entry(entry)

    def _take_matrix_entry(self, entry: Entry) -> None:
        blocks = self.draft.segments[-1].blocks
        if entry.keyword == "EPOCH":
            blocks.append(DraftBlock("covarianceMatrix", entry.line, self.pending))
            self.pending, self.rows = [], 0
        if not blocks:
            self.findings.add(entry.line, entry.keyword, "a covariance begins without EPOCH", "write EPOCH before each matrix")
            return
        blocks[-1].entries.append(entry)

    def _take_matrix_row(self, numbers: Sequence[str], number: int) -> None:
        blocks = self.draft.segments[-1].blocks
        if not blocks or self.rows >= 6 or len(numbers) != self.rows + 1:
            what = f"row {self.rows + 1} of a covariance has {len(numbers)} numbers"
            self.findings.add(number, "", what, "write EPOCH, then six rows of one to six numbers")
            self.rows += 1
            return
        start = self.rows * (self.rows + 1) // 2
        for keyword, text in zip(_COV[start:], numbers, strict=False):
            blocks[-1].entries.append(Entry(keyword, text, None, number))
        self.rows += 1

    def _take_state(self, parts: Sequence[str], number: int) -> None:
        width = len(parts) - 1
        if width not in (6, 9):
            what = f"the line has {len(parts)} words; a state has an epoch and 6 numbers, or 9 with accelerations"
            self.findings.add(number, "", what, "write the state whole on one line; metadata goes between its markers")
            return
        states = self.draft.segments[-1].states
        if not states or states[-1].width != width:
            self.lines = []
            states.append(Columns(width, [], [], self.lines.__getitem__))
        states[-1].epochs.append(parts[0])
        states[-1].numbers.extend(parts[1:])
        self.lines.append(number)

    def close(self) -> None:
        if self.stage in {"metadata", "covariance"}:
            stop = "META_STOP" if self.stage == "metadata" else "COVARIANCE_STOP"
            self.findings.add(0, stop, f"the text ends within the {self.stage} part", f"add what is missing, and {stop}")
