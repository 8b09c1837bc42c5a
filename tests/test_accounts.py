"""Accounts: who gets in, with what, until when; and what is never stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sql

from supercargo.kernel import Refused, ScenarioError
from supercargo.store.accounts import METADATA, Accounts, Person

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
WORD = "a word of twenty chars"


@pytest.fixture
def engine() -> Iterator[sql.Engine]:
    engine = sql.create_engine("sqlite://", poolclass=sql.pool.StaticPool, connect_args={"check_same_thread": False})
    METADATA.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def accounts(engine: sql.Engine) -> Accounts:
    return Accounts(engine, engine)


def a_person(name: str = "kim", roles: tuple[str, ...] = ("controller",), customer: str = "") -> Person:
    return Person(name=name, roles=roles, customer=customer, enabled=True, created_utc=NOW)


def test_right_password_opens_a_session_that_ends_after_its_hours(accounts: Accounts) -> None:
    accounts.add(a_person(), WORD)
    token = accounts.log_in("kim", WORD, NOW)
    assert token
    who = accounts.of_session(token, NOW + timedelta(hours=11))
    assert who is not None
    assert (who.name, who.customer) == ("kim", "")
    assert "custody" in who.scopes
    assert accounts.of_session(token, NOW + timedelta(hours=12)) is None


@pytest.mark.parametrize(("name", "word"), [("kim", WORD + "!"), ("lee", WORD), ("", ""), ("kim", "x" * 10_000)])
def test_wrong_name_or_password_opens_nothing(accounts: Accounts, name: str, word: str) -> None:
    accounts.add(a_person(), WORD)
    assert accounts.log_in(name, word, NOW) is None


def test_session_is_closed_by_log_out_and_by_shutting_the_person_out(accounts: Accounts) -> None:
    accounts.add(a_person(), WORD)
    first, second = (accounts.log_in("kim", WORD, NOW) or "" for _ in range(2))
    accounts.log_out(first)
    assert accounts.of_session(first, NOW) is None
    assert accounts.of_session(second, NOW) is not None
    accounts.set_enabled("kim", enabled=False)
    assert accounts.of_session(second, NOW) is None
    assert accounts.log_in("kim", WORD, NOW) is None


def test_key_has_its_own_scopes_and_an_end_and_can_be_revoked(accounts: Accounts) -> None:
    accounts.add(a_person(), WORD)
    key = accounts.issue_key("kim", ["read", "cargo"], expires_utc=NOW + timedelta(days=1))
    who = accounts.of_key(key.secret, NOW)
    assert who is not None
    assert who.scopes == {"read", "cargo"}
    assert accounts.of_key(key.secret, NOW + timedelta(days=1)) is None
    assert accounts.of_key(key.secret[:-1] + ("A" if key.secret[-1] != "A" else "B"), NOW) is None
    assert accounts.of_key("sck_" + key.key_id, NOW) is None
    accounts.revoke_key(key.key_id, "kim")
    assert accounts.of_key(key.secret, NOW) is None


def test_key_loses_what_its_person_loses(accounts: Accounts) -> None:
    accounts.add(a_person(), WORD)
    key = accounts.issue_key("kim", ["cargo"], expires_utc=NOW + timedelta(days=1))
    accounts.set_enabled("kim", enabled=False)
    assert accounts.of_key(key.secret, NOW) is None


def test_key_never_opens_more_than_its_person_may(accounts: Accounts) -> None:
    accounts.add(a_person(roles=("viewer",)), WORD)
    with pytest.raises(Refused, match="give the person the role first"):
        accounts.issue_key("kim", ["cargo"], expires_utc=NOW)
    with pytest.raises(ScenarioError, match="use some of"):
        accounts.issue_key("kim", ["everything"], expires_utc=NOW)


@pytest.mark.parametrize(
    ("person", "word", "fix"),
    [
        (a_person(name=""), WORD, "printable"),
        (a_person(name="a\nb"), WORD, "printable"),
        (a_person(name="a/../b"), WORD, "without /"),
        (a_person(roles=()), WORD, "use some of"),
        (a_person(roles=("king",)), WORD, "use some of"),
        (a_person(roles=("customer",)), WORD, "with the customer's name"),
        (a_person(roles=("admin",), customer="ESA"), WORD, "other roles without"),
        (a_person(roles=("customer", "admin"), customer="ESA"), WORD, "other roles without"),
        (a_person(), "short", "12 to 256"),
    ],
)
def test_account_out_of_form_is_not_opened(accounts: Accounts, person: Person, word: str, fix: str) -> None:
    with pytest.raises(ScenarioError, match=fix):
        accounts.add(person, word)
    assert accounts.count() == 0


def test_taken_name_is_refused(accounts: Accounts) -> None:
    accounts.add(a_person(), WORD)
    with pytest.raises(Refused, match="another name"):
        accounts.add(a_person(), WORD)


def test_no_secret_stands_in_the_database(accounts: Accounts, engine: sql.Engine) -> None:
    accounts.add(a_person(), WORD)
    token = accounts.log_in("kim", WORD, NOW) or ""
    key = accounts.issue_key("kim", ["read"], expires_utc=NOW + timedelta(days=1))
    with engine.connect() as connection:
        stored = " ".join(
            str(value) for table in METADATA.sorted_tables for row in connection.execute(sql.select(table)) for value in row
        )
    for secret in (WORD, token, key.secret, key.secret.split("_", 2)[2]):
        assert secret not in stored
