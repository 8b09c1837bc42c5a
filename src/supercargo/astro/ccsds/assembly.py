"""From drafts to messages: each keyword known, given once, in its unit and in range; all faults told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np

from supercargo.astro.ccsds.blocks import Field, fields_of
from supercargo.astro.ccsds.drafts import Columns, Draft, DraftBlock, DraftSegment, Entry, Findings, shown
from supercargo.astro.ccsds.epochs import Epochs, parse_epoch
from supercargo.astro.ccsds.messages import (
    COVARIANCE_KEYWORDS,
    VERSIONS,
    Covariance,
    EphemerisMetadata,
    EphemerisSegment,
    Header,
    KeplerianElements,
    Maneuver,
    MeanElementsBlock,
    MeanElementsMetadata,
    Message,
    OrbitEphemerisMessage,
    OrbitMeanElementsMessage,
    OrbitParameterMessage,
    ParameterMetadata,
    Spacecraft,
    StateVector,
    TleParameters,
    UserDefined,
)
from supercargo.astro.timescales import Floats
from supercargo.kernel import ScenarioError

__all__ = ["message_of"]

T = TypeVar("T")

_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,4})?", re.ASCII)
_WHOLE = re.compile(r"[-+]?\d{1,10}", re.ASCII)
_BRACKETED = re.compile(r"(\S+) +\[([^\[\]]*)\]")
_LONGEST_NUMBER = 64
_SIGNS_OF_NUMBERS = b"-+.0123456789eE"


def message_of(draft: Draft, findings: Findings) -> Message | None:
    """The message of a draft; None with the faults noted in `findings` where it can't stand."""
    before = len(findings)
    lawful = VERSIONS[draft.kind]
    if draft.version not in lawful:
        what = f"version {shown(draft.version)} of the {draft.kind} is not known"
        findings.add(draft.line, f"CCSDS_{draft.kind}_VERS", what, f"use one of: {', '.join(lawful)}")
    header = _Assembler(findings).header(draft)
    if not draft.segments:
        findings.add(draft.line, "", "the message has no metadata and no content", "add them; the text may be cut off")
    if draft.kind != "OEM" and len(draft.segments) > 1:
        findings.add(draft.segments[1].line, "segment", f"an {draft.kind} has one segment", "split the message")
    parts = [_segment(draft.kind, segment, findings) for segment in draft.segments]
    if header is None or len(findings) > before:
        return None
    return _whole(draft, header, parts, findings)


def _segment(kind: str, segment: DraftSegment, findings: Findings) -> Any:
    return _ephemeris_segment(segment, findings) if kind == "OEM" else _parameters(kind, segment, findings)


def _whole(draft: Draft, header: Header, parts: Sequence[Any], findings: Findings) -> Message | None:
    makers: dict[str, Callable[[], Message]] = {
        "OEM": lambda: OrbitEphemerisMessage(header=header, segments=tuple(parts)),
        "OPM": lambda: OrbitParameterMessage(header=header, **parts[0]),
        "OMM": lambda: OrbitMeanElementsMessage(header=header, **parts[0]),
    }
    blocks = [draft.header]
    for segment in draft.segments:
        blocks += [segment.metadata, *segment.blocks]
    return _made(makers[draft.kind], blocks, draft.line, findings)


def _made(make: Callable[[], T], blocks: Sequence[DraftBlock], line: int, findings: Findings) -> T | None:
    """What `make` makes; where it refuses, its faults with the lines of the keywords that they name."""
    try:
        return make()
    except ScenarioError as error:
        lines = {entry.keyword: entry.line for block in blocks for entry in block.entries}
        for fault in error.faults:
            findings.add(lines.get(fault.column, line), fault.column, fault.what, fault.fix)
        return None


