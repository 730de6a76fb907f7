"""The properties that HubSpot sets itself, for each type of record."""

from typing import Any

from fake_hubspot.portal.calculated import Change, of_owner, of_stage, on_creation, on_update
from fake_hubspot.portal.types import STANDARD_TYPES
from tests.support.cases import for_each

DAY = 86_400_000
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
    "hs_membership_has_accessed_private_content": "0",
    "hs_object_id": "5",
    "hs_pipeline": "contacts-lifecycle-pipeline",
    "hs_prospecting_agent_actively_enrolled_count": "0",
    "hs_prospecting_agent_total_enrolled_count": "0",
    "hs_registered_member": "0",
    "hs_sequences_actively_enrolled_count": "0",
    "lastmodifieddate": TEXT,
    "lifecyclestage": "lead",
    "num_notes": "0",
}


def made(kind: str, **given: str) -> dict[str, str]:
    return on_creation(KINDS[kind], Change(5, {}, given, NOW, NOW))


def changed(kind: str, before: dict[str, str], given: dict[str, str], **stage: Any) -> dict[str, str]:
    return on_update(KINDS[kind], Change(5, before, given, NOW, NOW - DAY, **stage))


def test_a_new_contact_has_what_hubspot_sets() -> None:
    assert made("contact", firstname="Ada", lastname="Lovelace") == CONTACT


