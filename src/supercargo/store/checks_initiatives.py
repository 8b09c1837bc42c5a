"""Initiatives: each changes parameters that the scenario has, to lawful values at all its strengths, and somebody answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from supercargo.kernel import Fault, ScenarioError
from supercargo.model import SCENARIO_TABLES, Initiative, Lever, lever_of, pulled_records, rows_named
from supercargo.store.sheets import Sheets

__all__ = ["INITIATIVE_CHECKS"]

_STRENGTHS = (
    ("as it is meant", lambda one: 1.0),
    ("at least_fraction", lambda one: one.least_fraction),
    ("at most_fraction", lambda one: one.most_fraction),
)
"""How far the cost programme is measured; each strength of an initiative."""


def _levers(sheets: Sheets) -> Iterator[Fault]:
    """A change of a parameter that is not there, or to what it can't be, would save nothing, and nobody would be told."""
    sound: list[tuple[int, Initiative, tuple[Lever, ...]]] = []
    records = _records(sheets)
    for row, one in sheets.rows("initiatives"):
        faults = list(_faults(sheets, records, row, one))
        yield from faults
        if not faults and one.state != "stopped":
            sound.append((row, one, tuple(lever for word in one.changes if _readable(sheets, lever := lever_of(word)))))
    yield from _together(sheets, records, sound)


def _records(sheets: Sheets) -> dict[str, Any]:
    settings = {"limits": sheets.settings.limits, "service": sheets.settings.service} if sheets.settings else {}
    return {**{table.attribute: sheets.records(table.attribute) for table in SCENARIO_TABLES}, **settings}


def _readable(sheets: Sheets, lever: Lever) -> bool:
    """True where the file that a change names is sound; a faulty one is told of already."""
    attributes = {table.file: table.attribute for table in SCENARIO_TABLES}
    if lever.file not in attributes:
        return sheets.settings is not None
    return sheets.sound(attributes[lever.file])


def _faults(sheets: Sheets, records: Mapping[str, Any], row: int, one: Initiative) -> Iterator[Fault]:
    name = one.initiative_id
    if not one.changes:
        fix = "name a parameter and its factor; a saving can't be entered, it is measured"
        yield sheets.fault("initiatives", row, "changes", f"{name} changes nothing", fix)
    levers = []
    for word in one.changes:
        try:
            lever = lever_of(word)
            if _readable(sheets, lever):
                rows_named(lever.cell, records)
                levers.append(lever)
        except ScenarioError as error:
            yield sheets.fault("initiatives", row, "changes", f"{name}: {word[:80]}: {error.what}", error.fix)
            return
        if lever.sign == "*" and lever.number < 0:
            what = f"{name}: {word[:80]}: a factor below 0 turns cost into revenue"
            yield sheets.fault("initiatives", row, "changes", what, "give a factor of 0 or more")
            return
    for words, share in _STRENGTHS:
        try:
            _pull(records, [(lever, share(one)) for lever in levers])
        except ScenarioError as error:
            field = "changes" if words == "as it is meant" else words.removeprefix("at ")
            strength = f" at {field} {share(one):g}" if field != "changes" else ""
            yield sheets.fault("initiatives", row, field, f"{name}{strength}: {_told(error)}", _fix(field))
            if field == "changes":
                return


def _pull(records: Mapping[str, Any], pulls: Sequence[tuple[Lever, float]]) -> None:
    """Raises ScenarioError where a parameter leaves its lawful range."""
    held = dict(records)
    for lever, share in pulls:
        held |= pulled_records(held, lever, share)


def _told(error: ScenarioError) -> str:
    return "; ".join(fault.what for fault in error.faults) or error.what


def _fix(field: str) -> str:
    if field == "most_fraction":
        return "lower most_fraction, or write a change that is lawful at so large a share"
    if field == "least_fraction":
        return "change least_fraction, or the change itself"
    return "change it by less"


def _together(
    sheets: Sheets, records: Mapping[str, Any], sound: Sequence[tuple[int, Initiative, tuple[Lever, ...]]]
) -> Iterator[Fault]:
    """All initiatives at once are measured too: what each may do alone, several may not."""
    for words, share in _STRENGTHS:
        held = dict(records)
        for at, (row, one, levers) in enumerate(sound):
            try:
                for lever in levers:
                    held |= pulled_records(held, lever, share(one))
            except ScenarioError as error:
                cells = {(lever.file, lever.column) for lever in levers}
                others = [
                    other.initiative_id for _, other, pulls in sound[:at] if cells & {(it.file, it.column) for it in pulls}
                ]
                what = f"{one.initiative_id}, {words}, after {', '.join(others)[:200]}: {_told(error)}"
                yield sheets.fault("initiatives", row, "changes", what, "let them change less together, or stop one of them")
                return


def _owners(sheets: Sheets) -> Iterator[Fault]:
    """Somebody answers for each initiative."""
    for row, one in sheets.rows("initiatives"):
        for field in ("owner", "title"):
            if not getattr(one, field).strip():
                yield sheets.fault("initiatives", row, field, f"{field} is missing", f"state {field}: an initiative has both")


INITIATIVE_CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (_levers, _owners)
"""Checks of initiatives."""
