"""The programme, answered in words or as one JSON object."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from supercargo.app.programme import ProgrammeAsked, ProgrammeTold, review_programme, write_programme
from supercargo.app.programme_answers import ProgrammeAnswer
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.kernel import ScenarioError, format_utc, parse_utc
from supercargo.report.programme import programme_lines

__all__ = ["asked_programme"]


def asked_programme(folder: Path, as_of: str, *, documents: Path | None, out: Path | None, force: bool, as_json: bool) -> None:
    """Plan the programme on a status date (empty: when the facts were known), write what is asked for, and tell it."""
    with answering(as_json=as_json):
        asked = ProgrammeAsked(folder, _day(as_of), documents, out, force)
        told = review_programme(asked)
        files = [str(file) for file in write_programme(asked, told)]
    if as_json:
        print_json(_answer(told, files))
        return
    plan = told.plan
    lines = [told.of]
    if plan.templates:
        lines.append(f"The scenario has no rows in {', '.join(plan.templates)}: templates stand for them, as assumptions.")
    lines += programme_lines(plan, told.outcome)
    lines += [f"written {file}" for file in files]
    tell_lines(lines)


def _day(written: str) -> datetime | None:
    if not written:
        return None
    try:
        at = parse_utc(written if "T" in written else f"{written}T00:00:00Z")
    except ValueError:
        raise ScenarioError(f"{written[:40]!r} is no day", fix="write it as 2027-03-01", where="--as-of") from None
    if not 1990 <= at.year <= 2090:
        raise ScenarioError(f"{at.year} is no year of a programme", fix="give a day from 1990 to 2090", where="--as-of")
    return at


def _answer(told: ProgrammeTold, files: list[str]) -> ProgrammeAnswer:
    plan = told.plan
    return {
        "of": told.of,
        "start_utc": format_utc(plan.start_utc),
        "as_of_utc": format_utc(plan.as_of_utc),
        "end_utc": format_utc(plan.end_utc),
        "due_utc": format_utc(plan.due_utc),
        "first_end_utc": format_utc(plan.first_end_utc),
        "status": str(told.outcome.status),
        "objective_d": told.outcome.objective,
        "bound_d": told.outcome.bound,
        "planned_fraction": plan.planned_fraction,
        "done_fraction": plan.done_fraction,
        "critical_path": [row.task_id for row in plan.critical_path],
        "resource_chain": [row.task_id for row in plan.resource_chain],
        "templates": list(plan.templates),
        "remarks": list(plan.remarks),
        "tasks": list(plan.tasks),
        "gates": list(plan.gates),
        "resources": list(plan.resources),
        "files": files,
    }
