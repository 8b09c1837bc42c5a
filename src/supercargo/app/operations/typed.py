"""What a person types, in words, as commands of operations: the tables that the command line and its help read."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from supercargo.app.operations import recording
from supercargo.app.operations.collecting import collect_deliveries
from supercargo.app.operations.offering import replan_offers
from supercargo.kernel import ScenarioError, parse_utc
from supercargo.track.acts import Act
from supercargo.track.contracts.deciding import Adjust, ContractCommand, Deliver, Settle
from supercargo.track.coordination.log import Acknowledge, Choose, CoordinationCommand, Offer, SeeConflict, Tell
from supercargo.track.envelope import Receipt
from supercargo.track.event_store import EventStore
from supercargo.track.maintenance import orders
from supercargo.track.maintenance.events import Limit
from supercargo.track.missions import commands as asked
from supercargo.track.missions.events import Step

__all__ = [
    "CONFLICT_COMMANDS",
    "LEDGER_COMMANDS",
    "MISSION_COMMANDS",
    "WORK_COMMANDS",
    "ActWords",
    "ConflictWords",
    "Doing",
    "LedgerWords",
    "WorkWords",
    "do_conflict",
    "do_ledger",
    "do_mission",
    "do_work",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does it, when (in words; empty: now, by the store's clock), and under which name it is known."""

    by: str
    at: str
    now_utc: datetime
    command_id: str

    def act(self, store: EventStore) -> Act:
        """The doing: now, or when it was first told, if no instant is said. Raises ScenarioError for one out of form."""
        at = _instant(self.at, "--at") if self.at else recording.first_told_utc(store, self.command_id, self.now_utc)
        return Act(command_id=self.command_id, by=self.by, at_utc=at)


@dataclass(frozen=True, slots=True)
class ActWords(Doing):
    """What is typed to `act`; `seen` is lift-off as a page showed it to who slips it."""

    name: str = ""
    word: str = ""
    to: str = ""
    seconds: float | None = None
    step: str = ""
    steps: Path | None = None
    lines: str = ""
    severity: int = 0
    seen: str = ""


@dataclass(frozen=True, slots=True)
class WorkWords(Doing):
    """What is typed to `work`."""

    asset: str = ""
    word: str = ""
    hours: float | None = None
    cycles: int | None = None
    due: str = ""


@dataclass(frozen=True, slots=True)
class ConflictWords(Doing):
    """What is typed to `conflict`."""

    kind: str = ""
    objects: tuple[str, ...] = ()
    option: str = ""
    party: str = ""
    word: str = ""
    cost_usd: float = 0.0
    delay_d: float = 0.0
    options: Path | None = None  # folder that `replan --options` has written


@dataclass(frozen=True, slots=True)
class LedgerWords(Doing):
    """What is typed to `ledger`."""

    item: str = ""
    mission: str = ""
    word: str = ""
    until: str = ""
    account: str = ""
    usd: float = 0.0


MISSION_COMMANDS: Mapping[str, Callable[[ActWords], asked.MissionCommand]] = {
    "gate-pass": lambda told: asked.PassGate(gate=told.name, evidence=told.word),
    "gate-fail": lambda told: asked.FailGate(gate=told.name, finding=told.word),
    "gate-waive": lambda told: asked.WaiveGate(gate=told.name, reason=told.word),
    "poll-open": lambda told: asked.OpenPoll(positions=_list(told.name)) if told.name else asked.OpenPoll(),
    "poll-go": lambda told: asked.AnswerPoll(position=told.name, answer="go", reason=told.word),
    "poll-no-go": lambda told: asked.AnswerPoll(position=told.name, answer="no-go", reason=told.word),
    "poll-absent": lambda told: asked.AnswerPoll(position=told.name, answer="absent", reason=told.word),
    "slip": lambda told: asked.Slip(
        launch_utc=_instant(told.to, "--to"), reason=told.word, from_utc=_instant(told.seen, "seen") if told.seen else None
    ),
    "procedure-open": lambda told: asked.OpenProcedure(
        procedure=told.name, steps=_lines(told.lines) if told.lines else _steps(told.steps)
    ),
    "sign": lambda told: asked.SignStep(procedure=told.name, step=told.step, evidence=told.word),
    "countdown": lambda told: asked.StartCountdown(t_minus_s=_number(told.seconds)),
    "hold": lambda told: asked.Hold(reason=told.word),
    "resume": lambda told: asked.Resume(),
    "recycle": lambda told: asked.Recycle(t_minus_s=_number(told.seconds), reason=told.word),
    "launch": lambda told: asked.Launch(),
    "phase": lambda told: asked.EnterPhase(phase=told.name, evidence=told.word),
    "incident-open": lambda told: asked.OpenIncident(incident=told.name, severity=told.severity, text=told.word),
    "incident-update": lambda told: asked.UpdateIncident(incident=told.name, severity=told.severity, text=told.word),
    "incident-close": lambda told: asked.CloseIncident(incident=told.name, finding=told.word),
}
"""What `act` can record."""

WORK_COMMANDS: Mapping[str, Callable[[str, WorkWords], orders.WorkCommand]] = {
    "issue": lambda name, told: orders.IssueWork(order=name, **_asset(told.asset), task=told.word, limit=_limit(told)),
    "start": lambda name, told: orders.StartWork(note=told.word),
    "sign": lambda name, told: orders.SignWork(evidence=told.word),
    "finish": lambda name, told: orders.FinishWork(note=told.word),
    "defer": lambda name, told: orders.DeferWork(limit=_limit(told), reason=told.word),
    "cancel": lambda name, told: orders.CancelWork(reason=told.word),
}
"""What `work` can record of an order; `use` is of an asset."""

