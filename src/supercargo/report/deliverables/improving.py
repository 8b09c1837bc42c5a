"""Blocks and numbers of improvement and of the cost programme that several documents share."""

from __future__ import annotations

from collections.abc import Iterable

from supercargo.measure.control_charts import ControlChart
from supercargo.measure.pareto import Pareto
from supercargo.model import InitiativeSaving
from supercargo.report.blocks import Cell, Column, Figure, Number, Table, number_words
from supercargo.report.charts import Bar, Series, bars, lines
from supercargo.report.deliverables.held import Held
from supercargo.report.drawing import Box, Drawing, Path, Shape

__all__ = [
    "MEASURED",
    "basis_words",
    "initiative_table",
    "opportunity_table",
    "pareto_figure",
    "process_figures",
    "programme_number",
    "saving_number",
]

MEASURED = "cost model: the plan's flights and loads costed with and without initiatives.csv, over the whole horizon"


def basis_words(held: Held) -> str:
    """What figures rest on, as a source begins."""
    return "operations: event log" if held.improvement.basis == "operations" else "plan"


def programme_number(held: Held, name: str) -> Number:
    """A figure of the cost programme by name. Raises KeyError for a name that isn't known."""
    told = held.improvement.programme
    before, after = told.margin_percent
    table: dict[str, tuple[float | None, str]] = {
        "service_usd": (told.service_usd, "USD"),
        "chain_usd": (told.chain_usd, "USD"),
        "target_percent": (told.target_percent, "percent"),
        "target_usd": (told.target_usd, "USD"),
        "together_usd": (told.together_usd, "USD"),
        "together_percent": (told.together_percent, "percent"),
        "alone_usd": (told.alone_usd, "USD"),
        "interaction_usd": (told.interaction_usd, "USD"),
        "gap_usd": (told.gap_usd, "USD"),
        "least_usd": (told.least_usd, "USD"),
        "most_usd": (told.most_usd, "USD"),
        "committed_usd": (told.committed_usd, "USD"),
        "committed_once_usd": (told.committed_once_usd, "USD"),
        "horizon_usd": (told.horizon_usd, "USD"),
        "one_off_usd": (told.one_off_usd, "USD"),
        "revenue_change_usd": (told.together_revenue_usd, "USD"),
        "k15_percent": (told.k15_percent, "percent"),
        "margin_before_percent": (before, "percent"),
        "margin_after_percent": (after, "percent"),
        "initiatives": (float(len(told.savings)), "count"),
        "unmeasured": (float(sum(row.saving_usd is None for row in told.savings)), "count"),
    }
    value, unit = table[name]
    source = "KPI K15: its target" if name == "target_percent" else MEASURED
    return Number(key=f"programme.{name}", value=value, unit=unit, source=source)


def saving_number(row: InitiativeSaving, part: str = "saving_usd") -> Number:
    """A measured figure of one initiative [USD]."""
    return Number(
        key=f"programme.{row.initiative_id}.{part}", value=getattr(row, part), unit="USD", source=MEASURED, digits=None
    )


def initiative_table(title: str, rows: Iterable[InitiativeSaving], *, note: str = "", covers: tuple[str, ...] = ()) -> Table:
    """Initiatives with what they change, what they save, who answers for them and how far they are."""
    cells: list[tuple[Cell, ...]] = [
        (
            row.title,
            "; ".join(row.changes),
            row.state,
            row.start_month,
            _millions(row, "saving_usd"),
            _span(row),
            _millions(row, "revenue_usd"),
            Number(
                key=f"programme.{row.initiative_id}.one_off_usd_millions",
                value=row.one_off_usd / 1e6,
                unit="M USD",
                source="assumption: initiatives.csv",
            ),
            row.payback_d,
            row.owner,
        )
        for row in rows
    ]
    return Table(
        title=title,
        source=f"{MEASURED}; what is changed, one-off cost, month and owner: assumptions of initiatives.csv",
        columns=(
            Column(name="what is done"),
            Column(name="parameter changed"),
            Column(name="state"),
            Column(name="from month", unit="count"),
            Column(name="saves", unit="M USD", digits=1),
            Column(name="least to most", unit="M USD"),
            Column(name="earns more", unit="M USD", digits=1),
            Column(name="costs once", unit="M USD", digits=1),
            Column(name="paid back in", unit="d", digits=0),
            Column(name="answers for it"),
        ),
        rows=tuple(cells),
        note=note,
        covers=covers,
    )


def _millions(row: InitiativeSaving, part: str) -> Cell:
    value = getattr(row, part)
    if value is None:
        return "not measured"
    key = f"programme.{row.initiative_id}.{part}_millions"
    return Number(key=key, value=value / 1e6, unit="M USD", source=MEASURED)


def _span(row: InitiativeSaving) -> str:
    if row.least_usd is None or row.most_usd is None:
        return "–"
    return f"{row.least_usd / 1e6:,.1f} to {row.most_usd / 1e6:,.1f}"


