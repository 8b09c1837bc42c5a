"""Leads of real lift-offs as measured by the code, and the part of docs/windows.md that shows them.

`SUPERCARGO_DATA=... python -m tests.leads_table` writes the part anew.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

import numpy as np

from supercargo.astro.crossings import MovingPlane, lift_offs, moving_plane, phase_sigma_deg
from supercargo.astro.leads import LeadFit, MeasuredLead, fit_leads, lead_of, node_bias_s
from supercargo.astro.manoeuvres import EARTH_KM
from supercargo.astro.rendezvous import Insertion, Profile, phase_at_insertion_deg, phase_range_deg
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.kernel import DAY_S, days_between, parse_utc
from supercargo.model import Launcher
from supercargo.store.catalogue import read_catalogue
from tests.against.test_astro_sources import data_folder, flown, nasa_ephemeris, orbit_of_2025, station_orbits
from tests.docs_text import DOCS

BEGIN, END = "<!-- leads: measured by the code -->", "<!-- end of leads -->"
FARTHEST_D = 40.0
NEAR_D = 5.0
TWO_DAYS, SIX_HOURS = "Soyuz, Baikonur, two days or longer", "Soyuz, Baikonur, six hours"
FAMILIES = {"Falcon 9": "Falcon 9, Florida", "Antares": "Antares, Wallops", "Atlas V": "Atlas V, Florida, steered"}
OUTLIER = "SpX-19"
"""Off its family by some 270 s, see docs/windows.md."""

MORE_TURNS = {OUTLIER: 1}
"""Turns gained beyond the fewest, where only that brings the flight to its family: a choice by the evidence."""

STEERED = {"Cygnus OA-6": 900.0}
"""Half of the published half-hour window [s] at whose opening it flew: its window's middle is later by so much."""


@dataclass(frozen=True, kw_only=True)
class Flight:
    """A real lift-off with what was measured of it."""

    measured: MeasuredLead
    pad: str
    age_d: float  # of the element set at lift-off; 0 for the ephemeris
    lift_off_utc: datetime
    plane: MovingPlane
    phase_deg: float | None  # station ahead of the pad at lift-off; None where not known to 30 deg
    phase_sigma_deg: float
    docked_after_d: float


