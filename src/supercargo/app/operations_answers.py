"""Answers of the commands that run operations, as JSON: one object each."""

from __future__ import annotations

from typing import Any, TypedDict

from supercargo.app.flying_figures import FlownFigures
from supercargo.track.envelope import Receipt
from supercargo.track.missions.release import Released

__all__ = [
    "BoardAnswer",
    "ConflictAnswer",
    "FlyAnswer",
    "LedgerAnswer",
    "MissionAnswer",
    "PasswordAnswer",
    "RecordAnswer",
    "ReleaseAnswer",
    "ServeAnswer",
    "WorkAnswer",
]


class MissionAnswer(TypedDict):
    """Answer of `mission` and `act`: missions as they stand, with receipts of what was recorded."""

    store: str
    receipts: list[Receipt]
    missions: list[dict[str, Any]]
    gates: list[dict[str, Any]]
    polls: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    incidents: list[dict[str, Any]]
    warnings: list[str]


class ReleaseAnswer(TypedDict):
    """Answer of `release`: what was opened."""

    folder: str
    store: str
    released: Released


class FlyAnswer(TypedDict):
    """Answer of `fly`: what came of the flown year."""

    store: str
    flown: FlownFigures


class WorkAnswer(TypedDict):
    """Answer of `work`: work orders and the use of their assets, with receipts of what was recorded."""

    store: str
    receipts: list[Receipt]
    orders: list[dict[str, Any]]
    use: list[dict[str, Any]]


class ConflictAnswer(TypedDict):
    """Answer of `conflict`: conflicts with options, choice and who was told, with receipts of what was recorded."""

    store: str
    receipts: list[Receipt]
    conflicts: list[dict[str, Any]]


class LedgerAnswer(TypedDict):
    """Answer of `ledger`: contracts, sums of accounts and entries, with receipts of what was recorded."""

    store: str
    receipts: list[Receipt]
    contracts: list[dict[str, Any]]
    accounts: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    revenue_usd: float


class RecordAnswer(TypedDict):
    """Answer of `record`: receipts of what was recorded."""

    store: str
    receipts: list[Receipt]


class ServeAnswer(TypedDict):
    """Answer of `serve`, as it begins: what is served, and where."""

    store: str
    url: str


class PasswordAnswer(TypedDict):
    """Answer of `password`: a one-time password, at the only moment at which it can be read."""

    store: str
    name: str
    password: str
    until_utc: str


class BoardAnswer(TypedDict):
    """Answer of `board`: its rows, each with the columns of the view."""

    store: str
    board: str
    rows: list[dict[str, Any]]
