"""Records of the catalogue: facts about vehicles, launchers, sites, places and rates, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import check_quantities, quantity, text

__all__ = [
    "EVIDENCE",
    "Bag",
    "Bay",
    "CislunarLeg",
    "CostRate",
    "Destination",
    "Facility",
    "GateTemplate",
    "HazardPair",
    "LaunchEnergy",
    "Launcher",
    "Orbit",
    "Pad",
    "Port",
    "Profile",
    "Rate",
    "Site",
    "SmallBody",
    "TransferWindow",
    "VehicleType",
]

EVIDENCE = ("sourced", "memory", "assumption")
"""sourced: read in the named source; memory: known, no stored source; assumption: invented for the scenario."""


class _Checked:
    __slots__ = ()

    def __post_init__(self) -> None:
        check_quantities(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record(_Checked):
    source: str = text("where the record's figures come from; figures from elsewhere are named in it")
    as_of: str = text("date of the source, YYYY-MM-DD")
    evidence: str = text("weakest evidence among the record's figures", choices=EVIDENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleType(_Record):
    """A type of cargo spacecraft: what it lifts, holds, powers, brings back and costs for each flight."""

    vehicle_type: str = text("name of the type")
    operator: str = text("who flies it")
    launchers: tuple[str, ...] = text("launchers that can lift it")
    docking_system: str = text("docking or berthing system it carries")
    upmass_kg: float = quantity("kg", "largest cargo mass at lift-off, gross, all forms together", ge=0)
    pressurised_kg: float = quantity("kg", "largest pressurised cargo mass (bags and boxes)", ge=0)
    unpressurised_kg: float = quantity("kg", "largest unpressurised cargo mass", ge=0)
    bulk_kg: float = quantity("kg", "largest mass in its cargo tanks", ge=0)
    bulk_classes: tuple[str, ...] = text("classes of supply that its tanks accept")
    downmass_kg: float = quantity("kg", "largest mass brought back intact", ge=0)
    disposal_kg: float = quantity("kg", "largest mass of trash taken away", ge=0)
    late_load_kg: float = quantity("kg", "largest mass loaded in the last day before lift-off", ge=0)
    cold_kg: float = quantity("kg", "largest mass in cold stowage, up or down", ge=0)
    powered_slots: float = quantity("count", "pieces that can be powered during flight", ge=0)
    power_w: float = quantity("W", "power for cargo during flight", ge=0)
    dry_mass_kg: float = quantity("kg", "spacecraft without cargo and propellant", ge=0)
    propellant_kg: float = quantity("kg", "usable propellant of its own", ge=0)
    isp_s: float = quantity("s", "specific impulse of its main manoeuvres", ge=0, le=1000)
    phasing_d: float = quantity("d", "lift-off to docking in low Earth orbit, for types without profiles", ge=0, le=60)
    docked_max_d: float = quantity("d", "longest stay at a port", ge=0)
    return_d: float = quantity("d", "undocking to landing or destructive entry", ge=0, le=800)
    processing_d: float = quantity("d", "days in a processing facility before it goes to the pad", ge=0)
    cargo_cutoff_d: float = quantity("d", "days before lift-off by which cargo must be handed over", ge=0)
    late_cutoff_d: float = quantity("d", "days before lift-off by which late-load cargo must be handed over", ge=0)
    turnaround_d: float = quantity("d", "days from landing until the same tail can enter processing again", ge=0)
    unload_h_d: float = quantity("h", "crew hours a day that can work through its hatch", ge=0, le=240)
    unload_h: float = quantity("h", "crew hours set aside to unload it full", ge=0)
    load_h: float = quantity("h", "crew hours set aside to load return cargo and trash", ge=0)
    price_usd: float = quantity("USD", "catalogue price of one flight of the spacecraft, without launch", ge=0)
    beta_limit_deg: float = quantity(
        "deg",
        "beta beyond which it doesn't dock; the Shuttle's limit unless given",
        ge=0,
        le=90,
        default=60.0,
    )
    daylight: bool = text("docks only in sunlight", default=False)
    approach_m_s: float = quantity("m/s", "from the place's height to contact, holds included", ge=0, default=15.0)
    lands: str = text(
        "how it comes down with what it brings back; empty: not told, taken as a capsule",
        choices=("", "sea", "land", "runway"),
        default="",
    )
    profiles: tuple[str, ...] = text(
        "ways to a place in low Earth orbit, the preferred first; empty: phasing_d and the place's delta-v hold", default=()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(_Record):
    """A way to contact in low Earth orbit: how many revolutions, how many of them before the first burn, the approach."""

    profile: str = text("name of the way")
    revolutions: float = quantity("1", "revolutions from insertion to the approach", ge=1, le=200)
    coast_revolutions: float = quantity("1", "of these, before the first phasing burn", ge=0, le=199)
    approach_h: float = quantity("h", "from the place's height to contact, holds and fly-around included", ge=0, le=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bay(_Record):
    """A box-shaped cargo bay in the vehicle frame: z points to the hatch, cargo stands on the bay's low z face."""

    vehicle_type: str = text("type of spacecraft")
    bay: str = text("name of the bay")
    x0_m: float = quantity("m", "low corner, vehicle frame")
    y0_m: float = quantity("m", "low corner, vehicle frame")
    z0_m: float = quantity("m", "low corner, vehicle frame")
    dx_m: float = quantity("m", "size along x", ge=0.001)
    dy_m: float = quantity("m", "size along y", ge=0.001)
    dz_m: float = quantity("m", "size along z", ge=0.001)
    max_mass_kg: float = quantity("kg", "largest mass in the bay", ge=0)
    pressurised: bool = text("bags and boxes go to pressurised bays, unpressurised cargo to the others")
    powered_slots: float = quantity("count", "powered pieces the bay can hold", ge=0)
    cg_x_min_m: float = quantity("m", "lowest x of the centre of all placed cargo of the vehicle")
    cg_x_max_m: float = quantity("m", "highest x of that centre")
    cg_y_min_m: float = quantity("m", "lowest y of that centre")
    cg_y_max_m: float = quantity("m", "highest y of that centre")
    cg_z_min_m: float = quantity("m", "lowest z of that centre")
    cg_z_max_m: float = quantity("m", "highest z of that centre")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bag(_Record):
    """A type of cargo transfer bag."""

    bag_type: str = text("name of the bag type")
    ctbe: float = quantity("count", "size in cargo transfer bag equivalents", ge=0)
    dx_m: float = quantity("m", "length", ge=0.001)
    dy_m: float = quantity("m", "width", ge=0.001)
    dz_m: float = quantity("m", "height", ge=0.001)
    tare_kg: float | None = quantity("kg", "mass of the empty bag", ge=0, default=None)
    typical_kg: float = quantity("kg", "typical gross mass", ge=0)
    max_kg: float = quantity("kg", "largest gross mass", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Launcher(_Record):
    """A launch vehicle: what it lifts to low Earth orbit, how long it holds a pad and how far it can steer."""

    launcher: str = text("name of the launcher")
    operator: str = text("who flies it")
    payload_kg: float = quantity("kg", "mass to low Earth orbit", ge=0)
    pad_d: float = quantity("d", "days on the pad before lift-off, integrated with the spacecraft", ge=0)
    lead_s: float = quantity("s", "lift-off to the pad's crossing of the target plane", ge=-3600, le=3600)
    steering_s: float = quantity("s", "half-width of the steering window about the planned lift-off", ge=0)
    price_usd: float = quantity("USD", "catalogue price of one launch", ge=0)
    insertion_s: float = quantity("s", "lift-off to insertion; Soyuz's unless given", ge=0, le=7200, default=528.0)
    insertion_arc_deg: float = quantity("deg", "pad to insertion along the orbit", ge=0, le=180, default=15.5)
    insertion_perigee_km: float = quantity("km", "perigee of the insertion orbit", ge=100, le=2000, default=200.0)
    insertion_apogee_km: float = quantity("km", "its apogee", ge=100, le=2000, default=242.0)
    correction_m_s: float = quantity("m/s", "what a spacecraft spends to mend the spread of insertion", ge=0, default=3.0)
    plane_error_deg: float = quantity("deg", "plane that guidance leaves to the spacecraft to mend", ge=0, le=10, default=0.02)
    let_go_lead_s: float | None = quantity(
        "s",
        "lead of a flight that gains nothing on its place; empty: all have lead_s",
        ge=-3600,
        le=3600,
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchEnergy(_Record):
    """What a launcher sends away from the Earth at a launch energy."""

    launcher: str = text("name of the launcher")
    c3_km2_s2: float = quantity("km2/s2", "launch energy", ge=-100, le=300)
    payload_kg: float = quantity("kg", "mass that leaves with it", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(_Record):
    """A launch site with the launch azimuths that range safety allows."""

    site: str = text("name of the site")
    country: str = text("country code")
    latitude_deg: float = quantity("deg", "geodetic latitude", ge=-90, le=90)
    longitude_deg: float = quantity("deg", "longitude, east positive", ge=-180, le=180)
    azimuth_min_deg: float = quantity("deg", "lowest launch azimuth, from north over east", ge=0, le=360)
    azimuth_max_deg: float = quantity("deg", "highest launch azimuth", ge=0, le=360)
    range_name: str = text(
        "range that gives it launch slots; sites of one range share them; empty: the site alone", default=""
    )
    range_spacing_d: float = quantity("d", "days from one launch to the next on the range", ge=0, default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pad(_Record):
    """A launch pad, the launchers it serves and the days it needs after a launch."""

    site: str = text("site of the pad")
    pad: str = text("name of the pad")
    launchers: tuple[str, ...] = text("launchers that use it")
    latitude_deg: float = quantity("deg", "geodetic latitude", ge=-90, le=90)
    longitude_deg: float = quantity("deg", "longitude, east positive", ge=-180, le=180)
    turnaround_d: float = quantity("d", "days from a launch until the next stack can come to the pad", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility(_Record):
    """A building where spacecraft are prepared and cargo is loaded."""

    facility_id: str = text("name of the facility")
    site: str = text("site where it stands")
    kind: str = text("use of the facility", choices=("processing",))
    vehicle_types: tuple[str, ...] = text("types it can take; empty: any")
    capacity: float = quantity("count", "spacecraft in processing at the same time", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination(_Record):
    """A place that receives cargo and the work it can give to handling it."""

    destination: str = text("name of the place")
    body: str = text("body it is at or orbits")
    kind: str = text("kind of place", choices=("station", "gateway", "surface", "asteroid", "platform", "depot"))
    window_kind: str = text("how launch instants are found: by plane crossing, or listed", choices=("plane", "catalogue"))
    handling_h_d: float = quantity("h", "hours a day of crew or robots for cargo, all ports together", ge=0, le=240)
    hours_per_piece: float = quantity("h", "hours to move one bag, box or unpressurised piece", ge=0)
    hours_per_bulk_t: float = quantity("h", "hours to move one tonne of bulk cargo", ge=0)
    hatch_open_d: float = quantity("d", "docking to the first piece moved (leak checks, hatch opening)", ge=0)
    clearance_d: float = quantity("d", "days between a departure and the next arrival at the same port", ge=0)
    arrival_spacing_d: float = quantity("d", "days between two arrivals at the place, whatever the ports", ge=0, default=0.0)
    delta_v_m_s: float = quantity(
        "m/s", "spacecraft's own manoeuvres from separation to docking, for types without profiles", ge=0
    )
    departure_delta_v_m_s: float = quantity("m/s", "spacecraft's own manoeuvres from undocking to its end", ge=0)
    market_kg: float | None = quantity("kg", "all suppliers' cargo to this place in a year", ge=0, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Port(_Record):
    """A docking place and the instants between which it is in service."""

    destination: str = text("place")
    port: str = text("name of the docking place")
    docking_system: tuple[str, ...] = text("docking systems it accepts")
    from_utc: datetime | None = text("in service from; empty: always", default=None)
    to_utc: datetime | None = text("in service until; empty: always", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Orbit(_Record):
    """The orbit of a destination at an epoch: a two-line element set or mean elements, and how its node may stray."""

    destination: str = text("place")
    kind: str = text("form of the orbit", choices=("tle", "elements"))
    tle_line1: str = text("first line of the element set", default="")
    tle_line2: str = text("second line of the element set", default="")
    epoch_utc: datetime = text("epoch")
    inclination_deg: float = quantity("deg", "inclination, mean, TEME", ge=0, le=180)
    raan_deg: float = quantity("deg", "right ascension of the ascending node, mean, TEME", ge=0, le=360)
    eccentricity: float = quantity("1", "eccentricity", ge=0, le=0.9)
    arg_perigee_deg: float = quantity("deg", "argument of perigee", ge=0, le=360)
    mean_anomaly_deg: float = quantity("deg", "mean anomaly", ge=0, le=360)
    mean_motion_rev_d: float = quantity("rev/d", "mean motion", ge=0.5, le=17)
    bstar: float = quantity("1/R", "SGP4 drag term", ge=-1, le=1)
    sigma_altitude_km: float = quantity("km", "how far the mean altitude may stray from the epoch's (one sigma)", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CislunarLeg(_Record):
    """A published budget for one leg between the Earth and the Moon."""

    start: str = text("where the leg begins")
    end: str = text("where it ends")
    delta_v_m_s: float = quantity("m/s", "burns of the leg as published, reserve and all", ge=0)
    reserve_fraction: float = quantity("fraction", "reserve that is in it, as a share of what is without", ge=0, le=1)
    days: str = text("days under way as published: a number, a range, or < a number")

    @property
    def net_m_s(self) -> float:
        """Burns without the reserve [m/s]."""
        return self.delta_v_m_s / (1.0 + self.reserve_fraction)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallBody(_Record):
    """An asteroid's ellipse about the Sun: elements in the ecliptic of J2000 at an epoch."""

    body: str = text("name of the body")
    designation: str = text("number or designation of the Minor Planet Center")
    epoch_tdb_jd: float = quantity("jd", "epoch of the elements, Julian date, TDB", ge=2_400_000, le=2_600_000)
    half_axis_au: float = quantity("au", "semi-major axis", ge=0.05, le=100)
    eccentricity: float = quantity("1", "eccentricity", ge=0, le=0.97)
    inclination_deg: float = quantity("deg", "inclination", ge=0, le=180)
    node_deg: float = quantity("deg", "longitude of the ascending node", ge=0, le=360)
    periapsis_deg: float = quantity("deg", "argument of perihelion", ge=0, le=360)
    mean_anomaly_deg: float = quantity("deg", "mean anomaly at the epoch", ge=0, le=360)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferWindow(_Record):
    """A listed launch opportunity to a place beyond low Earth orbit."""

    destination: str = text("place")
    opens_utc: datetime = text("first lift-off")
    launch_utc: datetime = text("best lift-off")
    closes_utc: datetime = text("last lift-off")
    transit_d: float = quantity("d", "lift-off to arrival", ge=0, le=2000)
    c3_km2_s2: float | None = quantity("km2/s2", "launch energy", ge=-100, le=300, default=None)
    route: str = text("way to the place, such as fast or low-energy; empty: not told", default="")
    delta_v_m_s: float | None = quantity(
        "m/s",
        "spacecraft's own manoeuvres from the launcher letting go to contact or landing; empty: those of the place",
        ge=0,
        default=None,
    )
    sun_elevation_deg: float | None = quantity(
        "deg", "Sun above the horizon of the place at arrival; empty: unknown", ge=-90, le=90, default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(_Record):
    """What one person uses of a class of supply each day, before recovery, as packaged."""

    supply_class: str = text("class of supply", column="class")
    kg_per_crew_d: float = quantity("kg", "use by one person in one day", ge=0)
    recovered_fraction: float = quantity("fraction", "share won back on board", ge=0, le=1)
    spread_fraction: float = quantity("fraction", "standard deviation of a month's use over its mean", ge=0, le=5)
    destinations: tuple[str, ...] = text("places where it holds; empty: all with a crew")


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardPair(_Record):
    """Two hazard classes that must not fly in the same spacecraft."""

    hazard_a: str = text("hazard class")
    hazard_b: str = text("hazard class that must not be with it")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTemplate(_Record):
    """A gate that missions pass before lift-off; of two with one name the one that names more of a mission holds."""

    gate: str = text("name of the gate")
    before_launch_d: float = quantity("d", "due so many days before lift-off (L-), and moving with it", ge=0, le=2000)
    owner: str = text("role that passes it")
    proof: str = text("what shows that it is passed")
    vehicle_types: tuple[str, ...] = text("types of spacecraft it is for; empty: all", default=())
    destinations: tuple[str, ...] = text("places it is for; empty: all", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRate(_Record):
    """What one unit of an activity costs the logistics service."""

    account: str = text("cost account")
    scor_process: str = text("SCOR process that carries it", choices=("plan", "source", "make", "deliver", "return", "enable"))
    driver: str = text(
        "what it is counted by",
        choices=("mission", "up_kg", "down_kg", "disposal_kg", "up_line", "docked_d", "processing_d", "insured_usd"),
    )
    usd: float = quantity("USD", "cost of one unit of the driver", ge=0)
    price_year: float = quantity("year", "price year", ge=1950, le=2100)
