"""A picture of each mission's bays: boxes from a corner, coloured and lettered by class of supply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from supercargo.measure.deliveries import line_name
from supercargo.model import CargoLine, MissionBay, OperationsPlan, Placement
from supercargo.report.boxes import back_to_front, faces, isometric
from supercargo.report.svg import PALETTE, escaped

__all__ = ["ClassColour", "StowagePicture", "class_colours", "draw_stowage"]

BOX_PX_M = 100.0
MARGIN_PX = 12
CAPTION_PX = 44
NOTE_PX = 170
LETTER_FROM_PX = 14
OTHER = len(PALETTE) - 1


@dataclass(frozen=True, slots=True)
class ClassColour:
    """A class of supply with its colour and the letters that stand on its boxes."""

    supply_class: str
    colour: str
    look: str  # class of the style sheet
    letters: str


@dataclass(frozen=True, slots=True)
class StowagePicture:
    """One mission's bays, one SVG each."""

    mission_id: str
    svgs: tuple[str, ...]
    note: str


def class_colours(plan: OperationsPlan) -> tuple[ClassColour, ...]:
    """Colours for the classes that fly in boxes, by number of pieces; the last colour serves all that remain."""
    counts: dict[str, int] = defaultdict(int)
    for placement in plan.stowage:
        line = plan.scenario.lines.get(line_name(plan.scenario, placement.item_id))
        counts[line.supply_class if line else "unknown"] += 1
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    letters = _letter_pairs(ranked)
    return tuple(
        ClassColour(name, PALETTE[min(n, OTHER)], f"k{min(n, OTHER)}", letters[name]) for n, name in enumerate(ranked)
    )


def _letter_pairs(names: list[str]) -> dict[str, str]:
    """Two letters for each name, all different: its first and the next that is free, else a number."""
    pairs: dict[str, str] = {}
    for n, name in enumerate(names):
        chances = [(name[0] + second).capitalize() for second in name[1:] if second.isalnum()] if name else []
        free = (pair for pair in [*chances, str(n), f"{n}."] if pair not in pairs.values())
        pairs[name] = next(free, "?")
    return pairs


def draw_stowage(plan: OperationsPlan, colours: tuple[ClassColour, ...], *, only: str = "") -> tuple[StowagePicture, ...]:
    """A picture for each mission with placed cargo, in the plan's order of missions; of one mission where it is named."""
    boxes: dict[tuple[str, str], list[Placement]] = defaultdict(list)
    for placement in plan.stowage:
        boxes[placement.mission_id, placement.bay].append(placement)
    bays: dict[str, list[MissionBay]] = defaultdict(list)
    for bay in plan.bays:
        bays[bay.mission_id].append(bay)
    looks = {colour.supply_class: colour for colour in colours}
    pictures = []
    for mission in plan.missions:
        if only not in ("", mission.mission_id):
            continue
        filled = [(bay, boxes[mission.mission_id, bay.bay]) for bay in bays[mission.mission_id]]
        if any(placed for _, placed in filled):
            svgs = tuple(_picture(plan, bay, placed, looks) for bay, placed in filled)
            placed = [placement for _, boxes_in in filled for placement in boxes_in]
            note = f"{mission.destination}: {len(placed)} pieces, {sum(one.mass_kg for one in placed):,.0f} kg"
            pictures.append(StowagePicture(mission.mission_id, svgs, note))
    return tuple(pictures)


