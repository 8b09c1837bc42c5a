"""Checks of who flies and who is paid: milestones, and the record of each operator of spacecraft."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from supercargo.kernel import days_between, parse_utc
from supercargo.measure.compliance.seeing import Facts, Given, Seen

__all__ = ["gate_passed", "milestone_docked", "milestone_shown", "provider_lost", "provider_on_time", "provider_slips"]


def milestone_docked(facts: Facts, given: Given) -> Iterator[Seen]:
    """A milestone payment is booked only for a mission that docks."""
    plan = facts.year
    booked = sorted({row.mission_id for row in plan.costs if row.account == "revenue:milestone" and row.plan_usd > 0.0})
    amiss = False
    for name in booked:
        mission = plan.mission_named.get(name)
        if mission is None or mission.lost:
            amiss = True
            why = "was lost before it docked" if mission else "is not flown"
            yield Seen(object=name, met=False, words=f"a milestone is booked for {name}, which {why}")
    lost = [mission.mission_id for mission in plan.missions if mission.lost]
    words = f"booked for {len(booked)} of {len(plan.missions)} missions, all of which dock; lost: {', '.join(lost) or 'none'}"
    if not booked:
        yield Seen(object="", met=None, words="no milestone is booked")
    elif not amiss:
        yield Seen(object="", met=True, words=words)


def _gates_open(row: dict[str, Any]) -> list[str]:
    """Gates that are not passed with evidence, nor waived with a reason."""
    return [
        gate
        for gate, told in sorted(row["gates"].items())
        if told["state"] not in ("passed", "waived") or not told["evidence"]
    ]


def milestone_shown(facts: Facts, given: Given) -> Iterator[Seen]:
    """A milestone falls due only when docking is on record with evidence and every gate before it is passed or waived."""
    missions = facts.listed("comply_missions")
    docked = [row for row in missions if row["docked_utc"]]
    early = [row for row in missions if not row["docked_utc"] and row["booked_usd"] > 0.0]
    for row in early:
        words = f"{row['booked_usd']:,.0f} USD are booked by hand, docking is not on record"
        yield Seen(object=row["mission_id"], met=False, words=words)
    for row in docked:
        gates = _gates_open(row)
        lacks = [*(["evidence of docking"] if not row["docked_evidence"] else []), *(f"gate {gate}" for gate in gates)]
        lacks += ["the gates of the mission"] if not row["gates"] else []
        words = f"missing: {', '.join(lacks)}" if lacks else f"docked {row['docked_utc']}, shown by {row['docked_evidence']}"
        yield Seen(object=row["mission_id"], met=not lacks, words=words)
    if not docked and not early:
        yield Seen(object="", met=None, words="no mission has docked on record")


def gate_passed(facts: Facts, given: Given) -> Iterator[Seen]:
    """A named gate is passed with evidence before each mission lifts off."""
    gate = given.word("gate")
    for row in facts.listed("comply_missions"):
        told = row["gates"].get(gate)
        if told is None or told["state"] == "due":
            late = row["launched_utc"] != ""
            yield Seen(object=row["mission_id"], met=False if late else None, words=f"gate {gate} is not passed")
        else:
            fine = told["state"] in ("passed", "waived") and bool(told["evidence"])
            yield Seen(object=row["mission_id"], met=fine, words=f"gate {gate} {told['state']}: {told['evidence']}")


def provider_on_time(facts: Facts, given: Given) -> Iterator[Seen]:
    """Of the dated lines that an operator's spacecraft take up, so many percent arrive by their due date; lost is late."""
    plan = facts.year
    operator_of = {mission.mission_id: operator for operator, missions in facts.missions_of.items() for mission in missions}
    counted: dict[str, list[bool]] = {operator: [] for operator in facts.missions_of}
    for row in plan.manifest:
        if row.direction == "up" and row.due_utc is not None and row.mission_id in operator_of:
            on_time = row.delivered_utc is not None and row.delivered_utc <= row.due_utc
            counted[operator_of[row.mission_id]].append(on_time)
    for operator, kept in counted.items():
        if not kept:
            yield Seen(object=operator, met=None, words="it takes up no line with a due date")
            continue
        percent = 100.0 * sum(kept) / len(kept)
        basis = "flown" if plan.recorded else "planned"
        words = f"{percent:.1f} % of {len(kept)} dated lines {basis} on time, asked {given.number('percent'):g} %"
        yield Seen(object=operator, met=percent >= given.number("percent") - 1e-9, words=words)


def provider_lost(facts: Facts, given: Given) -> Iterator[Seen]:
    """Of the cargo that an operator's spacecraft have taken up, at most so many percent of the mass is lost."""
    for operator, missions in facts.missions_of.items():
        flown = [mission for mission in missions if mission.outcome]
        if not flown:
            none = f"none of its {len(missions)} missions has flown yet"
            yield Seen(object=operator, met=None, words=none if len(missions) > 1 else "its mission has not flown yet")
            continue
        lost = [mission for mission in flown if mission.lost]
        up_kg, lost_kg = (math.fsum(mission.upmass_kg for mission in some) for some in (flown, lost))
        percent = 100.0 * lost_kg / up_kg if up_kg > 0 else 0.0
        named = f" with {', '.join(mission.mission_id for mission in lost)}" if lost else ""
        words = f"{lost_kg:,.0f} of {up_kg:,.0f} kg lost{named}, {percent:.1f} %, {len(lost)} of {len(flown)} flights"
        yield Seen(object=operator, met=percent <= given.number("percent") + 1e-9, words=words)


def provider_slips(facts: Facts, given: Given) -> Iterator[Seen]:
    """Each launched mission lifts off within so many days of the date first committed."""
    launched = [row for row in facts.listed("comply_missions") if row["launched_utc"] and row["planned_utc"]]
    for row in launched:
        late_d = days_between(parse_utc(row["planned_utc"]), parse_utc(row["launched_utc"]))
        words = f"lifted off {late_d:+.1f} d from the committed {row['planned_utc']}, {len(row['slips'])} slips told"
        yield Seen(object=row["mission_id"], met=late_d <= given.number("days"), words=words)
    if not launched:
        yield Seen(object="", met=None, words="no lift-off is on record")
