"""A request that its client breaks off is not carried out."""

from typing import Any

from fake_hubspot import Settings
from tests.support.loops import in_loop
from tests.unit.fake_hubspot.inprocess import Fake


@in_loop
async def test_half_a_request_changes_nothing_and_is_not_in_the_journal() -> None:
    """Whatever has arrived looks like a whole one here. What is no request at all is left alone."""
    fake = Fake(Settings(contacts=3))
    messages = iter([{"type": "http.request", "body": b"{}", "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/_fake/reset",
        "query_string": b"",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"localhost"), (b"content-length", b"10"), (b"content-type", b"application/json")],
    }
    try:
        before = len(fake.portal.journal)
        await fake.app({"type": "lifespan"}, receive, send)
        await fake.app(scope, receive, send)

        assert sent == []
        assert len(fake.portal.journal) == before
    finally:
        fake.app.close()
