"""Canonical JSON and SHA-256 digests: the same content has the same bytes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from supercargo.kernel.instants import format_utc

__all__ = ["canonical_json", "digest_of_files", "plain"]


_AS_IT_IS = frozenset({str, int, bool, type(None)})


def canonical_json(content: Any) -> str:
    """Write JSON with sorted keys, two blanks of indent, no NaN, one newline at the end."""
    return json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """The value as JSON can carry it: nouns become objects, instants text, infinities null."""
    if type(value) in _AS_IT_IS:
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return format_utc(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    return value


def digest_of_files(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the sorted files: for each, its name, length and bytes."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.hexdigest()
