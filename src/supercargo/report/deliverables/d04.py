"""D4, the operations coordination framework: many missions on shared resources, how good that is, and what to watch."""

from __future__ import annotations

from supercargo.kernel import days_between
from supercargo.measure.coordination import STATES, Coupling, at_once, couplings, most_at_once, reach_of
from supercargo.measure.occupancy import RESOURCE_KINDS, resource_use
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
from supercargo.report.charts import Bar, Series, bars, lines
from supercargo.report.deliverables.dues import due_by
from supercargo.report.deliverables.figures import plan_number
from supercargo.report.deliverables.held import Held, made
from supercargo.report.deliverables.parts import kpi_blocks, mission_calendar, solver_table
from supercargo.report.deliverables.programme_part import programme_blocks, programme_decision

__all__ = ["document"]

QUESTION = (
    "For the operations manager and the mission coordinators: how do many missions share what there is, how good is that, and"
    " when does one get into another's way?"
)
DELAY_D = 14.0
"""Delay that the reach of a mission is told for [d]."""

MOST = 12
_FREE = "plan: missions.csv and activities.csv; free again after clearance or turnaround"
_SHARED = (
    "pad-free",
    "range-spacing",
    "facility-capacity",
    "tail-ready",
    "tail-turnaround",
    "port-free",
    "arrival-spacing",
    "handling-hours",
    "blackout",
)


def document(held: Held) -> Document:
    """The operations coordination framework."""
    coupled = couplings(held.plan)
    blocks: list[Block] = [Heading(words="Coordination on one page"), _page(held, coupled), *_decisions(held, coupled)]
    blocks += [
        Heading(words="Many missions, one calendar"),
        mission_calendar(held, covers=("D4.1",)),
        _at_once(held),
        _steps(held),
    ]
    blocks += [
        Heading(words="Who gets what"),
        _busiest(held),
        _resources(held),
        _rules(held),
    ]
    blocks += [Heading(words="How good the schedule is"), _room(held), solver_table(held, covers=("D4.3",)), _waits(coupled)]
    blocks += [
        Heading(words="What to watch"),
        _reach(held, coupled),
        *_watched(held, coupled),
        *kpi_blocks(held, only=("K2", "K3", "K5", "K6", "K16"), covers=("D4.4",)),
    ]
    blocks += [*programme_blocks(held), _evidence(held)]
    return made(held, "D4", QUESTION, blocks)


def _count(name: str, value: float, source: str) -> Number:
    return Number(key=f"coordination.{name}", value=value, unit="count", source=source)


def _gap(held: Held) -> Number:
    stage = next((stage for stage in held.plan.stages if stage.stage == "schedule"), None)
    value = None if stage is None or stage.gap is None else 100 * stage.gap
    return Number(
        key="plan.schedule_gap_percent", value=value, unit="percent", source="plan: plan.json, stage schedule", digits=2
    )


def _room_number(one: Coupling) -> Number:
    key = f"coordination.room_d.{one.mission_id}.{one.next_id}.{one.kind}"
    return Number(key=key, value=one.room_d, unit="d", source=_FREE, digits=1)


def _page(held: Held, coupled: tuple[Coupling, ...]) -> Text:
    plan = held.plan
    ports = {(one.destination, one.port) for one in plan.missions}
    places = {one.destination for one in plan.missions}
    numbers = [
        plan_number(held, "missions_flown"),
        _count("places", len(places), "plan: missions.csv"),
        _count("docking_places", len(ports), "plan: missions.csv"),
        _count("pads", len({(one.site, one.pad) for one in plan.missions}), "plan: missions.csv"),
        _count("at_once", most_at_once(plan), "plan: activities.csv, most at one instant"),
        _count("docked_at_once", most_at_once(plan, ("dock",)), "plan: activities.csv, most at one instant"),
        _count("couplings", len(coupled), _FREE),
        _count("tight_couplings", sum(one.room_d < DELAY_D for one in coupled), _FREE),
        Number(key="coordination.delay_d", value=DELAY_D, unit="d", source="assumption: a usual slip", digits=0),
        plan_number(held, "hard_violations"),
        _gap(held),
    ]
    words = (
        "{} missions to {} places share {} docking places and {} pads. At most {} of them are between processing and landing"
        " at once, {} docked. {} times a mission takes what another gives back, {} times with less room than {}. The plan"
        " breaks {} hard rules, and no schedule of these missions is better by more than {} of what this one costs."
    )
    return Text(words=words, numbers=tuple(numbers), covers=("D4.1",))


