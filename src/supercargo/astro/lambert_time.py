"""The time equation of Lambert's problem: time of flight of each conic through two points, and its root.

Symbols are Izzo's: c chord, s half-perimeter, lambda2 = 1 - c/s, T = sqrt(2 mu / s3) time of flight, x in (-1, inf), below 1
on ellipses. With y = sqrt(1 - lambda2 (1 - x2)), eta = y - lambda x and w = S / (1 - S), S = (1 - lambda - x eta) / 2,
one formula holds on ellipses, parabola and hyperbolas alike and has no difference of near equals:

    T = eta3 u/4 ((2 + u) - B(w) u2) + 2 lambda eta,  u = 1 + w,  B(w) = (1 - arctan(sqrt w) / sqrt w) / w

(Gauss's Q of Battin, An Introduction to the Mathematics and Methods of Astrodynamics, chapter 7, its hypergeometric function
put in terms of an arctangent.) B is found by halving the angle until a short series serves. M revolutions add
M pi / (1 - x2)^(3/2). Root finding: Householder's third order (D. Izzo, Revisiting Lambert's problem, Celestial Mechanics and
Dynamical Astronomy 121, 2015).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from supercargo.astro.timescales import Floats, Truths

__all__ = [
    "AT_REST",
    "GUESS_LONG",
    "HALVINGS_LEAST_U",
    "LARGEST_PLAIN_U",
    "LEAST_SINE",
    "NEAR_PARABOLA",
    "NUDGE",
    "SERIES",
    "SMALL_STEP",
    "TURN_AT_REST",
    "Shape",
    "Triangle",
    "bracketed_root",
    "close_root",
    "first_guess",
    "flight_time",
    "least_time",
    "shape_of",
    "triangle",
]

SERIES = (
    0.33333333333333337,
    -0.20000000000000717,
    0.1428571428568254,
    -0.11111111108347385,
    0.0909090918375463,
    -0.07692309870678113,
    0.0666657186700042,
    -0.05882545725698757,
    0.052904031071703266,
    -0.043464881133251386,
    0.06692919820007888,
)
"""B(w) for w in [-0.12, 0.0396], Chebyshev fit of degree 10 made with 40 digits: error 6e-17."""

GUESS_LONG = (0.04655885, 0.03064951, 0.00282724, 0.11687578, 0.05510104, 0.00551714)
"""First guess of slow ellipses: a and b of 1 + x = 1 / (1 + tau/2 (1 + a tau) / (1 + b tau)), quadratic in lambda, fitted."""

HALVINGS_LEAST_U = 0.021
"""Three halvings of the angle bring w above -0.12 from here."""

LARGEST_PLAIN_U = 1e4
"""Above, the plain formula of T loses more than two digits."""

LEAST_SINE = 1e-10
"""Below this sine of the transfer angle the two positions fix no plane (to 1e-6 rad)."""

NEAR_PARABOLA, NUDGE = 1e-7, 2e-7
"""The derivatives are 0/0 at x = 1: they are taken a little beside it."""

SMALL_STEP = 1e-4
"""A step below it, as a share of 1 + x, leaves an error of its fourth power."""

_SERIES_RANGE = (-0.12, 0.0396)
_ROUNDS = 100

AT_REST, TURN_AT_REST = 1e-12, 1e-9
"""Steps of x that end the search for a root and for the turn of T: the next step would be far below rounding."""


class Triangle(NamedTuple):
    """The space triangle of each problem: lengths, and lambda in the forms that lose no digits. [problem]"""

    n1: Floats
    n2: Floats
    chord: Floats
    half: Floats
    dot: Floats
    cross: Floats
    lam: Floats
    lam2: Floats
    oml2: Floats
    """1 - lambda2."""
    opl: Floats
    """1 + lambda."""

    def at(self, some: Truths) -> Triangle:
        """The triangles of some problems."""
        return Triangle(*(side[some] for side in self))


def triangle(a: Floats, b: Floats, sense: float) -> Triangle:
    """Triangles of positions [axis, problem]; `sense` 1 moves east about +z, -1 west."""
    n1, n2 = np.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]), np.sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2])
    dx, dy, dz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    chord = np.sqrt(dx * dx + dy * dy + dz * dz)
    half = 0.5 * (n1 + n2 + chord)
    hx, hy, hz = a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
    cross = np.sqrt(hx * hx + hy * hy + hz * hz)
    dot, product = a[0] * b[0] + a[1] * b[1] + a[2] * b[2], n1 * n2
    behind = dot < 0.0  # near 180 deg n1 n2 + a.b would be a difference of near equals
    lam2 = np.where(behind, cross * cross, product + dot) / (np.where(behind, product - dot, 1.0) * (2.0 * half * half))
    lam = np.copysign(np.sqrt(lam2), np.where(hz * sense >= 0.0, 1.0, -1.0))
    oml2 = chord / half
    return Triangle(n1, n2, chord, half, dot, cross, lam, lam2, oml2, np.where(lam >= 0.0, 1.0 + lam, oml2 / (1.0 - lam)))


class Shape(NamedTuple):
    """A conic of each triangle: 1 - x2, y, y - lambda x, y + lambda x, 1 + w. [problem]"""

    omx2: Floats
    y: Floats
    eta: Floats
    zeta: Floats
    u: Floats


def shape_of(x: Floats, form: Triangle) -> Shape:
    """The conic at x, none of its numbers a difference of near equals."""
    omx2 = 1.0 - x
    omx2 *= 1.0 + x
    y = x * x
    y *= form.lam2
    y += form.oml2
    np.sqrt(y, out=y)
    lx = form.lam * x
    far = np.abs(lx)
    far += y
    eta = _chosen(lx <= 0.0, far, form.oml2 / far)
    zeta = form.oml2 / eta
    far = np.abs(x)
    far += y
    near = form.oml2 * omx2
    near /= far
    u = _chosen(x >= 0.0, far, near)  # y + x
    u *= form.opl
    np.divide(zeta, u, out=u)
    u *= 2.0
    return Shape(omx2, y, eta, zeta, u)


def _chosen(which: Truths, large: Floats, small: Floats) -> Floats:
    """`large` where `which`, else `small`, in a third of the time that np.where takes on a mask without pattern."""
    large -= small
    large *= which
    large += small
    return large


def _tail(w: Floats) -> Floats:
    total = np.full_like(w, SERIES[-1])
    for term in SERIES[-2::-1]:
        total *= w
        total += term
    return total


def _arc(u: Floats, halvings: int) -> Floats:
    """B(w) at u = 1 + w."""
    halves = []
    for _ in range(halvings):
        root = np.sqrt(u)
        half = 1.0 + root
        np.divide(1.0, half, out=half)
        u = root * half
        u *= 2.0
        halves.append(half)
    root -= 1.0
    root *= half
    arc = _tail(root)
    for half in reversed(halves):
        arc *= 2.0 * half
        arc += 1.0
        arc *= half * half
    return arc


def _halvings(u: Floats) -> int:
    """Halvings of the angle that the most distant of some lanes needs; at least one."""
    count = 0
    low, high = float(np.min(u, initial=1.0)), float(np.max(u, initial=1.0))
    while count == 0 or low - 1.0 < _SERIES_RANGE[0] or high - 1.0 > _SERIES_RANGE[1]:
        low, high = (2.0 * math.sqrt(u) / (1.0 + math.sqrt(u)) for u in (low, high))
        count += 1
    return count


def flight_time(x: Floats, form: Triangle, revolutions: Floats) -> Floats:
    """T at x after so many whole revolutions, to rounding at any x but within it of -1. [problem]"""
    shape = shape_of(x, form)
    return _flight_time(shape, form, revolutions)


def _flight_time(shape: Shape, form: Triangle, revolutions: Floats) -> Floats:
    u = shape.u
    arc, w = _arc(u, _halvings(u)), u - 1.0
    far = w > 0.5  # (2 + u) - B u2 with the large terms taken out by hand
    safe = np.where(far, w, 1.0)
    gauss = np.where(far, 1.0 - 1.0 / safe + u * u * (1.0 - w * arc) / safe, (2.0 + u) - arc * u * u)
    t = shape.eta * (shape.eta * shape.eta * (0.25 * u) * gauss + 2.0 * form.lam)
    turns = np.where(revolutions > 0, revolutions * math.pi, 0.0)
    return t + turns / np.where(revolutions > 0, shape.omx2 * np.sqrt(np.abs(shape.omx2)), 1.0)


def _slopes(x: Floats, t: Floats, shape: Shape, form: Triangle) -> tuple[Floats, Floats, Floats]:
    """First three derivatives of T by x (Izzo 2015, equation 22), in place where it saves a new array."""
    inv, iy = 1.0 / shape.omx2, 1.0 / shape.y
    t3 = 3.0 * t
    bend = form.lam2 * form.lam
    bend *= iy
    d1 = 2.0 * x
    d1 *= bend
    d1 += t3 * x
    d1 -= 2.0
    d1 *= inv
    iy *= iy
    bend *= iy
    bend *= form.oml2
    d2 = 5.0 * x
    d2 *= d1
    d2 += t3
    d2 += 2.0 * bend
    d2 *= inv
    bend *= iy
    bend *= form.lam2
    bend *= x
    bend *= -6.0
    bend += 8.0 * d1
    d3 = 7.0 * x
    d3 *= d2
    d3 += bend
    d3 *= inv
    return d1, d2, d3


def _correction(miss: Floats, slopes: tuple[Floats, Floats, Floats]) -> Floats:
    """Householder's third-order step."""
    d1, d2, d3 = slopes
    bent, square = miss * d2, d1 * d1
    below = square - bent
    below *= d1
    bent *= 0.5
    square -= bent
    square *= miss
    np.multiply(miss, miss, out=bent)
    bent *= d3
    bent *= 1.0 / 6.0
    below += bent
    square /= below
    return square


