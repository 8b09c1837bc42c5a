"""A picture of each mission's bays: boxes from a corner, coloured and lettered by class of supply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from supercargo.measure.deliveries import line_name
from supercargo.model import CargoLine, MissionBay, OperationsPlan, Placement
from supercargo.report.boxes import TURNS, Eye, Point, back_to_front, faces
from supercargo.report.svg import PALETTE, escaped

__all__ = ["ClassColour", "StowagePicture", "StowageSeen", "class_colours", "draw_stowage"]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class StowageSeen:
    """How bays are looked at: turned by eighths, drawn apart (0 as stowed, 1 wide), after so many pieces were taken out.

    Pieces drawn apart stand the higher the sooner they are taken out.
    """

    turn: int = 0
    apart_fraction: float = 0.0
    taken_count: int = 0

    @property
    def eye(self) -> Eye:
        """Where the bays are looked at from."""
        return TURNS[self.turn % len(TURNS)]


AS_STOWED = StowageSeen()
SPREAD_FRACTION, LIFT_FRACTION = 0.6, 1.4


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


def draw_stowage(
    plan: OperationsPlan, colours: tuple[ClassColour, ...], *, only: str = "", seen: StowageSeen = AS_STOWED
) -> tuple[StowagePicture, ...]:
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
            count = sum(len(placed) for _, placed in filled)
            svgs = tuple(_picture(plan, _Bay(bay, seen, count), placed, looks) for bay, placed in filled)
            placed = [placement for _, boxes_in in filled for placement in boxes_in]
            note = f"{mission.destination}: {len(placed)} pieces, {sum(one.mass_kg for one in placed):,.0f} kg"
            pictures.append(StowagePicture(mission.mission_id, svgs, note))
    return tuple(pictures)


@dataclass(frozen=True, slots=True)
class _Bay:
    """A bay, how it is looked at, and how many pieces the whole mission unloads."""

    bay: MissionBay
    seen: StowageSeen
    pieces_count: int

    @property
    def size_m(self) -> Point:
        return self.bay.dx_m, self.bay.dy_m, self.bay.dz_m

    def low_m(self, one: Placement) -> Point:
        """Low corner of the piece where it is drawn: moved out from the middle and up, never into another."""
        out = self.seen.apart_fraction * SPREAD_FRACTION
        sooner = 1.0 - (one.unload_order - 1) / max(1, self.pieces_count)
        return (
            one.x_m + out * (one.x_m + one.dx_m / 2 - self.bay.dx_m / 2),
            one.y_m + out * (one.y_m + one.dy_m / 2 - self.bay.dy_m / 2),
            one.z_m * (1.0 + out) + self.seen.apart_fraction * LIFT_FRACTION * sooner * self.bay.dz_m,
        )

    def frame_px(self, placed: list[Placement]) -> tuple[int, int, int, int]:
        """How far the picture reaches left, right, up and down of the bay's origin, for all that is or was in it."""
        corners = [_corners((0.0, 0.0, 0.0), self.size_m)]
        if self.seen.apart_fraction:
            corners += [_corners(self.low_m(one), (one.dx_m, one.dy_m, one.dz_m)) for one in placed]
        at = [self.seen.eye.seen(*corner) for box in corners for corner in box]
        across, down = [u for u, _ in at], [v for _, v in at]
        ends = (-min(across), max(across), -min(down), max(down))
        left, right, up, low = (round(end * BOX_PX_M) for end in ends)
        return left, right, up, low


def _corners(low_m: Point, size_m: Point) -> list[Point]:
    xs, ys, zs = ((at, at + size) for at, size in zip(low_m, size_m, strict=True))
    return [(x, y, z) for x in xs for y in ys for z in zs]


