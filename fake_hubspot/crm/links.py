"""Links that are created together with a record."""

from collections.abc import Iterable

from fake_hubspot.crm.shapes import AssociationInput, AssociationSpec
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.associations import AssociationType
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.types import ObjectType

__all__ = ["make_links"]


def make_links(
    portal: Portal, source: ObjectType, from_id: int, wanted: Iterable[AssociationInput], *, is_newest: bool
) -> None:
    """Link a new record to others; the type of link implies the type of the other record.

    Args:
        portal: The portal.
        source: The type of the new record.
        from_id: Its id.
        wanted: The other records, and the types of link.
        is_newest: Whether the request has the path of a version that enforces every rule.

    Raises:
        HubSpotError: 400 for an unknown type of link or a missing record.
        LinkForbiddenError: A rule forbids such links.

    Source: the texts are assumed.
    """
    for one in wanted:
        text = str(one.to.id)
        to_id = parse_id(text) or 0
        for spec in one.types:
            target, kind = _find_type(portal, source, spec)
            if portal.records.find(target, to_id) is None:
                message = f"{target.upper_name}={text} is not valid"
                raise HubSpotError(400, message, category="VALIDATION_ERROR")
            portal.write_rules.check_link(source, target, is_newest=is_newest)
            portal.associations.connect(source, from_id, target, to_id, kind=kind)


def _find_type(portal: Portal, source: ObjectType, spec: AssociationSpec) -> tuple[ObjectType, AssociationType]:
    wanted = (spec.association_category, spec.association_type_id)
    for target in portal.types.all():
        for kind in portal.associations.types(source, target):
            if (kind.category, kind.type_id) == wanted:
                return target, kind
    message = f"Association type {wanted[0]}={wanted[1]} from {source.type_id} is not valid"
    raise HubSpotError(400, message, category="VALIDATION_ERROR")
