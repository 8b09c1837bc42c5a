"""What `transfer` answers with `--json`."""

from __future__ import annotations

from typing import TypedDict

from supercargo.model import DeliveredMass, LegRow, LunarFlight, RoundTripFlight, TransferFlight, TransferWindow

__all__ = ["TransferAnswer"]


class TransferAnswer(TypedDict):
    """Answer of `transfer`: `flights`, `round_trips` among the Sun's bodies; `lunar_flights`, `legs` to the Moon.

    `windows` are the rows written with --rows.
    """

    origin: str
    destination: str
    flights: list[TransferFlight]
    round_trips: list[RoundTripFlight]
    lunar_flights: list[LunarFlight]
    legs: list[LegRow]
    delivered: list[DeliveredMass]
    reason: str
    assumptions: list[str]
    folder: str | None
    windows: list[TransferWindow]
