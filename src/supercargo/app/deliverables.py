"""The use case of documents: a plan folder to the fifteen deliverables, as pages, Markdown and PDF, with their coverage."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from supercargo import __version__
from supercargo.app.compliance import ComplyRequest, comply
from supercargo.app.improving import improvement_of, known_of_plan, known_of_store, measured_programme
from supercargo.app.metering import StageWatch, unwatched
from supercargo.app.programme import checks_of_plan, programme_of_plan
from supercargo.app.risks import RiskAsked, review_plan
from supercargo.app.simulating import cores
from supercargo.app.strategy import strategy_for_documents
from supercargo.app.supply import fleet_of, supply_of
from supercargo.kernel import NoPlan, Refused, ScenarioError, SupercargoError, format_utc
from supercargo.measure.cost_report import Books, cost_report
from supercargo.measure.facts import Facts
from supercargo.measure.happened import Released, happened_of, releases_of
from supercargo.measure.measured import Measured
from supercargo.measure.measuring import measure_facts
from supercargo.measure.operations import facts_of_log
from supercargo.measure.summary import summarise
from supercargo.model import Kpi, OperationsPlan, RiskReport
from supercargo.report.blocks import Decision, Document, Footer, Number, number_words, numbers_of
from supercargo.report.coverage import LINES, Covered, coverage_of
from supercargo.report.deliverables.happened import past_decision, standing
from supercargo.report.deliverables.held import Held, Unmade, unmade
from supercargo.report.deliverables.table import DELIVERABLES
from supercargo.report.document_html import render_document, render_index
from supercargo.report.document_md import drawings_of, render_markdown
from supercargo.report.document_pdf import render_pdf
from supercargo.simulate.risk import simulate_plan
from supercargo.store import (
    digest_of_plan,
    digest_violations,
    read_chances,
    read_plan,
    refuse_existing,
    refuse_unwritable,
    refuse_within,
)
from supercargo.store.folders import things_beneath, write_whole
from supercargo.track.cargo.stages import STAGES
from supercargo.track.missions.release import REGISTER, register_of

__all__ = ["FORMATS", "Made", "ReportAsked", "hold", "made_or_why", "make_documents", "numbers_csv", "write_documents"]

_T = TypeVar("_T")

FORMATS = ("html", "pdf", "md")
INDEX = "index.html"
COVERAGE = "coverage.csv"
NUMBERS = "numbers.csv"
PROGRAMME = "D4"
"""The document that tells of the programme."""
FILES = "files.txt"
"""Names of what was written into a folder, one a line: what else stands there is somebody's own."""

_OWN = re.compile(r"(figures/)?D\d\d-[-a-z0-9]+\.(html|pdf|md|svg)|" + "|".join(map(re.escape, (INDEX, COVERAGE, NUMBERS))))
"""Names of files in a folder that was written before there was a list."""


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """What a person asks of `report`; no documents named: all of them; no `out`: nothing is written."""

    folder: Path
    documents: tuple[str, ...] = ()
    out: Path | None = None
    formats: tuple[str, ...] = ("html",)
    store: str = ""
    runs: int = 200
    workers: int | None = None
    force: bool = False


@dataclass(frozen=True, kw_only=True)
class Made:
    """Documents, which phrases of their lines they cover, files written, and documents that only say why they are not made."""

    documents: tuple[Document, ...]
    coverage: tuple[tuple[Document, tuple[Covered, ...]], ...]
    files: tuple[str, ...]
    kept: tuple[str, ...]  # files of others in the folder, left as they were
    unmade: Mapping[str, SupercargoError]


def write_documents(asked: ReportAsked, *, watch: StageWatch = unwatched) -> Made:
    """Make the documents asked for and write them, whole or not at all.

    Raises ScenarioError for a document, format or plan folder that can't be read, Refused for an `out` that exists unless
    `force` and for a plan folder whose files are not those that plan.json vouches for.
    """
    wanted, formats = _wanted(asked.documents), _formats(asked.formats)
    if asked.out:
        refuse_within(asked.out, asked.folder, fix="choose another folder for --out")
        refuse_existing(asked.out, force=asked.force, like=[FILES, COVERAGE])
        refuse_unwritable(asked.out)
    held = hold(asked, watch=watch)
    watch("documents", 0.0)
    documents, reasons = made_or_why(held, wanted)
    coverage = tuple((document, coverage_of(document)) for document in documents)
    files: dict[str, bytes] = {}
    kept: tuple[str, ...] = ()
    if asked.out:
        files = _files(coverage, formats, watch)
        files[FILES] = "".join(f"{name}\n" for name in sorted({*files, FILES})).encode()
        kept = _others(asked.out, files)
        write_whole(asked.out, files, force=asked.force, keep=kept)
    return Made(documents=documents, coverage=coverage, files=tuple(files), kept=kept, unmade=reasons)


