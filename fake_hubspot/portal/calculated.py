"""The properties that HubSpot sets itself when a record is created or changed. Pure."""

from collections.abc import Callable, Mapping

from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.types import ObjectType

__all__ = ["of_owner", "on_creation", "on_update"]

APP_ID = "23237921"
SOURCE = {
    "hs_object_source": "INTEGRATION",
    "hs_object_source_id": APP_ID,
    "hs_object_source_label": "INTEGRATION",
}
Properties = dict[str, str]
ENGAGEMENTS = frozenset({"0-27", "0-46", "0-47", "0-48", "0-49"})


def on_creation(object_type: ObjectType, record_id: int, given: Mapping[str, str], now_ms: int) -> Properties:
    """Return the properties of a new record besides the given ones.

    Source: recording (contacts 2025-11, tickets 2024-11, meetings 2022-08); other types get the common ones.
    """
    now = format_time(now_ms)
    created = given.get(object_type.created_property) or now
    common = {
        object_type.created_property: created,
        object_type.modified_property: now,
        "hs_object_id": str(record_id),
    }
    of_type = BY_TYPE.get(object_type.type_id, _other)
    return of_type(record_id, given, now_ms) | common


def of_owner(object_type: ObjectType, owner_id: str, user_id: int | None, now_ms: int) -> Properties:
    """Return the properties that follow from a record's owner; an unknown owner is taken for its user.

    Source: recording (a meeting has all three; other types 2026-03 have the first); what an unknown one gives: assumed.
    """
    found = {"hubspot_owner_assigneddate": format_time(now_ms)}
    if object_type.type_id in ENGAGEMENTS:
        found |= {"hs_all_owner_ids": owner_id, "hs_user_ids_of_all_owners": str(user_id or owner_id)}
    return found


def _contact(record_id: int, given: Mapping[str, str], now_ms: int) -> Properties:
    stage = given.get("lifecyclestage") or "lead"
    properties = SOURCE | {
        "hs_all_contact_vids": str(record_id),
        "hs_associated_target_accounts": "0",
        "hs_currently_enrolled_in_prospecting_agent": "false",
        "hs_full_name_or_email": _full_name(given),
        "hs_is_contact": "true",
        "hs_is_unworked": "true",
        f"hs_lifecyclestage_{stage}_date": str(now_ms),
        "hs_marketable_status": "false",
        "hs_marketable_until_renewal": "false",
        "hs_membership_has_accessed_private_content": "0",
        "hs_pipeline": "contacts-lifecycle-pipeline",
        "hs_prospecting_agent_actively_enrolled_count": "0",
        "hs_prospecting_agent_total_enrolled_count": "0",
        "hs_registered_member": "0",
        "hs_sequences_actively_enrolled_count": "0",
        "hs_v2_date_entered_current_stage": format_time(now_ms),
        "hs_v2_time_in_current_stage": format_time(now_ms),
        "lifecyclestage": stage,
        "num_notes": "0",
    }
    return properties | _contact_details(given)


def _full_name(given: Mapping[str, str]) -> str:
    name = " ".join(part for part in (given.get("firstname"), given.get("lastname")) if part)
    return name or given.get("email", "")


def _contact_details(given: Mapping[str, str]) -> Properties:
    found = {}
    if email := given.get("email"):
        found["hs_email_domain"] = email.rpartition("@")[2]
    if digits := "".join(char for char in given.get("phone", "") if char.isdecimal()):
        found["hs_searchable_calculated_phone_number"] = digits
    return found


def _ticket(record_id: int, _: Mapping[str, str], now_ms: int) -> Properties:
    now = format_time(now_ms)
    return SOURCE | {
        "hs_helpdesk_sort_timestamp": now,
        "hs_last_message_from_visitor": "false",
        "hs_ticket_id": str(record_id),
    }


def _meeting(_: int, given: Mapping[str, str], now_ms: int) -> Properties:
    found = SOURCE | {"hs_meeting_source": "CRM_UI", "hs_timestamp": given.get("hs_timestamp") or format_time(now_ms)}
    if body := given.get("hs_meeting_body"):
        found["hs_body_preview"] = body
        found["hs_body_preview_html"] = f"<html>\n <head></head>\n <body>\n {body}\n </body>\n</html>"
        found["hs_body_preview_is_truncated"] = "false"
    return found


def _other(_: int, given: Mapping[str, str], now_ms: int) -> Properties:  # noqa: ARG001 - the table's signature
    return dict(SOURCE)


BY_TYPE: Mapping[str, Callable[[int, Mapping[str, str], int], Properties]] = {
    "0-1": _contact,
    "0-5": _ticket,
    "0-47": _meeting,
}


def on_update(object_type: ObjectType, before: Mapping[str, str], given: Mapping[str, str], now_ms: int) -> Properties:
    """Return the properties that change with the given ones."""
    changed = {object_type.modified_property: format_time(now_ms)}
    if object_type.type_id == "0-1":
        after = {**before, **given}
        changed |= _contact_details(given) | {"hs_full_name_or_email": _full_name(after)}
        stage = given.get("lifecyclestage")
        if stage and stage != before.get("lifecyclestage"):
            changed[f"hs_lifecyclestage_{stage}_date"] = str(now_ms)
    return changed
