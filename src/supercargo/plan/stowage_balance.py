"""Centre of mass: which piece stands on which of the places of its kind, which bay is mirrored, which bays change loads.

Moves keep the packing lawful: pieces of one kind are alike but for their mass, a mirrored bay is as well supported as
before, and bays of equal size can change their whole loads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from supercargo.model import Bay
from supercargo.plan.stowage_pieces import Hold, Item, bin_of
from supercargo.solve.packing import Packing

__all__ = ["Layout", "badness", "balance", "lay_out", "without"]

_MOVES = 300
_MARGIN_M = 0.002

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Layout:
    """Places in all bays of a mission and the piece on each."""

    bays: tuple[Bay, ...]
    boxes: Ints  # [place, 8] kind, bay, x, y, z, dx, dy, dz in mm, bay frame
    grams: Ints  # [place]
    owner: tuple[tuple[Item, int], ...]  # [place] line and piece number


def _depths(boxes: Ints) -> Ints:
    """How many places lie above each place."""
    same = boxes[:, None, 1] == boxes[None, :, 1]
    for axis in (0, 1):
        low, side = boxes[:, 2 + axis], boxes[:, 5 + axis]
        same &= (low[:, None] < low + side) & (low < (low + side)[:, None])
    higher = boxes[None, :, 4] >= (boxes[:, 4] + boxes[:, 7])[:, None]
    return np.asarray((same & higher).sum(axis=1), dtype=np.int64)


def lay_out(holds: Sequence[Hold], packings: Sequence[Packing]) -> Layout:
    """Put pieces on the places of their kind: urgent lines where few others lie above, a line's pieces together."""
    bays: list[Bay] = []
    boxes, grams, owner = [], [], []
    first_kind = 0
    for hold, packing in zip(holds, packings, strict=True):
        depth = _depths(packing.boxes)
        for number, kind in enumerate(hold.kinds):
            places = np.flatnonzero(packing.boxes[:, 0] == number)
            places = places[np.lexsort((places, packing.boxes[places, 1], depth[places]))]
            pieces = [(item, piece) for item in kind.items for piece in range(item.pieces)]
            for place, (item, piece) in zip(places, pieces, strict=True):
                row = packing.boxes[place].copy()
                row[0] += first_kind
                row[1] += len(bays)
                boxes.append(row)
                grams.append(item.grams[piece])
                owner.append((item, piece + 1))
        first_kind += len(hold.kinds)
        bays.extend(hold.bays)
    return Layout(tuple(bays), np.array(boxes, np.int64).reshape(-1, 8), np.array(grams, np.int64), tuple(owner))


def _corners(bays: Sequence[Bay]) -> Floats:
    return np.array([(bay.x0_m, bay.y0_m, bay.z0_m) for bay in bays])


def _centres(layout: Layout) -> Floats:
    """Centre of each place in the vehicle frame [m]."""
    middle = (layout.boxes[:, 2:5] + layout.boxes[:, 5:8] / 2) / 1000
    return np.asarray(_corners(layout.bays)[layout.boxes[:, 1]] + middle)


def _box(bay: Bay) -> tuple[Floats, Floats]:
    low = np.array([bay.cg_x_min_m, bay.cg_y_min_m, bay.cg_z_min_m])
    high = np.array([bay.cg_x_max_m, bay.cg_y_max_m, bay.cg_z_max_m])
    middle, half = (low + high) / 2, (high - low) / 2
    return middle, np.maximum(half - _MARGIN_M, half * 0.5)


def _excess(off: Floats, half: Floats) -> Floats:
    """How far a centre lies outside its box, in half-widths, summed over the axes; `off` is [..., axis] m."""
    return np.asarray(np.maximum(0.0, np.abs(off) / np.maximum(half, 1e-9) - 1.0).sum(axis=-1))


def _mirrored(layout: Layout) -> Layout:
    """Mirror bays in x and y, the weightiest first, each so that the centre of mass comes nearest to the middle."""
    boxes = layout.boxes.copy()
    middle, _ = _box(layout.bays[0])
    corners = _corners(layout.bays)
    for axis in (0, 1):
        inner = np.array([(bin_of(bay).dx, bin_of(bay).dy)[axis] for bay in layout.bays])
        centre = (boxes[:, 2 + axis] + boxes[:, 5 + axis] / 2) / 1000
        here = np.bincount(layout.boxes[:, 1], weights=layout.grams * centre, minlength=len(layout.bays))
        mass = np.bincount(layout.boxes[:, 1], weights=layout.grams, minlength=len(layout.bays))
        about = here - mass * inner / 2000  # moment about the bay's own middle
        total = float((mass * (corners[:, axis] + inner / 2000 - middle[axis])).sum())
        for bay in np.argsort(-np.abs(about), kind="stable"):
            sign = -1.0 if abs(total - about[bay]) < abs(total + about[bay]) else 1.0
            total += sign * about[bay]
            if sign < 0:
                inside = boxes[:, 1] == bay
                boxes[inside, 2 + axis] = inner[bay] - boxes[inside, 2 + axis] - boxes[inside, 5 + axis]
    return replace(layout, boxes=boxes)


