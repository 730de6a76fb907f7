"""Correct connectors for the three APIs, with the standard library only. The broken ones override one part."""

import csv
import http.client
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
TIMEOUT_S = 1.0
ROUTES = ("/orders", "/products", "/contacts")


class UpstreamError(Exception):
    """The API did not answer as it should."""


class Connector:
    """Sends the records of an API as one array."""

    def __init__(self) -> None:
        self.base_url = os.environ["BASE_URL"]

    def fetch(
        self, target: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Send a request; a body that ends early is an error."""
        url = urlsplit(target if target.startswith("http") else self.base_url + target)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=TIMEOUT_S)
        try:
            connection.request(
                "GET" if body is None else "POST", f"{url.path}?{url.query}".rstrip("?"), body, dict(headers or {})
            )
            response = connection.getresponse()
            return response.status, response.headers, self.read(response)
        finally:
            connection.close()

    def read(self, response: http.client.HTTPResponse) -> bytes:
        """Read a body."""
        if response.headers["Content-Length"] is None and response.headers["Transfer-Encoding"] is None:
            raise UpstreamError("a body without an end")
        return response.read()

    def check(self, status: int) -> None:
        """Refuse every status but 200."""
        if status != 200:
            raise UpstreamError(f"status {status}")

    def pages(self) -> Iterator[list[Json]]:
        """Yield the records page by page."""
        raise NotImplementedError

    def array(self) -> Iterator[bytes]:
        """Yield the array in pieces; an error leaves it open."""
        opening = b"["
        for page in self.pages():
            if page:
                yield opening + b",".join(json.dumps({"_id": str(each["id"]), **each}).encode() for each in page)
                opening = b","
        yield b"]" if opening == b"," else b"[]"


class RestConnector(Connector):
    """Follows `Link` headers."""

    def pages(self) -> Iterator[list[Json]]:
        """Yield the pages."""
        target: str | None = "/orders?per_page=3"
        while target is not None:
            status, headers, body = self.fetch(target)
            self.check(status)
            page = json.loads(body)
            if not isinstance(page, list):
                raise UpstreamError("not a list")
            yield page
            link = headers["Link"] or ""
            target = link.partition("<")[2].partition(">")[0] or None


class CsvConnector(Connector):
    """Downloads a file."""

    columns = ("id", "name", "price", "updated")

    def pages(self) -> Iterator[list[Json]]:
        """Yield all rows at once."""
        status, _, body = self.fetch("/export.csv")
        self.check(status)
        yield self.rows(body)

    def rows(self, body: bytes) -> list[Json]:
        """Return the rows of a file that has the columns and an end."""
        table = list(csv.reader(io.StringIO(body.decode()), strict=True))
        self.check_table(table, body)
        return [dict(zip(self.columns, row, strict=True)) for row in table[1:]]

    def check_table(self, table: list[list[str]], body: bytes) -> None:
        """Refuse a file that is not the export."""
        if not table or tuple(table[0]) != self.columns or not body.endswith(b"\n"):
            raise UpstreamError("not the file")


class TokenConnector(Connector):
    """Reads by offset with a token that expires."""

    token = ""

    def renew(self) -> None:
        """Get a new token."""
        secret = {"client_secret": os.environ["CLIENT_SECRET"]}
        status, _, body = self.fetch(
            "/token", body=json.dumps(secret).encode(), headers={"Content-Type": "application/json"}
        )
        self.check(status)
        self.token = json.loads(body)["access_token"]

    def pages(self) -> Iterator[list[Json]]:
        """Yield pages until all are there."""
        offset, total = 0, 1
        while offset < total:
            page = self.page(offset)
            if page is None:
                return
            if not page["items"]:
                raise UpstreamError("the list ends early")
            yield page["items"]
            offset, total = offset + len(page["items"]), page["total"]

    def page(self, offset: int) -> Json | None:
        """Return a page; a token that has expired is renewed once."""
        for _ in range(2):
            if not self.token:
                self.renew()
            target = f"/contacts?offset={offset}&limit=4"
            status, _, body = self.fetch(target, headers={"Authorization": f"Bearer {self.token}"})
            if status == 401:
                self.token = ""
                continue
            self.check(status)
            page: Json = json.loads(body)
            return page
        raise UpstreamError("a new token is refused")


def serve(connector: Connector) -> None:
    """Serve a connector on the port in the environment."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are sent one after the other

        def do_GET(self) -> None:
            if self.path.partition("?")[0] not in ROUTES:  # the node looks whether the connector answers
                self.send_error(404)
                return
            pieces = connector.array()
            try:
                first = next(pieces)
            except Exception as error:  # whatever it is, nothing has been sent
                sys.stderr.write(f"failed: {type(error).__name__}\n")
                self.send_error(502)
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.close_connection = True
            with suppress(Exception):  # the array stays open
                self._send(first)
                for piece in pieces:
                    self._send(piece)
                self.wfile.write(b"0\r\n\r\n")

        def _send(self, piece: bytes) -> None:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))

        def log_message(self, *_arguments: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
