"""The files of a scenario and of a plan: which noun stands in which file, what names a row, what a column refers to."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.model import (
    catalogue,
    chances,
    demand,
    history,
    initiatives,
    intake,
    invoices,
    permits,
    plan,
    programme,
    replanning,
    risks,
    strategy,
    supply_terms,
)

__all__ = [
    "BOOK_TABLES",
    "BUDGET_TABLE",
    "HISTORY_TABLES",
    "INTAKE_TABLES",
    "INVOICE_TABLE",
    "PLAN_TABLES",
    "SCENARIO_TABLES",
    "Table",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One file: its noun, the attribute that holds it, the columns that name a row, and the columns that refer."""

    file: str
    noun: type
    attribute: str
    key: tuple[str, ...]
    refers: tuple[tuple[str, str], ...] = ()  # (field, file it must stand in); empty words are let through
    required: bool = False  # a scenario without it is refused; others fall back to the catalogue, or to no rows
    sparse: bool = False  # a folder has the file only where it has rows
    parts: bool = False  # its keys may name parts of lines, R000123#2


_DESTINATION = ("destination", "destinations.csv")
_CONTRACT = ("contract_id", "contracts.csv")
_VEHICLE = ("vehicle_type", "vehicles.csv")

SCENARIO_TABLES: tuple[Table, ...] = (
    Table(
        file="missions.csv",
        noun=demand.MissionRequest,
        attribute="missions",
        key=("mission_id",),
        refers=(
            _DESTINATION,
            ("vehicle_types", "vehicles.csv"),
            ("launchers", "launchers.csv"),
            ("sites", "sites.csv"),
            _CONTRACT,
            ("furnished_by", "customers.csv"),
        ),
        required=True,
    ),
    Table(
        file="cargo.csv",
        noun=demand.CargoLine,
        attribute="cargo",
        key=("item_id",),
        refers=(("customer", "customers.csv"), _CONTRACT, _DESTINATION),
        required=True,
    ),
    Table(file="customers.csv", noun=demand.Customer, attribute="customers", key=("customer",)),
    Table(
        file="contracts.csv",
        noun=demand.Contract,
        attribute="contracts",
        key=("contract_id",),
        refers=(("customer", "customers.csv"),),
    ),
    Table(file="terms.csv", noun=demand.Term, attribute="terms", key=("contract_id", "term"), refers=(_CONTRACT,)),
    Table(
        file="prices.csv",
        noun=demand.Price,
        attribute="prices",
        key=("tariff", "destination", "direction"),
        refers=(_DESTINATION,),
    ),
    Table(file="suppliers.csv", noun=demand.Supplier, attribute="suppliers", key=("supplier",)),
    Table(file="lanes.csv", noun=demand.Lane, attribute="lanes", key=("from_place", "to_place", "mode")),
    Table(file="destinations.csv", noun=catalogue.Destination, attribute="destinations", key=("destination",)),
    Table(file="ports.csv", noun=catalogue.Port, attribute="ports", key=("destination", "port"), refers=(_DESTINATION,)),
    Table(
        file="orbits.csv", noun=catalogue.Orbit, attribute="orbits", key=("destination", "epoch_utc"), refers=(_DESTINATION,)
    ),
    Table(
        file="transfer_windows.csv",
        noun=catalogue.TransferWindow,
        attribute="transfer_windows",
        key=("destination", "launch_utc"),
        refers=(_DESTINATION,),
    ),
    Table(
        file="launch_energy.csv",
        noun=catalogue.LaunchEnergy,
        attribute="launch_energies",
        key=("launcher", "c3_km2_s2"),
        refers=(("launcher", "launchers.csv"),),
    ),
    Table(
        file="vehicles.csv",
        noun=catalogue.VehicleType,
        attribute="vehicles",
        key=("vehicle_type",),
        refers=(("launchers", "launchers.csv"), ("profiles", "profiles.csv")),
    ),
    Table(file="profiles.csv", noun=catalogue.Profile, attribute="profiles", key=("profile",)),
    Table(file="tails.csv", noun=demand.Tail, attribute="tails", key=("vehicle_id",), refers=(_VEHICLE,)),
    Table(file="bays.csv", noun=catalogue.Bay, attribute="bays", key=("vehicle_type", "bay"), refers=(_VEHICLE,)),
    Table(file="bags.csv", noun=catalogue.Bag, attribute="bags", key=("bag_type",)),
    Table(file="launchers.csv", noun=catalogue.Launcher, attribute="launchers", key=("launcher",)),
    Table(file="sites.csv", noun=catalogue.Site, attribute="sites", key=("site",)),
    Table(
        file="pads.csv",
        noun=catalogue.Pad,
        attribute="pads",
        key=("site", "pad"),
        refers=(("site", "sites.csv"), ("launchers", "launchers.csv")),
    ),
    Table(
        file="facilities.csv",
        noun=catalogue.Facility,
        attribute="facilities",
        key=("facility_id",),
        refers=(("site", "sites.csv"), ("vehicle_types", "vehicles.csv")),
    ),
    Table(file="blackouts.csv", noun=demand.Blackout, attribute="blackouts", key=("kind", "object", "from_utc")),
    Table(file="stock.csv", noun=demand.Stock, attribute="stock", key=("destination", "supply_class"), refers=(_DESTINATION,)),
    Table(
        file="demand.csv",
        noun=demand.Demand,
        attribute="demand",
        key=("destination", "supply_class", "from_utc"),
        refers=(_DESTINATION,),
    ),
    Table(file="crew.csv", noun=demand.CrewStay, attribute="crew", key=("destination", "from_utc"), refers=(_DESTINATION,)),
    Table(
        file="rates.csv",
        noun=catalogue.Rate,
        attribute="rates",
        key=("supply_class", "destinations"),
        refers=(("destinations", "destinations.csv"),),
    ),
    Table(file="spares.csv", noun=demand.Spare, attribute="spares", key=("destination", "part"), refers=(_DESTINATION,)),
    Table(file="hazard_pairs.csv", noun=catalogue.HazardPair, attribute="hazard_pairs", key=("hazard_a", "hazard_b")),
    Table(
        file="gates.csv",
        noun=catalogue.GateTemplate,
        attribute="gates",
        key=("gate", "vehicle_types", "destinations"),
        refers=(("vehicle_types", "vehicles.csv"), ("destinations", "destinations.csv")),
    ),
    Table(file="cost_rates.csv", noun=catalogue.CostRate, attribute="cost_rates", key=("account", "driver")),
    Table(
        file="licences.csv",
        noun=permits.Licence,
        attribute="licences",
        key=("licence_id",),
        refers=(
            ("launchers", "launchers.csv"),
            ("vehicle_types", "vehicles.csv"),
            ("sites", "sites.csv"),
            ("destinations", "destinations.csv"),
        ),
        sparse=True,
    ),
    Table(
        file="staff.csv",
        noun=permits.Staff,
        attribute="staff",
        key=("staff_id", "qualification", "from_utc"),
        refers=(("destinations", "destinations.csv"), ("sites", "sites.csv")),
        sparse=True,
    ),
    Table(
        file="requirements.csv",
        noun=permits.Requirement,
        attribute="requirements",
        key=("requirement_id",),
        sparse=True,
    ),
    Table(file="risks.csv", noun=risks.Risk, attribute="risks", key=("risk_id",), sparse=True),
    Table(file="contingencies.csv", noun=risks.Contingency, attribute="contingencies", key=("contingency_id",), sparse=True),
    Table(
        file="insurance.csv",
        noun=risks.InsuranceOffer,
        attribute="insurance",
        key=("offer",),
        refers=(("missions", "missions.csv"), ("vehicle_types", "vehicles.csv"), ("destinations", "destinations.csv")),
        sparse=True,
    ),
    Table(file="initiatives.csv", noun=initiatives.Initiative, attribute="initiatives", key=("initiative_id",), sparse=True),
    Table(file="chances.csv", noun=chances.Chance, attribute="chances", key=("chance", "applies_to"), sparse=True),
    Table(file="slips.csv", noun=chances.SlipRecord, attribute="slip_records", key=("mission", "reported_utc"), sparse=True),
    Table(
        file="programme_tasks.csv", noun=programme.ProgrammeTask, attribute="programme_tasks", key=("task_id",), sparse=True
    ),
    Table(
        file="programme_resources.csv",
        noun=programme.ProgrammeResource,
        attribute="programme_resources",
        key=("resource",),
        sparse=True,
    ),
    Table(
        file="programme_gates.csv", noun=programme.GateCheck, attribute="programme_gates", key=("gate", "check"), sparse=True
    ),
    Table(
        file="lives.csv",
        noun=supply_terms.FleetLife,
        attribute="lives",
        key=("vehicle_type",),
        refers=(_VEHICLE,),
        sparse=True,
    ),
    Table(file="stock_terms.csv", noun=supply_terms.StockTerm, attribute="stock_terms", key=("supply_class",), sparse=True),
    Table(
        file="supplier_terms.csv",
        noun=supply_terms.SupplierTerm,
        attribute="supplier_terms",
        key=("supplier",),
        refers=(("supplier", "suppliers.csv"),),
        sparse=True,
    ),
    Table(
        file="ground_legs.csv",
        noun=supply_terms.GroundLeg,
        attribute="ground_legs",
        key=("from_place", "to_place", "mode"),
        sparse=True,
    ),
    Table(file="technologies.csv", noun=strategy.Technology, attribute="technologies", key=("technology_id",), sparse=True),
    Table(
        file="partner_candidates.csv",
        noun=strategy.PartnerCandidate,
        attribute="partner_candidates",
        key=("candidate", "role"),
        refers=(("destinations", "destinations.csv"),),
        sparse=True,
    ),
    Table(
        file="market_segments.csv",
        noun=strategy.MarketSegment,
        attribute="market_segments",
        key=("segment",),
        refers=(("destinations", "destinations.csv"),),
        sparse=True,
    ),
    Table(
        file="competitors.csv",
        noun=strategy.Competitor,
        attribute="competitors",
        key=("segment", "competitor"),
        refers=(("segment", "market_segments.csv"),),
        sparse=True,
    ),
    Table(
        file="capacity_options.csv",
        noun=strategy.CapacityOption,
        attribute="capacity_options",
        key=("option",),
        refers=(("segment", "market_segments.csv"),),
        sparse=True,
    ),
)

