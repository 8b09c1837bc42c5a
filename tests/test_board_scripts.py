"""A script in every text field of every form, then every page, table, answer and event: it stands there as words."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2 as httpx
import openpyxl
import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Dialog

from supercargo.app.operations.desk import Desk
from supercargo.app.operations.recording import record_party
from supercargo.faces.api.application import create_app
from supercargo.faces.board.frame import PLACES
from supercargo.store.accounts import Person
from supercargo.track.acts import Act
from supercargo.track.parties.deciding import AskSurvey
from supercargo.track.people import ROLE_SCOPES
from tests.browsers import chromium, served, signed_in
from tests.intake_files import ORDER, csv_of
from tests.page_forms import FormSeen, PageSeen, crawled, page_seen
from tests.test_board import NOW, WORD, client_of, desk

__all__ = ["desk"]  # the store of the pages' tests

PLANTED = "x-planted"
HOSTILE = (
    f"\"'><{PLANTED} onload=alert(7) onerror=alert(7)>{{{{7*7}}}}",  # in names, which take no slash
    f"</textarea></title></script><script>alert(7)</script><{PLANTED}/onclick=alert(7)><svg/onload=alert(7)>javascript:1",
)
STARTS = (
    *(place.path for place in PLACES), "/customer?name=UNI-LAKE", "/intake/orders", "/login", "/missions/TN-01",
    "/cargo/HOSTILE", "/year?mission=TN-02&days=9", "/missions/TN-01/stowage",
)  # fmt: skip
QUERIES = ("q", "mission", "place", "inside", "after", "name", "by", "class", "framework", "state", "start", "xlsx", "flight",
           "refused", "done", "next")  # fmt: skip
LEFT_ALONE = ("/logout", "/look", "/login")


@dataclass
class World:
    """A store that somebody with every role has filled with scripts; which forms took them, and which refused."""

    desk: Desk
    client: TestClient
    taken: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    answers: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def world(desk: Desk) -> World:
    """Every form that pages show, sent twice over with a script in every field of text and all else as it should be."""
    roles = tuple(role for role in ROLE_SCOPES if role != "customer")
    desk.accounts.add(Person(name="omni", roles=roles, customer="", enabled=True, created_utc=NOW), WORD)
    asked = Act(command_id="ask-survey", by="cora", at_utc=NOW - timedelta(hours=1))
    record_party(desk.store, "UNI-LAKE", AskSurvey(survey=f"<{PLANTED}>"), asked)
    world = World(desk, client_of(desk, "omni"))
    rows = csv_of([ORDER, ["S1X", "UNI-LAKE", f"<{PLANTED}>", "1", "1", "1"]])
    for round_, words in enumerate(HOSTILE):
        waits = world.client.post("/intake/orders", files={"file": ("o.csv", rows)}).headers["location"]
        done: set[tuple[str, ...]] = set()
        for _, _, seen in list(crawled(world.client, (*STARTS, waits), each=2, most=60)):
            for form in seen.forms:
                if form.texts and form.key not in done and form.action.partition("?")[0] not in LEFT_ALONE:
                    done.add(form.key)
                    _send_all(world, form, f"{words}{round_}")
    return world


def _send_all(world: World, form: FormSeen, words: str) -> None:
    """Every button, with the words in all fields, and where that is refused in each alone, the others as they should be."""
    for at, button in enumerate(form.buttons or [("", "")]):
        if not _send(world, form, button, dict.fromkeys(form.texts, f"{words}{at}"), f"{at}"):
            for number, one in enumerate(form.texts):
                plain = {name: "a word" if name in form.needed else "" for name in form.texts}
                _send(world, form, button, {**plain, one: f"{words}{at}{number}"}, f"{at}{number}")


def _send(world: World, form: FormSeen, button: tuple[str, str], words: dict[str, str], mark: str) -> bool:
    """Send a form; True if it was taken."""
    said = {**form.held, **dict.fromkeys(form.numbers, "1"), **dict.fromkeys(form.instants, ""), **form.ticks}
    said |= {name: WORD if "password" in name else word for name, word in words.items()}
    said |= {name: drawn + mark for name, drawn in form.held.items() if name in ("key", "command") and drawn}
    said[button[0]] = button[1]
    answer = world.client.post(form.action.partition("#")[0], data={name: word for name, word in said.items() if name})
    assert answer.status_code < 500, (form.action, answer.text[:300])
    where = f"{form.action} {button[1]}"
    taken = answer.status_code == 303 and "refused=" not in answer.headers["location"]
    (world.taken if taken else world.refused).add(where)
    world.answers.append((where, answer.text))
    return taken


def faults_of(seen: PageSeen) -> list[str]:
    """What a browser would run of a page, or would take for an element that somebody planted."""
    ours = [said.get("src", "").startswith("/static/") for tag, said in seen.elements if tag == "script"]
    found = [f"<{PLANTED}>" for tag, _ in seen.elements if tag == PLANTED] + ["<script>" for one in ours if not one]
    found += [f"{tag} {name}" for tag, said in seen.elements for name in said if name.startswith("on") or name == "style"]
    found += [
        f"{tag} {name}={said[name]}"
        for tag, said in seen.elements
        for name in ("href", "src", "action", "formaction", "xlink:href")
        if name in said and not said[name].startswith(("/", "#", "?"))
    ]
    return found


def test_forms_of_many_kinds_took_the_words(world: World) -> None:
    kinds = {where.partition("/")[2].partition("/")[0].partition(" ")[0].partition("#")[0] for where in world.taken}
    assert {"quality", "conflicts", "missions", "customer", "admin", "intake"} <= kinds, sorted(world.refused)
    assert len(world.taken) >= 15
    told = [event for event in world.desk.store.since(0, limit=10_000) if PLANTED in json.dumps(dict(event.body))]
    assert len(told) >= 15


def test_what_a_form_was_answered_holds_the_words_as_words(world: World) -> None:
    wrong = {where: found for where, text in world.answers if (found := faults_of(page_seen(text)))}
    assert wrong == {}


def test_every_page_holds_the_words_as_words_in_text_attributes_and_pictures(world: World) -> None:
    shown, wrong = set(), {}
    for path, text, seen in crawled(world.client, STARTS, each=3, most=110):
        if found := faults_of(seen):
            wrong[path] = found
        if PLANTED in "".join(seen.words) or any(PLANTED in word for _, said in seen.elements for word in said.values()):
            shown.add(path.partition("?")[0])
        assert f"<{PLANTED}" not in text, path
    assert wrong == {}
    assert {"/quality", "/conflicts", "/admin", "/audit", "/missions/TN-01", "/customer"} <= shown, shown


def test_words_in_the_address_stay_words_on_every_page(world: World) -> None:
    for place in PLACES:
        for words in (dict.fromkeys(QUERIES, HOSTILE[1]), *({name: HOSTILE[1]} for name in QUERIES[:4])):
            answer = world.client.get(place.path, params=words)
            assert answer.status_code < 500, (place.path, words)
            assert faults_of(page_seen(answer.text)) == [], (place.path, words)


def test_tables_taken_out_hold_the_words_as_text_that_computes_nothing(world: World) -> None:
    books, told = 0, 0
    for path, _, seen in crawled(world.client, STARTS, each=1, most=40):
        for link in {link for link in seen.links if "xlsx=" in link}:
            answer = world.client.get(link)
            assert answer.content[:2] == b"PK", (path, link)
            for sheet in openpyxl.load_workbook(io.BytesIO(answer.content)):
                for row in sheet.iter_rows():
                    for cell in row:
                        assert cell.data_type != "f", (link, cell.value)
                        assert cell.hyperlink is None
                        told += PLANTED in str(cell.value)
            books += 1
    assert books >= 10
    assert told >= 10


def test_answers_of_the_api_are_json_that_no_browser_takes_for_a_page(world: World) -> None:
    paths = ("/v1/events?after=0&limit=500", "/v1/things", "/v1/me", "/v1/missions", "/v1/conflicts", "/v1/non-conformances")
    told = 0
    for path in paths:
        answer = world.client.get(path)
        if answer.status_code == 404:
            continue
        assert answer.headers["content-type"].split(";")[0] in ("application/json", "application/problem+json"), path
        assert answer.headers["x-content-type-options"] == "nosniff"
        told += json.dumps(answer.json()).count(PLANTED)
    assert told >= 15


def test_a_file_its_name_and_its_cells_stay_words_too(world: World) -> None:
    name = f"<{PLANTED} onload=alert(7)>.csv"
    head = [f"<{PLANTED}>" + column for column in ORDER]
    for content in (csv_of([head, ["x"] * 6]), csv_of([ORDER, [f"<{PLANTED}>"] * 6])):
        answer = world.client.post("/intake/orders", files={"file": (name, content)})
        page = world.client.get(answer.headers["location"]).text if answer.status_code == 303 else answer.text
        assert PLANTED in page
        assert faults_of(page_seen(page)) == []


@pytest.fixture(scope="module")
def url(world: World) -> Iterator[str]:
    with served(create_app(world.desk, lambda: NOW)) as url:
        yield url


def test_events_as_they_come_are_lines_of_json_whatever_stands_in_them(world: World, url: str) -> None:
    key = world.desk.accounts.issue_key("omni", ["read", "audit"], expires_utc=NOW + timedelta(days=1))
    told, head = 0, world.desk.store.head().position
    headers = {"Authorization": f"Bearer {key.secret}"}
    with httpx.stream("GET", f"{url}/v1/events/live?after=0", headers=headers, timeout=10.0) as answer:
        for line in answer.iter_lines():
            assert not line or line.startswith(("id: ", "event: ", "data: ", ":")), line[:200]
            if line.startswith("data: "):
                event = json.loads(line[6:])
                told += PLANTED in line
                if event["position"] >= head - 5:
                    break
    assert told >= 15


def test_a_browser_runs_none_of_it(world: World, url: str) -> None:
    with ExitStack() as stack:
        page = signed_in(stack.enter_context(chromium()), url, "omni", WORD)
        alarms: list[str] = []

        def heard(dialog: Dialog) -> None:
            alarms.append(f"{page.url}: {dialog.message}")
            dialog.dismiss()

        page.on("dialog", heard)
        page.on("console", lambda line: alarms.append(f"{page.url}: {line.text}") if line.type == "error" else None)
        page.on("pageerror", lambda error: alarms.append(f"{page.url}: {error}"))
        paths = [path for path, _, _ in crawled(world.client, STARTS, each=2, most=45) if not path.startswith("/login")]
        for path in paths:
            page.goto(url + path)
            assert page.locator(PLANTED).count() == 0, path
        page.wait_for_timeout(300)
        assert [line for line in alarms if "404" not in line and "403" not in line] == []
        assert len(paths) >= 25
        assert page.outside == []  # type: ignore[attr-defined]
