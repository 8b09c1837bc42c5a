"""Cost counted a second time from a plan's rows, by fractions and without the product's cost code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from fractions import Fraction

from supercargo.measure.cost_report import Books, cost_report
from supercargo.model import ManifestRow, OperationsPlan
from tests.invented_actuals import invented_invoices

__all__ = ["recount_cost", "recount_variances"]

HOURS: Mapping[str, Callable[[Mapping[str, Fraction]], Fraction]] = {
    "fly to the place": lambda h: h["phasing"],
    "watch while docked": lambda h: max(Fraction(0), h["dock"] - h["unload"] - h["load"]),
    "unload with the crew": lambda h: h["unload"],
    "load with the crew": lambda h: h["load"],
    "fly back": lambda h: h["undock"] + h["return"],
}
CENT = Fraction(1, 100)


def exact(number: float) -> Fraction:
    """A number as files write it."""
    return Fraction(str(round(number, 6)))


def taken(plan: OperationsPlan, row: ManifestRow, driver: str) -> Fraction:
    """What a row takes of a driver."""
    kg, up = exact(row.mass_kg), row.direction == "up"
    if driver == "insured":
        line = plan.scenario.lines[row.item_id.split("#")[0]]
        return exact(line.declared_usd) * kg / exact(line.mass_kg) if up else Fraction(0)
    amounts = {
        "up_kg": kg if up else 0,
        "up_m3": exact(row.volume_m3) if up else 0,
        "up_line": 1 if up else 0,
        "back_kg": 0 if up else kg,
        "moved_kg": kg,
        "down_kg": kg if row.direction == "down" else 0,
        "disposal_kg": kg if row.direction == "disposal" else 0,
    }
    return Fraction(amounts[driver])


def parts(plan: OperationsPlan, mission_id: str, account: str) -> list[tuple[Fraction, str]]:
    """Shares of an account and the driver of each, as docs/cost.md has them."""
    hours: dict[str, Fraction] = defaultdict(Fraction)
    for row in plan.activities:
        if row.mission_id == mission_id:
            hours[row.kind] += Fraction((row.end_utc - row.start_utc).total_seconds())
    if account == "mission control":
        drivers = ("up_kg", "moved_kg", "up_kg", "back_kg", "back_kg")
        told = [(Fraction(count(hours)), driver) for count, driver in zip(HOURS.values(), drivers, strict=True)]
        whole = sum(share for share, _ in told)
        return [(share / whole, driver) for share, driver in told]
    if account == "launch site services":
        whole = hours["processing"] + hours["pad"]
        return [(hours["processing"] / whole, "up_m3"), (hours["pad"] / whole, "up_kg")]
    single = {
        "launch": "lift",
        "spacecraft": "lift",
        "mission integration": "up_line",
        "cargo preparation": "up_kg",
        "line engineering": "up_line",
        "cargo insurance": "insured",
        "return logistics": "down_kg",
        "trash handling": "disposal_kg",
    }
    return [(Fraction(1), single[account])]


def recount_cost(plan: OperationsPlan) -> None:
    """Hold the report's cost of each customer, and its unused room, to a recount; a cent for each part that was rounded."""
    pools: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for cost in plan.costs:
        if not cost.account.startswith("revenue"):
            pools[cost.mission_id, cost.account] += exact(cost.plan_usd)
    aboard: dict[str, list[ManifestRow]] = defaultdict(list)
    for row in plan.manifest:
        aboard[row.mission_id].append(row)
    missions = {one.mission_id: one for one in plan.missions}
    customers: dict[str, Fraction] = defaultdict(Fraction)
    roundings: dict[str, int] = defaultdict(int)
    unused = Fraction(0)
    for (mission_id, account), usd in pools.items():
        one = missions[mission_id]
        for share, told in parts(plan, mission_id, account):
            rest, driver = usd * share, told
            if told == "lift":
                mass, volume = one.upmass_kg / one.upmass_capacity_kg, one.upvolume_m3 / one.upvolume_capacity_m3
                free = rest * (1 - min(Fraction(1), Fraction(max(mass, volume))))
                unused, rest, driver = unused + free, rest - free, "up_kg" if mass >= volume else "up_m3"
            weights = {row.item_id: taken(plan, row, driver) for row in aboard[mission_id]}
            if not any(weights.values()):
                weights = {row.item_id: taken(plan, row, "up_kg") for row in aboard[mission_id]}
            whole = sum(weights.values())
            for row in aboard[mission_id]:
                customers[row.customer] += rest * weights[row.item_id] / whole
                roundings[row.customer] += 2
    report = cost_report(plan, Books())
    assert abs(exact(report.unused_usd) - unused) <= CENT * 4 * len(missions)
    served = {row.name: row for row in report.by["customer"]}
    assert set(customers) <= set(served)
    for name, usd in customers.items():
        assert abs(exact(served[name].service_usd) + exact(served[name].furnished_usd) - usd) <= CENT * roundings[name], name
    total = sum(exact(row.total_usd) for row in served.values())
    assert total == sum(pools.values())
    assert all(row.scor_process for row in plan.costs)


def recount_variances(plan: OperationsPlan, *, seed: int) -> None:
    """Hold variances by account to their textbook formulas over invented invoices, and the way from plan to actual to sums."""
    invoices = invented_invoices(plan, seed=seed)
    report = cost_report(plan, Books(invoices=invoices))
    planned: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for cost in plan.costs:
        if not cost.account.startswith("revenue") and cost.paid_by == "service":
            planned[cost.mission_id, cost.account] += exact(cost.plan_usd)
    actual = sum(exact(one.amount_usd) for one in invoices)
    steps = {step.name: exact(step.usd) for step in report.steps}
    assert steps["plan"] == sum(planned.values())
    assert steps["actual"] == actual
    moves = sum(steps[name] for name in ("not billed yet", "volume", "mix", "usage", "price", "unplanned"))
    assert steps["plan"] + moves == actual
    docked = {one.mission_id: one.docked_utc for one in plan.missions}
    price, usage = Fraction(0), Fraction(0)
    control = [one for one in invoices if one.account == "mission control" and one.mission_id]
    for one in control:
        assert one.billed is not None
        days = Fraction((docked[one.mission_id][1] - docked[one.mission_id][0]).total_seconds()) / 86_400
        standard = planned[one.mission_id, one.account] / days
        billed = exact(one.billed)
        price += (exact(one.amount_usd) / billed - standard) * billed
        usage += (billed - days) * standard
    row = next(one for one in report.accounts if one.account == "mission control")
    assert abs(exact(row.price_usd) - price) <= CENT * len(control)
    assert abs(exact(row.usage_usd) - usage) <= CENT * len(control)
    assert row.volume_usd == row.mix_usd == 0
    assert row.unplanned_usd == 250_000
