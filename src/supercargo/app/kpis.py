"""KPIs and SCOR metrics of a plan folder or of a store of operations: measured, drilled into, written as files."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NotRequired, TypedDict

from supercargo.app.operations.recording import Operations
from supercargo.kernel import Fault, ScenarioError, faults_of, format_utc
from supercargo.measure.facts import Facts
from supercargo.measure.kpi_tables import KPI_TABLES, KpiStudy, kpi_rows
from supercargo.measure.kpis import KPIS
from supercargo.measure.measured import PERIODS, Cause, Counted, Measured, TrendPoint
from supercargo.measure.measuring import OWN_KPIS, measure_facts, measure_plan, seen_by, without_value
from supercargo.measure.operations import facts_of_log
from supercargo.measure.plan_facts import facts_of_plan
from supercargo.measure.scor import Given, measure_scor
from supercargo.measure.scor_table import SCOR_METRICS
from supercargo.measure.scored_money import BaseYear, base_year_of
from supercargo.report.kpis import render_kpis
from supercargo.store import read_plan, refuse_outputs, write_rows
from supercargo.store.book.tables import tables_book
from supercargo.store.folders import write_file
from supercargo.track.people import Principal

__all__ = [
    "Futures",
    "KpiAnswer",
    "KpiAsked",
    "KpiShown",
    "ObjectShown",
    "Wanted",
    "base_of_folder",
    "kpi_answer",
    "kpi_ids",
    "kpi_shown",
    "kpis_seen",
    "measure_kpi_study",
    "read_given",
]

MONEY = frozenset({"K9", "K10", "K15", *(one.metric_id for one in SCOR_METRICS if one.attribute in ("cost", "assets"))})
"""What people see only with the scope `money`."""

_NEVER = datetime.max.replace(tzinfo=UTC)

OWN_SCOR = frozenset({"RL.1.1", "RL.2.1", "RL.2.2", "RL.2.3", "RL.2.4", "OTIF", "RS.1.1", "RS.1.1 net", "RS.2.1", "RS.2.5"})
"""What a customer may see of SCOR, measured over its own orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectShown:
    """One object as a figure counts it: above and below the fraction line, why, and the event in the log that shows it."""

    object: str
    counted: str
    hit: float
    whole: float
    lenient: float | None
    why: str
    at_utc: str
    position: int | None
    customer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiShown:
    """A figure as it is told: value and interval, target, what weighs most, trend, and where they are asked for its objects.

    `causes` says how it is counted, or what evidence is missing; `largest` ranks what weighs.
    """

    kpi_id: str
    name: str
    formula: str
    value: float | None
    contractual: float | None
    target: float | None
    sense: str
    unit: str
    met: bool | None
    basis: str
    low: float | None
    high: float | None
    interval: str
    causes: str
    largest: tuple[Cause, ...]
    trend: tuple[TrendPoint, ...]
    edition: str
    objects_count: int
    objects: tuple[ObjectShown, ...]


