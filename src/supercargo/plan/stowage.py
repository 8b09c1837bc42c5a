"""3D stowage: every bag, box and unpressurised piece of a mission in a bay of its spacecraft, or its line refused.

Each mission is packed by a bounded number of packing orders; kinds that found no room gain weight in the next order.
A packing that holds everything is balanced. If no order succeeds, the lines of least worth that free enough room are
refused and the rest is packed again; at last refused lines are offered the room that is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from supercargo.kernel import Fuse, Watch, never, silent
from supercargo.model import Bay, CargoLine, Manifest, Placement, Scenario, Schedule, StowagePlan
from supercargo.plan.bays import bays_of_type
from supercargo.plan.stowage_balance import Layout, badness, balance, lay_out, without
from supercargo.plan.stowage_holds import HoldPacker, losses
from supercargo.plan.stowage_order import unload_order
from supercargo.plan.stowage_pieces import MUST_WEIGHT, holds_of

__all__ = ["stow", "stowed_lines"]

_REGAINS = 6  # refused lines offered the room that is left


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The best that a series of orders reached: a layout, or what is missing."""

    layout: Layout | None
    dropped: frozenset[str]
    lost: float


def stowed_lines(scenario: Scenario, manifest: Manifest) -> dict[str, list[CargoLine]]:
    """Lines of each mission that need a place in a bay: up, and not bulk."""
    found: dict[str, list[CargoLine]] = {}
    for mission_id, loads in manifest.aboard.items():
        lines = [scenario.lines[load.item_id] for load in loads]
        found[mission_id] = [line for line in lines if line.direction == "up" and line.form != "bulk"]
    return found


def stow(
    scenario: Scenario,
    schedule: Schedule,
    manifest: Manifest,
    *,
    keep: Mapping[str, tuple[Placement, ...]] = {},
    watch: Watch = silent,
    fuse: Fuse = never,
) -> StowagePlan:
    """Stow every mission of a manifest; a line is placed whole or refused whole, must and high priority last.

    `keep` holds the placements of missions stowed before; one whose lines are the same is taken over as it is. After the
    `fuse` has blown each mission gets one try.
    """
    wanted = stowed_lines(scenario, manifest)
    placements: list[Placement] = []
    refused: list[tuple[str, str]] = []
    for done, flight in enumerate(schedule.flights):
        lines = wanted.get(flight.mission_id, [])
        old = keep.get(flight.mission_id, ())
        if old and {row.item_id for row in old} == {line.item_id for line in lines}:
            placements.extend(old)
        elif lines:
            bays = bays_of_type(scenario, flight.vehicle_type)
            tries = int(scenario.settings.limits.stowage_tries) if fuse() > 0.0 else 1
            layout, left = _stow_mission(lines, bays, tries)
            placements.extend(_rows(flight.mission_id, layout) if layout else ())
            refused.extend((flight.mission_id, item_id) for item_id in sorted(left))
        watch((done + 1) / len(schedule.flights))
    return StowagePlan(placements=tuple(placements), refused=tuple(refused))


def _rows(mission_id: str, layout: Layout) -> list[Placement]:
    rows = []
    for box, grams, (item, piece), turn in zip(
        layout.boxes.tolist(), layout.grams.tolist(), layout.owner, unload_order(layout), strict=True
    ):
        _, bay, x, y, z, dx, dy, dz = box
        rows.append(
            Placement(
                mission_id=mission_id, item_id=item.item_id, piece=piece, bay=layout.bays[bay].bay, x_m=x / 1000, y_m=y / 1000,
                z_m=z / 1000, dx_m=dx / 1000, dy_m=dy / 1000, dz_m=dz / 1000, mass_kg=grams / 1000, unload_order=turn,
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: row.unload_order)


def _stow_mission(lines: list[CargoLine], bays: tuple[Bay, ...], tries: int) -> tuple[Layout | None, set[str]]:
    refused: set[str] = set()
    layout: Layout | None = None
    while layout is None and len(refused) < len(lines):
        attempt = _attempt([line for line in lines if line.item_id not in refused], bays, tries)
        layout = attempt.layout
        refused |= attempt.dropped
    for line in _worthiest(lines, refused)[:_REGAINS] if layout else ():
        again = [other for other in lines if other.item_id not in refused or other is line]
        attempt = _attempt(again, bays, max(1, tries // 6))
        if attempt.layout is not None:
            layout = attempt.layout
            refused.discard(line.item_id)
    return layout, refused


def _worthiest(lines: list[CargoLine], refused: set[str]) -> list[CargoLine]:
    left = [line for line in lines if line.item_id in refused]
    return sorted(left, key=lambda line: (not line.must, line.priority, -line.volume_m3, line.item_id))


def _attempt(lines: list[CargoLine], bays: tuple[Bay, ...], tries: int) -> _Attempt:
    """Try packing orders until one holds every line in balance; else say which lines it would cost least to drop."""
    holds = holds_of(lines, bays)
    homeless = {item.item_id for hold in holds if not hold.bins for kind in hold.kinds for item in kind.items}
    if homeless:
        return _Attempt(None, frozenset(homeless), 0.0)
    packers = [HoldPacker(hold, tries) for hold in holds]
    best = _Attempt(None, frozenset(), float("inf"))
    tilted: tuple[float, Layout] | None = None
    for number in range(tries):
        packings = [packer.next(number) for packer in packers]
        lost, dropped = losses(holds, packings)
        if not dropped:
            bad, layout = balance(lay_out(holds, packings))
            if bad == 0.0:
                return _Attempt(layout, frozenset(), 0.0)
            if tilted is None or bad < tilted[0]:
                tilted = bad, layout
        elif lost < best.lost:
            best = _Attempt(None, frozenset(dropped), lost)
        if tilted is None and any(packer.hopeless for packer in packers):
            break
        for packer, packing in zip(packers, packings, strict=True):
            packer.listen(number, packing, tilted=not dropped)
    if tilted is not None:
        return _Attempt(None, frozenset({_tilting(tilted[1])}), 0.0)
    return best


def _tilting(layout: Layout) -> str:
    """The line without which the load lies nearest to balance; must lines only if there is no other."""
    ids = sorted({item.item_id for item, _ in layout.owner})
    weights = {item.item_id: item.weight for item, _ in layout.owner}
    free = [item_id for item_id in ids if weights[item_id] < MUST_WEIGHT] or ids
    return min(free, key=lambda item_id: (badness(without(layout, item_id)), weights[item_id], item_id))
