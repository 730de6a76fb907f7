"""Faults of paging, and of the records on a page."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.faults.conftest import PAGES, ROWS, Bench
from tests.unit.fake_hubspot.faults.socket_client import Seen

Page = dict[str, Any]


@pytest.fixture(params=["identity", "gzip"])
def encoding(request: pytest.FixtureRequest) -> str:
    """What the client accepts."""
    return str(request.param)


def struck(bench: Bench, encoding: str, fault: str, *, page: int = 2, **params: Any) -> tuple[Page, Page]:
    """The honest page, and what comes of it with the fault."""
    honest: Page = bench.page(page, encoding=encoding).json
    bench.arm(fault, page=page, **params)
    return honest, bench.page(page, encoding=encoding).json


def ids(page: Page) -> list[Any]:
    """The ids on a page."""
    return [record["id"] for record in page["results"]]


def after(page: Page) -> Any:
    """The cursor of a page."""
    return page["paging"]["next"]["after"]


def follow(bench: Bench, page: Page, encoding: str) -> Seen:
    """The page that the link leads to."""
    link: str = page["paging"]["next"]["link"]
    assert link.startswith(bench.server.url)
    return bench.ask(link.removeprefix(bench.server.url), encoding=encoding)


@pytest.mark.parametrize("page", [1, 2, PAGES])
def test_an_endless_cursor_leads_to_its_own_page(bench: Bench, encoding: str, page: int) -> None:
    """By `after` and by `link`, on the last page too."""
    honest, seen = struck(bench, encoding, "endless-cursor", page=page, times="forever")

    again = follow(bench, seen, encoding).json
    assert ids(again) == ids(seen) == ids(honest)
    assert after(again) == after(seen)


def test_a_backward_cursor_leads_to_the_page_before(bench: Bench, encoding: str) -> None:
    """Or to the first."""
    _, to_second = struck(bench, encoding, "backward-cursor", page=3)
    _, to_first = struck(bench, encoding, "backward-cursor", page=3, to="start")

    assert ids(follow(bench, to_second, encoding).json) == ids(bench.page(2).json)
    assert ids(follow(bench, to_first, encoding).json) == ids(bench.page(1).json)


def test_a_cursor_after_the_end_leads_to_an_empty_page(bench: Bench, encoding: str) -> None:
    """And only there does the walk end."""
    honest, seen = struck(bench, encoding, "cursor-after-end", page=PAGES)

    assert "paging" not in honest
    assert follow(bench, seen, encoding).json == {"results": []}


def test_an_integer_cursor_is_the_honest_one_as_a_number(bench: Bench, encoding: str) -> None:
    """The link is honest."""
    honest, seen = struck(bench, encoding, "integer-cursor")

    assert after(seen) == int(after(honest))
    assert seen["paging"]["next"]["link"] == honest["paging"]["next"]["link"]


def test_an_empty_page_leads_to_its_own_records(bench: Bench, encoding: str) -> None:
    """A walk that goes on loses nothing."""
    honest, seen = struck(bench, encoding, "empty-page-with-cursor")

    assert seen["results"] == []
    assert ids(follow(bench, seen, encoding).json) == ids(honest)


@pytest.mark.parametrize("page", [2, PAGES])
def test_a_short_page_leads_to_the_rest(bench: Bench, encoding: str, page: int) -> None:
    """A walk that goes on loses nothing."""
    honest, seen = struck(bench, encoding, "short-page", page=page, rows=3)

    assert ids(seen) == ids(honest)[:3]
    assert ids(follow(bench, seen, encoding).json)[: ROWS - 3] == ids(honest)[3:]


def test_a_duplicated_page_has_the_records_of_the_one_before(bench: Bench, encoding: str) -> None:
    """With the honest cursor, so its own never come; the first page has its own twice."""
    honest, seen = struck(bench, encoding, "duplicated-page")
    first_honest, first = struck(bench, encoding, "duplicated-page", page=1)

    assert ids(seen) == ids(bench.page(1).json)
    assert seen["paging"] == honest["paging"]
    assert ids(first) == ids(first_honest) * 2


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
    """The records are honest."""
    honest, seen = struck(bench, encoding, "missing-paging", form=form)

    assert seen["results"] == honest["results"]
    assert seen.get("paging", "no such key") == expected


def test_missing_and_odd_results_keep_the_cursor(bench: Bench, encoding: str) -> None:
    """So a reader that takes none for an empty page walks on."""
    honest, missing = struck(bench, encoding, "missing-results")
    odd = [struck(bench, encoding, "odd-results", form=form)[1] for form in ("null", "object", "string", "numbers")]

    assert missing == {"paging": honest["paging"]}
    assert [page["results"] for page in odd] == [None, {}, "none", [1, 2]]
    assert all(page["paging"] == honest["paging"] for page in odd)


def test_a_wrong_link_host_keeps_the_cursor(bench: Bench, encoding: str) -> None:
    """Only the link leads astray."""
    honest, seen = struck(bench, encoding, "wrong-link-host", origin="https://example.com")

    link = honest["paging"]["next"]["link"].replace(bench.server.url, "https://example.com")
    assert seen["paging"]["next"] == {"after": after(honest), "link": link}


@pytest.mark.parametrize("key", ["url", "updatedAt", "properties", "createdAt"])
def test_a_missing_key_is_missing_on_every_record(bench: Bench, encoding: str, key: str) -> None:
    """Or on the first alone."""
    _, on_all = struck(bench, encoding, "missing-key", key=key)
    _, on_one = struck(bench, encoding, "missing-key", key=key, all_records=False)

    assert not any(key in record for record in on_all["results"])
    assert [key in record for record in on_one["results"]] == [False] + [True] * (ROWS - 1)


@pytest.mark.parametrize(("form", "expected"), [("absent", "no such key"), ("null", None), ("empty", "")])
def test_a_missing_id_is_missing_on_one_record(bench: Bench, encoding: str, form: str, expected: Any) -> None:
    """The others have theirs."""
    honest, seen = struck(bench, encoding, "missing-id", form=form)

    assert seen["results"][0].get("id", "no such key") == expected
    assert seen["results"][1:] == honest["results"][1:]


def test_ids_can_be_numbers_out_of_order_or_twice(bench: Bench, encoding: str) -> None:
    """The cursor is honest."""
    honest, numbers = struck(bench, encoding, "integer-id")
    _, reversed_ = struck(bench, encoding, "ids-out-of-order")
    _, twice = struck(bench, encoding, "duplicate-id")

    assert ids(numbers) == [int(record_id) for record_id in ids(honest)]
    assert ids(reversed_) == ids(honest)[::-1]
    assert ids(twice) == [*ids(honest), ids(honest)[-1]]
    assert all(page["paging"] == honest["paging"] for page in (numbers, reversed_, twice))


def test_a_null_stands_among_the_records(bench: Bench, encoding: str) -> None:
    """All records are there."""
    honest, seen = struck(bench, encoding, "null-record")

    assert seen["results"] == [None, *honest["results"]]


def test_properties_can_be_null_or_full_of_nulls(bench: Bench, encoding: str) -> None:
    """On the first record."""
    honest, whole = struck(bench, encoding, "null-properties")
    _, values = struck(bench, encoding, "null-properties", form="values")

    assert whole["results"][0]["properties"] is None
    assert values["results"][0]["properties"] == dict.fromkeys(honest["results"][0]["properties"])


def test_whole_seconds_have_no_fraction(bench: Bench, encoding: str) -> None:
    """In the record and in its properties."""
    _, seen = struck(bench, encoding, "whole-seconds")

    moments = [record[name] for record in seen["results"] for name in ("createdAt", "updatedAt")]
    moments += [record["properties"]["createdate"] for record in seen["results"]]
    assert not any("." in moment for moment in moments)


def test_a_fault_of_a_page_strikes_no_other_request(bench: Bench, encoding: str) -> None:
    """It waits for a page of records."""
    armed = bench.arm("missing-results")

    bench.ask("/crm/v3/nonsense", encoding=encoding)

    assert (armed.matched, armed.fired) == (0, 0)


def test_an_error_is_not_changed_as_a_page(bench: Bench, encoding: str) -> None:
    """A page that is an error anyhow stays one."""
    bench.arm("missing-results", page=1)

    answer = bench.ask("/crm/v3/objects/contacts?limit=nonsense", encoding=encoding)

    assert answer.status == 400
    assert answer.json["status"] == "error"