CONFLICT_COMMANDS: Mapping[str, Callable[[str, ConflictWords], CoordinationCommand]] = {
    "see": lambda name, told: SeeConflict(conflict=name, kind=told.kind, objects=told.objects, text=told.word),
    "offer": lambda name, told: Offer(option=told.option, text=told.word, cost_usd=told.cost_usd, delay_d=told.delay_d),
    "choose": lambda name, told: Choose(option=told.option, why=told.word),
    "tell": lambda name, told: Tell(party=told.party),
    "acknowledge": lambda name, told: Acknowledge(party=told.party),
}
"""What `conflict` can record."""

LEDGER_COMMANDS: Mapping[str, Callable[[LedgerWords], ContractCommand]] = {
    "deliver": lambda told: Deliver(item_id=told.item, evidence=told.word, mission_id=told.mission),
    "settle": lambda told: Settle(until_utc=_instant(told.until, "--until"), evidence=told.word),
    "adjust": lambda told: Adjust(account=told.account, usd=told.usd, reason=told.word, mission_id=told.mission),
}
"""What `ledger` can record."""


def _instant(written: str, where: str) -> datetime:
    try:
        return parse_utc(written)
    except ValueError as error:
        fix = "write it as 2027-03-01T12:00:00Z"
        what = f"{written[:40]!r} is no instant with day and time of UTC" if written else "no instant is given"
        raise ScenarioError(what, fix=fix, where=where) from error


def _number(given: float | None) -> float:
    if given is None:
        raise ScenarioError("no seconds are given", fix="give --seconds", where="--seconds")
    return given


def _list(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(";"))


def _chosen(table: Mapping[str, T], what: str) -> T:
    if what not in table:
        raise ScenarioError(f"{what!r} is not known", fix=f"use one of: {', '.join(table)}", where="WHAT")
    return table[what]


def _asset(written: str) -> dict[str, str]:
    kind, _, name = written.partition("/")
    return {"asset_kind": kind, "asset": name}


def _limit(told: WorkWords) -> Limit:
    due = _instant(told.due, "--due") if told.due else None
    return Limit(hours=told.hours, cycles=told.cycles, due_utc=due)


def _steps(file: Path | None) -> tuple[Step, ...]:
    """Steps of a procedure from a CSV file. Raises ScenarioError for one that can't be read."""
    fix = "give --steps FILE.csv with the columns step, text, people_count"
    if file is None:
        raise ScenarioError("no steps are given", fix=fix, where="--steps")
    try:
        rows = list(csv.DictReader(file.read_text("utf-8").splitlines(), strict=True))
        return tuple(Step(step=row["step"], text=row["text"], people_count=int(row.get("people_count") or 1)) for row in rows)
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise ScenarioError(f"the steps can't be read: {error}", fix=fix, where=str(file)) from error


def _lines(words: str) -> tuple[Step, ...]:
    """Steps written in lines `STEP | TEXT | PEOPLE`. Raises ScenarioError that names each line out of form."""
    steps, bad = [], []
    for number, line in enumerate(words.splitlines(), start=1):
        parts = [part.strip() for part in line.split("|")]
        if not line.strip():
            continue
        if len(parts) not in (2, 3) or not all(parts) or (len(parts) == 3 and not parts[2].isdecimal()):
            bad.append(number)
            continue
        steps.append(Step(step=parts[0], text=parts[1], people_count=int(parts[2]) if len(parts) == 3 else 1))
    if bad:
        what = f"no step is written in line {', '.join(map(str, bad))}"
        raise ScenarioError(what, fix="write each as STEP | TEXT | PEOPLE, as in 1 | Close the hatch | 2", where="lines")
    return tuple(steps)


def do_mission(store: recording.Operations, mission_id: str, what: str, told: ActWords) -> tuple[Receipt, ...]:
    """Record what happens to a mission. Raises ScenarioError for words out of form, Refused with what is missing."""
    command = _chosen(MISSION_COMMANDS, what)(told)
    return recording.record_mission(store, mission_id, command, told.act(store))


def do_work(store: recording.Operations, order: str, what: str, told: WorkWords) -> tuple[Receipt, ...]:
    """Record what happens to a work order, or the use of an asset; raises as `do_mission` does."""
    if what == "use":
        use = orders.RecordUse(**_asset(told.asset or order), hours=told.hours or 0.0, cycles=told.cycles or 0)
        return recording.record_use(store, use, told.act(store))
    command = _chosen(WORK_COMMANDS, what)(order, told)
    return recording.record_work(store, order, command, told.act(store))


def do_conflict(store: recording.Operations, name: str, what: str, told: ConflictWords) -> tuple[Receipt, ...]:
    """Record what happens to a conflict; the options of a replan are offered all at once. Raises as `do_mission` does."""
    if what == "offer" and told.options is not None:
        return recording.record_offers(store, name, replan_offers(told.options, name), told.act(store))
    return recording.record_conflict(store, name, _chosen(CONFLICT_COMMANDS, what)(name, told), told.act(store))


def do_ledger(store: recording.Operations, contract: str, what: str, told: LedgerWords) -> tuple[Receipt, ...]:
    """Record what happens to a contract, or book what the cargo's record proves; raises as `do_mission` does."""
    if what == "collect":
        act = told.act(store)
        return collect_deliveries(store, contract, by=act.by, now_utc=act.at_utc)
    return recording.record_contract(store, contract, _chosen(LEDGER_COMMANDS, what)(told), told.act(store))
