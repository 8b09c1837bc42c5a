"""Answers in words: the summary a manager reads, the KPI list, and JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from supercargo.kernel import canonical_json, format_utc, plain
from supercargo.model import Kpi, OperationsPlan

__all__ = ["count", "json_text", "printable", "summary_lines"]

_MOST_LISTED = 8


def json_text(content: Any) -> str:
    """Canonical JSON of any answer."""
    return canonical_json(plain(content))


def printable(text: str) -> str:
    """Names come from anyone's files: signs that would steer a terminal are shown as `?`."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def count(number: Any, thing: str) -> str:
    """`1 mission`, `2 missions`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _percent(value: float | None) -> str:
    return "no evidence" if value is None else f"{value:.1f} %"


def _millions(usd: float) -> str:
    return f"{usd / 1e6:,.1f} million USD"


def summary_lines(summary: Any, plan: OperationsPlan, report: Path) -> list[str]:
    """What a manager reads after planning, a subject a line."""
    head = f"{summary.name}, seed {summary.seed}" + (", planned first come, first served" if summary.baseline else "")
    subjects = (
        ("Plan", [head]),
        ("Missions", _missions(summary)),
        ("Cargo", _cargo(summary)),
        ("On time", _on_time(summary)),
        ("Use", _use(summary)),
        ("Stock", _stock(summary)),
        ("Money", _money(summary)),
        ("KPIs", _kpi_verdict(plan.kpis)),
        ("Left behind", _left_behind(summary)),
        ("Promises", [*plan.causes] or ["all kept"]),
        ("Referee", _referee(summary)),
        ("Solvers", _solvers(plan)),
        ("Report", [str(report)]),
    )
    return [printable(f"{title if i == 0 else '':<12} {line}") for title, lines in subjects for i, line in enumerate(lines)]


def _missions(summary: Any) -> list[str]:
    verb = "flew" if summary.recorded else "fly"
    lines = [f"{summary.flown_count} of {summary.due_count} contracted {verb}"]
    lines += [f"  {name} was lost before docking" for name in summary.lost_missions]
    for place in summary.places:
        due = f"{place.flown_count} of {place.due_count}"
        up = f"{place.up_kg:,.0f} kg up"
        lines.append(f"  {place.destination:<20} {due:>8}  {up:>14}  {_percent(place.on_time.strict_percent):>11} on time")
    lines += [f"  {unflown.mission_id} does not fly: {unflown.reason}" for unflown in summary.unflown]
    return lines


def _cargo(summary: Any) -> list[str]:
    return [
        f"{way.direction}: {way.delivered_lines_count:,} of {count(way.lines_count, 'line')}, "
        f"{way.delivered_kg:,.0f} of {way.asked_kg:,.0f} kg"
        for way in summary.directions
    ]


def _on_time(summary: Any) -> list[str]:
    kept = summary.on_time
    strict, contractual = _percent(kept.strict_percent), _percent(kept.contractual_percent)
    dated = count(kept.lines_count, "dated line")
    return [f"{strict} of {dated} up by the due date, {contractual} within the contracts' tolerance"]


def _use(summary: Any) -> list[str]:
    ports = sorted(summary.ports, key=lambda port: (-port.percent, port.destination, port.port))[:3]
    busiest = ", ".join(f"{port.destination}/{port.port} {port.percent:.0f} %" for port in ports)
    full, late = len(summary.full_missions), len(summary.late_load_full_missions)
    return [
        f"missions are {_percent(summary.utilisation_percent)} full on average, {full} of them to 97 % or more; "
        f"late-load room is full on {late}",
        f"busiest ports: {busiest or 'none'}",
    ]


def _stock(summary: Any) -> list[str]:
    if not summary.stock_outs:
        kept = f"none of {count(summary.tracked_stocks_count, 'stock')} falls below its reserve"
        return [kept, *_tightest(summary)]
    lines = [f"{len(summary.stock_outs)} of {count(summary.tracked_stocks_count, 'stock')} fall below reserve"]
    for out in summary.stock_outs[:_MOST_LISTED]:
        days = f"{count(out.below_reserve_count, 'day')} below reserve, {out.below_zero_count} below zero"
        lines.append(f"  {out.supply_class} at {out.destination}: {days}, first {format_utc(out.first_utc)[:10]}")
    return lines


def _tightest(summary: Any) -> list[str]:
    """The stock that comes nearest to its reserve, among those that are used at all and have one."""
    used = [one for one in summary.stocks if one.used_kg > 0 and one.reserve_kg > 0]
    if not used:
        return []
    one = min(used, key=lambda stock: (stock.tightest_kg / stock.reserve_kg, stock.destination, stock.supply_class))
    on_day = format_utc(one.tightest_utc)[:10]
    kept = f"{one.tightest_kg:,.0f} kg against a reserve of {one.reserve_kg:,.0f} kg"
    return [f"nearest to it: {one.supply_class} at {one.destination}, {kept} on {on_day}"]


def _kpi_verdict(kpis: Sequence[Kpi]) -> list[str]:
    """How many targets are met; each one missed with value and target."""
    missed = [one for one in kpis if one.met is False]
    met, unknown = sum(1 for one in kpis if one.met), sum(1 for one in kpis if one.met is None)
    lines = [f"{met} of {len(kpis)} targets met, {len(missed)} missed, {unknown} without evidence or target"]
    return lines + [
        f"  {one.kpi_id} {one.name} missed: {_amount(one.value, one)}, target {_amount(one.target, one)}" for one in missed
    ]


def _amount(value: float | None, one: Kpi) -> str:
    """A value or target of a KPI with its unit; the comparison is in the report."""
    if value is None:
        return "none"
    return _millions(value) if one.unit == "USD" else f"{value:,.1f} %" if one.unit == "percent" else f"{value:,.0f}"


def _money(summary: Any) -> list[str]:
    money = summary.money
    service = f"revenue {_millions(money.revenue_usd)}, cost {_millions(money.service_cost_usd)}"
    chain = f"worth {_millions(money.catalogue_usd)}, cost {_millions(money.whole_cost_usd)}"
    per_kg = [] if summary.usd_per_kg is None else [f"{summary.usd_per_kg:,.0f} USD, all costs, for each kg delivered up"]
    return [
        f"service: {service}, margin {_percent(money.margin_percent)}",
        f"whole chain at catalogue prices: {chain}, margin {_percent(money.chain_margin_percent)}",
        *per_kg,
    ]


def _left_behind(summary: Any) -> list[str]:
    if not summary.left_lines_count:
        return ["nothing"]
    partly = summary.partly_left_lines_count
    part = f", {partly:,} of them only in part" if partly else ""
    lines = [f"{count(summary.left_lines_count, 'line')}, {summary.left_kg:,.0f} kg{part}"]
    for group in summary.left_behind[:_MOST_LISTED]:
        most_urgent = f", most urgent priority {group.worst_priority}" if group.worst_priority else ""
        lines.append(f"  {group.reason}: {count(group.lines_count, 'line')}, {group.mass_kg:,.0f} kg{most_urgent}")
    more = len(summary.left_behind) - _MOST_LISTED
    return [*lines, f"  and {count(more, 'reason')} more, in the report"] if more > 0 else lines


def _referee(summary: Any) -> list[str]:
    hard, soft = summary.hard_violations_count, summary.soft_violations_count
    verdict = f"{count(hard, 'hard violation')}, see the report" if hard else "no hard rule is broken"
    return [verdict + (f"; {count(soft, 'soft remark')}" if soft else "")]


def _solvers(plan: OperationsPlan) -> list[str]:
    lines = []
    for stage in plan.stages:
        gap = f", proven within {100 * stage.gap:.2f} % of the best" if stage.gap else ""
        fuse = ", stopped by the time limit" if stage.fuse_blown else ""
        lines.append(f"{stage.stage}: {stage.status.value}{gap}{fuse}")
    return lines or ["none"]
