"""The register of risks with figures: counted over drawn courses where that can be, else by the plan or a person's word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from supercargo.measure.courses import Courses
from supercargo.measure.insured import lots_aboard
from supercargo.measure.tails import wilson
from supercargo.model import OperationsPlan, Risk, RiskRow

__all__ = ["Counted", "count_risk", "register_risks"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the courses show of a risk: in which it happens, and what it costs and delays there; None: not counted."""

    happens: Bools  # [course]
    usd: Floats | None = None  # [course]
    days: Floats | None = None  # [course]
    what: str


def register_risks(plan: OperationsPlan, risks: Iterable[Risk], courses: Courses | None = None) -> tuple[RiskRow, ...]:
    """Every risk that is not closed, the largest expected loss first; what can be counted over courses is, and it says so.

    A risk of which neither a person nor the courses nor the plan say how likely or how bad it is counts as 0, and says so.
    """
    rows = [_row(plan, one, courses) for one in risks if one.state != "closed"]
    rows.sort(key=lambda row: (-row.expected_usd, -row.probability * row.impact_d, row.risk_id))
    return tuple(replace(row, rank=rank) for rank, row in enumerate(rows, 1))


def _row(plan: OperationsPlan, risk: Risk, courses: Courses | None) -> RiskRow:
    counted = count_risk(plan, risk, courses) if courses is not None else None
    probability, low, high, how = _probability(risk, counted)
    usd, usd_basis, usd_how = _money(plan, risk, counted)
    days = _mean_where(counted.happens, counted.days) if counted is not None and counted.days is not None else None
    expected = round(probability * usd, 2)
    left = round(_left(probability, risk.probability, risk.residual_probability), 6)
    left_usd = round(_left(usd, risk.impact_usd, risk.residual_impact_usd), 2)
    return RiskRow(
        rank=1,
        risk_id=risk.risk_id,
        risk_class=risk.risk_class,
        title=risk.title,
        driver=risk.driver,
        object=risk.object,
        probability=probability,
        probability_low=low,
        probability_high=high,
        impact_usd=usd,
        impact_d=round(days if days is not None else risk.impact_d or 0.0, 4),
        expected_usd=expected,
        basis="simulation" if counted is not None else "assumption",
        impact_basis=usd_basis,
        samples_count=len(counted.happens) if counted is not None else 0,
        how=f"{how}; {usd_how}",
        owner=risk.owner,
        mitigation=risk.mitigation,
        residual_probability=left,
        residual_impact_usd=left_usd,
        residual_impact_d=risk.residual_impact_d,
        residual_expected_usd=round(left * left_usd, 2),
        due_utc=risk.due_utc,
        state=risk.state,
    )


def _left(counted: float, said: float | None, said_left: float) -> float:
    """What a mitigation leaves: by the share that a person says it leaves, so that it fits a figure that was counted.

    Where nothing is said without it there is no share: what is said to be left holds, but never more than there is now.
    """
    return min(counted, counted * said_left / said if said else said_left)


def _probability(risk: Risk, counted: Counted | None) -> tuple[float, float | None, float | None, str]:
    if counted is not None:
        hits, count = int(counted.happens.sum()), len(counted.happens)
        low, high = wilson(hits, count)
        return round(hits / count, 6), round(low, 6), round(high, 6), f"in {hits} of {count} courses {counted.what}"
    if risk.probability is None:
        return 0.0, None, None, "nobody says how likely it is: simulate the plan"
    return risk.probability, None, None, f"how likely: {risk.evidence} ({risk.source})"


def _money(plan: OperationsPlan, risk: Risk, counted: Counted | None) -> tuple[float, str, str]:
    if counted is not None and counted.usd is not None and counted.happens.any():
        return round(_mean_where(counted.happens, counted.usd), 2), "simulation", "money: mean where it happens"
    if risk.impact_fraction is not None and risk.driver in ("account", "customer"):
        whole = _account_usd(plan, risk)
        told = f"money: {risk.impact_fraction:g} of {whole:,.2f} USD in costs.csv"
        return round(risk.impact_fraction * whole, 2), "plan", told
    if risk.impact_usd is None:
        return 0.0, "assumption", "nobody says what it costs"
    return risk.impact_usd, "assumption", f"money: {risk.evidence}"


def _account_usd(plan: OperationsPlan, risk: Risk) -> float:
    """What the service pays on an account, or earns with a customer [USD]."""
    rows = (row for row in plan.costs if row.paid_by == "service")
    if risk.driver == "customer":
        wanted = (row for row in rows if row.account.startswith("revenue") and risk.object in ("", row.customer))
    else:
        wanted = (row for row in rows if not row.account.startswith("revenue") and row.account.startswith(risk.object))
    return max(0.0, round(sum(round(row.plan_usd * 100) for row in wanted) / 100, 2))


def _mean_where(happens: Bools, values: Floats) -> float:
    return float(values[happens].mean()) if happens.any() else 0.0


def count_risk(plan: OperationsPlan, risk: Risk, courses: Courses) -> Counted | None:
    """In which courses a risk happens, by its driver; None for a driver that courses don't draw.

    Of one whose object is not in the plan nothing is counted either: 0 would be a finding.
    """
    counter = _COUNTERS.get(risk.driver)
    return counter(plan, risk, courses) if counter is not None else None


