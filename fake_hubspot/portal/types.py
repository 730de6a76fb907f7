"""The object types of a portal: their names in paths and how they differ. `ObjectTypes` resolves every name."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

__all__ = ["STANDARD_TYPES", "ObjectType", "ObjectTypes", "custom_type", "is_unbuilt"]


UPPER_NAMES = {"0-47": "MEETING_EVENT"}


class ObjectType(msgspec.Struct, frozen=True):
    """One type of record.

    Attributes:
        default_properties: What a response carries if the request asks for no properties.
        qualified_name: The name of a custom type with its account, `p62515_car`; a standard type has none.
        required_properties: What a new record must have.
        labels: What people call one record and several, if not as the names say.
        associated_types: The ids of the types with which a custom type was associated.
        association_names: The ids of those types to whose associations names were given, with the names.
        is_assumed: Whether HubSpot documents little more about the type than its name, so that its properties are
            guessed.
    """

    type_id: str
    singular: str
    plural: str
    default_properties: tuple[str, ...]
    created_property: str = "createdate"
    modified_property: str = "hs_lastmodifieddate"
    display_property: str = "name"
    unique_properties: tuple[str, ...] = ()
    is_custom: bool = False
    qualified_name: str = ""
    required_properties: tuple[str, ...] = ()
    is_assumed: bool = False
    labels: tuple[str, str] | None = None
    searchable_properties: tuple[str, ...] | None = None
    secondary_properties: tuple[str, ...] = ()
    description: str | None = None
    associated_types: tuple[str, ...] = ()
    association_names: tuple[tuple[str, str], ...] = ()
    created_ms: int = 0
    updated_ms: int = 0

    @property
    def always(self) -> tuple[str, ...]:
        """Properties that are returned whatever the request asks for.

        Source: recording (contacts 2026-03, meetings 2022-11).
        """
        return (self.created_property, self.modified_property, "hs_object_id")

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a path may use, in lower case; HubSpot takes any case.

        Source: docs (2026-03; for custom types: changelog 2025-06-24) and reader (sesam-io/hubspot-connector uses the
        singular).
        """
        if self.is_custom:
            spelled = (self.qualified_name, f"p_{self.singular}", self.type_id)
        else:
            spelled = (self.plural, self.singular, self.type_id)
        return tuple(dict.fromkeys(name.lower() for name in spelled if name))

    @property
    def base_names(self) -> tuple[str, ...]:
        """The names of a custom type without its account, which HubSpot took until 2025-06-24.

        Source: docs (changelog 2025-06-24).
        """
        return (self.plural.lower(), self.singular.lower()) if self.is_custom else ()

    @property
    def upper_name(self) -> str:
        """What HubSpot's messages and schemas call one of HubSpot's own types.

        Source: recording (errors 2026-04, schemas 2025-11); the one of meetings follows from the recorded names of
        their links.
        """
        return UPPER_NAMES.get(self.type_id, self.singular.upper())

    @property
    def wire_name(self) -> str:
        """What responses call the type, in links and as the key of associations.

        Source: recording for standard types; for custom ones assumed.
        """
        return self.qualified_name or self.plural


def custom_type(
    type_id: str, name: str, labels: tuple[str, str], *, display_property: str, **fields: Any
) -> ObjectType:
    """Return a type that an account defines.

    Args:
        type_id: Its id.
        name: Its name.
        labels: What people call one record and several. Its plural name is made from the second one.
        display_property: The property that people see first.
        fields: Further fields of the type.
    """
    return ObjectType(
        type_id,
        name,
        labels[1].lower().replace(" ", "_"),
        tuple(sorted({display_property, "hs_createdate", "hs_lastmodifieddate", "hs_object_id"})),
        created_property="hs_createdate",
        display_property=display_property,
        is_custom=True,
        labels=labels,
        **fields,
    )


