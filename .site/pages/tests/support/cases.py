"""Many small cases in one test, each of which is tried although an earlier one fails.

Setting up a test and reporting it costs two milliseconds. Cases that take less are cheaper together. Replace
`pytest.mark.parametrize`:

    @for_each("word", WORDS)
    def test_every_word_is_known(word: str) -> None:
        assert word in dictionary()

or try the cases in the test, with the fixture `cases`:

    def test_every_word_is_known(cases: Cases) -> None:
        for word, expected in WORDS.items():
            with cases.case(word):
                assert meaning_of(word) == expected

Either reports every failing case, and fails without any case. All cases of a test share its fixtures: use neither for
tests that change what a fixture of the function returns.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pytest
from _pytest.mark import ParameterSet

__all__ = ["Cases", "for_each"]


class Cases:
    """The cases of one test, and what became of them."""

    def __init__(self) -> None:
        self.count = 0
        self.failures: list[str] = []

    @contextmanager
    def case(self, name: object) -> Iterator[None]:
        """Try one case. What it raises is kept, and the test goes on with the next one. A case cannot be skipped."""
        self.count += 1
        try:
            yield
        except (Exception, pytest.fail.Exception, pytest.skip.Exception):
            report = pytest.ExceptionInfo.from_current().getrepr(style="short", chain=False)
            self.failures.append(f"--- case {name!s}\n{report}")

    def check(self, *, at_least: int = 1) -> None:
        """Fail the test with every failing case, or if fewer cases than expected were tried."""
        if self.failures:
            report = "\n".join(self.failures)
            pytest.fail(f"{len(self.failures)} of {self.count} cases failed:\n{report}", pytrace=False)
        if self.count < at_least:
            pytest.fail(f"expected at least {at_least} cases, got {self.count}", pytrace=False)


Test = Callable[..., None]


def for_each(
    names: str | Sequence[str],
    values: Iterable[Any],
    *,
    ids: Sequence[str] | Callable[[Any], object] | None = None,
) -> Callable[[Test], Test]:
    """Run a test with each of the values, as `pytest.mark.parametrize` does, but as one test.

    Several stacked ones run it with every combination.

    Args:
        names: One name of an argument or several, or a text that separates them by commas.
        values: A value for each case, or one for each name, or a `pytest.param`.
        ids: What a case is called in the report of a failure: a list, or a function of its value.
    """
    split = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    rows = [_row(value, is_single=isinstance(names, str) and len(split) == 1) for value in values]

    def decorate(test: Test) -> Test:
        signature = inspect.signature(test)
        rest = [each for name, each in signature.parameters.items() if name not in split]

        @wraps(test)
        def every_case(**fixtures: Any) -> None:
            cases = Cases()
            for number, row in enumerate(rows):
                with cases.case(_name(number, row, ids)):
                    test(**fixtures, **dict(zip(split, row, strict=True)))
            cases.check()

        every_case.__signature__ = signature.replace(parameters=rest)  # type: ignore[attr-defined]
        return every_case

    return decorate


def _row(value: Any, *, is_single: bool) -> tuple[Any, ...]:
    if isinstance(value, ParameterSet):
        assert not value.marks, "a case of `for_each` cannot be marked"
        return tuple(value.values)
    return (value,) if is_single else tuple(value)


def _name(number: int, row: tuple[Any, ...], ids: Sequence[str] | Callable[[Any], object] | None) -> str:
    if callable(ids):
        return f"{number}: {'-'.join(str(ids(value)) for value in row)}"
    if ids is not None:
        return f"{number}: {ids[number]}"
    return f"{number}: {', '.join(repr(value) for value in row):.200}"
