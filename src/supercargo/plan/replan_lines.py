"""The rows of a plan by line: where each flies, when it comes, and what it earns."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from supercargo.kernel import format_utc
from supercargo.model import ManifestRow, OperationsPlan, Scenario
from supercargo.plan.costing import late_penalty_usd

__all__ = ["Lines", "penalty_usd"]


@dataclass(frozen=True)
class Lines:
    """The rows of a plan by line, and what each line earns the service [USD]."""

    plan: OperationsPlan

    @cached_property
    def of(self) -> Mapping[str, tuple[ManifestRow, ...]]:
        """Rows of each line, parts in their order."""
        found: dict[str, list[ManifestRow]] = {}
        for row in self.plan.manifest:
            found.setdefault(_line_id(row), []).append(row)
        return {item_id: tuple(rows) for item_id, rows in found.items()}

    @cached_property
    def aboard(self) -> Mapping[str, frozenset[str]]:
        """Lines of each mission."""
        found: dict[str, set[str]] = {}
        for item_id, rows in self.of.items():
            for row in rows:
                found.setdefault(row.mission_id, set()).add(item_id)
        return {mission_id: frozenset(items) for mission_id, items in found.items()}

    def missions(self, item_id: str) -> str:
        """Missions that carry a line, `;` between them; empty where none does."""
        return ";".join(sorted({row.mission_id for row in self.of.get(item_id, ()) if row.mission_id}))

    def delivered(self, item_id: str) -> str:
        """When the last part of a line is delivered; empty where none is."""
        told = [row.delivered_utc for row in self.of.get(item_id, ()) if row.delivered_utc]
        return format_utc(max(told)) if told else ""

    def on_time(self, item_id: str) -> bool:
        """Whether no part of a line comes late or stays behind although it is due."""
        return not any(row.on_time is False for row in self.of.get(item_id, ()))

    def earned_usd(self, item_id: str) -> float:
        """What a line earns the service, less its penalties [USD]."""
        return math.fsum(_earned_usd(self.plan.scenario, row) for row in self.of.get(item_id, ()))

    def penalty_usd(self, item_id: str) -> float:
        """Penalties owed for a line that comes late or stays behind [USD]."""
        return math.fsum(penalty_usd(self.plan.scenario, row) for row in self.of.get(item_id, ()))

    def service_usd(self, item_id: str) -> float:
        """Worth of a line's service beside its price [USD]: by priority, less where it is late, none where it stays behind."""
        scenario = self.plan.scenario
        line, service = scenario.lines[item_id], scenario.settings.service
        whole_usd = service.priority_usd[int(line.priority) - 1]
        came = (row for row in self.of.get(item_id, ()) if row.mission_id and row.delivered_utc is not None)
        late = 1.0 - service.on_time_share
        return math.fsum(whole_usd * (late if row.on_time is False else 1.0) * row.mass_kg / line.mass_kg for row in came)


def _line_id(row: ManifestRow) -> str:
    return row.item_id.partition("#")[0]


def penalty_usd(scenario: Scenario, row: ManifestRow) -> float:
    """What the service owes for a row that is late, or left behind although it was due in the horizon [USD]."""
    line = scenario.lines[_line_id(row)]
    price_usd = scenario.price_usd(line) * row.mass_kg / line.mass_kg
    if row.mission_id:
        return late_penalty_usd(scenario, line, row.delivered_utc, price_usd)
    if line.due_utc is None or line.due_utc > scenario.settings.end_utc:
        return 0.0
    return price_usd * scenario.term_values.get((scenario.contract_id(line), "penalty_cap"), 0.0) / 100.0


def _earned_usd(scenario: Scenario, row: ManifestRow) -> float:
    """Price less penalty of a row; of one left behind, or lost, minus what is owed [USD]."""
    line = scenario.lines[_line_id(row)]
    paid = bool(row.mission_id) and row.delivered_utc is not None
    return scenario.price_usd(line) * row.mass_kg / line.mass_kg * paid - penalty_usd(scenario, row)
