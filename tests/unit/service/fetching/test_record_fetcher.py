from service.fetching.record_fetcher import RecordFetcher
from service.object_types import ObjectType
from service.options import PullOptions
from service.search_window import SearchWindow
from tests.support.scripted_client import Asked, ScriptedClients
from tests.support.upstream_stub import record

CONTACTS = ObjectType("contacts", "lastmodifieddate")
OPTIONS = PullOptions(history=("email",), associations=("companies",))


def respond(asked: Asked) -> object:
    """Answer like a portal of one contact with one company."""
    if asked.path.startswith("/crm/v3/associations/"):
        return {"results": [{"from": {"id": "1"}, "to": [{"id": "7", "type": "contact_to_company"}]}]}
    companies = {"results": [{"id": "7", "type": "contact_to_company"}]}
    history = {"propertiesWithHistory": {"email": [{"value": "c1@example.com"}]}}
    if asked.path.endswith("/search"):
        return {"total": 1, "results": [record(1)]}
    whole = {**record(1), **history}
    return {"results": [whole if asked.document else {**whole, "associations": {"companies": companies}}]}


def test_pages_travel_on_the_primary_connection_and_what_completes_them_on_the_secondary() -> None:
    """So the next page can travel while this one is completed."""
    both = ScriptedClients(respond)
    fetcher = RecordFetcher.create(both.clients, CONTACTS, OPTIONS, page_size=100)

    fetcher.lists.complete(fetcher.lists.begin(None).result())
    fetcher.searches.complete(fetcher.searches.begin(SearchWindow(0)).result())

    assert [asked.path for asked in both.primary.asked] == [
        "/crm/v3/objects/contacts",
        "/crm/v3/objects/contacts/search",
    ]
    assert [asked.path for asked in both.secondary.asked] == [
        "/crm/v3/objects/contacts/batch/read",
        "/crm/v3/associations/contacts/companies/batch/read",
    ]


def test_a_record_is_the_same_in_a_list_and_in_a_search() -> None:
    """Sesam compares hashes."""
    fetcher = RecordFetcher.create(ScriptedClients(respond).clients, CONTACTS, OPTIONS, page_size=100)

    listed = fetcher.lists.complete(fetcher.lists.begin(None).result())
    found = fetcher.searches.complete(fetcher.searches.begin(SearchWindow(0)).result())

    assert [bytes(one) for one in found.records] == [bytes(one) for one in listed.records]
    assert (found.ids, found.updated) == (listed.ids, listed.updated)
