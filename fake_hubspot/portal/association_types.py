"""The types of link that HubSpot defines, with their ids in both directions.

Source: recording (279/1, 280/2, 3/4, 15/16 and the ids of tasks, 2022 to 2026); reader for the others: the constants of
HubSpot's official clients for Node (13.5.0) and Python (12.0.0), which a test compares with these tables; docs (table
of association type ids) for the pairs that the clients lack. Assumed: the ids in `ASSUMED_IDS`, and that the unlabelled
way back from a company is named so.
"""

from functools import lru_cache

import msgspec

from fake_hubspot.portal.types import STANDARD_TYPES, ObjectType

__all__ = ["ASSUMED_IDS", "PRIMARY_TYPE_IDS", "HubSpotType", "defined_pairs", "hubspot_types", "linked_type_of"]

# The unlabelled type of a pair: from, to, id there, id back.
UNLABELLED = """
call meeting 399 400
communication company 87 88
communication contact 81 82
communication deal 85 86
communication ticket 83 84
company call 181 182
company company 450 450
company deal 342 341
company email 185 186
company meeting 187 188
company note 189 190
company quote 72 71
company task 191 192
company ticket 340 339
contact call 193 194
contact cart 587 586
contact commerce_payment 388 387
contact company 279 280
contact contact 449 449
contact deal 4 3
contact email 197 198
contact feedback_submission 97 98
contact invoice 178 177
contact meeting 199 200
contact note 201 202
contact order 508 507
contact quote 70 69
contact subscription 296 295
contact task 203 204
contact ticket 15 16
deal call 205 206
deal deal 451 451
deal email 209 210
deal line_item 19 20
deal meeting 211 212
deal note 213 214
deal quote 63 64
deal task 215 216
deal ticket 27 28
postal_mail company 459 460
postal_mail contact 453 454
postal_mail deal 457 458
postal_mail ticket 455 456
quote discount 362 361
quote fee 364 363
quote line_item 67 68
quote quote_template 286 285
quote task 217 218
quote tax 366 365
ticket call 219 220
ticket email 223 224
ticket feedback_submission 99 100
ticket meeting 225 226
ticket note 227 228
ticket task 229 230
ticket ticket 452 452
"""


# No client's constant and no recording has these, which are mostly ways back; the other ids of the tables have one.
ASSUMED_IDS = frozenset({177, 178, 285, 295, 296, 361, 363, 365, 387, 388, 507, 508, 586, 587, 701})


class HubSpotType(msgspec.Struct, frozen=True):
    """One direction of a type of link.

    Attributes:
        name: Its name in version 3.
        is_primary: Whether a record has at most one link of this type, and its first link gets it.
    """

    type_id: int
    inverse_id: int
    name: str
    label: str | None = None
    is_primary: bool = False


# Types that a pair has besides the unlabelled one: from, to, the type there, the type back.
# Source: recording for the label of 1 (2025) and of 2 (2022); the labels of the other types are assumed, as is what a
# signer's way back has.
LABELLED = (
    (
        *("contact", "company"),
        HubSpotType(1, 2, "contact_to_company", "Primary", is_primary=True),
        HubSpotType(2, 1, "company_to_contact", "Primary Company", is_primary=True),
    ),
    (
        *("deal", "company"),
        HubSpotType(5, 6, "deal_to_company", "Primary", is_primary=True),
        HubSpotType(6, 5, "company_to_deal", "Primary", is_primary=True),
    ),
    (
        *("ticket", "company"),
        HubSpotType(26, 25, "ticket_to_company", "Primary", is_primary=True),
        HubSpotType(25, 26, "company_to_ticket", "Primary", is_primary=True),
    ),
    (
        *("company", "company"),
        HubSpotType(13, 14, "parent_to_child_company", "Child Company"),
        HubSpotType(14, 13, "child_to_parent_company", "Parent Company"),
    ),
    (
        *("quote", "contact"),
        HubSpotType(702, 701, "contact_signer", "Signer"),
        HubSpotType(701, 702, "contact_to_quote_signer", "Signer"),
    ),
)
PRIMARY_TYPE_IDS = frozenset(
    one.type_id for row in LABELLED for one in row if isinstance(one, HubSpotType) and one.is_primary
)


# What names of types of link call a type of record, if not by its singular name.
# Source: recording (`meeting_event_to_contact`, hubspot-api-ruby 2022-08).
NOUNS = {"meeting": "meeting_event"}


@lru_cache
def _tables() -> dict[tuple[str, str], list[HubSpotType]]:
    ids = {one.singular: one.type_id for one in STANDARD_TYPES}
    has_primary = {frozenset(row[:2]) for row in LABELLED if row[2].is_primary}
    found: dict[tuple[str, str], list[HubSpotType]] = {}
    for line in UNLABELLED.split("\n")[1:-1]:
        source, target, there, back = line.split()
        tail = "_unlabeled" if frozenset((source, target)) in has_primary else ""
        for one, other, number, inverse in ((source, target, there, back), (target, source, back, there)):
            kind = HubSpotType(int(number), int(inverse), f"{NOUNS.get(one, one)}_to_{NOUNS.get(other, other)}{tail}")
            found[ids[one], ids[other]] = [kind]
    for source, target, away, home in LABELLED:
        found[ids[source], ids[target]].append(away)
        found[ids[target], ids[source]].append(home)
    return found


def hubspot_types(source: ObjectType, target: ObjectType) -> list[HubSpotType]:
    """Return the types of link that HubSpot defines from one type of record to another, the unlabelled one first."""
    known = _tables().get((source.type_id, target.type_id))
    if known is not None:
        return known
    type_id, inverse = _made_up(source.type_id, target.type_id)
    one, other = (NOUNS.get(end.singular, end.singular) for end in (source, target))
    return [HubSpotType(type_id, inverse, f"{one}_to_{other}")]


def defined_pairs(source: ObjectType) -> list[tuple[str, HubSpotType]]:
    """Return the types of link that HubSpot defines from one type of record, each after the id of the other type."""
    tables = _tables().items()
    return [(target, kind) for (start, target), kinds in tables if start == source.type_id for kind in kinds]


def linked_type_of(type_id: int) -> str | None:
    """Return the plural name of the type to which links of an id lead, None for an id that HubSpot does not define."""
    plurals = {one.type_id: one.plural for one in STANDARD_TYPES}
    found = (target for (_, target), kinds in _tables().items() for kind in kinds if kind.type_id == type_id)
    return next((plurals[target] for target in found), None)


def _made_up(source: str, target: str) -> tuple[int, int]:
    """Return type ids for a pair that HubSpot's tables lack; they are the same in every run.

    Source: assumed.
    """
    number = sum(ord(char) * (index + 1) for index, char in enumerate(f"{min(source, target)}:{max(source, target)}"))
    base = 1000 + number % 5000 * 2
    if source == target:
        return (base, base)
    return (base, base + 1) if source < target else (base + 1, base)
