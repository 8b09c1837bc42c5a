"""Earned value: work planned, work done and money spent at an instant, and what the whole will cost by that pace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from supercargo.measure.cents import cents_of
from supercargo.measure.cost_standards import Standard, invoiced_utc, milestone_of, planned_instants, standards_of
from supercargo.model import Invoice, OperationsPlan

__all__ = ["Earned", "Progress", "WorkPackage", "earned", "earned_by_mission", "earned_by_quarter", "work_packages"]

Progress = Mapping[str, Mapping[str, datetime]]
"""When flights reached their milestones, as operations tell; a flight that is missing reached none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPackage:
    """Work of a known budget: when it is due by plan, and when it was done; None: not yet."""

    standard: Standard
    due_utc: datetime | None
    done_utc: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """Planned value, earned value and actual cost, the budget at completion, and what follows [cents; ratios].

    `eac` is BAC / CPI: the rest at the pace so far, and BAC where nothing is billed and nothing done. Where there is no pace
    above zero it is None, as a ratio without a denominator is, and `no_forecast` says why.
    """

    name: str
    bac: int
    pv: int
    ev: int
    ac: int

    @property
    def cv(self) -> int:
        """Cost variance EV - AC [cents]; negative is dearer."""
        return self.ev - self.ac

    @property
    def sv(self) -> int:
        """Schedule variance EV - PV [cents]; negative is late."""
        return self.ev - self.pv

    @property
    def cpi(self) -> float | None:
        """Cost performance EV / AC, above zero; None where it would not be."""
        return self.ev / self.ac if self.ac and not self.no_forecast else None

    @property
    def no_forecast(self) -> str:
        """Why the whole can't be forecast by the pace so far; empty where it can."""
        if self.ac < 0:
            return "more is credited than billed"
        return "nothing of what is billed is earned yet" if self.ac and not self.ev else ""

    @property
    def spi(self) -> float | None:
        """Schedule performance EV / PV."""
        return self.ev / self.pv if self.pv else None

    @property
    def eac(self) -> int | None:
        """Estimate at completion [cents]."""
        if self.no_forecast:
            return None
        return round(Fraction(self.bac * self.ac, self.ev)) if self.ev and self.ac else self.ac + self.bac - self.ev

    @property
    def etc(self) -> int | None:
        """Estimate to complete EAC - AC [cents]."""
        return None if self.eac is None else self.eac - self.ac

    @property
    def vac(self) -> int | None:
        """Variance at completion BAC - EAC [cents]; negative is dearer."""
        return None if self.eac is None else self.bac - self.eac

    @property
    def tcpi(self) -> float | None:
        """Performance that the rest must have to keep the budget, (BAC - EV) / (BAC - AC); None where none is left."""
        return (self.bac - self.ev) / (self.bac - self.ac) if self.bac > self.ac else None


def earned(name: str, packages: Iterable[WorkPackage], spent: Iterable[tuple[datetime, int]], at_utc: datetime) -> Earned:
    """Earned value of work packages at an instant; `spent` are cents by the instant at which they were billed."""
    chosen = tuple(packages)
    return Earned(
        name=name,
        bac=sum(one.standard.cents for one in chosen),
        pv=sum(one.standard.cents for one in chosen if one.due_utc is not None and one.due_utc <= at_utc),
        ev=sum(one.standard.cents for one in chosen if one.done_utc is not None and one.done_utc <= at_utc),
        ac=sum(cents for when, cents in spent if when <= at_utc),
    )


def work_packages(plan: OperationsPlan, invoices: Iterable[Invoice], progress: Progress | None) -> tuple[WorkPackage, ...]:
    """Each account of each flight, done when the flight reached its milestone.

    Without a record of operations (`progress` None) work that was billed counts as done when it was due: then the schedule
    variance is only that of what nobody billed.
    """
    billed = {(one.mission_id, one.account) for one in invoices}
    due = {mission.mission_id: planned_instants(mission) for mission in plan.missions}
    made = []
    for key, standard in standards_of(plan).items():
        milestone = milestone_of(standard.account, standard.scor_process)
        at = due[key[0]][milestone] if key[0] in due else None
        done = at if key in billed else None
        if progress is not None:
            done = progress.get(key[0], {}).get(milestone)
        made.append(WorkPackage(standard=standard, due_utc=at, done_utc=done))
    return tuple(made)


def _spent(invoices: Iterable[Invoice], wanted: Callable[[Invoice], bool]) -> list[tuple[datetime, int]]:
    return [(invoiced_utc(one), cents_of(one.amount_usd)) for one in invoices if wanted(one)]


def earned_by_mission(packages: Sequence[WorkPackage], invoices: Sequence[Invoice], at_utc: datetime) -> tuple[Earned, ...]:
    """Earned value of each flight, in order of name; what is billed for no single flight has the name of an empty word."""
    names = sorted({one.standard.mission_id for one in packages} | {one.mission_id for one in invoices})
    return tuple(
        earned(
            name,
            (one for one in packages if one.standard.mission_id == name),
            _spent(invoices, lambda one, name=name: one.mission_id == name),  # type: ignore[misc]
            at_utc,
        )
        for name in names
    )


def earned_by_quarter(
    packages: Sequence[WorkPackage], invoices: Sequence[Invoice], horizon: tuple[datetime, datetime], at_utc: datetime
) -> tuple[Earned, ...]:
    """Earned value of the whole at the end of each quarter that has begun, the last one at `at_utc`."""
    spent = _spent(invoices, lambda _: True)
    return tuple(earned(name, packages, spent, min(end, at_utc)) for name, end in _quarters(*horizon, at_utc))


def _quarters(start: datetime, end: datetime, at_utc: datetime) -> Iterator[tuple[str, datetime]]:
    year, quarter = start.year, (start.month - 1) // 3
    while (first := datetime(year, 3 * quarter + 1, 1, tzinfo=UTC)) < end and first <= at_utc:
        year_after, quarter_after = (year, quarter + 1) if quarter < 3 else (year + 1, 0)
        last = datetime(year_after, 3 * quarter_after + 1, 1, tzinfo=UTC) - timedelta(seconds=1)
        yield f"{year}-Q{quarter + 1}", last
        year, quarter = year_after, quarter_after
