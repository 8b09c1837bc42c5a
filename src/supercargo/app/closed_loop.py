"""The use case of the closed loop: years of operations with the planner in the loop beside first come, first served."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from supercargo.app.reference import reference_year
from supercargo.app.simulating import cores
from supercargo.kernel import ScenarioError, Watch, canonical_json, never, plain, silent
from supercargo.measure.years import YEAR_MEASURES, compare_years
from supercargo.model import POLICIES, ClosedLoop, Event, Future, Limits, OperationsPlan, PairRow, Scenario, YearRow
from supercargo.plan.first_come_again import serve_again
from supercargo.plan.pipeline import BASELINE, OPTIMISED, plan_year
from supercargo.plan.replan import replan_year
from supercargo.report.years import render_years
from supercargo.simulate.draws import draw_future
from supercargo.simulate.years import CONFERENCE_D, LARGE_SLIP_D, Policy, fly_year, year_row
from supercargo.simulate.years_carry import NOTHING_CARRIED, carried_into, with_carried
from supercargo.store import (
    PLAN_FILE,
    read_catalogue,
    read_chances,
    read_plan,
    read_scenario,
    refuse_existing,
    refuse_unwritable,
    refuse_within,
    write_rows,
)
from supercargo.store.chances import with_chances_of
from supercargo.store.folders import write_whole

__all__ = ["LIGHT", "MOST_YEARS", "YEARS_PAGE", "YearsAsked", "fly_years", "years_files", "years_folder"]

YEARS_PAGE, YEARS_JSON = "years.html", "years.json"

MOST_YEARS = 100

REFERENCE = "reference-year"

LIGHT = Limits(
    schedule_work=0.5,
    schedule_gap=0.02,
    manifest_gap=0.05,
    manifest_nodes=20,
    stowage_rounds=1,
    stowage_tries=1,
    demand_samples=20,
)
"""Work that either planner may do for each plan: a hundredth to a tenth of what a plan by itself gets."""

_EFFORTS = ("schedule_work", "manifest_nodes", "stowage_rounds", "stowage_tries", "demand_samples")
_GAPS = ("schedule_gap", "manifest_gap")


@dataclass(frozen=True, slots=True, kw_only=True)
class YearsAsked:
    """What a person asks of years of operations: `runs` chains of `years` years each, from a scenario or the one of a plan.

    None is the scenario's own seed, every core, and the scenario's chances.
    """

    folder: Path
    out: Path
    years: int = 10
    runs: int = 1
    seed: int | None = None
    workers: int | None = None
    chances: Path | None = None
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """Years of one seed under one planner, which follow one another."""

    scenario: Scenario
    seed: int
    years: int
    policy: str


def years_folder(asked: YearsAsked, *, watch: Watch = silent) -> ClosedLoop:
    """Years of operations under both planners, written as a folder of tables and a page.

    Raises ScenarioError for a folder that can't be read and for numbers out of range, Refused for an `out` that exists.
    """
    workers = cores() if asked.workers is None else asked.workers
    limits = (("--years", asked.years, MOST_YEARS), ("--runs", asked.runs, 1000), ("--workers", workers, 256))
    for word, value, most in limits:
        if not 1 <= value <= most:
            raise ScenarioError(f"{value} is asked for", fix=f"ask for 1 to {most}", where=word)
    refuse_within(asked.out, asked.folder, fix="choose another folder for --out")
    refuse_existing(asked.out, force=asked.force, like=[YEARS_PAGE])
    refuse_unwritable(asked.out)
    is_plan = (asked.folder / PLAN_FILE).is_file()
    scenario = read_plan(asked.folder).scenario if is_plan else read_scenario(asked.folder)
    if asked.chances is not None:
        scenario = with_chances_of(scenario, asked.chances)
    found = fly_years(scenario, asked, watch=watch)
    write_whole(asked.out, years_files(found), force=asked.force)
    return found


def years_files(found: ClosedLoop) -> dict[str, bytes]:
    """The page, the tables and JSON, by file name."""
    return {
        YEARS_PAGE: render_years(found).encode(),
        YEARS_JSON: canonical_json(plain(found)).encode(),
        "years.csv": write_rows(found.rows, YearRow),
        "pairs.csv": write_rows(found.pairs, PairRow),
    }


def fly_years(scenario: Scenario, asked: YearsAsked, *, watch: Watch = silent) -> ClosedLoop:
    """Chains of years under both planners. The number of workers changes nothing but the time it takes."""
    first = scenario.settings.seed if asked.seed is None else asked.seed
    seeds = tuple(range(first, first + asked.runs))
    chains = [_Chain(scenario=scenario, seed=seed, years=asked.years, policy=name) for name in POLICIES for seed in seeds]
    rows = _flown(chains, cores() if asked.workers is None else asked.workers, watch)
    return ClosedLoop(
        scenario=scenario.settings.name,
        missions=len(scenario.missions),
        years=asked.years,
        seeds=seeds,
        rows=tuple(sorted(rows, key=lambda row: (row.seed, row.year, POLICIES.index(row.policy)))),
        pairs=compare_years(rows, YEAR_MEASURES),
        assumptions=_assumptions(scenario),
    )


def _flown(chains: Sequence[_Chain], workers: int, watch: Watch) -> list[YearRow]:
    rows: list[YearRow] = []
    if workers == 1:
        for place, chain in enumerate(chains):
            for row in _fly_chain(chain):
                rows.append(row)
                watch((place + row.year / chain.years) / len(chains))
        return rows
    with ProcessPoolExecutor(min(workers, len(chains)), mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(_whole_chain, chain) for chain in chains]
        for count, done in enumerate(as_completed(waiting), 1):
            rows += done.result()
            watch(count / len(chains))
    return rows


def _whole_chain(chain: _Chain) -> list[YearRow]:
    return list(_fly_chain(chain))


def _fly_chain(chain: _Chain) -> Iterator[YearRow]:
    policy, carried = _policy(chain.policy), NOTHING_CARRIED
    for year in range(1, chain.years + 1):
        drawn = _drawn_year(chain.scenario, chain.seed, year)
        future = with_carried(_future(drawn, chain.seed, year), carried)
        flown = fly_year(carried_into(drawn, carried), future, policy, mark=f".{year}")
        carried = flown.carried
        yield year_row(flown, seed=chain.seed, year=year, policy=chain.policy)


def _drawn_year(scenario: Scenario, seed: int, year: int) -> Scenario:
    """The demand of one year: a reference year is drawn anew, any other scenario comes again with other luck in its demand."""
    own = seed * 1000 + year
    if scenario.settings.name == REFERENCE:
        drawn = reference_year(read_catalogue(), seed=own, missions=len(scenario.missions))
        drawn = replace(drawn, chances=scenario.chances, slip_records=scenario.slip_records)
    else:
        drawn = replace(scenario, settings=replace(scenario.settings, seed=own))
    return replace(drawn, settings=replace(drawn.settings, limits=_light(scenario.settings.limits)), digest="")


def _light(limits: Limits) -> Limits:
    """The lesser effort of the scenario's limits and of light ones."""
    efforts = {name: min(getattr(limits, name), getattr(LIGHT, name)) for name in _EFFORTS}
    gaps = {name: max(getattr(limits, name), getattr(LIGHT, name)) for name in _GAPS}
    return replace(limits, **efforts, **gaps)


