"""D9, the performance analytics platform: what is measured, how it stands, how it moves, and what to improve."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from supercargo.measure.kpis import INTERVALS, KPIS
from supercargo.measure.measured import Measured
from supercargo.model import Kpi
from supercargo.report.blocks import (
    Block,
    Cell,
    Column,
    Decision,
    Document,
    Evidence,
    Figure,
    Heading,
    Missing,
    Number,
    Option,
    Table,
    Text,
)
from supercargo.report.charts import Band, Series, lines, matrix
from supercargo.report.deliverables.dues import before_horizon
from supercargo.report.deliverables.figures import kpi_of, targets_missed
from supercargo.report.deliverables.held import Held, made
from supercargo.report.deliverables.improving import basis_words, opportunity_table, pareto_figure, process_figures
from supercargo.report.deliverables.parts import kpi_blocks, missed_names

__all__ = ["document"]

QUESTION = (
    "For the director and whoever answers for a figure: how do we stand, which way do we move, and what do we mend first?"
)

_TRENDS = ("K1", "K3", "K5", "K9", "K10", "K16")


def document(held: Held) -> Document:
    """The performance analytics platform."""
    blocks: list[Block] = [Heading(words="How we stand"), _standing(held), _board(held), _first_to_mend(held)]
    blocks += [Heading(words="Key performance indicators"), *kpi_blocks(held, covers=("D9.1",)), _definitions()]
    blocks += [Heading(words="Dashboards"), _dashboards(), _readers()]
    blocks += [Heading(words="Trends"), *_trends(held), *process_figures(held, covers=("D9.3",)), _without(held)]
    blocks += [Heading(words="What to improve"), opportunity_table(held, covers=("D9.4",)), *_paretos(held), *_unknown(held)]
    blocks.append(_evidence(held))
    return made(held, "D9", QUESTION, blocks)


def _count(name: str, value: int, source: str) -> Number:
    return Number(key=f"analytics.{name}", value=float(value), unit="count", source=source)


def _standing(held: Held) -> Text:
    kpis = held.plan.kpis
    met, missed = [kpi for kpi in kpis if kpi.met], targets_missed(kpis)
    unknown = [kpi for kpi in kpis if kpi.value is None]
    source = "plan: kpis.csv"
    return Text(
        words="Sixteen KPIs are always told, all of them. As planned {} meet their target and {} miss it; of {} a plan can't"
        f" know the value before flights, and says so. Missed: {missed_names(missed)}. "
        "{} control charts can be drawn, and {} signals stand on them.",
        numbers=(
            _count("met", len(met), source),
            _count("missed", len(missed), source),
            _count("unknown", len(unknown), source),
            _count("charts", sum(bool(one.points) for one in held.improvement.charts), f"{basis_words(held)}: control charts"),
            _count(
                "signals", sum(len(one.signals) for one in held.improvement.charts), f"{basis_words(held)}: control charts"
            ),
        ),
        covers=("D9.1",),
    )


def _field(kpi: Kpi | None) -> tuple[str, str]:
    if kpi is None or kpi.value is None:
        return "not known", "band"
    words = f"{kpi.value / 1e6:,.0f} M" if kpi.unit == "USD" else f"{kpi.value:,.1f}"
    return words, "bad" if kpi.met is False else "good" if kpi.met else "five"


def _board(held: Held) -> Figure:
    """All KPIs on one sheet: planned, over futures, as flown, and what is asked for."""
    told = [("planned", held.plan.kpis), ("over futures", held.simulated.kpis if held.simulated else ())]
    told += [("as flown", held.recorded_kpis)] if held.recorded_kpis else []
    across = [*(name for name, _ in told), "asked for"]
    cells: dict[tuple[int, int], tuple[str, str]] = {}
    for row, one in enumerate(KPIS):
        for column, (_, kpis) in enumerate(told):
            cells[column, row] = _field(kpi_of(kpis, one.kpi_id))
        target = "–" if one.target is None else f"{one.target / 1e6:,.0f} M" if one.unit == "USD" else f"{one.target:g}"
        cells[len(told), row] = ("–" if one.target is None else f"{one.sense} {target}", "three")
    names = [f"{one.kpi_id} {one.name}" for one in KPIS]
    data = Table(
        title="Scoreboard as a table",
        source="plan: kpis.csv; simulation: means over futures; KPI definitions",
        columns=(Column(name="KPI"), *(Column(name=name) for name in across)),
        rows=tuple((name, *(cells[column, row][0] for column in range(len(across)))) for row, name in enumerate(names)),
    )
    return Figure(
        title="The scoreboard: dark fields miss their target",
        source="plan: kpis.csv; simulation: means over futures; KPI definitions",
        drawing=matrix(
            f"Sixteen KPIs: {', '.join(across)}",
            across,
            names,
            cells,
            across_name="basis",
            down_name="KPI",
        ),
        data=data,
        covers=("D9.2", "D9.1"),
    )


def _first_to_mend(held: Held) -> Decision:
    missed = [one for one in held.improvement.opportunities if one.kind == "target missed"]
    short = [one for one in held.improvement.opportunities if one.kind in ("out of control", "programme falls short")]
    chosen = (*missed[:3], *short[:2])
    options = tuple(Option(name=one.name, effect=one.words) for one in chosen)
    return Decision(
        question="Which figure is mended first, and who answers for it?",
        owner="Supply chain director",
        due=before_horizon(held),
        options=options,
        advice=(
            f"{chosen[0].name}: it departs most from what is asked for. An initiative or a lesson is opened on it; its effect"
            " is told by the same figure before and after."
            if chosen
            else "Nothing misses its target: keep measuring."
        ),
        covers=("D9.4",),
    )


def _definitions() -> Table:
    return Table(
        title="What each KPI counts",
        source="KPI definitions, those of supercargo kpi",
        columns=(
            Column(name="KPI"),
            Column(name="formula"),
            Column(name="asked for"),
            Column(name="unit"),
            Column(name="interval"),
        ),
        rows=tuple(
            (
                f"{one.kpi_id} {one.name}",
                one.formula,
                "–" if one.target is None else f"{one.sense} {one.target:,.0f}{' a year' if one.yearly else ''}",
                one.unit,
                INTERVALS[one.kpi_id],
            )
            for one in KPIS
        ),
        covers=("D9.1",),
    )


_PAGES: tuple[tuple[str, str, str, str], ...] = (
    ("today", "what is due, late, open or in conflict now", "event log, views", "each event"),
    ("KPIs", "the sixteen with target, interval, trend, causes, objects", "event log", "each time it is opened"),
    ("year, missions", "calendar, phases, gates, polls, countdown", "event log, released plan", "each event"),
    ("cargo, customers", "where each item is, custody, complaints, surveys", "event log", "each event"),
    ("money, risk", "cost, forecast, budget alarms; register, policies, claims", "event log, released plan", "each event"),
    ("quality", "non-conformances, corrective actions, lessons", "event log", "each event"),
    ("report of a plan", "one page of the year, KPIs with causes", "plan folder", "each plan"),
    ("improvement", "Pareto, control charts, before and after, programme", "plan folder, event log", "when it is asked for"),
    (
        "these documents",
        "decisions asked for, with numbers that have a source",
        "plan folder, simulation",
        "when they are made",
    ),
)


def _dashboards() -> Table:
    return Table(
        title="Which page shows what, from where, and how fresh",
        source="the program's own pages and commands (docs/board.md, docs/kpis.md, docs/improvement.md)",
        columns=(Column(name="page"), Column(name="shows"), Column(name="made from"), Column(name="made anew")),
        rows=_PAGES,
        covers=("D9.2",),
    )


def _readers() -> Text:
    return Text(
        words="Who sees what: a customer is shown K2, K3, K4, K11 and K12 over its own missions and lines alone; money takes a"
        " scope of its own. Each figure can be opened down to the objects and the events that it counts, and each object adds"
        " up to the figure.",
        points=(
            "supercargo kpi PLAN or --store URL: figures, with --drill the objects, as page, workbook, CSV or JSON",
            "GET /v1/kpis: the same figures for other programs",
            "supercargo improve: what to mend, and what initiatives save",
        ),
        covers=("D9.2",),
    )


def _trends(held: Held) -> list[Block]:
    known = [one for one in held.improvement.figures if one.kpi_id in _TRENDS and len(one.trend) > 1]
    return [_trend(held, one) for one in known] or [
        Missing(what="how figures move", needs="a plan with more than one month", opens=("D9.3",))
    ]


def _trend(held: Held, one: Measured) -> Figure:
    points = list(zip(_months(one), one.trend, strict=True))
    gaps = {x: None for before, after in pairwise(x for x, _ in points) for x in (before + 1.0,) if after > before + 1.0}
    scale = 1e6 if one.unit == "USD" else 1.0
    unit = "M USD" if one.unit == "USD" else one.unit
    band = [(x, p.low / scale, p.high / scale) for x, p in points if p.low is not None and p.high is not None]
    levels = [(f"target {one.sense}", one.target)] if one.target is not None and one.unit != "USD" else []
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (p.period, None if p.value is None else p.value / scale, p.count) for _, p in points
    )
    every = 1 + int(points[-1][0]) // 13
    path = {**gaps, **{x: None if p.value is None else p.value / scale for x, p in points}}
    return Figure(
        title=f"{one.kpi_id} {one.name} by month{_moved(one)}",
        source=f"{basis_words(held)}: {one.kpi_id} by the month of the date that counts",
        drawing=lines(
            f"{one.kpi_id} {one.name} by month",
            [Series(one.name, tuple(sorted(path.items())), "line")],
            unit=unit,
            bands=[Band("95 % interval", tuple(band))] if band else [],
            x_marks=[(x, p.period) for x, p in points if int(x) % every == 0],
            levels=levels,
        ),
        data=Table(
            title=f"{one.kpi_id} by month",
            source=f"{basis_words(held)}: {one.kpi_id}",
            columns=(Column(name="month"), Column(name=one.name, unit=unit, digits=1), Column(name="objects", unit="count")),
            rows=rows,
        ),
        covers=("D9.3",),
    )


def _months(one: Measured) -> list[float]:
    """Places of the periods of a trend on an axis of even months; a month in which nothing counts leaves its gap."""
    numbers = [12 * int(p.period[:4]) + int(p.period[5:7]) for p in one.trend]
    return [float(number - numbers[0]) for number in numbers]


def _moved(one: Measured) -> str:
    """In words whether the first and the last month can be told apart by their intervals."""
    first, last = one.trend[0], one.trend[-1]
    if first.low is None or first.high is None or last.low is None or last.high is None:
        return ""
    if last.low > first.high:
        return ": the last month lies above the first"
    return ": the last month lies below the first" if last.high < first.low else ": first and last month can't be told apart"


def _without(held: Held) -> Text:
    none = [f"{chart.name}: {chart.missing}" for chart in held.improvement.charts if chart.missing]
    return Text(
        words="Control charts ask the four Western Electric rules: one point beyond 3 sigma, two of three beyond 2, four of"
        " five beyond 1, eight in a row on one side. A process in control raises a false alarm about once in 92 points."
        + (" Charts that can't be drawn:" if none else ""),
        points=tuple(none),
    )


def _paretos(held: Held) -> Iterable[Figure]:
    for told in (*held.improvement.failures, held.improvement.costs[0]):
        if told.rows:
            yield pareto_figure(held, told, covers=("D9.4",))


def _unknown(held: Held) -> list[Block]:
    names = [f"{kpi.kpi_id} {kpi.name}" for kpi in held.plan.kpis if kpi.value is None]
    if not names or held.improvement.basis == "operations":
        return []
    return [Missing(what=f"what only flights tell: {', '.join(names)}", needs="the record of operations: a store")]


def _evidence(held: Held) -> Evidence:
    return Evidence(
        claim="Each figure is counted object by object, and a second count from the raw files agrees with it in the tests.",
        rests_on=(
            f"plan folder, digest {held.footer.digest}",
            f"simulation: {held.footer.runs} futures, seed {held.footer.seed}",
            "rules and limits of control charts: Western Electric (1956), NIST/SEMATECH e-Handbook 6.3, Montgomery",
            "false alarms once in 91.75 points with the four rules: Champ and Woodall (1987), found again by a Markov chain",
        ),
    )
