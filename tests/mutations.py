"""Ways to spoil a valid plan, each with the rule that has to notice.

A mutation finds its own victim in any valid plan, or raises LookupError if the plan has none. Where rows alone can't break a
rule, the mutation spoils the scenario under the plan instead: the plan then claims what its spacecraft can't do.
"""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.model import CargoLine
from tests import mutations_books as books
from tests import mutations_cargo as cargo
from tests import mutations_flights as flights
from tests import mutations_permits as permits
from tests.mutation_victims import Spoil

__all__ = ["MUTATIONS", "Mutation", "is_cold_down", "is_trash", "is_up_bulk"]


@dataclass(frozen=True)
class Mutation:
    """A way to spoil a plan and the rule that names it."""

    name: str
    rule: str
    spoil: Spoil


def is_up_bulk(line: CargoLine) -> bool:
    return line.direction == "up" and line.form == "bulk"


def is_cold_down(line: CargoLine) -> bool:
    return line.direction == "down" and line.cold


def is_trash(line: CargoLine) -> bool:
    return line.direction == "disposal"


MUTATIONS: tuple[Mutation, ...] = (
    Mutation("mission twice", "row-once", flights.mission_twice),
    Mutation("number beyond bounds", "number-bound", cargo.mission_column("propellant_kg", lambda kg: 1e300)),
    Mutation("unknown port", "known-name", flights.unknown_port),
    Mutation("unknown line", "known-name", flights.unknown_line),
    Mutation("mission nobody asked for", "mission-requested", flights.uncontracted),
    Mutation("must mission dropped", "must-mission", flights.must_mission_dropped),
    Mutation("mission to another place", "mission-place", flights.other_place),
    Mutation("furnisher denied", "mission-place", flights.furnisher_denied),
    Mutation("type not allowed", "vehicle-lawful", flights.other_type),
    Mutation("launcher that can't lift it", "launcher-lawful", flights.other_launcher),
    Mutation("pad of another launcher", "pad-lawful", flights.other_pad),
    Mutation("facility of another type", "facility-lawful", flights.other_facility),
    Mutation("launch after the last date", "launch-period", flights.after_latest),
    Mutation("launch outside its window", "launch-window", flights.outside_window),
    Mutation("window not marked", "window-marked", flights.window_unmarked),
    Mutation("arrival before launch", "arrival-instant", flights.arrival_before_launch),
    Mutation("docked by another profile", "arrival-instant", flights.docked_by_another_profile),
    Mutation("profile invented", "profile-lawful", flights.profile_invented),
    Mutation("place elsewhere on its orbit", "profile-phase", flights.phase_ignored),
    Mutation("Sun too high at docking", "beta-cutout", flights.sun_too_high),
    Mutation("docked by night", "daylight-docking", flights.docked_by_night),
    Mutation("stay too long", "stay-length", flights.stay_too_long),
    Mutation("mission ends early", "end-instant", flights.ends_early),
    Mutation("fate known before lift-off", "outcome-known", flights.fate_foretold),
    Mutation("docked and called lost", "outcome-known", flights.docked_and_lost),
    Mutation("loaded while full", "load-after-unload", flights.loaded_while_full),
    Mutation("missing activity", "activity-complete", flights.activity_missing),
    Mutation("unloading cut short", "activity-true", flights.activity_short),
    Mutation("window forged by an hour", "window-plane", flights.window_forged),
    Mutation("plane offset forged", "window-offset", flights.offset_forged),
    Mutation("azimuth forged", "window-azimuth", flights.azimuth_forged),
    Mutation("window widened", "window-steering", flights.window_widened),
    Mutation("doubt forged", "window-sigma", flights.doubt_forged),
    Mutation("Sun forged", "window-light", flights.sun_forged),
    Mutation("phase forged", "window-phase", flights.phase_forged),
    Mutation("transit cut", "window-listed", flights.transit_cut),
    Mutation("route renamed", "window-listed", flights.route_renamed),
    Mutation("route cheapened", "window-listed", flights.route_cheapened),
    Mutation("launch energy forged", "window-listed", flights.energy_forged),
    Mutation("Sun at arrival forged", "window-listed", flights.sunrise_forged),
    Mutation("route named otherwise", "profile-lawful", flights.route_renamed),
    Mutation("opportunity invented", "window-listed", flights.opportunity_invented),
    Mutation("pad double-booked", "pad-free", flights.pad_double_booked),
    Mutation("two launches at once", "range-spacing", flights.range_crowded),
    Mutation("facility over capacity", "facility-capacity", flights.facility_crowded),
    Mutation("tail before it is ready", "tail-ready", flights.before_ready),
    Mutation("tail flown again too soon", "tail-turnaround", flights.tail_too_soon),
    Mutation("tail flown too often", "tail-life", flights.tail_worn_out),
    Mutation("port with the wrong docking system", "port-system", flights.wrong_system),
    Mutation("port out of service", "port-service", flights.port_out_of_service),
    Mutation("port not yet in service", "port-service", flights.port_not_yet_in_service),
    Mutation("two missions at one port", "port-free", flights.two_at_one_port),
    Mutation("arrivals too near", "arrival-spacing", flights.arrivals_crowded),
    Mutation("more hands than there are", "handling-hours", flights.hands_short),
    Mutation("inside a closure", "blackout", flights.in_blackout),
    Mutation("launch licence run out", "launch-licensed", permits.run_out("launch")),
    Mutation("agreement with the place withdrawn", "arrival-agreed", permits.withdrawn("station")),
    Mutation("export permit for another site", "export-permitted", permits.permit_elsewhere),
    Mutation("training lapsed while unloading", "staff-trained", permits.training_lapsed),
    Mutation("gate of the programme opens later", "gate-open", permits.gate_later),
    Mutation("item twice", "line-once", cargo.item_twice),
    Mutation("line forgotten", "line-once", cargo.line_forgotten),
    Mutation("bulk evaporated", "line-once", cargo.bulk_evaporated),
    Mutation("bag split", "line-split", cargo.bag_split),
    Mutation("due date moved", "line-true", cargo.due_date_moved),
    Mutation("reason missing", "line-reason", cargo.reason_missing),
    Mutation("line moved to another mission", "stow-complete", cargo.moved_in_place),
    Mutation("line moved to another place", "line-place", cargo.moved_elsewhere),
    Mutation("cut-off missed", "line-cutoff", cargo.cutoff_missed),
    Mutation("return line not ready", "line-release", cargo.not_ready_to_leave),
    Mutation("must line left behind", "must-line", cargo.must_line_left),
    Mutation("mass over by 1 kg", "mass-up", cargo.overloaded("upmass_kg", lambda line: line.direction == "up")),
    Mutation(
        "pressurised mass over by 1 kg",
        "mass-pressurised",
        cargo.overloaded("pressurised_kg", lambda line: line.direction == "up" and line.form in ("bag", "box")),
    ),
    Mutation(
        "unpressurised mass over by 1 kg",
        "mass-unpressurised",
        cargo.overloaded("unpressurised_kg", lambda line: line.direction == "up" and line.form == "unpressurised"),
    ),
    Mutation(
        "bulk over by 1 kg",
        "mass-bulk",
        cargo.overloaded("bulk_kg", is_up_bulk),
    ),
    Mutation("late load over by 1 kg", "mass-late-load", cargo.overloaded("late_load_kg", lambda line: line.late_load)),
    Mutation("cold over by 1 kg", "mass-cold", cargo.overloaded("cold_kg", lambda line: line.direction == "up" and line.cold)),
    Mutation(
        "cold down over by 1 kg",
        "mass-cold-down",
        cargo.overloaded("cold_kg", is_cold_down),
    ),
    Mutation("downmass over by 1 kg", "mass-down", cargo.overloaded("downmass_kg", lambda line: line.direction == "down")),
    Mutation("trash over by 1 kg", "mass-disposal", cargo.overloaded("disposal_kg", is_trash)),
    Mutation(
        "tank of another class",
        "bulk-class",
        cargo.shrunk("bulk_classes", ("nothing",), is_up_bulk),
    ),
    Mutation(
        "no outlets", "power-slots", cargo.shrunk("powered_slots", 0, lambda line: line.direction == "up" and line.power_w > 0)
    ),
    Mutation("no power", "power-watts", cargo.shrunk("power_w", 0, lambda line: line.direction == "up" and line.power_w > 0)),
    Mutation("unload hours over", "hours-unload", cargo.hours_over),
    Mutation("load hours over", "hours-load", cargo.hours_back_over),
    Mutation("hazard pair together", "hazard-up", cargo.hazards_together),
    Mutation("hazard pair together on the way back", "hazard-back", cargo.hazards_on_the_way_back),
    Mutation("too big to return", "volume-back", cargo.too_big_to_return),
    Mutation("upmass understated", "mission-sums", cargo.mission_column("upmass_kg", lambda kg: kg - 5.0)),
    Mutation("capacity raised", "mission-capacity", cargo.mission_column("upmass_capacity_kg", lambda kg: kg + 100.0)),
    Mutation("propellant halved", "mission-propellant", cargo.mission_column("propellant_kg", lambda kg: kg / 2.0)),
    Mutation("delta-v cut", "mission-propellant", cargo.mission_column("delta_v_m_s", lambda dv: dv - 1.0)),
    Mutation("tanks too small for the route", "route-propellant", flights.tanks_too_small),
    Mutation("launcher too weak for the route", "launch-energy", flights.launcher_too_weak),
    Mutation("route lifts less than claimed", "mission-capacity", flights.launcher_too_weak),
    Mutation("route lifts less than is aboard", "mass-up", flights.launcher_too_weak),
    Mutation("bay grown", "bays-true", cargo.bay_grown),
    Mutation("bay hidden", "bays-true", cargo.bay_hidden),
    Mutation("missing piece", "stow-complete", cargo.piece_missing),
    Mutation("piece twice", "stow-complete", cargo.piece_twice),
    Mutation("box shrunk to fit", "stow-size", cargo.box_shrunk),
    Mutation("box turned unlawfully", "stow-size", cargo.box_tipped),
    Mutation("piece lightened", "stow-mass", cargo.piece_lightened),
    Mutation("bag in an unpressurised bay", "stow-bay", cargo.bag_outside),
    Mutation("box out of bay", "stow-inside", cargo.box_out_of_bay),
    Mutation("overlapping boxes", "stow-overlap", cargo.boxes_overlap),
    Mutation("floating box", "stow-support", cargo.box_floats),
    Mutation("bay mass over", "stow-bay-mass", cargo.bay_overloaded),
    Mutation("bay without outlets", "stow-powered", cargo.outlets_short),
    Mutation("centre of mass out of its box", "stow-balance", cargo.out_of_balance),
    Mutation("late load buried", "stow-late-load", cargo.late_load_buried),
    Mutation("gap in the unload order", "unload-order", cargo.order_gap),
    Mutation("blocked unload order", "unload-blocked", cargo.blocked),
    Mutation("delivered too early", "delivered-true", books.delivered_early),
    Mutation("late line called on time", "on-time-true", books.late_called_on_time),
    Mutation("day of stock hidden", "inventory-complete", books.day_hidden),
    Mutation("inventory row raised", "inventory-true", books.inventory("on_hand_kg", 1.0)),
    Mutation("reserve cheated", "inventory-true", books.inventory("reserve_kg", -1.0)),
    Mutation("band beside the stock", "inventory-band", books.inventory("p05_kg", 1e6)),
    Mutation("deliveries to stock cancelled", "stock-reserve", books.deliveries_cancelled),
    Mutation("contract starved", "contract-minimum", books.contract_starved),
    Mutation("account invented", "cost-account", books.account_invented),
    Mutation("launch made cheaper", "cost-true", books.cost("launch", lambda usd: usd * 0.9)),
    Mutation("cost pushed to another customer", "cost-share", books.cost_pushed_over),
    Mutation("payer changed", "cost-payer", books.payer_changed),
    Mutation("price raised", "price-true", books.cost("revenue:up", lambda usd: usd * 1.1)),
    Mutation("milestone dropped", "price-true", books.dropped("revenue:milestone")),
    Mutation("penalty dropped", "penalty-true", books.dropped("revenue:penalty")),
    Mutation("left-behind penalty dropped", "left-behind-true", books.dropped("revenue:left-behind")),
    Mutation("cost that doesn't add up", "mission-money", cargo.mission_column("cost_usd", lambda usd: usd - 1.0)),
    Mutation("KPI hidden", "kpi-complete", books.kpi_hidden),
    Mutation("KPI without evidence", "kpi-unknown", books.kpi("K2", value=1.0, met=True)),
    Mutation("on-time KPI raised", "kpi-true", books.kpi("K3", value=99.9)),
    Mutation("margin KPI raised", "kpi-true", books.kpi("K10", value=99.9)),
    Mutation("revenue KPI raised", "kpi-true", books.kpi("K9", value=9e9)),
    Mutation("utilisation KPI raised", "kpi-true", books.kpi("K5", value=99.99)),
    Mutation("window in doubt", "window-uncertain", books.window_doubtful),
    Mutation("due long ago", "late-line", books.due_long_ago),
    Mutation("flown empty", "low-fill", books.flown_empty),
    Mutation("tanks empty", "propellant-short", cargo.shrunk("propellant_kg", 0, lambda line: True)),
)