PLAN_TABLES: tuple[Table, ...] = (
    Table(file="missions.csv", noun=plan.PlannedMission, attribute="missions", key=("mission_id",), required=True),
    Table(file="activities.csv", noun=plan.Activity, attribute="activities", key=("activity_id",), required=True),
    Table(
        file="windows.csv",
        noun=plan.LaunchWindow,
        attribute="windows",
        key=("destination", "site", "pad", "launcher", "launch_utc"),
        required=True,
    ),
    Table(file="manifest.csv", noun=plan.ManifestRow, attribute="manifest", key=("item_id",), required=True),
    Table(file="stowage.csv", noun=plan.Placement, attribute="stowage", key=("mission_id", "item_id", "piece"), required=True),
    Table(file="bays.csv", noun=plan.MissionBay, attribute="bays", key=("mission_id", "bay"), required=True),
    Table(
        file="inventory.csv",
        noun=plan.InventoryRow,
        attribute="inventory",
        key=("destination", "supply_class", "day_utc"),
        required=True,
    ),
    Table(
        file="costs.csv",
        noun=plan.CostRow,
        attribute="costs",
        key=("mission_id", "customer", "destination", "account", "basis", "paid_by"),
        required=True,
    ),
    Table(file="kpis.csv", noun=plan.Kpi, attribute="kpis", key=("kpi_id",), required=True),
    Table(file="risks.csv", noun=risks.RiskRow, attribute="risks", key=("risk_id",)),
    Table(file="waivers.csv", noun=plan.Waiver, attribute="waivers", key=("rule", "object")),
    Table(file="changes.csv", noun=replanning.Change, attribute="changes", key=("object", "field"), sparse=True),
)

