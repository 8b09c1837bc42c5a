"""D1, the mission operations plan: what flies when, with what, and what must be decided."""

from __future__ import annotations

from collections.abc import Sequence

from supercargo.measure.summary import LeftBehind
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
from supercargo.report.charts import Bar, bars, columns
from supercargo.report.deliverables.dues import before_lift_off, due_by
from supercargo.report.deliverables.figures import (
    kpi_number,
    kpi_of,
    plan_number,
    simulated_number,
    spread_of,
    targets_missed,
)
from supercargo.report.deliverables.happened import happened_text, released_text
from supercargo.report.deliverables.held import Held, made, reference
from supercargo.report.deliverables.open_points import contingency_option, first_open_order, open_words, stocks_text
from supercargo.report.deliverables.parts import (
    closest_turnovers,
    kpi_blocks,
    mission_calendar,
    no_way,
    port_bars,
    solver_table,
)
from supercargo.report.svg import MONTHS

__all__ = ["document"]

QUESTION = (
    "For the operations manager and the executive: what flies this year, can it be kept, and what has to be decided now?"
)

_TOLD = (
    "missions_flown", "missions_due", "up_t", "down_t", "disposal_t", "on_time_percent", "left_lines", "partly_left_lines",
    "revenue_usd", "margin_percent", "hard_violations", "stocks_below_reserve", "stocks",
)  # fmt: skip


def document(held: Held) -> Document:
    """The mission operations plan."""
    blocks: list[Block] = [Heading(words="The year on one page"), *happened_text(held, covers=("D1.4",))]
    blocks += [*_year(held), *_decisions(held)]
    blocks += [Heading(words="Missions"), mission_calendar(held, covers=("D1.1",)), _months(held), _missions(held)]
    blocks += [Heading(words="Spacecraft, pads and docking places"), _fleet(held), port_bars(held, covers=("D1.2",))]
    blocks += [closest_turnovers(held.plan, covers=("D1.2",)), _watched(held)]
    blocks += [Heading(words="Cargo"), _cargo(held), *_left(held)]
    blocks += [
        Heading(words="How well it delivers"),
        _delivery(held),
        solver_table(held, covers=("D1.4",)),
        *kpi_blocks(held, only=("K1", "K2", "K3", "K5")),
    ]
    blocks += [_evidence(held)]
    return made(held, "D1", QUESTION, blocks)


def _year(held: Held) -> list[Block]:
    words = (
        "{} of {} contracted missions fly. They bring {} up, {} back and take {} of trash away; {} of the dated lines arrive"
        " on time and {} lines stay behind, {} of them only in part. The service earns {} with a margin of {}. The referee"
        " finds {} broken hard rules; as planned, {} of {} stocks fall below their reserve on some day."
    )
    said = Text(
        words=words,
        numbers=tuple(plan_number(held, name) for name in _TOLD),
        covers=("D1.1",),
    )
    verdict = _verdict(held)
    if held.simulated is None:
        return [said, verdict, Missing(what="what slips, losses and demand do to it", needs="report with --runs above 0")]
    futures = Text(
        words="A year never goes as planned. Flown through {} futures with the slips and losses of past missions and nobody"
        " planning anew, {} missions fly within the horizon, {} of the dated lines arrive on time, and the margin is {}"
        " (one future in twenty: below {}). " + _gap_words(held),
        numbers=(
            Number(
                key="report.runs", value=held.footer.runs, unit="count", source="simulation: futures drawn for these documents"
            ),
            simulated_number(held, "flown missions"),
            simulated_number(held, "K3"),
            simulated_number(held, "K10"),
            simulated_number(held, "K10", "p05"),
        ),
        covers=("D1.4",),
    )
    stocks = stocks_text(held)
    return [said, verdict, futures, *([stocks] if stocks else [])]


