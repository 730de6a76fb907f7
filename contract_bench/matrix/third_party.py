"""A server that is not HubSpot: forged links lead to it, and it answers with an empty page."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

__all__ = ["ThirdPartyServer"]

EMPTY_PAGE = b'{"results":[]}'


class ThirdPartyServer:
    """Serves in a thread and records the requests it receives."""

    def __init__(self) -> None:
        self._heard: list[str] = []
        heard = self._heard

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                heard.append(f"{self.path} {self.headers}")
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(EMPTY_PAGE)))
                self.end_headers()
                self.wfile.write(EMPTY_PAGE)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def forget(self) -> None:
        """Discard the recorded requests."""
        self._heard.clear()

    def heard(self, secret: str) -> bool:
        """Return whether a request contained the secret."""
        return any(secret in request for request in self._heard)
