"""From many futures to a report: spreads, stocks at risk, bands of stock, drivers, missions, KPIs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from supercargo.kernel import DAY_S, as_written
from supercargo.measure.kpis import KPIS, REACHED
from supercargo.model import (
    CHANCES,
    Chances,
    Difference,
    Driver,
    InventoryRow,
    Kpi,
    MissionRisk,
    OperationsPlan,
    RiskReport,
    Spread,
    StockRisk,
)
from supercargo.simulate.dispatch import GROUNDED
from supercargo.simulate.monte_carlo import Case, Grid, Order, Sample, fly_futures, fly_unharmed, quantiles_by_day
from supercargo.simulate.outcomes import METRICS
from supercargo.simulate.spreads import probability_error, shared, spread_of
from supercargo.simulate.value import differences, measures_of

__all__ = ["DRIVER_METRICS", "DRIVER_RUNS", "RULES", "simulate_plan", "spreads_of_plan"]

Floats = npt.NDArray[np.float64]

DRIVER_RUNS = 1000
"""So many of the futures, at most, are flown again without each chance."""

DRIVER_METRICS = ("margin", "K1", "K3", "delivered up", "stock days below reserve", "stock days below zero")
"""What drivers are told of; the first orders them."""

MARGIN_BINS = 30

RULES = (
    "Nothing is planned anew: a mission keeps its cargo, type, pad and length of stay; its port may change for a free one of "
    "the same docking system. Time is lost that a planner would win back: the figures are those of a plan left alone.",
    "A lift-off waits for its slip or overrun (the larger counts), a stand-down of its family, its pad, a place in its "
    "processing room, its tail, a free port, the spacing of arrivals, blackouts, and the next chance to lift off. Crew hours, "
    "ranges, licences and the change of the way up with the date are not looked at.",
    "What has not lifted off by the end of the horizon is not flown in it: its lines are late, it earns and costs nothing, "
    "and lines due in the horizon owe the cap of their penalty.",
    "A lost mission earns nothing and its costs are spent, but for the days at the port; a tail that is lost flies no more.",
    "Slips are those of past missions, each resampled whole and stretched to the lead time; reports whose mission was held by "
    "its own family's stand-down are left out, because stand-downs are drawn apart.",
    "A load that reaches the launch site after its cut-off stays behind, earns nothing, and owes the cap of its penalty if it "
    "is due in the horizon.",
    "The damaged share of a load earns nothing and is no stock. Money is without insurance.",
    "Use of a stock is its forecast times a factor for the horizon and one for each 30 days; below zero it goes on, and what "
    "is short is filled first.",
)
"""What the simulation does and leaves out."""


def simulate_plan(
    plan: OperationsPlan,
    chances: Chances,
    *,
    seed: int,
    runs: int,
    workers: int = 1,
    digest: str = "",
    watch: Callable[[float], None] = lambda share: None,
) -> RiskReport:
    """Fly a plan through many futures and tell what comes of it.

    The same plan, chances, seed and runs give the same report whatever the number of workers. `watch` hears the
    share that is done. Raises ScenarioError for runs or workers out of range.
    """
    case = Case.of(plan, chances)
    present = tuple(name for name in CHANCES if any(row.chance == name for row in chances.rows))
    again = min(runs, DRIVER_RUNS)
    orders = [Order(case=case, seed=seed, runs=runs, banded=True)]
    orders += [Order(case=Case.of(plan, chances.without([name])), seed=seed, runs=again) for name in present]
    (sample, grid), *others = fly_futures(orders, workers=workers, watch=watch)
    if grid is None:
        raise ValueError("bands were asked for")
    numbers, arrived, there = fly_unharmed(case)
    settings = plan.scenario.settings
    spreads = (*_spreads(case, sample, numbers, arrived), *_stock_spreads(case, sample, there))
    return RiskReport(
        scenario=settings.name,
        plan_digest=digest,
        as_of_utc=settings.as_of_utc,
        seed=seed,
        runs=runs,
        driver_runs=again,
        spreads=spreads,
        stocks=tuple(_stocks(case, sample, there)),
        bands=tuple(_bands(case, sample, grid)),
        drivers=tuple(_drivers(present, sample, [one for one, _ in others])),
        missions=tuple(_missions(case, sample)),
        kpis=tuple(_kpis(plan, spreads, runs, seed)),
        margins_usd=_histogram(measures_of(sample)["margin"]),
        chances=chances.rows,
        rules=RULES,
    )


def spreads_of_plan(
    plan: OperationsPlan,
    chances: Chances,
    *,
    seed: int,
    runs: int,
    workers: int = 1,
    watch: Callable[[float], None] = lambda share: None,
) -> tuple[Spread, ...]:
    """How the figures spread over the futures that `simulate_plan` flies: its spreads, without stocks, bands and drivers.

    Raises ScenarioError for runs or workers out of range.
    """
    case = Case.of(plan, chances)
    ((sample, _),) = fly_futures([Order(case=case, seed=seed, runs=runs)], workers=workers, watch=watch)
    numbers, arrived, _ = fly_unharmed(case)
    return tuple(_spreads(case, sample, numbers, arrived))


def _spreads(case: Case, sample: Sample, numbers: Floats, arrived: Floats) -> Iterator[Spread]:
    for at, (name, unit) in enumerate(METRICS):
        yield spread_of(name, unit, sample.numbers[:, at], plan=float(numbers[at]))
    places = dict.fromkeys(mission.destination for mission in case.odds.missions)
    for at, place in enumerate(places):
        yield spread_of("delivered in the horizon", "kg", sample.arrived[:, at], about=place, plan=float(arrived[at]))


def _stock_spreads(case: Case, sample: Sample, there: Floats) -> Iterator[Spread]:
    for at, (place, supply_class) in enumerate(case.course.stock_names):
        lowest = float(there[at].min())
        yield spread_of("lowest stock", "kg", sample.lowest[:, at], about=f"{supply_class}@{place}", plan=lowest)


def _stocks(case: Case, sample: Sample, there: Floats) -> Iterator[StockRisk]:
    runs = len(sample.numbers)
    for at, (place, supply_class) in enumerate(case.course.stock_names):
        short, empty = float((sample.short_d[:, at] > 0).mean()), float((sample.empty_d[:, at] > 0).mean())
        yield as_written(
            StockRisk(
                destination=place,
                supply_class=supply_class,
                below_reserve_probability=short,
                below_reserve_error=probability_error(short, runs),
                below_zero_probability=empty,
                below_zero_error=probability_error(empty, runs),
                below_reserve_d=float(sample.short_d[:, at].mean()),
                below_zero_d=float(sample.empty_d[:, at].mean()),
                lowest_p05_kg=float(np.quantile(sample.lowest[:, at], 0.05)),
                lowest_p50_kg=float(np.quantile(sample.lowest[:, at], 0.5)),
                plan_lowest_kg=float(there[at].min()),
            )
        )


def _bands(case: Case, sample: Sample, grid: Grid) -> Iterator[InventoryRow]:
    low, high = quantiles_by_day(sample, grid, (0.05, 0.95))
    runs, start = len(sample.numbers), case.odds.plan.scenario.settings.start_utc
    mean, inbound = sample.stock_sum / runs, sample.inbound_sum / runs
    for at, (place, supply_class) in enumerate(case.course.stock_names):
        for day in range(mean.shape[1]):
            yield as_written(
                InventoryRow(
                    destination=place,
                    supply_class=supply_class,
                    day_utc=start + timedelta(days=day),
                    on_hand_kg=float(mean[at, day]),
                    p05_kg=float(low[at, day]),
                    p95_kg=float(high[at, day]),
                    reserve_kg=float(case.course.stocks.reserve[at]),
                    inbound_kg=float(inbound[at, day]),
                )
            )


def _drivers(present: Sequence[str], sample: Sample, others: Sequence[Sample]) -> Iterator[Driver]:
    """Each chance that may happen, by its effect on the margin; `others` are the same futures, each without one of them."""
    found: list[tuple[float, str, list[Driver]]] = []
    for name, without in zip(present, others, strict=True):
        told = {one.metric: one for one in differences(sample, without)}
        rows = [_driver(name, told[metric]) for metric in DRIVER_METRICS]
        found.append((-abs(rows[0].effect or 0.0), name, rows))
    for _, _, rows in sorted(found, key=lambda one: one[:2]):
        yield from rows


def _driver(chance: str, told: Difference) -> Driver:
    return Driver(
        chance=chance,
        metric=told.metric,
        unit=told.unit,
        effect=told.effect,
        effect_error=told.effect_error,
        runs=told.runs,
    )


def _missions(case: Case, sample: Sample) -> Iterator[MissionRisk]:
    told = measures_of(sample)
    rows = []
    for at, mission in enumerate(case.odds.missions):
        slip_d = sample.slip_s[:, at] / DAY_S
        flown = sample.when[:, at] < GROUNDED
        delay_d = (sample.when[flown, at] - case.course.timing.launch[at]) / DAY_S
        p50, p95 = np.quantile(delay_d, (0.5, 0.95)) if len(delay_d) else (math.nan, math.nan)
        rows.append(
            as_written(
                MissionRisk(
                    mission_id=mission.mission_id,
                    destination=mission.destination,
                    launch_utc=mission.launch_utc,
                    flown_probability=float(flown.mean()),
                    lost_probability=float(sample.lost[:, at].mean()),
                    slip_d=float(slip_d.mean()),
                    delay_p50_d=float(p50) if math.isfinite(p50) else None,
                    delay_p95_d=float(p95) if math.isfinite(p95) else None,
                    margin_share=shared(slip_d, told["margin"]),
                    on_time_share=shared(slip_d, told["on-time lines"]),
                    stock_share=shared(slip_d, told["stock days below reserve"]),
                )
            )
        )
    yield from sorted(rows, key=lambda row: (-row.stock_share, row.mission_id))


def _kpis(plan: OperationsPlan, spreads: Sequence[Spread], runs: int, seed: int) -> Iterator[Kpi]:
    """All sixteen; those that a simulation can't know stay empty and say what is missing."""
    known = {one.metric: one for one in spreads if not one.object}
    years = plan.scenario.settings.years
    for definition in KPIS:
        one = known.get(definition.kpi_id)
        target = definition.target * years if definition.yearly and definition.target is not None else definition.target
        if one is None or one.mean is None:
            missing = definition.missing or "a base year, or a figure that this simulation follows"
            words, value = f"a simulation can't know this; missing: {missing}", None
        else:
            value = one.mean
            words = (
                f"mean of {one.runs:,} futures of seed {seed} (standard error {_said(one.mean_error)}); p05 {_said(one.p05)}, "
                f"p50 {_said(one.p50)}, p95 {_said(one.p95)}; plan {_said(one.plan)}; nothing is planned anew"
            )
        yield as_written(
            Kpi(
                kpi_id=definition.kpi_id,
                name=definition.name,
                value=value,
                target=target,
                unit=definition.unit,
                met=None if value is None or target is None else REACHED[definition.sense](value, target),
                basis="simulation" if value is not None else "",
                causes=words,
            )
        )


def _said(value: float | None) -> str:
    if value is None:
        return "not defined"
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def _histogram(values: Floats) -> tuple[tuple[float, float, int], ...]:
    """From, to, and futures in between."""
    counts, edges = np.histogram(values[np.isfinite(values)], bins=MARGIN_BINS)
    return tuple(
        (round(float(low), 2), round(float(high), 2), int(count))
        for low, high, count in zip(edges, edges[1:], counts, strict=False)
    )