def _picture(plan: OperationsPlan, room: _Bay, placed: list[Placement], looks: Mapping[str, ClassColour]) -> str:
    """One bay in one SVG, its name and load below it."""
    bay = room.bay
    left, right, up, low = room.frame_px(placed)
    left_px, top_px = left + MARGIN_PX, up + MARGIN_PX
    floor_px = top_px + low
    width, height = max(left_px + right + MARGIN_PX, NOTE_PX), floor_px + CAPTION_PX
    kind = "pressurised" if bay.pressurised else "unpressurised"
    aboard = [one for one in placed if one.unload_order > room.seen.taken_count]
    note = f"{len(aboard)} pieces, {sum(one.mass_kg for one in aboard):,.0f} of {bay.max_mass_kg:,.0f} kg"
    name = escaped(f"{bay.mission_id} bay {bay.bay}: {note}")
    return (
        f'<svg class="stow" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="group" aria-label="{name}">'
        f'<g transform="translate({left_px} {top_px})">{"".join(_bay(plan, room, aboard, looks))}</g>'
        f'<text class="bay" x="4" y="{floor_px + 20}">{escaped(bay.bay, 16)}, {kind}</text>'
        f'<text class="baynote" x="4" y="{floor_px + 36}">{note}</text></svg>'
    )


def _bay(plan: OperationsPlan, room: _Bay, aboard: list[Placement], looks: Mapping[str, ClassColour]) -> Iterator[str]:
    yield f'<path class="hull" d="{_hull(room)}"/>'
    if aboard:
        low_m = np.array([room.low_m(one) for one in aboard])  # [box, axis] m
        high_m = low_m + np.array([(one.dx_m, one.dy_m, one.dz_m) for one in aboard])
        for n in back_to_front(low_m, high_m, room.seen.eye):
            yield _box(plan, aboard[n], looks, room)
    yield f'<path class="rim" d="{_rim(room)}"/>'


def _box(plan: OperationsPlan, one: Placement, looks: Mapping[str, ClassColour], room: _Bay) -> str:
    line: CargoLine | None = plan.scenario.lines.get(line_name(plan.scenario, one.item_id))
    supply_class = line.supply_class if line else "unknown"
    colour = looks[supply_class]
    low_m, seen = room.low_m(one), room.seen
    outline, left, right = faces(low_m, (one.dx_m, one.dy_m, one.dz_m), BOX_PX_M, seen.eye)
    late = " late" if line and line.late_load else ""
    due = " next" if seen.taken_count and one.unload_order == seen.taken_count + 1 else ""
    rank = f", priority {line.priority:.0f}{', late load' if late else ''}" if line else ""
    title = escaped(
        f"{one.item_id} piece {one.piece}, {supply_class}, {one.mass_kg:g} kg{rank}, unloaded as {one.unload_order}", 160
    )
    return (
        f'<g class="{colour.look}{late}{due}"><title>{title}</title><path d="{outline}"/><path class="l" d="{left}"/>'
        f'<path class="r" d="{right}"/>{_letters(one, low_m, colour.letters, seen.eye)}</g>'
    )


def _letters(one: Placement, low_m: Point, letters: str, eye: Eye) -> str:
    """Letters of the class on the top face, where there is room for them."""
    if min(one.dx_m, one.dy_m) * BOX_PX_M < LETTER_FROM_PX * 1.6:
        return ""
    x, y = eye.seen(low_m[0] + one.dx_m / 2, low_m[1] + one.dy_m / 2, low_m[2] + one.dz_m)
    return f'<text x="{x * BOX_PX_M:.0f}" y="{y * BOX_PX_M + 4:.0f}">{escaped(letters)}</text>'


def _line(eye: Eye, *corners: Point) -> str:
    at = [eye.seen(*corner) for corner in corners]
    return "M" + "L".join(f"{x * BOX_PX_M:.0f} {y * BOX_PX_M:.0f}" for x, y in at)


def _hull(room: _Bay) -> str:
    """Floor and the two far walls, drawn before the cargo."""
    eye = room.seen.eye
    (x0, y0, low), (x, y, z) = eye.corners((0.0, 0.0, 0.0), room.size_m)
    floor = ((x0, y0, low), (x, y0, low), (x, y, low), (x0, y, low))
    far_y = ((x0, y0, low), (x0, y0, z), (x, y0, z), (x, y0, low))
    far_x = ((x0, y0, low), (x0, y0, z), (x0, y, z), (x0, y, low))
    return "".join(_line(eye, *side) + "z" for side in (floor, far_y, far_x))


def _rim(room: _Bay) -> str:
    """Edges nearest to the eye, drawn over the cargo."""
    eye = room.seen.eye
    (x0, y0, low), (x, y, z) = eye.corners((0.0, 0.0, 0.0), room.size_m)
    return _line(eye, (x, y0, z), (x, y, z), (x0, y, z)) + _line(eye, (x, y, low), (x, y, z))
