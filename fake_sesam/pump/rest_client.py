"""Requests of REST operations: templates, payloads, pages, rate limits and custom authentication.

Source: docs (configuration-systems-rest.rst, configuration-sources-rest.rst). Assumed: a relative link to the next page
is relative to the page it came from; `params` are added to a link unless it has them; a link to another host ends the
run, because it would be sent the system's credentials; an operation without `next_page_link` has pages if it has a
termination strategy of its own; a token of `custom_auth` is kept for one run.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin

import msgspec
import requests

from bench_core.json_text import TooDeepError, check_depth
from bench_core.names import no_such
from fake_sesam.config import System
from fake_sesam.config.operations import STRATEGIES, Operation, operation_of
from fake_sesam.config.systems import join_url
from fake_sesam.dataset.hashing import decode, encode
from fake_sesam.dtl.functions.binary import content
from fake_sesam.dtl.values import strip_tag
from fake_sesam.errors import ReadError
from fake_sesam.pump.clock import Clock
from fake_sesam.pump.puller import bad_status, broken, make_session, parts_of, with_query
from fake_sesam.pump.rest_templates import SKIPPED, TemplateFailureError, Templates
from fake_sesam.pump.rest_tokens import RestTokens

__all__ = ["Page", "Request", "RestClient", "part_of"]

MAX_BODY_BYTES = 100 * 1024 * 1024
MAX_PAGES = 100_000
CHUNK_BYTES = 65536
TOO_MANY_REQUESTS = 429
Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One request, ready to be sent; two are equal if they ask for the same."""

    method: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One response, and the variables that templates know after it.

    Attributes:
        status: The HTTP status.
        headers: The headers of the response; `Link` is an object of URLs by their relation.
        content_type: Its media type.
        is_json: Whether the body was parsed as JSON.
        body: The parsed body, or its text.
        payload: The part of it that `payload_property` names.
        context: The variables.
    """

    status: int
    headers: Mapping[str, Any]
    content_type: str
    is_json: bool
    body: Any
    payload: Any
    context: Context

    @property
    def items(self) -> list[Any]:
        """The payload as a list; nothing where it is missing."""
        if isinstance(self.payload, list):
            return self.payload
        return [] if self.payload in (None, "") else [self.payload]


class RestClient:
    """Sends the operations of one system.

    Args:
        system: The system.
        base_url: Returns its URL.
        clock: The time.
        session: Returns a session with its authentication.
    """

    def __init__(
        self,
        system: System,
        *,
        base_url: Callable[[], str],
        clock: Clock,
        session: Callable[[System], requests.Session] = make_session,
    ) -> None:
        self._system = system
        self._base_url = base_url
        self._clock = clock
        self.templates = Templates(system.secrets)
        self._session_of = session
        self._session: requests.Session | None = None
        self._tokens = RestTokens(system.custom_auth, self.templates, self._fetch_token, clock=self._clock)

    def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def operation(self, name: str | None, part: Mapping[str, Any]) -> Operation:
        """Return an operation as a source, transform or sink uses it.

        Raises:
            ReadError: There is none of this name.
        """
        system = self._system
        defaults = {
            "rate_limiting_retries": system.rate_limiting_retries,
            "rate_limiting_delay": system.rate_limiting_delay_s,
        }
        found = operation_of(str(name), part, system.operations, defaults)
        if found is None:
            known = {*(part.get("operations") or {}), *system.operations}
            raise ReadError(f"system {system.id!r}: {no_such('operation', str(name), known)}")
        return found

    def pages(
        self,
        operation: Operation,
        variables: Context,
        *,
        payload: Any = None,
        accepts: Callable[[int], bool] = lambda status: 200 <= status < 300,
    ) -> Iterator[Page]:
        """Yield the pages of an operation; it has one unless it has a link to the next page.

        Args:
            operation: What is requested.
            variables: What its templates know; `since` among them is sent.
            payload: The payload of an entity, which is not a template; it wins.
            accepts: Which statuses are no error.

        Raises:
            ReadError: A page could not be requested or read.
        """
        try:
            yield from self._pages(operation, variables, payload=payload, accepts=accepts)
        except TemplateFailureError as error:
            raise ReadError(error.message, error_code=1) from error

    def _pages(
        self, operation: Operation, variables: Context, *, payload: Any, accepts: Callable[[int], bool]
    ) -> Iterator[Page]:
        strategies = operation.strategies
        is_paged = operation.next_page_link is not None or strategies != set(STRATEGIES)
        previous: Context = {}
        link, last_link, last = "", "", None
        for number in range(MAX_PAGES):
            context = {**variables, **previous, "page": number, "is_first_page": number == 0}
            request = self._request(operation, context, link=link, payload=payload)
            if last is not None and "same-next-page-request" in strategies and request == last[0]:
                return
            page = self._send(request, operation, context, accepts)
            if last is not None and "same-response" in strategies and page.body == last[1].body:
                return
            if "empty-result" in strategies and not page.items:
                return
            yield page
            if not is_paged:
                return
            last_link, link = link, self._next_link(operation, page)
            if _is_last(operation, page, link=link, last_link=last_link):
                return
            last, previous = (request, page), _previous(request, page)
        raise ReadError(f"the operation has more than {MAX_PAGES} pages", error_code=1)

    def _next_link(self, operation: Operation, page: Page) -> str:
        link = operation.next_page_link
        return "" if link is None else self.templates.text_or_nothing(link, page.context).strip()

    def _request(self, operation: Operation, context: Context, *, link: str, payload: Any) -> Request:
        known: dict[str, Any] = {**context, "token": self._tokens.current(), **self._tokens.deprecated()}
        if operation.page_size is not None:
            known["page_size"] = operation.page_size
        url = self._url(operation, known, link)
        known["url"] = url
        known["headers"] = self._headers(operation, known)
        params = self._texts(operation.params, known)
        known["params"] = known["request_params"] = params
        headers = self._headers(operation, known)
        self._add_since(operation, context.get("since"), params, headers)
        known["headers"] = headers
        rendered = payload if payload is not None else self.templates.value(operation.payload, known)
        content_type, body, files = _body(None if rendered is SKIPPED else rendered, operation.payload_type)
        if content_type and "content-type" not in {name.lower() for name in headers}:
            headers["Content-Type"] = content_type
        given = {name for name, _ in parse_qsl(parts_of(url).query, keep_blank_values=True)} if link else set()
        sent = {name: value for name, value in params.items() if name not in given}
        return Request(operation.method, url, sent, headers, body, files)

    def _url(self, operation: Operation, known: Context, link: str) -> str:
        base = self._base_url()
        if not link:
            return join_url(base, self.templates.text(operation.url, known))
        before = (known.get("previous_url") or base.replace("%s", "")) if parts_of(link).scheme == "" else ""
        url = urljoin(before, link) if before else self._at_given_url(link, base)
        if parts_of(url)[:2] != parts_of(base)[:2]:
            host = parts_of(url).netloc
            raise ReadError(f"the next page is on another host ({host}); this node does not follow it", error_code=1)
        return url

    def _at_given_url(self, link: str, base: str) -> str:
        """Return a link to the system's own URL at the URL that the node was given for it."""
        pattern = self._system.url_pattern
        own = pattern.partition("%s")[0]
        return link if base == pattern or not own or not link.startswith(own) else join_url(base, link[len(own) :])

    def _headers(self, operation: Operation, known: Context) -> dict[str, str]:
        """Return the headers of a request; they know its parameters, which know them.

        Source: docs (operation `headers`) and reader (sesam-io/powerofficego-connector counts pages in a header).
        """
        return {**self._texts(self._system.headers, known), **self._texts(operation.headers, known)}

    def _texts(self, written: Mapping[str, Any] | None, known: Context) -> dict[str, str]:
        rendered = self.templates.value(dict(written or {}), known)
        return {str(name): _text(value) for name, value in rendered.items() if value is not None}

    def _add_since(self, operation: Operation, since: Any, params: dict[str, str], headers: dict[str, str]) -> None:
        name, place = operation.since_property_name, operation.since_property_location
        used = any(self.templates.uses(operation.url, each) for each in ("since", name))
        if since in (None, "") or used or place == "manual":
            return
        (headers if place == "header" else params)[name] = _text(since)

    def _send(self, request: Request, operation: Operation, context: Context, accepts: Callable[[int], bool]) -> Page:
        retries = operation.rate_limiting_retries
        while True:
            with self._answer(request) as response:
                if response.status_code != TOO_MANY_REQUESTS or retries <= 0:
                    if not accepts(response.status_code):
                        raise bad_status(response)
                    return self._page(request, response, operation, context)
            retries -= 1
            self._clock.sleep(operation.rate_limiting_delay_s)

    def _answer(self, request: Request) -> requests.Response:
        if self._session is None:
            self._session = self._session_of(self._system)
        timeouts = (self._system.connect_timeout_s, self._system.read_timeout_s)
        files: Any = {name: (None, value) for name, value in request.files} or None
        try:
            return self._session.request(
                request.method,
                with_query(request.url, request.params),
                headers=dict(request.headers),
                data=request.body,
                files=files,
                timeout=timeouts,
                stream=True,
            )
        except requests.RequestException as error:
            raise broken(error, request.url) from error

    def _page(self, request: Request, response: requests.Response, operation: Operation, context: Context) -> Page:
        content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        received = _received(response, request.url)
        is_json = content_type in ("application/json", *self._system.json_content_types)
        encoding = response.encoding or "utf-8"
        body = _parsed(received) if is_json and received.strip() else received.decode(encoding, "replace")
        headers = {**response.headers, **_links(response)}
        known = {
            **context,
            "body": body,
            "url": request.url,
            "request_params": request.params,
            "request_headers": request.headers,
            "response_headers": headers,
            "headers": headers,
        }
        payload = body if not operation.payload_property else _at(body, operation.payload_property)
        page = Page(response.status_code, headers, content_type, is_json, body, payload, known)
        self._refuse_error(operation, page)
        return page

    def _refuse_error(self, operation: Operation, page: Page) -> None:
        if not (operation.error_expression and operation.payload_property and page.is_json):
            return
        said = self.templates.text(operation.error_expression, page.context)
        if said:
            raise ReadError(f"error_expression: {said}", error_code=1, status=page.status)

    def _fetch_token(self, name: str) -> Any:
        operation = self.operation(name, {})
        request = self._request(operation, {}, link="", payload=None)
        return self._send(request, operation, {}, lambda status: 200 <= status < 300).body


