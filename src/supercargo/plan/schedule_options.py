"""Every lawful way and date for each mission, and where the unlawful ones fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from supercargo.kernel import days
from supercargo.model import Destination, Launcher, LaunchWindow, MissionRequest, Scenario, VehicleType
from supercargo.plan.permits import PERMITS, Permits
from supercargo.plan.programme import missions_held
from supercargo.plan.schedule_instants import Course, course_of, seconds_of
from supercargo.plan.schedule_pools import Closures, Yard, closures_of, hands, yard_of
from supercargo.plan.ways import Way, Ways
from supercargo.solve.scheduling import FOREVER, Use

__all__ = ["HURDLES", "NEXT_PASS_S", "Market", "Option", "options_of", "uses_of"]

HURDLES = (
    "none of its vehicle types is in the catalogue with a launcher that the request allows",
    "there is no pad at an allowed site for its launchers",
    "no launch window opens between {earliest} and {latest}",
    "site or pad is closed at every launch window, or its launcher or spacecraft stands down",
    "no way to dock stands at any launch window: the phase is out of range, the Sun too high over the orbit plane, or down",
    "its spacecraft carries nothing by any route that is listed: {lift}",
    "its longest stay is too short for unloading and loading at the place's handling hours",
    "the place is closed at every arrival or departure it could make",
    "no processing facility at its sites takes its vehicle types",
    "the processing facilities are closed in the weeks before each of its launch windows",
    "no port of {destination} takes its docking system",
    "no port of {destination} is in service and open for the whole stay, whichever window it takes",
    "no tail of its vehicle types is listed with a flight left",
    "no launch licence is in force at any lift-off it could make",
    "no agreement with {destination} is in force at any arrival it could make",
    "no trained team is on hand for its processing, unloading and loading, whichever window it takes",
)
"""Why a mission may have no lawful option at all, in the order in which a candidate meets them."""


NEXT_PASS_S = 77_760
"""Nine tenths of a day: a pad comes back to an orbit plane after 23 to 24 hours, a little more where the plane moves east."""


@dataclass(frozen=True, slots=True)
class Option:
    """A mission on one launch window with one type, launcher, facility, port, tail: pad and last three up to likeness."""

    mission: int
    window: LaunchWindow
    launch_s: int
    vehicle: VehicleType
    launcher: Launcher
    way: Way
    course: Course
    facility: int
    port: int
    tail: int

    @property
    def lift_kg(self) -> float:
        """Cargo that it can take [kg]: by the route, else the type's upmass."""
        return self.vehicle.upmass_kg if self.way.lift is None else self.way.lift.kg

    @property
    def key(self) -> tuple[int, int, str, str, str, str, int, int, int, int, str]:
        """Order that does not depend on the order of the input."""
        window = self.window
        kind = self.vehicle.vehicle_type
        return (
            self.mission,
            self.launch_s,
            window.site,
            window.pad,
            window.launcher,
            kind,
            self.port,
            self.tail,
            self.facility,
            self.course.arrive_s,
            self.way.profile,
        )


@dataclass(frozen=True)
class Market:
    """Missions in order of name, their lawful options, the pools they compete for; `failed_at` is -1 where options exist."""

    missions: tuple[MissionRequest, ...]
    options: tuple[Option, ...]
    yard: Yard
    failed_at: tuple[int, ...]
    too_weak: tuple[str, ...] = ()  # by mission, what leaves nothing to carry where that failed it


def options_of(scenario: Scenario, windows: tuple[LaunchWindow, ...]) -> Market:
    """List all lawful options of all missions of the horizon."""
    closures = closures_of(scenario.blackouts, scenario.settings.start_utc)
    yard = yard_of(scenario, windows, closures)
    missions = tuple(sorted(scenario.missions, key=lambda request: request.mission_id))
    by_place: dict[tuple[str, str], list[LaunchWindow]] = {}
    for window in windows:
        by_place.setdefault((window.destination, window.launcher), []).append(window)
    sieve = _Sieve(scenario, yard, closures, by_place)
    found: list[Option] = []
    failed_at, too_weak = [], []
    for number, request in enumerate(missions):
        sieve.reached, sieve.too_weak = 0, ""
        own = sorted(sieve.options(number, request), key=lambda option: option.key)
        failed_at.append(-1 if own else sieve.reached)
        too_weak.append(sieve.too_weak)
        found += own
    return Market(missions, tuple(found), yard, tuple(failed_at), tuple(too_weak))


