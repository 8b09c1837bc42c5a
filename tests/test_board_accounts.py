"""Accounts on the pages: one's own password and sessions; roles, resets and closing by an administrator; who is not let in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import argon2
import pytest
import sqlalchemy as sql
from fastapi.testclient import TestClient

from supercargo.app.operations.cargo import record_cargo
from supercargo.app.operations.desk import Desk, open_desk
from supercargo.app.operations.people import ONCE_H, SESSION_H
from supercargo.faces.api.application import create_app
from supercargo.faces.board.frame import PLACES
from supercargo.kernel import ScenarioError
from supercargo.store import accounts
from supercargo.store.accounts import METADATA, Person
from supercargo.store.log.migrate import downgrade
from supercargo.track.cargo.steps import Order
from supercargo.track.people import PEOPLE_EVENTS
from tests.cli_runner import run

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
OLD, NEW = "a word of twenty chars", "another word, long enough"
COOKIE = "supercargo_session"
ROLES = {"ada": ("admin",), "kim": ("controller",), "vic": ("viewer",)}


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed as ever, by less work: these tests log in a hundred times."""
    quick = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_HASHER", quick)
    monkeypatch.setattr(accounts, "_NOBODY", quick.hash("nobody's"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    with open_desk(str(tmp_path / "log.sqlite"), clock) as desk:
        for name, roles in ROLES.items():
            desk.accounts.add(Person(name=name, roles=roles, customer="", enabled=True, created_utc=NOW), OLD)
        order = Order(
            command_id="o-1", thing="cargo/OWN", at_utc=NOW - timedelta(days=1), by="kim", customer="pla", supplier="Lowland",
            order_no="1", pieces=1.0, mass_kg=1.0,
        )  # fmt: skip
        record_cargo([order], desk.store)
        yield desk


@pytest.fixture
def door(desk: Desk, clock: Clock) -> Any:
    """Opens a browser of its own for somebody: one server, so one count of wrong passwords."""
    app = create_app(desk, clock)

    def opened(name: str = "", word: str = OLD) -> TestClient:
        client = TestClient(app, headers={"Origin": "http://testserver"}, follow_redirects=False)
        if name:
            assert client.post("/login", data={"name": name, "password": word}).status_code == 303
        return client

    return opened


def changed(client: TestClient, old: str = OLD, new: str = NEW, again: str | None = None) -> Any:
    return client.post("/account/password", data={"old": old, "new": new, "again": new if again is None else again})


def inside(client: TestClient) -> bool:
    return client.get("/missions").status_code == 200


def kinds(desk: Desk, name: str) -> list[str]:
    return [event.kind for event in desk.store.stream(f"person/{name}")]


def reset(client: TestClient, name: str, command: str = "c" * 16) -> str:
    told = client.post(f"/admin/people/{name}/password", data={"command": command})
    found = re.search(r"<code>([^<]+)</code>", told.text)
    assert found is not None, told.text[:2000]
    return found[1]


def test_a_changed_password_opens_and_the_old_one_does_not(desk: Desk, door: Any) -> None:
    client = door("kim")
    assert changed(client).headers["location"] == "/account?changed=yes"
    assert inside(client)
    assert door().post("/login", data={"name": "kim", "password": OLD}).status_code == 401
    assert inside(door("kim", NEW))
    assert kinds(desk, "kim") == ["PasswordChanged"]


def test_after_a_change_of_password_neither_another_session_nor_a_copy_of_this_one_opens(door: Any) -> None:
    client, other = door("kim"), door("kim")
    stolen = client.cookies[COOKIE]
    changed(client)
    assert client.cookies[COOKIE] != stolen
    thief = door()
    thief.cookies.set(COOKIE, stolen)
    assert not inside(thief)
    assert thief.get("/account").headers["location"].startswith("/login")
    assert changed(thief, NEW, "a third word, long enough").status_code == 401
    assert not inside(other)


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("not it, not it", NEW, NEW, "the old password does not fit"),
        (OLD, NEW, NEW + "x", "not the same twice"),
        (OLD, "wee pass", "wee pass", "12 to 256"),
        (OLD, OLD, OLD, "the new password is the old one"),
        ("", "", "", "12 to 256"),
        (OLD, "kimkimKIMkim", "kimkimKIMkim", "is the name with little beside it"),
        (OLD, "kim-kim-kim-2027", "kim-kim-kim-2027", "is the name with little beside it"),
        (OLD, "abcabcabcabcab", "abcabcabcabcab", "is one piece repeated"),
        (OLD, "zzzzzzzzzzzzz", "zzzzzzzzzzzzz", "is one piece repeated"),
        (OLD, "1234567890123", "1234567890123", "is a run of signs"),
        (OLD, "lkjihgfedcba", "lkjihgfedcba", "is a run of signs"),
    ],
)
def test_a_change_out_of_form_changes_nothing_and_shows_no_password(
    desk: Desk, door: Any, old: str, new: str, again: str, words: str
) -> None:
    client, before = door("kim"), desk.store.head()
    told = changed(client, old, new, again)
    assert told.status_code == 422
    assert words in told.text
    assert not any(word in told.text for word in (old, new) if word)
    assert inside(client)
    assert inside(door("kim"))
    assert desk.store.head() == before


