"""Many small cases in one test, each of which is tried although an earlier one fails.

Setting up a test and reporting it costs two milliseconds. Cases that take less are cheaper together:

    def test_every_word_is_known(cases: Cases) -> None:
        for word, expected in WORDS.items():
            with cases.case(word):
                assert meaning_of(word) == expected

The fixture `cases` fails the test with the report of every failing case, and a test without any case.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

__all__ = ["Cases"]


class Cases:
    """The cases of one test, and what became of them."""

    def __init__(self) -> None:
        self.count = 0
        self.failures: list[str] = []

    @contextmanager
    def case(self, name: object) -> Iterator[None]:
        """Try one case. What it raises is kept, and the test goes on with the next one."""
        self.count += 1
        try:
            yield
        except (Exception, pytest.fail.Exception):
            report = pytest.ExceptionInfo.from_current().getrepr(style="short", chain=False)
            self.failures.append(f"--- case {name!s}\n{report}")

    def check(self, *, at_least: int = 1) -> None:
        """Fail the test with every failing case, or if fewer cases than expected were tried."""
        if self.failures:
            report = "\n".join(self.failures)
            pytest.fail(f"{len(self.failures)} of {self.count} cases failed:\n{report}", pytrace=False)
        if self.count < at_least:
            pytest.fail(f"expected at least {at_least} cases, got {self.count}", pytrace=False)
