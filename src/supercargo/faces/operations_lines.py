"""Missions, work, conflicts and ledger as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from supercargo.app.operations.asking import LedgerSeen, MissionSeen, WorkSeen
from supercargo.kernel import parse_utc

__all__ = ["conflict_lines", "ledger_lines", "mission_lines", "work_lines"]


def _clock(launch_utc: str, now: datetime) -> str:
    """The L- clock in days and hours."""
    left_s = (parse_utc(launch_utc) - now).total_seconds()
    sign, left_s = ("L-", left_s) if left_s >= 0 else ("L+", -left_s)
    return f"{sign}{int(left_s // 86_400)}d{int(left_s % 86_400 // 3600):02d}h"


def mission_lines(seen: MissionSeen, now: datetime) -> list[str]:
    """One mission a line; beneath a single one its gates, poll, steps and incidents."""
    lines = [_mission(row, now) for row in seen["missions"]] or ["no mission is open: release a plan"]
    lines += [f"  warning: {warning}" for warning in seen["warnings"]]
    lines += [f"  gate {row['gate']:<20} {row['state']:<7} due {row['due_utc']}  {_by(row)}" for row in seen["gates"]]
    lines += [f"  poll {row['position']:<20} {row['answer'] or 'no answer'}{_void(row)}  {_by(row)}" for row in seen["polls"]]
    for row in seen["steps"]:
        signed = ", ".join(row["signed_by"]) or "nobody"
        lines.append(f"  step {row['procedure']} {row['step']}: {row['state']}, signed by {signed}")
    lines += [
        f"  incident {row['incident']} severity {row['severity']} {row['state']}: {row['text']}" for row in seen["incidents"]
    ]
    return lines


def _mission(row: dict[str, Any], now: datetime) -> str:
    gate = f"next gate {row['next_gate']} due {row['next_gate_due_utc']}" if row["next_gate"] else "all gates done"
    clock = f", T-0 {row['t_zero_utc']}" if row["t_zero_utc"] else ""
    held = f", held at T-{row['t_minus_s']:g} s" if row["countdown"] == "held" else ""
    flies = (
        f"launched {row['launched_utc']}" if row["launched_utc"] else f"{_clock(row['launch_utc'], now)} {row['launch_utc']}"
    )
    slips = f", {row['slips_count']} slips" if row["slips_count"] else ""
    ahead = "" if row["launched_utc"] else f"; {gate}; poll {row['poll']}{clock}{held}"
    head = f"{row['mission_id']:<12} {row['phase']:<10} {row['destination']}/{row['port']} {row['vehicle_id']}"
    return f"{head}  {flies}{slips}{ahead}"


def _by(row: dict[str, Any]) -> str:
    said = row.get("said") or row.get("reason") or ""
    return f"by {row['by']} at {row['at_utc']}" + (f": {said}" if said else "") if row["by"] else ""


def _void(row: dict[str, Any]) -> str:
    return " (for another lift-off)" if row["void"] else ""


def work_lines(seen: WorkSeen) -> list[str]:
    """One order a line, then the use of assets."""
    return [*map(_order, seen["orders"]), *map(_use, seen["use"])] or ["no work is ordered"]


def _order(row: dict[str, Any]) -> str:
    limits = ((row["due_hours"], "h"), (row["due_cycles"], "cycles"))
    due = [f"{value:g} {unit}" for value, unit in limits if value is not None] + ([row["due_utc"]] if row["due_utc"] else [])
    signed = f", signed by {', '.join(row['signed_by'])}" if row["signed_by"] else ""
    deferred = f", deferred by {row['deferred_by']}: {row['why']}" if row["deferred_by"] else ""
    return f"{row['work_order']:<12} {row['state']:<9} {row['asset']}: {row['task']}; due {' or '.join(due)}{signed}{deferred}"


def _use(row: dict[str, Any]) -> str:
    return f"  {row['asset']} was used {row['hours']:g} h, {row['cycles']} cycles"


def conflict_lines(rows: Sequence[dict[str, Any]]) -> list[str]:
    """One conflict with its options, the choice, and who was told."""
    return [line for row in rows for line in _conflict(row)] or ["no conflict was seen"]


def _conflict(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['conflict']:<12} {row['state']:<8} {row['kind']}: {', '.join(row['objects'])}; {row['text']}"
    for one in row["options"]:
        yield f"  option {one['option']}: {one['text']}; {one['cost_usd']:,.2f} USD, {one['delay_d']:g} d"
    if row["chosen"]:
        yield f"  chosen {row['chosen']} by {row['chosen_by']}: {row['why']}"
    for one in row["told"]:
        noted = f"noted by {one['acknowledged_by']}" if one["acknowledged_utc"] else "not noted yet"
        yield f"  told {one['party']}, {noted}"


def ledger_lines(seen: LedgerSeen) -> list[str]:
    """Contracts, entries where one contract or mission is asked for, then the sums."""
    lines = [
        f"{row['contract_id']:<14} {row['customer']:<12} {row['state']:<8} {row['delivered_up_kg']:,.1f} kg up of at least "
        f"{row['minimum_kg']:,.1f} kg"
        for row in seen["contracts"]
    ]
    lines += [
        f"  {row['at_utc']} {row['account']:<22} {row['usd']:>18,.2f} USD  {row['mission_id']} {row['basis']}"
        for row in seen["entries"]
    ]
    lines += [f"{row['customer']:<14} {row['account']:<22} {row['usd']:>18,.2f} USD" for row in seen["accounts"]]
    return [*lines, f"{'revenue':<37} {seen['revenue_usd']:>18,.2f} USD"]