class KpiAnswer(TypedDict):
    """Answer of `kpi`: the KPIs of a plan or of a store, and SCOR metrics where they are asked for."""

    folder: str
    store: NotRequired[str]
    of: str
    basis: str
    as_of_utc: str
    period: str
    kpis: list[KpiShown]
    scor: list[KpiShown]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which figures are wanted: ids (none: all sixteen KPIs), SCOR or not, the period of trends, and what the books give."""

    ids: tuple[str, ...] = ()
    scor: bool = False
    period: str = "month"
    given: Given = Given()


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """Which futures KPIs are taken from: how many, of which seed (None: the scenario's), on so many workers (None: all)."""

    runs: int = 1000
    seed: int | None = None
    workers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiAsked:
    """What a person asks of `kpi`: a plan folder, its futures or a store, figures, a base year, and files to write."""

    folder: Path | None = None
    store: str = ""
    wanted: Wanted = Wanted()
    base: Path | None = None
    page: Path | None = None
    csv: Path | None = None
    xlsx: Path | None = None
    drill: bool = False
    force: bool = False
    futures: Futures | None = None


def kpi_ids(words: Sequence[str]) -> tuple[str, ...]:
    """Ids of KPIs and metrics, whatever their case. Raises ScenarioError for one that is none."""
    known = {one.kpi_id.upper(): one.kpi_id for one in KPIS} | {one.metric_id.upper(): one.metric_id for one in SCOR_METRICS}
    odd = [word for word in words if word.strip().upper() not in known]
    if odd:
        fix = f"use K1 to K16, or one of: {', '.join(one.metric_id for one in SCOR_METRICS)}"
        raise ScenarioError(f"no KPI or metric is called {odd[0][:40]!r}", fix=fix, where="--kpi")
    return tuple(known[word.strip().upper()] for word in words)


def read_given(words: Sequence[str]) -> Given:
    """What the books give, as NAME=VALUE. Raises ScenarioError with every fault at once."""
    names = [field.name for field in dataclasses.fields(Given)]
    found: dict[str, float] = {}
    faults = []
    for word in words:
        name, equals, value = word.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = None
        if name not in names or not equals:
            faults.append(
                Fault("--given", 0, name[:40], f"{word[:60]!r} is not known", f"use NAME=VALUE, one of: {', '.join(names)}")
            )
        elif number is None or name in found:
            what = f"{name} is given twice" if name in found else f"{value[:40]!r} is no number"
            faults.append(Fault("--given", 0, name, what, "give one number, without its unit"))
        else:
            found[name] = number
    faults += [Fault("--given", 0, field, what, fix) for field, what, fix in faults_of(Given(**found))]
    if faults:
        raise ScenarioError.of(faults, where="--given")
    return Given(**found)


def measure_kpi_study(asked: KpiAsked, *, watch: Callable[[str, float], None] = lambda stage, share: None) -> KpiStudy:
    """Measure what is asked, and write the files that are asked for.

    Raises ScenarioError where neither or both of a plan and a store are named, StoreError for a store whose views are old,
    Refused where no plan is released in it or a file stands there already.
    """
    if (asked.folder is None) == (not asked.store):
        what = "nothing is named to be measured" if asked.folder is None else "a plan and a store are both named"
        raise ScenarioError(what, fix="give a plan folder, or --store FILE|URL", where="kpi")
    if asked.wanted.period not in PERIODS:
        fix = f"use one of: {', '.join(PERIODS)}"
        raise ScenarioError(f"{asked.wanted.period[:40]!r} is no period of a trend", fix=fix, where="--trend")
    if asked.futures is not None:
        _refuse_unsimulated(asked)
    outputs = (asked.page, asked.csv, asked.xlsx)
    refuse_outputs(outputs, (asked.folder, asked.base, Path(asked.store) if asked.store else None), force=asked.force)
    if asked.futures is not None and asked.folder is not None:
        from supercargo.app.kpis_simulated import simulated_study  # compiled loops load only for those who fly futures

        study = simulated_study(asked.folder, asked.futures, asked.wanted, watch=lambda share: watch("flying", share))
    else:
        base = base_of_folder(asked.base) if asked.base else None
        study = _of_plan(asked.folder, asked, base) if asked.folder else _of_store(asked, base)
    _write(study, asked)
    return study


def _refuse_unsimulated(asked: KpiAsked) -> None:
    """Futures are of a plan, and tell means of the sixteen KPIs: no base year, no objects, no SCOR metric."""
    known = {one.kpi_id for one in KPIS}
    odd = [
        ("a store tells what has happened, and has no futures", "name a plan folder", "--store", bool(asked.store)),
        ("SCOR metrics are not simulated", "ask for K1 to K16, without --scor", "kpi",
         asked.wanted.scor or not set(asked.wanted.ids) <= known),
        ("futures have no objects of their own", "leave --drill out", "--drill", asked.drill),
        ("K15 is not simulated, so a base year is no use", "leave --base out", "--base", asked.base is not None),
        ("what the books give is for SCOR metrics, which are not simulated", "leave --given out", "--given",
         asked.wanted.given != Given()),
    ]  # fmt: skip
    faults = [Fault("kpi", 0, where, what, fix) for what, fix, where, wrong in odd if wrong]
    if faults:
        raise ScenarioError.of(faults, where="--simulated")


def base_of_folder(place: Path) -> BaseYear:
    """The base year of a plan folder, of the record of a flown year, or of a store's file with what that year really cost.

    Raises ScenarioError where it delivers nothing.
    """
    facts = _facts_of_store(str(place)) if place.is_file() else facts_of_plan(read_plan(place))
    base = base_year_of(facts, str(place))
    if base is None:
        fix = "name a plan, or a store, that delivers cargo and has its costs"
        raise ScenarioError("the base year has no cost of a delivered kilogram", fix=fix, where=str(place))
    return base


def _parts(wanted: Wanted) -> tuple[set[str], set[str], bool]:
    """KPIs and metrics that are named, and whether any SCOR metric is wanted."""
    kpis = {name for name in wanted.ids if name in {one.kpi_id for one in KPIS}}
    scor = set(wanted.ids) - kpis
    return kpis, scor, bool(scor) or (wanted.scor and not kpis)


def _study(facts: Facts, kpis: tuple[Measured, ...], asked: KpiAsked) -> KpiStudy:
    wanted = asked.wanted
    _, scor, any_scor = _parts(wanted)
    with_scor = any_scor or (asked.page is not None and not wanted.ids)
    return KpiStudy(
        of=facts.of,
        basis=facts.basis,
        start_utc=facts.start_utc,
        end_utc=facts.end_utc,
        as_of_utc=facts.as_of_utc,
        period=wanted.period,
        kpis=kpis,
        scor=measure_scor(facts, given=wanted.given, period=wanted.period, only=scor) if with_scor else (),
    )


def _of_plan(folder: Path, asked: KpiAsked, base: BaseYear | None) -> KpiStudy:
    plan = read_plan(folder)
    names, scor, _ = _parts(asked.wanted)
    none = bool(scor) and not names
    kpis = () if none else measure_plan(plan, base=base, period=asked.wanted.period, only=names)
    return _study(facts_of_plan(plan), kpis, asked)


def _of_store(asked: KpiAsked, base: BaseYear | None) -> KpiStudy:
    return _of_facts(_facts_of_store(asked.store), asked, base)


def _facts_of_store(store: str) -> Facts:
    from supercargo.app.operations.log import current_log  # its libraries load only for those who have a store

    with current_log(store) as log, log.reading() as view:
        return facts_of_log(log, view)


def _of_facts(facts: Facts, asked: KpiAsked, base: BaseYear | None) -> KpiStudy:
    names, scor, _ = _parts(asked.wanted)
    none = bool(scor) and not names
    kpis = () if none else measure_facts(facts, base=base, period=asked.wanted.period, only=names)
    return _study(facts, kpis, asked)


def _write(study: KpiStudy, asked: KpiAsked) -> None:
    if asked.page is not None:
        write_file(asked.page, render_kpis(study).encode(), force=asked.force)
    if asked.csv is None and asked.xlsx is None:
        return
    rows = kpi_rows(study.figures)
    if asked.csv is not None:
        table = KPI_TABLES[-1] if asked.drill else KPI_TABLES[0]
        write_file(asked.csv, write_rows(rows[table.attribute], table.noun), force=asked.force)
    if asked.xlsx is not None:
        sheets = [(table, rows[table.attribute]) for table in KPI_TABLES]
        content = tables_book(f"KPIs of {study.of}", study.as_of_utc, sheets)
        write_file(asked.xlsx, content, force=asked.force)


def kpi_shown(one: Measured, *, most: int | None = 0) -> KpiShown:
    """A figure as it is told, with at most so many of its objects (None: all), those that weigh against it first."""
    rows = sorted(one.rows, key=lambda row: (not row.why, row.object, row.at_utc is None, row.at_utc or _NEVER))
    return KpiShown(
        kpi_id=one.kpi_id,
        name=one.name,
        formula=one.formula,
        value=one.value,
        contractual=one.contractual,
        target=one.target,
        sense=one.sense,
        unit=one.unit,
        met=one.met,
        basis=one.basis,
        low=one.low,
        high=one.high,
        interval=one.interval,
        causes=one.note,
        largest=one.causes,
        trend=one.trend,
        edition=one.edition,
        objects_count=len(one.rows),
        objects=tuple(_object(row) for row in (rows if most is None else rows[:most])),
    )


def _object(row: Counted) -> ObjectShown:
    return ObjectShown(
        object=row.object,
        counted=row.counted,
        hit=row.hit,
        whole=row.whole,
        lenient=row.lenient,
        why=row.why,
        at_utc=format_utc(row.at_utc) if row.at_utc else "",
        position=row.position,
        customer=row.customer,
    )


def kpis_seen(store: Operations, principal: Principal, wanted: Wanted, *, most: int = 0) -> tuple[KpiShown, ...]:
    """Figures of operations as a principal may see them: a customer only over its own, money only with the scope for it."""
    with store.reading() as view:
        facts = facts_of_log(store, view)
    if principal.customer:
        facts = seen_by(facts, principal.customer)
    study = _of_facts(facts, KpiAsked(wanted=wanted), None)
    return tuple(kpi_shown(_as_seen(one, principal), most=most) for one in study.figures)


def _as_seen(one: Measured, principal: Principal) -> Measured:
    hidden = ""
    if principal.customer and one.kpi_id not in OWN_KPIS | OWN_SCOR:
        hidden = "not shown: this figure is the company's own"
    elif one.kpi_id in MONEY and "money" not in principal.scopes:
        hidden = "not shown: it takes the scope 'money'"
    return without_value(one, hidden) if hidden else one


def kpi_answer(study: KpiStudy, asked: KpiAsked) -> KpiAnswer:
    """A study as one object."""
    most = None if asked.drill else 0
    told: KpiAnswer = {
        "folder": str(asked.folder or ""),
        "of": study.of,
        "basis": study.basis,
        "as_of_utc": format_utc(study.as_of_utc),
        "period": study.period,
        "kpis": [kpi_shown(one, most=most) for one in study.kpis],
        "scor": [kpi_shown(one, most=most) for one in study.scor],
    }
    return {**told, "store": asked.store} if asked.store else told