class _Assembler:
    """Makes blocks; epochs are read in the time system of the metadata."""

    def __init__(self, findings: Findings, time_system: str = "UTC") -> None:
        self.findings, self.time_system = findings, time_system

    def header(self, draft: Draft) -> Header | None:
        """Creation date and originator are asked of all but mean elements, which public sources send without."""
        if draft.kind != "OMM":
            given = {entry.keyword for entry in draft.header.entries if entry.text}
            for keyword in ("CREATION_DATE", "ORIGINATOR"):
                if keyword not in given:
                    self.findings.add(draft.header.line, keyword, f"{keyword} is missing", f"add {keyword}")
        return self.block(Header, draft.header, version=draft.version)

    def block(self, kind: Callable[..., T], draft: DraftBlock, **more: Any) -> T | None:
        """A block of the kind from its draft; None where a fault was noted."""
        before = len(self.findings)
        values = self.values(fields_of(kind), draft)
        if len(self.findings) > before:
            return None
        return _made(lambda: kind(comments=tuple(draft.comments), **values, **more), [draft], draft.line, self.findings)

    def values(self, table: Sequence[Field], draft: DraftBlock) -> dict[str, Any]:
        """Values by attribute; faults for keywords that are unknown, repeated, missing or wrong."""
        known = {each.keyword: each for each in table}
        values: dict[str, Any] = {}
        seen: set[str] = set()
        for entry in draft.entries:
            each = known.get(entry.keyword)
            if each is None:
                what = f"{shown(entry.keyword)} is no keyword of the {draft.name} part"
                self.findings.add(entry.line, entry.keyword, what, f"use those of the standard: {', '.join(known)[:200]}")
            elif entry.keyword in seen:
                self.findings.add(entry.line, entry.keyword, f"{entry.keyword} is given more than once", "keep one of them")
            elif entry.text or each.must:
                value = self.value(each, entry)
                if value is not None:
                    values[each.attribute] = value
            seen.add(entry.keyword)
        for each in table:
            if each.must and each.keyword not in seen:
                what = f"{each.keyword} is missing in the {draft.name} part"
                self.findings.add(draft.line, each.keyword, what, f"add {each.keyword}")
        return values

    def value(self, each: Field, entry: Entry) -> Any:
        """The value of one entry; None with a fault noted."""
        if each.kind == "words":
            if entry.unit:
                self.findings.add(entry.line, entry.keyword, f"{entry.keyword} has a unit", "take the unit out")
            return entry.text
        if each.kind == "epoch":
            try:
                return parse_epoch(entry.text[:80], "UTC" if each.keyword == "CREATION_DATE" else self.time_system)
            except ValueError as error:
                what = f"{entry.keyword} is {shown(entry.text)}, which {error}"
                self.findings.add(entry.line, entry.keyword, what, "write it as 2027-01-31T23:59:59.000")
                return None
        return self._number(each, entry)

    def _number(self, each: Field, entry: Entry) -> float | int | None:
        text, unit = entry.text, entry.unit
        if unit is None and (found := _BRACKETED.fullmatch(text)) is not None:
            text, unit = found[1], found[2]
        if unit and unit.lower() != each.unit.lower():
            what = f"{entry.keyword} is in {shown(unit)}"
            fix = f"give it in {each.unit}" if each.unit else "take the unit out"
            self.findings.add(entry.line, entry.keyword, what, fix)
            return None
        form = _WHOLE if each.kind == "whole" else _NUMBER
        if len(text) > _LONGEST_NUMBER or form.fullmatch(text) is None:
            asked = "an integer" if each.kind == "whole" else "a number"
            self.findings.add(entry.line, entry.keyword, f"{entry.keyword} is {shown(text)}, not {asked}", f"write {asked}")
            return None
        return int(text) if each.kind == "whole" else float(text)

    def covariance(self, draft: DraftBlock, *, with_epoch: bool) -> Covariance | None:
        """The lower triangle makes the whole matrix."""
        before = len(self.findings)
        table = [each for each in fields_of(Covariance) if with_epoch or each.keyword != "EPOCH"]
        table += [Field(word, word, "number", unit, -np.inf, np.inf, True, ()) for word, unit in COVARIANCE_KEYWORDS]
        values = self.values(table, draft)
        if with_epoch and "at" not in values and len(self.findings) == before:
            self.findings.add(draft.line, "EPOCH", "a covariance has no epoch", "write EPOCH before each matrix")
        if len(self.findings) > before:
            return None
        matrix = np.zeros((6, 6))
        rows, columns = np.tril_indices(6)
        matrix[rows, columns] = [values.pop(word) for word, _ in COVARIANCE_KEYWORDS]
        matrix[columns, rows] = matrix[rows, columns]
        comments = tuple(draft.comments)
        return _made(lambda: Covariance(comments=comments, matrix=matrix, **values), [draft], draft.line, self.findings)

    def user_defined(self, draft: DraftBlock) -> UserDefined | None:
        """Any keyword with the prefix."""
        prefix = "USER_DEFINED_"
        for entry in draft.entries:
            if not entry.keyword.startswith(prefix):
                what = f"{shown(entry.keyword)} stands among the user-defined parameters"
                self.findings.add(entry.line, entry.keyword, what, "name it USER_DEFINED_ and its name")
        pairs = tuple((entry.keyword.removeprefix(prefix), entry.text) for entry in draft.entries)
        comments = tuple(draft.comments)
        return _made(lambda: UserDefined(comments=comments, parameters=pairs), [draft], draft.line, self.findings)


