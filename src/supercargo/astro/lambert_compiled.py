"""Lambert's problem compiled: the same time equation as `lambert_time`, one lane of a wide register a problem.

Whole batches run through a loop without branches: two Householder steps from a close first guess. A lane whose second
step was not small, or whose geometry is singular, is taken up again by a slow, bracketed solver. The functions are
inlined into two loops, so that a compiler can use the widest registers of the machine it runs on; the machine code is
kept on disk.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np

from supercargo.astro.lambert_time import (
    AT_REST,
    GUESS_LONG,
    HALVINGS_LEAST_U,
    LARGEST_PLAIN_U,
    LEAST_SINE,
    NEAR_PARABOLA,
    NUDGE,
    SERIES,
    SMALL_STEP,
    TURN_AT_REST,
)
from supercargo.astro.timescales import Codes, Floats, Truths

__all__ = ["LEFT_TO_NUMPY", "SOLVED", "TOO_SHORT", "grid_speeds", "multi_velocities", "zero_velocities"]

_F = TypeVar("_F", bound=Callable[..., object])

_LOOSE = {"reassoc", "contract", "arcp", "nsz"}
"""Sums may be put together in another order; infinities and what is no number keep their meaning."""

SOLVED, TOO_SHORT, LEFT_TO_NUMPY = 0, 1, 2
"""What became of a problem with revolutions."""

_ROUNDS = 60
_DWARF, _GIANT = 1e-100, 1e100
"""Beyond these products of two distances [km2] squares may overflow: a matter for the slow solver, which looks."""

_C0, _C1, _C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10 = SERIES
_A0, _A1, _A2, _B0, _B1, _B2 = GUESS_LONG


def _inlined(function: _F) -> _F:
    """Compile into the callers only."""
    flags = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True}
    return cast(_F, numba.njit(error_model="numpy", fastmath=_LOOSE, **flags)(function))


def _called(function: _F) -> _F:
    """Compile on the first call from Python; other threads run meanwhile; the machine code is kept on disk."""
    return cast(_F, numba.njit(error_model="numpy", fastmath=_LOOSE, nogil=True, cache=True)(function))


@_inlined
def _tail(w: float) -> float:
    """(1 - arctan(sqrt w) / sqrt w) / w near w = 0, both signs."""
    w2 = w * w
    w4 = w2 * w2
    low = (_C0 + _C1 * w) + w2 * (_C2 + _C3 * w)
    high = ((_C4 + _C5 * w) + w2 * (_C6 + _C7 * w)) + w4 * ((_C8 + _C9 * w) + _C10 * w2)
    return low + w4 * high


@_inlined
def _arc(u: float) -> float:
    """(1 - arctan(sqrt w) / sqrt w) / w at u = 1 + w, by three halvings of the angle."""
    e1 = math.sqrt(u)
    g1 = 1.0 / (1.0 + e1)
    e2 = math.sqrt(2.0 * e1 * g1)
    g2 = 1.0 / (1.0 + e2)
    e3 = math.sqrt(2.0 * e2 * g2)
    g3 = 1.0 / (1.0 + e3)
    arc = g3 * g3 * (1.0 + 2.0 * g3 * _tail((e3 - 1.0) * g3))
    arc = g2 * g2 * (1.0 + 2.0 * g2 * arc)
    return g1 * g1 * (1.0 + 2.0 * g1 * arc)


@_inlined
def _shape(x: float, form: tuple[float, float, float, float]) -> tuple[float, float, float, float, float]:
    """1 - x2, y, y - lambda x, y + lambda x and 1 + w at x, none of them a difference of near equals."""
    lam, lam2, oml2, opl = form
    omx2 = (1.0 - x) * (1.0 + x)
    y = math.sqrt(oml2 + lam2 * x * x)
    lx = lam * x
    far = y + abs(lx)
    near = oml2 / far
    along = lx > 0.0
    eta = near if along else far
    zeta = far if along else near
    up, below, flat = zeta * (y - x), oml2 * omx2, y + x
    low = x < 0.0
    num = up if low else zeta
    den = below if low else flat
    return omx2, y, eta, zeta, 2.0 * num / (opl * den)


@_inlined
def _slopes(x: float, t: float, form: tuple[float, float, float, float], omx2: float, y: float) -> tuple[float, float, float]:
    """First three derivatives of the time of flight by x (Izzo 2015, equation 22)."""
    lam, lam2, oml2, _ = form
    k = 1.0 / (omx2 * y)
    inv, iy = y * k, omx2 * k
    lam3, iy2 = lam2 * lam, iy * iy
    d1 = (3.0 * t * x - 2.0 + 2.0 * lam3 * x * iy) * inv
    d2 = (3.0 * t + 5.0 * x * d1 + 2.0 * oml2 * lam3 * iy * iy2) * inv
    d3 = (7.0 * x * d2 + 8.0 * d1 - 6.0 * oml2 * lam3 * lam2 * x * iy * iy2 * iy2) * inv
    return d1, d2, d3


@_inlined
def _correction(miss: float, d1: float, d2: float, d3: float) -> float:
    """Householder's third-order step for a miss of the time of flight."""
    return miss * (d1 * d1 - 0.5 * miss * d2) / (d1 * (d1 * d1 - miss * d2) + d3 * miss * miss * (1.0 / 6.0))


