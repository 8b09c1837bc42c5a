"""What requests carry besides their body: the open store, and the name under which a command is asked for."""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request

from supercargo.app.operations.desk import Desk
from supercargo.faces.api.rules import Asked

__all__ = ["IDEMPOTENCY", "CommandId", "command_id_of", "desk_of", "store_now"]

IDEMPOTENCY = "Idempotency-Key"


def desk_of(request: Request) -> Desk:
    """The store that the app serves."""
    desk: Desk = request.app.state.desk
    return desk


def store_now(request: Request, asked: Asked) -> datetime:
    """What time it is for operations: that of the machine, or of a year that was flown in the store ahead of it."""
    return max(asked.at_utc, desk_of(request).store.now_utc())


_KEY = r"^[\x21-\x7e]{1,128}$"
_BY_LOT, _COUNT = secrets.token_hex(10), itertools.count()


def _name_by_lot() -> str:
    """A name that no other request gets: drawn by lot once for the program, then counted."""
    return f"{_BY_LOT}{next(_COUNT):012x}"


async def command_id_of(request: Request, key: str | None) -> str | None:
    """The name of a command whose request carries a key or none; None for a key out of form."""
    if key is None:
        return _name_by_lot()
    return await _command_id(request, key) if re.fullmatch(_KEY, key) else None


async def _command_id(
    request: Request,
    key: Annotated[
        str | None,
        Header(
            alias=IDEMPOTENCY,
            pattern=_KEY,
            description="The same key asks for the same thing, which is done once: 1 to 128 printable characters of ASCII.",
        ),
    ] = None,
) -> str:
    """The name of a command: made from the caller's key and who it is, or by lot."""
    if key is None:
        return _name_by_lot()
    principal = await request.app.state.gatekeeper.principal_of(request)
    name = principal.name if principal else ""
    return hashlib.sha256(f"{name}\0{key}".encode()).hexdigest()[:32]


CommandId = Annotated[str, Depends(_command_id)]
