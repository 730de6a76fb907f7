"""One test with many cases reports every failing one, and fails if there is none."""

from typing import Any

import pytest

from tests.support.cases import Cases, for_each
from tests.support.nested_pytest import LIGHT

pytest_plugins = ["pytester"]


def test_every_failing_case_is_reported() -> None:
    cases = Cases()

    for number in range(4):
        with cases.case(f"number {number}"):
            assert number % 2 == 0, f"{number} is odd"
    with cases.case("missing"):
        raise KeyError("key")
    with cases.case("failed"):
        pytest.fail("by name")

    with pytest.raises(pytest.fail.Exception) as caught:
        cases.check()
    text = str(caught.value)
    assert text.startswith("4 of 6 cases failed:")
    for part in ("--- case number 1\n", "1 is odd", "--- case number 3\n", "3 is odd", "KeyError: 'key'", "by name"):
        assert part in text
    assert "number 2" not in text


def test_a_test_without_a_case_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="at least 1 cases, got 0"):
        Cases().check()


def test_an_interruption_is_no_failing_case() -> None:
    cases = Cases()

    with pytest.raises(KeyboardInterrupt), cases.case("interrupted"):
        raise KeyboardInterrupt

    assert cases.failures == []


def test_the_fixture_fails_its_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("from tests.conftest import cases, pytest_pyfunc_call\n")
    pytester.makepyfile(
        """
        def test_good(cases):
            with cases.case("one"):
                pass

        def test_bad(cases):
            with cases.case("one"):
                assert False
            with cases.case("two"):
                assert False

        def test_empty(cases):
            pass
        """
    )

    result = pytester.runpytest(*LIGHT, "-p", "no:randomly")

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["2 of 2 cases failed:", "expected at least 1 cases, got 0"])


class Seen:
    """Notes what a test is called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []


def test_each_value_and_each_combination_is_tried() -> None:
    seen = Seen()

    @for_each("one", [1, 2])
    @for_each(("two", "three"), [("a", (3,)), pytest.param("b", None, id="last")])
    def test(one: int, two: str, three: object) -> None:
        seen.calls.append((one, two, three))

    test()

    assert seen.calls == [(1, "a", (3,)), (1, "b", None), (2, "a", (3,)), (2, "b", None)]


@pytest.mark.parametrize(
    ("ids", "name"),
    [(None, "1: 'bad'"), (["first", "second", "third"], "1: second"), (lambda value: value.upper(), "1: BAD")],
)
def test_a_failing_value_does_not_hide_the_next_one(ids: Any, name: str) -> None:
    seen = Seen()

    @for_each("value", ["good", "bad", "last"], ids=ids)
    def test(value: str) -> None:
        seen.calls.append((value,))
        assert value != "bad"

    with pytest.raises(pytest.fail.Exception) as caught:
        test()

    assert str(caught.value).startswith(f"1 of 3 cases failed:\n--- case {name}\n")
    assert len(seen.calls) == 3


def test_no_value_at_all_and_a_skipped_one_are_failures() -> None:
    @for_each("value", [])
    def without(value: str) -> None: ...

    @for_each("value", ["only"])
    def skipping(value: str) -> None:
        pytest.skip("no reason")

    for test in (without, skipping):
        with pytest.raises(pytest.fail.Exception):
            test()


def test_pytest_gives_what_is_no_value(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from tests.support.cases import for_each

        @pytest.mark.parametrize("outer", [1, 2])
        @for_each("value", ["a", "b"])
        def test_it(outer, value, tmp_path):
            assert tmp_path.is_dir()
            assert (outer, value) != (2, "b")
        """
    )

    result = pytester.runpytest(*LIGHT, "-p", "no:randomly")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["1 of 2 cases failed:", "--- case 1: 'b'"])
