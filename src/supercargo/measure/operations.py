"""The log of operations as the facts that figures are measured from: streams of missions and contracts, and views of the rest.

Streams of cargo, which are most of a log, are not read: what they tell stands in the views.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from supercargo.kernel import Refused, parse_utc
from supercargo.measure.billed import billed_by_account, cost_with_bills, parted
from supercargo.measure.facts import (
    ComplaintFact,
    DamageFact,
    Facts,
    MissionFact,
    MoneyFact,
    RecognitionFact,
    SurveyFact,
    WorkFact,
)
from supercargo.measure.operations_lines import ContractTold, Delivery, contract_told, line_stem, lines_of, loads_of
from supercargo.measure.operations_missions import MissionTold, mission_told
from supercargo.track.cargo.life import standing_facts
from supercargo.track.cargo.views import facts_in
from supercargo.track.contracts.events import Promise
from supercargo.track.envelope import Head, Recorded
from supercargo.track.event_store import View
from supercargo.track.maintenance.events import WORK_KINDS, WorkCancelled, WorkDone, WorkIssued, WorkStarted
from supercargo.track.missions.phases import PHASES
from supercargo.track.missions.release import PLAN_KINDS, REGISTER, PlanMadeCurrent, PlanReleased
from supercargo.track.parties.view import PARTY_TABLES

__all__ = ["LogRead", "facts_of_log"]


class LogRead(Protocol):
    """A log of events that is only read."""

    def stream(self, name: str) -> tuple[Recorded, ...]:
        """All events of a stream in their order; none for a stream that is not known."""

    def named(self, event_id: str) -> Recorded | None:
        """The event of a name; None where none has it."""

    def since(self, position: int, *, limit: int = 1000) -> tuple[Recorded, ...]:
        """The next events of the log behind a position, in their order."""

    def head(self) -> Head:
        """The end of the log."""


_ARRIVED = {"up": frozenset({"stowed", "consumed", "transferred"}), "down": frozenset({"returned"})}
_DELIVERED_BY = {"up": ("stowed",), "down": ("returned",)}
_DAMAGE = re.compile(r"damage", re.IGNORECASE)


def facts_of_log(log: LogRead, view: View) -> Facts:
    """What has happened, by the log to its end, against the plan first released and the one in force.

    `as_of_utc` is the latest instant that the head of the log, a mission or a contract tells of. Raises Refused where no plan
    is released.
    """
    plans = _plans(log)
    if not plans:
        raise Refused(
            "no plan is released in this store",
            fix="release one: supercargo release PLAN --store URL --by NAME",
            where="store",
        )
    names = sorted(str(row["mission_id"]) for phase in PHASES for row in view.find("missions", "phase", phase))
    missions = {name: mission_told(name, log.stream(f"mission/{name}")) for name in names}
    opened = sorted(str(row["contract_id"]) for state in ("open", "settled") for row in view.find("contracts", "state", state))
    contracts = [contract_told(name, log.stream(f"contract/{name}")) for name in opened]
    units = {str(row["name"]): row for row in view.find("unit", "sort", "item")}
    _add_unbooked(contracts, units, log, view)
    now = _now(log, missions.values(), contracts)
    held = plans[-1].basis
    lines = tuple(line for contract in contracts for line in lines_of(contract, missions))
    flights = (*(one.fact(now) for one in missions.values()), *_unflown(plans, missions))
    billed = billed_by_account(view.find("invoices", "state", "booked"))
    planned = {one.mission_id: one.costs for one in flights}
    return Facts(
        basis="operations",
        of=plans[-1].name,
        start_utc=plans[0].start_utc,
        end_utc=plans[-1].end_utc,
        as_of_utc=now,
        held=held,
        missions=flights,
        lines=lines,
        revenue=tuple(_revenue(view, opened)),
        damages=tuple(_damages(log, view)),
        incidents=tuple(one for mission in missions.values() for one in mission.incidents.values()),
        steps=tuple(step for mission in missions.values() for step in mission.due_steps(now)),
        work=tuple(_work(log, view, now)),
        complaints=tuple(_complaints(view)),
        surveys=tuple(_surveys(view)),
        recognitions=tuple(_recognitions(view)),
        loaded=loads_of(contracts, missions),
        seen_items=frozenset(_seen(_directions(contracts), units)),
        billed_usd=billed.get("", {}),
        actual_usd={
            name: cost_with_bills(planned[name], bills)
            for name, bills in billed.items()
            if name in planned and parted(planned[name])
        },
        unparted=frozenset(name for name in billed if name in planned and not parted(planned[name])),
    )


def _plans(log: LogRead) -> list[PlanReleased]:
    """What each released plan told, in order of release."""
    register = (PLAN_KINDS.read(event) for event in log.stream(REGISTER))
    digests = [said.digest for said in register if isinstance(said, PlanMadeCurrent)]
    return [
        said
        for digest in digests
        for said in (PLAN_KINDS.read(event) for event in log.stream(f"plan/{digest[:12]}"))
        if isinstance(said, PlanReleased)
    ]


def _now(log: LogRead, missions: Iterable[MissionTold], contracts: Iterable[ContractTold]) -> datetime:
    last = log.since(log.head().position - 1, limit=1)
    told = [*(one.last_utc for one in missions), *(one.last_utc for one in contracts)]
    return max(at for at in (*(event.occurred_utc for event in last), *told) if at is not None)


def _unflown(plans: Iterable[PlanReleased], missions: Mapping[str, MissionTold]) -> Iterator[MissionFact]:
    """Contracted missions that no released plan has opened."""
    waiting = {one.mission_id: one.reason for plan in plans if plan.basis for one in plan.basis.unflown}
    for name, reason in sorted(waiting.items()):
        if name not in missions:
            yield MissionFact(mission_id=name, state="unflown", reason=reason)


def _add_unbooked(contracts: Iterable[ContractTold], units: Mapping[str, Any], log: LogRead, view: View) -> None:
    """Deliveries that the cargo's own record tells of and nobody has booked on the contract yet."""
    for contract in contracts:
        for name, part in contract.parts.items():
            unit = units.get(f"cargo/{name}")
            if name in contract.delivered or not part.mission_id or unit is None:
                continue
            if unit["stage"] in _ARRIVED.get(part.direction, ()):
                delivery = _unbooked(part, log, view)
                if delivery is not None:
                    contract.delivered[name] = delivery


