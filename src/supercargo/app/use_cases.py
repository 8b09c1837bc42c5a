"""What a person can ask for; each use case wires rooms together and decides nothing itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from supercargo.app.metering import FuseClock, Meter, StageWatch, unwatched
from supercargo.app.transfers import transfer_catalogue
from supercargo.kernel import Fault, NoPlan, ScenarioError, digest_of_files
from supercargo.measure.kpis import measure_kpis
from supercargo.measure.risk_register import register_risks
from supercargo.measure.summary import Summary, summarise
from supercargo.model import OperationsPlan, Scenario, Violation
from supercargo.plan.ephemerides import ephemerides_of
from supercargo.plan.listed_ways import remarks_on_listed
from supercargo.plan.pipeline import BASELINE, OPTIMISED, plan_year
from supercargo.referee import judge, unwaived
from supercargo.report.front import front_figures
from supercargo.report.page import render_report
from supercargo.store import (
    PLAN_FILE,
    SETTINGS_FILE,
    digest_violations,
    folder_files,
    is_workbook,
    old_calendar,
    read_catalogue,
    read_past_catalogue,
    read_plan,
    read_programme_template,
    read_records,
    read_risks,
    read_scenario,
    refuse_existing,
    refuse_existing_file,
    refuse_other_kinds,
    refuse_outputs,
    refuse_unwritable,
    refuse_within,
    scenario_files,
    scenario_or_faults,
    write_mending,
    write_plan,
    write_scenario,
    write_scenario_book,
    write_template,
)

__all__ = [
    "CAUSES_SHOWN",
    "FLOWN_FOLDER",
    "SOURCES",
    "NewScenario",
    "check_scenario",
    "convert_scenario",
    "make_template",
    "new_scenario",
    "plan_scenario",
    "refusal_of",
    "remarks_on",
    "summary_of",
    "verify_plan",
]

SOURCES = ("reference-year", "ramp", "tiny", "lunar", "asteroid", "iss-YEAR")
"""Scenarios that `new` can write; YEAR is a year of the record of past flights."""

OWN_MISSIONS: Mapping[str, str] = {"tiny": "three", "lunar": "thirteen", "asteroid": "seven"}
"""Scenarios whose missions are given."""

FLOWN_FOLDER = "flown"
"""Folder inside a past year's scenario that holds the year as it was flown, a plan folder of its own."""

_PAST = re.compile(r"iss-(\d{4})", re.ASCII)

CAUSES_SHOWN = 20
"""Violations named in the refusal of a plan."""


@dataclass(frozen=True, slots=True)
class NewScenario:
    """What a person asks of `new`, None where nothing is asked: 48 missions, seed 1, the package's records of past flights.

    The ramp has as many missions as its rates allow, or the first of them that are asked for. A past year has the missions
    that were flown; the tiny, lunar and asteroid scenarios have their own.
    """

    source: str
    missions: int | None = None
    seed: int | None = None
    records: Path | None = None
    force: bool = False


def new_scenario(folder: Path, asked: NewScenario) -> Scenario:
    """Write a scenario folder from the catalogue; a past year has the year as flown in a plan folder inside it.

    Raises ScenarioError for an unknown source and for wishes that it can't serve, Refused for a folder that exists unless
    `force`.
    """
    past = _PAST.fullmatch(asked.source)
    if past:
        return _new_past_year(folder, int(past[1]), asked)
    from supercargo.app.reference import asteroid, lunar, ramp, reference_year, tiny
    from supercargo.app.transfers import transfer_catalogue

    source, force = asked.source, asked.force
    seed = 1 if asked.seed is None else asked.seed
    missions = 48 if asked.missions is None else asked.missions
    makers: Mapping[str, Callable[[Mapping[str, Any]], Scenario]] = {
        "reference-year": lambda catalogue: reference_year(catalogue, seed=seed, missions=missions),
        "ramp": lambda catalogue: ramp(catalogue, read_programme_template(), seed=seed, missions=asked.missions),
        "tiny": lambda catalogue: tiny(catalogue, seed=seed),
        "lunar": lambda catalogue: lunar(catalogue, transfer_catalogue(), seed=seed),
        "asteroid": lambda catalogue: asteroid(catalogue, transfer_catalogue(), seed=seed),
    }
    if source not in makers:
        raise ScenarioError(f"no scenario is called {source!r}", fix=f"use one of: {', '.join(SOURCES)}", where="--from")
    if asked.records is not None:
        raise ScenarioError("only a past year is made from records", fix="leave the option out", where="--records")
    if source in OWN_MISSIONS:
        _refuse_wish(asked.missions, "--missions", f"the {source} scenario has {OWN_MISSIONS[source]} missions")
    refuse_existing(folder, force=force, like=[SETTINGS_FILE])
    refuse_unwritable(folder)
    scenario = makers[source](read_catalogue())
    write_scenario(scenario, folder, force=force)
    return scenario


