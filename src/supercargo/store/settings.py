"""scenario.toml: the head of a scenario, read with every fault told and written in one fixed order."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, get_type_hints

from supercargo.kernel import Fault, ScenarioError, faults_of, format_utc, parse_utc
from supercargo.model import Limits, Service, Settings
from supercargo.store.columns import LARGEST_NUMBER, YEARS, BadCell

__all__ = [
    "SETTINGS_FILE",
    "SETTINGS_SECTIONS",
    "SettingKey",
    "read_settings",
    "setting_keys",
    "settings_of",
    "settings_range",
    "settings_text",
]

SETTINGS_FILE = "scenario.toml"
LARGEST_SETTINGS = 64 * 1024
"""Bytes of the largest scenario.toml that is read; a longer one is no head of a scenario and may take hours to parse."""
_MOST = {"schedule_work": 1e6, "manifest_nodes": 1e9, "stowage_tries": 1e4, "demand_samples": 1e4}
_WHOLE = ("manifest_nodes", "stowage_rounds", "stowage_tries", "demand_samples")
_HORIZON = ("start_utc", "end_utc")
_SECTIONS: Mapping[str, Any] = {"service": Service, "limits": Limits}
_HEAD = ("name", "as_of_utc", "currency_year", "seed")
_OPTIONAL = ("remarks",)

SETTINGS_SECTIONS: tuple[tuple[str, type, tuple[str, ...]], ...] = (
    ("", Settings, (*_HEAD, *_OPTIONAL)),
    ("horizon", Settings, _HORIZON),
    *((name, kind, tuple(field.name for field in dataclasses.fields(kind))) for name, kind in _SECTIONS.items()),
)
"""Tables of scenario.toml (the first is its head), the noun of each, and its keys."""


def settings_text(settings: Settings) -> str:
    """scenario.toml of these settings."""
    given = (*_HEAD, *(key for key in _OPTIONAL if getattr(settings, key)))
    lines = [f"{key} = {_toml(getattr(settings, key))}" for key in given]
    lines += ["", "[horizon]", *(f"{key} = {_toml(getattr(settings, key))}" for key in _HORIZON)]
    for section in _SECTIONS:
        values: Any = getattr(settings, section)
        lines += ["", f"[{section}]"]
        lines += [f"{f.name} = {_toml(getattr(values, f.name))}" for f in dataclasses.fields(values)]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, datetime):
        return format_utc(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    number = float(value)
    return repr(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def read_settings(content: bytes, faults: list[Fault]) -> Settings | None:
    """Settings of a scenario.toml, with each fault added to `faults`; None if it does not even say which year it is of.

    Where faults were added, the settings serve only to check other files against the horizon.
    """
    if len(content) > LARGEST_SETTINGS:
        what = f"the file has {len(content):,} bytes, more than {LARGEST_SETTINGS:,}"
        faults.append(Fault(SETTINGS_FILE, 0, "", what, "keep only the keys that docs/files.md names"))
        return None
    try:
        written = content.decode("utf-8-sig")
        head = tomllib.loads(written)
    except UnicodeDecodeError:
        faults.append(Fault(SETTINGS_FILE, 0, "", "the file is not UTF-8 text", "save it in UTF-8"))
        return None
    except (ValueError, RecursionError) as error:  # beside faulty TOML: endless numbers and nests of brackets
        row = re.search(r"at line (\d+)", str(error))
        what = f"this is not TOML: {error}"[:200]
        faults.append(
            Fault(SETTINGS_FILE, int(row[1]) if row else 0, "", what, "write `key = value`, text in quotation marks")
        )
        return None
    return settings_of(head, faults, lambda section, key: _row(written, section, key))


def settings_of(head: Mapping[str, Any], faults: list[Fault], row_of: Callable[[str, str], int]) -> Settings | None:
    """Settings of keys and tables, wherever they were read; `row_of` finds the row of (table, key), 0 if it is not there.

    A value may be a BadCell, which is told as it stands. Faults and None as `read_settings` says.
    """
    return _Reader(row_of, faults, len(faults)).settings(head)


@dataclasses.dataclass(frozen=True, slots=True)
class SettingKey:
    """One key of the settings: its table (empty: the head), type, unit, meaning, and default (MISSING: it must be given)."""

    section: str
    key: str
    hint: Any
    unit: str
    meaning: str
    default: Any

    @property
    def dotted(self) -> str:
        """`limits.schedule_work`; keys of the head stand alone."""
        return f"{self.section}.{self.key}" if self.section else self.key


def setting_keys() -> tuple[SettingKey, ...]:
    """Every key of the settings, in the order in which they are written."""
    kinds: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
        ("", Settings, (*_HEAD, *_OPTIONAL)),
        ("horizon", Settings, _HORIZON),
        *((name, kind, ()) for name, kind in _SECTIONS.items()),
    )
    found = []
    for section, kind, keys in kinds:
        fields = {f.name: f for f in dataclasses.fields(kind)}
        hints = get_type_hints(kind)
        for key in keys or fields:
            told = fields[key].metadata
            found.append(SettingKey(section, key, hints[key], told.get("unit", ""), told["doc"], fields[key].default))
    return tuple(found)


@dataclasses.dataclass
class _Reader:
    row_of: Callable[[str, str], int]
    faults: list[Fault]
    before: int

    def settings(self, head: Mapping[str, Any]) -> Settings | None:
        sections = {name: self._section(head, name) for name in ("horizon", *_SECTIONS)}
        values = self._values("", {k: v for k, v in head.items() if k not in sections}, Settings, (*_HEAD, *_OPTIONAL))
        values |= self._values("horizon", sections["horizon"], Settings, _HORIZON)
        for name, kind in _SECTIONS.items():
            fields: Any = kind
            found = self._values(name, sections[name], kind, tuple(f.name for f in dataclasses.fields(fields)))
            values[name] = self._made(name, kind, found)
        made: Settings = self._made("", Settings, values)
        return made if all(isinstance(values.get(key), datetime) for key in (*_HORIZON, "as_of_utc")) else None

    def _section(self, head: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        section = head.get(name, {})
        if isinstance(section, Mapping):
            return section
        self._fault("", name, f"{name} is not a table", f"start a table with [{name}]")
        return {}

    def _values(self, section: str, given: Mapping[str, Any], kind: Any, known: tuple[str, ...]) -> dict[str, Any]:
        hints = get_type_hints(kind)
        for key in given:
            if key not in known:
                place = f"[{section}]" if section else "the head"
                self._fault(section, key, f"{key!r} is not known in {place}", f"use one of: {', '.join(known)}")
        values = {}
        for key in known:
            if isinstance(given.get(key), BadCell):
                self._fault(section, key, given[key].what, given[key].fix)
            elif key in given:
                try:
                    values[key] = _typed(given[key], hints[key])
                except ValueError as error:
                    self._fault(section, key, f"{key} is {_shown(given[key])}"[:120], str(error))
            elif kind is Settings and key not in _OPTIONAL:
                self._fault(section, key, f"{key} is missing", f"add {key}" + (f" under [{section}]" if section else ""))
        return values

    def _made(self, section: str, kind: Any, values: Mapping[str, Any]) -> Any:
        draft = object.__new__(kind)
        for f in dataclasses.fields(kind):
            missing = f.default_factory() if f.default_factory is not dataclasses.MISSING else f.default
            object.__setattr__(draft, f.name, values.get(f.name, None if missing is dataclasses.MISSING else missing))
        found = [*faults_of(draft), *_faults_of_limits(draft)]
        for key, what, fix in found:
            self._fault(section, key, what, fix)
        if found or len(self.faults) > self.before:
            return draft
        try:
            return kind(**values)
        except ScenarioError as error:
            place = ("horizon", "end_utc") if kind is Settings else (section, "priority_usd")
            self._fault(*place, error.what, error.fix)
            return draft

    def _fault(self, section: str, key: str, what: str, fix: str) -> None:
        self.faults.append(Fault(SETTINGS_FILE, self.row_of(section, key), key, what, fix))


def _row(written: str, section: str, key: str) -> int:
    """Line of a key of scenario.toml, 0 if it is not there."""
    place = ""
    for number, line in enumerate(written.splitlines(), 1):
        if opened := re.match(r"\s*\[([^\]]+)\]", line):
            place = opened[1].strip()
            if not section and place == key:
                return number
        elif place == section and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""", line):
            return number
    return 0


