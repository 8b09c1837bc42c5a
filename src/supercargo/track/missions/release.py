"""A plan becomes real: what its release writes, stream by stream, in one append, and when it is refused.

Names of events follow from the plan's digest and the thing they open, so that the same release told twice is one. It begins
with who releases and what is waived, and ends with the plan in the register: what breaks off between can be taken up again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from supercargo.kernel import Refused, format_utc, plain
from supercargo.model import GateTemplate, OperationsPlan, PlannedMission, Violation, Waiver
from supercargo.track.acts import Act, drafts_of, need
from supercargo.track.bodies import Kinds
from supercargo.track.contracts import events as contracts
from supercargo.track.envelope import Draft, Recorded
from supercargo.track.limits import LARGEST_BODY, body_text
from supercargo.track.missions import events as told
from supercargo.track.missions.basis import PlanBasis, basis_of, costs_by_mission
from supercargo.track.missions.gates import gates_for
from supercargo.track.missions.phases import GROUND_PHASES, WITHDRAWN
from supercargo.track.missions.state import MissionState

__all__ = [
    "PLAN_KINDS",
    "REGISTER",
    "PlanMadeCurrent",
    "PlanReleased",
    "ReleaseBegun",
    "ReleaseOrder",
    "Released",
    "RuleWaived",
    "Standing",
    "begun_release",
    "decide_release",
    "name_of_release",
    "register_of",
]

LONGEST_THING = 120
"""Longest name of a thing that goes into an event's name as it is."""

LONGEST_REASON = 160
"""So much of the reason why a line stays behind goes into its promise; manifest.csv has it in full."""

REGISTER = "plan/register"
"""The stream that says which plan is flown; two releases at once meet here, and one of them is told to decide anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseBegun:
    """Somebody releases a plan; until it is in the register the release is not done."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReleased:
    """A plan is open for operations; `basis` is what KPIs are held against, None in releases that did not tell it."""

    digest: str
    scenario_digest: str
    name: str
    seed: int
    as_of_utc: datetime
    start_utc: datetime
    end_utc: datetime
    missions_count: int
    lines_count: int
    supersedes: str
    basis: PlanBasis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWaived:
    """A named person lets the plan fly although it breaks a rule."""

    rule: str
    object: str
    name: str
    reason: str
    at_utc: datetime
    breaches: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMadeCurrent:
    """From here on operations follow this plan."""

    digest: str
    as_of_utc: datetime
    supersedes: str
    by: str


PLAN_KINDS = Kinds((RuleWaived, ReleaseBegun, PlanReleased, PlanMadeCurrent))
"""Every kind of event of a plan's stream and of the register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOrder:
    """Who releases which plan, when; what it breaks that is waived, and what nobody has waived."""

    digest: str
    by: str
    at_utc: datetime
    waivers: tuple[Waiver, ...] = ()
    waived: tuple[Violation, ...] = ()
    unwaived: tuple[Violation, ...] = ()
    supersedes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What operations know before a release: plans released so far, missions and contracts that are open."""

    released: tuple[tuple[PlanMadeCurrent, datetime], ...] = ()
    missions: Mapping[str, MissionState] = field(default_factory=dict)
    contracts: Mapping[str, int] = field(default_factory=dict)  # version of each contract's stream


def register_of(events: Iterable[Recorded]) -> tuple[tuple[PlanMadeCurrent, datetime], ...]:
    """Plans in the order of their release, each with its instant."""
    read = ((PLAN_KINDS.read(event), event.occurred_utc) for event in events)
    return tuple((said, at) for said, at in read if isinstance(said, PlanMadeCurrent))


def name_of_release(digest: str) -> str:
    """What the name of each event of a release begins with."""
    return f"release.{digest[:24]}."


def begun_release(events: Iterable[Recorded], order: ReleaseOrder) -> ReleaseOrder:
    """The order as it was begun before, where the plan's stream tells of one: the same person, instant and waivers."""
    waivers: list[Waiver] = []
    for event in events:
        said = PLAN_KINDS.read(event)
        if isinstance(said, RuleWaived):
            words = {name: getattr(said, name) for name in ("rule", "object", "name", "reason", "at_utc")}
            waivers.append(Waiver(**words))
        elif isinstance(said, ReleaseBegun):
            return replace(order, by=event.by, at_utc=event.occurred_utc, waivers=tuple(waivers))
    return order


def decide_release(
    plan: OperationsPlan, order: ReleaseOrder, standing: Standing, *, cargo: Sequence[Draft] = ()
) -> tuple[Draft, ...]:
    """All that a release writes, to be appended as one; `cargo` are the opening drafts of its lines.

    Raises Refused for a plan with hard violations that nobody waived, one that has been flown, one that is released, and one
    that is older than the plan it would replace, unless the order names that plan.
    """
    need(order.by, "the name of who releases")
    _refuse_flown(plan, order)
    _refuse_released(plan, order, standing)
    if order.unwaived:
        count = len(order.unwaived)
        raise Refused(
            f"the plan breaks {count} hard rule{'s' if count > 1 else ''} that nobody has waived",
            fix="plan again, or waive each with --waive RULE:OBJECT=REASON",
            where=order.digest[:12],
            causes=[f"{one.rule} {one.object} {one.text}" for one in order.unwaived],
        )
    begin, end = _plan(plan, order, standing)
    return (*begin, *_missions(plan, order, standing), *_contracts(plan, order, standing), *cargo, *end)