class _Sieve:
    """Candidates pass one hurdle after another; `reached` remembers the furthest."""

    def __init__(
        self,
        scenario: Scenario,
        yard: Yard,
        closures: Closures,
        windows: dict[tuple[str, str], list[LaunchWindow]],
    ) -> None:
        self.scenario, self.yard, self.closures, self.windows = scenario, yard, closures, windows
        self.approaches = Ways(scenario, (window for own in windows.values() for window in own))
        self.first_pads = tuple(key for key, number in yard.pads.items() if yard.pools[number].members[0] == key[1])
        self.permits = Permits(scenario)
        self.held = missions_held(scenario)
        self.reached = 0
        self.too_weak = ""

    def past(self, hurdle: int) -> None:
        self.reached = max(self.reached, hurdle + 1)

    def options(self, number: int, request: MissionRequest) -> Iterator[Option]:
        """All lawful options of a mission."""
        place = self.scenario.places[request.destination]
        for vehicle, launcher in self.ways(request):
            courses: dict[int, Course | None] = {}
            for window in self.launches(request, vehicle, launcher):
                found: list[Option] = []
                for way in self.approaches.of(request, vehicle, window):
                    launch_utc = window.launch_utc + timedelta(seconds=way.moved_s)
                    if way.moved_s and not (
                        self.lawful(request, launch_utc) and self.may_lift_off(vehicle, window, launch_utc)
                    ):
                        continue
                    launch_s = seconds_of(launch_utc - self.scenario.settings.start_utc)
                    self.past(4)
                    if not self.carries(way):
                        continue
                    if way.arrive_s not in courses:
                        courses[way.arrive_s] = course_of(request, vehicle, launcher, place, way.arrive_s)
                    course = courses[way.arrive_s]
                    if course is None or not course.stays:
                        continue
                    self.past(6)
                    open_course = self.kept_open(course, launch_s, place)
                    if open_course is not None:
                        found += self.placed(Option(number, window, launch_s, vehicle, launcher, way, open_course, -1, -1, -1))
                yield from _worth_weighing(list(self.permitted(found)))

    def carries(self, way: Way) -> bool:
        """False for a route by which the spacecraft has no kilogram to spare; what binds is remembered in words."""
        if way.lift is not None and way.lift.kg <= 0.0:
            self.too_weak = self.too_weak or way.lift.why
            return False
        self.past(5)
        return True

    def ways(self, request: MissionRequest) -> Iterator[tuple[VehicleType, Launcher]]:
        for kind in sorted(set(request.vehicle_types)):
            vehicle = self.scenario.vehicle_types.get(kind)
            for name in sorted(set(vehicle.launchers)) if vehicle else ():
                launcher = self.scenario.launcher_named.get(name)
                if vehicle and launcher and (not request.launchers or name in request.launchers):
                    self.past(0)
                    yield vehicle, launcher

    def launches(self, request: MissionRequest, vehicle: VehicleType, launcher: Launcher) -> Iterator[LaunchWindow]:
        """Windows of the mission's place that its request allows, from pads that serve the launcher and are open.

        Of alike pads only the first is asked; it stands for them all.
        """
        sites = request.sites or tuple({pad.site: None for pad in self.scenario.pads})
        serving = {
            key for key in self.first_pads if launcher.launcher in self.yard.pad_named[key].launchers and key[0] in sites
        }
        if serving:
            self.past(1)
        for window in self.windows.get((request.destination, launcher.launcher), ()):
            if not (self.lawful(request, window.launch_utc) and (window.site, window.pad) in serving):
                continue
            self.past(2)
            if self.may_lift_off(vehicle, window, window.launch_utc):
                self.past(3)
                yield window

    def lawful(self, request: MissionRequest, launch_utc: datetime) -> bool:
        settings = self.scenario.settings
        _, opens_utc = self.held.get(request.mission_id, ("", request.earliest_utc))
        earliest_utc = max(request.earliest_utc, opens_utc)
        return earliest_utc <= launch_utc <= request.latest_utc and settings.start_utc <= launch_utc < settings.end_utc

    def may_lift_off(self, vehicle: VehicleType, window: LaunchWindow, launch_utc: datetime) -> bool:
        """Whether site and pad are open, and neither launcher nor type of spacecraft stands down."""
        instant = seconds_of(launch_utc - self.scenario.settings.start_utc)
        asked = (
            ("pad", f"{window.site}/{window.pad}"),
            ("site", window.site),
            ("launcher", window.launcher),
            ("vehicle", vehicle.vehicle_type),
        )
        return all(self.closures.end_of(kind, name, instant) == instant for kind, name in asked)

    def kept_open(self, course: Course, launch_s: int, place: Destination) -> Course | None:
        """The course with its departure after any closed time of the place, or nothing if it can't arrive or leave."""
        arrive, depart = launch_s + course.arrive_s, launch_s + course.depart_s
        if self.closures.end_of("destination", place.destination, arrive) != arrive:
            return None
        later = self.closures.end_of("destination", place.destination, depart)
        if later > launch_s + course.latest_depart_s:
            return None
        self.past(7)
        return course.departing(later - launch_s)

    def placed(self, option: Option) -> Iterator[Option]:
        """The option once for each facility, port and tail pool that can take it."""
        vehicle = option.vehicle.vehicle_type
        facilities = list(self.facilities(option))
        ports = list(self.ports(option)) if facilities else []
        tails = self.yard.tails.get(vehicle, ())
        if ports and tails:
            self.past(12)
        for facility in facilities:
            for port in ports:
                for tail in tails:
                    yield replace(option, facility=facility, port=port, tail=tail)

    def facilities(self, option: Option) -> Iterator[int]:
        start, end = option.launch_s + option.course.processing_s, option.launch_s + option.course.pad_s
        for number, facility in self.yard.facilities.get(option.window.site, ()):
            if facility.vehicle_types and option.vehicle.vehicle_type not in facility.vehicle_types:
                continue
            self.past(8)
            if not self.closures.meet("facility", facility.facility_id, start, end):
                self.past(9)
                yield number

    def ports(self, option: Option) -> Iterator[int]:
        start_utc = self.scenario.settings.start_utc
        arrive, depart = option.launch_s + option.course.arrive_s, option.launch_s + option.course.depart_s
        for number, port in self.yard.ports.get(option.window.destination, ()):
            if option.vehicle.docking_system not in port.docking_system:
                continue
            self.past(10)
            too_early = port.from_utc is not None and arrive < seconds_of(port.from_utc - start_utc)
            too_late = port.to_utc is not None and depart > seconds_of(port.to_utc - start_utc)
            closed = self.closures.meet("port", f"{port.destination}/{port.port}", arrive, depart)
            if not (too_early or too_late or closed):
                self.past(11)
                yield number

    def permitted(self, options: list[Option]) -> Iterator[Option]:
        """Those options at whose instants licence, agreement and training are in force."""
        for option in options:
            shown = self.permits.passed(option.vehicle, option.launcher, option.window, option.course)
            self.past(len(HURDLES) - len(PERMITS) - 1 + shown)
            if shown == len(PERMITS):
                yield option


