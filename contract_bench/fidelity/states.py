"""Derives the state that a portal had when it sent a recorded response, as far as the cassette shows it.

Every record in any response exists, except those created later or deleted before. If responses disagree about a
record, the response in question is right.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_bench.cassettes.model import Cassette, Interaction, json_of
from contract_bench.fidelity.implied_records import (
    Link,
    bare_record,
    implied_owners,
    linked_records,
    next_page_record,
    shown_links,
)
from contract_bench.fidelity.linked_types import type_of

__all__ = ["PortalState", "states_of"]

OBJECTS = re.compile(
    r"^/crm/(?:v[34]/objects|objects/[^/]+)/(?P<type>[^/]+)(?:/(?P<id>\d+))?(?P<search>/search|/batch/\w+)?/?$"
)
OWNERS = re.compile(r"^/crm/(?:v3/owners|owners/[^/]+)(?:/\d+)?/?$")
PORTAL_IN_URL = re.compile(r"hubspot\.com/contacts/(\d+)/record/")
PORTAL_IN_TEXT = re.compile(r"\bPortal (\d+)")
RECORD_KEYS = frozenset({"id", "properties", "createdAt", "updatedAt"})
OLD_LINK = re.compile(r"^https?://[^/]+/crm/v3/objects/")

RecordKey = tuple[str, str]
Records = dict[RecordKey, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PortalState:
    """The portal to start before an interaction is replayed.

    Attributes:
        seed: The content of a cassette that seeds the portal, as JSON.
        records: The number of records.
        owners: The owners as JSON; an empty list if the cassette shows none.
        assumptions: Behaviours of HubSpot at that time that have changed since.
    """

    seed: str
    records: int
    portal_id: int | None
    owners: str = "[]"
    assumptions: tuple[tuple[str, str], ...] = ()


def states_of(cassette: Cassette) -> list[PortalState]:
    """Return the state before each interaction. Equal states compare equal."""
    history = _History(cassette)
    return [history.before(index) for index in range(len(cassette))]


class _History:
    """The history of a portal according to a cassette."""

    def __init__(self, cassette: Cassette) -> None:
        self._cassette = cassette
        self._seen = [dict(_records(one)) for one in cassette]
        self._all: Records = {}
        for records in self._seen:
            self._all |= {key: _merged(self._all.get(key), record) for key, record in records.items()}
        self._portal_id = _portal_id(cassette)
        self._seeds: dict[str, str] = {}
        self._owners = json.dumps(list(_owners(cassette, self._all)), ensure_ascii=False)

    def before(self, index: int) -> PortalState:
        """Return the state before an interaction."""
        interaction = self._cassette.interactions[index]
        absent = self._absent(index)
        own = {} if _creates(interaction) else self._seen[index]
        own = {key: merged for key, one in own.items() if (merged := _merged(self._all[key], one)) != self._all[key]}
        own |= _implied_records(interaction, {*self._all} - absent)
        links = list(shown_links(interaction)) if _is_ok(interaction) else []
        ends = dict.fromkeys(end for one in links for end in (one.source, one.target))
        own |= {end: bare_record(end[1]) for end in ends if end not in self._all and end not in own}
        absent -= ends.keys()
        seed = self._seed(absent, own, [one for one in links if one.exists])
        count = len({*self._all, *own} - absent)
        return PortalState(seed, count, self._portal_id, self._owners, _assumptions(interaction))

    def _absent(self, index: int) -> set[RecordKey]:
        """Return the records that are created later or were deleted before."""
        later = range(index, len(self._cassette))
        absent = {key for one in later if _creates(self._cassette.interactions[one]) for key in self._seen[one]}
        deleted = (_deleted(one) for one in self._cassette.interactions[:index])
        return absent | {key for key in deleted if key is not None}

    def _seed(self, absent: set[RecordKey], own: Records, links: list[Link]) -> str:
        """Return the content of the seed, cached by state."""
        shown = [(one.source, one.target, one.kind) for one in links]
        name = json.dumps([sorted(absent), sorted(own.items()), shown])
        if name not in self._seeds:
            records = {key: one for key, one in {**self._all, **own}.items() if key not in absent}
            records |= {key: _linked(records[key], links, key) for key in {one.source for one in links}}
            others = [_plain(one) for one in self._cassette if _is_ok(one) and not OBJECTS.match(one.request.path)]
            interactions = [*_listings(records), *others]
            self._seeds[name] = json.dumps({"version": 1, "interactions": interactions}, ensure_ascii=False)
        return self._seeds[name]


def _linked(record: dict[str, Any], links: list[Link], key: RecordKey) -> dict[str, Any]:
    """Return a record with its links to others, as a response that was asked for them shows them."""
    inside: dict[str, Any] = {}
    for one in links:
        if one.source == key:
            row = {"id": one.target[1], "type": one.kind}
            inside.setdefault(one.target[0], {"results": []})["results"].append(row)
    return {**record, "associations": record.get("associations", {}) | inside}


def _merged(old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, Any]:
    return {**(old or {}), **new, "properties": {**(old["properties"] if old else {}), **new["properties"]}}


def _implied_records(interaction: Interaction, known: set[RecordKey]) -> Records:
    match = OBJECTS.match(interaction.request.path)
    if match is None or not _is_ok(interaction):
        return {}
    found = [*linked_records(interaction)]
    if match["search"] is None:
        ids = {record_id for object_type, record_id in known if object_type == type_of(match["type"])}
        found += next_page_record(interaction, type_of(match["type"]), ids)
    return {key: record for object_type, record in found if (key := (object_type, record["id"])) not in known}


def _owners(cassette: Cassette, records: Records) -> Iterator[dict[str, Any]]:
    """Yield every owner that a response shows or implies, once."""
    found = {row["id"]: row for row in implied_owners(records)}
    for interaction in cassette:
        if OWNERS.match(interaction.request.path) and _is_ok(interaction):
            answer = json_of(interaction.response.body)
            found |= {row["id"]: row for row in answer.get("results", [answer])}
    yield from found.values()


def _records(interaction: Interaction) -> Iterator[tuple[RecordKey, dict[str, Any]]]:
    match = OBJECTS.match(interaction.request.path)
    if match is None or not _is_ok(interaction):
        return
    try:
        answer = json_of(interaction.response.body)
    except ValueError:
        return
    rows = answer.get("results", [answer]) if isinstance(answer, dict) else []
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and row.keys() >= RECORD_KEYS and isinstance(row["properties"], dict):
            yield (type_of(match["type"]), str(row["id"])), row


def _is_ok(interaction: Interaction) -> bool:
    return 200 <= interaction.response.status < 300


def _creates(interaction: Interaction) -> bool:
    return interaction.request.method == "POST" and interaction.response.status == 201


def _deleted(interaction: Interaction) -> RecordKey | None:
    match = OBJECTS.match(interaction.request.path)
    if interaction.request.method != "DELETE" or match is None or match["id"] is None or not _is_ok(interaction):
        return None
    return type_of(match["type"]), match["id"]


def _listings(records: Mapping[RecordKey, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for object_type in sorted({key[0] for key in records}):
        rows = [record for key, record in records.items() if key[0] == object_type]
        uri = f"https://api.hubapi.com/crm/v3/objects/{object_type}"
        yield _wire("GET", uri, json.dumps({"results": rows}, ensure_ascii=False))


def _plain(interaction: Interaction) -> dict[str, Any]:
    body = interaction.response.body.decode(errors="replace")
    return _wire(interaction.request.method, interaction.request.uri, body)


def _wire(method: str, uri: str, body: str) -> dict[str, Any]:
    return {
        "request": {"method": method, "uri": uri, "body": None, "headers": {}},
        "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": body}},
    }


def _portal_id(cassette: Cassette) -> int | None:
    for pattern in (PORTAL_IN_URL, PORTAL_IN_TEXT):
        for one in cassette:
            if match := pattern.search(one.response.body.decode(errors="replace")):
                return int(match[1])
    return None


def _assumptions(interaction: Interaction) -> tuple[tuple[str, str], ...]:
    """Return how HubSpot or the account differed from the fake's defaults, as far as an interaction shows it.

    Records have a `url` only since 2025, links had another path until 2024, batches another order of keys until 2024,
    new tickets fewer properties in 2024; some accounts have marketing contacts. The owners of an account are known in
    part only, so no owner in a request is refused.

    Source: recording (2022-08 to 2026-04).
    """
    rows = list(_records(interaction))
    records = [record for _, record in rows]
    found = {}
    if b"hubspot_owner_id" in interaction.request.body and _is_ok(interaction):
        found["unknown-owner"] = "accept"
    if _creates(interaction):
        found |= _of_new_records(rows)
    if interaction.response.body.startswith(b'{"status":"COMPLETE","results"'):
        found["batch-keys"] = "2022"
    if records and not any("url" in record for record in records):
        found["record-url"] = "absent"
    if OLD_LINK.match(_link(interaction)):
        found["list-link-path"] = "v3"
    return tuple(sorted(found.items()))


def _of_new_records(rows: list[tuple[RecordKey, dict[str, Any]]]) -> dict[str, str]:
    """Return what new tickets and contacts tell about the time and the account."""
    found = {}
    for (object_type, _), record in rows:
        if object_type == "tickets" and "hs_num_times_contacted" not in record["properties"]:
            found["ticket-properties"] = "2024"
        if object_type == "contacts" and "hs_marketable_status" in record["properties"]:
            found["marketing-contacts"] = "present"
    return found


def _link(interaction: Interaction) -> str:
    try:
        return str(json_of(interaction.response.body)["paging"]["next"]["link"])
    except (ValueError, KeyError, TypeError):
        return ""
