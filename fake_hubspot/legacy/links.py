"""Links between records as the older APIs show and write them."""

from collections.abc import Iterable

from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.types import ObjectType

__all__ = ["connect", "disconnect", "linked_ids"]


def linked_ids(portal: Portal, source: ObjectType, record_id: int, target: ObjectType) -> list[int]:
    """Return the ids of the records of a type with which a record is linked, each once and ascending."""
    return list(dict.fromkeys(link.to_id for link in portal.associations.of(source, record_id, target)))


def connect(portal: Portal, source: ObjectType, record_id: int, target: ObjectType, ids: Iterable[int]) -> None:
    """Link a record with others, without a label.

    Raises:
        HubSpotError: 404 for a record that does not exist. Source: assumed.
    """
    for to_id in ids:
        if portal.records.find(target, to_id) is None:
            raise HubSpotError(404, f"{target.singular.replace('_', ' ').capitalize()} {to_id} does not exist")
        portal.write_rules.check_link(source, target, is_newest=False)
        portal.associations.connect(source, record_id, target, to_id)


def disconnect(portal: Portal, source: ObjectType, record_id: int, target: ObjectType, ids: Iterable[int]) -> None:
    """Remove the links of a record with others, whatever their labels."""
    for to_id in ids:
        portal.associations.unlink(source, record_id, target, to_id)
