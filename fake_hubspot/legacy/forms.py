"""The forms API of version 2: the same forms as in version 3, in the older shape."""

from typing import Any

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.simple import FORMS, check_form
from fake_hubspot.legacy.errors import LegacyError
from fake_hubspot.legacy.pages import Dialect, rows_at
from fake_hubspot.legacy.row import NO_CONTENT, Row
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.resources import Resource

__all__ = ["ROWS"]

PREFIX = "/forms/v2/forms"
ONE = f"{PREFIX}/{{formGuid}}"
SCOPE = "forms"
# Without `limit` every form is on one page. Source: reader (tap-hubspot 4.5 and n8n read one page).
EVERY = Dialect(default=2**31 - 1, maximum=2**31 - 1)
# Where the members are kept that only this version has.
EXTRAS = "forms-v2"
# The members that a new form has if a request does not set them. Source: recording (2022-08).
DEFAULTS: dict[str, Any] = {
    "action": "",
    "method": "",
    "cssClass": "",
    "followUpId": "",
    "notifyRecipients": "",
    "leadNurturingCampaignId": "",
    "performableHtml": "",
    "migratedFrom": "",
    "ignoreCurrentValues": False,
    "metaData": [],
    "deletable": True,
    "inlineMessage": "",
    "tmsId": "",
    "captchaEnabled": False,
    "campaignGuid": "",
    "cloneable": True,
    "editable": True,
    "themeName": "",
    "parentId": 0,
    "style": "",
    "isPublished": True,
    "publishAt": 0,
    "unpublishAt": 0,
    "publishedAt": 0,
    "kickbackEmailWorkflowId": 0,
    "kickbackEmailsJson": "",
    "customUid": "",
    "createMarketableContact": True,
    "editVersion": 0,
    "thankYouMessageJson": "",
    "themeColor": "",
    "alwaysCreateNewCompany": False,
    "businessUnitId": 0,
    "paymentSessionTemplateIds": [],
    "selectedExternalOptions": [],
}
# What a field of a form has besides what both versions know. Source: recording (2022-08).
FIELD: dict[str, Any] = {
    "description": "",
    "groupName": "",
    "displayOrder": -1,
    "selectedOptions": [],
    "validation": {"name": "", "message": "", "data": "", "useDefaultBlockList": False, "blockedEmailAddresses": []},
    "enabled": True,
    "defaultValue": "",
    "isSmartField": False,
    "unselectedLabel": "",
    "placeholder": "",
    "dependentFieldFilters": [],
    "labelHidden": False,
    "propertyObjectType": "CONTACT",
    "metaData": [],
}


def _wire(portal: Portal, form: Resource) -> dict[str, Any]:
    """Render one form.

    Source: recording (2022-08) for the members, whose order is nearly that.
    """
    fields = form.fields
    extras = portal.resources.find(EXTRAS, form.id)
    action = fields.get("configuration", {}).get("postSubmitAction") or {}
    return {
        "portalId": portal.id,
        "guid": form.id,
        "name": fields.get("name", ""),
        "redirect": action.get("value", "") if action.get("type") == "redirect_url" else "",
        "submitText": fields.get("displayOptions", {}).get("submitButtonText", ""),
        "formFieldGroups": [_group(one) for one in fields.get("fieldGroups", [])],
        "createdAt": form.created_ms,
        "updatedAt": form.updated_ms,
        "formType": str(fields.get("formType", "hubspot")).upper(),
        "deletedAt": form.archived_ms or 0,
        "internalUpdatedAt": form.updated_ms,
        **DEFAULTS,
        **(extras.fields if extras else {}),
    }


def _group(group: dict[str, Any]) -> dict[str, Any]:
    """Render a group of fields. Source: docs."""
    fields = [_field(one) for one in group.get("fields") or []]
    text = {"content": group.get("richText") or "", "type": "TEXT"}
    return {"fields": fields, "default": True, "isSmartGroup": False, "richText": text, "isPageBreak": False}


def _field(field: dict[str, Any]) -> dict[str, Any]:
    """Render a field. Source: recording (2022-08); which types of fields are which: assumed."""
    shape = {
        "name": field.get("name", ""),
        "label": field.get("label", ""),
        "type": "enumeration" if field.get("options") else "string",
        "fieldType": OLD_FIELDS.get(field.get("fieldType", ""), field.get("fieldType", "text")),
        "required": field.get("required", False),
        "options": field.get("options", []),
        "hidden": field.get("hidden", False),
        "objectTypeId": field.get("objectTypeId", "0-1"),
    }
    return {**FIELD, **shape}


# The types of fields of version 3 that version 2 has under another name.
OLD_FIELDS = {"email": "text", "single_line_text": "text", "multi_line_text": "textarea", "phone": "phonenumber"}
NEW_FIELDS = {"text": "single_line_text", "textarea": "multi_line_text", "phonenumber": "phone"}


