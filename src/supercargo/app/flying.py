"""The use case of flying a plan: every doing of the flown year goes through the use cases of real operations."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from supercargo.app.board.shelf import Shelf, shelf_beside
from supercargo.app.flying_figures import FlownFigures, figures_of
from supercargo.app.metering import Meter, StageWatch, unwatched
from supercargo.app.operations.asking import ledger_seen
from supercargo.app.operations.cargo import record_cargo, record_case
from supercargo.app.operations.lives import Lives
from supercargo.app.operations.log import open_operations
from supercargo.app.operations.recording import (
    record_conflict,
    record_contract,
    record_deliveries,
    record_mission,
    record_work,
)
from supercargo.app.operations.releasing import NEVER_WAIVED, ReleaseAsked, release_plan
from supercargo.app.transfers import transfer_catalogue
from supercargo.kernel import NoPlan, Refused, ScenarioError, digest_of_files, format_utc
from supercargo.measure.kpis import measure_kpis
from supercargo.measure.summary import summarise
from supercargo.model import OperationsPlan, Waiver
from supercargo.plan.ephemerides import ephemerides_of
from supercargo.plan.replan import replan_year
from supercargo.referee import judge
from supercargo.report.front import front_figures
from supercargo.report.page import render_report
from supercargo.simulate.draws import draw
from supercargo.simulate.flight import fly_year, year_of
from supercargo.simulate.flight_doings import (
    Answer,
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
from supercargo.simulate.flight_standing import keep_names
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
    scenario_files,
    write_plan,
)
from supercargo.store.log import SqlStore
from supercargo.track.missions.release import REGISTER, register_of

__all__ = ["FlyAsked", "Pace", "fly_plan"]

Pace = Callable[[datetime], None]
"""Waits until it is so late in the flown year; at once where the year is flown as fast as it goes."""

_PAGE = 5000
_RELEASED = ("release.",)


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
        return f"fly.{self.seed}.{self.planner}"


@dataclass(slots=True)
class SimulatedClock:
    """The store's clock while a year is flown: the instant of what is being told."""

    now_utc: datetime

    def __call__(self) -> datetime:
        return self.now_utc


@dataclass(slots=True)
class _Deck:
    """What doings are put to: the store, the names it knows already, plans that were released."""

    asked: FlyAsked
    store: SqlStore
    clock: SimulatedClock
    shelf: Shelf
    lives: Lives
    known: dict[str, str]
    watch: StageWatch
    folder: Path
    last: Path
    told_count: int = 0
    repeated_count: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def put(self, told: Told) -> Answer:
        """Tell a doing to the store through its use case, unless an earlier run has."""
        self.clock.now_utc = told.at_utc
        match told.doing:
            case Replan() as wanted:
                return self._replanned(wanted)
            case OnCargo(steps=steps):
                if not self._stored(steps[0].command_id):
                    record_cargo(steps, self.store, lives=self.lives)
            case OnCase(step=step):
                if not self._stored(step.command_id):
                    record_case(self.store, step)
            case OnMission(mission_id=mission_id, command=command, act=act):
                if not self._stored(f"{act.command_id}.1"):
                    receipts = record_mission(self.store, mission_id, command, act)
                    self.known |= {one.event_id: one.stream for one in receipts if one.stream.startswith("coordination/")}
                return self._opened(act.command_id)
            case OnWork(order=order, command=command, act=act):
                if not self._stored(f"{act.command_id}.1"):
                    record_work(self.store, order, command, act)
            case OnConflict(conflict=conflict, command=command, act=act):
                if not self._stored(f"{act.command_id}.1"):
                    record_conflict(self.store, conflict, command, act)
            case OnContract(contract_id=contract_id, command=command, act=act):
                if not self._stored(f"{act.command_id}.1"):
                    record_contract(self.store, contract_id, command, act)
            case OnDeliveries(contract_id=contract_id, deliveries=deliveries):
                if not self._stored(f"{deliveries[0][1].command_id}.1"):
                    record_deliveries(self.store, contract_id, deliveries)
        return None

    def _stored(self, name: str) -> bool:
        self.told_count += 1
        if name in self.known:
            self.repeated_count += 1
            return True
        return False

    def _opened(self, command_id: str) -> tuple[str, ...]:
        """Conflicts that a slip has opened."""
        streams = (self.known.get(f"{command_id}.{kind}.1", "") for kind in ("ports", "windows"))
        return tuple(stream.partition("/")[2] for stream in streams if stream)

    def _replanned(self, wanted: Replan) -> OperationsPlan | None:
        """A new plan, released; the one that an earlier run has released, where there is one."""
        for said, at in register_of(self.store.stream(REGISTER)):
            kept = self.shelf.plan(said.digest[:12]) if at == wanted.opened_utc and said.by == self.asked.by else None
            if kept is not None and at > self.asked_start:
                self.last = kept.folder
                return kept.plan
        made = _planned_anew(wanted, self.asked.by, self.watch)
        if made is None:
            return None
        folder = self.folder / f"plan-{wanted.number}"
        _write(made, folder)
        release_plan(folder, self.store, ReleaseAsked(by=self.asked.by, at_utc=wanted.opened_utc))
        self.shelf.keep(folder)
        self.last = folder
        return read_plan(folder)

    asked_start: datetime = datetime.min