@for_each(
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


def test_an_account_with_marketing_contacts_gives_them_a_status() -> None:
    """As recorded in 2025-11; other accounts do not."""
    found = on_creation(KINDS["contact"], Change(5, {}, {"firstname": "A"}, NOW, NOW, has_marketing=True))

    assert {name: value for name, value in found.items() if "marketable" in name} == {
        "hs_marketable_status": "false",
        "hs_marketable_until_renewal": "false",
    }


COMMON = APP | {"hs_object_id": "5", "hs_lastmodifieddate": TEXT}


def zeros(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "0")


def test_a_new_company_has_what_hubspot_sets() -> None:
    """As recorded in 2026-03: the website comes from the domain unless one is given."""
    new = COMMON | {
        "createdate": TEXT,
        "hs_annual_revenue_currency_code": "USD",
        "hs_pipeline": "companies-lifecycle-pipeline",
        "lifecyclestage": "lead",
        **zeros("hs_num_blockers", "hs_num_child_companies", "hs_num_contacts_with_buying_roles"),
        **zeros("hs_num_decision_makers", "hs_num_open_deals", "num_associated_contacts", "num_notes"),
    }

    assert made("company") == new
    assert made("company", name="Acme", domain="acme.example") == new | {
        "hs_task_label": "Acme",
        "website": "acme.example",
    }
    assert "website" not in made("company", domain="acme.example", website="www.acme.example")
    assert made("company", lifecyclestage="customer")["lifecyclestage"] == "customer"


def test_a_new_deal_without_a_stage_has_what_hubspot_sets() -> None:
    """As recorded in 2026-03."""
    assert made("deal", amount="10000") == COMMON | {
        "amount_in_home_currency": "10000",
        "createdate": TEXT,
        "hs_createdate": TEXT,
        "hs_forecast_amount": "10000",
        "hs_has_last_conversation_follow_ups": "false",
        "hs_has_last_meeting_followups": "false",
        "hs_is_closed_lost": "false",
        "hs_is_closed_won": "false",
        "hs_is_deal_split": "false",
        **zeros("days_to_close", "hs_closed_amount", "hs_closed_amount_in_home_currency", "hs_closed_won_count"),
        **zeros("hs_days_to_close_raw", "hs_deal_stage_probability_shadow"),
        **zeros("hs_num_associated_active_deal_registrations", "hs_num_associated_deal_registrations"),
        **zeros("hs_num_associated_deal_splits", "hs_num_of_associated_line_items", "hs_num_target_accounts"),
        **zeros("hs_number_of_call_engagements", "hs_number_of_inbound_calls", "hs_number_of_outbound_calls"),
        **zeros("hs_number_of_overdue_tasks", "hs_projected_amount", "hs_projected_amount_in_home_currency"),
        **zeros("num_associated_contacts", "num_notes"),
    }


def test_a_deal_in_a_stage_has_its_probability_as_a_binary_fraction() -> None:
    """The very texts that were recorded in 2026-03."""
    text = "0.40000000000000002220446049250313080847263336181640625"
    given = {"amount": "15000", "closedate": "2026-12-31T00:00:00Z", "dealstage": "qualifiedtobuy"}

    found = on_update(
        KINDS["deal"],
        Change(5, {"dealname": "x"}, given, 1_773_300_983_415, 1_773_300_966_332, probability="0.4", is_closed=False),
    )

    weighted = "6000.00000000000033306690738754696212708950042724609375000"
    assert found == {
        "amount_in_home_currency": "15000",
        "days_to_close": "293",
        "hs_actual_duration": "25374233668",
        "hs_closed_amount": "0",
        "hs_closed_amount_in_home_currency": "0",
        "hs_closed_deal_close_date": "0",
        "hs_closed_deal_create_date": "0",
        "hs_closed_won_count": "0",
        "hs_days_to_close_raw": "293.68326",
        "hs_deal_stage_probability": text,
        "hs_deal_stage_probability_shadow": text,
        "hs_forecast_amount": "15000",
        "hs_is_closed": "false",
        "hs_is_closed_count": "0",
        "hs_is_closed_lost": "false",
        "hs_is_closed_won": "false",
        "hs_is_open_count": "1",
        "hs_lastmodifieddate": "2026-03-12T07:36:23.415Z",
        "hs_open_amount_in_home_currency": "15000",
        "hs_open_deal_create_date": "1773300966332",
        "hs_projected_amount": weighted,
        "hs_projected_amount_in_home_currency": weighted,
        "hs_weighted_pipeline_in_company_currency": weighted,
    }


@for_each(
    ("probability", "won", "closed_amount"), [("1.0", "true", "7"), ("0.0", "false", "0"), ("soon", "false", "0")]
)
def test_a_closed_deal_is_won_or_lost(probability: str, won: str, closed_amount: str) -> None:
    """By the probability of its stage."""
    found = changed("deal", {"amount": "7"}, {"dealstage": "s"}, probability=probability, is_closed=True)

    assert (found["hs_is_closed"], found["hs_is_closed_won"], found["hs_closed_amount"]) == ("true", won, closed_amount)
    assert found["hs_is_closed_lost"] == ("false" if won == "true" else "true")
    assert found["hs_closed_deal_close_date"] == str(NOW)


def test_a_deal_without_a_readable_amount_or_date_has_none_of_what_follows() -> None:
    """A seed may bring any text."""
    found = changed("deal", {}, {"amount": "NaN", "closedate": "soon"})

    assert found == {"hs_lastmodifieddate": TEXT, "days_to_close": "0", "hs_days_to_close_raw": "0"}
    assert changed("deal", {}, {"closedate": "2001-01-01"})["days_to_close"] == "0"


def test_a_new_ticket_has_what_hubspot_sets() -> None:
    """As recorded in 2026-03, with what its stage says."""
    new = COMMON | {
        "createdate": TEXT,
        "hs_helpdesk_sort_timestamp": TEXT,
        "hs_is_visible_in_help_desk": "true",
        "hs_last_email_activity": "ORIGINAL_FROM_CONTACT",
        "hs_last_message_from_visitor": "false",
        "hs_ticket_id": "5",
        **zeros("hs_num_associated_companies", "hs_num_associated_conversations", "hs_num_times_contacted"),
        "num_notes": "0",
    }
    assert made("ticket") == new
    assert on_creation(KINDS["ticket"], Change(5, {}, {}, NOW, NOW, is_closed=False)) == new | {"hs_is_closed": "false"}


def test_a_ticket_is_closed_once_and_can_be_opened_again() -> None:
    """The first time of closing stays; opening clears it."""
    closed = changed("ticket", {}, {}, is_closed=True)
    again = changed("ticket", {"closed_date": "2020-01-01T00:00:00Z"}, {}, is_closed=True)
    opened = changed("ticket", {"closed_date": TEXT}, {}, is_closed=False)

    assert closed == {"hs_lastmodifieddate": TEXT, "hs_is_closed": "true", "closed_date": TEXT}
    assert again == {"hs_lastmodifieddate": TEXT, "hs_is_closed": "true"}
    assert opened == {"hs_lastmodifieddate": TEXT, "hs_is_closed": "false", "closed_date": ""}


PROGRESS = {
    "hs_task_completion_count": "0",
    "hs_task_is_completed": "0",
    "hs_task_is_completed_call": "0",
    "hs_task_is_completed_email": "0",
    "hs_task_is_completed_linked_in": "0",
    "hs_task_is_completed_sequence": "0",
    "hs_task_is_overdue": "false",
    "hs_task_is_past_due_date": "false",
    "hs_task_missed_due_date": "false",
    "hs_task_missed_due_date_count": "0",
}
LATE = {
    "hs_task_is_overdue": "true",
    "hs_task_is_past_due_date": "true",
    "hs_task_missed_due_date": "true",
    "hs_task_missed_due_date_count": "1",
}


@for_each(("due", "late"), [("2024-12-31T23:59:59Z", LATE), ("2099-01-01T00:00:00Z", {}), ("?", {})])
def test_a_new_task_has_what_hubspot_sets(due: str, late: dict[str, str]) -> None:
    """As recorded in 2026-03; one that is due in the past is late at once."""
    assert made("task", hs_timestamp=due) == COMMON | PROGRESS | late | {
        "hs_createdate": TEXT,
        "hs_engagements_last_contacted": due,
        "hs_obj_coords": "0-27-5",
        "hs_start_date_with_fallback": TEXT,
        "hs_task_family": "SALES",
        "hs_task_for_object_type": "OWNER",
        "hs_task_is_all_day": "false",
        "hs_task_is_sub_task": "false",
        "hs_task_priority": "NONE",
        "hs_task_status": "NOT_STARTED",
        "hs_task_type": "TODO",
    }


def test_what_a_new_task_is_given_stays() -> None:
    """Without a time, it counts as of now."""
    given = {"hs_task_priority": "HIGH", "hs_task_status": "WAITING", "hs_task_type": "CALL"}

    found = made("task", **given)

    assert found | given == found
    assert found["hs_engagements_last_contacted"] == TEXT


def test_a_completed_task_has_its_time_until_it_is_opened_again() -> None:
    """A call is counted among the calls; one that was done too late stays late, but is overdue no more."""
    before = {"hs_task_status": "NOT_STARTED", "hs_task_type": "CALL", "hs_timestamp": "2020-01-01T00:00:00Z"}
    in_time = {"hs_task_status": "COMPLETED", "hs_task_completion_date": "2019-12-31T00:00:00Z"}

    done = changed("task", before, {"hs_task_status": "COMPLETED"})
    twice = changed("task", before | in_time, {"hs_task_subject": "x"})
    opened = changed("task", before | {"hs_task_status": "COMPLETED"}, {"hs_task_status": "WAITING"})

    counted = {"hs_task_completion_count": "1", "hs_task_is_completed": "1", "hs_task_is_completed_call": "1"}
    stamp = {"hs_lastmodifieddate": TEXT}
    late = LATE | {"hs_task_is_overdue": "false"}
    assert done == PROGRESS | counted | late | stamp | {"hs_task_is_open": "false", "hs_task_completion_date": TEXT}
    assert twice == PROGRESS | counted | stamp | {"hs_task_is_open": "false"}
    assert opened == PROGRESS | LATE | stamp | {"hs_task_is_open": "true", "hs_task_completion_date": ""}


@for_each(("kind", "body"), [("note", "hs_note_body"), ("call", "hs_call_body"), ("email", "hs_email_text")])
def test_an_engagement_has_coordinates_and_a_preview(kind: str, body: str) -> None:
    """As recorded for notes in 2026-03; a long text is cut, a cleared one clears the preview."""
    type_id = KINDS[kind].type_id
    page = "<html>\n<head></head>\n<body>\n{}\n</body>\n</html>"
    preview = {
        "hs_body_preview": "Hi",
        "hs_body_preview_html": page.format("Hi"),
        "hs_body_preview_is_truncated": "false",
    }
    long = "x" * 161

    assert made(kind, **{body: "Hi"}) == COMMON | preview | {
        "hs_createdate": TEXT,
        "hs_obj_coords": f"{type_id}-5",
    }
    cut = changed(kind, {body: "Hi"}, {body: long})
    assert (cut["hs_body_preview"], cut["hs_body_preview_is_truncated"]) == (long[:160], "true")
    cleared = changed(kind, {body: "Hi"}, {body: ""})
    assert (cleared["hs_body_preview"], cleared["hs_body_preview_html"]) == ("", "")
    assert "hs_obj_coords" not in cleared


def test_a_new_meeting_has_its_source_and_a_preview() -> None:
    """As recorded in 2022-08."""
    meeting = COMMON | {"hs_createdate": TEXT, "hs_meeting_source": "CRM_UI"}
    assert made("meeting") == meeting
    assert made("meeting", hs_meeting_body="Hi") == meeting | {
        "hs_body_preview": "Hi",
        "hs_body_preview_html": "<html>\n <head></head>\n <body>\n Hi\n </body>\n</html>",
        "hs_body_preview_is_truncated": "false",
    }


BLOCKS = ("br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "table", "td", "tr", "ul")


def test_a_preview_has_the_text_of_a_body_without_its_tags() -> None:
    """Blocks end words, other tags do not; entities are read; a body without tags stays as it is."""
    for body, text in (
        ("<p>One</p><p>two</p>", "One two"),
        ("<div>A <b>bo</b>ld&nbsp;&amp; more<br>line</div>", "A bold & more line"),
        ("no  tags\nhere", "no  tags\nhere"),
        ("A &amp; B", "A & B"),
        ("<P>One</P><BR>two", "One two"),
        ("<span>One</span><strong>two</strong>", "Onetwo"),
        *((f"One<{tag} class=x>two", "One two") for tag in BLOCKS),
        *((f"One</{tag}>two", "One two") for tag in BLOCKS),
        ("<" * 50_000, "<" * 160),
    ):
        assert made("note", hs_note_body=body)["hs_body_preview"] == text


SPECIAL = frozenset({"contact", "company", "deal", "ticket", "task", "note", "meeting", "call", "email"})


@for_each("kind", [one for one in KINDS if one not in SPECIAL])
def test_other_new_records_have_the_source_the_id_and_the_times(kind: str) -> None:
    """Under the names of their type."""
    object_type = KINDS[kind]

    assert made(kind) == APP | {
        object_type.created_property: TEXT,
        object_type.modified_property: TEXT,
        "hs_object_id": "5",
    }


def test_a_record_enters_a_stage_and_leaves_another() -> None:
    """With the time that it spent there, in total if it was there before."""
    entered = {"hs_v2_date_entered_current_stage": TEXT, "hs_v2_time_in_current_stage": TEXT}
    before = {"hs_v2_date_entered_a": "2026-09-21T14:13:10Z", "hs_v2_cumulative_time_in_a": "5"}

    assert of_stage({}, None, "a", NOW) == entered | {"hs_v2_date_entered_a": TEXT}
    assert of_stage(before, "a", "b", NOW) == entered | {
        "hs_v2_date_entered_b": TEXT,
        "hs_v2_date_exited_a": TEXT,
        "hs_v2_latest_time_in_a": "10000",
        "hs_v2_cumulative_time_in_a": "10005",
    }
    for moment in (None, "", "soon", "2026-09-21T14:13:21Z", "2026-09-21T14:13:20Z"):
        known = {} if moment is None else {"hs_v2_date_entered_a": moment}
        left = of_stage(known, "a", "b", NOW)
        assert (left["hs_v2_latest_time_in_a"], left["hs_v2_cumulative_time_in_a"]) == ("0", "0"), moment
    assert of_stage(before, "a", "a", NOW) == of_stage(before, "a", "", NOW) == of_stage(before, "a", None, NOW) == {}


@for_each(
    ("kind", "has_all"),
    [(one, one in ("task", "note", "meeting", "call", "email")) for one in KINDS],
)
@for_each(("user_id", "user"), [(77, "77"), (None, "9"), (0, "9")])
def test_an_owner_brings_its_user_to_engagements(kind: str, has_all: bool, user_id: int | None, user: str) -> None:
    """An unknown one is taken for its user; other types have the date alone."""
    engagement = {"hs_all_owner_ids": "9", "hs_user_ids_of_all_owners": user} if has_all else {}

    assert of_owner(KINDS[kind], "9", user_id, NOW) == {"hubspot_owner_assigneddate": TEXT} | engagement


BEFORE = {"firstname": "Ada", "email": "a@example.com", "phone": "1", "lifecyclestage": "lead"}


@for_each(
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
    assert changed("contact", BEFORE, given) == {"lastmodifieddate": TEXT} | expected


@for_each("kind", [one for one in KINDS if one not in ("contact", "task")])
def test_a_change_of_another_record_changes_its_time_alone(kind: str) -> None:
    assert changed(kind, {"x": "y"}, {"lifecyclestage": "lead", "email": "a@b.c"}) == {"hs_lastmodifieddate": TEXT}


@for_each(
    ("given", "expected"),
    [
        ({"city": "Oslo"}, {"hs_task_label": "Acme"}),
        ({"name": "Apex"}, {"hs_task_label": "Apex"}),
        ({"name": ""}, {}),
        ({"domain": "apex.example"}, {"hs_task_label": "Acme", "website": "apex.example"}),
        ({"domain": "apex.example", "website": "w"}, {"hs_task_label": "Acme"}),
        ({"domain": ""}, {"hs_task_label": "Acme"}),
    ],
)
def test_a_change_of_a_company_changes_what_follows_from_it(given: dict[str, str], expected: dict[str, str]) -> None:
    """The label of the whole record; the website only if there is none."""
    assert changed("company", {"name": "Acme"}, given) == {"hs_lastmodifieddate": TEXT} | expected
    with_website = changed("company", {"name": "Acme", "website": "acme.example"}, given)
    assert "website" not in with_website


def test_an_amount_is_multiplied_with_500_digits() -> None:
    """No more, so that a long text costs no time."""
    found = changed("deal", {}, {"amount": "3" * 600}, probability="1.0", is_closed=False)

    assert found["hs_projected_amount"] == "3" * 500 + "0" * 100


def test_a_cleared_owner_clears_what_follows_from_it() -> None:
    """Also the lists of owners of an engagement."""
    date = {"hubspot_owner_assigneddate": ""}

    assert of_owner(KINDS["deal"], "", None, NOW) == date
    assert of_owner(KINDS["note"], "", None, NOW) == date | {"hs_all_owner_ids": "", "hs_user_ids_of_all_owners": ""}


def test_a_ticket_of_2024_has_three_properties_of_its_own() -> None:
    """Later ones have counts, and whether they are closed."""
    found = on_creation(KINDS["ticket"], Change(5, {}, {}, NOW, NOW, is_of_2024=True, is_closed=True))

    assert {name: text for name, text in found.items() if name not in APP} == {
        "createdate": TEXT,
        "hs_helpdesk_sort_timestamp": TEXT,
        "hs_last_message_from_visitor": "false",
        "hs_lastmodifieddate": TEXT,
        "hs_object_id": "5",
        "hs_ticket_id": "5",
    }


@for_each(
    ("before", "given", "is_closed", "expected"),
    [
        ({}, {}, True, {"hs_is_closed": "true", "closed_date": TEXT}),
        ({"closed_date": "x"}, {}, True, {"hs_is_closed": "true"}),
        ({}, {"closed_date": "x"}, True, {"hs_is_closed": "true"}),
        ({"closed_date": "x"}, {}, False, {"hs_is_closed": "false", "closed_date": ""}),
        ({"closed_date": "x"}, {"closed_date": "y"}, False, {"hs_is_closed": "false"}),
        ({}, {}, False, {"hs_is_closed": "false"}),
        ({"closed_date": "x"}, {}, None, {}),
    ],
)
def test_the_close_date_of_a_ticket_follows_its_stage(
    before: dict[str, str], given: dict[str, str], is_closed: bool | None, expected: dict[str, str]
) -> None:
    """Unless the request says it."""
    found = changed("ticket", before, given, is_closed=is_closed)

    assert found == expected | {"hs_lastmodifieddate": TEXT}


@for_each(
    ("closedate", "days", "raw", "duration"),
    [
        (NOW - DAY, "0", "0", "0"),
        (NOW - 2 * DAY, "0", "0", "0"),
        (NOW, "1", "1", str(DAY)),
        (NOW + 9 * DAY, "10", "10", str(10 * DAY)),
        (NOW + DAY // 2, "1", "1.5", str(DAY * 3 // 2)),
        (NOW + DAY // 3, "1", "1.33333", str(DAY * 4 // 3)),
        (NOW - 1, "0", "1", str(DAY - 1)),
    ],
)
def test_how_long_a_deal_takes(closedate: int, days: str, raw: str, duration: str) -> None:
    """From its creation a day ago; never less than nothing."""
    found = changed("deal", {}, {"closedate": str(closedate)})

    assert (found["days_to_close"], found["hs_days_to_close_raw"]) == (days, raw)
    assert found["hs_actual_duration"] == duration


@for_each("closedate", ["", "x", "9" * 40, "99999-01-01T00:00:00Z"])
def test_a_deal_without_a_date_takes_no_time(closedate: str) -> None:
    found = changed("deal", {}, {"closedate": closedate})

    assert found == {"days_to_close": "0", "hs_days_to_close_raw": "0", "hs_lastmodifieddate": TEXT}


@for_each(
    ("probability", "is_closed", "closed_won", "lost", "amounts"),
    [
        ("1.0", True, "true", "false", ("200", "0", "0", "200")),
        ("0.0", True, "false", "true", ("0", "0", "0", "0")),
        ("1.0", False, "false", "false", ("0", "200", "200", "200")),
        ("0.5", False, "false", "false", ("0", "200", "100.0", "100.0")),
        ("x", False, "false", "false", ("0", "200", "0", "0")),
    ],
)
def test_the_stage_of_a_deal_says_what_it_is_worth(
    probability: str, is_closed: bool, closed_won: str, lost: str, amounts: tuple[str, ...]
) -> None:
    """Only a closed deal is won, however probable it is."""
    found = changed("deal", {"amount": "200"}, {"dealstage": "s"}, probability=probability, is_closed=is_closed)

    assert (found["hs_is_closed_won"], found["hs_is_closed_lost"]) == (closed_won, lost)
    assert found["hs_closed_won_count"] == str(int(closed_won == "true"))
    assert found["hs_is_closed"] == ("true" if is_closed else "false")
    assert (found["hs_is_closed_count"], found["hs_is_open_count"]) == (str(int(is_closed)), str(int(not is_closed)))
    created = str(NOW - DAY)
    assert found["hs_open_deal_create_date"] == ("0" if is_closed else created)
    assert found["hs_closed_deal_create_date"] == (created if is_closed else "0")
    assert found["hs_closed_deal_close_date"] == (str(NOW) if is_closed else "0")
    names = (
        "hs_closed_amount",
        "hs_open_amount_in_home_currency",
        "hs_weighted_pipeline_in_company_currency",
        "hs_projected_amount",
    )
    assert tuple(float(found[name]) for name in names) == tuple(map(float, amounts))
    assert found["hs_closed_amount_in_home_currency"] == found["hs_closed_amount"]
    assert found["hs_projected_amount_in_home_currency"] == found["hs_projected_amount"]
    assert found["hs_forecast_amount"] == found["amount_in_home_currency"] == "200"


@for_each(
    ("given", "groups"),
    [
        ({"amount": "5"}, "a"), ({"dealstage": "s"}, "acs"), ({"pipeline": "p"}, "as"), ({"closedate": "1"}, "c"),
        ({"createdate": "1"}, "c"), ({"dealname": "x"}, ""),
    ],
)  # fmt: skip
def test_a_write_to_a_deal_changes_what_depends_on_it(given: dict[str, str], groups: str) -> None:
    """The amounts, the close date and the stage, each by itself."""
    found = changed("deal", {"amount": "7"}, given, probability="0.5", is_closed=False)

    assert ("hs_forecast_amount" in found) is ("a" in groups)
    assert ("days_to_close" in found) is ("c" in groups)
    assert ("hs_is_closed" in found) is ("s" in groups)


def test_a_deal_without_an_amount_or_a_known_stage_is_worth_nothing() -> None:
    """NaN and infinity are no amounts."""
    for amount in ("", "x", "NaN", "Infinity"):
        found = changed("deal", {}, {"amount": amount}, probability="0.5")
        assert "hs_forecast_amount" not in found, amount
    unknown = changed("deal", {}, {"amount": "5", "dealstage": "s"})
    assert "hs_is_closed" not in unknown
    assert "hs_open_amount_in_home_currency" not in unknown
    assert (unknown["hs_forecast_amount"], unknown["hs_projected_amount"]) == ("5", "0")


@for_each(
    ("before", "status", "due", "expected"),
    [
        ({}, "NOT_STARTED", NOW - 1, {"hs_task_is_overdue": "true", "hs_task_missed_due_date_count": "1"}),
        ({}, "NOT_STARTED", NOW, {"hs_task_is_overdue": "false", "hs_task_missed_due_date_count": "0"}),
        ({}, "COMPLETED", NOW - 1, {"hs_task_is_overdue": "false", "hs_task_is_past_due_date": "true"}),
        (
            {"hs_task_status": "COMPLETED", "hs_task_completion_date": str(NOW - 5)},
            "COMPLETED",
            NOW - 4,
            {"hs_task_missed_due_date": "false", "hs_task_is_open": "false"},
        ),
        (
            {"hs_task_status": "COMPLETED", "hs_task_completion_date": str(NOW - 5)},
            "COMPLETED",
            NOW - 6,
            {"hs_task_missed_due_date": "true"},
        ),
        (
            {"hs_task_status": "WAITING", "hs_task_completion_date": str(NOW - 5)},
            "COMPLETED",
            NOW - 4,
            {"hs_task_missed_due_date": "true", "hs_task_completion_date": TEXT},
        ),
        (
            {"hs_task_status": "COMPLETED", "hs_task_completion_date": str(NOW - 5)},
            "WAITING",
            NOW - 4,
            {"hs_task_missed_due_date": "true", "hs_task_completion_date": ""},
        ),
        (
            {"hs_task_status": "COMPLETED", "hs_task_completion_date": "x"},
            "WAITING",
            NOW - 1,
            {"hs_task_completion_date": "", "hs_task_is_open": "true", "hs_task_is_overdue": "true"},
        ),
        (
            {"hs_task_status": "WAITING"},
            "COMPLETED",
            NOW,
            {"hs_task_completion_date": TEXT, "hs_task_is_open": "false"},
        ),
    ],
)
def test_a_task_is_late_by_the_time_at_which_it_was_done(
    before: dict[str, str], status: str, due: int, expected: dict[str, str]
) -> None:
    """Or by now if it is not done."""
    found = changed("task", before, {"hs_task_status": status, "hs_timestamp": str(due)})

    assert found | expected == found
    assert found["hs_task_is_past_due_date"] == found["hs_task_missed_due_date"]
    assert found["hs_task_completion_count"] == found["hs_task_is_completed"] == str(int(status == "COMPLETED"))
    if before.get("hs_task_status") == "COMPLETED" and status == "COMPLETED":
        assert "hs_task_completion_date" not in found


@for_each(
    ("kind", "names"),
    [
        ("CALL", "call"),
        ("EMAIL", "email"),
        ("LINKED_IN_MESSAGE", "linked_in"),
        ("LINKED_IN", "linked_in"),
        ("TODO", ""),
    ],
)
def test_a_task_that_is_done_counts_for_its_kind(kind: str, names: str) -> None:
    done = changed("task", {}, {"hs_task_status": "COMPLETED", "hs_task_type": kind})
    open_ = changed("task", {}, {"hs_task_status": "WAITING", "hs_task_type": kind})

    for name in ("call", "email", "linked_in"):
        assert done[f"hs_task_is_completed_{name}"] == str(int(name == names))
        assert open_[f"hs_task_is_completed_{name}"] == "0"
    assert done["hs_task_is_completed_sequence"] == "0"


@for_each(
    ("kind", "body"),
    [("task", "hs_task_body"), ("note", "hs_note_body"), ("call", "hs_call_body"), ("email", "hs_email_text")],
)
def test_the_body_of_an_engagement_has_a_preview(kind: str, body: str) -> None:
    """Of 160 characters, and as a page."""
    type_id = KINDS[kind].type_id
    for length, is_truncated in ((160, "false"), (161, "true")):
        found = made(kind, **{body: "x" * length})
        assert found["hs_body_preview"] == "x" * 160
        assert found["hs_body_preview_is_truncated"] == is_truncated
        assert found["hs_body_preview_html"] == f"<html>\n<head></head>\n<body>\n{'x' * length}\n</body>\n</html>"
        assert found["hs_obj_coords"] == f"{type_id}-5"
    assert changed(kind, {"a": "b"}, {body: ""}) | {
        "hs_body_preview": "",
        "hs_body_preview_html": "",
        "hs_body_preview_is_truncated": "false",
    } == changed(kind, {"a": "b"}, {body: ""})
    assert "hs_obj_coords" not in changed(kind, {"a": "b"}, {body: "x"})
    assert "hs_body_preview" not in made(kind)


def test_the_page_of_a_meeting_is_indented() -> None:
    found = made("meeting", hs_meeting_body="x")

    assert found["hs_body_preview_html"] == "<html>\n <head></head>\n <body>\n x\n </body>\n</html>"
    assert "hs_obj_coords" not in found
    assert found["hs_meeting_source"] == "CRM_UI"
