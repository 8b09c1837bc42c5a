"""The record of operations as evidence: commands and their events, custody and gates read off the log, its review."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.compliance import record_compliance, view_of
from supercargo.kernel import Refused, ScenarioError, format_utc
from supercargo.measure.compliance import Facts, measure_compliance
from supercargo.store.log import open_log
from supercargo.track.compliance.commands import (
    AddEvidence,
    Command,
    EditRequirement,
    HoldDrill,
    RegisterRisk,
    SetPartnerStatus,
    WaiveRequirement,
)
from supercargo.track.compliance.custody import custody_of
from supercargo.track.compliance.deciding import COMPLIANCE_KINDS, Dossier, decide, dossier_of, evolve, stream_of
from supercargo.track.compliance.record import COMPLIANCE, REGISTERS
from supercargo.track.envelope import Draft
from supercargo.track.event_store import EventIdReused, EventStore
from supercargo.track.memory import MemoryStore
from supercargo.track.people import Principal
from tests.builders import a_requirement
from tests.cli_runner import run
from tests.plans import a_plan

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2029, 1, 1, tzinfo=UTC)
"""When all is recorded: what is stated to have happened later is refused."""
KIM = Principal(name="kim", scopes=frozenset({"comply"}))


def after(count_d: float) -> datetime:
    return NOON + timedelta(days=count_d)


def said(command: type[Command], command_id: str = "c1", **told: Any) -> Any:
    return command(**{"command_id": command_id, "by": "kim", "at_utc": NOON, **told})


COMMANDS: tuple[Command, ...] = (
    said(AddEvidence, "c1", requirement_id="R1", reference="audit 7", valid_until_utc=after(300)),
    said(WaiveRequirement, "c2", requirement_id="R1", object="Hub", reason="no flight", until_utc=after(30)),
    said(EditRequirement, "c3", requirement_id="R1", field="owner", value="director", reason="new house rules"),
    said(HoldDrill, "c4", requirement_id="R1", drill="seal broken on the road", finding="call list was old"),
    said(SetPartnerStatus, "c5", party="ACME", status="approved", reason="visit", valid_until_utc=after(365)),
    said(
        RegisterRisk, "c6", requirement_id="R1", risk_id="K1", words="theft at the site", owner="site manager",
        treatment="second guard", review_utc=after(90),
    ),
)  # fmt: skip


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(lambda: LATER)


def told(store: EventStore, stream: str, kind: str, at: datetime = NOON, **body: Any) -> None:
    """An event as another part of operations writes it."""
    number = store.head().position + 1
    store.append([Draft(event_id=f"e{number}", stream=stream, kind=kind, body=body, occurred_utc=at, by="lee")])


def states(store: EventStore, check: str, *parameters: str, at: datetime = NOON, **changes: Any) -> dict[str, tuple[str, str]]:
    """State and words by object of one check on the record."""
    view = view_of(iter(store.since(0)), at)
    plan = changes.pop("plan", None)
    asked = a_requirement(check=check, parameters=parameters, **changes)
    return {row.object: (row.state, row.words) for row in measure_compliance((asked,), Facts(at, plan, view))}


# commands


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.kind)
def test_a_command_becomes_one_event_of_its_stream_that_says_all_of_it(command: Command) -> None:
    (draft,) = decide(Dossier(version=4), command)
    assert (draft.event_id, draft.kind, draft.expected_version) == (command.command_id, command.kind, 4)
    assert draft.stream == ("party/ACME" if command.kind == "PartnerStatusSet" else "requirement/R1") == stream_of(command)
    assert set(draft.body) == {field.name for field in dataclasses.fields(command)} - {"command_id", "by", "at_utc"}
    assert json.loads(json.dumps(draft.body)) == draft.body


def test_every_kind_of_the_area_has_a_command() -> None:
    assert {command.kind for command in COMMANDS} == set(COMPLIANCE_KINDS)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (said(AddEvidence, requirement_id="R1", reference=" "), "says no reference"),
        (said(AddEvidence, requirement_id="R1", reference="x", valid_until_utc=NOON), "is not after"),
        (said(WaiveRequirement, requirement_id="R1", reason="", until_utc=after(1)), "says no reason"),
        (said(WaiveRequirement, requirement_id="R1", reason="x", until_utc=after(-1)), "is not after"),
        (said(WaiveRequirement, requirement_id="R1", reason="x", until_utc=after(1), by=""), "says no by"),
        (said(SetPartnerStatus, party="A", status="approved", reason="x", valid_until_utc=NOON), "is not after"),
        (
            said(RegisterRisk, requirement_id="R1", risk_id="K", words="x", owner="y", treatment="z", review_utc=NOON),
            "is not after",
        ),
    ],
)
def test_a_command_without_name_reason_or_future_is_refused(command: Command, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        decide(Dossier(), command)
    assert refused.value.fix


def test_a_status_that_is_no_choice_is_refused() -> None:
    with pytest.raises(ScenarioError, match="use one of: approved"):
        decide(Dossier(), said(SetPartnerStatus, party="A", status="fine", reason="x", valid_until_utc=after(1)))


def test_an_edit_that_changes_nothing_is_refused_and_another_is_not(store: MemoryStore) -> None:
    edit = said(EditRequirement, "a", requirement_id="R1", field="owner", value="director", reason="new")
    store.append(decide(Dossier(), edit))
    state = dossier_of(store.stream("requirement/R1"))
    assert state == Dossier(version=1, edits=(("owner", "director"),))
    with pytest.raises(Refused, match="says that already"):
        decide(state, said(EditRequirement, "b", requirement_id="R1", field="owner", value="director", reason="again"))
    assert decide(state, said(EditRequirement, "b", requirement_id="R1", field="owner", value="chief", reason="again"))


def test_events_of_other_areas_change_nothing_but_the_version(store: MemoryStore) -> None:
    told(store, "requirement/R1", "SomethingElse", owner="x")
    assert evolve(Dossier(), store.stream("requirement/R1")[0]) == Dossier(version=1)


def test_a_principal_without_the_scope_records_nothing(store: MemoryStore) -> None:
    with pytest.raises(Refused, match="may not edit requirements"):
        record_compliance(store, Principal(name="lee", scopes=frozenset({"read"})), COMMANDS[0])
    assert store.head().position == 0


def test_the_same_command_told_twice_is_one_event_and_another_under_its_name_is_refused(store: MemoryStore) -> None:
    first = record_compliance(store, KIM, COMMANDS[2])
    record_compliance(store, KIM, said(HoldDrill, "later", requirement_id="R1", drill="x", finding="y"))
    again = record_compliance(store, KIM, COMMANDS[2])
    assert (again[0].position, again[0].repeated) == (first[0].position, True)
    other = said(EditRequirement, "c3", requirement_id="R1", field="owner", value="somebody", reason="x")
    with pytest.raises(EventIdReused):
        record_compliance(store, KIM, other)
    assert store.head().position == 2


# the record


def test_every_table_is_listed_by_its_own_name_and_takes_its_rows(store: MemoryStore) -> None:
    for command in COMMANDS:
        record_compliance(store, KIM, command)
    told(store, "cargo/I1", "handed_over", giver="ACME", taker="site")
    told(store, "ncr/N1", "ncr_opened", about="cargo/I1")
    told(store, "mission/M1", "MissionOpened", flight={"contract_id": "C1", "vehicle_type": "Wren", "launch_utc": "x"})
    view = view_of(iter(store.since(0)), NOON)
    for table in REGISTERS:
        (row,) = view.find(table.name, "register", table.name)
        assert set(row) == {*table.key, *table.columns}, table.name


def test_what_had_not_happened_yet_proves_nothing(store: MemoryStore) -> None:
    record_compliance(store, KIM, said(HoldDrill, requirement_id="R1", drill="fire", finding="none", at_utc=after(1)))
    assert states(store, "drills-held")[""][0] == "no evidence"
    assert states(store, "drills-held", at=after(2))[""][0] == "met"


def test_unknown_kinds_and_empty_bodies_of_other_areas_do_no_harm(store: MemoryStore) -> None:
    for kind in ("handed_over", "sealed", "seal_checked", "unsealed", "corrected", "received"):
        told(store, "cargo/I1", kind)
    for kind in ("MissionOpened", "GatesSet", "GatePassed", "MissionSlipped", "PhaseEntered", "Nothing"):
        told(store, "mission/M1", kind)
    told(store, "ncr/N1", "ncr_opened")
    assert states(store, "gate-passed", "gate=labels")["M1"][0] == "no evidence"
    assert states(store, "custody-whole")["cargo/I1"][0] == "unmet"


# custody and seals


def test_custody_passes_from_holder_to_holder(store: MemoryStore) -> None:
    assert states(store, "custody-whole")[""] == ("no evidence", "no hand-over is on record")
    told(store, "cargo/I1", "ordered", supplier="ACME", after={"custodian": "ACME"})
    told(store, "cargo/I1", "handed_over", after(1), giver="ACME", taker="carrier")
    told(store, "cargo/I1", "handed_over", after(2), giver="carrier", taker="site")
    assert states(store, "custody-whole", at=after(3))[""] == ("met", "2 hand-overs on record, none with a gap")


@pytest.mark.parametrize(("giver", "taker"), [("carrier", "site"), ("", "site"), ("ACME", "")])
def test_each_gap_of_custody_is_found(store: MemoryStore, giver: str, taker: str) -> None:
    told(store, "cargo/I1", "ordered", after={"custodian": "ACME"})
    told(store, "cargo/I1", "handed_over", giver=giver, taker=taker)
    assert states(store, "custody-whole")["cargo/I1"][0] == "unmet"


def test_a_hand_over_declared_wrong_is_no_gap(store: MemoryStore) -> None:
    told(store, "cargo/I1", "ordered", after={"custodian": "ACME"})
    told(store, "cargo/I1", "handed_over", after(1), giver="carrier", taker="site")
    right = {"kind": "handed_over", "at_utc": format_utc(after(1)), "body": {"giver": "ACME", "taker": "site"}}
    assert states(store, "custody-whole", at=after(3))["cargo/I1"][0] == "unmet"
    told(store, "cargo/I1", "corrected", after(2), wrong="e2", reason="slip of the pen", instead=right)
    assert states(store, "custody-whole", at=after(3))[""] == ("met", "1 hand-overs on record, none with a gap")


def test_what_is_told_late_takes_its_place_in_time() -> None:
    facts = [
        {"event_id": "1", "kind": "ordered", "at_utc": "2027-01-01T00:00:00Z", "holder": "A"},
        {"event_id": "2", "kind": "handed_over", "at_utc": "2027-01-03T00:00:00Z", "giver": "B", "taker": "C"},
        {"event_id": "3", "kind": "handed_over", "at_utc": "2027-01-02T00:00:00Z", "giver": "A", "taker": "B"},
    ]
    found = custody_of(facts)
    assert (found.holder, found.handed_count, found.gaps) == ("C", 2, ())


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ([("sealed", {"number": "S1"}), ("seal_checked", {"number": "S1", "found": "intact", "seen": "S1"})], ""),
        ([("sealed", {"number": "S1"}), ("seal_checked", {"number": "S1", "found": "broken"})], "found broken"),
        ([("sealed", {"number": "S1"}), ("seal_checked", {"number": "S1", "found": "missing"})], "found missing"),
        (
            [("sealed", {"number": "S1"}), ("seal_checked", {"number": "S1", "found": "intact", "seen": "S2"})],
            "found intact and reads S2",
        ),
        ([("seal_checked", {"number": "S1", "found": "intact"})], "was never put on"),
        ([("sealed", {"number": "S1"}), ("unsealed", {"number": "S2"})], "S2 is taken off and was never put on"),
        (
            [
                ("sealed", {"number": "S1"}),
                ("unsealed", {"number": "S1"}),
                ("seal_checked", {"number": "S1", "found": "intact"}),
            ],
            "never",
        ),
    ],
)
def test_each_seal_that_is_not_as_it_was_put_on_is_found(
    store: MemoryStore, facts: list[tuple[str, dict[str, str]]], fault: str
) -> None:
    for number, (kind, body) in enumerate(facts):
        told(store, "container/B1", kind, after(number), **body)
    found = states(store, "seals-whole", at=after(9))
    assert found[""][0] == "met" if not fault else fault in found["container/B1"][1]


# missions


def mission(store: EventStore, **flight: str) -> None:
    told(store, "mission/M1", "MissionOpened", flight={"contract_id": "C1", "launch_utc": format_utc(NOON), **flight})
    told(store, "mission/M1", "GatesSet", gates=[{"gate": "labels"}, {"gate": "turnover"}])


def test_a_milestone_is_shown_by_docking_and_by_every_gate_before_it(store: MemoryStore) -> None:
    mission(store)
    assert states(store, "milestone-shown")[""] == ("no evidence", "no mission has docked on record")
    told(store, "mission/M1", "GatePassed", gate="labels", evidence="bar codes read")
    told(store, "mission/M1", "PhaseEntered", phase="docked", evidence="")
    assert states(store, "milestone-shown")["M1"] == ("unmet", "missing: evidence of docking, gate turnover")
    told(store, "mission/M1", "GateWaived", gate="turnover", reason="late load only")
    told(store, "mission/M1", "PhaseEntered", phase="docked", evidence="hard mate")
    assert states(store, "milestone-shown")["M1"][0] == "met"


def test_a_gate_is_met_once_passed_unmet_once_failed_or_flown_without(store: MemoryStore) -> None:
    mission(store)
    assert states(store, "gate-passed", "gate=labels")["M1"][0] == "no evidence"
    told(store, "mission/M1", "GateFailed", gate="labels", finding="12 unreadable")
    assert states(store, "gate-passed", "gate=labels")["M1"] == ("unmet", "gate labels failed: 12 unreadable")
    told(store, "mission/M1", "GatePassed", gate="labels", evidence="all read")
    assert states(store, "gate-passed", "gate=labels")["M1"][0] == "met"
    told(store, "mission/M1", "MissionLaunched")
    assert states(store, "gate-passed", "gate=turnover")["M1"][0] == "unmet"


def test_lift_offs_are_held_against_the_date_first_committed(store: MemoryStore) -> None:
    mission(store)
    told(store, "mission/M1", "MissionSlipped", launch_utc=format_utc(after(31)), reason="weather")
    told(store, "mission/M1", "MissionReplanned", flight={"launch_utc": format_utc(after(31))})
    told(store, "mission/M1", "MissionLaunched", after(31))
    late = states(store, "provider-slips", "days=30", at=after(40))["M1"]
    assert late == ("unmet", "lifted off +31.0 d from the committed 2027-03-01T12:00:00Z, 1 slips told")
    assert states(store, "provider-slips", "days=31", at=after(40))["M1"][0] == "met"


# partners, risks, drills, cases, evidence


def test_partners_of_the_plan_need_a_status_that_still_holds(store: MemoryStore) -> None:
    record_compliance(store, KIM, COMMANDS[4])
    found = states(store, "partners-known", plan=a_plan())
    assert found["ACME"][0] == "met"
    assert found["BETA"] == found["Test"] == ("no evidence", "its status has not been set")
    assert states(store, "partners-known", at=after(366))["ACME"][0] == "unmet"
    suspend = said(SetPartnerStatus, "s", party="ACME", status="suspended", reason="seal", valid_until_utc=after(400))
    record_compliance(store, KIM, suspend)
    assert states(store, "partners-known")["ACME"][0] == "unmet"


def test_risks_are_looked_at_again_by_their_date(store: MemoryStore) -> None:
    assert states(store, "risks-kept")[""][0] == "no evidence"
    record_compliance(store, KIM, COMMANDS[5])
    assert states(store, "risks-kept")["K1"][0] == "met"
    assert states(store, "risks-kept", at=after(91))["K1"][0] == "unmet"
    assert states(store, "risks-kept", "least=2")[""] == (
        "unmet",
        "1 risks are on the register, at least 2 are asked for",
    )


def test_a_drill_counts_for_so_many_days(store: MemoryStore) -> None:
    record_compliance(store, KIM, COMMANDS[3])
    assert states(store, "drills-held", "days=365", at=after(365))[""][0] == "met"
    assert states(store, "drills-held", "days=365", at=after(366))[""][0] == "unmet"
    assert states(store, "drills-held", requirement_id="R2")[""][0] == "no evidence"


def test_a_non_conformance_is_closed_in_its_days(store: MemoryStore) -> None:
    told(store, "ncr/N1", "ncr_opened", about="cargo/I1")
    assert states(store, "cases-closed", "days=30", at=after(30))["N1"][0] == "met"
    assert states(store, "cases-closed", "days=30", at=after(31))["N1"][0] == "unmet"
    told(store, "ncr/N1", "ncr_closed", after(10), said="mended")
    assert states(store, "cases-closed", "days=30", at=after(90))["N1"][0] == "met"


def test_evidence_counts_where_nothing_is_known_as_long_as_it_holds_and_not_where_something_is_amiss(
    store: MemoryStore,
) -> None:
    record_compliance(store, KIM, COMMANDS[0])
    assert states(store, "evidence-given")[""] == ("met", "audit 7, added by kim on 2027-03-01T12:00:00Z")
    assert states(store, "evidence-given", at=after(301))[""][0] == "no evidence"
    told(store, "cargo/I1", "handed_over", giver="x", taker="")
    assert states(store, "custody-whole")["cargo/I1"][0] == "unmet"


def test_a_waiver_on_record_lifts_its_object_until_its_day(store: MemoryStore) -> None:
    record_compliance(store, KIM, COMMANDS[1])
    plan = a_plan()
    assert states(store, "stock-reserve", "class=nitrogen", plan=plan)["Hub/nitrogen"][0] == "no evidence"
    whole = said(WaiveRequirement, "w", requirement_id="R1", object="Hub/nitrogen", reason="none flown", until_utc=after(30))
    record_compliance(store, KIM, whole)
    assert states(store, "stock-reserve", "class=nitrogen", plan=plan)["Hub/nitrogen"][0] == "waived"
    assert states(store, "stock-reserve", "class=nitrogen", plan=plan, at=after(31))["Hub/nitrogen"][0] == "no evidence"


def test_edits_on_record_change_what_is_asked(store: MemoryStore) -> None:
    record_compliance(store, KIM, COMMANDS[3])
    fewer = said(EditRequirement, "x", requirement_id="R1", field="parameters", value="days=10", reason="every ten days")
    record_compliance(store, KIM, fewer)
    assert states(store, "drills-held", "days=365", at=after(11))[""][0] == "unmet"


# the store


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store on disk with one gap of custody and a drill."""
    place = tmp_path / "log.sqlite"
    with open_log(place, (COMPLIANCE,), lambda: LATER) as opened:
        told(opened, "cargo/I1", "ordered", after={"custodian": "ACME"})
        told(opened, "cargo/I1", "handed_over", giver="nobody's", taker="site")
        drill = said(HoldDrill, requirement_id="SE-8.6", drill="fire", finding="fast")
        record_compliance(opened, KIM, drill)
    return str(place)


def test_a_store_keeps_the_tables_of_the_record_as_memory_does(url: str) -> None:
    with open_log(url, (COMPLIANCE,), lambda: LATER) as opened:
        memory = view_of(iter(opened.since(0)), NOON)
        with opened.reading() as kept:
            for table in REGISTERS:
                told_by_store = list(kept.find(table.name, "register", table.name))
                assert told_by_store == list(memory.find(table.name, "register", table.name)), table.name


def test_comply_reads_a_store_of_operations(url: str) -> None:
    answer = run("comply", "--store", url, "--framework", "iso28000", "--as-of", "2027-03-02", "--json")
    assert answer.code == 3
    rows = {(row["requirement_id"], row["object"]): row for row in json.loads(answer.out)["rows"]}
    assert rows["SE-8.4a", "cargo/I1"]["state"] == "unmet"
    assert rows["SE-8.6", ""]["state"] == "met"
    assert rows["SE-4.2", ""]["words"] == "missing: a plan: give the plan folder"


def test_comply_says_that_a_store_is_not_there(tmp_path: Path) -> None:
    answer = run("comply", "--store", str(tmp_path / "none.sqlite"))
    assert answer.code in (2, 5)
    assert "fix:" in answer.err
