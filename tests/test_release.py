"""A plan is released whole, once, by a named person, and only if the referee or a named person lets it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from supercargo.app.operations.asking import mission_board, mission_seen
from supercargo.app.operations.log import open_operations
from supercargo.app.operations.recording import record_mission
from supercargo.app.operations.releasing import ReleaseAsked, release_plan, waivers_of
from supercargo.kernel import Refused, ScenarioError, days, format_utc
from supercargo.model import GateTemplate, OperationsPlan, Unflown
from supercargo.store import digest_of_plan, read_plan, write_plan
from supercargo.track.envelope import Draft, Receipt
from supercargo.track.event_store import StreamMoved
from supercargo.track.missions import commands as asked
from supercargo.track.missions.release import REGISTER, Released, Standing, decide_release
from supercargo.track.people import Principal, visible
from tests.builders import FACT
from tests.cli_runner import run
from tests.operations import LATE, MemoryOperations, act, an_order, ready
from tests.plans import a_plan

GATES = (
    GateTemplate(gate="labels", before_launch_d=45, owner="cargo", proof="label record", **FACT),
    GateTemplate(gate="late load", before_launch_d=1, owner="cargo", proof="closeout", **FACT),
)
TYPES = tuple(one if one.vehicle_type == "Wren" else replace(one, unpressurised_kg=0.0) for one in a_plan().scenario.vehicles)
PLAN = replace(a_plan(), scenario=replace(a_plan().scenario, gates=GATES, vehicles=TYPES))
AS_OF = PLAN.scenario.settings.as_of_utc


def written(folder: Path, plan: OperationsPlan = PLAN) -> Path:
    write_plan(plan, folder, run={}, report_html="", force=False)
    return folder


def spoilt() -> OperationsPlan:
    """The plan with a port that its spacecraft can't dock at: several rules are broken."""
    return replace(PLAN, missions=tuple(replace(one, port="old") if one.mission_id == "M1" else one for one in PLAN.missions))


def later(plan: OperationsPlan, count_d: float = 1.0) -> OperationsPlan:
    settings = plan.scenario.settings
    return replace(
        plan, scenario=replace(plan.scenario, settings=replace(settings, as_of_utc=settings.as_of_utc + days(count_d)))
    )


def let_go(folder: Path, store: MemoryOperations, **words: object) -> Released:
    told = {"by": "Kim Doe", "at_utc": AS_OF, **words}
    return release_plan(folder, store, ReleaseAsked(**told))  # type: ignore[arg-type]


def test_a_release_opens_missions_gates_contracts_and_cargo(tmp_path: Path, log_url: str) -> None:
    with open_operations(log_url, lambda: LATE) as store:
        done = release_plan(written(tmp_path / "plan"), store, ReleaseAsked(by="Kim Doe", at_utc=AS_OF))
        with store.reading() as view:
            board = mission_board(view)["missions"]
            gates = mission_seen(view, "M1")["gates"]
            promised = [row["item_id"] for row in view.find("promises", "contract_id", "C1")]
        streams = {event.stream for event in store.since(0)}
    assert [row["mission_id"] for row in board] == ["M1", "M2", "M3", "M4"]
    assert {row["phase"] for row in board} == {"planned"}
    launch = PLAN.mission_named["M1"].launch_utc
    assert [(row["gate"], row["due_utc"], row["state"]) for row in gates] == [
        ("labels", format_utc(launch - days(45)), "open"),
        ("late load", format_utc(launch - days(1)), "open"),
    ]
    assert set(promised) == {row.item_id for row in PLAN.manifest if row.contract_id == "C1"}
    flown = {f"cargo/{row.item_id}" for row in PLAN.manifest if row.mission_id}
    assert {stream for stream in streams if stream.startswith("cargo/")} == flown
    assert {"plan/register", f"plan/{done.plan}", "contract/C1", "contract/C2"} <= streams
    lines = {row.item_id.partition("#")[0] for row in PLAN.manifest}  # parts of one line are one line
    assert (done.missions_count, done.lines_count, done.repeated_count) == (4, len(lines), 0)


