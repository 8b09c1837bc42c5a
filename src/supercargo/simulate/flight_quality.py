"""What follows a non-conformance: a decision, an action that it does not come again, and a second person who closes it."""

from __future__ import annotations

from datetime import datetime

from supercargo.kernel import days
from supercargo.simulate.flight_doings import Flown, OnCase, Told
from supercargo.simulate.flight_state import RANK, Call, Year
from supercargo.track.cargo.nonconformance import CaseStep, CloseCase, Dispose, PlanAction

__all__ = ["follow"]

_DECIDED_D, _ACTION_D, _CLOSED_D = 1.0, 3.0, 21.0


def follow(year: Year, event: str, at: datetime, disposition: str, said: str) -> None:
    """Put what follows the non-conformance that an event has opened on the agenda."""

    def step(kind: type[CaseStep], by: str, **words: str) -> Call:
        def telling(year: Year, at: datetime, _: str) -> Flown:
            named = {"command_id": f"{event}/{kind.kind}", "case_id": event, "at_utc": at, "by": by}
            yield Told(at, OnCase(step=kind(**named, **words)))  # type: ignore[arg-type]

        return telling

    followed = (
        (_DECIDED_D, step(Dispose, "quality engineer", disposition=disposition, said=said)),
        (
            _ACTION_D,
            step(
                PlanAction, "quality engineer", action="cause looked into; packing and handling reviewed", owner="cargo lead"
            ),
        ),
        (_CLOSED_D, step(CloseCase, "quality manager", said="action seen to be done")),
    )
    for after_d, call in followed:
        year.push(at + days(after_d), RANK["case"], call)