def fly_plan(asked: FlyAsked, *, pace: Pace | None = None, watch: StageWatch = unwatched) -> FlownFigures:
    """Fly a plan through its year, seeded, and say what came of it.

    Broken off and begun again it goes on where it was: what was told is not told twice. Raises ScenarioError for a folder or
    wishes that can't be meant, Refused for a store that holds other operations.
    """
    plan = _sound_plan(asked)
    clock = SimulatedClock(plan.scenario.settings.as_of_utc)
    with open_operations(asked.store, clock) as store, tempfile.TemporaryDirectory(prefix="supercargo-fly-") as kept:
        digest = digest_of_plan(asked.folder)
        start = _start(asked, plan, store, digest)
        known = _names_told(asked, store)
        clock.now_utc = start
        shelf = shelf_beside(asked.store)
        if not register_of(store.stream(REGISTER)):
            release_plan(asked.folder, store, ReleaseAsked(by=asked.by, at_utc=start))
        shelf.keep(asked.folder)
        odds = odds_of(plan, read_chances(plan.scenario))
        policy = Policy(by=asked.by, planner=asked.planner, until_utc=asked.until_utc)
        future = draw(odds, seed=asked.seed, index=0)
        year = year_of(odds, future, policy, start_utc=start, prefix=asked.prefix)
        deck = _Deck(
            asked=asked, store=store, clock=clock, shelf=shelf, lives=Lives(store), known=known, watch=watch,
            folder=Path(kept), last=asked.folder,
        )  # fmt: skip
        deck.asked_start = start
        _fly(year, deck, pace, watch)
        with store.reading() as view:
            ledger = ledger_seen(view)
        if asked.out is not None:
            _copy(deck.last, asked.out, force=asked.force)
        return figures_of(asked.folder, year, deck.told_count, deck.repeated_count, store.head(), ledger)


def _fly(year: Year, deck: _Deck, pace: Pace | None, watch: StageWatch) -> None:
    begin, end = year.start_utc, max((one.end_utc for one in year.plan.missions), default=year.end_utc)
    flying = fly_year(year)
    answer: Answer = None
    while True:
        try:
            told = flying.send(answer)
        except StopIteration:
            return
        if pace is not None:
            pace(told.at_utc)
        watch("flying", min(1.0, (told.at_utc - begin) / (end - begin)))
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
    plan = read_plan(asked.folder)
    if odd := digest_violations(asked.folder):
        raise Refused(odd[0].text, fix="plan again, or fly the folder as it was written", where=str(asked.folder))
    if plan.recorded:
        raise Refused("the plan tells of a year that has been flown", fix="fly a plan that is still ahead", where=str(asked.folder))
    if asked.until_utc is not None and asked.until_utc <= plan.scenario.settings.as_of_utc:
        since = format_utc(plan.scenario.settings.as_of_utc)
        raise ScenarioError(f"the year begins at {since}", fix="give a later instant", where="--until")
    return plan


