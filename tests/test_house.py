"""The house rules, read from the code itself: who may import whom, what is public, how long things are."""

from __future__ import annotations

import ast
import dataclasses
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from supercargo.model import PLAN_TABLES, SCENARIO_TABLES, Limits, Service, Settings

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "supercargo"
MODULES = sorted(PACKAGE.rglob("*.py"))
DISTRIBUTION_OF = {"argon2": "argon2-cffi", "erfa": "pyerfa", "python_calamine": "python-calamine", "xlsxwriter": "XlsxWriter"}
NUMBA_ROOMS = {"astro", "solve", "plan", "simulate"}
STAGE_ROOMS = {"model", "astro", "referee", "solve", "plan", "measure", "report"}
REFEREES_ASTRO = {"timescales", "elements", "frames"}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def named(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else "faces"  # __main__ is a face


def imports_of(path: Path) -> Iterator[str]:
    """Dotted names that a module imports, inside functions too; relative imports are not used in this house."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@dataclasses.dataclass(frozen=True)
class Room:
    may_import: frozenset[str]
    guests: frozenset[str]


@cache
def rooms() -> dict[str, Room]:
    """The table of docs/house.md."""
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|([^|]*)\|$", (ROOT / "docs" / "house.md").read_text(), re.MULTILINE)
    names = {name for name, _, _ in rows}
    found = {}
    for name, may, guests in rows:
        words = {word.strip() for word in may.removeprefix(" all but ").split(",")}
        allowed = names - words if "all but" in may else words & names
        found[name] = Room(frozenset(allowed | {name}), frozenset(word.strip() for word in guests.split(",")))
    return found


def test_every_folder_of_the_package_is_a_room_of_the_house() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name not in {"__pycache__", "catalogue"}}
    assert folders == set(rooms())


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_module_imports_only_rooms_below_its_own(path: Path) -> None:
    if path == PACKAGE / "__init__.py":
        assert list(imports_of(path)) == []
        return
    ours = {name.split(".")[1] for name in imports_of(path) if name.startswith("supercargo.")}
    assert ours & set(rooms()) <= rooms()[room_of(path)].may_import


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_outside_library_enters_only_where_the_house_lets_it(path: Path) -> None:
    room = room_of(path)
    allowed = rooms()[room].guests | {"numpy"} | ({"numba"} if room in NUMBA_ROOMS else set())
    outside = {name.split(".")[0] for name in imports_of(path)} - set(sys.stdlib_module_names) - {"supercargo"}
    assert {DISTRIBUTION_OF.get(name, name) for name in outside} <= allowed


@pytest.mark.parametrize("path", [path for path in MODULES if room_of(path) == "referee"], ids=named)
def test_referee_uses_of_astro_only_time_scales_elements_and_frames(path: Path) -> None:
    used = {name.split(".")[2] for name in imports_of(path) if name.startswith("supercargo.astro.")}
    assert used <= REFEREES_ASTRO


@pytest.mark.parametrize("path", [path for path in MODULES if room_of(path) in STAGE_ROOMS], ids=named)
def test_stage_reads_no_clock_chance_or_environment_and_prints_nothing(path: Path) -> None:
    assert {name.split(".")[0] for name in imports_of(path)} & {"time", "random", "os", "subprocess", "socket"} == set()
    calls = [
        node.func.id for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert set(calls) & {"print", "open", "input", "exec", "eval"} == set()
    moments = [node.attr for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)]
    assert set(moments) & {"now", "today", "utcnow"} == set()


def public_names(path: Path) -> set[str]:
    """Functions and classes that a module defines, or, for a room's front door, lets through."""
    body = tree_of(path).body
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {node.name for node in body if isinstance(node, kinds)}
    if path.name == "__init__.py":
        doors = [node for node in body if isinstance(node, ast.ImportFrom) and node.module != "__future__"]
        names |= {
            alias.asname or alias.name
            for node in doors
            if (node.module or "").startswith("supercargo")
            for alias in node.names
        }
    return {name for name in names if not name.startswith("_")}


def declared_names(path: Path) -> list[str] | None:
    for node in tree_of(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            return [str(name) for name in ast.literal_eval(node.value)]  # type: ignore[attr-defined]
    return None


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_all_names_what_is_public(path: Path) -> None:
    declared = declared_names(path)
    public = public_names(path)
    if declared is None:
        assert path.name == "__init__.py", "a module says what is public in __all__"
        assert public == set()
        return
    top = {node.id for node in ast.walk(tree_of(path)) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    assert len(declared) == len(set(declared))
    assert public <= set(declared) <= public | top


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_sizes_stay_within_the_house(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 500
    long = [f.name for f in functions_of(path) if (f.end_lineno or f.lineno) - f.lineno + 1 > 60]
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_public_functions_take_at_most_five_positional_arguments_and_no_boolean_among_them(path: Path) -> None:
    for function in functions_of(path):
        if function.name.startswith("_"):
            continue
        taken = [a for a in (*function.args.posonlyargs, *function.args.args) if a.arg not in {"self", "cls"}]
        assert len(taken) <= 5, function.name
        flags = [a.arg for a in taken if isinstance(a.annotation, ast.Name) and a.annotation.id == "bool"]
        assert flags == [], function.name


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_error_is_swallowed_and_nothing_is_left_undone(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = {word.id if isinstance(word, ast.Name) else None for word in caught}
            reraised = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in node.body)
            assert reraised or not names & {"Exception", "BaseException"}
            assert node.type is not None, "a bare except"
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X"))
    assert not re.search(rf"\b({marks})\b", path.read_text())


NOUNS: list[Any] = [table.noun for table in (*SCENARIO_TABLES, *PLAN_TABLES)] + [Settings, Service, Limits]
WRITTEN_AS = {"W": "w", "USD": "usd", "m/s": "m_s", "rev/d": "rev_d", "km2/s2": "km2_s2"}
UNITLESS = {"count", "fraction", "year", "value", "1", "1/R"}
OTHERWISE_NAMED = {"hours_per_piece", "hours_per_bulk_t", "value", "target", "low", "high"}


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_each_number_of_a_noun_is_a_quantity_and_its_name_carries_its_unit(noun: Any) -> None:
    hints = get_type_hints(noun)
    for field in dataclasses.fields(noun):
        if hints[field.name] in (float, int, float | None, int | None):
            unit = field.metadata.get("unit")
            assert unit, f"{field.name} is a bare number"
            assert field.metadata["doc"], field.name
            word = WRITTEN_AS.get(unit, unit)
            if unit not in UNITLESS and field.name not in OTHERWISE_NAMED:
                assert f"_{word}_" in f"_{field.name}_", f"{field.name} is in {unit}"


@pytest.mark.parametrize("table", [*SCENARIO_TABLES, *PLAN_TABLES], ids=lambda table: table.file)
def test_keys_and_references_of_a_table_are_its_columns(table: Any) -> None:
    fields = {field.name for field in dataclasses.fields(table.noun)}
    files = {other.file for other in SCENARIO_TABLES}
    assert {*table.key, *(field for field, _ in table.refers)} <= fields
    assert {file for _, file in table.refers} <= files