HISTORY_TABLES: tuple[Table, ...] = (
    Table(file="iss_cargo_missions.csv", noun=history.FlownFlight, attribute="flights", key=("mission",), required=True),
    Table(file="iss_cargo_breakdown.csv", noun=history.CargoBreakdown, attribute="breakdowns", key=("mission", "direction")),
    Table(file="launch_slips.csv", noun=history.LaunchSlip, attribute="slips", key=("mission",)),
    Table(file="station_tles.csv", noun=history.ElementSet, attribute="element_sets", key=("station", "tle_line1")),
    Table(file="launch_reports.csv", noun=history.LaunchReport, attribute="reports", key=("mission", "report_date")),
    Table(file="standdowns.csv", noun=history.FamilyStanddown, attribute="standdowns", key=("family", "lost_date")),
    Table(file="programmes.csv", noun=history.Programme, attribute="programmes", key=("family", "known_date")),
)

INVOICE_TABLE = Table(file="invoices.csv", noun=invoices.Invoice, attribute="invoices", key=("invoice_id",), required=True)
BUDGET_TABLE = Table(file="budget.csv", noun=invoices.BudgetLine, attribute="budget", key=("line",), required=True)
BOOK_TABLES: tuple[Table, ...] = (INVOICE_TABLE, BUDGET_TABLE)
"""Files that people bring to an existing plan: what was billed, and what was set aside."""

INTAKE_TABLES: tuple[Table, ...] = (
    Table(file="orders", noun=intake.OrderRow, attribute="orders", key=("item_id",), parts=True),
    Table(file="receipts", noun=intake.ReceiptRow, attribute="receipts", key=("item_id",), parts=True),
    Table(file="counts", noun=intake.CountRow, attribute="counts", key=("item_id",), parts=True),
    Table(file="deliveries", noun=intake.DeliveryRow, attribute="deliveries", key=("contract_id", "item_id"), parts=True),
    Table(file="complaints", noun=intake.ComplaintRow, attribute="complaints", key=("customer", "complaint")),
    Table(file="surveys", noun=intake.SurveyRow, attribute="surveys", key=("customer", "survey")),
    Table(file="partners", noun=intake.PartnerRow, attribute="partners", key=("party",)),
)
"""Tables that are taken in while operations run, beside those of BOOK_TABLES."""
