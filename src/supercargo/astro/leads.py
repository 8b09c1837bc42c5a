"""Leads: a launcher lifts off a little before its pad stands in the plane, by a time that belongs to launcher and profile.

Measured on real lift-offs, fitted for each family of flights, and judged on the flights left out. Figures: docs/windows.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from supercargo.astro.crossings import MovingPlane, find_crossings
from supercargo.astro.timescales import EARTH_TURN_RAD_S

__all__ = ["LeadFit", "MeasuredLead", "fit_leads", "lead_of", "node_bias_s"]

_SCATTER_S = 15.0
"""How lift-offs of one family differ among themselves beyond the error of the plane [s, one sigma], as measured."""

_SEARCH_S = 7200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredLead:
    """One real lift-off: how long before the pad's crossing of the plane, and how sure the crossing is."""

    flight: str
    family: str  # launcher, site and profile
    lead_s: float
    sigma_s: float  # of the crossing, one sigma


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFit:
    """The lead of a family, and how far each of its flights lay from the lead of the others."""

    family: str
    lead_s: float
    sigma_s: float  # of one more flight, one sigma
    left_out_s: tuple[tuple[str, float], ...]  # (flight, its lead less the lead fitted on the others); empty for one flight

    @property
    def worst_left_out_s(self) -> float | None:
        """The largest miss among flights left out [s]; None where there is but one flight."""
        return max((abs(miss) for _, miss in self.left_out_s), default=None)


def lead_of(plane: MovingPlane, pad: tuple[float, float], lift_off_s: float, *, ascending: bool) -> tuple[float, float] | None:
    """A lift-off's lead is the time to the nearest crossing of its kind: lead and its crossing's sigma [s].

    `pad`: geodetic latitude and longitude [deg]; `lift_off_s` [s since 2000-01-01T12:00:00Z]. None for a pad that
    never crosses the plane, or not within two hours.
    """
    found = find_crossings(plane, *pad, (lift_off_s - _SEARCH_S, lift_off_s + _SEARCH_S))
    near = [k for k in range(found.at_s.size) if bool(found.ascending[k]) is ascending]
    if not near:
        return None
    best = min(near, key=lambda k: abs(float(found.at_s[k]) - lift_off_s))
    return float(found.at_s[best]) - lift_off_s, float(found.sigma_s[best])


def node_bias_s(plane: MovingPlane, gain_deg: float) -> float:
    """A spacecraft that gains on a place from below drifts west faster, so it is launched later, into a plane further east.

    `gain_deg`: all that it gains from insertion to docking [deg]. Mean motion goes with a^(-3/2) and the node's rate with
    a^(-7/2), so the node slips by 7/3 of the ratio of the two rates for each degree gained, on whatever heights that was; the
    lead shortens by that slip over the turn of the Earth against the node [s].
    """
    turn_rad_s = plane.satellite.no_kozai / 60.0
    slip_deg = 7.0 / 3.0 * abs(plane.node_rate_rad_s) / turn_rad_s * gain_deg
    return math.radians(slip_deg) / (EARTH_TURN_RAD_S - plane.node_rate_rad_s)


def _weighted(flights: list[MeasuredLead]) -> tuple[float, float]:
    """Mean lead with each flight counted by how sure it is, and the error of that mean [s]."""
    weights = [1.0 / (flight.sigma_s**2 + _SCATTER_S**2) for flight in flights]
    total = math.fsum(weights)
    mean = math.fsum(weight * flight.lead_s for weight, flight in zip(weights, flights, strict=True)) / total
    return mean, 1.0 / math.sqrt(total)


def fit_leads(measured: Iterable[MeasuredLead]) -> tuple[LeadFit, ...]:
    """Each family's lead is the mean of its flights, the surer ones counting for more; sorted by family.

    Each flight is also compared with the mean of the others, which is what the family would have foretold of it.
    """
    families: dict[str, list[MeasuredLead]] = {}
    for flight in sorted(measured, key=lambda flight: (flight.family, flight.flight)):
        families.setdefault(flight.family, []).append(flight)
    fits = []
    for family, flights in families.items():
        mean, error = _weighted(flights)
        left_out = [
            (flight.flight, flight.lead_s - _weighted([other for other in flights if other is not flight])[0])
            for flight in flights
            if len(flights) > 1
        ]
        fits.append(
            LeadFit(family=family, lead_s=mean, sigma_s=math.hypot(error, _SCATTER_S), left_out_s=tuple(left_out)),
        )
    return tuple(fits)
