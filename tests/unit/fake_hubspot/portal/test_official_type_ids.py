"""The ids of association types: the fake's tables against the constants of HubSpot's official clients."""

import re

import pytest
from hubspot.crm.association_type import AssociationType  # type: ignore[import-untyped]

from fake_hubspot import Server, Settings
from fake_hubspot.portal.association_types import ASSUMED_IDS, defined_pairs
from fake_hubspot.portal.types import STANDARD_TYPES
from tests.support.official_association_types import NODE_CONSTANTS

PYTHON_CONSTANTS = {name: number for name, number in vars(AssociationType).items() if name.isupper()}
# What the constants say about labels in the place where other names have the type of a record.
SPECIAL = {
    "parent_to_child_company": ("company", "company"),
    "child_to_parent_company": ("company", "company"),
    "contact_signer": ("quote", "contact"),
}


def snake(name: str) -> str:
    """Return the Node client's name as the Python client spells names."""
    return re.sub(r"([A-Z])", r"_\1", name).lower()


def ends_of(name: str) -> tuple[str, str]:
    """Return the types of records that a constant is about."""
    source, _, target = name.removeprefix("primary_").partition("_to_")
    return SPECIAL.get(name, (source, target))


@pytest.fixture(scope="module")
def found() -> dict[str, set[int]]:
    """The ids of the types that the fake offers for the ends of each constant."""
    with Server(Settings(contacts=0)) as server:
        portal = server.portal
        pairs = {name: ends_of(name) for name in {*map(snake, NODE_CONSTANTS), *map(str.lower, PYTHON_CONSTANTS)}}
        return {
            name: {one.type_id for one in portal.associations.types(portal.types[source], portal.types[target])}
            for name, (source, target) in pairs.items()
        }


def test_the_fake_has_every_type_of_the_installed_python_client(found: dict[str, set[int]]) -> None:
    """Under the pair that its name says, and it has at least as many as in version 12."""
    assert len(PYTHON_CONSTANTS) >= 76
    assert {name for name, number in PYTHON_CONSTANTS.items() if number not in found[name.lower()]} == set()


def test_the_fake_has_every_type_of_the_node_client(found: dict[str, set[int]]) -> None:
    """As of version 13.5.0, whose 103 constants contain all of the Python client's."""
    constants = {snake(name): number for name, number in NODE_CONSTANTS.items()}

    assert len(constants) == 103
    assert {name for name, number in constants.items() if number not in found[name]} == set()
    assert {name.lower(): number for name, number in PYTHON_CONSTANTS.items()}.items() <= constants.items()


def test_what_no_constant_has_is_marked_as_assumed() -> None:
    """And nothing else: an id that a later client has must be unmarked."""
    ours = {kind.type_id for source in STANDARD_TYPES for _, kind in defined_pairs(source)}

    assert ours - {*NODE_CONSTANTS.values(), *PYTHON_CONSTANTS.values()} == ASSUMED_IDS
