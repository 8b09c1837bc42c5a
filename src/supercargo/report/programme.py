"""The programme on the terminal and as one self-contained HTML page that can be printed."""

from __future__ import annotations

from collections.abc import Iterator

from supercargo.kernel import Outcome
from supercargo.model import ProgrammePlan, TaskRow
from supercargo.report.programme_chart import draw_programme, gates_by_name
from supercargo.report.svg import PALETTE
from supercargo.report.templating import template_of

__all__ = ["programme_lines", "render_programme", "verdict_of"]


def verdict_of(outcome: Outcome[ProgrammePlan]) -> str:
    """How good the plan is, in words: the day of its end and days late, against the proven bound."""
    if outcome.bound >= outcome.objective:
        return f"{outcome.status}: no plan ends sooner with less delay ({outcome.objective:,.0f} d)"
    return f"{outcome.status}: {outcome.objective:,.0f} d of end and delay, no plan is below {outcome.bound:,.0f} d"


def programme_lines(plan: ProgrammePlan, outcome: Outcome[ProgrammePlan]) -> list[str]:
    """What a person reads: where the programme stands, what makes it long, what is blocked or late, gates and resources."""
    late = [row for row in plan.tasks if row.late_d and row.state != "done"]
    float_d = (plan.due_utc - plan.end_utc).days
    ends = f"{float_d} d before" if float_d >= 0 else f"{-float_d} d after"
    lines = [
        f"Programme     {plan.start_utc:%Y-%m-%d} to {plan.end_utc:%Y-%m-%d}, {ends} the end of its last month",
        f"As of         {plan.as_of_utc:%Y-%m-%d}: {100 * plan.done_fraction:.1f} % of the task days done, "
        f"{100 * plan.planned_fraction:.1f} % planned",
        f"First plan    ended {plan.first_end_utc:%Y-%m-%d}",
        f"Plan          {verdict_of(outcome)}",
        *plan.remarks,
        "",
        f"  {'task':<41} months start    end        slack chain  done",
    ]
    lines += [_task(row) for row in plan.tasks]
    lines += ["", f"Critical      {' > '.join(row.task_id for row in plan.critical_path)}"]
    lines += [f"With people   {' > '.join(row.task_id for row in plan.resource_chain)}"]
    lines += [f"Late          {row.task_id} {row.title}: {row.late_d:.0f} d after month {row.last_month}" for row in late]
    lines += ["", *_gates(plan), ""]
    lines += [
        f"Resource      {row.resource}: up to {row.peak_count} of {row.capacity_count}, {100 * row.used_fraction:.0f} % used"
        for row in plan.resources
    ]
    return lines


def _task(row: TaskRow) -> str:
    span = f"{row.first_month:>2}-{row.last_month:<2} {row.start_utc:%Y-%m-%d} {row.end_utc:%Y-%m-%d}"
    room = f"{row.slack_d:>5.0f}{'*' if row.critical else ' '} {row.chain_slack_d:>4.0f}"
    return f"  {row.task_id:<9} {row.title[:31]:<31} {span} {room} {100 * row.done_fraction:>4.0f} % {row.state}"


def _gates(plan: ProgrammePlan) -> Iterator[str]:
    for name, rows in gates_by_name(plan).items():
        first = rows[0]
        state = "open since" if first.open else "closed; opens at the earliest"
        behind = [*first.before, *(["all missions"] if "*" in first.missions else first.missions)]
        yield f"Gate          {name}: {state} {first.opens_utc:%Y-%m-%d}; before {', '.join(behind) or 'nothing'}"
        for row in rows:
            yield f"  {'passed' if row.passed else 'missing':<12}{row.check}: {row.title}: {row.found}"


def render_programme(plan: ProgrammePlan, outcome: Outcome[ProgrammePlan], of: str) -> str:
    """The programme of a scenario as one HTML page that needs nothing from outside; every word of others is escaped."""
    page = template_of("programme.html", {"day": lambda instant: f"{instant:%Y-%m-%d}"})
    return page.render(
        plan=plan,
        of=of,
        verdict=verdict_of(outcome),
        palette=PALETTE,
        chart=draw_programme(plan),
        gates=gates_by_name(plan),
        float_d=(plan.due_utc - plan.end_utc).days,
        late=[row for row in plan.tasks if row.late_d and row.state != "done"],
    )
