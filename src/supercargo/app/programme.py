"""The use case of the programme: a scenario or plan folder to tasks, gates and progress on a status date, as page or book."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from supercargo.kernel import NoPlan, Outcome, ScenarioError
from supercargo.model import CheckFound, GateRow, OperationsPlan, ProgrammePlan, ResourceRow, Scenario, Table, TaskRow
from supercargo.plan.programme import plan_programme
from supercargo.referee import judge, unwaived
from supercargo.report.coverage import LINES
from supercargo.report.programme import render_programme
from supercargo.store import PLAN_FILE, read_plan, read_programme, read_scenario, refuse_outputs
from supercargo.store.folders import write_file

__all__ = [
    "COVERAGE",
    "PROGRAMME_TABLES",
    "ProgrammeAsked",
    "ProgrammeTold",
    "checks_of_documents",
    "checks_of_phrases",
    "checks_of_plan",
    "programme_of_plan",
    "review_programme",
    "write_programme",
]

COVERAGE = "coverage.csv"
"""What a folder of made documents says of itself, phrase by phrase."""

PROGRAMME_TABLES: tuple[Table, ...] = (
    Table(file="tasks.csv", noun=TaskRow, attribute="tasks", key=("task_id",)),
    Table(file="gates.csv", noun=GateRow, attribute="gates", key=("gate", "check")),
    Table(file="resources.csv", noun=ResourceRow, attribute="resources", key=("resource",)),
)
"""What a planned programme holds, as sheets of a workbook."""


@dataclass(frozen=True, slots=True)
class ProgrammeAsked:
    """What a person asks of `programme`."""

    folder: Path
    as_of_utc: datetime | None = None
    documents: Path | None = None
    out: Path | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class ProgrammeTold:
    """The planned programme of a scenario or plan, with how good the plan is, and what was written."""

    of: str
    plan: ProgrammePlan
    outcome: Outcome[ProgrammePlan]


def review_programme(asked: ProgrammeAsked) -> ProgrammeTold:
    """Plan the programme of a scenario, or of a plan folder, whose figures then pass the checks that are computed.

    Raises ScenarioError for faulty input and an `out` of another kind, Refused for one that exists, NoPlan where no plan keeps
    to the resources.
    """
    if asked.out is not None and asked.out.suffix.lower() not in (".html", ".xlsx"):
        fix = "give a name that ends in .html or .xlsx"
        raise ScenarioError("the programme is written as a page or a workbook", fix=fix, where=str(asked.out))
    refuse_outputs((asked.out,), (asked.folder,), force=asked.force)
    if (asked.folder / PLAN_FILE).is_file():
        plan = read_plan(asked.folder)
        return programme_of_plan(plan, as_of_utc=asked.as_of_utc, documents=asked.documents)
    return _told(read_scenario(asked.folder), asked.as_of_utc, checks_of_documents(asked.documents))


def programme_of_plan(
    plan: OperationsPlan,
    *,
    as_of_utc: datetime | None = None,
    documents: Path | None = None,
    lacking: Mapping[str, Sequence[str]] | None = None,
    checks: Mapping[tuple[str, str], CheckFound] | None = None,
) -> ProgrammeTold:
    """The programme of a plan's scenario; the plan, and the documents made from it, answer the checks that are computed.

    Documents are a folder of them, or what each of them lacks: phrases of its line. `checks` are those of the plan where they
    are found already. Raises as `review_programme`.
    """
    made = checks_of_documents(documents) if lacking is None else checks_of_phrases(lacking)
    told = _told(plan.scenario, as_of_utc, {**(checks_of_plan(plan) if checks is None else checks), **made})
    first = {row.gate: row for row in told.plan.gates if row.missions}
    remarks = list(told.plan.remarks)
    for gate, row in first.items():
        held = [one for one in plan.missions if "*" in row.missions or one.mission_id in row.missions]
        early = [one.mission_id for one in held if one.launch_utc < row.opens_utc]
        if early:
            named = ", ".join(early[:6]) + (" ..." if len(early) > 6 else "")
            words = f"{len(early)} missions of the plan lift off before gate {gate} opens on"
            remarks.append(f"{words} {row.opens_utc:%Y-%m-%d}: {named}")
    best = replace(told.plan, remarks=tuple(remarks))
    return replace(told, plan=best, outcome=replace(told.outcome, best=best))


def checks_of_plan(plan: OperationsPlan) -> dict[tuple[str, str], CheckFound]:
    """What a plan says of the checks that are computed: rules kept and each KPI against its target."""
    hard = [violation for violation in unwaived(judge(plan), plan.waivers) if violation.hard]
    broken = f"{len(hard)} hard rules are broken, the first is {hard[0].rule} of {hard[0].object}" if hard else ""
    found = {("no-violation", ""): CheckFound(not hard, broken or "no hard rule is broken")}
    for kpi in plan.kpis:
        if kpi.value is None or kpi.met is None:
            told = f"{kpi.kpi_id} {kpi.name}: no evidence; {kpi.causes}"
        else:
            told = f"{kpi.kpi_id} {kpi.name}: {kpi.value:,.1f} {kpi.unit}, target {kpi.target:,.1f}"
        found["kpi", kpi.kpi_id] = CheckFound(bool(kpi.met), told)
    return found


def checks_of_documents(folder: Path | None) -> dict[tuple[str, str], CheckFound]:
    """What a folder of made documents says of each: complete, or which phrases of its line nothing covers.

    Raises ScenarioError for a folder without coverage.csv as `supercargo report` writes it.
    """
    if folder is None:
        return {}
    lacking: dict[str, list[str]] = {}
    try:
        with (folder / COVERAGE).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                lacking.setdefault(row["phrase_id"].partition(".")[0], []).extend([row["phrase"]] * (row["blocks"] == "0"))
    except (OSError, KeyError, UnicodeDecodeError) as error:
        fix = "name the folder that supercargo report has written"
        raise ScenarioError(f"no {COVERAGE} of made documents can be read", fix=fix, where=str(folder)) from error
    return checks_of_phrases(lacking)


def checks_of_phrases(lacking: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], CheckFound]:
    """What documents say of each deliverable, by the phrases of its line that nothing in its document covers."""
    found = {("document", line.doc_id): CheckFound(False, f"{line.doc_id} is not among the documents made") for line in LINES}
    for name, phrases in lacking.items():
        words = f"nothing covers {', '.join(phrases)}" if phrases else f"{name} is complete"
        found["document", name] = CheckFound(not phrases, words)
    return found


def _told(scenario: Scenario, as_of_utc: datetime | None, found: dict[tuple[str, str], CheckFound]) -> ProgrammeTold:
    tables = read_programme(scenario)
    outcome = plan_programme(tables, as_of_utc=as_of_utc or scenario.settings.as_of_utc, found=found)
    if outcome.best is None:
        raise NoPlan(
            f"the programme has no plan ({outcome.status})",
            fix="raise capacity_count in programme_resources.csv or lower the needs of its tasks",
            where="programme_tasks.csv",
        )
    return ProgrammeTold(scenario.settings.name, outcome.best, outcome)


def write_programme(asked: ProgrammeAsked, told: ProgrammeTold) -> tuple[Path, ...]:
    """Write the page or workbook that is asked for; gives what was written."""
    if asked.out is None:
        return ()
    if asked.out.suffix.lower() == ".html":
        content = render_programme(told.plan, told.outcome, told.of).encode()
    else:
        from supercargo.store.book.tables import tables_book  # its library loads only for those who write

        sheets = [(table, getattr(told.plan, table.attribute)) for table in PROGRAMME_TABLES]
        content = tables_book(f"programme of {told.of}", told.plan.as_of_utc, sheets)
    write_file(asked.out, content, force=asked.force)
    return (asked.out,)
