"""What each mission costs and earns, down to the customer, in whole cents that add up."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import days_between
from supercargo.model import CargoLine, CostRow, Flight, ManifestRow, Scenario, Schedule

__all__ = ["cost_missions", "late_penalty_usd", "shares_in_cents"]

SERVICE = "service"


def cost_missions(scenario: Scenario, schedule: Schedule, rows: tuple[ManifestRow, ...]) -> tuple[CostRow, ...]:
    """A kilogram costs its share of launch, spacecraft, processing, handling and mission control.

    Rows in order of mission, account and customer [USD]; see "Money" in docs/planning-rules.md. Costs that no single load
    causes go to customers by their share of up mass aboard.
    """
    aboard: dict[str, list[ManifestRow]] = {}
    for row in rows:
        aboard.setdefault(row.mission_id, []).append(row)
    found: list[CostRow] = []
    for flight in schedule.flights:
        books = _Books(scenario, flight, tuple(aboard.get(flight.mission_id, ())))
        found += [row for row in (*books.costs(), *books.revenue()) if row.plan_usd]
    found += _left_behind(scenario, aboard.get("", []))
    return tuple(sorted(found, key=_row_order))


def _row_order(row: CostRow) -> tuple[str, ...]:
    return row.mission_id, row.account, row.customer, row.destination, row.paid_by, row.scor_process, row.basis


def late_penalty_usd(scenario: Scenario, line: CargoLine, delivered: datetime | None, price_usd: float) -> float:
    """A late line costs its contract's share of the price for each day begun after due date and tolerance [USD]."""
    if line.due_utc is None or delivered is None:
        return 0.0
    contract_id = scenario.contract_id(line)
    tolerance_d = scenario.term_values.get((contract_id, "due_tolerance"), 0.0)
    days_late = math.ceil(round(days_between(line.due_utc, delivered) - tolerance_d, 6))
    if days_late <= 0:
        return 0.0
    percent = days_late * scenario.term_values.get((contract_id, "penalty_per_day"), 0.0)
    return price_usd * min(percent, scenario.term_values.get((contract_id, "penalty_cap"), 0.0)) / 100.0


def shares_in_cents(total_usd: float, weights: Mapping[str, float]) -> dict[str, float]:
    """Split money by weight into whole cents that add up exactly, the odd cents to the largest remainders.

    >>> shares_in_cents(1.0, {"a": 1.0, "b": 1.0, "c": 1.0})
    {'a': 0.34, 'b': 0.33, 'c': 0.33}
    """
    cents = round(total_usd * 100)
    whole = math.fsum(weights.values())
    exact = {name: cents * weight / whole for name, weight in sorted(weights.items())}
    given = {name: math.floor(share) for name, share in exact.items()}
    odd = cents - sum(given.values())
    for name in sorted(exact, key=lambda name: (given[name] - exact[name], name))[:odd]:
        given[name] += 1
    return {name: share / 100 for name, share in given.items()}


