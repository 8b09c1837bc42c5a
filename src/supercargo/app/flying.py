"""The use case of flying a plan: every doing of the flown year goes through the use cases of real operations."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from supercargo.app.board.shelf import Shelf, shelf_beside
from supercargo.app.flying_figures import FlownFigures, figures_of
from supercargo.app.flying_planner import LivePlanner
from supercargo.app.metering import StageWatch, unwatched
from supercargo.app.operations.asking import ledger_seen
from supercargo.app.operations.cargo import record_cargo, record_case
from supercargo.app.operations.clocks import FLOWN
from supercargo.app.operations.lives import Lives
from supercargo.app.operations.log import open_flight
from supercargo.app.operations.recording import (
    record_conflict,
    record_contract,
    record_deliveries,
    record_mission,
    record_work,
)
from supercargo.app.operations.releasing import ReleaseAsked, release_read
from supercargo.kernel import Refused, ScenarioError, format_utc
from supercargo.model import OperationsPlan
from supercargo.simulate.draws import draw
from supercargo.simulate.flight import fly_year, year_of
from supercargo.simulate.flight_doings import (
    Answer,
    Doing,
    OnCargo,
    OnCase,
    OnConflict,
    OnContract,
    OnDeliveries,
    OnMission,
    OnWork,
    Replan,
    Told,
)
from supercargo.simulate.flight_state import REPLAN, Policy, Year
from supercargo.simulate.odds import odds_of
from supercargo.store import (
    PLAN_FILE,
    digest_of_plan,
    digest_violations,
    read_chances,
    read_plan,
    refuse_existing,
    refuse_unwritable,
    refuse_within,
)
from supercargo.store.log import SqlStore
from supercargo.track.envelope import Receipt
from supercargo.track.missions.release import REGISTER, register_of

__all__ = ["FlyAsked", "Pace", "fly_plan"]

Pace = Callable[[datetime], None]
"""Waits until it is so late in the flown year."""

_PAGE = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class FlyAsked:
    """What a person asks of `fly`."""

    folder: Path
    store: str
    by: str
    seed: int = 1
    planner: str = REPLAN
    until_utc: datetime | None = None
    out: Path | None = None
    force: bool = False

    @property
    def prefix(self) -> str:
        """What the name of each act begins with: another seed or planner makes other acts."""
        return f"{FLOWN}{self.seed}.{self.planner}"


@dataclass(slots=True)
class _Clock:
    """The store's clock while a year is flown: the instant of what is being told."""

    now_utc: datetime

    def __call__(self) -> datetime:
        return self.now_utc


@dataclass(slots=True)
class _Deck:
    """Where doings are put to the store, each through its use case; what an earlier run has told is passed over."""

    store: SqlStore
    clock: _Clock
    planner: LivePlanner
    known: dict[str, str]  # names of events that an earlier run has stored, and their streams
    tellers: dict[str, str]  # the same names, and who told them
    lives: Lives
    where: str
    pace: Pace | None = None
    told_count: int = 0
    repeated_count: int = 0

    def put(self, told: Told) -> Answer:
        """Tell a doing, and give what the year wants to know of it."""
        if isinstance(told.doing, Replan):
            self.clock.now_utc = told.at_utc
            return self.planner(told.doing)
        self.told_count += 1
        if _first_name(told.doing) in self.known:
            self.repeated_count += 1
            self._hold_teller(told.doing)
        else:
            if self.pace is not None:
                self.pace(told.at_utc)
            self.clock.now_utc = told.at_utc
            if any(receipt.repeated for receipt in self._record(told.doing)):
                raise _not_alone(self.where)
        return self._opened(told.doing) if isinstance(told.doing, OnMission) else None

    def _record(self, doing: Doing) -> tuple[Receipt, ...]:
        match doing:
            case OnCargo(steps=steps):
                return record_cargo(steps, self.store, lives=self.lives)
            case OnCase(step=step):
                return record_case(self.store, step)
            case OnMission(mission_id=mission_id, command=command, act=act):
                receipts = record_mission(self.store, mission_id, command, act)
                self.known |= {one.event_id: one.stream for one in receipts if one.stream.startswith("coordination/")}
                return receipts
            case OnWork(order=order, command=command, act=act):
                return record_work(self.store, order, command, act)
            case OnConflict(conflict=conflict, command=command, act=act):
                return record_conflict(self.store, conflict, command, act)
            case OnContract(contract_id=contract_id, command=command, act=act):
                return record_contract(self.store, contract_id, command, act)
            case OnDeliveries(contract_id=contract_id, deliveries=deliveries):
                return record_deliveries(self.store, contract_id, deliveries)
        raise TypeError(f"{doing!r} is not recorded")

    def _hold_teller(self, doing: Doing) -> None:
        """Raise Refused where another person decided what an earlier run has told."""
        act, by = getattr(doing, "act", None), self.tellers.get(_first_name(doing))
        if act is not None and by is not None and act.by != by:
            fix = f"fly with --by {by!r}, or into a store of its own"
            raise Refused(f"the year was flown by {by} so far, not by {act.by}", fix=fix, where=self.where)

    def _opened(self, doing: OnMission) -> tuple[str, ...]:
        """Conflicts that a slip has opened."""
        streams = (self.known.get(f"{doing.act.command_id}.{kind}.1", "") for kind in ("ports", "windows"))
        return tuple(stream.partition("/")[2] for stream in streams if stream)