def first_guess(t: Floats, form: Triangle) -> Floats:
    """x without revolutions, good to 0.03 (on hyperbolas to 2 percent).

    Rational in T: between the parabola (x = 1) and x = 0, and between x = infinity (in 1/x) and the parabola, value and
    slope are met at both ends; beyond, a fit to 1 + x that is 1 at x = 0 with the true slope.
    """
    lam, lam2 = form.lam, form.lam2
    t_half = np.arccos(np.clip(lam, -1.0, 1.0)) + lam * np.sqrt(form.oml2)
    t_parabola = (2.0 / 3.0) * (1.0 - lam2 * lam)
    slope = 2.5 / (1.0 - lam2 * lam2 * lam)
    a0, a1, a2, b0, b1, b2 = GUESS_LONG
    over = t - t_half
    base = 1.0 + over * (b0 + lam * (b1 + lam * b2))
    slow = base / (base + 0.5 * over * (1.0 + over * (a0 + lam * (a1 + lam * a2)))) - 1.0
    span = t_half - t_parabola
    share = (t_half - t) / span
    both = share * (1.0 - share)
    middle = (share * share + 0.5 * span * both) / (1.0 + (0.5 * span + slope * span - 2.0) * both)
    share = t / t_parabola
    both = share * (1.0 - share)
    first, last = t_parabola / (1.0 - lam * np.abs(lam)), slope * t_parabola
    fast = (1.0 + (first + last - 2.0) * both) / (share * share + first * both)
    return np.where(t < t_parabola, fast, np.where(t < t_half, middle, slow))


