"""Sizes and masses of single lines of cargo: bags from the catalogue, boxes and open pieces of their own size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from supercargo.model import Bag

__all__ = ["Shape", "bag_shape", "box_shape", "fitted"]

LEAST_PACKING, MOST_PACKING = 0.82, 1.38  # of a bag's typical mass: about 240 to 400 kg/m3


@dataclass(slots=True, kw_only=True)
class Shape:
    """Pieces of one line while it is made; mass may still move between `least_kg` and `most_kg` a piece."""

    form: str
    pieces: int
    piece_kg: float
    least_kg: float
    most_kg: float
    dx_m: float
    dy_m: float
    dz_m: float

    @property
    def mass_kg(self) -> float:
        """Mass of all pieces."""
        return self.pieces * self.piece_kg


def bag_shape(bags: Sequence[Bag], mass_kg: float, density: float, rng: np.random.Generator) -> Shape:
    """Bags of one type that together weigh about `mass_kg`, filled to `density` of the typical mass."""
    fit = [bag for bag in bags if bag.typical_kg <= 1.3 * mass_kg] or [bags[0]]
    many = [bag for bag in fit if bag.typical_kg * 6 >= 0.7 * mass_kg] or [fit[-1]]
    bag = many[int(rng.integers(len(many)))]
    pieces = int(min(6, max(1, round(mass_kg / (bag.typical_kg * density)))))
    most = min(bag.max_kg, MOST_PACKING * bag.typical_kg)
    least = LEAST_PACKING * bag.typical_kg
    return Shape(
        form="bag",
        pieces=pieces,
        piece_kg=min(most, max(least, mass_kg / pieces)),
        least_kg=least,
        most_kg=most,
        dx_m=bag.dx_m,
        dy_m=bag.dy_m,
        dz_m=bag.dz_m,
    )


def box_shape(form: str, mass_kg: float, density_kg_m3: float, longest_m: float, rng: np.random.Generator) -> Shape:
    """Boxes or open pieces of about `mass_kg` together, no edge longer than `longest_m`, lowest face upright."""
    most_piece = density_kg_m3 * longest_m * (0.8 * longest_m) * (0.7 * longest_m)
    pieces = int(min(6, max(rng.integers(1, 3), np.ceil(mass_kg / most_piece))))
    piece = min(mass_kg / pieces, most_piece)
    side = (piece / density_kg_m3) ** (1.0 / 3.0)
    flat, deep = float(rng.uniform(0.75, 1.0)), float(rng.uniform(0.8, 1.05))
    dx = min(longest_m, side / (flat * deep) ** (1.0 / 3.0))
    dx, dy, dz = (round(max(0.10, size), 3) for size in (dx, dx * deep if dx * deep < dx else dx, dx * flat))
    volume = dx * dy * dz
    return Shape(
        form=form,
        pieces=pieces,
        piece_kg=piece,
        least_kg=0.6 * density_kg_m3 * volume,
        most_kg=1.35 * density_kg_m3 * volume,
        dx_m=dx,
        dy_m=dy,
        dz_m=dz,
    )


def fitted(shapes: list[Shape], target_kg: float) -> None:
    """Move piece masses, then numbers of pieces, until all weigh `target_kg` together (within a piece or so)."""
    for _ in range(4):
        total = sum(shape.mass_kg for shape in shapes)
        if total <= 0 or abs(total - target_kg) < 0.002 * target_kg:
            return
        for shape in shapes:
            shape.piece_kg = min(shape.most_kg, max(shape.least_kg, shape.piece_kg * target_kg / total))
    for shape in sorted(shapes, key=lambda one: one.piece_kg, reverse=True):
        short = target_kg - sum(one.mass_kg for one in shapes)
        step = int(np.clip(round(short / shape.piece_kg), 1 - shape.pieces, 6 - shape.pieces))
        shape.pieces += step