def _decisions(held: Held, coupled: tuple[Coupling, ...]) -> list[Decision]:
    found: list[Decision] = []
    if coupled:
        first = coupled[0]
        launch = held.plan.mission_named[first.mission_id].launch_utc
        reach = next(row for row in reach_of(held.plan, coupled, DELAY_D) if row.mission_id == first.mission_id)
        moved = _count(f"moved.{first.mission_id}", len(reach.moved), _FREE)
        question = f"Is the narrow turn at {first.kind} {first.resource} between {first.mission_id} and {first.next_id} kept?"
        keep = Option(
            name="Keep it, and watch it",
            effect=f"a delay of {first.mission_id} beyond {{}} is felt by {first.next_id}; two weeks would move {{}} missions",
            numbers=(_room_number(first), moved),
        )
        widen = Option(
            name="Widen it",
            effect=f"plan again with a later earliest_utc for {first.next_id}; the schedule is within {{}} of the best now",
            numbers=(_gap(held),),
        )
        advice = f"Keep it: plan anew as soon as {first.mission_id} is reported late by more than the room."
        found.append(
            Decision(
                question=question,
                owner="Operations manager",
                due=due_by(held, launch, f"{first.mission_id} lifts off"),
                options=(keep, widen),
                advice=advice,
                covers=("D4.3",),
            )
        )
    return [*found, *programme_decision(held)]