def _verdict(held: Held) -> Text:
    """Of all KPIs which meet their target, which miss it and by what, and which a plan can't tell."""
    kpis = held.plan.kpis
    missed = targets_missed(kpis)
    met = [kpi.kpi_id for kpi in kpis if kpi.met]
    free = [kpi.kpi_id for kpi in kpis if kpi.met is None and kpi.value is not None]
    unknown = [kpi.kpi_id for kpi in kpis if kpi.value is None]
    words = f"KPIs as planned: {_share(len(met), len(kpis))} their target ({', '.join(met) or 'none'}), {len(missed)} not"
    words += " (" + "; ".join(f"{kpi.kpi_id} {kpi.name}: {{}} where {{}} is wanted" for kpi in missed) + ")" if missed else ""
    words += f"; without a target stand {', '.join(free)}" if free else ""
    words += f"; {len(unknown)} can't be known before flights ({', '.join(unknown)})." if unknown else "."
    source = "plan: kpis.csv, target"
    numbers = [
        number
        for kpi in missed
        for number in (
            kpi_number(held, kpi.kpi_id),
            Number(key=f"plan.{kpi.kpi_id}.target", value=kpi.target, unit=kpi.unit, source=source),
        )
    ]
    points = tuple(f"{kpi.kpi_id} {kpi.name}: {causes_words(_first(kpi.causes))}" for kpi in missed)
    return Text(words=words, numbers=tuple(numbers), points=points)


def _share(count: int, whole: int) -> str:
    return f"{count} of {whole} {'meets' if count == 1 else 'meet'}"


def _gap_words(held: Held) -> str:
    """What lies between the plan and its futures, by the sign of each: on time to be won back, margin more or less."""
    planned, told = held.summary.money.margin_percent, spread_of(held, "K10")
    lost = "What is not on time in them, replanning during the year has to win back"
    if planned is None or told is None or told.mean is None:
        return f"{lost}."
    if told.mean <= planned:
        return f"{lost}, and the margin that is lower than the {planned:.1f} % planned."
    return (
        f"{lost}. Their margin lies above the {planned:.1f} % planned, and that is no gain: it is a share, of the revenue"
        " and cost of the flights that still fall into the horizon."
    )


def _first(causes: str) -> str:
    """The clause that names causes, of a KPI's words."""
    named = ("largest", "busiest", "value", "unflown", "missing", "emptiest", "by account", "by place", "by group")
    clauses = [clause for clause in causes.split("; ") if clause.startswith(named)]
    return clauses[-1] if clauses else causes


def _decisions(held: Held) -> list[Block]:
    return [released_text(held) or _release(held), *_reserve(held), *_behind(held)]


def _release(held: Held) -> Decision:
    broken = plan_number(held, "hard_violations")
    first = min(held.plan.missions, key=lambda one: (one.launch_utc, one.mission_id))
    lawful = not broken.value
    starts = min(
        (one.start_utc for one in held.plan.activities if one.mission_id == first.mission_id), default=first.launch_utc
    )
    opened, counted = open_words(held)
    options = (
        Option(
            name="Release it",
            effect="{} hard rules broken; {} of revenue begins to be earned with "
            + first.mission_id
            + f" on {first.launch_utc:%Y-%m-%d}"
            + (f"; open: {opened}" if opened else ""),
            numbers=(broken, plan_number(held, "revenue_usd"), *counted),
        ),
        Option(
            name="Plan again first",
            effect="at most {} of the manifest's worth could still be won; processing of the first mission begins on "
            f"{starts:%Y-%m-%d}",
            numbers=(_gap(held),),
        ),
    )
    advice = "Release it: no hard rule is broken and what is left to win is within the proven gap."
    if opened:
        advice += " Confirm first what is open: what was not ordered or not passed comes late for its mission."
    if not lawful:
        advice = "Do not release it: name a waiver for each broken rule or change the input, then plan again."
    question = "Is this plan released for operations?"
    due, why = starts, "the first spacecraft is processed"
    order = first_open_order(held)
    if order is not None and order[0] < due:
        due, why = order[0], f"the first order that hangs on it, with {order[1]}"
    return Decision(
        question=question,
        owner="Operations manager",
        due=due_by(held, due, why),
        options=options,
        advice=advice,
    )


