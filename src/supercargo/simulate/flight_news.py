"""What befalls the year, how dates give way to it, and when the planner plans anew.

A slip is told at once and missions in its way move to the right; the conflict that it opens is decided by the planner. A new
plan is asked for after a loss or a port out, and where a slip moves others, leaves its period, makes lines late, or a stock
falls below its reserve: at most so many a year, and so far apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from supercargo.kernel import days, format_utc
from supercargo.model import Loss, OperationsPlan, PortOut
from supercargo.simulate import flight_cargo as cargo
from supercargo.simulate import flight_missions as missions
from supercargo.simulate.flight_dates import redate, yard_of
from supercargo.simulate.flight_doings import Flown, OnConflict, OnMission, Replan, Told
from supercargo.simulate.flight_standing import events_for, standing_plan
from supercargo.simulate.flight_state import RANK, REPLAN, Call, Craft, Year, spans_of
from supercargo.track.coordination.log import Acknowledge, Choose, CoordinationCommand, Offer, SeeConflict, Tell
from supercargo.track.missions import commands as asked
from supercargo.track.missions import phases

__all__ = ["CALLS", "begin"]

_LEAST_LEAD = timedelta(hours=36)  # a new date leaves time for procedure, poll and countdown
_AT_ONCE = ("is lost", "is out")


def begin(year: Year) -> None:
    """Put the news of the future on the agenda."""
    for news in year.future.slips:
        year.push(max(news.known_utc, year.start_utc), RANK["news"], _slip_news(news.delay_s), news.mission_id)
    for out in year.future.port_outs:
        year.push(max(out.from_utc, year.start_utc), RANK["news"], _port_news(out))


def _slip_news(delay_s: int) -> Call:
    def slip_news(year: Year, at: datetime, name: str) -> Flown:
        craft = year.crafts.get(name)
        if craft is not None and craft.on_ground:
            earliest = craft.committed_utc + timedelta(seconds=delay_s)
            yield from _not_before(year, craft, at, earliest, f"{name} is reported {delay_s / 86_400:.1f} d late")

    return slip_news


def _port_news(out: PortOut) -> Call:
    def port_news(year: Year, at: datetime, _: str) -> Flown:
        port = f"{out.destination}/{out.port}"
        struck = [
            craft.name
            for craft in year.ground()
            if f"{craft.row.destination}/{craft.row.port}" == port
            and craft.dated.there[0] < out.to_utc
            and craft.dated.there[1] > out.from_utc
        ]
        year.tally.port_outs_count += 1
        year.yard.port_outs.append(out)
        if not struck:
            return
        year.news.append(out)
        text = f"{port} is out until {format_utc(out.to_utc)}"
        name = f"port-{out.destination}-{out.port}-{out.from_utc:%Y%m%d}".replace(" ", "-")
        seen = SeeConflict(conflict=name, kind="ports", objects=(*struck, port), text=text)
        yield _on_conflict(year, name, at, seen, "mission control")
        yield from _decided(year, name, at, struck, anew=_may_replan(year, at, at_once=True))
        yield from _settle(year, at, text)
        yield from _review(year, at, text)

    return port_news


def _overrun(year: Year, at: datetime, name: str) -> Flown:
    """Processing takes longer than planned."""
    craft = year.crafts[name]
    late_s = year.future.overruns_s[name]
    if not craft.on_ground:
        return
    year.tally.overruns_count += 1
    text = f"processing of {name} takes {late_s / 86_400:.1f} d longer"
    yield from missions.incident(year, craft, at, 4, text, closes=at + timedelta(seconds=late_s))
    stacked = craft.launch_utc - craft.span("pad")[0]
    yield from _not_before(year, craft, at, at + timedelta(seconds=late_s) + stacked, text)


def _lose(year: Year, at: datetime, name: str) -> Flown:
    """A mission is lost with all aboard, and its family stands down."""
    craft = year.crafts[name]
    yield from missions.enter(year, craft, at, phases.LOST, "telemetry ended, tracking lost")
    year.tally.lost.append(name)
    yield from missions.incident(year, craft, at, 1, f"{name} is lost in ascent", closes=at + days(90))
    yield from cargo.lose(year, craft, at)
    year.news.append(Loss(mission_id=name))
    grounding = year.future.grounding_of.get(name)
    if grounding is not None:
        down = grounding.standdown(craft.launch_utc)
        year.tally.standdowns_count += 1
        year.yard.standdowns.append(down)
        year.news.append(down)
    for other in year.ground():
        if other.row.vehicle_id == craft.row.vehicle_id:
            other.tail_lost = True
            missions.schedule(year, other, at)
    text = f"{name} is lost"
    yield from _settle(year, at, text)
    yield from _review(year, at, text)


def _low(year: Year, at: datetime, names: str) -> Flown:
    """Stocks are below their reserve where the plan had them above."""
    yield from _review(year, at, f"below reserve: {names}")


CALLS: dict[str, Call] = {"overrun": _overrun, "lose": _lose, "low": _low}
"""What other parts of the year hand on to this one."""


def _not_before(year: Year, craft: Craft, at: datetime, earliest: datetime, why: str) -> Flown:
    """A mission can't lift off before an instant: it and those in its way get later dates, and the planner looks at it."""
    craft.not_before_utc = earliest
    if earliest > craft.launch_utc:
        yield from _settle(year, at, why)
        yield from _review(year, at, "")