@_inlined
def _step(x: float, t: float, form: tuple[float, float, float, float]) -> tuple[float, float]:
    x = x + (NUDGE if abs(x - 1.0) < 0.5 * NEAR_PARABOLA else 0.0)
    omx2, y, eta, _, u = _shape(x, form)
    here = eta * (eta * eta * (0.25 * u) * ((2.0 + u) - _arc(u) * u * u) + 2.0 * form[0])
    d1, d2, d3 = _slopes(x, here, form, omx2, y)
    step = _correction(here - t, d1, d2, d3)
    return x - step, step


@_inlined
def _guess(t: float, form: tuple[float, float, float, float]) -> float:
    """First guess of x without revolutions, good to 0.03: see lambert_time.first_guess."""
    lam, lam2, oml2, _ = form
    bent = abs(lam)
    arc = math.sqrt(1.0 - bent) * (1.5707288 + bent * (-0.2121144 + bent * (0.0742610 - 0.0187293 * bent)))
    t_half = (arc if lam >= 0.0 else math.pi - arc) + lam * math.sqrt(oml2)
    t_parabola = (2.0 / 3.0) * (1.0 - lam2 * lam)
    slope = 2.5 / (1.0 - lam2 * lam2 * lam)
    over = t - t_half
    base = 1.0 + over * (_B0 + lam * (_B1 + lam * _B2))
    slow = base / (base + 0.5 * over * (1.0 + over * (_A0 + lam * (_A1 + lam * _A2)))) - 1.0
    span = t_half - t_parabola
    share = (t_half - t) / span
    both = share * (1.0 - share)
    middle = (share * share + 0.5 * span * both) / (1.0 + (0.5 * span + slope * span - 2.0) * both)
    part = t / t_parabola
    both = part * (1.0 - part)
    first, last = t_parabola / (1.0 - lam * bent), slope * t_parabola
    fast = (1.0 + (first + last - 2.0) * both) / (part * part + first * both)
    bound = middle if t < t_half else slow
    return fast if t < t_parabola else bound


@_inlined
def _triangle(
    a: tuple[float, float, float], b: tuple[float, float, float], sense: float
) -> tuple[float, float, float, float, float, float, float, float]:
    """|a|, |b|, chord, half-perimeter, a.b, |a x b|, signed lambda and its square."""
    n1 = math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2])
    n2 = math.sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2])
    dx, dy, dz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    chord = math.sqrt(dx * dx + dy * dy + dz * dz)
    half = 0.5 * (n1 + n2 + chord)
    hx, hy, hz = a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
    cross = math.sqrt(hx * hx + hy * hy + hz * hz)
    dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    behind = dot < 0.0
    squared, wide, narrow = 0.5 * cross * cross, n1 * n2 - dot, 0.5 * (n1 * n2 + dot)
    num = squared if behind else narrow
    den = wide if behind else 1.0
    lam2 = num / (den * half * half)
    short = math.sqrt(lam2)
    lam = short if hz * sense >= 0.0 else -short
    return n1, n2, chord, half, dot, cross, lam, lam2


@_inlined
def _form(chord: float, half: float, lam: float, lam2: float) -> tuple[float, float, float, float]:
    oml2 = chord / half
    near, far = 1.0 + lam, oml2 / (1.0 - lam)
    return lam, lam2, oml2, near if lam >= 0.0 else far


@_inlined
def _weights(
    x: float, form: tuple[float, float, float, float], mu: float, sides: tuple[float, float, float, float, float, float]
) -> tuple[float, float, float]:
    """v1 = k1 r1 + k r2, v2 = k2 r2 - k r1: the three weights [1/s]."""
    n1, n2, chord, half, dot, cross = sides
    lam = form[0]
    _, y, _, zeta, _ = _shape(x, form)
    gamma = math.sqrt(0.5 * mu * half)
    apart, per = n1 - n2, 1.0 / chord
    tangent = gamma * math.sqrt((chord - apart) * (chord + apart)) * per * zeta / cross
    tangent = tangent if lam >= 0.0 else -tangent
    along, across = gamma * (lam * y - x), gamma * apart * per * (lam * y + x)
    return (along - across - tangent * dot) / (n1 * n1), -(along + across - tangent * dot) / (n2 * n2), tangent


