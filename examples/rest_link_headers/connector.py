"""A connector for a REST API whose pages lead to each other with `Link` headers. It streams them as one JSON array."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from flask import Flask, Response

Result = TypeVar("Result")
TRIES = 3
PAUSE_S = 0.05
TIMEOUT_S = float(os.environ.get("READ_TIMEOUT_S", "1"))
LONGEST_PAGE_S = float(os.environ.get("LONGEST_PAGE_S", "2"))
MAX_PAGE_BYTES = 10_000_000
# Worth another try. Any other status will not go away.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})

app = Flask(__name__)


class UpstreamError(Exception):
    """The API did not answer with a valid page."""


class PassingError(UpstreamError):
    """The API did not answer, but may do so soon."""


def fetch(session: requests.Session, url: str) -> tuple[list[dict[str, Any]], str | None]:
    """Return the orders on a page, and the URL of the next page."""
    for attempt in range(TRIES):
        try:
            return within(LONGEST_PAGE_S, lambda: fetch_once(session, url))
        except PassingError:
            if attempt == TRIES - 1:
                raise
            time.sleep(PAUSE_S * 2**attempt)
    raise AssertionError("unreachable")


def within(limit_s: float, work: Callable[[], Result]) -> Result:
    """Return what `work` returns. The limits of `requests` are for the next byte, so a slow response has no end."""
    done: list[Result | BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # raised again below, in the caller's thread
            done.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(limit_s)
    if not done:
        raise PassingError(f"no response within {limit_s:g} s")
    if isinstance(done[0], BaseException):
        raise done[0]
    return done[0]


def fetch_once(session: requests.Session, url: str) -> tuple[list[dict[str, Any]], str | None]:
    """Send one request."""
    try:
        with session.get(url, timeout=TIMEOUT_S, stream=True, allow_redirects=False) as response:
            if response.status_code in PASSING:
                raise PassingError(f"status {response.status_code}")
            if (
                response.status_code != 200
                or response.headers.get("Content-Type", "").split(";")[0] != "application/json"
            ):
                raise UpstreamError(f"status {response.status_code}, {response.headers.get('Content-Type')}")
            body = read(response)
            following = response.links.get("next", {}).get("url")
    except requests.RequestException as error:
        raise PassingError(type(error).__name__) from error
    return orders_in(body), following


def read(response: requests.Response) -> bytes:
    """Read a body that has a length or chunks: without either, one that was cut looks complete."""
    if "Content-Length" not in response.headers and "Transfer-Encoding" not in response.headers:
        raise PassingError("a body without an end")
    body = b""
    for piece in response.iter_content(65536):
        body += piece
        if len(body) > MAX_PAGE_BYTES:
            raise PassingError("the page is too long")
    return body


def orders_in(body: bytes) -> list[dict[str, Any]]:
    """Return the orders on a page."""
    try:
        page = json.loads(body.decode(), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise UpstreamError(f"the page is not JSON: {error}") from error
    if not isinstance(page, list) or not all(
        isinstance(order, dict) and isinstance(order.get("id"), int) for order in page
    ):
        raise UpstreamError("expected a list of orders")
    return page


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; two members of one name are an error."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a repeated key")
    return dict(pairs)


def pages(session: requests.Session) -> Iterator[list[dict[str, Any]]]:
    """Yield the pages in order."""
    base = os.environ["BASE_URL"]
    url: str | None = f"{base}/orders?per_page={os.environ.get('PAGE_SIZE', '3')}"
    seen: set[str] = set()
    while url is not None:
        if url in seen or urlsplit(url).netloc != urlsplit(base).netloc:
            raise UpstreamError("the link leads back, or to another host")
        seen.add(url)
        orders, url = fetch(session, url)
        yield orders


def array(walk: Iterator[list[dict[str, Any]]], first: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the array in pieces. An error is raised and leaves the array open, so that Sesam rejects it."""
    opening, orders = "[", first
    while True:
        if orders:
            entities = ({"_id": str(order["id"]), "_updated": order.get("updated_at"), **order} for order in orders)
            yield opening + ",".join(map(json.dumps, entities))
            opening = ","
        try:
            orders = next(walk)
        except StopIteration:
            yield "]" if opening == "," else "[]"
            return


@app.get("/orders")
def get_orders() -> Response:
    """Stream every order. The first page is fetched before the response starts, so its failure can be a status."""
    session = requests.Session()
    session.trust_env = False
    walk = pages(session)
    try:
        first = next(walk)
    except UpstreamError as error:
        return Response(json.dumps({"message": str(error)}), status=502, mimetype="application/json")
    return Response(array(walk, first), mimetype="application/json")


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