def test_a_customer_sees_its_own_contract_and_cargo_and_nothing_else_of_a_release(tmp_path: Path) -> None:
    store = MemoryOperations()
    let_go(written(tmp_path / "plan"), store)
    beta = Principal(name="zoe", scopes=frozenset({"read"}), customer="BETA")
    seen = {event.stream for event in store.since(0, limit=9999) if visible(beta, event.tenant)}
    own = {f"cargo/{row.item_id}" for row in PLAN.manifest if row.mission_id and row.customer == "BETA"}
    assert seen == own | {"contract/C2"}


def test_a_plan_is_released_once(tmp_path: Path) -> None:
    store, folder = MemoryOperations(), written(tmp_path / "plan")
    let_go(folder, store)
    head = store.head()
    with pytest.raises(Refused, match="was released by Kim Doe at"):
        let_go(folder, store, by="Ann")
    assert store.head() == head


def test_a_plan_whose_files_were_changed_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path / "plan")
    file = folder / "missions.csv"
    file.write_text(file.read_text().replace("fore", "aft", 1))
    with pytest.raises(Refused, match="release the folder as it was written"):
        let_go(folder, MemoryOperations())


def broken(folder: Path) -> list[str]:
    """Waivers for each hard violation of a plan folder, as words."""
    with pytest.raises(Refused) as refused:
        let_go(folder, MemoryOperations())
    assert "waive each with --waive RULE:OBJECT=REASON" in str(refused.value)
    pairs = dict.fromkeys(tuple(cause.split(" ")[:2]) for cause in refused.value.causes)
    return [f"{rule}:{thing}=agreed with the station" for rule, thing in pairs]


def test_a_plan_that_breaks_rules_is_refused_with_each_until_a_named_person_waives_them_all(tmp_path: Path) -> None:
    folder, store = written(tmp_path / "plan", spoilt()), MemoryOperations()
    words = broken(folder)
    assert any(word.startswith("port-system:M1=") for word in words)
    with pytest.raises(Refused) as refused:
        let_go(folder, store, waive=tuple(words[1:]))
    assert {":".join(cause.split(" ")[:2]) for cause in refused.value.causes} == {words[0].partition("=")[0]}
    assert store.head().position == 0
    done = let_go(folder, store, waive=tuple(words))
    told = [event for event in store.stream(f"plan/{done.plan}") if event.kind == "RuleWaived"]
    assert {(e.body["rule"], e.body["name"], e.body["reason"]) for e in told} == {
        (word.partition(":")[0], "Kim Doe", "agreed with the station") for word in words
    }
    assert all(event.body["breaches"] for event in told)


def test_waivers_that_the_plan_carries_count_with_their_own_names(tmp_path: Path) -> None:
    words = broken(written(tmp_path / "spoilt", spoilt()))
    asked_of = ReleaseAsked(by="Dr Who", at_utc=AS_OF, waive=tuple(words))
    folder, store = written(tmp_path / "plan", replace(spoilt(), waivers=waivers_of(asked_of))), MemoryOperations()
    done = let_go(folder, store)
    told = [event for event in store.stream(f"plan/{done.plan}") if event.kind == "RuleWaived"]
    assert {(event.by, event.body["name"]) for event in told} == {("Kim Doe", "Dr Who")}


def test_a_waiver_of_what_is_not_broken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="leave the waiver out"):
        let_go(written(tmp_path / "plan"), MemoryOperations(), waive=("port-system:M1=why not",))