def _at_once(held: Held) -> Figure:
    rows = at_once(held.plan)
    start = held.plan.scenario.settings.start_utc
    shown = {"processing": "in processing", "dock": "docked"}
    series = [
        Series(STATES[state], tuple((days_between(start, row.at_utc), float(row.counts[index])) for row in rows))
        for index, state in enumerate(STATES)
        if state in shown
    ]
    moving = [index for index, state in enumerate(STATES) if state not in shown]
    series.append(
        Series(
            "on the pad or on the way",
            tuple((days_between(start, row.at_utc), float(sum(row.counts[index] for index in moving))) for row in rows),
        )
    )
    data = Table(
        title="Missions at once",
        source="plan: activities.csv, at the start of each week",
        columns=(Column(name="week of"), *(Column(name=words, unit="count") for words in STATES.values())),
        rows=tuple((row.at_utc, *row.counts) for row in rows),
    )
    every = max(1, len(rows) // 12)
    marks = [(days_between(start, row.at_utc), f"{row.at_utc:%Y-%m-%d}"[2:]) for row in rows[::every]]
    drawing = lines("Missions in processing, moving and docked, week by week", series, unit="missions", x_marks=marks)
    return Figure(
        title="How many missions are where at once",
        source="plan: activities.csv",
        drawing=drawing,
        data=data,
        covers=("D4.1",),
    )


def _steps(held: Held) -> Table:
    """Gates that each mission passes before lift-off, and who passes them."""
    gates = sorted(held.plan.scenario.gates, key=lambda one: (-one.before_launch_d, one.gate))
    return Table(
        title="What each mission passes before lift-off, and who passes it",
        source="scenario: gates.csv",
        columns=(
            Column(name="gate"),
            Column(name="before lift-off", unit="d", digits=0),
            Column(name="who"),
            Column(name="shown by"),
            Column(name="for"),
        ),
        rows=tuple(
            (one.gate, one.before_launch_d, one.owner, one.proof, ", ".join((*one.vehicle_types, *one.destinations)) or "all")
            for one in gates
        ),
        note="Dates move with the lift-off; in operations each is an event with a name and an instant.",
        covers=("D4.1",),
    )


def _resources(held: Held) -> Table:
    rows = sorted(resource_use(held.plan), key=lambda one: (RESOURCE_KINDS.index(one.kind), -one.percent, one.resource))
    return Table(
        title="Use of every shared resource",
        source="plan: activities.csv over the horizon, closures taken off",
        columns=(
            Column(name="kind"),
            Column(name="resource"),
            Column(name="used", unit="h", digits=0),
            Column(name="available", unit="h", digits=0),
            Column(name="share", unit="percent", digits=1),
        ),
        rows=tuple((one.kind, one.resource, one.used_h, one.available_h, one.percent) for one in rows if one.used_h),
        note="Resources that no mission uses are left out.",
        covers=("D4.2",),
    )


def _busiest(held: Held) -> Figure:
    rows = sorted(resource_use(held.plan), key=lambda one: (-one.percent, one.resource))
    shown = [Bar(f"{one.resource} ({one.kind})", one.percent, f"{one.percent:.0f} %") for one in rows if one.used_h][:MOST]
    return Figure(
        title="The scarcest resources",
        source="plan: activities.csv over the horizon, closures taken off",
        drawing=bars("Hours used over hours available of the busiest resources", shown, unit="percent"),
        data=None,
        covers=("D4.2",),
    )


def _rules(held: Held) -> Table:
    """Rules by which resources are shared, and how often this plan breaks them."""
    broken: dict[str, int] = {}
    for one in held.plan.violations:
        broken[one.rule] = broken.get(one.rule, 0) + 1
    rows = tuple((rule.rule_id, rule.sentence, broken.get(rule.rule_id, 0)) for rule in RULES if rule.rule_id in _SHARED)
    return Table(
        title="What no allocation may break",
        source="referee: rules judged on the plan folder",
        columns=(Column(name="rule"), Column(name="what it says"), Column(name="broken", unit="count")),
        rows=rows,
        note="Where two missions want the same, the planner gives it to the one whose cargo and promise are worth more.",
        covers=("D4.2",),
    )


def _room(held: Held) -> Table:
    requests = held.plan.scenario.requests
    rows = []
    for one in sorted(held.plan.missions, key=lambda one: (one.launch_utc, one.mission_id)):
        asked = requests.get(one.mission_id)
        if asked is not None:
            used_d = days_between(asked.earliest_utc, one.launch_utc)
            left_d = days_between(one.launch_utc, asked.latest_utc)
            dates = (asked.earliest_utc, one.launch_utc, asked.latest_utc)
            rows.append((one.mission_id, one.destination, *dates, used_d, left_d))
    return Table(
        title="The room each lift-off has",
        source="scenario: missions.csv; plan: missions.csv",
        columns=(
            Column(name="mission"),
            Column(name="place"),
            Column(name="earliest"),
            Column(name="planned"),
            Column(name="latest"),
            Column(name="after earliest", unit="d", digits=1),
            Column(name="to latest", unit="d", digits=1),
        ),
        rows=tuple(rows),
        note="A slip beyond the days to latest breaks the contract's date, whatever else moves.",
        covers=("D4.3",),
    )


def _waits(coupled: tuple[Coupling, ...]) -> Table:
    return Table(
        title="Where one mission waits for what another gives back",
        source=_FREE,
        columns=(
            Column(name="shared"),
            Column(name="resource"),
            Column(name="gives back"),
            Column(name="takes it"),
            Column(name="room", unit="d", digits=1),
        ),
        rows=tuple((one.kind, one.resource, one.mission_id, one.next_id, _room_number(one)) for one in coupled[:MOST]),
        note=f"The {min(MOST, len(coupled))} narrowest of {len(coupled)}. Room: the delay of one that the next does not feel.",
        covers=("D4.3",),
    )


def _reach(held: Held, coupled: tuple[Coupling, ...]) -> Table:
    rows = [row for row in reach_of(held.plan, coupled, DELAY_D) if row.moved][:MOST]
    return Table(
        title=f"Whom a delay of {DELAY_D:g} days moves if nobody plans anew",
        source=_FREE,
        columns=(
            Column(name="late mission"),
            Column(name="lift-off"),
            Column(name="moves", unit="count"),
            Column(name="which"),
        ),
        rows=tuple((row.mission_id, row.launch_utc, len(row.moved), ", ".join(row.moved)) for row in rows),
        note="Passed on from mission to mission, less the room between them. A mission that is not listed moves nobody.",
        covers=("D4.4",),
    )


def _watched(held: Held, coupled: tuple[Coupling, ...]) -> list[Block]:
    """Missions whose likely delay exceeds the room behind them."""
    if held.simulated is None:
        return [Missing(what="which missions are likely to be later than their room", needs="report with --runs above 0")]
    tightest: dict[str, Coupling] = {}
    for one in reversed(coupled):
        tightest[one.mission_id] = one
    known = [(one, tightest[one.mission_id]) for one in held.simulated.missions if one.mission_id in tightest]
    rows = [
        (risk.mission_id, risk.delay_p50_d, risk.delay_p95_d, one.next_id, f"{one.kind} {one.resource}", _room_number(one))
        for risk, one in known
        if risk.delay_p95_d is not None and risk.delay_p95_d > one.room_d
    ]
    rows.sort(key=lambda row: (row[5].value or 0.0, row[0]))
    return [
        Table(
            title="Missions to watch: their delay may exceed the room behind them",
            source=f"simulation: {held.footer.runs} futures of this plan, no replanning in them; {_FREE}",
            columns=(
                Column(name="mission"),
                Column(name="median delay", unit="d", digits=1),
                Column(name="one in twenty above", unit="d", digits=1),
                Column(name="then waits"),
                Column(name="for"),
                Column(name="room", unit="d", digits=1),
            ),
            rows=tuple(rows[: 2 * MOST]),
            note=f"{len(rows)} of {len(known)} missions with one behind them. Reported later than the room: plan anew.",
            covers=("D4.4",),
        )
    ]


def _evidence(held: Held) -> Evidence:
    return Evidence(
        claim="Who shares what is read from the plan folder; a referee that shares no code with the planner holds the rules.",
        rests_on=(
            f"plan folder, digest {held.footer.digest}",
            f"scenario, digest {held.footer.scenario_digest}, facts as of {held.footer.as_of}",
            "programme: its own files or the template of the catalogue, as named with each figure",
        ),
    )
