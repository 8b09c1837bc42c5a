"""Checks that every cost and every day lost is carried by a process of the supply chain."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from supercargo.kernel import days, days_between
from supercargo.measure.compliance.seeing import Facts, Given, Seen
from supercargo.model import CargoLine, ManifestRow, PlannedMission

__all__ = ["cost_process", "late_process", "lost_days_process"]


def _edition(given: Given) -> str:
    """The edition whose names of processes are used, in brackets."""
    return f"({given.word('edition')})"


def _processes(given: Given) -> tuple[str, ...]:
    return tuple(word.strip() for word in given.word("processes").split(","))


def cost_process(facts: Facts, given: Given) -> Iterator[Seen]:
    """Every cost carries a process of the list, with the amount of each; what is earned is no cost."""
    lawful = _processes(given)
    sums: dict[str, list[float]] = {}
    for row in facts.year.costs:
        if not row.account.startswith("revenue"):
            sums.setdefault(row.scor_process, []).append(row.plan_usd)
    if not sums:
        yield Seen(object="", met=None, words="costs.csv has no cost")
    for process, amounts in sorted(sums.items()):
        words = f"{math.fsum(amounts):,.0f} USD in {len(amounts)} rows {_edition(given)}"
        known = process in lawful
        yield Seen(object=process or "(none)", met=known, words=words if known else f"{words} carry no process of the list")


def _line_of(row: ManifestRow, facts: Facts) -> CargoLine | None:
    lines = facts.year.scenario.lines
    return lines.get(row.item_id) or lines.get(row.item_id.partition("#")[0])


def late_process(row: ManifestRow, facts: Facts) -> str:
    """The process that loses the days of a line past its due date; empty where nobody can say.

    deliver: the flight was lost. source: released so late that its own flight, taken at the cut-off, could not make it.
    return: late on the way back. plan: an earlier flight, or an earlier place in it, would have made it.
    """
    line, mission = _line_of(row, facts), facts.year.mission_named.get(row.mission_id)
    if line is None or row.due_utc is None or (row.mission_id and mission is None):
        return ""
    if mission is None:
        return "plan"
    if mission.lost:
        return "deliver"
    if line.direction != "up":
        return "return"
    return "source" if _released_late(line, row, mission, facts) else "plan"


def _released_late(line: CargoLine, row: ManifestRow, mission: PlannedMission, facts: Facts) -> bool:
    """Whether a lift-off right at the line's cut-off, unloaded as fast as it was, would still have come after the due date."""
    vehicle = facts.year.scenario.vehicle_types.get(mission.vehicle_type)
    if vehicle is None or row.delivered_utc is None or row.due_utc is None:
        return False
    cutoff_d = vehicle.late_cutoff_d if line.late_load else vehicle.cargo_cutoff_d
    return line.release_utc + days(cutoff_d) + (row.delivered_utc - mission.launch_utc) > row.due_utc


def lost_days_process(facts: Facts, given: Given) -> Iterator[Seen]:
    """Every day by which a dated line is late carries a process of the list; what never arrives counts to the year's end."""
    lawful, end_utc = _processes(given), facts.year.scenario.settings.end_utc
    lost_d: dict[str, list[float]] = {}
    orphans: Counter[str] = Counter()
    for row in facts.year.manifest:
        if row.due_utc is None:
            continue
        late_d = days_between(row.due_utc, row.delivered_utc or max(end_utc, row.due_utc))
        if late_d <= 0.0:
            continue
        process = late_process(row, facts)
        if process in lawful:
            lost_d.setdefault(process, []).append(late_d)
        else:
            orphans[row.mission_id or "no mission"] += 1
    for mission_id, count in sorted(orphans.items()):
        yield Seen(object=mission_id, met=False, words=f"{count} late lines carry no process of the list")
    for process, spans in sorted(lost_d.items()):
        words = f"{math.fsum(spans):,.1f} line days lost by {len(spans)} lines {_edition(given)}"
        yield Seen(object=process, met=True, words=words)
    if not lost_d and not orphans:
        yield Seen(object="", met=True, words="no dated line is late")
