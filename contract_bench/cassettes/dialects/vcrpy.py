"""The format of vcrpy, version 1, with two additional fields: `checksum` and `recorded_at`.

Responses that vcrpy before version 6 recorded from httpx are read as well: they have `status_code` and `content`.
Source: reader (kevin1024/vcrpy, `vcr/stubs/httpx_stubs.py`, `_deserialize_response`).
"""

from collections.abc import Iterator
from typing import Any

from contract_bench.cassettes.dialects.bodies import body_of, decoded, headers_of, status_of, text_of, to_bytes, uri_of
from contract_bench.cassettes.model import Cassette, Interaction, Request, Response

__all__ = ["to_cassette"]

KNOWN = {
    "$": {"version", "interactions", "checksum"},
    "request": {"method", "uri", "body", "headers"},
    "response": {"status", "headers", "body"},
    "old response": {"status_code", "headers", "content", "http_version"},
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
    status, stored = _status_and_body(response)
    body, headers, stale = decoded(stored, headers_of(response["headers"]))
    return Interaction(
        Request(
            method=text_of(request["method"]),
            uri=uri_of(request["uri"]),
            body=body_of(request.get("body")),
            headers=headers_of(request.get("headers")),
        ),
        Response(status_of(status["code"]), body, headers, text_of(status.get("message") or ""), stale),
        recorded_at=None if one.get("recorded_at") is None else text_of(one["recorded_at"]),
    )


def _status_and_body(response: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    if "status_code" in response:
        return {"code": response["status_code"]}, to_bytes(response["content"])
    return response["status"], body_of(response.get("body"))


def _unknown_fields(document: dict[str, Any]) -> Iterator[str]:
    yield from _beyond(document, KNOWN["$"], "$")
    for index, one in enumerate(document["interactions"]):
        at = f"$.interactions[{index}]"
        yield from _beyond(one, KNOWN["interaction"], at)
        yield from _beyond(one["request"], KNOWN["request"], f"{at}.request")
        form = "old response" if "status_code" in one["response"] else "response"
        yield from _beyond(one["response"], KNOWN[form], f"{at}.response")


def _beyond(mapping: dict[str, Any], known: set[str], at: str) -> list[str]:
    return [f"{at}.{key}" for key in sorted(mapping.keys() - known)]
