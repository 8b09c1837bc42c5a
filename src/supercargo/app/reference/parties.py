"""Customers, contracts and who sends how much where. Companies and universities are invented; shares are assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from supercargo.model import Contract, Customer

__all__ = ["BEYOND_CONTRACTS", "BEYOND_SHARES", "CONTRACTS", "SHARES", "ContractRow", "contract_of", "contracts", "customers"]

ContractRow = tuple[str, str, str, float]
"""Contract, customer, tariff, weight of the milestone for each mission that docks (0: cargo only)."""

_CUSTOMERS: tuple[tuple[str, str, str], ...] = (
    ("NASA", "National Aeronautics and Space Administration", "agency"),
    ("ESA", "European Space Agency", "agency"),
    ("JAXA", "Japan Aerospace Exploration Agency", "agency"),
    ("CSA", "Canadian Space Agency", "agency"),
    ("ROSCOSMOS", "Roscosmos", "agency"),
    ("AXIOM", "Axiom Space", "station"),
    ("STARLAB", "Starlab Space", "station"),
    ("REEF", "Orbital Reef operations", "station"),
    ("HAVEN", "Haven-1 operations", "station"),
    ("SKYFORGE", "Skyforge Crystals (invented)", "company"),
    ("MERIDIAN", "Meridian Imaging (invented)", "company"),
    ("DEPOTCO", "Orbit Fuel Depot Company (invented)", "company"),
    ("ASTERIA", "Asteria Prospecting (invented)", "company"),
    ("HELIX", "Helix Biologics (invented)", "company"),
    ("LUMEN", "Lumen Fibre Works (invented)", "company"),
    ("TERRACELL", "Terracell Organoids (invented)", "company"),
    ("ORBITWEAR", "Orbitwear Textiles (invented)", "company"),
    ("NOVAGRID", "Novagrid Power (invented)", "company"),
    ("QUILL", "Quill Robotics (invented)", "company"),
    ("UNI-NORTH", "Northern Polytechnic (invented)", "university"),
    ("UNI-LAKE", "Lakeside University (invented)", "university"),
    ("UNI-COAST", "Coast Institute of Science (invented)", "university"),
    ("UNI-ALTO", "Universidad del Alto (invented)", "university"),
    ("UNI-HARBOUR", "Harbour Technical College (invented)", "university"),
)

CONTRACTS: tuple[ContractRow, ...] = (
    ("NASA-ISS", "NASA", "agency", 1.0),
    ("NASA-GATEWAY", "NASA", "agency", 2.4),
    ("NASA-LUNAR", "NASA", "agency", 2.2),
    ("ESA-LUNAR", "ESA", "agency", 2.0),
    ("ESA-CARGO", "ESA", "agency", 0.0),
    ("JAXA-ISS", "JAXA", "agency", 1.1),
    ("CSA-CARGO", "CSA", "agency", 0.0),
    ("ROS-ISS", "ROSCOSMOS", "agency", 0.7),
    ("AXIOM-MAIN", "AXIOM", "commercial", 1.0),
    ("STARLAB-MAIN", "STARLAB", "commercial", 1.2),
    ("REEF-MAIN", "REEF", "commercial", 1.2),
    ("HAVEN-MAIN", "HAVEN", "commercial", 1.0),
    ("SKYFORGE-MAIN", "SKYFORGE", "commercial", 0.9),
    ("MERIDIAN-MAIN", "MERIDIAN", "commercial", 1.2),
    ("DEPOT-MAIN", "DEPOTCO", "commercial", 0.9),
    ("ASTERIA-MAIN", "ASTERIA", "commercial", 2.4),
    ("HELIX-CARGO", "HELIX", "commercial", 0.0),
    ("LUMEN-CARGO", "LUMEN", "commercial", 0.0),
    ("TERRACELL-CARGO", "TERRACELL", "commercial", 0.0),
    ("ORBITWEAR-CARGO", "ORBITWEAR", "commercial", 0.0),
    ("NOVAGRID-CARGO", "NOVAGRID", "commercial", 0.0),
    ("QUILL-CARGO", "QUILL", "commercial", 0.0),
    ("NORTH-CARGO", "UNI-NORTH", "academic", 0.0),
    ("LAKE-CARGO", "UNI-LAKE", "academic", 0.0),
    ("COAST-CARGO", "UNI-COAST", "academic", 0.0),
    ("ALTO-CARGO", "UNI-ALTO", "academic", 0.0),
    ("HARBOUR-CARGO", "UNI-HARBOUR", "academic", 0.0),
)

BEYOND_CONTRACTS: tuple[ContractRow, ...] = (
    # of the lunar year and of the asteroid programme
    ("NASA-GATEWAY", "NASA", "agency", 2.4),
    ("NASA-LUNAR", "NASA", "agency", 2.2),
    ("ESA-LUNAR", "ESA", "agency", 2.0),
    ("ESA-GATEWAY", "ESA", "agency", 0.0),
    ("JAXA-GATEWAY", "JAXA", "agency", 0.0),
    ("CSA-GATEWAY", "CSA", "agency", 0.0),
    ("SELENE-DEPOT", "SELENE", "commercial", 2.2),
    ("QUILL-LUNAR", "QUILL", "commercial", 0.0),
    ("NOVAGRID-LUNAR", "NOVAGRID", "commercial", 0.0),
    ("LAKE-LUNAR", "UNI-LAKE", "academic", 0.0),
    ("ASTERIA-BENNU", "ASTERIA", "commercial", 2.4),
    ("ASTERIA-ITOKAWA", "ASTERIA", "commercial", 2.4),
    ("JAXA-RYUGU", "JAXA", "agency", 2.4),
    ("NASA-ASTEROIDS", "NASA", "agency", 0.0),
    ("ESA-ASTEROIDS", "ESA", "agency", 0.0),
    ("COAST-ASTEROIDS", "UNI-COAST", "academic", 0.0),
)

_BEYOND_CUSTOMERS = (("SELENE", "Selene Propellant Works (invented)", "company"),)

_GUESTS = (
    ("ESA-CARGO", 0.06), ("CSA-CARGO", 0.02), ("HELIX-CARGO", 0.05), ("LUMEN-CARGO", 0.04), ("TERRACELL-CARGO", 0.04),
    ("ORBITWEAR-CARGO", 0.02), ("NOVAGRID-CARGO", 0.03), ("QUILL-CARGO", 0.03), ("NORTH-CARGO", 0.02), ("LAKE-CARGO", 0.02),
    ("COAST-CARGO", 0.02), ("ALTO-CARGO", 0.01), ("HARBOUR-CARGO", 0.01),
)  # fmt: skip

SHARES: dict[str, tuple[tuple[str, float], ...]] = {
    "ISS": (("NASA-ISS", 0.40), ("JAXA-ISS", 0.11), ("ROS-ISS", 0.12), *_GUESTS),
    "Axiom Station": (("AXIOM-MAIN", 0.60), ("NASA-ISS", 0.06), *_GUESTS),
    "Starlab": (("STARLAB-MAIN", 0.58), ("NASA-ISS", 0.05), *_GUESTS),
    "Orbital Reef": (("REEF-MAIN", 0.60), ("NASA-ISS", 0.05), *_GUESTS),
    "Haven-1": (("HAVEN-MAIN", 0.62), *_GUESTS),
    "Gateway": (("NASA-GATEWAY", 0.66), ("ESA-CARGO", 0.16), ("JAXA-ISS", 0.10), ("CSA-CARGO", 0.08)),
    "Lunar South Pole": (("NASA-LUNAR", 0.60), ("ESA-LUNAR", 0.25), ("QUILL-CARGO", 0.10), ("LAKE-CARGO", 0.05)),
    "Bennu": (("ASTERIA-MAIN", 0.80), ("COAST-CARGO", 0.20)),
    "Skyforge Platform": (("SKYFORGE-MAIN", 0.85), ("LUMEN-CARGO", 0.15)),
    "Meridian Platform": (("MERIDIAN-MAIN", 0.90), ("NORTH-CARGO", 0.10)),
    "LEO Depot": (("DEPOT-MAIN", 1.0),),
}

BEYOND_SHARES: dict[str, tuple[tuple[str, float], ...]] = {
    "Gateway": (("NASA-GATEWAY", 0.64), ("ESA-GATEWAY", 0.16), ("JAXA-GATEWAY", 0.12), ("CSA-GATEWAY", 0.08)),
    "LLO Depot": (("SELENE-DEPOT", 0.74), ("NASA-LUNAR", 0.18), ("LAKE-LUNAR", 0.08)),
    "Lunar South Pole": (
        ("NASA-LUNAR", 0.52), ("ESA-LUNAR", 0.22), ("QUILL-LUNAR", 0.10), ("NOVAGRID-LUNAR", 0.10), ("LAKE-LUNAR", 0.06),
    ),
    "Bennu": (("ASTERIA-BENNU", 0.70), ("NASA-ASTEROIDS", 0.18), ("COAST-ASTEROIDS", 0.12)),
    "Ryugu": (("JAXA-RYUGU", 0.72), ("ESA-ASTEROIDS", 0.16), ("COAST-ASTEROIDS", 0.12)),
    "Itokawa": (("ASTERIA-ITOKAWA", 0.66), ("JAXA-RYUGU", 0.14), ("NASA-ASTEROIDS", 0.20)),
}  # fmt: skip
"""Who sends how much where in the lunar year and in the asteroid programme."""


def customers(*, beyond: bool = False) -> tuple[Customer, ...]:
    """Who sends cargo in the reference scenarios."""
    every = _CUSTOMERS + _BEYOND_CUSTOMERS if beyond else _CUSTOMERS
    return tuple(Customer(customer=name, name=full, kind=kind) for name, full, kind in every)


def contracts(from_utc: datetime, to_utc: datetime, *, table: Sequence[ContractRow] = CONTRACTS) -> tuple[Contract, ...]:
    """One agreement for each customer and programme, with the tariff that prices it."""
    return tuple(
        Contract(contract_id=name, customer=customer, from_utc=from_utc, to_utc=to_utc, price_basis=tariff)
        for name, customer, tariff, _ in table
    )


def contract_of() -> dict[str, str]:
    """Customer of each contract."""
    return {name: customer for name, customer, _, _ in CONTRACTS + BEYOND_CONTRACTS}
