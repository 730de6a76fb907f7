"""The two sample contacts that a new HubSpot account has.

Source: recording (Nango 2026-03 for Brian's row and both ids, hubspot-api-ruby 2021 for the properties).
"""

from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record

__all__ = ["sample_contacts", "seed_samples"]

COMMON = {
    "company": "HubSpot",
    "hs_analytics_source": "OFFLINE",
    "hs_analytics_source_data_1": "API",
    "hs_analytics_source_data_2": "sample-contact",
    "hs_email_domain": "hubspot.com",
    "hs_is_contact": "true",
    "hs_is_unworked": "true",
    "hs_latest_source": "OFFLINE",
    "hs_marketable_reason_id": "Sample Contact",
    "hs_marketable_reason_type": "SAMPLE_CONTACT",
    "hs_pipeline": "contacts-lifecycle-pipeline",
    "lifecyclestage": "lead",
    "num_conversion_events": "0",
    "website": "http://www.HubSpot.com",
}
BRIAN = {
    **COMMON,
    "city": "Cambridge",
    "createdate": "2026-02-25T15:16:50.045Z",
    "email": "bh@hubspot.com",
    "firstname": "Brian",
    "hs_all_contact_vids": "713802347732",
    "hs_full_name_or_email": "Brian Halligan (Sample Contact)",
    "hs_object_id": "713802347732",
    "jobtitle": "Executive Chairperson",
    "lastmodifieddate": "2026-02-28T15:18:25.872Z",
    "lastname": "Halligan (Sample Contact)",
    "state": "MA",
    "twitterhandle": "bhalligan",
}
MARIA = {
    **COMMON,
    "city": "Brisbane",
    "createdate": "2026-02-25T15:16:49.716Z",
    "email": "emailmaria@hubspot.com",
    "firstname": "Maria",
    "hs_all_contact_vids": "713903210728",
    "hs_full_name_or_email": "Maria Johnson (Sample Contact)",
    "hs_object_id": "713903210728",
    "jobtitle": "Salesperson",
    "lastmodifieddate": "2026-02-28T15:18:25.543Z",
    "lastname": "Johnson (Sample Contact)",
    "state": "QLD",
}


def sample_contacts(portal: Portal) -> list[Record]:
    """Return Brian and Maria in the order of their ids."""
    contacts = portal.types["contacts"]
    return [portal.to_record(contacts, int(person["hs_object_id"]), person) for person in (BRIAN, MARIA)]


def seed_samples(portal: Portal) -> None:
    """Add the two sample contacts."""
    portal.load(portal.types["contacts"], sample_contacts(portal))
