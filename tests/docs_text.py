"""The parts of the docs that are read off the code. `python -m tests.docs_text` writes them anew."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from fastapi.routing import APIRoute

from supercargo.app.schemas import all_schemas
from supercargo.faces.api.application import all_routers
from supercargo.faces.api.rules import RULE_MARK
from supercargo.measure.compared import COMPARISON_TABLE
from supercargo.measure.compliance import CHECKS
from supercargo.measure.cost_activities import describe_activities
from supercargo.measure.kpis import describe_kpis
from supercargo.measure.scor_table import describe_scor
from supercargo.model import BOOK_TABLES, PLAN_TABLES, SCENARIO_TABLES, Table
from supercargo.referee import RULES
from supercargo.store.columns import columns_of
from supercargo.track.people import ROLE_SCOPES
from tests.docs_cargo import epcis_part, stages_part, steps_part
from tests.docs_ccsds import keywords_part

DOCS = Path(__file__).parents[1] / "docs"
ORBIT = tuple(f"orbit {view}" for view in ("beta", "passes", "returns", "holds"))
CARGO = ("import", "where", "history", "at", "epcis")
COST = tuple(f"cost {command}" for command in ("show", "import", "quote"))
TRACK = tuple(f"track {command}" for command in ("verify-log", "export", "rebuild", "backup", "restore", *CARGO))
COMMANDS = (
    "",
    "new",
    "check",
    "workbook",
    "plan",
    "replan",
    "simulate",
    "verify",
    "kpi",
    "report",
    *COST,
    "compare",
    "comply",
    "risk",
    "programme",
    "fleet",
    "supply",
    "strategy",
    "improve",
    "lesson",
    "backtest",
    "windows",
    *ORBIT,
    "transfer",
    "schema",
    "doctor",
    "bench",
    *TRACK,
    "release",
    "fly",
    "mission",
    "act",
    "work",
    "conflict",
    "ledger",
    "record",
    "board",
    "serve",
    "password",
)


def help_text(command: str) -> str:
    """What `supercargo COMMAND --help` prints on a terminal of 80 columns."""
    from typer.testing import CliRunner

    from supercargo.faces.cli import app

    words = [*command.split(), "--help"]
    return CliRunner().invoke(app, words, prog_name="supercargo", env={"COLUMNS": "80"}).stdout


def commands_part() -> str:
    """Every command's help, under its heading."""
    heads = [f"supercargo {command}".strip() for command in COMMANDS]
    blocks = zip(heads, COMMANDS, strict=True)
    return "\n".join(f"## {head}\n\n```text\n{help_text(command).rstrip()}\n```\n" for head, command in blocks)


def files_part(tables: tuple[Table, ...]) -> str:
    """Every file of a folder with its columns, under its heading."""
    return "\n".join(_file_part(table) for table in tables)


def _file_part(table: Table) -> str:
    names = {column.field: column.name for column in columns_of(table.noun)}
    sentence = (table.noun.__doc__ or "").split("\n")[0]
    key = ", ".join(names[field] for field in table.key)
    lines = [
        f"### {table.file}",
        "",
        f"{sentence} A row is named by: {key}.",
        "",
        "| column | type | meaning |",
        "| --- | --- | --- |",
    ]
    fields: Any = table.noun
    hints = get_type_hints(table.noun)
    refers = dict(table.refers)
    for field in dataclasses.fields(fields):
        meaning = field.metadata["doc"] + (f" (stands in {refers[field.name]})" if field.name in refers else "")
        lines.append(f"| {names[field.name]} | {_type(field, hints[field.name])} | {meaning} |")
    return "\n".join([*lines, ""])


def _type(field: dataclasses.Field[Any], hint: Any) -> str:
    said = str(hint)
    if "tuple" in said:
        kind = "list"
    elif "datetime" in said:
        kind = "instant"
    elif "bool" in said:
        kind = "truth"
    elif field.metadata.get("choices"):
        kind = ", ".join(choice for choice in field.metadata["choices"] if choice)
    elif "unit" in field.metadata:
        kind = ("whole number" if "int" in said else "number") + f" [{field.metadata['unit']}]"
    else:
        kind = "text"
    return kind + ("" if field.default is dataclasses.MISSING else ", may be empty")


