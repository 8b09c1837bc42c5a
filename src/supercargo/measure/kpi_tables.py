"""Figures as tables: one row a figure, a period, a cause or an object, for CSV files and workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from supercargo.kernel import quantity, text
from supercargo.measure.measured import Counted, Measured
from supercargo.model import Table

__all__ = ["KPI_TABLES", "CauseRow", "FigureRow", "KpiStudy", "TrendRow", "kpi_rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiStudy:
    """Figures of a plan, or of what has happened, over a horizon and as known at an instant; trends by `period`."""

    of: str
    basis: str
    start_utc: datetime
    end_utc: datetime
    as_of_utc: datetime
    period: str
    kpis: tuple[Measured, ...]
    scor: tuple[Measured, ...] = ()

    @property
    def figures(self) -> tuple[Measured, ...]:
        """KPIs, then SCOR metrics."""
        return (*self.kpis, *self.scor)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A KPI or a SCOR metric with target, interval and what it rests on."""

    kpi_id: str = text("K1 to K16, or SCOR metric")
    name: str = text("name")
    value: float | None = quantity("value", "value, strict; empty: no evidence", default=None)
    contractual: float | None = quantity("value", "value by the contracts' terms; empty: the same", default=None)
    unit: str = text("unit")
    sense: str = text("which way the target is reached, or is better")
    target: float | None = quantity("value", "target", default=None)
    met: bool | None = text("target reached; empty: no evidence or no target", default=None)
    low: float | None = quantity("value", "lower end of the interval", default=None)
    high: float | None = quantity("value", "upper end of the interval", default=None)
    interval: str = text("how the interval was made", default="")
    basis: str = text("plan, simulation or operations", default="")
    edition: str = text("edition of the standard", default="")
    formula: str = text("formula")
    note: str = text("how it is counted, or what evidence is missing", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRow:
    """A figure in one month or quarter."""

    kpi_id: str = text("figure")
    period: str = text("month 2027-05 or quarter 2027-Q2")
    value: float | None = quantity("value", "value in the period", default=None)
    low: float | None = quantity("value", "lower end of the interval", default=None)
    high: float | None = quantity("value", "upper end of the interval", default=None)
    objects_count: int = quantity("count", "objects that it rests on", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseRow:
    """A cause that weighs in a figure, by rank."""

    kpi_id: str = text("figure")
    rank: int = quantity("count", "1: the most frequent", ge=1)
    why: str = text("cause")
    objects_count: int = quantity("count", "objects", ge=0)
    share_percent: float = quantity("percent", "share of all objects that weigh", ge=0, le=100)
    example: str = text("one of the objects")


KPI_TABLES: tuple[Table, ...] = (
    Table(file="figures.csv", noun=FigureRow, attribute="figures", key=("kpi_id",)),
    Table(file="trend.csv", noun=TrendRow, attribute="trend", key=("kpi_id", "period")),
    Table(file="causes.csv", noun=CauseRow, attribute="causes", key=("kpi_id", "rank")),
    Table(file="objects.csv", noun=Counted, attribute="objects", key=("kpi_id", "object")),
)
"""The tables, as sheets of a workbook in this order; a CSV file holds the first, or with the drill-down the last."""


def kpi_rows(figures: Iterable[Measured]) -> dict[str, Sequence[Any]]:
    """Rows of each table, by its attribute."""
    listed = tuple(figures)
    return {
        "figures": [_figure(one) for one in listed],
        "trend": [
            TrendRow(
                kpi_id=one.kpi_id,
                period=point.period,
                value=point.value,
                low=point.low,
                high=point.high,
                objects_count=point.count,
            )
            for one in listed
            for point in one.trend
        ],
        "causes": [
            CauseRow(
                kpi_id=one.kpi_id,
                rank=rank,
                why=cause.why,
                objects_count=cause.count,
                share_percent=cause.percent,
                example=cause.example,
            )
            for one in listed
            for rank, cause in enumerate(one.causes, 1)
        ],
        "objects": [replace(row, kpi_id=one.kpi_id) for one in listed for row in one.rows],
    }


def _figure(one: Measured) -> FigureRow:
    return FigureRow(
        kpi_id=one.kpi_id,
        name=one.name,
        value=one.value,
        contractual=one.contractual,
        unit=one.unit,
        sense=one.sense,
        target=one.target,
        met=one.met,
        low=one.low,
        high=one.high,
        interval=one.interval,
        basis=one.basis,
        edition=one.edition,
        formula=one.formula,
        note=one.note,
    )
