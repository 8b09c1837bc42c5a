"""A document as PDF: A4 pages with the same blocks, tables that break over pages with their heads, and drawings as lines."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path as Folder
from typing import Any
from xml.sax.saxutils import escape

from supercargo.report.agreement import agreed_parts, causes_words
from supercargo.report.blocks import (
    Block,
    Column,
    Decision,
    Document,
    Evidence,
    Figure,
    Heading,
    KpiBlock,
    Missing,
    Number,
    Table,
    Text,
    cell_words,
    number_words,
    sources_of,
)
from supercargo.report.coverage import Covered
from supercargo.report.drawing import STYLES, Box, Drawing, Path, Words

__all__ = ["render_pdf"]

REGULAR, BOLD = "Vera", "VeraBd"
REPLACED = {"≤": "<=", "≥": ">=", "−": "-", "→": "->", "✓": "", "✗": "", "…": "..."}
CELL_SIZE, SMALLEST = 7.2, 5.4
"""Letters of a table [points]."""
LONG_CELL, LONG_HEAD = 400, 60
"""Letters beyond which a row may break over pages, and beyond which a head is shortened and told in full below its table."""
MOST_ROWS = 60
"""Rows of a figure's data that stand below it."""
TALLEST = 690.0
"""Room of a page for what does not break, with its caption [points]."""
INK, SOFT, LINE, SHADE = "#16212b", "#51606e", "#d4dbe1", "#f4f6f8"


@cache
def _glyphs() -> frozenset[int]:
    """Register the fonts that come with the library, and tell which letters they have."""
    import reportlab
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    place = Folder(reportlab.__file__).parent / "fonts"
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(place / f"{name}.ttf")))
    for bold in (0, 1):
        for italic in (0, 1):
            addMapping(REGULAR, bold, italic, BOLD if bold else REGULAR)
    return frozenset(pdfmetrics.getFont(REGULAR).face.charToGlyph)


def _plain(words: str) -> str:
    """Words in letters that the font has; others are named by their code, so that nothing vanishes."""
    has = _glyphs()
    out = []
    for letter in words:
        if ord(letter) in has or letter == "\n":
            out.append(letter)
        else:
            out.append(REPLACED.get(letter, f"U+{ord(letter):04X}"))
    return "".join(out)


def _safe(words: str) -> str:
    return escape(_plain(words))


