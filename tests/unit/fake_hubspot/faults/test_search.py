"""Faults on the pages of a search, whose cursor is an offset and which has no link."""

from typing import Any

import msgspec
import pytest

from tests.unit.fake_hubspot.faults.conftest import ROWS, Bench
from tests.unit.fake_hubspot.faults.socket_client import SocketClient

PATH = "/crm/v3/objects/contacts/search"


def search(bench: Bench, after: Any = None) -> dict[str, Any]:
    """One page of a search for everybody."""
    body = {"limit": ROWS, "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]}
    if after is not None:
        body["after"] = str(after)
    with SocketClient(bench.server.url, token=bench.server.token) as client:
        client.send(PATH, method="POST", body=msgspec.json.encode(body))
        page: dict[str, Any] = client.receive().json
        return page


def ids(page: dict[str, Any]) -> list[str]:
    """The ids on a page."""
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
    """And comes without a link."""
    bench.arm_plan({"fault": fault, "params": params, "where": {"route": "objects.search", "page": 2}})

    first, second = search(bench), search(bench, ROWS)

    assert first["paging"] == {"next": {"after": str(ROWS)}}
    assert second["paging"] == {"next": {"after": after}}


def test_a_search_walks_on_over_an_empty_page_and_loses_nothing(bench: Bench) -> None:
    """As a list does."""
    everybody = ids(search(bench)) + ids(search(bench, ROWS))
    bench.arm_plan({"fault": "empty-page-with-cursor", "where": {"route": "objects.search"}})

    empty = search(bench)
    pages = [search(bench, empty["paging"]["next"]["after"]), search(bench, ROWS)]

    assert ids(empty) == []
    assert [one for page in pages for one in ids(page)] == everybody


def test_the_search_limit_strikes_searches_alone(bench: Bench) -> None:
    """By its route."""
    bench.arm_plan({"fault": "rate-limit-secondly", "where": {"route": "objects.search"}, "times": "forever"})

    refused, page = search(bench), bench.page(1)

    assert refused["policyName"] == "SECONDLY"
    assert page.status == 200
