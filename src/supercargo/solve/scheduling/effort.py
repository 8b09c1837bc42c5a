"""How long a search for a schedule may work."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.kernel import Fuse, never

__all__ = ["Effort"]


@dataclass(frozen=True, slots=True)
class Effort:
    """When a search may stop: deterministic work units, proven gap; the seed fixes its path, a fuse may cut it short."""

    work: float
    gap: float
    seed: int = 1
    fuse: Fuse = never
