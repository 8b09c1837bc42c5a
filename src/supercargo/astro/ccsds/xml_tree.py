"""XML, taken apart with suspicion: no document type, no entities, no deep nesting; runs of states are read at one go.

Nearly all of an ephemeris is thousands of state vectors of one shape. Such a run is matched whole, word for word, and cut out
before the rest goes through the XML parser; whatever is shaped otherwise stays in and takes the long way, with its line.
Form: CCSDS 505.0-B (NDM/XML) and 502.0-B-3, section 8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from supercargo.astro.ccsds.drafts import Columns, Draft, DraftBlock, DraftSegment, Entry, Findings, shown

__all__ = ["drafts_of_xml"]

_DEEPEST = 12
_MOST_ELEMENTS = 1_000_000
_CUT = "_states"
_BLANKS = "[ \\t\\r\\n]*+"
_AXES = (("X", "km"), ("Y", "km"), ("Z", "km"), ("X_DOT", "km/s"), ("Y_DOT", "km/s"), ("Z_DOT", "km/s"))
_RATES = (("X_DDOT", "km/s**2"), ("Y_DDOT", "km/s**2"), ("Z_DDOT", "km/s**2"))


def _element(keyword: str, unit: str) -> str:
    return rf'{_BLANKS}<{keyword}(?: units="{re.escape(unit)}")?>([-+.0-9eE]{{1,64}}+)</{keyword}>'


_START = "<stateVector>"
_STATE = re.compile(
    rf"{_START}{_BLANKS}<EPOCH>([-:.TZ0-9]{{1,64}}+)</EPOCH>"
    + "".join(_element(keyword, unit) for keyword, unit in _AXES)
    + f"(?:{''.join(_element(keyword, unit) for keyword, unit in _RATES)})?"
    + f"{_BLANKS}</stateVector>{_BLANKS}"
)


@dataclass(slots=True)
class _Node:
    """An element, with the line where it begins."""

    name: str
    line: int
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)
    children: list[_Node] = field(default_factory=list)


class _Stop(Exception):
    """Parsing ends here; the fault is noted."""


def drafts_of_xml(text: str, findings: Findings) -> list[Draft]:
    """The drafts of all messages in an XML text; what does not fit is noted in `findings`."""
    runs: list[Columns] = []
    plain = "<!" not in text and text.find("<?", 1) < 0 and f"<{_CUT}" not in text
    root = _parse(_without_states(text, runs) if plain else text, findings)
    if root is None:
        return []
    found = root.children if root.name == "ndm" else [root]
    drafts = []
    for node in found:
        if root is not node and node.name in {"COMMENT", "MESSAGE_ID"}:
            continue
        if node.name in {"oem", "opm", "omm"}:
            drafts.append(_Reader(node.name.upper(), runs, findings).draft(node))
        else:
            what = f"<{node.name[:40]}> is not an orbit message that is read here"
            findings.add(node.line, "", what, "give an oem, opm or omm, alone or within ndm")
    if not found:
        findings.add(root.line, "", "the ndm holds no message", "put an oem, opm or omm into it")
    return drafts


def _without_states(text: str, runs: list[Columns]) -> str:
    """The text with each run of state vectors replaced by a mark, line for line; the runs go to `runs`."""
    kept, done, place = [], 0, text.find(_START)
    while place >= 0:
        end = _take_run(text, place, runs)
        if end > place:
            kept += [text[done:place], f'<{_CUT} run="{len(runs) - 1}"/>', "\n" * text.count("\n", place, end)]
            done = end
        place = text.find(_START, max(end, place + 1))
    return "".join([*kept, text[done:]])


def _take_run(text: str, place: int, runs: list[Columns]) -> int:
    """Match state vectors of one width from `place` on, as many as follow one another; the end of the last."""
    epochs: list[str] = []
    numbers: list[str] = []
    starts: list[int] = []
    width = 0
    match = _STATE.match
    while (found := match(text, place)) is not None:
        words = found.groups()
        wide = 6 if words[9] is None else 9
        if width and wide != width:
            break
        width = wide
        epochs.append(words[0])
        numbers += words[1 : width + 1]
        starts.append(place)
        place = found.end()
    if epochs:

        def line_of(row: int) -> int:
            return text.count("\n", 0, text.index("<EPOCH>", starts[row])) + 1

        runs.append(Columns(width, epochs, numbers, line_of))
    return place


def _parse(text: str, findings: Findings) -> _Node | None:
    builder = _Builder(findings)
    try:
        builder.parser.Parse(text, True)
    except _Stop:
        return None
    except expat.ExpatError as error:
        what = f"the XML is broken: {expat.ErrorString(error.code)}, at sign {error.offset + 1} of the line"
        findings.add(error.lineno, "", what, "mend the markup; the text may be cut off")
        return None
    return builder.root


class _Builder:
    """Builds the tree; refuses what no message needs and only an attacker writes."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.root: _Node | None = None
        self.open: list[_Node] = []
        self.count = 0
        self.parser = expat.ParserCreate(encoding="UTF-8", namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _stop(self, what: str, fix: str) -> None:
        self.findings.add(self.parser.CurrentLineNumber, "", what, fix)
        raise _Stop

    def _doctype(self, *_: Any) -> None:
        self._stop("the XML declares a document type, which could define entities", "take the DOCTYPE out")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) >= _DEEPEST:
            self._stop(f"elements are nested deeper than {_DEEPEST}", "nest as the standard does")
        if self.count > _MOST_ELEMENTS:
            self._stop(f"the XML has more than {_MOST_ELEMENTS} elements beside plain states", "split the message")
        node = _Node(name.rpartition(" ")[2], self.parser.CurrentLineNumber, attributes)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def _end(self, _: str) -> None:
        self.open.pop()

    def _characters(self, text: str) -> None:
        self.open[-1].text.append(text)


