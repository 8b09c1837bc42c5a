"""Each command calls one use case and prints its answer, in words or as one JSON object."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from supercargo.app import comparing, schemas, use_cases
from supercargo.app.answers import DoctorAnswer, ErrorAnswer, PlanAnswer, SchemaAnswer, VerifyAnswer
from supercargo.app.arrivals import windows_of
from supercargo.app.doctor import Surroundings, examine
from supercargo.app.orbit_views import orbit_view
from supercargo.app.scenario_answer import ScenarioAnswer
from supercargo.faces.interrupts import STOPPED, Stopped, prompt_interrupts, words_of
from supercargo.faces.memory import seldom_collected
from supercargo.faces.orbit_words import OrbitAsked, orbit_lines, orbit_query
from supercargo.faces.progress import Progress, patience
from supercargo.faces.transfers import TransferWords, Wanted, request_of, rows_lines, rows_path, study_lines, study_told
from supercargo.faces.window_words import WindowsAsked, query_of, window_lines, windows_told
from supercargo.faces.words import count, json_text, printable, summary_lines
from supercargo.kernel import NoPlan, Refused, ScenarioError, StoreError, SupercargoError, plain
from supercargo.model import TransferWindow
from supercargo.report.compare_lines import comparison_lines

__all__ = [
    "VIOLATIONS_FOUND",
    "PlanRequest",
    "answering",
    "check",
    "compare",
    "doctor",
    "new",
    "orbit",
    "plan",
    "print_json",
    "schema",
    "tell",
    "tell_lines",
    "template",
    "transfer",
    "verify",
    "windows",
    "workbook",
]

REMARKS_SHOWN = 20
VIOLATIONS_FOUND = 3
INTERRUPTED = 128 + signal.SIGINT
READER_GONE = 141  # as a shell tells of a broken pipe


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a person asks of `plan`."""

    folder: Path
    out: Path
    seed: int | None = None
    limit_s: float | None = None
    partial: bool = False
    baseline: bool = False
    force: bool = False


def new(folder: Path, asked: use_cases.NewScenario, *, as_json: bool) -> None:
    """Write a scenario folder and tell what is in it."""
    with answering(as_json=as_json), patience("writing the scenario"):
        use_cases.new_scenario(folder, asked)
        scenario = use_cases.check_scenario(folder)
    _tell_scenario(folder, scenario, as_json)


def check(folder: Path, *, errors: Path | None, force: bool, as_json: bool) -> None:
    """Validate a scenario folder or workbook and tell what is in it; its faults, if asked, as a workbook to mend."""
    with answering(as_json=as_json), patience("checking the scenario"):
        scenario = use_cases.check_scenario(folder, errors=errors, force=force)
        remarks = use_cases.remarks_on(scenario)
    _tell_scenario(folder, scenario, as_json, remarks)


def workbook(source: Path, out: Path, *, force: bool, as_json: bool) -> None:
    """Write a scenario folder as a workbook, or a workbook as a folder, and tell what is in it."""
    with answering(as_json=as_json), patience("writing the scenario"):
        scenario = use_cases.convert_scenario(source, out, force=force)
    _tell_scenario(out, scenario, as_json)


def template(out: Path, *, force: bool, as_json: bool) -> None:
    """Write a workbook to fill in."""
    with answering(as_json=as_json):
        use_cases.make_template(out, force=force)
    if as_json:
        print_json({"folder": str(out), "template": True})
    else:
        tell_lines([f"{out}: fill in the sheets scenario, missions and cargo, then check it"])


def _tell_scenario(folder: Path, scenario: Any, as_json: bool, remarks: tuple[str, ...] | None = None) -> None:
    settings = scenario.settings
    told: ScenarioAnswer = {
        "folder": str(folder),
        "name": settings.name,
        "seed": settings.seed,
        "digest": scenario.digest,
        "missions": len(scenario.missions),
        "lines": len(scenario.cargo),
        "customers": len(scenario.customers),
        "faults": [],
    }
    if remarks is not None:
        told["remarks"] = list(remarks)
    if as_json:
        print_json(told)
        return
    size = (
        f"{count(told['missions'], 'mission')}, {count(told['lines'], 'cargo line')}, {count(told['customers'], 'customer')}"
    )
    tell_lines([f"{folder}: {settings.name}, seed {settings.seed}, {size}; no faults"])
    tell_lines(f"remark: {words}" for words in (remarks or ())[:REMARKS_SHOWN])
    if remarks and len(remarks) > REMARKS_SHOWN:
        tell(f"and {count(len(remarks) - REMARKS_SHOWN, 'remark')} more; --json has all\n")


