"""Plan folders: one CSV a noun, the scenario as planned, plan.json that vouches for them, run.json that tells of the run."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from supercargo.kernel import Fault, ScenarioError, Status, canonical_json, digest_of_files
from supercargo.model import PLAN_TABLES, Figures, OperationsPlan, Scenario, StageReport, Unflown, Untraced, Violation
from supercargo.store.calendars import CALENDAR_FILE, calendar_text, old_calendar
from supercargo.store.folders import files_beneath, read_within, write_whole
from supercargo.store.rows import read_table, write_rows
from supercargo.store.scenario import scenario_files, scenario_or_faults
from supercargo.store.settings import SETTINGS_FILE

__all__ = ["NOT_YET", "digest_of_plan", "digest_violations", "folder_files", "plan_files", "read_plan", "write_plan"]

T = TypeVar("T")

PLAN_FILE = "plan.json"
RUN_FILE = "run.json"
SCENARIO_FOLDER = "scenario"
EPHEMERIS_FOLDER = "oem"
_NEEDED = ("digest", "seed", "stages")
"""What plan.json says of every plan, whoever made it."""

NOT_YET = (
    "bags.csv",
    "changes.csv",
    "flows.csv",
    "transfer.csv",
)
"""Files that a plan folder lacks: their stage does not exist yet, or, of changes.csv, the plan follows no other."""

_OUTSIDE_DIGEST = (PLAN_FILE, RUN_FILE)
_LIBRARIES = ("supercargo", "highspy", "numpy", "ortools", "XlsxWriter")


def plan_files(plan: OperationsPlan) -> dict[str, bytes]:
    """The tables of a plan and the scenario it was made from, by name inside the plan folder."""
    tables = [table for table in PLAN_TABLES if getattr(plan, table.attribute) or not table.sparse]
    files = {table.file: write_rows(getattr(plan, table.attribute), table.noun) for table in tables}
    files |= {f"{SCENARIO_FOLDER}/{name}": content for name, content in scenario_files(plan.scenario).items()}
    return files


def folder_files(
    plan: OperationsPlan,
    *,
    run: Mapping[str, Any],
    report_html: str,
    ephemerides: Mapping[str, str] = MappingProxyType({}),
    front: Sequence[Figures] = (),
    replaced: Mapping[str, tuple[str, ...]] | None = None,
) -> dict[str, bytes]:
    """Every file of a plan folder by its name inside it.

    `run` goes to run.json, the one file that may differ between two runs of the same scenario and seed into a fresh folder.
    `ephemerides` are texts by mission, `front` is what plan.xlsx says before its tables. A calendar that is `replaced` is
    continued: see `calendar_text`.
    """
    from supercargo.store.book.plan import PLAN_BOOK, plan_book  # its library loads only for those who write

    files = {**plan_files(plan), "report.html": report_html.encode(), PLAN_BOOK: plan_book(plan, front)}
    files |= {f"{EPHEMERIS_FOLDER}/{mission_id}.oem": told.encode() for mission_id, told in sorted(ephemerides.items())}
    files[CALENDAR_FILE] = calendar_text(plan, replaced)
    files[PLAN_FILE] = canonical_json(_head(plan, files)).encode()
    files[RUN_FILE] = canonical_json(dict(run)).encode()
    return files


def write_plan(
    plan: OperationsPlan,
    folder: Path,
    *,
    run: Mapping[str, Any],
    report_html: str,
    ephemerides: Mapping[str, str] = MappingProxyType({}),
    front: Sequence[Figures] = (),
    force: bool,
) -> None:
    """Write a plan folder, whole or not at all: an interrupted run leaves what stood there before.

    A calendar in the folder that is replaced is continued.
    Raises Refused if the folder exists and `force` is false, StoreError if the disk refuses.
    """
    replaced = old_calendar(folder) if force else None
    files = folder_files(plan, run=run, report_html=report_html, ephemerides=ephemerides, front=front, replaced=replaced)
    write_whole(folder, files, force=force)


def _head(plan: OperationsPlan, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Content of plan.json."""
    prefix = SCENARIO_FOLDER + "/"
    scenario = {name.removeprefix(prefix): content for name, content in files.items() if name.startswith(prefix)}
    return {
        "baseline": plan.baseline,
        "causes": list(plan.causes),
        "digest": digest_of_files(files),
        "files": _digests(files),
        "fuse_blown": any(stage.fuse_blown for stage in plan.stages),
        "not_yet": [name for name in NOT_YET if name not in files],
        "scenario_digest": digest_of_files(scenario),
        "seed": plan.seed,
        "stages": [_told(stage) for stage in plan.stages],
        "unflown": [dataclasses.asdict(unflown) for unflown in plan.unflown],
        "untraced": [dataclasses.asdict(untraced) for untraced in plan.untraced],
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
        "violations": [dataclasses.asdict(violation) for violation in plan.violations],
    }


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file by its name, so that one that was changed can be named."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def _told(stage: StageReport) -> dict[str, Any]:
    """A stage report without infinities, which JSON can't carry: what is not known is null."""
    told = dataclasses.asdict(stage)
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in told.items()}