def close_root(t: Floats, form: Triangle) -> tuple[Floats, Shape, Truths]:
    """x without revolutions by two steps from the first guess, its conic, and which of the roots stand."""
    x = first_guess(t, form)
    for _ in range(2):
        x, step = _close_step(x, t, form)
    shape = shape_of(x, form)
    stands = (np.abs(step) <= SMALL_STEP * (1.0 + x)) & (shape.u > HALVINGS_LEAST_U) & (shape.u < LARGEST_PLAIN_U)
    return x, shape, stands


def _close_step(x: Floats, t: Floats, form: Triangle) -> tuple[Floats, Floats]:
    odd = np.abs(x - 1.0) < 0.5 * NEAR_PARABOLA
    if odd.any():
        x = np.where(odd, x + NUDGE, x)
    shape = shape_of(x, form)
    u = shape.u
    here = _arc(u, 3)
    here *= u
    here -= 1.0
    here *= u
    np.subtract(2.0, here, out=here)
    here *= u
    here *= 0.25
    here *= shape.eta
    here *= shape.eta
    here += 2.0 * form.lam
    here *= shape.eta
    slopes = _slopes(x, here, shape, form)
    here -= t
    step = _correction(here, slopes)
    return x - step, step


def least_time(form: Triangle, revolutions: Floats) -> tuple[Floats, Floats]:
    """x and T of the fastest flight with so many revolutions (one or more): a shorter time has no solution.

    T is convex in x, so its slope is bracketed in (-1, 1): Newton's steps on the slope, a bisection where one leaves.
    """
    low, high = np.full_like(form.lam, -1.0), np.ones_like(form.lam)
    x = np.zeros_like(form.lam)
    for _ in range(_ROUNDS):
        shape = shape_of(x, form)
        d1, d2, _ = _slopes(x, _flight_time(shape, form, revolutions), shape, form)
        low, high = np.where(d1 < 0.0, x, low), np.where(d1 > 0.0, x, high)
        nearer = x - d1 / d2
        nearer = np.where((nearer > low) & (nearer < high), nearer, 0.5 * (low + high))
        done = bool(np.all(np.abs(nearer - x) <= TURN_AT_REST))
        x = nearer
        if done:
            break
    return x, flight_time(x, form, revolutions)


