"""The parts of a workbook: unpacked within bounds, and refused where they could run, point elsewhere or be locked."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from supercargo.store.folders import LARGEST_FILE
from supercargo.store.rows import LARGEST_CELL, MOST_ROWS

__all__ = [
    "BOOK_PART",
    "BOUNDS",
    "LARGEST_PARTS",
    "LINKS_PART",
    "ROOT",
    "ROOT_PART",
    "BadBook",
    "Bounds",
    "Parts",
    "Place",
    "attribute",
    "new_parser",
    "open_parts",
    "parse_xml",
    "percent_styles",
    "run_parser",
    "sheet_places",
    "text_lengths",
]

LARGEST_PARTS = 300 * 1024 * 1024
"""Bytes of all parts of a workbook together, unpacked."""

MOST_PARTS = 2_000
MOST_SHEETS = 255
RATIO_LOOKED_AT = 8 * 1024 * 1024
LARGEST_RATIO = 200
"""A part of more than eight megabytes that unpacks to more than so many times its size is no table of anyone's."""

BOOK_PART = "xl/workbook.xml"
LINKS_PART = "xl/_rels/workbook.xml.rels"
ROOT_PART = "_rels/.rels"
ROOT = (
    b'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Target="xl/workbook.xml" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
"""Says where the workbook's own part stands: the one place from which it is read."""

_QUOTED = re.compile(r'"[^"]*"|\\.')  # what stands in a number format as it is
_OFFICE_BOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_SAVE_AS_XLSX = "open it in the spreadsheet program and save it as .xlsx"
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    IndexError,
    OverflowError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much of a workbook is read: bytes of one part and of all together, unpacked, rows of a sheet and its cells.

    `empty_rows` bounds rows that hold nothing too.
    """

    part_bytes: int = LARGEST_FILE
    all_bytes: int = LARGEST_PARTS
    rows: int = MOST_ROWS
    cells: int = 5_000_000
    empty_rows: int = 1_048_576


BOUNDS = Bounds()
"""What is read of a workbook that lies on the reader's own machine."""


class BadBook(ValueError):
    """A workbook that is not read at all: what is wrong with it, and the fix."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sheet stands: its name, its part, what kind of sheet it is, and whether it is hidden."""

    name: str
    part: str
    kind: str
    hidden: bool


class Parts:
    """The parts of one workbook, each unpacked when it is asked for, all within one bound."""

    def __init__(self, archive: zipfile.ZipFile, bounds: Bounds = BOUNDS) -> None:
        self._archive, self.bounds = archive, bounds
        self._entries = {entry.filename: entry for entry in archive.infolist()}
        self._left = min(bounds.all_bytes, LARGEST_PARTS)

    @property
    def names(self) -> frozenset[str]:
        """Names of all parts."""
        return frozenset(self._entries)

    def read(self, name: str) -> bytes:
        """Bytes of a part. Raises BadBook if it is missing, broken or too large."""
        entry = self._entries.get(name)
        if entry is None:
            raise BadBook(f"the part {name} is missing", _SAVE_AS_XLSX + " again")
        most = min(self.bounds.part_bytes, self._left)
        try:
            with self._archive.open(entry) as packed:
                content = packed.read(most + 1)
        except _BROKEN_ZIP as error:
            raise BadBook(f"the part {name} is broken: {error}"[:200], _SAVE_AS_XLSX + " again") from error
        swollen = len(content) > RATIO_LOOKED_AT and len(content) > LARGEST_RATIO * max(1, entry.compress_size)
        if len(content) > most or swollen:
            what = f"the part {name} unpacks to more than can be meant"
            raise BadBook(what, "take empty and repeated rows away and save it again; split what is left")
        self._left -= len(content)
        return content


def open_parts(content: bytes, bounds: Bounds = BOUNDS) -> Parts:
    """The parts of a workbook, read within bounds. Raises BadBook if it is none, or one that is not read."""
    if content.startswith(_OFFICE_BOOK):
        if _LOCKED in content:
            raise BadBook("the workbook is locked with a password", "take the password away and save it again")
        raise BadBook("this is a workbook of the old kind (.xls)", _SAVE_AS_XLSX)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except _BROKEN_ZIP as error:
        raise BadBook(f"this is no workbook: {error}"[:200], _SAVE_AS_XLSX) from error
    names = [entry.filename for entry in entries]
    if len(names) > MOST_PARTS or len({name.lower() for name in names}) < len(names):
        raise BadBook("the workbook has too many parts, or one of them twice", _SAVE_AS_XLSX + " again")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise BadBook("the workbook is locked with a password", "take the password away and save it again")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise BadBook("the workbook is packed in a way that spreadsheets don't use", _SAVE_AS_XLSX + " again")
    if any(_leads_out(name) for name in names):
        raise BadBook("a part of the workbook has a name that leads out of it", _SAVE_AS_XLSX + " again")
    _refuse_kinds(frozenset(names))
    return Parts(archive, bounds)


def _leads_out(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _refuse_kinds(names: frozenset[str]) -> None:
    """Raise BadBook for kinds of workbook that are not read, and for parts that could run or that point elsewhere."""
    folded = {name.lower() for name in names}
    if "xl/workbook.bin" in folded or "mimetype" in folded:
        raise BadBook("this is a workbook of another kind (.xlsb or .ods)", _SAVE_AS_XLSX)
    if BOOK_PART not in names:
        raise BadBook(f"this is no workbook: it has no {BOOK_PART}", _SAVE_AS_XLSX)
    if any(name.endswith("vbaproject.bin") or name.startswith(("xl/macrosheets/", "xl/dialogsheets/")) for name in folded):
        raise BadBook("the workbook carries macros", "save it as .xlsx, which has none; nothing in it is ever run")
    if any(name.startswith("xl/externallinks/") for name in folded):
        what, fix = (
            "the workbook refers to other workbooks",
            "break the links (Data, Edit Links), so that values stand in its cells",
        )
        raise BadBook(what, fix)
    if "xl/connections.xml" in folded:
        raise BadBook("the workbook draws on a data connection", "take the connection away; keep its rows as values")


def attribute(attributes: Mapping[str, str], name: str) -> str:
    """An attribute by its name without prefix; empty if it is not there."""
    found = attributes.get(name)
    if found is not None:
        return found
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), "")


