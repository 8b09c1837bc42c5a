"""What each KPI counts, object by object, whatever it is measured from; what is missing is said and never a number."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from supercargo.kernel import days, days_between, format_utc
from supercargo.measure.facts import DamageFact, Facts, LineFact, MissionFact
from supercargo.measure.measured import Counted
from supercargo.measure.use import maintenance_rows, resource_rows

__all__ = [
    "Scored",
    "damaged_pieces",
    "late_why",
    "line_of",
    "score_complaints",
    "score_damage",
    "score_delays",
    "score_incidents",
    "score_maintenance",
    "score_missions",
    "score_on_time",
    "score_protocols",
    "score_recognition",
    "score_resources",
    "score_satisfaction",
    "score_utilisation",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Objects as a figure counts them, the way they are added up, and words; `missing` says why there is no figure.

    `weighed_by` says by what its causes are ranked, as `largest_causes` takes it.
    """

    way: str = "share"
    rows: tuple[Counted, ...] = ()
    note: str = ""
    missing: str = ""
    scale: float = 100.0
    weighed_by: str = "objects"


def line_of(kpi_id: str, line: LineFact, counted: str, **words: float | str | datetime | int | None) -> Counted:
    """A line as a figure counts it."""
    told = {"at_utc": line.delivered_utc or line.due_utc, "position": line.position, "hit": 0.0, "whole": 1.0, "why": ""}
    return Counted(kpi_id=kpi_id, object=line.item_id, counted=counted, customer=line.customer, **{**told, **words})  # type: ignore[arg-type]


def _mission(kpi_id: str, one: MissionFact, counted: str, *, hit: float, whole: float = 1.0, **words: str | float) -> Counted:
    at = one.launched_utc or one.committed_utc
    told = {"at_utc": at, "position": one.position, "customer": one.customer}
    return Counted(kpi_id=kpi_id, object=one.mission_id, counted=counted, hit=hit, whole=whole, **{**told, **words})  # type: ignore[arg-type]


def _words(date: str, denominator: str, excused: str, more: str = "") -> str:
    return f"date: {date}; denominator: {denominator}; excused: {excused}{'; ' if more else ''}{more}"


def damaged_pieces(damages: Iterable[DamageFact], lines: Iterable[LineFact]) -> dict[str, tuple[float, int]]:
    """Pieces of each line with a damage record, and how many records; a record of unknown extent takes the whole line."""
    pieces = {line.item_id: line.pieces or 1.0 for line in lines}
    found: dict[str, tuple[float, int]] = {}
    for one in damages:
        before, count = found.get(one.item_id, (0.0, 0))
        extent = one.pieces if one.pieces is not None else pieces.get(one.item_id, 1.0)
        found[one.item_id] = (min(pieces.get(one.item_id, extent), before + extent), count + 1)
    return found


def score_missions(facts: Facts) -> Scored:
    """K1: a mission succeeds when every must line it carries is delivered undamaged; one that does not fly has failed."""
    if facts.lines and all(line.must is None for line in facts.lines):
        return Scored(missing="which lines are must lines: the plan was released by a version that did not tell")
    hurt = damaged_pieces(facts.damages, facts.lines)
    must: dict[str, list[LineFact]] = defaultdict(list)
    for line in facts.lines:
        for name in line.missions if line.must else ():
            must[name].append(line)
    rows, undecided = [], []
    for one in facts.missions:
        counted = _mission_counted(facts, one, must[one.mission_id], hurt)
        if counted is None:
            undecided.append(one.mission_id)
        else:
            rows.append(counted)
    left = sum(1 for line in facts.lines if line.must and line.left and not line.missions)
    more = f"not decided yet: {len(undecided)}; must lines left behind (of no mission): {left}"
    return Scored(
        rows=tuple(rows), note=_words("end of the mission's deliveries", f"{len(rows)} missions due", "none", more),
        missing="" if rows else "a mission that is decided: none has delivered, been lost or been given up",
    )  # fmt: skip


def _mission_counted(
    facts: Facts, one: MissionFact, must: list[LineFact], hurt: dict[str, tuple[float, int]]
) -> Counted | None:  # fmt: skip
    """A mission that succeeded or failed; None while it is under way or ahead."""
    if one.state in ("lost", "withdrawn", "unflown"):
        why = {"lost": "lost", "withdrawn": "given up by a later plan", "unflown": "not flown by any plan"}[one.state]
        return _mission("K1", one, "failed", hit=0.0, why=why)
    short = [line for line in must if one.mission_id not in {name for name, _, _ in line.deliveries}]
    broken = [line for line in must if line.item_id in hurt]
    arrived = one.state == "flown" and one.docked_utc is not None
    if arrived and not short:
        if broken:
            return _mission("K1", one, "failed", hit=0.0, why="a must line is damaged")
        return _mission("K1", one, "succeeded", hit=1.0)
    if arrived and (one.departed_utc is not None or facts.over):
        return _mission("K1", one, "failed", hit=0.0, why="a must line aboard is not delivered")
    if facts.over:
        return _mission("K1", one, "failed", hit=0.0, why="not flown by the end of the horizon")
    return None


