"""Block building on a height map: the compiled core of box packing.

Boxes come from above, so the empty room of a bin is its height map. The map is kept on the coarsest grid of cuts that
tells its heights apart. Each step takes one flat rectangle in a corner of the map and the block of equal boxes that
fits it best (volume, unusable rest, contact, number of boxes; after Araya & Riff, "A beam search approach to the
container loading problem", Computers & Operations Research 43, 2014). All lengths are whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["GRID", "MOST_SPACES", "Grid", "Limits", "Pool", "Rows", "Taste", "cover", "fill_bin", "new_grid"]

GRID = 128
"""Most cuts along one side of a bin's height map; a bin that would need more takes no further box."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_SPACES = 2048
_TURNS = np.array([[0, 1, 2], [1, 0, 2], [0, 2, 1], [2, 0, 1], [1, 2, 0], [2, 1, 0]])
_BIG = np.int64(1 << 60)


_F = TypeVar("_F", bound=Callable[..., object])


def _compiled(function: _F) -> _F:
    """Compile for other compiled functions only (no wrapper for Python saves time); the machine code is kept on disk."""
    flags = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "error_model": "numpy"}
    return cast(_F, numba.njit(cache=True, **flags)(function))


def _called(function: _F) -> _F:
    """Compile on the first call from Python; the machine code is kept on disk."""
    return cast(_F, numba.njit(cache=True, no_cfunc_wrapper=True, error_model="numpy")(function))


class Grid(NamedTuple):
    """Height map of one bin: cuts along x and y, number of cells each way, height of each cell."""

    xs: Ints
    ys: Ints
    cells: Ints  # [2]
    heights: Ints  # [GRID, GRID]


class Pool(NamedTuple):
    """Boxes still to place, by kind."""

    sizes: Ints  # [kind, 3]
    turns: npt.NDArray[np.bool_]  # [kind, 6]
    left: Ints  # [kind]
    mass: Floats  # [kind]
    slotted: npt.NDArray[np.bool_]  # [kind]
    boost: Floats  # [kind]
    active: npt.NDArray[np.bool_]  # [kind]
    reach: Ints  # [length + 1]: longest sum of box sides that fits in a length


class Limits(NamedTuple):
    """What one bin can still take: size, and [mass, slotted boxes, volume]."""

    size: Ints  # [3]
    spare: Floats  # [3]
    support: int


class Taste(NamedTuple):
    """How a packing order weighs spaces and blocks."""

    near: Floats  # [3] weight of the distance along x, y, z from the corner
    volume: float
    loss: float
    contact: float
    many: float
    noise: float


class Rows(NamedTuple):
    """Boxes placed: kind, bin, x, y, z, dx, dy, dz; `used[0]` rows are used; `state[0]` is the random state.

    `spaces` and `keys` are scratch room, so that a step need not ask for memory.
    """

    boxes: Ints  # [row, 8]
    used: Ints  # [1]
    state: npt.NDArray[np.uint64]  # [1]
    spaces: Ints  # [MOST_SPACES, 9] x0, x1, y0, y1, z, direction along x, along y, wall behind along x, along y
    keys: Floats  # [MOST_SPACES]


def new_grid(length: int, width: int) -> Grid:
    """An empty floor of `length` by `width`."""
    xs, ys = np.zeros(GRID + 1, np.int64), np.zeros(GRID + 1, np.int64)
    xs[1], ys[1] = length, width
    return Grid(xs, ys, np.ones(2, np.int64), np.zeros((GRID, GRID), np.int64))


@_compiled
def _chance(state: npt.NDArray[np.uint64]) -> float:
    s = state[0]
    s ^= s << np.uint64(13)
    s ^= s >> np.uint64(7)
    s ^= s << np.uint64(17)
    state[0] = s
    return float(s >> np.uint64(11)) / 9007199254740992.0


@_compiled
def _cut_x(grid: Grid, at: int) -> None:
    n = grid.cells[0]
    k = 0
    while grid.xs[k] < at:
        k += 1
    if grid.xs[k] == at:
        return
    for i in range(n, k - 1, -1):
        grid.xs[i + 1] = grid.xs[i]
    for i in range(n - 1, k - 2, -1):
        for j in range(grid.cells[1]):
            grid.heights[i + 1, j] = grid.heights[i, j]
    grid.xs[k] = at
    grid.cells[0] = n + 1


