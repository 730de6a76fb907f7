from collections.abc import Iterable
from difflib import get_close_matches

import pytest

from service import schema_cache
from service.errors import BadRequestError, MismatchError, UpstreamError
from service.object_types import ObjectType, find_type
from service.options import EVERY_PROPERTY, PullOptions
from service.schema_cache import SchemaCache
from tests.support.cases import for_each
from tests.support.scripted_client import Asked, ScriptedClient

CONTACTS = ObjectType("contacts", "lastmodifieddate")
CAR = {"name": "car", "objectTypeId": "2-123", "fullyQualifiedName": "p1_car"}
NAMES = [f"property_{number:02d}" for number in range(20, 0, -1)]


class Schemas:
    """A cache in front of a portal with one custom type, and the time."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.names: list[str] = NAMES
        self.client = ScriptedClient(self.respond)
        self.cache = SchemaCache(clock=lambda: self.now)

    def respond(self, asked: Asked) -> object:
        """List the properties or the custom types."""
        return {"results": [CAR] if asked.path == "/crm/v3/schemas" else [{"name": name} for name in self.names]}

    def resolve(self, options: PullOptions, object_type: ObjectType = CONTACTS) -> PullOptions:
        """Resolve options."""
        return self.cache.resolve(options, object_type, self.client.client)

    def find(self, name: str) -> ObjectType:
        """Find an object type."""
        return self.cache.object_type(name, self.client.client)

    @property
    def paths(self) -> list[str]:
        """Return every path that was requested."""
        return [asked.path for asked in self.client.asked]


@pytest.fixture
def schemas() -> Schemas:
    """An empty cache."""
    return Schemas()


def test_a_star_is_every_property_in_hubspots_order(schemas: Schemas) -> None:
    resolved = schemas.resolve(
        PullOptions(properties=EVERY_PROPERTY, history=("property_01",), associations=("deals",))
    )

    assert resolved == PullOptions(properties=tuple(NAMES), history=("property_01",), associations=("deals",))
    assert schemas.paths == ["/crm/v3/properties/contacts"]


def test_options_without_names_need_no_schema(schemas: Schemas) -> None:
    assert schemas.resolve(PullOptions(associations=("deals",))) == PullOptions(associations=("deals",))
    assert schemas.paths == []


@pytest.mark.parametrize(
    "options", [PullOptions(properties=("property_02", "property_01")), PullOptions(history=("property_02",))]
)
def test_a_property_that_exists_is_kept(schemas: Schemas, options: PullOptions) -> None:
    assert schemas.resolve(options) == options
    assert len(schemas.paths) == 1


@pytest.mark.parametrize("parameter", ["properties", "propertiesWithHistory"])
@pytest.mark.parametrize("unknown", ["property_99", "z" * 500])
def test_an_unknown_property_is_refused_with_those_that_may_be_meant(
    schemas: Schemas, parameter: str, unknown: str
) -> None:
    """Among the similar names, or the first ones by name if none is similar."""
    names = ("property_01", unknown)
    options = PullOptions(properties=names) if parameter == "properties" else PullOptions(history=names)

    with pytest.raises(BadRequestError) as caught:
        schemas.resolve(options)

    message = caught.value.message
    assert caught.value.parameter == parameter
    assert message.startswith(
        f"{parameter}: unknown property {unknown[:60]!r} of contacts. Did you mean one of these? "
    )
    assert message.endswith("(20 properties exist.)")
    shown = message.partition("? ")[2].partition(".")[0].split(", ")
    assert shown == sorted(NAMES)[:10] if "z" in unknown else len(shown) == 5


def test_the_names_of_a_type_are_used_for_five_minutes(schemas: Schemas) -> None:
    """Then they are read again, so a new property is found."""
    schemas.resolve(PullOptions(properties=EVERY_PROPERTY))
    schemas.names = ["new"]

    schemas.now += 300.0
    assert schemas.resolve(PullOptions(properties=EVERY_PROPERTY)).properties == tuple(NAMES)
    schemas.now += 0.1
    assert schemas.resolve(PullOptions(properties=EVERY_PROPERTY)).properties == ("new",)
    schemas.now += 300.0
    schemas.resolve(PullOptions(properties=EVERY_PROPERTY))

    assert len(schemas.paths) == 2


def test_every_type_has_names_of_its_own(schemas: Schemas) -> None:
    schemas.resolve(PullOptions(properties=EVERY_PROPERTY))
    schemas.resolve(PullOptions(properties=EVERY_PROPERTY), ObjectType("p1_car", type_id="2-123"))

    assert schemas.paths == ["/crm/v3/properties/contacts", "/crm/v3/properties/2-123"]


@pytest.mark.parametrize("name", ["contacts", "contact", "0-1"])
def test_a_standard_type_needs_no_request(schemas: Schemas, name: str) -> None:
    assert schemas.find(name).name == "contacts"
    assert schemas.paths == []


def test_custom_types_are_listed_once_in_five_minutes(schemas: Schemas) -> None:
    for name in ("car", "p1_car", "2-123"):
        assert schemas.find(name).type_id == "2-123"
    schemas.now += 300.0
    schemas.find("car")
    assert len(schemas.paths) == 1

    schemas.now += 0.1
    schemas.find("car")
    assert schemas.paths == ["/crm/v3/schemas"] * 2


def test_an_unknown_type_is_refused_with_those_that_exist(schemas: Schemas) -> None:
    """The message is bounded."""
    with pytest.raises(BadRequestError) as caught:
        schemas.find("kontakts" * 20)

    message = caught.value.message
    assert message.startswith(f"Unknown object type {('kontakts' * 20)[:60]!r}. Known: contacts, companies, ")
    assert message.endswith(", owners, p1_car.")
    assert caught.value.parameter == "object type"


def test_if_custom_types_cannot_be_listed_the_message_says_why() -> None:
    """A missing scope, for example. It is not remembered."""
    errors = [UpstreamError("HubSpot answered 403", kind="upstream-status", status=403)]

    def respond(_asked: Asked) -> object:
        if errors:
            raise errors.pop()
        return {"results": [CAR]}

    cache, client = SchemaCache(clock=lambda: 0.0), ScriptedClient(respond)

    with pytest.raises(BadRequestError, match="could not be listed: HubSpot answered 403"):
        cache.object_type("car", client.client)

    assert cache.object_type("car", client.client).type_id == "2-123"


@for_each("document", [{}, [], {"results": None}, {"results": [{}]}, {"results": [{"name": 1}]}, {"results": []}])
def test_a_malformed_or_empty_list_of_properties_is_an_error_and_not_cached(document: object) -> None:
    answers = [document, {"results": [{"name": "email"}]}]
    client, cache = ScriptedClient(lambda _asked: answers.pop(0)), SchemaCache(clock=lambda: 0.0)

    with pytest.raises(MismatchError, match=r"list of properties is (malformed|empty)"):
        cache.resolve(PullOptions(properties=EVERY_PROPERTY), CONTACTS, client.client)

    resolved = cache.resolve(PullOptions(properties=EVERY_PROPERTY), CONTACTS, client.client)
    assert resolved.properties == ("email",)


def test_a_type_is_found_by_whole_names_only() -> None:
    assert find_type("contact", [CONTACTS]) is None
    assert find_type("", [CONTACTS]) is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [("contcts", "contacts"), ("lineitems", "line_items"), ("companys", "companies"), ("cars", "p1_car")],
)
def test_an_unknown_type_is_refused_with_the_one_that_was_probably_meant(
    schemas: Schemas, name: str, meant: str
) -> None:
    with pytest.raises(
        BadRequestError, match=rf"Unknown object type .{name}.\. Did you mean .*\b{meant}\b.*\? Known: "
    ):
        schemas.find(name)


@pytest.mark.parametrize("names", [("company",), ("0-2", "companies"), ("companies", "COMPANY", "company")])
def test_a_type_of_associations_is_requested_once_by_its_name_in_paths(
    schemas: Schemas, names: tuple[str, ...]
) -> None:
    assert schemas.resolve(PullOptions(associations=names)).associations == ("companies",)
    assert schemas.paths == []


@pytest.mark.parametrize("name", ["car", "p_car", "p1_car", "2-123"])
def test_a_custom_type_of_associations_is_requested_by_its_id(schemas: Schemas, name: str) -> None:
    assert schemas.resolve(PullOptions(associations=("deals", name))).associations == ("deals", "2-123")


def test_an_unknown_type_of_associations_is_refused(schemas: Schemas) -> None:
    with pytest.raises(
        BadRequestError, match=r"associations: Unknown object type .dealz.\. Did you mean deals"
    ) as caught:
        schemas.resolve(PullOptions(associations=("dealz",)))

    assert caught.value.parameter == "associations"


Search = tuple[str, list[str], dict[str, float]]


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[Search]:
    """What is compared to find a name that was probably meant."""
    seen: list[Search] = []

    def search(word: str, known: Iterable[str], **limits: float) -> list[str]:
        names = list(known)
        seen.append((word, names, limits))
        return get_close_matches(word, names, n=int(limits["n"]), cutoff=limits["cutoff"])

    monkeypatch.setattr(schema_cache, "get_close_matches", search)
    return seen


def test_three_types_that_are_close_are_suggested(schemas: Schemas, searches: list[Search]) -> None:
    """By any of their names. A long name is compared up to 60 characters, so that it takes no time."""
    with pytest.raises(BadRequestError):
        schemas.find("X" * 61)

    ((word, known, limits),) = searches
    assert (word, limits) == ("x" * 60, {"n": 3, "cutoff": 0.6})
    assert {"contacts", "contact", "0-1", "owners", "p1_car", "car", "2-123"} <= set(known)


def test_five_properties_that_are_close_are_suggested(schemas: Schemas, searches: list[Search]) -> None:
    """To the first unknown one by name."""
    with pytest.raises(BadRequestError, match="unknown property 'property_a' of contacts"):
        schemas.resolve(PullOptions(properties=("property_b", "property_01", "property_a")))

    assert searches == [("property_a", NAMES, {"n": 5, "cutoff": 0.5})]
