"""SCOR metrics of level 1 and 2 from a plan or from operations; what can't be known is empty and says what is missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import days_between, quantity
from supercargo.measure.facts import Facts
from supercargo.measure.measured import METHODS, Counted, Measured, amount_of, largest_causes, lenient_of, limits_of, trend_of
from supercargo.measure.orders import DAMAGED, NO_PAPERS, Order, orders_of
from supercargo.measure.scor_table import SCOR_METRICS, ScorMetric
from supercargo.measure.scored import Scored
from supercargo.measure.scored_money import base_year_of, mission_cost_usd

__all__ = ["GIVEN", "Given", "measure_scor"]

YEAR_D = 365.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What neither a plan nor the log tells, as the books have it; None: not known."""

    dso_d: float | None = quantity("d", "days from booked revenue to its payment", default=None)
    dpo_d: float | None = quantity("d", "days from a supplier's bill to its payment", default=None)
    capital_percent: float | None = quantity("percent", "capital cost of stock, a year", default=None)
    storage_percent: float | None = quantity("percent", "storage cost of stock, a year", default=None)
    obsolescence_percent: float | None = quantity("percent", "obsolescence of stock, a year", default=None)
    insurance_percent: float | None = quantity("percent", "insurance of stock, a year", default=None)
    fixed_assets_usd: float | None = quantity("USD", "fixed assets of the supply chain", default=None)
    working_capital_usd: float | None = quantity("USD", "working capital", default=None)
    upside_d: float | None = quantity("d", "days to carry 20 % more", default=None)
    upside_percent: float | None = quantity("percent", "largest rise that 30 days allow", default=None)
    downside_percent: float | None = quantity("percent", "largest fall 30 days ahead without a penalty", default=None)
    value_at_risk_usd: float | None = quantity("USD", "sum of probability x impact over the risks", default=None)


GIVEN: Mapping[str, str] = {
    "AM.2.1": "dso_d",
    "AM.2.3": "dpo_d",
    "AG.1.1": "upside_d",
    "AG.1.2": "upside_percent",
    "AG.1.3": "downside_percent",
    "AG.1.4": "value_at_risk_usd",
}
"""Metrics that are taken as they are given."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What every metric is measured from."""

    facts: Facts
    orders: tuple[Order, ...]
    given: Given
    costs: Mapping[str, tuple[Counted, ...]]

    @property
    def years(self) -> float:
        """The part of the horizon that is known, in years."""
        return days_between(*self.facts.known_span) / YEAR_D


def _ordered(
    metric: str,
    case: _Case,
    good: Callable[[Order], bool | None],
    lenient: Callable[[Order], bool] | None = None,
    *,
    why: str = "",
) -> Scored:
    """Orders that are decided, each good or not; those of which it can't be known are left out and counted in words.

    `why` is what is wrong with those that are not good; empty: the first thing that is wrong with each.
    """
    rows, unknown = [], 0
    for one in case.orders:
        verdict = good(one)
        if verdict is None:
            unknown += 1
            continue
        rows.append(
            Counted(
                kpi_id=metric,
                object=one.name,
                counted="good" if verdict else "not good",
                hit=float(verdict),
                whole=1.0,
                lenient=float(lenient(one)) if lenient else None,
                why="" if verdict else f"{one.lines[0].destination}: {why}" if why else one.why or "papers or condition",
                at_utc=one.due_utc,
                position=one.position,
                customer=one.customer,
            )
        )
    own = "order = up lines of one contract, customer, place and first mission"
    note = f"{len(rows)} orders decided; not to be known: {unknown}; {own}"
    return Scored(rows=tuple(rows), note=note, missing="" if rows else "an order that is decided")


def _perfect(case: _Case) -> Scored:
    """RL.1.1: an order whose papers or condition can't be known counts only if it has failed already, as not perfect."""
    if case.facts.basis == "plan":
        kept = _ordered("OTIF", case, lambda one: one.on_time_in_full)
        most = amount_of(kept.rows, "share", 100.0)
        told = f"; at most on time in full: {most:.1f} %" if most is not None else ""
        return Scored(missing=f"papers and condition of delivered orders: fly the plan{told}")
    return _known(case, _ordered("RL.1.1", case, lambda one: one.perfect), "papers and condition")


