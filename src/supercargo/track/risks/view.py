"""The register of risks, policies and claims, made from the log."""

from __future__ import annotations

from typing import Any

from supercargo.kernel import plain
from supercargo.track.bodies import noun_of, word_of
from supercargo.track.envelope import Recorded
from supercargo.track.event_store import View
from supercargo.track.risks import events as told
from supercargo.track.risks.claims import ClaimState, evolve_claim
from supercargo.track.risks.policies import PolicyState, evolve_policy
from supercargo.track.risks.register import RiskState, evolve_risk
from supercargo.track.views import Projection, ViewTable

__all__ = ["CLAIM_STATES", "REGISTER_STATES", "RISKS"]

REGISTER_STATES = ("open", "mitigating", "accepted", "closed")
CLAIM_STATES = ("notified", "documented", "assessed", "agreed", "paid", "refused", "closed")

REGISTER = ViewTable(
    name="risk_register",
    key=("risk",),
    columns=(
        "risk_class", "title", "driver", "object", "state", "owner", "probability", "impact_usd", "impact_d", "basis",
        "samples_count", "mitigation", "due_utc", "residual_probability", "residual_impact_usd", "residual_impact_d",
        "accepted_by", "accepted_until_utc", "why", "review_utc", "drilled_utc", "security", "identified_by",
        "identified_utc", "since_utc", "held",
    ),
    indexed=("risk_class", "state", "owner"),
)  # fmt: skip
POLICIES = ViewTable(
    name="policies",
    key=("policy",),
    columns=(
        "mission_id", "insurer", "covers", "insured_usd", "cover_fraction", "limit_usd", "deductible_usd", "premium_usd",
        "paid_utc", "bound_by", "bound_utc", "losses", "agreed_usd", "held",
    ),
    indexed=("mission_id", "insurer"),
)  # fmt: skip
CLAIMS = ViewTable(
    name="claims",
    key=("claim",),
    columns=(
        "policy", "mission_id", "loss", "state", "insurer", "value_usd", "claimed_usd", "loss_usd", "assessor", "agreed_usd",
        "agreed_with", "paid_usd", "paid_utc", "recovered_usd", "evidence", "why", "notified_by", "notified_utc", "since_utc",
        "held",
    ),
    indexed=("policy", "mission_id", "state", "insurer"),
)  # fmt: skip


def _project(event: Recorded, view: View) -> None:
    if told.RISK_KINDS.read(event) is not None:
        risk = evolve_risk(_held(view, REGISTER, event, RiskState), event)
        if risk is not None:
            _put(view, REGISTER, risk.risk, risk, {})
    elif told.POLICY_KINDS.read(event) is not None:
        policy = evolve_policy(_held(view, POLICIES, event, PolicyState), event)
        if policy is not None:
            agreed = round(sum(policy.agreed.values()), 2)
            losses = sorted(policy.losses)
            _put(view, POLICIES, policy.policy, policy, {**plain(policy.terms), "losses": losses, "agreed_usd": agreed})
    elif told.CLAIM_KINDS.read(event) is not None:
        claim = evolve_claim(_held(view, CLAIMS, event, ClaimState), event)
        if claim is not None:
            _put(view, CLAIMS, claim.claim, claim, {"evidence": list(claim.evidence)})


def _held(view: View, table: ViewTable, event: Recorded, noun: type) -> Any:
    row = view.get(table.name, (event.stream.partition("/")[2],))
    return noun_of(noun, row["held"]) if row else None


def _put(view: View, table: ViewTable, name: str, state: Any, more: dict[str, Any]) -> None:
    row: dict[str, Any] = {table.key[0]: name}
    for column in table.columns:
        if column == "held":
            row["held"] = plain(state)
        elif column in more:
            row[column] = more[column]
        else:
            value = getattr(state, column)
            row[column] = word_of(value) if column.endswith("_utc") else value
    view.put(table.name, (name,), row)


RISKS = Projection(name="risks", tables=(REGISTER, POLICIES, CLAIMS), project=_project)
"""The register of risks, policies and claims."""
