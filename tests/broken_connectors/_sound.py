"""A correct connector that uses only the standard library, in parts small enough to break one at a time.

It must pass every check. The broken connectors override one part of it.
"""

import http.client
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

Json = dict[str, Any]
SEARCH_CAP = 10_000


class UpstreamError(Exception):
    """HubSpot did not return a valid response."""


def unique_keys(pairs: list[tuple[str, Any]]) -> Json:
    """Reject an object that contains a key twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


def no_constant(name: str) -> Any:
    """Reject NaN and Infinity."""
    raise ValueError(name)


def milliseconds(moment: str) -> int:
    """Convert a timestamp of HubSpot to milliseconds since 1970."""
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


class Connector:
    """HubSpot's contacts as a route for Sesam's JSON pull protocol."""

    attempts = 2
    max_body_bytes: int | None = 4_000_000
    timeout_s: float | None = float(os.environ.get("HUBSPOT_READ_TIMEOUT_S", "1"))
    transfer_timeout_s = 2.0

    def __init__(self) -> None:
        self.token = os.environ["HUBSPOT_API_KEY"]
        self.base_url = os.environ["HUBSPOT_BASE_URL"]
        self.limit = int(os.environ.get("HUBSPOT_PAGE_SIZE", "100"))

    # --- HubSpot ---

    def call(self, method: str, target: str, body: Json | None = None) -> Json:
        """Send a request and retry it if it fails."""
        for attempt in range(1, self.attempts + 1):
            try:
                return self.call_once(method, target, body)
            except (OSError, http.client.HTTPException, UpstreamError) as error:
                if attempt == self.attempts:
                    raise UpstreamError(type(error).__name__) from error
                time.sleep(0.02)
        raise UpstreamError("no attempt")

    def certain(self, method: str, target: str, body: Json | None = None) -> Json:
        """Request a page, and once more if it has no records."""
        page = self.call(method, target, body)
        return page if page.get("results") or page.get("paging") else self.call(method, target, body)

    def call_once(self, method: str, target: str, body: Json | None = None) -> Json:
        """Send a request without retries."""
        url = urlsplit(target if target.startswith("http") else self.base_url + target)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=self.timeout_s)
        try:
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            connection.request(method, f"{url.path}?{url.query}", json.dumps(body) if body else None, headers)
            with self.time_limit(connection.sock):
                response = connection.getresponse()
                content = self.read_body(response)
            self.heed(response.headers)
            return self.read(response.status, content)
        finally:
            connection.close()

    @contextmanager
    def time_limit(self, sock: socket.socket) -> Iterator[None]:
        """End the connection after a while. The limit of a socket is for each byte, not for a response."""

        def cut() -> None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self.transfer_timeout_s, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def read_body(self, response: http.client.HTTPResponse) -> bytes:
        """Read a body that is not too long."""
        body = response.read(self.max_body_bytes)
        if self.max_body_bytes is not None and not response.isclosed() and response.read(1):
            raise UpstreamError("a body that is too long")
        if response.length:  # `read` with a size does not raise for a body that ends early
            raise http.client.IncompleteRead(body, response.length)
        return body

    def heed(self, headers: http.client.HTTPMessage) -> None:
        """Ignore the rate limits: a test makes few requests."""

    def read(self, status: int, body: bytes) -> Json:
        """Check the status and parse the body of a response."""
        if status != 200:
            raise UpstreamError(f"status {status}")
        return self.parse(body)

    def parse(self, body: bytes) -> Json:
        """Parse the body of a response."""
        try:
            value = json.loads(body.decode(), object_pairs_hook=unique_keys, parse_constant=no_constant)
        except (ValueError, RecursionError) as error:
            raise UpstreamError("not JSON") from error
        if not isinstance(value, dict):
            raise UpstreamError("not an object")
        return value

    # --- Paging ---

    def pages(self, since: str | None) -> Iterator[list[Json]]:
        """Yield the records page by page."""
        return self.all_pages() if since is None else self.changed_pages(since)

    def all_pages(self) -> Iterator[list[Json]]:
        """Yield every record in the order of ids."""
        after, last_id = None, -1
        while True:
            query = {"limit": self.limit, **({"after": after} if after else {})}
            page = self.certain("GET", "/crm/v3/objects/contacts?" + urlencode(query))
            records = self.records_of(page)
            last_id = self.check_order(records, last_id)
            yield records
            following = self.next_of(page, records)
            if following is None:
                return
            self.check_cursor(following, after)
            after = following

    def records_of(self, page: Json) -> list[Json]:
        """Return the records of a page after checking each one."""
        records = page.get("results")
        if not isinstance(records, list):
            raise UpstreamError("no results")
        for record in records:
            if not isinstance(record, dict) or not isinstance(record.get("id"), str) or not record["id"].isdigit():
                raise UpstreamError("a record without an id")
            if not isinstance(record.get("updatedAt"), str):
                raise UpstreamError("a record without updatedAt")
            if record.get("archived") is True:
                raise UpstreamError("an archived record in the list of current ones")
            self.check_time(record["updatedAt"])
        return records

    def check_time(self, moment: str) -> None:
        """Reject a time that does not exist."""
        try:
            milliseconds(moment)
        except ValueError as error:
            raise UpstreamError("a time that does not exist") from error

    def check_order(self, records: list[Json], last_id: int) -> int:
        """Reject records that occur twice or out of order."""
        for record in records:
            if int(record["id"]) <= last_id:
                raise UpstreamError("ids out of order")
            last_id = int(record["id"])
        return last_id

    def next_of(self, page: Json, records: list[Json]) -> str | None:
        """Return the cursor of the next page, None on the last page."""
        del records
        paging = page.get("paging")
        if not paging or not paging.get("next"):
            return None
        after = paging["next"].get("after")
        if not isinstance(after, str) or not after.isdigit():
            raise UpstreamError("an invalid cursor")
        return after

    def check_cursor(self, following: str, after: str | None) -> None:
        """Reject a cursor that does not advance."""
        if after is not None and int(following) <= int(after):
            raise UpstreamError("a cursor that does not advance")

    def changed_pages(self, since: str) -> Iterator[list[Json]]:
        """Yield the records changed at or after `since` in the order of change, beyond the limit of one search."""
        window, seen = milliseconds(since), set[tuple[str, str]]()
        while True:
            last = window
            for records in self.search_pages(window):
                fresh = [record for record in records if (record["id"], record["updatedAt"]) not in seen]
                seen |= {(record["id"], record["updatedAt"]) for record in fresh}
                last = max([last, *(milliseconds(record["updatedAt"]) for record in records)])
                yield fresh
                if self.is_capped:
                    break
            if not self.is_capped or last == window:
                return
            window = last

    is_capped = False
    operator = "GTE"

    def search_pages(self, since_ms: int) -> Iterator[list[Json]]:
        """Yield the pages of one search, up to the limit of 10,000 results."""
        offset, found, total = 0, set[tuple[str, str]](), None
        self.is_capped = False
        while True:
            changed = {"propertyName": "lastmodifieddate", "operator": self.operator, "value": str(since_ms)}
            wanted = {
                "filterGroups": [{"filters": [changed]}],
                "sorts": [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}],
                "limit": self.limit,
                "after": str(offset),
            }
            page = self.certain("POST", "/crm/v3/objects/contacts/search", wanted)
            records = self.records_of(page)
            self.check_once(records, found)
            total = self.check_total(page, total)
            following = self.next_of(page, records)
            if following is not None:
                self.check_cursor(following, str(offset))
                offset = int(following)
                self.is_capped = offset + self.limit > SEARCH_CAP
            yield records
            if following is None:
                self.check_found(found, total)
                return

    def check_total(self, page: Json, total: int | None) -> int | None:
        """Reject a search that moves: with an offset it skips records."""
        if total is not None and page.get("total") != total:
            raise UpstreamError("the search moved")
        return page.get("total")

    def check_found(self, found: set[tuple[str, str]], total: int | None) -> None:
        """Reject a search that did not return every record."""
        if total is not None and len({record_id for record_id, _ in found}) < total:
            raise UpstreamError("the search moved")

    def check_once(self, records: list[Json], found: set[tuple[str, str]]) -> None:
        """Reject a version of a record that a search returns twice."""
        for record in records:
            version = (record["id"], record["updatedAt"])
            if version in found:
                raise UpstreamError("a record twice")
            found.add(version)

    # --- Sesam ---

    def entity(self, record: Json) -> Json:
        """Convert a record to an entity."""
        return {"_id": record["id"], "_updated": self.updated(record), **record}

    def updated(self, record: Json) -> str:
        """Return `_updated` in a fixed width, so that strings sort like the times they stand for."""
        moment = str(record["updatedAt"])
        return moment if "." in moment else moment.replace("Z", ".000Z")

    def chunks(self, since: str | None) -> Iterator[bytes]:
        """Yield the array in pieces; an error is raised and leaves the array open."""
        opening = b"["
        for records in self.pages(since):
            if records:
                yield opening + b",".join(json.dumps(self.entity(record)).encode() for record in records)
                opening = b","
        yield b"]" if opening == b"," else b"[]"

    def log(self, text: str) -> None:
        """Write a line to the log."""
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def answer(self, request: "Request", since: str | None) -> None:
        """Respond to a pull: 502 if the first page fails, an aborted transfer if a later one does."""
        chunks = self.chunks(since)
        try:
            first = next(chunks)
        except Exception as error:
            self.log(f"failed: {type(error).__name__}")
            request.send(502, b'{"message": "HubSpot did not return a valid response"}')
            return
        request.begin()
        request.chunk(first)
        try:
            for piece in chunks:
                request.chunk(piece)
        except UpstreamError as error:
            self.log(f"aborted: {type(error).__name__}")
            request.close_connection = True
            return
        request.end()


class Request(BaseHTTPRequestHandler):
    """One request from the node."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are sent one after the other
    connector: Connector

    def do_GET(self) -> None:
        """Handle the request."""
        url = urlsplit(self.path)
        if url.path != "/get_contacts":
            self.send(200 if url.path == "/health" else 404, b"{}")
            return
        self.connector.answer(self, parse_qs(url.query).get("since", [None])[0])

    def send(self, status: int, body: bytes) -> None:
        """Send a complete response."""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def begin(self) -> None:
        """Send the head of a chunked response."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, piece: bytes) -> None:
        """Send a chunk."""
        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    def end(self) -> None:
        """Send the last chunk."""
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_arguments: object) -> None:
        """Write no access log."""


class QuietServer(ThreadingHTTPServer):
    """A server that does not report clients that disconnect."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Report nothing."""


def serve(connector_type: type[Connector]) -> None:
    """Serve until the process ends."""
    handler = type("Handler", (Request,), {"connector": connector_type()})
    QuietServer(("127.0.0.1", int(os.environ["PORT"])), handler).serve_forever()


if __name__ == "__main__":
    serve(Connector)
