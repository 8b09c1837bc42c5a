"""The lunar year: cargo to Gateway, a depot in low lunar orbit and the south pole in its lit season, on computed routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from supercargo.app.reference.beyond import Programme, Voyage, programme_scenario
from supercargo.app.reference.mix import Seat
from supercargo.model import Destination, Port, Price, Scenario, TransferRequest, TransferWindow
from supercargo.plan.opportunities import Listing, list_opportunities
from supercargo.plan.transfers import Catalogue

__all__ = ["LUNAR_LIT_D", "lunar", "lunar_windows"]

START_UTC, END_UTC = datetime(2028, 1, 1, tzinfo=UTC), datetime(2028, 12, 31, tzinfo=UTC)
AS_OF_UTC = datetime(2027, 12, 1, tzinfo=UTC)
PRICE_YEAR = 2026
LINES, TRASH_LINES = 640, 70
REVENUE_USD = 6.2e8
LUNAR_LIT_D = 45.0
"""Landings are listed where the Sun stays over the horizon for so many days: the longest stay that is contracted."""

DEPOT = "LLO Depot"


def lunar_windows(catalogue: Catalogue) -> tuple[TransferWindow, ...]:
    """Computed lift-offs of the lunar year: Gateway, the depot in low lunar orbit, the south pole in light."""
    targets = (("Gateway", "Gateway"), ("LLO", DEPOT), ("Lunar South Pole", "Lunar South Pole"))
    asked = TransferRequest(
        origin="Earth", destination="", depart=(START_UTC, END_UTC), arrive=(START_UTC, datetime(2029, 5, 1, tzinfo=UTC))
    )
    listing = Listing(lit_d=LUNAR_LIT_D)
    return tuple(
        row
        for target, place in targets
        for row in list_opportunities(replace(asked, destination=target), catalogue, place, listing=listing)
    )


def _seat(types: str, contract: str, furnished_by: str, *, must: bool = False) -> Seat:
    return Seat(types=tuple(types.split(";")), docked_d=0.0, contract=contract, furnished_by=furnished_by, must=must)


def _gateway() -> tuple[Voyage, ...]:
    plan = (("HALO radial 1", 40.0, 120.0, True), ("HALO radial 2", 112.0, 110.0, False),
            ("HALO radial 1", 196.0, 110.0, True), ("HALO radial 2", 262.0, 90.0, False))  # fmt: skip
    return tuple(
        Voyage(prefix="GW", place="Gateway", port=port, arrive_d=day, docked_d=stay, route="fast to NRHO",
               seat=_seat("Dragon XL", "NASA-GATEWAY", "NASA", must=must))
        for port, day, stay, must in plan
    )  # fmt: skip


def _depot() -> tuple[Voyage, ...]:
    plan = ((152.0, "low-energy to NRHO, LLO"), (312.0, "fast to LLO"))
    return tuple(
        Voyage(prefix="DEP", place=DEPOT, port="Node forward", arrive_d=day, docked_d=60.0, route=route,
               seat=_seat("Dragon XL", "SELENE-DEPOT", "SELENE"))
        for day, route in plan
    )  # fmt: skip


def _surface() -> tuple[Voyage, ...]:
    fast, slow = "fast to LLO, south pole", "low-energy to NRHO, LLO, south pole"
    plan = (
        ("Zone A", 206.0, 28.0, fast, _seat("Blue Moon Mk1", "NASA-LUNAR", "NASA", must=True)),
        ("Zone A", 246.0, 28.0, fast, _seat("Blue Moon Mk1", "NASA-LUNAR", "NASA")),
        ("Zone A", 288.0, 26.0, fast, _seat("Blue Moon Mk1", "NASA-LUNAR", "NASA")),
        ("Zone B", 222.0, 26.0, slow, _seat("Griffin", "NASA-LUNAR", "NASA")),
        ("Zone B", 276.0, 26.0, fast, _seat("Griffin", "QUILL-LUNAR", "")),
        ("Zone C", 214.0, 40.0, slow, _seat("Argonaut", "ESA-LUNAR", "ESA", must=True)),
        ("Zone C", 294.0, 28.0, fast, _seat("Argonaut", "ESA-LUNAR", "ESA")),
    )
    return tuple(
        Voyage(prefix="LUN", place="Lunar South Pole", port=zone, arrive_d=day, docked_d=stay, route=route, seat=seat)
        for zone, day, stay, route, seat in plan
    )


def _depot_place() -> Destination:
    """A depot in low lunar orbit: no such place yet."""
    return Destination(
        source="no such depot yet: a crew-tended node on a polar circle 100 km over the Moon: assumption",
        as_of="2026-11-26", evidence="assumption", destination=DEPOT, body="Moon", kind="depot",
        window_kind="catalogue", handling_h_d=8.0, hours_per_piece=0.28, hours_per_bulk_t=6.0, hatch_open_d=1.0,
        clearance_d=2.0, arrival_spacing_d=1.0, delta_v_m_s=950.0, departure_delta_v_m_s=60.0, market_kg=8000.0,
    )  # fmt: skip


def _depot_port() -> Port:
    return Port(
        source="number and kind of ports: assumption", as_of="2026-11-26", evidence="assumption",
        destination=DEPOT, port="Node forward", docking_system=("IDSS",),
    )  # fmt: skip


def lunar(records: Mapping[str, tuple[Any, ...]], catalogue: Catalogue, *, seed: int) -> Scenario:
    """A year of cargo beyond low Earth orbit, 2028: 13 flights to Gateway, low lunar orbit and the lunar south pole.

    `records` are the catalogue's tables, `catalogue` what routes are computed from. The same seed gives the same scenario.
    Facts come from the catalogue, routes are computed, all else is assumed (docs/beyond.md).
    """
    named = ("Gateway", "Lunar South Pole")
    depot_usd = (("up", 400_000.0), ("down", 80_000.0), ("disposal", 40_000.0))
    prices = tuple(one for one in records["prices"] if one.destination in named) + tuple(
        Price(tariff="catalogue", destination=DEPOT, direction=way, usd_per_kg=usd, price_year=PRICE_YEAR, basis="assumption")
        for way, usd in depot_usd
    )
    programme = Programme(
        name="lunar",
        as_of_utc=AS_OF_UTC,
        start_utc=START_UTC,
        end_utc=END_UTC,
        price_year=PRICE_YEAR,
        places=(*(one for one in records["destinations"] if one.destination in named), _depot_place()),
        ports=(*(one for one in records["ports"] if one.destination in named), _depot_port()),
        prices=prices,
        windows=lunar_windows(catalogue),
        voyages=(*_gateway(), *_depot(), *_surface()),
        lines=LINES,
        trash_lines=TRASH_LINES,
        revenue_usd=REVENUE_USD,
        longest_stay={"Lunar South Pole": LUNAR_LIT_D},
    )
    return programme_scenario(records, programme, seed=seed)