def read_plan(folder: Path) -> OperationsPlan:
    """The plan of a folder, whoever wrote it, with the scenario inside it; nothing in it is believed yet.

    Rows that repeat a key or name things that do not exist are let through: the referee judges them.
    Raises ScenarioError with every fault of form found.
    """
    fix = "give the folder that `supercargo plan` wrote"
    if not os.path.isdir(folder):
        what = "this is a file, not a plan folder" if os.path.isfile(folder) else "the plan folder is missing"
        raise ScenarioError(what, fix=fix, where=str(folder))
    if (folder / SETTINGS_FILE).is_file() and not os.path.lexists(folder / PLAN_FILE):
        raise ScenarioError("this is a scenario, not a plan", fix=fix, where=str(folder))
    faults: list[Fault] = []
    head = _read_head(folder, faults)
    tables: dict[str, Any] = {}
    for table in PLAN_TABLES:
        needed = table.required or (folder / table.file).is_symlink() or (folder / table.file).exists()
        content = read_within(folder, table.file, faults) if needed else None
        tables[table.attribute] = () if content is None else read_table(content, table, faults).records
    scenario = _read_inside(folder, faults)
    if faults or scenario is None:
        raise ScenarioError.of(sorted(faults), where=str(folder))
    return OperationsPlan(scenario=scenario, **tables, **head)


def _read_inside(folder: Path, faults: list[Fault]) -> Scenario | None:
    """The scenario inside a plan folder: the folder itself, not a link to one, so that the plan can be judged alone."""
    place = folder / SCENARIO_FOLDER
    if place.is_symlink():
        what = "the scenario is a link to another place"
        faults.append(Fault(SCENARIO_FOLDER, 0, "", what, "put the scenario folder itself into the plan folder"))
        return None
    inside: list[Fault] = []
    scenario = scenario_or_faults(place, inside)
    faults += [_in_scenario(fault) for fault in inside]
    return scenario


def _in_scenario(fault: Fault) -> Fault:
    return fault if fault.file == SCENARIO_FOLDER else dataclasses.replace(fault, file=f"{SCENARIO_FOLDER}/{fault.file}")