def parse_xml(content: bytes, name: str, start: Callable[[str, dict[str, str]], None]) -> None:
    """Call `start` with name and attributes of each element. Raises BadBook for what is no plain XML in UTF-8."""
    run_parser(new_parser(start), content, name)


def new_parser(start: Callable[[str, dict[str, str]], None]) -> expat.XMLParserType:
    """A parser that takes UTF-8 only, whatever the part says, and no document types, so that no entity is ever spun out."""
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise BadBook("the workbook's XML declares a document type", _SAVE_AS_XLSX + " again; spreadsheets write none")


def run_parser(parser: expat.XMLParserType, content: bytes, name: str) -> None:
    """Parse a whole part. Raises BadBook if it is no XML."""
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise BadBook(f"the part {name} is no XML: {error}"[:200], _SAVE_AS_XLSX + " again") from error


def sheet_places(parts: Parts) -> tuple[tuple[Place, ...], bool]:
    """Where each sheet stands, in order, and whether the workbook asks to be computed when it is opened."""
    targets: dict[str, tuple[str, str]] = {}

    def link(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            kind = attribute(attributes, "Type").rpartition("/")[2]
            if attribute(attributes, "TargetMode").lower() == "external":
                kind = "external"
            targets[attribute(attributes, "Id")] = (kind, attribute(attributes, "Target"))

    found: list[tuple[str, str, bool]] = []
    uncomputed = False

    def sheet(name: str, attributes: dict[str, str]) -> None:
        nonlocal uncomputed
        local = name.rpartition(":")[2]
        if local == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            found.append((attributes.get("name", ""), _relation(attributes), hidden))
        elif local == "calcPr":
            uncomputed = attributes.get("fullCalcOnLoad", "0") in ("1", "true")

    parse_xml(parts.read(ROOT_PART), ROOT_PART, link)
    if [target.removeprefix("/") for kind, target in targets.values() if kind == "officeDocument"] != [BOOK_PART]:
        raise BadBook(f"the workbook's own part is not {BOOK_PART}", _SAVE_AS_XLSX + " again")
    targets.clear()
    parse_xml(parts.read(LINKS_PART), LINKS_PART, link)
    parse_xml(parts.read(BOOK_PART), BOOK_PART, sheet)
    nowhere = ("", "")
    places = tuple(
        Place(name, _part_of(targets.get(relation, nowhere)[1]), targets.get(relation, nowhere)[0], hidden)
        for name, relation, hidden in found
    )
    if len(places) > MOST_SHEETS:
        raise BadBook(f"the workbook has {len(places):,} sheets", f"keep at most {MOST_SHEETS}")
    if len({place.name.lower() for place in places}) < len(places):
        raise BadBook("two sheets have the same name", "rename one of them")
    if any(place.kind in ("xlMacrosheet", "xlIntlMacrosheet", "dialogsheet") for place in places):
        raise BadBook("the workbook carries macros", "save it as .xlsx, which has none; nothing in it is ever run")
    return places, uncomputed


def text_lengths(content: bytes, name: str) -> list[int]:
    """Length of each text that the sheets share. Raises BadBook for one longer than any cell that is read."""
    lengths: list[int] = []

    def start(element: str, _: dict[str, str]) -> None:
        if element.rpartition(":")[2] == "si":
            lengths.append(0)

    def text(words: str) -> None:
        if lengths:
            lengths[-1] += len(words)
            if lengths[-1] > LARGEST_CELL:
                raise BadBook(f"a cell is longer than {LARGEST_CELL} characters", "shorten the cell")

    parser = new_parser(start)
    parser.CharacterDataHandler = text
    run_parser(parser, content, name)
    return lengths


def percent_styles(content: bytes, name: str) -> frozenset[str]:
    """Numbers of the styles that show a cell as a percentage: a hundred times what it holds."""
    codes = {"9", "10"}
    styles: list[bool] = []
    inside = False

    def style(element: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        local = element.rpartition(":")[2]
        if local == "numFmt" and "%" in _QUOTED.sub("", attributes.get("formatCode", "")):
            codes.add(attributes.get("numFmtId", ""))
        elif local in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = local == "cellXfs"
        elif local == "xf" and inside:
            styles.append(attributes.get("numFmtId", "") in codes)

    parse_xml(content, name, style)
    return frozenset(str(number) for number, shown in enumerate(styles) if shown)


def _relation(attributes: Mapping[str, str]) -> str:
    return next((value for key, value in attributes.items() if re.fullmatch(r"\w+:id", key)), "")


def _part_of(target: str) -> str:
    """A target beside the workbook's own part, as a name in the archive."""
    return target.removeprefix("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
