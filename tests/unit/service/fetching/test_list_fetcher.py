import json
from typing import Any

import pytest

from service.errors import BadRequestError, MismatchError
from service.fetching.association_fetcher import AssociationFetcher
from service.fetching.list_fetcher import ListFetcher
from service.object_types import ObjectType
from service.options import PullOptions
from service.upstream.messages import Response
from tests.support.cases import for_each
from tests.support.scripted_client import Asked, Respond, ScriptedClient
from tests.support.upstream_stub import record

CONTACTS = ObjectType("contacts", "lastmodifieddate")
NAMES = tuple(f"property_{number:03d}_{'x' * 87}" for number in range(300))  # 100 characters each
PER_URL = (14_000 - 400) // 101


def lists_of(
    respond: Respond, options: PullOptions, *, page_size: int = 100, object_type: ObjectType = CONTACTS
) -> tuple[ListFetcher, ScriptedClient]:
    """Create a fetcher in front of a script, and the client that records its requests."""
    client = ScriptedClient(respond)
    associations = AssociationFetcher(client.client, object_type)
    return ListFetcher(client.client, associations, object_type, options, page_size=page_size), client


def with_requested_properties(number: int, asked: Asked) -> dict[str, Any]:
    """Build a record that has the requested properties, each with its own name as value."""
    names = [name for name in asked.query.get("properties", "").split(",") if name]
    return {**record(number), "properties": {name: f"{name} of {number}" for name in names}}


def page_of(*numbers: int) -> Respond:
    """Answer every request with these records, the properties that it asks for, and archived if it asks for that."""

    def respond(asked: Asked) -> object:
        gone = {"archived": True, "archivedAt": "2026-04-01T00:00:00Z"} if "archived" in asked.query else {}
        return {"results": [with_requested_properties(number, asked) | gone for number in numbers]}

    return respond


def names_asked(client: ScriptedClient) -> list[tuple[str, ...]]:
    """Return the property names of every request."""
    return [tuple(asked.query["properties"].split(",")) for asked in client.asked]


def test_a_page_is_requested_with_every_option() -> None:
    options = PullOptions(
        properties=("email", "city"), history=("phone", "zip"), associations=("deals", "companies"), archived=True
    )
    lists, client = lists_of(page_of(51), options, page_size=30)

    lists.begin("51").result()

    [asked] = client.asked
    assert asked.path == "/crm/v3/objects/contacts"
    assert asked.query == {
        "limit": "30",
        "after": "51",
        "archived": "true",
        "properties": "email,city",
        "propertiesWithHistory": "phone,zip",
        "associations": "deals,companies",
    }


def test_without_options_only_a_limit_is_sent() -> None:
    lists, client = lists_of(page_of(1), PullOptions())

    page = lists.complete(lists.begin(None).result())

    assert page.ids == ["1"]
    assert [asked.query for asked in client.asked] == [{"limit": "100"}]


def test_a_custom_type_is_requested_by_its_id() -> None:
    lists, client = lists_of(page_of(1), PullOptions(), object_type=ObjectType("p1_car", type_id="2-123"))

    lists.begin(None).result()
    lists.begin_archived(None).result()

    assert [asked.path for asked in client.asked] == ["/crm/v3/objects/2-123"] * 2


@for_each(("page_size", "history", "limit"), [(100, True, 50), (51, True, 50), (49, True, 49), (100, False, 100)])
def test_with_history_a_page_has_fifty_records_at_most(page_size: int, history: bool, limit: int) -> None:
    """HubSpot refuses more."""
    lists, client = lists_of(page_of(1), PullOptions(history=("email",) if history else ()), page_size=page_size)

    lists.begin(None).result()
    lists.begin_archived(None).result()

    assert lists.page_size == limit
    assert [asked.query["limit"] for asked in client.asked] == [str(limit)] * 2


@for_each(
    ("count", "requests"),
    [(0, 1), (1, 1), (PER_URL, 1), (PER_URL + 1, 2), (2 * PER_URL, 2), (2 * PER_URL + 1, 3), (300, 3)],
)
def test_names_that_do_not_fit_into_one_url_are_split_over_several_requests(count: int, requests: int) -> None:
    lists, client = lists_of(page_of(1, 2), PullOptions(properties=NAMES[:count]))

    page = lists.begin(None).result()

    assert len(client.asked) == requests
    assert all(len(request.target) <= 14_000 for request in client.requests)
    for number, one in zip((1, 2), page.records, strict=True):
        assert json.loads(bytes(one))["properties"] == {name: f"{name} of {number}" for name in NAMES[:count]}


