"""The programme as blocks that several documents share."""

from __future__ import annotations

from supercargo.model import ProgrammePlan, TaskRow
from supercargo.report.blocks import Block, Column, Decision, Figure, Heading, Missing, Number, Option, Table, Text
from supercargo.report.charts import Span, spans
from supercargo.report.deliverables.dues import due_words
from supercargo.report.deliverables.held import Held

__all__ = ["programme_blocks", "programme_decision", "programme_number", "programme_table"]

_ASSUMED = "programme: template of the catalogue (assumption), planned on the status date"
_OWN = "programme: programme_tasks.csv of the scenario, planned on the status date"


def _source(plan: ProgrammePlan) -> str:
    return _ASSUMED if plan.templates else _OWN


def programme_number(plan: ProgrammePlan, name: str) -> Number:
    """A figure of the programme by name. Raises KeyError for a name that isn't known."""
    open_gates = {row.gate for row in plan.gates if row.open}
    table: dict[str, tuple[float, str]] = {
        "tasks": (len(plan.tasks), "count"),
        "gates": (len({row.gate for row in plan.gates}), "count"),
        "gates_open": (len(open_gates), "count"),
        "planned_percent": (100 * plan.planned_fraction, "percent"),
        "done_percent": (100 * plan.done_fraction, "percent"),
        "float_d": ((plan.due_utc - plan.end_utc).days, "d"),
        "critical_tasks": (len(plan.critical_path), "count"),
        "chain_tasks": (len(plan.resource_chain), "count"),
        "late_tasks": (sum(row.late_d > 0 and row.state != "done" for row in plan.tasks), "count"),
        "blocked_tasks": (sum(row.state == "blocked" for row in plan.tasks), "count"),
    }
    value, unit = table[name]
    return Number(key=f"programme.{name}", value=value, unit=unit, source=_source(plan))


def programme_blocks(held: Held, *, covers: tuple[str, ...] = (), phases: tuple[str, ...] = ()) -> list[Block]:
    """The programme in a few blocks: where it stands, its calendar, its gates; `phases` keeps some of its phases alone."""
    plan = held.programme.best if held.programme else None
    if plan is None:
        return [Missing(what="where the programme stands", needs="a programme that can be planned")]
    names = ("tasks", "done_percent", "planned_percent", "float_d", "critical_tasks", "gates_open", "gates", "late_tasks")
    said = Text(
        words=f"The programme that sets the service up runs from {plan.start_utc:%Y-%m-%d} to {plan.end_utc:%Y-%m-%d}."
        f" On {plan.as_of_utc:%Y-%m-%d}, of the work of its {{}} tasks {{}} is done and {{}} was planned; it ends {{}} before"
        " the end of its last month (below zero: after it). {} tasks have no slack. {} of {} gates are open, and {} tasks end"
        " after their months.",
        numbers=tuple(programme_number(plan, name) for name in names),
        points=tuple(
            f"{row.task_id} {row.title}: {row.waits_for}" for row in plan.tasks if row.waits_for and _shown(row, phases)
        ),
        covers=covers,
    )
    return [Heading(words="The programme"), said, _calendar(plan, phases, covers), _gates(plan, covers)]


def _shown(row: TaskRow, phases: tuple[str, ...]) -> bool:
    return not phases or row.phase in phases


def _look(row: TaskRow) -> str:
    return "one" if row.state == "done" else "two" if row.critical else "five"


def _calendar(plan: ProgrammePlan, phases: tuple[str, ...], covers: tuple[str, ...]) -> Figure:
    tasks = [row for row in plan.tasks if _shown(row, phases)]
    named = {row.task_id: f"{row.task_id} {row.title}" for row in tasks}
    stretches = [Span(named[row.task_id], row.start_utc, row.end_utc, _look(row)) for row in tasks]
    gates = {row.gate: row for row in plan.gates}
    rows = [*named.values(), *(f"gate {name}" for name in gates)]
    stretches += [
        Span(f"gate {name}", row.opens_utc, row.opens_utc, "good" if row.open else "bad", "open" if row.open else "closed")
        for name, row in gates.items()
    ]
    drawing = spans(
        f"{len(tasks)} tasks and {len(gates)} gates of the programme by month; those without slack stand out",
        rows,
        stretches,
        start=min(row.start_utc for row in tasks) if tasks else plan.start_utc,
        end=max([plan.due_utc, plan.end_utc]),
        keys=(("done", "one"), ("no slack", "two"), ("with slack", "five"), ("gate open", "good"), ("gate closed", "bad")),
        marks=((plan.as_of_utc, "status date"),),
    )
    return Figure(
        title="When the programme does what",
        source=_source(plan),
        drawing=drawing,
        data=programme_table(plan, phases=phases),
        covers=covers,
    )


