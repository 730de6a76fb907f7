"""The properties that HubSpot itself defines, as far as clients request them; a real account has a few hundred.

Contacts, companies, deals and tickets have every property of a real account, from the tables in `property_tables`, an
object a line in which what is left out has its usual value; a few that other accounts have are added here. The other
types have lines: name, type/field type (`!` before it: HubSpot sets the value, and it is read-only), label.

Source: recording (the tables: contacts, deals and tickets amp-labs 2025-11, companies Nango 2026-03); for the lines
docs (default properties) and recording (which properties responses carry).
"""

from functools import lru_cache
from pathlib import Path

import msgspec

from fake_hubspot.portal import further_properties
from fake_hubspot.portal.definitions import Option, PropertyDefinition, PropertyGroup
from fake_hubspot.portal.newer_properties import NEWER
from fake_hubspot.portal.types import STANDARD_TYPES, ObjectType

__all__ = ["standard_groups", "standard_properties"]

TABLES = Path(__file__).parent / "property_tables"
RECORDED = {"0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-5": "tickets"}
_decode_table = msgspec.json.Decoder(list[PropertyDefinition]).decode
DEFINED_MS = 1_565_059_306_048  # 2019-08-06, as recorded

# Every type has these.
EVERY = """
createdate                       datetime/date          Create Date
hs_all_owner_ids                 !enumeration/checkbox  All Owner IDs
hs_created_by_user_id            !number/number         Created by user ID
hs_createdate                    !datetime/date         Object create date/time
hs_lastmodifieddate              !datetime/date         Last Modified Date
hs_merged_object_ids             !enumeration/checkbox  Merged Record IDs
hs_object_id                     !number/number         Record ID
hs_object_source                 !string/text           Record creation source
hs_object_source_detail_1        !string/text           Record source detail 1
hs_object_source_id              !string/text           Record creation source ID
hs_object_source_label           !enumeration/select    Record source
hs_unique_creation_key           !string/text           Unique creation key
hs_updated_by_user_id            !number/number         Updated by user ID
hs_user_ids_of_all_owners        !enumeration/checkbox  User IDs of all owners
hubspot_owner_assigneddate       !datetime/date         Owner Assigned Date
hubspot_owner_id                 enumeration/select     Owner
hubspot_team_id                  !enumeration/select    HubSpot Team
"""
# Seen in answers of other accounts than the one that the table is from. Source: recording (2025-11 and 2026-03).
CONTACTS = """
hs_lifecyclestage_customer_date  !datetime/date         Became a Customer Date
hs_lifecyclestage_evangelist_date  !datetime/date       Became an Evangelist Date
hs_lifecyclestage_lead_date      !datetime/date         Became a Lead Date
hs_lifecyclestage_marketingqualifiedlead_date  !datetime/date  Became a Marketing Qualified Lead Date
hs_lifecyclestage_opportunity_date  !datetime/date      Became an Opportunity Date
hs_lifecyclestage_other_date     !datetime/date         Became an Other Lifecycle Date
hs_lifecyclestage_salesqualifiedlead_date  !datetime/date  Became a Sales Qualified Lead Date
hs_lifecyclestage_subscriber_date  !datetime/date       Became a Subscriber Date
hs_v2_date_entered_current_stage !datetime/calculation_equation  Date entered current stage
hs_v2_time_in_current_stage      !datetime/calculation_equation  Time in current stage
"""
PRODUCTS = """
description                      string/textarea        Product description
hs_cost_of_goods_sold            number/number          Unit cost
hs_recurring_billing_period      string/text            Term
hs_sku                           string/text            SKU
hs_url                           string/text            URL
name                             string/text            Name
price                            number/number          Unit price
recurringbillingfrequency        string/text            Billing frequency
tax                              number/number          Tax
"""
LINE_ITEMS = """
amount                           number/number          Net price
description                      string/textarea        Description
discount                         number/number          Unit discount
hs_product_id                    number/number          Product ID
hs_sku                           string/text            SKU
name                             string/text            Name
price                            number/number          Unit price
quantity                         number/number          Quantity
"""
# Every engagement has these.
ENGAGEMENTS = """
hs_attachment_ids                string/text            Attached file IDs
hs_body_preview                  !string/textarea       Body preview
hs_body_preview_html             !string/textarea       HTML Body Preview
hs_body_preview_is_truncated     !bool/booleancheckbox  Body Preview Truncated
hs_engagement_source             string/text            Engagement Source
hs_obj_coords                    !object_coordinates/text  Object coordinates
hs_timestamp                     datetime/date          Activity date
"""
TASKS = """
hs_engagements_last_contacted    !datetime/date         Last Contacted
hs_pipeline                      enumeration/select     Pipeline
hs_pipeline_stage                enumeration/select     Task status
hs_start_date_with_fallback      !datetime/date         Start date
hs_task_body                     string/html            Task Notes
hs_task_completion_count         !number/number         Task completion count
hs_task_family                   !enumeration/select    Task family
hs_task_for_object_type          string/text            For object type
hs_task_is_all_day               bool/booleancheckbox   Is all day
hs_task_is_completed_call        !number/number         Is completed call
hs_task_is_completed_email       !number/number         Is completed email
hs_task_is_completed_linked_in   !number/number         Is completed LinkedIn task
hs_task_is_completed_sequence    !number/number         Is completed sequence task
hs_task_is_open                  !bool/booleancheckbox  Is open
hs_task_is_overdue               !bool/booleancheckbox  Is overdue
hs_task_is_past_due_date         !bool/booleancheckbox  Is past due date
hs_task_is_sub_task              !bool/booleancheckbox  Is sub task
hs_task_missed_due_date          !bool/booleancheckbox  Missed due date
hs_task_missed_due_date_count    !number/number         Missed due date count
hs_task_completion_date          !datetime/date         Completed at
hs_task_is_completed             !number/number         Is completed
hs_task_priority                 string/text            Priority
hs_task_status                   string/text            Task Status
hs_task_subject                  string/text            Task Title
hs_task_type                     string/text            Task Type
"""
NOTES = """
hs_note_body                     string/html            Note body
"""
MEETINGS = """
hs_internal_meeting_notes        string/html            Internal meeting notes
hs_meeting_body                  string/html            Meeting description
hs_meeting_end_time              datetime/date          Meeting end time
hs_meeting_external_url          string/text            Location
hs_meeting_location              string/text            Meeting location
hs_meeting_outcome               string/text            Meeting outcome
hs_meeting_source                !string/text           Meeting source
hs_meeting_start_time            datetime/date          Meeting start time
hs_meeting_title                 string/text            Meeting name
"""
CALLS = """
hs_call_body                     string/html            Call notes
hs_call_direction                string/text            Call direction
hs_call_disposition              string/text            Call outcome
hs_call_duration                 number/number          Call duration
hs_call_from_number              string/text            From number
hs_call_status                   string/text            Call status
hs_call_title                    string/text            Call Title
hs_call_to_number                string/text            To Number
"""
EMAILS = """
hs_email_direction               string/text            Email Direction
hs_email_headers                 string/textarea        Email headers
hs_email_html                    string/html            Email Body (HTML)
hs_email_status                  string/text            Email send status
hs_email_subject                 string/text            Email subject
hs_email_text                    string/textarea        Email body
"""
PER_TYPE = {
    "0-1": CONTACTS,
    "0-7": PRODUCTS,
    "0-8": LINE_ITEMS,
    "0-27": ENGAGEMENTS + TASKS,
    "0-46": ENGAGEMENTS + NOTES,
    "0-47": ENGAGEMENTS + MEETINGS,
    "0-48": ENGAGEMENTS + CALLS,
    "0-49": ENGAGEMENTS + EMAILS,
    **NEWER,
}

