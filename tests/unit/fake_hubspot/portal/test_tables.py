"""The tables of facts that a portal is made of: types, subscriptions, options, defaults. Each stands here once more."""

import pytest

from fake_hubspot.errors import UsageError
from fake_hubspot.portal import Portal
from fake_hubspot.portal.assumptions import ASSUMPTIONS, Assumptions
from fake_hubspot.portal.config import DATA_CENTERS, PortalConfig
from fake_hubspot.portal.limits import TIERS
from fake_hubspot.portal.pipelines import DEAL_STAGES, SEEDED_MS, TICKET_STAGES, Pipeline, Stage
from fake_hubspot.portal.search import SEARCHABLE
from fake_hubspot.portal.standard_properties import standard_properties
from fake_hubspot.portal.types import STANDARD_TYPES, UNBUILT, ObjectType
from tests.support.cases import for_each

NEW = ("hs_createdate", "hs_lastmodifieddate", "hs_object_id")
TIMES = ("createdate", "hs_lastmodifieddate", "hs_object_id")
# Id, singular, plural, the property that names a record, and the properties that a response has by default.
TYPES = (
    (
        *("0-1", "contact", "contacts", "email"),
        ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    ),
    ("0-2", "company", "companies", "name", (*TIMES, "domain", "name")),
    (
        *("0-3", "deal", "deals", "dealname"),
        (*TIMES, "amount", "closedate", "dealname", "dealstage", "pipeline"),
    ),
    (
        *("0-5", "ticket", "tickets", "subject"),
        (
            *(*TIMES, "content", "hs_pipeline", "hs_pipeline_stage"),
            *("hs_ticket_category", "hs_ticket_priority", "subject"),
        ),
    ),
    ("0-7", "product", "products", "name", (*TIMES, "description", "name", "price")),
    ("0-8", "line_item", "line_items", "name", (*TIMES, "hs_product_id", "quantity")),
    (
        *("0-14", "quote", "quotes", "hs_title"),
        (
            *("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
            *("hs_expiration_date", "hs_public_url_key", "hs_status", "hs_title"),
        ),
    ),
    *(
        (type_id, name, f"{name}s", display, ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"))
        for type_id, name, display in (
            ("0-27", "task", "hs_task_subject"),
            ("0-46", "note", "hs_note_body"),
            ("0-47", "meeting", "hs_meeting_title"),
            ("0-48", "call", "hs_call_title"),
            ("0-49", "email", "hs_email_subject"),
        )
    ),
)
# Id, singular, plural, and the property that names a record; they all have the three common defaults.
NEWER_TYPES = """
0-18 communication communications hs_communication_body
0-19 feedback_submission feedback_submissions hs_survey_name
0-53 invoice invoices hs_number
0-64 quote_template quote_templates hs_name
0-69 subscription subscriptions hs_name
0-72 deal_split deal_splits hs_deal_split_percentage
0-74 goal_target goal_targets hs_goal_name
0-84 discount discounts hs_label
0-85 fee fees hs_label
0-86 tax taxes hs_label
0-101 commerce_payment commerce_payments hs_customer_email
0-115 user users hs_email
0-116 postal_mail postal_mail hs_postal_mail_body
0-123 order orders hs_order_name
0-136 lead leads hs_lead_name
0-142 cart carts hs_cart_name
0-162 service services hs_name
0-410 course courses hs_course_name
0-420 listing listings hs_name
0-421 appointment appointments hs_appointment_name
0-970 project projects hs_name
0-11 conversation conversations hs_name
0-721 contract contracts hs_name
0-903 partner_client partner_clients hs_name
0-904 partner_service partner_services hs_name
"""
DEFAULTS = {
    "limit-over-maximum": ("error", "clamp"),
    "after-not-numeric": ("error", "ignore"),
    "link-limit": ("as-sent", "always"),
    "garbage-token": ("not-found", "expired", "530"),
    "other-data-center": ("accept", "refuse"),
    "hapikey": ("invalid-key", "does-not-exist", "not-found", "accept"),
    "retry-after": ("absent", "1", "10"),
    "custom-base-name": ("refuse", "accept"),
    "marketing-contacts": ("absent", "present"),
    "ticket-properties": ("2026", "2024"),
    "missing-as-json": ("html", "json"),
    "merge-id": ("new", "primary"),
    "merged-lookup": ("follow", "missing"),
    "unknown-owner": ("refuse", "accept"),
    "blocked-email": ("refuse", "accept"),
    "erased-email": ("block", "free"),
    "batch-order": ("input", "reversed"),
    "batch-keys": ("2026", "2022"),
    "batch-2026-09": ("folded", "207"),
    "record-url": ("present", "absent"),
    "search-unknown-name": ("error", "ignore"),
    "search-body-length": ("without-properties", "whole-body"),
    "missing-value-match": ("match", "no-match"),
    "list-link-path": ("canonical", "v3"),
    "webhook-creation": ("with-properties", "alone"),
}


def test_the_standard_types() -> None:
    """Their properties are sorted; those of contacts and engagements have other times."""
    newer = [tuple(line.split()) for line in NEWER_TYPES.strip().splitlines()]

    assert [
        (one.type_id, one.singular, one.plural, one.display_property, one.default_properties) for one in STANDARD_TYPES
    ] == [*((*row[:4], tuple(sorted(row[4]))) for row in TYPES), *((*row, NEW) for row in newer)]
    assert {one.singular for one in STANDARD_TYPES if one.created_property != "createdate"} == {
        *("quote", "task", "note", "meeting", "call", "email"),
        *(row[1] for row in newer),
    }
    assert {one.created_property for one in STANDARD_TYPES} == {"createdate", "hs_createdate"}
    assert [one.singular for one in STANDARD_TYPES if one.is_assumed] == [
        "conversation",
        "contract",
        "partner_client",
        "partner_service",
    ]
    assert {one.singular: one.modified_property for one in STANDARD_TYPES} == {
        one.singular: "lastmodifieddate" if one.singular == "contact" else "hs_lastmodifieddate"
        for one in STANDARD_TYPES
    }
    assert {one.singular: one.unique_properties for one in STANDARD_TYPES if one.unique_properties} == {
        "contact": ("email",)
    }
    assert not any(one.is_custom for one in STANDARD_TYPES)


def test_a_type_that_is_not_told_otherwise() -> None:
    """Like a custom one."""
    kind = ObjectType("2-1", "car", "cars", ("plate",))

    assert kind.always == ("createdate", "hs_lastmodifieddate", "hs_object_id")
    assert kind.names == ("cars", "car", "2-1")
    assert (kind.base_names, kind.wire_name) == ((), "cars")
    assert (kind.display_property, kind.unique_properties, kind.is_custom) == ("name", (), False)


def test_the_subscriptions() -> None:
    """Requests in ten seconds, in a day, and searches in a second."""
    assert {name: (tier.name, tier.burst, tier.daily, tier.search_per_second) for name, tier in TIERS.items()} == {
        "free": ("free", 100, 250_000, 5),
        "professional": ("professional", 190, 625_000, 5),
        "enterprise": ("enterprise", 190, 1_000_000, 5),
        "increased": ("increased", 250, 2_000_000, 5),
        "oauth": ("oauth", 110, None, 5),
        "unlimited": ("unlimited", 1_000_000, None, 1_000_000),
    }


def test_the_open_questions_and_what_the_fake_assumes() -> None:
    """The first choice is the default."""
    assert {name: one.choices for name, one in ASSUMPTIONS.items()} == DEFAULTS
    assert Assumptions().as_dict() == {name: choices[0] for name, choices in DEFAULTS.items()}
    assert all(one.name == name and one.default == one.choices[0] for name, one in ASSUMPTIONS.items())
    assert all(one.question.endswith("?") or "? " in one.question for one in ASSUMPTIONS.values())


def test_what_a_query_looks_into() -> None:
    """A type that is not listed has the property that names its records."""
    assert {
        "0-1": (
            *("firstname", "lastname", "email", "phone", "hs_additional_emails", "fax", "mobilephone", "company"),
            "hs_marketable_until_renewal",
        ),
        "0-2": ("website", "phone", "name", "domain"),
        "0-3": ("dealname", "pipeline", "dealstage", "description", "dealtype"),
        "0-5": ("subject", "content", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_id"),
        "0-7": ("name", "description", "price", "hs_sku"),
        "0-8": ("name", "hs_sku", "description"),
    } == SEARCHABLE


def test_what_a_portal_is_made_of_by_default() -> None:
    config = PortalConfig()

    config.check()
    assert config == PortalConfig(
        portal_id=62515,
        token="pat-na1-00000000-0000-4000-8000-000000000000",
        contacts=None,
        seed_cassette=None,
        scenario="success",
        seed=0,
        tier="free",
        enforce_limits=False,
        data_center="na1",
    )
    assert DATA_CENTERS == ("na1", "na2", "eu1")


@for_each(
    "fields",
    [
        {"portal_id": 1},
        {"portal_id": 2**53 - 1},
        {"contacts": 0},
        {"contacts": 10_000_000},
        {"token": "!" * 512},
        {"token": "~"},
        {"tier": "oauth"},
        {"data_center": "eu1"},
        {"data_center": "na2"},
    ],
)
def test_a_portal_may_be_just_so(fields: dict[str, object]) -> None:
    PortalConfig(**fields).check()  # type: ignore[arg-type]


@for_each(
    ("fields", "message"),
    [
        ({"portal_id": 0}, "a portal's id is a positive whole number below 2^53, not 0"),
        ({"portal_id": 2**53}, f"a portal's id is a positive whole number below 2^53, not {2**53}"),
        ({"contacts": -1}, "contacts must be between 0 and 10000000, not -1"),
        ({"contacts": 10_000_001}, "contacts must be between 0 and 10000000, not 10000001"),
        ({"token": "x" * 513}, "a token has at most 512 characters, not 513"),
        ({"token": "ab c"}, "its character 3 is U+0020"),
        ({"token": "ab\x7f"}, "its character 3 is U+007F"),
        ({"token": "é"}, "its character 1 is U+00E9"),
        (
            {"tier": "gold"},
            "there is no tier 'gold'. Known: enterprise, free, increased, oauth, professional, unlimited.",
        ),
        ({"data_center": "us"}, "there is no data centre 'us'. Known: eu1, na1, na2."),
    ],
)
def test_a_portal_that_cannot_be_is_refused(fields: dict[str, object], message: str) -> None:
    """The message says what is expected and, except for tokens, what came."""
    with pytest.raises(UsageError) as caught:
        PortalConfig(**fields).check()  # type: ignore[arg-type]

    assert str(caught.value).endswith(message)


def test_options_are_chosen_together_or_not_at_all() -> None:
    """A wrong one is named with what is possible; the others are not set then."""
    assumptions = Assumptions()

    with pytest.raises(UsageError) as caught:
        assumptions.choose({"merge-id": "primary", "hapikey": "no", "colour": "red"})

    assert str(caught.value) == (
        "hapikey is one of invalid-key, does-not-exist, not-found, accept, not 'no'; there is no assumption 'colour'. "
        f"Known: {', '.join(sorted(DEFAULTS)[:12])} and 13 more."
    )
    assert assumptions.chosen == {}
    assumptions.choose({"merge-id": "primary"})
    assumptions.choose({"hapikey": "accept"})
    assert assumptions.chosen == {"merge-id": "primary", "hapikey": "accept"}
    assert (assumptions["merge-id"], assumptions["hapikey"], assumptions["record-url"]) == (
        "primary",
        "accept",
        "present",
    )
    assert assumptions.as_dict()["merge-id"] == "primary"
    assumptions.reset()
    assert assumptions.as_dict() == Assumptions().as_dict()


def test_saved_options_are_restored_if_this_version_knows_them() -> None:
    """They replace what was chosen before, and the dictionary is a copy."""
    assumptions = Assumptions()
    assumptions.choose({"hapikey": "accept"})

    assumptions.restore({"merge-id": "primary", "gone": "x", "record-url": "sometimes"})
    assumptions.chosen["record-url"] = "absent"

    assert assumptions.chosen == {"merge-id": "primary"}


def test_pipelines_and_stages_have_no_times_and_are_not_archived_by_default() -> None:
    stage = Stage(id="1", label="One", display_order=0)
    pipeline = Pipeline(id="p", label="P", display_order=0, stages=(stage,))

    assert (stage.metadata, stage.created_ms, stage.updated_ms, stage.archived) == ({}, 0, 0, False)
    assert (pipeline.created_ms, pipeline.updated_ms, pipeline.archived) == (0, 0, False)


def test_the_stages_of_the_default_pipelines() -> None:
    """Id, label, and the probability or the state."""
    assert DEAL_STAGES == (
        ("appointmentscheduled", "Appointment Scheduled", "0.2"),
        ("qualifiedtobuy", "Qualified To Buy", "0.4"),
        ("presentationscheduled", "Presentation Scheduled", "0.6"),
        ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
        ("contractsent", "Contract Sent", "0.9"),
        ("closedwon", "Closed Won", "1.0"),
        ("closedlost", "Closed Lost", "0.0"),
    )
    assert TICKET_STAGES == (
        ("1", "New", "OPEN"),
        ("2", "Waiting on contact", "OPEN"),
        ("3", "Waiting on us", "OPEN"),
        ("4", "Closed", "CLOSED"),
    )


def test_the_default_pipelines() -> None:
    """As old as HubSpot says."""
    portal = Portal()

    (deals,), (tickets,) = portal.pipelines.of("0-3"), portal.pipelines.of("0-5")
    for pipeline, pipeline_id, label in ((deals, "default", "Sales Pipeline"), (tickets, "0", "Support Pipeline")):
        assert (pipeline.id, pipeline.label, pipeline.display_order) == (pipeline_id, label, 0)
        assert [stage.display_order for stage in pipeline.stages] == list(range(len(pipeline.stages)))
        times = {(stage.created_ms, stage.updated_ms) for stage in pipeline.stages}
        assert times == {(pipeline.created_ms, pipeline.updated_ms)} == {(SEEDED_MS, SEEDED_MS)}
    assert SEEDED_MS == 0
    assert [(one.id, one.label, one.metadata) for one in deals.stages] == [
        (each, label, {"isClosed": "true" if each in ("closedwon", "closedlost") else "false", "probability": number})
        for each, label, number in DEAL_STAGES
    ]
    assert [(one.id, one.label, one.metadata) for one in tickets.stages] == [
        (each, label, {"ticketState": state, "isClosed": "true" if each == "4" else "false"})
        for each, label, state in TICKET_STAGES
    ]
    portal.close()


# By the type: a property that only its own table has.
OWN_PROPERTIES = {
    "0-7": "hs_folder_name", "0-8": "hs_margin_tcv", "0-27": "hs_task_reminders", "0-47": "hs_meeting_change_id",
    "0-48": "hs_call_zoom_meeting_uuid", "0-49": "hs_email_tracker_key", "0-19": "hs_visitor_id", "0-72": "hs_deal_id",
    "0-74": "hs_kpi_value_last_calculated_at", "0-14": "hs_esign_enabled", "0-18": "hs_communication_body",
    "0-53": "hs_amount_billed", "0-64": "hs_active", "0-69": "hs_last_payment_due_date", "0-84": "hs_duration",
    "0-85": "hs_duration", "0-86": "hs_duration", "0-101": "hs_customer_email", "0-115": "hs_additional_phone",
    "0-116": "hs_postal_mail_body", "0-123": "hs_billing_address_name", "0-136": "hs_lead_name", "0-142": "hs_cart_url",
    "0-162": "hs_amount_paid", "0-410": "hs_course_id", "0-420": "hs_bathrooms", "0-421": "hs_appointment_start",
    "0-970": "hs_description", "0-721": "hs_description", "0-11": "hs_description", "0-903": "hs_description",
    "0-904": "hs_description",
}  # fmt: skip
NEWER_TABLES = {"0-19": "hs_response_group", "0-72": "hs_deal_split_type", "0-74": "hs_goal_name"}


def test_each_type_has_the_properties_of_its_own_table() -> None:
    for table in (OWN_PROPERTIES, NEWER_TABLES):
        for type_id, name in table.items():
            assert name in standard_properties(type_id), type_id
    for type_id in ("0-162", "0-410", "0-420", "0-421", "0-970"):
        assert {"hs_pipeline", "hs_pipeline_stage"} <= standard_properties(type_id).keys(), type_id


# Id and label of the pipeline, then id and label of each stage.
NEWER_PIPELINES = {
    "0-136": (
        *("lead-pipeline-id=Lead pipeline", "new-stage-id=New", "attempting-stage-id=Attempting"),
        *("connected-stage-id=Connected", "qualified-stage-id=Qualified", "unqualified-stage-id=Disqualified"),
    ),
    "0-123": (
        *("order-pipeline=Order pipeline", "open=Open", "processed=Processed", "shipped=Shipped"),
        *("delivered=Delivered", "cancelled=Cancelled"),
    ),
    "0-162": ("service-pipeline=Service pipeline", "new=New", "in-progress=In progress", "closed=Closed"),
    "0-410": ("course-pipeline=Course pipeline", "planned=Planned", "running=Running", "finished=Finished"),
    "0-420": ("listing-pipeline=Listing pipeline", "active=Active", "pending=Pending", "sold=Sold"),
    "0-421": (
        *("appointment-pipeline=Appointment pipeline", "scheduled=Scheduled", "completed=Completed"),
        "cancelled=Cancelled",
    ),
    "0-970": ("project-pipeline=Project pipeline", "new=New", "in-progress=In progress", "done=Done"),
}


def test_the_default_pipelines_of_newer_types() -> None:
    """Of 1970, in the order of the table."""
    portal = Portal(PortalConfig(contacts=0))
    try:
        for type_id, (head, *rows) in NEWER_PIPELINES.items():
            (pipeline,) = portal.pipelines.of(type_id)
            assert f"{pipeline.id}={pipeline.label}" == head
            assert [f"{one.id}={one.label}" for one in pipeline.stages] == rows
            assert (pipeline.display_order, pipeline.created_ms, pipeline.updated_ms, pipeline.archived) == (
                0,
                0,
                0,
                False,
            )
            assert [one.display_order for one in pipeline.stages] == list(range(len(rows)))
            assert {(one.created_ms, one.updated_ms, one.archived) for one in pipeline.stages} == {(0, 0, False)}
            assert all(one.metadata == {} for one in pipeline.stages)
        for type_id, pipeline_id in (("0-1", "contacts-lifecycle-pipeline"), ("0-2", "companies-lifecycle-pipeline")):
            (pipeline,) = portal.pipelines.of(type_id)
            assert (pipeline.id, pipeline.label, pipeline.created_ms) == (pipeline_id, "Lifecycle Stage Pipeline", 0)
            assert [stage.display_order for stage in pipeline.stages] == list(range(8))
            assert pipeline.display_order == 0
            assert [f"{one.id}={one.label}" for one in pipeline.stages] == [
                *("subscriber=Subscriber", "lead=Lead", "marketingqualifiedlead=Marketing Qualified Lead"),
                *("salesqualifiedlead=Sales Qualified Lead", "opportunity=Opportunity", "customer=Customer"),
                *("evangelist=Evangelist", "other=Other"),
            ]
            for stage in pipeline.stages:
                is_closed = stage.id == "other"
                state = {"isClosed": str(is_closed).lower(), "state": "CLOSED" if is_closed else "OPEN"}
                assert stage.metadata == state
        stored = {key.partition("/")[0] for key, _ in portal.pipelines.stored.items()}
        assert stored == {"0-1", "0-2", "0-3", "0-5", *NEWER_PIPELINES}
    finally:
        portal.close()


def test_what_a_new_record_must_have() -> None:
    """Activities a time; other types what the documentation says."""
    timed = ("task", "note", "meeting", "call", "email", "communication", "postal_mail")

    assert {one.singular: one.required_properties for one in STANDARD_TYPES if one.required_properties} == {
        **dict.fromkeys(timed, ("hs_timestamp",)),
        "ticket": ("hs_pipeline_stage",),
        "quote": ("hs_title", "hs_expiration_date"),
        "invoice": ("hs_currency",),
        "commerce_payment": ("hs_initial_amount", "hs_initiated_date"),
        "lead": ("hs_lead_name",),
        "project": ("hs_name",),
    }


def test_the_types_that_the_fake_has_not() -> None:
    """By either name."""
    names = (
        *("ad_account", "ad_campaign", "blog_post", "campaign", "chatflow", "cta", "engagement", "feedback_survey"),
        *("file", "form", "knowledge_article", "landing_page", "marketing_email", "marketing_event", "media_bridge"),
        *("object_list", "partner_account", "playbook", "segment", "sequence", "site_page", "social_post", "thread"),
        "workflow",
    )
    assert {each for name in names for each in (name, f"{name}s")} == UNBUILT
