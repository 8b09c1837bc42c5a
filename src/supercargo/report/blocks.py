"""Documents as typed blocks: what a deliverable says, before anybody decides how it looks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from supercargo.model import Kpi
from supercargo.report.agreement import agreed_parts
from supercargo.report.drawing import Drawing

__all__ = [
    "Block",
    "Cell",
    "Column",
    "Decision",
    "Document",
    "Evidence",
    "Figure",
    "Footer",
    "Heading",
    "KpiBlock",
    "Missing",
    "Number",
    "Option",
    "Table",
    "Text",
    "cell_words",
    "covering",
    "number_words",
    "numbers_of",
    "sources_of",
    "title_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A figure with its unit and where it comes from; one key is one number in every document."""

    key: str  # "plan.delivered_up_kg"
    value: float | None
    unit: str
    source: str  # stage and file, event, or assumption
    digits: int | None = None  # decimals; None: what its unit usually has


Cell = str | float | int | None | datetime | Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading inside a document."""

    words: str
    level: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph, or a list; each `{}` in `words` takes the next of `numbers`."""

    words: str
    numbers: tuple[Number, ...] = ()
    points: tuple[str, ...] = ()  # list below the paragraph
    covers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError where places and numbers differ."""
        if self.words.count("{}") != len(self.numbers):
            raise ValueError(f"{self.words[:60]!r} has {self.words.count('{}')} places and {len(self.numbers)} numbers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table; figures of it have the unit and decimals that it names."""

    name: str
    unit: str = ""
    digits: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a title; `source` says where the figures come from."""

    title: str
    source: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    covers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError where a row has not as many cells as there are columns."""
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {self.title!r} has {len(row)} cells for {len(self.columns)} columns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A drawing with a caption that says what to see; `data` holds each datum as text."""

    title: str
    source: str
    drawing: Drawing
    data: Table | None = None
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiBlock:
    """KPIs with target, interval and largest causes."""

    title: str
    source: str
    kpis: tuple[Kpi, ...]
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to decide, and what it brings."""

    name: str
    effect: str
    numbers: tuple[Number, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError where places and numbers differ."""
        if self.effect.count("{}") != len(self.numbers):
            raise ValueError(f"{self.effect[:60]!r} has {self.effect.count('{}')} places and {len(self.numbers)} numbers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision that is asked for: who, by when, between what, and what is advised and why."""

    question: str
    owner: str
    due: str
    options: tuple[Option, ...]
    advice: str
    covers: tuple[str, ...] = ()

    @property
    def by_when(self) -> str:
        """Until when it is decided, as a sentence goes on: by a date, or overdue since one."""
        return self.due if self.due.startswith("overdue") else f"by {self.due}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a statement rests on: files, events, published records."""

    claim: str
    rests_on: tuple[str, ...]
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What the document can't say yet, what would supply it, and phrases that stay open where nothing else covers them."""

    what: str
    needs: str
    opens: tuple[str, ...] = ()


Block = Heading | Text | Table | Figure | KpiBlock | Decision | Evidence | Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """What a document was made from."""

    digest: str
    scenario_digest: str
    seed: int
    runs: int  # futures behind what is simulated
    version: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One deliverable."""

    doc_id: str  # D1 to D15
    title: str
    of: str  # what it is about: the scenario's name and span
    question: str  # the question it answers, and for whom
    blocks: tuple[Block, ...]
    footer: Footer


_DIGITS = {
    "percent": 1,
    "USD": 0,
    "M USD": 1,
    "kg": 0,
    "t": 1,
    "d": 1,
    "h": 1,
    "count": 0,
    "USD/kg": 0,
    "m3": 1,
    "fraction": 3,
}
_AFTER = {"percent": " %", "count": "", "fraction": "", "USD/kg": " USD/kg", "m3": " m³"}


def number_words(value: float | None, unit: str = "", digits: int | None = None) -> str:
    """A figure as a reader wants it, with its unit; an unknown one says so."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "not known"
    if digits is None:
        digits = _DIGITS.get(unit, 0 if isinstance(value, int) or float(value).is_integer() else 2)
    if unit == "USD" and abs(value) >= 1e6:
        return f"{value / 1e6:,.1f} M USD"
    if unit == "t" and abs(value) < 1.0:
        return number_words(value * 1000.0, "kg")
    words = f"{value:,.{digits}f}"
    words = words.removeprefix("-") if float(words.replace(",", "")) == 0.0 else words
    return words + (_AFTER.get(unit, f" {unit}") if unit else "")


def cell_words(cell: Cell, column: Column) -> str:
    """A cell as text; a column's unit stands in its head, so cells don't repeat it."""
    if cell is None:
        return "–"
    if isinstance(cell, Number):
        digits = column.digits if cell.digits is None else cell.digits
        return (
            _bare(cell.value, column.unit, digits) if column.unit == cell.unit else number_words(cell.value, cell.unit, digits)
        )
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if not (cell.hour or cell.minute) else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        return _bare(cell, column.unit, column.digits)
    return cell


def _bare(value: float | None, unit: str, digits: int | None) -> str:
    if value is None or math.isnan(value):
        return "–"
    if digits is None:
        digits = _DIGITS.get(unit, 0 if float(value).is_integer() else 2)
    if unit == "t" and 0.0 < abs(value) < 0.5 * 10.0**-digits:
        digits = 3  # kilograms
    words = f"{value:,.{digits}f}"
    return words.removeprefix("-") if float(words.replace(",", "")) == 0.0 else words


def title_of(block: Block) -> str:
    """What a block is called in a list of blocks."""
    match block:
        case Heading(words=words):
            return words
        case Text(words=words, numbers=numbers):
            parts = agreed_parts(words, numbers)
            told = (number_words(one.value, one.unit, one.digits) for one in numbers)
            said = parts[0] + "".join(one + part for one, part in zip(told, parts[1:], strict=True))
            return said if len(said) <= 70 else said[:69] + "…"
        case Decision(question=words) | Evidence(claim=words) | Missing(what=words):
            return words
        case Table(title=words) | Figure(title=words) | KpiBlock(title=words):
            return words


def covering(block: Block) -> tuple[str, ...]:
    """Phrases that a block covers; one that holds nothing, or of which each figure is zero or unknown, covers nothing."""
    match block:
        case Heading() | Missing():
            return ()
        case Table(rows=()) | KpiBlock(kpis=()) | Decision(options=()) | Evidence(rests_on=()):
            return ()
        case Figure(drawing=drawing) if not drawing.shapes:
            return ()
        case Text(numbers=numbers) if numbers and not any(one.value for one in numbers):
            return ()
        case Figure(data=Table(rows=rows)) if _is_nought(rows):
            return ()
        case KpiBlock(kpis=kpis) if all(kpi.value is None for kpi in kpis):
            return ()
        case _:
            return block.covers


def _is_nought(rows: tuple[tuple[Cell, ...], ...]) -> bool:
    """True of a table that has figures, all of them zero or unknown."""
    values = [cell.value if isinstance(cell, Number) else cell for row in rows for cell in row]
    figures = [value for value in values if value is None or isinstance(value, int | float)]
    return any(value is not None for value in figures) and not any(figures)


def numbers_of(document: Document) -> Iterator[Number]:
    """Every number of a document that has a key, in the order of the page."""
    for block in document.blocks:
        match block:
            case Text(numbers=numbers):
                yield from numbers
            case Table(rows=rows):
                yield from (cell for row in rows for cell in row if isinstance(cell, Number))
            case Figure(data=Table(rows=rows)):
                yield from (cell for row in rows for cell in row if isinstance(cell, Number))
            case KpiBlock(kpis=kpis, source=source):
                for kpi in kpis:
                    key = f"{kpi.basis or 'plan'}.{kpi.kpi_id}"
                    yield Number(key=key, value=kpi.value, unit=kpi.unit, source=source)
            case Decision(options=options):
                yield from (number for option in options for number in option.numbers)


def sources_of(document: Document) -> tuple[str, ...]:
    """Where the figures of a document come from, each once, in the order of the page."""
    found: dict[str, None] = {}
    for block in document.blocks:
        match block:
            case Text(numbers=numbers):
                found |= dict.fromkeys(number.source for number in numbers)
            case Decision(options=options):
                found |= dict.fromkeys(number.source for option in options for number in option.numbers)
            case Table(source=source) | Figure(source=source) | KpiBlock(source=source):
                found[source] = None
    return tuple(found)