def _refuse_wish(wish: int | None, where: str, what: str) -> None:
    """A number that is asked for and can't be given is not passed over in silence."""
    if wish is not None:
        raise ScenarioError(what, fix="leave the option out", where=where)


def _new_past_year(folder: Path, year: int, asked: NewScenario) -> Scenario:
    _refuse_wish(asked.missions, "--missions", "a past year has the missions that were flown")
    _refuse_wish(asked.seed, "--seed", "a past year is made from records, not drawn by lot")
    from supercargo.app.history import past_year
    from supercargo.app.history.flown import flown_year, history_waivers

    refuse_existing(folder, force=asked.force, like=[SETTINGS_FILE])
    refuse_unwritable(folder)
    meter = Meter(unwatched)
    past = past_year(read_records(asked.records), read_past_catalogue(), year)
    meter("as flown", 0.0)
    flown = flown_year(past)
    flown = replace(flown, scenario=replace(flown.scenario, digest=digest_of_files(scenario_files(flown.scenario))))
    flown = replace(flown, kpis=measure_kpis(flown))
    flown = replace(flown, violations=judge(flown))
    flown = replace(flown, waivers=history_waivers(flown, flown.violations))
    meter("writing", 0.0)
    told = ephemerides_of(flown, transfer_catalogue())
    flown = replace(flown, untraced=told.untraced)
    summary = summarise(flown)
    pages: dict[str, Any] = {"report_html": render_report(flown, summary), "front": front_figures(flown, summary)}
    files = folder_files(flown, run=meter.run(), ephemerides=told.messages, **pages)
    beside = {f"{FLOWN_FOLDER}/{name}": content for name, content in files.items()}
    write_scenario(past.scenario, folder, beside=beside, force=asked.force)
    return past.scenario


def check_scenario(folder: Path, *, errors: Path | None = None, force: bool = False) -> Scenario:
    """Read and validate a scenario folder or workbook.

    Raises ScenarioError with every fault found; then `errors`, if it is given, is a workbook of what was read with the faulty
    cells coloured. Raises Refused for an `errors` that exists unless `force`, or that is the scenario itself.
    """
    if errors is None:
        return read_scenario(folder)
    refuse_other_kinds(errors)
    if not is_workbook(errors):
        raise ScenarioError("the faults are written as a workbook", fix="give a name that ends in .xlsx", where=str(errors))
    refuse_outputs((errors,), (folder,), force=force)
    faults: list[Fault] = []
    scenario = scenario_or_faults(folder, faults)
    if scenario is not None:
        return scenario
    error = ScenarioError.of(sorted(faults), where=str(folder))
    if write_mending(folder, errors, faults, force=force):
        error.fix = f"mend the coloured cells of {errors} and check that file"
    raise error


def remarks_on(scenario: Scenario) -> tuple[str, ...]:
    """What a sound scenario states that is not as computed: values of listed ways whose route is a computed one."""
    return remarks_on_listed(scenario, transfer_catalogue()) if any(row.route for row in scenario.transfer_windows) else ()


def convert_scenario(source: Path, out: Path, *, force: bool) -> Scenario:
    """Write a scenario, folder or workbook, as the other: a workbook where `out` ends in .xlsx, else a folder.

    Raises ScenarioError for faulty input, Refused for an `out` that exists unless `force`.
    """
    refuse_other_kinds(out)
    refuse_within(out, source)
    if is_workbook(out):
        refuse_existing_file(out, force=force)
        scenario = read_scenario(source)
        write_scenario_book(scenario, out, force=force)
    else:
        refuse_existing(out, force=force)
        scenario = read_scenario(source)
        write_scenario(scenario, out, force=force)
    return scenario


