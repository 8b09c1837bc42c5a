"""What the year costs and earns: for the logistics service, and for the whole chain at catalogue prices."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from supercargo.measure.deliveries import LineFate
from supercargo.model import CostRow, OperationsPlan

__all__ = ["AccountSum", "Money", "accounts", "is_revenue", "money_by", "whole_money"]

SERVICE = "service"
CHAIN_TARIFF = "catalogue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """Revenue and cost of the service, and value and cost of the whole chain, furnished launches and spacecraft included."""

    revenue_usd: float
    service_cost_usd: float
    whole_cost_usd: float
    catalogue_usd: float  # delivered mass at the tariff `catalogue`

    @property
    def margin_usd(self) -> float:
        """Revenue less the cost that the service bears [USD]."""
        return self.revenue_usd - self.service_cost_usd

    @property
    def margin_percent(self) -> float | None:
        """Margin over revenue [percent]; None without revenue."""
        return 100.0 * self.margin_usd / self.revenue_usd if self.revenue_usd > 0 else None

    @property
    def chain_margin_usd(self) -> float:
        """Value at catalogue tariff less every cost, whoever pays it [USD]."""
        return self.catalogue_usd - self.whole_cost_usd

    @property
    def chain_margin_percent(self) -> float | None:
        """Chain margin over catalogue value [percent]; None without value."""
        return 100.0 * self.chain_margin_usd / self.catalogue_usd if self.catalogue_usd > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSum:
    """One account of the year: what the service pays or earns in it, and what furnishing customers pay."""

    account: str
    scor_process: str
    service_usd: float
    furnished_usd: float

    @property
    def total_usd(self) -> float:
        """Both together [USD]."""
        return self.service_usd + self.furnished_usd


def is_revenue(row: CostRow) -> bool:
    """Accounts `revenue` and `revenue:...` are earned; every other account is a cost."""
    return row.account == "revenue" or row.account.startswith("revenue:")


def _sum(rows: Iterable[CostRow]) -> float:
    return math.fsum(row.plan_usd for row in rows)


def _catalogue_usd(plan: OperationsPlan, fates: Iterable[LineFate]) -> float:
    tariffs = plan.scenario.tariffs
    return math.fsum(
        fate.delivered_kg * tariffs.get((CHAIN_TARIFF, fate.line.destination, fate.line.direction), 0.0) for fate in fates
    )


def whole_money(plan: OperationsPlan, rows: Iterable[CostRow], fates: Iterable[LineFate]) -> Money:
    """Money of the given rows of costs.csv [USD]; `fates` are the lines whose delivered mass the chain is valued by."""
    chosen = tuple(rows)
    costs = tuple(row for row in chosen if not is_revenue(row))
    return Money(
        revenue_usd=_sum(row for row in chosen if is_revenue(row)),
        service_cost_usd=_sum(row for row in costs if row.paid_by == SERVICE),
        whole_cost_usd=_sum(costs),
        catalogue_usd=_catalogue_usd(plan, fates),
    )


def money_by(
    plan: OperationsPlan, fates: Iterable[LineFate], of_row: Callable[[CostRow], str], of_fate: Callable[[LineFate], str]
) -> dict[str, Money]:
    """Money grouped by a name that rows and lines share, such as the place or the customer; sorted by that name."""
    rows: dict[str, list[CostRow]] = defaultdict(list)
    lines: dict[str, list[LineFate]] = defaultdict(list)
    for row in plan.costs:
        rows[of_row(row)].append(row)
    for fate in fates:
        lines[of_fate(fate)].append(fate)
    return {name: whole_money(plan, rows.get(name, ()), lines.get(name, ())) for name in sorted({*rows, *lines})}


def accounts(plan: OperationsPlan) -> tuple[AccountSum, ...]:
    """Sums by account, costs before revenue, each from the largest to the smallest [USD]."""
    groups: dict[str, list[CostRow]] = defaultdict(list)
    for row in plan.costs:
        groups[row.account].append(row)
    sums = [
        AccountSum(
            account=name,
            scor_process=rows[0].scor_process,
            service_usd=_sum(row for row in rows if is_revenue(row) or row.paid_by == SERVICE),
            furnished_usd=_sum(row for row in rows if not is_revenue(row) and row.paid_by != SERVICE),
        )
        for name, rows in groups.items()
    ]
    return tuple(sorted(sums, key=lambda one: (one.account.startswith("revenue"), -abs(one.total_usd), one.account)))
