"""The records of the page before."""

from typing import Any

import msgspec
from msgspec.structs import replace

from fake_hubspot.exchange import Exchange
from fake_hubspot.faults.walk.cursor import cursor_before

__all__ = ["records_before"]


def records_before(exchange: Exchange, page: dict[str, Any]) -> list[Any]:
    """What the page before answers now; the page's own records where that cannot be told."""
    if exchange.route is None or exchange.call.method == "POST":
        return list(page["results"])
    call = replace(exchange.call, raw_query=_with_after(exchange, cursor_before(exchange)))
    reply = exchange.route.handler(replace(exchange, call=call, page=(exchange.page or 1) - 1))
    return list(msgspec.json.decode(reply.body.raw)["results"])


def _with_after(exchange: Exchange, after: str) -> bytes:
    kept = [part for part in exchange.call.raw_query.split(b"&") if not part.startswith(b"after=")]
    return b"&".join([*kept, b"after=" + after.encode()])