_PARTS: dict[str, dict[str, tuple[str, Any]]] = {
    "OPM": {
        "stateVector": ("state", StateVector),
        "keplerianElements": ("keplerian", KeplerianElements),
        "spacecraftParameters": ("spacecraft", Spacecraft),
        "covarianceMatrix": ("covariance", Covariance),
        "maneuverParameters": ("maneuvers", Maneuver),
        "userDefinedParameters": ("user_defined", UserDefined),
    },
    "OMM": {
        "meanElements": ("elements", MeanElementsBlock),
        "spacecraftParameters": ("spacecraft", Spacecraft),
        "tleParameters": ("tle", TleParameters),
        "covarianceMatrix": ("covariance", Covariance),
        "userDefinedParameters": ("user_defined", UserDefined),
    },
}


def _time_system(metadata: DraftBlock) -> str:
    return next((entry.text.upper() for entry in metadata.entries if entry.keyword == "TIME_SYSTEM"), "UTC")


def _parameters(kind: str, segment: DraftSegment, findings: Findings) -> dict[str, Any] | None:
    """The parts of an OPM or OMM by the attribute that takes them."""
    assembler = _Assembler(findings, _time_system(segment.metadata))
    metadata = assembler.block(ParameterMetadata if kind == "OPM" else MeanElementsMetadata, segment.metadata)
    parts: dict[str, Any] = {"metadata": metadata}
    maneuvers = []
    needed = next(iter(_PARTS[kind]))
    if segment.blocks:
        segment.blocks[0].comments[:0] = segment.comments
    for block in segment.blocks:
        attribute, made = _PARTS[kind].get(block.name, ("", None))
        if made is None:
            what = f"<{block.name[:40]}> does not belong into an {kind}"
            findings.add(block.line, block.name, what, f"use: {', '.join(_PARTS[kind])}")
        elif made is Maneuver:
            maneuvers.append(assembler.block(Maneuver, block))
        elif attribute in parts:
            findings.add(block.line, block.name, f"{block.name} is given more than once", "keep one of them")
        elif made is Covariance:
            parts[attribute] = assembler.covariance(block, with_epoch=False)
        elif made is UserDefined:
            parts[attribute] = assembler.user_defined(block)
        else:
            parts[attribute] = assembler.block(made, block)
    if maneuvers:
        parts["maneuvers"] = tuple(maneuvers)
    if _PARTS[kind][needed][0] not in parts:
        findings.add(segment.line, needed, f"the {kind} has no {needed} part", "add EPOCH and the numbers that follow it")
    return parts


