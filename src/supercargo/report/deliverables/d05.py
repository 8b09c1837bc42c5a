"""D5, safety and quality management: what must be kept, what may go wrong, and what is still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from supercargo.measure.deliveries import line_fates
from supercargo.model import RiskRow
from supercargo.referee import RULES
from supercargo.report.blocks import (
    Block,
    Cell,
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
from supercargo.report.charts import Bar, bars, matrix
from supercargo.report.deliverables.dues import before_lift_off, due_by
from supercargo.report.deliverables.figures import plan_number, usd
from supercargo.report.deliverables.held import Held, made
from supercargo.report.deliverables.parts import compliance_table

__all__ = ["document"]

QUESTION = "For the safety board: what protects crew, cargo and spacecraft, what can go wrong, and what is still open?"
RECORD = "a record of operations: report with --store"
LIKELY = (0.05, 0.2, 0.5, 0.8)
DEAR = (1e6, 5e6, 20e6, 60e6)
LIKELY_WORDS = ("below 5 %", "5 to 20 %", "20 to 50 %", "50 to 80 %", "80 % and more")
DEAR_WORDS = ("60 M USD and more", "20 to 60 M USD", "5 to 20 M USD", "1 to 5 M USD", "below 1 M USD")
SAFETY = ("K1", "K4", "K7", "K8")


def document(held: Held) -> Document:
    """Safety and quality management."""
    blocks: list[Block] = [Heading(words="Where it stands"), _stand(held), *_decision(held)]
    blocks += [Heading(words="Safety protocols"), _gates(held), _hazards(held), *_steps(held)]
    blocks += [Heading(words="Risks"), *_registers(held), _classes(held), _matrix(held), _top(held), *_answers(held)]
    blocks += [Heading(words="Quality assurance"), _rules(held), _kpis(held), *_incidents(held)]
    blocks += [
        Heading(words="Compliance"),
        _packs(held),
        compliance_table(held, held.comply.frameworks, covers=("D5.4",), only_open=True),
    ]
    blocks.append(
        Evidence(
            claim="Probabilities say whether they were counted over futures or are a person's word.",
            rests_on=(
                "scenario or template: risks.csv, contingencies.csv",
                "requirement packs: station, cots, iso28000, scor",
                *held.review.remarks,
            ),
            covers=("D5.2",),
        )
    )
    return made(held, "D5", QUESTION, blocks)


def _stand(held: Held) -> Text:
    counts = held.comply.counts()
    source = "compliance: requirement packs held against the plan" + (" and the record" if held.recorded else "")
    risk = _source(held)
    return Text(
        words="The referee finds {} hard rules broken. Of {} requirements {} are met, {} unmet and {} have no evidence yet."
        " The register holds {} risks with an expected loss of {} a year, {} with the mitigations in place"
        + (", as far as drawn courses of the year can count it." if held.review.samples_count else ", by persons' word."),
        numbers=(
            plan_number(held, "hard_violations"),
            Number(key="comply.rows", value=len(held.comply.rows), unit="count", source=source),
            *(
                Number(key=f"comply.{state}", value=counts[state], unit="count", source=source)
                for state in ("met", "unmet", "no evidence")
            ),
            Number(key="risk.count", value=len(held.review.risks), unit="count", source=risk),
            usd("risk.expected_usd", _expected(held.review.risks), risk),
            usd("risk.residual_usd", _left(held.review.risks), risk),
        ),
        covers=("D5.4",),
    )


def _source(held: Held) -> str:
    count = held.review.samples_count
    over = f"counted over {count} courses of the year where that can be" if count else "by persons' word"
    return f"risk: register, expected loss {over}, summed over its risks"


def _expected(risks: Iterable[RiskRow]) -> float:
    return sum(one.expected_usd for one in risks)


def _left(risks: Iterable[RiskRow]) -> float:
    return sum(one.residual_expected_usd for one in risks)


def _decision(held: Held) -> list[Block]:
    """The requirement that is unmet, or else the one without evidence, that is due first."""
    found = sorted(
        (one for one in held.comply.rows if one.state in ("unmet", "no evidence") and one.due_utc),
        key=lambda one: (one.state != "unmet", str(one.due_utc), one.requirement_id, one.object),
    )
    if not found:
        return []
    first = found[0]
    same = [one for one in found if one.requirement_id == first.requirement_id]
    source = f"compliance: rows of {first.requirement_id}"
    numbers = tuple(
        Number(
            key=f"comply.{state}.{first.requirement_id}",
            value=sum(o.state == state for o in same),
            unit="count",
            source=source,
        )
        for state in ("unmet", "no evidence")
    )
    options = (
        Option(name="Close it", effect=f"{{}} unmet and {{}} without evidence, first: {first.words}", numbers=numbers),
        Option(name="Waive it", effect="by name, with a reason and a date; the waiver stands on record"),
    )
    question = f"Who closes {first.requirement_id}: {first.clause.rstrip('.')}?"
    advice = f"{first.owner.capitalize()} closes it with {first.proof}; it is {first.state}."
    due = due_by(held, first.due_utc, "it is due") if first.due_utc else before_lift_off(held)
    return [Decision(question=question, owner="Operations manager", due=due, options=options, advice=advice, covers=("D5.4",))]


def _gates(held: Held) -> Block:
    gates = held.plan.scenario.gates
    if not gates:
        return Missing(what="the gates a mission passes", needs="gates.csv in the scenario")
    rows = tuple(
        (g.gate, g.before_launch_d, g.owner, g.proof) for g in sorted(gates, key=lambda g: (-g.before_launch_d, g.gate))
    )
    return Table(
        title="No lift-off before each gate is passed with evidence",
        source="scenario: gates.csv; days and owners are assumptions",
        columns=(
            Column(name="gate"),
            Column(name="before lift-off", unit="d", digits=0),
            Column(name="owner"),
            Column(name="shown by"),
        ),
        rows=rows,
        covers=("D5.1",),
    )


def _hazards(held: Held) -> Table:
    flying = {fate.line.item_id for fate in line_fates(held.plan) if fate.missions}
    aboard = Counter(line.hazard for line in held.plan.scenario.cargo if line.hazard and line.item_id in flying)
    apart: dict[str, set[str]] = {}
    for pair in held.plan.scenario.hazard_pairs:
        apart.setdefault(pair.hazard_a, set()).add(pair.hazard_b)
        apart.setdefault(pair.hazard_b, set()).add(pair.hazard_a)
    return Table(
        title="Hazard classes aboard and what they never fly with",
        source="plan: manifest.csv; scenario: cargo.csv and hazard_pairs.csv",
        columns=(
            Column(name="hazard class"),
            Column(name="lines that fly", unit="count", digits=0),
            Column(name="never with"),
        ),
        rows=tuple(
            (name, aboard.get(name, 0), ", ".join(sorted(apart.get(name, ()))) or "–") for name in sorted({*aboard, *apart})
        ),
        note="The referee breaks a plan that puts two such classes into one spacecraft.",
        covers=("D5.1",),
    )


def _steps(held: Held) -> list[Block]:
    if held.recorded is None:
        return [Missing(what="protocol steps that were signed, waived or skipped", needs=RECORD)]
    counts = Counter((one.kind, one.state) for one in held.recorded.steps)
    return [
        Table(
            title="Gates and procedure steps on record",
            source="log of operations: gates and procedures",
            columns=(Column(name="kind"), Column(name="state"), Column(name="steps", unit="count", digits=0)),
            rows=tuple((kind, state, count) for (kind, state), count in sorted(counts.items())),
            covers=("D5.1",),
        )
    ]


def _registers(held: Held) -> list[Block]:
    """What the plan folder says of each risk beside what was counted, so that both sums can be told apart."""
    said = {one.risk_id: one for one in held.plan.risks}
    if not said or not held.review.samples_count:
        return []
    counted = held.review.risks
    by_count = sum(1 for one in counted if one.basis == "simulation")
    words = (
        "The register stands twice. The plan folder has it as persons and templates say it, written before any course of the"
        " year was drawn: {} a year, {} with mitigations. Here {} of its {} risks are counted over {} drawn courses, the"
        " others stay as said: {} a year, {} with mitigations. The count holds where the two differ; what is said alone is an"
        " assumption."
    )
    twice = {"loss", "two-losses"} <= {one.driver for one in counted}
    if twice:
        words += " A year in which two missions are lost is one in which one is lost too: both sums hold it twice."
    folder, review = "plan: risks.csv, as said by persons and templates", _source(held)
    text = Text(
        words=words,
        numbers=(
            usd("plan.risks.expected_usd", _expected(said.values()), folder),
            usd("plan.risks.residual_usd", _left(said.values()), folder),
            Number(key="risk.counted", value=by_count, unit="count", source=review),
            Number(key="risk.count", value=len(counted), unit="count", source=review),
            Number(key="risk.courses", value=held.review.samples_count, unit="count", source=review),
            usd("risk.expected_usd", _expected(counted), review),
            usd("risk.residual_usd", _left(counted), review),
        ),
        covers=("D5.2",),
    )
    rows = tuple(
        (
            f"{one.risk_id} {one.title}",
            100 * said[one.risk_id].probability if one.risk_id in said else None,
            said[one.risk_id].impact_usd if one.risk_id in said else None,
            said[one.risk_id].expected_usd if one.risk_id in said else None,
            100 * one.probability,
            one.impact_usd,
            one.expected_usd,
            "counted" if one.basis == "simulation" else "said",
        )
        for one in counted
    )
    table = Table(
        title="Each risk as said and as counted",
        source="plan: risks.csv; " + review,
        columns=(
            Column(name="risk"),
            Column(name="likely, as said", unit="percent"),
            Column(name="cost, as said", unit="USD"),
            Column(name="expected, as said", unit="USD"),
            Column(name="likely, here", unit="percent"),
            Column(name="cost, here", unit="USD"),
            Column(name="expected, here", unit="USD"),
            Column(name="likelihood here is"),
        ),
        rows=rows,
        covers=("D5.2",),
    )
    return [text, table]


def _classes(held: Held) -> Table:
    return Table(
        title="Expected loss by class of risk",
        source=f"risk: register over {held.review.samples_count} courses of the year",
        columns=(
            Column(name="class"),
            Column(name="risks", unit="count", digits=0),
            Column(name="expected loss a year", unit="USD"),
            Column(name="with mitigations", unit="USD"),
        ),
        rows=tuple(held.review.classes),
        covers=("D5.2",),
    )


def _matrix(held: Held) -> Figure:
    cells: dict[tuple[int, int], list[str]] = {}
    for one in held.review.risks:
        column = sum(one.probability >= edge for edge in LIKELY)
        row = len(DEAR) - sum(one.impact_usd >= edge for edge in DEAR)
        cells.setdefault((column, row), []).append(one.risk_id)
    drawn = {}
    for column in range(len(LIKELY_WORDS)):
        for row in range(len(DEAR_WORDS)):
            height = column + (len(DEAR) - row)
            style = "bad" if height >= 6 else "two" if height >= 4 else "five" if height >= 2 else "good"
            drawn[column, row] = (" ".join(cells.get((column, row), ())), style)
    data = Table(
        title="Risks by likelihood and cost",
        source="risk: register",
        columns=(
            Column(name="risk"),
            Column(name="title"),
            Column(name="probability", unit="percent"),
            Column(name="impact", unit="USD"),
        ),
        rows=tuple((one.risk_id, one.title, 100 * one.probability, one.impact_usd) for one in held.review.risks),
    )
    drawing = matrix(
        "Risks by how likely they are and what they cost",
        LIKELY_WORDS,
        DEAR_WORDS,
        drawn,
        across_name="how likely in the year",
        down_name="what it costs",
    )
    return Figure(title="Risks by likelihood and cost", source="risk: register", drawing=drawing, data=data, covers=("D5.2",))


def _top(held: Held) -> Table:
    return Table(
        title="The dearest risks",
        source="risk: register",
        columns=(
            Column(name="risk"),
            Column(name="what may happen"),
            Column(name="probability", unit="percent"),
            Column(name="cost if it does", unit="USD"),
            Column(name="rests on"),
            Column(name="what is done"),
            Column(name="owner"),
            Column(name="state"),
        ),
        rows=tuple(
            (o.risk_id, o.title, 100 * o.probability, o.impact_usd, o.basis, o.mitigation, o.owner, o.state)
            for o in held.review.risks[:10]
        ),
        covers=("D5.2",),
    )


def _answers(held: Held) -> list[Block]:
    blocks: list[Block] = [
        Table(
            title="Contingencies and what they are worth",
            source=f"risk: valued on the same {held.review.samples_count} courses; costs and effects are assumptions",
            columns=(
                Column(name="contingency"),
                Column(name="costs", unit="USD"),
                Column(name="avoids", unit="USD"),
                Column(name="net", unit="USD"),
                Column(name="stock days short saved", unit="d"),
                Column(name="verdict"),
            ),
            rows=tuple(
                (o.title, o.cost_usd, o.avoided_usd, o.net_usd, o.short_d_before - o.short_d_after, o.verdict)
                for o in held.review.contingencies
            ),
            note="Avoids: margin that courses lose, with cargo lost or damaged. A stock that runs out costs nothing in them:"
            " what a person says it costs stands in the register and is not in this column; days saved stand beside it.",
            covers=("D5.2",),
        )
    ]
    cover = held.review.portfolio
    if cover is not None:
        source = "risk: covers chosen by a proven program over courses of losses; rates are from memory"
        blocks.append(
            Text(
                words="Insurance: {} of {} exposures are worth covering, for {} of premium a year; what is retained costs {}"
                " in a bad year (beyond the 99 % quantile, on average {}). This asks what losses of the plan are worth"
                " covering; the account of cargo insurance in the cost of the plan is another thing: a rate of"
                " cost_rates.csv on the whole value insured, which is not changed by what is chosen here.",
                numbers=(
                    Number(key="insurance.bought", value=cover.bought_count, unit="count", source=source),
                    Number(key="insurance.exposures", value=cover.exposures_count, unit="count", source=source),
                    usd("insurance.premium_usd", cover.premium_usd, source),
                    usd("insurance.value_at_risk_usd", cover.value_at_risk_usd, source),
                    usd("insurance.tail_usd", cover.tail_usd, source),
                ),
                covers=("D5.2",),
            )
        )
    return blocks


def _rules(held: Held) -> Figure:
    broken = Counter(one.rule for one in held.plan.violations)
    hard = sum(1 for rule in RULES if rule.hard)
    soft = {rule.rule_id: rule for rule in RULES}
    rows = [
        Bar(name, float(count), f"{count}", "bad" if soft[name].hard else "two")
        for name, count in broken.most_common(12)
        if name in soft
    ]
    data = Table(
        title="Rules with findings",
        source="referee: rules judged on the plan folder",
        columns=(
            Column(name="rule"),
            Column(name="kind"),
            Column(name="findings", unit="count", digits=0),
            Column(name="says"),
        ),
        rows=tuple(
            (name, "hard" if soft[name].hard else "soft", count, soft[name].sentence)
            for name, count in broken.most_common()
            if name in soft
        ),
    )
    return Figure(
        title=f"Findings of the referee's {len(RULES)} rules, {hard} of them hard",
        source="referee: rules judged on the plan folder",
        drawing=bars("Findings by rule", rows or [Bar("no finding", 0.0, "0")], unit="findings"),
        data=data,
        covers=("D5.3",),
    )


def _kpis(held: Held) -> KpiBlock:
    if held.recorded_kpis:
        kpis = tuple(kpi for kpi in held.recorded_kpis if kpi.kpi_id in SAFETY)
        return KpiBlock(title="Safety and quality, as recorded", source="log of operations", kpis=kpis, covers=("D5.3",))
    kpis = tuple(kpi for kpi in held.plan.kpis if kpi.kpi_id in SAFETY)
    return KpiBlock(title="Safety and quality, as planned", source="plan: kpis.csv", kpis=kpis, covers=("D5.3",))


def _incidents(held: Held) -> list[Block]:
    if held.recorded is None:
        return [Missing(what="incidents and their causes", needs="a record of operations: report with --store")]
    return [
        Table(
            title="Incidents on record",
            source="log of operations: incidents; severity 1 is the gravest",
            columns=tuple(Column(name=name) for name in ("incident", "mission", "severity", "what happened", "when")),
            rows=tuple((o.incident, o.mission_id, str(o.severity), o.said, o.at_utc) for o in held.recorded.incidents[:40]),
            covers=("D5.3",),
        )
    ]


def _packs(held: Held) -> Table:
    states = ("met", "unmet", "no evidence", "waived")
    rows: list[tuple[Cell, ...]] = []
    for name in held.comply.frameworks:
        counts = held.comply.counts(name)
        overdue = sum(row.overdue for row in held.comply.of_framework(name))
        rows.append((name, *(counts[state] for state in states), overdue))
    return Table(
        title="Requirement packs",
        source="compliance: requirement packs held against the plan" + (" and the record" if held.recorded else ""),
        columns=(
            Column(name="pack"),
            *(Column(name=state, unit="count", digits=0) for state in states),
            Column(name="overdue", unit="count"),
        ),
        rows=tuple(rows),
        covers=("D5.4",),
    )