def _overload(layout: Layout, grams: Ints) -> float:
    mass = np.bincount(layout.boxes[:, 1], weights=grams, minlength=len(layout.bays))
    most = np.array([bay.max_mass_kg * 1000 for bay in layout.bays])
    return float(np.maximum(0.0, mass - most).sum())


def _like(one: Bay, other: Bay) -> bool:
    a, b = bin_of(one), bin_of(other)
    return (a.dx, a.dy, a.dz, a.slots, one.pressurised) == (b.dx, b.dy, b.dz, b.slots, other.pressurised)


def badness(layout: Layout) -> float:
    """Half-widths that the centre of mass lies outside its box, plus kilograms over the bays' limits."""
    if not len(layout.grams):
        return 0.0
    middle, half = _box(layout.bays[0])
    off = (layout.grams @ _centres(layout)) / layout.grams.sum() - middle
    return float(_excess(off, half)) + _overload(layout, layout.grams) / 1000.0


def without(layout: Layout, item_id: str) -> Layout:
    """The layout less one line, everything else where it was."""
    stays = np.array([item.item_id != item_id for item, _ in layout.owner], np.bool_)
    owner = tuple(pair for pair in layout.owner if pair[0].item_id != item_id)
    return replace(layout, boxes=layout.boxes[stays], grams=layout.grams[stays], owner=owner)


def _best_bay_swap(layout: Layout, worst: float) -> tuple[float, Layout]:
    best, chosen = worst, layout
    for a in range(len(layout.bays)):
        for b in range(a + 1, len(layout.bays)):
            if _like(layout.bays[a], layout.bays[b]):
                boxes = layout.boxes.copy()
                boxes[layout.boxes[:, 1] == a, 1] = b
                boxes[layout.boxes[:, 1] == b, 1] = a
                swapped = _mirrored(replace(layout, boxes=boxes))
                if (bad := badness(swapped)) < best - 1e-9:
                    best, chosen = bad, swapped
    return best, chosen


def _swapped(layout: Layout, i: int, j: int) -> Layout:
    grams, owner = layout.grams.copy(), list(layout.owner)
    grams[i], grams[j] = grams[j], grams[i]
    owner[i], owner[j] = owner[j], owner[i]
    return replace(layout, grams=grams, owner=tuple(owner))


def _overload_change(layout: Layout, at: Ints) -> Floats:
    """Change of the overload if the pieces on each pair of the places `at` change places [place, place] g."""
    mass = np.bincount(layout.boxes[:, 1], weights=layout.grams, minlength=len(layout.bays))
    over = mass - np.array([bay.max_mass_kg * 1000 for bay in layout.bays])
    bay, grams = layout.boxes[at, 1], layout.grams[at]
    here, shift = over[bay], (grams[None, :] - grams[:, None]).astype(np.float64)
    after = np.maximum(0.0, here[:, None] + shift) + np.maximum(0.0, here[None, :] - shift)
    before = np.maximum(0.0, here)[:, None] + np.maximum(0.0, here)[None, :]
    return np.asarray(np.where(bay[:, None] == bay[None, :], 0.0, after - before))


def _best_piece_swap(layout: Layout, worst: float) -> tuple[float, Layout]:
    middle, half = _box(layout.bays[0])
    centres, total = _centres(layout), float(layout.grams.sum())
    off = (layout.grams @ centres) / total - middle
    overload = _overload(layout, layout.grams)
    best, pair = worst - 1e-9, (-1, -1)
    for kind in np.unique(layout.boxes[:, 0]):
        at = np.flatnonzero(layout.boxes[:, 0] == kind)
        gain = (layout.grams[at][:, None] - layout.grams[at][None, :]) / total
        after = off + gain[:, :, None] * (centres[at][None, :, :] - centres[at][:, None, :])
        bad = _excess(after, half) + (overload + _overload_change(layout, at)) / 1000.0
        place = int(np.argmin(bad))
        if bad.flat[place] < best:
            best = float(bad.flat[place])
            pair = int(at[place // len(at)]), int(at[place % len(at)])
    return (worst, layout) if pair[0] < 0 else (best, _swapped(layout, *pair))


def balance(layout: Layout) -> tuple[float, Layout]:
    """Bring the centre of mass into its box and bay masses under their limits; 0 means that both hold.

    The figure is what is left: half-widths outside the box summed over the axes, plus kilograms over the bays' limits.
    """
    layout = _mirrored(layout)
    bad = badness(layout)
    for _ in range(_MOVES):
        if bad <= 0.0:
            break
        swapped_bays, bays = _best_bay_swap(layout, bad)
        swapped_pieces, pieces = _best_piece_swap(layout, bad)
        now = min(swapped_bays, swapped_pieces)
        if now >= bad - 1e-9:
            break
        bad, layout = (swapped_bays, bays) if swapped_bays <= swapped_pieces else (swapped_pieces, pieces)
    return max(0.0, badness(layout)), layout
