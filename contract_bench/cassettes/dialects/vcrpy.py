"""The format of vcrpy, version 1, with two additional fields: `checksum` and `recorded_at`."""

from collections.abc import Iterator
from typing import Any

from contract_bench.cassettes.dialects.bodies import decoded, headers_of, to_bytes
from contract_bench.cassettes.model import Cassette, Interaction, Request, Response

__all__ = ["to_cassette"]

KNOWN = {
    "$": {"version", "interactions", "checksum"},
    "request": {"method", "uri", "body", "headers"},
    "response": {"status", "headers", "body"},
    "interaction": {"request", "response", "recorded_at"},
}


def to_cassette(document: dict[str, Any]) -> Cassette:
    """Convert a parsed file."""
    return Cassette(
        interactions=tuple(_interaction(one) for one in document["interactions"]),
        checksum=document.get("checksum"),
        dialect="vcrpy",
        unknown_fields=tuple(_unknown_fields(document)),
    )


def _interaction(one: dict[str, Any]) -> Interaction:
    request, response = one["request"], one["response"]
    body, headers, stale = decoded(
        to_bytes((response.get("body") or {}).get("string")), headers_of(response["headers"])
    )
    status = response["status"]
    return Interaction(
        Request(
            method=str(request["method"]),
            uri=str(request["uri"]),
            body=_request_body(request.get("body")),
            headers=headers_of(request.get("headers")),
        ),
        Response(int(status["code"]), body, headers, str(status.get("message") or ""), stale),
        recorded_at=one.get("recorded_at"),
    )


def _request_body(body: Any) -> bytes:
    return to_bytes(body.get("string") if isinstance(body, dict) else body)


def _unknown_fields(document: dict[str, Any]) -> Iterator[str]:
    yield from _beyond(document, KNOWN["$"], "$")
    for index, one in enumerate(document["interactions"]):
        at = f"$.interactions[{index}]"
        yield from _beyond(one, KNOWN["interaction"], at)
        yield from _beyond(one["request"], KNOWN["request"], f"{at}.request")
        yield from _beyond(one["response"], KNOWN["response"], f"{at}.response")


def _beyond(mapping: dict[str, Any], known: set[str], at: str) -> list[str]:
    return [f"{at}.{key}" for key in sorted(mapping.keys() - known)]
