"""The API held to its own description: what the description allows never breaks the server, and answers are as described."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.failures import Failure, FailureGroup

from supercargo.app.operations.desk import open_desk
from supercargo.faces.api.application import create_app
from supercargo.store.accounts import Person
from supercargo.track.people import ROLE_SCOPES

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    place = tmp_path_factory.mktemp("schema") / "log.sqlite"
    with open_desk(str(place), lambda: NOW) as desk:
        roles = tuple(role for role in ROLE_SCOPES if role != "customer")
        desk.accounts.add(
            Person(name="all", roles=roles, customer="", enabled=True, created_utc=NOW), "a word of twenty chars"
        )
        scopes = sorted({scope for role in roles for scope in ROLE_SCOPES[role]})
        secret = desk.accounts.issue_key("all", scopes, expires_utc=NOW + timedelta(days=1)).secret
        app = create_app(desk, lambda: NOW)
        schema = schemathesis.openapi.from_asgi("/v1/openapi.json", app)
        schema.config.update(headers={"Authorization": f"Bearer {secret}"})
        yield schema.exclude(path="/v1/events/live").exclude(path="/v1/people/{name}/enabled")


def test_nothing_that_the_description_allows_breaks_the_server(described: Any) -> None:
    tried: set[str] = set()
    faults: list[str] = []
    for found in described.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
        def holds(case: Any) -> None:
            answer = case.call()
            case.validate_response(answer, checks=CHECKS)

        tried.add(operation.label)
        try:
            holds()
        except (FailureGroup, Failure) as failure:
            faults.append(f"{operation.label}: {failure}")
    assert not faults, "\n\n".join(faults)
    assert len(tried) >= 33
