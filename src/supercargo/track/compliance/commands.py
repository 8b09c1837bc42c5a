"""Commands that add to what is shown: evidence, a waiver, an edited clause, a drill, a partner's status, a risk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from supercargo.kernel import text

__all__ = [
    "EDITABLE",
    "PARTNER_STATES",
    "AddEvidence",
    "Command",
    "EditRequirement",
    "HoldDrill",
    "RegisterRisk",
    "SetPartnerStatus",
    "WaiveRequirement",
]

PARTNER_STATES = ("approved", "conditional", "suspended")
EDITABLE = ("clause", "applies_to", "parameters", "proof", "due", "owner")
"""Columns of a requirement that can be edited while operations run; `;` stands between the words of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Who does it, when, and the name under which it is known, so that a repeat is no second one."""

    kind: ClassVar[str] = ""
    scope: ClassVar[str] = "comply"

    command_id: str = text("name of the command, made by who gives it")
    by: str = text("named person")
    at_utc: datetime = text("when")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEvidence(Command):
    """Something that shows that a requirement is met: a record, a certificate, minutes."""

    kind: ClassVar[str] = "EvidenceAdded"
    requirement_id: str = text("requirement")
    object: str = text("what it is shown of, such as a mission or place; empty: all", default="")
    reference: str = text("where it can be looked at")
    valid_until_utc: datetime | None = text("holds until; empty: for good", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveRequirement(Command):
    """A named person lets a requirement be for a time."""

    kind: ClassVar[str] = "RequirementWaived"
    requirement_id: str = text("requirement")
    object: str = text("object that is waived; empty: all", default="")
    reason: str = text("why")
    until_utc: datetime = text("until when")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRequirement(Command):
    """The words, number, date or owner of a requirement change."""

    kind: ClassVar[str] = "RequirementEdited"
    requirement_id: str = text("requirement")
    field: str = text("what changes", choices=EDITABLE)
    value: str = text("what it is from now on")
    reason: str = text("why")


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldDrill(Command):
    """A plan for a bad day was exercised."""

    kind: ClassVar[str] = "DrillHeld"
    requirement_id: str = text("requirement that asks for it")
    drill: str = text("what was exercised")
    finding: str = text("what was learned")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPartnerStatus(Command):
    """A partner was looked at: whether it may hold cargo, and until when."""

    kind: ClassVar[str] = "PartnerStatusSet"
    party: str = text("partner: customer, supplier, carrier or operator")
    status: str = text("whether it may hold cargo", choices=PARTNER_STATES)
    reason: str = text("what it rests on")
    valid_until_utc: datetime = text("to be looked at again by")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRisk(Command):
    """A risk is put on the register, or looked at again."""

    kind: ClassVar[str] = "RiskRegistered"
    requirement_id: str = text("requirement that asks for the register")
    risk_id: str = text("risk")
    words: str = text("what may happen, and to what")
    owner: str = text("role that answers for it")
    treatment: str = text("what is done about it")
    review_utc: datetime = text("to be looked at again by")