def catalogue_pads() -> dict[tuple[str, str], tuple[float, float]]:
    """Pads of the outside catalogue, by site and pad."""
    with (data_folder() / "catalogue" / "sites.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["pad_latitude_deg"]]
    return {
        (row["site"], row["pad"].removeprefix("Site ")): (float(row["pad_latitude_deg"]), float(row["pad_longitude_deg"]))
        for row in rows
    }


def family_of(launcher: str, docked_after_d: float) -> str:
    """Launcher, region and, for Soyuz, how soon the ship docked."""
    if launcher.startswith("Soyuz"):
        return SIX_HOURS if docked_after_d < 1.0 else TWO_DAYS
    return next(family for start, family in FAMILIES.items() if launcher.startswith(start))


def by_element_sets() -> list[Flight]:
    """Cargo flights of the catalogue within 40 days of a public element set of the station."""
    pads, orbits, found = catalogue_pads(), station_orbits("ISS"), []
    for name, row in flown().items():
        if len(row["launch_utc"]) < 20:
            continue
        at = parse_utc(row["launch_utc"])
        near = min(orbits, key=lambda orbit: abs(orbit.epoch_utc - at))
        pad = row["launch_pad"].removeprefix("Site ")
        if abs(days_between(near.epoch_utc, at)) > FARTHEST_D or (row["launch_site"], pad) not in pads:
            continue
        docked = row["capture_utc"] or row["dock_utc"]
        after_d = days_between(at, parse_utc(docked)) if docked else 9.0
        family = family_of(row["launch_vehicle"], after_d)
        falling = family == FAMILIES["Antares"]
        place, at_s = pads[row["launch_site"], pad], seconds_since_j2000(at)
        lead = lead_of(moving_plane(near), place, at_s, ascending=not falling)
        assert lead is not None, name
        measured = MeasuredLead(flight=name, family=family, lead_s=lead[0], sigma_s=lead[1])
        plane, age_d = moving_plane(near), days_between(near.epoch_utc, at)
        phase = float(lift_offs(plane, *place, np.array([at_s])).phase_deg[0])
        found.append(
            Flight(
                measured=measured, pad=pad, age_d=age_d, lift_off_utc=at, plane=plane, docked_after_d=after_d,
                phase_deg=None if math.isnan(phase) else phase,
                phase_sigma_deg=float(phase_sigma_deg(plane, np.array([at_s]))[0]),
            )
        )  # fmt: skip
    return found


def ephemeris_crossing_s(pad: tuple[float, float], near_s: float) -> float:
    """When the pad crosses the plane of NASA's own ephemeris, its Earth turned by ERFA."""
    from tests.against.test_astro_ephemeris import true_crossing_s

    return true_crossing_s(nasa_ephemeris(), pad, near_s)


def by_ephemeris() -> list[Flight]:
    """Flights planned in NASA's ephemeris of 2025, measured against the planes of the ephemeris itself."""
    with (data_folder() / "astro" / "iss_launch_events_2025-057.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = []
    for row in rows:
        at = parse_utc(row["launch_utc"] + "Z")
        pad = (float(row["site_lat_deg"]), float(row["site_lon_deg"]))
        at_s = seconds_since_j2000(at)
        family = TWO_DAYS if row["site"].startswith("Baikonur") else FAMILIES["Falcon 9"]
        lead_s = ephemeris_crossing_s(pad, at_s + 200.0) - at_s
        measured = MeasuredLead(flight=row["event"] + " (plan)", family=family, lead_s=lead_s, sigma_s=1.0)
        found.append(
            Flight(
                measured=measured, pad=row["site"].split()[-1], age_d=0.0, lift_off_utc=at,
                plane=moving_plane(orbit_of_2025()), phase_sigma_deg=0.0,
                phase_deg=float(row["iss_phase_ahead_of_site_deg"]) % 360.0,
                docked_after_d=float(row["transit_h"]) / 24.0,
            )
        )  # fmt: skip
    return found


@cache
def flights() -> tuple[Flight, ...]:
    """Every flight that can be measured, by family and date."""
    found = [*by_element_sets(), *by_ephemeris()]
    return tuple(sorted(found, key=lambda flight: (flight.measured.family, flight.lift_off_utc)))


def in_the_fit() -> list[MeasuredLead]:
    """Measured leads that the families are fitted on, steered flights counted from their window's middle.

    A family with flights within five days of their set is fitted on those alone; the outlier is left out.
    """
    near = {flight.measured.family for flight in flights() if abs(flight.age_d) <= NEAR_D}
    return [
        replace(flight.measured, lead_s=flight.measured.lead_s - STEERED.get(flight.measured.flight, 0.0))
        for flight in flights()
        if flight.measured.flight != OUTLIER and (flight.measured.family not in near or abs(flight.age_d) <= NEAR_D)
    ]


def fits() -> dict[str, LeadFit]:
    """The fitted lead of each family."""
    return {fit.family: fit for fit in fit_leads(in_the_fit())}


def gain_of(flight: Flight) -> float | None:
    """What a flight gained on the station from insertion to docking [deg]: the fewest turns that its time lets it close.

    None where the phase is not known, or the flight has too little time for it by the element set.
    """
    if flight.phase_deg is None:
        return None
    height_km = flight.plane.semi_major_axis_km - EARTH_KM
    revolutions = (flight.docked_after_d * DAY_S - 3300.0) * flight.plane.satellite.no_kozai / 60.0 / (2.0 * math.pi)
    coast = 2.5 if flight.docked_after_d >= 1.0 else 0.5  # as the profiles do
    profile = Profile(name=flight.measured.flight, revolutions=revolutions, coast_revolutions=coast)
    least, most = phase_range_deg(profile, Insertion(), height_km)
    ahead = phase_at_insertion_deg(flight.phase_deg, height_km, Insertion())
    gain = ahead + 360.0 * (math.ceil((least - ahead) / 360.0) + MORE_TURNS.get(flight.measured.flight, 0))
    return gain if gain <= most else None


def let_go() -> list[MeasuredLead]:
    """Leads with the node's slip taken out: what a launcher needs from pad to plane whatever the flight then gains.

    One family for each launcher; flights within five days of their set whose gain is known, Atlas V's steered one left out.
    """
    found = []
    for flight in flights():
        gain = gain_of(flight)
        if gain is None or flight.measured.flight in STEERED or abs(flight.age_d) > NEAR_D:
            continue
        family = "Soyuz, Baikonur" if flight.measured.family in (TWO_DAYS, SIX_HOURS) else flight.measured.family
        doubt_s = node_bias_s(flight.plane, flight.phase_sigma_deg)
        found.append(
            MeasuredLead(
                flight=flight.measured.flight, family=family,
                lead_s=flight.measured.lead_s + node_bias_s(flight.plane, gain),
                sigma_s=math.hypot(flight.measured.sigma_s, doubt_s),
            )
        )  # fmt: skip
    return found


def launchers() -> dict[str, Launcher]:
    """Launchers of the catalogue that stand for a measured family."""
    named = {launcher.launcher: launcher for launcher in read_catalogue()["launchers"]}
    return {
        TWO_DAYS: named["Soyuz-2.1a"],
        FAMILIES["Falcon 9"]: named["Falcon 9"],
        FAMILIES["Antares"]: named["Antares 330"],
        FAMILIES["Atlas V"]: named["Vulcan VC4L"],
    }


def in_the_window(flight: Flight) -> bool | None:
    """Whether a real lift-off lies in the window that the catalogue's launcher would be given; None where it holds none."""
    launcher = launchers().get(flight.measured.family)
    if launcher is None:
        return None
    return abs(flight.measured.lead_s - launcher.lead_s) <= launcher.steering_s


def _flight_line(flight: Flight) -> str:
    measured, fit = flight.measured, fits()[flight.measured.family]
    middle_s = measured.lead_s - STEERED.get(measured.flight, 0.0)
    misses = dict(fit.left_out_s)
    miss = f"{misses[measured.flight]:+.0f}" if measured.flight in misses else f"({middle_s - fit.lead_s:+.0f})"
    inside = {None: "-", True: "yes", False: "no"}[in_the_window(flight)]
    plane = "ephemeris" if "plan" in measured.flight else f"set {-flight.age_d:+.1f} d"
    return (
        f"| {measured.flight} | {flight.lift_off_utc:%Y-%m-%d} | {flight.pad} | {plane} | {measured.lead_s:.0f} "
        f"| {measured.sigma_s:.0f} | {miss} | {inside} |"
    )


def _family_line(fit: LeadFit) -> str:
    launcher = launchers().get(fit.family)
    set_to = "-" if launcher is None else f"{launcher.launcher}: {launcher.lead_s:.0f} +-{launcher.steering_s:.0f}"
    worst = "-" if fit.worst_left_out_s is None else f"{fit.worst_left_out_s:.0f}"
    return f"| {fit.family} | {max(len(fit.left_out_s), 1)} | {fit.lead_s:.0f} | {fit.sigma_s:.0f} | {worst} | {set_to} |"


def _let_go_lines() -> Iterator[str]:
    by_name = {flight.measured.flight: flight for flight in flights()}
    leads = {lead.flight: lead.lead_s for lead in let_go()}
    for fit in fit_leads(let_go()):
        for name, miss in fit.left_out_s:
            flight = by_name[name]
            slip_s = leads[name] - flight.measured.lead_s
            gain = f"{gain_of(flight):.0f}" + (" (a turn more)" if name in MORE_TURNS else "")
            yield f"| {name} | {flight.docked_after_d * 24.0:.1f} | {gain} | {slip_s:.0f} | {leads[name]:.0f} | {miss:+.0f} |"


def part() -> str:
    """The tables of docs/windows.md."""
    lines = [
        "| flight | lift-off | pad | plane from | lead s | sigma s | less the others' s | in the catalogue's window |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *map(_flight_line, flights()),
        "",
        "| family | flights | fitted lead s | one more flight, sigma s | worst left out s | catalogue, lead and steering s |",
        "| --- | --- | --- | --- | --- | --- |",
        *map(_family_line, fits().values()),
        "",
        "| flight | docked after h | gained deg | node's slip s | lead without it s | less the others' s |",
        "| --- | --- | --- | --- | --- | --- |",
        *_let_go_lines(),
    ]
    return "\n".join([*lines, ""])


def fresh() -> str:
    """docs/windows.md with its marked part written anew."""
    before, rest = (DOCS / "windows.md").read_text().split(BEGIN)
    return f"{before}{BEGIN}\n\n{part()}\n{END}{rest.split(END)[1]}"


def main() -> None:
    """Write the marked part of docs/windows.md."""
    (DOCS / "windows.md").write_text(fresh())


if __name__ == "__main__":
    main()
