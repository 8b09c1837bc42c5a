"""Every schema by name: files of a scenario, a plan and a comparison, and the answers of the commands."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from supercargo.app.answers import ANSWERS, ComparisonAnswer, PlanHead, RunTold
from supercargo.kernel import ScenarioError, canonical_json
from supercargo.measure.compared import COMPARISON_TABLE
from supercargo.model import PLAN_TABLES, SCENARIO_TABLES
from supercargo.store import refuse_existing, refuse_unwritable
from supercargo.store.folders import write_whole
from supercargo.store.json_types import Schema, schema_of
from supercargo.store.schemas import SCHEMA_VERSION, headed, settings_schema, table_schema

__all__ = ["all_schemas", "schema_named", "schema_version", "write_schemas"]


def schema_version() -> int:
    """The version that every `$id` carries."""
    return SCHEMA_VERSION


def all_schemas() -> dict[str, Schema]:
    """Schemas by name, such as `scenario/missions`, each with its version in `$id`."""
    return {name: headed(name, schema) for name, schema in _bare()}


def _bare() -> Iterator[tuple[str, Schema]]:
    yield "scenario/scenario", settings_schema()
    for table in SCENARIO_TABLES:
        yield f"scenario/{_stem(table.file)}", table_schema(table)
    yield "plan/plan", _file("plan.json", PlanHead)
    yield "plan/run", _file("run.json", RunTold)
    for table in PLAN_TABLES:
        yield f"plan/{_stem(table.file)}", table_schema(table)
    yield f"comparison/{_stem(COMPARISON_TABLE.file)}", table_schema(COMPARISON_TABLE)
    yield "comparison/figures", _file("compare.json", ComparisonAnswer)
    for command, answer in ANSWERS.items():
        schema = schema_of(answer)
        yield f"answer/{command}", {"title": f"answer of {command}", "description": _said(schema), **schema}


def _file(name: str, kind: Any) -> Schema:
    return {"title": name, **schema_of(kind), "x-file": name}


def _said(schema: Schema) -> str:
    """What an answer is; a list says so of its members."""
    return str(schema.get("description") or f"A list. {schema['items']['description']}")


def _stem(file: str) -> str:
    return file.rpartition(".")[0] or file


def schema_named(word: str) -> Schema:
    """The schema of a file: by its name `scenario/missions`, by `scenario/missions.csv`, or by `cargo.csv` if one has it.

    Raises ScenarioError for a name that no schema has, or that several have.
    """
    schemas = all_schemas()
    plain = word.strip().strip("/")
    for name in (plain, _stem(plain) if "." in plain.rpartition("/")[2] else plain):
        if name in schemas:
            return schemas[name]
    found = [name for name, schema in schemas.items() if plain in (schema.get("x-file"), name.rpartition("/")[2])]
    if len(found) == 1:
        return schemas[found[0]]
    if found:
        raise ScenarioError(f"several schemas are called {word!r}", fix=f"use one of: {', '.join(found)}", where="FILE")
    close = difflib.get_close_matches(plain, [*schemas, *(name.rpartition("/")[2] for name in schemas)], n=3)
    hint = f"use one of: {', '.join(close)}" if close else "see `supercargo schema` for the names"
    raise ScenarioError(f"no schema is called {word!r}", fix=hint, where="FILE")


def write_schemas(schemas: dict[str, Schema], out: Path, *, force: bool) -> None:
    """Write schemas into a folder, whole or not at all: `scenario/missions` as scenario/missions.json.

    Raises Refused for an `out` that exists unless `force`.
    """
    refuse_existing(out, force=force)
    refuse_unwritable(out)
    files = {f"{name}.json": canonical_json(schema).encode() for name, schema in schemas.items()}
    write_whole(out, files, force=force)