@_compiled
def _cut_y(grid: Grid, at: int) -> None:
    n = grid.cells[1]
    k = 0
    while grid.ys[k] < at:
        k += 1
    if grid.ys[k] == at:
        return
    for j in range(n, k - 1, -1):
        grid.ys[j + 1] = grid.ys[j]
    for j in range(n - 1, k - 2, -1):
        for i in range(grid.cells[0]):
            grid.heights[i, j + 1] = grid.heights[i, j]
    grid.ys[k] = at
    grid.cells[1] = n + 1


@_compiled
def _merge(grid: Grid) -> None:
    n, m = grid.cells[0], grid.cells[1]
    keep = 1
    for i in range(1, n):
        same = True
        for j in range(m):
            if grid.heights[i, j] != grid.heights[keep - 1, j]:
                same = False
                break
        if not same:
            grid.xs[keep] = grid.xs[i]
            for j in range(m):
                grid.heights[keep, j] = grid.heights[i, j]
            keep += 1
    grid.xs[keep] = grid.xs[n]
    grid.cells[0] = n = keep
    keep = 1
    for j in range(1, m):
        same = True
        for i in range(n):
            if grid.heights[i, j] != grid.heights[i, keep - 1]:
                same = False
                break
        if not same:
            grid.ys[keep] = grid.ys[j]
            for i in range(n):
                grid.heights[i, keep] = grid.heights[i, j]
            keep += 1
    grid.ys[keep] = grid.ys[m]
    grid.cells[1] = keep


@_called
def cover(grid: Grid, area: Ints, height: int) -> None:
    """Set the height map over `area` [x0, x1, y0, y1] to `height`."""
    _cut_x(grid, area[0])
    _cut_x(grid, area[1])
    _cut_y(grid, area[2])
    _cut_y(grid, area[3])
    for i in range(grid.cells[0]):
        if area[0] <= grid.xs[i] < area[1]:
            for j in range(grid.cells[1]):
                if area[2] <= grid.ys[j] < area[3]:
                    grid.heights[i, j] = height
    _merge(grid)


@_compiled
def _emit(grid: Grid, corner: tuple[int, int, int, int, int, int], run: int, spaces: Ints, found: int) -> int:
    i, j, last, sx, sy, z = corner
    if found >= spaces.shape[0]:
        return found
    end = j + sy * (run - 1)
    row = spaces[found]
    row[0], row[1] = grid.xs[min(i, last)], grid.xs[max(i, last) + 1]
    row[2], row[3] = grid.ys[min(j, end)], grid.ys[max(j, end) + 1]
    row[4], row[5], row[6] = z, sx, sy
    pi, pj = i - sx, j - sy
    row[7] = 1 if pi < 0 or pi >= grid.cells[0] or grid.heights[pi, j] > z else 0
    row[8] = 1 if pj < 0 or pj >= grid.cells[1] or grid.heights[i, pj] > z else 0
    return found + 1


@_compiled
def _belongs(grid: Grid, i: int, j: int, z: int, loose: int) -> bool:
    if i < 0 or j < 0 or i >= grid.cells[0] or j >= grid.cells[1]:
        return False
    return grid.heights[i, j] == z or (loose > 0 and grid.heights[i, j] < z)


@_compiled
def _stairs(grid: Grid, at: tuple[int, int, int], loose: int, spaces: Ints, found: int) -> int:
    """Add the largest rectangles of the level `z` that start in a corner at cell (i, j)."""
    i, j, z = at
    for sx in (1, -1):
        if _belongs(grid, i - sx, j, z, loose):
            continue
        for sy in (1, -1):
            if _belongs(grid, i, j - sy, z, loose):
                continue
            run, k = GRID + 1, i
            while _belongs(grid, k, j, z, loose):
                r, jj = 0, j
                while r < run and _belongs(grid, k, jj, z, loose):
                    r += 1
                    jj += sy
                if r < run:
                    if k != i:
                        found = _emit(grid, (i, j, k - sx, sx, sy, z), run, spaces, found)
                    run = r
                k += sx
            found = _emit(grid, (i, j, k - sx, sx, sy, z), run, spaces, found)
    return found


@_compiled
def _next_level(grid: Grid, z: int, top: int) -> int:
    """The lowest height above `z`, at most `top`."""
    level = top
    for i in range(grid.cells[0]):
        for j in range(grid.cells[1]):
            if z < grid.heights[i, j] < level:
                level = grid.heights[i, j]
    return level


