"""The domain-free chooser of dated alternatives, against enumeration."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.kernel import Status, silent
from supercargo.solve.scheduling import (
    FOREVER,
    Alternative,
    Block,
    Cover,
    DatedChoice,
    Effort,
    Use,
    choose,
    crowds,
    faults_of_choice,
    independent_parts,
    value_of,
)
from supercargo.solve.scheduling.cpsat import search
from supercargo.solve.scheduling.relaxation import relaxed_choice

EFFORT = Effort(work=10.0, gap=0.0)


def every_choice(problem: DatedChoice) -> Iterator[tuple[int, ...]]:
    return itertools.product(*[(-1, *own) for own in problem.of_job()])


def overbooks(problem: DatedChoice, chosen: tuple[int, ...]) -> bool:
    """Counted instant by instant, without any of the solver's code."""
    taken = [use for index in chosen if index >= 0 for use in problem.alternatives[index].uses]
    for resource, capacity in enumerate(problem.capacities):
        mine = [use for use in taken if use.resource == resource]
        for instant in range(-5, 40):
            units = sum(use.units for use in mine if use.start <= instant < use.end)
            blocked = sum(b.units for b in problem.blocks if b.resource == resource and b.start <= instant < b.end)
            if units and units + blocked > capacity:
                return True
    return False


@st.composite
def problems(draw: st.DrawFn) -> DatedChoice:
    jobs = draw(st.integers(1, 4))
    resources = draw(st.integers(1, 3))
    alternatives = []
    for job in range(jobs):
        for _ in range(draw(st.integers(0, 4))):
            uses = []
            for _ in range(draw(st.integers(1, 3))):
                start = draw(st.integers(0, 20))
                uses.append(
                    Use(draw(st.integers(0, resources - 1)), start, start + draw(st.integers(0, 9)), draw(st.integers(1, 3)))
                )
            alternatives.append(Alternative(job, draw(st.integers(-20, 50)), _one_use_each(uses)))
    covers: tuple[Cover, ...] = ()
    if alternatives:
        amounts = {i: draw(st.integers(1, 5)) for i in range(0, len(alternatives), 2)}
        covers = (Cover(amounts, draw(st.integers(0, 9)), draw(st.integers(1, 20))),)
    return DatedChoice(
        skip_costs=tuple(draw(st.integers(0, 90)) for _ in range(jobs)),
        alternatives=tuple(alternatives),
        capacities=tuple(draw(st.integers(1, 4)) for _ in range(resources)),
        blocks=(Block(0, -FOREVER, draw(st.integers(0, 12)), draw(st.integers(0, 4))),),
        covers=covers,
    )


def _one_use_each(uses: list[Use]) -> tuple[Use, ...]:
    return tuple({use.resource: use for use in uses}.values())


@settings(max_examples=60, deadline=None)
@given(problems())
def test_choice_is_as_cheap_as_the_best_of_all_choices_and_never_overbooks(problem: DatedChoice) -> None:
    answer = choose(problem, EFFORT)
    lawful = [chosen for chosen in every_choice(problem) if not overbooks(problem, chosen)]
    best = min(value_of(problem, chosen) for chosen in lawful)
    assert answer.status is Status.OPTIMAL
    assert answer.best is not None
    assert not overbooks(problem, answer.best)
    assert answer.objective == best
    assert answer.bound == pytest.approx(best)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_crowds_forbid_exactly_the_overbooked_choices(problem: DatedChoice) -> None:
    rows = list(crowds(problem))
    for chosen in every_choice(problem):
        taken = set(chosen)
        broken = any(sum(units for index, units in row.members if index in taken) > row.room for row in rows)
        assert broken == overbooks(problem, chosen)
        assert bool(list(faults_of_choice(problem, chosen))) == overbooks(problem, chosen)


def test_half_open_uses_may_touch() -> None:
    problem = DatedChoice(
        skip_costs=(10, 10),
        alternatives=(Alternative(0, 1, (Use(0, 0, 5),)), Alternative(1, 1, (Use(0, 5, 9),))),
        capacities=(1,),
    )
    assert choose(problem, EFFORT).best == (0, 1)


def test_one_unit_of_time_too_many_costs_a_job() -> None:
    problem = DatedChoice(
        skip_costs=(10, 7),
        alternatives=(Alternative(0, 1, (Use(0, 0, 6),)), Alternative(1, 1, (Use(0, 5, 9),))),
        capacities=(1,),
    )
    answer = choose(problem, EFFORT)
    assert answer.best == (0, -1)
    assert answer.objective == 8


def test_jobs_that_share_nothing_are_parts_of_their_own_and_their_bounds_add_up() -> None:
    problem = DatedChoice(
        skip_costs=(10, 20, 30),
        alternatives=(
            Alternative(0, 3, (Use(0, 0, 6),)),
            Alternative(1, 4, (Use(1, 0, 6),)),
            Alternative(2, 5, (Use(1, 3, 9),)),
        ),
        capacities=(1, 1),
    )
    assert [part.jobs for part in independent_parts(problem)] == [(0,), (1, 2)]
    answer = choose(problem, EFFORT)
    assert answer.objective == answer.bound == 3 + 20 + 5


def test_a_hint_that_breaks_a_resource_does_no_harm() -> None:
    problem = DatedChoice(
        skip_costs=(10, 7),
        alternatives=(Alternative(0, 1, (Use(0, 0, 6),)), Alternative(1, 1, (Use(0, 5, 9),))),
        capacities=(1,),
    )
    assert choose(problem, EFFORT, hint=(0, 1)).best == (0, -1)


def test_watch_hears_shares_up_to_one() -> None:
    problem = DatedChoice(skip_costs=(5,), alternatives=(Alternative(0, 1, (Use(0, 0, 1),)),), capacities=(1,))
    heard: list[float] = []
    choose(problem, EFFORT, watch=heard.append)
    assert heard[-1] == 1.0
    assert all(0 <= share <= 1 for share in heard)


@given(problems())
@settings(max_examples=60, deadline=None)
def test_relaxation_bounds_every_choice_and_what_it_offers_is_lawful(problem: DatedChoice) -> None:
    choice, bound = relaxed_choice(problem, EFFORT)
    least = min(value_of(problem, chosen) for chosen in every_choice(problem) if not overbooks(problem, chosen))
    assert bound <= least
    assert choice is None or (value_of(problem, choice) >= least and not overbooks(problem, choice))


@given(problems())
@settings(max_examples=30, deadline=None)
def test_search_agrees_with_enumeration_when_the_relaxation_is_not_asked(problem: DatedChoice) -> None:
    found, bound = search(problem, EFFORT, None, silent)
    least = min(value_of(problem, chosen) for chosen in every_choice(problem) if not overbooks(problem, chosen))
    assert bound <= value_of(problem, found) == least