def _others(folder: Path, files: Iterable[str]) -> tuple[str, ...]:
    """Files in an earlier folder that no report wrote. Raises Refused where one bears the name of a file that is to come."""
    there = things_beneath(folder)
    listed = folder / FILES
    own = set(listed.read_text(encoding="utf-8", errors="replace").split("\n")) if FILES in there else set()
    others = tuple(name for name in there if name not in own and not (FILES not in there and _OWN.fullmatch(name)))
    taken = sorted(set(others) & set(files))
    if taken:
        what = f"{', '.join(taken[:5])} would be replaced, and no report wrote {'it' if len(taken) == 1 else 'them'}"
        raise Refused(what, fix="move it away, or choose another folder", where=str(folder))
    return others


def _wanted(documents: Iterable[str]) -> tuple[str, ...]:
    named = [name.upper() for name in documents]
    known = [line.doc_id for line in LINES]
    unknown = [name for name in named if name not in known]
    if unknown:
        what = f"there is no document {', '.join(repr(name[:20]) for name in unknown)}"
        raise ScenarioError(what, fix=f"name some of {known[0]} to {known[-1]}, or none for all", where="report")
    return tuple(name for name in known if name in (named or known))


def _formats(formats: Iterable[str]) -> tuple[str, ...]:
    named = list(dict.fromkeys(word.strip().lower() for words in formats for word in words.split(",")))
    unknown = [word for word in named if word not in FORMATS]
    if unknown or not named:
        what = f"a document can't be written as {', '.join(repr(word[:20]) for word in unknown) or 'nothing'}"
        raise ScenarioError(what, fix=f"name some of {', '.join(FORMATS)}", where="--format")
    return tuple(named)


def hold(asked: ReportAsked, *, watch: StageWatch = unwatched) -> Held:
    """A plan with everything that documents draw on, measured and simulated once.

    Raises ScenarioError for a folder that can't be read, Refused for one whose files are not those that plan.json vouches for.
    """
    watch("reading", 0.0)
    plan = read_plan(asked.folder)
    _refuse_changed(asked.folder)
    summary = summarise(plan)
    settings = plan.scenario.settings
    simulated = _made(lambda: _simulated(plan, asked, watch)) if asked.runs else None
    review = _made(
        lambda: review_plan(
            plan,
            RiskAsked(asked.folder, runs=min(asked.runs, 120), workers=asked.workers),
            watch=lambda _, share: watch("risks", share),
        )
    )
    watch("measuring", 0.0)
    recorded, counts, releases = _recorded(asked.store) if asked.store else (None, {}, ())
    told = measure_facts(recorded) if recorded else ()
    known = known_of_store(plan, asked.store) if asked.store else known_of_plan(plan)
    comply_asked = ComplyRequest(asked.folder, asked.store)
    checks = checks_of_plan(plan)
    return Held(
        plan=plan,
        summary=summary,
        checks=checks,
        comply=comply(comply_asked, now_utc=recorded.as_of_utc if recorded else settings.as_of_utc),
        stages=tuple((name, what, counts.get(name, 0) if recorded else None) for name, what in STAGES.items() if name),
        costs_held=_made(lambda: cost_report(plan, Books())),
        review_held=review,
        fleet_held=_made(lambda: fleet_of(plan)),
        supply_held=_made(lambda: supply_of(plan)),
        improvement_held=_made(lambda: improvement_of(plan, known, measured_programme(plan))),
        simulated_held=simulated,
        programme_held=_made(lambda: programme_of_plan(plan, checks=checks).outcome),
        recorded=recorded,
        happened=happened_of(recorded) if recorded else None,
        releases=releases,
        recorded_kpis=tuple(_as_kpi(one) for one in told),
        strategy_held=_made(lambda: strategy_for_documents(plan, asked.folder, asked.runs, watch=watch)),
        footer=Footer(
            digest=digest_of_plan(asked.folder),
            scenario_digest=summary.scenario_digest or "not known",
            seed=plan.seed,
            runs=asked.runs,
            version=__version__,
            as_of=format_utc(settings.as_of_utc),
        ),
    )


def _refuse_changed(folder: Path) -> None:
    """Raises Refused for files that are not as they were judged: documents would tell of the referee what it never saw."""
    odd = digest_violations(folder)
    if odd:
        fix = "plan again; `supercargo verify` judges the folder as it is now"
        raise Refused(odd[0].text, fix=fix, where=str(folder), causes=tuple(one.text for one in odd[1:]))


def _made(make: Callable[[], _T]) -> _T | Unmade:
    """What is made, or why the plan's input does not let it be made: documents that need it say so, others go on."""
    try:
        return make()
    except (ScenarioError, NoPlan) as why:
        return Unmade(why)


def _recorded(store: str) -> tuple[Facts, Mapping[str, int], tuple[Released, ...]]:
    """What has happened, how many things are in each stage of life, and plans released. Raises StoreError for old views."""
    from supercargo.app.operations.log import current_log  # its libraries load only for those who have a store

    with current_log(store) as log, log.reading() as view:
        stages = Counter(str(row["stage"]) for row in log.page("unit", limit=1_000_000))
        return facts_of_log(log, view), stages, releases_of(register_of(log.stream(REGISTER)))


