"""Improvement on the terminal, on one self-contained page, and as blocks of figures for a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from supercargo.kernel import format_utc
from supercargo.measure.before_after import BeforeAfter
from supercargo.measure.control_charts import ControlChart
from supercargo.measure.improvement import Improvement, LessonTold, Opportunity
from supercargo.measure.pareto import Pareto
from supercargo.measure.programme import Driver, Interaction, Programme, Sensitivity
from supercargo.measure.progress import ProgressPoint
from supercargo.model import Figure, Figures, InitiativeSaving
from supercargo.report.improve_charts import draw_control_chart, draw_pareto, draw_tornado
from supercargo.report.svg import PALETTE
from supercargo.report.templating import template_of

__all__ = ["improvement_figures", "improvement_lines", "render_improvement"]

_MOST = 6


def _musd(usd: float | None) -> str:
    return "-" if usd is None else f"{usd / 1e6:,.2f}"


def improvement_lines(told: Improvement) -> list[str]:
    """What a person reads: what to look at, what costs and fails most, processes, comparisons, the programme, lessons."""
    lines = [f"{told.of}: {told.basis}, as of {format_utc(told.as_of_utc)}", "", "To look at"]
    lines += [f"{row.rank:>3} {row.kind:<22} {row.name}: {row.words}" for row in told.opportunities[: _MOST * 2]] or [
        "    nothing"
    ]
    for pareto in (told.costs[0], *(one for one in told.failures if one.rows)):
        lines += ["", pareto.name]
        lines += [
            f"{row.rank:>3} {_amount(pareto, row.amount):>14} {100 * row.cumulative:6.1f} %  {row.name}"
            for row in pareto.rows[:_MOST]
        ]
    lines += ["", "Control charts, four Western Electric rules", *_charts(told.charts)]
    if told.since_utc is not None:
        lines += ["", f"Before and after {format_utc(told.since_utc)[:10]}", *_compared(told.compared)]
    lines += _programme(told.programme)
    lines += _progress(told)
    lines += ["", *_lessons(told.lessons)]
    return lines


def _amount(pareto: Pareto, amount: float) -> str:
    return f"{amount / 1e6:,.1f} MUSD" if pareto.unit == "USD" else f"{amount:,.0f}"


def _charts(charts: Sequence[ControlChart]) -> Iterator[str]:
    for chart in charts:
        if chart.missing:
            yield f"    {chart.name}: no chart: {chart.missing}"
        elif not chart.signals:
            yield f"    {chart.name}: {len(chart.points)} points, in control"
        else:
            rules = ", ".join(f"rule {one.rule} at {one.at}" for one in chart.signals[:4])
            more = f" and {len(chart.signals) - 4} more" if len(chart.signals) > 4 else ""
            yield f"    {chart.name}: {len(chart.points)} points, {rules}{more}"


def _compared(rows: Sequence[BeforeAfter]) -> Iterator[str]:
    for row in rows:
        if row.before is None or row.after is None:
            yield f"    {row.name}: {row.verdict}: nothing on one side"
            continue
        span = f" ({row.low:+.4g} to {row.high:+.4g})" if row.low is not None and row.high is not None else ""
        p = f", p {row.p:.3f}" if row.p is not None else ""
        change = f"{row.before:.4g} to {row.after:.4g} {row.unit}{span}{p}"
        yield f"    {row.name}: {row.verdict}: {change}; {row.way}"


def _programme(told: Programme) -> Iterator[str]:
    yield ""
    template = "; the initiatives are a template: their figures are assumptions" if told.template else ""
    yield f"Cost programme, USD of {told.price_year}{template}"
    share = f"{told.together_percent:.1f} % of {_musd(told.service_usd)} MUSD that the service pays"
    yield f"    all together save {_musd(told.together_usd)} MUSD, {share}"
    yield f"    target {told.target_percent:g} %: {_musd(told.target_usd)} MUSD, {_musd(told.gap_usd)} missing"
    span = f"from {_musd(told.least_usd)} to {_musd(told.most_usd)} MUSD"
    yield f"    {span}; each alone adds up to {_musd(told.alone_usd)}; once {_musd(told.one_off_usd)} MUSD"
    earned = f"revenue {told.together_revenue_usd / 1e6:+,.2f} MUSD"
    yield f"    in this horizon, each from its month on: {_musd(told.horizon_usd)} MUSD; {earned}"
    if told.k15_percent is not None:
        chain = "whole chain, furnished flights too, each kilogram like for like"
        yield f"    K15 with all of them: {told.k15_percent:.1f} % ({chain})"
    if told.since_base_percent is not None:
        yield f"    K15 of the plan against {told.base_name}: {told.since_base_percent:.1f} %"
    for row in told.savings:
        saved = "not measured: it changes what is planned (--replan)" if row.saving_usd is None else _saved(row)
        yield f"{row.rank:>3} {row.initiative_id:<20} {row.state:<9} {saved}; {row.owner}"
    for pair in told.interactions[:_MOST]:
        yield f"    {pair.first} and {pair.second} together: {pair.usd / 1e6:+,.2f} MUSD beside both alone"


def _saved(row: InitiativeSaving) -> str:
    earned = f", revenue {(row.revenue_usd or 0) / 1e6:+,.2f}" if row.revenue_usd else ""
    back = f", paid back in {row.payback_d:,.0f} d" if row.payback_d is not None else ", never paid back"
    return f"{_musd(row.saving_usd)} MUSD ({_musd(row.least_usd)} to {_musd(row.most_usd)}){earned}{back}"


def _progress(told: Improvement) -> Iterator[str]:
    progress = told.progress
    yield ""
    if progress.missing:
        yield f"Progress: not known: {progress.missing}"
        return
    percent = f"{progress.reduction_percent:+.1f} %" if progress.reduction_percent is not None else "-"
    target = progress.points[-1].target_percent if progress.points else 0.0
    billed = f"billed {_musd(progress.actual_usd)} MUSD against {_musd(progress.planned_usd)} planned"
    yield f"Progress: {billed}: {percent} saved, path {target:.1f} %"
    for row in progress.initiatives:
        shared = f"; shared with {', '.join(row.shared)}" if row.shared else ""
        saved = f"{_musd(row.saved_usd)} MUSD of {_musd(row.expected_usd)} expected on {row.flights_count} flights"
        yield f"    {row.initiative_id}: {saved}: {row.test.verdict}{shared}"


def _lessons(lessons: Sequence[LessonTold]) -> Iterator[str]:
    if not lessons:
        yield "Lessons: none on record"
        return
    opened = sum(one.state == "open" for one in lessons)
    yield f"Lessons: {len(lessons)}, {opened} open"
    for one in lessons:
        changed = f"; {one.change}: {one.old} -> {one.new}, plan {one.digest[:12]}" if one.state == "closed" else ""
        yield f"    {one.lesson} {one.state}: {one.text}{changed}; {one.owner}"


def improvement_figures(told: Improvement) -> tuple[Figures, ...]:
    """Every table of improvement as a block; empty ones are left out."""
    programme = told.programme
    pareto_rows = [
        (one.name, one.unit, row.rank, row.name, row.amount, 100 * row.share, 100 * row.cumulative, row.vital)
        for one in (*told.costs, *told.failures)
        for row in one.rows
    ]
    point_rows = [
        (chart.name, chart.kind, point.label, point.value, point.lower, point.centre, point.upper, point.count)
        for chart in told.charts
        for point in chart.points
    ]
    signal_rows = [
        (chart.name, one.rule, one.words, one.at, one.side, ", ".join(one.points))
        for chart in told.charts
        for one in chart.signals
    ]
    blocks = [
        _block("to look at", told.opportunities, Opportunity),
        _block("initiatives", programme.savings, InitiativeSaving),
        _block("interactions", programme.interactions, Interaction),
        _block("sensitivity", programme.sensitivity, Sensitivity),
        _block("cost drivers", programme.drivers, Driver),
        _block("progress", told.progress.points, ProgressPoint),
        _rows("pareto", "list unit rank name amount share_percent cumulative_percent vital", pareto_rows),
        _rows("chart points", "chart kind label value lower centre upper count", point_rows),
        _rows("signals", "chart rule words at side points", signal_rows),
        _block("before and after", told.compared, BeforeAfter),
        _block("lessons", told.lessons, LessonTold),
    ]
    return tuple(block for block in blocks if block.rows)


def _rows(title: str, heads: str, rows: Sequence[tuple[Figure, ...]]) -> Figures:
    names = tuple(heads.split())
    return Figures(title=title, heads=names, units=tuple(_unit(name) for name in names), rows=tuple(rows))


def _block(title: str, rows: Sequence[Any], noun: Any) -> Figures:
    names = tuple(one.name for one in fields(noun))
    table = tuple(tuple(_figure(getattr(row, name)) for name in names) for row in rows)
    return Figures(title=title, heads=names, units=tuple(_unit(name) for name in names), rows=table)


def _figure(value: Any) -> Figure:
    return ", ".join(value) if isinstance(value, tuple) else value


def _unit(name: str) -> str:
    return "USD" if name.endswith("usd") else "percent" if name.endswith("percent") else ""


def render_improvement(told: Improvement) -> str:
    """Improvement as one HTML page that needs nothing from outside; every word of others is escaped."""
    page = template_of("improve.html", {"instant": format_utc, "musd": _musd, "cell": _cell})
    programme = told.programme
    return page.render(
        told=told,
        palette=PALETTE,
        programme=programme,
        paretos=[(one, draw_pareto(one)) for one in (*told.costs, *told.failures) if one.rows],
        empty=[one for one in told.failures if not one.rows],
        charts=[(chart, draw_control_chart(chart)) for chart in told.charts if chart.points],
        without=[chart for chart in told.charts if not chart.points],
        drivers=draw_tornado(
            "Cost of the service where a price or rate is a tenth lower or higher",
            [(row.account, row.low_usd, row.high_usd) for row in programme.drivers],
            programme.service_usd,
        ),
        tornado=draw_tornado(
            "Saving of all initiatives where one reaches its least or its most",
            [(row.initiative_id, row.least_usd, row.most_usd) for row in programme.sensitivity],
            programme.together_usd,
        ),
        compared=list(_compared(told.compared)),
        progress=list(_progress(told)),
        blocks=[one for one in improvement_figures(told) if one.title in ("interactions", "signals", "lessons", "progress")],
    )


def _cell(value: Figure) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
