"""What a flight dynamics team reads off an orbit: the Sun over it, passes over antennas, ways home, holds near the place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import check_quantities, quantity, text

__all__ = [
    "Antenna",
    "BetaDay",
    "DisposalCorridor",
    "HoldSafety",
    "LandingZone",
    "OrbitFound",
    "OrbitQuery",
    "OrbitRow",
    "ReturnChance",
    "StationPass",
]


class _Checked:
    __slots__ = ()

    def __post_init__(self) -> None:
        check_quantities(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Antenna(_Checked):
    """A station on the ground that looks for a place."""

    name: str = text("name of the station")
    latitude_deg: float = quantity("deg", "geodetic latitude", ge=-90, le=90)
    longitude_deg: float = quantity("deg", "longitude, east positive", ge=-180, le=180)
    height_km: float = quantity("km", "height over the ellipsoid", ge=-1, le=10, default=0.0)
    least_elevation_deg: float = quantity("deg", "elevation from which it sees", ge=0, le=89, default=5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaDay(_Checked):
    """How the Sun stands over a plane on a day."""

    destination: str = text("place")
    at_utc: datetime = text("instant")
    beta_deg: float = quantity("deg", "Sun above the plane", ge=-90, le=90)
    night_fraction: float = quantity("fraction", "share of each revolution in the Earth's shadow", ge=0, le=1)
    sigma_deg: float = quantity("deg", "uncertainty of beta from the node's drift since the elements, one sigma", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationPass(_Checked):
    """A place above the horizon of an antenna."""

    station: str = text("station")
    rise_utc: datetime = text("sight acquired")
    highest_utc: datetime = text("highest")
    set_utc: datetime = text("sight lost")
    highest_deg: float = quantity("deg", "elevation at its highest", ge=-90, le=90)
    rise_azimuth_deg: float = quantity("deg", "azimuth of the rise, from north over east", ge=0, le=360)
    set_azimuth_deg: float = quantity("deg", "azimuth of the set", ge=0, le=360)
    lit: bool = text("in sunlight at its highest")
    sigma_s: float = quantity("s", "uncertainty of the instants from the altitude's spread, one sigma", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnChance(_Checked):
    """One way home for a type of spacecraft: the burn, where and when it ends, and what it takes."""

    vehicle_type: str = text("type of spacecraft")
    zone: str = text("landing zone, splashdown zone or disposal corridor")
    kind: str = text("how it ends", choices=("landing", "splashdown", "disposal"))
    undock_utc: datetime = text("undocking, by the type's time from port to ground")
    burn_utc: datetime = text("braking burn; a disposal's first")
    burn_until_utc: datetime = text("last burn that still ends in the zone")
    ground_utc: datetime = text("on the ground, of the first burn")
    off_track_km: float | None = quantity("km", "zone from the track; empty: disposal", ge=0, default=None)
    sun_deg: float | None = quantity("deg", "Sun over the zone's horizon; empty: disposal", ge=-90, le=90, default=None)
    by_day: bool = text("Sun up at the landing; false for a disposal")
    delta_v_m_s: float = quantity("m/s", "braking burn", ge=0)
    propellant_kg: float = quantity("kg", "what it takes, loaded for return or disposal", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSafety(_Checked):
    """A hold near a place: a day of drift without engines, the gentlest abort, and the next chance at the hold."""

    vehicle_type: str = text("type of spacecraft")
    hold: str = text("hold point")
    nearest_m: float = quantity("m", "nearest to the place's middle in 24 h without engines, whatever the spread", ge=0)
    safe: bool = text("the drift keeps out of the 200 m sphere")
    abort: str = text("direction of the gentlest abort that keeps clear for 24 h; empty: none up to 3 m/s", default="")
    abort_m_s: float | None = quantity("m/s", "its burn", ge=0, default=None)
    abort_nearest_m: float | None = quantity("m", "nearest after it", ge=0, default=None)
    retry_h: float | None = quantity("h", "abort to the hold again, the first chance that can be paid", ge=0, default=None)
    retry_m_s: float | None = quantity("m/s", "abort and way back", ge=0, default=None)
    left_kg: float | None = quantity("kg", "propellant then left, departure included", ge=0, default=None)
    retries_count: int = quantity("count", "chances in 27 h that can be paid", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingZone(_Checked):
    """A place to land or splash down that a person names."""

    name: str = text("name of the zone")
    latitude_deg: float = quantity("deg", "geodetic latitude", ge=-90, le=90)
    longitude_deg: float = quantity("deg", "longitude, east positive", ge=-180, le=180)
    reach_km: float = quantity("km", "how far off the track it can be reached", ge=0, le=3000)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalCorridor(_Checked):
    """A stretch of ocean between parallels and meridians that a person names for what is left of a spacecraft."""

    name: str = text("name of the corridor")
    south_deg: float = quantity("deg", "southern parallel", ge=-90, le=90)
    north_deg: float = quantity("deg", "northern parallel", ge=-90, le=90)
    west_deg: float = quantity("deg", "western meridian, east positive", ge=-180, le=180)
    east_deg: float = quantity("deg", "eastern meridian; less than the western across the date line", ge=-180, le=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrbitQuery(_Checked):
    """What a person asks of a place's orbit; what a view doesn't need it passes over."""

    destination: str = text("place")
    start_utc: datetime = text("from")
    end_utc: datetime = text("until")
    vehicle_type: str = text("type of spacecraft", default="")
    antennas: tuple[Antenna, ...] = text("stations on the ground; empty: one at each launch site", default=())
    zones: tuple[str | LandingZone, ...] = text("zones to land in, by name or described; empty: all known", default=())
    corridor: DisposalCorridor | None = text("where what is left must fall; empty: the South Pacific", default=None)


OrbitRow = BetaDay | StationPass | ReturnChance | HoldSafety
"""A row of any view of an orbit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrbitFound:
    """The rows of a view, and what has to be said beside them: what was left out, or why there are none."""

    rows: tuple[OrbitRow, ...]
    remarks: tuple[str, ...] = ()
