"""D3, the cargo management system: from order to delivery, what is aboard what, and how it is known to be right."""

from __future__ import annotations

from collections import Counter

from supercargo.model import OperationsPlan
from supercargo.referee import RULES
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
from supercargo.report.charts import Bar, bars
from supercargo.report.deliverables.dues import before_lift_off
from supercargo.report.deliverables.figures import plan_number
from supercargo.report.deliverables.held import Held, made
from supercargo.report.deliverables.parts import compliance_table, facility_months, no_way

__all__ = ["document"]

QUESTION = "For stowage and integration: which cargo flies where, when it is processed, how it is followed, how it is checked?"
RECORD = "a record of operations: report with --store"
CARGO_RULES = (
    "line",
    "must",
    "load",
    "bag",
    "bay",
    "stow",
    "piece",
    "place",
    "mass",
    "volume",
    "hazard",
    "late",
    "power",
    "unload",
)


def document(held: Held) -> Document:
    """The cargo management system."""
    blocks: list[Block] = [
        Heading(words="The manifest"),
        _manifest(held),
        _ways(held),
        _rooms(held),
        _fullest(held),
        *_misfits(held),
    ]
    blocks += [Heading(words="Processing"), facility_months(held, covers=("D3.2",)), _gates(held), _pieces(held)]
    blocks += [Heading(words="Tracking"), *_tracking(held)]
    blocks += [
        Heading(words="Quality"),
        _rules(held),
        compliance_table(held, ("cots", "station"), covers=("D3.4",)),
        *_damage(held),
    ]
    blocks.append(
        Evidence(
            claim="Every line is either on a mission or left behind with a reason; the referee recounts masses and places.",
            rests_on=("plan: manifest.csv, stowage.csv, bays.csv", "scenario: cargo.csv, bags.csv, hazard_pairs.csv"),
            covers=("D3.4",),
        )
    )
    return made(held, "D3", QUESTION, blocks)


def _manifest(held: Held) -> Text:
    names = ("lines", "flying_lines", "split_lines", "left_lines", "partly_left_lines", "left_t")
    return Text(
        words="{} lines are asked for; {} of them fly, whole or in part, {} in parts on more than one mission. {} stay behind,"
        " {} of them only in part ({}).",
        numbers=tuple(plan_number(held, name) for name in names),
        covers=("D3.1",),
    )


def _ways(held: Held) -> Table:
    return Table(
        title="Up, down and away",
        source="plan: manifest.csv",
        columns=(
            Column(name="direction"),
            Column(name="lines asked", unit="count"),
            Column(name="whole lines delivered", unit="count"),
            Column(name="asked", unit="kg"),
            Column(name="delivered", unit="kg"),
        ),
        rows=tuple(
            (o.direction, o.lines_count, o.delivered_lines_count, o.asked_kg, o.delivered_kg) for o in held.summary.directions
        ),
        covers=("D3.1",),
    )


def _rooms(held: Held) -> Table:
    rows = tuple(
        (
            o.mission_id,
            o.destination,
            o.lines_count,
            o.pieces_count,
            o.mass_percent,
            o.volume_percent,
            o.late_load_percent,
            o.late_lines_count,
        )
        for o in held.summary.missions
    )
    return Table(
        title="Room on each mission",
        source="plan: missions.csv, manifest.csv, stowage.csv",
        columns=(
            Column(name="mission"),
            Column(name="goes to"),
            Column(name="lines up", unit="count"),
            Column(name="pieces up", unit="count"),
            Column(name="mass", unit="percent"),
            Column(name="volume", unit="percent"),
            Column(name="late load", unit="percent"),
            Column(name="late lines", unit="count"),
        ),
        rows=rows,
        covers=("D3.1",),
    )


def _fullest(held: Held) -> Figure:
    classes: dict[str, float] = {}
    for one in held.summary.missions:
        for name, kg in one.classes_kg:
            classes[name] = classes.get(name, 0.0) + kg
    ranked = sorted(classes.items(), key=lambda item: (-item[1], item[0]))
    rows = [Bar(name, kg / 1000, f"{kg / 1000:,.1f} t") for name, kg in ranked[:16]]
    data = Table(
        title="Mass up by class of supply",
        source="plan: manifest.csv",
        columns=(Column(name="class"), Column(name="up", unit="kg")),
        rows=tuple(ranked),
    )
    drawing = bars("Mass up by class of supply", rows, unit="t")
    return Figure(title="What flies up", source="plan: manifest.csv", drawing=drawing, data=data, covers=("D3.1",))


def _misfits(held: Held) -> list[Block]:
    """Lines that no spacecraft of the year can take at all: more flights would not help them."""
    found = [one for one in held.summary.left_behind if no_way(one)]
    if not found:
        return []
    count = Number(
        key="plan.misfit_lines", value=sum(one.lines_count for one in found), unit="count", source="plan: manifest.csv, reason"
    )
    options = (
        Option(
            name="Ask the owner to repack", effect="{} lines are too large for every bay that goes there", numbers=(count,)
        ),
        Option(name="Give them up", effect="strike them from the orders and tell the customers"),
    )
    question = "What happens to lines that fit no bay?"
    advice = f"Ask for smaller pieces first, for example: {found[0].example}"
    return [
        Decision(
            question=question,
            owner="Cargo integration lead",
            due=before_lift_off(held),
            options=options,
            advice=advice,
            covers=("D3.1",),
        )
    ]