class ObjectTypes(Mapping[str, ObjectType]):
    """The types of a portal, by every name that HubSpot accepts in a path, in any case.

    Args:
        takes_base_names: Tells whether custom types are also found by their names without the account.

    Source: recording (hubspot-api-ruby and grouparoo use `Deal`, `CONTACT`) for the case.
    """

    def __init__(self, types: Iterable[ObjectType], *, takes_base_names: Callable[[], bool]) -> None:
        self._takes_base_names = takes_base_names
        self._by_name: dict[str, ObjectType] = {}
        self._by_base_name: dict[str, ObjectType] = {}
        self._all: dict[str, ObjectType] = {}
        for one in types:
            self.add(one)

    def add(self, object_type: ObjectType) -> None:
        """Make a type known."""
        self._all[object_type.type_id] = object_type
        self._by_name.update(dict.fromkeys(object_type.names, object_type))
        self._by_base_name.update(dict.fromkeys(object_type.base_names, object_type))

    def find(self, name: str) -> ObjectType | None:
        """Return the type that a path means with `name`, None if HubSpot would not know it."""
        found = self._by_name.get(name)
        if found is None:
            lower = name.lower()
            found = self._by_name.get(lower)
            if found is None and self._takes_base_names():
                found = self._by_base_name.get(lower)
        return found

    def find_leniently(self, name: str) -> ObjectType | None:
        """Return the type that a person means with `name`: the short name of a custom type is enough."""
        return self.find(name) or self._by_base_name.get(name.lower())

    def taken(self, object_type: ObjectType) -> list[str]:
        """Return those of a new type's names that another type has."""
        wanted = (*object_type.base_names, *object_type.names)
        return [name for name in wanted if name in self._by_name or name in self._by_base_name]

    def all(self) -> list[ObjectType]:
        """Return every type once, the standard ones first."""
        return list(self._all.values())

    def __getitem__(self, name: str) -> ObjectType:
        found = self.find(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return self.find(str(name)) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


def _standard(
    type_id: str, singular: str, plural: str, *defaults: str, display: str = "name", required: tuple[str, ...] = ()
) -> ObjectType:
    return ObjectType(
        type_id,
        singular,
        plural,
        tuple(sorted({*defaults, "createdate", "hs_lastmodifieddate", "hs_object_id"})),
        display_property=display,
        required_properties=required,
    )


def _newer(
    type_id: str,
    singular: str,
    plural: str,
    *,
    display: str,
    required: tuple[str, ...] = (),
    is_assumed: bool = False,
) -> ObjectType:
    """Make a type whose time of creation is `hs_createdate`: the activities, and every type since about 2021."""
    return ObjectType(
        type_id,
        singular,
        plural,
        ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
        created_property="hs_createdate",
        display_property=display,
        required_properties=required,
        is_assumed=is_assumed,
    )


TIMED = ("hs_timestamp",)
# Ids: docs (list of object type ids, 2026); reader for deal splits and contracts; assumed for the partner types.
# Default properties: recording for contacts (2026-04), docs for the other types down to line items; that the
# newer types have only the three common ones is assumed.
# Required properties: recording for activities and projects (2026-04, without the names), docs for the names;
# of tickets: recording (amp-labs 2025-11, the schema); of quotes, invoices, payments and leads: docs (their guides).
STANDARD_TYPES = (
    ObjectType(
        "0-1",
        "contact",
        "contacts",
        ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
        modified_property="lastmodifieddate",
        display_property="email",
        unique_properties=("email",),
    ),
    _standard("0-2", "company", "companies", "domain", "name"),
    _standard("0-3", "deal", "deals", "amount", "closedate", "dealname", "dealstage", "pipeline", display="dealname"),
    _standard(
        "0-5",
        "ticket",
        "tickets",
        *("content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority", "subject"),
        display="subject",
        required=("hs_pipeline_stage",),
    ),
    _standard("0-7", "product", "products", "description", "name", "price"),
    _standard("0-8", "line_item", "line_items", "hs_product_id", "quantity"),
    ObjectType(
        "0-14",
        "quote",
        "quotes",
        (
            *("hs_createdate", "hs_expiration_date", "hs_lastmodifieddate", "hs_object_id", "hs_public_url_key"),
            *("hs_status", "hs_title"),
        ),
        created_property="hs_createdate",
        display_property="hs_title",
        required_properties=("hs_title", "hs_expiration_date"),
    ),
    _newer("0-27", "task", "tasks", display="hs_task_subject", required=TIMED),
    _newer("0-46", "note", "notes", display="hs_note_body", required=TIMED),
    _newer("0-47", "meeting", "meetings", display="hs_meeting_title", required=TIMED),
    _newer("0-48", "call", "calls", display="hs_call_title", required=TIMED),
    _newer("0-49", "email", "emails", display="hs_email_subject", required=TIMED),
    _newer("0-18", "communication", "communications", display="hs_communication_body", required=TIMED),
    _newer("0-19", "feedback_submission", "feedback_submissions", display="hs_survey_name"),
    _newer("0-53", "invoice", "invoices", display="hs_number", required=("hs_currency",)),
    _newer("0-64", "quote_template", "quote_templates", display="hs_name"),
    _newer("0-69", "subscription", "subscriptions", display="hs_name"),
    _newer("0-72", "deal_split", "deal_splits", display="hs_deal_split_percentage"),
    _newer("0-74", "goal_target", "goal_targets", display="hs_goal_name"),
    _newer("0-84", "discount", "discounts", display="hs_label"),
    _newer("0-85", "fee", "fees", display="hs_label"),
    _newer("0-86", "tax", "taxes", display="hs_label"),
    _newer(
        "0-101",
        "commerce_payment",
        "commerce_payments",
        display="hs_customer_email",
        required=("hs_initial_amount", "hs_initiated_date"),
    ),
    _newer("0-115", "user", "users", display="hs_email"),
    _newer("0-116", "postal_mail", "postal_mail", display="hs_postal_mail_body", required=TIMED),
    _newer("0-123", "order", "orders", display="hs_order_name"),
    _newer("0-136", "lead", "leads", display="hs_lead_name", required=("hs_lead_name",)),
    _newer("0-142", "cart", "carts", display="hs_cart_name"),
    _newer("0-162", "service", "services", display="hs_name"),
    _newer("0-410", "course", "courses", display="hs_course_name"),
    _newer("0-420", "listing", "listings", display="hs_name"),
    _newer("0-421", "appointment", "appointments", display="hs_appointment_name"),
    _newer("0-970", "project", "projects", display="hs_name", required=("hs_name",)),
    _newer("0-11", "conversation", "conversations", display="hs_name", is_assumed=True),
    _newer("0-721", "contract", "contracts", display="hs_name", is_assumed=True),
    _newer("0-903", "partner_client", "partner_clients", display="hs_name", is_assumed=True),
    _newer("0-904", "partner_service", "partner_services", display="hs_name", is_assumed=True),
)
# Types that HubSpot has and this fake has not, by singular and plural.
UNBUILT = frozenset(
    name
    for singular in (
        *("ad_account", "ad_campaign", "blog_post", "campaign", "chatflow", "cta", "engagement"),
        *("feedback_survey", "file", "form", "knowledge_article", "landing_page", "marketing_email"),
        *("marketing_event", "media_bridge", "object_list", "partner_account", "playbook"),
        *("segment", "sequence", "site_page", "social_post", "thread", "workflow"),
    )
    for name in (singular, f"{singular}s")
)
STANDARD_ID = re.compile(r"0-[0-9]{1,9}")


def is_unbuilt(name: str) -> bool:
    """Return whether HubSpot has a type of that name or may have one of that id, if no type of the portal has it."""
    return name.lower() in UNBUILT or STANDARD_ID.fullmatch(name) is not None