class _Reader:
    """From the tree to the draft of one message."""

    def __init__(self, kind: str, runs: list[Columns], findings: Findings) -> None:
        self.kind, self.runs, self.findings = kind, runs, findings
        self.odd_lines: list[int] = []  # of the run of odd states that is being read
        self.odd = Columns(0, [], [], self.odd_lines.__getitem__)

    def _unknown(self, node: _Node, within: str) -> None:
        what = f"<{node.name[:40]}> does not belong into <{within}>"
        self.findings.add(node.line, node.name, what, "take it out, or put it where the standard has it")

    def draft(self, node: _Node) -> Draft:
        draft = Draft(self.kind, node.attributes.get("version", ""), node.line, DraftBlock("header", node.line))
        said = node.attributes.get("id", f"CCSDS_{self.kind}_VERS")
        if said != f"CCSDS_{self.kind}_VERS":
            what = f"<{node.name}> says of itself that it is {shown(said)}"
            self.findings.add(node.line, "id", what, f"write CCSDS_{self.kind}_VERS, or give the message its own name")
        for child in node.children:
            if child.name == "header":
                draft.header = self._block(child)
            elif child.name == "body":
                for part in child.children:
                    if part.name == "segment":
                        draft.segments.append(self._segment(part))
                    else:
                        self._unknown(part, "body")
            else:
                self._unknown(child, node.name)
        return draft

    def _segment(self, node: _Node) -> DraftSegment:
        segment = DraftSegment(node.line, DraftBlock("metadata", node.line))
        parts = [child.name for child in node.children]
        if parts != ["metadata", "data"]:
            what = f"a segment holds {', '.join(part[:40] for part in parts[:5]) or 'nothing'}"
            self.findings.add(node.line, "segment", what, "give metadata and then data, once each")
        for child in node.children:
            if child.name == "metadata":
                segment.metadata = self._block(child)
            elif child.name == "data":
                for part in child.children:
                    self._part(part, segment)
            else:
                self._unknown(child, "segment")
        return segment

    def _part(self, node: _Node, segment: DraftSegment) -> None:
        """A child of `data`."""
        if node.name == "COMMENT":
            segment.comments += _comments(node)
        elif node.name == _CUT and self.runs and self.kind == "OEM":
            segment.states.append(self.runs[int(node.attributes["run"])])
        elif node.name == "stateVector" and self.kind == "OEM":
            self._state(node, segment)
        elif node.name == _CUT and self.runs:
            segment.blocks += _blocks_of(self.runs[int(node.attributes["run"])])
        else:
            segment.blocks.append(self._block(node))

    def _state(self, node: _Node, segment: DraftSegment) -> None:
        """A state vector that is not shaped like the rest of its run."""
        block = self._block(node)
        segment.comments += block.comments
        units = dict((*_AXES, *_RATES))
        names = [entry.keyword for entry in block.entries]
        if names not in (["EPOCH", *list(units)[:6]], ["EPOCH", *units]):
            what = f"a state vector holds {', '.join(names[:12]) or 'nothing'}"
            fix = "give EPOCH, X, Y, Z, X_DOT, Y_DOT, Z_DOT, and X_DDOT, Y_DDOT, Z_DDOT or none of them"
            self.findings.add(node.line, "stateVector", what, fix)
            return
        for entry in block.entries[1:]:
            if entry.unit not in ("", units[entry.keyword]):
                what = f"{entry.keyword} is in {shown(entry.unit or '')}"
                self.findings.add(entry.line, entry.keyword, what, f"give it in {units[entry.keyword]}")
        numbers = [entry.text for entry in block.entries[1:]]
        if not segment.states or segment.states[-1] is not self.odd or self.odd.width != len(numbers):
            self.odd_lines = []
            self.odd = Columns(len(numbers), [], [], self.odd_lines.__getitem__)
            segment.states.append(self.odd)
        self.odd_lines.append(block.entries[0].line)
        self.odd.epochs.append(block.entries[0].text)
        self.odd.numbers.extend(numbers)

    def _block(self, node: _Node) -> DraftBlock:
        block = DraftBlock(node.name, node.line)
        for child in node.children:
            if child.children:
                self._unknown(child.children[0], child.name[:40])
            elif child.name == "COMMENT":
                block.comments += _comments(child)
            else:
                keyword = child.name
                if keyword == "USER_DEFINED":
                    keyword = f"USER_DEFINED_{child.attributes.get('parameter', '')}"
                text = "".join(child.text).strip()
                block.entries.append(Entry(keyword, text, child.attributes.get("units", ""), child.line))
        if (text := "".join(node.text).strip()) != "":
            self.findings.add(node.line, node.name, f"text {shown(text)} stands between the elements", "take it out")
        return block


def _comments(node: _Node) -> Iterator[str]:
    """A comment is kept sign by sign; one of several lines counts as several comments."""
    lines = "".join(node.text).split("\n")
    return (line.strip() for line in lines) if len(lines) > 1 else iter(lines)


def _blocks_of(run: Columns) -> Iterator[DraftBlock]:
    keywords = [keyword for keyword, _ in (*_AXES, *_RATES)][: run.width]
    for row, at in enumerate(run.epochs):
        line = run.line_of(row)
        numbers = run.numbers[row * run.width : (row + 1) * run.width]
        entries = [Entry(keyword, text, "", line) for keyword, text in zip(keywords, numbers, strict=True)]
        yield DraftBlock("stateVector", line, [], [Entry("EPOCH", at, "", line), *entries])
