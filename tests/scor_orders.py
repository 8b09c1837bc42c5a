"""A log of 500 orders with planted faults, made of raw events by a seed, for SCOR metrics to be counted again."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from supercargo.kernel import format_utc
from supercargo.track.envelope import Draft
from tests.kpi_log import a_stowage
from tests.operations import MemoryOperations

START = datetime(2027, 1, 1, tzinfo=UTC)
END = datetime(2028, 1, 1, tzinfo=UTC)
RELEASE = datetime(2026, 12, 1, tzinfo=UTC)
MISSIONS, CUSTOMERS, TOLERANCE_D = 50, 10, 3.0
PLAN = "0a1b2c3d" * 8
Json = dict[str, Any]


def a_log(seed: int = 7) -> MemoryOperations:
    """A year in which 50 missions bring 10 customers an order each, with what a seed lets go wrong."""
    chance = random.Random(seed)
    store = MemoryOperations()
    names = itertools.count(1)

    def say(stream: str, kind: str, at: datetime, tenant: str = "", **body: Any) -> Draft:
        return Draft(event_id=f"e{next(names)}", stream=stream, kind=kind, body=body, occurred_utc=at, by="kim", tenant=tenant)

    missions = [_mission(number, chance) for number in range(MISSIONS)]
    orders = [(m, customer) for m in missions for customer in range(CUSTOMERS)]
    lines = [line for m, customer in orders for line in _lines(m, customer, chance)]
    store.append([say(f"plan/{PLAN[:12]}", "PlanReleased", RELEASE, **_plan())])
    store.append(
        [say("plan/register", "PlanMadeCurrent", RELEASE, digest=PLAN, as_of_utc=format_utc(RELEASE), supersedes="", by="kim")]
    )
    for one in missions:
        store.append([say(f"mission/{one['name']}", kind, at, **body) for kind, at, body in _flown(one)])
    for customer in range(CUSTOMERS):
        who, own = f"CUST-{customer}", [line for line in lines if line["customer"] == f"CUST-{customer}"]
        terms = {
            "contract_id": f"CON-{customer}", "customer": who, "from_utc": format_utc(START), "to_utc": format_utc(END),
            "terms": [{"term": "due_tolerance", "value": TOLERANCE_D, "unit": "d"}], "tariffs": [],
        }  # fmt: skip
        stream = f"contract/CON-{customer}"
        store.append([say(stream, "ContractOpened", RELEASE, who, plan=PLAN[:12], terms=terms)])
        for start in range(0, len(own), 100):
            told = [line["promise"] for line in own[start : start + 100]]
            store.append([say(stream, "LinesPromised", RELEASE, who, plan=PLAN[:12], lines=told)])
        done = sorted((line for line in own if line["at"]), key=lambda line: line["at"])
        store.append(
            [
                say(stream, "LineDelivered", line["at"], who, item_id=line["promise"]["item_id"],
                    mission_id=line["promise"]["mission_id"], evidence=line["evidence"])
                for line in done
            ]
        )  # fmt: skip
    for line in lines:
        name = line["promise"]["item_id"]
        if line["at"] and line["unpacked"]:
            store.append([a_stowage(f"cargo/{name}", "Hub", line["at"], line["customer"])])
        if line["at"] and line["damaged"]:
            body = {
                "about": f"cargo/{name}",
                "said": "damage: expected sound, found dented",
                "cause": "damage",
                "findings": [],
            }
            store.append([say(f"ncr/N-{name}", "ncr_opened", line["at"], line["customer"], **body)])
    return store


def _plan() -> Json:
    return {
        "digest": PLAN, "scenario_digest": "", "name": "orders", "seed": 1, "as_of_utc": format_utc(RELEASE),
        "start_utc": format_utc(START), "end_utc": format_utc(END), "missions_count": MISSIONS, "lines_count": 0,
        "supersedes": "", "basis": None,
    }  # fmt: skip


def _mission(number: int, chance: random.Random) -> Json:
    return {
        "name": f"M{number:02d}",
        "launch": START + timedelta(days=5 + 7 * number),
        "lost": chance.random() < 0.06,
        "waived": chance.random() < 0.1,
    }


def _flown(one: Json) -> Iterator[tuple[str, datetime, Json]]:
    """Opened with a gate, which is passed or waived, launched, and docked or lost."""
    launch: datetime = one["launch"]
    flight = {
        "mission_id": one["name"], "plan": PLAN[:12], "destination": "Hub", "port": "fore", "vehicle_id": f"V-{one['name']}",
        "vehicle_type": "Wren", "launcher": "Lark", "site": "Cape", "pad": "A", "facility_id": "F", "contract_id": "CON-0",
        "customer": "CUST-0", "launch_utc": format_utc(launch), "arrive_utc": format_utc(launch + timedelta(days=2)),
        "depart_utc": format_utc(launch + timedelta(days=30)), "end_utc": format_utc(launch + timedelta(days=31)),
    }  # fmt: skip
    yield "MissionOpened", RELEASE, {"flight": flight}
    yield "GatesSet", RELEASE, {"gates": [{"gate": "labels", "before_launch_d": 5.0, "owner": "x", "proof": "y"}]}
    gate = (
        ("GateWaived", {"gate": "labels", "reason": "agreed"})
        if one["waived"]
        else ("GatePassed", {"gate": "labels", "evidence": "r"})
    )
    yield gate[0], launch - timedelta(days=6), gate[1]
    yield "PhaseEntered", launch - timedelta(days=20), {"phase": "processing", "evidence": ""}
    lift_off = {
        "vehicle_id": flight["vehicle_id"],
        "pad": "Cape/A",
        "facility_id": "F",
        "planned_utc": format_utc(launch),
        "poll": 1,
    }
    yield "MissionLaunched", launch, lift_off
    if one["lost"]:
        yield "PhaseEntered", launch + timedelta(hours=2), {"phase": "lost", "evidence": "no signal"}
        return
    yield "PhaseEntered", launch + timedelta(days=2), {"phase": "docked", "evidence": "report"}
    yield "PhaseEntered", launch + timedelta(days=30), {"phase": "departed", "evidence": ""}


def _lines(mission: Json, customer: int, chance: random.Random) -> Iterator[Json]:
    """One to five lines of an order, some in two parts; each may be late, never come, lack its receipt, be damaged."""
    who, unpacked = f"CUST-{customer}", chance.random() < 0.9
    for number in range(chance.randint(1, 5)):
        name = f"{mission['name']}-{customer}-{number}"
        mass = float(chance.randint(5, 80))
        due: datetime | None = mission["launch"] + timedelta(days=10) if chance.random() < 0.9 else None
        parts = [(f"{name}#1", mass * 0.5), (f"{name}#2", mass * 0.5)] if chance.random() < 0.1 else [(name, mass)]
        planned = mission["launch"] + timedelta(days=6)
        for item, kg in parts:
            gone = mission["lost"] or chance.random() < 0.02
            late_d = chance.choice((5, 6, 9)) if chance.random() < 0.05 else 0
            promise = {
                "item_id": item, "customer": who, "mission_id": mission["name"], "destination": "Hub", "direction": "up",
                "mass_kg": kg, "line_kg": mass, "due_utc": format_utc(due) if due else None, "pieces": 2.0, "volume_m3": 0.1,
                "must": False, "supply_class": "spares", "planned_utc": format_utc(planned), "reason": "",
                "released_utc": format_utc(mission["launch"] - timedelta(days=40 + customer)),
            }  # fmt: skip
            yield {
                "promise": promise,
                "customer": who,
                "at": None if gone else planned + timedelta(days=late_d),
                "evidence": "" if chance.random() < 0.01 else "receipt",
                "damaged": chance.random() < 0.02,
                "unpacked": unpacked,
            }