@pytest.mark.parametrize("new", ["kim likes oranges", "abcabcabcabd", "1234567890124", "skimming stones"])
def test_a_password_that_holds_the_name_or_a_run_and_enough_beside_it_is_taken(door: Any, new: str) -> None:
    client = door("kim")
    text = client.get("/account").text
    assert text.index('id="new"') < text.index("not your name with little beside it") < text.index('id="again"')
    assert changed(client, OLD, new, new).status_code == 303


def test_who_holds_a_session_guesses_the_old_password_no_more_often_than_at_the_door(door: Any, clock: Clock) -> None:
    client = door("kim")
    assert [changed(client, f"guess number {n}").status_code for n in range(6)] == [422] * 5 + [429]
    assert changed(client).status_code == 429
    assert door().post("/login", data={"name": "KIM", "password": OLD}).status_code == 429
    clock.at += timedelta(seconds=61)
    assert changed(client).status_code == 303


def test_wrong_passwords_are_counted_under_a_name_however_its_case(door: Any, clock: Clock) -> None:
    told = [
        door().post("/login", data={"name": name, "password": "no"}) for name in ("kim", "KIM", "Kim", "kIm", "kiM", "KIm")
    ]
    assert [one.status_code for one in told] == [401] * 5 + [429]
    assert inside(door("vic"))
    clock.at += timedelta(seconds=61)
    assert inside(door("Kim"))


def test_a_session_ends_when_its_hours_are_over_wherever_it_is_used(door: Any, clock: Clock) -> None:
    client = door("kim")
    clock.at = NOW + timedelta(hours=SESSION_H) - timedelta(seconds=1)
    assert inside(client)
    clock.at = NOW + timedelta(hours=SESSION_H)
    for path in (*(place.path for place in PLACES), "/account"):
        assert client.get(path).headers.get("location", "").startswith("/login"), path
    assert client.get("/v1/me").status_code == 401


def test_ones_sessions_are_listed_and_each_can_be_ended_but_no_other_persons(door: Any) -> None:
    here, there, vics = door("kim"), door("kim"), door("vic")
    text = here.get("/account").text
    found = re.findall(r'name="session" value="([0-9a-f]+)"', text)
    assert len(found) == 2
    assert text.count("<b>here</b>") == 1
    assert here.cookies[COOKIE] not in text
    for name in found:
        assert vics.post("/account/sessions", data={"session": name}).status_code == 422
    for wrong in ("", "%", "_" * 16, found[0][:8]):
        assert here.post("/account/sessions", data={"session": wrong}).status_code == 422
    assert inside(here)
    assert inside(there)
    other = next(name for name in found if f'value="{name}"' not in text.split("<b>here</b>")[0].rpartition("<li>")[2])
    assert here.post("/account/sessions", data={"session": other}).status_code == 303
    assert inside(here)
    assert not inside(there)


