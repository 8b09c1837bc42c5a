"""Commands that work on a whole year look through their memory seldom, and leave the habit of the process as it was."""

from __future__ import annotations

import gc

import pytest

from supercargo.faces.memory import seldom_collected


def searches(made: int) -> int:
    """How often the memory is looked through while so many small lists are made and kept."""
    count = 0

    def told(phase: str, _: dict[str, int]) -> None:
        nonlocal count
        count += phase == "start"

    gc.callbacks.append(told)
    try:
        kept = [[number] for number in range(made)]
    finally:
        gc.callbacks.remove(told)
    assert len(kept) == made
    return count


def test_memory_is_looked_through_at_least_ten_times_less_often() -> None:
    by_habit = searches(200_000)
    with seldom_collected():
        seldom = searches(200_000)
    assert by_habit > 100
    assert 0 < seldom <= by_habit / 10


def test_the_habit_comes_back_though_a_command_fails() -> None:
    before = gc.get_threshold()
    with pytest.raises(KeyError), seldom_collected():
        raise KeyError
    assert gc.get_threshold() == before
