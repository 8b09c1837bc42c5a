"""KPIs and money of a log, counted from the bodies of its raw events alone: none of the product's arithmetic is used."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from supercargo.track.envelope import Recorded

Body = dict[str, Any]
Key = tuple[str, str]


def _utc(word: str | None) -> datetime | None:
    return datetime.fromisoformat(word) if word else None


@dataclass
class Recount:
    """What a log says once it has been read from its first event to its last."""

    committed: dict[str, datetime] = field(default_factory=dict)
    launched: dict[str, datetime] = field(default_factory=dict)
    docked: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    flights: dict[str, Body] = field(default_factory=dict)
    lifted: list[tuple[datetime, str, str, str]] = field(default_factory=list)  # instant, mission, launcher, type
    terms: dict[str, dict[str, float]] = field(default_factory=dict)
    tariffs: dict[tuple[str, str, str], float] = field(default_factory=dict)
    customers: dict[str, str] = field(default_factory=dict)
    promises: dict[Key, Body] = field(default_factory=dict)
    gone: set[Key] = field(default_factory=set)  # lost, and not promised anew since
    losses: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    delivered: dict[Key, tuple[datetime, str]] = field(default_factory=dict)
    deliveries: list[Key] = field(default_factory=list)
    settled: set[Key] = field(default_factory=set)
    accounts: dict[tuple[str, str, str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    pieces: dict[str, float] = field(default_factory=dict)
    stowed: list[str] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, events: Iterable[Recorded]) -> Recount:
        """The recount of a log."""
        made = cls()
        for event in events:
            area, _, name = event.stream.partition("/")
            made._read(area, name, event)
        return made

    def _read(self, area: str, name: str, event: Recorded) -> None:
        body: Any = event.body
        match area, event.kind:
            case "mission", "MissionOpened":
                self.committed.setdefault(name, _at(body["flight"]["launch_utc"]))
                self.flights[name] = body["flight"]
            case "mission", "MissionReplanned":
                self.flights[name] = body["flight"]
            case "mission", "MissionLaunched":
                self.launched[name] = event.occurred_utc
                flight = self.flights[name]
                self.lifted.append((event.occurred_utc, name, flight["launcher"], flight["vehicle_type"]))
            case "mission", "PhaseEntered" if body["phase"] == "docked":
                self._dock(name)
            case "mission", "PhaseEntered" if body["phase"] == "lost":
                self._lose(name)
            case "contract", "ContractOpened" | "ContractAmended":
                self._agree(name, body["terms"])
            case "contract", "LinesPromised":
                for line in body["lines"]:
                    if (name, line["item_id"]) not in self.delivered and (name, line["item_id"]) not in self.settled:
                        self.promises[name, line["item_id"]] = line
                        self.gone.discard((name, line["item_id"]))
            case "contract", "LineDelivered":
                self._deliver(name, body, event.occurred_utc)
            case "contract", "ContractSettled":
                self._settle(name, _at(body["until_utc"]))
            case "cargo", "planned":
                self.pieces[name] = body["pieces"]
            case "cargo", "stowed":
                self.stowed.append(name)
            case "cargo", "damaged":
                self.damaged.add(name)

    def _agree(self, name: str, terms: Body) -> None:
        self.customers[name] = terms["customer"]
        self.terms[name] = {one["term"]: one["value"] for one in terms["terms"]}
        for one in terms["tariffs"]:
            self.tariffs[name, one["destination"], one["direction"]] = one["usd_per_kg"]
        kept = {**dict.fromkeys(self.delivered), **dict.fromkeys(self.settled)}
        for key in [key for key in self.promises if key[0] == name and key not in kept and not self.losses[key]]:
            del self.promises[key]

    def _price(self, key: Key, line: Body) -> float:
        usd_per_kg = self.tariffs.get((key[0], line["destination"], line["direction"]), 0.0)
        price: float = line["line_kg"] * usd_per_kg * line["mass_kg"] / line["line_kg"]
        return price

    def _dock(self, name: str) -> None:
        flight = self.flights[name]
        if name not in self.docked:
            usd = self.terms.get(flight["contract_id"], {}).get("milestone", 0.0)
            self.accounts[
                name, "revenue:milestone", self.customers.get(flight["contract_id"], ""), flight["destination"]
            ].append(usd)
        self.docked.add(name)

    def _lose(self, name: str) -> None:
        self.lost.add(name)
        for key, line in self.promises.items():
            if line["mission_id"] == name and not {key} & (self.delivered.keys() | self.settled | self.gone):
                self.losses[key] += 1
                self.gone.add(key)

    def _deliver(self, contract: str, body: Body, at: datetime) -> None:
        key = (contract, body["item_id"])
        self.deliveries.append(key)
        line = self.promises[key]
        self.delivered[key] = (at, body["mission_id"])
        price = self._price(key, line)
        where = (body["mission_id"] or line["mission_id"], line["customer"], line["destination"])
        self._add(where, f"revenue:{line['direction']}", price)
        terms, due = self.terms[contract], _utc(line["due_utc"])
        if due is not None and key not in self.settled:
            late = at - due - timedelta(days=terms.get("due_tolerance", 0.0))
            days_begun = math.ceil(round(late / timedelta(days=1), 6))
            percent = min(max(days_begun, 0) * terms.get("penalty_per_day", 0.0), terms.get("penalty_cap", 0.0))
            self._add(where, "revenue:penalty", -price * percent / 100.0)
        if 0 < self.losses[key] <= terms.get("free_reflight", 0.0):
            self._add(where, "revenue:re-flight", -price)

    def _settle(self, contract: str, until: datetime) -> None:
        for key, line in self.promises.items():
            due = _utc(line["due_utc"])
            open_ = not {key} & (self.delivered.keys() | self.settled | self.gone)
            if key[0] == contract and open_ and not line["mission_id"] and due is not None and due <= until:
                self.settled.add(key)
                owed = self._price(key, line) * self.terms[contract].get("penalty_cap", 0.0) / 100.0
                self._add(("", line["customer"], line["destination"]), "revenue:left-behind", -owed)

    def _add(self, where: tuple[str, str, str], account: str, usd: float) -> None:
        mission, customer, destination = where
        if usd:
            self.accounts[mission, account, customer, destination].append(usd)

    # KPIs by the table of interfaces

    def revenue_usd(self) -> Decimal:
        """K9: each account of a mission, customer and place in whole cents, added up."""
        sums = (Decimal(math.fsum(amounts)) for amounts in self.accounts.values())
        return sum((one.quantize(Decimal("0.01"), ROUND_HALF_EVEN) for one in sums), Decimal(0))

    def k1_percent(self, must: Iterable[str], due: Iterable[str]) -> float:
        """Missions that delivered their must lines undamaged, of missions due; `must` are items that have to fly."""
        aboard: dict[str, set[str]] = defaultdict(set)
        wanted = set(must)
        for (_, item), line in self.promises.items():
            if item.partition("#")[0] in wanted and line["direction"] == "up" and line["mission_id"]:
                aboard[line["mission_id"]].add(item)
        came = {item: mission for (_, item), (_, mission) in self.delivered.items()}
        missions = list(due)
        good = [
            name
            for name in missions
            if name in self.docked and all(came.get(item) == name and item not in self.damaged for item in aboard[name])
        ]
        return 100.0 * len(good) / len(missions)

    def k2_percent(self) -> float:
        """Missions that launched later than committed, of missions launched."""
        late = [name for name, at in self.launched.items() if at > self.committed[name]]
        return 100.0 * len(late) / len(self.launched)

    def late_lines(self) -> set[str]:
        """Lines and parts delivered after they were due."""
        dated = {key: _utc(line["due_utc"]) for key, line in self.promises.items()}
        return {key[1] for key, (at, _) in self.delivered.items() if (due := dated[key]) is not None and at > due}

    def k3_percent(self) -> float:
        """Up lines with a due date delivered by it, of all such lines; what is left behind is late."""
        on_time: dict[Key, bool] = {}
        for key, line in self.promises.items():
            due = _utc(line["due_utc"])
            if line["direction"] == "up" and due is not None:
                name = (key[0], key[1].partition("#")[0])
                good = key in self.delivered and self.delivered[key][0] <= due
                on_time[name] = on_time.get(name, True) and good
        return 100.0 * sum(on_time.values()) / len(on_time)

    def k4_percent(self) -> float:
        """Delivered pieces with a damage record, of delivered pieces."""
        came = {item for _, item in self.delivered}
        pieces = math.fsum(self.pieces[item] for item in came)
        return 100.0 * math.fsum(self.pieces[item] for item in came & self.damaged) / pieces


def _at(word: str) -> datetime:
    return datetime.fromisoformat(word)