def _consequence_usd(plan: OperationsPlan, courses: Courses) -> Floats:
    """[mission] declared value of the cargo that goes down with it, and the revenue that is not earned [USD]."""
    lots = lots_aboard(plan)
    named = plan.mission_named
    return np.array(
        [
            sum(lot.usd for lot in lots.get(name, ())) + (max(0.0, named[name].price_usd) if name in named else 0.0)
            for name in courses.missions
        ]
    )


def _of_family(plan: OperationsPlan, courses: Courses, word: str) -> Bools:
    """[mission] whose spacecraft or launcher begins with a word, or that is named so."""
    named = plan.mission_named

    def fits(name: str) -> bool:
        mission = named.get(name)
        kinds = (mission.vehicle_type, mission.launcher) if mission else ()
        return name == word or any(kind == word or kind.startswith(f"{word} ") for kind in kinds)

    return np.array([not word or fits(name) for name in courses.missions], dtype=np.bool_)


def _losses(least: int) -> Callable[[OperationsPlan, Risk, Courses], Counted | None]:
    def count(plan: OperationsPlan, risk: Risk, courses: Courses) -> Counted | None:
        own = _of_family(plan, courses, risk.object)
        if not own.any():
            return None
        lost = courses.lost & own
        words = f"{least} or more of {int(own.sum())} missions lost"
        usd = lost @ _consequence_usd(plan, courses)
        return Counted(happens=lost.sum(axis=1) >= least, usd=usd, what=f"{words}, with cargo and revenue aboard")

    return count


def _slips(plan: OperationsPlan, risk: Risk, courses: Courses) -> Counted | None:
    limit_d = _number(risk.object)
    if limit_d is None:
        return None
    worst = courses.slip_d.max(axis=1, initial=0.0)
    return Counted(happens=worst > limit_d, days=worst, what=f"some lift-off more than {limit_d:g} d late; days of the latest")


def _overruns(plan: OperationsPlan, risk: Risk, courses: Courses) -> Counted | None:
    own = _of_family(plan, courses, risk.object)
    if not own.any():
        return None
    worst = (courses.overrun_d * own).max(axis=1, initial=0.0)
    return Counted(happens=worst > 0, days=worst, what="some processing overruns; days of the longest")


def _ports(plan: OperationsPlan, risk: Risk, courses: Courses) -> Counted | None:
    own = np.array([risk.object in ("", place, f"{place}/{port}") for place, port in courses.ports], dtype=np.bool_)
    if not own.any():
        return None
    worst = courses.port_out_d[:, own].max(axis=1, initial=0.0)
    return Counted(happens=worst > 0, days=worst, what="some port out of use; days of the longest")


def _damage(plan: OperationsPlan, risk: Risk, courses: Courses) -> Counted | None:
    own = np.array([risk.object in ("", name) for name in courses.classes], dtype=np.bool_)
    if not own.any():
        return None
    usd = courses.damaged_usd[:, own].sum(axis=1)
    return Counted(happens=usd > 0, usd=usd, what="some cargo damaged, declared value")


def _demand(plan: OperationsPlan, risk: Risk, courses: Courses) -> Counted | None:
    percent = _number(risk.object)
    if percent is None or not courses.stocks:
        return None
    worst = 100.0 * courses.demand_fraction.max(axis=1, initial=0.0)
    return Counted(happens=worst > percent, what=f"use of some stock more than {percent:g} % above forecast")


def _suppliers(plan: OperationsPlan, risk: Risk, courses: Courses) -> Counted | None:
    limit_d = _number(risk.object)
    if limit_d is None:
        return None
    late = courses.supplier_delay_d
    return Counted(happens=late > limit_d, days=late, what=f"some line more than {limit_d:g} d late at the launch site")


def _stocks(column: str, words: str) -> Callable[[OperationsPlan, Risk, Courses], Counted | None]:
    def count(plan: OperationsPlan, risk: Risk, courses: Courses) -> Counted | None:
        own = np.array([risk.object in ("", place, f"{place}/{name}") for place, name in courses.stocks], dtype=np.bool_)
        if not own.any():
            return None
        below: Floats = getattr(courses, column)
        worst = below[:, own].max(axis=1, initial=0.0)
        return Counted(happens=worst > 0, days=worst, what=f"some of {int(own.sum())} stocks {words}; days of the longest")

    return count


def _number(word: str) -> float | None:
    try:
        return float(word or 0.0)
    except ValueError:
        return None


Counter = Callable[[OperationsPlan, Risk, Courses], Counted | None]

_COUNTERS: Mapping[str, Counter] = {
    "loss": _losses(1),
    "two-losses": _losses(2),
    "slip": _slips,
    "port-out": _ports,
    "overrun": _overruns,
    "damage": _damage,
    "demand": _demand,
    "supplier-delay": _suppliers,
    "reserve": _stocks("below_reserve_d", "below reserve"),
    "shortage": _stocks("below_zero_d", "below zero"),
}
"""How each driver is counted; those that are not here are people's to judge."""