def _to_fields(known: dict[str, Any], given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields of version 3 that a body of version 2 sets, and its members that only version 2 has."""
    fields = dict(known)
    if given.get("name"):
        fields["name"] = given["name"]
    if "submitText" in given:
        fields["displayOptions"] = known.get("displayOptions", {}) | {"submitButtonText": given["submitText"]}
    if given.get("redirect"):
        action = {"type": "redirect_url", "value": given["redirect"]}
        fields["configuration"] = known.get("configuration", {}) | {"postSubmitAction": action}
    if given.get("formFieldGroups") is not None:
        check_form({"fieldGroups": given["formFieldGroups"]})
        fields["fieldGroups"] = [_new_group(one) for one in given["formFieldGroups"]]
    return fields, {name: value for name, value in given.items() if name in DEFAULTS}


def _new_group(group: dict[str, Any]) -> dict[str, Any]:
    return {
        "groupType": "default_group",
        "richTextType": "text",
        "fields": [
            {
                "objectTypeId": one.get("objectTypeId", "0-1"),
                "name": one.get("name", ""),
                "label": one.get("label", ""),
                "required": one.get("required", False),
                "hidden": one.get("hidden", False),
                "fieldType": NEW_FIELDS.get(one.get("fieldType", "text"), one.get("fieldType", "text")),
                **({"options": one["options"]} if one.get("options") else {}),
            }
            for one in group.get("fields") or []
        ],
    }


def list_forms(context: RequestContext) -> Response:
    """Return every form, or a page of them. Source: recording (2022-08)."""
    wanted = {one.upper() for one in context.request.all("formTypes")} - {"ALL"}
    rows = [_wire(context.portal, one) for one in context.portal.resources.living(FORMS.name)]
    rows = [row for row in rows if not wanted or row["formType"] in wanted]
    page, _ = rows_at(context, rows, EVERY)
    return Response.of(page)


def _known(context: RequestContext) -> Resource:
    """Return the form in the path.

    Raises:
        LegacyError: 404. Source: the text is assumed.
    """
    guid = context.params["formGuid"]
    found = context.portal.resources.find(FORMS.name, guid)
    if found is None or found.is_archived:
        raise LegacyError(404, f"No form found with guid '{guid}'", tail={"type": "FORM_NOT_FOUND"})
    return found


def read_form(context: RequestContext) -> Response:
    """Return one form. Source: recording (2022-08)."""
    return Response.of(_wire(context.portal, _known(context)))


def create_form(context: RequestContext) -> Response:
    """Create a form. Source: recording (2022-08)."""
    given, portal = read_body(context, dict[str, Any]), context.portal
    guid = portal.resources.new_uuid()
    if not given.get("name"):
        text = f"Form name is required, form guid '{guid}'"
        raise LegacyError(400, text, tail={"type": "MISSING_NAME"})
    fields, extras = _to_fields({}, given)
    made = portal.resources.add(FORMS.name, FORMS.complete(context, fields), resource_id=guid)
    portal.resources.add(EXTRAS, extras, resource_id=guid)
    return Response.of(_wire(portal, made))


def update_form(context: RequestContext) -> Response:
    """Change a form. Source: recording (2022-08)."""
    known, given, portal = _known(context), read_body(context, dict[str, Any]), context.portal
    fields, extras = _to_fields(known.fields, given)
    before = portal.resources.find(EXTRAS, known.id)
    portal.resources.add(EXTRAS, (before.fields if before else {}) | extras, resource_id=known.id)
    return Response.of(_wire(portal, portal.resources.change(FORMS.name, known, fields)))


def delete_form(context: RequestContext) -> Response:
    """Delete a form. Source: recording (2022-08: 204)."""
    context.portal.resources.archive(FORMS.name, _known(context))
    return Response.empty()


def _fields_of(context: RequestContext) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = _wire(context.portal, _known(context))["formFieldGroups"]
    return [field for group in groups for field in group["fields"]]


def list_fields(context: RequestContext) -> Response:
    """Return every field of a form. Source: recording (2022-08)."""
    return Response.of(_fields_of(context))


def read_field(context: RequestContext) -> Response:
    """Return one field of a form. Source: recording (2022-08); the text for a missing one is assumed."""
    name = context.params["fieldName"]
    for field in _fields_of(context):
        if field["name"] == name:
            return Response.of(field)
    raise LegacyError(404, f"No field '{name}' found in the form")


FIELDS = "/forms/v2/fields/{formGuid}"
ROWS = (
    Row("forms.list", "GET", PREFIX, list_forms, ("limit", "offset", "formTypes"), pages=True, scope=SCOPE),
    Row("forms.create", "POST", PREFIX, create_form, body=dict, scope=SCOPE),
    Row("forms.read", "GET", ONE, read_form, scope=SCOPE),
    Row("forms.update", "POST", ONE, update_form, body=dict, scope=SCOPE),
    Row("forms.delete", "DELETE", ONE, delete_form, scope=SCOPE, statuses=NO_CONTENT),
    Row("forms.fields", "GET", FIELDS, list_fields, scope=SCOPE),
    Row("forms.field", "GET", f"{FIELDS}/{{fieldName}}", read_field, scope=SCOPE),
)