def _known(case: _Case, found: Scored, what: str) -> Scored:
    """No share where nothing tells of any order that was delivered: failures alone are no sample."""
    delivered = {one.name for one in case.orders if one.in_full}
    if not delivered or any(row.object in delivered for row in found.rows):
        return found
    return Scored(missing=f"{what} of delivered orders: nobody has unpacked one on record")


def _papers(case: _Case) -> Scored:
    if case.facts.basis == "plan":
        return Scored(missing="papers of delivered orders: gates passed on evidence, receipts")
    return _ordered("RL.2.3", case, lambda one: one.documents, why=NO_PAPERS)


def _condition(case: _Case) -> Scored:
    if case.facts.basis == "plan":
        return Scored(missing="damage records from unpacking: none exist before the flights")
    found = _ordered("RL.2.4", case, lambda one: one.undamaged, why=DAMAGED)
    return found if found.rows else Scored(missing="condition of delivered orders: nobody has unpacked one on record")


def _gaps(metric: str, pairs: Iterable[tuple[str, str, datetime | None, datetime | None]], what: str) -> Scored:
    """Mean of days between two instants of each object: its name, its customer, from, to."""
    rows = tuple(
        Counted(
            kpi_id=metric, object=name, counted="days", hit=days_between(start, end), whole=1.0, at_utc=end, customer=customer
        )
        for name, customer, start, end in pairs
        if start is not None and end is not None
    )
    note = f"mean over {len(rows)}"
    return Scored(way="mean", rows=rows, note=note, missing="" if rows else what, scale=1.0)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return other if one is None else one if other is None else max(one, other)


def _fulfilment(case: _Case, *, net: bool) -> Scored:
    def begun(one: Order) -> datetime | None:
        return _later(one.received_utc, one.handed_utc) if net else one.received_utc

    metric = "RS.1.1 net" if net else "RS.1.1"
    pairs = ((one.name, one.customer, begun(one), one.delivered_utc) for one in case.orders if one.in_full)
    return _gaps(metric, pairs, "an order in full with its receipt")


def _source(case: _Case) -> Scored:
    pairs = ((one.name, one.customer, one.received_utc, _later(one.received_utc, one.handed_utc)) for one in case.orders)
    return _gaps("RS.2.1", pairs, "receipt and hand-over of an order")


def _make(case: _Case) -> Scored:
    pairs = (
        (one.mission_id, one.customer, min((span[0] for span in one.processing), default=None), one.launched_utc)
        for one in case.facts.missions
    )
    return _gaps("RS.2.2", pairs, "a mission with its processing and its lift-off")


def _carried(case: _Case, metric: str, direction: str) -> Scored:
    """Days from lift-off (up) or departure (down) to the delivery of each line."""
    missions = {one.mission_id: one for one in case.facts.missions}
    pairs = []
    for line in case.facts.lines:
        if line.direction == direction and line.delivered_utc is not None and line.deliveries:
            name = max(line.deliveries, key=lambda part: part[1])[0]
            carrier = missions.get(name)
            since = (carrier.launched_utc if direction == "up" else carrier.departed_utc) if carrier else None
            pairs.append((line.item_id, line.customer, since, line.delivered_utc))
    return _gaps(metric, pairs, f"a line {direction} that is delivered by a mission on record")


PROCESSES = ("plan", "source", "make", "deliver", "return", "enable")
_DIRECT = ("source", "make", "deliver")


def _costs(facts: Facts) -> dict[str, tuple[Counted, ...]]:
    """Costs of missions that have lifted off, by process; actual costs of a mission spread as its planned ones."""
    found: dict[str, list[Counted]] = {process: [] for process in PROCESSES}
    for one in facts.missions:
        planned = math.fsum(cost.service_usd for cost in one.costs)
        factor = mission_cost_usd(facts, one, whole=False) / planned if planned else 1.0
        for cost in one.costs if one.launched_utc is not None else ():
            row = Counted(
                kpi_id="CO.1.1", object=one.mission_id, counted=cost.process, hit=cost.service_usd * factor,
                why=f"{one.destination}: {cost.process}", at_utc=one.launched_utc, customer=one.customer,
            )  # fmt: skip
            found.setdefault(cost.process, []).append(row)
    return {process: tuple(rows) for process, rows in found.items()}