def _styles() -> dict[str, Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.enums import TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    base = ParagraphStyle("base", fontName=REGULAR, fontSize=9.2, leading=12.6, textColor=HexColor(INK), spaceAfter=5)
    return {
        "base": base,
        "title": ParagraphStyle("title", base, fontName=BOLD, fontSize=19, leading=23, spaceAfter=3),
        "under": ParagraphStyle("under", base, textColor=HexColor(SOFT), spaceAfter=8),
        "h2": ParagraphStyle("h2", base, fontName=BOLD, fontSize=13, leading=17, spaceBefore=11, spaceAfter=4),
        "h3": ParagraphStyle("h3", base, fontName=BOLD, fontSize=10.5, leading=14, spaceBefore=7, spaceAfter=3),
        "note": ParagraphStyle("note", base, fontSize=7.6, leading=10, textColor=HexColor(SOFT), spaceBefore=6, spaceAfter=3),
        "cell": ParagraphStyle("cell", base, fontSize=7.2, leading=9.2, spaceAfter=0),
        "right": ParagraphStyle("right", base, fontSize=7.2, leading=9.2, spaceAfter=0, alignment=TA_RIGHT),
        "head": ParagraphStyle("head", base, fontName=BOLD, fontSize=7.2, leading=9.2, spaceAfter=0),
        "headright": ParagraphStyle(
            "headright", base, fontName=BOLD, fontSize=7.2, leading=9.2, spaceAfter=0, alignment=TA_RIGHT
        ),
        "small": ParagraphStyle("small", base, fontSize=7.6, leading=10, spaceAfter=2),
    }


class _Page:
    """The sheet: room inside the margins [points], styles and marks of sources."""

    def __init__(self, document: Document) -> None:
        from reportlab.lib.pagesizes import A4
        from reportlab.lib.units import mm

        _glyphs()
        self.size, self.margin = A4, 15 * mm
        self.room = A4[0] - 2 * self.margin
        self.style = _styles()
        self.marks = {source: index for index, source in enumerate(sources_of(document), start=1)}

    def words(self, text: str, style: str = "base") -> Any:
        from reportlab.platypus import Paragraph

        return Paragraph(text, self.style[style])

    def filled(self, words: str, numbers: Sequence[Number]) -> str:
        parts = agreed_parts(words, numbers)
        out = _safe(parts[0])
        for number, rest in zip(numbers, parts[1:], strict=True):
            told = number_words(number.value, number.unit, number.digits)
            out += f'<b>{_safe(told)}</b><super size="6">{self.marks[number.source]}</super>{_safe(rest)}'
        return out


def _drawing(drawing: Drawing, room: float) -> Any:
    """A drawing as shapes of the page, scaled to its room."""
    from reportlab.graphics.shapes import Drawing as Sheet
    from reportlab.graphics.shapes import Group, Polygon, PolyLine, Rect, String
    from reportlab.lib.colors import HexColor

    scale = min(1.0, room / drawing.width, TALLEST / drawing.height)
    sheet = Sheet(drawing.width * scale, drawing.height * scale)
    group = Group(transform=(scale, 0, 0, scale, 0, 0))

    def ink(style: str, *, open_path: bool = False) -> dict[str, Any]:
        look = STYLES[style]
        return {
            "fillColor": None if look.fill == "none" or open_path else HexColor(look.fill),
            "strokeColor": None if look.stroke == "none" else HexColor(look.stroke),
            "strokeWidth": look.width,
            "strokeDashArray": list(look.dash) or None,
        }

    for shape in drawing.shapes:
        match shape:
            case Box():
                tall = max(shape.height, 0.0)
                low = drawing.height - shape.y - tall
                group.add(Rect(shape.x, low, max(shape.width, 0.0), tall, **ink(shape.style)))
            case Path() if len(shape.points) > 1:
                flat = [part for x, y in shape.points for part in (x, drawing.height - y)]
                if shape.closed:
                    group.add(Polygon(flat, **ink(shape.style)))
                else:
                    look = ink(shape.style, open_path=True)
                    del look["fillColor"]
                    group.add(PolyLine(flat, **look))
            case Words():
                font = BOLD if shape.bold else REGULAR
                fill = HexColor(STYLES[shape.style].fill)
                place = (shape.x, drawing.height - shape.y)
                text = _plain(shape.words)
                group.add(
                    String(*place, text, fontName=font, fontSize=shape.size * 0.9, fillColor=fill, textAnchor=shape.anchor)
                )
    sheet.add(group)
    return sheet


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]], room: float) -> tuple[list[float], float]:
    """Column widths as their longest cells need, and the size of letters at which no word breaks, but for the smallest."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    def wide(words: str, font: str = REGULAR) -> float:
        return float(stringWidth(words, font, CELL_SIZE)) + 8.0

    wants, least = [], []
    for index, head in enumerate(heads):
        cells = [row[index] for row in rows]
        parts = [wide(part) for cell in cells for part in cell.split()]
        least.append(min(room / 3, max([wide(part, BOLD) for part in head.split() or [""]] + parts)))
        wants.append(max([least[-1], *(min(wide(cell), 260.0) for cell in cells)]))
    if sum(least) >= room:
        shrunk = max(SMALLEST, CELL_SIZE * room / sum(least))
        return [room * one / sum(least) for one in least], shrunk
    spare = sum(wants) - sum(least)
    if sum(wants) <= room or spare <= 0:
        return [one + (room - sum(wants)) / len(wants) for one in wants], CELL_SIZE
    share = (room - sum(least)) / spare
    return [low + share * (want - low) for low, want in zip(least, wants, strict=True)], CELL_SIZE


def _grid(page: _Page, heads: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[Any]:
    """A table, and its heads in full where they are longer than a head can be."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import LongTable, Paragraph, TableStyle

    full = [_plain(f"{head.name} {head.unit}".strip()) for head in heads]
    titles = [title if len(title) <= LONG_HEAD else f"{title[:LONG_HEAD]}... ({n})" for n, title in enumerate(full, start=1)]
    shown = [[_plain(cell) for cell in row] for row in rows] or [["none"] + [""] * (len(heads) - 1)]
    widths, size = _widths(titles, shown, page.room)
    styles = {
        name: ParagraphStyle(f"{name}{size:.2f}", page.style[name], fontSize=size, leading=size * 1.28)
        for name in ("cell", "right", "head", "headright")
    }
    content = [
        [
            Paragraph(escape(title), styles["headright" if head.unit else "head"])
            for title, head in zip(titles, heads, strict=True)
        ],
        *(
            [Paragraph(escape(cell), styles["right" if head.unit else "cell"]) for cell, head in zip(row, heads, strict=True)]
            for row in shown
        ),
    ]
    pads = (("LEFT", 3), ("RIGHT", 3), ("TOP", 1.6), ("BOTTOM", 1.8))
    look = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(SHADE)),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(LINE)),
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, HexColor(INK)),
        *((f"{side}PADDING", (0, 0), (-1, -1), pad) for side, pad in pads),
    ]
    breaks = any(len(cell) > LONG_CELL for row in shown for cell in row)
    yield LongTable(
        content, colWidths=widths, repeatRows=1, style=TableStyle(look), spaceAfter=7, splitInRow=1 if breaks else 0
    )
    for number, (title, head) in enumerate(zip(titles, full, strict=True), start=1):
        if title != head:
            yield page.words(f"({number}) {escape(head)}", "small")


