"""Transfers: read the catalogue and the ephemeris, ask the stage, write what it found."""

from __future__ import annotations

from pathlib import Path

from supercargo.astro.ephemeris import read_ephemeris
from supercargo.kernel import ScenarioError
from supercargo.model import LunarStudy, TransferRequest, TransferStudy, TransferWindow
from supercargo.plan.lunar_transfers import lunar_place, study_lunar
from supercargo.plan.opportunities import Listing, list_opportunities
from supercargo.plan.transfers import Catalogue, study_transfer
from supercargo.report.lunar import draw_lunar, render_lunar
from supercargo.report.porkchop import draw_porkchop, render_transfer
from supercargo.store import (
    read_catalogue,
    read_ephemeris_file,
    read_places,
    read_reference_tables,
    refuse_existing,
    refuse_existing_file,
    refuse_unwritable,
)
from supercargo.store.folders import write_file
from supercargo.store.rows import write_rows
from supercargo.store.transfer import write_lunar, write_transfer

__all__ = ["find_transfers", "transfer_catalogue", "write_opportunities"]


def find_transfers(asked: TransferRequest, *, out: Path | None = None, force: bool = False) -> TransferStudy | LunarStudy:
    """Transfers between two places within dates; with `out` the chart, tables, drawing and page are written there.

    Raises ScenarioError for places that are not known and dates that do not serve, Refused for an `out` that exists.
    """
    if out is not None:
        refuse_existing(out, force=force)
        refuse_unwritable(out)
    catalogue = transfer_catalogue()
    if lunar_place(asked.destination) is not None:
        lunar = study_lunar(asked, catalogue)
        if out is not None:
            pages = {"transfer.html": render_lunar(lunar)}
            if lunar.flights:
                pages["transfer.svg"] = draw_lunar(lunar)
            write_lunar(lunar, out, pages=pages, force=force)
        return lunar
    study = study_transfer(asked, catalogue)
    if out is not None:
        pages = {"porkchop.html": render_transfer(study)}
        if study.flights:
            pages |= {"porkchop.svg": draw_porkchop(study), "c3.svg": draw_porkchop(study, figure="C3")}
        write_transfer(study, out, pages=pages, force=force)
    return study


def write_opportunities(
    asked: TransferRequest,
    destination: str,
    path: Path,
    *,
    scenario: Path | None = None,
    lit_d: float = 30.0,
    force: bool = False,
) -> tuple[TransferWindow, ...]:
    """Write computed lift-offs for a place as rows of transfer_windows.csv; landings are lit for `lit_d` [d].

    The place is one of `scenario`, without it one of the catalogue. Raises ScenarioError for a question without rows and a
    place that such rows are not read for, Refused for a `path` that exists unless `force`.
    """
    refuse_existing_file(path, force=force)
    _refuse_place(asked.destination, destination, scenario)
    rows = list_opportunities(asked, transfer_catalogue(), destination, listing=Listing(lit_d=lit_d))
    if not rows:
        raise ScenarioError(
            f"nothing lifts off for {destination} within the dates",
            fix="give wider dates; at the lunar south pole, ones with light, or a smaller --lit-days",
            where="--depart, --arrive",
        )
    write_file(path, write_rows(rows, TransferWindow), force=force)
    return rows


def _refuse_place(target: str, destination: str, scenario: Path | None) -> None:
    """Rows are for a place that is flown to by listed windows, at the Moon or about the Sun as the target is."""
    known = read_places(scenario) if scenario else read_catalogue()["destinations"]
    body = "Moon" if lunar_place(target) else "Sun"
    fitting = [one.destination for one in known if one.window_kind == "catalogue" and one.body == body]
    place = next((one for one in known if one.destination == destination), None)
    if place is None:
        what = f"no place of {'the scenario' if scenario else 'the catalogue'} is called {destination!r}"
    elif place.window_kind != "catalogue":
        what = f"{destination} is flown to by plane crossing: rows of transfer_windows.csv are not read for it"
    elif place.body != body:
        what = f"{destination} is at the body {place.body}, and {target} is not"
    else:
        return
    use = f"use one of: {', '.join(fitting)}" if fitting else "add the place to destinations.csv"
    own = "" if scenario else "; for a place of your own give its scenario with --scenario"
    raise ScenarioError(what, fix=use + own, where="--for")


def transfer_catalogue() -> Catalogue:
    """The records and the ephemeris that ship with the package. Raises StoreError if they are not sound."""
    records, reference = read_catalogue(), read_reference_tables()
    return Catalogue(
        ephemeris=read_ephemeris(read_ephemeris_file()),
        small_bodies=reference["small_bodies"],
        vehicles=records["vehicles"],
        launchers=records["launchers"],
        energies=reference["launch_energies"],
        legs=reference["cislunar_legs"],
    )