def test_a_reset_ends_the_sessions_and_its_password_opens_the_way_to_a_new_one_alone(desk: Desk, door: Any) -> None:
    kim, ada = door("kim"), door("ada")
    word = reset(ada, "kim")
    assert not inside(kim)
    assert door().post("/login", data={"name": "kim", "password": OLD}).status_code == 401
    kim = door("kim", word)
    for path in ("/", "/missions", "/cargo", "/customers"):
        assert kim.get(path).headers.get("location") == "/account", path
    assert kim.get("/v1/me").status_code == 403
    assert kim.get("/v1/events").json()["where"] == "/account"
    assert kim.post("/missions/X", data={"key": "k" * 12}).status_code == 403
    page = kim.get("/account").text
    assert "made by an administrator" in page
    assert 'aria-label="Pages"><ul>\n</ul>' in page
    assert changed(kim, word, NEW).status_code == 303
    assert inside(kim)
    assert inside(door("kim", NEW))
    assert door().post("/login", data={"name": "kim", "password": word}).status_code == 401
    assert kinds(desk, "kim") == ["PasswordReset", "PasswordChanged"]


def test_a_one_time_password_is_shown_once_and_opens_nothing_after_its_end(door: Any, clock: Clock) -> None:
    ada = door("ada")
    word = reset(ada, "kim")
    assert word not in ada.get("/admin").text
    again = ada.post("/admin/people/kim/password", data={"command": "c" * 16})
    assert "this was done already" in again.text
    assert "<code>" not in again.text.replace("<code>supercargo", "")
    clock.at = NOW + timedelta(hours=ONCE_H)
    assert door().post("/login", data={"name": "kim", "password": word}).status_code == 401


def test_an_administrator_changes_its_own_password_by_the_old_one_alone(door: Any) -> None:
    ada = door("ada")
    told = ada.post("/admin/people/ada/password", data={"command": "c" * 16})
    assert "change it on your own page" in told.text
    assert inside(door("ada"))


def test_roles_that_are_taken_away_open_nothing_any_more_by_session_or_key(desk: Desk, door: Any) -> None:
    ada, kim = door("ada"), door("kim")
    key = desk.accounts.issue_key("kim", ["read", "cargo"], expires_utc=NOW + timedelta(days=1)).secret
    bearer = {"Authorization": f"Bearer {key}"}
    assert "cargo" in door().get("/v1/me", headers=bearer).json()["scopes"]
    assert ada.post("/admin/people/kim/roles", data={"roles": ["viewer"]}).status_code == 303
    assert kim.get("/v1/me").json()["scopes"] == ["read"]
    assert door().get("/v1/me", headers=bearer).json()["scopes"] == ["read"]
    assert desk.store.stream("person/kim")[-1].body == {"roles": ["viewer"], "customer": ""}
    for wrong, words in ((["king"], "no role is called king"), ([], "has no role"), (["viewer"], "has these roles already")):
        told = ada.post("/admin/people/kim/roles", data={"roles": wrong})
        assert words in told.text
    assert kinds(desk, "kim") == ["RolesSet"]


def test_the_last_administrator_can_neither_go_nor_step_down_and_one_of_two_can(desk: Desk, door: Any) -> None:
    ada = door("ada")
    assert "the last administrator" in ada.post("/admin/people/ada/roles", data={"roles": ["viewer"]}).text
    assert "nobody shuts itself out" in ada.post("/admin/people/ada/enabled", data={"enabled": "no"}).text
    assert ada.post("/admin/people/kim/roles", data={"roles": ["admin"]}).status_code == 303
    kim = door("kim")
    assert ada.post("/admin/people/ada/roles", data={"roles": ["viewer"]}).status_code == 303
    assert ada.get("/admin").status_code == 403
    assert kim.post("/admin/people/vic/enabled", data={"enabled": "no"}).status_code == 303
    with pytest.raises(Exception, match="the last administrator"):
        desk.accounts.set_enabled("kim", enabled=False)