def _as_kpi(one: Measured) -> Kpi:
    """A figure of the record in the form of a plan's KPI."""
    causes = one.note if one.value is None else "; ".join(cause.why for cause in one.causes[:5]) or one.note
    return Kpi(
        kpi_id=one.kpi_id, name=one.name, value=one.value, target=one.target, unit=one.unit, met=one.met,
        basis="operations" if one.known else "", causes=causes, low=one.low, high=one.high, interval=one.interval,
    )  # fmt: skip


def _simulated(plan: OperationsPlan, asked: ReportAsked, watch: StageWatch) -> RiskReport:
    return simulate_plan(
        plan,
        read_chances(plan.scenario),
        seed=plan.scenario.settings.seed,
        runs=asked.runs,
        workers=asked.workers or (cores() if asked.runs > 2000 else 1),
        digest="",
        watch=lambda share: watch("flying", share),
    )


def make_documents(held: Held, wanted: Sequence[str]) -> tuple[Document, ...]:
    """Documents by their ids. Raises ValueError where one number has two values."""
    return made_or_why(held, wanted)[0]


def made_or_why(held: Held, wanted: Sequence[str]) -> tuple[tuple[Document, ...], Mapping[str, SupercargoError]]:
    """Documents by their ids; one that can't be made says why, and stands in the second part with its error.

    Raises ValueError where one number has two values.
    """
    held = replace(held, run=tuple(wanted))
    documents = {name: _document(held, name) for name in wanted}
    if PROGRAMME in documents:  # its gates ask for other documents of the same run
        lacking = {name: [one.phrase for one in coverage_of(made) if not one.blocks] for name, (made, _) in documents.items()}
        programme = _made(lambda: programme_of_plan(held.plan, lacking=lacking, checks=held.checks).outcome)
        documents[PROGRAMME] = _document(replace(held, programme_held=programme), PROGRAMME)
    _agree([document for document, _ in documents.values()])
    reasons = {name: why for name, (_, why) in documents.items() if why is not None}
    return tuple(document for document, _ in documents.values()), reasons


def _document(held: Held, name: str) -> tuple[Document, SupercargoError | None]:
    try:
        made = DELIVERABLES[name](held)
    except (ScenarioError, NoPlan) as why:
        return unmade(held, name, why), why
    return replace(made, blocks=(*standing(held), *(past_decision(held, block) for block in made.blocks))), None


def _agree(documents: Sequence[Document]) -> None:
    seen: dict[str, tuple[Number, str]] = {}
    for document in documents:
        for number in numbers_of(document):
            before, where = seen.setdefault(number.key, (number, document.doc_id))
            if (before.value, before.unit) != (number.value, number.unit):
                said = f"{before.value} {before.unit} in {where} and {number.value} {number.unit} in {document.doc_id}"
                raise ValueError(f"{number.key} is {said}")


def _stem(document: Document) -> str:
    line = next(line for line in LINES if line.doc_id == document.doc_id)
    return line.file_stem


def _files(
    coverage: Sequence[tuple[Document, tuple[Covered, ...]]], formats: Sequence[str], watch: StageWatch
) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for index, (document, covered) in enumerate(coverage):
        watch("writing", index / len(coverage))
        stem = _stem(document)
        if "html" in formats:
            files[f"{stem}.html"] = render_document(document, covered).encode()
        if "md" in formats:
            files[f"{stem}.md"] = render_markdown(document, covered, stem).encode()
            files |= {name: content.encode() for name, content in drawings_of(document, stem).items()}
        if "pdf" in formats:
            files[f"{stem}.pdf"] = render_pdf(document, covered)
    ending = formats[0]
    asks = [
        (document.doc_id, f"{_stem(document)}.{ending}" + (f"#b{index}" if ending == "html" else ""), block)
        for document, _ in coverage
        for index, block in enumerate(document.blocks, start=1)
        if isinstance(block, Decision)
    ]
    files[INDEX] = render_index(
        [(document, f"{_stem(document)}.{ending}", covered) for document, covered in coverage], asks
    ).encode()
    files[COVERAGE] = _coverage_csv(coverage)
    files[NUMBERS] = numbers_csv([document for document, _ in coverage])
    return files


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _coverage_csv(coverage: Iterable[tuple[Document, Sequence[Covered]]]) -> bytes:
    rows: list[Sequence[object]] = [("phrase_id", "document", "phrase", "blocks", "covered_by", "missing")]
    for document, covered in coverage:
        rows += [
            (
                one.phrase_id,
                document.title,
                one.phrase,
                len(one.blocks),
                "; ".join(title for _, title in one.blocks),
                "; ".join(one.missing),
            )
            for one in covered
        ]
    return _csv(rows)


def numbers_csv(documents: Iterable[Document]) -> bytes:
    """Every number of the documents as a table: where it stands, its key, value, unit and source."""
    rows: list[Sequence[object]] = [("document", "key", "value", "unit", "shown", "source")]
    for document in documents:
        told: Mapping[str, Number] = {number.key: number for number in numbers_of(document)}
        for key, one in told.items():
            shown = re.sub(r"\s+", " ", number_words(one.value, one.unit, one.digits))
            rows.append((document.doc_id, key, "" if one.value is None else one.value, one.unit, shown, one.source))
    return _csv(rows)
