"""JSON Schema as far as ours need it, told with every fault's pointer, and JSON text that means no harm."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from supercargo.kernel import Fault, ScenarioError

__all__ = ["DEEPEST", "LARGEST_BYTES", "faults_in", "read_json"]

LARGEST_BYTES = 16 * 1024 * 1024
"""A document that is larger is refused before it is read."""
DEEPEST = 64
"""Objects and lists may stand inside each other so many times."""

Json = Any
_TYPES: Mapping[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float), "integer": int, "null": type(None),
}  # fmt: skip
_MOST_FAULTS = 200


def read_json(content: bytes, *, where: str) -> Json:
    """JSON text in UTF-8 of at most `LARGEST_BYTES`, nested at most `DEEPEST` deep, each name once, numbers finite.

    Raises ScenarioError with the line and column where it is none.
    """

    def refuse(what: str, fix: str) -> ScenarioError:
        return ScenarioError(what, fix=fix, where=where)

    if len(content) > LARGEST_BYTES:
        raise refuse(f"{len(content):,} bytes are more than {LARGEST_BYTES:,}", "send the events in several documents")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(f"byte {error.start} is not UTF-8", "write the document in UTF-8") from error
    if (depth := _depth(text)) > DEEPEST:
        raise refuse(f"objects and lists stand {depth} deep in each other", f"nest at most {DEEPEST} deep")
    try:
        return json.loads(
            text, object_pairs_hook=_each_once, parse_constant=_no_constant, parse_int=_whole, parse_float=_finite
        )  # fmt: skip
    except json.JSONDecodeError as error:
        raise refuse(f"no JSON at line {error.lineno} column {error.colno}: {error.msg}", "write valid JSON") from error
    except ValueError as error:
        raise refuse(str(error), "give each name once, and numbers that are finite") from error


def _depth(text: str) -> int:
    """How deep brackets stand in each other, outside of words."""
    depth = deepest = 0
    for sign in re.sub(r'"(?:[^"\\]|\\.)*"', "", text, flags=re.DOTALL):
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _each_once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name[:60]!r} stands twice in one object")
        found[name] = value
    if any(_unwritable(word) for word in (*found, *(value for value in found.values() if isinstance(value, str)))):
        raise ValueError("a word has half of a surrogate pair, which no text can hold")
    return found


def _unwritable(word: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in word)


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _whole(digits: str) -> int:
    if len(digits) > 18:
        raise ValueError(f"the number {digits[:20]}... has {len(digits)} digits")
    return int(digits)


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {digits[:20]} is too large")
    return value


def faults_in(document: Json, schema: Mapping[str, Json], *, file: str) -> tuple[Fault, ...]:
    """Every way in which a document is not as a schema says, with its JSON pointer (RFC 6901) as column.

    Keywords: $ref to $defs, type, const, enum, pattern, minLength, maxLength, minimum, maximum, required, properties,
    patternProperties, additionalProperties: false, items, minItems, maxItems, allOf, anyOf, if with then.
    """
    faults = []
    for pointer, what, fix in _against(document, schema, schema, ""):
        faults.append(Fault(file, 0, pointer or "/", what, fix))
        if len(faults) >= _MOST_FAULTS:
            break
    return tuple(dict.fromkeys(faults))


_Told = Iterator[tuple[str, str, str]]


def _against(value: Json, schema: Mapping[str, Json], root: Mapping[str, Json], at: str) -> _Told:
    if "$ref" in schema:
        yield from _against(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, at)
    if "type" in schema and not _is(value, schema["type"]):
        yield at, f"is {_said(value)}, not {_a(schema['type'])}", f"give {_a(schema['type'])}"
        return
    yield from _plain_faults(value, schema, at)
    if isinstance(value, dict):
        yield from _object_faults(value, schema, root, at)
    elif isinstance(value, list):
        yield from _list_faults(value, schema, root, at)
    for part in schema.get("allOf", ()):
        yield from _against(value, part, root, at)
    if "anyOf" in schema and not any(_fits(value, part, root) for part in schema["anyOf"]):
        yield at, schema.get("x-what", "fits none of the lawful forms"), schema.get("x-fix", "see docs/cargo.md")
    if "if" in schema and _fits(value, schema["if"], root):
        yield from _against(value, schema["then"], root, at)


def _fits(value: Json, schema: Mapping[str, Json], root: Mapping[str, Json]) -> bool:
    return next(_against(value, schema, root, ""), None) is None


def _is(value: Json, name: str) -> bool:
    if name in ("number", "integer") and isinstance(value, bool):
        return False
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name])


def _said(value: Json) -> str:
    return next(_a(name) for name in ("null", "boolean", "string", "number", "array", "object") if _is(value, name))


def _a(name: str) -> str:
    words = {"object": "an object", "array": "a list", "string": "text", "boolean": "true or false", "null": "null"}
    return words.get(name, "a whole number" if name == "integer" else f"a {name}")


def _plain_faults(value: Json, schema: Mapping[str, Json], at: str) -> _Told:
    if "const" in schema and value != schema["const"]:
        yield at, f"is {_short(value)}", f"give {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield at, f"is {_short(value)}, which is not known", f"use one of: {', '.join(map(str, schema['enum']))}"
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)):
            yield at, f"has {len(value)} signs", f"give at most {schema['maxLength']}"
        if len(value) < schema.get("minLength", 0):
            yield at, "is empty", "fill it in or leave it out"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield at, f"is {_short(value)}", schema.get("x-fix", f"write it as {schema['pattern']}")
    if _is(value, "number"):
        if value < schema.get("minimum", value):
            yield at, f"is {value}", f"give {schema['minimum']} or more"
        if value > schema.get("maximum", value):
            yield at, f"is {value}", f"give {schema['maximum']} or less"


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _object_faults(value: dict[str, Json], schema: Mapping[str, Json], root: Mapping[str, Json], at: str) -> _Told:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}/{_escaped(name)}", "is missing", f"add {name}"
    properties, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for name, inner in value.items():
        below = f"{at}/{_escaped(name)}"
        if name in properties:
            yield from _against(inner, properties[name], root, below)
        matching = [part for pattern, part in patterns.items() if re.search(pattern, name)]
        for part in matching:
            yield from _against(inner, part, root, below)
        if name not in properties and not matching and schema.get("additionalProperties") is False:
            yield below, "is no field of EPCIS 2.0 here", "mend its spelling; a field of your own has a prefix, as in my:field"


def _list_faults(value: list[Json], schema: Mapping[str, Json], root: Mapping[str, Json], at: str) -> _Told:
    if len(value) < schema.get("minItems", 0):
        yield at, f"has {len(value)} entries", f"give {schema['minItems']} or more"
    if len(value) > schema.get("maxItems", len(value)):
        yield at, f"has {len(value)} entries", f"give at most {schema['maxItems']}"
        return
    if "items" in schema:
        for number, inner in enumerate(value):
            yield from _against(inner, schema["items"], root, f"{at}/{number}")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
