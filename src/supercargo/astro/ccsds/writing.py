"""Orbit messages written so that nothing is lost: what is read again equals what was written, to the last bit.

A number is written with the digits that name its double, up to 17; the standard's 16 (502.0-B-3, 7.5.6) would lose some, and
the agencies' own files have 17. Epochs are written by calendar date, without the closing Z.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

import numpy as np

from supercargo.astro.ccsds.blocks import Block, fields_of
from supercargo.astro.ccsds.kvn import LONGEST_LINE
from supercargo.astro.ccsds.messages import (
    COVARIANCE_KEYWORDS,
    Covariance,
    EphemerisSegment,
    Header,
    Message,
    OrbitEphemerisMessage,
    OrbitMeanElementsMessage,
    OrbitParameterMessage,
    UserDefined,
)
from supercargo.astro.timescales import Floats
from supercargo.kernel import ScenarioError

__all__ = ["write_kvn", "write_ndm", "write_oem_kvn", "write_xml"]

Row = tuple[str, str, str]  # keyword, text, unit

_AXES = (("X", "km"), ("Y", "km"), ("Z", "km"), ("X_DOT", "km/s"), ("Y_DOT", "km/s"), ("Z_DOT", "km/s"))
_RATES = (("X_DDOT", "km/s**2"), ("Y_DDOT", "km/s**2"), ("Z_DDOT", "km/s**2"))
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_SCHEMA = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:noNamespaceSchemaLocation="https://sanaregistry.org/r/ndmxml_unqualified/ndmxml-3.0.0-master-3.0.xsd"'
)


def write_oem_kvn(message: OrbitEphemerisMessage) -> str:
    """The text of an ephemeris message in KVN; its header says when and by whom it was made.

    >>> from datetime import UTC, datetime
    >>> import numpy as np
    >>> from supercargo.astro.ccsds.epochs import Epoch, Epochs
    >>> from supercargo.astro.ccsds.messages import EphemerisMetadata
    >>> start = Epoch.of(datetime(2027, 1, 1, tzinfo=UTC))
    >>> metadata = EphemerisMetadata(object_name="TUG 1", object_id="2027-001A", center_name="EARTH", ref_frame="EME2000",
    ...     time_system="UTC", start_time=start, stop_time=start)
    >>> states = np.array([[6700.1, 0.0, 0.0, 0.0, 4.75, 6.01]])  # [instant, axis] km, km/s
    >>> segment = EphemerisSegment(metadata=metadata, epochs=Epochs.of([start]), states=states)
    >>> header = Header(creation_date=start, originator="SUPERCARGO")
    >>> print(write_oem_kvn(OrbitEphemerisMessage(header=header, segments=(segment,))).splitlines()[-1])
    2027-01-01T00:00:00.000 6700.1 0.0 0.0 0.0 4.75 6.01

    Raises ScenarioError for a header without date or originator and for a comment longer than a line.
    """
    return write_kvn(message)


def write_kvn(message: Message) -> str:
    """The text of any orbit message in KVN.

    Raises ScenarioError for a header without date or originator and for a value or comment longer than a line.
    """
    kind = message.title
    header = message.header
    _refuse_anonymous(header, kind)
    lines = [f"CCSDS_{kind}_VERS = {header.version}", *_kvn_block(header)]
    if isinstance(message, OrbitEphemerisMessage):
        for segment in message.segments:
            lines += ["", *_kvn_segment(segment)]
    else:
        lines += ["", *_kvn_block(message.metadata)]
        for _, block in _data_blocks(message):
            lines += ["", *_kvn_block(block)]
    _refuse_long(lines, kind)
    return "\n".join([*lines, ""])


def write_xml(message: Message) -> str:
    """The text of one orbit message in XML.

    Raises ScenarioError for a header without date or originator.
    """
    return "\n".join([_DECLARATION, *_xml_message(message, f" {_SCHEMA}"), ""])


def write_ndm(messages: Sequence[Message]) -> str:
    """The text of several orbit messages in XML, one after the other in an `ndm`.

    Raises ScenarioError as `write_xml` does.
    """
    lines = [line for message in messages for line in _xml_message(message, "")]
    return "\n".join([_DECLARATION, f"<ndm {_SCHEMA}>", *lines, "</ndm>", ""])


def _refuse_anonymous(header: Header, kind: str) -> None:
    if header.creation_date is None or not header.originator:
        what = "the header does not say when and by whom the message was made"
        raise ScenarioError(what, fix="give creation_date and originator", where=f"{kind} header")


def _refuse_long(lines: Sequence[str], kind: str) -> None:
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            what = f"a line would have {len(line)} signs, more than {LONGEST_LINE}"
            raise ScenarioError(what, fix="break the comment in two, or write XML", where=f"{kind} line {number}")


def _number(value: float) -> str:
    """The shortest digits that name the double; a point before the exponent, as 502.0-B-3, 7.5.7 asks."""
    written = repr(float(value))
    return written.replace("e", ".0e") if "e" in written and "." not in written else written


def _rows(block: Block, *, with_matrix: bool = True) -> Iterator[Row]:
    """What a block says, in the standard's order."""
    for each in fields_of(type(block)):
        value = getattr(block, each.attribute)
        if value is not None and value != "":
            yield each.keyword, _number(value) if each.kind == "number" else str(value), each.unit
    if isinstance(block, Covariance) and with_matrix:
        for (keyword, unit), value in zip(COVARIANCE_KEYWORDS, _lower(block), strict=True):
            yield keyword, value, unit
    if isinstance(block, UserDefined):
        yield from ((f"USER_DEFINED_{name}", value, "") for name, value in block.parameters)