def _cost(case: _Case, *processes: str) -> Scored:
    rows = tuple(row for process in processes for row in case.costs.get(process, ()))
    basis = "as planned" if not case.facts.actual_usd else "actual where known, else as planned"
    known = any(case.costs.values())
    missing = "" if known else "costs: none is imported, and the plan was released by a version that did not tell them"
    return Scored(
        way="sum",
        rows=rows,
        note=f"costs of missions that have lifted off, {basis}",
        missing=missing,
        scale=1.0,
        weighed_by="hit",
    )


def _total(rows: Iterable[Counted]) -> float:
    return math.fsum(row.hit for row in rows)


def _goods_a_year(case: _Case) -> float | None:
    direct = _total(row for process in _DIRECT for row in case.costs.get(process, ()))
    return direct / case.years if direct > 0 and case.years > 0 else None


def _stock_usd(case: _Case) -> tuple[float | None, str]:
    """Mean value of the stock at places [USD], at what a kilogram delivered there costs; or what is missing."""
    if not case.facts.stock_kg:
        return None, "stock at places, day by day: the log of operations does not tell it yet"
    now = base_year_of(case.facts, case.facts.of)
    dear = {one.destination: one.cost_usd / one.up_kg for one in now.places} if now else {}
    priced = [kg * dear[place] for place, kg in case.facts.stock_kg.items() if place in dear]
    return (math.fsum(priced), "") if priced and math.fsum(priced) > 0 else (None, "the cost of a delivered kilogram")


def _single(case: _Case, metric: str, value: float | None, note: str, missing: str) -> Scored:
    """A figure of no objects of its own."""
    if value is None or not math.isfinite(value):
        return Scored(missing=missing)
    row = Counted(kpi_id=metric, object=case.facts.of, counted=note, hit=value)
    return Scored(way="sum", rows=(row,), note=note, scale=1.0)


def _assets(case: _Case) -> dict[str, Scored]:
    """Days of supply, turns, carrying cost, cash to cash, returns: from stock, costs, and what the books give."""
    stock, no_stock = _stock_usd(case)
    goods = _goods_a_year(case)
    lacking = no_stock or "costs of goods sold"
    turns = goods / stock if goods is not None and stock else None
    supply_d = YEAR_D / turns if turns else None
    note = f"mean stock {stock:,.0f} USD, goods sold {goods:,.0f} USD a year" if stock and goods else ""
    given = case.given
    rates = (given.capital_percent, given.storage_percent, given.obsolescence_percent, given.insurance_percent)
    known = [rate for rate in rates if rate is not None]
    carry = stock * math.fsum(known) / 100.0 if stock and len(known) == len(rates) else None
    no_rates = "" if len(known) == len(rates) else "rates of capital, storage, obsolescence and insurance (--given)"
    no_carry = f"{no_stock or no_rates}{f'; mean stock {stock:,.0f} USD' if stock else ''}"
    profit = _profit_a_year(case)
    fixed, working = given.fixed_assets_usd, given.working_capital_usd
    cycle = None
    if supply_d is not None and given.dso_d is not None and given.dpo_d is not None:
        cycle = supply_d + given.dso_d - given.dpo_d
    absent = [name for name in ("dso_d", "dpo_d") if getattr(given, name) is None]
    no_cycle = f"when customers pay and suppliers are paid (--given {' and '.join(absent)})" if absent else lacking
    no_cycle += f"; days of supply {supply_d:.1f}" if supply_d is not None else ""
    return {
        "TURNS": _single(case, "TURNS", turns, note, lacking),
        "SUPPLY": _single(case, "SUPPLY", supply_d, note, lacking),
        "AM.2.2": _single(case, "AM.2.2", supply_d, note, lacking),
        "CARRY": _single(case, "CARRY", carry, note, no_carry),
        "AM.1.1": _single(case, "AM.1.1", cycle, note, no_cycle),
        "AM.1.2": _single(case, "AM.1.2", _ratio(profit, fixed), "a year", "fixed assets (--given fixed_assets_usd=)"),
        "AM.1.3": _single(case, "AM.1.3", _ratio(profit, working), "a year", "working capital (--given working_capital_usd=)"),
    }