def test_every_part_asks_for_the_same_page_and_only_the_first_for_the_rest() -> None:
    """History and associations would arrive several times."""
    options = PullOptions(properties=NAMES, history=("email",), associations=("deals",), archived=True)
    lists, client = lists_of(page_of(51), options)

    lists.begin("51").result()

    first, *others = [
        {name: value for name, value in asked.query.items() if name != "properties"} for asked in client.asked
    ]
    page = {"limit": "50", "after": "51", "archived": "true"}
    assert first == {**page, "propertiesWithHistory": "email", "associations": "deals"}
    assert others == [page, page]
    assert sum(names_asked(client), ()) == NAMES


def test_the_parts_of_a_page_keep_the_cursor_and_the_times_of_the_first() -> None:
    def respond(asked: Asked) -> object:
        is_first = NAMES[0] in asked.query["properties"]
        one = {**with_requested_properties(1, asked), "updatedAt": f"2026-01-0{1 if is_first else 2}T00:00:00Z"}
        return {"results": [one], "paging": {"next": {"after": "2" if is_first else "3"}}}

    lists, _ = lists_of(respond, PullOptions(properties=NAMES))

    page = lists.begin(None).result()

    assert (page.after, page.updated) == ("2", ["~t2026-01-01T00:00:00.000Z"])


def test_an_empty_page_needs_no_further_part() -> None:
    lists, client = lists_of(page_of(), PullOptions(properties=NAMES))

    assert lists.begin("900").result().ids == []
    assert len(client.asked) == 1


class MovingList:
    """A list of which a record is missing in one part of the page, for the first so many readings."""

    def __init__(self, *, part: int, changes: int) -> None:
        self._part = part
        self._changes = changes
        self._asked_count = 0

    def __call__(self, asked: Asked) -> object:
        """Answer one part of the page."""
        part = int(asked.query["properties"].split("_")[1]) // PER_URL
        self._asked_count += part == 0
        is_missing = part == self._part and self._asked_count <= self._changes
        return page_of(*([1] if is_missing else [1, 2]))(asked)


@for_each("part", [1, 2])
@for_each("changes", [0, 1, 2])
def test_a_page_that_moved_is_read_again_from_its_first_part(part: int, changes: int) -> None:
    """With the same cursor, and in the same order."""
    lists, client = lists_of(MovingList(part=part, changes=changes), PullOptions(properties=NAMES))

    page = lists.begin("51").result()

    parts = [names[0] for names in names_asked(client)]
    assert parts == [NAMES[0], NAMES[PER_URL], NAMES[2 * PER_URL]] * (changes + 1)
    assert {asked.query["after"] for asked in client.asked} == {"51"}
    assert page.ids == ["1", "2"]
    for one in page.records:
        assert json.loads(bytes(one))["properties"].keys() == set(NAMES)


def test_a_page_that_keeps_moving_is_an_error_after_three_readings() -> None:
    lists, client = lists_of(MovingList(part=1, changes=99), PullOptions(properties=NAMES))

    with pytest.raises(MismatchError, match="kept returning different records"):
        lists.begin(None).result()

    assert len(client.asked) == 3 * 3


def test_a_record_that_only_a_later_part_has_is_left_to_the_next_page() -> None:
    """It was created between the requests. Its other properties are not known."""

    def respond(asked: Asked) -> object:
        return page_of(*([1] if NAMES[0] in asked.query["properties"] else [1, 2]))(asked)

    lists, client = lists_of(respond, PullOptions(properties=NAMES))

    assert lists.begin(None).result().ids == ["1"]
    assert len(client.asked) == 3


def test_a_request_for_a_page_is_sent_before_its_result_is_read() -> None:
    lists, client = lists_of(page_of(1), PullOptions())

    pending = lists.begin(None)

    assert len(client.asked) == 1
    assert pending.result().ids == ["1"]
    assert len(client.asked) == 1