def _lower(covariance: Covariance) -> list[str]:
    return [_number(covariance.matrix[row, column]) for row in range(6) for column in range(row + 1)]


def _data_blocks(message: OrbitParameterMessage | OrbitMeanElementsMessage) -> Iterator[tuple[str, Block]]:
    """Blocks of the data part with their XML names, in the standard's order."""
    found: list[tuple[str, Block | None]]
    if isinstance(message, OrbitParameterMessage):
        found = [("stateVector", message.state), ("keplerianElements", message.keplerian)]
        found += [("spacecraftParameters", message.spacecraft), ("covarianceMatrix", message.covariance)]
        found += [("maneuverParameters", each) for each in message.maneuvers]
    else:
        found = [("meanElements", message.elements), ("spacecraftParameters", message.spacecraft)]
        found += [("tleParameters", message.tle), ("covarianceMatrix", message.covariance)]
    found.append(("userDefinedParameters", message.user_defined))
    return ((name, block) for name, block in found if block is not None)


def _comment_lines(comments: Sequence[str]) -> list[str]:
    return [f"COMMENT {comment}" if comment else "COMMENT" for comment in comments]


def _kvn_block(block: Block, *, with_matrix: bool = True) -> list[str]:
    lines = _comment_lines(getattr(block, "comments", ()))
    for keyword, text, unit in _rows(block, with_matrix=with_matrix):
        lines.append(f"{keyword} = {text}{f' [{unit}]' if unit else ''}")
    return lines


def _state_words(segment: EphemerisSegment) -> Iterator[tuple[str, list[str]]]:
    rates = segment.accelerations_km_s2
    numbers: Floats = segment.states if rates is None else np.concatenate([segment.states, rates], axis=1)
    for index, row in enumerate(numbers.tolist()):
        yield str(segment.epochs.at(index)), [_number(value) for value in row]


def _kvn_segment(segment: EphemerisSegment) -> list[str]:
    lines = ["META_START", *_kvn_block(segment.metadata), "META_STOP", "", *_comment_lines(segment.comments)]
    lines += [" ".join([at, *numbers]) for at, numbers in _state_words(segment)]
    if segment.covariances:
        lines += ["", "COVARIANCE_START"]
        for each in segment.covariances:
            lines += _kvn_block(each, with_matrix=False)
            lower = _lower(each)
            lines += [" ".join(lower[row * (row + 1) // 2 : (row + 1) * (row + 2) // 2]) for row in range(6)]
        lines.append("COVARIANCE_STOP")
    return lines


def _element(keyword: str, text: str, unit: str, depth: int) -> str:
    attribute = f' units="{unit}"' if unit else ""
    if keyword.startswith("USER_DEFINED_"):
        attribute, keyword = f' parameter="{keyword.removeprefix("USER_DEFINED_")}"', "USER_DEFINED"
    return f"{'  ' * depth}<{keyword}{attribute}>{escape(text)}</{keyword}>"


def _xml_block(name: str, block: Block, depth: int) -> list[str]:
    lines = [f"{'  ' * depth}<{name}>"]
    lines += [_element("COMMENT", comment, "", depth + 1) for comment in getattr(block, "comments", ())]
    lines += [_element(*row, depth + 1) for row in _rows(block)]
    return [*lines, f"{'  ' * depth}</{name}>"]


def _xml_message(message: Message, schema: str) -> Iterator[str]:
    kind = message.title
    _refuse_anonymous(message.header, kind)
    yield f'<{kind.lower()}{schema} id="CCSDS_{kind}_VERS" version="{message.header.version}">'
    yield from _xml_block("header", message.header, 1)
    yield "  <body>"
    if isinstance(message, OrbitEphemerisMessage):
        for segment in message.segments:
            yield from _xml_segment(segment)
    else:
        yield "    <segment>"
        yield from _xml_block("metadata", message.metadata, 3)
        yield "      <data>"
        for name, block in _data_blocks(message):
            yield from _xml_block(name, block, 4)
        yield from ("      </data>", "    </segment>")
    yield from ("  </body>", f"</{kind.lower()}>")


def _xml_segment(segment: EphemerisSegment) -> Iterator[str]:
    yield "    <segment>"
    yield from _xml_block("metadata", segment.metadata, 3)
    yield "      <data>"
    yield from (_element("COMMENT", comment, "", 4) for comment in segment.comments)
    for at, numbers in _state_words(segment):
        yield "        <stateVector>"
        yield _element("EPOCH", at, "", 5)
        for (keyword, unit), text in zip((*_AXES, *_RATES), numbers, strict=False):
            yield _element(keyword, text, unit, 5)
        yield "        </stateVector>"
    for each in segment.covariances:
        yield from _xml_block("covarianceMatrix", each, 4)
    yield from ("      </data>", "    </segment>")