@_compiled
def _spaces(grid: Grid, top: int, loose: int, spaces: Ints) -> int:
    """Largest rectangles in the corners of each level; loose ones reach over lower ground, for boxes that may overhang."""
    found = 0
    z = _next_level(grid, -top, top)
    if loose > 0:
        z = _next_level(grid, z, top)
    while z < top:
        for i in range(grid.cells[0]):
            for j in range(grid.cells[1]):
                if grid.heights[i, j] == z or (loose > 0 and grid.heights[i, j] < z):
                    found = _stairs(grid, (i, j, z), loose, spaces, found)
        z = _next_level(grid, z, top)
    return found


@_compiled
def _weigh_spaces(spaces: Ints, found: int, size: Ints, near: Floats, keys: Floats) -> None:
    for s in range(found):
        x0, x1, y0, y1, z = spaces[s, 0], spaces[s, 1], spaces[s, 2], spaces[s, 3], spaces[s, 4]
        dx = x0 if spaces[s, 5] > 0 else size[0] - x1
        dy = y0 if spaces[s, 6] > 0 else size[1] - y1
        volume = float((x1 - x0) * (y1 - y0) * (size[2] - z)) / float(size[0] * size[1] * size[2])
        keys[s] = near[0] * dx / size[0] + near[1] * dy / size[1] + near[2] * z / size[2] - 0.001 * volume


@_compiled
def _nearest(keys: Floats, found: int) -> int:
    """Take the space with the lowest key off the list; -1: none is left."""
    best = -1
    for s in range(found):
        if keys[s] < math.inf and (best < 0 or keys[s] < keys[best]):
            best = s
    if best >= 0:
        keys[best] = math.inf
    return best


@_compiled
def _fitness(block: tuple[int, int, int, int], space: Ints, top: int, reach: Ints, taste: Taste) -> float:
    ux, uy, uz, n = block
    sx, sy, sz = space[1] - space[0], space[3] - space[2], top - space[4]
    usable = float(ux + reach[sx - ux]) * float(uy + reach[sy - uy]) * float(uz + reach[sz - uz])
    room = float(sx) * float(sy) * float(sz)
    side_x, side_y, base = float(uy * uz), float(ux * uz), float(ux * uy)
    touch = base + (base if (sz - uz) * 25 <= sz else 0.0)
    touch += side_x * (space[7] + (1.0 if (sx - ux) * 25 <= sx else 0.0))
    touch += side_y * (space[8] + (1.0 if (sy - uy) * 25 <= sy else 0.0))
    contact = touch / (2.0 * (side_x + side_y + base))
    return (
        taste.volume * math.log(base * uz)
        + taste.loss * math.log(usable / room)
        + taste.contact * math.log(contact)
        - taste.many * math.log(float(n))
    )


@_compiled
def _allowed(pool: Pool, kind: int, spare: Floats) -> int:
    if pool.left[kind] == 0 or not pool.active[kind]:
        return 0
    most = float(pool.left[kind])
    if pool.mass[kind] > 0.0:
        most = min(most, math.floor(spare[0] / pool.mass[kind] + 1e-9))
    if pool.slotted[kind]:
        most = min(most, spare[1])
    volume = float(pool.sizes[kind, 0] * pool.sizes[kind, 1] * pool.sizes[kind, 2])
    return int(max(0.0, min(most, math.floor(spare[2] / volume + 1e-9))))


