"""A launch window with one way to dock: what a flight dynamics team weighs before a mission is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import check_quantities, quantity, text
from supercargo.model.plan import LaunchWindow

__all__ = ["Arrival", "PortTaken", "RouteArrival", "WindowQuery", "WindowsFound"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One spacecraft by one profile through one launch window: when it docks and what it takes, or why it is refused."""

    destination: str = text("place")
    site: str = text("site")
    pad: str = text("pad")
    launcher: str = text("launcher")
    launch_utc: datetime = text("planned lift-off")
    opens_utc: datetime = text("first lift-off that steering allows")
    closes_utc: datetime = text("last lift-off that steering allows")
    sigma_s: float = quantity("s", "uncertainty of the instant, one sigma", ge=0)
    node: str = text("pass of the pad through the plane", choices=("ascending", "descending"))
    azimuth_deg: float = quantity("deg", "launch azimuth, Earth-fixed, from north over east", ge=0, le=360)
    azimuth_min_deg: float = quantity("deg", "lowest azimuth that the range allows", ge=0, le=360)
    azimuth_max_deg: float = quantity("deg", "highest azimuth that the range allows", ge=0, le=360)
    plane_offset_deg: float = quantity("deg", "pad to plane at lift-off", ge=-90, le=90)
    phase_deg: float | None = quantity("deg", "place ahead of the pad at lift-off; empty: unknown", ge=0, le=360, default=None)
    beta_deg: float = quantity("deg", "Sun above the target's plane at lift-off", ge=-90, le=90)
    eclipse_fraction: float = quantity("fraction", "share of each revolution in the Earth's shadow", ge=0, le=1)
    vehicle_type: str = text("type of spacecraft")
    profile: str = text("way to the place, by its length; empty: the type's phasing_d and the place's delta-v")
    lift_off_utc: datetime = text("its own lift-off: the window's, moved by what its node slips on the way")
    dock_utc: datetime = text("docking; open by half an hour where the phase is unknown")
    stands: bool = text("nothing forbids it")
    refused: str = text("each reason that forbids it", default="")
    insertion_phase_deg: float | None = quantity("deg", "place ahead at insertion; empty: unknown", ge=0, le=360, default=None)
    needed_min_deg: float = quantity("deg", "least phase at insertion that the profile closes", ge=0)
    needed_max_deg: float = quantity("deg", "greatest phase at insertion that it closes; whole turns count", ge=0)
    phasing_km: float | None = quantity("km", "height of the phasing orbit; empty: none fits, or unknown", ge=0, default=None)
    delta_v_m_s: float = quantity("m/s", "all burns from insertion to contact", ge=0)
    propellant_kg: float = quantity("kg", "what these burns take", ge=0)
    margin_kg: float = quantity("kg", "propellant left beyond what the departure needs")
    burns: str = text("each burn with its delta-v and propellant")
    dock_beta_deg: float = quantity("deg", "Sun above the target's plane at docking", ge=-90, le=90)
    dock_light: str = text("light at docking", choices=("lit", "dark", "unknown"))

    def __post_init__(self) -> None:
        check_quantities(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteArrival:
    """One spacecraft through one listed window beyond low Earth orbit: what it carries and when it arrives, or why not."""

    destination: str = text("place")
    site: str = text("site")
    pad: str = text("pad")
    launcher: str = text("launcher")
    launch_utc: datetime = text("planned lift-off")
    opens_utc: datetime = text("first lift-off that steering allows")
    closes_utc: datetime = text("last lift-off that steering allows")
    route: str = text("way to the place; empty: not told")
    transit_d: float = quantity("d", "lift-off to arrival", ge=0)
    c3_km2_s2: float | None = quantity("km2/s2", "launch energy; empty: not given", ge=-100, le=300, default=None)
    delta_v_m_s: float = quantity("m/s", "spacecraft's own manoeuvres to arrival: the route's, else the place's", ge=0)
    arrive_utc: datetime = text("docking or landing")
    sun_elevation_deg: float | None = quantity(
        "deg", "Sun above the horizon of the place at arrival; empty: unknown", ge=-90, le=90, default=None
    )
    vehicle_type: str = text("type of spacecraft")
    stands: bool = text("nothing forbids it")
    refused: str = text("each reason that forbids it", default="")
    lift_kg: float = quantity("kg", "cargo that it takes; 0: none", ge=0)
    limited_by: str = text("what binds the lift", choices=("upmass", "propellant", "launcher"))
    propellant_kg: float | None = quantity("kg", "what the way takes with that cargo; empty: it can't go", ge=0, default=None)
    margin_kg: float | None = quantity("kg", "propellant left beyond it and the departure; empty: it can't go", default=None)
    remark: str = text("what is not known of the launcher", default="")

    def __post_init__(self) -> None:
        check_quantities(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortTaken:
    """A port with a spacecraft at it."""

    destination: str = text("place")
    port: str = text("docking place")
    arrive_utc: datetime = text("docking")
    depart_utc: datetime = text("undocking")
    mission_id: str = text("mission that stands there")


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowQuery:
    """What a person asks: windows of a site to a place in a span, for some types of spacecraft or all that can go."""

    destination: str = text("place")
    site: str = text("launch site")
    start_utc: datetime = text("first lift-off")
    end_utc: datetime = text("last lift-off")
    vehicle_types: tuple[str, ...] = text("types of spacecraft; empty: all that can go", default=())
    beta_limit_deg: float | None = quantity(
        "deg", "beta beyond which nothing docks; empty: each type's own", ge=0, le=90, default=None
    )
    daylight: bool = text("every type docks only in sunlight", default=False)
    taken: tuple[PortTaken, ...] = text("ports taken by missions already planned", default=())

    def __post_init__(self) -> None:
        check_quantities(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowsFound:
    """Windows in order of time with the ways to arrive of each, by plane or by listed route; where there are none, why."""

    windows: tuple[LaunchWindow, ...]
    arrivals: tuple[Arrival, ...]
    reasons: tuple[str, ...]
    routes: tuple[RouteArrival, ...] = ()
