"""The examples of the docs: fenced blocks of a page, and how each kind of block is run. docs/conventions.md tells writers."""

from __future__ import annotations

import csv
import doctest
import functools
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from supercargo.model import BOOK_TABLES, HISTORY_TABLES, PLAN_TABLES, SCENARIO_TABLES
from supercargo.store.columns import columns_of
from tests import cli_runner

__all__ = [
    "KINDS",
    "ROOT",
    "Block",
    "Stage",
    "blocks_of",
    "is_as_shown",
    "looks_like_a_command",
    "make_targets",
    "pages",
    "path_with_our_commands",
    "run_block",
    "stage_in",
]

ROOT = Path(__file__).parents[1]
PATIENCE_S = 60.0  # one line of a shell; anything longer hangs

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})(.*)$")
_PROGRESS = re.compile(r"^[\w ]+(: \d+ % done\b.*| \.\.\. .*\bleft)$")
_COMMAND = re.compile(r"^\s*(\$ |>>> |(supercargo|make|pip|python3?|\.venv/bin/\w+) \S)")
_SHELL_SIGNS = re.compile(r"[|<>;&]")
_SETUP = ("git clone ", "cd ", ". .venv/bin/activate")
"""Lines that make the environment: the tests already stand in one."""


@dataclass(frozen=True)
class Block:
    """A fenced block: where it stands, the words behind its fence, and its text."""

    page: Path
    row: int  # of the fence
    words: tuple[str, ...]
    text: str

    @property
    def kind(self) -> str:
        return self.words[0] if self.words else ""

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)} row {self.row}"


@dataclass
class Stage:
    """Where the blocks of one page run, one after another: a folder, and the names that Python blocks have made."""

    folder: Path
    names: dict[str, Any] = field(default_factory=dict)


def pages() -> list[Path]:
    """Every page that people read."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page in their order; a fence that is never closed is a fault."""
    blocks: list[Block] = []
    opened: tuple[int, str, str] | None = None
    lines: list[str] = []
    for row, line in enumerate(page.read_text("utf-8").split("\n"), start=1):
        fence = _FENCE.match(line)
        if fence and opened is None:
            opened, lines = (row, fence[1], fence[2]), []
        elif fence and opened and fence[1].startswith(opened[1]) and not fence[2].strip():
            blocks.append(Block(page, opened[0], tuple(opened[2].split()), "".join(f"{line}\n" for line in lines)))
            opened = None
        else:
            lines.append(line)
    assert opened is None, f"{page}: the fence of row {opened and opened[0]} is never closed"
    return blocks


def looks_like_a_command(text: str) -> bool:
    """Whether a line of `text` asks to be typed."""
    return any(_COMMAND.match(line) for line in text.split("\n"))


def make_targets() -> set[str]:
    """What `make` can make."""
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def stage_in(folder: Path) -> Stage:
    """A stage whose folder looks like the clone that a reader stands in: `src` is there to be read, `work` to be written."""
    (folder / "src").symlink_to(ROOT / "src")
    (folder / "work").mkdir()
    return Stage(folder)


def is_as_shown(shown: str, seen: str) -> bool:
    """Whether a page shows what is seen; `...` stands for any text."""
    return doctest.OutputChecker().check_output(shown, seen, doctest.ELLIPSIS)


def _fail(block: Block, command: str, shown: str, seen: str) -> None:
    raise AssertionError(f"{block}: $ {command}\nthe page shows:\n{shown}\nseen was:\n{seen}")


def run_block(block: Block, stage: Stage, told: Callable[[Block, str, str, str], None] = _fail) -> None:
    """Run or read one block; one that does not do what its page says raises AssertionError.

    `told` hears of each command whose output is not what the page shows.
    """
    assert block.kind in KINDS, f"{block}: name the kind of the block behind its fence, one of {', '.join(sorted(KINDS))}"
    if block.kind == "console":
        _run_console(block, stage, told)
    else:
        KINDS[block.kind](block, stage)


def _run_console(block: Block, stage: Stage, told: Callable[[Block, str, str, str], None] = _fail) -> None:
    """Lines that begin with `$ ` are typed; what stands below each is what is seen, `...` for any text."""
    lead, *parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert parts, f"{block}: a console block has a line that begins with `$ `"
    assert not lead.strip(), f"{block}: a console block begins with `$ `"
    typed = [part.partition("\n") for part in parts]
    code = int(block.words[2]) if block.words[1:2] == ("exit",) else 0
    for number, (command, _, shown) in enumerate(typed, start=1):
        seen = _typed(block, stage, command, code=code if number == len(typed) else 0)
        if not is_as_shown(shown, seen):
            told(block, command, shown, seen)


def _run_sh(block: Block, stage: Stage) -> None:
    """Lines are typed one after another; what they print is not told."""
    for command in block.text.splitlines():
        if shlex.split(command, comments=True):
            _typed(block, stage, command, code=0)


