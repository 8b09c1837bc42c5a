"""Boxes seen from above and from one of eight sides: which one hides which, and the outlines of their visible faces."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["FRONT", "TURNS", "Eye", "Point", "back_to_front", "faces"]

TOUCH_M = 1e-6
EXACT_COUNT = 1500
COS_30 = 0.8660254037844386
Numbers = npt.NDArray[np.float64]
Point = tuple[float, float, float]
"""A place in a bay, or a size along its axes [m]."""


@dataclass(frozen=True, slots=True)
class Eye:
    """Where the boxes are looked at from: far out along (`along_x`, `along_y`), as long as a corner's (1, 1), and above."""

    along_x: float
    along_y: float

    def seen(self, x_m: float, y_m: float, z_m: float) -> tuple[float, float]:
        """Point of the picture of a point of the bay: right and down [m].

        >>> Eye(1.0, 1.0).seen(0.0, 0.0, 1.0)
        (0.0, -1.0)
        """
        right = x_m * self.along_y - y_m * self.along_x
        return right * COS_30, (x_m * self.along_x + y_m * self.along_y) / 2 - z_m

    def mirrored(self, low_m: Numbers, high_m: Numbers) -> tuple[Numbers, Numbers]:
        """Corners of boxes as if the eye stood far out along every axis  # [box, axis] m; without an axis across the view."""
        kept = [(0, self.along_x), (1, self.along_y), (2, 1.0)]
        pairs = [(low_m[:, n], high_m[:, n]) if way > 0 else (-high_m[:, n], -low_m[:, n]) for n, way in kept if way]
        return np.stack([low for low, _ in pairs], axis=1), np.stack([high for _, high in pairs], axis=1)

    def corners(self, low_m: Point, size_m: Point) -> tuple[Point, Point]:
        """The far and the near corner of a box: of an axis across the view the low end counts as far."""
        ends = [(at, at + size) for at, size in zip(low_m, size_m, strict=True)]
        far_near = [end if way >= 0 else end[::-1] for end, way in zip(ends, (self.along_x, self.along_y, 1.0), strict=True)]
        (far_x, near_x), (far_y, near_y), (low_z, top_z) = far_near
        return (far_x, far_y, low_z), (near_x, near_y, top_z)


_EDGE = math.sqrt(2.0)
TURNS: tuple[Eye, ...] = tuple(
    Eye(x, y)
    for x, y in ((1.0, 1.0), (0.0, _EDGE), (-1.0, 1.0), (-_EDGE, 0.0), (-1.0, -1.0), (0.0, -_EDGE), (1.0, -1.0), (_EDGE, 0.0))
)
"""Eight eyes, each an eighth of a turn on: from a corner, from a side, and so forth."""

FRONT = TURNS[0]
"""From the corner where x and y are greatest."""


def back_to_front(low_m: Numbers, high_m: Numbers, eye: Eye = FRONT) -> list[int]:
    """Order in which boxes must be drawn so that nearer ones cover farther ones.

    `low_m`, `high_m`: corners  # [box, axis] m. A box lies behind another if a plane
    between them has it on the far side; if planes of different axes disagree, the two do not cover each other in the picture.
    Boxes that cover each other in a ring (which no order can draw), and bays of more than EXACT_COUNT boxes, are taken by the
    sum of the low corners.
    """
    beside = np.zeros((len(low_m), len(low_m)), dtype=np.bool_)
    for axis, way in enumerate((eye.along_x, eye.along_y)):
        if not way:  # side by side across the view: neither covers the other
            beside |= high_m[:, None, axis] <= low_m[None, :, axis] + TOUCH_M
    beside |= beside.T
    low_m, high_m = eye.mirrored(low_m, high_m)
    depth = [round(float(total), 6) for total in low_m.sum(axis=1)]
    if len(depth) > EXACT_COUNT:
        return sorted(range(len(depth)), key=lambda box: (depth[box], box))
    before = np.zeros((len(depth), len(depth)), dtype=np.bool_)
    for axis in range(low_m.shape[1]):
        before |= high_m[:, None, axis] <= low_m[None, :, axis] + TOUCH_M
    behind = before & ~before.T & ~beside
    waits = behind.sum(axis=0)
    ready = [(depth[i], i) for i in range(len(depth)) if waits[i] == 0]
    left = set(range(len(depth)))
    heapq.heapify(ready)
    order: list[int] = []
    while left:
        if not ready:
            heapq.heappush(ready, min((depth[i], i) for i in sorted(left)))
        _, box = heapq.heappop(ready)
        if box not in left:
            continue
        left.discard(box)
        order.append(box)
        waits[behind[box]] -= 1
        for other in np.flatnonzero(behind[box]):
            if waits[other] == 0 and int(other) in left:
                heapq.heappush(ready, (depth[int(other)], int(other)))
    return order


def faces(low_m: Point, size_m: Point, px_m: float, eye: Eye = FRONT) -> tuple[str, str, str]:
    """Path data of a box's outline and of its two upright faces that can be seen, whole pixels.

    Seen from a corner they are its faces towards y (left) and towards x (right); seen from a side one of them is a line.
    """
    (far_x, far_y, z), (near_x, near_y, top) = eye.corners(low_m, size_m)
    across = px_m * COS_30

    def u(x_m: float, y_m: float) -> int:
        return round((x_m * eye.along_y - y_m * eye.along_x) * across)

    def v(x_m: float, y_m: float, z_m: float) -> int:
        return round(((x_m * eye.along_x + y_m * eye.along_y) / 2 - z_m) * px_m)

    back_u, x_u, y_u, front_u = u(far_x, far_y), u(near_x, far_y), u(far_x, near_y), u(near_x, near_y)
    back_v, x_v, y_v, front_v = v(far_x, far_y, top), v(near_x, far_y, top), v(far_x, near_y, top), v(near_x, near_y, top)
    x_low, y_low, front_low = v(near_x, far_y, z), v(far_x, near_y, z), v(near_x, near_y, z)
    return (
        f"M{back_u} {back_v}L{x_u} {x_v}V{x_low}L{front_u} {front_low} {y_u} {y_low}V{y_v}z",
        f"M{y_u} {y_v}L{front_u} {front_v}V{front_low}L{y_u} {y_low}z",
        f"M{front_u} {front_v}L{x_u} {x_v}V{x_low}L{front_u} {front_low}z",
    )
