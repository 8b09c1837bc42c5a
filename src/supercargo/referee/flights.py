"""Flights: what was contracted flies, with lawful hardware, at instants that follow from each other."""

from __future__ import annotations

from collections.abc import Iterator

from supercargo.referee.case import TIME_TOLERANCE_S, Case, day_word, span_s, stamp, when
from supercargo.referee.rule import Finding
from supercargo.referee.ways import WAY_TOLERANCE_S, way_up

__all__ = [
    "arrival_instant",
    "end_instant",
    "facility_lawful",
    "launch_period",
    "launch_window",
    "launcher_lawful",
    "load_after_unload",
    "mission_place",
    "mission_requested",
    "must_mission",
    "outcome_known",
    "pad_lawful",
    "stay_length",
    "vehicle_lawful",
    "window_marked",
]


def mission_requested(case: Case) -> Iterator[Finding]:
    """Only contracted flights fly."""
    for name in sorted(set(case.missions) - set(case.scenario.requests)):
        yield name, f"mission {name} was not asked for: missions.csv of the scenario doesn't hold it"


def must_mission(case: Case) -> Iterator[Finding]:
    """A must mission flies."""
    for request in sorted(case.scenario.requests.values(), key=lambda request: request.mission_id):
        if request.must and request.mission_id not in case.missions:
            yield request.mission_id, f"must mission {request.mission_id} to {request.destination} does not fly"


def mission_place(case: Case) -> Iterator[Finding]:
    """A mission goes to the place, and is furnished by the customer, that its request names."""
    for name, mission in sorted(case.missions.items()):
        request = case.scenario.requests.get(name)
        if request and mission.destination != request.destination:
            yield name, f"mission {name} goes to {mission.destination}, asked for was {request.destination}"
        if request and mission.furnished_by != request.furnished_by:
            said, true = mission.furnished_by or "the service", request.furnished_by or "the service"
            yield name, f"mission {name} says that {said} furnishes it, the request says {true}"


def vehicle_lawful(case: Case) -> Iterator[Finding]:
    """A mission flies a tail of a type that its request allows."""
    types = {tail.vehicle_id: tail.vehicle_type for tail in case.scenario.tails}
    for name, mission in sorted(case.missions.items()):
        request = case.scenario.requests.get(name)
        if request and mission.vehicle_type not in request.vehicle_types:
            allowed = ", ".join(request.vehicle_types) or "none"
            yield name, f"mission {name} flies a {mission.vehicle_type}, allowed: {allowed}"
        if types.get(mission.vehicle_id, mission.vehicle_type) != mission.vehicle_type:
            yield (
                name,
                f"mission {name}: tail {mission.vehicle_id} is a {types[mission.vehicle_id]}, not a {mission.vehicle_type}",
            )


def launcher_lawful(case: Case) -> Iterator[Finding]:
    """A launcher lifts the type of spacecraft and is one that the request allows."""
    for name, voyage in case.voyages.items():
        launcher = voyage.mission.launcher
        if launcher not in voyage.vehicle.launchers:
            yield name, f"mission {name}: {launcher} does not lift a {voyage.mission.vehicle_type}"
        if voyage.request.launchers and launcher not in voyage.request.launchers:
            yield name, f"mission {name} flies on {launcher}, allowed: {', '.join(voyage.request.launchers)}"


def pad_lawful(case: Case) -> Iterator[Finding]:
    """A pad serves the launcher, at a site that the request allows."""
    pads = {(pad.site, pad.pad): pad for pad in case.scenario.pads}
    for name, mission in sorted(case.missions.items()):
        pad, request = pads.get((mission.site, mission.pad)), case.scenario.requests.get(name)
        if pad and mission.launcher not in pad.launchers:
            yield name, f"mission {name}: pad {mission.site}/{mission.pad} does not serve {mission.launcher}"
        if request and request.sites and mission.site not in request.sites:
            yield name, f"mission {name} flies from {mission.site}, allowed: {', '.join(request.sites)}"


def facility_lawful(case: Case) -> Iterator[Finding]:
    """Processing is done in a facility at the launch site that takes the type."""
    facilities = {facility.facility_id: facility for facility in case.scenario.facilities}
    for name, mission in sorted(case.missions.items()):
        facility = facilities.get(mission.facility_id)
        if facility and facility.site != mission.site:
            yield name, f"mission {name} launches from {mission.site} but {mission.facility_id} stands at {facility.site}"
        if facility and facility.vehicle_types and mission.vehicle_type not in facility.vehicle_types:
            yield name, f"mission {name}: {mission.facility_id} does not take a {mission.vehicle_type}"


def launch_period(case: Case) -> Iterator[Finding]:
    """A mission lifts off between the first and the last instant of its request."""
    for name, mission in sorted(case.missions.items()):
        request = case.scenario.requests.get(name)
        if not request:
            continue
        launch_s, first_s, last_s = stamp(mission.launch_utc), stamp(request.earliest_utc), stamp(request.latest_utc)
        if launch_s < first_s - TIME_TOLERANCE_S:
            yield name, f"mission {name} lifts off {when(launch_s)}, {day_word(first_s - launch_s)} before its first date"
        if launch_s > last_s + TIME_TOLERANCE_S:
            yield name, f"mission {name} lifts off {when(launch_s)}, {day_word(launch_s - last_s)} after its last date"


