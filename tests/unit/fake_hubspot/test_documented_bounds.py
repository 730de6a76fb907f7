"""Figures that HubSpot documents or that readers of the API have met, and bounds of the fake's own.

Against a list that does not come from the code: a test that takes the bound from the code cannot see that it is wrong.
"""

from importlib import import_module
from typing import Any

from fake_hubspot.portal.association_types import hubspot_types
from fake_hubspot.portal.types import STANDARD_TYPES
from tests.support.cases import Cases

# By module: what HubSpot's documentation says.
DOCUMENTED: dict[str, dict[str, Any]] = {
    "crm.search": {
        "MAX_ROWS": 200, "MAX_RESULTS": 10_000, "MAX_BODY_LENGTH": 3000, "MAX_GROUPS": 5, "MAX_FILTERS": 6,
        "MAX_FILTERS_IN_TOTAL": 18, "DIRECTIONS": ("ASCENDING", "DESCENDING", "ASC", "DESC"),
    },
    "crm.batches": {"MAX_INPUTS": 100, "MAX_WITH_HISTORY": 50},
    "crm.associations_batch": {"MAX_PAIRS": 2000, "MAX_READ": 1000},
    "crm.associations_v3": {"MAX_PAIRS": 2000},
    "crm.link_pages": {"MAX_ROWS": 500},
    "crm.webhooks": {"MAX_SUBSCRIPTIONS": 1000, "LEAST_CONCURRENCY": 6},
    "crm.versions": {"DATES": ("2025-09", "2026-03", "2026-09")},
    "crm.properties": {"SENSITIVITIES": ("non_sensitive", "sensitive", "highly_sensitive")},
    "crm.lists": {"TYPES": ("DYNAMIC", "MANUAL", "SNAPSHOT")},
    "crm.memberships": {"CURSOR_BYTES": 8},
    "crm.families.campaigns": {"MAX_INPUTS": 100},
    "crm.families.files": {
        "TYPES": {
            "IMG": ("png", "jpg", "jpeg", "gif", "svg", "webp", "bmp", "ico", "tiff"),
            "DOCUMENT": ("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "csv", "txt", "json", "xml"),
            "AUDIO": ("mp3", "wav", "m4a", "ogg"),
            "MOVIE": ("mp4", "mov", "avi", "webm", "mkv"),
        },
        "ACCESS": (
            "PUBLIC_INDEXABLE", "PUBLIC_NOT_INDEXABLE", "HIDDEN_INDEXABLE", "HIDDEN_NOT_INDEXABLE", "HIDDEN_PRIVATE",
            "PRIVATE", "HIDDEN_SENSITIVE", "SENSITIVE",
        ),
        "DEEPEST": 6, "SIGNED_S": 1_209_600,
    },
    "crm.families.exports": {"FORMATS": ("CSV", "XLS", "XLSX")},
    "crm.families.submissions": {"MAX_FIELDS": 1000},
    "crm.families.deal_splits": {"MOST_DEALS": 100},
    "crm.families.limits": {
        "MAX_RECORDS": 1_000_000, "MAX_PROPERTIES": 1_000, "MAX_CALCULATED": 25, "MAX_LABELS": 50, "MAX_TYPES": 10,
    },
    "crm.families.event_journal": {"MAX_BATCH": 100, "READABLE_MS": 3_600_000},
    "portal.event_journal": {
        "KEPT_MS": 259_200_000,
        "SUBSCRIPTION_TYPES": (
            "OBJECT", "ASSOCIATION", "EVENT", "APP_LIFECYCLE_EVENT", "LIST_MEMBERSHIP", "GDPR_PRIVACY_DELETION",
        ),
        "KINDS": {
            "creation": ("OBJECT", "CREATE"), "propertyChange": ("OBJECT", "UPDATE"), "deletion": ("OBJECT", "DELETE"),
            "restore": ("OBJECT", "RESTORE"), "merge": ("OBJECT", "MERGE"),
            "privacyDeletion": ("GDPR_PRIVACY_DELETION", "GDPR_DELETE"),
        },
        "ACTIONS": (
            "CREATE", "UPDATE", "DELETE", "RESTORE", "MERGE", "GDPR_DELETE", "ASSOCIATION_ADDED",
            "ASSOCIATION_REMOVED", "SNAPSHOT", "APP_INSTALL", "APP_UNINSTALL", "ADDED_TO_LIST", "REMOVED_FROM_LIST",
        ),
    },
    "portal.pipelines": {
        "LIFECYCLE": (
            ("subscriber", "Subscriber"), ("lead", "Lead"), ("marketingqualifiedlead", "Marketing Qualified Lead"),
            ("salesqualifiedlead", "Sales Qualified Lead"), ("opportunity", "Opportunity"), ("customer", "Customer"),
            ("evangelist", "Evangelist"), ("other", "Other"),
        ),
    },
    "portal.access": {"ACCESS_TOKEN_LIFE_S": 1800},
    "portal.calculated": {"LONGEST_PREVIEW": 160},
    "portal.limits": {"WINDOW_MS": 10_000},
    "portal.signatures": {"SIGNATURES": ("v1", "v2", "v3"), "LIFE_MS": 300_000},
    "portal.subscriptions": {
        "DEFAULT_CONCURRENCY": 10, "TIMEOUT_MS": 5000,
        "KINDS": ("propertyChange", "creation", "deletion", "merge", "restore", "associationChange"),
        "CONVERSATION_KINDS": ("creation", "deletion", "privacyDeletion", "newMessage", "propertyChange"),
    },
    "portal.deliveries": {
        "MAX_EVENTS": 100,
        # half a minute, 2, 5, 15 and 30 minutes, 1, 2, 4, 6 and 10 hours
        "RETRY_DELAYS_MS": (
            30_000, 120_000, 300_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000, 36_000_000,
        ),
        "SPREAD": 0.2, "DISORDER_MS": 1000,
    },
    "portal.config": {"DATA_CENTERS": ("na1", "na2", "eu1"), "DEFAULT_PORTAL_ID": 62515},
    "portal.rollups": {"CHILD_COMPANY": 13},
    "legacy.records": {"BATCH_MAX": 100},
    "legacy.contacts": {"BATCH_MAX": 100, "DEFAULTS": ("firstname", "lastname", "company", "lastmodifieddate")},
    "legacy.pages": {"RECENT_ROWS": 10_000, "RECENT_DAYS": 30},
    "legacy.change_log": {
        "ROWS_OF_A_PAGE": 1000,
        "ALWAYS_EMPTY": ("newAssociations", "removedAssociations", "newListMemberships", "removedListMemberships"),
    },
    "legacy.companies": {
        "DOMAIN_MAX": 100,
        "CONTACT_PROPERTIES": ("lastmodifieddate", "lastname", "firstname", "email", "company"),
    },
    "legacy.crm_objects": {"TYPES": ("tickets", "products", "line_items")},
    "legacy.associations": {"ACTIVITIES": ("notes", "tasks", "meetings", "calls", "emails")},
    "legacy.workflows": {"TYPES": ("DRIP_DELAY", "STATIC_ANCHOR", "PROPERTY_ANCHOR")},
}  # fmt: skip
# What the fake itself promises: what it keeps at most, and where it stops.
OWN: dict[str, dict[str, Any]] = {
    "portal.config": {"MAX_CONTACTS": 10_000_000, "MAX_LINKED": 100_000, "MAX_TOKEN_LENGTH": 512},
    "portal.deliveries": {
        "KEPT_ATTEMPTS": 1000, "KEPT_BYTES": 4_194_304, "KEPT_TEXT": 2000, "MAX_WAITING": 200_000,
    },
    "portal.event_journal": {"KEPT_ENTRIES": 10_000},
    "portal.snapshots": {"MAX_SNAPSHOTS": 20},
    "portal.subscriptions": {"MAX_TIMEOUT_MS": 60_000, "MAX_CONCURRENCY": 1000, "MAX_DELAY_MS": 2_592_000_000},
    "portal.decimal_id": {"LARGEST_ID": 9_223_372_036_854_775_807, "LARGEST_EXACT_ID": 9_007_199_254_740_991},
    "portal.durations": {"HOUR_MS": 3_600_000, "DAY_MS": 86_400_000},
    "crm.schemas": {"MOST_LINKS": 10_000},
    "crm.families.multipart": {"MOST_PARTS": 100},
}  # fmt: skip


def test_bounds(cases: Cases) -> None:
    for table in (DOCUMENTED, OWN):
        for name, expected in table.items():
            module = import_module(f"fake_hubspot.{name}")
            for bound, value in expected.items():
                with cases.case(f"{name}.{bound}"):
                    assert getattr(module, bound) == value


# The first type of link between two types of records is the unlabelled one. Its name says so where there is one of
# primary companies as well. Source: recordings, HubSpot's clients.
FIRST_LINKS = {
    ("contact", "company"): "contact_to_company_unlabeled", ("company", "contact"): "company_to_contact_unlabeled",
    ("deal", "company"): "deal_to_company_unlabeled", ("company", "ticket"): "company_to_ticket_unlabeled",
    ("company", "company"): "company_to_company", ("contact", "quote"): "contact_to_quote",
    ("quote", "contact"): "quote_to_contact", ("contact", "deal"): "contact_to_deal",
    ("contact", "meeting"): "contact_to_meeting_event", ("meeting", "contact"): "meeting_event_to_contact",
}  # fmt: skip
LABELS = {
    ("contact", "company"): (1, 2, "contact_to_company", "Primary", True),
    ("company", "contact"): (2, 1, "company_to_contact", "Primary Company", True),
    ("deal", "company"): (5, 6, "deal_to_company", "Primary", True),
    ("company", "deal"): (6, 5, "company_to_deal", "Primary", True),
    ("ticket", "company"): (26, 25, "ticket_to_company", "Primary", True),
    ("company", "ticket"): (25, 26, "company_to_ticket", "Primary", True),
    ("quote", "contact"): (702, 701, "contact_signer", "Signer", False),
    ("contact", "quote"): (701, 702, "contact_to_quote_signer", "Signer", False),
}


def test_links_that_hubspot_defines(cases: Cases) -> None:
    kinds = {one.singular: one for one in STANDARD_TYPES}
    for (source, target), name in FIRST_LINKS.items():
        with cases.case(f"{source} {target}"):
            first = hubspot_types(kinds[source], kinds[target])[0]
            assert (first.name, first.is_primary) == (name, False)
    for (source, target), expected in LABELS.items():
        with cases.case(f"a label {source} {target}"):
            (one,) = hubspot_types(kinds[source], kinds[target])[1:]
            assert (one.type_id, one.inverse_id, one.name, one.label, one.is_primary) == expected
    with cases.case("a company and a company"):
        both = hubspot_types(kinds["company"], kinds["company"])
        assert [(one.type_id, one.inverse_id, one.label) for one in both[1:]] == [
            (13, 14, "Child Company"),
            (14, 13, "Parent Company"),
        ]
