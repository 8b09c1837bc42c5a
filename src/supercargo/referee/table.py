"""The table of rules, hard before soft, by subject; `judge` holds a plan against each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

import numpy as np

from supercargo.model import OperationsPlan, Violation, Waiver
from supercargo.referee import (
    activities,
    delivery,
    flights,
    form,
    kpis,
    lines,
    loads,
    money,
    permits,
    programme,
    resources,
    routes,
    stock,
    stowage,
    sums,
    ways,
    windows,
)
from supercargo.referee.case import Case
from supercargo.referee.rule import Finder, Rule

__all__ = ["MOST_LISTED", "RULES", "judge", "unwaived"]

MOST_LISTED = 5_000
"""Breaches of one rule that are listed one by one; a plan with more is told so once."""


def _rule(rule_id: str, find: Finder, *, hard: bool = True) -> Rule:
    """A rule whose sentence is the first line of what finds its breaches: said once, read in both places."""
    sentence = (find.__doc__ or rule_id).strip().splitlines()[0]
    return Rule(rule_id, hard, sentence, find)


RULES: tuple[Rule, ...] = (
    _rule("row-once", form.row_once),
    _rule("number-bound", form.number_bound),
    _rule("known-name", form.known_name),
    # flights
    _rule("mission-requested", flights.mission_requested),
    _rule("must-mission", flights.must_mission),
    _rule("mission-place", flights.mission_place),
    _rule("vehicle-lawful", flights.vehicle_lawful),
    _rule("launcher-lawful", flights.launcher_lawful),
    _rule("pad-lawful", flights.pad_lawful),
    _rule("facility-lawful", flights.facility_lawful),
    _rule("launch-period", flights.launch_period),
    _rule("launch-window", flights.launch_window),
    _rule("window-marked", flights.window_marked),
    _rule("outcome-known", flights.outcome_known),
    _rule("profile-lawful", ways.profile_lawful),
    _rule("profile-phase", ways.profile_phase),
    _rule("beta-cutout", ways.beta_cutout),
    _rule("daylight-docking", ways.daylight_docking),
    _rule("arrival-instant", flights.arrival_instant),
    _rule("stay-length", flights.stay_length),
    _rule("end-instant", flights.end_instant),
    _rule("load-after-unload", flights.load_after_unload),
    _rule("activity-complete", activities.activity_complete),
    _rule("activity-true", activities.activity_true),
    # windows
    _rule("window-plane", windows.window_plane),
    _rule("window-offset", windows.window_offset),
    _rule("window-azimuth", windows.window_azimuth),
    _rule("window-steering", windows.window_steering),
    _rule("window-sigma", windows.window_sigma),
    _rule("window-light", windows.window_light),
    _rule("window-phase", windows.window_phase),
    _rule("window-listed", windows.window_listed),
    # resources
    _rule("pad-free", resources.pad_free),
    _rule("range-spacing", resources.range_spacing),
    _rule("facility-capacity", resources.facility_capacity),
    _rule("tail-ready", resources.tail_ready),
    _rule("tail-turnaround", resources.tail_turnaround),
    _rule("tail-life", resources.tail_life),
    _rule("port-system", resources.port_system),
    _rule("port-service", resources.port_service),
    _rule("port-free", resources.port_free),
    _rule("arrival-spacing", resources.arrival_spacing),
    _rule("handling-hours", resources.handling_hours),
    _rule("blackout", resources.blackout),
    # permits
    _rule("launch-licensed", permits.launch_licensed),
    _rule("arrival-agreed", permits.arrival_agreed),
    _rule("export-permitted", permits.export_permitted),
    _rule("staff-trained", permits.staff_trained),
    _rule("gate-open", programme.gate_open),
    # lines and loads
    _rule("line-once", lines.line_once),
    _rule("line-split", lines.line_split),
    _rule("line-true", lines.line_true),
    _rule("line-reason", lines.line_reason),
    _rule("line-place", lines.line_place),
    _rule("line-cutoff", lines.line_cutoff),
    _rule("line-release", lines.line_release),
    _rule("must-line", lines.must_line),
    _rule("mass-up", loads.mass_up),
    _rule("mass-pressurised", loads.mass_pressurised),
    _rule("mass-unpressurised", loads.mass_unpressurised),
    _rule("mass-bulk", loads.mass_bulk),
    _rule("bulk-class", loads.bulk_class),
    _rule("mass-late-load", loads.mass_late_load),
    _rule("mass-cold", loads.mass_cold),
    _rule("power-slots", loads.power_slots),
    _rule("power-watts", loads.power_watts),
    _rule("hours-unload", loads.hours_unload),
    _rule("hazard-up", loads.hazard_up),
    _rule("mass-down", loads.mass_down),
    _rule("mass-disposal", loads.mass_disposal),
    _rule("mass-cold-down", loads.mass_cold_down),
    _rule("hours-load", loads.hours_load),
    _rule("volume-back", loads.volume_back),
    _rule("hazard-back", loads.hazard_back),
    # sums of a mission
    _rule("mission-sums", sums.mission_sums),
    _rule("mission-capacity", sums.mission_capacity),
    _rule("mission-propellant", sums.mission_propellant),
    _rule("route-propellant", routes.route_propellant),
    _rule("launch-energy", routes.launch_energy),
    _rule("bays-true", sums.bays_true),
    # stowage
    _rule("stow-complete", stowage.stow_complete),
    _rule("stow-size", stowage.stow_size),
    _rule("stow-mass", stowage.stow_mass),
    _rule("stow-bay", stowage.stow_bay),
    _rule("stow-inside", stowage.stow_inside),
    _rule("stow-overlap", stowage.stow_overlap),
    _rule("stow-support", stowage.stow_support),
    _rule("stow-bay-mass", stowage.stow_bay_mass),
    _rule("stow-powered", stowage.stow_powered),
    _rule("stow-balance", stowage.stow_balance),
    _rule("stow-late-load", stowage.stow_late_load),
    _rule("unload-order", stowage.unload_order),
    _rule("unload-blocked", stowage.unload_blocked),
    # delivery
    _rule("delivered-true", delivery.delivered_true),
    _rule("on-time-true", delivery.on_time_true),
    # stock and promises
    _rule("inventory-complete", stock.inventory_complete),
    _rule("inventory-true", stock.inventory_true),
    _rule("inventory-band", stock.inventory_band),
    _rule("stock-reserve", stock.stock_reserve),
    _rule("contract-minimum", stock.contract_minimum),
    # money
    _rule("cost-account", money.cost_account),
    _rule("cost-true", money.cost_true),
    _rule("cost-share", money.cost_share),
    _rule("cost-payer", money.cost_payer),
    _rule("price-true", money.price_true),
    _rule("penalty-true", money.penalty_true),
    _rule("left-behind-true", money.left_behind_true),
    _rule("mission-money", money.mission_money),
    # KPIs
    _rule("kpi-complete", kpis.kpi_complete),
    _rule("kpi-unknown", kpis.kpi_unknown),
    _rule("kpi-true", kpis.kpi_true),
    # notes
    _rule("window-uncertain", windows.window_uncertain, hard=False),
    _rule("late-line", delivery.late_line, hard=False),
    _rule("low-fill", loads.low_fill, hard=False),
    _rule("propellant-short", sums.propellant_short, hard=False),
)
"""Every rule, in the order in which docs/rules.md lists them."""


def judge(plan: OperationsPlan, *, only: Collection[str] = ()) -> tuple[Violation, ...]:
    """A plan is judged from its own rows and its scenario alone; nothing that its maker worked out is believed.

    Violations sorted by rule, object and text; those that a waiver covers are among them (see `unwaived`). Never raises,
    whatever names the rows carry. `only` names the rules that are asked about; none named are all.
    """
    case = Case(plan)
    rules = [rule for rule in RULES if not only or rule.rule_id in only]
    return tuple(sorted({violation for rule in rules for violation in _listed(rule, case)}))


def _listed(rule: Rule, case: Case) -> Iterator[Violation]:
    found = rule.violations(case)
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            listed = list(islice(found, MOST_LISTED))
            more = next(found, None) is not None
    except ArithmeticError as error:
        # numbers beyond all bounds are named by number-bound; a rule that they defeat is not kept
        yield Violation(rule=rule.rule_id, object="plan", text=f"can't be judged, its numbers overflow: {error}")
        return
    yield from listed
    if more:
        words = f"more than {MOST_LISTED} breaches of this rule; the rest is not listed"
        yield Violation(rule=rule.rule_id, object="plan", text=words, hard=rule.hard)


def unwaived(violations: Sequence[Violation], waivers: Sequence[Waiver]) -> tuple[Violation, ...]:
    """Violations for which no named person has given a reason; a waiver names rule and object, or `*` for all objects."""
    lifted = {(waiver.rule, waiver.object) for waiver in waivers if waiver.name.strip() and waiver.reason.strip()}
    return tuple(
        violation
        for violation in violations
        if (violation.rule, violation.object) not in lifted and (violation.rule, "*") not in lifted
    )
