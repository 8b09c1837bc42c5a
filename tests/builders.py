"""Small scenarios with defaults, so that a test shows only what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from supercargo.model import (
    Bay,
    CargoLine,
    Contract,
    CostRate,
    CrewStay,
    Customer,
    Destination,
    Facility,
    HazardPair,
    Launcher,
    Licence,
    MissionRequest,
    Orbit,
    Pad,
    Port,
    Price,
    Profile,
    Rate,
    Requirement,
    Scenario,
    Settings,
    Site,
    Staff,
    Stock,
    Tail,
    Term,
    VehicleType,
)

START = datetime(2027, 1, 1, tzinfo=UTC)
FACT: dict[str, Any] = {"source": "made up for a test", "as_of": "2026-12-01", "evidence": "assumption"}


def on_day(day: float) -> datetime:
    """Instant `day` days after the start of the horizon."""
    return START + timedelta(seconds=round(day * 86_400))


def a_vehicle(**changes: Any) -> VehicleType:
    base: dict[str, Any] = {
        "vehicle_type": "Wren",
        "operator": "Test",
        "launchers": ("Lark",),
        "docking_system": "IDSS",
        "upmass_kg": 1000.0,
        "pressurised_kg": 900.0,
        "unpressurised_kg": 300.0,
        "bulk_kg": 200.0,
        "bulk_classes": ("water",),
        "downmass_kg": 400.0,
        "disposal_kg": 500.0,
        "late_load_kg": 100.0,
        "cold_kg": 80.0,
        "powered_slots": 4,
        "power_w": 500.0,
        "dry_mass_kg": 4000.0,
        "propellant_kg": 1200.0,
        "isp_s": 300.0,
        "phasing_d": 1.0,
        "docked_max_d": 60.0,
        "return_d": 0.5,
        "processing_d": 20.0,
        "cargo_cutoff_d": 10.0,
        "late_cutoff_d": 1.0,
        "turnaround_d": 30.0,
        "unload_h_d": 8.0,
        "unload_h": 40.0,
        "load_h": 24.0,
        "price_usd": 50e6,
    }
    return VehicleType(**{**base, **FACT, **changes})


def a_profile(**changes: Any) -> Profile:
    base: dict[str, Any] = {
        "profile": "2-day",
        "revolutions": 32.6,
        "coast_revolutions": 2.5,
        "approach_h": 0.75,
    }
    return Profile(**{**base, **FACT, **changes})


WAYS_UP = (
    a_profile(profile="2-orbit", revolutions=1.75, coast_revolutions=0.5),
    a_profile(profile="4-orbit", revolutions=3.45, coast_revolutions=1.0),
    a_profile(profile="1-day", revolutions=15.8, coast_revolutions=1.5),
    a_profile(),
    a_profile(profile="3-day", revolutions=48.5),
)


def a_bay(**changes: Any) -> Bay:
    base: dict[str, Any] = {
        "vehicle_type": "Wren",
        "bay": "A",
        "x0_m": -1.0,
        "y0_m": -0.8,
        "z0_m": 0.0,
        "dx_m": 0.9,
        "dy_m": 1.6,
        "dz_m": 2.0,
        "max_mass_kg": 600.0,
        "pressurised": True,
        "powered_slots": 4,
        "cg_x_min_m": -0.5,
        "cg_x_max_m": 0.5,
        "cg_y_min_m": -0.5,
        "cg_y_max_m": 0.5,
        "cg_z_min_m": 0.0,
        "cg_z_max_m": 2.0,
    }
    return Bay(**{**base, **FACT, **changes})


def a_line(**changes: Any) -> CargoLine:
    base: dict[str, Any] = {
        "item_id": "I1",
        "customer": "ACME",
        "contract_id": "C1",
        "destination": "Hub",
        "direction": "up",
        "supply_class": "food",
        "form": "bag",
        "pieces": 2,
        "mass_kg": 30.0,
        "dx_m": 0.502,
        "dy_m": 0.425,
        "dz_m": 0.248,
        "release_utc": on_day(-60),
        "due_utc": on_day(90),
        "priority": 3,
        "declared_usd": 10_000.0,
    }
    return CargoLine(**{**base, **changes})


def a_licence(kind: str, **changes: Any) -> Licence:
    """A permission of the year's whole length that binds nobody by name."""
    base: dict[str, Any] = {
        "licence_id": f"{kind}-1",
        "kind": kind,
        "authority": "Office of Tests",
        "from_utc": on_day(-400),
        "to_utc": on_day(800),
    }
    return Licence(**{**base, **FACT, **changes})


