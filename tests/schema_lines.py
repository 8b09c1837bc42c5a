"""Every column, key and answer of a schema version as a line of its own: what `docs/schema/VERSION.txt` keeps.

`python -m tests.schema_lines` writes the list anew. What is only added passes; where a line was changed or taken away it asks
for a new SCHEMA_VERSION, or for the change to be noted for readers: `python -m tests.schema_lines --note "what and why"`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from supercargo.app.schemas import all_schemas
from supercargo.store.schemas import SCHEMA_VERSION

DOCS = Path(__file__).parents[1] / "docs"
SAID = (
    "type",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "default",
    "x-unit",
    "x-refers",
    "x-decimals",
)
INPUTS = ("scenario/", "plan/")
"""Files that other people write: a new column that they must have is no mere addition."""


def lines_of(schemas: Mapping[str, Any]) -> list[str]:
    """One line for each thing that a reader of the files or answers relies on."""
    return [f"{name} {line}" for name in sorted(schemas) for line in _walk(schemas[name], "$")]


def _walk(node: Any, path: str) -> Iterator[str]:
    if isinstance(node, bool):
        return
    if "x-key" in node:
        yield f"{path} key {','.join(node['x-key'])}"
    said = {word: node[word] for word in SAID if word in node}
    yield f"{path} {json.dumps(said, ensure_ascii=False)}"
    for name, inner in sorted(node.get("properties", {}).items()):
        needed = "!" if name in node.get("required", ()) else ""
        yield from _walk(inner, f"{path}.{name}{needed}")
    if "items" in node:
        yield from _walk(node["items"], f"{path}[]")
    for word in ("prefixItems", "anyOf"):
        for number, inner in enumerate(node.get(word, ())):
            yield from _walk(inner, f"{path}|{number}")
    if isinstance(node.get("additionalProperties"), dict):
        yield from _walk(node["additionalProperties"], f"{path}.*")


def broken_by(old: list[str], new: list[str]) -> list[str]:
    """Lines of the old list that are gone, and columns of input files that are new and must be there."""
    gone = [line for line in old if line not in set(new)]
    known = {line.split(" ")[0] for line in old}
    needed = [
        line
        for line in new
        if line not in set(old)
        and line.split(" ")[0] in known
        and line.startswith(INPUTS)
        and re.search(r"!$", line.split(" ")[1])
    ]
    return gone + needed


def listed(folder: Path, version: int) -> tuple[int, list[str]]:
    """How many changes were noted in a version, and its lines; none if there is no list."""
    path = folder / f"{version}.txt"
    if not path.exists():
        return 0, []
    head, *lines = path.read_text().splitlines()
    return int(head.split(" ")[-1]), lines


def written(noted: int, lines: list[str]) -> str:
    return "\n".join([f"changes noted: {noted}", *lines]) + "\n"


def renew(folder: Path, page: Path, lines: list[str], note: str) -> str:
    """Write the list anew; the reason if it is refused."""
    noted, old = listed(folder, SCHEMA_VERSION)
    broken = broken_by(old, lines)
    if broken and not note:
        told = "\n".join(broken[:20])
        return f"these changed under version {SCHEMA_VERSION}; raise SCHEMA_VERSION, or give --note SENTENCE:\n{told}"
    if broken:
        noted += 1
        page.write_text(page.read_text().rstrip("\n") + f"\n- version {SCHEMA_VERSION}: {note}\n")
    folder.mkdir(exist_ok=True)
    (folder / f"{SCHEMA_VERSION}.txt").write_text(written(noted, lines))
    return ""


def notes(page: str, version: int) -> int:
    """Changes that the page notes under a version."""
    return len(re.findall(rf"^- version {version}: ", page, re.MULTILINE))


def main() -> None:
    """Renew the list of the current version."""
    note = sys.argv[2] if sys.argv[1:2] == ["--note"] and len(sys.argv) > 2 else ""
    sys.exit(renew(DOCS / "schema", DOCS / "schema.md", lines_of(all_schemas()), note) or 0)


if __name__ == "__main__":
    main()
