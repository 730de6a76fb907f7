"""Serves a node with uvicorn: in the foreground, or in a thread for tests and demos."""

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from bench_core.access import AccessPolicy
from bench_core.lines import EventLines
from bench_core.listener import BackgroundServer, ListenerOptions, serve_in_foreground
from fake_sesam.api.tokens import Tokens
from fake_sesam.app import create_app
from fake_sesam.console import ConsoleOptions, Feed
from fake_sesam.event_lines import print_events
from fake_sesam.node import Node
from fake_sesam.scheduler import Scheduler

__all__ = ["NodeServer", "serve_forever"]


def _options(feed: Feed) -> ListenerOptions:
    return ListenerOptions(grace_s=2, date_header=True, on_stop=feed.end)


def serve_forever(
    node: Node,
    *,
    host: str,
    port: int,
    announce: Callable[[str], None],
    tokens: Tokens | None = None,
    allow_host: tuple[str, ...] = (),
    lines: EventLines | None = None,
) -> None:
    """Serve the node and run its pipes on their schedules until a signal stops the process.

    Args:
        node: The node.
        host: Where to listen.
        port: 0 chooses a free one.
        announce: Called with the URL once the port is bound, and with the token if the node made it up.
        tokens: Requests to the API need one of these. None: no token is needed.
        allow_host: More names under which the node is known, as `--allow-host` takes them.
        lines: Prints what pumps and microservices do.
    """

    def on_start(address: str) -> None:
        announce(f"Sesam node API at {address}/api (try: curl {address}/api/pipes)")
        announce(f"Pages for a browser: {address}/")
        if tokens is not None and tokens.given is None:
            announce(f"Token: {tokens.mint()}")
        if lines is not None:
            print_events(node, lines)
        stack.enter_context(Scheduler(node))  # not before the port is known to be free

    feed, policy = Feed(), AccessPolicy(host, allow_host)
    app = create_app(node, tokens=tokens, requires_token=tokens is not None, policy=policy, feed=feed)
    with ExitStack() as stack:
        serve_in_foreground(app, host=host, port=port, on_start=on_start, options=_options(feed))


class NodeServer(BackgroundServer):
    """Serves a node in a thread on a free port. A context manager; it does not close the node.

    Args:
        node: The node.
        port: 0 chooses a free one.
        tokens: Requests to the API need one that these issued.
        lines: Prints what pumps and microservices do.
        runs_schedules: Whether pipes run on their schedules.
    """

    def __init__(
        self,
        node: Node,
        *,
        port: int = 0,
        tokens: Tokens | None = None,
        lines: EventLines | None = None,
        runs_schedules: bool = False,
    ) -> None:
        feed, self._console = Feed(), ConsoleOptions()
        app = create_app(node, tokens=tokens, requires_token=tokens is not None, feed=feed, console=self._console)
        super().__init__(app, port=port, name="fake-sesam", options=_options(feed))
        if lines is not None:
            print_events(node, lines)
        self._scheduler = Scheduler(node) if runs_schedules else None
        self._running = ExitStack()

    def link_to(self, other_side: str) -> None:
        """Let the pages of this node link to those of another server, at that address."""
        self._console.other_side = other_side

    def __enter__(self) -> Self:
        """Start; returns once requests are answered."""
        super().__enter__()
        if self._scheduler is not None:
            self._running.enter_context(self._scheduler)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the schedules, then the server."""
        self._running.close()
        super().__exit__(kind, error, trace)
