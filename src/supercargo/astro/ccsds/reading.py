"""Orbit messages read from bytes, whichever notation they are in; all faults of a text are told at once."""

from __future__ import annotations

import re
from itertools import islice

from supercargo.astro.ccsds.assembly import message_of
from supercargo.astro.ccsds.drafts import Findings
from supercargo.astro.ccsds.kvn import draft_of_kvn
from supercargo.astro.ccsds.messages import Message
from supercargo.astro.ccsds.xml_tree import drafts_of_xml
from supercargo.kernel import ScenarioError

__all__ = ["LARGEST_MESSAGE", "parse_message", "parse_messages"]

LARGEST_MESSAGE = 64 * 1024 * 1024
"""Bytes of the largest text that is looked at."""

_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x1f\x8b": "gzip", b"PK": "zip"}
_PRINTABLE = bytes(range(32, 127)) + b"\r\n"
_LINE_ENDS = re.compile(rb"\r\n|\n\r|\r|\n")
_MOST_LINES_TOLD = 20


def parse_messages(content: bytes, *, where: str = "message") -> tuple[Message, ...]:
    """A text holds one orbit message, or, in XML, an `ndm` with several: OEM, OPM or OMM of CCSDS 502.0-B, versions 1 to 3.

    `where` names the text in faults. Numbers and epochs are kept to the last bit.

    Raises
    ------
    ScenarioError
        with each fault: line, keyword, what is wrong and how to mend it.
    """
    findings = Findings(where)
    text = _text_of(content, findings)
    findings.refuse()
    is_xml = text.lstrip(" \r\n\t").startswith("<")
    draft = None if is_xml else draft_of_kvn(text, findings)
    drafts = drafts_of_xml(text, findings) if is_xml else [draft] if draft else []
    messages = [message_of(each, findings) for each in drafts]
    findings.refuse()
    return tuple(message for message in messages if message is not None)


def parse_message(content: bytes, *, where: str = "message") -> Message:
    """The one message of a text.

    Raises ScenarioError as `parse_messages` does, and if there are several.
    """
    messages = parse_messages(content, where=where)
    if len(messages) != 1:
        fix = "give a text with a single message, or read all of them"
        raise ScenarioError(f"the text holds {len(messages)} messages", fix=fix, where=where)
    return messages[0]


def _text_of(content: bytes, findings: Findings) -> str:
    if len(content) > LARGEST_MESSAGE:
        findings.add(0, "", f"the text has {len(content)} bytes, more than {LARGEST_MESSAGE}", "split the message")
        return ""
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            findings.add(0, "", f"the text is packed or encoded as {name}", "save it as plain text in ASCII or UTF-8")
            return ""
    text = content.removeprefix(b"\xef\xbb\xbf")
    is_xml = text.lstrip().startswith(b"<")
    lawful = _PRINTABLE + (b"\t" if is_xml else b"")
    if not text.translate(None, lawful):
        return text.decode("ascii")
    faulty = ((row, line.translate(None, lawful)) for row, line in enumerate(_LINE_ENDS.split(text), start=1))
    for row, signs in islice(((row, signs) for row, signs in faulty if signs), _MOST_LINES_TOLD):
        fix = "use blanks instead of tabulators" if signs[:1] == b"\t" else "write the line in printable ASCII signs"
        findings.add(row, "", f"the line has a sign that no message may carry (byte {signs[:1].hex()})", fix)
    return ""
