"""D12, the cost optimization programme: what drives cost, what initiatives save, what it does to margin and price."""

from __future__ import annotations

import math

from supercargo.measure.cost_to_serve import Served
from supercargo.model import InitiativeSaving
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
from supercargo.report.deliverables.dues import before_contracts, before_horizon
from supercargo.report.deliverables.figures import kpi_number, plan_number, usd
from supercargo.report.deliverables.held import Held, Unmade, made, reference
from supercargo.report.deliverables.improving import MEASURED, initiative_table, pareto_figure, programme_number
from supercargo.report.fleet_blocks import lacking

__all__ = ["document"]

QUESTION = (
    "For the executive and the supply chain director: where does the money go, what will we save of it, and is it enough?"
)


def document(held: Held) -> Document:
    """The cost optimization programme."""
    blocks: list[Block] = [Heading(words="The programme on one page"), *_page(held), _ladder(held), *_decisions(held)]
    blocks += [Heading(words="What drives cost"), *_drivers(held)]
    blocks += [Heading(words="Initiatives that cost less"), *_reductions(held)]
    blocks += [Heading(words="Doing the same with less work"), *_efficiency(held)]
    blocks += [Heading(words="Margin"), *_margin(held)]
    blocks += [Heading(words="Prices"), *_prices(held)]
    blocks += [Heading(words="Progress"), *_progress(held), _evidence(held)]
    return made(held, "D12", QUESTION, blocks)


def _rows(held: Held, *aims: str) -> list[InitiativeSaving]:
    return [row for row in held.improvement.programme.savings if row.aim in aims]


_FIRST = (
    "service_usd", "target_percent", "target_usd", "initiatives", "together_usd", "together_percent", "gap_usd",
)  # fmt: skip
_SECOND = ("least_usd", "most_usd", "committed_usd", "horizon_usd", "one_off_usd")


def _page(held: Held) -> list[Block]:
    told = held.improvement.programme
    first = Text(
        words="The service pays {} for the plan. {} less is asked for (K15): {}. {} initiatives are on the list; all that can"
        " be measured save {} together, {} of it, and {} are missing.",
        numbers=tuple(programme_number(held, name) for name in _FIRST),
        covers=("D12.1",),
    )
    second = Text(
        words="By how far each is reached it is {} to {}. Those that are more than an idea save {}. In this horizon, each from"
        " its month on, {} are saved; {} are spent once.",
        numbers=tuple(programme_number(held, name) for name in _SECOND),
        points=(
            "No saving is entered anywhere: the cost model runs on the plan's flights and loads with and without each.",
            "The initiatives are the template of the catalogue: their effects are assumptions to be replaced."
            if told.template
            else "The initiatives are the scenario's own.",
            f"K15 counts the whole chain, furnished flights too: with all initiatives {told.k15_percent:.1f} %."
            if told.k15_percent is not None
            else "K15 can't be told: nothing is delivered up.",
        ),
        covers=("D12.1",),
    )
    return [first, second]


def _ladder(held: Held) -> Figure:
    told = held.improvement.programme
    rows = [Bar("asked for by K15", told.target_usd, f"{told.target_usd / 1e6:,.1f} M USD", "four")]
    rows.append(Bar("all that is measured", told.together_usd, f"{told.together_usd / 1e6:,.1f} M USD", "one"))
    rows.append(Bar("more than an idea", told.committed_usd, f"{told.committed_usd / 1e6:,.1f} M USD", "six"))
    rows.append(Bar("each at its least", told.least_usd, f"{told.least_usd / 1e6:,.1f} M USD", "three"))
    rows.append(Bar("each at its most", told.most_usd, f"{told.most_usd / 1e6:,.1f} M USD", "three"))
    rows.append(Bar("in this horizon", told.horizon_usd, f"{told.horizon_usd / 1e6:,.1f} M USD", "two"))
    return Figure(
        title=f"All save {told.together_percent:.1f} % of what the service pays, of {told.target_percent:g} % asked for",
        source=MEASURED,
        drawing=bars("Saving against what is asked for", rows, unit="USD", target=told.target_usd),
        covers=("D12.1",),
    )