def _gap(held: Held) -> Number:
    gaps = [100 * stage.gap for stage in held.plan.stages if stage.gap is not None]
    source = "plan: plan.json, largest proven gap of its stages"
    return Number(key="plan.gap_percent", value=max(gaps, default=None), unit="percent", source=source, digits=2)


def _reserve(held: Held) -> list[Block]:
    """Which mission's slip hurts stocks most, and what is paid for against it."""
    if held.simulated is None or not held.simulated.missions:
        return []
    worst = held.simulated.missions[0]
    source = "simulation: mission_risk, share of stock days below reserve that its slip explains"
    share = Number(
        key=f"simulated.stock_share.{worst.mission_id}", value=100 * worst.stock_share, unit="percent", source=source
    )
    known = held.review.contingencies
    worth = [one for one in known if one.verdict == "worth it"]
    options = [contingency_option(held, place) for place in range(min(3, len(known)))]
    options.append(
        Option(
            name="Carry the risk",
            effect=f"the slip of {worst.mission_id} explains {{}} of the days below reserve",
            numbers=(share,),
        )
    )
    advice = (
        f"Pay for {worth[0].title.lower()}: it returns more than it costs."
        if worth
        else (
            "Carry the risk and replan early: no contingency returns its cost in money by what futures show;"
            f" days of short stock have no price in it and are weighed beside. Watch {worst.mission_id} first."
        )
    )
    question = "What is paid for against slips?"
    due = due_by(held, worst.launch_utc, f"{worst.mission_id} lifts off")
    return [
        Decision(
            question=question, owner="Supply chain director", due=due, options=tuple(options), advice=advice, covers=("D1.4",)
        )
    ]


def _behind(held: Held) -> list[Block]:
    """Urgent lines that no mission takes."""
    urgent = [one for one in held.summary.left_behind if one.must_count or one.worst_priority in (1, 2)]
    if not urgent:
        return []
    count = sum(one.priorities[0] + one.priorities[1] for one in urgent)
    source = "plan: manifest.csv, rows of priority 1 and 2 without a mission"
    number = Number(key="plan.urgent_left_lines", value=count, unit="count", source=source)
    named = ", ".join(f"{one.reason} ({one.priorities[0] + one.priorities[1]})" for one in urgent[:3])
    options = (
        Option(name="Tell the customers now", effect=f"{{}} urgent lines stay behind, because: {named}", numbers=(number,)),
        Option(name="Ask for room", effect="buy room on a partner's flight or swap them against lines of priority 4 and 5"),
    )
    advice = _urgent_advice(held, urgent)
    question = "What happens to the urgent lines that stay behind?"
    due = before_lift_off(held)
    return [Decision(question=question, owner="Operations manager", due=due, options=options, advice=advice, covers=("D1.3",))]


def _urgent_advice(held: Held, urgent: Sequence[LeftBehind]) -> str:
    """What to do first with urgent lines, by why they stay: room helps only those that would fit into it."""
    misfits = [one for one in urgent if no_way(one)]
    heavy = [one for one in urgent if "than a flight can take" in one.reason]
    advice = []
    if misfits:
        count = sum(one.priorities[0] + one.priorities[1] for one in misfits)
        what = "fits no bay or flight" if count == 1 else "fit no bay or flight"
        advice.append(f"{count} of them {what}, and room does not help: ask for smaller pieces, see {reference(held, 'D3')}.")
    if heavy:
        advice.append("What is more than a flight can take has to be split by its owner.")
    if len(misfits) + len(heavy) < len(urgent):
        swap = "Swap the others" if advice else "Swap first"
        advice.append(
            f"{swap}: the manifest already prefers them, so each needs a customer's consent to displace another line."
        )
    return " ".join(advice)


