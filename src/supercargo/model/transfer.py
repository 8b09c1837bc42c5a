"""Transfers beyond the Earth: one flight, a chart of flights, what it delivers, and the study that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import EVIDENCE, _Checked

__all__ = [
    "DeliveredMass",
    "LegRow",
    "LunarFlight",
    "LunarStudy",
    "RoundTripFlight",
    "TransferChart",
    "TransferFlight",
    "TransferRequest",
    "TransferStudy",
]

Grid = npt.NDArray[np.float64]

Dates = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRequest:
    """What is asked: two bodies, two ranges of dates, and how much of the answer is wanted."""

    origin: str
    destination: str
    depart: Dates
    arrive: Dates
    duration_d: tuple[float, float] = (0.0, np.inf)
    stay_d: tuple[float, float] | None = None
    back: Dates | None = None
    """Arrivals back at the origin; with `stay_d` it asks for round trips."""
    parking_km: float = 400.0
    """Height of the circular parking orbit about the Earth or a planet."""
    grid: int = 300
    """Dates on each axis."""
    best: int = 5
    entry_max_m_s: float = 12_000.0
    """Fastest entry into the Earth's air on the way back (NASA's screening of human-accessible targets takes 12 km/s)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFlight(_Checked):
    """One transfer between two bodies: its dates, energies and burns."""

    depart_utc: datetime = text("departure")
    arrive_utc: datetime = text("arrival")
    duration_d: float = quantity("d", "departure to arrival", ge=0)
    c3_km2_s2: float = quantity("km2/s2", "launch energy: square of the speed left at departure", ge=0)
    declination_deg: float = quantity("deg", "declination of the departure asymptote, equator of J2000", ge=-90, le=90)
    departure_v_infinity_m_s: float = quantity("m/s", "speed left after leaving the departure body", ge=0)
    arrival_v_infinity_m_s: float = quantity("m/s", "speed against the arrival body before it pulls", ge=0)
    departure_burn_m_s: float = quantity("m/s", "burn that leaves the parking orbit, or the body where it has none", ge=0)
    arrival_burn_m_s: float = quantity("m/s", "burn that matches the body's speed, or enters the parking orbit", ge=0)
    delta_v_m_s: float = quantity("m/s", "both burns together", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTripFlight(_Checked):
    """A flight out, a stay, a flight back."""

    out: TransferFlight = text("flight there")
    back: TransferFlight = text("flight back")
    stay_d: float = quantity("d", "arrival there to departure from there", ge=0)
    entry_m_s: float = quantity("m/s", "speed 125 km above the Earth on return; 0 where it does not end there", ge=0)
    delta_v_m_s: float = quantity("m/s", "all burns together", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredMass(_Checked):
    """What one type of spacecraft on one launcher brings to the end of a transfer."""

    vehicle_type: str = text("type of spacecraft")
    launcher: str = text("launcher")
    mode: str = text(
        "who leaves the Earth's pull: the launcher, by its table of launch energies, or the spacecraft itself from low orbit",
        choices=("launcher", "spacecraft"),
    )
    cargo_kg: float = quantity("kg", "largest cargo at arrival", ge=0)
    propellant_kg: float = quantity("kg", "propellant of its own that it burns with that cargo", ge=0)
    launch_mass_kg: float = quantity("kg", "spacecraft, cargo and that propellant", ge=0)
    limited_by: str = text("what stops more cargo", choices=("upmass", "propellant", "launcher"))
    why: str = text("the figures behind it, and what is not known")
    evidence: str = text("weakest evidence among the records used", choices=EVIDENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferChart:
    """Burns and energies of every pair of dates; NaN where there is no transfer."""

    depart_utc: tuple[datetime, ...]
    arrive_utc: tuple[datetime, ...]
    c3_km2_s2: Grid  # [departure, arrival]
    declination_deg: Grid  # [departure, arrival]
    arrival_v_infinity_m_s: Grid  # [departure, arrival]
    departure_burn_m_s: Grid  # [departure, arrival]
    arrival_burn_m_s: Grid  # [departure, arrival]

    @property
    def delta_v_m_s(self) -> Grid:
        """Both burns together [m/s]. [departure, arrival]"""
        return np.asarray(self.departure_burn_m_s + self.arrival_burn_m_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferStudy:
    """The answer to a question for transfers: chart, best flights, masses, round trips, and what was assumed."""

    origin: str
    destination: str
    chart: TransferChart
    flights: tuple[TransferFlight, ...]
    """Best flights, cheapest first; empty where there is none."""
    delivered: tuple[DeliveredMass, ...]
    """For the best flight."""
    round_trips: tuple[RoundTripFlight, ...]
    reason: str
    """Why there is no flight; empty where there is one."""
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LunarFlight(_Checked):
    """One flight to the Moon by a named route."""

    route: str = text("legs in order, and whether the way is fast or low-energy")
    depart_utc: datetime = text("departure from low Earth orbit")
    arrive_utc: datetime = text("arrival")
    duration_d: float = quantity("d", "departure to arrival", ge=0)
    c3_km2_s2: float = quantity("km2/s2", "launch energy: negative on an ellipse", ge=-100, le=100)
    departure_burn_m_s: float = quantity("m/s", "burn that leaves low Earth orbit", ge=0)
    arrival_burn_m_s: float = quantity("m/s", "all burns after it, with corrections and meeting", ge=0)
    delta_v_m_s: float = quantity("m/s", "all burns together", ge=0)
    moon_distance_km: float = quantity("km", "centre of the Earth to centre of the Moon on arrival", ge=0)
    sun_elevation_deg: float | None = quantity(
        "deg", "Sun over the mean horizon of the landing place on arrival; empty: no landing", ge=-90, le=90, default=None
    )
    sunlit_fraction: float | None = quantity(
        "fraction", "share of the fourteen days after arrival with the Sun over that horizon", ge=0, le=1, default=None
    )
    evidence: str = text("weakest evidence among the figures used", choices=EVIDENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRow(_Checked):
    """A leg as computed, beside the published budget without its reserve."""

    start: str = text("where the leg begins")
    end: str = text("where it ends")
    delta_v_m_s: float | None = quantity("m/s", "computed; empty: from the table alone", ge=0, default=None)
    published_m_s: float | None = quantity("m/s", "published, without reserve; empty: none", ge=0, default=None)
    days: str = text("days under way")
    basis: str = text("model, or source of the table")
    evidence: str = text("weakest evidence", choices=EVIDENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LunarStudy:
    """The answer to a question for flights to the Moon."""

    origin: str
    destination: str
    flights: tuple[LunarFlight, ...]
    """Best flights of each route, cheapest first."""
    every: tuple[LunarFlight, ...]
    """Each route on each date asked for."""
    delivered: tuple[DeliveredMass, ...]
    """For the best flight."""
    legs: tuple[LegRow, ...]
    reason: str
    assumptions: tuple[str, ...]
