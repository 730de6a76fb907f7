"""Records that must exist although no response shows them: the next page's first one, both ends of associations."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_bench.cassettes.model import Interaction, json_of
from contract_bench.fidelity.linked_types import LINKED_TYPES, type_of

__all__ = ["Link", "bare_record", "implied_owners", "linked_records", "next_page_record", "shown_links"]

UNKNOWN_SINCE = "2018-01-01T00:00:00.001Z"
# The links of one record, of several, and those that a request makes.
LINKS = re.compile(
    r"^/crm/(?:v[34]/objects|objects/[^/]+)/(?P<source>[^/]+)/(?P<id>\d+)/associations/(?P<target>[^/]+)/?$"
)
BATCH = re.compile(
    r"^/crm/(?:v[34]/associations|associations/[^/]+)/(?P<source>[^/]+)/(?P<target>[^/]+)/batch/"
    r"(?P<what>read|create|associate/default)/?$"
)
SEARCH = re.compile(r"^/crm/(?:v[34]/objects|objects/[^/]+)/(?P<source>[^/]+)/search/?$")


@dataclass(frozen=True, slots=True)
class Link:
    """A link between two records that a response shows or presupposes.

    Attributes:
        kind: The name or id of its type; empty if the recording does not say which.
        exists: Whether the link existed before the request; if not, only its ends did.
    """

    source: tuple[str, str]
    target: tuple[str, str]
    kind: str = ""
    exists: bool = True


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
        yield object_type, bare_record(str(bound))


def linked_records(interaction: Interaction) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the records that a successful request associated with its record."""
    try:
        links = json_of(interaction.request.body).get("associations") or []
        for link in links:
            target, type_id = str(link["to"]["id"]), link["types"][0]["associationTypeId"]
            if target_type := LINKED_TYPES.get(type_id):
                yield target_type, bare_record(target)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return


def shown_links(interaction: Interaction) -> Iterator[Link]:
    """Yield the links that a response shows, alone or by finding a record through them, and the ends of those it makes.

    Responses of the associations API show nothing of the linked records but their ids.
    """
    path = interaction.request.path
    try:
        answer = json_of(interaction.response.body)
        if match := LINKS.match(path):
            source = (type_of(match["source"]), match["id"])
            yield from _links_from(source, type_of(match["target"]), answer["results"])
        elif match := BATCH.match(path):
            if match["what"] == "read":
                yield from _links_of_batch(match, answer["results"])
            else:
                yield from _valid_ends(interaction, match, answer.get("errors", []))
        elif match := SEARCH.match(path):
            yield from _searched_links(interaction, type_of(match["source"]), answer["results"])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return


def _links_from(source: tuple[str, str], target: str, rows: list[dict[str, Any]]) -> Iterator[Link]:
    """Yield the links in rows of version 4, with the ids of their types, or of version 3, with a name."""
    for row in rows:
        kinds = [str(one["typeId"]) for one in row.get("associationTypes", [])] or [str(row["type"])]
        end = (target, str(row["toObjectId"] if "toObjectId" in row else row["id"]))
        yield from (Link(source, end, kind) for kind in kinds)


def _links_of_batch(match: re.Match[str], rows: list[dict[str, Any]]) -> Iterator[Link]:
    source, target = type_of(match["source"]), type_of(match["target"])
    for row in rows:
        yield from _links_from((source, str(row["from"]["id"])), target, row["to"])


def _valid_ends(interaction: Interaction, match: re.Match[str], errors: list[Any]) -> Iterator[Link]:
    """Yield the ends of the links that a request makes, as far as they exist: an error names those that do not."""
    told = json.dumps(errors)
    for one in json_of(interaction.request.body)["inputs"]:
        for name, place in (("from", "source"), ("to", "target")):
            end = (type_of(match[place]), str(one[name]["id"]))
            if end[1].isdecimal() and not re.search(rf"\b{end[1]}\b", told):
                yield Link(end, end, exists=False)


def _searched_links(interaction: Interaction, source: str, rows: list[dict[str, Any]]) -> Iterator[Link]:
    """Yield the links through which a search found its only row, or all rows through one other record."""
    wanted = json_of(interaction.request.body)
    groups = [group.get("filters", []) for group in wanted.get("filterGroups") or []] or [wanted.get("filters", [])]
    if len(groups) != 1:
        return
    for one in groups[0]:
        name = str(one["propertyName"])
        if name.startswith("associations.") and one["operator"] == "EQ":
            target = (type_of(name.removeprefix("associations.")), str(one["value"]))
            yield from (Link((source, str(row["id"])), target) for row in rows)


def bare_record(record_id: str) -> dict[str, Any]:
    """Return a record of which nothing but the id is known."""
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
