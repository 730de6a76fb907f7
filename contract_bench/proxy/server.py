"""A running proxy: in a thread of this process (`ProxyServer`), or in the foreground (`serve_forever`).

with ProxyServer(Address.of("https://api.example.com")) as proxy:
    requests.get(f"{proxy.url}/things")
"""

from collections.abc import Callable
from functools import partial
from types import TracebackType

from bench_core.access import AccessPolicy
from bench_core.listener import BackgroundServer, ListenerOptions, serve_in_foreground
from contract_bench.proxy.address import Address
from contract_bench.proxy.app import ProxyApp, ProxyOptions
from contract_bench.proxy.protocol import ProxyProtocol

__all__ = ["ProxyServer", "make_app", "serve_forever"]

KEEP_ALIVE_S = 75


def _listening(app: ProxyApp) -> ListenerOptions:
    return ListenerOptions(protocol=partial(ProxyProtocol, app), keep_alive_s=KEEP_ALIVE_S)


class ProxyServer(BackgroundServer):
    """A proxy in a thread of this process, on a free port by default.

    Use `app` only before the server starts or through `in_loop`.
    """

    def __init__(
        self, address: Address, options: ProxyOptions | None = None, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.app = make_app(address, options or ProxyOptions(), host=host)
        super().__init__(self.app, host=host, port=port, name="proxy", options=_listening(self.app))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; connections to the upstream are closed."""
        self.in_loop(self.app.pool.close)
        super().__exit__(kind, error, trace)


def make_app(
    address: Address, options: ProxyOptions, *, host: str = "127.0.0.1", allow_host: tuple[str, ...] = ()
) -> ProxyApp:
    """Return the application of a proxy.

    Args:
        address: The upstream.
        options: How it works.
        host: The address it will listen on.
        allow_host: More names under which its control API is reached.
    """
    return ProxyApp(address, options, policy=AccessPolicy(host, allow_host))


def serve_forever(app: ProxyApp, *, host: str, port: int, on_start: Callable[[str], None]) -> None:
    """Serve until a signal arrives. `on_start` gets the URL once connections are accepted."""
    serve_in_foreground(app, host=host, port=port, on_start=on_start, options=_listening(app))
