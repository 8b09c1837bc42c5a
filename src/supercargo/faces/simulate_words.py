"""What many futures come to, in words: spreads, stocks at risk, drivers, missions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from supercargo.app.simulating import RISK_PAGE, SimulationAsked, risk_answer, simulate_folder
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.faces.progress import Progress
from supercargo.kernel import plain
from supercargo.model import Driver, RiskReport, Spread

__all__ = ["simulate", "simulation_lines"]

STAGES = {"reading": 0.03, "flying": 0.94, "writing": 0.03}
_MOST_LISTED = 10
_KPIS = ("K1", "K2", "K3", "K4", "K5", "K9", "K10", "K10 chain", "K13", "K16")
_SUMS = ("flown missions", "lost missions", "delivered up", "penalties", "service cost", "margin", "mean delay")


def simulate(asked: SimulationAsked, *, as_json: bool) -> None:
    """Fly the futures, write what is asked for, and tell."""
    with answering(as_json=as_json), Progress(shares=STAGES) as watch:
        report = simulate_folder(asked, watch=watch)
    if as_json:
        print_json(plain(dict(risk_answer(report))))
        return
    lines = [*simulation_lines(report), *(["", f"Page: {asked.out / RISK_PAGE}"] if asked.out else [])]
    tell_lines(lines)


def simulation_lines(report: RiskReport) -> Iterator[str]:
    """The report on a terminal."""
    yield f"{report.runs:,} futures of {report.scenario}, seed {report.seed}; nothing is planned anew in them"
    yield ""
    yield f"{'':<18}{'plan':>16}{'mean':>16}{'error':>12}{'p05':>16}{'p50':>16}{'p95':>16}"
    for name in (*_KPIS, *_SUMS):
        yield _spread_line(report.spread(name))
    yield ""
    yield "Stocks most likely below reserve"
    stocks = sorted(report.stocks, key=lambda one: (-one.below_zero_probability, -one.below_reserve_probability))
    for one in stocks[:_MOST_LISTED]:
        name = f"{one.supply_class} at {one.destination}"
        reserve = f"below reserve {100 * one.below_reserve_probability:5.1f} %"
        yield f"  {name:<32} {reserve}, below zero {100 * one.below_zero_probability:5.1f} % of futures"
    yield from _more(len(stocks), "stock_risk.csv")
    yield ""
    yield f"What drives the margin: with it less without it, mean over {report.driver_runs:,} of these futures"
    for driver in (one for one in report.drivers if one.metric == "margin"):
        yield f"  {driver.chance:<16} {_signed(driver)}; {_other(report.drivers, driver.chance)}"
    yield ""
    yield "Missions whose slips explain most of the stock days below reserve"
    for mission in report.missions[:_MOST_LISTED]:
        delay = "never flown" if mission.delay_p50_d is None else f"median delay {mission.delay_p50_d:.0f} d"
        flown = f"flown in {100 * mission.flown_probability:.0f} %"
        share = f"{100 * mission.stock_share:5.1f} % of the spread"
        yield f"  {mission.mission_id:<10} {share}; slip {mission.slip_d:.0f} d, {delay}, {flown}"
    yield from _more(len(report.missions), "mission_risk.csv")


def _more(count: int, file: str) -> Iterator[str]:
    if count > _MOST_LISTED:
        yield f"  and {count - _MOST_LISTED} more, see {file}"


def _spread_line(one: Spread) -> str:
    cells = (one.plan, one.mean, one.mean_error, one.p05, one.p50, one.p95)
    widths = (16, 16, 12, 16, 16, 16)
    told = "".join(f"{_number(value):>{width}}" for value, width in zip(cells, widths, strict=True))
    return f"{one.metric:<18}{told} {one.unit}"


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.2f}"


def _signed(driver: Driver) -> str:
    if driver.effect is None:
        return "not defined"
    return f"{driver.effect / 1e6:+10.1f} MUSD (error {(driver.effect_error or 0.0) / 1e6:.1f})"


def _other(drivers: Sequence[Driver], chance: str) -> str:
    told = {one.metric: one for one in drivers if one.chance == chance}
    words = (("K3", "percent points of K3"), ("stock days below reserve", "stock days below reserve"))
    return ", ".join(f"{told[metric].effect or 0.0:+,.1f} {word}" for metric, word in words if metric in told)