def test_what_makes_a_plan_unreadable_is_never_waived(tmp_path: Path) -> None:
    rows = tuple(replace(row, mission_id="M9") if row.item_id == "F1" else row for row in PLAN.manifest)
    folder = written(tmp_path / "plan", replace(PLAN, manifest=rows))
    words = [word for word in broken(folder) if word.startswith("known-name")]
    with pytest.raises(Refused, match="known-name can't be waived"):
        let_go(folder, MemoryOperations(), waive=tuple(words))


@pytest.mark.parametrize("word", ["port-system", "port-system:M1", "port-system:M1=", ":M1=x", "port-system:=x", "a=b:c"])
def test_a_waiver_out_of_form_is_refused_with_the_form(word: str) -> None:
    with pytest.raises(ScenarioError, match="write RULE:OBJECT=REASON"):
        waivers_of(ReleaseAsked(by="kim", at_utc=AS_OF, waive=(word,)))


def test_nobody_releases_nothing_and_no_year_that_was_flown() -> None:
    cases: Sequence[tuple[OperationsPlan, str, str]] = (
        (PLAN, " ", "state the name of who releases"),
        (replace(PLAN, missions=()), "kim", "release a plan with missions"),
        (replace(PLAN, missions=tuple(replace(m, outcome="docked") for m in PLAN.missions)), "kim", "still ahead"),
    )
    for plan, by, fix in cases:
        with pytest.raises(Refused) as refused:
            decide_release(plan, an_order(plan, by=by), Standing())
        assert fix in str(refused.value)


def test_an_older_plan_replaces_the_one_in_force_only_if_it_is_named(tmp_path: Path) -> None:
    store, new, old = MemoryOperations(), written(tmp_path / "new", later(PLAN)), written(tmp_path / "old")
    done = let_go(new, store, at_utc=AS_OF + days(2))
    with pytest.raises(Refused, match=f"--supersedes {done.plan}"):
        let_go(old, store, at_utc=AS_OF + days(3))
    for wrong in ("0" * 12, done.plan[:4]):
        with pytest.raises(Refused, match="name the plan in force"):
            let_go(old, store, at_utc=AS_OF + days(3), supersedes=wrong)
    assert let_go(old, store, at_utc=AS_OF + days(3), supersedes=done.plan).supersedes == done.plan
    assert [event.body["supersedes"][:12] for event in store.stream(REGISTER)] == ["", done.plan]


def test_a_first_release_supersedes_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no plan is in force"):
        let_go(written(tmp_path / "plan"), MemoryOperations(), supersedes="0" * 12)


def test_a_later_plan_moves_missions_on_the_ground_and_leaves_those_that_fly(tmp_path: Path) -> None:
    store = MemoryOperations()
    let_go(written(tmp_path / "plan"), store)
    ready(store, "M1", AS_OF)
    launch = PLAN.mission_named["M1"].launch_utc
    record_mission(store, "M1", asked.Launch(), act(launch))
    record_mission(store, "M2", asked.PassGate(gate="labels", evidence="record 7"), act(launch))
    flown = store.stream("mission/M1")
    gone = [m for m in PLAN.missions if m.mission_id != "M3"]
    moved = tuple(replace(m, launch_utc=m.launch_utc + days(2)) if m.mission_id == "M2" else m for m in gone)
    rows = tuple(
        replace(row, mission_id="", delivered_utc=None, reason="full") if row.mission_id == "M3" else row
        for row in PLAN.manifest
    )
    second = replace(
        later(PLAN),
        missions=moved,
        manifest=rows,
        activities=tuple(one for one in PLAN.activities if one.mission_id != "M3"),
        stowage=tuple(one for one in PLAN.stowage if one.mission_id != "M3"),
        bays=tuple(one for one in PLAN.bays if one.mission_id != "M3"),
        costs=tuple(one for one in PLAN.costs if one.mission_id != "M3"),
        windows=tuple(replace(one, used_by="") if one.used_by == "M3" else one for one in PLAN.windows),
        unflown=(Unflown(mission_id="M3", reason="no spacecraft is left"),),
    )
    folder = written(tmp_path / "second", second)
    words = broken(folder)
    let_go(folder, store, at_utc=launch + days(1), waive=tuple(words))
    board = {row["mission_id"]: row for row in mission_board(store.view)["missions"]}
    assert store.stream("mission/M1") == flown
    assert board["M2"]["launch_utc"] == format_utc(PLAN.mission_named["M2"].launch_utc + days(2))
    assert board["M2"]["gates_done_count"] == 1
    assert board["M3"]["phase"] == "withdrawn"
    assert store.stream("mission/M3")[-1].body["reason"] == "no spacecraft is left"
    assert [event.kind for event in store.stream("contract/C1")].count("ContractAmended") == 1
    with pytest.raises(Refused, match="a slip belongs before lift-off"):
        record_mission(store, "M3", asked.Slip(launch_utc=LATE, reason="x"), act(launch + days(1)))


