"""A Python that has modules of our own making in place of a peer's, so that no test needs the peer or the network."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["python_with"]


def python_with(folder: Path, modules: Mapping[str, str]) -> str:
    """Path of a Python that finds these modules (text by path) before any of the same name."""
    for name, text in modules.items():
        path = folder / "stand-ins" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}/stand-ins" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return str(python)
