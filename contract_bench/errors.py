"""The errors of the bench.

`BenchError`
    `FolderMissingError`: a folder that the user named does not exist.
    `NothingToCheckError`: there is nothing of what should be checked, so a success would mean nothing.
"""

from pathlib import Path

__all__ = ["BenchError", "FolderMissingError", "NothingToCheckError"]


class BenchError(Exception):
    """The bench cannot do its work; the message says what it expected, what it got and what to do next."""


class NothingToCheckError(BenchError):
    """There is nothing to check."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"expected {what} in {where}, found none, so nothing was checked. Correct the path.")
        self.what = what
        self.where = where


class FolderMissingError(BenchError):
    """A folder does not exist."""

    def __init__(self, folder: Path, option: str) -> None:
        super().__init__(
            f"expected a directory at {folder}, found none. Correct {option}, or run the command where it exists."
        )
        self.folder = folder
        self.option = option
