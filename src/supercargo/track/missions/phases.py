"""The phases of a mission, and which may follow which."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["ASCENT", "DOCKED", "FLOWN_PHASES", "GROUND_PHASES", "LOST", "NEXT_PHASES", "PHASES", "RETURNED", "WITHDRAWN"]

PLANNED, PROCESSING, ON_PAD, ASCENT, PHASING, DOCKED = "planned", "processing", "on pad", "ascent", "phasing", "docked"
UNLOADING, LOADING, DEPARTED, RETURNED, LOST, WITHDRAWN = (
    "unloading",
    "loading",
    "departed",
    "returned",
    "lost",
    "withdrawn",
)

NEXT_PHASES: Mapping[str, tuple[str, ...]] = {
    PLANNED: (PROCESSING,),
    PROCESSING: (ON_PAD,),
    ON_PAD: (PROCESSING, ASCENT, LOST),  # back to processing: a roll-back; lost: on the pad
    ASCENT: (PHASING, LOST),
    PHASING: (DOCKED, RETURNED, LOST),  # returned: the docking was given up
    DOCKED: (UNLOADING, LOADING, DEPARTED, LOST),
    UNLOADING: (LOADING, DEPARTED, LOST),
    LOADING: (DEPARTED, LOST),
    DEPARTED: (RETURNED, LOST),
    RETURNED: (),
    LOST: (),
    WITHDRAWN: (),
}
"""What may follow each phase; nothing follows an end."""

PHASES: tuple[str, ...] = tuple(NEXT_PHASES)

GROUND_PHASES = (PLANNED, PROCESSING, ON_PAD)
"""Phases in which lift-off is still ahead."""

FLOWN_PHASES = tuple(phase for phase in PHASES if phase not in (*GROUND_PHASES, WITHDRAWN))
"""Phases from lift-off on, or of a mission lost on the pad."""
