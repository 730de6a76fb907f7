"""One test with many cases reports every failing one, and fails if there is none."""

import pytest

from tests.support.cases import Cases

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

    result = pytester.runpytest("-p", "no:randomly")

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["2 of 2 cases failed:", "expected at least 1 cases, got 0"])
