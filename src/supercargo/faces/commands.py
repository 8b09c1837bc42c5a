"""Each command calls one use case and prints its answer, in words or as one JSON object."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supercargo.app import use_cases
from supercargo.faces.interrupts import prompt_interrupts
from supercargo.faces.progress import Progress, patience
from supercargo.faces.words import count, json_text, kpi_lines, plain, printable, summary_lines
from supercargo.kernel import NoPlan, Refused, ScenarioError, StoreError, SupercargoError

__all__ = ["PlanRequest", "answering", "check", "kpi", "new", "plan", "print_json", "tell", "verify"]

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


def new(folder: Path, *, source: str, missions: int, seed: int, force: bool, as_json: bool) -> None:
    """Write a scenario folder and tell what is in it."""
    with answering(as_json=as_json), patience("writing the scenario"):
        use_cases.new_scenario(folder, source=source, missions=missions, seed=seed, force=force)
        scenario = use_cases.check_scenario(folder)
    _tell_scenario(folder, scenario, as_json)


def check(folder: Path, *, as_json: bool) -> None:
    """Validate a scenario folder and tell what is in it."""
    with answering(as_json=as_json), patience("checking the scenario"):
        scenario = use_cases.check_scenario(folder)
    _tell_scenario(folder, scenario, as_json)


def _tell_scenario(folder: Path, scenario: Any, as_json: bool) -> None:
    settings = scenario.settings
    told = {
        "folder": str(folder),
        "name": settings.name,
        "seed": settings.seed,
        "digest": scenario.digest,
        "missions": len(scenario.missions),
        "lines": len(scenario.cargo),
        "customers": len(scenario.customers),
        "faults": [],
    }
    if as_json:
        print_json(told)
        return
    size = (
        f"{count(told['missions'], 'mission')}, {count(told['lines'], 'cargo line')}, {count(told['customers'], 'customer')}"
    )
    tell(printable(f"{folder}: {settings.name}, seed {settings.seed}, {size}; no faults") + "\n")


def plan(asked: PlanRequest, *, as_json: bool) -> None:
    """Plan a year, write it, and tell a manager how it came out; exit 3 if it breaks a promise or a hard rule."""
    with answering(as_json=as_json):
        _refuse_own_scenario(asked)
        with Progress() as watch:
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
        told = {"folder": str(asked.out), "report": str(report), "summary": plain(summary), "causes": list(made.causes)}
        print_json({**told, "violations": plain(made.violations), "stages": plain(made.stages)})
    else:
        tell("\n".join(summary_lines(summary, made, report)) + "\n")
    if made.causes or hard:
        raise SystemExit(VIOLATIONS_FOUND)


def _refuse_own_scenario(asked: PlanRequest) -> None:
    folder, out = (Path(os.path.realpath(place)) for place in (asked.folder, asked.out))
    fix = "choose another folder for --out"
    if folder.is_relative_to(out):
        raise Refused("the plan would replace the scenario it is made from", fix=fix, where=str(asked.out))
    if out.is_relative_to(folder):
        raise Refused("the plan would stand inside the scenario it is made from", fix=fix, where=str(asked.out))


def verify(folder: Path, *, as_json: bool) -> None:
    """Judge a plan folder; exit 3 if a hard rule is broken and not waived."""
    with answering(as_json=as_json), patience("judging the plan"):
        violations = use_cases.verify_plan(folder)
    hard = sum(violation.hard for violation in violations)
    if as_json:
        print_json({"folder": str(folder), "hard_count": hard, "violations": plain(violations)})
    else:
        tell("".join(printable(f"{found.rule} {found.object} {found.text}") + "\n" for found in violations))
        told = f"{count(hard, 'hard violation')}, {count(len(violations) - hard, 'soft one')}"
        _say(told if violations else "no violations")
    if hard:
        raise SystemExit(VIOLATIONS_FOUND)


def kpi(folder: Path, *, as_json: bool) -> None:
    """Measure the KPIs of a plan folder."""
    with answering(as_json=as_json), patience("measuring the plan"):
        kpis = use_cases.kpis_of(folder)
    if as_json:
        print_json({"folder": str(folder), "kpis": plain(kpis)})
    else:
        tell("\n".join(kpi_lines(kpis)) + "\n")


@contextmanager
def answering(*, as_json: bool) -> Iterator[None]:
    """Turn a fault that a person can mend into words and an exit code; what is a defect of ours stays an exception."""
    try:
        with prompt_interrupts():
            yield
    except KeyboardInterrupt:
        _say("interrupted; nothing was written")
        raise SystemExit(INTERRUPTED) from None
    except SupercargoError as error:
        if as_json:
            print_json(_told(error))
        else:
            _say("\n".join(map(printable, str(error).split("\n"))))
        raise SystemExit(error.exit_code) from None


def _told(error: SupercargoError) -> dict[str, Any]:
    told: dict[str, Any] = {
        "error": type(error).__name__,
        "what": error.what,
        "where": error.where,
        "fix": error.fix,
        "exit_code": error.exit_code,
    }
    if isinstance(error, ScenarioError):
        told["faults"] = plain(error.faults)
    if isinstance(error, NoPlan):
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
