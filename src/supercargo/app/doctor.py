"""Whether this installation can do its work: each check says what it found and, where something is amiss, what to do."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from supercargo.kernel import StoreError
from supercargo.solve import trials
from supercargo.store import read_catalogue

__all__ = ["CHECKS", "Check", "Surroundings", "examine"]

PACKAGE = "supercargo"
NEEDED_MB, LEAST_MB = 700.0, 200.0
"""Twice what planning a year of 48 missions took at its peak (335 MB); and what a small scenario takes."""
DISK_MB, LEAST_DISK_MB = 500.0, 50.0
LETTERS = "kg – ± é Ω ⇄"
"""Signs that names and answers may hold."""
BROKEN = (ImportError, OSError, RuntimeError, ValueError, ArithmeticError, AttributeError, SyntaxError)
"""What a library that is missing, of the wrong version or half installed raises when it is used."""


_IMPORTED_AS = {"argon2-cffi": "argon2", "pyerfa": "erfa"}  # where a distribution and its module have different names


@dataclass(frozen=True, slots=True)
class Check:
    """One thing examined: how it stands, what was found, and the fix where it is not well."""

    name: str
    state: str  # ok, warning or fault
    what: str
    fix: str = ""


def _physical_mb() -> tuple[float | None, float | None]:
    """Memory of this machine and what of it is free [MB]; None where the system does not tell."""
    found: list[float | None] = []
    for word in ("SC_PHYS_PAGES", "SC_AVPHYS_PAGES"):
        try:
            found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf(word) / 1e6)
        except (ValueError, OSError, AttributeError):
            found.append(None)
    with suppress(OSError):
        available = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
        found[1] = float(available[1]) / 1e3 if available else found[1]
    return found[0], found[1]


def _requirements() -> tuple[str, ...] | None:
    """What the package asks for, without extras; None where it is not installed."""
    try:
        asked = importlib.metadata.requires(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    return tuple(one.partition(";")[0].strip() for one in asked if "extra ==" not in one)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the checks look at; tests put other things here."""

    now: datetime
    encoding: str
    python: tuple[int, int, int] = sys.version_info[:3]
    requirements: tuple[str, ...] | None = field(default_factory=_requirements)
    version_of: Callable[[str], str] = importlib.metadata.version
    load: Callable[[str], object] = importlib.import_module
    folders: tuple[Path, ...] = field(default_factory=lambda: (Path.cwd(), Path(tempfile.gettempdir())))
    free_mb: Callable[[Path], float] = lambda place: shutil.disk_usage(place).free / 1e6
    memory_mb: tuple[float | None, float | None] = field(default_factory=_physical_mb)
    cores: int | None = field(default_factory=os.cpu_count)
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


def _python(place: Surroundings) -> Iterator[Check]:
    written = ".".join(map(str, place.python))
    if place.python >= (3, 11):
        yield Check("python", "ok", f"{written} on {platform.system()} {platform.machine()}")
    else:
        yield Check(
            "python", "fault", f"{written}, but 3.11 or later is needed", "install Python 3.11 and run `make setup` again"
        )


def _libraries(place: Surroundings) -> Iterator[Check]:
    """Each library that the package asks for is there, of a version in its range, and can be loaded."""
    again = "run `make setup`, or pip install with constraints.txt"
    if place.requirements is None:
        yield Check("package", "fault", f"{PACKAGE} is not installed in this Python", again)
        return
    for requirement in place.requirements:
        name, asked = _split(requirement)
        try:
            found = place.version_of(name)
        except importlib.metadata.PackageNotFoundError:
            yield Check(name, "fault", f"missing; {asked or 'any version'} is needed", again)
            continue
        try:
            place.load(_IMPORTED_AS.get(name, name.replace("-", "_").lower()))
        except BROKEN as error:
            yield Check(name, "fault", f"{found} can't be loaded: {_short(error)}", again)
            continue
        if _within(found, asked):
            yield Check(name, "ok", f"{found}{f', within {asked}' if asked else ''}")
        else:
            yield Check(name, "fault", f"{found} is outside {asked}, for which this release was tested", again)