def _refuse_flown(plan: OperationsPlan, order: ReleaseOrder) -> None:
    if plan.recorded:
        raise Refused(
            "the plan tells of a year that has been flown", fix="release a plan that is still ahead", where=order.digest
        )
    if not plan.missions:
        raise Refused("the plan flies no mission", fix="release a plan with missions", where=order.digest[:12])


def _refuse_released(plan: OperationsPlan, order: ReleaseOrder, standing: Standing) -> None:
    for said, at in standing.released:
        if said.digest == order.digest:
            what = f"the plan was released by {said.by} at {format_utc(at)}"
            raise Refused(what, fix="nothing is to be done; `supercargo mission` shows it", where=order.digest[:12])
    current = standing.released[-1][0] if standing.released else None
    if order.supersedes:
        if current is None or not current.digest.startswith(order.supersedes) or len(order.supersedes) < 8:
            known = f"the plan in force is {current.digest[:12]}" if current else "no plan is in force"
            raise Refused(
                f"the plan to supersede is not in force: {known}", fix="name the plan in force", where="--supersedes"
            )
    elif current is not None and plan.scenario.settings.as_of_utc < current.as_of_utc:
        old, new = format_utc(plan.scenario.settings.as_of_utc), format_utc(current.as_of_utc)
        raise Refused(
            f"the plan knows facts up to {old}, the plan in force up to {new}",
            fix=f"plan with what is known now, or say that it is meant with --supersedes {current.digest[:12]}",
            where=order.digest[:12],
        )


def _act(order: ReleaseOrder, thing: str) -> Act:
    name = thing if len(quote(thing)) <= LONGEST_THING else hashlib.sha256(thing.encode()).hexdigest()
    return Act(command_id=name_of_release(order.digest) + quote(name), by=order.by, at_utc=order.at_utc)


def _plan(plan: OperationsPlan, order: ReleaseOrder, standing: Standing) -> tuple[tuple[Draft, ...], tuple[Draft, ...]]:
    """What a release begins with and what it ends with."""
    settings = plan.scenario.settings
    supersedes = standing.released[-1][0].digest if standing.released else ""
    released = PlanReleased(
        digest=order.digest,
        scenario_digest=plan.scenario.digest,
        name=settings.name,
        seed=plan.seed,
        as_of_utc=settings.as_of_utc,
        start_utc=settings.start_utc,
        end_utc=settings.end_utc,
        missions_count=len(plan.missions),
        lines_count=len(plan.manifest),
        supersedes=supersedes,
        basis=basis_of(plan),
    )
    waived = [
        RuleWaived(
            rule=one.rule,
            object=one.object,
            name=one.name,
            reason=one.reason,
            at_utc=one.at_utc,
            breaches=tuple(v.text for v in order.waived if v.rule == one.rule and one.object in (v.object, "*"))[:20],
        )
        for one in order.waivers
    ]
    begin = (*waived, ReleaseBegun(digest=order.digest))
    stream, last = f"plan/{order.digest[:12]}", len(begin)
    current = PlanMadeCurrent(digest=order.digest, as_of_utc=settings.as_of_utc, supersedes=supersedes, by=order.by)
    return drafts_of(_act(order, "begin"), PLAN_KINDS, stream, begin, version=0), (
        *drafts_of(_act(order, "end"), PLAN_KINDS, stream, (released,), version=last),
        *drafts_of(_act(order, "register"), PLAN_KINDS, REGISTER, (current,), version=len(standing.released)),
    )


def _missions(plan: OperationsPlan, order: ReleaseOrder, standing: Standing) -> Iterator[Draft]:
    closes = {window.used_by: window.closes_utc for window in plan.windows if window.used_by}
    costs = costs_by_mission(plan.costs)
    for mission in plan.missions:
        known = standing.missions.get(mission.mission_id)
        if known is not None and known.phase not in (*GROUND_PHASES, WITHDRAWN):
            continue  # it flies, or has flown: no plan changes that
        flight = _flight(plan, mission, order.digest[:12], closes.get(mission.mission_id))
        flight = replace(flight, costs=costs.get(mission.mission_id, ()))
        said = _opening(flight, known, plan.scenario.gates)
        version = known.version if known else 0
        act = _act(order, f"mission.{mission.mission_id}")
        yield from drafts_of(act, told.MISSION_KINDS, f"mission/{mission.mission_id}", said, version=version)
    for mission_id, state in sorted(standing.missions.items()):
        if mission_id not in plan.mission_named and state.phase in GROUND_PHASES:
            withdrawn = told.MissionWithdrawn(plan=order.digest[:12], reason=_why_unflown(plan, mission_id))
            act = _act(order, f"mission.{mission_id}")
            stream = f"mission/{mission_id}"
            yield from drafts_of(act, told.MISSION_KINDS, stream, (withdrawn,), version=state.version)


