"""D13, the continuous improvement system: processes, performance, best practice, and ideas brought into service."""

from __future__ import annotations

from supercargo.measure.practice import Practice
from supercargo.measure.programme import month_start
from supercargo.report.agreement import causes_words
from supercargo.report.blocks import (
    Block,
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
from supercargo.report.charts import Bar, Span, bars, spans
from supercargo.report.deliverables.dues import before_horizon
from supercargo.report.deliverables.figures import targets_missed, usd
from supercargo.report.deliverables.held import Held, made
from supercargo.report.deliverables.improving import (
    MEASURED,
    basis_words,
    opportunity_table,
    pareto_figure,
    process_figures,
    programme_number,
    saving_number,
)
from supercargo.report.deliverables.parts import solver_table

__all__ = ["document"]

QUESTION = "For the operations manager and all who run a process: what do we learn, what do we change, and did it help?"


def document(held: Held) -> Document:
    """The continuous improvement system."""
    blocks: list[Block] = [Heading(words="The cycle on one page"), _cycle(held), _rules(), *_decisions(held)]
    blocks += [Heading(words="Processes"), *_processes(held)]
    blocks += [Heading(words="Performance"), *_performance(held)]
    blocks += [Heading(words="Best practice and lessons"), *_practice(held), *_lessons(held)]
    blocks += [Heading(words="New ideas brought into service"), *_ideas(held), _evidence(held)]
    return made(held, "D13", QUESTION, blocks)


def _number(held: Held, name: str, value: float, unit: str = "count") -> Number:
    return Number(key=f"improvement.{name}", value=value, unit=unit, source=f"{basis_words(held)}: supercargo improve")


def _cycle(held: Held) -> Text:
    told = held.improvement
    drawn = [chart for chart in told.charts if chart.points]
    return Text(
        words="{} control charts are drawn, {} of them in control. {} things to improve are found, {} of them figures that"
        " miss their target. {} lessons are open and {} closed. {} initiatives run or wait, and save {} together.",
        numbers=(
            _number(held, "charts", len(drawn)),
            _number(held, "steady", sum(chart.steady for chart in drawn)),
            _number(held, "opportunities", len(told.opportunities)),
            _number(held, "missed", sum(one.kind == "target missed" for one in told.opportunities)),
            _number(held, "lessons_open", sum(one.state == "open" for one in told.lessons)),
            _number(held, "lessons_closed", sum(one.state == "closed" for one in told.lessons)),
            programme_number(held, "initiatives"),
            programme_number(held, "together_usd"),
        ),
        covers=("D13.1",) if drawn else (),
    )


def _rules() -> Table:
    return Table(
        title="The steps of the cycle, what each takes, and what holds it",
        source="the program's own rules (docs/improvement.md)",
        columns=(Column(name="step"), Column(name="done by"), Column(name="goes on only if"), Column(name="kept in")),
        rows=(
            (
                "find",
                "KPIs, Pareto, control charts, non-conformances",
                "a figure, a rule or a record shows it",
                "plan, event log",
            ),
            (
                "choose",
                "initiative with owner, month and one-off cost",
                "the parameters it changes are named",
                "initiatives.csv",
            ),
            (
                "measure",
                "the plan costed or planned with and without it",
                "the model can run it; else: not measured",
                "cost model",
            ),
            (
                "change",
                "a new plan with the changed parameter is released",
                "the referee finds no hard rule broken",
                "event log",
            ),
            ("compare", "before and after by the same figure", "the interval leaves out zero; else: cannot tell", "event log"),
            ("learn", "a lesson is closed by a second person", "a parameter differs between two plans", "event log"),
        ),
    )


def _decisions(held: Held) -> list[Block]:
    ideas = [row for row in held.improvement.programme.savings if row.state == "idea" and row.saving_usd]
    if not ideas:
        return []
    options = tuple(
        Option(
            name=row.title,
            effect="saves {}, at the least {}; costs {} once",
            numbers=(saving_number(row), saving_number(row, "least_usd"), saving_number(row, "one_off_usd")),
        )
        for row in ideas[:4]
    )
    sure = [row for row in ideas if (row.least_usd or 0.0) >= row.one_off_usd]
    advice = (
        f"Start {sure[0].initiative_id}: even the least that it reaches pays back what it costs once within the horizon."
        if sure
        else f"Try {ideas[0].initiative_id} on one type of flight first: at its least it doesn't pay back within the horizon."
    )
    return [
        Decision(
            question="Which new idea is tried first?",
            owner="Operations manager",
            due=before_horizon(held),
            options=options,
            advice=advice,
            covers=("D13.4",),
        )
    ]


def _processes(held: Held) -> list[Block]:
    found = process_figures(held, covers=("D13.1",))
    signals = Table(
        title="Signals: where a process is not as it was",
        source=f"{basis_words(held)}: control charts, four Western Electric rules",
        columns=(
            Column(name="process"),
            Column(name="rule", unit="count"),
            Column(name="what it says"),
            Column(name="at"),
            Column(name="side"),
            Column(name="points"),
        ),
        rows=tuple(
            (chart.name, one.rule, one.words, one.at, one.side, ", ".join(one.points))
            for chart in held.improvement.charts
            for one in chart.signals
        ),
        note="Of a plan a signal shows what was planned otherwise than the rest; of operations, what went otherwise.",
        covers=("D13.1",),
    )
    paretos = [pareto_figure(held, told, covers=("D13.1",)) for told in held.improvement.failures if told.rows]
    none = [f"{told.name}: {told.missing}" for told in held.improvement.failures if not told.rows]
    blocks: list[Block] = [*found, signals, *paretos]
    if not found and not paretos:
        needs = "eight points of a process or more: a plan of more flights, or operations (--store)"
        blocks.append(Missing(what="which processes are out of control, and what fails most", needs=needs, opens=("D13.1",)))
    if none:
        blocks.append(Text(words="Nothing to rank:", points=tuple(none)))
    return blocks


def _performance(held: Held) -> list[Block]:
    missed = targets_missed(held.plan.kpis)
    blocks: list[Block] = [
        opportunity_table(held, covers=("D13.2",)),
        Table(
            title="Figures that miss their target, and how far",
            source="plan: kpis.csv",
            columns=(
                Column(name="KPI"),
                Column(name="value", digits=1),
                Column(name="target", digits=1),
                Column(name="unit"),
                Column(name="causes"),
            ),
            rows=tuple(
                (f"{one.kpi_id} {one.name}", one.value, one.target, one.unit, causes_words(one.causes)) for one in missed
            ),
            covers=("D13.2",),
        ),
        solver_table(held, covers=("D13.2",)),
    ]
    compared = held.improvement.compared
    if not compared:
        blocks.append(Missing(what="whether a change has helped", needs="operations before and after it: --store and --since"))
        return blocks
    rows = tuple(
        (row.name, row.before, row.after, row.low, row.high, row.p, row.unit, row.verdict, row.way) for row in compared
    )
    heads = ("figure", "before", "after", "low", "high", "p")
    columns = (
        *(Column(name=name, digits=4) for name in heads),
        Column(name="unit"),
        Column(name="verdict"),
        Column(name="how"),
    )
    source = f"{basis_words(held)}: objects before and after the day"
    blocks.append(Table(title="Before and after", source=source, columns=columns, rows=rows, covers=("D13.2",)))
    return blocks


def _practice(held: Held) -> list[Block]:
    told = held.improvement.practices
    if not told:
        return [Missing(what="best practice", needs="two places with two flights or more", opens=("D13.3",))]
    table = Table(
        title="The best place in each practice, and the others",
        source="plan: missions.csv, manifest.csv and costs.csv, by place with two flights or more",
        columns=(
            Column(name="practice"),
            Column(name="unit"),
            Column(name="best place"),
            Column(name="best", digits=1),
            Column(name="mean", digits=1),
            Column(name="worst place"),
            Column(name="worst", digits=1),
            Column(name="worth at most", unit="USD"),
        ),
        rows=tuple(
            (
                one.name, one.unit, one.best.destination, one.best.value, one.mean, one.worst.destination, one.worst.value,
                None if one.worth_usd is None else usd(f"practice.{one.name}.worth_usd", one.worth_usd, "plan: costs.csv"),
            )
            for one in told
        ),
        note="Places differ in more than practice: what it is worth is the most that can be hoped for.",
        covers=("D13.3",),
    )  # fmt: skip
    return [table, *(_practice_figure(one) for one in told if one.worth_usd is not None)]


def _practice_figure(one: Practice) -> Figure:
    rows = [
        Bar(place.destination, place.value, f"{place.value:,.0f} {one.unit}, {place.flights_count} flights")
        for place in one.places
    ]
    return Figure(
        title=f"{one.name.capitalize()}: {one.best.destination} is the one to learn from",
        source="plan: missions.csv, manifest.csv and costs.csv",
        drawing=bars(f"{one.name} by place", rows, unit=one.unit, target=one.mean),
        covers=("D13.3",),
    )


def _lessons(held: Held) -> list[Block]:
    told = held.improvement.lessons
    law = Text(
        words="A lesson closes only on a rule or parameter of the scenario that differs between the plan before and a plan"
        " that is released; old and new value are read from both, never told. What changes nothing is dropped, not learned.",
    )
    if not told:
        return [law, Missing(what="lessons on record", needs="operations: a store (supercargo record lessons)")]
    table = Table(
        title="Lessons",
        source="operations: event log, lessons",
        columns=tuple(
            Column(name=name) for name in ("lesson", "state", "what", "from", "owner", "changed", "old", "new", "plan")
        ),
        rows=tuple(
            (one.lesson, one.state, one.text, one.about, one.owner, one.change, one.old, one.new, one.digest[:12])
            for one in told
        ),
        covers=("D13.3",),
    )
    return [law, table]


_STATES = ("idea", "approved", "running", "done")
_STYLES = {"idea": "three", "approved": "two", "running": "one", "done": "six"}


def _ideas(held: Held) -> list[Block]:
    told = held.improvement.programme
    settings = held.plan.scenario.settings
    rows = sorted(told.savings, key=lambda row: (row.start_month, row.initiative_id))
    names = [row.initiative_id for row in rows]
    starts = [month_start(settings.start_utc, row.start_month) for row in rows]
    end = max([settings.end_utc, *(at.replace(year=at.year + 1) for at in starts)])
    calendar = spans(
        "Initiatives from the month in which each works",
        names,
        [Span(row.initiative_id, at, end, _STYLES[row.state], row.state) for row, at in zip(rows, starts, strict=True)],
        start=settings.start_utc,
        end=end,
        keys=[(state, _STYLES[state]) for state in _STATES if any(row.state == state for row in rows)],
        marks=((settings.end_utc, "end of horizon"),),
    )
    when = Table(
        title="When each works, and who brings it in",
        source="assumption: initiatives.csv; saving: cost model",
        columns=(
            Column(name="initiative"),
            Column(name="what is done"),
            Column(name="state"),
            Column(name="works from"),
            Column(name="saves", unit="USD"),
            Column(name="answers for it"),
        ),
        rows=tuple(
            (
                row.initiative_id,
                row.title,
                row.state,
                at,
                "not measured" if row.saving_usd is None else saving_number(row),
                row.owner,
            )
            for row, at in zip(rows, starts, strict=True)
        ),
    )
    return [
        Figure(
            title="From idea to service",
            source="assumption: initiatives.csv",
            drawing=calendar,
            data=when,
            covers=("D13.4",),
        ),
        _funnel(held),
    ]


def _funnel(held: Held) -> Table:
    rows = held.improvement.programme.savings
    return Table(
        title="Ideas by how far they have come",
        source=f"{MEASURED}; states: initiatives.csv",
        columns=(
            Column(name="state"),
            Column(name="initiatives", unit="count"),
            Column(name="save, each alone", unit="USD"),
        ),
        rows=tuple(
            (
                state,
                sum(row.state == state for row in rows),
                sum(row.saving_usd or 0.0 for row in rows if row.state == state),
            )
            for state in _STATES
        ),
        covers=("D13.4",),
    )


def _evidences(held: Held) -> list[str]:
    return sorted({row.evidence for row in held.improvement.programme.savings})


def _evidence(held: Held) -> Evidence:
    return Evidence(
        claim="Rules of the charts, intervals and tests are held to published examples.",
        rests_on=(
            f"plan folder, digest {held.footer.digest}",
            "NIST/SEMATECH e-Handbook 6.3.2 and 6.3.3; Montgomery; Champ and Woodall (1987); Newcombe (1998); Fisher (1935)",
            f"initiatives.csv, evidence: {', '.join(_evidences(held)) or 'none'}",
        ),
    )
