"""What a new plan changes in the old one, row by row with its price, and in all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from supercargo.kernel import as_written, format_utc
from supercargo.model import (
    Change,
    Disturbance,
    Event,
    Loss,
    OperationsPlan,
    PlannedMission,
    Standdown,
    Urgent,
)
from supercargo.plan.replan_departure import departure_of, missions_moved, moved_fields, services_of
from supercargo.plan.replan_lines import Lines
from supercargo.plan.replan_reasons import Reasons
from supercargo.plan.replan_tables import edited_lines

__all__ = ["MOST_MOVED_PERCENT", "changes_of", "disturbance_of"]

MOST_MOVED_PERCENT = 42.0
"""Share of the missions yet to fly above which a new plan says why so many move [percent]."""

_NAMED = 4


def changes_of(
    old: OperationsPlan, new: OperationsPlan, events: Sequence[Event], reasons: Reasons, *, conflict: str = ""
) -> tuple[Change, ...]:
    """Events, then missions, then lines; the costs of all rows add up to the margin that the service loses [USD].

    Each row names the `conflict` of the coordination log that the new plan resolves, if one is given.
    """
    rows = [*_event_rows(events), *_mission_rows(old, new, reasons), *_line_rows(old, new, events, reasons)]
    return tuple(as_written(replace(row, conflict=conflict)) for row in rows)


def _event_rows(events: Sequence[Event]) -> Iterator[Change]:
    for number, event in enumerate(events, 1):
        yield Change(
            object=f"EVENT {number}", field="event", before="", after=str(event), why="given", cost_usd=0.0, customer=""
        )


def _milestone_usd(plan: OperationsPlan, mission: PlannedMission | None) -> float:
    if mission is None or mission.lost:
        return 0.0
    contract_id = plan.scenario.requests[mission.mission_id].contract_id
    return plan.scenario.term_values.get((contract_id, "milestone"), 0.0)


def _net_usd(plan: OperationsPlan, mission: PlannedMission | None) -> float:
    """Milestone less cost of a mission: what its lines do not carry [USD]."""
    return 0.0 if mission is None else _milestone_usd(plan, mission) - mission.service_cost_usd


def _customer(old: OperationsPlan, new: OperationsPlan, mission_id: str) -> str:
    """Whose mission it is; one that was taken out is whose it was."""
    plan = new if mission_id in new.scenario.requests else old
    request = plan.scenario.requests[mission_id]
    contract = plan.scenario.contract_named.get(request.contract_id)
    return contract.customer if contract else request.furnished_by


def _mission_rows(old: OperationsPlan, new: OperationsPlan, reasons: Reasons) -> Iterator[Change]:
    asked = new.scenario.requests.keys() - old.scenario.requests.keys()
    for name in sorted({*old.mission_named, *new.mission_named, *asked}):
        was, now = old.mission_named.get(name), new.mission_named.get(name)
        cost_usd = round(_net_usd(old, was), 2) - round(_net_usd(new, now), 2)
        told = [*_told(was, now), *_period(old, new, name)]
        if not told and abs(cost_usd) >= 0.005 and was and now:
            told = [("load", _load(was), _load(now))]
        why = reasons.of_mission(new, name) if told and told[0][0] != "load" else "lines come and go"
        for number, (field, before, after) in enumerate(told):
            said = f"{why}; the customer has to agree" if field == "latest_utc" and name not in reasons.struck else why
            yield Change(
                object=name,
                field=field,
                before=before,
                after=after,
                why=said,
                cost_usd=0.0 if number else cost_usd,
                customer=_customer(old, new, name),
            )


def _told(was: PlannedMission | None, now: PlannedMission | None) -> list[tuple[str, str, str]]:
    if was is None or now is None:
        return [("flies", "true" if was else "false" if now else "", "true" if now else "false")]
    return [(field, _word(getattr(was, field)), _word(getattr(now, field))) for field in moved_fields(was, now)]


def _period(old: OperationsPlan, new: OperationsPlan, name: str) -> list[tuple[str, str, str]]:
    was, now = old.scenario.requests.get(name), new.scenario.requests.get(name)
    if was is None or now is None:
        return []
    return [
        (field, _word(getattr(was, field)), _word(getattr(now, field)))
        for field in ("earliest_utc", "latest_utc")
        if getattr(was, field) != getattr(now, field)
    ]


def _word(value: object) -> str:
    return format_utc(value) if isinstance(value, datetime) else str(value)


def _load(mission: PlannedMission) -> str:
    return f"{mission.upmass_kg:.3f} kg up, {mission.downmass_kg + mission.disposal_kg:.3f} kg back"


def _line_rows(old: OperationsPlan, new: OperationsPlan, events: Sequence[Event], reasons: Reasons) -> Iterator[Change]:
    before, after = Lines(old), Lines(new)
    urgent = _urgent(events)
    for item_id in sorted(after.of):
        was, now = before.missions(item_id), after.missions(item_id)
        cost_usd = round(before.earned_usd(item_id) - after.earned_usd(item_id), 2) + 0.0
        late = before.delivered(item_id), after.delivered(item_id)
        if was == now and item_id in before.of and not cost_usd and before.on_time(item_id) == after.on_time(item_id):
            continue
        moved = was != now or item_id not in before.of
        yield Change(
            object=item_id,
            field="mission_id" if moved else "delivered_utc" if late[0] != late[1] else "load",
            before=was if moved else late[0],
            after=now if moved else late[1],
            why=_line_why(new, (before, after), item_id, (urgent, reasons)),
            cost_usd=cost_usd,
            customer=new.scenario.lines[item_id].customer,
        )
    for item_id in sorted(before.of.keys() - after.of.keys()):
        yield Change(
            object=item_id,
            field="mission_id",
            before=before.missions(item_id),
            after="",
            why="its row of cargo.csv is taken out",
            cost_usd=round(before.earned_usd(item_id), 2) + 0.0,
            customer=old.scenario.lines[item_id].customer,
        )


def _urgent(events: Sequence[Event]) -> frozenset[str]:
    return frozenset(line.item_id for event in events if isinstance(event, Urgent) for line in event.lines)


def _line_why(new: OperationsPlan, sides: tuple[Lines, Lines], item_id: str, known: tuple[frozenset[str], Reasons]) -> str:
    (before, after), (urgent, reasons) = sides, known
    was, now = before.missions(item_id), after.missions(item_id)
    if item_id in urgent:
        left = next((row.reason for row in after.of[item_id] if row.reason), "")
        return f"urgent: flies on the first mission that can take it, {now}" if now else f"urgent, and stays behind: {left}"
    if item_id in edited_lines(reasons.events):
        return "its row of cargo.csv is new" if item_id not in before.of else "its row of cargo.csv is edited"
    if was == now:
        dated = before.delivered(item_id) != after.delivered(item_id)
        return f"{was} brings it at another date" if dated else "its price or its penalty changes"
    if not was:
        return f"there is room on {now} now"
    old_names = was.split(";")
    for name in old_names:
        if name not in new.mission_named:
            return f"{name} does not fly: {reasons.of_mission(new, name)}"
        if new.mission_named[name].lost:
            return f"{name} is lost"
    mission = old_names[0]
    come = after.aboard.get(mission, frozenset()) - before.aboard.get(mission, frozenset())
    first = sorted(come, key=lambda one: (one not in urgent, new.scenario.lines[one].priority, one))
    if first and mission not in _moved_names(new, reasons):
        more = f" and {len(first) - _NAMED} more" if len(first) > _NAMED else ""
        return f"its room on {mission} goes to {', '.join(first[:_NAMED])}{more}"
    return f"{mission} flies at another date: {reasons.of_mission(new, mission)}"


def _moved_names(new: OperationsPlan, reasons: Reasons) -> frozenset[str]:
    return frozenset(
        name
        for name, flight in reasons.old.flights.items()
        if name in new.mission_named and new.mission_named[name].launch_utc != flight.launch_utc
    )


def disturbance_of(old: OperationsPlan, new: OperationsPlan, events: Sequence[Event], reasons: Reasons) -> Disturbance:
    """Who moves, who pays, what is served less well, and which conflicts that resolves."""
    before, after, missions = Lines(old), Lines(new), missions_moved(old, new, reasons)
    aside = reasons.old.flown.names | reasons.struck
    moved = tuple(one.mission_id for one in missions if one.before_utc and one.mission_id not in aside)
    unflown = tuple(one.mission_id for one in missions if one.before_utc and not one.after_utc)
    later = [name for name in old.mission_named if name not in reasons.old.flown.names]
    flew = {item_id: (before.missions(item_id), after.missions(item_id)) for item_id in before.of.keys() & after.of.keys()}
    share = 100.0 * len(moved) / len(later) if later else 0.0
    conflicts = tuple(f"{name}: {reasons.of_mission(new, name)}" for name in sorted({*reasons.struck, *moved}))
    return Disturbance(
        events=tuple(str(event) for event in events),
        as_of_utc=reasons.old.as_of_utc,
        flown_count=len(reasons.old.flown.names),
        later_count=len(later),
        moved=moved,
        struck=tuple(sorted(reasons.struck)),
        unflown=unflown,
        unflown_why=tuple(f"{name} does not fly: {reasons.unflown(new, name)}" for name in unflown),
        consents=tuple(
            name
            for name, request in sorted(new.scenario.requests.items())
            if name in new.mission_named and request.latest_utc != reasons.agreed_latest(name)
        ),
        lines_moved_count=sum(bool(was and now and was != now) for was, now in flew.values()),
        lines_left_count=sum(bool(was and not now) for was, now in flew.values()),
        lines_gained_count=sum(bool(now and not was) for was, now in flew.values()),
        on_time_before_percent=_on_time_percent(old),
        on_time_after_percent=_on_time_percent(new),
        cost_usd=round(math.fsum(row.cost_usd for row in new.changes), 2),
        customers_usd=_by_customer(new.changes),
        conflicts=conflicts,
        placed=tuple(_placed(before, after, item_id) for item_id in sorted(_urgent(events))),
        departure=departure_of(old, new, reasons, _urgent(events)),
        services=services_of(old, new, new.changes),
        missions=missions,
        lines_late_count=sum(
            before.on_time(item_id) and not after.on_time(item_id)
            for item_id in before.of
            if old.scenario.lines[item_id].direction == "up"
        ),
        why_more=_why_more(moved, share, events),
    )


def _why_more(moved: tuple[str, ...], share: float, events: Sequence[Event]) -> str:
    if share <= MOST_MOVED_PERCENT:
        return ""
    cause = "a loss or stand-down takes ships from many" if any(isinstance(e, Loss | Standdown) for e in events) else ""
    each = "each for the conflict named at it: keeping more old dates would leave a mission or dearer cargo unflown"
    return f"{len(moved)} missions move, {share:.0f} % of those yet to fly, {'; '.join(filter(None, (cause, each)))}"


def _on_time_percent(plan: OperationsPlan) -> float | None:
    told = [row.on_time for row in plan.manifest if row.direction == "up" and row.on_time is not None]
    return 100.0 * sum(told) / len(told) if told else None


def _by_customer(changes: Sequence[Change]) -> tuple[tuple[str, float], ...]:
    sums: dict[str, list[float]] = {}
    for row in changes:
        if row.customer:
            sums.setdefault(row.customer, []).append(row.cost_usd)
    found = {name: round(math.fsum(costs), 2) + 0.0 for name, costs in sums.items()}
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _placed(before: Lines, after: Lines, item_id: str) -> str:
    mission = after.missions(item_id)
    if not mission:
        return f"{item_id} stays behind: {next((row.reason for row in after.of[item_id] if row.reason), '')}"
    gone = set[str]()
    for name in mission.split(";"):
        gone |= before.aboard.get(name, frozenset()) - after.aboard.get(name, frozenset())
    gives = f"{', '.join(sorted(gone))} give{'s' if len(gone) == 1 else ''} way" if gone else "nothing has to give way"
    return f"{item_id} flies on {mission}, delivered {after.delivered(item_id)}; {gives}"
