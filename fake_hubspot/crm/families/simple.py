"""The families that are collections and little else, one row each.

Source: reader (the operations and models of HubSpot's official clients) for paths and keys; docs for the filters by
time and for what is returned of a form, an e-mail and a campaign. What HubSpot does with these things besides keeping
them is not built, and the routes say that they are shallow.
"""

from typing import Any

import msgspec

from fake_hubspot.context import RequestContext, Route
from fake_hubspot.crm.bodies import decode
from fake_hubspot.crm.families.collection import Collection, collection_routes, with_times
from fake_hubspot.crm.families.marketing_events import render_event
from fake_hubspot.crm.versions import FAMILY_PATHS
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.owners import ACTING_USER_ID
from fake_hubspot.portal.record_events import EVENT_DEFINITIONS as DEFINITION_FAMILY
from fake_hubspot.portal.record_events import FORMS as FORM_FAMILY
from fake_hubspot.portal.resources import Resource

__all__ = ["CAMPAIGNS", "EMAILS", "EVENT_DEFINITIONS", "FLOWS", "FORMS", "check_form", "routes"]

READ_ONLY = ("list", "read")
# The type id of the first custom event. Source: docs for the form `6-...`; the number is assumed.
FIRST_EVENT_TYPE = 1_000_000
FORM_TYPES = ("hubspot", "captured", "flow", "blog_comment")


class FormField(msgspec.Struct, rename="camel"):
    """What is looked at in a field of a form."""

    field_type: str = ""


class FieldGroup(msgspec.Struct):
    """What is looked at in a group of fields."""

    fields: list[FormField] | None = None


class Configuration(msgspec.Struct, rename="camel"):
    """What is looked at in the configuration of a form."""

    post_submit_action: dict[str, Any] | None = None


class Form(msgspec.Struct, rename="camel"):
    """What is looked at in a form; the rest is kept as it is."""

    field_groups: list[FieldGroup] | None = None
    configuration: Configuration | None = None
    display_options: dict[str, Any] | None = None


def check_form(fields: dict[str, Any]) -> None:
    """Check the types of what other requests look at in a form.

    Raises:
        HubSpotError: 400, as for any body that has other types.
    """
    decode(msgspec.json.encode(fields), Form)


# What a form has unless it says otherwise. Source: recording (amp-labs 2026-05).
CONFIGURATION: dict[str, Any] = {
    "language": "en",
    "cloneable": True,
    "postSubmitAction": {"type": "thank_you", "value": ""},
    "editable": True,
    "archivable": True,
    "recaptchaEnabled": False,
    "notifyContactOwner": False,
    "notifyRecipients": [],
    "createNewContactForNewEmail": False,
    "prePopulateKnownValues": True,
    "allowLinkToResetKnownValues": False,
}
DISPLAY: dict[str, Any] = {
    "renderRawHtml": False,
    "theme": "default_style",
    "submitButtonText": "Submit",
    "style": {
        "fontFamily": "arial, helvetica, sans-serif",
        "backgroundWidth": "100%",
        "labelTextColor": "#33475b",
        "labelTextSize": "11px",
        "helpTextColor": "#7C98B6",
        "helpTextSize": "11px",
        "legalConsentTextColor": "#33475b",
        "legalConsentTextSize": "14px",
        "submitColor": "#ff7a59",
        "submitAlignment": "left",
        "submitFontColor": "#ffffff",
        "submitSize": "12px",
    },
    "cssClass": None,
}


def _form(_: RequestContext, fields: dict[str, Any]) -> dict[str, Any]:
    """Complete a form. Null is the same as nothing: assumed.

    Source: docs (forms, 2026-03) for the keys and their defaults.
    """
    check_form(fields)
    fields = {name: value for name, value in fields.items() if value is not None}
    complete = {
        "fieldGroups": fields.get("fieldGroups", []),
        "configuration": _over(CONFIGURATION, fields.get("configuration")),
        "displayOptions": _over(DISPLAY, fields.get("displayOptions")),
        "legalConsentOptions": fields.get("legalConsentOptions", {"type": "none"}),
        "formType": fields.get("formType", "hubspot"),
    }
    return {name: value for name, value in fields.items() if name not in complete} | complete


def _over(defaults: dict[str, Any], given: Any) -> dict[str, Any]:
    return {**defaults, **given} if isinstance(given, dict) else dict(defaults)


