"""The properties that HubSpot sets itself, for each type of record."""

import pytest

from fake_hubspot.portal.calculated import of_owner, on_creation, on_update
from fake_hubspot.portal.types import STANDARD_TYPES, ObjectType

NOW, TEXT = 1_790_000_000_000, "2026-09-21T14:13:20Z"
KINDS = {one.singular: one for one in STANDARD_TYPES}
APP = {
    "hs_object_source": "INTEGRATION",
    "hs_object_source_id": "23237921",
    "hs_object_source_label": "INTEGRATION",
}
CONTACT = APP | {
    "createdate": TEXT,
    "hs_all_contact_vids": "5",
    "hs_associated_target_accounts": "0",
    "hs_currently_enrolled_in_prospecting_agent": "false",
    "hs_full_name_or_email": "Ada Lovelace",
    "hs_is_contact": "true",
    "hs_is_unworked": "true",
    "hs_lifecyclestage_lead_date": str(NOW),
    "hs_marketable_status": "false",
    "hs_marketable_until_renewal": "false",
    "hs_membership_has_accessed_private_content": "0",
    "hs_object_id": "5",
    "hs_pipeline": "contacts-lifecycle-pipeline",
    "hs_prospecting_agent_actively_enrolled_count": "0",
    "hs_prospecting_agent_total_enrolled_count": "0",
    "hs_registered_member": "0",
    "hs_sequences_actively_enrolled_count": "0",
    "hs_v2_date_entered_current_stage": TEXT,
    "hs_v2_time_in_current_stage": TEXT,
    "lastmodifieddate": TEXT,
    "lifecyclestage": "lead",
    "num_notes": "0",
}


def made(kind: str, **given: str) -> dict[str, str]:
    return on_creation(KINDS[kind], 5, given, NOW)


def test_a_new_contact_has_what_hubspot_sets() -> None:
    assert made("contact", firstname="Ada", lastname="Lovelace") == CONTACT


@pytest.mark.parametrize(
    ("given", "differs"),
    [
        (
            {"lifecyclestage": "customer", "firstname": "Ada"},
            {"lifecyclestage": "customer", "hs_lifecyclestage_customer_date": str(NOW), "hs_full_name_or_email": "Ada"},
        ),
        ({"lifecyclestage": "", "lastname": "L"}, {"hs_full_name_or_email": "L"}),
        ({"email": "a@b@example.com"}, {"hs_full_name_or_email": "a@b@example.com", "hs_email_domain": "example.com"}),
        (
            {"email": "a@example.com", "firstname": "Ada"},
            {"hs_full_name_or_email": "Ada", "hs_email_domain": "example.com"},
        ),
        (
            {"phone": "+47 (22) 86-44 x00", "lastname": "L"},
            {"hs_full_name_or_email": "L", "hs_searchable_calculated_phone_number": "4722864400"},
        ),
        ({"phone": "none", "email": ""}, {"hs_full_name_or_email": ""}),
        (
            {"createdate": "2020-01-01T00:00:00Z"},
            {"createdate": "2020-01-01T00:00:00Z", "hs_full_name_or_email": ""},
        ),
        ({"createdate": ""}, {"hs_full_name_or_email": ""}),
    ],
)
def test_a_new_contact_differs_by_what_is_given(given: dict[str, str], differs: dict[str, str]) -> None:
    """The stage, the name, the domain, the digits of the phone, the time of creation."""
    found = made("contact", **given)

    expected = CONTACT | differs
    if differs.get("lifecyclestage"):
        del expected["hs_lifecyclestage_lead_date"]
    assert found == expected


def test_a_new_ticket_and_meeting_have_more_than_the_source() -> None:
    """A meeting is at the given time, and its text has a preview."""
    common = APP | {"hs_object_id": "5"}
    dates = {"createdate": TEXT, "hs_lastmodifieddate": TEXT}
    assert made("ticket") == common | dates | {
        "hs_helpdesk_sort_timestamp": TEXT,
        "hs_last_message_from_visitor": "false",
        "hs_ticket_id": "5",
    }
    meeting = common | {"hs_createdate": TEXT, "hs_lastmodifieddate": TEXT, "hs_meeting_source": "CRM_UI"}
    assert made("meeting") == meeting | {"hs_timestamp": TEXT}
    assert made("meeting", hs_timestamp="2026-01-01T00:00:00Z", hs_meeting_body="Hi") == meeting | {
        "hs_timestamp": "2026-01-01T00:00:00Z",
        "hs_body_preview": "Hi",
        "hs_body_preview_html": "<html>\n <head></head>\n <body>\n Hi\n </body>\n</html>",
        "hs_body_preview_is_truncated": "false",
    }


@pytest.mark.parametrize("kind", [one for one in KINDS if one not in ("contact", "ticket", "meeting")])
def test_other_new_records_have_the_source_the_id_and_the_times(kind: str) -> None:
    """Under the names of their type."""
    object_type = KINDS[kind]

    assert made(kind) == APP | {
        object_type.created_property: TEXT,
        object_type.modified_property: TEXT,
        "hs_object_id": "5",
    }


@pytest.mark.parametrize(
    ("kind", "has_all"),
    [(one, one in ("task", "note", "meeting", "call", "email")) for one in KINDS],
)
@pytest.mark.parametrize(("user_id", "user"), [(77, "77"), (None, "9"), (0, "9")])
def test_an_owner_brings_its_user_to_engagements(kind: str, has_all: bool, user_id: int | None, user: str) -> None:
    """An unknown one is taken for its user; other types have the date alone."""
    engagement = {"hs_all_owner_ids": "9", "hs_user_ids_of_all_owners": user} if has_all else {}

    assert of_owner(KINDS[kind], "9", user_id, NOW) == {"hubspot_owner_assigneddate": TEXT} | engagement


BEFORE = {"firstname": "Ada", "email": "a@example.com", "phone": "1", "lifecyclestage": "lead"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"city": "Oslo"}, {"hs_full_name_or_email": "Ada"}),
        ({"firstname": ""}, {"hs_full_name_or_email": "a@example.com"}),
        ({"lastname": "L"}, {"hs_full_name_or_email": "Ada L"}),
        ({"email": "b@example.org"}, {"hs_full_name_or_email": "Ada", "hs_email_domain": "example.org"}),
        ({"phone": "2-3"}, {"hs_full_name_or_email": "Ada", "hs_searchable_calculated_phone_number": "23"}),
        ({"lifecyclestage": "lead"}, {"hs_full_name_or_email": "Ada"}),
        ({"lifecyclestage": ""}, {"hs_full_name_or_email": "Ada"}),
        (
            {"lifecyclestage": "customer"},
            {"hs_full_name_or_email": "Ada", "hs_lifecyclestage_customer_date": str(NOW)},
        ),
    ],
)
def test_a_change_of_a_contact_changes_what_follows_from_it(given: dict[str, str], expected: dict[str, str]) -> None:
    """The name of the whole record, the rest of what is given; a stage only if it is another one."""
    assert on_update(KINDS["contact"], BEFORE, given, NOW) == {"lastmodifieddate": TEXT} | expected


@pytest.mark.parametrize("kind", [one for name, one in KINDS.items() if name != "contact"])
def test_a_change_of_another_record_changes_its_time_alone(kind: ObjectType) -> None:
    assert on_update(kind, {}, {"lifecyclestage": "lead", "email": "a@b.c"}, NOW) == {"hs_lastmodifieddate": TEXT}
