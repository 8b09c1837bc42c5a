"""Reviews of fleet and supply chain, answered in words or as one JSON object."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from supercargo.app.supply import SupplyAsked, review_fleet_folder, review_supply_folder
from supercargo.app.supply_answers import FleetAnswer, SupplyAnswer
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.faces.progress import Progress
from supercargo.kernel import format_utc
from supercargo.report.fleet_page import fleet_lines
from supercargo.report.supply_page import supply_lines

__all__ = ["fleet", "supply"]

STAGES = {"reading": 0.3, "sourcing": 0.5, "shipping": 0.05, "stocks": 0.15}
"""Usual share of each stage in the time of a whole review."""


def fleet(asked: SupplyAsked, *, as_json: bool) -> None:
    """Review the fleet, write what is asked for, and tell it."""
    with answering(as_json=as_json), Progress(shares={"reading": 1.0}) as watch:
        report, files = review_fleet_folder(asked, watch=watch)
    if not as_json:
        _tell(fleet_lines(report), files)
        return
    answer: FleetAnswer = {
        "of": report.of,
        "as_of_utc": format_utc(report.as_of_utc),
        "price_year": report.price_year,
        "remarks": list(report.remarks),
        "utilisation_percent": report.utilisation_percent,
        "maintenance_percent": report.maintenance_percent,
        "types": list(report.types),
        "tails": list(report.tails),
        "maintenance": list(report.maintenance),
        "lives": list(report.lives),
        "reliability": list(report.reliability),
        "gaps": list(report.gaps),
        "capacity": list(report.capacity),
        "smaller": list(report.smaller),
        "files": [str(file) for file in files],
    }
    print_json(answer)


def supply(asked: SupplyAsked, *, as_json: bool) -> None:
    """Review the supply chain, write what is asked for, and tell it."""
    with answering(as_json=as_json), Progress(shares=STAGES) as watch:
        report, files = review_supply_folder(asked, watch=watch)
    if not as_json:
        _tell(supply_lines(report), files)
        return
    sourcing = report.sourcing
    answer: SupplyAnswer = {
        "of": report.of,
        "as_of_utc": format_utc(report.as_of_utc),
        "price_year": report.price_year,
        "remarks": list(report.remarks),
        "policy": sourcing.policy,
        "advised": sourcing.advised,
        "most_share": sourcing.most_share,
        "options": list(sourcing.options),
        "suppliers": list(report.suppliers),
        "purchases": list(report.purchases),
        "consignments": list(sourcing.consignments),
        "routes": list(sourcing.routes),
        "shipments": list(report.shipments),
        "stocks": list(report.stocks),
        "forecast": list(report.forecast),
        "positions": list(report.positions),
        "policies": list(report.policies),
        "sensitivity": list(report.sensitivity),
        "files": [str(file) for file in files],
    }
    print_json(answer)


def _tell(lines: Iterable[str], files: Iterable[Path]) -> None:
    told = [*lines, *(f"written {file}" for file in files)]
    tell_lines(told)