class _BreaksOff(MemoryOperations):
    """A store whose power goes after some appends."""

    def __init__(self, appends_count: int) -> None:
        super().__init__()
        self.left = appends_count

    def append(self, drafts: Sequence[Draft]) -> tuple[Receipt, ...]:
        if not self.left:
            raise ConnectionError("the power is gone")
        self.left -= 1
        return super().append(drafts)


@pytest.mark.parametrize("appends_count", range(5))
def test_a_release_that_broke_off_is_completed_by_a_second_run_and_nothing_is_doubled(
    appends_count: int, tmp_path: Path
) -> None:
    folder = written(tmp_path / "plan")
    whole, store = MemoryOperations(), _BreaksOff(appends_count)
    order = ReleaseAsked(by="Kim Doe", at_utc=AS_OF)
    want = release_plan(folder, whole, order, most=12)
    with pytest.raises(ConnectionError):
        release_plan(folder, store, order, most=12)
    assert store.stream(REGISTER) == ()
    store.left = 1000
    again = ReleaseAsked(by="Kim Doe" if not appends_count else "Ann", at_utc=AS_OF if not appends_count else AS_OF + days(1))
    done = release_plan(folder, store, again, most=12)
    assert done.repeated_count == 12 * appends_count
    assert done.events_count == want.events_count
    assert [event.hash for event in store.since(0, limit=9999)] == [event.hash for event in whole.since(0, limit=9999)]
    assert store.view.rows == whole.view.rows


def test_one_append_is_all_that_a_small_release_takes(tmp_path: Path) -> None:
    store = _BreaksOff(1)
    let_go(written(tmp_path / "plan"), store)
    assert len(store.stream(REGISTER)) == 1


def test_of_two_releases_at_once_one_is_told_to_decide_anew() -> None:
    store = MemoryOperations()
    store.append(decide_release(PLAN, an_order(PLAN), Standing()))
    head = store.head()
    with pytest.raises(StreamMoved):
        store.append(decide_release(PLAN, an_order(PLAN, digest="f" * 64), Standing()))
    assert store.head() == head


class _Forestalled(MemoryOperations):
    """A store in which somebody else does something right before the release is stored."""

    def __init__(self, other: Sequence[Draft]) -> None:
        super().__init__()
        self.other = other

    def append(self, drafts: Sequence[Draft]) -> tuple[Receipt, ...]:
        other, self.other = self.other, ()
        if other:
            super().append(other)
        return super().append(drafts)


def test_who_loses_the_race_of_two_releases_is_told_who_won_it_and_what_to_do(tmp_path: Path) -> None:
    other = decide_release(PLAN, an_order(PLAN, digest="f" * 64, by="Lee Roe"), Standing())
    with pytest.raises(Refused) as told:
        let_go(written(tmp_path / "plan"), _Forestalled(other))
    assert "Lee Roe released plan ffffffffffff" in told.value.what
    assert "version" not in str(told.value)
    assert "release yours again, or plan it anew upon that one" in told.value.fix