def _settle(year: Year, at: datetime, why: str) -> Flown:
    """Give each mission that can't keep its date the first one that it can; the slip of each is told with its reason."""
    before = {craft.name: _late_lines(year, craft) for craft in year.ground()}
    waiting = {craft.name: (craft.dated, craft.not_before_utc) for craft in year.ground() if not craft.tail_lost}
    flown = [craft.dated for craft in year.crafts.values() if not craft.on_ground and craft.phase != phases.WITHDRAWN]
    late = at + _LEAST_LEAD
    urgent = {
        name: (dated, max(earliest, late) if earliest > dated.launch_utc else earliest)
        for name, (dated, earliest) in waiting.items()
    }
    moved = redate(year.yard, urgent, flown)
    for name, launch in sorted(moved.items(), key=lambda pair: (pair[1], pair[0])):
        yield from _slip(year, year.crafts[name], at, launch, why)
    struck = [name for name in moved if year.crafts[name].not_before_utc <= year.crafts[name].row.launch_utc]
    if struck:
        year.reasons.append(f"{why}: {len(struck)} more give way")
    count = sum(_late_lines(year, year.crafts[name]) - before[name] for name in moved)
    if count >= year.policy.late_lines:
        year.reasons.append(f"{why}: {count} more lines late")


def _late_lines(year: Year, craft: Craft) -> int:
    rows = year.aboard(craft.name, "up", "down")
    return sum(row.due_utc is not None and cargo.delivered_utc(craft, row) > row.due_utc for row in rows)


def _slip(year: Year, craft: Craft, at: datetime, launch: datetime, why: str) -> Flown:
    window = year.yard.window_at(craft.row, launch)
    closes = window.closes_utc if window is not None else None
    craft.slips_count += 1
    year.tally.slips_count += 1
    act = year.names.act(at, year.policy.by, *craft.words, "slip", craft.slips_count)
    command = asked.Slip(launch_utc=launch, reason=why, closes_utc=closes)
    opened = yield Told(at, OnMission(mission_id=craft.name, command=command, act=act))
    craft.launch_utc = launch
    missions.schedule(year, craft, at)
    for name in opened if isinstance(opened, tuple) else ():
        year.tally.conflicts_count += 1
        at_port = name.endswith("-ports")
        if at_port:
            year.reasons.append(f"{craft.name} is in another's way at its port")
        yield from _decided(year, name, at, [craft.name], anew=at_port and _may_replan(year, at))


def _on_conflict(year: Year, name: str, at: datetime, command: CoordinationCommand, by: str, word: str = "") -> Told:
    act = year.names.act(at, by, "conflict", name, type(command).__name__, word)
    return Told(at, OnConflict(conflict=name, command=command, act=act))


def _decided(year: Year, name: str, at: datetime, struck: Iterable[str], *, anew: bool) -> Iterator[Told]:
    """The planner offers two ways out, chooses one, and tells whom it concerns."""
    by = year.policy.by
    offers = (
        Offer(option="right shift", text="whoever comes later waits until the way is free"),
        Offer(option="new plan", text="the rest of the year is planned anew"),
    )
    for offer in offers:
        yield _on_conflict(year, name, at, offer, by, offer.option)
    why = "a new plan disturbs least" if anew else "later dates are enough, or a new plan is not due yet"
    chosen = Choose(option="new plan" if anew else "right shift", why=why)
    yield _on_conflict(year, name, at, chosen, by)
    customers = sorted({row.customer for mission in struck for row in year.aboard(mission, "up", "down")})
    for customer in customers:
        yield _on_conflict(year, name, at, Tell(party=customer), by, customer)
        yield _on_conflict(year, name, at, Acknowledge(party=customer), f"{customer} liaison", customer)


