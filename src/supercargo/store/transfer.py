"""A transfer study as a folder: the chart as CSV, best flights, masses, drawing and page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from supercargo.kernel import DAY_S, format_utc
from supercargo.model import DeliveredMass, LegRow, LunarFlight, LunarStudy, TransferChart, TransferFlight, TransferStudy
from supercargo.store.columns import columns_of
from supercargo.store.folders import write_whole
from supercargo.store.rows import write_rows

__all__ = ["lunar_files", "transfer_files", "write_lunar", "write_transfer"]


def transfer_files(study: TransferStudy) -> dict[str, bytes]:
    """Files of a study that carry its numbers, by name."""
    return {
        "porkchop.csv": _chart_rows(study.chart),
        "flights.csv": write_rows(study.flights, TransferFlight),
        "masses.csv": write_rows(study.delivered, DeliveredMass),
    }


def write_transfer(study: TransferStudy, folder: Path, *, pages: Mapping[str, str], force: bool) -> None:
    """Write a study with its drawings and page, whole or not at all. Raises Refused if the folder exists, unless `force`."""
    drawn = {name: page.encode() for name, page in pages.items()}
    write_whole(folder, {**transfer_files(study), **drawn}, force=force)


def lunar_files(study: LunarStudy) -> dict[str, bytes]:
    """Files of a lunar study that carry its numbers, by name: every date, the best ones, masses, legs."""
    return {
        "dates.csv": write_rows(study.every, LunarFlight),
        "flights.csv": write_rows(study.flights, LunarFlight),
        "masses.csv": write_rows(study.delivered, DeliveredMass),
        "legs.csv": write_rows(study.legs, LegRow),
    }


def write_lunar(study: LunarStudy, folder: Path, *, pages: Mapping[str, str], force: bool) -> None:
    """Write a lunar study with its drawing and page, whole or not at all. Raises Refused as `write_transfer` does."""
    drawn = {name: page.encode() for name, page in pages.items()}
    write_whole(folder, {**lunar_files(study), **drawn}, force=force)


def _chart_rows(chart: TransferChart) -> bytes:
    """Every pair of dates that a transfer joins, departures in order: the columns of flights.csv."""
    depart, arrive = [format_utc(at) for at in chart.depart_utc], [format_utc(at) for at in chart.arrive_utc]
    first = chart.depart_utc[0]
    days = [np.array([(at - first).total_seconds() for at in axis]) / DAY_S for axis in (chart.depart_utc, chart.arrive_utc)]
    lines = [",".join(column.name for column in columns_of(TransferFlight))]
    total = chart.delta_v_m_s
    there = np.argwhere(np.isfinite(total))
    rows, columns = there[:, 0], there[:, 1]
    figures = [
        np.round(days[1][columns] - days[0][rows], 4),
        np.round(chart.c3_km2_s2[rows, columns], 6),
        np.round(chart.declination_deg[rows, columns], 4),
        np.round(1e3 * np.sqrt(chart.c3_km2_s2[rows, columns]), 3),
        *(
            np.round(grid[rows, columns], 3) + 0.0
            for grid in (chart.arrival_v_infinity_m_s, chart.departure_burn_m_s, chart.arrival_burn_m_s, total)
        ),
    ]
    for row, column, *numbers in zip(rows.tolist(), columns.tolist(), *(one.tolist() for one in figures), strict=True):
        lines.append(",".join((depart[row], arrive[column], *(f"{number:.15g}" for number in numbers))))
    return "".join(line + "\n" for line in lines).encode()
