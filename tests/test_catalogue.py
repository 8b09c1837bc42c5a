"""The catalogue's records: valid, sourced, closed in their references, and bays that a load can be balanced in."""

from __future__ import annotations

import csv
import itertools
import math
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from supercargo.model import EVIDENCE, Bay, Destination, VehicleType
from supercargo.store import read_catalogue

FACTS = (
    "destinations",
    "ports",
    "orbits",
    "transfer_windows",
    "launch_energies",
    "vehicles",
    "bays",
    "bags",
    "launchers",
    "sites",
    "pads",
    "facilities",
    "rates",
    "hazard_pairs",
    "cost_rates",
)
LARGEST_BAG_M = (0.897, 0.819, 0.533)
HULL_RADIUS_M = {"Progress MS": 1.1, "Cygnus Enhanced": 1.535, "Cygnus XL": 1.535, "HTV-X": 2.2}
G0_M_S2 = 9.80665


@cache
def catalogue() -> dict[str, tuple[Any, ...]]:
    return dict(read_catalogue())


def vehicles() -> dict[str, VehicleType]:
    return {record.vehicle_type: record for record in catalogue()["vehicles"]}


def bays_of(vehicle_type: str) -> list[Bay]:
    return [bay for bay in catalogue()["bays"] if bay.vehicle_type == vehicle_type]


def places_of(vehicle: VehicleType) -> Iterator[Destination]:
    """Places with a port for the type's docking system."""
    for place in catalogue()["destinations"]:
        ports = [port for port in catalogue()["ports"] if port.destination == place.destination]
        if any(vehicle.docking_system in port.docking_system for port in ports):
            yield place


TYPES = [record.vehicle_type for record in read_catalogue()["vehicles"]]


def test_catalogue_holds_twelve_spacecraft_types_and_eight_sites() -> None:
    assert len(catalogue()["vehicles"]) >= 12
    assert len(catalogue()["sites"]) >= 8
    assert {place.kind for place in catalogue()["destinations"]} == {
        "station", "gateway", "surface", "asteroid", "platform", "depot",
    }  # fmt: skip


@pytest.mark.parametrize("attribute", FACTS)
def test_every_record_names_source_date_and_evidence(attribute: str) -> None:
    assert catalogue()[attribute]
    for record in catalogue()[attribute]:
        assert record.source.strip()
        assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", record.as_of), record
        assert record.evidence in EVIDENCE


@pytest.mark.parametrize("attribute", FACTS)
def test_evidence_is_the_weakest_word_of_the_source(attribute: str) -> None:
    for record in catalogue()[attribute]:
        assert ("assumption" in record.source) == (record.evidence == "assumption"), record
        if record.evidence == "sourced":
            assert "memory" not in record.source, record


def test_every_price_tells_how_it_was_found() -> None:
    assert all(price.tariff == "catalogue" and price.basis for price in catalogue()["prices"])
    priced = {(price.destination, price.direction) for price in catalogue()["prices"]}
    wanted = itertools.product((place.destination for place in catalogue()["destinations"]), ("up", "down", "disposal"))
    assert priced == set(wanted)


def test_no_weekly_station_table_is_shipped() -> None:
    import supercargo.catalogue as folder

    assert not [path.name for place in folder.__path__ for path in Path(place).glob("*weekly*")]


@pytest.mark.parametrize("vehicle_type", TYPES)
def test_type_has_a_launcher_that_lifts_it_and_a_pad_for_each(vehicle_type: str) -> None:
    vehicle = vehicles()[vehicle_type]
    launchers = {record.launcher: record for record in catalogue()["launchers"]}
    full_kg = vehicle.dry_mass_kg + vehicle.propellant_kg + vehicle.upmass_kg
    assert vehicle.launchers
    for name in vehicle.launchers:
        assert launchers[name].payload_kg >= full_kg, name
        assert any(name in pad.launchers for pad in catalogue()["pads"]), name