def _decisions(held: Held) -> list[Block]:
    told = held.improvement.programme
    ideas = [row for row in told.savings if row.state == "idea" and (row.saving_usd or 0) > 0]
    approve = Decision(
        question="Are the ideas approved, or only what is approved today?",
        owner="Executive",
        due=before_horizon(held),
        options=(
            Option(
                name="Only what is approved",
                effect="{} saved for {} once",
                numbers=(programme_number(held, "committed_usd"), programme_number(held, "committed_once_usd")),
            ),
            Option(
                name="All that is measured",
                effect="{} saved for {} once; {} missing to the target",
                numbers=tuple(programme_number(held, name) for name in ("together_usd", "one_off_usd", "gap_usd")),
            ),
        ),
        advice=_approval(ideas, [row for row in told.savings if row.state != "idea"]),
        covers=("D12.1",),
    )
    if not told.gap_usd:
        return [approve]
    gap = Decision(
        question="How is the gap to the target closed?",
        owner="Supply chain director",
        due=before_horizon(held),
        options=(
            Option(
                name="Reach the most of each initiative",
                effect="{} saved instead of {}",
                numbers=(programme_number(held, "most_usd"), programme_number(held, "together_usd")),
            ),
            Option(name="Find more where cost is", effect=_dearest(held)),
            Option(
                name="Ask for less",
                effect="{} of what the service pays is what today's list comes to",
                numbers=(programme_number(held, "together_percent"),),
            ),
        ),
        advice=f"Find more where cost is: {_dearest(held)}. Initiatives that change what is planned are measured by a new plan"
        " (supercargo improve --replan) before they are counted.",
        covers=("D12.1",),
    )
    return [approve, gap]


def _pays(row: InitiativeSaving) -> bool:
    """It returns within a year what it costs once."""
    return row.one_off_usd <= 0 or (row.payback_d is not None and row.payback_d <= 365.25)


def _approval(ideas: list[InitiativeSaving], committed: list[InitiativeSaving]) -> str:
    quick = [row for row in ideas if _pays(row)]
    advice = "Nothing that is measured is still an idea."
    if quick:
        names = ", ".join(row.initiative_id for row in quick)
        advice = f"Approve those that pay back within a year at what is meant: {names}; the least of each stands beside it."
    elif ideas:
        advice = "Approve none: no idea pays back within a year at what is meant."
    slow = [row.initiative_id for row in committed if not _pays(row)]
    if slow:
        advice += f" Of what is approved, do not spend more on what does not pay back within a year: {', '.join(slow)}."
    return advice


def _dearest(held: Held) -> str:
    account = held.improvement.costs[0].rows[0]
    touched = [row.initiative_id for row in held.improvement.programme.savings if account.name in row.accounts]
    return f"{account.name} is {100 * account.share:.0f} % of the service's cost, touched by {', '.join(touched) or 'nothing'}"


def _drivers(held: Held) -> list[Block]:
    told = held.improvement.programme
    by_account, by_activity, by_place = held.improvement.costs
    rows = [
        Bar(row.account, row.swing_usd / 2, f"{row.swing_usd / 2e6:,.1f} M USD, {100 * row.share:.0f} % of cost")
        for row in told.drivers
    ]
    data = Table(
        title="Each price and rate a tenth lower and higher",
        source=MEASURED.replace("initiatives.csv", "a parameter changed"),
        columns=(
            Column(name="parameter"),
            Column(name="account"),
            Column(name="cost a tenth lower", unit="USD"),
            Column(name="cost a tenth higher", unit="USD"),
        ),
        rows=tuple((row.parameter, row.account, row.low_usd, row.high_usd) for row in told.drivers),
    )
    tornado = Figure(
        title="What a tenth more or less of each price and rate moves",
        source="cost model: the plan costed with each parameter a tenth lower and higher",
        drawing=bars("What a tenth of each parameter moves", rows, unit="USD"),
        data=data,
        covers=("D12.1",),
    )
    return [
        pareto_figure(held, by_account, covers=("D12.1",)),
        tornado,
        pareto_figure(held, by_activity, covers=("D12.2",)),
        pareto_figure(held, by_place),
    ]


