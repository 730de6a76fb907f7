"""A request that its client breaks off is neither played nor recorded, whatever has arrived of it."""

from typing import Any, cast

from contract_bench.cassettes.record.proxy import RecordingProxy
from contract_bench.cassettes.replay import ReplayApp
from tests.support.cases import Cases
from tests.support.interactions import contact, interaction, page
from tests.support.loops import in_loop

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/crm/v3/objects/contacts",
    "query_string": b"",
    "headers": [(b"host", b"localhost")],
}


class Client:
    """Fails if anything is sent to HubSpot."""

    def send(self, *_: object) -> Any:
        """Fail."""
        raise AssertionError("half a request was sent to HubSpot")


@in_loop
async def test_half_a_request_is_no_request(cases: Cases) -> None:
    """Also what is no request at all is left alone."""
    replay = ReplayApp((interaction("/crm/v3/objects/contacts", page(contact(1))),))
    proxy = RecordingProxy("https://api.hubapi.com", cast("Any", Client()))
    for app in (replay, proxy):
        for scope in (SCOPE, {"type": "lifespan"}):
            with cases.case(f"{type(app).__name__}, {scope['type']}"):
                messages = iter(
                    [{"type": "http.request", "body": b"{}", "more_body": True}, {"type": "http.disconnect"}]
                )
                sent: list[Any] = []

                async def receive(messages: Any = messages) -> Any:
                    return next(messages)

                async def send(message: Any, sent: list[Any] = sent) -> None:
                    sent.append(message)

                await app(scope, receive, send)

                assert sent == []
    assert replay.misses == []
    assert proxy.failures == []
