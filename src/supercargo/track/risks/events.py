"""What can have happened to a risk of the register, a policy and a claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.track.bodies import Kinds

__all__ = [
    "CLAIM_KINDS",
    "POLICY_KINDS",
    "RISK_KINDS",
    "ClaimAgreed",
    "ClaimAssessed",
    "ClaimDocumented",
    "ClaimNotified",
    "ClaimPaid",
    "ClaimRefused",
    "LossClaimed",
    "Lot",
    "PolicyBound",
    "PremiumPaid",
    "RecoveryAgreed",
    "RiskAccepted",
    "RiskAssessed",
    "RiskClosed",
    "RiskDrilled",
    "RiskIdentified",
    "RiskMitigated",
    "RiskReviewed",
    "SubrogationClosed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskIdentified:
    """A risk is put on the register; `security`: it is one of the security of the chain, whose plans have to be drilled."""

    risk: str
    risk_class: str
    title: str
    driver: str
    object: str
    owner: str
    review_utc: datetime
    security: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAssessed:
    """How likely and how bad it is, and what that rests on; `samples_count` is 0 where nothing was simulated."""

    probability: float
    impact_usd: float
    impact_d: float
    basis: str
    samples_count: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMitigated:
    """Something is done about it, by somebody and by a date, and what is left of the risk then."""

    mitigation: str
    owner: str
    due_utc: datetime
    residual_probability: float
    residual_impact_usd: float
    residual_impact_d: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAccepted:
    """A named person lets the risk be, for a reason and for a time."""

    reason: str
    until_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskReviewed:
    """The risk was looked at again."""

    finding: str
    review_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskDrilled:
    """The plan for the day on which it happens was exercised."""

    drill: str
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskClosed:
    """The risk is off the register."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A cargo lot with its declared value [USD]."""

    item_id: str
    usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBound:
    """A mission's cargo or flight is insured; `lots` are what the cargo's value is made of, where that is known."""

    policy: str
    mission_id: str
    insurer: str
    covers: str
    insured_usd: float
    cover_fraction: float
    limit_usd: float
    deductible_usd: float
    premium_usd: float
    lots: tuple[Lot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PremiumPaid:
    """The premium of a policy is paid."""

    mission_id: str
    usd: float
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LossClaimed:
    """A loss is claimed under the policy: each loss once."""

    claim: str
    loss: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryAgreed:
    """So much of the policy's limit is used by a claim."""

    claim: str
    usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimNotified:
    """The insurer is told of a loss: a lost mission, or a damaged item aboard one."""

    claim: str
    policy: str
    mission_id: str
    loss: str
    insurer: str
    value_usd: float
    cover_fraction: float
    limit_usd: float
    deductible_usd: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDocumented:
    """What the loss is said to be, and the evidence of it."""

    claimed_usd: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAssessed:
    """What the loss is found to be by an assessor."""

    assessor: str
    loss_usd: float
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAgreed:
    """Insurer and insured agree on an amount."""

    usd: float
    agreed_with: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPaid:
    """The agreed amount has come in."""

    mission_id: str
    usd: float
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRefused:
    """The insurer pays nothing, for a reason."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubrogationClosed:
    """The insurer's own claim against whoever caused the loss is over, with what it brought the insurer."""

    against: str
    recovered_usd: float
    evidence: str


RISK_KINDS = Kinds((RiskIdentified, RiskAssessed, RiskMitigated, RiskAccepted, RiskReviewed, RiskDrilled, RiskClosed))
"""Every kind of event of a risk's stream."""

POLICY_KINDS = Kinds((PolicyBound, PremiumPaid, LossClaimed, RecoveryAgreed))
"""Every kind of event of a policy's stream."""

CLAIM_KINDS = Kinds((ClaimNotified, ClaimDocumented, ClaimAssessed, ClaimAgreed, ClaimPaid, ClaimRefused, SubrogationClosed))
"""Every kind of event of a claim's stream."""
