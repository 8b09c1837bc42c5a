"""Planted faults: each is told with file, row, column and fix; all at once; exit 2; nothing is written."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from supercargo.kernel import Fault, ScenarioError
from supercargo.store import read_scenario
from tests.cli_runner import run

GOOD_LINE1 = "1 25544U 98067A   26259.50000000  .00010000  00000-0  18000-3 0  9992"
BAD_LINE1 = GOOD_LINE1[:68] + "9"
LINE2 = "2 25544  51.6300 120.0000 0005000  10.0000 350.0000 15.50000000500000"


@dataclass(frozen=True)
class Planted:
    """One edit of the small scenario's folder, and the fault that must be told for it."""

    name: str
    plant: Callable[[Path], None]
    file: str
    row: int
    column: str
    fix: str


def cell(file: str, row: int, column: str, value: str) -> Callable[[Path], None]:
    """Put `value` into one cell; the header is row 1."""

    def plant(folder: Path) -> None:
        lines = (folder / file).read_text().split("\n")
        cells = lines[row - 1].split(",")
        cells[lines[0].split(",").index(column)] = value
        lines[row - 1] = ",".join(cells)
        (folder / file).write_text("\n".join(lines))

    return plant


def rewrite(file: str, old: str, new: str) -> Callable[[Path], None]:
    """Replace the first `old` in a file."""

    def plant(folder: Path) -> None:
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))

    return plant


def add_row(file: str, row: str) -> Callable[[Path], None]:
    def plant(folder: Path) -> None:
        with (folder / file).open("a") as out:
            out.write(row + "\n")

    return plant