def _ephemeris_segment(segment: DraftSegment, findings: Findings) -> EphemerisSegment | None:
    before = len(findings)
    time_system = _time_system(segment.metadata)
    assembler = _Assembler(findings, time_system)
    metadata = assembler.block(EphemerisMetadata, segment.metadata)
    covariances = []
    for block in segment.blocks:
        if block.name == "covarianceMatrix":
            covariances.append(assembler.covariance(block, with_epoch=True))
        else:
            findings.add(block.line, block.name, f"<{block.name[:40]}> does not belong into an OEM", "take it out")
    if not segment.states:
        findings.add(segment.line, "", "the segment has no states", "add them, one line or stateVector each")
    if len({run.width for run in segment.states}) > 1:
        line = segment.states[1].line_of(0)
        findings.add(line, "X_DDOT", "some states have accelerations and others not", "give them for all or for none")
    read = [_states(run, time_system, findings) for run in segment.states]
    if all(len(epochs) == len(run.epochs) for (epochs, _), run in zip(read, segment.states, strict=True)) and read:
        _order_faults(_joined([epochs for epochs, _ in read]), segment.states, findings)
    if len(findings) > before or metadata is None:
        return None
    epochs = _joined([each[0] for each in read])
    numbers = np.concatenate([each[1] for each in read])
    return _made(
        lambda: EphemerisSegment(
            metadata=metadata,
            comments=tuple(segment.comments),
            epochs=epochs,
            states=numbers[:, :6],
            accelerations_km_s2=numbers[:, 6:] if numbers.shape[1] > 6 else None,
            covariances=tuple(each for each in covariances if each is not None),
        ),
        [segment.metadata],
        segment.line,
        findings,
    )


def _joined(runs: Sequence[Epochs]) -> Epochs:
    day, second, atto = (np.concatenate([getattr(run, part) for run in runs]) for part in ("day", "second", "attosecond"))
    return Epochs(day, second, atto)


def _order_faults(epochs: Epochs, runs: Sequence[Columns], findings: Findings) -> None:
    """Name the line of each state that does not come later than the one before."""
    back = epochs.steps_back()
    starts = np.cumsum([0, *(len(run.epochs) for run in runs)])
    for index in back[:20].tolist():
        place = int(np.searchsorted(starts, index, side="right")) - 1
        line = runs[place].line_of(index - int(starts[place]))
        what = f"the state at {epochs.at(index)} is not later than the one before it"
        findings.add(line, "EPOCH", what, "sort the states by epoch, each once; begin a new segment where they must repeat")


def _states(run: Columns, time_system: str, findings: Findings) -> tuple[Epochs, Floats]:
    """Epochs and numbers of a run: at one go, and word by word only to name what is wrong."""
    try:
        epochs = Epochs.parse(run.epochs, time_system)
    except ValueError:
        epochs = Epochs.of(())
        for row, text in enumerate(run.epochs):
            for what in _epoch_fault(text, time_system):
                line = 0 if findings.full else run.line_of(row)
                findings.add(line, "EPOCH", what, "write it as 2027-01-31T23:59:59.000")
    numbers = _floats(run.numbers)
    if numbers is None:
        numbers = np.empty(0)
        for place, text in enumerate(run.numbers):
            if len(text) > _LONGEST_NUMBER or _NUMBER.fullmatch(text) is None or not np.isfinite(float(text)):
                what = f"number {place % run.width + 1} of the state is {shown(text)}, not a finite number"
                line = 0 if findings.full else run.line_of(place // run.width)
                findings.add(line, "", what, "write a number such as -4519.25 or 1.2e-3")
    return epochs, numbers.reshape(-1, run.width)


def _epoch_fault(text: str, time_system: str) -> Iterator[str]:
    try:
        parse_epoch(text[:80], time_system)
    except ValueError as error:
        yield f"the epoch of the state is {shown(text)}, which {error}"


def _floats(texts: Sequence[str]) -> Floats | None:
    """The numbers, or None if one of them is none, or not finite."""
    if max(map(len, texts)) > _LONGEST_NUMBER or "".join(texts).encode().translate(None, _SIGNS_OF_NUMBERS):
        return None
    try:
        numbers = np.array(list(map(float, texts)), dtype=np.float64)
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None
