"""Records from a vcrpy cassette, with their properties unchanged to the last character."""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bench_core.json_text import decode_json
from bench_core.urls import split_url
from fake_hubspot.errors import SeedError
from fake_hubspot.portal.associations import AssociationType
from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType
from fake_hubspot.seeds.files import MAX_SEED_BYTES, read_seed_file

__all__ = ["seed_from_cassette"]

GZIP_MAGIC = b"\x1f\x8b"
OBJECTS_PATH = re.compile(r"^/crm/(?:v3/objects|objects/[^/]+)/(?P<type>[^/]+)")


_Link = tuple[ObjectType, int, AssociationType, ObjectType, int]


def seed_from_cassette(portal: Portal, path: Path) -> None:
    """Load every CRM record in the responses of a cassette; of repeated records the last values count.

    Raises:
        SeedError: The file is not a cassette or holds no record.
    """
    found: dict[tuple[ObjectType, int], Record] = {}
    links: list[_Link] = []
    for object_type, wire in _wire_records(portal, path):
        _merge(portal, found, object_type, wire)
        links += _links_in(portal, object_type, wire)
    if not found:
        raise SeedError(
            str(path),
            problem="no CRM record in any of its responses",
            remedy="Record a request to /crm/v3/objects/... that HubSpot answers with records",
        )
    for object_type in {kind for kind, _ in found}:
        portal.load(object_type, [record for (kind, _), record in found.items() if kind is object_type])
    for source, from_id, kind, target, to_id in links:
        portal.associations.connect(source, from_id, target, to_id, kind=kind)


def _links_in(portal: Portal, source: ObjectType, wire: dict[str, Any]) -> Iterator[_Link]:
    """Yield the links inside a record; those of types that the portal does not have are left out.

    The type of a link is a name, an id, or empty for the unlabelled one.
    """
    inside = wire.get("associations")
    for name, page in inside.items() if isinstance(inside, dict) else ():
        target = portal.types.find_leniently(name.replace(" ", "_"))
        rows = page.get("results") if isinstance(page, dict) else None
        if target is None or not isinstance(rows, list):
            continue
        known = portal.associations.types(source, target)
        kinds = {"": known[0], **{str(kind.type_id): kind for kind in known}, **{kind.name: kind for kind in known}}
        for row in rows:
            if isinstance(row, dict) and (to_id := parse_id(str(row.get("id")))) and row.get("type") in kinds:
                yield source, int(wire["id"]), kinds[row["type"]], target, to_id


def _merge(
    portal: Portal, found: dict[tuple[ObjectType, int], Record], object_type: ObjectType, wire: dict[str, Any]
) -> None:
    key = (object_type, int(wire["id"]))
    for name in wire["properties"]:
        portal.definitions.define(object_type.type_id, name)
    properties = dict(found[key].properties) if key in found else {}
    properties |= {name: value for name, value in wire["properties"].items() if value is not None}
    properties.setdefault(object_type.created_property, wire["createdAt"])
    properties.setdefault(object_type.modified_property, wire["updatedAt"])
    record = portal.to_record(object_type, key[1], properties)
    if wire.get("archived"):
        record.archived_ms = parse_time(wire.get("archivedAt") or wire["updatedAt"])
    found[key] = record


def _wire_records(portal: Portal, path: Path) -> Iterator[tuple[ObjectType, dict[str, Any]]]:
    for interaction in _interactions(path):
        object_type = _object_type(portal, str(interaction["request"].get("uri", "")))
        for wire in _records_in(interaction["response"]):
            if object_type is not None:
                yield object_type, wire


def _object_type(portal: Portal, uri: str) -> ObjectType | None:
    parts = split_url(uri)
    match = None if parts is None else OBJECTS_PATH.match(parts.path)
    return portal.types.find_leniently(match["type"]) if match else None


def _records_in(response: dict[str, Any]) -> list[dict[str, Any]]:
    body = (response.get("body") or {}).get("string") or ""
    if isinstance(body, bytes) and body.startswith(GZIP_MAGIC):
        body = _unpacked(body)
    try:
        answer = decode_json(body)
    except (msgspec.DecodeError, TypeError):
        return []
    rows = answer.get("results", [answer]) if isinstance(answer, dict) else []
    wanted = {"id", "properties", "createdAt", "updatedAt"}
    return [row for row in rows if isinstance(row, dict) and wanted <= row.keys() and parse_id(str(row["id"]))]


def _unpacked(body: bytes) -> bytes:
    """Decompress the body of a response that was recorded compressed; a damaged or huge one becomes empty."""
    unpacked = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        content = unpacked.decompress(body, MAX_SEED_BYTES)
    except zlib.error:
        return b""
    return content if unpacked.eof else b""


def _interactions(path: Path) -> list[dict[str, Any]]:
    cassette = _load_yaml(path)
    interactions = cassette.get("interactions") if isinstance(cassette, dict) else None
    if not isinstance(interactions, list) or not all(_is_interaction(one) for one in interactions):
        raise SeedError(
            str(path),
            problem="it is not a vcrpy cassette: `interactions` with `request` and `response` are missing",
            remedy="Use a cassette that vcrpy wrote (YAML)",
        )
    return interactions


def _is_interaction(candidate: object) -> bool:
    if not isinstance(candidate, dict):
        return False
    return isinstance(candidate.get("request"), dict) and isinstance(candidate.get("response"), dict)


def _load_yaml(path: Path) -> object:
    import yaml  # here, because the fake starts a tenth faster without it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = read_seed_file(path)
    try:
        return yaml.load(content, Loader=loader)  # noqa: S506 - both loaders are the safe ones
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        problem = f"it is not YAML ({str(error).splitlines()[0]})"
        raise SeedError(str(path), problem=problem, remedy="Use a cassette that vcrpy wrote (YAML)") from error
