"""Style, script and sign of the pages: served under names that change with their content, and kept by browsers."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Response

from supercargo.faces.api.problems import Problem
from supercargo.faces.api.rules import Rule

__all__ = ["asset_href", "asset_router"]

_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_ANYBODY = Rule("", "all")


@cache
def _asset(name: str) -> tuple[bytes, str] | None:
    found = files("supercargo.faces.board") / "static" / name
    if "/" in name or not found.is_file():
        return None
    content = found.read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:12]


def asset_href(name: str) -> str:
    """Where a page finds an asset."""
    found = _asset(name)
    assert found is not None, f"there is no asset {name}"
    return f"/static/{found[1]}/{name}"


def asset_router() -> APIRouter:
    """The route of all assets."""
    router = APIRouter(include_in_schema=False)

    @router.get("/static/{mark}/{name}", openapi_extra=_ANYBODY.mark)
    def asset(mark: str, name: str) -> Response:
        """One asset; under its present name it may be kept for ever."""
        found, kind = _asset(name), _KINDS.get(name.rpartition(".")[2])
        if found is None or kind is None:
            raise Problem(404, "there is no such file", fix="open a page: it names the files it needs")
        kept = "public, max-age=31536000, immutable" if mark == found[1] else "no-cache"
        return Response(found[0], media_type=kind, headers={"Cache-Control": kept})

    return router