def programme_table(plan: ProgrammePlan, *, phases: tuple[str, ...] = (), covers: tuple[str, ...] = ()) -> Table:
    """Tasks with months, dates, room and progress; `phases` keeps some of its phases alone."""
    return Table(
        title="Tasks of the programme",
        source=_source(plan),
        columns=(
            Column(name="task"),
            Column(name="months"),
            Column(name="starts"),
            Column(name="ends"),
            Column(name="slack", unit="d", digits=0),
            Column(name="with people", unit="d", digits=0),
            Column(name="planned", unit="percent", digits=0),
            Column(name="done", unit="percent", digits=0),
            Column(name="state"),
            Column(name="owner"),
        ),
        rows=tuple(
            (
                f"{row.task_id} {row.title}",
                f"{row.first_month} to {row.last_month}",
                row.start_utc,
                row.end_utc,
                row.slack_d,
                row.chain_slack_d,
                100 * row.planned_fraction,
                100 * row.done_fraction,
                row.state,
                row.owner,
            )
            for row in plan.tasks
            if _shown(row, phases)
        ),
        note="Slack: delay that moves no end of the programme, by links; with people: by links and by who hands people on.",
        covers=covers,
    )


def _gates(plan: ProgrammePlan, covers: tuple[str, ...]) -> Table:
    return Table(
        title="Gates, and what they wait for",
        source="programme: programme_gates.csv; computed checks from this plan",
        columns=tuple(Column(name=name) for name in ("gate", "opens", "check", "passed", "found", "owner")),
        rows=tuple(
            (row.gate, row.opens_utc, row.title, "yes" if row.passed else "no", row.found, row.owner) for row in plan.gates
        ),
        note="A gate opens when the tasks before it are done and every check is passed; until then its tasks are blocked.",
        covers=covers,
    )


def programme_decision(held: Held, *, covers: tuple[str, ...] = ()) -> list[Decision]:
    """What has to be decided for the first closed gate; nothing where all are open."""
    plan = held.programme.best if held.programme else None
    closed = [row for row in plan.gates if not row.open] if plan else []
    if plan is None or not closed:
        return []
    gate = min(closed, key=lambda row: (row.opens_utc, row.gate)).gate
    missing = [row for row in closed if row.gate == gate and not row.passed]
    behind = [row for row in plan.tasks if row.task_id in closed[0].before]
    slack = Number(
        key=f"programme.gate_slack_d.{gate}",
        value=min((row.chain_slack_d for row in behind), default=0.0),
        unit="d",
        source=_source(plan),
    )
    opens = next(row.opens_utc for row in closed if row.gate == gate)
    options = (
        Option(
            name="Close what is missing by then",
            effect=f"the gate opens on {opens:%Y-%m-%d} and the programme ends {{}} before the end of its last month",
            numbers=(programme_number(plan, "float_d"),),
        ),
        Option(
            name="Let the gate wait",
            effect="what stands behind it can wait {}; each day more moves the end of the programme by a day",
            numbers=(slack,),
        ),
    )
    named = "; ".join(row.title for row in missing) or "its tasks are under way, every check is passed"
    return [
        Decision(
            question=f"What is done so that gate {gate} opens?",
            owner=(missing or closed)[0].owner.capitalize(),
            due=due_words(plan.as_of_utc, opens, "the gate opens"),
            options=options,
            advice=f"Close what is missing: {named}.",
            covers=covers,
        )
    ]
