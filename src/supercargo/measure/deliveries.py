"""What became of each cargo line: aboard or left behind, on time or late, strictly and by its contract."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import days, days_between
from supercargo.model import CargoLine, ManifestRow, OperationsPlan, Scenario

__all__ = ["REASON_KINDS", "LineFate", "line_fates", "line_name", "reason_kinds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFate:
    """A line's parts count as one: delivered with its last part, on time only if every part is aboard and on time."""

    line: CargoLine
    rows: tuple[ManifestRow, ...]
    delivered_kg: float
    left_kg: float
    delivered_utc: datetime | None  # last part; None while any part is left behind
    on_time: bool | None  # by due_utc; None without a due date
    within_tolerance: bool | None  # by due_utc + due_tolerance of the contract
    late_d: float  # days after due_utc; 0 if on time, left behind or without a due date
    reason: str  # why (the first part that) is left behind; empty if all aboard

    @property
    def whole(self) -> bool:
        """Every part is aboard."""
        return self.delivered_utc is not None

    @property
    def missions(self) -> frozenset[str]:
        """Missions that the line or parts of it are aboard."""
        return frozenset(row.mission_id for row in self.rows if row.mission_id)


def line_name(scenario: Scenario, written: str) -> str:
    """The line that a manifest row speaks of: `ITEM` for `ITEM#2`, unless the scenario has a line of the very name."""
    if written in scenario.lines:
        return written
    stem, mark, part = written.rpartition("#")
    return stem if mark and part.isdigit() else written


def _fate(scenario: Scenario, line: CargoLine, rows: tuple[ManifestRow, ...]) -> LineFate:
    left = [row for row in rows if not row.mission_id or row.delivered_utc is None]
    ends = [row.delivered_utc for row in rows if row.mission_id and row.delivered_utc is not None]
    whole = max(ends) if ends and not left else None
    due = line.due_utc
    tolerance = days(scenario.term_values.get((scenario.contract_id(line), "due_tolerance"), 0.0))
    return LineFate(
        line=line,
        rows=rows,
        delivered_kg=sum(row.mass_kg for row in rows if row.mission_id and row.delivered_utc is not None),
        left_kg=sum(row.mass_kg for row in left) if rows else line.mass_kg,
        delivered_utc=whole,
        on_time=None if due is None else whole is not None and whole <= due,
        within_tolerance=None if due is None else whole is not None and whole <= due + tolerance,
        late_d=max(0.0, days_between(due, whole)) if due is not None and whole is not None else 0.0,
        reason=""
        if whole
        else next((row.reason for row in left if row.reason), "not in the manifest" if not rows else "no reason"),
    )


def line_fates(plan: OperationsPlan) -> tuple[LineFate, ...]:
    """The fate of every line of the scenario, in its order; a line that the manifest misses counts as left behind."""
    parts: dict[str, list[ManifestRow]] = defaultdict(list)
    for row in plan.manifest:
        parts[line_name(plan.scenario, row.item_id)].append(row)
    return tuple(_fate(plan.scenario, line, tuple(parts.get(line.item_id, ()))) for line in plan.scenario.cargo)


REASON_KINDS: tuple[tuple[str, str], ...] = (
    (r"\bfull\b", "flights full"),
    (r"must not fly with", "hazard class"),
    (r"\bin 3D\b", "no room in 3D"),
    (r"\bfits no\b", "a piece fits no bay"),
    (r"\beven empty\b", "more than a flight can take"),
    (r"\bin tanks\b", "no tank for it"),
    (r"\bafter its release\b", "no flight after its release"),
    (r"\bwould exceed what it earns\b", "penalties above its price"),
    (r"\bis scheduled\b", "no flight is scheduled"),
    (r"\blost with\b", "lost with its ship"),
    (r"\bto take it back, was lost\b", "the ship that was to take it back was lost"),
)
"""Words by which a reason shows its kind; a reason may show several."""

_MEASURE = re.compile(r"(?:\(|; )([a-z][a-z -]*?) on ")
_BLANKS = re.compile(r"…(?:[\s,;]*(?:and|to|or)?[\s,;]*…)+")


def reason_kinds(plan: OperationsPlan, reasons: tuple[str, ...]) -> Mapping[str, str]:
    """The kind of each reason: what it shows by its words, with the capacities that are full named.

    Reasons name missions, dates and amounts; one that shows no known kind is its own, with such names blanked.
    """
    names = sorted(
        {*plan.scenario.requests, *plan.scenario.places, *plan.scenario.vehicle_types}, key=lambda name: (-len(name), name)
    )
    pattern = re.compile("|".join([*(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names if name), r"[\w.:-]*\d[\w.:-]*"]))
    return {reason: _shown(reason) or _blanked(pattern, reason) for reason in sorted(set(reasons))}


def _shown(reason: str) -> str:
    kinds = [kind for words, kind in REASON_KINDS if re.search(words, reason)]
    if kinds and kinds[0] == "flights full" and (measures := sorted(set(_MEASURE.findall(reason)))):
        kinds[0] = f"flights full: {', '.join(measures)}"
    return " and ".join(kinds)


def _blanked(names: re.Pattern[str], reason: str) -> str:
    head = reason.partition(": ")[0]
    blanked = _BLANKS.sub("…", names.sub("…", head)).replace("… more", "…").strip(" .;,")
    return blanked or reason.strip() or "no reason"
