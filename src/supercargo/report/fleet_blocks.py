"""Blocks of a fleet's review: use, upkeep, lives, reliability, and capacity against what is asked."""

from __future__ import annotations

from datetime import datetime

from supercargo.model.fleet import CapacityGap, FleetReport, LifeOption
from supercargo.report.blocks import Column, Decision, Figure, Number, Option, Table, Text
from supercargo.report.charts import Bar, Series, Span, bars, columns, lines, spans
from supercargo.report.stacked_bars import stacked_bars
from supercargo.report.svg import MONTHS

__all__ = [
    "balance_figure",
    "capacity_figure",
    "dear_table",
    "extension_decision",
    "fleet_number",
    "gaps_table",
    "lacking",
    "lives_table",
    "reliability_table",
    "room_decision",
    "season_text",
    "smaller_table",
    "tails_table",
    "types_table",
    "upkeep_calendar",
    "upkeep_table",
    "use_figure",
    "whole_gap",
]

_PLAN = "plan: missions.csv and activities.csv against tails.csv"
_LOADS = "plan: manifest.csv and missions.csv against vehicles.csv"
_LIVES = "assumption: lives.csv"
_RECORD = "record: chances.csv, losses of a family over its flights"
_DAY_PARTS = ("flying", "processing, pad", "turned round, inspected", "idle")


def fleet_number(report: FleetReport, name: str) -> Number:
    """A figure of the fleet by name. Raises KeyError for a name that isn't known."""
    up = whole_gap(report, "up")
    owned = sum(row.owned_d for row in report.tails)
    idle = sum(row.idle_d for row in report.tails)
    lost = sum(row.expected_losses for row in report.reliability)
    table: dict[str, tuple[float | None, str, str]] = {
        "tails": (len(report.tails), "count", "scenario: tails.csv"),
        "types": (len(report.types), "count", "scenario: tails.csv"),
        "unused": (sum(not row.flights_count for row in report.tails), "count", _PLAN),
        "flights": (sum(row.flights_count for row in report.tails), "count", _PLAN),
        "left_after": (sum(row.flights_left_after for row in report.tails), "count", _PLAN),
        "mass_percent": (report.utilisation_percent, "percent", _LOADS),
        "maintenance_percent": (report.maintenance_percent, "percent", _PLAN),
        "idle_percent": (100.0 * idle / owned if owned else None, "percent", _PLAN),
        "owned_d": (owned, "d", _PLAN),
        "capacity_kg": (up.capacity_kg if up else None, "kg", _LOADS),
        "demand_kg": (up.demand_kg if up else None, "kg", "scenario: cargo.csv"),
        "left_kg": (up.left_kg if up else None, "kg", _LOADS),
        "expected_losses": (lost, "count", _RECORD),
    }
    value, unit, source = table[name]
    return Number(key=f"fleet.{name}", value=value, unit=unit, source=source, digits=2 if name == "expected_losses" else None)


def whole_gap(report: FleetReport, kind: str) -> CapacityGap | None:
    """Capacity of one kind against demand, all places together."""
    return next((row for row in report.gaps if (row.destination, row.kind) == ("", kind)), None)


def use_figure(report: FleetReport, *, covers: tuple[str, ...] = ()) -> Figure:
    """How the days of each type are spent, in percent of those it is owned."""
    rows = []
    for one in report.types:
        if one.owned_d:
            rest = max(0.0, 100.0 - one.flying_percent - one.maintenance_percent - one.idle_percent)
            rows.append((one.vehicle_type, (one.flying_percent, rest, one.maintenance_percent, one.idle_percent)))
    data = Table(
        title="Days of each type",
        source=_PLAN,
        columns=(Column(name="type"), *(Column(name=part, unit="percent", digits=1) for part in _DAY_PARTS)),
        rows=tuple((name, *parts) for name, parts in rows),
    )
    drawing = stacked_bars("Share of the days owned that each type spends", rows, _DAY_PARTS, unit="percent")
    return Figure(title="How spacecraft spend their days", source=_PLAN, drawing=drawing, data=data, covers=covers)


