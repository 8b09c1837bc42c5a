"""What the commands answer with `--json`, and the JSON files of a plan folder: each shape is declared once, here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from supercargo.app.backtest_answer import BackTestAnswer
from supercargo.app.cost_answers import CostAnswer, CostImportAnswer, CostQuoteAnswer
from supercargo.app.doctor import Check
from supercargo.app.improve_answers import ImproveAnswer, LessonAnswer
from supercargo.app.kpis import KpiAnswer
from supercargo.app.operations.slipping import MissionDelay
from supercargo.app.operations_answers import (
    BoardAnswer,
    ConflictAnswer,
    FlyAnswer,
    LedgerAnswer,
    MissionAnswer,
    PasswordAnswer,
    RecordAnswer,
    ReleaseAnswer,
    ServeAnswer,
    WorkAnswer,
)
from supercargo.app.programme_answers import ProgrammeAnswer
from supercargo.app.replan_figures import AnswerFigures, TriedWay
from supercargo.app.report_answers import ReportAnswer
from supercargo.app.risk_answers import RiskAnswer
from supercargo.app.scenario_answer import ScenarioAnswer
from supercargo.app.simulate_answer import SimulateAnswer
from supercargo.app.strategy_answer import StrategyAnswer
from supercargo.app.supply_answers import FleetAnswer, SupplyAnswer
from supercargo.app.transfer_answer import TransferAnswer
from supercargo.app.years_answer import YearsAnswer
from supercargo.kernel import Fault
from supercargo.measure.compared import Arrival as PlaceArrival
from supercargo.measure.compared import ComparedLiftOffs, ComparedLines, ComparedPlan, Value
from supercargo.measure.compliance import Compliance
from supercargo.measure.summary import Summary
from supercargo.model import (
    Arrival,
    Change,
    Disturbance,
    LaunchWindow,
    OrbitRow,
    RankedOption,
    RouteArrival,
    StageReport,
    Unflown,
    Untraced,
    Violation,
)
from supercargo.track.cargo.told import Imported, ThingHistory, ThingSeen
from supercargo.track.chain import LogReport, SignedHead

__all__ = [
    "ANSWERS",
    "ArrivalsAnswer",
    "BenchAnswer",
    "CargoAtAnswer",
    "CargoHistoryAnswer",
    "CargoImportAnswer",
    "CargoWhereAnswer",
    "ComparedKpiAnswer",
    "ComparisonAnswer",
    "ComplyAnswer",
    "DoctorAnswer",
    "EpcisAnswer",
    "ErrorAnswer",
    "FigureAnswer",
    "HeadAnswer",
    "LogAnswer",
    "MachineTold",
    "OrbitAnswer",
    "PlanAnswer",
    "PlanHead",
    "RebuildAnswer",
    "ReplanAnswer",
    "RestoreAnswer",
    "RunTold",
    "SchemaAnswer",
    "StageCostAnswer",
    "StageTold",
    "VerifyAnswer",
    "WindowsAnswer",
    "WorkbookAnswer",
]


class PlanHead(TypedDict):
    """plan.json: what vouches for a plan folder, and what its tables do not say."""

    baseline: bool
    causes: list[str]
    digest: str
    files: dict[str, str]
    fuse_blown: bool
    not_yet: list[str]
    scenario_digest: str
    seed: int
    stages: list[StageReport]
    unflown: list[Unflown]
    untraced: list[Untraced]
    versions: dict[str, str]
    violations: list[Violation]


class StageTold(TypedDict):
    """Seconds and peak memory of one stage."""

    stage: str
    seconds: float
    cpu_seconds: float
    peak_mb: float


class MachineTold(TypedDict):
    """Where a plan was made."""

    system: str
    processor: str
    cores: int | None
    python: str


class RunTold(TypedDict):
    """run.json: how long planning took; the one file that differs between two runs."""

    stages: list[StageTold]
    seconds: float
    cpu_seconds: float
    peak_mb: float
    machine: MachineTold


class PlanAnswer(TypedDict):
    """Answer of `plan`: the plan in figures, what breaks it, and how well each stage did."""

    folder: str
    report: str
    summary: Summary
    causes: list[str]
    violations: list[Violation]
    stages: list[StageReport]


class ReplanAnswer(TypedDict):
    """Answer of `replan`: how far the new plan departs from the old one, and the new plan as `plan` tells it.

    With --options it speaks of the first in rank; `options` are all, in order of rank, `tried` the kinds that gave none.
    """

    folder: str
    report: str
    disturbance: Disturbance
    first: AnswerFigures
    final: AnswerFigures
    moved_percent: float
    changes: list[Change]
    causes: list[str]
    violations: list[Violation]
    stages: list[StageReport]
    conflict: str
    options: list[RankedOption]
    tried: list[TriedWay]


class VerifyAnswer(TypedDict):
    """Answer of `verify`: the rules that a plan breaks."""

    folder: str
    hard_count: int
    violations: list[Violation]


class FigureAnswer(TypedDict):
    """One figure in every plan, in the order in which the plans were given; the first is the base."""

    subject: str
    object: str
    field: str
    values: list[Value]
    unit: str
    sense: str
    differences: list[float | None]


class ArrivalsAnswer(TypedDict):
    """Arrivals at one place in every plan."""

    destination: str
    plans: list[list[PlaceArrival]]


class ComparedKpiAnswer(TypedDict):
    """A KPI's target and causes in every plan; its values stand among the figures."""

    kpi_id: str
    name: str
    unit: str
    target: list[float | None]
    met: list[bool | None]
    causes: list[str]


