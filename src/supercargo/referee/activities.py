"""Activities: each mission does each kind of work once, at the instants and on the resources of its own row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from supercargo.model import ACTIVITY_KINDS, Activity
from supercargo.referee.case import TIME_TOLERANCE_S, Case, Voyage, stamp, when
from supercargo.referee.rule import Finding

__all__ = ["activity_complete", "activity_true"]


def activity_complete(case: Case) -> Iterator[Finding]:
    """Each mission has one activity of each kind; one lost on its way has those before its loss."""
    counted: dict[tuple[str, str], int] = {}
    for activity in case.plan.activities:
        key = (activity.mission_id, activity.kind)
        counted[key] = counted.get(key, 0) + 1
    for name, mission in sorted(case.missions.items()):
        for kind in ACTIVITY_KINDS:
            count, lawful = counted.get((name, kind), 0), int(not mission.lost or kind in _BEFORE_LOSS)
            if count != lawful:
                number = "one" if lawful else "none"
                yield f"{name}-{kind}", f"mission {name} has {count} activities of the kind {kind}; {number} is lawful"


_BEFORE_LOSS = ("processing", "pad", "launch")
_Span = tuple[str, float, int, int]  # resource, units, start and end [s since 1970]


def _spans(voyage: Voyage) -> Mapping[str, _Span]:
    mission = voyage.mission
    pad, port = f"{mission.site}/{mission.pad}", f"{mission.destination}/{mission.port}"
    return {
        "processing": (mission.facility_id, 1.0, voyage.processing_s, voyage.pad_s),
        "pad": (pad, 1.0, voyage.pad_s, voyage.launch_s),
        "launch": (mission.launcher, 1.0, voyage.launch_s, voyage.launch_s),
        "phasing": (mission.vehicle_id, 1.0, voyage.launch_s, voyage.arrive_s),
        "dock": (port, 1.0, voyage.arrive_s, voyage.depart_s),
        "unload": (mission.destination, voyage.rate_h_d, voyage.unload_start_s, voyage.unload_end_s),
        "load": (mission.destination, voyage.rate_h_d, voyage.load_start_s, voyage.load_end_s),
        "undock": (port, 1.0, voyage.depart_s, voyage.depart_s),
        "return": (mission.vehicle_id, 1.0, voyage.depart_s, voyage.end_s),
    }


def activity_true(case: Case) -> Iterator[Finding]:
    """An activity's name, resource, units and instants follow from its mission's row."""
    for activity in sorted(case.plan.activities, key=lambda row: (row.mission_id, row.kind, row.activity_id)):
        voyage = case.voyages.get(activity.mission_id)
        span = _spans(voyage).get(activity.kind) if voyage else None
        if span:
            for words in _differences(activity, span):
                yield activity.activity_id, words


def _differences(activity: Activity, span: _Span) -> Iterator[str]:
    resource_id, units, start_s, end_s = span
    head = f"{activity.kind} of {activity.mission_id}"
    if activity.activity_id != f"{activity.mission_id}-{activity.kind}":
        yield f"{head} is named {activity.activity_id!r}, its name is {activity.mission_id}-{activity.kind}"
    if activity.resource_id != resource_id:
        yield f"{head} uses {activity.resource_id!r}, the mission uses {resource_id!r}"
    if abs(activity.units - units) > 1e-3:
        yield f"{head} takes {activity.units:g} units, lawful is {units:g}"
    for edge, said_s, true_s in (("starts", stamp(activity.start_utc), start_s), ("ends", stamp(activity.end_utc), end_s)):
        if abs(said_s - true_s) > TIME_TOLERANCE_S:
            yield f"{head} {edge} {when(said_s)}, by the mission's row {when(true_s)}"
