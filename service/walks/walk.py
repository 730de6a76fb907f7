"""What all walks have in common, and the loop that drives them."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from service.pages import Page
from service.pending import Pending

__all__ = ["Walk", "read_ahead"]

Position = TypeVar("Position")
Position_co = TypeVar("Position_co", covariant=True)


class Walk(Protocol[Position_co]):
    """The state of a walk."""

    @property
    def position(self) -> Position_co:
        """What to ask for next."""

    @property
    def is_finished(self) -> bool:
        """Whether the accepted page was the last."""

    def accept(self, page: Page) -> Page:
        """Check the page at `position`, and move on.

        Returns:
            The part of the page that is new.

        Raises:
            MismatchError: The page contradicts itself or an earlier one.
        """


def read_ahead(walk: Walk[Position], begin: Callable[[Position], Pending[Page]]) -> Iterator[Page]:
    """Yield every page of a walk. The request for the next page is sent before a page is yielded.

    Args:
        walk: Decides what to ask for.
        begin: Sends the request for a position.
    """
    pending = begin(walk.position)
    while True:
        page = walk.accept(pending.result())
        if walk.is_finished:
            yield page
            return
        pending = begin(walk.position)
        yield page
