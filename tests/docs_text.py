"""The parts of the docs that are read off the code. `python -m tests.docs_text` writes them anew."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, get_type_hints

from supercargo.model import PLAN_TABLES, SCENARIO_TABLES, Table
from supercargo.store.columns import columns_of

DOCS = Path(__file__).parents[1] / "docs"
COMMANDS = ("", "new", "check", "plan", "verify", "kpi", "bench")


def help_text(command: str) -> str:
    """What `supercargo COMMAND --help` prints on a terminal of 80 columns."""
    from typer.testing import CliRunner

    from supercargo.faces.cli import app

    words = [command, "--help"] if command else ["--help"]
    return CliRunner().invoke(app, words, prog_name="supercargo", env={"COLUMNS": "80"}).stdout


def commands_part() -> str:
    """Every command's help, under its heading."""
    heads = [f"supercargo {command}".strip() for command in COMMANDS]
    blocks = zip(heads, COMMANDS, strict=True)
    return "\n".join(f"## {head}\n\n```\n{help_text(command).rstrip()}\n```\n" for head, command in blocks)


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


def parts() -> dict[str, dict[str, str]]:
    """What must stand between the marks of each document."""
    return {
        "commands.md": {"help": commands_part()},
        "files.md": {"scenario": files_part(SCENARIO_TABLES), "plan": files_part(PLAN_TABLES)},
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