def _start(asked: FlyAsked, plan: OperationsPlan, store: SqlStore, digest: str) -> datetime:
    """When the year begins: as the plan knows its facts, or when it was released. Raises Refused for another year's store."""
    as_of = plan.scenario.settings.as_of_utc
    released = register_of(store.stream(REGISTER))
    if not released:
        if store.head().position:
            what = f"the store holds {store.head().position} events and no released plan"
            raise Refused(what, fix="fly into a store of its own: --store NEW.sqlite", where=asked.store)
        return as_of
    first, at = released[0]
    if first.digest != digest:
        what = f"the store flies plan {first.digest[:12]}, not {digest[:12]}"
        raise Refused(what, fix="give the plan that it flies, or a store of its own", where=asked.store)
    start = max(as_of, at)
    gone = sorted(one.mission_id for one in plan.missions if one.launch_utc <= start)
    if gone:
        what = f"the plan was released at {format_utc(at)}, when {gone[0]} should have lifted off"
        raise Refused(what, fix="fly it into a store of its own", where=asked.store)
    return start


def _names_told(asked: FlyAsked, store: SqlStore) -> dict[str, str]:
    """Names of what an earlier run has told, each with its stream. Raises Refused for what other people have told."""
    known: dict[str, str] = {}
    position = 0
    own, opening = f"{asked.prefix}.", tuple(said.digest for said, _ in register_of(store.stream(REGISTER)))
    while events := store.since(position, limit=_PAGE):
        position = events[-1].position
        for event in events:
            if event.event_id.startswith(own):
                known[event.event_id] = event.stream
            elif not event.event_id.startswith(("release.", *opening)):
                _refuse_other(asked, event.event_id)
    return known


def _refuse_other(asked: FlyAsked, event_id: str) -> None:
    words = event_id.split(".")
    if words[0] == "fly" and len(words) > 2:
        what = f"the store holds the year flown with --seed {words[1]} --planner {words[2]}"
        raise Refused(what, fix="fly with the same, or into a store of its own", where=asked.store)
    what = f"the store holds operations of others: event {event_id[:60]}"
    raise Refused(what, fix="fly into a store of its own: --store NEW.sqlite", where=asked.store)


def _planned_anew(wanted: Replan, by: str, watch: StageWatch) -> OperationsPlan | None:
    """The rest of the year planned anew; what it breaks is waived by the planner, None where that can't be."""
    try:
        made = replan_year(wanted.plan, wanted.events, as_of_utc=wanted.opened_utc, watch=watch).plan
    except NoPlan:
        return None
    plan = keep_names(wanted.plan, made)
    plan = replace(plan, scenario=replace(plan.scenario, digest=digest_of_files(scenario_files(plan.scenario))))
    plan = replace(plan, kpis=measure_kpis(plan))
    plan = replace(plan, violations=judge(plan))
    hard = tuple(one for one in plan.violations if one.hard)
    if any(one.rule in NEVER_WAIVED for one in hard):
        return None
    reason = f"after: {wanted.why}"[:400]
    waivers = {
        (one.rule, one.object): Waiver(rule=one.rule, object=one.object, name=by, reason=reason, at_utc=wanted.opened_utc)
        for one in hard
    }
    return replace(plan, causes=(), waivers=tuple(waivers[key] for key in sorted(waivers)))


def _write(plan: OperationsPlan, folder: Path) -> None:
    told = ephemerides_of(plan, transfer_catalogue())
    plan = replace(plan, untraced=told.untraced)
    summary = summarise(plan)
    pages: dict[str, Any] = {"report_html": render_report(plan, summary), "front": front_figures(plan, summary)}
    write_plan(plan, folder, run=Meter(unwatched).run(), ephemerides=told.messages, **pages, force=False)


def _copy(folder: Path, out: Path, *, force: bool) -> None:
    if force and out.exists():
        shutil.rmtree(out)
    shutil.copytree(folder, out)


