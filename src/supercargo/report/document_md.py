"""A document as Markdown; its drawings are files beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from supercargo.report.agreement import agreed_parts, causes_words
from supercargo.report.blocks import (
    Block,
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

__all__ = ["drawings_of", "render_markdown"]


def _safe(words: str) -> str:
    """Words that keep a table and a line whole."""
    out = " ".join(words.split()).replace("\\", "\\\\").replace("|", "\\|")
    return out.replace("<", "&lt;").replace("[", "\\[").replace("*", "\\*").replace("`", "\\`").replace("_", "\\_")


def drawings_of(document: Document, stem: str) -> dict[str, str]:
    """The document's drawings as SVG, by file name below the document's folder."""
    figures = [block for block in document.blocks if isinstance(block, Figure) and block.drawing.shapes]
    return {f"figures/{stem}-{index}.svg": svg_of(figure.drawing) for index, figure in enumerate(figures, start=1)}


def _filled(words: str, numbers: Sequence[Number], marks: dict[str, int]) -> str:
    parts = agreed_parts(words, numbers)
    out = _safe(parts[0]) + (" " if parts[0].endswith(" ") else "")
    for number, rest in zip(numbers, parts[1:], strict=True):
        told = f"**{number_words(number.value, number.unit, number.digits)}**[^{marks[number.source]}]"
        out += (
            told + (" " if rest.startswith(" ") else "") + _safe(rest) + (" " if rest.endswith(" ") and rest.strip() else "")
        )
    return out


def _table(table: Table) -> Iterator[str]:
    heads = [_safe(f"{column.name} [{column.unit}]" if column.unit else column.name) for column in table.columns]
    yield f"**{_safe(table.title)}.** Source: {_safe(table.source)}. {_safe(table.note)}".rstrip()
    yield ""
    yield "| " + " | ".join(heads) + " |"
    yield "| " + " | ".join("---:" if column.unit else "---" for column in table.columns) + " |"
    for row in table.rows:
        cells = [_safe(cell_words(cell, column)) for cell, column in zip(row, table.columns, strict=True)]
        yield "| " + " | ".join(cells) + " |"
    if not table.rows:
        yield "none"
    yield ""


def _kpis(block: KpiBlock) -> Iterator[str]:
    yield f"**{_safe(block.title)}.** Source: {_safe(block.source)}."
    yield ""
    yield "| KPI | value | target | state | largest causes, or what is missing |"
    yield "| --- | ---: | ---: | --- | --- |"
    for kpi in block.kpis:
        state = "met" if kpi.met else "no evidence" if kpi.met is None else "missed"
        target = "" if kpi.target is None else number_words(kpi.target, kpi.unit)
        value = number_words(kpi.value, kpi.unit)
        yield f"| {kpi.kpi_id} {_safe(kpi.name)} | {value} | {target} | {state} | {_safe(causes_words(kpi.causes))} |"
    yield ""


def _decision(block: Decision, marks: dict[str, int]) -> Iterator[str]:
    yield f"> **Decision asked for: {_safe(block.question)}** {_safe(block.owner)} decides, {_safe(block.by_when)}."
    yield ">"
    for index, option in enumerate(block.options, start=1):
        yield f"> {index}. **{_safe(option.name)}**: {_filled(option.effect, option.numbers, marks)}"
    yield ">"
    yield f"> **Advice:** {_safe(block.advice)}"
    yield ""


def _block(block: Block, marks: dict[str, int], names: Iterator[str]) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {_safe(block.words)}"
            yield ""
        case Text():
            yield _filled(block.words, block.numbers, marks)
            yield ""
            if block.points:
                yield from (f"- {_safe(point)}" for point in block.points)
                yield ""
        case Table():
            yield from _table(block)
        case Figure():
            yield f"**{_safe(block.title)}.** Source: {_safe(block.source)}."
            yield ""
            if block.drawing.shapes:
                yield f"![{_safe(block.drawing.says)}]({next(names)})"
                yield ""
            if block.data:
                yield from _table(block.data)
        case KpiBlock():
            yield from _kpis(block)
        case Decision():
            yield from _decision(block, marks)
        case Evidence():
            yield f"**Evidence.** {_safe(block.claim)}"
            yield ""
            yield from (f"- {_safe(one)}" for one in block.rests_on)
            yield ""
        case Missing():
            yield f"> **Not known yet:** {_safe(block.what)} **It needs:** {_safe(block.needs)}"
            yield ""


def render_markdown(document: Document, covered: Sequence[Covered], stem: str) -> str:
    """A document as Markdown with footnotes for sources; drawings are the files of `drawings_of`."""
    marks = {source: index for index, source in enumerate(sources_of(document), start=1)}
    names = iter(drawings_of(document, stem))
    out = [
        f"# {_safe(document.title)}",
        "",
        f"{document.doc_id} · {_safe(document.of)}",
        "",
        f"*{_safe(document.question)}*",
        "",
    ]
    for block in document.blocks:
        out += _block(block, marks, names)
    out += ["## What this document covers", "", "| phrase | covered by |", "| --- | --- |"]
    for one in covered:
        by = "; ".join(_safe(title) for _, title in one.blocks) or "nothing yet"
        out.append(f"| {one.phrase_id} {one.phrase} | {by} |")
    out += ["", "## Where the figures come from", ""]
    out += [f"[^{index}]: {_safe(source)}" for source, index in marks.items()]
    foot = document.footer
    out += [
        "",
        f"plan {foot.digest} · scenario {foot.scenario_digest} · seed {foot.seed} · {foot.runs} futures · "
        f"facts as of {foot.as_of} · supercargo {foot.version}",
        "",
    ]
    return "\n".join(out)
