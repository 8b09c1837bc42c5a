"""What a plan's flights and loads cost where parameters of the scenario are changed: the cost model run again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from supercargo.model import CostRow, Lever, OperationsPlan, Scenario, Schedule, pulled
from supercargo.plan.costing import cost_missions
from supercargo.plan.replan_flown import old_flights

__all__ = ["PRICED", "Pull", "coster", "is_priced", "recosted"]

PRICED = frozenset(
    {
        ("cost_rates.csv", "usd"),
        ("launchers.csv", "price_usd"),
        ("vehicles.csv", "price_usd"),
        ("prices.csv", "usd_per_kg"),
        ("terms.csv", "value"),
        ("cargo.csv", "declared_usd"),
    }
)
"""Columns that only price what is planned; a change of any other changes what is planned, and takes a new plan to measure."""

Pull = tuple[Lever, float]
"""A change of a parameter, and the share of it that is reached."""


def is_priced(lever: Lever) -> bool:
    """True for a change that leaves flights and loads as they are."""
    return (lever.file, lever.column) in PRICED


def recosted(plan: OperationsPlan, scenario: Scenario) -> tuple[CostRow, ...]:
    """Rows of costs.csv for the plan's own flights and loads, by another scenario's prices and rates [USD].

    Raises ScenarioError where activities.csv lacks what a mission does.
    """
    return cost_missions(scenario, _schedule(plan), plan.manifest)


def _schedule(plan: OperationsPlan) -> Schedule:
    return Schedule(flights=tuple(old_flights(plan).values()))


def coster(
    plan: OperationsPlan, replan: Callable[[Scenario], OperationsPlan] | None = None
) -> Callable[[Sequence[Pull]], tuple[CostRow, ...]]:
    """The cost of the plan as a function of changes to its scenario; each plan that is made anew is made once.

    Changes that price alone are costed on the plan's flights and loads. Others go through `replan` first, and without it the
    function raises ValueError for them.
    """
    plans: dict[tuple[Pull, ...], tuple[OperationsPlan, Schedule]] = {(): (plan, _schedule(plan))}

    def cost(pulls: Sequence[Pull]) -> tuple[CostRow, ...]:
        others = tuple(one for one in pulls if not is_priced(one[0]) and one[1])
        if others not in plans:
            if replan is None:
                raise ValueError(f"{others[0][0].cell} changes what is planned, and nothing plans here")
            made = replan(pulled(plan.scenario, others))
            plans[others] = (made, _schedule(made))
        planned, schedule = plans[others]
        return cost_missions(pulled(plan.scenario, pulls), schedule, planned.manifest)

    return cost