def _typed(block: Block, stage: Stage, command: str, *, code: int) -> str:
    """What a person sees after typing `command`, without the lines that tell how far a work is."""
    words = shlex.split(command, comments=True)
    if words[0] == "make":
        assert set(words[1:]) <= make_targets(), f"{block}: the Makefile has no {words[1:]}"
        return ""
    if command.startswith(_SETUP):
        return ""
    if words[:2] == ["supercargo", "serve"]:
        return _stopped(block, stage, words)
    if words[0] == "supercargo" and not _SHELL_SIGNS.search(command.split(" #")[0]):
        told = cli_runner.run(*words[1:])
    else:
        done = subprocess.run(
            ["sh", "-c", command], cwd=stage.folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        told = cli_runner.Told(done.returncode, done.stdout, done.stderr)
    assert told.code == code, f"{block}: $ {command}\nends with {told.code}, not {code}\n{told.out}{told.err}"
    return told.out + "".join(line for line in told.err.splitlines(keepends=True) if not _PROGRESS.match(line))


def _stopped(block: Block, stage: Stage, words: list[str]) -> str:
    """What a server says that a person starts, and stops by Ctrl-C once it has told its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    typed = [sys.executable, "-m", *words, "--port", port]
    heeds = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a background job does not
    with subprocess.Popen(
        typed, cwd=stage.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=heeds
    ) as server:
        assert server.stdout is not None
        end = threading.Timer(PATIENCE_S, server.kill)
        end.start()
        try:
            first = ""
            while "Ctrl-C stops it" not in first and (line := server.stdout.readline()):
                first += line
            server.send_signal(signal.SIGINT)
            rest = server.stdout.read()
        finally:
            end.cancel()
            server.kill()
    assert server.returncode == 130, f"{block}: {words} ends with {server.returncode}\n{first}{rest}"
    return first


def _run_csv(block: Block, stage: Stage) -> None:
    """A table; with a file's name behind the fence its rows are put into that file, as by hand in a spreadsheet."""
    head, *rows = csv.reader(block.text.splitlines())
    uneven = [row for row in rows if len(row) != len(head)]
    assert not uneven, f"{block}: {len(head)} columns, but {uneven}"
    if block.words[1:]:
        assert block.words[1].startswith("work/"), f"{block}: examples write below work/"
        _put_rows(block, stage.folder / block.words[1], head, rows)


def _put_rows(block: Block, file: Path, head: list[str], rows: list[list[str]]) -> None:
    """Change the cells of rows that stand in the file already, by the columns that name a row; add the others below."""
    if not file.exists():  # a file that a folder has only where it has rows
        file.write_text(",".join(head) + "\n", encoding="utf-8")
    with file.open(newline="", encoding="utf-8") as opened:
        columns, *there = csv.reader(opened)
    assert set(head) <= set(columns), f"{block}: {file.name} has no {sorted(set(head) - set(columns))}"
    key = _key_of(file)
    assert set(key) <= set(head), f"{block}: a row of {file.name} is named by {key}"
    records = [dict(zip(columns, row, strict=True)) for row in there]
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        same = [record for record in records if all(record[name] == cells[name] for name in key)]
        for record in same:
            record.update(cells)
        if not same:
            records.append({name: cells.get(name, "") for name in columns})
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened, lineterminator="\n").writerows([columns, *([*record.values()] for record in records)])


def _key_of(file: Path) -> list[str]:
    tables = PLAN_TABLES if (file.parent / "plan.json").exists() else (*BOOK_TABLES, *SCENARIO_TABLES, *HISTORY_TABLES)
    table = next(table for table in tables if table.file == file.name)
    return [column.name for column in columns_of(table.noun) if column.field in table.key]


def _read_toml(block: Block, stage: Stage) -> None:
    tomllib.loads(block.text)


def _run_python(block: Block, stage: Stage) -> None:
    """A session with `>>>` is held to what it shows; any other block runs through. Names last to the end of the page."""
    if ">>> " not in block.text:
        exec(compile(block.text, str(block), "exec"), stage.names)
        return
    session = doctest.DocTestParser().get_doctest(block.text, stage.names, str(block), str(block.page), block.row)
    session.globs = stage.names  # the parser took a copy
    told: list[str] = []
    found = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(session, out=told.append, clear_globs=False)
    assert found.failed == 0, "".join(told)


def _read_text(block: Block, stage: Stage) -> None:
    """Something to look at. What is to be typed has no place in it, but for the help of commands, read off the code."""
    if block.page.name != "commands.md":
        assert not looks_like_a_command(block.text), f"{block}: commands belong in a console or sh block, where they are run"


KINDS: dict[str, Callable[[Block, Stage], None]] = {
    "console": _run_console,
    "sh": _run_sh,
    "csv": _run_csv,
    "toml": _read_toml,
    "python": _run_python,
    "text": _read_text,
}


def path_with_our_commands() -> str:
    """PATH with the programs of this Python in front, so that a shell finds `supercargo`."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
