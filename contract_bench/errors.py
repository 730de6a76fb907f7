"""The errors of the bench.

`BenchError`
    `FolderMissingError`: a folder that the user named does not exist.
    `NothingToCheckError`: there is nothing of what should be checked, so a success would mean nothing.
"""

from pathlib import Path

__all__ = ["BenchError", "FolderMissingError", "NothingToCheckError", "existing"]


class BenchError(Exception):
    """The bench cannot do its work; the message says what it expected, what it got and what to do next."""


class NothingToCheckError(BenchError):
    """There is nothing to check."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"expected {what} in {where}, found none, so nothing was checked. Correct the path.")
        self.what = what
        self.where = where


def existing(paths: tuple[Path, ...], *, default: Path, what: str) -> tuple[Path, ...]:
    """Return the paths that a command was given, or the folder that stands for them.

    Raises:
        NothingToCheckError: There are none, and there is no such folder.
    """
    if not paths and not default.exists():
        raise NothingToCheckError(what, f"{default}/ (which is read if no path is given)")
    return paths or (default,)


class FolderMissingError(BenchError):
    """A folder does not exist."""

    def __init__(self, folder: Path, option: str) -> None:
        super().__init__(
            f"expected a directory at {folder}, found none. Correct {option}, or run the command where it exists."
        )
        self.folder = folder
        self.option = option
