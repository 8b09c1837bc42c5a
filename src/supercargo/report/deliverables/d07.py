"""D7, the logistics coordination system: ways and shipments, what travels together, what it costs."""

from __future__ import annotations

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
from supercargo.report.deliverables.dues import before_dispatch
from supercargo.report.deliverables.figures import plan_number
from supercargo.report.deliverables.held import SUPPLIERS, Held, made
from supercargo.report.supply_blocks import (
    freight_figure,
    policies_figure,
    purchase_figure,
    purchase_table,
    routes_table,
    shipment_calendar,
    supply_number,
    together_table,
    urgent_text,
)

__all__ = ["document"]

QUESTION = "For the logistics coordinator: what travels when and how to reach its flight, what travels together, at what cost?"


def document(held: Held) -> Document:
    """The logistics coordination system."""
    supply, settings = held.supply, held.plan.scenario.settings
    if not supply.shipments:
        bare = Missing(what="ways and shipments on the ground", needs=SUPPLIERS, opens=("D7.1", "D7.2", "D7.3", "D7.4"))
        return made(held, "D7", QUESTION, [Heading(words="Transport on one page"), bare, _space(held), _evidence()])
    blocks: list[Block] = [Heading(words="Transport on one page"), _summary(held)]
    blocks += [Text(words=remark) for remark in supply.remarks]
    blocks += _decision(held)
    blocks += [Heading(words="What travels when"), urgent_text(supply, covers=("D7.1",))]
    blocks += [shipment_calendar(supply, settings.start_utc, settings.end_utc, covers=("D7.1",)), _flights(held)]
    blocks += [purchase_figure(supply, covers=("D7.1",)), purchase_table(supply, covers=("D7.1",))]
    blocks += [Heading(words="Ways"), _ways(held), routes_table(supply, covers=("D7.2",))]
    blocks += [Heading(words="What travels together"), _together(held), together_table(supply, covers=("D7.3",))]
    blocks += [Heading(words="Cost"), _cost(held), freight_figure(supply, covers=("D7.4",)), _space(held)]
    blocks += [
        policies_figure(supply, ("shipments", "routes", "sourcing"), "What other ways of transport save", covers=("D7.4",))
    ]
    return made(held, "D7", QUESTION, [*blocks, _evidence()])


def _summary(held: Held) -> Text:
    words = (
        "{} shipments in {} vehicles on {} lanes bring {} to the launch sites; freight costs {} and waiting at the sites {}."
        " {} missions then lift {} up, {} back and take {} of trash away."
    )
    ground = ("shipments", "vehicles", "lanes", "sourced_kg", "freight_usd", "keeping_usd")
    space = ("missions_flown", "up_t", "down_t", "disposal_t")
    numbers = (*(supply_number(held.supply, n) for n in ground), *(plan_number(held, n) for n in space))
    return Text(words=words, numbers=numbers, covers=("D7.1",))


def _decision(held: Held) -> list[Block]:
    found = {row.policy: row for row in held.supply.policies}
    value = found.get("shipments together")
    if value is None:
        return []
    source = "ground program; assumption: ground_legs.csv, stock_terms.csv"
    options = (
        Option(
            name="Each mission's goods travel alone",
            effect="{} a year; a damaged vehicle touches one mission",
            numbers=(Number(key="supply.alone_usd", value=value.before_usd, unit="USD", source=source),),
        ),
        Option(
            name="Goods travel together",
            effect=f"{{}} a year; {value.gives}",
            numbers=(Number(key="supply.together_usd", value=value.after_usd, unit="USD", source=source),),
        ),
    )
    firm = "even if vehicles cost a quarter less" if value.low_usd > 0 else "only if vehicles cost what is assumed"
    advice = f"Together: it saves {value.saving_usd / 1e6:,.2f} M USD a year, {firm}. Frame contracts by lane come before it."
    due = before_dispatch(held)
    question = "Do goods of several missions share vehicles?"
    return [
        Decision(question=question, owner="Logistics coordinator", due=due, options=options, advice=advice, covers=("D7.3",))
    ]