def _ratio(part: float | None, whole: float | None) -> float | None:
    return 100.0 * part / whole if part is not None and whole else None


def _profit_a_year(case: _Case) -> float | None:
    """Revenue less all costs of the service, a year [USD]; None where one of them is not known."""
    costs = _total(row for rows in case.costs.values() for row in rows)
    if not case.facts.revenue or not costs or case.years <= 0:
        return None
    return (math.fsum(money.usd for money in case.facts.revenue) - costs) / case.years


def _scores(case: _Case) -> dict[str, Scored]:
    found = {
        "RL.1.1": _perfect(case),
        "RL.2.1": _ordered("RL.2.1", case, lambda one: one.in_full),
        "RL.2.2": _ordered("RL.2.2", case, lambda one: one.on_time, lambda one: one.on_time_contractual),
        "RL.2.3": _papers(case),
        "RL.2.4": _condition(case),
        "OTIF": _ordered(
            "OTIF", case, lambda one: one.on_time_in_full, lambda one: one.in_full and one.on_time_contractual
        ),
        "RS.1.1": _fulfilment(case, net=False),
        "RS.1.1 net": _fulfilment(case, net=True),
        "RS.2.1": _source(case),
        "RS.2.2": _make(case),
        "RS.2.3": _carried(case, "RS.2.3", "up"),
        "RS.2.5": _carried(case, "RS.2.5", "down"),
        "CO.1.1": _cost(case, *PROCESSES),
        "CO.1.2": _cost(case, *_DIRECT),
        "CO.2 enable": _cost(case, "enable"),
        **{f"CO.2.{number}": _cost(case, process) for number, process in enumerate(PROCESSES[:5], 1)},
        **_assets(case),
    }  # fmt: skip
    for metric, name in GIVEN.items():
        value = getattr(case.given, name)
        found[metric] = _single(case, metric, value, f"as given ({name})", f"{_LACKS[metric]} (--given {name}=)")
    return found


_LACKS = {
    "AM.2.1": "when customers pay",
    "AM.2.3": "when suppliers are paid",
    "AG.1.1": "a plan that carries 20 % more, and the days until it can",
    "AG.1.2": "the largest rise that 30 days allow",
    "AG.1.3": "the largest fall that customers may ask 30 days ahead without a penalty",
    "AG.1.4": "a register of risks with probability and impact",
}


def measure_scor(
    facts: Facts, *, given: Given | None = None, period: str = "month", only: Iterable[str] = ()
) -> tuple[Measured, ...]:
    """Every metric of the table, or only those named; where nothing tells, value is None and the note says what is missing."""
    wanted = set(only)
    decided = tuple(one for one in orders_of(facts) if one.decided)
    scores = _scores(_Case(facts, decided, given or Given(), _costs(facts)))
    return tuple(
        _measured(one, scores[one.metric_id], facts.basis, period)
        for one in SCOR_METRICS
        if not wanted or one.metric_id in wanted
    )


def _measured(metric: ScorMetric, found: Scored, basis: str, period: str) -> Measured:
    way, scale, empty = found.way, found.scale, bool(found.missing)
    value = None if empty else amount_of(found.rows, way, scale)
    limits = limits_of(found.rows, way, metric.metric_id, scale) if value is not None else None
    rows = () if empty else found.rows
    return Measured(
        kpi_id=metric.metric_id,
        name=metric.name,
        formula=metric.formula,
        unit=metric.unit,
        sense=metric.better,
        target=None,
        value=value,
        met=None,
        basis=basis if value is not None else "",
        note=f"missing: {found.missing}" if empty else found.note,
        contractual=None if empty else lenient_of(found.rows, way, scale),
        low=limits[0] if limits else None,
        high=limits[1] if limits else None,
        interval=METHODS[way] if limits else "",
        trend=trend_of(rows, way, metric.metric_id, period, scale),
        causes=largest_causes(rows, by=found.weighed_by),
        rows=rows,
        edition=metric.edition,
    )