def _worth_weighing(options: list[Option]) -> Iterator[Option]:
    """Options of one window without those by a slow way where one that the type prefers docks a day earlier.

    The preferred way through the pad's next pass of the plane brings the same spacecraft to the same port as early.
    """
    preferred: dict[tuple[int, int, int], int] = {}
    for option in options:
        place, arrive_s = (option.facility, option.port, option.tail), option.launch_s + option.course.arrive_s
        if arrive_s < preferred.get(place, arrive_s) + NEXT_PASS_S:
            preferred[place] = min(preferred.get(place, arrive_s), arrive_s)
            yield option


def uses_of(scenario: Scenario, yard: Yard, option: Option) -> tuple[Use, ...]:
    """What an option occupies, and when [s from the start of the horizon)."""
    at, course, vehicle = option.launch_s, option.course, option.vehicle
    place = scenario.places[option.window.destination]
    pad = yard.pad_named[option.window.site, option.window.pad]
    tail = yard.pools[option.tail]
    back = at + course.end_s + seconds_of(days(vehicle.turnaround_d)) if tail.reusable else FOREVER
    clear = at + course.depart_s + seconds_of(days(place.clearance_d))
    rate = hands(min(vehicle.unload_h_d, place.handling_h_d), place.handling_h_d)
    crew = yard.crews[place.destination]
    launch_range, spacing_s = yard.ranges[pad.site]
    arrive = at + course.arrive_s
    uses = [
        Use(yard.pads[pad.site, pad.pad], at + course.pad_s, at + seconds_of(days(pad.turnaround_d))),
        Use(option.facility, at + course.processing_s, at + course.pad_s),
        Use(launch_range, at, at + spacing_s),
        Use(option.port, arrive, clear),
        Use(yard.arrivals[place.destination], arrive, arrive + seconds_of(days(place.arrival_spacing_d))),
        Use(option.tail, at + course.processing_s, back),
        Use(crew, at + course.unload_start_s, at + course.unload_end_s, rate),
        Use(crew, at + course.load_start_s, at + course.load_end_s, rate),
    ]
    if tail.flights >= 0:
        uses.append(Use(tail.flights, 0, 1))
    return tuple(use for use in uses if use.end > use.start)
