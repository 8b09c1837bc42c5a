"""A document as one self-contained HTML page that prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup, escape

from supercargo.report.agreement import agreed_parts, causes_words
from supercargo.report.blocks import (
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
from supercargo.report.drawing import svg_of
from supercargo.report.templating import template_of

__all__ = ["render_document", "render_index"]

KINDS = {
    Heading: "heading", Text: "text", Table: "table", Figure: "figure", KpiBlock: "kpis", Decision: "decision",
    Evidence: "evidence", Missing: "missing",
}  # fmt: skip


def _is_figure(column: Column, cell: object) -> bool:
    return isinstance(cell, int | float | Number) or (cell is None and bool(column.unit))


def render_document(document: Document, covered: Sequence[Covered]) -> str:
    """A document as an HTML page; no script, nothing from outside; the same document gives the same bytes."""
    marks = {source: index for index, source in enumerate(sources_of(document), start=1)}

    def told(number: Number) -> Markup:
        mark = marks[number.source]
        words = number_words(number.value, number.unit, number.digits)
        value = "" if number.value is None else number.value
        return Markup('<data value="{}" title="{}">{}</data><sup><a href="#s{}">{}</a></sup>').format(
            value, number.source, words, mark, mark
        )

    def filled(words: str, numbers: Sequence[Number]) -> Markup:
        parts = agreed_parts(words, numbers)
        out = escape(parts[0])
        for number, rest in zip(numbers, parts[1:], strict=True):
            out += told(number) + escape(rest)
        return out

    filters: dict[str, Callable[..., Any]] = {
        "cell": cell_words,
        "figure": _is_figure,
        "svg": lambda drawing: Markup(svg_of(drawing)),
        "filled": filled,
        "causes": causes_words,
        "kpi": lambda value, unit: number_words(value, unit),
        "mark": lambda source: marks[source],
    }
    blocks = [(KINDS[type(block)], block) for block in document.blocks]
    page = template_of("document.html", filters)
    return page.render(document=document, blocks=blocks, sources=list(marks), covered=covered, footer=document.footer)


def render_index(
    documents: Sequence[tuple[Document, str, Sequence[Covered]]], asks: Sequence[tuple[str, str, Decision]]
) -> str:
    """The page that leads to each document: (document, file name, phrases covered), and every decision that is asked for."""
    return template_of("documents.html").render(documents=documents, asks=asks, footer=documents[0][0].footer)
