"""Randomness enters only as an argument: one stream a stage, so that a new stage never moves another's numbers."""

from __future__ import annotations

import numpy as np

__all__ = ["stream"]


def stream(seed: int, stage: str) -> np.random.Generator:
    """The random stream of one stage, fixed by seed and stage name."""
    return np.random.default_rng([seed, *stage.encode()])