@_inlined
def _settled(
    x: float, step: float, t: float, form: tuple[float, float, float, float], sides: tuple[float, float, float]
) -> bool:
    """Whether the wide loop's answer stands: a small last step, within reach of its series, on a true triangle."""
    n1, n2, cross = sides
    u = _shape(x, form)[4]
    near = (abs(step) <= SMALL_STEP * (1.0 + x)) & (u > HALVINGS_LEAST_U) & (u < LARGEST_PLAIN_U)
    sound = (cross > LEAST_SINE * n1 * n2) & (n1 * n2 > _DWARF) & (n1 * n2 < _GIANT)
    return bool(near & sound & (t > 0.0) & (t < math.inf))


@_called
def _zero_kernel(
    r1: Floats, r2: Floats, tof: Floats, mu: float, sense: float, v1: Floats, v2: Floats, settled: Truths
) -> None:
    for i in range(tof.shape[0]):
        a = (r1[3 * i], r1[3 * i + 1], r1[3 * i + 2])
        b = (r2[3 * i], r2[3 * i + 1], r2[3 * i + 2])
        n1, n2, chord, half, dot, cross, lam, lam2 = _triangle(a, b, sense)
        form = _form(chord, half, lam, lam2)
        per = 1.0 / half
        t = math.sqrt(2.0 * mu * per) * per * tof[i]
        x, step = _step(_guess(t, form), t, form)
        x, step = _step(x, t, form)
        k1, k2, k = _weights(x, form, mu, (n1, n2, chord, half, dot, cross))
        v1[3 * i] = k1 * a[0] + k * b[0]
        v1[3 * i + 1] = k1 * a[1] + k * b[1]
        v1[3 * i + 2] = k1 * a[2] + k * b[2]
        v2[3 * i] = k2 * b[0] - k * a[0]
        v2[3 * i + 1] = k2 * b[1] - k * a[1]
        v2[3 * i + 2] = k2 * b[2] - k * a[2]
        settled[i] = _settled(x, step, t, form, (n1, n2, cross))


def zero_velocities(given: tuple[Floats, Floats, Floats], mu: float, sense: float, found: tuple[Floats, Floats]) -> Truths:
    """Fill in velocities without revolutions [problem, axis]; says which stand, the others are the slow solver's. [problem]"""
    (r1, r2, tof), (v1, v2) = given, found
    settled = np.empty(tof.size, dtype=np.bool_)
    _zero_kernel(r1.reshape(-1), r2.reshape(-1), tof, mu, sense, v1.reshape(-1), v2.reshape(-1), settled)
    return settled


