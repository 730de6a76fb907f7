"""The `json` source over HTTP: one GET, or one for each page, read as a stream.

Source: docs (json-pull.rst, configuration-sources-json.rst): GET with `since` and `limit`; a response that is
not 2xx, is cut off or is not one JSON array is a read error. Assumed: redirects are followed, a 204 is
an empty body and so an error, `since` is sent as it is and not as JSON, and the headers are those of the
`requests` library.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import SplitResult, parse_qsl, urlencode, urlunsplit

import requests
import urllib3

from bench_core.json_text import parse_json
from bench_core.reach import unreachable
from bench_core.urls import split_url
from fake_sesam.assumptions import Assumptions
from fake_sesam.config import HttpOptions, SourceConfig
from fake_sesam.config.systems import join_url
from fake_sesam.errors import ReadError
from fake_sesam.pump.entity_stream import MAX_QUOTE, parse_entities
from fake_sesam.pump.oauth2 import OAuth2
from fake_sesam.pump.sources import EntitySource

__all__ = ["JsonPuller", "bad_status", "broken", "make_session", "parts_of", "with_query"]

logger = logging.getLogger(__name__)
CHUNK_BYTES = 65536
MAX_ERROR_BYTES = 10_000


class JsonPuller(EntitySource):
    """Reads a route of a system. Each read calls `base_url`, so it finds a restarted connector at its new address."""

    def __init__(
        self,
        source: SourceConfig,
        http: HttpOptions,
        *,
        base_url: Callable[[], str],
        session: Callable[[HttpOptions], requests.Session] | None = None,
        assumptions: Assumptions | None = None,
    ) -> None:
        self._source = source
        self._http = http
        self._base_url = base_url
        self._session = session or make_session
        self._assumptions = assumptions or Assumptions()

    def read(self, since: str | int | None) -> Iterator[dict[str, Any]]:
        """Yield entities as they arrive.

        Args:
            since: Sent unchanged; None or an empty string is not sent.

        Raises:
            ReadError: The route could not be read to the end.
        """
        with self._session(self._http) as session:
            if not self._source.is_paged:
                yield from self._read_page(session, _parameters(since, None))
                return
            yield from self._read_pages(session, since)

    def _read_pages(self, session: requests.Session, since: str | int | None) -> Iterator[dict[str, Any]]:
        pages = _Pages(cast(int, self._source.page_size), since)
        while not pages.is_at_end:
            for entity in self._read_page(session, _parameters(pages.since, pages.size)):
                pages.observe(entity)
                yield entity
            pages.turn()

    def _read_page(self, session: requests.Session, query: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        url = with_query(join_url(self._base_url(), self._source.url), query)
        try:
            with self._get(session, url) as response:
                if not 200 <= response.status_code < 300:
                    raise bad_status(response)
                if response.status_code == requests.codes.no_content and self._assumptions.takes_no_content:
                    return
                self._check_length(response)
                yield from parse_entities(response.iter_content(CHUNK_BYTES), assumptions=self._assumptions)
        except requests.RequestException as error:
            raise broken(error, url) from error

    def _get(self, session: requests.Session, url: str) -> requests.Response:
        timeouts = (self._http.connect_timeout_s, self._http.read_timeout_s)
        return session.get(
            url,
            headers=dict(self._source.headers),
            stream=True,
            timeout=timeouts,
            allow_redirects=self._assumptions.follows_redirects,
        )

    def _check_length(self, response: requests.Response) -> None:
        length = response.headers.get("Content-Length", "")
        if length and not length.isdigit() and not self._http.ignore_invalid_content_length:
            raise ReadError(
                f"expected a number as Content-Length, got {length!r}", error_code=1, status=response.status_code
            )


class _Pages:
    """Decides after each page whether it was the last one.

    In an incremental run that is a page which is not full; the next run would read what follows. A full run deletes
    what it has not seen, so it ends only at a page that is empty or repeats the last one: a connector may send fewer
    entities than it was asked for.

    Attributes:
        size: The limit of each request.
        since: The offset of the next request.
        is_at_end: Whether there is no next request.
    """

    def __init__(self, size: int, since: str | int | None) -> None:
        self.size = size
        self.since = since
        self.is_at_end = False
        self._is_full_run = since in (None, "")
        self._before: set[Any] = set()
        self._page: set[Any] = set()
        self._count = 0
        self._last = since
        self._short = 0
        self._cap = 0

    def observe(self, entity: Mapping[str, Any]) -> None:
        """Note an entity of the page."""
        self._count += 1
        self._last = entity.get("_updated", self._last)
        key = entity.get("_id", entity.get("id"))
        self._page.add((str(key), str(entity.get("_updated"))))

    def turn(self) -> None:
        """Note the end of the page.

        Raises:
            ReadError: The page leads nowhere, although there may be more.
        """
        is_stuck, is_new = self._last == self.since, bool(self._page - self._before)
        if self._short and is_new:
            self._cap = max(self._cap, self._short)
        if is_stuck and self._count >= self.size:
            message = f"a page of {self.size} entities ended at the since that it was requested with ({self.since!r})"
            raise ReadError(f"{message}; increase page_size", error_code=1)
        if is_stuck and self._cap and self._count >= self._cap:
            message = f"the connector sends no more than {self._cap} entities in a page, and more than that may have"
            raise ReadError(f"{message} the _updated {self.since!r}; set page_size to what it can send", error_code=1)
        is_short = self._count < self.size
        self.is_at_end = is_short and (is_stuck or not is_new or not self._is_full_run)
        self._short = self._count if is_short else 0
        self.since, self._before = self._last, self._page
        self._count, self._page = 0, set()


def make_session(http: HttpOptions) -> requests.Session:
    """Return a session with a system's authentication, headers and TLS setting, without the environment's proxies."""
    session = requests.Session()
    session.trust_env = False
    session.verify = http.verify_ssl
    session.headers.update(http.headers)
    session.proxies.update(http.proxies)
    if not http.verify_ssl:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    if http.authentication == "basic":
        session.auth = requests.auth.HTTPBasicAuth(http.username, http.password)
    elif http.authentication == "digest":
        session.auth = requests.auth.HTTPDigestAuth(http.username, http.password)
    elif http.oauth2:
        session.auth = OAuth2(http.oauth2, verify=http.verify_ssl)
    elif http.authentication == "jwt":
        session.headers["Authorization"] = f"Bearer {http.jwt_token}"
    return session


def parts_of(url: str) -> SplitResult:
    """Return the parts of a URL.

    Raises:
        ReadError: It is not one. The message does not quote it: it may have secrets.
    """
    parts = split_url(url)
    if parts is None:
        raise ReadError(
            "expected a URL such as http://host/path, got a text that is not a URL; correct the system's url_pattern, "
            "the source's url, or what the system sends as the next page",
            error_code=0,
        )
    return parts


def with_query(url: str, query: Mapping[str, Any]) -> str:
    """Add query parameters to a URL and keep those it has.

    Raises:
        ReadError: It is not a URL.
    """
    if not query:
        return url
    parts = parts_of(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    added = urlencode([(name, str(value)) for name, value in query.items()])
    kept = parts.query if pairs else ""
    return urlunsplit(parts._replace(query=f"{kept}&{added}" if kept else added))


def _parameters(since: str | int | None, limit: int | None) -> dict[str, Any]:
    wanted = {"since": since if since != "" else None, "limit": limit}
    return {name: value for name, value in wanted.items() if value is not None}


def bad_status(response: requests.Response) -> ReadError:
    """Return the error for a response with another status than 2xx."""
    said = _message_of(_error_body(response))
    message = f"expected a 2xx status, got {response.status_code} {response.reason or ''}".rstrip()
    short = said[:MAX_QUOTE]
    return ReadError(
        f"{message}: {short}" if short else message, error_code=0, status=response.status_code, original_message=said
    )


def _error_body(response: requests.Response) -> str:
    """Return the beginning of the body of an error, empty if it cannot be read: the status says what failed."""
    try:
        body: bytes = response.raw.read(MAX_ERROR_BYTES, decode_content=True)
    except urllib3.exceptions.HTTPError:
        return ""
    return body.decode(errors="replace").strip()


def _message_of(body: str) -> str:
    """Return the message of a JSON error, or the body itself."""
    try:
        value = parse_json(body)
    except ValueError:
        return body
    if isinstance(value, list):
        return ""  # entities, not a message: personal data does not belong in a log
    for name in ("message", "detail", "error", "error_description"):
        if isinstance(value, dict) and isinstance(value.get(name), str):
            return str(value[name])
    return body


def broken(error: requests.RequestException, url: str) -> ReadError:
    """Return the error for a request that failed, or a response that was cut off."""
    address = urlunsplit(parts_of(url)._replace(query=""))
    if isinstance(error, (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)):
        return ReadError(f"the response was cut off: {error}", error_code=1)
    problem = unreachable(error, url)
    if problem is not None:
        return ReadError(f"cannot read {address}: {problem}", error_code=0)
    if isinstance(error, requests.Timeout):
        return ReadError(f"timeout while reading {address}: {error}", error_code=0)
    return ReadError(f"cannot read {address}: {type(error).__name__}: {error}", error_code=0)
