"""What is done for a mission: gates, processing, pad, poll, countdown, lift-off, docking, departure, the work after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from supercargo.kernel import days
from supercargo.simulate import flight_cargo as cargo
from supercargo.simulate.flight_doings import Flown, OnMission, OnWork, Told
from supercargo.simulate.flight_state import RANK, Call, Craft, Year
from supercargo.track.maintenance import orders
from supercargo.track.maintenance.events import Limit
from supercargo.track.missions import commands as asked
from supercargo.track.missions import phases
from supercargo.track.missions.events import FlightPlan, GateDue, Step
from supercargo.track.missions.gates import gates_for

__all__ = ["LAUNCH_DAY", "enter", "incident", "schedule"]

LAUNCH_DAY: tuple[Step, ...] = (
    Step(step="1", text="hatch closed, cargo strapped and photographed", people_count=2),
    Step(step="2", text="spacecraft on internal power"),
    Step(step="3", text="range clear, weather within limits", people_count=2),
)
"""The procedure that is signed before each poll (an assumption, in the manner of public launch countdowns)."""

_PROCEDURE_H, _POLL_H, _COUNTDOWN_S, _INSERTION_S, _LOSS_S = 30.0, 4.0, 7200.0, 600.0, 300.0
_ROLLED_BACK = timedelta(days=2)  # a slip this long brings a mission back from the pad
_HOUR = timedelta(hours=1)


def schedule(year: Year, craft: Craft, now: datetime) -> None:
    """Put all that is to be done until lift-off on the agenda, in place of what stood there."""
    craft.turn += 1
    launch = craft.launch_utc
    if craft.phase == phases.ON_PAD and craft.span("pad")[0] > now + _ROLLED_BACK:
        _push(year, craft, now, "processing", _roll_back)
    if craft.phase == phases.PLANNED:
        _push(year, craft, max(now, craft.span("processing")[0]), "processing", _processing)
    for gate in _gates(year, craft):
        if f"gate {gate.gate}" not in craft.done:
            _push(year, craft, max(now, launch - days(gate.before_launch_d)), "gate", _passing(gate))
    vehicle = year.plan.scenario.vehicle_types[craft.row.vehicle_type]
    load = max(launch - days(vehicle.cargo_cutoff_d), craft.span("processing")[0])
    _push(year, craft, max(now, load), "load", cargo.load)
    _push(year, craft, max(now, craft.span("pad")[0]), "pad", _pad)
    _push(year, craft, max(now, launch - days(vehicle.late_cutoff_d)), "late load", cargo.load_late)
    _push(year, craft, max(now, launch - timedelta(hours=_PROCEDURE_H)), "procedure", _procedure)
    _push(year, craft, max(now, launch - timedelta(hours=_POLL_H)), "poll", _poll)
    _push(year, craft, max(now, launch - timedelta(seconds=_COUNTDOWN_S)), "countdown", _countdown)
    _push(year, craft, launch, "launch", _launch_it)


def _push(year: Year, craft: Craft, at: datetime, kind: str, call: Call) -> None:
    if at < year.end_utc and not craft.tail_lost:
        year.push(at, RANK[kind], call, craft.name, turn=craft.turn)


def _gates(year: Year, craft: Craft) -> tuple[GateDue, ...]:
    row = craft.row
    flight = FlightPlan(
        mission_id=row.mission_id, plan="", destination=row.destination, port=row.port, vehicle_id=row.vehicle_id,
        vehicle_type=row.vehicle_type, launcher=row.launcher, site=row.site, pad=row.pad, facility_id=row.facility_id,
        contract_id="", customer="", launch_utc=row.launch_utc, arrive_utc=None, depart_utc=None, end_utc=row.end_utc,
    )  # fmt: skip
    return gates_for(flight, year.plan.scenario.gates)


def _do(year: Year, craft: Craft, at: datetime, command: asked.MissionCommand, by: str, *words: object) -> Told:
    act = year.names.act(at, by, *craft.words, *words)
    return Told(at, OnMission(mission_id=craft.name, command=command, act=act))


def enter(year: Year, craft: Craft, at: datetime, phase: str, evidence: str = "") -> Iterator[Told]:
    """A mission comes to its next phase."""
    craft.phase = phase
    command = asked.EnterPhase(phase=phase, evidence=evidence)
    yield _do(year, craft, at, command, "mission control", phase, f"{at:%Y%m%dT%H%M%S}")


def incident(year: Year, craft: Craft, at: datetime, severity: int, text: str, *, closes: datetime) -> Flown:
    """An incident is opened; another person closes it later."""
    name = f"{craft.name}-{len(craft.done)}-{severity}"
    craft.done.add(f"incident {name}")
    year.tally.incidents_count += 1
    yield _do(
        year, craft, at, asked.OpenIncident(incident=name, severity=severity, text=text), "mission control", name, "open"
    )

    def close(year: Year, at: datetime, _: str) -> Flown:
        command = asked.CloseIncident(incident=name, finding="cause found, put right, lesson recorded")
        yield _do(year, craft, at, command, "incident board", name, "close")

    year.push(closes, RANK["case"], close, craft.name)


def _passing(gate: GateDue) -> Call:
    def passing(year: Year, at: datetime, name: str) -> Flown:
        craft = year.crafts[name]
        craft.done.add(f"gate {gate.gate}")
        command = asked.PassGate(gate=gate.gate, evidence=f"{gate.proof or 'record'} of {name}")
        yield _do(year, craft, at, command, f"{gate.owner} lead", "gate", gate.gate)

    return passing


def _processing(year: Year, at: datetime, name: str) -> Flown:
    """The spacecraft enters its processing room; what takes longer there is known when it should be over."""
    craft = year.crafts[name]
    first, last = craft.span("processing")
    if craft.begun_utc is None:
        craft.begun_utc = at
        if name in year.future.overruns_s:
            year.push(at + (last - first), RANK["overrun"], year.calls["overrun"], name)
    yield from enter(year, craft, at, phases.PROCESSING)


def _roll_back(year: Year, at: datetime, name: str) -> Flown:
    """A mission that slips for long leaves the pad."""
    yield from enter(year, year.crafts[name], at, phases.PROCESSING)


def _pad(year: Year, at: datetime, name: str) -> Flown:
    """The stack comes to the pad."""
    craft = year.crafts[name]
    if craft.phase == phases.PROCESSING:
        yield from enter(year, craft, at, phases.ON_PAD)


def _procedure(year: Year, at: datetime, name: str) -> Flown:
    """The procedure of the launch day is opened and signed, once."""
    craft = year.crafts[name]
    if "procedure" in craft.done:
        return
    craft.done.add("procedure")
    opened = asked.OpenProcedure(procedure="launch day", steps=LAUNCH_DAY)
    yield _do(year, craft, at, opened, "mission control", "procedure")
    for step in LAUNCH_DAY:
        for number in range(step.people_count):
            sign = asked.SignStep(procedure="launch day", step=step.step, evidence=f"checklist {step.step} of {name}")
            yield _do(year, craft, at, sign, ("test conductor", "quality inspector")[number], "sign", step.step, number)


def _poll(year: Year, at: datetime, name: str) -> Flown:
    """Every position is asked, and says go."""
    craft = year.crafts[name]
    when = f"{craft.launch_utc:%Y%m%dT%H%M%S}"
    yield _do(year, craft, at, asked.OpenPoll(), "mission control", "poll", when)
    for position in asked.POLL_POSITIONS:
        answer = asked.AnswerPoll(position=position, answer="go")
        yield _do(year, craft, at, answer, f"{position} on duty", "poll", when, position)


def _countdown(year: Year, at: datetime, name: str) -> Flown:
    """The clock runs towards lift-off."""
    craft = year.crafts[name]
    left_s = (craft.launch_utc - at).total_seconds()
    if left_s > 0:
        command = asked.StartCountdown(t_minus_s=left_s)
        yield _do(year, craft, at, command, "mission control", "countdown", f"{craft.launch_utc:%Y%m%dT%H%M%S}")


def _launch_it(year: Year, at: datetime, name: str) -> Flown:
    """Lift-off; what comes after it follows from its instant."""
    craft = year.crafts[name]
    yield _do(year, craft, at, asked.Launch(), "launch director", "launch")
    craft.phase = phases.ASCENT
    year.tally.flown.add(name)
    if at > craft.committed_utc:
        year.tally.slipped.add(name)
    yield from cargo.launch(year, craft, at)
    _pad_work(year, craft, at)
    if name in year.future.lost:
        year.push(at + timedelta(seconds=_LOSS_S), RANK["ascent"], year.calls["lose"], name)
        return
    arrive, depart = craft.dated.there
    end = craft.row.end_utc + craft.late
    year.push(min(at + timedelta(seconds=_INSERTION_S), arrive), RANK["ascent"], _insertion, name)
    year.push(arrive, RANK["dock"], _dock, name)
    unload, loading = craft.span("unload"), craft.span("load")
    if unload[0] < unload[1]:
        year.push(max(arrive, unload[0]), RANK["unload"], _entering(phases.UNLOADING), name)
    if loading[0] < loading[1]:
        year.push(max(arrive, loading[0]), RANK["loading"], _entering(phases.LOADING), name)
    cargo.schedule_unloading(year, craft)
    year.push(max(arrive, min(loading[1], depart)), RANK["loading"], cargo.load_back, name)
    year.push(depart, RANK["depart"], _leave, name)
    year.push(end, RANK["end"], _come_back, name)


def _entering(phase: str) -> Call:
    def entering(year: Year, at: datetime, name: str) -> Flown:
        craft = year.crafts[name]
        if phase in phases.NEXT_PHASES[craft.phase]:
            yield from enter(year, craft, at, phase)

    return entering


def _insertion(year: Year, at: datetime, name: str) -> Flown:
    """The spacecraft is in orbit and goes after its place."""
    yield from enter(year, year.crafts[name], at, phases.PHASING)


def _dock(year: Year, at: datetime, name: str) -> Flown:
    """The spacecraft is at its port."""
    craft = year.crafts[name]
    yield from enter(year, craft, at, phases.DOCKED, f"docking report of {name}")
    yield from cargo.dock(year, craft, at)


def _leave(year: Year, at: datetime, name: str) -> Flown:
    """The spacecraft leaves its port."""
    craft = year.crafts[name]
    yield from enter(year, craft, at, phases.DEPARTED)
    yield from cargo.leave(year, craft, at)


def _come_back(year: Year, at: datetime, name: str) -> Flown:
    """The mission is over: what it brings back is handed over, what it took away is burnt."""
    craft = year.crafts[name]
    yield from enter(year, craft, at, phases.RETURNED)
    yield from cargo.come_back(year, craft, at)
    vehicle = year.plan.scenario.vehicle_types[craft.row.vehicle_type]
    if vehicle.downmass_kg > 0.0 and vehicle.turnaround_d > 0.0:
        limit = timedelta(days=vehicle.turnaround_d)
        _work(year, f"{name}-tail", ("tail", craft.row.vehicle_id, f"turn round after {name}"), at, limit)


def _pad_work(year: Year, craft: Craft, at: datetime) -> None:
    pad = f"{craft.row.site}/{craft.row.pad}"
    turn = year.yard.turn.get((craft.row.site, craft.row.pad), timedelta(0))
    _work(year, f"{craft.name}-pad", ("pad", pad, f"refurbish after {craft.name}"), at, turn)


def _work(year: Year, order: str, what: tuple[str, str, str], at: datetime, limit: timedelta) -> None:
    """Work that is ordered now and done within four fifths of its limit; one without time for it is done on the spot."""
    kind, asset, task = what
    if limit < 3 * _HOUR:
        return
    year.tally.work_orders_count += 1

    def tell(commands: Iterable[tuple[orders.WorkCommand, str]]) -> Call:
        listed = tuple(commands)

        def telling(year: Year, at: datetime, _: str) -> Flown:
            for command, by in listed:
                act = year.names.act(at, by, "work", order, type(command).__name__, by)
                yield Told(at, OnWork(order=order, command=command, act=act))

        return telling

    issue = orders.IssueWork(order=order, asset_kind=kind, asset=asset, task=task, limit=Limit(due_utc=at + limit))
    done = (
        (orders.SignWork(evidence=f"work card {order}"), "technician"),
        (orders.SignWork(evidence=f"inspection {order}"), "quality inspector"),
        (orders.FinishWork(), "technician"),
    )
    calls = (
        (at + _HOUR / 2, ((issue, "maintenance control"),)),
        (at + _HOUR, ((orders.StartWork(), "technician"),)),
        (at + limit * 4 // 5, done),
    )
    for when, told in calls:
        year.push(when, RANK["work"], tell(told))