def test_a_release_beneath_which_operations_went_on_says_so(tmp_path: Path) -> None:
    drafts = decide_release(PLAN, an_order(PLAN), Standing())
    other = [replace(draft, event_id="other") for draft in drafts if draft.stream.startswith("mission/")][:1]
    with pytest.raises(Refused, match="operations went on while plan") as told:
        let_go(written(tmp_path / "plan"), _Forestalled(other))
    assert "release it again" in told.value.fix


@pytest.fixture
def operated(tmp_path: Path) -> tuple[Path, str]:
    """A plan folder and an empty store."""
    return written(tmp_path / "plan"), str(tmp_path / "log.sqlite")


def test_the_commands_release_a_plan_and_tell_what_is_missing(operated: tuple[Path, str]) -> None:
    folder, store = str(operated[0]), operated[1]
    told = run("release", folder, "--store", store, "--by", "Kim Doe", "--json")
    assert told.code == 0, told.err
    assert json.loads(told.out)["released"]["plan"] == digest_of_plan(operated[0])[:12]
    assert run("release", folder, "--store", store, "--by", "Kim Doe").code == 4
    passed = run(
        "act", "M1", "gate-pass", "--name", "labels", "--word", "record 7", "--by", "Kim Doe", "--store", store, "--json"
    )
    assert [row["state"] for row in json.loads(passed.out)["gates"]] == ["passed", "open"]
    refused = run("act", "M1", "launch", "--by", "Kim Doe", "--store", store, "--json")
    assert refused.code == 4
    assert json.loads(refused.out)["causes"] == [
        "it is planned, not on the pad", "gate late load: open, owner cargo", "no go/no-go poll"
    ]  # fmt: skip
    assert "labels               passed" in run("mission", "M1", "--store", store).out
    assert run("mission", "M9", "--store", store).code == 4


def test_a_command_with_a_name_told_twice_is_recorded_once(operated: tuple[Path, str]) -> None:
    folder, store = str(operated[0]), operated[1]
    run("release", folder, "--store", store, "--by", "Kim Doe")
    words = ("act", "M1", "gate-pass", "--name", "labels", "--word", "r7", "--by", "Kim", "--store", store, "--id", "phone-17",
             "--at", format_utc(datetime.now(UTC).replace(microsecond=0)), "--json")  # fmt: skip
    first, second = (json.loads(run(*words).out)["receipts"] for _ in range(2))
    assert [one["repeated"] for one in (*first, *second)] == [False, True]