def _first_name(doing: Doing) -> str:
    """The name of the first event of a doing; its events are stored together or not at all."""
    match doing:
        case OnCargo(steps=steps):
            return steps[0].command_id
        case OnCase(step=step):
            return step.command_id
        case OnDeliveries(deliveries=deliveries):
            return f"{deliveries[0][1].command_id}.1"
        case Replan():
            return ""
        case _:
            return f"{doing.act.command_id}.1"


def fly_plan(asked: FlyAsked, *, pace: Pace | None = None, watch: StageWatch = unwatched) -> FlownFigures:
    """Fly a plan through its year, seeded, and say what came of it.

    Broken off and begun again it goes on where it was: what was told is not told twice. Without `pace` it goes as fast as it
    can. Raises ScenarioError for a folder or wishes that can't be meant, Refused for a store that holds other operations.
    """
    plan = _sound_plan(asked)
    odds = odds_of(plan, read_chances(plan.scenario))
    policy = Policy(by=asked.by, planner=asked.planner, until_utc=asked.until_utc)
    clock = _Clock(plan.scenario.settings.as_of_utc)
    with open_flight(asked.store, clock) as store, tempfile.TemporaryDirectory(prefix="supercargo-fly-") as drafts:
        clock.now_utc = start = _start(asked, plan, store)
        known, tellers = _names_told(asked, store)
        _hold_until(asked, store)
        shelf = shelf_beside(asked.store)
        _release(asked, plan, store, shelf)
        future = draw(odds, seed=asked.seed, index=0)
        year = year_of(odds, future, policy, start_utc=start, prefix=asked.prefix)
        planner = LivePlanner(asked.by, store, shelf, drafts=Path(drafts), watch=watch)
        deck = _Deck(
            store=store, clock=clock, planner=planner, known=known, tellers=tellers, lives=Lives(store), where=asked.store,
            pace=pace,
        )  # fmt: skip
        _fly(year, deck, watch)
        with store.reading() as view:
            ledger = ledger_seen(view)
        if asked.out is not None:
            _copy(planner.last or asked.folder, asked.out, force=asked.force)
        told = (deck.told_count, deck.repeated_count)
        return figures_of(asked.folder, year, told, store.head(), ledger)


def _fly(year: Year, deck: _Deck, watch: StageWatch) -> None:
    begin, end = year.start_utc, max((one.end_utc for one in year.plan.missions), default=year.end_utc)
    flying = fly_year(year)
    answer: Answer = None
    while True:
        try:
            told = flying.send(answer)
        except StopIteration:
            return
        watch(f"flying {told.at_utc:%Y-%m-%d}", min(1.0, (told.at_utc - begin) / (end - begin)))
        answer = deck.put(told)


