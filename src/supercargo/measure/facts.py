"""What figures are measured from, the same nouns for a plan and for what has happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from supercargo.measure.intervals import Span
from supercargo.track.missions.basis import PlanBasis, PlannedCost

__all__ = [
    "ComplaintFact",
    "DamageFact",
    "Facts",
    "IncidentFact",
    "LineFact",
    "MissionFact",
    "MoneyFact",
    "RecognitionFact",
    "StepFact",
    "SurveyFact",
    "WorkFact",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionFact:
    """A mission: committed lift-off (of the plan first released), what has happened, and on which resources.

    `state` is due (not flown yet), flown, lost, withdrawn or unflown (no plan flies it).
    """

    mission_id: str
    state: str
    customer: str = ""
    contract_id: str = ""
    destination: str = ""
    port: str = ""
    pad: str = ""
    facility_id: str = ""
    vehicle_id: str = ""
    vehicle_type: str = ""
    committed_utc: datetime | None = None
    latest_utc: datetime | None = None
    launched_utc: datetime | None = None
    docked_utc: datetime | None = None
    departed_utc: datetime | None = None
    ended_utc: datetime | None = None
    reason: str = ""
    upmass_capacity_kg: float | None = None
    upvolume_capacity_m3: float | None = None
    costs: tuple[PlannedCost, ...] = ()
    processing: tuple[Span, ...] = ()
    on_pad: tuple[Span, ...] = ()
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFact:
    """A cargo line, its parts taken together: what is promised, and what became of it.

    `received_utc` is the receipt of the order, `released_utc` when the customer hands the cargo over, `committed_mission` the
    mission of the plan that first told of the line, `delivered_utc` the delivery of its last part (None: not whole).
    `must`, `pieces` and `documents` are None where nothing tells.
    """

    item_id: str
    contract_id: str
    customer: str
    destination: str
    direction: str
    mass_kg: float
    due_utc: datetime | None = None
    tolerance_d: float = 0.0
    must: bool | None = None
    pieces: float | None = None
    committed_mission: str = ""
    missions: tuple[str, ...] = ()
    received_utc: datetime | None = None
    released_utc: datetime | None = None
    planned_utc: datetime | None = None
    delivered_utc: datetime | None = None
    delivered_kg: float = 0.0
    delivered_pieces: float = 0.0
    deliveries: tuple[tuple[str, datetime, float], ...] = ()  # mission, instant, kg of each part
    left: bool = False
    lost: bool = False
    documents: bool | None = None
    reason: str = ""
    position: int | None = None

    @property
    def whole(self) -> bool:
        """Every part is delivered."""
        return self.delivered_utc is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyFact:
    """An amount that is booked, or planned [USD]."""

    account: str
    usd: float
    at_utc: datetime | None
    mission_id: str = ""
    customer: str = ""
    destination: str = ""
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageFact:
    """A non-conformance that tells of damage to a line."""

    case_id: str
    item_id: str
    said: str
    at_utc: datetime
    cause: str = "damage"
    pieces: float | None = None
    customer: str = ""
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFact:
    """An incident of a mission; severity 1 is the gravest."""

    incident: str
    mission_id: str
    severity: int
    said: str
    at_utc: datetime
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFact:
    """A gate or a step of a procedure: due when, done on evidence, waived or open."""

    step: str
    mission_id: str
    kind: str
    state: str
    due_utc: datetime
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFact:
    """Work on an asset, KIND/NAME; it is out of use in the span (to the end of what is known where the work goes on)."""

    order: str
    asset: str
    task: str
    span: Span
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintFact:
    """A customer's complaint."""

    complaint: str
    customer: str
    about: str
    said: str
    state: str
    at_utc: datetime
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFact:
    """A survey; `share` of the full score, None where nobody has answered."""

    survey: str
    customer: str
    about: str
    share: float | None
    said: str
    at_utc: datetime
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionFact:
    """An award, a certificate or a citation."""

    title: str
    party: str
    at_utc: datetime
    evidence: str
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that figures are measured from, as known at `as_of_utc`; `basis` is plan or operations.

    `held` is what the figures are held against (None in logs that did not tell it); `loaded` is what was aboard each mission
    up at lift-off [kg, m3]; `seen_items` are lines of which the cargo's own record tells that somebody has had them in hand at
    the place; `stock_kg` is the mean stock of a place.

    `actual_usd` is what missions cost the service by what is billed, accounts without an invoice as planned; missions without
    any invoice are not in it. `billed_usd` is billed to accounts for no single mission. `unparted` are billed missions whose
    planned cost nobody told account by account: they stay as planned.
    """

    basis: str
    of: str
    start_utc: datetime
    end_utc: datetime
    as_of_utc: datetime
    held: PlanBasis | None
    missions: tuple[MissionFact, ...] = ()
    lines: tuple[LineFact, ...] = ()
    revenue: tuple[MoneyFact, ...] = ()
    damages: tuple[DamageFact, ...] = ()
    incidents: tuple[IncidentFact, ...] = ()
    steps: tuple[StepFact, ...] = ()
    work: tuple[WorkFact, ...] = ()
    complaints: tuple[ComplaintFact, ...] = ()
    surveys: tuple[SurveyFact, ...] = ()
    recognitions: tuple[RecognitionFact, ...] = ()
    loaded: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    seen_items: frozenset[str] = frozenset()
    actual_usd: Mapping[str, float] = field(default_factory=dict)
    billed_usd: Mapping[str, float] = field(default_factory=dict)
    unparted: frozenset[str] = frozenset()
    stock_kg: Mapping[str, float] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """The horizon has ended: what has not come is not to come."""
        return self.as_of_utc >= self.end_utc

    @property
    def known_span(self) -> Span:
        """The part of the horizon that is known."""
        return self.start_utc, max(self.start_utc, min(self.end_utc, self.as_of_utc))
