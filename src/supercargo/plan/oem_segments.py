"""Stretches of states about one centre become segments of an orbit ephemeris message, the same for every kind of flight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from supercargo.astro.ccsds.epochs import Epoch, Epochs
from supercargo.astro.ccsds.messages import EphemerisMetadata, EphemerisSegment, Header, OrbitEphemerisMessage
from supercargo.astro.ccsds.writing import write_oem_kvn
from supercargo.astro.timescales import Floats, instant_at
from supercargo.model import OperationsPlan, PlannedMission

__all__ = ["HERMITE_DEGREE", "Stretch", "message_text", "paced_s", "plain"]

HERMITE_DEGREE = 7
"""Degree that the messages recommend: positions and velocities of four states."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """States without a burn between them, at whole seconds since 2000-01-01T12:00:00Z."""

    comments: tuple[str, ...]
    centre: str
    frame: str
    at_s: Floats
    states: Floats  # [instant, axis] km, km/s: x, y, z and their rates


def plain(words: str) -> str:
    """Words in printable ASCII, as a message must have them; signs that are not become question marks."""
    return "".join(sign if " " <= sign <= "~" else "?" for sign in words).strip() or "?"


def message_text(plan: OperationsPlan, mission: PlannedMission, comments: Iterable[str], stretches: Iterable[Stretch]) -> str:
    """The text of a mission's message, dated by what the plan knew."""
    made = Epoch.of(plan.scenario.settings.as_of_utc)
    header = Header(creation_date=made, originator="SUPERCARGO", comments=tuple(comments))
    segments = tuple(_segment(mission, stretch) for stretch in stretches)
    return write_oem_kvn(OrbitEphemerisMessage(header=header, segments=segments))


def _segment(mission: PlannedMission, stretch: Stretch) -> EphemerisSegment:
    smooth = stretch.at_s.size >= (HERMITE_DEGREE + 1) // 2
    metadata = EphemerisMetadata(
        comments=stretch.comments,
        object_name=plain(f"{mission.mission_id} {mission.vehicle_type}"),
        object_id="UNKNOWN",
        center_name=stretch.centre,
        ref_frame=stretch.frame,
        time_system="UTC",
        start_time=Epoch.of(instant_at(float(stretch.at_s[0]))),
        stop_time=Epoch.of(instant_at(float(stretch.at_s[-1]))),
        interpolation="HERMITE" if smooth else "",
        interpolation_degree=HERMITE_DEGREE if smooth else None,
    )
    return EphemerisSegment(metadata=metadata, epochs=Epochs.of_count_s(stretch.at_s), states=stretch.states)


def paced_s(sampled_s: Floats, rate_rad_s: Floats, *, pace_rad: float, longest_s: float) -> Floats:
    """Whole seconds from the first to the last sample, close together where the motion bends fast. [instant]

    `rate_rad_s`: angular speed of a circle at the distance of each sample; between two instants lie `pace_rad` of it at
    most, and `longest_s`.
    """
    steps_per_s = np.maximum(rate_rad_s / pace_rad, 1.0 / longest_s)
    counted = np.concatenate([[0.0], np.cumsum(0.5 * (steps_per_s[1:] + steps_per_s[:-1]) * np.diff(sampled_s))])
    wanted = np.linspace(0.0, counted[-1], int(np.ceil(counted[-1])) + 1)
    return np.unique(np.round(np.interp(wanted, counted, sampled_s)))