def test_archived_records_are_marked_as_deleted_with_the_time_of_archiving() -> None:
    gone = {**record(1), "archived": True, "archivedAt": "2026-04-01T00:00:00Z"}
    lists, client = lists_of(
        lambda _asked: {"results": [gone], "paging": {"next": {"after": "2"}}},
        PullOptions(properties=("email",), history=("email",), associations=("deals",)),
    )

    page = lists.begin_archived("1").result()

    assert (page.is_deleted, page.updated, page.after) == (True, ["~t2026-04-01T00:00:00.000Z"], "2")
    assert [asked.query for asked in client.asked] == [{"limit": "50", "after": "1", "archived": "true"}]


@pytest.mark.parametrize("archived", [False, True])
def test_archived_records_that_a_pipe_requests_have_the_time_of_archiving_too(archived: bool) -> None:
    """But they are no deletions."""
    gone = {"archived": True, "archivedAt": "2026-04-01T00:00:00Z"} if archived else {}
    one = {**record(1, updated="2026-03-01T00:00:00Z"), **gone}
    lists, _ = lists_of(lambda _asked: {"results": [one]}, PullOptions(archived=archived))

    page = lists.begin(None).result()

    assert page.updated == [f"~t2026-0{4 if archived else 3}-01T00:00:00.000Z"]
    assert not page.is_deleted


@for_each("date", ["Mon, 20 Apr 2026 13:00:00 GMT", "yesterday", ""])
def test_a_page_knows_when_hubspot_answered(date: str) -> None:
    """Tokens are not limited here, because a filter by time still needs the true ones."""
    body = json.dumps({"results": [record(1, updated="2027-01-01T00:00:00Z")]}).encode()
    lists, _ = lists_of(lambda _asked: Response(200, {"date": date}, body), PullOptions())

    page = lists.begin(None).result()

    assert page.answered_ms == (1_776_690_000_000 if date.endswith("GMT") else None)
    assert page.updated == ["~t2027-01-01T00:00:00.000Z"]


@pytest.mark.parametrize("length", [11_600, 11_601])
def test_names_with_history_leave_room_for_property_names(length: int) -> None:
    """Up to the last character that fits. The message says how many do."""
    options = PullOptions(properties=NAMES, history=("h" * (length - 6),), associations=("deals",))

    if length > 11_600:
        with pytest.raises(BadRequestError, match=r"have 11601 characters .* has room for 11600") as caught:
            lists_of(page_of(1), options)
        assert caught.value.parameter == "propertiesWithHistory"
        return
    lists, client = lists_of(page_of(1), options)
    lists.begin(None).result()
    assert len(client.asked) == -(-300 // (2000 // 101))
    assert all(len(request.target) <= 14_000 for request in client.requests)
    assert sum(names_asked(client), ()) == NAMES


@pytest.mark.parametrize("is_requested", [True, False])
def test_a_page_is_completed_only_if_associations_are_requested(is_requested: bool) -> None:
    """They may arrive unasked. A record has its first hundred and a cursor."""
    deals = {"results": [{"id": "7"}], "paging": {"next": {"after": "MTAw"}}}

    def respond(asked: Asked) -> object:
        if "/associations/" in asked.path:
            return {"results": [{"id": "8"}]}
        return {"results": [{**record(1), "associations": {"deals": deals}}]}

    lists, client = lists_of(respond, PullOptions(associations=("deals",) if is_requested else ()))

    page = lists.complete(lists.begin(None).result())

    rows = json.loads(bytes(page.records[0]))["associations"]["deals"]["results"]
    assert [row["id"] for row in rows] == (["7", "8"] if is_requested else ["7"])
    assert len(client.asked) == 1 + is_requested


@for_each("properties", [(), ("b", "a"), NAMES[:PER_URL]])
def test_a_page_that_one_request_returns_whole_keeps_its_bytes(properties: tuple[str, ...]) -> None:
    """Blanks, order and escapes included: only what is merged is written again."""
    one = b'{ "id": "1", "updatedAt": "2026-01-01T00:00:00Z", "properties": {"b": "\\u00e9", "a" : 1.0} }'
    lists, _ = lists_of(
        lambda _asked: Response(200, {}, b'{"results":[' + one + b"]}"), PullOptions(properties=properties)
    )

    page = lists.complete(lists.begin(None).result())

    assert list(map(bytes, page.records)) == [one]
