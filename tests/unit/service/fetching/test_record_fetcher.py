from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from service.errors import BadRequestError, MismatchError
from service.fetching.record_fetcher import RecordFetcher
from service.object_types import ObjectType
from service.options import PullOptions
from service.settings import Settings
from service.upstream.account import HubSpotAccount
from tests.support.upstream_stub import TOKEN, ReceivedRequest, StubResponse, UpstreamStub, json_response, record

CreateFetcher = Callable[[PullOptions], RecordFetcher]
TWO_URLS = PullOptions(properties=tuple(f"property_{number}_{'x' * 90}" for number in range(150)))


@pytest.fixture
def create_fetcher(upstream: UpstreamStub) -> Iterator[CreateFetcher]:
    """Creates fetchers of contacts in front of the scripted HubSpot."""
    account = HubSpotAccount(Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, retries=0))
    with ExitStack() as open_clients:

        def create(options: PullOptions) -> RecordFetcher:
            clients = account.pull_clients()
            open_clients.callback(clients.close)
            return RecordFetcher.create(clients, ObjectType("contacts"), options, page_size=100)

        yield create


def changing_list(upstream: UpstreamStub, *, changes: int) -> Callable[[ReceivedRequest], StubResponse]:
    """A list whose second part lacks a record, as often as it changes."""

    def respond(_request: ReceivedRequest) -> StubResponse:
        is_second_part = len(upstream.requests) % 2 == 0
        is_changed = is_second_part and len(upstream.requests) <= 2 * changes
        return json_response({"results": [record(1)] if is_changed else [record(1), record(2)]})

    return respond


@pytest.mark.parametrize("changes", [0, 1, 2])
def test_a_page_that_changes_between_its_parts_is_requested_again(
    create_fetcher: CreateFetcher, upstream: UpstreamStub, changes: int
) -> None:
    upstream.respond = changing_list(upstream, changes=changes)

    page = create_fetcher(TWO_URLS).lists.begin(None).result()

    assert page.ids == ["1", "2"]
    assert len(upstream.requests) == 2 * (changes + 1)


def test_a_page_that_keeps_changing_is_an_error(create_fetcher: CreateFetcher, upstream: UpstreamStub) -> None:
    upstream.respond = changing_list(upstream, changes=99)

    with pytest.raises(MismatchError, match="kept returning different records"):
        create_fetcher(TWO_URLS).lists.begin(None).result()

    assert len(upstream.requests) == 6


def test_more_names_than_a_url_can_hold_are_a_bad_request(create_fetcher: CreateFetcher) -> None:
    with pytest.raises(BadRequestError, match="Name fewer properties"):
        create_fetcher(PullOptions(history=TWO_URLS.properties))


@pytest.mark.parametrize(
    "further",
    [
        {"results": [{"id": "8"}], "paging": {"next": {"after": "MTAw"}}},
        {"results": [], "paging": {"next": {"after": "MjAw"}}},
    ],
    ids=["the same cursor", "no rows"],
)
def test_a_cursor_of_associations_that_does_not_advance_is_an_error(
    create_fetcher: CreateFetcher, upstream: UpstreamStub, further: dict[str, Any]
) -> None:
    first = {"results": [{"id": "7"}], "paging": {"next": {"after": "MTAw"}}}
    upstream.respond = lambda request: json_response(
        further if "/associations/" in request.path else {"results": [{**record(1), "associations": {"deals": first}}]}
    )
    lists = create_fetcher(PullOptions(associations=("deals",))).lists
    page = lists.begin(None).result()

    with pytest.raises(MismatchError, match="does not advance"):
        lists.complete(page)

    assert len(upstream.requests) == 2
