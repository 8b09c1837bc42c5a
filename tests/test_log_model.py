"""Whatever is asked in whatever order, a store in SQL answers as the one in memory does."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from supercargo.kernel import Refused, ScenarioError, plain
from supercargo.store.log import SqlStore, open_log, verify_log
from supercargo.track.envelope import Draft, Receipt, Recorded
from supercargo.track.memory import MemoryStore
from supercargo.track.views import MemoryView, project_all
from tests.event_logs import NOON, WHERE, PostgresServer, a_draft, noon

NAMES = st.sampled_from([f"e{n}" for n in range(12)])
STREAMS = st.sampled_from(["cargo/R1", "cargo/R2", "bag/B é", "mission/ISS-01"])
LEAVES = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text(max_size=5)
BODIES = st.dictionaries(st.sampled_from(["place", "mass_kg", "parts", ""]), LEAVES | st.lists(LEAVES, max_size=3), max_size=3)

DRAFTS = st.builds(
    a_draft,
    event_id=NAMES | st.text(max_size=3),
    stream=STREAMS,
    kind=st.sampled_from(["moved", "gone", "moved out"]),
    body=BODIES,
    occurred_utc=st.sampled_from([NOON, NOON - timedelta(days=9), NOON + timedelta(hours=1)]),
    by=st.sampled_from(["kim", ""]),
    tenant=st.sampled_from(["", "ESA"]),
    expected_version=st.none() | st.integers(0, 3),
)
GOOD = st.builds(
    a_draft,
    event_id=NAMES,
    stream=STREAMS,
    kind=st.sampled_from(["moved", "gone"]),
    body=st.fixed_dictionaries({"place": st.sampled_from(["dock", "bay"])}),
    expected_version=st.none() | st.integers(0, 2),
)


def _answer(store: Any, drafts: list[Draft]) -> Any:
    try:
        return store.append(drafts)
    except (Refused, ScenarioError) as error:
        return (type(error), error.what, error.fix, getattr(error, "faults", ()))


def _alike(events: tuple[Recorded, ...]) -> list[Any]:
    return [plain(event) for event in events]


class StoreMachine(RuleBasedStateMachine):
    """One store in memory, one in SQL, the same requests to both; now and then the one in SQL is closed or rebuilt."""

    server: PostgresServer | None = None

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        if self.server is None:
            self.url = str(Path(self.stack.enter_context(TemporaryDirectory())) / "log.sqlite")
        else:
            self.url = self.stack.enter_context(self.server.database())
        self.model = MemoryStore(noon)
        self.store: SqlStore = open_log(self.url, WHERE, noon)
        self.receipts: list[Receipt] = []

    def _append(self, drafts: list[Draft]) -> None:
        wanted, found = _answer(self.model, drafts), _answer(self.store, drafts)
        assert found == wanted
        if wanted and isinstance(wanted[0], Receipt):
            self.receipts += wanted

    @rule(drafts=st.lists(GOOD, max_size=4))
    def append_good(self, drafts: list[Draft]) -> None:
        self._append(drafts)

    @rule(drafts=st.lists(DRAFTS, min_size=1, max_size=3))
    def append_anything(self, drafts: list[Draft]) -> None:
        self._append(drafts)

    @rule(drafts=st.lists(GOOD, min_size=1, max_size=2), tenant=st.sampled_from(["NASA", ""]))
    def tell_again(self, drafts: list[Draft], tenant: str) -> None:
        self._append(drafts)
        self._append([replace(draft, tenant=tenant) for draft in drafts])

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = open_log(self.url, WHERE, noon)

    @rule()
    def rebuild(self) -> None:
        before = self.store.dump()
        assert self.store.rebuild() == self.model.head().position
        assert self.store.dump() == before

    @rule(position=st.integers(0, 30), limit=st.integers(1, 5))
    def read_on(self, position: int, limit: int) -> None:
        assert _alike(self.store.since(position, limit=limit)) == _alike(self.model.since(position, limit=limit))

    @rule(name=STREAMS)
    def read_stream(self, name: str) -> None:
        assert _alike(self.store.stream(name)) == _alike(self.model.stream(name))

    @invariant()
    def the_ends_agree(self) -> None:
        if hasattr(self, "store"):
            assert self.store.head() == self.model.head()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            view = MemoryView.of(WHERE)
            project_all(WHERE, self.model.since(0, limit=10_000), view)
            for row in view.rows.get("now", {}).values():
                assert self.store.views.get("now", (row["stream"],)) == plain(row)
            assert verify_log(self.store, receipts=self.receipts).findings == ()
            self.store.close()
            self.stack.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def machine(request: pytest.FixtureRequest) -> type[StoreMachine]:
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    return type("Machine", (StoreMachine,), {"server": server})


def test_a_store_in_sql_answers_as_the_one_in_memory(machine: type[StoreMachine]) -> None:
    slow = machine.server is not None
    limits = settings(
        max_examples=8 if slow else 20, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=limits)
