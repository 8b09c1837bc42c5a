"""What needs a decision today: ranked by how soon and how dear, each with what can be done about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from supercargo.app.board.conflicts import OPEN_STATES, overtaken_conflicts
from supercargo.app.board.shelf import KeptPlan
from supercargo.app.operations.asking import conflicts_seen, mission_board, work_seen
from supercargo.kernel import DAY_S, format_utc, parse_utc
from supercargo.track.event_store import View

__all__ = ["DECISION_KINDS", "SOON_D", "Choice", "Decision", "decisions_of"]

SOON_D = 14.0
"""Gates and lift-offs that are so near count as near [d]."""

DECISION_KINDS = ("complaint", "conflict", "gate", "incident", "non-conformance", "stock", "work")
"""What decisions are about."""

_MOST_WORDS = 200

_GRAVITY = {1: 0, 2: 1, 3: 3, 4: 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing that can be done, where, and what it costs where that is known."""

    words: str
    href: str
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something that waits for somebody: `gravity` 0 stops flights, 9 can wait; `due_utc` is when it is late.

    `since_utc` is since when it waits, where equals are ranked by that.
    """

    gravity: int
    kind: str
    what: str
    why: str
    href: str
    due_utc: datetime | None
    choices: tuple[Choice, ...] = ()
    since_utc: datetime | None = None


def decisions_of(view: View, kept: KeptPlan | None, now_utc: datetime, scopes: Collection[str] = ()) -> tuple[Decision, ...]:
    """All that waits for somebody, the gravest first and of equals the soonest, complaints the oldest first.

    Complaints wait for those whose `scopes` let them answer, and are told to nobody else.
    """
    found = (
        *_incidents(view),
        *_conflicts(view),
        *_gates(view, now_utc),
        *_work(view, now_utc),
        *_nonconformances(view),
        *(_complaints(view, now_utc) if "quality" in scopes else ()),
        *_stocks(kept, now_utc),
    )
    last = datetime.max.replace(tzinfo=now_utc.tzinfo)
    return tuple(sorted(found, key=lambda one: (one.gravity, one.due_utc or last, one.kind, one.since_utc or last, one.what)))


def _incidents(view: View) -> Iterator[Decision]:
    for row in view.find("incidents", "state", "open"):
        name = row["mission_id"]
        yield Decision(
            gravity=_GRAVITY.get(int(row["severity"]), 5), kind="incident",
            what=f"{name}: incident {row['incident']} of severity {row['severity']}", why=row["text"],
            href=f"/missions/{name}#incidents", due_utc=None,
            choices=(Choice(words="add what is known, or close it", href=f"/missions/{name}#incidents"),),
        )  # fmt: skip


def _conflicts(view: View) -> Iterator[Decision]:
    rows = conflicts_seen(view)
    overtaken = overtaken_conflicts(view, rows)
    for row in rows:
        if row["state"] not in OPEN_STATES or row["conflict"] in overtaken:
            continue
        href = f"/conflicts/{row['conflict']}"
        yield Decision(
            gravity=2, kind="conflict", what=f"{row['conflict']}: {row['kind']} conflict", why=row["text"], href=href,
            due_utc=None,
            choices=tuple(
                Choice(words=f"{one['option']}: {one['text']}", href=href, cost_usd=one["cost_usd"]) for one in row["options"]
            )
            or (Choice(words="offer an option", href=href),),
        )  # fmt: skip


def _gates(view: View, now_utc: datetime) -> Iterator[Decision]:
    launches = {row["mission_id"]: row for row in mission_board(view)["missions"]}
    for gate in view.find("gates", "state", "open"):
        due, mission = parse_utc(gate["due_utc"]), launches.get(gate["mission_id"])
        if mission is None or mission["phase"] not in ("planned", "processing", "on pad"):
            continue
        if due > now_utc + timedelta(days=SOON_D):
            continue
        late_d = (now_utc - due).total_seconds() / DAY_S
        name = gate["mission_id"]
        said = f"{late_d:.0f} d late" if late_d > 0 else f"due in {-late_d:.0f} d"
        yield Decision(
            gravity=3 if late_d > 0 else 6, kind="gate", what=f"{name}: gate {gate['gate']}, {said}",
            why=f"{gate['owner']} shows {gate['proof']}; lift-off {mission['launch_utc'][:16].replace('T', ' ')}",
            href=f"/missions/{name}#gates", due_utc=due,
            choices=(Choice(words="pass it with evidence, or waive it by name", href=f"/missions/{name}#gates"),
                     Choice(words="slip the mission", href=f"/year?mission={name}")),
        )  # fmt: skip


def _work(view: View, now_utc: datetime) -> Iterator[Decision]:
    for row in work_seen(view)["orders"]:
        if row["state"] in ("done", "cancelled") or not row.get("due_utc"):
            continue
        due = parse_utc(row["due_utc"])
        if due <= now_utc + timedelta(days=SOON_D):
            yield Decision(
                gravity=2 if due < now_utc else 6, kind="work", what=f"{row['work_order']} on {row['asset']}", why=row["task"],
                href=f"/quality#{row['work_order']}", due_utc=due,
                choices=(Choice(words="do it, or defer it by name", href=f"/quality#{row['work_order']}"),),
            )  # fmt: skip


def _nonconformances(view: View) -> Iterator[Decision]:
    for row in view.find("ncr", "stage", "opened"):
        href = f"/quality#{row['case_id']}"
        yield Decision(
            gravity=4, kind="non-conformance", what=f"{row['case_id']}: {row['about']}", why=str(row["cause"]), href=href,
            due_utc=None, choices=(Choice(words="decide what becomes of it", href=href),),
        )  # fmt: skip


def _complaints(view: View, now_utc: datetime) -> Iterator[Decision]:
    """Complaints that are not closed: they wait for an answer, and then for another person who finds them settled."""
    for state, words in (("opened", "answer it"), ("answered", "close it, as another than who took it")):
        for row in view.find("complaints", "state", state):
            href = f"/customer?{urlencode({'name': row['customer']})}#complaints"
            about = f", about {row['about']}" if row["about"] else ""
            since = parse_utc(row["opened_utc"])
            text = str(row["text"])
            yield Decision(
                gravity=4 if state == "opened" else 6, kind="complaint",
                what=f"{row['complaint']} of {row['customer']}{about}: {state} {(now_utc - since).days} d ago",
                why=text if len(text) <= _MOST_WORDS else f"{text[:_MOST_WORDS]} ...", href=href, due_utc=None,
                choices=(Choice(words=words, href=href),), since_utc=since,
            )  # fmt: skip


def _stocks(kept: KeptPlan | None, now_utc: datetime) -> Iterator[Decision]:
    """Stocks that the plan in force lets fall below their reserve within ninety days."""
    if kept is None:
        return
    first: dict[tuple[str, str], Any] = {}
    for row in kept.plan.inventory:
        if now_utc <= row.day_utc <= now_utc + timedelta(days=90) and row.on_hand_kg < row.reserve_kg - 0.01:
            first.setdefault((row.destination, row.supply_class), row)
    for (place, name), row in first.items():
        held = (
            f"{row.on_hand_kg:,.0f} kg on hand"
            if row.on_hand_kg >= 0
            else f"nothing on hand, {-row.on_hand_kg:,.0f} kg lacking,"
        )
        yield Decision(
            gravity=1 if row.on_hand_kg <= 0 else 3, kind="stock",
            what=f"{name} at {place} falls below its reserve on {format_utc(row.day_utc)[:10]}",
            why=f"{held} against {row.reserve_kg:,.0f} kg in the plan in force",
            href=f"/stock?{urlencode({'place': place, 'supply': name})}", due_utc=row.day_utc,
        )  # fmt: skip