def _table(page: _Page, table: Table) -> Iterator[Any]:
    note = f"<b>{_safe(table.title)}.</b> Source: {_safe(table.source)}. {_safe(table.note)}"
    yield page.words(note, "note")
    rows = [[cell_words(cell, column) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows]
    yield from _grid(page, table.columns, rows)


def _kpis(page: _Page, block: KpiBlock) -> Iterator[Any]:
    yield page.words(f"<b>{_safe(block.title)}.</b> Source: {_safe(block.source)}.", "note")
    heads = (Column(name="KPI"), Column(name="value"), Column(name="target"), Column(name="state"), Column(name="causes"))
    rows = []
    for kpi in block.kpis:
        state = "met" if kpi.met else "no evidence" if kpi.met is None else "missed"
        target = "" if kpi.target is None else number_words(kpi.target, kpi.unit)
        rows.append([f"{kpi.kpi_id} {kpi.name}", number_words(kpi.value, kpi.unit), target, state, causes_words(kpi.causes)])
    yield from _grid(page, heads, rows)


def _framed(page: _Page, parts: Sequence[Any], *, heavy: bool) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table as Frame
    from reportlab.platypus import TableStyle

    edge = ("BOX", (0, 0), (-1, -1), 1.4, HexColor(INK)) if heavy else ("LINEBEFORE", (0, 0), (0, -1), 3, HexColor(SOFT))
    look = TableStyle([edge, ("BACKGROUND", (0, 0), (-1, -1), HexColor(SHADE)), ("LEFTPADDING", (0, 0), (-1, -1), 9)])
    tall = sum(part.wrap(page.room - 15, TALLEST)[1] + part.getSpaceAfter() for part in parts) > TALLEST
    split = 1 if tall else 0
    return Frame([[list(parts)]], colWidths=[page.room], style=look, spaceBefore=6, spaceAfter=8, splitInRow=split)


def _decision(page: _Page, block: Decision) -> Any:
    parts = [page.words(f"Decision asked for: {_safe(block.question)}", "h3")]
    parts.append(page.words(f"{_safe(block.owner)} decides, {_safe(block.by_when)}."))
    for index, option in enumerate(block.options, start=1):
        parts.append(page.words(f"{index}. <b>{_safe(option.name)}</b>: {page.filled(option.effect, option.numbers)}"))
    parts.append(page.words(f"<b>Advice:</b> {_safe(block.advice)}"))
    return _framed(page, parts, heavy=True)


def _cut(data: Table) -> Table:
    """The data of a figure: all, or its first rows with a word of where the others stand."""
    if len(data.rows) <= MOST_ROWS:
        return data
    more = f"{len(data.rows) - MOST_ROWS} more rows stand in the HTML and Markdown forms of this document."
    return replace(data, rows=data.rows[:MOST_ROWS], note=f"{data.note} {more}".strip())


def _flow(page: _Page, block: Block) -> Iterator[Any]:
    match block:
        case Heading():
            yield page.words(_safe(block.words), "h2" if block.level <= 2 else "h3")
        case Text():
            yield page.words(page.filled(block.words, block.numbers))
            yield from (page.words(f"• {_safe(point)}") for point in block.points)
        case Table():
            yield from _table(page, block)
        case Figure():
            caption = page.words(f"<b>{_safe(block.title)}</b> ({page.marks[block.source]})", "note")
            drawn = _drawing(block.drawing, page.room) if block.drawing.shapes else page.words("nothing to draw")
            yield from (caption, drawn)
            if block.data is not None:
                yield from _table(page, _cut(block.data))
        case KpiBlock():
            yield from _kpis(page, block)
        case Decision():
            yield _decision(page, block)
        case Evidence():
            parts = [page.words(f"<b>Evidence.</b> {_safe(block.claim)}", "small")]
            yield _framed(page, parts + [page.words(f"• {_safe(one)}", "small") for one in block.rests_on], heavy=False)
        case Missing():
            words = f"<b>Not known yet:</b> {_safe(block.what)} <b>It needs:</b> {_safe(block.needs)}"
            yield _framed(page, [page.words(words)], heavy=False)


def _least(block: Block) -> float:
    """Room that the beginning of a block needs so that its head does not stand alone at the foot of a page [points]."""
    match block:
        case Figure(drawing=drawing):
            return 0.72 * drawing.height + 40.0
        case Table() | KpiBlock():
            return 95.0
        case _:
            return 40.0


def render_pdf(document: Document, covered: Sequence[Covered]) -> bytes:
    """A document as PDF pages of A4; the same document gives the same bytes."""
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import CondPageBreak, SimpleDocTemplate

    page = _Page(document)
    foot = document.footer
    line = _plain(
        f"{document.doc_id} · plan {foot.digest[:16]} · scenario {foot.scenario_digest[:16]} · seed {foot.seed} · "
        f"{foot.runs} futures · facts as of {foot.as_of} · supercargo {foot.version}"
    )

    def footer(canvas: Any, template: Any) -> None:
        canvas.setFont(REGULAR, 6.8)
        canvas.setFillColor(HexColor(SOFT))
        canvas.drawString(page.margin, page.margin * 0.55, line)
        canvas.drawRightString(page.size[0] - page.margin, page.margin * 0.55, f"page {template.page}")

    flow = [page.words(_safe(document.title), "title"), page.words(f"{document.doc_id} · {_safe(document.of)}", "under")]
    flow.append(page.words(_safe(document.question), "under"))
    blocks = document.blocks
    for index, block in enumerate(blocks):
        room = (
            sum(_least(one) for one in (block, *blocks[index + 1 : index + 2]))
            if isinstance(block, Heading)
            else _least(block)
        )
        flow += [CondPageBreak(min(room, 600.0)), *_flow(page, block)]
    flow += [CondPageBreak(110.0), page.words("What this document covers", "h2")]
    heads = (Column(name="phrase"), Column(name="covered by"))
    rows = [[f"{one.phrase_id} {one.phrase}", "; ".join(title for _, title in one.blocks) or "nothing yet"] for one in covered]
    flow += _grid(page, heads, rows)
    flow += [CondPageBreak(70.0), page.words("Where the figures come from", "h2")]
    flow += [page.words(f"{index}. {_safe(source)}", "small") for source, index in page.marks.items()]
    out = io.BytesIO()
    sheet = SimpleDocTemplate(
        out,
        pagesize=page.size,
        leftMargin=page.margin,
        rightMargin=page.margin,
        topMargin=page.margin,
        bottomMargin=page.margin,
        title=f"{document.doc_id} {document.title}",
        author="supercargo",
        invariant=1,
        lang="en",
    )
    sheet.build(flow, onFirstPage=footer, onLaterPages=footer)
    return out.getvalue()
