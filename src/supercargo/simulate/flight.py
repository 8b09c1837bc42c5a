"""A plan flown through a future: the year's doings one after the other, each a command of somebody, in order of time."""

from __future__ import annotations

from datetime import datetime

from supercargo.model import Future
from supercargo.simulate import flight_cargo, flight_news, flight_stock
from supercargo.simulate.flight_dates import yard_of
from supercargo.simulate.flight_doings import Flown, Names, OnContract, Told
from supercargo.simulate.flight_missions import schedule
from supercargo.simulate.flight_state import RANK, Craft, Policy, Year, spans_of
from supercargo.simulate.odds import Odds
from supercargo.track.contracts.deciding import Settle

__all__ = ["fly_year", "year_of"]


def year_of(odds: Odds, future: Future, policy: Policy, *, start_utc: datetime, prefix: str) -> Year:
    """A year that is about to begin: all missions on their dates, all news still to come."""
    plan = odds.plan
    year = Year(
        plan=plan, future=future, policy=policy, start_utc=start_utc, yard=yard_of(plan), names=Names(prefix),
        calls=dict(flight_news.CALLS), first_site=plan.missions[0].site,
        released={row.item_id: plan.scenario.lines[row.item_id.partition("#")[0]].release_utc for row in plan.manifest},
    )  # fmt: skip
    spans = spans_of(plan)
    for row in plan.missions:
        year.crafts[row.mission_id] = Craft(
            row=row, spans=spans.get(row.mission_id, {}), launch_utc=row.launch_utc, committed_utc=row.launch_utc,
            not_before_utc=row.launch_utc,
        )  # fmt: skip
    for line in plan.manifest:
        if line.mission_id:
            flight_cargo.expect(year, line, start_utc)
    flight_stock.begin(year, odds)
    flight_news.begin(year)
    for craft in list(year.ground()):
        schedule(year, craft, start_utc)
    year.push(start_utc, RANK["receive"], flight_cargo.receive)
    year.push(plan.scenario.settings.end_utc, RANK["settle"], _settle_contracts)
    return year


def fly_year(year: Year) -> Flown:
    """Every doing of the year in order of time, until nothing is left to do or the policy's end."""
    until = year.policy.until_utc
    while (following := year.pop()) is not None:
        at, name, call = following
        if until is not None and at > until:
            return
        yield from call(year, at, name)


def _settle_contracts(year: Year, at: datetime, _: str) -> Flown:
    """At the end of the year what no mission carries is settled."""
    for contract in year.plan.scenario.contracts:
        command = Settle(until_utc=at, evidence="the year is over")
        act = year.names.act(at, "accounts", "settle", contract.contract_id)
        yield Told(at, OnContract(contract_id=contract.contract_id, command=command, act=act))