def test_a_closed_account_is_out_at_once_and_reopened_needs_a_new_log_in(desk: Desk, door: Any) -> None:
    ada, kim = door("ada"), door("kim")
    ada.post("/admin/people/kim/enabled", data={"enabled": "no"})
    assert not inside(kim)
    assert door().post("/login", data={"name": "kim", "password": OLD}).status_code == 401
    ada.post("/admin/people/kim/enabled", data={"enabled": "yes"})
    assert not inside(kim)
    assert inside(door("kim"))
    assert kinds(desk, "kim") == ["PersonShutOut", "PersonLetIn"]


def test_names_that_differ_in_case_alone_are_one(desk: Desk, door: Any) -> None:
    told = door("ada").post("/admin/people", data={"name": "KIM", "password": NEW, "roles": ["viewer"]})
    assert "kim has an account" in told.text
    assert len(desk.accounts.people()) == len(ROLES)
    assert door("KIM").get("/v1/me").json()["name"] == "kim"


@pytest.mark.parametrize(
    ("customer", "new", "words"),
    [
        ("PLA", "", "write pla"),
        ("PLA", "yes", "write pla"),
        ("ACME", "", "use one of: pla; or say that the customer is new"),
        ("ACME", "no", "use one of: pla"),
    ],
)
def test_a_customer_that_is_not_on_record_or_is_written_otherwise_is_asked_about(
    desk: Desk, door: Any, customer: str, new: str, words: str
) -> None:
    ada, said = door("ada"), {"name": "cus", "password": NEW, "roles": ["customer"], "customer": customer, "new_customer": new}
    assert words in ada.post("/admin/people", data=said).text
    assert words in ada.post("/admin/people/vic/roles", data={**said, "command": ""}).text
    body = {**said, "new_customer": new == "yes"}
    assert ada.post("/v1/people", json=body).status_code == 422
    assert len(desk.accounts.people()) == len(ROLES)


def test_a_customer_on_record_or_said_to_be_new_is_let_in(desk: Desk, door: Any) -> None:
    ada = door("ada")
    for name, customer, new in (("one", "pla", ""), ("two", "ACME", "yes"), ("three", "ACME", "")):
        said = {"name": name, "password": NEW, "roles": ["customer"], "customer": customer, "new_customer": new}
        assert ada.post("/admin/people", data=said).status_code == 303, name
    assert {one.customer for one in desk.accounts.people()} == {"", "pla", "ACME"}


def test_a_person_without_a_password_gets_one_that_opens_once(desk: Desk, door: Any) -> None:
    told = door("ada").post("/admin/people", data={"name": "newbie", "password": "", "roles": ["viewer"]})
    found = re.search(r"<code>([^<]+)</code>", told.text)
    assert found is not None
    newbie = door("newbie", found[1])
    assert newbie.get("/missions").headers["location"] == "/account"
    assert changed(newbie, found[1], NEW).status_code == 303
    assert inside(newbie)


def test_the_same_is_done_through_the_api(desk: Desk, door: Any) -> None:
    ada = door("ada")
    assert ada.put("/v1/people/kim/roles", json={"roles": ["viewer"]}).status_code == 204
    made = ada.post("/v1/people/kim/password", headers={"Idempotency-Key": "r1"})
    assert made.status_code == 201
    assert ada.post("/v1/people/kim/password", headers={"Idempotency-Key": "r1"}).status_code == 409
    kim = door("kim", made.json()["password"])
    assert kim.get("/v1/me").status_code == 403
    assert kim.put("/v1/me/password", json={"old": made.json()["password"], "new": NEW}).status_code == 204
    assert kim.get("/v1/me").json()["scopes"] == ["read"]
    assert kinds(desk, "kim") == ["RolesSet", "PasswordReset", "PasswordChanged"]