@pytest.mark.parametrize("vehicle_type", TYPES)
def test_type_has_a_place_to_go_and_propellant_to_get_there(vehicle_type: str) -> None:
    vehicle = vehicles()[vehicle_type]
    places = list(places_of(vehicle))
    assert places
    for place in places:
        up = 1.0 - math.exp(-place.delta_v_m_s / (vehicle.isp_s * G0_M_S2))
        back = 1.0 - math.exp(-place.departure_delta_v_m_s / (vehicle.isp_s * G0_M_S2))
        full = (vehicle.dry_mass_kg + vehicle.upmass_kg) * up
        home = (vehicle.dry_mass_kg + max(vehicle.downmass_kg, vehicle.disposal_kg)) * back
        if place.kind not in ("gateway",) or vehicle.vehicle_type == "Dragon XL":
            assert full + home <= vehicle.propellant_kg, (place.destination, full + home)


def _lawful_azimuths(latitude_deg: float, inclination_deg: float) -> list[float]:
    """Inertial launch azimuths into a plane [deg]; none if the pad lies beyond its turning latitude."""
    ratio = math.cos(math.radians(inclination_deg)) / math.cos(math.radians(latitude_deg))
    if abs(ratio) > 1.0:
        return []
    north = math.degrees(math.asin(ratio)) % 360.0
    return [north, (180.0 - north) % 360.0]


def test_each_plane_place_is_in_reach_of_a_pad_for_a_type_that_docks_there() -> None:
    sites = {site.site: site for site in catalogue()["sites"]}
    orbits = {orbit.destination: orbit for orbit in catalogue()["orbits"]}
    for vehicle in catalogue()["vehicles"]:
        for place in places_of(vehicle):
            if place.window_kind != "plane":
                continue
            inclination = orbits[place.destination].inclination_deg
            reached = [
                pad.pad
                for pad in catalogue()["pads"]
                for azimuth in _lawful_azimuths(pad.latitude_deg, inclination)
                if set(pad.launchers) & set(vehicle.launchers)
                and sites[pad.site].azimuth_min_deg + 2 <= azimuth <= sites[pad.site].azimuth_max_deg - 2
            ]
            platform_for_other_size = place.kind == "platform" and vehicle.docking_system == "grapple"
            assert reached or platform_for_other_size, (vehicle.vehicle_type, place.destination)


@pytest.mark.parametrize("place", [orbit.destination for orbit in read_catalogue()["orbits"]])
def test_element_set_agrees_with_its_columns_and_checksums(place: str) -> None:
    orbit = next(one for one in catalogue()["orbits"] if one.destination == place)
    if orbit.kind != "tle":
        pytest.skip("mean elements carry no lines")
    for line in (orbit.tle_line1, orbit.tle_line2):
        assert sum(int(sign) if sign.isdigit() else sign == "-" for sign in line[:68]) % 10 == int(line[68])
    assert float(orbit.tle_line2[8:16]) == pytest.approx(orbit.inclination_deg, abs=1e-4)
    assert float(orbit.tle_line2[17:25]) == pytest.approx(orbit.raan_deg, abs=1e-4)
    assert float(orbit.tle_line2[52:63]) == pytest.approx(orbit.mean_motion_rev_d, abs=1e-6)


@pytest.mark.parametrize("vehicle_type", TYPES)
def test_bays_lie_in_mirror_pairs_about_the_axis(vehicle_type: str) -> None:
    boxes = {
        tuple(round(size, 3) for size in (bay.x0_m, bay.y0_m, bay.z0_m, bay.dx_m, bay.dy_m, bay.dz_m))
        for bay in bays_of(vehicle_type)
    }
    for x, y, z, dx, dy, dz in boxes:
        assert (round(-x - dx, 3), y, z, dx, dy, dz) in boxes
        assert (x, round(-y - dy, 3), z, dx, dy, dz) in boxes


@pytest.mark.parametrize("vehicle_type", TYPES)
def test_bays_do_not_overlap_and_stay_inside_a_known_hull(vehicle_type: str) -> None:
    bays = bays_of(vehicle_type)
    for one, other in itertools.combinations(bays, 2):
        apart = (
            one.x0_m + one.dx_m <= other.x0_m + 1e-9 or other.x0_m + other.dx_m <= one.x0_m + 1e-9
            or one.y0_m + one.dy_m <= other.y0_m + 1e-9 or other.y0_m + other.dy_m <= one.y0_m + 1e-9
            or one.z0_m + one.dz_m <= other.z0_m + 1e-9 or other.z0_m + other.dz_m <= one.z0_m + 1e-9
        )  # fmt: skip
        assert apart, (one.bay, other.bay)
    radius = HULL_RADIUS_M.get(vehicle_type, math.inf)
    for bay in (bay for bay in bays if bay.pressurised):
        assert math.hypot(max(abs(bay.x0_m), abs(bay.x0_m + bay.dx_m)), max(abs(bay.y0_m), abs(bay.y0_m + bay.dy_m))) <= radius


