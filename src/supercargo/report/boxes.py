"""Boxes seen from a corner: which one hides which, and the outlines of their three visible faces."""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

__all__ = ["back_to_front", "faces", "isometric"]

TOUCH_M = 1e-6
EXACT_COUNT = 1500
COS_30 = 0.8660254037844386
Numbers = npt.NDArray[np.float64]


def isometric(x_m: float, y_m: float, z_m: float) -> tuple[float, float]:
    """Point of the picture of a point of the bay: x runs down to the right, y down to the left, z up [m].

    >>> isometric(0.0, 0.0, 1.0)
    (0.0, -1.0)
    """
    return (x_m - y_m) * COS_30, (x_m + y_m) / 2 - z_m


def back_to_front(low_m: Numbers, high_m: Numbers) -> list[int]:
    """Order in which boxes must be drawn so that nearer ones cover farther ones.

    `low_m`, `high_m`: corners  # [box, axis] m, seen from far out along +x, +y, +z. A box lies behind another if a plane
    between them has it on the far side; if planes of different axes disagree, the two do not cover each other in the picture.
    Boxes that cover each other in a ring (which no order can draw), and bays of more than EXACT_COUNT boxes, are taken by the
    sum of the low corners.
    """
    depth = [round(float(total), 6) for total in low_m.sum(axis=1)]
    if len(depth) > EXACT_COUNT:
        return sorted(range(len(depth)), key=lambda box: (depth[box], box))
    before = np.zeros((len(depth), len(depth)), dtype=np.bool_)
    for axis in range(3):
        before |= high_m[:, None, axis] <= low_m[None, :, axis] + TOUCH_M
    behind = before & ~before.T
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


def faces(low_m: tuple[float, float, float], size_m: tuple[float, float, float], px_m: float) -> tuple[str, str, str]:
    """Path data of a box's outline, of its face towards +y (left) and of its face towards +x (right), whole pixels."""
    x, y, z = low_m
    far_x, far_y, top = x + size_m[0], y + size_m[1], z + size_m[2]
    across = px_m * COS_30
    back_u, right_u = round((x - y) * across), round((far_x - y) * across)
    left_u, front_u = round((x - far_y) * across), round((far_x - far_y) * across)
    back_v, right_v = round(((x + y) / 2 - top) * px_m), round(((far_x + y) / 2 - top) * px_m)
    left_v, front_v = round(((x + far_y) / 2 - top) * px_m), round(((far_x + far_y) / 2 - top) * px_m)
    right_low, left_low = round(((far_x + y) / 2 - z) * px_m), round(((x + far_y) / 2 - z) * px_m)
    front_low = round(((far_x + far_y) / 2 - z) * px_m)
    return (
        f"M{back_u} {back_v}L{right_u} {right_v}V{right_low}L{front_u} {front_low} {left_u} {left_low}V{left_v}z",
        f"M{left_u} {left_v}L{front_u} {front_v}V{front_low}L{left_u} {left_low}z",
        f"M{front_u} {front_v}L{right_u} {right_v}V{right_low}L{front_u} {front_low}z",
    )
