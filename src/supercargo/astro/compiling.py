"""Loops over a million instants or a thousand steps are compiled once; the machine code is kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

__all__ = ["compiled"]

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile on the first call; numbers that divide by zero become infinite, as in arrays."""
    return cast(F, numba.njit(cache=True, error_model="numpy")(function))
