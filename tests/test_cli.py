"""The command line: what it prints where, and with which exit code it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from supercargo.app import use_cases
from supercargo.faces import kpi_words
from supercargo.faces.interrupts import prompt_interrupts
from supercargo.faces.progress import REPLAN_SHARES, STAGE_SHARES, Progress, patience, share_done
from supercargo.faces.words import json_text, printable
from supercargo.kernel import NoPlan, Refused, StoreError
from supercargo.measure.kpi_tables import KpiStudy
from supercargo.measure.measured import Measured
from supercargo.model import Violation
from supercargo.store import read_plan, write_plan
from tests.cli_runner import run
from tests.test_store_plan import a_plan

HARD = Violation(rule="mass-up", object="M1", text="1,001 kg aboard, 1,000 kg lawful")
SOFT = Violation(rule="late", object="M1/F1", text="two days late", hard=False)


@pytest.fixture
def plan_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plan"
    write_plan(a_plan(), folder, run={}, report_html="", force=False)
    return folder


def plans(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> list[dict[str, Any]]:
    """Let `plan` give the small plan, and keep what it was asked."""
    asked: list[dict[str, Any]] = []

    def plan_scenario(folder: Path, out: Path, **words: Any) -> Any:
        asked.append({"folder": folder, "out": out, **words})
        return replace(a_plan(), **changes)

    monkeypatch.setattr(use_cases, "plan_scenario", plan_scenario)
    return asked


def test_check_tells_what_is_in_a_sound_scenario(scenario_folder: Path) -> None:
    told = run("check", str(scenario_folder))
    assert told.code == 0
    assert "3 missions, 24 cargo lines, 1 customer; no faults" in told.out


def test_check_as_json_prints_one_object_and_nothing_else(scenario_folder: Path) -> None:
    told = run("check", str(scenario_folder), "--json")
    answer = json.loads(told.out)
    assert (told.code, told.err) == (0, "")
    assert (answer["missions"], answer["lines"], answer["faults"]) == (3, 24, [])


def test_faults_as_json_carry_file_row_column_and_fix(scenario_folder: Path) -> None:
    (scenario_folder / "cargo.csv").unlink()
    told = run("check", str(scenario_folder), "--json")
    answer = json.loads(told.out)
    assert (told.code, told.err, answer["exit_code"]) == (2, "", 2)
    (fault,) = answer["faults"]
    assert set(fault) == {"file", "row", "column", "what", "fix"}


def test_new_hands_its_words_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scenario_folder: Path) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(use_cases, "new_scenario", lambda folder, words: asked.append((folder, words)))
    told = run(
        "new", str(scenario_folder), "--from", "tiny", "--seed", "3", "--missions", "24", "--records", "past", "--force"
    )
    assert told.code == 0
    assert asked == [(scenario_folder, use_cases.NewScenario("tiny", missions=24, seed=3, records=Path("past"), force=True))]


def test_new_refuses_an_unknown_source(tmp_path: Path) -> None:
    told = run("new", str(tmp_path / "s"), "--from", "mars")
    assert told.code == 2
    assert "use one of: reference-year, ramp, tiny, lunar, asteroid, iss-YEAR" in told.err
    assert not (tmp_path / "s").exists()


def test_plan_hands_its_words_on_and_tells_a_manager_how_it_came_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = plans(monkeypatch, violations=(SOFT,), causes=())
    words = ("--out", str(tmp_path / "p"), "--seed", "4", "--limit-s", "60", "--partial", "--baseline", "--force")
    told = run("plan", "year", *words)
    assert told.code == 0
    watch = asked[0].pop("watch")
    assert callable(watch)
    assert asked == [
        {
            "folder": Path("year"),
            "out": tmp_path / "p",
            "seed": 4,
            "limit_s": 60.0,
            "partial": True,
            "baseline": True,
            "force": True,
        }
    ]
    for subject in ("Missions", "Cargo", "On time", "Use", "Stock", "Money", "Left behind", "Promises", "Referee", "Report"):
        assert f"\n{subject} " in "\n" + told.out
    assert "report.html" in told.out
    assert "no port" in told.out


def test_plan_is_never_written_over_its_own_scenario(scenario_folder: Path) -> None:
    for out in (scenario_folder, scenario_folder.parent, scenario_folder / "plan", scenario_folder / ".." / "scenario" / "x"):
        told = run("plan", str(scenario_folder), "--out", str(out), "--force")
        assert (told.code, "another folder for --out" in told.err) == (4, True)
    assert (scenario_folder / "scenario.toml").exists()


@pytest.mark.parametrize("changes", [{"causes": ("F1 stays",), "violations": ()}, {"causes": (), "violations": (HARD,)}])
def test_plan_that_breaks_a_promise_or_a_hard_rule_ends_with_3(
    changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    plans(monkeypatch, **changes)
    assert run("plan", "year", "--out", "p", "--partial").code == 3


def test_plan_as_json_is_one_object(monkeypatch: pytest.MonkeyPatch) -> None:
    plans(monkeypatch, violations=(HARD,), causes=())
    answer = json.loads(run("plan", "year", "--out", "p", "--json").out)
    assert answer["violations"] == [{"rule": "mass-up", "object": "M1", "text": HARD.text, "hard": True}]
    assert answer["summary"]["due_count"] == 3
    assert answer["report"] == "p/report.html"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (NoPlan("1 promise can't be kept", fix="use --partial", causes=("F1 has no mission",)), 3, "cause: F1 has no mission"),
        (Refused("the output exists", fix="give --force"), 4, "fix: give --force"),
        (StoreError("the disk is full", fix="free some space"), 5, "fix: free some space"),
    ],
)
def test_each_kind_of_error_has_its_exit_code(
    error: Exception, code: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(use_cases, "plan_scenario", fails)
    told = run("plan", "year", "--out", "p")
    assert (told.code, told.out) == (code, "")
    assert words in told.err
    answer = json.loads(run("plan", "year", "--out", "p", "--json").out)
    assert (answer["exit_code"], answer["error"]) == (code, type(error).__name__)


def test_a_defect_of_ours_is_not_dressed_up_as_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(kpi_words, "measure_kpi_study", fails)
    with pytest.raises(ZeroDivisionError):
        run("kpi", "plan")


def test_interrupting_ends_with_130_and_writes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(use_cases, "plan_scenario", interrupted)
    told = run("plan", "year", "--out", str(tmp_path / "p"))
    assert (told.code, told.err) == (130, "interrupted; nothing was written\n")
    assert list(tmp_path.iterdir()) == []


def test_verify_prints_rule_object_text_and_ends_with_3_only_for_hard_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_cases, "verify_plan", lambda folder: (HARD, SOFT))
    told = run("verify", "plan")
    assert told.code == 3
    assert told.out.splitlines() == [f"mass-up M1 {HARD.text}", f"late M1/F1 {SOFT.text}"]
    monkeypatch.setattr(use_cases, "verify_plan", lambda folder: (SOFT,))
    assert run("verify", "plan").code == 0
    answer = json.loads(run("verify", "plan", "--json").out)
    assert (answer["hard_count"], len(answer["violations"])) == (0, 1)


def test_kpi_shows_value_target_and_what_evidence_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    common: dict[str, Any] = {"formula": "", "unit": "percent", "sense": "above"}
    k3 = Measured(
        kpi_id="K3", name="on time", value=93.25, target=95.0, met=False, basis="plan", note="two lines", low=90.0, high=95.5,
        interval="Wilson, 95 %", **common,
    )  # fmt: skip
    k4 = Measured(kpi_id="K4", name="damage", value=None, target=None, met=None, basis="", note="no damage records", **common)
    at = datetime(2027, 1, 1, tzinfo=UTC)
    study = KpiStudy(of="year", basis="plan", start_utc=at, end_utc=at, as_of_utc=at, period="month", kpis=(k3, k4))
    monkeypatch.setattr(kpi_words, "measure_kpi_study", lambda asked, watch: study)
    told = run("kpi", "plan").out
    first = "K3   on time: 93.25 percent [90.00 to 95.50, Wilson, 95 %]  target above 95.00  NOT MET"
    assert f"{first}\n     two lines" in told
    assert "K4   damage: no evidence\n     no damage records" in told
    assert json.loads(run("kpi", "plan", "--json").out)["kpis"][1]["value"] is None


def test_names_from_files_cannot_steer_a_terminal() -> None:
    assert printable("a\x1b[2Jb\rc\nd") == "a?[2Jb?c?d"


def test_json_has_no_infinities() -> None:
    answer = json.loads(json_text({"gap": float("inf"), "stages": a_plan().stages}))
    assert answer["gap"] is None
    assert (answer["stages"][0]["status"], answer["stages"][0]["bound"]) == ("feasible", 1.0)


def test_usage_errors_end_with_2() -> None:
    assert run("plan", "year").code == 2
    assert run("nonsense").code == 2
    assert run("new", "s", "--from", "tiny", "--missions", "3").code == 2


def test_progress_is_quiet_for_a_second_and_then_tells_the_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    with Progress(lambda: now[0]) as watch:
        watch("windows", 0.5)
        now[0] = 10.0
        watch("schedule", 0.5)
        watch("schedule", 0.6)
        now[0] = 25.0
        watch("schedule", 0.7)
        watch("unheard of", 0.7)
    assert capsys.readouterr().err == (
        "schedule: 9 % done, about 101 s left\n"
        "schedule: 11 % done, about 202 s left\n"
        "unheard of: 11 % done, about 202 s left\n"
    )


def test_shares_of_stages_make_a_whole() -> None:
    assert sum(STAGE_SHARES.values()) == pytest.approx(1.0)
    assert share_done("writing", 1.0) == pytest.approx(1.0)
    assert share_done("unheard of", 0.5) is None
    assert sum(REPLAN_SHARES.values()) == pytest.approx(1.0)
    assert share_done("first answer", 1.0, REPLAN_SHARES) == pytest.approx(0.25)


def test_patience_speaks_only_after_a_second(capsys: pytest.CaptureFixture[str]) -> None:
    with patience("counting"):
        pass
    assert capsys.readouterr().err == ""
    with patience("counting"):
        time.sleep(1.2)
    assert capsys.readouterr().err == "counting ... a few seconds left\n"


def test_python_dash_m_is_the_same_command() -> None:
    told = subprocess.run([sys.executable, "-m", "supercargo", "--help"], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("Usage: supercargo ")


def test_help_loads_no_heavy_library() -> None:
    code = "import sys, supercargo.faces.cli; print(*sorted({'numpy', 'rich', 'ortools', 'highspy'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "\n"


STUCK = """
import hashlib
from supercargo.faces.interrupts import prompt_interrupts
with prompt_interrupts():
    print("working", flush=True)
    hashlib.pbkdf2_hmac("sha256", b"", b"", 500_000_000)  # minutes outside Python, like a solver
