"""What can go wrong in the bench itself.

``BenchError``
    ``CheckoutMissingError``: a folder that only a checkout of the repository has is not there.
"""

from pathlib import Path

__all__ = ["BenchError", "CheckoutMissingError"]


class BenchError(Exception):
    """The bench cannot do what was asked; the message says what was expected, what came and what to do."""


class CheckoutMissingError(BenchError):
    """A folder that is not part of the wheel was needed and is not there."""

    def __init__(self, folder: Path, option: str) -> None:
        super().__init__(
            f"expected a directory at {folder}, found none. The demo uses node/ and service/ of a checkout of "
            f"contract-bench: run it there, or name another directory with {option}."
        )
        self.folder = folder
        self.option = option
