"""Porkchops: every departure day against every arrival day, with launch energy, asymptote and arrival speed.

The two bodies are evaluated once for each date of an axis, never once for each cell. Sense of motion is that of the planets;
flights have less than one revolution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from supercargo.astro.ephemeris import GM_KM3_S2, States, ecliptic_to_equator
from supercargo.astro.lambert import Engine, LambertStatus, solve_lambert
from supercargo.astro.timescales import Codes, Floats, Truths
from supercargo.kernel import DAY_S

__all__ = [
    "NOT_ASKED",
    "Body",
    "Cell",
    "Porkchop",
    "RoundTrip",
    "best_cells",
    "best_round_trips",
    "compute_porkchop",
    "date_axis",
]

NOT_ASKED = -1
"""Status of a cell whose duration lies outside the range asked for."""

_BLOCK = 16_384

Body = Callable[[Floats], States]
"""States of a body, heliocentric, ICRF axes, at UTC counts [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Porkchop:
    """Transfers between two bodies. Figures are NaN where `status` is not SOLVED."""

    depart_s: Floats  # [departure] UTC seconds since 2000-01-01T12:00:00Z
    arrive_s: Floats  # [arrival]
    c3_km2_s2: Floats  # [departure, arrival]
    declination_deg: Floats  # [departure, arrival] of the departure asymptote, equator of J2000
    arrival_km_s: Floats  # [departure, arrival] hyperbolic excess speed
    status: Codes  # [departure, arrival] LambertStatus or NOT_ASKED

    @property
    def solved(self) -> Truths:
        """Which cells hold a transfer. [departure, arrival]"""
        return np.asarray(self.status == LambertStatus.SOLVED)

    @property
    def duration_d(self) -> Floats:
        """Days from departure to arrival. [departure, arrival]"""
        return np.asarray((self.arrive_s[None, :] - self.depart_s[:, None]) / DAY_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One transfer of a porkchop."""

    depart_s: float
    arrive_s: float
    duration_d: float
    c3_km2_s2: float
    departure_km_s: float
    """Hyperbolic excess speed at departure [km/s]."""
    declination_deg: float
    arrival_km_s: float
    """Hyperbolic excess speed at arrival [km/s]."""
    total_km_s: float
    """What the cells were ranked by: burns of departure and arrival together [km/s]."""


def date_axis(first_s: float, last_s: float, count: int) -> Floats:
    """Evenly spaced instants from first to last, both ends included; one alone if they are the same. [instant]"""
    return np.linspace(first_s, last_s, count if last_s > first_s else 1)


def compute_porkchop(
    leave: Body,
    reach: Body,
    depart_s: Floats,
    arrive_s: Floats,
    *,
    duration_d: tuple[float, float] = (0.0, np.inf),
    engine: Engine = Engine.NUMPY,
) -> Porkchop:
    """Transfers from one body to another for each pair of dates whose duration lies in the range asked for [d].

    >>> import numpy as np
    >>> ring = lambda radius_km: lambda at_s: _ring(radius_km, at_s)
    >>> chart = compute_porkchop(ring(1.496e8), ring(2.279e8), np.array([0.0]), np.array([2.237e7]))
    >>> chart.status.tolist()
    [[0]]
    """
    departures, arrivals = _rows(leave, depart_s), _rows(reach, arrive_s)
    duration = (arrive_s[None, :] - depart_s[:, None]) / DAY_S
    asked = (duration >= duration_d[0]) & (duration <= duration_d[1])
    solve = _compiled if engine is Engine.COMPILED else _numpy
    c3, sine, speed, status = solve(departures, arrivals, asked & (duration > 0.0))
    status[~asked] = NOT_ASKED
    lost = status != LambertStatus.SOLVED
    for figure in (c3, sine, speed):
        figure[lost] = np.nan
    declination = np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))
    return Porkchop(
        depart_s=depart_s, arrive_s=arrive_s, c3_km2_s2=c3, declination_deg=declination, arrival_km_s=speed, status=status
    )


def _rows(body: Body, at_s: Floats) -> Floats:
    """Position, velocity, instant. [instant, 7]"""
    states = body(at_s)
    return np.concatenate([states.position_km, states.velocity_km_s, at_s[:, None]], axis=1)


_Figures = tuple[Floats, Floats, Floats, Codes]


def _compiled(departures: Floats, arrivals: Floats, wanted: Truths) -> _Figures:
    from supercargo.astro.lambert_compiled import grid_speeds  # compiles: only who asks for it waits

    found, settled = grid_speeds(departures, arrivals, GM_KM3_S2["Sun"])
    c3, sine, speed = (np.ascontiguousarray(found[..., n]) for n in range(3))
    status = np.full(wanted.shape, LambertStatus.NO_TIME, dtype=np.int8)
    status[settled] = LambertStatus.SOLVED
    _fill((c3, sine, speed, status), departures, arrivals, np.flatnonzero(wanted & ~settled))
    return c3, sine, speed, status


def _numpy(departures: Floats, arrivals: Floats, wanted: Truths) -> _Figures:
    c3, sine, speed = (np.full(wanted.shape, np.nan) for _ in range(3))
    status = np.full(wanted.shape, LambertStatus.NO_TIME, dtype=np.int8)
    _fill((c3, sine, speed, status), departures, arrivals, np.flatnonzero(wanted))
    return c3, sine, speed, status


def _fill(
    figures: _Figures, departures: Floats, arrivals: Floats, cells: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
) -> None:
    """Solve some cells, counted row by row, in blocks that fit the processor's cache."""
    c3, sine, speed, status = (figure.reshape(-1) for figure in figures)
    for first in range(0, cells.size, _BLOCK):
        some = cells[first : first + _BLOCK]
        a, b = departures[some // arrivals.shape[0]], arrivals[some % arrivals.shape[0]]
        found = solve_lambert(a[:, :3], b[:, :3], b[:, 6] - a[:, 6], GM_KM3_S2["Sun"])
        out, into = found.v1_km_s - a[:, 3:6], found.v2_km_s - b[:, 3:6]
        energy = np.sum(out * out, axis=-1)
        c3[some], status[some] = energy, found.status
        with np.errstate(invalid="ignore"):
            sine[some] = out[:, 2] / np.sqrt(energy)
        speed[some] = np.sqrt(np.sum(into * into, axis=-1))


def best_cells(chart: Porkchop, total_km_s: Floats, count: int) -> tuple[Cell, ...]:
    """The cheapest transfers by `total_km_s` [departure, arrival], each better than its eight neighbours, cheapest first.

    So a valley gives its lowest point and not a hundred cells beside it.
    """
    padded = np.pad(np.where(chart.solved, total_km_s, np.inf), 1, constant_values=np.inf)
    rows, columns = chart.status.shape
    centre = padded[1:-1, 1:-1]
    least = np.isfinite(centre)
    for up in range(3):
        for left in range(3):
            if (up, left) != (1, 1):
                beside = padded[up : up + rows, left : left + columns]
                least &= (centre < beside) if (up, left) < (1, 1) else (centre <= beside)
    places = np.flatnonzero(least)
    places = places[np.argsort(centre.reshape(-1)[places], kind="stable")][:count]
    return tuple(_cell(chart, total_km_s, *divmod(int(place), columns)) for place in places)


def _cell(chart: Porkchop, total_km_s: Floats, row: int, column: int) -> Cell:
    c3 = float(chart.c3_km2_s2[row, column])
    return Cell(
        depart_s=float(chart.depart_s[row]),
        arrive_s=float(chart.arrive_s[column]),
        duration_d=float(chart.arrive_s[column] - chart.depart_s[row]) / DAY_S,
        c3_km2_s2=c3,
        departure_km_s=float(np.sqrt(c3)),
        declination_deg=float(chart.declination_deg[row, column]),
        arrival_km_s=float(chart.arrival_km_s[row, column]),
        total_km_s=float(total_km_s[row, column]),
    )


def _ring(radius_km: float, at_s: Floats) -> States:
    """A body on a circle in the ecliptic, for examples."""
    turn = np.sqrt(GM_KM3_S2["Sun"] / radius_km**3) * at_s + (0.0 if radius_km < 2e8 else 0.77)
    cos, sin, flat = np.cos(turn), np.sin(turn), np.zeros_like(turn)
    speed = np.sqrt(GM_KM3_S2["Sun"] / radius_km)
    places, motions = np.stack([cos, sin, flat], axis=-1), np.stack([-sin, cos, flat], axis=-1)
    return States(ecliptic_to_equator(radius_km * places), ecliptic_to_equator(speed * motions))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTrip:
    """There, a stay, and back."""

    out: Cell
    back: Cell
    stay_d: float
    total_km_s: float


def best_round_trips(
    out: tuple[Porkchop, Floats], back: tuple[Porkchop, Floats], stay_d: tuple[float, float], count: int
) -> tuple[RoundTrip, ...]:
    """The cheapest pairs of a flight out and a flight back with a stay in a range [d], cheapest first, one an arrival day.

    Charts come with the burns of each cell [departure, arrival] km/s. For an arrival day only the cheapest departure
    counts, for a day of return only the cheapest homecoming: burns add up, so no other pair is cheaper.
    """
    (there, out_km_s), (home, back_km_s) = out, back
    out_km_s, back_km_s = np.where(there.solved, out_km_s, np.inf), np.where(home.solved, back_km_s, np.inf)
    leaving, landing = np.argmin(out_km_s, axis=0), np.argmin(back_km_s, axis=1)
    to_km_s, from_km_s = np.min(out_km_s, axis=0), np.min(back_km_s, axis=1)
    stay = (home.depart_s[None, :] - there.arrive_s[:, None]) / DAY_S
    total = np.where((stay >= stay_d[0]) & (stay <= stay_d[1]), to_km_s[:, None] + from_km_s[None, :], np.inf)
    turn = np.argmin(total, axis=1)
    cheapest = np.min(total, axis=1)
    days = [int(day) for day in np.argsort(cheapest, kind="stable")[:count] if np.isfinite(cheapest[day])]
    return tuple(
        RoundTrip(
            out=_cell(there, out_km_s, int(leaving[day]), day),
            back=_cell(home, back_km_s, int(turn[day]), int(landing[turn[day]])),
            stay_d=float(stay[day, turn[day]]),
            total_km_s=float(cheapest[day]),
        )
        for day in days
    )
