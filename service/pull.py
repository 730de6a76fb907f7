"""One pull: from the first page to the closing bracket or the broken connection, counted and logged."""

import logging
import time
from collections.abc import Callable, Iterator
from itertools import chain

from service.entities import Page, parse_page, to_entities
from service.errors import TransferBroken, UpstreamError
from service.hubspot import HubSpot
from service.paging import walk
from service.stream import array_chunks

__all__ = ["Pull"]

_log = logging.getLogger(__name__)


class Pull:
    """A pull of one object type.

    `start` fetches the first page, so that trouble there can still be answered with a status; `body` is the array.
    """

    def __init__(
        self, hubspot: HubSpot, object_type: str, *, request_id: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pages = walk(lambda after: parse_page(hubspot.list_page(object_type, after)))
        self._object_type = object_type
        self._request_id = request_id
        self._clock = clock
        self._started_s = clock()
        self.entity_count = 0
        self.page_count = 0

    def start(self) -> Iterator[bytes]:
        """Fetch the first page and return the body that begins with it.

        Raises:
            UpstreamError: The first page could not be had.
        """
        try:
            first = next(self._pages)
        except UpstreamError as error:
            self._log_failure(error)
            raise
        return self._body(first)

    def _body(self, first: Page) -> Iterator[bytes]:
        """The array in pieces.

        Raises:
            TransferBroken: A later page could not be had. What follows must be a closed connection and nothing else.
        """
        try:
            yield from array_chunks(self._counted(chain([first], self._pages)))
        except UpstreamError as error:
            self._log_failure(error)
            raise TransferBroken from None
        except GeneratorExit:
            _log.warning("The caller went away after %s", self._figures())
            raise
        _log.info("Importing %d %s to Sesam, %s", self.entity_count, self._object_type, self._figures())

    def _counted(self, pages: Iterator[Page]) -> Iterator[list[bytes]]:
        for page in pages:
            self.page_count += 1
            self.entity_count += len(page.ids)
            yield to_entities(page)

    def _log_failure(self, error: UpstreamError) -> None:
        _log.error(
            "Pull of %s failed after %s, kind=%s correlation_id=%s: %s",
            self._object_type,
            self._figures(),
            error.kind,
            error.correlation_id,
            error.message,
        )

    def _figures(self) -> str:
        seconds = self._clock() - self._started_s
        return f"entities={self.entity_count} pages={self.page_count} seconds={seconds:.3f} request={self._request_id}"