@pytest.mark.parametrize(
    ("words", "code", "fix"),
    [
        (("act", "M1", "dance", "--by", "kim"), 2, "use one of: gate-pass"),
        (("act", "M1", "slip", "--by", "kim", "--to", "soon"), 2, "write it as 2027-03-01T12:00:00Z"),
        (("act", "M1", "resume", "--by", "kim", "--at", "now"), 2, "write it as 2027-03-01T12:00:00Z"),
        (("act", "M1", "countdown", "--by", "kim"), 2, "give --seconds"),
        (("act", "M1", "procedure-open", "--by", "kim", "--name", "P1"), 2, "give --steps FILE.csv"),
        (("act", "M1", "procedure-open", "--by", "kim", "--name", "P1", "--steps", "none.csv"), 2, "give --steps FILE.csv"),
        (("act", "M1", "poll-go", "--by", "kim", "--name", "range"), 4, "open a poll"),
        (("work", "W1", "dance", "--by", "kim"), 2, "use one of: issue"),
        (("work", "W1", "start", "--by", "kim"), 4, "issue it first"),
        (("work", "W9"), 4, "issue it first"),
        (("work", "tail/W1", "use", "--by", "kim"), 4, "give hours or cycles"),
        (("conflict", "K1", "dance", "--by", "kim"), 2, "use one of: see"),
        (("conflict", "K9"), 4, "state it first"),
        (("ledger", "C1", "dance", "--by", "kim"), 2, "use one of: deliver"),
        (("ledger", "C1", "deliver", "--by", "kim", "--item", "Q9", "--word", "x"), 4, "give a line of the released plan"),
        (("ledger", "C9"), 4, "release a plan that works under it"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else "",
)
def test_what_is_typed_wrong_is_told_with_its_fix(
    words: tuple[str, ...], code: int, fix: str, operated: tuple[Path, str]
) -> None:
    run("release", str(operated[0]), "--store", operated[1], "--by", "Kim Doe")
    told = run(*words, "--store", operated[1])
    assert told.code == code, told.out + told.err
    assert fix in told.err


def test_a_year_goes_by_on_the_command_line(operated: tuple[Path, str], tmp_path: Path) -> None:
    store = ("--by", "Kim Doe", "--store", operated[1])
    run("release", str(operated[0]), *store)
    steps = tmp_path / "steps.csv"
    steps.write_text("step,text,people_count\n1,open the valve,1\n2,arm,2\n")
    lines: tuple[tuple[str, ...], ...] = (
        ("act", "M1", "procedure-open", "--name", "P1", "--steps", str(steps)),
        ("act", "M1", "sign", "--name", "P1", "--step", "1", "--word", "photo"),
        ("act", "M1", "poll-open", "--name", "range; cargo"),
        ("act", "M1", "poll-no-go", "--name", "range", "--word", "boats"),
        ("act", "M1", "slip", "--to", "2029-01-01T00:00:00Z", "--word", "boats"),
        ("act", "M1", "incident-open", "--name", "I1", "--severity", "3", "--word", "a leak"),
        ("work", "W1", "issue", "--asset", "tail/W1", "--word", "change the seal", "--cycles", "2"),
        ("work", "tail/W1", "use", "--cycles", "1", "--hours", "3.5"),
        ("conflict", "K1", "see", "--kind", "ports", "--object", "M1", "--word", "both want fore"),
        ("conflict", "K1", "offer", "--option", "aft", "--word", "M2 goes aft", "--cost-usd", "1000"),
        ("conflict", "K1", "choose", "--option", "aft", "--word", "costs least"),
        ("conflict", "K1", "tell", "--party", "ACME"),
        ("ledger", "C1", "adjust", "--account", "credit:goodwill", "--usd", "10.5", "--word", "late call"),
    )
    for line in lines:
        told = run(*line, *store)
        assert told.code == 0, (line, told.err)
    shown = run("mission", "M1", "--store", operated[1]).out
    assert "1 slips" in shown
    assert "poll range                no-go (for another lift-off)  by Kim Doe" in shown
    assert "step P1 1: signed, signed by Kim Doe" in shown
    assert "incident I1 severity 3 open: a leak" in shown
    assert "tail/W1 was used 3.5 h, 1 cycles" in run("work", "--store", operated[1]).out
    assert "told ACME, not noted yet" in run("conflict", "K1", "--store", operated[1]).out
    early = run("ledger", "C1", "deliver", "--item", "F1", "--word", "receipt 3", *store)
    assert (early.code, "M1 is planned: it has not docked, so nothing is delivered" in early.err) == (4, True)
    assert "10.50 USD" in run("ledger", "C1", "--store", operated[1]).out


def test_the_views_of_a_released_plan_are_rebuilt_byte_for_byte(operated: tuple[Path, str]) -> None:
    folder, store = str(operated[0]), operated[1]
    run("release", folder, "--store", store, "--by", "Kim Doe")
    run("act", "M1", "gate-pass", "--name", "labels", "--word", "record 7", "--by", "Kim Doe", "--store", store)
    assert json.loads(run("track", "rebuild", "--store", store, "--json").out)["same"]


def test_a_release_reads_back_the_plan_that_was_written(operated: tuple[Path, str]) -> None:
    assert read_plan(operated[0]).missions == PLAN.missions
