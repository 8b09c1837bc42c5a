"""`record` and `board`: whatever may be recorded, by its form; whatever stands, as a table."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError

from supercargo.app.operations.boards import BOARDS, board_rows
from supercargo.app.operations.cargo import record_cargo
from supercargo.app.operations.commands import AREAS, CARGO_STEPS, Act, Area
from supercargo.app.operations.log import current_log, open_operations
from supercargo.app.operations.people import SCOPES, Principal
from supercargo.app.operations.recording import first_told_utc
from supercargo.app.operations_answers import BoardAnswer, RecordAnswer
from supercargo.faces.api.forms import TAG, form_of, said_in, word_of
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.kernel import Fault, ScenarioError, parse_utc

__all__ = ["THINGS", "board", "record"]

THINGS = "things"
"""The area of cargo and containers."""

_GIVEN = ("command_id", "thing", "at_utc", "by")


def record(what: tuple[str, str, str], said: Sequence[str], store: str, who: tuple[str, str, str], *, as_json: bool) -> None:
    """Record a command: `what` is area, name of the thing and command; `who` is name, instant and name of the act."""
    area, name, command = what
    with answering(as_json=as_json):
        act = _act(who, _now())
        form = _form(area, command, _pairs(said))
        principal = Principal(name=act.by, scopes=frozenset(SCOPES))
        with open_operations(store, _now) as log:
            act = act if who[1] else _act(who, first_told_utc(log, act.command_id, log.now_utc()), act.command_id)
            if area == THINGS:
                given: dict[str, Any] = {"command_id": act.command_id, "thing": name, "at_utc": act.at_utc, "by": act.by}
                receipts = record_cargo([CARGO_STEPS[command](**said_in(form), **given)], log, principal)
            else:
                wanted = next(one for one in _area(area).commands if word_of(one) == command)
                receipts = _area(area).record(log, (principal, act), wanted, name, said_in(form))
    if as_json:
        answer: RecordAnswer = {"store": store, "receipts": list(receipts)}
        print_json(answer)
        return
    for one in receipts:
        again = ", known before" if one.repeated else ""
        tell_lines([f"{one.position}: {one.event_id} on {one.stream}, version {one.version}{again}"])


def board(name: str, where: str, store: str, *, limit: int, as_json: bool) -> None:
    """Show a board: all of it, or the rows in which a column has a value (COLUMN=VALUE)."""
    with answering(as_json=as_json):
        known = {one.name: one for one in BOARDS}
        if name not in known:
            raise ScenarioError(f"no board is called {name[:40]!r}", fix=f"use one of: {', '.join(known)}", where="BOARD")
        column, equals, value = where.partition("=")
        if where and not (column and equals):
            raise ScenarioError(f"{where[:60]!r} is no COLUMN=VALUE", fix=_columns(known[name].columns), where="--where")
        with current_log(store) as log:
            rows = board_rows(log, known[name], column, value, limit=limit)
    if as_json:
        answer: BoardAnswer = {"store": store, "board": name, "rows": rows}
        print_json(answer)
        return
    for row in rows or [{}]:
        told = "; ".join(f"{key} {_word(value)}" for key, value in row.items() if value not in ("", None, [], {}))
        tell_lines([told or f"no {name.replace('-', ' ')} yet"])


def _columns(columns: tuple[str, ...]) -> str:
    return f"the columns are: {', '.join(columns)}" if columns else "leave it out: it is listed whole"


def _word(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _act(who: tuple[str, str, str], now_utc: datetime, command_id: str = "") -> Act:
    by, at, name = who
    if not by.strip():
        raise ScenarioError("nobody is named", fix="say who does it: --by NAME", where="--by")
    try:
        at_utc = parse_utc(at) if at else now_utc
    except ValueError:
        raise ScenarioError(f"{at[:40]!r} is no instant", fix="write it as 2027-03-01T12:00:00Z", where="--at") from None
    return Act(command_id=command_id or name or uuid.uuid4().hex, by=by.strip(), at_utc=at_utc)


def _area(name: str) -> Area:
    known = {one.name: one for one in AREAS}
    if name not in known:
        fix = f"use one of: {', '.join((THINGS, *known))}"
        raise ScenarioError(f"no area is called {name[:40]!r}", fix=fix, where="AREA")
    return known[name]


def _pairs(said: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in said:
        name, equals, value = word.partition("=")
        if not (name and equals) or name in found:
            what = f"{name} is said twice" if name in found else f"{word[:60]!r} is no NAME=VALUE"
            raise ScenarioError(what, fix="write --say NAME=VALUE, once for each", where="--say")
        found[name] = value
    return found


def _form(area: str, command: str, said: Mapping[str, str]) -> BaseModel:
    """What is said, held to the command's form. Raises ScenarioError with every fault at once."""
    forms: dict[str, tuple[type, tuple[str, ...]]]
    if area == THINGS:
        forms = {kind: (step, _GIVEN) for kind, step in CARGO_STEPS.items() if kind != "corrected"}
    else:
        own = _area(area)
        forms = {word_of(one): (one, own.given) for one in own.commands}
    if command not in forms:
        fix = f"use one of: {', '.join(forms)}"
        raise ScenarioError(f"{command[:40]!r} is no command on {area}", fix=fix, where="COMMAND")
    kind, given = forms[command]
    form = form_of(kind, action=command, without=given)
    try:
        return form.model_validate({TAG: command, **{name: _typed(form, name, value) for name, value in said.items()}})
    except ValidationError as error:
        faults = [
            Fault(area, 0, "/".join(str(part) for part in one["loc"]), str(one["msg"]), _asks(form)) for one in error.errors()
        ]
        raise ScenarioError.of(sorted(set(faults)), where="--say") from None


def _typed(form: type[BaseModel], name: str, value: str) -> Any:
    """A word as its field takes it: a list is parted at `;`, an instant is read as everywhere."""
    declared = form.model_fields.get(name)
    if declared is not None and get_origin(declared.annotation) is list:
        return [part.strip() for part in value.split(";") if part.strip()]
    return value


def _asks(form: type[BaseModel]) -> str:
    names = [
        name if field.is_required() else f"({name})"
        for name, field in form.model_fields.items()
        if name not in (TAG, "at_utc")
    ]
    return f"it says: {', '.join(names) or 'nothing'}; those in brackets may be left out"
