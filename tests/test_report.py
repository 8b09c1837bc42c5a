from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.faces.words import summary_lines
from supercargo.measure.kpis import measure_kpis
from supercargo.measure.summary import summarise
from supercargo.model import (
    PLAN_TABLES,
    Activity,
    Blackout,
    Customer,
    InventoryRow,
    OperationsPlan,
    StageReport,
    Stock,
    Violation,
    Waiver,
)
from supercargo.report.boxes import TURNS, Eye, back_to_front, faces
from supercargo.report.cargo import cargo_sheets
from supercargo.report.page import render_report
from supercargo.report.stock import draw_stocks
from supercargo.report.stowage import StowageSeen, class_colours, draw_stowage
from supercargo.report.svg import CalendarAxis, clip
from supercargo.report.timeline import draw_timeline
from tests.big_plan import a_big_plan
from tests.builders import START, a_line, a_mission, a_scenario, on_day

HOSTILE = "</style><script>alert(1)</script>\"'&<b onload=x>"
VOID = {"meta", "link", "br"}
SECTIONS = ("timeline", "missions", "stowage", "stock", "money", "kpis", "rules", "left", "basis")


class Page(HTMLParser):
    """Reads a page strictly: every element closed, in order; remembers tags, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open[-1:]):
            self.words.append(data.strip())

    def tags(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag == name]


def render(plan: OperationsPlan) -> str:
    plan = plan if plan.kpis else replace(plan, kpis=measure_kpis(plan))
    return render_report(plan, summarise(plan))


@pytest.fixture(scope="module")
def small() -> str:
    return render(a_big_plan(8, 200))


def test_the_page_is_well_formed_and_every_section_can_be_reached(small: str) -> None:
    page = Page(small)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for attributes in page.tags("a")]
    inside = {str(link) for link in links if str(link).startswith("#")}
    assert inside == {f"#{name}" for name in SECTIONS} | {f"#cargo-{n}" for n in range(1, 8)}
    assert {link.removeprefix("#") for link in inside} <= set(ids)


def test_links_that_leave_the_page_lead_to_files_of_the_plan_folder(small: str) -> None:
    links = {str(attributes["href"]) for attributes in Page(small).tags("a")}
    files = {link for link in links if not link.startswith("#")}
    assert files <= {table.file for table in PLAN_TABLES} | {"plan.json"}
    assert {"missions.csv", "manifest.csv", "stowage.csv", "inventory.csv", "plan.json"} <= files


def test_the_page_asks_nothing_from_outside_and_runs_no_script(small: str) -> None:
    assert not re.search(r"https?:|//[a-z]|@import|<script|<iframe|<img|<object|\son\w+=", small)
    assert re.findall(r"url\(([^)]*)\)", small) == ["#shut"]
    assert [attributes["href"] for attributes in Page(small).tags("link")] == ["data:,"]


def test_each_table_has_a_caption_and_header_cells_with_a_scope(small: str) -> None:
    page = Page(small)
    assert len(page.tags("table")) == len(page.tags("caption")) >= 9
    assert all(attributes.get("scope") in ("col", "row") for attributes in page.tags("th"))


def test_scrolling_boxes_can_be_reached_by_keyboard_and_have_a_name(small: str) -> None:
    boxes = [attributes for attributes in Page(small).tags("div") if "scroll" in (attributes.get("class") or "").split()]
    assert boxes
    assert all(box["tabindex"] == "0" and box["role"] == "region" and box["aria-label"] for box in boxes)


def test_headings_do_not_skip_a_level(small: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(small).found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_drawings_are_well_formed_xml() -> None:
    plan = a_big_plan(8, 200)
    drawings = [draw_timeline(plan)]
    drawings += [svg for picture in draw_stowage(plan, class_colours(plan)) for svg in picture.svgs]
    drawings += [svg for place in draw_stocks(plan) for svg in place.pictures]
    for drawing in drawings:
        assert ElementTree.fromstring(drawing).tag == "svg"


def hostile_plan() -> OperationsPlan:
    """Every name that a person can choose is an attack."""
    plan = a_big_plan(6, 60)
    scenario = plan.scenario

    def bad(noun: Any, **fields: str) -> Any:
        return replace(noun, **{name: f"{getattr(noun, name)}{HOSTILE}" for name in fields.values()})

    return replace(
        plan,
        scenario=replace(
            scenario,
            settings=replace(scenario.settings, name=HOSTILE),
            missions=tuple(bad(one, a="mission_id", b="destination") for one in scenario.missions),
            cargo=tuple(bad(one, a="item_id", b="destination", c="supply_class", d="customer") for one in scenario.cargo),
            customers=tuple(bad(one, a="customer", b="name") for one in scenario.customers),
            destinations=tuple(bad(one, a="destination", b="source") for one in scenario.destinations),
            ports=tuple(bad(one, a="destination", b="port") for one in scenario.ports),
            vehicles=tuple(bad(one, a="source") for one in scenario.vehicles),
        ),
        missions=tuple(bad(one, a="mission_id", b="destination", c="port", d="vehicle_id") for one in plan.missions),
        activities=tuple(bad(one, a="mission_id", b="resource_id") for one in plan.activities),
        manifest=tuple(bad(one, a="item_id", b="mission_id", c="destination", d="reason") for one in plan.manifest),
        stowage=tuple(bad(one, a="mission_id", b="item_id", c="bay") for one in plan.stowage),
        bays=tuple(bad(one, a="mission_id", b="bay") for one in plan.bays),
        inventory=tuple(bad(one, a="destination", b="supply_class") for one in plan.inventory[:400]),
        costs=tuple(bad(one, a="account", b="destination", c="customer") for one in plan.costs),
        violations=(Violation(rule=HOSTILE, object=HOSTILE, text=HOSTILE),),
        waivers=(Waiver(rule=HOSTILE, object="*", name=HOSTILE, reason=HOSTILE, at_utc=START),),
        stages=tuple(replace(stage, note=HOSTILE) for stage in plan.stages),
        causes=(HOSTILE,),
        kpis=(),
    )


def test_hostile_names_stay_text() -> None:
    html = render(hostile_plan())
    page = Page(html)
    assert page.open == []
    assert "<script" not in html
    assert "<b onload" not in html
    assert html.count("</style>") == 1
    assert HOSTILE in page.words
    assert not [name for _, attributes in page.found for name in attributes if name.startswith("on")]


def test_very_long_names_are_cut_in_drawings() -> None:
    plan = a_big_plan(3, 20)
    plan = replace(plan, missions=tuple(replace(one, vehicle_type="Q" * 50_000) for one in plan.missions))
    assert "Q" * 400 not in draw_timeline(plan)


def test_an_empty_plan_has_a_page() -> None:
    scenario = a_scenario(missions=(), cargo=(), tails=(), ports=(), stock=())
    plan = OperationsPlan(
        scenario=scenario, windows=(), missions=(), activities=(), manifest=(), stowage=(), bays=(), inventory=(), costs=()
    )
    html = render_report(plan, summarise(plan))
    assert Page(html).open == []
    for words in ("No cargo is placed.", "No stock is tracked.", "Nothing: every line flies.", "No KPIs were computed"):
        assert words in html


def test_a_plan_without_violations_says_none_and_a_broken_one_says_what() -> None:
    plan = a_big_plan(3, 20)
    assert "None: the referee finds no broken rule" in render(plan)
    broken = replace(
        plan,
        violations=(
            Violation(rule="late", object="L1", text="3 d late", hard=False),
            Violation(rule="overlap", object="M00", text="two boxes overlap by 0.1 m"),
        ),
    )
    html = render(broken)
    assert "Not a valid plan: 1 hard rule broken" in html
    assert html.index("two boxes overlap") < html.index("3 d late")
    waived = replace(broken, waivers=(Waiver(rule="overlap", object="*", name="A. Person", reason="soft bags", at_utc=START),))
    assert "No hard rule broken (1 waived by name)" in render(waived)


def test_each_mission_kpi_port_and_customer_stands_on_the_page(small: str) -> None:
    plan = a_big_plan(8, 200)
    words = set(Page(small).words)
    assert {mission.mission_id for mission in plan.missions} <= words
    assert {f"K{n}" for n in range(1, 17)} <= words
    assert {f"{port.destination}/{port.port}" for port in plan.scenario.ports} <= words
    assert {line.customer for line in plan.scenario.cargo} <= words
    assert "M07" in words  # does not fly


def test_the_worst_lines_left_behind_come_first() -> None:
    plan = a_big_plan(8, 3000)
    html = render(plan)
    worst = html[html.index("The 50 worst") :]
    worst = worst[: worst.index("</table>")]
    assert worst.count('<tr><th scope="row"') == 50
    musts = [line.must for line in plan.scenario.cargo if re.search(rf">{line.item_id}<", worst)]
    assert any(musts)
    assert worst.index(">must<") < worst.index("<td></td>")


def test_every_line_left_behind_stands_on_the_page_with_its_reason(small: str) -> None:
    plan = a_big_plan(8, 200)
    left = small[small.index('id="left"') : small.index('id="basis"')]
    assert all(f">{row.item_id}<" in left for row in plan.manifest if not row.mission_id)


def test_the_head_names_each_target_that_is_missed() -> None:
    plan = a_big_plan(8, 200)
    kpis = measure_kpis(plan)
    head = render(replace(plan, kpis=kpis)).partition("<nav")[0]
    missed = [one for one in kpis if one.met is False]
    assert missed
    assert f"{len(missed)} missed: {missed[0].kpi_id} {missed[0].name}" in head


def test_a_kpi_shows_causes_first_and_how_it_is_counted_below(small: str) -> None:
    row = small[small.index(">K3</th>") :]
    assert row.index("largest causes") < row.index("<small>date: end of the line")


def test_a_stage_without_bound_shows_a_dash_not_a_number() -> None:
    plan = a_big_plan(3, 20)
    stage = StageReport(stage="stowage", status=plan.stages[0].status, objective=None, bound=float("-inf"), gap=float("inf"))
    html = render(replace(plan, stages=(stage,)))
    assert "inf" not in [word.strip("−") for word in Page(html).words]


def test_same_plan_same_bytes() -> None:
    assert render(a_big_plan(6, 100)) == render(a_big_plan(6, 100))


def test_a_year_of_five_thousand_lines_is_drawn_in_four_seconds_and_six_megabytes() -> None:
    plan = a_big_plan()
    plan = replace(plan, kpis=measure_kpis(plan))
    summary = summarise(plan)
    begun = time.perf_counter()
    html = render_report(plan, summary)
    assert time.perf_counter() - begun < 4
    assert len(html.encode()) < 6e6


# timeline


def test_bars_lie_where_their_dates_are() -> None:
    axis = CalendarAxis(START, on_day(365), 100, 365)
    assert (axis.x(START), axis.x(on_day(10)), axis.x(on_day(365))) == (100, 110, 465)
    assert (axis.x(on_day(-5)), axis.x(on_day(900))) == (100, 465)
    assert [name for _, name in axis.months()][:3] == ["Jan 2027", "Feb", "Mar"]
    assert len(list(axis.months())) == 12


def test_the_timeline_names_dates_and_shades_closed_times() -> None:
    plan = a_big_plan(8, 0)
    shut = Blackout(kind="port", object="Hub/fore", from_utc=on_day(200), to_utc=on_day(220), reason="relocation")
    plan = replace(plan, scenario=replace(plan.scenario, blackouts=(shut,)))
    svg = draw_timeline(plan)
    assert "M00 docked at Hub/fore: 2027-01-22 00:00 to 2027-03-03 00:00 UTC" in svg
    assert "Hub/fore closed (relocation): 2027-07-20 00:00 to 2027-08-09 00:00 UTC" in svg
    assert "M00 lifts off 2027-01-21 00:00 UTC on Lark from Cape/P1" in svg
    assert svg.count('class="shut"') == 1


def test_spacecraft_that_share_a_facility_lie_in_lanes_of_their_own() -> None:
    svg = draw_timeline(a_big_plan(8, 0))  # 20 days of processing every 6.9 days: three at a time
    assert "Cape-PPF (3)" in svg
    assert "Cape-PPF (4)" not in svg


def test_ports_that_no_mission_uses_are_left_out_of_the_timeline() -> None:
    svg = draw_timeline(a_big_plan(3, 0))
    assert ">Hub/fore<" in svg
    assert ">Hub/aft<" not in svg


def test_the_crew_of_a_place_has_a_lane_with_the_hours_that_it_gives_to_each_mission() -> None:
    plan = a_big_plan(2, 0)
    works = [
        Activity(activity_id=f"{name}-{kind}", mission_id=name, kind=kind, resource_id="Hub", units=6.0,
                 start_utc=on_day(first), end_utc=on_day(last))
        for name, kind, first, last in (("M00", "unload", 30, 40), ("M01", "unload", 35, 50), ("M00", "load", 60, 60))
    ]  # fmt: skip
    others = tuple(one for one in plan.activities if one.kind not in ("unload", "load"))
    hours = plan.scenario.destinations[0].handling_h_d
    svg = draw_timeline(replace(plan, activities=(*others, *works)))
    assert f"M00 is unloaded at Hub, 6 of {hours:g} crew hours a day: 2027-01-31 00:00 to 2027-02-10 00:00 UTC" in svg
    assert f">Hub: {hours:g} h a day (2)<" in svg  # both at once
    assert "is loaded" not in svg  # it takes no time
    assert "Crew (" not in draw_timeline(replace(plan, activities=others))


def test_missions_that_follow_each_other_closely_at_a_pad_keep_their_labels() -> None:
    plan = a_big_plan(12, 0)
    svg = draw_timeline(plan)
    pads = svg[svg.index("Pads (") : svg.index("Processing facilities")]
    assert all(f">{mission.mission_id}</text>" in pads for mission in plan.missions)


def test_clip_marks_what_it_cuts() -> None:
    assert (clip("berth", 5), clip("berthing", 5)) == ("berth", "bert…")


# stowage


def visible_order_is_right(low: Any, high: Any, order: list[int], eye: Eye) -> bool:
    """No box is drawn after one that lies wholly nearer to the eye along the same line of sight, by sampling sight lines."""
    rank = {box: n for n, box in enumerate(order)}
    rng = np.random.default_rng(1)
    sight = np.array([eye.along_x, eye.along_y, 1.0])  # points along it fall on one point of the picture
    along = sight != 0
    for _ in range(300):
        through = rng.uniform(0, 1, 3)
        ends = np.stack([(low - through)[:, along] / sight[along], (high - through)[:, along] / sight[along]])
        near, far = ends.min(axis=0).max(axis=1), ends.max(axis=0).min(axis=1)  # where the line enters and leaves each box
        beside = ((low > through) | (high < through))[:, ~along].any(axis=1)
        hit = [int(i) for i in np.flatnonzero((far - near > 1e-6) & ~beside)]
        hit.sort(key=lambda i: near[i])
        if [rank[i] for i in hit] != sorted(rank[i] for i in hit):
            return False
    return True


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40), st.sampled_from(TURNS))
def test_nearer_boxes_are_drawn_over_farther_ones_from_every_side(seed: int, cuts: int, eye: Eye) -> None:
    rng = np.random.default_rng(seed)
    boxes = [(np.zeros(3), np.ones(3))]
    for _ in range(cuts):  # guillotine cuts: disjoint boxes, none in a ring
        n, axis, share = int(rng.integers(len(boxes))), int(rng.integers(3)), rng.uniform(0.2, 0.8)
        low, high = boxes.pop(n)
        at = low[axis] + share * (high[axis] - low[axis])
        first, second = high.copy(), low.copy()
        first[axis] = second[axis] = at
        boxes += [(low, first), (second, high)]
    rng.shuffle(boxes)
    low, high = np.array([one[0] for one in boxes]), np.array([one[1] for one in boxes])
    assert visible_order_is_right(low, high, back_to_front(low, high, eye), eye)


def test_boxes_that_cover_each_other_in_a_ring_are_all_drawn_once() -> None:
    low = np.array([(0.0, 1.0, 0.0), (1.0, 0.0, 1.0), (0.0, 0.0, 0.0)])
    order = back_to_front(low, low + np.array([(3.0, 1.0, 1.0), (1.0, 3.0, 1.0), (1.0, 1.0, 3.0)]))
    assert sorted(order) == [0, 1, 2]


def test_a_box_shows_three_faces_that_meet_in_its_nearest_corner() -> None:
    outline, left_face, right_face = faces((0, 0, 0), (1, 1, 1), 100)
    assert outline == "M0 -100L87 -50V50L0 100 -87 50V-50z"
    assert left_face == "M-87 -50L0 0V100L-87 50z"
    assert right_face == "M0 0L87 -50V50L0 100z"


@pytest.mark.parametrize("eye", TURNS)
def test_an_outline_is_the_hull_of_a_box_and_its_two_upright_faces_lie_in_it(eye: Eye) -> None:
    low, size = (0.3, 1.1, 0.2), (1.0, 0.7, 0.4)
    corners = [eye.seen(*(at + size[n] * share for n, (at, share) in enumerate(zip(low, ends, strict=True)))) for ends in CUBE]
    drawn = [pixels_of(path) for path in faces(low, size, 100, eye)]
    for way in range(2):
        seen = [round(corner[way] * 100) for corner in corners]
        assert (min(one[way] for one in drawn[0]), max(one[way] for one in drawn[0])) == (min(seen), max(seen))
        for side in drawn[1:]:
            assert min(seen) <= min(one[way] for one in side) <= max(one[way] for one in side) <= max(seen)
    wide = sum(max(u for u, _ in side) - min(u for u, _ in side) for side in drawn[1:])
    assert abs(wide - (max(u for u, _ in drawn[0]) - min(u for u, _ in drawn[0]))) <= 1


CUBE = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]


def pixels_of(path: str) -> list[tuple[int, int]]:
    """Corners of a path of M, L and V with whole pixels."""
    found: list[tuple[int, int]] = []
    for word, numbers in re.findall(r"([MLV])([-0-9 ]+)", path):
        at = [int(one) for one in numbers.split()]
        found += [(found[-1][0], at[0])] if word == "V" else list(zip(at[::2], at[1::2], strict=True))
    return found


def test_pieces_taken_out_are_not_drawn_and_pieces_drawn_apart_stand_higher_the_sooner_they_go() -> None:
    plan = a_big_plan(4, 300)
    colours = class_colours(plan)
    whole = draw_stowage(plan, colours, only="M00")[0]
    count = sum(one.mission_id == "M00" for one in plan.stowage)
    after = draw_stowage(plan, colours, only="M00", seen=StowageSeen(turn=3, apart_fraction=1.0, taken_count=count - 2))[0]
    assert sorted(re.findall(r"unloaded as (\d+)", "".join(after.svgs)), key=int) == [str(count - 1), str(count)]
    assert "next" in "".join(after.svgs)
    assert "next" not in "".join(whole.svgs)
    lone = replace(plan, stowage=tuple(one for one in plan.stowage if one.mission_id == "M00"))
    apart = draw_stowage(lone, colours, seen=StowageSeen(apart_fraction=1.0))[0]
    lowest = {}
    for picture in (whole, apart):
        found = re.findall(r"unloaded as (\d+)</title><path d=\"([^\"]+)\"", "".join(picture.svgs))
        lowest[id(picture)] = {int(order): max(v for _, v in pixels_of(path)) for order, path in found}
    risen = [lowest[id(whole)][n] - lowest[id(apart)][n] for n in (1, count)]
    assert risen[0] > risen[1]


def test_every_placed_piece_is_drawn_once_with_its_place_in_the_unload_order() -> None:
    plan = a_big_plan(4, 300)
    pictures = draw_stowage(plan, class_colours(plan))
    assert [picture.mission_id for picture in pictures] == ["M00", "M01", "M02"]
    for picture in pictures:
        placed = [one for one in plan.stowage if one.mission_id == picture.mission_id]
        orders = sorted(int(found) for found in re.findall(r"unloaded as (\d+)", "".join(picture.svgs)))
        assert orders == sorted(one.unload_order for one in placed)


def test_a_cargo_sheet_lists_every_row_aboard_once_in_unload_order_with_its_bays() -> None:
    plan = a_big_plan(4, 300)
    sheets = cargo_sheets(plan)
    listed = [one.row.item_id for sheet in sheets.values() for one in (*sheet.up, *sheet.back)]
    assert sorted(listed) == sorted(row.item_id for row in plan.manifest if row.mission_id)
    for name, sheet in sheets.items():
        placed = [one for one in plan.stowage if one.mission_id == name]
        turns = [one.first_turn for one in sheet.up]
        assert turns == sorted(turns)
        assert {bay for one in sheet.up for bay in one.bays.split(", ") if bay} == {one.bay for one in placed}
        assert all(one.row.direction != "up" for one in sheet.back)


def test_a_line_in_two_bays_shows_both_and_its_turns_joined() -> None:
    plan = a_big_plan(4, 300)
    first = plan.stowage[0]
    others = tuple(replace(first, piece=n, bay="X", unload_order=9000 + n) for n in (2, 3))
    line = plan.scenario.lines[first.item_id]
    sheet = cargo_sheets(replace(plan, stowage=(first, *others)))[first.mission_id]
    row = next(one for one in sheet.up if one.row.item_id == line.item_id)
    assert (row.turns, row.bays) == (f"{first.unload_order}, 9002–9003", f"{first.bay}, X")


def test_each_class_has_letters_of_its_own() -> None:
    plan = a_big_plan(4, 300)
    classes = ("spares", "spirits", "sp", "s", "", "space", "spa", "séance", "spam", "spun", "speed")
    cargo = tuple(replace(line, supply_class=classes[n % len(classes)]) for n, line in enumerate(plan.scenario.cargo))
    colours = class_colours(replace(plan, scenario=replace(plan.scenario, cargo=cargo)))
    assert len({colour.letters for colour in colours}) == len(colours)
    assert {colour.look for colour in colours} <= {f"k{n}" for n in range(9)}


# stock


def test_a_stock_that_falls_below_reserve_is_named_with_its_days() -> None:
    plan = a_big_plan(3, 0)
    short = [svg for place in draw_stocks(plan) for svg in place.pictures if 'class="stock short"' in svg]
    assert len(short) == len(summarise(plan).stock_outs) > 0
    assert "days below reserve" in short[0]


def test_stock_of_the_year_adds_up_and_names_the_day_it_would_run_out_alone() -> None:
    rows = [(90.0, 0.0), (80.0, 0.0), (170.0, 100.0), (160.0, 0.0)]  # 10 kg a day, 100 kg on the third
    plan = a_big_plan(1, 0)
    place = plan.scenario.destinations[0].destination
    stock = Stock(destination=place, supply_class="food", on_hand_kg=100.0, reserve_kg=75.0, critical_kg=0.0)
    plan = replace(
        plan,
        scenario=replace(plan.scenario, stock=(stock,)),
        inventory=tuple(
            InventoryRow(
                destination=place,
                supply_class="food",
                day_utc=on_day(n),
                on_hand_kg=held,
                p05_kg=held,
                p95_kg=held,
                reserve_kg=75.0,
                inbound_kg=came,
            )
            for n, (held, came) in enumerate(rows)
        ),
    )
    (one,) = summarise(plan).stocks
    assert (one.opening_kg, one.delivered_kg, one.used_kg, one.closing_kg) == (100.0, 100.0, 40.0, 160.0)
    assert (one.tightest_kg, one.tightest_utc) == (80.0, on_day(1))
    assert one.alone_until_utc == on_day(2)
    assert one.cover_d == pytest.approx(8.5)  # 85 kg above reserve at 10 kg a day


def test_a_mission_that_docks_after_the_picture_ends_is_named_at_the_edge() -> None:
    plan = a_big_plan(2, 0)
    far = tuple(
        replace(one, start_utc=on_day(600), end_utc=on_day(700)) if one.kind == "dock" else one for one in plan.activities
    )
    assert f"M00 from {on_day(600):%Y-%m-%d} →" in draw_timeline(replace(plan, activities=far))


def test_customers_are_shown_by_their_full_name() -> None:
    plan = a_big_plan(2, 20)
    customers = (*plan.scenario.customers, Customer(customer="NEW", name="New & Sons", kind="company"))
    line = a_line(item_id="N1", customer="NEW")
    plan = replace(plan, scenario=replace(plan.scenario, customers=customers, cargo=(line,), missions=(a_mission(),)))
    assert "New &amp; Sons" in render(plan)


@pytest.mark.skipif(not os.environ.get("SUPERCARGO_BROWSER"), reason="SUPERCARGO_BROWSER names no Chromium to look with")
@pytest.mark.parametrize("width", [800, 1440])
def test_a_browser_draws_the_page_without_scrolling_it_sideways(tmp_path: Path, width: int) -> None:
    browser = shutil.which(os.environ["SUPERCARGO_BROWSER"])
    assert browser, "SUPERCARGO_BROWSER must name a Chromium that can be run"
    probe = "<script>document.title=document.documentElement.scrollWidth+' '+innerWidth</script></body>"
    page = tmp_path / "report.html"
    page.write_text(render(a_big_plan(8, 200)).replace("</body>", probe), encoding="utf-8")
    asked = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--dump-dom"]
    asked += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    asked += [f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},900", page.as_uri()]
    dom = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True).stdout
    found = re.search(r"<title>(\d+) (\d+)</title>", dom)
    assert found
    assert int(found[1]) <= int(found[2])


def test_the_summary_in_words_names_missed_targets_and_the_stock_nearest_to_its_reserve() -> None:
    plan = a_big_plan(8, 200)
    plan = replace(plan, kpis=measure_kpis(plan))
    summary = summarise(plan)
    told = "\n".join(summary_lines(summary, plan, Path("report.html")))
    missed = [one for one in plan.kpis if one.met is False]
    assert f"{len(missed)} missed" in told
    assert all(f"{one.kpi_id} {one.name} missed: " in told for one in missed)
    kept = "\n".join(summary_lines(replace(summary, stock_outs=()), plan, Path("report.html")))
    assert re.search(r"nearest to it: .+ at .+, -?[\d,]+ kg against a reserve of [\d,]+ kg on 20\d\d-\d\d-\d\d", kept)


def test_a_horizon_that_is_no_calendar_year_is_called_by_its_dates() -> None:
    plan = a_big_plan(3, 30)
    head = plan.scenario.settings
    end_utc = head.start_utc + timedelta(days=1095)
    longer = replace(plan, scenario=replace(plan.scenario, settings=replace(head, end_utc=end_utc)))
    words = re.compile(r"plan of the year|The year|the year|within the year")
    page = render_report(longer, summarise(longer))
    assert f"plan of {head.start_utc:%Y-%m-%d} to {end_utc:%Y-%m-%d}" in page
    assert words.findall(page) == []
    assert "plan of the year" in render_report(plan, summarise(plan))


def test_a_spacecraft_at_a_surface_has_landed_not_docked() -> None:
    plan = a_big_plan(3, 30)
    places = tuple(replace(place, kind="surface") for place in plan.scenario.destinations)
    ground = replace(plan, scenario=replace(plan.scenario, destinations=places))
    assert " landed at " in draw_timeline(ground)
    assert " docked at " not in draw_timeline(ground)
    assert "Docked or landed" in render_report(ground, summarise(ground))
    assert " docked at " in draw_timeline(plan)
