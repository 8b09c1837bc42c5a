"""Assumptions of a fleet and of a supply chain: the scenario's own rows, else the templates that fit it."""

from __future__ import annotations

from supercargo.model import Scenario, SupplyTables
from supercargo.store.catalogue import STRATEGY_FOLDER, own_or_templates

__all__ = ["read_supply_terms"]


def read_supply_terms(scenario: Scenario) -> SupplyTables:
    """Lives of spacecraft, terms of stock and suppliers, and ground legs: the scenario's own, else the templates.

    Of a template only rows are taken that name what the scenario has. Raises StoreError if a template is faulty.
    """
    found, templates = own_or_templates(scenario, STRATEGY_FOLDER, ("lives", "stock_terms", "supplier_terms", "ground_legs"))
    if not scenario.lives:
        found["lives"] = tuple(row for row in found["lives"] if row.vehicle_type in scenario.vehicle_types)
    if not scenario.supplier_terms:
        known = {supplier.supplier for supplier in scenario.suppliers}
        found["supplier_terms"] = tuple(row for row in found["supplier_terms"] if row.supplier in known)
    return SupplyTables(**found, templates=templates)
