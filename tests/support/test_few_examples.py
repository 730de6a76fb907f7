"""A test of hypothesis tries fewer examples, but never fewer than ten, nor more than it asks for."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.support.few_examples import fewer_examples


@pytest.mark.parametrize(("asked", "tried"), [(1, 1), (10, 10), (40, 10), (100, 20), (500, 100)])
def test_a_fifth_is_tried_and_at_least_ten(asked: int, tried: int) -> None:
    seen: list[int] = []

    @settings(max_examples=asked)
    @given(st.integers())
    def each(number: int) -> None:
        seen.append(number)

    fewer_examples(each)
    each()

    assert len(seen) == tried


def test_an_example_that_is_named_is_tried_as_well() -> None:
    seen: list[int] = []

    @settings(max_examples=60)
    @given(st.integers(0, 1000))
    @example(-1)
    def each(number: int) -> None:
        seen.append(number)

    fewer_examples(each)
    each()

    assert -1 in seen
    assert len(seen) == 13


def test_a_test_without_hypothesis_is_left_alone() -> None:
    def plain() -> None: ...

    fewer_examples(plain)

    assert vars(plain) == {}


def test_a_state_machine_plays_fewer_sequences() -> None:
    made: list[object] = []

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

        @rule()
        def step(self) -> None:
            """Nothing."""

    case = Machine.TestCase
    case.settings = settings(max_examples=60, stateful_step_count=2)
    test = case("runTest")

    fewer_examples(test.runTest, case)
    test.runTest()

    assert case.settings.max_examples == 12
    assert 1 <= len(made) <= 13
