"""Box packing: every box inside, apart, supported, turned lawfully; limits kept; nothing lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.solve.packing import Bin, Kind, Order, Packing, orders, pack, repack, turns_of
from tests.stowage_rules import Box, box_faults, shared

SIDES = st.integers(20, 600)
KINDS = st.builds(
    Kind,
    SIDES,
    SIDES,
    SIDES,
    st.integers(1, 6),
    turns=st.sampled_from([(0,), (0, 1), (0, 1, 2, 3, 4, 5)]),
    mass=st.floats(0.5, 40.0),
    slotted=st.booleans(),
    last=st.booleans(),
)
BINS = st.builds(
    Bin, st.integers(300, 1200), st.integers(300, 1200), st.integers(300, 1200), st.floats(20.0, 400.0), st.integers(0, 4)
)
TASTES = st.builds(
    Order,
    near=st.sampled_from([(1.0, 1.0, 1.0), (1.0, 1.0, 3.0), (3.0, 1.0, 0.3)]),
    contact=st.floats(0.0, 4.0),
    noise=st.floats(0.0, 1.0),
    seed=st.integers(1, 1 << 31),
    cap=st.floats(0.01, 1.0),
    headroom=st.sampled_from([0.0, 0.2, 0.5]),
)


def boxes_in(packing: Packing, number: int) -> list[Box]:
    return [(b[2], b[3], b[4], b[5], b[6], b[7]) for b in packing.boxes.tolist() if b[1] == number]


def check(bins: list[Bin], kinds: list[Kind], packing: Packing, support_percent: int) -> None:
    for number, room in enumerate(bins):
        assert not list(box_faults(boxes_in(packing, number), (room.dx, room.dy, room.dz), support_percent))
    placed = Counter(packing.boxes[:, 0].tolist())
    assert all(placed[t] + packing.left[t] == kind.count for t, kind in enumerate(kinds))
    for kind, _, *_, dx, dy, dz in packing.boxes.tolist():
        sides = (kinds[kind].dx, kinds[kind].dy, kinds[kind].dz)
        orders_of_sides = [(0, 1, 2), (1, 0, 2), (0, 2, 1), (2, 0, 1), (1, 2, 0), (2, 1, 0)]
        assert (dx, dy, dz) in [tuple(sides[a] for a in orders_of_sides[k]) for k in kinds[kind].turns]


@given(st.lists(BINS, min_size=1, max_size=3), st.lists(KINDS, min_size=1, max_size=6), TASTES, st.sampled_from([60, 71, 100]))
@settings(max_examples=150, deadline=None)
def test_boxes_are_inside_apart_supported_and_turned_lawfully(
    bins: list[Bin], kinds: list[Kind], order: Order, support_percent: int
) -> None:
    check(bins, kinds, pack(bins, kinds, order, support_percent=support_percent), support_percent)


@given(st.lists(BINS, min_size=1, max_size=3), st.lists(KINDS, min_size=1, max_size=6), TASTES)
@settings(max_examples=80, deadline=None)
def test_mass_and_slots_of_each_bin_are_kept(bins: list[Bin], kinds: list[Kind], order: Order) -> None:
    packing = pack(bins, kinds, order, support_percent=70)
    for number, room in enumerate(bins):
        held = [kinds[b[0]] for b in packing.boxes.tolist() if b[1] == number]
        assert sum(kind.mass for kind in held) <= room.max_mass + 1e-6
        assert sum(kind.slotted for kind in held) <= room.slots


@given(st.lists(BINS, min_size=1, max_size=2), st.lists(KINDS, min_size=1, max_size=6), TASTES)
@settings(max_examples=80, deadline=None)
def test_nothing_stands_above_a_box_that_stays_on_top(bins: list[Bin], kinds: list[Kind], order: Order) -> None:
    rows = pack(bins, kinds, order, support_percent=70).boxes.tolist()
    for low in rows:
        for high in rows:
            a, b = tuple(low[2:]), tuple(high[2:])
            above = low[1] == high[1] and b[2] > a[2] and shared(a, b, 0) > 0 and shared(a, b, 1) > 0
            assert not (above and kinds[low[0]].last and not kinds[high[0]].last)


@given(st.lists(BINS, min_size=2, max_size=4), st.lists(KINDS, min_size=1, max_size=6), TASTES)
@settings(max_examples=50, deadline=None)
def test_repacking_two_bins_leaves_the_others_alone_and_loses_nothing(
    bins: list[Bin], kinds: list[Kind], order: Order
) -> None:
    before = pack(bins, kinds, replace(order, seed=5))
    after = repack(bins, kinds, before, (0, 1), order)
    check(bins, kinds, after, 100)
    for number in range(2, len(bins)):
        assert boxes_in(before, number) == boxes_in(after, number)


def test_equal_cubes_fill_a_bin_to_the_brim() -> None:
    packing = pack([Bin(400, 300, 200)], [Kind(100, 100, 100, 24)], Order())
    assert packing.left == (0,)
    assert packing.volume == 400 * 300 * 200


def test_a_box_larger_than_every_bin_is_left() -> None:
    assert pack([Bin(100, 100, 100)], [Kind(101, 50, 50, 1, turns=(0, 1))], Order()).left == (1,)
    assert pack([Bin(100, 101, 100)], [Kind(101, 50, 50, 1, turns=(0, 1))], Order()).left == (0,)


def test_a_fixed_box_is_not_turned_to_fit() -> None:
    assert pack([Bin(100, 50, 50)], [Kind(50, 100, 50, 1, turns=(0,))], Order()).left == (1,)


@pytest.mark.parametrize(("support_percent", "left"), [(70, 0), (81, 1)])
def test_overhang_is_used_only_as_far_as_support_allows(support_percent: int, left: int) -> None:
    kinds = [Kind(80, 100, 50, 1, turns=(0,)), Kind(100, 100, 40, 1, turns=(0,))]
    packing = pack([Bin(100, 100, 90)], kinds, Order(boost=(9.0, 0.0)), support_percent=support_percent)
    assert packing.left == (0, left)


def test_a_low_cap_spreads_boxes_over_the_bins() -> None:
    bins, kinds = [Bin(400, 400, 400)] * 4, [Kind(100, 100, 100, 8)]
    spread = pack(bins, kinds, Order(cap=2 / 64)).boxes[:, 1]
    assert Counter(spread.tolist()) == {0: 2, 1: 2, 2: 2, 3: 2}
    assert set(pack(bins, kinds, Order()).boxes[:, 1].tolist()) == {0}


def test_headroom_keeps_a_place_for_the_last_box() -> None:
    kinds = [Kind(100, 100, 100, 4), Kind(100, 100, 100, 1, last=True)]
    assert pack([Bin(200, 100, 200)], kinds, Order()).left == (0, 1)
    assert pack([Bin(200, 100, 200)], kinds, Order(headroom=0.5)).left[1] == 0


def test_same_order_same_boxes() -> None:
    kinds = [Kind(310, 220, 140, 30), Kind(250, 180, 90, 40, last=True)]
    once = [pack([Bin(1200, 800, 900)], kinds, order, support_percent=70).boxes for order in orders(12)]
    again = [pack([Bin(1200, 800, 900)], kinds, order, support_percent=70).boxes for order in orders(12)]
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))


def test_a_longer_series_of_orders_starts_like_a_shorter_one() -> None:
    assert orders(40)[:15] == orders(15)


def test_turns_that_look_the_same_are_counted_once() -> None:
    assert turns_of((3, 3, 1), (0, 1, 2)) == (0, 2, 3)
    assert turns_of((3, 2, 1), ()) == ()
