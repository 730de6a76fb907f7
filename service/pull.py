"""One pull: from the first page to the closing bracket or the broken connection, counted and logged."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from service.downstream import DownstreamClient
from service.entities import Page, to_entities
from service.errors import AbortResponse, BadRequestError, PullAbandoned, ServiceError, UpstreamError
from service.options import Options
from service.plan import owner_pages, record_pages
from service.record_fetcher import RecordFetcher
from service.schema_cache import SchemaCache
from service.stream import array_chunks
from service.upstream.client import HubSpotAccount

__all__ = ["Ledger", "Pull"]

_log = logging.getLogger(__name__)


class Ledger(Protocol):
    """Who counts pulls."""

    def page(self, object_type: str, entity_count: int) -> None:
        """A page was handed on."""

    def ended(self, object_type: str, outcome: str, seconds: float) -> None:
        """A pull ended: `complete`, or the kind of what ended it."""


@dataclass(slots=True)
class _Tally:
    entities: int = 0
    pages: int = 0


class Pull:
    """A pull of one object type.

    `start` fetches what the first byte needs, so that trouble there can still be answered with a status. The body it
    returns is the array; `close` must follow, whatever happens.
    """

    def __init__(
        self,
        account: HubSpotAccount,
        schemas: SchemaCache,
        ledger: Ledger,
        *,
        request_id: str,
        downstream: DownstreamClient | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._account = account
        self._schemas = schemas
        self._ledger = ledger
        self._clients = (account.client(downstream), account.client(downstream))
        self._request_id = request_id
        self._clock = clock
        self._started_s = clock()
        self._tally = _Tally()
        self._name = "records"
        self._is_over = False

    def start(self, type_name: str, options: Options) -> Iterator[bytes]:
        """Fetch the first page that holds something and return the body that begins with it.

        Raises:
            BadRequestError: The options cannot be met.
            UpstreamError: The first page could not be had.
            PullAbandoned: The caller went away already.
        """
        try:
            chunks = array_chunks(self._counted(self._pages(type_name, options)))
            first = next(chunks)
        except Exception as error:
            self._end(error if isinstance(error, ServiceError) else _bug())
            raise
        for client in self._clients:
            client.is_urgent = False
        return self._body(first, chunks)

    def close(self) -> None:
        """Hang up. A pull that is not over by then was left by its caller."""
        for client in self._clients:
            client.close()
        self._end(PullAbandoned("The caller went away.", kind="caller-gone"))

    def _pages(self, type_name: str, options: Options) -> Iterator[Page]:
        walking, secondary = self._clients
        settings = self._account.settings
        if type_name == "owners":
            self._name = type_name
            return owner_pages(walking, options, page_size=settings.page_size, overlap_s=settings.since_overlap_s)
        object_type = self._schemas.object_type(type_name, secondary)
        self._name = object_type.name
        options = self._schemas.resolve(options, object_type, secondary)
        fetcher = RecordFetcher(walking, secondary, object_type, options, page_size=settings.page_size)
        return record_pages(fetcher, options, overlap_s=settings.since_overlap_s)

    def _counted(self, pages: Iterator[Page]) -> Iterator[list[bytes]]:
        escape = self._account.settings.tilde == "escape"
        for page in pages:
            self._tally.pages += 1
            self._tally.entities += len(page.ids)
            self._ledger.page(self._name, len(page.ids))
            yield to_entities(page, escape=escape)

    def _body(self, first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The array in pieces.

        Raises:
            AbortResponse: A later page could not be had. What follows must be a closed connection and nothing else.
        """
        try:
            yield first
            yield from chunks
            self._end(None)
        except ServiceError as error:
            self._end(error)
            raise AbortResponse from None
        except Exception as error:
            _log.exception("Unexpected %s in a pull; this is a bug of the connector", type(error).__name__)
            self._end(_bug())
            raise AbortResponse from None
        finally:
            self.close()

    def _end(self, error: ServiceError | None) -> None:
        """Log and count the end once."""
        if self._is_over:
            return
        self._is_over = True
        seconds = self._clock() - self._started_s
        figures: dict[str, object] = {
            "entities": self._tally.entities,
            "pages": self._tally.pages,
            "retries": sum(client.retry_count for client in self._clients),
            "seconds": round(seconds, 3),
            "request": self._request_id,
        }
        self._ledger.ended(self._name, error.kind if error else "complete", seconds)
        if error is None:
            _log.info("Importing %d %s to Sesam", self._tally.entities, self._name, extra={"figures": figures})
            return
        if isinstance(error, UpstreamError):
            figures["correlation_id"] = error.correlation_id
        level = logging.WARNING if isinstance(error, PullAbandoned | BadRequestError) else logging.ERROR
        _log.log(
            level,
            "Pull of %s failed: %s",
            self._name,
            error.message,
            extra={"figures": {"kind": error.kind, **figures}},
        )


def _bug() -> ServiceError:
    return ServiceError("The connector failed.", kind="internal-error")