@dataclass(frozen=True)
class _Books:
    """The accounts of one mission."""

    scenario: Scenario
    flight: Flight
    rows: tuple[ManifestRow, ...]

    def _line(self, row: ManifestRow) -> CargoLine:
        return self.scenario.lines[row.item_id.partition("#")[0]]

    def _price(self, row: ManifestRow) -> float:
        line = self._line(row)
        return self.scenario.price_usd(line) * row.mass_kg / line.mass_kg

    def _upmass_by_customer(self) -> dict[str, float]:
        mass: dict[str, float] = {}
        for row in self.rows:
            if row.direction == "up":
                mass[row.customer] = mass.get(row.customer, 0.0) + row.mass_kg
        return mass or {self._contract_customer(): 1.0}

    def _contract_customer(self) -> str:
        request = self.scenario.requests[self.flight.mission_id]
        contract = self.scenario.contract_named.get(request.contract_id)
        return contract.customer if contract else request.furnished_by

    def costs(self) -> Iterator[CostRow]:
        scenario, flight = self.scenario, self.flight
        furnisher = scenario.requests[flight.mission_id].furnished_by or SERVICE
        launch_usd = scenario.launcher_named[flight.launcher].price_usd
        spacecraft_usd = scenario.vehicle_types[flight.vehicle_type].price_usd
        yield from self._shared("launch", "deliver", launch_usd, ("catalogue price of one launch", furnisher))
        yield from self._shared("spacecraft", "deliver", spacecraft_usd, ("catalogue price of one flight", furnisher))
        for rate in scenario.cost_rates:
            counts = self._driven(rate.driver)
            if isinstance(counts, float):
                basis = f"{counts:.4f} {rate.driver} x {rate.usd:.2f} USD"
                yield from self._shared(rate.account, rate.scor_process, counts * rate.usd, (basis, SERVICE))
                continue
            for customer, count in counts.items():
                yield self._row(
                    customer, rate.account, rate.scor_process, count * rate.usd, f"{rate.driver} x {rate.usd:.2f} USD"
                )

    def _driven(self, driver: str) -> float | dict[str, float]:
        """Units of a cost driver: one number for the mission, or one for each customer."""
        flight = self.flight
        match driver:
            case "mission":
                return 1.0
            case "docked_d":
                return 0.0 if flight.lost else days_between(flight.arrive_utc, flight.depart_utc)
            case "processing_d":
                return days_between(flight.processing_utc, flight.pad_utc)
        counts: dict[str, float] = {}
        for row in self.rows:
            line = self._line(row)
            units = {
                "up_kg": row.mass_kg if row.direction == "up" else 0.0,
                "down_kg": row.mass_kg if row.direction == "down" else 0.0,
                "disposal_kg": row.mass_kg if row.direction == "disposal" else 0.0,
                "up_line": 1.0 if row.direction == "up" else 0.0,
                "insured_usd": line.declared_usd * row.mass_kg / line.mass_kg if row.direction == "up" else 0.0,
            }[driver]
            counts[row.customer] = counts.get(row.customer, 0.0) + units
        return dict(sorted(counts.items()))

    def revenue(self) -> Iterator[CostRow]:
        """What a mission earns; a lost one earns nothing."""
        if self.flight.lost:
            return
        earned: dict[tuple[str, str], float] = {}
        for row in self.rows:
            price_usd = self._price(row)
            penalty_usd = late_penalty_usd(self.scenario, self._line(row), row.delivered_utc, price_usd)
            for account, usd in ((f"revenue:{row.direction}", price_usd), ("revenue:penalty", -penalty_usd)):
                earned[account, row.customer] = earned.get((account, row.customer), 0.0) + usd
        for (account, customer), usd in sorted(earned.items()):
            yield self._row(customer, account, "deliver", usd, "tariff x kg" if usd >= 0 else "contract terms x days late")
        contract_id = self.scenario.requests[self.flight.mission_id].contract_id
        milestone_usd = self.scenario.term_values.get((contract_id, "milestone"), 0.0)
        yield self._row(self._contract_customer(), "revenue:milestone", "deliver", milestone_usd, "mission docked")

    def _shared(self, account: str, scor_process: str, usd: float, why: tuple[str, str]) -> Iterator[CostRow]:
        basis, paid_by = why
        for customer, share_usd in shares_in_cents(usd, self._upmass_by_customer()).items():
            yield self._row(customer, account, scor_process, share_usd, basis, paid_by=paid_by)

    def _row(
        self, customer: str, account: str, scor_process: str, usd: float, basis: str, *, paid_by: str = SERVICE
    ) -> CostRow:
        return CostRow(
            mission_id=self.flight.mission_id,
            customer=customer,
            destination=self.flight.destination,
            account=account,
            scor_process=scor_process,
            plan_usd=round(usd, 2) + 0.0,
            basis=basis,
            paid_by=paid_by,
        )


def _left_behind(scenario: Scenario, rows: list[ManifestRow]) -> Iterator[CostRow]:
    owed: dict[tuple[str, str], float] = {}
    for row in rows:
        line = scenario.lines[row.item_id.partition("#")[0]]
        if line.due_utc is not None and line.due_utc <= scenario.settings.end_utc:
            cap = scenario.term_values.get((scenario.contract_id(line), "penalty_cap"), 0.0)
            usd = scenario.price_usd(line) * row.mass_kg / line.mass_kg * cap / 100.0
            owed[row.customer, row.destination] = owed.get((row.customer, row.destination), 0.0) + usd
    for (customer, destination), usd in sorted(owed.items()):
        if round(usd, 2):
            yield CostRow(
                mission_id="",
                customer=customer,
                destination=destination,
                account="revenue:left-behind",
                scor_process="deliver",
                plan_usd=-round(usd, 2),
                basis="penalty cap x price of lines due in the horizon",
                paid_by=SERVICE,
            )
