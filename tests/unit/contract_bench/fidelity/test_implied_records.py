"""Records that must exist although no response shows them."""

from contract_bench.fidelity.implied_records import implied_owners, linked_records, next_page_record
from contract_bench.fidelity.linked_types import LINKED_TYPES, TYPE_NAMES, type_of
from fake_hubspot import Server, Settings, linked_type_of
from tests.support.cases import for_each
from tests.support.interactions import CONTACTS, contact, interaction, page


@for_each(("after", "ids", "expected"), [("52", {"51"}, ["52"]), ("7", {"51"}, ["52"]), ("52", {"60"}, [])])
def test_a_cursor_points_to_a_record_after_the_last_row_unless_one_is_shown(
    after: str, ids: set[str], expected: list[str]
) -> None:
    """A cursor below the last row is one of a search, which counts rows."""
    recorded = interaction(CONTACTS, page(contact(1), contact(51), after=after))

    assert [record["id"] for _, record in next_page_record(recorded, "contacts", ids)] == expected


@for_each(
    "answer",
    [
        b"not JSON",
        {"results": []},
        {"results": [], "paging": {"next": {"after": "5"}}},
        {"results": [{"id": "x1"}], "paging": {"next": {"after": "5"}}},
        {"results": [{"id": "1"}], "paging": {"next": {"after": "opaque=="}}},
        {"results": [{"id": "1"}], "paging": None},
    ],
)
def test_a_response_without_a_cursor_that_is_an_id_implies_no_record(answer: object) -> None:
    assert list(next_page_record(interaction(CONTACTS, answer), "contacts", set())) == []


def test_the_targets_of_associations_exist_with_their_type() -> None:
    links = [
        {"to": {"id": 7}, "types": [{"associationTypeId": 279}]},
        {"to": {"id": "8"}, "types": [{"associationTypeId": 999999}]},
        {"to": {"id": "9"}, "types": [{"associationTypeId": 15}]},
    ]
    recorded = interaction(CONTACTS, method="POST", body={"associations": links})

    assert [(kind, record["id"]) for kind, record in linked_records(recorded)] == [("companies", "7"), ("tickets", "9")]


@for_each("body", [None, [], {}, {"associations": None}, {"associations": [{"to": {}}]}])
def test_a_request_without_associations_implies_no_record(body: object) -> None:
    assert list(linked_records(interaction(CONTACTS, method="POST", body=body))) == []


@for_each(("owner", "user", "expected"), [("7", "8", [("7", 8)]), ("7", "8;9", []), ("", "8", []), (None, None, [])])
def test_an_owner_exists_if_a_record_names_it_with_its_user(
    owner: str | None, user: str | None, expected: list[tuple[str, int]]
) -> None:
    records = {1: {"properties": {"hubspot_owner_id": owner, "hs_user_ids_of_all_owners": user}}}

    assert [(row["id"], row["userId"]) for row in implied_owners(records)] == expected


@for_each(("type_id", "kind"), [(64, "deals"), (82, "communications"), (13, "companies"), (508, "orders")])
def test_every_type_of_link_that_hubspot_defines_implies_a_record(type_id: int, kind: str) -> None:
    """Not only those of the oldest types of record."""
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
    body = {"properties": {}, "associations": [{"to": {"id": "7"}, "types": types}]}

    found = linked_records(interaction(CONTACTS, method="POST", body=body))

    assert [(name, record["id"]) for name, record in found] == [(kind, "7")]


def test_the_table_of_types_of_link_is_that_of_the_fake() -> None:
    """Every id that HubSpot defines, and no other."""
    assert len(LINKED_TYPES) > 110
    assert {number: name for number in range(1, 1000) if (name := linked_type_of(number))} == LINKED_TYPES


def test_the_names_of_types_are_those_of_the_fake() -> None:
    """Plural, singular and id of every type; other names stay as they are."""
    with Server(Settings(contacts=0)) as server:
        kinds = server.portal.types.all()

    assert {name: kind.plural for kind in kinds for name in kind.names} == TYPE_NAMES
    assert (type_of("Deal"), type_of("0-8"), type_of("P_Car")) == ("deals", "line_items", "p_car")