def _may_replan(year: Year, at: datetime, *, at_once: bool = False) -> bool:
    policy, made = year.policy, len(year.tally.replans) + len(year.tally.refused_replans)
    if policy.planner != REPLAN or made >= policy.most_replans - (0 if at_once else policy.kept_replans):
        return False
    if at >= year.end_utc or not any(True for _ in year.ground()):
        return False
    return at_once or year.replanned_utc is None or at >= year.replanned_utc + policy.apart


def _review(year: Year, at: datetime, why: str) -> Flown:
    """The planner looks at what has happened since the last plan, and plans anew where that is due."""
    if why:
        year.reasons.append(why)
    if not year.reasons:
        return
    at_once = any(word in reason for reason in year.reasons for word in _AT_ONCE)
    if _may_replan(year, at, at_once=at_once):
        yield from _replan(year, at)
    elif year.replanned_utc is not None and year.policy.planner == REPLAN and at < year.replanned_utc + year.policy.apart:
        year.push(year.replanned_utc + year.policy.apart, RANK["review"], _again)


def _again(year: Year, at: datetime, _: str) -> Flown:
    yield from _review(year, at, "")


def _replan(year: Year, at: datetime) -> Flown:
    number = len(year.tally.replans) + len(year.tally.refused_replans) + 1
    why = "; ".join(dict.fromkeys(year.reasons))
    standing = standing_plan(year, at)
    made = yield Told(at, Replan(number=number, plan=standing, events=events_for(year, at), opened_utc=at, why=why))
    year.reasons.clear()
    year.replanned_utc = at
    if not isinstance(made, OperationsPlan):
        year.tally.refused_replans.append((at, why))
        return
    year.news.clear()
    year.tally.replans.append((at, why))
    yield from _follow(year, made, at)


def _follow(year: Year, plan: OperationsPlan, at: datetime) -> Flown:
    """Go on by a new plan: new dates, other ships, lines that come in and lines that go out."""
    old_holds = {craft.name: f"container/{craft.row.vehicle_id}" for craft in year.ground()}
    spans = spans_of(plan)
    year.adopt(plan)
    year.yard = yard_of(plan, year.yard.standdowns, year.yard.port_outs)
    for craft in year.crafts.values():
        row = plan.mission_named.get(craft.name)
        if not craft.on_ground and row is not None:
            craft.row, craft.spans = row, spans.get(craft.name, {})
        if not craft.on_ground:
            continue
        if row is None:
            craft.phase, craft.turn = phases.WITHDRAWN, craft.turn + 1
            continue
        craft.row, craft.spans, craft.launch_utc, craft.tail_lost = row, spans.get(craft.name, {}), row.launch_utc, False
    for name, row in plan.mission_named.items():
        known = year.crafts.get(name)
        if known is None or known.phase == phases.WITHDRAWN:
            year.crafts[name] = Craft(
                row=row, spans=spans.get(name, {}), launch_utc=row.launch_utc,
                committed_utc=known.committed_utc if known else row.launch_utc,
                not_before_utc=known.not_before_utc if known else row.launch_utc,
                turn=known.turn if known else 0,
                life=known.life + 1 if known else 0,
            )  # fmt: skip
    _follow_rows(year, plan, at)
    yield from cargo.take_out(year, at, old_holds)
    for craft in list(year.ground()):
        missions.schedule(year, craft, at)
    if year.coming:
        yield from cargo.receive(year, at)


def _follow_rows(year: Year, plan: OperationsPlan, at: datetime) -> None:
    named = {row.item_id: row for row in plan.manifest}
    for name, parcel in year.parcels.items():
        parcel.row = named.get(name) or replace(parcel.row, mission_id="")  # of a line split anew: it goes nowhere
    for name, row in named.items():
        if name not in year.parcels and row.mission_id:
            cargo.expect(year, row, at)
    year.waiting = [name for name in year.waiting if name in named and not named[name].mission_id]
