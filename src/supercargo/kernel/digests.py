"""Canonical JSON and SHA-256 digests: the same content has the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

__all__ = ["canonical_json", "digest_of_files"]


def canonical_json(content: Any) -> str:
    """Write JSON with sorted keys, two blanks of indent, no NaN, one newline at the end."""
    return json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def digest_of_files(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the sorted files: for each, its name, length and bytes."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.hexdigest()
