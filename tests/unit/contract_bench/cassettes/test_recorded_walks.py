"""A walk through a redacted recording is that through the API: pages, counts and cursors lead to the next request."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from contract_bench.cassettes.model import Interaction, Request, Response
from contract_bench.cassettes.redaction import Redactor
from tests.support.cases import for_each

Query = dict[str, Any]
CURSORS = ("eyJvIjozfQ==", "b3", "a+b/c=", "PT-3", "2026-01-02T00:00:00Z", "6")


def from_url(url: str) -> Query:
    return dict(parse_qsl(urlsplit(url).query))


# What a page says besides its records, and the request that a client makes of it.
WALKS: dict[str, tuple[Any, Callable[[Any], Query]]] = {
    "pages": ({"pages": 3}, lambda page: {"page": page["pages"] - 1}),
    "total_pages": (
        {"meta": {"total_pages": 3, "current_page": 1, "per_page": 50, "total_count": 107}},
        lambda page: {"page": page["meta"]["current_page"] + 1, "per_page": page["meta"]["per_page"]},
    ),
    "next_page": ({"next_page": 2}, lambda page: {"page": page["next_page"]}),
    "totalElements": (
        {"totalPages": 3, "totalElements": 7, "numberOfElements": 3},
        lambda page: {"page": page["totalPages"] - 2},
    ),
    "startAt": (
        {"startAt": 50, "maxResults": 50, "total": 170},
        lambda page: {"startAt": page["startAt"] + page["maxResults"], "maxResults": 50},
    ),
    "$skip": ({"@odata.count": 7}, lambda page: {"$skip": 3, "$top": page["@odata.count"] - 4, "$count": "true"}),
    "remaining": ({"remaining": 4}, lambda page: {"offset": 3, "limit": 7 - page["remaining"]}),
    "@odata.nextLink": (
        {"@odata.nextLink": "http://api.test/x?%24skiptoken=abc123&%24top=3"},
        lambda page: from_url(page["@odata.nextLink"]),
    ),
    "nextRecordsUrl": ({"nextRecordsUrl": "/x?page=2"}, lambda page: from_url(page["nextRecordsUrl"])),
    "next": ({"next": "http://api.test/x?page=2"}, lambda page: from_url(page["next"])),
    "since": (
        {"last": {"changed_on": "2026-01-02T00:00:00Z"}},
        lambda page: {"since": page["last"]["changed_on"]},
    ),
}
KEYS = {
    "next_cursor": "cursor",
    "nextCursor": "cursor",
    "cursor": "cursor",
    "endCursor": "after",
    "nextPageToken": "pageToken",
    "next_token": "next_token",
    "continuation_token": "continuation",
    "scroll_id": "scroll_id",
    "next_marker": "marker",
    "search_after": "search_after",
}


def redacted_walk(page: Any, following: Query) -> tuple[Any, Query]:
    """Return a page and the query of the request after it, as a recording has them."""

    def interaction(query: Query, body: Any) -> Interaction:
        request = Request("GET", f"http://api.test/x?{urlencode(query)}", b"", {})
        return Interaction(request, Response(200, json.dumps(body).encode(), {}, "OK"), None)

    first, second = interaction({}, {"items": [{"name": "Pål"}], **page}), interaction(following, {"items": []})
    recording = Redactor(b"key").redact((first, second)).interactions
    again = Redactor(b"key").redact(recording).interactions
    assert [one.request.uri for one in again] == [one.request.uri for one in recording]
    assert "Pål" not in recording[0].response.body.decode()
    return json.loads(recording[0].response.body), from_url(recording[1].request.uri)


@for_each("name", WALKS)
def test_a_page_leads_to_the_next_request(name: str) -> None:
    page, following = WALKS[name]

    clean, recorded = redacted_walk(page, following(page))

    assert {key: str(value) for key, value in following(clean).items()} == recorded


def test_a_cursor_leads_to_the_next_request_under_each_of_its_names() -> None:
    """It is replaced, unless it is a number or a time; both places have the same pseudonym."""
    for key, parameter in KEYS.items():
        for cursor in CURSORS:
            clean, recorded = redacted_walk({key: cursor}, {parameter: cursor})

            assert recorded == {parameter: clean[key]}, (key, cursor)
            assert (clean[key] == cursor) is (cursor in ("6", "2026-01-02T00:00:00Z")), (key, cursor)
            assert clean[key] != "REDACTED", key


def test_a_number_leads_to_the_next_request_under_each_of_its_names() -> None:
    """A card number is replaced, and one that is too long; a time in milliseconds only looks like a person's number."""
    times = (1700100000000, 1700600000000, 1701234567890, 1700000000.5)
    for number in (6, 4915, *times, 4111111111111111, 12345678901234567890):
        for key, parameter in {**KEYS, "time-offset": "timeOffset"}.items():
            clean, recorded = redacted_walk({key: number}, {parameter: number})

            assert recorded == {parameter: str(clean[key])}, (key, number)
            assert (clean[key] == number) is (number <= max(times)), (key, number)
    for time in times[:3]:
        assert redacted_walk({"updatedAt": time}, {})[0]["updatedAt"] == time


def test_what_only_sounds_like_a_page_is_replaced() -> None:
    """Long numbers under these names, and tokens that open something."""
    for key in ("access_token", "refreshToken", "token", "session_token", "next_access_token"):
        assert redacted_walk({key: "abc-123-def"}, {})[0][key] == "REDACTED", key
    for key in ("XPage", "X$page"):
        assert 7 not in redacted_walk({key: 7}, {})[0].values(), key
    for key in ("pages", "total", "next_page", "skip"):
        assert redacted_walk({key: 4712345678901}, {})[0][key] != 4712345678901, key
