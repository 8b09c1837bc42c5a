"""What may be asked of missions, work, conflicts and contracts; answered from the views alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

from supercargo.kernel import Refused
from supercargo.track.cargo.asking import history_of
from supercargo.track.coordination.log import CONFLICT_KINDS
from supercargo.track.event_store import View
from supercargo.track.missions.phases import PHASES

__all__ = [
    "LedgerSeen",
    "MissionSeen",
    "WorkSeen",
    "conflicts_seen",
    "contract_ledger",
    "ledger_seen",
    "mission_board",
    "mission_seen",
    "work_seen",
]

Row = dict[str, Any]


class MissionSeen(TypedDict):
    """A mission, or all of them: rows of the board, and of one mission its gates, polls, steps and incidents.

    `warnings` tell where the mission's own record and that of its spacecraft contradict each other.
    """

    missions: list[Row]
    gates: list[Row]
    polls: list[Row]
    steps: list[Row]
    incidents: list[Row]
    warnings: list[str]


class WorkSeen(TypedDict):
    """Work orders, and the use of the assets that they are for."""

    orders: list[Row]
    use: list[Row]


class LedgerSeen(TypedDict):
    """Contracts, the sums of their accounts and their entries [USD]; revenue is what accounts of that name add up to."""

    contracts: list[Row]
    accounts: list[Row]
    entries: list[Row]
    revenue_usd: float


def _rows(view: View, table: str, column: str, values: Iterable[str]) -> list[Row]:
    return [row for value in values for row in view.find(table, column, value)]


def _without_held(rows: Iterable[Row]) -> list[Row]:
    return [{name: cell for name, cell in row.items() if name != "held"} for row in rows]


def mission_board(view: View) -> MissionSeen:
    """Every mission, in order of lift-off."""
    missions = sorted(_rows(view, "missions", "phase", PHASES), key=lambda row: (row["launch_utc"], row["mission_id"]))
    return {"missions": missions, "gates": [], "polls": [], "steps": [], "incidents": [], "warnings": []}


def mission_seen(view: View, mission_id: str) -> MissionSeen:
    """One mission with all that hangs on it. Raises Refused for one that no released plan flies."""
    row = view.get("missions", (mission_id,))
    if row is None:
        known = ", ".join(sorted(one["mission_id"] for one in mission_board(view)["missions"])[:8]) or "none"
        raise Refused("no such mission is open", fix=f"release a plan that flies it; open are: {known}", where=mission_id)
    gates = sorted(view.find("gates", "mission_id", mission_id), key=lambda gate: (gate["due_utc"], gate["gate"]))
    return {
        "missions": [row],
        "gates": gates,
        "polls": list(view.find("polls", "mission_id", mission_id)),
        "steps": list(view.find("procedure_steps", "mission_id", mission_id)),
        "incidents": list(view.find("incidents", "mission_id", mission_id)),
        "warnings": _contradictions(view, row),
    }


def _contradictions(view: View, row: Row) -> list[str]:
    """Where the record of a mission and that of its spacecraft say otherwise; the spacecraft may fly other missions too."""
    vehicle = f"container/{row['vehicle_id']}"
    steps = [one for one in history_of(view, vehicle) if one.stands and not one.via]
    first = [n for n, one in enumerate(steps) if one.kind == "launched" and one.where == f"flight/{row['mission_id']}"]
    flown = steps[first[-1] :] if first else []
    after = next((n for n, one in enumerate(flown[1:], start=1) if one.kind == "launched"), len(flown))
    kinds = {one.kind for one in flown[:after]}
    told = ((row["launched_utc"], "launched"), (row["docked_utc"], "docked"))
    name, warnings = row["mission_id"], []
    for mission_says, kind in told:
        if mission_says and kind not in kinds:
            warnings.append(
                f"{name} {kind} at {mission_says} by its own record, {vehicle} is not {kind} on the cargo's record"
            )
        if not mission_says and kind in kinds:
            warnings.append(f"{vehicle} is {kind} on the cargo's record, {name} is {row['phase']} by its own")
    return warnings


def work_seen(view: View, order: str = "") -> WorkSeen:
    """One work order, or all. Raises Refused for one that was never issued."""
    if order:
        row = view.get("work_orders", (order,))
        if row is None:
            raise Refused("no such work order was issued", fix="issue it first, or give another name", where=order)
        rows = [row]
    else:
        rows = _rows(view, "work_orders", "state", ("started", "issued", "done", "cancelled"))
    used = (view.get("asset_use", (asset,)) for asset in sorted({row["asset"] for row in rows}))
    return {"orders": _without_held(rows), "use": [row for row in used if row is not None]}


def conflicts_seen(view: View, conflict: str = "") -> list[Row]:
    """One conflict, or all. Raises Refused for one that nobody has seen."""
    if not conflict:
        return _without_held(_rows(view, "coordination", "kind", CONFLICT_KINDS))
    row = view.get("coordination", (conflict,))
    if row is None:
        raise Refused("no such conflict was seen", fix="state it first, or give another name", where=conflict)
    return _without_held([row])


def ledger_seen(view: View, contract_id: str = "", mission_id: str = "") -> LedgerSeen:
    """Contracts and what is booked, of one contract or mission where one is named; entries only then.

    Raises Refused for a contract that no plan has opened.
    """
    if contract_id and view.get("contracts", (contract_id,)) is None:
        raise Refused("no such contract is open", fix="release a plan that works under it", where=contract_id)
    contracts = _rows(view, "contracts", "state", ("open", "settled"))
    chosen = [row for row in contracts if contract_id in ("", row["contract_id"])]
    entries = _rows(view, "ledger", "contract_id", (row["contract_id"] for row in chosen))
    entries = [row for row in entries if mission_id in ("", row["mission_id"])]
    if not contract_id:  # insurance is no contract's
        insured = _rows(view, "ledger", "account", ("insurance:premium", "insurance:recovery"))
        entries += [row for row in insured if mission_id in ("", row["mission_id"])]
    sums: dict[tuple[str, str], int] = {}
    for row in entries:
        key = (row["customer"], row["account"])
        sums[key] = sums.get(key, 0) + round(row["usd"] * 100)
    accounts = [{"customer": who, "account": name, "usd": cents / 100} for (who, name), cents in sorted(sums.items())]
    revenue = sum(cents for (_, name), cents in sums.items() if name.startswith("revenue"))
    short = [{name: cell for name, cell in row.items() if name != "terms"} for row in chosen]
    return {
        "contracts": short,
        "accounts": accounts,
        "entries": entries if contract_id or mission_id else [],
        "revenue_usd": revenue / 100,
    }


def contract_ledger(view: View, customer: str) -> list[Row]:
    """Entries of a customer's contracts, in order of the log: what that customer may see."""
    return list(view.find("ledger", "customer", customer))