"""

PATIENT = """
import sys, time
from supercargo.faces.interrupts import prompt_interrupts
try:
    with prompt_interrupts():
        print("working", flush=True)
        time.sleep(60)
except KeyboardInterrupt:
    print("put away")
    sys.exit(130)
"""


def heeds_interrupts() -> None:
    """A job in the background inherits that SIGINT is ignored; the child under test must not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_lets_python_put_things_away(sent: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PATIENT], stdout=subprocess.PIPE, text=True, preexec_fn=heeds_interrupts
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        os.kill(child.pid, sent)
        assert child.stdout.read() == "put away\n"
    assert child.returncode == 130


def test_interrupt_ends_the_command_even_inside_a_solver() -> None:
    words = [sys.executable, "-c", STUCK]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heeds_interrupts
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        time.sleep(0.3)  # "working" is told just before the long step begins
        began = time.monotonic()
        child.send_signal(signal.SIGINT)
        assert child.stderr.read() == "interrupted; nothing was written\n"
    assert child.returncode == 130
    assert time.monotonic() - began < 10.0


AFTER_A_SOLVER = """
from supercargo.plan.schedule import schedule_missions
from supercargo.plan.windows import find_windows
from tests.builders import a_scenario
scenario = a_scenario()
schedule_missions(scenario, find_windows(scenario), ())
"""


