"""Ways to spoil delivery, stock, money, KPIs, and to earn a note."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

from supercargo.model import OperationsPlan
from tests.mutation_victims import Spoil, aboard, changed, leave, line_of, pick, put, scene

__all__ = [
    "account_invented",
    "contract_starved",
    "cost",
    "cost_pushed_over",
    "day_hidden",
    "delivered_early",
    "deliveries_cancelled",
    "dropped",
    "due_long_ago",
    "flown_empty",
    "inventory",
    "kpi",
    "kpi_hidden",
    "late_called_on_time",
    "payer_changed",
    "window_doubtful",
]

# delivery, stock, money, KPIs


def delivered_early(plan: OperationsPlan) -> OperationsPlan:
    victim = pick((row for row in plan.manifest if row.delivered_utc), "delivered line")
    assert victim.delivered_utc is not None
    return changed(plan, "manifest", victim, delivered_utc=victim.delivered_utc - timedelta(minutes=5))


def late_called_on_time(plan: OperationsPlan) -> OperationsPlan:
    victim = pick((row for row in plan.manifest if row.on_time is False), "late line")
    return changed(plan, "manifest", victim, on_time=True)


def inventory(column: str, by_kg: float) -> Spoil:
    def spoil(plan: OperationsPlan) -> OperationsPlan:
        victim = pick((row for row in plan.inventory if getattr(row, column) + by_kg >= 0), "day of stock")
        return changed(plan, "inventory", victim, **{column: getattr(victim, column) + by_kg})

    return spoil


def day_hidden(plan: OperationsPlan) -> OperationsPlan:
    return put(plan, "inventory", pick(plan.inventory, "day of stock"))


def deliveries_cancelled(plan: OperationsPlan) -> OperationsPlan:
    tracked = {(stock.destination, stock.supply_class) for stock in plan.scenario.stock}
    return leave(plan, lambda line: line.direction == "up" and (line.destination, line.supply_class) in tracked)


def contract_starved(plan: OperationsPlan) -> OperationsPlan:
    found = (name for (name, term), kg in sorted(plan.scenario.term_values.items()) if term == "minimum_kg" and kg > 0)
    contract = pick(found, "contract with a minimum")
    return leave(plan, lambda line: line.direction == "up" and plan.scenario.contract_id(line) == contract)


def cost(account: str, change: Callable[[float], float]) -> Spoil:
    def spoil(plan: OperationsPlan) -> OperationsPlan:
        victim = pick((row for row in plan.costs if row.account == account), f"row of {account}")
        return changed(plan, "costs", victim, plan_usd=change(victim.plan_usd))

    return spoil


def dropped(account: str) -> Spoil:
    def spoil(plan: OperationsPlan) -> OperationsPlan:
        return put(plan, "costs", pick((row for row in plan.costs if row.account == account), f"row of {account}"))

    return spoil


def account_invented(plan: OperationsPlan) -> OperationsPlan:
    return changed(plan, "costs", pick((row for row in plan.costs if row.account == "launch"), "launch"), account="sundries")


def cost_pushed_over(plan: OperationsPlan) -> OperationsPlan:
    found = (
        (a, b)
        for a, b in permutations([row for row in plan.costs if row.account == "launch"], 2)
        if a.mission_id == b.mission_id and a.customer != b.customer and a.plan_usd > 100.0
    )
    first, second = pick(found, "mission with two customers")
    plan = changed(plan, "costs", first, plan_usd=first.plan_usd - 100.0)
    return changed(plan, "costs", second, plan_usd=second.plan_usd + 100.0)


def payer_changed(plan: OperationsPlan) -> OperationsPlan:
    return changed(plan, "costs", pick((row for row in plan.costs if row.account == "spacecraft"), "row"), paid_by="nobody")


def kpi(kpi_id: str, **changes: Any) -> Spoil:
    def spoil(plan: OperationsPlan) -> OperationsPlan:
        return changed(plan, "kpis", pick((row for row in plan.kpis if row.kpi_id == kpi_id), kpi_id), **changes)

    return spoil


def kpi_hidden(plan: OperationsPlan) -> OperationsPlan:
    return put(plan, "kpis", pick(plan.kpis, "KPI"))


# notes


def window_doubtful(plan: OperationsPlan) -> OperationsPlan:
    return changed(plan, "windows", pick((row for row in plan.windows if row.used_by), "used window"), sigma_s=1e6)


def due_long_ago(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(aboard(plan), "load")
    return scene(plan, "cargo", line_of(plan, victim), due_utc=plan.scenario.settings.start_utc - timedelta(days=999))


def flown_empty(plan: OperationsPlan) -> OperationsPlan:
    return leave(plan, lambda line: True)
