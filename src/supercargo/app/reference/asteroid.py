"""The asteroid programme: seven flights of a carrier to platforms at Bennu, Ryugu and Itokawa, in seasons that it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from supercargo.app.reference.beyond import Programme, Voyage, programme_scenario
from supercargo.app.reference.mix import Seat
from supercargo.model import Destination, Port, Price, Scenario, TransferRequest, TransferWindow
from supercargo.plan.opportunities import list_opportunities
from supercargo.plan.transfers import Catalogue

__all__ = ["asteroid", "asteroid_windows"]

START_UTC, END_UTC = datetime(2029, 7, 1, tzinfo=UTC), datetime(2032, 6, 30, tzinfo=UTC)
AS_OF_UTC = datetime(2029, 6, 1, tzinfo=UTC)
PRICE_YEAR = 2026
LINES = 140
REVENUE_USD = 4.6e8
PLACES = ("Bennu", "Ryugu", "Itokawa")


def asteroid_windows(catalogue: Catalogue) -> tuple[TransferWindow, ...]:
    """Computed lift-offs of the programme: every season of each body from July 2029 to the end of 2030."""
    asked = TransferRequest(
        origin="Earth", destination="", depart=(START_UTC, datetime(2031, 1, 1, tzinfo=UTC)),
        arrive=(datetime(2030, 1, 1, tzinfo=UTC), END_UTC), duration_d=(60.0, 700.0),
    )  # fmt: skip
    return tuple(row for body in PLACES for row in list_opportunities(replace(asked, destination=body), catalogue, body))


def _voyages() -> tuple[Voyage, ...]:
    plan = (
        # day of arrival, season, place, port, contract, launchers, who furnishes it, must
        (466.0, "2029-09", "Bennu", "Tether point", "ASTERIA-BENNU", "Falcon Heavy", "ASTERIA", True),
        (640.0, "2029-12", "Ryugu", "Tether point", "JAXA-RYUGU", "Falcon Heavy", "JAXA", True),
        (650.0, "2029-12", "Ryugu", "Tether point 2", "JAXA-RYUGU", "Vulcan VC4L", "JAXA", False),
        (745.0, "2030-0", "Itokawa", "Tether point", "ASTERIA-ITOKAWA", "Falcon Heavy", "ASTERIA", True),
        (820.0, "2030-0", "Itokawa", "Tether point 2", "ASTERIA-ITOKAWA", "Vulcan VC4L;Falcon Heavy", "ASTERIA", False),
        (858.0, "2030-10", "Bennu", "Tether point", "ASTERIA-BENNU", "Falcon Heavy", "ASTERIA", True),
        (864.0, "2030-10", "Bennu", "Tether point 2", "ASTERIA-BENNU", "Vulcan VC4L", "", False),
    )
    return tuple(
        Voyage(
            prefix=place[:3].upper(), place=place, port=port, arrive_d=day, docked_d=80.0, route=f"direct, season of {season}",
            seat=Seat(types=("Asteroid Cargo Carrier",), docked_d=80.0, contract=contract, furnished_by=payer,
                      launchers=tuple(launchers.split(";")), must=must),
        )
        for day, season, place, port, contract, launchers, payer, must in plan
    )  # fmt: skip


def _place(body: str) -> Destination:
    return Destination(
        source=f"no such platform yet: a robotic platform tethered to {body}; its figures are those of Bennu's: assumption",
        as_of="2026-11-26", evidence="assumption", destination=body, body="Sun", kind="asteroid",
        window_kind="catalogue", handling_h_d=8.0, hours_per_piece=0.5, hours_per_bulk_t=6.0, hatch_open_d=2.0,
        clearance_d=2.0, arrival_spacing_d=2.0, delta_v_m_s=860.0, departure_delta_v_m_s=0.0, market_kg=2000.0,
    )  # fmt: skip


def _port(body: str, port: str) -> Port:
    return Port(
        source="number and kind of ports: assumption", as_of="2026-11-26", evidence="assumption",
        destination=body, port=port, docking_system=("tether",),
    )  # fmt: skip


def asteroid(records: Mapping[str, tuple[Any, ...]], catalogue: Catalogue, *, seed: int) -> Scenario:
    """Three years of cargo to asteroids, July 2029 to June 2032: seven flights to platforms at Bennu, Ryugu and Itokawa.

    `records` are the catalogue's tables, `catalogue` what routes are computed from. The same seed gives the same scenario.
    Facts come from the catalogue, routes are computed, all else is assumed (docs/beyond.md).
    """
    bennu = tuple(one for one in records["prices"] if one.destination == "Bennu")
    prices = bennu + tuple(
        Price(tariff="catalogue", destination=body, direction=row.direction, usd_per_kg=row.usd_per_kg,
              price_year=PRICE_YEAR, basis="assumption: as to Bennu")
        for body in ("Ryugu", "Itokawa") for row in bennu
    )  # fmt: skip
    ports = [_port(body, port) for body in PLACES for port in ("Tether point", "Tether point 2")]
    programme = Programme(
        name="asteroid",
        as_of_utc=AS_OF_UTC,
        start_utc=START_UTC,
        end_utc=END_UTC,
        price_year=PRICE_YEAR,
        places=tuple(_place(body) for body in PLACES),
        ports=tuple(ports),
        prices=prices,
        windows=asteroid_windows(catalogue),
        voyages=_voyages(),
        lines=LINES,
        trash_lines=0,
        revenue_usd=REVENUE_USD,
    )
    return programme_scenario(records, programme, seed=seed)
