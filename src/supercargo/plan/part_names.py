"""Names of the parts of split lines: a label on a box means the same kilograms in every plan that follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from supercargo.model import Load, Manifest
from supercargo.plan.manifest_loads import grams

__all__ = ["named_as_before"]


def named_as_before(manifest: Manifest, before: Iterable[Load]) -> Manifest:
    """A part keeps its number where its mass stays to the gram, on its mission first; every other gets a number never used.

    `before` are the loads of the plan that this one follows. A line that was split and flies in one piece again has a number
    too: so numbers of a line only rise, and no name ever stands for two masses [kg].
    """
    old: dict[str, list[Load]] = {}
    for load in before:
        old.setdefault(load.item_id, []).append(load)
    new: dict[str, list[Load]] = {}
    for load in manifest.loads:
        new.setdefault(load.item_id, []).append(load)
    return Manifest(loads=tuple(load for item_id, loads in new.items() for load in _named(loads, old.get(item_id, []))))


def _named(loads: Sequence[Load], before: Sequence[Load]) -> Sequence[Load]:
    """The loads of one line, those that keep a name and those that get a new one."""
    if len(loads) == 1 and not any(load.part for load in before):
        return loads
    free = list(before)
    kept: dict[int, int] = {}
    for on_its_mission in (True, False):
        for place, load in enumerate(loads):
            same = None if place in kept else _same(load, free, on_its_mission=on_its_mission)
            if same is not None:
                kept[place] = same.part
                free.remove(same)
    fresh = max((load.part for load in before), default=0)
    named = []
    for place, load in enumerate(loads):
        fresh += place not in kept
        named.append(replace(load, part=kept.get(place, fresh)))
    return named


def _same(load: Load, before: Sequence[Load], *, on_its_mission: bool) -> Load | None:
    for old in before:
        if grams(old.mass_kg) == grams(load.mass_kg) and (old.mission_id == load.mission_id or not on_its_mission):
            return old
    return None