def _form_row(_: RequestContext, one: Resource) -> dict[str, Any]:
    """Render a form. Source: recording (amp-labs 2026-05) for the order of its keys."""
    times = {"createdAt": format_time(one.created_ms), "updatedAt": format_time(one.updated_ms)}
    rest = {name: value for name, value in one.fields.items() if name != "name"}
    wire = {"id": one.id, "name": one.fields.get("name"), **times, "archived": one.is_archived}
    return (wire if one.archived_ms is None else wire | {"archivedAt": format_time(one.archived_ms)}) | rest


def _email_row(context: RequestContext, one: Resource) -> dict[str, Any]:
    """Render a marketing e-mail. Source: recording (amp-labs 2026-05): the keys are sorted."""
    return dict(sorted(with_times(context, one).items()))


def _email(context: RequestContext, fields: dict[str, Any]) -> dict[str, Any]:
    """Complete a marketing e-mail. Source: recording (amp-labs 2026-05) for the keys and the values of a draft."""
    complete: dict[str, Any] = {
        "activeDomain": f"{context.portal.id}.hs-sites.com",
        "businessUnitId": "0",
        "emailTemplateMode": "DRAG_AND_DROP",
        "jitterSendTime": True,
        "publishDate": format_time(context.portal.clock.now_ms() // 1000 * 1000),
        "subscriptionDetails": {},
        "webversion": {},
        "subject": "",
        "state": "DRAFT",
        "type": "BATCH_EMAIL",
        "subcategory": "batch",
        "language": "en",
        "isPublished": False,
        "isTransactional": False,
        "isAb": False,
        "sendOnPublish": True,
        "from": {},
        "to": {},
        "content": {},
        "createdById": ACTING_USER_ID,
        "updatedById": ACTING_USER_ID,
    }
    return complete | fields


class Campaign(msgspec.Struct):
    """What is looked at in a campaign."""

    properties: dict[str, Any] | None = None


def _complete_campaign(_: RequestContext, fields: dict[str, Any]) -> dict[str, Any]:
    """Check the type of a campaign's properties. Null is the same as none: assumed."""
    given = decode(msgspec.json.encode(fields), Campaign)
    return fields | {"properties": given.properties or {}}


def _campaign(context: RequestContext, one: Resource) -> dict[str, Any]:
    """Render a campaign with the properties that the request names and it has, or with its name.

    Source: recording (amp-labs 2026-05); without `properties`: assumed.
    """
    given = {"hs_name": "", **one.fields.get("properties", {}), "hs_object_id": one.id}
    asked = context.request.all("properties")
    return {
        "id": one.id,
        "properties": {name: given[name] for name in sorted(asked or ["hs_name"]) if given.get(name) is not None},
        "createdAt": format_time(one.created_ms),
        "updatedAt": format_time(one.updated_ms),
        "businessUnits": [{"id": 0}],
    }


def _flow(_: RequestContext, fields: dict[str, Any]) -> dict[str, Any]:
    """Complete a workflow. Source: docs (automation v4) for the keys; the values are assumed."""
    complete: dict[str, Any] = {
        "isEnabled": True,
        "flowType": "WORKFLOW",
        "objectTypeId": "0-1",
        "revisionId": "1",
        "type": "CONTACT_FLOW",
        "actions": [],
    }
    return complete | fields


def _flow_row(context: RequestContext, one: Resource) -> dict[str, Any]:
    wire = with_times(context, one)
    wire.pop("archived")
    return wire


def _definition(context: RequestContext, fields: dict[str, Any]) -> dict[str, Any]:
    """Complete the definition of a custom event. Source: docs (event definitions, 2026-03)."""
    name = str(fields.get("name") or fields.get("label") or "event").lower().replace(" ", "_")
    full = str(fields.get("fullyQualifiedName") or f"pe{context.portal.id}_{name}")
    known = context.portal.resources.find(DEFINITION_FAMILY, full)
    number = known.number if known else len(context.portal.resources.all(DEFINITION_FAMILY)) + 1
    type_id = fields.get("objectTypeId") or f"6-{FIRST_EVENT_TYPE + number}"
    complete = {"primaryObject": "CONTACT", "properties": []} | fields
    return complete | {"name": name, "fullyQualifiedName": full, "objectTypeId": type_id}


FORMS = Collection(
    name=FORM_FAMILY,
    paths=FAMILY_PATHS["forms"],
    key="formId",
    noun="form",
    scope="forms",
    operations=("list", "create", "read", "update", "replace", "archive"),
    required=("name",),
    complete=_form,
    render=_form_row,
    by_uuid=True,
    is_shallow=False,
)
EMAILS = Collection(
    name="emails",
    paths=FAMILY_PATHS["emails"],
    key="emailId",
    noun="marketing e-mail",
    scope="content",
    required=("name",),
    filters=("type", "isPublished"),
    complete=_email,
    render=_email_row,
    has_total=True,
    limit=(10, 100),
    is_shallow=False,
)
CAMPAIGNS = Collection(
    name="campaigns",
    paths=FAMILY_PATHS["campaigns"],
    key="campaignGuid",
    noun="campaign",
    required=("properties",),
    render=_campaign,
    complete=_complete_campaign,
    by_uuid=True,
    has_total=True,
    limit=(50, 100),
    created=201,
    is_shallow=False,
)
FLOWS = Collection(
    name="flows",
    paths=FAMILY_PATHS["flows"],
    key="flowId",
    noun="workflow",
    scope="automation",
    operations=("list", "create", "read", "replace", "archive"),
    complete=_flow,
    render=_flow_row,
    limit=(100, 100),
    created=200,
)
EVENT_DEFINITIONS = Collection(
    name=DEFINITION_FAMILY,
    paths=tuple(f"{path}/event-definitions" for path in FAMILY_PATHS["events"]),
    key="eventName",
    noun="definition of an event",
    required=("label",),
    complete=_definition,
    id_field="fullyQualifiedName",
    has_total=True,
)
COLLECTIONS = (
    FORMS,
    EMAILS,
    CAMPAIGNS,
    FLOWS,
    EVENT_DEFINITIONS,
    Collection(
        name="action-definitions",
        paths=tuple(f"{path}/{{appId}}" for path in FAMILY_PATHS["actions"]),
        key="definitionId",
        noun="custom action",
        required=("actionUrl",),
    ),
    Collection(
        name="sequences",
        paths=FAMILY_PATHS["sequences"],
        key="sequenceId",
        noun="sequence",
        scope="automation.sequences.read",
        operations=READ_ONLY,
        has_total=True,
    ),
    Collection(
        name="meeting-links",
        paths=FAMILY_PATHS["meeting-links"],
        key="meetingLinkId",
        noun="scheduling page",
        scope="scheduler.meetings.meeting-link.read",
        operations=("list",),
        has_total=True,
    ),
    Collection(
        name="event-templates",
        paths=tuple(f"{path}/{{appId}}/event-templates" for path in FAMILY_PATHS["timeline"]),
        key="eventTemplateId",
        noun="timeline event template",
        operations=("list", "create", "read", "replace", "archive"),
        required=("name", "objectType"),
    ),
    Collection(
        name="smtp-tokens",
        paths=tuple(f"{path}/smtp-tokens" for path in FAMILY_PATHS["transactional"]),
        key="tokenId",
        noun="SMTP token",
        scope="transactional-email",
        operations=("list", "create", "read", "archive"),
    ),
    Collection(
        name="marketing-events",
        paths=FAMILY_PATHS["marketing-events"],
        key="objectId",
        noun="marketing event",
        operations=("list", "read", "update", "archive"),
        render=render_event,
    ),
    Collection(
        name="cards",
        paths=tuple(f"{path}/{{appId}}" for path in FAMILY_PATHS["cards"]),
        key="cardId",
        noun="card",
        required=("title",),
    ),
    Collection(
        name="exchange-rates",
        paths=tuple(f"{path}/exchange-rates" for path in FAMILY_PATHS["currencies"]),
        key="exchangeRateId",
        noun="exchange rate",
        operations=("list", "create", "read", "update"),
        required=("fromCurrencyCode", "conversionRate"),
        filters=("fromCurrencyCode", "toCurrencyCode"),
        limit=(100, 100),
    ),
)
# Parts of a campaign, which are not listed.
PARTS = tuple(
    Collection(
        name=f"campaigns.{name}",
        paths=tuple(f"{path}/{{campaignGuid}}/{name}" for path in FAMILY_PATHS["campaigns"]),
        key=f"{name}Id",
        noun=f"{name} item",
        operations=("create", "read", "replace", "archive"),
        required=("name", "amount"),
    )
    for name in ("budget", "spend")
)


CURRENT_RATES = Collection(
    name="exchange-rates",
    paths=tuple(f"{path}/exchange-rates/current" for path in FAMILY_PATHS["currencies"]),
    key="exchangeRateId",
    noun="exchange rate",
    operations=("list",),
)


def routes() -> list[Route]:
    """Return the routes of these families."""
    return collection_routes((*COLLECTIONS, *PARTS, CURRENT_RATES))
