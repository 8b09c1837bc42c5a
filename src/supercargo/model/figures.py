"""A page of figures for a person: blocks of rows under heads that carry their units. A report makes it, a store writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Figure", "Figures"]

Figure = str | float | int | bool | datetime | None
"""What stands in one place of a block; None where there is nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A titled block. `units` has one unit a head, empty for words; each row has one figure a head."""

    title: str
    heads: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[tuple[Figure, ...], ...]

    def __post_init__(self) -> None:
        widths = {len(self.heads), len(self.units), *map(len, self.rows)}
        if len(widths) > 1:
            raise ValueError(f"the rows of {self.title!r} are not as wide as its heads")