def rules_part() -> str:
    """Every rule of the referee with its kind and sentence."""
    rows = [f"| `{rule.rule_id}` | {'hard' if rule.hard else 'soft'} | {rule.sentence} |" for rule in RULES]
    return "\n".join(["| rule | kind | sentence |", "| --- | --- | --- |", *rows, ""])


def checks_part() -> str:
    """Every check of compliance with what it reads and its parameters."""
    rows = ["| check | reads | parameters | sentence |", "| --- | --- | --- | --- |"]
    for check in CHECKS.values():
        words = ", ".join(
            f"`{name}`" if default is None else f"`{name}` ({default if isinstance(default, str) else f'{default:g}'})"
            for name, default in check.parameters.items()
        )
        rows.append(f"| `{check.name}` | {check.reads} | {words} | {check.sentence} |")
    return "\n".join([*rows, ""])


def answers_part() -> str:
    """Every answer in JSON with its keys."""
    rows = ["| answer | what | keys |", "| --- | --- | --- |"]
    for name, said in all_schemas().items():
        if name.startswith("answer/"):
            rows.append(f"| {name} | {said['description']} | {_keys(said)} |")
    return "\n".join([*rows, ""])


def _keys(said: dict[str, Any]) -> str:
    """The keys of an object, or of each object of a list; those that may be left out in brackets."""
    if said["type"] == "array":
        return f"a list of: {_keys(said['items'])}"
    return ", ".join(key if key in said["required"] else f"({key})" for key in said["properties"])


def roles_part() -> str:
    """Every role with its scopes."""
    head = ["| role | scopes |", "| --- | --- |"]
    return "\n".join([*head, *(f"| {role} | {', '.join(scopes)} |" for role, scopes in ROLE_SCOPES.items()), ""])


def routes_part() -> str:
    """Every route of the API with its rule."""
    rows = ["| route | scope | shows | what |", "| --- | --- | --- | --- |"]
    for route in (route for router in all_routers() for route in router.routes):
        assert isinstance(route, APIRoute)
        if not route.include_in_schema:
            continue  # a page: docs/board.md
        rule = (route.openapi_extra or {})[RULE_MARK]
        told = route.summary if route.summary and not route.description else (route.description or "").split("\n")[0]
        method = " ".join(sorted(route.methods or ()))
        rows.append(f"| `{method} {route.path}` | {rule['scope']} | {rule['seen']} | {told} |")
    return "\n".join([*rows, ""])


@cache
def parts() -> dict[str, dict[str, str]]:
    """What must stand between the marks of each document."""
    return {
        "api.md": {"roles": roles_part(), "routes": routes_part()},
        "cargo.md": {"stages": stages_part(), "steps": steps_part(), "epcis": epcis_part()},
        "ccsds.md": {"keywords": keywords_part()},
        "commands.md": {"help": commands_part(), "answers": answers_part()},
        "compliance.md": {"checks": checks_part()},
        "kpis.md": {"kpis": describe_kpis()},
        "cost.md": {"activities": "\n".join([*describe_activities(), ""]), "books": files_part(BOOK_TABLES)},
        "scor.md": {"metrics": describe_scor()},
        "rules.md": {"rules": rules_part()},
        "files.md": {
            "scenario": files_part(SCENARIO_TABLES),
            "plan": files_part(PLAN_TABLES),
            "comparison": files_part((COMPARISON_TABLE,)),
        },
    }


def fresh(document: str) -> str:
    """The document with its marked parts written anew."""
    text = (DOCS / document).read_text()
    for mark, part in parts()[document].items():
        begin, end = f"<!-- {mark}: read off the code -->", f"<!-- end of {mark} -->"
        before, *rest = text.split(begin)
        assert len(rest) == 1, f"{document} needs the mark {mark} once"
        _, after = rest[0].split(end)
        text = f"{before}{begin}\n\n{part}\n{end}{after}"
    return text


def main() -> None:
    """Write the marked parts of every document."""
    for document in parts():
        (DOCS / document).write_text(fresh(document))


if __name__ == "__main__":
    main()