def _reductions(held: Held) -> list[Block]:
    told = held.improvement.programme
    table = initiative_table(
        "Initiatives that buy the same for less",
        _rows(held, "cost"),
        note="Saves: the plan's cost without it less that with it alone, on all flights of the horizon.",
        covers=("D12.1",),
    )
    together = Text(
        words="Each alone adds up to {}; all together save {}. The difference, {}, is what initiatives take from each other or"
        " add to each other.",
        numbers=tuple(programme_number(held, name) for name in ("alone_usd", "together_usd", "interaction_usd")),
        points=tuple(f"{one.first} with {one.second}: {one.usd / 1e6:+,.2f} M USD" for one in told.interactions),
        covers=("D12.1",),
    )
    bars_of = [
        Bar(row.initiative_id, row.swing_usd, f"{row.least_usd / 1e6:,.0f} to {row.most_usd / 1e6:,.0f} M USD in all")
        for row in told.sensitivity
    ]
    tornado = Figure(
        title="How much the programme moves where one initiative reaches its least or its most",
        source=MEASURED,
        drawing=bars("Swing of the programme's saving by initiative", bars_of, unit="USD"),
        data=Table(
            title="Saving of all, one initiative at its least and its most",
            source=MEASURED,
            columns=(
                Column(name="initiative"),
                Column(name="at its least", unit="USD"),
                Column(name="at its most", unit="USD"),
            ),
            rows=tuple((row.initiative_id, row.least_usd, row.most_usd) for row in told.sensitivity),
        ),
        covers=("D12.1",),
    )
    return [table, together, tornado]


def _efficiency(held: Held) -> list[Block]:
    blocks: list[Block] = [
        initiative_table("Initiatives that take less work", _rows(held, "efficiency"), covers=("D12.2",)),
        Text(
            words="Room to lift that nobody used costs {}, of which the service pays {}; spacecraft leave {} full (K5),"
            " docking places are taken {} of their hours (K16).",
            numbers=(
                usd("costs.unused_usd", held.costs.unused_usd, "plan: costs.csv, attributed by activity"),
                usd("costs.service_unused_usd", held.costs.service_unused_usd, "plan: costs.csv, attributed by activity"),
                kpi_number(held, "K5"),
                kpi_number(held, "K16"),
            ),
            covers=("D12.2",),
        ),
    ]
    unmeasured = [row.initiative_id for row in held.improvement.programme.savings if row.saving_usd is None]
    if unmeasured:
        what = f"what {', '.join(unmeasured)} would save: it changes what is planned"
        blocks.append(Missing(what=what, needs="supercargo improve PLAN --replan, which plans the year anew with it"))
    return blocks


def _margin(held: Held) -> list[Block]:
    told = held.improvement.programme
    return [
        Text(
            words="The service earns {} and keeps {} of it. With all initiatives the margin is {}: costs fall by {}, and"
            " revenue changes by {}.",
            numbers=(
                plan_number(held, "revenue_usd"),
                plan_number(held, "margin_percent"),
                programme_number(held, "margin_after_percent"),
                programme_number(held, "together_usd"),
                programme_number(held, "revenue_change_usd"),
            ),
            covers=("D12.3",),
        ),
        initiative_table(
            "Initiatives that earn more on the same",
            [row for row in told.savings if row.aim == "margin"],
            note="Volume is taken as it is planned: whether a customer goes elsewhere is not in these figures.",
            covers=("D12.3",),
        ),
        _whole(held, "customer"),
        _served_table(held, "customer", "Margin by customer", covers=("D12.3",)),
    ]


