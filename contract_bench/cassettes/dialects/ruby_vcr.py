"""The format of Ruby's VCR. Most public recordings of HubSpot's API are in this format.

Source: reader (vcr 6, `VCR::HTTPInteraction#to_hash`): methods are lower case; a body is a `string` or
`base64_string` with an `encoding`.
"""

import base64
from typing import Any

from contract_bench.cassettes.dialects.bodies import decoded, headers_of, to_bytes
from contract_bench.cassettes.model import Cassette, Interaction, Request, Response

__all__ = ["to_cassette"]


def to_cassette(document: dict[str, Any]) -> Cassette:
    """Convert a parsed file."""
    return Cassette(
        interactions=tuple(_interaction(one) for one in document["http_interactions"] or ()), dialect="ruby-vcr"
    )


def _interaction(one: dict[str, Any]) -> Interaction:
    request, response = one["request"], one["response"]
    body, headers, stale = decoded(_body(response.get("body")), headers_of(response.get("headers")))
    status = response["status"]
    return Interaction(
        Request(
            method=str(request["method"]).upper(),
            uri=str(request["uri"]),
            body=_body(request.get("body")),
            headers=headers_of(request.get("headers")),
        ),
        Response(int(status["code"]), body, headers, str(status.get("message") or ""), stale),
        recorded_at=None if one.get("recorded_at") is None else str(one["recorded_at"]),
    )


def _body(body: Any) -> bytes:
    if not isinstance(body, dict):
        return to_bytes(body)
    if "base64_string" in body:
        return base64.b64decode(body["base64_string"] or "")
    return to_bytes(body.get("string"))