@pytest.mark.parametrize("vehicle_type", TYPES)
def test_evenly_filled_bays_balance_inside_the_limits(vehicle_type: str) -> None:
    bays = bays_of(vehicle_type)
    for pressurised in (True, False):
        some = [bay for bay in bays if bay.pressurised is pressurised]
        volume = sum(bay.dx_m * bay.dy_m * bay.dz_m for bay in some)
        if not some:
            continue
        x, y, z = (
            sum((low + size / 2) * bay.dx_m * bay.dy_m * bay.dz_m for bay, low, size in axis) / volume
            for axis in (
                [(bay, bay.x0_m, bay.dx_m) for bay in some],
                [(bay, bay.y0_m, bay.dy_m) for bay in some],
                [(bay, bay.z0_m, bay.dz_m) for bay in some],
            )
        )
        assert all(bay.cg_x_min_m <= x <= bay.cg_x_max_m and bay.cg_y_min_m <= y <= bay.cg_y_max_m for bay in bays)
        assert all(bay.cg_z_min_m <= z <= bay.cg_z_max_m for bay in bays)


@pytest.mark.parametrize("vehicle_type", TYPES)
def test_balance_limits_are_the_same_on_every_bay_of_a_type(vehicle_type: str) -> None:
    limits = {
        (bay.cg_x_min_m, bay.cg_x_max_m, bay.cg_y_min_m, bay.cg_y_max_m, bay.cg_z_min_m, bay.cg_z_max_m)
        for bay in bays_of(vehicle_type)
    }
    assert len(limits) == 1


@pytest.mark.parametrize("vehicle_type", TYPES)
def test_bays_carry_the_types_full_load_and_its_powered_pieces(vehicle_type: str) -> None:
    vehicle, bays = vehicles()[vehicle_type], bays_of(vehicle_type)
    assert sum(bay.max_mass_kg for bay in bays if bay.pressurised) >= vehicle.pressurised_kg
    assert sum(bay.max_mass_kg for bay in bays if not bay.pressurised) >= vehicle.unpressurised_kg
    assert sum(bay.powered_slots for bay in bays) >= vehicle.powered_slots


@pytest.mark.parametrize(
    "bay", [bay for bay in read_catalogue()["bays"] if bay.pressurised], ids=lambda b: f"{b.vehicle_type}-{b.bay}"
)
def test_every_pressurised_bay_takes_the_largest_bag(bay: Bay) -> None:
    sizes = (bay.dx_m, bay.dy_m, bay.dz_m)
    assert any(
        all(edge <= size for edge, size in zip(turned, sizes, strict=True)) for turned in itertools.permutations(LARGEST_BAG_M)
    )


@pytest.mark.skipif(not os.environ.get("SUPERCARGO_DATA"), reason="SUPERCARGO_DATA names no folder of outside data")
def test_masses_agree_with_the_collected_facts() -> None:
    collected = Path(os.environ["SUPERCARGO_DATA"]) / "catalogue" / "vehicles.csv"
    with collected.open(encoding="utf-8", newline="") as rows:
        facts = {row["vehicle"].replace(" Tenacity", ""): row for row in csv.DictReader(rows)}
    for name in ("Cygnus Enhanced", "Cygnus XL", "HTV-X", "Dream Chaser + Shooting Star", "Progress MS", "Argonaut"):
        vehicle = vehicles()[name]
        assert vehicle.upmass_kg == float(facts[name]["max_up_kg"])
        assert vehicle.docked_max_d == float(facts[name]["docked_endurance_days"] or vehicle.docked_max_d)
        if facts[name]["disposal_kg"]:
            assert vehicle.disposal_kg <= float(facts[name]["disposal_kg"])