def plan(asked: PlanRequest, *, as_json: bool) -> None:
    """Plan a year, write it, and tell a manager how it came out; exit 3 if it breaks a promise or a hard rule."""
    with answering(as_json=as_json):
        with seldom_collected(), Progress() as watch:
            made = use_cases.plan_scenario(
                asked.folder,
                asked.out,
                seed=asked.seed,
                limit_s=asked.limit_s,
                partial=asked.partial,
                baseline=asked.baseline,
                force=asked.force,
                watch=watch,
            )
        summary = use_cases.summary_of(made)
    report = asked.out / "report.html"
    hard = [violation for violation in made.violations if violation.hard]
    if as_json:
        told: PlanAnswer = {
            "folder": str(asked.out),
            "report": str(report),
            "summary": summary,
            "causes": list(made.causes),
            "violations": list(made.violations),
            "stages": list(made.stages),
        }
        print_json(told)
    else:
        tell("\n".join(summary_lines(summary, made, report)) + "\n")
    if made.causes or hard:
        raise SystemExit(VIOLATIONS_FOUND)


def verify(folder: Path, *, as_json: bool) -> None:
    """Judge a plan folder; exit 3 if a hard rule is broken and not waived."""
    with answering(as_json=as_json), patience("judging the plan"):
        violations = use_cases.verify_plan(folder)
    hard = sum(violation.hard for violation in violations)
    if as_json:
        told: VerifyAnswer = {"folder": str(folder), "hard_count": hard, "violations": list(violations)}
        print_json(told)
    else:
        tell_lines(f"{found.rule} {found.object} {found.text}" for found in violations)
        counts = f"{count(hard, 'hard violation')}, {count(len(violations) - hard, 'soft one')}"
        _say(counts if violations else "no violations")
    if hard:
        raise SystemExit(VIOLATIONS_FOUND)


def compare(folders: Sequence[Path], *, out: Path | None, force: bool, as_json: bool) -> None:
    """Tell what differs between plan folders; with `out`, write it as a page, a table and JSON too."""
    with answering(as_json=as_json), patience("comparing the plans"):
        comparison = comparing.compare_folders(folders, out=out, force=force)
    if as_json:
        print_json(comparing.comparison_content(comparison))
    else:
        tell_lines([*comparison_lines(comparison), *([f"{'Page':<10} {out}/{comparing.PAGE_FILE}"] if out else [])])


def schema(name: str, *, out: Path | None, force: bool, as_json: bool) -> None:
    """Print the schema of one file, list what there is, or write all into a folder."""
    with answering(as_json=as_json):
        one = schemas.schema_named(name) if name else None
        found = schemas.all_schemas() if one is None else {one["$id"].split("/", 2)[2]: one}
        if out:
            schemas.write_schemas(found, out, force=force)
    if one is not None and (as_json or not out):
        print_json(one)
    elif as_json:
        told: SchemaAnswer = {"version": schemas.schema_version(), "schemas": found}
        print_json(told)
    elif out:
        tell_lines([f"{out}: {count(len(found), 'schema')} of version {schemas.schema_version()}"])
    else:
        tell("".join(f"{name:<28} {said['title']}: {said['description']}\n" for name, said in found.items()))


def windows(asked: WindowsAsked, *, as_json: bool) -> None:
    """List launch windows with each way to dock; where there is none, tell why."""
    with answering(as_json=as_json), patience("finding the windows"):
        query = query_of(asked)
        files: dict[str, Any] = {"planned": asked.planned, "out": asked.out, "picture": asked.picture}
        found = windows_of(asked.folder, query, force=asked.force, **files)
    if as_json:
        print_json(windows_told(asked, query, found))
    else:
        tell_lines(window_lines(query, found))


