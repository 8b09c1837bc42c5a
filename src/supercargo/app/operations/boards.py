"""How things stand: tables of the views that the company's own people read, and the cargo that each may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from supercargo.kernel import ScenarioError
from supercargo.store.log import LogReader
from supercargo.track.people import Principal, visible

__all__ = ["BOARDS", "Board", "Page", "board_named", "board_rows", "things_seen"]

_UNSEEN = ("name_head", "name_tail", "journey", "held", "version", "stays_count", "custody_count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A table of the views as people know it: what it tells, by which columns it is sought, and the scope to read it."""

    name: str
    table: str
    told: str
    columns: tuple[str, ...] = ()
    scope: str = "read"


BOARDS: tuple[Board, ...] = (
    Board(
        name="missions", table="missions", told="Missions: phase, launch, gates, poll, countdown, incidents",
        columns=("phase", "destination", "vehicle_id"),
    ),
    Board(name="gates", table="gates", told="Integration gates, what is due when", columns=("mission_id", "state", "owner")),
    Board(name="polls", table="polls", told="Answers to go/no-go polls", columns=("mission_id",)),
    Board(name="procedure-steps", table="procedure_steps", told="Steps of procedures and who signed them",
          columns=("mission_id", "state")),
    Board(name="incidents", table="incidents", told="Incidents", columns=("mission_id", "state")),
    Board(name="non-conformances", table="ncr", told="Non-conformances", columns=("about", "stage", "tenant")),
    Board(name="work-orders", table="work_orders", told="Work orders: what is due on which asset"),
    Board(name="conflicts", table="coordination", told="Conflicts, their options, who chose and who was told",
          columns=("kind", "state")),
    Board(name="risks", table="risk_register", told="The register of risks: class, figures, owner, what is done, what is left",
          columns=("risk_class", "state", "owner")),
    Board(name="policies", table="policies", told="Insurance: what is covered for which mission, and what claims used of it",
          scope="money", columns=("mission_id", "insurer")),
    Board(name="claims", table="claims", told="Claims from loss to settlement", scope="money",
          columns=("policy", "mission_id", "state", "insurer")),
    Board(name="complaints", table="complaints", told="Complaints of customers: taken, answered, closed",
          columns=("customer", "state")),
    Board(name="surveys", table="surveys", told="How content customers say they are", columns=("customer", "state")),
    Board(name="recognitions", table="recognitions", told="Awards, certificates and citations",
          columns=("party", "state")),
    Board(name="lessons", table="lessons", told="Lessons: open, or closed by a changed parameter that a released plan carries",
          columns=("state", "owner")),
    Board(name="ledger", table="ledger", told="What contracts earned and owe, by event", scope="money",
          columns=("contract_id", "customer", "mission_id", "account")),
    Board(name="invoices", table="invoices", told="What suppliers billed, position by position", scope="money",
          columns=("mission_id", "account", "supplier", "state")),
    Board(name="budgets", table="budgets", told="Lines of the budget with owner and alarm threshold", scope="money",
          columns=("account", "owner")),
)  # fmt: skip
"""Every table that the API and the pages list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows in order of name, and the name to go on behind; empty at the end."""

    rows: tuple[Mapping[str, Any], ...]
    next_after: str


def board_rows(store: LogReader, board: Board, column: str, value: str, *, limit: int = 200) -> list[dict[str, Any]]:
    """Rows of a board in order of key: all, or those in which a column has a value.

    Raises ScenarioError for a column by which the board is not sought.
    """
    if column and column not in board.columns:
        fix = f"use one of: {', '.join(board.columns)}" if board.columns else "leave the column out"
        raise ScenarioError(f"{board.name} are not sought by {column[:40]!r}", fix=fix, where="column")
    return [_shown(row) for row in store.page(board.table, column=column, value=value, limit=limit)]


def board_named(store: LogReader, name: str, *, limit: int = 500) -> tuple[str, list[dict[str, Any]]]:
    """What a board tells, and its first rows. Raises KeyError for a name that no board has."""
    board = {one.name: one for one in BOARDS}[name]
    return board.told, board_rows(store, board, "", "", limit=limit)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _UNSEEN}


def things_seen(
    store: LogReader, principal: Principal, sought: tuple[str, str] = ("", ""), *, after: str = "", limit: int = 100
) -> Page:
    """Cargo and containers that a principal may see, behind a name: all, or those in which a column has a value.

    `sought` is a column (mission, or where for what is directly in something) and its value. A customer's rows are its own.
    """
    column, value = sought
    if principal.customer and not column:
        column, value = "tenant", principal.customer
    rows: list[Mapping[str, Any]] = []
    while True:
        found = store.page("unit", column=column, value=value, after=(after,) if after else (), limit=limit)
        for row in found:
            after = str(row["name"])
            if visible(principal, str(row["tenant"])):
                rows.append(_shown(row))
                if len(rows) == limit:
                    return Page(rows=tuple(rows), next_after=after)
        if len(found) < limit:
            return Page(rows=tuple(rows), next_after="")
