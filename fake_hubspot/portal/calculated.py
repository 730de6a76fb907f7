"""The properties that HubSpot sets itself when a record is created or changed. Pure."""

import re
from collections.abc import Callable, Mapping, Set
from decimal import Context, Decimal, localcontext
from html import unescape

import msgspec

from fake_hubspot.portal.clock import format_time, parse_time
from fake_hubspot.portal.durations import DAY_MS
from fake_hubspot.portal.types import ObjectType

__all__ = ["ENGAGEMENTS", "Change", "of_owner", "of_stage", "on_creation", "on_update"]

APP_ID = "23237921"
SOURCE = {
    "hs_object_source": "INTEGRATION",
    "hs_object_source_id": APP_ID,
    "hs_object_source_label": "INTEGRATION",
}
Properties = dict[str, str]
ENGAGEMENTS = frozenset({"0-27", "0-46", "0-47", "0-48", "0-49"})
LONGEST_PREVIEW = 160
TAG = re.compile(r"</?([A-Za-z0-9]*)[^<>]*>")
BLOCKS = frozenset(("br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "table", "td", "tr", "ul"))
EXACT = Context(prec=500)
PAGE = "<html>\n<head></head>\n<body>\n{}\n</body>\n</html>"
MEETING_PAGE = "<html>\n <head></head>\n <body>\n {}\n </body>\n</html>"


class Change(msgspec.Struct, frozen=True):
    """A write to a record, as far as its calculated properties depend on it.

    Attributes:
        before: The properties before the write; none at creation.
        given: The properties in the request.
        created_ms: When the record was created.
        probability: The probability of the stage that a deal is in after the write.
        has_marketing: Whether the account has marketing contacts.
        is_of_2024: Whether tickets have only the properties that they had in 2024.
        is_closed: Whether the stage after the write is a closed one; None if the record is in no known stage.

    Units: milliseconds since 1970.
    """

    record_id: int
    before: Mapping[str, str]
    given: Mapping[str, str]
    now_ms: int
    created_ms: int
    probability: str | None = None
    is_closed: bool | None = None
    has_marketing: bool = False
    is_of_2024: bool = False

    @property
    def after(self) -> Properties:
        """The properties after the write, without the calculated ones."""
        return {**self.before, **self.given}

    def touches(self, names: Set[str]) -> bool:
        """Return whether the request writes one of these properties."""
        return not names.isdisjoint(self.given)


def on_creation(object_type: ObjectType, change: Change) -> Properties:
    """Return the properties of a new record besides the given ones.

    Source: recording (contacts 2025-11; companies, deals, tickets, tasks and notes Nango 2026-03; meetings 2022-08);
    other types get the common ones.
    """
    now = format_time(change.now_ms)
    common = {
        object_type.created_property: change.given.get(object_type.created_property) or now,
        object_type.modified_property: now,
        "hs_object_id": str(change.record_id),
    }
    of_type = NEW.get(object_type.type_id, _nothing)
    return SOURCE | _of_engagement(object_type, change) | of_type(change) | common


def on_update(object_type: ObjectType, change: Change) -> Properties:
    """Return the properties that change with the given ones.

    Source: recording (Nango 2026-03).
    """
    of_type = CHANGED.get(object_type.type_id, _nothing)
    stamp = {object_type.modified_property: format_time(change.now_ms)}
    return _of_engagement(object_type, change) | of_type(change) | stamp


def of_owner(object_type: ObjectType, owner_id: str, user_id: int | None, now_ms: int) -> Properties:
    """Return the properties that follow from a record's owner; an unknown owner is taken for its user.

    Source: recording (meetings and notes have all three; other types 2026-03 have the first); what an unknown one
    gives: assumed.
    """
    if not owner_id:
        return dict.fromkeys(_names_of_owner(object_type), "")
    found = {"hubspot_owner_assigneddate": format_time(now_ms)}
    if object_type.type_id in ENGAGEMENTS:
        found |= {"hs_all_owner_ids": owner_id, "hs_user_ids_of_all_owners": str(user_id or owner_id)}
    return found


def _names_of_owner(object_type: ObjectType) -> tuple[str, ...]:
    names = ("hubspot_owner_assigneddate",)
    return (*names, "hs_all_owner_ids", "hs_user_ids_of_all_owners") if object_type.type_id in ENGAGEMENTS else names


def of_stage(before: Mapping[str, str], old: str | None, new: str | None, now_ms: int) -> Properties:
    """Return when a record entered its stage and left the one before, nothing if it stays where it is.

    Source: recording (Nango 2026-03: `current_stage`; the names for each stage: amp-labs 2025-11); the times that a
    stage took: reader (dlt #647) for the names, the values are assumed.

    Units: times in a stage are milliseconds.
    """
    if old == new or not new:
        return {}
    now = format_time(now_ms)
    found = {
        "hs_v2_date_entered_current_stage": now,
        "hs_v2_time_in_current_stage": now,
        f"hs_v2_date_entered_{new}": now,
    }
    if old:
        entered = _moment(before.get(f"hs_v2_date_entered_{old}"))
        spent = 0 if entered is None else max(now_ms - entered, 0)
        total = spent + int(before.get(f"hs_v2_cumulative_time_in_{old}") or 0)
        found |= {
            f"hs_v2_date_exited_{old}": now,
            f"hs_v2_latest_time_in_{old}": str(spent),
            f"hs_v2_cumulative_time_in_{old}": str(total),
        }
    return found


def _moment(text: str | None) -> int | None:
    try:
        return parse_time(text) if text else None
    except ValueError:
        return None


def _nothing(_: Change) -> Properties:
    return {}


def _new_contact(change: Change) -> Properties:
    stage = change.given.get("lifecyclestage") or "lead"
    properties = {
        "hs_all_contact_vids": str(change.record_id),
        "hs_associated_target_accounts": "0",
        "hs_currently_enrolled_in_prospecting_agent": "false",
        "hs_full_name_or_email": _full_name(change.given),
        "hs_is_contact": "true",
        "hs_is_unworked": "true",
        f"hs_lifecyclestage_{stage}_date": str(change.now_ms),
        "hs_membership_has_accessed_private_content": "0",
        "hs_pipeline": "contacts-lifecycle-pipeline",
        "hs_prospecting_agent_actively_enrolled_count": "0",
        "hs_prospecting_agent_total_enrolled_count": "0",
        "hs_registered_member": "0",
        "hs_sequences_actively_enrolled_count": "0",
        "lifecyclestage": stage,
        "num_notes": "0",
    }
    if change.has_marketing:
        properties |= {"hs_marketable_status": "false", "hs_marketable_until_renewal": "false"}
    return properties | _contact_details(change.given)


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


def _changed_contact(change: Change) -> Properties:
    changed = _contact_details(change.given) | {"hs_full_name_or_email": _full_name(change.after)}
    stage = change.given.get("lifecyclestage")
    if stage and stage != change.before.get("lifecyclestage"):
        changed[f"hs_lifecyclestage_{stage}_date"] = str(change.now_ms)
    return changed


def _new_company(change: Change) -> Properties:
    zeros = (
        *("hs_num_blockers", "hs_num_child_companies", "hs_num_contacts_with_buying_roles"),
        *("hs_num_decision_makers", "hs_num_open_deals", "num_associated_contacts", "num_notes"),
    )
    properties = dict.fromkeys(zeros, "0") | {
        "hs_annual_revenue_currency_code": "USD",
        "hs_pipeline": "companies-lifecycle-pipeline",
        "lifecyclestage": change.given.get("lifecyclestage") or "lead",
    }
    return properties | _changed_company(change)


def _changed_company(change: Change) -> Properties:
    """Return the label, and the website if the company had none.

    Source: recording (label Nango 2026-03, website also grouparoo 2022).
    """
    found = {}
    if name := change.after.get("name"):
        found["hs_task_label"] = name
    domain = change.given.get("domain")
    if domain and not change.after.get("website"):
        found["website"] = domain
    return found


def _new_deal(change: Change) -> Properties:
    zeros = (
        *("hs_closed_won_count", "hs_deal_stage_probability_shadow", "hs_num_associated_active_deal_registrations"),
        *("hs_num_associated_deal_registrations", "hs_num_associated_deal_splits", "hs_num_of_associated_line_items"),
        *("hs_num_target_accounts", "hs_number_of_call_engagements", "hs_number_of_inbound_calls"),
        *("hs_number_of_outbound_calls", "hs_number_of_overdue_tasks", "num_associated_contacts", "num_notes"),
    )
    no = (
        *("hs_has_last_conversation_follow_ups", "hs_has_last_meeting_followups", "hs_is_closed_lost"),
        *("hs_is_closed_won", "hs_is_deal_split"),
    )
    properties = dict.fromkeys(zeros, "0") | dict.fromkeys(no, "false")
    properties |= {"hs_createdate": format_time(change.now_ms)}
    return properties | _amounts(change) | _close_days(change) | _deal_stage(change)


def _changed_deal(change: Change) -> Properties:
    """Return what follows from the amount, the close date and the stage, as far as they are written."""
    found: Properties = {}
    if change.touches({"amount", "dealstage", "pipeline"}):
        found |= _amounts(change)
    if change.touches({"closedate", "dealstage", "createdate"}):
        found |= _close_days(change)
    if change.touches({"dealstage", "pipeline"}):
        found |= _deal_stage(change)
    return found


def _amounts(change: Change) -> Properties:
    """Return the amounts of a deal; a probability is multiplied as the binary fraction that it is.

    Source: recording (Nango 2026-03).
    """
    amount = change.after.get("amount", "")
    if not _is_number(amount):
        return {}
    is_won = change.is_closed is True and _share(change) == 1
    with localcontext(EXACT):
        projected = Decimal(amount) * _share(change)
    closed = amount if is_won else "0"
    found = {
        "amount_in_home_currency": amount,
        "hs_closed_amount": closed,
        "hs_closed_amount_in_home_currency": closed,
        "hs_forecast_amount": amount,
        "hs_projected_amount": _plain(projected),
        "hs_projected_amount_in_home_currency": _plain(projected),
    }
    if change.probability is not None:
        found["hs_open_amount_in_home_currency"] = "0" if change.is_closed else amount
        found["hs_weighted_pipeline_in_company_currency"] = "0" if change.is_closed else _plain(projected)
    return found


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False


def _share(change: Change) -> Decimal:
    text = change.probability or ""
    return Decimal(float(text)) if _is_number(text) else Decimal(0)


def _plain(number: Decimal) -> str:
    return f"{number:f}" if number else "0"


def _close_days(change: Change) -> Properties:
    """Return how long a deal takes from its creation to its close date.

    Source: recording (Nango 2026-03): 0 without a close date, a raw value with five digits with one.
    """
    try:
        duration_ms = max(parse_time(change.after["closedate"]) - change.created_ms, 0)
    except (KeyError, ValueError):
        return {"days_to_close": "0", "hs_days_to_close_raw": "0"}
    raw = f"{duration_ms / DAY_MS:.5f}".rstrip("0").rstrip(".")
    return {
        "days_to_close": str(duration_ms // DAY_MS),
        "hs_actual_duration": str(duration_ms),
        "hs_days_to_close_raw": raw,
    }


def _deal_stage(change: Change) -> Properties:
    """Return what follows from the stage of a deal, nothing without a stage.

    Source: recording (Nango 2026-03).
    """
    if change.probability is None:
        return {}
    closed, share = bool(change.is_closed), _share(change)
    is_won = closed and share == 1
    created = str(change.created_ms)
    return {
        "hs_closed_deal_close_date": str(change.now_ms) if closed else "0",
        "hs_closed_deal_create_date": created if closed else "0",
        "hs_closed_won_count": str(int(is_won)),
        "hs_deal_stage_probability": _plain(share),
        "hs_deal_stage_probability_shadow": _plain(share),
        "hs_is_closed": _yes(closed),
        "hs_is_closed_count": str(int(closed)),
        "hs_is_closed_lost": _yes(closed and not is_won),
        "hs_is_closed_won": _yes(is_won),
        "hs_is_open_count": str(int(not closed)),
        "hs_open_deal_create_date": "0" if closed else created,
    }


def _yes(claim: bool) -> str:
    return "true" if claim else "false"


def _new_ticket(change: Change) -> Properties:
    now = format_time(change.now_ms)
    if change.is_of_2024:
        return {
            "hs_helpdesk_sort_timestamp": now,
            "hs_last_message_from_visitor": "false",
            "hs_ticket_id": str(change.record_id),
        }
    zeros = ("hs_num_associated_companies", "hs_num_associated_conversations", "hs_num_times_contacted", "num_notes")
    properties = dict.fromkeys(zeros, "0") | {
        "hs_helpdesk_sort_timestamp": now,
        "hs_is_visible_in_help_desk": "true",
        "hs_last_email_activity": "ORIGINAL_FROM_CONTACT",
        "hs_last_message_from_visitor": "false",
        "hs_ticket_id": str(change.record_id),
    }
    return properties | _changed_ticket(change)


def _changed_ticket(change: Change) -> Properties:
    """Return whether a ticket is closed, and since when.

    Source: recording (Nango 2026-03) for the first; docs (the default properties of tickets) for the close date.
    """
    if change.is_closed is None:
        return {}
    found = {"hs_is_closed": _yes(change.is_closed)}
    if change.is_closed and not change.after.get("closed_date"):
        found["closed_date"] = format_time(change.now_ms)
    elif not change.is_closed and change.before.get("closed_date") and not change.touches({"closed_date"}):
        found["closed_date"] = ""
    return found


def _of_engagement(object_type: ObjectType, change: Change) -> Properties:
    """Return the coordinates and the preview of the body of an engagement.

    Source: recording (tasks and notes Nango 2026-03, meetings 2022-08); for calls and emails assumed.
    """
    body_name = BODIES.get(object_type.type_id)
    if body_name is None:
        return {}
    found = {}
    is_meeting = object_type.type_id == "0-47"
    if not change.before and not is_meeting:
        found["hs_obj_coords"] = f"{object_type.type_id}-{change.record_id}"
    body = change.given.get(body_name)
    if body is not None:
        text = _text_of(body)
        found["hs_body_preview"] = text[:LONGEST_PREVIEW]
        found["hs_body_preview_html"] = (MEETING_PAGE if is_meeting else PAGE).format(body) if body else ""
        found["hs_body_preview_is_truncated"] = _yes(len(text) > LONGEST_PREVIEW)
    return found


def _text_of(body: str) -> str:
    """Return the text of a body without its tags.

    Source: reader (previews in public data have no tags); that blocks end words is assumed.
    """
    if "<" not in body and "&" not in body:
        return body
    return " ".join(unescape(TAG.sub(lambda tag: " " if tag[1].lower() in BLOCKS else "", body)).split())


def _new_meeting(_: Change) -> Properties:
    return {"hs_meeting_source": "CRM_UI"}


def _new_task(change: Change) -> Properties:
    now = format_time(change.now_ms)
    properties = {
        "hs_engagements_last_contacted": change.given.get("hs_timestamp") or now,
        "hs_start_date_with_fallback": now,
        "hs_task_family": "SALES",
        "hs_task_for_object_type": "OWNER",
        "hs_task_is_all_day": "false",
        "hs_task_is_sub_task": "false",
        "hs_task_priority": change.given.get("hs_task_priority") or "NONE",
        "hs_task_status": change.given.get("hs_task_status") or "NOT_STARTED",
        "hs_task_type": change.given.get("hs_task_type") or "TODO",
    }
    return properties | _task_progress(change)


def _task_progress(change: Change) -> Properties:
    """Return whether a task is done or late at the time of the write; one that was done too late stays late.

    Source: recording (Nango 2026-03, hubspot-api-ruby 2024-12); that a reopened one loses its time of completion:
    assumed.
    """
    after = change.after
    is_done = after.get("hs_task_status") == "COMPLETED"
    kind = after.get("hs_task_type", "")
    was_done = change.before.get("hs_task_status") == "COMPLETED"
    done_ms = _moment(change.before.get("hs_task_completion_date")) if is_done and was_done else None
    is_late = _is_past(after.get("hs_timestamp"), change.now_ms if done_ms is None else done_ms)
    found = {
        "hs_task_completion_count": str(int(is_done)),
        "hs_task_is_completed": str(int(is_done)),
        "hs_task_is_completed_call": str(int(is_done and kind == "CALL")),
        "hs_task_is_completed_email": str(int(is_done and kind == "EMAIL")),
        "hs_task_is_completed_linked_in": str(int(is_done and kind.startswith("LINKED_IN"))),
        "hs_task_is_completed_sequence": "0",
        "hs_task_is_overdue": _yes(is_late and not is_done),
        "hs_task_is_past_due_date": _yes(is_late),
        "hs_task_missed_due_date": _yes(is_late),
        "hs_task_missed_due_date_count": str(int(is_late)),
    }
    if change.before:
        found["hs_task_is_open"] = _yes(not is_done)
    if is_done and not was_done:
        found["hs_task_completion_date"] = format_time(change.now_ms)
    elif was_done and not is_done:
        found["hs_task_completion_date"] = ""
    return found


def _is_past(text: str | None, now_ms: int) -> bool:
    moment = _moment(text)
    return moment is not None and moment < now_ms


BODIES = {
    "0-27": "hs_task_body",
    "0-46": "hs_note_body",
    "0-47": "hs_meeting_body",
    "0-48": "hs_call_body",
    "0-49": "hs_email_text",
}
NEW: Mapping[str, Callable[[Change], Properties]] = {
    "0-1": _new_contact,
    "0-2": _new_company,
    "0-3": _new_deal,
    "0-5": _new_ticket,
    "0-27": _new_task,
    "0-47": _new_meeting,
}
CHANGED: Mapping[str, Callable[[Change], Properties]] = {
    "0-1": _changed_contact,
    "0-2": _changed_company,
    "0-3": _changed_deal,
    "0-5": _changed_ticket,
    "0-27": _task_progress,
}
