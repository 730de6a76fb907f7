"""The errors of the bench.

`BenchError`
    `CheckoutMissingError`: a folder that only a checkout of the repository contains is missing.
    `NothingToCheckError`: there is nothing of what should be checked, so a success would mean nothing.
"""

from pathlib import Path

__all__ = ["BenchError", "CheckoutMissingError", "NothingToCheckError"]


class BenchError(Exception):
    """The bench cannot do its work; the message says what it expected, what it got and what to do next."""


class NothingToCheckError(BenchError):
    """There is nothing to check."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"expected {what} in {where}, found none, so nothing was checked. Correct the path.")
        self.what = what
        self.where = where


class CheckoutMissingError(BenchError):
    """A folder that is not part of the wheel is missing."""

    def __init__(self, folder: Path, option: str) -> None:
        super().__init__(
            f"expected a directory at {folder}, found none. The demo uses node/ and service/ of a checkout of "
            f"contract-bench: run it there, or name another directory with {option}."
        )
        self.folder = folder
        self.option = option
