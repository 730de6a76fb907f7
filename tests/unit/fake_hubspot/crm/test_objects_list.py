"""The list endpoint, as facts 1.3 and 1.4 describe it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from fake_hubspot.crm.objects import PREFIXES
from tests.support.cases import for_each
from tests.support.contacts import BRIAN, BRIAN_ID, MARIA, MARIA_ID
from tests.unit.fake_hubspot.conftest import Client

CONTACTS = "/crm/v3/objects/contacts"
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def walk(client: Client, path: str) -> Iterator[dict[str, Any]]:
    """Follow `paging.next.link` to the end."""
    url = path
    while url:
        page = client.get(url).json()
        yield page
        url = page.get("paging", {}).get("next", {}).get("link", "")


def test_the_default_page_is_what_hubspot_sends_to_the_last_byte(samples: Client) -> None:
    """Key order, default properties, compact JSON, no paging on the last page."""
    answer = samples.get(CONTACTS)

    assert answer.content == json.dumps({"results": [BRIAN, MARIA]}, separators=(",", ":")).encode()


def test_ten_rows_come_where_no_limit_is_asked_for(many: Client) -> None:
    """The default limit is 10."""
    assert len(many.get(CONTACTS).json()["results"]) == 10


def test_after_is_the_last_id_plus_one(many: Client) -> None:
    """The cursor is an inclusive id bound, as a string."""
    page = many.get(f"{CONTACTS}?limit=3").json()

    assert page["paging"]["next"]["after"] == str(int(page["results"][-1]["id"]) + 1)


def test_the_link_has_the_canonical_path_and_the_callers_origin(many: Client) -> None:
    """`/crm/v3/objects/contacts` links to `/crm/objects/v3/contacts`; `after` is last."""
    page = many.get(f"{CONTACTS}?limit=1&offset=&offset_param=after").json()

    after = page["paging"]["next"]["after"]
    expected = f"{many.server.url}/crm/objects/v3/contacts?offset_param=after&limit=1&after={after}"
    assert page["paging"]["next"]["link"] == expected


def test_the_link_encodes_commas(many: Client) -> None:
    """`properties=a,b` is echoed with %2C."""
    link = many.get(f"{CONTACTS}?properties=email,phone&limit=1").json()["paging"]["next"]["link"]

    assert "?properties=email%2Cphone&limit=1&after=" in link


def test_following_the_links_meets_every_contact_once_in_order_of_id(many: Client) -> None:
    """A walk over three pages at limit 100."""
    pages = list(walk(many, f"{CONTACTS}?limit=100"))

    ids = [int(row["id"]) for page in pages for row in page["results"]]
    assert [len(page["results"]) for page in pages] == [100, 100, 50]
    assert ids == sorted(set(ids))
    assert len(ids) == 250


def test_a_page_that_ends_with_the_last_record_has_no_paging(many: Client) -> None:
    """250 rows at limit 50: the fifth page is full and the last."""
    pages = list(walk(many, f"{CONTACTS}?limit=50"))

    assert len(pages) == 5
    assert "paging" not in pages[-1]


@for_each("prefix", PREFIXES)
@for_each("name", ["contacts", "contact", "0-1", "contacts/"])
def test_every_spelling_of_the_path_answers_the_same_rows(samples: Client, prefix: str, name: str) -> None:
    """Plural, singular and object type id, on every version."""
    rows = samples.get(f"{prefix}/{name}").json()["results"]

    assert [row["id"] for row in rows] == [BRIAN_ID, MARIA_ID]


def test_asked_for_properties_come_sorted_with_those_that_always_come(samples: Client) -> None:
    """Null without a value; left out if not defined."""
    row = samples.get(f"{CONTACTS}?properties=phone,no_such_property&properties=firstname").json()["results"][0]

    assert list(row["properties"].items()) == [
        ("createdate", BRIAN["createdAt"]),
        ("firstname", "Brian"),
        ("hs_object_id", BRIAN_ID),
        ("lastmodifieddate", BRIAN["updatedAt"]),
        ("phone", None),
    ]


def test_an_answer_carries_hubspots_headers(samples: Client) -> None:
    """The names seen in the recordings, with a UUIDv7 as correlation id."""
    headers = samples.get(CONTACTS).headers

    assert headers["Content-Type"] == "application/json;charset=utf-8"
    assert UUID7.fullmatch(headers["X-HubSpot-Correlation-Id"])
    assert headers["X-HubSpot-RateLimit-Max"] == "100"
    assert headers["X-HubSpot-RateLimit-Daily"] == "250000"
    assert int(headers["X-HubSpot-RateLimit-Remaining"]) < 100


def test_a_large_page_is_compressed_for_who_accepts_it(many: Client) -> None:
    """The same bytes with and without gzip."""
    plain = many.get(f"{CONTACTS}?limit=100", headers={"Accept-Encoding": "identity"})
    packed = many.get(f"{CONTACTS}?limit=100", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content == plain.content


@for_each("authorization", [None, "Bearer ", "Bearer pat-na1-unknown", "Basic Zm9vOmJhcg=="])
def test_without_a_known_token_the_answer_is_401(samples: Client, authorization: str | None) -> None:
    """HubSpot's body and header."""
    answer = samples.get(CONTACTS, headers={"Authorization": authorization})

    assert answer.status_code == 401
    assert answer.headers["X-HubSpot-Auth-Failure"] == "401 Unauthorized"
    assert list(answer.json()) == ["status", "message", "correlationId", "category"]
    assert answer.json()["correlationId"] == answer.headers["X-HubSpot-Correlation-Id"]
    assert answer.json()["category"] == "INVALID_AUTHENTICATION"


@for_each(
    ("query", "message"),
    [
        ("limit=abc", "Unable to parse value for query parameter: limit"),
        ("after=x", "Unable to parse value for query parameter: after"),
        ("limit=101", "limit must be between 1 and 100, not 101"),
        ("limit=0", "limit must be between 1 and 100, not 0"),
    ],
)
def test_a_bad_parameter_is_a_400_in_the_envelope(samples: Client, query: str, message: str) -> None:
    """The text for numbers out of range is the fake's own."""
    answer = samples.get(f"{CONTACTS}?{query}")

    assert answer.status_code == 400
    assert answer.json()["message"].startswith(message)


def test_an_unknown_object_type_cannot_be_inferred(samples: Client) -> None:
    """HubSpot's message."""
    answer = samples.get("/crm/v3/objects/butterflies")

    assert answer.status_code == 400
    assert answer.json()["message"] == "Unable to infer object type from: butterflies"


def test_an_unknown_route_is_an_html_404_with_a_hint(samples: Client) -> None:
    """HubSpot's page; the fake's own header names the nearest route."""
    answer = samples.get("/crm/v3/objekts/contacts")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html;charset=iso-8859-1"
    assert answer.text.startswith("<html>\n<head>\n<meta http-equiv")
    assert "/crm/v3/objects/{objectType}" in answer.headers["X-Fake-HubSpot-Unmatched"]
