"""Orbit messages and element sets in files: read whole and bounded, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from supercargo.astro.ccsds.mean_elements import element_set_of
from supercargo.astro.ccsds.messages import Message, OrbitMeanElementsMessage
from supercargo.astro.ccsds.reading import parse_message, parse_messages
from supercargo.astro.ccsds.writing import write_kvn, write_xml
from supercargo.astro.element_gate import ElementSetVerdict, judge_element_sets
from supercargo.kernel import Fault, ScenarioError
from supercargo.model.element_sets import ElementSet, read_element_sets
from supercargo.store.folders import read_within, write_file

__all__ = ["NOTATIONS", "gate_elements", "read_elements", "read_message", "read_messages", "write_message"]

NOTATIONS: Mapping[str, Callable[[Message], str]] = {"kvn": write_kvn, "xml": write_xml}
"""How a message may be written, by name."""


def _content(path: Path) -> bytes:
    faults: list[Fault] = []
    content = read_within(path.parent, path.name, faults)
    if content is None:
        raise ScenarioError.of(faults, where=str(path))
    return content


def read_message(path: Path) -> Message:
    """The one orbit message of a file, OEM, OPM or OMM, in KVN or XML.

    Raises ScenarioError with every fault and its line; so do the other readers here.
    """
    return parse_message(_content(path), where=path.name)


def read_messages(path: Path) -> tuple[Message, ...]:
    """All orbit messages of a file."""
    return parse_messages(_content(path), where=path.name)


def write_message(path: Path, message: Message, *, notation: str = "kvn", force: bool = False) -> None:
    """Write an orbit message, in a notation of `NOTATIONS`; what stood there before stays if the disk refuses.

    Raises ScenarioError for an unknown notation and a message that can't be written in it, Refused for a file that exists
    unless `force`, StoreError if the disk refuses.
    """
    if notation not in NOTATIONS:
        raise ScenarioError(f"no notation is called {notation!r}", fix=f"use one of: {', '.join(NOTATIONS)}", where=str(path))
    write_file(path, NOTATIONS[notation](message).encode("ascii"), force=force)


def read_elements(path: Path) -> tuple[ElementSet, ...]:
    """The element sets of a file: two lines each, or mean elements messages in KVN or XML."""
    content = _content(path)
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<", b"CCSDS_")):
        messages = parse_messages(content, where=path.name)
        if not all(isinstance(message, OrbitMeanElementsMessage) for message in messages):
            what = "the file holds other messages than mean elements"
            raise ScenarioError(what, fix="give an OMM, or element sets of two lines", where=path.name)
        return tuple(element_set_of(message) for message in messages if isinstance(message, OrbitMeanElementsMessage))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fix = "save it as plain text in ASCII or UTF-8"
        raise ScenarioError(f"the file is not text: {error.reason}", fix=fix, where=path.name) from error
    return read_element_sets(text, where=path.name)


def gate_elements(
    path: Path, *, as_of_utc: datetime | None = None, oldest_d: float | None = None
) -> tuple[ElementSetVerdict, ...]:
    """Each element set of a file with the gate's verdict: whether it may be used, and why not."""
    return judge_element_sets(read_elements(path), as_of_utc=as_of_utc, oldest_d=oldest_d)