def score_delays(facts: Facts) -> Scored:
    """K2: later than the lift-off of the plan first released; by contract, later than the last that was asked for."""
    if facts.basis == "plan":
        return Scored(missing="actual lift-off instants against the committed ones: fly the plan or simulate it")
    flown = [one for one in facts.missions if one.launched_utc is not None and one.committed_utc is not None]
    rows = []
    for one in flown:
        assert one.launched_utc is not None
        assert one.committed_utc is not None
        late_d = days_between(one.committed_utc, one.launched_utc)
        by_contract = one.latest_utc is not None and one.launched_utc > one.latest_utc
        counted = f"{late_d:.1f} d later than committed" if late_d > 0 else "as committed"
        why = (one.reason or "no reason was told") if late_d > 0 else ""
        rows.append(_mission("K2", one, counted, hit=float(late_d > 0), lenient=float(by_contract), why=why))
    committed = "lift-off against that of the plan first released, to the second"
    more = "contractual: later than the last lift-off that the mission's contract asked for; missions not launched yet: "
    waiting = sum(1 for one in facts.missions if one.state == "due")
    return Scored(
        rows=tuple(rows),
        note=_words(committed, f"{len(rows)} missions launched", "none in the strict value", f"{more}{waiting}"),
        missing="" if rows else "a lift-off: none is recorded",
    )  # fmt: skip


def late_why(line: LineFact) -> str:
    """Why a line is not on time, in words that many lines share."""
    if line.whole:
        return f"{line.destination}: delivered late"
    if line.lost:
        return f"{line.destination}: lost with its mission"
    return (
        f"{line.destination}: left behind"
        if line.left
        else f"{line.destination}: overdue, on a mission that has not delivered"
    )


def score_on_time(facts: Facts) -> Scored:
    """K3: an up line is on time when its last part is delivered by its due date; left behind counts as late."""
    rows, ahead, waiting = [], 0, 0
    for line in facts.lines:
        if line.direction != "up" or line.due_utc is None:
            continue
        if not (line.due_utc <= facts.as_of_utc or facts.over):
            ahead, waiting = ahead + line.whole, waiting + (not line.whole)
            continue
        kept = line.whole and line.delivered_utc is not None and line.delivered_utc <= line.due_utc
        within = line.delivered_utc is not None and line.delivered_utc <= line.due_utc + days(line.tolerance_d)
        counted = "on time" if kept else "late" if line.whole else "left behind" if line.left else "not delivered"
        why = "" if kept else late_why(line)
        rows.append(line_of("K3", line, counted, hit=float(kept), lenient=float(within), why=why, at_utc=line.due_utc))
    more = f"contractual: due_utc + due_tolerance; due later, so not counted yet: {ahead} delivered, {waiting} not"
    return Scored(
        rows=tuple(rows),
        note=_words(
            "delivery of the line's last part against due_utc", f"{len(rows)} up lines with a due date",
            "none in the strict value", more,
        ),
        missing="" if rows else "an up line that is due by now",
    )  # fmt: skip


def score_damage(facts: Facts) -> Scored:
    """K4: pieces with a damage record; one that does not say how many takes the whole line, by contract one piece."""
    if facts.basis == "plan":
        return Scored(missing="damage records from unpacking: none exist before the flights")
    hurt = damaged_pieces(facts.damages, facts.lines)
    cases = {one.item_id: one for one in facts.damages}
    rows, unseen = [], 0
    for line in facts.lines:
        if line.delivered_pieces <= 0:
            continue
        pieces, records = hurt.get(line.item_id, (0.0, 0))
        unseen += line.item_id not in facts.seen_items and not records
        case = cases.get(line.item_id)
        told: dict[str, Any] = {"hit": min(pieces, line.delivered_pieces), "whole": line.delivered_pieces}
        told["lenient"] = float(min(records, line.delivered_pieces))
        if case is not None:
            told |= {"position": case.position, "why": f"{line.destination}: {case.cause}"}
        rows.append(line_of("K4", line, "damaged" if records else "sound", **told))
    if not rows:
        return Scored(missing="delivered pieces: nothing is delivered yet")
    if unseen == len(rows):
        words = "somebody's word of how the pieces arrived: the cargo's record tells of no unpacking and of no non-conformance"
        return Scored(missing=words)
    total = math.fsum(row.whole for row in rows)
    more = (
        f"a record of unknown extent takes all pieces of its line, contractual: one; lines nobody unpacked on record: {unseen}"
    )
    return Scored(rows=tuple(rows), note=_words("delivery", f"{total:,.0f} delivered pieces", "none", more), weighed_by="hit")


