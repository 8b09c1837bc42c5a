"""Quantities are declared once: unit, range and meaning stand in the field's metadata and are read everywhere."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import MISSING, field
from functools import cache
from typing import Any, TypeVar

from supercargo.kernel.errors import ScenarioError

__all__ = ["DECIMALS", "as_written", "check_quantities", "decimals", "faults_of", "places_of", "quantity", "text"]

T = TypeVar("T")

DECIMALS = {"kg": 3, "m": 3, "m3": 4, "m/s": 3, "USD": 2, "deg": 4, "s": 1, "d": 4, "h": 3, "km": 3}
"""Decimals written for each unit; other numbers are written with six."""


def quantity(
    unit: str,
    doc: str,
    *,
    ge: float = -math.inf,
    le: float = math.inf,
    column: str = "",
    places: int | None = None,
    default: Any = MISSING,
) -> Any:
    """Declare a number: its unit, lawful range [ge, le] and meaning (column's name and decimals where they differ)."""
    metadata = {"unit": unit, "ge": ge, "le": le, "doc": doc, "column": column, "places": places}
    return field(metadata=metadata, default=default)


def text(doc: str, *, column: str = "", default: Any = MISSING, choices: tuple[str, ...] = ()) -> Any:
    """Declare a word, a list of words, an instant or a truth value: its meaning and, if closed, its lawful choices."""
    return field(metadata={"doc": doc, "column": column, "choices": choices}, default=default)


def decimals(unit: str) -> int:
    """Number of decimals written for `unit`."""
    return DECIMALS.get(unit, 6)


def places_of(declared: dataclasses.Field[Any]) -> int:
    """Number of decimals written for a declared number: its own, else those of its unit."""
    own: int | None = declared.metadata.get("places")
    return decimals(declared.metadata.get("unit", "")) if own is None else own


@cache
def _bounds(kind: Any) -> tuple[tuple[str, float, float, str], ...]:
    fields = dataclasses.fields(kind)
    return tuple((f.name, f.metadata["ge"], f.metadata["le"], f.metadata["unit"]) for f in fields if "unit" in f.metadata)


@cache
def _choices(kind: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((f.name, f.metadata["choices"]) for f in dataclasses.fields(kind) if f.metadata.get("choices"))


def faults_of(noun: Any) -> Iterator[tuple[str, str, str]]:
    """Yield (field, what, fix) for each value of `noun` that is not finite, out of range or not a lawful choice."""
    kind: Any = type(noun)
    for name, low, high, unit in _bounds(kind):
        value = getattr(noun, name)
        if value is not None and not (low <= value <= high and math.isfinite(value)):
            yield name, f"{name} is {value} {unit}, outside [{low:g}, {high:g}]", f"give a finite number of {unit} in range"
    for name, choices in _choices(kind):
        value = getattr(noun, name)
        for word in (value,) if isinstance(value, str) else value or ():
            if word not in choices:
                named = ", ".join(choice or "(empty)" for choice in choices)
                yield name, f"{name} is {word!r}, which is not known", f"use one of: {named}"


def check_quantities(noun: Any) -> None:
    """Refuse a noun that carries NaN, infinity, a number out of range or a word that is not a choice.

    Raises
    ------
    ScenarioError
        naming the first faulty field and its lawful range.
    """
    for _, what, fix in faults_of(noun):
        raise ScenarioError(what, fix=fix, where=type(noun).__name__)


@cache
def _rounding(kind: Any) -> tuple[tuple[str, int], ...]:
    fields = dataclasses.fields(kind)
    return tuple((f.name, places_of(f)) for f in fields if "unit" in f.metadata)


def as_written(noun: T) -> T:
    """Round each number of `noun` to the decimals that files carry, so that memory and file say the same."""
    kind: Any = type(noun)
    changes = {}
    for name, places in _rounding(kind):
        value = getattr(noun, name)
        if isinstance(value, float) and (rounded := round(value, places) + 0.0) != value:
            changes[name] = rounded
    return dataclasses.replace(noun, **changes) if changes else noun  # type: ignore[type-var]
