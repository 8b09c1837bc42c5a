"""How far a mission has slipped, by whom and why: what makes its cargo late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from supercargo.kernel import days_between
from supercargo.track.envelope import Recorded
from supercargo.track.missions.events import MISSION_KINDS, MissionReplanned, MissionSlipped

__all__ = ["MissionDelay", "delay_told"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionDelay:
    """Slips of a mission taken together: from which lift-off to which.

    `by` and `reason` are those of the longest, which is `longest_d` [d].
    """

    mission_id: str
    from_utc: datetime
    to_utc: datetime
    by: str
    reason: str
    slips_count: int
    longest_d: float

    @property
    def later(self) -> timedelta:
        """By how much lift-off is later."""
        return self.to_utc - self.from_utc


def delay_told(mission_id: str, events: Iterable[Recorded]) -> MissionDelay | None:
    """The slips that the events of a mission's stream tell of; None where there is none.

    A plan that puts lift-off back to where it was before its slips, or earlier, does away with them.
    """
    delay: MissionDelay | None = None
    for event in events:
        said = MISSION_KINDS.read(event)
        if isinstance(said, MissionSlipped):
            delay = _with_slip(mission_id, delay, event, said)
        elif delay is not None and isinstance(said, MissionReplanned) and said.flight.launch_utc <= delay.from_utc:
            delay = None
    return delay


def _with_slip(mission_id: str, before: MissionDelay | None, event: Recorded, said: MissionSlipped) -> MissionDelay:
    by_d = days_between(said.from_utc, said.launch_utc)
    if before is not None and before.longest_d >= by_d:
        return replace(before, to_utc=said.launch_utc, slips_count=before.slips_count + 1)
    return MissionDelay(
        mission_id=mission_id,
        from_utc=before.from_utc if before else said.from_utc,
        to_utc=said.launch_utc,
        by=event.by,
        reason=said.reason,
        slips_count=before.slips_count + 1 if before else 1,
        longest_d=by_d,
    )
