"""Orbit messages and element sets in files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.messages import NOTATIONS, gate_elements, read_elements, read_message, read_messages, write_message
from supercargo.astro.ccsds.writing import write_ndm
from supercargo.kernel import Refused, ScenarioError, StoreError
from supercargo.store import folders
from tests.ccsds_texts import OEM, OMM, OPM
from tests.test_element_sets import LINE1, LINE2


def a_file(folder: Path, content: str | bytes, name: str = "x.txt") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("text", [OEM, OPM, OMM])
@pytest.mark.parametrize("notation", sorted(NOTATIONS))
def test_a_message_survives_a_file_in_either_notation(tmp_path: Path, text: str, notation: str) -> None:
    message = read_message(a_file(tmp_path, text))
    write_message(tmp_path / "deep" / "again", message, notation=notation)
    assert read_message(tmp_path / "deep" / "again") == message
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["again"]


def test_the_same_message_gives_the_same_bytes(tmp_path: Path) -> None:
    message = read_message(a_file(tmp_path, OEM))
    for name in ("one", "two"):
        write_message(tmp_path / name, message)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_file_that_exists_is_kept_unless_force(tmp_path: Path) -> None:
    path = a_file(tmp_path, OEM)
    message = read_message(path)
    with pytest.raises(Refused, match="the output exists"):
        write_message(path, message)
    assert path.read_text() == OEM
    write_message(path, message, force=True)
    assert read_message(path) == message


def test_a_message_that_can_not_be_written_leaves_no_file(tmp_path: Path) -> None:
    message: Any = read_message(a_file(tmp_path, OMM))
    nameless = replace(message, header=replace(message.header, originator=""))
    with pytest.raises(ScenarioError, match="when and by whom"):
        write_message(tmp_path / "new", nameless)
    with pytest.raises(ScenarioError, match="no notation is called 'json'") as caught:
        write_message(tmp_path / "new", message, notation="json")
    assert "kvn, xml" in caught.value.fix
    assert not (tmp_path / "new").exists()


def test_a_place_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    message = read_message(a_file(tmp_path, OMM))
    with pytest.raises(StoreError, match="can't be written"):
        write_message(tmp_path / "x.txt" / "new", message)


def test_faults_name_the_file_and_the_line(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_message(a_file(tmp_path, OEM.replace("6700.125", "nan"), "leg.oem"))
    assert str(caught.value.faults[0]).startswith("leg.oem row 24: number 1 of the state is 'nan'")


def test_a_missing_a_linked_and_a_large_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    outside = a_file(tmp_path, OEM)
    (inner / "link").symlink_to(outside)
    for path, what in ((inner / "none", "missing"), (inner / "link", "leaves its folder"), (inner, "not a regular file")):
        with pytest.raises(ScenarioError) as caught:
            read_message(path)
        assert what in caught.value.faults[0].what
    monkeypatch.setattr(folders, "LARGEST_FILE", 100)
    with pytest.raises(ScenarioError) as caught:
        read_message(outside)
    assert "more than 100" in caught.value.faults[0].what


def test_element_sets_are_read_from_lines_and_from_messages(tmp_path: Path) -> None:
    assert [each.catalogue_number for each in read_elements(a_file(tmp_path, f"ISS\n{LINE1}\n{LINE2}\n"))] == [25544]
    assert [each.name for each in read_elements(a_file(tmp_path, OMM))] == ["GOES 9"]
    both = write_ndm([read_message(a_file(tmp_path, OMM))] * 2)
    path = a_file(tmp_path, both)
    assert len(read_messages(path)) == len(read_elements(path)) == 2


@pytest.mark.parametrize(
    ("content", "what"),
    [(OEM, "other messages than mean elements"), (b"\xff\xfe1\x00", "not text"), ("", "1 fault")],
)
def test_what_holds_no_element_set_is_refused(tmp_path: Path, content: str | bytes, what: str) -> None:
    with pytest.raises(ScenarioError, match=what):
        read_elements(a_file(tmp_path, content))


def test_the_gate_judges_a_file(tmp_path: Path) -> None:
    (verdict,) = gate_elements(a_file(tmp_path, f"{LINE1}\n{LINE2}\n"))
    assert verdict.accepted
