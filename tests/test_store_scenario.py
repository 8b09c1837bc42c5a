"""Scenario folders and the catalogue."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supercargo.kernel import Fault, Refused, ScenarioError
from supercargo.model import Scenario, Settings
from supercargo.store import read_catalogue, read_scenario, scenario_files, write_scenario
from supercargo.store.scenario import scenario_or_faults
from supercargo.store.settings import read_settings, settings_text
from tests.builders import START, a_scenario, on_day


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_scenario_reads_back_as_it_was_written(scenario_folder: Path) -> None:
    read = read_scenario(scenario_folder)
    assert replace(read, digest="") == a_scenario()


def test_reading_and_writing_gives_the_same_bytes(scenario_folder: Path, tmp_path: Path) -> None:
    write_scenario(read_scenario(scenario_folder), tmp_path / "again")
    assert content(tmp_path / "again") == content(scenario_folder)


def test_the_digest_follows_the_content_and_not_the_spelling(scenario_folder: Path) -> None:
    before = read_scenario(scenario_folder).digest
    cargo = scenario_folder / "cargo.csv"
    cargo.write_bytes(cargo.read_bytes().replace(b"\n", b"\r\n").replace(b",120,", b",120.000,"))
    assert read_scenario(scenario_folder).digest == before
    cargo.write_bytes(cargo.read_bytes().replace(b",120.000,", b",121,"))
    assert read_scenario(scenario_folder).digest != before


def test_a_folder_that_exists_is_refused_unless_forced(scenario_folder: Path) -> None:
    (scenario_folder / "note.txt").write_text("mine")
    with pytest.raises(Refused, match="--force"):
        write_scenario(a_scenario(), scenario_folder)
    assert (scenario_folder / "note.txt").read_text() == "mine"
    write_scenario(a_scenario(), scenario_folder, force=True)
    assert content(scenario_folder) == scenario_files(a_scenario())


def test_a_missing_folder_is_a_fault_with_a_fix(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="give a folder or workbook that exists"):
        read_scenario(tmp_path / "nowhere")


def test_settings_accept_instants_as_text_and_leave_defaults_alone() -> None:
    text = """
    name = "short"
    as_of_utc = "2026-12-01T00:00:00Z"
    currency_year = 2026
    seed = 7
    [horizon]
    start_utc = 2027-01-01T01:00:00+01:00
    end_utc = 2028-01-01T00:00:00Z
    [limits]
    stowage_rounds = 2
    """
    faults: list[Fault] = []
    read = read_settings(text.encode(), faults)
    assert faults == []
    assert read is not None
    assert (read.start_utc, read.limits.stowage_rounds, read.limits.stowage_tries) == (START, 2, 60)


@pytest.mark.parametrize("name", ['with "quotes"', "back\\slash", "Ülker-Ω", "del\x7f"])
def test_any_name_survives_the_settings_file(name: str) -> None:
    meant = replace(a_scenario().settings, name=name)
    faults: list[Fault] = []
    read = read_settings(settings_text(meant).encode(), faults)
    assert read == meant if name.isprintable() else faults[0].column == "name"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed = 1", "seed = " + "9" * 5000),
        ("seed = 1", "seed = true"),
        ("seed = 1", "seed = " + "9" * 20),
        ("seed = 1", "seed = " + "[" * 5000),
        ("mission_usd = 50000000", "mission_usd = inf"),
        ("mission_usd = 50000000", "mission_usd = nan"),
        ("[service]", "[service]\nwarmth = 3"),
        ("[service]", "service = 3\n[other]"),
        ("start_utc = 2027-01-01T00:00:00Z", "start_utc = 2027-01-01"),
        ("start_utc = 2027-01-01T00:00:00Z", "start_utc = 0001-01-01T00:00:00+14:00"),
        ("end_utc = 2028", "end_utc = 2128"),
        ("400000, 200000", "400000"),
        ("400000, 200000", '"much", 200000'),
    ],
)
def test_settings_that_mean_nothing_are_faults_and_no_crash(old: str, new: str, scenario_folder: Path) -> None:
    path = scenario_folder / "scenario.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ScenarioError) as caught:
        read_scenario(scenario_folder)
    assert {fault.file for fault in caught.value.faults} == {"scenario.toml"}
    assert all(fault.fix for fault in caught.value.faults)


SMALL = scenario_files(a_scenario())
NUMBERS = ("-1", "0", "1e400", "1e300", "NaN", "9" * 400)
SIGNS = ("", "x", '"', ",", ";", ";;", "\n", "\0", "\ufeff", "=1+1", "\U0001f680")
INSTANTS = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2027-06-01T00:00:00Z")
WORDS = ("true", "Hub", "up", "bulk", "tle", "catalogue", "Wren")


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_scrap_in_any_place_gives_a_scenario_or_faults_and_nothing_else(data: st.DataObject) -> None:
    files = dict(SMALL)
    with TemporaryDirectory() as place:
        folder = Path(place) / "s"
        for _ in range(data.draw(st.integers(1, 3))):
            name = data.draw(st.sampled_from(sorted(files)))
            cells = re.split(rb"([,\n=])", files[name])
            cells[data.draw(st.integers(0, len(cells) - 1))] = data.draw(
                st.sampled_from((*NUMBERS, *SIGNS, *INSTANTS, *WORDS))
            ).encode()
            files[name] = b"".join(cells)
        folder.mkdir()
        for name, written in files.items():
            (folder / name).write_bytes(written)
        faults: list[Fault] = []
        scenario = scenario_or_faults(folder, faults)
        assert (scenario is None) == bool(faults)
        assert all(fault.fix for fault in faults)


def without(folder: Path, *files: str) -> Path:
    for file in files:
        (folder / file).unlink()
    return folder


def a_catalogue_scenario() -> Scenario:
    """The small scenario's settings, with everything that a catalogue has left to it and no mission or line."""
    left_out = (
        "missions",
        "cargo",
        "customers",
        "contracts",
        "terms",
        "suppliers",
        "lanes",
        "tails",
        "blackouts",
        "stock",
        "demand",
        "crew",
        "spares",
    )
    records: dict[str, Any] = {**read_catalogue(), **dict.fromkeys(left_out, ())}
    return Scenario(settings=a_scenario().settings, **records)


