"""Which properties an object type has.

A property that is not defined is left out of answers; one without a value is null.
"""

from fake_hubspot.portal.types import STANDARD_TYPES

__all__ = ["Definitions"]

CONTACT_PROPERTIES = (
    "address annualrevenue city company country createdate date_of_birth degree email fax firstname gender "
    "hs_additional_emails hs_all_contact_vids hs_analytics_source hs_analytics_source_data_1 "
    "hs_analytics_source_data_2 hs_email_domain hs_full_name_or_email hs_is_contact hs_is_unworked hs_language "
    "hs_latest_source hs_lead_status hs_lifecyclestage_lead_date hs_marketable_reason_id "
    "hs_marketable_reason_type hs_marketable_status hs_object_id hs_object_source hs_object_source_id "
    "hs_object_source_label hs_persona hs_pipeline hs_searchable_calculated_phone_number hs_timezone "
    "hs_v2_date_entered_current_stage hs_v2_time_in_current_stage hubspot_owner_assigneddate hubspot_owner_id "
    "industry jobtitle lastmodifieddate lastname lifecyclestage message mobilephone notes_last_contacted "
    "notes_last_updated num_associated_deals num_conversion_events num_notes numemployees phone salutation "
    "state twitterhandle website zip"
)


class Definitions:
    """The property names of each object type."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {kind.type_id: set(kind.default_properties) for kind in STANDARD_TYPES}
        self._names["0-1"].update(CONTACT_PROPERTIES.split())

    def names(self, type_id: str) -> set[str]:
        """The defined property names of a type."""
        return self._names.setdefault(type_id, set())

    def define(self, type_id: str, name: str) -> None:
        """Make a property known."""
        self.names(type_id).add(name)
