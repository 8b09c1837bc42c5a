"""Who asks and who acts: roles, scopes, and the one rule of who may see what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from supercargo.kernel import Refused

__all__ = ["PEOPLE_EVENTS", "ROLES", "ROLE_SCOPES", "SCOPES", "Principal", "may_hear", "permit", "visible"]

SCOPES: Mapping[str, str] = {
    "read": "see what one may see",
    "cargo": "record what happens to cargo",
    "custody": "hand over custody, seal and unseal",
    "mission": "record gates, polls, procedures, phases, incidents and slips",
    "release": "open a plan for operations, waive a rule",
    "maintenance": "write and sign work orders",
    "quality": "write and close non-conformances",
    "safety": "write and close hazards and incidents",
    "contract": "book milestones, penalties, credits and invoices, set budgets",
    "risk": "keep the register of risks",
    "money": "see what contracts say, earn and owe, and what is spent",
    "comply": "edit requirements, add evidence, waive a requirement",
    "audit": "read the log itself and verify it",
    "admin": "let people in, give keys",
}
"""What a person or a key may be let do."""

ROLE_SCOPES: Mapping[str, tuple[str, ...]] = {
    "viewer": ("read",),
    "customer": ("read",),
    "custodian": ("read", "cargo", "custody"),
    "controller": ("read", "cargo", "custody", "mission"),
    "planner": ("read", "mission", "release", "risk"),
    "quality": ("read", "quality", "comply", "risk"),
    "safety": ("read", "safety", "comply", "risk"),
    "maintainer": ("read", "maintenance"),
    "director": ("read", "contract", "money", "comply", "release", "risk"),
    "auditor": ("read", "audit", "money"),
    "admin": ("read", "audit", "admin"),
}
"""What each role may do; a person can have several."""

ROLES: tuple[str, ...] = tuple(ROLE_SCOPES)

PEOPLE_EVENTS: tuple[str, ...] = (
    "PersonAdmitted",
    "PersonShutOut",
    "PersonLetIn",
    "RolesSet",
    "PasswordChanged",
    "PasswordReset",
    "KeyIssued",
    "KeyRevoked",
)
"""What happens to accounts, in streams `person/NAME`; bodies name roles, scopes and keys, never a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A person or a machine that is known; `customer` is whom it works for, empty for the company's own.

    `password_due` says that the person came in by a one-time password and has to choose its own before all else.
    """

    name: str
    scopes: frozenset[str]
    customer: str = ""
    password_due: bool = False


def visible(principal: Principal, tenant: str) -> bool:
    """A customer sees what is its own and nothing else; the company's own people see all.

    >>> visible(Principal(name="kim", scopes=frozenset({"read"}), customer="ESA"), "NASA")
    False
    """
    return not principal.customer or principal.customer == tenant


def may_hear(principal: Principal, tenant: str, stream: str) -> bool:
    """Whether a stream may be heard: its own alone by a customer; contracts, costs and people only as scopes allow."""
    if not visible(principal, tenant):
        return False
    area = stream.partition("/")[0]
    money = {"money", "contract"}
    needed: set[str] = {
        **dict.fromkeys(("contract", "policy", "claim", "cost", "budget"), money),
        "person": {"admin", "audit"},
    }.get(area, set())
    return not needed or bool(needed & principal.scopes)


def permit(principal: Principal, scope: str) -> None:
    """Let the principal go on, or raise Refused with what is missing."""
    if scope not in principal.scopes:
        raise Refused(
            f"{principal.name} may not {SCOPES[scope]}", fix=f"ask an administrator for the scope {scope!r}", where=scope
        )
