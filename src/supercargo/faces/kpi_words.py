"""KPIs and SCOR metrics in words: value, target, interval, causes, trend, and the objects behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from supercargo.app.kpis import (
    Futures,
    KpiAsked,
    KpiShown,
    Wanted,
    kpi_answer,
    kpi_ids,
    kpi_shown,
    measure_kpi_study,
    read_given,
)
from supercargo.app.metering import unwatched
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.faces.progress import Progress, patience
from supercargo.kernel import format_utc

__all__ = ["KpiFiles", "KpiWords", "kpi", "kpi_lines"]

STAGES = {"flying": 1.0}
_MOST_CAUSES = 5
_MOST_OBJECTS = 40


@dataclass(frozen=True, slots=True)
class KpiWords:
    """What a person asks of `kpi`, as written."""

    folder: Path | None
    store: str
    only: tuple[str, ...]
    scor: bool = False
    drill: bool = False
    trend: str = ""
    base: Path | None = None
    futures: Futures | None = None


@dataclass(frozen=True, slots=True)
class KpiFiles:
    """Files to write."""

    page: Path | None = None
    csv: Path | None = None
    xlsx: Path | None = None
    force: bool = False


def kpi(words: KpiWords, files: KpiFiles, *, given: tuple[str, ...], as_json: bool) -> None:
    """Measure a plan or a store, write what is asked for, and tell the figures."""
    with answering(as_json=as_json), Progress(shares=STAGES) if words.futures else patience("measuring") as watch:
        wanted = Wanted(ids=kpi_ids(words.only), scor=words.scor, period=words.trend or "month", given=read_given(given))
        asked = KpiAsked(
            folder=words.folder, store=words.store, wanted=wanted, base=words.base, page=files.page, csv=files.csv,
            xlsx=files.xlsx, drill=words.drill, force=files.force, futures=words.futures,
        )  # fmt: skip
        study = measure_kpi_study(asked, watch=watch or unwatched)
    if as_json:
        print_json(kpi_answer(study, asked))
        return
    head = f"{study.of}: {study.basis}, as known at {format_utc(study.as_of_utc)}"
    most = None if words.drill else 0
    lines = [head, *(line for one in study.figures for line in kpi_lines(kpi_shown(one, most=most), trend=bool(words.trend)))]
    lines += [
        f"{name:<8} {path}" for name, path in (("Page", files.page), ("CSV", files.csv), ("Workbook", files.xlsx)) if path
    ]
    tell_lines(lines)


def _amount(value: float | None, unit: str) -> str:
    return "no evidence" if value is None else f"{value:,.2f} {unit}"


_NO_BASE = ("missing: a base year to hold it against", "missing: a base year in the scenario")


def kpi_lines(one: KpiShown, *, trend: bool = False) -> Iterator[str]:
    """A figure in a line with target, interval and verdict; beneath it how it is counted, causes, trend, objects."""
    target = "" if one.target is None else f"  target {one.sense} {one.target:,.2f}"
    met = {None: "", True: "  met", False: "  NOT MET"}[one.met]
    sure = f" [{one.low:,.2f} to {one.high:,.2f}, {one.interval}]" if one.low is not None and one.high is not None else ""
    yield f"{one.kpi_id:<4} {one.name}: {_amount(one.value, one.unit)}{sure}{target}{met}"
    if one.contractual is not None and one.contractual != one.value:
        yield f"     by contract {_amount(one.contractual, one.unit)}"
    if one.edition:
        yield f"     {one.formula} ({one.edition})" if one.edition != "none" else f"     {one.formula}"
    if one.causes:
        yield f"     {one.causes}"
    if one.causes.startswith(_NO_BASE):
        yield "     give one with --base PLAN"
    if one.largest:
        told = [f"{cause.why} {cause.count} ({cause.percent:.0f} %)" for cause in one.largest[:_MOST_CAUSES]]
        more = [f"and {len(one.largest) - _MOST_CAUSES} more"] if len(one.largest) > _MOST_CAUSES else []
        yield f"     causes: {'; '.join([*told, *more])}"
    if trend and one.trend:
        yield f"     trend: {', '.join(f'{point.period} {_point(point.value)}' for point in one.trend)}"
    yield from _objects(one)


def _point(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"


def _objects(one: KpiShown) -> Iterator[str]:
    for row in one.objects[:_MOST_OBJECTS]:
        why = f": {row.why}" if row.why else ""
        at = f", {row.at_utc[:10]}" if row.at_utc else ""
        event = f", event {row.position}" if row.position is not None else ""
        yield f"       {row.object} {row.counted}{why}{at}{event}"
    if len(one.objects) > _MOST_OBJECTS:
        yield f"       and {len(one.objects) - _MOST_OBJECTS:,} more; --csv FILE has all"