def _read_head(folder: Path, faults: list[Fault]) -> dict[str, Any]:
    """What plan.json says beside the tables; digest, seed and stages are needed, the rest keeps its default."""
    content = read_within(folder, PLAN_FILE, faults)
    if content is None:
        return {}
    try:
        head = json.loads(content)
        if missing := [name for name in _NEEDED if name not in _of(dict, head)]:
            what = f"missing: {', '.join(missing)}"
            faults.append(Fault(PLAN_FILE, 0, "", what, "give them as docs/files.md says, or plan the scenario again"))
            return {}
        _of(str, head["digest"])
        return {
            "seed": _of(int, head["seed"]),
            "baseline": _of(bool, head.get("baseline", False)),
            "causes": tuple(_of(str, cause) for cause in _of(list, head.get("causes", []))),
            "stages": tuple(_stage(stage) for stage in _of(list, head["stages"])),
            "unflown": tuple(_noun(Unflown, told) for told in _of(list, head.get("unflown", []))),
            "untraced": tuple(_noun(Untraced, told) for told in _of(list, head.get("untraced", []))),
            "violations": tuple(_noun(Violation, told) for told in _of(list, head.get("violations", []))),
        }
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        what = f"the content is not that of a plan: {error}"
        faults.append(
            Fault(PLAN_FILE, 0, "", what[:300], "write an object with seed, stages and unflown, as docs/files.md says")
        )
        return {}


def _of(kind: type[T], value: Any) -> T:
    """The value, which must be of its JSON type; true is no number. Raises ValueError if it is not."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{value!r} stands where {kind.__name__} is meant")
    return value


def _noun(kind: Callable[..., T], told: Any) -> T:
    """A noun of words and truth values."""
    return kind(**{key: value if isinstance(value, bool) else _of(str, value) for key, value in _of(dict, told).items()})


def _stage(told: Any) -> StageReport:
    told = {**_of(dict, told)}
    for key in ("objective", "bound", "gap"):
        if told.get(key) is not None:
            told[key] = float(_of(int, told[key]) if isinstance(told[key], int) else _of(float, told[key]))
    for key in ("stage", "unit", "note"):
        told[key] = _of(str, told.get(key, ""))
    return StageReport(**{**told, "status": Status(told["status"]), "fuse_blown": _of(bool, told.get("fuse_blown", False))})


def digest_of_plan(folder: Path) -> str:
    """SHA-256 over the files of a plan folder as they stand, without plan.json and run.json.

    Raises ScenarioError if a file can't be read or leads out of the folder.
    """
    return digest_of_files(_files_vouched_for(folder))


def _files_vouched_for(folder: Path) -> dict[str, bytes]:
    faults: list[Fault] = []
    names = [name for name in files_beneath(folder) if name not in _OUTSIDE_DIGEST]
    odd = [name for name in names if not name.isprintable()]
    faults += [Fault(ascii(name), 0, "", "the file's name can't be written", "rename it or take it away") for name in odd]
    files = {name: content for name in names if (content := read_within(folder, name, faults)) is not None}
    if faults:
        raise ScenarioError.of(sorted(faults), where=str(folder))
    return files


def digest_violations(folder: Path) -> tuple[Violation, ...]:
    """A soft violation `digest` for each file that is not as plan.json vouches for it, such as after an edit by hand.

    Where plan.json names no files, or its own total is not that of the files it names, the one violation is its own.
    """
    faults: list[Fault] = []
    content = read_within(folder, PLAN_FILE, faults)
    if content is None:
        raise ScenarioError.of(faults, where=str(folder))
    files = _files_vouched_for(folder)
    if f'"digest": "{digest_of_files(files)}"'.encode() in content:
        return ()
    said, true = _named_in(content), _digests(files)
    words = dict.fromkeys(said.keys() - true.keys(), "is missing")
    words |= dict.fromkeys(true.keys() - said.keys(), "was added after the plan was written")
    words |= {name: "was changed after the plan was written" for name in said.keys() & true.keys() if said[name] != true[name]}
    if not said or not words:
        words = {PLAN_FILE: "gives a digest that is not that of the folder's files"}
    return tuple(
        Violation(rule="digest", object=name, text=f"{name} {told}", hard=False) for name, told in sorted(words.items())
    )


def _named_in(content: bytes) -> dict[str, str]:
    """The digests of files that plan.json gives; none where it gives none that can be read."""
    try:
        said = json.loads(content).get("files", {})
    except (ValueError, AttributeError, RecursionError):
        return {}
    lawful = isinstance(said, dict) and all(isinstance(value, str) for value in said.values())
    return said if lawful else {}
