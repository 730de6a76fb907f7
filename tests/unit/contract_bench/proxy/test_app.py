"""What the application of the proxy does with a request, without a socket."""

from typing import Any

from bench_core.wire import EXTENSION
from contract_bench.proxy.address import Address
from contract_bench.proxy.app import ProxyApp
from tests.support.cases import Cases
from tests.support.loops import in_loop


def proxy() -> ProxyApp:
    """A proxy whose upstream is never reached."""
    return ProxyApp(Address.of("http://api.test/v1"))


def scope_of(path: str, method: str = "POST") -> dict[str, Any]:
    """A request, as the server describes it."""
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "extensions": {EXTENSION: None},
    }


@in_loop
async def test_a_request_that_breaks_off_reaches_nobody(cases: Cases) -> None:
    """Neither the upstream nor the control API takes what has arrived for the whole."""
    for path in ("/things", "/_fake/faults", "/_fake/reset"):
        with cases.case(path):
            app = proxy()
            messages = iter([{"type": "http.request", "body": b"[]", "more_body": True}, {"type": "http.disconnect"}])

            async def receive(messages: Any = messages) -> Any:
                return next(messages)

            await app(scope_of(path), receive, None)  # type: ignore[arg-type]  # nothing is sent

            assert len(app.state.journal) == 0