def types_table(report: FleetReport, *, covers: tuple[str, ...] = ()) -> Table:
    """Flights, loads and money of each type."""
    return Table(
        title="Types of spacecraft",
        source=f"{_PLAN}; costs.csv",
        columns=(
            Column(name="type"),
            Column(name="tails", unit="count"),
            Column(name="without a flight", unit="count"),
            Column(name="flights", unit="count"),
            Column(name="flights left", unit="count"),
            Column(name="full by mass", unit="percent", digits=1),
            Column(name="full by volume", unit="percent", digits=1),
            Column(name="full on return", unit="percent", digits=1),
            Column(name="idle", unit="percent", digits=0),
            Column(name="whole cost", unit="USD/kg"),
        ),
        rows=tuple(
            (
                one.vehicle_type, one.tails_count, one.unused_count, one.flights_count, one.flights_left_after,
                one.mass_percent if one.flights_count else None, one.volume_percent, one.down_percent, one.idle_percent,
                one.usd_per_kg,
            )
            for one in report.types
        ),
        covers=covers,
    )  # fmt: skip


def tails_table(report: FleetReport, *, covers: tuple[str, ...] = ()) -> Table:
    """Each tail with its flights and days."""
    return Table(
        title="Every spacecraft",
        source=_PLAN,
        columns=(
            Column(name="tail"),
            Column(name="type"),
            Column(name="flights", unit="count"),
            Column(name="left before", unit="count"),
            Column(name="left after", unit="count"),
            Column(name="of a life of", unit="count"),
            Column(name="owned", unit="d", digits=0),
            Column(name="flying", unit="d", digits=0),
            Column(name="processing, pad", unit="d", digits=0),
            Column(name="turned round", unit="d", digits=0),
            Column(name="inspected", unit="d", digits=0),
            Column(name="idle", unit="d", digits=0),
        ),
        rows=tuple(
            (
                one.vehicle_id, one.vehicle_type, one.flights_count, one.flights_left_before, one.flights_left_after,
                one.life_flights, one.owned_d, one.flying_d, one.processing_d, one.maintenance_d, one.inspection_d, one.idle_d,
            )
            for one in report.tails
        ),
        note="Owned: from ready, or the start of the horizon, to its end or the end of the tail's life.",
        covers=covers,
    )  # fmt: skip


def upkeep_calendar(report: FleetReport, start: datetime, end: datetime, *, covers: tuple[str, ...] = ()) -> Figure:
    """Turnarounds and inspections on a calendar, a row for each tail that has some."""
    rows = sorted({one.vehicle_id for one in report.maintenance if one.start_utc and one.start_utc < end})
    stretches = [
        Span(one.vehicle_id, one.start_utc, one.end_utc, "three" if one.work == "turnaround" else "two", one.work)
        for one in report.maintenance
        if one.start_utc and one.end_utc and one.start_utc < end
    ]
    last = max([end, *(one.end for one in stretches)])
    drawing = spans(
        "Turnarounds and inspections of the tails that fly again",
        rows,
        stretches,
        start=start,
        end=last,
        keys=(("turnaround", "three"), ("inspection", "two")),
        marks=((end, "end of horizon"),) if last > end else (),
    )
    return Figure(
        title="Maintenance plan", source=f"{_PLAN}; {_LIVES}", drawing=drawing, data=upkeep_table(report), covers=covers
    )


def upkeep_table(report: FleetReport, *, covers: tuple[str, ...] = ()) -> Table:
    """Each piece of work, when, why, and how much time it leaves."""
    return Table(
        title="Work on spacecraft",
        source=f"{_PLAN}; {_LIVES}",
        columns=(
            Column(name="tail"),
            Column(name="work"),
            Column(name="after"),
            Column(name="begins"),
            Column(name="ends"),
            Column(name="due"),
            Column(name="float", unit="d", digits=0),
            Column(name="cost", unit="USD"),
            Column(name="why"),
        ),
        rows=tuple(
            (
                one.vehicle_id, one.work, one.after_mission, one.start_utc, one.end_utc, one.due_utc, one.float_d,
                one.cost_usd, one.why,
            )
            for one in report.maintenance
        ),
        note="Float: days to the tail's next processing; a work without dates fits no gap of the plan.",
        covers=covers,
    )  # fmt: skip