def make_template(out: Path, *, force: bool) -> None:
    """Write a workbook to fill in.

    Raises ScenarioError for a name that is no workbook's, Refused for one that exists unless `force`.
    """
    if not is_workbook(out):
        raise ScenarioError("a template is a workbook", fix="give a name that ends in .xlsx", where=str(out))
    write_template(out, force=force)


def plan_scenario(
    folder: Path,
    out: Path,
    *,
    seed: int | None = None,
    limit_s: float | None = None,
    partial: bool = False,
    baseline: bool = False,
    force: bool = False,
    watch: StageWatch = unwatched,
) -> OperationsPlan:
    """Plan a scenario, folder or workbook, into a plan folder, judged by the referee before it is written.

    Raises ScenarioError for faulty input, Refused for an `out` that exists, and NoPlan, with the binding causes, where a
    promise can't be kept, unless `partial` (or `baseline`, which promises nothing) is asked for.
    """
    refuse_within(out, folder, fix="choose another folder for --out")
    refuse_existing(out, force=force, like=[PLAN_FILE])
    refuse_unwritable(out)
    old_calendar(out)  # one that can't be continued is told now, not when the plan is made
    meter, fuse = Meter(watch), FuseClock(limit_s)
    scenario = read_scenario(folder)
    if seed is not None:
        scenario = replace(scenario, settings=replace(scenario.settings, seed=seed))
    plan = plan_year(scenario, planner=BASELINE if baseline else OPTIMISED, watch=meter, fuse=fuse)
    meter("judging", 0.0)
    plan = replace(plan, kpis=measure_kpis(plan), risks=register_risks(plan, read_risks(scenario).risks))
    plan = replace(plan, violations=judge(plan))
    broken = tuple(violation for violation in plan.violations if violation.hard)
    if not broken:
        plan = replace(plan, causes=())  # the planner counts more strictly than the rules ask
    elif not (partial or baseline):
        raise refusal_of(plan, broken, str(folder))
    meter("writing", 0.0)
    told = ephemerides_of(plan, transfer_catalogue())
    plan = replace(plan, untraced=told.untraced)
    summary = summarise(plan)
    pages: dict[str, Any] = {"report_html": render_report(plan, summary), "front": front_figures(plan, summary)}
    write_plan(plan, out, run=meter.run(), ephemerides=told.messages, **pages, force=force)
    return plan


def refusal_of(plan: OperationsPlan, broken: tuple[Violation, ...], where: str) -> NoPlan:
    """The refusal of a plan that breaks promises: the planner's own sentences, then what the referee found."""
    untold = [violation for violation in broken if not _is_told(violation, plan.causes)]
    found = [f"{violation.rule} {violation.object} {violation.text}" for violation in untold[:CAUSES_SHOWN]]
    more = [f"and {len(untold) - CAUSES_SHOWN} more"] if len(untold) > CAUSES_SHOWN else []
    stopped = [stage.stage for stage in plan.stages if stage.fuse_blown]
    hasty = [f"the time limit stopped {' and '.join(stopped)} before the search was done"] if stopped else []
    longer = "give more time with --limit-s, " if stopped else ""
    head = "the time is up and no plan found keeps every promise" if stopped else "no plan keeps every promise"
    return NoPlan(
        f"{head}: {len(broken)} hard rule{'s' if len(broken) > 1 else ''} would be broken",
        fix=f"{longer}change what binds, or ask for the best partial plan with --partial",
        where=where,
        causes=(*hasty, *plan.causes, *found, *more),
    )


def _is_told(violation: Violation, causes: tuple[str, ...]) -> bool:
    """Whether a sentence of the planner names the must line or must mission that the referee misses; it says why, too."""
    if violation.rule not in ("must-line", "must-mission"):
        return False
    named = f"{violation.rule.replace('-', ' ')} {violation.object}"
    return any(cause.startswith((f"{named} ", f"{named}#")) for cause in causes)


def verify_plan(folder: Path) -> tuple[Violation, ...]:
    """Judge a plan folder, whoever wrote it; waived violations are taken out."""
    plan = read_plan(folder)
    return tuple(sorted((*unwaived(judge(plan), plan.waivers), *digest_violations(folder))))


def summary_of(plan: OperationsPlan) -> Summary:
    """What a manager reads first."""
    return summarise(plan)
