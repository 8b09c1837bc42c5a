"""D10, the customer service framework: what each customer was promised, what it gets, and what it must be told."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from supercargo.report.blocks import (
    Block,
    Column,
    Decision,
    Document,
    Evidence,
    Figure,
    Heading,
    KpiBlock,
    Missing,
    Number,
    Option,
    Table,
    Text,
)
from supercargo.report.charts import Bar, bars
from supercargo.report.deliverables.dues import before_lift_off
from supercargo.report.deliverables.figures import plan_number, usd
from supercargo.report.deliverables.happened import happened_text, served_table
from supercargo.report.deliverables.held import Held, made

__all__ = ["document"]

QUESTION = (
    "For account managers: what did we promise each customer, what will it get, whom must we tell what, and are they content?"
)
CARE = ("K3", "K4", "K11", "K12")

_GROSS = "plan: costs.csv, revenue above zero"
_TAKEN = "plan: costs.csv, revenue below zero"


def document(held: Held) -> Document:
    """The customer service framework."""
    blocks: list[Block] = [Heading(words="The year for customers"), *happened_text(held, covers=("D10.2",))]
    blocks += [_year(held), *_decision(held)]
    blocks += [Heading(words="What was promised"), _contracts(held), *_penalties(held)]
    blocks += [
        Heading(words="What they get"),
        *served_table(held, _names(held), covers=("D10.2",)),
        _served(held),
        _bars(held),
        _kpis(held),
    ]
    blocks += [Heading(words="Whom to tell what"), _notices(held), *_ranges(held)]
    blocks += [Heading(words="Whether they are content"), *_content(held)]
    blocks.append(
        Evidence(
            claim="A customer sees only its own lines: one visibility rule holds for pages, interface and documents' sources.",
            rests_on=("plan: manifest.csv, costs.csv", "scenario: contracts.csv, terms.csv, customers.csv"),
        )
    )
    return made(held, "D10", QUESTION, blocks)


def _names(held: Held) -> dict[str, str]:
    return {one.customer: one.name for one in held.plan.scenario.customers}


def _year(held: Held) -> Text:
    served = [one for one in held.summary.customers if one.lines_count]
    return Text(
        words="{} customers have lines in this plan. {} of the dated lines arrive by their date, and {} lines stay behind,"
        " {} of them only in part."
        " The contracts earn {} before penalties; penalties for what is late or left behind take {} of it in the plan, which"
        " leaves a revenue of {}.",
        numbers=(
            Number(key="plan.customers", value=len(served), unit="count", source="plan: manifest.csv"),
            plan_number(held, "on_time_percent"),
            plan_number(held, "left_lines"),
            plan_number(held, "partly_left_lines"),
            usd("plan.gross_revenue_usd", (held.summary.money.revenue_usd + _penalty_sum(held)), _GROSS),
            usd("plan.penalties_usd", _penalty_sum(held), _TAKEN),
            plan_number(held, "revenue_usd"),
        ),
        covers=("D10.2",),
    )


def _penalty_sum(held: Held) -> float:
    """What `plan.revenue_usd` is already less of."""
    return sum(_lost(held).values())


def _lost(held: Held) -> dict[str, float]:
    lost: dict[str, float] = defaultdict(float)
    for row in held.plan.costs:
        if row.account.startswith("revenue") and row.plan_usd < 0:
            lost[row.customer] -= row.plan_usd
    return lost


def _decision(held: Held) -> list[Block]:
    """The customer that the plan serves worst against the target."""
    target = held.plan.scenario.settings.service.on_time_target_percent
    poor = sorted(
        (
            one
            for one in held.summary.customers
            if one.on_time.strict_percent is not None and one.on_time.strict_percent < target
        ),
        key=lambda one: (-(one.on_time.lines_count - one.on_time.strict_count), one.customer),
    )
    if not poor:
        return []
    worst = poor[0]
    missed = worst.on_time.lines_count - worst.on_time.strict_count
    source = "plan: manifest.csv, delivered_utc against due_utc"
    options = (
        Option(
            name="Offer new dates now",
            effect="{} dated lines miss their date; penalties in the plan {}",
            numbers=(
                Number(key=f"plan.missed_lines.{worst.customer}", value=missed, unit="count", source=source),
                usd(
                    f"plan.penalties_usd.{worst.customer}",
                    _lost(held).get(worst.customer, 0.0),
                    _TAKEN,
                ),
            ),
        ),
        Option(name="Raise its lines", effect="give its late lines priority 1 or 2 and plan again: others then wait"),
    )
    question = (
        f"How is {_names(held).get(worst.customer, worst.customer)} served, whose deliveries miss the target of {target:g} %?"
    )
    advice = f"Offer new dates before the first lift-off: {len(poor)} customers are below the target and most miss few lines."
    due = before_lift_off(held)
    return [
        Decision(
            question=question, owner="Head of customer service", due=due, options=options, advice=advice, covers=("D10.1",)
        )
    ]


def _contracts(held: Held) -> Table:
    scenario = held.plan.scenario
    terms = ("due_tolerance", "penalty_per_day", "penalty_cap", "minimum_kg", "option_kg", "milestone", "free_reflight")
    rows = tuple(
        (
            one.contract_id,
            _names(held).get(one.customer, one.customer),
            one.price_basis,
            *(scenario.term_values.get((one.contract_id, t)) for t in terms),
        )
        for one in scenario.contracts
    )
    heads = (
        ("tolerance", "d"),
        ("penalty a day", "percent"),
        ("cap", "percent"),
        ("minimum", "kg"),
        ("option", "kg"),
        ("milestone", "USD"),
        ("free re-flights", "count"),
    )
    return Table(
        title="Service levels by contract",
        source="scenario: contracts.csv and terms.csv",
        columns=(
            Column(name="contract"),
            Column(name="customer"),
            Column(name="tariff"),
            *(Column(name=n, unit=u) for n, u in heads),
        ),
        rows=rows,
        note="Percent are of a line's price. The planner, the referee and the ledger read the same terms.",
        covers=("D10.1",),
    )


def _penalties(held: Held) -> list[Block]:
    lost = sorted(_lost(held).items(), key=lambda item: (-item[1], item[0]))
    if not lost:
        owed = ("D10.1",) if held.plan.scenario.contracts else ()
        none = Missing(what="what was promised to whom", needs="contracts.csv and terms.csv in the scenario", opens=("D10.1",))
        return [Text(words="The plan owes no penalty.", covers=owed), *(() if owed else (none,))]
    return [
        Table(
            title="Penalties that the plan owes",
            source=_TAKEN,
            columns=(Column(name="customer"), Column(name="owed", unit="USD")),
            rows=tuple((_names(held).get(name, name), value) for name, value in lost),
            covers=("D10.1",),
        )
    ]


def _served(held: Held) -> Table:
    rows = tuple(
        (
            _names(held).get(o.customer, o.customer),
            o.lines_count,
            o.delivered_kg,
            o.on_time.lines_count,
            o.on_time.strict_percent,
            o.on_time.contractual_percent,
            o.left_lines_count,
            o.money.revenue_usd,
            o.usd_per_kg,
        )
        for o in held.summary.customers
    )
    return Table(
        title="Service by customer",
        source="plan: manifest.csv and costs.csv",
        columns=(
            Column(name="customer"),
            Column(name="lines", unit="count"),
            Column(name="delivered", unit="kg"),
            Column(name="dated lines", unit="count"),
            Column(name="on time", unit="percent"),
            Column(name="within tolerance", unit="percent"),
            Column(name="left behind", unit="count"),
            Column(name="brings, net of penalties", unit="USD"),
            Column(name="whole cost", unit="USD/kg"),
        ),
        rows=rows,
        covers=("D10.2",),
    )


def _bars(held: Held) -> Figure:
    target = held.plan.scenario.settings.service.on_time_target_percent
    ranked = sorted(
        ((o.on_time.strict_percent, o.customer) for o in held.summary.customers if o.on_time.strict_percent is not None),
        key=lambda item: (item[0], item[1]),
    )
    rows = [
        Bar(_names(held).get(name, name), percent, f"{percent:.1f} %", "bad" if percent < target else "one")
        for percent, name in ranked
    ]
    data = Table(
        title="On time by customer",
        source="plan: manifest.csv",
        columns=(Column(name="customer"), Column(name="on time", unit="percent")),
        rows=tuple((_names(held).get(name, name), percent) for percent, name in ranked),
    )
    drawing = bars(
        f"Share of dated lines delivered on time by customer; target {target:g} percent", rows, unit="percent", target=target
    )
    return Figure(
        title=f"On time by customer, target {target:g} %",
        source="plan: manifest.csv",
        drawing=drawing,
        data=data,
        covers=("D10.2",),
    )


def _kpis(held: Held) -> KpiBlock:
    kpis, source = (held.recorded_kpis, "log of operations") if held.recorded_kpis else (held.plan.kpis, "plan: kpis.csv")
    shown = tuple(kpi for kpi in kpis if kpi.kpi_id in CARE)
    return KpiBlock(title="Customers' KPIs", source=source, kpis=shown, covers=("D10.2",))


def _notices(held: Held) -> Table:
    """Who has to be told of lines that come late or stay behind, the most lines first."""
    late: dict[str, list[datetime]] = defaultdict(list)
    left: dict[str, list[datetime]] = defaultdict(list)
    for row in held.plan.manifest:
        if row.direction != "up" or row.due_utc is None:
            continue
        if not row.mission_id or row.delivered_utc is None:
            left[row.customer].append(row.due_utc)
        elif row.delivered_utc > row.due_utc:
            late[row.customer].append(row.due_utc)
    names = sorted({*late, *left}, key=lambda name: (-len(late[name]) - len(left[name]), name))
    rows = tuple(
        (_names(held).get(name, name), len(late[name]), len(left[name]), min([*late[name], *left[name]])) for name in names
    )
    return Table(
        title="Notices that are due",
        source="plan: manifest.csv, up lines with a due date",
        columns=(
            Column(name="customer"),
            Column(name="come late", unit="count", digits=0),
            Column(name="stay behind", unit="count", digits=0),
            Column(name="first due date"),
        ),
        rows=rows,
        note="Tell before the first of these dates; the page of each customer shows its own lines and why.",
        covers=("D10.3",),
    )


def _ranges(held: Held) -> list[Block]:
    """The next arrivals with the span that a customer should be told."""
    if held.simulated is None:
        return [Missing(what="the span of each arrival", needs="report with --runs above 0", opens=("D10.3",))]
    delays = {one.mission_id: one for one in held.simulated.missions}
    told = []
    for one in sorted(held.plan.missions, key=lambda one: (one.docked_utc[0], one.mission_id))[:12]:
        risk = delays.get(one.mission_id)
        customers = sorted({row.customer for row in held.plan.manifest if row.mission_id == one.mission_id})
        if risk is None or risk.delay_p50_d is None or risk.delay_p95_d is None:
            continue
        docked = one.docked_utc[0]
        middle, late = docked + timedelta(days=risk.delay_p50_d), docked + timedelta(days=risk.delay_p95_d)
        told.append((one.mission_id, one.destination, docked, middle, late, 100 * risk.lost_probability, ", ".join(customers)))
    return [
        Table(
            title="The next arrivals, as customers should be told them",
            source=f"simulation: delays of {held.footer.runs} futures added to the planned arrival",
            columns=(
                Column(name="mission"),
                Column(name="goes to"),
                Column(name="planned"),
                Column(name="half by"),
                Column(name="19 in 20 by"),
                Column(name="lost", unit="percent"),
                Column(name="customers"),
            ),
            rows=tuple(told),
            covers=("D10.3",),
        )
    ]


def _content(held: Held) -> list[Block]:
    if held.recorded is None or not (any(one.share is not None for one in held.recorded.surveys) or held.recorded.complaints):
        what = "how content customers are (K11) and what they complain of (K12)"
        drivers = sorted(held.summary.left_behind, key=lambda one: (-one.lines_count, one.reason))[:5]
        return [
            Missing(
                what=what, needs="surveys and complaints on record: report with --store after deliveries", opens=("D10.4",)
            ),
            Table(
                title="What will decide it: why lines stay behind",
                source="plan: manifest.csv, reason",
                columns=(Column(name="reason"), Column(name="lines", unit="count"), Column(name="mass", unit="kg")),
                rows=tuple((one.reason, one.lines_count, one.mass_kg) for one in drivers),
                note="Room for these lines is what customers ask for first; whether they are content it does not tell.",
            ),
        ]
    answered = [one.share for one in held.recorded.surveys if one.share is not None]
    source = "log of operations: surveys and complaints"
    asked = len(held.recorded.surveys)
    mean = 100 * sum(answered) / len(answered) if answered else None
    said = Text(
        words="{} surveys were sent, {} answered, with {} of the full score on average; {} complaints are on record.",
        numbers=(
            Number(key="record.surveys", value=asked, unit="count", source=source),
            Number(key="record.answers", value=len(answered), unit="count", source=source),
            Number(key="record.survey_percent", value=mean, unit="percent", source=source),
            Number(key="record.complaints", value=len(held.recorded.complaints), unit="count", source=source),
        ),
        covers=("D10.4",),
    )
    heads = ("complaint", "customer", "about", "what was said", "state", "when")
    rows = tuple((o.complaint, o.customer, o.about, o.said, o.state, o.at_utc) for o in held.recorded.complaints[:30])
    table = Table(
        title="Complaints", source=source, columns=tuple(Column(name=n) for n in heads), rows=rows, covers=("D10.4",)
    )
    return [said, table]