def lives_table(report: FleetReport, *, covers: tuple[str, ...] = ()) -> Table:
    """A longer life against new spacecraft, with the swing of the answer."""
    return Table(
        title="A longer life, or new spacecraft",
        source=f"{_LIVES}; flights wanted as in the plan",
        columns=(
            Column(name="type"),
            Column(name="flights a year", unit="count", digits=1),
            Column(name="left after", unit="count"),
            Column(name="wanted beyond", unit="count", digits=0),
            Column(name="extended", unit="count"),
            Column(name="flights gained", unit="count", digits=1),
            Column(name="avoided", unit="M USD"),
            Column(name="cost", unit="M USD"),
            Column(name="net", unit="M USD"),
            Column(name="lowest", unit="M USD"),
            Column(name="highest", unit="M USD"),
            Column(name="pays up to", unit="M USD"),
            Column(name="verdict"),
        ),
        rows=tuple(
            (
                one.vehicle_type, one.flights_a_year, one.left_after_count, one.wanted_count, one.extended_count,
                one.gained_count, one.avoided_usd / 1e6, one.cost_usd / 1e6, one.net_usd / 1e6, one.net_low_usd / 1e6,
                one.net_high_usd / 1e6, None if one.break_even_usd is None else one.break_even_usd / 1e6, one.verdict,
            )
            for one in report.lives
        ),
        note="Lowest and highest: new spacecraft and extensions each a quarter off, against the answer and for it.",
        covers=covers,
    )  # fmt: skip


def reliability_table(report: FleetReport, *, covers: tuple[str, ...] = ()) -> Table:
    """What the record says of each type's flights."""
    return Table(
        title="Reliability by record",
        source=f"{_RECORD}; mean and 90 % interval of Jeffreys' posterior",
        columns=(
            Column(name="type"),
            Column(name="record of"),
            Column(name="flights on record", unit="count", digits=0),
            Column(name="lost", unit="count", digits=0),
            Column(name="docks", unit="percent", digits=1),
            Column(name="low", unit="percent", digits=1),
            Column(name="high", unit="percent", digits=1),
            Column(name="flights", unit="count"),
            Column(name="expected lost", unit="count", digits=2),
            Column(name="all dock", unit="percent", digits=1),
            Column(name="evidence"),
        ),
        rows=tuple(
            (
                one.vehicle_type, one.record or "all together", one.trials_count, one.losses_count, 100 * one.reliability,
                None if one.low is None else 100 * one.low, None if one.high is None else 100 * one.high,
                one.flights_count, one.expected_losses, 100 * one.all_dock, one.evidence,
            )
            for one in report.reliability
        ),
        covers=covers,
    )  # fmt: skip


def dear_table(report: FleetReport, *, covers: tuple[str, ...] = ()) -> Figure:
    """Whole cost of a kilogram up by type, dearest first."""
    ranked = sorted((one for one in report.types if one.usd_per_kg), key=lambda one: -(one.usd_per_kg or 0.0))
    rows = [Bar(one.vehicle_type, (one.usd_per_kg or 0.0) / 1e3, f"{(one.usd_per_kg or 0.0) / 1e3:,.0f}k") for one in ranked]
    source = "plan: costs.csv over kilograms up of missions.csv"
    data = Table(
        title="Cost of a kilogram",
        source=source,
        columns=(Column(name="type"), Column(name="whole cost", unit="USD/kg"), Column(name="flights", unit="count")),
        rows=tuple((one.vehicle_type, one.usd_per_kg, one.flights_count) for one in ranked),
    )
    drawing = bars("Whole cost of a kilogram up by type of spacecraft", rows, unit="1,000 USD/kg")
    return Figure(title="What a kilogram costs by type", source=source, drawing=drawing, data=data, covers=covers)


def smaller_table(report: FleetReport, *, covers: tuple[str, ...] = ()) -> Table | Text:
    """Loads that a cheaper type would carry; a sentence where there are none."""
    if not report.smaller:
        words = "No mission's load fits a cheaper type that flies to the same place: nothing is won by smaller spacecraft."
        return Text(words=words, covers=covers)
    return Table(
        title="Loads that a cheaper type would carry",
        source=f"{_LOADS}; catalogue prices of spacecraft and launchers",
        columns=(
            Column(name="mission"),
            Column(name="flies"),
            Column(name="would do"),
            Column(name="load", unit="kg"),
            Column(name="room", unit="kg"),
            Column(name="saving", unit="M USD"),
            Column(name="agreed"),
        ),
        rows=tuple(
            (row.mission_id, row.vehicle_type, row.other_type, row.load_kg, row.other_kg, row.saving_usd / 1e6, row.allowed)
            for row in report.smaller[:12]
        ),
        note="Agreed: the contracted flight names the other type too.",
        covers=covers,
    )