@_called
def _grid_kernel(departures: Floats, arrivals: Floats, mu: float, found: Floats, settled: Truths) -> None:
    count = arrivals.size // 7
    for row in range(departures.size // 7):
        base = row * 7
        a = (departures[base], departures[base + 1], departures[base + 2])
        vx, vy, vz, leaves = departures[base + 3], departures[base + 4], departures[base + 5], departures[base + 6]
        first = row * count
        for i in range(count):
            j = 7 * i
            b = (arrivals[j], arrivals[j + 1], arrivals[j + 2])
            n1, n2, chord, half, dot, cross, lam, lam2 = _triangle(a, b, 1.0)
            form = _form(chord, half, lam, lam2)
            per = 1.0 / half
            t = math.sqrt(2.0 * mu * per) * per * (arrivals[j + 6] - leaves)
            x, step = _step(_guess(t, form), t, form)
            x, step = _step(x, t, form)
            k1, k2, k = _weights(x, form, mu, (n1, n2, chord, half, dot, cross))
            ox, oy, oz = k1 * a[0] + k * b[0] - vx, k1 * a[1] + k * b[1] - vy, k1 * a[2] + k * b[2] - vz
            ix = k2 * b[0] - k * a[0] - arrivals[j + 3]
            iy = k2 * b[1] - k * a[1] - arrivals[j + 4]
            iz = k2 * b[2] - k * a[2] - arrivals[j + 5]
            at = 3 * (first + i)
            c3 = ox * ox + oy * oy + oz * oz
            found[at] = c3
            found[at + 1] = oz / math.sqrt(c3)
            found[at + 2] = math.sqrt(ix * ix + iy * iy + iz * iz)
            settled[first + i] = _settled(x, step, t, form, (n1, n2, cross))


def grid_speeds(departures: Floats, arrivals: Floats, mu: float) -> tuple[Floats, Truths]:
    """Launch energy, sine of the asymptote's declination and arrival speed of each pair, and which of them stand.

    Departures and arrivals are rows of position, velocity and instant [km, km/s, s]. [departure, arrival, figure]
    """
    found = np.empty((departures.shape[0], arrivals.shape[0], 3))
    settled = np.empty(found.shape[:2], dtype=np.bool_)
    _grid_kernel(departures.reshape(-1), arrivals.reshape(-1), mu, found.reshape(-1), settled.reshape(-1))
    return found, settled


@_inlined
def _turns_time(x: float, form: tuple[float, float, float, float], turns: float) -> tuple[float, float, float]:
    """Time of flight on an ellipse after `turns` half-revolutions times pi, with 1 - x2 and y."""
    omx2, y, eta, _, u = _shape(x, form)
    w, arc = u - 1.0, _arc(u)
    near = (2.0 + u) - arc * u * u
    gauss = near if w <= 0.5 else 1.0 - 1.0 / w + u * u * (1.0 - w * arc) / w  # the large terms taken out by hand
    return eta * (eta * eta * (0.25 * u) * gauss + 2.0 * form[0]) + turns / (omx2 * math.sqrt(omx2)), omx2, y


@_inlined
def _fastest(form: tuple[float, float, float, float], turns: float) -> float:
    """x of the shortest flight with so many turns: the slope's root, bracketed."""
    low, high, x = -1.0, 1.0, 0.0
    for _ in range(_ROUNDS):
        here, omx2, y = _turns_time(x, form, turns)
        d1, d2, _d3 = _slopes(x, here, form, omx2, y)
        if d1 < 0.0:
            low = x
        else:
            high = x
        nearer = x - d1 / d2
        if not (low < nearer < high):
            nearer = 0.5 * (low + high)
        rest = abs(nearer - x) <= TURN_AT_REST
        x = nearer
        if rest:
            break
    return x


@_inlined
def _turns_root(
    t: float, form: tuple[float, float, float, float], turns: float, bracket: tuple[float, float], x: float
) -> float:
    """Root between two x on which the time falls (from -1) or rises (to 1), by Householder's steps held in the bracket."""
    low, high = bracket
    falling = low <= -1.0
    if not (low < x < high):
        x = 0.5 * (low + high)
    for _ in range(_ROUNDS):
        here, omx2, y = _turns_time(x, form, turns)
        d1, d2, d3 = _slopes(x, here, form, omx2, y)
        if (here > t) == falling:
            low = x
        else:
            high = x
        nearer = x - _correction(here - t, d1, d2, d3)
        if not (low <= nearer <= high):
            nearer = 0.5 * (low + high)
        rest = abs(nearer - x) <= AT_REST * (1.0 + x)
        x = nearer
        if rest:
            break
    return x


@_called
def _multi_kernel(
    r1: Floats, r2: Floats, tof: Floats, way: tuple[float, float, float, bool], v1: Floats, v2: Floats, codes: Codes
) -> None:
    mu, sense, revolutions, right = way
    turns = math.pi * revolutions
    for i in range(tof.shape[0]):
        a = (r1[3 * i], r1[3 * i + 1], r1[3 * i + 2])
        b = (r2[3 * i], r2[3 * i + 1], r2[3 * i + 2])
        n1, n2, chord, half, dot, cross, lam, lam2 = _triangle(a, b, sense)
        form = _form(chord, half, lam, lam2)
        t = math.sqrt(2.0 * mu / half) / half * tof[i]
        codes[i] = LEFT_TO_NUMPY
        if not (cross > LEAST_SINE * n1 * n2 and _DWARF < n1 * n2 < _GIANT and 0.0 < t < math.inf):
            continue
        turn = _fastest(form, turns)
        if t < _turns_time(turn, form, turns)[0] * (1.0 - 1e-14):
            codes[i] = TOO_SHORT
            continue
        share = 8.0 * t / turns if right else (math.pi + turns) / (8.0 * t)
        share = share ** (2.0 / 3.0)
        bracket = (turn, 1.0) if right else (-1.0, turn)
        x = _turns_root(t, form, turns, bracket, (share - 1.0) / (share + 1.0))
        k1, k2, k = _weights(x, form, mu, (n1, n2, chord, half, dot, cross))
        for axis in range(3):
            v1[3 * i + axis] = k1 * a[axis] + k * b[axis]
            v2[3 * i + axis] = k2 * b[axis] - k * a[axis]
        if abs(k1) + abs(k2) + abs(k) < math.inf:
            codes[i] = SOLVED


def multi_velocities(
    given: tuple[Floats, Floats, Floats], way: tuple[float, float, float, bool], found: tuple[Floats, Floats]
) -> Codes:
    """Fill in velocities with revolutions [problem, axis]; says what became of each. [problem]

    `way` is mu, sense of motion, revolutions and whether the right branch is meant.
    """
    (r1, r2, tof), (v1, v2) = given, found
    codes = np.empty(tof.size, dtype=np.int8)
    _multi_kernel(r1.reshape(-1), r2.reshape(-1), tof, way, v1.reshape(-1), v2.reshape(-1), codes)
    return codes
