"""Lift by a route against figures from outside: the rocket equation worked by hand, and the published Falcon Heavy table.

Hand: Tsiolkovsky with g0 9.80665 m/s2, worked to 20 digits with bc. Falcon Heavy: NASA Launch Services Program performance
query, all cores expended: 15,010 kg at C3 0, 12,345 at 10, 10,115 at 20, 770 at 100 km2/s2.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from supercargo.model import LaunchWindow, Scenario
from supercargo.plan.lift import Lift, kept_for_departure_kg, lift_by
from supercargo.store import read_catalogue
from tests.builders import a_scenario, on_day

XL = "Dragon XL"  # 6,000 kg dry, 300 s, 5,000 kg of trash; Gateway: 120 m/s to leave


def a_window(destination: str, launcher: str, delta_v_m_s: float, c3: float | None) -> LaunchWindow:
    return LaunchWindow(
        destination=destination, site="Cape", pad="P1", launcher=launcher, launch_utc=on_day(100), opens_utc=on_day(100),
        closes_utc=on_day(100), sigma_s=0.0, node="catalogue", transit_d=5.0, route="fast", delta_v_m_s=delta_v_m_s,
        c3_km2_s2=c3,
    )  # fmt: skip


def gateway() -> Scenario:
    """The catalogue's launch energies, Dragon XL without a limit of its own or of its tanks, and Gateway."""
    records = read_catalogue()
    xl = next(one for one in records["vehicles"] if one.vehicle_type == XL)
    return replace(
        a_scenario(),
        vehicles=(replace(xl, upmass_kg=1e6, propellant_kg=1e6),),
        destinations=tuple(one for one in records["destinations"] if one.destination == "Gateway"),
        launchers=records["launchers"],
        launch_energies=records["launch_energies"],
    )


def lifted(scenario: Scenario, window: LaunchWindow) -> Lift:
    lift = lift_by(scenario, scenario.vehicles[0], window)
    assert lift is not None
    return lift


def test_lift_agrees_with_the_rocket_equation_worked_by_hand_where_the_tanks_bind() -> None:
    """4,000 kg dry, 1,200 kg of propellant at 300 s, 110 m/s to leave with 900 kg back, 550 m/s to arrive."""
    scenario = a_scenario()
    assert kept_for_departure_kg(scenario.vehicles[0], scenario.destinations[0]) == pytest.approx(186.677157440, abs=1e-6)
    lift = lifted(scenario, a_window("Hub", "Lark", 550.0, None))
    assert lift.kg == pytest.approx(742.785580692, abs=1e-3)
    assert lift.limited_by == "propellant"


@pytest.mark.parametrize(
    ("c3", "hand_kg"),
    [(10.0, 4208.376059881), (5.0, 5359.682754134), (20.0, 2281.611385821)],
    ids=["row", "between", "row 20"],
)
def test_lift_agrees_with_the_published_falcon_heavy_table_where_the_launcher_binds(c3: float, hand_kg: float) -> None:
    """Dragon XL through 430 m/s: mass sent / exp(430 / 300 g0) less dry mass and what its departure keeps."""
    lift = lifted(gateway(), a_window("Gateway", "Falcon Heavy", 430.0, c3))
    assert lift.kg == pytest.approx(hand_kg, abs=2e-3)
    assert lift.limited_by == "launcher"
    assert f"at C3 {c3:g} km2/s2" in lift.why


def test_below_the_table_its_first_row_holds_and_beyond_its_last_nothing_is_sent() -> None:
    below, first, beyond = (lifted(gateway(), a_window("Gateway", "Falcon Heavy", 430.0, c3)) for c3 in (-1.9, 0.0, 100.5))
    assert below.kg == first.kg
    assert first.kg == pytest.approx(15_010.0 / 1.15738057170241768 - 6000.0 - 457.951250107, abs=2e-3)
    assert (beyond.kg, beyond.limited_by) == (0.0, "launcher")
    assert "nothing that its table knows of" in beyond.why
