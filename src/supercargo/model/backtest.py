"""What a back-test tells: arrivals drawn with what was known on a day beside those that came, and what losses did to stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Checked

__all__ = [
    "BAND_KINDS",
    "BackTest",
    "BandRow",
    "CoverageRow",
    "HeldRow",
    "KnownRow",
    "StandRow",
    "StockBandRow",
]

BAND_KINDS = ("gap", "arrival", "sorted gap", "longest gap", "arrivals")
"""What a band is of: the k-th gap, the k-th arrival, the k-th longest gap, the longest one, the number of arrivals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BandRow(_Checked):
    """A figure of what happened beside the 90 % band of the futures."""

    kind: str = text("what the figure is", choices=BAND_KINDS)
    number: int = quantity("count", "which one, from 1", ge=1)
    mission: str = text("arrival that ends the gap, or that is meant; empty where several are", default="")
    real: float = quantity("d", "what happened: days of a gap, or from the day stood on; of `arrivals` a number")
    p05: float | None = quantity("d", "a twentieth of the futures have less; empty: beyond what was simulated", default=None)
    p50: float | None = quantity("d", "half of the futures have less", default=None)
    p95: float | None = quantity("d", "a twentieth of the futures have more", default=None)
    inside: bool = text("what happened lies from p05 to p95")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRow(_Checked):
    """A fact that was known on the day, and since when."""

    kind: str = text("what kind of fact")
    object: str = text("what it is a fact of")
    known_date: str = text("day from which it counts as known, YYYY-MM-DD")
    value: str = text("the fact")
    source: str = text("where it comes from", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class StockBandRow(_Checked):
    """Stock of a class at the end of a day: the band of the futures, what happened, and the same without the losses."""

    supply_class: str = text("class of supply", column="class")
    day_utc: datetime = text("day, at its start")
    p05_kg: float = quantity("kg", "a twentieth of the futures have less")
    p50_kg: float = quantity("kg", "half of the futures have less")
    p95_kg: float = quantity("kg", "a twentieth of the futures have more")
    real_kg: float = quantity("kg", "as the flights arrived; below zero: what was lacking")
    without_losses_kg: float = quantity("kg", "the same, had the lost flights arrived")
    reserve_kg: float = quantity("kg", "reserve: 45 days of use")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow(_Checked):
    """How low the stock of a class came, with and without the losses."""

    supply_class: str = text("class of supply", column="class")
    case: str = text("which", choices=("as happened", "without the losses", "half of the futures", "worst twentieth"))
    lowest_kg: float = quantity("kg", "lowest stock")
    lowest_d: float = quantity("d", "lowest stock in days of use on that day")
    lowest_date: str = text("day of the lowest cover, YYYY-MM-DD")
    below_reserve_d: float = quantity("d", "days below 45 days of use", ge=0)
    first_below_date: str = text("first day below 45 days of use; empty: none", default="")
    at_end_kg: float = quantity("kg", "stock on the last day")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow(_Checked):
    """What a lost flight held of a class."""

    mission: str = text("name of the flight")
    lost_date: str = text("day of the loss, YYYY-MM-DD")
    supply_class: str = text("class of supply", column="class")
    mass_kg: float = quantity("kg", "mass lost", ge=0)
    use_d: float = quantity("d", "days of use that it would have covered", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandRow(_Checked):
    """How many figures lay inside the band, standing on one day."""

    as_of_utc: datetime = text("instant stood on")
    until_utc: datetime = text("instant simulated to")
    arrivals: int = quantity("count", "arrivals that happened", ge=0)
    gaps_inside: int = quantity("count", "k-th gaps inside their band", ge=0)
    arrivals_inside: int = quantity("count", "k-th arrivals inside their band", ge=0)
    longest_real: float = quantity("d", "longest gap that happened", ge=0)
    longest_p05: float | None = quantity("d", "longest gap: a twentieth of the futures have less", default=None)
    longest_p95: float | None = quantity("d", "longest gap: a twentieth of the futures have more", default=None)
    longest_inside: bool = text("the longest gap lies inside its band")


@dataclass(frozen=True, kw_only=True)
class BackTest:
    """A back-test as a whole."""

    as_of_utc: datetime
    until_utc: datetime
    runs: int
    seed: int
    bands: tuple[BandRow, ...]
    known: tuple[KnownRow, ...]
    stock: tuple[StockBandRow, ...]
    cover: tuple[CoverageRow, ...]
    held: tuple[HeldRow, ...]
    series: tuple[StandRow, ...]  # other days stood on; empty where none was asked for
    fan: tuple[tuple[int, int, int, int], ...]  # [day] arrivals so far: p05, p50, p95, as happened
    assumptions: tuple[str, ...]
