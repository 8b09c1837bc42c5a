"""What has to be stowed on a mission: lines by kind of piece, in whole millimetres and grams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from supercargo.model import Bay, CargoLine
from supercargo.solve.packing import Bin, Kind, turns_of

__all__ = ["MUST_WEIGHT", "Hold", "Item", "PieceKind", "bin_of", "holds_of", "items_of"]

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_UPRIGHT = {"any": (0, 1, 2), "upright": (2,)}
_STEP = 40.0  # a line outweighs this many pieces of the next lower priority
MUST_WEIGHT = 10.0 * _STEP**5
"""What the loss of one piece of a must line weighs at least."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line that must be stowed whole: number of pieces, mass of each piece [g], what its loss would weigh."""

    item_id: str
    pieces: int
    grams: tuple[int, ...]
    weight: float
    urgency: tuple[bool, datetime, float, str]


@dataclass(frozen=True, slots=True)
class PieceKind:
    """Lines whose pieces can change places: equal sides, turns, late load and power."""

    kind: Kind
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """The bays of one sort, pressurised or not, and the pieces that belong there."""

    bays: tuple[Bay, ...]
    bins: tuple[Bin, ...]
    kinds: tuple[PieceKind, ...]

    @property
    def share(self) -> float:
        """Share of the bays' volume that the pieces need."""
        volume = sum(room.volume for room in self.bins)
        return sum(k.kind.volume * k.kind.count for k in self.kinds) / volume if volume else 0.0


def items_of(line: CargoLine) -> Item:
    """The pieces of a line; grams left over by the division go one each to the first pieces."""
    pieces, total = round(line.pieces), round(line.mass_kg * 1000)
    small, more = divmod(total, pieces)
    grams = tuple(small + (i < more) for i in range(pieces))
    weight = MUST_WEIGHT if line.must else _STEP ** (5 - line.priority)
    urgency = (not line.late_load, line.due_utc or _NEVER, line.priority, line.item_id)
    return Item(line.item_id, pieces, grams, weight * pieces, urgency)


def bin_of(bay: Bay) -> Bin:
    """A bay in whole millimetres, rounded inwards."""
    dx, dy, dz = (int(side * 1000 + 1e-6) for side in (bay.dx_m, bay.dy_m, bay.dz_m))
    return Bin(dx, dy, dz, max_mass=bay.max_mass_kg * 1000, slots=int(bay.powered_slots))


def _key(line: CargoLine) -> tuple[bool, bool, str, tuple[int, ...]]:
    sides = tuple(round((side or 0.0) * 1000) for side in (line.dx_m, line.dy_m, line.dz_m))
    if line.orientation == "any":
        sides = tuple(sorted(sides, reverse=True))
    elif line.orientation == "upright":
        sides = (*sorted(sides[:2], reverse=True), sides[2])
    return line.late_load, line.power_w > 0.0, line.orientation, sides


def _kind(key: tuple[bool, bool, str, tuple[int, ...]], items: list[Item]) -> PieceKind:
    late, powered, orientation, (dx, dy, dz) = key
    turns = (0,) if orientation == "fixed" else turns_of((dx, dy, dz), _UPRIGHT[orientation])
    count = sum(item.pieces for item in items)
    mean = sum(sum(item.grams) for item in items) / count
    kind = Kind(dx, dy, dz, count, turns, mass=mean, slotted=powered, last=late)
    return PieceKind(kind, tuple(sorted(items, key=lambda item: item.urgency)))


def holds_of(lines: list[CargoLine], bays: tuple[Bay, ...]) -> tuple[Hold, ...]:
    """Split the lines of a mission into holds and kinds, in an order that does not depend on the order of the lines."""
    holds = []
    for pressurised in (True, False):
        found: dict[tuple[bool, bool, str, tuple[int, ...]], list[Item]] = {}
        for line in sorted(lines, key=lambda line: line.item_id):
            if (line.form != "unpressurised") == pressurised:
                found.setdefault(_key(line), []).append(items_of(line))
        rooms = tuple(bay for bay in bays if bay.pressurised == pressurised)
        kinds = tuple(_kind(key, found[key]) for key in sorted(found))
        if kinds:
            holds.append(Hold(rooms, tuple(map(bin_of, rooms)), kinds))
    return tuple(holds)
