"""A type as JSON Schema (Draft 2020-12): nouns, answers and their parts, read off their declarations."""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

__all__ = ["INSTANT", "bounded", "schema_of", "with_null"]

Schema = dict[str, Any]

INSTANT: Mapping[str, Any] = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$",
}
"""An instant in UTC, in whole seconds."""

_WORDS: Mapping[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def schema_of(hint: Any) -> Schema:
    """Schema of what `kernel.plain` makes of a value of this type.

    >>> schema_of(tuple[int, ...])
    {'type': 'array', 'items': {'type': 'integer'}}

    Raises TypeError for a type that no answer may hold.
    """
    if hint is Any:
        return {}
    if hint in _WORDS:
        return {"type": _WORDS[hint]}
    if hint is datetime:
        return dict(INSTANT)
    if get_origin(hint) is NotRequired:
        return schema_of(get_args(hint)[0])
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"type": "string", "enum": [member.value for member in hint]}
    if is_typeddict(hint):
        return _of_answer(hint)
    if dataclasses.is_dataclass(hint):
        return _of_noun(hint)
    return _of_parts(hint)


def _of_parts(hint: Any) -> Schema:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _of_union(inner)
    if origin is tuple and inner[-1] is not Ellipsis:
        parts = [schema_of(part) for part in inner]
        return {"type": "array", "prefixItems": parts, "items": False, "minItems": len(parts), "maxItems": len(parts)}
    if origin in (tuple, list, Sequence):
        return {"type": "array", "items": schema_of(inner[0])}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": schema_of(inner[1])}
    raise TypeError(f"{hint!r} has no JSON form")


def _of_union(inner: tuple[Any, ...]) -> Schema:
    parts = [schema_of(part) for part in inner]
    if all(set(part) == {"type"} for part in parts):
        return {"type": [part["type"] for part in parts]}
    return {"anyOf": parts}


def _of_answer(hint: Any) -> Schema:
    hints = get_type_hints(hint, include_extras=True)  # NotRequired is an extra
    schema: Schema = {
        "type": "object",
        "properties": {name: schema_of(kind) for name, kind in hints.items()},
        "required": [name for name, kind in hints.items() if get_origin(kind) is not NotRequired],
        "additionalProperties": False,
    }
    return {"description": _sentence(hint), **schema}


def _of_noun(hint: Any) -> Schema:
    hints = get_type_hints(hint)
    fields = dataclasses.fields(hint)
    schema: Schema = {
        "type": "object",
        "properties": {f.name: _of_field(f, hints[f.name]) for f in fields},
        "required": [f.name for f in fields],
        "additionalProperties": False,
    }
    return {"description": _sentence(hint), **schema}


def _of_field(field: dataclasses.Field[Any], hint: Any) -> Schema:
    schema = schema_of(hint)
    if "doc" in field.metadata:
        schema["description"] = field.metadata["doc"]
    if "unit" in field.metadata:
        schema["x-unit"] = field.metadata["unit"]
        schema |= bounded(field.metadata["ge"], field.metadata["le"])
    return schema


def bounded(low: float, high: float) -> Schema:
    """Keywords of a range; an infinite end has none."""
    ends = (("minimum", low), ("maximum", high))
    return {word: int(end) if float(end).is_integer() else end for word, end in ends if math.isfinite(end)}


def with_null(schema: Schema) -> Schema:
    """The schema that takes null too."""
    return {**schema, "type": [schema["type"], "null"], **({"enum": [*schema["enum"], None]} if "enum" in schema else {})}


def _sentence(hint: Any) -> str:
    return (hint.__doc__ or "").split("\n")[0]