@_compiled
def _best_block(space: Ints, pool: Pool, limits: Limits, taste: Taste, state: npt.NDArray[np.uint64]) -> tuple[int, ...]:
    """Kind, turn and counts along x, y, z of the block that suits a flat space best; kind -1: none fits."""
    best, choice = -math.inf, (-1, 0, 0, 0, 0)
    top = limits.size[2]
    sx, sy, sz = space[1] - space[0], space[3] - space[2], top - space[4]
    for t in range(pool.left.shape[0]):
        most = _allowed(pool, t, limits.spare)
        if most == 0:
            continue
        for k in range(6):
            if not pool.turns[t, k]:
                continue
            w, d, h = pool.sizes[t, _TURNS[k, 0]], pool.sizes[t, _TURNS[k, 1]], pool.sizes[t, _TURNS[k, 2]]
            if w > sx or d > sy or h > sz:
                continue
            luck = pool.boost[t] + taste.noise * _chance(state)
            for a in range(1, min(sx // w, most) + 1):
                for b in range(1, min(sy // d, most // a) + 1):
                    for c in range(1, min(sz // h, most // (a * b)) + 1):
                        score = luck + _fitness((a * w, b * d, c * h, a * b * c), space, top, pool.reach, taste)
                        if score > best:
                            best, choice = score, (t, k, a, b, c)
    return choice


@_compiled
def _resting(grid: Grid, base: tuple[int, int, int, int], z: int) -> int:
    """Area of the base [x0, x1, y0, y1] that rests on tops at height `z`."""
    area = 0
    for i in range(grid.cells[0]):
        wide = min(base[1], grid.xs[i + 1]) - max(base[0], grid.xs[i])
        if wide > 0:
            for j in range(grid.cells[1]):
                deep = min(base[3], grid.ys[j + 1]) - max(base[2], grid.ys[j])
                if deep > 0 and grid.heights[i, j] == z:
                    area += wide * deep
    return area


@_compiled
def _best_column(grid: Grid, space: Ints, pool: Pool, limits: Limits) -> tuple[int, ...]:
    """The largest box that may stand in a corner of a space that reaches over lower ground."""
    best, choice = np.int64(0), (-1, 0, 0, 0, 0)
    for t in range(pool.left.shape[0]):
        if _allowed(pool, t, limits.spare) == 0:
            continue
        for k in range(6):
            w, d, h = pool.sizes[t, _TURNS[k, 0]], pool.sizes[t, _TURNS[k, 1]], pool.sizes[t, _TURNS[k, 2]]
            if not pool.turns[t, k] or w > space[1] - space[0] or d > space[3] - space[2] or h > limits.size[2] - space[4]:
                continue
            x = space[0] if space[5] > 0 else space[1] - w
            y = space[2] if space[6] > 0 else space[3] - d
            resting = _resting(grid, (x, x + w, y, y + d), space[4])
            if resting * 100 >= limits.support * w * d and w * d * h > best:
                best, choice = w * d * h, (t, k, 1, 1, 1)
    return choice


@_compiled
def _place(grid: Grid, space: Ints, choice: tuple[int, ...], pool: Pool, out: Rows) -> float:
    """Put a block into its corner, one row a box; returns the volume placed."""
    t, k, a, b, c = choice
    w, d, h = pool.sizes[t, _TURNS[k, 0]], pool.sizes[t, _TURNS[k, 1]], pool.sizes[t, _TURNS[k, 2]]
    x = space[0] if space[5] > 0 else space[1] - a * w
    y = space[2] if space[6] > 0 else space[3] - b * d
    for layer in range(c):
        for i in range(a):
            for j in range(b):
                row = out.boxes[out.used[0]]
                row[0], row[2], row[3], row[4] = t, x + i * w, y + j * d, space[4] + layer * h
                row[5], row[6], row[7] = w, d, h
                out.used[0] += 1
    cover(grid, np.array([x, x + a * w, y, y + b * d]), space[4] + c * h)
    pool.left[t] -= a * b * c
    return float(a * b * c) * float(w * d * h)


@_compiled
def _step(grid: Grid, pool: Pool, limits: Limits, taste: Taste, out: Rows) -> float:
    """Place one block; returns its volume, 0 if nothing fits any more."""
    spaces, keys = out.spaces, out.keys
    for loose in range(2):
        if loose > 0 and limits.support >= 100:
            break
        top = limits.size[2]
        found = _spaces(grid, top, loose, spaces)
        _weigh_spaces(spaces, found, limits.size, taste.near, keys)
        s = _nearest(keys, found)
        while s >= 0:
            if loose > 0:
                choice = _best_column(grid, spaces[s], pool, limits)
            else:
                choice = _best_block(spaces[s], pool, limits, taste, out.state)
            if choice[0] >= 0:
                return _place(grid, spaces[s], choice, pool, out)
            s = _nearest(keys, found)
    return 0.0


@_called
def fill_bin(grid: Grid, pool: Pool, limits: Limits, taste: Taste, out: Rows) -> None:
    """Place blocks in one bin until none fits; reduces `pool.left` and `limits.spare`, adds rows to `out`."""
    while grid.cells[0] + 2 < GRID and grid.cells[1] + 2 < GRID:
        before = out.used[0]
        volume = _step(grid, pool, limits, taste, out)
        if volume == 0.0:
            return
        kind, n = out.boxes[before, 0], out.used[0] - before
        limits.spare[0] -= n * pool.mass[kind]
        limits.spare[2] -= volume
        if pool.slotted[kind]:
            limits.spare[1] -= n
