"""Faults on pages of a search, whose cursor is an offset and which have no link."""

from typing import Any

import msgspec
import pytest

from tests.unit.fake_hubspot.faults.conftest import ROWS, Bench
from tests.unit.fake_hubspot.faults.socket_client import SocketClient

PATH = "/crm/v3/objects/contacts/search"


def search(bench: Bench, after: Any = None) -> dict[str, Any]:
    """Request one page of a search that finds every contact."""
    body = {"limit": ROWS, "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]}
    if after is not None:
        body["after"] = str(after)
    with SocketClient(bench.server.url, token=bench.server.token) as client:
        client.send(PATH, method="POST", body=msgspec.json.encode(body))
        page: dict[str, Any] = client.receive().json
        return page


def ids(page: dict[str, Any]) -> list[str]:
    """Return the ids on a page."""
    return [record["id"] for record in page["results"]]


@pytest.mark.parametrize(
    ("fault", "params", "after"),
    [
        ("endless-cursor", {}, "10"),
        ("backward-cursor", {}, "0"),
        ("short-page", {"rows": 3}, "13"),
        ("empty-page-with-cursor", {}, "10"),
        ("integer-cursor", {}, 20),
    ],
)
def test_a_cursor_of_a_search_is_an_offset(bench: Bench, fault: str, params: dict[str, Any], after: object) -> None:
    """There is no link."""
    bench.arm_rule({"fault": fault, "params": params, "where": {"route": "objects.search", "page": 2}})

    first, second = search(bench), search(bench, ROWS)

    assert first["paging"] == {"next": {"after": str(ROWS)}}
    assert second["paging"] == {"next": {"after": after}}


def test_a_search_continues_after_an_empty_page_and_loses_nothing(bench: Bench) -> None:
    """A list behaves the same way."""
    everybody = ids(search(bench)) + ids(search(bench, ROWS))
    bench.arm_rule({"fault": "empty-page-with-cursor", "where": {"route": "objects.search"}})

    empty = search(bench)
    pages = [search(bench, empty["paging"]["next"]["after"]), search(bench, ROWS)]

    assert ids(empty) == []
    assert [one for page in pages for one in ids(page)] == everybody


def test_the_search_limit_fires_at_searches_only(bench: Bench) -> None:
    """The rule selects the route of the search."""
    bench.arm_rule({"fault": "rate-limit-secondly", "where": {"route": "objects.search"}, "times": "forever"})

    refused, page = search(bench), bench.page(1)

    assert refused["policyName"] == "SECONDLY"
    assert page.status == 200