class ComparisonAnswer(TypedDict):
    """Answer of `compare`, and compare.json: plans side by side."""

    plans: list[ComparedPlan]
    differs: bool
    same_inputs: bool
    figures: list[FigureAnswer]
    arrivals: list[ArrivalsAnswer]
    lift_offs: list[ComparedLiftOffs]
    kpis: list[ComparedKpiAnswer]
    lines: list[ComparedLines]


class ComplyAnswer(TypedDict):
    """Answer of `comply`, and comply.json: what has to be shown, and whether it is."""

    of: str
    as_of_utc: str
    met: int
    unmet: int
    no_evidence: int
    waived: int
    rows: list[Compliance]
    out: NotRequired[str]


class StageCostAnswer(TypedDict):
    """What one stage of a benchmark cost."""

    stage: str
    seconds: float
    cpu_seconds: float
    peak_mb: float
    status: str
    objective: float | None
    bound: float | None
    gap: float | None


class BenchAnswer(TypedDict):
    """One instance of the list that `bench` answers with."""

    name: str
    instance: str
    status: str
    objective: float | None
    bound: float | None
    best_known: float | None
    seconds: float
    peak_mb: float
    peer: str
    peer_objective: float | None
    peer_seconds: float | None
    ratio: float | None
    bar_ratio: float | None
    bar_seconds: float | None
    cpu_seconds: float
    warm_up_seconds: float
    missions: int
    lines: int
    stages: list[StageCostAnswer]


class WorkbookAnswer(TypedDict):
    """Answer of `workbook`: what was written and what is in it; a template has nothing in it yet."""

    folder: str
    template: NotRequired[bool]
    name: NotRequired[str]
    seed: NotRequired[int]
    digest: NotRequired[str]
    missions: NotRequired[int]
    lines: NotRequired[int]
    customers: NotRequired[int]
    faults: NotRequired[list[Fault]]


class WindowsAnswer(TypedDict):
    """Answer of `windows`: launch windows of a site with each way to dock, or the reasons why there is none."""

    destination: str
    site: str
    from_utc: str
    to_utc: str
    windows: list[LaunchWindow]
    arrivals: list[Arrival]
    routes: list[RouteArrival]
    reasons: list[str]
    out: NotRequired[str]
    picture: NotRequired[str]


class OrbitAnswer(TypedDict):
    """Answer of each `orbit` view: what is read off a place's orbit."""

    destination: str
    view: str
    rows: list[OrbitRow]
    remarks: list[str]


class SchemaAnswer(TypedDict):
    """Answer of `schema` without a name: the schema of every file and answer."""

    version: int
    schemas: dict[str, dict[str, Any]]


