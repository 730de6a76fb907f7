import pytest

from service.errors import UpstreamError
from service.hubspot import HubSpot
from service.settings import Settings
from tests.unit.service.upstream_stub import (
    CORRELATION_ID,
    TOKEN,
    Call,
    Reply,
    UpstreamStub,
    error_reply,
    json_reply,
    list_answer,
    record,
)


@pytest.fixture
def hubspot(upstream: UpstreamStub) -> HubSpot:
    """The client in front of the scripted HubSpot."""
    return HubSpot(Settings(TOKEN, upstream.url))


def failure(hubspot: HubSpot, upstream: UpstreamStub, reply: Reply) -> UpstreamError:
    """The error that this reply becomes."""
    upstream.answer = lambda _call: reply
    with pytest.raises(UpstreamError) as caught:
        hubspot.list_page("contacts", None)
    return caught.value


def test_a_page_is_asked_for_as_hubspot_documents_it(hubspot: HubSpot, upstream: UpstreamStub) -> None:
    """Bearer token, 100 records, the cursor where there is one."""
    hubspot.list_page("contacts", None)
    hubspot.list_page("contacts", "52")

    first, second = upstream.calls
    assert (first.path, first.query) == ("/crm/v3/objects/contacts", {"limit": ["100"]})
    assert second.query == {"limit": ["100"], "after": ["52"]}
    assert first.headers["Authorization"] == f"Bearer {TOKEN}"


def test_the_body_comes_as_it_was_sent(hubspot: HubSpot, upstream: UpstreamStub) -> None:
    """Byte for byte."""
    upstream.answer = list_answer([record(1)])

    assert hubspot.list_page("contacts", None) == list_answer([record(1)])(Call("GET", "", {"limit": ["9"]}, {})).body


def test_hubspots_error_is_told_with_its_correlation_id(hubspot: HubSpot, upstream: UpstreamStub) -> None:
    """HubSpot's support asks for it."""
    error = failure(hubspot, upstream, error_reply(500))

    assert (error.status, error.hubspot_message, error.correlation_id) == (500, "internal error", CORRELATION_ID)
    assert error.message == "HubSpot answered 500 to GET /crm/v3/objects/contacts: internal error"
    assert error.answer_status == 502


def test_the_correlation_id_may_stand_in_the_header_only(hubspot: HubSpot, upstream: UpstreamStub) -> None:
    """HTML answers have it there."""
    page = Reply(404, b"<html>", {"Content-Type": "text/html", "X-HubSpot-Correlation-Id": CORRELATION_ID})

    error = failure(hubspot, upstream, page)

    assert error.correlation_id == CORRELATION_ID
    assert error.message.endswith("404 to GET /crm/v3/objects/contacts with a body of type text/html.")


@pytest.mark.parametrize("body", [b"", b"<html>530</html>", b"[]", b'"text"', b'{"message":{"a":1},"correlationId":5}'])
def test_an_error_body_of_any_shape_is_survived(hubspot: HubSpot, upstream: UpstreamStub, body: bytes) -> None:
    """Everything in HubSpot's error body is optional."""
    error = failure(hubspot, upstream, Reply(530, body))

    assert (error.status, error.hubspot_message, error.correlation_id) == (530, None, None)


def test_what_hubspot_says_is_cleaned_before_it_is_repeated(hubspot: HubSpot, upstream: UpstreamStub) -> None:
    """No token, nobody's address, one short line."""
    said = f"Email address maria@example.com is invalid for {TOKEN}\nnext line " + "x" * 1000

    error = failure(hubspot, upstream, json_reply({"message": said}, status=400))

    assert error.hubspot_message is not None
    assert error.hubspot_message.startswith("Email address <e-mail> is invalid for *** next line x")
    assert len(error.hubspot_message) <= 300


@pytest.mark.parametrize("status", [204, 301, 302, 400, 401, 403, 404, 414, 429, 477, 500, 502, 503, 504, 520, 530])
def test_any_status_but_200_is_an_error(hubspot: HubSpot, upstream: UpstreamStub, status: int) -> None:
    """A redirect is not followed: it would carry the token elsewhere."""
    error = failure(
        hubspot, upstream, Reply(status, b"" if status == 204 else b"{}", {"Location": "http://127.0.0.1:1/"})
    )

    assert error.status == status
    assert 500 <= error.answer_status <= 599


def test_a_body_cut_short_is_an_error(hubspot: HubSpot, upstream: UpstreamStub) -> None:
    """Even where what came would be valid by itself."""
    error = failure(hubspot, upstream, Reply(200, b'{"results":[]}', declared_length=20))

    assert (error.kind, error.status) == ("upstream-connection", None)


def test_nobody_listening_is_an_error_that_says_what_to_check() -> None:
    """The base URL is the usual culprit."""
    hubspot = HubSpot(Settings(TOKEN, "http://127.0.0.1:9"))

    with pytest.raises(UpstreamError, match="Check the base URL") as caught:
        hubspot.list_page("contacts", None)

    assert caught.value.kind == "upstream-connection"
