"""Every page, by what it is about."""

from __future__ import annotations

from fastapi import APIRouter

from supercargo.faces.board.admin import admin_pages
from supercargo.faces.board.assets import asset_router
from supercargo.faces.board.audit import audit_pages
from supercargo.faces.board.cargo import cargo_pages
from supercargo.faces.board.compliance import compliance_pages
from supercargo.faces.board.conflicts import conflict_pages
from supercargo.faces.board.customers import customer_pages
from supercargo.faces.board.door import door_router
from supercargo.faces.board.intake import intake_pages
from supercargo.faces.board.kpis import kpi_pages
from supercargo.faces.board.missions import mission_pages
from supercargo.faces.board.money import money_pages
from supercargo.faces.board.orbit import orbit_pages
from supercargo.faces.board.plans import plan_pages
from supercargo.faces.board.quality import quality_pages
from supercargo.faces.board.scenario import scenario_pages
from supercargo.faces.board.stock import stock_pages
from supercargo.faces.board.stowing import stowing_pages
from supercargo.faces.board.today import today_pages
from supercargo.faces.board.year import year_pages

__all__ = ["page_routers"]


def page_routers() -> tuple[APIRouter, ...]:
    """The routes of all pages."""
    return (
        asset_router(), door_router(), today_pages(), year_pages(), mission_pages(), stowing_pages(), cargo_pages(),
        stock_pages(), plan_pages(), conflict_pages(), quality_pages(), orbit_pages(), kpi_pages(), money_pages(),
        customer_pages(), compliance_pages(), scenario_pages(), intake_pages(), audit_pages(), admin_pages(),
    )  # fmt: skip