def pareto_figure(held: Held, told: Pareto, *, covers: tuple[str, ...] = (), most: int = 10) -> Figure:
    """Causes as bars, the vital few dark; the table has them all."""
    rows = told.rows[:most]
    shown = [
        Bar(
            row.name,
            row.amount,
            f"{_amount(told, row.amount)}, to here {100 * row.cumulative:.0f} %",
            "one" if row.vital else "three",
        )
        for row in rows
    ]
    data = Table(
        title=f"{told.name}, all",
        source=f"{basis_words(held)}, counted by cause",
        columns=(
            Column(name="cause"),
            Column(name="amount", unit=told.unit),
            Column(name="share", unit="percent"),
            Column(name="share down to here", unit="percent"),
        ),
        rows=tuple((row.name, row.amount, 100 * row.share, 100 * row.cumulative) for row in told.rows),
    )
    vital = len(told.vital)
    return Figure(
        title=f"{told.name}: {vital} of {len(told.rows)} make up four fifths",
        source="plan: costs.csv, by activity" if told.unit == "USD" else f"{basis_words(held)}, KPI objects by reason",
        drawing=bars(told.name, shown, unit=told.unit),
        data=data,
        covers=covers,
    )


def _amount(told: Pareto, amount: float) -> str:
    return number_words(amount, "USD") if told.unit == "USD" else f"{amount:,.0f}"


def process_figures(
    held: Held, *, only: Iterable[str] = (), covers: tuple[str, ...] = (), data: bool = True
) -> list[Figure]:  # fmt: skip
    """Control charts whose names begin with one of the words, or all that can be drawn."""
    wanted = tuple(only)
    return [
        _process(held, chart, covers, data)
        for chart in held.improvement.charts
        if chart.points and (not wanted or chart.name.startswith(wanted))
    ]


def _process(held: Held, chart: ControlChart, covers: tuple[str, ...], data: bool) -> Figure:
    found = "no rule is met" if not chart.signals else _signal_words(chart)
    table = Table(
        title=f"{chart.name}: points and limits",
        source=f"{basis_words(held)}, {chart.kind} chart",
        columns=(
            Column(name="point"),
            Column(name="value", digits=4),
            Column(name="lower limit", digits=4),
            Column(name="centre", digits=4),
            Column(name="upper limit", digits=4),
            Column(name="rules met"),
        ),
        rows=tuple((one.label, one.value, one.lower, one.centre, one.upper, _rules(chart, one.label)) for one in chart.points),
    )
    return Figure(
        title=f"{chart.name}: {found}",
        source=f"{basis_words(held)}, {chart.kind} chart, limits at 3 sigma from the points shown{_capped(chart)}",
        drawing=_drawing(chart),
        data=table if data else None,
        covers=covers,
    )


def _capped(chart: ControlChart) -> str:
    """That limits end where a share can't go; a rule asks for the distance in sigma all the same."""
    top = {"percent": 100.0, "fraction": 1.0}.get(chart.unit)
    cut = top is not None and any(one.upper == top < one.centre + 3.0 * one.sigma for one in chart.points)
    return f", above cut at {number_words(top, chart.unit, 0)}, the most that can be" if cut else ""


def _signal_words(chart: ControlChart) -> str:
    first = chart.signals[0]
    more = f" and {len(chart.signals) - 1} more" if len(chart.signals) > 1 else ""
    return f"rule {first.rule} at {first.at} ({first.words}, {first.side}){more}"


def _rules(chart: ControlChart, label: str) -> str:
    return ", ".join(str(one.rule) for one in chart.signals if one.at == label)


def _drawing(chart: ControlChart) -> Drawing:
    """Values with their own limits; points that complete a rule are larger and bear another colour."""
    places = range(len(chart.points))
    every = 1 + len(chart.points) // 13
    says = f"{chart.name}: {len(chart.points)} points, {len(chart.signals)} signals"
    sheet = lines(
        says,
        [
            Series("values", tuple((float(n), chart.points[n].value) for n in places), "line"),
            Series("centre", tuple((float(n), chart.points[n].centre) for n in places), "centre"),
            Series("3 sigma above", tuple((float(n), chart.points[n].upper) for n in places), "limit"),
            Series("3 sigma below", tuple((float(n), chart.points[n].lower) for n in places), "limit"),
        ],
        unit=chart.unit,
        x_marks=[(float(n), chart.points[n].label) for n in places if n % every == 0],
    )
    path = next(one for one in sheet.shapes if isinstance(one, Path) and one.title == "values")
    dots: list[Shape] = []
    for point, (x, y) in zip(chart.points, path.points, strict=True):
        rules = _rules(chart, point.label)
        size = 8.0 if rules else 4.0
        said = f"{point.label}: {point.value:,.4g}{', rule ' + rules if rules else ''}"
        dots.append(Box(x - size / 2, y - size / 2, size, size, "bad" if rules else "one", said))
    return Drawing(width=sheet.width, height=sheet.height, says=says, shapes=(*sheet.shapes, *dots))


def opportunity_table(held: Held, *, covers: tuple[str, ...] = ()) -> Table:
    """What to improve next, and what shows it."""
    return Table(
        title="What to improve, and what shows it",
        source=f"{basis_words(held)}: KPIs against target, control charts, cost by account, cost programme",
        columns=(Column(name="rank", unit="count"), Column(name="kind"), Column(name="what"), Column(name="what shows it")),
        rows=tuple((row.rank, row.kind, row.name, row.words) for row in held.improvement.opportunities),
        covers=covers,
    )
