"""KPIs as many futures of a plan bring them: mean and interval of what a future determines, the reason for all others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from supercargo.app.kpis import Futures, Wanted
from supercargo.app.simulating import cores
from supercargo.measure.kpi_tables import KpiStudy
from supercargo.measure.kpis import KPIS
from supercargo.measure.measuring import Simulated, measure_simulation
from supercargo.model import Spread
from supercargo.simulate.monte_carlo import refuse_counts
from supercargo.simulate.risk import spreads_of_plan
from supercargo.store import read_chances, read_plan

__all__ = ["simulated_study"]


def simulated_study(
    folder: Path, futures: Futures, wanted: Wanted, *, watch: Callable[[float], None] = lambda share: None
) -> KpiStudy:
    """The KPIs of a plan folder over its futures, those of `supercargo simulate` with the same seed and number.

    Raises ScenarioError for a faulty plan folder and for numbers out of range.
    """
    workers = cores() if futures.workers is None else futures.workers
    refuse_counts(futures.runs, workers)
    plan = read_plan(folder)
    settings = plan.scenario.settings
    seed = settings.seed if futures.seed is None else futures.seed
    chances = read_chances(plan.scenario)
    spreads = spreads_of_plan(plan, chances, seed=seed, runs=futures.runs, workers=workers, watch=watch)
    known = [_band(one, futures.runs, seed) for one in spreads if not one.object]
    kpis = measure_simulation((one for one in known if one is not None), years=settings.years)
    return KpiStudy(
        of=settings.name,
        basis="simulation",
        start_utc=settings.start_utc,
        end_utc=settings.end_utc,
        as_of_utc=settings.as_of_utc,
        period=wanted.period,
        kpis=tuple(one for one in kpis if not wanted.ids or one.kpi_id in wanted.ids),
    )


def _band(one: Spread, runs: int, seed: int) -> Simulated | None:
    """The band of a figure; None of one that no future defines, and of figures that are no KPI."""
    if one.mean is None or one.p05 is None or one.p95 is None or one.metric not in {kpi.kpi_id for kpi in KPIS}:
        return None
    return Simulated(
        kpi_id=one.metric, value=one.mean, p05=one.p05, p95=one.p95, runs=runs, seed=seed, known=one.runs, plan=one.plan,
        error=one.mean_error,
    )  # fmt: skip
