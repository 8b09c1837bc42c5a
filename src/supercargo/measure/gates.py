"""Gates of a plan's missions by date: which were due before the plan's facts are known."""

from __future__ import annotations

from collections import Counter

from supercargo.kernel import days
from supercargo.model import OperationsPlan
from supercargo.track.missions.gates import gates_for

__all__ = ["gates_due"]


def gates_due(plan: OperationsPlan) -> dict[str, int]:
    """Missions still to lift off of which a gate was due by the day the facts are known, by gate, most missions first.

    A plan can't know whether a gate is passed: that stands in the log of operations.
    """
    as_of = plan.scenario.settings.as_of_utc
    found = Counter(
        gate.gate
        for mission in plan.missions
        if mission.launch_utc > as_of
        for gate in gates_for(mission, plan.scenario.gates)
        if mission.launch_utc - days(gate.before_launch_d) <= as_of
    )
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))