def _gates(held: Held) -> Block:
    gates = held.plan.scenario.gates
    if not gates:
        return Missing(what="gates on the way to lift-off", needs="gates.csv in the scenario")
    first = min(held.plan.missions, key=lambda one: (one.launch_utc, one.mission_id))
    rows = tuple(
        (
            one.gate,
            one.before_launch_d,
            one.owner,
            one.proof,
            ", ".join(one.vehicle_types or one.destinations) or "every mission",
        )
        for one in sorted(gates, key=lambda one: (-one.before_launch_d, one.gate))
    )
    return Table(
        title="Gates before each lift-off",
        source="scenario: gates.csv; days and owners are assumptions",
        columns=(
            Column(name="gate"),
            Column(name="before lift-off", unit="d", digits=0),
            Column(name="owner"),
            Column(name="shown by"),
            Column(name="for"),
        ),
        rows=rows,
        note=f"They move with a slip. The first lift-off is {first.mission_id} on {first.launch_utc:%Y-%m-%d}.",
        covers=("D3.2",),
    )


def _pieces(held: Held) -> Table:
    bays: dict[str, list[float]] = {}
    for one in held.plan.stowage:
        row = bays.setdefault(one.mission_id, [0.0, 0.0])
        row[0] += 1
    for mission in held.plan.missions:
        if mission.mission_id in bays:
            bays[mission.mission_id][1] = mission.upvolume_m3
    capacity = {one.mission_id: one.upvolume_capacity_m3 for one in held.plan.missions}
    types: dict[str, list[float]] = {}
    kinds = {one.mission_id: one.vehicle_type for one in held.plan.missions}
    for name, (count, volume) in bays.items():
        row = types.setdefault(kinds[name], [0.0, 0.0, 0.0, 0.0])
        for index, value in enumerate((1.0, count, volume, capacity[name])):
            row[index] += value
    return Table(
        title="Pieces placed by spacecraft",
        source="plan: stowage.csv and missions.csv",
        columns=(
            Column(name="spacecraft"),
            Column(name="missions", unit="count", digits=0),
            Column(name="pieces", unit="count", digits=0),
            Column(name="placed", unit="m3"),
            Column(name="room", unit="m3"),
        ),
        rows=tuple((name, *row) for name, row in sorted(types.items())),
        note="Each piece has a bay, a place and an unloading order; `supercargo plan` writes packing lists.",
        covers=("D3.2",),
    )


def _tracking(held: Held) -> list[Block]:
    known = held.recorded is not None
    rows = tuple((name, what, count) for name, what, count in held.stages if count or not known)
    table = Table(
        title="Stages of an item's life",
        source="log of operations: view of every thing" if known else "stages that the log of operations knows",
        columns=(Column(name="stage"), Column(name="meaning"), Column(name="things now", unit="count", digits=0)),
        rows=rows,
        note="Counted by each thing's own last step: what is inside another goes with it. Steps out of order are refused.",
        covers=("D3.3",),
    )
    if known:
        return [table]
    return [table, Missing(what="where each item is today", needs=RECORD)]


def _family(rule_id: str) -> bool:
    return rule_id.startswith(CARGO_RULES)


def _rules(held: Held) -> Table:
    broken = Counter(one.rule for one in held.plan.violations)
    rows = tuple(
        (rule.rule_id, "hard" if rule.hard else "soft", broken.get(rule.rule_id, 0), rule.sentence)
        for rule in RULES
        if _family(rule.rule_id)
    )
    return Table(
        title="Rules that the referee holds cargo and stowage to",
        source="referee: rules judged on the plan folder",
        columns=(Column(name="rule"), Column(name="kind"), Column(name="broken", unit="count", digits=0), Column(name="says")),
        rows=rows,
        covers=("D3.4",),
    )


def _damage(held: Held) -> list[Block]:
    if held.recorded is None:
        expected = _expected_damage(held.plan, held)
        return [
            *expected,
            Missing(what="damage and non-conformances that were found", needs="a record of operations: report with --store"),
        ]
    rows = tuple((one.case_id, one.item_id, one.said, one.at_utc, one.customer) for one in held.recorded.damages)
    heads = ("case", "item", "what was found", "when", "customer")
    return [
        Table(
            title="Damage on record",
            source="log of operations: non-conformances that tell of damage",
            columns=tuple(Column(name=name) for name in heads),
            rows=rows,
            covers=("D3.4",),
        )
    ]


def _expected_damage(plan: OperationsPlan, held: Held) -> list[Block]:
    chance = next((kpi for kpi in held.simulated.kpis if kpi.kpi_id == "K4"), None) if held.simulated else None
    if chance is None or chance.value is None:
        return []
    number = Number(
        key="simulation.K4",
        value=chance.value,
        unit="percent",
        source="simulation: K4, damage drawn by chances.csv of the scenario",
    )
    pieces = Number(
        key="plan.pieces_up",
        value=sum(one.pieces_count for one in held.summary.missions),
        unit="count",
        source="plan: stowage.csv",
    )
    return [
        Text(
            words="Of {} pieces up, {} are expected to arrive damaged over the futures.",
            numbers=(pieces, number),
            covers=("D3.4",),
        )
    ]
