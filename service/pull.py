"""One pull: from the first page to the closing bracket or the aborted response, counted and logged."""

import logging
import time
from collections.abc import Callable, Iterator

from service.downstream import DownstreamClient
from service.entities import to_entities
from service.errors import AbortResponse, BadRequestError, PullAbandoned, ServiceError, UpstreamError
from service.fetching.owner_fetcher import OwnerFetcher
from service.fetching.record_fetcher import RecordFetcher
from service.metrics import PullMetrics
from service.options import PullOptions
from service.pages import Page
from service.plan import owner_pages, record_pages
from service.schema_cache import SchemaCache
from service.stream import array_chunks
from service.upstream.account import HubSpotAccount

__all__ = ["Pull"]

_log = logging.getLogger(__name__)


class Pull:
    """A pull of one object type.

    `start` fetches what the first byte needs, so that an error up to there can still become a status. It returns the
    body, which is the array. Call `close` in any case.

    Args:
        account: The HubSpot account to read.
        schemas: Knows its object types and properties.
        metrics: Counts the pull.
        request_id: Connects the log line with the response.
        downstream: The client that reads the array.
        clock: A monotonic clock.
    """

    def __init__(
        self,
        account: HubSpotAccount,
        schemas: SchemaCache,
        metrics: PullMetrics,
        *,
        request_id: str,
        downstream: DownstreamClient | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = account.settings
        self._clients = account.pull_clients(downstream)
        self._schemas = schemas
        self._metrics = metrics
        self._request_id = request_id
        self._clock = clock
        self._started_s = clock()
        self._entity_count = self._page_count = 0
        self._name = "records"
        self._is_over = False
        metrics.pull_started()

    def start(self, type_name: str, options: PullOptions) -> Iterator[bytes]:
        """Fetch pages until the first that has records, and return the body.

        Raises:
            BadRequestError: The options are invalid for this portal.
            UpstreamError: HubSpot did not deliver the first page.
            PullAbandoned: The client disconnected, or the service is shutting down.
        """
        try:
            chunks = array_chunks(self._counted(self._pages(type_name, options)))
            first = next(chunks)
        except Exception as error:
            self._end(error if isinstance(error, ServiceError) else _internal_error())
            raise
        self._clients.response_started()
        return self._body(first, chunks)

    def close(self) -> None:
        """Close the connections. If the pull is not over by then, its client disconnected."""
        self._clients.close()
        self._end(PullAbandoned("The client disconnected.", kind="caller-gone"))

    def _pages(self, type_name: str, options: PullOptions) -> Iterator[Page]:
        page_size, overlap_s = self._settings.page_size, self._settings.since_overlap_s
        if type_name == "owners":
            self._name = type_name
            return owner_pages(OwnerFetcher(self._clients.primary, page_size=page_size), options, overlap_s=overlap_s)
        object_type = self._schemas.object_type(type_name, self._clients.secondary)
        self._name = object_type.name
        options = self._schemas.resolve(options, object_type, self._clients.secondary)
        known_types = self._schemas.known_types()
        fetcher = RecordFetcher.create(
            self._clients,
            object_type,
            options,
            page_size=page_size,
            known_types=known_types,
            connections=self._settings.connections,
        )
        return record_pages(fetcher, options, overlap_s=overlap_s)

    def _counted(self, pages: Iterator[Page]) -> Iterator[list[bytes]]:
        escape = self._settings.tilde_strings == "escape"
        for page in pages:
            self._page_count += 1
            self._entity_count += len(page.ids)
            self._metrics.page_sent(self._name, len(page.ids))
            yield to_entities(page, escape=escape)

    def _body(self, first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the array in pieces.

        Raises:
            AbortResponse: A later page could not be fetched. The server must close the connection now.
        """
        try:
            yield first
            yield from chunks
            self._end(None)
        except ServiceError as error:
            self._end(error)
            raise AbortResponse from None
        except Exception as error:
            _log.exception("Unexpected %s during a pull. This is a bug in the connector.", type(error).__name__)
            self._end(_internal_error())
            raise AbortResponse from None
        finally:
            self.close()

    def _end(self, error: ServiceError | None) -> None:
        """Log and count the end of the pull, once."""
        if self._is_over:
            return
        self._is_over = True
        seconds = self._clock() - self._started_s
        self._metrics.pull_ended(self._name, error.kind if error else "complete", seconds)
        figures = self._figures(seconds)
        if error is None:
            _log.info("Importing %d %s to Sesam", self._entity_count, self._name, extra={"figures": figures})
            return
        figures = {"kind": error.kind, **figures}
        if isinstance(error, UpstreamError):
            figures["correlation_id"] = error.correlation_id
        level = logging.WARNING if isinstance(error, PullAbandoned | BadRequestError) else logging.ERROR
        _log.log(level, "Pull of %s failed: %s", self._name, error.message, extra={"figures": figures})

    def _figures(self, seconds: float) -> dict[str, object]:
        return {
            "entities": self._entity_count,
            "pages": self._page_count,
            "retries": self._clients.retry_count,
            "seconds": round(seconds, 3),
            "request": self._request_id,
        }


def _internal_error() -> ServiceError:
    return ServiceError(
        "An unexpected error occurred in the connector. The log has the traceback.", kind="internal-error"
    )
