"""What commands print, as the pages show it. `python -m tests.examples_text [PAGE...]` writes it anew where it has changed.

Only the lines that a page shows are renewed: `...` stays. Read the sentences around them again; they are yours.
"""

from __future__ import annotations

import difflib
import os
import sys
import tempfile
from contextlib import chdir
from pathlib import Path

from tests.examples import Block, blocks_of, is_as_shown, pages, path_with_our_commands, run_block, stage_in

__all__ = ["main", "renewed"]


def renewed(shown: str, seen: str) -> str:
    """The lines of `shown` as they now are in `seen`, in their order; without `...`, all that is seen."""
    lines = seen.splitlines()
    found: list[str] = []
    for line in shown.splitlines():
        if line == "...":
            found.append(line)
        elif close := difflib.get_close_matches(line, lines, n=1, cutoff=0.5):
            found.append(close[0])
            lines = lines[lines.index(close[0]) + 1 :]
    text = "".join(f"{line}\n" for line in found)
    return text if "..." in found and is_as_shown(text, seen) else seen


def _renew(page: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch, chdir(scratch):
        stage = stage_in(Path(scratch))
        for block in blocks_of(page):
            run_block(block, stage, told=_write_anew)


def _write_anew(block: Block, command: str, shown: str, seen: str) -> None:
    """Put what is seen in the place of what the page shows below the command."""
    before, after = f"$ {command}\n{shown}", f"$ {command}\n{renewed(shown, seen)}"
    rows = block.page.read_text("utf-8").split("\n")
    there = next(row for row in range(block.row, len(rows)) if "\n".join(rows[row:]).startswith(before))
    head, tail = "".join(f"{row}\n" for row in rows[:there]), "\n".join(rows[there:])
    block.page.write_text(head + tail.replace(before, after, 1), "utf-8")
    print(f"{block}: {command}")


def main(names: list[str]) -> None:
    """Renew the pages named, or all."""
    os.environ["PATH"] = path_with_our_commands()
    for page in [Path(name).resolve() for name in names] or pages():
        _renew(page)


if __name__ == "__main__":
    main(sys.argv[1:])