def capacity_figure(report: FleetReport, kind: str, *, covers: tuple[str, ...] = ()) -> Figure:
    """Carried by month and room left on its flights, with what is due, or ready without a date, as a line."""
    months = report.months(kind)
    labels = [MONTHS[row.month_utc.month - 1] for row in months]
    due = Series("due or ready", tuple((float(n), row.demand_kg / 1e3) for n, row in enumerate(months)), "limit")
    series = {
        "carried": [row.carried_kg / 1e3 for row in months],
        "room left": [max(0.0, row.capacity_kg - row.carried_kg) / 1e3 for row in months],
    }
    data = Table(
        title=f"Months, {kind}",
        source=_LOADS,
        columns=(
            Column(name="month"),
            Column(name="flights", unit="count"),
            Column(name="capacity", unit="kg"),
            Column(name="due, or ready if undated", unit="kg"),
            Column(name="of it undated", unit="kg"),
            Column(name="carried", unit="kg"),
            Column(name="ahead since the start", unit="kg"),
        ),
        rows=tuple(
            (f"{r.month_utc:%Y-%m}", r.flights_count, r.capacity_kg, r.demand_kg, r.undated_kg, r.carried_kg, r.ahead_kg)
            for r in months
        ),
    )
    says = f"Tonnes {kind} by month: carried, room left on the flights that arrive, and what is due or ready"
    drawing = columns(says, labels, series, unit="t", line=due)
    return Figure(title=f"Capacity and load by month: {kind}", source=_LOADS, drawing=drawing, data=data, covers=covers)


def balance_figure(report: FleetReport, *, covers: tuple[str, ...] = ()) -> Figure:
    """Capacity since the start less what was due or ready, for each kind of cargo up and for what comes back."""
    kinds = [kind for kind in ("pressurised", "unpressurised", "bulk", "down") if report.months(kind)]
    series = [
        Series(kind, tuple((float(n), row.ahead_kg / 1e3) for n, row in enumerate(report.months(kind)))) for kind in kinds
    ]
    first = report.months(kinds[0]) if kinds else ()
    marks = [(float(n), MONTHS[row.month_utc.month - 1]) for n, row in enumerate(first)]
    drawing = lines(
        "Capacity since the start less what was due or ready, by kind",
        series,
        unit="t",
        x_marks=marks,
        levels=(("even", 0.0),),
    )
    data = Table(
        title="Capacity ahead of demand",
        source=_LOADS,
        columns=(Column(name="month"), *(Column(name=kind, unit="kg") for kind in kinds)),
        rows=tuple(
            (f"{row.month_utc:%Y-%m}", *(report.months(kind)[n].ahead_kg for kind in kinds)) for n, row in enumerate(first)
        ),
        note="Below zero: more was due, or ready without a date, by the end of the month than flights could have brought.",
    )
    return Figure(
        title="Where capacity runs ahead of demand, and where behind", source=_LOADS, drawing=drawing, data=data, covers=covers
    )


def gaps_table(report: FleetReport, *, covers: tuple[str, ...] = ()) -> Table:
    """Capacity against what is asked, place by place and kind by kind."""
    return Table(
        title="What the fleet lacks and what it has too much of",
        source=_LOADS,
        columns=(
            Column(name="place"),
            Column(name="kind"),
            Column(name="flights", unit="count"),
            Column(name="capacity", unit="kg"),
            Column(name="asked", unit="kg"),
            Column(name="left behind", unit="kg"),
            Column(name="asked of capacity", unit="percent", digits=0),
            Column(name="furthest behind"),
            Column(name="by", unit="kg"),
            Column(name="verdict"),
        ),
        rows=tuple(
            (
                row.destination or "all together", row.kind, row.flights_count, row.capacity_kg, row.demand_kg, row.left_kg,
                100 * row.demand_kg / row.capacity_kg if row.capacity_kg else None,
                f"{row.worst_month_utc:%Y-%m}" if row.worst_month_utc else "", row.worst_kg, row.verdict,
            )
            for row in report.gaps
        ),
        note="Too little: more is asked than flies, or more than one part in 200 stays behind. Tight: above 97 % carried."
        " Too much: less than 60 % is asked for.",
        covers=covers,
    )  # fmt: skip