def settings_range(kind: Any, key: str) -> tuple[float, float, bool]:
    """Least and largest value of a number of scenario.toml, and whether it must be whole."""
    field = next(field for field in dataclasses.fields(kind) if field.name == key)
    most = min(field.metadata["le"], _MOST.get(key, math.inf)) if kind is Limits else field.metadata["le"]
    return field.metadata["ge"], most, kind is Limits and key in _WHOLE


def _faults_of_limits(draft: Any) -> Iterator[tuple[str, str, str]]:
    """Work is counted in whole numbers, and bounded so that a slip of the pen does not run for a week."""
    if not isinstance(draft, Limits):
        return
    for key in _WHOLE:
        if math.isfinite(getattr(draft, key)) and not float(getattr(draft, key)).is_integer():
            yield key, f"{key} is {getattr(draft, key):g}", "give a whole number"
    for key, most in _MOST.items():
        if getattr(draft, key) > most:
            yield key, f"{key} is {getattr(draft, key):g}, which can't be meant", f"give at most {most:,.0f}"


def _shown(value: Any) -> str:
    """The value as TOML writes it, or nearly so."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _typed(value: Any, hint: Any) -> Any:
    """The value as its field's type. Raises ValueError with the fix."""
    if hint is datetime:
        return _instant(value)
    if hint is str:
        if isinstance(value, str) and value.strip() and value.isprintable():
            return value
        raise ValueError("give a word in quotation marks")
    if hint is int:
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST_NUMBER:
            return value
        raise ValueError(f"give a whole number below {LARGEST_NUMBER:g}")
    if hint is float:
        return _number(value)
    if hint == tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(part, str) and part.strip() and part.isprintable() for part in value):
            return tuple(value)
        raise ValueError("give a list of sentences in quotation marks, in [ ]")
    if isinstance(value, list):
        return tuple(_number(part) for part in value)
    raise ValueError("give a list of numbers in [ ]")


def _number(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST_NUMBER:
        return float(value)
    raise ValueError("give a plain finite number, without unit and without quotation marks")


def _instant(value: Any) -> datetime:
    written = "write an instant in UTC as YYYY-MM-DDTHH:MM:SSZ"
    if isinstance(value, str):
        try:
            value = parse_utc(value)
        except ValueError:
            raise ValueError(written) from None
    lawful = isinstance(value, datetime) and value.tzinfo is not None and value.microsecond == 0 and value.year in YEARS
    if not lawful:
        raise ValueError(f"{written}, year {YEARS[0]} to {YEARS[-1]}")
    instant: datetime = value.astimezone(UTC)
    return instant
