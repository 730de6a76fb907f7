"""A connector for a CSV file: passes rows on while it downloads, and closes the array only if the file is complete."""

import codecs
import csv
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import requests
from flask import Flask, Response
from urllib3.exceptions import HTTPError

COLUMNS = ["id", "name", "price", "updated"]
Result = TypeVar("Result")
TRIES = 3
PAUSE_S = 0.05
TIMEOUT_S = float(os.environ.get("READ_TIMEOUT_S", "1"))
LONGEST_HEAD_S = 2.0
LONGEST_DOWNLOAD_S = float(os.environ.get("LONGEST_DOWNLOAD_S", "3"))
MAX_LINE = 100_000
PIECE_BYTES = 65_536
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})

app = Flask(__name__)


class UpstreamError(Exception):
    """The file cannot be used."""


class PassingError(UpstreamError):
    """The server did not answer, but may do so soon."""


def open_download(session: requests.Session) -> requests.Response:
    """Begin to download; nothing of the body has been read yet."""
    for attempt in range(TRIES):
        try:
            return within(LONGEST_HEAD_S, lambda: open_once(session))
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


def open_once(session: requests.Session) -> requests.Response:
    """Send one request."""
    url = f"{os.environ['BASE_URL']}/export.csv"
    try:
        headers = {"Accept-Encoding": "identity"}
        response = session.get(url, headers=headers, timeout=TIMEOUT_S, stream=True, allow_redirects=False)
    except requests.RequestException as error:
        raise PassingError(type(error).__name__) from error
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if response.status_code in PASSING:
        raise PassingError(f"status {response.status_code}")
    if response.status_code != 200 or kind != "text/csv":
        raise UpstreamError(f"status {response.status_code}, {kind}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise UpstreamError("a compressed file, which was not asked for: urllib3 does not notice if its end is missing")
    if "Content-Length" not in response.headers and "Transfer-Encoding" not in response.headers:
        raise UpstreamError("a body without an end: if it is cut, it looks complete")
    return response


def lines(response: requests.Response) -> Iterator[str]:
    """Yield the lines of the file. A body that is cut, or is no text, raises an error."""
    decode = codecs.getincrementaldecoder("utf-8")("strict").decode
    rest, deadline = "", time.monotonic() + LONGEST_DOWNLOAD_S
    try:
        # `read1` returns what has arrived; `iter_content` would wait for a whole piece
        while piece := response.raw.read1(PIECE_BYTES):
            *whole, rest = (rest + decode(piece)).split("\n")
            yield from whole
            if len(rest) > MAX_LINE or time.monotonic() > deadline:
                raise UpstreamError("a line without an end")
        decode(b"", True)
    except (HTTPError, OSError, UnicodeDecodeError) as error:
        raise UpstreamError(type(error).__name__) from error
    if rest:
        raise UpstreamError("the last line has no end, so the file may have been cut")


def entities(response: requests.Response) -> Iterator[str]:
    """Yield each row as an entity."""
    rows = csv.reader(lines(response), strict=True)
    ids: set[str] = set()
    try:
        if next(rows, None) != COLUMNS:
            raise UpstreamError("expected the columns " + ", ".join(COLUMNS))
        for row in rows:
            if len(row) != len(COLUMNS) or row[0] in ids:
                raise UpstreamError("a row that is too short or too long, or an id for the second time")
            ids.add(row[0])
            product = dict(zip(COLUMNS, row, strict=True))
            yield json.dumps({"_id": product["id"], "_updated": product["updated"], **product})
    except csv.Error as error:
        raise UpstreamError(str(error)) from error


def array(rows: Iterator[str], first: str | None) -> Iterator[str]:
    """Yield the array in pieces. An error is raised and leaves the array open, so that Sesam rejects it."""
    yield "[" if first is None else "[" + first
    for row in rows:
        yield "," + row
    yield "]"


@app.get("/products")
def get_products() -> Response:
    """Stream every product. The first row is read before the response starts, so its failure can be a status."""
    session = requests.Session()
    session.trust_env = False
    try:
        rows = entities(open_download(session))
        first = next(rows, None)
    except UpstreamError as error:
        return Response(json.dumps({"message": str(error)}), status=502, mimetype="application/json")
    return Response(array(rows, first), mimetype="application/json")


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