def doctor(*, as_json: bool) -> None:
    """Examine the installation; exit 5 if something keeps it from its work."""
    now = datetime.now(UTC)
    with answering(as_json=as_json), patience("examining the installation"):
        checks = examine(Surroundings(now=now, encoding=sys.stdout.encoding or ""))
    states = [check.state for check in checks]
    faults, warnings = states.count("fault"), states.count("warning")
    if as_json:
        told: DoctorAnswer = {
            "well": not faults,
            "fault_count": faults,
            "warning_count": warnings,
            "checks": list(checks),
        }
        print_json(told)
    else:
        for check in checks:
            fix = f"\n{'':<18} fix: {printable(check.fix)}" if check.fix else ""
            tell(f"{check.state:<7} {check.name:<10} {printable(check.what)}{fix}\n")
        verdict = "this installation can do its work" if not faults else "this installation can't do its work"
        tell(f"{verdict}: {count(faults, 'fault')}, {count(warnings, 'warning')}\n")
    if faults:
        raise SystemExit(StoreError.exit_code)


def orbit(asked: OrbitAsked, *, as_json: bool) -> None:
    """Read one view off an orbit and tell its rows."""
    with answering(as_json=as_json), patience("reading the orbit"):
        query = orbit_query(asked)
        found = orbit_view(asked.folder, asked.view, query, out=asked.out, picture=asked.picture, force=asked.force)
    if as_json:
        told = {"destination": asked.destination, "view": asked.view}
        print_json({**told, "rows": plain(found.rows), "remarks": list(found.remarks)})
    else:
        tell_lines(orbit_lines(asked, found))


def transfer(words: TransferWords, wanted: Wanted, *, out: Path | None, force: bool, as_json: bool) -> None:
    """Find transfers and tell them; an empty list with the reason where there are none."""
    from supercargo.app.transfers import find_transfers, write_opportunities

    with answering(as_json=as_json), patience("looking for transfers"):
        request, path = request_of(words, wanted), rows_path(wanted)
        rows: tuple[TransferWindow, ...] = ()
        if path is not None:
            rows = write_opportunities(
                request, wanted.rows_for, path, scenario=wanted.scenario, lit_d=wanted.lit_d, force=force
            )
        study = find_transfers(request, out=out, force=force)
    if as_json:
        print_json(study_told(study, out, rows))
    else:
        lines = [*study_lines(study, out), *rows_lines(wanted, rows)]
        tell_lines(lines)


@contextmanager
def answering(*, as_json: bool, stopped: Stopped = STOPPED) -> Iterator[None]:
    """Turn a fault that a person can mend into words and an exit code; what is a defect of ours stays an exception.

    `stopped` is said where somebody interrupts.
    """
    try:
        with prompt_interrupts(stopped):
            yield
    except KeyboardInterrupt:
        _say(words_of(stopped))
        raise SystemExit(INTERRUPTED) from None
    except SupercargoError as error:
        if as_json:
            print_json(_told(error))
        else:
            _say("\n".join(map(printable, str(error).split("\n"))))
        raise SystemExit(error.exit_code) from None


def _told(error: SupercargoError) -> ErrorAnswer:
    told: ErrorAnswer = {
        "error": type(error).__name__,
        "what": error.what,
        "where": error.where,
        "fix": error.fix,
        "exit_code": error.exit_code,
    }
    if isinstance(error, ScenarioError):
        told["faults"] = list(error.faults)
    if isinstance(error, NoPlan) or (isinstance(error, Refused) and error.causes):
        told["causes"] = list(error.causes)
    return told


def print_json(content: Any) -> None:
    """Print an answer as JSON."""
    written = json_text(content)
    try:
        written.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # a folder's name that is no text, or a terminal without the letters
        written = re.sub(r"[^\x00-\x7f]", lambda sign: json.dumps(sign[0])[1:-1], written)
    tell(written)


def _say(words: str) -> None:
    """Words beside the answer; where they can't be printed, the exit code still tells."""
    with suppress(OSError):
        print(words, file=sys.stderr, flush=True)


def tell_lines(lines: Iterable[str]) -> None:
    """Print an answer, a line each; signs that would steer a terminal are shown as `?`."""
    tell("".join(f"{printable(line)}\n" for line in lines))


def tell(answer: str) -> None:
    """Print an answer. A reader that went away ends the command without a word; a full disk is told."""
    try:
        sys.stdout.write(answer)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still in the buffer has nowhere to go
        if isinstance(error, BrokenPipeError):
            raise SystemExit(READER_GONE) from None
        _say(f"standard output: can't be written: {error.strerror}\n  fix: free space, or print elsewhere")
        raise SystemExit(StoreError.exit_code) from None
