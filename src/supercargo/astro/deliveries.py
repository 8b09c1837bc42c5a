"""What each spacecraft and launcher of the catalogue delivers for a launch energy and an arrival burn.

Two ways away from the Earth: the launcher sends the spacecraft off, where its table of launch energies is known; or the
launcher leaves it in low orbit and it departs by its own engine. Nothing is guessed: a launcher without a table says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from supercargo.astro.impulses import mass_ratio
from supercargo.model import EVIDENCE, DeliveredMass, LaunchEnergy, Launcher, VehicleType

__all__ = ["cargo_limits_kg", "deliveries", "payload_at_energy"]


def payload_at_energy(table: Sequence[LaunchEnergy], c3_km2_s2: float) -> float | None:
    """Mass a launcher sends off at a launch energy [kg], between the rows of its table on a line; None beyond its last row.

    Below its first row that row holds: less energy never carries less.
    """
    rows = sorted((row.c3_km2_s2, row.payload_kg) for row in table)
    if not rows or c3_km2_s2 > rows[-1][0]:
        return None
    if c3_km2_s2 <= rows[0][0]:
        return rows[0][1]
    high = next(n for n, (energy, _) in enumerate(rows) if energy >= c3_km2_s2)
    (e0, m0), (e1, m1) = rows[high - 1], rows[high]
    return m0 + (m1 - m0) * (c3_km2_s2 - e0) / (e1 - e0)


def cargo_limits_kg(vehicle: VehicleType, burn_m_s: float, *, sent_kg: float | None, kept_kg: float = 0.0) -> dict[str, float]:
    """Cargo that each limit of a flight allows [kg], negative where not even the empty spacecraft flies.

    `upmass`: the type's own; `propellant`: what its tanks push through `burn_m_s` with `kept_kg` left; `launcher`: the mass it
    sends off less spacecraft and propellant, no limit where `sent_kg` is None. Tsiolkovsky; `kept_kg` must be finite.
    """
    ratio = mass_ratio(burn_m_s, vehicle.isp_s)
    burnt, spare_kg = ratio - 1.0, vehicle.propellant_kg - kept_kg
    unburnt_kg = vehicle.upmass_kg if spare_kg >= 0.0 else spare_kg
    limits = {
        "upmass": vehicle.upmass_kg,
        "propellant": spare_kg / burnt - vehicle.dry_mass_kg - kept_kg if burnt > 0.0 else unburnt_kg,
    }
    if sent_kg is not None:
        limits["launcher"] = sent_kg / ratio - vehicle.dry_mass_kg - kept_kg
    return limits


def deliveries(
    vehicles: Iterable[VehicleType],
    launchers: Iterable[Launcher],
    energies: Sequence[LaunchEnergy],
    *,
    c3_km2_s2: float,
    burns_m_s: tuple[float, float],
) -> tuple[DeliveredMass, ...]:
    """Largest cargo of every type on each of its launchers, most first; `burns_m_s` leave low orbit and arrive."""
    by_name = {launcher.launcher: launcher for launcher in launchers}
    found = []
    for vehicle in vehicles:
        for name in vehicle.launchers:
            table = [row for row in energies if row.launcher == name]
            sent_kg = payload_at_energy(table, c3_km2_s2)
            if sent_kg is not None:
                how = f"{name} sends {sent_kg:,.0f} kg off at C3 {c3_km2_s2:.1f} km2/s2"
                trust = (vehicle.evidence, table[0].evidence)
                found.append(_delivered(vehicle, name, "launcher", (sent_kg, burns_m_s[1]), (how, trust)))
            launcher = by_name.get(name)
            if launcher is not None:
                unknown = _unknown(name, table, c3_km2_s2) if sent_kg is None else "the spacecraft leaves low orbit by itself"
                how = f"{name} lifts {launcher.payload_kg:,.0f} kg to low orbit; {unknown}"
                trust = (vehicle.evidence, launcher.evidence)
                found.append(_delivered(vehicle, name, "spacecraft", (launcher.payload_kg, sum(burns_m_s)), (how, trust)))
    return tuple(sorted(found, key=lambda one: (-one.cargo_kg, one.vehicle_type, one.launcher, one.mode)))


def _unknown(name: str, table: Sequence[LaunchEnergy], c3_km2_s2: float) -> str:
    if not table:
        return f"what {name} sends off at a launch energy is not known, so the spacecraft leaves low orbit by itself"
    last = max(row.c3_km2_s2 for row in table)
    return f"its table of launch energies ends at C3 {last:.0f} km2/s2, so the spacecraft leaves low orbit by itself"


def _delivered(
    vehicle: VehicleType, launcher: str, mode: str, load: tuple[float, float], basis: tuple[str, tuple[str, ...]]
) -> DeliveredMass:
    lift_kg, burn_m_s = load
    how, trust = basis
    burnt = mass_ratio(burn_m_s, vehicle.isp_s) - 1.0
    limits = cargo_limits_kg(vehicle, burn_m_s, sent_kg=lift_kg)
    limited_by = min(limits, key=lambda name: limits[name])
    cargo_kg = max(0.0, limits[limited_by])
    flies = limits[limited_by] >= 0.0
    propellant_kg = (vehicle.dry_mass_kg + cargo_kg) * burnt if flies else 0.0
    words = f"{how}; it burns {burn_m_s:,.0f} m/s at {vehicle.isp_s:.0f} s"
    if not flies:
        short = "propellant aboard" if limited_by == "propellant" else "lift of the launcher"
        words += f"; not even empty: the {short} is too little"
    return DeliveredMass(
        vehicle_type=vehicle.vehicle_type,
        launcher=launcher,
        mode=mode,
        cargo_kg=cargo_kg,
        propellant_kg=propellant_kg,
        launch_mass_kg=vehicle.dry_mass_kg + cargo_kg + propellant_kg if flies else 0.0,
        limited_by=limited_by,
        why=words,
        evidence=max(trust, key=EVIDENCE.index),
    )
