"""Money: every cost and every dollar earned follows from what flies, and the rows add up."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from supercargo.model import CostRow
from supercargo.referee.books import Account, books_of, owed_left_behind
from supercargo.referee.case import USD_TOLERANCE, Case
from supercargo.referee.rule import Finding

__all__ = [
    "cost_account",
    "cost_payer",
    "cost_share",
    "cost_true",
    "left_behind_true",
    "mission_money",
    "penalty_true",
    "price_true",
]

_LEFT_BEHIND = "revenue:left-behind"
_PENALTY = "revenue:penalty"
_PRICES = ("revenue:up", "revenue:down", "revenue:disposal", "revenue:milestone")


def _is_revenue(account: str) -> bool:
    return account.startswith("revenue")


_Rows = Mapping[tuple[str, str], tuple[CostRow, ...]]


def _rows(case: Case) -> _Rows:
    """Cost rows by mission and account."""
    found: dict[tuple[str, str], list[CostRow]] = {}
    for row in case.plan.costs:
        found.setdefault((row.mission_id, row.account), []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def _room_usd(rows: tuple[CostRow, ...], account: Account) -> float:
    """What rounding to cents may add up to [USD]; masses carry a gram, so prices carry a little more."""
    return USD_TOLERANCE * (len(rows) + account.counts + 1) + 1e-9 * abs(account.total_usd)


def _totals(case: Case, accounts: tuple[str, ...]) -> Iterator[Finding]:
    books, rows = case.once(books_of), case.once(_rows)
    for name in case.voyages:
        for account in accounts:
            true, said = books.get((name, account), Account()), rows.get((name, account), ())
            said_usd = math.fsum(row.plan_usd for row in said)
            if abs(said_usd - true.total_usd) > _room_usd(said, true):
                words = f"{account} of {name} adds up to {said_usd:.2f} USD, by what flies it is {true.total_usd:.2f} USD"
                yield f"{name}/{account}", words


def _cost_accounts(case: Case) -> tuple[str, ...]:
    return tuple(sorted({"launch", "spacecraft"} | {rate.account for rate in case.scenario.cost_rates}))


def cost_account(case: Case) -> Iterator[Finding]:
    """Money is booked on known accounts, for a mission and its place; only what is left behind has no mission."""
    known = {*_cost_accounts(case), *_PRICES, _PENALTY, _LEFT_BEHIND}
    carriers: dict[str, set[str]] = {}
    for rate in case.scenario.cost_rates:
        carriers.setdefault(rate.account, set()).add(rate.scor_process)
    for row in case.plan.costs:
        name = f"{row.mission_id or 'none'}/{row.account}/{row.customer}"
        if row.account not in known:
            yield name, f"costs.csv books {row.plan_usd:.2f} USD on {row.account!r}, which is no account"
        elif bool(row.mission_id) == (row.account == _LEFT_BEHIND):
            yield name, f"costs.csv books {row.account} on mission {row.mission_id or '(none)'!r}"
        if row.scor_process not in carriers.get(row.account, {row.scor_process}):
            yield name, f"costs.csv books {row.account} on process {row.scor_process!r}, the rates book it elsewhere"
        mission = case.missions.get(row.mission_id)
        if mission and row.destination != mission.destination:
            yield (
                name,
                f"costs.csv books {row.account} of {row.mission_id} on {row.destination}, it flies to {mission.destination}",
            )


def cost_true(case: Case) -> Iterator[Finding]:
    """Each cost account of a mission holds what launch, spacecraft and rates come to."""
    yield from _totals(case, _cost_accounts(case))


def price_true(case: Case) -> Iterator[Finding]:
    """A mission earns the tariff of each load aboard and the milestone of its contract."""
    yield from _totals(case, _PRICES)


def penalty_true(case: Case) -> Iterator[Finding]:
    """Lines delivered late cost the penalty of their contract."""
    yield from _totals(case, (_PENALTY,))


def left_behind_true(case: Case) -> Iterator[Finding]:
    """Lines left behind whose due date lies in the horizon cost the cap of their contract's penalty."""
    owed, rows = owed_left_behind(case), case.once(_rows).get(("", _LEFT_BEHIND), ())
    said: dict[tuple[str, str], list[CostRow]] = {}
    for row in rows:
        said.setdefault((row.customer, row.destination), []).append(row)
    for customer, place in sorted(set(owed) | set(said)):
        true, claimed = owed.get((customer, place), Account()), tuple(said.get((customer, place), ()))
        said_usd = math.fsum(row.plan_usd for row in claimed)
        if abs(said_usd - true.total_usd) > _room_usd(claimed, true):
            words = f"{customer} is owed {-true.total_usd:.2f} USD for lines left behind, booked are {-said_usd:.2f} USD"
            yield f"{customer}/{place}", words


def cost_share(case: Case) -> Iterator[Finding]:
    """Each customer bears and pays for its own: its loads, and its share of up mass for what no single load causes."""
    books, rows = case.once(books_of), case.once(_rows)
    for name, account in sorted(books):
        true = books[name, account]
        said: dict[str, list[CostRow]] = {}
        for row in rows.get((name, account), ()):
            said.setdefault(row.customer, []).append(row)
        for customer in sorted(set(true.by_customer) | set(said)):
            claimed = tuple(said.get(customer, ()))
            said_usd, true_usd = math.fsum(row.plan_usd for row in claimed), true.by_customer.get(customer, 0.0)
            if abs(said_usd - true_usd) > _room_usd(claimed, true):
                words = f"{account} of {name}: {customer} is booked with {said_usd:.2f} USD, its part is {true_usd:.2f} USD"
                yield f"{name}/{account}/{customer}", words


def cost_payer(case: Case) -> Iterator[Finding]:
    """Launch and spacecraft are paid by who furnishes them, everything else by the service."""
    for row in case.plan.costs:
        voyage = case.voyages.get(row.mission_id)
        furnished = voyage.request.furnished_by if voyage and row.account in ("launch", "spacecraft") else ""
        payer = furnished or "service"
        if row.paid_by != payer:
            words = f"{row.account} of {row.mission_id or 'no mission'} is paid by {row.paid_by!r}, lawful is {payer!r}"
            yield f"{row.mission_id or 'none'}/{row.account}/{row.customer}", words


def mission_money(case: Case) -> Iterator[Finding]:
    """A mission's cost, the service's part of it and its price are the sums of its rows."""
    rows: dict[str, list[CostRow]] = {}
    for row in case.plan.costs:
        rows.setdefault(row.mission_id, []).append(row)
    for name, mission in sorted(case.missions.items()):
        own = rows.get(name, [])
        costs = [row for row in own if not _is_revenue(row.account)]
        sums = (
            ("cost_usd", mission.cost_usd, [row.plan_usd for row in costs]),
            ("service_cost_usd", mission.service_cost_usd, [row.plan_usd for row in costs if row.paid_by == "service"]),
            ("price_usd", mission.price_usd, [row.plan_usd for row in own if _is_revenue(row.account)]),
        )
        for column, said, amounts in sums:
            true = math.fsum(amounts)
            # rows carry whole cents, so their sum carries them too; only the noise of binary fractions is let through
            if abs(said - true) > USD_TOLERANCE + 1e-12 * abs(true):
                yield name, f"mission {name}: {column} says {said:.2f}, its rows add up to {true:.2f} USD"