def _whole(held: Held, by: str) -> Text:
    """What ties the costs of loads to what the service pays."""
    loads = math.fsum(one.service_usd for one in held.costs.by[by])
    source = "plan: costs.csv, attributed by activity"
    return Text(
        words="Loads cause {} of what the service pays. {} more pay for room that nobody used: they stand in no row by"
        " customer or place and in no cost of a kilogram there. Together that is {}.",
        numbers=(
            usd("costs.loads_service_usd", loads, source),
            usd("costs.service_unused_usd", held.costs.service_unused_usd, source),
            plan_number(held, "service_cost_usd"),
        ),
        covers=("D12.3",),
    )


def _served_table(held: Held, by: str, title: str, *, covers: tuple[str, ...]) -> Table:
    def row(one: Served) -> tuple[str, float, float | None, float, float | None, float | None]:
        return one.name, one.up_kg, one.revenue_usd, one.service_usd, one.margin_usd, one.margin_percent

    rows = [row(one) for one in held.costs.by[by] if one.lines_count]
    return Table(
        title=title,
        source="plan: costs.csv, attributed to loads by activity; room that nobody used is in no margin",
        columns=(
            Column(name=by),
            Column(name="up", unit="kg"),
            Column(name="earns", unit="USD"),
            Column(name="costs the service", unit="USD"),
            Column(name="margin", unit="USD"),
            Column(name="margin of revenue", unit="percent", digits=1),
        ),
        rows=tuple(sorted(rows, key=lambda one: (one[4] if one[4] is not None else 0.0, one[0]))),
        note="The least margin stands first.",
        covers=covers,
    )


def _prices(held: Held) -> list[Block]:
    rows = []
    for one in held.costs.by["destination"]:
        moved = one.up_kg + one.down_kg + one.disposal_kg
        if moved and one.revenue_usd is not None and one.service_usd_per_kg is not None:
            earns = one.revenue_usd / moved
            rows.append((one.name, moved, earns, one.service_usd_per_kg, earns - one.service_usd_per_kg))
    rows.sort(key=lambda row: (row[4], row[0]))
    table = Table(
        title="What a kilogram earns and costs by place, and how far a price could fall",
        source="plan: costs.csv over kilograms moved, tariffs and milestones; full cost by activity",
        columns=(
            Column(name="destination"),
            Column(name="moved", unit="kg"),
            Column(name="earns", unit="USD/kg"),
            Column(name="full cost to the service", unit="USD/kg"),
            Column(name="room above full cost", unit="USD/kg"),
        ),
        rows=tuple(rows),
        note="Room that nobody used is in no place's cost. Below full cost a price is carried by other loads; below marginal"
        " cost the program refuses it unless somebody answers for it by name (supercargo cost quote).",
        covers=("D12.4",),
    )
    drawing = bars(
        "Room between revenue and full cost of a kilogram",
        [Bar(row[0], row[4], f"{row[4]:,.0f} USD/kg", "bad" if row[4] < 0 else "one") for row in rows],
        unit="USD/kg",
    )
    initiatives = initiative_table(
        "Initiatives that change prices for customers",
        [row for row in held.improvement.programme.savings if row.aim == "price"],
        note=f"What a lower price brings in volume is told by the market model of {reference(held, 'D15')}; here volume stays"
        " as planned.",
        covers=("D12.4",),
    )
    below = [row for row in rows if row[4] < 0]
    source = "plan: costs.csv over kilograms moved"
    said = Text(
        words="At {} of {} places a kilogram earns less than its full cost to the service; at the others a price could fall by"
        " what stands in the table before it does.",
        numbers=(
            Number(key="prices.below_cost_places", value=float(len(below)), unit="count", source=source),
            Number(key="prices.places", value=float(len(rows)), unit="count", source=source),
        ),
        points=tuple(f"{row[0]}: {row[4]:,.0f} USD for each kilogram moved" for row in below),
        covers=("D12.4",),
    )
    return [
        said,
        *_price_decision(held, [row[0] for row in below]),
        Figure(
            title="Where a lower price still covers full cost",
            source="plan: costs.csv over kilograms moved",
            drawing=drawing,
            data=table,
            covers=("D12.4",),
        ),
        initiatives,
    ]


