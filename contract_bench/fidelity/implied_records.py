"""Records that must exist although no response shows them: the next page's first one, targets of associations."""

from collections.abc import Iterator, Mapping
from typing import Any

from contract_bench.cassettes.model import Interaction, json_of
from contract_bench.fidelity.linked_types import LINKED_TYPES

__all__ = ["implied_owners", "linked_records", "next_page_record"]

UNKNOWN_SINCE = "2018-01-01T00:00:00.001Z"


def next_page_record(interaction: Interaction, object_type: str, ids: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the first record of the page that a recorded cursor points to, unless a response shows it."""
    try:
        answer = json_of(interaction.response.body)
        after, last = str(answer["paging"]["next"]["after"]), str(answer["results"][-1]["id"])
    except (ValueError, KeyError, TypeError, IndexError):
        return
    if not after.isdecimal() or not last.isdecimal():
        return
    bound = max(int(after), int(last) + 1)
    if not any(one.isdecimal() and int(one) >= bound for one in ids):
        yield object_type, _bare_record(str(bound))


def linked_records(interaction: Interaction) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the records that a successful request associated with its record."""
    try:
        links = json_of(interaction.request.body).get("associations") or []
        for link in links:
            target, type_id = str(link["to"]["id"]), link["types"][0]["associationTypeId"]
            if target_type := LINKED_TYPES.get(type_id):
                yield target_type, _bare_record(target)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return


def _bare_record(record_id: str) -> dict[str, Any]:
    return {"id": record_id, "properties": {}, "createdAt": UNKNOWN_SINCE, "updatedAt": UNKNOWN_SINCE}


def implied_owners(records: Mapping[Any, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the owners that records name together with their user ids, as rows of `GET /crm/v3/owners`."""
    for record in records.values():
        owner = str(record["properties"].get("hubspot_owner_id") or "")
        user = str(record["properties"].get("hs_user_ids_of_all_owners") or "")
        if owner.isdecimal() and user.isdecimal():
            yield {
                "id": owner,
                "email": f"owner-{owner}@example.com",
                "firstName": "First0000",
                "lastName": "Last0000",
                "userId": int(user),
                "createdAt": UNKNOWN_SINCE,
                "updatedAt": UNKNOWN_SINCE,
                "archived": False,
            }