ACTIVITIES = frozenset({"0-18", "0-27", "0-46", "0-47", "0-48", "0-49", "0-116"})
# Newer types that people work with as with deals and tickets. Source: assumed.
WITH_ACTIVITIES = frozenset({"0-123", "0-136", "0-162", "0-410", "0-420", "0-421", "0-970"})


def _group_of(object_type: ObjectType) -> tuple[str, str]:
    """Return the group of a newer type's properties. Source: assumed."""
    return object_type.singular, f"{object_type.singular.replace('_', ' ').capitalize()} information"


GROUPS = {
    "0-1": ("contactinformation", "Contact information"),
    "0-2": ("companyinformation", "Company information"),
    "0-3": ("dealinformation", "Deal information"),
    "0-5": ("ticketinformation", "Ticket information"),
    "0-7": ("productinformation", "Product information"),
    "0-8": ("lineiteminformation", "Line item information"),
    "0-27": ("task", "Task information"),
    "0-46": ("note", "Note information"),
    "0-47": ("meeting", "Meeting information"),
    "0-48": ("call", "Call information"),
    "0-49": ("email", "Email information"),
    **{one.type_id: _group_of(one) for one in STANDARD_TYPES if one.type_id in NEWER},
}
LIFECYCLE_STAGES = {
    "subscriber": "Subscriber",
    "lead": "Lead",
    "marketingqualifiedlead": "Marketing Qualified Lead",
    "salesqualifiedlead": "Sales Qualified Lead",
    "opportunity": "Opportunity",
    "customer": "Customer",
    "evangelist": "Evangelist",
    "other": "Other",
}
LEAD_STATUSES = {
    "NEW": "New",
    "OPEN": "Open",
    "IN_PROGRESS": "In Progress",
    "OPEN_DEAL": "Open Deal",
    "UNQUALIFIED": "Unqualified",
    "ATTEMPTED_TO_CONTACT": "Attempted to Contact",
    "CONNECTED": "Connected",
    "BAD_TIMING": "Bad Timing",
}
OPTIONS = {
    "lifecyclestage": LIFECYCLE_STAGES,
    "hs_lead_status": LEAD_STATUSES,
    "hs_ticket_priority": {"LOW": "Low", "MEDIUM": "Medium", "HIGH": "High", "URGENT": "Urgent"},
    "hs_priority": {"low": "Low", "medium": "Medium", "high": "High"},
    "dealtype": {"newbusiness": "New Business", "existingbusiness": "Existing Business"},
}
# Recorded without createdAt and updatedAt (Nango, 2026-03).
TIMELESS = frozenset({"hs_object_id", "hs_merged_object_ids", "hs_unique_creation_key"})


