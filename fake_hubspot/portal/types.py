"""The object types of a portal: their names in paths and how they differ."""

import msgspec

__all__ = ["STANDARD_TYPES", "ObjectType"]


class ObjectType(msgspec.Struct, frozen=True):
    """One type of record.

    Attributes:
        default_properties: What a response carries if the request asks for no properties.
        always: What it carries even if the request asks for others.
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

    @property
    def always(self) -> tuple[str, ...]:
        """Properties that are returned whatever the request asks for.

        Source: recording (contacts 2026-03, meetings 2022-11).
        """
        return (self.created_property, self.modified_property, "hs_object_id")

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a path may use.

        Source: docs (2026-03) and reader (sesam-io/hubspot-connector uses the singular).
        """
        return (self.plural, self.singular, self.type_id)


def _standard(type_id: str, singular: str, plural: str, *defaults: str, display: str = "name") -> ObjectType:
    return ObjectType(
        type_id,
        singular,
        plural,
        tuple(sorted({*defaults, "createdate", "hs_lastmodifieddate", "hs_object_id"})),
        display_property=display,
    )


def _engagement(type_id: str, singular: str, plural: str, *, display: str) -> ObjectType:
    return ObjectType(
        type_id,
        singular,
        plural,
        ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
        created_property="hs_createdate",
        display_property=display,
    )


# The defaults of contacts are recorded (2026-04); those of the other types are in HubSpot's object guides.
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
    ),
    _engagement("0-27", "task", "tasks", display="hs_task_subject"),
    _engagement("0-46", "note", "notes", display="hs_note_body"),
    _engagement("0-47", "meeting", "meetings", display="hs_meeting_title"),
    _engagement("0-48", "call", "calls", display="hs_call_title"),
    _engagement("0-49", "email", "emails", display="hs_email_subject"),
    _engagement("0-64", "quote_template", "quote_templates", display="hs_name"),
)
