"""Each way to spoil a valid plan is caught, and named by its own rule."""

from __future__ import annotations

import pytest

from supercargo.referee import RULES, judge
from tests.mutations import MUTATIONS, Mutation
from tests.plans import a_plan


def test_the_plan_made_by_hand_keeps_every_hard_rule() -> None:
    assert [violation for violation in judge(a_plan()) if violation.hard] == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[mutation.name.replace(" ", "-") for mutation in MUTATIONS])
def test_referee_names_what_was_spoilt(mutation: Mutation) -> None:
    before = set(judge(a_plan()))
    after = judge(mutation.spoil(a_plan()))
    assert mutation.rule in {violation.rule for violation in after if violation not in before}


def test_every_rule_has_a_mutation_that_breaks_it() -> None:
    assert {mutation.rule for mutation in MUTATIONS} == {rule.rule_id for rule in RULES}


def test_mutations_have_names_of_their_own() -> None:
    names = [mutation.name for mutation in MUTATIONS]
    assert len(set(names)) == len(names) >= 30