def lacking(report: FleetReport, count: int = 3) -> tuple[CapacityGap, ...]:
    """Places and kinds with most mass left behind, most first; of cargo up its kinds, not their sum."""
    rows = [row for row in report.gaps if row.destination and row.kind != "up" and row.verdict == "too little"]
    return tuple(sorted(rows, key=lambda row: (-row.left_kg, row.destination, row.kind))[:count])


def season_text(report: FleetReport, *, covers: tuple[str, ...] = ()) -> Text:
    """How far the busiest and the quietest month stray from the mean."""
    months = report.months("up")
    mean = sum(row.demand_kg for row in months) / len(months) if months else 0.0
    if not mean:
        return Text(words="Nothing is due up: there is no season.", covers=covers)
    high, low = max(months, key=lambda row: row.demand_kg), min(months, key=lambda row: row.demand_kg)
    flights = max(months, key=lambda row: row.flights_count)
    source = "plan: manifest.csv, lines by the month they are due, or ready in if they have no date"

    def number(name: str, value: float, unit: str) -> Number:
        return Number(key=f"fleet.season_{name}", value=value, unit=unit, source=source)

    words = (
        f"Demand has its peak in {MONTHS[high.month_utc.month - 1]} with {{}} due, {{}} of it without a date and ready then,"
        f" {{}} of the mean month, and its trough in "
        f"{MONTHS[low.month_utc.month - 1]} with {{}}. Most flights arrive in {MONTHS[flights.month_utc.month - 1]}: {{}}."
    )
    numbers = (
        number("high_kg", high.demand_kg, "kg"),
        number("high_undated_kg", high.undated_kg, "kg"),
        number("high_percent", 100 * high.demand_kg / mean, "percent"),
        number("low_percent", 100 * low.demand_kg / mean, "percent"),
        number("flights", flights.flights_count, "count"),
    )
    return Text(words=words, numbers=numbers, covers=covers)


def extension_decision(report: FleetReport, due: str, *, covers: tuple[str, ...] = ()) -> Decision | None:
    """Whether lives are extended, for each type where an answer is told; None where none is."""
    told = [one for one in report.lives if one.verdict in ("extend", "replace")]
    if not told:
        return None
    options = tuple(_life(one) for one in told)
    good = [one.vehicle_type for one in told if one.verdict == "extend"]
    advice = (
        f"Extend {' and '.join(good)}: it pays even with extensions a quarter dearer and new spacecraft a quarter cheaper. "
        if good
        else "Buy new: no extension pays. "
    )
    advice += "All prices are assumptions of lives.csv: ask for offers before money is bound."
    return Decision(
        question="Which spacecraft get a longer life?",
        owner="Fleet manager",
        due=due,
        options=options,
        advice=advice,
        covers=covers,
    )


def _life(one: LifeOption) -> Option:
    def usd(name: str, value: float) -> Number:
        return Number(key=f"fleet.life.{one.vehicle_type}.{name}", value=value, unit="USD", source=_LIVES)

    return Option(
        name=f"{one.vehicle_type}: extend {one.extended_count}",
        effect="costs {} and avoids {} of new spacecraft over the years for which it holds",
        numbers=(usd("cost_usd", one.cost_usd), usd("avoided_usd", one.avoided_usd)),
    )


def room_decision(report: FleetReport, due: str, *, covers: tuple[str, ...] = ()) -> Decision | None:
    """Where a further flight is worth most; None where nothing is lacking."""
    short = lacking(report)
    if not short:
        return None
    spare = [row for row in report.tails if not row.flights_count]
    options = tuple(
        Option(
            name=f"{row.destination}: room {row.kind}",
            effect="{} asked for, {} stays behind",
            numbers=(
                Number(
                    key=f"fleet.asked.{row.destination}.{row.kind}",
                    value=row.demand_kg,
                    unit="kg",
                    source="scenario: cargo.csv",
                ),
                Number(key=f"fleet.left.{row.destination}.{row.kind}", value=row.left_kg, unit="kg", source=_LOADS),
            ),
        )
        for row in short
    )
    first = short[0]
    names = ", ".join(f"{row.vehicle_id} ({row.vehicle_type})" for row in spare[:4])
    advice = f"Begin with {first.destination}, {first.kind}: most mass stays behind there."
    advice += (
        f" Without a flight in this plan: {names}."
        if spare
        else " No spacecraft is spare: it has to be bought or a partner asked."
    )
    return Decision(
        question="Where is room for cargo added first?",
        owner="Fleet manager",
        due=due,
        options=options,
        advice=advice,
        covers=covers,
    )
