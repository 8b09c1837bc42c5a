"""What may be recorded, area by area: the commands of each, the scope they need, and who records them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from supercargo.app.operations.recording import (
    Operations,
    record_conflict,
    record_contract,
    record_mission,
    record_use,
    record_work,
)
from supercargo.track.acts import Act
from supercargo.track.contracts.deciding import ContractCommand
from supercargo.track.coordination.log import CoordinationCommand
from supercargo.track.envelope import Receipt
from supercargo.track.maintenance.orders import RecordUse, WorkCommand
from supercargo.track.missions.commands import MissionCommand

__all__ = ["AREAS", "Act", "Area"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Things of one sort, what may be done to them, and what that takes."""

    name: str
    scope: str
    commands: tuple[type, ...]
    record: Callable[[Operations, str, Any, Act], tuple[Receipt, ...]]


def _use(store: Operations, name: str, command: RecordUse, act: Act) -> tuple[Receipt, ...]:
    return record_use(store, command, act)


AREAS: tuple[Area, ...] = (
    Area(name="missions", scope="mission", commands=get_args(MissionCommand), record=record_mission),
    Area(name="work-orders", scope="maintenance", commands=get_args(WorkCommand), record=record_work),
    Area(name="assets", scope="maintenance", commands=(RecordUse,), record=_use),
    Area(name="conflicts", scope="mission", commands=get_args(CoordinationCommand), record=record_conflict),
    Area(name="contracts", scope="contract", commands=get_args(ContractCommand), record=record_contract),
)
"""All that is decided on one stream of the company's own; cargo has a table of its own, because customers may see it."""
