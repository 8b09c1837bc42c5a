"""schedule.ics opens in a program that is not ours, and a plan made anew replaces the events of the old one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from supercargo.kernel import Refused
from supercargo.model import LaunchWindow, OperationsPlan
from supercargo.store import calendar_text, old_calendar, write_plan
from supercargo.store.calendars import EVENT_KINDS, LINE_OCTETS, unfolded
from tests import test_store_plan
from tests.big_plan import a_big_plan
from tests.builders import on_day
from tests.cli_runner import run
from tests.test_comparison import docked

SHY = "Größe; Ω, \\n\U0001f680" * 9


@pytest.fixture(scope="module")
def year() -> OperationsPlan:
    return a_big_plan(8, 40)


def _parsed(text: bytes) -> Any:
    return Calendar.from_ical(text)


def events_of(text: bytes) -> list[Any]:
    """Events as the independent parser reads them."""
    return list(_parsed(text).walk("VEVENT"))


def by_kind(text: bytes) -> dict[tuple[str, str], Any]:
    """Events by kind and first word of the summary, which is the mission."""
    return {(str(e["CATEGORIES"].cats[0]).lower(), str(e["SUMMARY"]).split()[0]): e for e in events_of(text)}


def kept(text: bytes, folder: Path) -> dict[str, tuple[str, ...]]:
    folder.mkdir(exist_ok=True)
    (folder / "schedule.ics").write_bytes(text)
    return old_calendar(folder)


def slipped(plan: OperationsPlan, name: str, days: float) -> OperationsPlan:
    by = timedelta(days=days)
    missions = []
    for one in plan.missions:
        if one.mission_id == name:
            arrive_utc, depart_utc = docked(one)
            one = replace(one, launch_utc=one.launch_utc + by, arrive_utc=arrive_utc + by, depart_utc=depart_utc + by)
        missions.append(one)
    return replace(plan, missions=tuple(missions))


def test_an_independent_parser_reads_every_event_with_the_plan_s_instants(year: OperationsPlan) -> None:
    events = by_kind(calendar_text(year))
    for mission in year.missions:
        name = mission.mission_id
        assert events["launch", name].start == mission.launch_utc
        assert (events["docked", name].start, events["docked", name].end) == (mission.arrive_utc, mission.depart_utc)
        assert events["dock", name].start == mission.arrive_utc
        assert events["undock", name].start == mission.depart_utc
        assert events["end", name].start == mission.end_utc
        for kind in ("unload", "load"):
            (span,) = [one for one in year.activities if (one.mission_id, one.kind) == (name, kind)]
            assert (events[kind, name].start, events[kind, name].end) == (span.start_utc, span.end_utc)
    assert {kind for kind, _ in events} == set(EVENT_KINDS)
    assert len(events) == len(EVENT_KINDS) * len(year.missions) == len(events_of(calendar_text(year)))


def test_every_event_has_what_the_standard_asks_for(year: OperationsPlan) -> None:
    calendar = _parsed(calendar_text(year))
    assert (calendar["VERSION"], calendar["PRODID"]) == ("2.0", "-//supercargo//schedule//EN")
    for event in calendar.walk("VEVENT"):
        assert event["DTSTAMP"].dt == year.scenario.settings.as_of_utc
        assert event["DTSTART"].dt.tzinfo is not None
        assert {"UID", "SEQUENCE", "SUMMARY", "STATUS"} <= set(event)
        assert event.errors == []


def test_launch_tells_when_its_window_opens_and_closes(year: OperationsPlan) -> None:
    mission = year.missions[0]
    window = LaunchWindow(
        destination=mission.destination,
        site=mission.site,
        pad=mission.pad,
        launcher=mission.launcher,
        launch_utc=mission.launch_utc,
        opens_utc=on_day(1),
        closes_utc=on_day(1.25),
        sigma_s=41.0,
        node="ascending",
        used_by=mission.mission_id,
    )
    event = by_kind(calendar_text(replace(year, windows=(window,))))["launch", mission.mission_id]
    assert "Window opens 2027-01-02T00:00:00Z, closes 2027-01-02T06:00:00Z" in str(event["DESCRIPTION"])
    assert str(event["LOCATION"]) == f"{mission.site}/{mission.pad}"


def test_lines_end_in_crlf_and_none_is_longer_than_the_standard_allows(year: OperationsPlan) -> None:
    odd = replace(year, scenario=replace(year.scenario, settings=replace(year.scenario.settings, name=SHY)))
    text = calendar_text(odd)
    assert text.endswith(b"END:VCALENDAR\r\n")
    assert text.count(b"\n") == text.count(b"\r\n")
    lines = text.split(b"\r\n")
    assert max(map(len, lines)) == LINE_OCTETS
    assert all(line.decode() is not None for line in lines)  # no letter is cut in two
    raw = str(_parsed(text)["NAME"])  # this parser does not know the type of NAME; RFC 7986 says TEXT
    assert re.sub(r"\\(.)", r"\1", raw) == SHY


ONE = a_big_plan(2, 6)


@settings(max_examples=50, deadline=None)
@given(name=st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=120))
def test_any_name_comes_back_from_an_independent_parser_as_it_was(name: str) -> None:
    mission = replace(ONE.missions[0], vehicle_type=name)
    text = calendar_text(replace(ONE, missions=(mission,)))
    shown = "".join(sign if sign.isprintable() else "?" for sign in name)
    (event,) = [one for one in events_of(text) if str(one["CATEGORIES"].cats[0]) == "DOCK"]
    assert str(event["DESCRIPTION"]) == f"{shown} ({mission.vehicle_id})"
    assert max(map(len, text.split(b"\r\n"))) <= LINE_OCTETS


def test_a_mission_that_moves_is_the_same_event(year: OperationsPlan) -> None:
    before, after = by_kind(calendar_text(year)), by_kind(calendar_text(slipped(year, "M02", 9.0)))
    assert {key: event["UID"] for key, event in before.items()} == {key: event["UID"] for key, event in after.items()}
    uids = [str(event["UID"]) for event in before.values()]
    assert len(uids) == len(set(uids))


def test_events_of_scenarios_with_other_names_are_other_events(year: OperationsPlan) -> None:
    other = replace(year, scenario=replace(year.scenario, settings=replace(year.scenario.settings, name="another")))
    uids = [{str(event["UID"]) for event in events_of(calendar_text(plan))} for plan in (year, other)]
    assert not uids[0] & uids[1]


def test_sequence_rises_for_what_changed_and_stays_for_what_did_not(year: OperationsPlan, tmp_path: Path) -> None:
    first = calendar_text(year)
    second = by_kind(calendar_text(slipped(year, "M02", 9.0), kept(first, tmp_path)))
    raised = {key for key, event in second.items() if event["SEQUENCE"] == 1}
    assert raised == {(kind, "M02") for kind in ("launch", "dock", "docked", "undock")}
    assert {event["SEQUENCE"] for key, event in second.items() if key not in raised} == {0}


def test_planning_the_same_over_itself_changes_no_byte(year: OperationsPlan, tmp_path: Path) -> None:
    text = calendar_text(year)
    assert calendar_text(year, kept(text, tmp_path)) == text
    moved = calendar_text(slipped(year, "M02", 9.0), kept(text, tmp_path))
    assert moved != text
    assert calendar_text(slipped(year, "M02", 9.0), kept(moved, tmp_path)) == moved


def test_knowing_facts_of_a_later_day_raises_no_sequence(year: OperationsPlan, tmp_path: Path) -> None:
    text = calendar_text(year)
    head = replace(year.scenario.settings, as_of_utc=datetime(2026, 12, 24, tzinfo=UTC))
    later = replace(year, scenario=replace(year.scenario, settings=head))
    events = events_of(calendar_text(later, kept(text, tmp_path)))
    assert {event["SEQUENCE"] for event in events} == {0}
    assert {event["DTSTAMP"].dt for event in events} == {head.as_of_utc}


def test_what_is_gone_is_cancelled_and_what_comes_back_is_confirmed_with_a_higher_number(
    year: OperationsPlan, tmp_path: Path
) -> None:
    fewer = replace(year, missions=year.missions[:-1], activities=tuple(a for a in year.activities if a.mission_id != "M06"))
    first = calendar_text(year)
    second = calendar_text(fewer, kept(first, tmp_path))
    gone = {key: event for key, event in by_kind(second).items() if event["STATUS"] == "CANCELLED"}
    assert set(gone) == {(kind, "M06") for kind in EVENT_KINDS}
    assert {event["SEQUENCE"] for event in gone.values()} == {1}
    assert calendar_text(fewer, kept(second, tmp_path)) == second
    third = by_kind(calendar_text(year, kept(second, tmp_path)))
    assert {str(third[kind, "M06"]["STATUS"]) for kind in EVENT_KINDS} == {"CONFIRMED"}
    assert {third[kind, "M06"]["SEQUENCE"] for kind in EVENT_KINDS} == {2}


def test_a_mission_that_never_docked_has_no_event_at_a_port(year: OperationsPlan) -> None:
    lost = replace(year.missions[0], port="")
    alone = replace(year, missions=(lost,), activities=())
    assert {kind for kind, _ in by_kind(calendar_text(alone))} == {"launch", "end"}


def test_a_plan_without_missions_still_is_a_calendar_with_something_in_it() -> None:
    plan = test_store_plan.a_plan()
    (event,) = events_of(calendar_text(plan))
    assert "no mission flies" in str(event["SUMMARY"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"hello",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nSEQUENCE:-1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nSEQUENCE:2147483647\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ],
)
def test_a_calendar_that_can_not_be_continued_is_refused_with_the_fix(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="can't be read") as told:
        kept(content, tmp_path)
    assert told.value.fix == "take schedule.ics out of the folder; events are then numbered from the beginning"


def test_a_calendar_from_another_hand_is_continued(year: OperationsPlan, tmp_path: Path) -> None:
    """Lines folded elsewhere, ended by a line feed alone, and without a status."""
    event = b"BEGIN:VEVENT\nUID:x-1\nSUMMARY:Gre\n at day\nSEQUENCE:4\nDTSTART:20270101T000000Z\nEND:VEVENT\n"
    foreign = b"BEGIN:VCALENDAR\n" + event + b"END:VCALENDAR\n"
    text = calendar_text(year, kept(foreign, tmp_path))
    (read,) = [one for one in events_of(text) if one["UID"] == "x-1"]
    assert (str(read["SUMMARY"]), read["SEQUENCE"], read["STATUS"]) == ("Great day", 5, "CANCELLED")


def test_write_plan_continues_the_calendar_of_the_folder_it_replaces(year: OperationsPlan, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    write_plan(year, folder, run={}, report_html="", force=False)
    first = {path.name: path.read_bytes() for path in folder.glob("*.*")}
    write_plan(year, folder, run={}, report_html="", force=True)
    assert {path.name: path.read_bytes() for path in folder.glob("*.*")} == first
    write_plan(slipped(year, "M02", 9.0), folder, run={}, report_html="", force=True)
    assert {event["SEQUENCE"] for event in events_of((folder / "schedule.ics").read_bytes())} == {0, 1}


def test_unfolding_is_the_inverse_of_folding(year: OperationsPlan) -> None:
    lines = unfolded(calendar_text(year))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert sum(line == "BEGIN:VEVENT" for line in lines) == len(events_of(calendar_text(year)))


def test_plan_refuses_a_calendar_it_can_not_continue_before_it_plans(scenario_folder: Path, tmp_path: Path) -> None:
    kept_folder = tmp_path / "plan"
    kept_folder.mkdir()
    (kept_folder / "plan.json").write_text("{}")
    (kept_folder / "schedule.ics").write_bytes(b"not a calendar")
    told = run("plan", str(scenario_folder), "--out", str(kept_folder), "--force")
    assert (told.code, "take schedule.ics out of the folder" in told.err) == (4, True)
    assert (kept_folder / "schedule.ics").read_bytes() == b"not a calendar"
