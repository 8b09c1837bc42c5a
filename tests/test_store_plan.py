"""Plan folders: whole or not at all, and readable whoever wrote them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.kernel import Refused, ScenarioError, Status, StoreError, digest_of_files
from supercargo.model import (
    Activity,
    CostRow,
    InventoryRow,
    ManifestRow,
    OperationsPlan,
    Placement,
    StageReport,
    Unflown,
    Untraced,
    Violation,
)
from supercargo.store import (
    NOT_YET,
    calendar_text,
    digest_of_plan,
    digest_violations,
    folders,
    plan_files,
    read_plan,
    scenario_files,
    write_plan,
)
from supercargo.store.book.plan import plan_book
from tests.builders import START, a_scenario, on_day


def a_plan() -> OperationsPlan:
    """A plan of few rows; it need not be a good one, the store judges nothing."""
    scenario = a_scenario()
    scenario = replace(scenario, digest=digest_of_files(scenario_files(scenario)))
    return OperationsPlan(
        scenario=scenario,
        windows=(),
        missions=(),
        activities=(
            Activity(
                activity_id="M1-dock",
                mission_id="M1",
                kind="dock",
                resource_id="Hub/fore",
                units=1,
                start_utc=START,
                end_utc=on_day(3),
            ),
        ),
        manifest=(
            ManifestRow(
                item_id="W1#1",
                direction="up",
                form="bulk",
                mission_id="",
                mass_kg=260.0,
                volume_m3=0.0,
                customer="ACME",
                due_utc=on_day(90),
                on_time=False,
                reason="no room",
                pieces=1,
                destination="Hub",
                supply_class="water",
                contract_id="C1",
            ),
        ),
        stowage=(
            Placement(
                mission_id="M1",
                item_id="F1",
                piece=1,
                bay="A",
                x_m=0.0,
                y_m=0.0,
                z_m=0.0,
                dx_m=0.502,
                dy_m=0.425,
                dz_m=0.248,
                mass_kg=20.0,
                unload_order=1,
            ),
        ),
        bays=(),
        inventory=(
            InventoryRow(
                destination="Hub",
                supply_class="food",
                day_utc=START,
                on_hand_kg=-1.5,
                p05_kg=-2.0,
                p95_kg=1.0,
                reserve_kg=300.0,
                inbound_kg=0.0,
            ),
        ),
        costs=(
            CostRow(
                mission_id="M1",
                customer="",
                destination="Hub",
                account="launch",
                scor_process="deliver",
                plan_usd=6e7,
                basis="one launch",
                paid_by="service",
            ),
        ),
        violations=(Violation(rule="reserve", object="Hub/food", text="below reserve"),),
        unflown=(Unflown(mission_id="M2", reason="no port"),),
        untraced=(Untraced(mission_id="M1", reason="its window names no route"),),
        stages=(StageReport(stage="schedule", status=Status.FEASIBLE, objective=1.5, bound=1.0, gap=0.33, unit="USD"),),
        seed=1,
        causes=("F1 stays",),
    )


def written(folder: Path, *, force: bool = False) -> Path:
    write_plan(a_plan(), folder, run={"seconds": 1.5}, report_html="<p>hello</p>", force=force)
    return folder


def test_a_plan_reads_back_as_it_was_written(tmp_path: Path) -> None:
    assert read_plan(written(tmp_path / "plan")) == a_plan()


def test_two_writings_differ_in_no_byte_but_run_json(tmp_path: Path) -> None:
    one, two = written(tmp_path / "one"), tmp_path / "two"
    write_plan(a_plan(), two, run={"seconds": 9.0}, report_html="<p>hello</p>", force=False)
    names = [name for name in folders.files_beneath(one) if name != "run.json"]
    assert [(one / name).read_bytes() for name in names] == [(two / name).read_bytes() for name in names]
    assert folders.files_beneath(one) == folders.files_beneath(two)


def test_plan_json_vouches_for_every_file_but_itself_and_run_json(tmp_path: Path) -> None:
    folder = written(tmp_path / "plan")
    head = json.loads((folder / "plan.json").read_text())
    files = {**plan_files(a_plan()), "report.html": b"<p>hello</p>", "schedule.ics": calendar_text(a_plan())}
    files["plan.xlsx"] = plan_book(a_plan(), ())
    assert head["digest"] == digest_of_plan(folder) == digest_of_files(files)
    assert head["scenario_digest"] == a_plan().scenario.digest
    assert head["not_yet"] == list(NOT_YET)
    assert set(head["versions"]) == {"python", "supercargo", "highspy", "numpy", "ortools", "XlsxWriter"}
    assert head["fuse_blown"] is False
    assert digest_violations(folder) == ()


def test_a_file_changed_by_hand_no_longer_has_the_digest(tmp_path: Path) -> None:
    folder = written(tmp_path / "plan")
    (folder / "stowage.csv").write_text((folder / "stowage.csv").read_text().replace("0.502", "0.402"))
    (told,) = digest_violations(folder)
    assert (told.rule, told.object, told.hard) == ("digest", "stowage.csv", False)
    assert told.text == "stowage.csv was changed after the plan was written"


def test_each_file_changed_added_or_taken_away_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path / "plan")
    (folder / "costs.csv").write_text("x\n")
    (folder / "report.html").unlink()
    (folder / "note.txt").write_text("mine")
    assert [told.text for told in digest_violations(folder)] == [
        "costs.csv was changed after the plan was written",
        "note.txt was added after the plan was written",
        "report.html is missing",
    ]


@pytest.mark.parametrize("files", [None, [], {"costs.csv": 1}, "costs.csv"])
def test_plan_json_that_names_no_files_or_gives_a_false_total_is_named_itself(tmp_path: Path, files: object) -> None:
    folder = written(tmp_path / "plan")
    head = json.loads((folder / "plan.json").read_text())
    head |= {"digest": "0" * 64} | ({} if files is None else {"files": files})
    (folder / "plan.json").write_text(json.dumps(head, indent=2))
    (told,) = digest_violations(folder)
    assert (told.object, told.text) == ("plan.json", "plan.json gives a digest that is not that of the folder's files")


def test_the_scenario_inside_is_the_scenario_planned(tmp_path: Path) -> None:
    folder = written(tmp_path / "plan")
    inside = {name: (folder / "scenario" / name).read_bytes() for name in scenario_files(a_scenario())}
    assert inside == scenario_files(a_scenario())


def test_unbounded_objectives_become_null(tmp_path: Path) -> None:
    stage = StageReport(stage="schedule", status=Status.FEASIBLE, objective=1.0, bound=float("-inf"), gap=float("inf"))
    write_plan(replace(a_plan(), stages=(stage,)), tmp_path / "p", run={}, report_html="", force=False)
    assert json.loads((tmp_path / "p" / "plan.json").read_text())["stages"][0]["bound"] is None
    assert read_plan(tmp_path / "p").stages[0].gap is None


def test_every_fault_of_a_plan_folder_is_told_at_once(tmp_path: Path) -> None:
    folder = written(tmp_path / "plan")
    (folder / "plan.json").write_text('{"seed": "many"}')
    (folder / "costs.csv").unlink()
    (folder / "stowage.csv").write_text((folder / "stowage.csv").read_text().replace("0.502", "half"))
    cargo = folder / "scenario" / "cargo.csv"
    cargo.write_text(cargo.read_text().replace(",120,", ",-120,"))
    with pytest.raises(ScenarioError) as caught:
        read_plan(folder)
    told = {(fault.file, fault.row, fault.column) for fault in caught.value.faults}
    assert told == {
        ("plan.json", 0, ""),
        ("costs.csv", 0, ""),
        ("stowage.csv", 2, "dx_m"),
        ("scenario/cargo.csv", 2, "mass_kg"),
    }


WHOLE: dict[str, Any] = {"digest": "", "seed": 1, "stages": []}
ODD: tuple[dict[str, Any], ...] = (
    {"seed": "9"},
    {"seed": True},
    {"digest": 5},
    {"baseline": "no"},
    {"causes": "abc"},
    {"unflown": {}},
    {"unflown": [1]},
    {"unflown": [{"mission_id": ["x"], "reason": "y"}]},
    {"violations": [{"rule": 5, "object": "x", "text": "y"}]},
    {"stages": [{"stage": "x"}]},
    {"stages": [{"stage": "x", "status": "optimal", "gap": "small"}]},
    {"stages": [{"stage": "x", "status": "optimal", "fuse_blown": 1}]},
)
OF_OTHER_TYPES = tuple(json.dumps({**WHOLE, **changed}) for changed in ODD)


@pytest.mark.parametrize("head", ["", "[1]", "{", "[" * 100_000, "\xff", *OF_OTHER_TYPES])
def test_a_plan_json_that_is_no_plan_is_a_fault(head: str, tmp_path: Path) -> None:
    folder = written(tmp_path / "plan")
    (folder / "plan.json").write_bytes(head.encode("latin-1"))
    with pytest.raises(ScenarioError, match=r"as docs/files\.md says"):
        read_plan(folder)


@pytest.mark.parametrize("lacking", [("digest",), ("seed",), ("stages",), ("digest", "seed", "stages")])
def test_a_plan_json_without_digest_seed_or_stages_is_a_fault_that_names_them(
    lacking: tuple[str, ...], tmp_path: Path
) -> None:
    folder = written(tmp_path / "plan")
    (folder / "plan.json").write_text(json.dumps({key: value for key, value in WHOLE.items() if key not in lacking}))
    with pytest.raises(ScenarioError, match=f"missing: {', '.join(lacking)}\n") as caught:
        read_plan(folder)
    assert caught.value.exit_code == 2
    (folder / "plan.json").write_text(json.dumps(WHOLE))
    assert read_plan(folder).stages == ()


def test_a_folder_that_is_missing_or_no_plan_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="give the folder that"):
        read_plan(tmp_path / "nowhere")
    with pytest.raises(ScenarioError, match=r"add missions\.csv"):
        read_plan(tmp_path)


SMALL: dict[str, bytes] = {}
SCRAPS = ("", "-1", "1e400", "NaN", "x", '"', ",", ";", "\n", "\0", "0001-01-01T00:00:00Z", "true", "M1", "[", "{", "null")


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_scrap_in_any_place_gives_a_plan_or_faults_and_nothing_else(data: st.DataObject) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place) / "plan"
        if not SMALL:
            written(folder)
            SMALL.update({name: (folder / name).read_bytes() for name in folders.files_beneath(folder)})
        files = dict(SMALL)
        name = data.draw(st.sampled_from([name for name in sorted(files) if "/" not in name]))
        cells = re.split(rb"([,\n:])", files[name])
        cells[data.draw(st.integers(0, len(cells) - 1))] = data.draw(st.sampled_from(SCRAPS)).encode()
        files[name] = b"".join(cells)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        try:
            read = read_plan(folder)
        except ScenarioError as error:
            told = error.faults
        else:
            told = ()
            assert read.scenario == a_plan().scenario
        assert all(fault.fix for fault in told)


def test_an_existing_plan_is_refused_unless_forced_and_then_replaced_whole(tmp_path: Path) -> None:
    folder = written(tmp_path / "plan")
    (folder / "old.txt").write_text("old")
    with pytest.raises(Refused, match="--force"):
        written(folder)
    assert (folder / "old.txt").exists()
    written(folder, force=True)
    assert not (folder / "old.txt").exists()
    assert sorted(os.listdir(tmp_path)) == ["plan"]


@pytest.mark.parametrize("at_call", [1, 5, 20])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("before", [True, False])
def test_an_interrupted_write_leaves_what_stood_there_before(
    at_call: int, error: type[BaseException], before: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "plan"
    if before:
        written(folder)
    state = {name: (folder / name).read_bytes() for name in folders.files_beneath(folder)}
    calls = iter(range(1, 1000))

    def fsync(descriptor: int) -> None:
        if next(calls) == at_call:
            raise error

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(KeyboardInterrupt if error is KeyboardInterrupt else StoreError):
        written(folder, force=True)
    assert {name: (folder / name).read_bytes() for name in folders.files_beneath(folder)} == state
    assert sorted(os.listdir(tmp_path)) == (["plan"] if before else [])


def test_a_failing_rename_puts_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(tmp_path / "plan")
    rename = Path.rename

    def broken(self: Path, target: Path) -> Path:
        if self.suffix == ".draft":
            raise OSError("the disk is gone")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", broken)
    with pytest.raises(StoreError, match="what stood there before still stands"):
        written(folder, force=True)
    assert read_plan(folder) == a_plan()
    assert sorted(os.listdir(tmp_path)) == ["plan"]


def test_the_working_directory_is_never_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(tmp_path / "plan")
    monkeypatch.chdir(folder)
    with pytest.raises(Refused, match="a folder of its own"):
        written(folder, force=True)
    monkeypatch.chdir("/")
    monkeypatch.setenv("HOME", str(folder))
    with pytest.raises(Refused, match="a folder of its own"):
        written(folder, force=True)
    with pytest.raises(Refused, match="another name"):
        written(folder / "plan.json", force=True)


def test_a_link_in_place_of_the_scenario_is_a_fault(tmp_path: Path) -> None:
    folder = written(tmp_path / "plan")
    (folder / "scenario").rename(tmp_path / "elsewhere")
    (folder / "scenario").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ScenarioError, match="put the scenario folder itself"):
        read_plan(folder)


def test_a_linked_folder_and_a_name_that_is_no_text_are_faults_of_the_digest(tmp_path: Path) -> None:
    folder = written(tmp_path / "plan")
    (folder / "more").symlink_to(tmp_path)
    (folder / os.fsdecode(b"odd\xff")).write_text("x")
    with pytest.raises(ScenarioError) as caught:
        digest_violations(folder)
    fixes = [fault.fix for fault in caught.value.faults]
    assert any("rename it" in fix for fix in fixes)
    assert any("not a link" in fix for fix in fixes)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("call", ["fsync", "rename", "rmtree"])
def test_a_signal_at_any_step_leaves_the_old_plan_or_the_new_one_and_nothing_else(
    sent: signal.Signals, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path / "plan")
    (folder / "old.txt").write_text("old")
    room: Any = {"fsync": os, "rename": Path, "rmtree": shutil}[call]
    step = getattr(room, call)

    def interrupted(*words: Any, **more: Any) -> Any:
        signal.raise_signal(sent)
        signal.raise_signal(sent)
        return step(*words, **more)

    monkeypatch.setattr(room, call, interrupted)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        written(folder, force=True)
    except KeyboardInterrupt:
        assert (folder / "old.txt").exists()
    else:
        assert not (folder / "old.txt").exists()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    monkeypatch.undo()
    assert sorted(os.listdir(tmp_path)) == ["plan"]
    (folder / "old.txt").unlink(missing_ok=True)
    assert read_plan(folder) == a_plan()


def test_a_place_where_nothing_can_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "plan", tmp_path / ("x" * 300), Path("/proc/plan")):
        with pytest.raises(StoreError, match="check the path, free space and permissions"):
            folders.refuse_unwritable(place)
    folders.refuse_unwritable(tmp_path / "new" / "plan")
    assert os.listdir(tmp_path) == ["file"]


def test_folders_made_on_the_way_to_a_plan_that_fails_go_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(descriptor: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StoreError, match="free space"):
        written(tmp_path / "new" / "year" / "plan")
    assert os.listdir(tmp_path) == []


def test_of_two_runs_into_one_folder_one_wins_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, fsync = tmp_path / "plan", os.fsync

    def other_run(descriptor: int) -> None:
        monkeypatch.setattr(os, "fsync", fsync)
        written(folder)

    monkeypatch.setattr(os, "fsync", other_run)
    with pytest.raises(Refused, match="--force"):
        written(folder)
    assert sorted(os.listdir(tmp_path)) == ["plan"]
    assert read_plan(folder) == a_plan()
