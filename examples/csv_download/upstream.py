"""A small server with one CSV file to download."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROWS = "".join(
    f"{number},Product {number},{number * 7 % 90}.50,2026-01-02T03:{number:02}:05Z\n" for number in range(1, 31)
)
FILE = f"id,name,price,updated\n{ROWS}".encode()


class Handler(BaseHTTPRequestHandler):
    """Answers `GET /export.csv`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer the file, or 404."""
        if self.path != "/export.csv":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/csv; charset=utf-8")
        self.send_header("Content-Length", str(len(FILE)))
        self.end_headers()
        self.wfile.write(FILE)

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