def _split(requirement: str) -> tuple[str, str]:
    """Name and range of a requirement.

    >>> _split("highspy<1.14,>=1.12"), _split("rich")
    (('highspy', '<1.14,>=1.12'), ('rich', ''))
    """
    name = re.match(r"[\w.-]*", requirement)
    stem = name[0] if name else ""
    return stem, re.sub(r"^\[[^\]]*\]|[() ]", "", requirement[len(stem) :])


def _short(error: BaseException) -> str:
    return str(error).split("\n")[0][:160] or type(error).__name__


def _release(written: str) -> tuple[int, ...]:
    """Numbers of a release, zeros at the end left out.

    >>> _release("9.15.0"), _release("1.13.1rc2")
    ((9, 15), (1, 13, 1))
    """
    number = re.match(r"\d+(?:\.\d+)*", written)
    parts = [int(part) for part in number[0].split(".")] if number else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _within(found: str, asked: str) -> bool:
    """A version lies in a range such as `>=1.12,<1.14`; signs that the range of this package never uses count as kept."""
    judge: Mapping[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
        ">=": lambda a, b: a >= b,
        "<=": lambda a, b: a <= b,
        "==": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        ">": lambda a, b: a > b,
    }
    parts = re.findall(r"(>=|<=|==|!=|<|>)\s*([\d.]+)", asked)
    return all(judge[sign](_release(found), _release(bound)) for sign, bound in parts)


TRIALS: tuple[tuple[str, str, str], ...] = (
    ("HiGHS", "integer_trial", "an integer program"),
    ("CP-SAT", "schedule_trial", "a schedule"),
    ("numba", "compiler_trial", "a compiled function"),
)
"""Name, function of `solve.trials`, and what is tried."""


def _solvers(place: Surroundings) -> Iterator[Check]:
    """Each solver, and the compiler, gives the known answer to a tiny problem."""
    for name, trial, thing in TRIALS:
        try:
            answer = getattr(trials, trial)()
        except BROKEN as error:
            fix = "run `make setup`; for numba, set NUMBA_CACHE_DIR to a folder that can be written"
            yield Check(name, "fault", f"{thing} could not be tried: {_short(error)}", fix)
            continue
        if answer.passed:
            yield Check(name, "ok", f"{thing} has the right answer")
        else:
            what = f"{thing} gives {answer.found:g}, right is {answer.right:g}"
            yield Check(name, "fault", what, "install the versions of constraints.txt; another one answers wrongly")


def _catalogue(place: Surroundings) -> Iterator[Check]:
    """The records that ship with the package can be read, and it is later than the day on which they were gathered."""
    try:
        found = read_catalogue()
    except (StoreError, OSError) as error:
        yield Check("catalogue", "fault", _short(error), "install the package again")
        return
    yield Check("catalogue", "ok", f"{sum(map(len, found.values())):,} records")
    newest = max((vehicle.as_of for vehicle in found["vehicles"]), default="")
    today = place.now.astimezone(UTC).strftime("%Y-%m-%d")
    if today < newest[:10] or place.now.year > 2150:
        what = f"this machine says it is {today}; the catalogue is of {newest}"
        yield Check("clock", "warning", what, "set the clock; scenarios carry their own as_of_utc, so plans stay right")
    else:
        yield Check("clock", "ok", f"{today}, after the catalogue was gathered ({newest})")