def remove(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


def link_out(folder: Path) -> None:
    outside = folder.parent / "outside.csv"
    outside.write_bytes((folder / "lanes.csv").read_bytes())
    (folder / "lanes.csv").unlink()
    (folder / "lanes.csv").symlink_to(outside)


def misspell(folder: Path) -> None:
    (folder / "crew.csv").rename(folder / "crews.csv")


def no_rows(file: str) -> Callable[[Path], None]:
    def plant(folder: Path) -> None:
        (folder / file).write_text((folder / file).read_text().split("\n")[0] + "\n")

    return plant


def pipe(folder: Path) -> None:
    (folder / "bags.csv").unlink()
    os.mkfifo(folder / "bags.csv")


def not_utf8(folder: Path) -> None:
    content = (folder / "customers.csv").read_bytes()
    (folder / "customers.csv").write_bytes(content.replace(b"Acme", b"Acm\xe9"))


def an_element_set(line1: str) -> Callable[[Path], None]:
    def plant(folder: Path) -> None:
        for column, value in (
            ("kind", "tle"),
            ("tle_line1", line1),
            ("tle_line2", LINE2),
            ("epoch_utc", "2026-09-16T12:00:00Z"),
        ):
            cell("orbits.csv", 2, column, value)(folder)

    return plant


def of_far(column: str, value: str, body: str = "Moon") -> Callable[[Path], None]:
    """A place beyond low Earth orbit with a listed way to it, one cell of which is `value`."""
    fact = {"source": "test", "as_of": "2026-12-01", "evidence": "assumption"}
    way = {
        **fact,
        "destination": "Far", "opens_utc": "2027-03-01T00:00:00Z", "launch_utc": "2027-03-01T01:00:00Z",
        "closes_utc": "2027-03-01T02:00:00Z", "transit_d": "5", "c3_km2_s2": "1", "route": "fast", "delta_v_m_s": "500",
    }  # fmt: skip

    def plant(folder: Path) -> None:
        lines = (folder / "destinations.csv").read_text().split("\n")
        names, cells = lines[0].split(","), lines[1].split(",")
        for name, word in (("destination", "Far"), ("body", body), ("window_kind", "catalogue")):
            cells[names.index(name)] = word
        add_row("destinations.csv", ",".join(cells))(folder)
        row = {**way, column: value}
        (folder / "transfer_windows.csv").write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n")

    return plant


def rising(folder: Path) -> None:
    """A launcher that sends off more, the faster it goes."""
    head = "source,as_of,evidence,launcher,c3_km2_s2,payload_kg\n"
    rows = "".join(f"test,2026-12-01,assumption,Lark,{c3},{kg}\n" for c3, kg in ((0, 1000), (10, 1200), (20, 900)))
    (folder / "launch_energy.csv").write_text(head + rows)


def of_profiles(plant: Callable[[Path], None], profiles: str = "2-day") -> Callable[[Path], None]:
    """The same, after the type Wren has been given profiles."""

    def both(folder: Path) -> None:
        cell("vehicles.csv", 2, "profiles", profiles)(folder)
        plant(folder)

    return both


PLANTED = (
    Planted(
        "profile that nobody knows", of_profiles(lambda folder: None, "3-orbit"), "vehicles.csv", 2, "profiles", "profiles.csv"
    ),
    Planted(
        "profile that only coasts",
        cell("profiles.csv", 2, "coast_revolutions", "1.5"),
        "profiles.csv",
        2,
        "revolutions",
        "one revolution more",
    ),
    Planted(
        "perigee above apogee",
        cell("launchers.csv", 2, "insertion_perigee_km", "300"),
        "launchers.csv",
        2,
        "insertion_perigee_km",
        "raise insertion_apogee_km",
    ),
    Planted(
        "insertion above the station",
        of_profiles(cell("launchers.csv", 2, "insertion_apogee_km", "700")),
        "launchers.csv",
        2,
        "insertion_apogee_km",
        "take profiles from the types",
    ),
    Planted(
        "two orbits of one epoch",
        lambda folder: add_row("orbits.csv", (folder / "orbits.csv").read_text().split("\n")[1])(folder),
        "orbits.csv",
        3,
        "destination",
        "a key of its own",
    ),
    Planted(
        "remarks that are no sentences",
        rewrite("scenario.toml", "seed =", "remarks = [1, 2]\nseed ="),
        "scenario.toml",
        4,
        "remarks",
        "a list of sentences",
    ),
    Planted("unknown evidence", cell("cargo.csv", 2, "evidence", "hearsay"), "cargo.csv", 2, "evidence", "use one of"),
    Planted("phasing of a year", cell("missions.csv", 2, "phasing_d", "365"), "missions.csv", 2, "phasing_d", "in range"),
    Planted(
        "unknown port",
        add_row("blackouts.csv", "port,Hub/side,2027-03-01T00:00:00Z,2027-03-02T00:00:00Z,"),
        "blackouts.csv",
        2,
        "object",
        "DESTINATION/PORT",
    ),
    Planted("unknown place", cell("missions.csv", 2, "destination", "Hubb"), "missions.csv", 2, "destination", "did you mean"),
    Planted("negative mass", cell("cargo.csv", 3, "mass_kg", "-4"), "cargo.csv", 3, "mass_kg", "in range"),
    Planted("not a number", cell("cargo.csv", 4, "mass_kg", "NaN"), "cargo.csv", 4, "mass_kg", "finite number"),
    Planted(
        "unknown unit", cell("cargo.csv", 5, "mass_kg", "2.5 t"), "cargo.csv", 5, "mass_kg", "kilograms as a plain number"
    ),
    Planted("infinite power", cell("cargo.csv", 6, "power_w", "inf"), "cargo.csv", 6, "power_w", "finite number of W"),
    Planted("twice the same line", cell("cargo.csv", 7, "item_id", "F1"), "cargo.csv", 7, "item_id", "a key of its own"),
    Planted(
        "date before the horizon",
        cell("cargo.csv", 8, "due_utc", "2026-12-30T00:00:00Z"),
        "cargo.csv",
        8,
        "due_utc",
        "into the horizon",
    ),
    Planted(
        "date off the calendar",
        cell("cargo.csv", 9, "release_utc", "2027-02-30T00:00:00Z"),
        "cargo.csv",
        9,
        "release_utc",
        "YYYY-MM-DD",
    ),
    Planted(
        "instant without zone", cell("cargo.csv", 10, "due_utc", "2027-05-01 12:00"), "cargo.csv", 10, "due_utc", "in UTC"
    ),
    Planted("truth in other words", cell("cargo.csv", 11, "cold", "yes"), "cargo.csv", 11, "cold", "true or false"),
    Planted("unknown form", cell("cargo.csv", 12, "form", "crate"), "cargo.csv", 12, "form", "unpressurised"),
    Planted("piece without size", cell("cargo.csv", 13, "dy_m", ""), "cargo.csv", 13, "dy_m", "set form to bulk"),
    Planted("bulk with size", cell("cargo.csv", 3, "dx_m", "0.5"), "cargo.csv", 3, "dx_m", "empty dx_m"),
    Planted(
        "due before release",
        cell("cargo.csv", 14, "release_utc", "2027-12-30T00:00:00Z"),
        "cargo.csv",
        14,
        "due_utc",
        "after release_utc",
    ),
    Planted("half a piece", cell("cargo.csv", 15, "pieces", "1.5"), "cargo.csv", 15, "pieces", "whole number"),
    Planted(
        "row too long",
        add_row("crew.csv", "Hub,2027-01-01T00:00:00Z,2027-02-01T00:00:00Z,3,4"),
        "crew.csv",
        3,
        "",
        "one cell a column",
    ),
    Planted(
        "wrong header", rewrite("prices.csv", "usd_per_kg", "eur_per_kg"), "prices.csv", 1, "usd_per_kg", "add the column"
    ),
    Planted(
        "other unit in the header",
        rewrite("stock.csv", "on_hand_kg", "on_hand_lb"),
        "stock.csv",
        1,
        "on_hand_lb",
        "on_hand_kg and give it in kg",
    ),
    Planted("missing file", remove("missions.csv"), "missions.csv", 0, "", "add missions.csv"),
    Planted("missing settings", remove("scenario.toml"), "scenario.toml", 0, "", "add scenario.toml"),
    Planted("misspelt file name", misspell, "crews.csv", 0, "", "name it crew.csv"),
    Planted(
        "element set with a bad checksum", an_element_set(BAD_LINE1), "orbits.csv", 2, "tle_line1", "a character is wrong"
    ),
    Planted("element set unlike its columns", an_element_set(GOOD_LINE1), "orbits.csv", 2, "inclination_deg", "write 51.63"),
    Planted(
        "lane from a place to itself",
        add_row("lanes.csv", "Cape,Cape,road,1,0.2"),
        "lanes.csv",
        2,
        "to",
        "name two different ones",
    ),
    Planted(
        "hazard pair of one class",
        cell("hazard_pairs.csv", 2, "hazard_b", "flammable"),
        "hazard_pairs.csv",
        2,
        "hazard_b",
        "two different ones",
    ),
    Planted(
        "cell of 50 MB", cell("suppliers.csv", 1, "supplier", "x" * 50_000_000), "suppliers.csv", 1, "", "shorten the cell"
    ),
    Planted("path that leaves the folder", link_out, "lanes.csv", 0, "", "put the file itself"),
    Planted("pipe instead of a file", pipe, "bags.csv", 0, "", "plain file"),
    Planted("text in another encoding", not_utf8, "customers.csv", 2, "", "CSV in UTF-8"),
    Planted("NUL character", rewrite("customers.csv", "Acme", "Ac\0me"), "customers.csv", 2, "", "plain CSV"),
    Planted(
        "mission before the horizon",
        cell("missions.csv", 2, "earliest_utc", "2026-12-01T00:00:00Z"),
        "missions.csv",
        2,
        "earliest_utc",
        "into the horizon",
    ),
    Planted(
        "window turned round",
        cell("missions.csv", 3, "latest_utc", "2027-02-01T00:00:00Z"),
        "missions.csv",
        3,
        "latest_utc",
        "after earliest_utc",
    ),
    Planted("stay turned round", cell("missions.csv", 2, "docked_min_d", "50"), "missions.csv", 2, "docked_min_d", "raise"),
    Planted(
        "no port takes it", cell("vehicles.csv", 2, "docking_system", "probe"), "missions.csv", 2, "destination", "add a port"
    ),
    Planted("no pad serves it", cell("pads.csv", 2, "launchers", ""), "missions.csv", 2, "vehicle_types", "widen"),
    Planted(
        "no bay for cargo", cell("bays.csv", 4, "pressurised", "true"), "vehicles.csv", 2, "unpressurised_kg", "add a bay"
    ),
    Planted("stock below reserve", cell("stock.csv", 2, "on_hand_kg", "10"), "stock.csv", 2, "reserve_kg", "raise on_hand_kg"),
    Planted(
        "crew counted twice",
        add_row("crew.csv", "Hub,2027-06-01T00:00:00Z,2027-07-01T00:00:00Z,3"),
        "crew.csv",
        3,
        "from_utc",
        "one row",
    ),
    Planted("term in a wrong unit", cell("terms.csv", 2, "unit", "kg"), "terms.csv", 2, "unit", "give the value in d"),
    Planted(
        "tariff without a price",
        cell("contracts.csv", 2, "price_basis", "gold"),
        "contracts.csv",
        2,
        "price_basis",
        "add its prices",
    ),
    Planted("way that takes no time", of_far("transit_d", "0"), "transfer_windows.csv", 2, "transit_d", "more than 0"),
    Planted("route for nothing", of_far("delta_v_m_s", "0"), "transfer_windows.csv", 2, "delta_v_m_s", "leave the cell empty"),
    Planted("too slow for the Moon", of_far("c3_km2_s2", "-4.1"), "transfer_windows.csv", 2, "c3_km2_s2", "give -4 or more"),
    Planted(
        "too slow for an asteroid",
        of_far("c3_km2_s2", "-0.1", body="Sun"),
        "transfer_windows.csv",
        2,
        "c3_km2_s2",
        "give 0 or more",
    ),
    Planted(
        "listed way to a place found by plane",
        of_far("destination", "Hub"),
        "transfer_windows.csv",
        2,
        "destination",
        "set window_kind to catalogue",
    ),
    Planted(
        "orbit through the Earth", cell("orbits.csv", 2, "eccentricity", "0.2"), "orbits.csv", 2, "eccentricity", "100 km"
    ),
    Planted(
        "orbit of another decade",
        cell("orbits.csv", 2, "epoch_utc", "2019-01-01T00:00:00Z"),
        "orbits.csv",
        2,
        "epoch_utc",
        "within 5 years",
    ),
    Planted("payload that rises with energy", rising, "launch_energy.csv", 3, "payload_kg", "correct row 2 or row 3"),
    Planted("no orbit", no_rows("orbits.csv"), "destinations.csv", 2, "destination", "orbits.csv"),
    Planted("unknown setting", rewrite("scenario.toml", "seed", "sead"), "scenario.toml", 4, "sead", "use one of: name"),
    Planted(
        "seed in quotation marks",
        rewrite("scenario.toml", "seed = 1", 'seed = "one"'),
        "scenario.toml",
        4,
        "seed",
        "whole number",
    ),
    Planted(
        "limit out of range",
        rewrite("scenario.toml", "packing_fraction = 0.82", "packing_fraction = 8.2"),
        "scenario.toml",
        23,
        "packing_fraction",
        "in range",
    ),
    Planted(
        "horizon turned round",
        rewrite("scenario.toml", "end_utc = 2028", "end_utc = 2026"),
        "scenario.toml",
        8,
        "end_utc",
        "after start_utc",
    ),
    Planted(
        "century on the pad", cell("pads.csv", 2, "turnaround_d", "1e9"), "pads.csv", 2, "turnaround_d", "at most 36,525 d"
    ),
    Planted("endless term", cell("terms.csv", 2, "value", "1e9"), "terms.csv", 2, "value", "at most 36,525 d"),
    Planted("formula for a name", cell("cargo.csv", 3, "item_id", "=1+1"), "cargo.csv", 3, "item_id", "another sign than ="),
    Planted("sign unseen", cell("cargo.csv", 3, "item_id", "F\u200b1"), "cargo.csv", 3, "item_id", "that can be seen"),
    Planted(
        "letter of two signs", cell("cargo.csv", 3, "item_id", "Cafe\u0301"), "cargo.csv", 3, "item_id", "write 'Caf\u00e9'"
    ),
    Planted("endless name", cell("cargo.csv", 3, "item_id", "x" * 121), "cargo.csv", 3, "item_id", "use at most 120"),
    Planted(
        "misspelt hazard", cell("cargo.csv", 4, "hazard", "flamable"), "cargo.csv", 4, "hazard", "did you mean 'flammable'"
    ),
    Planted(
        "spacecraft too heavy",
        cell("launchers.csv", 2, "payload_kg", "6000"),
        "vehicles.csv",
        2,
        "launchers",
        "take Lark away",
    ),
    Planted(
        "beyond its propellant",
        cell("destinations.csv", 2, "delta_v_m_s", "90000"),
        "vehicles.csv",
        2,
        "isp_s",
        "lower the place's delta-v",
    ),
    Planted("half a facility", cell("facilities.csv", 2, "capacity", "1.5"), "facilities.csv", 2, "capacity", "whole number"),
    Planted("element set in other signs", an_element_set(GOOD_LINE1[:68] + "\u0662"), "orbits.csv", 2, "tle_line1", "again"),
    Planted(
        "work without end",
        rewrite("scenario.toml", "demand_samples = 400", "demand_samples = 4e14"),
        "scenario.toml",
        24,
        "demand_samples",
        "at most 10,000",
    ),
    Planted(
        "half a round",
        rewrite("scenario.toml", "stowage_rounds = 4", "stowage_rounds = 2.5"),
        "scenario.toml",
        21,
        "stowage_rounds",
        "whole number",
    ),
    Planted(
        "settings without end",
        rewrite("scenario.toml", "[horizon]", "#" * 70_000 + "\n[horizon]"),
        "scenario.toml",
        0,
        "",
        "keep",
    ),
    Planted(
        "day without an hour",
        rewrite("scenario.toml", "as_of_utc = 2026-12-02T00:00:00Z", "as_of_utc = 2026-12-02"),
        "scenario.toml",
        2,
        "as_of_utc",
        "YYYY-MM-DD",
    ),
    Planted(
        "settings that are no TOML", rewrite("scenario.toml", "[horizon]", "[horizon"), "scenario.toml", 6, "", "key = value"
    ),
)


def faults_in(folder: Path) -> tuple[Fault, ...]:
    try:
        read_scenario(folder)
    except ScenarioError as error:
        return error.faults
    return ()


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_planted_fault_is_told_with_file_row_column_and_fix(planted: Planted, scenario_folder: Path) -> None:
    planted.plant(scenario_folder)
    told = [fault for fault in faults_in(scenario_folder) if (fault.file, fault.column) == (planted.file, planted.column)]
    assert told, [str(fault) for fault in faults_in(scenario_folder)]
    assert any(fault.row == planted.row and planted.fix in fault.fix for fault in told), told


def test_a_listed_way_that_is_sound_has_no_fault(scenario_folder: Path) -> None:
    of_far("c3_km2_s2", "-4")(scenario_folder)
    assert [one for one in faults_in(scenario_folder) if one.file in ("transfer_windows.csv", "destinations.csv")] == []


def test_a_payload_that_rises_names_both_rows_and_a_perigee_in_the_earth_its_height(scenario_folder: Path) -> None:
    rising(scenario_folder)
    cell("orbits.csv", 2, "eccentricity", "0.2")(scenario_folder)
    told = [one.what for one in faults_in(scenario_folder)]
    assert any("(row 3), more than 1,000 kg at 0 (row 2)" in what for what in told), told
    assert any("puts the perigee at -" in what for what in told), told


def test_the_scenario_without_planted_faults_has_none(scenario_folder: Path) -> None:
    assert faults_in(scenario_folder) == ()


TOGETHER = tuple(
    planted
    for planted in PLANTED
    if planted.name
    in {
        "negative mass", "not a number", "unknown unit", "infinite power", "twice the same line", "date before the horizon",
        "date off the calendar", "instant without zone", "truth in other words", "unknown form", "due before release",
        "row too long", "other unit in the header", "element set with a bad checksum", "hazard pair of one class",
        "path that leaves the folder", "mission before the horizon", "window turned round", "term in a wrong unit",
        "cell of 50 MB", "unknown setting", "half a piece",
    }
)  # fmt: skip


def test_twenty_two_faults_are_all_told_at_once(scenario_folder: Path) -> None:
    assert len(TOGETHER) == 22
    for planted in TOGETHER:
        planted.plant(scenario_folder)
    told = {(fault.file, fault.row, fault.column) for fault in faults_in(scenario_folder)}
    missing = [planted.name for planted in TOGETHER if (planted.file, planted.row, planted.column) not in told]
    assert missing == []


def test_a_fault_in_one_file_raises_no_false_ones_in_files_that_refer_to_it(scenario_folder: Path) -> None:
    cell("vehicles.csv", 2, "upmass_kg", "-1")(scenario_folder)
    assert [fault.file for fault in faults_in(scenario_folder)] == ["vehicles.csv"]
    (scenario_folder / "vehicles.csv").write_bytes(b"\xff\xfe")
    assert [fault.file for fault in faults_in(scenario_folder)] == ["vehicles.csv"]


@pytest.mark.parametrize("command", ["check", "plan"])
def test_faulty_input_ends_a_command_with_exit_2_and_writes_nothing(
    command: str, scenario_folder: Path, tmp_path: Path
) -> None:
    cell("cargo.csv", 3, "mass_kg", "-4")(scenario_folder)
    before = sorted(tmp_path.iterdir())
    words = [command, str(scenario_folder)] + (["--out", str(tmp_path / "plan")] if command == "plan" else [])
    told = run(*words)
    assert told.code == 2
    assert "cargo.csv row 3 column mass_kg" in told.err
    assert "fix: " in told.err
    assert told.out == ""
    assert sorted(tmp_path.iterdir()) == before


def test_one_wrong_name_is_one_fault_and_not_one_for_each_row_that_follows_from_it(scenario_folder: Path) -> None:
    cell("contracts.csv", 2, "customer", "Nobody")(scenario_folder)
    assert [(fault.file, fault.column) for fault in faults_in(scenario_folder)] == [("contracts.csv", "customer")]
    cell("contracts.csv", 2, "customer", "ACME")(scenario_folder)
    cell("missions.csv", 2, "launchers", "Saturn V")(scenario_folder)
    assert [(fault.file, fault.column) for fault in faults_in(scenario_folder)] == [("missions.csv", "launchers")]


def test_a_class_with_two_rates_at_a_place_is_a_fault(scenario_folder: Path) -> None:
    rows = (scenario_folder / "rates.csv").read_text().splitlines()
    add_row("rates.csv", rows[1])(scenario_folder)
    cell("rates.csv", 2, "destinations", "Hub")(scenario_folder)
    cell("rates.csv", len(rows) + 1, "destinations", "")(scenario_folder)
    told = [fault for fault in faults_in(scenario_folder) if fault.row == len(rows) + 1]
    assert [(fault.column, fault.fix) for fault in told] == [("destinations", "name each place in one row of a class")]


def test_insurance_dearer_than_what_it_insures_is_a_fault(scenario_folder: Path) -> None:
    add_row("cost_rates.csv", "cargo insurance,plan,insured_usd,3,2026,made up,2026-12-01,assumption")(scenario_folder)
    assert [fault.fix for fault in faults_in(scenario_folder)] == ["give a share between 0 and 1"]