def _definition(line: str, group: str) -> PropertyDefinition:
    name, kind, label = line.split(maxsplit=2)
    type_name, _, field_type = kind.lstrip("!").partition("/")
    options = OPTIONS.get(name, {})
    return PropertyDefinition(
        name=name,
        label=label,
        type=type_name,
        field_type=field_type,
        group_name=group,
        options=tuple(
            Option(label=text, value=value, display_order=order) for order, (value, text) in enumerate(options.items())
        ),
        calculated=field_type.startswith("calculation"),
        external_options=type_name == "enumeration" and not options,
        has_unique_value=name == "email" and group == "contactinformation",
        hubspot_defined=True,
        form_field=not kind.startswith("!") and group == "contactinformation",
        read_only_value=kind.startswith("!"),
        created_ms=None if name in TIMELESS else DEFINED_MS,
        updated_ms=None if name in TIMELESS else DEFINED_MS,
    )


@lru_cache
def standard_properties(type_id: str) -> dict[str, PropertyDefinition]:
    """Return the properties of a type by name; the result is shared and never changed."""
    group = next(iter(standard_groups(type_id)), "information")
    of_activities = further_properties.ACTIVITY if type_id in ACTIVITIES else ""
    active = further_properties.ACTIVE if type_id.startswith("2-") or type_id in WITH_ACTIVITIES else ""
    common = EVERY + further_properties.EVERY + of_activities + active
    lines = (common + further_properties.MORE.get(type_id, "") + PER_TYPE.get(type_id, "")).splitlines()
    found = {one.name: one for one in (_definition(line, group) for line in lines if line)}
    return found | {one.name: one for one in _recorded(type_id)}


@lru_cache
def _recorded(type_id: str) -> tuple[PropertyDefinition, ...]:
    """Return the properties that a real account has, none for types of which no list is known."""
    name = RECORDED.get(type_id)
    if name is None:
        return ()
    rows = _decode_table((TABLES / f"{name}.json").read_bytes())
    return tuple(msgspec.structs.replace(one, hubspot_defined=True) for one in rows)


# The labels of the groups that are in the recorded tables. Source: assumed.
GROUP_LABELS = {
    "contactlcs": "Contact lifecycle stages",
    "companylcs": "Company lifecycle stages",
    "contactscripted": "Contact scripted",
    "dealscripted": "Deal scripted",
    "dealstages": "Deal stages",
    "ticketstages": "Ticket stages",
    "hubspotmetrics": "HubSpot metrics",
    "multiaccountmanagement": "Multi-account management",
    "prospectingagent": "Prospecting agent",
    "analyticsinformation": "Web analytics history",
    "conversioninformation": "Conversion information",
    "emailinformation": "Email information",
    "smsinformation": "SMS information",
    "socialmediainformation": "Social media information",
    "targetaccountsinformation": "Target accounts information",
}


@lru_cache
def standard_groups(type_id: str) -> dict[str, PropertyGroup]:
    """Return the property groups of a type by name, its main one first; the result is shared and never changed."""
    name, label = GROUPS.get(type_id, ("information", "Information"))
    names = dict.fromkeys([name, *(one.group_name for one in _recorded(type_id))])
    labels = {other: GROUP_LABELS.get(other, other.replace("_", " ").capitalize()) for other in names} | {name: label}
    return {
        other: PropertyGroup(name=other, label=labels[other], display_order=order) for order, other in enumerate(names)
    }
