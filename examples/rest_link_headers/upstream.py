"""A small REST API: orders in pages, each with a `Link` header that leads to the next one."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ORDERS = [
    {"id": number, "status": "open" if number % 3 else "closed", "updated_at": f"2026-01-{number:02}T09:15:00Z"}
    for number in range(1, 13)
]


class Handler(BaseHTTPRequestHandler):
    """Answers `GET /orders?page=1&per_page=3`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a page, or 404."""
        target = urlsplit(self.path)
        if target.path != "/orders":
            self.send_error(404)
            return
        asked = parse_qs(target.query)
        page, size = int(asked.get("page", ["1"])[0]), int(asked.get("per_page", ["3"])[0])
        rows = ORDERS[(page - 1) * size : page * size]
        body = json.dumps(rows).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if page * size < len(ORDERS):
            following = f"http://{self.headers['Host']}/orders?page={page + 1}&per_page={size}"
            self.send_header("Link", f'<{following}>; rel="next"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