def a_team(role: str, **changes: Any) -> Staff:
    """A team trained for the year's whole length, wherever it is needed."""
    base: dict[str, Any] = {
        "staff_id": f"{role} team",
        "role": role,
        "qualification": "trained for tests",
        "from_utc": on_day(-400),
        "to_utc": on_day(800),
    }
    return Staff(**{**base, **FACT, **changes})


def a_requirement(**changes: Any) -> Requirement:
    base: dict[str, Any] = {
        "requirement_id": "R1",
        "framework": "test",
        "clause": "Food for 45 days stays on board.",
        "check": "stock-reserve",
        "parameters": ("class=food",),
        "proof": "inventory.csv",
        "due": "end",
        "owner": "logistics manager",
    }
    return Requirement(**{**base, **FACT, **changes})


def a_mission(**changes: Any) -> MissionRequest:
    base: dict[str, Any] = {
        "mission_id": "M1",
        "destination": "Hub",
        "vehicle_types": ("Wren",),
        "launchers": (),
        "sites": (),
        "earliest_utc": on_day(30),
        "latest_utc": on_day(50),
        "docked_min_d": 30.0,
        "docked_max_d": 45.0,
        "contract_id": "C1",
    }
    return MissionRequest(**{**base, **changes})


def some_lines(count: int = 24) -> tuple[CargoLine, ...]:
    """A mix of forms, classes, directions and dates for the place Hub."""
    lines = [
        a_line(item_id="F1", mass_kg=120.0, pieces=6, must=True, priority=1),
        a_line(item_id="W1", form="bulk", supply_class="water", pieces=1, mass_kg=260.0, dx_m=None, dy_m=None, dz_m=None),
        a_line(
            item_id="U1", form="unpressurised", supply_class="spares", pieces=1, mass_kg=150.0, dx_m=0.8, dy_m=0.8, dz_m=0.8
        ),
        a_line(item_id="L1", late_load=True, cold=True, power_w=60.0, supply_class="science", pieces=1, mass_kg=25.0),
        a_line(item_id="H1", hazard="flammable", supply_class="science"),
        a_line(item_id="H2", hazard="oxidiser", supply_class="science"),
        a_line(item_id="D1", direction="down", supply_class="samples", release_utc=on_day(20), due_utc=on_day(120), cold=True),
        a_line(item_id="T1", direction="disposal", supply_class="trash", mass_kg=80.0, release_utc=on_day(10), due_utc=None),
    ]
    for i in range(count - len(lines)):
        size = (0.425, 0.248, 0.235) if i % 3 else (0.502, 0.425, 0.502)
        lines.append(
            a_line(
                item_id=f"X{i}",
                supply_class=("food", "science", "spares")[i % 3],
                pieces=1 + i % 4,
                priority=1 + i % 5,
                mass_kg=8.0 * (1 + i % 4) * (1 + (i % 3 == 0)),
                dx_m=size[0],
                dy_m=size[1],
                dz_m=size[2],
                orientation=("any", "upright", "fixed")[i % 3],
                release_utc=on_day(-60 + 5 * i),
                due_utc=on_day(60 + 9 * i),
            )
        )
    return tuple(lines)


