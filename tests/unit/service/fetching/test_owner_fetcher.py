from service.fetching.owner_fetcher import OwnerFetcher
from tests.support.cases import for_each
from tests.support.scripted_client import ScriptedClient

OWNER = {"id": "61", "email": "o@example.com", "updatedAt": "2026-03-12T07:34:24.559Z"}
OWNERS = {"results": [OWNER], "paging": {"next": {"after": "NjE="}}}


@for_each("archived", [False, True])
@for_each("after", [None, "NjE="])
def test_a_page_of_owners_is_requested_and_parsed(after: str | None, archived: bool) -> None:
    client = ScriptedClient(lambda _asked: {**OWNERS, "results": [{**OWNER, "archived": archived}]})
    fetcher = OwnerFetcher(client.client, page_size=30)

    page = (fetcher.begin_archived if archived else fetcher.begin)(after).result()

    [asked] = client.asked
    assert asked.path == "/crm/v3/owners"
    assert asked.query == {
        "limit": "30",
        **({"after": after} if after else {}),
        **({"archived": "true"} if archived else {}),
    }
    assert (page.ids, page.after, page.is_deleted) == (["61"], "NjE=", False)