def _unbooked(part: Promise, log: LogRead, view: View) -> Delivery | None:
    facts = standing_facts(facts_in(view, f"cargo/{part.item_id}"))
    step = next((fact for fact in facts if fact.kind in _DELIVERED_BY[part.direction]), None)
    event = log.named(step.event_id) if step is not None else None
    if step is None or event is None:
        return None
    return Delivery(
        mission_id=part.mission_id,
        at_utc=step.at_utc,
        evidence=f"event {step.event_id}",
        position=event.position,
        booked=False,
    )


def _directions(contracts: Iterable[ContractTold]) -> Iterator[tuple[str, str]]:
    """Each part with its direction."""
    for contract in contracts:
        for name, part in contract.parts.items():
            yield name, part.direction


def _seen(parts: Iterable[tuple[str, str]], units: Mapping[str, Any]) -> Iterator[str]:
    for name, direction in parts:
        unit = units.get(f"cargo/{name}")
        if unit is not None and unit["stage"] in _ARRIVED.get(direction, ()):
            yield line_stem(name)


def _revenue(view: View, contracts: Iterable[str]) -> Iterator[MoneyFact]:
    for contract in contracts:
        for row in view.find("ledger", "contract_id", contract):
            if str(row["account"]).startswith("revenue"):
                yield MoneyFact(
                    account=row["account"],
                    usd=row["usd"],
                    at_utc=parse_utc(row["at_utc"]),
                    mission_id=row["mission_id"],
                    customer=row["customer"],
                    destination=row["destination"],
                    position=int(str(row["entry_id"]).partition("/")[0]),
                )


def _damages(log: LogRead, view: View) -> Iterator[DamageFact]:
    """Non-conformances about a line that tell of damage: by their cause, or by their words where a person told them."""
    for stage in ("opened", "dispositioned", "corrective_action", "closed"):
        for row in view.find("ncr", "stage", stage):
            area, _, name = str(row["about"]).partition("/")
            by_words = row["cause"] == "told" and _DAMAGE.search(str(row["said"]))
            if area != "cargo" or not ("damage" in str(row["cause"]).split(",") or by_words):
                continue
            events = log.stream(f"ncr/{row['case_id']}")
            yield DamageFact(
                case_id=row["case_id"],
                item_id=line_stem(name),
                said=row["said"],
                at_utc=parse_utc(row["opened_utc"]),
                cause="damage told by a person" if by_words else " and ".join(str(row["cause"]).split(",")),
                customer=row["tenant"],
                position=events[0].position if events else None,
            )


def _work(log: LogRead, view: View, now: datetime) -> Iterator[WorkFact]:
    """Spans of work, from its start to its end; work that goes on, to now."""
    for state in ("started", "done"):
        for row in view.find("work_orders", "state", state):
            order = str(row["work_order"])
            began: tuple[datetime, int] | None = None
            asset = task = ""
            for event in log.stream(f"workorder/{order}"):
                said = WORK_KINDS.read(event)
                if isinstance(said, WorkIssued):
                    asset, task = f"{said.asset_kind}/{said.asset}", said.task
                elif isinstance(said, WorkStarted):
                    began = (event.occurred_utc, event.position)
                elif isinstance(said, WorkDone | WorkCancelled) and began is not None:
                    yield WorkFact(order=order, asset=asset, task=task, span=(began[0], event.occurred_utc), position=began[1])
                    began = None
            if began is not None:
                yield WorkFact(order=order, asset=asset, task=task, span=(began[0], max(began[0], now)), position=began[1])


def _rows(view: View, table: str) -> Iterator[dict[str, Any]]:
    for state in PARTY_TABLES[table]:
        yield from view.find(table, "state", state)


def _complaints(view: View) -> Iterator[ComplaintFact]:
    for row in _rows(view, "complaints"):
        yield ComplaintFact(
            complaint=row["complaint"],
            customer=row["customer"],
            about=row["about"],
            said=row["text"],
            state=row["state"],
            at_utc=parse_utc(row["opened_utc"]),
            position=row["position"],
        )


def _surveys(view: View) -> Iterator[SurveyFact]:
    for row in _rows(view, "surveys"):
        yield SurveyFact(
            survey=row["survey"],
            customer=row["customer"],
            about=row["about"],
            share=None if row["score"] is None else row["score"] / row["most"],
            said=row["text"],
            at_utc=parse_utc(row["answered_utc"] or row["asked_utc"]),
            position=row["position"],
        )


def _recognitions(view: View) -> Iterator[RecognitionFact]:
    for row in _rows(view, "recognitions"):
        yield RecognitionFact(
            title=row["title"],
            party=row["party"],
            at_utc=parse_utc(row["given_utc"]),
            evidence=row["evidence"],
            position=row["position"],
        )