def _price_decision(held: Held, below: list[str]) -> list[Block]:
    if not below:
        return []
    table = {one.name: one for one in held.costs.by["destination"]}
    lost = sum(-(table[name].margin_usd or 0.0) for name in below)
    return [
        Decision(
            question=f"What is done about prices below full cost ({', '.join(below)})?",
            owner="Commercial manager",
            due=before_contracts(held),
            options=(
                Option(
                    name="Ask for full cost",
                    effect="{} more from the customers of these places, if they stay",
                    numbers=(usd("prices.below_cost_usd", lost, "plan: costs.csv, attributed by activity"),),
                ),
                Option(name="Keep the price", effect="the other places carry them; their competitors need not"),
                Option(name="Make it cheaper", effect="initiatives on what these places take most; see the tables above"),
            ),
            advice="Ask for full cost where the customer brings neither launch nor spacecraft: there the service pays both."
            + _more_room(held, below),
            covers=("D12.4",),
        )
    ]


def _more_room(held: Held, below: list[str]) -> str:
    """Places below full cost for which more room is asked for in another document."""
    both = [] if isinstance(held.fleet_held, Unmade) else [row.destination for row in lacking(held.fleet)]
    named = ", ".join(sorted(set(both) & set(below)))
    said = (
        f" {reference(held, 'D2')} asks where room is added, also for {named}: settle the price there before room is bought."
    )
    return said if named else ""


def _progress(held: Held) -> list[Block]:
    told = held.improvement.progress
    if told.missing or not told.points:
        return [Missing(what="what initiatives have saved so far", needs="invoices in a store: supercargo cost import")]
    source = "operations: invoices of the event log against the plan's costs.csv"
    points = [(float(n), point) for n, point in enumerate(told.points)]
    drawing = lines(
        "Saved of planned cost by month of lift-off",
        [
            Series("billed less than planned", tuple((x, p.reduction_percent) for x, p in points)),
            Series("path to the target", tuple((x, p.target_percent) for x, p in points)),
        ],
        unit="percent",
        x_marks=[(x, p.month) for x, p in points],
    )
    words = Text(
        words="Billed so far: {} where {} were planned for the same accounts and flights, {} less.",
        numbers=(
            usd("progress.actual_usd", told.actual_usd, source),
            usd("progress.planned_usd", told.planned_usd, source),
            Number(key="progress.reduction_percent", value=told.reduction_percent, unit="percent", source=source),
        ),
        points=tuple(
            f"{row.initiative_id}: {row.saved_usd / 1e6:,.2f} of {row.expected_usd / 1e6:,.2f} M USD expected on"
            f" {row.flights_count} flights, {row.test.verdict}"
            for row in told.initiatives
        ),
        covers=("D12.1",),
    )
    return [words, Figure(title="Progress against the path to the target", source=source, drawing=drawing)]


def _evidence(held: Held) -> Evidence:
    return Evidence(
        claim="At its own prices the plan costs what costs.csv says, row by row: a test holds the cost model to that.",
        rests_on=(
            f"plan folder, digest {held.footer.digest}",
            "cost_rates.csv, launchers.csv, vehicles.csv, prices.csv and terms.csv of the scenario",
            "initiatives.csv: template of the catalogue, assumptions"
            if held.improvement.programme.template
            else "initiatives.csv of the scenario",
        ),
    )