def _sound_plan(asked: FlyAsked) -> OperationsPlan:
    if asked.seed < 0:
        raise ScenarioError(f"seed {asked.seed} is negative", fix="give 0 or a larger whole number", where="--seed")
    if not asked.by.strip():
        raise ScenarioError("no name is given", fix="say who releases and decides", where="--by")
    if asked.out is not None:
        refuse_within(asked.out, asked.folder, fix="choose another folder for --out")
        refuse_existing(asked.out, force=asked.force, like=[PLAN_FILE])
        refuse_unwritable(asked.out)
    plan, place = read_plan(asked.folder), str(asked.folder)
    if odd := digest_violations(asked.folder):
        raise Refused(odd[0].text, fix="plan again, or fly the folder as it was written", where=place)
    if plan.recorded:
        raise Refused("the plan tells of a year that has been flown", fix="fly a plan that is still ahead", where=place)
    if asked.until_utc is not None and asked.until_utc <= plan.scenario.settings.as_of_utc:
        since = format_utc(plan.scenario.settings.as_of_utc)
        raise ScenarioError(f"the flown year begins at {since}", fix="give a later instant", where="--until")
    return plan


def _start(asked: FlyAsked, plan: OperationsPlan, store: SqlStore) -> datetime:
    """When the year begins: when the plan knows its facts, or was released. Raises Refused for a store of another year."""
    as_of = plan.scenario.settings.as_of_utc
    released = register_of(store.stream(REGISTER))
    if not released:
        if store.head().position:
            what = f"the store holds {store.head().position} events, and no plan is released in it"
            raise Refused(what, fix="fly into a store of its own: --store NEW.sqlite", where=asked.store)
        return as_of
    (first, at), digest = released[0], digest_of_plan(asked.folder)
    if first.digest != digest:
        what = f"the store flies plan {first.digest[:12]}, not {digest[:12]}"
        raise Refused(what, fix="give the plan that it flies, or a store of its own", where=asked.store)
    start = max(as_of, at)
    gone = sorted(one.mission_id for one in plan.missions if one.launch_utc <= start)
    if gone:
        what = f"the plan was released at {format_utc(at)}, when {gone[0]} should have lifted off"
        raise Refused(what, fix="fly it into a store of its own", where=asked.store)
    return start


def _release(asked: FlyAsked, plan: OperationsPlan, store: SqlStore, shelf: Shelf) -> None:
    if not register_of(store.stream(REGISTER)):
        try:
            release_read(plan, asked.folder, store, ReleaseAsked(by=asked.by, at_utc=plan.scenario.settings.as_of_utc))
        except Refused as refused:
            if register_of(store.stream(REGISTER)):  # there was none when this run looked
                raise _not_alone(asked.store) from refused
            raise
    shelf.keep(asked.folder)


def _not_alone(store: str) -> Refused:
    """The refusal of a run that finds told, since it began, what it was about to tell."""
    fix = "let it end, or stop it; then the same command goes on"
    return Refused("another run of fly writes this store", fix=fix, where=store)


def _hold_until(asked: FlyAsked, store: SqlStore) -> None:
    told = store.last_of(f"{asked.prefix}.")
    if told is not None and asked.until_utc is not None and told[1] > asked.until_utc:
        fix = "give a later --until, or leave it out"
        raise Refused(f"the year is flown to {format_utc(told[1])} already", fix=fix, where=asked.store)


def _names_told(asked: FlyAsked, store: SqlStore) -> tuple[dict[str, str], dict[str, str]]:
    """Names of what an earlier run has told, with their streams and tellers. Raises Refused for what others have told."""
    known: dict[str, str] = {}
    tellers: dict[str, str] = {}
    position, own = 0, f"{asked.prefix}."
    while events := store.since(position, limit=_PAGE):
        position = events[-1].position
        for event in events:
            if event.event_id.startswith(own):
                known[event.event_id], tellers[event.event_id] = event.stream, event.by
            elif event.kind not in ("planned", "registered") and not event.event_id.startswith("release."):
                _refuse_other(asked, event.event_id)
    return known, tellers


def _refuse_other(asked: FlyAsked, event_id: str) -> None:
    words = event_id.split(".")
    if words[0] == "fly" and len(words) > 2:
        what = f"the store holds the year flown with --seed {words[1]} --planner {words[2]}"
        raise Refused(what, fix="fly with the same, or into a store of its own", where=asked.store)
    what = f"the store holds operations of others: event {event_id[:60]}"
    raise Refused(what, fix="fly into a store of its own: --store NEW.sqlite", where=asked.store)


def _copy(folder: Path, out: Path, *, force: bool) -> None:
    if force and out.exists():
        shutil.rmtree(out)
    shutil.copytree(folder, out)
