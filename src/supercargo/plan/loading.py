"""The loop between manifest and stowage: what finds no room in 3D goes back as a pair that is barred.

A few rounds at most. A refusal is the packer's experience and no proof, so the answer is called feasible, and its bound
is that of the first manifest, which no refusal had touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from supercargo.kernel import Fuse, Outcome, Status, Watch, never, silent
from supercargo.model import Load, Manifest, Scenario, Schedule, StockNeed, StowagePlan
from supercargo.plan.bays import bay_volume_m3, bays_of_type
from supercargo.plan.first_come_manifest import manifest_first_come
from supercargo.plan.manifest import fill_manifest, lost_usd, refill
from supercargo.plan.manifest_before import NOTHING_BEFORE, Before
from supercargo.plan.stowage import stow

__all__ = ["load_first_come", "load_missions", "reached_fill", "without_refused"]

_LOWEST_FILL = 0.55  # refusals at a lower fill come from sizes or slots; volume is not what binds there

Pairs = frozenset[tuple[str, str]]


def load_missions(
    scenario: Scenario,
    schedule: Schedule,
    needs: tuple[StockNeed, ...],
    *,
    before: Before = NOTHING_BEFORE,
    watch: Watch = silent,
    fuse: Fuse = never,
) -> tuple[Outcome[Manifest], StowagePlan]:
    """Decide what flies on which mission and where each piece stands, in at most `limits.stowage_rounds` rounds.

    Lines that the last round still refuses are left behind with the reason. The objective [USD] is that of the manifest
    returned, reckoned as for the first one, whose bound holds on: no refusal had touched it. Loads and places
    of the plan `before` are kept as far as that pays.
    """
    rounds = int(scenario.settings.limits.stowage_rounds)
    fill = dict(before.fill)
    half = _part(watch, 0.0, 0.5)
    first = fill_manifest(scenario, schedule, needs, fill=fill, before=before, watch=half, fuse=fuse)
    if first.best is None:
        return first, StowagePlan(placements=())
    barred = frozenset[tuple[str, str]]()
    manifest = first.best
    stowage = stow(scenario, schedule, manifest, keep=before.placements, watch=_part(watch, 0.5, 0.8), fuse=fuse)
    for number in range(1, rounds + 1):
        if not stowage.refused:
            break
        barred |= frozenset(stowage.refused)
        if number == rounds or fuse() <= 0.0:  # no more trying: the same manifest without what was refused
            manifest = without_refused(scenario, schedule, manifest, stowage)
            break
        fill.update(reached_fill(scenario, schedule, stowage))
        missions = frozenset(mission_id for mission_id, _ in stowage.refused)
        again = refill(scenario, schedule, needs, manifest, barred=barred, fill=fill, before=before, missions=missions)
        manifest = again.best or manifest
        stowage = stow(scenario, schedule, manifest, keep=stowage.of_mission, fuse=fuse)
        watch(0.8 + 0.2 * number / rounds)
    watch(1.0)
    if manifest is first.best:
        return first, stowage
    objective = lost_usd(scenario, schedule, needs, manifest, before)
    return Outcome(Status.FEASIBLE, manifest, objective, min(first.bound, objective)), replace(stowage, refused=())


def load_first_come(scenario: Scenario, schedule: Schedule, *, watch: Watch = silent) -> tuple[Manifest, StowagePlan]:
    """Load in the order of booking: a line that finds no room in 3D goes on to the next mission that can take it."""
    rounds = int(scenario.settings.limits.stowage_rounds)
    barred: Pairs = frozenset()
    manifest = manifest_first_come(scenario, schedule, barred=barred)
    stowage = stow(scenario, schedule, manifest)
    for number in range(1, rounds):
        watch(number / rounds)
        if not stowage.refused:
            break
        barred |= frozenset(stowage.refused)
        manifest = manifest_first_come(scenario, schedule, barred=barred)
        stowage = stow(scenario, schedule, manifest, keep=stowage.of_mission)
    manifest = without_refused(scenario, schedule, manifest, stowage)
    watch(1.0)
    return manifest, replace(stowage, refused=())


def _part(watch: Watch, start: float, end: float) -> Watch:
    return lambda share: watch(start + (end - start) * share)


def _stowed_m3(scenario: Scenario, stowage: StowagePlan) -> Mapping[str, float]:
    """Volume of the pressurised pieces placed on each mission [m3]."""
    found: dict[str, float] = defaultdict(float)
    for row in stowage.placements:
        if scenario.lines[row.item_id].form != "unpressurised":
            found[row.mission_id] += row.dx_m * row.dy_m * row.dz_m
    return found


def _room_m3(scenario: Scenario, schedule: Schedule, mission_id: str) -> float:
    return bay_volume_m3(bays_of_type(scenario, schedule.flight_of[mission_id].vehicle_type), pressurised=True)


def reached_fill(scenario: Scenario, schedule: Schedule, stowage: StowagePlan) -> dict[str, float]:
    """Share of the pressurised volume that was filled on each mission that refused pressurised lines.

    The next manifest may fill no more, and never more than the packing fraction. Refused unpressurised lines don't count:
    they are few, and barring them is enough.
    """
    stowed, found = _stowed_m3(scenario, stowage), dict[str, float]()
    most = scenario.settings.limits.packing_fraction
    for mission_id, item_id in stowage.refused:
        room = _room_m3(scenario, schedule, mission_id)
        if scenario.lines[item_id].form != "unpressurised" and room > 0.0:
            found[mission_id] = min(most, max(_LOWEST_FILL, stowed.get(mission_id, 0.0) / room))
    return found


def without_refused(scenario: Scenario, schedule: Schedule, manifest: Manifest, stowage: StowagePlan) -> Manifest:
    """Leave behind the lines that stowage refused, each with the reason in words."""
    refused, stowed = frozenset(stowage.refused), _stowed_m3(scenario, stowage)

    def checked(load: Load) -> Load:
        if (load.mission_id, load.item_id) not in refused:
            return load
        mission_id = load.mission_id
        pieces, room = len(stowage.of_mission.get(mission_id, ())), _room_m3(scenario, schedule, mission_id)
        share = f", {stowed.get(mission_id, 0.0) / room:.0%} of the pressurised bays" if room > 0.0 else ""
        reason = f"no room on {mission_id} in 3D: no packing tried holds it beside the {pieces} other pieces{share}"
        return replace(load, mission_id="", reason=reason)

    return Manifest(loads=tuple(checked(load) for load in manifest.loads)) if refused else manifest
