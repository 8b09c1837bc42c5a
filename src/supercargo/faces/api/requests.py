"""What requests carry besides their body: the open store, and the name under which a command is asked for."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated

from fastapi import Depends, Header, Request

from supercargo.app.operations.desk import Desk

__all__ = ["IDEMPOTENCY", "CommandId", "desk_of"]

IDEMPOTENCY = "Idempotency-Key"


def desk_of(request: Request) -> Desk:
    """The store that the app serves."""
    desk: Desk = request.app.state.desk
    return desk


async def _command_id(
    request: Request,
    key: Annotated[
        str | None,
        Header(
            alias=IDEMPOTENCY,
            pattern=r"^[\x21-\x7e]{1,128}$",
            description="The same key asks for the same thing, which is done once: 1 to 128 printable characters of ASCII.",
        ),
    ] = None,
) -> str:
    """The name of a command: made from the caller's key and who it is, or by lot."""
    if key is None:
        return secrets.token_hex(16)
    principal = await request.app.state.gatekeeper.principal_of(request)
    name = principal.name if principal else ""
    return hashlib.sha256(f"{name}\0{key}".encode()).hexdigest()[:32]


CommandId = Annotated[str, Depends(_command_id)]
