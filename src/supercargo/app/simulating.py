"""The use case of simulation: a plan folder flown through many futures, told as tables, JSON and a page."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from supercargo.app.metering import peak_mb
from supercargo.app.simulate_answer import SimulateAnswer
from supercargo.kernel import canonical_json, format_utc, plain
from supercargo.model import RISK_TABLES, SCENARIO_TABLES, Chances, OperationsPlan, RiskReport
from supercargo.report.risk import render_risk
from supercargo.simulate.monte_carlo import refuse_counts
from supercargo.simulate.risk import simulate_plan
from supercargo.store import (
    digest_of_plan,
    read_chances,
    read_plan,
    refuse_existing,
    refuse_unwritable,
    refuse_within,
    write_rows,
)
from supercargo.store.chances import CHANCE_ATTRIBUTES, with_chances_of
from supercargo.store.folders import write_whole

__all__ = ["RISK_JSON", "RISK_PAGE", "SimulationAsked", "cores", "risk_answer", "risk_files", "simulate_folder"]

RISK_PAGE, RISK_JSON, RUN_FILE = "risk.html", "risk.json", "run.json"


@dataclass(frozen=True, slots=True)
class SimulationAsked:
    """What a person asks of `simulate`; None is the plan's own seed, every core, and no folder."""

    folder: Path
    runs: int = 1000
    workers: int | None = None
    seed: int | None = None
    out: Path | None = None
    chances: Path | None = None
    force: bool = False


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def simulate_folder(asked: SimulationAsked, *, watch: Callable[[str, float], None] = lambda stage, share: None) -> RiskReport:
    """Fly a plan through many futures, and write what comes of it if a folder is asked for.

    Raises ScenarioError for a faulty plan folder, for chances that can't be meant and for numbers out of range, Refused for an
    `out` that exists unless `force`.
    """
    if asked.out:
        refuse_within(asked.out, asked.folder, fix="choose another folder for --out")
        refuse_existing(asked.out, force=asked.force, like=[RISK_JSON])
        refuse_unwritable(asked.out)
    began = time.perf_counter()
    workers = cores() if asked.workers is None else asked.workers
    refuse_counts(asked.runs, workers)
    watch("reading", 0.0)
    plan = read_plan(asked.folder)
    scenario = plan.scenario if asked.chances is None else with_chances_of(plan.scenario, asked.chances)
    plan, chances = replace(plan, scenario=scenario), read_chances(scenario)
    report = simulate_plan(
        plan,
        chances,
        seed=plan.scenario.settings.seed if asked.seed is None else asked.seed,
        runs=asked.runs,
        workers=workers,
        digest=digest_of_plan(asked.folder),
        watch=lambda share: watch("flying", share),
    )
    if asked.out:
        watch("writing", 0.0)
        files = risk_files(plan, chances, report)
        files[RUN_FILE] = _run(began, workers)
        write_whole(asked.out, files, force=asked.force)
    return report


def risk_files(plan: OperationsPlan, chances: Chances, report: RiskReport) -> dict[str, bytes]:
    """The tables, the chances they rest on, JSON and the page, by file name; the same bytes for the same report."""
    files = {table.file: write_rows(getattr(report, table.attribute), table.noun) for table in RISK_TABLES}
    given = dict(zip(CHANCE_ATTRIBUTES, (chances.rows, chances.slips), strict=True))
    files |= {
        table.file: write_rows(given[table.attribute], table.noun)
        for table in SCENARIO_TABLES
        if table.attribute in CHANCE_ATTRIBUTES
    }
    files[RISK_JSON] = canonical_json(plain(dict(risk_answer(report)))).encode()
    files[RISK_PAGE] = render_risk(plan, report).encode()
    return files


def risk_answer(report: RiskReport) -> SimulateAnswer:
    """The report as one object."""
    return {
        "scenario": report.scenario,
        "plan_digest": report.plan_digest,
        "as_of_utc": format_utc(report.as_of_utc),
        "seed": report.seed,
        "runs": report.runs,
        "driver_runs": report.driver_runs,
        "kpis": list(report.kpis),
        "spreads": list(report.spreads),
        "stocks": list(report.stocks),
        "drivers": list(report.drivers),
        "missions": list(report.missions),
        "margins": list(report.margins_usd),
        "chances": list(report.chances),
        "rules": list(report.rules),
    }


def _run(began: float, workers: int) -> bytes:
    """What the run took: the one file that differs between runs."""
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024.0)
    told = {
        "seconds": round(time.perf_counter() - began, 3),
        "workers": workers,
        "peak_mb": peak_mb(),
        "peak_worker_mb": round(largest, 1) if workers > 1 else 0.0,
    }
    return canonical_json(told).encode()