def score_utilisation(facts: Facts) -> Scored:
    """K5: a spacecraft is used by the larger of its mass share and its volume share, up, at lift-off."""
    rows = []
    for one in facts.missions:
        if one.launched_utc is None or one.upmass_capacity_kg is None or one.mission_id not in facts.loaded:
            continue
        mass_kg, volume_m3 = facts.loaded[one.mission_id]
        by_mass = 100.0 * mass_kg / one.upmass_capacity_kg if one.upmass_capacity_kg > 0 else 0.0
        room_m3 = one.upvolume_capacity_m3 or 0.0
        by_volume = 100.0 * volume_m3 / room_m3 if room_m3 > 0 else 0.0
        larger = "volume" if by_volume > by_mass else "mass"
        filled = max(by_mass, by_volume)
        why = f"{one.vehicle_type}: less than 85 % full, by {larger}" if filled < 85.0 else ""
        rows.append(_mission("K5", one, f"by {larger}", hit=filled, why=why))
    note = _words("lift-off", f"{len(rows)} missions flown, capacity of the type that flies, by its route", "none")
    missing = "a lift-off with the spacecraft's capacity: none has flown, or an older release did not tell capacities"
    return Scored(way="mean", rows=tuple(rows), note=note, missing="" if rows else missing, scale=1.0)


def score_maintenance(facts: Facts) -> Scored:
    """K6: days in maintenance by work orders (a plan: by turnaround) over days owned."""
    if facts.held is None:
        return Scored(missing="the tails that are owned: the plan was released by a version that did not tell")
    if facts.basis != "plan" and not facts.held.tails:
        return Scored(missing="tails of the service: the scenario has none")
    if not any(work.asset.startswith("tail/") for work in facts.work) and facts.basis != "plan":
        return Scored(missing="work orders on tails: none was started, which is no evidence that none was needed")
    rows = maintenance_rows(facts, "K6")
    owned_d = math.fsum(row.whole for row in rows)
    rests = (
        "turnaround after each flight but the last of a tail's life"
        if facts.basis == "plan"
        else "work orders, started to done"
    )
    names = len({row.object for row in rows})
    note = _words("days of the horizon", f"{owned_d:,.0f} days owned by {names} tails", "none", f"maintenance: {rests}")
    return Scored(
        way="ratio", rows=rows, note=note, missing="" if rows else "tails that are owned in the horizon", weighed_by="hit"
    )


def score_incidents(facts: Facts) -> Scored:
    """K7: incidents of missions, by severity."""
    if facts.basis == "plan" or all(one.launched_utc is None and one.state == "due" for one in facts.missions):
        return Scored(missing="the incident log of operations: nothing has flown")
    by_severity = [sum(1 for one in facts.incidents if one.severity == severity) for severity in (1, 2, 3, 4)]
    rows = tuple(
        Counted(
            kpi_id="K7", object=f"{one.mission_id}/{one.incident}", counted=f"severity {one.severity}", hit=1.0,
            why=f"severity {one.severity}", at_utc=one.at_utc, position=one.position,
        )
        for one in facts.incidents
    )  # fmt: skip
    told = ", ".join(f"severity {number} {count}" for number, count in enumerate(by_severity, 1))
    return Scored(way="count", rows=rows, note=_words("opening of the incident", "none", "none", told), scale=1.0)


def score_protocols(facts: Facts) -> Scored:
    """K8: gates passed and steps signed on evidence over those due; by contract a waived gate is excused."""
    if facts.basis == "plan":
        return Scored(missing="signed protocol checklists of operations")
    rows = tuple(
        Counted(
            kpi_id="K8", object=f"{one.mission_id}/{one.step}", counted=f"{one.kind} {one.state}",
            hit=float(one.state == "done"), whole=1.0, lenient=float(one.state in ("done", "waived")),
            why="" if one.state == "done" else f"{one.kind} {one.state}: {one.step}", at_utc=one.due_utc,
            position=one.position,
        )
        for one in facts.steps
    )  # fmt: skip
    note = _words(
        "gates: their days before lift-off as it stands; steps: the lift-off",
        f"{len(rows)} gates and steps due", "waived gates in the contractual value alone",
    )  # fmt: skip
    return Scored(rows=rows, note=note, missing="" if rows else "a gate or a step of a procedure that is due")


