"""JSON Schema of the files of a scenario and a plan, made from the declarations that read and write them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from typing import Any, get_type_hints

from supercargo.kernel import decimals, plain
from supercargo.model import SCENARIO_TABLES, Settings, Table
from supercargo.store.columns import CEILINGS, LARGEST_NUMBER, YEARS, Column, columns_of
from supercargo.store.json_types import INSTANT, Schema, bounded, schema_of, with_null
from supercargo.store.rows import LARGEST_CELL, LONGEST_NAME
from supercargo.store.settings import SETTINGS_SECTIONS, settings_range

__all__ = ["DIALECT", "SCHEMA_VERSION", "headed", "row_objects", "settings_schema", "table_schema"]

SCHEMA_VERSION = 1
"""Raised when a column, key or answer is taken away or means or takes something else; what is only added keeps it."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAME = r"^$|^(?![=+\-@\s])[^;#\u0000-\u001f\u007f]*(?<!\s)$"
"""A name, as far as a pattern can say it: see docs/files.md."""
_WORD = r"^[^;]*$"
_SOMETHING = r"\S"
_SCENARIO_FILES = {id(table) for table in SCENARIO_TABLES}
_KEY_OF = {table.file: table.key[0] for table in SCENARIO_TABLES}


def headed(name: str, schema: Schema) -> Schema:
    """The schema under its dialect and its name, which carries the version and leads to no host."""
    return {"$schema": DIALECT, "$id": f"supercargo:schema/{SCHEMA_VERSION}/{name}", **schema}


def table_schema(table: Table) -> Schema:
    """Schema of a CSV file as an array of row objects: a property a column, with unit, range, choices and references.

    A number is a number, a list an array, truth a boolean, an instant a string; an empty cell that stands for nothing is null.
    """
    columns = columns_of(table.noun)
    names = {column.field: column.name for column in columns}
    return {
        "title": table.file,
        "description": (table.noun.__doc__ or "").split("\n")[0],
        "type": "array",
        "items": {
            "type": "object",
            "properties": {column.name: _of_column(table, column) for column in columns},
            "required": [column.name for column in columns if column.needed],
        },
        "x-file": table.file,
        "x-columns": [column.name for column in columns],
        "x-key": [names[field] for field in table.key],
    }


def _of_column(table: Table, column: Column) -> Schema:
    kind: Any = table.noun
    field = next(f for f in dataclasses.fields(kind) if f.name == column.field)
    hint = get_type_hints(table.noun)[column.field]
    given = id(table) in _SCENARIO_FILES
    schema = _of_type(hint, column, field, given=given)
    if hint in (str, tuple[str, ...]) and given and column.field in {*table.key, *(name for name, _ in table.refers)}:
        schema = _as_name(schema)
    if column.default is None:
        schema = with_null(schema)
    elif not column.needed:
        schema["default"] = plain(column.default)
    refers = dict(table.refers)
    if column.field in refers:
        schema["x-refers"] = f"{refers[column.field]}#{_KEY_OF[refers[column.field]]}"
    return {"description": field.metadata["doc"], **schema}


def _of_type(hint: Any, column: Column, field: dataclasses.Field[Any], *, given: bool) -> Schema:
    kinds = [kind for kind in getattr(hint, "__args__", (hint,)) if kind is not type(None)]
    if getattr(hint, "__origin__", None) is tuple:
        return {"type": "array", "items": {"type": "string", "minLength": 1, "pattern": _WORD}, "x-separator": ";"}
    if kinds[0] is datetime:
        return {**INSTANT, "x-years": [YEARS[0], YEARS[-1]]}
    if kinds[0] in (int, float):
        most = CEILINGS.get(column.unit, LARGEST_NUMBER) if given else LARGEST_NUMBER
        low, high = max(field.metadata["ge"], -most), min(field.metadata["le"], most)
        return {**schema_of(kinds[0]), **bounded(low, high), "x-unit": column.unit, "x-decimals": decimals(column.unit)}
    if column.choices:
        return {"type": "string", "enum": list(column.choices)}
    if kinds[0] is str:
        needed = given and column.needed
        return {"type": "string", "maxLength": LARGEST_CELL, **({"pattern": _SOMETHING} if needed else {})}
    return schema_of(kinds[0])


def _as_name(schema: Schema) -> Schema:
    if schema["type"] == "array":
        return {**schema, "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME, "pattern": _NAME}}
    needed = {"minLength": 1} if schema.get("pattern") == _SOMETHING else {}
    return {**schema, **needed, "maxLength": LONGEST_NAME, "pattern": _NAME}


def row_objects(records: Iterable[Any], noun: type) -> list[dict[str, Any]]:
    """Rows as the objects that the schema of their file speaks of."""
    columns = columns_of(noun)
    return [{column.name: plain(getattr(record, column.field)) for column in columns} for record in records]


def _is_needed(kind: Any, key: str) -> bool:
    """A key without a default must be given."""
    declared = next(field for field in dataclasses.fields(kind) if field.name == key)
    return declared.default is dataclasses.MISSING and declared.default_factory is dataclasses.MISSING


def settings_schema() -> Schema:
    """Schema of scenario.toml as an object; unknown keys are refused, as they are when it is read."""
    properties: Schema = {}
    required = []
    for section, kind, keys in SETTINGS_SECTIONS:
        told = {key: _of_setting(kind, key) for key in keys}
        if not section:
            properties |= told
            required += [key for key in keys if _is_needed(kind, key)]
        else:
            needed = {"required": list(keys)} if kind is Settings else {}
            properties[section] = {"type": "object", "properties": told, **needed, "additionalProperties": False}
            required += [section] if kind is Settings else []
    return {
        "title": "scenario.toml",
        "description": (Settings.__doc__ or "").split("\n")[0],
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        "x-file": "scenario.toml",
    }


def _of_setting(kind: Any, key: str) -> Schema:
    field = next(f for f in dataclasses.fields(kind) if f.name == key)
    schema = schema_of(get_type_hints(kind)[key])
    if "unit" in field.metadata:
        low, high, is_whole = settings_range(kind, key)
        schema |= bounded(max(low, -LARGEST_NUMBER), min(high, LARGEST_NUMBER))
        schema["x-unit"] = field.metadata["unit"]
        if is_whole:
            schema["type"] = "integer"
    if field.default is not dataclasses.MISSING:
        schema["default"] = plain(field.default)
    return {"description": field.metadata["doc"], **schema}
