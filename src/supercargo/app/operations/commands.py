"""What may be recorded, area by area: the commands of each, the scope they need, and who records them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from supercargo.app.compliance import record_compliance
from supercargo.app.operations.booking import record_budget, record_invoice
from supercargo.app.operations.cargo import record_case
from supercargo.app.operations.insuring import record_claim, record_policy, record_risk
from supercargo.app.operations.lessons import record_lesson
from supercargo.app.operations.recording import (
    Operations,
    record_conflict,
    record_contract,
    record_mission,
    record_party,
    record_use,
    record_work,
)
from supercargo.track import acts
from supercargo.track.cargo import steps
from supercargo.track.cargo.nonconformance import CloseCase, Dispose, OpenCase, PlanAction
from supercargo.track.compliance.commands import (
    AddEvidence,
    EditRequirement,
    HoldDrill,
    RegisterRisk,
    SetPartnerStatus,
    WaiveRequirement,
)
from supercargo.track.contracts.deciding import ContractCommand
from supercargo.track.coordination.log import CoordinationCommand
from supercargo.track.costs.deciding import InvoiceCommand, SetBudget
from supercargo.track.envelope import Receipt
from supercargo.track.lessons.deciding import DropLesson, OpenLesson
from supercargo.track.maintenance.orders import RecordUse, WorkCommand
from supercargo.track.missions.commands import MissionCommand
from supercargo.track.parties.deciding import PartyCommand
from supercargo.track.people import Principal
from supercargo.track.risks.claims import ClaimCommand
from supercargo.track.risks.policies import PolicyCommand
from supercargo.track.risks.register import RiskCommand

__all__ = ["AREAS", "CARGO_STEPS", "Act", "Area", "Correct", "Step"]

Act = acts.Act
CARGO_STEPS = steps.STEPS
Correct = steps.Correct
Step = steps.Step

Said = Mapping[str, Any]

_WHO = ("command_id", "by", "at_utc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Things of one sort, what may be done to them, and what that takes.

    `record` is given the store, who acts, the command, the name of the thing, and what is said. Fields of a command that are
    `given` are not said: they follow from who, when and of what.
    """

    name: str
    scope: str
    commands: tuple[type, ...]
    record: Callable[[Operations, tuple[Principal, Act], type, str, Said], tuple[Receipt, ...]]
    given: tuple[str, ...] = ()


Recorder = Callable[[Operations, str, Any, Act], tuple[Receipt, ...]]


def _on_stream(recorder: Recorder) -> Callable[[Operations, tuple[Principal, Act], type, str, Said], tuple[Receipt, ...]]:
    """Commands that say only what is done; their stream is named beside them."""

    def record(store: Operations, who: tuple[Principal, Act], command: type, name: str, said: Said) -> tuple[Receipt, ...]:
        return recorder(store, name, command(**said), who[1])

    return record


def _use(store: Operations, name: str, command: RecordUse, act: Act) -> tuple[Receipt, ...]:
    return record_use(store, command, act)


def _case(store: Operations, who: tuple[Principal, Act], command: type, name: str, said: Said) -> tuple[Receipt, ...]:
    act = who[1]
    return record_case(store, command(**said, case_id=name, command_id=act.command_id, by=act.by, at_utc=act.at_utc))


def _comply(store: Operations, who: tuple[Principal, Act], command: type, name: str, said: Said) -> tuple[Receipt, ...]:
    principal, act = who
    key = "party" if command is SetPartnerStatus else "requirement_id"
    named = {key: name, "command_id": act.command_id, "by": act.by, "at_utc": act.at_utc}
    return record_compliance(store, principal, command(**said, **named))


AREAS: tuple[Area, ...] = (
    Area(name="missions", scope="mission", commands=get_args(MissionCommand), record=_on_stream(record_mission)),
    Area(name="work-orders", scope="maintenance", commands=get_args(WorkCommand), record=_on_stream(record_work)),
    Area(name="assets", scope="maintenance", commands=(RecordUse,), record=_on_stream(_use)),
    Area(name="conflicts", scope="mission", commands=get_args(CoordinationCommand), record=_on_stream(record_conflict)),
    Area(name="contracts", scope="contract", commands=get_args(ContractCommand), record=_on_stream(record_contract)),
    Area(name="invoices", scope="contract", commands=get_args(InvoiceCommand), record=_on_stream(record_invoice)),
    Area(name="budgets", scope="contract", commands=(SetBudget,), record=_on_stream(record_budget)),
    Area(
        name="non-conformances",
        scope="quality",
        commands=(OpenCase, Dispose, PlanAction, CloseCase),
        record=_case,
        given=("case_id", *_WHO),
    ),
    Area(
        name="requirements",
        scope="comply",
        commands=(AddEvidence, WaiveRequirement, EditRequirement, HoldDrill, RegisterRisk),
        record=_comply,
        given=("requirement_id", *_WHO),
    ),
    Area(name="parties", scope="quality", commands=get_args(PartyCommand), record=_on_stream(record_party)),
    Area(name="lessons", scope="quality", commands=(OpenLesson, DropLesson), record=_on_stream(record_lesson)),
    Area(name="partners", scope="comply", commands=(SetPartnerStatus,), record=_comply, given=("party", *_WHO)),
    Area(name="risks", scope="risk", commands=get_args(RiskCommand), record=_on_stream(record_risk)),
    Area(name="policies", scope="contract", commands=get_args(PolicyCommand), record=_on_stream(record_policy)),
    Area(name="claims", scope="contract", commands=get_args(ClaimCommand), record=_on_stream(record_claim)),
)
"""All that is decided on one stream of the company's own; cargo has a table of its own, because customers may see it."""
