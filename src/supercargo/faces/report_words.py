"""Documents made, told in words or as one JSON object."""

from __future__ import annotations

from collections.abc import Iterator

from supercargo.app.deliverables import Made, ReportAsked, write_documents
from supercargo.app.report_answers import ReportAnswer
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.faces.progress import Progress
from supercargo.faces.words import count
from supercargo.report.blocks import Decision

__all__ = ["report"]

STAGES = {"reading": 0.1, "flying": 0.3, "risks": 0.2, "strategy": 0.1, "measuring": 0.1, "documents": 0.05, "writing": 0.15}
"""Usual share of each stage in the time of a whole run."""


def report(asked: ReportAsked, *, coverage: bool, as_json: bool) -> None:
    """Make the documents, write what is asked for, and tell it; exit with the code of what kept one from being made."""
    with answering(as_json=as_json), Progress(shares=STAGES) as watch:
        made = write_documents(asked, watch=watch)
    if as_json:
        print_json(_answer(made, asked))
    else:
        tell_lines(_lines(made, asked, coverage=coverage))
    if made.unmade:
        raise SystemExit(max(why.exit_code for why in made.unmade.values()))


def _lines(made: Made, asked: ReportAsked, *, coverage: bool) -> Iterator[str]:
    bare = [one for _, covered in made.coverage for one in covered if not one.blocks]
    for document, covered in made.coverage:
        if document.doc_id in made.unmade:
            yield f"{document.doc_id:4} {document.title}: could not be made, and says why"
            continue
        asks = sum(isinstance(block, Decision) for block in document.blocks)
        held = sum(1 for one in covered if one.blocks)
        told = f"{held} of {len(covered)} phrases covered, {count(asks, 'decision')} asked for"
        yield f"{document.doc_id:4} {document.title}: {told}"
    if coverage:
        for _, covered in made.coverage:
            for one in covered:
                by = "; ".join(title for _, title in one.blocks) or "; ".join(("not known yet", *one.missing))
                yield f"{one.phrase_id:6} {one.phrase}: {by}"
    phrases = sum(len(covered) for _, covered in made.coverage)
    yield f"{count(phrases - len(bare), 'phrase')} of {phrases} covered" + "".join(
        f"; not {one.phrase_id} {one.phrase}" for one in bare
    )
    for why in dict.fromkeys(map(str, made.unmade.values())):
        names = ", ".join(name for name, one in made.unmade.items() if str(one) == why)
        yield from (f"{names} could not be made: {why}").split("\n")
    if made.kept:
        yield f"left as they were, no report wrote them: {', '.join(made.kept[:10])}{' ...' if len(made.kept) > 10 else ''}"
    if asked.out:
        yield f"{count(len(made.files), 'file')} written in {asked.out}; begin with {asked.out / 'index.html'}"


def _answer(made: Made, asked: ReportAsked) -> ReportAnswer:
    return {
        "documents": [document.doc_id for document in made.documents],
        "unmade": [
            {"document": name, "what": why.what, "where": why.where, "fix": why.fix} for name, why in made.unmade.items()
        ],
        "coverage": [
            {
                "phrase_id": one.phrase_id,
                "phrase": one.phrase,
                "blocks": [title for _, title in one.blocks],
                "missing": list(one.missing),
            }
            for _, covered in made.coverage
            for one in covered
        ],
        "uncovered": [one.phrase_id for _, covered in made.coverage for one in covered if not one.blocks],
        "decisions": [
            {
                "document": document.doc_id,
                "question": block.question,
                "owner": block.owner,
                "due": block.due,
                "options": [option.name for option in block.options],
                "advice": block.advice,
            }
            for document in made.documents
            for block in document.blocks
            if isinstance(block, Decision)
        ],
        "out": str(asked.out or ""),
        "files": list(made.files),
        "kept": list(made.kept),
    }