def part_of(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the properties of a source, transform or sink that may stand in an operation as well."""
    return {name: value for name, value in config.items() if name not in ("type", "system", "operation", "comment")}


def _is_last(operation: Operation, page: Page, *, link: str, last_link: str) -> bool:
    strategies = operation.strategies
    if not link and ("next-page-link-empty" in strategies) and operation.next_page_link is not None:
        return True
    if link and link == last_link and "same-next-page-link" in strategies:
        return True
    return "not-full-page" in strategies and len(page.items) < (operation.page_size or 0)


def _previous(request: Request, page: Page) -> Context:
    return {
        "previous_body": page.body,
        "previous_request_headers": request.headers,
        "previous_params": request.params,
        "previous_headers": page.headers,
        "previous_url": request.url,
    }


def _body(payload: Any, kind: str) -> tuple[str, bytes | None, tuple[tuple[str, str], ...]]:
    """Return content type, body and form fields of a payload."""
    if payload is None or payload == "":
        return "", None, ()
    if kind in ("form", "multipart-form") and isinstance(payload, (dict, list)):
        fields = tuple((name, _text(value)) for part in _parts(payload) for name, value in part.items())
        if kind == "multipart-form":
            return "", None, fields
        return "application/x-www-form-urlencoded", urlencode(fields).encode(), ()
    if kind == "json":
        payload = _without_tags(payload)
    octets = content(payload)
    if kind == "text" and octets is not None:
        return "application/octet-stream", octets, ()
    if isinstance(payload, str):
        return ("text/plain" if kind == "text" else "application/json"), payload.encode(), ()
    return ("text/plain" if kind == "text" else "application/json"), encode(payload), ()


def _parts(payload: Any) -> list[dict[str, Any]]:
    return [payload] if isinstance(payload, dict) else [each for each in payload if isinstance(each, dict)]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, (bool, dict, list)) else str(value)


def _without_tags(value: Any) -> Any:
    """Return a payload without Transit encoding."""
    if isinstance(value, str):
        return strip_tag(value)
    if isinstance(value, list):
        return [_without_tags(each) for each in value]
    if isinstance(value, dict):
        return {name: _without_tags(each) for name, each in value.items()}
    return value


def _received(response: requests.Response, url: str) -> bytes:
    pieces, size = [], 0
    try:
        for piece in response.iter_content(CHUNK_BYTES):
            size += len(piece)
            if size > MAX_BODY_BYTES:
                raise ReadError(f"the response is larger than {MAX_BODY_BYTES} bytes", error_code=1)
            pieces.append(piece)
    except requests.RequestException as error:
        raise broken(error, url) from error
    return b"".join(pieces)


def _parsed(received: bytes) -> Any:
    try:
        check_depth(received)
        return decode(received)
    except TooDeepError as error:
        raise ReadError(f"the response cannot be read: {error}", error_code=1) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ReadError(f"the response is not JSON: {type(error).__name__}", error_code=1) from error


def _links(response: requests.Response) -> dict[str, dict[str, str]]:
    written = response.headers.get("Link")
    if not written:
        return {}
    found = requests.utils.parse_header_links(written)
    return {"Link": {str(each.get("rel")): str(each["url"]) for each in found if each.get("url")}}


def _at(body: Any, path: str) -> Any:
    """Return the value at a path; a property with the whole path as its name wins."""
    if isinstance(body, dict) and path in body:
        return body[path]
    for part in path.split("."):
        body = body.get(part) if isinstance(body, dict) else None
    return body