def _picture(plan: OperationsPlan, bay: MissionBay, placed: list[Placement], looks: Mapping[str, ClassColour]) -> str:
    """One bay in one SVG, its name and load below it."""
    left_px = round(-isometric(0.0, bay.dy_m, 0.0)[0] * BOX_PX_M) + MARGIN_PX
    right_px = round(isometric(bay.dx_m, 0.0, 0.0)[0] * BOX_PX_M) + MARGIN_PX
    top_px = round(bay.dz_m * BOX_PX_M) + MARGIN_PX
    floor_px = top_px + round(isometric(bay.dx_m, bay.dy_m, 0.0)[1] * BOX_PX_M)
    width, height = max(left_px + right_px, NOTE_PX), floor_px + CAPTION_PX
    kind = "pressurised" if bay.pressurised else "unpressurised"
    note = f"{len(placed)} pieces, {sum(one.mass_kg for one in placed):,.0f} of {bay.max_mass_kg:,.0f} kg"
    name = escaped(f"{bay.mission_id} bay {bay.bay}: {note}")
    return (
        f'<svg class="stow" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="group" aria-label="{name}">'
        f'<g transform="translate({left_px} {top_px})">{"".join(_bay(plan, bay, placed, looks))}</g>'
        f'<text class="bay" x="4" y="{floor_px + 20}">{escaped(bay.bay, 16)}, {kind}</text>'
        f'<text class="baynote" x="4" y="{floor_px + 36}">{note}</text></svg>'
    )


def _bay(plan: OperationsPlan, bay: MissionBay, placed: list[Placement], looks: Mapping[str, ClassColour]) -> Iterator[str]:
    yield f'<path class="hull" d="{_hull(bay)}"/>'
    if placed:
        low_m = np.array([(one.x_m, one.y_m, one.z_m) for one in placed])  # [box, axis] m
        high_m = low_m + np.array([(one.dx_m, one.dy_m, one.dz_m) for one in placed])
        for n in back_to_front(low_m, high_m):
            yield _box(plan, placed[n], looks)
    yield f'<path class="rim" d="{_rim(bay)}"/>'


def _box(plan: OperationsPlan, one: Placement, looks: Mapping[str, ClassColour]) -> str:
    line: CargoLine | None = plan.scenario.lines.get(line_name(plan.scenario, one.item_id))
    supply_class = line.supply_class if line else "unknown"
    colour = looks[supply_class]
    outline, left, right = faces((one.x_m, one.y_m, one.z_m), (one.dx_m, one.dy_m, one.dz_m), BOX_PX_M)
    late = " late" if line and line.late_load else ""
    rank = f", priority {line.priority:.0f}{', late load' if late else ''}" if line else ""
    title = escaped(
        f"{one.item_id} piece {one.piece}, {supply_class}, {one.mass_kg:g} kg{rank}, unloaded as {one.unload_order}", 160
    )
    return (
        f'<g class="{colour.look}{late}"><title>{title}</title><path d="{outline}"/><path class="l" d="{left}"/>'
        f'<path class="r" d="{right}"/>{_letters(one, colour.letters)}</g>'
    )


def _letters(one: Placement, letters: str) -> str:
    """Letters of the class on the top face, where there is room for them."""
    if min(one.dx_m, one.dy_m) * BOX_PX_M < LETTER_FROM_PX * 1.6:
        return ""
    x, y = isometric(one.x_m + one.dx_m / 2, one.y_m + one.dy_m / 2, one.z_m + one.dz_m)
    return f'<text x="{x * BOX_PX_M:.0f}" y="{y * BOX_PX_M + 4:.0f}">{escaped(letters)}</text>'


def _line(*corners: tuple[float, float, float]) -> str:
    at = [isometric(*corner) for corner in corners]
    return "M" + "L".join(f"{x * BOX_PX_M:.0f} {y * BOX_PX_M:.0f}" for x, y in at)


def _hull(bay: MissionBay) -> str:
    """Floor and the two far walls, drawn before the cargo."""
    x, y, z = bay.dx_m, bay.dy_m, bay.dz_m
    floor = ((0.0, 0.0, 0.0), (x, 0.0, 0.0), (x, y, 0.0), (0.0, y, 0.0))
    far_y = ((0.0, 0.0, 0.0), (0.0, 0.0, z), (x, 0.0, z), (x, 0.0, 0.0))
    far_x = ((0.0, 0.0, 0.0), (0.0, 0.0, z), (0.0, y, z), (0.0, y, 0.0))
    return "".join(_line(*side) + "z" for side in (floor, far_y, far_x))


def _rim(bay: MissionBay) -> str:
    """Edges nearest to the eye, drawn over the cargo."""
    x, y, z = bay.dx_m, bay.dy_m, bay.dz_m
    return _line((x, 0, z), (x, y, z), (0, y, z)) + _line((x, y, 0), (x, y, z))