def _months(held: Held) -> Figure:
    settings = held.plan.scenario.settings
    axis: list[tuple[int, int]] = []
    year, month = settings.start_utc.year, settings.start_utc.month
    while (year, month) < (settings.end_utc.year, settings.end_utc.month + (settings.end_utc.day > 1)):
        axis.append((year, month))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    places = sorted({one.destination for one in held.plan.missions}, key=lambda name: (-_flights(held, name), name))
    shown = [*places[:4], "elsewhere"] if len(places) > 5 else places
    counts = {name: [0.0] * len(axis) for name in shown}
    for one in held.plan.missions:
        at = axis.index(min(max((one.launch_utc.year, one.launch_utc.month), axis[0]), axis[-1]))
        counts[one.destination if one.destination in counts else "elsewhere"][at] += 1
    labels = [MONTHS[month - 1] for _, month in axis]
    data = Table(
        title="Lift-offs by month",
        source="plan: missions.csv",
        columns=(Column(name="month"), *(Column(name=name, unit="count") for name in shown)),
        rows=tuple((f"{y}-{m:02d}", *(counts[name][index] for name in shown)) for index, (y, m) in enumerate(axis)),
    )
    drawing = columns("Lift-offs by month and destination", labels, counts, unit="lift-offs")
    return Figure(title="Lift-offs by month", source="plan: missions.csv", drawing=drawing, data=data, covers=("D1.1",))


def _flights(held: Held, place: str) -> int:
    return sum(one.destination == place for one in held.plan.missions)


def _missions(held: Held) -> Table:
    fill = {one.mission_id: one.fill_percent for one in held.summary.missions}
    rows = tuple(
        (
            one.mission_id, one.vehicle_type, one.vehicle_id, one.launcher, f"{one.site} {one.pad}",
            f"{one.destination} {one.port}", one.launch_utc, one.docked_utc[0], one.docked_utc[1], one.upmass_kg,
            fill.get(one.mission_id),
        )
        for one in sorted(held.plan.missions, key=lambda one: (one.launch_utc, one.mission_id))
    )  # fmt: skip
    heads = ("mission", "spacecraft", "tail", "launcher", "pad", "docking place", "lift-off", "arrives", "departs")
    return Table(
        title="Every mission",
        source="plan: missions.csv",
        columns=(
            *(Column(name=name) for name in heads),
            Column(name="up", unit="kg"),
            Column(name="full", unit="percent", digits=0),
        ),
        rows=rows,
        covers=("D1.1",),
    )


def _fleet(held: Held) -> Table:
    flights: dict[str, int] = {}
    for one in held.plan.missions:
        flights[one.vehicle_type] = flights.get(one.vehicle_type, 0) + 1
    return Table(
        title="Spacecraft",
        source="plan: missions.csv and tails.csv of the scenario",
        columns=(
            Column(name="type"),
            Column(name="tails", unit="count"),
            Column(name="flights", unit="count"),
            Column(name="owned", unit="d", digits=0),
            Column(name="in maintenance", unit="d", digits=0),
        ),
        rows=tuple(
            (one.vehicle_type, one.tails_count, flights.get(one.vehicle_type, 0), one.owned_d, one.maintenance_d)
            for one in held.summary.fleet
        ),
        covers=("D1.2",),
    )


def _watched(held: Held) -> Block:
    if held.simulated is None:
        return Missing(what="which missions' slips hurt most", needs="report with --runs above 0")
    rows = tuple(
        (one.mission_id, one.destination, one.slip_d, one.delay_p95_d, 100 * one.lost_probability, 100 * one.stock_share)
        for one in held.simulated.missions[:8]
    )
    return Table(
        title="Missions to watch",
        source="simulation: mission_risk.csv, largest share of stock days below reserve first",
        columns=(
            Column(name="mission"),
            Column(name="goes to"),
            Column(name="own slip, mean of all futures", unit="d", digits=0),
            Column(name="delay if it flies in time, 1 in 20", unit="d", digits=0),
            Column(name="lost", unit="percent", digits=1),
            Column(name="of stock days short", unit="percent", digits=1),
        ),
        rows=rows,
        note="A slip that carries a mission beyond the horizon counts in the mean and not in the delay.",
        covers=("D1.2",),
    )


