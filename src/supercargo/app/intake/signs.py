"""The sign of a preview: what a page showed, part by part, so that nothing else is recorded from it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from supercargo.kernel import canonical_json, plain

__all__ = ["PARTS", "changes_between", "sign_of"]

PARTS: Mapping[str, str] = {
    "file": "it is another file",
    "columns": "its columns or their units go otherwise",
    "numbers": "decimal commas or computed values are taken otherwise",
    "rows": "its rows say something else",
    "states": "what its rows are to the record has changed",
    "questions": "what is asked about its rows has changed",
    "effects": "what recording it brings with it has changed",
}
"""The parts of a preview, and what is said where one is no more as it was shown."""

_SIGNS = 16


def sign_of(shown: Mapping[str, Any]) -> str:
    """The sign of what a page shows, given by part; each part's own digest stands in it."""
    return ".".join(_digest(shown[part]) for part in PARTS)


def _digest(said: Any) -> str:
    return hashlib.sha256(canonical_json(plain({"said": said})).encode()).hexdigest()[:_SIGNS]


def changes_between(seen: str, now: str) -> tuple[str, ...]:
    """What has changed since a page was shown, in words; empty where nothing has, all of it where the page had no sign."""
    before, after = seen.split("."), now.split(".")
    if len(before) != len(after):
        return ("the page does not say what it showed",)
    return tuple(words for words, one, other in zip(PARTS.values(), before, after, strict=True) if one != other)