class DoctorAnswer(TypedDict):
    """Answer of `doctor`: whether this installation can do its work."""

    well: bool
    fault_count: int
    warning_count: int
    checks: list[Check]


class ErrorAnswer(TypedDict):
    """Answer of any command that fails: what is wrong, where, and how to put it right."""

    error: str
    what: str
    where: str
    fix: str
    exit_code: int
    faults: NotRequired[list[Fault]]
    causes: NotRequired[list[str]]


class LogAnswer(TypedDict):
    """Answer of `track verify-log`: whether a log is sound, and where not."""

    place: str
    sound: bool
    report: LogReport


class HeadAnswer(TypedDict):
    """Answer of `track export` and `track backup`: where the log was written to, and its signed head."""

    store: str
    folder: str
    head: SignedHead


class RebuildAnswer(TypedDict):
    """Answer of `track rebuild`: the views as they were made anew; the digest before is empty where there were none."""

    store: str
    same: bool
    events_count: int
    rows_count: int
    digest: str
    digest_before: str


class RestoreAnswer(TypedDict):
    """Answer of `track restore`: the end of the log that was put into an empty place."""

    folder: str
    store: str
    position: int
    hash: str


class CargoImportAnswer(TypedDict):
    """Answer of `track import`: what an EPCIS document brought."""

    file: str
    store: str
    imported: Imported


class CargoWhereAnswer(TypedDict):
    """Answer of `track where`: where a thing is, what comes next, and what its mission has slipped."""

    store: str
    seen: ThingSeen
    slipped: MissionDelay | None


class CargoHistoryAnswer(TypedDict):
    """Answer of `track history`: what happened to a thing and who held it."""

    store: str
    history: ThingHistory


class CargoAtAnswer(TypedDict):
    """Answer of `track at`: what was where at an instant."""

    store: str
    at_utc: str
    seen: list[ThingSeen]


class EpcisAnswer(TypedDict):
    """Answer of `track epcis`: what was written."""

    store: str
    file: str
    events_count: int


ANSWERS: Mapping[str, Any] = {
    "new": ScenarioAnswer,
    "check": ScenarioAnswer,
    "plan": PlanAnswer,
    "replan": ReplanAnswer,
    "report": ReportAnswer,
    "risk": RiskAnswer,
    "programme": ProgrammeAnswer,
    "fleet": FleetAnswer,
    "supply": SupplyAnswer,
    "strategy": StrategyAnswer,
    "improve": ImproveAnswer,
    "lesson": LessonAnswer,
    "simulate": SimulateAnswer,
    "simulate-years": YearsAnswer,
    "verify": VerifyAnswer,
    "kpi": KpiAnswer,
    "compare": ComparisonAnswer,
    "comply": ComplyAnswer,
    "backtest": BackTestAnswer,
    "bench": list[BenchAnswer],
    "workbook": WorkbookAnswer,
    "windows": WindowsAnswer,
    "orbit": OrbitAnswer,
    "transfer": TransferAnswer,
    "schema": SchemaAnswer,
    "doctor": DoctorAnswer,
    "track-verify-log": LogAnswer,
    **dict.fromkeys(("track-export", "track-backup"), HeadAnswer),
    "track-rebuild": RebuildAnswer,
    "track-restore": RestoreAnswer,
    "error": ErrorAnswer,
    "cost-show": CostAnswer,
    "cost-import": CostImportAnswer,
    "cost-quote": CostQuoteAnswer,
    "track-import": CargoImportAnswer,
    "track-where": CargoWhereAnswer,
    "track-history": CargoHistoryAnswer,
    "track-at": CargoAtAnswer,
    "track-epcis": EpcisAnswer,
    "fly": FlyAnswer,
    "release": ReleaseAnswer,
    "mission": MissionAnswer,
    "act": MissionAnswer,
    "work": WorkAnswer,
    "conflict": ConflictAnswer,
    "ledger": LedgerAnswer,
    "record": RecordAnswer,
    "board": BoardAnswer,
    "serve": ServeAnswer,
    "password": PasswordAnswer,
}
"""The shape of each command's answer, or of a group's, where all have one; `error` is that of any command which fails."""
