"""What is shown of a mission that is moved in the year: rules broken, lines late, gates; and the forms that save it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from supercargo.app.board.ripple import Moved, Ripple, fix_of, ripple_of, sentence_of
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.operations.commands import Act
from supercargo.faces.api.rules import Asked
from supercargo.faces.board.forms import Asking, Field
from supercargo.kernel import DAY_S, format_utc
from supercargo.model import OperationsPlan

__all__ = ["Moving", "moving_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """A move as it is shown: nothing of it is saved."""

    ripple: Ripple
    days: float
    tables: tuple[Table, ...]
    forms: tuple[Asking, ...]


def moving_of(
    plans: tuple[OperationsPlan, OperationsPlan],
    moved: Moved,
    gates: Sequence[Mapping[str, Any]],
    who: tuple[Asked, Any, datetime],
    *,
    base: str,
) -> Moving:
    """What a move would bring about in the plan as it stands, with the forms for those who may record it.

    The forms say upon which plan, `base`, and from which lift-off they were shown: what others do meanwhile is not undone.
    """
    asked, store, now = who
    act = Act(command_id="foreseen", by=asked.principal.name, at_utc=now)
    ripple = ripple_of(*plans, moved, gates, (store, act))
    may = "mission" in asked.principal.scopes
    shift_d = moved.later.total_seconds() / DAY_S
    return Moving(
        ripple=ripple, days=shift_d, tables=(_broken(ripple), _late(ripple), _gates(ripple)),
        forms=_forms(moved, ripple, shift_d, base) if may else (),
    )  # fmt: skip


def _forms(moved: Moved, ripple: Ripple, shift_d: float, base: str) -> tuple[Asking, ...]:
    given = (
        ("mission", moved.mission_id), ("days", f"{shift_d:.4f}"), ("to", format_utc(moved.to_utc)),
        ("seen", format_utc(moved.from_utc)), ("base", base),
    )  # fmt: skip
    if shift_d <= 0:
        return ()
    replan = Asking(
        name="propose", action="/year#move", legend="See what the planner makes of it (a minute or so; kept as a proposal)",
        buttons=(("propose", "Plan it anew"),), given=given, timed=False,
    )  # fmt: skip
    if ripple.refused:
        return (replan,)
    slip = Asking(
        name="slip", action="/year#move", legend=f"Lift-off on {moved.to_utc:%Y-%m-%d %H:%M} UTC",
        buttons=(("slip", "Record the slip"),), given=given, timed=False,
        fields=(Field(name="word", label="Reason", needed=True),),
    )  # fmt: skip
    return (replan, slip)


def _broken(ripple: Ripple) -> Table:
    return Table(
        name="broken",
        caption="Rules that it would break",
        columns=(Column("Rule"), Column("Of"), Column("What"), Column("The rule says"), Column("What mends it")),
        rows=[
            (one.rule, Cell(one.object, look="bad"), one.text, sentence_of(one.rule), fix_of(one.rule))
            for one in ripple.broken
        ],
        empty="It breaks no rule of ports, pads, range, facilities, tails, crew, closed times and dates.",
    )  # fmt: skip


def _late(ripple: Ripple) -> Table:
    return Table(
        name="late",
        caption=f"Lines that it would make late: {len(ripple.late):,}",
        columns=(Column("Line"), Column("Customer"), Column("Mass", "kg", 1), Column("Due", "UTC"),
                 Column("Delivered then", "UTC")),
        rows=[
            (Cell(row.item_id, f"/cargo/{quote(row.item_id)}"), row.customer, row.mass_kg, row.due_utc,
             row.delivered_utc + ripple.moved.later if row.delivered_utc else None)
            for row in ripple.late
        ],
        empty="No line that is on time becomes late.",
    )  # fmt: skip


def _gates(ripple: Ripple) -> Table:
    return Table(
        name="moved-gates",
        caption="Gates that are open",
        columns=(Column("Gate"), Column("Due", "UTC"), Column("Due then", "UTC")),
        rows=list(ripple.gates),
        empty="No gate is open.",
    )
