"""The format of Ruby's VCR. Most public recordings of HubSpot's API are in this format.

Source: reader (vcr 6, `VCR::HTTPInteraction#to_hash`): methods are lower case; a body is a `string` or
`base64_string` with an `encoding`. A text that is not ASCII is written as `!binary` (vcr/vcr#438, #699).
"""

from typing import Any

from contract_bench.cassettes.dialects.bodies import body_of, decoded, headers_of, status_of, text_of, uri_of
from contract_bench.cassettes.model import Cassette, Interaction, Request, Response

__all__ = ["to_cassette"]


def to_cassette(document: dict[str, Any]) -> Cassette:
    """Convert a parsed file."""
    return Cassette(
        interactions=tuple(_interaction(one) for one in document["http_interactions"] or ()), dialect="ruby-vcr"
    )


def _interaction(one: dict[str, Any]) -> Interaction:
    request, response = one["request"], one["response"]
    body, headers, stale = decoded(body_of(response.get("body")), headers_of(response.get("headers")))
    status = response["status"]
    return Interaction(
        Request(
            method=text_of(request["method"]).lstrip(":").upper(),
            uri=uri_of(request["uri"]),
            body=body_of(request.get("body")),
            headers=headers_of(request.get("headers")),
        ),
        Response(status_of(status["code"]), body, headers, text_of(status.get("message") or ""), stale),
        recorded_at=None if one.get("recorded_at") is None else text_of(one["recorded_at"]),
    )