def score_satisfaction(facts: Facts) -> Scored:
    """K11: mean of the answers in percent of the full score, with the share of customers asked that answered."""
    answered = [one for one in facts.surveys if one.share is not None]
    if not answered:
        asked = f"{len(facts.surveys)} surveys are unanswered" if facts.surveys else "no survey was asked"
        return Scored(missing=f"customers' answers to a survey after delivery: {asked}")
    rows = tuple(
        Counted(
            kpi_id="K11", object=f"{one.customer}/{one.survey}", counted="answer", hit=100.0 * (one.share or 0.0), whole=1.0,
            why=(f"{one.customer}: {one.said or 'no words'}" if (one.share or 0.0) < 0.95 else ""), at_utc=one.at_utc,
            position=one.position, customer=one.customer,
        )
        for one in answered
    )  # fmt: skip
    rate = 100.0 * len(answered) / len(facts.surveys)
    more = (
        f"response rate {rate:.1f} % ({len(answered)} of {len(facts.surveys)}); those who did not answer may think otherwise"
    )
    note = _words("answer", f"{len(answered)} answers", "none", more)
    return Scored(way="mean", rows=rows, note=note, scale=1.0)


def score_complaints(facts: Facts) -> Scored:
    """K12: complaints for each hundred lines delivered."""
    if not facts.complaints and not facts.surveys:
        what = "recorded complaints and confirmed deliveries" if facts.basis == "plan" else (
            "complaints or surveys: nobody has recorded any, which is no evidence that there were none"
        )  # fmt: skip
        return Scored(missing=what)
    delivered = [line for line in facts.lines if line.whole]
    if not delivered:
        return Scored(missing="confirmed deliveries")
    said = [
        Counted(
            kpi_id="K12", object=f"{one.customer}/{one.complaint}", counted=f"complaint {one.state}", hit=1.0,
            why=f"{one.customer}: {one.said}"[:120], at_utc=one.at_utc, position=one.position, customer=one.customer,
        )
        for one in facts.complaints
    ]  # fmt: skip
    rows = (*said, *(line_of("K12", line, "delivery") for line in delivered))
    note = _words("complaint: when it was taken; delivery: its last part", f"{len(delivered)} lines delivered", "none")
    return Scored(way="rate", rows=rows, note=note)


def score_recognition(facts: Facts) -> Scored:
    """K14: awards, certificates and citations, each with its date and evidence."""
    if not facts.recognitions:
        return Scored(missing="a list of awards, certificates and citations with their dates")
    rows = tuple(
        Counted(
            kpi_id="K14", object=one.title, counted=f"given by {one.party}", hit=1.0,
            why=f"{one.party}: {one.title}, {format_utc(one.at_utc)[:10]}, {one.evidence}"[:200], at_utc=one.at_utc,
            position=one.position,
        )
        for one in facts.recognitions
    )  # fmt: skip
    return Scored(way="sum", rows=rows, note=_words("when it was given", "none", "none"))


def score_resources(facts: Facts) -> Scored:
    """K16: hours of ports, which a year of visiting vehicles runs out of, are the value; pads and facilities stand beside."""
    if facts.held is None:
        return Scored(missing="the ports, pads and facilities: the plan was released by a version that did not tell")
    every = resource_rows(facts, "K16")
    groups = {kind: [row for row in every if row.counted == kind] for kind in ("ports", "pads", "facilities")}
    ports = tuple(groups["ports"])
    if not math.fsum(row.whole for row in ports) > 0:
        return Scored(missing="hours of ports in service in the part of the horizon that is known")
    told = ", ".join(f"{kind} {_share(rows)}" for kind, rows in groups.items())
    hours = math.fsum(row.whole for row in ports)
    note = _words(
        "hours of the horizon that is known", f"{hours:,.0f} port hours in service", "hours closed", f"by group: {told}"
    )
    used = tuple(_idle(ports))
    return Scored(way="ratio", rows=used, note=note)


def _share(rows: Iterable[Counted]) -> str:
    listed = tuple(rows)
    whole = math.fsum(row.whole for row in listed)
    return f"{100.0 * math.fsum(row.hit for row in listed) / whole:.1f} % of {whole:,.0f} h" if whole > 0 else "not defined"


def _idle(rows: tuple[Counted, ...]) -> Iterator[Counted]:
    """Months in which a port stands empty for more than half of its hours weigh against the target."""
    for row in rows:
        empty = row.whole > 0 and row.hit < 0.5 * row.whole
        yield Counted(
            kpi_id=row.kpi_id, object=row.object, counted=row.counted, hit=row.hit, whole=row.whole, at_utc=row.at_utc,
            why=f"{row.object}: empty for more than half of a month" if empty else "",
        )  # fmt: skip