def test_no_password_and_no_token_stands_in_the_log_or_the_store(desk: Desk, door: Any, tmp_path: Path) -> None:
    ada, kim = door("ada"), door("kim")
    token = kim.cookies[COOKIE]
    changed(kim)
    word = reset(ada, "kim")
    assert set(kinds(desk, "kim")) <= set(PEOPLE_EVENTS)
    kept = b"".join(file.read_bytes() for file in sorted(tmp_path.rglob("*")) if file.is_file())
    assert b"argon2id" in kept
    for secret in (OLD, NEW, word, token, kim.cookies[COOKIE]):
        assert secret.encode() not in kept
    assert {table.name for table in METADATA.sorted_tables} == {"account_person", "account_key", "account_session"}


def test_who_holds_the_machine_lets_a_locked_out_administrator_in_again_while_the_server_runs(
    desk: Desk, door: Any, tmp_path: Path
) -> None:
    ada = door("ada")
    told = run("password", "ada", "--store", str(tmp_path / "log.sqlite"), "--by", "Kim Doe", "--json")
    assert told.code == 0, told.err
    word = json.loads(told.out)["password"]
    assert ada.get("/admin").status_code == 303
    assert door().post("/login", data={"name": "ada", "password": OLD}).status_code == 401
    last = desk.store.stream("person/ada")[-1]
    assert (last.kind, last.by, word in str(last.body)) == ("PasswordReset", "Kim Doe", False)


def test_the_machine_tells_which_accounts_there_are_and_makes_the_first_of_a_store(desk: Desk, tmp_path: Path) -> None:
    before = desk.store.head()
    told = run("password", "nobody", "--store", str(tmp_path / "log.sqlite"), "--by", "Kim Doe")
    assert told.code == 2
    assert "use one of: ada (admin), kim (controller), vic (viewer)" in told.err
    assert desk.store.head() == before
    new = tmp_path / "new.sqlite"
    assert "one-time password of root: " in run("password", "root", "--store", str(new), "--by", "Kim Doe").out
    with open_desk(str(new), lambda: NOW) as other:
        assert [(one.name, one.roles) for one in other.accounts.people()] == [("root", ("admin",))]


def test_a_store_of_the_form_before_one_time_passwords_is_opened_with_its_accounts(tmp_path: Path) -> None:
    place = tmp_path / "old.sqlite"
    with open_desk(str(place), lambda: NOW) as desk:
        desk.accounts.add(Person(name="kim", roles=("admin",), customer="", enabled=True, created_utc=NOW), OLD)
    engine = sql.create_engine(f"sqlite:///{place}")
    with engine.begin() as connection:
        downgrade(connection, "0002")
        assert "once_until_utc" not in {one["name"] for one in sql.inspect(connection).get_columns("account_person")}
    engine.dispose()
    with open_desk(str(place), lambda: NOW) as desk:
        assert desk.accounts.log_in("kim", OLD, NOW)
        assert [one.once_until_utc for one in desk.accounts.people()] == [None]


def test_a_name_that_looks_like_another_in_a_second_script_is_not_let_in(desk: Desk) -> None:
    for name in ("\u0430dmin", "k\u0456m"):  # Cyrillic letters among Latin ones
        with pytest.raises(ScenarioError, match="mixes scripts"):
            desk.accounts.add(
                Person(name=name, roles=("viewer",), customer="", enabled=True, created_utc=NOW), "a word of twenty chars"
            )
    desk.accounts.add(
        Person(name="\u0430\u0434\u0430 2", roles=("viewer",), customer="", enabled=True, created_utc=NOW),
        "a word of twenty chars",
    )