def bracketed_root(t: Floats, form: Triangle, revolutions: Floats, bracket: tuple[Floats, Floats], x: Floats) -> Floats:
    """The root of T(x) = t between two x on which T is monotone, from a first guess x: no step leaves the bracket. [problem]

    An upper end at infinity is lawful. Lanes that have come to rest are left alone.
    """
    low, high = (end.copy() for end in bracket)
    falling = np.where(np.isinf(high), True, low <= -1.0)
    x = np.where((x > low) & (x < high), x, np.where(np.isinf(high), 0.0, 0.5 * (low + high)))
    going = np.ones(x.shape, dtype=np.bool_)
    for _ in range(_ROUNDS):
        some, here = form.at(going), x[going]
        here = np.where(np.abs(1.0 - here * here) < NEAR_PARABOLA, here + np.where(high[going] > 1.0, NUDGE, 0.0), here)
        shape = shape_of(here, some)
        reached = _flight_time(shape, some, revolutions[going])
        miss = reached - t[going]
        above = (miss > 0.0) == falling[going]  # the root lies at larger x
        low[going], high[going] = np.where(above, here, low[going]), np.where(above, high[going], here)
        nearer = here - _correction(miss, _slopes(here, reached, shape, some))
        a, b = low[going], high[going]
        middle = np.where(np.isinf(b), 2.0 * a + 2.0, 0.5 * (a + b))
        nearer = np.where((nearer >= a) & (nearer <= b), nearer, middle)
        x[going] = nearer
        rest = (np.abs(nearer - here) <= AT_REST * (1.0 + here)) | (miss == 0.0)
        going[going] = ~rest
        if not going.any():
            break
    return x