def _flights(held: Held) -> Table:
    """Goods for each of the next missions: by when ordered, dispatched, handed over."""
    rows = []
    for mission in sorted(held.plan.missions, key=lambda one: (one.launch_utc, one.mission_id)):
        own = [one for one in held.supply.sourcing.consignments if one.mission_id == mission.mission_id]
        if own:
            first, last = min(one.order_utc for one in own), max(one.dispatch_utc for one in own)
            turnover = min(one.turnover_utc for one in own)
            late = sum(one.mass_kg for one in own if one.state != "open")
            rows.append(
                (
                    mission.mission_id, mission.site, sum(one.mass_kg for one in own), len({one.supplier for one in own}),
                    f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}", f"{turnover:%Y-%m-%d}", f"{mission.launch_utc:%Y-%m-%d}", late,
                )
            )  # fmt: skip
    heads = ("first order by", "last dispatch by", "turnover from", "lift-off")
    return Table(
        title="Dates that each mission needs on the ground",
        source="sourcing program; plan: missions.csv; scenario: gates.csv, vehicles.csv",
        columns=(
            Column(name="mission"),
            Column(name="site"),
            Column(name="goods", unit="kg"),
            Column(name="suppliers", unit="count"),
            *(Column(name=name) for name in heads),
            Column(name="to be ordered before now", unit="kg"),
        ),
        rows=tuple(rows),
        note="Turnover: the gate of that name or the spacecraft's cut-off, whichever comes first; late loads have their own.",
        covers=("D7.1",),
    )


def _ways(held: Held) -> Text:
    found = {row.policy: row for row in held.supply.policies}
    value = found.get("routes: cheapest, not fastest")
    said = (
        f" Against the fastest ways they save {value.saving_usd / 1e6:,.2f} M USD a year for {value.gives}." if value else ""
    )
    words = "Every way of at most three legs from a supplier to a site is compared on {} lanes with freight, vehicles, customs"
    words += f" days and capital on the way.{said}"
    return Text(words=words, numbers=(supply_number(held.supply, "lanes"),), covers=("D7.2",))


def _together(held: Held) -> Text:
    served = sum(len(row.missions) for row in held.supply.shipments)
    shared = sum(len(row.missions) > 1 for row in held.supply.shipments)
    words = f"{{}} shipments serve {served} needs of missions; {shared} of them carry goods of more than one. Going with an"
    words += " earlier one saves a vehicle and costs storage and capital until the own date."
    return Text(words=words, numbers=(supply_number(held.supply, "shipments"),), covers=("D7.3",))


def _cost(held: Held) -> Text:
    ground, whole = supply_number(held.supply, "freight_usd_per_kg"), plan_number(held, "usd_per_kg")
    words = "A kilogram costs {} on the ground and {} in all"
    small = ground.value is not None and whole.value is not None and ground.value < 0.02 * whole.value
    words += ": ground transport is coordinated for its dates more than for its money." if small else "."
    return Text(words=words, numbers=(ground, whole), covers=("D7.4",))


def _space(held: Held) -> Figure:
    places = sorted((one for one in held.summary.places if one.usd_per_kg), key=lambda one: -(one.usd_per_kg or 0.0))
    source = "plan: costs.csv over kilograms up of missions.csv"
    drawn = [Bar(one.destination, (one.usd_per_kg or 0.0) / 1e3, f"{(one.usd_per_kg or 0.0) / 1e3:,.1f}k") for one in places]
    data = Table(
        title="Cost of a kilogram by destination",
        source=source,
        columns=(Column(name="destination"), Column(name="whole cost", unit="USD/kg"), Column(name="up", unit="kg")),
        rows=tuple((one.destination, one.usd_per_kg, one.up_kg) for one in places),
    )
    drawing = bars("Whole cost of a kilogram up by destination", drawn, unit="1,000 USD/kg")
    return Figure(
        title="What transport in space costs by destination", source=source, drawing=drawing, data=data, covers=("D7.4",)
    )


def _evidence() -> Evidence:
    return Evidence(
        claim="Dates follow from the plan's lift-offs; legs, freight and vehicles are assumptions that can be edited.",
        rests_on=(
            "plan: missions.csv, manifest.csv, costs.csv; scenario: gates.csv, vehicles.csv, suppliers.csv, lanes.csv",
            "ground program: all ways of at most three legs; the cheapest cut of each lane (Wagner and Whitin 1958)",
            "assumption: ground_legs.csv, stock_terms.csv, supplier_terms.csv",
        ),
    )