def launch_window(case: Case) -> Iterator[Finding]:
    """A mission lifts off at the planned instant of a row of windows.csv for its place, pad and launcher."""
    for name, mission in sorted(case.missions.items()):
        if name not in case.window_of:
            stack = f"{mission.launcher} from {mission.site}/{mission.pad} to {mission.destination}"
            yield name, f"mission {name}: windows.csv has no row for {stack} at {when(stamp(mission.launch_utc))}"


def window_marked(case: Case) -> Iterator[Finding]:
    """A window is marked with the mission that uses it, and with no other."""
    marked: dict[str, int] = {}
    for window in case.plan.windows:
        if window.used_by:
            marked[window.used_by] = marked.get(window.used_by, 0) + 1
    for name, window in sorted(case.window_of.items()):
        if window.used_by != name:
            yield name, f"mission {name} uses the window at {when(stamp(window.launch_utc))}, marked {window.used_by!r}"
        elif marked[name] > 1:
            yield name, f"mission {name} is marked on {marked[name]} windows; it uses one"
    for name in sorted(set(marked) & set(case.missions) - set(case.window_of)):
        yield name, f"a window is marked as used by {name}, which does not lift off at that instant"


def outcome_known(case: Case) -> Iterator[Finding]:
    """Only a mission that has lifted off has an outcome; a lost one has no port, arrival or departure, any other has all."""
    as_of_s = stamp(case.scenario.settings.as_of_utc)
    for name, mission in sorted(case.missions.items()):
        if mission.outcome and stamp(mission.launch_utc) > as_of_s:
            known = f"facts are known up to {when(as_of_s)}"
            yield name, f"mission {name} is called {mission.outcome}, it lifts off {when(stamp(mission.launch_utc))}; {known}"
        for column in ("port", "arrive_utc", "depart_utc"):
            if bool(getattr(mission, column)) == mission.lost:
                words = "was lost before docking and still has" if mission.lost else "has no"
                yield name, f"mission {name} {words} {column}"


def _agreed(asked: float | None, own: float) -> float:
    """What a request agrees, else the type's own."""
    return own if asked is None else asked


def arrival_instant(case: Case) -> Iterator[Finding]:
    """A spacecraft arrives when its way by profile, its phasing or the listed transit is over."""
    for name, voyage in case.arrivals.items():
        reckoned = way_up(case, voyage)
        if reckoned is not None:
            late_s = voyage.arrive_s - voyage.launch_s - reckoned.way_s
            if abs(late_s) > WAY_TOLERANCE_S:
                said, way = day_word(voyage.arrive_s - voyage.launch_s), day_word(reckoned.way_s)
                yield name, f"mission {name} arrives {said} after lift-off; by {voyage.mission.profile} it takes {way}"
            continue
        window = case.window_of.get(name)
        transit_d = window.transit_d if window else None
        way_s = span_s(_agreed(voyage.request.phasing_d, voyage.vehicle.phasing_d) if transit_d is None else transit_d)
        if abs(voyage.arrive_s - voyage.launch_s - way_s) > TIME_TOLERANCE_S:
            said = day_word(voyage.arrive_s - voyage.launch_s)
            yield name, f"mission {name} arrives {said} after lift-off; the way takes {day_word(way_s)}"


def stay_length(case: Case) -> Iterator[Finding]:
    """A spacecraft stays between the shortest and the longest stay of request and type."""
    for name, voyage in case.arrivals.items():
        stay_s = voyage.depart_s - voyage.arrive_s
        least_s = span_s(voyage.request.docked_min_d)
        most_s = span_s(min(voyage.request.docked_max_d, voyage.vehicle.docked_max_d))
        if not least_s - TIME_TOLERANCE_S <= stay_s <= most_s + TIME_TOLERANCE_S:
            yield name, f"mission {name} stays {day_word(stay_s)}; lawful is {day_word(least_s)} to {day_word(most_s)}"


def end_instant(case: Case) -> Iterator[Finding]:
    """A mission ends when the way back is over."""
    for name, voyage in case.arrivals.items():
        back_s = span_s(_agreed(voyage.request.return_d, voyage.vehicle.return_d))
        if abs(voyage.end_s - voyage.depart_s - back_s) > TIME_TOLERANCE_S:
            said = day_word(voyage.end_s - voyage.depart_s)
            yield name, f"mission {name} ends {said} after departure; the way back takes {day_word(back_s)}"


def load_after_unload(case: Case) -> Iterator[Finding]:
    """Return cargo is loaded after the spacecraft is empty."""
    for name, voyage in case.arrivals.items():
        missing_s = voyage.unload_end_s - voyage.load_start_s
        if missing_s > TIME_TOLERANCE_S:
            yield name, f"mission {name}: unloading would end {day_word(missing_s)} after loading has to start"