def test_every_record_of_the_catalogue_is_sound_and_fits_the_others(tmp_path: Path) -> None:
    scenario = a_catalogue_scenario()
    assert len(scenario.vehicles) >= 10
    write_scenario(scenario, tmp_path / "all")
    assert read_scenario(tmp_path / "all").vehicles == scenario.vehicles


def test_a_file_left_out_falls_back_to_the_catalogue(tmp_path: Path) -> None:
    write_scenario(a_catalogue_scenario(), tmp_path / "s")
    whole = read_scenario(tmp_path / "s")
    without(tmp_path / "s", "vehicles.csv", "bays.csv", "ports.csv", "bags.csv", "rates.csv", "tails.csv")
    assert read_scenario(tmp_path / "s") == whole


def test_catalogue_records_of_unknown_places_are_left_out(tmp_path: Path) -> None:
    scenario = a_catalogue_scenario()
    kept = scenario.destinations[0]
    write_scenario(scenario, tmp_path / "s")
    small = replace(scenario, destinations=(kept,))
    (tmp_path / "s" / "destinations.csv").write_bytes(scenario_files(small)["destinations.csv"])
    without(tmp_path / "s", "ports.csv", "orbits.csv", "transfer_windows.csv", "prices.csv", "rates.csv", "gates.csv")
    read = read_scenario(tmp_path / "s")
    assert {port.destination for port in read.ports} == {kept.destination}
    assert {place for rate in read.rates for place in rate.destinations} <= {kept.destination}


def test_an_optional_file_without_a_catalogue_means_no_rows(scenario_folder: Path) -> None:
    assert read_scenario(without(scenario_folder, "demand.csv", "lanes.csv")).lanes == ()


def test_a_link_inside_the_folder_is_followed(scenario_folder: Path) -> None:
    shutil.move(scenario_folder / "lanes.csv", scenario_folder / "my-routes.csv")
    (scenario_folder / "lanes.csv").symlink_to("my-routes.csv")
    assert read_scenario(scenario_folder).lanes == ()


def test_settings_of_another_year_are_told_once_for_each_mission(scenario_folder: Path) -> None:
    other: Settings = replace(a_scenario().settings, start_utc=on_day(60))
    (scenario_folder / "scenario.toml").write_text(settings_text(other))
    with pytest.raises(ScenarioError, match="move earliest_utc into the horizon"):
        read_scenario(scenario_folder)