def _cargo(held: Held) -> Table:
    rows = tuple(
        (
            one.destination, one.flown_count, one.up_kg, one.down_kg, one.disposal_kg, one.on_time.strict_percent,
            one.left_lines_count, one.usd_per_kg,
        )
        for one in held.summary.places
    )  # fmt: skip
    return Table(
        title="Cargo by destination",
        source="plan: manifest.csv, missions.csv and costs.csv",
        columns=(
            Column(name="destination"),
            Column(name="missions", unit="count"),
            Column(name="up", unit="kg"),
            Column(name="back", unit="kg"),
            Column(name="trash", unit="kg"),
            Column(name="on time", unit="percent"),
            Column(name="left behind", unit="count"),
            Column(name="whole cost", unit="USD/kg"),
        ),
        rows=rows,
        covers=("D1.3",),
    )


def _left(held: Held) -> list[Block]:
    ranked = sorted(held.summary.left_behind, key=lambda one: (-one.lines_count, one.reason))
    if not ranked:
        return [Text(words="No line stays behind.", covers=("D1.3",))]
    rows = [Bar(one.reason, float(one.lines_count), f"{one.lines_count} lines, {one.mass_kg:,.0f} kg") for one in ranked[:12]]
    data = Table(
        title="Lines left behind",
        source="plan: manifest.csv, reason",
        columns=(
            Column(name="reason"),
            Column(name="lines", unit="count"),
            Column(name="mass", unit="kg"),
            Column(name="must lines", unit="count"),
            Column(name="for example"),
        ),
        rows=tuple((one.reason, one.lines_count, one.mass_kg, one.must_count, one.example) for one in ranked),
    )
    drawing = bars("Lines that stay behind by reason", rows, unit="lines")
    return [
        Figure(
            title="Why lines stay behind", source="plan: manifest.csv, reason", drawing=drawing, data=data, covers=("D1.3",)
        )
    ]


def _delivery(held: Held) -> Text:
    kept = held.summary.on_time
    late = kept.lines_count - kept.strict_count - kept.left_behind_count
    source = "plan: manifest.csv, delivered_utc against due_utc"
    on_time = kpi_of(held.plan.kpis, "K3")
    return Text(
        words="Of {} dated lines up, {} are delivered by their date, {} later and {} not or not whole. Spacecraft leave {}"
        " full (K5). Each kilogram up costs {}, whoever pays."
        + (f" Target of K3: {on_time.target:g} %." if on_time and on_time.target else ""),
        numbers=(
            Number(key="plan.dated_lines", value=kept.lines_count, unit="count", source=source),
            Number(key="plan.on_time_lines", value=kept.strict_count, unit="count", source=source),
            Number(key="plan.late_lines", value=late, unit="count", source=source),
            Number(key="plan.dated_left_lines", value=kept.left_behind_count, unit="count", source=source),
            kpi_number(held, "K5"),
            plan_number(held, "usd_per_kg"),
        ),
        covers=("D1.4",),
    )


def _evidence(held: Held) -> Evidence:
    return Evidence(
        claim="A referee that shares no code with the planner judges the plan folder; what each stage proved stands above.",
        rests_on=(
            f"plan folder, digest {held.footer.digest}",
            f"scenario, digest {held.footer.scenario_digest}, facts as of {held.footer.as_of}",
            *(f"what to know of the scenario: {remark}" for remark in held.plan.scenario.settings.remarks),
        ),
    )