def _folders(place: Surroundings) -> Iterator[Check]:
    """Where plans are written and drafts are kept, a folder can be made, renamed and taken away."""
    for folder in dict.fromkeys(place.folders):
        try:
            draft = Path(tempfile.mkdtemp(prefix=".supercargo-doctor.", dir=folder))
            named = draft.with_name(draft.name + ".renamed")
            try:
                (draft / "try").write_bytes(b"whole or not at all\n")
                draft.rename(named)
                kept = (named / "try").read_bytes()
            finally:
                for left in (draft, named):
                    shutil.rmtree(left, ignore_errors=True)
        except OSError as error:
            fix = "work in a folder of your own, or set TMPDIR to one that can be written"
            yield Check("folder", "fault", f"{folder} can't be written: {error.strerror}", fix)
            continue
        if kept != b"whole or not at all\n":
            yield Check("folder", "fault", f"{folder} gives back other bytes than were written", "use another disk")
        else:
            yield Check("folder", "ok", f"{folder} can be written, and folders renamed in it")


def _disk(place: Surroundings) -> Iterator[Check]:
    folder = place.folders[0]
    try:
        free_mb = place.free_mb(folder)
    except OSError as error:
        yield Check("disk", "warning", f"free space of {folder} is not known: {error.strerror}", "look at it by hand")
        return
    state = "ok" if free_mb >= DISK_MB else "warning" if free_mb >= LEAST_DISK_MB else "fault"
    fix = (
        ""
        if state == "ok"
        else f"free {DISK_MB:,.0f} MB: a plan of a year takes some 30 MB, and the old one stands until it is made"
    )
    yield Check("disk", state, f"{free_mb:,.0f} MB free in {folder}", fix)


def _machine(place: Surroundings) -> Iterator[Check]:
    whole_mb, free_mb = place.memory_mb
    if free_mb is None:
        told = f"{whole_mb:,.0f} MB in all" if whole_mb else "not known"
        state = "ok" if whole_mb and whole_mb >= NEEDED_MB else "warning"
        yield Check("memory", state, told, "" if state == "ok" else f"see to {NEEDED_MB:,.0f} MB by hand")
    else:
        state = "ok" if free_mb >= NEEDED_MB else "warning" if free_mb >= LEAST_MB else "fault"
        fix = "" if state == "ok" else f"close other programs: a year of 48 missions wants {NEEDED_MB:,.0f} MB"
        yield Check("memory", state, f"{free_mb:,.0f} MB free{f' of {whole_mb:,.0f}' if whole_mb else ''}", fix)
    if place.cores:
        yield Check("cores", "ok", f"{place.cores}; a plan uses one, and comes out the same on any number")
    else:
        yield Check("cores", "warning", "their number is not known", "nothing is to be done: a plan uses one")


def _terminal(place: Surroundings) -> Iterator[Check]:
    try:
        LETTERS.encode(place.encoding)
    except (UnicodeEncodeError, LookupError):
        fix = "set PYTHONIOENCODING=utf-8, or a UTF-8 locale; files are UTF-8 in any case"
        yield Check("terminal", "warning", f"{place.encoding or 'no encoding'} can't show every letter of names", fix)
    else:
        yield Check("terminal", "ok", f"{place.encoding} shows every letter")


def _evidence(place: Surroundings) -> Iterator[Check]:
    folder = place.environment.get("SUPERCARGO_DATA", "")
    if not folder:
        yield Check("evidence", "ok", "SUPERCARGO_DATA is not set: only tests against outside evidence need it")
    elif Path(folder).is_dir():
        yield Check("evidence", "ok", f"SUPERCARGO_DATA names {folder}")
    else:
        fix = "name the folder with the outside evidence, or unset SUPERCARGO_DATA"
        yield Check("evidence", "warning", f"SUPERCARGO_DATA names {folder}, which is no folder", fix)


CHECKS: tuple[Callable[[Surroundings], Iterator[Check]], ...] = (
    _python,
    _libraries,
    _solvers,
    _catalogue,
    _folders,
    _disk,
    _machine,
    _terminal,
    _evidence,
)
"""All checks, in the order in which they are told."""


def examine(place: Surroundings) -> tuple[Check, ...]:
    """Every check's findings; a fault means that this installation can't do its work."""
    return tuple(found for check in CHECKS for found in check(place))