def _future(drawn: Scenario, seed: int, year: int) -> Future:
    """What befalls a year, drawn on a plan of it that no chain flies, so that it is the same for both planners."""
    neutral = plan_year(drawn, planner=BASELINE, watch=_nobody)
    return draw_future(neutral, read_chances(drawn), seed=seed, index=year)


def _policy(name: str) -> Policy:
    if name == POLICIES[0]:
        return Policy(name, lambda scenario: plan_year(scenario, planner=OPTIMISED, watch=_nobody, fuse=never), _replanned)
    return Policy(name, lambda scenario: plan_year(scenario, planner=BASELINE, watch=_nobody), _served_again)


def _replanned(plan: OperationsPlan, events: Sequence[Event], at: datetime) -> OperationsPlan:
    return replan_year(plan, events, as_of_utc=at, watch=_nobody).plan


def _served_again(plan: OperationsPlan, events: Sequence[Event], at: datetime) -> OperationsPlan:
    return serve_again(plan, events, as_of_utc=at)


def _nobody(stage: str, share: float) -> None:
    """Nobody watches the stages of one plan among hundreds."""


def _assumptions(scenario: Scenario) -> tuple[str, ...]:
    again = scenario.settings.name == REFERENCE
    return (
        "Each year's demand is that of a reference year of another seed."
        if again
        else "Each year has the scenario's cargo again; only chance differs.",
        "Every year has the calendar of the scenario: the same orbits, windows and seasons.",
        "Both planners meet the same futures: slips, losses with stand-downs, ports that are out, overruns and use are drawn "
        "once for each year, from the chances of the scenario or else of the catalogue.",
        f"News is looked at every {CONFERENCE_D:g} days, where a slip of {LARGE_SLIP_D:g} days or more is planned for; a "
        "loss, a port that is out and a scrub are answered at once. The planner replans with the least disturbance; first "
        "come, first served deals with what is left in its own order.",
        "Damage and late suppliers are not flown here.",
        "Stock is carried from year to year, with the use that came true. A mission that has not lifted off by the end of its "
        "year waits for the next with its cargo and a new due date, counted as due in both. Cargo turned away or lost does "
        "not return.",
        f"Work of a plan is limited: {LIGHT.schedule_work:g} units for the schedule, {LIGHT.manifest_nodes:g} nodes for each "
        f"group of the manifest, {LIGHT.stowage_rounds:g} round of stowage; both planners alike.",
    )