def _opening(flight: told.FlightPlan, known: MissionState | None, templates: tuple[GateTemplate, ...]) -> tuple[Any, ...]:
    gates = told.GatesSet(gates=gates_for(flight, templates))
    fresh = known is None or known.phase == WITHDRAWN
    return (told.MissionOpened(flight=flight) if fresh else told.MissionReplanned(flight=flight), gates)


def _why_unflown(plan: OperationsPlan, mission_id: str) -> str:
    return next((one.reason for one in plan.unflown if one.mission_id == mission_id), "the plan does not fly it")


def _flight(plan: OperationsPlan, mission: PlannedMission, digest: str, closes_utc: datetime | None) -> told.FlightPlan:
    contract_id = plan.scenario.requests[mission.mission_id].contract_id
    contract = plan.scenario.contract_named.get(contract_id)
    return told.FlightPlan(
        mission_id=mission.mission_id,
        plan=digest,
        destination=mission.destination,
        port=mission.port,
        vehicle_id=mission.vehicle_id,
        vehicle_type=mission.vehicle_type,
        launcher=mission.launcher,
        site=mission.site,
        pad=mission.pad,
        facility_id=mission.facility_id,
        contract_id=contract_id,
        customer=contract.customer if contract else mission.furnished_by,
        launch_utc=mission.launch_utc,
        arrive_utc=mission.arrive_utc,
        depart_utc=mission.depart_utc,
        end_utc=mission.end_utc,
        closes_utc=closes_utc,
        latest_utc=plan.scenario.requests[mission.mission_id].latest_utc,
        upmass_capacity_kg=mission.upmass_capacity_kg,
        upvolume_capacity_m3=mission.upvolume_capacity_m3,
    )


def _contracts(plan: OperationsPlan, order: ReleaseOrder, standing: Standing) -> Iterator[Draft]:
    scenario, digest = plan.scenario, order.digest[:12]
    lines: dict[str, list[contracts.Promise]] = {}
    for row in plan.manifest:
        line = scenario.lines[row.item_id.partition("#")[0]]
        promise = contracts.Promise(
            item_id=row.item_id,
            customer=row.customer,
            mission_id=row.mission_id,
            destination=row.destination,
            direction=row.direction,
            mass_kg=row.mass_kg,
            line_kg=line.mass_kg,
            due_utc=row.due_utc,
            pieces=row.pieces,
            volume_m3=row.volume_m3,
            must=line.must,
            supply_class=row.supply_class,
            released_utc=line.release_utc,
            planned_utc=row.delivered_utc,
            reason=row.reason[:LONGEST_REASON],
        )
        lines.setdefault(scenario.contract_id(line), []).append(promise)
    for contract in scenario.contracts:
        terms = contracts.ContractTerms(
            contract_id=contract.contract_id,
            customer=contract.customer,
            from_utc=contract.from_utc,
            to_utc=contract.to_utc,
            terms=tuple(
                contracts.TermAgreed(term=one.term, value=one.value, unit=one.unit)
                for one in scenario.terms
                if one.contract_id == contract.contract_id
            ),
            tariffs=tuple(
                contracts.Tariff(destination=place, direction=direction, usd_per_kg=usd)
                for (tariff, place, direction), usd in scenario.tariffs.items()
                if tariff == contract.price_basis
            ),
        )
        version = standing.contracts.get(contract.contract_id, 0)
        kind: Any = contracts.ContractAmended if version else contracts.ContractOpened
        said: list[Any] = [kind(plan=digest, terms=terms)]
        own = lines.get(contract.contract_id, [])
        said += [contracts.LinesPromised(plan=digest, lines=part) for part in _parts(own)]
        act, stream = _act(order, f"contract.{contract.contract_id}"), f"contract/{contract.contract_id}"
        yield from drafts_of(act, contracts.CONTRACT_KINDS, stream, said, version=version, tenant=contract.customer)


def _parts(lines: Sequence[contracts.Promise]) -> Iterator[tuple[contracts.Promise, ...]]:
    """Lines in parts that a body holds."""
    part: list[contracts.Promise] = []
    size = 0
    for line in lines:
        more = len(body_text(plain(line)).encode()) + 1
        if part and size + more > LARGEST_BODY - 1024:
            yield tuple(part)
            part, size = [], 0
        part.append(line)
        size += more
    if part:
        yield tuple(part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What a release wrote: how many events, of which so many were there from a run that broke off."""

    plan: str
    digest: str
    missions_count: int
    lines_count: int
    contracts_count: int
    waivers_count: int
    events_count: int
    repeated_count: int
    supersedes: str
    position: int
