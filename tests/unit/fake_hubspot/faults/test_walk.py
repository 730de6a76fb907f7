"""Faults of paging, and of the records on a page."""

import re
from typing import Any

import pytest

from tests.unit.fake_hubspot.faults.conftest import PAGES, ROWS, Bench
from tests.unit.fake_hubspot.faults.socket_client import Seen

Page = dict[str, Any]


@pytest.fixture(params=["identity", "gzip"])
def encoding(request: pytest.FixtureRequest) -> str:
    """The value of Accept-Encoding."""
    return str(request.param)


def fire(bench: Bench, encoding: str, fault: str, *, page: int = 2, **params: Any) -> tuple[Page, Page]:
    """Return the original page and the page with the fault."""
    original: Page = bench.page(page, encoding=encoding).json
    bench.arm(fault, page=page, **params)
    return original, bench.page(page, encoding=encoding).json


def ids(page: Page) -> list[Any]:
    """Return the ids on a page."""
    return [record["id"] for record in page["results"]]


def after(page: Page) -> Any:
    """Return the cursor of a page."""
    return page["paging"]["next"]["after"]


def follow(bench: Bench, page: Page, encoding: str) -> Seen:
    """Request the page that the link leads to."""
    link: str = page["paging"]["next"]["link"]
    assert link.startswith(bench.server.url)
    return bench.ask(link.removeprefix(bench.server.url), encoding=encoding)


@pytest.mark.parametrize("page", [1, 2, PAGES])
def test_an_endless_cursor_leads_to_its_own_page(bench: Bench, encoding: str, page: int) -> None:
    """Both `after` and `link` do, on the last page too."""
    original, seen = fire(bench, encoding, "endless-cursor", page=page, times="forever")

    again = follow(bench, seen, encoding).json
    assert ids(again) == ids(seen) == ids(original)
    assert after(again) == after(seen)


def test_a_backward_cursor_leads_to_the_page_before(bench: Bench, encoding: str) -> None:
    """With `to` `start` it leads to the first page."""
    _, to_second = fire(bench, encoding, "backward-cursor", page=3)
    _, to_first = fire(bench, encoding, "backward-cursor", page=3, to="start")

    assert ids(follow(bench, to_second, encoding).json) == ids(bench.page(2).json)
    assert ids(follow(bench, to_first, encoding).json) == ids(bench.page(1).json)


def test_a_cursor_after_the_end_leads_to_an_empty_page(bench: Bench, encoding: str) -> None:
    """The list ends there."""
    original, seen = fire(bench, encoding, "cursor-after-end", page=PAGES)

    assert "paging" not in original
    assert follow(bench, seen, encoding).json == {"results": []}


def test_an_integer_cursor_is_the_original_one_as_a_number(bench: Bench, encoding: str) -> None:
    """The link does not change."""
    original, seen = fire(bench, encoding, "integer-cursor")

    assert after(seen) == int(after(original))
    assert seen["paging"]["next"]["link"] == original["paging"]["next"]["link"]


def test_an_empty_page_leads_to_its_own_records(bench: Bench, encoding: str) -> None:
    """A client that follows the cursor loses nothing."""
    original, seen = fire(bench, encoding, "empty-page-with-cursor")

    assert seen["results"] == []
    assert ids(follow(bench, seen, encoding).json) == ids(original)


@pytest.mark.parametrize("page", [2, PAGES])
def test_a_short_page_leads_to_the_rest(bench: Bench, encoding: str, page: int) -> None:
    """A client that follows the cursor loses nothing."""
    original, seen = fire(bench, encoding, "short-page", page=page, rows=3)

    assert ids(seen) == ids(original)[:3]
    assert ids(follow(bench, seen, encoding).json)[: ROWS - 3] == ids(original)[3:]


def test_a_duplicated_page_has_the_records_of_the_previous_one(bench: Bench, encoding: str) -> None:
    """The cursor does not change, so this page's records never arrive. The first page has its own records twice."""
    original, seen = fire(bench, encoding, "duplicated-page")
    first_original, first = fire(bench, encoding, "duplicated-page", page=1)

    assert ids(seen) == ids(bench.page(1).json)
    assert seen["paging"] == original["paging"]
    assert ids(first) == ids(first_original) * 2


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("absent", "no such key"),
        ("null", None),
        ("empty", {}),
        ("next-null", {"next": None}),
        ("no-after", {"next": {"link": "https://api.hubapi.com/"}}),
    ],
)
def test_missing_paging_has_its_forms(bench: Bench, encoding: str, form: str, expected: Any) -> None:
    """The records do not change."""
    original, seen = fire(bench, encoding, "missing-paging", form=form)

    assert seen["results"] == original["results"]
    assert seen.get("paging", "no such key") == expected


def test_missing_and_odd_results_keep_the_cursor(bench: Bench, encoding: str) -> None:
    """A client that takes it for an empty page goes on."""
    original, missing = fire(bench, encoding, "missing-results")
    odd = [fire(bench, encoding, "odd-results", form=form)[1] for form in ("null", "object", "string", "numbers")]

    assert missing == {"paging": original["paging"]}
    assert [page["results"] for page in odd] == [None, {}, "none", [1, 2]]
    assert all(page["paging"] == original["paging"] for page in odd)