def test_ctrl_c_still_reaches_python_after_a_solver_has_run() -> None:
    words = [sys.executable, "-c", AFTER_A_SOLVER + PATIENT]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1], preexec_fn=heeds_interrupts
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "working\n"
        child.send_signal(signal.SIGINT)
        assert child.stdout.read() == "put away\n"
    assert child.returncode == 130


def test_a_command_without_interrupt_leaves_the_handlers_as_they_were() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with prompt_interrupts():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_plan_folder_of_the_tests_is_readable(plan_folder: Path) -> None:
    assert read_plan(plan_folder) == a_plan()


def whole(*words: str, **streams: Any) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    return subprocess.run([sys.executable, "-m", "supercargo", *words], check=False, text=True, **streams)


@pytest.mark.parametrize(
    ("words", "told"),
    [(("plan", "year"), "--out"), (("nonsense",), "nonsense"), (("new", "s", "--from", "tiny", "--seed", "x"), "--seed")],
)
def test_words_that_are_no_command_are_answered_in_json_too(words: tuple[str, ...], told: str) -> None:
    done = whole(*words, "--json", capture_output=True)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["exit_code"], answer["error"]) == (2, 2, "UsageError")
    assert told in answer["what"]


def test_a_seed_that_no_file_can_carry_is_refused(tmp_path: Path) -> None:
    for words in (("new", str(tmp_path / "s"), "--from", "tiny"), ("plan", "year", "--out", str(tmp_path / "p"))):
        told = run(*words, "--seed", "1000000000000000")
        assert (told.code, "999999999999999" in told.err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_without_the_letters_gets_their_numbers(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = whole("check", str(tmp_path / "n\u00f6"), "--json", capture_output=True, env=environment)
    assert json.loads(done.stdout)["where"].endswith("n\u00f6")
    done = whole("check", str(tmp_path / "n\u00f6"), capture_output=True, env=environment)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_beneath_standard_output_is_told_and_ends_with_5(scenario_folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = whole("check", str(scenario_folder), stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 5
    assert "fix: free space" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_promise_broken_when_the_time_was_up_is_not_called_impossible(
    monkeypatch: pytest.MonkeyPatch, scenario_folder: Path, tmp_path: Path
) -> None:
    def stopped(scenario: Any, **_: Any) -> Any:
        stage = replace(a_plan().stages[0], fuse_blown=True)
        return replace(a_plan(), scenario=scenario, stages=(stage,), causes=())

    monkeypatch.setattr(use_cases, "plan_year", stopped)
    monkeypatch.setattr(use_cases, "judge", lambda plan: (HARD,))
    told = run("plan", str(scenario_folder), "--out", str(tmp_path / "p"), "--limit-s", "1")
    assert told.code == 3
    assert "the time is up and no plan found keeps every promise" in told.err
    assert "cause: the time limit stopped schedule before the search was done" in told.err
    assert "fix: give more time with --limit-s" in told.err
    assert not (tmp_path / "p").exists()
