"""The administrator's page, the auditor's, and compliance: who may, what is refused, what is told once."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from supercargo.app.board.compliance import Reviewer
from supercargo.app.board.shelf import KeptPlan
from supercargo.app.operations.desk import Desk
from tests.test_board import SCRIPT, client_of, desk
from tests.test_board_figures import counted

__all__ = ["desk"]  # the store of the pages' tests

NEW = {"command": "0123456789abcdef", "name": "newbie", "password": "a word of twenty chars", "roles": ["viewer"]}


def test_a_person_is_let_in_once_though_the_form_is_sent_twice(desk: Desk) -> None:
    client = client_of(desk, "ada")
    assert client.post("/admin/people", data=NEW).status_code == 303
    again = client.post("/admin/people", data=NEW)
    assert again.status_code == 200
    assert "newbie has an account" in again.text
    assert [one.name for one in desk.accounts.people()].count("newbie") == 1
    assert client_of(desk, "newbie").get("/missions").status_code == 200


def test_a_person_who_is_shut_out_is_out_at_once_and_nobody_shuts_itself_out(desk: Desk) -> None:
    client = client_of(desk, "ada")
    client.post("/admin/people", data={**NEW, "name": "gone", "command": "1" * 16})
    theirs = client_of(desk, "gone")
    assert theirs.get("/missions").status_code == 200
    assert client.post("/admin/people/gone/enabled", data={"enabled": "no"}).status_code == 303
    assert theirs.get("/missions").status_code == 303
    told = client.post("/admin/people/ada/enabled", data={"enabled": "no"})
    assert "nobody shuts itself out" in told.text


def test_a_key_is_shown_once_and_opens_what_it_says(desk: Desk) -> None:
    client = client_of(desk, "ada")
    told = client.post("/admin/people/cora/keys", data={"scopes": ["read"], "days": "1"})
    secret = re.search(r"sck_[A-Za-z0-9_-]+", told.text)
    assert secret is not None
    assert secret[0] not in client.get("/admin").text
    machine = client_of(desk, "")
    assert machine.get("/v1/me", headers={"Authorization": f"Bearer {secret[0]}"}).json()["scopes"] == ["read"]


def test_faults_of_a_form_are_told_on_the_page_and_nothing_is_done(desk: Desk) -> None:
    client, before = client_of(desk, "ada"), desk.store.head().position
    wrongs: tuple[dict[str, object], ...] = (
        {"roles": []},
        {"password": "short"},
        {"name": ""},
        {"roles": ["king"]},
        {"roles": ["customer"]},
    )
    for wrong in wrongs:
        answer = client.post("/admin/people", data={**NEW, "name": "wrong", "command": "2" * 16, **wrong})
        assert answer.status_code == 200
        assert 'role="alert"' in answer.text, wrong
    assert client.post("/admin/people/cora/keys", data={"scopes": ["admin"], "days": "1"}).text.count('role="alert"') == 1
    assert desk.store.head().position == before


def test_only_the_administrator_sees_accounts_and_only_auditors_the_log(desk: Desk) -> None:
    for name, admin, audit in (("ada", 200, 200), ("ann", 403, 200), ("cora", 403, 403), ("esa", 403, 403)):
        client = client_of(desk, name)
        assert client.get("/admin").status_code == admin, name
        assert client.get("/audit").status_code == audit, name


def test_the_log_is_shown_by_pages_and_every_event_with_its_hash(desk: Desk) -> None:
    client = client_of(desk, "ann")
    last = desk.store.head()
    text = client.get("/audit").text
    assert last.hash in text
    assert f'href="/audit/{last.position}"' in text
    event = client.get(f"/audit/{last.position}").text
    assert last.hash in event
    assert client.get(f"/audit/{last.position + 1}").status_code == 404
    assert "in an unbroken chain" in client.get("/audit?verify=true").text
    hostile = desk.store.stream("cargo/HOSTILE")[0].position
    assert SCRIPT not in client.get(f"/audit/{hostile}").text


def test_compliance_counts_agree_with_its_rows(desk: Desk) -> None:
    client = client_of(desk, "dora")
    text = counted(client, "/compliance", until=" met</b>")
    told = {name: int(count) for name, count in re.findall(r">(\w+)</a><b>(\d+) met</b>", text)}
    assert set(told) == {"cots", "iso28000", "scor", "station"}
    for name, count in told.items():
        page = client.get("/compliance", params={"framework": name, "state": "met"}).text
        assert page.count('<th scope="row"') == count, name


def test_the_first_look_at_compliance_says_that_it_is_counted_and_does_not_wait_for_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, whole = threading.Event(), Reviewer.review

    def slow(self: Reviewer, kept: KeptPlan | None, as_of_utc: datetime) -> Any:
        assert gate.wait(20.0)
        return whole(self, kept, as_of_utc)

    monkeypatch.setattr(Reviewer, "review", slow)
    client = client_of(replace(desk, reviewer=Reviewer(desk.store)), "dora")
    began = time.monotonic()
    text = client.get("/compliance").text
    took_s = time.monotonic() - began
    gate.set()
    assert took_s < 5.0
    assert "being looked through" in text
    assert 'http-equiv="refresh"' in text
    assert " met</b>" not in text
    text = counted(client, "/compliance", until=" met</b>")
    assert 'http-equiv="refresh"' not in text


def test_a_place_without_an_orbit_says_so_and_one_that_is_not_known_is_not_found(desk: Desk) -> None:
    client = client_of(desk, "dora")
    assert "Two revolutions from" in client.get("/orbit?place=Starlab").text
    assert client.get("/orbit?place=Nowhere").status_code == 404
