"""Cargo that lives in a store in memory, for tests: steps with defaults, and a small world to move them in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from supercargo.track.cargo.asking import last_inside_utc
from supercargo.track.cargo.deciding import decide, needed_by
from supercargo.track.cargo.life import Life
from supercargo.track.cargo.stages import VEHICLE_STEPS
from supercargo.track.cargo.steps import STEPS, Step
from supercargo.track.cargo.views import CARGO, NON_CONFORMANCES
from supercargo.track.envelope import Recorded
from supercargo.track.memory import MemoryStore
from supercargo.track.views import MemoryView, project_all

NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)


def at(hours: float) -> datetime:
    """So many hours after the noon with which every test begins."""
    return NOON + timedelta(hours=hours)


@dataclass
class World:
    """A store, its view, and a clock that tells the instant of the last step and a minute."""

    now_utc: datetime = NOON
    names: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.store = MemoryStore(clock=lambda: self.now_utc)
        self.view = MemoryView.of((CARGO, NON_CONFORMANCES))

    def lives(self, step: Step) -> dict[str, Life]:
        lives: dict[str, Life] = {}
        while wanted := needed_by(step, lives):
            lives |= {name: Life.of(name, self.store.stream(name)) for name in wanted}
        return lives

    def tell(self, step: Step) -> tuple[Recorded, ...]:
        """Judge a step, store what follows, bring the view up to date."""
        last = last_inside_utc(self.view, step.thing) if step.kind in VEHICLE_STEPS else None
        drafts = decide(step, self.lives(step), last_inside_utc={step.thing: last} if last else {})
        self.now_utc = max(self.now_utc, step.at_utc + timedelta(minutes=1))
        before = self.store.head().position
        self.store.append(drafts)
        events = self.store.since(before)
        project_all((CARGO, NON_CONFORMANCES), events, self.view)
        return events

    def do(self, kind: str, thing: str, hours: float, **said: Any) -> tuple[Recorded, ...]:
        """Tell a step of a kind, with what the kind must have filled in."""
        return self.tell(a_step(kind, thing, hours, command_id=said.pop("command_id", f"e{next(self.names)}"), **said))


DEFAULTS: dict[str, dict[str, Any]] = {
    "planned": {
        "customer": "ACME", "direction": "up", "pieces": 2.0, "mass_kg": 30.0, "mission": "M1", "destination": "Hub",
        "plan": "p1",
    },
    "ordered": {"customer": "ACME", "supplier": "Mill", "order_no": "PO-1", "pieces": 2.0, "mass_kg": 30.0},
    "registered": {"sort": "bag", "where": "site/Cape", "custodian": "Cargo Co"},
    "received": {"where": "site/Cape", "taker": "Cargo Co"},
    "packed": {"where": "container/BAG1"},
    "loaded": {"where": "container/WREN"},
    "unloaded": {"where": "site/Cape"},
    "trashed": {"where": "container/WREN"},
    "launched": {"where": "flight/M1"},
    "docked": {"where": "port/Hub/A"},
    "undocked": {"where": "flight/M1"},
    "landed": {"where": "site/Cape"},
    "entered": {"where": "entry/M1"},
    "transferred": {"where": "place/Hub"},
    "stowed": {"where": "place/Hub"},
    "returned": {"where": "customer/ACME", "taker": "ACME"},
    "sealed": {"number": "S1"},
    "unsealed": {"number": "S1"},
    "seal_checked": {"number": "S1", "found": "intact"},
    "handed_over": {"giver": "Cargo Co", "taker": "Crew"},
    "corrected": {"reason": "misread"},
}  # fmt: skip


def a_step(kind: str, thing: str, hours: float, **said: Any) -> Step:
    """A step of a kind with defaults, so that a test shows only what it is about."""
    base: dict[str, Any] = {"command_id": f"{kind}-{hours}", "thing": thing, "at_utc": at(hours), "by": "kim"}
    return STEPS[kind](**{**base, **DEFAULTS.get(kind, {}), **said})


def a_world() -> World:
    """A bag, a spacecraft with a bay and a station with a rack; everything is held by Cargo Co."""
    world = World()
    world.do("registered", "container/BAG1", 0)
    world.do("registered", "container/WREN", 0, sort="vehicle")
    world.do("registered", "container/WREN/A", 0, sort="bay", where="container/WREN")
    world.do("registered", "container/RACK", 0, sort="rack", where="place/Hub")
    return world


def an_item_received(world: World, item: str = "cargo/I1", hours: float = 1) -> None:
    """Order and receive an item."""
    world.do("ordered", item, hours)
    world.do("received", item, hours + 0.5)
