"""A whole account as a JSON file, which `fake-hubspot export` writes and `--seed-file` reads, with its JSON Schema."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

__all__ = [
    "Account",
    "AccountGroup",
    "AccountLabel",
    "AccountLink",
    "AccountOption",
    "AccountOwner",
    "AccountPipeline",
    "AccountProperty",
    "AccountRecord",
    "AccountStage",
    "AccountType",
    "TypeLabels",
    "account_schema",
]

Name = Annotated[str, Meta(min_length=1)]
Value = str | int | float | bool | None
RecordId = Annotated[int, Meta(gt=0)] | Annotated[str, Meta(pattern="^[0-9]+$")]


class _Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """A part of the file: keys in camel case, no unknown one, and those with their defaults are left out."""


class AccountOwner(_Part, frozen=True, kw_only=True):
    """A user who can own records."""

    id: Annotated[int, Meta(gt=0)]
    email: Name
    user_id: Annotated[int | None, Meta(description="The user's id; one more than the owner's if it is left out.")] = (
        None
    )
    first_name: str = ""
    last_name: str = ""
    archived: bool = False


class TypeLabels(_Part, frozen=True, kw_only=True):
    """What people call one record of a type, and several."""

    singular: Name
    plural: Name


class AccountType(_Part, frozen=True, kw_only=True):
    """An object type of the account's own. Its properties are under `properties`."""

    name: Annotated[str, Meta(pattern="^[A-Za-z0-9_]+$", description="Its name, as in p62515_NAME.")]
    labels: TypeLabels
    object_type_id: Annotated[str, Meta(pattern="^2-[0-9]+$")] | None = None
    primary_display_property: Name
    required_properties: list[str] = []
    searchable_properties: list[str] | None = None
    secondary_display_properties: list[str] = []
    associated_objects: Annotated[list[str], Meta(description="The names of types that it can be linked with.")] = []
    description: str | None = None


class AccountOption(_Part, frozen=True, kw_only=True):
    """An allowed value of an enumeration."""

    label: str
    value: str
    display_order: int = -1
    hidden: bool = False
    description: str | None = None


class AccountProperty(_Part, frozen=True, kw_only=True):
    """A property of the account's own, or a changed one of HubSpot's."""

    name: Name
    label: str = ""
    type: str = "string"
    field_type: str = "text"
    group_name: str = ""
    description: str = ""
    options: list[AccountOption] = []
    display_order: int = -1
    has_unique_value: bool = False
    hidden: bool = False
    form_field: bool = False
    archived: bool = False


class AccountGroup(_Part, frozen=True, kw_only=True):
    """A heading under which HubSpot shows properties."""

    name: Name
    label: str = ""
    display_order: int = -1


class AccountStage(_Part, frozen=True, kw_only=True):
    """One step of a pipeline."""

    id: Name
    label: str
    display_order: int = 0
    metadata: dict[str, str] = {}
    archived: bool = False


class AccountPipeline(_Part, frozen=True, kw_only=True):
    """The steps that records of a type go through."""

    id: Name
    label: str
    display_order: int = 0
    stages: list[AccountStage] = []
    archived: bool = False


class AccountLabel(_Part, frozen=True, kw_only=True):
    """A label of the account's own for links between two types."""

    source: Annotated[Name, Meta(description="A type.")] = msgspec.field(name="from")
    target: Annotated[Name, Meta(description="A type.")] = msgspec.field(name="to")
    name: Name
    label: Name
    inverse_label: str | None = None
    type_id: Annotated[int, Meta(gt=0, description="The id of the type of link; the way back has the next one.")] | (
        None
    ) = None


class AccountRecord(_Part, frozen=True, kw_only=True):
    """A record."""

    id: RecordId | None = None
    properties: dict[str, Value] = {}
    archived: bool = False
    archived_at: str | None = None


class AccountLink(_Part, frozen=True, kw_only=True):
    """A link between two records."""

    source: Annotated[str, Meta(pattern="^[^/]+/[0-9]+$", description="A record: TYPE/ID.")] = msgspec.field(
        name="from"
    )
    target: Annotated[str, Meta(pattern="^[^/]+/[0-9]+$", description="A record: TYPE/ID.")] = msgspec.field(name="to")
    type: Annotated[
        str | None,
        Meta(description="The name of the type of link, such as contact_to_company; without it there is no label."),
    ] = None


class Account(_Part, frozen=True, kw_only=True):
    """An account of the fake HubSpot. Keys of `properties`, `groups`, `pipelines` and `records` are object types."""

    schema: Annotated[str, Meta(description="The address of this schema, for editors.")] = msgspec.field(
        name="$schema", default=""
    )
    check: Annotated[
        bool,
        Meta(
            description="true: records are written as HubSpot writes those of an import, with its checks and its "
            "calculated properties. false, as in exports: they are taken as they are."
        ),
    ] = True
    owners: list[AccountOwner] = []
    types: list[AccountType] = []
    groups: dict[str, list[AccountGroup]] = {}
    properties: dict[str, list[AccountProperty]] = {}
    pipelines: dict[str, list[AccountPipeline]] = {}
    labels: list[AccountLabel] = []
    records: dict[str, list[AccountRecord]] = {}
    associations: list[AccountLink] = []


def account_schema() -> dict[str, Any]:
    """Return the JSON Schema of the file, for editors."""
    schema = msgspec.json.schema(Account)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Account of the fake HubSpot", **schema}
