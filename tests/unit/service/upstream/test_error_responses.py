import json
from typing import Any

from service.errors import UpstreamError
from service.upstream.error_responses import error_from_response
from service.upstream.messages import Request, Response
from tests.support.cases import for_each

PAGE = Request("/crm/v3/objects/contacts?hapikey=secret")


def error(
    document: Any, *, status: int = 400, secrets: tuple[str, ...] = (), headers: dict[str, str] | None = None
) -> UpstreamError:
    """Convert a response with this JSON body."""
    return error_from_response(PAGE, Response(status, headers or {}, json.dumps(document).encode()), secrets=secrets)


def test_an_error_has_every_field_of_hubspots_body() -> None:
    found = error({"message": "No scope.", "correlationId": "c-1", "category": "MISSING_SCOPES"}, status=403)

    assert (found.kind, found.status, found.hubspot_message) == ("upstream-status", 403, "No scope.")
    assert (found.correlation_id, found.category, found.response_status) == ("c-1", "MISSING_SCOPES", 502)
    assert found.message == "HubSpot answered 403 to GET /crm/v3/objects/contacts: No scope."


@for_each(("status", "response_status"), [(428, 502), (429, 503), (430, 502), (500, 502), (503, 502)])
def test_only_a_rate_limit_is_passed_on_as_503(status: int, response_status: int) -> None:
    assert error({}, status=status).response_status == response_status


@for_each(
    ("document", "category"),
    [
        ({"policyName": "DAILY", "category": "RATE_LIMITS"}, "DAILY"),
        ({"category": "RATE_LIMITS"}, "RATE_LIMITS"),
        ({"policyName": "", "category": "RATE_LIMITS"}, "RATE_LIMITS"),
        ({}, None),
        ({"policyName": 5}, None),
    ],
)
def test_the_policy_says_more_than_the_category(document: dict[str, object], category: str | None) -> None:
    assert error(document).category == category


@for_each(
    ("document", "headers", "correlation_id"),
    [
        ({"correlationId": "body"}, {"x-hubspot-correlation-id": "header"}, "body"),
        ({"correlationId": ""}, {"x-hubspot-correlation-id": "header"}, "header"),
        ({}, {"x-hubspot-correlation-id": "header"}, "header"),
        ({}, {}, None),
    ],
)
def test_the_correlation_id_is_that_of_the_body(
    document: dict[str, str], headers: dict[str, str], correlation_id: str | None
) -> None:
    assert error(document, headers=headers).correlation_id == correlation_id


@for_each("field", ["message", "correlationId", "category", "policyName"])
def test_every_field_is_cleaned(field: str) -> None:
    """Of all secrets, of e-mail addresses and of line breaks."""
    text = "one\n two\tsecret-1 and secret-2 for <a.b+c@example.com>, d@e.com."

    found = error({field: text}, secrets=("secret-1", "secret-2"))

    cleaned = {found.hubspot_message, found.correlation_id, found.category} - {None}
    assert cleaned == {"one two *** and *** for <<e-mail>>, <e-mail>"}


@for_each(("length", "kept"), [(299, 299), (300, 300), (301, 300), (9_000, 300)])
def test_a_message_has_300_characters_at_most(length: int, kept: int) -> None:
    assert error({"message": "x" * length}).hubspot_message == "x" * kept


@for_each(
    ("headers", "shown"),
    [({}, "unknown"), ({"content-type": "text/html"}, "text/html"), ({"content-type": "x" * 200}, "x" * 60)],
)
def test_without_a_message_the_type_of_the_body_is_reported(headers: dict[str, str], shown: str) -> None:
    assert error({}, headers=headers).message.endswith(f"GET /crm/v3/objects/contacts with a body of type {shown}.")