def test_a_wrong_link_host_keeps_the_cursor(bench: Bench, encoding: str) -> None:
    """Only the link is wrong."""
    original, seen = fire(bench, encoding, "wrong-link-host", origin="https://example.com")

    link = original["paging"]["next"]["link"].replace(bench.server.url, "https://example.com")
    assert seen["paging"]["next"] == {"after": after(original), "link": link}


@pytest.mark.parametrize("key", ["url", "updatedAt", "properties", "createdAt"])
def test_a_missing_key_is_missing_on_every_record(bench: Bench, encoding: str, key: str) -> None:
    """With a parameter, only on the first."""
    _, on_all = fire(bench, encoding, "missing-key", key=key)
    _, on_one = fire(bench, encoding, "missing-key", key=key, all_records=False)

    assert not any(key in record for record in on_all["results"])
    assert [key in record for record in on_one["results"]] == [False] + [True] * (ROWS - 1)


@pytest.mark.parametrize(("form", "expected"), [("absent", "no such key"), ("null", None), ("empty", "")])
def test_a_missing_id_is_missing_on_one_record(bench: Bench, encoding: str, form: str, expected: Any) -> None:
    """The other records have an id."""
    original, seen = fire(bench, encoding, "missing-id", form=form)

    assert seen["results"][0].get("id", "no such key") == expected
    assert seen["results"][1:] == original["results"][1:]


def test_ids_can_be_numbers_out_of_order_or_twice(bench: Bench, encoding: str) -> None:
    """The cursor does not change."""
    original, numbers = fire(bench, encoding, "integer-id")
    _, reversed_ = fire(bench, encoding, "ids-out-of-order")
    _, twice = fire(bench, encoding, "duplicate-id")

    assert ids(numbers) == [int(record_id) for record_id in ids(original)]
    assert ids(reversed_) == ids(original)[::-1]
    assert ids(twice) == [*ids(original), ids(original)[-1]]
    assert all(page["paging"] == original["paging"] for page in (numbers, reversed_, twice))


def test_a_null_record_comes_first(bench: Bench, encoding: str) -> None:
    """All records are there."""
    original, seen = fire(bench, encoding, "null-record")

    assert seen["results"] == [None, *original["results"]]


def test_properties_can_be_null_or_full_of_nulls(bench: Bench, encoding: str) -> None:
    """It is the first record."""
    original, whole = fire(bench, encoding, "null-properties")
    _, values = fire(bench, encoding, "null-properties", form="values")

    assert whole["results"][0]["properties"] is None
    assert values["results"][0]["properties"] == dict.fromkeys(original["results"][0]["properties"])


def test_whole_seconds_have_no_fraction(bench: Bench, encoding: str) -> None:
    """Neither in the record nor in its properties."""
    _, seen = fire(bench, encoding, "whole-seconds")

    moments = [record[name] for record in seen["results"] for name in ("createdAt", "updatedAt")]
    moments += [record["properties"]["createdate"] for record in seen["results"]]
    assert not any("." in moment for moment in moments)


def test_a_page_fault_fires_at_pages_only(bench: Bench, encoding: str) -> None:
    """It fires at the next page of records."""
    armed = bench.arm("missing-results")

    bench.ask("/crm/v3/nonsense", encoding=encoding)

    assert (armed.matched, armed.fired) == (0, 0)


def test_a_page_fault_does_not_change_an_error(bench: Bench, encoding: str) -> None:
    """A request that fails without the fault gets the original error."""
    bench.arm("missing-results", page=1)

    answer = bench.ask("/crm/v3/objects/contacts?limit=nonsense", encoding=encoding)

    assert answer.status == 400
    assert answer.json["status"] == "error"


@pytest.mark.parametrize("time", ["month-13", "february-30", "hour-24", "second-60"])
def test_an_impossible_time_has_the_right_form(bench: Bench, encoding: str, time: str) -> None:
    """Only the last record has it."""
    original, seen = fire(bench, encoding, "impossible-time", time=time)

    *others, last = seen["results"]
    assert others == original["results"][:-1]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", last["updatedAt"])
    assert last["properties"]["lastmodifieddate"] == last["updatedAt"]


@pytest.mark.parametrize(("query", "given"), [("", "archived"), ("&archived=true", "current")])
def test_the_wrong_list_is_sent(bench: Bench, query: str, given: str) -> None:
    """Each record says which it is. The next request gets the right one."""
    path = "/crm/v3/objects/contacts?limit=3"
    lists = {"archived": bench.ask(f"{path}&archived=true").json, "current": bench.ask(path).json}
    armed = bench.arm("ignores-archived")

    wrong, right = bench.ask(path + query).json, bench.ask(path + query).json

    assert armed.fired == 1
    assert [row["id"] for row in wrong["results"]] == [row["id"] for row in lists[given]["results"]]
    assert all(row["archived"] is (given == "archived") for row in wrong["results"])
    assert right == lists["archived" if query else "current"]
