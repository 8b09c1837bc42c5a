"""Listed opportunities against what was found without us: published budgets of the legs, and a search for Bennu's season."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from supercargo.app.transfers import transfer_catalogue
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.kernel import DAY_S
from supercargo.model import TransferRequest, TransferWindow
from supercargo.plan.opportunities import ASTEROID_CORRECTIONS_M_S, list_opportunities


def day(year: int, month: int = 1, date: int = 1) -> datetime:
    return datetime(year, month, date, tzinfo=UTC)


def rows(target: str) -> tuple[TransferWindow, ...]:
    asked = TransferRequest(
        origin="Earth", destination=target, depart=(day(2028), day(2028, 12)), arrive=(day(2028), day(2029))
    )
    return list_opportunities(asked, transfer_catalogue(), target)


@pytest.mark.parametrize(
    ("target", "route", "legs"),
    [
        ("Gateway", "fast to NRHO", [("TLI", "NRHO"), ("RPOD", "any")]),
        ("Gateway", "low-energy to NRHO", [("TLI", "NRHO low-energy"), ("RPOD", "any")]),
        ("LLO", "fast to LLO", [("TLI", "LLO 100 km"), ("RPOD", "any")]),
        ("LLO", "fast to NRHO, LLO", [("TLI", "NRHO"), ("NRHO", "LLO 100 km"), ("RPOD", "any")]),
        ("Lunar South Pole", "fast to LLO, south pole", [("TLI", "LLO 100 km"), ("LLO 100 km", "Lunar surface")]),
        (
            "Lunar South Pole",
            "fast to NRHO, LLO, south pole",
            [("TLI", "NRHO"), ("NRHO", "LLO 100 km"), ("LLO 100 km", "Lunar surface")],
        ),
        (
            "Lunar South Pole",
            "low-energy to NRHO, LLO, south pole",
            [("TLI", "NRHO low-energy"), ("NRHO", "LLO 100 km"), ("LLO 100 km", "Lunar surface")],
        ),
    ],
)
def test_every_route_agrees_with_the_sum_of_its_published_legs_to_5_percent(
    target: str, route: str, legs: list[tuple[str, str]]
) -> None:
    """PMC7385728 table 4 without its reserves (the low-energy leg: memory); 20 m/s of course corrections are ours."""
    published = {(leg.start, leg.end): leg.net_m_s for leg in transfer_catalogue().legs}
    budget_m_s = sum(published[leg] for leg in legs)
    found = [row.delta_v_m_s for row in rows(target) if row.route == route]
    assert found
    for delta_v_m_s in found:
        assert delta_v_m_s is not None
        assert delta_v_m_s - 20.0 == pytest.approx(budget_m_s, rel=0.05)


def test_bennus_best_season_agrees_with_an_independent_search() -> None:
    """A search of 2030 to 2040, 60 to 460 d, by another program: leaves JD 2464971.3, 381 d, C3 23.0, arrive at 0.76 km/s."""
    leave = datetime(2036, 10, 4, 19, 12, tzinfo=UTC)  # JD 2464971.3
    asked = TransferRequest(
        origin="Earth",
        destination="Bennu",
        depart=(leave, leave + timedelta(days=60)),
        arrive=(day(2037), day(2038, 6)),
        duration_d=(60.0, 460.0),
    )
    row = list_opportunities(asked, transfer_catalogue(), "Bennu")[0]
    assert seconds_since_j2000(row.launch_utc) / DAY_S + 2451545.0 == pytest.approx(2464971.3)
    assert row.route == "direct, season of 2036-10"
    assert row.transit_d == pytest.approx(381.0, abs=2.5)
    assert row.c3_km2_s2 == pytest.approx(23.0, abs=0.3)
    assert row.delta_v_m_s == pytest.approx(760.0 + ASTEROID_CORRECTIONS_M_S, abs=10.0)
    year = list_opportunities(replace(asked, depart=(day(2036), day(2037))), transfer_catalogue(), "Bennu")
    assert {one.route for one in year} == {"direct, season of 2036-03", "direct, season of 2036-10"}
