"""A JSON source unrelated to HubSpot: a few departments, with `since` and `limit`."""

import json
import os
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
DEPARTMENTS = [
    {"_id": "sales", "_updated": "2026-01-05T08:00:00.000Z", "name": "Sales"},
    {"_id": "support", "_updated": "2026-02-01T09:30:00.000Z", "name": "Support"},
    {"_id": "finance", "_updated": "2026-03-12T12:00:00.250Z", "name": "Finance"},
]


def changed(since: str, limit: str) -> list[dict[str, str]]:
    """Return the departments changed at or after `since`, in the order of change."""
    found = [each for each in DEPARTMENTS if each["_updated"] >= since]
    return found[: int(limit)] if limit.isdecimal() else found


class Source(BaseHTTPRequestHandler):
    """`GET /departments`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send one array, or 400 for an invalid `since`."""
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        since, limit = query.get("since", [""])[0], query.get("limit", [""])[0]
        if url.path != "/departments":
            self.send_json(404, {"message": f"there is no {url.path}"})
        elif since and not TIMESTAMP.fullmatch(since):
            self.send_json(400, {"message": "expected since as a timestamp such as 2026-01-05T08:00:00.000Z"})
        else:
            self.send_json(200, changed(since, limit))

    def reject(self) -> None:
        """Reject every other method: the protocol has only GET."""
        self.send_json(405, {"message": "expected GET"})

    do_POST = do_PUT = do_PATCH = do_DELETE = reject  # noqa: N815 - named by the library

    def send_json(self, status: int, content: object) -> None:
        """Send a complete JSON response."""
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Write no access log."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "5000"))), Source).serve_forever()