def a_scenario(**changes: Any) -> Scenario:
    """One station with two ports, two tails of one type, three missions, 24 lines."""
    base = Scenario(
        settings=Settings(
            name="test", as_of_utc=START - timedelta(days=30), start_utc=START, end_utc=on_day(365), currency_year=2026, seed=1
        ),
        missions=(
            a_mission(),
            a_mission(mission_id="M2", earliest_utc=on_day(90), latest_utc=on_day(120)),
            a_mission(mission_id="M3", earliest_utc=on_day(200), latest_utc=on_day(240)),
        ),
        cargo=some_lines(),
        customers=(Customer(customer="ACME", name="Acme Station Company", kind="station"),),
        contracts=(Contract(contract_id="C1", customer="ACME", from_utc=START, to_utc=on_day(365), price_basis="service"),),
        terms=(
            Term(contract_id="C1", term="due_tolerance", value=5.0, unit="d"),
            Term(contract_id="C1", term="penalty_per_day", value=1.0, unit="percent"),
            Term(contract_id="C1", term="penalty_cap", value=20.0, unit="percent"),
            Term(contract_id="C1", term="minimum_kg", value=300.0, unit="kg"),
            Term(contract_id="C1", term="milestone", value=1e6, unit="USD"),
        ),
        prices=tuple(
            Price(tariff=tariff, destination="Hub", direction=direction, usd_per_kg=usd, price_year=2026)
            for tariff, usd in (("service", 10_000.0), ("catalogue", 70_000.0))
            for direction in ("up", "down", "disposal")
        ),
        suppliers=(),
        lanes=(),
        destinations=(
            Destination(
                destination="Hub",
                body="Earth",
                kind="station",
                window_kind="plane",
                handling_h_d=12.0,
                hours_per_piece=0.4,
                hours_per_bulk_t=4.0,
                hatch_open_d=0.5,
                clearance_d=1.0,
                arrival_spacing_d=0.0,
                delta_v_m_s=150.0,
                departure_delta_v_m_s=110.0,
                **FACT,
            ),
        ),
        ports=(
            Port(destination="Hub", port="fore", docking_system=("IDSS",), **FACT),
            Port(destination="Hub", port="aft", docking_system=("IDSS",), **FACT),
        ),
        orbits=(
            Orbit(
                destination="Hub",
                kind="elements",
                epoch_utc=START,
                inclination_deg=51.6,
                raan_deg=120.0,
                eccentricity=0.0005,
                arg_perigee_deg=0.0,
                mean_anomaly_deg=0.0,
                mean_motion_rev_d=15.5,
                bstar=1e-4,
                sigma_altitude_km=2.0,
                **FACT,
            ),
        ),
        transfer_windows=(),
        vehicles=(a_vehicle(),),
        tails=(
            Tail(vehicle_id="W1", vehicle_type="Wren", ready_utc=on_day(-60), flights_left=5),
            Tail(vehicle_id="W2", vehicle_type="Wren", ready_utc=on_day(-30), flights_left=5),
        ),
        bays=(
            a_bay(),
            a_bay(bay="B", x0_m=0.1),
            a_bay(bay="T", z0_m=-1.5, dz_m=1.4, y0_m=-0.7, dy_m=1.4, x0_m=-0.7, dx_m=1.4, pressurised=False, powered_slots=0),
        ),
        bags=(),
        launchers=(
            Launcher(
                launcher="Lark",
                operator="Test",
                payload_kg=9000.0,
                pad_d=3.0,
                lead_s=330.0,
                steering_s=300.0,
                price_usd=60e6,
                **FACT,
            ),
        ),
        sites=(
            Site(
                site="Cape",
                country="US",
                latitude_deg=28.5,
                longitude_deg=-80.6,
                azimuth_min_deg=35.0,
                azimuth_max_deg=120.0,
                range_name="Cape Range",
                range_spacing_d=0.5,
                **FACT,
            ),
        ),
        pads=(
            Pad(
                site="Cape",
                pad="P1",
                launchers=("Lark",),
                latitude_deg=28.5619,
                longitude_deg=-80.5774,
                turnaround_d=8.0,
                **FACT,
            ),
        ),
        facilities=(Facility(facility_id="Cape-PPF", site="Cape", kind="processing", vehicle_types=(), capacity=2, **FACT),),
        blackouts=(),
        stock=(Stock(destination="Hub", supply_class="food", on_hand_kg=700.0, reserve_kg=300.0, critical_kg=150.0),),
        demand=(),
        crew=(CrewStay(destination="Hub", from_utc=START, to_utc=on_day(365), crew_count=1),),
        rates=(
            Rate(
                supply_class="food", kg_per_crew_d=1.83, recovered_fraction=0.0, spread_fraction=0.1, destinations=(), **FACT
            ),
        ),
        spares=(),
        hazard_pairs=(HazardPair(hazard_a="flammable", hazard_b="oxidiser", **FACT),),
        cost_rates=(
            CostRate(
                account="mission control", scor_process="deliver", driver="docked_d", usd=20_000.0, price_year=2026, **FACT
            ),
            CostRate(account="cargo processing", scor_process="make", driver="up_kg", usd=500.0, price_year=2026, **FACT),
        ),
        profiles=WAYS_UP,
    )
    return replace(base, **changes)
